#include "store_query.h"
#include "store_vfs.h"

#include <string.h>

/* A transaction that failed and, for want of memory, could not be undone either: nothing may be
 * read or changed before it is. */
static enum toc_result undo_first(struct toc_store *store, struct toc_db *db)
{
    const int error = sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    if (sqlite3_get_autocommit(db->handle) == 0) {
        return toc_store_failed(store, db, error);
    }
    db->stuck = false;
    return TOC_OK;
}

enum toc_result toc_query_open(struct toc_store *store, struct toc_db *db, enum toc_sql sql,
                               const char *text, struct toc_query *ret_query)
{
    if (db->stuck) {
        TOC_TRY(undo_first(store, db));
    }
    sqlite3_stmt **const place = &db->statements[sql];
    if (*place == NULL) {
        const int error =
            sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, place, NULL);
        if (error != SQLITE_OK) {
            return toc_store_failed(store, db, error);
        }
    }
    /* Two uses of one statement at a time would mix up their rows. */
    TOC_ASSERT(sqlite3_stmt_busy(*place) == 0);
    *ret_query = (struct toc_query){.store = store, .db = db, .statement = *place};
    return TOC_OK;
}

void toc_query_close(struct toc_query *query)
{
    if (query->statement != NULL) {
        (void)sqlite3_reset(query->statement);
        (void)sqlite3_clear_bindings(query->statement);
        query->statement = NULL;
    }
}

static void bound(struct toc_query *query, int error)
{
    if (query->failed == SQLITE_OK) {
        query->failed = error;
    }
}

void toc_query_integer(struct toc_query *query, int at, int64_t value)
{
    bound(query, sqlite3_bind_int64(query->statement, at, value));
}

void toc_query_text(struct toc_query *query, int at, const char *text)
{
    bound(query, sqlite3_bind_text(query->statement, at, text, -1, SQLITE_STATIC));
}

void toc_query_blob(struct toc_query *query, int at, struct toc_bytes bytes)
{
    /* A NULL pointer would be bound as NULL, and an empty blob is not that. */
    const void *const data = bytes.len > 0 ? (const void *)bytes.data : "";
    bound(query, sqlite3_bind_blob64(query->statement, at, data, bytes.len, SQLITE_STATIC));
}

void toc_query_hash(struct toc_query *query, int at, const struct toc_hash *hash)
{
    toc_query_blob(query, at, toc_bytes_of(hash->bytes, sizeof hash->bytes));
}

enum toc_result toc_query_row(struct toc_query *query)
{
    const int outcome = query->failed != SQLITE_OK ? query->failed : sqlite3_step(query->statement);
    if (outcome == SQLITE_ROW) {
        return TOC_OK;
    }
    if (outcome == SQLITE_DONE) {
        return TOC_NOTFOUND;
    }
    return toc_store_failed(query->store, query->db, outcome);
}

enum toc_result toc_query_page(struct toc_query *query, struct toc_arena *arena,
                               toc_query_reader *read, void *ret_rows, size_t row_size, size_t max,
                               size_t *ret_len)
{
    size_t len = 0;
    for (; len < max; len++) {
        const enum toc_result result = toc_query_row(query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(read(query, arena, (char *)ret_rows + len * row_size));
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_query_run(struct toc_query *query)
{
    struct toc_store *const store = query->store;
    if (query->db == &store->group) {
        TOC_ASSERT(store->changing);
        /* SQLite may have rolled back by itself after the first failure: what followed would be
         * committed without what came before. The words of that failure stay. */
        TOC_ENSURE(!store->spoilt, TOC_STORE);
    }
    const int outcome = query->failed != SQLITE_OK ? query->failed : sqlite3_step(query->statement);
    switch (outcome) {
    case SQLITE_DONE:
        return TOC_OK;
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_UNIQUE:
        return TOC_EXISTS;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return TOC_NOTFOUND;
    default:
        return toc_store_failed(store, query->db, outcome);
    }
}

enum toc_result toc_query_hit(struct toc_query *query)
{
    TOC_TRY(toc_query_run(query));
    return sqlite3_changes(query->db->handle) > 0 ? TOC_OK : TOC_NOTFOUND;
}

enum toc_result toc_query_change(struct toc_query *query)
{
    if (query->db == &query->store->group) {
        TOC_ASSERT(query->store->changing);
        TOC_ENSURE(!query->store->spoilt, TOC_STORE);
    }
    const enum toc_result result = toc_query_row(query);
    return result == TOC_NOTFOUND ? toc_store_damaged(query->store, query->db) : result;
}

int64_t toc_query_get(const struct toc_query *query, int at)
{
    return sqlite3_column_int64(query->statement, at);
}

/* SQLite answers a length of 0 also when it could not allocate; the error code tells. */
enum toc_result toc_query_borrow(const struct toc_query *query, int at, struct toc_bytes *ret_bytes)
{
    const void *const data = sqlite3_column_blob(query->statement, at);
    const int len = sqlite3_column_bytes(query->statement, at);
    if (data == NULL && sqlite3_errcode(query->db->handle) == SQLITE_NOMEM) {
        return toc_store_failed(query->store, query->db, SQLITE_NOMEM);
    }
    *ret_bytes = toc_bytes_of(data, len > 0 ? (size_t)len : 0);
    return TOC_OK;
}

enum toc_result toc_query_get_blob(const struct toc_query *query, int at, struct toc_arena *arena,
                                   struct toc_bytes *ret_bytes)
{
    struct toc_bytes bytes;
    TOC_TRY(toc_query_borrow(query, at, &bytes));
    return toc_arena_copy(arena, bytes, ret_bytes);
}

enum toc_result toc_query_get_text(const struct toc_query *query, int at, struct toc_arena *arena,
                                   const char **ret_text)
{
    struct toc_bytes bytes;
    TOC_TRY(toc_query_borrow(query, at, &bytes));
    const char *const text = toc_arena_text(arena, bytes);
    TOC_ENSURE(text != NULL, TOC_NOMEM);
    *ret_text = text;
    return TOC_OK;
}

enum toc_result toc_query_get_name(const struct toc_query *query, int at, char *ret_text,
                                   size_t room)
{
    struct toc_bytes bytes;
    TOC_TRY(toc_query_borrow(query, at, &bytes));
    if (bytes.len >= room) {
        return toc_store_damaged(query->store, query->db);
    }
    if (bytes.len > 0) {
        memcpy(ret_text, bytes.data, bytes.len);
    }
    ret_text[bytes.len] = '\0';
    return TOC_OK;
}

enum toc_result toc_query_get_fixed(const struct toc_query *query, int at, void *ret_bytes,
                                    size_t len)
{
    struct toc_bytes bytes;
    TOC_TRY(toc_query_borrow(query, at, &bytes));
    if (bytes.len != len) {
        return toc_store_damaged(query->store, query->db);
    }
    memcpy(ret_bytes, bytes.data, len);
    return TOC_OK;
}

/* Prepared when the database is opened, so that a transaction can nearly always be undone without
 * memory. */
static const char *const transaction_texts[] = {
    [TOC_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [TOC_SQL_COMMIT] = "COMMIT",
    [TOC_SQL_ROLLBACK] = "ROLLBACK",
};

static enum toc_result transaction(struct toc_store *store, struct toc_db *db, enum toc_sql sql)
{
    return toc_query_simple(store, db, sql, transaction_texts[sql]);
}

enum toc_result toc_db_ready(struct toc_store *store, struct toc_db *db)
{
    static const enum toc_sql all[] = {TOC_SQL_BEGIN, TOC_SQL_COMMIT, TOC_SQL_ROLLBACK};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, db, all[i], transaction_texts[all[i]], &query));
    }
    return TOC_OK;
}

enum toc_result toc_db_begin(struct toc_store *store, struct toc_db *db)
{
    return transaction(store, db, TOC_SQL_BEGIN);
}

enum toc_result toc_db_end(struct toc_store *store, struct toc_db *db, enum toc_result result)
{
    if (result == TOC_OK) {
        result = transaction(store, db, TOC_SQL_COMMIT);
    }
    /* After some errors SQLite has rolled back already. */
    if (result != TOC_OK && sqlite3_get_autocommit(db->handle) == 0) {
        const struct toc_why why = store->why;
        db->stuck = transaction(store, db, TOC_SQL_ROLLBACK) != TOC_OK &&
                    sqlite3_get_autocommit(db->handle) == 0;
        store->why = why;
    }
    return result;
}

enum toc_result toc_db_end_lightly(struct toc_store *store, struct toc_db *db,
                                   enum toc_result result)
{
    struct toc_vfs_wal *const wal = toc_vfs_wal(db->handle);
    if (wal == NULL) {
        return toc_db_end(store, db, result);
    }
    toc_vfs_light(wal, true);
    result = toc_db_end(store, db, result);
    toc_vfs_light(wal, false);
    return result;
}

enum toc_result toc_query_simple(struct toc_store *store, struct toc_db *db, enum toc_sql sql,
                                 const char *text)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, db, sql, text, &query));
    const enum toc_result result = toc_query_row(&query);
    return result == TOC_NOTFOUND ? TOC_OK : result;
}
