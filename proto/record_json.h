/* record_json: JSON as text, whole or not at all. json_dumps of jansson (2.14) passes over a
 * failure in the middle of an object: without memory it returns text that is no JSON. Everybody who
 * makes text of a document comes here. */
#ifndef TOC_RECORD_JSON_H
#define TOC_RECORD_JSON_H

#include "result.h"
#include <jansson.h>

/* As json_dumps, with its flags: the caller frees it; NULL without memory, or if the document is
 * NULL, is none, or is too deep. */
char *toc_json_dumps(const json_t *json, size_t flags) TOC_MUST_CHECK;

#endif
