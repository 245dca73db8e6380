/* import_spend_row: what one row of a spend file says besides who was paid: how much, when, and for
 * what. */
#ifndef TOC_IMPORT_SPEND_ROW_H
#define TOC_IMPORT_SPEND_ROW_H

#include "import_spend_heading.h"

#define TOC_SPEND_YEAR_MIN 1995 /* earlier days are mistakes: ledgers begin later */

struct toc_spend_reader {
    const struct toc_spend_headings *headings;
    int32_t day_max;   /* a year from today */
    int32_t day_first; /* --covers: of a period without its year, and of files without dates */
    bool has_first;
    /* The same day comes many times over. */
    char date_text[32];
    int32_t date_day;
    bool date_period;
    /* And so does a category. */
    char cpv_text[32];
    char proclass_text[64];
    unsigned category;
};

/* The day, and whether the file gives no day: it is the first of a month or quarter. TOC_INVALID:
 * `why` says what is wrong, fit for an officer, and quotes nothing that could be a name. */
enum toc_result toc_spend_row_day(struct toc_spend_reader *reader, const struct toc_csv_row *row,
                                  int32_t *ret_day, bool *ret_period, struct toc_why *why)
    TOC_MUST_CHECK;
/* In the same way, pence, exactly. */
enum toc_result toc_spend_row_pence(const struct toc_spend_reader *reader,
                                    const struct toc_csv_row *row, int64_t *ret_pence,
                                    struct toc_why *why) TOC_MUST_CHECK;
/* toc_category_code; 0 when the row does not say. */
unsigned toc_spend_row_category(struct toc_spend_reader *reader, const struct toc_csv_row *row);

#endif
