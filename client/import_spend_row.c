#include "import_spend_row.h"
#include "ensure.h"
#include "import_spend_category.h"
#include "import_spend_date.h"
#include "import_text.h"
#include "timetext.h"
#include <string.h>
#include <strings.h>

enum { QUOTE_LEN_MAX = 24, QUOTE_LETTERS_MAX = 9, SENTINEL_LEN_MAX = 60 };

static const int32_t day_min = 9131; /* 1 January of TOC_SPEND_YEAR_MIN */

static size_t letters_of(const char *text)
{
    size_t len = 0;
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        len += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
    }
    return len;
}

/* A cell goes into a reason only where it can be no name: digits with at most a month's letters. */
static bool is_quotable(const char *text)
{
    return strlen(text) <= QUOTE_LEN_MAX && strpbrk(text, "0123456789") != NULL &&
           letters_of(text) <= QUOTE_LETTERS_MAX;
}

/* "REDACTED - PERSONAL DATA", in every spelling: words that name nobody. */
static bool is_sentinel(const char *text)
{
    static const char *const words[] = {"redacted",    "personal",        "data",     "details",
                                        "commercial",  "commerical",      "other",    "information",
                                        "sensitivity", "confidentiality", "sensitive"};
    const char *at = text;
    size_t found = 0;
    TOC_ENSURE(strlen(text) <= SENTINEL_LEN_MAX, false);
    for (;;) {
        at += strspn(at, " -/.,()[]");
        if (*at == '\0') {
            return found > 0;
        }
        const size_t len = strcspn(at, " -/.,()[]");
        size_t i = 0;
        while (i < sizeof words / sizeof words[0] &&
               !(strlen(words[i]) == len && strncasecmp(words[i], at, len) == 0)) {
            i++;
        }
        TOC_ENSURE(i < sizeof words / sizeof words[0], false);
        found++;
        at += len;
    }
}

static enum toc_result bad_amount(const char *text, enum toc_result result, struct toc_why *why)
{
    if (text[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "is empty");
    }
    if (result == TOC_TOOBIG) {
        return toc_fail(why, TOC_INVALID, "is more money than there is");
    }
    if (result == TOC_NOTFOUND || is_sentinel(text) || is_quotable(text)) {
        return toc_fail(why, TOC_INVALID, "'%.60s' is not an amount", text);
    }
    return toc_fail(why, TOC_INVALID, "is text, not an amount");
}

static enum toc_result bad_date(const char *text, enum toc_result result, struct toc_why *why)
{
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, text[0] == '\0' ? "is empty" : "says no date");
    }
    if (result == TOC_STALE) {
        return toc_fail(why, TOC_INVALID,
                        "'%.24s' is of no year: give the file's dates with --covers FROM,TO", text);
    }
    if (is_quotable(text)) {
        return toc_fail(why, TOC_INVALID, "'%s' is not a date (day/month/year)", text);
    }
    return toc_fail(why, TOC_INVALID, "is text, not a date");
}

/* As the last row had it, or parsed. */
static enum toc_result read_date(struct toc_spend_reader *reader, const char *text,
                                 struct toc_why *why)
{
    if (strcmp(text, reader->date_text) == 0 && text[0] != '\0') {
        return TOC_OK;
    }
    const int year = reader->has_first ? toc_spend_financial_year(reader->day_first) : 0;
    const enum toc_result result =
        toc_spend_date(text, year, &reader->date_day, &reader->date_period);
    reader->date_text[0] = '\0';
    if (result != TOC_OK) {
        return bad_date(text, result, why);
    }
    if (reader->date_day < day_min) {
        return toc_fail(why, TOC_INVALID, "is before %d", TOC_SPEND_YEAR_MIN);
    }
    if (reader->date_day > reader->day_max) {
        return toc_fail(why, TOC_INVALID, "is more than a year from now");
    }
    const size_t len = strlen(text);
    if (len < sizeof reader->date_text) {
        memcpy(reader->date_text, text, len + 1);
    }
    return TOC_OK;
}

unsigned toc_spend_row_category(struct toc_spend_reader *reader, const struct toc_csv_row *row)
{
    const char *const cpv = toc_spend_cell(reader->headings, row, TOC_SPEND_CPV);
    const char *const proclass = toc_spend_cell(reader->headings, row, TOC_SPEND_PROCLASS);
    if (cpv[0] == '\0' && proclass[0] == '\0') {
        return 0;
    }
    if (strcmp(cpv, reader->cpv_text) == 0 && strcmp(proclass, reader->proclass_text) == 0) {
        return reader->category;
    }
    const unsigned category = toc_category_code(toc_spend_category(cpv, proclass));
    const size_t cpv_len = strlen(cpv);
    const size_t proclass_len = strlen(proclass);
    if (cpv_len < sizeof reader->cpv_text && proclass_len < sizeof reader->proclass_text) {
        memcpy(reader->cpv_text, cpv, cpv_len + 1);
        memcpy(reader->proclass_text, proclass, proclass_len + 1);
        reader->category = category;
    }
    return category;
}

enum toc_result toc_spend_row_day(struct toc_spend_reader *reader, const struct toc_csv_row *row,
                                  int32_t *ret_day, bool *ret_period, struct toc_why *why)
{
    if (reader->headings->columns[TOC_SPEND_DATE].len == 0) {
        *ret_day = reader->day_first;
        *ret_period = true;
        return TOC_OK;
    }
    TOC_TRY(read_date(reader, toc_spend_cell(reader->headings, row, TOC_SPEND_DATE), why));
    *ret_day = reader->date_day;
    *ret_period = reader->date_period;
    return TOC_OK;
}

enum toc_result toc_spend_row_pence(const struct toc_spend_reader *reader,
                                    const struct toc_csv_row *row, int64_t *ret_pence,
                                    struct toc_why *why)
{
    const char *const amount = toc_spend_cell(reader->headings, row, TOC_SPEND_AMOUNT);
    const enum toc_result result = toc_import_pence(amount, ret_pence);
    return result == TOC_OK ? TOC_OK : bad_amount(amount, result, why);
}
