/* import_map: the file of `--map`, for headings that are not recognised: lines of "our_field =
 * Their Heading", "#" before a remark. "Their Heading #2" is the second column of that name.
 * Examples are in conf/maps. */
#ifndef TOC_IMPORT_MAP_H
#define TOC_IMPORT_MAP_H

#include "csvfile.h"

#define TOC_MAP_LEN_MAX (64 * 1024)

/* A heading somebody named for a field: the `nth` column called so, from 1; 0: all of that name. */
struct toc_map_choice {
    char heading[TOC_CSV_HEADING_MAX + 1]; /* folded; "": the field is not named */
    size_t nth;
};

/* The field's name, of fields from 0 on. In the file case, spacing and punctuation of a name do not
 * count. */
typedef const char *(*toc_map_name_f)(unsigned field);

/* ret_choices has a place for each of the fields_len fields, and is untouched on failure.
 * TOC_INVALID with the line that is wrong and what would be right; TOC_TOOBIG. */
enum toc_result toc_map_parse(struct toc_bytes text, toc_map_name_f name_of, unsigned fields_len,
                              struct toc_map_choice *ret_choices, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
