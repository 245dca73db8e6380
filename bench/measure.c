#include "measure.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_LEN = 4096 };

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

static void write_page(int file, size_t at)
{
    char page[PAGE_LEN];
    memset(page, (int)at, sizeof page);
    if (pwrite(file, page, sizeof page, (off_t)(at % TOC_MEASURE_PAGES * sizeof page)) !=
        (ssize_t)sizeof page) {
        toc_measure_die("cannot write");
    }
}

int toc_measure_pages(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    const int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    for (size_t i = 0; i < TOC_MEASURE_PAGES; i++) {
        write_page(file, i);
    }
    if (fsync(file) != 0) {
        toc_measure_die("%s: cannot sync", path);
    }
    return file;
}

void toc_measure_page_sync(int file, size_t at)
{
    write_page(file, at);
    if (fdatasync(file) != 0) {
        toc_measure_die("cannot sync");
    }
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
