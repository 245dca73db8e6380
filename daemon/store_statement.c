#include "store_query.h"

enum toc_result toc_store_statement_put(struct toc_store *store, int64_t log,
                                        const struct toc_statement *statement,
                                        struct toc_bytes bytes)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, &store->group, TOC_SQL_STATEMENT_PUT,
                       "INSERT OR REPLACE INTO statement (log, kind, author, next_sequence, bytes)"
                       " VALUES (?1, ?2, ?3, ?4, ?5)",
                       &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, statement->kind);
    toc_query_text(&query, 3, statement->author);
    toc_query_integer(&query, 4, (int64_t)statement->next_sequence);
    toc_query_blob(&query, 5, bytes);
    return toc_query_run(&query);
}

enum toc_result toc_store_statement_get(struct toc_store *store, int64_t log,
                                        enum toc_statement_kind kind, const char *author,
                                        struct toc_arena *arena, struct toc_bytes *ret_bytes)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_STATEMENT_GET,
        "SELECT bytes FROM statement WHERE log = ?1 AND kind = ?2 AND author = ?3", &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, kind);
    toc_query_text(&query, 3, author);
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_blob(&query, 0, arena, ret_bytes);
}

static enum toc_result open_list(struct toc_store *store, int64_t log, enum toc_statement_kind kind,
                                 struct toc_query *ret_query)
{
    if (log == 0) {
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_STATEMENTS_ALL,
                               "SELECT log, author, next_sequence, bytes FROM statement"
                               " WHERE kind = ?1 ORDER BY log, author",
                               ret_query));
    } else {
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_STATEMENTS_LOG,
                               "SELECT log, author, next_sequence, bytes FROM statement"
                               " WHERE log = ?2 AND kind = ?1 ORDER BY author",
                               ret_query));
        toc_query_integer(ret_query, 2, log);
    }
    toc_query_integer(ret_query, 1, kind);
    return TOC_OK;
}

enum toc_result toc_store_statements(struct toc_store *store, int64_t log,
                                     enum toc_statement_kind kind, struct toc_arena *arena,
                                     struct toc_stored_statement *ret_list, size_t max,
                                     size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(open_list(store, log, kind, &query));
    size_t len = 0;
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        struct toc_stored_statement *const row = &ret_list[len];
        row->log = toc_query_get(&query, 0);
        TOC_TRY(toc_query_get_name(&query, 1, row->author, sizeof row->author));
        row->next_sequence = (uint64_t)toc_query_get(&query, 2);
        TOC_TRY(toc_query_get_blob(&query, 3, arena, &row->bytes));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}
