/* store_alert_mine: in local.db, which of the group's alerts are about own suppliers, and when each
 * revision of them came. Their words stay in their log and are opened when somebody asks. Each call
 * is a transaction of its own. */
#ifndef TOC_STORE_ALERT_MINE_H
#define TOC_STORE_ALERT_MINE_H

#include "record_flag.h"
#include "store.h"

struct toc_alert_mine {
    int64_t number;
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *stream, *publisher;
    uint64_t sequence;     /* of its newest revision that is about an own supplier */
    const char *key;       /* the subject it was matched by, a number before a name */
    int64_t first_seen_ms; /* here; stays */
    bool ended;            /* a later revision is about nobody here */
};
/* One revision of it, as it came. */
struct toc_alert_met {
    uint32_t revision;
    uint64_t sequence; /* in its publisher's log */
    uint64_t own_next; /* how far this member's own distress was signed when it came */
    int64_t seen_ms;
};
/* A revision takes the place of the one before; that it came is noted, if it was not before.
 * `number` is not looked at. `fresh`: it was applied just now, so somebody may want to be told;
 * else only if it changes anything. Lasts from the next durable change on: whoever starts matches
 * what stands anew. */
enum toc_result toc_store_alert_mine_put(struct toc_store *store, const struct toc_alert_mine *mine,
                                         const struct toc_alert_met *met, bool fresh)
    TOC_MUST_CHECK;
/* Its newest revision is about nobody here, if any was. */
enum toc_result toc_store_alert_mine_end(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN]) TOC_MUST_CHECK;
/* TOC_NOTFOUND. */
enum toc_result toc_store_alert_mine_get(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                         struct toc_arena *arena, struct toc_alert_mine *ret_mine)
    TOC_MUST_CHECK;
enum toc_result toc_store_alerts_mine(struct toc_store *store, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* TOC_NOTFOUND: it is about no own supplier. */
enum toc_result toc_store_alert_mine_has(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN]) TOC_MUST_CHECK;
/* Those of which somebody may want to be told (store_telling.h): of a log, after a number. */
struct toc_alert_source {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    char stream[TOC_STREAM_LEN_MAX + 1];
};
enum toc_result toc_store_alerts_look(struct toc_store *store,
                                      const struct toc_alert_source *source, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* The log behind this one that has any; "" and "" before the first. TOC_NOTFOUND: no more. */
enum toc_result toc_store_alerts_look_next(struct toc_store *store, struct toc_alert_source *source)
    TOC_MUST_CHECK;
/* The record under which one was met stands no longer: it is one of those. TOC_NOTFOUND: none was
 * met under it. */
enum toc_result toc_store_alert_again(struct toc_store *store, const char *publisher,
                                      uint64_t sequence) TOC_MUST_CHECK;
/* Alerts of a publisher (NULL: of all) that were matched by one of two keys (NULL: none), after a
 * number. */
enum toc_result toc_store_alerts_mine_of(struct toc_store *store, const char *publisher,
                                         const char *const keys[2], int64_t after,
                                         struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                         size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* The newest `max`, the newest first. */
enum toc_result toc_store_alerts_met(struct toc_store *store, const char *publisher,
                                     const uint8_t id[TOC_FLAG_ID_LEN],
                                     struct toc_alert_met *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

#endif
