/* A member that succeeds another corrects its records, whatever arrives first, however often the
 * views are made anew, and when it is succeeded itself. */
#include "engine_internal.h"
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "record_framework.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static unsigned made;

/* Leeds has published three, and york has heard of one. */
static void set_up(void)
{
    made = 0;
    group = toc_fixture_group_new(31);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    toc_fixture_exchange_cut(exchange, "york", "spg");
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

/* The list lives as long as the test. */
static void succeed(const char *successor, const char *const *succeeded, size_t len)
{
    struct toc_roster *const draft = toc_fixture_group_draft(group);

    toc_fixture_group_remove(group, succeeded[len - 1]);
    toc_fixture_group_add(group, successor, TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    struct toc_member *const member =
        (struct toc_member *)(uintptr_t)toc_roster_member(draft, successor);
    member->succeeds = succeeded;
    member->succeeds_len = len;
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    (void)toc_fixture_exchange_add(exchange, successor, NULL);
    toc_fixture_exchange_link(exchange, successor, "spg", false);
    toc_fixture_exchange_settle(exchange);
}

static void say(const char *member, const struct toc_record *record)
{
    char id[16];

    (void)snprintf(id, sizeof id, "n-%u", ++made);
    toc_fixture_exchange_make(exchange, member, "framework", id, record);
}

static void withdraw(const char *member, const char *publisher, uint64_t sequence)
{
    struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL, .withdraws = {.sequence = sequence}};

    (void)snprintf(record.withdraws.publisher, sizeof record.withdraws.publisher, "%s", publisher);
    say(member, &record);
}

static void supersede(const char *member, const char *publisher, uint64_t sequence)
{
    struct toc_framework framework;
    struct toc_record record = {.type = TOC_RECORD_FRAMEWORK,
                                .supersedes = {.sequence = sequence},
                                .as.framework = &framework};

    toc_framework_init(&framework);
    framework.reference = "F2 of ours";
    framework.title = "Roads";
    framework.buyer = "Aire Valley Council";
    framework.kind = TOC_FRAMEWORK_FRAMEWORK;
    (void)snprintf(record.supersedes.publisher, sizeof record.supersedes.publisher, "%s",
                   publisher);
    say(member, &record);
}

static void has(const char *member, size_t of_leeds, size_t of_aire)
{
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, member, "leeds", NULL), of_leeds);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, member, "leeds", "F3"), of_leeds);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, member, "aire", NULL), of_aire);
}

static void rebuild(const char *member)
{
    json_decref(toc_fixture_asked(toc_fixture_exchange_daemon(exchange, member),
                                  "{\"request\":\"rebuild\"}"));
}

static const char *const leeds_only[] = {"leeds"};
static const char *const leeds_and_aire[] = {"leeds", "aire"};

/* `aire`, whose logs come before those of leeds wherever they are in order. */
static void aire_corrects(void)
{
    succeed("aire", leeds_only, 1);
    withdraw("aire", "leeds", 1);
    supersede("aire", "leeds", 2);
}

START_TEST(corrections_come_first)
{
    aire_corrects();
    has("spg", 1, 1);
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    has("york", 1, 1);
}
END_TEST

START_TEST(a_rebuild_changes_nothing)
{
    aire_corrects();
    rebuild("spg");
    has("spg", 1, 1);
    rebuild("aire");
    has("aire", 1, 1);
    toc_fixture_exchange_crash(exchange, "spg");
    rebuild("spg");
    has("spg", 1, 1);
}
END_TEST

/* What was done as a successor stays done, though nobody of that name is a member any more. */
START_TEST(a_successor_is_succeeded)
{
    aire_corrects();
    succeed("wharfe", leeds_and_aire, 2);
    has("wharfe", 1, 1);
    rebuild("spg");
    has("spg", 1, 1);
    withdraw("wharfe", "leeds", 3);
    withdraw("wharfe", "aire", 2);
    has("spg", 0, 0);
    rebuild("spg");
    has("spg", 0, 0);
}
END_TEST

/* A correction that does not stand any more corrects nothing. */
START_TEST(a_correction_is_void)
{
    struct toc_engine *hub;
    struct toc_log_id id = {.publisher = "aire", .stream = "framework", .generation = 1};

    aire_corrects();
    hub = toc_fixture_exchange_daemon(exchange, "spg")->engine;
    toc_engine_begin(hub);
    ck_assert_int_eq(toc_apply_void(hub, toc_engine_log(hub, &id), 2), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(hub, NULL), TOC_OK);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", NULL), 2);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", "F1"), 0);
}
END_TEST

/* Somebody else's attempt is counted, and nothing more. */
START_TEST(nobody_elses_business)
{
    const struct toc_log_id id = {.publisher = "york", .stream = "framework", .generation = 1};
    struct toc_engine *const hub = toc_fixture_exchange_daemon(exchange, "spg")->engine;

    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    withdraw("york", "leeds", 1);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", NULL), 3);
    ck_assert_uint_eq(toc_engine_log(hub, &id)->row.invalid_records, 1);
    rebuild("spg");
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", NULL), 3);
    ck_assert_uint_eq(toc_engine_log(hub, &id)->row.invalid_records, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine succession");
    TCase *tcase = tcase_create("succession");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, corrections_come_first);
    tcase_add_test(tcase, a_rebuild_changes_nothing);
    tcase_add_test(tcase, a_successor_is_succeeded);
    tcase_add_test(tcase, a_correction_is_void);
    tcase_add_test(tcase, nobody_elses_business);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
