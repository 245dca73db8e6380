/* The index of own suppliers: what is found by what, and that it grows. */
#include "register_own.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

static struct toc_own *own;

static void setup(void)
{
    ck_assert_int_eq(toc_own_new(&own), TOC_OK);
}

static void teardown(void)
{
    toc_own_free(&own);
}

static size_t count(struct toc_own_search search, size_t *ret_last)
{
    size_t found = 0;
    while (toc_own_next(&search, ret_last)) {
        found++;
    }
    return found;
}

START_TEST(test_nothing_is_in_an_empty_one)
{
    size_t place;
    ck_assert_uint_eq(count(toc_own_by_number(own, "01234567"), &place), 0);
    ck_assert_uint_eq(count(toc_own_by_name(own, "acme ltd"), &place), 0);
    ck_assert_uint_eq(count(toc_own_by_name(own, ""), &place), 0);
    ck_assert_uint_eq(toc_own_len(own), 0);
}
END_TEST

START_TEST(test_numbers_and_names_are_apart)
{
    size_t place = 9;
    register_own_add(own, "s1", "01234567", "Acme Limited");
    register_own_add(own, "s2", "", "01234567");
    register_own_add(own, "s3", "", "ACME LTD.");
    ck_assert_int_eq(toc_own_add(own, "s4", "", true), TOC_OK); /* a charity */
    ck_assert_uint_eq(toc_own_len(own), 4);
    ck_assert_uint_eq(count(toc_own_by_number(own, "01234567"), &place), 1);
    ck_assert_uint_eq(place, 0);
    ck_assert_uint_eq(count(toc_own_by_name(own, "01234567"), &place), 1);
    ck_assert_str_eq(toc_own_id(own, place), "s2");
    ck_assert_uint_eq(count(toc_own_by_name(own, "acme ltd"), &place), 2);
    ck_assert_str_eq(toc_own_number(own, 0), "01234567");
    ck_assert(toc_own_numbered(own, 0));
    ck_assert(!toc_own_numbered(own, 1));
    ck_assert(toc_own_numbered(own, 3));
    ck_assert_str_eq(toc_own_number(own, 3), "");
    ck_assert_uint_eq(count(toc_own_by_number(own, ""), &place), 0);
}
END_TEST

START_TEST(test_ten_thousand)
{
    char id[16];
    char number[16];
    char name[40];
    for (unsigned i = 0; i < 10000; i++) {
        (void)snprintf(id, sizeof id, "s%u", i);
        (void)snprintf(number, sizeof number, "%08u", i + 1);
        (void)snprintf(name, sizeof name, "Company %u Ltd", i % 5000);
        register_own_add(own, id, number, name);
    }
    for (unsigned i = 0; i < 10000; i++) {
        size_t place;
        (void)snprintf(number, sizeof number, "%08u", i + 1);
        (void)snprintf(name, sizeof name, "co %u ltd", i % 5000);
        ck_assert_uint_eq(count(toc_own_by_number(own, number), &place), 1);
        ck_assert_uint_eq(place, i);
        ck_assert_uint_eq(count(toc_own_by_name(own, name), &place), 2);
    }
}
END_TEST

START_TEST(test_names_nobody_has)
{
    register_own_add(own, "s1", "", "Acme Surfacing Services Ltd");
    register_own_add(own, "s2", "", "Beacon Ltd");
    register_own_add(own, "s3", "", "The A B C Group");
    ck_assert(toc_own_may_know(own, "ACME SURFACING SERVICES LIMITED"));
    ck_assert(toc_own_may_know(own, "Acme Surfacing Group")); /* may: it begins so */
    ck_assert(toc_own_may_know(own, "BEACON LIMITED"));
    ck_assert(toc_own_may_know(own, "Abc Group"));
    ck_assert(toc_own_may_know(own, "A.B.C. Group"));
    ck_assert(!toc_own_may_know(own, "SOMEBODY ELSE LIMITED"));
    ck_assert(!toc_own_may_know(own, "Acme Holdings Ltd"));
}
END_TEST

START_TEST(test_names_of_one_supplier_at_the_edge)
{
    char name[40];
    size_t place;
    ck_assert_int_eq(toc_own_add(own, "s1", "", false), TOC_OK);
    ck_assert_int_eq(toc_own_add_name(own, ""), TOC_OK); /* nothing to find */
    for (unsigned i = 0; i <= TOC_OWN_KEYS_MAX; i++) {
        (void)snprintf(name, sizeof name, "name %u", i);
        ck_assert_int_eq(toc_own_add_name(own, name), TOC_OK);
        ck_assert_uint_eq(count(toc_own_by_name(own, name), &place), i < TOC_OWN_KEYS_MAX ? 1 : 0);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("own_suppliers");
    TCase *const tcase = tcase_create("own_suppliers");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_nothing_is_in_an_empty_one);
    tcase_add_test(tcase, test_numbers_and_names_are_apart);
    tcase_add_test(tcase, test_ten_thousand);
    tcase_add_test(tcase, test_names_nobody_has);
    tcase_add_test(tcase, test_names_of_one_supplier_at_the_edge);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
