#include "chain.h"

/* An epoch is opened by the batch that carries its commitment, one number at a time. */
static bool epoch_follows(const struct toc_chain *chain, const struct toc_batch_header *header)
{
    if (header->opens_epoch) {
        return header->epoch == chain->epoch + 1;
    }
    return header->epoch == chain->epoch && chain->epoch != 0;
}

enum toc_place toc_chain_place(const struct toc_chain *chain, const struct toc_batch_header *header,
                               uint64_t roster_version)
{
    if (header->first_sequence < chain->next_sequence) {
        return TOC_PLACE_HELD;
    }
    if (header->first_sequence > chain->next_sequence) {
        return TOC_PLACE_GAP;
    }
    if (header->roster_version > roster_version) {
        return TOC_PLACE_ROSTER_AHEAD;
    }
    if (!toc_hash_equal(&header->previous_head, &chain->head)) {
        return TOC_PLACE_FORK;
    }
    if (header->roster_version < chain->roster_version || !epoch_follows(chain, header) ||
        header->first_sequence > UINT64_MAX - header->count) {
        return TOC_PLACE_REFUSED;
    }
    return TOC_PLACE_NEXT;
}

void toc_chain_advance(struct toc_chain *chain, const struct toc_batch_header *header,
                       const struct toc_hash *head)
{
    chain->next_sequence = header->first_sequence + header->count;
    chain->head = *head;
    chain->roster_version = header->roster_version;
    chain->epoch = header->epoch;
}
