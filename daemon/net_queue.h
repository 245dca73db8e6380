/* net_queue: frames that were taken from a socket and wait for the engine. libzmq 4.3.4 ends the
 * process when a connection breaks whose frames it had to stop reading (zeromq/libzmq#4841), and
 * whoever is at its other end can bring that about; so it is never made to stop: what is there is
 * taken in each turn, kept here within bounds for each connection, and given to the engine fairly,
 * one frame of each connection in turn. Private to net*.c. Not thread-safe. */
#ifndef TOC_NET_QUEUE_H
#define TOC_NET_QUEUE_H

#include "engine.h"
#include "net_socket.h"

/* Of one connection. A peer that keeps to its window (flow.h) has three quarters as many bytes
 * under way, in frames of 200 bytes and more. */
#define TOC_NET_WAITING_BYTES_MAX (4 * 1024 * 1024)
#define TOC_NET_WAITING_FRAMES_MAX 16384

/* Messages off a socket at a time: more than come in while they are taken. */
#define TOC_NET_TAKEN_MAX 16384

struct toc_net_waiting;

/* What waits of one connection, and the link that it is given to the engine with. All zero but
 * `link`: nothing. */
struct toc_net_inbox {
    toc_link link;
    struct toc_net_waiting *first, *last;
    size_t len, bytes;
    struct toc_net_inbox *next; /* the queue's own */
};

/* Inboxes with frames that wait, the next one first. All zero: none. */
struct toc_net_queue {
    struct toc_net_inbox *first, *last;
};

/* Takes the frame over, whatever it returns. TOC_TOOBIG: its inbox has too much, the frame is gone;
 * TOC_NOMEM: the same. */
enum toc_result toc_net_queue_add(struct toc_net_queue *queue, struct toc_net_inbox *inbox,
                                  zmq_msg_t *frame) TOC_MUST_CHECK;
/* The next frame, which goes to the held ones, and whose it is. TOC_AGAIN: none, or no room there.
 */
enum toc_result toc_net_queue_take(struct toc_net_queue *queue, struct toc_net_held *held,
                                   struct toc_bytes *ret_frame, toc_link *ret_link) TOC_MUST_CHECK;
/* Empties an inbox, before it goes. */
void toc_net_queue_forget(struct toc_net_queue *queue, struct toc_net_inbox *inbox);

#endif
