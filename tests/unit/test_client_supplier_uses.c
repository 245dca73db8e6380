#include "ensure.h"
#include "runner.h"
#include "supplier_uses.h"

static struct toc_uses uses_of(const char *json, json_t **ret_rows)
{
    struct toc_uses uses = {0};
    *ret_rows = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(*ret_rows);
    ck_assert_int_eq(toc_uses_of(*ret_rows, &uses), TOC_OK);
    return uses;
}

START_TEST(categories_of_one_council_and_year_are_one)
{
    TOC_AUTO(toc_json_free) json_t *rows = NULL;
    TOC_AUTO(toc_uses_done)
    struct toc_uses uses = uses_of(
        "[{\"member\":\"leeds\",\"year\":2015,\"months\":[\"2015-10\"],\"spend\":1000,"
        "\"contracts\":1,\"earliest_end\":\"2018-Q1\"},"
        " {\"member\":\"york\",\"year\":2015,\"months\":[\"2015-10\",\"2015-11\"],\"spend\":9000},"
        " {\"member\":\"leeds\",\"year\":2015,\"months\":[\"2015-11\"],\"spend\":3000,"
        "\"contracts\":2,\"earliest_end\":\"2017-Q4\"},"
        " {\"member\":\"leeds\",\"year\":2016,\"months\":[\"2016-04\"],\"spend\":-500,"
        "\"earliest_end\":null}]",
        &rows);
    ck_assert_uint_eq(uses.len, 3);
    ck_assert_uint_eq(uses.items[0].year, 2016);
    ck_assert_int_eq(uses.items[0].spend, -500);
    ck_assert_str_eq(uses.items[0].earliest_end, "");
    ck_assert_str_eq(uses.items[1].member, "york");
    ck_assert_str_eq(uses.items[2].member, "leeds");
    ck_assert_int_eq(uses.items[2].spend, 4000);
    ck_assert_int_eq(uses.items[2].contracts, 3);
    ck_assert_uint_eq(uses.items[2].months, 3u << 6);
    ck_assert_str_eq(uses.items[2].earliest_end, "2017-Q4");
    ck_assert_int_eq(toc_use_a_month(&uses.items[2]), 2000);
    ck_assert(toc_uses_comparable(&uses, 2015));
    ck_assert(toc_uses_comparable(&uses, 2016));
    ck_assert(toc_uses_comparable(&uses, 2030));
    ck_assert_uint_eq(toc_uses_members(&uses), 2);
}
END_TEST

START_TEST(other_months_do_not_compare)
{
    TOC_AUTO(toc_json_free) json_t *rows = NULL;
    TOC_AUTO(toc_uses_done)
    struct toc_uses uses =
        uses_of("[{\"member\":\"a\",\"year\":2015,\"months\":[\"2015-10\"],\"spend\":1},"
                " {\"member\":\"b\",\"year\":2015,\"months\":[\"2015-11\"],\"spend\":1},"
                " {\"member\":\"c\",\"year\":2014,\"months\":[],\"spend\":1}]",
                &rows);
    ck_assert(!toc_uses_comparable(&uses, 2015));
    ck_assert(toc_uses_comparable(&uses, 2014));
    ck_assert_str_eq(uses.items[0].member, "a");
    ck_assert_int_eq(toc_use_a_month(&uses.items[2]), 0);
    ck_assert_uint_eq(toc_uses_members(&uses), 3);
}
END_TEST

START_TEST(nothing_and_nonsense)
{
    TOC_AUTO(toc_json_free) json_t *rows = NULL;
    TOC_AUTO(toc_uses_done) struct toc_uses none = {0};
    TOC_AUTO(toc_uses_done)
    struct toc_uses uses = uses_of("[7, null, {}, {\"year\":\"x\"}]", &rows);
    ck_assert_int_eq(toc_uses_of(NULL, &none), TOC_OK);
    ck_assert_uint_eq(none.len, 0);
    ck_assert_uint_eq(toc_uses_members(&none), 0);
    ck_assert_uint_eq(uses.len, 1);
    ck_assert_str_eq(uses.items[0].member, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_supplier_uses");
    TCase *all = tcase_create("all");
    tcase_add_test(all, categories_of_one_council_and_year_are_one);
    tcase_add_test(all, other_months_do_not_compare);
    tcase_add_test(all, nothing_and_nonsense);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
