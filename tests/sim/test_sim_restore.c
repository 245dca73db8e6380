/* A publisher's disk is put back to an older state: it takes its own log back from the hub and
 * signs nothing twice. Told to go on alone, it makes a second history: that is a conflict, kept as
 * evidence where it is seen, and the next generation ends it. */
#include "engine_internal.h"
#include "sim.h"

#include "runner.h"

static struct sim_node *three(struct sim *sim)
{
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    (void)sim_node_add(sim, "leeds");
    (void)sim_node_add(sim, "york");
    (void)sim_wire(sim, "leeds", "spg", true);
    (void)sim_wire(sim, "york", "spg", false);
    return sim_node(sim, "leeds");
}

static struct toc_store *snapshot(struct sim_node *node)
{
    struct toc_store *store = NULL;

    if (node->engine != NULL) {
        sim_crash(node); /* nothing is open while the disk is copied */
    }
    ck_assert_int_eq(toc_store_snapshot(node->store, &store), TOC_OK);
    return store;
}

static void ask_rotate(struct sim *sim, struct sim_node *node, const char *stream)
{
    char request[100];
    json_t *reply;

    (void)snprintf(request, sizeof(request), "{\"request\":\"rotate\",\"stream\":\"%s\"}", stream);
    reply = sim_ask(node, request);
    if (!json_is_true(json_object_get(reply, "ok")) ||
        json_object_get(json_array_get(json_object_get(reply, "rotated"), 0), "opened") == NULL) {
        char *text = json_dumps(reply, JSON_COMPACT);
        sim_fail(sim, "rotate: %s", text);
        free(text);
    }
    json_decref(reply);
}

/* ---- taken back ---- */

/* A heartbeat may have arrived whose batch did not, before the disk was put back: then nobody can
 * give it back, the publisher signs nothing more on that log, and its operator ends the generation.
 */
static void end_what_is_lost(struct sim *sim, struct sim_node *node)
{
    static const char *const streams[] = {"framework", "distress"};

    sim->faults = sim_faults_none;
    sim->submit_chance = 0;
    sim_run(sim, 60);
    for (size_t i = 0; i < 2 && sim_goes_on(sim); i++) {
        struct toc_log_id id = {.publisher = "leeds", .generation = 1};
        const struct toc_log *log;
        (void)snprintf(id.stream, sizeof(id.stream), "%s", streams[i]);
        log = node->engine == NULL ? NULL : toc_engine_log(node->engine, &id);
        if (log != NULL && log->row.id != 0 && log->claimed_next > log->row.chain.next_sequence) {
            sim->void_allowed = true;
            ask_rotate(sim, node, streams[i]);
        }
    }
}

static void taken_back(struct sim *sim, unsigned steps)
{
    struct sim_node *leeds = three(sim);
    struct toc_store *old;

    sim->withdraw_chance = 0;
    sim_run(sim, steps / 3);
    /* A submission that waits unsigned in the old copy, and was signed since, would be signed
     * again. */
    for (unsigned i = 0; i < 200 && toc_store_submissions_waiting(leeds->store) > 0; i++) {
        sim_run(sim, 5);
    }
    old = snapshot(leeds);
    sim_run(sim, steps / 3);
    if (sim_goes_on(sim)) {
        sim_restore(leeds, &old);
        leeds->restart_mono = sim->mono + (int64_t)sim_below(sim, 20000);
        sim_run(sim, steps / 3);
        end_what_is_lost(sim, leeds);
        sim_heal(sim);
    }
    toc_store_close(&old);
}

START_TEST(restored_publisher)
{
    sim_seeds("CK_RUN_CASE=back test_sim_restore", 60, 300, taken_back);
}
END_TEST

/* The hub's own disk is put back: councils give it what it lacks, and its readers lose nothing. */
static void hub_restored(struct sim *sim, unsigned steps)
{
    struct sim_node *hub;
    struct toc_store *old;

    (void)three(sim);
    hub = sim_node(sim, "spg");
    sim_run(sim, steps / 3);
    old = snapshot(hub);
    sim_run(sim, steps / 3);
    if (sim_goes_on(sim)) {
        sim_restore(hub, &old);
        hub->restart_mono = sim->mono + (int64_t)sim_below(sim, 20000);
        sim_run(sim, steps / 3);
        sim_heal(sim);
    }
    toc_store_close(&old);
}

START_TEST(restored_hub)
{
    sim_seeds("CK_RUN_CASE=hub test_sim_restore", 30, 300, hub_restored);
}
END_TEST

/* ---- alone ---- */

static size_t evidence(struct sim_node *node)
{
    struct toc_evidence list[16];
    size_t len = 0;

    toc_arena_reset(node->sim->arena);
    ck_assert_int_eq(toc_store_evidence(node->store, 0, node->sim->arena, list, 16, &len), TOC_OK);
    return len;
}

static bool stopped(struct sim_node *node)
{
    const struct toc_log_id log = {.publisher = "leeds", .stream = "framework", .generation = 1};
    struct toc_log_row row;

    return sim_log_row(node, &log, &row) && row.state == TOC_LOG_STOPPED;
}

/* Whatever the abandoned history held is gone with it, acknowledged or not. */
static void excuse(struct sim_node *node, unsigned from, unsigned to)
{
    for (struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        one->excused |= one->node == node && one->number > from && one->number <= to;
    }
}

static void alone(struct sim *sim, unsigned steps)
{
    struct sim_node *leeds = three(sim);
    struct sim_node *hub = sim_node(sim, "spg");
    struct toc_store *old;
    unsigned before;
    unsigned between;

    sim->withdraw_chance = 0;
    sim_run(sim, steps / 3);
    (void)sim_submit(leeds, "framework", 3, 10);
    sim_heal(sim);
    old = snapshot(leeds);
    before = sim->submissions_made;
    (void)sim_submit(leeds, "framework", 2, 20);
    (void)sim_submit(leeds, "framework", 1, 20);
    sim_heal(sim);
    between = sim->submissions_made;
    if (sim_goes_on(sim)) {
        sim->forks = true;
        sim->void_allowed = true;
        sim_restore(leeds, &old);
        excuse(leeds, before, between);
        leeds->alone = true;
        sim->wires[0].cut_until = sim->mono + 60000;
        sim_start(leeds);
        /* As long as the abandoned one, shorter, or longer. */
        (void)sim_submit(leeds, "framework", 1 + (unsigned)sim_below(sim, 5), 30);
        sim_run(sim, 20);
        sim->wires[0].cut_until = 0;
        sim_run(sim, 150);
    }
    if (sim_goes_on(sim) && !(stopped(hub) || stopped(leeds))) {
        sim_fail(sim, "two histories, and nobody noticed");
    }
    if (sim_goes_on(sim) && evidence(hub) + evidence(leeds) == 0) {
        sim_fail(sim, "a log is stopped, and there is no evidence");
    }
    if (sim_goes_on(sim) && !stopped(leeds)) {
        sim_fail(sim, "the publisher was not told");
    }
    if (sim_goes_on(sim)) {
        ask_rotate(sim, leeds, "framework");
        (void)sim_submit(leeds, "framework", 2, 40);
        sim_heal(sim);
    }
    toc_store_close(&old);
}

START_TEST(a_second_history)
{
    sim_seeds("CK_RUN_CASE=alone test_sim_restore", 40, 200, alone);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim restore");

    sim_add_case(suite, "back", restored_publisher);
    sim_add_case(suite, "hub", restored_hub);
    sim_add_case(suite, "alone", a_second_history);
    return toc_test_main(suite);
}
