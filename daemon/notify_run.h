/* notify_run: one run of the program of the configuration key `notify`: a process of its own,
 * without a shell, with a document on its standard input, none of our descriptors and an
 * environment of a few words. It is watched through a descriptor, so that nobody waits for it; one
 * that hangs is ended. It knows nothing of alerts. One thread. */
#ifndef TOC_NOTIFY_RUN_H
#define TOC_NOTIFY_RUN_H

#include "bytes.h"
#include "result.h"

#include <stdbool.h>
#include <stdint.h>

#define TOC_NOTIFY_RUN_WORDS 100

/* All 0: the defaults. The tests shorten them. */
struct toc_notify_limits {
    int run_ms;   /* 60,000: then it gets SIGTERM */
    int grace_ms; /* 5,000: then SIGKILL */
    int stop_ms;  /* 1,000: what it gets when the daemon ends */
};
struct toc_notify_program {
    const char *path;               /* absolute */
    const char *conf_file, *member; /* what its environment says */
    struct toc_bytes document;      /* borrowed for the call */
};
struct toc_notify_run;

enum toc_result toc_notify_run_new(const struct toc_notify_limits *limits,
                                   struct toc_notify_run **ret_run) TOC_MUST_CHECK;
/* Ends what still runs, with everything it started. */
void toc_notify_run_free(struct toc_notify_run **run);
/* TOC_EXISTS: one runs already. TOC_IO: it cannot be run, with the reason. */
enum toc_result toc_notify_run_start(struct toc_notify_run *run,
                                     const struct toc_notify_program *program, int64_t now_mono,
                                     struct toc_why *why) TOC_MUST_CHECK;
bool toc_notify_run_busy(const struct toc_notify_run *run);
int toc_notify_run_fd(const struct toc_notify_run *run);           /* readable at its end; -1 */
int64_t toc_notify_run_deadline(const struct toc_notify_run *run); /* when to call _take (mono) */
/* True once after each start, when it has ended: `ret_failed` is "" or says how badly. */
bool toc_notify_run_take(struct toc_notify_run *run, int64_t now_mono,
                         char ret_failed[TOC_NOTIFY_RUN_WORDS]);

#endif
