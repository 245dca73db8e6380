/* What becomes of a flag, as its commands ask for it and print it. */
#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include <jansson.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef"
#define OTHER "01ff456789abcdef0123456789abcdef"
#define SENT "{\"ok\":true,\"flag\":\"" ID "\",\"state\":\"sent\",\"sequence\":8}"

START_TEST(mitigate_confirm_dispute)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_mitigate, FAKE_WORDS("mitigate", ID), SENT),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_mitigate\",\"flag\":\"" ID "\"}");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_confirm, FAKE_WORDS("confirm", ID),
                              "{\"ok\":true,\"state\":\"confirmed\",\"sequence\":null}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_confirm\",\"flag\":\"" ID "\"}");
    ck_assert_str_eq(fake_out, "Flag 01234567: confirmed.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_dispute,
                              FAKE_WORDS("dispute", "0123", "--text", "paid in full"),
                              "{\"ok\":true,\"alerts\":[{\"alert\":\"" ID "\"},{\"alert\":\"" OTHER
                              "\"}],\"after\":null}",
                              "{\"ok\":true,\"state\":\"disputed\",\"sequence\":3}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"alert_list\",\"limit\":100}");
    fake_asked(1, "{\"request\":\"flag_dispute\",\"alert\":\"" ID "\",\"text\":\"paid in full\"}");
    ck_assert_ptr_eq(strstr(fake_out, "Alert 01234567: disputed."), fake_out);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_dispute, FAKE_WORDS("dispute", ID, "--take-back"),
                              "{\"ok\":true,\"state\":\"taken_back\",\"sequence\":null}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_undispute\",\"alert\":\"" ID "\"}");
    ck_assert_str_eq(fake_out, "Alert 01234567: this council no longer disputes it.\n");
}
END_TEST

START_TEST(wrong_disputes)
{
    static char text[162];
    memset(text, 'x', 161);
    const char *const wrong[][6] = {{"dispute"},
                                    {"dispute", ID, "--text", text},
                                    {"dispute", ID, "--text", "x", "--take-back"},
                                    {"dispute", "s17"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(fake_run(toc_cmd_flag_dispute, wrong[i], NULL, 0, NULL), TOC_EXIT_USAGE);
    }
    ck_assert_ptr_nonnull(strstr(fake_err, "tocsin region alerts"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_dispute, FAKE_WORDS("dispute", "0123"),
                              "{\"ok\":true,\"alerts\":[],\"after\":null}"),
                     TOC_EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(fake_err, "no alert of ours begins so"));
}
END_TEST

#define HISTORY(applied)                                                                           \
    "{\"ok\":true,\"flag\":\"" ID "\",\"name\":\"Aire Surfacing Ltd\",\"event\":\"F13\","          \
    "\"severity\":4,\"status\":\"raised\",\"state\":\"withdrawn\",\"exercise\":false,"             \
    "\"history\":[{\"time\":\"2026-11-20T08:00:00Z\",\"what\":\"raised\",\"by\":1000,"             \
    "\"revision\":1,\"sequence\":null,\"text\":\"\"},"                                             \
    "{\"time\":\"2026-11-20T08:00:01Z\",\"what\":\"alert\",\"by\":null,\"status\":\"raised\","     \
    "\"severity\":4,\"reporters\":\"under 3\",\"publisher\":\"spg\",\"sequence\":5},"              \
    "{\"time\":\"2026-11-21T08:00:00Z\",\"what\":\"withdrawn\",\"by\":1001,\"revision\":1,"        \
    "\"sequence\":9,\"text\":\"another company\"}],"                                               \
    "\"applied\":[" applied "]}"

START_TEST(a_history)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_history, FAKE_WORDS("history", ID),
                              HISTORY("{\"member\":\"spg\",\"applied\":true},"
                                      "{\"member\":\"york\",\"applied\":false}")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"flag_history\",\"flag\":\"" ID "\"}");
    ck_assert_str_eq(fake_out,
                     "Flag 01234567: Aire Surfacing Ltd, F13 petition to wind up, severity 4: "
                     "withdrawn\n\n"
                     "TIME                  WHAT       BY UID  DETAIL\n"
                     "2026-11-20T08:00:00Z  raised       1000\n"
                     "2026-11-20T08:00:01Z  alert              raised, severity 4, under 3 "
                     "reporters, spg's record 5\n"
                     "2026-11-21T08:00:00Z  withdrawn    1001  another company; our record 9\n\n"
                     "MEMBER  APPLIED\n"
                     "spg     yes\n"
                     "york    not yet\n"
                     "1 of 2 members have not applied it yet: york\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_history, FAKE_WORDS("history", ID),
                              HISTORY("{\"member\":\"spg\",\"applied\":true}")),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "All 1 members that are told have applied it.\n"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_flag_history, FAKE_WORDS("history", ID), HISTORY("")),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "nobody has seen it"));
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_flag_history, FAKE_WORDS("history", ID, "--json"), HISTORY("")),
        TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "history")), 3);
    json_decref(document);
}
END_TEST

START_TEST(the_list_says_what_is_to_do)
{
    ck_assert_int_eq(
        FAKE_RUN(
            toc_cmd_flag_list, FAKE_WORDS("list"),
            "{\"ok\":true,\"flags\":[{\"flag\":\"" ID "\",\"name\":\"Aire\",\"event\":\"F13\","
            "\"severity\":4,\"state\":\"sent\",\"status\":\"raised\",\"disputed\":true,"
            "\"answer_by\":\"2026-12-04\",\"expires\":\"2027-Q1\"},{\"flag\":\"" OTHER
            "\",\"name\":\"Ouse\",\"event\":\"F13\",\"severity\":4,\"state\":\"waiting_token\","
            "\"status\":\"raised\",\"waits_for\":\"the answer of holder york\",\"expires\":"
            "\"2027-Q1\"}],\"after\":null}"),
        TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "  disputed  "));
    ck_assert_ptr_nonnull(
        strstr(fake_out, "\n\n  01234567: disputed: confirm it, withdraw it or say how it is "
                         "now, by 2026-12-04\n"
                         "  01ff4567: waits for the answer of holder york\n"));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("client_flag_life");
    TCase *tests = tcase_create("life");

    tcase_add_checked_fixture(tests, fake_setup, fake_teardown);
    tcase_add_test(tests, mitigate_confirm_dispute);
    tcase_add_test(tests, wrong_disputes);
    tcase_add_test(tests, a_history);
    tcase_add_test(tests, the_list_says_what_is_to_do);
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
