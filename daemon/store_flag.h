/* store_flag: in local.db, the flags that users of this member raised, sent or not. What became of
 * them is in store_story.h. None of it ever leaves.
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
    const char *parent_key, *parent_fold, *parent_name; /* ""; or its parent is flagged, too */
    int64_t embargo_ms;                                 /* not to be sent before; 0: none */
    int64_t raised_by;                                  /* uid */
    int64_t approved_by;                                /* uid; -1: nobody */
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
/* With what was noted of it (store_story.h). */
enum toc_result toc_store_flag_drop(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN])
    TOC_MUST_CHECK;
/* In order of number, after `after`; of one state, or all (0). */
enum toc_result toc_store_flags(struct toc_store *store, unsigned state, int64_t after,
                                struct toc_arena *arena, struct toc_own_flag *ret_flags, size_t max,
                                size_t *ret_len) TOC_MUST_CHECK;
/* That are not sent. */
enum toc_result toc_store_flags_waiting(struct toc_store *store, uint64_t *ret_len) TOC_MUST_CHECK;

#endif
