/* import_spend_read: the rows of a spend file, one after the other, into sums: the row of headings
 * found, each other row used, rejected or screened, and counted. What is held is known when the
 * daemon has seen the payees (import_spend_send.h). */
#ifndef TOC_IMPORT_SPEND_READ_H
#define TOC_IMPORT_SPEND_READ_H

#include "import_rejects.h"
#include "import_result.h"
#include "import_spend_cells.h"
#include "import_spend_row.h"
#include "suppliername.h"

/* What can be a payment's date on the local socket: 1995-01-01 to 2100-12-31. */
#define TOC_SPEND_DAY_MIN 9131
#define TOC_SPEND_DAY_MAX 47846
#define TOC_SPEND_DAYS (TOC_SPEND_DAY_MAX - TOC_SPEND_DAY_MIN + 1)

/* How often something was passed over, told once at the end. */
struct toc_spend_remark {
    size_t rows;
    size_t row_first;
};

/* Whose rows the file has, where it says so. */
#define TOC_SPEND_BODIES_MAX 6 /* more are not told apart */
struct toc_spend_bodies {
    struct toc_spend_body {
        char fold[TOC_FOLD_LEN_MAX + 1];
        char name[61]; /* as first written, cut */
        size_t rows;
    } list[TOC_SPEND_BODIES_MAX];
    size_t len;
    size_t rows_other; /* beyond those */
    size_t row_first;  /* of a second one */
};

struct toc_spend_reading {
    const struct toc_spend_map *map; /* NULL: none */
    struct toc_spend_sums *sums;
    struct toc_import *import;
    struct toc_rejects *rejects; /* NULL: nobody asked */
    /* Sends the sums and clears the cells, when there is no room for more. */
    enum toc_result (*hand_over)(void *owner, struct toc_why *why);
    void *owner;

    struct toc_spend_reader reader; /* day_max, and day_first with has_first, are the caller's */
    struct toc_spend_headings headings;
    bool has_headings;
    size_t rows_before; /* the headings */
    size_t rows;        /* after them */
    /* Bits, from TOC_SPEND_DAY_MIN: days that the file has rows of, whatever becomes of these. */
    uint8_t days[TOC_SPEND_DAYS / 8 + 1];
    size_t width;      /* columns that rows may have values in */
    size_t cells_last; /* of the row before */
    struct toc_spend_remark bad_company;
    struct toc_spend_remark bad_charity;
    struct toc_spend_remark periods;
    struct toc_spend_remark no_end; /* of the last line: is the file whole? */
    const char *body;               /* only rows of this body; NULL: of all. The caller's */
    char body_fold[TOC_FOLD_LEN_MAX + 1];
    struct toc_spend_bodies bodies;
};

/* For toc_csv_new, with the reading as its owner. TOC_INVALID: no row of headings within
 * TOC_SPEND_PREAMBLE_MAX, or no way to know dates; TOC_MALFORMED: the file is cut within this row;
 * TOC_NOMEM; and what hand_over returns. */
enum toc_result toc_spend_reading_row(void *reading, const struct toc_csv_row *row,
                                      struct toc_why *why) TOC_MUST_CHECK;
/* After the last row: the remarks. TOC_INVALID: no headings, or no row of the body that is wanted,
 * TOC_MALFORMED: headings alone. The last sums are still to be handed over. */
enum toc_result toc_spend_reading_end(struct toc_spend_reading *reading, struct toc_why *why)
    TOC_MUST_CHECK;
/* The days that were met, in order, as import_close takes them: 4 bytes each. Returns how many. */
size_t toc_spend_reading_days(const struct toc_spend_reading *reading,
                              uint8_t ret_days[4 * TOC_SPEND_DAYS]);

#endif
