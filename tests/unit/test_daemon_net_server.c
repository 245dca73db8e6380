/* The sockets others dial, against raw peers: who gets in, who is who, and what misbehaviour costs.
 */
#include "fake_peer.h"
#include "runner.h"

static struct world world;
static struct peer good, other, stranger;

static void setup(void)
{
    world = world_new(true, (struct toc_net_limits){.handshake_ms = 5000});
    good = peer_new();
    other = peer_new();
    stranger = peer_new();
    fake_admit(world.engine, TOC_DOMAIN_SESSION, &good.public_key);
    fake_admit(world.engine, TOC_DOMAIN_SESSION, &other.public_key);
    fake_admit(world.engine, TOC_DOMAIN_FEED, &good.public_key);
}

static void teardown(void)
{
    world_free(&world);
}

START_TEST(a_known_key_is_let_in_and_named)
{
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    say_text(socket, "hello", 0);
    turns_until(&world, FAKE_SESSION, 1);
    const struct fake_event *accepted = fake_last(world.engine, FAKE_ACCEPT);
    ck_assert_mem_eq(accepted->key, good.public_key.bytes, TOC_BOX_KEY_LEN);
    const struct fake_event *frame = fake_last(world.engine, FAKE_SESSION);
    ck_assert_uint_eq(frame->link, accepted->link);
    ck_assert_str_eq(frame->text, "hello");

    const struct toc_bytes reply = toc_bytes_text("welcome");
    fake_send(world.engine, TOC_OUT_SESSION, frame->link, &reply, 1);
    ck_assert_str_eq(heard(&world, socket, PATIENCE_MS), "welcome");
    say_text(socket, "again", 0);
    turns_until(&world, FAKE_SESSION, 2);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_ACCEPT), 1);
    (void)zmq_close(socket);
}
END_TEST

START_TEST(a_stranger_is_refused_at_both_doors)
{
    ck_assert(!served(&world, &stranger, 500));
    void *unknown = peer_call(&world, ZMQ_DEALER, &stranger, NULL);
    turns_until_noticed(&world, "peer.denied");
    (void)zmq_close(unknown);
    /* `other` may have a session and no feed. */
    void *refused = peer_call(&world, ZMQ_SUB, &other, NULL);
    void *taken = peer_call(&world, ZMQ_SUB, &good, NULL);
    const struct toc_bytes frame = toc_bytes_text("names and batch");
    const char *text = NULL;
    for (int i = 0; i < 200 && text == NULL; i++) {
        fake_send(world.engine, TOC_OUT_FEED, 0, &frame, 1);
        text = heard(&world, taken, 50);
    }
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, "names and batch");
    ck_assert_ptr_null(heard(&world, refused, 300));
    turns_until_noticed(&world, "peer.denied");
    (void)zmq_close(refused);
    (void)zmq_close(taken);
}
END_TEST

START_TEST(without_curve_nobody_gets_in)
{
    void *socket = socket_new(world.context, ZMQ_DEALER);
    ck_assert_int_eq(zmq_connect(socket, toc_net_endpoint(world.net, TOC_DOMAIN_SESSION)), 0);
    say_text(socket, "plain", 0);
    turns_for(&world, 500);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 0);
    ck_assert(served(&world, &good, PATIENCE_MS));
    (void)zmq_close(socket);
}
END_TEST

START_TEST(garbage_is_dropped_and_the_good_peer_finishes)
{
    void *bad = peer_call(&world, ZMQ_DEALER, &other, NULL);
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    say_text(bad, "", 0);
    say_text(bad, "one", ZMQ_SNDMORE);
    say_text(bad, "two", 0);
    for (int i = 0; i < 100; i++) {
        say_text(bad, "many", ZMQ_SNDMORE);
    }
    say_text(bad, "", 0);
    for (int i = 0; i < 10; i++) {
        say_text(socket, "fine", 0);
    }
    turns_until(&world, FAKE_SESSION, 10);
    turns_for(&world, 200);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 10);
    /* After it all the bad one can still say something sensible. */
    say_text(bad, "sorry", 0);
    turns_until(&world, FAKE_SESSION, 11);
    ck_assert_str_eq(fake_last(world.engine, FAKE_SESSION)->text, "sorry");
    ck_assert(noticed(&world, "session.frame"));
    (void)zmq_close(bad);
    (void)zmq_close(socket);
}
END_TEST

START_TEST(a_frame_has_a_limit)
{
    char *frame = calloc(1, TOC_FRAME_LEN_MAX + 1);
    ck_assert_ptr_nonnull(frame);
    void *bad = peer_call(&world, ZMQ_DEALER, &other, NULL);
    /* 33 bytes: what CURVE puts around a frame counts as part of it. */
    const size_t most = TOC_FRAME_LEN_MAX - 33;
    ck_assert_int_eq(zmq_send(bad, frame, most, 0), (int)most);
    turns_until(&world, FAKE_SESSION, 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_SESSION)->len, most);
    ck_assert_int_gt(zmq_send(bad, frame, TOC_FRAME_LEN_MAX + 1, 0), 0);
    ck_assert(served(&world, &good, PATIENCE_MS));
    turns_for(&world, 300);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 2);
    (void)zmq_close(bad);
    free(frame);
}
END_TEST

START_TEST(a_taken_routing_id_does_not_make_one_peer_another)
{
    void *first = peer_call(&world, ZMQ_DEALER, &good, "same");
    say_text(first, "first", 0);
    turns_until(&world, FAKE_SESSION, 1);
    const toc_link link = fake_last(world.engine, FAKE_SESSION)->link;
    /* While the first is there, a second with its id is not heard. */
    void *second = peer_call(&world, ZMQ_DEALER, &other, "same");
    say_text(second, "second", 0);
    turns_for(&world, 300);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 1);
    say_text(first, "still here", 0);
    turns_until(&world, FAKE_SESSION, 2);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_SESSION)->link, link);
    (void)zmq_close(second);
    /* Once it has gone, the id has a new owner and a new link, and the old link is gone. Nothing
     * tells when the server knows that it has gone; whoever comes before that is not heard. */
    (void)zmq_close(first);
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    second = NULL;
    while (fake_count(world.engine, FAKE_SESSION) < 3 && now_ms() < until_ms) {
        (void)(second == NULL ? 0 : zmq_close(second));
        turns_for(&world, 100);
        second = peer_call(&world, ZMQ_DEALER, &other, "same");
        say_text(second, "third", 0);
        turns_for(&world, 500);
    }
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 3);
    ck_assert_uint_ne(fake_last(world.engine, FAKE_SESSION)->link, link);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_GONE)->link, link);
    ck_assert_mem_eq(fake_last(world.engine, FAKE_ACCEPT)->key, other.public_key.bytes,
                     TOC_BOX_KEY_LEN);
    (void)zmq_close(second);
}
END_TEST

START_TEST(a_link_that_went_is_told_after_the_send_that_missed_it)
{
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    say_text(socket, "hello", 0);
    turns_until(&world, FAKE_SESSION, 1);
    const toc_link link = fake_last(world.engine, FAKE_SESSION)->link;
    (void)zmq_close(socket);
    const struct toc_bytes frame = toc_bytes_text("anybody?");
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (fake_count(world.engine, FAKE_GONE) == 0 && now_ms() < until_ms) {
        fake_send(world.engine, TOC_OUT_SESSION, link, &frame, 1);
        turn(&world, 10);
    }
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_GONE)->link, link);
    /* Forgotten: a further frame to it goes nowhere and is told to nobody. */
    fake_send(world.engine, TOC_OUT_SESSION, link, &frame, 1);
    turns_for(&world, 50);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 1);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_blocked_and_delays_nobody)
{
    void *deaf = peer_call(&world, ZMQ_DEALER, &other, NULL);
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    say_text(deaf, "hello", 0);
    turns_until(&world, FAKE_SESSION, 1);
    const toc_link deaf_link = fake_last(world.engine, FAKE_SESSION)->link;
    say_text(socket, "hello", 0);
    turns_until(&world, FAKE_SESSION, 2);
    const toc_link good_link = fake_last(world.engine, FAKE_SESSION)->link;
    ck_assert_uint_ne(deaf_link, good_link);

    uint8_t *big = calloc(1, 256 * 1024);
    ck_assert_ptr_nonnull(big);
    const struct toc_bytes frame = toc_bytes_of(big, 256 * 1024);
    for (int i = 0; i < 2000 && fake_count(world.engine, FAKE_BLOCKED) == 0; i++) {
        fake_send(world.engine, TOC_OUT_SESSION, deaf_link, &frame, 1);
        /* The second one of an outbox after a failure is not even tried. */
        fake_send(world.engine, TOC_OUT_SESSION, deaf_link, &frame, 1);
        turn(&world, 0);
    }
    ck_assert_uint_eq(fake_count(world.engine, FAKE_BLOCKED), 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_BLOCKED)->link, deaf_link);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 0);
    const struct toc_bytes hello = toc_bytes_text("welcome");
    fake_send(world.engine, TOC_OUT_SESSION, good_link, &hello, 1);
    ck_assert_pstr_eq(heard(&world, socket, PATIENCE_MS), "welcome");
    (void)zmq_close(deaf);
    (void)zmq_close(socket);
    free(big);
}
END_TEST

/* libzmq aborts when the timer of one meets a broken connection whose frames wait unread: seen at a
 * hub of 100 members after an outage. */
START_TEST(a_listener_has_no_heartbeats_of_libzmq)
{
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        int interval_ms = -1;
        size_t len = sizeof interval_ms;
        ck_assert_int_eq(
            zmq_getsockopt(world.net->servers[i].socket, ZMQ_HEARTBEAT_IVL, &interval_ms, &len), 0);
        ck_assert_int_eq(interval_ms, 0);
    }
}
END_TEST

/* As a greeting in a large group is: far more frames than the pipe's mark before anybody reads. */
START_TEST(a_burst_of_small_frames_arrives_whole)
{
    enum { TURNS = 8, FRAMES = 200, LEN = 256 };
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    say_text(socket, "hello", 0);
    turns_until(&world, FAKE_SESSION, 1);
    const toc_link link = fake_last(world.engine, FAKE_SESSION)->link;
    for (int i = 0; i < TURNS; i++) {
        static char frames[FRAMES][LEN];
        static struct toc_bytes parts[FRAMES];
        for (int j = 0; j < FRAMES; j++) {
            (void)snprintf(frames[j], LEN, "%d", i * FRAMES + j);
            parts[j] = toc_bytes_of(frames[j], LEN);
            fake_send(world.engine, TOC_OUT_SESSION, link, &parts[j], 1);
        }
        turn(&world, 0);
    }
    for (int i = 0; i < TURNS * FRAMES; i++) {
        char expected[16];
        (void)snprintf(expected, sizeof expected, "%d", i);
        ck_assert_pstr_eq(heard(&world, socket, PATIENCE_MS), expected);
    }
    ck_assert_uint_eq(fake_count(world.engine, FAKE_BLOCKED), 0);
    ck_assert(toc_net_deadline(world.net) == INT64_MAX);
    (void)zmq_close(socket);
}
END_TEST

START_TEST(one_key_has_few_links_and_the_oldest_goes)
{
    void *sockets[TOC_NET_LINKS_PER_KEY + 1];
    for (size_t i = 0; i <= TOC_NET_LINKS_PER_KEY; i++) {
        ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 0);
        sockets[i] = peer_call(&world, ZMQ_DEALER, &good, NULL);
        say_text(sockets[i], "hello", 0);
        turns_until(&world, FAKE_SESSION, i + 1);
    }
    ck_assert_uint_eq(fake_count(world.engine, FAKE_ACCEPT), TOC_NET_LINKS_PER_KEY + 1);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_GONE)->link, world.engine->events[0].link);
    ck_assert_uint_eq(world.net->sessions.len, TOC_NET_LINKS_PER_KEY);
    ck_assert(served(&world, &other, PATIENCE_MS));
    for (size_t i = 0; i <= TOC_NET_LINKS_PER_KEY; i++) {
        (void)zmq_close(sockets[i]);
    }
}
END_TEST

START_TEST(a_removed_member_is_cut_off_and_the_others_are_not)
{
    void *leaver = peer_call(&world, ZMQ_DEALER, &other, NULL);
    void *stayer = peer_call(&world, ZMQ_DEALER, &good, NULL);
    void *reader = peer_call(&world, ZMQ_SUB, &good, NULL);
    say_text(leaver, "hello", 0);
    say_text(stayer, "hello", 0);
    turns_until(&world, FAKE_SESSION, 2);
    /* A roster that removes nobody ends no connection. */
    toc_net_roster_changed(world.net, world.engine);
    say_text(stayer, "same link", 0);
    turns_until(&world, FAKE_SESSION, 3);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_ACCEPT), 2);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 0);

    world.engine->admitted_len[TOC_DOMAIN_SESSION] = 1; /* `other` was second */
    const int64_t began_ms = now_ms();
    toc_net_roster_changed(world.net, world.engine);
    (void)zmq_send(leaver, "still me", 8, ZMQ_DONTWAIT);
    turns_until(&world, FAKE_GONE, 2);
    bool rebound = noticed(&world, "listen.rebound");
    while (!rebound && now_ms() - began_ms < 5000) {
        turn(&world, 20);
        rebound = noticed(&world, "listen.rebound");
    }
    ck_assert(rebound);
    const size_t before = fake_count(world.engine, FAKE_SESSION);
    while (fake_count(world.engine, FAKE_SESSION) == before && now_ms() - began_ms < 5000) {
        (void)zmq_send(stayer, "back", 4, ZMQ_DONTWAIT);
        turn(&world, 50);
    }
    ck_assert_str_eq(fake_last(world.engine, FAKE_SESSION)->text, "back");
    ck_assert_int_lt(now_ms() - began_ms, 5000);
    /* Refused, so that a blocking send would wait for ever. */
    (void)zmq_send(leaver, "let me in", 9, ZMQ_DONTWAIT);
    turns_until_noticed(&world, "peer.denied");
    turns_for(&world, 500);
    for (size_t i = 0; i < world.engine->events_len; i++) {
        ck_assert_str_ne(world.engine->events[i].text, "still me");
        ck_assert_str_ne(world.engine->events[i].text, "let me in");
    }
    (void)zmq_close(leaver);
    (void)zmq_close(stayer);
    (void)zmq_close(reader);
}
END_TEST

START_TEST(a_removed_member_hears_no_more_of_the_feed)
{
    fake_admit(world.engine, TOC_DOMAIN_FEED, &other.public_key);
    void *leaver = peer_call(&world, ZMQ_SUB, &other, NULL);
    const struct toc_bytes before = toc_bytes_text("before");
    const char *text = NULL;
    for (int i = 0; i < 200 && text == NULL; i++) {
        fake_send(world.engine, TOC_OUT_FEED, 0, &before, 1);
        text = heard(&world, leaver, 50);
    }
    ck_assert_ptr_nonnull(text);
    world.engine->admitted_len[TOC_DOMAIN_FEED] = 1;
    toc_net_roster_changed(world.net, world.engine);
    turns_for(&world, 300);
    while (zmq_recv(leaver, (char[8]){0}, 8, ZMQ_DONTWAIT) >= 0) {
        continue; /* what was under way before */
    }
    const struct toc_bytes after = toc_bytes_text("after");
    for (int i = 0; i < 10; i++) {
        fake_send(world.engine, TOC_OUT_FEED, 0, &after, 1);
        ck_assert_ptr_null(heard(&world, leaver, 50));
    }
    (void)zmq_close(leaver);
}
END_TEST

START_TEST(a_turn_takes_no_more_than_its_budget)
{
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    const size_t many = 4 * TOC_TICK_FRAMES_PER_SOCKET;
    world.engine->room = 0;
    for (size_t i = 0; i < many; i++) {
        say_text(socket, "frame", 0);
    }
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    const struct toc_net_queue *queue = &world.net->queue;
    while ((queue->first == NULL || queue->first->len < many) && now_ms() < until_ms) {
        turn(&world, 20);
    }
    ck_assert_ptr_nonnull(queue->first);
    ck_assert_uint_eq(queue->first->len, many);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 0); /* no room: they wait */
    world.engine->room = 3;
    turn(&world, 1000);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), 3);
    world.engine->room = 1000000;
    size_t last = 3;
    while (last < many) {
        turn(&world, 1000);
        const size_t now = fake_count(world.engine, FAKE_SESSION);
        ck_assert_uint_le(now - last, TOC_TICK_FRAMES_PER_SOCKET);
        last = now;
    }
    ck_assert_uint_eq(last, many);
    (void)zmq_close(socket);
}
END_TEST

/* ---- a sender that does not stop ---- */

static const size_t fit = TOC_NET_WAITING_BYTES_MAX / (256 * 1024);

static void floods(void *socket, size_t frames)
{
    static const uint8_t big[256 * 1024];
    for (size_t i = 0; i < frames; i++) {
        ck_assert_int_ge(zmq_send(socket, big, sizeof big, 0), 0);
    }
}

/* Until so many links are there, and one has as much waiting as it may, and lost something. */
static void turns_until_full(size_t links)
{
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    const struct toc_net *net = world.net;
    bool full = false;
    while (!full && now_ms() < until_ms) {
        turn(&world, 20);
        full = net->queue.first != NULL && net->queue.first->len == fit &&
               net->sessions.len == links && noticed(&world, "session.frame");
    }
    ck_assert(full);
}

/* What its link has no room for is lost, and the engine hears of it; nobody else's is. */
START_TEST(a_link_has_so_much_waiting_and_delays_nobody)
{
    void *flood = peer_call(&world, ZMQ_DEALER, &other, NULL);
    void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
    say_text(flood, "first", 0);
    turns_until(&world, FAKE_SESSION, 1);
    const toc_link flooding = fake_last(world.engine, FAKE_SESSION)->link;
    world.engine->room = 0;
    say_text(socket, "hello", 0);
    floods(flood, fit + 3);
    turns_until(&world, FAKE_BLOCKED, 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_BLOCKED)->link, flooding);
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (world.net->sessions.len < 2 && now_ms() < until_ms) {
        turn(&world, 20);
    }
    world.engine->room = 1000000;
    turns_until(&world, FAKE_SESSION, 1 + fit + 1);
    turns_for(&world, 100);
    size_t place = 0; /* of the other's, among all that the engine heard */
    size_t heard_before = 0;
    for (size_t i = 0; i < world.engine->events_len; i++) {
        const struct fake_event *event = &world.engine->events[i];
        ck_assert(event->kind != FAKE_BLOCKED || event->link == flooding);
        heard_before += event->kind == FAKE_SESSION && event->link == flooding ? 1 : 0;
        place = event->kind == FAKE_SESSION && event->link != flooding ? heard_before : place;
    }
    ck_assert_uint_ge(heard_before, 1 + fit);
    ck_assert_uint_lt(heard_before, 1 + fit + 3);
    ck_assert_uint_le(place, 2); /* it had its turn after one of the flood's at the most */
    (void)zmq_close(flood);
    (void)zmq_close(socket);
}
END_TEST

/* The engine hears first that there is a link, and then that something of it was lost. */
START_TEST(a_link_that_nobody_knows_yet_may_lose_too)
{
    void *flood = peer_call(&world, ZMQ_DEALER, &good, NULL);
    world.engine->room = 0;
    floods(flood, fit + 3);
    turns_until_full(1);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_BLOCKED), 0);
    world.engine->room = 1000000;
    turns_until(&world, FAKE_SESSION, fit);
    turns_until(&world, FAKE_BLOCKED, 1);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_BLOCKED), 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_BLOCKED)->link,
                      fake_last(world.engine, FAKE_ACCEPT)->link);
    (void)zmq_close(flood);
}
END_TEST

/* Its place is another's before the engine heard of it, and the engine never does. */
START_TEST(of_links_that_nobody_knows_the_oldest_goes_too)
{
    void *sockets[TOC_NET_LINKS_PER_KEY + 2];
    const size_t many = sizeof sockets / sizeof sockets[0];
    world.engine->room = 0;
    for (size_t i = 0; i < many; i++) {
        sockets[i] = peer_call(&world, ZMQ_DEALER, &good, NULL);
        say_text(sockets[i], "hello", 0);
        const toc_link last = world.net->last_link;
        const int64_t until_ms = now_ms() + PATIENCE_MS;
        while (world.net->last_link == last && now_ms() < until_ms) {
            turn(&world, 20);
        }
    }
    ck_assert_uint_eq(world.net->sessions.len, TOC_NET_LINKS_PER_KEY);
    ck_assert_uint_eq(world.net->sessions.pending, 0);
    world.engine->room = 1000000;
    turns_until(&world, FAKE_SESSION, TOC_NET_LINKS_PER_KEY);
    turns_for(&world, 100);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_SESSION), TOC_NET_LINKS_PER_KEY);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_ACCEPT), TOC_NET_LINKS_PER_KEY);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 0);
    for (size_t i = 0; i < many; i++) {
        (void)zmq_close(sockets[i]);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("daemon net server");
    TCase *tcase = tcase_create("server");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, CASE_S);
    tcase_add_test(tcase, a_known_key_is_let_in_and_named);
    tcase_add_test(tcase, a_stranger_is_refused_at_both_doors);
    tcase_add_test(tcase, without_curve_nobody_gets_in);
    tcase_add_test(tcase, garbage_is_dropped_and_the_good_peer_finishes);
    tcase_add_test(tcase, a_frame_has_a_limit);
    tcase_add_test(tcase, a_taken_routing_id_does_not_make_one_peer_another);
    tcase_add_test(tcase, a_link_that_went_is_told_after_the_send_that_missed_it);
    tcase_add_test(tcase, a_peer_that_does_not_read_is_blocked_and_delays_nobody);
    tcase_add_test(tcase, a_listener_has_no_heartbeats_of_libzmq);
    tcase_add_test(tcase, a_burst_of_small_frames_arrives_whole);
    tcase_add_test(tcase, one_key_has_few_links_and_the_oldest_goes);
    tcase_add_test(tcase, a_removed_member_is_cut_off_and_the_others_are_not);
    tcase_add_test(tcase, a_link_has_so_much_waiting_and_delays_nobody);
    tcase_add_test(tcase, a_link_that_nobody_knows_yet_may_lose_too);
    tcase_add_test(tcase, of_links_that_nobody_knows_the_oldest_goes_too);
    tcase_add_test(tcase, a_removed_member_hears_no_more_of_the_feed);
    tcase_add_test(tcase, a_turn_takes_no_more_than_its_budget);
    suite_add_tcase(made, tcase);
    return made;
}

int main(void)
{
    return toc_test_main(suite());
}
