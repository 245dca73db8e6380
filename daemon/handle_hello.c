/* Hello: who is there, in which group, under which roster. A good one opens the session: rosters
 * are handed over, and unless a roster has expired, logs are offered. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

static const char software[] = "tocsin 0.1";

enum toc_result toc_hello_send(struct toc_engine *engine, struct toc_session *session, bool answer)
{
    struct toc_message message = {.kind = TOC_MESSAGE_HELLO};
    struct toc_hello *hello = &message.as.hello;

    hello->protocol = TOC_PROTOCOL_VERSION;
    hello->group = engine->group;
    memcpy(hello->member, engine->me, strlen(engine->me) + 1);
    hello->roster_version = toc_roster_chain_version(engine->rosters);
    hello->roster_hash = *toc_roster_chain_head(engine->rosters);
    hello->software = software;
    hello->answer = answer;
    return toc_out_message(engine, session, &message);
}

static enum toc_result refuse(struct toc_engine *engine, struct toc_session *session,
                              enum toc_result code, const char *about)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_REFUSAL,
                                        .as.refusal = {.code = code, .about = about}};

    engine->counters.frames_refused++;
    TOC_TRY(toc_out_message(engine, session, &message));
    return code;
}

/* Everything from the version after the peer's, as many to a frame as fit, and as much as there is
 * room for: its next hello brings the rest. */
static enum toc_result send_rosters(struct toc_engine *engine, struct toc_session *session,
                                    uint64_t after)
{
    const uint64_t last = toc_roster_chain_version(engine->rosters);
    uint64_t version = after + 1;

    while (version <= last && toc_out_has_room(engine) && toc_give_may_list(engine, session)) {
        struct toc_bytes items[TOC_ROSTERS_MAX];
        struct toc_message message = {.kind = TOC_MESSAGE_ROSTERS};
        size_t bytes = 0;
        size_t len = 0;
        while (version <= last && len < TOC_ROSTERS_MAX) {
            TOC_TRY(toc_store_roster_get(engine->store, version, engine->arena, &items[len]));
            if (len > 0 && bytes + items[len].len > TOC_FRAME_LEN_MAX - 4096) {
                break;
            }
            bytes += items[len].len;
            len++;
            version++;
        }
        message.as.rosters = (struct toc_runs){items, len};
        TOC_TRY(toc_out_message(engine, session, &message));
    }
    return TOC_OK;
}

enum toc_result toc_roster_spread(struct toc_engine *engine)
{
    const uint64_t version = toc_roster_chain_version(engine->rosters);

    if (!engine->roster_spread) {
        return TOC_OK;
    }
    engine->roster_spread = false;
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        /* A dialled link whose own hello was lost with a failed commit is greeted, too. */
        const bool connected = session->dialled && session->transport == TOC_PEER_CONNECTED;
        if (session->link == 0 || session->member[0] == '\0' || (!session->greeted && !connected)) {
            continue;
        }
        if (session->greeted && session->peer_roster_version < version) {
            TOC_TRY(send_rosters(engine, session, session->peer_roster_version));
            session->peer_roster_version = version;
        }
        TOC_TRY(toc_hello_send(engine, session, false));
    }
    return TOC_OK;
}

enum toc_result toc_hello_list(struct toc_engine *engine, struct toc_session *session)
{
    session->unlisted = false;
    TOC_TRY(toc_ask_offer_all(engine, session));
    /* Closings come before the proof, so that a replaced key does not go on from a closed log. */
    TOC_TRY(toc_heartbeat_greet(engine, session));
    return toc_ask_offer_end(engine, session);
}

static enum toc_result open_session(struct toc_engine *engine, struct toc_session *session)
{
    session->open = true;
    session->listed = false;
    session->half_heard = false;
    session->pending_len = 0;
    toc_ask_forget(engine, session); /* the peer begins anew, too, and forgets what we wanted */
    /* Not again and again to one that does not read it. */
    session->unlisted = true;
    return toc_give_may_list(engine, session) ? toc_hello_list(engine, session) : TOC_OK;
}

enum toc_result toc_handle_hello(struct toc_engine *engine, struct toc_session *session,
                                 const struct toc_hello *hello)
{
    const uint64_t version = toc_roster_chain_version(engine->rosters);

    if (hello->protocol != TOC_PROTOCOL_VERSION) {
        return refuse(engine, session, TOC_INVALID, "protocol version");
    }
    if (!toc_hash_equal(&hello->group, &engine->group)) {
        return refuse(engine, session, TOC_DENIED, "another group");
    }
    if (strcmp(hello->member, session->member) != 0) {
        return refuse(engine, session, TOC_DENIED, "the key is another member's");
    }
    session->greeted = true;
    session->blocked = false;
    session->peer_roster_version = hello->roster_version;
    if (!hello->answer || hello->roster_version > version) {
        TOC_TRY(toc_hello_send(engine, session, true));
    }
    if (hello->roster_version < version) {
        TOC_TRY(send_rosters(engine, session, hello->roster_version));
    } else if (hello->roster_version == version &&
               !toc_hash_equal(&hello->roster_hash, toc_roster_chain_head(engine->rosters))) {
        TOC_TRY(send_rosters(engine, session, version - 1));
    }
    if (toc_roster_validity(toc_engine_roster(engine), engine->now_wall) == TOC_EXPIRED) {
        session->open = false;
        return TOC_OK;
    }
    return open_session(engine, session);
}
