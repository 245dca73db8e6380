/* The power goes at any write, sync or truncation, and what was not synced is lost, torn or there
 * all the same. What was acknowledged is there; the step under way is there wholly or not at all.
 */
#include "cut_vfs.h"
#include "runner.h"
#include "scratch.h"
#include "store_script.h"
#include <stdio.h>
#include <stdlib.h>

static char folder[PATH_MAX];

static void setup(void)
{
    toc_cut_vfs_install();
    toc_scratch_new(folder);
    toc_cut_vfs_arm(0, 0);
    toc_script_power();
    toc_script_learn(folder);
    toc_scratch_remove(folder);
}

static void nothing(void)
{
    /* The power is back by itself, once the last file is closed. */
}

START_TEST(any_moment)
{
    const char *const text = getenv("TOC_FAULT_STRIDE"); /* 1: every call */
    const long stride = text == NULL ? 13 : strtol(text, NULL, 10);
    bool reached = true;
    long kept = 0;
    long lost = 0;
    long runs = 0;
    for (long at = 1 + _i; reached; at += stride) {
        char what[96];
        (void)snprintf(what, sizeof what, "power cut at call %ld, seed %d", at, _i);
        toc_scratch_new(folder);
        toc_cut_vfs_arm(at, (uint64_t)_i * 1000003 + (uint64_t)at);
        (void)toc_script_run(folder, nothing, what);
        reached = toc_cut_vfs_calls() >= at;
        toc_scratch_remove(folder);
        runs++;
    }
    toc_cut_vfs_count(&kept, &lost);
    ck_assert_int_gt(runs, 10);
    ck_assert_int_gt(kept, runs);
    ck_assert_int_gt(lost, runs);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("fault/store_power");
    TCase *const tests = tcase_create("power");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_set_timeout(tests, 1200);
    tcase_add_loop_test(tests, any_moment, 0, 3);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
