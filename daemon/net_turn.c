/* One turn of the sockets: everything that came in goes to the engine, in a fixed order and with a
 * budget for each socket, so that none starves another; then, after the commit, the outbox goes
 * out. */
#include "ensure.h"
#include "net_state.h"

/* What the last outbox found out about its links. */
static void tell_pending(struct toc_net *net, struct toc_net_links *links,
                         struct toc_engine *engine)
{
    struct toc_net_link *entry = links->newest;
    while (entry != NULL && links->pending > 0) {
        struct toc_net_link *now = entry;
        entry = entry->older;
        if (now->gone) {
            toc_net_forget(net, links, &now, engine);
        } else if (now->blocked && now->known) {
            toc_engine_link_blocked(engine, now->link);
            now->blocked = false;
            links->pending--;
        }
    }
}

static void drop_everybody(struct toc_net *net, struct toc_engine *engine)
{
    net->flooded = false;
    if (net->servers[TOC_DOMAIN_SESSION].cut || net->servers[TOC_DOMAIN_FEED].cut) {
        toc_net_notice_add(&net->notices, TOC_NOTICE_ERROR, "net.flood",
                           "every connection was ended: no memory for what came in");
    }
    toc_net_server_unbind(net, TOC_DOMAIN_SESSION);
    toc_net_server_unbind(net, TOC_DOMAIN_FEED);
    for (size_t i = 0; i < net->dials_len; i++) {
        toc_net_dial_again(&net->dialler, net->dials[i], engine);
    }
}

static const char *member_of(const struct toc_net *net, toc_link link)
{
    for (size_t i = 0; i < net->dials_len; i++) {
        if (net->dials[i]->link == link) {
            return net->dials[i]->peer.member;
        }
    }
    return "";
}

/* What dialled peers sent, one frame of each in turn; `feed`: by their feeds. */
static void give_dialled(struct toc_net *net, struct toc_engine *engine, bool feed)
{
    struct toc_net_queue *queue = feed ? &net->dialler.feeds : &net->dialler.sessions;
    const size_t frames_max = net->dials_len * TOC_TICK_FRAMES_PER_SOCKET;
    for (size_t i = 0; i < frames_max && toc_engine_has_room(engine); i++) {
        struct toc_bytes frame;
        toc_link link = 0;
        toc_net_enter(net);
        const enum toc_result taken = toc_net_queue_take(queue, &net->held, &frame, &link);
        toc_net_leave(net);
        if (taken != TOC_OK) {
            break;
        }
        const enum toc_result result =
            feed ? toc_engine_feed(engine, link, frame) : toc_engine_session(engine, link, frame);
        if (result != TOC_OK) {
            toc_net_notice_add(&net->notices, TOC_NOTICE_WARN,
                               feed ? "feed.frame" : "session.frame", "member=%s result=%s",
                               member_of(net, link), toc_result_name(result));
        }
    }
}

void toc_net_answer_zap(struct toc_net *net, const struct toc_engine *engine)
{
    toc_net_held_release(&net->held, 0);
    toc_net_zap_answer(&net->zap, engine, &net->held, &net->notices);
}

void toc_net_receive(struct toc_net *net, struct toc_engine *engine)
{
    toc_net_held_release(&net->held, 0);
    toc_net_enter(net);
    if (net->flooded) {
        drop_everybody(net, engine);
    }
    (void)toc_net_server_take(net);
    toc_net_server_tell(net);
    tell_pending(net, &net->sessions, engine);
    tell_pending(net, &net->locals, engine);
    toc_net_server_rebind(net, TOC_DOMAIN_SESSION);
    toc_net_server_rebind(net, TOC_DOMAIN_FEED);
    toc_net_zap_answer(&net->zap, engine, &net->held, &net->notices);
    for (size_t i = 0; i < net->dials_len; i++) {
        toc_net_dial_turn(&net->dialler, net->dials[i], engine, &net->notices);
    }
    toc_net_leave(net);
    toc_net_local_receive(net, engine);
    toc_net_server_give(net, engine);
    give_dialled(net, engine, false);
    give_dialled(net, engine, true);
}

/* ---- sending ---- */

/* By way of a ROUTER. After the first failure in an outbox the link gets nothing more of it. */
static void routed(struct toc_net_links *links, struct toc_net_link *entry, enum toc_result result)
{
    if (result == TOC_OK) {
        toc_net_links_touch(links, entry);
        return;
    }
    toc_net_backlog_drop(&entry->backlog);
    entry->blocked = result == TOC_AGAIN;
    entry->gone = !entry->blocked;
    links->pending++;
}

static void send_local(struct toc_net *net, const struct toc_out *out)
{
    struct toc_net_link *entry = toc_net_links_get(&net->locals, out->link);
    if (net->local != NULL && entry != NULL && !entry->gone && !entry->blocked) {
        routed(&net->locals, entry,
               toc_net_put(net->local, toc_bytes_of(entry->id, entry->id_len), out->parts,
                           out->parts_len));
    }
}

static void wait_on(struct toc_net *net, const struct toc_net_backlog *backlog, int64_t now_ms)
{
    const int64_t again_ms = toc_net_backlog_deadline(backlog, now_ms);
    net->backlog_ms = again_ms < net->backlog_ms ? again_ms : net->backlog_ms;
}

/* At once, or behind what waits for room. TOC_AGAIN: too much waits, and all of it is lost. */
static enum toc_result put_session(struct toc_net *net, struct toc_net_backlog *backlog,
                                   void *socket, struct toc_bytes id, const struct toc_out *out)
{
    TOC_ASSERT(out->parts_len == 1);
    if (backlog->first == NULL) {
        const enum toc_result result = toc_net_put(socket, id, out->parts, 1);
        TOC_ENSURE(result == TOC_AGAIN, result);
    }
    const int64_t now_ms = toc_env_mono_ms(net->dialler.env);
    TOC_ENSURE(toc_net_backlog_add(backlog, out->parts[0], now_ms) == TOC_OK, TOC_AGAIN);
    wait_on(net, backlog, now_ms);
    return TOC_OK;
}

static void send_session(struct toc_net *net, const struct toc_out *out)
{
    for (size_t i = 0; i < net->dials_len; i++) {
        struct toc_net_dial *dial = net->dials[i];
        if (dial->link != out->link) {
            continue;
        }
        if (toc_net_dial_up(dial) && !dial->blocked &&
            put_session(net, &dial->backlog, dial->session.socket, toc_bytes_of(NULL, 0), out) !=
                TOC_OK) {
            toc_net_backlog_drop(&dial->backlog);
            dial->blocked = true;
        }
        return;
    }
    void *socket = net->servers[TOC_DOMAIN_SESSION].socket;
    struct toc_net_link *entry = toc_net_links_get(&net->sessions, out->link);
    if (socket != NULL && entry != NULL && !entry->gone && !entry->blocked) {
        routed(
            &net->sessions, entry,
            put_session(net, &entry->backlog, socket, toc_bytes_of(entry->id, entry->id_len), out));
    }
}

/* What met full pipes, before anything newer. */
static void send_backlogs(struct toc_net *net)
{
    const int64_t now_ms = toc_env_mono_ms(net->dialler.env);
    void *socket = net->servers[TOC_DOMAIN_SESSION].socket;
    if (net->backlog_ms == INT64_MAX) {
        return;
    }
    net->backlog_ms = INT64_MAX;
    for (size_t i = 0; i < net->dials_len; i++) {
        struct toc_net_dial *dial = net->dials[i];
        if (dial->backlog.first == NULL || !toc_net_dial_up(dial)) {
            continue;
        }
        const enum toc_result result = toc_net_backlog_send(&dial->backlog, dial->session.socket,
                                                            toc_bytes_of(NULL, 0), now_ms);
        if (result != TOC_OK && result != TOC_AGAIN) {
            toc_net_backlog_drop(&dial->backlog);
            dial->blocked = true;
        }
        wait_on(net, &dial->backlog, now_ms);
    }
    struct toc_net_link *older = NULL;
    for (struct toc_net_link *entry = net->sessions.newest; entry != NULL; entry = older) {
        older = entry->older; /* one that is sent to becomes the newest */
        if (entry->backlog.first == NULL || entry->gone || entry->blocked) {
            continue;
        }
        const enum toc_result result = toc_net_backlog_send(
            &entry->backlog, socket, toc_bytes_of(entry->id, entry->id_len), now_ms);
        if (result != TOC_AGAIN) {
            routed(&net->sessions, entry, result == TOC_STALE ? TOC_AGAIN : result);
        }
        wait_on(net, &entry->backlog, now_ms);
    }
}

/* The feed is a hint: what a subscriber misses it will want by session. */
static void send_feed(struct toc_net *net, const struct toc_out *out)
{
    const struct toc_net_server *feed = &net->servers[TOC_DOMAIN_FEED];
    if (feed->socket != NULL) {
        const enum toc_result sent =
            toc_net_put(feed->socket, toc_bytes_of(NULL, 0), out->parts, out->parts_len);
        (void)sent;
    }
}

void toc_net_send(struct toc_net *net, const struct toc_out *outbox, size_t len)
{
    toc_net_enter(net);
    send_backlogs(net);
    for (size_t i = 0; i < len; i++) {
        switch (outbox[i].kind) {
        case TOC_OUT_SESSION:
            send_session(net, &outbox[i]);
            break;
        case TOC_OUT_FEED:
            send_feed(net, &outbox[i]);
            break;
        case TOC_OUT_LOCAL:
            send_local(net, &outbox[i]);
            break;
        }
    }
    toc_net_leave(net);
}

void toc_net_release(struct toc_net *net)
{
    toc_net_held_release(&net->held, 0);
}

void toc_net_roster_changed(struct toc_net *net, const struct toc_engine *engine)
{
    toc_net_enter(net);
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        const enum toc_domain domain = (enum toc_domain)i;
        if (toc_net_zap_outdated(&net->zap, engine, domain)) {
            toc_net_server_unbind(net, domain);
        }
    }
    for (size_t i = 0; i < net->dials_len; i++) {
        toc_net_dial_roster(&net->dialler, net->dials[i], engine);
    }
    toc_net_leave(net);
}
