/* Four councils and a hub warn each other while everything goes wrong: what one may say, in which
 * order it arrives, and when machines stop is left to chance. After every tick the hub's alerts are
 * compared with what they have to say, and each council's list with what it has applied. Then time
 * goes by: windows, the limit of disputes, the end of flags. */
#include "sim_flags.h"

#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

static char *asked(struct sim_node *node, const char *request)
{
    json_t *reply = sim_ask(node, request);
    char *text = json_dumps(reply, JSON_COMPACT | JSON_SORT_KEYS);

    SIM_MUST(node->sim, json_is_true(json_object_get(reply, "ok")));
    ck_assert_ptr_nonnull(text);
    json_decref(reply);
    return text;
}

/* Derived anew from the logs, everything is as before. */
static void rebuild(struct sim_flags *flags)
{
    struct sim *const sim = flags->sim;

    for (size_t i = 0; i < sim->nodes_len && sim_goes_on(sim); i++) {
        static const char list[] = "{\"request\":\"alert_list\",\"limit\":100}";
        struct sim_node *const node = &sim->nodes[i];
        char *before = asked(node, list);
        char *digest = asked(node, "{\"request\":\"rebuild\"}");
        char *again = asked(node, "{\"request\":\"rebuild\"}");
        sim_run(sim, 30);
        char *after = sim_goes_on(sim) ? asked(node, list) : NULL;
        if (after != NULL && (strcmp(before, after) != 0 || strcmp(digest, again) != 0)) {
            sim_trace(node, "%s\n%s", before, after);
            sim_fail(sim, "%s: rebuilt, its alerts are others", node->member);
        }
        free(before);
        free(digest);
        free(again);
        free(after);
    }
}

static void settle(struct sim_flags *flags)
{
    sim_heal(flags->sim);
    if (sim_goes_on(flags->sim)) {
        sim_run(flags->sim, 30); /* tokens that came late meet alerts in slices */
        sim_heal(flags->sim);
    }
    if (sim_goes_on(flags->sim)) {
        sim_flags_check_heard(flags);
        sim_flags_check_lists(flags);
    }
}

static void pass_days(struct sim_flags *flags, int64_t days)
{
    for (int64_t day = 0; day < days && sim_goes_on(flags->sim); day += 7) {
        sim_days(flags->sim, days - day < 7 ? days - day : 7);
        sim_run(flags->sim, 10);
    }
    settle(flags);
}

/* Nothing that was not cleared or withdrawn may still be said as if it held. */
static void check_expired(struct sim_flags *flags)
{
    for (size_t i = 0; i < flags->shown_len && !flags->to_group; i++) {
        const struct sim_shown *const it = &flags->shown[i];
        if (sim_flags_newest(flags, it->by, it->id, UINT64_MAX) == it &&
            it->body.status != TOC_FLAG_CLEARED && it->body.status != TOC_FLAG_WITHDRAWN &&
            it->body.status != TOC_FLAG_EXPIRED) {
            sim_fail(flags->sim, "an alert of %s outlives its flags: status %u", it->by->member,
                     it->body.status);
        }
    }
}

static void history(struct sim *sim, unsigned steps, bool to_group)
{
    struct sim_flags *flags = sim_flags_new(sim, to_group);

    for (unsigned part = 0; part < 3 && sim_goes_on(sim); part++) {
        sim_run(sim, steps / 3);
        if (part == 1) { /* who has the supplier since today sees what was said before */
            for (size_t i = 1; i < sim->nodes_len; i++) {
                sim_flags_know(flags, &sim->nodes[i], SIM_SUPPLIERS - 1,
                               i % 2 == 0 ? SIM_KNOWS_NAME : SIM_KNOWS_BOTH);
            }
        }
        if (sim_goes_on(sim) && sim_chance(sim, 500)) {
            sim_days(sim, 1);
        }
    }
    flags->act_chance = 0;
    settle(flags);
    pass_days(flags, 1);
    rebuild(flags);
    pass_days(flags, 8);
    pass_days(flags, 260);
    if (sim_goes_on(sim)) {
        check_expired(flags);
        if (!to_group && flags->compared == 0) {
            sim_fail(sim, "the hub was never looked at");
        }
    }
    sim_flags_free(&flags);
}

static void to_hub(struct sim *sim, unsigned steps)
{
    sim->faults.crash = 25;
    history(sim, steps, false);
}

START_TEST(flags_to_a_hub)
{
    sim_seeds("CK_RUN_CASE=hub test_sim_flags", 8, 300, to_hub);
}
END_TEST

static void to_all(struct sim *sim, unsigned steps)
{
    history(sim, steps, true);
}

START_TEST(flags_to_the_group)
{
    sim_seeds("CK_RUN_CASE=group test_sim_flags", 3, 300, to_all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim flags");

    sim_add_case(suite, "hub", flags_to_a_hub);
    sim_add_case(suite, "group", flags_to_the_group);
    return toc_test_main(suite);
}
