/* A hub and two councils, of which one listens to the feed and one does not, and everything that
 * can go wrong between them; then wider groups: two hubs, councils that dial each other, a list as
 * audience that its hub is not on, an observer. */
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

static void wide(struct sim *sim, unsigned steps)
{
    static const char *const councils[] = {"hull", "leeds", "york"};

    toc_fixture_group_add(sim->group, "nag", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "audit", TOC_ROLE_BIT(TOC_ROLE_OBSERVER));
    for (size_t i = 0; i < 3; i++) {
        toc_fixture_group_add(sim->group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "nag");
    (void)sim_node_add(sim, "spg");
    (void)sim_node_add(sim, "audit");
    for (size_t i = 0; i < 3; i++) {
        (void)sim_node_add(sim, councils[i]);
        (void)sim_wire(sim, councils[i], "spg", i != 0);
        (void)sim_wire(sim, councils[i], "nag", i == 2);
    }
    (void)sim_wire(sim, "nag", "spg", true);
    (void)sim_wire(sim, "spg", "nag", true);
    (void)sim_wire(sim, "leeds", "york", false);
    (void)sim_wire(sim, "audit", "spg", true);
    sim_run(sim, steps);
    sim_heal(sim);
}

START_TEST(two_hubs_and_an_observer)
{
    sim_seeds("CK_RUN_CASE=wide test_sim_base", 25, 250, wide);
}
END_TEST

/* The feed loses the last batch, and its publisher is never heard of again: the hub has it, and the
 * session is open, so the reader gets it (invariant 4). */
static void last_words(struct sim *sim, unsigned steps)
{
    const struct toc_log_id log = {.publisher = "leeds", .stream = "framework", .generation = 1};
    struct toc_log_row held, wanted;

    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    (void)sim_node_add(sim, "leeds");
    (void)sim_node_add(sim, "york");
    (void)sim_wire(sim, "leeds", "spg", false);
    (void)sim_wire(sim, "york", "spg", true);
    sim->faults = sim_faults_none;
    sim->faults.feed_lost = 300;
    for (unsigned i = 0; i < 5; i++) {
        (void)sim_submit(sim_node(sim, "leeds"), "framework", 1, 10);
        sim_run(sim, 20);
    }
    sim->faults.feed_lost = 1000;
    sim->submit_chance = 0;
    (void)sim_submit(sim_node(sim, "leeds"), "framework", 1, 10);
    while (sim->failure[0] == '\0' && sim->submissions->asked != SIM_ACKNOWLEDGED) {
        sim_step(sim);
    }
    for (unsigned i = 0; i < 4; i++) {
        sim_step(sim); /* on its way to the hub, or there */
    }
    sim_crash(sim_node(sim, "leeds"));
    sim_node(sim, "leeds")->asleep = true;
    sim_run(sim, steps);
    if (sim_log_row(sim_node(sim, "spg"), &log, &wanted) &&
        (!sim_log_row(sim_node(sim, "york"), &log, &held) ||
         held.applied_next != wanted.chain.next_sequence)) {
        sim_fail(sim, "york never gets what the hub holds");
    }
}

START_TEST(the_feed_loses_the_end)
{
    sim_seeds("CK_RUN_CASE=last test_sim_base", 30, 150, last_words);
}
END_TEST

/* York's machine takes nothing off its connection for a while. The hub gives it so much and no
 * more, and everybody else all the same (invariant 7). */
static void slow(struct sim *sim, unsigned steps)
{
    const struct toc_log_id log = {.publisher = "leeds", .stream = "framework", .generation = 1};
    /* A quarter more than may be on its way to one who does not read. */
    const unsigned submissions = SIM_UNREAD_MAX / (TOC_BATCH_RECORDS_MAX * 190) * 5 / 4;
    struct toc_log_row wanted, held;
    struct sim_wire *york;

    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    (void)sim_node_add(sim, "hull");
    (void)sim_node_add(sim, "leeds");
    (void)sim_node_add(sim, "york");
    (void)sim_wire(sim, "leeds", "spg", false);
    (void)sim_wire(sim, "hull", "spg", false);
    york = sim_wire(sim, "york", "spg", false);
    sim->faults = sim_faults_none;
    sim->submit_chance = 0;
    (void)sim_submit(sim_node(sim, "leeds"), "framework", 1, 10);
    sim_run(sim, 60); /* york follows the log */
    york->stalled_until = sim->mono + INT64_C(3600) * 1000;
    for (unsigned i = 0; i < submissions; i++) {
        (void)sim_submit(sim_node(sim, "leeds"), "framework", TOC_BATCH_RECORDS_MAX, 190);
        sim_run(sim, steps / submissions);
    }
    if (sim->failure[0] == '\0' && (!sim_log_row(sim_node(sim, "leeds"), &log, &wanted) ||
                                    !sim_log_row(sim_node(sim, "hull"), &log, &held) ||
                                    held.applied_next != wanted.chain.next_sequence)) {
        sim_fail(sim, "hull waits for what york does not read");
    }
    sim_heal(sim);
}

START_TEST(one_does_not_read)
{
    sim_seeds("CK_RUN_CASE=slow test_sim_base", 2, 800, slow);
}
END_TEST

/* The hub relays what it cannot open, and a council that is not on the list never hears of it. */
static void relay(struct sim *sim, unsigned steps)
{
    static const char *const names[] = {"leeds", "york"};
    static const struct toc_member_list list = {"pair", names, 2};
    const struct toc_stream_rule rule = {.stream = "framework",
                                         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                         .audience = TOC_AUDIENCE_LIST,
                                         .list = "pair"};

    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_rule(sim->group, &rule);
    toc_fixture_group_draft(sim->group)->lists = &list;
    toc_fixture_group_draft(sim->group)->lists_len = 1;
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    (void)sim_node_add(sim, "hull");
    (void)sim_node_add(sim, "leeds");
    (void)sim_node_add(sim, "york");
    (void)sim_wire(sim, "hull", "spg", true);
    (void)sim_wire(sim, "leeds", "spg", true);
    (void)sim_wire(sim, "york", "spg", false);
    sim_run(sim, steps);
    sim_heal(sim);
}

START_TEST(hub_without_a_key)
{
    sim_seeds("CK_RUN_CASE=relay test_sim_base", 40, 250, relay);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim base");

    sim_add_case(suite, "base", hub_and_two_councils);
    sim_add_case(suite, "wide", two_hubs_and_an_observer);
    sim_add_case(suite, "relay", hub_without_a_key);
    sim_add_case(suite, "last", the_feed_loses_the_end);
    sim_add_case(suite, "slow", one_does_not_read);
    return toc_test_main(suite);
}
