/* Before the hub has spoken: what is submitted is acknowledged, kept over a crash, and signed in
 * order once the hub has shown what it holds. */
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "fixture_forge.h"
#include "fixture_view.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;

/* Nobody is linked yet. */
static void set_up(void)
{
    group = toc_fixture_group_new(12);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(group);
    exchange = toc_fixture_exchange_new(group);
    (void)toc_fixture_exchange_add(exchange, "spg", NULL);
    (void)toc_fixture_exchange_add(exchange, "leeds", NULL);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

static uint64_t publish(const char *id, const char *reference)
{
    return toc_fixture_exchange_publish(exchange, "leeds", id, reference);
}

static int64_t waiting(void)
{
    json_t *status = toc_fixture_asked(toc_fixture_exchange_daemon(exchange, "leeds"),
                                       "{\"request\":\"status\"}");
    const int64_t count = toc_fixture_number(status, "waiting");

    json_decref(status);
    return count;
}

static void connect(void)
{
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
}

/* The record at a sequence, as the hub sees it. */
static void hub_has(uint64_t sequence, const char *reference)
{
    char key[TOC_FIXTURE_KEY_MAX];

    ck_assert(toc_fixture_name_of(toc_fixture_exchange_daemon(exchange, "spg")->store, "leeds",
                                  sequence, key));
    ck_assert_str_eq(key, reference);
}

START_TEST(signed_in_order_once_proven)
{
    ck_assert_uint_eq(publish("s-1", "F1"), 0);
    ck_assert_uint_eq(publish("s-2", "F2"), 0);
    ck_assert_int_eq(waiting(), 2);
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_int_eq(waiting(), 2);
    ck_assert_uint_eq(publish("s-3", "F3"), 0);
    connect();
    ck_assert_int_eq(waiting(), 0);
    hub_has(1, "F1");
    hub_has(2, "F2");
    hub_has(3, "F3");
    ck_assert_uint_eq(publish("s-4", "F4"), 4);
    toc_fixture_exchange_agree(exchange, "leeds", 4);
    /* What was known as waiting is known as signed. */
    ck_assert_uint_eq(publish("s-2", "F2"), 2);
    toc_fixture_exchange_agree(exchange, "leeds", 4);
}
END_TEST

START_TEST(nothing_is_signed_before)
{
    ck_assert_uint_eq(publish("s-1", "F1"), 0);
    toc_fixture_exchange_pass(exchange, 120000);
    ck_assert_int_eq(waiting(), 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "leeds", NULL), 0);
    /* Proven now, and still after a cut; but not after a crash. */
    connect();
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    ck_assert_uint_eq(publish("s-2", "F2"), 2);
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_uint_eq(publish("s-3", "F3"), 0);
    connect();
    hub_has(2, "F2");
    hub_has(3, "F3");
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

/* The hub heard of a batch that it never got, both start again, and the publisher's disk is older.
 */
START_TEST(a_hub_that_starts_again_knows_what_it_heard_of)
{
    const struct toc_fixture_forger forger = {.group = group, .exchange = exchange, .arena = arena};
    connect();
    ck_assert_uint_eq(publish("s-1", "F1"), 1);
    const struct toc_hash head = {{7}};
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_forge_say(
        &forger, "leeds", "spg",
        toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", 5, &head));
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_crash(exchange, "spg");
    ck_assert_uint_eq(publish("s-2", "F2"), 0);
    connect();
    ck_assert_int_eq(waiting(),
                     1); /* what was at 2 to 4 nobody has: it signs nothing in its place */
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).state, TOC_LOG_OPEN);
    /* Its operator ends the generation, and it goes on. */
    json_decref(toc_fixture_exchange_ask(
        exchange, "leeds", "{\"request\":\"rotate\",\"stream\":\"framework\"}", NULL, 0));
    toc_fixture_exchange_settle(exchange);
    ck_assert_int_eq(waiting(), 0);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
}
END_TEST

static void repeated(const char *id, bool is, int64_t first_sequence)
{
    json_t *reply = toc_fixture_exchange_submit(
        exchange, "leeds", id, toc_fixture_framework(arena, id, "Highways", 20000));

    ck_assert(json_is_true(json_object_get(reply, "ok")));
    ck_assert_int_eq(json_is_true(json_object_get(reply, "repeated")), is);
    if (first_sequence == 0) {
        ck_assert(json_is_null(json_object_get(reply, "first_sequence")));
    } else {
        ck_assert_int_eq(toc_fixture_number(reply, "first_sequence"), first_sequence);
    }
    json_decref(reply);
    toc_fixture_exchange_settle(exchange);
}

START_TEST(an_id_is_stored_once)
{
    repeated("same", false, 0);
    repeated("same", true, 0);
    ck_assert_int_eq(waiting(), 1);
    toc_fixture_exchange_crash(exchange, "leeds");
    repeated("same", true, 0);
    ck_assert_int_eq(waiting(), 1);
    connect();
    repeated("same", true, 1);
    repeated("other", false, 2);
    repeated("other", true, 2);
    toc_fixture_exchange_crash(exchange, "leeds");
    repeated("other", true, 2);
    connect();
    toc_fixture_exchange_agree(exchange, "leeds", 2);
}
END_TEST

START_TEST(so_many_may_wait)
{
    struct toc_fixture_daemon *leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    const struct toc_bytes record = toc_fixture_framework(arena, "F3", "Highways", 20000);

    leeds->conf.submissions_max = 2;
    ck_assert_uint_eq(publish("s-1", "F1"), 0);
    ck_assert_uint_eq(publish("s-2", "F2"), 0);
    toc_fixture_refused(leeds, "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"s-3\"}",
                        &record, 1, "toobig",
                        "2 records wait for the hub already (submissions_max)");
    ck_assert_int_eq(waiting(), 2);
    ck_assert_uint_eq(publish("s-2", "F2"), 0); /* known: it waits already */
    connect();
    ck_assert_uint_eq(publish("s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

/* Its disk was put back to before F2: it takes back what the hub has before it signs F3. */
START_TEST(own_log_is_taken_back_first)
{
    struct toc_fixture_daemon *leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    struct toc_store *copy = NULL;

    ck_assert_uint_eq(publish("s-1", "F1"), 0);
    connect();
    ck_assert_int_eq(toc_store_snapshot(leeds->store, &copy), TOC_OK);
    ck_assert_uint_eq(publish("s-2", "F2"), 2);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_engine_free(&leeds->engine);
    toc_store_close(&leeds->store);
    leeds->store = copy;
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_uint_eq(publish("s-3", "F3"), 0);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "leeds", "F2"), 0);
    connect();
    hub_has(2, "F2");
    hub_has(3, "F3");
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine unproven");
    TCase *tcase = tcase_create("unproven");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, signed_in_order_once_proven);
    tcase_add_test(tcase, nothing_is_signed_before);
    tcase_add_test(tcase, a_hub_that_starts_again_knows_what_it_heard_of);
    tcase_add_test(tcase, an_id_is_stored_once);
    tcase_add_test(tcase, so_many_may_wait);
    tcase_add_test(tcase, own_log_is_taken_back_first);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
