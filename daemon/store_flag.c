#include "store_flag.h"

#include "store_query.h"

#define COLUMNS                                                                                    \
    "number, id, key, fold, name, purpose, event, source, severity, status, expires, clause,"      \
    " action, text, reference, event_date, may_identify, raised_by, approved_by, raised_ms,"       \
    " state, revision"

/* ---- own flags ---- */

enum toc_result toc_store_flag_add(struct toc_store *store, const struct toc_own_flag *flag)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const int64_t numbers[] = {flag->event_date, flag->may_identify ? 1 : 0,
                               flag->raised_by,  flag->approved_by,
                               flag->raised_ms,  flag->state,
                               flag->revision};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_ADD,
                           "INSERT INTO flag (id, key, fold, name, purpose, event, source,"
                           " severity, status, expires, clause, action, text, reference,"
                           " event_date, may_identify, raised_by, approved_by, raised_ms, state,"
                           " revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                           " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(flag->id, sizeof(flag->id)));
    toc_query_text(&query, 2, flag->key);
    toc_query_text(&query, 3, flag->fold);
    toc_query_text(&query, 4, flag->name);
    toc_query_integer(&query, 5, flag->purpose);
    toc_query_integer(&query, 6, flag->event);
    toc_query_integer(&query, 7, flag->source);
    toc_query_integer(&query, 8, flag->severity);
    toc_query_integer(&query, 9, flag->status);
    toc_query_integer(&query, 10, flag->expires_quarter);
    toc_query_integer(&query, 11, flag->clause);
    toc_query_integer(&query, 12, flag->action);
    toc_query_text(&query, 13, flag->text);
    toc_query_text(&query, 14, flag->reference);
    for (int i = 0; i < (int)(sizeof numbers / sizeof numbers[0]); i++) {
        toc_query_integer(&query, 15 + i, numbers[i]);
    }
    return toc_query_run(&query);
}

enum toc_result toc_store_flag_save(struct toc_store *store, const struct toc_own_flag *flag)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_SAVE,
                           "UPDATE flag SET state = ?2, status = ?3, revision = ?4,"
                           " approved_by = ?5 WHERE id = ?1",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(flag->id, sizeof(flag->id)));
    toc_query_integer(&query, 2, flag->state);
    toc_query_integer(&query, 3, flag->status);
    toc_query_integer(&query, 4, flag->revision);
    toc_query_integer(&query, 5, flag->approved_by);
    return toc_query_hit(&query);
}

static enum toc_result read_texts(const struct toc_query *query, struct toc_arena *arena,
                                  struct toc_own_flag *flag)
{
    TOC_TRY(toc_query_get_fixed(query, 1, flag->id, sizeof(flag->id)));
    TOC_TRY(toc_query_get_text(query, 2, arena, &flag->key));
    TOC_TRY(toc_query_get_text(query, 3, arena, &flag->fold));
    TOC_TRY(toc_query_get_text(query, 4, arena, &flag->name));
    TOC_TRY(toc_query_get_text(query, 13, arena, &flag->text));
    return toc_query_get_text(query, 14, arena, &flag->reference);
}

static enum toc_result read_flag(const struct toc_query *query, struct toc_arena *arena,
                                 struct toc_own_flag *ret_flag)
{
    struct toc_own_flag flag = {
        .number = toc_query_get(query, 0),
        .purpose = (enum toc_purpose)toc_query_get(query, 5),
        .event = (unsigned)toc_query_get(query, 6),
        .source = (enum toc_source)toc_query_get(query, 7),
        .severity = (unsigned)toc_query_get(query, 8),
        .status = (enum toc_flag_status)toc_query_get(query, 9),
        .expires_quarter = (unsigned)toc_query_get(query, 10),
        .clause = (enum toc_clause)toc_query_get(query, 11),
        .action = (enum toc_action)toc_query_get(query, 12),
        .event_date = (uint32_t)toc_query_get(query, 15),
        .may_identify = toc_query_get(query, 16) != 0,
        .raised_by = toc_query_get(query, 17),
        .approved_by = toc_query_get(query, 18),
        .raised_ms = toc_query_get(query, 19),
        .state = (enum toc_own_flag_state)toc_query_get(query, 20),
        .revision = (uint32_t)toc_query_get(query, 21),
    };

    TOC_TRY(read_texts(query, arena, &flag));
    *ret_flag = flag;
    return TOC_OK;
}

enum toc_result toc_store_flag_get(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                   struct toc_arena *arena, struct toc_own_flag *ret_flag)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_GET,
                           "SELECT " COLUMNS " FROM flag WHERE id = ?1", &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    TOC_TRY(toc_query_row(&query));
    return read_flag(&query, arena, ret_flag);
}

enum toc_result toc_store_flag_drop(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_DROP,
                           "DELETE FROM flag WHERE id = ?1", &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    return toc_query_hit(&query);
}

enum toc_result toc_store_flags(struct toc_store *store, unsigned state, int64_t after,
                                struct toc_arena *arena, struct toc_own_flag *ret_flags, size_t max,
                                size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAGS,
                           "SELECT " COLUMNS " FROM flag WHERE number > ?1"
                           " AND (?2 = 0 OR state = ?2) ORDER BY number LIMIT ?3",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, state);
    toc_query_integer(&query, 3, (int64_t)max);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(read_flag(&query, arena, &ret_flags[len]));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_flags_waiting(struct toc_store *store, uint64_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAGS_WAITING,
                           "SELECT count(*) FROM flag WHERE state <> 3", &query));
    TOC_TRY(toc_query_row(&query));
    *ret_len = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}

/* ---- alerts on own suppliers ---- */

static enum toc_result put_mine(struct toc_store *store, const struct toc_alert_mine *mine,
                                bool fresh)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERT_MINE_PUT,
                           "INSERT INTO alert_mine (id, stream, publisher, sequence, key, seen_ms)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (publisher, id)"
                           " DO UPDATE SET stream = ?2, sequence = ?4, key = ?5, look = 1"
                           " WHERE sequence <> ?4 OR key <> ?5 OR ?7",
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

enum toc_result toc_store_alert_mine_put(struct toc_store *store, const struct toc_alert_mine *mine,
                                         bool fresh)
{
    TOC_TRY(toc_db_begin_lightly(store, &store->local));
    return toc_db_end_lightly(store, &store->local, put_mine(store, mine, fresh));
}

static enum toc_result read_mine(struct toc_query *query, struct toc_arena *arena,
                                 struct toc_alert_mine *ret_list, size_t max, size_t *ret_len)
{
    size_t len = 0;
    while (len < max) {
        struct toc_alert_mine *const mine = &ret_list[len];
        const enum toc_result result = toc_query_row(query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        mine->number = toc_query_get(query, 0);
        TOC_TRY(toc_query_get_fixed(query, 1, mine->id, sizeof(mine->id)));
        TOC_TRY(toc_query_get_text(query, 2, arena, &mine->stream));
        TOC_TRY(toc_query_get_text(query, 3, arena, &mine->publisher));
        mine->sequence = (uint64_t)toc_query_get(query, 4);
        TOC_TRY(toc_query_get_text(query, 5, arena, &mine->key));
        mine->first_seen_ms = toc_query_get(query, 6);
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_alerts_mine(struct toc_store *store, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_MINE,
                           "SELECT number, id, stream, publisher, sequence, key, seen_ms"
                           " FROM alert_mine WHERE number > ?1 ORDER BY number LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, (int64_t)max);
    return read_mine(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_alerts_look(struct toc_store *store, int64_t after,
                                      struct toc_arena *arena, struct toc_alert_mine *ret_list,
                                      size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_ALERTS_LOOK,
                           "SELECT number, id, stream, publisher, sequence, key, seen_ms"
                           " FROM alert_mine WHERE look = 1 AND number > ?1 ORDER BY number"
                           " LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, (int64_t)max);
    return read_mine(&query, arena, ret_list, max, ret_len);
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
    TOC_TRY(toc_db_begin_lightly(store, &store->local));
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
