/* flow: how much of what was sent on one connection its peer may not have read yet. Some frames
 * carry a stamp, a random number that nobody knows who did not read the frame; a peer says the
 * newest stamp back (PROTOCOL.md section 11), and a connection keeps its order, so everything
 * before it was read, too. Nothing else that a peer says makes room.
 *
 * Plain arithmetic over plain state: no engine, no clock, no randomness. A connection begins with
 * all bytes zero. */
#ifndef TOC_FLOW_H
#define TOC_FLOW_H

#include "bounds.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many bytes go without a stamp: what this lets wait is a part of the smallest window. */
#define TOC_FLOW_STAMP_BYTES 65536
/* Stamps that were not said back. A peer that reads never has so many; of one that does not, the
 * oldest are forgotten, and a later one stands for them. */
#define TOC_FLOW_MARKS_MAX 32

struct toc_flow_mark {
    uint64_t stamp;
    uint64_t given; /* bytes up to the end of its frame */
};

struct toc_flow {
    uint64_t given;   /* bytes of frames since the connection began */
    uint64_t read;    /* of these, what the peer has shown to have read */
    uint64_t stamped; /* `given` at the last stamp */
    uint32_t earned;  /* added to TOC_CREDIT_FIRST, up to TOC_UNREAD_MAX in all */
    struct toc_flow_mark marks[TOC_FLOW_MARKS_MAX];
    size_t marks_len;
    uint64_t seen; /* the newest of the peer's stamps; 0: none yet */
    bool unsaid;   /* it was not told so */
};

/* Must the next frame, of `len` bytes, carry a stamp? */
bool toc_flow_wants_stamp(const struct toc_flow *flow, size_t len);
/* A frame goes. `stamp` 0: it carries none. */
void toc_flow_sent(struct toc_flow *flow, size_t len, uint64_t stamp);
/* The peer says this stamp; 0, an old one and one that never was change nothing. True: there is
 * more room than before. */
bool toc_flow_confirm(struct toc_flow *flow, uint64_t stamp);
/* Bytes that the peer may not have read. */
uint64_t toc_flow_unread(const struct toc_flow *flow);
/* May another `len` bytes of batches and wraps go, when `len` are in hand already? The last may go
 * over it by itself. The window grows with what was read, so that a peer that never reads costs
 * little. */
bool toc_flow_has_room(const struct toc_flow *flow, size_t len);
/* The same for what a hello is answered with: there, the whole window from the start. */
bool toc_flow_may_list(const struct toc_flow *flow);

#endif
