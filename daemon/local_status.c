/* `status`: what this daemon holds, whom it hears, and who has applied what. */
#include "local_status.h"

#include "ensure.h"

#include <string.h>

/* What fits one reply. Beyond it a list is cut, and says so. */
#define LOGS_MAX 2000
#define APPLIED_MAX 8000
#define STATUS_ARENA_MAX ((size_t)16 * TOC_MEMBERS_MAX * TOC_SIGNED_LEN_MAX)

struct status {
    struct toc_engine *engine;
    json_t *reply;
    struct toc_arena *arena;
    size_t applied; /* receipts named so far */
    int failed;
};

static void set(struct status *status, const char *key, json_t *value)
{
    status->failed |= json_object_set_new(status->reply, key, value);
}

static void set_number(struct status *status, const char *key, uint64_t number)
{
    set(status, key, json_integer((json_int_t)number));
}

/* ---- the group ---- */

static const char *validity_text(enum toc_validity validity)
{
    switch (validity) {
    case TOC_VALID:
        return "valid";
    case TOC_EXPIRES_SOON:
        return "expires_soon";
    case TOC_IN_GRACE:
        return "in_grace";
    case TOC_EXPIRED:
        return "expired";
    }
    TOC_UNREACHABLE();
    return "";
}

static void add_group(struct status *status)
{
    const struct toc_engine *engine = status->engine;
    const struct toc_roster *roster = toc_engine_roster(engine);
    const char *note = toc_holder_note(engine);
    char fingerprint[TOC_FINGERPRINT_LEN + 1];

    toc_fingerprint(&engine->group, fingerprint);
    set(status, "member", json_string(engine->me));
    set(status, "group", json_string(roster->group));
    set(status, "group_fingerprint", json_string(fingerprint));
    set_number(status, "roster_version", roster->version);
    set(status, "roster_expires", toc_local_time(roster->expires_ms));
    set(status, "roster_state",
        json_string(validity_text(toc_roster_validity(roster, engine->now_wall))));
    set(status, "holder_note", note == NULL ? json_null() : json_string(note));
}

/* ---- peers and members ---- */

static bool answers(const struct toc_engine *engine, const struct toc_session *session)
{
    return toc_session_state(engine, session) == TOC_PEER_CONNECTED;
}

const struct toc_session *toc_best_session(const struct toc_engine *engine, const char *member)
{
    const struct toc_session *best = NULL;

    for (size_t i = 0; i < engine->sessions_len; i++) {
        const struct toc_session *session = &engine->sessions[i];
        if (session->link == 0 || strcmp(session->member, member) != 0) {
            continue;
        }
        if (best == NULL || (answers(engine, session) && !answers(engine, best))) {
            best = session;
        }
    }
    return best;
}

int64_t toc_member_heard(const struct toc_engine *engine, const char *member)
{
    int64_t heard = INT64_MIN;

    for (size_t i = 0; i < engine->sessions_len; i++) {
        const struct toc_session *session = &engine->sessions[i];
        if (session->link != 0 && session->greeted && strcmp(session->member, member) == 0 &&
            session->heard_mono > heard) {
            heard = session->heard_mono;
        }
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->heartbeat.len > 0 && strcmp(log->row.log.publisher, member) == 0 &&
            log->heard_mono > heard) {
            heard = log->heard_mono;
        }
    }
    return heard == INT64_MIN ? 0 : engine->now_wall - (engine->now_mono - heard);
}

static const char *address_of(const struct toc_engine *engine, const char *member)
{
    for (size_t i = 0; i < engine->conf->peers_len; i++) {
        if (strcmp(engine->conf->peers[i].member, member) == 0) {
            return engine->conf->peers[i].session;
        }
    }
    return NULL;
}

static json_t *peer_json(const struct toc_engine *engine, const struct toc_session *session)
{
    const char *address = session->dialled ? address_of(engine, session->member) : NULL;
    json_t *peer = json_pack("{s:s, s:s, s:b}", "member", session->member, "state",
                             toc_peer_state_name(toc_session_state(engine, session)), "dialled",
                             session->dialled);

    if (json_object_set_new(peer, "since", toc_local_time(session->since_wall_ms)) != 0 ||
        json_object_set_new(peer, "address",
                            address == NULL ? json_null() : json_string(address)) != 0) {
        json_decref(peer);
        return NULL;
    }
    return peer;
}

/* A peer need not be a member any more: what was dialled is shown all the same. */
static void add_peers(struct status *status)
{
    const struct toc_engine *engine = status->engine;
    json_t *peers = json_array();

    for (size_t i = 0; i < engine->sessions_len; i++) {
        const struct toc_session *session = &engine->sessions[i];
        if (session->link != 0 && session->member[0] != '\0' &&
            session == toc_best_session(engine, session->member)) {
            status->failed |= json_array_append_new(peers, peer_json(engine, session));
        }
    }
    set(status, "peers", peers);
}

static void add_members(struct status *status)
{
    const struct toc_engine *engine = status->engine;
    const struct toc_roster *roster = toc_engine_roster(engine);
    json_t *members = json_array();

    for (size_t i = 0; i < roster->members_len; i++) {
        const char *id = roster->members[i].id;
        json_t *one = json_pack("{s:s}", "member", id);
        if (strcmp(id, engine->me) == 0) {
            json_decref(one);
            continue;
        }
        status->failed |=
            json_object_set_new(one, "heard", toc_local_time(toc_member_heard(engine, id)));
        status->failed |= json_array_append_new(members, one);
    }
    set(status, "members", members);
}

/* ---- logs ---- */

const char *toc_log_state_text(const struct toc_engine *engine, const struct toc_log *log)
{
    switch (log->row.state) {
    case TOC_LOG_STOPPED:
        return "stopped";
    case TOC_LOG_ENDED:
        return "ended";
    case TOC_LOG_OPEN:
        break;
    }
    if (log->waiting_key) {
        return "waiting_key";
    }
    return log->own && !toc_publish_proven(engine) ? "unproven" : "open";
}

static int append_applied(json_t *applied, const char *member, uint64_t next_sequence)
{
    return json_array_append_new(applied, json_pack("{s:s, s:I}", "member", member, "sequence",
                                                    (json_int_t)(next_sequence - 1)));
}

/* Receipts of one's own logs, and of a hub's, come from all who read them: silence says something.
 * (Of what is for one member alone there are many, and nobody looks.) */
static bool hears_all_readers(const struct toc_engine *engine, const struct toc_log *log)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_stream_rule *rule = toc_roster_rule(roster, log->row.log.stream);
    const struct toc_member *publisher = toc_roster_member(roster, log->row.log.publisher);

    return rule != NULL && rule->audience != TOC_AUDIENCE_NAMED_MEMBER &&
           (log->own || (publisher != NULL && toc_member_has(publisher, TOC_ROLE_HUB)));
}

static bool has_receipt(const struct toc_stored_statement *receipts, size_t len, const char *member)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(receipts[i].author, member) == 0) {
            return true;
        }
    }
    return false;
}

/* Readers that have not said that they applied anything: the hub may keep it from them, or keep
 * what they say from us. */
static void add_unheard(struct status *status, const struct toc_log *log,
                        const struct toc_stored_statement *receipts, size_t len, json_t *applied)
{
    const struct toc_roster *roster = toc_engine_roster(status->engine);
    const struct toc_log_id *id = &log->row.log;

    for (size_t i = 0; i < roster->members_len && status->applied < APPLIED_MAX; i++) {
        const char *member = roster->members[i].id;
        if (strcmp(member, id->publisher) != 0 && strcmp(member, status->engine->me) != 0 &&
            toc_roster_in_audience(roster, member, id->publisher, id->stream) &&
            !has_receipt(receipts, len, member)) {
            status->failed |= append_applied(applied, member, 1);
            status->applied++;
        }
    }
}

/* Everybody whose receipt is held or missing, and this member itself. */
static enum toc_result add_applied(struct status *status, const struct toc_log *log, json_t *one)
{
    struct toc_stored_statement *receipts =
        toc_arena_zero(status->arena, TOC_MEMBERS_MAX, sizeof(*receipts));
    json_t *applied = json_array();
    size_t len = 0;

    status->failed |= json_object_set_new(one, "applied", applied);
    TOC_ENSURE(receipts != NULL && status->failed == 0, TOC_NOMEM);
    TOC_TRY(toc_store_statements(status->engine->store, log->row.id, TOC_RECEIPT, status->arena,
                                 receipts, TOC_MEMBERS_MAX, &len));
    for (size_t i = 0; i < len && status->applied < APPLIED_MAX; i++, status->applied++) {
        struct toc_signed envelope;
        struct toc_statement receipt;
        if (strcmp(receipts[i].author, status->engine->me) != 0) {
            TOC_TRY(toc_statement_read(status->arena, receipts[i].bytes, &envelope, &receipt));
            status->failed |= append_applied(applied, receipts[i].author,
                                             toc_receipt_next(status->engine, log, &receipt));
        }
    }
    if (hears_all_readers(status->engine, log)) {
        add_unheard(status, log, receipts, len, applied);
    }
    status->failed |= append_applied(applied, status->engine->me, log->row.applied_next);
    return TOC_OK;
}

static enum toc_result add_log(struct status *status, const struct toc_log *log, json_t *logs)
{
    const struct toc_log_row *row = &log->row;
    json_t *one = json_pack(
        "{s:s, s:s, s:I, s:I, s:s, s:I, s:I}", "publisher", row->log.publisher, "stream",
        row->log.stream, "generation", (json_int_t)row->log.generation, "next_sequence",
        (json_int_t)row->chain.next_sequence, "state", toc_log_state_text(status->engine, log),
        "applied_here", (json_int_t)(row->applied_next - 1), "invalid_records",
        (json_int_t)row->invalid_records);

    toc_arena_reset(status->arena);
    status->failed |= json_object_set_new(one, "head", toc_local_hash(&row->chain.head));
    status->failed |= json_array_append_new(logs, one);
    TOC_ENSURE(status->failed == 0, TOC_NOMEM);
    return add_applied(status, log, one);
}

static enum toc_result add_logs(struct status *status)
{
    const struct toc_engine *engine = status->engine;
    json_t *logs = json_array();
    size_t named = 0;

    set(status, "logs", logs);
    TOC_ENSURE(status->failed == 0, TOC_NOMEM);
    for (size_t i = 0; i < engine->logs_len && named < LOGS_MAX; i++) {
        const struct toc_log *log = &engine->logs[engine->logs_sorted[i]];
        if (log->row.id != 0) {
            TOC_TRY(add_log(status, log, logs));
            named++;
        }
    }
    set(status, "lists_cut", json_boolean(named == LOGS_MAX || status->applied == APPLIED_MAX));
    return TOC_OK;
}

/* ---- figures ---- */

static enum toc_result add_figures(struct status *status)
{
    struct toc_store *store = status->engine->store;

    set_number(status, "drafts", toc_store_drafts_count(store));
    set_number(status, "waiting", toc_store_submissions_waiting(store));
    set_number(status, "evidence", toc_store_evidence_count(store));
    return TOC_OK;
}

static void add_counters(struct status *status)
{
    const struct toc_counters *count = &status->engine->counters;
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"batches_stored", count->batches_stored},
        {"batches_given", count->batches_given},
        {"records_applied", count->records_applied},
        {"records_invalid", count->records_invalid},
        {"frames_refused", count->frames_refused},
        {"frames_ignored", count->frames_ignored},
        {"signatures_bad", count->signatures_bad},
        {"conflicts", count->conflicts},
        {"wraps_made", count->wraps_made},
        {"feed_heard", count->feed_heard},
        {"feed_used", count->feed_used},
    };
    json_t *counters = json_object();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        status->failed |=
            json_object_set_new(counters, rows[i].name, json_integer((json_int_t)rows[i].value));
    }
    set(status, "counters", counters);
}

enum toc_result toc_local_status(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *reply = toc_local_reply(local);
    struct status status = {.engine = engine, .reply = reply};

    (void)why;
    TOC_TRY(toc_arena_new(STATUS_ARENA_MAX, &arena));
    status.arena = arena;
    add_group(&status);
    add_peers(&status);
    add_members(&status);
    TOC_TRY(add_logs(&status));
    TOC_TRY(add_figures(&status));
    add_counters(&status);
    set(&status, "warnings", toc_status_warnings(engine));
    return toc_local_answer(engine, local, toc_take(&reply), status.failed);
}
