/* wire_batch: bytes of batches, wraps and statements to validated plain structs and back. Shape and
 * limits only: no signature, no chain, no roster. Decoded fields borrow from the arena or the
 * input; both must outlive them. Unknown fields are ignored, and kept, because bytes travel
 * verbatim. */
#ifndef TOC_WIRE_BATCH_H
#define TOC_WIRE_BATCH_H

#include "arena.h"
#include "bounds.h"
#include "digest.h"
#include "sign.h"

struct toc_log_id {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    char stream[TOC_STREAM_LEN_MAX + 1];
    uint32_t generation; /* from 1 */
};
int toc_log_id_compare(const struct toc_log_id *a, const struct toc_log_id *b);
/* Syntax of both names, and generation at least 1. */
bool toc_log_id_valid(const struct toc_log_id *id);

struct toc_abandoned {
    uint32_t generation;
    uint64_t next_sequence;
    struct toc_hash head;
    bool stands; /* the new generation goes on from this one; exactly one does */
};

struct toc_batch_header {
    struct toc_hash group;
    struct toc_log_id log;
    uint64_t roster_version;
    uint64_t first_sequence; /* from 1 */
    uint32_t count;          /* 1 to TOC_BATCH_RECORDS_MAX */
    struct toc_hash previous_head;
    int64_t time_ms;
    uint32_t epoch;   /* from 1 */
    bool opens_epoch; /* commitment and audience_hash are there */
    struct toc_hash commitment;
    struct toc_hash audience_hash;
    struct toc_abandoned abandons[TOC_ABANDONED_MAX];
    size_t abandons_len;
    uint8_t nonce[12];
};

struct toc_batch {
    struct toc_bytes bytes; /* the whole, as it travels */
    struct toc_bytes header_bytes;
    struct toc_bytes sealed;
    struct toc_signature signature;
    struct toc_batch_header header;
};

/* TOC_MALFORMED, TOC_TOOBIG, TOC_INVALID (a field out of its range), TOC_NOMEM. */
enum toc_result toc_wire_batch_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                      struct toc_batch *ret_batch) TOC_MUST_CHECK;
enum toc_result toc_wire_batch_header_encode(struct toc_arena *arena,
                                             const struct toc_batch_header *header,
                                             struct toc_bytes *ret_bytes) TOC_MUST_CHECK;
enum toc_result toc_wire_batch_encode(struct toc_arena *arena, struct toc_bytes header,
                                      struct toc_bytes sealed,
                                      const struct toc_signature *signature,
                                      struct toc_bytes *ret_bytes) TOC_MUST_CHECK;

/* A body and its signature: wraps, statements, requests. */
struct toc_signed {
    struct toc_bytes bytes; /* the whole, as it travels */
    struct toc_bytes body;
    struct toc_signature signature;
};
enum toc_result toc_wire_signed_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                       struct toc_signed *ret_signed) TOC_MUST_CHECK;
enum toc_result toc_wire_signed_encode(struct toc_arena *arena, struct toc_bytes body,
                                       const struct toc_signature *signature,
                                       struct toc_bytes *ret_bytes) TOC_MUST_CHECK;

struct toc_wrap_body {
    struct toc_hash group;
    struct toc_log_id log;
    uint32_t epoch;
    char member[TOC_MEMBER_LEN_MAX + 1]; /* whose key opens it */
    char sealer[TOC_MEMBER_LEN_MAX + 1]; /* who signed it: the publisher or a hub */
    uint64_t roster_version;
    struct toc_bytes sealed; /* 64 + 48 bytes */
};
enum toc_result toc_wire_wrap_decode(struct toc_arena *arena, struct toc_bytes body,
                                     struct toc_wrap_body *ret_wrap) TOC_MUST_CHECK;
enum toc_result toc_wire_wrap_encode(struct toc_arena *arena, const struct toc_wrap_body *wrap,
                                     struct toc_bytes *ret_body) TOC_MUST_CHECK;

/* "The author says: log L at next_sequence has this head." One shape, three meanings. */
enum toc_statement_kind {
    TOC_HEARTBEAT = 1, /* by the publisher */
    TOC_RECEIPT = 2,   /* by a reader: applied everything before next_sequence */
    TOC_CLOSING = 3,   /* by a hub: nothing of this log counts from next_sequence on */
};
struct toc_statement {
    enum toc_statement_kind kind;
    struct toc_hash group;
    char author[TOC_MEMBER_LEN_MAX + 1];
    struct toc_log_id log;
    uint64_t next_sequence; /* from 1: nothing yet */
    struct toc_hash head;
    uint64_t roster_version;
    int64_t time_ms;
};
enum toc_result toc_wire_statement_decode(struct toc_arena *arena, struct toc_bytes body,
                                          struct toc_statement *ret_statement) TOC_MUST_CHECK;
enum toc_result toc_wire_statement_encode(struct toc_arena *arena,
                                          const struct toc_statement *statement,
                                          struct toc_bytes *ret_body) TOC_MUST_CHECK;

#endif
