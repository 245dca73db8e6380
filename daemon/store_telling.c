#include "store_telling.h"

#include "store_keep.h"
#include "store_query.h"

#define COLUMNS                                                                                    \
    "c.number, c.id, c.stream, c.publisher, c.sequence, coalesce(m.key, ''), c.what, c.status,"    \
    " c.severity, c.status_before, c.severity_before, c.time_ms, c.notify, c.tries, c.next_ms"
#define FROM                                                                                       \
    " FROM change AS c LEFT JOIN alert_mine AS m ON m.publisher = c.publisher AND m.id = c.id "

/* ---- what was told ---- */

static enum toc_result again(struct toc_store *store, const char *stream)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOLD_AGAIN,
                           "UPDATE alert_mine SET look = 1 WHERE stream = ?1 AND EXISTS"
                           " (SELECT 1 FROM told WHERE told.publisher = alert_mine.publisher"
                           " AND told.id = alert_mine.id AND told.status IN (1, 2, 3, 6))",
                           &query));
    toc_query_text(&query, 1, stream);
    return toc_query_hit(&query);
}

enum toc_result toc_store_told_again(struct toc_store *store, const char *stream)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end_lightly(store, &store->local, again(store, stream));
}

enum toc_result toc_store_told_get(struct toc_store *store, const struct toc_alert_mine *mine,
                                   struct toc_told *ret_told)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOLD_GET,
                           "SELECT sequence, status, severity, named, notified FROM told"
                           " WHERE publisher = ?1 AND id = ?2",
                           &query));
    toc_query_text(&query, 1, mine->publisher);
    toc_query_blob(&query, 2, toc_bytes_of(mine->id, sizeof(mine->id)));
    TOC_TRY(toc_query_row(&query));
    *ret_told = (struct toc_told){.sequence = (uint64_t)toc_query_get(&query, 0),
                                  .status = (enum toc_flag_status)toc_query_get(&query, 1),
                                  .severity = (unsigned)toc_query_get(&query, 2),
                                  .named = toc_query_get(&query, 3) != 0,
                                  .notified = toc_query_get(&query, 4) != 0};
    return TOC_OK;
}

/* Not what came in between: that is looked at in its turn. */
static enum toc_result looked(struct toc_store *store, const struct toc_alert_mine *mine)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TELLING_LOOKED,
                           "UPDATE alert_mine SET look = 0 WHERE number = ?1 AND sequence = ?2",
                           &query));
    toc_query_integer(&query, 1, mine->number);
    toc_query_integer(&query, 2, (int64_t)mine->sequence);
    return toc_query_run(&query);
}

static enum toc_result put_told(struct toc_store *store, const struct toc_alert_mine *mine,
                                const struct toc_told *told)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOLD_PUT,
                           "INSERT OR REPLACE INTO told (publisher, id, sequence, status, severity,"
                           " named, notified) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                           &query));
    toc_query_text(&query, 1, mine->publisher);
    toc_query_blob(&query, 2, toc_bytes_of(mine->id, sizeof(mine->id)));
    toc_query_integer(&query, 3, (int64_t)told->sequence);
    toc_query_integer(&query, 4, told->status);
    toc_query_integer(&query, 5, told->severity);
    toc_query_integer(&query, 6, told->named ? 1 : 0);
    toc_query_integer(&query, 7, told->notified ? 1 : 0);
    return toc_query_run(&query);
}

static enum toc_result add_change(struct toc_store *store, struct toc_change *change)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CHANGE_ADD,
                           "INSERT INTO change (id, stream, publisher, sequence, what, status,"
                           " severity, status_before, severity_before, time_ms, notify, tries,"
                           " next_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0)"
                           " RETURNING number",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(change->id, sizeof(change->id)));
    toc_query_text(&query, 2, change->stream);
    toc_query_text(&query, 3, change->publisher);
    toc_query_integer(&query, 4, (int64_t)change->sequence);
    toc_query_integer(&query, 5, change->what);
    toc_query_integer(&query, 6, change->status);
    toc_query_integer(&query, 7, change->severity);
    toc_query_integer(&query, 8, change->status_before);
    toc_query_integer(&query, 9, change->severity_before);
    toc_query_integer(&query, 10, change->time_ms);
    toc_query_integer(&query, 11, change->notify);
    TOC_TRY(toc_query_change(&query));
    change->number = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result prune(struct toc_store *store, int64_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CHANGES_PRUNE,
                           "DELETE FROM change WHERE number <= ?1 AND notify <> 1", &query));
    toc_query_integer(&query, 1, last - TOC_CHANGES_MAX);
    return toc_query_run(&query);
}

enum toc_result toc_store_tell(struct toc_store *store, const struct toc_alert_mine *mine,
                               const struct toc_told *told, struct toc_change *change)
{
    TOC_TRY(toc_store_telling(store));
    TOC_TRY(looked(store, mine));
    if (told != NULL) {
        TOC_TRY(put_told(store, mine, told));
    }
    if (change != NULL) {
        TOC_TRY(add_change(store, change));
        TOC_TRY(prune(store, change->number));
        store->told = change->number;
    }
    return TOC_OK;
}

static enum toc_result read_change(const struct toc_query *query, struct toc_arena *arena,
                                   void *ret_row)
{
    struct toc_change change = {
        .number = toc_query_get(query, 0),
        .sequence = (uint64_t)toc_query_get(query, 4),
        .what = (unsigned)toc_query_get(query, 6),
        .status = (enum toc_flag_status)toc_query_get(query, 7),
        .severity = (unsigned)toc_query_get(query, 8),
        .status_before = (enum toc_flag_status)toc_query_get(query, 9),
        .severity_before = (unsigned)toc_query_get(query, 10),
        .time_ms = toc_query_get(query, 11),
        .notify = (enum toc_change_notify)toc_query_get(query, 12),
        .tries = (unsigned)toc_query_get(query, 13),
        .next_ms = toc_query_get(query, 14),
    };

    TOC_TRY(toc_query_get_fixed(query, 1, change.id, sizeof(change.id)));
    TOC_TRY(toc_query_get_text(query, 2, arena, &change.stream));
    TOC_TRY(toc_query_get_text(query, 3, arena, &change.publisher));
    TOC_TRY(toc_query_get_text(query, 5, arena, &change.key));
    *(struct toc_change *)ret_row = change;
    return TOC_OK;
}

static enum toc_result read_changes(struct toc_query *query, struct toc_arena *arena,
                                    struct toc_change *ret_list, size_t max, size_t *ret_len)
{
    return toc_query_page(query, arena, read_change, ret_list, sizeof(*ret_list), max, ret_len);
}

enum toc_result toc_store_changes(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                  struct toc_change *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CHANGES,
                           "SELECT " COLUMNS FROM "WHERE c.number > ?1 ORDER BY c.number LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, (int64_t)max);
    return read_changes(&query, arena, ret_list, max, ret_len);
}

int64_t toc_store_changes_last(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->local, TOC_SQL_CHANGES_LAST,
                       "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change'",
                       &query) != TOC_OK ||
        toc_query_row(&query) != TOC_OK) {
        return 0;
    }
    return toc_query_get(&query, 0);
}

/* ---- how far `notify` is ---- */

enum toc_result toc_store_notify_waiting(struct toc_store *store, struct toc_arena *arena,
                                         struct toc_change *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CHANGES_OPEN,
                           "SELECT " COLUMNS FROM "WHERE c.notify = 1 ORDER BY c.number LIMIT ?1",
                           &query));
    toc_query_integer(&query, 1, (int64_t)max);
    return read_changes(&query, arena, ret_list, max, ret_len);
}

static enum toc_result any(struct toc_store *store, enum toc_sql sql, const char *text,
                           const struct toc_change *change, bool *ret_any)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, sql, text, &query));
    toc_query_text(&query, 1, change->publisher);
    toc_query_blob(&query, 2, toc_bytes_of(change->id, sizeof(change->id)));
    toc_query_integer(&query, 3, change->number);
    TOC_TRY(toc_query_row(&query));
    *ret_any = toc_query_get(&query, 0) != 0;
    return TOC_OK;
}

enum toc_result toc_store_notify_around(struct toc_store *store, const struct toc_change *change,
                                        bool *ret_later, bool *ret_begun)
{
    TOC_TRY(any(store, TOC_SQL_CHANGE_LATER,
                "SELECT EXISTS (SELECT 1 FROM change WHERE publisher = ?1 AND id = ?2"
                " AND number > ?3 AND notify = 1)",
                change, ret_later));
    return any(store, TOC_SQL_CHANGE_BEGUN,
               "SELECT EXISTS (SELECT 1 FROM change WHERE publisher = ?1 AND id = ?2"
               " AND number < ?3 AND (notify = 2 OR tries > 0) AND number >="
               " (SELECT coalesce(max(number), 0) FROM change WHERE publisher = ?1 AND id = ?2"
               " AND number < ?3 AND what & 1))",
               change, ret_begun);
}

static enum toc_result save_state(struct toc_store *store, const struct toc_change *change)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CHANGE_STATE,
                           "UPDATE change SET notify = ?2, tries = ?3, next_ms = ?4"
                           " WHERE number = ?1",
                           &query));
    toc_query_integer(&query, 1, change->number);
    toc_query_integer(&query, 2, change->notify);
    toc_query_integer(&query, 3, change->tries);
    toc_query_integer(&query, 4, change->next_ms);
    return toc_query_run(&query);
}

enum toc_result toc_store_notify_save(struct toc_store *store, const struct toc_change *change)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end_lightly(store, &store->local, save_state(store, change));
}

static enum toc_result end_run(struct toc_store *store, int64_t first, int64_t last, bool well,
                               unsigned tries_max)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_NOTIFY_ENDED,
                           "UPDATE change SET notify = CASE WHEN ?3 THEN 2 ELSE 3 END"
                           " WHERE notify = 1 AND number BETWEEN ?1 AND ?2"
                           " AND (?3 OR tries >= ?4)",
                           &query));
    toc_query_integer(&query, 1, first);
    toc_query_integer(&query, 2, last);
    toc_query_integer(&query, 3, well ? 1 : 0);
    toc_query_integer(&query, 4, tries_max);
    return toc_query_run(&query);
}

enum toc_result toc_store_notify_ended(struct toc_store *store, int64_t first, int64_t last,
                                       bool well, unsigned tries_max)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end_lightly(store, &store->local, end_run(store, first, last, well, tries_max));
}

enum toc_result toc_store_notify_count(struct toc_store *store, enum toc_change_notify state,
                                       uint64_t *ret_count)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CHANGES_COUNT,
                           "SELECT count(*) FROM change WHERE notify IN (1, 3) AND notify = ?1",
                           &query));
    toc_query_integer(&query, 1, state);
    TOC_TRY(toc_query_row(&query));
    *ret_count = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result put_run(struct toc_store *store, enum toc_sql sql, const char *text,
                               int64_t time_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, sql, text, &query));
    toc_query_integer(&query, 1, time_ms);
    return toc_query_run(&query);
}

enum toc_result toc_store_notify_ran(struct toc_store *store, int64_t now_ms, int64_t since_ms)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = put_run(store, TOC_SQL_NOTIFY_RUNS_DROP,
                                     "DELETE FROM notify_run WHERE time_ms <= ?1", since_ms);
    if (result == TOC_OK) {
        result = put_run(store, TOC_SQL_NOTIFY_RUN_ADD,
                         "INSERT INTO notify_run (time_ms) VALUES (?1)", now_ms);
    }
    return toc_db_end_lightly(store, &store->local, result);
}

enum toc_result toc_store_notify_runs(struct toc_store *store, int64_t since_ms,
                                      uint64_t *ret_count, int64_t *ret_first_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_NOTIFY_RUNS,
                           "SELECT count(*), coalesce(min(time_ms), 0) FROM notify_run"
                           " WHERE time_ms > ?1",
                           &query));
    toc_query_integer(&query, 1, since_ms);
    TOC_TRY(toc_query_row(&query));
    *ret_count = (uint64_t)toc_query_get(&query, 0);
    *ret_first_ms = toc_query_get(&query, 1);
    return TOC_OK;
}

/* ---- rules ---- */

enum toc_result toc_store_rules_get(struct toc_store *store, struct toc_alert_rules *ret_rules)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_alert_rules rules = {.severity_min = 1};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_RULES_GET,
                           "SELECT events, severity_min, categories, exposure_min, ends_within"
                           " FROM alert_rules",
                           &query));
    const enum toc_result result = toc_query_row(&query);
    if (result == TOC_OK) {
        TOC_TRY(toc_query_get_name(&query, 0, rules.events, sizeof(rules.events)));
        rules.severity_min = (unsigned)toc_query_get(&query, 1);
        TOC_TRY(toc_query_get_name(&query, 2, rules.categories, sizeof(rules.categories)));
        rules.exposure_min = toc_query_get(&query, 3);
        rules.ends_within = (unsigned)toc_query_get(&query, 4);
    }
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    *ret_rules = rules;
    return TOC_OK;
}

enum toc_result toc_store_rules_put(struct toc_store *store, const struct toc_alert_rules *rules)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_RULES_PUT,
                           "INSERT OR REPLACE INTO alert_rules (one, events, severity_min,"
                           " categories, exposure_min, ends_within) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_text(&query, 1, rules->events);
    toc_query_integer(&query, 2, rules->severity_min);
    toc_query_text(&query, 3, rules->categories);
    toc_query_integer(&query, 4, rules->exposure_min);
    toc_query_integer(&query, 5, rules->ends_within);
    return toc_query_run(&query);
}
