/* `flag_raise`: what a user says about a supplier in trouble. */
#include "local_flag.h"

#include "flag_undo.h"

#include "ensure.h"
#include "ident.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX ((size_t)1024 * 1024)
#define DAY_MS (INT64_C(86400) * 1000)
#define QUARTERS_AHEAD 2 /* when nobody says how long it holds */

/* ---- fields ---- */

static unsigned quarter_of(int64_t wall_ms)
{
    int year;
    int month;
    int day;

    toc_date_civil((int32_t)(wall_ms / DAY_MS), &year, &month, &day);
    return (unsigned)year * 4 + (unsigned)(month - 1) / 3;
}

static enum toc_result read_expires(const struct toc_engine *engine, const struct toc_local *local,
                                    unsigned *ret_quarter, struct toc_why *why)
{
    const unsigned now = quarter_of(engine->now_wall);
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

/* Of what may move a price nothing is said before it is known (DOMAIN: market abuse); what anybody
 * can read is known. */
static enum toc_result read_embargo(const struct toc_engine *engine, const struct toc_local *local,
                                    struct toc_own_flag *flag, struct toc_why *why)
{
    const int32_t today = (int32_t)(engine->now_wall / DAY_MS);
    const char *text = NULL;
    int32_t day = 0;

    TOC_TRY(toc_local_text(local, "embargo_until", &text, why));
    if (text == NULL) {
        return TOC_OK;
    }
    if (toc_date_parse(text, &day) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "embargo_until: is not a date such as 2027-03-31");
    }
    if (toc_source_is_public(flag->source)) {
        return toc_fail(why, TOC_INVALID,
                        "embargo_until: what a public source says needs none: leave it out");
    }
    if (day <= today || day > today + TOC_EMBARGO_DAYS_MAX) {
        return toc_fail(why, TOC_INVALID, "embargo_until: is not one of the next %d days",
                        TOC_EMBARGO_DAYS_MAX);
    }
    flag->embargo_ms = day * DAY_MS;
    if (flag->expires_quarter < quarter_of(flag->embargo_ms)) {
        return toc_fail(why, TOC_INVALID, "expires: is over before the embargo ends");
    }
    return TOC_OK;
}

enum toc_result toc_local_flag_read(struct toc_engine *engine, const struct toc_local *local,
                                    struct toc_own_flag *flag, struct toc_why *why)
{
    bool exercise = false;

    *flag = (struct toc_own_flag){.text = "",
                                  .reference = "",
                                  .parent_key = "",
                                  .parent_fold = "",
                                  .parent_name = "",
                                  .status = TOC_FLAG_RAISED,
                                  .raised_by = local->user.uid,
                                  .approved_by = -1,
                                  .raised_ms = engine->now_wall,
                                  .revision = 1};
    TOC_TRY(read_event(local, flag, why));
    TOC_TRY(read_words(local, flag, why));
    TOC_TRY(read_expires(engine, local, &flag->expires_quarter, why));
    TOC_TRY(read_embargo(engine, local, flag, why));
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
    json_t *waits_for = NULL;
    json_t *reply;
    uint64_t others;
    int failed = 0;

    TOC_TRY(toc_local_flag_others(engine, flag->key, &others));
    TOC_TRY(toc_local_flag_waits_for(engine, flag, submitted, sequence, &waits_for));
    reply = toc_local_reply(local);
    toc_hex_encode(toc_bytes_of(flag->id, sizeof(flag->id)), id);
    failed |= json_object_set_new(reply, "flag", json_string(id));
    failed |= json_object_set_new(
        reply, "state", json_string(submitted ? "sent" : toc_local_flag_waiting(engine, flag)));
    failed |= json_object_set_new(reply, "sequence",
                                  sequence > 0 ? json_integer((json_int_t)sequence) : json_null());
    failed |= json_object_set_new(reply, "other_users", json_integer((json_int_t)others));
    failed |= json_object_set_new(reply, "waits_for", waits_for);
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
    if (result != TOC_OK && result != TOC_AGAIN) {
        TOC_TRY(toc_flag_undo_last(engine)); /* who is told no leaves nothing behind */
        return result;
    }
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
enum toc_result toc_local_flag_right(struct toc_engine *engine, struct toc_why *why)
{
    bool to_group;

    TOC_TRY(toc_flag_is_to_group(engine, &to_group, why));
    if (!toc_roster_may_publish(toc_engine_roster(engine), engine->me, "distress")) {
        return toc_fail(why, TOC_DENIED, "the roster does not let this member publish 'distress'");
    }
    return TOC_OK;
}

/* Its parent, if that is to be flagged with it: one that has tokens is a kept supplier here. */
static enum toc_result read_parent(struct toc_engine *engine, const struct toc_local *local,
                                   const struct toc_supplier *supplier, struct toc_arena *arena,
                                   struct toc_own_flag *flag, struct toc_why *why)
{
    struct toc_parent parent;
    struct toc_supplier row = {.id = 0};
    bool wanted = false;
    enum toc_result result;

    TOC_TRY(toc_local_flag(local, "parent", &wanted, why));
    if (!wanted) {
        return TOC_OK;
    }
    result = toc_store_parent_get(engine->store, supplier->key, arena, &parent);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID,
                        "parent: none is known of s%lld: name it with `tocsin supplier parent`",
                        (long long)supplier->id);
    }
    TOC_TRY(result);
    result = toc_telling_supplier(engine, parent.key, arena, &row);
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    if (result == TOC_NOTFOUND || row.state != TOC_SUPPLIER_KEPT || row.id == supplier->id) {
        return toc_fail(why, TOC_INVALID,
                        "parent: '%.100s' is not among the suppliers that this council keeps, so "
                        "there is no token of it: flag without the parent",
                        parent.name);
    }
    flag->parent_key = row.key;
    flag->parent_fold = row.fold;
    flag->parent_name = row.name;
    return TOC_OK;
}

enum toc_result toc_local_flag_about(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_arena *arena, struct toc_own_flag *flag,
                                     struct toc_supplier *ret_supplier, struct toc_why *why)
{
    TOC_TRY(toc_local_supplier_get(engine, local, arena, ret_supplier, why));
    if (ret_supplier->state != TOC_SUPPLIER_KEPT) {
        return toc_fail(why, TOC_INVALID,
                        "supplier: s%lld is held back, as it may be a person: see `tocsin supplier "
                        "keep`",
                        (long long)ret_supplier->id);
    }
    flag->key = ret_supplier->key;
    flag->fold = ret_supplier->fold;
    flag->name = ret_supplier->name;
    return read_parent(engine, local, ret_supplier, arena, flag, why);
}

/* The flag, who raised it, and the line of the audit. */
static enum toc_result keep(struct toc_engine *engine, const struct toc_local *local,
                            const struct toc_own_flag *flag, int64_t supplier)
{
    char words[TOC_EVENT_TEXT_LEN + 32];
    char event[TOC_EVENT_TEXT_LEN + 1];

    toc_event_text(flag->event, event);
    (void)snprintf(words, sizeof(words), "s%lld: %s", (long long)supplier, event);
    TOC_TRY(toc_store_local_begin(engine->store));
    enum toc_result result = toc_store_flag_add(engine->store, flag);
    if (result == TOC_OK) {
        result = toc_local_flag_note(engine, local, flag, TOC_FLAG_DID_RAISE, words);
    }
    return toc_store_local_end(engine->store, result);
}

enum toc_result toc_local_flag_raise(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_supplier supplier;
    struct toc_own_flag flag;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_flag_right(engine, why));
    TOC_TRY(toc_local_flag_read(engine, local, &flag, why));
    TOC_TRY(toc_local_flag_about(engine, local, arena, &flag, &supplier, why));
    TOC_TRY(check_room(engine, why));
    flag.state =
        toc_local_flag_needs_second(engine, &flag) ? TOC_OWN_FLAG_UNAPPROVED : TOC_OWN_FLAG_GOING;
    toc_env_random(engine->env, flag.id, sizeof(flag.id));
    TOC_TRY(toc_flag_undo_added(engine, flag.id, local->user.uid));
    TOC_TRY(keep(engine, local, &flag, supplier.id));
    toc_store_local_hasten(engine->store); /* its record takes as long to build as a sync */
    return toc_local_flag_go(engine, local, &flag, why);
}
