#include "timetext.h"
#include "ensure.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MS_PER_S = 1000, S_PER_DAY = 24 * 3600, YEAR_MAX = 9999 };

static const int32_t days_first = -719162; /* 0001-01-01 */
static const int32_t days_last = 2932896;  /* 9999-12-31 */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_len(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

static bool is_date(int year, int month, int day)
{
    return year >= 1 && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_len(year, month);
}

/* Counts from 1 March of year 0, so that the leap day comes last in its year; 400 years are 146,097
 * days, and 0000-03-01 is day -719468. */
int32_t toc_date_days(int year, int month, int day)
{
    const int from_march = month > 2 ? month - 3 : month + 9;
    const int march_year = month > 2 ? year : year - 1;
    const int era = (march_year >= 0 ? march_year : march_year - 399) / 400;
    const int year_of_era = march_year - era * 400;
    const int day_of_year = (153 * from_march + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int32_t clamp(int32_t days)
{
    if (days < days_first) {
        return days_first;
    }
    return days > days_last ? days_last : days;
}

void toc_date_civil(int32_t days, int *ret_year, int *ret_month, int *ret_day)
{
    const int shifted = clamp(days) + 719468; /* never negative: year 1 is after year 0 */
    const int era = shifted / 146097;
    const int day_of_era = shifted % 146097;
    const int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int from_march = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * from_march + 2) / 5 + 1;
    *ret_month = from_march < 10 ? from_march + 3 : from_march - 9;
    *ret_year = era * 400 + year_of_era + (*ret_month <= 2 ? 1 : 0);
}

/* Exactly `len` digits, zeros in front. */
static void put_digits(char *at, int value, int len)
{
    for (int i = len - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void toc_date_text(int32_t days, char *ret_text)
{
    int year;
    int month;
    int day;
    toc_date_civil(days, &year, &month, &day);
    put_digits(ret_text, year, 4);
    put_digits(ret_text + 5, month, 2);
    put_digits(ret_text + 8, day, 2);
    ret_text[4] = '-';
    ret_text[7] = '-';
    ret_text[TOC_DATE_TEXT_LEN] = '\0';
}

void toc_time_text(int64_t wall_ms, char *ret_text)
{
    int64_t seconds = wall_ms / MS_PER_S - (wall_ms % MS_PER_S < 0 ? 1 : 0);
    const int64_t first = (int64_t)days_first * S_PER_DAY;
    const int64_t last = (int64_t)days_last * S_PER_DAY + S_PER_DAY - 1;
    seconds = seconds < first ? first : seconds > last ? last : seconds;
    int64_t days = seconds / S_PER_DAY;
    if (seconds % S_PER_DAY < 0) {
        days--;
    }
    const int in_day = (int)(seconds - days * S_PER_DAY);
    toc_date_text((int32_t)days, ret_text);
    ret_text[10] = 'T';
    put_digits(ret_text + 11, in_day / 3600, 2);
    ret_text[13] = ':';
    put_digits(ret_text + 14, in_day / 60 % 60, 2);
    ret_text[16] = ':';
    put_digits(ret_text + 17, in_day % 60, 2);
    ret_text[19] = 'Z';
    ret_text[TOC_TIME_TEXT_LEN] = '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Between len_min and len_max digits off the front of *text. */
static bool take_number(const char **text, int len_min, int len_max, int *ret_value)
{
    int value = 0;
    int len = 0;
    while (len < len_max && is_digit((*text)[len])) {
        value = value * 10 + ((*text)[len] - '0');
        len++;
    }
    if (len < len_min || is_digit((*text)[len])) {
        return false;
    }
    *text += len;
    *ret_value = value;
    return true;
}

static bool take_char(const char **text, const char *any_of)
{
    if (**text == '\0' || strchr(any_of, **text) == NULL) {
        return false;
    }
    (*text)++;
    return true;
}

/* yyyy-mm-dd off the front. */
static bool take_iso_date(const char **text, int32_t *ret_days)
{
    int year;
    int month;
    int day;
    if (!take_number(text, 4, 4, &year) || !take_char(text, "-") ||
        !take_number(text, 2, 2, &month) || !take_char(text, "-") ||
        !take_number(text, 2, 2, &day) || !is_date(year, month, day)) {
        return false;
    }
    *ret_days = toc_date_days(year, month, day);
    return true;
}

/* hh:mm:ss and any fraction. Second 60 is a leap second, and counts as the next one. */
static bool take_clock(const char **text, int64_t *ret_ms)
{
    int hour;
    int minute;
    int second;
    if (!take_number(text, 2, 2, &hour) || !take_char(text, ":") ||
        !take_number(text, 2, 2, &minute) || !take_char(text, ":") ||
        !take_number(text, 2, 2, &second) || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    int fraction_ms = 0;
    if (take_char(text, ".")) {
        if (!is_digit(**text)) {
            return false;
        }
        for (int weight = 100; is_digit(**text); weight /= 10) {
            fraction_ms += (**text - '0') * weight;
            (*text)++;
        }
    }
    *ret_ms = ((int64_t)hour * 3600 + minute * 60 + second) * MS_PER_S + fraction_ms;
    return true;
}

static bool take_offset(const char **text, int64_t *ret_ms)
{
    if (take_char(text, "Zz")) {
        *ret_ms = 0;
        return true;
    }
    const int sign = **text == '-' ? -1 : 1;
    int hour;
    int minute;
    if (!take_char(text, "+-") || !take_number(text, 2, 2, &hour) || !take_char(text, ":") ||
        !take_number(text, 2, 2, &minute) || hour > 23 || minute > 59) {
        return false;
    }
    *ret_ms = (int64_t)sign * (hour * 3600 + minute * 60) * MS_PER_S;
    return true;
}

enum toc_result toc_time_parse(const char *text, int64_t *ret_wall_ms)
{
    TOC_ENSURE(text != NULL, TOC_MALFORMED);
    int32_t days;
    int64_t clock_ms = 0;
    int64_t offset_ms = 0;
    TOC_ENSURE(take_iso_date(&text, &days), TOC_MALFORMED);
    if (*text != '\0') {
        TOC_ENSURE(take_char(&text, "Tt ") && take_clock(&text, &clock_ms) &&
                       take_offset(&text, &offset_ms) && *text == '\0',
                   TOC_MALFORMED);
    }
    const int64_t first_ms = (int64_t)days_first * S_PER_DAY * MS_PER_S;
    const int64_t end_ms = ((int64_t)days_last + 1) * S_PER_DAY * MS_PER_S;
    const int64_t wall_ms = (int64_t)days * S_PER_DAY * MS_PER_S + clock_ms - offset_ms;
    TOC_ENSURE(wall_ms >= first_ms && wall_ms < end_ms, TOC_MALFORMED);
    *ret_wall_ms = wall_ms;
    return TOC_OK;
}

enum toc_result toc_date_parse(const char *text, int32_t *ret_days)
{
    TOC_ENSURE(text != NULL, TOC_MALFORMED);
    int32_t days;
    TOC_ENSURE(take_iso_date(&text, &days) && *text == '\0', TOC_MALFORMED);
    *ret_days = days;
    return TOC_OK;
}

/* Three letters or the whole name, and "Sept". */
static bool take_month_name(const char **text, int *ret_month)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    size_t len = 0;
    while (((*text)[len] >= 'a' && (*text)[len] <= 'z') ||
           ((*text)[len] >= 'A' && (*text)[len] <= 'Z')) {
        len++;
    }
    for (int i = 0; i < 12; i++) {
        const bool whole = len == strlen(names[i]);
        const bool sept = i == 8 && len == 4;
        if ((whole || sept || len == 3) && strncasecmp(*text, names[i], len) == 0) {
            *text += len;
            *ret_month = i + 1;
            return true;
        }
    }
    return false;
}

/* Day first, then a month as a number or a name, then a year of four digits or two (20yy); one
 * separator throughout. */
static bool take_uk_date(const char **text, int32_t *ret_days)
{
    int day;
    int month;
    int year;
    if (!take_number(text, 1, 2, &day)) {
        return false;
    }
    const char separator[] = {**text, '\0'};
    if (!take_char(text, "/-. ")) {
        return false;
    }
    const bool number = is_digit(**text);
    if (number ? separator[0] == ' ' || !take_number(text, 1, 2, &month)
               : !take_month_name(text, &month)) {
        return false;
    }
    if (!take_char(text, separator)) {
        return false;
    }
    const char *const year_at = *text;
    if (!take_number(text, 2, 4, &year) || *text - year_at == 3) {
        return false;
    }
    year += *text - year_at == 2 ? 2000 : 0;
    if (!is_date(year, month, day)) {
        return false;
    }
    *ret_days = toc_date_days(year, month, day);
    return true;
}

/* Nothing, or a gap and something that looks like a time of day; spreadsheets add "00:00:00". */
static bool is_ignorable(const char *text)
{
    if (*text == 'T' && is_digit(text[1])) {
        text++;
    } else if (*text != ' ' && *text != '\0') {
        return false;
    }
    while (*text == ' ') {
        text++;
    }
    int hour;
    return *text == '\0' || (take_number(&text, 1, 2, &hour) && *text == ':' && is_digit(text[1]));
}

enum toc_result toc_date_parse_uk(const char *text, int32_t *ret_days)
{
    TOC_ENSURE(text != NULL, TOC_MALFORMED);
    while (*text == ' ') {
        text++;
    }
    int32_t days;
    const char *at = text;
    if (!take_iso_date(&at, &days)) {
        at = text;
        TOC_ENSURE(take_uk_date(&at, &days), TOC_MALFORMED);
    }
    TOC_ENSURE(is_ignorable(at), TOC_MALFORMED);
    *ret_days = days;
    return TOC_OK;
}

int32_t toc_date_add_months(int32_t days, int months)
{
    int year;
    int month;
    int day;
    toc_date_civil(days, &year, &month, &day);
    const int64_t total = (int64_t)year * 12 + (month - 1) + months;
    if (total < 12) {
        return days_first;
    }
    if (total >= ((int64_t)YEAR_MAX + 1) * 12) {
        return days_last;
    }
    const int new_year = (int)(total / 12);
    const int new_month = (int)(total % 12) + 1;
    const int last = month_len(new_year, new_month);
    return toc_date_days(new_year, new_month, day < last ? day : last);
}
