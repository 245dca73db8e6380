/* wire_session: one session message a frame, bytes to a validated plain struct and back. Shape and
 * limits only. Decoded fields borrow from the arena or the frame. */
#ifndef TOC_WIRE_SESSION_H
#define TOC_WIRE_SESSION_H

#include "wire_batch.h"

#define TOC_PROTOCOL_VERSION 1

struct toc_hello {
    uint32_t protocol;
    struct toc_hash group;
    char member[TOC_MEMBER_LEN_MAX + 1];
    uint64_t roster_version;
    struct toc_hash roster_hash;
    const char *software; /* at most 64 bytes of printable ASCII */
    bool answer;          /* this hello answers one: do not answer it */
};

struct toc_log_head {
    struct toc_log_id log;
    uint64_t next_sequence;
    struct toc_hash head;
};

struct toc_have {
    const struct toc_log_head *heads;
    size_t heads_len; /* at most TOC_HAVE_HEADS_MAX */
    bool complete;    /* the last of a full listing */
};

struct toc_want {
    struct toc_log_id log;
    uint64_t from_sequence;  /* from 1 */
    uint64_t until_sequence; /* batches that begin before it; 0: and every later one as it comes */
    uint32_t credit;         /* bytes of batches; at most TOC_CREDIT_MAX */
    bool more;               /* adds credit to the want under way and leaves its place */
    uint32_t wraps_held;     /* wraps of this log the wanter holds */
};

struct toc_give {
    struct toc_log_id log;
    const struct toc_bytes *wraps;
    size_t wraps_len;
    const struct toc_bytes *batches;
    size_t batches_len;
};

/* Runs of opaque signed bytes: rosters (ascending versions) and statements. */
struct toc_runs {
    const struct toc_bytes *items;
    size_t items_len;
};

struct toc_refusal {
    uint32_t code; /* enum toc_result */
    const char *about;
};

enum toc_message_kind {
    TOC_MESSAGE_NEWER = 0, /* a kind that this version does not know: it has stamps alone */
    TOC_MESSAGE_HELLO = 1,
    TOC_MESSAGE_ROSTERS = 2,
    TOC_MESSAGE_HAVE = 3,
    TOC_MESSAGE_WANT = 4,
    TOC_MESSAGE_GIVE = 5,
    TOC_MESSAGE_STATEMENTS = 6,
    TOC_MESSAGE_REFUSAL = 7,
};

struct toc_message {
    enum toc_message_kind kind;
    uint64_t stamp; /* of this frame, to be said back by who has read it; 0: none */
    uint64_t seen;  /* the newest stamp its sender has read on this connection; 0: none */
    union {
        struct toc_hello hello;
        struct toc_runs rosters;
        struct toc_have have;
        struct toc_want want;
        struct toc_give give;
        struct toc_runs statements;
        struct toc_refusal refusal;
    } as;
};

/* TOC_MALFORMED, TOC_TOOBIG, TOC_INVALID, TOC_NOMEM (over the decoding cap of bounds.h). */
enum toc_result toc_wire_message_decode(struct toc_arena *arena, struct toc_bytes frame,
                                        struct toc_message *ret_message) TOC_MUST_CHECK;
/* TOC_INVALID for one of a newer kind: what it says is not known. */
enum toc_result toc_wire_message_encode(struct toc_arena *arena, const struct toc_message *message,
                                        struct toc_bytes *ret_frame) TOC_MUST_CHECK;

#endif
