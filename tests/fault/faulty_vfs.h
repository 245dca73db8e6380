/* faulty_vfs: a disk that fails on request. SQLite's own file layer, wrapped, as the default one.
 */
#ifndef TOC_FAULTY_VFS_H
#define TOC_FAULTY_VFS_H

#include <stdbool.h>

enum toc_fault {
    TOC_FAULT_IO,   /* writes, syncs and truncations fail */
    TOC_FAULT_FULL, /* the disk is full: nothing can be written; the rest works */
    TOC_FAULT_TORN, /* as IO, but half of what should be written is */
};

/* Once, before any database is opened. */
void toc_faulty_vfs_install(void);
/* Counts from here; the `at`-th call (from 1) fails, and with `forever` all after it. */
void toc_faulty_vfs_arm(enum toc_fault fault, long at, bool forever);
/* From now on nothing fails. */
void toc_faulty_vfs_disarm(void);
/* Once from now on, the next sync of a database's own file fails, and what was written to it until
 * then is gone, as if it had been taken back page by page; all later ones succeed. So does Linux
 * with what a disk refuses when it is written back. Only one database may be written meanwhile. */
void toc_faulty_vfs_lose(void);
/* Waits until that happened, some seconds at most. */
bool toc_faulty_vfs_lost(void);
/* How many calls that could fail there were since it was armed. */
long toc_faulty_vfs_calls(void);

#endif
