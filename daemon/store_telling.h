/* store_telling: in local.db, what people are told of alerts on own suppliers: what was told of
 * each last, the *changes* in the order in which they were told, and how far `notify` has come with
 * them. No words of an alert are here but its status and severity: the
 * others stay in its log. Texts lie in an arena. */
#ifndef TOC_STORE_TELLING_H
#define TOC_STORE_TELLING_H

#include "store_alert_mine.h"

/* The oldest changes that nobody waits for are forgotten beyond so many. */
#define TOC_CHANGES_MAX 10000

enum toc_change_what {
    TOC_CHANGE_NEW = 1,
    TOC_CHANGE_SEVERITY = 2,
    TOC_CHANGE_STATUS = 4,
    TOC_CHANGE_NAMED = 8, /* the hub learnt the supplier's name */
};
enum toc_change_notify {
    TOC_NOTIFY_NONE = 0, /* nobody is to be told */
    TOC_NOTIFY_WAITS = 1,
    TOC_NOTIFY_DONE = 2,
    TOC_NOTIFY_GIVEN_UP = 3,
    TOC_NOTIFY_MOOT = 4, /* another change made it needless before it was told */
};
/* What was told of an alert last. */
struct toc_told {
    uint64_t sequence; /* of its revision */
    enum toc_flag_status status;
    unsigned severity;
    bool named;
    bool notified; /* `notify` was to be told since it was new */
};
struct toc_change {
    int64_t number; /* rises; never used again */
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *stream, *publisher;
    uint64_t sequence;
    const char *key; /* of the subject; "": no longer known */
    unsigned what;   /* bits of enum toc_change_what */
    enum toc_flag_status status;
    unsigned severity;
    enum toc_flag_status status_before; /* 0: it was new */
    unsigned severity_before;
    int64_t time_ms;
    enum toc_change_notify notify;
    unsigned tries;
    int64_t next_ms; /* wall clock: not before */
};

/* ---- what was told ---- */
/* Those of a stream that were told and live are looked at again (store_flag.h): nobody says when
 * they expire. TOC_NOTFOUND: there are none. */
enum toc_result toc_store_told_again(struct toc_store *store, const char *stream) TOC_MUST_CHECK;
enum toc_result toc_store_told_get(struct toc_store *store, const struct toc_alert_mine *mine,
                                   struct toc_told *ret_told) TOC_MUST_CHECK;
/* One was looked at: what was told of it (NULL: as before), and the change (NULL: none).
 * `change->number` is set. Until toc_store_told nothing else may change local.db. */
enum toc_result toc_store_tell(struct toc_store *store, const struct toc_alert_mine *mine,
                               const struct toc_told *told, struct toc_change *change)
    TOC_MUST_CHECK;
/* All that was told since the last one, at once; behind the group's commit, or without one. On disk
 * from toc_store_local_follow on, but for what no commit went with, which is on disk before. When
 * it fails, or the commit does and toc_store_rollback comes instead, none of it was. */
enum toc_result toc_store_told(struct toc_store *store) TOC_MUST_CHECK;
/* At a start: were changes lost that the group's commit behind them names? Their numbers are not
 * used again. */
enum toc_result toc_store_told_resume(struct toc_store *store, bool *ret_behind) TOC_MUST_CHECK;
/* In order of number, after `after`. */
enum toc_result toc_store_changes(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                  struct toc_change *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
int64_t toc_store_changes_last(struct toc_store *store); /* 0: none */

/* ---- how far `notify` is ---- */
/* Those that wait, in order of number. */
enum toc_result toc_store_notify_waiting(struct toc_store *store, struct toc_arena *arena,
                                         struct toc_change *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* Does a later change of the same alert wait? Was one before it, since the alert was new, begun? */
enum toc_result toc_store_notify_around(struct toc_store *store, const struct toc_change *change,
                                        bool *ret_later, bool *ret_begun) TOC_MUST_CHECK;
/* Saves notify, tries and next_ms. Lasts from the next durable change on. */
enum toc_result toc_store_notify_save(struct toc_store *store, const struct toc_change *change)
    TOC_MUST_CHECK;
/* A run about those that wait from `first` to `last` ended: well, and they are done; or not, and
 * those tried so often are given up. */
enum toc_result toc_store_notify_ended(struct toc_store *store, int64_t first, int64_t last,
                                       bool well, unsigned tries_max) TOC_MUST_CHECK;
enum toc_result toc_store_notify_count(struct toc_store *store, enum toc_change_notify state,
                                       uint64_t *ret_count) TOC_MUST_CHECK;
/* A run began; those before `since_ms` are forgotten. */
enum toc_result toc_store_notify_ran(struct toc_store *store, int64_t now_ms, int64_t since_ms)
    TOC_MUST_CHECK;
/* How many after `since_ms`, and when the first of them was. */
enum toc_result toc_store_notify_runs(struct toc_store *store, int64_t since_ms,
                                      uint64_t *ret_count, int64_t *ret_first_ms) TOC_MUST_CHECK;

/* ---- the council's rules: what `notify` is told of ---- */
#define TOC_RULES_TEXT_MAX 400
struct toc_alert_rules {
    char events[TOC_RULES_TEXT_MAX + 1];     /* "F13,F20"; "": any */
    char categories[TOC_RULES_TEXT_MAX + 1]; /* "cpv-45"; "": any */
    unsigned severity_min;                   /* 1: any */
    int64_t exposure_min;                    /* pounds paid to the supplier; 0: any */
    unsigned ends_within;                    /* months, of a contract with it; 0: any */
};
/* Without any: those that let everything pass. */
enum toc_result toc_store_rules_get(struct toc_store *store, struct toc_alert_rules *ret_rules)
    TOC_MUST_CHECK;
enum toc_result toc_store_rules_put(struct toc_store *store, const struct toc_alert_rules *rules)
    TOC_MUST_CHECK;

#endif
