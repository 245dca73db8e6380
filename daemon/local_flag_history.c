/* `flag_history`: every state of a flag, who brought it about and when, and who has applied the
 * newest: what an officer shows after a withdrawal. The hub says by its receipt that it has applied
 * the flag's record; the others, by theirs, the alert that shows it. */
#include "local_flag.h"

#include "ensure.h"
#include "flag_shown.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)32 * 1024 * 1024)
#define DEEDS_MAX 100
#define REVISIONS_MAX 64

static const char *deed_name(enum toc_flag_deed_kind what)
{
    switch (what) {
    case TOC_FLAG_DID_RAISE:
        return "raised";
    case TOC_FLAG_DID_APPROVE:
        return "approved";
    case TOC_FLAG_DID_SEND:
        return "sent";
    case TOC_FLAG_DID_MITIGATE:
        return "mitigated";
    case TOC_FLAG_DID_CLEAR:
        return "cleared";
    case TOC_FLAG_DID_CONFIRM:
        return "confirmed";
    case TOC_FLAG_DID_WITHDRAW:
        return "withdrawn";
    }
    TOC_UNREACHABLE();
}

/* ---- history[] ---- */

/* In order of time; what is said here comes before what the hub says of it. */
struct entries {
    struct entry {
        int64_t time_ms;
        size_t number;
        json_t *json;
    } list[DEEDS_MAX + 1 + TOC_FLAG_ALERTS_MAX * REVISIONS_MAX];
    size_t len;
};

static void entries_done(struct entries **entries)
{
    for (size_t i = 0; *entries != NULL && i < (*entries)->len; i++) {
        json_decref((*entries)->list[i].json);
    }
    free(*entries);
    *entries = NULL;
}

static enum toc_result add(struct entries *entries, int64_t time_ms, json_t *json)
{
    TOC_ENSURE(json != NULL && json_object_set_new(json, "time", toc_local_time(time_ms)) == 0,
               TOC_NOMEM);
    entries->list[entries->len] =
        (struct entry){.time_ms = time_ms, .number = entries->len, .json = json};
    entries->len++;
    return TOC_OK;
}

static json_t *number_or_null(bool known, int64_t number)
{
    return known ? json_integer((json_int_t)number) : json_null();
}

static enum toc_result add_deed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                const struct toc_flag_deed *deed, struct entries *entries)
{
    const bool sends = deed->what == TOC_FLAG_DID_SEND || deed->what == TOC_FLAG_DID_WITHDRAW;
    uint64_t sequence = 0;
    enum toc_result found = TOC_NOTFOUND;

    if (sends) {
        found = toc_flag_sequence(
            engine, flag->id, deed->what == TOC_FLAG_DID_WITHDRAW ? 0 : deed->revision, &sequence);
        TOC_ENSURE(found == TOC_OK || found == TOC_NOTFOUND, found);
    }
    return add(entries, deed->time_ms,
               json_pack("{s:s, s:o, s:I, s:o, s:s}", "what", deed_name(deed->what), "by",
                         number_or_null(deed->uid >= 0, deed->uid), "revision",
                         (json_int_t)deed->revision, "sequence",
                         number_or_null(sequence > 0, (int64_t)sequence), "text", deed->text));
}

static enum toc_result add_deeds(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 struct toc_arena *arena, struct entries *entries)
{
    struct toc_flag_deed *const deeds = toc_arena_zero(arena, DEEDS_MAX, sizeof(*deeds));
    size_t len;

    TOC_ENSURE(deeds != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_flag_deeds(engine->store, flag->id, arena, deeds, DEEDS_MAX, &len));
    if (len == 0 || (len < DEEDS_MAX && deeds[len - 1].what != TOC_FLAG_DID_RAISE)) {
        /* Raised before a history was kept. */
        const struct toc_flag_deed raised = {.time_ms = flag->raised_ms,
                                             .uid = flag->raised_by,
                                             .what = TOC_FLAG_DID_RAISE,
                                             .revision = 1,
                                             .text = ""};
        TOC_TRY(add_deed(engine, flag, &raised, entries));
    }
    while (len > 0) {
        TOC_TRY(add_deed(engine, flag, &deeds[--len], entries));
    }
    return TOC_OK;
}

/* What the hub said of it, since it was first sent. */
static enum toc_result add_revisions(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     const struct toc_flag_alert *alert, struct toc_arena *arena,
                                     struct entries *entries)
{
    struct toc_alert_met *const met = toc_arena_zero(arena, REVISIONS_MAX, sizeof(*met));
    const struct toc_alert_mine *const mine = &alert->mine;
    uint64_t first = 0;
    size_t len;

    TOC_ENSURE(met != NULL, TOC_NOMEM);
    if (toc_flag_sequence(engine, flag->id, 1, &first) != TOC_OK || first == 0) {
        return TOC_OK;
    }
    TOC_TRY(
        toc_store_alerts_met(engine->store, mine->publisher, mine->id, met, REVISIONS_MAX, &len));
    while (len > 0) {
        const struct toc_alert_met *const it = &met[--len];
        struct toc_alert_read read;
        const enum toc_result result =
            it->own_next <= first ? TOC_NOTFOUND
                                  : toc_flag_alert_at(engine, mine, it->sequence, arena, &read);
        if (result == TOC_NOTFOUND) {
            continue;
        }
        TOC_TRY(result);
        TOC_TRY(
            add(entries, it->seen_ms,
                json_pack("{s:s, s:s, s:s, s:i, s:s, s:I, s:I, s:n}", "what", "alert", "status",
                          toc_flag_status_name(read.body.status), "reporters",
                          toc_reporters_name(read.body.reporters), "severity",
                          (int)read.body.severity, "publisher", mine->publisher, "sequence",
                          (json_int_t)it->sequence, "revision", (json_int_t)it->revision, "by")));
    }
    return TOC_OK;
}

static int by_time(const void *left, const void *right)
{
    const struct entry *const a = left;
    const struct entry *const b = right;

    if (a->time_ms != b->time_ms) {
        return a->time_ms < b->time_ms ? -1 : 1;
    }
    return a->number < b->number ? -1 : 1;
}

static enum toc_result history(struct toc_engine *engine, const struct toc_own_flag *flag,
                               const struct toc_flag_alert *alerts, size_t len,
                               struct toc_arena *arena, json_t *list)
{
    TOC_AUTO(entries_done) struct entries *entries = calloc(1, sizeof(*entries));

    TOC_ENSURE(entries != NULL, TOC_NOMEM);
    TOC_TRY(add_deeds(engine, flag, arena, entries));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(add_revisions(engine, flag, &alerts[i], arena, entries));
    }
    qsort(entries->list, entries->len, sizeof(entries->list[0]), by_time);
    for (size_t i = 0; i < entries->len; i++) {
        TOC_ENSURE(json_array_append(list, entries->list[i].json) == 0, TOC_NOMEM);
    }
    return TOC_OK;
}

/* ---- applied[] ---- */

/* How far a member says that it is with a publisher's stream, in any generation; 0: nothing yet. */
static enum toc_result applied_next(struct toc_engine *engine, const char *publisher,
                                    const char *stream, const char *member, struct toc_arena *arena,
                                    uint64_t *ret_next)
{
    uint64_t next = 0;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *const log = &engine->logs[i];
        struct toc_signed envelope;
        struct toc_statement statement;
        struct toc_bytes bytes;
        if (log->row.id == 0 || strcmp(log->row.log.publisher, publisher) != 0 ||
            strcmp(log->row.log.stream, stream) != 0) {
            continue;
        }
        const enum toc_result result =
            toc_store_statement_get(engine->store, log->row.id, TOC_RECEIPT, member, arena, &bytes);
        if (result == TOC_NOTFOUND) {
            continue;
        }
        TOC_TRY(result);
        TOC_TRY(toc_statement_read(arena, bytes, &envelope, &statement));
        const uint64_t its = toc_receipt_next(engine, log, &statement);
        next = its > next ? its : next;
    }
    *ret_next = next;
    return TOC_OK;
}

/* The newest of its records that is signed. TOC_NOTFOUND: none is. */
static enum toc_result newest_signed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     bool *ret_withdrawn, uint64_t *ret_sequence)
{
    uint64_t sequence = 0;
    enum toc_result result = toc_flag_sequence(engine, flag->id, 0, &sequence);

    *ret_withdrawn = result == TOC_OK && sequence > 0;
    for (uint32_t revision = flag->revision; sequence == 0 && revision > 0; revision--) {
        result = toc_flag_sequence(engine, flag->id, revision, &sequence);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    }
    *ret_sequence = sequence;
    return sequence > 0 ? TOC_OK : TOC_NOTFOUND;
}

struct shown {
    const char *publisher;
    uint64_t sequence; /* 0: not shown yet */
};
struct delivery {
    struct toc_engine *engine;
    struct toc_arena *arena;
    uint64_t sequence; /* of the flag's record */
    bool to_group;
    struct shown shown[TOC_FLAG_ALERTS_MAX]; /* one a hub */
    size_t shown_len;
};

/* Of one hub, the first alert that shows it: what became one with another is shown by that. */
static enum toc_result find_shown(struct delivery *it, const struct toc_own_flag *flag,
                                  bool withdrawn, const struct toc_flag_alert *alerts, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint64_t sequence = 0;
        size_t at = 0;
        const enum toc_result result = toc_flag_shown_since(
            it->engine, flag, it->sequence, withdrawn, &alerts[i], it->arena, &sequence);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        while (at < it->shown_len &&
               strcmp(it->shown[at].publisher, alerts[i].mine.publisher) != 0) {
            at++;
        }
        if (at == it->shown_len) {
            it->shown[it->shown_len++] = (struct shown){alerts[i].mine.publisher, sequence};
        } else if (it->shown[at].sequence == 0 ||
                   (sequence > 0 && sequence < it->shown[at].sequence)) {
            it->shown[at].sequence = sequence;
        }
    }
    return TOC_OK;
}

/* A hub that has not shown a flag that stands still has to; one that never showed what is withdrawn
 * has nothing to take back. */
static void add_silent_hubs(struct delivery *it)
{
    const struct toc_roster *const roster = toc_engine_roster(it->engine);

    for (size_t i = 0; i < roster->members_len && it->shown_len < TOC_FLAG_ALERTS_MAX; i++) {
        const char *const hub = roster->members[i].id;
        bool known = false;
        for (size_t j = 0; j < it->shown_len; j++) {
            known |= strcmp(it->shown[j].publisher, hub) == 0;
        }
        if (!known && toc_member_has(&roster->members[i], TOC_ROLE_HUB)) {
            it->shown[it->shown_len++] = (struct shown){hub, 0};
        }
    }
}

/* Everybody who is to know: a hub by the flag itself, the others by every hub that shows it. */
static enum toc_result has_applied(const struct delivery *it, const struct toc_member *member,
                                   bool *ret_counts, bool *ret_applied)
{
    const struct toc_roster *const roster = toc_engine_roster(it->engine);
    const bool by_flag = it->to_group || toc_member_has(member, TOC_ROLE_HUB);
    uint64_t next;

    *ret_counts = false;
    *ret_applied = true;
    if (by_flag) {
        *ret_counts = toc_roster_in_audience(roster, member->id, it->engine->me, "distress");
        TOC_TRY(applied_next(it->engine, it->engine->me, "distress", member->id, it->arena, &next));
        *ret_applied = next > it->sequence;
        return TOC_OK;
    }
    for (size_t i = 0; i < it->shown_len; i++) {
        const struct shown *const shown = &it->shown[i];
        if (!toc_roster_in_audience(roster, member->id, shown->publisher, "alert")) {
            continue;
        }
        TOC_TRY(applied_next(it->engine, shown->publisher, "alert", member->id, it->arena, &next));
        *ret_applied &= shown->sequence > 0 && next > shown->sequence;
        *ret_counts = true;
    }
    return TOC_OK;
}

static enum toc_result list_applied(const struct delivery *it, json_t *applied)
{
    const struct toc_roster *const roster = toc_engine_roster(it->engine);

    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *const member = &roster->members[i];
        bool counts = false;
        bool has = false;
        if (strcmp(member->id, it->engine->me) == 0) {
            continue;
        }
        TOC_TRY(has_applied(it, member, &counts, &has));
        if (counts && json_array_append_new(applied, json_pack("{s:s, s:b}", "member", member->id,
                                                               "applied", (int)has)) != 0) {
            return TOC_NOMEM;
        }
    }
    return TOC_OK;
}

static enum toc_result add_delivery(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    const struct toc_flag_alert *alerts, size_t len,
                                    struct toc_arena *arena, json_t *reply)
{
    struct delivery it = {.engine = engine, .arena = arena};
    json_t *applied = json_array();
    json_t *shown = json_array();
    int failed = json_object_set_new(reply, "applied", applied);
    bool withdrawn = false;
    enum toc_result result;

    failed |= json_object_set_new(reply, "shown", shown);
    TOC_ENSURE(failed == 0, TOC_NOMEM);
    result = newest_signed(engine, flag, &withdrawn, &it.sequence);
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    TOC_TRY(toc_flag_is_to_group(engine, &it.to_group, NULL));
    TOC_TRY(find_shown(&it, flag, withdrawn, alerts, len));
    if (!withdrawn && !it.to_group) {
        add_silent_hubs(&it);
    }
    for (size_t i = 0; i < it.shown_len; i++) {
        failed |= json_array_append_new(
            shown,
            json_pack("{s:s, s:o}", "publisher", it.shown[i].publisher, "sequence",
                      number_or_null(it.shown[i].sequence > 0, (int64_t)it.shown[i].sequence)));
    }
    TOC_ENSURE(failed == 0, TOC_NOMEM);
    return list_applied(&it, applied);
}

/* ---- the request ---- */

static enum toc_result fill(struct toc_engine *engine, const struct toc_own_flag *flag,
                            struct toc_arena *arena, json_t *reply)
{
    struct toc_flag_alert *const alerts =
        toc_arena_zero(arena, TOC_FLAG_ALERTS_MAX, sizeof(*alerts));
    json_t *list = json_array();
    json_t *row = NULL;
    size_t len;
    int failed = json_object_set_new(reply, "history", list);

    TOC_ENSURE(alerts != NULL && failed == 0, TOC_NOMEM);
    TOC_TRY(toc_local_flag_json(engine, flag, arena, &row));
    failed = json_object_update(reply, row);
    json_decref(row);
    TOC_ENSURE(failed == 0, TOC_NOMEM);
    TOC_TRY(toc_flag_alerts(engine, flag, arena, alerts, &len));
    TOC_TRY(history(engine, flag, alerts, len, arena, list));
    return add_delivery(engine, flag, alerts, len, arena, reply);
}

enum toc_result toc_local_flag_history(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_flag flag;
    json_t *reply;
    enum toc_result result;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_flag_get(engine, local, arena, &flag, why));
    reply = toc_local_reply(local);
    result = reply == NULL ? TOC_NOMEM : fill(engine, &flag, arena, reply);
    if (result != TOC_OK) {
        json_decref(reply);
        return result;
    }
    return toc_local_answer(engine, local, reply, 0);
}
