#include "figures.h"
#include "args.h"
#include "ensure.h"
#include <string.h>

enum { YEAR_MIN = 2000, YEAR_MAX = 2100, MONTHS = 12 };

static const char *const month_names[MONTHS] = {"Apr", "May", "Jun", "Jul", "Aug", "Sep",
                                                "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"};

static void grouped(int64_t number, const char *sign, char *ret_text)
{
    /* The smallest number has no positive one of its own kind. */
    const uint64_t size = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    char digits[24];
    const int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)size);
    size_t used =
        (size_t)snprintf(ret_text, TOC_POUNDS_TEXT_LEN + 1, "%s%s", number < 0 ? "-" : "", sign);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            ret_text[used++] = ',';
        }
        ret_text[used++] = digits[i];
    }
    ret_text[used] = '\0';
}

void toc_pounds_text(int64_t pounds, char *ret_text)
{
    grouped(pounds, "\xc2\xa3", ret_text);
}

void toc_count_text(int64_t count, char *ret_text)
{
    grouped(count, "", ret_text);
}

void toc_proportion_text(double proportion, char *ret_text)
{
    const double within = proportion > 0 ? (proportion < 1 ? proportion : 1) : 0;
    const unsigned percent = (unsigned)(within * 100 + 0.5);
    if (percent == 0 && within > 0) {
        (void)snprintf(ret_text, TOC_POUNDS_TEXT_LEN + 1, "<1%%");
        return;
    }
    (void)snprintf(ret_text, TOC_POUNDS_TEXT_LEN + 1, "%u%%", percent);
}

/* Exactly `len` digits. */
static bool take_digits(const char **at, size_t len, uint64_t *ret_number)
{
    char digits[5];
    TOC_ASSERT(len < sizeof digits);
    if (strlen(*at) < len) {
        return false;
    }
    memcpy(digits, *at, len);
    digits[len] = '\0';
    *at += len;
    return toc_args_number(digits, 9999, ret_number) == TOC_OK;
}

enum toc_result toc_year_parse(const char *text, unsigned *ret_year)
{
    const char *at = text;
    uint64_t first = 0;
    uint64_t second = 0;
    TOC_ENSURE(take_digits(&at, 4, &first), TOC_INVALID);
    TOC_ENSURE(first >= YEAR_MIN && first <= YEAR_MAX, TOC_INVALID);
    if (at[0] != '\0') {
        TOC_ENSURE(at[0] == '/' || at[0] == '-', TOC_INVALID);
        at++;
        const size_t len = strlen(at);
        TOC_ENSURE(len == 2 || len == 4, TOC_INVALID);
        TOC_ENSURE(take_digits(&at, len, &second), TOC_INVALID);
        TOC_ENSURE(second == (len == 2 ? (first + 1) % 100 : first + 1), TOC_INVALID);
    }
    *ret_year = (unsigned)first;
    return TOC_OK;
}

void toc_year_text(unsigned year, char *ret_text)
{
    (void)snprintf(ret_text, TOC_YEAR_TEXT_LEN + 1, "%04u/%02u", year % 10000, (year + 1) % 100);
}

unsigned toc_months_of(const json_t *months, unsigned year)
{
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(months); i++) {
        const char *at = json_string_value(json_array_get(months, i));
        uint64_t calendar_year;
        uint64_t month;
        if (at == NULL || strlen(at) != 7 || !take_digits(&at, 4, &calendar_year) || *at++ != '-' ||
            !take_digits(&at, 2, &month) || month < 1 || month > MONTHS) {
            continue;
        }
        const unsigned bit = ((unsigned)month + MONTHS - 4) % MONTHS;
        if (calendar_year == year + (month < 4 ? 1 : 0)) {
            bits |= 1u << bit;
        }
    }
    return bits;
}

unsigned toc_months_count(unsigned months)
{
    unsigned count = 0;
    for (unsigned i = 0; i < MONTHS; i++) {
        count += months >> i & 1;
    }
    return count;
}

void toc_months_text(unsigned months, char *ret_text)
{
    const unsigned within = months & TOC_MONTHS_WHOLE;
    size_t used = 0;
    if (within == 0 || within == TOC_MONTHS_WHOLE) {
        (void)snprintf(ret_text, TOC_MONTHS_TEXT_LEN + 1, "%s",
                       within == 0 ? "no month" : "whole year");
        return;
    }
    for (unsigned first = 0; first < MONTHS; first++) {
        unsigned last = first;
        if ((within >> first & 1) == 0) {
            continue;
        }
        while (last + 1 < MONTHS && (within >> (last + 1) & 1) != 0) {
            last++;
        }
        used += (size_t)snprintf(ret_text + used, TOC_MONTHS_TEXT_LEN + 1 - used, "%s%s%s%s",
                                 used > 0 ? ", " : "", month_names[first], last > first ? "-" : "",
                                 last > first ? month_names[last] : "");
        first = last;
    }
}
