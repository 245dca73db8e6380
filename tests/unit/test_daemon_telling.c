/* telling: what a council hears of alerts on its own suppliers, once each, and not before it has
 * heard all there is. */
#include "notify_runs.h"

/* ---- what is told ---- */

START_TEST(each_change_once)
{
    char flag[40];

    both_keep(1);
    ck_assert_str_eq(told(), "");
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F13"));
    ck_assert_str_eq(told(), "new");
    settle();
    change("flag_mitigate", flag);
    change("flag_clear", flag);
    change("flag_withdraw", flag);
    ck_assert_str_eq(told(), "new status:mitigated status:cleared status:withdrawn");
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    settle();
    ck_assert_str_eq(told(), "new status:mitigated status:cleared status:withdrawn");
    json_decref(asked("york", "{\"request\":\"rebuild\"}"));
    ck_assert_str_eq(told(), "new status:mitigated status:cleared status:withdrawn");
    (void)raised(1, "F13"); /* the same alert again */
    ck_assert_str_eq(told(), "new status:mitigated status:cleared status:withdrawn new");
}
END_TEST

START_TEST(what_a_line_says)
{
    both_keep(1);
    (void)raised(1, "F13");
    json_t *reply = asked("york", "{\"request\":\"want\",\"alerts\":0,\"cursor\":0,"
                                  "\"streams\":[\"alert\"]}");
    const json_t *item = toc_fixture_item(reply, "alerts", 0);
    const json_t *record = json_object_get(item, "record");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 0);
    ck_assert_int_eq(toc_fixture_number(reply, "alerts_cursor"), 1);
    ck_assert_str_eq(toc_fixture_text(item, "stream"), "alert");
    ck_assert_str_eq(toc_fixture_text(item, "publisher"), "spg");
    ck_assert_int_eq(toc_fixture_number(item, "sequence"), 1);
    ck_assert(json_is_null(json_object_get(item, "before")));
    ck_assert_str_eq(toc_fixture_text(record, "type"), "alert");
    ck_assert_str_eq(toc_fixture_text(record, "name"), "Supplier 1 Ltd");
    ck_assert_str_eq(toc_fixture_text(record, "event"), "F13");
    ck_assert_int_eq(toc_fixture_number(record, "severity"), 4);
    ck_assert_str_eq(toc_fixture_text(record, "reporters"), "under 3");
    ck_assert_str_eq(toc_fixture_text(record, "relation"), "own");
    ck_assert_str_eq(toc_fixture_text(record, "expires"), "2026-Q3");
    ck_assert_str_eq(toc_fixture_text(record, "source"), "public_register");
    ck_assert(json_is_false(json_object_get(record, "exercise")));
    json_decref(reply);
}
END_TEST

START_TEST(what_was_over_before_it_was_told)
{
    both_keep(1);
    toc_fixture_exchange_cut(exchange, "york", "spg");
    char flag[40];
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F13"));
    change("flag_withdraw", flag);
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    settle();
    ck_assert_str_eq(told(), "");
    nothing_next();

    toc_fixture_exchange_cut(exchange, "york", "spg");
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F13"));
    change("flag_mitigate", flag);
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    settle();
    ck_assert_str_eq(told(), "new"); /* that it was raised first is of no interest any more */
}
END_TEST

static struct toc_log *alerts_of_hub(void)
{
    struct toc_log_id id = {.publisher = "spg", .stream = "alert", .generation = 1};
    return toc_engine_log(engine_of("york"), &id);
}

/* The hub said, or signed, that there is more: nothing is told until that is here. */
START_TEST(not_before_it_has_caught_up)
{
    both_keep(1);
    both_keep(2);
    (void)raised(1, "F13");
    ck_assert_str_eq(told(), "new");
    struct toc_log *log = alerts_of_hub();
    uint64_t *const words[] = {&log->said_next, &log->heard_next};
    uint64_t *const word = words[_i];
    const uint64_t was = *word;
    *word = 100;
    (void)raised(2, "F13");
    ck_assert_str_eq(told(), "new");
    *word = was;
    toc_fixture_exchange_step(exchange, "york");
    ck_assert_str_eq(told(), "new new");
}
END_TEST

/* It has not said yet what it has. */
START_TEST(not_before_the_hub_has_listed)
{
    struct toc_engine *const york = engine_of("york");
    both_keep(1);
    ck_assert(york->sessions[0].listed);
    york->sessions[0].listed = false;
    (void)raised(1, "F13");
    ck_assert_str_eq(told(), "");
    york->sessions[0].listed = true;
    toc_fixture_exchange_step(exchange, "york");
    ck_assert_str_eq(told(), "new");
}
END_TEST

START_TEST(not_while_it_is_alone)
{
    both_keep(1);
    (void)raised(1, "F13");
    runs("raised");
    toc_fixture_exchange_cut(exchange, "york", "spg");
    keep("york", 2, 1000);
    json_decref(asked("york", "{\"request\":\"rebuild\"}"));
    ck_assert_str_eq(told(), "new");
    nothing_next();
}
END_TEST

START_TEST(a_supplier_that_comes_later)
{
    keep("leeds", 1, 1000);
    (void)raised(1, "F13");
    ck_assert_str_eq(told(), "");
    keep("york", 1, 1000);
    ck_assert_str_eq(told(), "new");
    runs("raised");
    nothing_next();
}
END_TEST

/* More than one tick looks at. */
START_TEST(many_at_once)
{
    enum { MANY = 150 };
    for (unsigned i = 1; i <= MANY; i++) {
        both_keep(i);
    }
    (void)raised(1, "F12");
    ck_assert_int_eq(toc_store_changes_last(store_of("york")), 1);
    alerts_of_hub()->said_next = 1000; /* so that all of them wait */
    for (unsigned i = 1; i <= MANY; i++) {
        (void)raised(i, "F13");
    }
    ck_assert_int_eq(toc_store_changes_last(store_of("york")), 1);
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    settle();
    ck_assert_int_eq(toc_store_changes_last(store_of("york")), 1 + MANY);
}
END_TEST

START_TEST(to_the_group)
{
    start(true);
    both_keep(1);
    char flag[40];
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F13"));
    ck_assert_str_eq(told(), "new");
    change("flag_clear", flag);
    change("flag_withdraw", flag);
    ck_assert_str_eq(told(), "new status:cleared");
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F12"));
    change("flag_withdraw", flag); /* no record says so but the withdrawal */
    ck_assert_str_eq(told(), "new status:cleared new status:withdrawn");
    (void)raised(1, "F11"); /* nor does one that it has expired */
    pass(100 * 24 * HOUR_MS);
    ck_assert_str_eq(told(), "new status:cleared new status:withdrawn new");
    pass(200 * 24 * HOUR_MS);
    toc_fixture_exchange_pass(exchange, 60000);
    ck_assert_str_eq(told(), "new status:cleared new status:withdrawn new status:expired");
}
END_TEST

START_TEST(all_shows_what_cannot_be_opened)
{
    keep("leeds", 1, 1000);
    both_keep(2);
    (void)raised(1, "F13");
    (void)raised(2, "F13");
    json_t *reply = asked("york", "{\"request\":\"want\",\"alerts\":0,\"cursor\":0,"
                                  "\"streams\":[\"alert\"],\"all\":true}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1);
    ck_assert_uint_eq(toc_fixture_length(reply, "alerts"), 1);
    const json_t *record = json_object_get(toc_fixture_item(reply, "records", 0), "record");
    ck_assert_str_eq(toc_fixture_text(record, "type"), "alert");
    ck_assert_ptr_null(json_object_get(record, "event"));
    json_decref(reply);
    /* As ever for whoever does not ask for changes; and other streams are none of them. */
    reply = asked("york", "{\"request\":\"want\",\"cursor\":0,\"streams\":[\"alert\"]}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 2);
    ck_assert_ptr_null(json_object_get(reply, "alerts"));
    json_decref(reply);
    reply = asked("york", "{\"request\":\"want\",\"cursor\":0,\"alerts\":0,"
                          "\"streams\":[\"framework\"]}");
    ck_assert_uint_eq(toc_fixture_length(reply, "alerts"), 0);
    ck_assert_int_eq(toc_fixture_number(reply, "alerts_cursor"), 1);
    json_decref(reply);
    toc_fixture_refused(daemon_of("york"), "{\"request\":\"want\",\"alerts\":2}", NULL, 0, "stale",
                        "alerts:");
    toc_fixture_refused(daemon_of("york"), "{\"request\":\"want\",\"alerts\":-2}", NULL, 0,
                        "invalid", "alerts:");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("telling");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, start_star, tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, each_change_once);
    tcase_add_test(all, what_a_line_says);
    tcase_add_test(all, what_was_over_before_it_was_told);
    tcase_add_loop_test(all, not_before_it_has_caught_up, 0, 2);
    tcase_add_test(all, not_before_the_hub_has_listed);
    tcase_add_test(all, not_while_it_is_alone);
    tcase_add_test(all, a_supplier_that_comes_later);
    tcase_add_test(all, many_at_once);
    tcase_add_test(all, all_shows_what_cannot_be_opened);
    suite_add_tcase(suite, all);
    TCase *const setting = tcase_create("group setting");
    tcase_add_checked_fixture(setting, NULL, tear_down);
    tcase_add_test(setting, to_the_group);
    suite_add_tcase(suite, setting);
    return toc_test_main(suite);
}
