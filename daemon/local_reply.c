/* Replies to local users: JSON, then any binary parts, released with the rest of the outbox. */
#include "local_request.h"

#include "ensure.h"
#include "record_json.h"

#include <stdlib.h>
#include <string.h>

static enum toc_result add_json(struct toc_engine *engine, toc_link link, const json_t *reply,
                                const struct toc_bytes *parts, size_t parts_len)
{
    char *text = toc_json_dumps(reply, JSON_COMPACT);
    struct toc_bytes *all;
    enum toc_result result;

    TOC_ENSURE(text != NULL, TOC_NOMEM);
    all = toc_arena_get(engine->arena, (parts_len + 1) * sizeof(*all));
    result = all == NULL ? TOC_NOMEM : toc_arena_copy(engine->arena, toc_bytes_text(text), &all[0]);
    free(text);
    TOC_TRY(result);
    for (size_t i = 0; i < parts_len; i++) {
        TOC_TRY(toc_arena_copy(engine->arena, parts[i], &all[i + 1]));
    }
    return toc_out_add(engine, TOC_OUT_LOCAL, link, all, parts_len + 1);
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
