/* tokens: how this member takes part in making tokens: what it asks the holders (asking.c), and
 * what it answers as one (holding.c). Both find out from the store what there is to do, so that a
 * crash loses nothing but work; the arithmetic is the worker's (job_token.h). PROTOCOL.md 19.
 *
 * Part of engine_internal.h, which alone includes it: the state they keep in memory. */
#ifndef TOC_TOKENS_H
#define TOC_TOKENS_H

#include "record_token.h"
#include "store_supplier.h"

#define TOC_ASKS_OPEN_MAX 8   /* of this member at a time */
#define TOC_UNBLINDING_MAX 4  /* jobs at a time */
#define TOC_EVALUATING_MAX 2  /* so that other jobs find room, and no asker fills the worker */
#define TOC_TOKEN_REFUSALS 64 /* of one tick; the next goes on */

struct toc_flag_undo;
struct toc_token_flight {
    bool flies;
    char member[TOC_MEMBER_LEN_MAX + 1]; /* who asked, or who answered */
    uint8_t ask[TOC_ASK_ID_LEN];
    uint32_t inputs;
};
struct toc_token_state {
    bool look;                      /* something changed: there may be something to do */
    bool lacking;                   /* kept suppliers may lack tokens that nobody asked for */
    struct toc_subject_place place; /* of the suppliers looked through for such, so far */
    bool sent;     /* asks that were open at the start, or before a failed tick, went out again */
    bool blinding; /* one job at a time: what it asks about is known when it is done */
    struct toc_token_flight evaluating[TOC_EVALUATING_MAX];
    /* Answers of jobs that ended in this tick: queued, and not counted in the store yet. */
    struct toc_token_flight said[TOC_EVALUATING_MAX];
    struct toc_token_flight unblinding[TOC_UNBLINDING_MAX];
    uint32_t tidied;       /* the token epoch that what is older was cleared away for */
    uint32_t raised_again; /* flag_again.c: the token epoch that open flags of older ones go in */
    char served[TOC_MEMBER_LEN_MAX + 1]; /* the asker whose ask was taken last */
    /* alerting_mine.c: standing alerts meet tokens that came later, up to here. */
    bool matching;
    size_t match_stream;
    char match_publisher[TOC_MEMBER_LEN_MAX + 1];
    uint64_t match_sequence;
    int64_t embargo_ms; /* flagging.c: wall clock, when the next flag may go; 0: none waits so */
    struct toc_flag_undo *undo; /* flag_undo.c: of this tick, the newest first */
    uint64_t inputs_answered, asks_refused, answers_bad;
};

#endif
