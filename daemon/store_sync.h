/* store_sync: what the rest of the store asks of the sync thread. Between _allow true and false a
 * large commit's sync may be left to it; _begin then starts that. Private to store*.c. */
#ifndef TOC_STORE_SYNC_H
#define TOC_STORE_SYNC_H

#include "store_internal.h"
#include "store_vfs.h"

void toc_store_sync_allow(struct toc_store *store, bool allow);
void toc_store_sync_begin(struct toc_store *store);
/* A sync of another log, which the owner will wait for. False: there is no thread, or it is busy.
 */
bool toc_store_sync_other(struct toc_store *store, struct toc_vfs_wal *wal);
/* Its end, and an error of SQLite's. */
int toc_store_sync_wait(struct toc_store *store);

#endif
