/* framework_find: the one framework that a person means. */
#ifndef TOC_FRAMEWORK_FIND_H
#define TOC_FRAMEWORK_FIND_H

#include "cli.h"

#define TOC_FRAMEWORK_STREAM "framework"

/* The stream of a sub-group's list, "framework.NAME"; of NULL, the group's own. TOC_INVALID for
 * what is no list's name. */
enum toc_result toc_framework_stream(const char *list, char ret_stream[TOC_STREAM_LEN_MAX + 1],
                                     struct toc_why *why) TOC_MUST_CHECK;

bool toc_framework_kind_known(const char *name);
/* `word` is PUBLISHER/SEQUENCE, on a sub-group's stream PUBLISHER/LIST/SEQUENCE; or a reference,
 * key, ocid, notice id, or whole title. `publisher` NULL: anybody's. A new reference, as the
 * catalogue has it. TOC_NOTFOUND; TOC_CONFLICT when it fits more than one, and the words name some.
 */
enum toc_result toc_framework_find(struct toc_cli *cli, const char *word, const char *publisher,
                                   json_t **ret_record, struct toc_why *why) TOC_MUST_CHECK;
/* Whether `word` means this record. */
bool toc_framework_is(const json_t *record, const char *word);

#endif
