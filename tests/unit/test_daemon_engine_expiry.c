/* The roster's age: in its grace only corrections are signed and read; after it nothing flows but
 * hellos and rosters, until a renewal. */
#include "fixture_ask.h"
#include "fixture_forge.h"
#include "runner.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_fixture_forger forger;

/* Valid for 90 days, with 20 of grace. Leeds published F1 and F2, york Y1, on the first. */
static void set_up(void)
{
    group = toc_fixture_group_new(16);
    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + 90 * DAY_MS, 20);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "york", "y-1", "Y1"), 1);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

static void days(int64_t count)
{
    toc_fixture_group_advance(group, count * DAY_MS);
    toc_fixture_exchange_settle(exchange);
}

static void refused(const char *member, const char *words)
{
    const struct toc_bytes record = toc_fixture_framework(arena, "F9", "Highways", 20000);

    toc_fixture_refused(toc_fixture_exchange_daemon(exchange, member),
                        "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"s-9\"}", &record,
                        1, "denied", words);
}

static void state_is(const char *member, const char *state)
{
    json_t *status = toc_fixture_asked(toc_fixture_exchange_daemon(exchange, member),
                                       "{\"request\":\"status\"}");

    ck_assert_str_eq(toc_fixture_text(status, "roster_state"), state);
    json_decref(status);
}

static uint64_t renew(void)
{
    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + 365 * DAY_MS, 30);
    return toc_fixture_group_sign(group);
}

/* ---- the grace ---- */

START_TEST(only_withdrawals_are_signed_in_grace)
{
    days(89);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "york", "y-2", "Y2"), 2);
    days(2);
    state_is("leeds", "in_grace");
    refused("leeds", "only withdrawals");
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "leeds", "s-3", 1), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 1);
    toc_fixture_exchange_agree(exchange, "york", 2);
    days(18); /* the last day of it */
    refused("leeds", "only withdrawals");
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "leeds", "s-4", 2), 4);
    toc_fixture_exchange_agree(exchange, "leeds", 0);
}
END_TEST

/* What waited unsigned from before is not signed in the grace, and not lost. */
START_TEST(what_waits_goes_on_waiting)
{
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 0);
    days(91);
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    toc_fixture_exchange_adopt(exchange, "spg", renew());
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F3"), 1);
}
END_TEST

/* A publisher that does not keep the rule: stored, counted, and passed over by every reader. */
START_TEST(others_are_passed_over_by_readers)
{
    const struct toc_hash last = toc_fixture_forge_held(&forger, "leeds", "leeds", 2).head;
    struct toc_fixture_forged made;
    struct toc_log_row row;

    days(91);
    made = toc_fixture_forge_batch(&forger, "leeds", 3, &last, "F3");
    toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", made.bytes);
    for (size_t i = 0; i < 2; i++) {
        static const char *const readers[] = {"spg", "york"};
        row = toc_fixture_exchange_log(exchange, readers[i], "leeds", 1);
        ck_assert_uint_eq(row.applied_next, 4);
        ck_assert_uint_eq(row.invalid_records, 1);
        ck_assert_int_eq(row.state, TOC_LOG_OPEN);
        ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, readers[i], "leeds", NULL), 2);
        ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, readers[i], "leeds", "F3"), 0);
    }
    /* Derived anew, it is passed over again. */
    json_decref(toc_fixture_asked(toc_fixture_exchange_daemon(exchange, "york"),
                                  "{\"request\":\"rebuild\"}"));
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", NULL), 2);
}
END_TEST

/* ---- after it ---- */

static void only_hello_and_rosters(const char *from, const char *to)
{
    const struct toc_fixture_sent *sent = toc_fixture_exchange_sent(exchange, from, to);

    for (int kind = 0; kind < 8; kind++) {
        ck_assert_msg(kind == TOC_MESSAGE_HELLO || kind == TOC_MESSAGE_ROSTERS ||
                          sent->messages[kind] == 0,
                      "%s to %s: %u of kind %d", from, to, sent->messages[kind], kind);
    }
}

START_TEST(sessions_carry_hello_and_rosters_only)
{
    days(111);
    state_is("leeds", "expired");
    toc_fixture_exchange_forget(exchange);
    refused("leeds", "has expired: ask");
    toc_fixture_exchange_pass(exchange, 90000);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_pass(exchange, 90000);
    only_hello_and_rosters("leeds", "spg");
    only_hello_and_rosters("spg", "leeds");
    only_hello_and_rosters("york", "spg");
    only_hello_and_rosters("spg", "york");
    ck_assert_uint_ge(
        toc_fixture_exchange_sent(exchange, "leeds", "spg")->messages[TOC_MESSAGE_HELLO], 1);
    ck_assert_uint_ge(
        toc_fixture_exchange_sent(exchange, "spg", "leeds")->messages[TOC_MESSAGE_HELLO], 1);
}
END_TEST

/* What somebody sends all the same is not looked at: from the first moment on, and later. */
START_TEST(a_batch_after_expiry_is_not_taken)
{
    const struct toc_hash last = toc_fixture_forge_held(&forger, "leeds", "leeds", 2).head;
    struct toc_fixture_forged made;

    toc_fixture_group_advance(group, 111 * DAY_MS);
    for (int i = 0; i < 2; i++) {
        made = toc_fixture_forge_batch(&forger, "leeds", 3, &last, "F3");
        toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", made.bytes);
        ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 1).chain.next_sequence,
                          3);
    }
}
END_TEST

START_TEST(a_renewal_reopens_everything)
{
    uint64_t version;

    toc_fixture_exchange_cut(exchange, "york", "spg");
    days(111);
    refused("leeds", "has expired: ask");
    version = renew();
    toc_fixture_exchange_adopt(exchange, "spg", version);
    toc_fixture_exchange_settle(exchange);
    state_is("leeds", "valid");
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", "F3"), 1);
    /* One that was away gets it with the hello. */
    state_is("york", "expired");
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    state_is("york", "valid");
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "york", "y-2", "Y2"), 2);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    toc_fixture_exchange_agree(exchange, "york", 2);
}
END_TEST

/* The renewal comes in by a council: it reaches the hub, and everybody. */
START_TEST(a_renewal_goes_upwards)
{
    days(111);
    toc_fixture_exchange_adopt(exchange, "leeds", renew());
    toc_fixture_exchange_settle(exchange);
    state_is("spg", "valid");
    state_is("york", "valid");
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "york", "y-2", "Y2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    toc_fixture_exchange_agree(exchange, "york", 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine expiry");
    TCase *tcase = tcase_create("expiry");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, only_withdrawals_are_signed_in_grace);
    tcase_add_test(tcase, what_waits_goes_on_waiting);
    tcase_add_test(tcase, others_are_passed_over_by_readers);
    tcase_add_test(tcase, sessions_carry_hello_and_rosters_only);
    tcase_add_test(tcase, a_batch_after_expiry_is_not_taken);
    tcase_add_test(tcase, a_renewal_reopens_everything);
    tcase_add_test(tcase, a_renewal_goes_upwards);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
