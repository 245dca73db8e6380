/* Dozens of members, one hub or two; slow, broken and stalled lines; machines that stop, sleep for
 * long, or get an old disk back; disks that fail, are short, full or slow; clocks that jump;
 * members that come and go; keys that change. All of it at once, and then all agree. */
#include "sim.h"

#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMBERS_MAX 40
#define ARRIVALS_MAX 4

struct region {
    struct sim *sim;
    bool two_hubs;
    size_t made;                /* c00, c01, ...: the next to come */
    struct toc_store *old_disk; /* of the hub, some time ago; NULL */
    bool restored;
    unsigned removed, rekeyed;
};

static bool goes_on(const struct region *region)
{
    return region->sim->failure[0] == '\0';
}

static void name_of(size_t number, char ret_name[8])
{
    (void)snprintf(ret_name, 8, "c%02u", (unsigned)number % 100);
}

/* One in nine only watches. */
static void admit(struct region *region, size_t number)
{
    char name[8];

    name_of(number, name);
    toc_fixture_group_add(region->sim->group, name,
                          number % 9 == 8 ? TOC_ROLE_BIT(TOC_ROLE_OBSERVER)
                                          : TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
}

static int64_t line_delay(struct sim *sim)
{
    return sim_chance(sim, 150) ? (int64_t)sim_below(sim, 4000) : 0;
}

/* It dials the hubs, each of whom has to show it its own logs, and now and then a neighbour. */
static void connect_member(struct region *region, size_t number)
{
    struct sim *const sim = region->sim;
    char name[8];
    char other[8];

    name_of(number, name);
    (void)sim_node_add(sim, name);
    sim_wire(sim, name, "spg", sim_chance(sim, 700))->delay = line_delay(sim);
    if (region->two_hubs) {
        sim_wire(sim, name, "nag", sim_chance(sim, 500))->delay = line_delay(sim);
    }
    if (number > 0 && sim_chance(sim, 60)) {
        name_of(number - 1, other);
        if (toc_roster_member(toc_fixture_group_draft(sim->group), other) != NULL) {
            (void)sim_wire(sim, name, other, false);
        }
    }
}

static void start(struct region *region)
{
    struct sim *const sim = region->sim;
    const size_t members = 12 + sim_below(sim, MEMBERS_MAX - ARRIVALS_MAX - 12);

    region->two_hubs = sim_chance(sim, 300);
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    if (region->two_hubs) {
        toc_fixture_group_add(sim->group, "nag", TOC_ROLE_BIT(TOC_ROLE_HUB));
    }
    for (size_t i = 0; i < members; i++) {
        admit(region, i);
    }
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    if (region->two_hubs) {
        (void)sim_node_add(sim, "nag");
        (void)sim_wire(sim, "nag", "spg", true);
        (void)sim_wire(sim, "spg", "nag", true);
    }
    sim->disk_chance = 300; /* of the councils: the hub's is put back, see disk_is_old */
    sim->faults.trouble = 3;
    for (region->made = 0; region->made < members; region->made++) {
        connect_member(region, region->made);
    }
    sim->grain = 20;
    sim->submit_chance = 8;
    sim->faults.crash = 4;
    sim->faults.disk = 3;
}

/* ---- what happens ---- */

static struct sim_node *any_council(struct region *region)
{
    struct sim *const sim = region->sim;
    const size_t hubs = region->two_hubs ? 2 : 1;

    return &sim->nodes[hubs + sim_below(sim, sim->nodes_len - hubs)];
}

static void somebody_comes(struct region *region)
{
    struct sim *const sim = region->sim;

    if (sim->nodes_len < MEMBERS_MAX) {
        admit(region, region->made);
        sim_adopt(&sim->nodes[0], toc_fixture_group_sign(sim->group));
        connect_member(region, region->made++);
    }
}

/* Who dials neighbours has what the hub never saw: that is taken back. A hub that lost a member's
 * records with its disk does not get them back once the member has left: not looked at here. */
static void somebody_leaves(struct region *region)
{
    struct sim_node *const node = any_council(region);

    if (!node->gone && region->removed < 2 && region->old_disk == NULL && !region->restored) {
        region->removed++;
        region->sim->void_allowed = true;
        sim_remove(region->sim, node, &region->sim->nodes[0]);
        node->gone_mono = INT64_MAX / 2;
    }
}

static void lines_fail(struct region *region, bool stalled)
{
    struct sim *const sim = region->sim;

    for (size_t i = 0; i < sim->wires_len; i++) {
        const int64_t until = sim->mono + (int64_t)sim_below(sim, 10 * 60 * 1000);
        if (sim_chance(sim, 300)) {
            sim->wires[i].stalled_until = stalled ? until : sim->wires[i].stalled_until;
            sim->wires[i].cut_until = stalled ? sim->wires[i].cut_until : until;
        }
    }
}

static void somebody_sleeps(struct region *region)
{
    struct sim_node *const node = any_council(region);

    if (node->engine != NULL) {
        sim_crash(node);
        node->restart_mono = region->sim->mono + (int64_t)sim_below(region->sim, 20 * 60 * 1000);
    }
}

static void keys_change(struct region *region)
{
    struct sim_node *const node = any_council(region);

    if (node->engine != NULL && !node->gone) {
        json_decref(sim_ask(node, "{\"request\":\"rotate\"}"));
    }
}

/* What its hub had not got of it is signed again, with the new keys and in the next generation. Not
 * together with a hub that forgets what it closed. */
static void somebody_is_rekeyed(struct region *region)
{
    struct sim_node *const node = any_council(region);

    if (!node->gone && region->old_disk == NULL && !region->restored) {
        region->rekeyed++;
        region->sim->void_allowed = true;
        sim_rekey(node, &region->sim->nodes[0], (int64_t)sim_below(region->sim, 5 * 60 * 1000));
    }
}

/* All of them, and how many there are; those before sign it, too. */
static void signers_are_succeeded(struct region *region)
{
    struct sim *const sim = region->sim;
    const size_t signers = 1 + sim_below(sim, 5);

    toc_fixture_group_signers(sim->group, signers, 1 + (uint32_t)sim_below(sim, signers));
    sim_adopt(&sim->nodes[0], toc_fixture_group_sign(sim->group));
}

static void roster_is_renewed(struct region *region)
{
    sim_adopt(&region->sim->nodes[0], toc_fixture_group_sign(region->sim->group));
}

/* The hub's disk is copied; or put back to the copy. */
static void disk_is_old(struct region *region)
{
    struct sim_node *const hub = &region->sim->nodes[0];

    if (region->removed + region->rekeyed > 0) {
        return;
    }
    if (region->old_disk == NULL) {
        if (hub->engine != NULL) {
            sim_crash(hub);
        }
        SIM_MUST(region->sim, toc_store_snapshot(hub->store, &region->old_disk) == TOC_OK);
        return;
    }
    region->restored = true;
    sim_restore(hub, &region->old_disk);
    hub->restart_mono = region->sim->mono + (int64_t)sim_below(region->sim, 20000);
}

static void something_happens(struct region *region)
{
    switch (sim_below(region->sim, 10)) {
    case 0:
        somebody_comes(region);
        return;
    case 1:
        somebody_leaves(region);
        return;
    case 2:
        lines_fail(region, false);
        return;
    case 3:
        lines_fail(region, true);
        return;
    case 4:
        somebody_sleeps(region);
        return;
    case 5:
        keys_change(region);
        return;
    case 6:
        roster_is_renewed(region);
        return;
    case 7:
        somebody_is_rekeyed(region);
        return;
    case 8:
        signers_are_succeeded(region);
        return;
    default:
        disk_is_old(region);
        return;
    }
}

static void region(struct sim *sim, unsigned steps)
{
    struct region region = {.sim = sim};

    start(&region);
    for (unsigned part = 0; part < 10 && goes_on(&region); part++) {
        sim_run(sim, steps / 10);
        if (goes_on(&region)) {
            something_happens(&region);
        }
    }
    sim_heal(sim);
    toc_store_close(&region.old_disk);
}

START_TEST(dozens_of_members)
{
    sim_seeds("test_sim_scale", 2, 300, region);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim scale");

    sim_add_case(suite, "scale", dozens_of_members);
    return toc_test_main(suite);
}
