/* store_sync: what store.c asks of the sync thread. Between _allow true and false a large commit's
 * sync may be left to it; _begin then starts that. Private to store.c and store_sync.c. */
#ifndef TOC_STORE_SYNC_H
#define TOC_STORE_SYNC_H

#include "store_internal.h"

void toc_store_sync_allow(struct toc_store *store, bool allow);
void toc_store_sync_begin(struct toc_store *store);

#endif
