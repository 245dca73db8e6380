/* Every allocation of the daemon's own code fails once, in a tick that stores a submission and in a
 * start: the tick or the start fails, says so, leaks nothing, and the next one is right. (SQLite's
 * own allocations: test_fault_store_memory.) The linker puts these in place of the allocator. */
#include "engine_internal.h"
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *old, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *old, size_t len);

static struct {
    long at; /* 0: never */
    bool forever;
    long calls;
} plan;

static bool fails_now(void)
{
    plan.calls++;
    return plan.at > 0 && (plan.calls == plan.at || (plan.forever && plan.calls > plan.at));
}

void *__wrap_malloc(size_t len)
{
    return fails_now() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len)
{
    return fails_now() ? NULL : __real_calloc(count, len);
}

void *__wrap_realloc(void *old, size_t len)
{
    return fails_now() ? NULL : __real_realloc(old, len);
}

static void arm(long at, bool forever)
{
    plan.at = at;
    plan.forever = forever;
    plan.calls = 0;
}

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;

static void set_up(void)
{
    arm(0, false);
    group = toc_fixture_group_new(19);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(group);
    exchange = toc_fixture_exchange_new(group);
    (void)toc_fixture_exchange_add(exchange, "spg", NULL);
    (void)toc_fixture_exchange_add(exchange, "leeds", NULL);
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
}

static void tear_down(void)
{
    arm(0, false);
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* A tick with a submission, in which the `at`-th allocation fails. Was there one? */
static bool tick_reaches(long at, bool forever)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    struct toc_engine *engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    struct toc_why why = {""};
    const uint8_t key[TOC_BOX_KEY_LEN] = {1};
    struct toc_bytes parts[2];
    char request[200];
    char name[32];
    enum toc_result asked;
    enum toc_result result;
    enum toc_result next = TOC_NOMEM;

    (void)snprintf(name, sizeof name, "m%ld", at);
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"%s\"}", name);
    toc_arena_reset(arena);
    parts[0] = toc_bytes_text(request);
    parts[1] = toc_fixture_framework(arena, name, "Highways", 20000);
    arm(at, forever);
    toc_engine_begin(engine);
    asked = toc_engine_local(engine, 900, &user, parts, 2);
    result = toc_engine_finish(engine, &why);
    if (forever && result != TOC_OK) {
        /* There was none to read the store back with; the network asks who may connect, and the
         * next tick finds that out. */
        (void)toc_engine_admits(engine, TOC_DOMAIN_SESSION, key);
        toc_engine_begin(engine);
        (void)toc_engine_local(engine, 900, &user, parts, 2);
        next = toc_engine_finish(engine, NULL);
    }
    const bool reached = plan.calls >= at;
    arm(0, false);
    ck_assert_msg(next != TOC_OK, "allocation %ld: the next tick knows nothing, and succeeds", at);
    ck_assert_msg(asked == TOC_OK || reached, "allocation %ld: %s", at, toc_result_name(asked));
    ck_assert_msg(result == TOC_OK || result == TOC_NOMEM || result == TOC_STORE,
                  "allocation %ld: %s", at, toc_result_name(result));
    ck_assert_msg(result != TOC_STORE || why.text[0] != '\0',
                  "allocation %ld failed without a word", at);
    return reached;
}

START_TEST(a_tick)
{
    const bool forever = _i == 1;
    bool reached = true;
    uint64_t count = 0;
    long at = 0;

    while (reached) {
        char name[32];
        reached = tick_reaches(++at, forever);
        /* Memory may have been read back: then the hub is heard again first. */
        toc_fixture_exchange_crash(exchange, "leeds");
        toc_fixture_exchange_link(exchange, "leeds", "spg", true);
        toc_fixture_exchange_settle(exchange);
        (void)snprintf(name, sizeof name, "m%ld", at);
        ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", name, name), ++count);
        toc_fixture_exchange_agree(exchange, "leeds", count);
    }
    ck_assert_int_gt(at, 2);
}
END_TEST

START_TEST(a_start)
{
    struct toc_fixture_daemon *const leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    const struct toc_engine_setup setup = {.conf = &leeds->conf,
                                           .keys = toc_fixture_group_keys(group, "leeds"),
                                           .store = leeds->store,
                                           .env = toc_fixture_group_env(group)};
    const struct toc_bytes file = toc_fixture_group_file(group, 1);
    bool reached = true;
    long at = 0;

    (void)toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1");
    while (reached) {
        struct toc_engine *engine = NULL;
        struct toc_why why = {""};
        arm(++at, _i == 1);
        const enum toc_result result = toc_engine_new(&setup, file, &engine, &why);
        reached = plan.calls >= at;
        arm(0, false);
        ck_assert(result == TOC_OK ? !reached : result == TOC_NOMEM || result == TOC_STORE);
        ck_assert(result == TOC_OK || engine == NULL);
        toc_engine_free(&engine);
    }
    ck_assert_int_gt(at, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault/engine_memory");
    TCase *tcase = tcase_create("memory");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, a_tick, 0, 2);
    tcase_add_loop_test(tcase, a_start, 0, 2);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
