/* What is said without being asked, and when: heartbeats of own logs, those of others that a hub
 * passes on, closings of logs whose key is gone. Receipts are receipts.c. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

#define RELAYS 10 /* at most, in an interval, of what others' heartbeats say */

int64_t toc_heartbeat_interval_ms(const struct toc_engine *engine)
{
    return (int64_t)engine->conf->heartbeat_s * 1000;
}

bool toc_engine_is_hub(const struct toc_engine *engine, const char *id)
{
    const struct toc_member *member = toc_roster_member(toc_engine_roster(engine), id);

    return member != NULL && toc_member_has(member, TOC_ROLE_HUB);
}

enum toc_result toc_statement_say(struct toc_engine *engine, const struct toc_log *log,
                                  enum toc_statement_kind kind, uint64_t next_sequence,
                                  const struct toc_hash *head, struct toc_statement *ret_statement,
                                  struct toc_bytes *ret_bytes)
{
    struct toc_statement statement = {.kind = kind,
                                      .group = engine->group,
                                      .log = log->row.log,
                                      .next_sequence = next_sequence,
                                      .head = *head,
                                      .roster_version = toc_roster_chain_version(engine->rosters),
                                      .time_ms = engine->now_wall};

    memcpy(statement.author, engine->me, strlen(engine->me) + 1);
    TOC_TRY(toc_statement_make(engine->arena, &statement, &engine->keys->sign_secret, ret_bytes));
    *ret_statement = statement;
    return TOC_OK;
}

/* ---- heartbeats ---- */

/* Signs what is due, once, and keeps it as the log's newest heartbeat for this tick's sends. */
static enum toc_result beat_own_logs(struct toc_engine *engine, struct toc_bytes *ret_beats,
                                     bool *ret_any)
{
    const bool proven = toc_publish_proven(engine);

    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        struct toc_statement statement;
        ret_beats[i] = toc_bytes_of(NULL, 0);
        if (!log->own || log->row.id == 0 || log->row.state != TOC_LOG_OPEN || !proven ||
            engine->now_mono - log->spoke_mono < toc_heartbeat_interval_ms(engine)) {
            continue;
        }
        TOC_TRY(toc_statement_say(engine, log, TOC_HEARTBEAT, log->row.chain.next_sequence,
                                  &log->row.chain.head, &statement, &ret_beats[i]));
        log->spoke_mono = engine->now_mono;
        log->spoke = true;
        *ret_any = true;
    }
    return TOC_OK;
}

/* Connected, but a frame (the first Hello, perhaps) met a full socket and nothing was heard since.
 */
static bool was_cut_off(const struct toc_engine *engine, const struct toc_session *session)
{
    return session->member[0] != '\0' && session->transport == TOC_PEER_CONNECTED &&
           (session->blocked ||
            (session->dialled && !session->greeted &&
             engine->now_mono - session->heard_mono >= toc_heartbeat_interval_ms(engine)));
}

/* Every open session hears something each interval, so that silence means something. */
static enum toc_result beat(struct toc_engine *engine)
{
    struct toc_bytes *beats = toc_arena_zero(engine->arena, engine->logs_len + 1, sizeof(*beats));
    bool any = false;

    TOC_ENSURE(beats != NULL, TOC_NOMEM);
    TOC_TRY(beat_own_logs(engine, beats, &any));
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        struct toc_bundle bundle = {.len = 0};
        if (session->link != 0 && was_cut_off(engine, session)) {
            session->blocked = false;
            TOC_TRY(toc_hello_send(engine, session, false));
            continue;
        }
        if (session->link == 0 || !session->open) {
            continue;
        }
        for (size_t j = 0; any && j < engine->logs_len; j++) {
            if (beats[j].len > 0 && toc_engine_may_carry(engine, session, &engine->logs[j])) {
                TOC_TRY(toc_bundle_add(engine, session, &bundle, beats[j]));
            }
        }
        TOC_TRY(toc_bundle_send(engine, session, &bundle));
        TOC_TRY(toc_ask_offer_grown(engine, session));
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        engine->logs[i].grew = false;
    }
    return TOC_OK;
}

static enum toc_result ask_for_tails(struct toc_engine *engine)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        const bool ended_early = log->row.closed_next != 0 && log->row.state == TOC_LOG_OPEN &&
                                 log->row.chain.next_sequence < log->row.closed_next;
        if (log->heard_next > log->row.chain.next_sequence || ended_early || log->waiting_key ||
            log->claimed_next > log->row.chain.next_sequence) {
            TOC_TRY(toc_ask_missing(engine, log));
        }
    }
    return TOC_OK;
}

/* ---- a hub passes heartbeats on ---- */

/* What came since the last time, to everybody but who said it. At once after a quiet while; then
 * together: of n members each hears n heartbeats an interval, and n * n frames of one are most of
 * what an idle hub does. */
static enum toc_result relay_heartbeats(struct toc_engine *engine, int64_t *deadline)
{
    if (!engine->relay_due) {
        return TOC_OK;
    }
    if (engine->relay_mono > engine->now_mono) {
        *deadline = engine->relay_mono < *deadline ? engine->relay_mono : *deadline;
        return TOC_OK;
    }
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        struct toc_bundle bundle = {.len = 0};
        if (session->link == 0 || !session->open || session->blocked) {
            continue;
        }
        for (size_t j = 0; j < engine->logs_len; j++) {
            const struct toc_log *log = &engine->logs[j];
            if (log->relay_due && log->relay_from != session->link &&
                toc_engine_may_carry(engine, session, log)) {
                TOC_TRY(toc_bundle_add(engine, session, &bundle, log->heartbeat));
            }
        }
        TOC_TRY(toc_bundle_send(engine, session, &bundle));
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        engine->logs[i].relay_due = false;
    }
    engine->relay_due = false;
    engine->relay_mono = engine->now_mono + toc_heartbeat_interval_ms(engine) / RELAYS;
    return TOC_OK;
}

/* ---- closings ---- */

static enum toc_result close_log(struct toc_engine *engine, struct toc_log *log)
{
    struct toc_statement closing;
    struct toc_bytes bytes;

    TOC_TRY(toc_statement_say(engine, log, TOC_CLOSING, log->row.chain.next_sequence,
                              &log->row.chain.head, &closing, &bytes));
    TOC_TRY(toc_statement_close(engine, log, &closing, bytes));
    return toc_statement_spread(engine, NULL, log, bytes);
}

/* Open, and something of it is here: who holds nothing cannot say where it ends. */
static bool is_open(const struct toc_log *log)
{
    return log->row.id != 0 && log->row.chain.epoch != 0 && log->row.closed_next == 0 &&
           log->row.state != TOC_LOG_STOPPED;
}

enum toc_result toc_heartbeat_close_logs(struct toc_engine *engine, const struct toc_roster *was)
{
    const struct toc_roster *now = toc_engine_roster(engine);

    if (!toc_engine_is_hub(engine, engine->me)) {
        return TOC_OK;
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        const struct toc_member *before = toc_roster_member(was, log->row.log.publisher);
        const struct toc_member *after = toc_roster_member(now, log->row.log.publisher);
        if (is_open(log) && before != NULL &&
            (after == NULL || !toc_member_same_keys(before, after))) {
            TOC_TRY(close_log(engine, log));
        }
    }
    return TOC_OK;
}

/* Nothing of the log was here when its publisher went; others had it by links of their own, and the
 * hub takes it over. It ends where it has grown no more for an interval. With other hubs it is left
 * open: one of them may have closed it further on. */
static enum toc_result close_what_came_late(struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    for (size_t i = 0; i < roster->members_len; i++) {
        const bool is_hub = toc_member_has(&roster->members[i], TOC_ROLE_HUB);
        if (is_hub != (strcmp(roster->members[i].id, engine->me) == 0)) {
            return TOC_OK;
        }
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        if (is_open(log) && !log->grew &&
            toc_roster_member(roster, log->row.log.publisher) == NULL) {
            TOC_TRY(close_log(engine, log));
        }
    }
    return TOC_OK;
}

/* What was said last may have been lost with the session before, or with a crash. */
static void say_receipts_again(struct toc_engine *engine, const struct toc_session *session,
                               struct toc_log *log)
{
    const bool to_publisher = strcmp(session->member, log->row.log.publisher) == 0;

    const bool due = !log->own && log->row.applied_next > 1 &&
                     (to_publisher || toc_engine_is_hub(engine, session->member)) &&
                     toc_roster_in_audience(toc_engine_roster(engine), engine->me,
                                            log->row.log.publisher, log->row.log.stream);

    log->receipts_grew |= toc_engine_is_hub(engine, engine->me) && (log->own || to_publisher);
    log->receipt_due |= due;
    log->receipt_unheard |= due;
}

enum toc_result toc_heartbeat_greet(struct toc_engine *engine, struct toc_session *session)
{
    struct toc_bundle bundle = {.len = 0};

    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        struct toc_stored_statement closings[2];
        size_t len = 0;
        if (log->row.id == 0 || !toc_engine_may_carry(engine, session, log)) {
            continue;
        }
        say_receipts_again(engine, session, log);
        /* Not what a hub told us that we said before our disk was put back. */
        if (log->heartbeat.len > 0 && !log->own) {
            TOC_TRY(toc_bundle_add(engine, session, &bundle, log->heartbeat));
        }
        if (log->row.closed_next == 0) {
            continue;
        }
        TOC_TRY(toc_store_statements(engine->store, log->row.id, TOC_CLOSING, engine->arena,
                                     closings, 2, &len));
        for (size_t j = 0; j < len; j++) {
            TOC_TRY(toc_bundle_add(engine, session, &bundle, closings[j].bytes));
        }
    }
    return toc_bundle_send(engine, session, &bundle);
}

/* ---- the roster's age ---- */

static void watch_expiry(struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const enum toc_validity validity = toc_roster_validity(roster, engine->now_wall);
    const int64_t days = toc_roster_days_left(roster, engine->now_wall);

    if (validity == engine->validity_said) {
        return;
    }
    engine->validity_said = validity;
    if (validity != TOC_VALID) {
        toc_engine_note(engine, validity == TOC_EXPIRES_SOON ? TOC_NOTICE_WARN : TOC_NOTICE_ERROR,
                        "roster.expiry", "version=%llu days_left=%lld",
                        (unsigned long long)roster->version, (long long)days);
    }
    for (size_t i = 0; validity == TOC_EXPIRED && i < engine->sessions_len; i++) {
        engine->sessions[i].open = false;
    }
}

/* ---- what is left to do each tick ---- */

/* Wraps that a crash left unmade, and logs whose key or older generation came late. */
static enum toc_result catch_up(struct toc_engine *engine)
{
    const bool again = engine->more_to_apply || !engine->wraps_checked;

    engine->more_to_apply = false;
    for (size_t i = 0; !engine->wraps_checked && i < engine->logs_len; i++) {
        TOC_TRY(toc_epoch_wrap_lost(engine, &engine->logs[i]));
    }
    for (size_t i = 0; again && i < engine->logs_len; i++) {
        TOC_TRY(toc_apply_log(engine, &engine->logs[i]));
    }
    engine->wraps_checked = true;
    engine->more_to_apply |= engine->applications == 0;
    return TOC_OK;
}

enum toc_result toc_heartbeat_finish(struct toc_engine *engine)
{
    int64_t deadline;

    watch_expiry(engine);
    TOC_TRY(catch_up(engine));
    if (engine->beat_mono <= engine->now_mono) {
        engine->beat_mono = engine->now_mono + toc_heartbeat_interval_ms(engine);
        toc_ask_watch_words(engine);
        TOC_TRY(close_what_came_late(engine));
        TOC_TRY(beat(engine));
        TOC_TRY(ask_for_tails(engine));
    }
    deadline = engine->beat_mono;
    TOC_TRY(toc_receipts_finish(engine, &deadline));
    TOC_TRY(relay_heartbeats(engine, &deadline));
    engine->beat_deadline = deadline;
    return TOC_OK;
}

int64_t toc_heartbeat_deadline(const struct toc_engine *engine)
{
    return engine->beat_deadline;
}

/* ---- what a peer's state is called ---- */

const char *toc_peer_state_name(enum toc_peer_state state)
{
    switch (state) {
    case TOC_PEER_UNREACHABLE:
        return "unreachable";
    case TOC_PEER_CONNECTED:
        return "connected";
    case TOC_PEER_WRONG_SERVER_KEY:
        return "wrong_server_key";
    case TOC_PEER_REFUSED:
        return "refused";
    case TOC_PEER_ROSTER_EXPIRED:
        return "roster_expired";
    case TOC_PEER_LAGGING:
        return "lagging";
    }
    TOC_UNREACHABLE();
}

static bool holds_back(const struct toc_engine *engine, const struct toc_session *session)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->missed >= 3 && (log->source == session->link ||
                                 strcmp(log->row.log.publisher, session->member) == 0)) {
            return true;
        }
    }
    return false;
}

enum toc_peer_state toc_session_state(const struct toc_engine *engine,
                                      const struct toc_session *session)
{
    if (toc_roster_validity(toc_engine_roster(engine), engine->now_wall) == TOC_EXPIRED) {
        return TOC_PEER_ROSTER_EXPIRED;
    }
    if (session->transport != TOC_PEER_CONNECTED) {
        return session->transport;
    }
    if (engine->now_mono - session->heard_mono >= 3 * toc_heartbeat_interval_ms(engine) + 500 ||
        holds_back(engine, session)) {
        return TOC_PEER_LAGGING;
    }
    return TOC_PEER_CONNECTED;
}
