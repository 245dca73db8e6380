/* store_keep: what is told in a tick is one transaction of local.db, which ends behind the group's
 * commit (toc_store_told). Private to store*.c. */
#ifndef TOC_STORE_KEEP_H
#define TOC_STORE_KEEP_H

#include "store.h"

/* Begins it, if nobody has. */
enum toc_result toc_store_telling(struct toc_store *store) TOC_MUST_CHECK;
/* Undoes it, if there is one. */
void toc_store_untell(struct toc_store *store);

#endif
