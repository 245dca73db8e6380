/* measure: a clock in microseconds and the order statistics of what it measured, and how a
 * benchmark program ends when it cannot go on. One thread. */
#ifndef TOC_MEASURE_H
#define TOC_MEASURE_H

#include <stdint.h>
#include <stdio.h>

/* Microseconds of the monotonic clock. */
int64_t toc_measure_now_us(void);
/* Sorts `samples`; the value that `permille` of a thousand do not exceed. 0 without samples. */
int64_t toc_measure_quantile(int64_t *samples, size_t len, unsigned permille);
/* A file FOLDER/NAME of TOC_MEASURE_PAGES pages on the disk: written whole, as a log is that begins
 * anew, since a file that grows would wait for its length, too. It stays: a file system that
 * discards what is deleted stalls after that. */
#define TOC_MEASURE_PAGES 1024
int toc_measure_pages(const char *folder, const char *name);
/* Writes over the page `at`, modulo, and waits for the disk. */
void toc_measure_page_sync(int file, size_t at);
/* One line on stderr, exit status 1. A benchmark has nothing to save. */
_Noreturn void toc_measure_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
