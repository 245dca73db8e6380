/* store_hub_has: in local.db, when a hub first said that it has applied an own flag, by the hub's
 * clock and by one's own: from then on it has to show it. And which flags are about one key. */
#ifndef TOC_STORE_HUB_HAS_H
#define TOC_STORE_HUB_HAS_H

#include "store_alert_mine.h"
#include "store_flag.h"

struct toc_hub_has {
    uint64_t sequence; /* of the newest record about the flag that the hub has */
    int64_t hub_ms;    /* the time in the receipt that said so first */
    int64_t here_ms;
};
/* TOC_NOTFOUND. */
enum toc_result toc_store_hub_has_get(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                      const char *hub, struct toc_hub_has *ret_told) TOC_MUST_CHECK;
/* In place of what was told of an earlier record. */
enum toc_result toc_store_hub_has_put(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                      const char *hub, const struct toc_hub_has *told)
    TOC_MUST_CHECK;

/* The ids of own flags on a supplier of this key or this folded name, or on one whose parent that
 * is, in order of number. */
enum toc_result toc_store_flags_of(struct toc_store *store, const char *key, const char *fold,
                                   uint8_t (*ret_ids)[TOC_FLAG_ID_LEN], size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

#endif
