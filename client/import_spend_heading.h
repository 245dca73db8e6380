/* import_spend_heading: which column of a spend file is which, by its heading alone: the Local
 * Government Association's schema and what councils write instead (DOMAIN.md 6.1, 6.2). Case,
 * spacing and punctuation do not count. */
#ifndef TOC_IMPORT_SPEND_HEADING_H
#define TOC_IMPORT_SPEND_HEADING_H

#include "csvfile.h"
#include "import_map.h"

/* Some files begin with a title, a date, or the query they came from. */
#define TOC_SPEND_PREAMBLE_MAX 40
/* Columns under one heading: the first that has a value in a row counts. */
#define TOC_SPEND_TWINS_MAX 4

enum toc_spend_field {
    TOC_SPEND_SUPPLIER = 0,
    TOC_SPEND_AMOUNT = 1,
    TOC_SPEND_DATE = 2,
    TOC_SPEND_COMPANY = 3,
    TOC_SPEND_CHARITY = 4,
    TOC_SPEND_VAT = 5, /* looked at for National Insurance numbers, and for nothing else */
    TOC_SPEND_CPV = 6,
    TOC_SPEND_PROCLASS = 7,
    TOC_SPEND_LOCAL = 8, /* the council's own number: looked at as the VAT number is */
    TOC_SPEND_BODY = 9,  /* which body paid, in a file that several publish together */
    TOC_SPEND_FIELDS = 10,
};
/* "supplier", "amount", ...: the words of a map. */
const char *toc_spend_field_name(enum toc_spend_field field);

struct toc_spend_column {
    size_t at[TOC_SPEND_TWINS_MAX];        /* places in a row, in the order of the file */
    size_t len;                            /* 0: the file does not have it */
    char heading[TOC_CSV_HEADING_MAX + 1]; /* as written, for reasons; cut at a character */
};
struct toc_spend_headings {
    struct toc_spend_column columns[TOC_SPEND_FIELDS];
    size_t cells_len; /* of the row of headings */
};

/* What a map (import_map.h) says of the headings. */
struct toc_spend_map {
    struct toc_map_choice choices[TOC_SPEND_FIELDS];
};

/* Is this the row of headings? It is when it has a supplier and an amount, and all that the map
 * names (NULL: no map). Of several columns for a field, the best heading wins: net before gross,
 * the day of payment before other days. */
bool toc_spend_headings_read(const struct toc_csv_row *row, const struct toc_spend_map *map,
                             struct toc_spend_headings *ret_headings);
/* The first cell of the field's columns that has something, or "". */
const char *toc_spend_cell(const struct toc_spend_headings *headings, const struct toc_csv_row *row,
                           enum toc_spend_field field);
/* The field's heading as the file writes it, or its name where the file has none. */
const char *toc_spend_heading_of(const struct toc_spend_headings *headings,
                                 enum toc_spend_field field);

#endif
