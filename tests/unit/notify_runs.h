/* notify_runs: what york was told in a telling_world, what its `notify` is run with, and what comes
 * of it. */
#ifndef TOC_NOTIFY_RUNS_H
#define TOC_NOTIFY_RUNS_H

#include "telling_world.h"

/* What york was told since the start, a word each: "new", "status:cleared", ... */
static inline const char *told(void)
{
    static char text[4096];
    json_t *reply =
        asked("york", "{\"request\":\"want\",\"alerts\":0,\"cursor\":0,\"limit\":1000}");
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < toc_fixture_length(reply, "alerts"); i++) {
        const json_t *item = toc_fixture_item(reply, "alerts", i);
        const json_t *changes = json_object_get(item, "changes");
        const json_t *record = json_object_get(item, "record");
        ck_assert_uint_eq(json_array_size(changes), 1);
        const char *what = json_string_value(json_array_get(changes, 0));
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%s%s", i == 0 ? "" : " ", what,
                                strcmp(what, "new") == 0 ? "" : ":",
                                strcmp(what, "new") == 0 ? "" : toc_fixture_text(record, "status"));
    }
    json_decref(reply);
    return text;
}

/* The next document of `notify` at york, or NULL. */
static inline json_t *next(void)
{
    struct toc_bytes bytes = {0};
    json_t *document;

    toc_arena_reset(arena);
    if (toc_notify_next(engine_of("york"), arena, &bytes) == TOC_NOTFOUND) {
        return NULL;
    }
    ck_assert_uint_gt(bytes.len, 2);
    ck_assert_uint_eq(bytes.data[bytes.len - 1], '\n');
    document = json_loadb((const char *)bytes.data, bytes.len, 0, NULL);
    ck_assert_ptr_nonnull(document);
    ck_assert_ptr_null(next()); /* one at a time */
    return document;
}

static inline void ends(const char *failed)
{
    ck_assert_int_eq(toc_notify_done(engine_of("york"), failed), TOC_OK);
}

static inline void nothing_next(void)
{
    ck_assert_ptr_null(next());
}

/* Runs well with what has this status. */
static inline void runs(const char *status)
{
    json_t *document = next();

    ck_assert_msg(document != NULL, "nothing to run with; wanted %s", status);
    ck_assert_str_eq(toc_fixture_text(json_object_get(document, "record"), "status"), status);
    json_decref(document);
    ends(NULL);
}

static inline void pass(int64_t ms)
{
    toc_fixture_group_advance(group, ms);
    settle();
}

#endif
