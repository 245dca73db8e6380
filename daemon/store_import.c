/* Imports from opening to closing, and which days of a source are whose. */
#include "store_import.h"
#include "store_query.h"
#include <string.h>

#define ALL_COLUMNS                                                                                \
    "id, kind, state, source, file, hash, time_ms, uid, parts, suppliers, held, fresh, rows"

static enum toc_result read_import(const struct toc_query *query, struct toc_import *ret_import)
{
    struct toc_import import = {.id = toc_query_get(query, 0),
                                .kind = (enum toc_import_kind)toc_query_get(query, 1),
                                .state = (enum toc_import_state)toc_query_get(query, 2),
                                .time_ms = toc_query_get(query, 6),
                                .uid = (uint32_t)toc_query_get(query, 7),
                                .parts = toc_query_get(query, 8),
                                .suppliers = (uint64_t)toc_query_get(query, 9),
                                .held = (uint64_t)toc_query_get(query, 10),
                                .fresh = (uint64_t)toc_query_get(query, 11),
                                .rows = (uint64_t)toc_query_get(query, 12)};
    struct toc_bytes hash;

    TOC_TRY(toc_query_get_name(query, 3, import.source, sizeof(import.source)));
    TOC_TRY(toc_query_get_name(query, 4, import.file, sizeof(import.file)));
    TOC_TRY(toc_query_borrow(query, 5, &hash));
    import.has_hash = hash.len > 0;
    if (import.has_hash) {
        TOC_TRY(toc_query_get_fixed(query, 5, import.hash.bytes, sizeof(import.hash.bytes)));
    }
    *ret_import = import;
    return TOC_OK;
}

/* ---- opening ---- */

enum toc_result toc_store_imports_restart(struct toc_store *store)
{
    return toc_query_simple(store, &store->local, TOC_SQL_IMPORTS_RESTART,
                            "UPDATE import SET state = 3 WHERE state = 1");
}

static enum toc_result set_state(struct toc_store *store, int64_t id, enum toc_import_state state)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_STATE,
                           "UPDATE import SET state = ?2 WHERE id = ?1 AND state <> 3", &query));
    toc_query_integer(&query, 1, id);
    toc_query_integer(&query, 2, state);
    return toc_query_hit(&query);
}

static enum toc_result drop_rival(struct toc_store *store, const struct toc_import *import)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_IMPORT_RIVAL,
        "UPDATE import SET state = 3 WHERE state = 1 AND kind = ?1 AND source = ?2", &query));
    toc_query_integer(&query, 1, import->kind);
    toc_query_text(&query, 2, import->source);
    return toc_query_run(&query);
}

static enum toc_result drop_idle(struct toc_store *store, int64_t before_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_IDLE,
                           "UPDATE import SET state = 3 WHERE state = 1 AND time_ms < ?1", &query));
    toc_query_integer(&query, 1, before_ms);
    return toc_query_run(&query);
}

static enum toc_result count_loading(struct toc_store *store, int64_t *ret_count)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORTS_LOADING,
                           "SELECT count(*) FROM import WHERE state = 1", &query));
    TOC_TRY(toc_query_row(&query));
    *ret_count = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result count_payees(struct toc_store *store, int64_t *ret_count)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_COUNT, "SELECT count(*) FROM payee",
                           &query));
    TOC_TRY(toc_query_row(&query));
    *ret_count = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result add_import(struct toc_store *store, const struct toc_import *import,
                                  int64_t payees, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const int64_t room = payees < TOC_STORE_PAYEES_MAX ? TOC_STORE_PAYEES_MAX - payees : 0;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_ADD,
                           "INSERT INTO import (kind, source, file, hash, state, time_ms, uid,"
                           " parts, room, suppliers, held, fresh, rows)"
                           " VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, 0, ?7, 0, 0, 0, 0)",
                           &query));
    toc_query_integer(&query, 1, import->kind);
    toc_query_text(&query, 2, import->source);
    toc_query_text(&query, 3, import->file);
    toc_query_blob(&query, 4,
                   toc_bytes_of(import->hash.bytes, import->has_hash ? TOC_HASH_LEN : 0));
    toc_query_integer(&query, 5, import->time_ms);
    toc_query_integer(&query, 6, import->uid);
    toc_query_integer(&query, 7, room);
    TOC_TRY(toc_query_run(&query));
    *ret_id = sqlite3_last_insert_rowid(store->local.handle);
    return TOC_OK;
}

static enum toc_result open_import(struct toc_store *store, const struct toc_import *import,
                                   int64_t idle_ms, int64_t *ret_id)
{
    int64_t loading = 0;
    int64_t payees = 0;

    TOC_TRY(drop_rival(store, import));
    TOC_TRY(count_loading(store, &loading));
    if (loading >= TOC_IMPORTS_OPEN_MAX) {
        TOC_TRY(drop_idle(store, idle_ms));
        TOC_TRY(count_loading(store, &loading));
        TOC_ENSURE(loading < TOC_IMPORTS_OPEN_MAX, TOC_TOOBIG);
    }
    TOC_TRY(count_payees(store, &payees));
    return add_import(store, import, payees, ret_id);
}

enum toc_result toc_store_import_open(struct toc_store *store, const struct toc_import *import,
                                      int64_t idle_ms, int64_t *ret_id)
{
    int64_t id = 0;

    TOC_TRY(toc_db_begin(store, &store->local));
    TOC_TRY(toc_db_end(store, &store->local, open_import(store, import, idle_ms, &id)));
    *ret_id = id;
    return TOC_OK;
}

enum toc_result toc_store_import_get(struct toc_store *store, int64_t id,
                                     struct toc_import *ret_import)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_GET,
                           "SELECT " ALL_COLUMNS " FROM import WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    return read_import(&query, ret_import);
}

/* An import that lost a day to a later file no longer has all of its rows. */
enum toc_result toc_store_import_same(struct toc_store *store, enum toc_import_kind kind,
                                      const char *source, const struct toc_hash *hash)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_IMPORT_SAME,
        "SELECT 1 FROM import WHERE state = 2 AND kind = ?1 AND source = ?2 AND hash = ?3"
        " AND (kind <> 1 OR parts = (SELECT count(*) FROM covered WHERE covered.import = "
        "import.id))",
        &query));
    toc_query_integer(&query, 1, kind);
    toc_query_text(&query, 2, source);
    toc_query_hash(&query, 3, hash);
    return toc_query_row(&query);
}

/* ---- closing ---- */

static enum toc_result add_days(struct toc_store *store, int64_t id, int32_t from, int32_t to)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_DAYS_ADD,
                           "WITH RECURSIVE every (day) AS (SELECT ?2 UNION ALL"
                           " SELECT day + 1 FROM every WHERE day < ?3)"
                           " INSERT OR IGNORE INTO import_day (import, day, rows, pence)"
                           " SELECT ?1, day, 0, 0 FROM every",
                           &query));
    toc_query_integer(&query, 1, id);
    toc_query_integer(&query, 2, from);
    toc_query_integer(&query, 3, to);
    return toc_query_run(&query);
}

static enum toc_result add_covers(struct toc_store *store, int64_t id,
                                  const struct toc_import_end *end)
{
    for (size_t at = 0; at + TOC_DAY_LEN <= end->days.len; at += TOC_DAY_LEN) {
        const int32_t day = toc_day_get(end->days.data + at);
        TOC_TRY(add_days(store, id, day, day));
    }
    return end->covers ? add_days(store, id, end->from, end->to) : TOC_OK;
}

static enum toc_result sum_dates(struct toc_store *store, int64_t id,
                                 struct toc_import_report *report)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_DAYS_SUM,
                           "SELECT count(*), min(day), max(day) FROM import_day WHERE import = ?1",
                           &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    report->dates = (uint64_t)toc_query_get(&query, 0);
    report->first_date = (int32_t)toc_query_get(&query, 1);
    report->last_date = (int32_t)toc_query_get(&query, 2);
    return TOC_OK;
}

static enum toc_result sum_replaced(struct toc_store *store, const struct toc_import *import,
                                    struct toc_import_report *report)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_DAYS_OLD,
                           "SELECT count(*), ifnull(sum(covered.rows), 0) FROM covered"
                           " JOIN import_day ON import_day.import = ?1"
                           " AND import_day.day = covered.day WHERE covered.source = ?2",
                           &query));
    toc_query_integer(&query, 1, import->id);
    toc_query_text(&query, 2, import->source);
    TOC_TRY(toc_query_row(&query));
    report->dates_replaced = (uint64_t)toc_query_get(&query, 0);
    report->rows_replaced = (uint64_t)toc_query_get(&query, 1);
    return TOC_OK;
}

static enum toc_result count_kept(struct toc_store *store, const struct toc_import *import,
                                  struct toc_import_report *report)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_DAYS_KEPT,
                           "SELECT count(*) FROM covered WHERE source = ?1"
                           " AND day BETWEEN ?2 AND ?3",
                           &query));
    toc_query_text(&query, 1, import->source);
    toc_query_integer(&query, 2, report->first_date);
    toc_query_integer(&query, 3, report->last_date);
    TOC_TRY(toc_query_row(&query));
    report->dates_kept = (uint64_t)toc_query_get(&query, 0) - report->dates_replaced;
    return TOC_OK;
}

static enum toc_result forget_days(struct toc_store *store, int64_t id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_DAYS_CLEAR,
                           "DELETE FROM import_day WHERE import = ?1", &query));
    toc_query_integer(&query, 1, id);
    return toc_query_run(&query);
}

static enum toc_result cover(struct toc_store *store, const struct toc_import *import)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_COVER,
                           "INSERT OR REPLACE INTO covered (source, day, import, rows, pence)"
                           " SELECT ?2, day, import, rows, pence FROM import_day"
                           " WHERE import = ?1",
                           &query));
    toc_query_integer(&query, 1, import->id);
    toc_query_text(&query, 2, import->source);
    return toc_query_run(&query);
}

/* From now on `parts` counts its days, which is how a later look finds one missing. */
static enum toc_result go_live(struct toc_store *store, const struct toc_import *import,
                               const struct toc_import_end *end, uint64_t dates)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_CLOSED,
                           "UPDATE import SET state = 2, parts = ?2, time_ms = ?3,"
                           " hash = CASE WHEN ?4 THEN ?5 ELSE hash END WHERE id = ?1",
                           &query));
    toc_query_integer(&query, 1, import->id);
    toc_query_integer(&query, 2, (int64_t)dates);
    toc_query_integer(&query, 3, end->time_ms);
    toc_query_integer(&query, 4, end->hash != NULL);
    toc_query_hash(&query, 5, end->hash != NULL ? end->hash : &toc_hash_zero);
    return toc_query_hit(&query);
}

/* Those of the source that have lost all that they covered, or were replaced as a whole. */
static enum toc_result drop_emptied(struct toc_store *store, const struct toc_import *import)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_IMPORTS_EMPTIED,
        "UPDATE import SET state = 3 WHERE state = 2 AND kind = ?1 AND source = ?2 AND id <> ?3"
        " AND (kind <> 1 OR NOT EXISTS (SELECT 1 FROM covered WHERE covered.import = import.id))",
        &query));
    toc_query_integer(&query, 1, import->kind);
    toc_query_text(&query, 2, import->source);
    toc_query_integer(&query, 3, import->id);
    return toc_query_run(&query);
}

static enum toc_result close_spend(struct toc_store *store, const struct toc_import *import,
                                   const struct toc_import_end *end,
                                   struct toc_import_report *report)
{
    TOC_TRY(add_covers(store, import->id, end));
    TOC_TRY(sum_dates(store, import->id, report));
    TOC_TRY(sum_replaced(store, import, report));
    TOC_TRY(count_kept(store, import, report));
    if (end->dry_run || report->dates == 0) {
        return set_state(store, import->id, TOC_IMPORT_GONE);
    }
    TOC_TRY(cover(store, import));
    TOC_TRY(forget_days(store, import->id));
    TOC_TRY(go_live(store, import, end, report->dates));
    return drop_emptied(store, import);
}

/* The contracts of a source are one list: the new one takes the place of the old. */
static enum toc_result close_contracts(struct toc_store *store, const struct toc_import *import,
                                       const struct toc_import_end *end,
                                       struct toc_import_report *report)
{
    TOC_TRY(toc_store_contracts_count(store, import->source, &report->rows_replaced));
    if (end->dry_run || import->rows == 0) {
        return set_state(store, import->id, TOC_IMPORT_GONE);
    }
    TOC_TRY(go_live(store, import, end, (uint64_t)import->parts));
    return drop_emptied(store, import);
}

static enum toc_result close_import(struct toc_store *store, const struct toc_import *import,
                                    const struct toc_import_end *end,
                                    struct toc_import_report *report)
{
    const struct toc_hash *hash =
        end->hash != NULL ? end->hash : (import->has_hash ? &import->hash : NULL);
    const enum toc_result same =
        hash == NULL ? TOC_NOTFOUND
                     : toc_store_import_same(store, import->kind, import->source, hash);

    if (same != TOC_NOTFOUND) {
        TOC_TRY(same);
        report->same = true;
        return set_state(store, import->id, TOC_IMPORT_GONE);
    }
    return import->kind == TOC_IMPORT_SPEND ? close_spend(store, import, end, report)
                                            : close_contracts(store, import, end, report);
}

enum toc_result toc_store_import_close(struct toc_store *store, const struct toc_import *import,
                                       const struct toc_import_end *end,
                                       struct toc_import_report *ret_report)
{
    struct toc_import_report report = {.same = false};

    TOC_TRY(toc_db_begin(store, &store->local));
    TOC_TRY(toc_db_end(store, &store->local, close_import(store, import, end, &report)));
    *ret_report = report;
    return TOC_OK;
}

enum toc_result toc_store_import_drop(struct toc_store *store, int64_t id)
{
    return set_state(store, id, TOC_IMPORT_GONE);
}

/* ---- what is live ---- */

enum toc_result toc_store_imports(struct toc_store *store, int64_t after,
                                  struct toc_import_live *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;

    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_IMPORTS_LIVE,
        "SELECT " ALL_COLUMNS ", days, first, last, day_rows, day_pence FROM import LEFT JOIN"
        " (SELECT import AS of, count(*) AS days, min(day) AS first, max(day) AS last,"
        " sum(rows) AS day_rows, sum(pence) AS day_pence FROM covered GROUP BY import)"
        " ON of = id WHERE state = 2 AND id > ?1 ORDER BY id",
        &query));
    toc_query_integer(&query, 1, after);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        struct toc_import_live *one = &ret_list[len];
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        *one = (struct toc_import_live){.dates = (uint64_t)toc_query_get(&query, 13),
                                        .first_date = (int32_t)toc_query_get(&query, 14),
                                        .last_date = (int32_t)toc_query_get(&query, 15),
                                        .rows = (uint64_t)toc_query_get(&query, 16),
                                        .pence = toc_query_get(&query, 17)};
        TOC_TRY(read_import(&query, &one->import));
        if (one->import.kind == TOC_IMPORT_CONTRACTS) {
            one->rows = one->import.rows;
        }
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

/* ---- a whole source ---- */

static enum toc_result sum_source(struct toc_store *store, enum toc_import_kind kind,
                                  const char *source, uint64_t *ret_dates, uint64_t *ret_rows)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_SOURCE_SUM,
        "SELECT count(*), (SELECT count(*) FROM covered WHERE source = ?2 AND ?1 = 1),"
        " CASE ?1 WHEN 1 THEN (SELECT ifnull(sum(rows), 0) FROM covered WHERE source = ?2)"
        " ELSE ifnull(sum(rows), 0) END"
        " FROM import WHERE state = 2 AND kind = ?1 AND source = ?2",
        &query));
    toc_query_integer(&query, 1, kind);
    toc_query_text(&query, 2, source);
    TOC_TRY(toc_query_row(&query));
    TOC_ENSURE(toc_query_get(&query, 0) > 0, TOC_NOTFOUND);
    *ret_dates = (uint64_t)toc_query_get(&query, 1);
    *ret_rows = (uint64_t)toc_query_get(&query, 2);
    return TOC_OK;
}

static enum toc_result drop_source(struct toc_store *store, enum toc_import_kind kind,
                                   const char *source)
{
    TOC_AUTO(toc_query_close) struct toc_query gone = {0};
    TOC_AUTO(toc_query_close) struct toc_query uncover = {0};

    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_SOURCE_GONE,
        "UPDATE import SET state = 3 WHERE state = 2 AND kind = ?1 AND source = ?2", &gone));
    toc_query_integer(&gone, 1, kind);
    toc_query_text(&gone, 2, source);
    TOC_TRY(toc_query_run(&gone));
    if (kind != TOC_IMPORT_SPEND) {
        return TOC_OK;
    }
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SOURCE_UNCOVER,
                           "DELETE FROM covered WHERE source = ?1", &uncover));
    toc_query_text(&uncover, 1, source);
    return toc_query_run(&uncover);
}

enum toc_result toc_store_source_drop(struct toc_store *store, enum toc_import_kind kind,
                                      const char *source, uint64_t *ret_dates, uint64_t *ret_rows)
{
    uint64_t dates = 0;
    uint64_t rows = 0;

    TOC_TRY(sum_source(store, kind, source, &dates, &rows));
    TOC_TRY(toc_db_begin(store, &store->local));
    TOC_TRY(toc_db_end(store, &store->local, drop_source(store, kind, source)));
    *ret_dates = dates;
    *ret_rows = rows;
    return TOC_OK;
}
