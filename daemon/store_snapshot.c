#include "store_query.h"

static enum toc_result copy(struct toc_store *store, const struct toc_db *from, struct toc_db *to)
{
    TOC_TRY(toc_db_connect(to, 1024, &store->why));
    sqlite3_backup *const backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (backup == NULL) {
        return toc_store_failed(store, to, sqlite3_errcode(to->handle));
    }
    const int outcome = sqlite3_backup_step(backup, -1);
    const int error = sqlite3_backup_finish(backup);
    if (outcome == SQLITE_DONE && error == SQLITE_OK) {
        return TOC_OK;
    }
    return toc_store_failed(store, from, error != SQLITE_OK ? error : outcome);
}

enum toc_result toc_store_snapshot(struct toc_store *store, struct toc_store **ret_store)
{
    TOC_ASSERT(!store->changing);
    TOC_AUTO(toc_store_close) struct toc_store *made = NULL;
    TOC_TRY(toc_store_new(&made));
    TOC_TRY(copy(store, &store->group, &made->group));
    TOC_TRY(copy(store, &store->local, &made->local));
    TOC_TRY(toc_db_ready(made, &made->group));
    TOC_TRY(toc_db_ready(made, &made->local));
    *ret_store = toc_take(&made);
    return TOC_OK;
}
