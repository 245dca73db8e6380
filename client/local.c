#include "local.h"
#include "ensure.h"
#include "record_json.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum {
    POLL_MS = 1000, /* how soon a stop that came between two polls is noticed */
    RECONNECT_MS = 100,
    RECONNECT_MAX_MS = 2000,
    PARTS_FIRST = 16,
    REPLY_LEN_MAX = 16 * 1024 * 1024, /* one part: the status of a whole region, many times over */
};

#define MONITOR "inproc://tocsin-monitor"

struct toc_local {
    void *context;
    void *socket;
    void *monitor;
    char *path;
    uint64_t tag;
    bool lost; /* the connection is down: what was asked will not be answered */
    const volatile sig_atomic_t *stop;
};

void toc_reply_done(struct toc_reply *reply)
{
    for (size_t i = 0; i < reply->parts_len; i++) {
        free((void *)(uintptr_t)reply->parts[i].data);
    }
    free(reply->parts);
    json_decref(reply->json);
    *reply = (struct toc_reply){0};
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

static enum toc_result no_daemon(const char *path, struct toc_why *why)
{
    return toc_fail(why, TOC_AGAIN,
                    "no daemon: nothing answers at %s: start it with: tocsind -c FILE", path);
}

/* ZeroMQ would try for ever and say nothing. So somebody knocks first, without a word of ZeroMQ. */
static enum toc_result knock(const char *path, struct toc_why *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const size_t len = strlen(path);
    if (len >= sizeof address.sun_path) {
        return toc_fail(why, TOC_TOOBIG, "local: %s: too long for a socket: use a shorter path",
                        path);
    }
    memcpy(address.sun_path, path, len + 1);
    TOC_AUTO(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return toc_fail(why, TOC_IO, "cannot make a socket: %s", strerror(errno));
    }
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN) {
        return TOC_OK;
    }
    if (errno == EACCES || errno == EPERM) {
        return toc_fail(why, TOC_DENIED,
                        "local: %s: this user may not: join the group that owns the socket", path);
    }
    return no_daemon(path, why);
}

void toc_local_close(struct toc_local **local)
{
    if (*local == NULL) {
        return;
    }
    if ((*local)->socket != NULL) {
        (void)zmq_close((*local)->socket);
    }
    if ((*local)->monitor != NULL) {
        (void)zmq_close((*local)->monitor);
    }
    if ((*local)->context != NULL) {
        (void)zmq_ctx_term((*local)->context);
    }
    free((*local)->path);
    free(*local);
    *local = NULL;
}

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* Every option before the connect: later ones do not count. */
static enum toc_result connect_socket(struct toc_local *local, struct toc_why *why)
{
    char endpoint[sizeof(struct sockaddr_un) + 8];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", local->path);
    const int64_t message_max = REPLY_LEN_MAX;
    const bool ready =
        set_int(local->socket, ZMQ_LINGER, 0) &&
        set_int(local->socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
        set_int(local->socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
        set_int(local->monitor, ZMQ_LINGER, 0) &&
        zmq_setsockopt(local->socket, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max) == 0 &&
        zmq_socket_monitor(local->socket, MONITOR,
                           ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED) == 0 &&
        zmq_connect(local->monitor, MONITOR) == 0 && zmq_connect(local->socket, endpoint) == 0;
    if (!ready) {
        return toc_fail(why, TOC_IO, "cannot connect to %s: %s", local->path,
                        zmq_strerror(zmq_errno()));
    }
    return TOC_OK;
}

enum toc_result toc_local_open(const char *path, struct toc_local **ret_local, struct toc_why *why)
{
    TOC_TRY(knock(path, why));
    TOC_AUTO(toc_local_close) struct toc_local *local = calloc(1, sizeof *local);
    if (local == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    local->path = strdup(path);
    local->context = zmq_ctx_new();
    if (local->context != NULL) {
        local->socket = zmq_socket(local->context, ZMQ_DEALER);
        local->monitor = zmq_socket(local->context, ZMQ_PAIR);
    }
    if (local->path == NULL || local->socket == NULL || local->monitor == NULL) {
        return toc_fail(why, TOC_NOMEM, "cannot make a socket");
    }
    TOC_TRY(connect_socket(local, why));
    *ret_local = toc_take(&local);
    return TOC_OK;
}

void toc_local_stop_on(struct toc_local *local, const volatile sig_atomic_t *stop)
{
    local->stop = stop;
}

static int64_t now_ms(void)
{
    struct timespec now;
    TOC_ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void close_message(zmq_msg_t *message)
{
    (void)zmq_msg_close(message);
}

/* An event is two frames: a 16-bit number and a value in the first, the address in the second. */
static void read_events(struct toc_local *local)
{
    for (;;) {
        TOC_AUTO(close_message) zmq_msg_t event;
        TOC_AUTO(close_message) zmq_msg_t address;
        (void)zmq_msg_init(&event);
        (void)zmq_msg_init(&address);
        if (zmq_msg_recv(&event, local->monitor, ZMQ_DONTWAIT) < 0) {
            return;
        }
        if (zmq_msg_more(&event) != 0) {
            (void)zmq_msg_recv(&address, local->monitor, ZMQ_DONTWAIT);
        }
        uint16_t number = 0;
        if (zmq_msg_size(&event) >= sizeof number) {
            memcpy(&number, zmq_msg_data(&event), sizeof number);
        }
        local->lost = (number == ZMQ_EVENT_DISCONNECTED) ||
                      (local->lost && number != ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    }
}

/* Waits for a frame or an event, until a stop or the deadline. TOC_OK: look what is there. */
static enum toc_result wait_for(struct toc_local *local, int64_t deadline_ms)
{
    for (;;) {
        const int64_t left_ms = deadline_ms - now_ms();
        if (left_ms <= 0 || (local->stop != NULL && *local->stop != 0)) {
            return TOC_TIMEOUT;
        }
        zmq_pollitem_t items[2] = {
            {.socket = local->socket, .events = ZMQ_POLLIN},
            {.socket = local->monitor, .events = ZMQ_POLLIN},
        };
        const int ready = zmq_poll(items, 2, left_ms < POLL_MS ? (long)left_ms : POLL_MS);
        if (ready > 0) {
            read_events(local);
            return TOC_OK;
        }
    }
}

static enum toc_result send_part(struct toc_local *local, struct toc_bytes part, bool more,
                                 struct toc_why *why)
{
    const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
    if (zmq_send(local->socket, part.data, part.len, flags) < 0) {
        return toc_fail(why, TOC_AGAIN, "local: %s: the daemon takes nothing: %s", local->path,
                        zmq_strerror(zmq_errno()));
    }
    return TOC_OK;
}

static void free_text(char **text)
{
    free(*text);
}

static enum toc_result send_request(struct toc_local *local, const struct toc_call *call,
                                    const char *tag, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *body = json_object();
    if (call->fields != NULL) {
        (void)json_object_update(body, call->fields);
    }
    TOC_AUTO(free_text) char *text = NULL;
    if (json_object_set_new(body, "request", json_string(call->request)) == 0 &&
        json_object_set_new(body, "tag", json_string(tag)) == 0) {
        text = toc_json_dumps(body, JSON_COMPACT);
    }
    if (text == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(send_part(local, toc_bytes_text(text), call->parts_len > 0, why));
    for (size_t i = 0; i < call->parts_len; i++) {
        TOC_TRY(send_part(local, call->parts[i], i + 1 < call->parts_len, why));
    }
    return TOC_OK;
}

static enum toc_result add_part(struct toc_reply *reply, zmq_msg_t *message)
{
    TOC_ENSURE(reply->parts_len < TOC_LOCAL_PARTS_MAX, TOC_TOOBIG);
    const size_t len = zmq_msg_size(message);
    if (reply->parts_len % PARTS_FIRST == 0) {
        struct toc_bytes *const larger =
            reallocarray(reply->parts, reply->parts_len + PARTS_FIRST, sizeof *larger);
        TOC_ENSURE(larger != NULL, TOC_NOMEM);
        reply->parts = larger;
    }
    uint8_t *const copy = malloc(len == 0 ? 1 : len);
    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    memcpy(copy, zmq_msg_data(message), len);
    reply->parts[reply->parts_len++] = toc_bytes_of(copy, len);
    return TOC_OK;
}

/* One whole reply, if one is there: ZeroMQ hands over all its parts or none. TOC_AGAIN: none. */
static enum toc_result receive(struct toc_local *local, struct toc_reply *ret_reply)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    enum toc_result result = TOC_OK;
    bool first = true;
    for (bool more = true; more; first = false) {
        TOC_AUTO(close_message) zmq_msg_t message;
        (void)zmq_msg_init(&message);
        if (zmq_msg_recv(&message, local->socket, ZMQ_DONTWAIT) < 0) {
            return TOC_AGAIN;
        }
        more = zmq_msg_more(&message) != 0;
        if (first) {
            reply.json = json_loadb(zmq_msg_data(&message), zmq_msg_size(&message),
                                    JSON_REJECT_DUPLICATES, NULL);
        } else if (result == TOC_OK) {
            result = add_part(&reply, &message);
        }
    }
    TOC_TRY(result);
    TOC_ENSURE(json_is_object(reply.json), TOC_MALFORMED);
    *ret_reply = reply;
    reply = (struct toc_reply){0};
    return TOC_OK;
}

/* The daemon's no, in its own words. */
static enum toc_result refusal(const json_t *json, struct toc_why *why)
{
    const char *const name = toc_field_text(json, "result");
    enum toc_result result = TOC_INVALID;
    for (int i = TOC_NOMEM; i <= TOC_CONFLICT; i++) {
        if (strcmp(name, toc_result_name((enum toc_result)i)) == 0) {
            result = (enum toc_result)i;
        }
    }
    const char *const message = toc_field_text(json, "message");
    return toc_fail(why, result, "%s", message[0] == '\0' ? "the daemon refused" : message);
}

static enum toc_result await_reply(struct toc_local *local, const char *tag, int64_t deadline_ms,
                                   struct toc_reply *ret_reply, struct toc_why *why)
{
    for (;;) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        enum toc_result result = receive(local, &reply);
        if (result == TOC_OK) {
            /* An answer to something given up earlier is not ours. */
            const char *const its = toc_field_text(reply.json, "tag");
            if (its[0] != '\0' && strcmp(its, tag) != 0) {
                continue;
            }
            if (!toc_field_true(reply.json, "ok")) {
                return refusal(reply.json, why);
            }
            *ret_reply = reply;
            reply = (struct toc_reply){0};
            return TOC_OK;
        }
        if (result != TOC_AGAIN) {
            return toc_fail(why, result,
                            "local: %s: the daemon's answer cannot be read: are "
                            "tocsin and tocsind of the same version?",
                            local->path);
        }
        if (local->lost) {
            return toc_fail(why, TOC_AGAIN, "the daemon at %s stopped before it answered",
                            local->path);
        }
        if (wait_for(local, deadline_ms) != TOC_OK) {
            return toc_fail(why, TOC_TIMEOUT, "the daemon at %s does not answer: see its log",
                            local->path);
        }
    }
}

enum toc_result toc_local_call(struct toc_local *local, const struct toc_call *call,
                               struct toc_reply *ret_reply, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *fields = call->fields;
    char tag[24];
    (void)fields; /* given away: freed at the end, whichever it is */
    read_events(local);
    if (local->lost) {
        return no_daemon(local->path, why);
    }
    (void)snprintf(tag, sizeof tag, "%llu", (unsigned long long)++local->tag);
    const unsigned timeout_ms = call->timeout_ms == 0 ? TOC_LOCAL_TIMEOUT_MS : call->timeout_ms;
    TOC_TRY(send_request(local, call, tag, why));
    return await_reply(local, tag, now_ms() + timeout_ms, ret_reply, why);
}

enum toc_result toc_local_wait(struct toc_local *local, unsigned timeout_ms)
{
    const int64_t deadline_ms = now_ms() + timeout_ms;
    read_events(local);
    while (local->lost) {
        /* An answer that came too late is read and forgotten, or the poll would return at once. */
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        (void)!receive(local, &reply);
        TOC_TRY(wait_for(local, deadline_ms));
    }
    return TOC_OK;
}

void toc_local_z85(const uint8_t key[32], char *ret_text)
{
    TOC_ASSERT(zmq_z85_encode(ret_text, key, 32) != NULL);
}
