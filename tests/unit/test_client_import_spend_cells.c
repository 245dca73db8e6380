#include "category.h"
#include "ensure.h"
#include "import_spend_cells.h"
#include "import_spend_send.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

static struct toc_spend_sums *sums;

static void setup(void)
{
    ck_assert_int_eq(toc_spend_sums_new(7, &sums), TOC_OK);
}

static void teardown(void)
{
    toc_spend_sums_free(&sums);
    ck_assert_ptr_null(sums);
    toc_spend_sums_free(&sums);
}

static uint32_t payee_of(const char *name, const char *company, size_t row)
{
    const struct toc_spend_payee_cells cells = {name, company, "", ""};
    uint32_t payee;
    ck_assert_int_eq(toc_spend_sums_payee(sums, &cells, row, &payee), TOC_OK);
    return payee;
}

START_TEST(test_sums)
{
    const uint32_t a = payee_of("A Ltd", "", 2);
    const uint32_t b = payee_of("B Ltd", "", 3);
    ck_assert_uint_ne(a, b);
    ck_assert_uint_eq(payee_of("A Ltd", "", 9), a);
    ck_assert_uint_ne(payee_of("A Ltd", "01203270", 9), a);
    ck_assert_uint_ne(payee_of("A ltd", "", 9), a); /* a spelling is a payee */
    ck_assert_uint_eq(toc_spend_sums_known(sums, a)->row_first, 2);
    ck_assert_int_eq(toc_spend_sums_add(sums, b, 20, 0, 5), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 20, 0, 100), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 10, 0, 1), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 20, 0, -130), TOC_OK); /* a credit */
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 20, 45, 7), TOC_OK);
    size_t len;
    const struct toc_spend_cell *const cells = toc_spend_sums_cells(sums, &len);
    static const struct toc_spend_cell expected[] = {
        {0, 10, 0, 1, 1}, {0, 20, 0, 2, -30}, {0, 20, 45, 1, 7}, {1, 20, 0, 1, 5}};
    ck_assert_uint_eq(len, 4);
    for (size_t i = 0; i < len; i++) {
        ck_assert_uint_eq(cells[i].payee, expected[i].payee);
        ck_assert_int_eq(cells[i].day, expected[i].day);
        ck_assert_uint_eq(cells[i].category, expected[i].category);
        ck_assert_uint_eq(cells[i].rows, expected[i].rows);
        ck_assert_int_eq(cells[i].pence, expected[i].pence);
    }
    toc_spend_sums_clear(sums);
    ck_assert_uint_eq(payee_of("A Ltd", "", 30), a);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 20, 0, 3), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_cells(sums, &len)[0].pence, 3);
    ck_assert_uint_eq(len, 1);
    toc_spend_sums_forget(sums);
    ck_assert_uint_eq(payee_of("C Ltd", "", 31), 0);
    (void)toc_spend_sums_cells(sums, &len);
    ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(test_money_limit)
{
    const uint32_t a = payee_of("A Ltd", "", 1);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 1, 0, TOC_SPEND_PENCE_MAX), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 1, 0, 1), TOC_INVALID);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 1, 0, -1), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 1, 0, 1), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 2, 0, -TOC_SPEND_PENCE_MAX), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 2, 0, -1), TOC_INVALID);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 3, 0, TOC_SPEND_PENCE_MAX + 1), TOC_INVALID);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 3, 0, INT64_MIN), TOC_INVALID);
}
END_TEST

START_TEST(test_cells_limit)
{
    const uint32_t a = payee_of("A Ltd", "", 1);
    const uint32_t b = payee_of("B Ltd", "", 1);
    for (int32_t i = 0; i < TOC_SPEND_CELLS_MAX / 2; i++) {
        ck_assert_int_eq(toc_spend_sums_add(sums, a, i, 0, 1), TOC_OK);
        ck_assert_int_eq(toc_spend_sums_add(sums, b, i, 0, 1), TOC_OK);
    }
    ck_assert_int_eq(toc_spend_sums_add(sums, a, -1, 0, 1), TOC_TOOBIG);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, 0, 0, 1), TOC_OK); /* no new cell */
    toc_spend_sums_clear(sums);
    ck_assert_int_eq(toc_spend_sums_add(sums, a, -1, 0, 1), TOC_OK);
}
END_TEST

START_TEST(test_payees_limit)
{
    char name[32];
    uint32_t payee;
    const struct toc_spend_payee_cells one_more = {"One more Ltd", "", "", ""};
    for (unsigned i = 0; i < TOC_SPEND_PAYEES_MAX; i++) {
        (void)snprintf(name, sizeof name, "Number %u Ltd", i);
        ck_assert_uint_eq(payee_of(name, "", i), i);
    }
    ck_assert_int_eq(toc_spend_sums_payee(sums, &one_more, 1, &payee), TOC_TOOBIG);
    ck_assert_uint_eq(payee_of("Number 65535 Ltd", "", 1), 65535);
    toc_spend_sums_forget(sums);
    ck_assert_int_eq(toc_spend_sums_payee(sums, &one_more, 1, &payee), TOC_OK);
}
END_TEST

/* Fewer, with names as long as they come: memory is what ends. */
START_TEST(test_names_limit)
{
    static char name[TOC_SPEND_NAME_CELL_MAX + 1];
    uint32_t payee;
    enum toc_result result = TOC_OK;
    unsigned count = 0;
    memset(name, 'x', sizeof name - 1);
    const struct toc_spend_payee_cells cells = {name, "", "", ""};
    for (; result == TOC_OK && count < TOC_SPEND_PAYEES_MAX; count++) {
        const int len = snprintf(name, sizeof name, "%u", count);
        name[len] = 'x';
        result = toc_spend_sums_payee(sums, &cells, 1, &payee);
    }
    ck_assert_int_eq(result, TOC_TOOBIG);
    ck_assert_uint_gt(count, 20000);
}
END_TEST

START_TEST(test_cell_bytes)
{
    const struct toc_category works = {.basis = TOC_CATEGORY_CPV, .division = 45};
    const struct toc_spend_cell cell = {.payee = 9,
                                        .day = -2,
                                        .category = toc_category_code(works),
                                        .rows = 0x01020304,
                                        .pence = -256};
    static const uint8_t expected[TOC_SPEND_CELL_LEN] = {
        0x44, 0x33, 0x22, 0x11, 0xfe, 0xff, 0xff, 0xff, 1,    0,    45,   0,
        0x04, 0x03, 0x02, 0x01, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    uint8_t bytes[TOC_SPEND_CELL_LEN];
    toc_spend_cell_encode(&cell, 0x11223344, bytes);
    ck_assert_mem_eq(bytes, expected, sizeof bytes);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_spend_cells");
    TCase *const tcase = tcase_create("import_spend_cells");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60); /* the limits are far */
    tcase_add_test(tcase, test_sums);
    tcase_add_test(tcase, test_money_limit);
    tcase_add_test(tcase, test_cells_limit);
    tcase_add_test(tcase, test_payees_limit);
    tcase_add_test(tcase, test_names_limit);
    tcase_add_test(tcase, test_cell_bytes);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
