/* A hub and two councils, of which one listens to the feed and one does not, and everything that can go
 * wrong between them. */
#include "sim.h"

#include "runner.h"

static void base(struct sim *sim, unsigned steps)
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
    sim_run(sim, steps);
    sim_heal(sim);
}

START_TEST(hub_and_two_councils)
{
    sim_seeds("test_sim_base", 200, 300, base);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim base");
    TCase *tcase = tcase_create("faults");

    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, hub_and_two_councils);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
