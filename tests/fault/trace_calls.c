/* trace_calls PLAN PROGRAM ARGUMENT...
 *
 * Runs a program as it is, every thread of it stopped at every system call, and lets those fail
 * that the plan says (fault_plan.h), or kills the program in the place of one. SIGTERM, SIGINT and
 * SIGHUP are passed on; the program's end is this program's end. */
#include "fault_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_CANNOT = 125, FAILING_MAX = 64, STANDARD_FDS = 3 };

static volatile pid_t program;
static struct toc_fault_plan *plan;

/* Threads inside a call that was taken from them, and what it shall return. */
static struct {
    pid_t thread;
    int error;
} failing[FAILING_MAX];

_Noreturn static void cannot(const char *what)
{
    (void)fprintf(stderr, "trace_calls: %s: %s\n", what, strerror(errno));
    if (program > 0) {
        (void)kill(program, SIGKILL);
    }
    exit(EXIT_CANNOT);
}

static void pass_on(int number)
{
    if (program > 0) {
        (void)kill(program, number);
    }
}

static void open_plan(const char *path)
{
    const int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        cannot(path);
    }
    void *const at = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) {
        cannot(path);
    }
    (void)close(file);
    plan = at;
}

/* ---- which calls change files ---- */

static bool is_file(pid_t thread, uint64_t fd)
{
    char path[64];
    struct stat status;
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)thread, (int)fd);
    return fd >= STANDARD_FDS && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* A folder is opened to be synced, which is half of a change. */
static bool opens_for_change(uint64_t flags)
{
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 || (flags & O_DIRECTORY) == O_DIRECTORY;
}

static bool changes(pid_t thread, uint64_t number, const uint64_t *arguments)
{
    switch (number) {
    case SYS_open:
        return opens_for_change(arguments[1]);
    case SYS_openat:
        return opens_for_change(arguments[2]);
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
    case SYS_pwritev:
    case SYS_ftruncate:
    case SYS_fchmod:
        return is_file(thread, arguments[0]);
    case SYS_creat:
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_rename:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_link:
    case SYS_linkat:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_mkdir:
    case SYS_mkdirat:
        return true;
    default:
        return false;
    }
}

/* ---- one call ---- */

/* The kernel finds no such call, and does nothing. */
static void take_away(pid_t thread, int error)
{
    struct user_regs_struct registers;
    int slot = 0;
    while (failing[slot].thread != 0) {
        if (++slot == FAILING_MAX) {
            errno = E2BIG;
            cannot("threads that fail at once");
        }
    }
    if (ptrace(PTRACE_GETREGS, thread, NULL, &registers) != 0) {
        return; /* killed a moment ago */
    }
    registers.orig_rax = (unsigned long long)-1;
    if (ptrace(PTRACE_SETREGS, thread, NULL, &registers) == 0) {
        failing[slot].thread = thread;
        failing[slot].error = error;
    }
}

static void give_back(pid_t thread)
{
    for (int i = 0; i < FAILING_MAX; i++) {
        struct user_regs_struct registers;
        if (failing[i].thread != thread) {
            continue;
        }
        failing[i].thread = 0;
        if (ptrace(PTRACE_GETREGS, thread, NULL, &registers) == 0) {
            registers.rax = (unsigned long long)-failing[i].error;
            (void)ptrace(PTRACE_SETREGS, thread, NULL, &registers);
        }
    }
}

/* `thread` stands before or behind a call. */
static void at_call(pid_t thread)
{
    struct __ptrace_syscall_info info;
    memset(&info, 0, sizeof info);
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) {
        return;
    }
    if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
        give_back(thread);
        return;
    }
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) {
        return;
    }
    const bool fails =
        toc_fault_now(plan, TOC_FAULT_CALL) ||
        (plan->kind == TOC_FAULT_CHANGE && changes(thread, info.entry.nr, info.entry.args) &&
         toc_fault_now(plan, TOC_FAULT_CHANGE));
    if (fails && plan->error == 0) {
        (void)kill(program, SIGKILL);
    } else if (fails) {
        take_away(thread, plan->error);
    }
}

/* ---- the program ---- */

static void start(char **words)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    int status = 0;
    const pid_t child = fork();
    if (child < 0) {
        cannot("fork");
    }
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)raise(SIGSTOP);
        (void)execv(words[0], words);
        (void)fprintf(stderr, "trace_calls: %s: %s\n", words[0], strerror(errno));
        _exit(EXIT_CANNOT);
    }
    program = child;
    plan->pid = (uint32_t)child;
    if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) {
        cannot("the program does not start");
    }
    if (ptrace(PTRACE_SEIZE, child, NULL, options) != 0) {
        cannot("ptrace");
    }
    (void)kill(child, SIGCONT);
}

/* Lets a stopped thread go on. */
static void go_on(pid_t thread, int status)
{
    int number = WSTOPSIG(status);
    if (number == (SIGTRAP | 0x80)) {
        at_call(thread);
        number = 0;
    } else if (status >> 16 != 0) {
        number = 0; /* a new thread, or a stop of the whole process */
    }
    (void)ptrace(PTRACE_SYSCALL, thread, NULL, (long)number); /* it may be dead */
}

static int follow(void)
{
    int end = EXIT_CANNOT << 8;
    for (;;) {
        int status = 0;
        const pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == ECHILD) {
            return end;
        }
        if (thread > 0 && WIFSTOPPED(status)) {
            go_on(thread, status);
        } else if (thread == program) {
            end = status;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fputs("usage: trace_calls PLAN PROGRAM ARGUMENT...\n", stderr);
        return EXIT_CANNOT;
    }
    open_plan(argv[1]);
    (void)signal(SIGTERM, pass_on);
    (void)signal(SIGINT, pass_on);
    (void)signal(SIGHUP, pass_on);
    start(argv + 2);
    const int end = follow();
    if (WIFSIGNALED(end)) {
        (void)signal(WTERMSIG(end), SIG_DFL);
        (void)raise(WTERMSIG(end));
    }
    return WEXITSTATUS(end);
}
