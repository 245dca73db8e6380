/* runner: main() of a unit test in one call. Check's environment variables (CK_FORK, CK_RUN_CASE,
 * CK_VERBOSITY) work as Check documents them. */
#ifndef TOC_RUNNER_H
#define TOC_RUNNER_H

#include <check.h>

/* Runs the suite, prints what failed, frees everything. 0 when all passed and there was at least
 * one test; 1 otherwise: an empty suite proves nothing. */
int toc_test_main(Suite *suite);

#endif
