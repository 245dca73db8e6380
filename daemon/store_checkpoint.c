/* The checkpoint thread. A checkpoint inside a commit makes one submission in a thousand wait for
 * the disk ten times as long, so the owner's connections never do one; they only ask.
 *
 * PASSIVE copies what it can without holding anybody up. Under steady load it never finds the end
 * of the WAL, which then only grows; beyond a size, RESTART takes the writer's place for the little
 * that a second PASSIVE has left. The file keeps its length: writing over it needs no word in the
 * file system's own journal, and so makes every later commit cheaper than a file that grows.
 *
 * In group.db the writer's place goes from hand to hand. Left to SQLite, each side would sleep and
 * look again, longer each time: the one that commits all the time for a tenth of it, the other in
 * vain for as long as that goes on. */
#include "store_checkpoint.h"
#include "store_internal.h"
#include "store_vfs.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    ASK_PAGES = 1000,
    LONG_PAGES = 4096, /* 16 MiB: it falls behind, and begins anew */
    CACHE_KIB = 256,
    DATABASES = 2,
    GROUP = 0, /* of the databases */
};

struct toc_checkpointer {
    pthread_t thread;
    pthread_mutex_t mutex; /* over the flags */
    pthread_cond_t changed;
    bool wanted;
    bool stop;
    bool writing;        /* the owner has the writer's place in group.db, */
    bool restarting;     /* or this thread has it, or is next */
    atomic_bool patient; /* the log is short: whoever gives way where all are busy falls behind */
    pthread_mutex_t
        running; /* held while a checkpoint runs: SQLite would only say that it is busy */
    struct toc_db dbs[DATABASES];
    atomic_int lost; /* 1 + the database whose file did not keep what was copied; 0: none */
};

/* SQLite counts a page as copied before the file is synced, and a disk that did not keep it is
 * told of once: the next sync says that all is well, and the log would be given up. So there are no
 * more checkpoints after that, not even at the close, and the next start has all of it in the log.
 */
static bool kept(struct toc_checkpointer *checkpointer, size_t which, int error)
{
    if (error == SQLITE_IOERR_FSYNC) {
        atomic_store(&checkpointer->lost, 1 + (int)which);
    }
    return error == SQLITE_OK;
}

/* What was copied goes to the disk now: RESTART does that while nobody can write. */
static int sync_database(struct toc_db *db)
{
    sqlite3_file *file = NULL;
    const int error =
        sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file);
    if (error != SQLITE_OK || file == NULL || file->pMethods == NULL) {
        return SQLITE_ERROR;
    }
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

static void restart(struct toc_checkpointer *checkpointer, size_t which)
{
    (void)kept(checkpointer, which,
               sqlite3_wal_checkpoint_v2(checkpointer->dbs[which].handle, NULL,
                                         SQLITE_CHECKPOINT_RESTART, NULL, NULL));
}

static void restart_group(struct toc_checkpointer *checkpointer)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->restarting = true;
    while (checkpointer->writing && !checkpointer->stop) {
        (void)pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
    }
    const bool stop = checkpointer->stop;
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    if (!stop) {
        restart(checkpointer, GROUP);
    }
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->restarting = false;
    (void)pthread_cond_broadcast(&checkpointer->changed);
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

static void checkpoint(struct toc_checkpointer *checkpointer, size_t which)
{
    struct toc_db *const db = &checkpointer->dbs[which];
    int pages = 0;
    int copied = 0;
    if (atomic_load(&checkpointer->lost) != 0) {
        return;
    }
    /* It copies for a millisecond and more, and what was just sent must not wait so long for this
     * processor. NULL before the first. */
    struct toc_vfs_wal *const wal = toc_vfs_wal(db->handle);
    if (wal != NULL) {
        toc_vfs_give_way(wal, &checkpointer->patient);
    }
    /* What could not be read or written is nobody's loss: the WAL still has everything, and the
     * next commit asks again. If the disk is in trouble, that commit is where it shows. */
    const int error =
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    if (!kept(checkpointer, which, error) || pages <= LONG_PAGES ||
        !kept(checkpointer, which, sync_database(db)) ||
        !kept(checkpointer, which,
              sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL))) {
        return;
    }
    if (which == GROUP) {
        restart_group(checkpointer);
    } else {
        restart(checkpointer, which);
    }
}

static void *run(void *context)
{
    struct toc_checkpointer *const checkpointer = context;
    (void)pthread_mutex_lock(&checkpointer->mutex);
    while (!checkpointer->stop) {
        if (!checkpointer->wanted) {
            (void)pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
            continue;
        }
        checkpointer->wanted = false;
        atomic_store(&checkpointer->patient, true);
        (void)pthread_mutex_unlock(&checkpointer->mutex);
        (void)pthread_mutex_lock(&checkpointer->running);
        for (size_t i = 0; i < DATABASES; i++) {
            checkpoint(checkpointer, i);
        }
        (void)pthread_mutex_unlock(&checkpointer->running);
        (void)pthread_mutex_lock(&checkpointer->mutex);
    }
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    return NULL;
}

static void set_flag(struct toc_checkpointer *checkpointer, bool *flag)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    *flag = true;
    (void)pthread_cond_broadcast(&checkpointer->changed);
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

/* After each commit, in the owner's thread. */
static int committed(void *context, sqlite3 *handle, const char *name, int pages)
{
    (void)handle;
    (void)name;
    struct toc_wal_watch *const watch = context;
    if (pages < watch->pages) {
        watch->ask_at = ASK_PAGES; /* the WAL began anew */
    }
    watch->pages = pages;
    if (pages > LONG_PAGES) {
        atomic_store(&watch->checkpointer->patient, false);
    }
    if (pages >= watch->ask_at) {
        watch->ask_at = pages + ASK_PAGES;
        set_flag(watch->checkpointer, &watch->checkpointer->wanted);
    }
    return SQLITE_OK;
}

static void watch_start(struct toc_db *db, struct toc_checkpointer *checkpointer)
{
    db->watch = (struct toc_wal_watch){.checkpointer = checkpointer, .ask_at = ASK_PAGES};
    (void)sqlite3_wal_hook(db->handle, committed, &db->watch);
}

static void release(struct toc_checkpointer *checkpointer)
{
    for (size_t i = 0; i < DATABASES; i++) {
        (void)sqlite3_close(checkpointer->dbs[i].handle);
    }
    (void)pthread_cond_destroy(&checkpointer->changed);
    (void)pthread_mutex_destroy(&checkpointer->mutex);
    (void)pthread_mutex_destroy(&checkpointer->running);
    free(checkpointer);
}

static enum toc_result connect_all(struct toc_checkpointer *checkpointer,
                                   const struct toc_store *store, struct toc_why *why)
{
    const struct toc_db *const owners[DATABASES] = {&store->group, &store->local};
    for (size_t i = 0; i < DATABASES; i++) {
        struct toc_db *const db = &checkpointer->dbs[i];
        db->name = owners[i]->name;
        memcpy(db->path, owners[i]->path, sizeof db->path);
        TOC_TRY(toc_db_connect(db, CACHE_KIB, why));
    }
    return TOC_OK;
}

void toc_store_place_take(struct toc_store *store)
{
    struct toc_checkpointer *const checkpointer = store->checkpointer;
    if (checkpointer == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&checkpointer->mutex);
    while (checkpointer->restarting) {
        (void)pthread_cond_wait(&checkpointer->changed, &checkpointer->mutex);
    }
    checkpointer->writing = true;
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

void toc_store_place_leave(struct toc_store *store)
{
    struct toc_checkpointer *const checkpointer = store->checkpointer;
    if (checkpointer == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->writing = false;
    if (checkpointer->restarting) {
        (void)pthread_cond_broadcast(&checkpointer->changed);
    }
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

enum toc_result toc_store_checkpointer_start(struct toc_store *store, struct toc_why *why)
{
    TOC_ASSERT(store->checkpointer == NULL);
    TOC_ENSURE(store->folder[0] != '\0', TOC_OK);
    struct toc_checkpointer *const checkpointer = calloc(1, sizeof *checkpointer);
    if (checkpointer == NULL) {
        return toc_fail(why, TOC_NOMEM, "the checkpoint thread: out of memory");
    }
    (void)pthread_mutex_init(&checkpointer->mutex, NULL);
    (void)pthread_mutex_init(&checkpointer->running, NULL);
    (void)pthread_cond_init(&checkpointer->changed, NULL);
    const enum toc_result connected = connect_all(checkpointer, store, why);
    if (connected != TOC_OK) {
        release(checkpointer);
        return connected;
    }
    const int error = pthread_create(&checkpointer->thread, NULL, run, checkpointer);
    if (error != 0) {
        release(checkpointer);
        return toc_fail(why, TOC_IO, "the checkpoint thread: %s", strerror(error));
    }
    store->checkpointer = checkpointer;
    watch_start(&store->group, checkpointer);
    watch_start(&store->local, checkpointer);
    return TOC_OK;
}

enum toc_result toc_store_kept(struct toc_store *store)
{
    const int lost = store->checkpointer != NULL ? atomic_load(&store->checkpointer->lost) : 0;
    TOC_ENSURE(!store->lost, TOC_STORE);
    if (lost != 0) {
        store->lost = true;
        return toc_store_failed(store, lost == 1 + GROUP ? &store->group : &store->local,
                                SQLITE_IOERR_FSYNC);
    }
    return TOC_OK;
}

void toc_store_checkpointer_stop(struct toc_store *store)
{
    struct toc_checkpointer *const checkpointer = store->checkpointer;
    if (checkpointer == NULL) {
        return;
    }
    (void)sqlite3_wal_hook(store->group.handle, NULL, NULL);
    (void)sqlite3_wal_hook(store->local.handle, NULL, NULL);
    set_flag(checkpointer, &checkpointer->stop);
    (void)pthread_join(checkpointer->thread, NULL);
    (void)(toc_store_kept(store) == TOC_OK); /* or its last one failed: the close has to know */
    store->checkpointer = NULL;
    release(checkpointer);
}

static enum toc_result empty_all(struct toc_store *store)
{
    struct toc_db *const dbs[DATABASES] = {&store->group, &store->local};
    for (size_t i = 0; i < DATABASES; i++) {
        const int error =
            sqlite3_wal_checkpoint_v2(dbs[i]->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        store->lost |= error == SQLITE_IOERR_FSYNC;
        if (error != SQLITE_OK) {
            return toc_store_failed(store, dbs[i], error);
        }
    }
    return TOC_OK;
}

enum toc_result toc_store_wal_empty(struct toc_store *store)
{
    TOC_ENSURE(store->folder[0] != '\0', TOC_OK);
    if (store->checkpointer == NULL) {
        return empty_all(store);
    }
    (void)pthread_mutex_lock(&store->checkpointer->running);
    const enum toc_result result = empty_all(store);
    (void)pthread_mutex_unlock(&store->checkpointer->running);
    return result;
}
