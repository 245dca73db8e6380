/* `alert_list` at a hub. */
#include "fixture_ask.h"
#include "seen_alerts.h"

static json_t *listed(const char *request)
{
    return toc_fixture_asked(toc_fixture_exchange_daemon(exchange, "spg"), request);
}

START_TEST(nothing_yet)
{
    json_t *const reply = listed("{\"request\":\"alert_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "alerts"), 0);
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
}
END_TEST

START_TEST(the_hub_sees_what_it_knows)
{
    (void)raise("leeds", (struct say){.id = 1, .name = 11, .may_identify = true});
    (void)raise("york", (struct say){.id = 1, .severity = 4, .may_identify = true});
    (void)raise("hull", (struct say){.id = 1, .may_identify = true});
    (void)raise("kent", (struct say){.id = 1});
    json_t *const reply = listed("{\"request\":\"alert_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "alerts"), 1);
    const json_t *const row = toc_fixture_item(reply, "alerts", 0);
    char hex[33];
    toc_hex_encode(toc_bytes_of(alert()->sent->id, 16), hex);
    ck_assert_str_eq(toc_fixture_text(row, "alert"), hex);
    const struct say usual = {0};
    toc_hex_encode(toc_bytes_of(keys_of(&usual, TOC_TOKEN_ID, 1).token.bytes, 16), hex);
    ck_assert_str_eq(toc_fixture_text(row, "token"), hex);
    ck_assert_str_eq(toc_fixture_text(row, "kind"), "id");
    ck_assert_str_eq(toc_fixture_text(row, "purpose"), "distress");
    ck_assert_str_eq(toc_fixture_text(row, "name"), "Careful Ltd (01234567)");
    ck_assert(json_is_true(json_object_get(row, "named")));
    ck_assert_str_eq(toc_fixture_text(row, "event"), "F20");
    ck_assert_int_eq(toc_fixture_number(row, "severity"), 4);
    ck_assert_str_eq(toc_fixture_text(row, "source"), toc_source_name(TOC_SOURCE_OBSERVATION));
    ck_assert_str_eq(toc_fixture_text(row, "reporters"), "3-4");
    ck_assert_int_eq(toc_fixture_number(row, "councils"), 3);
    ck_assert_str_eq(toc_fixture_text(row, "status"), "corroborated");
    ck_assert(json_is_false(json_object_get(row, "exercise")));
    ck_assert_str_eq(toc_fixture_text(row, "relation"), "own");
    ck_assert_str_eq(toc_fixture_text(row, "expires"), "2026-Q3");
    ck_assert(json_is_true(json_object_get(row, "pending"))); /* kent's */
    ck_assert_int_eq(toc_fixture_number(row, "revision"), 3);
    json_decref(reply);
}
END_TEST

START_TEST(a_page_at_a_time)
{
    char request[128] = "{\"request\":\"alert_list\",\"limit\":2}";
    size_t seen = 0;
    for (unsigned i = 1; i <= 5; i++) {
        (void)raise("leeds", (struct say){.id = i, .flag = i, .may_identify = true});
    }
    for (unsigned page = 0; page < 3; page++) {
        json_t *const reply = listed(request);
        seen += toc_fixture_length(reply, "alerts");
        (void)snprintf(request, sizeof request,
                       "{\"request\":\"alert_list\",\"limit\":2,\"after\":\"%s\"}",
                       toc_fixture_text(reply, "after"));
        ck_assert_int_eq(json_is_null(json_object_get(reply, "after")), page == 2);
        json_decref(reply);
    }
    ck_assert_uint_eq(seen, 5);
}
END_TEST

START_TEST(drills_say_so)
{
    (void)raise("leeds",
                (struct say){.id = 1, .purpose = TOC_PURPOSE_EXERCISE, .may_identify = true});
    json_t *const reply = listed("{\"request\":\"alert_list\"}");
    const json_t *const row = toc_fixture_item(reply, "alerts", 0);
    ck_assert(json_is_true(json_object_get(row, "exercise")));
    ck_assert(json_is_null(json_object_get(row, "name")));
    ck_assert(json_is_false(json_object_get(row, "pending")));
    json_decref(reply);
}
END_TEST

START_TEST(what_is_refused)
{
    struct toc_fixture_daemon *const hub = toc_fixture_exchange_daemon(exchange, "spg");
    toc_fixture_refused(hub, "{\"request\":\"alert_list\",\"after\":\"12\"}", NULL, 0, "invalid",
                        "after");
    toc_fixture_refused(hub, "{\"request\":\"alert_list\",\"limit\":0}", NULL, 0, "invalid",
                        "limit");
    toc_fixture_refused(hub, "{\"request\":\"alert_list\",\"limit\":201}", NULL, 0, "invalid",
                        "limit");
    toc_fixture_refused(toc_fixture_exchange_daemon(exchange, "york"),
                        "{\"request\":\"alert_list\",\"limit\":101}", NULL, 0, "invalid", "limit");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("local_alert");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, nothing_yet);
    tcase_add_test(all, the_hub_sees_what_it_knows);
    tcase_add_test(all, a_page_at_a_time);
    tcase_add_test(all, drills_say_so);
    tcase_add_test(all, what_is_refused);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
