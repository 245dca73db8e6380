/* Members leave, arrive, and let the roster expire, while everything goes wrong that can. */
#include "sim.h"

#include "runner.h"

static const char *const councils[] = {"hull", "leeds", "york"};

static struct sim_node *star(struct sim *sim, const struct toc_stream_rule *rule)
{
    if (rule != NULL) {
        toc_fixture_group_rule(sim->group, rule);
    }
    sim_star(sim, councils, sizeof councils / sizeof councils[0]);
    return sim_node(sim, "spg");
}

/* ---- removal ---- */

static void removal(struct sim *sim, unsigned steps)
{
    struct sim_node *hub = star(sim, NULL);
    struct sim_node *york = sim_node(sim, "york");

    sim_run(sim, steps / 2);
    if (sim->failure[0] != '\0') {
        return;
    }
    sim_remove(sim, york, hub);
    sim_run(sim, steps / 2);
    sim_heal(sim);
}

START_TEST(removed_member)
{
    sim_seeds("CK_RUN_CASE=removal test_sim_roster", 60, 300, removal);
}
END_TEST

/* Leeds and york also dial each other: leeds may hold what the hub never saw, and takes it back. */
static void removal_in_a_mesh(struct sim *sim, unsigned steps)
{
    struct sim_node *hub = star(sim, NULL);

    (void)sim_wire(sim, "york", "leeds", false);
    sim_run(sim, steps / 2);
    if (sim->failure[0] != '\0') {
        return;
    }
    sim->void_allowed = true;
    sim_remove(sim, sim_node(sim, "york"), hub);
    /* Leeds goes on with it until it hears: only what the hub gives can be timed. */
    sim_node(sim, "york")->gone_mono = INT64_MAX / 2;
    sim_run(sim, steps / 2);
    sim_heal(sim);
}

START_TEST(removed_member_in_a_mesh)
{
    sim_seeds("CK_RUN_CASE=mesh test_sim_roster", 30, 300, removal_in_a_mesh);
}
END_TEST

/* ---- admission ---- */

static struct sim_node *admit(struct sim *sim, struct sim_node *hub, const char *member)
{
    uint64_t version;
    struct sim_node *node;

    toc_fixture_group_add(sim->group, member, TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    version = toc_fixture_group_sign(sim->group);
    sim_adopt(hub, version);
    node = sim_node_add(sim, member);
    (void)sim_wire(sim, member, "spg", true);
    return node;
}

static void admission(struct sim *sim, unsigned steps)
{
    struct sim_node *hub = star(sim, NULL);

    sim_run(sim, steps / 2);
    if (sim->failure[0] != '\0') {
        return;
    }
    (void)admit(sim, hub, "calderdale");
    sim_run(sim, steps / 4);
    if (sim->failure[0] == '\0') {
        (void)admit(sim, hub, "ryedale");
    }
    sim_run(sim, steps / 4);
    sim_heal(sim);
}

START_TEST(newcomer_with_all_history)
{
    sim_seeds("CK_RUN_CASE=admission test_sim_roster", 40, 300, admission);
}
END_TEST

/* What a newcomer may read of a publisher is what was sealed since: from some sequence on, all of
 * it. */
static void reads_since_admission(struct sim *sim, struct sim_node *newcomer)
{
    for (size_t i = 0; i < 3; i++) {
        struct sim_node *publisher = sim_node(sim, councils[i]);
        struct toc_log_id id = {.stream = "framework", .generation = 1};
        struct toc_log_row row;
        struct sim_rows rows;
        uint64_t from = UINT64_MAX;
        (void)snprintf(id.publisher, sizeof(id.publisher), "%s", councils[i]);
        if (!sim_log_row(publisher, &id, &row)) {
            continue;
        }
        for (uint32_t number = row.chain.epoch; number > 0; number--) {
            struct toc_epoch_row epoch;
            ck_assert_int_eq(toc_store_epoch_get(publisher->store, row.id, number, &epoch), TOC_OK);
            from = epoch.roster_version >= 2 ? epoch.first_sequence : from;
        }
        sim_rows(newcomer, "framework", councils[i], &rows);
        if (rows.len > 0 && rows.first_sequence < from) {
            sim_fail(sim, "%s reads %s from %llu on, admitted at %llu", newcomer->member,
                     councils[i], (unsigned long long)rows.first_sequence,
                     (unsigned long long)from);
        }
        if (rows.len == 0 && from != UINT64_MAX && row.chain.next_sequence > from + 8 &&
            sim->withdraw_chance == 0) {
            sim_fail(sim, "%s reads nothing of %s", newcomer->member, councils[i]);
        }
    }
}

static void late_admission(struct sim *sim, unsigned steps)
{
    const struct toc_stream_rule rule = {.stream = "framework",
                                         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                         .audience = TOC_AUDIENCE_GROUP,
                                         .list = "",
                                         .history_from_admission = true};
    struct sim_node *hub = star(sim, &rule);

    sim->withdraw_chance = 0;
    sim_run(sim, steps / 2);
    if (sim->failure[0] == '\0') {
        struct sim_node *newcomer = admit(sim, hub, "calderdale");
        sim_run(sim, steps / 2);
        sim_heal(sim);
        reads_since_admission(sim, newcomer);
    }
}

START_TEST(newcomer_from_admission)
{
    sim_seeds("CK_RUN_CASE=late test_sim_roster", 40, 300, late_admission);
}
END_TEST

/* ---- expiry ---- */

static uint64_t stored_batches(struct sim *sim)
{
    return sim->batches;
}

static void expiry(struct sim *sim, unsigned steps)
{
    struct sim_node *hub;
    struct sim_submission *withdrawn;
    struct toc_submission known;
    uint64_t batches;

    toc_fixture_group_expires(
        sim->group, toc_fixture_group_wall(sim->group) + INT64_C(90) * 24 * 3600 * 1000, 20);
    hub = star(sim, NULL);
    sim->faults.clock = 0;
    withdrawn = sim_submit(sim_node(sim, "leeds"), "framework", 2, 10);
    sim_run(sim, steps / 4);
    sim->submit_chance = 0;
    sim_heal(sim);
    /* Its client may have been told only that it waits. */
    ck_assert_int_eq(toc_store_submission_find(withdrawn->node->store, "s1", &known), TOC_OK);
    withdrawn->first_sequence = known.first_sequence;
    /* In the grace a withdrawal is signed, and nothing else. */
    sim_days(sim, 95);
    batches = stored_batches(sim);
    (void)sim_submit(sim_node(sim, "york"), "framework", 1, 10);
    sim_run(sim, 40);
    if (stored_batches(sim) != batches) {
        sim_fail(sim, "a record was signed in the grace");
    }
    if (sim->failure[0] != '\0') {
        return;
    }
    sim_withdraw(sim, withdrawn, 1);
    sim_run(sim, 40);
    if (stored_batches(sim) != batches + 1) {
        sim_fail(sim, "a withdrawal was not signed in the grace");
    }
    /* After it nothing flows, and only the renewal gets through. */
    sim_days(sim, 20);
    sim->faults = sim_faults_usual;
    sim->submit_chance = 60;
    sim_run(sim, 60);
    if (sim->failure[0] == '\0' && sim->faults.clock == 0 && stored_batches(sim) != batches + 1) {
        sim_fail(sim, "something was signed after the expiry");
    }
    toc_fixture_group_expires(
        sim->group, toc_fixture_group_wall(sim->group) + INT64_C(365) * 24 * 3600 * 1000, 30);
    sim_adopt(hub, toc_fixture_group_sign(sim->group));
    sim_run(sim, steps / 4);
    sim_heal(sim);
}

START_TEST(grace_expiry_and_renewal)
{
    sim_seeds("CK_RUN_CASE=expiry test_sim_roster", 30, 200, expiry);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim roster");

    sim_add_case(suite, "removal", removed_member);
    sim_add_case(suite, "mesh", removed_member_in_a_mesh);
    sim_add_case(suite, "admission", newcomer_with_all_history);
    sim_add_case(suite, "late", newcomer_from_admission);
    sim_add_case(suite, "expiry", grace_expiry_and_renewal);
    return toc_test_main(suite);
}
