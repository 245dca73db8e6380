#include "sim_disk_part.h"

#include "scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sim_disk *disks;

static uint64_t draw(struct sim_disk *disk)
{
    uint64_t z = disk->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- contents ---- */

void sim_content_resize(struct sim_content *it, size_t len)
{
    if (len > it->room) {
        it->room = len * 2;
        ck_assert_uint_gt(it->room, len);
        it->bytes = realloc(it->bytes, it->room);
        ck_assert_ptr_nonnull(it->bytes);
    }
    if (len > it->len) {
        memset(it->bytes + it->len, 0, len - it->len);
    }
    it->len = len;
}

void sim_content_put(struct sim_content *it, const void *data, size_t len, int64_t at)
{
    if (len == 0) {
        return;
    }
    if ((size_t)at + len > it->len) {
        sim_content_resize(it, (size_t)at + len);
    }
    memcpy(it->bytes + at, data, len);
}

static void put_all(struct sim_content *it, const struct sim_content *from)
{
    it->len = 0;
    sim_content_resize(it, from->len);
    sim_content_put(it, from->bytes, from->len, 0);
}

void sim_disk_forget(struct sim_disk_file *file)
{
    while (file->first != NULL) {
        struct sim_pending *const one = file->first;
        file->first = one->next;
        free(one->data);
        free(one);
    }
    file->last = &file->first;
}

/* Bytes `from` to `to` of a write; a truncation wholly. */
static void reaches(struct sim_disk_file *file, const struct sim_pending *one, size_t from,
                    size_t to)
{
    if (one->data == NULL) {
        sim_content_resize(&file->synced, (size_t)one->at);
    } else {
        sim_content_put(&file->synced, one->data + from, to - from, one->at + (int64_t)from);
    }
}

void sim_disk_note(struct sim_disk *disk, struct sim_disk_file *file, const void *data, size_t len,
                   int64_t at)
{
    struct sim_pending *const one = calloc(1, sizeof *one);

    ck_assert_ptr_nonnull(one);
    one->number = ++disk->writes;
    one->at = at;
    one->len = len;
    if (data != NULL) {
        one->data = malloc(len + 1);
        ck_assert_ptr_nonnull(one->data);
        memcpy(one->data, data, len);
    }
    *file->last = one;
    file->last = &one->next;
}

void sim_disk_flush(struct sim_disk_file *file)
{
    for (const struct sim_pending *one = file->first; one != NULL; one = one->next) {
        reaches(file, one, 0, one->len);
    }
    sim_disk_forget(file);
}

static size_t torn(struct sim_disk *disk, const struct sim_pending *one)
{
    const size_t sectors = one->len / SIM_DISK_SECTOR;

    return sectors > 0 ? (size_t)(draw(disk) % (sectors + 1)) * SIM_DISK_SECTOR : 0;
}

/* Of what was not synced a half is lost, a third is whole, the rest begins or ends in between. */
static void leave_some(struct sim_disk *disk, struct sim_disk_file *file)
{
    for (const struct sim_pending *one = file->first; one != NULL; one = one->next) {
        const size_t part = torn(disk, one);
        switch (draw(disk) % 6) {
        case 0:
        case 1:
            reaches(file, one, 0, one->len);
            break;
        case 2:
            if (draw(disk) % 2 == 0) {
                reaches(file, one, 0, part);
            } else {
                reaches(file, one, part, one->len);
            }
            break;
        default:
            break;
        }
    }
    sim_disk_forget(file);
}

/* Of a disk that lied: all before some moment is there, what was written at that moment is torn. */
static void leave_beginning(struct sim_disk *disk)
{
    uint64_t oldest = disk->writes + 1;
    uint64_t until;

    for (size_t i = 0; i < disk->files_len; i++) {
        const struct sim_pending *const first = disk->files[i].first;
        oldest = first != NULL && first->number < oldest ? first->number : oldest;
    }
    until = oldest + draw(disk) % (disk->writes + 2 - oldest);
    for (size_t i = 0; i < disk->files_len; i++) {
        struct sim_disk_file *const file = &disk->files[i];
        for (const struct sim_pending *one = file->first; one != NULL && one->number <= until;
             one = one->next) {
            if (one->number < until) {
                reaches(file, one, 0, one->len);
            } else if (one->data != NULL) {
                reaches(file, one, 0, torn(disk, one));
            }
        }
        sim_disk_forget(file);
    }
}

/* ---- faults ---- */

/* Does this call meet the fault? `grows`: it would make a file longer. */
bool sim_disk_fails(struct sim_disk *disk, bool grows)
{
    if (disk->dead) {
        return true;
    }
    if (!disk->live || disk->fault == SIM_DISK_FINE || (disk->fault == SIM_DISK_FULL && !grows)) {
        return false;
    }
    if (disk->after > 0) {
        disk->after--;
        return false;
    }
    disk->failed++;
    disk->calls--;
    disk->fault = disk->calls == 0 ? SIM_DISK_FINE : disk->fault;
    return true;
}

/* ---- names ---- */

/* The disk that a path is on, and the name there; NULL: on none of ours. */
struct sim_disk *sim_disk_of(const char *path, const char **ret_name)
{
    for (struct sim_disk *disk = disks; disk != NULL && path != NULL; disk = disk->next) {
        const size_t len = strlen(disk->folder);
        if (strncmp(path, disk->folder, len) == 0 && path[len] == '/') {
            *ret_name = path + len + 1;
            return disk;
        }
    }
    return NULL;
}

struct sim_disk_file *sim_disk_file(struct sim_disk *disk, const char *name)
{
    for (size_t i = 0; i < disk->files_len; i++) {
        if (strcmp(disk->files[i].name, name) == 0) {
            return &disk->files[i];
        }
    }
    return NULL;
}

struct sim_disk_file *sim_disk_file_add(struct sim_disk *disk, const char *name)
{
    struct sim_disk_file *const file = &disk->files[disk->files_len++];

    ck_assert_uint_le(disk->files_len, SIM_DISK_FILES_MAX);
    ck_assert_uint_lt(strlen(name), SIM_DISK_NAME_MAX);
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    file->last = &file->first;
    return file;
}

/* ---- a disk ---- */

struct sim_disk *sim_disk_new(uint64_t seed)
{
    struct sim_disk *const disk = calloc(1, sizeof *disk);

    ck_assert_ptr_nonnull(disk);
    sim_disk_vfs_install();
    toc_scratch_new(disk->folder);
    disk->random = seed;
    disk->next = disks;
    disks = disk;
    return disk;
}

static void free_files(struct sim_disk *disk)
{
    for (size_t i = 0; i < disk->files_len; i++) {
        sim_disk_forget(&disk->files[i]);
        free(disk->files[i].now.bytes);
        free(disk->files[i].synced.bytes);
    }
    memset(disk->files, 0, sizeof disk->files);
    disk->files_len = 0;
}

void sim_disk_free(struct sim_disk **disk)
{
    struct sim_disk *const it = *disk;
    struct sim_disk **at = &disks;

    if (it == NULL) {
        return;
    }
    while (*at != NULL && *at != it) {
        at = &(*at)->next;
    }
    if (*at != NULL) { /* else a copy: no folder */
        *at = it->next;
        toc_scratch_remove(it->folder);
    }
    free_files(it);
    free(it);
    *disk = NULL;
}

const char *sim_disk_folder(const struct sim_disk *disk)
{
    return disk->folder;
}

void sim_disk_arm(struct sim_disk *disk, enum sim_disk_fault fault, unsigned after, unsigned calls)
{
    if (fault == SIM_DISK_LIES) {
        disk->lies = true;
        return;
    }
    disk->fault = calls == 0 ? SIM_DISK_FINE : fault;
    disk->after = after;
    disk->calls = calls;
}

void sim_disk_live(struct sim_disk *disk, bool live)
{
    disk->live = live;
}

unsigned sim_disk_failed(const struct sim_disk *disk)
{
    return disk->failed;
}

bool sim_disk_owes(const struct sim_disk *disk)
{
    for (size_t i = 0; i < disk->files_len; i++) {
        for (const struct sim_pending *one = disk->files[i].first; one != NULL; one = one->next) {
            if (one->denied) {
                return true;
            }
        }
    }
    return false;
}

void sim_disk_honest(struct sim_disk *disk)
{
    for (size_t i = 0; i < disk->files_len && disk->lies; i++) {
        sim_disk_flush(&disk->files[i]);
    }
    disk->lies = false;
}

void sim_disk_cut(struct sim_disk *disk)
{
    disk->dead = true;
}

void sim_disk_boot(struct sim_disk *disk)
{
    if (disk->lies) {
        leave_beginning(disk);
    }
    for (size_t i = 0; i < disk->files_len; i++) {
        struct sim_disk_file *const file = &disk->files[i];
        leave_some(disk, file);
        put_all(&file->now, &file->synced);
        file->there |= file->now.len > 0; /* a deletion that never was */
    }
    disk->fault = SIM_DISK_FINE;
    disk->dead = false;
    disk->lies = false;
}

struct sim_disk *sim_disk_copy(const struct sim_disk *disk)
{
    struct sim_disk *const copy = calloc(1, sizeof *copy);

    ck_assert_ptr_nonnull(copy);
    sim_disk_put_back(copy, disk);
    return copy;
}

void sim_disk_put_back(struct sim_disk *disk, const struct sim_disk *copy)
{
    free_files(disk);
    for (size_t i = 0; i < copy->files_len; i++) {
        struct sim_disk_file *const file = sim_disk_file_add(disk, copy->files[i].name);
        put_all(&file->synced, &copy->files[i].synced);
        put_all(&file->now, &file->synced);
        file->there = file->now.len > 0;
    }
    disk->fault = SIM_DISK_FINE;
    disk->lies = false;
}
