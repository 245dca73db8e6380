/* What a flag waits for, what its history shows, and a parent that is flagged with it. */
#include "seen_flags.h"
#include "store_hub_has.h"

#define WINDOW RAISE "\"source_class\":\"council_observation\"}"

/* ---- history ---- */

/* Receipts go out, and the hub hands them on. */
static void receipts(void)
{
    toc_fixture_exchange_pass(exchange, 120 * 1000);
}

START_TEST(history_names_who_has_applied_it)
{
    raise_flag(OBSERVED, "sent");
    receipts();
    json_t *history = history_of();
    check_history(history, "raised sent alert:raised");
    ck_assert(has_applied(history, "spg") && has_applied(history, "york"));
    json_decref(history);

    toc_fixture_exchange_cut(exchange, "york", "spg");
    toc_fixture_group_advance(group, 1000);
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    receipts();
    history = history_of();
    check_history(history, "raised sent alert:raised withdrawn alert:withdrawn");
    ck_assert(has_applied(history, "spg"));
    ck_assert(!has_applied(history, "york"));
    const json_t *entry = toc_fixture_item(history, "history", 3);
    ck_assert_str_eq(toc_fixture_text(entry, "text"), "a mistake");
    ck_assert_int_eq(toc_fixture_number(entry, "by"), 1000);
    ck_assert_int_eq(toc_fixture_number(entry, "sequence"), 2);
    ck_assert_str_eq(toc_fixture_text(history, "state"), "withdrawn");
    ck_assert_uint_eq(toc_fixture_length(history, "applied"), 2); /* not this council itself */
    json_decref(history);

    toc_fixture_exchange_link(exchange, "york", "spg", true);
    receipts();
    history = history_of();
    ck_assert(has_applied(history, "york"));
    json_decref(history);
}
END_TEST

START_TEST(history_of_a_life)
{
    struct toc_fixture_daemon *const leeds = daemon_of("leeds");

    leeds->conf.second_person = true;
    raise_flag(OBSERVED, "waiting_approval");
    json_t *history = history_of();
    check_history(history, "raised");
    ck_assert_uint_eq(toc_fixture_length(history, "applied"), 0);
    json_decref(history);
    leeds->uid = 1001;
    toc_fixture_group_advance(group, 1000);
    say("leeds", about("flag_approve", flag), "sent");
    find_alert("york");
    toc_fixture_group_advance(group, 1000);
    say("york", against("flag_dispute"), "disputed");
    toc_fixture_group_advance(group, 1000);
    say("leeds", about("flag_confirm", flag), "confirmed");
    toc_fixture_group_advance(group, 1000);
    json_decref(asked("leeds", about("flag_mitigate", flag)));
    toc_fixture_group_advance(group, 1000);
    json_decref(asked("leeds", about("flag_clear", flag)));
    history = history_of();
    check_history(history,
                  "raised approved sent alert:raised alert:disputed confirmed alert:raised "
                  "mitigated sent alert:mitigated cleared sent alert:cleared");
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(history, "history", 0), "by"), 1000);
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(history, "history", 1), "by"), 1001);
    ck_assert(
        json_is_null(json_object_get(toc_fixture_item(history, "history", 2), "by"))); /* daemon */
    json_decref(history);
}
END_TEST

START_TEST(history_of_what_was_never_shown)
{
    raise_flag(WINDOW, "sent");
    receipts();
    json_t *history = history_of();
    ck_assert(has_applied(history, "spg"));
    ck_assert(!has_applied(history, "york")); /* it waits for the window */
    json_decref(history);
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    receipts();
    history = history_of();
    ck_assert(has_applied(history, "spg"));
    ck_assert_uint_eq(toc_fixture_length(history, "applied"), 1);
    json_decref(history);
    check_no_alert("york");
}
END_TEST

START_TEST(history_in_a_group_without_a_hub)
{
    start(true);
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    raise_flag(OBSERVED, "sent");
    receipts();
    json_t *history = history_of();
    check_history(history, "raised sent");
    ck_assert(has_applied(history, "spg") && has_applied(history, "york"));
    json_decref(history);
}
END_TEST

/* ---- embargo ---- */

#define EMBARGO(more)                                                                              \
    RAISE "\"source_class\":\"council_observation\",\"may_identify\":true,\"expires\":"            \
          "\"2026-Q4\"," more "}"

START_TEST(an_embargo_ends)
{
    raise_flag(EMBARGO("\"embargo_until\":\"2026-02-03\""), "waiting_embargo");
    json_t *row = row_of();
    ck_assert_str_eq(toc_fixture_text(row, "state"), "waiting_embargo");
    ck_assert_str_eq(toc_fixture_text(row, "embargo_until"), "2026-02-03");
    ck_assert_str_eq(toc_fixture_text(row, "waits_for"), "the end of its embargo");
    json_decref(row);
    toc_fixture_exchange_crash(exchange, "leeds"); /* nor is it forgotten */
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_group_advance(group, 2 * DAY_MS + DAY_MS / 2 - 1); /* from noon of 31 January */
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
    ck_assert_int_le(toc_engine_deadline(engine_of("leeds")), engine_of("leeds")->now_mono + 1);
    toc_fixture_group_advance(group, 1);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
    check_alert("york", "raised");
    check_state("sent");
}
END_TEST

START_TEST(an_embargo_is_taken_back)
{
    struct toc_fixture_daemon *const leeds = daemon_of("leeds");

    leeds->conf.second_person = true;
    raise_flag(EMBARGO("\"embargo_until\":\"2026-02-03\""), "waiting_approval");
    leeds->uid = 1001;
    say("leeds", about("flag_approve", flag), "waiting_embargo");
    say("leeds", about("flag_withdraw", flag), "deleted");
    toc_fixture_group_advance(group, 4 * DAY_MS);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
}
END_TEST

START_TEST(wrong_embargoes)
{
    static const struct {
        const char *request, *words;
    } cases[] = {
        {EMBARGO("\"embargo_until\":\"soon\""), "embargo_until:"},
        {EMBARGO("\"embargo_until\":\"2026-01-31\""), "embargo_until:"}, /* today */
        {EMBARGO("\"embargo_until\":\"2027-02-02\""), "embargo_until:"}, /* 367 days */
        {EMBARGO("\"embargo_until\":\"2027-02-01\""), "expires:"},
        {RAISE "\"source_class\":\"public_register\",\"embargo_until\":\"2026-02-03\"}",
         "public source"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        refused("leeds", cases[i].request, "invalid", cases[i].words);
    }
    raise_flag(EMBARGO("\"embargo_until\":\"2026-02-01\""), "waiting_embargo"); /* tomorrow */
}
END_TEST

/* ---- the parent ---- */

#define PARENT "GB-COH-07654321"
#define WITH_PARENT                                                                                \
    RAISE "\"source_class\":\"council_observation\",\"may_identify\":true,\"parent\":true}"

static void keep_parent(const char *member)
{
    struct toc_supplier supplier = {.key = PARENT,
                                    .name = "Aire Holdings Ltd",
                                    .fold = "aire holdings ltd",
                                    .state = TOC_SUPPLIER_KEPT};

    ck_assert_int_eq(toc_store_supplier_add(store_of(member), PARENT, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of(member), &supplier), TOC_OK);
    toc_tokens_begin(engine_of(member));
    toc_fixture_exchange_settle(exchange);
}

static void name_parent(void)
{
    json_decref(asked("leeds", "{\"request\":\"supplier_parent\",\"supplier\":\"" NUMBER
                               "\",\"parent\":{\"name\":\"Aire Holdings Ltd\",\"number\":"
                               "\"07654321\"}}"));
}

START_TEST(a_parent_is_flagged_with_it)
{
    start_star();
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep_parent("york"); /* it has the parent, and not the company */
    tokens(holders);
    refused("leeds", WITH_PARENT, "invalid", "none is known");
    name_parent();
    refused("leeds", WITH_PARENT, "invalid", "'Aire Holdings Ltd' is not among the suppliers");
    keep_parent("leeds");
    raise_flag(WITH_PARENT, "sent");
    json_t *alert = alert_of("york");
    ck_assert_ptr_nonnull(alert);
    ck_assert_str_eq(toc_fixture_text(alert, "relation"), "parent");
    ck_assert_str_eq(toc_fixture_text(alert, "name"), "Aire Holdings Ltd");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(alert, "details", 0), "text"),
                     "they said so");
    ck_assert(json_is_null(json_object_get(alert, "warning")));
    json_decref(alert);
    json_t *row = row_of();
    ck_assert_str_eq(toc_fixture_text(row, "parent"), "Aire Holdings Ltd");
    ck_assert_ptr_nonnull(json_string_value(json_object_get(row, "alert")));
    json_decref(row);
    /* Of the number and the name of each. */
    json_t *reply = asked("leeds", "{\"request\":\"alert_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "alerts"), 2);
    json_decref(reply);
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    alert = alert_of("york");
    ck_assert_str_eq(toc_fixture_text(alert, "status"), "withdrawn");
    json_decref(alert);
}
END_TEST

/* It is not forgotten while a flag names it, and the flag does without it afterwards. */
START_TEST(a_parent_stays_while_a_flag_names_it)
{
    const struct toc_supplier parent = {
        .key = PARENT, .name = "Aire Holdings Ltd", .fold = "aire holdings ltd"};
    uint8_t ids[2][TOC_FLAG_ID_LEN];
    struct toc_own_flag own;
    size_t len;

    start_star();
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep_parent("leeds");
    tokens(holders);
    name_parent();
    raise_flag(WITH_PARENT, "sent");
    refused("leeds", "{\"request\":\"supplier_decide\",\"supplier\":\"" PARENT "\",\"keep\":false}",
            "denied", "take it back first");
    ck_assert_int_eq(toc_store_flags_of(store_of("leeds"), parent.key, "", ids, 2, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    json_decref(asked("leeds", "{\"request\":\"supplier_decide\",\"supplier\":\"" PARENT
                               "\",\"keep\":false}"));
    ck_assert_int_eq(toc_store_flag_get(store_of("leeds"), ids[0], arena, &own), TOC_OK);
    ck_assert_str_eq(own.parent_name, "");
    ck_assert_str_eq(own.name, "Aire Surfacing Ltd");
}
END_TEST

START_TEST(a_parent_without_tokens_is_waited_for)
{
    start_star();
    keep("leeds", TOC_SUPPLIER_KEPT);
    tokens(holders);
    name_parent();
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    keep_parent("leeds");
    raise_flag(WITH_PARENT, "waiting_token");
    json_t *row = row_of();
    ck_assert_ptr_nonnull(strstr(toc_fixture_text(row, "waits_for"), "the answer of holder spg"));
    json_decref(row);
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_state("sent");
}
END_TEST

START_TEST(who_has_both_reads_of_the_company)
{
    start(true);
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    keep_parent("leeds");
    keep_parent("york");
    tokens(holders);
    name_parent();
    raise_flag(WITH_PARENT, "sent");
    json_t *alert = alert_of("york");
    ck_assert_ptr_nonnull(alert);
    ck_assert_str_eq(toc_fixture_text(alert, "relation"), "own");
    ck_assert_str_eq(toc_fixture_text(alert, "name"), "Aire Surfacing Ltd");
    ck_assert(json_is_null(json_object_get(alert, "warning")));
    json_decref(alert);
}
END_TEST

/* ---- what waits says why ---- */

START_TEST(waits_for_the_group)
{
    start_star();
    keep("leeds", TOC_SUPPLIER_KEPT);
    raise_flag(PUBLIC, "waiting_token");
    json_t *row = row_of();
    ck_assert_ptr_nonnull(strstr(toc_fixture_text(row, "waits_for"), "makes no tokens yet"));
    json_decref(row);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    tokens(holders);
    toc_fixture_exchange_adopt(exchange, "leeds", 2);
    toc_fixture_exchange_settle(exchange);
    row = row_of();
    ck_assert_str_eq(toc_fixture_text(row, "waits_for"), "the answer of holder spg");
    json_decref(row);
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    row = row_of();
    ck_assert(json_is_null(json_object_get(row, "waits_for")));
    json_decref(row);
    check_state("sent");
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("flag_history");
    TCase *tests = tcase_create("history");
    TCase *own_start = tcase_create("own start");

    tcase_add_checked_fixture(tests, start_with_tokens, tear_down);
    tcase_add_test(tests, history_names_who_has_applied_it);
    tcase_add_test(tests, history_of_a_life);
    tcase_add_test(tests, history_of_what_was_never_shown);
    tcase_add_test(tests, an_embargo_ends);
    tcase_add_test(tests, an_embargo_is_taken_back);
    tcase_add_test(tests, wrong_embargoes);
    suite_add_tcase(all, tests);
    tcase_add_checked_fixture(own_start, NULL, tear_down);
    tcase_add_test(own_start, history_in_a_group_without_a_hub);
    tcase_add_test(own_start, a_parent_is_flagged_with_it);
    tcase_add_test(own_start, a_parent_stays_while_a_flag_names_it);
    tcase_add_test(own_start, a_parent_without_tokens_is_waited_for);
    tcase_add_test(own_start, who_has_both_reads_of_the_company);
    tcase_add_test(own_start, waits_for_the_group);
    suite_add_tcase(all, own_start);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
