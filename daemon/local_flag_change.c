/* `flag_approve`, `flag_withdraw`, `flag_clear`, `flag_mitigate`, `flag_list`: what becomes of a
 * flag. */
#include "local_flag.h"
#include "local_hub_check.h"

#include "ensure.h"
#include "ident.h"
#include "record_exposure.h"

#include <string.h>

#define ARENA_MAX ((size_t)1024 * 1024)
#define LIMIT_MAX 200

static enum toc_result get_flag(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_arena *arena, struct toc_own_flag *ret_flag,
                                struct toc_why *why)
{
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *text = NULL;
    enum toc_result result;

    TOC_TRY(toc_local_text(local, "flag", &text, why));
    if (text == NULL || strlen(text) != 2 * sizeof(id) ||
        toc_hex_decode(text, id, sizeof(id)) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "flag: is not an id of %zu hexadecimal digits",
                        2 * sizeof(id));
    }
    result = toc_store_flag_get(engine->store, id, arena, ret_flag);
    return result == TOC_NOTFOUND ? toc_fail(why, result,
                                             "flag: there is none of this id: see "
                                             "`tocsin flag list`")
                                  : result;
}

static enum toc_result is_withdrawn(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    bool *ret_withdrawn)
{
    uint64_t sequence;
    const enum toc_result result = toc_flag_sequence(engine, flag->id, 0, &sequence);

    *ret_withdrawn = result == TOC_OK;
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

static enum toc_result audit(struct toc_engine *engine, const struct toc_local *local,
                             const char *command, const struct toc_own_flag *flag,
                             const char *words)
{
    char id[2 * TOC_FLAG_ID_LEN + 1];

    toc_hex_encode(toc_bytes_of(flag->id, sizeof(flag->id)), id);
    return toc_local_audit_add(engine, local, command, "%s%s%s", id, words[0] == '\0' ? "" : ": ",
                               words);
}

/* ---- flag_approve ---- */

enum toc_result toc_local_flag_approve(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_flag flag;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(get_flag(engine, local, arena, &flag, why));
    if (flag.state != TOC_OWN_FLAG_UNAPPROVED) {
        return toc_fail(why, TOC_INVALID, "flag: it waits for nobody's approval");
    }
    if (flag.raised_by == (int64_t)local->user.uid) {
        return toc_fail(why, TOC_DENIED,
                        "flag: who raised it cannot approve it: another user of this machine has "
                        "to");
    }
    flag.approved_by = local->user.uid;
    flag.state = TOC_OWN_FLAG_GOING;
    TOC_TRY(toc_store_flag_save(engine->store, &flag));
    TOC_TRY(audit(engine, local, "flag_approve", &flag, ""));
    return toc_local_flag_go(engine, local, &flag, why);
}

/* ---- flag_withdraw, flag_clear, flag_mitigate ---- */

static enum toc_result read_reason(const struct toc_local *local, const char **ret_reason,
                                   struct toc_why *why)
{
    TOC_TRY(toc_local_text(local, "reason", ret_reason, why));
    if (*ret_reason == NULL || !toc_ident_text(*ret_reason, TOC_REASON_LEN_MAX)) {
        return toc_fail(why, TOC_INVALID,
                        "reason: is missing, longer than %d bytes, or no plain "
                        "text",
                        TOC_REASON_LEN_MAX);
    }
    return TOC_OK;
}

/* What its newest revision was signed as. */
static enum toc_result signed_as(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 uint64_t *ret_sequence, struct toc_why *why)
{
    enum toc_result result = toc_flag_sequence(engine, flag->id, flag->revision, ret_sequence);
    bool withdrawn = false;

    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    if (result == TOC_NOTFOUND || *ret_sequence == 0) {
        return toc_fail(why, TOC_AGAIN,
                        "flag: it is on its way, and not signed yet: try again when the hub has "
                        "been heard");
    }
    result = is_withdrawn(engine, flag, &withdrawn);
    TOC_TRY(result);
    return withdrawn ? toc_fail(why, TOC_INVALID, "flag: it is withdrawn already") : TOC_OK;
}

static enum toc_result say_state(struct toc_engine *engine, const struct toc_local *local,
                                 const char *state)
{
    json_t *reply = toc_local_reply(local);

    return toc_local_answer(engine, local, reply,
                            json_object_set_new(reply, "state", json_string(state)));
}

enum toc_result toc_local_flag_withdraw(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const char *reason = NULL;
    struct toc_own_flag flag;
    uint64_t sequence = 0;
    enum toc_result sent;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(get_flag(engine, local, arena, &flag, why));
    TOC_TRY(read_reason(local, &reason, why));
    sent = toc_flag_sequence(engine, flag.id, flag.revision, &sequence);
    TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
    if (sent == TOC_NOTFOUND && flag.revision == 1) { /* nobody has seen it */
        TOC_TRY(toc_store_flag_drop(engine->store, flag.id));
        engine->truncate_wal = true;
        TOC_TRY(audit(engine, local, "flag_withdraw", &flag, "it was not sent, and is deleted"));
        return say_state(engine, local, "deleted");
    }
    TOC_TRY(signed_as(engine, &flag, &sequence, why));
    TOC_TRY(toc_flag_take_back(engine, &flag, sequence, reason, why));
    TOC_TRY(audit(engine, local, "flag_withdraw", &flag, reason));
    return say_state(engine, local, "withdrawn");
}

/* Its next revision says so. */
static enum toc_result move_on(struct toc_engine *engine, const struct toc_local *local,
                               const char *command, enum toc_flag_status status,
                               struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_flag flag;
    uint64_t sequence;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(get_flag(engine, local, arena, &flag, why));
    TOC_TRY(signed_as(engine, &flag, &sequence, why));
    if (flag.status == status || flag.status == TOC_FLAG_CLEARED) {
        return toc_fail(why, TOC_INVALID, "flag: it is %s already",
                        toc_flag_status_name(flag.status));
    }
    flag.status = status;
    flag.revision++;
    flag.state = TOC_OWN_FLAG_GOING;
    TOC_TRY(toc_store_flag_save(engine->store, &flag));
    TOC_TRY(audit(engine, local, command, &flag, ""));
    return toc_local_flag_go(engine, local, &flag, why);
}

enum toc_result toc_local_flag_clear(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    return move_on(engine, local, "flag_clear", TOC_FLAG_CLEARED, why);
}

enum toc_result toc_local_flag_mitigate(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    return move_on(engine, local, "flag_mitigate", TOC_FLAG_MITIGATED, why);
}

/* ---- flag_list ---- */

static enum toc_result state_of(struct toc_engine *engine, const struct toc_own_flag *flag,
                                uint64_t *ret_sequence, const char **ret_state)
{
    const enum toc_result sent = toc_flag_sequence(engine, flag->id, flag->revision, ret_sequence);
    bool withdrawn;

    TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
    TOC_TRY(is_withdrawn(engine, flag, &withdrawn));
    *ret_state = withdrawn                                ? "withdrawn"
                 : sent == TOC_OK                         ? "sent"
                 : flag->state == TOC_OWN_FLAG_UNAPPROVED ? "waiting_approval"
                                                          : "waiting_token";
    return TOC_OK;
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
    return failed;
}

static enum toc_result add_flag(struct toc_engine *engine, const struct toc_own_flag *flag,
                                json_t *list)
{
    json_t *json = json_object();
    const char *state = "";
    uint64_t sequence = 0;
    int64_t supplier = 0;
    const enum toc_result result = state_of(engine, flag, &sequence, &state);
    int failed = add_words(json, flag);

    if (toc_store_supplier_of_key(engine->store, flag->key, &supplier) != TOC_OK) {
        supplier = 0; /* no supplier any more */
    }
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
    failed |= json_array_append_new(list, json);
    TOC_TRY(result);
    return failed == 0 ? TOC_OK : TOC_NOMEM;
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
        TOC_TRY(add_flag(engine, &flags[i], list));
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
