/* local_told: changes of alerts as JSON, for `want` and for `notify`. Private to local_*.c. */
#ifndef TOC_LOCAL_TOLD_H
#define TOC_LOCAL_TOLD_H

#include "local_request.h"
#include "store_telling.h"

/* `{stream, publisher, sequence, time, change, changes[], before, record}`; a new reference.
 * TOC_NOTFOUND: what it was about can be read no more. */
enum toc_result toc_local_change_json(struct toc_engine *engine, const struct toc_change *change,
                                      struct toc_arena *arena, json_t **ret_json) TOC_MUST_CHECK;
/* Is it a record that this request is shown as changes, if at all? At councils alerts, and other
 * members' flags to the group, are. */
bool toc_local_is_told(const struct toc_engine *engine, const struct toc_local *local,
                       const char *publisher, const struct toc_record *record);
/* Appends the changes behind `*cursor`, at most `limit`, of the streams that are wanted. */
enum toc_result toc_local_add_told(struct toc_engine *engine, const struct toc_local *local,
                                   size_t limit, int64_t *cursor, json_t *list) TOC_MUST_CHECK;
/* local_notify.c: the sentences of `status` about it. */
enum toc_result toc_notify_warn(struct toc_engine *engine, json_t *warnings) TOC_MUST_CHECK;

#endif
