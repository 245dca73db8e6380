#include "store_hub_has.h"

#include "store_query.h"

enum toc_result toc_store_hub_has_get(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                      const char *hub, struct toc_hub_has *ret_told)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_HUB_HAS_GET,
                           "SELECT sequence, hub_ms, here_ms FROM hub_has"
                           " WHERE flag = ?1 AND hub = ?2",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    toc_query_text(&query, 2, hub);
    TOC_TRY(toc_query_row(&query));
    *ret_told = (struct toc_hub_has){.sequence = (uint64_t)toc_query_get(&query, 0),
                                     .hub_ms = toc_query_get(&query, 1),
                                     .here_ms = toc_query_get(&query, 2)};
    return TOC_OK;
}

enum toc_result toc_store_hub_has_put(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                      const char *hub, const struct toc_hub_has *told)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_HUB_HAS_PUT,
                           "INSERT OR REPLACE INTO hub_has (flag, hub, sequence, hub_ms, here_ms)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    toc_query_text(&query, 2, hub);
    toc_query_integer(&query, 3, (int64_t)told->sequence);
    toc_query_integer(&query, 4, told->hub_ms);
    toc_query_integer(&query, 5, told->here_ms);
    return toc_query_run(&query);
}

enum toc_result toc_store_flags_of(struct toc_store *store, const char *key, const char *fold,
                                   uint8_t (*ret_ids)[TOC_FLAG_ID_LEN], size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    enum toc_result result = TOC_OK;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAGS_OF,
                           "SELECT id FROM flag WHERE key = ?1 OR (?2 <> '' AND fold = ?2)"
                           " OR parent_key = ?1 OR (?2 <> '' AND parent_fold = ?2)"
                           " ORDER BY number LIMIT ?3",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_text(&query, 2, fold);
    toc_query_integer(&query, 3, (int64_t)max);
    while (len < max && (result = toc_query_row(&query)) == TOC_OK) {
        TOC_TRY(toc_query_get_fixed(&query, 0, ret_ids[len], TOC_FLAG_ID_LEN));
        len++;
    }
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    *ret_len = len;
    return TOC_OK;
}
