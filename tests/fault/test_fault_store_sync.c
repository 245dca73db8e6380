/* The sync thread: a large commit is durable only when it says so, the next one waits for it, and a
 * disk that fails then is found out. */
#include "faulty_vfs.h"
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include <limits.h>
#include <poll.h>
#include <string.h>

static char folder[PATH_MAX];
static struct toc_store *store;

static void setup(void)
{
    struct toc_why why = {""};
    toc_faulty_vfs_install();
    toc_scratch_new(folder);
    store = toc_fixture_store(folder);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1000, toc_bytes_text("first")), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_int_eq(toc_store_sync_fd(store), -1);
    ck_assert_int_eq(toc_store_durable(store, false), TOC_OK);
    ck_assert_int_eq(toc_store_syncer_start(store, &why), TOC_OK);
    ck_assert_int_ge(toc_store_sync_fd(store), 0);
}

static void teardown(void)
{
    toc_faulty_vfs_disarm();
    toc_store_close(&store);
    toc_scratch_remove(folder);
}

static enum toc_result commit(uint64_t version, size_t len)
{
    static char text[512 * 1024];
    memset(text, 'r', len);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, version, toc_bytes_of(text, len)), TOC_OK);
    return toc_store_commit(store);
}

START_TEST(large_and_small)
{
    for (uint64_t version = 1; version <= 40; version++) {
        const bool large = version % 2 == 0;
        ck_assert_int_eq(commit(version, large ? 300000 : 100), TOC_OK);
        if (!large) {
            /* The one before it was waited for, and this one was not worth a thread. */
            ck_assert_int_eq(toc_store_durable(store, false), TOC_OK);
            continue;
        }
        if (version % 4 == 0) {
            struct pollfd event = {.fd = toc_store_sync_fd(store), .events = POLLIN};
            ck_assert_int_eq(poll(&event, 1, 10000), 1);
            ck_assert_int_eq(toc_store_durable(store, false), TOC_OK);
            ck_assert_int_eq(poll(&event, 1, 0), 0);
        }
    }
    ck_assert_int_eq(toc_store_durable(store, true), TOC_OK);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    ck_assert_uint_eq(toc_store_roster_last(store), 1000);
}
END_TEST

/* Large, and waited for; the next one is like any other. */
START_TEST(hurried)
{
    static char text[300000];
    memset(text, 'r', sizeof text);
    toc_fixture_begin(store);
    toc_store_hurry(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_of(text, sizeof text)), TOC_OK);
    toc_faulty_vfs_arm(TOC_FAULT_IO, LONG_MAX, false);
    ck_assert_int_eq(toc_store_commit(store), TOC_OK);
    const long calls = toc_faulty_vfs_calls();
    ck_assert_int_eq(toc_store_durable(store, true), TOC_OK);
    ck_assert_int_eq(toc_faulty_vfs_calls(), calls); /* nothing was left to do */
    ck_assert_int_eq(commit(2, sizeof text), TOC_OK);
    struct pollfd event = {.fd = toc_store_sync_fd(store), .events = POLLIN};
    ck_assert_int_eq(poll(&event, 1, 10000), 1);
    ck_assert_int_eq(toc_store_durable(store, false), TOC_OK);
}
END_TEST

/* One call to the disk after the other fails: writes fail the commit, and the sync is found out by
 * whoever asks, and by the next commit. */
START_TEST(failing)
{
    unsigned commits = 0;
    unsigned syncs = 0;
    for (uint64_t at = 1; at <= 6; at++) {
        toc_faulty_vfs_arm(TOC_FAULT_IO, (long)at, false);
        const enum toc_result result = commit(at, 300000);
        if (result == TOC_STORE) {
            commits++;
            toc_faulty_vfs_disarm();
            continue;
        }
        ck_assert_int_eq(result, TOC_OK);
        if (toc_store_durable(store, true) == TOC_STORE) {
            syncs++;
            ck_assert_int_eq(toc_store_durable(store, false), TOC_STORE);
            ck_assert_int_eq(commit(100, 10), TOC_STORE);
            break;
        }
    }
    ck_assert_uint_ge(commits, 1);
    ck_assert_uint_eq(syncs, 1);
}
END_TEST

/* Keys that retention destroys while a commit is on its way. */
START_TEST(truncating)
{
    ck_assert_int_eq(commit(1, 300000), TOC_OK);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    ck_assert_int_eq(commit(2, 300000), TOC_OK);
    ck_assert_int_eq(toc_store_durable(store, true), TOC_OK);
}
END_TEST

static void note(int64_t time_ms)
{
    ck_assert_int_eq(toc_store_audit_add(store, time_ms, 0, "look", "s1"), TOC_OK);
}

/* Of local.db: one sync for all, which comes when it is asked for. */
START_TEST(gathered)
{
    note(1);
    toc_faulty_vfs_arm(TOC_FAULT_IO, LONG_MAX, false);
    note(2);
    const long each = toc_faulty_vfs_calls();
    toc_store_local_gather(store);
    note(3);
    note(4);
    const long written = toc_faulty_vfs_calls();
    ck_assert_int_eq(written, each + 2 * (each - 1));
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
    ck_assert_int_eq(toc_faulty_vfs_calls(), written + 1);
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
    ck_assert_int_eq(toc_faulty_vfs_calls(), written + 1);
    note(5);
    ck_assert_int_eq(toc_faulty_vfs_calls(), written + 1 + each);
}
END_TEST

/* The head of a log that begins anew is never left for later: frames of before would be taken for
 * its own. */
START_TEST(gathered_behind_a_new_head)
{
    long calls[2];
    note(1);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    for (int i = 0; i < 2; i++) {
        toc_faulty_vfs_arm(TOC_FAULT_IO, LONG_MAX, false);
        toc_store_local_gather(store);
        note(2 + i);
        calls[i] = toc_faulty_vfs_calls();
    }
    ck_assert_int_eq(calls[0], calls[1] + 2); /* the head, and its sync */
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
}
END_TEST

/* By the other thread: what is written before it begins needs no other sync, what comes after does.
 */
START_TEST(hastened)
{
    toc_store_local_gather(store);
    toc_store_local_hasten(store); /* nothing is owed */
    note(1);
    toc_faulty_vfs_arm(TOC_FAULT_IO, LONG_MAX, false);
    toc_store_local_hasten(store);
    toc_store_local_hasten(store);
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
    ck_assert_int_eq(toc_faulty_vfs_calls(), 1);
    toc_store_local_gather(store);
    note(2);
    toc_store_local_hasten(store);
    note(3);
    toc_faulty_vfs_arm(TOC_FAULT_IO, LONG_MAX, false);
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
    ck_assert_int_ge(toc_faulty_vfs_calls(), 1);
    /* The thread is the group's first. */
    ck_assert_int_eq(commit(1, 300000), TOC_OK);
    toc_store_local_gather(store);
    note(4);
    toc_store_local_hasten(store);
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK);
    ck_assert_int_eq(toc_store_durable(store, true), TOC_OK);
}
END_TEST

/* What a disk took and then would not keep: nothing more is said on the strength of it. */
START_TEST(gathered_and_lost)
{
    toc_store_local_gather(store);
    note(1);
    toc_faulty_vfs_arm(TOC_FAULT_IO, 1, false);
    if (_i == 1) {
        toc_store_local_hasten(store);
    }
    ck_assert_int_eq(toc_store_local_keep(store), TOC_STORE);
    ck_assert_ptr_nonnull(strstr(toc_store_why(store), "local.db"));
    ck_assert_int_eq(toc_store_local_keep(store), TOC_OK); /* as disks do */
    ck_assert_int_eq(toc_store_durable(store, false), TOC_STORE);
    ck_assert_int_eq(commit(1, 10), TOC_STORE);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("fault/store_sync");
    TCase *const tests = tcase_create("sync");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, large_and_small);
    tcase_add_test(tests, hurried);
    tcase_add_test(tests, failing);
    tcase_add_test(tests, truncating);
    tcase_add_test(tests, gathered);
    tcase_add_test(tests, gathered_behind_a_new_head);
    tcase_add_test(tests, hastened);
    tcase_add_loop_test(tests, gathered_and_lost, 0, 2);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
