#include "arena.h"
#include "ensure.h"
#include "runner.h"
#include <string.h>

static struct toc_arena *arena;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(1024 * 1024, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
    ck_assert_ptr_null(arena);
    toc_arena_free(&arena);
    toc_arena_free(NULL);
}

START_TEST(allocations_are_aligned_and_apart)
{
    uint8_t *last = NULL;
    for (size_t len = 1; len < 100; len++) {
        uint8_t *const at = toc_arena_get(arena, len);
        ck_assert_ptr_nonnull(at);
        ck_assert_uint_eq((uintptr_t)at % 16, 0);
        memset(at, (int)len, len);
        if (last != NULL) {
            ck_assert_int_eq(last[len - 2], (int)len - 1);
        }
        last = at;
    }
}
END_TEST

START_TEST(cap_is_exact)
{
    ck_assert_ptr_nonnull(toc_arena_get(arena, 1024 * 1024 - 16));
    ck_assert_ptr_null(toc_arena_get(arena, 17));
    ck_assert_ptr_nonnull(toc_arena_get(arena, 16));
    ck_assert_ptr_null(toc_arena_get(arena, 1));
    ck_assert_ptr_nonnull(toc_arena_get(arena, 0));
    ck_assert_uint_eq(toc_arena_used(arena), 1024 * 1024);
    toc_arena_reset(arena);
    ck_assert_uint_eq(toc_arena_used(arena), 0);
    ck_assert_ptr_nonnull(toc_arena_get(arena, 1024 * 1024));
    ck_assert_ptr_null(toc_arena_get(arena, 1));
}
END_TEST

START_TEST(absurd_lengths)
{
    ck_assert_ptr_null(toc_arena_get(arena, SIZE_MAX));
    ck_assert_ptr_null(toc_arena_get(arena, SIZE_MAX - 15));
    ck_assert_ptr_null(toc_arena_zero(arena, SIZE_MAX / 2, 3));
    ck_assert_uint_eq(toc_arena_used(arena), 0);
}
END_TEST

START_TEST(zero_clears_reused_memory)
{
    memset(toc_arena_get(arena, 4096), 0xff, 4096);
    toc_arena_reset(arena);
    const uint8_t *const at = toc_arena_zero(arena, 64, 64);
    for (size_t i = 0; i < 4096; i++) {
        ck_assert_int_eq(at[i], 0);
    }
    ck_assert_ptr_nonnull(toc_arena_zero(arena, 0, 8));
}
END_TEST

START_TEST(copies_and_texts)
{
    struct toc_bytes copy = {.data = NULL, .len = 9};
    ck_assert_int_eq(toc_arena_copy(arena, toc_bytes_text("bell"), &copy), TOC_OK);
    ck_assert(toc_bytes_equal(copy, toc_bytes_text("bell")));
    ck_assert_int_eq(toc_arena_copy(arena, toc_bytes_of(NULL, 0), &copy), TOC_OK);
    ck_assert_uint_eq(copy.len, 0);
    ck_assert_str_eq(toc_arena_text(arena, toc_bytes_of("bells", 4)), "bell");
    ck_assert_str_eq(toc_arena_text(arena, toc_bytes_of(NULL, 0)), "");
    toc_arena_limit(arena, 0);
    copy.len = 77;
    ck_assert_int_eq(toc_arena_copy(arena, toc_bytes_text("x"), &copy), TOC_NOMEM);
    ck_assert_uint_eq(copy.len, 77);
    ck_assert_ptr_null(toc_arena_text(arena, toc_bytes_text("")));
}
END_TEST

START_TEST(limit_binds_and_lifts)
{
    ck_assert_ptr_nonnull(toc_arena_get(arena, 100));
    toc_arena_limit(arena, 32);
    ck_assert_ptr_nonnull(toc_arena_get(arena, 32));
    ck_assert_ptr_null(toc_arena_get(arena, 1));
    toc_arena_limit(arena, SIZE_MAX);
    ck_assert_ptr_nonnull(toc_arena_get(arena, 1));
    ck_assert_ptr_null(toc_arena_get(arena, 1024 * 1024));
    toc_arena_limit(arena, 16);
    toc_arena_reset(arena);
    ck_assert_ptr_nonnull(toc_arena_get(arena, 4096));
}
END_TEST

/* Blocks of all sizes in turn, over many resets: the sanitizer sees what is lost or overrun. */
START_TEST(large_and_small_mixed)
{
    for (int round = 0; round < 20; round++) {
        for (size_t len = 1; len < 200000; len = len * 3 + 1) {
            uint8_t *const at = toc_arena_get(arena, len);
            ck_assert_ptr_nonnull(at);
            memset(at, 1, len);
        }
        toc_arena_reset(arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *tcase = tcase_create("arena");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, allocations_are_aligned_and_apart);
    tcase_add_test(tcase, cap_is_exact);
    tcase_add_test(tcase, absurd_lengths);
    tcase_add_test(tcase, zero_clears_reused_memory);
    tcase_add_test(tcase, copies_and_texts);
    tcase_add_test(tcase, limit_binds_and_lifts);
    tcase_add_test(tcase, large_and_small_mixed);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
