/* Preloaded into a daemon by the tests: its calendar is SHIFT_CLOCK_S seconds ahead. The monotonic
 * clock stays, so that nothing but dates changes. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now)
{
    const char *shift = getenv("SHIFT_CLOCK_S");
    const int result = (int)syscall(SYS_clock_gettime, id, now);
    if (result == 0 && id == CLOCK_REALTIME && shift != NULL) {
        now->tv_sec += strtol(shift, NULL, 10);
    }
    return result;
}
