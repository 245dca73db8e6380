/* tour 7/9: giving what peers want. A Want stands until its session ends: while it has credit,
 * every later batch follows as it is committed. Bytes travel exactly as they were signed. */
#include "engine_internal.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

/* One frame's batches: so that while a reader applies one, the next is on its way. */
#define GIVE_BYTES_MAX (TOC_TICK_BYTES_MAX / 2)

/* Wraps travel first; a frame holds this many. */
#define WRAPS_PER_FRAME 256

struct toc_pending *toc_give_pending(struct toc_session *session, uint32_t log)
{
    size_t low = 0;
    size_t high = session->pending_len;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (session->pending[middle].log == log) {
            return &session->pending[middle];
        }
        if (session->pending[middle].log < log) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static enum toc_result pending_add(struct toc_session *session, uint32_t log,
                                   struct toc_pending **ret_pending)
{
    size_t at = session->pending_len;

    if (session->pending_len == session->pending_room) {
        const size_t room = session->pending_room == 0 ? 4 : 2 * session->pending_room;
        struct toc_pending *more = realloc(session->pending, room * sizeof(*more));
        TOC_ENSURE(more != NULL, TOC_NOMEM);
        session->pending = more;
        session->pending_room = room;
    }
    while (at > 0 && session->pending[at - 1].log > log) {
        session->pending[at] = session->pending[at - 1];
        at--;
    }
    session->pending_len++;
    session->pending[at] = (struct toc_pending){.log = log};
    *ret_pending = &session->pending[at];
    return TOC_OK;
}

void toc_give_peer_has(struct toc_session *session, uint32_t log, uint64_t next_sequence)
{
    struct toc_pending *pending = toc_give_pending(session, log);

    if (pending != NULL && pending->next < next_sequence) {
        pending->next = next_sequence;
    }
}

/* A hub keeps the wraps of all; anybody else gets only its own. */
static const char *wraps_for(const struct toc_engine *engine, const struct toc_session *session)
{
    const struct toc_member *peer = toc_roster_member(toc_engine_roster(engine), session->member);

    return peer != NULL && toc_member_has(peer, TOC_ROLE_HUB) ? NULL : session->member;
}

static bool is_held_off(struct toc_engine *engine, struct toc_session *session)
{
    session->held_off = !session->dialled &&
                        toc_parted_is_over(&engine->parted, session->curve_key, engine->now_mono);
    return session->held_off;
}

static bool has_room(struct toc_engine *engine, struct toc_session *session, size_t len)
{
    return toc_flow_has_room(&session->flow, len) && !is_held_off(engine, session);
}

bool toc_give_may_list(struct toc_engine *engine, struct toc_session *session)
{
    return toc_flow_may_list(&session->flow) && !is_held_off(engine, session);
}

static enum toc_result send_wraps(struct toc_engine *engine, struct toc_session *session,
                                  const struct toc_log *log, struct toc_pending *pending)
{
    const char *member = wraps_for(engine, session);

    while (has_room(engine, session, 0) && toc_out_has_room(engine)) {
        struct toc_bytes wraps[WRAPS_PER_FRAME];
        struct toc_message message = {.kind = TOC_MESSAGE_GIVE};
        size_t len = 0;
        TOC_TRY(toc_store_wraps(engine->store, log->row.id, member, pending->wraps_after,
                                engine->arena, wraps, WRAPS_PER_FRAME, &len,
                                &pending->wraps_after));
        if (len == 0) {
            return TOC_OK;
        }
        message.as.give = (struct toc_give){.log = log->row.log, .wraps = wraps, .wraps_len = len};
        TOC_TRY(toc_out_message(engine, session, &message));
    }
    session->starved |= !has_room(engine, session, 0);
    return TOC_OK;
}

/* There is more of it, and the peer has asked for that. */
static bool is_wanted(const struct toc_pending *pending, const struct toc_log *log)
{
    return pending->next < log->row.chain.next_sequence &&
           (pending->until == 0 || pending->next < pending->until) && pending->credit > 0;
}

/* One frame of batches. TOC_NOTFOUND: nothing more may go now. */
static enum toc_result send_batches(struct toc_engine *engine, struct toc_session *session,
                                    const struct toc_log *log, struct toc_pending *pending)
{
    struct toc_bytes batches[TOC_GIVE_BATCHES_MAX];
    struct toc_message message = {.kind = TOC_MESSAGE_GIVE};
    size_t bytes = 0;
    size_t len = 0;

    while (len < TOC_GIVE_BATCHES_MAX && is_wanted(pending, log) &&
           has_room(engine, session, bytes)) {
        struct toc_stored_batch stored;
        TOC_TRY(
            toc_store_batch_get(engine->store, log->row.id, pending->next, engine->arena, &stored));
        if (len > 0 && bytes + stored.bytes.len > GIVE_BYTES_MAX) {
            break;
        }
        /* The last one may overdraw the credit: it is at least one batch. */
        pending->credit -=
            pending->credit < stored.bytes.len ? pending->credit : (uint32_t)stored.bytes.len;
        pending->next = stored.first_sequence + stored.count;
        bytes += stored.bytes.len;
        batches[len++] = stored.bytes;
        engine->counters.batches_given++;
    }
    TOC_ENSURE(len > 0, TOC_NOTFOUND);
    message.as.give =
        (struct toc_give){.log = log->row.log, .batches = batches, .batches_len = len};
    return toc_out_message(engine, session, &message);
}

static enum toc_result serve(struct toc_engine *engine, struct toc_session *session,
                             struct toc_pending *pending)
{
    const struct toc_log *log = &engine->logs[pending->log];
    /* A stopped log is given to its publisher only: it must see what does not fit. */
    const bool stopped =
        log->row.state == TOC_LOG_STOPPED && strcmp(session->member, log->row.log.publisher) != 0;
    enum toc_result result = TOC_OK;

    if (session->blocked || log->row.id == 0 || stopped ||
        !toc_engine_may_carry(engine, session, log)) {
        return TOC_OK;
    }
    TOC_TRY(send_wraps(engine, session, log, pending));
    while (result == TOC_OK && toc_out_has_room(engine)) {
        result = send_batches(engine, session, log, pending);
    }
    session->unserved |= !toc_out_has_room(engine);
    session->starved |= is_wanted(pending, log);
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

static enum toc_result start_over(struct toc_engine *engine, struct toc_session *session,
                                  const struct toc_log *log, const struct toc_want *want,
                                  struct toc_pending *pending)
{
    uint64_t first = 1;

    if (log->row.id != 0 && toc_apply_first_sequence(engine, log, &first) == TOC_STORE) {
        return TOC_STORE;
    }
    pending->next = want->from_sequence > first ? want->from_sequence : first;
    pending->until = want->until_sequence;
    pending->credit = 0;
    pending->wraps_after = 0;
    if (log->row.id != 0 && toc_store_wraps_count(engine->store, log->row.id,
                                                  wraps_for(engine, session)) == want->wraps_held) {
        pending->wraps_after =
            toc_store_wraps_last(engine->store, log->row.id, wraps_for(engine, session));
    }
    return TOC_OK;
}

static enum toc_result serve_all(struct toc_engine *engine, struct toc_session *session)
{
    session->starved = false;
    session->unserved = false;
    for (size_t i = 0; i < session->pending_len; i++) {
        TOC_TRY(serve(engine, session, &session->pending[i]));
    }
    return TOC_OK;
}

enum toc_result toc_give_want(struct toc_engine *engine, struct toc_session *session,
                              const struct toc_want *want)
{
    struct toc_log *log = toc_engine_log(engine, &want->log);
    const uint32_t index = toc_engine_log_index(engine, log);
    struct toc_pending *pending = toc_give_pending(session, index);
    const bool is_new = pending == NULL;

    if (is_new) {
        TOC_TRY(pending_add(session, index, &pending));
    }
    if (is_new || !want->more) {
        TOC_TRY(start_over(engine, session, log, want, pending));
    }
    pending->credit = want->credit > TOC_CREDIT_MAX - pending->credit
                          ? TOC_CREDIT_MAX
                          : pending->credit + want->credit;
    return serve(engine, session, pending);
}

enum toc_result toc_give_on(struct toc_engine *engine, struct toc_session *session)
{
    if (session->open && session->unlisted && toc_give_may_list(engine, session)) {
        TOC_TRY(toc_hello_list(engine, session));
    }
    return session->open && session->starved ? serve_all(engine, session) : TOC_OK;
}

static enum toc_result serve_log(struct toc_engine *engine, uint32_t index)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        struct toc_pending *pending =
            session->link != 0 && session->open ? toc_give_pending(session, index) : NULL;
        if (pending != NULL) {
            TOC_TRY(serve(engine, session, pending));
        }
    }
    return TOC_OK;
}

/* What the last tick's outbox had no room for goes first. */
static enum toc_result serve_leftovers(struct toc_engine *engine)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        if (session->link != 0 && session->open && session->unserved) {
            TOC_TRY(serve_all(engine, session));
        }
    }
    return TOC_OK;
}

bool toc_give_unserved(const struct toc_engine *engine)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        if (engine->sessions[i].link != 0 && engine->sessions[i].unserved &&
            engine->sessions[i].open && !engine->sessions[i].blocked) {
            return true;
        }
    }
    return false;
}

enum toc_result toc_give_finish(struct toc_engine *engine)
{
    TOC_TRY(serve_leftovers(engine));
    for (size_t i = 0; i < engine->logs_len; i++) {
        if (engine->logs[i].advanced) {
            engine->logs[i].advanced = false;
            TOC_TRY(serve_log(engine, (uint32_t)i));
        }
    }
    return TOC_OK;
}
