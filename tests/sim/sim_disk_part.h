/* The inside of a simulated disk: what sim_disk_vfs.c writes and sim_disk.c keeps. */
#ifndef TOC_SIM_DISK_PART_H
#define TOC_SIM_DISK_PART_H

#include "sim_disk.h"

#include <limits.h>
#include <stddef.h>

#define SIM_DISK_SECTOR 512
#define SIM_DISK_FILES_MAX 12 /* two databases, their logs and journals */
#define SIM_DISK_NAME_MAX 32
#define SIM_DISK_SHM_MAX 64

/* A write, or with data NULL a truncation to `at`. */
struct sim_pending {
    struct sim_pending *next;
    uint64_t number; /* over all files of the disk */
    int64_t at;
    size_t len;
    unsigned char *data;
    bool denied; /* the disk said that it was synced */
};
struct sim_content {
    unsigned char *bytes;
    size_t len, room;
};
struct sim_disk_file {
    char name[SIM_DISK_NAME_MAX];
    bool there;
    struct sim_content now, synced;
    struct sim_pending *first, **last;
    void *shm[SIM_DISK_SHM_MAX];
};
struct sim_disk {
    struct sim_disk *next;
    char folder[PATH_MAX];
    struct sim_disk_file files[SIM_DISK_FILES_MAX];
    size_t files_len;
    uint64_t random, writes;
    enum sim_disk_fault fault;
    unsigned after, calls, failed;
    bool live, dead, lies;
};

void sim_content_resize(struct sim_content *it, size_t len);
void sim_content_put(struct sim_content *it, const void *data, size_t len, int64_t at);
struct sim_disk_file *sim_disk_file(struct sim_disk *disk, const char *name); /* NULL: none */
struct sim_disk_file *sim_disk_file_add(struct sim_disk *disk, const char *name);
/* A write that is not synced yet, or with data NULL a truncation. */
void sim_disk_note(struct sim_disk *disk, struct sim_disk_file *file, const void *data, size_t len,
                   int64_t at);
void sim_disk_flush(struct sim_disk_file *file);  /* what is noted is synced */
void sim_disk_forget(struct sim_disk_file *file); /* it never was */
/* Does this call meet a fault? `grows`: it would make a file longer. */
bool sim_disk_fails(struct sim_disk *disk, bool grows);
/* The disk that a path is on, and the name there; NULL: on none. */
struct sim_disk *sim_disk_of(const char *path, const char **ret_name);
/* Once: from then on SQLite opens files on simulated disks. */
void sim_disk_vfs_install(void);

#endif
