/* store_fixture: the few calls that every test of the store makes first. They fail the test. */
#ifndef TOC_STORE_FIXTURE_H
#define TOC_STORE_FIXTURE_H

#include "store.h"

/* `folder` NULL: in memory. */
struct toc_store *toc_fixture_store(const char *folder);
void toc_fixture_begin(struct toc_store *store);
void toc_fixture_commit(struct toc_store *store);
/* Inside a transaction: a log at its start, generation 1. */
int64_t toc_fixture_log(struct toc_store *store, const char *publisher, const char *stream);
/* Inside a transaction. The batch's bytes are `text`; its head is toc_fixture_hash(first). */
enum toc_result toc_fixture_batch(struct toc_store *store, int64_t log, uint64_t first,
                                  uint32_t count, uint32_t epoch, const char *text);
struct toc_hash toc_fixture_hash(uint64_t number);
struct toc_epoch_key toc_fixture_key(uint64_t number);
/* Inside a transaction: a row of the view, whose `ends` is its sequence; `own_key` NULL: another's.
 */
enum toc_result toc_fixture_put(struct toc_store *store, const char *stream, const char *publisher,
                                uint64_t sequence, int64_t log, const char *own_key);
enum toc_result toc_fixture_drop(struct toc_store *store, const char *stream, const char *publisher,
                                 uint64_t sequence, const char *own_key);
/* A digest of every row of the view, whichever chunk it lies in. */
struct toc_hash toc_fixture_rows(struct toc_store *store);

#endif
