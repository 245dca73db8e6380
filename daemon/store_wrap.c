#include "store_query.h"

enum toc_result toc_store_wrap_add(struct toc_store *store, int64_t log, uint32_t epoch,
                                   const char *member, struct toc_bytes bytes)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    /* A peer that has not destroyed the epoch yet may offer its wraps again: they stay gone. */
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WRAP_ADD,
                           "INSERT INTO wrap (log, epoch, member, bytes)"
                           " SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
                           " (SELECT 1 FROM epoch WHERE log = ?1 AND epoch = ?2 AND destroyed = 1)",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    toc_query_text(&query, 3, member);
    toc_query_blob(&query, 4, bytes);
    TOC_TRY(toc_query_run(&query));
    return sqlite3_changes(store->group.handle) > 0 ? TOC_OK : TOC_STALE;
}

enum toc_result toc_store_wrap_drop(struct toc_store *store, int64_t log, uint32_t epoch,
                                    const char *member)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_WRAP_DROP,
        "DELETE FROM wrap WHERE log = ?1 AND (?2 = 0 OR epoch = ?2) AND member = ?3", &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    toc_query_text(&query, 3, member);
    return toc_query_run(&query);
}

static enum toc_result open_list(struct toc_store *store, int64_t log, const char *member,
                                 int64_t after, struct toc_query *ret_query)
{
    if (member == NULL) {
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WRAPS_ALL,
                               "SELECT id, bytes FROM wrap WHERE log = ?1 AND id > ?2 ORDER BY id",
                               ret_query));
    } else {
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WRAPS_MEMBER,
                               "SELECT id, bytes FROM wrap WHERE log = ?1 AND member = ?3"
                               " AND id > ?2 ORDER BY id",
                               ret_query));
        toc_query_text(ret_query, 3, member);
    }
    toc_query_integer(ret_query, 1, log);
    toc_query_integer(ret_query, 2, after);
    return TOC_OK;
}

enum toc_result toc_store_wraps(struct toc_store *store, int64_t log, const char *member,
                                int64_t after, struct toc_arena *arena, struct toc_bytes *ret_wraps,
                                size_t max, size_t *ret_len, int64_t *ret_after)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(open_list(store, log, member, after, &query));
    size_t len = 0;
    int64_t last = after;
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_blob(&query, 1, arena, &ret_wraps[len]));
        last = toc_query_get(&query, 0);
        len++;
    }
    *ret_len = len;
    *ret_after = last;
    return TOC_OK;
}

uint32_t toc_store_wraps_count(struct toc_store *store, int64_t log, const char *member)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const enum toc_result result =
        member == NULL
            ? toc_query_open(store, &store->group, TOC_SQL_WRAPS_COUNT_ALL,
                             "SELECT count(*) FROM wrap WHERE log = ?1", &query)
            : toc_query_open(store, &store->group, TOC_SQL_WRAPS_COUNT_MEMBER,
                             "SELECT count(*) FROM wrap WHERE log = ?1 AND member = ?2", &query);
    if (result != TOC_OK) {
        return 0;
    }
    toc_query_integer(&query, 1, log);
    if (member != NULL) {
        toc_query_text(&query, 2, member);
    }
    return toc_query_row(&query) == TOC_OK ? (uint32_t)toc_query_get(&query, 0) : 0;
}

bool toc_store_wrap_held(struct toc_store *store, int64_t log, uint32_t epoch, const char *member)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->group, TOC_SQL_WRAP_HELD,
                       "SELECT 1 FROM wrap WHERE log = ?1 AND epoch = ?2 AND member = ?3",
                       &query) != TOC_OK) {
        return false;
    }
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    toc_query_text(&query, 3, member);
    return toc_query_row(&query) == TOC_OK;
}

enum toc_result toc_store_wrap_get(struct toc_store *store, int64_t log, uint32_t epoch,
                                   const char *member, struct toc_arena *arena,
                                   struct toc_bytes *ret_wrap)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WRAP_GET,
                           "SELECT bytes FROM wrap WHERE log = ?1 AND epoch = ?2 AND member = ?3",
                           &query));
    toc_query_integer(&query, 1, log);
    toc_query_integer(&query, 2, epoch);
    toc_query_text(&query, 3, member);
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_blob(&query, 0, arena, ret_wrap);
}

int64_t toc_store_wraps_last(struct toc_store *store, int64_t log, const char *member)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->group, TOC_SQL_WRAPS_LAST,
                       "SELECT coalesce(max(id), 0) FROM wrap"
                       " WHERE log = ?1 AND (?2 IS NULL OR member = ?2)",
                       &query) != TOC_OK) {
        return 0;
    }
    toc_query_integer(&query, 1, log);
    if (member != NULL) {
        toc_query_text(&query, 2, member);
    }
    return toc_query_row(&query) == TOC_OK ? toc_query_get(&query, 0) : 0;
}
