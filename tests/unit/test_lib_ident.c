#include "bounds.h"
#include "ident.h"
#include "runner.h"
#include <string.h>

typedef bool (*check_f)(const char *text);

static void check_edge(check_f check, size_t len_max)
{
    char text[128];
    memset(text, 'a', sizeof text);
    text[len_max] = '\0';
    ck_assert(check(text));
    text[len_max] = 'a';
    text[len_max + 1] = '\0';
    ck_assert(!check(text));
    text[1] = '\0';
    ck_assert(check(text));
    ck_assert(!check(""));
    ck_assert(!check(NULL));
}

START_TEST(lengths)
{
    check_edge(toc_ident_member, TOC_MEMBER_LEN_MAX);
    check_edge(toc_ident_group, TOC_GROUP_LEN_MAX);
    check_edge(toc_ident_stream, TOC_STREAM_LEN_MAX);
}
END_TEST

START_TEST(members_and_groups)
{
    static const char *const good[] = {"leeds", "yh-spg", "a1", "a--b", "z9-0"};
    static const char *const bad[] = {"1a", "-a",  "a-",       "Leeds", "le eds", "a.b", "a_b",
                                      "a/", "a\n", "\xc3\xa9", "a'",    "a{",     "a:b", "../a"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(toc_ident_member(good[i]) && toc_ident_group(good[i]), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!toc_ident_member(bad[i]) && !toc_ident_group(bad[i]), "%s", bad[i]);
    }
}
END_TEST

START_TEST(streams)
{
    static const char *const good[] = {"exposure", "token.answer.leeds", "supply-chain",
                                       "project.0123456789abcdef0123456789abcdef", "a.1"};
    static const char *const bad[] = {".a", "a.", "a..b", "a-", "1", "A", "a b", "-", "a.b."};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(toc_ident_stream(good[i]), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!toc_ident_stream(bad[i]), "%s", bad[i]);
    }
}
END_TEST

START_TEST(texts)
{
    static const char *const good[] = {
        "Leeds City Council", "Ynys M\xc3\xb4n", "\xe2\x82\xac", "\xf0\x9f\x94\x94", " ",
        "\xef\xbf\xbf"};
    static const char *const bad[] = {"a\nb",
                                      "a\tb",
                                      "\x1b[2J",
                                      "\x7f",
                                      "\xc2\x85",
                                      "\xc2",
                                      "\x80",
                                      "\xc0\xaf",
                                      "\xe0\x80\xaf",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "a\xe2\x80",
                                      "\xe2\x80\xae",
                                      "\xe2\x81\xa6",
                                      "\xe2\x80\xa8",
                                      "\xff",
                                      "ok\xf0\x9f\x94"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(toc_ident_text(good[i], 200), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!toc_ident_text(bad[i], 200), "bad text %zu", i);
    }
    ck_assert(!toc_ident_text(NULL, 200));
    ck_assert(!toc_ident_text("", 200));
    ck_assert(toc_ident_text("abc", 3));
    ck_assert(!toc_ident_text("abcd", 3));
    ck_assert(!toc_ident_text("a", 0));
    ck_assert(!toc_ident_text("ab\xc3\xb4", 3));
}
END_TEST

/* Plain text is passed over eight bytes at a time: what is not plain is seen wherever it stands. */
START_TEST(texts_at_every_place)
{
    static const char *const bad[] = {"\x01", "\x1f",     "\x7f",        "\x80",
                                      "\xff", "\xc2\x85", "\xe2\x80\xae"};
    for (size_t at = 0; at < 24; at++) {
        char text[32];
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            memset(text, i % 2 == 0 ? '~' : ' ', 27);
            text[27] = '\0';
            ck_assert(toc_ident_text(text, 27));
            memcpy(text + at, bad[i], strlen(bad[i]));
            ck_assert_msg(!toc_ident_text(text, 27), "bad text %zu at %zu", i, at);
        }
        memset(text, 'a', 27);
        memcpy(text + at, "\xc3\xb4", 2);
        ck_assert(toc_ident_text(text, 27));
    }
}
END_TEST

START_TEST(gss_codes)
{
    ck_assert(toc_ident_gss("E08000035"));
    ck_assert(toc_ident_gss("W06000001"));
    ck_assert(toc_ident_gss("S12000033"));
    ck_assert(toc_ident_gss("N09000003"));
    static const char *const bad[] = {"",          "E0800003",  "E080000355", "X08000035",
                                      "e08000035", "E0800003a", "E 8000035",  "08000035"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!toc_ident_gss(bad[i]), "%s", bad[i]);
    }
    ck_assert(!toc_ident_gss(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ident");
    TCase *tcase = tcase_create("ident");
    tcase_add_test(tcase, lengths);
    tcase_add_test(tcase, members_and_groups);
    tcase_add_test(tcase, streams);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, texts_at_every_place);
    tcase_add_test(tcase, gss_codes);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
