#include "ensure.h"
#include "net_state.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Together these make a peer's state right within ten seconds: a dead peer is found after a ping
 * and its timeout, a new one after the longest wait and a handshake. */
static const struct toc_net_limits defaults = {
    .handshake_ms = 4000,
    .connect_ms = 4000,
    .heartbeat_ms = 3000,
    .heartbeat_timeout_ms = 15000, /* a hub reads hundreds of greetings before it answers */
    .redial_min_ms = 200,
    .redial_max_ms = 4000,
    .rebind_ms = 20,
    /* Far above what every honest member may have in flight at once (docs/limits.md, Memory). */
    .memory_max = (size_t)1024 * 1024 * 1024,
};
/* libzmq keeps the parts of a message that never ends, and bounds neither their number nor the
 * subscriptions of a feed. So memory is looked at this often, and while it is over the limit every
 * connection is dropped: honest peers are back at once. */
#define MEMORY_LOOK_MS 250
#define MEMORY_SETTLE_MS 3000
/* Session, feed, local, ZAP; and socket and monitor of two lines for each peer. */
#define ITEMS_MAX (TOC_NET_WAIT_FDS_MAX + 4 + 4 * TOC_PEERS_MAX)

static struct toc_net_limits with_defaults(struct toc_net_limits limits)
{
    int *const values[] = {&limits.handshake_ms,  &limits.connect_ms,
                           &limits.heartbeat_ms,  &limits.heartbeat_timeout_ms,
                           &limits.redial_min_ms, &limits.redial_max_ms,
                           &limits.rebind_ms};
    const int instead[] = {defaults.handshake_ms,  defaults.connect_ms,
                           defaults.heartbeat_ms,  defaults.heartbeat_timeout_ms,
                           defaults.redial_min_ms, defaults.redial_max_ms,
                           defaults.rebind_ms};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        *values[i] = *values[i] > 0 ? *values[i] : instead[i];
    }
    limits.memory_max = limits.memory_max > 0 ? limits.memory_max : defaults.memory_max;
    return limits;
}

static enum toc_result open_parts(struct toc_net *net, const struct toc_conf *conf,
                                  struct toc_why *why)
{
    struct toc_net_dialler *dialler = &net->dialler;
    dialler->context = zmq_ctx_new();
    net->items = calloc(ITEMS_MAX, sizeof *net->items);
    if (dialler->context == NULL || net->items == NULL || toc_net_held_init(&net->held) != TOC_OK ||
        toc_net_relief_init(&net->relief) != TOC_OK ||
        toc_net_links_init(&net->sessions, TOC_LINKS_MAX) != TOC_OK ||
        toc_net_links_init(&net->locals, TOC_NET_LOCAL_LINKS_MAX) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "network: out of memory");
    }
    /* One I/O thread for listeners, one for dialled links: see net_dial.c. */
    TOC_ASSERT(zmq_ctx_set(dialler->context, ZMQ_IO_THREADS, 2) == 0);
    TOC_TRY(toc_net_zap_open(dialler->context, &dialler->limits, &net->zap, why));
    TOC_TRY(toc_net_server_open(net, TOC_DOMAIN_SESSION, conf->listen_session, why));
    TOC_TRY(toc_net_server_open(net, TOC_DOMAIN_FEED, conf->listen_feed, why));
    return toc_net_local_open(net, conf->local, why);
}

enum toc_result toc_net_open(const struct toc_net_setup *setup, struct toc_net **ret_net,
                             struct toc_why *why)
{
    TOC_AUTO(toc_net_close) struct toc_net *net = calloc(1, sizeof *net);
    if (net == NULL) {
        return toc_fail(why, TOC_NOMEM, "network: out of memory");
    }
    net->dialler.keys = setup->keys;
    net->dialler.env = setup->env;
    net->dialler.limits = with_defaults(setup->limits);
    net->memory_max = net->dialler.limits.memory_max;
    net->backlog_ms = INT64_MAX;
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        net->servers[i].bind_at_ms = INT64_MAX;
    }
    TOC_TRY(open_parts(net, setup->conf, why));
    *ret_net = toc_take(&net);
    return TOC_OK;
}

void toc_net_close(struct toc_net **net)
{
    struct toc_net *old = *net;
    if (old == NULL) {
        return;
    }
    toc_net_relief_done(&old->relief);
    toc_net_held_done(&old->held);
    for (size_t i = 0; i < old->dials_len; i++) {
        toc_net_dial_free(&old->dials[i]);
    }
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        toc_net_socket_close(&old->servers[i].socket);
    }
    toc_net_local_close(old);
    toc_net_zap_close(&old->zap);
    while (old->queue.first != NULL) {
        toc_net_queue_forget(&old->queue, old->queue.first);
    }
    if (old->sessions.by_id != NULL) {
        toc_net_links_done(&old->sessions);
    }
    if (old->locals.by_id != NULL) {
        toc_net_links_done(&old->locals);
    }
    free(old->items);
    if (old->dialler.context != NULL) {
        /* Nothing lingers, so this waits only for the I/O threads to see that. */
        while (zmq_ctx_term(old->dialler.context) != 0 && zmq_errno() == EINTR) {
            continue;
        }
    }
    free(old);
    *net = NULL;
}

static struct toc_net_dial *dial_of(const struct toc_net *net, toc_link link)
{
    for (size_t i = 0; i < net->dials_len; i++) {
        if (net->dials[i]->link == link) {
            return net->dials[i];
        }
    }
    return NULL;
}

toc_link toc_net_next_link(struct toc_net *net)
{
    /* Numbers rise; after four thousand million connections those that live are passed over. */
    do {
        net->last_link++;
    } while (net->last_link == 0 || dial_of(net, net->last_link) != NULL ||
             toc_net_links_get(&net->sessions, net->last_link) != NULL ||
             toc_net_links_get(&net->locals, net->last_link) != NULL);
    return net->last_link;
}

void toc_net_forget(struct toc_net *net, struct toc_net_links *links, struct toc_net_link **entry,
                    struct toc_engine *engine)
{
    if (links == &net->sessions) {
        toc_net_queue_forget(&net->queue, &(*entry)->inbox);
    }
    toc_engine_link_gone(engine, (*entry)->link);
    toc_net_links_remove(links, entry);
}

static const struct toc_conf_peer *peer_of(const struct toc_conf *conf, const char *member)
{
    for (size_t i = 0; i < conf->peers_len; i++) {
        if (strcmp(conf->peers[i].member, member) == 0) {
            return &conf->peers[i];
        }
    }
    return NULL;
}

static enum toc_result dial_new(struct toc_net *net, struct toc_engine *engine,
                                const struct toc_conf_peer *peer, struct toc_why *why)
{
    for (size_t i = 0; i < net->dials_len; i++) {
        if (strcmp(net->dials[i]->peer.member, peer->member) == 0) {
            return TOC_OK;
        }
    }
    if (net->dials_len == TOC_PEERS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "more than %d peers", TOC_PEERS_MAX);
    }
    TOC_AUTO(toc_net_dial_free) struct toc_net_dial *dial = NULL;
    TOC_TRY(toc_net_dial_new(&net->dialler, peer, toc_net_next_link(net), &dial));
    const enum toc_result result = toc_engine_link_dial(engine, dial->link, peer->member);
    if (result != TOC_OK) {
        return toc_fail(why, result, "peer '%s': %s", peer->member,
                        result == TOC_NOMEM ? "out of memory" : toc_result_name(result));
    }
    net->dials[net->dials_len++] = toc_take(&dial);
    return TOC_OK;
}

static enum toc_result dial_all(struct toc_net *net, struct toc_engine *engine,
                                const struct toc_conf *conf, struct toc_why *why)
{
    size_t kept = 0;
    for (size_t i = 0; i < net->dials_len; i++) {
        struct toc_net_dial *dial = net->dials[i];
        const struct toc_conf_peer *peer = peer_of(conf, dial->peer.member);
        if (peer == NULL) {
            toc_engine_link_gone(engine, dial->link);
            toc_net_dial_free(&dial);
            continue;
        }
        if (strcmp(peer->session, dial->peer.session) != 0 ||
            strcmp(peer->feed, dial->peer.feed) != 0) {
            dial->peer = *peer;
            toc_net_dial_again(&net->dialler, dial, engine);
        }
        net->dials[kept++] = dial;
    }
    net->dials_len = kept;
    for (size_t i = 0; i < conf->peers_len; i++) {
        TOC_TRY(dial_new(net, engine, &conf->peers[i], why));
    }
    const bool talks = net->dials_len > 0 || net->servers[TOC_DOMAIN_SESSION].socket != NULL;
    return talks ? toc_net_relief_start(net, why) : TOC_OK;
}

enum toc_result toc_net_dial(struct toc_net *net, struct toc_engine *engine,
                             const struct toc_conf *conf, struct toc_why *why)
{
    toc_net_enter(net);
    const enum toc_result result = dial_all(net, engine, conf, why);
    toc_net_leave(net);
    return result;
}

size_t toc_net_memory(void)
{
    char text[128] = "";
    const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        const ssize_t len = read(fd, text, sizeof text - 1);
        text[len > 0 ? len : 0] = '\0';
        (void)close(fd);
    }
    const char *space = strchr(text, ' ');
    const size_t pages = space == NULL ? 0 : strtoull(space, NULL, 10);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

size_t toc_net_memory_over(const struct toc_net *net)
{
    if (toc_net_memory() <= net->memory_max) {
        return 0;
    }
    /* What was freed may still be held for reuse: only what cannot be given back counts. */
    (void)malloc_trim(0);
    const size_t memory = toc_net_memory();
    return memory <= net->memory_max ? 0 : memory;
}

/* True when it is too much, and the next turn is to drop every connection. If it stays too much
 * after that, it was not the peers': then the limit moves, so that a large daemon is not cut off
 * for ever. */
static bool look_at_memory(struct toc_net *net)
{
    const int64_t now_ms = toc_env_mono_ms(net->dialler.env);
    if (now_ms - net->looked_ms < MEMORY_LOOK_MS / 2) {
        return false;
    }
    net->looked_ms = now_ms;
    const size_t memory = toc_net_memory_over(net);
    if (memory == 0) {
        net->flooded_ms = 0;
        return false;
    }
    if (net->flooded_ms == 0) {
        toc_net_notice_add(&net->notices, TOC_NOTICE_ERROR, "net.flood",
                           "resident_mb=%zu limit_mb=%zu every connection is dropped once",
                           memory >> 20, net->memory_max >> 20);
        net->flooded_ms = now_ms;
        net->flooded = true;
        return true;
    }
    if (now_ms - net->flooded_ms > MEMORY_SETTLE_MS) {
        net->memory_max = memory + net->dialler.limits.memory_max / 4;
        net->flooded_ms = 0;
    }
    return false;
}

static void add_item(struct toc_net *net, int *len, void *socket)
{
    if (socket != NULL) {
        net->items[(*len)++] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    }
}

/* The feed and dialled feeds are here for their own sake too: a PUB or SUB does its housekeeping
 * (subscriptions, connections that ended) only while its owner polls it. */
static int fill_items(struct toc_net *net, const int *fds, size_t fds_len)
{
    int len = 0;
    for (size_t i = 0; i < fds_len; i++) {
        net->items[len++] = (zmq_pollitem_t){.fd = fds[i], .events = ZMQ_POLLIN};
    }
    add_item(net, &len, net->zap.socket);
    add_item(net, &len, net->local);
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        add_item(net, &len, net->servers[i].socket);
    }
    for (size_t i = 0; i < net->dials_len; i++) {
        add_item(net, &len, net->dials[i]->session.monitor);
        add_item(net, &len, net->dials[i]->session.socket);
        add_item(net, &len, net->dials[i]->feed.monitor);
        add_item(net, &len, net->dials[i]->feed.socket);
    }
    return len;
}

enum toc_result toc_net_wait(struct toc_net *net, int64_t until_ms, const int *fds, size_t fds_len,
                             bool *ret_ready)
{
    TOC_ASSERT(fds_len <= TOC_NET_WAIT_FDS_MAX);
    int ready = 0;
    int64_t left_ms = 0;
    toc_net_enter(net);
    const int len = fill_items(net, fds, fds_len);
    do {
        left_ms = until_ms - toc_env_mono_ms(net->dialler.env);
        const long slice_ms = left_ms < 0                ? 0
                              : left_ms < MEMORY_LOOK_MS ? (long)left_ms
                                                         : MEMORY_LOOK_MS;
        ready = zmq_poll(net->items, len, slice_ms);
    } while (!look_at_memory(net) && ready == 0 && left_ms > MEMORY_LOOK_MS);
    const int error = zmq_errno();
    toc_net_leave(net);
    if (ready < 0) {
        return error == EINTR ? TOC_AGAIN : TOC_IO;
    }
    for (size_t i = 0; i < fds_len; i++) {
        ret_ready[i] = (net->items[i].revents & ZMQ_POLLIN) != 0;
    }
    return TOC_OK;
}

static int64_t deadline(const struct toc_net *net)
{
    if (net->sessions.pending > 0 || net->locals.pending > 0 || net->flooded ||
        net->queue.first != NULL || net->dialler.sessions.first != NULL ||
        net->dialler.feeds.first != NULL) {
        return 0;
    }
    int64_t deadline_ms = net->backlog_ms;
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        const int64_t bind_at_ms = net->servers[i].bind_at_ms;
        deadline_ms = bind_at_ms < deadline_ms ? bind_at_ms : deadline_ms;
    }
    for (size_t i = 0; i < net->dials_len; i++) {
        const int64_t dial_ms = toc_net_dial_deadline(net->dials[i]);
        deadline_ms = dial_ms < deadline_ms ? dial_ms : deadline_ms;
    }
    return deadline_ms;
}

int64_t toc_net_deadline(struct toc_net *net)
{
    toc_net_enter(net);
    const int64_t deadline_ms = deadline(net);
    toc_net_leave(net);
    return deadline_ms;
}

bool toc_net_notice(struct toc_net *net, struct toc_notice *ret_notice)
{
    return toc_net_notice_next(&net->notices, ret_notice);
}

const char *toc_net_endpoint(const struct toc_net *net, enum toc_domain domain)
{
    const struct toc_net_server *server = &net->servers[domain];
    return server->socket == NULL ? NULL : server->endpoint;
}
