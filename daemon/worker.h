/* worker: the one thread that does long arithmetic, on copies. Jobs go in through a bounded queue
 * and come back through another; an eventfd wakes the loop. It never touches the store, the engine
 * or a socket, and never logs. One owner thread calls everything below. */
#ifndef TOC_WORKER_H
#define TOC_WORKER_H

#include "engine.h"

/* More waiting jobs than this help nobody: the engine keeps the rest. */
#define TOC_WORKER_JOBS_MAX 16

struct toc_worker;

/* Starts the thread, with every signal blocked in it. TOC_NOMEM, TOC_IO. */
enum toc_result toc_worker_new(struct toc_worker **ret_worker, struct toc_why *why) TOC_MUST_CHECK;
/* Waits for the job in hand to end; jobs that wait or were not taken back are freed. */
void toc_worker_free(struct toc_worker **worker);
/* Readable when a job has come back. Borrowed: poll it, do not read it. */
int toc_worker_fd(const struct toc_worker *worker);
/* Is there room for another? Jobs not yet taken back count too. */
bool toc_worker_has_room(struct toc_worker *worker);
/* Takes the job and leaves NULL. TOC_AGAIN (and the job stays the caller's) without room. */
enum toc_result toc_worker_give(struct toc_worker *worker, struct toc_job **job) TOC_MUST_CHECK;
/* The next job that is done, in the order given; the caller owns it. NULL when there is none. */
struct toc_job *toc_worker_take(struct toc_worker *worker);

#endif
