#include "sim.h"

#include "engine_internal.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)256 * 1024 * 1024)
#define HOUR_MS ((int64_t)3600 * 1000)

const struct sim_faults sim_faults_usual = {.wire_break = 15,
                                            .wire_half = 5,
                                            .wire_cut = 4,
                                            .full = 2,
                                            .feed_lost = 200,
                                            .feed_twice = 100,
                                            .crash = 12,
                                            .disk = 6,
                                            .clock = 3};
const struct sim_faults sim_faults_none = {0};

/* ---- chance and time ---- */

uint64_t sim_draw(struct sim *sim)
{
    uint64_t z = sim->seed + UINT64_C(0x9e3779b97f4a7c15) * ++sim->drawn;

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t sim_below(struct sim *sim, uint64_t limit)
{
    return limit == 0 ? 0 : sim_draw(sim) % limit;
}

bool sim_chance(struct sim *sim, unsigned permille)
{
    return permille > 0 && sim_below(sim, 1000) < permille;
}

void sim_fail(struct sim *sim, const char *format, ...)
{
    va_list arguments;
    size_t len;

    if (sim->failure[0] != '\0') {
        return;
    }
    (void)snprintf(sim->failure, sizeof(sim->failure), "step %u, %.3f s: ", sim->steps,
                   (double)sim->mono / 1000);
    len = strlen(sim->failure);
    va_start(arguments, format);
    (void)vsnprintf(sim->failure + len, sizeof(sim->failure) - len, format, arguments);
    va_end(arguments);
}

void sim_trace(const struct sim_node *node, const char *format, ...)
{
    static int verbose = -1;
    va_list arguments;

    if (verbose < 0) {
        verbose = getenv("TOC_SIM_VERBOSE") != NULL;
    }
    if (verbose == 0) {
        return;
    }
    (void)fprintf(stderr, "%10.3f %-6s ", (double)node->sim->mono / 1000, node->member);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

static int64_t wall_of(void *context)
{
    const struct sim_node *node = context;

    return toc_fixture_group_wall(node->sim->group) + node->wall_offset;
}

static int64_t mono_of(void *context)
{
    return ((const struct sim_node *)context)->sim->mono;
}

static void random_of(void *context, void *ret_bytes, size_t len)
{
    struct sim_node *node = context;
    uint8_t *at = ret_bytes;

    for (size_t i = 0; i < len; i++) {
        at[i] = (uint8_t)sim_draw(node->sim);
    }
}

static void advance(struct sim *sim, int64_t ms)
{
    sim->mono += ms;
    toc_fixture_group_advance(sim->group, ms);
}

/* ---- the world ---- */

struct sim *sim_new(uint64_t seed)
{
    struct sim *sim = calloc(1, sizeof(*sim));

    ck_assert_ptr_nonnull(sim);
    sim->seed = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    sim->group = toc_fixture_group_new(seed);
    sim->mono = 1000000;
    sim->faults = sim_faults_usual;
    sim->grain = 1;
    sim->submit_chance = 60;
    sim->withdraw_chance = 150;
    ck_assert_int_eq(toc_arena_new(ARENA_MAX, &sim->arena), TOC_OK);
    return sim;
}

static void free_jobs(struct sim_node *node)
{
    for (size_t i = 0; i < node->jobs_len; i++) {
        toc_job_free(&node->jobs[i].job);
    }
    node->jobs_len = 0;
}

void sim_free(struct sim **sim)
{
    struct sim *it = *sim;

    for (size_t i = 0; i < it->wires_len; i++) {
        sim_net_free(&it->wires[i]);
    }
    for (size_t i = 0; i < it->nodes_len; i++) {
        free_jobs(&it->nodes[i]);
        toc_engine_free(&it->nodes[i].engine);
        toc_store_close(&it->nodes[i].store);
        sim_disk_free(&it->nodes[i].disk);
    }
    while (it->submissions != NULL) {
        struct sim_submission *one = it->submissions;
        it->submissions = one->next;
        free(one);
    }
    for (size_t i = 0; i < sizeof it->truth / sizeof it->truth[0]; i++) {
        while (it->truth[i] != NULL) {
            struct sim_truth *one = it->truth[i];
            it->truth[i] = one->next;
            free(one);
        }
    }
    toc_arena_free(&it->arena);
    toc_fixture_group_free(&it->group);
    free(it);
    *sim = NULL;
}

struct sim_node *sim_node(struct sim *sim, const char *member)
{
    for (size_t i = 0; i < sim->nodes_len; i++) {
        if (strcmp(sim->nodes[i].member, member) == 0) {
            return &sim->nodes[i];
        }
    }
    ck_abort_msg("no member '%s'", member);
    return NULL;
}

struct sim_node *sim_node_add(struct sim *sim, const char *member)
{
    struct sim_node *node = &sim->nodes[sim->nodes_len];

    ck_assert_uint_lt(sim->nodes_len, SIM_NODES_MAX);
    sim->nodes_len++;
    node->sim = sim;
    node->keys = *toc_fixture_group_keys(sim->group, member);
    node->conf = (struct toc_conf){.heartbeat_s = 30, .receipt_s = 10, .submissions_max = 100000};
    node->env = (struct toc_env){wall_of, mono_of, random_of, node};
    (void)snprintf(node->member, sizeof(node->member), "%s", member);
    (void)snprintf(node->conf.member, sizeof(node->conf.member), "%s", member);
    node->older = sim_chance(sim, sim->older_chance);
    sim_machine_add(node);
    sim_start(node);
    return node;
}

struct sim_wire *sim_wire(struct sim *sim, const char *dialler, const char *server, bool feeds)
{
    struct sim_wire *wire = &sim->wires[sim->wires_len++];

    ck_assert_uint_le(sim->wires_len, SIM_WIRES_MAX);
    *wire = (struct sim_wire){.dialler = sim_node(sim, dialler),
                              .server = sim_node(sim, server),
                              .feeds = feeds,
                              .told = TOC_PEER_UNREACHABLE,
                              .tell = TOC_PEER_UNREACHABLE};
    if (feeds) {
        (void)snprintf(wire->server->conf.listen_feed, sizeof(wire->server->conf.listen_feed),
                       "tcp://*:1");
    }
    return wire;
}

bool sim_goes_on(const struct sim *sim)
{
    return sim->failure[0] == '\0';
}

/* ---- life and death of one member ---- */

void sim_start(struct sim_node *node)
{
    const unsigned failed = node->disk == NULL ? 0 : sim_disk_failed(node->disk);

    if (!sim_machine_boot(node)) {
        return;
    }
    const struct toc_engine_setup setup = {.conf = &node->conf,
                                           .keys = &node->keys,
                                           .store = node->store,
                                           .env = &node->env,
                                           .alone = node->alone};
    const uint64_t held = toc_store_roster_last(node->store);
    const uint64_t newest =
        node->rekeyed != 0 ? node->rekeyed : toc_fixture_group_draft(node->sim->group)->version;
    struct toc_why why = {""};
    enum toc_result result;

    sim_trace(node, "starts");
    node->asleep = false;
    sim_machine_live(node, true);
    node->sim->running = node;
    result = toc_engine_new(&setup,
                            held > 0 && node->rekeyed == 0
                                ? toc_bytes_of(NULL, 0)
                                : toc_fixture_group_file(node->sim->group, newest),
                            &node->engine, &why);
    node->sim->running = NULL;
    sim_machine_live(node, false);
    if (result == TOC_STORE && sim_machine_failed(node, failed)) {
        sim_machine_refused(node, why.text[0] != '\0' ? why.text : toc_store_why(node->store));
        return;
    }
    if (result == TOC_DENIED && node->gone) {
        node->restart_mono = INT64_MAX; /* removed before its first start came about */
        return;
    }
    if (result != TOC_OK) {
        sim_fail(node->sim, "%s does not start: %s: %s", node->member, toc_result_name(result),
                 why.text);
        return;
    }
    node->alone = false;
    node->rekeyed = 0;
    sim_net_started(node);
}

void sim_crash(struct sim_node *node)
{
    sim_trace(node, "dies");
    node->sim->crashes++;
    free_jobs(node);
    toc_engine_free(&node->engine);
    sim_machine_cut(node);
    node->restart_mono = node->sim->mono + (int64_t)sim_below(node->sim, 40000);
    sim_net_died(node);
}

void sim_restore(struct sim_node *node, struct toc_store **store)
{
    if (node->engine != NULL) {
        sim_crash(node);
    }
    sim_check_before_restore(node);
    toc_store_close(&node->store);
    node->store = *store;
    *store = NULL;
    sim_check_restored(node);
    node->restart_mono = INT64_MAX;
}

/* ---- one tick ---- */

static void take_jobs(struct sim_node *node)
{
    for (size_t i = 0; i < node->jobs_len;) {
        if (node->jobs[i].due > node->sim->mono) {
            i++;
            continue;
        }
        toc_job_run(node->jobs[i].job);
        toc_engine_job_done(node->engine, &node->jobs[i].job);
        node->jobs[i] = node->jobs[--node->jobs_len];
    }
}

static void give_jobs(struct sim_node *node)
{
    while (node->jobs_len < SIM_JOBS_MAX) {
        struct toc_job *job = toc_engine_job_take(node->engine);
        if (job == NULL) {
            return;
        }
        node->jobs[node->jobs_len].job = job;
        node->jobs[node->jobs_len].due = node->sim->mono + (int64_t)sim_below(node->sim, 3000);
        node->jobs_len++;
    }
}

static void read_notices(struct sim_node *node)
{
    struct toc_notice notice;

    while (toc_engine_notice(node->engine, &notice)) {
        node->conflicts += strstr(notice.event, "conflict") != NULL;
        sim_trace(node, "%s %s", notice.event, notice.text);
    }
}

/* After the commit. The machine may stop while it sends. */
static void tick_send(struct sim_node *node, bool dies)
{
    struct sim *sim = node->sim;
    const struct toc_out *out;
    const size_t len = toc_engine_outbox(node->engine, &out);
    const size_t sent = dies ? sim_below(sim, len + 1) : len;

    sim_check_sent(node, out, len);
    for (size_t i = 0; i < sent; i++) {
        if (out[i].kind == TOC_OUT_LOCAL && out[i].link >= SIM_HOOK_LINK &&
            out[i].link != UINT32_MAX) {
            sim->hooks.hear(node, &out[i]);
        } else if (out[i].kind == TOC_OUT_LOCAL) {
            sim_client_hear(node, &out[i]);
        } else {
            sim_net_send(node, &out[i]);
        }
    }
}

/* Its committed store. */
static void look_at(struct sim_node *node)
{
    sim_check_store(node);
    if (node->sim->hooks.look != NULL && node->sim->failure[0] == '\0') {
        node->sim->hooks.look(node);
    }
}

static void tick(struct sim_node *node)
{
    struct sim *sim = node->sim;
    const bool dies = sim_chance(sim, sim->faults.crash);
    const bool dies_early = dies && sim_chance(sim, 500);
    const bool disk_fails = sim_chance(sim, sim->faults.disk);
    const unsigned failed = node->disk == NULL ? 0 : sim_disk_failed(node->disk);
    struct toc_why why = {""};
    enum toc_result result;

    sim->ticks++;
    sim->running = node;
    sim_machine_live(node, true);
    toc_engine_begin(node->engine);
    take_jobs(node);
    sim_net_receive(node);
    sim_client_ask(node);
    if (sim->hooks.act != NULL) {
        sim->hooks.act(node);
    }
    if (dies_early) {
        sim->running = NULL;
        sim_machine_live(node, false);
        sim_crash(node);
        look_at(node);
        return;
    }
    node->engine->store_failed |= disk_fails;
    result = toc_engine_finish(node->engine, &why);
    sim->running = NULL;
    sim_machine_live(node, false);
    if (result == TOC_STORE && sim_machine_failed(node, failed)) {
        sim->failures++;
        SIM_MUST(sim, why.text[0] != '\0');
    } else if (result != (disk_fails ? TOC_STORE : TOC_OK)) {
        sim_fail(sim, "%s: tick: %s: %s", node->member, toc_result_name(result), why.text);
    }
    if (result != TOC_OK) {
        node->failed = true;
        sim_trace(node, "the commit fails: %s", why.text);
    }
    look_at(node);
    sim_machine_committed(node);
    tick_send(node, dies);
    read_notices(node);
    if (dies) {
        sim_crash(node);
        return;
    }
    give_jobs(node);
    if (toc_engine_roster_changed(node->engine)) {
        sim_net_roster_changed(node);
    }
}

void sim_adopt(struct sim_node *node, uint64_t version)
{
    sim_adopt_file(node, toc_fixture_group_file(node->sim->group, version));
}

void sim_adopt_file(struct sim_node *node, struct toc_bytes file)
{
    struct toc_why why = {""};
    enum toc_result result;

    if (node->engine == NULL) {
        sim_start(node);
    }
    node->sim->running = node;
    toc_engine_begin(node->engine);
    result = toc_engine_configure(node->engine, &node->conf, file, &why);
    if (result != TOC_OK || toc_engine_finish(node->engine, &why) != TOC_OK) {
        sim_fail(node->sim, "%s: adopting a roster: %s", node->member, why.text);
    }
    node->sim->running = NULL;
    look_at(node);
    tick_send(node, false);
    read_notices(node);
    give_jobs(node);
    if (toc_engine_roster_changed(node->engine)) {
        sim_net_roster_changed(node);
    }
}

void sim_rekey(struct sim_node *node, struct sim_node *hub, int64_t after)
{
    struct sim *const sim = node->sim;

    toc_fixture_group_rekey(sim->group, node->member);
    node->rekeyed = toc_fixture_group_sign(sim->group);
    sim_adopt(hub, node->rekeyed);
    if (node->engine != NULL) {
        sim_crash(node);
    }
    node->keys = *toc_fixture_group_keys(sim->group, node->member);
    node->restart_mono = sim->mono + after;
}

void sim_remove(struct sim *sim, struct sim_node *node, struct sim_node *hub)
{
    toc_fixture_group_remove(sim->group, node->member);
    node->gone = true;
    node->gone_version = toc_fixture_group_sign(sim->group);
    node->gone_mono = sim->mono;
    sim_adopt(hub, node->gone_version);
}

json_t *sim_ask(struct sim_node *node, const char *request)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    const struct toc_bytes part = toc_bytes_text(request);
    const struct toc_out *out;
    struct toc_why why = {""};
    json_t *reply = NULL;

    node->sim->running = node;
    toc_engine_begin(node->engine);
    ck_assert_int_eq(toc_engine_local(node->engine, UINT32_MAX, &user, &part, 1), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(node->engine, &why), TOC_OK);
    node->sim->running = NULL;
    look_at(node);
    for (size_t i = 0; i < toc_engine_outbox(node->engine, &out); i++) {
        if (out[i].kind == TOC_OUT_LOCAL && out[i].link == UINT32_MAX) {
            reply = json_loadb((const char *)out[i].parts[0].data, out[i].parts[0].len, 0, NULL);
        }
    }
    tick_send(node, false);
    read_notices(node);
    give_jobs(node);
    ck_assert_ptr_nonnull(reply);
    return reply;
}

/* ---- one step ---- */

static bool is_due(const struct sim_node *node)
{
    if (node->busy_until > node->sim->mono) {
        return false;
    }
    for (size_t i = 0; i < node->jobs_len; i++) {
        if (node->jobs[i].due <= node->sim->mono) {
            return true;
        }
    }
    return toc_engine_deadline(node->engine) <= node->sim->mono || sim_net_due(node) ||
           sim_client_due(node) || (node->sim->hooks.due != NULL && node->sim->hooks.due(node));
}

static int64_t next_event(const struct sim *sim)
{
    int64_t next = sim_net_next(sim);
    const int64_t client = sim_client_next(sim);

    next = client < next ? client : next;
    for (size_t i = 0; i < sim->nodes_len; i++) {
        const struct sim_node *node = &sim->nodes[i];
        int64_t at = INT64_MAX;
        if (node->engine != NULL) {
            at = sim->hooks.due != NULL && sim->hooks.due(node) ? sim->mono
                                                                : toc_engine_deadline(node->engine);
        } else if (!node->asleep) {
            at = node->restart_mono;
        }
        for (size_t j = 0; j < node->jobs_len; j++) {
            at = node->jobs[j].due < at ? node->jobs[j].due : at;
        }
        at = at < node->busy_until ? node->busy_until : at;
        next = at < next ? at : next;
    }
    return next;
}

static void pass_time(struct sim *sim)
{
    const int64_t next = next_event(sim);
    int64_t ms = next <= sim->mono ? 1 : next - sim->mono;

    ms = ms < sim->grain ? sim->grain : ms;
    if (sim_chance(sim, 250)) {
        ms += (int64_t)sim_below(sim, sim_chance(sim, 100) ? 40000 : 500);
    }
    advance(sim, ms < 1 ? 1 : (ms > 60000 ? 60000 : ms));
}

static void jump_clock(struct sim_node *node)
{
    const int64_t most = sim_chance(node->sim, 200) ? 48 * HOUR_MS : 2 * HOUR_MS;

    node->wall_offset = (int64_t)sim_below(node->sim, 2 * (uint64_t)most) - most;
}

void sim_step(struct sim *sim)
{
    const size_t first = sim_below(sim, sim->nodes_len);

    sim->steps++;
    pass_time(sim);
    sim_net_turn(sim);
    sim_machine_turn(sim);
    sim_client_step(sim);
    if (sim->hooks.step != NULL) {
        sim->hooks.step(sim);
    }
    for (size_t i = 0; i < sim->nodes_len && sim->failure[0] == '\0'; i++) {
        struct sim_node *node = &sim->nodes[(first + i) % sim->nodes_len];
        if (node->engine == NULL && !node->asleep && node->restart_mono <= sim->mono) {
            sim_start(node);
        }
        if (sim_chance(sim, sim->faults.clock)) {
            jump_clock(node);
        }
        if (node->engine != NULL && is_due(node)) {
            tick(node);
        }
    }
}

void sim_run(struct sim *sim, unsigned steps)
{
    for (unsigned i = 0; i < steps && sim->failure[0] == '\0'; i++) {
        sim_step(sim);
    }
}

void sim_days(struct sim *sim, int64_t days)
{
    advance(sim, days * 24 * HOUR_MS);
}
