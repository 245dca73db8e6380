/* local_supplier: what the requests about suppliers, contracts and events share. Private to
 * local_*.c. */
#ifndef TOC_LOCAL_SUPPLIER_H
#define TOC_LOCAL_SUPPLIER_H

#include "local_request.h"
#include "store_facts.h"
#include "store_settle.h"

#define TOC_SUPPLIER_ID_LEN 24 /* "s" and a number */

/* What a person calls a supplier: "s17"; a registry number, "GB-COH-01234567" or a company's alone;
 * or a whole name in any spelling. TOC_NOTFOUND; TOC_CONFLICT: more than one is called that, and
 * `why` names their ids. */
enum toc_result toc_local_supplier_find(struct toc_engine *engine, const char *text,
                                        struct toc_arena *arena, struct toc_supplier *ret_supplier,
                                        struct toc_why *why) TOC_MUST_CHECK;
/* The request's `supplier`; absent is TOC_INVALID. */
enum toc_result toc_local_supplier_get(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_arena *arena, struct toc_supplier *ret_supplier,
                                       struct toc_why *why) TOC_MUST_CHECK;
/* Part 1, a JSON array of at most `max`; there is no other part. A new reference. */
enum toc_result toc_local_list_part(const struct toc_local *local, size_t max, json_t **ret_list,
                                    struct toc_why *why) TOC_MUST_CHECK;
/* One row as `supplier_list` has it; NULL without memory. */
json_t *toc_local_supplier_json(struct toc_engine *engine, struct toc_arena *arena,
                                const struct toc_supplier *supplier);
/* "s17"; null for 0. */
json_t *toc_local_supplier_id(int64_t id);
json_t *toc_local_number_json(const char *key);
json_t *toc_local_day(int32_t day);      /* yyyy-mm-dd; null for 0 and beyond the calendar */
json_t *toc_local_pounds(int64_t pence); /* rounded, half away from zero */
json_t *toc_local_event_json(const struct toc_event *event, int64_t supplier, const char *name);

#endif
