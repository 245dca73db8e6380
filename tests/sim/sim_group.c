/* The groups that several histories begin with. */
#include "sim.h"

void sim_members(struct sim *sim, const char *const *councils, size_t len)
{
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    for (size_t i = 0; i < len; i++) {
        toc_fixture_group_add(sim->group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
}

void sim_exposures(struct sim *sim)
{
    static const struct toc_stream_rule rule = {.stream = "exposure",
                                                .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                .audience = TOC_AUDIENCE_GROUP,
                                                .list = ""};

    toc_fixture_group_rule(sim->group, &rule);
}

void sim_star(struct sim *sim, const char *const *councils, size_t len)
{
    sim_members(sim, councils, len);
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    for (size_t i = 0; i < len; i++) {
        (void)sim_node_add(sim, councils[i]);
        (void)sim_wire(sim, councils[i], "spg", i > 0);
    }
}
