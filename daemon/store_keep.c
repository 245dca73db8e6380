/* When changes of local.db are on disk. What the group's commit rests on is there before it. What
 * people are told of that commit follows it, and is synced once they have it, since they wait: the
 * commit names the last change, and a start that finds local.db behind tells anew. */
#include "store_keep.h"
#include "store_query.h"
#include "store_sync.h"
#include "store_telling.h"

void toc_store_local_gather(struct toc_store *store)
{
    struct toc_vfs_wal *const wal = toc_vfs_wal(store->local.handle);
    if (wal != NULL) {
        toc_vfs_defer(wal, 1);
    }
}

enum toc_result toc_store_local_begin(struct toc_store *store)
{
    return toc_db_begin(store, &store->local);
}

enum toc_result toc_store_local_end(struct toc_store *store, enum toc_result result)
{
    return toc_db_end(store, &store->local, result);
}

void toc_store_local_hasten(struct toc_store *store)
{
    struct toc_vfs_wal *const wal = toc_vfs_wal(store->local.handle);
    if (wal != NULL && toc_vfs_owes(wal) && !store->hastened && toc_store_sync_other(store, wal)) {
        store->hastened = true;
        toc_vfs_settled(wal); /* what comes now owes anew */
    }
}

static enum toc_result synced(struct toc_store *store, int error)
{
    if (error != SQLITE_OK) {
        store->lost = true;
        return toc_store_failed(store, &store->local, error);
    }
    return TOC_OK;
}

static enum toc_result sync_now(struct toc_store *store, struct toc_vfs_wal *wal)
{
    TOC_TRY(synced(store, toc_vfs_sync(wal)));
    toc_vfs_settled(wal);
    store->told = 0;
    return TOC_OK;
}

static enum toc_result await_hastened(struct toc_store *store)
{
    TOC_ENSURE(store->hastened, TOC_OK);
    store->hastened = false;
    return synced(store, toc_store_sync_wait(store));
}

static enum toc_result note_told(struct toc_store *store)
{
    TOC_ENSURE(store->told > 0, TOC_OK);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_TOLD_NOTE,
                           "INSERT OR REPLACE INTO told (one, number) VALUES (1, ?1)", &query));
    toc_query_integer(&query, 1, store->told);
    return toc_query_run(&query);
}

enum toc_result toc_store_telling(struct toc_store *store)
{
    TOC_ENSURE(!store->telling, TOC_OK);
    TOC_TRY(toc_db_begin(store, &store->local));
    store->telling = true;
    return TOC_OK;
}

/* `whole`: there is no commit that it follows. */
static enum toc_result end_telling(struct toc_store *store, bool whole)
{
    store->telling = false;
    return whole ? toc_db_end(store, &store->local, TOC_OK)
                 : toc_db_end_lightly(store, &store->local, TOC_OK);
}

void toc_store_untell(struct toc_store *store)
{
    if (store->telling) {
        store->telling = false;
        store->told = 0;
        /* Any failure will do: its words are those of what went before. */
        TOC_ASSERT(toc_db_end(store, &store->local, TOC_AGAIN) == TOC_AGAIN);
    }
}

enum toc_result toc_store_local_keep(struct toc_store *store)
{
    struct toc_vfs_wal *const wal = toc_vfs_wal(store->local.handle);
    if (store->telling) {
        TOC_TRY(store->changing ? note_told(store) : end_telling(store, true));
    }
    TOC_ENSURE(wal != NULL, TOC_OK); /* in memory */
    toc_vfs_defer(wal, 0);
    TOC_TRY(await_hastened(store));
    return toc_vfs_owes(wal) ? sync_now(store, wal) : TOC_OK;
}

enum toc_result toc_store_told(struct toc_store *store)
{
    return store->telling ? end_telling(store, false) : TOC_OK;
}

enum toc_result toc_store_local_follow(struct toc_store *store)
{
    struct toc_vfs_wal *const wal = toc_vfs_wal(store->local.handle);
    TOC_ENSURE(wal != NULL && store->told > 0, TOC_OK);
    return sync_now(store, wal);
}

/* ---- a start ---- */

static enum toc_result read_number(struct toc_store *store, struct toc_db *db, enum toc_sql sql,
                                   const char *text, int64_t *ret_number)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, db, sql, text, &query));
    const enum toc_result result = toc_query_row(&query);
    *ret_number = result == TOC_OK ? toc_query_get(&query, 0) : 0;
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

/* SQLite has no row there before a table's first. */
static enum toc_result skip_to(struct toc_store *store, int64_t number)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_simple(store, &store->local, TOC_SQL_TOLD_FORGET,
                             "DELETE FROM sqlite_sequence WHERE name = 'change'"));
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOLD_SKIP,
                           "INSERT INTO sqlite_sequence (name, seq) VALUES ('change', ?1)",
                           &query));
    toc_query_integer(&query, 1, number);
    return toc_query_run(&query);
}

enum toc_result toc_store_told_resume(struct toc_store *store, bool *ret_behind)
{
    int64_t noted = 0;
    int64_t held = 0;
    TOC_TRY(
        read_number(store, &store->group, TOC_SQL_TOLD_NOTED, "SELECT number FROM told", &noted));
    TOC_TRY(read_number(store, &store->local, TOC_SQL_TOLD_HELD,
                        "SELECT seq FROM sqlite_sequence WHERE name = 'change'", &held));
    *ret_behind = noted > held;
    TOC_ENSURE(*ret_behind, TOC_OK);
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end(store, &store->local, skip_to(store, noted));
}
