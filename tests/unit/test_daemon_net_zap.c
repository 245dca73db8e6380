/* ZAP asked directly, the proof at start, and a flood that libzmq does not bound. */
#include "fake_peer.h"
#include "runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct world world;
static struct peer good;

static void setup(void)
{
    world = world_new(true, (struct toc_net_limits){.handshake_ms = 1000});
    good = peer_new();
    fake_admit(world.engine, TOC_DOMAIN_SESSION, &good.public_key);
}

static void teardown(void)
{
    world_free(&world);
}

struct answer {
    size_t parts;
    char text[8][80]; /* version, request id, status, text, user id, metadata */
};

/* Asks as libzmq does, from inside the same context. */
static struct answer ask(const struct toc_bytes *parts, size_t parts_len)
{
    struct answer answer = {0};
    void *socket = socket_new(world.net->dialler.context, ZMQ_REQ);
    ck_assert_int_eq(zmq_connect(socket, "inproc://zeromq.zap.01"), 0);
    for (size_t i = 0; i < parts_len; i++) {
        const int flags = i + 1 < parts_len ? ZMQ_SNDMORE : 0;
        ck_assert_int_ge(zmq_send(socket, parts[i].data, parts[i].len, flags), 0);
    }
    turn(&world, 1000);
    int more = 1;
    while (more != 0) {
        char *text = answer.text[answer.parts];
        size_t size = sizeof more;
        const int len = zmq_recv(socket, text, sizeof answer.text[0] - 1, ZMQ_DONTWAIT);
        ck_assert_int_ge(len, 0);
        ck_assert_uint_lt(++answer.parts, 8);
        ck_assert_int_eq(zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size), 0);
    }
    (void)zmq_close(socket);
    ck_assert_uint_eq(answer.parts, 6);
    ck_assert_str_eq(answer.text[0], "1.0");
    return answer;
}

/* A request that would be let in, with one part put in another's place. */
static struct answer ask_with(size_t index, struct toc_bytes instead)
{
    struct toc_bytes parts[] = {
        toc_bytes_text("1.0"),
        toc_bytes_text("7"),
        toc_bytes_text("session"),
        toc_bytes_text("127.0.0.1"),
        toc_bytes_text(""),
        toc_bytes_text("CURVE"),
        toc_bytes_of(good.public_key.bytes, TOC_BOX_KEY_LEN),
    };
    if (index < 7) {
        parts[index] = instead;
    }
    return ask(parts, 7);
}

static void is_no(struct answer answer, const char *status)
{
    ck_assert_str_eq(answer.text[2], status);
    ck_assert_str_eq(answer.text[4], "");
}

START_TEST(yes_only_to_a_whole_request_of_an_admitted_key)
{
    const struct answer yes = ask_with(99, toc_bytes_of(NULL, 0));
    char hex[2 * TOC_BOX_KEY_LEN + 1];
    toc_hex_encode(toc_bytes_of(good.public_key.bytes, TOC_BOX_KEY_LEN), hex);
    ck_assert_str_eq(yes.text[1], "7");
    ck_assert_str_eq(yes.text[2], "200");
    ck_assert_str_eq(yes.text[4], hex);

    const struct peer stranger = peer_new();
    uint8_t long_key[TOC_BOX_KEY_LEN + 1] = {0};
    memcpy(long_key, good.public_key.bytes, TOC_BOX_KEY_LEN);
    is_no(ask_with(0, toc_bytes_text("2.0")), "500");
    is_no(ask_with(0, toc_bytes_of(NULL, 0)), "500");
    is_no(ask_with(2, toc_bytes_text("feed")), "400");
    is_no(ask_with(2, toc_bytes_text("")), "400");
    is_no(ask_with(2, toc_bytes_text("sessio")), "400");
    is_no(ask_with(2, toc_bytes_text("sessions")), "400");
    is_no(ask_with(5, toc_bytes_text("NULL")), "400");
    is_no(ask_with(5, toc_bytes_text("PLAIN")), "400");
    is_no(ask_with(6, toc_bytes_of(stranger.public_key.bytes, TOC_BOX_KEY_LEN)), "400");
    is_no(ask_with(6, toc_bytes_of(good.public_key.bytes, TOC_BOX_KEY_LEN - 1)), "500");
    is_no(ask_with(6, toc_bytes_of(long_key, sizeof long_key)), "500");
    is_no(ask_with(6, toc_bytes_of(NULL, 0)), "500");
}
END_TEST

START_TEST(a_request_of_another_length_is_no)
{
    const struct toc_bytes one = toc_bytes_text("1.0");
    is_no(ask(&one, 1), "500");
    struct toc_bytes parts[20];
    for (size_t i = 0; i < 20; i++) {
        parts[i] = toc_bytes_text("1.0");
    }
    is_no(ask(parts, 2), "500");
    is_no(ask(parts, 6), "500");
    is_no(ask(parts, 8), "500");
    is_no(ask(parts, 20), "500");
    ck_assert_str_eq(ask_with(99, toc_bytes_of(NULL, 0)).text[2], "200");
}
END_TEST

START_TEST(the_proof_holds_when_strangers_are_refused)
{
    struct toc_why why = {.text = ""};
    ck_assert_msg(toc_net_prove(world.net, world.engine, &why) == TOC_OK, "%s", why.text);
    struct toc_notice notice;
    ck_assert(!toc_net_notice(world.net, &notice));
}
END_TEST

START_TEST(the_proof_fails_when_anybody_gets_in)
{
    struct toc_why why = {.text = ""};
    world.engine->admit_all = true;
    ck_assert_int_eq(toc_net_prove(world.net, world.engine, &why), TOC_DENIED);
    ck_assert_ptr_nonnull(strstr(why.text, "unknown key"));
}
END_TEST

START_TEST(the_proof_fails_without_a_handler)
{
    /* As if ZAP had not been bound: enforced, so nobody gets in, but that is no refusal by us. */
    struct toc_why why = {.text = ""};
    ck_assert_int_eq(zmq_unbind(world.net->zap.socket, "inproc://zeromq.zap.01"), 0);
    ck_assert_int_ne(toc_net_prove(world.net, world.engine, &why), TOC_OK);
    ck_assert(!served(&world, &good, 500));
}
END_TEST

START_TEST(a_daemon_that_does_not_listen_has_nothing_to_prove)
{
    struct world quiet = world_new(false, (struct toc_net_limits){0});
    quiet.engine->admit_all = true;
    ck_assert_int_eq(toc_net_prove(quiet.net, quiet.engine, NULL), TOC_OK);
    ck_assert_ptr_null(toc_net_endpoint(quiet.net, TOC_DOMAIN_SESSION));
    world_free(&quiet);
}
END_TEST

/* Another process that sends messages of 200 MiB, each part within the limit of a frame. (A libzmq
 * sender hands a message over only when it is whole; one written to hurt need never end it.) */
static pid_t flood(void)
{
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        static const char part[512 * 1024];
        world.context = zmq_ctx_new();
        void *socket = peer_call(&world, ZMQ_DEALER, &good, NULL);
        for (int i = 1; zmq_send(socket, part, sizeof part, i % 400 == 0 ? 0 : ZMQ_SNDMORE) > 0;) {
            i++;
        }
        _exit(0);
    }
    return child;
}

START_TEST(a_message_that_never_ends_is_cut_off)
{
    const struct peer honest = peer_new();
    fake_admit(world.engine, TOC_DOMAIN_SESSION, &honest.public_key);
    void *socket = peer_call(&world, ZMQ_DEALER, &honest, NULL);
    say_text(socket, "hello", 0);
    turns_until(&world, FAKE_SESSION, 1);
    world.net->memory_max = toc_net_memory() + (size_t)64 * 1024 * 1024;

    const pid_t child = flood();
    bool cut = false;
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (!cut && now_ms() < until_ms) {
        turn(&world, 50);
        cut = noticed(&world, "net.flood");
    }
    ck_assert(cut);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    turns_until(&world, FAKE_GONE, 1); /* everybody's connection went */
#ifndef __SANITIZE_ADDRESS__
    /* And with it the memory. (AddressSanitizer keeps what is freed.) */
    while (toc_net_memory() > world.net->memory_max && now_ms() < until_ms) {
        turn(&world, 50);
    }
    ck_assert_uint_le(toc_net_memory(), world.net->memory_max);
#endif
    ck_assert(served(&world, &honest, PATIENCE_MS));
    (void)zmq_close(socket);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("daemon net zap");
    TCase *tcase = tcase_create("zap");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, CASE_S);
    tcase_add_test(tcase, yes_only_to_a_whole_request_of_an_admitted_key);
    tcase_add_test(tcase, a_request_of_another_length_is_no);
    tcase_add_test(tcase, the_proof_holds_when_strangers_are_refused);
    tcase_add_test(tcase, the_proof_fails_when_anybody_gets_in);
    tcase_add_test(tcase, the_proof_fails_without_a_handler);
    tcase_add_test(tcase, a_daemon_that_does_not_listen_has_nothing_to_prove);
    tcase_add_test(tcase, a_message_that_never_ends_is_cut_off);
    suite_add_tcase(made, tcase);
    return made;
}

int main(void)
{
    return toc_test_main(suite());
}
