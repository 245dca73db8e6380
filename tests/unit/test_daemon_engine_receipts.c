/* Receipts: a publisher sees through the hub who has applied what. */
#include "fixture_ask.h"
#include "fixture_forge.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_fixture_forger forger;

static void set_up(void)
{
    group = toc_fixture_group_new(17);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
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
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", id, reference), sequence);
}

/* Up to where a reader has applied leeds' log, as `at` knows; -1: it knows nothing. */
static int64_t applied(const char *at, const char *reader)
{
    json_t *status =
        toc_fixture_asked(toc_fixture_exchange_daemon(exchange, at), "{\"request\":\"status\"}");
    int64_t found = -1;

    for (size_t i = 0; i < toc_fixture_length(status, "logs"); i++) {
        const json_t *log = toc_fixture_item(status, "logs", i);
        for (size_t j = 0; strcmp(toc_fixture_text(log, "publisher"), "leeds") == 0 &&
                           j < toc_fixture_length(log, "applied");
             j++) {
            const json_t *one = toc_fixture_item(log, "applied", j);
            if (strcmp(toc_fixture_text(one, "member"), reader) == 0) {
                ck_assert_int_eq(found, -1); /* named once */
                found = toc_fixture_number(one, "sequence");
            }
        }
    }
    json_decref(status);
    return found;
}

static unsigned receipts(const char *from, const char *to)
{
    return toc_fixture_exchange_sent(exchange, from, to)->statements[TOC_RECEIPT];
}

static size_t evidence_at(const char *member, struct toc_evidence *ret_list)
{
    size_t len = 0;

    ck_assert_int_eq(toc_store_evidence(toc_fixture_exchange_daemon(exchange, member)->store, 0,
                                        arena, ret_list, 4, &len),
                     TOC_OK);
    return len;
}

/* ---- tests ---- */

/* The roster version that york's receipt at leeds was signed under. */
static uint64_t receipt_version(void)
{
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "leeds", "leeds", 1);
    struct toc_signed envelope;
    struct toc_statement receipt;
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_store_statement_get(toc_fixture_exchange_daemon(exchange, "leeds")->store,
                                             row.id, TOC_RECEIPT, "york", arena, &bytes),
                     TOC_OK);
    ck_assert_int_eq(toc_statement_read(arena, bytes, &envelope, &receipt), TOC_OK);
    return receipt.roster_version;
}

/* What the old one said counts no more, to whoever did not hear it before. */
START_TEST(a_reader_with_a_new_key_says_it_again)
{
    publish("s-1", "F1", 1);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_int_eq(applied("leeds", "york"), 1);
    toc_fixture_group_rekey(group, "york");
    const uint64_t version = toc_fixture_group_sign(group);
    toc_fixture_exchange_adopt(exchange, "spg", version);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(receipt_version(), version);
    ck_assert_int_eq(applied("leeds", "york"), 1);
}
END_TEST

START_TEST(publisher_sees_readers_through_the_hub)
{
    publish("s-1", "F1", 1);
    publish("s-2", "F2", 2);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_int_eq(applied("leeds", "spg"), 2);
    ck_assert_int_eq(applied("leeds", "york"), 2);
    ck_assert_int_eq(applied("leeds", "leeds"), 2);
    ck_assert_int_eq(applied("spg", "york"), 2);
    ck_assert_int_eq(applied("york", "spg"), -1); /* it is leeds' to know */
    /* One that is away stays where it was. */
    toc_fixture_exchange_cut(exchange, "york", "spg");
    publish("s-3", "F3", 3);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_int_eq(applied("leeds", "spg"), 3);
    ck_assert_int_eq(applied("leeds", "york"), 2);
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_int_eq(applied("leeds", "york"), 3);
}
END_TEST

START_TEST(known_again_after_a_crash)
{
    publish("s-1", "F1", 1);
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_int_eq(applied("leeds", "york"), 1);
}
END_TEST

START_TEST(one_in_ten_seconds)
{
    publish("s-1", "F1", 1);
    toc_fixture_exchange_pass(exchange, 61000);
    toc_fixture_exchange_forget(exchange);
    publish("s-2", "F2", 2);
    ck_assert_uint_eq(receipts("york", "spg"), 1); /* the last is long ago */
    publish("s-3", "F3", 3);
    publish("s-4", "F4", 4);
    toc_fixture_exchange_pass(exchange, 9999);
    ck_assert_uint_eq(receipts("york", "spg"), 1);
    toc_fixture_exchange_pass(exchange, 1);
    ck_assert_uint_eq(receipts("york", "spg"), 2); /* of both */
    ck_assert_int_eq(applied("spg", "york"), 4);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(receipts("york", "spg"), 2);
}
END_TEST

START_TEST(at_once_for_a_withdrawal)
{
    publish("s-1", "F1", 1);
    publish("s-2", "F2", 2);
    toc_fixture_exchange_pass(exchange, 61000);
    publish("s-3", "F3", 3);
    toc_fixture_exchange_forget(exchange);
    publish("s-4", "F4", 4);
    ck_assert_uint_eq(receipts("york", "spg"), 0);
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "leeds", "s-5", 1), 5);
    ck_assert_uint_eq(receipts("york", "spg"), 1);
    ck_assert_uint_eq(receipts("spg", "leeds"), 1);
    ck_assert_int_eq(applied("spg", "york"), 5);
    toc_fixture_exchange_pass(exchange, 31000);
    ck_assert_int_eq(applied("leeds", "york"), 5);
}
END_TEST

/* York was given another history, or says so: kept, told to leeds, and no log stops for it. */
START_TEST(off_the_chain_is_evidence)
{
    struct toc_evidence evidence[4];
    struct toc_hash elsewhere;
    struct toc_bytes receipt;

    publish("s-1", "F1", 1);
    publish("s-2", "F2", 2);
    toc_fixture_exchange_pass(exchange, 61000);
    elsewhere = toc_fixture_forge_held(&forger, "leeds", "leeds", 1).head;
    receipt = toc_fixture_forge_statement(&forger, TOC_RECEIPT, "york", "leeds", 3, &elsewhere);
    toc_fixture_forge_say(&forger, "york", "spg", receipt);
    ck_assert_uint_eq(evidence_at("spg", evidence), 1);
    ck_assert(
        toc_bytes_equal(evidence[0].one, toc_fixture_forge_held(&forger, "spg", "leeds", 2).bytes));
    ck_assert(toc_bytes_equal(evidence[0].other, receipt));
    toc_fixture_forge_say(&forger, "york", "spg", receipt); /* again: nothing new */
    ck_assert_uint_eq(evidence_at("spg", evidence), 1);
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 1).state, TOC_LOG_OPEN);
    publish("s-3", "F3", 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_int_eq(applied("leeds", "york"), 3);
}
END_TEST

/* Of another history it has applied nothing of this one; and when it is back, that counts. */
START_TEST(off_the_chain_is_nothing_applied)
{
    struct toc_hash elsewhere;

    publish("s-1", "F1", 1);
    publish("s-2", "F2", 2);
    toc_fixture_exchange_pass(exchange, 61000);
    elsewhere = toc_fixture_forge_held(&forger, "leeds", "leeds", 1).head;
    toc_fixture_forge_say(
        &forger, "york", "spg",
        toc_fixture_forge_statement(&forger, TOC_RECEIPT, "york", "leeds", 3, &elsewhere));
    ck_assert_int_eq(applied("spg", "york"), 0);
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_int_eq(applied("spg", "york"), 2);
    ck_assert_int_eq(applied("leeds", "york"), 2);
}
END_TEST

/* It was ahead of us when it said so: found when we get there, by whoever starts again, too. */
static void ahead_and_elsewhere(bool crash)
{
    struct toc_evidence evidence[4];
    struct toc_hash elsewhere;

    publish("s-1", "F1", 1);
    toc_fixture_exchange_pass(exchange, 61000);
    elsewhere = toc_fixture_forge_held(&forger, "leeds", "leeds", 1).head;
    elsewhere.bytes[0] ^= 1;
    toc_fixture_forge_say(
        &forger, "york", "spg",
        toc_fixture_forge_statement(&forger, TOC_RECEIPT, "york", "leeds", 3, &elsewhere));
    ck_assert_uint_eq(evidence_at("spg", evidence), 0);
    ck_assert_int_eq(applied("spg", "york"), 1); /* of what is here */
    if (crash) {
        toc_fixture_exchange_crash(exchange, "spg");
        toc_fixture_exchange_link(exchange, "leeds", "spg", false);
        toc_fixture_exchange_settle(exchange);
    }
    publish("s-2", "F2", 2);
    ck_assert_uint_eq(evidence_at("spg", evidence), 1);
    ck_assert_int_eq(applied("spg", "york"), crash ? 0 : 2); /* it is there and says so itself */
}

START_TEST(ahead_on_another_history)
{
    ahead_and_elsewhere(false);
}
END_TEST

START_TEST(ahead_on_another_history_before_a_crash)
{
    ahead_and_elsewhere(true);
}
END_TEST

/* The publisher itself is told: by the hub's next bundle. */
START_TEST(publisher_gets_the_evidence)
{
    struct toc_evidence evidence[4];
    struct toc_hash elsewhere;
    struct toc_bytes receipt;

    publish("s-1", "F1", 1);
    toc_fixture_exchange_pass(exchange, 61000);
    elsewhere = toc_fixture_forge_held(&forger, "leeds", "leeds", 1).head;
    elsewhere.bytes[0] ^= 1;
    receipt = toc_fixture_forge_statement(&forger, TOC_RECEIPT, "york", "leeds", 2, &elsewhere);
    toc_fixture_forge_say(&forger, "york", "spg", receipt);
    ck_assert_uint_eq(evidence_at("spg", evidence), 1);
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(evidence_at("leeds", evidence), 1);
    ck_assert(toc_bytes_equal(evidence[0].other, receipt));
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).state, TOC_LOG_OPEN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine receipts");
    TCase *tcase = tcase_create("receipts");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, publisher_sees_readers_through_the_hub);
    tcase_add_test(tcase, a_reader_with_a_new_key_says_it_again);
    tcase_add_test(tcase, known_again_after_a_crash);
    tcase_add_test(tcase, one_in_ten_seconds);
    tcase_add_test(tcase, at_once_for_a_withdrawal);
    tcase_add_test(tcase, off_the_chain_is_evidence);
    tcase_add_test(tcase, off_the_chain_is_nothing_applied);
    tcase_add_test(tcase, ahead_on_another_history);
    tcase_add_test(tcase, ahead_on_another_history_before_a_crash);
    tcase_add_test(tcase, publisher_gets_the_evidence);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
