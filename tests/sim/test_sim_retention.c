/* Months go by: keys and what they opened are destroyed everywhere, the chain still verifies, and a
 * newcomer is not held up by what nobody can open any more. */
#include "sim.h"

#include "runner.h"

#define DAYS 70

static const char *const councils[] = {"leeds", "york"};

static void check_epoch(struct sim_node *node, const struct toc_log_row *row,
                        const struct toc_epoch_row *epoch, uint64_t last)
{
    struct sim *sim = node->sim;
    const int64_t now = toc_fixture_group_wall(sim->group);
    const bool old =
        epoch->last_ms < now - (int64_t)DAYS * 24 * 3600 * 1000 && epoch->epoch < row->chain.epoch;

    if (old && (epoch->has_key || !epoch->destroyed)) {
        sim_fail(sim, "%s keeps the key of %s epoch %u", node->member, row->log.publisher,
                 epoch->epoch);
    }
    for (size_t i = 0; i < sim->nodes_len && old; i++) {
        if (toc_store_wrap_held(node->store, row->id, epoch->epoch, sim->nodes[i].member)) {
            sim_fail(sim, "%s keeps a wrap of %s epoch %u", node->member, row->log.publisher,
                     epoch->epoch);
        }
    }
    for (uint64_t sequence = epoch->first_sequence; old && sequence <= last; sequence++) {
        struct toc_current_row current;
        if (toc_store_current_get(node->store, row->log.stream, row->log.publisher, sequence,
                                  &current) == TOC_OK) {
            sim_fail(sim, "%s keeps the record %llu of %s", node->member,
                     (unsigned long long)sequence, row->log.publisher);
        }
    }
}

/* Also the sum: something must have been destroyed, and something kept. */
static void check_node(struct sim_node *node)
{
    unsigned destroyed = 0;
    unsigned kept = 0;

    for (size_t i = 0; i < 2; i++) {
        struct toc_log_id log = {.stream = "framework", .generation = 1};
        struct toc_log_row row;
        (void)snprintf(log.publisher, sizeof(log.publisher), "%s", councils[i]);
        if (!sim_log_row(node, &log, &row)) {
            continue;
        }
        for (uint32_t number = 1; number <= row.chain.epoch; number++) {
            struct toc_epoch_row epoch, after;
            uint64_t last = row.chain.next_sequence - 1;
            ck_assert_int_eq(toc_store_epoch_get(node->store, row.id, number, &epoch), TOC_OK);
            if (toc_store_epoch_get(node->store, row.id, number + 1, &after) == TOC_OK) {
                last = after.first_sequence - 1;
            }
            check_epoch(node, &row, &epoch, last);
            destroyed += epoch.destroyed;
            kept += epoch.has_key;
        }
    }
    if (destroyed == 0 || kept == 0) {
        sim_fail(node->sim, "%s: %u epochs destroyed, %u kept", node->member, destroyed, kept);
    }
}

static void retention(struct sim *sim, unsigned steps)
{
    const struct toc_stream_rule rule = {.stream = "framework",
                                         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                         .audience = TOC_AUDIENCE_GROUP,
                                         .list = "",
                                         .retention_days = DAYS};
    struct sim_node *hub;

    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_rule(sim->group, &rule);
    (void)toc_fixture_group_sign(sim->group);
    hub = sim_node_add(sim, "spg");
    for (size_t i = 0; i < 2; i++) {
        (void)sim_node_add(sim, councils[i]);
        (void)sim_wire(sim, councils[i], "spg", i == 0);
    }
    sim->faults.clock = 0;
    for (unsigned month = 0; month < 5 && sim->failure[0] == '\0'; month++) {
        (void)sim_submit(sim_node(sim, "leeds"), "framework", 3, 10);
        (void)sim_submit(sim_node(sim, "york"), "framework", 2, 10);
        sim_run(sim, steps / 5);
        sim_days(sim, 31);
    }
    if (sim->failure[0] == '\0') {
        toc_fixture_group_add(sim->group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
        sim_adopt(hub, toc_fixture_group_sign(sim->group));
        (void)sim_node_add(sim, "hull");
        (void)sim_wire(sim, "hull", "spg", true);
    }
    sim_run(sim, steps / 5);
    sim_heal(sim);
    if (sim->failure[0] == '\0') {
        sim_run(sim, 60); /* everybody looks at what is old once a minute */
        for (size_t i = 0; i < 3; i++) {
            check_node(&sim->nodes[i]);
        }
    }
}

START_TEST(months_go_by)
{
    sim_seeds("test_sim_retention", 30, 250, retention);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim retention");

    sim_add_case(suite, "retention", months_go_by);
    return toc_test_main(suite);
}
