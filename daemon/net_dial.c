#include "net_dial.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

/* libzmq must not reconnect by itself: it would do so with keys that may be out of date, and after
 * a refusal it never does. There is no "never" that it honours on every path, so: in a day. */
#define NEVER_MS (24 * 3600 * 1000)
/* A feed is refused to an observer for as long as it is one: no hurry. */
#define REFUSED_FEED_WAIT_MS 60000
/* Names are looked up in an I/O thread, which stands still meanwhile. Listeners use the other one.
 */
#define DIAL_THREADS 2

/* What the other end is not to send back: what it heard from ourselves (PROTOCOL.md 1). */
static enum toc_result leave_out(void *socket, const char *member, struct toc_why *why)
{
    const struct toc_net_option invert = {ZMQ_INVERT_MATCHING, 1};
    TOC_TRY(toc_net_socket_options(socket, &invert, 1, why));
    if (zmq_setsockopt(socket, ZMQ_SUBSCRIBE, member, strlen(member) + 1) != 0) {
        return toc_fail(why, TOC_IO, "subscription: %s", zmq_strerror(zmq_errno()));
    }
    return TOC_OK;
}

enum toc_result toc_net_line_open(struct toc_net_dialler *dialler, struct toc_net_line *line,
                                  int type, const char *endpoint,
                                  const struct toc_box_public *own_public,
                                  const struct toc_box_secret *own_secret, struct toc_why *why)
{
    const struct toc_net_limits *limits = &dialler->limits;
    TOC_AUTO(toc_net_socket_close) void *socket = NULL;
    TOC_AUTO(toc_net_socket_close) void *monitor = NULL;
    TOC_TRY(toc_net_socket_new(dialler->context, type, endpoint, limits, &socket, why));
    const struct toc_net_option options[] = {
        {ZMQ_RCVHWM, 0}, /* net_queue.h says why */
        /* With 1 the pipe of a connection that breaks would be gone at once, and libzmq ends the
         * process where that falls between two parts of a message. Nothing is sent before a
         * connection is up, so nothing is queued for one that is not there. */
        {ZMQ_IMMEDIATE, 0},
        {ZMQ_RECONNECT_IVL, NEVER_MS},
        {ZMQ_CONNECT_TIMEOUT, limits->connect_ms},
        {ZMQ_HEARTBEAT_IVL, limits->heartbeat_ms},
        {ZMQ_HEARTBEAT_TIMEOUT, limits->heartbeat_timeout_ms},
        {ZMQ_HEARTBEAT_TTL, 2 * (limits->heartbeat_ms + limits->heartbeat_timeout_ms)},
    };
    TOC_TRY(toc_net_socket_options(socket, options, sizeof options / sizeof options[0], why));
    const uint64_t affinity = DIAL_THREADS;
    if (zmq_setsockopt(socket, ZMQ_AFFINITY, &affinity, sizeof affinity) != 0) {
        return toc_fail(why, TOC_IO, "dialled socket: %s", zmq_strerror(zmq_errno()));
    }
    if (type == ZMQ_SUB) {
        TOC_TRY(leave_out(socket, dialler->keys->member, why));
    }
    TOC_TRY(toc_net_socket_call(socket, own_public, own_secret, line->server_key, why));
    TOC_TRY(toc_net_monitor_open(dialler->context, socket, ++dialler->monitors, &monitor, why));
    if (zmq_connect(socket, endpoint) != 0) {
        return toc_fail(why, TOC_INVALID, "'%s': %s", endpoint, zmq_strerror(zmq_errno()));
    }
    line->socket = toc_take(&socket);
    line->monitor = toc_take(&monitor);
    line->attempt = (struct toc_net_attempt){.handshake_ms = limits->handshake_ms};
    line->dial_at_ms = INT64_MAX;
    return TOC_OK;
}

void toc_net_line_close(struct toc_net_line *line)
{
    if (line->socket != NULL) {
        (void)zmq_socket_monitor(line->socket, NULL, 0);
    }
    toc_net_socket_close(&line->socket);
    toc_net_socket_close(&line->monitor);
    line->attempt.phase = TOC_NET_OVER;
    if (line->queue != NULL) {
        toc_net_queue_forget(line->queue, &line->inbox);
    }
    line->fault = TOC_OK;
}

/* One message, if it is there. TOC_AGAIN: there is none. */
static enum toc_result take_one(struct toc_net_line *line)
{
    zmq_msg_t frame;
    TOC_TRY(toc_net_take(line->socket, &frame, 1));
    if (zmq_msg_size(&frame) == 0) {
        (void)zmq_msg_close(&frame);
        return TOC_MALFORMED;
    }
    return toc_net_queue_add(line->queue, &line->inbox, &frame);
}

bool toc_net_line_take(struct toc_net_line *line)
{
    for (int i = 0; i < TOC_NET_TAKEN_MAX; i++) {
        const enum toc_result result = line->socket != NULL ? take_one(line) : TOC_AGAIN;
        if (result == TOC_AGAIN) {
            return false;
        }
        /* Frames that were lost count for more than one that was none. */
        if (result != TOC_OK && (line->fault == TOC_OK || line->fault == TOC_MALFORMED)) {
            line->fault = result;
        }
    }
    return true;
}

void toc_net_line_cut(struct toc_net_line *line)
{
    line->cut = line->cut || line->socket != NULL;
    toc_net_line_close(line);
}

static void line_init(struct toc_net_line *line, struct toc_net_queue *queue, toc_link link)
{
    line->queue = queue;
    line->inbox.link = link;
    line->dial_at_ms = INT64_MAX;
}

enum toc_result toc_net_dial_new(struct toc_net_dialler *dialler, const struct toc_conf_peer *peer,
                                 toc_link link, struct toc_net_dial **ret_dial)
{
    const int64_t now_ms = toc_env_mono_ms(dialler->env);
    struct toc_net_dial *dial = calloc(1, sizeof *dial);
    TOC_ENSURE(dial != NULL, TOC_NOMEM);
    dial->peer = *peer;
    dial->link = link;
    line_init(&dial->session, &dialler->sessions, link);
    line_init(&dial->feed, &dialler->feeds, link);
    dial->feed.feed = true;
    dial->session.dial_at_ms = now_ms;
    dial->feed.dial_at_ms = peer->feed[0] != '\0' ? now_ms : INT64_MAX;
    *ret_dial = dial;
    return TOC_OK;
}

void toc_net_dial_free(struct toc_net_dial **dial)
{
    if (*dial != NULL) {
        toc_net_line_close(&(*dial)->session);
        toc_net_line_close(&(*dial)->feed);
        toc_net_backlog_drop(&(*dial)->backlog);
        free(*dial);
        *dial = NULL;
    }
}

/* A quarter more or less, so that the members of a group do not all call at the same moment after
 * their hub came back; and twice as long the next time. */
static void wait_longer(const struct toc_net_dialler *dialler, struct toc_net_line *line)
{
    const struct toc_net_limits *limits = &dialler->limits;
    if (line->wait_ms < limits->redial_min_ms) {
        line->wait_ms = limits->redial_min_ms;
    }
    uint32_t chance = 0;
    toc_env_random(dialler->env, &chance, sizeof chance);
    const int64_t percent = 75 + chance % 51;
    line->dial_at_ms = toc_env_mono_ms(dialler->env) + line->wait_ms * percent / 100;
    line->wait_ms =
        line->wait_ms < limits->redial_max_ms / 2 ? 2 * line->wait_ms : limits->redial_max_ms;
}

/* The key to expect: the next one when it is its turn and there is one. */
static enum toc_result server_key(struct toc_net_line *line, const struct toc_engine *engine,
                                  const char *member)
{
    if (line->server_next &&
        toc_engine_server_key(engine, member, true, line->server_key) == TOC_OK) {
        return TOC_OK;
    }
    line->server_next = false;
    return toc_engine_server_key(engine, member, false, line->server_key);
}

static void start(struct toc_net_dialler *dialler, struct toc_net_line *line, int type,
                  const char *endpoint, const char *member, const struct toc_engine *engine,
                  struct toc_net_notices *notices)
{
    const struct toc_member_keys *keys = dialler->keys;
    struct toc_why why = {.text = "no such member in the roster"};
    enum toc_result result = server_key(line, engine, member);
    if (result == TOC_OK) {
        result = toc_net_line_open(dialler, line, type, endpoint,
                                   line->own_next ? &keys->curve_next_public : &keys->curve_public,
                                   line->own_next ? &keys->curve_next_secret : &keys->curve_secret,
                                   &why);
    }
    if (result != TOC_OK) {
        toc_net_notice_add(notices, TOC_NOTICE_WARN, "peer.undialled", "member=%s why=\"%.120s\"",
                           member, why.text);
        wait_longer(dialler, line);
    }
}

static bool has_own_next(const struct toc_member_keys *keys)
{
    static const struct toc_box_public none = {{0}};
    return !toc_bytes_equal_secret(&keys->curve_next_public, &none, sizeof none);
}

/* Is there another key to try before this state is the truth? Then it is tried at once. */
static bool try_other(const struct toc_net_dialler *dialler, struct toc_net_line *line,
                      const struct toc_engine *engine, const char *member,
                      enum toc_peer_state state)
{
    uint8_t other[TOC_BOX_KEY_LEN];
    const bool other_server =
        state == TOC_PEER_WRONG_SERVER_KEY &&
        toc_engine_server_key(engine, member, !line->server_next, other) == TOC_OK;
    const bool other_own = state == TOC_PEER_REFUSED && has_own_next(dialler->keys);
    if (!other_server && !other_own) {
        return false;
    }
    line->server_next ^= other_server;
    line->own_next ^= other_own;
    line->tried_other = !line->tried_other;
    return line->tried_other;
}

/* Reads the monitor up to the next decision. True: the line has a new state. */
static bool listen_to(struct toc_net_dialler *dialler, struct toc_net_line *line,
                      const struct toc_engine *engine, const char *member,
                      struct toc_net_notices *notices, enum toc_peer_state *ret_state)
{
    struct toc_net_event event;
    bool decided = false;
    if (line->cut) {
        toc_net_notice_add(notices, TOC_NOTICE_ERROR, "net.flood",
                           "member=%s its connection was ended: no memory for what it sent",
                           member);
        line->cut = false;
        *ret_state = TOC_PEER_UNREACHABLE;
        wait_longer(dialler, line);
        return true;
    }
    while (line->monitor != NULL && !decided &&
           toc_net_monitor_read(line->monitor, &event) == TOC_OK) {
        decided = toc_net_monitor_decide(&line->attempt, &event, toc_env_mono_ms(dialler->env),
                                         ret_state);
    }
    if (!decided) {
        return false;
    }
    if (line->attempt.phase == TOC_NET_UP) {
        line->wait_ms = 0;
        line->tried_other = false;
        return true;
    }
    toc_net_line_close(line);
    if (try_other(dialler, line, engine, member, *ret_state)) {
        line->dial_at_ms = toc_env_mono_ms(dialler->env);
        return false;
    }
    wait_longer(dialler, line);
    return true;
}

static void report(struct toc_net_dial *dial, struct toc_engine *engine, enum toc_peer_state state,
                   struct toc_net_notices *notices)
{
    if (state != dial->state) {
        toc_net_notice_add(notices, state == TOC_PEER_CONNECTED ? TOC_NOTICE_INFO : TOC_NOTICE_WARN,
                           "peer.state", "member=%s state=%s address=%s", dial->peer.member,
                           toc_peer_state_name(state), dial->peer.session);
    }
    dial->state = state;
    toc_engine_link_state(engine, dial->link, state);
}

/* What was lost of it since the last turn. */
static void tell_fault(struct toc_net_line *line, struct toc_engine *engine, const char *member,
                       struct toc_net_notices *notices)
{
    if (line->fault == TOC_OK) {
        return;
    }
    toc_net_notice_add(notices, TOC_NOTICE_WARN, line->feed ? "feed.frame" : "session.frame",
                       "member=%s result=%s", member, toc_result_name(line->fault));
    /* Of a feed nothing is missed; both sides of a session begin anew. */
    if (!line->feed && line->fault != TOC_MALFORMED) {
        toc_engine_link_blocked(engine, line->inbox.link);
    }
    line->fault = TOC_OK;
}

bool toc_net_dial_up(const struct toc_net_dial *dial)
{
    return dial->session.socket != NULL && dial->session.attempt.phase == TOC_NET_UP;
}

void toc_net_dial_turn(struct toc_net_dialler *dialler, struct toc_net_dial *dial,
                       struct toc_engine *engine, struct toc_net_notices *notices)
{
    const int64_t now_ms = toc_env_mono_ms(dialler->env);
    const char *member = dial->peer.member;
    if (dial->blocked) {
        toc_engine_link_blocked(engine, dial->link);
        dial->blocked = false;
    }
    enum toc_peer_state state;
    /* Twice at most: up, and over again. */
    for (int i = 0; i < 2 && listen_to(dialler, &dial->session, engine, member, notices, &state);
         i++) {
        report(dial, engine, state, notices);
    }
    if (listen_to(dialler, &dial->feed, engine, member, notices, &state) &&
        state == TOC_PEER_REFUSED) {
        dial->feed.dial_at_ms = now_ms + REFUSED_FEED_WAIT_MS;
    }
    if (dial->session.dial_at_ms <= now_ms) {
        start(dialler, &dial->session, ZMQ_DEALER, dial->peer.session, member, engine, notices);
    }
    if (dial->feed.dial_at_ms <= now_ms) {
        start(dialler, &dial->feed, ZMQ_SUB, dial->peer.feed, member, engine, notices);
    }
    if (!toc_net_dial_up(dial)) {
        toc_net_backlog_drop(&dial->backlog); /* the next connection begins with a Hello */
    } else {
        /* Before the monitor has said that it is up, the engine does not know of it. */
        (void)toc_net_line_take(&dial->session);
        tell_fault(&dial->session, engine, member, notices);
    }
    (void)toc_net_line_take(&dial->feed);
    tell_fault(&dial->feed, engine, member, notices);
}

static void redial(struct toc_net_line *line, int64_t now_ms)
{
    toc_net_line_close(line);
    line->dial_at_ms = now_ms;
    line->wait_ms = 0;
    line->tried_other = false;
}

void toc_net_dial_again(struct toc_net_dialler *dialler, struct toc_net_dial *dial,
                        struct toc_engine *engine)
{
    const int64_t now_ms = toc_env_mono_ms(dialler->env);
    if (dial->session.attempt.phase == TOC_NET_UP) {
        dial->state = TOC_PEER_UNREACHABLE;
        toc_engine_link_state(engine, dial->link, dial->state);
    }
    redial(&dial->session, now_ms);
    redial(&dial->feed, now_ms);
    if (dial->peer.feed[0] == '\0') {
        dial->feed.dial_at_ms = INT64_MAX;
    }
}

/* Up, and with a key that the roster still gives. */
static bool still_good(const struct toc_net_line *line, const struct toc_engine *engine,
                       const char *member)
{
    bool given = false;
    for (int next = 0; next < 2 && !given; next++) {
        uint8_t key[TOC_BOX_KEY_LEN];
        given = toc_engine_server_key(engine, member, next == 1, key) == TOC_OK &&
                toc_bytes_equal_secret(key, line->server_key, sizeof key);
    }
    return given && line->attempt.phase == TOC_NET_UP;
}

void toc_net_dial_roster(struct toc_net_dialler *dialler, struct toc_net_dial *dial,
                         const struct toc_engine *engine)
{
    const int64_t now_ms = toc_env_mono_ms(dialler->env);
    if (!still_good(&dial->session, engine, dial->peer.member)) {
        redial(&dial->session, now_ms);
    }
    if (dial->peer.feed[0] != '\0' && !still_good(&dial->feed, engine, dial->peer.member)) {
        redial(&dial->feed, now_ms);
    }
}

int64_t toc_net_dial_deadline(const struct toc_net_dial *dial)
{
    const struct toc_net_line *const lines[] = {&dial->session, &dial->feed};
    for (size_t i = 0; i < 2; i++) {
        if (dial->blocked || lines[i]->cut || lines[i]->fault != TOC_OK) {
            return 0;
        }
    }
    const int64_t session_ms = dial->session.dial_at_ms;
    const int64_t feed_ms = dial->feed.dial_at_ms;
    return session_ms < feed_ms ? session_ms : feed_ms;
}
