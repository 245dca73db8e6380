#include "local.h"
#include "runner.h"
#include "scratch.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* A daemon that answers from a script, in a thread of its own: one step for each request. */
struct step {
    const char *json;  /* NULL: no answer */
    const char *stale; /* sent before it, with another tag */
    size_t parts;
};
struct actor {
    char path[PATH_MAX];
    const struct step *steps;
    size_t steps_len;
    void *context;
    void *socket;
    pthread_t thread;
    char request[256]; /* the last one */
    size_t request_parts;
};

static char folder[PATH_MAX];
static struct actor actor;
static struct toc_why why;

static void answer(const char *id, size_t id_len, const char *json, size_t parts)
{
    ck_assert_int_ge(zmq_send(actor.socket, id, id_len, ZMQ_SNDMORE), 0);
    ck_assert_int_ge(zmq_send(actor.socket, json, strlen(json), parts > 0 ? ZMQ_SNDMORE : 0), 0);
    for (size_t i = 0; i < parts; i++) {
        const char byte = (char)i;
        ck_assert_int_ge(zmq_send(actor.socket, &byte, i % 2, i + 1 < parts ? ZMQ_SNDMORE : 0), 0);
    }
}

static void *act(void *nothing)
{
    for (size_t i = 0; i < actor.steps_len; i++) {
        char id[256];
        const int id_len = zmq_recv(actor.socket, id, sizeof id, 0);
        if (id_len < 0) {
            break;
        }
        const int len = zmq_recv(actor.socket, actor.request, sizeof actor.request - 1, 0);
        actor.request[len < 0 ? 0 : len] = '\0';
        actor.request_parts = 0;
        int more = 0;
        size_t more_len = sizeof more;
        (void)zmq_getsockopt(actor.socket, ZMQ_RCVMORE, &more, &more_len);
        while (more != 0) {
            char part[16];
            (void)zmq_recv(actor.socket, part, sizeof part, 0);
            actor.request_parts++;
            (void)zmq_getsockopt(actor.socket, ZMQ_RCVMORE, &more, &more_len);
        }
        const struct step *const step = &actor.steps[i];
        if (step->stale != NULL) {
            answer(id, (size_t)id_len, step->stale, 0);
        }
        if (step->json != NULL) {
            answer(id, (size_t)id_len, step->json, step->parts);
        }
    }
    return nothing;
}

static void actor_start(const struct step *steps, size_t steps_len)
{
    char endpoint[PATH_MAX + 8];
    const int linger = 0;
    const int timeout = 20000;
    actor.steps = steps;
    actor.steps_len = steps_len;
    actor.context = zmq_ctx_new();
    actor.socket = zmq_socket(actor.context, ZMQ_ROUTER);
    (void)zmq_setsockopt(actor.socket, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_setsockopt(actor.socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", actor.path);
    ck_assert_int_eq(zmq_bind(actor.socket, endpoint), 0);
    ck_assert_int_eq(pthread_create(&actor.thread, NULL, act, NULL), 0);
}

static void actor_stop(void)
{
    (void)pthread_join(actor.thread, NULL);
    (void)zmq_close(actor.socket);
    (void)zmq_ctx_term(actor.context);
    actor.context = NULL;
}

static void setup(void)
{
    toc_scratch_new(folder);
    (void)snprintf(actor.path, sizeof actor.path, "%s", toc_scratch_file(folder, "s"));
    memset(&why, 0, sizeof why);
}

static void teardown(void)
{
    toc_scratch_remove(folder);
}

static struct toc_local *opened(void)
{
    struct toc_local *local = NULL;
    ck_assert_int_eq(toc_local_open(actor.path, &local, &why), TOC_OK);
    return local;
}

START_TEST(no_daemon_is_said_at_once)
{
    struct toc_local *local = NULL;
    ck_assert_int_eq(toc_local_open(actor.path, &local, &why), TOC_AGAIN);
    ck_assert_ptr_nonnull(strstr(why.text, actor.path));
    ck_assert_ptr_null(local);
    toc_local_close(&local);
}
END_TEST

START_TEST(a_socket_nobody_listens_on_is_no_daemon)
{
    static const struct step steps[] = {{.json = "{\"ok\":true}"}};
    struct toc_local *local = NULL;
    const char *const kept = toc_scratch_file(folder, "kept");
    actor_start(steps, 0);
    /* The file stays behind, as it does after a crash. */
    ck_assert_int_eq(link(actor.path, kept), 0);
    actor_stop();
    ck_assert_int_eq(toc_local_open(kept, &local, &why), TOC_AGAIN);
}
END_TEST

START_TEST(a_path_too_long_for_a_socket)
{
    char path[200];
    struct toc_local *local = NULL;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[108] = '\0';
    ck_assert_int_eq(toc_local_open(path, &local, &why), TOC_TOOBIG);
    path[107] = '\0';
    ck_assert_int_eq(toc_local_open(path, &local, &why), TOC_AGAIN);
}
END_TEST

START_TEST(a_request_and_its_reply)
{
    static const struct step steps[] = {
        {.json = "{\"ok\":true,\"tag\":\"1\",\"n\":5}", .parts = 40},
        {.json = "{\"ok\":true}"},
    };
    const struct toc_bytes parts[] = {toc_bytes_text("a"), toc_bytes_text("")};
    struct toc_reply reply = {0};
    actor_start(steps, 2);
    struct toc_local *local = opened();
    const struct toc_call call = {.request = "status",
                                  .fields = json_pack("{s:i}", "limit", 3),
                                  .parts = parts,
                                  .parts_len = 2};
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_OK);
    ck_assert_int_eq(toc_field_number(reply.json, "n"), 5);
    ck_assert_uint_eq(reply.parts_len, 40);
    ck_assert_uint_eq(reply.parts[39].len, 1);
    ck_assert_uint_eq(reply.parts[39].data[0], 39);
    ck_assert_uint_eq(reply.parts[0].len, 0);
    toc_reply_done(&reply);
    toc_reply_done(&reply);
    const struct toc_call second = {.request = "audit"};
    ck_assert_int_eq(toc_local_call(local, &second, &reply, &why), TOC_OK);
    toc_reply_done(&reply);
    toc_local_close(&local);
    actor_stop();
    ck_assert_ptr_nonnull(strstr(actor.request, "\"request\":\"audit\""));
    ck_assert_ptr_nonnull(strstr(actor.request, "\"tag\":\"2\""));
}
END_TEST

START_TEST(the_parts_of_a_request_arrive)
{
    static const struct step steps[] = {{.json = "{\"ok\":true}"}};
    const struct toc_bytes parts[] = {toc_bytes_text("a"), toc_bytes_text("b")};
    struct toc_reply reply = {0};
    actor_start(steps, 1);
    struct toc_local *local = opened();
    const struct toc_call call = {.request = "stage",
                                  .fields = json_pack("{s:i}", "limit", 3),
                                  .parts = parts,
                                  .parts_len = 2};
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_OK);
    toc_reply_done(&reply);
    toc_local_close(&local);
    actor_stop();
    ck_assert_uint_eq(actor.request_parts, 2);
    ck_assert_ptr_nonnull(strstr(actor.request, "\"limit\":3"));
}
END_TEST

START_TEST(a_no_becomes_its_result)
{
    static const struct step steps[] = {
        {.json = "{\"ok\":false,\"result\":\"denied\",\"message\":\"roster: no: ask\"}"},
        {.json = "{\"ok\":false,\"result\":\"of-the-future\"}"},
        {.json = "[]"},
        {.json = "not json"},
    };
    static const enum toc_result results[] = {TOC_DENIED, TOC_INVALID, TOC_MALFORMED,
                                              TOC_MALFORMED};
    actor_start(steps, 4);
    struct toc_local *local = opened();
    for (size_t i = 0; i < 4; i++) {
        struct toc_reply reply = {0};
        const struct toc_call call = {.request = "publish"};
        ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), results[i]);
        ck_assert_ptr_null(reply.json);
        if (i == 0) {
            ck_assert_str_eq(why.text, "roster: no: ask");
        }
    }
    toc_local_close(&local);
    actor_stop();
}
END_TEST

START_TEST(an_answer_to_something_else_is_passed_over)
{
    static const struct step steps[] = {{.stale = "{\"ok\":true,\"tag\":\"0\",\"n\":1}",
                                         .json = "{\"ok\":true,\"tag\":\"1\",\"n\":2}"}};
    struct toc_reply reply = {0};
    actor_start(steps, 1);
    struct toc_local *local = opened();
    const struct toc_call call = {.request = "status"};
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_OK);
    ck_assert_int_eq(toc_field_number(reply.json, "n"), 2);
    toc_reply_done(&reply);
    toc_local_close(&local);
    actor_stop();
}
END_TEST

START_TEST(silence_ends_in_a_timeout)
{
    static const struct step steps[] = {{.json = NULL}};
    struct toc_reply reply = {0};
    actor_start(steps, 1);
    struct toc_local *local = opened();
    const struct toc_call call = {.request = "status", .timeout_ms = 50};
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_TIMEOUT);
    toc_local_close(&local);
    actor_stop();
}
END_TEST

START_TEST(a_daemon_that_goes_away_is_noticed)
{
    static const struct step steps[] = {{.json = NULL}};
    static const struct step again[] = {{.json = "{\"ok\":true}"}};
    struct toc_reply reply = {0};
    actor_start(steps, 1);
    struct toc_local *local = opened();
    const struct toc_call short_call = {.request = "status", .timeout_ms = 500};
    const struct toc_call call = {.request = "status", .timeout_ms = 20000};
    ck_assert_int_eq(toc_local_call(local, &short_call, &reply, &why), TOC_TIMEOUT);
    actor_stop();
    /* Sooner than the timeout: the connection says so. */
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_AGAIN);
    ck_assert_int_eq(toc_local_wait(local, 10), TOC_TIMEOUT);
    actor_start(again, 1);
    ck_assert_int_eq(toc_local_wait(local, 20000), TOC_OK);
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_OK);
    toc_reply_done(&reply);
    toc_local_close(&local);
    actor_stop();
}
END_TEST

START_TEST(a_stop_ends_a_call)
{
    static const struct step steps[] = {{.json = NULL}};
    volatile sig_atomic_t stop = 1;
    struct toc_reply reply = {0};
    actor_start(steps, 1);
    struct toc_local *local = opened();
    toc_local_stop_on(local, &stop);
    const struct toc_call call = {.request = "want", .timeout_ms = 20000};
    ck_assert_int_eq(toc_local_call(local, &call, &reply, &why), TOC_TIMEOUT);
    actor_stop();
    toc_local_close(&local);
}
END_TEST

START_TEST(a_key_as_zeromq_writes_it)
{
    /* The example of the ZeroMQ specification 32/Z85. */
    static const uint8_t key[32] = {0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b};
    char text[TOC_Z85_KEY_LEN + 1];
    toc_local_z85(key, text);
    ck_assert_str_eq(text, "HelloWorld000000000000000000000000000000");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_local");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, no_daemon_is_said_at_once);
    tcase_add_test(all, a_socket_nobody_listens_on_is_no_daemon);
    tcase_add_test(all, a_path_too_long_for_a_socket);
    tcase_add_test(all, a_request_and_its_reply);
    tcase_add_test(all, the_parts_of_a_request_arrive);
    tcase_add_test(all, a_no_becomes_its_result);
    tcase_add_test(all, an_answer_to_something_else_is_passed_over);
    tcase_add_test(all, silence_ends_in_a_timeout);
    tcase_add_test(all, a_daemon_that_goes_away_is_noticed);
    tcase_add_test(all, a_stop_ends_a_call);
    tcase_add_test(all, a_key_as_zeromq_writes_it);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
