/* Flags from raising to the other council's eyes, over the hub's own engine: who has to agree, what
 * waits for tokens, and what is shown to whom. */
#include "record_alert.h"
#include "seen_flags.h"

/* ---- from one council to the other ---- */

START_TEST(reaches_the_other_council)
{
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    (void)raised(PUBLIC, "sent");
    check_alert("york", "raised");
    check_alert("leeds", "raised");
    json_t *alert = alert_of("york");
    const json_t *detail = toc_fixture_item(alert, "details", 0);
    ck_assert_str_eq(toc_fixture_text(detail, "text"), "they said so");
    ck_assert_str_eq(toc_fixture_text(detail, "reference"), "R-1");
    ck_assert_str_eq(toc_fixture_text(detail, "event_date"), "2026-01-30");
    ck_assert_str_eq(toc_fixture_text(alert, "kind"), "id");
    ck_assert_str_eq(toc_fixture_text(alert, "publisher"), "spg");
    ck_assert_str_eq(toc_fixture_text(alert, "expires"), "2026-Q3");
    json_decref(alert);
    check_state("sent");

    /* Once, whatever happens. */
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
    check_state("sent");
}
END_TEST

START_TEST(waits_for_tokens_and_goes_once)
{
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    (void)raised(PUBLIC, "waiting_token");
    check_state("waiting_token");
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    tokens(holders);
    check_state("sent");
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
    check_alert("york", "raised");
}
END_TEST

START_TEST(meets_a_supplier_that_comes_later)
{
    keep("leeds", TOC_SUPPLIER_KEPT);
    tokens(holders);
    (void)raised(PUBLIC, "sent");
    check_no_alert("york");
    keep("york", TOC_SUPPLIER_KEPT);
    check_alert("york", "raised");
}
END_TEST

START_TEST(clear_and_withdraw)
{
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    raise_flag(PUBLIC, "sent");
    json_decref(asked("leeds", about("flag_mitigate", flag)));
    check_alert("york", "mitigated");
    refused("leeds", about("flag_mitigate", flag), "invalid", "mitigated already");
    json_decref(asked("leeds", about("flag_clear", flag)));
    check_alert("york", "cleared");
    refused("leeds", about("flag_mitigate", flag), "invalid", "cleared already");
    check_state("sent");
    refused("leeds", about("flag_clear", flag), "invalid", "cleared already");
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    check_alert("york", "withdrawn");
    check_state("withdrawn");
    refused("leeds", about("flag_withdraw", flag), "invalid", "withdrawn already");
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 4);
}
END_TEST

START_TEST(group_setting)
{
    start(true);
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    (void)raised(OBSERVED, "sent");
    check_alert("york", "raised");
    json_t *alert = alert_of("york");
    ck_assert_str_eq(toc_fixture_text(alert, "publisher"), "leeds");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(alert, "details", 0), "text"),
                     "they said so");
    json_decref(alert);
    check_no_alert("leeds"); /* its own flag is in flag_list */
    check_no_alert("spg");
    ck_assert_uint_eq(records_in("spg", "spg", "alert"), 0);
}
END_TEST

/* ---- who has to agree ---- */

START_TEST(second_person)
{
    struct toc_fixture_daemon *const leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    leeds->conf.second_person = true;
    raise_flag(OBSERVED, "waiting_approval");
    check_state("waiting_approval");
    refused("leeds", about("flag_approve", flag), "denied", "another user");
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
    leeds->uid = 1001;
    json_t *reply = asked("leeds", about("flag_approve", flag));
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "sent");
    json_decref(reply);
    check_alert("york", "raised");
    refused("leeds", about("flag_approve", flag), "invalid", "nobody's approval");
    reply = asked("leeds", "{\"request\":\"flag_list\"}");
    const json_t *row = toc_fixture_item(reply, "flags", 0);
    ck_assert_int_eq(toc_fixture_number(row, "raised_by"), 1000);
    ck_assert_int_eq(toc_fixture_number(row, "approved_by"), 1001);
    json_decref(reply);
    (void)raised(PUBLIC, "sent"); /* anybody could know */
}
END_TEST

START_TEST(what_waits_is_deleted)
{
    struct toc_fixture_daemon *const leeds = toc_fixture_exchange_daemon(exchange, "leeds");

    keep("leeds", TOC_SUPPLIER_KEPT);
    leeds->conf.second_person = true;
    raise_flag(OBSERVED, "waiting_approval");
    json_t *reply = asked("leeds", about("flag_withdraw", flag));
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "deleted");
    json_decref(reply);
    reply = asked("leeds", "{\"request\":\"flag_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "flags"), 0);
    json_decref(reply);
    refused("leeds", about("flag_approve", flag), "notfound", "none of this id");
    tokens(holders);
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
}
END_TEST

/* ---- what is not believed ---- */

static struct toc_token_keys keys_of(const char *key, enum toc_token_kind kind,
                                     struct toc_token_context *ret_context)
{
    enum toc_subject_state state;
    struct toc_token_keys keys;
    struct toc_bytes outputs;

    *ret_context = (struct toc_token_context){.group = engine_of("york")->group,
                                              .purpose = TOC_PURPOSE_DISTRESS,
                                              .kind = kind,
                                              .token_epoch = 1};
    ck_assert_int_eq(toc_store_subject_get(store_of("york"), key, 1, arena, &state, &outputs),
                     TOC_OK);
    ck_assert_int_eq(toc_token_derive(ret_context, (const void *)outputs.data, 2, &keys), TOC_OK);
    return keys;
}

/* What the hub says of the number in one part, and of the name in another severity. */
struct forged {
    unsigned severity_of_number, severity_of_name;
    bool spoil;
    bool details;      /* each part has another */
    uint32_t revision; /* 0: the first; else it supersedes the one before */
    bool of_nobody;    /* the tokens are of no supplier here */
};

static void forge_detail(const struct toc_token_context *context, const struct toc_token_keys *keys,
                         size_t part, struct toc_alert_body *body)
{
    const struct toc_detail detail = {.text = part == 0 ? "one" : "other", .reference = ""};

    body->has_detail = true;
    body->detail = (struct toc_sealed_detail){.id = {(uint8_t)part}, .revision = 1};
    ck_assert_int_eq(toc_detail_seal(arena, context, keys, &detail, &body->detail), TOC_OK);
}

static void forge(const struct forged *as)
{
    static const char *const keys[] = {NUMBER, "name:" FOLD};
    struct toc_alert_part parts[2] = {0};
    struct toc_alert alert = {.id = {7},
                              .revision = as->revision == 0 ? 1 : as->revision,
                              .purpose = TOC_PURPOSE_DISTRESS,
                              .token_epoch = 1,
                              .parts = parts,
                              .parts_len = 2};
    const struct toc_statement_of of = {.id = alert.id, .revision = alert.revision};
    const struct toc_record record = {.type = TOC_RECORD_ALERT,
                                      .supersedes = {.sequence = alert.revision - 1},
                                      .as.alert = &alert};
    const uint8_t nonce[TOC_SEAL_NONCE_LEN] = {3};

    for (size_t i = 0; i < 2; i++) {
        struct toc_alert_body body = {.event = 20,
                                      .source = TOC_SOURCE_OBSERVATION,
                                      .severity =
                                          i == 0 ? as->severity_of_number : as->severity_of_name,
                                      .status = TOC_FLAG_RAISED,
                                      .expires_quarter = 2027 * 4,
                                      .reporters = TOC_REPORTERS_UNDER_3};
        struct toc_token_context context;
        parts[i].kind = i == 0 ? TOC_TOKEN_ID : TOC_TOKEN_NAME;
        struct toc_token_keys made = keys_of(keys[i], parts[i].kind, &context);
        if (as->details) {
            forge_detail(&context, &made, i, &body);
        }
        made.token.bytes[0] ^= as->of_nobody;
        parts[i].token = made.token;
        ck_assert_int_eq(toc_body_seal(arena, &context, &made, &of, &body, nonce, &parts[i].body),
                         TOC_OK);
    }
    parts[1].body.sealed[0] ^= as->spoil;
    toc_fixture_exchange_make(exchange, "spg", "alert",
                              as->revision == 0   ? "forged"
                              : as->revision == 2 ? "again"
                                                  : "more",
                              &record);
}

START_TEST(two_readings_are_told)
{
    static const struct {
        struct forged as;
        const char *warning;
    } cases[] = {
        {{.severity_of_number = 3, .severity_of_name = 3, .details = true},
         ""}, /* what reporters add may differ */
        {{.severity_of_number = 3, .severity_of_name = 4}, "two readings"},
        {{.severity_of_number = 3, .severity_of_name = 3, .spoil = true}, "does not open"}};

    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    forge(&cases[_i].as);
    json_t *alert = alert_of("york");
    ck_assert_ptr_nonnull(alert);
    ck_assert_int_eq(toc_fixture_number(alert, "severity"), 3);
    ck_assert_ptr_nonnull(strstr(toc_fixture_text(alert, "warning"), cases[_i].warning));
    ck_assert_int_eq(json_is_null(json_object_get(alert, "warning")), cases[_i].warning[0] == '\0');
    json_decref(alert);
    check_no_alert("leeds"); /* it has no such supplier */
}
END_TEST

START_TEST(a_revision_without_us_ends_it)
{
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    forge(&(struct forged){.severity_of_number = 3, .severity_of_name = 3});
    check_alert("york", "raised");
    forge(&(struct forged){
        .severity_of_number = 3, .severity_of_name = 3, .revision = 2, .of_nobody = true});
    check_alert("york", "ended");
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_alert("york", "ended");
    json_decref(asked("york", "{\"request\":\"rebuild\"}"));
    check_alert("york", "ended");
    forge(&(struct forged){
        .severity_of_number = 3, .severity_of_name = 3, .revision = 3}); /* and goes on */
    check_alert("york", "raised");
}
END_TEST

/* ---- requests ---- */

START_TEST(wrong_requests)
{
    static const struct {
        const char *fields, *words;
    } cases[] = {
        {"\"event\":\"F99\"", "event:"},
        {"\"source_class\":\"gossip\"", "source_class:"},
        {"\"severity\":0", "severity:"},
        {"\"severity\":6", "severity:"},
        {"\"clause\":\"x\"", "clause:"},
        {"\"action\":\"x\"", "action:"},
        {"\"expires\":\"2025-Q4\"", "over already"},
        {"\"expires\":\"2027-Q5\"", "expires:"},
        {"\"expires\":\"2027Q1\"", "expires:"},
        {"\"event_date\":\"yesterday\"", "event_date:"},
        {"\"text\":\"a\\nb\"", "text:"},
        {"\"reference\":\"12345678901234567890123456789012345678901\"", "reference:"},
        {"\"parent\":\"s1\"", "parent:"},
        {"\"parent\":true", "none is known"},
    };
    char request[400];

    keep("leeds", TOC_SUPPLIER_KEPT);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bool event = strstr(cases[i].fields, "\"event\"") != NULL;
        const bool source = strstr(cases[i].fields, "source_class") != NULL;
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"flag_raise\",\"supplier\":\"" NUMBER "\",%s%s%s}",
                       event ? "" : "\"event\":\"F20\",",
                       source ? "" : "\"source_class\":\"council_observation\",", cases[i].fields);
        refused("leeds", request, "invalid", cases[i].words);
    }
    refused("leeds", "{\"request\":\"flag_approve\",\"flag\":\"00\"}", "invalid", "flag:");
    refused("leeds", about("flag_clear", "00000000000000000000000000000000"), "notfound",
            "none of this id");
    refused("spg", PUBLIC, "denied", "distress");
    keep("york", TOC_SUPPLIER_HELD);
    refused("york", PUBLIC, "invalid", "held back");
}
END_TEST

START_TEST(longest_text)
{
    char text[TOC_DETAIL_TEXT_MAX + 2];
    char request[600];

    keep("leeds", TOC_SUPPLIER_KEPT);
    memset(text, 'a', sizeof(text));
    for (size_t over = 0; over < 2; over++) {
        text[TOC_DETAIL_TEXT_MAX + over] = '\0';
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"flag_raise\",\"supplier\":\"" NUMBER "\",\"event\":\"f20\","
                       "\"source_class\":\"council_observation\",\"text\":\"%s\"}",
                       text);
        text[TOC_DETAIL_TEXT_MAX + over] = 'a';
        if (over == 0) {
            (void)raised(request, "waiting_token");
        } else {
            refused("leeds", request, "invalid", "text:");
        }
    }
}
END_TEST

/* Of the number, in a year. */
static void publish_spend(const char *member, unsigned year)
{
    struct toc_exposure exposure;
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};
    char id[16];

    toc_exposure_init(&exposure);
    exposure.name = "Aire Surfacing Ltd";
    exposure.scheme = "GB-COH";
    exposure.id = "01234567";
    exposure.id_basis = TOC_ID_STATED;
    exposure.category = (struct toc_category){.basis = TOC_CATEGORY_CPV, .division = 45};
    exposure.year = year;
    exposure.months = TOC_EXPOSURE_MONTHS_ALL;
    exposure.spend_thousands = 12;
    (void)snprintf(id, sizeof(id), "e-%u", year);
    toc_fixture_exchange_make(exchange, member, "exposure", id, &record);
}

START_TEST(preview_counts_the_others)
{
    keep("leeds", TOC_SUPPLIER_KEPT);
    publish_spend("leeds", 2024);
    publish_spend("york", 2024);
    publish_spend("york", 2025);
    json_t *reply = asked("leeds", "{\"request\":\"flag_preview\",\"supplier\":\"" NUMBER
                                   "\",\"event\":\"F20\",\"source_class\":\"public_register\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "other_councils"), 1);
    json_decref(reply);
    reply = asked("leeds", PUBLIC);
    ck_assert_int_eq(toc_fixture_number(reply, "other_users"), 1);
    json_decref(reply);
}
END_TEST

START_TEST(preview_says_who_learns_what)
{
    keep("leeds", TOC_SUPPLIER_KEPT);
    json_t *reply =
        asked("leeds", "{\"request\":\"flag_preview\",\"supplier\":\"" NUMBER
                       "\",\"event\":\"F20\",\"source_class\":\"council_observation\"}");
    ck_assert_str_eq(toc_fixture_text(reply, "name"), "Aire Surfacing Ltd");
    ck_assert_str_eq(toc_fixture_text(reply, "number"), NUMBER);
    ck_assert_str_eq(toc_fixture_text(reply, "purpose"), "distress");
    ck_assert_uint_eq(toc_fixture_length(reply, "recipients"), 1);
    ck_assert_str_eq(json_string_value(toc_fixture_item(reply, "recipients", 0)), "spg");
    ck_assert_int_eq(toc_fixture_number(reply, "other_councils"), 0);
    ck_assert_uint_eq(toc_fixture_length(reply, "learns"), 3);
    json_decref(reply);
    reply = asked("leeds", "{\"request\":\"flag_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "flags"), 0); /* nothing was raised */
    json_decref(reply);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("flagging");
    TCase *tests = tcase_create("flagging");
    TCase *in_group = tcase_create("group");

    tcase_add_checked_fixture(tests, start_star, tear_down);
    tcase_add_test(tests, reaches_the_other_council);
    tcase_add_test(tests, waits_for_tokens_and_goes_once);
    tcase_add_test(tests, meets_a_supplier_that_comes_later);
    tcase_add_test(tests, clear_and_withdraw);
    tcase_add_test(tests, second_person);
    tcase_add_test(tests, what_waits_is_deleted);
    tcase_add_loop_test(tests, two_readings_are_told, 0, 3);
    tcase_add_test(tests, a_revision_without_us_ends_it);
    tcase_add_test(tests, wrong_requests);
    tcase_add_test(tests, longest_text);
    tcase_add_test(tests, preview_says_who_learns_what);
    tcase_add_test(tests, preview_counts_the_others);
    suite_add_tcase(all, tests);
    tcase_add_checked_fixture(in_group, NULL, tear_down);
    tcase_add_test(in_group, group_setting);
    suite_add_tcase(all, in_group);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
