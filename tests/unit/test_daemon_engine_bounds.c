/* The engine's limits, each at its edge: links, logs, and what one tick may cost. */
#include "engine_internal.h"
#include "ensure.h"
#include "fixture_exchange.h"
#include "fixture_view.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_why why;

static void set_up(void)
{
    group = toc_fixture_group_new(21);
    exchange = toc_fixture_exchange_star(group);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

static struct toc_fixture_daemon *hub(void)
{
    return toc_fixture_exchange_daemon(exchange, "spg");
}

START_TEST(links)
{
    struct toc_engine *const engine = hub()->engine;
    const uint8_t *const key = toc_fixture_group_keys(group, "leeds")->curve_public.bytes;
    const size_t before = engine->sessions_len;

    toc_engine_begin(engine);
    for (toc_link i = (toc_link)before; i < TOC_LINKS_MAX; i++) {
        ck_assert_int_eq(toc_engine_link_accept(engine, 1000 + i, key), TOC_OK);
    }
    ck_assert_int_eq(toc_engine_link_accept(engine, 999, key), TOC_TOOBIG);
    toc_engine_link_gone(engine, 1000 + TOC_LINKS_MAX - 1);
    ck_assert_int_eq(toc_engine_link_accept(engine, 999, key), TOC_OK);
    for (toc_link i = (toc_link)before; i < TOC_LINKS_MAX; i++) {
        toc_engine_link_gone(engine, 1000 + i);
    }
    toc_engine_link_gone(engine, 999);
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
}
END_TEST

/* A hub that starts again is heard on its feed as soon as in its session, and no fault of it. */
START_TEST(feed_before_its_session)
{
    struct toc_engine *const engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    const uint64_t before = engine->counters.feed_heard;

    toc_engine_begin(engine);
    ck_assert_int_eq(toc_engine_feed(engine, 999, toc_bytes_of("batch", 5)), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
    ck_assert_uint_eq(engine->counters.feed_heard, before);
}
END_TEST

/* In ascending order, so that none is moved for another. */
static struct toc_log_id numbered(const char *publisher, size_t number)
{
    struct toc_log_id id = {.generation = 1};

    (void)snprintf(id.publisher, sizeof id.publisher, "%s", publisher);
    (void)snprintf(id.stream, sizeof id.stream, "framework.s%06zu", number);
    return id;
}

static size_t logs_of(const struct toc_engine *engine, const char *publisher)
{
    size_t count = 0;

    for (size_t i = 0; i < engine->logs_len; i++) {
        count += strcmp(engine->logs[i].row.log.publisher, publisher) == 0 ? 1 : 0;
    }
    return count;
}

START_TEST(logs_of_a_publisher)
{
    struct toc_engine *const engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    const struct toc_session from_hub = {.link = 1, .member = "spg"};
    struct toc_log *log;

    for (size_t i = logs_of(engine, "york"); i < TOC_LOGS_PER_PUBLISHER_MAX; i++) {
        const struct toc_log_id id = numbered("york", i);
        ck_assert(toc_engine_log_admissible(engine, &from_hub, &id));
        ck_assert_int_eq(toc_engine_log_get(engine, &id, &log), TOC_OK);
    }
    const struct toc_log_id more = numbered("york", TOC_LOGS_PER_PUBLISHER_MAX);
    const struct toc_log_id known = numbered("york", TOC_LOGS_PER_PUBLISHER_MAX - 1);
    const struct toc_log_id other = numbered("spg", 1);
    ck_assert(!toc_engine_log_admissible(engine, &from_hub, &more));
    ck_assert(toc_engine_log_admissible(engine, &from_hub, &known));
    ck_assert(
        toc_engine_log_admissible(engine, &from_hub, &other)); /* another's are counted apart */
}
END_TEST

START_TEST(logs_in_all)
{
    struct toc_engine *const engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    struct toc_log *log = NULL;
    const struct toc_log *const untouched = log;

    for (size_t i = engine->logs_len; i < TOC_LOGS_MAX; i++) {
        const struct toc_log_id id = numbered("york", i);
        ck_assert_int_eq(toc_engine_log_get(engine, &id, &log), TOC_OK);
    }
    const struct toc_log_id more = numbered("york", TOC_LOGS_MAX);
    log = NULL;
    ck_assert_int_eq(toc_engine_log_get(engine, &more, &log), TOC_TOOBIG);
    ck_assert_ptr_eq(log, untouched);
    ck_assert_uint_eq(engine->logs_len, TOC_LOGS_MAX);
}
END_TEST

START_TEST(generations_ahead)
{
    struct toc_engine *const engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    const struct toc_session from_hub = {.link = 1, .member = "spg"};
    struct toc_log_id id = {
        .publisher = "york", .stream = "framework", .generation = TOC_GENERATIONS_AHEAD_MAX};
    struct toc_log *log;

    ck_assert(toc_engine_log_admissible(engine, &from_hub, &id));
    id.generation++;
    ck_assert(!toc_engine_log_admissible(engine, &from_hub, &id));
    id.generation = 3;
    ck_assert_int_eq(toc_engine_log_get(engine, &id, &log), TOC_OK);
    id.generation = 3 + TOC_GENERATIONS_AHEAD_MAX;
    ck_assert(toc_engine_log_admissible(engine, &from_hub, &id));
    id.generation++;
    ck_assert(!toc_engine_log_admissible(engine, &from_hub, &id));
}
END_TEST

START_TEST(signatures_of_a_tick)
{
    struct toc_engine *const engine = hub()->engine;

    toc_engine_begin(engine);
    for (unsigned i = 0; i < TOC_TICK_VERIFICATIONS_MAX; i++) {
        /* A frame of batches is only taken where all of them can be verified. */
        ck_assert_int_eq(toc_engine_has_room(engine),
                         TOC_TICK_VERIFICATIONS_MAX - i >= TOC_GIVE_BATCHES_MAX);
        ck_assert(toc_engine_spend_verification(engine));
    }
    ck_assert(!toc_engine_spend_verification(engine));
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
    toc_engine_begin(engine);
    ck_assert(toc_engine_spend_verification(engine));
    ck_assert(toc_engine_has_room(engine));
    engine->wraps_left = 1;
    ck_assert(toc_engine_has_room(engine));
    engine->wraps_left = 0;
    ck_assert(!toc_engine_has_room(engine));
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
    toc_engine_begin(engine);
    ck_assert_uint_eq(engine->wraps_left, TOC_TICK_WRAPS_MAX);
    ck_assert_uint_eq(engine->applications, TOC_TICK_APPLY_BATCHES_MAX);
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
}
END_TEST

/* What one tick takes of submissions, so that the next has something to do while the disk has it.
 */
START_TEST(submissions_of_a_tick)
{
    struct toc_fixture_daemon *const leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    struct toc_engine *const engine = leeds->engine;
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;

    ck_assert_int_eq(toc_arena_new((size_t)1 << 20, &arena), TOC_OK);
    const struct toc_bytes parts[] = {
        toc_bytes_text("{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"one\"}"),
        toc_fixture_framework(arena, "F", "Highways", 0)};
    toc_engine_begin(engine);
    ck_assert_int_eq(toc_engine_local(engine, 1, &user, parts, 2), TOC_OK);
    ck_assert_uint_eq(engine->submitted, parts[1].len + 4); /* as it lies in a list */
    ck_assert_int_eq(toc_engine_local(engine, 1, &user, parts, 2), TOC_OK);
    ck_assert_uint_eq(engine->submitted, parts[1].len + 4); /* a repeat costs nothing */
    engine->submitted = TOC_TICK_BYTES_MAX - 1;
    ck_assert(toc_engine_has_room_local(engine));
    engine->submitted = TOC_TICK_BYTES_MAX;
    ck_assert(!toc_engine_has_room_local(engine));
    ck_assert(toc_engine_has_room(engine)); /* peers do not wait for that */
    engine->taken = TOC_TICK_BYTES_MAX - 1;
    ck_assert(toc_engine_has_room(engine));
    engine->taken = TOC_TICK_BYTES_MAX;
    ck_assert(!toc_engine_has_room(engine));
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
    toc_engine_begin(engine);
    ck_assert(toc_engine_has_room_local(engine));
    ck_assert(toc_engine_has_room(engine));
    ck_assert_int_eq(toc_engine_finish(engine, &why), TOC_OK);
}
END_TEST

static uint32_t epoch_of_leeds(void)
{
    return toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).chain.epoch;
}

START_TEST(age_of_an_epoch)
{
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    ck_assert_uint_eq(epoch_of_leeds(), 1);
    toc_fixture_group_advance(group, (int64_t)TOC_EPOCH_AGE_MAX_S * 1000 - 1000);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    ck_assert_uint_eq(epoch_of_leeds(), 1);
    toc_fixture_group_advance(group, 1000);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    ck_assert_uint_eq(epoch_of_leeds(), 2);
}
END_TEST

START_TEST(batches_of_an_epoch)
{
    struct toc_fixture_daemon *const leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    const struct toc_log_id id = {.publisher = "leeds", .stream = "framework", .generation = 1};
    struct toc_epoch_row epoch;

    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    struct toc_log *const log = toc_engine_log(leeds->engine, &id);
    ck_assert_int_eq(toc_store_epoch_get(leeds->store, log->row.id, 1, &epoch), TOC_OK);
    ck_assert_int_eq(toc_store_begin(leeds->store), TOC_OK);
    for (uint32_t number = 2; number <= 3; number++) {
        epoch.epoch = number;
        epoch.batches = TOC_EPOCH_BATCHES_MAX - 3 + number; /* one less than it may have, and all */
        ck_assert_int_eq(toc_store_epoch_add(leeds->store, log->row.id, &epoch), TOC_OK);
        log->row.chain.epoch = number;
        ck_assert_int_eq(toc_epoch_is_over(leeds->engine, log), number == 3);
    }
    toc_store_rollback(leeds->store);
    log->row.chain.epoch = 1;
}
END_TEST

/* What waits unsigned is signed so many records a tick, and the next tick goes on. */
START_TEST(records_that_waited)
{
    struct toc_fixture_daemon *const leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    struct toc_bytes record[TOC_BATCH_RECORDS_MAX];
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const size_t submissions = TOC_TICK_RECORDS_MAX / TOC_BATCH_RECORDS_MAX + 1;

    ck_assert_int_eq(toc_arena_new((size_t)64 << 20, &arena), TOC_OK);
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_fixture_exchange_crash(exchange, "leeds"); /* so that it is unproven */
    for (size_t i = 0; i < TOC_BATCH_RECORDS_MAX; i++) {
        record[i] = toc_fixture_framework(arena, "F", "Highways", 0);
    }
    for (size_t i = 0; i < submissions; i++) {
        char request[160];
        (void)snprintf(request, sizeof request,
                       "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"w-%zu\"}", i);
        json_t *const reply = toc_fixture_daemon_ask(leeds, request, record, TOC_BATCH_RECORDS_MAX);
        ck_assert(json_is_true(json_object_get(reply, "ok")));
        json_decref(reply);
    }
    leeds->engine->alone = true; /* proven, as `tocsind --alone` is */
    json_decref(toc_fixture_daemon_tick(leeds));
    ck_assert_uint_eq(toc_store_submissions_waiting(leeds->store), TOC_BATCH_RECORDS_MAX);
    json_decref(toc_fixture_daemon_tick(leeds));
    ck_assert_uint_eq(toc_store_submissions_waiting(leeds->store), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine bounds");
    TCase *tcase = tcase_create("bounds");

    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, links);
    tcase_add_test(tcase, feed_before_its_session);
    tcase_add_test(tcase, logs_of_a_publisher);
    tcase_add_test(tcase, logs_in_all);
    tcase_add_test(tcase, generations_ahead);
    tcase_add_test(tcase, signatures_of_a_tick);
    tcase_add_test(tcase, submissions_of_a_tick);
    tcase_add_test(tcase, age_of_an_epoch);
    tcase_add_test(tcase, batches_of_an_epoch);
    tcase_add_test(tcase, records_that_waited);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
