/* peer: what a publisher and a reader say to a server that is not Tocsin, a kind of server each.
 * Records are toc_talk_record's, and a reader checks that each is the next: a server that drops
 * some has no figure. One thread a side. */
#ifndef TOC_PEER_H
#define TOC_PEER_H

#include "link.h"

/* One end of the exchange: a publisher, or a reader. */
struct toc_peer_side {
    struct toc_link link;
    const char *folder; /* of the certificates; NULL: no TLS */
    unsigned port;
    bool reader;
    unsigned number;   /* of the reader */
    uint64_t count;    /* acknowledged to the publisher, or received by the reader */
    int64_t *times;    /* when, in microseconds, by number of the record; NULL: nobody asks */
    int64_t now_us;    /* of what is being taken */
    char expected[32]; /* the reference of the reader's next record, and where it stands */
    size_t place_of_reference;
    char place[32]; /* Redis: the id of the newest entry that was read */
    uint32_t left;  /* Redis: entries of this answer still to come */
    uint8_t step;   /* Redis: which text of an entry is next */
};

struct toc_peer_kind {
    const char *name;
    size_t window; /* records sent and not acknowledged */
    /* Says hello on a link that is open, and makes or subscribes to what there is. */
    void (*greet)(struct toc_peer_side *side);
    void (*put)(struct toc_peer_side *side, uint64_t number, const uint8_t *record);
    /* Takes every whole frame that was read, and answers what wants an answer. */
    void (*take)(struct toc_peer_side *side);
};

extern const struct toc_peer_kind toc_peer_nats, toc_peer_mqtt, toc_peer_redis;

/* For `take`: one more record, or so many more acknowledgements. */
void toc_peer_received(struct toc_peer_side *side, struct toc_bytes record);
void toc_peer_acknowledged(struct toc_peer_side *side, uint64_t more);

#endif
