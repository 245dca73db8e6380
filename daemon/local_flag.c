/* `flag_raise`: what a user says about a supplier in trouble; `flag_preview`: what comes of it. */
#include "local_flag.h"

#include "ensure.h"
#include "ident.h"
#include "store_picture_show.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX ((size_t)1024 * 1024)
#define QUARTERS_AHEAD 2 /* when nobody says how long it holds */

/* ---- fields ---- */

unsigned toc_local_quarter_now(const struct toc_engine *engine)
{
    int year;
    int month;
    int day;

    toc_date_civil((int32_t)(engine->now_wall / (INT64_C(86400) * 1000)), &year, &month, &day);
    return (unsigned)year * 4 + (unsigned)(month - 1) / 3;
}

static enum toc_result read_expires(const struct toc_engine *engine, const struct toc_local *local,
                                    unsigned *ret_quarter, struct toc_why *why)
{
    const unsigned now = toc_local_quarter_now(engine);
    const char *text = NULL;
    unsigned quarter;
    unsigned year;
    char end;

    *ret_quarter = now + QUARTERS_AHEAD;
    TOC_TRY(toc_local_text(local, "expires", &text, why));
    if (text == NULL) {
        return TOC_OK;
    }
    if (strlen(text) != 7 || sscanf(text, "%4u-Q%1u%c", &year, &quarter, &end) != 2 ||
        quarter < 1 || quarter > 4 || year > TOC_FLAG_YEAR_MAX) {
        return toc_fail(why, TOC_INVALID, "expires: is not a quarter such as 2027-Q2");
    }
    *ret_quarter = year * 4 + quarter - 1;
    return *ret_quarter < now ? toc_fail(why, TOC_INVALID, "expires: is over already") : TOC_OK;
}

static enum toc_result read_event(const struct toc_local *local, struct toc_own_flag *flag,
                                  struct toc_why *why)
{
    const struct toc_distress_event *event;
    const char *code = NULL;
    const char *source = NULL;
    int64_t severity;

    TOC_TRY(toc_local_text(local, "event", &code, why));
    event = code == NULL ? NULL : toc_event_parse(code);
    if (event == NULL) {
        return toc_fail(why, TOC_INVALID, "event: is missing, or no code such as F13");
    }
    TOC_TRY(toc_local_text(local, "source_class", &source, why));
    if (source == NULL || toc_source_parse(source, &flag->source) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "source_class: is missing, or none of %s, %s, %s, %s",
                        toc_source_name(TOC_SOURCE_PUBLIC_REGISTER),
                        toc_source_name(TOC_SOURCE_PUBLIC_ANNOUNCEMENT),
                        toc_source_name(TOC_SOURCE_SUPPLIER_NOTICE),
                        toc_source_name(TOC_SOURCE_OBSERVATION));
    }
    severity = event->severity;
    TOC_TRY(toc_local_number(local, "severity", 1, TOC_SEVERITY_MAX, &severity, why));
    flag->event = event->code;
    flag->severity = (unsigned)severity;
    return TOC_OK;
}

static enum toc_result read_words(const struct toc_local *local, struct toc_own_flag *flag,
                                  struct toc_why *why)
{
    const char *clause = NULL;
    const char *action = NULL;
    const char *date = NULL;
    int32_t day = 0;

    TOC_TRY(toc_local_text(local, "clause", &clause, why));
    TOC_TRY(toc_local_text(local, "action", &action, why));
    TOC_TRY(toc_local_text(local, "text", &flag->text, why));
    TOC_TRY(toc_local_text(local, "reference", &flag->reference, why));
    TOC_TRY(toc_local_text(local, "event_date", &date, why));
    if (clause != NULL && toc_clause_parse(clause, &flag->clause) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "clause: is none of the list");
    }
    if (action != NULL && toc_action_parse(action, &flag->action) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "action: is none of the list");
    }
    if (flag->text[0] != '\0' && !toc_ident_text(flag->text, TOC_DETAIL_TEXT_MAX)) {
        return toc_fail(why, TOC_INVALID, "text: is longer than %d bytes, or no plain text",
                        TOC_DETAIL_TEXT_MAX);
    }
    if (flag->reference[0] != '\0' && !toc_ident_text(flag->reference, TOC_DETAIL_REFERENCE_MAX)) {
        return toc_fail(why, TOC_INVALID, "reference: is longer than %d bytes, or no plain text",
                        TOC_DETAIL_REFERENCE_MAX);
    }
    if (date != NULL && (toc_date_parse(date, &day) != TOC_OK || day <= 0)) {
        return toc_fail(why, TOC_INVALID, "event_date: is not a date such as 2026-03-31");
    }
    flag->event_date = (uint32_t)day;
    return TOC_OK;
}

/* What is asked for and not done is said, not passed over. */
static enum toc_result refuse_unknown(const struct toc_local *local, struct toc_why *why)
{
    static const char *const fields[] = {"embargo_until", "parent"};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const json_t *value = json_object_get(local->request, fields[i]);
        if (value != NULL && !json_is_null(value)) {
            return toc_fail(why, TOC_INVALID, "%s: this version cannot do that: leave it out",
                            fields[i]);
        }
    }
    return TOC_OK;
}

static enum toc_result read_flag(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_own_flag *flag, struct toc_why *why)
{
    bool exercise = false;

    *flag = (struct toc_own_flag){.text = "",
                                  .reference = "",
                                  .status = TOC_FLAG_RAISED,
                                  .raised_by = local->user.uid,
                                  .approved_by = -1,
                                  .raised_ms = engine->now_wall,
                                  .revision = 1};
    TOC_TRY(refuse_unknown(local, why));
    TOC_TRY(read_event(local, flag, why));
    TOC_TRY(read_words(local, flag, why));
    TOC_TRY(read_expires(engine, local, &flag->expires_quarter, why));
    TOC_TRY(toc_local_flag(local, "may_identify", &flag->may_identify, why));
    TOC_TRY(toc_local_flag(local, "exercise", &exercise, why));
    flag->purpose = exercise                             ? TOC_PURPOSE_EXERCISE
                    : toc_source_is_public(flag->source) ? TOC_PURPOSE_PUBLIC
                                                         : TOC_PURPOSE_DISTRESS;
    return TOC_OK;
}

/* ---- flag_raise ---- */

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              const struct toc_own_flag *flag, bool submitted, uint64_t sequence)
{
    char id[2 * TOC_FLAG_ID_LEN + 1];
    json_t *reply = toc_local_reply(local);
    int failed = reply == NULL;

    toc_hex_encode(toc_bytes_of(flag->id, sizeof(flag->id)), id);
    failed |= json_object_set_new(reply, "flag", json_string(id));
    failed |= json_object_set_new(reply, "state",
                                  json_string(submitted ? "sent"
                                              : flag->state == TOC_OWN_FLAG_UNAPPROVED
                                                  ? "waiting_approval"
                                                  : "waiting_token"));
    failed |= json_object_set_new(reply, "sequence",
                                  sequence > 0 ? json_integer((json_int_t)sequence) : json_null());
    failed |= json_object_set_new(reply, "other_users", json_null()); /* nobody counts them */
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_flag_go(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_own_flag *flag, struct toc_why *why)
{
    uint64_t sequence = 0;
    enum toc_result result = TOC_AGAIN;

    if (flag->state == TOC_OWN_FLAG_GOING && toc_publish_proven(engine)) {
        result = toc_flag_send(engine, flag, &sequence, why);
    }
    engine->tokens.look = true;
    TOC_ENSURE(result == TOC_OK || result == TOC_AGAIN, result);
    return answer(engine, local, flag, result == TOC_OK, sequence);
}

static enum toc_result check_room(struct toc_engine *engine, struct toc_why *why)
{
    uint64_t waiting;

    TOC_TRY(toc_store_flags_waiting(engine->store, &waiting));
    if (waiting >= TOC_FLAGS_WAITING_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%d flags wait already: approve or withdraw some",
                        TOC_FLAGS_WAITING_MAX);
    }
    return TOC_OK;
}

/* Only a publisher of the stream has anything to say there. */
static enum toc_result check_right(struct toc_engine *engine, struct toc_why *why)
{
    bool to_group;

    TOC_TRY(toc_flag_is_to_group(engine, &to_group, why));
    if (!toc_roster_may_publish(toc_engine_roster(engine), engine->me, "distress")) {
        return toc_fail(why, TOC_DENIED, "the roster does not let this member publish 'distress'");
    }
    return TOC_OK;
}

static enum toc_result get_kept(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_arena *arena, struct toc_supplier *ret_supplier,
                                struct toc_why *why)
{
    TOC_TRY(toc_local_supplier_get(engine, local, arena, ret_supplier, why));
    if (ret_supplier->state != TOC_SUPPLIER_KEPT) {
        return toc_fail(why, TOC_INVALID,
                        "supplier: s%lld is held back, as it may be a person: see `tocsin supplier "
                        "keep`",
                        (long long)ret_supplier->id);
    }
    return TOC_OK;
}

enum toc_result toc_local_flag_raise(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    char event[TOC_EVENT_TEXT_LEN + 1];
    char id[2 * TOC_FLAG_ID_LEN + 1];
    struct toc_supplier supplier;
    struct toc_own_flag flag;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(check_right(engine, why));
    TOC_TRY(read_flag(engine, local, &flag, why));
    TOC_TRY(get_kept(engine, local, arena, &supplier, why));
    TOC_TRY(check_room(engine, why));
    flag.key = supplier.key;
    flag.fold = supplier.fold;
    flag.name = supplier.name;
    flag.state = engine->conf->second_person && !toc_source_is_public(flag.source)
                     ? TOC_OWN_FLAG_UNAPPROVED
                     : TOC_OWN_FLAG_GOING;
    toc_env_random(engine->env, flag.id, sizeof(flag.id));
    TOC_TRY(toc_store_flag_add(engine->store, &flag));
    toc_event_text(flag.event, event);
    toc_hex_encode(toc_bytes_of(flag.id, sizeof(flag.id)), id);
    TOC_TRY(toc_local_audit_add(engine, local, "flag_raise", "%s s%lld: %s", id,
                                (long long)supplier.id, event));
    return toc_local_flag_go(engine, local, &flag, why);
}

/* ---- flag_preview ---- */

/* Other members with spend in the picture of the region: each costs one step of the index. */
static enum toc_result count_others(struct toc_engine *engine, const char *key,
                                    struct toc_arena *arena, uint64_t *ret_others)
{
    struct toc_picture_place place = {.publisher = ""};
    struct toc_picture_record record;
    uint64_t others = 0;
    size_t len = 1;

    while (len > 0 && others < TOC_MEMBERS_MAX) {
        const enum toc_result result =
            toc_store_picture_records(engine->store, key, TOC_EXPOSURE_YEAR_MIN,
                                      TOC_EXPOSURE_YEAR_MAX, &place, arena, &record, 1, &len);
        if (result == TOC_NOTFOUND) {
            break; /* nobody published anything about it */
        }
        TOC_TRY(result);
        if (len > 0) {
            others += strcmp(record.publisher, engine->me) != 0;
            place = (struct toc_picture_place){.publisher = record.publisher,
                                               .year = TOC_EXPOSURE_YEAR_MAX + 1};
        }
    }
    *ret_others = others;
    return TOC_OK;
}

static json_t *recipients(const struct toc_engine *engine, bool to_group)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    json_t *list = json_array();

    for (size_t i = 0; i < roster->members_len; i++) {
        const char *id = roster->members[i].id;
        if (strcmp(id, engine->me) != 0 &&
            (to_group || toc_member_has(&roster->members[i], TOC_ROLE_HUB))) {
            (void)json_array_append_new(list, json_string(id));
        }
    }
    return list;
}

static json_t *who_learns(bool to_group)
{
    return to_group ? json_pack("[s, s]",
                                "Every member sees that this council flags somebody, and when.",
                                "Members that have the supplier can read what is said, and see "
                                "that this council says it.")
                    : json_pack("[s, s, s]",
                                "The hub sees that this council flags a supplier it cannot name, "
                                "and what the event is.",
                                "Members that have the supplier can read what is said, and not "
                                "who says it; the reporter is one of the councils that use it.",
                                "Other members learn that an alert went by.");
}

enum toc_result toc_local_flag_preview(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_supplier supplier;
    struct toc_own_flag flag;
    uint64_t others;
    bool to_group;
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(check_right(engine, why));
    TOC_TRY(toc_flag_is_to_group(engine, &to_group, why));
    TOC_TRY(read_flag(engine, local, &flag, why));
    TOC_TRY(get_kept(engine, local, arena, &supplier, why));
    TOC_TRY(count_others(engine, supplier.key, arena, &others));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "supplier", toc_local_supplier_id(supplier.id));
    failed |= json_object_set_new(reply, "name", json_string(supplier.name));
    failed |= json_object_set_new(reply, "number", toc_local_number_json(supplier.key));
    failed |= json_object_set_new(reply, "spend", toc_local_pounds(supplier.pence));
    failed |= json_object_set_new(reply, "purpose", json_string(toc_purpose_name(flag.purpose)));
    failed |= json_object_set_new(
        reply, "second_person",
        json_boolean(engine->conf->second_person && !toc_source_is_public(flag.source)));
    failed |= json_object_set_new(reply, "to_group", json_boolean(to_group));
    failed |= json_object_set_new(reply, "recipients", recipients(engine, to_group));
    failed |= json_object_set_new(reply, "other_councils", json_integer((json_int_t)others));
    failed |= json_object_set_new(reply, "learns", who_learns(to_group));
    return toc_local_answer(engine, local, reply, failed);
}
