#include "import_spend_read.h"
#include "ensure.h"
#include "import_spend_body.h"
#include "orgid.h"
#include <string.h>

static enum toc_result no_headings(const struct toc_spend_reading *reading, struct toc_why *why)
{
    if (reading->map != NULL) {
        return toc_fail(why, TOC_INVALID,
                        "none of the first %d rows has all the headings that --map names, and a "
                        "supplier and an amount",
                        TOC_SPEND_PREAMBLE_MAX);
    }
    return toc_fail(why, TOC_INVALID,
                    "no row of headings: none of the first %d rows has a supplier and an amount "
                    "(see --template; name other headings with --map FILE)",
                    TOC_SPEND_PREAMBLE_MAX);
}

static enum toc_result take_headings(struct toc_spend_reading *reading,
                                     const struct toc_csv_row *row, struct toc_why *why)
{
    if (!toc_spend_headings_read(row, reading->map, &reading->headings)) {
        reading->rows_before++;
        return reading->rows_before < TOC_SPEND_PREAMBLE_MAX ? TOC_OK : no_headings(reading, why);
    }
    reading->has_headings = true;
    reading->reader.headings = &reading->headings;
    reading->width = row->cells_len;
    if (reading->headings.columns[TOC_SPEND_DATE].len == 0 && !reading->reader.has_first) {
        return toc_fail(why, TOC_INVALID,
                        "no column has the date of payment: say which dates the file covers with "
                        "--covers FROM,TO, or name the column with --map FILE");
    }
    return toc_spend_body_begin(reading, why);
}

static enum toc_result reject(struct toc_spend_reading *reading, const struct toc_csv_row *row,
                              const char *column, const char *reason)
{
    if (reading->rejects != NULL) {
        toc_rejects_add(reading->rejects, row->number, toc_import_fate_name(TOC_IMPORT_REJECTED),
                        column, reason);
    }
    return toc_import_settle(reading->import, row->number, TOC_IMPORT_REJECTED, column, reason);
}

static enum toc_result reject_field(struct toc_spend_reading *reading,
                                    const struct toc_csv_row *row, enum toc_spend_field field,
                                    const char *reason)
{
    return reject(reading, row, toc_spend_heading_of(&reading->headings, field), reason);
}

/* The place after the last cell that has something. */
static size_t filled_len(const struct toc_csv_row *row)
{
    size_t len = row->cells_len;
    while (len > 0 && row->cells[len - 1][0] == '\0') {
        len--;
    }
    return len;
}

/* A comma without quotes in a name moves all that follows by a column: such a row must not be read
 * as if nothing had happened. A file whose first row is wider than its headings is just so. */
static bool is_shifted(struct toc_spend_reading *reading, const struct toc_csv_row *row)
{
    if (row->cells_len <= reading->width) {
        return false;
    }
    const size_t len = filled_len(row);
    if (reading->rows == 1 && len > reading->width) {
        reading->width = len;
    }
    return len > reading->width;
}

static enum toc_result reject_shifted(struct toc_spend_reading *reading,
                                      const struct toc_csv_row *row)
{
    struct toc_why why;
    (void)toc_fail(&why, TOC_INVALID,
                   "the row has %zu columns and the headings %zu: is a comma without quotes?",
                   filled_len(row), reading->width);
    return reject(reading, row, "", why.text);
}

/* A file that ends inside a row was not copied whole. One that only lacks its last line end is
 * whole. */
static enum toc_result check_end(const struct toc_spend_reading *reading,
                                 const struct toc_csv_row *row, struct toc_why *why)
{
    const size_t usual =
        reading->cells_last == 0 ? reading->headings.cells_len : reading->cells_last;
    if (row->open_quote || (row->cut && row->cells_len < usual)) {
        return toc_fail(why, TOC_MALFORMED,
                        "the file ends in the middle of row %zu: get it again, whole", row->number);
    }
    return TOC_OK;
}

static void remark(struct toc_spend_remark *one, const struct toc_csv_row *row)
{
    one->row_first = one->rows == 0 ? row->number : one->row_first;
    one->rows++;
}

/* The payee's place; makes room when there is none. */
static enum toc_result find_payee(struct toc_spend_reading *reading, const struct toc_csv_row *row,
                                  uint32_t *ret_payee, struct toc_why *why)
{
    const struct toc_spend_payee_cells cells = {
        .name = toc_spend_cell(&reading->headings, row, TOC_SPEND_SUPPLIER),
        .company = toc_spend_cell(&reading->headings, row, TOC_SPEND_COMPANY),
        .charity = toc_spend_cell(&reading->headings, row, TOC_SPEND_CHARITY),
        .vat = toc_spend_cell(&reading->headings, row, TOC_SPEND_VAT),
    };
    const enum toc_result result =
        toc_spend_sums_payee(reading->sums, &cells, row->number, ret_payee);
    if (result != TOC_TOOBIG) {
        return result;
    }
    TOC_TRY(reading->hand_over(reading->owner, why));
    toc_spend_sums_forget(reading->sums);
    return toc_spend_sums_payee(reading->sums, &cells, row->number, ret_payee);
}

/* Rows whose payee says enough. TOC_OK with *ret_settled: nothing more is to be done. */
static enum toc_result settle_payee(struct toc_spend_reading *reading,
                                    const struct toc_csv_row *row,
                                    const struct toc_spend_payee *payee, bool *ret_settled)
{
    *ret_settled = true;
    switch (payee->verdict) {
    case TOC_SPEND_SEND:
        *ret_settled = false;
        return TOC_OK;
    case TOC_SPEND_PERSON:
        return toc_import_count(reading->import, TOC_IMPORT_SCREENED, "person", 1);
    case TOC_SPEND_REDACTED:
        return toc_import_count(reading->import, TOC_IMPORT_SCREENED, "redacted", 1);
    case TOC_SPEND_NATIONAL_INSURANCE:
        return toc_import_count(reading->import, TOC_IMPORT_SCREENED, "national_insurance", 1);
    case TOC_SPEND_NO_NAME:
        return reject_field(reading, row, TOC_SPEND_SUPPLIER, "is empty, or names nobody");
    case TOC_SPEND_BAD_NAME:
        return reject_field(reading, row, TOC_SPEND_SUPPLIER,
                            "is no name: too long, or without a letter");
    }
    TOC_UNREACHABLE();
    return TOC_INVALID;
}

static enum toc_result sum(struct toc_spend_reading *reading, uint32_t payee, int32_t day,
                           unsigned category, int64_t pence, struct toc_why *why)
{
    const enum toc_result result = toc_spend_sums_add(reading->sums, payee, day, category, pence);
    if (result != TOC_TOOBIG) {
        return result;
    }
    TOC_TRY(reading->hand_over(reading->owner, why));
    toc_spend_sums_clear(reading->sums);
    return toc_spend_sums_add(reading->sums, payee, day, category, pence);
}

/* The row is used, or held: the daemon says which. */
static enum toc_result add_row(struct toc_spend_reading *reading, const struct toc_csv_row *row,
                               uint32_t payee, int32_t day, struct toc_why *why)
{
    const struct toc_spend_payee *const known = &toc_spend_sums_known(reading->sums, payee)->payee;
    struct toc_why reason;
    int64_t pence;
    if (toc_spend_row_pence(&reading->reader, row, &pence, &reason) != TOC_OK) {
        return reject_field(reading, row, TOC_SPEND_AMOUNT, reason.text);
    }
    const unsigned category = toc_spend_row_category(&reading->reader, row);
    const enum toc_result result = sum(reading, payee, day, category, pence, why);
    if (result == TOC_INVALID) {
        return reject_field(reading, row, TOC_SPEND_AMOUNT, "is more money than there is");
    }
    TOC_TRY(result);
    if (known->bad_company) {
        remark(&reading->bad_company, row);
    }
    if (known->bad_charity) {
        remark(&reading->bad_charity, row);
    }
    return TOC_OK;
}

static void meet_day(struct toc_spend_reading *reading, int32_t day)
{
    const uint32_t place = (uint32_t)(day - TOC_SPEND_DAY_MIN);
    if (place < TOC_SPEND_DAYS) {
        reading->days[place / 8] |= (uint8_t)(1U << place % 8);
    }
}

static enum toc_result take_row(struct toc_spend_reading *reading, const struct toc_csv_row *row,
                                struct toc_why *why)
{
    struct toc_why reason;
    uint32_t payee;
    int32_t day;
    bool period;
    bool settled;
    if (is_shifted(reading, row)) {
        return reject_shifted(reading, row);
    }
    /* First, since whatever becomes of the row the file has its day. */
    const enum toc_result result = toc_spend_row_day(&reading->reader, row, &day, &period, &reason);
    if (result == TOC_OK) {
        meet_day(reading, day);
    }
    if (!toc_spend_body_wants(reading, row)) {
        return toc_import_count(reading->import, TOC_IMPORT_SCREENED, TOC_SCREENED_OTHER_BODY, 1);
    }
    /* Before the payee is known to anybody: such a row is a person's, whoever it names. */
    if (toc_national_insurance_within(toc_spend_cell(&reading->headings, row, TOC_SPEND_LOCAL))) {
        return toc_import_count(reading->import, TOC_IMPORT_SCREENED, "national_insurance", 1);
    }
    TOC_TRY(find_payee(reading, row, &payee, why));
    TOC_TRY(
        settle_payee(reading, row, &toc_spend_sums_known(reading->sums, payee)->payee, &settled));
    if (settled) {
        return TOC_OK;
    }
    if (result != TOC_OK) {
        return reject_field(reading, row, TOC_SPEND_DATE, reason.text);
    }
    if (period) {
        remark(&reading->periods, row);
    }
    return add_row(reading, row, payee, day, why);
}

enum toc_result toc_spend_reading_row(void *owner, const struct toc_csv_row *row,
                                      struct toc_why *why)
{
    struct toc_spend_reading *const reading = owner;
    if (!reading->has_headings) {
        return take_headings(reading, row, why);
    }
    if (row->cut) {
        TOC_TRY(check_end(reading, row, why));
        remark(&reading->no_end, row);
    }
    reading->cells_last = row->cells_len;
    reading->rows++;
    const enum toc_result result = take_row(reading, row, why);
    return result == TOC_NOMEM ? toc_fail(why, result, "out of memory") : result;
}

static enum toc_result tell(struct toc_spend_reading *reading, const struct toc_spend_remark *one,
                            enum toc_spend_field field, const char *what)
{
    struct toc_why text;
    if (one->rows == 0) {
        return TOC_OK;
    }
    (void)toc_fail(&text, TOC_OK, "%s (%zu rows)", what, one->rows);
    return toc_import_remark(reading->import, one->row_first,
                             toc_spend_heading_of(&reading->headings, field), text.text);
}

enum toc_result toc_spend_reading_end(struct toc_spend_reading *reading, struct toc_why *why)
{
    if (!reading->has_headings) {
        return no_headings(reading, why);
    }
    if (reading->rows == 0) {
        return toc_fail(why, TOC_MALFORMED, "has headings, and no row under them");
    }
    TOC_TRY(toc_spend_body_end(reading, why));
    if (reading->no_end.rows > 0) {
        TOC_TRY(toc_import_remark(reading->import, reading->no_end.row_first, "end of the file",
                                  "the last line has no end: is the file whole?"));
    }
    TOC_TRY(tell(reading, &reading->bad_company, TOC_SPEND_COMPANY,
                 "has something that is no company number; the rows count under the name"));
    TOC_TRY(tell(reading, &reading->bad_charity, TOC_SPEND_CHARITY,
                 "has something that is no charity number; the rows count under the name"));
    return tell(reading, &reading->periods, TOC_SPEND_DATE,
                reading->headings.columns[TOC_SPEND_DATE].len == 0
                    ? "is not in the file; the rows count for the first day of --covers"
                    : "gives a month or a quarter; the rows count for its first day");
}

size_t toc_spend_reading_days(const struct toc_spend_reading *reading,
                              uint8_t ret_days[4 * TOC_SPEND_DAYS])
{
    size_t len = 0;
    for (unsigned place = 0; place < TOC_SPEND_DAYS; place++) {
        if (((unsigned)reading->days[place / 8] >> place % 8 & 1U) == 0) {
            continue;
        }
        for (unsigned i = 0; i < 4; i++) {
            ret_days[4 * len + i] = (uint8_t)((place + TOC_SPEND_DAY_MIN) >> 8 * i);
        }
        len++;
    }
    return len;
}
