/* net_backlog: frames of one session that met a full pipe and wait for room, in their order. A
 * greeting in a large group is some hundred small frames at once, more than a pipe's mark, and the
 * I/O thread has not taken one of them yet: without this they were lost, and both sides greeted
 * anew, for ever. Private to net*.c. Copies; one thread.
 *
 * It is no queue for a peer that does not read: it has a bound, and when nothing moved for a while
 * it is given up. Then the engine hears that the link is blocked. */
#ifndef TOC_NET_BACKLOG_H
#define TOC_NET_BACKLOG_H

#include "bytes.h"

#define TOC_NET_BACKLOG_MAX (512 * 1024)  /* bytes of frames: thousands of small ones */
#define TOC_NET_BACKLOG_PATIENCE_MS 10000 /* without one frame taken */

struct toc_net_frame;

/* All zero: empty. */
struct toc_net_backlog {
    struct toc_net_frame *first, *last;
    size_t bytes;
    int64_t moved_ms; /* when the last one went, or the first was put in */
};

/* Behind what waits. TOC_TOOBIG over the bound, TOC_INVALID (empty), TOC_NOMEM: not
 * taken. */
enum toc_result toc_net_backlog_add(struct toc_net_backlog *backlog, struct toc_bytes frame,
                                    int64_t now_ms) TOC_MUST_CHECK;
/* Sends what the socket takes; `id` empty on a socket of one peer. TOC_OK: empty. TOC_AGAIN: some
 * still wait. TOC_STALE: nothing moved for too long. Else as toc_net_put. */
enum toc_result toc_net_backlog_send(struct toc_net_backlog *backlog, void *socket,
                                     struct toc_bytes id, int64_t now_ms) TOC_MUST_CHECK;
void toc_net_backlog_drop(struct toc_net_backlog *backlog);
/* When to try again; INT64_MAX when it is empty. No event tells that a pipe has room. */
int64_t toc_net_backlog_deadline(const struct toc_net_backlog *backlog, int64_t now_ms);

#endif
