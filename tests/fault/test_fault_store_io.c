/* Each write, sync and truncation of the store fails in turn, once and for good. */
#include "faulty_vfs.h"
#include "runner.h"
#include "scratch.h"
#include "store_script.h"
#include <stdio.h>
#include <unistd.h>

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
    {TOC_FAULT_IO, false, 1},  {TOC_FAULT_IO, true, 3},    {TOC_FAULT_FULL, false, 1},
    {TOC_FAULT_FULL, true, 3}, {TOC_FAULT_TORN, false, 1},
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

int main(void)
{
    Suite *const suite = suite_create("fault/store_io");
    TCase *const tests = tcase_create("io");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, every_call, 0, (int)(sizeof cases / sizeof cases[0]));
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
