/* Retention's last step. `secure_delete` overwrites what is deleted, but not the copies that SQLite
 * leaves in the unused middle of a page when it moves rows between pages (measured: up to one in a
 * hundred deleted rows could still be read from the file). So the tables that hold secrets are
 * written anew, row by row, and the old pages, which are overwritten whole when they are freed,
 * take the copies with them. Batches are ciphertext and stay where they are, and the view's rows
 * only say where in them a record is. */
#include "store_forget.h"
#include "store_query.h"
#include "store_schema.h"
#include <stdarg.h>
#include <stdio.h>

enum toc_result toc_store_sweep_note(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SWEEP_SET,
                           "INSERT OR IGNORE INTO sweep (due) VALUES (1)", &query));
    return toc_query_run(&query);
}

enum toc_result toc_store_sweep_due(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SWEEP_DUE, "SELECT 1 FROM sweep", &query));
    return toc_query_row(&query);
}

/* The text the table, or its indexes, were made with, to make them again; for sqlite3_free. */
static int read_definition(struct toc_db *db, const char *table, const char *type, char **ret_text)
{
    sqlite3_stmt *statement = NULL;
    int error = sqlite3_prepare_v2(db->handle,
                                   "SELECT group_concat(sql, ';') FROM sqlite_schema"
                                   " WHERE tbl_name = ?1 AND type = ?2 AND sql IS NOT NULL",
                                   -1, &statement, NULL);
    if (error == SQLITE_OK) {
        error = sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    }
    if (error == SQLITE_OK) {
        error = sqlite3_bind_text(statement, 2, type, -1, SQLITE_STATIC);
    }
    if (error == SQLITE_OK) {
        error = sqlite3_step(statement);
    }
    if (error == SQLITE_ROW) {
        const unsigned char *const text = sqlite3_column_text(statement, 0);
        *ret_text = sqlite3_mprintf("%s", text != NULL ? (const char *)text : "");
        error = *ret_text != NULL ? SQLITE_OK : SQLITE_NOMEM;
    }
    (void)sqlite3_finalize(statement);
    return error;
}

static int execute(struct toc_db *db, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int execute(struct toc_db *db, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return sqlite3_exec(db->handle, text, NULL, NULL, NULL);
}

static int rewrite_as(struct toc_db *db, const char *table, const char *definition,
                      const char *indexes)
{
    int error = execute(db, "ALTER TABLE %s RENAME TO %s_old", table, table);
    if (error == SQLITE_OK) {
        error = sqlite3_exec(db->handle, definition, NULL, NULL, NULL);
    }
    if (error == SQLITE_OK) {
        error = execute(db, "INSERT INTO %s SELECT * FROM %s_old", table, table);
    }
    if (error == SQLITE_OK &&
        sqlite3_table_column_metadata(db->handle, NULL, "sqlite_sequence", NULL, NULL, NULL, NULL,
                                      NULL, NULL) == SQLITE_OK) {
        /* The counter goes on from the old table's, not from the highest row that is left. */
        error = execute(db,
                        "DELETE FROM sqlite_sequence WHERE name = '%s';"
                        "UPDATE sqlite_sequence SET name = '%s' WHERE name = '%s_old'",
                        table, table, table);
    }
    if (error == SQLITE_OK) {
        /* Emptied first: dropping a full table would keep a copy of it in memory, for undoing. */
        error = execute(db, "DELETE FROM %s_old; DROP TABLE %s_old", table, table);
    }
    return error == SQLITE_OK ? sqlite3_exec(db->handle, indexes, NULL, NULL, NULL) : error;
}

static int rewrite(struct toc_db *db, const char *table)
{
    char *definition = NULL;
    char *indexes = NULL;
    int error = read_definition(db, table, "table", &definition);
    if (error == SQLITE_OK) {
        error = read_definition(db, table, "index", &indexes);
    }
    if (error == SQLITE_OK) {
        error = rewrite_as(db, table, definition, indexes);
    }
    sqlite3_free(definition);
    sqlite3_free(indexes);
    return error;
}

static enum toc_result rewrite_all(struct toc_store *store, struct toc_db *db,
                                   const char *const *tables, size_t len)
{
    TOC_TRY(toc_db_begin(store, db));
    int error = SQLITE_OK;
    for (size_t i = 0; i < len && error == SQLITE_OK; i++) {
        error = rewrite(db, tables[i]);
    }
    const enum toc_result result = error == SQLITE_OK ? TOC_OK : toc_store_failed(store, db, error);
    return toc_db_end(store, db, result);
}

static enum toc_result sweep(struct toc_store *store)
{
    static const char *const group_tables[] = {"epoch",   "wrap",     "waiting", "own",  "share",
                                               "subject", "spelling", "title",   "link", "fold"};
    static const char *const local_tables[] = {"draft"};
    TOC_TRY(rewrite_all(store, &store->group, group_tables,
                        sizeof group_tables / sizeof group_tables[0]));
    TOC_TRY(rewrite_all(store, &store->local, local_tables,
                        sizeof local_tables / sizeof local_tables[0]));
    TOC_TRY(toc_db_copies_drop(&store->group, &store->why));
    TOC_TRY(toc_db_copies_drop(&store->local, &store->why));
    return toc_store_wal_empty(store);
}

enum toc_result toc_store_truncate_wal(struct toc_store *store)
{
    TOC_ASSERT(!store->changing);
    const enum toc_result due = toc_store_sweep_due(store);
    if (due == TOC_NOTFOUND) {
        return toc_store_wal_empty(store);
    }
    TOC_TRY(due);
    TOC_TRY(sweep(store));
    /* Only now: after a crash before this, the next start does it again. */
    return toc_query_simple(store, &store->group, TOC_SQL_SWEEP_CLEAR, "DELETE FROM sweep");
}

/* ---- names of dropped suppliers ---- */

static enum toc_result names_due(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_NAMES_DUE, "SELECT 1 FROM sweep", &query));
    return toc_query_row(&query);
}

enum toc_result toc_store_names_sweep(struct toc_store *store)
{
    static const char *const tables[] = {"payee",   "supplier",    "contract",  "filled",
                                         "company", "former_name", "parent",    "event",
                                         "draft",   "subject",     "ask",       "token",
                                         "flag",    "alert_mine",  "flag_deed", "dispute"};
    TOC_ASSERT(!store->changing);
    const enum toc_result due = names_due(store);
    if (due == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(due);
    TOC_TRY(rewrite_all(store, &store->local, tables, sizeof tables / sizeof tables[0]));
    TOC_TRY(toc_db_copies_drop(&store->local, &store->why));
    TOC_TRY(toc_store_wal_empty(store));
    return toc_query_simple(store, &store->local, TOC_SQL_NAMES_SWEPT, "DELETE FROM sweep");
}
