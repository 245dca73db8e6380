/* cut_vfs: a disk whose power goes. SQLite's own file layer, wrapped as the default one: what was
 * written counts only once it was synced. At the chosen call the power goes: from then on nothing
 * is taken, and when the last file is closed the files are left as a disk may leave them: of what
 * was not synced some writes are there, some are not, some are torn, whatever their order was. */
#ifndef TOC_CUT_VFS_H
#define TOC_CUT_VFS_H

#include <stdint.h>

/* Once, before any database is opened. */
void toc_cut_vfs_install(void);
/* Forgets every file, counts from here; at the `at`-th write, sync or truncation (from 1; 0: never)
 * the power goes. `seed` decides what is left. */
void toc_cut_vfs_arm(long at, uint64_t seed);
/* How many such calls there were since it was armed. */
long toc_cut_vfs_calls(void);
/* How many cuts left something of what was not synced, and how many lost some of it. */
void toc_cut_vfs_count(long *ret_kept, long *ret_lost);

#endif
