/* A disk that does not keep what a checkpoint copied, says so once, and then that all is well: the
 * log is all there is, and stays. */
#include "faulty_vfs.h"
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include <limits.h>
#include <string.h>

enum { COMMITS = 80, LEN = 300000 }; /* 24 MB: more than a log has before it begins anew */

static char folder[PATH_MAX];
static char text[LEN];

static struct toc_bytes roster(uint64_t version)
{
    memset(text, (int)('a' + version % 26), sizeof text);
    return toc_bytes_of(text, sizeof text);
}

/* How many were stored, from 1. */
static uint64_t fill(struct toc_store *store)
{
    for (uint64_t version = 1; version <= COMMITS; version++) {
        if (toc_store_begin(store) != TOC_OK) {
            return version - 1;
        }
        const enum toc_result added = toc_store_roster_add(store, version, roster(version));
        if (added != TOC_OK || toc_store_commit(store) != TOC_OK) {
            return version - 1;
        }
    }
    return COMMITS;
}

static void check(struct toc_store *store, uint64_t stored)
{
    struct toc_arena *arena = NULL;
    ck_assert_int_eq(toc_arena_new(1 << 20, &arena), TOC_OK);
    for (uint64_t version = 1; version <= stored; version++) {
        struct toc_bytes bytes;
        ck_assert_int_eq(toc_store_roster_get(store, version, arena, &bytes), TOC_OK);
        ck_assert(toc_bytes_equal(bytes, roster(version)));
        toc_arena_reset(arena);
    }
    toc_arena_free(&arena);
}

START_TEST(what_a_database_did_not_keep_is_still_in_the_log)
{
    struct toc_why why = {""};
    toc_faulty_vfs_install();
    toc_scratch_new(folder);
    struct toc_store *store = toc_fixture_store(folder);
    ck_assert_int_eq(toc_store_checkpointer_start(store, &why), TOC_OK);
    toc_faulty_vfs_lose();
    const uint64_t stored = fill(store);
    ck_assert_uint_gt(stored, 0);
    ck_assert(toc_faulty_vfs_lost());
    toc_store_checkpointer_stop(store); /* which has taken note then */
    /* Nothing more is said on the strength of it. */
    ck_assert_int_eq(toc_store_durable(store, true), TOC_STORE);
    ck_assert_ptr_nonnull(strstr(toc_store_why(store), "group.db"));
    toc_store_why_forget(store);
    ck_assert_str_ne(toc_store_why(store), "");
    ck_assert_int_eq(toc_store_durable(store, false), TOC_STORE);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    check(store, stored);
    toc_store_close(&store);
    store = toc_fixture_store(folder); /* copied by that close */
    check(store, stored);
    toc_store_close(&store);
    toc_scratch_remove(folder);
}
END_TEST

/* The owner's own, that retention asks for. */
START_TEST(nor_is_anything_said_after_a_log_that_could_not_be_emptied)
{
    toc_faulty_vfs_install();
    toc_scratch_new(folder);
    struct toc_store *store = toc_fixture_store(folder);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, roster(1)), TOC_OK);
    toc_fixture_commit(store);
    toc_faulty_vfs_lose();
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_STORE);
    ck_assert_int_eq(toc_store_durable(store, true), TOC_STORE);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    check(store, 1);
    toc_store_close(&store);
    toc_scratch_remove(folder);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("fault/store_checkpoint");
    TCase *const tests = tcase_create("checkpoint");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, what_a_database_did_not_keep_is_still_in_the_log);
    tcase_add_test(tests, nor_is_anything_said_after_a_log_that_could_not_be_emptied);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
