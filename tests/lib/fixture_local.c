#include "fixture_local.h"
#include "scratch.h"
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { STEPS_MAX = 16, REQUEST_LEN_MAX = 2048 };

/* What the daemon says to the next request; each is asked for once, in this order. */
static char fake_folder[PATH_MAX];
static char fake_path[PATH_MAX];
static const char *const *fake_replies;
static size_t fake_replies_len;
static char fake_requests[STEPS_MAX][REQUEST_LEN_MAX];
static char fake_parts[STEPS_MAX][REQUEST_LEN_MAX]; /* the part behind the JSON, if any */
static size_t fake_requests_len;
char *fake_out;
char *fake_err;
unsigned fake_columns = 100;
bool fake_asks;

void fake_setup(void)
{
    toc_scratch_new(fake_folder);
    (void)snprintf(fake_path, sizeof fake_path, "%s", toc_scratch_file(fake_folder, "s"));
    fake_out = NULL;
    fake_err = NULL;
    fake_asks = false;
    fake_columns = 100;
}

static void fake_forget(void)
{
    free(fake_out);
    free(fake_err);
    fake_out = NULL;
    fake_err = NULL;
}

void fake_teardown(void)
{
    fake_forget();
    toc_scratch_remove(fake_folder);
}

/* The first part behind the JSON; any others are passed over. */
static void fake_take_part(void *socket, char ret_part[REQUEST_LEN_MAX])
{
    int more = 0;
    size_t more_len = sizeof more;
    ret_part[0] = '\0';
    for (size_t i = 0; zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_len) == 0 && more != 0;
         i++) {
        char part[REQUEST_LEN_MAX];
        const int len = zmq_recv(socket, part, sizeof part - 1, 0);
        if (len >= 0 && i == 0) {
            part[len < REQUEST_LEN_MAX ? len : REQUEST_LEN_MAX - 1] = '\0';
            memcpy(ret_part, part, sizeof part);
        }
    }
}

static void *fake_act(void *socket)
{
    for (size_t i = 0; i < fake_replies_len; i++) {
        char id[256];
        const int id_len = zmq_recv(socket, id, sizeof id, 0);
        const int len = zmq_recv(socket, fake_requests[i], REQUEST_LEN_MAX - 1, 0);
        if (id_len < 0 || len < 0) {
            break;
        }
        fake_requests[i][len < REQUEST_LEN_MAX ? len : REQUEST_LEN_MAX - 1] = '\0';
        fake_take_part(socket, fake_parts[i]);
        fake_requests_len++;
        (void)zmq_send(socket, id, (size_t)id_len, ZMQ_SNDMORE);
        (void)zmq_send(socket, fake_replies[i], strlen(fake_replies[i]), 0);
    }
    return NULL;
}

static int fake_command(struct toc_cli *cli, int (*run)(struct toc_cli *, int, char **),
                        const char *const *words)
{
    char *argv[32] = {NULL};
    int argc = 0;
    while (words[argc] != NULL) {
        argv[argc] = strdup(words[argc]);
        ck_assert_ptr_nonnull(argv[argc]);
        argc++;
    }
    char *owned[32];
    memcpy(owned, argv, sizeof owned);
    const int status = run(cli, argc, argv);
    for (int i = 0; i < argc; i++) {
        free(owned[i]);
    }
    return status;
}

int fake_run(int (*run)(struct toc_cli *, int, char **), const char *const *words,
             const char *const *replies, size_t replies_len, const char *input)
{
    static struct toc_cli cli;
    const int linger = 0;
    const int timeout_ms = 20000;
    char endpoint[PATH_MAX + 8];
    size_t out_len = 0;
    size_t err_len = 0;
    pthread_t thread;
    struct toc_why why;
    void *const context = zmq_ctx_new();
    void *const socket = zmq_socket(context, ZMQ_ROUTER);
    fake_forget();
    memset(fake_requests, 0, sizeof fake_requests);
    fake_requests_len = 0;
    fake_replies = replies;
    fake_replies_len = replies_len;
    ck_assert_uint_le(replies_len, STEPS_MAX);
    (void)zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", fake_path);
    ck_assert_int_eq(zmq_bind(socket, endpoint), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, fake_act, socket), 0);
    toc_cli_init(&cli);
    cli.asks = fake_asks;
    cli.paper = (struct toc_paper){.colour = false, .columns = fake_columns};
    (void)snprintf(cli.conf.member, sizeof cli.conf.member, "leeds");
    cli.conf_loaded = true;
    cli.in = input == NULL || input[0] == '\0'
                 ? fopen("/dev/null", "r")
                 : fmemopen((void *)(uintptr_t)input, strlen(input), "r");
    cli.out = open_memstream(&fake_out, &out_len);
    cli.err = open_memstream(&fake_err, &err_len);
    ck_assert_int_eq(toc_local_open(fake_path, &cli.local, &why), TOC_OK);
    const int status = fake_command(&cli, run, words);
    toc_cli_done(&cli);
    (void)fclose(cli.out);
    (void)fclose(cli.err);
    (void)fclose(cli.in);
    (void)pthread_join(thread, NULL);
    (void)zmq_close(socket);
    (void)zmq_ctx_term(context);
    ck_assert_uint_eq(fake_requests_len, replies_len);
    return status;
}

void fake_asked(size_t i, const char *expected)
{
    json_t *const left = json_loads(fake_requests[i], 0, NULL);
    json_t *const right = json_loads(expected, 0, NULL);
    ck_assert_ptr_nonnull(left);
    ck_assert_ptr_nonnull(right);
    (void)json_object_del(left, "tag");
    ck_assert_msg(json_equal(left, right) == 1, "asked: %s", fake_requests[i]);
    json_decref(left);
    json_decref(right);
}

const char *fake_part(size_t i)
{
    ck_assert_uint_lt(i, fake_requests_len);
    return fake_parts[i];
}
