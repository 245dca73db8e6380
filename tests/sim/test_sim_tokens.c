/* Three councils make tokens of the same suppliers while everything goes wrong between them and the
 * holders: in the end all have made the same, and nobody was answered twice. */
#include "sim.h"

#include "engine_internal.h"
#include "ensure.h"
#include "runner.h"
#include "store_subject.h"
#include "store_token.h"

#include <stdio.h>
#include <string.h>

enum { COUNCILS = 3, ROUNDS = 10, SUPPLIERS_MAX = 80 };
static const char *const councils[COUNCILS] = {"hull", "leeds", "york"};
static const char *const holders[] = {"spg", "leeds"};

static const struct toc_stream_rule rules[] = {
    {.stream = "token.ask",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
     .audience = TOC_AUDIENCE_HOLDERS,
     .list = "",
     .confidential = true},
    {.stream = "token.answer.*",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_HUB),
     .audience = TOC_AUDIENCE_NAMED_MEMBER,
     .list = "",
     .confidential = true},
};

/* The same at every council, and never more than the quota of one that publishes nothing. */
static void keep(struct sim *sim, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        char key[32];
        (void)snprintf(key, sizeof(key), "name:supplier %u ltd", i);
        for (size_t j = 0; j < COUNCILS; j++) {
            struct sim_node *const node = sim_node(sim, councils[j]);
            struct toc_supplier supplier = {
                .key = key, .name = key + 5, .fold = key + 5, .state = TOC_SUPPLIER_KEPT};
            ck_assert_int_eq(toc_store_supplier_add(node->store, key, &supplier.id), TOC_OK);
            ck_assert_int_eq(toc_store_supplier_save(node->store, &supplier), TOC_OK);
        }
    }
    for (size_t j = 0; j < COUNCILS; j++) {
        struct sim_node *const node = sim_node(sim, councils[j]);
        if (node->engine != NULL) {
            toc_tokens_begin(node->engine);
        }
    }
}

static void compare(struct sim *sim, unsigned suppliers)
{
    const uint32_t epoch = (uint32_t)toc_fixture_group_draft(sim->group)->token_epoch;
    struct toc_hash first;

    ck_assert_int_eq(toc_store_tokens_digest(sim_node(sim, councils[0])->store, epoch, &first),
                     TOC_OK);
    for (size_t i = 0; i < COUNCILS; i++) {
        struct sim_node *const node = sim_node(sim, councils[i]);
        struct toc_subject_counts counts;
        struct toc_hash digest;
        ck_assert_int_eq(toc_store_subject_counts(node->store, epoch, &counts), TOC_OK);
        ck_assert_int_eq(toc_store_tokens_digest(node->store, epoch, &digest), TOC_OK);
        if (counts.ready != suppliers || counts.waiting + counts.lacking + counts.refused > 0) {
            sim_fail(sim, "%s: %llu of %u are ready, %llu wait, %llu lack, %llu were refused",
                     node->member, (unsigned long long)counts.ready, suppliers,
                     (unsigned long long)counts.waiting, (unsigned long long)counts.lacking,
                     (unsigned long long)counts.refused);
        } else if (!toc_hash_equal(&first, &digest)) {
            sim_fail(sim, "%s and %s make other tokens", councils[0], node->member);
        }
    }
}

/* A crash may make an ask that is never sent, so more may be asked than answers were needed for;
 * but an ask has one answer in a holder's log; none, if it came when the next token epoch had
 * begun.
 */
static void count_answers(struct sim *sim)
{
    for (size_t i = 0; i < COUNCILS; i++) {
        struct toc_log_id asks = {.stream = "token.ask", .generation = 1};
        struct toc_log_row asked;
        (void)snprintf(asks.publisher, sizeof(asks.publisher), "%s", councils[i]);
        if (!sim_log_row(sim_node(sim, "spg"), &asks, &asked)) {
            sim_fail(sim, "%s never asked", councils[i]);
            return;
        }
        for (size_t j = 0; j < 2; j++) {
            struct toc_log_id answers = {.generation = 1};
            struct toc_log_row answered = {.id = 0};
            (void)snprintf(answers.publisher, sizeof(answers.publisher), "%s", holders[j]);
            (void)snprintf(answers.stream, sizeof(answers.stream), "token.answer.%s", councils[i]);
            (void)sim_log_row(sim_node(sim, councils[i]), &answers, &answered);
            if (answered.chain.next_sequence > asked.chain.next_sequence ||
                (answered.chain.next_sequence < asked.chain.next_sequence &&
                 toc_fixture_group_draft(sim->group)->token_epoch == 1)) {
                sim_fail(sim, "%s answered %s %llu times, who asked %llu times", holders[j],
                         councils[i], (unsigned long long)answered.chain.next_sequence - 1,
                         (unsigned long long)asked.chain.next_sequence - 1);
            }
        }
    }
}

static void exchange(struct sim *sim, unsigned steps)
{
    unsigned suppliers = 0;

    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    for (size_t i = 0; i < COUNCILS; i++) {
        toc_fixture_group_add(sim->group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        toc_fixture_group_rule(sim->group, &rules[i]);
    }
    toc_fixture_group_tokens(sim->group, holders, 2);
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    for (size_t i = 0; i < COUNCILS; i++) {
        (void)sim_node_add(sim, councils[i]);
        (void)sim_wire(sim, councils[i], "spg", i == 1);
    }
    sim->submit_chance = 0;
    /* In the middle of it the holders may change their keys: all is asked for again. */
    const unsigned turn = (unsigned)sim_below(sim, 2 * ROUNDS);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i == turn && sim_goes_on(sim)) {
            toc_fixture_group_tokens(sim->group, holders, 2);
            sim_adopt(sim_node(sim, "spg"), toc_fixture_group_sign(sim->group));
        }
        const unsigned more = 1 + (unsigned)sim_below(sim, SUPPLIERS_MAX / ROUNDS);
        keep(sim, suppliers, suppliers + more);
        suppliers += more;
        sim_run(sim, steps / ROUNDS);
    }
    sim_heal(sim);
    sim_run(sim, 1000); /* asks begin once everybody is back */
    sim_heal(sim);
    if (sim->failure[0] == '\0') {
        compare(sim, suppliers);
        count_answers(sim);
    }
}

START_TEST(all_make_the_same)
{
    sim_seeds("test_sim_tokens", 12, 240, exchange);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim tokens");
    sim_add_case(suite, "tokens", all_make_the_same);
    return toc_test_main(suite);
}
