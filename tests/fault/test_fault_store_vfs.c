/* What is gathered of the write-ahead log is in the file before anybody else may look for it: a
 * commit that is not synced is one that others read, and a checkpoint copies, all the same. */
#include "faulty_vfs.h"
#include "runner.h"
#include "scratch.h"
#include "store_vfs.h"
#include <stdio.h>

static char folder[PATH_MAX];
static sqlite3 *writer;
static sqlite3 *other; /* as the checkpoint thread: a connection of its own */

static void run(sqlite3 *handle, const char *sql)
{
    char *message = NULL;
    ck_assert_msg(sqlite3_exec(handle, sql, NULL, NULL, &message) == SQLITE_OK, "%s: %s", sql,
                  message);
}

static sqlite3 *connect(void)
{
    sqlite3 *handle = NULL;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    ck_assert_int_eq(
        sqlite3_open_v2(toc_scratch_file(folder, "a.db"), &handle, flags, toc_vfs_name()),
        SQLITE_OK);
    run(handle, "PRAGMA journal_mode = WAL");
    run(handle, "PRAGMA wal_autocheckpoint = 0");
    return handle;
}

static void setup(void)
{
    toc_scratch_new(folder);
    writer = connect();
    other = connect();
    run(writer, "CREATE TABLE text (id INTEGER PRIMARY KEY, text)");
    ck_assert_ptr_nonnull(toc_vfs_wal(writer));
}

static void teardown(void)
{
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(writer), SQLITE_OK);
    toc_scratch_remove(folder);
}

static long long rows_seen(sqlite3 *handle)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(handle, "SELECT count(*), sum(length(text)) FROM text", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    const int result = sqlite3_step(statement);
    const long long rows = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    (void)sqlite3_finalize(statement);
    return rows;
}

static void check_whole(sqlite3 *handle)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &statement, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), "ok");
    (void)sqlite3_finalize(statement);
}

/* With each way to sync: commits of one page and of many, read and copied by another connection
 * before the writer has looked at its log again. */
START_TEST(others_see_each_commit)
{
    static const char *const ways[] = {"OFF", "NORMAL", "FULL", "EXTRA"};
    char sql[200];
    (void)snprintf(sql, sizeof sql, "PRAGMA synchronous = %s", ways[_i]);
    run(writer, sql);
    long long rows = 0;
    for (int turn = 1; turn <= 60; turn++) {
        const int more = turn % 3 == 0 ? 200 : 1;
        (void)snprintf(sql, sizeof sql,
                       "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                       "%d) INSERT INTO text (text) SELECT printf('%%.*c', 1000, 'x') FROM n",
                       more);
        run(writer, sql);
        rows += more;
        ck_assert_int_eq(rows_seen(other), rows);
        if (turn % 5 == 0) {
            ck_assert_int_eq(sqlite3_wal_checkpoint_v2(other, NULL,
                                                       turn % 2 == 0 ? SQLITE_CHECKPOINT_RESTART
                                                                     : SQLITE_CHECKPOINT_PASSIVE,
                                                       NULL, NULL),
                             SQLITE_OK);
        }
        if (turn % 7 == 0) {
            run(writer, "DELETE FROM text WHERE id % 2 = 0");
            rows = rows_seen(writer);
        }
    }
    ck_assert_int_eq(rows_seen(writer), rows);
    check_whole(other);
}
END_TEST

static void copy_file(const char *from, const char *to)
{
    static char block[4096];
    FILE *const in = fopen(toc_scratch_file(folder, from), "rb");
    FILE *const out = fopen(toc_scratch_file(folder, to), "wb");
    size_t len;
    ck_assert(in != NULL && out != NULL);
    while ((len = fread(block, 1, sizeof block, in)) > 0) {
        ck_assert_uint_eq(fwrite(block, 1, len, out), len);
    }
    ck_assert_int_eq(fclose(in), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static sqlite3 *open_uri(const char *name, const char *query)
{
    char uri[PATH_MAX + 32];
    sqlite3 *handle = NULL;
    (void)snprintf(uri, sizeof uri, "file:%s%s", toc_scratch_file(folder, name), query);
    ck_assert_int_eq(sqlite3_open_v2(uri, &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                                     toc_vfs_name()),
                     SQLITE_OK);
    return handle;
}

/* On a disk that may tear a sector at a write beside it, SQLite fills the last sector of a commit
 * after its sync. That belongs to this commit: a failure of the next one must not take it along,
 * for all that comes later rests on it. Whatever the sizes are. */
START_TEST(a_failed_commit_takes_nothing_along)
{
    char sql[128];
    toc_faulty_vfs_install();
    sqlite3 *const handle = open_uri("b.db", "?psow=0");
    run(handle, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    run(handle, "PRAGMA synchronous = FULL");
    run(handle, "CREATE TABLE text (id INTEGER PRIMARY KEY, text)");
    for (int turn = 1; turn <= 40; turn++) {
        (void)snprintf(sql, sizeof sql, "INSERT INTO text VALUES (NULL, zeroblob(%d))",
                       turn * 97 % 20000);
        toc_faulty_vfs_arm(TOC_FAULT_IO, 1, false);
        ck_assert_int_ne(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
        toc_faulty_vfs_disarm();
        run(handle, sql);
        /* As the next start finds it. */
        copy_file("b.db", "c.db");
        copy_file("b.db-wal", "c.db-wal");
        sqlite3 *const next = open_uri("c.db", "");
        ck_assert_int_eq(rows_seen(next), turn);
        check_whole(next);
        ck_assert_int_eq(sqlite3_close(next), SQLITE_OK);
    }
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("store_vfs");
    TCase *const tcase = tcase_create("store_vfs");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, others_see_each_commit, 0, 4);
    tcase_add_test(tcase, a_failed_commit_takes_nothing_along);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
