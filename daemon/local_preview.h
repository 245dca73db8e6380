/* local_preview: what `preview` shows and `publish` sends, counted and hashed in one walk over the
 * drafts. Private to local_*.c. */
#ifndef TOC_LOCAL_PREVIEW_H
#define TOC_LOCAL_PREVIEW_H

#include "local_change.h"

struct toc_tally {
    struct toc_engine *engine;
    struct toc_hash digest; /* over streams, recipients and records so far */
    uint64_t total;
    uint64_t corrections;                /* of them, withdrawals */
    size_t bytes;                        /* of the records, about */
    char stream[TOC_STREAM_LEN_MAX + 1]; /* under way; "": none yet */
};
void toc_tally_begin(struct toc_engine *engine, struct toc_tally *ret_tally);
/* `change` is not NONE. */
enum toc_result toc_tally_add(struct toc_tally *tally, const struct toc_change *change)
    TOC_MUST_CHECK;
/* May a member read what this one publishes on the stream? Not itself. */
bool toc_is_recipient(const struct toc_engine *engine, const struct toc_member *member,
                      const char *stream);

#endif
