/* Councils publish what they spend, and take it back, while everything goes wrong between them: in
 * the end all have one picture of the region, and deriving it anew changes nothing. */
#include "sim.h"

#include "ensure.h"
#include "runner.h"
#include "store_picture.h"

#include <string.h>

enum { COUNCILS = 3, ROUNDS = 12 };
static const char *const councils[COUNCILS] = {"hull", "leeds", "york"};

static void withdraw_some(struct sim *sim)
{
    for (struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        if (strcmp(one->stream, "exposure") == 0 && one->asked == SIM_ACKNOWLEDGED &&
            one->first_sequence != 0 && one->withdraws == 0 && one->gone_from == 0 &&
            sim_chance(sim, 200)) {
            sim_withdraw(sim, one, 0);
            return;
        }
    }
}

static struct toc_hash picture_of(struct sim_node *node)
{
    struct toc_hash digest;

    ck_assert_int_eq(toc_store_picture_digest(node->store, &toc_hash_zero, &digest), TOC_OK);
    return digest;
}

static void rebuild(struct sim_node *node)
{
    static const char request[] = "{\"request\":\"rebuild\"}";
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    const struct toc_bytes part = toc_bytes_text(request);
    struct toc_why why = {""};

    toc_engine_begin(node->engine);
    ck_assert_int_eq(toc_engine_local(node->engine, 900, &user, &part, 1), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(node->engine, &why), TOC_OK);
}

static void compare(struct sim *sim)
{
    struct sim_node *const first = sim_node(sim, councils[0]);
    const struct toc_hash digest = picture_of(first);
    uint64_t suppliers = 0;

    for (unsigned year = 2014; year <= 2015; year++) {
        uint64_t count;
        ck_assert_int_eq(toc_store_picture_total(first->store, year, TOC_PICTURE_ALL, 1, &count),
                         TOC_OK);
        suppliers += count;
    }
    if (suppliers == 0) {
        sim_fail(sim, "nobody has a supplier");
    }
    for (size_t i = 0; i < sim->nodes_len; i++) {
        const struct toc_hash other = picture_of(&sim->nodes[i]);
        if (!toc_hash_equal(&digest, &other)) {
            sim_fail(sim, "%s and %s see another region", first->member, sim->nodes[i].member);
        }
    }
    rebuild(first);
    const struct toc_hash again = picture_of(first);
    if (!toc_hash_equal(&digest, &again)) {
        sim_fail(sim, "%s derives another region from the same logs", first->member);
    }
}

static void region(struct sim *sim, unsigned steps)
{
    sim_members(sim, councils, COUNCILS);
    sim_exposures(sim);
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    for (size_t i = 0; i < COUNCILS; i++) {
        (void)sim_node_add(sim, councils[i]);
        (void)sim_wire(sim, councils[i], "spg", i == 1);
    }
    sim->submit_chance = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct sim_node *const node = sim_node(sim, councils[sim_below(sim, COUNCILS)]);
        (void)sim_submit(node, "exposure", 1 + (unsigned)sim_below(sim, 4), 0);
        withdraw_some(sim);
        sim_run(sim, steps / ROUNDS);
    }
    sim_heal(sim);
    if (sim->failure[0] == '\0') {
        compare(sim);
    }
}

START_TEST(one_picture)
{
    sim_seeds("test_sim_region", 40, 240, region);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim region");
    sim_add_case(suite, "region", one_picture);
    return toc_test_main(suite);
}
