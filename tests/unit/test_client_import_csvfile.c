#include "csvfile.h"
#include "ensure.h"
#include "runner.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows as one text: "number:cell|cell\n", with "!" for cut and "?" for an open quote. */
struct seen {
    char text[4096];
    enum toc_result answer;
};

static enum toc_result on_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    struct seen *const seen = owner;
    size_t len = strlen(seen->text);
    len += (size_t)snprintf(seen->text + len, sizeof seen->text - len, "%zu:", row->number);
    for (size_t i = 0; i < row->cells_len; i++) {
        len += (size_t)snprintf(seen->text + len, sizeof seen->text - len, "%s%.60s",
                                i == 0 ? "" : "|", row->cells[i]);
    }
    (void)snprintf(seen->text + len, sizeof seen->text - len, "%s%s\n", row->cut ? "!" : "",
                   row->open_quote ? "?" : "");
    return seen->answer == TOC_OK ? TOC_OK : toc_fail(why, seen->answer, "the owner said no");
}

static struct toc_why why;

/* In pieces of `step` bytes: where a piece ends must make no difference. */
static enum toc_result read_text(const char *text, size_t len, size_t step, struct seen *seen)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    why.text[0] = '\0';
    seen->text[0] = '\0';
    ck_assert_int_eq(toc_csv_new(on_row, seen, &csv), TOC_OK);
    for (size_t at = 0; at < len; at += step) {
        const size_t piece = len - at < step ? len - at : step;
        const enum toc_result result = toc_csv_feed(csv, toc_bytes_of(text + at, piece), &why);
        if (result != TOC_OK) {
            return result;
        }
    }
    return toc_csv_end(csv, &why);
}

struct row {
    const char *text;
    size_t len;
    const char *seen;
};
#define ROW(text, seen)                                                                            \
    {                                                                                              \
        text, sizeof text - 1, seen                                                                \
    }

static const struct row rows[] = {
    ROW("a,b\n1,2\n", "1:a|b\n2:1|2\n"),
    ROW("a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n"),
    ROW("a,b\r1,2\r", "1:a|b\n2:1|2\n"),
    ROW("a,b", "1:a|b!\n"),
    ROW("a,b\n1,", "1:a|b\n2:1|!\n"),
    ROW("a,b\n1,\"2 and", "1:a|b\n2:1|2 and!?\n"),
    ROW("a,b\n1,\"2\"", "1:a|b\n2:1|2!\n"),
    ROW("a\n\n\nb\n", "1:a\n4:b\n"),
    ROW("a\r\n\r\n\r\nb\r\n", "1:a\n4:b\n"),
    ROW("a,b\n,,\nc\n", "1:a|b\n3:c\n"),
    ROW(" a ,\" b \"\n", "1:a|b\n"),
    ROW("\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d\n"),
    ROW("\"a\nb\",c\nd\n", "1:a\nb|c\n2:d\n"),
    ROW("a;b;c,d\n1;2;3\n", "1:a|b|c,d\n2:1|2|3\n"),
    ROW("a\tb\n1\t2\n", "1:a|b\n2:1|2\n"),
    ROW("\xef\xbb\xbf"
        "a,b\n",
        "1:a|b\n"),
    ROW("\xc3\xaf\xc2\xbb\xc2\xbf"
        "a,b\n",
        "1:a|b\n"),
    ROW("caf\xc3\xa9,b\n", "1:caf\xc3\xa9|b\n"),
    ROW("caf\xe9,\x93q\x94 \x80\x81\n", "1:caf\xc3\xa9|\xe2\x80\x9cq\xe2\x80\x9d "
                                        "\xe2\x82\xac\xef\xbf\xbd\n"),
    /* One cell of each, as when a file was put together from two. */
    ROW("caf\xe9,caf\xc3\xa9\n", "1:caf\xc3\xa9|caf\xc3\xa9\n"),
    ROW("a,b\n1,2,3\n4\n", "1:a|b\n2:1|2|3\n3:4\n"),
    ROW("\"Title, with; a separator\"\n;\nx;y\n", "1:Title, with; a separator\n3:x|y\n"),
};

START_TEST(test_rows)
{
    static const size_t steps[] = {1, 2, 3, 7, 4096, 100000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct seen seen = {.answer = TOC_OK};
        ck_assert_int_eq(read_text(rows[_i].text, rows[_i].len, steps[i], &seen), TOC_OK);
        ck_assert_str_eq(seen.text, rows[_i].seen);
    }
}
END_TEST

struct refusal {
    const char *text;
    size_t len;
    const char *word;
};
static const struct refusal refusals[] = {
    ROW("", "empty"),
    ROW("\n\r\n\n", "empty"),
    ROW("\xef\xbb\xbf", "empty"),
    ROW("PK\x03\x04rest", ".xlsx"),
    ROW("\xd0\xcf\x11\xe0rest", ".xls"),
    ROW("\xff\xfe"
        "a\0,\0",
        "UTF-16"),
    ROW("\xfe\xff\0a", "UTF-16"),
    ROW("a\0,\0b\0\n\0", "UTF-16"),
    ROW("a,b\n1,\0\n", "binary"),
    ROW("%PDF-1.7", "PDF"),
    ROW("<!DOCTYPE html>", "web page"),
    ROW("{\"releases\": []}", "JSON"),
    ROW("\x1f\x8b\x08", "gzip"),
    ROW("\x89PNG\r\n", "PNG"),
    ROW("\xff\xd8\xff\xe0", "JPEG"),
};

START_TEST(test_refusals)
{
    struct seen seen = {.answer = TOC_OK};
    const enum toc_result result = read_text(refusals[_i].text, refusals[_i].len, 1, &seen);
    ck_assert_int_eq(result, TOC_MALFORMED);
    ck_assert_msg(strstr(why.text, refusals[_i].word) != NULL, "%s", why.text);
}
END_TEST

START_TEST(test_row_length)
{
    static char text[TOC_CSV_ROW_LEN_MAX + 64];
    struct seen seen = {.answer = TOC_OK};
    memset(text, 'x', sizeof text);
    text[0] = '"';
    text[TOC_CSV_ROW_LEN_MAX - 1] = '"';
    text[TOC_CSV_ROW_LEN_MAX] = '\n';
    ck_assert_int_eq(read_text(text, TOC_CSV_ROW_LEN_MAX + 1, 4096, &seen), TOC_OK);
    ck_assert_int_eq(strncmp(seen.text, "1:xxx", 5), 0);
    text[TOC_CSV_ROW_LEN_MAX - 1] = 'x';
    text[TOC_CSV_ROW_LEN_MAX] = 'x';
    ck_assert_int_eq(read_text(text, sizeof text, 4096, &seen), TOC_TOOBIG);
    ck_assert_ptr_nonnull(strstr(why.text, "row 1"));
    memset(text, ',', sizeof text);
    ck_assert_int_eq(read_text(text, sizeof text, 4096, &seen), TOC_MALFORMED);
}
END_TEST

START_TEST(test_cells_limit)
{
    char text[TOC_CSV_CELLS_MAX + 2];
    struct seen seen = {.answer = TOC_OK};
    memset(text, ',', sizeof text);
    text[0] = 'x';
    /* n separators are n + 1 cells. */
    text[TOC_CSV_CELLS_MAX] = '\n';
    ck_assert_int_eq(read_text(text, TOC_CSV_CELLS_MAX + 1, 100, &seen), TOC_OK);
    text[TOC_CSV_CELLS_MAX] = ',';
    text[TOC_CSV_CELLS_MAX + 1] = '\n';
    ck_assert_int_eq(read_text(text, TOC_CSV_CELLS_MAX + 2, 100, &seen), TOC_MALFORMED);
}
END_TEST

START_TEST(test_owner_ends_it)
{
    struct seen seen = {.answer = TOC_EXISTS};
    ck_assert_int_eq(read_text("a\nb\n", 4, 4, &seen), TOC_EXISTS);
    ck_assert_str_eq(seen.text, "1:a\n");
    ck_assert_str_eq(why.text, "the owner said no");
}
END_TEST

/* Columns that are not read are empty, and a row that has something only there is no blank one. */
START_TEST(test_read_only)
{
    static const char text[] = "a,b,c\n1,2,3\n,\xe9,\n,,\n4,5,6,7\n";
    static const size_t columns[] = {0, 2, TOC_CSV_CELLS_MAX};
    for (size_t step = 1; step < sizeof text; step++) {
        TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
        struct seen seen = {.answer = TOC_OK};
        ck_assert_int_eq(toc_csv_new(on_row, &seen, &csv), TOC_OK);
        toc_csv_read_only(csv, columns, sizeof columns / sizeof columns[0]);
        for (size_t at = 0; at < sizeof text - 1; at += step) {
            const size_t left = sizeof text - 1 - at;
            ck_assert_int_eq(
                toc_csv_feed(csv, toc_bytes_of(text + at, left < step ? left : step), &why),
                TOC_OK);
        }
        ck_assert_int_eq(toc_csv_end(csv, &why), TOC_OK);
        ck_assert_str_eq(seen.text, "1:a||c\n2:1||3\n3:||\n5:4||6|\n");
    }
}
END_TEST

/* They count for the length of a row all the same. */
START_TEST(test_read_only_row_length)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    struct seen seen = {.answer = TOC_OK};
    const size_t len = TOC_CSV_ROW_LEN_MAX + 2;
    char *const text = malloc(len);
    ck_assert_ptr_nonnull(text);
    memset(text, 'a', len);
    text[len / 2] = ',';
    text[len - 1] = '\n';
    ck_assert_int_eq(toc_csv_new(on_row, &seen, &csv), TOC_OK);
    toc_csv_read_only(csv, NULL, 0);
    enum toc_result result = toc_csv_feed(csv, toc_bytes_of(text, len), &why);
    result = result == TOC_OK ? toc_csv_end(csv, &why) : result;
    ck_assert_int_eq(result, TOC_OK); /* just as long as it may be */
    toc_csv_free(&csv);
    ck_assert_int_eq(toc_csv_new(on_row, &seen, &csv), TOC_OK);
    toc_csv_read_only(csv, NULL, 0);
    result = toc_csv_feed(csv, toc_bytes_of("aa", 2), &why);
    result = result == TOC_OK ? toc_csv_feed(csv, toc_bytes_of(text, len), &why) : result;
    result = result == TOC_OK ? toc_csv_end(csv, &why) : result;
    ck_assert_int_eq(result, TOC_TOOBIG);
    free(text);
}
END_TEST

START_TEST(test_heading_fold)
{
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(" Contract Reference number / ID ", folded);
    ck_assert_str_eq(folded, "contractreferencenumberid");
    toc_csv_heading_fold("", folded);
    ck_assert_str_eq(folded, "");
    char longest[2 * TOC_CSV_HEADING_MAX];
    memset(longest, 'A', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    toc_csv_heading_fold(longest, folded);
    ck_assert_uint_eq(strlen(folded), TOC_CSV_HEADING_MAX);
}
END_TEST

START_TEST(test_free)
{
    struct toc_csv *csv = NULL;
    toc_csv_free(NULL);
    toc_csv_free(&csv);
    ck_assert_int_eq(toc_csv_new(on_row, NULL, &csv), TOC_OK);
    toc_csv_free(&csv);
    ck_assert_ptr_null(csv);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("csvfile");
    TCase *const tcase = tcase_create("csvfile");
    tcase_add_loop_test(tcase, test_rows, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_loop_test(tcase, test_refusals, 0, (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(tcase, test_row_length);
    tcase_add_test(tcase, test_cells_limit);
    tcase_add_test(tcase, test_owner_ends_it);
    tcase_add_test(tcase, test_read_only);
    tcase_add_test(tcase, test_read_only_row_length);
    tcase_add_test(tcase, test_heading_fold);
    tcase_add_test(tcase, test_free);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
