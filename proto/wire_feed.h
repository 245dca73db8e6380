/* wire_feed: one message of the feed, bytes to names and a batch and back (PROTOCOL.md 1). The
 * names are what a subscription filters by; nobody trusts them, for the batch says what it is. */
#ifndef TOC_WIRE_FEED_H
#define TOC_WIRE_FEED_H

#include "arena.h"
#include "bounds.h"

struct toc_feed {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_bytes batch; /* as it is stored, not looked into; not empty */
};

/* `batch` borrows from the frame. TOC_MALFORMED: a name has no end within its length, or there is
 * no batch. TOC_INVALID: a name that is none. */
enum toc_result toc_wire_feed_decode(struct toc_bytes frame, struct toc_feed *ret_feed)
    TOC_MUST_CHECK;
/* The same checks; and TOC_NOMEM. */
enum toc_result toc_wire_feed_encode(struct toc_arena *arena, const struct toc_feed *feed,
                                     struct toc_bytes *ret_frame) TOC_MUST_CHECK;

#endif
