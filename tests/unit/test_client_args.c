#include "args.h"
#include "runner.h"
#include <string.h>

struct words {
    bool flag;
    const char *text;
    struct toc_texts texts;
    uint64_t number;
};

/* As a shell would split it; at most 15 words. The text is changed. */
static enum toc_result parse(char *line, struct words *words, struct toc_operands *operands,
                             struct toc_why *why)
{
    static char *argv[TOC_TEXTS_MAX * 2 + 8];
    int argc = 0;
    for (char *at = line; at != NULL && *at != '\0';) {
        argv[argc++] = at;
        char *const space = strchr(at, ' ');
        if (space != NULL) {
            *space = '\0';
        }
        at = space == NULL ? NULL : space + 1;
    }
    argv[argc] = NULL;
    const struct toc_option options[] = {
        {.name = "flag", .flag = &words->flag},
        {.name = "text", .text = &words->text},
        {.name = "many", .texts = &words->texts},
        {.name = "number", .number = &words->number, .number_max = 100},
        {.name = "c", .text = &words->text},
    };
    return toc_args_parse(argc, argv, options, sizeof options / sizeof options[0], operands, why);
}

START_TEST(options_and_operands_mix)
{
    char line[] = "cmd one --flag --text=a two --many x --number 100 --many y -";
    struct words words = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    ck_assert_int_eq(parse(line, &words, &operands, &why), TOC_OK);
    ck_assert(words.flag);
    ck_assert_str_eq(words.text, "a");
    ck_assert_uint_eq(words.texts.len, 2);
    ck_assert_str_eq(words.texts.items[1], "y");
    ck_assert_uint_eq(words.number, 100);
    ck_assert_uint_eq(operands.len, 3);
    ck_assert_str_eq(operands.items[0], "one");
    ck_assert_str_eq(operands.items[1], "two");
    ck_assert_str_eq(operands.items[2], "-");
}
END_TEST

START_TEST(one_letter_is_short_and_dashes_end_options)
{
    char line[] = "cmd -c file -- --flag";
    struct words words = {0};
    struct toc_operands operands;
    ck_assert_int_eq(parse(line, &words, &operands, NULL), TOC_OK);
    ck_assert_str_eq(words.text, "file");
    ck_assert(!words.flag);
    ck_assert_uint_eq(operands.len, 1);
    ck_assert_str_eq(operands.items[0], "--flag");
}
END_TEST

START_TEST(nothing_is_nothing)
{
    char line[] = "cmd";
    struct words words = {0};
    struct toc_operands operands;
    ck_assert_int_eq(parse(line, &words, &operands, NULL), TOC_OK);
    ck_assert_uint_eq(operands.len, 0);
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *line;
        const char *names;
    } cases[] = {
        {"cmd --bogus", "--bogus"},       {"cmd -x", "-x"},
        {"cmd --text", "--text"},         {"cmd --number 101", "--number"},
        {"cmd --number -1", "--number"},  {"cmd --number 1x", "--number"},
        {"cmd --flag=yes", "--flag=yes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[64];
        struct words words = {0};
        struct toc_operands operands;
        struct toc_why why = {""};
        memcpy(line, cases[i].line, strlen(cases[i].line) + 1);
        ck_assert_int_eq(parse(line, &words, &operands, &why), TOC_INVALID);
        ck_assert_msg(strstr(why.text, cases[i].names) != NULL, "%s: %s", cases[i].line, why.text);
    }
}
END_TEST

START_TEST(a_repeated_option_has_a_limit)
{
    static char line[TOC_TEXTS_MAX * 16];
    struct words words = {0};
    struct toc_operands operands;
    size_t used = 3;
    memcpy(line, "cmd", 4);
    for (int i = 0; i < TOC_TEXTS_MAX; i++) {
        memcpy(line + used, " --many=x", 10);
        used += 9;
    }
    static char longer[sizeof line];
    memcpy(longer, line, used);
    memcpy(longer + used, " --many=x", 10);
    ck_assert_int_eq(parse(line, &words, &operands, NULL), TOC_OK);
    ck_assert_uint_eq(words.texts.len, TOC_TEXTS_MAX);
    words = (struct words){0};
    ck_assert_int_eq(parse(longer, &words, &operands, NULL), TOC_INVALID);
}
END_TEST

START_TEST(numbers_are_decimal_and_bounded)
{
    uint64_t number = 7;
    ck_assert_int_eq(toc_args_number("0", 0, &number), TOC_OK);
    ck_assert_uint_eq(number, 0);
    ck_assert_int_eq(toc_args_number("18446744073709551615", UINT64_MAX, &number), TOC_OK);
    ck_assert_uint_eq(number, UINT64_MAX);
    number = 7;
    static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "0x1", "1.0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(toc_args_number(bad[i], 100, &number), TOC_INVALID);
    }
    ck_assert_int_eq(toc_args_number("18446744073709551616", UINT64_MAX, &number), TOC_INVALID);
    ck_assert_int_eq(toc_args_number("11", 10, &number), TOC_INVALID);
    ck_assert_int_eq(toc_args_number("9", 5, &number), TOC_INVALID);
    ck_assert_int_eq(toc_args_number(NULL, 5, &number), TOC_INVALID);
    ck_assert_uint_eq(number, 7);
}
END_TEST

START_TEST(a_slip_finds_the_nearest_name)
{
    static const char *const names[] = {"status", "group", "import", "framework", "key"};
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"staus", "status"},
        {"gruop", "group"},
        {"improt", "import"},
        {"framwork", "framework"},
        {"frame", "framework"},
        {"kye", "key"},
        {"zebra", NULL},
        {"", NULL},
        {"this-word-is-far-too-long-to-be-a-command", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_pstr_eq(toc_args_nearest(cases[i].word, names, 5), cases[i].nearest);
    }
    ck_assert_ptr_null(toc_args_nearest("key", names, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_args");
    TCase *all = tcase_create("all");
    tcase_add_test(all, options_and_operands_mix);
    tcase_add_test(all, one_letter_is_short_and_dashes_end_options);
    tcase_add_test(all, nothing_is_nothing);
    tcase_add_test(all, what_is_wrong_is_named);
    tcase_add_test(all, a_repeated_option_has_a_limit);
    tcase_add_test(all, numbers_are_decimal_and_bounded);
    tcase_add_test(all, a_slip_finds_the_nearest_name);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
