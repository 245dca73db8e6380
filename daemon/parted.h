/* parted: what may still lie unread on connections that nobody speaks on any more. A connection
 * that is dropped from the table of links, because its key opened more of them, may well be there:
 * its peer reads nothing, and libzmq keeps what waits for it. Opening one after the other, each
 * with a window of its own (flow.h), a member could fill the memory. So what was unread counts
 * against the key for a while. Plain state, one thread; all zero: nothing. */
#ifndef TOC_PARTED_H
#define TOC_PARTED_H

#include "box.h"

/* Of one key, in bytes. A member whose network fails again and again leaves a window (3 MiB at the
 * most) behind each time. */
#define TOC_PARTED_MAX (8 * 1024 * 1024)
/* It is forgotten evenly, all of it in so many ms: who takes nothing is cut off after 30 s
 * (net_server.c). */
#define TOC_PARTED_MS 40000
/* Keys that are remembered at a time; of more, those that owe most. */
#define TOC_PARTED_KEYS_MAX 256

struct toc_parted {
    struct toc_parted_key {
        uint8_t key[TOC_BOX_KEY_LEN];
        uint64_t bytes; /* at that time */
        int64_t mono;
    } keys[TOC_PARTED_KEYS_MAX];
    size_t len;
};

/* A connection of this key went with so many bytes unread. */
void toc_parted_add(struct toc_parted *parted, const uint8_t key[TOC_BOX_KEY_LEN], uint64_t bytes,
                    int64_t now_mono);
/* Nothing more for connections of this key, for now. */
bool toc_parted_is_over(const struct toc_parted *parted, const uint8_t key[TOC_BOX_KEY_LEN],
                        int64_t now_mono);

#endif
