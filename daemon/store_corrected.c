#include "store_corrected.h"
#include "store_query.h"

enum toc_result toc_store_corrected_add(struct toc_store *store,
                                        const struct toc_correction *correction)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CORRECTED_ADD,
                           "INSERT OR IGNORE INTO corrected (stream, publisher, sequence, author,"
                           " at) VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_text(&query, 1, correction->stream);
    toc_query_text(&query, 2, correction->publisher);
    toc_query_integer(&query, 3, (int64_t)correction->sequence);
    toc_query_text(&query, 4, correction->author);
    toc_query_integer(&query, 5, (int64_t)correction->at);
    return toc_query_run(&query);
}

enum toc_result toc_store_corrected_get(struct toc_store *store, const char *stream,
                                        const char *publisher, uint64_t sequence)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CORRECTED_GET,
                           "SELECT 1 FROM corrected WHERE stream = ?1 AND publisher = ?2"
                           " AND sequence = ?3 LIMIT 1",
                           &query));
    toc_query_text(&query, 1, stream);
    toc_query_text(&query, 2, publisher);
    toc_query_integer(&query, 3, (int64_t)sequence);
    return toc_query_row(&query);
}

enum toc_result toc_store_corrected_any(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CORRECTED_ANY,
                           "SELECT 1 FROM corrected LIMIT 1", &query));
    return toc_query_row(&query);
}

enum toc_result toc_store_corrected_clear(struct toc_store *store, const char *stream,
                                          const char *author, uint64_t first, uint64_t last)
{
    if (stream == NULL) {
        return toc_query_simple(store, &store->group, TOC_SQL_CORRECTED_CLEAR_ALL,
                                "DELETE FROM corrected");
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CORRECTED_CLEAR,
                           "DELETE FROM corrected WHERE stream = ?1 AND author = ?2"
                           " AND at BETWEEN ?3 AND ?4",
                           &query));
    toc_query_text(&query, 1, stream);
    toc_query_text(&query, 2, author);
    toc_query_integer(&query, 3, (int64_t)first);
    toc_query_integer(&query, 4, last > INT64_MAX ? INT64_MAX : (int64_t)last);
    return toc_query_run(&query);
}
