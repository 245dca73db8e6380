#include "net_relief.h"
#include "ensure.h"
#include "net_state.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum toc_result toc_net_relief_init(struct toc_net_relief *relief)
{
    pthread_condattr_t clock;
    TOC_ENSURE(pthread_condattr_init(&clock) == 0, TOC_NOMEM);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    relief->made = pthread_cond_init(&relief->woken, &clock) == 0;
    (void)pthread_condattr_destroy(&clock);
    TOC_ENSURE(relief->made, TOC_NOMEM);
    TOC_ASSERT(pthread_mutex_init(&relief->sockets, NULL) == 0);
    TOC_ASSERT(pthread_mutex_init(&relief->sleep, NULL) == 0);
    return TOC_OK;
}

/* False: it is to end. */
static bool pause_for(struct toc_net_relief *relief, long ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    TOC_ASSERT(pthread_mutex_lock(&relief->sleep) == 0);
    int error = 0;
    while (!relief->stop && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&relief->woken, &relief->sleep, &until);
    }
    const bool stop = relief->stop;
    TOC_ASSERT(pthread_mutex_unlock(&relief->sleep) == 0);
    return !stop;
}

/* A peer may send as fast as it is taken: the tick's thread does not wait for the end of that. */
static void take_from(struct toc_net *net, struct toc_net_line *line)
{
    while (!atomic_load(&net->relief.wanted) && toc_net_line_take(line)) {
        continue;
    }
}

static void take_served(struct toc_net *net)
{
    while (!atomic_load(&net->relief.wanted) && toc_net_server_take(net)) {
        continue;
    }
}

/* Everything that peers have sent; and if memory is too much all the same, which is parts of a
 * message that never ends, or subscriptions, their connections go. */
static void take_all(struct toc_net *net)
{
    const bool over = toc_net_memory_over(net) > 0;
    take_served(net);
    for (size_t i = 0; i < TOC_NET_DOMAINS && over; i++) {
        toc_net_server_cut(&net->servers[i]);
        net->flooded |= net->servers[i].cut;
    }
    for (size_t i = 0; i < net->dials_len; i++) {
        struct toc_net_dial *dial = net->dials[i];
        take_from(net, &dial->session);
        take_from(net, &dial->feed);
        if (over) {
            toc_net_line_cut(&dial->session);
            toc_net_line_cut(&dial->feed);
        }
    }
}

static void *run(void *context)
{
    struct toc_net *net = context;
    struct toc_net_relief *relief = &net->relief;
    uint64_t seen = 0;
    while (pause_for(relief, TOC_NET_RELIEF_MS)) {
        /* The tick's thread is in there, perhaps waiting for the network: all is well. */
        if (pthread_mutex_trylock(&relief->sockets) != 0) {
            continue;
        }
        if (relief->turns == seen) {
            take_all(net);
        }
        seen = relief->turns;
        TOC_ASSERT(pthread_mutex_unlock(&relief->sockets) == 0);
    }
    return NULL;
}

enum toc_result toc_net_relief_start(struct toc_net *net, struct toc_why *why)
{
    TOC_ENSURE(!net->relief.runs, TOC_OK);
    sigset_t all; /* signals belong to the loop's descriptor alone */
    sigset_t was;
    (void)sigfillset(&all);
    TOC_ASSERT(pthread_sigmask(SIG_SETMASK, &all, &was) == 0);
    const int error = pthread_create(&net->relief.thread, NULL, run, net);
    TOC_ASSERT(pthread_sigmask(SIG_SETMASK, &was, NULL) == 0);
    if (error != 0) {
        return toc_fail(why, TOC_IO, "network: starting a thread: %s", strerror(error));
    }
    net->relief.runs = true;
    return TOC_OK;
}

void toc_net_relief_done(struct toc_net_relief *relief)
{
    if (relief->runs) {
        TOC_ASSERT(pthread_mutex_lock(&relief->sleep) == 0);
        relief->stop = true;
        TOC_ASSERT(pthread_cond_signal(&relief->woken) == 0);
        TOC_ASSERT(pthread_mutex_unlock(&relief->sleep) == 0);
        TOC_ASSERT(pthread_join(relief->thread, NULL) == 0);
        relief->runs = false;
    }
    if (relief->made) {
        (void)pthread_cond_destroy(&relief->woken);
        (void)pthread_mutex_destroy(&relief->sleep);
        (void)pthread_mutex_destroy(&relief->sockets);
        relief->made = false;
    }
}

void toc_net_enter(struct toc_net *net)
{
    atomic_store(&net->relief.wanted, true);
    TOC_ASSERT(pthread_mutex_lock(&net->relief.sockets) == 0);
    atomic_store(&net->relief.wanted, false);
    net->relief.turns++;
}

void toc_net_leave(struct toc_net *net)
{
    TOC_ASSERT(pthread_mutex_unlock(&net->relief.sockets) == 0);
}
