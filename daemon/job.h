/* job: arithmetic for the worker thread, on copies: it is made in a tick, run on the worker, and
 * its result comes back in a later tick. A job never meets the store while it runs. What a crash
 * loses is found out again from the store. */
#ifndef TOC_JOB_H
#define TOC_JOB_H

#include "engine.h"

struct toc_job_kind {
    /* On the worker's thread: touches nothing but the job. */
    void (*run)(struct toc_job *job);
    /* In a tick: takes up the result. What it cannot store makes the tick fail. */
    void (*done)(struct toc_engine *engine, struct toc_job *job);
    /* Wipes what is secret and frees all of it. */
    void (*free)(struct toc_job *job);
};
/* The head of every job: the first member of its own struct. */
struct toc_job {
    struct toc_job *next;
    const struct toc_job_kind *kind;
};

/* The engine keeps it until it is taken; it may be filled until the tick ends. */
void toc_job_queue(struct toc_engine *engine, struct toc_job *job);

#endif
