/* `flag_list`: this council's flags, and how things stand with each. */
#include "local_flag.h"
#include "local_hub_check.h"

#include "ensure.h"
#include "flag_shown.h"
#include "record_exposure.h"

#include <string.h>

#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define LIMIT_MAX 200
#define DAY_MS (INT64_C(86400) * 1000)

/* ---- one flag ---- */

bool toc_local_flag_needs_second(const struct toc_engine *engine, const struct toc_own_flag *flag)
{
    return engine->conf->second_person && !toc_source_is_public(flag->source);
}

const char *toc_local_flag_waiting(const struct toc_engine *engine, const struct toc_own_flag *flag)
{
    return flag->state == TOC_OWN_FLAG_UNAPPROVED ? "waiting_approval"
           : toc_flag_is_embargoed(engine, flag)  ? "waiting_embargo"
                                                  : "waiting_token";
}

enum toc_result toc_local_flag_state(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     uint64_t *ret_sequence, const char **ret_state)
{
    const enum toc_result sent = toc_flag_sequence(engine, flag->id, flag->revision, ret_sequence);
    bool withdrawn;

    TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
    TOC_TRY(toc_local_flag_withdrawn(engine, flag, &withdrawn));
    *ret_state = withdrawn        ? "withdrawn"
                 : sent == TOC_OK ? "sent"
                                  : toc_local_flag_waiting(engine, flag);
    return TOC_OK;
}

json_t *toc_local_flag_parent(const struct toc_own_flag *flag)
{
    return flag->parent_key[0] == '\0' ? json_null() : json_string(flag->parent_name);
}

json_t *toc_local_flag_embargo(const struct toc_own_flag *flag)
{
    return toc_local_day((int32_t)(flag->embargo_ms / DAY_MS));
}

static int add_words(json_t *json, const struct toc_own_flag *flag)
{
    char quarter[TOC_EXPOSURE_QUARTER_LEN + 1];
    char event[TOC_EVENT_TEXT_LEN + 1];
    char id[2 * TOC_FLAG_ID_LEN + 1];
    int failed = 0;

    toc_exposure_quarter_text(flag->expires_quarter, quarter);
    toc_event_text(flag->event, event);
    toc_hex_encode(toc_bytes_of(flag->id, sizeof(flag->id)), id);
    failed |= json_object_set_new(json, "flag", json_string(id));
    failed |= json_object_set_new(json, "name", json_string(flag->name));
    failed |= json_object_set_new(json, "number", toc_local_number_json(flag->key));
    failed |= json_object_set_new(json, "event", json_string(event));
    failed |= json_object_set_new(json, "source_class", json_string(toc_source_name(flag->source)));
    failed |= json_object_set_new(json, "severity", json_integer(flag->severity));
    failed |= json_object_set_new(json, "status", json_string(toc_flag_status_name(flag->status)));
    failed |= json_object_set_new(json, "expires", json_string(quarter));
    failed |= json_object_set_new(json, "clause", json_string(toc_clause_name(flag->clause)));
    failed |= json_object_set_new(json, "action", json_string(toc_action_name(flag->action)));
    failed |= json_object_set_new(json, "text", json_string(flag->text));
    failed |= json_object_set_new(json, "reference", json_string(flag->reference));
    failed |= json_object_set_new(json, "event_date", toc_local_day((int32_t)flag->event_date));
    failed |= json_object_set_new(json, "purpose", json_string(toc_purpose_name(flag->purpose)));
    failed |=
        json_object_set_new(json, "exercise", json_boolean(flag->purpose == TOC_PURPOSE_EXERCISE));
    failed |= json_object_set_new(json, "may_identify", json_boolean(flag->may_identify));
    failed |= json_object_set_new(json, "parent", toc_local_flag_parent(flag));
    failed |= json_object_set_new(json, "embargo_until", toc_local_flag_embargo(flag));
    return failed;
}

/* The alert that shows it, and whether somebody speaks against it. */
static enum toc_result add_alert(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 struct toc_arena *arena, json_t *json)
{
    struct toc_flag_alert *const alerts =
        toc_arena_zero(arena, TOC_FLAG_ALERTS_MAX, sizeof(*alerts));
    struct toc_flag_dispute dispute;
    size_t len;
    int failed = 0;

    TOC_ENSURE(alerts != NULL, TOC_NOMEM);
    TOC_TRY(toc_flag_alerts(engine, flag, arena, alerts, &len));
    TOC_TRY(toc_flag_dispute_of(engine, flag, alerts, len, arena, &dispute));
    failed |= json_object_set_new(
        json, "alert", len == 0 ? json_null() : toc_record_hex(alerts[0].mine.id, TOC_FLAG_ID_LEN));
    failed |= json_object_set_new(
        json, "alert_status",
        len == 0 ? json_null()
                 : json_string(toc_local_alert_status(&alerts[0].mine, &alerts[0].read)));
    failed |= json_object_set_new(json, "disputed", json_boolean(dispute.disputed));
    failed |= json_object_set_new(json, "answer_by",
                                  toc_local_day((int32_t)((dispute.until_ms - 1) / DAY_MS)));
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result fill(struct toc_engine *engine, const struct toc_own_flag *flag,
                            struct toc_arena *arena, json_t *json)
{
    json_t *waits_for = NULL;
    const char *state;
    uint64_t sequence = 0;
    int64_t supplier = 0;
    int failed = add_words(json, flag);

    TOC_TRY(toc_local_flag_state(engine, flag, &sequence, &state));
    TOC_TRY(add_alert(engine, flag, arena, json));
    TOC_TRY(toc_local_flag_waits_for(engine, flag, strcmp(state, "sent") == 0,
                                     strcmp(state, "withdrawn") == 0 ? UINT64_MAX : sequence,
                                     &waits_for));
    if (toc_store_supplier_of_key(engine->store, flag->key, &supplier) != TOC_OK) {
        supplier = 0; /* no supplier any more */
    }
    failed |= json_object_set_new(json, "waits_for", waits_for);
    failed |= json_object_set_new(json, "supplier", toc_local_supplier_id(supplier));
    failed |= json_object_set_new(json, "state", json_string(state));
    failed |= json_object_set_new(json, "sequence",
                                  sequence > 0 ? json_integer((json_int_t)sequence) : json_null());
    failed |= json_object_set_new(json, "revision", json_integer(flag->revision));
    failed |= json_object_set_new(json, "warning", toc_hub_check_of(engine, flag->id));
    failed |= json_object_set_new(json, "raised", toc_local_time(flag->raised_ms));
    failed |= json_object_set_new(json, "raised_by", json_integer(flag->raised_by));
    failed |= json_object_set_new(
        json, "approved_by", flag->approved_by < 0 ? json_null() : json_integer(flag->approved_by));
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

enum toc_result toc_local_flag_json(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    struct toc_arena *arena, json_t **ret_json)
{
    json_t *json = json_object();
    const enum toc_result result = json == NULL ? TOC_NOMEM : fill(engine, flag, arena, json);

    if (result != TOC_OK) {
        json_decref(json);
        return result;
    }
    *ret_json = json;
    return TOC_OK;
}

enum toc_result toc_local_flag_list(struct toc_engine *engine, const struct toc_local *local,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = json_array();
    struct toc_own_flag *flags;
    int64_t limit = 100;
    int64_t after = 0;
    size_t len;
    json_t *reply;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_number(local, "limit", 1, LIMIT_MAX, &limit, why));
    TOC_TRY(toc_local_number(local, "after", 0, INT64_MAX, &after, why));
    flags = toc_arena_get(arena, LIMIT_MAX * sizeof(*flags));
    TOC_ENSURE(flags != NULL && list != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_flags(engine->store, 0, after, arena, flags, (size_t)limit, &len));
    for (size_t i = 0; i < len; i++) {
        json_t *json;
        TOC_TRY(toc_local_flag_json(engine, &flags[i], arena, &json));
        TOC_ENSURE(json_array_append_new(list, json) == 0, TOC_NOMEM);
    }
    reply = toc_local_reply(local);
    return toc_local_answer(
        engine, local, reply,
        json_object_set(reply, "flags", list) |
            json_object_set_new(reply, "after",
                                len == (size_t)limit
                                    ? json_integer((json_int_t)flags[len - 1].number)
                                    : json_null()));
}
