#include "import_rejects.h"
#include "ensure.h"
#include "file.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct toc_rejects {
    FILE *file;
    char path[PATH_MAX];
    char temporary[PATH_MAX]; /* "" when it has its name */
};

void toc_rejects_close(struct toc_rejects **rejects)
{
    if (rejects == NULL || *rejects == NULL) {
        return;
    }
    if ((*rejects)->file != NULL) {
        (void)fclose((*rejects)->file);
    }
    if ((*rejects)->temporary[0] != '\0') {
        (void)unlink((*rejects)->temporary);
    }
    free(*rejects);
    *rejects = NULL;
}

static enum toc_result failed(const char *path, const char *what, struct toc_why *why)
{
    const enum toc_result result = errno == ENOENT || errno == ENOTDIR ? TOC_NOTFOUND : TOC_IO;
    return toc_fail(why, result, "--rejects: %s: cannot %s: %s", path, what, strerror(errno));
}

enum toc_result toc_rejects_open(const char *path, struct toc_rejects **ret_rejects,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_rejects_close) struct toc_rejects *rejects = calloc(1, sizeof *rejects);
    if (rejects == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    const int fd = toc_file_temporary(path, 0644, rejects->temporary);
    if (fd < 0 && errno == ENAMETOOLONG) {
        return toc_fail(why, TOC_TOOBIG, "--rejects: path too long");
    }
    if (fd < 0) {
        return failed(path, "create", why);
    }
    memcpy(rejects->path, path, strlen(path) + 1);
    rejects->file = fdopen(fd, "w");
    if (rejects->file == NULL) {
        (void)close(fd);
        return failed(path, "write", why);
    }
    fputs("row,fate,column,reason\r\n", rejects->file);
    *ret_rejects = toc_take(&rejects);
    return TOC_OK;
}

/* A CSV cell: always in quotes, quotes doubled. */
static void put_cell(FILE *file, const char *text)
{
    putc('"', file);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            putc('"', file);
        }
        putc(*at, file);
    }
    putc('"', file);
}

void toc_rejects_add(struct toc_rejects *rejects, size_t row, const char *fate, const char *column,
                     const char *reason)
{
    fprintf(rejects->file, "%zu,%s,", row, fate);
    put_cell(rejects->file, column);
    putc(',', rejects->file);
    put_cell(rejects->file, reason);
    fputs("\r\n", rejects->file);
}

enum toc_result toc_rejects_finish(struct toc_rejects *rejects, struct toc_why *why)
{
    FILE *const file = toc_take(&rejects->file);
    const bool written = ferror(file) == 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (fclose(file) != 0 || !written) {
        return failed(rejects->path, "write", why);
    }
    if (rename(rejects->temporary, rejects->path) != 0) {
        return failed(rejects->path, "rename to", why);
    }
    rejects->temporary[0] = '\0';
    return TOC_OK;
}
