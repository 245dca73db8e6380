/* Closings: what a hub says of where a log ends counts for a key that is gone, and whatever it
 * names, what is held afterwards is whole. */
#include "engine_internal.h"
#include "fixture_forge.h"
#include "runner.h"

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_fixture_forger forger;

/* Leeds has published F1 and F2; hull came later, with version 2, and has published H1 and H2. */
static void set_up(void)
{
    group = toc_fixture_group_new(17);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    (void)toc_fixture_exchange_add(exchange, "hull", NULL);
    toc_fixture_exchange_link(exchange, "hull", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", "h-1", "H1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", "h-2", "H2"), 2);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

static void rekey_leeds(void)
{
    toc_fixture_group_rekey(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
}

/* The hub's closing to everybody, under whatever roster. */
static void closed_by_hub(const char *publisher, uint64_t version, uint64_t next_sequence)
{
    static const char *const readers[] = {"leeds", "york", "hull"};
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "spg", publisher, 1);
    const struct toc_hash head =
        toc_head_start(&toc_fixture_exchange_daemon(exchange, "spg")->engine->group, &row.log);

    forger.roster_version = version;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        toc_fixture_forge_say(&forger, "spg", readers[i],
                              toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", publisher,
                                                          next_sequence, &head));
    }
    forger.roster_version = 0;
}

static void still_open(const char *publisher, uint32_t generation, size_t rows)
{
    static const char *const members[] = {"leeds", "york", "hull"};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const struct toc_log_row row =
            toc_fixture_exchange_log(exchange, members[i], publisher, generation);
        ck_assert_msg(row.state == TOC_LOG_OPEN && row.closed_next == 0,
                      "%s: state %d, closed %llu", members[i], row.state,
                      (unsigned long long)row.closed_next);
        ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, members[i], publisher, NULL), rows);
    }
}

/* Two records at 3 and 4 by who has the publisher's key, for one member; the hub has another 3. */
static void another_history_at(const char *publisher, const char *member)
{
    const struct toc_fixture_forged before = toc_fixture_forge_held(&forger, "spg", publisher, 2);
    struct toc_fixture_forged other;

    forger.records = 2;
    other = toc_fixture_forge_batch(&forger, publisher, 3, &before.head, "two");
    forger.records = 1;
    toc_fixture_forge_give(&forger, "spg", member, publisher, other.bytes);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, member, publisher, 1).chain.next_sequence,
                      5);
    toc_fixture_exchange_cut(exchange, member, "spg");
    other = toc_fixture_forge_batch(&forger, publisher, 3, &before.head, "one");
    toc_fixture_forge_give(&forger, "york", "spg", publisher, other.bytes);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "spg", publisher, 1).chain.next_sequence,
                      4);
}

/* ---- whom it ends ---- */

START_TEST(not_under_the_version_that_admitted_it)
{
    closed_by_hub("leeds", 1, 1);
    closed_by_hub("hull", 2, 1);
    still_open("leeds", 1, 2);
    still_open("hull", 1, 2);
}
END_TEST

START_TEST(not_under_one_from_before_it_came)
{
    closed_by_hub("hull", 1, 1);
    closed_by_hub("hull", 1, 2);
    still_open("hull", 1, 2);
}
END_TEST

START_TEST(not_what_the_new_key_signed)
{
    rekey_leeds();
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    forger.generation = 2;
    closed_by_hub("leeds", 3, 3);
    closed_by_hub("leeds", 3, 1);
    still_open("leeds", 2, 3);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-4", "F4"), 4);
}
END_TEST

/* It is gone; but this roster knew it, with the same key. */
START_TEST(not_under_one_that_knew_it)
{
    toc_fixture_group_remove(group, "hull");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_cut(exchange, "hull", "spg");
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "york", "hull", 1).closed_next, 3);
    forger.roster_version = 2;
    const struct toc_hash head = toc_fixture_forge_held(&forger, "spg", "hull", 1).head;
    toc_fixture_forge_say(
        &forger, "spg", "york",
        toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", "hull", 2, &head));
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "york", "hull", 1).closed_next, 3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", NULL), 2);
}
END_TEST

/* ---- where it ends ---- */

/* The hub closes within a batch that york has: york takes what the hub has in its place. */
START_TEST(within_a_batch_of_a_reader)
{
    another_history_at("hull", "leeds");
    toc_fixture_group_remove(group, "hull");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_pass(exchange, 61000);
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "leeds", "hull", 1);
    ck_assert_int_eq(row.state, TOC_LOG_ENDED);
    ck_assert_uint_eq(row.chain.next_sequence, 4);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", "one"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", "two"), 0);
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", NULL), 3);
}
END_TEST

/* And within one of the publisher's own: both of its records are signed again. */
START_TEST(within_a_batch_of_the_publisher)
{
    another_history_at("leeds", "leeds");
    rekey_leeds();
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "york", "leeds", 2).chain.next_sequence,
                      5);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "two"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "one"), 0);
    toc_fixture_exchange_agree(exchange, "leeds", 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine closings");
    TCase *tcase = tcase_create("closings");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, not_under_the_version_that_admitted_it);
    tcase_add_test(tcase, not_under_one_from_before_it_came);
    tcase_add_test(tcase, not_what_the_new_key_signed);
    tcase_add_test(tcase, not_under_one_that_knew_it);
    tcase_add_test(tcase, within_a_batch_of_a_reader);
    tcase_add_test(tcase, within_a_batch_of_the_publisher);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
