/* import_framework_row: one row of a contracts register to a framework: which columns there are,
 * and what a cell may hold. import_framework_csv.c reads the file and puts rows together. */
#ifndef TOC_IMPORT_FRAMEWORK_ROW_H
#define TOC_IMPORT_FRAMEWORK_ROW_H

#include "csvfile.h"
#include "import_buyer.h"
#include "record_framework.h"

enum toc_register_column {
    TOC_REGISTER_BODY,
    TOC_REGISTER_BODY_CODE,
    TOC_REGISTER_REFERENCE,
    TOC_REGISTER_OCID,
    TOC_REGISTER_TITLE,
    TOC_REGISTER_TYPE,
    TOC_REGISTER_DESCRIPTION,
    TOC_REGISTER_CPV,
    TOC_REGISTER_PROCLASS,
    TOC_REGISTER_START,
    TOC_REGISTER_END,
    TOC_REGISTER_EXTENSION,
    TOC_REGISTER_VALUE,
    TOC_REGISTER_SUPPLIER,
    TOC_REGISTER_COMPANY,
    TOC_REGISTER_CHARITY,
    TOC_REGISTER_OPEN_TO,
    TOC_REGISTER_COLUMNS,
};

struct toc_register_headings {
    size_t places[TOC_REGISTER_COLUMNS]; /* of the column in a row, from 1; 0: not there */
    size_t len;
};

/* All that reading a row needs. Borrows. */
struct toc_register_row {
    struct toc_arena *arena;
    const struct toc_import_self *self;
    const struct toc_register_headings *headings;
    const struct toc_csv_row *csv;
};

/* TOC_NOTFOUND when this is no row of headings, TOC_INVALID when it lacks a needed one. */
enum toc_result toc_register_headings(const struct toc_csv_row *row,
                                      struct toc_register_headings *ret_headings,
                                      struct toc_why *why) TOC_MUST_CHECK;
/* Empty where the register has no such column, the row is short, or the cell says nothing. */
const char *toc_register_cell(const struct toc_register_row *row, enum toc_register_column column);
/* 0: not a framework of any kind. */
enum toc_framework_kind toc_register_kind(const struct toc_register_row *row);
/* A register without a column for the body is taken to be the member's own. */
bool toc_register_is_own(const struct toc_register_row *row);
/* All of a row but its supplier, in the arena. TOC_INVALID with "column: reason", TOC_NOMEM. */
enum toc_result toc_register_read(const struct toc_register_row *row,
                                  struct toc_framework *ret_framework, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
