/* store_token: who asked for tokens and who answered, in group.db: derived from the logs
 * `token.ask` and `token.answer.*` in the transaction that applies a record, so that deriving them
 * again gives the same. What was asked and answered lies in the batches (opened.h), here only
 * where. The first ask of an id counts, and the first answer to it of each holder. */
#ifndef TOC_STORE_TOKEN_H
#define TOC_STORE_TOKEN_H

#include "digest.h"
#include "record_token.h"
#include "store.h"

struct toc_ask_row {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    uint8_t id[TOC_ASK_ID_LEN];
    int64_t log; /* the store's number of the log whose batch holds it */
    uint64_t sequence;
    uint32_t token_epoch;
    uint64_t exposure_sequence;
    uint32_t inputs;
    struct toc_hash hash; /* of the elements */
    bool changed;         /* a later one of this id asks something else */
};
/* What a holder has to do about it, as far as this member knows. */
enum toc_ask_wait {
    TOC_ASK_SETTLED = 0,
    TOC_ASK_WAITS = 1,
    TOC_ASK_REFUSE_CHANGED = 2, /* the ask itself is settled; that it was changed is not yet said */
};

/* TOC_EXISTS: the id was asked before; if with other elements, that is noted. It waits unless
 * `holder`, whose answers count, has answered it before. */
enum toc_result toc_store_ask_add(struct toc_store *store, const struct toc_ask_row *ask,
                                  const char *holder) TOC_MUST_CHECK;
/* The next that is not settled, in order of (publisher, sequence), after those; "" and 0 from the
 * first. An ask of another token epoch never is. TOC_NOTFOUND. */
enum toc_result toc_store_ask_next(struct toc_store *store, uint32_t token_epoch,
                                   const char *after_publisher, uint64_t after_sequence,
                                   struct toc_ask_row *ret_ask, enum toc_ask_wait *ret_wait)
    TOC_MUST_CHECK;
/* Fine when there is none. */
enum toc_result toc_store_ask_settle(struct toc_store *store, const char *publisher,
                                     const uint8_t id[TOC_ASK_ID_LEN]) TOC_MUST_CHECK;
/* Asks of a publisher from first to last go. */
enum toc_result toc_store_asks_clear(struct toc_store *store, const char *publisher, uint64_t first,
                                     uint64_t last) TOC_MUST_CHECK;

struct toc_answer_row {
    char asker[TOC_MEMBER_LEN_MAX + 1];
    char holder[TOC_MEMBER_LEN_MAX + 1];
    uint8_t ask[TOC_ASK_ID_LEN];
    int64_t log;
    uint64_t sequence;
    uint32_t token_epoch;
    uint32_t inputs; /* 0: refused */
    enum toc_token_refusal refusal;
};
/* TOC_EXISTS: this holder had answered it. */
enum toc_result toc_store_answer_add(struct toc_store *store, const struct toc_answer_row *answer)
    TOC_MUST_CHECK;
/* TOC_NOTFOUND. A refusal because an id was used twice is no answer to the ask that came first. */
enum toc_result toc_store_answer_get(struct toc_store *store, const char *asker,
                                     const uint8_t ask[TOC_ASK_ID_LEN], const char *holder,
                                     struct toc_answer_row *ret_answer) TOC_MUST_CHECK;
/* Inputs that the holder answered the asker in a token epoch. */
enum toc_result toc_store_answers_used(struct toc_store *store, const char *asker,
                                       const char *holder, uint32_t token_epoch,
                                       uint64_t *ret_inputs) TOC_MUST_CHECK;
/* A holder's answers to one asker from first to last go; what they answered waits again. */
enum toc_result toc_store_answers_clear(struct toc_store *store, const char *asker,
                                        const char *holder, uint64_t first, uint64_t last)
    TOC_MUST_CHECK;
/* Retention took them: they are answers no more, but those of this token epoch count as used, and
 * as answered, for as long as it lasts, whatever is derived anew. */
enum toc_result toc_store_answers_forget(struct toc_store *store, const char *asker,
                                         const char *holder, uint64_t first, uint64_t last,
                                         uint32_t token_epoch) TOC_MUST_CHECK;
/* Everything that is in the logs, to be derived anew. */
enum toc_result toc_store_tokens_clear(struct toc_store *store) TOC_MUST_CHECK;

#endif
