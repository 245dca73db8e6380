/* store_query: one use of a cached statement, and transactions. Binding errors wait until the step;
 * SQLite's errors become results there, and a change of group.db outside a transaction is our
 * mistake. */
#ifndef TOC_STORE_QUERY_H
#define TOC_STORE_QUERY_H

#include "store_internal.h"

struct toc_query {
    struct toc_store *store;
    struct toc_db *db;
    sqlite3_stmt *statement;
    int failed; /* the first error of a bind, kept until the step */
};
/* Prepares on first use. Close always: TOC_AUTO(toc_query_close) struct toc_query query = {0}; */
enum toc_result toc_query_open(struct toc_store *store, struct toc_db *db, enum toc_sql sql,
                               const char *text, struct toc_query *ret_query) TOC_MUST_CHECK;
void toc_query_close(struct toc_query *query);
/* Parameters count from 1. What is bound must live until the query is closed. */
void toc_query_integer(struct toc_query *query, int at, int64_t value);
void toc_query_text(struct toc_query *query, int at, const char *text);
void toc_query_blob(struct toc_query *query, int at, struct toc_bytes bytes);
void toc_query_hash(struct toc_query *query, int at, const struct toc_hash *hash);
/* The next row, or TOC_NOTFOUND when there is none. */
enum toc_result toc_query_row(struct toc_query *query) TOC_MUST_CHECK;
/* A change. TOC_EXISTS when the key is there, TOC_NOTFOUND when the log is not. */
enum toc_result toc_query_run(struct toc_query *query) TOC_MUST_CHECK;
/* A change that must hit at least one row; TOC_NOTFOUND otherwise. */
enum toc_result toc_query_hit(struct toc_query *query) TOC_MUST_CHECK;
/* A change that answers with the row it made (RETURNING). */
enum toc_result toc_query_change(struct toc_query *query) TOC_MUST_CHECK;
/* Columns count from 0. Copies go into the arena; what is borrowed lives until the next row. */
int64_t toc_query_get(const struct toc_query *query, int at);
enum toc_result toc_query_borrow(const struct toc_query *query, int at, struct toc_bytes *ret_bytes)
    TOC_MUST_CHECK;
enum toc_result toc_query_get_blob(const struct toc_query *query, int at, struct toc_arena *arena,
                                   struct toc_bytes *ret_bytes) TOC_MUST_CHECK;
enum toc_result toc_query_get_text(const struct toc_query *query, int at, struct toc_arena *arena,
                                   const char **ret_text) TOC_MUST_CHECK;
/* Into `room` bytes, NUL-terminated. */
enum toc_result toc_query_get_name(const struct toc_query *query, int at, char *ret_text,
                                   size_t room) TOC_MUST_CHECK;
/* Exactly `len` bytes. */
enum toc_result toc_query_get_fixed(const struct toc_query *query, int at, void *ret_bytes,
                                    size_t len) TOC_MUST_CHECK;
/* Puts the row that the query stands on into *ret_row; what it copies lies in the arena. */
typedef enum toc_result toc_query_reader(const struct toc_query *query, struct toc_arena *arena,
                                         void *ret_row);
/* Reads the rows that are left, at most `max` of them, into `ret_rows`, each of `row_size` bytes.
 */
enum toc_result toc_query_page(struct toc_query *query, struct toc_arena *arena,
                               toc_query_reader *read, void *ret_rows, size_t row_size, size_t max,
                               size_t *ret_len) TOC_MUST_CHECK;
/* Prepares what the three below need. */
enum toc_result toc_db_ready(struct toc_store *store, struct toc_db *db) TOC_MUST_CHECK;
enum toc_result toc_db_begin(struct toc_store *store, struct toc_db *db) TOC_MUST_CHECK;
/* Commits if `result`, which is what came of it so far, is TOC_OK; else, or when that fails, the
 * state is as it was before, and the first failure is returned with its words. */
enum toc_result toc_db_end(struct toc_store *store, struct toc_db *db, enum toc_result result)
    TOC_MUST_CHECK;
/* As that, but what is committed is not on disk yet: it is after the next commit that is not light.
 * For what can be derived or asked for again. */
enum toc_result toc_db_end_lightly(struct toc_store *store, struct toc_db *db,
                                   enum toc_result result) TOC_MUST_CHECK;
/* One statement without parameters or rows, on either database. */
enum toc_result toc_query_simple(struct toc_store *store, struct toc_db *db, enum toc_sql sql,
                                 const char *text) TOC_MUST_CHECK;

#endif
