/* local_hub_check: what hub_check.h is sure of, for people. Private to the local_*.c files. */
#ifndef TOC_LOCAL_HUB_CHECK_H
#define TOC_LOCAL_HUB_CHECK_H

#include "local_request.h"

/* As sentences, onto a list. */
enum toc_result toc_hub_check_warn(const struct toc_engine *engine, json_t *list) TOC_MUST_CHECK;
/* Of one flag or alert: a sentence, a new reference; null when there is nothing. */
json_t *toc_hub_check_of(const struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN]);

#endif
