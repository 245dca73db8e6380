#include "store_query.h"

enum toc_result toc_store_batch_add(struct toc_store *store, int64_t log,
                                    const struct toc_batch *batch, const struct toc_hash *head)
{
    const struct toc_batch_header *const header = &batch->header;
    TOC_ENSURE(header->count > 0 && toc_storable(header->first_sequence) &&
                   toc_storable(header->first_sequence + header->count),
               TOC_INVALID);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_BATCH_ADD,
                           "INSERT INTO batch (log, first_sequence, count, epoch, head, bytes)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, (int64_t)header->first_sequence);
    toc_query_integer(&query, 3, header->count);
    toc_query_integer(&query, 4, header->epoch);
    toc_query_hash(&query, 5, head);
    toc_query_blob(&query, 6, batch->bytes);
    return toc_query_run(&query);
}

enum toc_result toc_store_batch_get(struct toc_store *store, int64_t log, uint64_t sequence,
                                    struct toc_arena *arena, struct toc_stored_batch *ret_batch)
{
    TOC_ENSURE(toc_storable(sequence), TOC_NOTFOUND);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_BATCH_GET,
                           "SELECT first_sequence, count, epoch, head, bytes FROM batch"
                           " WHERE log = ?1 AND first_sequence <= ?2"
                           " ORDER BY first_sequence DESC LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, (int64_t)sequence);
    TOC_TRY(toc_query_row(&query));
    struct toc_stored_batch batch = {0};
    batch.first_sequence = (uint64_t)toc_query_get(&query, 0);
    batch.count = (uint32_t)toc_query_get(&query, 1);
    TOC_ENSURE(sequence - batch.first_sequence < batch.count, TOC_NOTFOUND);
    batch.epoch = (uint32_t)toc_query_get(&query, 2);
    TOC_TRY(toc_query_get_fixed(&query, 3, batch.head.bytes, sizeof batch.head.bytes));
    TOC_TRY(toc_query_get_blob(&query, 4, arena, &batch.bytes));
    *ret_batch = batch;
    return TOC_OK;
}

enum toc_result toc_store_head_at(struct toc_store *store, int64_t log, uint64_t next_sequence,
                                  struct toc_hash *ret_head)
{
    TOC_ENSURE(toc_storable(next_sequence), TOC_NOTFOUND);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_BATCH_HEAD,
                           "SELECT first_sequence + count, head FROM batch"
                           " WHERE log = ?1 AND first_sequence < ?2"
                           " ORDER BY first_sequence DESC LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, (int64_t)next_sequence);
    TOC_TRY(toc_query_row(&query));
    TOC_ENSURE(toc_query_get(&query, 0) == (int64_t)next_sequence, TOC_NOTFOUND);
    return toc_query_get_fixed(&query, 1, ret_head->bytes, sizeof ret_head->bytes);
}

/* One statement of the voiding, with (log, sequence) as its parameters. */
static enum toc_result void_part(struct toc_store *store, enum toc_sql sql, const char *text,
                                 int64_t log, int64_t sequence)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, sequence);
    return toc_query_run(&query);
}

/* Where the first batch begins that ends after `next_sequence`; TOC_NOTFOUND when none does. */
static enum toc_result void_from(struct toc_store *store, int64_t log, uint64_t next_sequence,
                                 int64_t *ret_first)
{
    /* Batches are dense and bounded, so the search may start that far back, on the index. */
    const uint64_t back = TOC_BATCH_RECORDS_MAX;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, &store->group, TOC_SQL_VOID_FROM,
                       "SELECT first_sequence FROM batch"
                       " WHERE log = ?1 AND first_sequence >= ?2 AND first_sequence + count > ?3"
                       " ORDER BY first_sequence LIMIT 1",
                       &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, next_sequence > back ? (int64_t)(next_sequence - back) : 0);
    toc_query_integer(&query, 3, (int64_t)next_sequence);
    TOC_TRY(toc_query_row(&query));
    *ret_first = toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_batches_void(struct toc_store *store, int64_t log, uint64_t next_sequence)
{
    TOC_ENSURE(toc_storable(next_sequence), TOC_OK);
    int64_t first = 0;
    const enum toc_result found = void_from(store, log, next_sequence, &first);
    if (found == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(found);
    TOC_TRY(void_part(store, TOC_SQL_VOID_BATCHES,
                      "DELETE FROM batch WHERE log = ?1 AND first_sequence >= ?2", log, first));
    TOC_TRY(void_part(store, TOC_SQL_VOID_WRAPS,
                      "DELETE FROM wrap WHERE log = ?1 AND epoch IN"
                      " (SELECT epoch FROM epoch WHERE log = ?1 AND first_sequence >= ?2)",
                      log, first));
    TOC_TRY(void_part(store, TOC_SQL_VOID_EPOCHS,
                      "DELETE FROM epoch WHERE log = ?1 AND first_sequence >= ?2", log, first));
    /* The epoch that was cut through has fewer batches now; it is the last one left. */
    return void_part(store, TOC_SQL_VOID_COUNT,
                     "UPDATE epoch SET batches = (SELECT count(*) FROM batch"
                     "  WHERE batch.log = ?1 AND batch.epoch = epoch.epoch)"
                     " WHERE log = ?1 AND first_sequence < ?2"
                     " AND epoch = (SELECT max(epoch) FROM epoch WHERE log = ?1)",
                     log, first);
}
