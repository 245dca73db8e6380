#include "job.h"

#include "engine_internal.h"

void toc_job_queue(struct toc_engine *engine, struct toc_job *job)
{
    struct toc_job **last = &engine->jobs;

    while (*last != NULL) {
        last = &(*last)->next;
    }
    job->next = NULL;
    *last = job;
}

struct toc_job *toc_engine_job_take(struct toc_engine *engine)
{
    struct toc_job *job = engine->jobs;

    if (job != NULL) {
        engine->jobs = job->next;
        job->next = NULL;
    }
    return job;
}

void toc_job_run(struct toc_job *job)
{
    job->kind->run(job);
}

void toc_engine_job_done(struct toc_engine *engine, struct toc_job **job)
{
    (*job)->kind->done(engine, *job);
    toc_job_free(job);
}

void toc_job_free(struct toc_job **job)
{
    if (*job != NULL) {
        (*job)->kind->free(*job);
        *job = NULL;
    }
}
