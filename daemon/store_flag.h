/* store_flag: in local.db, the flags that users of this member raised, sent or not, and which of
 * the group's alerts are about own suppliers. Neither ever leaves; an alert's words stay in its log
 * and are opened when somebody asks.
 *
 * Each call is a transaction of its own, durable on return. What a flag was sent as is not said
 * here but by the submissions of group.db, which commits with the record itself. */
#ifndef TOC_STORE_FLAG_H
#define TOC_STORE_FLAG_H

#include "record_flag.h"
#include "store.h"

#define TOC_FLAGS_WAITING_MAX 1000 /* that were not sent: more are refused */

enum toc_own_flag_state {
    TOC_OWN_FLAG_UNAPPROVED = 1, /* a second person has to agree */
    TOC_OWN_FLAG_GOING = 2,      /* goes by itself when it can */
    TOC_OWN_FLAG_SENT = 3,       /* its newest revision is submitted */
};
/* Texts are never NULL, and lie in an arena. */
struct toc_own_flag {
    int64_t number; /* rises */
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *key, *fold, *name; /* of the supplier, when it was raised */
    enum toc_purpose purpose;
    unsigned event;
    enum toc_source source;
    unsigned severity;
    enum toc_flag_status status;
    unsigned expires_quarter; /* year * 4 + quarter - 1 */
    enum toc_clause clause;
    enum toc_action action;
    const char *text, *reference;
    uint32_t event_date; /* days since 1970; 0: not known */
    bool may_identify;
    int64_t raised_by;   /* uid */
    int64_t approved_by; /* uid; -1: nobody */
    int64_t raised_ms;
    enum toc_own_flag_state state;
    uint32_t revision; /* from 1 */
};
/* `number` is not looked at. TOC_EXISTS. */
enum toc_result toc_store_flag_add(struct toc_store *store, const struct toc_own_flag *flag)
    TOC_MUST_CHECK;
/* What changes: state, status, revision, approved_by. TOC_NOTFOUND. */
enum toc_result toc_store_flag_save(struct toc_store *store, const struct toc_own_flag *flag)
    TOC_MUST_CHECK;
/* TOC_NOTFOUND. */
enum toc_result toc_store_flag_get(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                   struct toc_arena *arena, struct toc_own_flag *ret_flag)
    TOC_MUST_CHECK;
enum toc_result toc_store_flag_drop(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN])
    TOC_MUST_CHECK;
/* In order of number, after `after`; of one state, or all (0). */
enum toc_result toc_store_flags(struct toc_store *store, unsigned state, int64_t after,
                                struct toc_arena *arena, struct toc_own_flag *ret_flags, size_t max,
                                size_t *ret_len) TOC_MUST_CHECK;
/* That are not sent. */
enum toc_result toc_store_flags_waiting(struct toc_store *store, uint64_t *ret_len) TOC_MUST_CHECK;

/* ---- alerts on own suppliers ---- */
struct toc_alert_mine {
    int64_t number;
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *stream, *publisher;
    uint64_t sequence;     /* of its newest revision */
    const char *key;       /* the subject it was matched by, a number before a name */
    int64_t first_seen_ms; /* here; stays */
};
/* A revision takes the place of the one before. `number` is not looked at. `fresh`: it was applied
 * just now, so somebody may want to be told; else only if it changes anything. Lasts from the next
 * durable change on: whoever starts matches what stands anew. */
enum toc_result toc_store_alert_mine_put(struct toc_store *store, const struct toc_alert_mine *mine,
                                         bool fresh) TOC_MUST_CHECK;
enum toc_result toc_store_alerts_mine(struct toc_store *store, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* TOC_NOTFOUND: it is about no own supplier. */
enum toc_result toc_store_alert_mine_has(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN]) TOC_MUST_CHECK;
/* Those of which somebody may want to be told (store_telling.h). */
enum toc_result toc_store_alerts_look(struct toc_store *store, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* The record under which one was met stands no longer: it is one of those. TOC_NOTFOUND: none was
 * met under it. */
enum toc_result toc_store_alert_again(struct toc_store *store, const char *publisher,
                                      uint64_t sequence) TOC_MUST_CHECK;

#endif
