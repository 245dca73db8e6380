/* print_json: JSON as the command reads and writes it. Readers of fields are forgiving: a reply of
 * another version may lack a key, and an absent text is an empty one. */
#ifndef TOC_PRINT_JSON_H
#define TOC_PRINT_JSON_H

#include "result.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Scope cleanup. */
void toc_json_free(json_t **json);

/* A whole document, indented, with a newline; or one object on one line. TOC_IO, TOC_NOMEM. */
enum toc_result toc_json_print(FILE *file, const json_t *json) TOC_MUST_CHECK;
enum toc_result toc_json_print_line(FILE *file, const json_t *json) TOC_MUST_CHECK;

/* Borrowed; "" when absent, null or of another type. */
const char *toc_field_text(const json_t *object, const char *key);
/* 0 when absent or of another type. */
int64_t toc_field_number(const json_t *object, const char *key);
bool toc_field_true(const json_t *object, const char *key);
/* An array; NULL (whose size is 0) when absent. */
const json_t *toc_field_array(const json_t *object, const char *key);
/* The texts of an array, joined with ", ", into room bytes; what does not fit ends in an ellipsis.
 */
void toc_json_join(const json_t *array, char *ret_text, size_t room);

#endif
