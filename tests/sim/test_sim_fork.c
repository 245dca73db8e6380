/* The signers sign two rosters of one version, and each reaches some members. Nobody goes over from
 * the one to the other, whoever meets both keeps both, and what goes on under the one stands still
 * for those who hold the other: nothing is lost, and nothing is taken under a roster that is not
 * held. */
#include "engine_internal.h"
#include "sim.h"

#include "runner.h"

#include <stdio.h>
#include <string.h>

#define MEMBERS_MAX 6
#define DAY_MS INT64_C(86400000)

static const char *const councils[] = {"hull", "kent", "leeds", "ryedale", "york"};

struct fork {
    struct sim *sim;
    uint64_t version;                          /* that there are two of */
    struct toc_bytes one, other;               /* rosters of it */
    const struct toc_bytes *held[MEMBERS_MAX]; /* which a member adopted first; NULL: none yet */
};

static void star(struct sim *sim)
{
    sim_star(sim, councils, sizeof councils / sizeof councils[0]);
    (void)sim_wire(sim, "york", "leeds", false);
}

/* ---- what must hold ---- */

static struct toc_bytes stored(struct sim_node *node, uint64_t version)
{
    struct toc_bytes bytes = toc_bytes_of(NULL, 0);

    toc_arena_reset(node->sim->arena);
    (void)!toc_store_roster_get(node->store, version, node->sim->arena, &bytes);
    return bytes;
}

/* After each tick: it stays with what it adopted first. */
static void look(struct sim_node *node)
{
    struct fork *const fork = node->sim->hooks.context;
    const struct toc_bytes **const held = &fork->held[node - node->sim->nodes];
    const struct toc_bytes now = stored(node, fork->version);

    if (*held == NULL && now.len > 0) {
        *held = toc_bytes_equal(now, fork->one) ? &fork->one : &fork->other;
    }
    if (*held != NULL && !toc_bytes_equal(now, **held)) {
        sim_fail(node->sim, "%s has gone over to another roster of version %llu", node->member,
                 (unsigned long long)fork->version);
    }
}

static bool has_both(struct sim_node *node, const struct fork *fork)
{
    struct toc_evidence list[16];
    size_t len = 0;

    toc_arena_reset(node->sim->arena);
    SIM_MUST(node->sim,
             toc_store_evidence(node->store, 0, node->sim->arena, list, 16, &len) == TOC_OK);
    for (size_t i = 0; i < len; i++) {
        if ((toc_bytes_equal(list[i].one, fork->one) &&
             toc_bytes_equal(list[i].other, fork->other)) ||
            (toc_bytes_equal(list[i].one, fork->other) &&
             toc_bytes_equal(list[i].other, fork->one))) {
            return true;
        }
    }
    return false;
}

/* Whoever is connected with one that holds the other. */
static void check_evidence(const struct fork *fork)
{
    struct sim *const sim = fork->sim;

    for (size_t i = 0; i < sim->wires_len && sim_goes_on(sim); i++) {
        struct sim_node *const ends[] = {sim->wires[i].dialler, sim->wires[i].server};
        if (fork->held[ends[0] - sim->nodes] == fork->held[ends[1] - sim->nodes]) {
            continue;
        }
        for (size_t j = 0; j < 2; j++) {
            if (!has_both(ends[j], fork)) {
                sim_fail(sim, "%s has met both rosters of version %llu, and has no evidence",
                         ends[j]->member, (unsigned long long)fork->version);
            }
        }
    }
}

/* ---- what happens ---- */

/* As an operator would: one of the two, from a file. */
static void adopt(struct fork *fork, struct sim_node *node, bool other)
{
    const struct toc_bytes version = other ? fork->other : fork->one;
    struct toc_buf file;

    if (fork->held[node - fork->sim->nodes] != NULL) {
        return; /* it has heard already */
    }
    toc_buf_init(&file, 1 << 20);
    SIM_MUST(fork->sim, toc_buf_append_text(&file, TOC_ROSTER_FILE_MAGIC) == TOC_OK &&
                            toc_list_append(&file, version) == TOC_OK);
    sim_adopt_file(node, toc_buf_bytes(&file));
    toc_buf_done(&file);
}

/* Its members' new batches wait at the others', who stay where they are. */
static void one_goes_on(struct fork *fork, unsigned steps)
{
    struct sim *const sim = fork->sim;
    const uint64_t next = toc_fixture_group_sign(sim->group);

    for (size_t i = 0; i < sim->nodes_len && sim_goes_on(sim); i++) {
        if (fork->held[i] == &fork->one) {
            sim_adopt(&sim->nodes[i], next);
        }
    }
    sim->faults = sim_faults_usual;
    sim->submit_chance = 60;
    sim_run(sim, steps);
    for (size_t i = 0; i < sim->nodes_len && sim_goes_on(sim); i++) {
        const bool has = stored(&sim->nodes[i], next).len > 0;
        if (has != (fork->held[i] == &fork->one)) {
            sim_fail(sim, "%s %s version %llu, which follows %s", sim->nodes[i].member,
                     has ? "has" : "lacks", (unsigned long long)next, has ? "another" : "its own");
        }
    }
}

static void two_rosters(struct sim *sim, unsigned steps)
{
    struct fork fork = {.sim = sim};
    int64_t expires;
    size_t first;

    star(sim);
    expires = toc_fixture_group_draft(sim->group)->expires_ms;
    sim_run(sim, steps / 3);
    fork.version = toc_fixture_group_sign(sim->group);
    fork.one = toc_fixture_group_roster(sim->group, fork.version);
    toc_fixture_group_draft(sim->group)->expires_ms = expires + DAY_MS;
    fork.other = toc_fixture_group_sign_other(sim->group);
    toc_fixture_group_draft(sim->group)->expires_ms = expires;
    sim->hooks = (struct sim_hooks){.context = &fork, .look = look};
    /* Each reaches one member at least by hand; the rest hear from their neighbours. */
    first = sim_below(sim, sim->nodes_len);
    for (size_t i = 0; i < sim->nodes_len && sim_goes_on(sim); i++) {
        struct sim_node *const node = &sim->nodes[(first + i) % sim->nodes_len];
        if (i < 2 || sim_chance(sim, 400)) {
            adopt(&fork, node, i % 2 == 1);
        }
        sim_run(sim, 1 + (unsigned)sim_below(sim, 6));
    }
    sim_run(sim, steps / 3);
    /* Under both rosters the same members and keys: all that was said arrives. */
    sim_heal(sim);
    sim_run(sim, 60);
    check_evidence(&fork);
    if (sim_goes_on(sim)) {
        one_goes_on(&fork, steps / 3);
    }
    sim->hooks = (struct sim_hooks){.context = NULL};
}

START_TEST(two_rosters_of_one_version)
{
    sim_seeds("test_sim_fork", 5, 240, two_rosters);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim fork");

    sim_add_case(suite, "fork", two_rosters_of_one_version);
    return toc_test_main(suite);
}
