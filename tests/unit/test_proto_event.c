#include "event.h"
#include "runner.h"
#include <string.h>

START_TEST(codes_are_f01_to_f30_f90_and_f91)
{
    unsigned found = 0;
    for (unsigned code = 0; code < 100; code++) {
        const struct toc_distress_event *const event = toc_event_of(code);
        char text[TOC_EVENT_TEXT_LEN + 1];
        const bool expected = (code >= 1 && code <= 30) || code == 90 || code == 91;
        ck_assert_int_eq(event != NULL, expected);
        toc_event_text(code, text);
        ck_assert_ptr_eq(toc_event_parse(text), event);
        if (event != NULL) {
            found++;
            ck_assert_uint_ge(event->severity, 1);
            ck_assert_uint_le(event->severity, TOC_SEVERITY_MAX);
            ck_assert_str_ne(event->name, "");
        }
    }
    ck_assert_uint_eq(found, 32);
    ck_assert_str_eq(toc_event_parse("f13")->name, "insolvency_petition");
}
END_TEST

START_TEST(what_is_no_code)
{
    static const char *const texts[] = {"", "F", "F1", "F131", "G13", "13", "F-1", "F00", "F31"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_ptr_null(toc_event_parse(texts[i]));
    }
}
END_TEST

START_TEST(words_and_values_are_one_to_one)
{
    for (unsigned i = 0; i < 10; i++) {
        enum toc_source source;
        enum toc_clause clause;
        enum toc_action action;
        const char *word = toc_source_name((enum toc_source)i);
        if (word != NULL) {
            ck_assert_int_eq(toc_source_parse(word, &source), TOC_OK);
            ck_assert_uint_eq(source, i);
        }
        word = toc_clause_name((enum toc_clause)i);
        if (word != NULL) {
            ck_assert_int_eq(toc_clause_parse(word, &clause), TOC_OK);
            ck_assert_uint_eq(clause, i);
        }
        word = toc_action_name((enum toc_action)i);
        if (word != NULL) {
            ck_assert_int_eq(toc_action_parse(word, &action), TOC_OK);
            ck_assert_uint_eq(action, i);
        }
    }
    ck_assert_ptr_null(toc_source_name((enum toc_source)0));
    ck_assert_ptr_null(toc_flag_status_name((enum toc_flag_status)0));
    ck_assert_str_eq(toc_flag_status_name(TOC_FLAG_EXPIRED), "expired");
    ck_assert_ptr_null(toc_flag_status_name((enum toc_flag_status)8));
    enum toc_source source = TOC_SOURCE_OBSERVATION;
    ck_assert_int_eq(toc_source_parse("rumour", &source), TOC_NOTFOUND);
    ck_assert_uint_eq(source, TOC_SOURCE_OBSERVATION);
}
END_TEST

START_TEST(only_registers_and_announcements_are_public)
{
    ck_assert(toc_source_is_public(TOC_SOURCE_PUBLIC_REGISTER));
    ck_assert(toc_source_is_public(TOC_SOURCE_PUBLIC_ANNOUNCEMENT));
    ck_assert(!toc_source_is_public(TOC_SOURCE_SUPPLIER_NOTICE));
    ck_assert(!toc_source_is_public(TOC_SOURCE_OBSERVATION));
}
END_TEST

START_TEST(reporters_are_counted_in_three_ranges)
{
    static const char *const expected[] = {"under 3", "under 3", "under 3", "3-4",
                                           "3-4",     "5+",      "5+"};
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        ck_assert_str_eq(toc_reporters_name(toc_reporters_of(i)), expected[i]);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("event");
    TCase *const cases = tcase_create("all");
    tcase_add_test(cases, codes_are_f01_to_f30_f90_and_f91);
    tcase_add_test(cases, what_is_no_code);
    tcase_add_test(cases, words_and_values_are_one_to_one);
    tcase_add_test(cases, only_registers_and_announcements_are_public);
    tcase_add_test(cases, reporters_are_counted_in_three_ranges);
    suite_add_tcase(suite, cases);
    return toc_test_main(suite);
}
