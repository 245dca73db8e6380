#include "ensure.h"
#include "import_spend_read.h"
#include "runner.h"
#include "scratch.h"
#include <stdio.h>
#include <string.h>

/* Everything that is in hand while a file is read, with a daemon that takes all. */
struct file {
    struct toc_arena *arena;
    struct toc_import import;
    struct toc_spend_sums *sums;
    struct toc_spend_reading reading;
    size_t handed_rows;
    int64_t handed_pence;
    size_t hand_overs;
};
static struct file file;
static struct toc_why why;

static enum toc_result hand_over(void *owner, struct toc_why *ret_why)
{
    struct file *const all = owner;
    size_t len;
    (void)ret_why;
    const struct toc_spend_cell *const cells = toc_spend_sums_cells(all->sums, &len);
    for (size_t i = 0; i < len; i++) {
        all->handed_rows += cells[i].rows;
        all->handed_pence += cells[i].pence;
    }
    all->hand_overs++;
    toc_spend_sums_clear(all->sums);
    return TOC_OK;
}

static void setup(void)
{
    file = (struct file){.handed_rows = 0};
    ck_assert_int_eq(toc_arena_new((size_t)64 << 20, &file.arena), TOC_OK);
    ck_assert_int_eq(toc_spend_sums_new(1, &file.sums), TOC_OK);
    toc_import_init(&file.import, file.arena);
    file.reading = (struct toc_spend_reading){.sums = file.sums,
                                              .import = &file.import,
                                              .hand_over = hand_over,
                                              .owner = &file,
                                              .reader = {.day_max = 20000}};
}

static void teardown(void)
{
    toc_spend_sums_free(&file.sums);
    toc_arena_free(&file.arena);
}

static enum toc_result read_text(const char *text)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    why.text[0] = '\0';
    ck_assert_int_eq(toc_csv_new(toc_spend_reading_row, &file.reading, &csv), TOC_OK);
    TOC_TRY(toc_csv_feed(csv, toc_bytes_text(text), &why));
    TOC_TRY(toc_csv_end(csv, &why));
    TOC_TRY(toc_spend_reading_end(&file.reading, &why));
    return hand_over(&file, &why);
}

/* The counts: used, rejected, screened; and what was summed. */
static void expect(size_t used, size_t rejected, size_t screened, int64_t pence)
{
    ck_assert_uint_eq(file.handed_rows, used);
    ck_assert_uint_eq(file.import.rows_rejected, rejected);
    ck_assert_uint_eq(file.import.rows_screened, screened);
    ck_assert_int_eq(file.handed_pence, pence);
    ck_assert_uint_eq(file.import.rows_read, rejected + screened);
    ck_assert_uint_eq(file.reading.rows, used + rejected + screened);
}

static void expect_note(size_t at, size_t row, const char *column, const char *reason)
{
    ck_assert_uint_lt(at, file.import.notes_len);
    const struct toc_import_note *const note = &file.import.notes[at];
    ck_assert_uint_eq(note->row, row);
    ck_assert_str_eq(note->column, column);
    ck_assert_str_eq(note->reason, reason);
}

#define HEAD "Payment Date,Supplier Name,Company No,Net Amount\n"

START_TEST(test_every_fate)
{
    ck_assert_int_eq(read_text("Payments over 500 pounds\n\n" HEAD "1/2/2018,A Ltd,,10.00\n"
                               "1/2/2018,A Ltd,,-2.50\n"
                               "1/2/2018,Mr A Sample,,7.00\n"
                               "1/2/2018,REDACTED PERSONAL DATA,,REDACTED PERSONAL DATA\n"
                               "1/2/2018,B Ltd,QQ123456C,7.00\n"
                               "1/2/2018,A Ltd,,REDACTED PERSONAL DATA\n"
                               "1/2/2018,A Ltd,,\n"
                               "1/2/2018,A Ltd,,Nil\n"
                               "1/2/2018,A Ltd,,Alan Sample\n"
                               "31/2/2018,A Ltd,,1\n"
                               ",A Ltd,,1\n"
                               "P03,A Ltd,,1\n"
                               "Alan Sample,A Ltd,,1\n"
                               "1/1/1994,A Ltd,,1\n"
                               "1/1/2095,A Ltd,,1\n"
                               "1/2/2018,,,1\n"
                               "1/2/2018,B, and C Ltd,,1\n"
                               "1/2/2018,A Ltd\n"),
                     TOC_OK);
    expect(2, 13, 3, 750);
    static const struct {
        const char *column;
        const char *reason;
    } notes[] = {
        {"Net Amount", "'REDACTED PERSONAL DATA' is not an amount"},
        {"Net Amount", "is empty"},
        {"Net Amount", "'Nil' is not an amount"},
        {"Net Amount", "is text, not an amount"},
        {"Payment Date", "'31/2/2018' is not a date (day/month/year)"},
        {"Payment Date", "is empty"},
        {"Payment Date", "'P03' is of no year: give the file's dates with --covers FROM,TO"},
        {"Payment Date", "is text, not a date"},
        {"Payment Date", "is before 1995"},
        {"Payment Date", "is more than a year from now"},
        {"Supplier Name", "is empty, or names nobody"},
        {"", "the row has 5 columns and the headings 4: is a comma without quotes?"},
        {"Net Amount", "is empty"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        expect_note(i, i + 9, notes[i].column, notes[i].reason);
        ck_assert_ptr_null(strstr(file.import.notes[i].reason, "Sample"));
    }
    ck_assert_uint_eq(file.import.tallies_len, 3);
    ck_assert_str_eq(file.import.tallies[0].reason, "person");
    ck_assert_str_eq(file.import.tallies[1].reason, "redacted");
    ck_assert_str_eq(file.import.tallies[2].reason, "national_insurance");
}
END_TEST

/* A person's number in the columns that nobody else asked for: the row is screened, and its payee
 * is heard of by nobody. */
START_TEST(test_a_person_s_number_in_any_column)
{
    ck_assert_int_eq(
        read_text("Payment Date,Supplier Name,Company No,Charity No,VAT No,Supplier ID,Amount\n"
                  "1/2/2018,A Ltd,,,,12,10.00\n"
                  "1/2/2018,B Ltd,QQ123456C,,,13,10.00\n"
                  "1/2/2018,C Ltd,,qq123456c,,14,10.00\n"
                  "1/2/2018,D Ltd,,,QQ 12 34 56 C,15,10.00\n"
                  "1/2/2018,E Ltd,,,,QQ-123456-C,10.00\n"),
        TOC_OK);
    expect(1, 0, 4, 1000);
    ck_assert_uint_eq(file.import.tallies_len, 1);
    ck_assert_str_eq(file.import.tallies[0].reason, "national_insurance");
}
END_TEST

START_TEST(test_remarks)
{
    ck_assert_int_eq(read_text("Period,Supplier,Company No,Charity No,Amount\n"
                               "2018-04,A Ltd,687687602,,1\n"
                               "2018-04-02,A Ltd,,words,1\n"
                               "2018-04-02,A Ltd,687687602,,1\n"),
                     TOC_OK);
    expect(3, 0, 0, 300);
    ck_assert_uint_eq(file.import.notes_len, 3);
    expect_note(0, 2, "Company No",
                "has something that is no company number; the rows count under the name (2 rows)");
    expect_note(1, 3, "Charity No",
                "has something that is no charity number; the rows count under the name (1 rows)");
    expect_note(2, 2, "Period",
                "gives a month or a quarter; the rows count for its first day (1 rows)");
}
END_TEST

START_TEST(test_the_last_line_has_no_end)
{
    ck_assert_int_eq(read_text(HEAD "1/2/2018,A Ltd,,10.00\n1/2/2018,A Ltd,,2.5"), TOC_OK);
    expect(2, 0, 0, 1250);
    ck_assert_uint_eq(file.import.notes_len, 1);
    expect_note(0, 3, "end of the file", "the last line has no end: is the file whole?");
}
END_TEST

#define BODIES                                                                                     \
    "Body Name,Payment Date,Supplier Name,Net Amount\n"                                            \
    "ANYTOWN CITY COUNCIL,1/2/2018,A Ltd,10.00\n"                                                  \
    "Anytown Combined Authority,2/2/2018,A Ltd,7.00\n"                                             \
    "Anytown City Council,1/2/2018,B Ltd,1.00\n"                                                   \
    ",1/2/2018,C Ltd,3.00\n"

START_TEST(test_rows_of_several_bodies_are_told)
{
    ck_assert_int_eq(read_text(BODIES), TOC_OK);
    expect(4, 0, 0, 2100);
    ck_assert_uint_eq(file.import.notes_len, 1);
    expect_note(0, 3, "Body Name",
                "has rows of 'ANYTOWN CITY COUNCIL' (2 rows), 'Anytown Combined Authority' (1 "
                "row): to keep one body's, --body NAME");
}
END_TEST

START_TEST(test_rows_of_one_body_are_kept)
{
    file.reading.body = "anytown city council";
    ck_assert_int_eq(read_text(BODIES), TOC_OK);
    expect(2, 0, 2, 1100); /* a row of nobody's is not that body's either */
    ck_assert_uint_eq(file.import.notes_len, 0);
    ck_assert_str_eq(file.import.tallies[0].reason, TOC_SCREENED_OTHER_BODY);
    ck_assert_uint_eq(file.import.tallies[0].rows, 2);
}
END_TEST

START_TEST(test_a_body_that_is_not_there)
{
    static const struct {
        const char *body, *text, *words;
    } cases[] = {
        {"Othertown Council", BODIES, "no row is of 'Othertown Council': the file has 'ANYTOWN"},
        {"Anytown City Council", HEAD "1/2/2018,A Ltd,,1.00\n", "no column says whose rows"},
        {"", BODIES, "is no name"},
    };
    file.reading.body = cases[_i].body;
    ck_assert_int_eq(read_text(cases[_i].text), TOC_INVALID);
    ck_assert_msg(strstr(why.text, cases[_i].words) != NULL, "%s", why.text);
}
END_TEST

START_TEST(test_more_bodies_than_are_told_apart)
{
    char text[2048] = "Body Name,Payment Date,Supplier Name,Net Amount\n";
    size_t at = strlen(text);
    for (unsigned i = 0; i < TOC_SPEND_BODIES_MAX + 2; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "Body %c%c,1/2/2018,A Ltd,1.00\n",
                               (char)('a' + i), (char)('a' + i));
    }
    ck_assert_int_eq(read_text(text), TOC_OK);
    ck_assert_uint_eq(file.reading.bodies.len, TOC_SPEND_BODIES_MAX);
    ck_assert_uint_eq(file.reading.bodies.rows_other, 2);
    ck_assert_ptr_nonnull(strstr(file.import.notes[0].reason, "and others (2)"));
}
END_TEST

START_TEST(test_without_dates)
{
    static const char text[] = ",,Directotate,Service,Supplier,Invoice Line Value (net of VAT)\n"
                               ",,People,Care,A Ltd,\"1,616.23\"\n";
    ck_assert_int_eq(read_text(text), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "--covers"));
    teardown();
    setup();
    file.reading.reader.has_first = true;
    file.reading.reader.day_first = 17000;
    ck_assert_int_eq(read_text(text), TOC_OK);
    expect(1, 0, 0, 161623);
    expect_note(0, 2, "date",
                "is not in the file; the rows count for the first day of --covers (1 rows)");
}
END_TEST

START_TEST(test_trailing_columns)
{
    /* Commas without values are nothing; a file that is wider throughout is just so. */
    ck_assert_int_eq(read_text(HEAD "1/2/2018,A Ltd,,1,,,,\n1/2/2018,A Ltd,,1\n"), TOC_OK);
    expect(2, 0, 0, 200);
    teardown();
    setup();
    ck_assert_int_eq(read_text(HEAD "1/2/2018,A Ltd,,1,x\n1/2/2018,A Ltd,,1,y\n"
                                    "1/2/2018,A Ltd,,1,y,z\n"),
                     TOC_OK);
    expect(2, 1, 0, 200);
}
END_TEST

START_TEST(test_no_file)
{
    static const struct {
        const char *text;
        enum toc_result result;
        const char *word;
    } rows[] = {
        {"", TOC_MALFORMED, "empty"},
        {HEAD, TOC_MALFORMED, "no row under them"},
        {"Payment Date,Supplier Name,Company No,Net Amount", TOC_MALFORMED, "no row under them"},
        {"a,b\n1,2\n", TOC_INVALID, "no row of headings"},
        {HEAD "1/2/2018,A Ltd,,1\n1/2/2018,A L", TOC_MALFORMED, "ends in the middle of row 3"},
        {HEAD "1/2/2018,A Ltd,,1\n1/2/2018,\"A L", TOC_MALFORMED, "ends in the middle of row 3"},
        {HEAD "1/2/2018,A Ltd,,1\n1/2/2018,B Ltd,,\"2", TOC_MALFORMED, "ends in the middle"},
        {HEAD "1/2", TOC_MALFORMED, "ends in the middle of row 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(read_text(rows[i].text) == rows[i].result, "%s", rows[i].text);
        ck_assert_msg(strstr(why.text, rows[i].word) != NULL, "%s", why.text);
        teardown();
        setup();
    }
    ck_assert_int_eq(read_text(HEAD "1/2/2018,A Ltd,,1"), TOC_OK); /* no line end: whole */
    expect(1, 0, 0, 100);
}
END_TEST

START_TEST(test_preamble)
{
    static char text[8192];
    for (size_t lines = TOC_SPEND_PREAMBLE_MAX - 1; lines <= TOC_SPEND_PREAMBLE_MAX; lines++) {
        text[0] = '\0';
        for (size_t i = 0; i < lines; i++) {
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "line %zu\n", i);
        }
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s",
                       "Payment Date,Supplier,Amount\n1/2/2018,A Ltd,1\n");
        const bool within = lines < TOC_SPEND_PREAMBLE_MAX;
        ck_assert_int_eq(read_text(text), within ? TOC_OK : TOC_INVALID);
        teardown();
        setup();
    }
}
END_TEST

/* More payees than are known at a time: nothing is lost, and memory stays. */
START_TEST(test_many_payees)
{
    enum { PAYEES = TOC_SPEND_PAYEES_MAX + 1000 };
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    char line[64];
    ck_assert_int_eq(toc_csv_new(toc_spend_reading_row, &file.reading, &csv), TOC_OK);
    ck_assert_int_eq(toc_csv_feed(csv, toc_bytes_text(HEAD), &why), TOC_OK);
    for (unsigned i = 0; i < PAYEES; i++) {
        (void)snprintf(line, sizeof line, "1/2/2018,Number %u Ltd,,1.00\n", i);
        ck_assert_int_eq(toc_csv_feed(csv, toc_bytes_text(line), &why), TOC_OK);
    }
    ck_assert_int_eq(toc_csv_end(csv, &why), TOC_OK);
    ck_assert_uint_eq(file.hand_overs, 1);
    ck_assert_int_eq(hand_over(&file, &why), TOC_OK);
    expect(PAYEES, 0, 0, 100 * (int64_t)PAYEES);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_spend_read");
    TCase *const tcase = tcase_create("import_spend_read");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60); /* the limits are far */
    tcase_add_test(tcase, test_every_fate);
    tcase_add_test(tcase, test_a_person_s_number_in_any_column);
    tcase_add_test(tcase, test_remarks);
    tcase_add_test(tcase, test_the_last_line_has_no_end);
    tcase_add_test(tcase, test_rows_of_several_bodies_are_told);
    tcase_add_test(tcase, test_rows_of_one_body_are_kept);
    tcase_add_loop_test(tcase, test_a_body_that_is_not_there, 0, 3);
    tcase_add_test(tcase, test_more_bodies_than_are_told_apart);
    tcase_add_test(tcase, test_without_dates);
    tcase_add_test(tcase, test_trailing_columns);
    tcase_add_test(tcase, test_no_file);
    tcase_add_test(tcase, test_preamble);
    tcase_add_test(tcase, test_many_payees);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
