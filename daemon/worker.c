#include "worker.h"
#include "ensure.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define NICE 10

/* One ring: jobs are done in the order given, so [first, done) are finished, [done, end) are not.
 * The numbers only rise; a slot is the number modulo the size. */
struct toc_worker {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool has_lock, has_wake, has_thread;
    int fd;
    bool stop;
    struct toc_job *jobs[TOC_WORKER_JOBS_MAX];
    uint64_t first, done, end;
};

static struct toc_job **slot(struct toc_worker *worker, uint64_t number)
{
    return &worker->jobs[number % TOC_WORKER_JOBS_MAX];
}

static void *run(void *context)
{
    struct toc_worker *worker = context;
    /* Of this thread alone: what peers wait for comes before arithmetic, which can wait. */
    (void)setpriority(PRIO_PROCESS, 0, NICE);
    TOC_ASSERT(pthread_mutex_lock(&worker->lock) == 0);
    while (!worker->stop) {
        if (worker->done == worker->end) {
            TOC_ASSERT(pthread_cond_wait(&worker->wake, &worker->lock) == 0);
            continue;
        }
        struct toc_job *job = *slot(worker, worker->done);
        TOC_ASSERT(pthread_mutex_unlock(&worker->lock) == 0);
        toc_job_run(job);
        TOC_ASSERT(pthread_mutex_lock(&worker->lock) == 0);
        worker->done++;
        /* The counter cannot overflow: at most TOC_WORKER_JOBS_MAX between two reads. */
        TOC_ASSERT(eventfd_write(worker->fd, 1) == 0);
    }
    TOC_ASSERT(pthread_mutex_unlock(&worker->lock) == 0);
    return NULL;
}

/* Signals belong to the loop's descriptor alone. */
static int start_thread(struct toc_worker *worker)
{
    sigset_t all;
    sigset_t was;
    (void)sigfillset(&all);
    TOC_ASSERT(pthread_sigmask(SIG_SETMASK, &all, &was) == 0);
    const int error = pthread_create(&worker->thread, NULL, run, worker);
    TOC_ASSERT(pthread_sigmask(SIG_SETMASK, &was, NULL) == 0);
    return error;
}

enum toc_result toc_worker_new(struct toc_worker **ret_worker, struct toc_why *why)
{
    TOC_AUTO(toc_worker_free) struct toc_worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL) {
        return toc_fail(why, TOC_NOMEM, "worker: out of memory");
    }
    worker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (worker->fd < 0) {
        return toc_fail(why, TOC_IO, "worker: eventfd: %s", strerror(errno));
    }
    worker->has_lock = pthread_mutex_init(&worker->lock, NULL) == 0;
    worker->has_wake = pthread_cond_init(&worker->wake, NULL) == 0;
    if (!worker->has_lock || !worker->has_wake) {
        return toc_fail(why, TOC_NOMEM, "worker: out of memory");
    }
    const int error = start_thread(worker);
    worker->has_thread = error == 0;
    if (!worker->has_thread) {
        return toc_fail(why, TOC_IO, "worker: starting the thread: %s", strerror(error));
    }
    *ret_worker = toc_take(&worker);
    return TOC_OK;
}

static void stop_thread(struct toc_worker *worker)
{
    TOC_ASSERT(pthread_mutex_lock(&worker->lock) == 0);
    worker->stop = true;
    TOC_ASSERT(pthread_cond_signal(&worker->wake) == 0);
    TOC_ASSERT(pthread_mutex_unlock(&worker->lock) == 0);
    TOC_ASSERT(pthread_join(worker->thread, NULL) == 0);
}

void toc_worker_free(struct toc_worker **worker)
{
    struct toc_worker *old = *worker;
    if (old == NULL) {
        return;
    }
    if (old->has_thread) {
        stop_thread(old);
    }
    for (; old->first < old->end; old->first++) {
        toc_job_free(slot(old, old->first));
    }
    if (old->has_wake) {
        (void)pthread_cond_destroy(&old->wake);
    }
    if (old->has_lock) {
        (void)pthread_mutex_destroy(&old->lock);
    }
    if (old->fd >= 0) {
        (void)close(old->fd);
    }
    free(old);
    *worker = NULL;
}

int toc_worker_fd(const struct toc_worker *worker)
{
    return worker->fd;
}

bool toc_worker_has_room(struct toc_worker *worker)
{
    TOC_ASSERT(pthread_mutex_lock(&worker->lock) == 0);
    const bool room = worker->end - worker->first < TOC_WORKER_JOBS_MAX;
    TOC_ASSERT(pthread_mutex_unlock(&worker->lock) == 0);
    return room;
}

enum toc_result toc_worker_give(struct toc_worker *worker, struct toc_job **job)
{
    TOC_ENSURE(toc_worker_has_room(worker), TOC_AGAIN);
    TOC_ASSERT(pthread_mutex_lock(&worker->lock) == 0);
    *slot(worker, worker->end) = toc_take(job);
    worker->end++;
    TOC_ASSERT(pthread_cond_signal(&worker->wake) == 0);
    TOC_ASSERT(pthread_mutex_unlock(&worker->lock) == 0);
    return TOC_OK;
}

struct toc_job *toc_worker_take(struct toc_worker *worker)
{
    struct toc_job *job = NULL;
    TOC_ASSERT(pthread_mutex_lock(&worker->lock) == 0);
    if (worker->first < worker->done) {
        job = toc_take(slot(worker, worker->first));
        worker->first++;
    }
    if (worker->first == worker->done) {
        /* Empty: a poll must not wake for what was taken. Nothing there is EAGAIN, and is fine. */
        eventfd_t count = 0;
        (void)eventfd_read(worker->fd, &count);
    }
    TOC_ASSERT(pthread_mutex_unlock(&worker->lock) == 0);
    return job;
}
