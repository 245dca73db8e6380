/* print_text: what a person reads: aligned tables that fit the paper, colour only where there is a
 * terminal. Text from elsewhere is shown, never obeyed: control characters and marks that turn the
 * direction of writing become '?'. */
#ifndef TOC_PRINT_TEXT_H
#define TOC_PRINT_TEXT_H

#include "bytes.h"
#include <stdbool.h>
#include <stdio.h>

#define TOC_COLUMNS_MAX 12
#define TOC_PAPER_COLUMNS 80 /* where nothing says otherwise */

struct toc_paper {
    bool colour;
    unsigned columns;
};
/* A terminal's width, else $COLUMNS, else 80. Colour: a terminal, no $NO_COLOR, no TERM=dumb. */
struct toc_paper toc_paper_of(FILE *file);

enum toc_style {
    TOC_STYLE_PLAIN,
    TOC_STYLE_HEADING,
    TOC_STYLE_GOOD,
    TOC_STYLE_WARN,
    TOC_STYLE_BAD,
};
/* What a state's name ("connected", "lagging") deserves. */
enum toc_style toc_style_of(const char *state);

/* Shown columns of UTF-8 text; a byte that is no character counts as one. */
size_t toc_text_width(const char *text);
/* At most `columns` shown columns of text, made safe, ending in an ellipsis when something was cut.
 * ret_text has room for room bytes with the NUL; 4 * columns + 4 always suffices. */
void toc_text_fit(const char *text, size_t columns, char *ret_text, size_t room);
/* Takes the next character off the front of *rest as it is shown: 1 to 4 bytes, and how many
 * columns it takes. False at the end. */
bool toc_text_next(struct toc_bytes *rest, char ret_bytes[4], size_t *ret_len, size_t *ret_width);
/* Safe, whole, in style. */
void toc_text_print(FILE *file, const struct toc_paper *paper, enum toc_style style,
                    const char *text);

/* A paragraph: safe, broken at blanks to fit the paper, each line behind `indent` blanks. */
void toc_text_wrap(FILE *file, const struct toc_paper *paper, size_t indent, const char *text);

struct toc_column {
    const char *heading;
    bool right;    /* aligned: numbers */
    bool shrinks;  /* gives way first when the paper is narrow */
    bool coloured; /* cells are names of states */
};
struct toc_table;

/* The columns are borrowed and must outlive the table. TOC_NOMEM. */
enum toc_result toc_table_new(const struct toc_column *columns, size_t columns_len,
                              struct toc_table **ret_table) TOC_MUST_CHECK;
void toc_table_free(struct toc_table **table);
/* One cell for each column; copied; NULL is empty. TOC_NOMEM. */
enum toc_result toc_table_add(struct toc_table *table, const char *const *cells) TOC_MUST_CHECK;
size_t toc_table_rows(const struct toc_table *table);
void toc_table_print(const struct toc_table *table, FILE *file, const struct toc_paper *paper);

#endif
