/* The network between the engines. Sessions keep their order and may break; nothing that was on its
 * way then arrives. The feed keeps nothing. */
#include "sim.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define OLD (sizeof(((struct sim_wire *)NULL)->old) / sizeof(((struct sim_wire *)NULL)->old[0]))

/* ---- queues ---- */

static void queue_add(struct sim_queue *queue, struct toc_bytes bytes, int64_t due, bool ordered)
{
    struct sim_frame *frame = malloc(sizeof(*frame));
    struct sim_frame **at = &queue->first;
    uint8_t *copy = malloc(bytes.len + 1);

    ck_assert(frame != NULL && copy != NULL);
    memcpy(copy, bytes.data, bytes.len);
    if (ordered && due < queue->last_due) {
        due = queue->last_due;
    }
    queue->last_due = due;
    while (*at != NULL && (*at)->due <= due) {
        at = &(*at)->next;
    }
    *frame = (struct sim_frame){*at, due, toc_bytes_of(copy, bytes.len)};
    *at = frame;
    queue->bytes += bytes.len;
}

static struct sim_frame *queue_take(struct sim_queue *queue, int64_t now)
{
    struct sim_frame *frame = queue->first;

    if (frame == NULL || frame->due > now) {
        return NULL;
    }
    queue->first = frame->next;
    queue->bytes -= frame->bytes.len;
    return frame;
}

static void frame_free(struct sim_frame *frame)
{
    free((void *)(uintptr_t)frame->bytes.data);
    free(frame);
}

static void queue_clear(struct sim_queue *queue)
{
    struct sim_frame *frame;

    while ((frame = queue_take(queue, INT64_MAX)) != NULL) {
        frame_free(frame);
    }
    queue->last_due = 0;
}

void sim_net_free(struct sim_wire *wire)
{
    queue_clear(&wire->to_server);
    queue_clear(&wire->to_dialler);
    queue_clear(&wire->feed);
}

/* ---- connections ---- */

void sim_net_break(struct sim_wire *wire, bool lingering)
{
    struct sim *sim = wire->dialler->sim;

    sim_trace(wire->dialler, "loses %s", wire->server->member);
    for (size_t i = 0; i < OLD && wire->server_link != 0; i++) {
        if (wire->old[i].link == 0) {
            wire->old[i].link = wire->server_link;
            wire->old[i].until = sim->mono + (lingering ? (int64_t)sim_below(sim, 20000) : 0);
            wire->server_link = 0;
        }
    }
    ck_assert_uint_eq(wire->server_link, 0);
    sim_net_free(wire);
    wire->state = SIM_DOWN;
    wire->tell = TOC_PEER_UNREACHABLE;
    wire->server_full = false;
    wire->dial_full = false;
    wire->until = sim->mono + (int64_t)sim_below(sim, 4000);
}

static void connect(struct sim_wire *wire)
{
    struct sim *sim = wire->dialler->sim;
    uint8_t key[TOC_BOX_KEY_LEN];
    const bool known =
        toc_engine_server_key(wire->dialler->engine, wire->server->member, false, key) == TOC_OK &&
        memcmp(key, wire->server->keys.curve_public.bytes, sizeof(key)) == 0;
    const bool admitted = toc_engine_admits(wire->server->engine, TOC_DOMAIN_SESSION,
                                            wire->dialler->keys.curve_public.bytes);

    if (!known || !admitted) {
        wire->tell = known ? TOC_PEER_REFUSED : TOC_PEER_WRONG_SERVER_KEY;
        wire->until = sim->mono + 2000;
        return;
    }
    sim_trace(wire->dialler, "is connected to %s", wire->server->member);
    wire->state = SIM_UP;
    wire->tell = TOC_PEER_CONNECTED;
}

static void wire_fault(struct sim_wire *wire)
{
    struct sim *sim = wire->dialler->sim;

    if (sim_chance(sim, sim->faults.wire_cut)) {
        wire->cut_until = sim->mono + (int64_t)sim_below(sim, 120000);
    }
    if (wire->state != SIM_UP) {
        return;
    }
    if (sim_chance(sim, sim->faults.wire_break) || wire->cut_until > sim->mono) {
        sim_net_break(wire, sim_chance(sim, 500));
    } else if (sim_chance(sim, sim->faults.wire_half)) {
        sim_trace(wire->dialler, "half loses %s", wire->server->member);
        wire->state = SIM_HALF;
        wire->until = sim->mono + (int64_t)sim_below(sim, 30000);
        sim_net_free(wire);
    }
}

void sim_net_turn(struct sim *sim)
{
    for (size_t i = 0; i < sim->wires_len; i++) {
        struct sim_wire *wire = &sim->wires[i];
        wire_fault(wire);
        if (wire->state == SIM_HALF && wire->until <= sim->mono) {
            sim_net_break(wire, sim_chance(sim, 500));
        }
        if (wire->state == SIM_DOWN && wire->until <= sim->mono && wire->cut_until <= sim->mono &&
            wire->dialler->engine != NULL && wire->server->engine != NULL &&
            wire->told != TOC_PEER_CONNECTED) {
            connect(wire);
        }
    }
}

void sim_net_died(struct sim_node *node)
{
    for (size_t i = 0; i < node->sim->wires_len; i++) {
        struct sim_wire *wire = &node->sim->wires[i];
        if (wire->dialler != node && wire->server != node) {
            continue;
        }
        if (wire->state != SIM_DOWN) {
            sim_net_break(wire, true);
        }
        if (wire->dialler == node) {
            wire->dial_link = 0;
            wire->told = TOC_PEER_UNREACHABLE;
            wire->tell = TOC_PEER_UNREACHABLE;
        } else {
            memset(wire->old, 0, sizeof(wire->old));
        }
    }
}

void sim_net_started(struct sim_node *node)
{
    node->links = 0;
}

void sim_net_roster_changed(struct sim_node *node)
{
    for (size_t i = 0; i < node->sim->wires_len; i++) {
        struct sim_wire *wire = &node->sim->wires[i];
        const bool strange =
            wire->server == node && !toc_engine_admits(node->engine, TOC_DOMAIN_SESSION,
                                                       wire->dialler->keys.curve_public.bytes);
        /* Unbinding may come later than the roster: the connection lives on for a while. */
        if (strange && wire->state == SIM_UP && sim_chance(node->sim, 500)) {
            sim_net_break(wire, false);
        }
    }
}

/* ---- frames ---- */

static void earlier(int64_t *next, int64_t at)
{
    *next = at < *next ? at : *next;
}

static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

/* When an old connection is noticed to be gone. */
static int64_t old_next(const struct sim_wire *wire)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < OLD; i++) {
        if (wire->old[i].link != 0) {
            earlier(&next, wire->old[i].until);
        }
    }
    return next;
}

bool sim_net_due(const struct sim_node *node)
{
    const struct sim *sim = node->sim;

    for (size_t i = 0; i < sim->wires_len; i++) {
        const struct sim_wire *wire = &sim->wires[i];
        const struct sim_frame *in[3] = {NULL, NULL, NULL};
        if (wire->dialler == node) {
            if (wire->dial_link == 0 || wire->told != wire->tell || wire->dial_full) {
                return true;
            }
            if (wire->stalled_until <= sim->mono) {
                in[0] = wire->to_dialler.first;
                in[1] = wire->feed.first;
            }
        }
        if (wire->server == node) {
            if (wire->server_full || old_next(wire) <= sim->mono) {
                return true;
            }
            in[2] = wire->to_server.first;
        }
        for (size_t j = 0; j < 3; j++) {
            if (in[j] != NULL && in[j]->due <= sim->mono) {
                return true;
            }
        }
    }
    return false;
}

int64_t sim_net_next(const struct sim *sim)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < sim->wires_len; i++) {
        const struct sim_wire *wire = &sim->wires[i];
        const struct sim_queue *queues[] = {&wire->to_dialler, &wire->to_server, &wire->feed};
        const bool both = wire->dialler->engine != NULL && wire->server->engine != NULL;
        if (wire->state == SIM_HALF || (wire->state == SIM_DOWN && both)) {
            earlier(&next, wire->until > wire->cut_until ? wire->until : wire->cut_until);
        }
        if (wire->server->engine != NULL) {
            earlier(&next, old_next(wire));
        }
        for (size_t j = 0; j < 3; j++) {
            const int64_t until = j == 1 ? wire->server->busy_until
                                         : later(wire->stalled_until, wire->dialler->busy_until);
            if (queues[j]->first != NULL) {
                earlier(&next, queues[j]->first->due > until ? queues[j]->first->due : until);
            }
        }
    }
    return next;
}

static void receive_dialler(struct sim_node *node, struct sim_wire *wire)
{
    struct sim_frame *frame;

    if (wire->dial_link == 0) {
        wire->dial_link = ++node->links;
        ck_assert_int_eq(toc_engine_link_dial(node->engine, wire->dial_link, wire->server->member),
                         TOC_OK);
    }
    if (wire->told != wire->tell) {
        wire->told = wire->tell;
        toc_engine_link_state(node->engine, wire->dial_link, wire->tell);
    }
    if (wire->dial_full) {
        wire->dial_full = false;
        toc_engine_link_blocked(node->engine, wire->dial_link);
    }
    if (wire->stalled_until > node->sim->mono) {
        return;
    }
    while (toc_engine_has_room(node->engine) &&
           (frame = queue_take(&wire->to_dialler, node->sim->mono)) != NULL) {
        node->heard_due = frame->due < node->heard_due ? frame->due : node->heard_due;
        (void)toc_engine_session(node->engine, wire->dial_link, frame->bytes);
        frame_free(frame);
    }
    while (toc_engine_has_room(node->engine) &&
           (frame = queue_take(&wire->feed, node->sim->mono)) != NULL) {
        node->heard_due = frame->due < node->heard_due ? frame->due : node->heard_due;
        (void)toc_engine_feed(node->engine, wire->dial_link, frame->bytes);
        frame_free(frame);
    }
}

static void receive_server(struct sim_node *node, struct sim_wire *wire)
{
    struct sim_frame *frame;

    for (size_t i = 0; i < OLD; i++) {
        if (wire->old[i].link != 0 && wire->old[i].until <= node->sim->mono) {
            toc_engine_link_gone(node->engine, wire->old[i].link);
            wire->old[i].link = 0;
        }
    }
    if (wire->server_full) {
        wire->server_full = false;
        toc_engine_link_blocked(node->engine, wire->server_link);
    }
    while (toc_engine_has_room(node->engine) &&
           (frame = queue_take(&wire->to_server, node->sim->mono)) != NULL) {
        if (wire->server_link == 0) {
            wire->server_link = ++node->links;
            if (toc_engine_link_accept(node->engine, wire->server_link,
                                       wire->dialler->keys.curve_public.bytes) != TOC_OK) {
                wire->server_link = 0; /* a stranger by now */
            }
        }
        if (wire->server_link != 0) {
            (void)toc_engine_session(node->engine, wire->server_link, frame->bytes);
        }
        frame_free(frame);
    }
}

void sim_net_receive(struct sim_node *node)
{
    const size_t first = sim_below(node->sim, node->sim->wires_len);

    node->heard_due = INT64_MAX;
    for (size_t i = 0; i < node->sim->wires_len; i++) {
        struct sim_wire *wire = &node->sim->wires[(first + i) % node->sim->wires_len];
        if (wire->dialler == node) {
            receive_dialler(node, wire);
        }
        if (wire->server == node) {
            receive_server(node, wire);
        }
    }
}

static void send_feed(struct sim_node *node, struct toc_bytes frame)
{
    struct sim *sim = node->sim;

    for (size_t i = 0; i < sim->wires_len; i++) {
        struct sim_wire *wire = &sim->wires[i];
        if (wire->server != node || !wire->feeds || wire->state != SIM_UP ||
            !toc_engine_admits(node->engine, TOC_DOMAIN_FEED,
                               wire->dialler->keys.curve_public.bytes)) {
            continue;
        }
        for (unsigned copies = sim_chance(sim, sim->faults.feed_twice) ? 2 : 1; copies > 0;
             copies--) {
            if (!sim_chance(sim, sim->faults.feed_lost)) {
                queue_add(&wire->feed, frame,
                          sim->mono + 1 + node->late + wire->delay + (int64_t)sim_below(sim, 400),
                          false);
            }
        }
    }
}

void sim_net_send(struct sim_node *node, const struct toc_out *out)
{
    struct sim *sim = node->sim;

    if (out->kind == TOC_OUT_FEED) {
        send_feed(node, out->parts[0]);
        return;
    }
    sim->frames++;
    for (size_t i = 0; i < sim->wires_len; i++) {
        struct sim_wire *wire = &sim->wires[i];
        const bool as_server = wire->server == node && wire->server_link == out->link;
        const bool as_dialler = wire->dialler == node && wire->dial_link == out->link;
        bool *full = as_server ? &wire->server_full : &wire->dial_full;
        if (!as_server && !as_dialler) {
            continue;
        }
        if (wire->state != SIM_UP || (as_dialler && wire->told != TOC_PEER_CONNECTED)) {
            return;
        }
        /* After the first that did not fit, the link gets nothing more of this outbox. */
        *full |= sim_chance(sim, sim->faults.full);
        if (*full) {
            sim_trace(node, "a frame meets a full socket");
        }
        if (!*full) {
            struct sim_queue *const queue = as_server ? &wire->to_dialler : &wire->to_server;
            queue_add(queue, out->parts[0],
                      sim->mono + 1 + node->late + wire->delay + (int64_t)sim_below(sim, 150),
                      true);
            if (queue->bytes > SIM_UNREAD_MAX && wire->stalled_until > sim->mono) {
                sim_fail(sim, "%s has sent %zu bytes that nobody has read", node->member,
                         queue->bytes);
            }
        }
        return;
    }
}
