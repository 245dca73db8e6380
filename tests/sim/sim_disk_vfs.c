/* SQLite's files on simulated disks. */
#include "sim_disk_part.h"

#include <check.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct open_file {
    sqlite3_file base;
    struct sim_disk *disk;
    struct sim_disk_file *file;
};

static sqlite3_vfs *real_vfs;

/* ---- SQLite's calls on a file ---- */

static struct open_file *of(sqlite3_file *file)
{
    return (struct open_file *)(void *)file;
}

static int disk_shm_unmap(sqlite3_file *file, int with_file)
{
    struct sim_disk_file *const it = of(file)->file;

    (void)with_file;
    for (size_t i = 0; i < SIM_DISK_SHM_MAX; i++) {
        free(it->shm[i]);
        it->shm[i] = NULL;
    }
    return SQLITE_OK;
}

static int disk_close(sqlite3_file *file)
{
    return disk_shm_unmap(file, 1);
}

static int disk_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    const struct sim_content *const now = &of(file)->file->now;
    const size_t wanted = (size_t)len;
    const size_t held = (size_t)at >= now->len ? 0 : now->len - (size_t)at;

    if (!of(file)->disk->dead && of(file)->disk->fault == SIM_DISK_FAILS &&
        sim_disk_fails(of(file)->disk, false)) {
        return SQLITE_IOERR_READ;
    }
    if (held >= wanted) {
        memcpy(data, now->bytes + at, wanted);
        return SQLITE_OK;
    }
    memset(data, 0, wanted);
    if (held > 0) {
        memcpy(data, now->bytes + at, held);
    }
    return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    struct open_file *const it = of(file);
    const bool grows = (size_t)at + (size_t)len > it->file->now.len;
    const enum sim_disk_fault fault = it->disk->fault;

    if (sim_disk_fails(it->disk, grows)) {
        if (!it->disk->dead && fault == SIM_DISK_SHORT && len > 1) {
            sim_disk_note(it->disk, it->file, data, (size_t)len / 2, at);
            sim_content_put(&it->file->now, data, (size_t)len / 2, at);
        }
        return fault == SIM_DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    sim_disk_note(it->disk, it->file, data, (size_t)len, at);
    sim_content_put(&it->file->now, data, (size_t)len, at);
    return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct open_file *const it = of(file);

    if (sim_disk_fails(it->disk, false)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    sim_disk_note(it->disk, it->file, NULL, 0, size);
    sim_content_resize(&it->file->now, (size_t)size);
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *file, int flags)
{
    struct open_file *const it = of(file);

    (void)flags;
    if (sim_disk_fails(it->disk, false)) {
        return SQLITE_IOERR_FSYNC;
    }
    if (!it->disk->lies) {
        sim_disk_flush(it->file);
        return SQLITE_OK;
    }
    for (struct sim_pending *one = it->file->first; one != NULL; one = one->next) {
        one->denied = true;
    }
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    *ret_size = (sqlite3_int64)of(file)->file->now.len;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *file, int level)
{
    (void)file;
    (void)level;
    return SQLITE_OK; /* nobody else has it open */
}

static int disk_check_lock(sqlite3_file *file, int *ret_held)
{
    (void)file;
    *ret_held = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *file)
{
    (void)file;
    return SIM_DISK_SECTOR;
}

/* Nothing is promised: neither that writes are whole nor that they come in order. */
static int disk_traits(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int disk_shm_map(sqlite3_file *file, int region, int size, int extend,
                        void volatile **ret_at)
{
    void **const at = &of(file)->file->shm[region];

    ck_assert_int_lt(region, SIM_DISK_SHM_MAX);
    if (*at == NULL && extend != 0) {
        *at = calloc(1, (size_t)size);
        ck_assert_ptr_nonnull(*at);
    }
    *ret_at = *at;
    return SQLITE_OK;
}

static int disk_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    (void)file;
    (void)offset;
    (void)count;
    (void)flags;
    return SQLITE_OK;
}

static void disk_shm_barrier(sqlite3_file *file)
{
    (void)file;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_lock,
    .xCheckReservedLock = disk_check_lock,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits,
    .xShmMap = disk_shm_map,
    .xShmLock = disk_shm_lock,
    .xShmBarrier = disk_shm_barrier,
    .xShmUnmap = disk_shm_unmap,
};

/* ---- SQLite's calls on names ---- */

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    const char *name = NULL;
    struct sim_disk *const disk = sim_disk_of(path, &name);
    struct open_file *const it = of(file);

    (void)vfs;
    if (disk == NULL) {
        return real_vfs->xOpen(real_vfs, path, file, flags, ret_flags);
    }
    memset(it, 0, sizeof *it);
    if (disk->dead) {
        return SQLITE_CANTOPEN;
    }
    it->disk = disk;
    it->file = sim_disk_file(disk, name);
    it->file = it->file == NULL ? sim_disk_file_add(disk, name) : it->file;
    it->file->there = true;
    it->base.pMethods = &methods;
    if (ret_flags != NULL) {
        *ret_flags = flags;
    }
    return SQLITE_OK;
}

/* As a file system that keeps the order of names: what was deleted is gone. A disk that lies gives
 * it back, with what was on it. */
static int disk_delete(sqlite3_vfs *vfs, const char *path, int with_folder)
{
    const char *name = NULL;
    struct sim_disk *const disk = sim_disk_of(path, &name);
    struct sim_disk_file *const file = disk == NULL ? NULL : sim_disk_file(disk, name);

    (void)vfs;
    if (disk == NULL) {
        return real_vfs->xDelete(real_vfs, path, with_folder);
    }
    if (sim_disk_fails(disk, false)) {
        return SQLITE_IOERR_DELETE;
    }
    if (file == NULL) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    if (disk->lies) {
        sim_disk_note(disk, file, NULL, 0, 0);
    } else {
        sim_disk_forget(file);
        sim_content_resize(&file->synced, 0);
    }
    sim_content_resize(&file->now, 0);
    file->there = false;
    return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_there)
{
    const char *name = NULL;
    struct sim_disk *const disk = sim_disk_of(path, &name);
    const struct sim_disk_file *const file = disk == NULL ? NULL : sim_disk_file(disk, name);

    (void)vfs;
    if (disk == NULL) {
        return real_vfs->xAccess(real_vfs, path, flags, ret_there);
    }
    *ret_there = file != NULL && file->there;
    return SQLITE_OK;
}

/* The same in every run of a seed. */
static int disk_random(sqlite3_vfs *vfs, int len, char *ret_bytes)
{
    (void)vfs;
    memset(ret_bytes, 42, (size_t)len);
    return len;
}

void sim_disk_vfs_install(void)
{
    static sqlite3_vfs vfs;

    if (real_vfs != NULL) {
        sqlite3_randomness(0, NULL); /* begins anew, with what disk_random says */
        return;
    }
    real_vfs = sqlite3_vfs_find(NULL);
    ck_assert_ptr_nonnull(real_vfs);
    vfs = *real_vfs;
    vfs.pNext = NULL;
    vfs.zName = "sim";
    vfs.szOsFile = real_vfs->szOsFile > (int)sizeof(struct open_file)
                       ? real_vfs->szOsFile
                       : (int)sizeof(struct open_file);
    vfs.xOpen = disk_open;
    vfs.xDelete = disk_delete;
    vfs.xAccess = disk_access;
    vfs.xRandomness = disk_random;
    ck_assert_int_eq(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
    sqlite3_randomness(0, NULL);
}
