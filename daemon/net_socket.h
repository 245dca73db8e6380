/* net_socket: what every ZeroMQ socket of the daemon has in common: how one is made, and how one
 * whole message is taken from it within bounds. Private to net*.c. One thread. */
#ifndef TOC_NET_SOCKET_H
#define TOC_NET_SOCKET_H

#include "net.h"
#include <zmq.h>

/* Frames of one turn stay until its outbox is sent, because what was decoded may point into them.
 * The sum is bounded twice: by number, and by bytes. */
#define TOC_NET_HELD_MAX 4096
#define TOC_NET_HELD_BYTES_MAX (16 * 1024 * 1024)

struct toc_net_held {
    zmq_msg_t *frames; /* never moves: a short zmq_msg_t holds its bytes itself */
    size_t len;
    size_t bytes;
};

struct toc_net_message {
    zmq_msg_t *parts; /* in the held frames */
    size_t len;
    bool over; /* had more parts than asked for; those are gone */
};

struct toc_net_option {
    int option;
    int value;
};

/* One more socket of the context, closed to everything unbounded: linger, marks, frame length. IPv6
 * only for an address that needs it. TOC_NOMEM, TOC_IO. */
enum toc_result toc_net_socket_new(void *context, int type, const char *endpoint,
                                   const struct toc_net_limits *limits, void **ret_socket,
                                   struct toc_why *why) TOC_MUST_CHECK;
/* A cleanup handler too. */
void toc_net_socket_close(void **socket);
enum toc_result toc_net_socket_options(void *socket, const struct toc_net_option *options,
                                       size_t options_len, struct toc_why *why) TOC_MUST_CHECK;
/* CURVE as a server under a ZAP domain that is always asked (without one, and enforced, 4.3.4 lets
 * every key in when no handler answers). */
enum toc_result toc_net_socket_serve(void *socket, const char *domain,
                                     const struct toc_box_secret *own, struct toc_why *why)
    TOC_MUST_CHECK;
/* CURVE as a client. */
enum toc_result toc_net_socket_call(void *socket, const struct toc_box_public *own_public,
                                    const struct toc_box_secret *own_secret,
                                    const uint8_t server_key[TOC_BOX_KEY_LEN], struct toc_why *why)
    TOC_MUST_CHECK;

enum toc_result toc_net_held_init(struct toc_net_held *held) TOC_MUST_CHECK;
void toc_net_held_done(struct toc_net_held *held);
/* Closes what was taken since there were `len`. */
void toc_net_held_release(struct toc_net_held *held, size_t len);
/* The next whole message, without waiting. TOC_AGAIN: none, or no room left in this turn. */
enum toc_result toc_net_held_take(struct toc_net_held *held, void *socket, size_t parts_max,
                                  struct toc_net_message *ret_message) TOC_MUST_CHECK;
/* The next message of exactly so many parts, for the caller to close, without waiting and without a
 * bound on what is held. TOC_AGAIN: none. TOC_MALFORMED: it had fewer or more, and is gone. */
enum toc_result toc_net_take(void *socket, zmq_msg_t *ret_parts, size_t len) TOC_MUST_CHECK;
bool toc_net_held_has_room(const struct toc_net_held *held, size_t parts);
/* The frame is moved; there must be room. */
struct toc_bytes toc_net_held_keep(struct toc_net_held *held, zmq_msg_t *frame);
struct toc_bytes toc_net_part(const struct toc_net_message *message, size_t index);
/* All parts or none, without waiting. TOC_AGAIN: at its mark. TOC_NOTFOUND: nobody has this id.
 * TOC_IO. `id` is empty for a socket that does not route. */
enum toc_result toc_net_put(void *socket, struct toc_bytes id, const struct toc_bytes *parts,
                            size_t parts_len) TOC_MUST_CHECK;

#endif
