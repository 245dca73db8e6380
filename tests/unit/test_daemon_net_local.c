/* The local socket: who a user is, what the file looks like, and what is refused. */
#include "fake_peer.h"
#include "runner.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct world world;
static pid_t child; /* forked before there are threads; waits for the path in `child_says` */
static int child_says[2];

static void *local_call(void);

/* It says one thing at the path that it reads, and ends. */
static void be_child(void)
{
    const int linger = 5000;

    if (read(child_says[0], world.conf.local, sizeof world.conf.local) <= 0) {
        _exit(0);
    }
    world.context = zmq_ctx_new();
    void *socket = local_call();
    (void)zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_send(socket, "child", 5, 0);
    (void)zmq_close(socket);
    (void)zmq_ctx_term(world.context);
    _exit(0);
}

static void setup_child(void)
{
    ck_assert_int_eq(pipe(child_says), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)close(child_says[1]);
        be_child();
    }
    (void)close(child_says[0]);
}

static void teardown_child(void)
{
    (void)close(child_says[1]);
}

static void setup(void)
{
    world = world_new(false, (struct toc_net_limits){0});
}

static void teardown(void)
{
    world_free(&world);
}

static void *local_call(void)
{
    char endpoint[PATH_MAX + 8];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", world.conf.local);
    void *socket = socket_new(world.context, ZMQ_DEALER);
    ck_assert_int_eq(zmq_connect(socket, endpoint), 0);
    return socket;
}

/* Another net on the same path. */
static enum toc_result second_open(struct toc_why *why)
{
    struct toc_net *net = NULL;
    const struct toc_net_setup more = {
        .conf = &world.conf, .keys = world.keys, .env = toc_env_real()};
    const enum toc_result result = toc_net_open(&more, &net, why);
    toc_net_close(&net);
    return result;
}

START_TEST(a_request_is_answered_and_its_user_known)
{
    void *socket = local_call();
    say_text(socket, "{\"do\":1}", ZMQ_SNDMORE);
    say_text(socket, "record", 0);
    turns_until(&world, FAKE_LOCAL, 1);
    const struct fake_event *request = fake_last(world.engine, FAKE_LOCAL);
    ck_assert_uint_eq(request->user.uid, getuid());
    ck_assert_uint_eq(request->user.gid, getgid());
    ck_assert_uint_eq(request->parts, 2);
    ck_assert_str_eq(request->text, "{\"do\":1}");
    const struct toc_bytes reply[] = {toc_bytes_text("done"), toc_bytes_text("more")};
    fake_send(world.engine, TOC_OUT_LOCAL, request->link, reply, 2);
    ck_assert_str_eq(heard(&world, socket, PATIENCE_MS), "done");
    ck_assert_str_eq(heard(&world, socket, PATIENCE_MS), "more");
    say_text(socket, "again", 0);
    turns_until(&world, FAKE_LOCAL, 2);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_LOCAL)->link, world.engine->events[0].link);
    (void)zmq_close(socket);
}
END_TEST

START_TEST(parts_have_a_limit)
{
    void *socket = local_call();
    for (int i = 1; i < TOC_NET_LOCAL_PARTS_MAX; i++) {
        say_text(socket, "part", ZMQ_SNDMORE);
    }
    say_text(socket, "last", 0);
    turns_until(&world, FAKE_LOCAL, 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_LOCAL)->parts, TOC_NET_LOCAL_PARTS_MAX);
    for (int i = 0; i < TOC_NET_LOCAL_PARTS_MAX; i++) {
        say_text(socket, "part", ZMQ_SNDMORE);
    }
    say_text(socket, "one too many", 0);
    const char *reply = heard(&world, socket, PATIENCE_MS);
    ck_assert_ptr_nonnull(reply);
    ck_assert_ptr_nonnull(strstr(reply, "\"ok\":false,\"result\":\"toobig\""));
    ck_assert_uint_eq(fake_count(world.engine, FAKE_LOCAL), 1);
    say_text(socket, "and on", 0);
    turns_until(&world, FAKE_LOCAL, 2);
    ck_assert_str_eq(fake_last(world.engine, FAKE_LOCAL)->text, "and on");
    (void)zmq_close(socket);
}
END_TEST

/* What the engine has no room for waits in the socket, and nothing else is needed to wake it. */
START_TEST(a_turn_takes_what_there_is_room_for)
{
    void *socket = local_call();
    world.engine->room_local = 0;
    for (int i = 0; i < 3; i++) {
        say_text(socket, "ask", 0);
    }
    turns_for(&world, 100);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_LOCAL), 0);
    world.engine->room_local = 1;
    turns_until(&world, FAKE_LOCAL, 1);
    for (size_t i = 2; i <= 3; i++) {
        ck_assert_uint_eq(fake_count(world.engine, FAKE_LOCAL), i - 1);
        turns_until(&world, FAKE_LOCAL, i);
    }
    (void)zmq_close(socket);
}
END_TEST

START_TEST(the_file_is_for_the_user_and_group)
{
    struct stat there;
    ck_assert_int_eq(stat(world.conf.local, &there), 0);
    ck_assert(S_ISSOCK(there.st_mode));
    ck_assert_uint_eq(there.st_mode & 0777, 0660);
    toc_net_close(&world.net);
    ck_assert_int_ne(stat(world.conf.local, &there), 0);
    (void)umask(0026);
    ck_assert_int_eq(second_open(NULL), TOC_OK);
    ck_assert_uint_eq(umask(0022), 0026); /* the process's own is back afterwards */
}
END_TEST

START_TEST(a_second_daemon_is_refused_and_the_first_unharmed)
{
    struct toc_why why = {.text = ""};
    ck_assert_int_eq(second_open(&why), TOC_EXISTS);
    ck_assert_ptr_nonnull(strstr(why.text, world.conf.local));
    void *socket = local_call();
    say_text(socket, "still?", 0);
    turns_until(&world, FAKE_LOCAL, 1);
    (void)zmq_close(socket);
}
END_TEST

START_TEST(a_stale_file_is_replaced_and_another_file_is_not)
{
    toc_net_close(&world.net);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_uint_lt(strlen(world.conf.local), sizeof address.sun_path);
    memcpy(address.sun_path, world.conf.local, strlen(world.conf.local));
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    (void)close(fd); /* the file stays, nobody answers */
    ck_assert_int_eq(second_open(NULL), TOC_OK);

    toc_scratch_put(world.conf.local, "somebody's notes");
    struct toc_why why = {.text = ""};
    ck_assert_int_eq(second_open(&why), TOC_EXISTS);
    ck_assert_str_eq(toc_scratch_text(world.conf.local), "somebody's notes");
}
END_TEST

START_TEST(a_path_that_does_not_fit_or_exist)
{
    struct toc_conf *conf = &world.conf;
    struct toc_why why = {.text = ""};
    (void)snprintf(conf->local, sizeof conf->local, "%.60s/none/local.sock", world.folder);
    ck_assert_int_eq(second_open(&why), TOC_IO);
    memset(conf->local, 'x', 200);
    conf->local[0] = '/';
    ck_assert_int_eq(second_open(&why), TOC_INVALID);
    conf->local[0] = '\0';
    ck_assert_int_eq(second_open(&why), TOC_INVALID);
}
END_TEST

START_TEST(links_are_few_and_those_of_ended_processes_go_first)
{
    /* A child that said something and ended. */
    const size_t path_len = sizeof world.conf.local;
    ck_assert_int_eq(write(child_says[1], world.conf.local, path_len), (ssize_t)path_len);
    turns_until(&world, FAKE_LOCAL, 1);
    const toc_link of_child = fake_last(world.engine, FAKE_LOCAL)->link;
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    void *first = local_call();
    say_text(first, "first", 0);
    turns_until(&world, FAKE_LOCAL, 2);
    for (size_t i = 2; i < TOC_NET_LOCAL_LINKS_MAX; i++) {
        void *socket = local_call();
        say_text(socket, "hello", 0);
        turns_until(&world, FAKE_LOCAL, i + 1);
        (void)zmq_close(socket);
    }
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 0);
    /* The relief looks for a number that no link has, while a turn may be here. */
    world.engine->sockets = &world.net->relief.sockets;
    void *socket = local_call();
    say_text(socket, "one more", 0);
    turns_until(&world, FAKE_LOCAL, TOC_NET_LOCAL_LINKS_MAX + 1);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 1);
    ck_assert_uint_eq(fake_last(world.engine, FAKE_GONE)->link, of_child);
    say_text(first, "still known", 0);
    turns_until(&world, FAKE_LOCAL, TOC_NET_LOCAL_LINKS_MAX + 2);
    ck_assert_uint_eq(world.net->locals.len, TOC_NET_LOCAL_LINKS_MAX);
    /* Nobody has ended now: the one that was silent longest goes, and that is not the first. */
    void *another = local_call();
    say_text(another, "and one more", 0);
    turns_until(&world, FAKE_LOCAL, TOC_NET_LOCAL_LINKS_MAX + 3);
    ck_assert_uint_eq(fake_count(world.engine, FAKE_GONE), 2);
    ck_assert_uint_eq(world.net->locals.len, TOC_NET_LOCAL_LINKS_MAX);
    const size_t before = world.engine->events_len;
    say_text(first, "known yet", 0);
    turns_until(&world, FAKE_LOCAL, TOC_NET_LOCAL_LINKS_MAX + 4);
    ck_assert_uint_eq(world.engine->events_len, before + 1);
    ck_assert(!world.engine->gone_unguarded);
    (void)zmq_close(first);
    (void)zmq_close(socket);
    (void)zmq_close(another);
}
END_TEST

START_TEST(only_one_shape_names_a_user)
{
    static const char *const bad[] = {
        NULL,
        "",
        "localhost",
        "localhost:",
        "localhost:0:0",
        "localhost:0:0:",
        "localhost:0::1",
        "localhost::0:1",
        "localhost:0:0:1:2",
        "localhost:0:0:1 ",
        "localhost:-1:0:1",
        "localhost:+1:0:1",
        "localhost: 1:0:1",
        "localhost:0x1:0:1",
        "localhost:4294967296:0:1",
        "localhost:99999999999999999999999:0:1",
        "localhost:0:4294967296:1",
        "localhost:0:0:2147483648",
        "127.0.0.1",
        "127.0.0.1:0:0:1",
        "Localhost:0:0:1",
        "xlocalhost:0:0:1",
    };
    struct toc_local_user user = {.uid = 7, .gid = 8};
    int64_t pid = 9;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(toc_net_local_user(bad[i], &user, &pid), TOC_DENIED);
    }
    ck_assert(user.uid == 7 && user.gid == 8 && pid == 9);
    ck_assert_int_eq(toc_net_local_user("localhost:1000:100:4711", &user, &pid), TOC_OK);
    ck_assert(user.uid == 1000 && user.gid == 100 && pid == 4711);
    ck_assert_int_eq(toc_net_local_user("localhost:4294967295:4294967295:2147483647", &user, &pid),
                     TOC_OK);
    ck_assert(user.uid == UINT32_MAX && user.gid == UINT32_MAX && pid == INT32_MAX);
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("daemon net local");
    TCase *tcase = tcase_create("local");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, CASE_S);
    tcase_add_test(tcase, a_request_is_answered_and_its_user_known);
    tcase_add_test(tcase, parts_have_a_limit);
    tcase_add_test(tcase, a_turn_takes_what_there_is_room_for);
    tcase_add_test(tcase, the_file_is_for_the_user_and_group);
    tcase_add_test(tcase, a_second_daemon_is_refused_and_the_first_unharmed);
    tcase_add_test(tcase, a_stale_file_is_replaced_and_another_file_is_not);
    tcase_add_test(tcase, a_path_that_does_not_fit_or_exist);
    tcase_add_test(tcase, only_one_shape_names_a_user);
    suite_add_tcase(made, tcase);
    TCase *ended = tcase_create("of an ended process");
    tcase_add_checked_fixture(ended, setup_child, teardown_child);
    tcase_add_checked_fixture(ended, setup, teardown);
    tcase_set_timeout(ended, CASE_S);
    tcase_add_test(ended, links_are_few_and_those_of_ended_processes_go_first);
    suite_add_tcase(made, ended);
    return made;
}

int main(void)
{
    return toc_test_main(suite());
}
