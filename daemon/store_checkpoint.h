/* store_checkpoint: whose turn it is to write to group.db, the owner's or that of the thread which
 * starts the write-ahead log again from its beginning. Private to store*.c. */
#ifndef TOC_STORE_CHECKPOINT_H
#define TOC_STORE_CHECKPOINT_H

#include "result.h"

struct toc_store;

/* The owner, around each transaction: waits while the log is started again, a few milliseconds
 * under load. Nothing without a checkpointer. */
void toc_store_place_take(struct toc_store *store);
void toc_store_place_leave(struct toc_store *store);
/* TOC_STORE, for good: a disk lost what it had taken of a file. The owner. */
enum toc_result toc_store_kept(struct toc_store *store) TOC_MUST_CHECK;

#endif
