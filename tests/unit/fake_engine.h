/* fake_engine: stands in for the engine in the tests of net*.c: it admits whom the test says,
 * writes down what it is told, and sends what the test puts into its outbox. Included once in a
 * program, before the linker looks at the real one. */
#ifndef TOC_FAKE_ENGINE_H
#define TOC_FAKE_ENGINE_H

#include "fake_events.h"

static struct fake_event *fake_note(struct toc_engine *engine, enum fake_kind kind, toc_link link)
{
    ck_assert_uint_lt(engine->events_len, FAKE_EVENTS_MAX);
    struct fake_event *event = &engine->events[engine->events_len++];
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->link = link;
    return event;
}

static void fake_text(struct fake_event *event, struct toc_bytes bytes)
{
    event->len = bytes.len;
    const size_t len = bytes.len < sizeof event->text - 1 ? bytes.len : sizeof event->text - 1;
    if (len > 0) {
        memcpy(event->text, bytes.data, len);
    }
}

const char *toc_peer_state_name(enum toc_peer_state state)
{
    static const char *const names[] = {"unreachable", "connected",      "wrong_server_key",
                                        "refused",     "roster_expired", "lagging"};
    return names[state];
}

bool toc_engine_admits(const struct toc_engine *engine, enum toc_domain domain,
                       const uint8_t curve_key[TOC_BOX_KEY_LEN])
{
    bool found = engine->admit_all;
    for (size_t i = 0; i < engine->admitted_len[domain] && !found; i++) {
        found = memcmp(engine->admitted[domain][i], curve_key, TOC_BOX_KEY_LEN) == 0;
    }
    return found;
}

enum toc_result toc_engine_server_key(const struct toc_engine *engine, const char *member,
                                      bool next, uint8_t ret_key[TOC_BOX_KEY_LEN])
{
    (void)member;
    if (!engine->server_known[next]) {
        return TOC_NOTFOUND;
    }
    memcpy(ret_key, engine->server_key[next], TOC_BOX_KEY_LEN);
    return TOC_OK;
}

enum toc_result toc_engine_link_dial(struct toc_engine *engine, toc_link link, const char *member)
{
    (void)member;
    engine->dialled = link;
    return TOC_OK;
}

void toc_engine_link_state(struct toc_engine *engine, toc_link link, enum toc_peer_state state)
{
    fake_note(engine, FAKE_STATE, link)->state = state;
}

enum toc_result toc_engine_link_accept(struct toc_engine *engine, toc_link link,
                                       const uint8_t curve_key[TOC_BOX_KEY_LEN])
{
    if (!toc_engine_admits(engine, TOC_DOMAIN_SESSION, curve_key)) {
        return TOC_DENIED;
    }
    memcpy(fake_note(engine, FAKE_ACCEPT, link)->key, curve_key, TOC_BOX_KEY_LEN);
    return TOC_OK;
}

void toc_engine_link_gone(struct toc_engine *engine, toc_link link)
{
    fake_guarded(engine, fake_note(engine, FAKE_GONE, link));
}

void toc_engine_link_blocked(struct toc_engine *engine, toc_link link)
{
    (void)fake_note(engine, FAKE_BLOCKED, link);
}

bool toc_engine_has_room(const struct toc_engine *engine)
{
    return engine->room_used < engine->room;
}

bool toc_engine_has_room_local(const struct toc_engine *engine)
{
    return engine->room_local_used < engine->room_local;
}

enum toc_result toc_engine_session(struct toc_engine *engine, toc_link link, struct toc_bytes frame)
{
    engine->room_used++;
    fake_text(fake_note(engine, FAKE_SESSION, link), frame);
    return TOC_OK;
}

enum toc_result toc_engine_feed(struct toc_engine *engine, toc_link link, struct toc_bytes frame)
{
    engine->room_used++;
    fake_text(fake_note(engine, FAKE_FEED, link), frame);
    return TOC_OK;
}

enum toc_result toc_engine_local(struct toc_engine *engine, toc_link link,
                                 const struct toc_local_user *user, const struct toc_bytes *parts,
                                 size_t parts_len)
{
    engine->room_local_used++;
    struct fake_event *event = fake_note(engine, FAKE_LOCAL, link);
    event->user = *user;
    event->parts = parts_len;
    fake_text(event, parts[0]);
    return TOC_OK;
}

size_t toc_engine_outbox(const struct toc_engine *engine, const struct toc_out **ret_out)
{
    *ret_out = engine->out;
    return engine->out_len;
}

#endif
