#include "category.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

/* The codes of the vocabularies, as their publishers list them. */
START_TEST(test_divisions_are_those_that_exist)
{
    static const char cpv[] =
        "03 09 14 15 16 18 19 22 24 30 31 32 33 34 35 37 38 39 41 42 43 44 "
        "45 48 50 51 55 60 63 64 65 66 70 71 72 73 75 76 77 79 80 85 90 92 98";
    static const char sic_gaps[] = "00 04 34 40 44 48 54 57 67 76 83 89";
    unsigned cpv_len = 0;
    unsigned sic_len = 0;
    for (unsigned division = 0; division < 100; division++) {
        const struct toc_category bought = {TOC_CATEGORY_CPV, division};
        const struct toc_category done = {TOC_CATEGORY_SIC, division};
        char digits[8];
        (void)snprintf(digits, sizeof digits, "%02u", division);
        ck_assert_msg(toc_category_valid(bought) == (strstr(cpv, digits) != NULL), "%s", digits);
        ck_assert_msg(toc_category_valid(done) == (strstr(sic_gaps, digits) == NULL), "%s", digits);
        cpv_len += toc_category_valid(bought);
        sic_len += toc_category_valid(done);
    }
    ck_assert_uint_eq(cpv_len, 45);
    ck_assert_uint_eq(sic_len, 88);
    ck_assert(toc_category_valid((struct toc_category){TOC_CATEGORY_UNKNOWN, 0}));
}
END_TEST

START_TEST(test_what_is_none)
{
    const struct toc_category none[] = {{TOC_CATEGORY_UNKNOWN, 1},
                                        {TOC_CATEGORY_CPV, 100},
                                        {TOC_CATEGORY_SIC, 100},
                                        {TOC_CATEGORY_CPV, 4294967295U},
                                        {(enum toc_category_basis)3, 45}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        ck_assert(!toc_category_valid(none[i]));
        ck_assert_ptr_null(toc_category_label(none[i]));
    }
}
END_TEST

/* Every category there is, through its text and its number and back. */
START_TEST(test_texts_and_codes_go_both_ways)
{
    unsigned len = 0;
    for (unsigned code = 0; code <= TOC_CATEGORY_CODE_MAX + 1; code++) {
        struct toc_category category, again;
        char text[TOC_CATEGORY_TEXT_LEN + 1];
        if (!toc_category_of_code(code, &category)) {
            continue;
        }
        len++;
        ck_assert_uint_eq(toc_category_code(category), code);
        toc_category_text(category, text);
        ck_assert_int_eq(toc_category_parse(text, &again), TOC_OK);
        ck_assert_int_eq(again.basis, category.basis);
        ck_assert_uint_eq(again.division, category.division);
        ck_assert_uint_le(strlen(toc_category_label(category)), 50);
    }
    ck_assert_uint_eq(len, 1 + 45 + 88);
}
END_TEST

START_TEST(test_text_form)
{
    char text[TOC_CATEGORY_TEXT_LEN + 1];
    toc_category_text((struct toc_category){TOC_CATEGORY_CPV, 3}, text);
    ck_assert_str_eq(text, "cpv-03");
    toc_category_text((struct toc_category){TOC_CATEGORY_SIC, 41}, text);
    ck_assert_str_eq(text, "sic-41");
    toc_category_text((struct toc_category){TOC_CATEGORY_UNKNOWN, 0}, text);
    ck_assert_str_eq(text, "unknown");
    ck_assert_str_eq(toc_category_label((struct toc_category){TOC_CATEGORY_CPV, 45}),
                     "Construction work");
}
END_TEST

START_TEST(test_malformed_texts)
{
    static const char *const malformed[] = {"",         "cpv",       "cpv-",   "cpv-4", "cpv-450",
                                            "CPV-45",   "cpv-4x",    "cpv 45", "45",    "sic-",
                                            "unknown ", "unknown-0", "cpv--4", "cpv-+4"};
    static const char *const invalid[] = {"cpv-00", "cpv-01", "cpv-99", "sic-00", "sic-04"};
    struct toc_category category = {TOC_CATEGORY_SIC, 7};
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        ck_assert_msg(toc_category_parse(malformed[i], &category) == TOC_MALFORMED, "%s",
                      malformed[i]);
    }
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        ck_assert_msg(toc_category_parse(invalid[i], &category) == TOC_INVALID, "%s", invalid[i]);
    }
    ck_assert_uint_eq(category.division, 7); /* untouched */
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("category");
    TCase *const tcase = tcase_create("category");
    tcase_add_test(tcase, test_divisions_are_those_that_exist);
    tcase_add_test(tcase, test_what_is_none);
    tcase_add_test(tcase, test_texts_and_codes_go_both_ways);
    tcase_add_test(tcase, test_text_form);
    tcase_add_test(tcase, test_malformed_texts);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
