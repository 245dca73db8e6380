/* wire_record: one record, bytes to a plain struct and back. The body stays opaque here: its type's
 * own file (record_<type>.c, through records.h) reads it. */
#ifndef TOC_WIRE_RECORD_H
#define TOC_WIRE_RECORD_H

#include "wire_batch.h"

#define TOC_REASON_LEN_MAX 200 /* a sentence */

struct toc_reference {
    char publisher[TOC_MEMBER_LEN_MAX + 1]; /* empty: the record's own */
    char stream[TOC_STREAM_LEN_MAX + 1];    /* empty: the record's own */
    uint64_t sequence;                      /* 0: no reference */
};

enum toc_record_type {
    TOC_RECORD_WITHDRAWAL = 0, /* withdraws a record, has no body */
    TOC_RECORD_FRAMEWORK = 16, /* from here on the field number in record.proto */
    TOC_RECORD_EXPOSURE = 17,
    TOC_RECORD_TOKEN_ASK = 18,
    TOC_RECORD_TOKEN_ANSWER = 19,
    TOC_RECORD_FLAG = 20,
    TOC_RECORD_DISPUTE = 21,
    TOC_RECORD_ALERT = 22,
};

struct toc_framework; /* record_framework.h */
struct toc_exposure;  /* record_exposure.h */
struct toc_token_ask; /* record_token.h */
struct toc_token_answer;
struct toc_flag; /* record_flag.h */
struct toc_dispute;
struct toc_alert; /* record_alert.h */

struct toc_record {
    enum toc_record_type type;
    struct toc_reference supersedes;
    struct toc_reference withdraws;
    const char *reason; /* of a withdrawal, at most TOC_REASON_LEN_MAX; NULL counts as empty */
    union {
        const struct toc_framework *framework; /* in the arena */
        const struct toc_exposure *exposure;
        const struct toc_token_ask *token_ask;
        const struct toc_token_answer *token_answer;
        const struct toc_flag *flag;
        const struct toc_dispute *dispute;
        const struct toc_alert *alert;
    } as;
};

/* TOC_MALFORMED, TOC_TOOBIG, TOC_INVALID (both references, no body and no withdrawal, a body this
 * version does not know). */
enum toc_result toc_wire_record_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                       struct toc_record *ret_record) TOC_MUST_CHECK;
enum toc_result toc_wire_record_encode(struct toc_arena *arena, const struct toc_record *record,
                                       struct toc_bytes *ret_bytes) TOC_MUST_CHECK;

#endif
