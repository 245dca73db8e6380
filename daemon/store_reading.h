/* store_reading: which records the program that made the views could read, as records.h names it.
 * Kept so that a newer program knows that there may be some that it can apply by now. */
#ifndef TOC_STORE_READING_H
#define TOC_STORE_READING_H

#include "records.h"
#include "store.h"

/* TOC_NOTFOUND: never kept; the store is new, or older than this. */
enum toc_result toc_store_reading_get(struct toc_store *store,
                                      char ret_text[TOC_READING_LEN_MAX + 1]) TOC_MUST_CHECK;
/* Between _begin and _commit, with the views themselves. */
enum toc_result toc_store_reading_set(struct toc_store *store, const char *text) TOC_MUST_CHECK;

#endif
