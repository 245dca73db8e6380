/* net_relief: a thread that takes what peers send out of libzmq while the tick's own thread does
 * not come to it, because a disk stands still. libzmq has no bound there (net_queue.h says why),
 * and the peer may be one that floods. It only takes: what is due to be dropped or said, the tick
 * finds at its next turn. Private to net*.c.
 *
 * The tick's thread has the sockets of sessions and feeds, their links and their queues between
 * toc_net_enter and _leave, and nobody waits for a disk in between; the relief has them when it
 * stayed away for a while. */
#ifndef TOC_NET_RELIEF_H
#define TOC_NET_RELIEF_H

#include "result.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* How often it looks. After two looks without a turn in between it takes. */
#define TOC_NET_RELIEF_MS 100

struct toc_net;

struct toc_net_relief {
    pthread_mutex_t sockets;
    atomic_bool wanted;    /* by the tick's thread: the relief ends with the frame in hand */
    uint64_t turns;        /* how often the tick's thread entered */
    pthread_mutex_t sleep; /* over `stop` */
    pthread_cond_t woken;
    pthread_t thread;
    bool made, runs, stop;
};

/* TOC_NOMEM. */
enum toc_result toc_net_relief_init(struct toc_net_relief *relief) TOC_MUST_CHECK;
/* The thread, if it does not run yet. TOC_IO. */
enum toc_result toc_net_relief_start(struct toc_net *net, struct toc_why *why) TOC_MUST_CHECK;
/* Ends the thread; also of one that was never made. */
void toc_net_relief_done(struct toc_net_relief *relief);

void toc_net_enter(struct toc_net *net);
void toc_net_leave(struct toc_net *net);

#endif
