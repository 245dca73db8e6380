/* The session and feed sockets: bound, unbound to be rid of a removed member's connections, and
 * read. Who is behind a frame is the User-Id that ZAP gave its connection, read from the body: the
 * routing id is the peer's own choice, and libzmq 4.3.4 can lose the property on that frame. */
#include "ensure.h"
#include "net_state.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SERVER_THREADS 1 /* the I/O thread that looks up no names */

/* A dialler pings, and says how long its silence means nothing; a listener does not. No mark for
 * what comes in, and no ping: libzmq 4.3.4 aborts when it is to send one, or answer one, on a
 * connection that broke while its frames waited for room (net_queue.h). Who takes nothing of what
 * the kernel has for it is cut off after this time, and what waited for it is freed. */
static const struct toc_net_option server_options[] = {
    {ZMQ_RCVHWM, 0},
    {ZMQ_TCP_MAXRT, 30000},
    {ZMQ_BACKLOG, 512},
};

static enum toc_result prepare(struct toc_net *net, void *socket, enum toc_domain domain,
                               struct toc_why *why)
{
    const uint64_t affinity = SERVER_THREADS;
    if (zmq_setsockopt(socket, ZMQ_AFFINITY, &affinity, sizeof affinity) != 0) {
        return toc_fail(why, TOC_IO, "affinity: %s", zmq_strerror(zmq_errno()));
    }
    TOC_TRY(toc_net_socket_options(socket, server_options,
                                   sizeof server_options / sizeof server_options[0], why));
    if (domain != TOC_DOMAIN_SESSION) {
        /* A subscription says what its member has already: the batches that it signed itself. */
        const struct toc_net_option invert = {ZMQ_INVERT_MATCHING, 1};
        TOC_TRY(toc_net_socket_options(socket, &invert, 1, why));
    } else {
        /* A ROUTER that does not know the peer, or is full, must say so and not drop in silence. */
        const struct toc_net_option mandatory = {ZMQ_ROUTER_MANDATORY, 1};
        TOC_TRY(toc_net_socket_options(socket, &mandatory, 1, why));
    }
    return toc_net_socket_serve(socket, toc_net_zap_domain(domain),
                                &net->dialler.keys->curve_secret, why);
}

enum toc_result toc_net_server_open(struct toc_net *net, enum toc_domain domain,
                                    const char *address, struct toc_why *why)
{
    struct toc_net_server *server = &net->servers[domain];
    server->bind_at_ms = INT64_MAX;
    if (address[0] == '\0') {
        return TOC_OK;
    }
    const int type = domain == TOC_DOMAIN_SESSION ? ZMQ_ROUTER : ZMQ_PUB;
    TOC_AUTO(toc_net_socket_close) void *socket = NULL;
    TOC_TRY(toc_net_socket_new(net->dialler.context, type, address, &net->dialler.limits, &socket,
                               why));
    TOC_TRY(prepare(net, socket, domain, why));
    size_t len = sizeof server->endpoint;
    if (zmq_bind(socket, address) != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, server->endpoint, &len) != 0) {
        return toc_fail(why, zmq_errno() == EINVAL ? TOC_INVALID : TOC_IO,
                        "listen.%s '%s': %s: is another program there?", toc_net_zap_domain(domain),
                        address, zmq_strerror(zmq_errno()));
    }
    server->socket = toc_take(&socket);
    return TOC_OK;
}

void toc_net_server_unbind(struct toc_net *net, enum toc_domain domain)
{
    struct toc_net_server *server = &net->servers[domain];
    if (server->socket == NULL || server->bind_at_ms != INT64_MAX) {
        return;
    }
    if (!server->cut && zmq_unbind(server->socket, server->endpoint) != 0) {
        toc_net_notice_add(&net->notices, TOC_NOTICE_ERROR, "listen.unbind",
                           "address=%s why=\"%s\"", server->endpoint, zmq_strerror(zmq_errno()));
    }
    server->cut = false;
    server->bind_at_ms = toc_env_mono_ms(net->dialler.env);
    server->said_in_use = false;
    toc_net_zap_forget(&net->zap, domain);
    if (domain != TOC_DOMAIN_SESSION) {
        return;
    }
    for (struct toc_net_link *entry = net->sessions.newest; entry != NULL; entry = entry->older) {
        net->sessions.pending += !entry->gone && !entry->blocked;
        entry->gone = true;
    }
}

void toc_net_server_rebind(struct toc_net *net, enum toc_domain domain)
{
    struct toc_net_server *server = &net->servers[domain];
    const int64_t now_ms = toc_env_mono_ms(net->dialler.env);
    if (server->bind_at_ms > now_ms) {
        return;
    }
    if (zmq_bind(server->socket, server->endpoint) == 0) {
        server->bind_at_ms = INT64_MAX;
        toc_net_notice_add(&net->notices, TOC_NOTICE_INFO, "listen.rebound", "domain=%s address=%s",
                           toc_net_zap_domain(domain), server->endpoint);
        return;
    }
    /* The listener closes in its own thread: until then the address is in use by ourselves. */
    server->bind_at_ms = now_ms + net->dialler.limits.rebind_ms;
    if (zmq_errno() != EADDRINUSE && !server->said_in_use) {
        server->said_in_use = true;
        toc_net_notice_add(&net->notices, TOC_NOTICE_ERROR, "listen.rebind",
                           "address=%s why=\"%s\"", server->endpoint, zmq_strerror(zmq_errno()));
    }
}

static enum toc_result key_of(zmq_msg_t *body, uint8_t ret_key[TOC_BOX_KEY_LEN])
{
    const char *user_id = zmq_msg_gets(body, "User-Id");
    TOC_ENSURE(user_id != NULL && strlen(user_id) == TOC_NET_USER_ID_LEN, TOC_DENIED);
    return toc_hex_decode(user_id, ret_key, TOC_BOX_KEY_LEN);
}

/* The engine hears of it in the next turn, if it ever heard of it. */
static void retire(struct toc_net *net, struct toc_net_link *entry)
{
    toc_net_queue_forget(&net->queue, &entry->inbox);
    if (entry->known) {
        toc_net_links_retire(&net->sessions, entry);
    } else {
        toc_net_links_remove(&net->sessions, &entry);
    }
}

/* Somebody new, or an old routing id with a new owner. A key with too many links loses the one that
 * was silent longest: nearly always the dead one of a member that reconnected. */
static enum toc_result add_link(struct toc_net *net, struct toc_bytes id,
                                const uint8_t key[TOC_BOX_KEY_LEN], struct toc_net_link **ret_entry)
{
    struct toc_net_link *oldest = NULL;
    if (toc_net_links_of_key(&net->sessions, key, &oldest) >= TOC_NET_LINKS_PER_KEY) {
        retire(net, oldest);
    }
    TOC_TRY(toc_net_links_add(&net->sessions, id, toc_net_next_link(net), ret_entry));
    memcpy((*ret_entry)->key, key, TOC_BOX_KEY_LEN);
    return TOC_OK;
}

static enum toc_result link_of(struct toc_net *net, zmq_msg_t *id_frame, zmq_msg_t *body,
                               struct toc_net_link **ret_entry)
{
    uint8_t key[TOC_BOX_KEY_LEN];
    TOC_ENSURE(zmq_msg_size(body) > 0, TOC_MALFORMED);
    TOC_TRY(key_of(body, key));
    const struct toc_bytes id = toc_bytes_of(zmq_msg_data(id_frame), zmq_msg_size(id_frame));
    struct toc_net_link *entry = toc_net_links_find(&net->sessions, id);
    if (entry != NULL && (entry->gone || !toc_bytes_equal_secret(entry->key, key, sizeof key))) {
        retire(net, entry);
        entry = NULL;
    }
    if (entry == NULL) {
        TOC_TRY(add_link(net, id, key, &entry));
    }
    toc_net_links_touch(&net->sessions, entry);
    *ret_entry = entry;
    return TOC_OK;
}

/* What its link has no room for is lost, and both sides begin anew when it speaks again. */
static enum toc_result queue_frame(struct toc_net *net, struct toc_net_link *entry,
                                   zmq_msg_t *frame)
{
    const enum toc_result result = toc_net_queue_add(&net->queue, &entry->inbox, frame);
    if (result != TOC_OK && !entry->known && entry->inbox.len == 0) {
        retire(net, entry); /* nobody heard anything of it, and nothing of it waits */
    } else if (result != TOC_OK && !entry->blocked) {
        entry->blocked = true;
        net->sessions.pending++;
    }
    return result;
}

/* One message off the socket. TOC_AGAIN: there is none. */
static enum toc_result take_one(struct toc_net *net, void *socket)
{
    zmq_msg_t frames[2]; /* routing id, body */
    TOC_TRY(toc_net_take(socket, frames, 2));
    struct toc_net_link *entry = NULL;
    enum toc_result result = link_of(net, &frames[0], &frames[1], &entry);
    if (result == TOC_OK) {
        result = queue_frame(net, entry, &frames[1]);
    } else {
        (void)zmq_msg_close(&frames[1]);
    }
    (void)zmq_msg_close(&frames[0]);
    return result == TOC_AGAIN ? TOC_DENIED : result;
}

bool toc_net_server_take(struct toc_net *net)
{
    struct toc_net_server *server = &net->servers[TOC_DOMAIN_SESSION];
    for (int i = 0; i < TOC_NET_TAKEN_MAX; i++) {
        const enum toc_result result =
            server->socket != NULL && !server->cut ? take_one(net, server->socket) : TOC_AGAIN;
        if (result == TOC_AGAIN) {
            return false;
        }
        server->fault = result != TOC_OK ? result : server->fault;
    }
    return true;
}

void toc_net_server_cut(struct toc_net_server *server)
{
    if (server->socket != NULL && !server->cut && server->bind_at_ms == INT64_MAX) {
        server->cut = zmq_unbind(server->socket, server->endpoint) == 0;
    }
}

static void note_frame(struct toc_net *net, enum toc_result result)
{
    if (result != TOC_OK) {
        toc_net_notice_add(&net->notices, TOC_NOTICE_WARN, "session.frame", "result=%s",
                           toc_result_name(result));
    }
}

void toc_net_server_tell(struct toc_net *net)
{
    struct toc_net_server *server = &net->servers[TOC_DOMAIN_SESSION];
    note_frame(net, server->fault);
    server->fault = TOC_OK;
}

/* The next frame, by whose turn it is. `ret_new`: its link, if the engine has not heard of it. */
static enum toc_result next_frame(struct toc_net *net, struct toc_bytes *ret_frame,
                                  toc_link *ret_link, struct toc_net_link **ret_new)
{
    TOC_TRY(toc_net_queue_take(&net->queue, &net->held, ret_frame, ret_link));
    struct toc_net_link *entry = toc_net_links_get(&net->sessions, *ret_link);
    TOC_ASSERT(entry != NULL);
    *ret_new = entry->known ? NULL : entry;
    entry->known = true; /* from now on only this thread removes it */
    return TOC_OK;
}

static enum toc_result introduce(struct toc_net *net, struct toc_engine *engine,
                                 struct toc_net_link *entry)
{
    const enum toc_result result = toc_engine_link_accept(engine, entry->link, entry->key);
    if (result != TOC_OK) {
        toc_net_enter(net);
        entry->known = false;
        retire(net, entry);
        toc_net_leave(net);
    }
    return result;
}

void toc_net_server_give(struct toc_net *net, struct toc_engine *engine)
{
    for (int i = 0; i < TOC_TICK_FRAMES_PER_SOCKET && toc_engine_has_room(engine); i++) {
        struct toc_bytes frame;
        toc_link link = 0;
        struct toc_net_link *entry = NULL;
        toc_net_enter(net);
        enum toc_result result = next_frame(net, &frame, &link, &entry);
        toc_net_leave(net);
        if (result != TOC_OK) {
            break;
        }
        result = entry != NULL ? introduce(net, engine, entry) : TOC_OK;
        note_frame(net, result == TOC_OK ? toc_engine_session(engine, link, frame) : result);
    }
}
