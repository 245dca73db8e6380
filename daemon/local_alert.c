/* `alert_list` (at others see local_alert_mine.c) at a hub: everything it knows of its alerts, a
 * page at a time. */
#include "alerting_part.h"
#include "local_request.h"
#include "record_exposure.h"
#include "store_share.h"

#include "ensure.h"

#include <string.h>

#define LIST_USUAL 50
#define LIST_MAX 200

/* The name that shares opened, of any of its tokens; null. */
static enum toc_result name_json(struct toc_engine *engine, const struct toc_alert_opened *alert,
                                 json_t **ret_name)
{
    char name[TOC_DETAIL_PLAIN_LEN];
    bool shows;

    for (size_t i = 0; i < alert->sent->parts_len; i++) {
        const enum toc_result found =
            toc_store_share_name(engine->store, &alert->tokens[i].token, name, &shows);
        if (found == TOC_OK) {
            *ret_name = json_string(name);
            return TOC_OK;
        }
        TOC_ENSURE(found == TOC_NOTFOUND, found);
    }
    *ret_name = json_null();
    return TOC_OK;
}

/* How many councils' flags count now, and does one of the supplier's flags wait for the window? */
static enum toc_result count_flags(struct toc_engine *engine, const struct toc_alert_opened *alert,
                                   unsigned *ret_councils, bool *ret_pending)
{
    struct toc_alert_cluster cluster;
    struct toc_alert_subject *subject;
    struct toc_alert_said said;

    TOC_TRY(toc_alert_cluster_of(engine, &alert->tokens[0].token, &cluster));
    TOC_TRY(toc_alert_find(engine, &cluster, &subject));
    TOC_TRY(
        toc_alert_compose(engine, subject, alert->body.event, alert->body.of_parent, alert, &said));
    *ret_councils = said.councils;
    *ret_pending = subject->waits;
    return TOC_OK;
}

/* Its number's token, if it has one: readers join on that first. */
static const struct toc_alert_token *token_of(const struct toc_alert_opened *alert)
{
    for (size_t i = 0; i < alert->sent->parts_len; i++) {
        if (alert->tokens[i].kind == TOC_TOKEN_ID) {
            return &alert->tokens[i];
        }
    }
    return &alert->tokens[0];
}

static enum toc_result list_alert(struct toc_engine *engine, const struct toc_alert_opened *alert,
                                  json_t *list)
{
    const struct toc_alert_body *const body = &alert->body;
    const struct toc_alert_token *const token = token_of(alert);
    char event[TOC_EVENT_TEXT_LEN + 1];
    char expires[TOC_EXPOSURE_QUARTER_LEN + 1];
    unsigned councils = 0;
    bool pending = false;
    json_t *name;

    TOC_TRY(count_flags(engine, alert, &councils, &pending));
    TOC_TRY(name_json(engine, alert, &name));
    toc_event_text(body->event, event);
    toc_exposure_quarter_text(body->expires_quarter, expires);
    json_t *const row = json_pack(
        "{s:o, s:o, s:s, s:s, s:o, s:b, s:s, s:i, s:s, s:s, s:i, s:s, s:b, s:s, s:s, s:b, s:i}",
        "alert", toc_record_hex(alert->sent->id, TOC_FLAG_ID_LEN), "token",
        toc_record_hex(token->token.bytes, TOC_TOKEN_LEN), "kind", toc_token_kind_name(token->kind),
        "purpose", toc_purpose_name(token->purpose), "name", name, "named", body->named, "event",
        event, "severity", (int)body->severity, "source", toc_source_name(body->source),
        "reporters", toc_reporters_name(body->reporters), "councils", (int)councils, "status",
        toc_flag_status_name(body->status), "exercise", token->purpose == TOC_PURPOSE_EXERCISE,
        "relation", body->of_parent ? "parent" : "own", "expires", expires, "pending", pending,
        "revision", (int)alert->sent->revision);
    return row != NULL && json_array_append_new(list, row) == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result read_after(const struct toc_local *local, uint8_t after[TOC_FLAG_ID_LEN],
                                  const uint8_t **ret_after, struct toc_why *why)
{
    const char *text = NULL;

    TOC_TRY(toc_local_text(local, "after", &text, why));
    *ret_after = NULL;
    if (text != NULL) {
        if (toc_hex_decode(text, after, TOC_FLAG_ID_LEN) != TOC_OK) {
            return toc_fail(why, TOC_INVALID, "after: is no alert's id");
        }
        *ret_after = after;
    }
    return TOC_OK;
}

enum toc_result toc_local_alert_list(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *list = json_array();
    uint8_t bytes[TOC_FLAG_ID_LEN];
    const uint8_t *after;
    int64_t limit = LIST_USUAL;
    size_t len;
    json_t *reply;
    int failed = list == NULL;

    if (!toc_alerting_is_hub(engine)) {
        return toc_local_alert_mine(engine, local, why);
    }
    TOC_TRY(read_after(local, bytes, &after, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIST_MAX, &limit, why));
    struct toc_alert_sent *const alerts =
        toc_arena_zero(engine->arena, (size_t)limit, sizeof *alerts);
    struct toc_alert_opened *const opened = toc_arena_zero(engine->arena, 1, sizeof *opened);
    TOC_ENSURE(alerts != NULL && opened != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_alerts(engine->store, after, alerts, (size_t)limit, &len));
    for (size_t i = 0; i < len; i++) {
        const enum toc_result result = toc_alert_open(engine, &alerts[i], opened);
        if (result != TOC_NOTFOUND) { /* else retention has taken what it was about */
            TOC_TRY(result);
            TOC_TRY(list_alert(engine, opened, list));
        }
    }
    reply = toc_local_reply(local);
    failed |= json_object_set(reply, "alerts", list);
    failed |= json_object_set_new(
        reply, "after",
        len == (size_t)limit ? toc_record_hex(alerts[len - 1].id, TOC_FLAG_ID_LEN) : json_null());
    return toc_local_answer(engine, local, reply, failed);
}
