/* fake_engine: stands in for the engine in the tests of net*.c: it admits whom the test says,
 * writes down what it is told, and sends what the test puts into its outbox. Included once in a
 * program, before the linker looks at the real one. */
#ifndef TOC_FAKE_ENGINE_H
#define TOC_FAKE_ENGINE_H

#include "engine.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

enum fake_kind {
    FAKE_ACCEPT,
    FAKE_GONE,
    FAKE_BLOCKED,
    FAKE_STATE,
    FAKE_SESSION,
    FAKE_FEED,
    FAKE_LOCAL
};

struct fake_event {
    enum fake_kind kind;
    toc_link link;
    enum toc_peer_state state;
    uint8_t key[TOC_BOX_KEY_LEN];
    struct toc_local_user user;
    size_t parts;
    char text[64]; /* the start of the frame, or of the first local part */
    size_t len;    /* all of it */
};

#define FAKE_EVENTS_MAX 4096
#define FAKE_KEYS_MAX 8

struct toc_engine {
    uint8_t admitted[2][FAKE_KEYS_MAX][TOC_BOX_KEY_LEN]; /* by domain */
    size_t admitted_len[2];
    bool admit_all;
    bool server_known[2]; /* current, next */
    uint8_t server_key[2][TOC_BOX_KEY_LEN];
    size_t room; /* session and feed frames it takes in this tick */
    size_t room_used;
    toc_link dialled;
    struct fake_event events[FAKE_EVENTS_MAX];
    size_t events_len;
    struct toc_out out[256];
    size_t out_len;
};

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
    (void)fake_note(engine, FAKE_GONE, link);
}

void toc_engine_link_blocked(struct toc_engine *engine, toc_link link)
{
    (void)fake_note(engine, FAKE_BLOCKED, link);
}

bool toc_engine_has_room(const struct toc_engine *engine)
{
    return engine->room_used < engine->room;
}

enum toc_result toc_engine_session(struct toc_engine *engine, toc_link link, struct toc_bytes frame)
{
    engine->room_used++;
    fake_text(fake_note(engine, FAKE_SESSION, link), frame);
    return TOC_OK;
}

enum toc_result toc_engine_feed(struct toc_engine *engine, toc_link link, struct toc_bytes batch)
{
    engine->room_used++;
    fake_text(fake_note(engine, FAKE_FEED, link), batch);
    return TOC_OK;
}

enum toc_result toc_engine_local(struct toc_engine *engine, toc_link link,
                                 const struct toc_local_user *user, const struct toc_bytes *parts,
                                 size_t parts_len)
{
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

/* ---- what the tests ask ---- */

static struct toc_engine *fake_new(void)
{
    struct toc_engine *engine = calloc(1, sizeof *engine);
    ck_assert_ptr_nonnull(engine);
    engine->room = 1000000;
    return engine;
}

static inline void fake_admit(struct toc_engine *engine, enum toc_domain domain,
                              const struct toc_box_public *key)
{
    ck_assert_uint_lt(engine->admitted_len[domain], FAKE_KEYS_MAX);
    memcpy(engine->admitted[domain][engine->admitted_len[domain]++], key->bytes, TOC_BOX_KEY_LEN);
}

static inline size_t fake_count(const struct toc_engine *engine, enum fake_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < engine->events_len; i++) {
        count += engine->events[i].kind == kind;
    }
    return count;
}

/* The newest of a kind; NULL when there is none. */
static inline const struct fake_event *fake_last(const struct toc_engine *engine,
                                                 enum fake_kind kind)
{
    for (size_t i = engine->events_len; i > 0; i--) {
        if (engine->events[i - 1].kind == kind) {
            return &engine->events[i - 1];
        }
    }
    return NULL;
}

/* Goes out with the next turn. The parts must live until then. */
static inline void fake_send(struct toc_engine *engine, enum toc_out_kind kind, toc_link link,
                             const struct toc_bytes *parts, size_t parts_len)
{
    ck_assert_uint_lt(engine->out_len, 256);
    engine->out[engine->out_len++] =
        (struct toc_out){.kind = kind, .link = link, .parts = parts, .parts_len = parts_len};
}

#endif
