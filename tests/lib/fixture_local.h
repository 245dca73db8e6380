/* fixture_local: a daemon that answers the local socket from a script, in a thread of its own, and
 * a command whose output is kept. For tests of what commands ask and print. */
#ifndef TOC_FIXTURE_LOCAL_H
#define TOC_FIXTURE_LOCAL_H

#include "cli.h"

/* What the last command printed. */
extern char *fake_out;
extern char *fake_err;
/* There is a person to ask; not, unless a test says so. */
extern bool fake_asks;
/* The paper's width: 100, unless a test says otherwise. */
extern unsigned fake_columns;

/* A checked fixture of Check. */
void fake_setup(void);
void fake_teardown(void);

/* Runs the command as member `leeds`; its exit status. The daemon gives
 * each of the replies once, in this order, and each has to be asked for. `words` ends with NULL;
 * `input` is on standard input. */
int fake_run(int (*run)(struct toc_cli *, int, char **), const char *const *words,
             const char *const *replies, size_t replies_len, const char *input);
/* Checks that the i-th request was this JSON, the order of keys aside. */
void fake_asked(size_t i, const char *expected);
/* The part behind the JSON of the i-th request, as a text; "" when there was none. */
const char *fake_part(size_t i);

#define FAKE_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define FAKE_RUN(run, words, ...)                                                                  \
    fake_run(run, words, (const char *const[]){__VA_ARGS__},                                       \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), NULL)

#endif
