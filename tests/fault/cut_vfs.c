#include "cut_vfs.h"
#include <check.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 8
#define SECTOR 512

/* A write, or with data NULL a truncation to `at`. */
struct pending {
    struct pending *next;
    sqlite3_int64 at;
    int len;
    unsigned char *data;
};
struct disk_file {
    char path[4096];
    unsigned char *synced;
    size_t len, room;
    struct pending *first, **last;
};
struct cut_file {
    sqlite3_file base;
    struct disk_file *disk; /* NULL: a file that nobody misses */
    sqlite3_file *real;     /* behind this struct, in the same block */
};

static struct disk_file files[FILES_MAX];
static size_t files_len;
static struct {
    long at, calls;
    bool dead;
    unsigned open;
    uint64_t random;
    long kept, lost;
} plan;
static sqlite3_vfs *real_vfs;

static uint64_t draw(void)
{
    uint64_t z = plan.random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- what is on the disk ---- */

static void forget_pending(struct disk_file *file)
{
    while (file->first != NULL) {
        struct pending *const one = file->first;
        file->first = one->next;
        free(one->data);
        free(one);
    }
    file->last = &file->first;
}

static void resize(struct disk_file *file, size_t len)
{
    if (len > file->room) {
        file->room = len * 2;
        file->synced = realloc(file->synced, file->room);
        ck_assert_ptr_nonnull(file->synced);
    }
    if (len > file->len) {
        memset(file->synced + file->len, 0, len - file->len);
    }
    file->len = len;
}

static void apply(struct disk_file *file, const struct pending *one, size_t from, size_t to)
{
    const size_t end = (size_t)one->at + to;

    if (one->data != NULL && from == to) {
        return;
    }
    if (one->data == NULL) {
        resize(file, (size_t)one->at);
        return;
    }
    if (end > file->len) {
        resize(file, end);
    }
    memcpy(file->synced + (size_t)one->at + from, one->data + from, to - from);
}

static void sync_all(struct disk_file *file)
{
    for (const struct pending *one = file->first; one != NULL; one = one->next) {
        apply(file, one, 0, (size_t)one->len);
    }
    forget_pending(file);
}

static void note(struct disk_file *file, const void *data, int len, sqlite3_int64 at)
{
    struct pending *const one = calloc(1, sizeof *one);

    ck_assert_ptr_nonnull(one);
    one->at = at;
    one->len = len;
    if (data != NULL) {
        one->data = malloc((size_t)len + 1);
        ck_assert_ptr_nonnull(one->data);
        memcpy(one->data, data, (size_t)len);
    }
    *file->last = one;
    file->last = &one->next;
}

/* Of what was not synced: a half is lost, a third is whole, the rest begins or ends in between. */
static void leave(struct disk_file *file)
{
    for (const struct pending *one = file->first; one != NULL; one = one->next) {
        const size_t sectors = (size_t)one->len / SECTOR;
        const size_t torn = sectors > 0 ? (size_t)(draw() % (sectors + 1)) * SECTOR : 0;
        switch (draw() % 6) {
        case 0:
        case 1:
            apply(file, one, 0, (size_t)one->len);
            plan.kept++;
            break;
        case 2:
            if (draw() % 2 == 0) {
                apply(file, one, 0, torn);
            } else {
                apply(file, one, torn, (size_t)one->len);
            }
            plan.kept++;
            break;
        default:
            plan.lost++;
            break;
        }
    }
    forget_pending(file);
}

static void write_out(const struct disk_file *file)
{
    const int out = open(file->path, O_WRONLY | O_TRUNC | O_CLOEXEC);

    if (out < 0) {
        return; /* it was deleted */
    }
    ck_assert_int_eq((int)write(out, file->synced, file->len), (int)file->len);
    (void)close(out);
}

/* The machine is off: what is left is written where the next start finds it. */
static void cut(void)
{
    for (size_t i = 0; i < files_len; i++) {
        char shared[4200];
        leave(&files[i]);
        write_out(&files[i]);
        (void)snprintf(shared, sizeof shared, "%s-shm", files[i].path);
        (void)unlink(shared);
    }
    plan.dead = false;
    plan.at = 0;
}

/* ---- SQLite's calls ---- */

static bool goes_now(void)
{
    plan.calls++;
    plan.dead |= plan.at > 0 && plan.calls >= plan.at;
    return plan.dead;
}

static struct cut_file *of(sqlite3_file *file)
{
    return (struct cut_file *)(void *)file;
}

static int cut_close(sqlite3_file *file)
{
    struct cut_file *const it = of(file);
    sqlite3_file *const real = it->real;
    const int error = real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;

    plan.open--;
    if (plan.open == 0 && plan.dead) {
        cut();
    }
    return error;
}

static int cut_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    return of(file)->real->pMethods->xRead(of(file)->real, data, len, at);
}

static int cut_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    struct cut_file *const it = of(file);

    if (it->disk != NULL) {
        if (plan.dead) {
            return SQLITE_IOERR_WRITE;
        }
        /* What is being written when the power goes may be there. */
        note(it->disk, data, len, at);
        if (goes_now()) {
            return SQLITE_IOERR_WRITE;
        }
    }
    return it->real->pMethods->xWrite(it->real, data, len, at);
}

static int cut_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct cut_file *const it = of(file);

    if (it->disk != NULL) {
        if (plan.dead) {
            return SQLITE_IOERR_TRUNCATE;
        }
        note(it->disk, NULL, 0, size);
        if (goes_now()) {
            return SQLITE_IOERR_TRUNCATE;
        }
    }
    return it->real->pMethods->xTruncate(it->real, size);
}

static int cut_sync(sqlite3_file *file, int flags)
{
    struct cut_file *const it = of(file);

    (void)flags;
    if (it->disk != NULL) {
        if (goes_now()) {
            return SQLITE_IOERR_FSYNC;
        }
        sync_all(it->disk);
    }
    return SQLITE_OK; /* the model is the disk: the machine's own need not be waited for */
}

static int cut_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return of(file)->real->pMethods->xFileSize(of(file)->real, ret_size);
}

static int cut_lock(sqlite3_file *file, int level)
{
    return of(file)->real->pMethods->xLock(of(file)->real, level);
}

static int cut_unlock(sqlite3_file *file, int level)
{
    return of(file)->real->pMethods->xUnlock(of(file)->real, level);
}

static int cut_check_lock(sqlite3_file *file, int *ret_held)
{
    return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, ret_held);
}

static int cut_control(sqlite3_file *file, int operation, void *argument)
{
    return of(file)->real->pMethods->xFileControl(of(file)->real, operation, argument);
}

static int cut_sector(sqlite3_file *file)
{
    return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

/* Nothing is promised: neither that writes are whole nor that they come in order. */
static int cut_traits(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int cut_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret_at)
{
    return of(file)->real->pMethods->xShmMap(of(file)->real, region, size, extend, ret_at);
}

static int cut_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return of(file)->real->pMethods->xShmLock(of(file)->real, offset, count, flags);
}

static void cut_shm_barrier(sqlite3_file *file)
{
    of(file)->real->pMethods->xShmBarrier(of(file)->real);
}

static int cut_shm_unmap(sqlite3_file *file, int with_file)
{
    return of(file)->real->pMethods->xShmUnmap(of(file)->real, with_file);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = cut_close,
    .xRead = cut_read,
    .xWrite = cut_write,
    .xTruncate = cut_truncate,
    .xSync = cut_sync,
    .xFileSize = cut_size,
    .xLock = cut_lock,
    .xUnlock = cut_unlock,
    .xCheckReservedLock = cut_check_lock,
    .xFileControl = cut_control,
    .xSectorSize = cut_sector,
    .xDeviceCharacteristics = cut_traits,
    .xShmMap = cut_shm_map,
    .xShmLock = cut_shm_lock,
    .xShmBarrier = cut_shm_barrier,
    .xShmUnmap = cut_shm_unmap,
};

static struct disk_file *disk_of(const char *name)
{
    size_t at = 0;

    while (at < files_len && strcmp(files[at].path, name) != 0) {
        at++;
    }
    if (at == files_len) {
        ck_assert_uint_lt(files_len, FILES_MAX);
        (void)snprintf(files[at].path, sizeof files[at].path, "%s", name);
        files[at].last = &files[at].first;
        files_len++;
    }
    return &files[at];
}

static int cut_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    struct cut_file *const it = of(file);

    (void)vfs;
    it->real = (sqlite3_file *)(void *)(it + 1);
    memset(it->real, 0, (size_t)real_vfs->szOsFile);
    it->disk = name != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0
                   ? disk_of(name)
                   : NULL;
    const int error = real_vfs->xOpen(real_vfs, name, it->real, flags, ret_flags);
    it->base.pMethods = error == SQLITE_OK ? &methods : NULL;
    plan.open += error == SQLITE_OK;
    return error;
}

/* As a file system that keeps the order of names: what was deleted is gone. */
static int cut_delete(sqlite3_vfs *vfs, const char *name, int with_folder)
{
    (void)vfs;
    if (plan.dead) {
        return SQLITE_IOERR_DELETE;
    }
    for (size_t i = 0; i < files_len; i++) {
        if (strcmp(files[i].path, name) == 0) {
            forget_pending(&files[i]);
            files[i].len = 0;
        }
    }
    return real_vfs->xDelete(real_vfs, name, with_folder);
}

void toc_cut_vfs_arm(long at, uint64_t seed)
{
    ck_assert_uint_eq(plan.open, 0);
    for (size_t i = 0; i < files_len; i++) {
        forget_pending(&files[i]);
        free(files[i].synced);
        memset(&files[i], 0, sizeof files[i]);
    }
    files_len = 0;
    plan.at = at;
    plan.calls = 0;
    plan.dead = false;
    plan.random = seed;
}

long toc_cut_vfs_calls(void)
{
    return plan.calls;
}

void toc_cut_vfs_count(long *ret_kept, long *ret_lost)
{
    *ret_kept = plan.kept;
    *ret_lost = plan.lost;
}

void toc_cut_vfs_install(void)
{
    static sqlite3_vfs vfs;

    if (real_vfs != NULL) {
        return;
    }
    real_vfs = sqlite3_vfs_find(NULL);
    ck_assert_ptr_nonnull(real_vfs);
    vfs = *real_vfs;
    vfs.pNext = NULL;
    vfs.zName = "cut";
    vfs.szOsFile = (int)sizeof(struct cut_file) + real_vfs->szOsFile;
    vfs.xOpen = cut_open;
    vfs.xDelete = cut_delete;
    ck_assert_int_eq(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}
