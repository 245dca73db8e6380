#include "net_backlog.h"
#include "ensure.h"
#include "net_socket.h"
#include <stdlib.h>
#include <string.h>

/* A pipe that moves is looked at again soon, one that stands still now and then. */
#define SOON_MS 5
#define LATER_MS 100
#define MOVING_MS 500

struct toc_net_frame {
    struct toc_net_frame *next;
    size_t len;
    uint8_t bytes[];
};

enum toc_result toc_net_backlog_add(struct toc_net_backlog *backlog, struct toc_bytes frame,
                                    int64_t now_ms)
{
    TOC_ENSURE(frame.len > 0, TOC_INVALID);
    TOC_ENSURE(backlog->bytes + frame.len <= TOC_NET_BACKLOG_MAX, TOC_TOOBIG);
    struct toc_net_frame *made = malloc(sizeof *made + frame.len);
    TOC_ENSURE(made != NULL, TOC_NOMEM);
    made->next = NULL;
    made->len = frame.len;
    memcpy(made->bytes, frame.data, frame.len);
    if (backlog->last == NULL) {
        backlog->first = made;
        backlog->moved_ms = now_ms;
    } else {
        backlog->last->next = made;
    }
    backlog->last = made;
    backlog->bytes += frame.len;
    return TOC_OK;
}

static void drop_first(struct toc_net_backlog *backlog)
{
    struct toc_net_frame *old = backlog->first;
    backlog->first = old->next;
    backlog->last = old->next == NULL ? NULL : backlog->last;
    backlog->bytes -= old->len;
    free(old);
}

enum toc_result toc_net_backlog_send(struct toc_net_backlog *backlog, void *socket,
                                     struct toc_bytes id, int64_t now_ms)
{
    while (backlog->first != NULL) {
        const struct toc_bytes frame = toc_bytes_of(backlog->first->bytes, backlog->first->len);
        const enum toc_result result = toc_net_put(socket, id, &frame, 1);
        if (result == TOC_AGAIN && now_ms - backlog->moved_ms > TOC_NET_BACKLOG_PATIENCE_MS) {
            return TOC_STALE;
        }
        TOC_TRY(result);
        backlog->moved_ms = now_ms;
        drop_first(backlog);
    }
    return TOC_OK;
}

void toc_net_backlog_drop(struct toc_net_backlog *backlog)
{
    while (backlog->first != NULL) {
        drop_first(backlog);
    }
}

int64_t toc_net_backlog_deadline(const struct toc_net_backlog *backlog, int64_t now_ms)
{
    if (backlog->first == NULL) {
        return INT64_MAX;
    }
    return now_ms + (now_ms - backlog->moved_ms < MOVING_MS ? SOON_MS : LATER_MS);
}
