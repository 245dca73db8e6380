#include "net_queue.h"
#include "ensure.h"
#include <stdlib.h>

struct toc_net_waiting {
    struct toc_net_waiting *next;
    zmq_msg_t frame;
};

static void append(struct toc_net_queue *queue, struct toc_net_inbox *inbox)
{
    inbox->next = NULL;
    *(queue->last != NULL ? &queue->last->next : &queue->first) = inbox;
    queue->last = inbox;
}

static void unlink_first(struct toc_net_queue *queue)
{
    queue->first = queue->first->next;
    queue->last = queue->first == NULL ? NULL : queue->last;
}

enum toc_result toc_net_queue_add(struct toc_net_queue *queue, struct toc_net_inbox *inbox,
                                  zmq_msg_t *frame)
{
    const size_t len = zmq_msg_size(frame);
    const bool fits =
        inbox->len < TOC_NET_WAITING_FRAMES_MAX && inbox->bytes + len <= TOC_NET_WAITING_BYTES_MAX;
    struct toc_net_waiting *waiting = fits ? malloc(sizeof *waiting) : NULL;
    if (waiting == NULL) {
        (void)zmq_msg_close(frame);
        return fits ? TOC_NOMEM : TOC_TOOBIG;
    }
    waiting->next = NULL;
    (void)zmq_msg_init(&waiting->frame);
    (void)zmq_msg_move(&waiting->frame, frame);
    (void)zmq_msg_close(frame);
    if (inbox->last == NULL) {
        inbox->first = waiting;
        append(queue, inbox);
    } else {
        inbox->last->next = waiting;
    }
    inbox->last = waiting;
    inbox->len++;
    inbox->bytes += len;
    return TOC_OK;
}

/* The oldest, out of the inbox. */
static struct toc_net_waiting *oldest(struct toc_net_inbox *inbox)
{
    struct toc_net_waiting *waiting = inbox->first;
    inbox->first = waiting->next;
    inbox->last = waiting->next == NULL ? NULL : inbox->last;
    inbox->len--;
    inbox->bytes -= zmq_msg_size(&waiting->frame);
    return waiting;
}

enum toc_result toc_net_queue_take(struct toc_net_queue *queue, struct toc_net_held *held,
                                   struct toc_bytes *ret_frame, toc_link *ret_link)
{
    struct toc_net_inbox *inbox = queue->first;
    TOC_ENSURE(inbox != NULL && toc_net_held_has_room(held, 1), TOC_AGAIN);
    struct toc_net_waiting *waiting = oldest(inbox);
    *ret_frame = toc_net_held_keep(held, &waiting->frame);
    (void)zmq_msg_close(&waiting->frame);
    free(waiting);
    unlink_first(queue);
    if (inbox->first != NULL) {
        append(queue, inbox);
    }
    *ret_link = inbox->link;
    return TOC_OK;
}

void toc_net_queue_forget(struct toc_net_queue *queue, struct toc_net_inbox *inbox)
{
    if (inbox->first == NULL) {
        return;
    }
    while (inbox->first != NULL) {
        struct toc_net_waiting *waiting = oldest(inbox);
        (void)zmq_msg_close(&waiting->frame);
        free(waiting);
    }
    struct toc_net_inbox *before = NULL;
    for (struct toc_net_inbox *one = queue->first; one != inbox; one = one->next) {
        before = one;
    }
    *(before != NULL ? &before->next : &queue->first) = inbox->next;
    queue->last = queue->last == inbox ? before : queue->last;
}
