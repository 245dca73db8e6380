#include "faulty_vfs.h"
#include <check.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATIENCE_S = 60 };

static struct {
    enum toc_fault fault;
    long at; /* 0: never */
    bool forever;
    long calls;
} plan;

/* What was there before, of writes that will be taken back. */
struct before {
    struct before *next;
    sqlite3_int64 at;
    int len;
    char bytes[];
};
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool armed;
    struct before *last;
} loss = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct, in the same block */
    bool is_database;
};

static sqlite3_vfs *real_vfs;

void toc_faulty_vfs_arm(enum toc_fault fault, long at, bool forever)
{
    plan.fault = fault;
    plan.at = at;
    plan.forever = forever;
    plan.calls = 0;
}

void toc_faulty_vfs_disarm(void)
{
    plan.at = 0;
}

long toc_faulty_vfs_calls(void)
{
    return plan.calls;
}

void toc_faulty_vfs_lose(void)
{
    (void)pthread_mutex_lock(&loss.mutex);
    loss.armed = true;
    (void)pthread_mutex_unlock(&loss.mutex);
}

bool toc_faulty_vfs_lost(void)
{
    struct timespec until;
    int waited = 0;
    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &until), 0);
    until.tv_sec += PATIENCE_S;
    (void)pthread_mutex_lock(&loss.mutex);
    while (loss.armed && waited == 0) {
        waited = pthread_cond_timedwait(&loss.changed, &loss.mutex, &until);
    }
    const bool lost = !loss.armed;
    (void)pthread_mutex_unlock(&loss.mutex);
    return lost;
}

/* Where the file is shorter there were zeros. */
static void remember(sqlite3_file *real, int len, sqlite3_int64 at)
{
    struct before *const before = calloc(1, sizeof *before + (size_t)len);
    ck_assert_ptr_nonnull(before);
    (void)real->pMethods->xRead(real, before->bytes, len, at);
    before->at = at;
    before->len = len;
    before->next = loss.last;
    loss.last = before;
}

static void take_back(sqlite3_file *real)
{
    while (loss.last != NULL) {
        struct before *const before = loss.last;
        (void)real->pMethods->xWrite(real, before->bytes, before->len, before->at);
        loss.last = before->next;
        free(before);
    }
}

/* True: the sync fails. */
static bool lose(sqlite3_file *real)
{
    (void)pthread_mutex_lock(&loss.mutex);
    const bool armed = loss.armed;
    if (armed) {
        take_back(real);
        loss.armed = false;
        (void)pthread_cond_broadcast(&loss.changed);
    }
    (void)pthread_mutex_unlock(&loss.mutex);
    return armed;
}

static bool fails_now(void)
{
    plan.calls++;
    return plan.at > 0 && (plan.calls == plan.at || (plan.forever && plan.calls > plan.at));
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)(void *)file)->real;
}

static int faulty_close(sqlite3_file *file)
{
    sqlite3_file *const real = real_of(file);
    return real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int faulty_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), data, len, at);
}

static int faulty_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    sqlite3_file *const real = real_of(file);
    (void)pthread_mutex_lock(&loss.mutex);
    if (loss.armed && ((struct faulty_file *)(void *)file)->is_database) {
        remember(real, len, at);
    }
    (void)pthread_mutex_unlock(&loss.mutex);
    if (!fails_now()) {
        return real->pMethods->xWrite(real, data, len, at);
    }
    if (plan.fault == TOC_FAULT_TORN && len > 1) {
        (void)real->pMethods->xWrite(real, data, len / 2, at);
    }
    return plan.fault == TOC_FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (plan.fault != TOC_FAULT_FULL && fails_now()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int faulty_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (((struct faulty_file *)(void *)file)->is_database && lose(real_of(file))) {
        return SQLITE_IOERR_FSYNC;
    }
    if (plan.fault != TOC_FAULT_FULL && fails_now()) {
        return SQLITE_IOERR_FSYNC;
    }
    /* Not passed on: no machine fails in this test, and thousands of syncs take minutes. */
    return SQLITE_OK;
}

static int faulty_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int faulty_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int faulty_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int faulty_check_lock(sqlite3_file *file, int *ret_held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_held);
}

static int faulty_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int faulty_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int faulty_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int faulty_shm_map(sqlite3_file *file, int region, int size, int extend,
                          void volatile **ret_at)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, ret_at);
}

static int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void faulty_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int faulty_shm_unmap(sqlite3_file *file, int with_file)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), with_file);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = faulty_close,
    .xRead = faulty_read,
    .xWrite = faulty_write,
    .xTruncate = faulty_truncate,
    .xSync = faulty_sync,
    .xFileSize = faulty_size,
    .xLock = faulty_lock,
    .xUnlock = faulty_unlock,
    .xCheckReservedLock = faulty_check_lock,
    .xFileControl = faulty_control,
    .xSectorSize = faulty_sector,
    .xDeviceCharacteristics = faulty_traits,
    .xShmMap = faulty_shm_map,
    .xShmLock = faulty_shm_lock,
    .xShmBarrier = faulty_shm_barrier,
    .xShmUnmap = faulty_shm_unmap,
};

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                       int *ret_flags)
{
    (void)vfs;
    struct faulty_file *const faulty = (struct faulty_file *)(void *)file;
    faulty->real = (sqlite3_file *)(void *)(faulty + 1);
    faulty->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    memset(faulty->real, 0, (size_t)real_vfs->szOsFile);
    const int error = real_vfs->xOpen(real_vfs, name, faulty->real, flags, ret_flags);
    /* SQLite closes only what has methods. */
    faulty->base.pMethods = error == SQLITE_OK ? &methods : NULL;
    return error;
}

void toc_faulty_vfs_install(void)
{
    static sqlite3_vfs vfs;
    if (real_vfs != NULL) {
        return;
    }
    real_vfs = sqlite3_vfs_find(NULL);
    ck_assert_ptr_nonnull(real_vfs);
    vfs = *real_vfs;
    vfs.pNext = NULL;
    vfs.zName = "faulty";
    vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    vfs.xOpen = faulty_open;
    ck_assert_int_eq(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}
