/* `alert_list` at a council: the alerts on own suppliers, opened. */
#include "local_flag.h"
#include "local_hub_check.h"

#include "ensure.h"
#include "record_exposure.h"

#include <string.h>

#define ARENA_MAX ((size_t)8 * 1024 * 1024)
#define LIMIT_MAX 100

static json_t *hex(const uint8_t bytes[TOC_FLAG_ID_LEN])
{
    char text[2 * TOC_FLAG_ID_LEN + 1];

    toc_hex_encode(toc_bytes_of(bytes, TOC_FLAG_ID_LEN), text);
    return json_string(text);
}

static json_t *details(const struct toc_alert_read *read)
{
    json_t *list = json_array();

    if (read->has_detail) {
        json_t *detail =
            json_pack("{s:s, s:s}", "text", read->detail.text, "reference", read->detail.reference);
        (void)json_object_set_new(detail, "event_date",
                                  toc_local_day((int32_t)read->detail.event_date));
        (void)json_array_append_new(list, detail);
    }
    return list;
}

const char *toc_local_alert_status(const struct toc_alert_mine *mine,
                                   const struct toc_alert_read *read)
{
    return mine->ended ? "ended" : toc_flag_status_name(read->body.status);
}

static int add_words(json_t *json, const struct toc_alert_mine *mine,
                     const struct toc_alert_read *read)
{
    const struct toc_alert_body *const body = &read->body;
    char quarter[TOC_EXPOSURE_QUARTER_LEN + 1];
    char event[TOC_EVENT_TEXT_LEN + 1];
    int failed = 0;

    toc_exposure_quarter_text(body->expires_quarter, quarter);
    toc_event_text(body->event, event);
    failed |= json_object_set_new(json, "event", json_string(event));
    failed |= json_object_set_new(json, "severity", json_integer(body->severity));
    failed |= json_object_set_new(json, "source", json_string(toc_source_name(body->source)));
    failed |=
        json_object_set_new(json, "reporters", json_string(toc_reporters_name(body->reporters)));
    failed |= json_object_set_new(json, "status", json_string(toc_local_alert_status(mine, read)));
    failed |= json_object_set_new(json, "expires", json_string(quarter));
    failed |= json_object_set_new(json, "clause", json_string(toc_clause_name(body->clause)));
    failed |= json_object_set_new(json, "action", json_string(toc_action_name(body->action)));
    failed |=
        json_object_set_new(json, "exercise", json_boolean(read->purpose == TOC_PURPOSE_EXERCISE));
    failed |= json_object_set_new(json, "named", json_boolean(body->named));
    failed |=
        json_object_set_new(json, "relation", json_string(body->of_parent ? "parent" : "own"));
    failed |= json_object_set_new(json, "revision", json_integer(read->revision));
    failed |= json_object_set_new(json, "details", details(read));
    return failed;
}

enum toc_result toc_local_alert_json(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                     const struct toc_alert_read *read, struct toc_arena *arena,
                                     json_t **ret_json)
{
    struct toc_supplier supplier = {.id = 0, .name = NULL};
    const enum toc_result result = toc_telling_supplier(engine, mine->key, arena, &supplier);
    bool disputes = false;

    TOC_TRY(toc_local_disputes(engine, mine, arena, &disputes));
    json_t *json = json_object();
    int failed = json == NULL ? 1 : add_words(json, mine, read);
    if (result != TOC_OK && result != TOC_NOTFOUND) {
        json_decref(json);
        return result;
    }
    failed |= json_object_set_new(json, "alert", hex(mine->id));
    failed |= json_object_set_new(json, "warning",
                                  read->warning == NULL ? toc_hub_check_of(engine, mine->id)
                                                        : json_string(read->warning));
    failed |= json_object_set_new(json, "disputed_here", json_boolean(disputes));
    failed |= json_object_set_new(json, "publisher", json_string(mine->publisher));
    failed |= json_object_set_new(json, "token", hex(read->token.bytes));
    failed |= json_object_set_new(json, "supplier", toc_local_supplier_id(supplier.id));
    failed |= json_object_set_new(json, "name",
                                  supplier.name == NULL ? json_null() : json_string(supplier.name));
    failed |= json_object_set_new(json, "kind",
                                  json_string(strncmp(mine->key, "name:", 5) == 0 ? "name" : "id"));
    failed |= json_object_set_new(json, "since", toc_local_time(mine->first_seen_ms));
    if (failed != 0) {
        json_decref(json);
        return TOC_NOMEM;
    }
    *ret_json = json;
    return TOC_OK;
}

static enum toc_result add_alert(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                 struct toc_arena *arena, json_t *list)
{
    struct toc_alert_read read;
    const enum toc_result result = mine->ended ? toc_alert_mine_past(engine, mine, arena, &read)
                                               : toc_alert_mine_read(engine, mine, arena, &read);
    bool wanted = true;
    json_t *json;

    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    TOC_TRY(toc_telling_wanted(engine, mine->key, &read.body, &wanted));
    TOC_TRY(toc_local_alert_json(engine, mine, &read, arena, &json));
    if (json_object_set_new(json, "wanted", json_boolean(wanted)) != 0) {
        json_decref(json);
        return TOC_NOMEM;
    }
    return json_array_append_new(list, json) == 0 ? TOC_OK : TOC_NOMEM;
}

enum toc_result toc_local_alert_mine(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = json_array();
    struct toc_alert_mine mine[LIMIT_MAX];
    int64_t limit = 50;
    int64_t after = 0;
    json_t *reply;
    size_t len;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_number(local, "limit", 1, LIMIT_MAX, &limit, why));
    TOC_TRY(toc_local_number(local, "after", 0, INT64_MAX, &after, why));
    TOC_ENSURE(list != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_alerts_mine(engine->store, after, arena, mine, (size_t)limit, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(add_alert(engine, &mine[i], arena, list));
    }
    reply = toc_local_reply(local);
    return toc_local_answer(
        engine, local, reply,
        json_object_set(reply, "alerts", list) |
            json_object_set_new(reply, "after",
                                len == (size_t)limit
                                    ? json_integer((json_int_t)mine[len - 1].number)
                                    : json_null()));
}
