#include "store_vfs.h"
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* The unix VFS takes less than 128 KiB at a time. */
enum { GATHER_LEN = 127 * 1024 };

/* Of the file format: a frame is this head and a page. Bytes 4 to 7 of the head are the size of the
 * database where the frame ends a commit, else 0. */
enum { FRAME_HEAD_LEN = 24, COMMIT_AT = 4, COMMIT_LEN = 4 };

struct toc_vfs_wal {
    sqlite3_file base; /* first: SQLite's view of this struct */
    sqlite3_file *real;
    unsigned char *gathered;
    sqlite3_int64 at; /* where in the file it begins */
    size_t len;
    bool head;       /* what came last is the head of a frame, */
    bool commits;    /* and the page to come is the last of a commit */
    bool restarts;   /* the head of the file was written since the last sync */
    size_t unsynced; /* bytes since the last sync */
    size_t defer_from;
    int flags; /* of the sync that was asked for last */
    bool owes;
    bool light;
    const atomic_bool *patient; /* NULL: never */
};

static struct toc_vfs_wal *wal_of(sqlite3_file *file)
{
    return (struct toc_vfs_wal *)file;
}

/* What could not be written stays gathered: the commit fails, and SQLite writes it anew. */
static int flush(struct toc_vfs_wal *wal)
{
    if (wal->len == 0) {
        return SQLITE_OK;
    }
    const int error = wal->real->pMethods->xWrite(wal->real, wal->gathered, (int)wal->len, wal->at);
    wal->len = 0;
    return error;
}

static int wal_close(sqlite3_file *file)
{
    struct toc_vfs_wal *const wal = wal_of(file);
    const int flushed = flush(wal);
    const int closed = wal->real->pMethods->xClose(wal->real);
    free(wal->gathered);
    wal->gathered = NULL;
    return flushed != SQLITE_OK ? flushed : closed;
}

static int wal_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    struct toc_vfs_wal *const wal = wal_of(file);
    const int error = flush(wal);
    if (wal->patient != NULL && atomic_load(wal->patient)) {
        (void)sched_yield();
    }
    return error != SQLITE_OK ? error : wal->real->pMethods->xRead(wal->real, data, len, at);
}

static bool ends_commit(const void *head)
{
    static const unsigned char none[COMMIT_LEN];
    return memcmp((const unsigned char *)head + COMMIT_AT, none, COMMIT_LEN) != 0;
}

static int gather(struct toc_vfs_wal *wal, const void *data, int len, sqlite3_int64 at)
{
    if (wal->len > 0 &&
        (at != wal->at + (sqlite3_int64)wal->len || wal->len + (size_t)len > GATHER_LEN)) {
        const int error = flush(wal);
        if (error != SQLITE_OK) {
            return error;
        }
    }
    if ((size_t)len > GATHER_LEN) {
        return wal->real->pMethods->xWrite(wal->real, data, len, at);
    }
    wal->at = wal->len == 0 ? at : wal->at;
    memcpy(wal->gathered + wal->len, data, (size_t)len);
    wal->len += (size_t)len;
    return SQLITE_OK;
}

/* A commit may come without a sync (toc_vfs_light), and the next thing SQLite does is to
 * tell other connections, the checkpoint thread's among them, that its frames are there to read.
 *
 * Only a head and the page that follows wait for each other. Where a sector may be torn, SQLite
 * fills the last one with another frame and writes the end of that after the sync: part of a commit
 * that has succeeded, on which the next frames' checksums rest. It must not wait to share the fate
 * of the next commit. */
static int wal_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    struct toc_vfs_wal *const wal = wal_of(file);
    const bool page = len > FRAME_HEAD_LEN && wal->head;
    const bool last = page && wal->commits;
    wal->unsynced += (size_t)len;
    wal->restarts |= at == 0;
    wal->head = len == FRAME_HEAD_LEN && !wal->head;
    wal->commits = wal->head && ends_commit(data);
    const int error = gather(wal, data, len, at);
    return error == SQLITE_OK && (last || !(page || wal->head)) ? flush(wal) : error;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    struct toc_vfs_wal *const wal = wal_of(file);
    const int error = flush(wal);
    return error != SQLITE_OK ? error : wal->real->pMethods->xTruncate(wal->real, len);
}

static int wal_sync(sqlite3_file *file, int flags)
{
    struct toc_vfs_wal *const wal = wal_of(file);
    const int error = flush(wal);
    if (error != SQLITE_OK) {
        return error;
    }
    /* The log begins anew over frames of before: its head must be on the disk before they go. */
    const bool restarts = wal->restarts;
    wal->restarts = false;
    wal->flags = flags;
    if (!restarts && wal->light) {
        return SQLITE_OK;
    }
    if (!restarts && wal->defer_from > 0 && wal->unsynced >= wal->defer_from) {
        wal->owes = true;
        wal->unsynced = 0;
        return SQLITE_OK;
    }
    wal->unsynced = 0;
    return wal->real->pMethods->xSync(wal->real, flags);
}

static int wal_file_size(sqlite3_file *file, sqlite3_int64 *ret_len)
{
    struct toc_vfs_wal *const wal = wal_of(file);
    const int error = flush(wal);
    return error != SQLITE_OK ? error : wal->real->pMethods->xFileSize(wal->real, ret_len);
}

static int wal_lock(sqlite3_file *file, int lock)
{
    return wal_of(file)->real->pMethods->xLock(wal_of(file)->real, lock);
}

static int wal_unlock(sqlite3_file *file, int lock)
{
    return wal_of(file)->real->pMethods->xUnlock(wal_of(file)->real, lock);
}

static int wal_check_lock(sqlite3_file *file, int *ret_locked)
{
    return wal_of(file)->real->pMethods->xCheckReservedLock(wal_of(file)->real, ret_locked);
}

static int wal_control(sqlite3_file *file, int op, void *argument)
{
    return wal_of(file)->real->pMethods->xFileControl(wal_of(file)->real, op, argument);
}

static int wal_sector_size(sqlite3_file *file)
{
    return wal_of(file)->real->pMethods->xSectorSize(wal_of(file)->real);
}

static int wal_characteristics(sqlite3_file *file)
{
    return wal_of(file)->real->pMethods->xDeviceCharacteristics(wal_of(file)->real);
}

static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_file_size,
    .xLock = wal_lock,
    .xUnlock = wal_unlock,
    .xCheckReservedLock = wal_check_lock,
    .xFileControl = wal_control,
    .xSectorSize = wal_sector_size,
    .xDeviceCharacteristics = wal_characteristics,
};

/* ---- the VFS ---- */

static sqlite3_vfs gathering;
static sqlite3_vfs *wrapped;

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return wrapped->xOpen(wrapped, name, file, flags, ret_flags);
    }
    struct toc_vfs_wal *const wal = wal_of(file);
    *wal = (struct toc_vfs_wal){.real = (sqlite3_file *)(void *)(wal + 1)};
    wal->gathered = malloc(GATHER_LEN);
    if (wal->gathered == NULL) {
        return SQLITE_NOMEM; /* without methods: SQLite does not close it */
    }
    const int error = wrapped->xOpen(wrapped, name, wal->real, flags, ret_flags);
    if (error != SQLITE_OK) {
        if (wal->real->pMethods != NULL) {
            (void)wal->real->pMethods->xClose(wal->real);
        }
        free(wal->gathered);
        return error;
    }
    wal->base.pMethods = &wal_methods;
    return SQLITE_OK;
}

const char *toc_vfs_name(void)
{
    sqlite3_vfs *const now = sqlite3_vfs_find(NULL);
    if (now == NULL) {
        return NULL;
    }
    if (now != wrapped) {
        if (wrapped != NULL) {
            (void)sqlite3_vfs_unregister(&gathering);
        }
        gathering = *now;
        gathering.pNext = NULL;
        gathering.zName = "tocsin";
        gathering.szOsFile = (int)sizeof(struct toc_vfs_wal) + now->szOsFile;
        gathering.xOpen = vfs_open;
        wrapped = now;
        if (sqlite3_vfs_register(&gathering, 0) != SQLITE_OK) {
            wrapped = NULL;
            return NULL;
        }
    }
    return gathering.zName;
}

/* ---- deferring ---- */

struct toc_vfs_wal *toc_vfs_wal(sqlite3 *handle)
{
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&file) !=
            SQLITE_OK ||
        file == NULL || file->pMethods != &wal_methods) {
        return NULL;
    }
    return wal_of(file);
}

void toc_vfs_defer(struct toc_vfs_wal *wal, size_t bytes)
{
    wal->defer_from = bytes;
}

void toc_vfs_give_way(struct toc_vfs_wal *wal, const atomic_bool *patient)
{
    wal->patient = patient;
}

void toc_vfs_light(struct toc_vfs_wal *wal, bool light)
{
    wal->light = light;
}

bool toc_vfs_owes(const struct toc_vfs_wal *wal)
{
    return wal->owes;
}

int toc_vfs_sync(struct toc_vfs_wal *wal)
{
    return wal->real->pMethods->xSync(wal->real, wal->flags);
}

void toc_vfs_settled(struct toc_vfs_wal *wal)
{
    wal->owes = false;
}
