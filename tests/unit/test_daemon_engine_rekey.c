/* A key is replaced: the hub closes what the old one signed, and what was cut off is signed again.
 */
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "fixture_view.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;

static void set_up(void)
{
    group = toc_fixture_group_new(15);
    exchange = toc_fixture_exchange_star(group);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

/* ---- helpers ---- */

static void publish(const char *id, const char *reference, uint64_t sequence)
{
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", id, reference), sequence);
}

static void connect(void)
{
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
}

/* New keys for leeds, and the hub knows. Leeds itself starts with them later. */
static void rekey(void)
{
    toc_fixture_group_rekey(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
}

/* Every member has F1 to F<count>, one at each sequence from 1 on: none twice, none left out. */
static void all_have(unsigned count)
{
    const struct toc_fixture_daemon *at;

    toc_fixture_exchange_agree(exchange, "leeds", count);
    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        for (unsigned n = 1; n <= count; n++) {
            char key[TOC_FIXTURE_KEY_MAX];
            char reference[16];
            (void)snprintf(reference, sizeof(reference), "F%u", n);
            ck_assert_msg(toc_fixture_name_of(at->store, "leeds", n, key), "%s: nothing at %u",
                          at->conf.member, n);
            ck_assert_str_eq(key, reference);
        }
    }
}

static void generation(uint32_t number, enum toc_log_state state, uint64_t next_sequence)
{
    const struct toc_fixture_daemon *at;

    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        const struct toc_log_row row =
            toc_fixture_exchange_log(exchange, at->conf.member, "leeds", number);
        ck_assert_msg(row.state == state && row.chain.next_sequence == next_sequence,
                      "%s: generation %u: state %d, next %llu", at->conf.member, number, row.state,
                      (unsigned long long)row.chain.next_sequence);
    }
}

/* ---- tests ---- */

START_TEST(cut_off_records_are_signed_again)
{
    publish("s-1", "F1", 1);
    publish("s-2", "F2", 2);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    publish("s-3", "F3", 3); /* acknowledged, and the hub never gets it */
    publish("s-4", "F4", 4);
    rekey();
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 1).state, TOC_LOG_ENDED);
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "york", "leeds", 1).state, TOC_LOG_ENDED);
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    all_have(4);
    generation(1, TOC_LOG_ENDED, 3);
    generation(2, TOC_LOG_OPEN, 5);
    publish("s-5", "F5", 5);
    all_have(5);
    /* Who says it again is still known. */
    ck_assert_uint_ne(toc_fixture_exchange_publish(exchange, "leeds", "s-4", "F4"), 0);
    all_have(5);
}
END_TEST

START_TEST(cut_off_records_survive_a_crash)
{
    publish("s-1", "F1", 1);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    publish("s-2", "F2", 2);
    rekey();
    toc_fixture_exchange_crash(exchange, "leeds");
    publish("s-3", "F3", 0); /* waits behind what comes back from the closed log */
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    all_have(3); /* each where it was acknowledged */
    generation(2, TOC_LOG_OPEN, 4);
}
END_TEST

/* It names a record of the closed log, which has to be there again before it. */
START_TEST(a_withdrawal_waits_behind_what_was_cut_off)
{
    publish("s-1", "F1", 1);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    publish("s-2", "F2", 2);
    publish("s-3", "F3", 3);
    rekey();
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "leeds", "s-4", 2), 0);
    connect();
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F2"), 0);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F3"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "york", "leeds", 2).invalid_records, 0);
}
END_TEST

/* The cut-off withdrawal counts after all. */
START_TEST(a_cut_off_withdrawal_is_signed_again)
{
    publish("s-1", "F1", 1);
    publish("s-2", "F2", 2);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "leeds", "s-3", 1), 3);
    rekey();
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F1"), 1);
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    toc_fixture_exchange_agree(exchange, "leeds", 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F2"), 1);
}
END_TEST

START_TEST(nothing_was_cut_off)
{
    publish("s-1", "F1", 1);
    rekey();
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    publish("s-2", "F2", 2);
    all_have(2);
    generation(1, TOC_LOG_ENDED, 2);
    generation(2, TOC_LOG_OPEN, 3);
}
END_TEST

/* The hub has the batch and its own wrap; those for the readers were never made, and nobody asks
 * for a closed log: the hub makes them. */
START_TEST(wraps_that_the_old_key_did_not_make)
{
    struct toc_arena *arena = NULL;
    struct toc_log_row row;

    publish("s-1", "F1", 1);
    json_decref(toc_fixture_exchange_ask(exchange, "leeds", "{\"request\":\"rotate\"}", NULL, 0));
    ck_assert_int_eq(toc_arena_new((size_t)1024 * 1024, &arena), TOC_OK);
    json_decref(toc_fixture_exchange_submit(exchange, "leeds", "s-2",
                                            toc_fixture_framework(arena, "F2", "Roads", 0)));
    toc_arena_free(&arena);
    toc_fixture_exchange_step(exchange, "spg");
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_settle(exchange);
    row = toc_fixture_exchange_log(exchange, "york", "leeds", 1);
    ck_assert_uint_eq(row.chain.epoch, 2);
    ck_assert_uint_eq(row.applied_next, 2); /* it waits for a wrap */
    rekey();
    row = toc_fixture_exchange_log(exchange, "york", "leeds", 1);
    ck_assert_uint_eq(row.applied_next, 3);
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    all_have(2);
}
END_TEST

/* Twice in a row: generation 3, and still every record once. */
START_TEST(replaced_twice)
{
    publish("s-1", "F1", 1);
    for (unsigned n = 2; n <= 3; n++) {
        char id[16], reference[16];
        (void)snprintf(id, sizeof(id), "s-%u", n);
        (void)snprintf(reference, sizeof(reference), "F%u", n);
        toc_fixture_exchange_cut(exchange, "leeds", "spg");
        publish(id, reference, n);
        rekey();
        toc_fixture_exchange_crash(exchange, "leeds");
        connect();
        all_have(n);
    }
    generation(2, TOC_LOG_ENDED, 3);
    generation(3, TOC_LOG_OPEN, 4);
}
END_TEST

/* The old key speaks on, somewhere: nobody listens. */
START_TEST(the_old_key_is_nobody)
{
    publish("s-1", "F1", 1);
    rekey();
    toc_fixture_exchange_forget(exchange);
    (void)toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2");
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", NULL), 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", NULL), 1);
    ck_assert_uint_eq(toc_fixture_exchange_sent(exchange, "spg", "leeds")->batches, 0);
    toc_fixture_exchange_crash(exchange, "leeds");
    connect();
    all_have(2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine rekey");
    TCase *tcase = tcase_create("rekey");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, cut_off_records_are_signed_again);
    tcase_add_test(tcase, cut_off_records_survive_a_crash);
    tcase_add_test(tcase, a_withdrawal_waits_behind_what_was_cut_off);
    tcase_add_test(tcase, a_cut_off_withdrawal_is_signed_again);
    tcase_add_test(tcase, nothing_was_cut_off);
    tcase_add_test(tcase, wraps_that_the_old_key_did_not_make);
    tcase_add_test(tcase, replaced_twice);
    tcase_add_test(tcase, the_old_key_is_nobody);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
