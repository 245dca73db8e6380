/* Frames that met a full pipe: kept in order, within a bound, and not for ever. */
#include "net_backlog.h"
#include "net_socket.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

#define MARK 4
#define FRAMES 100

static void *context, *sender, *reader;
static struct toc_net_backlog backlog;
static const struct toc_bytes nobody = {NULL, 0};

static void *open_pair(void)
{
    const int mark = MARK;
    void *socket = zmq_socket(context, ZMQ_PAIR);
    ck_assert_ptr_nonnull(socket);
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_SNDHWM, &mark, sizeof mark), 0);
    ck_assert_int_eq(zmq_setsockopt(socket, ZMQ_RCVHWM, &mark, sizeof mark), 0);
    return socket;
}

static void setup(void)
{
    context = zmq_ctx_new();
    sender = open_pair();
    reader = open_pair();
    ck_assert_int_eq(zmq_bind(reader, "inproc://backlog"), 0);
    ck_assert_int_eq(zmq_connect(sender, "inproc://backlog"), 0);
    backlog = (struct toc_net_backlog){0};
}

static void teardown(void)
{
    toc_net_backlog_drop(&backlog);
    ck_assert_ptr_null(backlog.first);
    ck_assert_uint_eq(backlog.bytes, 0);
    (void)zmq_close(sender);
    (void)zmq_close(reader);
    (void)zmq_ctx_term(context);
}

/* What a reader took shows at the sender when it reads its commands; a send that follows another at
 * once does not do that. */
static void wait_for_room(void)
{
    zmq_pollitem_t room = {.socket = sender, .events = ZMQ_POLLOUT};
    ck_assert_int_eq(zmq_poll(&room, 1, 60000), 1);
}

static enum toc_result add_text(const char *text, int64_t now_ms)
{
    return toc_net_backlog_add(&backlog, toc_bytes_text(text), now_ms);
}

START_TEST(frames_keep_their_order)
{
    char text[16] = "";
    int read = 0;
    ck_assert(toc_net_backlog_deadline(&backlog, 5) == INT64_MAX);
    for (int i = 0; i < FRAMES; i++) {
        (void)snprintf(text, sizeof text, "%02d", i);
        ck_assert_int_eq(add_text(text, 5), TOC_OK);
    }
    ck_assert(toc_net_backlog_deadline(&backlog, 5) > 5);
    ck_assert(toc_net_backlog_deadline(&backlog, 5) < 50);
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, 5), TOC_AGAIN);
    while (read < FRAMES) {
        char expected[16];
        (void)snprintf(expected, sizeof expected, "%02d", read);
        if (zmq_recv(reader, text, sizeof text, ZMQ_DONTWAIT) == 2) {
            ck_assert_mem_eq(text, expected, 2);
            read++;
        }
        const enum toc_result result = toc_net_backlog_send(&backlog, sender, nobody, 5);
        ck_assert(result == TOC_OK || result == TOC_AGAIN);
        ck_assert((result == TOC_OK) == (backlog.first == NULL));
    }
    ck_assert_ptr_null(backlog.first);
    ck_assert_uint_eq(backlog.bytes, 0);
    ck_assert(toc_net_backlog_deadline(&backlog, 5) == INT64_MAX);
    ck_assert_int_eq(add_text("once more", 6), TOC_OK);
    wait_for_room();
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, 6), TOC_OK);
}
END_TEST

START_TEST(it_has_a_bound)
{
    static uint8_t large[TOC_NET_BACKLOG_MAX + 1];
    const struct toc_bytes one = toc_bytes_of(large, 1);
    ck_assert_int_eq(toc_net_backlog_add(&backlog, nobody, 0), TOC_INVALID);
    ck_assert_int_eq(toc_net_backlog_add(&backlog, toc_bytes_of(large, sizeof large), 0),
                     TOC_TOOBIG);
    ck_assert_ptr_null(backlog.first);
    ck_assert_int_eq(toc_net_backlog_add(&backlog, toc_bytes_of(large, sizeof large - 2), 0),
                     TOC_OK);
    ck_assert_int_eq(toc_net_backlog_add(&backlog, one, 0), TOC_OK);
    ck_assert_int_eq(toc_net_backlog_add(&backlog, one, 0), TOC_TOOBIG);
    ck_assert_uint_eq(backlog.bytes, TOC_NET_BACKLOG_MAX);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_given_up)
{
    const int64_t end_ms = 1000 + TOC_NET_BACKLOG_PATIENCE_MS;
    for (int i = 0; i < FRAMES; i++) {
        ck_assert_int_eq(add_text("frame", i), TOC_OK);
    }
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, 1000), TOC_AGAIN);
    ck_assert(toc_net_backlog_deadline(&backlog, 5000) >= 5100); /* it is looked at less often */
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, end_ms), TOC_AGAIN);
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, end_ms + 1), TOC_STALE);
    /* One frame that goes is a reason to wait again. */
    char text[16];
    while (zmq_recv(reader, text, sizeof text, ZMQ_DONTWAIT) > 0) {
        continue;
    }
    wait_for_room();
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, end_ms + 1), TOC_AGAIN);
    ck_assert_int_eq(toc_net_backlog_send(&backlog, sender, nobody, end_ms + 2), TOC_AGAIN);
}
END_TEST

START_TEST(nobody_is_there_any_more)
{
    const int mandatory = 1;
    void *router = zmq_socket(context, ZMQ_ROUTER);
    ck_assert_int_eq(zmq_setsockopt(router, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory), 0);
    ck_assert_int_eq(add_text("frame", 0), TOC_OK);
    ck_assert_int_eq(toc_net_backlog_send(&backlog, router, toc_bytes_text("gone"), 0),
                     TOC_NOTFOUND);
    (void)zmq_close(router);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_net_backlog");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, frames_keep_their_order);
    tcase_add_test(all, it_has_a_bound);
    tcase_add_test(all, a_peer_that_does_not_read_is_given_up);
    tcase_add_test(all, nobody_is_there_any_more);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
