#include "store_query.h"

#define LOG_COLUMNS                                                                                \
    "id, publisher, stream, generation, next_sequence, head, roster_version, epoch,"               \
    " applied_next, closed_next, state, invalid_records"

static enum toc_result read_row(const struct toc_query *query, struct toc_log_row *ret_row)
{
    struct toc_log_row row = {0};
    row.id = toc_query_get(query, 0);
    TOC_TRY(toc_query_get_name(query, 1, row.log.publisher, sizeof row.log.publisher));
    TOC_TRY(toc_query_get_name(query, 2, row.log.stream, sizeof row.log.stream));
    row.log.generation = (uint32_t)toc_query_get(query, 3);
    row.chain.next_sequence = (uint64_t)toc_query_get(query, 4);
    TOC_TRY(toc_query_get_fixed(query, 5, row.chain.head.bytes, sizeof row.chain.head.bytes));
    row.chain.roster_version = (uint64_t)toc_query_get(query, 6);
    row.chain.epoch = (uint32_t)toc_query_get(query, 7);
    row.applied_next = (uint64_t)toc_query_get(query, 8);
    row.closed_next = (uint64_t)toc_query_get(query, 9);
    const int64_t state = toc_query_get(query, 10);
    if (state < TOC_LOG_OPEN || state > TOC_LOG_ENDED) {
        return toc_store_damaged(query->store, query->db);
    }
    row.state = (enum toc_log_state)state;
    row.invalid_records = (uint64_t)toc_query_get(query, 11);
    *ret_row = row;
    return TOC_OK;
}

enum toc_result
toc_store_logs(struct toc_store *store,
               enum toc_result (*each)(void *context, const struct toc_log_row *row), void *context)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_LOGS,
                           "SELECT " LOG_COLUMNS " FROM log ORDER BY publisher, stream, generation",
                           &query));
    for (;;) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(result);
        struct toc_log_row row;
        TOC_TRY(read_row(&query, &row));
        TOC_TRY(each(context, &row));
    }
}

/* Parameters 1 to 8 of both statements. */
static void bind_state(struct toc_query *query, const struct toc_log_row *row)
{
    toc_query_integer(query, 1, (int64_t)row->chain.next_sequence);
    toc_query_hash(query, 2, &row->chain.head);
    toc_query_integer(query, 3, (int64_t)row->chain.roster_version);
    toc_query_integer(query, 4, row->chain.epoch);
    toc_query_integer(query, 5, (int64_t)row->applied_next);
    toc_query_integer(query, 6, (int64_t)row->closed_next);
    toc_query_integer(query, 7, row->state);
    toc_query_integer(query, 8, (int64_t)row->invalid_records);
}

static enum toc_result add(struct toc_store *store, struct toc_log_row *row)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_LOG_ADD,
        "INSERT INTO log (next_sequence, head, roster_version, epoch, applied_next, closed_next,"
        " state, invalid_records, publisher, stream, generation)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &query));
    bind_state(&query, row);
    toc_query_text(&query, 9, row->log.publisher);
    toc_query_text(&query, 10, row->log.stream);
    toc_query_integer(&query, 11, row->log.generation);
    TOC_TRY(toc_query_run(&query));
    row->id = sqlite3_last_insert_rowid(store->group.handle);
    return TOC_OK;
}

enum toc_result toc_store_log_save(struct toc_store *store, struct toc_log_row *row)
{
    if (row->id == 0) {
        return add(store, row);
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_LOG_UPDATE,
        "UPDATE log SET next_sequence = ?1, head = ?2, roster_version = ?3, epoch = ?4,"
        " applied_next = ?5, closed_next = ?6, state = ?7, invalid_records = ?8 WHERE id = ?9",
        &query));
    bind_state(&query, row);
    toc_query_integer(&query, 9, row->id);
    return toc_query_hit(&query);
}
