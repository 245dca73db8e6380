#include "net_queue.h"
#include "ensure.h"
#include <stdlib.h>

struct toc_net_waiting {
    struct toc_net_waiting *next;
    zmq_msg_t frame;
};

static void append(struct toc_net_queue *queue, struct toc_net_link *link)
{
    link->next_waiting = NULL;
    *(queue->last != NULL ? &queue->last->next_waiting : &queue->first) = link;
    queue->last = link;
}

static void unlink_first(struct toc_net_queue *queue)
{
    queue->first = queue->first->next_waiting;
    queue->last = queue->first == NULL ? NULL : queue->last;
}

enum toc_result toc_net_queue_add(struct toc_net_queue *queue, struct toc_net_link *link,
                                  zmq_msg_t *frame)
{
    const size_t len = zmq_msg_size(frame);
    const bool fits = link->waiting_len < TOC_NET_WAITING_FRAMES_MAX &&
                      link->waiting_bytes + len <= TOC_NET_WAITING_BYTES_MAX;
    struct toc_net_waiting *waiting = fits ? malloc(sizeof *waiting) : NULL;
    if (waiting == NULL) {
        (void)zmq_msg_close(frame);
        return fits ? TOC_NOMEM : TOC_TOOBIG;
    }
    waiting->next = NULL;
    (void)zmq_msg_init(&waiting->frame);
    (void)zmq_msg_move(&waiting->frame, frame);
    (void)zmq_msg_close(frame);
    if (link->waiting_last == NULL) {
        link->waiting = waiting;
        append(queue, link);
    } else {
        link->waiting_last->next = waiting;
    }
    link->waiting_last = waiting;
    link->waiting_len++;
    link->waiting_bytes += len;
    return TOC_OK;
}

/* The link's oldest, out of the link. */
static struct toc_net_waiting *oldest(struct toc_net_link *link)
{
    struct toc_net_waiting *waiting = link->waiting;
    link->waiting = waiting->next;
    link->waiting_last = waiting->next == NULL ? NULL : link->waiting_last;
    link->waiting_len--;
    link->waiting_bytes -= zmq_msg_size(&waiting->frame);
    return waiting;
}

enum toc_result toc_net_queue_take(struct toc_net_queue *queue, struct toc_net_held *held,
                                   struct toc_bytes *ret_frame, struct toc_net_link **ret_link)
{
    struct toc_net_link *link = queue->first;
    TOC_ENSURE(link != NULL && toc_net_held_has_room(held, 1), TOC_AGAIN);
    struct toc_net_waiting *waiting = oldest(link);
    *ret_frame = toc_net_held_keep(held, &waiting->frame);
    (void)zmq_msg_close(&waiting->frame);
    free(waiting);
    unlink_first(queue);
    if (link->waiting != NULL) {
        append(queue, link);
    }
    *ret_link = link;
    return TOC_OK;
}

void toc_net_queue_forget(struct toc_net_queue *queue, struct toc_net_link *link)
{
    if (link->waiting == NULL) {
        return;
    }
    while (link->waiting != NULL) {
        struct toc_net_waiting *waiting = oldest(link);
        (void)zmq_msg_close(&waiting->frame);
        free(waiting);
    }
    struct toc_net_link *before = NULL;
    for (struct toc_net_link *one = queue->first; one != link; one = one->next_waiting) {
        before = one;
    }
    *(before != NULL ? &before->next_waiting : &queue->first) = link->next_waiting;
    queue->last = queue->last == link ? before : queue->last;
}
