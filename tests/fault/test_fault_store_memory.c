/* SQLite's allocations fail one after the other, once and for good. */
#include "runner.h"
#include "scratch.h"
#include "store_script.h"
#include <sqlite3.h>
#include <stdio.h>

static char folder[PATH_MAX];
static sqlite3_mem_methods real_memory;
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

static void *faulty_malloc(int len)
{
    return fails_now() ? NULL : real_memory.xMalloc(len);
}

static void *faulty_realloc(void *old, int len)
{
    return fails_now() ? NULL : real_memory.xRealloc(old, len);
}

static void heal(void)
{
    plan.at = 0;
}

static void setup(void)
{
    ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory), SQLITE_OK);
    sqlite3_mem_methods faulty = real_memory;
    faulty.xMalloc = faulty_malloc;
    faulty.xRealloc = faulty_realloc;
    ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty), SQLITE_OK);
    ck_assert_int_eq(sqlite3_initialize(), SQLITE_OK);
    toc_scratch_new(folder);
    toc_script_learn(folder);
    toc_scratch_remove(folder);
}

/* There are tens of thousands: the first ones all, then ever fewer, with no common step. */
START_TEST(allocations)
{
    const bool forever = _i == 1;
    long runs = 0;
    bool reached = true;
    for (long at = 1; reached; at += 1 + at / 25) {
        char what[96];
        (void)snprintf(what, sizeof what, "no memory at call %ld %s", at,
                       forever ? "for good" : "once");
        toc_scratch_new(folder);
        plan.at = at;
        plan.forever = forever;
        plan.calls = 0;
        (void)toc_script_run(folder, heal, what);
        reached = plan.calls >= at;
        toc_scratch_remove(folder);
        runs++;
    }
    ck_assert_int_gt(runs, 100);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("fault/store_memory");
    TCase *const tests = tcase_create("memory");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, allocations, 0, 2);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
