/* Own records by name: the index follows behind, and whoever asks is told the truth anyway. */
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "runner.h"

#include "engine_internal.h"
#include "ensure.h"

#include <stdio.h>
#include <string.h>

enum { EACH = 500, TIMES = 12 }; /* more than the index may lie behind */

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_fixture_daemon *leeds;

static void setup(void)
{
    group = toc_fixture_group_new(17);
    exchange = toc_fixture_exchange_star(group);
    leeds = toc_fixture_exchange_daemon(exchange, "leeds");
}

static void teardown(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

static void submit_many(unsigned time)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_bytes records[EACH];
    char request[200];

    ck_assert_int_eq(toc_arena_new((size_t)16 * 1024 * 1024, &arena), TOC_OK);
    for (unsigned i = 0; i < EACH; i++) {
        char reference[32];
        (void)snprintf(reference, sizeof(reference), "F%u", time * EACH + i + 1);
        records[i] = toc_fixture_framework(arena, reference, "Highways", 20000);
    }
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"m%u\"}", time);
    json_decref(toc_fixture_exchange_ask(exchange, "leeds", request, records, EACH));
}

static uint64_t named_next(void)
{
    uint64_t next = 0;

    ck_assert_int_eq(toc_store_named_next(leeds->store, "framework", "leeds", &next), TOC_OK);
    return next;
}

/* As a request would, in a tick of its own. */
static enum toc_result find(const char *key, struct toc_current_row *ret_row)
{
    struct toc_why why;
    enum toc_result result;

    toc_engine_begin(leeds->engine);
    result = toc_own_find(leeds->engine, "framework", key, ret_row);
    ck_assert_int_eq(toc_engine_finish(leeds->engine, &why), TOC_OK);
    return result;
}

START_TEST(follows_when_idle)
{
    struct toc_current_row row;

    ck_assert_uint_eq(named_next(), 1);
    for (unsigned i = 0; i < TIMES; i++) {
        submit_many(i);
    }
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(named_next(), 1); /* busy a moment ago */
    toc_fixture_exchange_pass(exchange, 3000);
    ck_assert_uint_gt(named_next(), 1);
    ck_assert_uint_le(named_next(), EACH * TIMES); /* and no further than it must */
    ck_assert_int_eq(find("F6000", &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 6000);
    ck_assert_uint_eq(named_next(), EACH * TIMES + 1);
    ck_assert_int_eq(find("F1", &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 1);
    ck_assert_int_eq(find("F6001", &row), TOC_NOTFOUND);
}
END_TEST

/* Withdrawn before it was named, and after. */
START_TEST(withdrawn)
{
    struct toc_current_row row;

    for (unsigned i = 1; i <= 4; i++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "F%u", i);
        (void)toc_fixture_exchange_publish(exchange, "leeds", text, text);
    }
    (void)toc_fixture_exchange_withdraw(exchange, "leeds", "w-2", 2);
    ck_assert_uint_eq(named_next(), 1);
    ck_assert_int_eq(find("F2", &row), TOC_NOTFOUND);
    ck_assert_int_eq(find("F3", &row), TOC_OK);
    ck_assert_uint_gt(named_next(), 4);
    (void)toc_fixture_exchange_withdraw(exchange, "leeds", "w-3", 3);
    ck_assert_int_eq(find("F3", &row), TOC_NOTFOUND);
    ck_assert_int_eq(find("F4", &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 4);
    /* Two of one name: the newest, and then the one before it. */
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "again", "F4"), 7);
    ck_assert_int_eq(find("F4", &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 7);
    (void)toc_fixture_exchange_withdraw(exchange, "leeds", "w-7", 7);
    ck_assert_int_eq(find("F4", &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 4);
}
END_TEST

START_TEST(rebuilt)
{
    struct toc_current_row row;
    json_t *reply;

    (void)toc_fixture_exchange_publish(exchange, "leeds", "F1", "F1");
    ck_assert_int_eq(find("F1", &row), TOC_OK);
    reply = toc_fixture_asked(leeds, "{\"request\":\"rebuild\"}");
    json_decref(reply);
    ck_assert_uint_eq(named_next(), 1);
    ck_assert_int_eq(find("F1", &row), TOC_OK);
    toc_fixture_exchange_crash(exchange, "leeds");
    leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    ck_assert_int_eq(find("F1", &row), TOC_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon/own");
    TCase *tcase = tcase_create("own");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, follows_when_idle);
    tcase_add_test(tcase, withdrawn);
    tcase_add_test(tcase, rebuilt);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
