/* import_register: the columns of a contracts register, found by their headings: the Local
 * Government Association's schema, its printed titles, and what published registers write. What a
 * cell means is for import_contract_row.c and import_framework_row.c. Contact names and addresses
 * have no column here, so nothing reads them. */
#ifndef TOC_IMPORT_REGISTER_H
#define TOC_IMPORT_REGISTER_H

#include "csvfile.h"
#include "import_buyer.h"
#include "import_map.h"
#include "record_framework.h"

enum toc_register_column {
    TOC_REGISTER_BODY,
    TOC_REGISTER_BODY_CODE,
    TOC_REGISTER_REFERENCE,
    TOC_REGISTER_OCID,
    TOC_REGISTER_TITLE,
    TOC_REGISTER_TYPE,
    TOC_REGISTER_UNIT,
    TOC_REGISTER_DESCRIPTION,
    TOC_REGISTER_CPV,
    TOC_REGISTER_PROCLASS,
    TOC_REGISTER_START,
    TOC_REGISTER_END,
    TOC_REGISTER_REVIEW,
    TOC_REGISTER_EXTENSION,
    TOC_REGISTER_VALUE,
    TOC_REGISTER_VALUE_EXTENDED, /* beside the original one: counts where it says something */
    TOC_REGISTER_SUPPLIER,
    TOC_REGISTER_COMPANY,
    TOC_REGISTER_CHARITY,
    TOC_REGISTER_SME,
    TOC_REGISTER_VCSE,
    TOC_REGISTER_PROCESS,
    TOC_REGISTER_OPEN_TO,
    TOC_REGISTER_COLUMNS,
};

struct toc_register_headings {
    size_t places[TOC_REGISTER_COLUMNS]; /* of the column in a row, from 1; 0: not there */
    size_t len;
};

/* What somebody said of the headings; one place a column. */
struct toc_register_map {
    struct toc_map_choice choices[TOC_REGISTER_COLUMNS];
};

/* All that reading a row needs. Borrows. */
struct toc_register_row {
    struct toc_arena *arena;
    const struct toc_import_self *self;
    const struct toc_register_headings *headings;
    const struct toc_csv_row *csv;
};

/* As the schema writes it: for messages, and for a map. */
const char *toc_register_column_name(enum toc_register_column column);

/* As toc_map_parse, by the names above. */
enum toc_result toc_register_map_parse(struct toc_bytes text, struct toc_register_map *ret_map,
                                       struct toc_why *why) TOC_MUST_CHECK;
/* TOC_NOTFOUND when this is no row of headings (with all that the map names; NULL: no map),
 * TOC_INVALID when it lacks a needed one: a title, or a description to stand for it. */
enum toc_result toc_register_headings(const struct toc_csv_row *row,
                                      const struct toc_register_map *map,
                                      struct toc_register_headings *ret_headings,
                                      struct toc_why *why) TOC_MUST_CHECK;
/* Empty where the register has no such column, the row is short, or the cell says nothing. */
const char *toc_register_cell(const struct toc_register_row *row, enum toc_register_column column);
/* 0: not a framework of any kind. */
enum toc_framework_kind toc_register_kind(const struct toc_register_row *row);
/* A register without a column for the body is taken to be the member's own. */
bool toc_register_is_own(const struct toc_register_row *row);

/* Cells read alike for a contract and a framework. Blank is not wrong: 0, and for an amount
 * *ret_given false. TOC_INVALID with "column: reason". */
enum toc_result toc_register_text(const struct toc_register_row *row,
                                  enum toc_register_column column, size_t len_max,
                                  const char **ret_text) TOC_MUST_CHECK;
enum toc_result toc_register_date(const struct toc_register_row *row,
                                  enum toc_register_column column, uint32_t *ret_days,
                                  struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_register_value(const struct toc_register_row *row, bool *ret_given,
                                   int64_t *ret_pounds, struct toc_why *why) TOC_MUST_CHECK;
/* Every code in the cell ("71000000, 45000000-7"), at most max; other scribbles are passed over. */
size_t toc_register_cpv(const struct toc_register_row *row, uint32_t *ret_cpv, size_t max);
/* The last day to which it may be extended: a date, or a period from `end` ("2 x 12 months",
 * "1+1 years"); 0 where the cell says nothing that can be read, which *ret_read tells. */
uint32_t toc_register_extension(const struct toc_register_row *row, uint32_t end, bool *ret_read);

#endif
