/* csvfile: door to libcsv. A CSV file as a stream of rows, in memory bounded by one row, whatever
 * its encoding (UTF-8, or else Windows-1252, decided cell by cell), its separator (comma, semicolon
 * or tab) and its line ends. What is no CSV file at all is refused with a reason a person can use.
 */
#ifndef TOC_CSVFILE_H
#define TOC_CSVFILE_H

#include "bytes.h"

#define TOC_CSV_ROW_LEN_MAX (1024 * 1024) /* longer: a quote was left open */
#define TOC_CSV_CELLS_MAX 1024            /* a spreadsheet's register has 40 */
#define TOC_CSV_HEADING_MAX 100

struct toc_csv_row {
    size_t number;            /* as a spreadsheet counts: from 1, blank rows included */
    const char *const *cells; /* UTF-8 without NUL, ends trimmed */
    size_t cells_len;
    bool cut; /* the file ended inside a quoted cell of this row, or with no line end after it */
    bool open_quote; /* of a cut one: inside a quoted cell */
};
/* Called for each row that is not blank; the row is gone when it returns. Anything but TOC_OK ends
 * the reading, and is what _feed or _end return. */
typedef enum toc_result (*toc_csv_row_f)(void *owner, const struct toc_csv_row *row,
                                         struct toc_why *why);

struct toc_csv;

/* TOC_NOMEM. `owner` is handed to on_row. */
enum toc_result toc_csv_new(toc_csv_row_f on_row, void *owner, struct toc_csv **ret_csv)
    TOC_MUST_CHECK;
void toc_csv_free(struct toc_csv **csv);
/* Any amount at a time. TOC_MALFORMED (no CSV file; too many cells), TOC_TOOBIG (a row over the
 * limit), TOC_NOMEM. After a failure only _free may follow. */
enum toc_result toc_csv_feed(struct toc_csv *csv, struct toc_bytes bytes, struct toc_why *why)
    TOC_MUST_CHECK;
/* The file is over: the last row comes out. TOC_MALFORMED also for an empty file. */
enum toc_result toc_csv_end(struct toc_csv *csv, struct toc_why *why) TOC_MUST_CHECK;

/* From the next row on only these columns are read; the others' cells are "", whatever is in them.
 * For wide files of which little is wanted; callable from on_row. Past the last column: none. */
void toc_csv_read_only(struct toc_csv *csv, const size_t *columns, size_t columns_len);

/* A column heading without case, spacing and punctuation ("Contract Reference number / ID" and
 * "contract_reference number id" are the same), cut at TOC_CSV_HEADING_MAX. */
void toc_csv_heading_fold(const char *heading, char ret_folded[TOC_CSV_HEADING_MAX + 1]);

#endif
