/* Who relays and who proves: a group without a hub, and one with two. */
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;

static void set_up(void)
{
    group = toc_fixture_group_new(14);
    exchange = toc_fixture_exchange_new(group);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

/* ---- helpers ---- */

static void members(const char *const *councils, size_t councils_len, const char *const *hubs,
                    size_t hubs_len)
{
    for (size_t i = 0; i < councils_len; i++) {
        toc_fixture_group_add(group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    for (size_t i = 0; i < hubs_len; i++) {
        toc_fixture_group_add(group, hubs[i], TOC_ROLE_BIT(TOC_ROLE_HUB));
    }
    (void)toc_fixture_group_sign(group);
    for (size_t i = 0; i < councils_len; i++) {
        (void)toc_fixture_exchange_add(exchange, councils[i], NULL);
    }
    for (size_t i = 0; i < hubs_len; i++) {
        (void)toc_fixture_exchange_add(exchange, hubs[i], NULL);
    }
}

static void dials(const char *dialler, const char *server)
{
    toc_fixture_exchange_link(exchange, dialler, server, false);
    toc_fixture_exchange_settle(exchange);
}

static uint64_t publish(const char *member, const char *id, const char *reference)
{
    return toc_fixture_exchange_publish(exchange, member, id, reference);
}

static unsigned given(const char *from, const char *to)
{
    return toc_fixture_exchange_sent(exchange, from, to)->batches;
}

static bool sees(const char *member, const char *publisher, const char *reference)
{
    return toc_fixture_exchange_rows(exchange, member, publisher, reference) == 1;
}

/* ---- without a hub ---- */

static const char *const three[] = {"hull", "leeds", "york"};

START_TEST(two_that_dial_each_other)
{
    members(three + 1, 2, NULL, 0);
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 0);
    ck_assert_uint_eq(publish("york", "y-1", "Y1"), 0);
    dials("leeds", "york");
    dials("york", "leeds");
    toc_fixture_exchange_agree(exchange, "leeds", 1);
    toc_fixture_exchange_agree(exchange, "york", 1);
    toc_fixture_exchange_forget(exchange);
    ck_assert_uint_eq(publish("leeds", "l-2", "L2"), 2);
    ck_assert_uint_eq(publish("york", "y-2", "Y2"), 2);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    toc_fixture_exchange_agree(exchange, "york", 2);
    /* Two connections, one copy. */
    ck_assert_uint_eq(given("leeds", "york"), 1);
    ck_assert_uint_eq(given("york", "leeds"), 1);
    toc_fixture_exchange_cut(exchange, "leeds", "york");
    ck_assert_uint_eq(publish("leeds", "l-3", "L3"), 3);
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

START_TEST(any_one_member_proves)
{
    members(three, 3, NULL, 0);
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 0);
    dials("leeds", "york");
    ck_assert_uint_eq(publish("leeds", "l-2", "L2"), 2);
    ck_assert(sees("york", "leeds", "L2"));
    ck_assert_uint_eq(publish("hull", "h-1", "H1"), 0); /* it has heard nobody */
    dials("hull", "york");
    ck_assert(sees("york", "hull", "H1"));
}
END_TEST

/* York is no hub: it hands nobody what is not its own. */
START_TEST(a_council_does_not_relay)
{
    members(three, 3, NULL, 0);
    dials("leeds", "york");
    dials("hull", "york");
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 1);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(given("york", "hull"), 0);
    ck_assert(!sees("hull", "leeds", "L1"));
    dials("hull", "leeds");
    toc_fixture_exchange_agree(exchange, "leeds", 1);
}
END_TEST

/* ---- two hubs ---- */

static const char *const hubs[] = {"nag", "spg"};

START_TEST(both_must_prove)
{
    members(three + 1, 2, hubs, 2);
    dials("spg", "nag");
    dials("leeds", "spg");
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 0);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "leeds", NULL), 0);
    dials("leeds", "nag");
    ck_assert(sees("leeds", "leeds", "L1"));
    ck_assert(sees("spg", "leeds", "L1"));
    ck_assert(sees("nag", "leeds", "L1"));
    dials("york", "nag");
    toc_fixture_exchange_agree(exchange, "leeds", 1);
}
END_TEST

/* leeds - spg - nag - york, once proven: one copy a hop, and none back. */
static void one_way(void)
{
    members(three + 1, 2, hubs, 2);
    dials("leeds", "spg");
    dials("leeds", "nag");
    dials("york", "spg");
    dials("york", "nag");
    dials("spg", "nag");
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 1);
    toc_fixture_exchange_cut(exchange, "leeds", "nag");
    toc_fixture_exchange_cut(exchange, "york", "spg");
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_agree(exchange, "leeds", 1);
}

START_TEST(relayed_without_bouncing)
{
    one_way();
    ck_assert_uint_eq(publish("leeds", "l-2", "L2"), 2);
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    toc_fixture_exchange_forget(exchange);
    ck_assert_uint_eq(publish("leeds", "l-3", "L3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    ck_assert_uint_eq(given("leeds", "spg"), 1);
    ck_assert_uint_eq(given("spg", "nag"), 1);
    ck_assert_uint_eq(given("nag", "york"), 1);
    ck_assert_uint_eq(given("spg", "leeds"), 0);
    ck_assert_uint_eq(given("nag", "spg"), 0);
    ck_assert_uint_eq(given("york", "nag"), 0);
}
END_TEST

/* Nag wants of spg what spg follows at nag. */
START_TEST(not_given_back_to_the_giver)
{
    const struct toc_message want = {
        .kind = TOC_MESSAGE_WANT,
        .as.want = {.log = {.publisher = "leeds", .stream = "framework", .generation = 1},
                    .from_sequence = 2,
                    .credit = TOC_CREDIT_MAX}};

    members(three + 1, 2, hubs, 2);
    dials("leeds", "spg");
    dials("leeds", "nag");
    dials("york", "spg");
    dials("york", "nag");
    dials("spg", "nag");
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 1);
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_say(exchange, "nag", "spg", &want);
    toc_fixture_exchange_forget(exchange);
    ck_assert_uint_eq(publish("leeds", "l-2", "L2"), 2);
    ck_assert_uint_eq(given("nag", "spg"), 1);
    ck_assert_uint_eq(given("spg", "nag"), 0);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
}
END_TEST

/* Every heartbeat goes each way once at the most, on two connections between the hubs, too. */
START_TEST(heartbeats_do_not_go_round)
{
    one_way();
    dials("nag", "spg");
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_forget(exchange);
    toc_fixture_exchange_pass(exchange, 300000);
    for (size_t i = 0; i < 2; i++) {
        const struct toc_fixture_sent *sent =
            toc_fixture_exchange_sent(exchange, hubs[i], hubs[1 - i]);
        ck_assert_uint_le(sent->statements[TOC_HEARTBEAT], 2 * 11);
        ck_assert_uint_eq(sent->batches, 0);
        ck_assert_uint_eq(sent->messages[TOC_MESSAGE_HELLO], 0);
    }
    ck_assert_uint_ge(toc_fixture_exchange_sent(exchange, "nag", "york")->statements[TOC_HEARTBEAT],
                      9);
    ck_assert_uint_le(toc_fixture_exchange_sent(exchange, "nag", "york")->statements[TOC_HEARTBEAT],
                      11);
}
END_TEST

/* Each of the two in turn: whom york follows is not ours to know. */
static void one_hub_gone(const char *gone)
{
    members(three + 1, 2, hubs, 2);
    dials("spg", "nag");
    dials("leeds", "spg");
    dials("leeds", "nag");
    dials("york", "spg");
    dials("york", "nag");
    ck_assert_uint_eq(publish("leeds", "l-1", "L1"), 1);
    toc_fixture_exchange_agree(exchange, "leeds", 1);
    toc_fixture_exchange_cut(exchange, "leeds", gone);
    toc_fixture_exchange_cut(exchange, "york", gone);
    toc_fixture_exchange_cut(exchange, "spg", "nag");
    ck_assert_uint_eq(publish("leeds", "l-2", "L2"), 2);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert(sees("york", "leeds", "L2"));
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, gone, "leeds", NULL), 1);
    /* Followed again: at once. */
    ck_assert_uint_eq(publish("leeds", "l-3", "L3"), 3);
    ck_assert(sees("york", "leeds", "L3"));
    dials("spg", "nag");
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}

START_TEST(readers_change_source)
{
    one_hub_gone(hubs[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine hubs");
    TCase *none = tcase_create("none");
    TCase *two = tcase_create("two");

    tcase_add_checked_fixture(none, set_up, tear_down);
    tcase_add_test(none, two_that_dial_each_other);
    tcase_add_test(none, any_one_member_proves);
    tcase_add_test(none, a_council_does_not_relay);
    suite_add_tcase(suite, none);
    tcase_add_checked_fixture(two, set_up, tear_down);
    tcase_add_test(two, both_must_prove);
    tcase_add_test(two, relayed_without_bouncing);
    tcase_add_test(two, not_given_back_to_the_giver);
    tcase_add_test(two, heartbeats_do_not_go_round);
    tcase_add_loop_test(two, readers_change_source, 0, 2);
    suite_add_tcase(suite, two);
    return toc_test_main(suite);
}
