#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include <string.h>

#define REPLY(state, refused, fault)                                                               \
    "{\"ok\":true,\"token_epoch\":2,\"state\":\"" state "\",\"confirmed\":true,\"lacking\":3,"     \
    "\"waiting\":64,\"ready\":212,\"refused\":" refused ",\"quota\":420,\"digest\":\"00\","        \
    "\"holders\":[{\"member\":\"spg\",\"outstanding\":0,\"used\":276,\"fault\":null},"             \
    "{\"member\":\"leeds\",\"outstanding\":1,\"used\":212,\"fault\":" fault "}]}"

START_TEST(says_how_far_it_is)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_tokens, FAKE_WORDS("tokens"), REPLY("asks", "0", "null")),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"tokens\"}");
    ck_assert_str_eq(fake_out,
                     "Token epoch 2: 212 names and numbers are ready, 64 wait for holders, 3 are "
                     "not asked for, 0 were refused.\n"
                     "Holders, of a quota of 420:\n"
                     "  spg          answered 276, 0 asks are open\n"
                     "  leeds        answered 212, 1 asks are open\n");
    ck_assert_str_eq(fake_err, "");
}
END_TEST

START_TEST(says_what_to_do)
{
    static const struct {
        const char *reply, *words;
    } cases[] = {
        {REPLY("unconfirmed", "0", "null"), "supplier tokens --confirm"},
        {REPLY("unpublished", "0", "null"), "'tocsin publish'"},
        {REPLY("over_quota", "0", "null"), "--quota"},
        {REPLY("no_holders", "0", "null"), "no holders"},
        {REPLY("not_its_role", "0", "null"), "neither council nor body"},
        {REPLY("asks", "2", "{\"what\":\"proof\"}"), "supplier tokens --retry"},
        {REPLY("asks", "2", "{\"what\":\"proof\"}"), "1 asks are open; proof"},
    };
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_tokens, FAKE_WORDS("tokens"), cases[_i].reply),
                     TOC_EXIT_DONE);
    ck_assert_msg(strstr(fake_out, cases[_i].words) != NULL, "%s", fake_out);
}
END_TEST

START_TEST(decides)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_tokens, FAKE_WORDS("tokens", "--confirm"),
                              REPLY("asks", "0", "null")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"tokens_confirm\"}");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_tokens, FAKE_WORDS("tokens", "--retry", "--json"),
                              REPLY("asks", "0", "null")),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"tokens_retry\"}");
    ck_assert_ptr_nonnull(strstr(fake_out, "\"ready\": 212"));
    ck_assert_int_eq(fake_run(toc_cmd_supplier_tokens, FAKE_WORDS("tokens", "--confirm", "--retry"),
                              NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_tokens, FAKE_WORDS("tokens", "x"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_tokens, FAKE_WORDS("tokens", "--confirm"),
                              "{\"ok\":false,\"result\":\"notfound\",\"message\":\"nobody\"}"),
                     TOC_EXIT_FAILED);
    ck_assert_str_eq(fake_err, "tocsin: nobody\n");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("client_supplier_tokens");
    TCase *tcase = tcase_create("tokens");

    tcase_add_checked_fixture(tcase, fake_setup, fake_teardown);
    tcase_add_test(tcase, says_how_far_it_is);
    tcase_add_loop_test(tcase, says_what_to_do, 0, 7);
    tcase_add_test(tcase, decides);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return toc_test_main(suite());
}
