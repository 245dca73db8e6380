/* tour 6/9: a frame of a session finds its handler. Decoding is bounded; who sent it is known from
 * the transport, and a key that the roster no longer has is nobody's. */
#include "engine_internal.h"

#include "ensure.h"

static enum toc_result handle(struct toc_engine *engine, struct toc_session *session,
                              const struct toc_message *message)
{
    switch (message->kind) {
    case TOC_MESSAGE_NEWER:
        engine->counters.frames_ignored++;
        return TOC_OK;
    case TOC_MESSAGE_HELLO:
        return toc_handle_hello(engine, session, &message->as.hello);
    case TOC_MESSAGE_ROSTERS:
        return toc_handle_rosters(engine, session, &message->as.rosters);
    case TOC_MESSAGE_HAVE:
        return toc_handle_have(engine, session, &message->as.have);
    case TOC_MESSAGE_WANT:
        return toc_handle_want(engine, session, &message->as.want);
    case TOC_MESSAGE_GIVE:
        return toc_handle_give(engine, session, &message->as.give);
    case TOC_MESSAGE_STATEMENTS:
        return toc_handle_statements(engine, session, &message->as.statements);
    case TOC_MESSAGE_REFUSAL:
        toc_engine_note(engine, TOC_NOTICE_WARN, "peer.refused", "peer=%s result=%s",
                        session->member,
                        toc_result_name((enum toc_result)message->as.refusal.code));
        return TOC_OK;
    }
    TOC_UNREACHABLE();
}

/* Our own faults stop the tick; a peer's are counted. What we hold already, or cannot take yet, is
 * nobody's fault: ways cross, and it is asked for again. */
static enum toc_result settle(struct toc_engine *engine, enum toc_result result)
{
    if (result == TOC_STORE || result == TOC_NOMEM) {
        engine->store_failed = true;
        return result;
    }
    if (result == TOC_EXISTS || result == TOC_AGAIN || result == TOC_STALE) {
        return TOC_OK;
    }
    engine->counters.frames_refused += result != TOC_OK ? 1 : 0;
    return result;
}

/* Frames for it met a full socket and are lost. Now that it speaks again, both sides begin anew: a
 * Hello brings back whatever was on its way. */
static enum toc_result resume(struct toc_engine *engine, struct toc_session *session)
{
    if (!session->blocked) {
        return TOC_OK;
    }
    session->blocked = false;
    return toc_hello_send(engine, session, false);
}

/* Who talks without having greeted takes this for an open session: we have forgotten it (a send
 * that found nobody, a key with too many links) on a connection that stayed up, and nothing else
 * would ever tell the peer. A Hello brings one back. Once an interval, whatever comes in. */
static enum toc_result greet_forgotten(struct toc_engine *engine, struct toc_session *session,
                                       const struct toc_message *message)
{
    if (session->greeted || session->dialled || message->kind == TOC_MESSAGE_HELLO ||
        message->kind == TOC_MESSAGE_REFUSAL || engine->now_mono < session->greet_mono) {
        return TOC_OK;
    }
    session->greet_mono = engine->now_mono + (int64_t)engine->conf->heartbeat_s * 1000;
    return toc_hello_send(engine, session, false);
}

/* A peer that is in the roster. A link that was dialled keeps the name of one that has left. */
static bool is_somebody(const struct toc_engine *engine, const struct toc_session *session)
{
    return session != NULL && session->member[0] != '\0' &&
           toc_roster_member(toc_engine_roster(engine), session->member) != NULL;
}

/* What the frame says of the connection, whatever else it says. True: the peer has read more. */
static bool take_flow(struct toc_session *session, const struct toc_message *message)
{
    if (message->stamp != 0) {
        session->flow.seen = message->stamp;
        session->flow.unsaid = true;
    }
    return toc_flow_confirm(&session->flow, message->seen);
}

enum toc_result toc_engine_session(struct toc_engine *engine, toc_link link, struct toc_bytes frame)
{
    struct toc_session *session = toc_engine_session_of(engine, link);
    struct toc_message message;
    enum toc_result result;
    bool has_read;

    if (!is_somebody(engine, session)) {
        engine->counters.frames_ignored++;
        return TOC_DENIED;
    }
    TOC_ENSURE(!engine->store_failed, TOC_STORE);
    session->heard_mono = engine->now_mono;
    result = toc_wire_message_decode(engine->arena, frame, &message);
    if (result != TOC_OK) {
        engine->counters.frames_refused++;
        return result;
    }
    has_read = take_flow(session, &message);
    if (toc_roster_validity(toc_engine_roster(engine), engine->now_wall) == TOC_EXPIRED &&
        message.kind != TOC_MESSAGE_HELLO && message.kind != TOC_MESSAGE_ROSTERS) {
        session->open = false;
        return TOC_STALE;
    }
    TOC_TRY(settle(engine, resume(engine, session)));
    TOC_TRY(settle(engine, greet_forgotten(engine, session, &message)));
    result = settle(engine, handle(engine, session, &message));
    if ((has_read || session->held_off) && result != TOC_STORE && result != TOC_NOMEM) {
        TOC_TRY(settle(engine, toc_give_on(engine, session)));
    }
    return result;
}

enum toc_result toc_engine_feed(struct toc_engine *engine, toc_link link, struct toc_bytes frame)
{
    struct toc_session *session = toc_engine_session_of(engine, link);
    struct toc_feed feed;
    struct toc_batch decoded;
    enum toc_result result;
    struct toc_log *log;

    if (session == NULL || !session->open) {
        return TOC_OK; /* The feed came back first. The session asks for what it brings. */
    }
    TOC_ENSURE(!engine->store_failed, TOC_DENIED);
    TOC_ENSURE(toc_roster_validity(toc_engine_roster(engine), engine->now_wall) != TOC_EXPIRED,
               TOC_STALE);
    engine->counters.feed_heard++;
    TOC_TRY(toc_wire_feed_decode(frame, &feed));
    TOC_TRY(toc_wire_batch_decode(engine->arena, feed.batch, &decoded));
    result = toc_handle_batch(engine, session, feed.batch, NULL);
    engine->counters.feed_used += result == TOC_OK ? 1 : 0;
    log = toc_engine_log(engine, &decoded.header.log);
    if (log != NULL && result == TOC_AGAIN) {
        result = toc_ask_missing(engine, log);
    } else if (log != NULL && (result == TOC_OK || result == TOC_EXISTS) &&
               log->row.chain.next_sequence ==
                   decoded.header.first_sequence + decoded.header.count) {
        result = toc_ask_fed(engine, log, session);
    }
    return settle(engine, result);
}
