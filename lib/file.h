/* file: whole files in and out, safely. No printing, no logging. */
#ifndef TOC_FILE_H
#define TOC_FILE_H

#include "bytes.h"
#include <limits.h>
#include <sys/types.h>

/* Reads at most len_max bytes into an initialised buffer (appends; on failure it is as it was).
 * TOC_NOTFOUND, TOC_TOOBIG, TOC_IO, TOC_NOMEM. */
enum toc_result toc_file_read(const char *path, size_t len_max, struct toc_buf *buf,
                              struct toc_why *why) TOC_MUST_CHECK;
/* As _read, and TOC_DENIED unless the file is a regular one of this user (or root's) with no bits
 * for others or the group: for secrets. */
enum toc_result toc_file_read_secret(const char *path, size_t len_max, struct toc_buf *buf,
                                     struct toc_why *why) TOC_MUST_CHECK;
/* Whole or not at all: a temporary beside it, fsync, rename, fsync of the folder. Where only the
 * last fails, the file has its new content, and `why` says so. */
enum toc_result toc_file_write(const char *path, struct toc_bytes bytes, mode_t mode,
                               struct toc_why *why) TOC_MUST_CHECK;
/* As _write, but TOC_EXISTS when something is there: keys are never overwritten. On any failure it
 * is not there. */
enum toc_result toc_file_create(const char *path, struct toc_bytes bytes, mode_t mode,
                                struct toc_why *why) TOC_MUST_CHECK;
/* Opens a new file beside `path`, with this mode, for _place or a rename; its name is `path` and
 * seven characters. -1 with errno, ENAMETOOLONG among them: nothing is left of it. */
int toc_file_temporary(const char *path, mode_t mode, char ret_temporary[PATH_MAX]);
/* The end of a _create whose content is too large for memory: `temporary`, beside `path`, written
 * and synced, gets that name. It is gone in any case. TOC_EXISTS, TOC_IO. */
enum toc_result toc_file_place(const char *temporary, const char *path, struct toc_why *why)
    TOC_MUST_CHECK;
/* The folder and its parents (mode 0700 for the last one if new). Fine if it exists. */
enum toc_result toc_file_mkdir(const char *path, struct toc_why *why) TOC_MUST_CHECK;
/* `name` as seen from the folder of `base` (a file): absolute names stay. ret_path has PATH_MAX. */
enum toc_result toc_file_beside(const char *base, const char *name, char *ret_path,
                                struct toc_why *why) TOC_MUST_CHECK;

#endif
