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

static enum toc_result add(struct toc_engine *engine, enum toc_out_kind kind, toc_link link,
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
    return add(engine, TOC_OUT_SESSION, link, &frame, 1);
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
    return add(engine, TOC_OUT_FEED, 0, parts, 2);
}

static enum toc_result add_json(struct toc_engine *engine, toc_link link, const json_t *reply,
                                const struct toc_bytes *parts, size_t parts_len)
{
    char *text = json_dumps(reply, JSON_COMPACT);
    struct toc_bytes *all;
    enum toc_result result;

    TOC_ENSURE(text != NULL, TOC_NOMEM);
    all = toc_arena_get(engine->arena, (parts_len + 1) * sizeof(*all));
    result = all == NULL ? TOC_NOMEM
                         : toc_arena_copy(engine->arena, toc_bytes_text(text), &all[0]);
    free(text);
    TOC_TRY(result);
    for (size_t i = 0; i < parts_len; i++) {
        TOC_TRY(toc_arena_copy(engine->arena, parts[i], &all[i + 1]));
    }
    return add(engine, TOC_OUT_LOCAL, link, all, parts_len + 1);
}

enum toc_result toc_out_local(struct toc_engine *engine, toc_link link, json_t *reply,
                              const struct toc_bytes *parts, size_t parts_len)
{
    enum toc_result result;

    TOC_ENSURE(reply != NULL, TOC_NOMEM);
    result = add_json(engine, link, reply, parts, parts_len);
    json_decref(reply);
    return result;
}

static json_t *failure(const struct toc_bytes *was, const char *words)
{
    json_t *old = json_loadb((const char *)was->data, was->len, 0, NULL);
    const json_t *tag = old == NULL ? NULL : json_object_get(old, "tag");
    json_t *reply = json_pack("{s:b, s:s, s:s}", "ok", 0, "result", toc_result_name(TOC_STORE),
                              "message", words);

    if (reply != NULL && tag != NULL) {
        (void)json_object_set(reply, "tag", (json_t *)(uintptr_t)tag);
    }
    json_decref(old);
    return reply;
}

void toc_out_failed(struct toc_engine *engine, const char *words)
{
    const size_t len = engine->outbox_len;

    engine->outbox_len = 0;
    engine->outbox_bytes = 0;
    for (size_t i = 0; i < len; i++) {
        const struct toc_out out = engine->outbox[i];
        json_t *reply = NULL;
        if (out.kind != TOC_OUT_LOCAL) {
            continue;
        }
        reply = failure(&out.parts[0], words);
        if (reply != NULL && toc_out_local(engine, out.link, reply, NULL, 0) != TOC_OK) {
            return;
        }
    }
}
