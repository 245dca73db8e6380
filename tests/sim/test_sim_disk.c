/* Members on disks that fail, write half, are full or slow, and whose power goes: what was
 * acknowledged is there, and a start that is refused says why. Then disks that lie about what they
 * have written, or are put back to an older state: what only they held is lost, the rest comes back
 * from the hub, and nothing is signed twice. */
#include "engine_internal.h"
#include "sim.h"

#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const councils[] = {"hull", "leeds", "york"};

static void star(struct sim *sim)
{
    sim->disk_chance = 1000;
    sim_star(sim, councils, sizeof councils / sizeof councils[0]);
    sim->faults.crash = 20;
    sim->faults.disk = 0;
    sim->faults.trouble = 15;
}

/* ---- trouble, and the power ---- */

static void trouble(struct sim *sim, unsigned steps)
{
    star(sim);
    sim_run(sim, steps);
    sim_heal(sim);
}

START_TEST(disks_in_trouble)
{
    sim_seeds("CK_RUN_CASE=trouble test_sim_disk", 12, 300, trouble);
}
END_TEST

/* ---- lies ---- */

/* What a heartbeat told of, and nobody holds any more, ends the generation: see test_sim_restore.
 */
static void end_what_is_lost(struct sim *sim, struct sim_node *node)
{
    static const char *const streams[] = {"framework", "distress"};

    for (size_t i = 0; i < 2 && sim_goes_on(sim); i++) {
        struct toc_log_id id = {.generation = 1};
        const struct toc_log *log;
        char request[100];
        (void)snprintf(id.publisher, sizeof(id.publisher), "%s", node->member);
        (void)snprintf(id.stream, sizeof(id.stream), "%s", streams[i]);
        log = node->engine == NULL ? NULL : toc_engine_log(node->engine, &id);
        if (log != NULL && log->row.id != 0 &&
            (log->row.state == TOC_LOG_STOPPED ||
             log->claimed_next > log->row.chain.next_sequence)) {
            sim->void_allowed = true;
            (void)snprintf(request, sizeof(request), "{\"request\":\"rotate\",\"stream\":\"%s\"}",
                           streams[i]);
            json_decref(sim_ask(node, request));
        }
    }
}

static void settle(struct sim *sim)
{
    sim->faults = sim_faults_none;
    sim->submit_chance = 0;
    for (size_t i = 0; i < sim->nodes_len; i++) {
        sim_disk_honest(sim->nodes[i].disk);
    }
    sim_run(sim, 120);
    for (size_t i = 0; i < sim->nodes_len; i++) {
        end_what_is_lost(sim, &sim->nodes[i]);
    }
    sim_heal(sim);
}

/* The hub's disk or the councils': what both have lost nobody can prove to its publisher. */
static void lies(struct sim *sim, unsigned steps)
{
    const bool hub = sim_chance(sim, 400);

    star(sim);
    for (size_t i = 0; i < sim->nodes_len; i++) {
        sim->nodes[i].honest = (i == 0) != hub;
    }
    sim->withdraw_chance = 0;
    sim->faults.lie = 10;
    sim_run(sim, steps);
    settle(sim);
}

START_TEST(disks_that_lie)
{
    sim_seeds("CK_RUN_CASE=lies test_sim_disk", 4, 300, lies);
}
END_TEST

/* A member's disk, the hub's too, is put back to a copy, while the others' are in trouble. */
static void put_back(struct sim *sim, unsigned steps)
{
    struct sim_node *node;
    struct sim_disk *copy;

    star(sim);
    sim->withdraw_chance = 0;
    sim_run(sim, steps / 3);
    if (!sim_goes_on(sim)) {
        return;
    }
    node = &sim->nodes[sim_below(sim, sim->nodes_len)];
    if (node->engine != NULL) {
        sim_crash(node); /* nothing is open while the disk is copied */
    }
    copy = sim_disk_copy(node->disk);
    sim_run(sim, steps / 3);
    if (sim_goes_on(sim)) {
        sim_machine_restore(node, copy);
        node->restart_mono = sim->mono + (int64_t)sim_below(sim, 20000);
        sim_run(sim, steps / 3);
        settle(sim);
    }
    sim_disk_free(&copy);
}

START_TEST(disks_put_back)
{
    sim_seeds("CK_RUN_CASE=back test_sim_disk", 4, 300, put_back);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim disk");

    sim_add_case(suite, "trouble", disks_in_trouble);
    sim_add_case(suite, "lies", disks_that_lie);
    sim_add_case(suite, "back", disks_put_back);
    return toc_test_main(suite);
}
