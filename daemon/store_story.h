/* store_story: in local.db, what became of this council's flags, who did it and when; and the
 * disputes this council raised. For people who have to show it later. None of it ever leaves.
 *
 * Each call is a transaction of its own, durable on return. */
#ifndef TOC_STORE_STORY_H
#define TOC_STORE_STORY_H

#include "store_flag.h"

/* ---- flags ---- */
enum toc_flag_deed_kind {
    TOC_FLAG_DID_RAISE = 1,
    TOC_FLAG_DID_APPROVE = 2,
    TOC_FLAG_DID_SEND = 3, /* the daemon: submitted, to be signed when the hub allows */
    TOC_FLAG_DID_MITIGATE = 4,
    TOC_FLAG_DID_CLEAR = 5,
    TOC_FLAG_DID_CONFIRM = 6,
    TOC_FLAG_DID_WITHDRAW = 7,
};
struct toc_flag_deed {
    int64_t number; /* rises */
    int64_t time_ms;
    int64_t uid; /* -1: the daemon by itself */
    enum toc_flag_deed_kind what;
    uint32_t revision; /* of the flag */
    const char *text;  /* the reason of a withdrawal; never NULL */
};
/* `number` is not looked at. */
enum toc_result toc_store_flag_deed_add(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                        const struct toc_flag_deed *deed) TOC_MUST_CHECK;
/* Both at once, of a flag whose newest revision was submitted; not synced. */
enum toc_result toc_store_flag_sent(struct toc_store *store, const struct toc_own_flag *flag,
                                    const struct toc_flag_deed *deed) TOC_MUST_CHECK;
/* The newest `max`, the newest first. */
enum toc_result toc_store_flag_deeds(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                     struct toc_arena *arena, struct toc_flag_deed *ret_deeds,
                                     size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* What was noted after `number` never was. */
enum toc_result toc_store_flag_deeds_cut(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                         int64_t number) TOC_MUST_CHECK;

/* ---- own disputes ---- */
struct toc_own_dispute {
    uint8_t id[TOC_FLAG_ID_LEN]; /* names its submissions, and nothing else */
    uint8_t alert[TOC_FLAG_ID_LEN];
    uint32_t revision; /* of the alert, when it was disputed */
    int64_t time_ms;
    int64_t uid;
    const char *text; /* why: stays here; never NULL */
};
/* TOC_EXISTS. */
enum toc_result toc_store_own_dispute_add(struct toc_store *store,
                                          const struct toc_own_dispute *dispute) TOC_MUST_CHECK;
/* The newest `max` of an alert, the newest first. */
enum toc_result toc_store_own_disputes(struct toc_store *store,
                                       const uint8_t alert[TOC_FLAG_ID_LEN],
                                       struct toc_arena *arena, struct toc_own_dispute *ret_list,
                                       size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* TOC_NOTFOUND. */
enum toc_result toc_store_own_dispute_drop(struct toc_store *store,
                                           const uint8_t id[TOC_FLAG_ID_LEN]) TOC_MUST_CHECK;

#endif
