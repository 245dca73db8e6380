#include "ensure.h"
#include "runner.h"
#include "supplier_choice.h"
#include <stdlib.h>
#include <string.h>

static struct toc_why why;

static enum toc_result choose(const char *const *words, size_t words_len, const char *input,
                              size_t input_len, json_t **ret_names)
{
    const struct toc_operands operands = {.items = (char *const *)(uintptr_t)words,
                                          .len = words_len};
    FILE *const in = input_len == 0 ? fopen("/dev/null", "r")
                                    : fmemopen((void *)(uintptr_t)input, input_len, "r");
    ck_assert_ptr_nonnull(in);
    why.text[0] = '\0';
    const enum toc_result result = toc_supplier_choice(&operands, in, ret_names, &why);
    (void)fclose(in);
    return result;
}

/* The names that a list on standard input gives, joined; or the result's name. */
static const char *listed(const char *input)
{
    static const char *const dash[] = {"-"};
    static char text[512];
    TOC_AUTO(toc_json_free) json_t *names = NULL;
    const enum toc_result result = choose(dash, 1, input, strlen(input), &names);
    if (result != TOC_OK) {
        ck_assert_ptr_null(names);
        return toc_result_name(result);
    }
    toc_json_join(names, text, sizeof text);
    return text;
}

START_TEST(words_are_taken_as_they_are)
{
    static const char *const words[] = {"s17", "Smith, Jones & Co", "01234567", "s17"};
    TOC_AUTO(toc_json_free) json_t *names = NULL;
    ck_assert_int_eq(choose(words, 4, "", 0, &names), TOC_OK);
    ck_assert_uint_eq(json_array_size(names), 3); /* each once */
    ck_assert_str_eq(json_string_value(json_array_get(names, 1)), "Smith, Jones & Co");
}
END_TEST

START_TEST(a_sheet_with_a_heading)
{
    ck_assert_str_eq(listed("id,name,state\r\ns1,\"A, B\",held\r\ns2,C,held\r\n"), "s1, s2");
    ck_assert_str_eq(listed("name;ID\nA;s1\nB;s2\n"), "s1, s2");
    ck_assert_str_eq(listed("\xef\xbb\xbfid\r\ns1\r\n\r\ns2"), "s1, s2");
    ck_assert_str_eq(listed("name,id\nA\nB,\nC,s3\n"), "s3");
    ck_assert_str_eq(listed("id\n"), "invalid");
}
END_TEST

START_TEST(a_plain_list)
{
    ck_assert_str_eq(listed("s1\ns2\ns1\n"), "s1, s2");
    ck_assert_str_eq(listed("Aire Surfacing Limited\n\n  s2  \n"), "Aire Surfacing Limited, s2");
    ck_assert_str_eq(listed("\"Smith, Jones & Co\"\n"), "Smith, Jones & Co");
    ck_assert_str_eq(listed("s1,,\n"), "s1");
}
END_TEST

START_TEST(half_a_name_is_nobody)
{
    ck_assert_str_eq(listed("s1\nSmith, Jones & Co\n"), "malformed");
    ck_assert_ptr_nonnull(strstr(why.text, "standard input: line 2"));
    ck_assert_str_eq(listed("s1\n\"Smith\n"), "malformed");
    ck_assert_str_eq(listed(""), "invalid");
    ck_assert_str_eq(listed("\n\n"), "malformed");
}
END_TEST

START_TEST(dash_once_and_beside_words)
{
    static const char *const twice[] = {"-", "-"};
    static const char *const beside[] = {"s9", "-", "s8"};
    TOC_AUTO(toc_json_free) json_t *names = NULL;
    ck_assert_int_eq(choose(twice, 2, "s1\n", 3, &names), TOC_INVALID);
    ck_assert_int_eq(choose(beside, 3, "s1\n", 3, &names), TOC_OK);
    ck_assert_uint_eq(json_array_size(names), 3);
    ck_assert_str_eq(json_string_value(json_array_get(names, 1)), "s1");
}
END_TEST

START_TEST(a_list_has_an_end)
{
    static const char *const dash[] = {"-"};
    enum { LINE = 9 }; /* "s0000000\n" */
    const size_t len = (size_t)LINE * (TOC_CHOICE_MAX + 1);
    TOC_AUTO(toc_json_free) json_t *names = NULL;
    char *const text = malloc(len + 1);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i <= TOC_CHOICE_MAX; i++) {
        (void)snprintf(text + i * LINE, LINE + 1, "s%07zu\n", i);
    }
    ck_assert_int_eq(choose(dash, 1, text, len, &names), TOC_TOOBIG);
    ck_assert_int_eq(choose(dash, 1, text, len - LINE, &names), TOC_OK);
    ck_assert_uint_eq(json_array_size(names), TOC_CHOICE_MAX);
    free(text);
}
END_TEST

START_TEST(a_list_has_a_length)
{
    static const char *const dash[] = {"-"};
    TOC_AUTO(toc_json_free) json_t *names = NULL;
    char *const text = malloc((size_t)TOC_CHOICE_LEN_MAX + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '\n', (size_t)TOC_CHOICE_LEN_MAX + 1);
    memcpy(text, "s1", 2);
    ck_assert_int_eq(choose(dash, 1, text, TOC_CHOICE_LEN_MAX, &names), TOC_OK);
    toc_json_free(&names);
    ck_assert_int_eq(choose(dash, 1, text, (size_t)TOC_CHOICE_LEN_MAX + 1, &names), TOC_TOOBIG);
    ck_assert_ptr_nonnull(strstr(why.text, "16 MiB"));
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_supplier_choice");
    TCase *all = tcase_create("all");
    tcase_add_test(all, words_are_taken_as_they_are);
    tcase_add_test(all, a_sheet_with_a_heading);
    tcase_add_test(all, a_plain_list);
    tcase_add_test(all, half_a_name_is_nobody);
    tcase_add_test(all, dash_once_and_beside_words);
    tcase_add_test(all, a_list_has_an_end);
    tcase_add_test(all, a_list_has_a_length);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
