/* The current-records view. One chunk at a time is open in memory, and what comes in order is only
 * appended to it: a statement a page instead of one a row, four times as fast on a replay. */
#include "store_chunk.h"
#include "store_query.h"
#include <string.h>

/* ---- the open chunk ---- */

void toc_store_chunk_forget(struct toc_store *store)
{
    store->chunk.source = 0;
    store->chunk.dirty = false;
}

static enum toc_result chunk_delete(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_DELETE,
                           "DELETE FROM current WHERE id = ?1", &query));
    toc_query_integer(&query, 1, store->chunk.id);
    TOC_TRY(toc_query_hit(&query));
    store->chunk.id = 0;
    return TOC_OK;
}

static enum toc_result chunk_update(struct toc_store *store)
{
    const struct toc_open_chunk *const chunk = &store->chunk;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_CHUNK_UPDATE,
        "UPDATE current SET log = ?2, last_sequence = ?3, rows = ?4 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, chunk->id);
    toc_query_integer(&query, 2, chunk->log);
    toc_query_integer(&query, 3, (int64_t)chunk->last);
    toc_query_blob(&query, 4, toc_buf_bytes(&chunk->rows));
    return toc_query_hit(&query);
}

static enum toc_result chunk_add(struct toc_store *store, uint64_t first, uint64_t last,
                                 struct toc_bytes rows)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_ADD,
                           "INSERT INTO current (source, log, first_sequence, last_sequence, rows)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_integer(&query, 1, store->chunk.source);
    toc_query_integer(&query, 2, store->chunk.log);
    toc_query_integer(&query, 3, (int64_t)first);
    toc_query_integer(&query, 4, (int64_t)last);
    toc_query_blob(&query, 5, rows);
    return toc_query_run(&query);
}

enum toc_result toc_store_chunk_flush(struct toc_store *store)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    if (chunk->source == 0 || !chunk->dirty) {
        return TOC_OK;
    }
    if (chunk->rows.len == 0) {
        if (chunk->id != 0) {
            TOC_TRY(chunk_delete(store));
        }
        toc_store_chunk_forget(store);
        return TOC_OK;
    }
    if (chunk->id != 0) {
        TOC_TRY(chunk_update(store));
    } else {
        TOC_TRY(chunk_add(store, chunk->first, chunk->last, toc_buf_bytes(&chunk->rows)));
        chunk->id = sqlite3_last_insert_rowid(store->group.handle);
    }
    chunk->dirty = false;
    return TOC_OK;
}

/* Where the chunk after `sequence` begins. */
static enum toc_result next_begins(struct toc_store *store, int64_t source, uint64_t sequence,
                                   uint64_t *ret_before)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_AFTER,
                           "SELECT first_sequence FROM current"
                           " WHERE source = ?1 AND first_sequence > ?2"
                           " ORDER BY first_sequence LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, source);
    toc_query_integer(&query, 2, (int64_t)sequence);
    const enum toc_result result = toc_query_row(&query);
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    *ret_before = result == TOC_OK ? (uint64_t)toc_query_get(&query, 0) : UINT64_MAX;
    return TOC_OK;
}

/* The chunk the query stands on. */
static enum toc_result chunk_take(struct toc_store *store, const struct toc_query *query)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    struct toc_bytes rows;
    chunk->id = toc_query_get(query, 0);
    chunk->log = toc_query_get(query, 1);
    chunk->first = (uint64_t)toc_query_get(query, 2);
    chunk->last = (uint64_t)toc_query_get(query, 3);
    TOC_TRY(toc_query_borrow(query, 4, &rows));
    TOC_ENSURE(toc_chunk_valid(rows), toc_store_damaged(store, &store->group));
    return toc_buf_append(&chunk->rows, rows);
}

/* The stored chunk that begins at `sequence` or last before it, or an empty one. */
static enum toc_result chunk_load(struct toc_store *store, int64_t source, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    uint64_t before;
    TOC_TRY(next_begins(store, source, sequence, &before));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_FIND,
                           "SELECT id, log, first_sequence, last_sequence, rows FROM current"
                           " WHERE source = ?1 AND first_sequence <= ?2"
                           " ORDER BY first_sequence DESC LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, source);
    toc_query_integer(&query, 2, (int64_t)sequence);
    const enum toc_result result = toc_query_row(&query);
    toc_buf_clear(&chunk->rows);
    if (result == TOC_NOTFOUND) {
        chunk->id = 0;
        chunk->first = sequence;
        chunk->last = sequence - 1;
    } else {
        TOC_TRY(result);
        TOC_TRY(chunk_take(store, &query));
    }
    chunk->before = before;
    chunk->source = source;
    return TOC_OK;
}

/* Opens the chunk in whose range `sequence` falls. */
static enum toc_result chunk_seek(struct toc_store *store, int64_t source, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    if (chunk->source == source && chunk->first <= sequence && sequence < chunk->before) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_chunk_flush(store));
    toc_store_chunk_forget(store);
    return chunk_load(store, source, sequence);
}

/* ---- rows of the open chunk ---- */

static enum toc_result row_exact(struct toc_store *store, uint64_t sequence,
                                 struct toc_chunk_row *ret_row)
{
    const struct toc_bytes rows = toc_buf_bytes(&store->chunk.rows);
    const size_t at = toc_chunk_from(rows, store->chunk.first, sequence);
    TOC_ENSURE(at < toc_chunk_len(rows), TOC_NOTFOUND);
    const struct toc_chunk_row row = toc_chunk_at(rows, store->chunk.first, at);
    TOC_ENSURE(row.sequence == sequence, TOC_NOTFOUND);
    *ret_row = row;
    return TOC_OK;
}

/* What the chunk's last row is, after rows were taken out. */
static void find_last(struct toc_store *store)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    const struct toc_bytes rows = toc_buf_bytes(&chunk->rows);
    const size_t len = toc_chunk_len(rows);
    chunk->last = len == 0 ? chunk->first - 1 : toc_chunk_at(rows, chunk->first, len - 1).sequence;
}

/* Takes the rows from first to last out of the open chunk; how many there were. */
static size_t rows_cut(struct toc_store *store, uint64_t first, uint64_t last)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    const struct toc_bytes rows = toc_buf_bytes(&chunk->rows);
    const size_t from = toc_chunk_from(rows, chunk->first, first);
    const size_t to = toc_chunk_from(rows, chunk->first, last + 1);
    if (from >= to) {
        return 0;
    }
    memmove(chunk->rows.data + from * TOC_CHUNK_ROW_LEN, chunk->rows.data + to * TOC_CHUNK_ROW_LEN,
            rows.len - to * TOC_CHUNK_ROW_LEN);
    chunk->rows.len -= (to - from) * TOC_CHUNK_ROW_LEN;
    chunk->dirty = true;
    find_last(store);
    return to - from;
}

/* Puts what follows `sequence` in the open chunk into one of its own, so that there is room behind
 * it. Rare: rows come in order but for a part that was cleared and is applied again. */
static enum toc_result chunk_split(struct toc_store *store, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    const struct toc_bytes rows = toc_buf_bytes(&chunk->rows);
    const size_t len = toc_chunk_len(rows);
    const size_t from = toc_chunk_from(rows, chunk->first, sequence);
    if (from == len) {
        return TOC_OK;
    }
    const uint64_t first = toc_chunk_at(rows, chunk->first, from).sequence;
    struct toc_buf tail;
    toc_chunk_init(&tail);
    enum toc_result result = TOC_OK;
    for (size_t i = from; i < len && result == TOC_OK; i++) {
        const struct toc_chunk_row row = toc_chunk_at(rows, chunk->first, i);
        result = toc_chunk_append(&tail, first, &row);
    }
    if (result == TOC_OK) {
        result = chunk_add(store, first, chunk->last, toc_buf_bytes(&tail));
    }
    toc_buf_done(&tail);
    TOC_TRY(result);
    chunk->before = first;
    chunk->rows.len = from * TOC_CHUNK_ROW_LEN;
    chunk->dirty = true;
    find_last(store);
    return TOC_OK;
}

/* A chunk behind the open one, or in its place if that is empty. */
static enum toc_result chunk_begin(struct toc_store *store, int64_t log, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    if (chunk->rows.len > 0) {
        TOC_TRY(toc_store_chunk_flush(store));
    } else if (chunk->id != 0) {
        TOC_TRY(chunk_delete(store));
    }
    toc_buf_clear(&chunk->rows);
    chunk->id = 0;
    chunk->log = log;
    chunk->first = sequence;
    chunk->last = sequence - 1;
    return TOC_OK;
}

/* ---- own keys ---- */

static enum toc_result own_change(struct toc_store *store, enum toc_sql sql, const char *text,
                                  const char *key, int64_t source, uint64_t sequence)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, source);
    toc_query_integer(&query, 3, (int64_t)sequence);
    return toc_query_run(&query);
}

static enum toc_result own_add(struct toc_store *store, const char *key, int64_t source,
                               uint64_t sequence)
{
    return own_change(store, TOC_SQL_OWN_ADD,
                      "INSERT OR IGNORE INTO own (key, source, sequence) VALUES (?1, ?2, ?3)", key,
                      source, sequence);
}

static enum toc_result own_drop(struct toc_store *store, const char *key, int64_t source,
                                uint64_t sequence)
{
    return own_change(store, TOC_SQL_OWN_DROP,
                      "DELETE FROM own WHERE key = ?1 AND source = ?2 AND sequence = ?3", key,
                      source, sequence);
}

static enum toc_result clear_between(struct toc_store *store, enum toc_sql sql, const char *text,
                                     int64_t source, uint64_t first, uint64_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_integer(&query, 1, source);
    toc_query_integer(&query, 2, (int64_t)first);
    toc_query_integer(&query, 3, (int64_t)last);
    return toc_query_run(&query);
}

/* Reads every key there is, which the rare clearing can afford. */
static enum toc_result own_clear(struct toc_store *store, int64_t source, uint64_t first,
                                 uint64_t last)
{
    return clear_between(store, TOC_SQL_OWN_CLEAR,
                         "DELETE FROM own WHERE source = ?1 AND sequence BETWEEN ?2 AND ?3", source,
                         first, last);
}

/* ---- what store.h promises ---- */

/* A row that is put again is another row: the old one goes first. */
static enum toc_result make_room(struct toc_store *store, int64_t source,
                                 const struct toc_current_row *row, bool own)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    TOC_TRY(chunk_seek(store, source, row->sequence));
    if (row->sequence <= chunk->last && chunk->rows.len > 0) {
        if (rows_cut(store, row->sequence, row->sequence) > 0 && own) {
            TOC_TRY(own_clear(store, source, row->sequence, row->sequence));
        }
        TOC_TRY(chunk_split(store, row->sequence));
    }
    if (chunk->rows.len == 0 || chunk->log != row->log ||
        !toc_chunk_fits(&chunk->rows, chunk->first, row->sequence)) {
        TOC_TRY(chunk_begin(store, row->log, row->sequence));
    }
    return TOC_OK;
}

enum toc_result toc_store_current_put(struct toc_store *store, const struct toc_current_row *row,
                                      const char *own_key)
{
    TOC_ASSERT(store->changing);
    TOC_ENSURE(row->sequence > 0 && toc_storable(row->sequence), TOC_INVALID);
    TOC_ENSURE(own_key == NULL || strlen(own_key) <= TOC_RECORD_LEN_MAX, TOC_TOOBIG);
    TOC_ENSURE(!store->spoilt, TOC_STORE);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, row->stream, row->publisher, true, &source));
    TOC_TRY(make_room(store, source, row, own_key != NULL));
    if (own_key != NULL) {
        TOC_TRY(own_add(store, own_key, source, row->sequence));
    }
    const struct toc_chunk_row put = {.sequence = row->sequence, .ends = row->ends};
    const enum toc_result appended = toc_chunk_append(&store->chunk.rows, store->chunk.first, &put);
    if (appended != TOC_OK) {
        store->spoilt = true; /* an old row of that sequence is gone already */
        return toc_fail(&store->why, appended, "out of memory for a row of the view");
    }
    store->chunk.last = row->sequence;
    store->chunk.dirty = true;
    return TOC_OK;
}

enum toc_result toc_store_current_drop(struct toc_store *store, const struct toc_current_row *row,
                                       const char *own_key)
{
    TOC_ASSERT(store->changing);
    TOC_ENSURE(row->sequence > 0 && toc_storable(row->sequence), TOC_NOTFOUND);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, row->stream, row->publisher, false, &source));
    TOC_TRY(chunk_seek(store, source, row->sequence));
    TOC_ENSURE(rows_cut(store, row->sequence, row->sequence) > 0, TOC_NOTFOUND);
    return own_key != NULL ? own_drop(store, own_key, source, row->sequence) : TOC_OK;
}

enum toc_result toc_store_current_get(struct toc_store *store, const char *stream,
                                      const char *publisher, uint64_t sequence,
                                      struct toc_current_row *ret_row)
{
    TOC_ENSURE(sequence > 0 && toc_storable(sequence), TOC_NOTFOUND);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, stream, publisher, false, &source));
    TOC_TRY(chunk_seek(store, source, sequence));
    struct toc_chunk_row row;
    TOC_TRY(row_exact(store, sequence, &row));
    struct toc_current_row found = {
        .stream = stream, .sequence = sequence, .log = store->chunk.log, .ends = row.ends};
    memcpy(found.publisher, publisher, strlen(publisher) + 1);
    *ret_row = found;
    return TOC_OK;
}

enum toc_result toc_store_current_own(struct toc_store *store, const char *stream, const char *key,
                                      struct toc_current_row *ret_row)
{
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    uint64_t sequence;
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_OWN_FIND,
                               "SELECT o.sequence, s.publisher"
                               " FROM own AS o CROSS JOIN source AS s ON s.id = o.source"
                               " WHERE o.key = ?1 AND s.stream = ?2"
                               " ORDER BY o.sequence DESC LIMIT 1",
                               &query));
        toc_query_text(&query, 1, key);
        toc_query_text(&query, 2, stream);
        TOC_TRY(toc_query_row(&query));
        sequence = (uint64_t)toc_query_get(&query, 0);
        TOC_TRY(toc_query_get_name(&query, 1, publisher, sizeof publisher));
    }
    return toc_store_current_get(store, stream, publisher, sequence, ret_row);
}

enum toc_result toc_store_current_name(struct toc_store *store, const struct toc_current_row *row,
                                       const char *own_key)
{
    TOC_ENSURE(strlen(own_key) <= TOC_RECORD_LEN_MAX, TOC_TOOBIG);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, row->stream, row->publisher, false, &source));
    return own_add(store, own_key, source, row->sequence);
}

enum toc_result toc_store_named_next(struct toc_store *store, const char *stream,
                                     const char *publisher, uint64_t *ret_next)
{
    int64_t source;
    enum toc_result result = toc_store_source_get(store, stream, publisher, false, &source);
    if (result == TOC_OK) {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAMED_NEXT,
                               "SELECT named_next FROM source WHERE id = ?1", &query));
        toc_query_integer(&query, 1, source);
        TOC_TRY(toc_query_row(&query));
        *ret_next = (uint64_t)toc_query_get(&query, 0);
        return TOC_OK;
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    *ret_next = 1;
    return TOC_OK;
}

enum toc_result toc_store_named_set(struct toc_store *store, const char *stream,
                                    const char *publisher, uint64_t next)
{
    TOC_ENSURE(toc_storable(next), TOC_INVALID);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, stream, publisher, true, &source));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAMED_SET,
                           "UPDATE source SET named_next = ?2 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, source);
    toc_query_integer(&query, 2, (int64_t)next);
    return toc_query_hit(&query);
}

static enum toc_result clear_all(struct toc_store *store)
{
    toc_store_chunk_forget(store);
    TOC_TRY(toc_query_simple(store, &store->group, TOC_SQL_OWN_CLEAR_ALL, "DELETE FROM own"));
    TOC_TRY(toc_query_simple(store, &store->group, TOC_SQL_NAMED_BACK_ALL,
                             "UPDATE source SET named_next = 1 WHERE named_next > 1"));
    return toc_query_simple(store, &store->group, TOC_SQL_CURRENT_CLEAR_ALL, "DELETE FROM current");
}

enum toc_result toc_store_current_clear(struct toc_store *store, const char *stream,
                                        const char *publisher, uint64_t first_sequence,
                                        uint64_t last_sequence)
{
    TOC_ASSERT(store->changing);
    if (stream == NULL) {
        return clear_all(store);
    }
    const uint64_t first = first_sequence > 0 ? first_sequence : 1;
    const uint64_t last = toc_storable(last_sequence) ? last_sequence : INT64_MAX;
    int64_t source;
    const enum toc_result found = toc_store_source_get(store, stream, publisher, false, &source);
    if (found == TOC_NOTFOUND || first > last) {
        return TOC_OK;
    }
    TOC_TRY(found);
    /* The two chunks at the edges lose rows; those between them go whole. */
    const uint64_t edges[] = {first, last};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        TOC_TRY(chunk_seek(store, source, edges[i]));
        (void)rows_cut(store, first, last);
    }
    TOC_TRY(toc_store_chunk_flush(store));
    toc_store_chunk_forget(store);
    TOC_TRY(clear_between(store, TOC_SQL_CURRENT_CLEAR,
                          "DELETE FROM current WHERE source = ?1"
                          " AND first_sequence BETWEEN ?2 AND ?3 AND last_sequence <= ?3",
                          source, first, last));
    TOC_TRY(own_clear(store, source, first, last));
    /* What was cleared up to the end of the index may come again, and is named again. */
    TOC_TRY(clear_between(store, TOC_SQL_NAMED_BACK,
                          "UPDATE source SET named_next = ?2"
                          " WHERE id = ?1 AND named_next > ?2 AND named_next - 1 <= ?3",
                          source, first, last));
    return toc_store_sweep_note(store);
}
