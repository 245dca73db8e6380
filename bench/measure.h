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
/* One line on stderr, exit status 1. A benchmark has nothing to save. */
_Noreturn void toc_measure_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
