/* Preloaded into a daemon by the tests: while the file named by HOLD_SYNC_FILE is there, no sync of
 * the write-ahead log named by HOLD_SYNC_LOG ends; that one is held up shows as the file with
 * ".held" behind it. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_log(int file)
{
    char link[64];
    char path[4096];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t len = readlink(link, path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    const char *log = getenv("HOLD_SYNC_LOG");
    return log != NULL && strstr(path, log) != NULL;
}

int fdatasync(int file)
{
    const char *hold = getenv("HOLD_SYNC_FILE");
    if (hold != NULL && access(hold, F_OK) == 0 && is_log(file)) {
        char held[4096];
        (void)snprintf(held, sizeof held, "%s.held", hold);
        (void)close(open(held, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        while (access(hold, F_OK) == 0) {
            (void)poll(NULL, 0, 5);
        }
        (void)unlink(held);
    }
    return (int)syscall(SYS_fdatasync, file);
}
