#include "net_zap.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

/* A request: version, request id, domain, address, identity, mechanism, credentials. */
enum {
    PART_VERSION,
    PART_REQUEST,
    PART_DOMAIN,
    PART_ADDRESS,
    PART_IDENTITY,
    PART_MECHANISM,
    PART_CREDENTIALS,
    PARTS,
};
#define ADMITTED_MAX (2 * TOC_MEMBERS_MAX) /* every member with both its keys */

const char *toc_net_zap_domain(enum toc_domain domain)
{
    switch (domain) {
    case TOC_DOMAIN_SESSION:
        return "session";
    case TOC_DOMAIN_FEED:
        return "feed";
    }
    TOC_UNREACHABLE();
    return "";
}

enum toc_result toc_net_zap_open(void *context, const struct toc_net_limits *limits,
                                 struct toc_net_zap *ret_zap, struct toc_why *why)
{
    TOC_AUTO(toc_net_socket_close) void *socket = NULL;
    TOC_TRY(toc_net_socket_new(context, ZMQ_REP, NULL, limits, &socket, why));
    if (zmq_bind(socket, "inproc://zeromq.zap.01") != 0) {
        return toc_fail(why, TOC_IO, "ZAP handler: %s", zmq_strerror(zmq_errno()));
    }
    *ret_zap = (struct toc_net_zap){.socket = toc_take(&socket)};
    return TOC_OK;
}

void toc_net_zap_close(struct toc_net_zap *zap)
{
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        free(zap->admitted[i].keys);
    }
    toc_net_socket_close(&zap->socket);
    *zap = (struct toc_net_zap){0};
}

static void note_admitted(struct toc_net_admitted *admitted, const uint8_t key[TOC_BOX_KEY_LEN])
{
    for (size_t i = 0; i < admitted->len; i++) {
        if (toc_bytes_equal_secret(admitted->keys[i], key, TOC_BOX_KEY_LEN)) {
            return;
        }
    }
    if (admitted->len == admitted->room && admitted->room < ADMITTED_MAX) {
        const size_t room = admitted->room == 0 ? 16 : 2 * admitted->room;
        uint8_t(*keys)[TOC_BOX_KEY_LEN] = realloc(admitted->keys, room * TOC_BOX_KEY_LEN);
        if (keys != NULL) {
            admitted->keys = keys;
            admitted->room = room;
        }
    }
    if (admitted->len < admitted->room) {
        memcpy(admitted->keys[admitted->len++], key, TOC_BOX_KEY_LEN);
    } else {
        admitted->lost_count = true;
    }
}

bool toc_net_zap_outdated(const struct toc_net_zap *zap, const struct toc_engine *engine,
                          enum toc_domain domain)
{
    const struct toc_net_admitted *admitted = &zap->admitted[domain];
    bool outdated = admitted->lost_count;
    for (size_t i = 0; i < admitted->len && !outdated; i++) {
        outdated = !toc_engine_admits(engine, domain, admitted->keys[i]);
    }
    return outdated;
}

void toc_net_zap_forget(struct toc_net_zap *zap, enum toc_domain domain)
{
    zap->admitted[domain].len = 0;
    zap->admitted[domain].lost_count = false;
}

static bool part_is(const struct toc_net_message *message, size_t index, const char *text)
{
    return toc_bytes_equal(toc_net_part(message, index), toc_bytes_text(text));
}

/* TOC_MALFORMED for what libzmq would never ask; TOC_DENIED for what it may, and is not let in. */
static enum toc_result judge(const struct toc_net_message *message, const struct toc_engine *engine,
                             enum toc_domain *ret_domain, const uint8_t **ret_key)
{
    TOC_ENSURE(message->len == PARTS && !message->over, TOC_MALFORMED);
    TOC_ENSURE(part_is(message, PART_VERSION, "1.0"), TOC_MALFORMED);
    TOC_ENSURE(part_is(message, PART_MECHANISM, "CURVE"), TOC_DENIED);
    const struct toc_bytes key = toc_net_part(message, PART_CREDENTIALS);
    TOC_ENSURE(key.len == TOC_BOX_KEY_LEN, TOC_MALFORMED);
    const bool feed = part_is(message, PART_DOMAIN, toc_net_zap_domain(TOC_DOMAIN_FEED));
    TOC_ENSURE(feed || part_is(message, PART_DOMAIN, toc_net_zap_domain(TOC_DOMAIN_SESSION)),
               TOC_DENIED);
    *ret_domain = feed ? TOC_DOMAIN_FEED : TOC_DOMAIN_SESSION;
    *ret_key = key.data;
    return toc_engine_admits(engine, *ret_domain, key.data) ? TOC_OK : TOC_DENIED;
}

/* Enough of the key to find it in a request file. The address is a number as the kernel gives it,
 * but it is still the peer's side that chose it. */
static void note_denied(const struct toc_net_message *message, struct toc_net_notices *notices,
                        enum toc_domain domain, const uint8_t *key)
{
    char hex[TOC_NET_USER_ID_LEN + 1];
    toc_hex_encode(toc_bytes_of(key, TOC_BOX_KEY_LEN), hex);
    const struct toc_bytes address = toc_net_part(message, PART_ADDRESS);
    toc_net_notice_add(notices, TOC_NOTICE_WARN, "peer.denied",
                       "domain=%s address=%.*s key=%.16s...", toc_net_zap_domain(domain),
                       (int)(address.len < 48 ? address.len : 48), (const char *)address.data, hex);
}

static void answer(struct toc_net_zap *zap, const struct toc_net_message *message,
                   const struct toc_engine *engine, struct toc_net_notices *notices)
{
    enum toc_domain domain = TOC_DOMAIN_SESSION;
    const uint8_t *key = NULL;
    const enum toc_result result = judge(message, engine, &domain, &key);
    char user_id[TOC_NET_USER_ID_LEN + 1] = "";
    const char *status = result == TOC_MALFORMED ? "500" : "400";
    if (result == TOC_OK) {
        status = "200";
        toc_hex_encode(toc_bytes_of(key, TOC_BOX_KEY_LEN), user_id);
        note_admitted(&zap->admitted[domain], key);
    } else if (key != NULL) {
        note_denied(message, notices, domain, key);
    }
    const bool has_request = message->len > PART_REQUEST;
    const struct toc_bytes reply[] = {
        toc_bytes_text("1.0"),
        has_request ? toc_net_part(message, PART_REQUEST) : toc_bytes_of(NULL, 0),
        toc_bytes_text(status),
        toc_bytes_text(result == TOC_OK ? "OK" : "no"),
        toc_bytes_text(user_id),
        toc_bytes_of(NULL, 0),
    };
    /* A reply that cannot be sent leaves the handshake to time out: still a no. */
    const enum toc_result sent =
        toc_net_put(zap->socket, toc_bytes_of(NULL, 0), reply, sizeof reply / sizeof reply[0]);
    if (sent != TOC_OK) {
        toc_net_notice_add(notices, TOC_NOTICE_WARN, "zap.unanswered", "result=%s",
                           toc_result_name(sent));
    }
}

void toc_net_zap_answer(struct toc_net_zap *zap, const struct toc_engine *engine,
                        struct toc_net_held *held, struct toc_net_notices *notices)
{
    for (int i = 0; i < TOC_TICK_FRAMES_PER_SOCKET; i++) {
        const size_t mark = held->len;
        struct toc_net_message message;
        if (toc_net_held_take(held, zap->socket, PARTS, &message) != TOC_OK) {
            break;
        }
        answer(zap, &message, engine, notices);
        toc_net_held_release(held, mark);
    }
}
