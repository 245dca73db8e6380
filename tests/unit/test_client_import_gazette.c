/* Notices of The Gazette, against own suppliers: codes, the feed, the CSV form. */
#include "import_gazette.h"
#include "register_own.h"
#include "runner.h"
#include "timetext.h"
#include <stdio.h>
#include <string.h>

#define ENTRY(code, title, id)                                                                     \
    "{\"id\": \"https://www.thegazette.co.uk/id/notice/" id "\", \"f:status\": \"published\", "    \
    "\"f:notice-code\": \"" code "\", \"title\": \"" title "\", \"link\": [{\"@href\": "           \
    "\"https://www.thegazette.co.uk/notice/" id "\"}], \"updated\": \"2026-05-20T09:00:00\", "     \
    "\"published\": \"2026-05-20T00:00:00\", \"content\": \"<p>In the matter of it</p>\"}"
#define FEED(entries) "{\"id\": \"https://www.thegazette.co.uk/x\", \"entry\": " entries "}"
#define COLUMNS "notice_code,company_name,company_number,date,notice_id\n"

static struct toc_own *own;
static struct toc_arena *arena;
static struct toc_findings findings;
static struct toc_why why;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(1 << 24, &arena), TOC_OK);
    ck_assert_int_eq(toc_own_new(&own), TOC_OK);
    register_own_add(own, "s1", "01234567", "Acme Surfacing Ltd");
    register_own_add(own, "s2", "", "Beacon Care Limited");
    register_own_add(own, "s3", "", "Calder Trees Ltd");
    register_own_add(own, "s4", "07654321", "Calder Trees Ltd");
    register_own_add(own, "s5", "", "Jane Example"); /* held: a person, for all anybody knows */
}

static void teardown(void)
{
    toc_own_free(&own);
    toc_arena_free(&arena);
}

static void read_text(const char *text)
{
    ck_assert_msg(toc_gazette_read(toc_bytes_text(text), own, arena, &findings, &why) == TOC_OK,
                  "%s", why.text);
    const struct toc_import *const import = &findings.import;
    ck_assert_uint_eq(import->rows_read, import->rows_used + import->rows_rejected +
                                             import->rows_screened + import->rows_held);
}

START_TEST(test_codes)
{
    static const struct {
        unsigned code;
        const char *event; /* NULL: passed over */
        unsigned severity;
    } rows[] = {
        {2401, "F15", 3}, {2402, "F18", 2}, {2403, NULL, 0},  {2404, NULL, 0},  {2405, NULL, 0},
        {2406, NULL, 0},  {2407, NULL, 0},  {2408, NULL, 0},  {2409, NULL, 0},  {2410, "F14", 5},
        {2411, "F14", 5}, {2412, "F14", 4}, {2413, "F14", 4}, {2414, "F14", 4}, {2421, "F14", 5},
        {2422, "F14", 4}, {2423, "F14", 5}, {2424, "F14", 4}, {2431, NULL, 0},  {2432, NULL, 0},
        {2433, NULL, 0},  {2434, NULL, 0},  {2435, NULL, 0},  {2441, "F14", 5}, {2442, "F14", 4},
        {2443, "F14", 5}, {2444, "F14", 4}, {2445, "F14", 4}, {2446, "F14", 4}, {2447, "F14", 4},
        {2450, "F13", 4}, {2451, NULL, 0},  {2452, "F14", 5}, {2453, NULL, 0},  {2454, "F14", 5},
        {2455, "F14", 4}, {2456, NULL, 0},  {2457, NULL, 0},  {2458, "F14", 4}, {2459, "F14", 4},
        {2460, "F14", 4}, {2461, "F17", 1}, {2463, "F14", 4}, {2464, "F14", 4}, {2465, "F14", 4},
        {2503, NULL, 0},  {1101, NULL, 0},  {2462, NULL, 0},  {0, NULL, 0},     {9999, NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct toc_notice_kind *const kind = toc_notice_kind(rows[i].code);
        ck_assert_msg((kind->screened == NULL) == (rows[i].event != NULL), "%u", rows[i].code);
        if (rows[i].event != NULL) {
            ck_assert_msg(strcmp(kind->event, rows[i].event) == 0, "%u", rows[i].code);
            ck_assert_msg(kind->severity == rows[i].severity, "%u", rows[i].code);
        }
    }
    ck_assert_str_eq(toc_notice_kind(2461)->clears, "F13");
    ck_assert_str_eq(toc_notice_kind(2402)->clears, "F15");
    ck_assert_str_eq(toc_notice_kind(2500)->screened, TOC_SCREENED_PERSONAL);
    ck_assert_str_eq(toc_notice_kind(2599)->screened, TOC_SCREENED_PERSONAL);
    ck_assert_str_eq(toc_notice_kind(2600)->screened, TOC_SCREENED_OTHER_NOTICE);
    ck_assert_str_eq(toc_notice_kind(2451)->screened, TOC_SCREENED_PERSONAL);
    ck_assert_str_eq(toc_notice_kind(2431)->screened, TOC_SCREENED_SOLVENT);
}
END_TEST

START_TEST(test_a_petition_and_its_dismissal)
{
    read_text(FEED("[" ENTRY("2450", "BEACON CARE LTD",
                             "4100001") "," ENTRY("2461", "BEACON CARE LTD", "4100002") "]"));
    ck_assert_uint_eq(findings.events_len, 2);
    const struct toc_event *const petition = &findings.events[0];
    ck_assert_str_eq(petition->supplier, "s2");
    ck_assert_str_eq(petition->code, "F13");
    ck_assert_str_eq(petition->reference, "4100001");
    ck_assert_int_eq(petition->day, toc_date_days(2026, 5, 20));
    ck_assert_ptr_null(petition->clears);
    ck_assert_str_eq(findings.events[1].code, "F17");
    ck_assert_str_eq(findings.events[1].clears, "F13");
    ck_assert_uint_eq(findings.import.rows_used, 2);
}
END_TEST

START_TEST(test_one_entry_stands_alone)
{
    read_text(FEED(ENTRY("2452", "ACME SURFACING LIMITED", "4100003")));
    ck_assert_uint_eq(findings.events_len, 1);
    ck_assert_str_eq(findings.events[0].supplier, "s1");
}
END_TEST

START_TEST(test_persons_leave_nothing)
{
    read_text(
        FEED("[" ENTRY("2503", "JANE EXAMPLE", "1") "," ENTRY("2451", "JANE EXAMPLE", "2") "]"));
    ck_assert_uint_eq(findings.events_len, 0);
    ck_assert_uint_eq(findings.import.notes_len, 0);
    ck_assert_uint_eq(findings.import.rows_screened, 2);
    ck_assert_uint_eq(findings.import.tallies_len, 1);
    ck_assert_str_eq(findings.import.tallies[0].reason, TOC_SCREENED_PERSONAL);
    ck_assert_uint_eq(findings.import.tallies[0].rows, 2);
}
END_TEST

START_TEST(test_numbers_in_the_text_of_a_notice)
{
    static const char *const contents[] = {
        "(Company Number 01234567)",
        "(Company Number: 1234567)",
        "Registered No. 01234567.",
        "company no 01234567",
    };
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        char text[1000];
        (void)snprintf(text, sizeof text,
                       "{\"entry\": {\"id\": \"7\", \"f:notice-code\": 2410, \"title\": \"RENAMED "
                       "LTD\", \"published\": \"2026-05-20\", \"content\": \"RENAMED LTD %s\"}}",
                       contents[i]);
        read_text(text);
        ck_assert_msg(findings.events_len == 1, "%s", contents[i]);
        ck_assert_str_eq(findings.events[0].supplier, "s1");
    }
    read_text(
        "{\"entry\": {\"id\": \"7\", \"f:notice-code\": \"2410\", \"title\": \"BEACON CARE LTD\","
        "\"published\": \"2026-05-20\", \"content\": {\"#text\": \"company number 99999999\"}}}");
    ck_assert_uint_eq(findings.events_len, 1); /* by name: its own number is not known */
    read_text(
        "{\"entry\": {\"id\": \"7\", \"f:notice-code\": \"2410\", \"title\": \"ACME SURFACING LTD\""
        ",\"published\": \"2026-05-20\", \"company-number\": \"99999999\"}}");
    ck_assert_uint_eq(findings.events_len, 0); /* another company of that name */
}
END_TEST

START_TEST(test_a_name_that_fits_several_is_held)
{
    read_text(COLUMNS "2452,CALDER TREES LTD,,2026-05-20,1\n2452,CALDER TREES LTD,07654321,"
                      "20/05/2026,2\n");
    ck_assert_uint_eq(findings.import.rows_held, 1);
    ck_assert_uint_eq(findings.import.rows_used, 1);
    ck_assert_uint_eq(findings.ambiguous_len, 2);
    ck_assert_uint_eq(findings.events_len, 1);
    ck_assert_str_eq(findings.events[0].supplier, "s4");
}
END_TEST

START_TEST(test_the_columns_of_the_template)
{
    char text[500];
    (void)snprintf(text, sizeof text, "%s2410,Acme Surfacing,1234567,2026-05-20,77\r\n",
                   toc_gazette_template());
    read_text(text);
    ck_assert_uint_eq(findings.events_len, 1);
    ck_assert_str_eq(findings.events[0].reference, "77");
}
END_TEST

START_TEST(test_notices_that_are_wrong)
{
    read_text(COLUMNS "x,ACME SURFACING LTD,,2026-05-20,1\n"   /* no code */
                      "2410,ACME SURFACING LTD,,soon,2\n"      /* no date */
                      "2410,ACME SURFACING LTD,,2026-05-20,\n" /* no number of its own */
                      "2410,ACME SURFACING LTD,,2026-05-20,"
                      "12345678901234567890123456789012345678901\n" /* a long one */
                      "2410,SOMEBODY ELSE LTD,,soon,\n");           /* not ours: not looked at */
    ck_assert_uint_eq(findings.import.rows_rejected, 4);
    ck_assert_uint_eq(findings.import.rows_screened, 1);
    ck_assert_uint_eq(findings.events_len, 0);
    read_text(FEED("[1, {}]"));
    ck_assert_uint_eq(findings.import.rows_rejected, 2);
}
END_TEST

START_TEST(test_files_that_are_none)
{
    static const struct {
        const char *text;
        enum toc_result result;
    } rows[] = {
        {"", TOC_MALFORMED},       {"{", TOC_MALFORMED},
        {"{}", TOC_MALFORMED},     {"{\"entry\": 7}", TOC_MALFORMED},
        {"[]", TOC_INVALID},       {"a,b\n1,2\n", TOC_INVALID},
        {"<html>", TOC_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(toc_gazette_read(toc_bytes_text(rows[i].text), own, arena, &findings, &why) ==
                          rows[i].result,
                      "%s", rows[i].text);
    }
    read_text("{\"f:total\": \"0\"}"); /* a page beyond the last notice */
    read_text("\xef\xbb\xbf {\"entry\": []}");
    ck_assert_uint_eq(findings.import.rows_read, 0);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_gazette");
    TCase *const tcase = tcase_create("import_gazette");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_codes);
    tcase_add_test(tcase, test_a_petition_and_its_dismissal);
    tcase_add_test(tcase, test_one_entry_stands_alone);
    tcase_add_test(tcase, test_persons_leave_nothing);
    tcase_add_test(tcase, test_numbers_in_the_text_of_a_notice);
    tcase_add_test(tcase, test_a_name_that_fits_several_is_held);
    tcase_add_test(tcase, test_the_columns_of_the_template);
    tcase_add_test(tcase, test_notices_that_are_wrong);
    tcase_add_test(tcase, test_files_that_are_none);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
