/* net_queue: frames of sessions that were taken from the socket and wait for the engine. libzmq
 * 4.3.4 ends the process when a connection breaks whose frames it had to stop reading
 * (zeromq/libzmq#4841), and any member can bring that about; so it is never made to stop: what is
 * there is taken in each turn, kept here within bounds for each link, and given to the engine
 * fairly, one frame of each link in turn. Private to net*.c. One thread. */
#ifndef TOC_NET_QUEUE_H
#define TOC_NET_QUEUE_H

#include "net_links.h"
#include "net_socket.h"

/* Of one link. A peer that keeps to its window (flow.h) has three quarters as many bytes under way,
 * in frames of 200 bytes and more. */
#define TOC_NET_WAITING_BYTES_MAX (4 * 1024 * 1024)
#define TOC_NET_WAITING_FRAMES_MAX 16384

/* Links with frames that wait, the next one first. All zero: none. */
struct toc_net_queue {
    struct toc_net_link *first, *last;
};

/* Takes the frame over, whatever it returns. TOC_TOOBIG: its link has too much, the frame is gone;
 * TOC_NOMEM: the same. */
enum toc_result toc_net_queue_add(struct toc_net_queue *queue, struct toc_net_link *link,
                                  zmq_msg_t *frame) TOC_MUST_CHECK;
/* The next frame, which goes to the held ones, and whose it is. TOC_AGAIN: none, or no room there.
 */
enum toc_result toc_net_queue_take(struct toc_net_queue *queue, struct toc_net_held *held,
                                   struct toc_bytes *ret_frame, struct toc_net_link **ret_link)
    TOC_MUST_CHECK;
/* Before the link itself goes. */
void toc_net_queue_forget(struct toc_net_queue *queue, struct toc_net_link *link);

#endif
