#include "notify_run.h"

#include "ensure.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 8
#define WORD_MAX 4200

struct toc_notify_run {
    struct toc_notify_limits limits;
    pid_t pid; /* 0: none runs; leads a process group of its own */
    int fd;    /* its pidfd */
    int64_t until_mono;
    bool asked; /* it was sent SIGTERM */
};

struct environment {
    char words[ENVIRONMENT_MAX][WORD_MAX];
    char *list[ENVIRONMENT_MAX + 1];
    size_t len;
};

static int or_usual(int limit, int usual)
{
    return limit > 0 ? limit : usual;
}

enum toc_result toc_notify_run_new(const struct toc_notify_limits *limits,
                                   struct toc_notify_run **ret_run)
{
    struct toc_notify_run *run = calloc(1, sizeof(*run));

    TOC_ENSURE(run != NULL, TOC_NOMEM);
    run->limits = (struct toc_notify_limits){.run_ms = or_usual(limits->run_ms, 60000),
                                             .grace_ms = or_usual(limits->grace_ms, 5000),
                                             .stop_ms = or_usual(limits->stop_ms, 1000)};
    run->fd = -1;
    run->until_mono = INT64_MAX;
    *ret_run = run;
    return TOC_OK;
}

/* ---- start ---- */

/* A file in memory: it never makes the writer wait, however slowly it is read. */
static int document_fd(struct toc_bytes document)
{
    const int fd = memfd_create("tocsin-notify", MFD_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    for (size_t done = 0; done < document.len;) {
        const ssize_t written = write(fd, document.data + done, document.len - done);
        if (written < 0) {
            (void)close(fd);
            return -1;
        }
        done += (size_t)written;
    }
    if (lseek(fd, 0, SEEK_SET) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void add_word(struct environment *environment, const char *name, const char *value)
{
    char *const word = environment->words[environment->len];

    if (value != NULL) {
        (void)snprintf(word, WORD_MAX, "%s=%s", name, value);
        environment->list[environment->len++] = word;
    }
}

static struct environment *environment_of(const struct toc_notify_program *program)
{
    struct environment *environment = calloc(1, sizeof(*environment));

    if (environment == NULL) {
        return NULL;
    }
    add_word(environment, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    add_word(environment, "LANG", "C.UTF-8");
    add_word(environment, "HOME", getenv("HOME"));
    add_word(environment, "TOCSIN_CONF", program->conf_file);
    add_word(environment, "TOCSIN_MEMBER", program->member);
    return environment;
}

/* What it prints goes nowhere: our log must not learn a supplier's name from it. */
static int set_files(posix_spawn_file_actions_t *files, int document)
{
    int error = posix_spawn_file_actions_adddup2(files, document, STDIN_FILENO);

    error = error != 0
                ? error
                : posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    error = error != 0
                ? error
                : posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    error = error != 0 ? error : posix_spawn_file_actions_addclosefrom_np(files, 3);
    return error != 0 ? error : posix_spawn_file_actions_addchdir_np(files, "/");
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t usual;

    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE); /* ignored by us */
    int error = posix_spawnattr_setsigmask(attributes, &none);
    error = error != 0 ? error : posix_spawnattr_setsigdefault(attributes, &usual);
    error = error != 0 ? error : posix_spawnattr_setpgroup(attributes, 0);
    return error != 0 ? error
                      : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
                                                                 POSIX_SPAWN_SETSIGDEF |
                                                                 POSIX_SPAWN_SETPGROUP);
}

static int spawn(const struct toc_notify_program *program, int document, pid_t *ret_pid)
{
    struct environment *environment = environment_of(program);
    char *path = strdup(program->path);
    char *const arguments[] = {path, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = environment == NULL || path == NULL ? ENOMEM : 0;

    if (error == 0 && (error = posix_spawn_file_actions_init(&files)) == 0) {
        error = set_files(&files, document);
        if (error == 0 && (error = posix_spawnattr_init(&attributes)) == 0) {
            error = set_attributes(&attributes);
            error = error != 0 ? error
                               : posix_spawn(ret_pid, path, &files, &attributes, arguments,
                                             environment->list);
            (void)posix_spawnattr_destroy(&attributes);
        }
        (void)posix_spawn_file_actions_destroy(&files);
    }
    free(path);
    free(environment);
    return error;
}

enum toc_result toc_notify_run_start(struct toc_notify_run *run,
                                     const struct toc_notify_program *program, int64_t now_mono,
                                     struct toc_why *why)
{
    TOC_ENSURE(run->pid == 0, TOC_EXISTS);
    const int document = document_fd(program->document);
    if (document < 0) {
        return toc_fail(why, TOC_IO, "no room for its document: %s", strerror(errno));
    }
    pid_t pid = 0;
    const int error = spawn(program, document, &pid);
    (void)close(document);
    if (error != 0) {
        return toc_fail(why, TOC_IO, "cannot be run: %s", strerror(error));
    }
    /* Nobody else reaps it, so its number is still its own. */
    run->fd = pidfd_open(pid, 0);
    if (run->fd < 0) {
        const int reason = errno;
        (void)kill(-pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return toc_fail(why, TOC_IO, "cannot be watched: %s", strerror(reason));
    }
    run->pid = pid;
    run->asked = false;
    run->until_mono = now_mono + run->limits.run_ms;
    return TOC_OK;
}

bool toc_notify_run_busy(const struct toc_notify_run *run)
{
    return run->pid != 0;
}

int toc_notify_run_fd(const struct toc_notify_run *run)
{
    return run->fd;
}

int64_t toc_notify_run_deadline(const struct toc_notify_run *run)
{
    return run->until_mono;
}

/* ---- end ---- */

static void forget(struct toc_notify_run *run)
{
    (void)close(run->fd);
    run->fd = -1;
    run->pid = 0;
    run->until_mono = INT64_MAX;
}

/* First politely. To the group: what it started is ended with it. */
static void hurry(struct toc_notify_run *run, int64_t now_mono)
{
    if (now_mono < run->until_mono) {
        return;
    }
    (void)kill(-run->pid, run->asked ? SIGKILL : SIGTERM);
    run->until_mono = now_mono + run->limits.grace_ms;
    run->asked = true;
}

static void describe(const struct toc_notify_run *run, const siginfo_t *info,
                     char ret_failed[TOC_NOTIFY_RUN_WORDS])
{
    if (run->asked) {
        (void)snprintf(ret_failed, TOC_NOTIFY_RUN_WORDS, "did not end within %d s",
                       run->limits.run_ms / 1000);
    } else if (info->si_code != CLD_EXITED) {
        (void)snprintf(ret_failed, TOC_NOTIFY_RUN_WORDS, "was ended by signal %d", info->si_status);
    } else if (info->si_status != 0) {
        (void)snprintf(ret_failed, TOC_NOTIFY_RUN_WORDS, "ended with exit status %d",
                       info->si_status);
    } else {
        ret_failed[0] = '\0';
    }
}

bool toc_notify_run_take(struct toc_notify_run *run, int64_t now_mono,
                         char ret_failed[TOC_NOTIFY_RUN_WORDS])
{
    siginfo_t info = {.si_pid = 0};

    if (run->pid == 0) {
        return false;
    }
    if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) {
        hurry(run, now_mono);
        return false;
    }
    describe(run, &info, ret_failed);
    forget(run);
    return true;
}

void toc_notify_run_free(struct toc_notify_run **run)
{
    struct toc_notify_run *const it = *run;

    if (it == NULL) {
        return;
    }
    if (it->pid != 0) {
        struct pollfd end = {.fd = it->fd, .events = POLLIN};
        (void)kill(-it->pid, SIGTERM);
        if (poll(&end, 1, it->limits.stop_ms) <= 0) {
            (void)kill(-it->pid, SIGKILL);
            (void)poll(&end, 1, it->limits.stop_ms);
        }
        (void)waitpid(it->pid, NULL, WNOHANG);
        forget(it);
    }
    free(it);
    *run = NULL;
}
