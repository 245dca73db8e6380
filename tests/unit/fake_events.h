/* fake_events: what the fake engine of the tests of net*.c remembers, and how a test asks for it.
 */
#ifndef TOC_FAKE_EVENTS_H
#define TOC_FAKE_EVENTS_H

#include "engine.h"
#include <check.h>
#include <pthread.h>
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
    size_t room_local; /* the same of requests */
    size_t room_local_used;
    toc_link dialled;
    struct fake_event events[FAKE_EVENTS_MAX];
    size_t events_len;
    struct toc_out out[256];
    size_t out_len;
    pthread_mutex_t *sockets; /* NULL, or what has to be held while a link of the tables goes */
    bool gone_unguarded;
};

/* ---- what the tests ask ---- */

static inline struct toc_engine *fake_new(void)
{
    struct toc_engine *engine = calloc(1, sizeof *engine);
    ck_assert_ptr_nonnull(engine);
    engine->room = 1000000;
    engine->room_local = 1000000;
    return engine;
}

static inline void fake_guarded(struct toc_engine *engine, const struct fake_event *event)
{
    (void)event;
    if (engine->sockets != NULL && pthread_mutex_trylock(engine->sockets) == 0) {
        (void)pthread_mutex_unlock(engine->sockets);
        engine->gone_unguarded = true;
    }
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
