/* Members leave, arrive, and let the roster expire, while everything goes wrong that can. */
#include "engine_internal.h"
#include "sim.h"

#include "runner.h"

#include <stdio.h>
#include <string.h>

#define CORRECTIONS 5

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

/* It has the keys of epochs that were opened before it came, and must not read on in them. */
static void came_and_went(struct sim *sim, unsigned steps)
{
    struct sim_node *hub = star(sim, NULL);
    struct sim_node *visitor;

    sim_run(sim, steps / 3);
    if (sim->failure[0] != '\0') {
        return;
    }
    visitor = admit(sim, hub, "calderdale");
    sim_run(sim, steps / 3);
    if (sim->failure[0] == '\0') {
        sim_remove(sim, visitor, hub);
    }
    sim_run(sim, steps / 3);
    sim_heal(sim);
}

START_TEST(newcomer_that_leaves)
{
    sim_seeds("CK_RUN_CASE=visit test_sim_roster", 40, 300, came_and_went);
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

/* ---- succession ---- */

/* What the successor reads of whom it succeeds it takes back, now and then, one by one. */
struct succession {
    struct sim *sim;
    struct sim_node *successor; /* NULL: not there yet */
    const char *succeeded[1];
    unsigned made;
};

static bool may_correct(const struct sim_node *node)
{
    const struct succession *const at = node->sim->hooks.context;

    return node == at->successor && at->made < CORRECTIONS && node->engine != NULL;
}

static void correct(struct sim_node *node)
{
    struct succession *const at = node->sim->hooks.context;
    struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL};
    struct toc_why why = {""};
    struct toc_bytes bytes;
    struct sim_rows rows;
    char id[SIM_KEY_LEN];
    uint64_t sequence;

    if (!may_correct(node) || !sim_chance(at->sim, 100)) {
        return;
    }
    sim_rows(node, "framework", at->succeeded[0], &rows);
    if (rows.len == 0) {
        return;
    }
    memcpy(record.withdraws.publisher, at->succeeded[0], strlen(at->succeeded[0]) + 1);
    record.withdraws.sequence = rows.first_sequence;
    (void)snprintf(id, sizeof id, "c%u", ++at->made);
    toc_arena_reset(at->sim->arena);
    SIM_MUST(at->sim, toc_wire_record_encode(at->sim->arena, &record, &bytes) == TOC_OK);
    SIM_MUST(at->sim, toc_publish_submit(node->engine, "framework", id, &bytes, 1, NULL, &sequence,
                                         &why) == TOC_OK);
}

static void succeed(struct succession *at, struct sim_node *hub, const char *successor)
{
    struct sim *const sim = at->sim;
    struct sim_node *const gone = sim_node(sim, at->succeeded[0]);

    toc_fixture_group_remove(sim->group, gone->member);
    toc_fixture_group_add(sim->group, successor, TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    struct toc_member *const member = (struct toc_member *)(uintptr_t)toc_roster_member(
        toc_fixture_group_draft(sim->group), successor);
    member->succeeds = at->succeeded;
    member->succeeds_len = 1;
    gone->gone = true;
    gone->gone_version = toc_fixture_group_sign(sim->group);
    gone->gone_mono = sim->mono;
    sim_adopt(hub, gone->gone_version);
    at->successor = sim_node_add(sim, successor);
    (void)sim_wire(sim, successor, "spg", true);
}

/* All have the same of whom it succeeded, and go on having it when they derive it anew. */
static void compare_succeeded(struct sim *sim, const char *succeeded)
{
    struct sim_rows first = {.len = 0};

    for (size_t i = 0; i < 2 * sim->nodes_len && sim_goes_on(sim); i++) {
        struct sim_node *const node = &sim->nodes[i % sim->nodes_len];
        struct sim_rows rows;
        if (node->gone) {
            continue;
        }
        if (i >= sim->nodes_len) {
            json_decref(sim_ask(node, "{\"request\":\"rebuild\"}"));
        }
        sim_rows(node, "framework", succeeded, &rows);
        first = i == 0 ? rows : first;
        if (rows.len != first.len || !toc_hash_equal(&rows.digest, &first.digest)) {
            sim_fail(sim, "%s has %zu of %s%s, %s has %zu", node->member, rows.len, succeeded,
                     i < sim->nodes_len ? "" : " after a rebuild", sim->nodes[0].member, first.len);
        }
    }
}

/* Its name comes first in every order. */
static void succession(struct sim *sim, unsigned steps)
{
    struct succession at = {.sim = sim, .succeeded = {"leeds"}};
    struct sim_node *hub = star(sim, NULL);

    sim_run(sim, steps / 2);
    if (sim->failure[0] != '\0') {
        return;
    }
    sim->hooks = (struct sim_hooks){.context = &at, .act = correct, .publishes = true};
    succeed(&at, hub, "aire");
    sim_run(sim, steps / 2);
    sim_heal(sim);
    sim->hooks = (struct sim_hooks){.context = NULL};
    compare_succeeded(sim, "leeds");
}

START_TEST(a_member_is_succeeded)
{
    sim_seeds("CK_RUN_CASE=succession test_sim_roster", 10, 300, succession);
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
    sim_add_case(suite, "visit", newcomer_that_leaves);
    sim_add_case(suite, "late", newcomer_from_admission);
    sim_add_case(suite, "succession", a_member_is_succeeded);
    sim_add_case(suite, "expiry", grace_expiry_and_renewal);
    return toc_test_main(suite);
}
