#include "store_query.h"

enum toc_result toc_store_roster_add(struct toc_store *store, uint64_t version,
                                     struct toc_bytes bytes)
{
    TOC_ENSURE(version > 0 && toc_storable(version), TOC_INVALID);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ROSTER_ADD,
                           "INSERT INTO roster (version, bytes) VALUES (?1, ?2)", &query));
    toc_query_integer(&query, 1, (int64_t)version);
    toc_query_blob(&query, 2, bytes);
    return toc_query_run(&query);
}

enum toc_result toc_store_roster_get(struct toc_store *store, uint64_t version,
                                     struct toc_arena *arena, struct toc_bytes *ret_bytes)
{
    TOC_ENSURE(toc_storable(version), TOC_NOTFOUND);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ROSTER_GET,
                           "SELECT bytes FROM roster WHERE version = ?1", &query));
    toc_query_integer(&query, 1, (int64_t)version);
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_blob(&query, 0, arena, ret_bytes);
}

uint64_t toc_store_roster_last(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->group, TOC_SQL_ROSTER_LAST,
                       "SELECT coalesce(max(version), 0) FROM roster", &query) != TOC_OK ||
        toc_query_row(&query) != TOC_OK) {
        return 0;
    }
    return (uint64_t)toc_query_get(&query, 0);
}

void toc_store_roster_release(struct toc_store *store)
{
    (void)sqlite3_db_release_memory(store->group.handle);
}
