/* store_telling: what was told, changes in their order and how many are kept, how far `notify` is,
 * and the rules. */
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include "store_telling.h"
#include <string.h>

static char folder[PATH_MAX];
static struct toc_store *store;
static struct toc_arena *arena;

static void setup(void)
{
    folder[0] = '\0';
    store = toc_fixture_store(NULL);
    ck_assert_int_eq(toc_arena_new(16 << 20, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_store_close(&store);
    toc_arena_free(&arena);
    if (folder[0] != '\0') {
        toc_scratch_remove(folder);
    }
}

static const struct toc_alert_source of_hub = {.publisher = "spg", .stream = "alert"};

/* An alert of spg's on an own supplier, as it lies in the store. */
static struct toc_alert_mine alert(uint8_t id, uint64_t sequence)
{
    const struct toc_alert_met met = {.revision = 1, .sequence = sequence, .own_next = 1};
    struct toc_alert_mine mine = {.id = {id},
                                  .stream = "alert",
                                  .publisher = "spg",
                                  .sequence = sequence,
                                  .key = "GB-COH-01234567"};
    size_t len = 0;
    ck_assert_int_eq(toc_store_alert_mine_put(store, &mine, &met, true), TOC_OK);
    ck_assert_int_eq(toc_store_alert_mine_get(store, mine.id, arena, &mine), TOC_OK);
    ck_assert_int_eq(toc_store_alerts_look(store, &of_hub, mine.number - 1, arena, &mine, 1, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    return mine;
}

static struct toc_change tell(const struct toc_alert_mine *mine, unsigned what,
                              enum toc_flag_status status, enum toc_change_notify notify)
{
    const struct toc_told told = {.sequence = mine->sequence, .status = status, .severity = 3};
    struct toc_change change = {.stream = mine->stream,
                                .publisher = mine->publisher,
                                .sequence = mine->sequence,
                                .what = what,
                                .status = status,
                                .severity = 3,
                                .notify = notify};
    memcpy(change.id, mine->id, sizeof change.id);
    ck_assert_int_eq(toc_store_tell(store, mine, &told, &change), TOC_OK);
    ck_assert_int_eq(toc_store_told(store), TOC_OK);
    return change;
}

static size_t changes(int64_t after, struct toc_change *ret_first)
{
    struct toc_change list[4];
    size_t len = 0;
    ck_assert_int_eq(toc_store_changes(store, after, arena, list, 4, &len), TOC_OK);
    if (len > 0) {
        *ret_first = list[0];
    }
    return len;
}

START_TEST(told_and_looked_at)
{
    struct toc_alert_mine mine = alert(1, 7);
    struct toc_told told;
    struct toc_change first;
    size_t len = 1;
    ck_assert_int_eq(toc_store_told_get(store, &mine, &told), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_told_again(store, "alert"), TOC_NOTFOUND);
    ck_assert_int_eq(tell(&mine, TOC_CHANGE_NEW, TOC_FLAG_DISPUTED, TOC_NOTIFY_NONE).number, 1);
    ck_assert_int_eq(toc_store_told_get(store, &mine, &told), TOC_OK);
    ck_assert_uint_eq(told.sequence, 7);
    ck_assert_int_eq(told.status, TOC_FLAG_DISPUTED);
    ck_assert_int_eq(toc_store_alerts_look(store, &of_hub, 0, arena, &mine, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_uint_eq(changes(0, &first), 1);
    ck_assert_str_eq(first.key, "GB-COH-01234567");
    ck_assert_str_eq(first.publisher, "spg");
    ck_assert_uint_eq(first.sequence, 7);
    ck_assert_uint_eq(changes(1, &first), 0);

    /* Looked at again when it is dropped, or its day may have come; not when it is another's. */
    ck_assert_int_eq(toc_store_alert_again(store, "spg", 8), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_alert_again(store, "leeds", 7), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_told_again(store, "distress"), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_told_again(store, "alert"), TOC_OK);
    ck_assert_int_eq(toc_store_alerts_look(store, &of_hub, 0, arena, &mine, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    struct toc_alert_source source = {.stream = ""};
    ck_assert_int_eq(toc_store_alerts_look_next(store, &source), TOC_OK);
    ck_assert_str_eq(source.publisher, "spg");
    ck_assert_str_eq(source.stream, "alert");
    ck_assert_int_eq(toc_store_alerts_look_next(store, &source), TOC_NOTFOUND);
    /* What came in between is not looked at yet. */
    mine.sequence = 6;
    ck_assert_int_eq(toc_store_tell(store, &mine, NULL, NULL), TOC_OK);
    ck_assert_int_eq(toc_store_told(store), TOC_OK);
    ck_assert_int_eq(toc_store_alerts_look(store, &of_hub, 0, arena, &mine, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
}
END_TEST

START_TEST(the_latest_are_kept)
{
    const struct toc_alert_mine mine = alert(1, 7);
    struct toc_change first;
    (void)tell(&mine, TOC_CHANGE_NEW, TOC_FLAG_RAISED, TOC_NOTIFY_WAITS);
    for (unsigned i = 1; i < TOC_CHANGES_MAX; i++) {
        (void)tell(&mine, TOC_CHANGE_STATUS, TOC_FLAG_RAISED, TOC_NOTIFY_NONE);
    }
    (void)changes(1, &first);
    ck_assert_int_eq(first.number, 2);
    (void)tell(&mine, TOC_CHANGE_STATUS, TOC_FLAG_RAISED, TOC_NOTIFY_NONE);
    (void)tell(&mine, TOC_CHANGE_STATUS, TOC_FLAG_RAISED, TOC_NOTIFY_NONE);
    ck_assert_uint_eq(changes(0, &first), 4);
    ck_assert_int_eq(first.number, 1); /* somebody waits for it */
    (void)changes(1, &first);
    ck_assert_int_eq(first.number, 3);
    ck_assert_int_eq(toc_store_changes_last(store), TOC_CHANGES_MAX + 2);
}
END_TEST

START_TEST(how_far_notify_is)
{
    struct toc_change list[8];
    uint64_t count = 0;
    size_t len = 0;
    bool later = false;
    bool begun = true;
    const struct toc_alert_mine one = alert(1, 7);
    const struct toc_alert_mine other = alert(2, 8);
    (void)tell(&one, TOC_CHANGE_NEW, TOC_FLAG_RAISED, TOC_NOTIFY_WAITS);
    (void)tell(&other, TOC_CHANGE_NEW, TOC_FLAG_RAISED, TOC_NOTIFY_NONE);
    (void)tell(&one, TOC_CHANGE_STATUS, TOC_FLAG_WITHDRAWN, TOC_NOTIFY_WAITS);
    ck_assert_int_eq(toc_store_notify_waiting(store, arena, list, 8, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_int_eq(toc_store_notify_around(store, &list[0], &later, &begun), TOC_OK);
    ck_assert(later && !begun);
    ck_assert_int_eq(toc_store_notify_around(store, &list[1], &later, &begun), TOC_OK);
    ck_assert(!later && !begun);
    list[0].tries = 2;
    list[0].next_ms = 99;
    ck_assert_int_eq(toc_store_notify_save(store, &list[0]), TOC_OK);
    ck_assert_int_eq(toc_store_notify_around(store, &list[1], &later, &begun), TOC_OK);
    ck_assert(begun);

    /* Not so often yet; then given up; those that did well are done. */
    ck_assert_int_eq(toc_store_notify_ended(store, 1, 1, false, 3), TOC_OK);
    ck_assert_int_eq(toc_store_notify_count(store, TOC_NOTIFY_WAITS, &count), TOC_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(toc_store_notify_ended(store, 1, 1, false, 2), TOC_OK);
    ck_assert_int_eq(toc_store_notify_count(store, TOC_NOTIFY_GIVEN_UP, &count), TOC_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(toc_store_notify_ended(store, 1, 3, true, 2), TOC_OK);
    ck_assert_int_eq(toc_store_notify_count(store, TOC_NOTIFY_WAITS, &count), TOC_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(toc_store_notify_count(store, TOC_NOTIFY_GIVEN_UP, &count), TOC_OK);
    ck_assert_uint_eq(count, 1);
    /* Once it is new again, what came before is of no interest. */
    (void)tell(&one, TOC_CHANGE_NEW, TOC_FLAG_RAISED, TOC_NOTIFY_WAITS);
    (void)tell(&one, TOC_CHANGE_STATUS, TOC_FLAG_CLEARED, TOC_NOTIFY_WAITS);
    ck_assert_int_eq(toc_store_notify_waiting(store, arena, list, 8, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_int_eq(toc_store_notify_around(store, &list[1], &later, &begun), TOC_OK);
    ck_assert(!begun);
}
END_TEST

START_TEST(runs_of_an_hour)
{
    uint64_t count = 9;
    int64_t first = 9;
    ck_assert_int_eq(toc_store_notify_runs(store, 0, &count, &first), TOC_OK);
    ck_assert_uint_eq(count, 0);
    for (int64_t at = 1; at <= 5; at++) {
        ck_assert_int_eq(toc_store_notify_ran(store, at * 100, at * 100 - 250), TOC_OK);
    }
    ck_assert_int_eq(toc_store_notify_runs(store, 300, &count, &first), TOC_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(first, 400);
    ck_assert_int_eq(toc_store_notify_runs(store, 0, &count, &first), TOC_OK);
    ck_assert_uint_eq(count, 3); /* older ones are forgotten */
}
END_TEST

static void on_disk(void)
{
    toc_store_close(&store);
    toc_scratch_new(folder);
    store = toc_fixture_store(folder);
}

/* A tick that tells of an alert, as far as the group's commit, if there is one. */
static int64_t tell_in_a_tick(const struct toc_alert_mine *mine, bool commits)
{
    struct toc_change change = {.stream = mine->stream, .publisher = mine->publisher, .what = 1};
    const struct toc_told told = {.sequence = mine->sequence, .status = TOC_FLAG_RAISED};
    toc_store_local_gather(store);
    if (commits) {
        toc_fixture_begin(store);
    }
    memcpy(change.id, mine->id, sizeof change.id);
    ck_assert_int_eq(toc_store_tell(store, mine, &told, &change), TOC_OK);
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
    return change.number;
}

START_TEST(a_tick_that_fails_told_nothing)
{
    struct toc_change first;
    struct toc_told told;
    on_disk();
    const struct toc_alert_mine mine = alert(1, 7);
    ck_assert_int_eq(tell_in_a_tick(&mine, true), 1);
    ck_assert_uint_eq(changes(0, &first), 1); /* whoever waits in this tick */
    toc_store_rollback(store);
    ck_assert_int_eq(toc_store_told(store), TOC_OK);
    ck_assert_uint_eq(changes(0, &first), 0);
    ck_assert_int_eq(toc_store_told_get(store, &mine, &told), TOC_NOTFOUND);
    size_t len = 0;
    struct toc_alert_mine looked;
    ck_assert_int_eq(toc_store_alerts_look(store, &of_hub, 0, arena, &looked, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
}
END_TEST

/* 0: the process ends between the group's commit and the other; 1: both were. 2: there was nothing
 * of the group's to commit. */
START_TEST(a_start_knows_what_was_lost)
{
    struct toc_change first;
    bool behind = true;
    on_disk();
    const struct toc_alert_mine mine = alert(1, 7);
    ck_assert_int_eq(toc_store_told_resume(store, &behind), TOC_OK);
    ck_assert(!behind);
    ck_assert_int_eq(tell_in_a_tick(&mine, _i < 2), 1);
    if (_i < 2) {
        toc_fixture_commit(store);
    }
    if (_i == 1) {
        ck_assert_int_eq(toc_store_told(store), TOC_OK);
        ck_assert_int_eq(toc_store_local_follow(store), TOC_OK);
    }
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    ck_assert_int_eq(toc_store_told_resume(store, &behind), TOC_OK);
    ck_assert_int_eq(behind, _i == 0);
    ck_assert_uint_eq(changes(0, &first), _i == 0 ? 0 : 1);
    ck_assert_int_eq(toc_store_told_resume(store, &behind), TOC_OK);
    ck_assert(!behind);
    /* Number 1 may have been shown: nothing else is. */
    ck_assert_int_eq(tell(&mine, TOC_CHANGE_NEW, TOC_FLAG_RAISED, TOC_NOTIFY_NONE).number, 2);
}
END_TEST

START_TEST(rules_at_their_longest)
{
    struct toc_alert_rules rules;
    on_disk();
    ck_assert_int_eq(toc_store_rules_get(store, &rules), TOC_OK);
    ck_assert_uint_eq(rules.severity_min, 1);
    ck_assert_str_eq(rules.events, "");
    memset(rules.events, 'F', TOC_RULES_TEXT_MAX);
    memset(rules.categories, 'c', TOC_RULES_TEXT_MAX);
    rules.severity_min = 5;
    rules.exposure_min = INT64_C(1000000000000);
    rules.ends_within = 600;
    ck_assert_int_eq(toc_store_rules_put(store, &rules), TOC_OK);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    struct toc_alert_rules read;
    ck_assert_int_eq(toc_store_rules_get(store, &read), TOC_OK);
    ck_assert_str_eq(read.events, rules.events);
    ck_assert_str_eq(read.categories, rules.categories);
    ck_assert_uint_eq(read.severity_min, 5);
    ck_assert_int_eq(read.exposure_min, INT64_C(1000000000000));
    ck_assert_uint_eq(read.ends_within, 600);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("store_telling");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, told_and_looked_at);
    tcase_add_test(all, the_latest_are_kept);
    tcase_add_test(all, how_far_notify_is);
    tcase_add_test(all, runs_of_an_hour);
    tcase_add_test(all, a_tick_that_fails_told_nothing);
    tcase_add_loop_test(all, a_start_knows_what_was_lost, 0, 3);
    tcase_add_test(all, rules_at_their_longest);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
