/* job: arithmetic for the worker thread, on copies. Today the only kind is wrapping one epoch's key
 * to members; a job never meets the store. */
#ifndef TOC_JOB_H
#define TOC_JOB_H

#include "engine.h"

/* Queues a job (the engine keeps it until it is taken); members are added before the tick ends. */
enum toc_result toc_job_new(struct toc_engine *engine, const struct toc_log_id *log,
                            const struct toc_epoch_row *epoch, struct toc_job **ret_job)
    TOC_MUST_CHECK;
enum toc_result toc_job_add(struct toc_job *job, const struct toc_member *member) TOC_MUST_CHECK;

#endif
