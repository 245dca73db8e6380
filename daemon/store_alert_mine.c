#include "store_alert_mine.h"

#include "store_query.h"

#define MINE "number, id, stream, publisher, sequence, key, seen_ms, ended"

static enum toc_result put_mine(struct toc_store *store, const struct toc_alert_mine *mine,
                                bool fresh)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, &store->local, TOC_SQL_ALERT_MINE_PUT,
                       "INSERT INTO alert_mine (id, stream, publisher, sequence, key, seen_ms)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (publisher, id)"
                       " DO UPDATE SET stream = ?2, sequence = ?4, key = ?5, look = 1, ended = 0"
                       " WHERE sequence <> ?4 OR key <> ?5 OR ended <> 0 OR ?7",
                       &query));
    toc_query_blob(&query, 1, toc_bytes_of(mine->id, sizeof(mine->id)));
    toc_query_text(&query, 2, mine->stream);
    toc_query_text(&query, 3, mine->publisher);
    toc_query_integer(&query, 4, (int64_t)mine->sequence);
    toc_query_text(&query, 5, mine->key);
    toc_query_integer(&query, 6, mine->first_seen_ms);
    toc_query_integer(&query, 7, fresh ? 1 : 0);
    return toc_query_run(&query);
}

static enum toc_result put_met(struct toc_store *store, const struct toc_alert_mine *mine,
                               const struct toc_alert_met *met)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERT_MET_PUT,
                           "INSERT INTO alert_met VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                           " ON CONFLICT (publisher, id, revision) DO UPDATE SET sequence = ?4"
                           " WHERE sequence <> ?4",
                           &query));
    toc_query_text(&query, 1, mine->publisher);
    toc_query_blob(&query, 2, toc_bytes_of(mine->id, sizeof(mine->id)));
    toc_query_integer(&query, 3, met->revision);
    toc_query_integer(&query, 4, (int64_t)met->sequence);
    toc_query_integer(&query, 5, (int64_t)met->own_next);
    toc_query_integer(&query, 6, met->seen_ms);
    return toc_query_run(&query);
}

enum toc_result toc_store_alert_mine_put(struct toc_store *store, const struct toc_alert_mine *mine,
                                         const struct toc_alert_met *met, bool fresh)
{
    enum toc_result result;

    TOC_TRY(toc_db_begin(store, &store->local));
    result = put_mine(store, mine, fresh);
    if (result == TOC_OK) {
        result = put_met(store, mine, met);
    }
    return toc_db_end_lightly(store, &store->local, result);
}

enum toc_result toc_store_alert_mine_end(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERT_MINE_END,
                           "UPDATE alert_mine SET ended = 1 WHERE publisher = ?1 AND id = ?2"
                           " AND ended = 0",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_blob(&query, 2, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    return toc_query_run(&query);
}

static enum toc_result read_mine(const struct toc_query *query, struct toc_arena *arena,
                                 void *ret_row)
{
    struct toc_alert_mine mine = {.number = toc_query_get(query, 0),
                                  .sequence = (uint64_t)toc_query_get(query, 4),
                                  .first_seen_ms = toc_query_get(query, 6),
                                  .ended = toc_query_get(query, 7) != 0};

    TOC_TRY(toc_query_get_fixed(query, 1, mine.id, sizeof(mine.id)));
    TOC_TRY(toc_query_get_text(query, 2, arena, &mine.stream));
    TOC_TRY(toc_query_get_text(query, 3, arena, &mine.publisher));
    TOC_TRY(toc_query_get_text(query, 5, arena, &mine.key));
    *(struct toc_alert_mine *)ret_row = mine;
    return TOC_OK;
}

static enum toc_result read_page(struct toc_query *query, struct toc_arena *arena,
                                 struct toc_alert_mine *ret_list, size_t max, size_t *ret_len)
{
    return toc_query_page(query, arena, read_mine, ret_list, sizeof(*ret_list), max, ret_len);
}

enum toc_result toc_store_alert_mine_get(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                         struct toc_arena *arena, struct toc_alert_mine *ret_mine)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERT_MINE_GET,
                           "SELECT " MINE " FROM alert_mine WHERE id = ?1 ORDER BY number",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    TOC_TRY(toc_query_row(&query));
    return read_mine(&query, arena, ret_mine);
}

enum toc_result toc_store_alerts_mine(struct toc_store *store, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_MINE,
                           "SELECT " MINE " FROM alert_mine WHERE number > ?1"
                           " ORDER BY number LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, (int64_t)max);
    return read_page(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_alerts_mine_of(struct toc_store *store, const char *publisher,
                                         const char *const keys[2], int64_t after,
                                         struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                         size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_MINE_OF,
                           "SELECT " MINE " FROM alert_mine WHERE (key = ?1 OR key = ?2)"
                           " AND number > ?3 AND (?4 = '' OR publisher = ?4)"
                           " ORDER BY number LIMIT ?5",
                           &query));
    toc_query_text(&query, 1, keys[0] == NULL ? "" : keys[0]);
    toc_query_text(&query, 2, keys[1] == NULL ? "" : keys[1]);
    toc_query_integer(&query, 3, after);
    toc_query_text(&query, 4, publisher == NULL ? "" : publisher);
    toc_query_integer(&query, 5, (int64_t)max);
    return read_page(&query, arena, ret_list, max, ret_len);
}

/* ---- what may have to be told ---- */

enum toc_result toc_store_alerts_look(struct toc_store *store,
                                      const struct toc_alert_source *source, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_LOOK,
                           "SELECT " MINE
                           " FROM alert_mine INDEXED BY alert_mine_look WHERE look = 1"
                           " AND publisher = ?3 AND stream = ?4 AND number > ?1"
                           " ORDER BY number LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, (int64_t)max);
    toc_query_text(&query, 3, source->publisher);
    toc_query_text(&query, 4, source->stream);
    return read_page(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_alerts_look_next(struct toc_store *store, struct toc_alert_source *source)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_alert_source next = {.stream = ""};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_LOOK_NEXT,
                           "SELECT publisher, stream FROM alert_mine INDEXED BY alert_mine_look"
                           " WHERE look = 1"
                           " AND (publisher, stream) > (?1, ?2)"
                           " ORDER BY publisher, stream LIMIT 1",
                           &query));
    toc_query_text(&query, 1, source->publisher);
    toc_query_text(&query, 2, source->stream);
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_get_name(&query, 0, next.publisher, sizeof(next.publisher)));
    TOC_TRY(toc_query_get_name(&query, 1, next.stream, sizeof(next.stream)));
    *source = next;
    return TOC_OK;
}

static enum toc_result look_again(struct toc_store *store, const char *publisher, uint64_t sequence)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERT_AGAIN,
                           "UPDATE alert_mine SET look = 1 WHERE publisher = ?1 AND sequence = ?2",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    return toc_query_hit(&query);
}

enum toc_result toc_store_alert_again(struct toc_store *store, const char *publisher,
                                      uint64_t sequence)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end_lightly(store, &store->local, look_again(store, publisher, sequence));
}

enum toc_result toc_store_alert_mine_has(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERT_MINE_HAS,
                           "SELECT 1 FROM alert_mine WHERE publisher = ?1 AND id = ?2", &query));
    toc_query_text(&query, 1, publisher);
    toc_query_blob(&query, 2, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    return toc_query_row(&query);
}

/* ---- revisions ---- */

enum toc_result toc_store_alerts_met(struct toc_store *store, const char *publisher,
                                     const uint8_t id[TOC_FLAG_ID_LEN],
                                     struct toc_alert_met *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_MET,
                           "SELECT revision, sequence, own_next, seen_ms FROM alert_met"
                           " WHERE publisher = ?1 AND id = ?2 ORDER BY revision DESC LIMIT ?3",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_blob(&query, 2, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    toc_query_integer(&query, 3, (int64_t)max);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_list[len++] = (struct toc_alert_met){.revision = (uint32_t)toc_query_get(&query, 0),
                                                 .sequence = (uint64_t)toc_query_get(&query, 1),
                                                 .own_next = (uint64_t)toc_query_get(&query, 2),
                                                 .seen_ms = toc_query_get(&query, 3)};
    }
    *ret_len = len;
    return TOC_OK;
}
