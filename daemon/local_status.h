/* local_status: the parts of `status` that are counted once and said twice, as figures and as
 * warnings. Private to local_*.c. */
#ifndef TOC_LOCAL_STATUS_H
#define TOC_LOCAL_STATUS_H

#include "local_request.h"

/* "open", "stopped", "ended", "waiting_key", "unproven". */
const char *toc_log_state_text(const struct toc_engine *engine, const struct toc_log *log);
/* When a member was last heard, by itself or through another; 0: not since this daemon started. */
int64_t toc_member_heard(const struct toc_engine *engine, const char *member);
/* The best session with a member; NULL when there is none. */
const struct toc_session *toc_best_session(const struct toc_engine *engine, const char *member);
/* Sentences: what is wrong or soon will be, and what to do. NULL without memory. */
json_t *toc_status_warnings(struct toc_engine *engine);
/* NULL when there is nothing to say. */
const char *toc_holder_note(const struct toc_engine *engine);

#endif
