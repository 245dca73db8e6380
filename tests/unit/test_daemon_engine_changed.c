/* The roster changes while something waits: to be signed, to be read, to be shown. */
#include "engine_internal.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;

static void set_up(void)
{
    group = toc_fixture_group_new(18);
    exchange = toc_fixture_exchange_star(group);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

/* ---- helpers ---- */

static const struct toc_stream_rule *framework_rule(void)
{
    const struct toc_roster *draft = toc_fixture_group_draft(group);

    for (size_t i = 0; i < draft->streams_len; i++) {
        if (strcmp(draft->streams[i].stream, "framework") == 0) {
            return &draft->streams[i];
        }
    }
    ck_abort_msg("no rule");
    return NULL;
}

static void adopt(void)
{
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
}

static void published_by(toc_roles roles)
{
    struct toc_stream_rule rule = *framework_rule();

    rule.publishers = roles;
    toc_fixture_group_rule(group, &rule);
    adopt();
}

static void history(bool from_admission)
{
    struct toc_stream_rule rule = *framework_rule();

    rule.history_from_admission = from_admission;
    toc_fixture_group_rule(group, &rule);
    adopt();
}

static uint64_t publish(const char *id, const char *reference)
{
    return toc_fixture_exchange_publish(exchange, "leeds", id, reference);
}

/* ---- tests ---- */

/* What was taken while leeds might publish waits until it may again: under the roster between, no
 * reader would take it, nor ever anything behind it. */
START_TEST(what_may_no_longer_be_published_waits)
{
    const toc_roles roles = framework_rule()->publishers;

    ck_assert_uint_eq(publish("s-1", "F1"), 1);
    toc_fixture_exchange_crash(exchange, "leeds");
    ck_assert_uint_eq(publish("s-2", "F2"), 0); /* the hub has shown it nothing yet */
    published_by(TOC_ROLE_BIT(TOC_ROLE_BODY));
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_log(exchange, "leeds", "leeds", 1).chain.next_sequence,
                      2);
    published_by(roles);
    ck_assert_uint_eq(publish("s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

/* One hub after the other, without a start between. */
START_TEST(the_hub_of_today_proves_it)
{
    static const char *const hubs[] = {"spg", "hub-2", "hub-3", "hub-4", "hub-5"};

    ck_assert_uint_eq(publish("s-1", "F1"), 1);
    for (size_t i = 1; i < sizeof hubs / sizeof hubs[0]; i++) {
        toc_fixture_group_add(group, hubs[i], TOC_ROLE_BIT(TOC_ROLE_HUB));
        toc_fixture_exchange_adopt(exchange, hubs[i - 1], toc_fixture_group_sign(group));
        toc_fixture_exchange_settle(exchange);
        (void)toc_fixture_exchange_add(exchange, hubs[i], NULL);
        toc_fixture_exchange_link(exchange, "leeds", hubs[i], false);
        toc_fixture_exchange_link(exchange, "york", hubs[i], false);
        toc_fixture_exchange_settle(exchange);
        toc_fixture_group_remove(group, hubs[i - 1]);
        toc_fixture_exchange_adopt(exchange, hubs[i], toc_fixture_group_sign(group));
        toc_fixture_exchange_settle(exchange);
        toc_fixture_exchange_cut(exchange, "leeds", hubs[i - 1]);
        toc_fixture_exchange_cut(exchange, "york", hubs[i - 1]);
    }
    ck_assert_uint_eq(publish("s-2", "F2"), 2);
}
END_TEST

/* Hull, which came behind F1, may not read it. */
static void hull_comes_late(void)
{
    history(true);
    ck_assert_uint_eq(publish("s-1", "F1"), 1);
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    adopt();
    (void)toc_fixture_exchange_add(exchange, "hull", NULL);
    toc_fixture_exchange_link(exchange, "hull", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(publish("s-2", "F2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "hull", "leeds", NULL), 1);
}

/* Those of leeds behind the cursor, which is moved. */
static size_t hull_is_given(json_int_t *cursor)
{
    char request[64];
    json_t *reply;
    size_t len;

    (void)snprintf(request, sizeof(request), "{\"request\":\"want\",\"cursor\":%lld}",
                   (long long)*cursor);
    reply = toc_fixture_exchange_ask(exchange, "hull", request, NULL, 0);
    len = json_array_size(json_object_get(reply, "records"));
    *cursor = json_integer_value(json_object_get(reply, "cursor"));
    json_decref(reply);
    return len;
}

START_TEST(history_is_opened)
{
    json_int_t cursor = 0;

    hull_comes_late();
    ck_assert_uint_eq(hull_is_given(&cursor), 1);
    history(false);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    ck_assert_uint_eq(hull_is_given(&cursor), 1); /* F1, now */
    ck_assert_uint_eq(publish("s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    ck_assert_uint_eq(hull_is_given(&cursor), 1);
    ck_assert_uint_eq(hull_is_given(&cursor), 0);
}
END_TEST

/* What it reads at last was withdrawn meanwhile. */
START_TEST(history_is_opened_as_it_stands)
{
    hull_comes_late();
    ck_assert_uint_eq(toc_fixture_exchange_withdraw(exchange, "leeds", "s-3", 1), 3);
    history(false);
    toc_fixture_exchange_agree(exchange, "leeds", 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "hull", "leeds", "F2"), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine roster changes");
    TCase *tcase = tcase_create("changes");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, what_may_no_longer_be_published_waits);
    tcase_add_test(tcase, the_hub_of_today_proves_it);
    tcase_add_test(tcase, history_is_opened);
    tcase_add_test(tcase, history_is_opened_as_it_stands);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
