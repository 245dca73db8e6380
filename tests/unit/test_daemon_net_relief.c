/* What peers send while no turn comes, because a disk stands still: it is taken from libzmq all the
 * same, so much of it waits, and the rest is gone. First those that were dialled, then those that
 * dialled us. */
#include "fake_peer.h"
#include "runner.h"

/* Of 2 KiB each, as many as may wait. */
#define FRAMES_MAX (TOC_NET_WAITING_BYTES_MAX / 2048)

static struct world caller;
static struct peer liar; /* what the caller takes for its hub */
static void *session, *feed;
static char caller_id[256];
static size_t caller_id_len;

static void *serve(int type, char *ret_endpoint, size_t room)
{
    void *socket = socket_new(caller.context, type);
    const int on = 1;
    const int without_mark = 0;
    /* Without, libzmq aborts now and then where both ends of a connection go while half a message
     * is under way. */
    const int linger_ms = 1000;
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms), 0);
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof on), 0);
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, &liar.secret, TOC_BOX_KEY_LEN), 0);
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_SNDHWM, &without_mark, sizeof without_mark), 0);
    if (type == ZMQ_XPUB) {
        ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_INVERT_MATCHING, &on, sizeof on), 0);
    }
    ck_assert_int_eq(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
    ck_assert_int_eq(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, ret_endpoint, &room), 0);
    return socket;
}

/* The first part of the next message, while the caller turns. */
static size_t first_word(void *socket, char *ret_word, size_t room)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    int len = -1;
    while (len < 0 && now_ms() < until_ms) {
        turn(&caller, 5);
        len = zmq_recv(socket, ret_word, room, ZMQ_DONTWAIT);
    }
    ck_assert_int_gt(len, 0);
    return (size_t)len;
}

static void says(const char *text)
{
    ck_assert_int_ge(zmq_send(session, caller_id, caller_id_len, ZMQ_SNDMORE), 0);
    say_text(session, text, 0);
}

static void says_so_much(int frames)
{
    static const char frame[2048] = "x";
    for (int i = 0; i < frames; i++) {
        ck_assert_int_ge(zmq_send(session, caller_id, caller_id_len, ZMQ_SNDMORE), 0);
        ck_assert_int_ge(zmq_send(session, frame, sizeof frame, 0), 0);
    }
}

static void feeds_so_much(int frames)
{
    static const char frame[2048] = "x";
    for (int i = 0; i < frames; i++) {
        ck_assert_int_ge(zmq_send(feed, frame, sizeof frame, 0), 0);
    }
}

/* Has the relief come so far? Without a turn. */
static void no_turn_until(bool (*done)(const struct toc_net_dial *dial))
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    bool is_done = false;
    while (!is_done && now_ms() < until_ms) {
        ck_assert_int_eq(pthread_mutex_lock(&caller.net->relief.sockets), 0);
        is_done = done(caller.net->dials[0]);
        ck_assert_int_eq(pthread_mutex_unlock(&caller.net->relief.sockets), 0);
        (void)zmq_poll(NULL, 0, 1); /* and looks again */
    }
    ck_assert(is_done);
}

static void setup(void)
{
    caller = world_new(false, (struct toc_net_limits){.redial_min_ms = 20, .redial_max_ms = 100});
    liar = peer_new();
    struct toc_conf_peer *peer = &caller.conf.peers[0];
    caller.conf.peers_len = 1;
    (void)snprintf(peer->member, sizeof peer->member, "spg");
    session = serve(ZMQ_ROUTER, peer->session, sizeof peer->session);
    feed = serve(ZMQ_XPUB, peer->feed, sizeof peer->feed);
    caller.engine->server_known[0] = true;
    memcpy(caller.engine->server_key[0], liar.public_key.bytes, TOC_BOX_KEY_LEN);
    ck_assert_int_eq(toc_net_dial(caller.net, caller.engine, &caller.conf, NULL), TOC_OK);
    char subscription[64];
    (void)first_word(feed, subscription, sizeof subscription);
    turns_until(&caller, FAKE_STATE, 1);
    const struct toc_bytes hello = toc_bytes_text("hello");
    fake_send(caller.engine, TOC_OUT_SESSION, caller.engine->dialled, &hello, 1);
    caller_id_len = first_word(session, caller_id, sizeof caller_id);
    char word[16];
    ck_assert_uint_eq(first_word(session, word, sizeof word), hello.len);
    says("welcome");
    turns_until(&caller, FAKE_SESSION, 1);
}

static void teardown(void)
{
    (void)zmq_close(session);
    (void)zmq_close(feed);
    world_free(&caller);
}

static bool session_full(const struct toc_net_dial *dial)
{
    return dial->session.inbox.len == FRAMES_MAX;
}

static bool session_over(const struct toc_net_dial *dial)
{
    return dial->session.fault == TOC_TOOBIG;
}

static bool feed_over(const struct toc_net_dial *dial)
{
    return dial->feed.fault == TOC_TOOBIG;
}

static bool both_cut(const struct toc_net_dial *dial)
{
    return dial->session.cut && dial->feed.cut;
}

START_TEST(so_much_waits_and_nothing_is_lost)
{
    says_so_much(FRAMES_MAX); /* the edge */
    no_turn_until(session_full);
    ck_assert(toc_net_deadline(caller.net) == 0);
    turns_until(&caller, FAKE_SESSION, 1 + FRAMES_MAX);
    says("last");
    turns_until(&caller, FAKE_SESSION, 2 + FRAMES_MAX);
    ck_assert_str_eq(fake_last(caller.engine, FAKE_SESSION)->text, "last");
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_BLOCKED), 0);
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1);
    ck_assert(!noticed(&caller, "session.frame"));
    ck_assert_uint_eq(caller.net->dials[0]->session.inbox.bytes, 0);
}
END_TEST

START_TEST(what_is_more_is_gone_and_both_begin_anew)
{
    says_so_much(FRAMES_MAX + 1);
    no_turn_until(session_over);
    ck_assert(toc_net_deadline(caller.net) == 0);
    turns_until(&caller, FAKE_BLOCKED, 1);
    ck_assert_uint_eq(fake_last(caller.engine, FAKE_BLOCKED)->link, caller.engine->dialled);
    ck_assert(noticed(&caller, "session.frame"));
    turns_until(&caller, FAKE_SESSION, 1 + FRAMES_MAX);
    says("last");
    turns_until(&caller, FAKE_SESSION, 2 + FRAMES_MAX);
    ck_assert_str_eq(fake_last(caller.engine, FAKE_SESSION)->text, "last");
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_BLOCKED), 1);
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1); /* on the same connection */
}
END_TEST

/* However fast it sends: what the daemon has of it is what may wait. */
START_TEST(of_many_times_as_much_no_more_waits)
{
    for (int i = 0; i < 8; i++) {
        says_so_much(FRAMES_MAX);
        feeds_so_much(FRAMES_MAX);
    }
    no_turn_until(session_over);
    no_turn_until(feed_over);
    const struct toc_net_dial *dial = caller.net->dials[0];
    ck_assert_uint_le(dial->session.inbox.bytes, TOC_NET_WAITING_BYTES_MAX);
    ck_assert_uint_le(dial->feed.inbox.bytes, TOC_NET_WAITING_BYTES_MAX);
    turns_until(&caller, FAKE_BLOCKED, 1);
    ck_assert(noticed(&caller, "feed.frame"));
}
END_TEST

START_TEST(a_feed_that_floods_does_not_keep_a_session_waiting)
{
    feeds_so_much(FRAMES_MAX + 1);
    no_turn_until(feed_over);
    says("first");
    turns_until(&caller, FAKE_SESSION, 2);
    ck_assert_str_eq(fake_last(caller.engine, FAKE_SESSION)->text, "first");
    ck_assert_uint_lt(fake_count(caller.engine, FAKE_FEED), FRAMES_MAX);
    turns_until(&caller, FAKE_FEED, FRAMES_MAX);
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_BLOCKED), 0); /* of a feed nothing is missed */
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1);
}
END_TEST

/* As when a message never ends: nothing of it can be taken. */
START_TEST(when_memory_is_too_much_its_connections_go)
{
    ck_assert_int_eq(pthread_mutex_lock(&caller.net->relief.sockets), 0);
    const size_t memory_max = caller.net->memory_max;
    caller.net->memory_max = 1;
    ck_assert_int_eq(pthread_mutex_unlock(&caller.net->relief.sockets), 0);
    no_turn_until(both_cut);
    caller.net->memory_max = memory_max;
    ck_assert_ptr_null(caller.net->dials[0]->session.socket);
    ck_assert(toc_net_deadline(caller.net) == 0);
    turns_until(&caller, FAKE_STATE, 2);
    ck_assert_int_eq(fake_last(caller.engine, FAKE_STATE)->state, TOC_PEER_UNREACHABLE);
    ck_assert(noticed(&caller, "net.flood"));
    turns_until(&caller, FAKE_STATE, 3); /* and it dials again */
    ck_assert_int_eq(fake_last(caller.engine, FAKE_STATE)->state, TOC_PEER_CONNECTED);
}
END_TEST

/* ---- a connection that breaks ---- */

/* libzmq hears of other threads in each hundredth of its calls, and so between two parts of the
 * fiftieth message. */
enum { MESSAGES = 200 };

static void sends_in_two_parts(bool by_feed)
{
    void *socket = by_feed ? feed : session;
    if (!by_feed) {
        ck_assert_int_ge(zmq_send(socket, caller_id, caller_id_len, ZMQ_SNDMORE), 0);
    }
    say_text(socket, "one", ZMQ_SNDMORE);
    say_text(socket, "two", 0);
}

/* Everything is sent before it is closed, and nothing waits for that here. */
static void closes(void **socket)
{
    const int for_ever = -1;
    ck_assert_int_eq(zmq_setsockopt(*socket, ZMQ_LINGER, &for_ever, sizeof for_ever), 0);
    (void)zmq_close(*socket);
    *socket = NULL;
}

/* The last that libzmq says of a connection that ended. */
static void until_it_is_over(const struct toc_net_line *line)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    struct toc_net_event event = {0};
    while (event.event != ZMQ_EVENT_CONNECT_RETRIED && now_ms() < until_ms) {
        zmq_pollitem_t item = {.socket = line->monitor, .events = ZMQ_POLLIN};
        (void)zmq_poll(&item, 1, PATIENCE_MS);
        (void)(toc_net_monitor_read(line->monitor, &event) == TOC_OK);
    }
    ck_assert_int_eq(event.event, ZMQ_EVENT_CONNECT_RETRIED);
}

/* However it broke: what is no message of ours is gone whole, and the process lives. */
START_TEST(a_connection_breaks_while_messages_of_two_parts_wait)
{
    const bool by_feed = _i == 1;
    struct toc_net_line *line =
        by_feed ? &caller.net->dials[0]->feed : &caller.net->dials[0]->session;
    ck_assert_int_eq(pthread_mutex_lock(&caller.net->relief.sockets), 0);
    for (int i = 0; i < MESSAGES; i++) {
        sends_in_two_parts(by_feed);
    }
    zmq_pollitem_t first = {.socket = line->socket, .events = ZMQ_POLLIN};
    ck_assert_int_eq(zmq_poll(&first, 1, PATIENCE_MS), 1);
    closes(by_feed ? &feed : &session);
    until_it_is_over(line);
    ck_assert(!toc_net_line_take(line));
    ck_assert_uint_eq(line->inbox.len, 0);
    ck_assert_int_eq(line->fault, TOC_MALFORMED);
    ck_assert_int_eq(pthread_mutex_unlock(&caller.net->relief.sockets), 0);
}
END_TEST

/* ---- who dialled us ---- */

static struct world callee;
static struct peer member, other;
static void *speaker;

static void setup_callee(void)
{
    callee = world_new(true, (struct toc_net_limits){.rebind_ms = 5});
    member = peer_new();
    other = peer_new();
    fake_admit(callee.engine, TOC_DOMAIN_SESSION, &member.public_key);
    fake_admit(callee.engine, TOC_DOMAIN_SESSION, &other.public_key);
    ck_assert_int_eq(toc_net_dial(callee.net, callee.engine, &callee.conf, NULL), TOC_OK);
    speaker = peer_call(&callee, ZMQ_DEALER, &member, NULL);
    const int without_mark = 0;
    ck_assert_int_eq(zmq_setsockopt(speaker, ZMQ_SNDHWM, &without_mark, sizeof without_mark), 0);
    say_text(speaker, "hello", 0);
    turns_until(&callee, FAKE_SESSION, 1);
}

static void teardown_callee(void)
{
    (void)zmq_close(speaker);
    world_free(&callee);
}

static void speaks_so_much(int frames)
{
    static const char frame[2048] = "x";
    for (int i = 0; i < frames; i++) {
        ck_assert_int_ge(zmq_send(speaker, frame, sizeof frame, 0), 0);
    }
}

/* Without a turn. */
static void callee_until(bool (*done)(const struct toc_net *net))
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    bool is_done = false;
    while (!is_done && now_ms() < until_ms) {
        ck_assert_int_eq(pthread_mutex_lock(&callee.net->relief.sockets), 0);
        is_done = done(callee.net);
        ck_assert_int_eq(pthread_mutex_unlock(&callee.net->relief.sockets), 0);
        (void)zmq_poll(NULL, 0, 1); /* and looks again */
    }
    ck_assert(is_done);
}

static bool served_full(const struct toc_net *net)
{
    return net->queue.first != NULL && net->queue.first->len == FRAMES_MAX;
}

static bool served_over(const struct toc_net *net)
{
    return net->servers[TOC_DOMAIN_SESSION].fault == TOC_TOOBIG;
}

static bool served_two(const struct toc_net *net)
{
    return net->sessions.len == 2;
}

static bool served_cut(const struct toc_net *net)
{
    return net->servers[TOC_DOMAIN_SESSION].cut && net->servers[TOC_DOMAIN_FEED].cut;
}

START_TEST(who_dialled_has_so_much_waiting)
{
    speaks_so_much(FRAMES_MAX); /* the edge */
    callee_until(served_full);
    ck_assert_uint_eq(fake_count(callee.engine, FAKE_SESSION), 1);
    ck_assert(toc_net_deadline(callee.net) == 0);
    turns_until(&callee, FAKE_SESSION, 1 + FRAMES_MAX);
    ck_assert_uint_eq(fake_count(callee.engine, FAKE_BLOCKED), 0);
    ck_assert(!noticed(&callee, "session.frame"));
}
END_TEST

START_TEST(who_dialled_and_floods_loses_what_is_more)
{
    for (int i = 0; i < 8; i++) {
        speaks_so_much(FRAMES_MAX);
    }
    callee_until(served_over);
    ck_assert_uint_le(callee.net->queue.first->bytes, TOC_NET_WAITING_BYTES_MAX);
    turns_until(&callee, FAKE_BLOCKED, 1);
    ck_assert_uint_eq(fake_last(callee.engine, FAKE_BLOCKED)->link,
                      fake_last(callee.engine, FAKE_ACCEPT)->link);
    turns_until_noticed(&callee, "session.frame");
}
END_TEST

/* The engine hears of it in the next turn, and of its first word. */
START_TEST(who_comes_meanwhile_is_not_forgotten)
{
    void *late = peer_call(&callee, ZMQ_DEALER, &other, NULL);
    turns_for(&callee, 300); /* who may come in is answered in a turn */
    say_text(late, "late", 0);
    callee_until(served_two);
    ck_assert_uint_eq(fake_count(callee.engine, FAKE_ACCEPT), 1);
    turns_until(&callee, FAKE_SESSION, 2);
    ck_assert_uint_eq(fake_count(callee.engine, FAKE_ACCEPT), 2);
    ck_assert_mem_eq(fake_last(callee.engine, FAKE_ACCEPT)->key, other.public_key.bytes,
                     TOC_BOX_KEY_LEN);
    ck_assert_str_eq(fake_last(callee.engine, FAKE_SESSION)->text, "late");
    (void)zmq_close(late);
}
END_TEST

/* And they may come again. */
START_TEST(when_memory_is_too_much_who_dialled_goes_too)
{
    ck_assert_int_eq(pthread_mutex_lock(&callee.net->relief.sockets), 0);
    const size_t memory_max = callee.net->memory_max;
    callee.net->memory_max = 1;
    ck_assert_int_eq(pthread_mutex_unlock(&callee.net->relief.sockets), 0);
    callee_until(served_cut);
    callee.net->memory_max = memory_max;
    ck_assert(toc_net_deadline(callee.net) == 0);
    turns_until(&callee, FAKE_GONE, 1);
    ck_assert(noticed(&callee, "net.flood"));
    ck_assert(served(&callee, &other, PATIENCE_MS));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon net relief");
    TCase *callee_case = tcase_create("callee");
    tcase_add_checked_fixture(callee_case, setup_callee, teardown_callee);
    tcase_set_timeout(callee_case, CASE_S);
    tcase_add_test(callee_case, who_dialled_has_so_much_waiting);
    tcase_add_test(callee_case, who_dialled_and_floods_loses_what_is_more);
    tcase_add_test(callee_case, who_comes_meanwhile_is_not_forgotten);
    tcase_add_test(callee_case, when_memory_is_too_much_who_dialled_goes_too);
    suite_add_tcase(suite, callee_case);
    TCase *tcase = tcase_create("relief");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, CASE_S);
    tcase_add_test(tcase, so_much_waits_and_nothing_is_lost);
    tcase_add_test(tcase, what_is_more_is_gone_and_both_begin_anew);
    tcase_add_test(tcase, of_many_times_as_much_no_more_waits);
    tcase_add_test(tcase, a_feed_that_floods_does_not_keep_a_session_waiting);
    tcase_add_test(tcase, when_memory_is_too_much_its_connections_go);
    tcase_add_loop_test(tcase, a_connection_breaks_while_messages_of_two_parts_wait, 0, 2);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
