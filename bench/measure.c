#include "measure.h"
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

int64_t toc_measure_now_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        toc_measure_die("no monotonic clock");
    }
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a;
    const int64_t other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

int64_t toc_measure_quantile(int64_t *samples, size_t len, unsigned permille)
{
    if (len == 0) {
        return 0;
    }
    qsort(samples, len, sizeof samples[0], compare);
    const size_t at = len * permille / 1000;
    return samples[at < len ? at : len - 1];
}

void toc_measure_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("bench: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}
