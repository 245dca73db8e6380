#include "runner.h"
#include "timetext.h"
#include <stdio.h>

static const int32_t first_day = -719162;
static const int32_t last_day = 2932896;

START_TEST(every_day_there_and_back)
{
    int year = 1;
    int month = 1;
    int day = 1;
    for (int32_t days = first_day; days <= last_day; days++) {
        int got_year;
        int got_month;
        int got_day;
        toc_date_civil(days, &got_year, &got_month, &got_day);
        if (got_year != year || got_month != month || got_day != day ||
            toc_date_days(year, month, day) != days) {
            ck_abort_msg("day %d", days);
        }
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        const int len = month == 2                                              ? (leap ? 29 : 28)
                        : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                                : 31;
        if (++day > len) {
            day = 1;
            month = month == 12 ? 1 : month + 1;
            year += month == 1 ? 1 : 0;
        }
    }
}
END_TEST

START_TEST(time_to_text)
{
    static const struct {
        int64_t wall_ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {999, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {-1000, "1969-12-31T23:59:59Z"},
        {-86400000, "1969-12-31T00:00:00Z"},
        {1769860800000, "2026-01-31T12:00:00Z"},
        {951826496000, "2000-02-29T12:14:56Z"},
        {253402300799999, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {INT64_MIN, "0001-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TOC_TIME_TEXT_LEN + 1];
        toc_time_text(cases[i].wall_ms, text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(time_from_text)
{
    static const struct {
        const char *text;
        int64_t wall_ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-01-31T12:00:00Z", 1769860800000},
        {"2026-01-31t12:00:00z", 1769860800000},
        {"2026-01-31 12:00:00Z", 1769860800000},
        {"2026-01-31T13:00:00+01:00", 1769860800000},
        {"2026-01-31T06:30:00-05:30", 1769860800000},
        {"2026-01-31T12:00:00.123456Z", 1769860800123},
        {"2026-01-31T12:00:00.5+00:00", 1769860800500},
        {"2026-01-31", 1769817600000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"1969-12-31T23:59:59.999Z", -1},
        {"0001-01-01", -62135596800000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t wall_ms = 7;
        ck_assert_msg(toc_time_parse(cases[i].text, &wall_ms) == TOC_OK, "%s", cases[i].text);
        ck_assert_msg(wall_ms == cases[i].wall_ms, "%s", cases[i].text);
    }
}
END_TEST

START_TEST(times_refused)
{
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-01",
                                      "2026-1-31",
                                      "2026-02-29",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-01-00",
                                      "2026-01-32",
                                      "0000-01-01",
                                      "2026-01-31T",
                                      "2026-01-31T12:00:00",
                                      "2026-01-31T12:00Z",
                                      "2026-01-31T24:00:00Z",
                                      "2026-01-31T12:60:00Z",
                                      "2026-01-31T12:00:61Z",
                                      "2026-01-31T12:00:00.Z",
                                      "2026-01-31T12:00:00+0100",
                                      "2026-01-31T12:00:00+24:00",
                                      "2026-01-31T12:00:00+01:60",
                                      "2026-01-31T12:00:00Zx",
                                      " 2026-01-31",
                                      "2026-01-31 ",
                                      "20260131",
                                      "2026-01-31T1:00:00Z",
                                      "-026-01-01",
                                      "0001-01-01T00:00:00+00:01",
                                      "9999-12-31T23:59:59-00:01",
                                      "2026-01-31T12:00:000Z",
                                      "1900-02-29"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t wall_ms = 7;
        ck_assert_msg(toc_time_parse(bad[i], &wall_ms) == TOC_MALFORMED, "%s", bad[i]);
        ck_assert_int_eq(wall_ms, 7);
    }
    int64_t wall_ms;
    ck_assert_int_eq(toc_time_parse(NULL, &wall_ms), TOC_MALFORMED);
}
END_TEST

START_TEST(dates_exact)
{
    int32_t days = 7;
    char text[TOC_DATE_TEXT_LEN + 1];
    ck_assert_int_eq(toc_date_parse("2024-02-29", &days), TOC_OK);
    ck_assert_int_eq(days, 19782);
    toc_date_text(days, text);
    ck_assert_str_eq(text, "2024-02-29");
    toc_date_text(INT32_MAX, text);
    ck_assert_str_eq(text, "9999-12-31");
    toc_date_text(INT32_MIN, text);
    ck_assert_str_eq(text, "0001-01-01");
    static const char *const bad[] = {
        "",           "2023-02-29",  "2024-2-29", "2024-02-29T00:00:00Z",
        "29/02/2024", "2024-02-290", "2024/02/29"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(toc_date_parse(bad[i], &days) == TOC_MALFORMED, "%s", bad[i]);
    }
    ck_assert_int_eq(toc_date_parse(NULL, &days), TOC_MALFORMED);
    ck_assert_int_eq(days, 19782);
}
END_TEST

START_TEST(dates_as_councils_write_them)
{
    static const char *const same[] = {
        "2025-03-01",         "01/03/2025",           "1/3/25",
        "1/3/2025",           "01-Mar-2025",          "1-mar-25",
        "01 March 2025",      "1 MARCH 2025",         "01/03/2025 00:00",
        "01/03/2025 9:30:00", "2025-03-01T00:00:00Z", "2025-03-01 00:00:00",
        " 01/03/2025 ",       "01-03-2025",           "01.03.2025",
        "1 Mar 2025",         "01/Mar/2025"};
    int32_t expected;
    ck_assert_int_eq(toc_date_parse("2025-03-01", &expected), TOC_OK);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        int32_t days = 7;
        ck_assert_msg(toc_date_parse_uk(same[i], &days) == TOC_OK, "%s", same[i]);
        ck_assert_msg(days == expected, "%s", same[i]);
    }
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int month = 1; month <= 12; month++) {
        char text[16];
        int32_t days;
        (void)snprintf(text, sizeof text, "28-%s-2024", months[month - 1]);
        ck_assert_int_eq(toc_date_parse_uk(text, &days), TOC_OK);
        ck_assert_int_eq(days, toc_date_days(2024, month, 28));
    }
    int32_t days;
    ck_assert_int_eq(toc_date_parse_uk("5 Sept 2024", &days), TOC_OK);
    ck_assert_int_eq(days, toc_date_days(2024, 9, 5));
}
END_TEST

START_TEST(dates_refused)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "03/13/2025",
                                      "31/04/2025",
                                      "29/02/2025",
                                      "0/1/2025",
                                      "1/0/2025",
                                      "1/3/025",
                                      "1/3/5",
                                      "1/3",
                                      "1-Foo-2025",
                                      "1-Ma-2025",
                                      "1-Marc-2025",
                                      "01/03-2025",
                                      "1 3 2025",
                                      "01/03/20255",
                                      "001/03/2025",
                                      "01/03/2025x",
                                      "01/03/2025 noon",
                                      "44986",
                                      "March 1 2025",
                                      "01/03/0000",
                                      "01/March2025",
                                      "2025-03-01X",
                                      "01/03/2025T"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int32_t days = 7;
        ck_assert_msg(toc_date_parse_uk(bad[i], &days) == TOC_MALFORMED, "%s", bad[i]);
        ck_assert_int_eq(days, 7);
    }
    int32_t days;
    ck_assert_int_eq(toc_date_parse_uk(NULL, &days), TOC_MALFORMED);
}
END_TEST

static int32_t day(const char *text)
{
    int32_t days;
    ck_assert_int_eq(toc_date_parse(text, &days), TOC_OK);
    return days;
}

START_TEST(months_later)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2025-01-31", 1, "2025-02-28"},          {"2024-01-31", 1, "2024-02-29"},
        {"2025-01-31", 3, "2025-04-30"},          {"2025-12-15", 1, "2026-01-15"},
        {"2024-02-29", 12, "2025-02-28"},         {"2025-03-31", -1, "2025-02-28"},
        {"2025-01-15", -13, "2023-12-15"},        {"2025-01-15", 0, "2025-01-15"},
        {"9999-12-30", 1, "9999-12-31"},          {"0001-01-05", -1, "0001-01-01"},
        {"2025-01-15", 2147483647, "9999-12-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(toc_date_add_months(day(cases[i].from), cases[i].months) == day(cases[i].to),
                      "%s + %d", cases[i].from, cases[i].months);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timetext");
    TCase *tcase = tcase_create("timetext");
    tcase_add_test(tcase, every_day_there_and_back);
    tcase_add_test(tcase, time_to_text);
    tcase_add_test(tcase, time_from_text);
    tcase_add_test(tcase, times_refused);
    tcase_add_test(tcase, dates_exact);
    tcase_add_test(tcase, dates_as_councils_write_them);
    tcase_add_test(tcase, dates_refused);
    tcase_add_test(tcase, months_later);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
