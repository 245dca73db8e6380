#include "local_told.h"

#include "ensure.h"
#include "local_flag.h"
#include "record_alert.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX ((size_t)4 * 1024 * 1024)
#define PAGE 32

/* ---- one change ---- */

static const struct {
    unsigned bit;
    const char *name;
} whats[] = {
    {TOC_CHANGE_NEW, "new"},
    {TOC_CHANGE_SEVERITY, "severity"},
    {TOC_CHANGE_STATUS, "status"},
    {TOC_CHANGE_NAMED, "named"},
};

static json_t *changes(unsigned what)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        if ((what & whats[i].bit) != 0) {
            (void)json_array_append_new(list, json_string(whats[i].name));
        }
    }
    return list;
}

static json_t *before(const struct toc_change *change)
{
    if (change->status_before == 0) {
        return json_null();
    }
    return json_pack("{s:i, s:s}", "severity", (int)change->severity_before, "status",
                     toc_flag_status_name(change->status_before));
}

/* So that a program can tell that it met it before. */
static json_t *name_of(const struct toc_change *change)
{
    char hex[2 * TOC_FLAG_ID_LEN + 1];
    char text[sizeof(hex) + 24];

    toc_hex_encode(toc_bytes_of(change->id, sizeof(change->id)), hex);
    (void)snprintf(text, sizeof(text), "%s-%lld", hex, (long long)change->number);
    return json_string(text);
}

static json_t *event_label(unsigned code)
{
    const struct toc_distress_event *event = toc_event_of(code);

    return json_string(event == NULL ? "" : event->label);
}

/* What it said then, but for what became of it without another word. */
static enum toc_result record_of(struct toc_engine *engine, const struct toc_change *change,
                                 struct toc_arena *arena, json_t **ret_json)
{
    struct toc_alert_mine mine = {.stream = change->stream,
                                  .publisher = change->publisher,
                                  .sequence = change->sequence,
                                  .key = change->key,
                                  .first_seen_ms = change->time_ms};
    struct toc_alert_read read;

    TOC_ENSURE(change->key[0] != '\0', TOC_NOTFOUND);
    memcpy(mine.id, change->id, sizeof(mine.id));
    TOC_TRY(toc_alert_mine_past(engine, &mine, arena, &read));
    read.body.status = change->status;
    TOC_TRY(toc_local_alert_json(engine, &mine, &read, arena, ret_json));
    if (json_object_set_new(*ret_json, "type", json_string("alert")) != 0 ||
        json_object_set_new(*ret_json, "event_label", event_label(read.body.event)) != 0) {
        json_decref(*ret_json);
        *ret_json = NULL;
        return TOC_NOMEM;
    }
    return TOC_OK;
}

enum toc_result toc_local_change_json(struct toc_engine *engine, const struct toc_change *change,
                                      struct toc_arena *arena, json_t **ret_json)
{
    json_t *record = NULL;
    json_t *json;
    int failed = 0;

    TOC_TRY(record_of(engine, change, arena, &record));
    json = json_pack("{s:s, s:s, s:I}", "stream", change->stream, "publisher", change->publisher,
                     "sequence", (json_int_t)change->sequence);
    failed |= json_object_set_new(json, "record", record);
    failed |= json_object_set_new(json, "time", toc_local_time(change->time_ms));
    failed |= json_object_set_new(json, "change", name_of(change));
    failed |= json_object_set_new(json, "changes", changes(change->what));
    failed |= json_object_set_new(json, "before", before(change));
    if (failed != 0) {
        json_decref(json);
        return TOC_NOMEM;
    }
    *ret_json = json;
    return TOC_OK;
}

/* ---- for `want` ---- */

bool toc_local_is_told(const struct toc_engine *engine, const struct toc_local *local,
                       const char *publisher, const struct toc_record *record)
{
    const uint8_t *id = NULL;
    bool all = false;

    if (record->type == TOC_RECORD_ALERT) {
        id = record->as.alert->id;
    } else if (record->type == TOC_RECORD_FLAG && record->as.flag->to_group) {
        id = record->as.flag->id;
    }
    if (id == NULL || strcmp(publisher, engine->me) == 0 || toc_alerting_is_hub(engine)) {
        return false;
    }
    all = json_is_true(json_object_get(local->request, "all"));
    return !all || toc_store_alert_mine_has(engine->store, publisher, id) == TOC_OK;
}

static enum toc_result add_one(struct toc_engine *engine, const struct toc_change *change,
                               struct toc_arena *arena, json_t *list)
{
    json_t *json = NULL;
    const enum toc_result result = toc_local_change_json(engine, change, arena, &json);

    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    return json_array_append_new(list, json) == 0 ? TOC_OK : TOC_NOMEM;
}

enum toc_result toc_local_add_told(struct toc_engine *engine, const struct toc_local *local,
                                   size_t limit, int64_t *cursor, json_t *list)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_change page[PAGE];
    size_t len = PAGE;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    while (len == PAGE) {
        toc_arena_reset(arena);
        TOC_TRY(toc_store_changes(engine->store, *cursor, arena, page, PAGE, &len));
        for (size_t i = 0; i < len; i++) {
            if (json_array_size(list) >= limit) {
                return TOC_OK;
            }
            if (toc_local_wants_stream(local, page[i].stream)) {
                TOC_TRY(add_one(engine, &page[i], arena, list));
            }
            *cursor = page[i].number;
        }
    }
    return TOC_OK;
}
