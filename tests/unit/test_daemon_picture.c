/* The picture against a naive one, computed anew from the records that stand. */
#include "picture_model.h"
#include "runner.h"
#include "store_fixture.h"
#include <stdio.h>
#include <string.h>

static struct toc_arena *arena;
static struct toc_store *store;
static struct toc_model model;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(64 * 1024 * 1024, &arena), TOC_OK);
    store = toc_fixture_store(NULL);
    model = (struct toc_model){.random = 1};
}

static void teardown(void)
{
    toc_store_close(&store);
    toc_arena_free(&arena);
}

static struct toc_exposure exposure_of(const char *name, const char *number, unsigned year,
                                       unsigned category, int64_t spend)
{
    struct toc_exposure exposure;
    toc_exposure_init(&exposure);
    exposure.name = name;
    exposure.scheme = number == NULL ? "" : "GB-COH";
    exposure.id = number == NULL ? "" : number;
    exposure.id_basis = number == NULL ? TOC_ID_NONE : TOC_ID_STATED;
    exposure.year = year;
    exposure.months = 0xfff;
    exposure.spend_thousands = spend;
    ck_assert(toc_category_of_code(category, &exposure.category));
    ck_assert_int_eq(toc_exposure_derive(arena, &exposure), TOC_OK);
    return exposure;
}

static void put(const char *publisher, uint64_t sequence, struct toc_exposure exposure)
{
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_picture_put(store, publisher, sequence, &exposure), TOC_OK);
    toc_fixture_commit(store);
}

static void drop(const char *publisher, uint64_t sequence)
{
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_picture_drop(store, publisher, sequence), TOC_OK);
    toc_fixture_commit(store);
}

static enum toc_result get(const char *subject, struct toc_picture_row *ret_row)
{
    return toc_store_picture_get(store, subject, 2015, TOC_PICTURE_ALL, arena, ret_row);
}

static uint64_t ambiguous(void)
{
    uint64_t count = 99;
    ck_assert_int_eq(toc_store_picture_ambiguous(store, 2015, &count), TOC_OK);
    return count;
}

/* ---- joining ---- */

START_TEST(test_a_name_joins_its_one_number)
{
    struct toc_picture_row row;
    put("hull", 1, exposure_of("ACME LTD", NULL, 2015, 145, 5));
    ck_assert_int_eq(get("name:acme ltd", &row), TOC_OK);
    ck_assert_int_eq(row.match, TOC_PICTURE_BY_NAME);
    put("leeds", 1, exposure_of("Acme Limited", "01234567", 2015, 145, 7));
    ck_assert_int_eq(get("name:acme ltd", &row), TOC_NOTFOUND);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 2);
    ck_assert_int_eq(row.spend_thousands, 12);
    ck_assert_int_eq(row.match, TOC_PICTURE_BY_BOTH);
    ck_assert_str_eq(row.name, "ACME LTD"); /* one council each: the first in order of bytes */
    /* Later ones join as they come. */
    put("york", 1, exposure_of("Acme Limited", NULL, 2015, 145, 1));
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 3);
    ck_assert_str_eq(row.name, "Acme Limited"); /* two councils write it so */
    drop("leeds", 1);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_NOTFOUND);
    ck_assert_int_eq(get("name:acme ltd", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 2);
    ck_assert_int_eq(row.spend_thousands, 6);
}
END_TEST

START_TEST(test_a_name_with_two_numbers_joins_neither)
{
    struct toc_picture_row row;
    put("hull", 1, exposure_of("Acme Ltd", NULL, 2015, 145, 5));
    put("leeds", 1, exposure_of("Acme Ltd", "01234567", 2015, 145, 7));
    ck_assert_uint_eq(ambiguous(), 0);
    put("york", 1, exposure_of("ACME LIMITED", "07654321", 2015, 145, 9));
    ck_assert_uint_eq(ambiguous(), 1);
    ck_assert_int_eq(get("name:acme ltd", &row), TOC_OK);
    ck_assert(row.ambiguous);
    ck_assert_int_eq(row.spend_thousands, 5);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 1);
    const char *numbers[4];
    size_t len;
    ck_assert_int_eq(toc_store_picture_numbers(store, "acme ltd", arena, numbers, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_str_eq(numbers[0], "GB-COH-01234567");
    drop("leeds", 1);
    ck_assert_uint_eq(ambiguous(), 0);
    ck_assert_int_eq(get("GB-COH-07654321", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 2);
}
END_TEST

START_TEST(test_a_number_under_several_names)
{
    struct toc_picture_row row;
    struct toc_picture_name names[TOC_PICTURE_NAMES_MAX];
    size_t len;
    put("hull", 1, exposure_of("Beta Ltd", "01234567", 2015, 145, 1));
    put("leeds", 1, exposure_of("Alpha Ltd", "01234567", 2015, 145, 1));
    put("leeds", 2, exposure_of("Alpha Ltd", "01234567", 2015, 3 + 100, 1));
    put("york", 1, exposure_of("Beta Ltd", "01234567", 2015, 145, 1));
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 3);
    ck_assert_str_eq(row.name, "Beta Ltd");
    ck_assert_uint_eq(row.categories_len, 2);
    ck_assert_int_eq(toc_store_picture_names(store, "GB-COH-01234567", arena, names, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_uint_eq(names[0].councils, 2);
    /* Both names lead to it. */
    put("wakefield", 1, exposure_of("ALPHA LIMITED", NULL, 2015, 145, 1));
    put("wakefield", 2, exposure_of("BETA LIMITED", NULL, 2015, 145, 1));
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 4);
    drop("leeds", 1);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK); /* leeds has one of that name left */
    ck_assert_uint_eq(row.councils, 4);
    drop("leeds", 2);
    ck_assert_int_eq(get("name:alpha ltd", &row), TOC_OK);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 3);
}
END_TEST

/* More records than are moved at once. */
START_TEST(test_many_records_move)
{
    struct toc_picture_row row;
    char publisher[16];
    for (unsigned i = 0; i < 70; i++) {
        (void)snprintf(publisher, sizeof publisher, "m%u", i);
        for (uint64_t sequence = 1; sequence <= 3; sequence++) {
            put(publisher, sequence,
                exposure_of("Acme Ltd", NULL, 2014 + (unsigned)sequence, 145, 1));
        }
    }
    put("leeds", 1, exposure_of("Acme Ltd", "01234567", 2020, 145, 1));
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 70);
    ck_assert_int_eq(get("name:acme ltd", &row), TOC_NOTFOUND);
    drop("leeds", 1);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_NOTFOUND);
    ck_assert_int_eq(get("name:acme ltd", &row), TOC_OK);
    ck_assert_uint_eq(row.councils, 70);
}
END_TEST

START_TEST(test_what_is_put_again_is_replaced)
{
    struct toc_picture_row row;
    put("leeds", 1, exposure_of("Acme Ltd", "01234567", 2015, 145, 7));
    put("leeds", 1, exposure_of("Bolt Ltd", NULL, 2015, 145, 2));
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_NOTFOUND);
    ck_assert_int_eq(get("name:bolt ltd", &row), TOC_OK);
    drop("leeds", 9);  /* nothing there */
    drop("nobody", 1); /* nobody */
    drop("leeds", 1);
    drop("leeds", 1);
    ck_assert_int_eq(get("name:bolt ltd", &row), TOC_NOTFOUND);
}
END_TEST

START_TEST(test_rolled_back_counts_are_forgotten)
{
    const struct toc_exposure exposure = exposure_of("Acme Ltd", NULL, 2015, 145, 7);
    uint64_t total;
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_picture_put(store, "leeds", 1, &exposure), TOC_OK);
    toc_store_rollback(store);
    put("hull", 1, exposure);
    ck_assert_int_eq(toc_store_picture_total(store, 2015, TOC_PICTURE_ALL, 1, &total), TOC_OK);
    ck_assert_uint_eq(total, 1);
    /* Inside a transaction what waits is seen. */
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_picture_drop(store, "hull", 1), TOC_OK);
    ck_assert_int_eq(toc_store_picture_total(store, 2015, TOC_PICTURE_ALL, 1, &total), TOC_OK);
    ck_assert_uint_eq(total, 0);
    toc_fixture_commit(store);
}
END_TEST

/* ---- against the model ---- */

static void compare(void)
{
    toc_model_derive(&model, arena);
    toc_model_compare(&model, store, arena);
    toc_model_compare_exposed(&model, store, arena);
    toc_arena_reset(arena);
}

START_TEST(test_random_changes_agree_with_the_model)
{
    model.random = (uint64_t)_i + 1;
    for (unsigned round = 0; round < 40; round++) {
        toc_fixture_begin(store);
        for (unsigned i = 0; i < 12; i++) {
            toc_model_step(&model, store, arena);
            toc_model_compare_exposed(&model, store, arena);
        }
        if (round % 5 == 4) {
            toc_store_rollback(store);
            toc_model_back(&model);
        } else {
            toc_fixture_commit(store);
            toc_model_keep(&model);
        }
        compare();
    }
}
END_TEST

static struct toc_hash digest_of(struct toc_store *of)
{
    struct toc_hash hash;
    ck_assert_int_eq(toc_store_picture_digest(of, &toc_hash_zero, &hash), TOC_OK);
    return hash;
}

/* However they came, and whatever came and went besides. */
START_TEST(test_order_of_arrival_does_not_matter)
{
    model.random = (uint64_t)_i + 100;
    toc_fixture_begin(store);
    for (unsigned i = 0; i < 300; i++) {
        toc_model_step(&model, store, arena);
    }
    toc_fixture_commit(store);
    const struct toc_hash hash = digest_of(store);
    for (unsigned order = 0; order < 3; order++) {
        struct toc_store *other = toc_fixture_store(NULL);
        toc_fixture_begin(other);
        toc_model_replay(&model, other, arena);
        toc_fixture_commit(other);
        const struct toc_hash again = digest_of(other);
        ck_assert(toc_hash_equal(&hash, &again));
        toc_store_close(&other);
    }
    /* Everything gone is nothing at all. */
    struct toc_store *empty = toc_fixture_store(NULL);
    const struct toc_hash none = digest_of(empty);
    toc_fixture_begin(store);
    for (unsigned i = 0; i < TOC_MODEL_MEMBERS; i++) {
        ck_assert_int_eq(toc_store_picture_clear(store, toc_model_member(i), 1, UINT64_MAX),
                         TOC_OK);
    }
    toc_fixture_commit(store);
    const struct toc_hash cleared = digest_of(store);
    ck_assert(toc_hash_equal(&none, &cleared));
    toc_store_close(&empty);
}
END_TEST

START_TEST(test_digest_sees_every_part)
{
    const struct toc_hash none = digest_of(store);
    put("leeds", 1, exposure_of("Acme Ltd", "01234567", 2015, 145, 7));
    const struct toc_hash one = digest_of(store);
    ck_assert(!toc_hash_equal(&none, &one));
    put("leeds", 1, exposure_of("Acme Ltd", "01234567", 2015, 145, 8));
    const struct toc_hash spend = digest_of(store);
    ck_assert(!toc_hash_equal(&one, &spend));
    put("leeds", 1, exposure_of("Acme ltd", "01234567", 2015, 145, 7));
    const struct toc_hash name = digest_of(store);
    ck_assert(!toc_hash_equal(&one, &name));
    drop("leeds", 1);
    put("hull", 1, exposure_of("Acme Ltd", "01234567", 2015, 145, 7));
    const struct toc_hash member = digest_of(store);
    ck_assert(!toc_hash_equal(&one, &member));
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_picture_clear(store, NULL, 0, 0), TOC_OK);
    toc_fixture_commit(store);
    const struct toc_hash cleared = digest_of(store);
    ck_assert(toc_hash_equal(&none, &cleared));
}
END_TEST

START_TEST(test_clear_takes_a_range)
{
    struct toc_picture_row row;
    for (uint64_t sequence = 1; sequence <= 9; sequence++) {
        put("leeds", sequence, exposure_of("Acme Ltd", "01234567", 2015, 145, 1));
    }
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_picture_clear(store, "leeds", 3, 5), TOC_OK);
    ck_assert_int_eq(toc_store_picture_clear(store, "leeds", 6, 5), TOC_OK);
    ck_assert_int_eq(toc_store_picture_clear(store, "nobody", 1, UINT64_MAX), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_int_eq(get("GB-COH-01234567", &row), TOC_OK);
    ck_assert_int_eq(row.spend_thousands, 6);
    ck_assert_uint_eq(row.councils, 1);
}
END_TEST

/* What a hostile member might publish does not break sums. */
START_TEST(test_absurd_sums_stay_whole)
{
    struct toc_picture_category category;
    size_t len;
    for (uint64_t sequence = 1; sequence <= 600; sequence++) {
        put("leeds", sequence,
            exposure_of("Acme Ltd", "01234567", 2015, 145, TOC_EXPOSURE_THOUSANDS_MAX));
    }
    ck_assert_int_eq(toc_store_picture_categories(store, 2015, -1, arena, &category, 1, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert(category.herfindahl > 0.999 && category.herfindahl < 1.001);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("picture");
    TCase *const tcase = tcase_create("picture");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_a_name_joins_its_one_number);
    tcase_add_test(tcase, test_a_name_with_two_numbers_joins_neither);
    tcase_add_test(tcase, test_a_number_under_several_names);
    tcase_add_test(tcase, test_many_records_move);
    tcase_add_test(tcase, test_what_is_put_again_is_replaced);
    tcase_add_test(tcase, test_rolled_back_counts_are_forgotten);
    tcase_add_loop_test(tcase, test_random_changes_agree_with_the_model, 0, 4);
    tcase_add_loop_test(tcase, test_order_of_arrival_does_not_matter, 0, 4);
    tcase_add_test(tcase, test_digest_sees_every_part);
    tcase_add_test(tcase, test_clear_takes_a_range);
    tcase_add_test(tcase, test_absurd_sums_stay_whole);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
