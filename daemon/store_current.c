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
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_UPDATE,
                           "UPDATE current SET last_sequence = ?2, rows = ?3 WHERE id = ?1",
                           &query));
    toc_query_integer(&query, 1, chunk->id);
    toc_query_integer(&query, 2, (int64_t)chunk->last);
    toc_query_blob(&query, 3, toc_buf_bytes(&chunk->rows));
    return toc_query_hit(&query);
}

static enum toc_result chunk_add(struct toc_store *store, int64_t source, uint64_t first,
                                 uint64_t last, struct toc_bytes rows)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_ADD,
                           "INSERT INTO current (source, first_sequence, last_sequence, rows)"
                           " VALUES (?1, ?2, ?3, ?4)",
                           &query));
    toc_query_integer(&query, 1, source);
    toc_query_integer(&query, 2, (int64_t)first);
    toc_query_integer(&query, 3, (int64_t)last);
    toc_query_blob(&query, 4, rows);
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
        TOC_TRY(chunk_add(store, chunk->source, chunk->first, chunk->last,
                          toc_buf_bytes(&chunk->rows)));
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

/* The stored chunk that begins at `sequence` or last before it, or an empty one. */
static enum toc_result chunk_load(struct toc_store *store, int64_t source, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    uint64_t before;
    TOC_TRY(next_begins(store, source, sequence, &before));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_FIND,
                           "SELECT id, first_sequence, last_sequence, rows FROM current"
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
        chunk->id = toc_query_get(&query, 0);
        chunk->first = (uint64_t)toc_query_get(&query, 1);
        chunk->last = (uint64_t)toc_query_get(&query, 2);
        struct toc_bytes rows;
        TOC_TRY(toc_query_borrow(&query, 3, &rows));
        const enum toc_result copied = toc_buf_append(&chunk->rows, rows);
        TOC_ENSURE(copied != TOC_TOOBIG, toc_store_damaged(store, &store->group));
        TOC_TRY(copied);
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

static enum toc_result next_row(struct toc_store *store, struct toc_bytes *rest,
                                struct toc_chunk_row *ret_row)
{
    const enum toc_result result = toc_chunk_next(rest, ret_row);
    return result == TOC_MALFORMED ? toc_store_damaged(store, &store->group) : result;
}

/* Where in the chunk the first row lies that is not before `sequence`, and that row; TOC_NOTFOUND.
 */
static enum toc_result row_from(struct toc_store *store, uint64_t sequence, size_t *ret_at,
                                struct toc_chunk_row *ret_row)
{
    const struct toc_bytes all = toc_buf_bytes(&store->chunk.rows);
    struct toc_bytes rest = all;
    TOC_ENSURE(all.len > 0 && sequence <= store->chunk.last, TOC_NOTFOUND);
    for (;;) {
        const size_t at = all.len - rest.len;
        struct toc_chunk_row row;
        TOC_TRY(next_row(store, &rest, &row));
        if (row.sequence >= sequence) {
            *ret_at = at;
            *ret_row = row;
            return TOC_OK;
        }
    }
}

static enum toc_result row_exact(struct toc_store *store, uint64_t sequence, size_t *ret_at,
                                 struct toc_chunk_row *ret_row)
{
    size_t at;
    struct toc_chunk_row row;
    TOC_TRY(row_from(store, sequence, &at, &row));
    TOC_ENSURE(row.sequence == sequence, TOC_NOTFOUND);
    *ret_at = at;
    *ret_row = row;
    return TOC_OK;
}

static enum toc_result own_drop(struct toc_store *store, int64_t source,
                                const struct toc_chunk_row *row)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_OWN_DROP,
                           "DELETE FROM own WHERE key = ?1 AND source = ?2 AND sequence = ?3",
                           &query));
    toc_query_text_bytes(&query, 1, row->key);
    toc_query_integer(&query, 2, source);
    toc_query_integer(&query, 3, (int64_t)row->sequence);
    return toc_query_run(&query);
}

static enum toc_result own_add(struct toc_store *store, int64_t source, uint64_t sequence,
                               const char *key)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_OWN_ADD,
                           "INSERT INTO own (key, source, sequence) VALUES (?1, ?2, ?3)", &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, source);
    toc_query_integer(&query, 3, (int64_t)sequence);
    return toc_query_run(&query);
}

/* What the chunk's last row is, after rows were taken out. */
static enum toc_result find_last(struct toc_store *store)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    struct toc_bytes rest = toc_buf_bytes(&chunk->rows);
    uint64_t last = chunk->first - 1;
    while (rest.len > 0) {
        struct toc_chunk_row row;
        TOC_TRY(next_row(store, &rest, &row));
        last = row.sequence;
    }
    chunk->last = last;
    return TOC_OK;
}

/* Takes the rows from first to last out of the open chunk, and their keys out of `own`. */
static enum toc_result rows_cut(struct toc_store *store, uint64_t first, uint64_t last,
                                size_t *ret_count)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    size_t from;
    size_t count = 0;
    struct toc_chunk_row row;
    enum toc_result result = row_from(store, first, &from, &row);
    size_t to = result == TOC_OK ? from : 0;
    while (result == TOC_OK && row.sequence <= last) {
        if (row.own) {
            TOC_TRY(own_drop(store, chunk->source, &row));
        }
        to += toc_chunk_row_len(&row);
        count++;
        struct toc_bytes rest = toc_bytes_of(chunk->rows.data + to, chunk->rows.len - to);
        result = next_row(store, &rest, &row);
    }
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    *ret_count = count;
    if (count == 0) {
        return TOC_OK;
    }
    memmove(chunk->rows.data + from, chunk->rows.data + to, chunk->rows.len - to);
    chunk->rows.len -= to - from;
    chunk->dirty = true;
    return find_last(store);
}

/* Puts what follows `sequence` in the open chunk into one of its own, so that there is room behind
 * it. Rare: rows come in order but for a part that was cleared and is applied again. */
static enum toc_result chunk_split(struct toc_store *store, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    size_t at;
    struct toc_chunk_row row;
    const enum toc_result result = row_from(store, sequence, &at, &row);
    if (result == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(result);
    TOC_TRY(chunk_add(store, chunk->source, row.sequence, chunk->last,
                      toc_bytes_of(chunk->rows.data + at, chunk->rows.len - at)));
    chunk->before = row.sequence;
    chunk->rows.len = at;
    chunk->dirty = true;
    return find_last(store);
}

/* A chunk behind the open one. The open one may have lost its last rows, never its range. */
static void chunk_begin(struct toc_store *store, uint64_t sequence)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    toc_buf_clear(&chunk->rows);
    chunk->id = 0;
    chunk->first = sequence;
    chunk->last = sequence - 1;
}

/* ---- what store.h promises ---- */

/* A row that is put again is another row: the old one goes first. */
static enum toc_result make_room(struct toc_store *store, int64_t source,
                                 const struct toc_chunk_row *row)
{
    struct toc_open_chunk *const chunk = &store->chunk;
    TOC_TRY(chunk_seek(store, source, row->sequence));
    if (row->sequence <= chunk->last && chunk->rows.len > 0) {
        size_t count;
        TOC_TRY(rows_cut(store, row->sequence, row->sequence, &count));
        TOC_TRY(chunk_split(store, row->sequence));
    }
    if (chunk->rows.len > 0 && chunk->rows.len + toc_chunk_row_len(row) > TOC_CHUNK_LEN_MAX) {
        TOC_TRY(toc_store_chunk_flush(store));
        chunk_begin(store, row->sequence);
    }
    return TOC_OK;
}

enum toc_result toc_store_current_put(struct toc_store *store, const struct toc_current_row *row,
                                      bool own)
{
    TOC_ASSERT(store->changing);
    TOC_ENSURE(row->sequence > 0 && toc_storable(row->sequence), TOC_INVALID);
    TOC_ENSURE(row->record.len <= TOC_RECORD_LEN_MAX, TOC_TOOBIG);
    const struct toc_chunk_row put = {.sequence = row->sequence,
                                      .ends = row->ends,
                                      .own = own,
                                      .key = toc_bytes_text(row->key),
                                      .record = row->record};
    TOC_ENSURE(put.key.len <= TOC_CHUNK_KEY_LEN_MAX, TOC_TOOBIG);
    TOC_ENSURE(!store->spoilt, TOC_STORE);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, row->stream, row->publisher, true, &source));
    TOC_TRY(make_room(store, source, &put));
    if (own) {
        TOC_TRY(own_add(store, source, row->sequence, row->key));
    }
    const enum toc_result appended = toc_chunk_append(&store->chunk.rows, &put);
    if (appended != TOC_OK) {
        store->spoilt = true; /* an old row of that sequence is gone already */
        return toc_fail(&store->why, appended, "out of memory for a row of the view");
    }
    store->chunk.last = row->sequence;
    store->chunk.dirty = true;
    return TOC_OK;
}

enum toc_result toc_store_current_drop(struct toc_store *store, const char *stream,
                                       const char *publisher, uint64_t sequence)
{
    TOC_ASSERT(store->changing);
    TOC_ENSURE(sequence > 0 && toc_storable(sequence), TOC_NOTFOUND);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, stream, publisher, false, &source));
    TOC_TRY(chunk_seek(store, source, sequence));
    size_t count;
    TOC_TRY(rows_cut(store, sequence, sequence, &count));
    return count > 0 ? TOC_OK : TOC_NOTFOUND;
}

static enum toc_result copy_text(struct toc_arena *arena, struct toc_bytes text,
                                 const char **ret_copy)
{
    const char *const copy = toc_arena_text(arena, text);
    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    *ret_copy = copy;
    return TOC_OK;
}

/* `stream` and `publisher` are in the arena already. */
static enum toc_result copy_row(struct toc_arena *arena, const struct toc_chunk_row *row,
                                const char *stream, const char *publisher,
                                struct toc_current_row *ret_row)
{
    struct toc_current_row copy = {
        .stream = stream, .publisher = publisher, .sequence = row->sequence, .ends = row->ends};
    TOC_TRY(copy_text(arena, row->key, &copy.key));
    TOC_TRY(toc_arena_copy(arena, row->record, &copy.record));
    *ret_row = copy;
    return TOC_OK;
}

enum toc_result toc_store_current_get(struct toc_store *store, const char *stream,
                                      const char *publisher, uint64_t sequence,
                                      struct toc_arena *arena, struct toc_current_row *ret_row)
{
    TOC_ENSURE(sequence > 0 && toc_storable(sequence), TOC_NOTFOUND);
    int64_t source;
    TOC_TRY(toc_store_source_get(store, stream, publisher, false, &source));
    TOC_TRY(chunk_seek(store, source, sequence));
    size_t at;
    struct toc_chunk_row row;
    TOC_TRY(row_exact(store, sequence, &at, &row));
    const char *stream_copy;
    const char *publisher_copy;
    TOC_TRY(copy_text(arena, toc_bytes_text(stream), &stream_copy));
    TOC_TRY(copy_text(arena, toc_bytes_text(publisher), &publisher_copy));
    return copy_row(arena, &row, stream_copy, publisher_copy, ret_row);
}

enum toc_result toc_store_current_own(struct toc_store *store, const char *stream, const char *key,
                                      struct toc_arena *arena, struct toc_current_row *ret_row)
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
    return toc_store_current_get(store, stream, publisher, sequence, arena, ret_row);
}

static enum toc_result clear_all(struct toc_store *store)
{
    toc_store_chunk_forget(store);
    TOC_TRY(toc_query_simple(store, &store->group, TOC_SQL_OWN_CLEAR_ALL, "DELETE FROM own"));
    return toc_query_simple(store, &store->group, TOC_SQL_CURRENT_CLEAR_ALL, "DELETE FROM current");
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
        size_t count;
        TOC_TRY(chunk_seek(store, source, edges[i]));
        TOC_TRY(rows_cut(store, first, last, &count));
    }
    TOC_TRY(toc_store_chunk_flush(store));
    toc_store_chunk_forget(store);
    TOC_TRY(clear_between(store, TOC_SQL_CURRENT_CLEAR,
                          "DELETE FROM current WHERE source = ?1"
                          " AND first_sequence BETWEEN ?2 AND ?3 AND last_sequence <= ?3",
                          source, first, last));
    /* Reads every key there is, which the rare clearing can afford. */
    TOC_TRY(clear_between(store, TOC_SQL_OWN_CLEAR,
                          "DELETE FROM own WHERE source = ?1 AND sequence BETWEEN ?2 AND ?3",
                          source, first, last));
    return toc_store_sweep_note(store);
}
