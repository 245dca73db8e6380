/* opened: what the records of the current view say, read out of their batches with the epoch's key.
 * The view's rows say where a record lies; its opened bytes are nowhere in the store, so that
 * retention has nothing to destroy but keys. A few batches are kept open: neighbours cost
 * nothing. */
#ifndef TOC_OPENED_H
#define TOC_OPENED_H

#include "store.h"

struct toc_opened;

/* The store is borrowed. */
enum toc_result toc_opened_new(struct toc_store *store, struct toc_opened **ret_opened)
    TOC_MUST_CHECK;
void toc_opened_free(struct toc_opened **opened);
/* What is open is closed: after batches were taken back, and before each tick. */
void toc_opened_forget(struct toc_opened *opened);

/* The record's bytes, which live until the next call. TOC_STORE: its batch or key is gone or does
 * not open, and no row of the view may say that it is there. */
enum toc_result toc_opened_record(struct toc_opened *opened, int64_t log, uint64_t sequence,
                                  struct toc_bytes *ret_bytes) TOC_MUST_CHECK;

/* SHA-256 over all rows of the view in key order, with their records' bytes: two members with the
 * same logs agree on it. */
enum toc_result toc_opened_digest(struct toc_opened *opened, struct toc_hash *ret_hash)
    TOC_MUST_CHECK;

#endif
