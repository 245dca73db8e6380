/* import_json: reading places in a JSON document that may not be there, or be something else. */
#ifndef TOC_IMPORT_JSON_H
#define TOC_IMPORT_JSON_H

#include <jansson.h>
#include <stdbool.h>

/* The value at "tender.contractPeriod.startDate", or NULL. Borrowed. */
const json_t *toc_json_at(const json_t *json, const char *path);
/* Its text; "" when it is none. Borrowed. */
const char *toc_json_text(const json_t *json, const char *path);
/* Its items, 0 when it is no list. */
size_t toc_json_len(const json_t *json, const char *path);
/* True only for true. */
bool toc_json_true(const json_t *json, const char *path);
/* Whether a list of texts has this one. */
bool toc_json_lists(const json_t *json, const char *path, const char *text);
/* Its number, whole or not; -1 when it is none, or negative. */
double toc_json_number(const json_t *json, const char *path);

#endif
