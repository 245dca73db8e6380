/* worker: jobs come back, all of them, in order; the bound holds; stopping loses and leaks nothing.
 */
#include "runner.h"
#include "worker.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

/* The test's own jobs: the real ones belong to the engine. */
struct toc_job {
    unsigned number;
    bool done;
    pthread_t where;
    sem_t *gate; /* waits here while it runs */
};

static _Atomic unsigned freed, ran;

void toc_job_run(struct toc_job *job)
{
    if (job->gate != NULL) {
        ck_assert_int_eq(sem_wait(job->gate), 0);
    }
    job->where = pthread_self();
    job->done = true;
    ran++;
}

void toc_job_free(struct toc_job **job)
{
    if (*job != NULL) {
        freed++;
        free(*job);
        *job = NULL;
    }
}

static struct toc_job *job_new(unsigned number, sem_t *gate)
{
    struct toc_job *job = calloc(1, sizeof *job);
    ck_assert_ptr_nonnull(job);
    job->number = number;
    job->gate = gate;
    return job;
}

static struct toc_worker *started(void)
{
    struct toc_worker *worker = NULL;
    freed = 0;
    ran = 0;
    ck_assert_int_eq(toc_worker_new(&worker, NULL), TOC_OK);
    return worker;
}

/* Waits on the descriptor, as the loop does. */
static struct toc_job *taken(struct toc_worker *worker)
{
    struct toc_job *job = toc_worker_take(worker);
    while (job == NULL) {
        struct pollfd fd = {.fd = toc_worker_fd(worker), .events = POLLIN};
        ck_assert_int_eq(poll(&fd, 1, 10000), 1);
        job = toc_worker_take(worker);
    }
    return job;
}

START_TEST(jobs_come_back_in_order)
{
    struct toc_worker *worker = started();
    unsigned given = 0;
    for (unsigned back = 0; back < 1000; back++) {
        while (given < 1000 && toc_worker_has_room(worker)) {
            struct toc_job *job = job_new(given++, NULL);
            ck_assert_int_eq(toc_worker_give(worker, &job), TOC_OK);
            ck_assert_ptr_null(job);
        }
        struct toc_job *job = taken(worker);
        ck_assert_uint_eq(job->number, back);
        ck_assert(job->done);
        ck_assert(!pthread_equal(job->where, pthread_self()));
        toc_job_free(&job);
    }
    ck_assert_ptr_null(toc_worker_take(worker));
    toc_worker_free(&worker);
    ck_assert_ptr_null(worker);
    ck_assert_uint_eq(freed, 1000);
}
END_TEST

START_TEST(the_queue_is_bounded)
{
    sem_t gate;
    ck_assert_int_eq(sem_init(&gate, 0, 0), 0);
    struct toc_worker *worker = started();
    for (unsigned i = 0; i < TOC_WORKER_JOBS_MAX; i++) {
        ck_assert(toc_worker_has_room(worker));
        struct toc_job *job = job_new(i, &gate);
        ck_assert_int_eq(toc_worker_give(worker, &job), TOC_OK);
    }
    struct toc_job *more = job_new(99, NULL);
    struct toc_job *kept = more;
    ck_assert(!toc_worker_has_room(worker));
    ck_assert_int_eq(toc_worker_give(worker, &more), TOC_AGAIN);
    ck_assert_ptr_eq(more, kept);
    /* A job that is done but not taken back still has its place. */
    ck_assert_int_eq(sem_post(&gate), 0);
    struct pollfd fd = {.fd = toc_worker_fd(worker), .events = POLLIN};
    ck_assert_int_eq(poll(&fd, 1, 10000), 1);
    ck_assert_int_eq(toc_worker_give(worker, &more), TOC_AGAIN);
    struct toc_job *first = taken(worker);
    ck_assert_uint_eq(first->number, 0);
    toc_job_free(&first);
    ck_assert_int_eq(toc_worker_give(worker, &more), TOC_OK);
    for (unsigned i = 1; i < TOC_WORKER_JOBS_MAX; i++) {
        ck_assert_int_eq(sem_post(&gate), 0);
    }
    toc_worker_free(&worker);
    ck_assert_uint_eq(freed, TOC_WORKER_JOBS_MAX + 1);
    ck_assert_int_eq(sem_destroy(&gate), 0);
}
END_TEST

START_TEST(the_descriptor_is_quiet_when_there_is_nothing)
{
    struct toc_worker *worker = started();
    struct pollfd fd = {.fd = toc_worker_fd(worker), .events = POLLIN};
    ck_assert_int_eq(poll(&fd, 1, 0), 0);
    struct toc_job *job = job_new(1, NULL);
    ck_assert_int_eq(toc_worker_give(worker, &job), TOC_OK);
    job = taken(worker);
    toc_job_free(&job);
    ck_assert_ptr_null(toc_worker_take(worker));
    ck_assert_int_eq(poll(&fd, 1, 0), 0);
    toc_worker_free(&worker);
}
END_TEST

START_TEST(stopping_waits_for_the_job_in_hand)
{
    sem_t gate;
    ck_assert_int_eq(sem_init(&gate, 0, 1), 0); /* one passes; the others never start */
    struct toc_worker *worker = started();
    struct toc_job *job = job_new(1, &gate);
    ck_assert_int_eq(toc_worker_give(worker, &job), TOC_OK);
    toc_worker_free(&worker);
    ck_assert_uint_le(ran, 1);
    ck_assert_uint_eq(freed, 1);
    toc_worker_free(&worker); /* and of nothing, nothing */
    ck_assert_int_eq(sem_destroy(&gate), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon worker");
    TCase *tcase = tcase_create("worker");
    tcase_add_test(tcase, jobs_come_back_in_order);
    tcase_add_test(tcase, the_queue_is_bounded);
    tcase_add_test(tcase, the_descriptor_is_quiet_when_there_is_nothing);
    tcase_add_test(tcase, stopping_waits_for_the_job_in_hand);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
