/* Dialled links: each condition at the other end, made with real sockets, has its own state, and
 * each is left again when the condition ends. The rows of the table in net_monitor.c. */
#include "fake_peer.h"
#include "runner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* For what a dialler finds by waiting. A machine that stands still for so long is taken for a peer
 * that does, so whoever has to be connected is given time. */
static const struct toc_net_limits fast = {.handshake_ms = 600,
                                           .connect_ms = 600,
                                           .heartbeat_ms = 200,
                                           .heartbeat_timeout_ms = 400,
                                           .redial_min_ms = 20,
                                           .redial_max_ms = 100};
static const struct toc_net_limits patient = {.handshake_ms = 20000,
                                              .connect_ms = 20000,
                                              .heartbeat_ms = 200,
                                              .heartbeat_timeout_ms = 20000,
                                              .redial_min_ms = 20,
                                              .redial_max_ms = 100};
static const struct toc_net_limits *limits;
static struct world caller, callee; /* the callee listens, when a test needs a daemon there */

static void setup(const struct toc_net_limits *of)
{
    limits = of;
    caller = world_new(false, *limits);
    callee = world_new(true, *limits);
    fake_admit(callee.engine, TOC_DOMAIN_SESSION, &caller.keys->curve_public);
    fake_admit(callee.engine, TOC_DOMAIN_FEED, &caller.keys->curve_public);
    caller.engine->server_known[0] = true;
    memcpy(caller.engine->server_key[0], callee.keys->curve_public.bytes, TOC_BOX_KEY_LEN);
}

static void setup_fast(void)
{
    setup(&fast);
}

static void setup_patient(void)
{
    setup(&patient);
}

static void teardown(void)
{
    world_free(&caller);
    world_free(&callee);
}

static void dial(const char *session, const char *feed)
{
    struct toc_conf_peer *peer = &caller.conf.peers[0];
    caller.conf.peers_len = 1;
    (void)snprintf(peer->member, sizeof peer->member, "spg");
    (void)snprintf(peer->session, sizeof peer->session, "%s", session);
    (void)snprintf(peer->feed, sizeof peer->feed, "%s", feed);
    ck_assert_int_eq(toc_net_dial(caller.net, caller.engine, &caller.conf, NULL), TOC_OK);
}

static void dial_callee(void)
{
    dial(toc_net_endpoint(callee.net, TOC_DOMAIN_SESSION), "");
}

static bool has_state(enum toc_peer_state state)
{
    const struct fake_event *last = fake_last(caller.engine, FAKE_STATE);
    return last != NULL && last->state == state && last->link == caller.engine->dialled;
}

/* Both ends turn until the caller's engine was last told this state. */
static void reaches(enum toc_peer_state state)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (!has_state(state) && now_ms() < until_ms) {
        turn(&caller, 5);
        turn(&callee, 5);
    }
    const struct fake_event *last = fake_last(caller.engine, FAKE_STATE);
    ck_assert_msg(has_state(state), "wanted %s, last is %s", toc_peer_state_name(state),
                  last == NULL ? "none" : toc_peer_state_name(last->state));
}

/* And stays there over several further tries. */
static void settles(enum toc_peer_state state)
{
    reaches(state);
    const size_t before = caller.engine->events_len;
    const int64_t until_ms = now_ms() + 400;
    while (now_ms() < until_ms) {
        turn(&caller, 5);
        turn(&callee, 5);
    }
    for (size_t i = before; i < caller.engine->events_len; i++) {
        ck_assert_int_eq(caller.engine->events[i].kind, FAKE_STATE);
        ck_assert_int_eq(caller.engine->events[i].state, state);
    }
}

/* A TCP socket on the loopback, and its address. */
static int tcp_listener(int backlog, char *ret_endpoint, size_t room)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    (void)snprintf(ret_endpoint, room, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    return fd;
}

START_TEST(all_is_well)
{
    dial_callee();
    reaches(TOC_PEER_CONNECTED);
    const struct toc_bytes hello = toc_bytes_text("hello");
    fake_send(caller.engine, TOC_OUT_SESSION, caller.engine->dialled, &hello, 1);
    turn(&caller, 20);
    turns_until(&callee, FAKE_SESSION, 1);
    const struct fake_event *frame = fake_last(callee.engine, FAKE_SESSION);
    ck_assert_str_eq(frame->text, "hello");
    const struct toc_bytes reply = toc_bytes_text("welcome");
    fake_send(callee.engine, TOC_OUT_SESSION, frame->link, &reply, 1);
    turn(&callee, 20);
    turns_until(&caller, FAKE_SESSION, 1);
    ck_assert_str_eq(fake_last(caller.engine, FAKE_SESSION)->text, "welcome");
    settles(TOC_PEER_CONNECTED);
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1);
}
END_TEST

START_TEST(nobody_there)
{
    char endpoint[64];
    const int fd = tcp_listener(1, endpoint, sizeof endpoint);
    (void)close(fd); /* a port that was just free */
    dial(endpoint, "");
    settles(TOC_PEER_UNREACHABLE);
    turns_until(&caller, FAKE_STATE, 3); /* it goes on trying */
}
END_TEST

START_TEST(a_name_that_is_none)
{
    dial("tcp://no-such-host.invalid:7001", "");
    reaches(TOC_PEER_UNREACHABLE);
}
END_TEST

START_TEST(packets_vanish)
{
    char endpoint[64];
    const int fd = tcp_listener(0, endpoint, sizeof endpoint);
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    int fill[4];
    for (size_t i = 0; i < 4; i++) {
        /* A full backlog: the kernel drops what else knocks. */
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        ck_assert_int_ge(fill[i], 0);
        (void)connect(fill[i], (struct sockaddr *)&address, len);
    }
    dial(endpoint, "");
    reaches(TOC_PEER_UNREACHABLE);
    for (size_t i = 0; i < 4; i++) {
        (void)close(fill[i]);
    }
    (void)close(fd);
}
END_TEST

START_TEST(another_servers_key)
{
    const struct peer stranger = peer_new();
    memcpy(caller.engine->server_key[0], stranger.public_key.bytes, TOC_BOX_KEY_LEN);
    dial_callee();
    settles(TOC_PEER_WRONG_SERVER_KEY);
    /* The roster learns the right one. */
    memcpy(caller.engine->server_key[0], callee.keys->curve_public.bytes, TOC_BOX_KEY_LEN);
    toc_net_roster_changed(caller.net, caller.engine);
    reaches(TOC_PEER_CONNECTED);
}
END_TEST

START_TEST(the_servers_next_key)
{
    const struct peer stranger = peer_new();
    memcpy(caller.engine->server_key[0], stranger.public_key.bytes, TOC_BOX_KEY_LEN);
    memcpy(caller.engine->server_key[1], callee.keys->curve_public.bytes, TOC_BOX_KEY_LEN);
    caller.engine->server_known[1] = true;
    dial_callee();
    reaches(TOC_PEER_CONNECTED);
    /* And nobody was alarmed on the way. */
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1);
}
END_TEST

START_TEST(neither_of_the_servers_keys)
{
    const struct peer stranger = peer_new();
    const struct peer another = peer_new();
    memcpy(caller.engine->server_key[0], stranger.public_key.bytes, TOC_BOX_KEY_LEN);
    memcpy(caller.engine->server_key[1], another.public_key.bytes, TOC_BOX_KEY_LEN);
    caller.engine->server_known[1] = true;
    dial_callee();
    settles(TOC_PEER_WRONG_SERVER_KEY);
}
END_TEST

START_TEST(our_key_is_refused_until_it_is_admitted)
{
    callee.engine->admitted_len[TOC_DOMAIN_SESSION] = 0;
    dial_callee();
    settles(TOC_PEER_REFUSED);
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (fake_count(caller.engine, FAKE_STATE) < 3 && now_ms() < until_ms) {
        turn(&caller, 5);
        turn(&callee, 5);
    }
    ck_assert_uint_ge(fake_count(caller.engine, FAKE_STATE), 3); /* libzmq would have given up */
    fake_admit(callee.engine, TOC_DOMAIN_SESSION, &caller.keys->curve_public);
    reaches(TOC_PEER_CONNECTED);
}
END_TEST

START_TEST(our_next_key_is_tried)
{
    toc_box_keypair(&caller.keys->curve_next_public, &caller.keys->curve_next_secret);
    callee.engine->admitted_len[TOC_DOMAIN_SESSION] = 0;
    fake_admit(callee.engine, TOC_DOMAIN_SESSION, &caller.keys->curve_next_public);
    dial_callee();
    reaches(TOC_PEER_CONNECTED);
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1);
    callee.engine->admitted_len[TOC_DOMAIN_SESSION] = 0;
    toc_net_roster_changed(callee.net, callee.engine);
    settles(TOC_PEER_REFUSED);
}
END_TEST

START_TEST(it_accepts_and_says_nothing)
{
    char endpoint[64];
    const int fd = tcp_listener(8, endpoint, sizeof endpoint);
    dial(endpoint, "");
    settles(TOC_PEER_LAGGING);
    (void)close(fd);
}
END_TEST

START_TEST(no_zeromq_there)
{
    char endpoint[64];
    const int fd = tcp_listener(8, endpoint, sizeof endpoint);
    dial(endpoint, "");
    const char page[] = "HTTP/1.0 400 Bad Request\r\n\r\n";
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (!has_state(TOC_PEER_WRONG_SERVER_KEY) && now_ms() < until_ms) {
        turn(&caller, 5);
        const int client = accept(fd, NULL, NULL);
        if (client >= 0) {
            ck_assert_int_gt(send(client, page, sizeof page, MSG_NOSIGNAL), 0);
            (void)close(client);
        }
    }
    ck_assert(has_state(TOC_PEER_WRONG_SERVER_KEY));
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 1);
    (void)close(fd);
}
END_TEST

START_TEST(zeromq_without_curve)
{
    void *plain = socket_new(caller.context, ZMQ_ROUTER);
    ck_assert_int_eq(zmq_bind(plain, "tcp://127.0.0.1:*"), 0);
    char endpoint[64];
    size_t len = sizeof endpoint;
    ck_assert_int_eq(zmq_getsockopt(plain, ZMQ_LAST_ENDPOINT, endpoint, &len), 0);
    dial(endpoint, "");
    settles(TOC_PEER_WRONG_SERVER_KEY);
    (void)zmq_close(plain);
}
END_TEST

START_TEST(it_ends_and_comes_back)
{
    char endpoint[256];
    (void)snprintf(endpoint, sizeof endpoint, "%s",
                   toc_net_endpoint(callee.net, TOC_DOMAIN_SESSION));
    dial_callee();
    reaches(TOC_PEER_CONNECTED);
    const struct toc_member_keys keys = *callee.keys;
    world_free(&callee);
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (!has_state(TOC_PEER_UNREACHABLE) && now_ms() < until_ms) {
        turn(&caller, 5);
    }
    ck_assert(has_state(TOC_PEER_UNREACHABLE));
    callee = world_new(false, *limits);
    *callee.keys = keys; /* the same daemon, started again */
    fake_admit(callee.engine, TOC_DOMAIN_SESSION, &caller.keys->curve_public);
    ck_assert_int_eq(toc_net_server_open(callee.net, TOC_DOMAIN_SESSION, endpoint, NULL), TOC_OK);
    reaches(TOC_PEER_CONNECTED);
}
END_TEST

/* Copies what there is, one way, as long as the other end is there. */
static void copy(int from, int to)
{
    char bytes[4096];
    const ssize_t len = recv(from, bytes, sizeof bytes, MSG_DONTWAIT);
    if (len > 0) {
        (void)send(to, bytes, (size_t)len, MSG_NOSIGNAL);
    }
}

static int call_callee(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *port = strrchr(toc_net_endpoint(callee.net, TOC_DOMAIN_SESSION), ':') + 1;
    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

START_TEST(a_cut_wire_is_found_by_its_silence)
{
    char endpoint[64];
    const int fd = tcp_listener(8, endpoint, sizeof endpoint);
    dial(endpoint, "");
    int near = -1;
    int far = -1;
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (!has_state(TOC_PEER_CONNECTED) && now_ms() < until_ms) {
        turn(&caller, 5);
        turn(&callee, 5);
        const int again = accept(fd, NULL, NULL);
        if (again >= 0) { /* the first, or the next when a busy machine let its handshake expire */
            (void)(near >= 0 ? close(near) : 0);
            (void)(far >= 0 ? close(far) : 0);
            near = again;
            far = call_callee();
        }
        copy(near, far);
        copy(far, near);
    }
    ck_assert(has_state(TOC_PEER_CONNECTED));
    /* Nothing is copied any more, and nobody closes anything: TCP would wait for minutes. */
    reaches(TOC_PEER_UNREACHABLE);
    reaches(TOC_PEER_LAGGING); /* the listener accepts the next try, and is silent */
    (void)close(near);
    (void)close(far);
    (void)close(fd);
}
END_TEST

START_TEST(nobody_in_the_roster_is_not_dialled)
{
    caller.engine->server_known[0] = false;
    dial_callee();
    turns_for(&caller, 200);
    ck_assert_uint_eq(fake_count(caller.engine, FAKE_STATE), 0);
    ck_assert(noticed(&caller, "peer.undialled"));
    caller.engine->server_known[0] = true;
    reaches(TOC_PEER_CONNECTED);
}
END_TEST

/* What a member signed itself it has: the other end does not send it back. */
START_TEST(the_feed_leaves_out_what_is_ours)
{
    dial(toc_net_endpoint(callee.net, TOC_DOMAIN_SESSION),
         toc_net_endpoint(callee.net, TOC_DOMAIN_FEED));
    reaches(TOC_PEER_CONNECTED);
    static const char own[] = "hub\0framework\0ours";
    const struct toc_bytes ours = toc_bytes_of(own, sizeof own - 1);
    const struct toc_bytes theirs = toc_bytes_text("huba, which is somebody else");
    ck_assert_str_eq(caller.keys->member, "hub");
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (fake_count(caller.engine, FAKE_FEED) < 3 && now_ms() < until_ms) {
        fake_send(callee.engine, TOC_OUT_FEED, 0, &ours, 1);
        fake_send(callee.engine, TOC_OUT_FEED, 0, &theirs, 1);
        turn(&callee, 5);
        turn(&caller, 5);
    }
    ck_assert_uint_ge(fake_count(caller.engine, FAKE_FEED), 3);
    turns_for(&caller, 50);
    for (size_t i = 0; i < caller.engine->events_len; i++) {
        ck_assert_str_ne(caller.engine->events[i].text, "hub");
    }
}
END_TEST

START_TEST(the_feed_comes_with_the_link_of_its_peer)
{
    dial(toc_net_endpoint(callee.net, TOC_DOMAIN_SESSION),
         toc_net_endpoint(callee.net, TOC_DOMAIN_FEED));
    reaches(TOC_PEER_CONNECTED);
    const struct toc_bytes parts[] = {toc_bytes_text("frame"), toc_bytes_text("another")};
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (fake_count(caller.engine, FAKE_FEED) == 0 && now_ms() < until_ms) {
        fake_send(callee.engine, TOC_OUT_FEED, 0, parts, 1);
        /* One of two frames is none. */
        fake_send(callee.engine, TOC_OUT_FEED, 0, parts, 2);
        turn(&callee, 5);
        turn(&caller, 5);
    }
    ck_assert_str_eq(fake_last(caller.engine, FAKE_FEED)->text, "frame");
    ck_assert_uint_eq(fake_last(caller.engine, FAKE_FEED)->link, caller.engine->dialled);
    turns_for(&caller, 50);
    for (size_t i = 0; i < caller.engine->events_len; i++) {
        ck_assert_str_ne(caller.engine->events[i].text, "another");
    }
    ck_assert(noticed(&caller, "feed.frame"));
}
END_TEST

START_TEST(a_new_configuration_changes_who_is_dialled)
{
    char endpoint[64];
    const int fd = tcp_listener(8, endpoint, sizeof endpoint);
    dial(endpoint, "");
    reaches(TOC_PEER_LAGGING);
    const toc_link link = caller.engine->dialled;
    dial_callee(); /* the same member at another address: the same link */
    reaches(TOC_PEER_CONNECTED);
    ck_assert_uint_eq(caller.engine->dialled, link);
    caller.conf.peers_len = 0;
    ck_assert_int_eq(toc_net_dial(caller.net, caller.engine, &caller.conf, NULL), TOC_OK);
    ck_assert_uint_eq(fake_last(caller.engine, FAKE_GONE)->link, link);
    ck_assert_uint_eq(caller.net->dials_len, 0);
    dial_callee(); /* and a member that comes back has a new one */
    ck_assert_uint_ne(caller.engine->dialled, link);
    reaches(TOC_PEER_CONNECTED);
    (void)close(fd);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("daemon net dial");
    TCase *tcase = tcase_create("dial");
    tcase_add_checked_fixture(tcase, setup_patient, teardown);
    tcase_set_timeout(tcase, CASE_S);
    tcase_add_test(tcase, all_is_well);
    tcase_add_test(tcase, nobody_there);
    tcase_add_test(tcase, a_name_that_is_none);
    tcase_add_test(tcase, another_servers_key);
    tcase_add_test(tcase, the_servers_next_key);
    tcase_add_test(tcase, neither_of_the_servers_keys);
    tcase_add_test(tcase, our_key_is_refused_until_it_is_admitted);
    tcase_add_test(tcase, our_next_key_is_tried);
    tcase_add_test(tcase, no_zeromq_there);
    tcase_add_test(tcase, zeromq_without_curve);
    tcase_add_test(tcase, it_ends_and_comes_back);
    tcase_add_test(tcase, nobody_in_the_roster_is_not_dialled);
    tcase_add_test(tcase, the_feed_leaves_out_what_is_ours);
    tcase_add_test(tcase, the_feed_comes_with_the_link_of_its_peer);
    suite_add_tcase(made, tcase);
    TCase *waits = tcase_create("found by waiting");
    tcase_add_checked_fixture(waits, setup_fast, teardown);
    tcase_set_timeout(waits, CASE_S);
    tcase_add_test(waits, packets_vanish);
    tcase_add_test(waits, it_accepts_and_says_nothing);
    tcase_add_test(waits, a_cut_wire_is_found_by_its_silence);
    tcase_add_test(waits, a_new_configuration_changes_who_is_dialled);
    suite_add_tcase(made, waits);
    return made;
}

int main(void)
{
    return toc_test_main(suite());
}
