/* The socket for this machine's own users. The file's mode says who may connect; who somebody is
 * comes from the kernel, by way of the Peer-Address that libzmq 4.3.4 gives to each frame over ipc.
 */
#include "ensure.h"
#include "net_state.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LOCAL_UMASK 0117 /* mode 0660 */
/* A program may have many requests under way, and an answer at the mark would be lost. This is what
 * its own end of the socket holds by default, too. */
#define ANSWERS_WAITING_MAX 1000

/* Digits up to `end`, at most `max`; *text moves behind the end. */
static enum toc_result number(const char **text, char end, uint64_t max, uint64_t *ret_number)
{
    uint64_t value = 0;
    const char *at = *text;
    TOC_ENSURE(*at >= '0' && *at <= '9', TOC_DENIED);
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint64_t)(*at - '0');
        TOC_ENSURE(value <= max, TOC_DENIED);
    }
    TOC_ENSURE(*at == end, TOC_DENIED);
    *text = end == '\0' ? at : at + 1;
    *ret_number = value;
    return TOC_OK;
}

enum toc_result toc_net_local_user(const char *address, struct toc_local_user *ret_user,
                                   int64_t *ret_pid)
{
    static const char prefix[] = "localhost:";
    uint64_t uid = 0;
    uint64_t gid = 0;
    uint64_t pid = 0;
    TOC_ENSURE(address != NULL && strncmp(address, prefix, sizeof prefix - 1) == 0, TOC_DENIED);
    const char *at = address + sizeof prefix - 1;
    TOC_TRY(number(&at, ':', UINT32_MAX, &uid));
    TOC_TRY(number(&at, ':', UINT32_MAX, &gid));
    TOC_TRY(number(&at, '\0', INT32_MAX, &pid));
    *ret_user = (struct toc_local_user){.uid = (uint32_t)uid, .gid = (uint32_t)gid};
    *ret_pid = (int64_t)pid;
    return TOC_OK;
}

/* libzmq unlinks whatever is at the path before it binds, so whether somebody answers there must be
 * asked first. */
static enum toc_result check_free(const char *path, struct toc_why *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const size_t len = strlen(path);
    if (len == 0 || len >= sizeof address.sun_path) {
        return toc_fail(why, TOC_INVALID, "local '%s': longer than a socket's path may be", path);
    }
    memcpy(address.sun_path, path, len + 1);
    struct stat there;
    if (lstat(path, &there) != 0) {
        return TOC_OK; /* nothing there; a folder that is missing shows at bind */
    }
    if (!S_ISSOCK(there.st_mode)) {
        return toc_fail(why, TOC_EXISTS, "local '%s': something that is no socket is there", path);
    }
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return toc_fail(why, TOC_IO, "local '%s': %s", path, strerror(errno));
    }
    const bool refused = connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 &&
                         errno == ECONNREFUSED;
    (void)close(fd);
    if (!refused) {
        return toc_fail(why, TOC_EXISTS, "local '%s': another daemon answers there: stop it first",
                        path);
    }
    return TOC_OK;
}

enum toc_result toc_net_local_open(struct toc_net *net, const char *path, struct toc_why *why)
{
    TOC_TRY(check_free(path, why));
    TOC_AUTO(toc_net_socket_close) void *socket = NULL;
    TOC_TRY(toc_net_socket_new(net->dialler.context, ZMQ_ROUTER, NULL, &net->dialler.limits,
                               &socket, why));
    const struct toc_net_option options[] = {{ZMQ_ROUTER_MANDATORY, 1},
                                             {ZMQ_SNDHWM, ANSWERS_WAITING_MAX}};
    TOC_TRY(toc_net_socket_options(socket, options, sizeof options / sizeof options[0], why));
    char endpoint[sizeof net->local_path + 8];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    const mode_t was = umask(LOCAL_UMASK);
    const int bound = zmq_bind(socket, endpoint);
    const int error = zmq_errno();
    (void)umask(was);
    if (bound != 0) {
        return toc_fail(why, TOC_IO, "local '%s': %s", path, zmq_strerror(error));
    }
    memcpy(net->local_path, path, strlen(path) + 1);
    net->local = toc_take(&socket);
    return TOC_OK;
}

void toc_net_local_close(struct toc_net *net)
{
    if (net->local != NULL) {
        toc_net_socket_close(&net->local);
        /* libzmq may leave the file, depending on when the context ends. */
        (void)unlink(net->local_path);
    }
}

/* Clients come and go without a word. Those whose process ended go first, then the one that was
 * silent longest. */
static void make_room(struct toc_net *net, struct toc_engine *engine)
{
    if (net->locals.len < net->locals.len_max) {
        return;
    }
    for (struct toc_net_link *entry = net->locals.oldest; entry != NULL;) {
        struct toc_net_link *old = entry;
        entry = entry->newer;
        if (old->pid > 0 && kill((pid_t)old->pid, 0) != 0 && errno == ESRCH) {
            toc_net_forget(net, &net->locals, &old, engine);
        }
    }
    if (net->locals.len == net->locals.len_max) {
        struct toc_net_link *old = net->locals.oldest;
        toc_net_forget(net, &net->locals, &old, engine);
    }
}

static enum toc_result receive_one(struct toc_net *net, struct toc_engine *engine,
                                   const struct toc_net_message *message)
{
    TOC_ENSURE(!message->over, TOC_TOOBIG);
    TOC_ENSURE(message->len >= 2, TOC_MALFORMED);
    struct toc_local_user user;
    int64_t pid = 0;
    TOC_TRY(toc_net_local_user(zmq_msg_gets(&message->parts[1], "Peer-Address"), &user, &pid));
    const struct toc_bytes id = toc_net_part(message, 0);
    struct toc_net_link *entry = toc_net_links_find(&net->locals, id);
    if (entry == NULL) {
        toc_net_enter(net); /* numbers are the sessions' too: who draws one looks at both tables */
        make_room(net, engine);
        const enum toc_result result =
            toc_net_links_add(&net->locals, id, toc_net_next_link(net), &entry);
        toc_net_leave(net);
        TOC_TRY(result);
        entry->pid = pid;
        entry->known = true;
    }
    toc_net_links_touch(&net->locals, entry);
    struct toc_bytes parts[TOC_NET_LOCAL_PARTS_MAX];
    for (size_t i = 1; i < message->len; i++) {
        parts[i - 1] = toc_net_part(message, i);
    }
    /* Whatever it is, the engine has answered: the result is for counting. */
    (void)toc_engine_local(engine, entry->link, &user, parts, message->len - 1);
    return TOC_OK;
}

static void refuse(struct toc_net *net, const struct toc_net_message *message,
                   enum toc_result result)
{
    static const char no_memory[] = "{\"ok\":false,\"result\":\"nomem\",\"message\":\"the daemon "
                                    "is out of memory: ask again later\"}";
    char text[160];
    (void)snprintf(
        text, sizeof text,
        "{\"ok\":false,\"result\":\"%s\",\"message\":\"the local socket takes up to %d parts"
        " from a user the kernel names\"}",
        toc_result_name(result), TOC_NET_LOCAL_PARTS_MAX);
    const struct toc_bytes reply = toc_bytes_text(result == TOC_NOMEM ? no_memory : text);
    const enum toc_result sent = toc_net_put(net->local, toc_net_part(message, 0), &reply, 1);
    toc_net_notice_add(&net->notices, TOC_NOTICE_WARN, "local.refused", "result=%s answered=%s",
                       toc_result_name(result), toc_result_name(sent));
}

void toc_net_local_receive(struct toc_net *net, struct toc_engine *engine)
{
    for (int i = 0; i < TOC_TICK_FRAMES_PER_SOCKET && toc_engine_has_room_local(engine); i++) {
        const size_t mark = net->held.len;
        struct toc_net_message message;
        if (toc_net_held_take(&net->held, net->local, TOC_NET_LOCAL_PARTS_MAX + 1, &message) !=
            TOC_OK) {
            break;
        }
        const enum toc_result result = receive_one(net, engine, &message);
        if (result != TOC_OK) {
            refuse(net, &message, result);
            toc_net_held_release(&net->held, mark);
        }
    }
}
