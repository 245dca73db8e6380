#include "file.h"
#include "ensure.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_LEN = 16 * 1024 };

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}

/* What errno says of a path, as a result and words. */
static enum toc_result failed(const char *path, const char *what, struct toc_why *why)
{
    const int error = errno;
    const enum toc_result result = error == ENOENT || error == ENOTDIR ? TOC_NOTFOUND : TOC_IO;
    return toc_fail(why, result, "%s: cannot %s: %s", path, what, strerror(error));
}

/* As failed(), where a missing file is no answer but a failure of the machine. */
static enum toc_result broken(const char *path, const char *what, struct toc_why *why)
{
    const int error = errno;
    return toc_fail(why, TOC_IO, "%s: cannot %s: %s", path, what, strerror(error));
}

static enum toc_result too_big(const char *path, size_t len_max, struct toc_why *why)
{
    return toc_fail(why, TOC_TOOBIG, "%s: larger than %zu bytes", path, len_max);
}

/* To the end of the file, or one byte past len_max. */
static enum toc_result read_all(int fd, const char *path, size_t len_max, struct toc_buf *buf,
                                struct toc_why *why)
{
    uint8_t chunk[READ_LEN];
    size_t total = 0;
    enum toc_result result = TOC_OK;
    while (result == TOC_OK) {
        const ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            result = broken(path, "read", why);
        } else if (got == 0) {
            break;
        } else if ((size_t)got > len_max - total) {
            result = too_big(path, len_max, why);
        } else {
            total += (size_t)got;
            result = toc_buf_append(buf, toc_bytes_of(chunk, (size_t)got));
            if (result == TOC_TOOBIG) {
                (void)too_big(path, buf->len_max, why);
            } else if (result != TOC_OK) {
                (void)toc_fail(why, result, "%s: out of memory", path);
            }
        }
    }
    toc_bytes_wipe(chunk, sizeof chunk);
    return result;
}

/* Restores the buffer's length when reading failed half-way. */
static enum toc_result read_fd(int fd, const char *path, size_t len_max, struct toc_buf *buf,
                               struct toc_why *why)
{
    const size_t len = buf->len;
    const enum toc_result result = read_all(fd, path, len_max, buf, why);
    if (result != TOC_OK && buf->len > len) {
        toc_bytes_wipe(buf->data + len, buf->len - len);
        buf->len = len;
    }
    return result;
}

enum toc_result toc_file_read(const char *path, size_t len_max, struct toc_buf *buf,
                              struct toc_why *why)
{
    TOC_AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return failed(path, "open", why);
    }
    return read_fd(fd, path, len_max, buf, why);
}

enum toc_result toc_file_read_secret(const char *path, size_t len_max, struct toc_buf *buf,
                                     struct toc_why *why)
{
    /* Not blocking, so that a pipe put in the file's place is refused instead of waited for. The
     * checks are made on what was opened, not on the name. */
    TOC_AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return failed(path, "open", why);
    }
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return broken(path, "inspect", why);
    }
    if (!S_ISREG(status.st_mode)) {
        return toc_fail(why, TOC_DENIED, "%s: not a regular file", path);
    }
    if (status.st_uid != geteuid() && status.st_uid != 0) {
        return toc_fail(why, TOC_DENIED, "%s: belongs to another user", path);
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return toc_fail(why, TOC_DENIED, "%s: others can reach it (mode %04o); run: chmod 600 %s",
                        path, (unsigned)(status.st_mode & 07777), path);
    }
    return read_fd(fd, path, len_max, buf, why);
}

/* The folder a path is in. */
static enum toc_result folder_of(const char *path, char ret_folder[PATH_MAX], struct toc_why *why)
{
    const char *const slash = strrchr(path, '/');
    const char *from = path;
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (slash == path) {
        len = 1;
    } else if (slash == NULL) {
        from = ".";
        len = 1;
    }
    if (len >= PATH_MAX) {
        return toc_fail(why, TOC_TOOBIG, "path too long");
    }
    memcpy(ret_folder, from, len);
    ret_folder[len] = '\0';
    return TOC_OK;
}

/* A new name is only durable once its folder is. */
static enum toc_result sync_folder_of(const char *path, struct toc_why *why)
{
    char folder[PATH_MAX];
    TOC_TRY(folder_of(path, folder, why));
    TOC_AUTO(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        return broken(folder, "sync folder", why);
    }
    return TOC_OK;
}

static enum toc_result write_all(int fd, const char *path, struct toc_bytes bytes,
                                 struct toc_why *why)
{
    for (size_t done = 0; done < bytes.len;) {
        const ssize_t written = write(fd, bytes.data + done, bytes.len - done);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return broken(path, "write", why);
        }
        done += (size_t)written;
    }
    return fsync(fd) == 0 ? TOC_OK : broken(path, "sync", why);
}

int toc_file_temporary(const char *path, mode_t mode, char ret_temporary[PATH_MAX])
{
    char temporary[PATH_MAX];
    const int len = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    if (fchmod(fd, mode) != 0) {
        const int error = errno;
        (void)close(fd);
        (void)unlink(temporary);
        errno = error;
        return -1;
    }
    memcpy(ret_temporary, temporary, (size_t)len + 1);
    return fd;
}

/* Writes and syncs a temporary beside the path. On failure there is none left. */
static enum toc_result write_temporary(const char *path, struct toc_bytes bytes, mode_t mode,
                                       char ret_temporary[PATH_MAX], struct toc_why *why)
{
    TOC_AUTO(close_fd) int fd = toc_file_temporary(path, mode, ret_temporary);
    if (fd < 0) {
        return errno == ENAMETOOLONG ? toc_fail(why, TOC_TOOBIG, "path too long")
                                     : failed(path, "create", why);
    }
    const enum toc_result result = write_all(fd, path, bytes, why);
    if (result != TOC_OK) {
        (void)unlink(ret_temporary);
    }
    return result;
}

enum toc_result toc_file_write(const char *path, struct toc_bytes bytes, mode_t mode,
                               struct toc_why *why)
{
    char temporary[PATH_MAX];
    TOC_TRY(write_temporary(path, bytes, mode, temporary, why));
    if (rename(temporary, path) != 0) {
        const enum toc_result result = broken(path, "replace", why);
        (void)unlink(temporary);
        return result;
    }
    const enum toc_result result = sync_folder_of(path, why);
    if (result != TOC_OK) {
        /* What was there before is gone: whoever reads this must not think that nothing happened.
         */
        toc_why_prefix(why, "%s: is written, but a power cut may still undo it", path);
    }
    return result;
}

enum toc_result toc_file_place(const char *temporary, const char *path, struct toc_why *why)
{
    /* link() refuses what is there, which rename() would replace. */
    enum toc_result result = TOC_OK;
    if (link(temporary, path) != 0) {
        if (errno == EEXIST) {
            result = toc_fail(why, TOC_EXISTS, "%s: already there, and is not overwritten", path);
        } else {
            result = broken(path, "create", why);
        }
    }
    (void)unlink(temporary);
    TOC_TRY(result);
    result = sync_folder_of(path, why);
    if (result != TOC_OK) {
        (void)unlink(path); /* ours since a moment ago; the next try would find it in its way */
    }
    return result;
}

enum toc_result toc_file_create(const char *path, struct toc_bytes bytes, mode_t mode,
                                struct toc_why *why)
{
    char temporary[PATH_MAX];
    TOC_TRY(write_temporary(path, bytes, mode, temporary, why));
    return toc_file_place(temporary, path, why);
}

/* One level. */
static enum toc_result make_folder(const char *path, mode_t mode, struct toc_why *why)
{
    if (mkdir(path, mode) == 0) {
        return sync_folder_of(path, why);
    }
    struct stat status;
    if (errno != EEXIST) {
        return broken(path, "create folder", why);
    }
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return toc_fail(why, TOC_IO, "%s: is there, but is no folder", path);
    }
    return TOC_OK;
}

enum toc_result toc_file_mkdir(const char *path, struct toc_why *why)
{
    char folder[PATH_MAX];
    const size_t given = strlen(path);
    if (given == 0 || given >= sizeof folder) {
        return toc_fail(why, given == 0 ? TOC_INVALID : TOC_TOOBIG, "not a folder name");
    }
    memcpy(folder, path, given + 1);
    size_t len = given;
    while (len > 1 && folder[len - 1] == '/') {
        folder[--len] = '\0';
    }
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        const enum toc_result result = make_folder(folder, 0755, why);
        *slash = '/';
        TOC_TRY(result);
    }
    return make_folder(folder, 0700, why);
}

enum toc_result toc_file_beside(const char *base, const char *name, char *ret_path,
                                struct toc_why *why)
{
    if (name[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "empty file name");
    }
    const char *const slash = strrchr(base, '/');
    const size_t base_len = slash == NULL || name[0] == '/' ? 0 : (size_t)(slash - base) + 1;
    const size_t name_len = strlen(name);
    if (base_len >= PATH_MAX || name_len >= PATH_MAX - base_len) {
        return toc_fail(why, TOC_TOOBIG, "path too long");
    }
    memmove(ret_path + base_len, name, name_len + 1);
    memmove(ret_path, base, base_len);
    return TOC_OK;
}
