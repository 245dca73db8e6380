/* How far a contract may be extended, as registers write it: a date, or a period in words. */
#include "import_register.h"
#include "import_text.h"
#include "timetext.h"
#include <ctype.h>
#include <string.h>

enum { MONTHS_A_YEAR = 12, MONTHS_MAX = 600, NUMBER_MAX = 600, BASE_TEN = 10 };

/* The numbers of "1+1+1" or "2 x 12", taken together; 0 when there is none, or nonsense. */
static unsigned read_numbers(const char **text)
{
    unsigned sum = 0;
    unsigned factor = 1;
    for (const char *at = *text;;) {
        unsigned number = 0;
        at += strspn(at, " ");
        if (!isdigit((unsigned char)*at)) {
            return sum;
        }
        while (isdigit((unsigned char)*at) && number <= NUMBER_MAX) {
            number = number * BASE_TEN + (unsigned)(*at++ - '0');
        }
        at += strspn(at, " ");
        const bool times = *at == 'x' || *at == 'X' || *at == '*';
        if (number > NUMBER_MAX || factor > NUMBER_MAX) {
            return 0;
        }
        if (times) {
            factor *= number;
        } else {
            sum += factor * number;
            factor = 1;
        }
        *text = at;
        if (!times && *at != '+') {
            return sum;
        }
        at++;
    }
}

/* "12 months", "2 years", "1+1 years", "2 x 12 months", "1 year + 1 year" in months; else 0. */
static unsigned read_period(const char *text)
{
    unsigned months = 0;
    while (*text != '\0') {
        const char *const before = text;
        const unsigned number = read_numbers(&text);
        char word[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(text, word);
        const bool years = strncmp(word, "year", strlen("year")) == 0;
        if (text == before || number == 0 ||
            (!years && strncmp(word, "month", strlen("month")) != 0)) {
            return 0;
        }
        months += number * (years ? MONTHS_A_YEAR : 1);
        text += strcspn(text, "+");
        text += *text == '+' ? 1 : 0;
    }
    return months <= MONTHS_MAX ? months : 0;
}

uint32_t toc_register_extension(const struct toc_register_row *row, uint32_t end, bool *ret_read)
{
    const char *const text = toc_register_cell(row, TOC_REGISTER_EXTENSION);
    uint32_t days = 0;
    const enum toc_result result = toc_import_date(text, &days);
    const unsigned months = result == TOC_MALFORMED ? read_period(text) : 0;
    *ret_read = result == TOC_OK || result == TOC_NOTFOUND || months > 0;
    if (result == TOC_OK) {
        return days;
    }
    return months == 0 || end == 0 ? 0 : (uint32_t)toc_date_add_months((int32_t)end, (int)months);
}
