#include "store_query.h"

enum toc_result toc_store_journal_add(struct toc_store *store, int64_t log, uint64_t first_sequence,
                                      uint32_t count)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    /* Rows are never deleted, so SQLite's next number is never one that was used. */
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_JOURNAL_ADD,
                           "INSERT INTO journal (log, first_sequence, count) VALUES (?1, ?2, ?3)",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, (int64_t)first_sequence);
    toc_query_integer(&query, 3, count);
    return toc_query_run(&query);
}

enum toc_result toc_store_journal(struct toc_store *store, int64_t position,
                                  struct toc_journal_row *ret_rows, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_JOURNAL,
                           "SELECT position, log, first_sequence, count FROM journal"
                           " WHERE position > ?1 ORDER BY position",
                           &query));
    toc_query_integer(&query, 1, position);
    size_t len = 0;
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_rows[len++] = (struct toc_journal_row){
            .position = toc_query_get(&query, 0),
            .log = toc_query_get(&query, 1),
            .first_sequence = (uint64_t)toc_query_get(&query, 2),
            .count = (uint32_t)toc_query_get(&query, 3),
        };
    }
    *ret_len = len;
    return TOC_OK;
}

int64_t toc_store_journal_last(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->group, TOC_SQL_JOURNAL_LAST,
                       "SELECT coalesce(max(position), 0) FROM journal", &query) != TOC_OK ||
        toc_query_row(&query) != TOC_OK) {
        return 0;
    }
    return toc_query_get(&query, 0);
}
