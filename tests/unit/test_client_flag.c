#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include "wire_record.h"
#include <jansson.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef"
#define OTHER "01ff456789abcdef0123456789abcdef"
#define RAISED(state, sequence)                                                                    \
    "{\"ok\":true,\"flag\":\"" ID "\",\"state\":\"" state "\",\"sequence\":" sequence              \
    ",\"other_users\":2}"
#define PREVIEW                                                                                    \
    "{\"ok\":true,\"name\":\"Aire Surfacing Ltd\",\"number\":\"GB-COH-01234567\",\"spend\":"       \
    "1250000,\"recipients\":[\"spg\"],\"other_councils\":2,\"second_person\":true,"                \
    "\"learns\":[\"The hub sees that this council flags somebody.\"]}"
#define FIELDS(request, event, severity)                                                           \
    "{\"request\":\"" request "\",\"supplier\":\"s17\",\"event\":\"" event                         \
    "\",\"severity\":" severity ",\"source_class\":\"public_register\",\"may_identify\":false,"    \
    "\"exercise\":false}"
#define RAISE "raise", "s17", "--event", "f13", "--source", "public_register"

START_TEST(raised_and_sent)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE), RAISED("sent", "7")),
                     TOC_EXIT_DONE);
    fake_asked(0, FIELDS("flag_raise", "F13", "4"));
    ck_assert_str_eq(fake_out, "Flag 01234567: sent, as record 7 of our log distress.\n");
    ck_assert_str_eq(fake_err, "");
}
END_TEST

START_TEST(every_word_is_asked_for)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_raise,
                 FAKE_WORDS("raise", "Aire Surfacing", "--event", "F22", "--severity", "5",
                            "--source", "council_observation", "--expires", "2027-q1", "--clause",
                            "plan_requested", "--action", "call_meeting", "--text", "slow",
                            "--reference", "CR-1", "--date", "2026-12-31", "--may-identify",
                            "--exercise", "--parent", "--embargo-until", "2027-01-04"),
                 RAISED("waiting_approval", "null")),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_raise\",\"supplier\":\"Aire Surfacing\",\"event\":\"F22\","
                  "\"severity\":5,\"source_class\":\"council_observation\",\"expires\":"
                  "\"2027-Q1\",\"clause\":\"plan_requested\",\"action\":\"call_meeting\","
                  "\"text\":\"slow\",\"reference\":\"CR-1\",\"event_date\":\"2026-12-31\",\"may_"
                  "identify\":true,"
                  "\"exercise\":true,\"parent\":true,\"embargo_until\":\"2027-01-04\"}");
    ck_assert_str_eq(fake_out, "Flag 01234567: waits until somebody else here approves it:\n"
                               "  tocsin flag approve 01234567\n");
}
END_TEST

START_TEST(what_became_of_it)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE), RAISED("waiting_token", "null")),
        TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "Flag 01234567: waits for the supplier's token, and goes by itself "
                               "then.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE), RAISED("sent", "null")),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "Flag 01234567: waits for the hub, which has not shown this member "
                               "its own logs yet, and goes by itself then.\n");
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE), RAISED("waiting_embargo", "null")),
        TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "Flag 01234567: waits for the end of its embargo, and goes by "
                               "itself then.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE),
                              "{\"ok\":true,\"flag\":\"" ID "\",\"state\":\"waiting_token\","
                              "\"waits_for\":\"the answer of holder york\"}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "Flag 01234567: waits for the answer of holder york, and goes by "
                               "itself then.\n");
}
END_TEST

START_TEST(as_a_document)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE, "--json"), RAISED("sent", "7")),
                     TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, 0, NULL);
    json_t *const expected = json_pack("{s:s, s:s, s:i, s:i}", "flag", ID, "state", "sent",
                                       "sequence", 7, "other_users", 2);
    ck_assert(json_equal(document, expected) == 1);
    json_decref(document);
    json_decref(expected);
}
END_TEST

START_TEST(a_person_is_shown_and_asked)
{
    static const char *const replies[] = {PREVIEW, RAISED("sent", "7")};
    fake_asks = true;
    ck_assert_int_eq(fake_run(toc_cmd_flag_raise, FAKE_WORDS(RAISE), replies, 2, "y\n"),
                     TOC_EXIT_DONE);
    fake_asked(0, FIELDS("flag_preview", "F13", "4"));
    fake_asked(1, FIELDS("flag_raise", "F13", "4"));
    ck_assert_str_eq(fake_err,
                     "Aire Surfacing Ltd  01234567\n"
                     "  we paid    £1,250,000\n"
                     "  event      F13 petition to wind up\n"
                     "  severity   4 of 5\n"
                     "  source     public_register\n"
                     "  sent to    spg\n"
                     "  used by    2 other councils: whoever is warned knows that it was one of "
                     "those that use it\n"
                     "  The hub sees that this council flags somebody.\n"
                     "It waits until somebody else here approves it.\n"
                     "This is not an exclusion decision.\n"
                     "Raise this flag? [y/N] ");
}
END_TEST

START_TEST(a_person_who_says_no_sends_nothing)
{
    static const char *const replies[] = {PREVIEW};
    static const char *const answers[] = {"n\n", "", "yess\n"};
    fake_asks = true;
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(fake_run(toc_cmd_flag_raise, FAKE_WORDS(RAISE), replies, 1, answers[i]),
                         TOC_EXIT_REFUSED);
        ck_assert_str_eq(fake_out, "");
        ck_assert_ptr_nonnull(strstr(fake_err, "nothing was sent"));
    }
}
END_TEST

START_TEST(yes_asks_nothing)
{
    fake_asks = true;
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE, "--yes"), RAISED("sent", "7")),
                     TOC_EXIT_DONE);
    fake_asked(0, FIELDS("flag_raise", "F13", "4"));
    ck_assert_str_eq(fake_err, "");
}
END_TEST

START_TEST(words_that_are_wrong)
{
    static char long_text[162];
    memset(long_text, 'x', 161);
    const struct {
        const char *words[10];
        const char *says;
    } wrong[] = {
        {{"raise"}, "SUPPLIER"},
        {{"raise", "s17", "--source", "public_register"}, "--event and --source"},
        {{"raise", "s17", "--event", "F13"}, "--event and --source"},
        {{"raise", "s17", "--event", "F31", "--source", "public_register"}, "'F31'"},
        {{"raise", "s17", "--event", "", "--source", "public_register"}, "--event"},
        {{"raise", "s17", "--event", "F13", "--source", "rumour"},
         "'rumour' is none of public_register, public_announcement, supplier_notice_confidential, "
         "council_observation"},
        {{RAISE, "--severity", "6"}, "severity"},
        {{RAISE, "--clause", "x"}, "--clause"},
        {{RAISE, "--action", "x"}, "--action"},
        {{RAISE, "--expires", "2027-Q5"}, "'2027-Q5'"},
        {{RAISE, "--expires", "2027-Q12"}, "'2027-Q12'"},
        {{RAISE, "--expires", ""}, "--expires"},
        {{RAISE, "--date", "soon"}, "'soon'"},
        {{RAISE, "--reference", "0123456789012345678901234567890123456789x"}, "40"},
        {{RAISE, "--embargo-until", "soon"}, "'soon'"},
        {{RAISE, "--text", long_text}, "160"},
        {{RAISE, "--text", "\xff"}, "UTF-8"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(fake_run(toc_cmd_flag_raise, wrong[i].words, NULL, 0, NULL),
                         TOC_EXIT_USAGE);
        ck_assert_msg(strstr(fake_err, wrong[i].says) != NULL, "%zu: %s", i, fake_err);
    }
}
END_TEST

START_TEST(the_longest_text)
{
    static char text[161];
    memset(text, 'x', 160);
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_raise, FAKE_WORDS(RAISE, "--text", text), RAISED("sent", "7")),
        TOC_EXIT_DONE);
}
END_TEST

START_TEST(what_the_daemon_refuses)
{
    static const struct {
        const char *reply;
        int status;
    } refused[] = {
        {"{\"ok\":false,\"result\":\"denied\",\"message\":\"no\"}", TOC_EXIT_REFUSED},
        {"{\"ok\":false,\"result\":\"conflict\",\"message\":\"s1 and s2\"}", TOC_EXIT_USAGE},
        {"{\"ok\":false,\"result\":\"notfound\",\"message\":\"none\"}", TOC_EXIT_FAILED},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ck_assert_int_eq(
            fake_run(toc_cmd_flag_raise, FAKE_WORDS(RAISE), &refused[i].reply, 1, NULL),
            refused[i].status);
        ck_assert_str_eq(fake_out, "");
    }
}
END_TEST

START_TEST(approve_clear_withdraw)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_approve, FAKE_WORDS("approve", ID), RAISED("sent", "8")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_approve\",\"flag\":\"" ID "\"}");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_clear, FAKE_WORDS("clear", ID), RAISED("sent", "9")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_clear\",\"flag\":\"" ID "\"}");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_withdraw,
                              FAKE_WORDS("withdraw", ID, "--reason", "another company"),
                              RAISED("withdrawn", "null")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_withdraw\",\"flag\":\"" ID
                  "\",\"reason\":\"another company\"}");
    ck_assert_str_eq(fake_out, "Flag 01234567: withdrawn.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_withdraw, FAKE_WORDS("withdraw", ID, "--reason", "x"),
                              "{\"ok\":true,\"state\":\"deleted\"}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "Flag 01234567: was not sent yet, and is deleted.\n");
}
END_TEST

START_TEST(a_reason_is_needed)
{
    static char reason[TOC_REASON_LEN_MAX + 2];
    memset(reason, 'x', TOC_REASON_LEN_MAX + 1);
    const char *const wrong[][5] = {
        {"withdraw", ID}, {"withdraw", ID, "--reason", ""}, {"withdraw", ID, "--reason", reason}};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(fake_run(toc_cmd_flag_withdraw, wrong[i], NULL, 0, NULL), TOC_EXIT_USAGE);
        ck_assert_ptr_nonnull(strstr(fake_err, "--reason"));
    }
    reason[TOC_REASON_LEN_MAX] = '\0';
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_withdraw, FAKE_WORDS("withdraw", ID, "--reason", reason),
                              RAISED("withdrawn", "9")),
                     TOC_EXIT_DONE);
}
END_TEST

START_TEST(a_flag_by_the_beginning_of_its_id)
{
    static const char both[] = "{\"ok\":true,\"flags\":[{\"flag\":\"" OTHER "\"}],\"after\":\"1\"}";
    static const char last[] = "{\"ok\":true,\"flags\":[{\"flag\":\"" ID "\"}],\"after\":null}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_clear, FAKE_WORDS("clear", "0123ABCD"), last),
                     TOC_EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(fake_err, "no flag of ours begins so"));
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_clear, FAKE_WORDS("clear", "0123"), both, last, RAISED("sent", "9")),
        TOC_EXIT_DONE);
    fake_asked(1, "{\"request\":\"flag_list\",\"limit\":100,\"after\":\"1\"}");
    fake_asked(2, "{\"request\":\"flag_clear\",\"flag\":\"" ID "\"}");
}
END_TEST

START_TEST(a_beginning_that_fits_two)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_clear, FAKE_WORDS("clear", "0123"),
                              "{\"ok\":true,\"flags\":[{\"flag\":\"" ID "\"},{\"flag\":\"0123"
                              "ffffffffffffffffffffffffffff\"}],\"after\":null}"),
                     TOC_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(fake_err, "several flags"));
}
END_TEST

START_TEST(what_is_no_id)
{
    static const char too_long[] = ID "0";
    static const char *const wrong[] = {"", "012", "s17!", "wxyz", too_long};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(fake_run(toc_cmd_flag_clear, FAKE_WORDS("clear", wrong[i]), NULL, 0, NULL),
                         TOC_EXIT_USAGE);
        ck_assert_ptr_nonnull(strstr(fake_err, "no flag's id"));
    }
}
END_TEST

#define ROW(state, status, exercise)                                                               \
    "{\"flag\":\"" ID "\",\"supplier\":\"s17\",\"name\":\"Aire Surfacing Ltd\",\"event\":\"F13\"," \
    "\"severity\":4,\"source_class\":\"public_register\",\"state\":\"" state                       \
    "\",\"status\":\"" status "\",\"expires\":\"2027-Q1\",\"exercise\":" exercise "}"

START_TEST(the_list)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_list, FAKE_WORDS("list"),
                              "{\"ok\":true,\"flags\":[" ROW("sent", "mitigated", "false") "," ROW(
                                  "waiting_approval", "raised", "true") "],\"after\":null}"),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "01234567"));
    ck_assert_ptr_null(strstr(fake_out, ID));
    ck_assert_ptr_nonnull(strstr(fake_out, "F13 petition to wind up"));
    ck_assert_ptr_nonnull(strstr(fake_out, "mitigated"));
    ck_assert_ptr_nonnull(strstr(fake_out, "exercise: waiting approval"));
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_list, FAKE_WORDS("list", "--csv"),
                 "{\"ok\":true,\"flags\":[" ROW("sent", "raised", "false") "],\"after\":null}"),
        TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, ID ",s17,Aire Surfacing Ltd,F13,4,public_register,sent,"
                                              "raised,2027-Q1,no"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_list, FAKE_WORDS("list"),
                              "{\"ok\":true,\"flags\":[],\"after\":null}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "No flag was raised here.\n");
    ck_assert_int_eq(
        fake_run(toc_cmd_flag_list, FAKE_WORDS("list", "--csv", "--json"), NULL, 0, NULL),
        TOC_EXIT_USAGE);
}
END_TEST

#define ALERT(name, status, details)                                                               \
    "{\"alert\":\"" ID "\",\"token\":\"00112233445566778899aabbccddeeff\",\"name\":" name          \
    ",\"event\":\"F13\",\"severity\":4,\"reporters\":\"under 3\",\"status\":\"" status             \
    "\",\"exercise\":false,\"expires\":\"2027-Q1\",\"since\":\"2026-11-20T08:00:00Z\","            \
    "\"supplier\":\"s17\","                                                                        \
    "\"details\":" details ",\"named\":false}"

START_TEST(alerts)
{
    ck_assert_int_eq(
        FAKE_RUN(
            toc_cmd_region_alerts, FAKE_WORDS("alerts"),
            "{\"ok\":true,\"alerts\":[" ALERT(
                "\"Aire Surfacing Ltd\"", "disputed",
                "[{\"text\":\"hearing on 3 "
                "December\",\"reference\":\"CR-1\",\"event_date\":\"2026-12-03\"},"
                "{\"text\":\"seen\"}]") "," ALERT("null", "expired", "[]") "],\"after\":null}"),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"alert_list\",\"limit\":100}");
    ck_assert_ptr_nonnull(strstr(fake_out, "disputed"));
    ck_assert_ptr_nonnull(strstr(fake_out, "(not named)"));
    ck_assert_ptr_nonnull(strstr(fake_out, "under 3    2027-Q1  2026-11-20"));
    ck_assert_ptr_nonnull(strstr(fake_out,
                                 "\n  Aire Surfacing Ltd, F13: a reporter says: hearing on 3 "
                                 "December; reference CR-1; date 2026-12-03\n"
                                 "  Aire Surfacing Ltd, F13: a reporter says: seen\n"
                                 "\nAn alert is no exclusion decision. Expired is not cleared.\n"));
}
END_TEST

/* The supplier's name comes before dates that `region alerts --json` has as well. */
START_TEST(alerts_on_narrow_paper)
{
    fake_columns = 80;
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_alerts, FAKE_WORDS("alerts"),
                              "{\"ok\":true,\"alerts\":[" ALERT(
                                  "\"Aire Surfacing Ltd\"", "disputed", "[]") "],\"after\":null}"),
                     TOC_EXIT_DONE);
    fake_columns = 100;
    ck_assert_ptr_nonnull(strstr(fake_out, "Aire Surfacing Ltd"));
    ck_assert_ptr_nonnull(strstr(fake_out, "REPORTERS\n"));
    ck_assert_ptr_null(strstr(fake_out, "2026-11-20"));
}
END_TEST

START_TEST(an_alert_that_says_two_things)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_alerts, FAKE_WORDS("alerts"),
                 "{\"ok\":true,\"alerts\":[{\"name\":\"Aire\",\"event\":\"F99\","
                 "\"severity\":1,\"exercise\":true,\"of_parent\":true,\"status\":\"raised\","
                 "\"warning\":\"the hub shows two readings\"}]}"),
        TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "exercise: raised"));
    ck_assert_ptr_nonnull(strstr(fake_out, "\n  Aire, F99: said of a company whose parent it is.\n"
                                           "  Aire, F99: WARNING: the hub shows two readings\n"));
}
END_TEST

START_TEST(alerts_in_other_forms)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_alerts, FAKE_WORDS("alerts"),
                              "{\"ok\":true,\"alerts\":[],\"after\":null}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "No alert on a supplier of ours.\n");
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_alerts, FAKE_WORDS("alerts", "--csv"),
                 "{\"ok\":true,\"alerts\":[" ALERT("\"Aire\"", "raised", "[]") "],\"after\":null}"),
        TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(
        strstr(fake_out, ID ",s17,Aire,F13,4,raised,under 3,2026-11-20T08:00:00Z,2027-Q1,no"));
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_alerts, FAKE_WORDS("alerts", "--json"),
                 "{\"ok\":true,\"alerts\":[" ALERT("\"Aire\"", "raised", "[]") "],\"after\":null}"),
        TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, 0, NULL);
    const json_t *const one = json_array_get(json_object_get(document, "alerts"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(one, "token")),
                     "00112233445566778899aabbccddeeff");
    ck_assert_int_eq(json_integer_value(json_object_get(one, "severity")), 4);
    json_decref(document);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_flag");
    TCase *flags = tcase_create("flags");
    tcase_add_checked_fixture(flags, fake_setup, fake_teardown);
    tcase_add_test(flags, raised_and_sent);
    tcase_add_test(flags, every_word_is_asked_for);
    tcase_add_test(flags, what_became_of_it);
    tcase_add_test(flags, as_a_document);
    tcase_add_test(flags, a_person_is_shown_and_asked);
    tcase_add_test(flags, a_person_who_says_no_sends_nothing);
    tcase_add_test(flags, yes_asks_nothing);
    tcase_add_test(flags, words_that_are_wrong);
    tcase_add_test(flags, the_longest_text);
    tcase_add_test(flags, what_the_daemon_refuses);
    tcase_add_test(flags, approve_clear_withdraw);
    tcase_add_test(flags, a_reason_is_needed);
    tcase_add_test(flags, a_flag_by_the_beginning_of_its_id);
    tcase_add_test(flags, a_beginning_that_fits_two);
    tcase_add_test(flags, what_is_no_id);
    tcase_add_test(flags, the_list);
    tcase_add_test(flags, alerts);
    tcase_add_test(flags, alerts_on_narrow_paper);
    tcase_add_test(flags, an_alert_that_says_two_things);
    tcase_add_test(flags, alerts_in_other_forms);
    suite_add_tcase(suite, flags);
    return toc_test_main(suite);
}
