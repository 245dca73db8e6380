/* The outbox: what the tick wants sent. Everything lies in the tick's arena and is released by the
 * network layer only after the commit. */
#include "engine_internal.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

/* One tick's frames: enough to keep every link busy, little enough to bound memory. */
#define OUTBOX_MAX ((size_t)16 * 1024 * 1024)

bool toc_out_has_room(const struct toc_engine *engine)
{
    return engine->outbox_bytes < OUTBOX_MAX;
}

enum toc_result toc_out_add(struct toc_engine *engine, enum toc_out_kind kind, toc_link link,
                            const struct toc_bytes *parts, size_t parts_len)
{
    struct toc_bytes *copy = toc_arena_get(engine->arena, parts_len * sizeof(*parts));

    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    if (engine->outbox_len == engine->outbox_room) {
        const size_t room = engine->outbox_room == 0 ? 64 : 2 * engine->outbox_room;
        struct toc_out *more = realloc(engine->outbox, room * sizeof(*more));
        TOC_ENSURE(more != NULL, TOC_NOMEM);
        engine->outbox = more;
        engine->outbox_room = room;
    }
    memcpy(copy, parts, parts_len * sizeof(*parts));
    for (size_t i = 0; i < parts_len; i++) {
        engine->outbox_bytes += parts[i].len;
    }
    engine->outbox[engine->outbox_len++] = (struct toc_out){kind, link, copy, parts_len};
    return TOC_OK;
}

static size_t bytes_of(const struct toc_bytes *items, size_t items_len)
{
    size_t len = 0;

    for (size_t i = 0; i < items_len; i++) {
        len += items[i].len;
    }
    return len;
}

/* About what the frame will have; and a hello begins something: once its stamp is said back, all
 * that was lost before it is forgotten. */
static bool wants_stamp(const struct toc_flow *flow, const struct toc_message *message)
{
    switch (message->kind) {
    case TOC_MESSAGE_HELLO:
        return true;
    case TOC_MESSAGE_ROSTERS:
        return toc_flow_wants_stamp(
            flow, bytes_of(message->as.rosters.items, message->as.rosters.items_len));
    case TOC_MESSAGE_GIVE:
        return toc_flow_wants_stamp(
            flow, bytes_of(message->as.give.batches, message->as.give.batches_len) +
                      bytes_of(message->as.give.wraps, message->as.give.wraps_len));
    case TOC_MESSAGE_NEWER:
    case TOC_MESSAGE_HAVE:
    case TOC_MESSAGE_WANT:
    case TOC_MESSAGE_STATEMENTS:
    case TOC_MESSAGE_REFUSAL:
        return toc_flow_wants_stamp(flow, 0);
    }
    TOC_UNREACHABLE();
}

/* Never 0: that is none. */
static uint64_t new_stamp(const struct toc_engine *engine)
{
    uint64_t stamp = 0;

    while (stamp == 0) {
        toc_env_random(engine->env, &stamp, sizeof(stamp));
    }
    return stamp;
}

enum toc_result toc_out_message(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_message *message)
{
    struct toc_message stamped = *message;
    struct toc_bytes frame;

    stamped.stamp = wants_stamp(&session->flow, message) ? new_stamp(engine) : 0;
    stamped.seen = session->flow.seen;
    TOC_TRY(toc_wire_message_encode(engine->arena, &stamped, &frame));
    TOC_TRY(toc_out_add(engine, TOC_OUT_SESSION, session->link, &frame, 1));
    toc_flow_sent(&session->flow, frame.len, stamped.stamp);
    session->flow.unsaid = false;
    return TOC_OK;
}

enum toc_result toc_out_feed(struct toc_engine *engine, const struct toc_log *log,
                             struct toc_bytes batch)
{
    struct toc_feed feed = {.batch = batch};
    struct toc_bytes frame;

    memcpy(feed.publisher, log->row.log.publisher, sizeof(feed.publisher));
    memcpy(feed.stream, log->row.log.stream, sizeof(feed.stream));
    TOC_TRY(toc_wire_feed_encode(engine->arena, &feed, &frame));
    return toc_out_add(engine, TOC_OUT_FEED, 0, &frame, 1);
}
