#include "file.h"
#include "store_checkpoint.h"
#include "store_chunk.h"
#include "store_forget.h"
#include "store_import.h"
#include "store_keep.h"
#include "store_query.h"
#include "store_schema.h"
#include "store_sync.h"
#include "store_vfs.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* The page caches. A hub of 300 members must stay under 40 MB. */
    GROUP_CACHE_KIB = 32 * 1024, /* used as the picture of a large group needs it, not before */
    LOCAL_CACHE_KIB = 1024,
    /* How long a statement waits for another connection: the checkpointer, which holds the file
     * only to finish and truncate, or somebody's sqlite3 shell. */
    BUSY_MS = 2000,
};

/* ---- words ---- */

static enum toc_result explain_damage(const struct toc_db *db, struct toc_why *why)
{
    const bool group = strcmp(db->name, "group.db") == 0;
    return toc_fail(why, TOC_STORE, "%s: damaged: restore it from a backup, or move it away: %s",
                    db->path[0] != '\0' ? db->path : db->name,
                    group ? "the member's own log comes back from the hub"
                          : "only drafts and the audit are in it");
}

enum toc_result toc_db_explain(const struct toc_db *db, int error, struct toc_why *why)
{
    const char *const where = db->path[0] != '\0' ? db->path : db->name;
    const int system = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;
    switch (error & 0xff) {
    case SQLITE_NOMEM:
        return toc_fail(why, TOC_NOMEM, "%s: out of memory", where);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return explain_damage(db, why);
    case SQLITE_FULL:
        return toc_fail(why, TOC_STORE, "%s: the disk is full: nothing is lost; make room", where);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return toc_fail(why, TOC_STORE, "%s: another program is using it: end that program", where);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        if (system == ENOSPC || system == EDQUOT) {
            return toc_fail(why, TOC_STORE, "%s: the disk is full: nothing is lost; make room",
                            where);
        }
        return toc_fail(why, TOC_STORE, "%s: %s%s%s", where, sqlite3_errstr(error),
                        system != 0 ? ": " : "", system != 0 ? strerror(system) : "");
    default:
        return toc_fail(why, TOC_STORE, "%s: %s (%d)", where,
                        db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(error),
                        error);
    }
}

enum toc_result(toc_store_failed)(struct toc_store *store, const struct toc_db *db, int error)
{
    const int kind = error & 0xff;

    if (store->changing && db == &store->group) {
        store->spoilt = true;
    }
    store->unread |= db == &store->group && kind != SQLITE_CORRUPT && kind != SQLITE_NOTADB;
    return toc_db_explain(db, error, &store->why);
}

enum toc_result(toc_store_damaged)(struct toc_store *store, const struct toc_db *db)
{
    if (store->changing && db == &store->group) {
        store->spoilt = true;
    }
    return explain_damage(db, &store->why);
}

const char *toc_store_why(const struct toc_store *store)
{
    return store->why.text;
}

void toc_store_why_forget(struct toc_store *store)
{
    if (!store->lost) {
        store->why.text[0] = '\0';
    }
}

bool toc_store_unread(struct toc_store *store)
{
    const bool unread = store->unread;

    store->unread = false;
    return unread;
}

/* ---- opening ---- */

enum toc_result toc_db_connect(struct toc_db *db, int cache_kib, struct toc_why *why)
{
    const bool memory = db->path[0] == '\0';
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (memory ? SQLITE_OPEN_CREATE : 0);
    const char *const vfs = memory ? NULL : toc_vfs_name();
    int error = memory || vfs != NULL
                    ? sqlite3_open_v2(memory ? ":memory:" : db->path, &db->handle, flags, vfs)
                    : SQLITE_NOMEM;
    if (error == SQLITE_OK) {
        error = sqlite3_busy_timeout(db->handle, BUSY_MS);
    }
    if (error == SQLITE_OK) {
        /* trusted_schema and cell_size_check: a file that was tampered with runs no code and is
         * noticed. mmap off: an I/O error must be a result, not a signal. */
        char text[512];
        (void)snprintf(text, sizeof text,
                       "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                       "PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;"
                       "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
                       "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA cache_size = -%d",
                       cache_kib);
        error = sqlite3_exec(db->handle, text, NULL, NULL, NULL);
    }
    return error == SQLITE_OK ? TOC_OK : toc_db_explain(db, error, why);
}

static enum toc_result name_db(struct toc_db *db, const char *folder, struct toc_why *why)
{
    const int len = snprintf(db->path, sizeof db->path, "%s/%s", folder, db->name);
    /* The longest name beside it is NAME.before-N. */
    if (len < 0 || len > PATH_MAX - 32) {
        db->path[0] = '\0';
        return toc_fail(why, TOC_TOOBIG, "%s: the name is too long", folder);
    }
    return TOC_OK;
}

/* SQLite would create it readable for others; its WAL and shared memory take this file's mode. */
static enum toc_result create_private(const char *path, struct toc_why *why)
{
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return toc_fail(why, TOC_STORE, "%s: %s", path, strerror(errno));
    }
    const bool done = fchmod(file, 0600) == 0;
    const int error = errno;
    /* Closing drops every POSIX lock this process has on the file: there is no connection yet, and
     * the folder's lock sees to it that there is no other store. */
    (void)close(file);
    return done ? TOC_OK : toc_fail(why, TOC_STORE, "%s: %s", path, strerror(error));
}

static enum toc_result lock_folder(struct toc_store *store, struct toc_why *why)
{
    char path[PATH_MAX + 8];
    (void)snprintf(path, sizeof path, "%s/lock", store->folder);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (store->lock < 0) {
        return toc_fail(why, TOC_STORE, "%s: %s", path, strerror(errno));
    }
    if (flock(store->lock, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
                   ? toc_fail(why, TOC_AGAIN,
                              "%s: in use: another tocsind runs on this folder; stop it first",
                              store->folder)
                   : toc_fail(why, TOC_STORE, "%s: %s", path, strerror(errno));
    }
    return TOC_OK;
}

static enum toc_result sync_folder(const char *folder, struct toc_why *why)
{
    const int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = file >= 0 && fsync(file) == 0;
    const int error = errno;
    if (file >= 0) {
        (void)close(file);
    }
    return done ? TOC_OK : toc_fail(why, TOC_STORE, "%s: %s", folder, strerror(error));
}

static enum toc_result use_wal(struct toc_db *db, struct toc_why *why)
{
    sqlite3_stmt *statement = NULL;
    int error = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    bool wal = false;
    if (error == SQLITE_OK) {
        error = sqlite3_step(statement);
        if (error == SQLITE_ROW) {
            const unsigned char *const mode = sqlite3_column_text(statement, 0);
            wal = mode != NULL && strcmp((const char *)mode, "wal") == 0;
            error = SQLITE_OK;
        }
    }
    (void)sqlite3_finalize(statement);
    if (error != SQLITE_OK) {
        return toc_db_explain(db, error, why);
    }
    return wal ? TOC_OK
               : toc_fail(why, TOC_STORE, "%s: this file system cannot hold a write-ahead log",
                          db->path);
}

static enum toc_result open_db(struct toc_store *store, struct toc_db *db, struct toc_why *why)
{
    const bool group = db == &store->group;
    const bool memory = store->folder[0] == '\0';
    if (!memory) {
        TOC_TRY(name_db(db, store->folder, why));
        TOC_TRY(create_private(db->path, why));
    }
    TOC_TRY(toc_db_connect(db, group ? GROUP_CACHE_KIB : LOCAL_CACHE_KIB, why));
    TOC_TRY(toc_db_migrate(db, group ? toc_group_migrations : toc_local_migrations,
                           group ? toc_group_migrations_len : toc_local_migrations_len, why));
    if (!memory) {
        TOC_TRY(use_wal(db, why));
    }
    const enum toc_result ready = toc_db_ready(store, db);
    return ready == TOC_OK ? TOC_OK : toc_fail(why, ready, "%s", store->why.text);
}

enum toc_result toc_store_new(struct toc_store **ret_store)
{
    struct toc_store *const store = calloc(1, sizeof *store);
    TOC_ENSURE(store != NULL, TOC_NOMEM);
    /* SQLite counts its memory under a lock that every connection shares, and nobody asks for the
     * count. Too late, and harmless, after the first store of the process. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    store->lock = -1;
    store->group.name = "group.db";
    store->local.name = "local.db";
    toc_chunk_init(&store->chunk.rows);
    *ret_store = store;
    return TOC_OK;
}

enum toc_result toc_store_open(const char *folder, struct toc_store **ret_store,
                               struct toc_why *why)
{
    TOC_AUTO(toc_store_close) struct toc_store *store = NULL;
    if (toc_store_new(&store) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    if (folder != NULL) {
        const int len = snprintf(store->folder, sizeof store->folder, "%s", folder);
        if (len <= 0 || len >= (int)sizeof store->folder) {
            return toc_fail(why, TOC_INVALID, "the store's folder has no name, or too long a one");
        }
        TOC_TRY(toc_file_mkdir(folder, why));
        TOC_TRY(lock_folder(store, why));
    }
    TOC_TRY(open_db(store, &store->group, why));
    TOC_TRY(open_db(store, &store->local, why));
    if (folder != NULL) {
        TOC_TRY(sync_folder(folder, why));
    }
    /* A crash came between destroying keys and wiping what was left of them in the files. */
    const enum toc_result due = toc_store_sweep_due(store);
    enum toc_result swept = due == TOC_OK ? toc_store_truncate_wal(store) : due;
    if (swept == TOC_OK || swept == TOC_NOTFOUND) {
        swept = toc_store_names_sweep(store);
    }
    if (swept != TOC_OK) {
        return toc_fail(why, swept, "%s", store->why.text);
    }
    const enum toc_result restarted = toc_store_imports_restart(store);
    if (restarted != TOC_OK) {
        return toc_fail(why, restarted, "%s", store->why.text);
    }
    *ret_store = toc_take(&store);
    return TOC_OK;
}

static void close_db(struct toc_db *db, bool lost)
{
    for (size_t i = 0; i < TOC_SQL_COUNT; i++) {
        (void)sqlite3_finalize(db->statements[i]);
    }
    /* The last connection to go empties the WAL and deletes it; but a log is all there is of what a
     * disk did not keep. */
    if (lost) {
        (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    (void)sqlite3_close(db->handle);
}

void toc_store_close(struct toc_store **store)
{
    if (store == NULL || *store == NULL) {
        return;
    }
    toc_store_checkpointer_stop(*store);
    toc_store_syncer_stop(*store);
    toc_store_rollback(*store);
    close_db(&(*store)->group, (*store)->lost);
    close_db(&(*store)->local, (*store)->lost);
    if ((*store)->lock >= 0) {
        (void)close((*store)->lock);
    }
    toc_buf_done(&(*store)->chunk.rows);
    free(*store);
    *store = NULL;
}

/* ---- transactions ---- */

enum toc_result toc_store_begin(struct toc_store *store)
{
    TOC_ASSERT(!store->changing);
    toc_store_place_take(store);
    const enum toc_result result = toc_db_begin(store, &store->group);
    if (result != TOC_OK) {
        toc_store_place_leave(store);
        return result;
    }
    store->changing = true;
    store->spoilt = false;
    store->hurries = false;
    return TOC_OK;
}

static enum toc_result end_change(struct toc_store *store, enum toc_result so_far)
{
    store->changing = false;
    const enum toc_result result = toc_db_end(store, &store->group, so_far);
    toc_store_place_leave(store);
    if (result != TOC_OK) {
        toc_store_sources_forget(store);
        toc_store_chunk_forget(store);
        toc_picture_counts_forget(store);
        toc_exposed_forget(store);
    }
    return result;
}

enum toc_result toc_store_commit(struct toc_store *store)
{
    TOC_ASSERT(store->changing);
    enum toc_result result = store->spoilt ? TOC_STORE : toc_store_chunk_flush(store);
    if (result == TOC_OK) {
        result = toc_picture_counts_flush(store);
    }
    if (result == TOC_OK) {
        result = toc_store_durable(store, true); /* one at a time */
    }
    toc_store_sync_allow(store, !store->hurries);
    result = end_change(store, result);
    toc_store_sync_allow(store, false);
    if (result == TOC_OK) {
        toc_store_sync_begin(store);
    }
    return result;
}

void toc_store_hurry(struct toc_store *store)
{
    store->hurries = true;
}

void toc_store_rollback(struct toc_store *store)
{
    toc_store_untell(store);
    if (store->changing) {
        /* Any failure will do: its words are those of what went before. */
        const enum toc_result result = end_change(store, TOC_AGAIN);
        TOC_ASSERT(result == TOC_AGAIN);
    }
}

/* ---- whose store it is ---- */

static enum toc_result meta_matches(struct toc_store *store, struct toc_db *db,
                                    const struct toc_hash *group, const char *member,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, db, TOC_SQL_META_GET, "SELECT group_hash, member FROM meta", &query));
    TOC_TRY(toc_query_row(&query));
    struct toc_hash held;
    char name[TOC_MEMBER_LEN_MAX + 1];
    TOC_TRY(toc_query_get_fixed(&query, 0, held.bytes, sizeof held.bytes));
    TOC_TRY(toc_query_get_name(&query, 1, name, sizeof name));
    if (!toc_hash_equal(&held, group)) {
        return toc_fail(why, TOC_INVALID, "%s: belongs to another group: name another folder",
                        db->path);
    }
    if (strcmp(name, member) != 0) {
        return toc_fail(why, TOC_INVALID,
                        "%s: belongs to the member '%s', not to '%s': name another folder",
                        db->path, name, member);
    }
    return TOC_OK;
}

static enum toc_result meta_put(struct toc_store *store, struct toc_db *db,
                                const struct toc_hash *group, const char *member)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, db, TOC_SQL_META_PUT,
                           "INSERT INTO meta (one, group_hash, member) VALUES (1, ?1, ?2)",
                           &query));
    toc_query_hash(&query, 1, group);
    toc_query_text(&query, 2, member);
    return toc_query_run(&query);
}

static enum toc_result claim(struct toc_store *store, struct toc_db *db,
                             const struct toc_hash *group, const char *member, struct toc_why *why)
{
    const enum toc_result held = meta_matches(store, db, group, member, why);
    if (held != TOC_NOTFOUND) {
        return held;
    }
    if (db == &store->local) {
        return meta_put(store, db, group, member);
    }
    TOC_TRY(toc_store_begin(store));
    const enum toc_result put = meta_put(store, db, group, member);
    if (put != TOC_OK) {
        toc_store_rollback(store);
        return put;
    }
    return toc_store_commit(store);
}

enum toc_result toc_store_claim(struct toc_store *store, const struct toc_hash *group,
                                const char *member, struct toc_why *why)
{
    TOC_ENSURE(member[0] != '\0' && strlen(member) <= TOC_MEMBER_LEN_MAX, TOC_INVALID);
    struct toc_db *const dbs[] = {&store->group, &store->local};
    for (size_t i = 0; i < sizeof dbs / sizeof dbs[0]; i++) {
        const enum toc_result result = claim(store, dbs[i], group, member, why);
        if (result == TOC_STORE || result == TOC_NOMEM) {
            return toc_fail(why, result, "%s", store->why.text);
        }
        TOC_TRY(result);
    }
    return TOC_OK;
}
