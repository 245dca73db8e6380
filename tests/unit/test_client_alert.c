/* What commands say of alerts: rules, and a change in one line. */
#include "alert_words.h"
#include "commands.h"
#include "fixture_local.h"
#include "record_words.h"
#include "runner.h"
#include <string.h>

#define RULES(events, months, notify)                                                              \
    "{\"ok\":true,\"events\":[" events "],\"severity_min\":3,\"categories\":[],"                   \
    "\"exposure_min\":25000,\"ends_within_months\":" months ",\"notify\":" notify "}"
#define RECORD                                                                                     \
    "\"record\":{\"type\":\"alert\",\"name\":\"Aire Surfacing Ltd\",\"event\":\"F13\","            \
    "\"severity\":4,\"status\":\"raised\",\"exercise\":false,\"expires\":\"2027-Q1\"}"
#define CHANGE(changes, before)                                                                    \
    "{\"time\":\"2026-11-21T12:00:00Z\",\"stream\":\"alert\",\"publisher\":\"spg\","               \
    "\"sequence\":7,\"change\":\"00-1\",\"changes\":[" changes "],\"before\":" before "," RECORD   \
    "}"

START_TEST(rules_are_shown)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_alert, FAKE_WORDS("alert", "rules"), RULES("", "0", "true")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"alert_rules\"}");
    ck_assert_str_eq(fake_out, "The program 'notify' is told of alerts on suppliers of ours where "
                               "all of this holds:\n"
                               "  event        any\n"
                               "  severity     3 or more\n"
                               "  category     any\n"
                               "  paid to it   \xc2\xa3"
                               "25,000 or more\n"
                               "  contract     any, or none\n"
                               "'tocsin region alerts' shows all of them, whatever the rules.\n");
}
END_TEST

START_TEST(rules_are_changed)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_alert,
                 FAKE_WORDS("alert", "rules", "--event", "F13", "--event", "F20", "--category",
                            "any", "--severity-min", "3", "--exposure-min", "25000",
                            "--ends-within", "6", "--reset"),
                 RULES("\"F13\",\"F20\"", "6", "false")),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"alert_rules\",\"events\":[\"F13\",\"F20\"],\"categories\":[],"
                  "\"severity_min\":3,\"exposure_min\":25000,\"ends_within_months\":6,"
                  "\"reset\":true}");
    ck_assert_ptr_nonnull(strstr(fake_out, "F13, F20"));
    ck_assert_ptr_nonnull(strstr(fake_out, "one ends within 6 months"));
    ck_assert_ptr_nonnull(strstr(fake_out, "No program is configured"));
}
END_TEST

START_TEST(wrong_words)
{
    static const char *const words[][3] = {{"--severity-min", "0", NULL},
                                           {"--severity-min", "6", NULL},
                                           {"--ends-within", "601", NULL},
                                           {"--exposure-min", "-1", NULL},
                                           {"extra", NULL, NULL}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ck_assert_int_eq(fake_run(toc_cmd_alert,
                                  FAKE_WORDS("alert", "rules", words[i][0], words[i][1]), NULL, 0,
                                  NULL),
                         TOC_EXIT_USAGE);
    }
    ck_assert_int_eq(fake_run(toc_cmd_alert, FAKE_WORDS("alert", "rule"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
}
END_TEST

START_TEST(a_change_in_a_line)
{
    static const struct {
        const char *json, *words;
    } cases[] = {
        {CHANGE("\"new\"", "null"), "new: Aire Surfacing Ltd: F13 petition to wind up, severity 4, "
                                    "raised, until 2027-Q1"},
        {CHANGE("\"severity\",\"status\"", "{\"severity\":2,\"status\":\"disputed\"}"),
         "severity was 2: Aire "},
        {CHANGE("\"status\"", "{\"severity\":4,\"status\":\"disputed\"}"), "was disputed: Aire "},
        {CHANGE("\"named\"", "{\"severity\":4,\"status\":\"raised\"}"),
         "the hub knows its name: Aire "},
        {"{\"record\":{\"exercise\":true,\"status\":\"raised\"}}",
         "the hub knows its name: (a supplier of ours): , severity 0, exercise: raised, until "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TOC_ALERT_WORDS_LEN + 1];
        json_t *const json = json_loads(cases[i].json, 0, NULL);
        ck_assert_ptr_nonnull(json);
        toc_alert_change_words(json, text);
        ck_assert_msg(strncmp(text, cases[i].words, strlen(cases[i].words)) == 0, "%s", text);
        json_decref(json);
    }
}
END_TEST

/* Records and changes, each behind a cursor of its own. */
START_TEST(watch_follows_both)
{
    ck_assert_int_eq(
        FAKE_RUN(
            toc_cmd_watch,
            FAKE_WORDS("watch", "--stream", "alert", "--all", "--from", "start", "--count", "3"),
            "{\"ok\":true,\"cursor\":2048,\"records\":[{\"time\":\"2026-11-21T11:00:00Z\","
            "\"stream\":\"alert\",\"publisher\":\"spg\",\"sequence\":6,\"record\":{\"type\":"
            "\"alert\"}}],\"alerts_cursor\":4,\"alerts\":[" CHANGE("\"new\"", "null") "]}",
            "{\"ok\":true,\"cursor\":2048,\"records\":[],\"alerts_cursor\":5,\"alerts\":[" CHANGE(
                "\"named\"", "null") "]}"),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"want\",\"wait_ms\":30000,\"limit\":500,\"cursor\":0,\"alerts\":0,"
                  "\"all\":true,\"streams\":[\"alert\"]}");
    fake_asked(1, "{\"request\":\"want\",\"wait_ms\":30000,\"limit\":500,\"cursor\":2048,"
                  "\"alerts\":4,\"all\":true,\"streams\":[\"alert\"]}");
    ck_assert_ptr_nonnull(strstr(fake_out, "spg alert 6: alert\n"));
    ck_assert_ptr_nonnull(strstr(fake_out, "spg alert 7: new: Aire Surfacing Ltd: F13"));
}
END_TEST

START_TEST(watch_begins_now)
{
    ck_assert_int_eq(
        FAKE_RUN(
            toc_cmd_watch, FAKE_WORDS("watch", "--json", "--count", "1"),
            "{\"ok\":true,\"cursor\":1023,\"records\":[],\"alerts_cursor\":0,\"alerts\":[]}",
            "{\"ok\":true,\"cursor\":1023,\"records\":[],\"alerts_cursor\":1,\"alerts\":[" CHANGE(
                "\"new\"", "null") "]}"),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"want\",\"wait_ms\":0,\"limit\":500,\"alerts\":-1}");
    fake_asked(1, "{\"request\":\"want\",\"wait_ms\":30000,\"limit\":500,\"cursor\":1023,"
                  "\"alerts\":0}");
    json_t *const line = json_loads(fake_out, 0, NULL);
    ck_assert_str_eq(toc_field_text(line, "change"), "00-1");
    json_decref(line);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("client alert");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, fake_setup, fake_teardown);
    tcase_add_test(all, rules_are_shown);
    tcase_add_test(all, rules_are_changed);
    tcase_add_test(all, wrong_words);
    tcase_add_test(all, a_change_in_a_line);
    tcase_add_test(all, watch_follows_both);
    tcase_add_test(all, watch_begins_now);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
