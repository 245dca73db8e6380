/* The engine's two tables: logs by name, sessions by link. */
#include "engine_internal.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

/* Where the log is, or would be, in logs_sorted. */
static size_t sorted_place(const struct toc_engine *engine, const struct toc_log_id *id,
                           bool *ret_is)
{
    size_t low = 0;
    size_t high = engine->logs_len;

    *ret_is = false;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct toc_log *log = &engine->logs[engine->logs_sorted[middle]];
        const int order = toc_log_id_compare(id, &log->row.log);
        if (order == 0) {
            *ret_is = true;
            return middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

struct toc_log *toc_engine_log(struct toc_engine *engine, const struct toc_log_id *id)
{
    bool is;
    const size_t place = sorted_place(engine, id, &is);

    return is ? &engine->logs[engine->logs_sorted[place]] : NULL;
}

static enum toc_result logs_grow(struct toc_engine *engine)
{
    const size_t room = engine->logs_room == 0 ? 16 : 2 * engine->logs_room;
    struct toc_log *logs;
    uint32_t *sorted;

    if (engine->logs_len < engine->logs_room) {
        return TOC_OK;
    }
    TOC_ENSURE(engine->logs_len < TOC_LOGS_MAX, TOC_TOOBIG);
    logs = realloc(engine->logs, room * sizeof(*logs));
    TOC_ENSURE(logs != NULL, TOC_NOMEM);
    engine->logs = logs;
    sorted = realloc(engine->logs_sorted, room * sizeof(*sorted));
    TOC_ENSURE(sorted != NULL, TOC_NOMEM);
    engine->logs_sorted = sorted;
    engine->logs_room = room;
    return TOC_OK;
}

const struct toc_pin *toc_log_pin(const struct toc_engine *engine, const struct toc_log_id *id)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    for (size_t i = 0; roster != NULL && i < roster->pins_len; i++) {
        if (toc_log_id_compare(&roster->pins[i].log, id) == 0) {
            return &roster->pins[i];
        }
    }
    return NULL;
}

enum toc_result toc_engine_log_get(struct toc_engine *engine, const struct toc_log_id *id,
                                   struct toc_log **ret_log)
{
    bool is;
    const size_t place = sorted_place(engine, id, &is);
    const struct toc_pin *pin = toc_log_pin(engine, id);
    struct toc_log *log;

    if (is) {
        *ret_log = &engine->logs[engine->logs_sorted[place]];
        return TOC_OK;
    }
    TOC_TRY(logs_grow(engine));
    memmove(engine->logs_sorted + place + 1, engine->logs_sorted + place,
            (engine->logs_len - place) * sizeof(engine->logs_sorted[0]));
    engine->logs_sorted[place] = (uint32_t)engine->logs_len;
    log = &engine->logs[engine->logs_len++];
    memset(log, 0, sizeof(*log));
    log->row.log = *id;
    log->row.applied_next = 1;
    log->row.chain.next_sequence = 1;
    log->row.chain.head = toc_head_start(&engine->group, id);
    log->row.closed_next = pin == NULL ? 0 : pin->next_sequence;
    log->own = strcmp(id->publisher, engine->me) == 0;
    log->spoke_mono = engine->now_mono;
    log->heard_mono = engine->now_mono;
    log->receipt_mono = INT64_MIN / 2;
    log->receipts_ahead = UINT64_MAX; /* not known */
    *ret_log = log;
    return TOC_OK;
}

bool toc_engine_log_admissible(struct toc_engine *engine, const struct toc_session *session,
                               const struct toc_log_id *id)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_member *peer = toc_roster_member(roster, session->member);
    const bool from_hub = peer != NULL && toc_member_has(peer, TOC_ROLE_HUB);
    uint32_t newest = 0;
    size_t count = 0;

    if (toc_engine_log(engine, id) != NULL) {
        return true;
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log_row *row = &engine->logs[i].row;
        if (strcmp(row->log.publisher, id->publisher) != 0) {
            continue;
        }
        count++;
        if (strcmp(row->log.stream, id->stream) == 0 && row->log.generation > newest) {
            newest = row->log.generation;
        }
    }
    if (count >= TOC_LOGS_PER_PUBLISHER_MAX ||
        id->generation > newest + TOC_GENERATIONS_AHEAD_MAX) {
        return false;
    }
    /* A hub may offer the history of those who left; a publisher only what it may publish. */
    return from_hub || (strcmp(session->member, id->publisher) == 0 &&
                        toc_roster_may_publish(roster, id->publisher, id->stream));
}

uint32_t toc_engine_log_index(const struct toc_engine *engine, const struct toc_log *log)
{
    return (uint32_t)(log - engine->logs);
}

enum toc_result toc_engine_log_save(struct toc_engine *engine, struct toc_log *log)
{
    TOC_TRY(toc_engine_write(engine));
    return toc_store_log_save(engine->store, &log->row);
}

struct toc_session *toc_engine_session_of(struct toc_engine *engine, toc_link link)
{
    for (size_t i = 0; i < engine->sessions_len && link != 0; i++) {
        if (engine->sessions[i].link == link) {
            return &engine->sessions[i];
        }
    }
    return NULL;
}

bool toc_engine_may_carry(const struct toc_engine *engine, const struct toc_session *session,
                          const struct toc_log *log)
{
    return session->member[0] != '\0' &&
           toc_roster_may_carry(toc_engine_roster(engine), session->member, log->row.log.publisher,
                                log->row.log.stream);
}

static enum toc_result session_add(struct toc_engine *engine, toc_link link,
                                   struct toc_session **ret_session)
{
    struct toc_session *session = NULL;

    for (size_t i = 0; i < engine->sessions_len && session == NULL; i++) {
        session = engine->sessions[i].link == 0 ? &engine->sessions[i] : NULL;
    }
    if (session == NULL) {
        TOC_ENSURE(engine->sessions_len < TOC_LINKS_MAX, TOC_TOOBIG);
        if (engine->sessions_len == engine->sessions_room) {
            const size_t room = engine->sessions_room == 0 ? 8 : 2 * engine->sessions_room;
            struct toc_session *more = realloc(engine->sessions, room * sizeof(*more));
            TOC_ENSURE(more != NULL, TOC_NOMEM);
            engine->sessions = more;
            engine->sessions_room = room;
        }
        session = &engine->sessions[engine->sessions_len++];
    }
    memset(session, 0, sizeof(*session));
    session->link = link;
    session->heard_mono = engine->now_mono;
    session->since_wall_ms = engine->now_wall;
    *ret_session = session;
    return TOC_OK;
}

enum toc_result toc_engine_link_dial(struct toc_engine *engine, toc_link link, const char *member)
{
    struct toc_session *session;

    TOC_TRY(session_add(engine, link, &session));
    session->dialled = true;
    (void)memcpy(session->member, member, strlen(member) + 1);
    return TOC_OK;
}

enum toc_result toc_engine_link_accept(struct toc_engine *engine, toc_link link,
                                       const uint8_t curve_key[TOC_BOX_KEY_LEN])
{
    const struct toc_member *member =
        toc_roster_member_by_curve(toc_engine_roster(engine), curve_key);
    struct toc_session *session;

    TOC_ENSURE(member != NULL, TOC_DENIED);
    TOC_TRY(session_add(engine, link, &session));
    memcpy(session->curve_key, curve_key, TOC_BOX_KEY_LEN);
    memcpy(session->member, member->id, sizeof(session->member));
    session->transport = TOC_PEER_CONNECTED;
    return TOC_OK;
}

/* A session is over: what its peer wanted is forgotten, and what we wanted from it is nobody's. */
static void session_end(struct toc_engine *engine, struct toc_session *session)
{
    session->greeted = false;
    session->open = false;
    session->blocked = false;
    session->starved = false;
    session->unserved = false;
    session->pending_len = 0;
    session->unlisted = false;
    session->held_off = false;
    session->flow = (struct toc_flow){0};
    session->received = 0;
    toc_ask_forget(engine, session);
}

void toc_engine_link_state(struct toc_engine *engine, toc_link link, enum toc_peer_state state)
{
    struct toc_session *session = toc_engine_session_of(engine, link);

    if (session == NULL) {
        return;
    }
    if (session->transport != state) {
        session->since_wall_ms = engine->now_wall;
    }
    session->transport = state;
    session_end(engine, session);
    if (state == TOC_PEER_CONNECTED) {
        session->heard_mono = engine->now_mono;
        if (toc_hello_send(engine, session, false) != TOC_OK) {
            toc_engine_note(engine, TOC_NOTICE_ERROR, "peer.hello", "peer=%s no memory",
                            session->member);
        }
    }
}

void toc_engine_link_gone(struct toc_engine *engine, toc_link link)
{
    struct toc_session *session = toc_engine_session_of(engine, link);

    if (session == NULL) {
        return;
    }
    if (!session->dialled) {
        /* It may be there still: dropped, because its key has opened more. */
        toc_parted_add(&engine->parted, session->curve_key, toc_flow_unread(&session->flow),
                       engine->now_mono);
    }
    session_end(engine, session);
    if (session->dialled) {
        session->transport = TOC_PEER_UNREACHABLE;
        return;
    }
    free(session->pending);
    memset(session, 0, sizeof(*session));
}

void toc_engine_link_blocked(struct toc_engine *engine, toc_link link)
{
    struct toc_session *session = toc_engine_session_of(engine, link);

    if (session != NULL) {
        session->blocked = true;
    }
}
