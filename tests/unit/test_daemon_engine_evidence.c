/* What cannot lie on one chain: both byte strings are kept, that log stops, and no other does. */
#include "engine_internal.h"
#include "fixture_forge.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_fixture_forger forger;

/* The hub holds F1 and F2 of leeds. */
static void set_up(void)
{
    group = toc_fixture_group_new(11);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

static size_t evidence_at(const char *member, struct toc_evidence *ret_list, size_t max)
{
    size_t len = 0;

    ck_assert_int_eq(toc_store_evidence(toc_fixture_exchange_daemon(exchange, member)->store, 0,
                                        arena, ret_list, max, &len),
                     TOC_OK);
    return len;
}

static void hub_keeps(const char *what, struct toc_bytes one, struct toc_bytes other)
{
    struct toc_evidence evidence[4];

    ck_assert_uint_eq(evidence_at("spg", evidence, 4), 1);
    ck_assert_msg(strstr(evidence[0].about, what) != NULL, "%s", evidence[0].about);
    ck_assert(toc_bytes_equal(evidence[0].one, one));
    ck_assert(toc_bytes_equal(evidence[0].other, other));
}

/* Leeds is stopped at the hub where it was, and at the others, who are given both stories; york's
 * log goes on, to leeds too. */
static void that_log_alone_stops(uint64_t next_sequence)
{
    static const char *const members[] = {"spg", "leeds", "york"};
    struct toc_log_row row;
    struct toc_notice notice;
    struct toc_evidence evidence[4];

    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "york", "y-1", "Y1"), 1);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        bool told = false;
        row = toc_fixture_exchange_log(exchange, members[i], "leeds", 1);
        ck_assert_msg(row.state == TOC_LOG_STOPPED, "%s goes on", members[i]);
        ck_assert_msg(evidence_at(members[i], evidence, 4) == 1, "%s has it once", members[i]);
        while (
            toc_engine_notice(toc_fixture_exchange_daemon(exchange, members[i])->engine, &notice)) {
            told |= strcmp(notice.event, "log.conflict") == 0;
        }
        ck_assert_msg(told, "%s says nothing", members[i]);
    }
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 1).chain.next_sequence,
                      next_sequence);
    row = toc_fixture_exchange_log(exchange, "spg", "york", 1);
    ck_assert_int_eq(row.state, TOC_LOG_OPEN);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "york", "Y1"), 1);
}

static struct toc_hash head_after(uint64_t sequence)
{
    return toc_fixture_forge_held(&forger, "leeds", "leeds", sequence).head;
}

START_TEST(two_batches)
{
    const struct toc_hash first = head_after(1);
    const struct toc_fixture_forged held = toc_fixture_forge_held(&forger, "spg", "leeds", 2);
    const struct toc_fixture_forged other =
        toc_fixture_forge_batch(&forger, "leeds", 2, &first, "F2-other");

    toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", other.bytes);
    hub_keeps("two batches", held.bytes, other.bytes);
    that_log_alone_stops(3);
}
END_TEST

START_TEST(two_batches_behind_another_history)
{
    const struct toc_hash first = head_after(1);
    const struct toc_fixture_forged held = toc_fixture_forge_held(&forger, "spg", "leeds", 2);
    const struct toc_fixture_forged unseen =
        toc_fixture_forge_batch(&forger, "leeds", 2, &first, "F2-other");
    const struct toc_fixture_forged other =
        toc_fixture_forge_batch(&forger, "leeds", 3, &unseen.head, "F3-other");

    toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", other.bytes);
    hub_keeps("two batches", held.bytes, other.bytes);
    that_log_alone_stops(3);
}
END_TEST

START_TEST(batch_of_nobody)
{
    const struct toc_hash first = head_after(1);
    const struct toc_fixture_forged other =
        toc_fixture_forge_batch(&forger, "leeds", 2, &first, "F2-other");
    struct toc_evidence evidence[4];
    struct toc_bytes spoilt;

    /* The signature is the last field: bytes that leeds never signed prove nothing. */
    ck_assert_int_eq(toc_arena_copy(arena, other.bytes, &spoilt), TOC_OK);
    ((uint8_t *)(uintptr_t)spoilt.data)[spoilt.len - 40] ^= 1;
    toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", spoilt);
    ck_assert_uint_eq(evidence_at("spg", evidence, 4), 0);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

START_TEST(same_batch_again)
{
    const struct toc_fixture_forged held = toc_fixture_forge_held(&forger, "spg", "leeds", 2);
    struct toc_evidence evidence[4];

    toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", held.bytes);
    ck_assert_uint_eq(evidence_at("spg", evidence, 4), 0);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

static const struct toc_log *hub_log(void)
{
    const struct toc_log_id id = {.publisher = "leeds", .stream = "framework", .generation = 1};

    return toc_engine_log(toc_fixture_exchange_daemon(exchange, "spg")->engine, &id);
}

START_TEST(two_heartbeats)
{
    const struct toc_hash elsewhere = head_after(1);
    struct toc_bytes heard, other;

    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert_uint_eq(hub_log()->heard_next, 3);
    ck_assert_int_eq(toc_arena_copy(arena, hub_log()->heartbeat, &heard), TOC_OK);
    other = toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", 3, &elsewhere);
    toc_fixture_forge_say(&forger, "leeds", "spg", other);
    hub_keeps("two heartbeats", heard, other);
    that_log_alone_stops(3);
}
END_TEST

START_TEST(heartbeat_against_a_batch)
{
    const struct toc_fixture_forged held = toc_fixture_forge_held(&forger, "spg", "leeds", 1);
    const struct toc_hash elsewhere = head_after(2);
    const struct toc_bytes other =
        toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", 2, &elsewhere);

    toc_fixture_forge_say(&forger, "leeds", "spg", other);
    hub_keeps("a heartbeat and a batch", held.bytes, other);
    that_log_alone_stops(3);
}
END_TEST

START_TEST(batch_against_a_heartbeat)
{
    const struct toc_hash elsewhere = head_after(1);
    const struct toc_bytes other =
        toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", 4, &elsewhere);

    /* Ahead of what the hub holds: a lost tail, until the tail comes and is another. */
    toc_fixture_forge_say(&forger, "leeds", "spg", other);
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 1).state, TOC_LOG_OPEN);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    hub_keeps("a heartbeat and a batch", other,
              toc_fixture_forge_held(&forger, "leeds", "leeds", 3).bytes);
    that_log_alone_stops(3);
}
END_TEST

/* The publisher rotates: the next generation goes on, and readers have every record once. */
START_TEST(next_generation_goes_on)
{
    const struct toc_hash first = head_after(1);
    const struct toc_fixture_forged other =
        toc_fixture_forge_batch(&forger, "leeds", 2, &first, "F2-other");
    json_t *reply;

    /* Leeds learns of it, too: its own log is stopped everywhere. */
    toc_fixture_forge_give(&forger, "leeds", "spg", "leeds", other.bytes);
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).state,
                     TOC_LOG_STOPPED);
    reply = toc_fixture_exchange_ask(exchange, "leeds",
                                     "{\"request\":\"rotate\",\"stream\":\"framework\"}", NULL, 0);
    ck_assert(json_is_true(json_object_get(reply, "ok")));
    json_decref(reply);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 1).state, TOC_LOG_ENDED);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "york", "leeds", 2).chain.next_sequence,
                      4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine evidence");
    TCase *tcase = tcase_create("evidence");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, two_batches);
    tcase_add_test(tcase, two_batches_behind_another_history);
    tcase_add_test(tcase, batch_of_nobody);
    tcase_add_test(tcase, same_batch_again);
    tcase_add_test(tcase, two_heartbeats);
    tcase_add_test(tcase, heartbeat_against_a_batch);
    tcase_add_test(tcase, batch_against_a_heartbeat);
    tcase_add_test(tcase, next_generation_goes_on);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
