#include "print_csv.h"
#include "runner.h"
#include <stdlib.h>
#include <string.h>

static char *cell(const char *text)
{
    char *shown = NULL;
    size_t len = 0;
    FILE *const file = open_memstream(&shown, &len);
    ck_assert_ptr_nonnull(file);
    toc_csv_cell(file, text);
    ck_assert_int_eq(fclose(file), 0);
    return shown;
}

static void expect(const char *text, const char *expected)
{
    char *const shown = cell(text);
    ck_assert_str_eq(shown, expected);
    free(shown);
}

START_TEST(what_needs_quotes_has_them)
{
    expect("", "");
    expect(NULL, "");
    expect("Aire Surfacing Limited", "Aire Surfacing Limited");
    expect("Smith, Jones & Co", "\"Smith, Jones & Co\"");
    expect("The \"Best\" Ltd", "\"The \"\"Best\"\" Ltd\"");
    expect("a;b", "\"a;b\"");
    expect(" a", "\" a\"");
    expect("a ", "\"a \"");
    expect("Ynys M\xc3\xb4n", "Ynys M\xc3\xb4n");
}
END_TEST

START_TEST(what_a_spreadsheet_would_obey_is_harmless)
{
    expect("=1+1", "'=1+1");
    expect("+44 113 496 0000", "'+44 113 496 0000");
    expect("-cmd", "'-cmd");
    expect("@SUM(A1)", "'@SUM(A1)");
    expect(" =1", "\"' =1\"");
    expect("\t=1", "\"'?=1\"");
    expect("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    expect("-", "'-");
    expect("-12-1", "'-12-1");
    expect("-1.", "'-1.");
    expect("1=1", "1=1");
}
END_TEST

START_TEST(numbers_stay_numbers)
{
    expect("-12", "-12");
    expect("-12.50", "-12.50");
    expect("0", "0");
    expect("0.25", "0.25");
    expect("01234567", "01234567");
}
END_TEST

START_TEST(control_characters_are_shown_not_obeyed)
{
    expect("a\033[31m", "a?[31m");
    expect("a\nb", "\"a?b\"");
    expect("a\rb", "\"a?b\"");
    expect("a\xe2\x80\xae", "a?");
    expect("\xff", "?");
}
END_TEST

START_TEST(a_line)
{
    const char *const cells[] = {"s17", NULL, "A, B", "-3"};
    char *shown = NULL;
    size_t len = 0;
    FILE *const file = open_memstream(&shown, &len);
    ck_assert_ptr_nonnull(file);
    toc_csv_line(file, cells, 4);
    toc_csv_line(file, cells, 1);
    toc_csv_line(file, cells, 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_str_eq(shown, "s17,,\"A, B\",-3\r\ns17\r\n\r\n");
    free(shown);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_print_csv");
    TCase *all = tcase_create("all");
    tcase_add_test(all, what_needs_quotes_has_them);
    tcase_add_test(all, what_a_spreadsheet_would_obey_is_harmless);
    tcase_add_test(all, numbers_stay_numbers);
    tcase_add_test(all, control_characters_are_shown_not_obeyed);
    tcase_add_test(all, a_line);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
