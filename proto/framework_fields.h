/* framework_fields: the simple fields of a framework as a table, and the names of its enums. Shared
 * by the two directions of JSON (record_framework_json.c, record_framework_parse.c) and by
 * importers that read names. */
#ifndef TOC_FRAMEWORK_FIELDS_H
#define TOC_FRAMEWORK_FIELDS_H

#include "record_framework.h"

enum toc_framework_shape {
    TOC_SHAPE_TEXT,
    TOC_SHAPE_CHOICE, /* an enum: one of `names` */
    TOC_SHAPE_ANSWER, /* yes, no, or not known */
    TOC_SHAPE_COUNT,  /* uint32_t */
    TOC_SHAPE_DATE,   /* uint32_t days */
    TOC_SHAPE_POUNDS, /* uint64_t */
    TOC_SHAPE_LIST,   /* read and printed by its own function; in the table for its name */
};

struct toc_framework_names {
    const char *const *names; /* by enum value; NULL where there is none */
    size_t len;
};

struct toc_framework_row {
    const char *key;
    enum toc_framework_field field; /* 0: has no basis */
    enum toc_framework_shape shape;
    size_t offset; /* in struct toc_framework */
    const struct toc_framework_names *names;
};

extern const struct toc_framework_row toc_framework_rows[];
extern const size_t toc_framework_rows_len;
extern const struct toc_framework_names toc_framework_kind_names;
extern const struct toc_framework_names toc_framework_status_names;
extern const struct toc_framework_names toc_framework_user_names;

/* NULL for a value without a name. */
const char *toc_framework_name_of(const struct toc_framework_names *names, unsigned value);
/* 0 for a name that is none. */
unsigned toc_framework_value_of(const struct toc_framework_names *names, const char *name);
/* Whether the field says anything. */
bool toc_framework_has(const struct toc_framework *framework, const struct toc_framework_row *row);

#endif
