/* store_subject: what this member makes tokens of, in local.db, with secrets that never leave it. A
 * *subject* is a registry number ("GB-COH-01234567") or a folded name ("name:aire surfacing ltd"):
 * a supplier that has both is two subjects. Per token epoch it has what the holders made of it;
 * until then it is in an ask that is open, or nobody has asked.
 *
 * Every call is a transaction of its own. What holders answered can be found again in the logs, so
 * it is not waited for; the blinds of an ask are on disk before anybody sees the ask. */
#ifndef TOC_STORE_SUBJECT_H
#define TOC_STORE_SUBJECT_H

#include "digest.h"
#include "oprf.h"
#include "record_token.h"
#include "store_supplier.h"

enum toc_subject_state {
    TOC_SUBJECT_NONE = 0, /* nobody asked yet, or it is to be asked again */
    TOC_SUBJECT_WAITS = 1,
    TOC_SUBJECT_READY = 2,
    TOC_SUBJECT_REFUSED = 3, /* until a person says otherwise */
};

/* ---- subjects ---- */
/* Of kept suppliers behind `place`, not asked for in this token epoch: numbers, then names, in the
 * arena; `place` moves behind them. What lacks tokens again is found from the beginning, all zero.
 */
enum toc_result toc_store_subjects_lacking(struct toc_store *store, uint32_t token_epoch,
                                           struct toc_arena *arena, struct toc_subject_place *place,
                                           const char **ret_keys, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* `outputs` of all holders, in the order of the roster, one holder's after the other's; NULL: not
 * wanted. TOC_NOTFOUND: nobody asked. */
enum toc_result toc_store_subject_get(struct toc_store *store, const char *key,
                                      uint32_t token_epoch, struct toc_arena *arena,
                                      enum toc_subject_state *ret_state, struct toc_bytes *outputs)
    TOC_MUST_CHECK;
struct toc_subject_counts {
    uint64_t lacking, waiting, ready, refused; /* lacking: of kept suppliers */
};
enum toc_result toc_store_subject_counts(struct toc_store *store, uint32_t token_epoch,
                                         struct toc_subject_counts *ret_counts) TOC_MUST_CHECK;
/* Those that were refused may be asked for again; so many. What was said against holders goes. */
enum toc_result toc_store_subjects_retry(struct toc_store *store, uint32_t token_epoch,
                                         uint64_t *ret_len) TOC_MUST_CHECK;
/* ---- asks that are open ---- */
struct toc_own_ask {
    uint8_t id[TOC_ASK_ID_LEN];
    uint32_t token_epoch;
    uint64_t exposure_sequence;
    size_t inputs;         /* as many as each list below has */
    struct toc_bytes keys; /* a list (bytes.h) */
    const struct toc_scalar *blinds;
    const struct toc_element *elements;
};
/* Durable when it returns; its subjects wait. TOC_EXISTS: one of them does already. */
enum toc_result toc_store_own_ask_add(struct toc_store *store, const struct toc_own_ask *ask)
    TOC_MUST_CHECK;
/* Of every token epoch. Their lists lie in the arena. */
enum toc_result toc_store_own_asks(struct toc_store *store, struct toc_arena *arena,
                                   struct toc_own_ask *ret_asks, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* What a holder made of it: ask.inputs outputs. Again is the same. */
enum toc_result toc_store_own_output_put(struct toc_store *store, const uint8_t id[TOC_ASK_ID_LEN],
                                         const char *holder, const struct toc_oprf_output *outputs,
                                         size_t len) TOC_MUST_CHECK;
/* TOC_NOTFOUND: none yet. `ret_outputs` has room for `len`; NULL: only whether. */
enum toc_result toc_store_own_output_get(struct toc_store *store, const uint8_t id[TOC_ASK_ID_LEN],
                                         const char *holder, size_t len,
                                         struct toc_oprf_output *ret_outputs) TOC_MUST_CHECK;
/* One subject and its tokens, of which each names it and its purpose. */
struct toc_subject_made {
    const char *key;
    struct toc_bytes outputs; /* of all holders */
    struct toc_token tokens[3];
    enum toc_purpose purposes[3];
};
/* The ask is over and its subjects are ready. */
enum toc_result toc_store_own_ask_made(struct toc_store *store, const struct toc_own_ask *ask,
                                       const struct toc_subject_made *made) TOC_MUST_CHECK;
/* The ask is over, and came to nothing. Its subjects may be asked for again, or are refused:
 * at once, or if this was the `tries`th time. */
enum toc_result toc_store_own_ask_failed(struct toc_store *store, const struct toc_own_ask *ask,
                                         unsigned tries) TOC_MUST_CHECK;

/* ---- tokens, for whoever sees one ---- */
/* TOC_NOTFOUND: it is of no subject here. */
enum toc_result toc_store_token_get(struct toc_store *store, const struct toc_token *token,
                                    struct toc_arena *arena, const char **ret_key,
                                    enum toc_purpose *ret_purpose, uint32_t *ret_token_epoch)
    TOC_MUST_CHECK;
/* Over all tokens of a token epoch, in order: members who have the same subjects agree on it. */
enum toc_result toc_store_tokens_digest(struct toc_store *store, uint32_t token_epoch,
                                        struct toc_hash *ret_hash) TOC_MUST_CHECK;

/* ---- what holders did wrong, or refused ---- */
enum toc_fault {
    /* 1 to 15: enum toc_token_refusal */
    TOC_FAULT_PROOF = 16,  /* what it answered does not verify under its key of the roster */
    TOC_FAULT_LENGTH = 17, /* more or fewer than were asked */
};
struct toc_holder_fault {
    char holder[TOC_MEMBER_LEN_MAX + 1];
    uint32_t token_epoch;
    unsigned fault;       /* the newest */
    uint64_t count;       /* of all kinds */
    uint64_t sequence;    /* of the answer, in the holder's log token.answer.<this member> */
    uint32_t used, limit; /* of a quota */
    int64_t time_ms;
};
/* `count` is counted here. */
enum toc_result toc_store_holder_fault(struct toc_store *store,
                                       const struct toc_holder_fault *fault) TOC_MUST_CHECK;
enum toc_result toc_store_holder_faults(struct toc_store *store, uint32_t token_epoch,
                                        struct toc_holder_fault *ret_faults, size_t max,
                                        size_t *ret_len) TOC_MUST_CHECK;

/* ---- whom this member agreed to ask: ids with a space after each ---- */
#define TOC_CONFIRMED_LEN_MAX (TOC_HOLDERS_MAX * (TOC_MEMBER_LEN_MAX + 1))
/* "" when it has asked nobody ever. */
enum toc_result toc_store_confirmed_get(struct toc_store *store,
                                        char ret_holders[TOC_CONFIRMED_LEN_MAX + 1]) TOC_MUST_CHECK;
enum toc_result toc_store_confirmed_put(struct toc_store *store, const char *holders)
    TOC_MUST_CHECK;

#endif
