#include "import_payee.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

static struct toc_arena *arena;
static struct toc_row_payees payees;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(4 * 1024 * 1024, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static void read_row(const char *name, const char *company, const char *charity)
{
    ck_assert_int_eq(toc_payees_read(arena, name, company, charity, &payees), TOC_OK);
}

struct payee_case {
    const char *name;
    const char *company;
    const char *charity;
    const char *names[3];
    const char *ids[3];
    size_t left_out;
    bool held;
};
static const struct payee_case cases[] = {
    {"Acme Ltd", "", "", {"Acme Ltd"}, {""}, 0, false},
    {" Acme \n Ltd ", "01234567", "", {"Acme", "Ltd"}, {"", ""}, 0, true},
    {"Acme Ltd", "1234567", "", {"Acme Ltd"}, {"01234567"}, 0, false},
    {"Acme Trust", "", "289868", {"Acme Trust"}, {"289868"}, 0, false},
    {"Acme Trust", "01234567", "289868", {"Acme Trust"}, {"01234567"}, 0, false},
    {"Acme", "N/A", "", {"Acme"}, {""}, 0, true},
    {"Acme Ltd", "123456789", "", {"Acme Ltd"}, {""}, 0, false},
    {"", "", "", {NULL}, {NULL}, 0, false},
    {"Various", "", "", {NULL}, {NULL}, 0, false},
    {"Mr J Example", "", "", {NULL}, {NULL}, 1, false},
    {"J Example t/a Example Paving", "", "", {NULL}, {NULL}, 1, false},
    {"Acme Ltd; Beacon plc", "", "", {"Acme Ltd", "Beacon plc"}, {"", ""}, 0, false},
    {"Acme Ltd|Beacon plc",
     "01234567 + SC123456",
     "",
     {"Acme Ltd", "Beacon plc"},
     {"01234567", "SC123456"},
     0,
     false},
    {"Acme Ltd\nBeacon plc\n", "01234567", "", {"Acme Ltd", "Beacon plc"}, {"", ""}, 0, false},
    {"Acme Ltd, Beacon plc", "", "", {"Acme Ltd", "Beacon plc"}, {"", ""}, 0, false},
    {"Acme Ltd / Beacon plc", "", "", {"Acme Ltd", "Beacon plc"}, {"", ""}, 0, false},
    {"Smith, Jones & Co Ltd", "", "", {"Smith, Jones & Co Ltd"}, {""}, 0, false},
    {"Marks and Spencer plc", "", "", {"Marks and Spencer plc"}, {""}, 0, false},
    /* Beside an organisation a person is still one, and does not borrow its suffix. */
    {"Acme Ltd; Mr J Example", "", "", {"Acme Ltd"}, {""}, 1, false},
    {"Acme Ltd, Mr J Example", "", "", {NULL}, {NULL}, 1, false},
    {"Acme Ltd; John Example", "", "", {"Acme Ltd", "John Example"}, {"", ""}, 0, true},
};

START_TEST(test_cells)
{
    const struct payee_case *const row = &cases[_i];
    size_t len = 0;
    bool held = false;
    read_row(row->name, row->company, row->charity);
    for (; len < 3 && row->names[len] != NULL; len++) {
        ck_assert_uint_lt(len, payees.len);
        ck_assert_str_eq(payees.items[len].name, row->names[len]);
        ck_assert_str_eq(payees.items[len].id.id, row->ids[len]);
        held = held || payees.items[len].held;
    }
    ck_assert_uint_eq(payees.len, len);
    ck_assert_uint_eq(payees.left_out, row->left_out);
    ck_assert_int_eq(held, row->held);
    ck_assert(!payees.national_insurance);
}
END_TEST

START_TEST(test_a_number_that_is_none_is_remarked)
{
    read_row("Acme Ltd", "123456789", "");
    ck_assert_ptr_nonnull(payees.ignored);
    ck_assert(!payees.ignored_charity);
    read_row("Acme Ltd", "", "not a number");
    ck_assert_ptr_nonnull(payees.ignored);
    ck_assert(payees.ignored_charity);
    read_row("Acme Ltd", "N/A", "");
    ck_assert_ptr_null(payees.ignored);
    read_row("Acme Ltd; Beacon plc; Cairn LLP", "01234567", "");
    ck_assert_ptr_nonnull(payees.ignored);
}
END_TEST

START_TEST(test_national_insurance_anywhere)
{
    read_row("Acme Ltd", "AB123456C", "");
    ck_assert(payees.national_insurance);
    read_row("Acme Ltd", "01234567", "AB 12 34 56 C");
    ck_assert(payees.national_insurance);
    read_row("Acme AB123456C Ltd", "", "");
    ck_assert(payees.national_insurance);
}
END_TEST

START_TEST(test_limits)
{
    char text[TOC_ROW_PAYEES_MAX * 16 + 100] = "";
    size_t len = 0;
    for (int i = 0; i < TOC_ROW_PAYEES_MAX; i++) {
        len +=
            (size_t)snprintf(text + len, sizeof text - len, "%sAcme %d Ltd", i == 0 ? "" : ";", i);
    }
    read_row(text, "", "");
    ck_assert_uint_eq(payees.len, TOC_ROW_PAYEES_MAX);
    ck_assert_uint_eq(payees.left_out, 0);
    (void)snprintf(text + len, sizeof text - len, ";One More Ltd");
    read_row(text, "", "");
    ck_assert_uint_eq(payees.len, TOC_ROW_PAYEES_MAX);
    ck_assert_uint_eq(payees.left_out, 1);
    struct toc_arena *tiny = NULL;
    ck_assert_int_eq(toc_arena_new(8, &tiny), TOC_OK);
    ck_assert_int_eq(toc_payees_read(tiny, "Acme Surfacing Limited", "", "", &payees), TOC_NOMEM);
    toc_arena_free(&tiny);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_payee");
    TCase *const tcase = tcase_create("import_payee");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_cells, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tcase, test_a_number_that_is_none_is_remarked);
    tcase_add_test(tcase, test_national_insurance_anywhere);
    tcase_add_test(tcase, test_limits);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
