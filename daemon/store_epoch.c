#include "store_query.h"

enum toc_result toc_store_epoch_add(struct toc_store *store, int64_t log,
                                    const struct toc_epoch_row *epoch)
{
    TOC_ENSURE(toc_storable(epoch->first_sequence), TOC_INVALID);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_EPOCH_ADD,
        "INSERT INTO epoch (log, epoch, first_sequence, roster_version, commitment, audience_hash,"
        " opened_ms, last_ms, batches, destroyed, key)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch->epoch);
    toc_query_integer(&query, 3, (int64_t)epoch->first_sequence);
    toc_query_integer(&query, 4, (int64_t)epoch->roster_version);
    toc_query_hash(&query, 5, &epoch->commitment);
    toc_query_hash(&query, 6, &epoch->audience_hash);
    toc_query_integer(&query, 7, epoch->opened_ms);
    toc_query_integer(&query, 8, epoch->last_ms);
    toc_query_integer(&query, 9, epoch->batches);
    toc_query_integer(&query, 10, epoch->destroyed ? 1 : 0);
    if (epoch->has_key) {
        toc_query_blob(&query, 11, toc_bytes_of(epoch->key.bytes, sizeof epoch->key.bytes));
    }
    return toc_query_run(&query);
}

enum toc_result toc_store_epoch_get(struct toc_store *store, int64_t log, uint32_t epoch,
                                    struct toc_epoch_row *ret_epoch)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EPOCH_GET,
                           "SELECT first_sequence, roster_version, commitment, audience_hash,"
                           " opened_ms, last_ms, batches, destroyed, key IS NOT NULL, key"
                           " FROM epoch WHERE log = ?1 AND epoch = ?2",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    TOC_TRY(toc_query_row(&query));
    struct toc_epoch_row row = {.epoch = epoch};
    row.first_sequence = (uint64_t)toc_query_get(&query, 0);
    row.roster_version = (uint64_t)toc_query_get(&query, 1);
    TOC_TRY(toc_query_get_fixed(&query, 2, row.commitment.bytes, sizeof row.commitment.bytes));
    TOC_TRY(
        toc_query_get_fixed(&query, 3, row.audience_hash.bytes, sizeof row.audience_hash.bytes));
    row.opened_ms = toc_query_get(&query, 4);
    row.last_ms = toc_query_get(&query, 5);
    row.batches = (uint32_t)toc_query_get(&query, 6);
    row.destroyed = toc_query_get(&query, 7) != 0;
    row.has_key = toc_query_get(&query, 8) != 0;
    if (row.has_key) {
        TOC_TRY(toc_query_get_fixed(&query, 9, row.key.bytes, sizeof row.key.bytes));
    }
    *ret_epoch = row;
    toc_bytes_wipe(&row.key, sizeof row.key);
    return TOC_OK;
}

enum toc_result toc_store_epoch_key(struct toc_store *store, int64_t log, uint32_t epoch,
                                    const struct toc_epoch_key *key)
{
    struct toc_epoch_row row;
    TOC_TRY(toc_store_epoch_get(store, log, epoch, &row));
    toc_bytes_wipe(&row.key, sizeof row.key);
    TOC_ENSURE(!row.destroyed, TOC_STALE);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EPOCH_KEY,
                           "UPDATE epoch SET key = ?3 WHERE log = ?1 AND epoch = ?2", &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    toc_query_blob(&query, 3, toc_bytes_of(key->bytes, sizeof key->bytes));
    return toc_query_hit(&query);
}

enum toc_result toc_store_epoch_grew(struct toc_store *store, int64_t log, uint32_t epoch,
                                     int64_t time_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EPOCH_GREW,
                           "UPDATE epoch SET batches = batches + 1, last_ms = max(last_ms, ?3)"
                           " WHERE log = ?1 AND epoch = ?2",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    toc_query_integer(&query, 3, time_ms);
    return toc_query_hit(&query);
}

enum toc_result toc_store_epoch_destroy(struct toc_store *store, int64_t log, uint32_t epoch)
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EPOCH_DESTROY,
                               "UPDATE epoch SET key = NULL, destroyed = 1"
                               " WHERE log = ?1 AND epoch = ?2",
                               &query));
        toc_query_integer(&query, 1, log);
        toc_query_integer(&query, 2, epoch);
        TOC_TRY(toc_query_hit(&query));
    }
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EPOCH_WRAPS,
                               "DELETE FROM wrap WHERE log = ?1 AND epoch = ?2", &query));
        toc_query_integer(&query, 1, log);
        toc_query_integer(&query, 2, epoch);
        TOC_TRY(toc_query_run(&query));
    }
    return toc_store_sweep_note(store);
}

enum toc_result toc_store_epochs_before(struct toc_store *store, int64_t log, int64_t before_ms,
                                        uint32_t *ret_epochs, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, &store->group, TOC_SQL_EPOCHS_BEFORE,
                       "SELECT epoch FROM epoch WHERE log = ?1 AND last_ms < ?2 AND destroyed = 0"
                       " ORDER BY epoch",
                       &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, before_ms);
    size_t len = 0;
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_epochs[len++] = (uint32_t)toc_query_get(&query, 0);
    }
    *ret_len = len;
    return TOC_OK;
}
