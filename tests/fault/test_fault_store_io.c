/* Each write, sync and truncation of the store fails in turn, once and for good. */
#include "faulty_vfs.h"
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include "store_script.h"
#include <stdio.h>
#include <string.h>

static char folder[PATH_MAX];

static void setup(void)
{
    toc_faulty_vfs_install();
    toc_scratch_new(folder);
    toc_script_learn(folder);
    toc_scratch_remove(folder);
}

static const char *const fault_names[] = {"I/O error", "disk full", "torn write"};

static const struct {
    enum toc_fault fault;
    bool forever;
    long stride; /* what stays broken differs little from one call to the next */
} cases[] = {
    {TOC_FAULT_IO, false, 1},  {TOC_FAULT_IO, true, 7},    {TOC_FAULT_FULL, false, 1},
    {TOC_FAULT_FULL, true, 7}, {TOC_FAULT_TORN, false, 2},
};

START_TEST(every_call)
{
    const enum toc_fault fault = cases[_i].fault;
    bool reached = true;
    long at = 1;
    while (reached) {
        char what[96];
        (void)snprintf(what, sizeof what, "%s at call %ld %s", fault_names[fault], at,
                       cases[_i].forever ? "for good" : "once");
        toc_scratch_new(folder);
        toc_faulty_vfs_arm(fault, at, cases[_i].forever);
        /* A failed checkpoint while closing is nobody's failure, so what counts is the calls. */
        (void)toc_script_run(folder, toc_faulty_vfs_disarm, what);
        reached = toc_faulty_vfs_calls() >= at;
        toc_scratch_remove(folder);
        at += cases[_i].stride;
    }
    ck_assert_int_gt(at, 100);
}
END_TEST

/* A caller that goes on after a failure: nothing of the transaction may be committed, although the
 * statements after the failure would have worked. */
START_TEST(going_on_regardless)
{
    long at = 0;
    bool reached = true;
    while (reached) {
        toc_scratch_new(folder);
        struct toc_store *store = toc_fixture_store(folder);
        toc_fixture_begin(store);
        toc_faulty_vfs_arm(_i == 0 ? TOC_FAULT_IO : TOC_FAULT_FULL, ++at, false);
        /* More than the page cache holds, so that it writes before the commit. */
        static char text[TOC_BATCH_LEN_MAX];
        memset(text, 'r', sizeof text - 1);
        bool failed = false;
        for (uint64_t version = 1; version <= 180; version++) {
            failed |= toc_store_roster_add(store, version, toc_bytes_text(text)) != TOC_OK;
        }
        const enum toc_result result = toc_store_commit(store);
        reached = toc_faulty_vfs_calls() >= at;
        ck_assert_int_eq(result, reached ? TOC_STORE : TOC_OK);
        ck_assert(!failed || reached);
        ck_assert_uint_eq(toc_store_roster_last(store), reached ? 0 : 180);
        toc_faulty_vfs_disarm();
        toc_fixture_begin(store);
        ck_assert_int_eq(toc_store_roster_add(store, 500, toc_bytes_text("room again")), TOC_OK);
        toc_fixture_commit(store);
        toc_store_close(&store);
        toc_scratch_remove(folder);
    }
    ck_assert_int_gt(at, 100);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("fault/store_io");
    TCase *const tests = tcase_create("io");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, every_call, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_loop_test(tests, going_on_regardless, 0, 2);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
