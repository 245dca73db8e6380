/* store_vfs: how the write-ahead log reaches the file. SQLite writes a frame's head and its page in
 * two calls; here what follows on is gathered and written in one. And the sync at the end of a
 * large commit may be left to another thread (store_sync.c), if the owner of the connection has
 * said so. Everything else is the system's own VFS. Private to store*.c. */
#ifndef TOC_STORE_VFS_H
#define TOC_STORE_VFS_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* The VFS to open with; it wraps the default one of this moment. NULL without memory. */
const char *toc_vfs_name(void);

/* A write-ahead log, as opened by this VFS. */
struct toc_vfs_wal;
/* Of a connection whose database is in WAL mode and was read; NULL when it is not ours. */
struct toc_vfs_wal *toc_vfs_wal(sqlite3 *handle);
/* From now on a sync after at least `bytes` were written since the last one is not done but owed;
 * 0: always done. So is always that of the file's head, which SQLite asks for by itself. */
void toc_vfs_defer(struct toc_vfs_wal *wal, size_t bytes);
/* From now on its reader lets other threads run before each read, while *patient is set. */
void toc_vfs_give_way(struct toc_vfs_wal *wal, const atomic_bool *patient);
/* While it is set a sync, but for that of the file's head, is neither done nor owed. */
void toc_vfs_light(struct toc_vfs_wal *wal, bool light);
/* Is one owed? */
bool toc_vfs_owes(const struct toc_vfs_wal *wal);
/* Does it, from any thread, while the owner may go on writing; an error of SQLite's. */
int toc_vfs_sync(struct toc_vfs_wal *wal);
/* The owner, after that: it is owed no more. */
void toc_vfs_settled(struct toc_vfs_wal *wal);

#endif
