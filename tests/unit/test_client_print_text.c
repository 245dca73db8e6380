#include "print_text.h"
#include "runner.h"
#include <stdlib.h>
#include <string.h>

static const struct toc_paper plain = {.colour = false, .columns = 80};

/* What is printed into a file in memory; the caller frees it. */
struct sheet {
    FILE *file;
    char *text;
    size_t len;
};

static struct sheet *sheet_open(void)
{
    static struct sheet sheet;
    sheet.file = open_memstream(&sheet.text, &sheet.len);
    ck_assert_ptr_nonnull(sheet.file);
    return &sheet;
}

static char *sheet_close(struct sheet *sheet)
{
    ck_assert_int_eq(fclose(sheet->file), 0);
    return sheet->text;
}

START_TEST(width_counts_characters)
{
    ck_assert_uint_eq(toc_text_width(""), 0);
    ck_assert_uint_eq(toc_text_width("Hull"), 4);
    ck_assert_uint_eq(toc_text_width("Ynys M\xc3\xb4n"), 8);
    ck_assert_uint_eq(toc_text_width("e\xcc\x81"), 1);
    ck_assert_uint_eq(toc_text_width("\xff\xfe"), 2);
}
END_TEST

START_TEST(fit_cuts_at_a_character)
{
    char text[64];
    toc_text_fit("M\xc3\xb4n", 3, text, sizeof text);
    ck_assert_str_eq(text, "M\xc3\xb4n");
    toc_text_fit("M\xc3\xb4n M\xc3\xb4n", 3, text, sizeof text);
    ck_assert_str_eq(text, "M\xc3\xb4\xe2\x80\xa6");
    toc_text_fit("Grounds maintenance", 1, text, sizeof text);
    ck_assert_str_eq(text, "\xe2\x80\xa6");
    toc_text_fit("Grounds maintenance", 0, text, sizeof text);
    ck_assert_str_eq(text, "");
    toc_text_fit("", 5, text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(fit_never_leaves_its_room)
{
    char text[8];
    toc_text_fit("\xf0\x9f\x94\x94\xf0\x9f\x94\x94\xf0\x9f\x94\x94", 3, text, sizeof text);
    ck_assert_uint_lt(strlen(text), sizeof text);
}
END_TEST

START_TEST(text_is_shown_not_obeyed)
{
    struct sheet *sheet = sheet_open();
    toc_text_print(sheet->file, &plain, TOC_STYLE_BAD,
                   "a\033[31m\nb\xe2\x80\xae"
                   "c\xff");
    char *text = sheet_close(sheet);
    ck_assert_str_eq(text, "a?[31m?b?c?");
    free(text);
}
END_TEST

START_TEST(colour_only_where_asked)
{
    const struct toc_paper coloured = {.colour = true, .columns = 80};
    struct sheet *sheet = sheet_open();
    toc_text_print(sheet->file, &coloured, TOC_STYLE_GOOD, "on");
    toc_text_print(sheet->file, &coloured, TOC_STYLE_PLAIN, "off");
    char *text = sheet_close(sheet);
    ck_assert_str_eq(text, "\033[32mon\033[0moff");
    free(text);
}
END_TEST

START_TEST(states_have_styles)
{
    ck_assert_int_eq(toc_style_of("connected"), TOC_STYLE_GOOD);
    ck_assert_int_eq(toc_style_of("lagging"), TOC_STYLE_WARN);
    ck_assert_int_eq(toc_style_of("wrong_server_key"), TOC_STYLE_BAD);
    ck_assert_int_eq(toc_style_of("anything else"), TOC_STYLE_PLAIN);
}
END_TEST

static const struct toc_column columns[] = {
    {.heading = "PUBLISHER"},
    {.heading = "TITLE", .shrinks = true},
    {.heading = "LOTS", .right = true},
};

static char *print_table(unsigned paper_columns)
{
    struct toc_table *table = NULL;
    const struct toc_paper paper = {.colour = false, .columns = paper_columns};
    const char *const rows[][3] = {
        {"anglesey", "Gwaith coed a thirlunio ar Ynys M\xc3\xb4n, fframwaith pedair blynedd", "4"},
        {"hull", NULL, "12"},
    };
    ck_assert_int_eq(toc_table_new(columns, 3, &table), TOC_OK);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(toc_table_add(table, rows[i]), TOC_OK);
    }
    ck_assert_uint_eq(toc_table_rows(table), 2);
    struct sheet *sheet = sheet_open();
    toc_table_print(table, sheet->file, &paper);
    toc_table_free(&table);
    ck_assert_ptr_null(table);
    toc_table_free(&table);
    return sheet_close(sheet);
}

START_TEST(a_table_is_aligned)
{
    char *text = print_table(100);
    ck_assert_str_eq(
        text, "PUBLISHER  TITLE                                                           LOTS\n"
              "anglesey   Gwaith coed a thirlunio ar Ynys M\xc3\xb4n, "
              "fframwaith pedair blynedd     4\n"
              "hull                                                                         12\n");
    free(text);
}
END_TEST

START_TEST(a_line_ends_with_its_last_cell)
{
    struct toc_table *table = NULL;
    const char *const rows[][3] = {{"a", "", ""}, {"", "", ""}, {"long", "b", "1"}};
    ck_assert_int_eq(toc_table_new(columns, 3, &table), TOC_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(toc_table_add(table, rows[i]), TOC_OK);
    }
    struct sheet *sheet = sheet_open();
    toc_table_print(table, sheet->file, &plain);
    toc_table_free(&table);
    char *text = sheet_close(sheet);
    ck_assert_str_eq(text, "PUBLISHER  TITLE  LOTS\na\n\nlong       b         1\n");
    free(text);
}
END_TEST

START_TEST(a_table_fits_the_paper)
{
    for (unsigned width = 30; width <= 80; width += 10) {
        char *text = print_table(width);
        char *rest = text;
        for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
            ck_assert_uint_le(toc_text_width(line), width);
        }
        free(text);
    }
    char *text = print_table(40);
    ck_assert_ptr_nonnull(strstr(text, "\xe2\x80\xa6"));
    free(text);
}
END_TEST

START_TEST(a_table_too_wide_for_any_paper_still_prints)
{
    char *text = print_table(1);
    ck_assert_ptr_nonnull(strstr(text, "hull"));
    free(text);
}
END_TEST

START_TEST(a_pipe_is_eighty_columns_without_colour)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    (void)unsetenv("COLUMNS");
    struct toc_paper paper = toc_paper_of(file);
    ck_assert(!paper.colour);
    ck_assert_uint_eq(paper.columns, 80);
    ck_assert_int_eq(setenv("COLUMNS", "132", 1), 0);
    ck_assert_uint_eq(toc_paper_of(file).columns, 132);
    ck_assert_int_eq(setenv("COLUMNS", "wide", 1), 0);
    ck_assert_uint_eq(toc_paper_of(file).columns, 80);
    ck_assert_int_eq(setenv("COLUMNS", "1", 1), 0);
    ck_assert_uint_eq(toc_paper_of(file).columns, 80);
    (void)fclose(file);
}
END_TEST

static char *wrapped(unsigned paper_columns, size_t indent, const char *text)
{
    const struct toc_paper paper = {.colour = false, .columns = paper_columns};
    struct sheet *sheet = sheet_open();
    toc_text_wrap(sheet->file, &paper, indent, text);
    return sheet_close(sheet);
}

START_TEST(a_paragraph_breaks_at_blanks)
{
    static const struct {
        unsigned columns;
        size_t indent;
        const char *text;
        const char *expected;
    } cases[] = {
        {20, 0, "", ""},
        {20, 2, "   ", ""},
        {20, 0, "one line", "one line\n"},
        {9, 0, "four five six", "four five\nsix\n"},
        {8, 0, "four five  six", "four\nfive six\n"},
        {8, 2, "four five six", "  four\n  five\n  six\n"},
        {8, 0, "M\xc3\xb4nM\xc3\xb4n ab", "M\xc3\xb4nM\xc3\xb4n\nab\n"},
        {4, 0, "a longest b", "a\nlongest\nb\n"},
        {40, 0, "a\033[1m b\n\xff c", "a?[1m b?? c\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = wrapped(cases[i].columns, cases[i].indent, cases[i].text);
        ck_assert_str_eq(text, cases[i].expected);
        free(text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_print_text");
    TCase *all = tcase_create("all");
    tcase_add_test(all, width_counts_characters);
    tcase_add_test(all, fit_cuts_at_a_character);
    tcase_add_test(all, fit_never_leaves_its_room);
    tcase_add_test(all, text_is_shown_not_obeyed);
    tcase_add_test(all, colour_only_where_asked);
    tcase_add_test(all, states_have_styles);
    tcase_add_test(all, a_table_is_aligned);
    tcase_add_test(all, a_line_ends_with_its_last_cell);
    tcase_add_test(all, a_table_fits_the_paper);
    tcase_add_test(all, a_table_too_wide_for_any_paper_still_prints);
    tcase_add_test(all, a_pipe_is_eighty_columns_without_colour);
    tcase_add_test(all, a_paragraph_breaks_at_blanks);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
