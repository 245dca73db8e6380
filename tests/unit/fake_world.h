/* fake_world: a toc_net on loopback with a fake engine behind it, and raw ZeroMQ peers in front of
 * it. Waiting is always for an event, with a limit. Included by the tests of net*.c. */
#ifndef TOC_FAKE_WORLD_H
#define TOC_FAKE_WORLD_H

#include "fake_engine.h"
#include "net_state.h"
#include "scratch.h"
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#define PATIENCE_MS 60000
#define CASE_S 300 /* of a test that is patient more than once */

struct world {
    char folder[PATH_MAX];
    struct toc_conf conf;
    struct toc_member_keys *keys; /* heap: the net keeps the address */
    struct toc_engine *engine;
    struct toc_net *net;
    void *context; /* of the peers */
};

static inline int64_t now_ms(void)
{
    return toc_env_mono_ms(toc_env_real());
}

/* Listens on the loopback when `listens`; every wait is short. */
static inline struct world world_new(bool listens, struct toc_net_limits limits)
{
    struct world world;
    memset(&world, 0, sizeof world);
    toc_scratch_new(world.folder);
    world.keys = calloc(1, sizeof *world.keys);
    ck_assert_ptr_nonnull(world.keys);
    toc_member_keys_new("hub", world.keys);
    (void)snprintf(world.conf.member, sizeof world.conf.member, "hub");
    const int len =
        snprintf(world.conf.local, sizeof world.conf.local, "%.80s/local.sock", world.folder);
    ck_assert_int_lt(len, 100);
    if (listens) {
        (void)snprintf(world.conf.listen_session, sizeof world.conf.listen_session,
                       "tcp://127.0.0.1:*");
        (void)snprintf(world.conf.listen_feed, sizeof world.conf.listen_feed, "tcp://127.0.0.1:*");
    }
    world.engine = fake_new();
    world.context = zmq_ctx_new();
    const struct toc_net_setup setup = {
        .conf = &world.conf, .keys = world.keys, .env = toc_env_real(), .limits = limits};
    struct toc_why why = {.text = ""};
    ck_assert_msg(toc_net_open(&setup, &world.net, &why) == TOC_OK, "%s", why.text);
    return world;
}

static inline void world_free(struct world *world)
{
    toc_net_close(&world->net);
    ck_assert_ptr_null(world->net);
    free(world->engine);
    free(world->keys);
    (void)zmq_ctx_term(world->context);
    toc_scratch_remove(world->folder);
}

/* One turn of the loop, waiting at most `wait_ms` for something to happen. */
static inline void turn(struct world *world, int wait_ms)
{
    const int64_t until_ms = now_ms() + wait_ms;
    const int64_t net_ms = toc_net_deadline(world->net);
    const enum toc_result result =
        toc_net_wait(world->net, until_ms < net_ms ? until_ms : net_ms, NULL, 0, NULL);
    ck_assert(result == TOC_OK || result == TOC_AGAIN);
    world->engine->room_used = 0;
    world->engine->room_local_used = 0;
    toc_net_receive(world->net, world->engine);
    const struct toc_out *out = NULL;
    const size_t len = toc_engine_outbox(world->engine, &out);
    toc_net_send(world->net, out, len);
    toc_net_release(world->net);
    world->engine->out_len = 0;
}

static inline void turns_for(struct world *world, int ms)
{
    const int64_t until_ms = now_ms() + ms;
    while (now_ms() < until_ms) {
        turn(world, 20);
    }
}

/* Turns until there are so many events of a kind. */
static inline void turns_until(struct world *world, enum fake_kind kind, size_t count)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (fake_count(world->engine, kind) < count && now_ms() < until_ms) {
        turn(world, 20);
    }
    ck_assert_uint_ge(fake_count(world->engine, kind), count);
}

/* Drains notices; was there one of this event? */
static inline bool noticed(struct world *world, const char *event)
{
    struct toc_notice notice;
    bool found = false;
    while (toc_net_notice(world->net, &notice)) {
        found |= strcmp(notice.event, event) == 0;
    }
    return found;
}

/* Turns until there was one. */
static inline void turns_until_noticed(struct world *world, const char *event)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    bool found = noticed(world, event);
    while (!found && now_ms() < until_ms) {
        turn(world, 20);
        found = noticed(world, event);
    }
    ck_assert_msg(found, "no %s came", event);
}

#endif
