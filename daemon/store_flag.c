#include "store_flag.h"

#include "store_query.h"
#include "store_story.h"

#define COLUMNS                                                                                    \
    "number, id, key, fold, name, purpose, event, source, severity, status, expires, clause,"      \
    " action, text, reference, event_date, may_identify, raised_by, approved_by, raised_ms,"       \
    " state, revision, parent_key, parent_fold, parent_name, embargo_ms"

/* ---- own flags ---- */

enum toc_result toc_store_flag_add(struct toc_store *store, const struct toc_own_flag *flag)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const int64_t numbers[] = {flag->event_date, flag->may_identify ? 1 : 0,
                               flag->raised_by,  flag->approved_by,
                               flag->raised_ms,  flag->state,
                               flag->revision,   flag->embargo_ms};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_ADD,
                           "INSERT INTO flag (id, key, fold, name, purpose, event, source,"
                           " severity, status, expires, clause, action, text, reference,"
                           " event_date, may_identify, raised_by, approved_by, raised_ms, state,"
                           " revision, embargo_ms, parent_key, parent_fold, parent_name)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                           " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
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
    toc_query_text(&query, 23, flag->parent_key);
    toc_query_text(&query, 24, flag->parent_fold);
    toc_query_text(&query, 25, flag->parent_name);
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
    TOC_TRY(toc_query_get_text(query, 22, arena, &flag->parent_key));
    TOC_TRY(toc_query_get_text(query, 23, arena, &flag->parent_fold));
    TOC_TRY(toc_query_get_text(query, 24, arena, &flag->parent_name));
    return toc_query_get_text(query, 14, arena, &flag->reference);
}

static enum toc_result read_flag(const struct toc_query *query, struct toc_arena *arena,
                                 void *ret_row)
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
        .embargo_ms = toc_query_get(query, 25),
    };

    TOC_TRY(read_texts(query, arena, &flag));
    *(struct toc_own_flag *)ret_row = flag;
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

static enum toc_result drop_flag(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_DROP,
                           "DELETE FROM flag WHERE id = ?1", &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    return toc_query_hit(&query);
}

enum toc_result toc_store_flag_drop(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN])
{
    enum toc_result result;

    TOC_TRY(toc_db_begin(store, &store->local));
    result = toc_store_flag_deeds_cut(store, id, 0);
    if (result == TOC_OK) {
        result = drop_flag(store, id);
    }
    return toc_db_end(store, &store->local, result);
}

enum toc_result toc_store_flags(struct toc_store *store, unsigned state, int64_t after,
                                struct toc_arena *arena, struct toc_own_flag *ret_flags, size_t max,
                                size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(state == 0
                ? toc_query_open(store, &store->local, TOC_SQL_FLAGS,
                                 "SELECT " COLUMNS " FROM flag WHERE number > ?1 AND ?2 = 0"
                                 " ORDER BY number LIMIT ?3",
                                 &query)
                : toc_query_open(store, &store->local, TOC_SQL_FLAGS_IN_STATE,
                                 "SELECT " COLUMNS " FROM flag WHERE number > ?1 AND state = ?2"
                                 " ORDER BY number LIMIT ?3",
                                 &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, state);
    toc_query_integer(&query, 3, (int64_t)max);
    return toc_query_page(&query, arena, read_flag, ret_flags, sizeof(*ret_flags), max, ret_len);
}

enum toc_result toc_store_flags_waiting(struct toc_store *store, uint64_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAGS_WAITING,
                           "SELECT count(*) FROM flag WHERE state < 3", &query));
    TOC_TRY(toc_query_row(&query));
    *ret_len = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}
