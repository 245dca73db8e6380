/* listing: rows that a daemon gives page by page, printed in the form that was asked for: a table,
 * a CSV file, or one JSON document. CSV and JSON are written row by row, in memory bounded by a
 * page; a table holds its rows, whose widths depend on each other. Nothing is printed before the
 * first page is here, so that a refused request leaves standard output empty. */
#ifndef TOC_LISTING_H
#define TOC_LISTING_H

#include "cli.h"

#define TOC_LISTING_PAGE 500 /* what the daemon gives at most, of most things */
#define TOC_LISTING_WIDE 100

/* What the rows are. */
struct toc_listing_kind {
    const char *request; /* of the local socket, with `limit` and `after` */
    unsigned page;       /* what it gives at most; 0: TOC_LISTING_PAGE */
    const char *key;     /* of the rows, in the reply and in the document */
    const struct toc_column *columns;
    size_t columns_len;
    size_t spare; /* so many of the last are only for paper of TOC_LISTING_WIDE columns */
    const char *const *headings; /* of the CSV file */
    size_t headings_len;
    enum toc_result (*add)(struct toc_table *table, const json_t *row);
    void (*put)(FILE *file, const json_t *row);
};

struct toc_listing {
    const struct toc_listing_kind *kind;
    json_t *fields; /* of the request; given away; NULL: out of memory */
    bool csv;
    uint64_t rows_max; /* 0: all there are */
    /* Which rows are printed; NULL: all. `owner` is handed to it. */
    bool (*wanted)(void *owner, const json_t *row);
    void *owner;
};
struct toc_listed {
    uint64_t rows;
    bool more;   /* rows_max came first */
    json_t *all; /* what the first reply says besides its rows; freed by toc_listed_done */
};

/* Prints all the rows; without any, a table is not printed at all. What reading the daemon says;
 * TOC_NOMEM. */
enum toc_result toc_listing_print(struct toc_cli *cli, const struct toc_listing *listing,
                                  struct toc_listed *ret_listed, struct toc_why *why)
    TOC_MUST_CHECK;
/* Scope cleanup; fine on a zeroed one. */
void toc_listed_done(struct toc_listed *listed);

#endif
