#include "net_socket.h"
#include "ensure.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Frames that wait inside libzmq, per peer and direction. A frame may have 1 MiB, so these are what
 * bounds the memory of a peer that sends faster than it is read, or does not read. What comes in by
 * a network has another bound: net_queue.h. */
#define FRAMES_IN_MAX 16
#define FRAMES_OUT_MAX 64

/* What CURVE adds to a frame: "MESSAGE" with its length, nonce, authenticator and flags. libzmq's
 * limit counts them; ours does not. */
#define CURVE_LEN (8 + 8 + 16 + 1)

/* Debian's header hides this one among the drafts; its library has it (options.hpp), and setting it
 * fails where it does not. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

static enum toc_result set(void *socket, int option, const void *value, size_t len,
                           struct toc_why *why)
{
    if (zmq_setsockopt(socket, option, value, len) != 0) {
        return toc_fail(why, TOC_IO, "socket option %d: %s", option, zmq_strerror(zmq_errno()));
    }
    return TOC_OK;
}

enum toc_result toc_net_socket_options(void *socket, const struct toc_net_option *options,
                                       size_t options_len, struct toc_why *why)
{
    for (size_t i = 0; i < options_len; i++) {
        TOC_TRY(set(socket, options[i].option, &options[i].value, sizeof options[i].value, why));
    }
    return TOC_OK;
}

void toc_net_socket_close(void **socket)
{
    if (*socket != NULL) {
        (void)zmq_close(*socket);
        *socket = NULL;
    }
}

enum toc_result toc_net_socket_new(void *context, int type, const char *endpoint,
                                   const struct toc_net_limits *limits, void **ret_socket,
                                   struct toc_why *why)
{
    TOC_AUTO(toc_net_socket_close) void *socket = zmq_socket(context, type);
    if (socket == NULL) {
        return toc_fail(why, TOC_IO, "socket: %s", zmq_strerror(zmq_errno()));
    }
    const struct toc_net_option options[] = {
        {ZMQ_LINGER, 0},
        {ZMQ_SNDHWM, FRAMES_OUT_MAX},
        {ZMQ_RCVHWM, FRAMES_IN_MAX},
        {ZMQ_HANDSHAKE_IVL, limits->handshake_ms},
        {ZMQ_IPV6, endpoint != NULL && strchr(endpoint, '[') != NULL},
        {ZMQ_TCP_KEEPALIVE, 1},
        {ZMQ_TCP_KEEPALIVE_IDLE, 60},
        {ZMQ_TCP_KEEPALIVE_INTVL, 15},
        {ZMQ_TCP_KEEPALIVE_CNT, 4},
    };
    TOC_TRY(toc_net_socket_options(socket, options, sizeof options / sizeof options[0], why));
    const int64_t frame_len_max = TOC_FRAME_LEN_MAX + (endpoint != NULL ? CURVE_LEN : 0);
    TOC_TRY(set(socket, ZMQ_MAXMSGSIZE, &frame_len_max, sizeof frame_len_max, why));
    *ret_socket = toc_take(&socket);
    return TOC_OK;
}

enum toc_result toc_net_socket_serve(void *socket, const char *domain,
                                     const struct toc_box_secret *own, struct toc_why *why)
{
    const struct toc_net_option options[] = {{ZMQ_CURVE_SERVER, 1}, {ZMQ_ZAP_ENFORCE_DOMAIN, 1}};
    TOC_TRY(set(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain), why));
    TOC_TRY(toc_net_socket_options(socket, options, sizeof options / sizeof options[0], why));
    return set(socket, ZMQ_CURVE_SECRETKEY, own->bytes, sizeof own->bytes, why);
}

enum toc_result toc_net_socket_call(void *socket, const struct toc_box_public *own_public,
                                    const struct toc_box_secret *own_secret,
                                    const uint8_t server_key[TOC_BOX_KEY_LEN], struct toc_why *why)
{
    TOC_TRY(set(socket, ZMQ_CURVE_SERVERKEY, server_key, TOC_BOX_KEY_LEN, why));
    TOC_TRY(set(socket, ZMQ_CURVE_PUBLICKEY, own_public->bytes, TOC_BOX_KEY_LEN, why));
    return set(socket, ZMQ_CURVE_SECRETKEY, own_secret->bytes, TOC_BOX_KEY_LEN, why);
}

enum toc_result toc_net_held_init(struct toc_net_held *held)
{
    zmq_msg_t *frames = calloc(TOC_NET_HELD_MAX, sizeof *frames);
    TOC_ENSURE(frames != NULL, TOC_NOMEM);
    *held = (struct toc_net_held){.frames = frames};
    return TOC_OK;
}

void toc_net_held_release(struct toc_net_held *held, size_t len)
{
    while (held->len > len) {
        held->len--;
        held->bytes -= zmq_msg_size(&held->frames[held->len]);
        (void)zmq_msg_close(&held->frames[held->len]);
    }
}

void toc_net_held_done(struct toc_net_held *held)
{
    if (held->frames != NULL) {
        toc_net_held_release(held, 0);
        free(held->frames);
        held->frames = NULL;
    }
}

/* The rest of a message nobody wants: it is all there, because libzmq hands over whole messages. */
static void skip_parts(void *socket)
{
    bool more = true;
    while (more) {
        zmq_msg_t frame;
        (void)zmq_msg_init(&frame);
        more = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&frame) != 0;
        (void)zmq_msg_close(&frame);
    }
}

bool toc_net_held_has_room(const struct toc_net_held *held, size_t parts)
{
    return held->len + parts <= TOC_NET_HELD_MAX && held->bytes < TOC_NET_HELD_BYTES_MAX;
}

struct toc_bytes toc_net_held_keep(struct toc_net_held *held, zmq_msg_t *frame)
{
    TOC_ASSERT(held->len < TOC_NET_HELD_MAX);
    zmq_msg_t *slot = &held->frames[held->len++];
    (void)zmq_msg_init(slot);
    (void)zmq_msg_move(slot, frame);
    held->bytes += zmq_msg_size(slot);
    return toc_bytes_of(zmq_msg_data(slot), zmq_msg_size(slot));
}

enum toc_result toc_net_take(void *socket, zmq_msg_t *ret_parts, size_t len)
{
    size_t taken = 0;
    bool more = true;
    while (more && taken < len) {
        zmq_msg_t *part = &ret_parts[taken];
        (void)zmq_msg_init(part);
        if (zmq_msg_recv(part, socket, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(part);
            break;
        }
        more = zmq_msg_more(part) != 0;
        taken++;
    }
    TOC_ENSURE(taken > 0, TOC_AGAIN);
    if (taken == len && !more) {
        return TOC_OK;
    }
    for (size_t i = 0; i < taken; i++) {
        (void)zmq_msg_close(&ret_parts[i]);
    }
    if (more) {
        skip_parts(socket);
    }
    return TOC_MALFORMED;
}

enum toc_result toc_net_held_take(struct toc_net_held *held, void *socket, size_t parts_max,
                                  struct toc_net_message *ret_message)
{
    TOC_ENSURE(toc_net_held_has_room(held, parts_max), TOC_AGAIN);
    struct toc_net_message message = {.parts = &held->frames[held->len]};
    bool more = true;
    while (more && message.len < parts_max) {
        zmq_msg_t *frame = &message.parts[message.len];
        (void)zmq_msg_init(frame);
        if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(frame);
            break;
        }
        more = zmq_msg_more(frame) != 0;
        message.len++;
        held->len++;
        held->bytes += zmq_msg_size(frame);
    }
    TOC_ENSURE(message.len > 0, TOC_AGAIN);
    message.over = more && message.len == parts_max;
    if (message.over) {
        skip_parts(socket);
    }
    *ret_message = message;
    return TOC_OK;
}

struct toc_bytes toc_net_part(const struct toc_net_message *message, size_t index)
{
    TOC_ASSERT(index < message->len);
    return toc_bytes_of(zmq_msg_data(&message->parts[index]), zmq_msg_size(&message->parts[index]));
}

static enum toc_result put_part(void *socket, struct toc_bytes part, bool more)
{
    const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
    int sent = zmq_send(socket, part.data, part.len, flags);
    while (sent < 0 && zmq_errno() == EINTR) {
        sent = zmq_send(socket, part.data, part.len, flags);
    }
    if (sent >= 0) {
        return TOC_OK;
    }
    switch (zmq_errno()) {
    case EAGAIN:
        return TOC_AGAIN;
    case EHOSTUNREACH:
        return TOC_NOTFOUND;
    default:
        return TOC_IO;
    }
}

enum toc_result toc_net_put(void *socket, struct toc_bytes id, const struct toc_bytes *parts,
                            size_t parts_len)
{
    /* The mark is looked at before the first part only: once that went, the others go. */
    if (id.len > 0) {
        TOC_TRY(put_part(socket, id, true));
    }
    for (size_t i = 0; i < parts_len; i++) {
        TOC_TRY(put_part(socket, parts[i], i + 1 < parts_len));
    }
    return TOC_OK;
}
