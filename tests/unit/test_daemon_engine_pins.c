/* Pins: the roster says where a log ends, and nobody's word moves it. */
#include "engine_internal.h"
#include "fixture_forge.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_fixture_forger forger;
static struct toc_pin pin;

/* Hull, which is to leave, dials the hub, too, and has published F1 and F2. */
static void set_up(void)
{
    group = toc_fixture_group_new(13);
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    exchange = toc_fixture_exchange_star(group);
    (void)toc_fixture_exchange_add(exchange, "hull", NULL);
    toc_fixture_exchange_link(exchange, "hull", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", "h-1", "F1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", "h-2", "F2"), 2);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

static void publish(const char *id, const char *reference, uint64_t sequence)
{
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", id, reference), sequence);
}

/* In the next roster: hull's log ends after this sequence, as hull itself has it. */
static void pin_after(uint64_t sequence)
{
    struct toc_roster *draft = toc_fixture_group_draft(group);

    pin = (struct toc_pin){.log = toc_fixture_exchange_log(exchange, "hull", "hull", 1).log,
                           .next_sequence = sequence + 1,
                           .head = toc_fixture_forge_held(&forger, "hull", "hull", sequence).head};
    draft->pins = &pin;
    draft->pins_len = 1;
}

static uint64_t remove_hull(void)
{
    toc_fixture_group_remove(group, "hull");
    return toc_fixture_group_sign(group);
}

static void hub_adopts(uint64_t version)
{
    toc_fixture_exchange_adopt(exchange, "spg", version);
    toc_fixture_exchange_settle(exchange);
}

/* It ends there, and so many of its records are seen: at everybody who is still here. */
static void ended_at(const char *member, uint64_t next_sequence)
{
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, member, "hull", 1);
    const size_t rows = toc_fixture_exchange_rows(exchange, member, "hull", NULL);

    ck_assert_msg(row.state == TOC_LOG_ENDED, "%s: state %d", member, row.state);
    ck_assert_uint_eq(row.closed_next, next_sequence);
    ck_assert_uint_eq(row.chain.next_sequence, next_sequence);
    ck_assert_uint_eq(row.applied_next, next_sequence);
    ck_assert_msg(rows == next_sequence - 1, "%s sees %zu", member, rows);
}

static void all_ended_at(uint64_t next_sequence)
{
    ended_at("spg", next_sequence);
    ended_at("leeds", next_sequence);
    ended_at("york", next_sequence);
}

/* ---- tests ---- */

START_TEST(voids_what_lies_past_it)
{
    publish("h-3", "F3", 3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", NULL), 3);
    pin_after(2);
    hub_adopts(remove_hull());
    all_ended_at(3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F3"), 0);
}
END_TEST

/* F3 withdraws F1, and does not stand: F1 stands again. */
START_TEST(what_was_withdrawn_past_it_is_back)
{
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "hull", "h-3", 1), 3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F1"), 0);
    pin_after(2);
    hub_adopts(remove_hull());
    all_ended_at(3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F1"), 1);
}
END_TEST

START_TEST(nothing_stands)
{
    pin_after(1);
    pin.next_sequence = 1;
    pin.head =
        toc_head_start(&toc_fixture_exchange_daemon(exchange, "spg")->engine->group, &pin.log);
    hub_adopts(remove_hull());
    all_ended_at(1);
}
END_TEST

START_TEST(stops_a_member_that_is_still_here)
{
    struct toc_bytes late;

    publish("h-3", "F3", 3);
    pin_after(2);
    late = toc_fixture_forge_held(&forger, "hull", "hull", 3).bytes;
    hub_adopts(toc_fixture_group_sign(group));
    all_ended_at(3);
    toc_fixture_forge_give(&forger, "hull", "spg", "hull", late);
    all_ended_at(3);
}
END_TEST

START_TEST(wins_over_a_later_closing)
{
    publish("h-3", "F3", 3);
    hub_adopts(remove_hull());
    all_ended_at(4);
    pin_after(2);
    hub_adopts(toc_fixture_group_sign(group));
    all_ended_at(3);
    /* The closing is said again to whoever comes, and moves nothing. */
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    all_ended_at(3);
}
END_TEST

/* York has F3 from hull itself; the hub closed before it. */
START_TEST(wins_over_an_earlier_closing)
{
    uint64_t removed;

    toc_fixture_exchange_link(exchange, "hull", "york", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_cut(exchange, "hull", "spg");
    toc_fixture_exchange_cut(exchange, "york", "spg");
    publish("h-3", "F3", 3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F3"), 1);
    removed = remove_hull();
    hub_adopts(removed);
    ended_at("spg", 3);
    ended_at("leeds", 3);
    pin_after(3);
    hub_adopts(toc_fixture_group_sign(group));
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_pass(exchange, 61000);
    all_ended_at(4);
}
END_TEST

START_TEST(newcomer_never_goes_past_it)
{
    struct toc_bytes late;
    struct toc_hash head;
    struct toc_bytes closing;

    publish("h-3", "F3", 3);
    late = toc_fixture_forge_held(&forger, "hull", "hull", 3).bytes;
    head = toc_fixture_forge_held(&forger, "hull", "hull", 3).head;
    pin_after(2);
    hub_adopts(remove_hull());
    toc_fixture_group_add(group, "wakefield", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    hub_adopts(toc_fixture_group_sign(group));
    (void)toc_fixture_exchange_add(exchange, "wakefield", NULL);
    toc_fixture_exchange_link(exchange, "wakefield", "spg", false);
    toc_fixture_exchange_settle(exchange);
    all_ended_at(3);
    ended_at("wakefield", 3);
    /* Even if the hub itself gives more, and closes where it likes. */
    toc_fixture_forge_give(&forger, "spg", "wakefield", "hull", late);
    closing = toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", "hull", 4, &head);
    toc_fixture_forge_say(&forger, "spg", "wakefield", closing);
    toc_fixture_forge_give(&forger, "spg", "wakefield", "hull", late);
    ended_at("wakefield", 3);
    head = toc_fixture_forge_held(&forger, "hull", "hull", 1).head;
    closing = toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", "hull", 2, &head);
    toc_fixture_forge_say(&forger, "spg", "wakefield", closing);
    ended_at("wakefield", 3);
}
END_TEST

/* Hull, or who has its key, told york another F3 than everybody else: longer, shorter, or as long
 * as what is pinned. */
static void another_history(uint64_t pinned)
{
    struct toc_fixture_forged other;

    toc_fixture_exchange_link(exchange, "hull", "york", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_cut(exchange, "york", "spg");
    other = toc_fixture_forge_held(&forger, "hull", "hull", 2);
    other = toc_fixture_forge_batch(&forger, "hull", 3, &other.head, "F3-other");
    toc_fixture_forge_give(&forger, "hull", "york", "hull", other.bytes);
    other = toc_fixture_forge_batch(&forger, "hull", 4, &other.head, "F4-other");
    toc_fixture_forge_give(&forger, "hull", "york", "hull", other.bytes);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F4-other"), 1);
    toc_fixture_exchange_cut(exchange, "hull", "york");
    publish("h-3", "F3", 3);
    publish("h-4", "F4", 4);
    publish("h-5", "F5", 5);
    pin_after(pinned);
    hub_adopts(remove_hull());
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    all_ended_at(pinned + 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F3"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", "F3-other"), 0);
}

START_TEST(longer_history_is_fetched_anew)
{
    another_history(3);
}
END_TEST

START_TEST(other_history_is_fetched_anew)
{
    another_history(4);
}
END_TEST

START_TEST(shorter_history_is_fetched_anew)
{
    another_history(5);
}
END_TEST

/* The hub closed at the same place, but on the other history, which leeds has from it. */
START_TEST(wins_over_a_closing_with_another_head)
{
    struct toc_fixture_forged other = toc_fixture_forge_held(&forger, "hull", "hull", 2);

    toc_fixture_exchange_link(exchange, "hull", "york", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_cut(exchange, "york", "spg");
    other = toc_fixture_forge_batch(&forger, "hull", 3, &other.head, "F3-other");
    toc_fixture_forge_give(&forger, "hull", "spg", "hull", other.bytes);
    toc_fixture_exchange_cut(exchange, "hull", "spg");
    publish("h-3", "F3", 3);
    hub_adopts(remove_hull());
    ended_at("spg", 4);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", "F3-other"), 1);
    pin_after(3);
    hub_adopts(toc_fixture_group_sign(group));
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", "F3-other"), 0);
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_pass(exchange, 61000);
    all_ended_at(4);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", "F3-other"), 0);
}
END_TEST

/* York has F3 from hull itself. Until it is back, the hub gives the newcomer another: that cannot
 * be passed off as the pinned one. */
START_TEST(newcomer_takes_no_other_history)
{
    struct toc_fixture_forged other = toc_fixture_forge_held(&forger, "hull", "hull", 2);
    struct toc_fixture_forged longer;

    toc_fixture_exchange_link(exchange, "hull", "york", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_cut(exchange, "hull", "spg");
    toc_fixture_exchange_cut(exchange, "york", "spg");
    publish("h-3", "F3", 3);
    forger.records = 2;
    longer = toc_fixture_forge_batch(&forger, "hull", 3, &other.head, "F3-other");
    forger.records = 1;
    other = toc_fixture_forge_batch(&forger, "hull", 3, &other.head, "F3-other");
    pin_after(3);
    hub_adopts(remove_hull());
    toc_fixture_group_add(group, "wakefield", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    hub_adopts(toc_fixture_group_sign(group));
    (void)toc_fixture_exchange_add(exchange, "wakefield", NULL);
    toc_fixture_exchange_link(exchange, "wakefield", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "wakefield", "hull", NULL), 2);
    /* Each twice: after the first it asks the hub again for what it had. */
    for (int i = 0; i < 4; i++) {
        toc_fixture_forge_give(&forger, "spg", "wakefield", "hull",
                               i < 2 ? longer.bytes : other.bytes);
        ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "wakefield", "hull", "F3-other"), 0);
    }
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "wakefield", "hull", NULL), 2);
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_pass(exchange, 61000);
    all_ended_at(4);
    ended_at("wakefield", 4);
}
END_TEST

/* The pin is past what anybody here holds: nobody loses what stands before it. */
START_TEST(what_is_held_before_it_stays)
{
    toc_fixture_exchange_cut(exchange, "hull", "spg");
    publish("h-3", "F3", 3);
    pin_after(3);
    hub_adopts(remove_hull());
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "hull", NULL), 2);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "hull", NULL), 2);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "hull", NULL), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine pins");
    TCase *tcase = tcase_create("pins");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, voids_what_lies_past_it);
    tcase_add_test(tcase, what_was_withdrawn_past_it_is_back);
    tcase_add_test(tcase, nothing_stands);
    tcase_add_test(tcase, stops_a_member_that_is_still_here);
    tcase_add_test(tcase, wins_over_a_later_closing);
    tcase_add_test(tcase, wins_over_an_earlier_closing);
    tcase_add_test(tcase, newcomer_never_goes_past_it);
    tcase_add_test(tcase, longer_history_is_fetched_anew);
    tcase_add_test(tcase, other_history_is_fetched_anew);
    tcase_add_test(tcase, shorter_history_is_fetched_anew);
    tcase_add_test(tcase, wins_over_a_closing_with_another_head);
    tcase_add_test(tcase, newcomer_takes_no_other_history);
    tcase_add_test(tcase, what_is_held_before_it_stays);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
