/* chain: where a batch belongs on a log that is held so far. Pure arithmetic over plain state, done
 * before any signature is checked, so that rubbish is cheap to refuse. */
#ifndef TOC_CHAIN_H
#define TOC_CHAIN_H

#include "wire_batch.h"

struct toc_chain {
    uint64_t next_sequence; /* from 1 */
    struct toc_hash head;
    uint64_t roster_version; /* of the last batch; 0 before the first */
    uint32_t epoch;          /* of the last batch; 0 before the first */
};

enum toc_place {
    TOC_PLACE_NEXT,         /* follows what is held: verify, then store */
    TOC_PLACE_HELD,         /* begins before next_sequence: the same bytes, or a conflict */
    TOC_PLACE_GAP,          /* begins after it: batches between are missing */
    TOC_PLACE_FORK,         /* begins where ours ends, but names another head: a conflict */
    TOC_PLACE_ROSTER_AHEAD, /* made under a roster not held yet: wait for it */
    TOC_PLACE_REFUSED, /* roster version falls, an epoch is skipped or opened wrongly, the count
                          overflows */
};

/* `roster_version` is the newest one held. */
enum toc_place toc_chain_place(const struct toc_chain *chain, const struct toc_batch_header *header,
                               uint64_t roster_version);
/* After storing it. */
void toc_chain_advance(struct toc_chain *chain, const struct toc_batch_header *header,
                       const struct toc_hash *head);

#endif
