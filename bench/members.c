/* bench-members: many members in one process, each with a CURVE connection of its own to a hub:
 * they say hello, say what they hold (nothing), and then only show that they live. Prints "ready"
 * when every hello was answered and "idle" when every one has heard the hub's sign of life a few
 * times since; then it goes on until its standard input ends.
 *
 * usage: bench-members ENDPOINT HUB ROSTER FILE.key... */
#include "ensure.h"
#include "file.h"
#include "keyfile.h"
#include "measure.h"
#include "roster.h"
#include "wire_session.h"
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#define BEATS 3 /* after the answer, before it is called idle */

struct one {
    void *socket;
    bool greeted;
    unsigned heard;
};

struct all {
    struct one *members;
    size_t len;
    struct toc_roster_chain *rosters;
    struct toc_arena *arena;
    size_t greeted, idle;
};

static enum toc_result no_older(void *context, uint64_t version, struct toc_arena *arena,
                                struct toc_bytes *ret_bytes)
{
    (void)context;
    (void)version;
    (void)arena;
    (void)ret_bytes;
    return TOC_NOTFOUND;
}

static void must(enum toc_result result, const char *what, const struct toc_why *why)
{
    if (result != TOC_OK) {
        toc_measure_die("%s: %s %s", what, toc_result_name(result), why->text);
    }
}

static void read_rosters(struct all *all, const char *path)
{
    const struct toc_roster_source source = {.fetch = no_older};
    struct toc_why why = {""};
    struct toc_bytes rest;
    struct toc_bytes item;
    struct toc_buf file;
    toc_buf_init(&file, TOC_ROSTER_FILE_MAX);
    must(toc_file_read(path, TOC_ROSTER_FILE_MAX, &file, &why), path, &why);
    must(toc_roster_chain_new(&source, &all->rosters), path, &why);
    must(toc_roster_file_begin(toc_buf_bytes(&file), &rest, &why), path, &why);
    while (toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item) == TOC_OK) {
        must(toc_roster_chain_adopt(all->rosters, item, &why), path, &why);
    }
    toc_buf_done(&file);
}

static void send_message(struct all *all, struct one *one, const struct toc_message *message)
{
    struct toc_why why = {""};
    struct toc_bytes frame;
    toc_arena_reset(all->arena);
    must(toc_wire_message_encode(all->arena, message, &frame), "a message", &why);
    if (zmq_send(one->socket, frame.data, frame.len, 0) < 0) {
        toc_measure_die("%s", zmq_strerror(zmq_errno()));
    }
}

static void say_hello(struct all *all, struct one *one, const char *member)
{
    struct toc_message message = {.kind = TOC_MESSAGE_HELLO};
    struct toc_hello *hello = &message.as.hello;
    hello->protocol = TOC_PROTOCOL_VERSION;
    hello->group = *toc_roster_chain_group(all->rosters);
    hello->roster_version = toc_roster_chain_version(all->rosters);
    hello->roster_hash = *toc_roster_chain_head(all->rosters);
    hello->software = "bench";
    memcpy(hello->member, member, strlen(member) + 1);
    send_message(all, one, &message);
}

static void set(void *socket, int option, const void *value, size_t len)
{
    if (socket == NULL || zmq_setsockopt(socket, option, value, len) != 0) {
        toc_measure_die("zmq option %d: %s", option, zmq_strerror(zmq_errno()));
    }
}

static void join(struct all *all, struct one *one, void *context, const char *endpoint,
                 const struct toc_member *hub, const char *key_file)
{
    const int linger = 0;
    struct toc_why why = {""};
    struct toc_member_keys keys;
    must(toc_member_keys_load(key_file, &keys, &why), key_file, &why);
    one->socket = zmq_socket(context, ZMQ_DEALER);
    set(one->socket, ZMQ_LINGER, &linger, sizeof linger);
    set(one->socket, ZMQ_CURVE_SERVERKEY, hub->curve_public.bytes, TOC_BOX_KEY_LEN);
    set(one->socket, ZMQ_CURVE_PUBLICKEY, keys.curve_public.bytes, TOC_BOX_KEY_LEN);
    set(one->socket, ZMQ_CURVE_SECRETKEY, keys.curve_secret.bytes, TOC_BOX_KEY_LEN);
    if (zmq_connect(one->socket, endpoint) != 0) {
        toc_measure_die("%s: %s", endpoint, zmq_strerror(zmq_errno()));
    }
    say_hello(all, one, keys.member);
    toc_member_keys_wipe(&keys);
}

/* Anything the hub says after its answer is its sign of life; it is answered with ours. */
static void hear(struct all *all, struct one *one)
{
    const struct toc_message alive = {.kind = TOC_MESSAGE_HAVE,
                                      .as.have = {.complete = !one->greeted}};
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, one->socket, 0) < 0) {
        toc_measure_die("%s", zmq_strerror(zmq_errno()));
    }
    (void)zmq_msg_close(&frame);
    if (!one->greeted) {
        one->greeted = true;
        all->greeted++;
    }
    one->heard++;
    all->idle += one->heard == BEATS + 2 ? 1 : 0;
    send_message(all, one, &alive);
}

static void say_once(bool now, bool *said, const char *word)
{
    if (now && !*said) {
        *said = true;
        (void)puts(word);
        (void)fflush(stdout);
    }
}

static void live(struct all *all)
{
    zmq_pollitem_t *items = calloc(all->len + 1, sizeof *items);
    bool ready = false;
    bool idle = false;
    if (items == NULL) {
        toc_measure_die("out of memory");
    }
    for (size_t i = 0; i < all->len; i++) {
        items[i] = (zmq_pollitem_t){.socket = all->members[i].socket, .events = ZMQ_POLLIN};
    }
    items[all->len] = (zmq_pollitem_t){.fd = STDIN_FILENO, .events = ZMQ_POLLIN};
    while (zmq_poll(items, (int)all->len + 1, 60000) > 0 && items[all->len].revents == 0) {
        for (size_t i = 0; i < all->len; i++) {
            if ((items[i].revents & ZMQ_POLLIN) != 0) {
                hear(all, &all->members[i]);
            }
        }
        say_once(all->greeted == all->len, &ready, "ready");
        say_once(all->idle == all->len, &idle, "idle");
    }
    free(items);
}

int main(int argc, char **argv)
{
    struct all all = {.len = argc > 4 ? (size_t)argc - 4 : 0};
    struct rlimit files;
    if (all.len == 0) {
        toc_measure_die("usage: bench-members ENDPOINT HUB ROSTER FILE.key...");
    }
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    void *context = zmq_ctx_new();
    (void)zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 4096);
    all.members = calloc(all.len, sizeof *all.members);
    if (all.members == NULL || toc_arena_new(1024 * 1024, &all.arena) != TOC_OK) {
        toc_measure_die("out of memory");
    }
    read_rosters(&all, argv[3]);
    const struct toc_member *hub =
        toc_roster_member(toc_roster_chain_current(all.rosters), argv[2]);
    if (hub == NULL) {
        toc_measure_die("%s: no member '%s'", argv[3], argv[2]);
    }
    for (size_t i = 0; i < all.len; i++) {
        join(&all, &all.members[i], context, argv[1], hub, argv[4 + i]);
    }
    live(&all);
    for (size_t i = 0; i < all.len; i++) {
        (void)zmq_close(all.members[i].socket);
    }
    (void)zmq_ctx_term(context);
    toc_roster_chain_free(&all.rosters);
    toc_arena_free(&all.arena);
    free(all.members);
    return 0;
}
