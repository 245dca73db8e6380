#include "ensure.h"
#include "figures.h"
#include "runner.h"
#include <string.h>

START_TEST(pounds_have_separators)
{
    static const struct {
        int64_t pounds;
        const char *text;
    } cases[] = {
        {0, "\xc2\xa3"
            "0"},
        {999, "\xc2\xa3"
              "999"},
        {1000, "\xc2\xa3"
               "1,000"},
        {12345000, "\xc2\xa3"
                   "12,345,000"},
        {-1069, "-\xc2\xa3"
                "1,069"},
        {-999, "-\xc2\xa3"
               "999"},
        {INT64_MAX, "\xc2\xa3"
                    "9,223,372,036,854,775,807"},
        {INT64_MIN, "-\xc2\xa3"
                    "9,223,372,036,854,775,808"},
    };
    char text[TOC_POUNDS_TEXT_LEN + 1];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        toc_pounds_text(cases[i].pounds, text);
        ck_assert_str_eq(text, cases[i].text);
    }
    toc_count_text(1234567, text);
    ck_assert_str_eq(text, "1,234,567");
}
END_TEST

static const char *proportion(double value)
{
    static char text[TOC_POUNDS_TEXT_LEN + 1];
    toc_proportion_text(value, text);
    return text;
}

START_TEST(proportions_are_whole_percents)
{
    ck_assert_str_eq(proportion(0), "0%");
    ck_assert_str_eq(proportion(-1), "0%");
    ck_assert_str_eq(proportion(0.0001), "<1%");
    ck_assert_str_eq(proportion(0.0049), "<1%");
    ck_assert_str_eq(proportion(0.005), "1%");
    ck_assert_str_eq(proportion(0.374), "37%");
    ck_assert_str_eq(proportion(0.875), "88%");
    ck_assert_str_eq(proportion(1), "100%");
    ck_assert_str_eq(proportion(1e300), "100%");
}
END_TEST

START_TEST(a_year_in_each_form)
{
    static const char *const forms[] = {"2015/16", "2015-16", "2015/2016", "2015-2016", "2015"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        unsigned year = 0;
        ck_assert_int_eq(toc_year_parse(forms[i], &year), TOC_OK);
        ck_assert_uint_eq(year, 2015);
    }
    unsigned year = 0;
    ck_assert_int_eq(toc_year_parse("2000/01", &year), TOC_OK);
    ck_assert_int_eq(toc_year_parse("2099/00", &year), TOC_OK);
    ck_assert_int_eq(toc_year_parse("2100", &year), TOC_OK);
    ck_assert_uint_eq(year, 2100);
}
END_TEST

START_TEST(what_is_no_year)
{
    static const char *const others[] = {
        "",         "15",         "15/16",    "2015/17", "2015/15", "2015/",   "2015/1",
        "2015/016", "2015//16",   "2015/16 ", "2015.16", "1999/00", "1999",    "2101",
        "20155",    "2015/20166", "-2015",    "2015/-6", " 2015",   "2016/15", "year",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        unsigned year = 7;
        ck_assert_msg(toc_year_parse(others[i], &year) == TOC_INVALID, "%s", others[i]);
        ck_assert_uint_eq(year, 7);
    }
}
END_TEST

START_TEST(a_year_is_written_one_way)
{
    char text[TOC_YEAR_TEXT_LEN + 1];
    toc_year_text(2015, text);
    ck_assert_str_eq(text, "2015/16");
    toc_year_text(2099, text);
    ck_assert_str_eq(text, "2099/00");
    toc_year_text(2008, text);
    ck_assert_str_eq(text, "2008/09");
}
END_TEST

static unsigned months(const char *json, unsigned year)
{
    TOC_AUTO(toc_json_free) json_t *list = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(list);
    return toc_months_of(list, year);
}

START_TEST(months_of_a_year_are_bits)
{
    ck_assert_uint_eq(months("[\"2015-04\"]", 2015), 1u);
    ck_assert_uint_eq(months("[\"2016-03\"]", 2015), 1u << 11);
    ck_assert_uint_eq(months("[\"2015-10\", \"2015-11\", \"2015-12\"]", 2015), 7u << 6);
    ck_assert_uint_eq(months("[\"2016-01\", \"2016-01\"]", 2015), 1u << 9);
    /* Of the years before and after, and what is no month, there is none. */
    ck_assert_uint_eq(months("[\"2015-03\", \"2016-04\", \"2016-10\"]", 2015), 0);
    ck_assert_uint_eq(
        months("[\"2015-00\", \"2015-13\", \"2015\", \"2015/10\", \"2015-10-01\", 7, null, \"\"]",
               2015),
        0);
    ck_assert_uint_eq(toc_months_of(NULL, 2015), 0);
    ck_assert_uint_eq(toc_months_count(TOC_MONTHS_WHOLE), 12);
    ck_assert_uint_eq(toc_months_count(7u << 6), 3);
}
END_TEST

static const char *months_text(unsigned bits)
{
    static char text[TOC_MONTHS_TEXT_LEN + 1];
    toc_months_text(bits, text);
    return text;
}

START_TEST(months_are_runs)
{
    ck_assert_str_eq(months_text(0), "no month");
    ck_assert_str_eq(months_text(TOC_MONTHS_WHOLE), "whole year");
    ck_assert_str_eq(months_text(1), "Apr");
    ck_assert_str_eq(months_text(7u << 6), "Oct-Dec");
    ck_assert_str_eq(months_text(1u << 11), "Mar");
    ck_assert_str_eq(months_text(1 | 7u << 2), "Apr, Jun-Aug");
    ck_assert_str_eq(months_text(0xdb6), "May-Jun, Aug-Sep, Nov-Dec, Feb-Mar");
    for (unsigned bits = 0; bits <= TOC_MONTHS_WHOLE; bits++) {
        ck_assert_uint_lt(strlen(months_text(bits)), TOC_MONTHS_TEXT_LEN);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_figures");
    TCase *all = tcase_create("all");
    tcase_add_test(all, pounds_have_separators);
    tcase_add_test(all, proportions_are_whole_percents);
    tcase_add_test(all, a_year_in_each_form);
    tcase_add_test(all, what_is_no_year);
    tcase_add_test(all, a_year_is_written_one_way);
    tcase_add_test(all, months_of_a_year_are_bits);
    tcase_add_test(all, months_are_runs);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
