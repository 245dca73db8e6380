/* import_spend_cells: the sums of a spend file: pence and rows for each (payee, day, category), in
 * memory bounded whatever the file. A payee is known by the bytes of the cells that name it, so
 * that numbers are parsed, names folded and persons screened once a spelling, not once a row. */
#ifndef TOC_IMPORT_SPEND_CELLS_H
#define TOC_IMPORT_SPEND_CELLS_H

#include "import_spend_payee.h"

/* When either is full, everything is handed over and counting starts again: 16 MB of cells. */
#define TOC_SPEND_CELLS_MAX (512 * 1024)
#define TOC_SPEND_PAYEES_MAX (64 * 1024)
#define TOC_SPEND_NAMES_LEN_MAX ((size_t)32 << 20) /* of all payees' cells, and their names */
/* Of one cell (PROTOCOL.md 17): ten thousand million pounds a day. */
#define TOC_SPEND_PENCE_MAX ((int64_t)1000000000000)
#define TOC_SPEND_ROWS_MAX 100000000

struct toc_spend_cell {
    uint32_t payee; /* place among the payees */
    int32_t day;
    uint32_t category; /* toc_category_code */
    uint32_t rows;
    int64_t pence;
};

/* A payee, and what the run notes about it. */
struct toc_spend_known {
    struct toc_spend_payee payee;
    size_t row_first;
    bool held_noted; /* the report says already that it is held */
    uint32_t key_hash;
    const uint8_t *key;
    size_t key_len;
};

struct toc_spend_sums;

/* The seed spreads payees over the table where nobody can aim. TOC_NOMEM. */
enum toc_result toc_spend_sums_new(uint64_t seed, struct toc_spend_sums **ret_sums) TOC_MUST_CHECK;
void toc_spend_sums_free(struct toc_spend_sums **sums);

/* The payee these cells name, judged when it is new. `row` is the first it is met in. TOC_TOOBIG:
 * no room: hand over and forget first. TOC_NOMEM. */
enum toc_result toc_spend_sums_payee(struct toc_spend_sums *sums,
                                     const struct toc_spend_payee_cells *cells, size_t row,
                                     uint32_t *ret_payee) TOC_MUST_CHECK;
struct toc_spend_known *toc_spend_sums_known(struct toc_spend_sums *sums, uint32_t payee);

/* Adds a row. TOC_TOOBIG: no room for another cell: hand over and clear first. TOC_INVALID: the sum
 * would be more money than there is. */
enum toc_result toc_spend_sums_add(struct toc_spend_sums *sums, uint32_t payee, int32_t day,
                                   uint32_t category, int64_t pence) TOC_MUST_CHECK;
/* The cells, ordered by payee, day and category. Adding moves them: clear or forget first. */
const struct toc_spend_cell *toc_spend_sums_cells(struct toc_spend_sums *sums, size_t *ret_len);
/* No cells; the payees stay known. */
void toc_spend_sums_clear(struct toc_spend_sums *sums);
/* Neither cells nor payees. */
void toc_spend_sums_forget(struct toc_spend_sums *sums);

#endif
