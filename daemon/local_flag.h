/* local_flag: what the requests about flags and alerts share. Private to local_*.c. */
#ifndef TOC_LOCAL_FLAG_H
#define TOC_LOCAL_FLAG_H

#include "flagging.h"
#include "local_supplier.h"

/* The quarter of now: year * 4 + quarter - 1. */
unsigned toc_local_quarter_now(const struct toc_engine *engine);
/* Sends it if it can go, and answers with what became of it. */
enum toc_result toc_local_flag_go(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_own_flag *flag, struct toc_why *why) TOC_MUST_CHECK;
/* An alert as `alert_list` has it at a council; a new reference. */
enum toc_result toc_local_alert_json(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                     const struct toc_alert_read *read, struct toc_arena *arena,
                                     json_t **ret_json) TOC_MUST_CHECK;

#endif
