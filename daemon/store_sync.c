/* The thread that waits for the disk. A large commit is written, and while it is being made durable
 * the owner goes on with what came in meanwhile; what the commit lets it say waits until
 * toc_store_durable. One commit at a time is under way: the next begins by waiting for it. Between
 * two of those it syncs local.db, when the owner has something to do meanwhile. */
#include "store_sync.h"
#include "store_checkpoint.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A smaller commit is sooner on the disk than another thread is awake. */
enum { DEFER_FROM = 128 * 1024 };

struct toc_syncer {
    struct toc_vfs_wal *wal; /* the group's */
    pthread_t thread;
    pthread_mutex_t mutex; /* over all below */
    pthread_cond_t changed;
    struct toc_vfs_wal *asked; /* its sync is asked for or runs; NULL: none's */
    bool stop;
    int error; /* of the last one */
    int event; /* readable once the group's is done */
};

static void *run(void *context)
{
    struct toc_syncer *const syncer = context;
    (void)pthread_mutex_lock(&syncer->mutex);
    while (!syncer->stop) {
        struct toc_vfs_wal *const wal = syncer->asked;
        if (wal == NULL) {
            (void)pthread_cond_wait(&syncer->changed, &syncer->mutex);
            continue;
        }
        (void)pthread_mutex_unlock(&syncer->mutex);
        const int error = toc_vfs_sync(wal);
        (void)pthread_mutex_lock(&syncer->mutex);
        syncer->error = error;
        syncer->asked = NULL;
        if (wal == syncer->wal) {
            const uint64_t one = 1;
            const ssize_t written = write(syncer->event, &one, sizeof one);
            (void)written; /* the counter cannot overflow: it is read once a commit */
        }
        (void)pthread_cond_broadcast(&syncer->changed);
    }
    (void)pthread_mutex_unlock(&syncer->mutex);
    return NULL;
}

/* The signals are the owner's. */
static int start_thread(struct toc_syncer *syncer)
{
    sigset_t all;
    sigset_t was;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &was);
    const int error = pthread_create(&syncer->thread, NULL, run, syncer);
    (void)pthread_sigmask(SIG_SETMASK, &was, NULL);
    return error;
}

enum toc_result toc_store_syncer_start(struct toc_store *store, struct toc_why *why)
{
    TOC_ASSERT(store->syncer == NULL);
    struct toc_vfs_wal *const wal =
        store->folder[0] != '\0' ? toc_vfs_wal(store->group.handle) : NULL;
    TOC_ENSURE(wal != NULL, TOC_OK); /* every commit is durable when it returns */
    struct toc_syncer *const syncer = calloc(1, sizeof *syncer);
    if (syncer == NULL) {
        return toc_fail(why, TOC_NOMEM, "the sync thread: out of memory");
    }
    syncer->wal = wal;
    syncer->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    (void)pthread_mutex_init(&syncer->mutex, NULL);
    (void)pthread_cond_init(&syncer->changed, NULL);
    const int error = syncer->event < 0 ? errno : start_thread(syncer);
    if (error != 0) {
        if (syncer->event >= 0) {
            (void)close(syncer->event);
        }
        (void)pthread_cond_destroy(&syncer->changed);
        (void)pthread_mutex_destroy(&syncer->mutex);
        free(syncer);
        return toc_fail(why, TOC_IO, "the sync thread: %s", strerror(error));
    }
    store->syncer = syncer;
    return TOC_OK;
}

void toc_store_syncer_stop(struct toc_store *store)
{
    struct toc_syncer *const syncer = store->syncer;
    if (syncer == NULL) {
        return;
    }
    const enum toc_result durable = toc_store_durable(store, true);
    const enum toc_result kept = toc_store_local_keep(store);
    (void)durable; /* nothing more is said on the strength of these */
    (void)kept;
    (void)pthread_mutex_lock(&syncer->mutex);
    syncer->stop = true;
    (void)pthread_cond_broadcast(&syncer->changed);
    (void)pthread_mutex_unlock(&syncer->mutex);
    (void)pthread_join(syncer->thread, NULL);
    (void)close(syncer->event);
    (void)pthread_cond_destroy(&syncer->changed);
    (void)pthread_mutex_destroy(&syncer->mutex);
    free(syncer);
    store->syncer = NULL;
}

int toc_store_sync_fd(const struct toc_store *store)
{
    return store->syncer != NULL ? store->syncer->event : -1;
}

/* Only around the commit itself: a checkpoint relies on its syncs. */
void toc_store_sync_allow(struct toc_store *store, bool allow)
{
    if (store->syncer != NULL) {
        toc_vfs_defer(store->syncer->wal, allow ? DEFER_FROM : 0);
    }
}

static void ask(struct toc_syncer *syncer, struct toc_vfs_wal *wal)
{
    (void)pthread_mutex_lock(&syncer->mutex);
    syncer->asked = wal;
    (void)pthread_cond_broadcast(&syncer->changed);
    (void)pthread_mutex_unlock(&syncer->mutex);
}

void toc_store_sync_begin(struct toc_store *store)
{
    struct toc_syncer *const syncer = store->syncer;
    if (syncer != NULL && toc_vfs_owes(syncer->wal)) {
        ask(syncer, syncer->wal);
    }
}

bool toc_store_sync_other(struct toc_store *store, struct toc_vfs_wal *wal)
{
    struct toc_syncer *const syncer = store->syncer;
    if (syncer == NULL || toc_vfs_owes(syncer->wal)) {
        return false;
    }
    ask(syncer, wal);
    return true;
}

/* Until nothing is asked for. With the mutex held. */
static void await(struct toc_syncer *syncer)
{
    while (syncer->asked != NULL) {
        (void)pthread_cond_wait(&syncer->changed, &syncer->mutex);
    }
}

int toc_store_sync_wait(struct toc_store *store)
{
    struct toc_syncer *const syncer = store->syncer;
    (void)pthread_mutex_lock(&syncer->mutex);
    await(syncer);
    const int error = syncer->error;
    (void)pthread_mutex_unlock(&syncer->mutex);
    return error;
}

enum toc_result toc_store_durable(struct toc_store *store, bool wait)
{
    struct toc_syncer *const syncer = store->syncer;
    TOC_TRY(toc_store_kept(store));
    TOC_ENSURE(syncer != NULL && toc_vfs_owes(syncer->wal), TOC_OK);
    (void)pthread_mutex_lock(&syncer->mutex);
    if (wait) {
        await(syncer);
    }
    const bool done = syncer->asked == NULL;
    const int error = syncer->error;
    (void)pthread_mutex_unlock(&syncer->mutex);
    TOC_ENSURE(done, TOC_AGAIN);
    uint64_t count;
    const ssize_t drained = read(syncer->event, &count, sizeof count);
    (void)drained;
    if (error != SQLITE_OK) {
        store->lost = true;
        return toc_store_failed(store, &store->group, error);
    }
    toc_vfs_settled(syncer->wal);
    return TOC_OK;
}
