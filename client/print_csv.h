/* print_csv: tables as CSV (RFC 4180: commas, CRLF, quotes doubled), in UTF-8, for spreadsheets and
 * programs. Text from elsewhere is shown, never obeyed: a cell that a spreadsheet would take for a
 * formula gets an apostrophe before it, and control characters become '?'. */
#ifndef TOC_PRINT_CSV_H
#define TOC_PRINT_CSV_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One cell, without the comma; NULL is empty. A number ("-12", "0.25") stays as it is; other text
 * that begins with = + - @ (or spaces before one) is made harmless. */
void toc_csv_cell(FILE *file, const char *text);
/* A whole line. */
void toc_csv_line(FILE *file, const char *const *cells, size_t cells_len);

#endif
