/* store_alert: what a hub remembers to warn the group (group.db). Flags, shares, disputes and the
 * alerts it sent are derived from logs, its own among them, and rebuilt from them. Two things are
 * the hub's own: in which order and when it first met a record of distress (`seen`), and which
 * tokens it has still to look at (`look`). They stay when views are rebuilt.
 *
 * Every change happens between toc_store_begin and _commit. What is read lies in the arena. */
#ifndef TOC_STORE_ALERT_H
#define TOC_STORE_ALERT_H

#include "record_alert.h"
#include "record_flag.h"
#include "store.h"

/* Flags of one member that name one token: its newest. A member that says more says it to itself,
 * and neither drowns out others nor costs more than this. */
#define TOC_ALERT_FLAGS_MAX 64

/* Disputes of one alert by one member, or answers about one flag: the newest. An honest daemon
 * says no more than 32, and each is looked at with each. */
#define TOC_ALERT_ANSWERS_MAX 64

/* ---- the hub's own: when it met what ---- */
struct toc_alert_seen {
    int64_t number;   /* rises with arrival here */
    int64_t seen_ms;  /* wall clock */
    int64_t shows_ms; /* a flag that waits for this window; 0: it shows */
};
/* `fresh`: applied for the first time, so what was noted under this sequence before is void. Else
 * what was noted stays. */
enum toc_result toc_store_alert_seen(struct toc_store *store, const char *publisher,
                                     uint64_t sequence, bool fresh,
                                     const struct toc_alert_seen *seen) TOC_MUST_CHECK;
/* What of it is noted for a record: when it shows. TOC_NOTFOUND. */
enum toc_result toc_store_alert_shows(struct toc_store *store, const char *publisher,
                                      uint64_t sequence, int64_t *ret_ms) TOC_MUST_CHECK;
/* TOC_NOTFOUND when no flag ever came. */
enum toc_result toc_store_alert_any(struct toc_store *store) TOC_MUST_CHECK;
/* When the next flag that waits shall show; TOC_NOTFOUND: none waits. */
enum toc_result toc_store_alert_waits(struct toc_store *store, int64_t *ret_ms) TOC_MUST_CHECK;
/* What waited until `now` shows, and what it replaces goes; their tokens are to be looked at. */
enum toc_result toc_store_alert_show(struct toc_store *store, int64_t now_ms) TOC_MUST_CHECK;

/* ---- which tokens to look at ---- */
enum toc_result toc_store_alert_look(struct toc_store *store, const struct toc_token *token)
    TOC_MUST_CHECK;
/* Those with flags or alerts of token epochs before this one. */
enum toc_result toc_store_alert_look_epochs(struct toc_store *store, uint32_t before)
    TOC_MUST_CHECK;
/* All that have flags or alerts. */
enum toc_result toc_store_alert_look_all(struct toc_store *store) TOC_MUST_CHECK;
/* Takes some off the list, in order of tokens. TOC_NOTFOUND when it is empty. */
enum toc_result toc_store_alert_look_next(struct toc_store *store, struct toc_token *ret_token)
    TOC_MUST_CHECK;

/* ---- what logs say ---- */
/* Flag, subjects, tokens and which of them belong together. Their tokens, and those that belong to
 * them, are to be looked at. A second time is fine. */
enum toc_result toc_store_alert_flag_put(struct toc_store *store, const char *publisher,
                                         uint64_t sequence, const struct toc_flag *flag)
    TOC_MUST_CHECK;
/* The states of this publisher's flag before `sequence` end: at once (until 0), or when the wall
 * clock shows `until_ms`. */
enum toc_result toc_store_alert_flag_end(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN], uint64_t sequence,
                                         int64_t until_ms) TOC_MUST_CHECK;
/* TOC_NOTFOUND when the record is no flag that is held. */
enum toc_result toc_store_alert_flag_id(struct toc_store *store, const char *publisher,
                                        uint64_t sequence, uint8_t ret_id[TOC_FLAG_ID_LEN])
    TOC_MUST_CHECK;
enum toc_result toc_store_alert_dispute_put(struct toc_store *store, const char *publisher,
                                            uint64_t sequence, const struct toc_dispute *dispute)
    TOC_MUST_CHECK;
enum toc_result toc_store_alert_dispute_drop(struct toc_store *store, const char *publisher,
                                             uint64_t sequence) TOC_MUST_CHECK;
/* An alert of this hub's own: the newest revision stays. */
enum toc_result toc_store_alert_put(struct toc_store *store, uint64_t sequence,
                                    const struct toc_alert *alert) TOC_MUST_CHECK;
/* What a range of a publisher's distress (`alerts`: of the own alerts) said; everything but the
 * hub's own with publisher NULL. */
enum toc_result toc_store_alert_clear(struct toc_store *store, bool alerts, const char *publisher,
                                      uint64_t first_sequence, uint64_t last_sequence)
    TOC_MUST_CHECK;

/* What nothing needs any more: shares of earlier token epochs than this one, names learnt from
 * shares that are gone, and links and alert keys of earlier token epochs that no flag and no alert
 * has. */
enum toc_result toc_store_alert_tidy(struct toc_store *store, uint32_t token_epoch) TOC_MUST_CHECK;

#endif
