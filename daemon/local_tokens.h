/* local_tokens: what other requests say about tokens. Private to local_*.c. */
#ifndef TOC_LOCAL_TOKENS_H
#define TOC_LOCAL_TOKENS_H

#include "local_request.h"
#include "store_subject.h"

/* "none", "waiting", "ready"; and why there are none although they were asked for: "refused", or
 * NULL. */
enum toc_result toc_tokens_of_supplier(struct toc_engine *engine,
                                       const struct toc_supplier *supplier, const char **ret_state,
                                       const char **ret_reason) TOC_MUST_CHECK;
/* What publishing brings about: {inputs, holders[]}, a new reference; null: nothing is asked. */
enum toc_result toc_tokens_preview(struct toc_engine *engine, json_t **ret_tokens) TOC_MUST_CHECK;
/* Sentences for `status`, put behind the list. */
enum toc_result toc_tokens_warn(struct toc_engine *engine, json_t *list) TOC_MUST_CHECK;

#endif
