#include "fixture_exchange.h"

#include "batch.h"
#include "engine_internal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 8
#define WIRES_MAX 16
#define JOBS_MAX 64
#define ROUNDS_MAX 4000 /* of delivery, before a test says that nobody ever falls silent */
#define ARENA_MAX ((size_t)64 * 1024 * 1024)

struct frame {
    struct frame *next;
    bool feed;
    struct toc_bytes bytes; /* behind this struct, in the same block */
};

struct queue {
    struct frame *first, *last;
};

struct node {
    struct toc_fixture_daemon daemon;
    uint8_t curve_key[TOC_BOX_KEY_LEN]; /* that it runs with */
    toc_link links;                     /* numbered so far */
    struct toc_job *jobs[JOBS_MAX];     /* run, and not given back */
    size_t jobs_len;
};

struct wire {
    struct node *dialler, *server;
    bool up, feed;
    toc_link dial_link, server_link; /* 0: not known to that side */
    struct queue to_dialler, to_server;
};

struct toc_fixture_exchange {
    struct toc_fixture_group *group;
    struct toc_arena *arena; /* one frame, or one question */
    struct node nodes[MEMBERS_MAX];
    size_t nodes_len;
    struct wire wires[WIRES_MAX];
    size_t wires_len;
    struct toc_fixture_sent sent[MEMBERS_MAX][MEMBERS_MAX];
};

/* ---- tables ---- */

static size_t index_of(const struct toc_fixture_exchange *exchange, const char *member)
{
    for (size_t i = 0; i < exchange->nodes_len; i++) {
        if (strcmp(exchange->nodes[i].daemon.conf.member, member) == 0) {
            return i;
        }
    }
    ck_abort_msg("no daemon of '%s'", member);
    return 0;
}

static struct node *node_of(struct toc_fixture_exchange *exchange, const char *member)
{
    return &exchange->nodes[index_of(exchange, member)];
}

/* NULL: they have no link. */
static struct wire *wire_of(struct toc_fixture_exchange *exchange, const char *dialler,
                            const char *server)
{
    for (size_t i = 0; i < exchange->wires_len; i++) {
        struct wire *wire = &exchange->wires[i];
        if (strcmp(wire->dialler->daemon.conf.member, dialler) == 0 &&
            strcmp(wire->server->daemon.conf.member, server) == 0) {
            return wire;
        }
    }
    return NULL;
}

static void queue_add(struct queue *queue, struct toc_bytes bytes, bool feed)
{
    struct frame *frame = malloc(sizeof(*frame) + bytes.len);

    ck_assert_ptr_nonnull(frame);
    memcpy(frame + 1, bytes.data, bytes.len);
    *frame = (struct frame){.feed = feed,
                            .bytes = toc_bytes_of((const uint8_t *)(frame + 1), bytes.len)};
    if (queue->first == NULL) {
        queue->first = frame;
    } else {
        queue->last->next = frame;
    }
    queue->last = frame;
}

static struct frame *queue_take(struct queue *queue)
{
    struct frame *frame = queue->first;

    if (frame != NULL) {
        queue->first = frame->next;
    }
    return frame;
}

static void queue_clear(struct queue *queue)
{
    struct frame *frame;

    while ((frame = queue_take(queue)) != NULL) {
        free(frame);
    }
}

struct toc_fixture_exchange *toc_fixture_exchange_new(struct toc_fixture_group *group)
{
    struct toc_fixture_exchange *exchange = calloc(1, sizeof(*exchange));

    ck_assert_ptr_nonnull(exchange);
    exchange->group = group;
    ck_assert_int_eq(toc_arena_new(ARENA_MAX, &exchange->arena), TOC_OK);
    return exchange;
}

static void drop_jobs(struct node *node)
{
    while (node->jobs_len > 0) {
        toc_job_free(&node->jobs[--node->jobs_len]);
    }
}

void toc_fixture_exchange_free(struct toc_fixture_exchange **exchange)
{
    struct toc_fixture_exchange *it = *exchange;

    if (it == NULL) {
        return;
    }
    for (size_t i = 0; i < it->wires_len; i++) {
        queue_clear(&it->wires[i].to_dialler);
        queue_clear(&it->wires[i].to_server);
    }
    for (size_t i = 0; i < it->nodes_len; i++) {
        drop_jobs(&it->nodes[i]);
        toc_fixture_daemon_stop(&it->nodes[i].daemon);
    }
    toc_arena_free(&it->arena);
    free(it);
    *exchange = NULL;
}

/* ---- what a tick sends ---- */

static void count(struct toc_fixture_exchange *exchange, struct toc_fixture_sent *sent,
                  struct toc_bytes frame)
{
    struct toc_message message;

    toc_arena_reset(exchange->arena);
    ck_assert_int_eq(toc_wire_message_decode(exchange->arena, frame, &message), TOC_OK);
    sent->messages[message.kind]++;
    if (message.kind == TOC_MESSAGE_GIVE) {
        sent->batches += (unsigned)message.as.give.batches_len;
    }
    for (size_t i = 0;
         message.kind == TOC_MESSAGE_STATEMENTS && i < message.as.statements.items_len; i++) {
        struct toc_signed envelope;
        struct toc_statement statement;
        ck_assert_int_eq(toc_statement_read(exchange->arena, message.as.statements.items[i],
                                            &envelope, &statement),
                         TOC_OK);
        sent->statements[statement.kind]++;
    }
}

static struct toc_fixture_sent *sent_by(struct toc_fixture_exchange *exchange,
                                        const struct node *from, const struct node *to)
{
    return &exchange->sent[from - exchange->nodes][to - exchange->nodes];
}

static void send(struct toc_fixture_exchange *exchange, struct node *node,
                 const struct toc_out *out)
{
    for (size_t i = 0; i < exchange->wires_len; i++) {
        struct wire *wire = &exchange->wires[i];
        const bool session = out->kind == TOC_OUT_SESSION;
        if (!wire->up) {
            continue;
        }
        if (out->kind == TOC_OUT_FEED && wire->server == node && wire->feed) {
            sent_by(exchange, node, wire->dialler)->feed++;
            queue_add(&wire->to_dialler, out->parts[0], true);
        } else if (session && wire->server == node && wire->server_link == out->link) {
            count(exchange, sent_by(exchange, node, wire->dialler), out->parts[0]);
            queue_add(&wire->to_dialler, out->parts[0], false);
        } else if (session && wire->dialler == node && wire->dial_link == out->link) {
            count(exchange, sent_by(exchange, node, wire->server), out->parts[0]);
            queue_add(&wire->to_server, out->parts[0], false);
        }
    }
}

/* After a tick: its outbox goes out, and what it left for the worker is done. */
static void collect(struct toc_fixture_exchange *exchange, struct node *node)
{
    const struct toc_out *out;
    const size_t len = toc_engine_outbox(node->daemon.engine, &out);
    struct toc_job *job;

    for (size_t i = 0; i < len; i++) {
        send(exchange, node, &out[i]);
    }
    while ((job = toc_engine_job_take(node->daemon.engine)) != NULL) {
        ck_assert_uint_lt(node->jobs_len, JOBS_MAX);
        toc_job_run(job);
        node->jobs[node->jobs_len++] = job;
    }
}

static void finish(struct toc_fixture_exchange *exchange, struct node *node)
{
    struct toc_why why = {""};

    ck_assert_msg(toc_engine_finish(node->daemon.engine, &why) == TOC_OK, "%s: %s",
                  node->daemon.conf.member, why.text);
    collect(exchange, node);
}

/* ---- what a tick takes ---- */

static bool is_due(const struct toc_fixture_exchange *exchange, const struct node *node)
{
    for (size_t i = 0; i < exchange->wires_len; i++) {
        const struct wire *wire = &exchange->wires[i];
        if ((wire->dialler == node && wire->to_dialler.first != NULL) ||
            (wire->server == node && wire->to_server.first != NULL)) {
            return true;
        }
    }
    return node->jobs_len > 0 || toc_engine_deadline(node->daemon.engine) <=
                                     toc_env_mono_ms(toc_fixture_group_env(exchange->group));
}

static void hear(struct node *node, struct wire *wire)
{
    struct frame *frame;

    while (wire->dialler == node && toc_engine_has_room(node->daemon.engine) &&
           (frame = queue_take(&wire->to_dialler)) != NULL) {
        if (frame->feed) {
            (void)toc_engine_feed(node->daemon.engine, wire->dial_link, frame->bytes);
        } else {
            (void)toc_engine_session(node->daemon.engine, wire->dial_link, frame->bytes);
        }
        free(frame);
    }
    while (wire->server == node && toc_engine_has_room(node->daemon.engine) &&
           (frame = queue_take(&wire->to_server)) != NULL) {
        if (wire->server_link == 0 && toc_engine_link_accept(node->daemon.engine, node->links + 1,
                                                             wire->dialler->curve_key) == TOC_OK) {
            wire->server_link = ++node->links;
        }
        if (wire->server_link != 0) {
            (void)toc_engine_session(node->daemon.engine, wire->server_link, frame->bytes);
        }
        free(frame);
    }
}

static void turn(struct toc_fixture_exchange *exchange, struct node *node)
{
    toc_engine_begin(node->daemon.engine);
    for (size_t i = 0; i < node->jobs_len; i++) { /* in the worker's order */
        toc_engine_job_done(node->daemon.engine, &node->jobs[i]);
    }
    node->jobs_len = 0;
    for (size_t i = 0; i < exchange->wires_len; i++) {
        hear(node, &exchange->wires[i]);
    }
    finish(exchange, node);
}

void toc_fixture_exchange_settle(struct toc_fixture_exchange *exchange)
{
    bool busy = true;

    for (size_t i = 0; i < exchange->nodes_len; i++) {
        turn(exchange, &exchange->nodes[i]);
    }
    for (unsigned rounds = 0; busy; rounds++) {
        ck_assert_msg(rounds < ROUNDS_MAX, "nobody falls silent");
        busy = false;
        for (size_t i = 0; i < exchange->nodes_len; i++) {
            if (is_due(exchange, &exchange->nodes[i])) {
                turn(exchange, &exchange->nodes[i]);
                busy = true;
            }
        }
    }
}

void toc_fixture_exchange_step(struct toc_fixture_exchange *exchange, const char *member)
{
    turn(exchange, node_of(exchange, member));
}

void toc_fixture_exchange_make(struct toc_fixture_exchange *exchange, const char *member,
                               const char *stream, const char *id, const struct toc_record *record)
{
    struct node *node = node_of(exchange, member);
    struct toc_why why = {""};
    struct toc_bytes bytes;
    uint64_t sequence;

    toc_engine_begin(node->daemon.engine);
    toc_arena_reset(exchange->arena);
    ck_assert_int_eq(toc_wire_record_encode(exchange->arena, record, &bytes), TOC_OK);
    ck_assert_msg(toc_publish_submit(node->daemon.engine, stream, id, &bytes, 1, NULL, &sequence,
                                     &why) == TOC_OK,
                  "%s", why.text);
    finish(exchange, node);
    toc_fixture_exchange_settle(exchange);
}

void toc_fixture_exchange_pass(struct toc_fixture_exchange *exchange, int64_t ms)
{
    const struct toc_env *env = toc_fixture_group_env(exchange->group);
    const int64_t end = toc_env_mono_ms(env) + ms;

    toc_fixture_exchange_settle(exchange);
    while (toc_env_mono_ms(env) < end) {
        int64_t next = end;
        for (size_t i = 0; i < exchange->nodes_len; i++) {
            const int64_t deadline = toc_engine_deadline(exchange->nodes[i].daemon.engine);
            next = deadline < next ? deadline : next;
        }
        toc_fixture_group_advance(exchange->group, next - toc_env_mono_ms(env));
        toc_fixture_exchange_settle(exchange);
    }
}

/* ---- daemons and links ---- */

static void start(struct toc_fixture_exchange *exchange, struct node *node)
{
    const struct toc_member_keys *keys =
        toc_fixture_group_keys(exchange->group, node->daemon.conf.member);

    memcpy(node->curve_key, keys->curve_public.bytes, sizeof(node->curve_key));
    node->links = 0;
    toc_fixture_daemon_restart(exchange->group, &node->daemon);
}

struct toc_fixture_daemon *toc_fixture_exchange_add(struct toc_fixture_exchange *exchange,
                                                    const char *member, const char *folder)
{
    struct node *node = &exchange->nodes[exchange->nodes_len];
    struct toc_why why = {""};

    ck_assert_uint_lt(exchange->nodes_len, MEMBERS_MAX);
    exchange->nodes_len++;
    node->daemon.conf =
        (struct toc_conf){.heartbeat_s = 30, .receipt_s = 10, .submissions_max = 100000};
    (void)snprintf(node->daemon.conf.member, sizeof(node->daemon.conf.member), "%s", member);
    ck_assert_msg(toc_store_open(folder, &node->daemon.store, &why) == TOC_OK, "%s", why.text);
    start(exchange, node);
    return &node->daemon;
}

void toc_fixture_exchange_link(struct toc_fixture_exchange *exchange, const char *dialler,
                               const char *server, bool feed)
{
    struct wire *wire = wire_of(exchange, dialler, server);
    struct toc_engine *engine;

    if (wire == NULL) {
        ck_assert_uint_lt(exchange->wires_len, WIRES_MAX);
        wire = &exchange->wires[exchange->wires_len++];
        *wire = (struct wire){.dialler = node_of(exchange, dialler),
                              .server = node_of(exchange, server)};
    }
    wire->feed = feed;
    if (feed) {
        (void)snprintf(wire->server->daemon.conf.listen_feed,
                       sizeof(wire->server->daemon.conf.listen_feed), "tcp://*:1");
    }
    ck_assert(!wire->up);
    wire->up = true;
    engine = wire->dialler->daemon.engine;
    toc_engine_begin(engine);
    if (wire->dial_link == 0) {
        wire->dial_link = ++wire->dialler->links;
        ck_assert_int_eq(toc_engine_link_dial(engine, wire->dial_link, server), TOC_OK);
    }
    toc_engine_link_state(engine, wire->dial_link, TOC_PEER_CONNECTED);
    finish(exchange, wire->dialler);
}

static void cut(struct toc_fixture_exchange *exchange, struct wire *wire)
{
    if (!wire->up) {
        return;
    }
    wire->up = false;
    queue_clear(&wire->to_dialler);
    queue_clear(&wire->to_server);
    toc_engine_begin(wire->dialler->daemon.engine);
    toc_engine_link_state(wire->dialler->daemon.engine, wire->dial_link, TOC_PEER_UNREACHABLE);
    finish(exchange, wire->dialler);
    toc_engine_begin(wire->server->daemon.engine);
    toc_engine_link_gone(wire->server->daemon.engine, wire->server_link);
    wire->server_link = 0;
    finish(exchange, wire->server);
}

void toc_fixture_exchange_cut(struct toc_fixture_exchange *exchange, const char *dialler,
                              const char *server)
{
    struct wire *wire = wire_of(exchange, dialler, server);

    ck_assert(wire != NULL && wire->up);
    cut(exchange, wire);
}

void toc_fixture_exchange_crash(struct toc_fixture_exchange *exchange, const char *member)
{
    struct node *node = node_of(exchange, member);

    drop_jobs(node);
    start(exchange, node);
    for (size_t i = 0; i < exchange->wires_len; i++) {
        struct wire *wire = &exchange->wires[i];
        if (wire->dialler == node || wire->server == node) {
            cut(exchange, wire);
        }
        if (wire->dialler == node) {
            wire->dial_link = 0;
        }
    }
}

void toc_fixture_exchange_adopt(struct toc_fixture_exchange *exchange, const char *member,
                                uint64_t version)
{
    struct node *node = node_of(exchange, member);
    struct toc_why why = {""};

    toc_engine_begin(node->daemon.engine);
    ck_assert_msg(toc_engine_configure(node->daemon.engine, &node->daemon.conf,
                                       toc_fixture_group_file(exchange->group, version),
                                       &why) == TOC_OK,
                  "%s: %s", member, why.text);
    finish(exchange, node);
}

void toc_fixture_exchange_say(struct toc_fixture_exchange *exchange, const char *from,
                              const char *to, const struct toc_message *message)
{
    struct wire *dialled = wire_of(exchange, from, to);
    struct wire *wire = dialled != NULL ? dialled : wire_of(exchange, to, from);
    struct toc_bytes frame;

    ck_assert(wire != NULL && wire->up);
    toc_arena_reset(exchange->arena);
    ck_assert_int_eq(toc_wire_message_encode(exchange->arena, message, &frame), TOC_OK);
    queue_add(dialled != NULL ? &wire->to_server : &wire->to_dialler, frame, false);
    toc_fixture_exchange_settle(exchange);
}

json_t *toc_fixture_exchange_ask(struct toc_fixture_exchange *exchange, const char *member,
                                 const char *request, const struct toc_bytes *parts,
                                 size_t parts_len)
{
    struct node *node = node_of(exchange, member);
    json_t *reply = toc_fixture_daemon_ask(&node->daemon, request, parts, parts_len);

    ck_assert_msg(reply != NULL, "%s: no reply", request);
    collect(exchange, node);
    return reply;
}

struct toc_fixture_daemon *toc_fixture_exchange_daemon(struct toc_fixture_exchange *exchange,
                                                       const char *member)
{
    return &node_of(exchange, member)->daemon;
}

struct toc_fixture_daemon *toc_fixture_exchange_nth(struct toc_fixture_exchange *exchange, size_t n)
{
    return n < exchange->nodes_len ? &exchange->nodes[n].daemon : NULL;
}

const struct toc_fixture_sent *
toc_fixture_exchange_sent(const struct toc_fixture_exchange *exchange, const char *from,
                          const char *to)
{
    return &exchange->sent[index_of(exchange, from)][index_of(exchange, to)];
}

void toc_fixture_exchange_forget(struct toc_fixture_exchange *exchange)
{
    memset(exchange->sent, 0, sizeof(exchange->sent));
}
