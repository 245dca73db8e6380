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

enum toc_result toc_out_message(struct toc_engine *engine, toc_link link,
                                const struct toc_message *message)
{
    struct toc_bytes frame;

    TOC_TRY(toc_wire_message_encode(engine->arena, message, &frame));
    return toc_out_add(engine, TOC_OUT_SESSION, link, &frame, 1);
}

enum toc_result toc_out_feed(struct toc_engine *engine, const struct toc_log *log,
                             struct toc_bytes batch)
{
    const size_t stream_len = strlen(log->row.log.stream);
    const size_t publisher_len = strlen(log->row.log.publisher);
    uint8_t *topic = toc_arena_get(engine->arena, stream_len + 1 + publisher_len);
    struct toc_bytes parts[2];

    TOC_ENSURE(topic != NULL, TOC_NOMEM);
    memcpy(topic, log->row.log.stream, stream_len + 1);
    memcpy(topic + stream_len + 1, log->row.log.publisher, publisher_len);
    parts[0] = toc_bytes_of(topic, stream_len + 1 + publisher_len);
    TOC_TRY(toc_arena_copy(engine->arena, batch, &parts[1]));
    return toc_out_add(engine, TOC_OUT_FEED, 0, parts, 2);
}
