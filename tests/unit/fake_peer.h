/* fake_peer: raw ZeroMQ peers, good and bad, in front of a fake world. Included by the tests of
 * net*.c. */
#ifndef TOC_FAKE_PEER_H
#define TOC_FAKE_PEER_H

#include "fake_world.h"

struct peer {
    struct toc_box_public public_key;
    struct toc_box_secret secret;
};

static inline struct peer peer_new(void)
{
    struct peer peer;
    toc_box_keypair(&peer.public_key, &peer.secret);
    return peer;
}

static inline void *socket_new(void *context, int type)
{
    void *socket = zmq_socket(context, type);
    ck_assert_ptr_nonnull(socket);
    const int linger = 0;
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), 0);
    return socket;
}

/* A CURVE client of the world's own server, as a raw peer. `id` NULL: libzmq's own routing id. */
static inline void *peer_call(struct world *world, int type, const struct peer *peer,
                              const char *id)
{
    const enum toc_domain domain = type == ZMQ_SUB ? TOC_DOMAIN_FEED : TOC_DOMAIN_SESSION;
    void *socket = socket_new(world->context, type);
    const struct toc_box_public *server = &world->keys->curve_public;
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server, TOC_BOX_KEY_LEN), 0);
    ck_assert_int_eq(
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, &peer->public_key, TOC_BOX_KEY_LEN), 0);
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, &peer->secret, TOC_BOX_KEY_LEN),
                     0);
    if (id != NULL) {
        ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_ROUTING_ID, id, strlen(id)), 0);
    }
    if (type == ZMQ_SUB) {
        const int invert = 1; /* and without a subscription nothing is left out */
        ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_INVERT_MATCHING, &invert, sizeof invert), 0);
    }
    ck_assert_int_eq(zmq_connect(socket, toc_net_endpoint(world->net, domain)), 0);
    return socket;
}

static inline void say_text(void *socket, const char *text, int flags)
{
    ck_assert_int_ge(zmq_send(socket, text, strlen(text), flags), 0);
}

/* The next frame, while the world turns; NULL when none comes in time. In a static buffer. What is
 * there already costs no turn, which may wait: hundreds of frames would be hundreds of waits. */
static inline const char *heard(struct world *world, void *socket, int ms)
{
    static char text[4096];
    const int64_t until_ms = now_ms() + ms;
    int len = zmq_recv(socket, text, sizeof text - 1, ZMQ_DONTWAIT);
    while (len < 0 && now_ms() < until_ms) {
        turn(world, 10);
        len = zmq_recv(socket, text, sizeof text - 1, ZMQ_DONTWAIT);
    }
    if (len < 0) {
        return NULL;
    }
    text[len < (int)sizeof text ? len : (int)sizeof text - 1] = '\0';
    return text;
}

/* Is somebody with this key let in and served? */
static inline bool served(struct world *world, const struct peer *peer, int ms)
{
    void *socket = peer_call(world, ZMQ_DEALER, peer, NULL);
    say_text(socket, "knock", 0);
    const size_t before = fake_count(world->engine, FAKE_SESSION);
    const int64_t until_ms = now_ms() + ms;
    while (fake_count(world->engine, FAKE_SESSION) == before && now_ms() < until_ms) {
        turn(world, 20);
    }
    (void)zmq_close(socket);
    return fake_count(world->engine, FAKE_SESSION) > before;
}

#endif
