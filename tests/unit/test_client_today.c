#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include <jansson.h>
#include <string.h>

#define STATUS "{\"ok\":true,\"member\":\"leeds\",\"group\":\"yh-spg\",\"drafts\":1}"
#define NO_ALERTS "{\"ok\":true,\"alerts\":[],\"after\":null}"
#define NO_FLAGS "{\"ok\":true,\"flags\":[],\"after\":null}"
#define NO_SUPPLIERS "{\"ok\":true,\"suppliers\":[],\"after\":null}"
#define NO_EVENTS "{\"ok\":true,\"events\":[]}"
#define NO_CONTRACTS "{\"ok\":true,\"contracts\":[],\"after\":null}"
#define NO_RECORDS "{\"ok\":true,\"records\":[],\"after\":null}"
#define EVENT(supplier, severity, date)                                                            \
    "{\"id\":1,\"supplier\":\"" supplier "\",\"name\":\"Aire " supplier                            \
    "\",\"code\":\"F12\",\"severity\":" severity ",\"date\":\"" date                               \
    "\",\"text\":\"proposal to strike off\",\"state\":\"proposed\"}"

START_TEST(what_imports_and_registers_brought)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_today, FAKE_WORDS("tocsin"), STATUS, NO_ALERTS, NO_FLAGS,
                 "{\"ok\":true,\"suppliers\":[{\"id\":\"s1\"},{\"id\":\"s2\"}],\"after\":\"s2\"}",
                 "{\"ok\":true,\"suppliers\":[{\"id\":\"s3\"}],\"after\":null}",
                 "{\"ok\":true,\"events\":[" EVENT("s1", "2", "2016-01-04") "]}",
                 "{\"ok\":true,\"contracts\":[{\"end\":\"2000-01-01\"},{\"end\":\"2999-01-01\"},"
                 "{\"end\":null}],\"after\":null}",
                 NO_RECORDS),
        TOC_EXIT_DONE);
    fake_asked(3, "{\"request\":\"supplier_list\",\"state\":\"held\",\"limit\":500}");
    fake_asked(4, "{\"request\":\"supplier_list\",\"state\":\"held\",\"limit\":500,"
                  "\"after\":\"s2\"}");
    fake_asked(5, "{\"request\":\"event_list\",\"state\":\"proposed\",\"limit\":500}");
    ck_assert_str_eq(fake_out, "leeds in group yh-spg\n"
                               "  * 1 draft waits to be published\n"
                               "      tocsin preview, then tocsin publish\n"
                               "  * 3 suppliers wait for a decision: organisation, or person?\n"
                               "      tocsin supplier list --held\n"
                               "  * Aire s1: F12 proposal to strike off, since 2016-01-04\n"
                               "      tocsin supplier show s1\n"
                               "  * 1 of our contracts ends within 3 months\n"
                               "      tocsin contract expiring --months 3\n");
}
END_TEST

START_TEST(the_gravest_events_first)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_today, FAKE_WORDS("tocsin", "--json"), STATUS, NO_ALERTS, NO_FLAGS,
                 NO_SUPPLIERS,
                 "{\"ok\":true,\"events\":[" EVENT("s1", "1", "2016-01-09") "," EVENT(
                     "s2", "3",
                     "2016-01-01") "," EVENT("s3", "2",
                                             "2016-01-02") "," EVENT("s4", "2",
                                                                     "2016-01-03") "],\"after\":7}",
                 "{\"ok\":true,\"events\":[" EVENT("s5", "1", "2016-01-01") "," EVENT(
                     "s6", "4", "2015-01-01") "," EVENT("s7", "1", "2016-01-10") "]}",
                 NO_CONTRACTS, NO_RECORDS),
        TOC_EXIT_DONE);
    static const char *const expected[] = {"s6", "s2", "s4", "s3", "s7"};
    json_t *const document = json_loads(fake_out, 0, NULL);
    const json_t *const pending = toc_field_array(document, "pending");
    ck_assert_uint_eq(json_array_size(pending), 7);
    for (size_t i = 0; i < 5; i++) {
        char how[64];
        (void)snprintf(how, sizeof how, "tocsin supplier show %s", expected[i]);
        ck_assert_str_eq(toc_field_text(json_array_get(pending, i + 1), "do"), how);
    }
    ck_assert_str_eq(toc_field_text(json_array_get(pending, 6), "what"),
                     "2 more events were found in public registers");
    json_decref(document);
}
END_TEST

#define ALERT(name, severity, status, more)                                                        \
    "{\"supplier\":\"s1\",\"name\":\"" name "\",\"event\":\"F13\",\"severity\":" severity          \
    ",\"status\":\"" status "\",\"since\":\"2026-01-01T00:00:00Z\"" more "}"
#define WANTED ",\"wanted\":true"

/* Before all else: the real before drills, what the rules choose before the rest, the graver before
 * the lighter; what is over is not there, nor what a hub lists of others' suppliers. */
START_TEST(alerts_and_flags_first)
{
    ck_assert_int_eq(
        FAKE_RUN(
            toc_cmd_today, FAKE_WORDS("tocsin"), STATUS,
            "{\"ok\":true,\"alerts\":[" ALERT(
                "Drill", "5", "raised",
                WANTED ",\"exercise\":true") "," ALERT("Grave", "5", "raised",
                                                       "") "," ALERT("Light", "2", "disputed",
                                                                     WANTED) "],"
                                                                             "\"after\":2}",
            "{\"ok\":true,\"alerts\":[" ALERT("Over", "5", "withdrawn", WANTED) "," ALERT(
                "Over", "5", "cleared",
                WANTED) "," ALERT("Over", "5", "expired",
                                  WANTED) "," ALERT("Chosen", "3", "corroborated",
                                                    WANTED) "," ALERT("Eased", "1", "mitigated",
                                                                      "") "," ALERT("Least", "1",
                                                                                    "raised",
                                                                                    ",\"exercise\":"
                                                                                    "true") ",{"
                                                                                            "\"name"
                                                                                            "\":"
                                                                                            "\"Of "
                                                                                            "the "
                                                                                            "hub\","
                                                                                            "\"seve"
                                                                                            "rity\""
                                                                                            ":5,"
                                                                                            "\"stat"
                                                                                            "us\":"
                                                                                            "\"rais"
                                                                                            "ed\"}]"
                                                                                            ",\"aft"
                                                                                            "er\":"
                                                                                            "null}",
            "{\"ok\":true,\"flags\":["
            "{\"flag\":\"0123456789\",\"name\":\"Aire\",\"event\":\"F22\","
            "\"state\":\"waiting_approval\"},"
            "{\"flag\":\"1123456789\",\"name\":\"Calder\",\"event\":\"F20\","
            "\"state\":\"sent\",\"disputed\":true,\"answer_by\":\"2026-12-04\"},"
            "{\"flag\":\"2123456789\",\"name\":\"Don\",\"event\":\"F20\","
            "\"state\":\"sent\",\"disputed\":false,\"answer_by\":null}],\"after\":null}",
            NO_SUPPLIERS, NO_EVENTS, NO_CONTRACTS, NO_RECORDS),
        TOC_EXIT_DONE);
    fake_asked(1, "{\"request\":\"alert_list\",\"limit\":100}");
    fake_asked(2, "{\"request\":\"alert_list\",\"limit\":100,\"after\":2}");
    fake_asked(3, "{\"request\":\"flag_list\",\"limit\":100}");
    ck_assert_str_eq(fake_out,
                     "leeds in group yh-spg\n"
                     "  * ALERT Chosen: F13 petition to wind up, severity 3, corroborated\n"
                     "      tocsin region alerts\n"
                     "  * ALERT Light: F13 petition to wind up, severity 2, disputed\n"
                     "      tocsin region alerts\n"
                     "  * ALERT Grave: F13 petition to wind up, severity 5, raised\n"
                     "      tocsin region alerts\n"
                     "  * ALERT Eased: F13 petition to wind up, severity 1, mitigated\n"
                     "      tocsin region alerts\n"
                     "  * ALERT Drill: F13 petition to wind up, severity 5, exercise: raised\n"
                     "      tocsin region alerts\n"
                     "  * 1 more open alert on suppliers of ours\n"
                     "      tocsin region alerts\n"
                     "  * flag 01234567 on Aire (F22) waits for a second person\n"
                     "      tocsin flag approve 01234567\n"
                     "  * flag 11234567 on Calder (F20) is disputed: answer by 2026-12-04\n"
                     "      tocsin flag confirm 11234567, or tocsin flag withdraw 11234567 "
                     "--reason TEXT\n"
                     "  * 1 draft waits to be published\n"
                     "      tocsin preview, then tocsin publish\n");
}
END_TEST

START_TEST(nothing_is_pending)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_today, FAKE_WORDS("tocsin"),
                              "{\"ok\":true,\"member\":\"leeds\",\"group\":\"yh-spg\"}", NO_ALERTS,
                              NO_FLAGS, NO_SUPPLIERS, NO_EVENTS, NO_CONTRACTS, NO_RECORDS),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "Nothing is pending."));
}
END_TEST

START_TEST(a_daemon_of_before_has_none_of_it)
{
    static const char unknown[] =
        "{\"ok\":false,\"result\":\"notfound\",\"message\":\"no such request\"}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_today, FAKE_WORDS("tocsin"), STATUS, unknown, unknown,
                              unknown, unknown, unknown, NO_RECORDS),
                     TOC_EXIT_DONE);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_today, FAKE_WORDS("tocsin"), STATUS,
                              "{\"ok\":false,\"result\":\"store\",\"message\":\"the disk\"}"),
                     TOC_EXIT_FAILED);
    ck_assert_str_eq(fake_err, "tocsin: the disk\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_today");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, fake_setup, fake_teardown);
    tcase_add_test(all, what_imports_and_registers_brought);
    tcase_add_test(all, the_gravest_events_first);
    tcase_add_test(all, alerts_and_flags_first);
    tcase_add_test(all, nothing_is_pending);
    tcase_add_test(all, a_daemon_of_before_has_none_of_it);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
