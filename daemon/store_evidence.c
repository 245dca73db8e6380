#include "store_query.h"

/* Liars repeat themselves with small changes; a case needs no more than this to be shown. */
#define PER_CASE "16"

enum toc_result toc_store_evidence_add(struct toc_store *store, const char *about, int64_t time_ms,
                                       struct toc_bytes one, struct toc_bytes other)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, &store->group, TOC_SQL_EVIDENCE_ADD,
                       "INSERT INTO evidence (about, time_ms, one, other)"
                       " SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
                       " (SELECT 1 FROM evidence WHERE about = ?1 AND one IS ?3 AND other IS ?4)"
                       " AND (SELECT count(*) FROM evidence WHERE about = ?1) < " PER_CASE,
                       &query));
    toc_query_text(&query, 1, about);
    toc_query_integer(&query, 2, time_ms);
    toc_query_blob(&query, 3, one);
    toc_query_blob(&query, 4, other);
    return toc_query_run(&query);
}

enum toc_result toc_store_evidence(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                   struct toc_evidence *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EVIDENCE,
                           "SELECT id, about, time_ms, one, other FROM evidence WHERE id > ?1"
                           " ORDER BY id",
                           &query));
    toc_query_integer(&query, 1, after);
    size_t len = 0;
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        struct toc_evidence *const row = &ret_list[len];
        row->id = toc_query_get(&query, 0);
        TOC_TRY(toc_query_get_text(&query, 1, arena, &row->about));
        row->time_ms = toc_query_get(&query, 2);
        TOC_TRY(toc_query_get_blob(&query, 3, arena, &row->one));
        TOC_TRY(toc_query_get_blob(&query, 4, arena, &row->other));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

uint64_t toc_store_evidence_count(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->group, TOC_SQL_EVIDENCE_COUNT,
                       "SELECT count(*) FROM evidence", &query) != TOC_OK ||
        toc_query_row(&query) != TOC_OK) {
        return 0;
    }
    return (uint64_t)toc_query_get(&query, 0);
}
