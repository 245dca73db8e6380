/* job_wrap: the job that seals one epoch's key to members of its audience. */
#ifndef TOC_JOB_WRAP_H
#define TOC_JOB_WRAP_H

#include "job.h"

struct toc_wrap_job;

/* Queues it; members are added before the tick ends. */
enum toc_result toc_wrap_job_new(struct toc_engine *engine, const struct toc_log_id *log,
                                 const struct toc_epoch_row *epoch, struct toc_wrap_job **ret_job)
    TOC_MUST_CHECK;
enum toc_result toc_wrap_job_add(struct toc_wrap_job *job, const struct toc_member *member)
    TOC_MUST_CHECK;

#endif
