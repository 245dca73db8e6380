/* Retention: an epoch's key is gone at every reader when its time is up, whatever else changed. */
#include "engine_internal.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define KEPT_DAYS 10

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static const struct toc_stream_rule *rules; /* as they were */

/* Frameworks are kept for ten days; leeds has published F1. */
static void set_up(void)
{
    group = toc_fixture_group_new(21);
    struct toc_roster *draft = toc_fixture_group_draft(group);
    for (size_t i = 0; i < draft->streams_len; i++) {
        struct toc_stream_rule rule = draft->streams[i];
        rule.retention_days = strcmp(rule.stream, "framework") == 0 ? KEPT_DAYS : 0;
        toc_fixture_group_rule(group, &rule);
    }
    rules = draft->streams;
    exchange = toc_fixture_exchange_star(group);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

/* ---- helpers ---- */

static void days(int64_t count)
{
    toc_fixture_group_advance(group, count * DAY_MS);
    toc_fixture_exchange_pass(exchange, 121000);
}

static struct toc_epoch_row epoch_at(const char *member, uint32_t number)
{
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, member, "leeds", 1);
    struct toc_epoch_row epoch;

    ck_assert_int_eq(toc_store_epoch_get(toc_fixture_exchange_daemon(exchange, member)->store,
                                         row.id, number, &epoch),
                     TOC_OK);
    return epoch;
}

static void nobody_has_the_key(bool gone)
{
    const struct toc_fixture_daemon *at;

    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        const struct toc_epoch_row epoch = epoch_at(at->conf.member, 1);
        const struct toc_log_row row =
            toc_fixture_exchange_log(exchange, at->conf.member, "leeds", 1);
        ck_assert_msg(epoch.destroyed == gone && epoch.has_key != gone, "%s: %d %d",
                      at->conf.member, epoch.destroyed, epoch.has_key);
        ck_assert(gone == (toc_store_wraps_count(at->store, row.id, NULL) == 0));
    }
}

/* A roster without a rule for frameworks: `group list` takes the rule of a sub-stream away. */
static void drop_the_stream(void)
{
    static struct toc_stream_rule fewer[TOC_STREAMS_MAX];
    struct toc_roster *draft = toc_fixture_group_draft(group);
    size_t len = 0;

    for (size_t i = 0; i < draft->streams_len; i++) {
        if (strcmp(rules[i].stream, "framework") != 0) {
            fewer[len++] = rules[i];
        }
    }
    draft->streams = fewer;
    draft->streams_len = len;
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
}

/* ---- tests ---- */

START_TEST(when_its_time_is_up)
{
    days(KEPT_DAYS - 1);
    nobody_has_the_key(false);
    days(2);
    nobody_has_the_key(true);
}
END_TEST

/* What was to be destroyed is not kept for ever because nothing is published there any more. */
START_TEST(of_a_stream_that_is_no_more)
{
    drop_the_stream();
    days(KEPT_DAYS - 1);
    nobody_has_the_key(false);
    days(2);
    nobody_has_the_key(true);
}
END_TEST

/* Readers go by the time of an epoch's newest batch. What was written while the publisher's clock
 * was years ahead keeps its key for years; what is written since must not lie in the same epoch. */
START_TEST(a_clock_that_was_ahead)
{
    struct toc_fixture_daemon *leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "leeds", "leeds", 1);

    ck_assert_int_eq(toc_store_begin(leeds->store), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_grew(leeds->store, row.id, 1,
                                          toc_fixture_group_wall(group) + 4000 * DAY_MS),
                     TOC_OK);
    ck_assert_int_eq(toc_store_commit(leeds->store), TOC_OK);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).chain.epoch, 2);
    /* And that one lasts. */
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).chain.epoch, 2);
    days(KEPT_DAYS + 1);
    ck_assert(epoch_at("york", 2).destroyed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine retention");
    TCase *tcase = tcase_create("retention");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, when_its_time_is_up);
    tcase_add_test(tcase, of_a_stream_that_is_no_more);
    tcase_add_test(tcase, a_clock_that_was_ahead);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
