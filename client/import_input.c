#include "import_input.h"
#include "ensure.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PERCENT = 100,
    MAGIC_LEN = 4,
    POLL_MS = 1000, /* how soon a stop that came between two polls is noticed */
};

extern char **environ;

struct toc_input {
    int fd;       /* of the file, or of what xlsx2csv writes */
    bool owns_fd; /* standard input stays open */
    pid_t child;  /* 0: none */
    off_t len;    /* 0: not known */
    off_t done;
    bool hashed;
    struct toc_hash hash;
    struct toc_digest_stream *digest; /* of what is read, where it could not be read before */
    const volatile sig_atomic_t *stop;
    uint8_t chunk[TOC_INPUT_CHUNK_LEN];
};

void toc_input_close(struct toc_input **input)
{
    if (input == NULL || *input == NULL) {
        return;
    }
    if ((*input)->owns_fd && (*input)->fd >= 0) {
        (void)close((*input)->fd);
    }
    if ((*input)->child > 0) {
        (void)kill((*input)->child, SIGTERM);
        (void)waitpid((*input)->child, NULL, 0);
    }
    toc_digest_stream_free(&(*input)->digest);
    free(*input);
    *input = NULL;
}

static enum toc_result unreadable(struct toc_why *why)
{
    return toc_fail(why, TOC_IO, "cannot be read: %s", strerror(errno));
}

/* Until there is something to read or the stop; of a file there always is. */
static bool await_bytes(const struct toc_input *input)
{
    struct pollfd wanted = {.fd = input->fd, .events = POLLIN};
    do {
        if (input->stop != NULL && *input->stop != 0) {
            return false;
        }
    } while (poll(&wanted, 1, POLL_MS) <= 0);
    return true;
}

/* What there is, up to a chunk; 0 at the end, -1 with errno. */
static ssize_t read_chunk(struct toc_input *input)
{
    ssize_t got;
    do {
        if (!await_bytes(input)) {
            errno = EINTR;
            return -1;
        }
        got = read(input->fd, input->chunk, sizeof input->chunk);
    } while (got < 0 && errno == EINTR);
    return got;
}

static enum toc_result hash_file(struct toc_input *input, struct toc_why *why)
{
    TOC_AUTO(toc_digest_stream_free) struct toc_digest_stream *digest = NULL;
    ssize_t len;
    TOC_TRY(toc_digest_stream_new(&digest));
    while ((len = read_chunk(input)) > 0) {
        toc_digest_stream_add(digest, toc_bytes_of(input->chunk, (size_t)len));
    }
    if (len < 0 || lseek(input->fd, 0, SEEK_SET) != 0) {
        return unreadable(why);
    }
    input->hash = toc_digest_stream_end(digest);
    input->hashed = true;
    return TOC_OK;
}

static enum toc_result no_converter(struct toc_why *why)
{
    return toc_fail(why, TOC_MALFORMED,
                    "is a spreadsheet (.xlsx): install its reader ('apt install xlsx2csv'), or "
                    "save it as CSV UTF-8");
}

/* Its output goes into the pipe; what it complains about is said by us, in one line. */
static int spawn(int file, int out, pid_t *ret_child)
{
    /* Dates as dates are written, not as days since 1900; amounts with the pence a column hides. */
    char program[] = "xlsx2csv";
    char numbers[] = "--floatformat";
    char decimals[] = "%.6f";
    char option[] = "-f";
    char format[] = "%Y-%m-%d";
    char path[] = "/dev/fd/0"; /* a name that starts with a dash would be an option */
    char *const arguments[] = {program, numbers, decimals, option, format, path, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
    error = error != 0 ? error : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    error = error != 0 ? error
                       : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                                          O_WRONLY, 0);
    error =
        error != 0 ? error : posix_spawnp(ret_child, program, &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

static enum toc_result convert(struct toc_input *input, struct toc_why *why)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return toc_fail(why, TOC_IO, "cannot make a pipe: %s", strerror(errno));
    }
    const int error = spawn(input->fd, ends[1], &input->child);
    (void)close(ends[1]);
    if (error != 0) {
        input->child = 0;
        (void)close(ends[0]);
        return error == ENOENT ? no_converter(why)
                               : toc_fail(why, TOC_IO, "xlsx2csv: %s", strerror(error));
    }
    (void)close(input->fd);
    input->fd = ends[0];
    input->len = 0;
    return TOC_OK;
}

static enum toc_result open_file(struct toc_input *input, const char *path, struct toc_why *why)
{
    uint8_t magic[MAGIC_LEN];
    struct stat status;
    input->fd = open(path, O_RDONLY | O_CLOEXEC);
    input->owns_fd = true;
    if (input->fd < 0) {
        const enum toc_result result = errno == ENOENT || errno == ENOTDIR ? TOC_NOTFOUND : TOC_IO;
        return toc_fail(why, result, "cannot open: %s", strerror(errno));
    }
    if (fstat(input->fd, &status) != 0) {
        return unreadable(why);
    }
    if (!S_ISREG(status.st_mode)) {
        if (S_ISDIR(status.st_mode)) {
            return toc_fail(why, TOC_MALFORMED, "is a folder, not a file");
        }
        return toc_digest_stream_new(&input->digest); /* a pipe */
    }
    input->len = status.st_size;
    TOC_TRY(hash_file(input, why));
    const bool zip = pread(input->fd, magic, sizeof magic, 0) == sizeof magic &&
                     memcmp(magic, "PK\x03\x04", sizeof magic) == 0;
    return zip ? convert(input, why) : TOC_OK;
}

enum toc_result toc_input_open(const char *path, FILE *in, struct toc_input **ret_input,
                               struct toc_why *why)
{
    TOC_AUTO(toc_input_close) struct toc_input *input = calloc(1, sizeof *input);
    if (input == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    if (strcmp(path, "-") == 0) {
        input->fd = fileno(in);
        TOC_TRY(toc_digest_stream_new(&input->digest));
    } else {
        TOC_TRY(open_file(input, path, why));
    }
    *ret_input = toc_take(&input);
    return TOC_OK;
}

/* Everything is read: what does the converter say? */
static enum toc_result end(struct toc_input *input, struct toc_why *why)
{
    if (input->digest != NULL && !input->hashed) {
        input->hash = toc_digest_stream_end(input->digest);
        input->hashed = true;
    }
    if (input->child > 0) {
        int status = 0;
        const pid_t child = waitpid(input->child, &status, 0);
        input->child = 0;
        if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            return toc_fail(why, TOC_MALFORMED,
                            "xlsx2csv cannot read it: is it a spreadsheet, without a password? "
                            "Save it as CSV UTF-8");
        }
    }
    return TOC_OK;
}

enum toc_result toc_input_next(struct toc_input *input, struct toc_bytes *ret_bytes,
                               struct toc_why *why)
{
    const ssize_t len = read_chunk(input);
    if (len < 0) {
        return errno == EINTR ? toc_fail(why, TOC_IO, "interrupted") : unreadable(why);
    }
    if (len == 0) {
        TOC_TRY(end(input, why));
    } else if (input->digest != NULL) {
        toc_digest_stream_add(input->digest, toc_bytes_of(input->chunk, (size_t)len));
    }
    input->done += len;
    *ret_bytes = toc_bytes_of(input->chunk, (size_t)len);
    return TOC_OK;
}

enum toc_result toc_input_hash(const struct toc_input *input, struct toc_hash *ret_hash)
{
    TOC_ENSURE(input->hashed, TOC_AGAIN);
    *ret_hash = input->hash;
    return TOC_OK;
}

void toc_input_stop_on(struct toc_input *input, const volatile sig_atomic_t *stop)
{
    input->stop = stop;
}

int toc_input_percent(const struct toc_input *input)
{
    if (input->len <= 0) {
        return -1;
    }
    return input->done >= input->len ? PERCENT : (int)(input->done * PERCENT / input->len);
}
