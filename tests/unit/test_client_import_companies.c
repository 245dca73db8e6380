/* The snapshot of the register of companies, against own suppliers. */
#include "import_companies.h"
#include "import_companies_clear.h"
#include "import_companies_status.h"
#include "register_own.h"
#include "runner.h"
#include "timetext.h"
#include <stdio.h>
#include <string.h>

#define HEADINGS                                                                                   \
    "CompanyName, CompanyNumber,RegAddress.CareOf,CompanyCategory,CompanyStatus,"                  \
    "Accounts.NextDueDate,SICCode.SicText_1,SICCode.SicText_2,URI,PreviousName_1.CONDATE, "        \
    "PreviousName_1.CompanyName,PreviousName_2.CONDATE, PreviousName_2.CompanyName,"               \
    "ConfStmtNextDueDate, ConfStmtLastMadeUpDate\n"
/* name, number, status, accounts due, first SIC, former name, statement due */
#define ROW(name, number, status, accounts, sic, former, statement)                                \
    "\"" name "\",\"" number "\",\"\",\"Private Limited Company\",\"" status "\",\"" accounts      \
    "\",\"" sic "\",\"\",\"\",\"\",\"" former "\",\"\",\"\",\"" statement "\",\"\"\n"
#define PLAIN(name, number)                                                                        \
    ROW(name, number, "Active", "31/12/2026",                                                      \
        "62012 - Business and domestic software development", "", "31/12/2026")

static struct toc_own *own;
static struct toc_companies *companies;
static struct toc_findings *findings;
static struct toc_why why;

static void setup(void)
{
    ck_assert_int_eq(toc_own_new(&own), TOC_OK);
    register_own_add(own, "s1", "01234567", "Acme Surfacing Ltd");
    register_own_add(own, "s2", "", "Beacon Care Limited");
    register_own_add(own, "s3", "", "Calder Trees Ltd");
    ck_assert_int_eq(toc_own_add(own, "s4", "", true), TOC_OK); /* a charity's number */
    ck_assert_int_eq(toc_own_add_name(own, "dale hospice ltd"), TOC_OK);
    companies = NULL;
}

static void teardown(void)
{
    toc_companies_free(&companies);
    toc_own_free(&own);
}

/* Today is 1 June 2026. In pieces of any length. */
static enum toc_result read_in_pieces(const char *text, size_t piece)
{
    toc_companies_free(&companies);
    ck_assert_int_eq(toc_companies_new(own, toc_date_days(2026, 6, 1), &companies), TOC_OK);
    struct toc_bytes rest = toc_bytes_text(text);
    while (rest.len > 0) {
        const size_t len = rest.len < piece ? rest.len : piece;
        const enum toc_result result =
            toc_companies_feed(companies, toc_bytes_of(rest.data, len), &why);
        if (result != TOC_OK) {
            return result;
        }
        rest = toc_bytes_of(rest.data + len, rest.len - len);
    }
    const enum toc_result result = toc_companies_end(companies, &why);
    findings = toc_companies_findings(companies);
    return result;
}

static void read_text(const char *text)
{
    ck_assert_msg(read_in_pieces(text, 1000) == TOC_OK, "%s", why.text);
    const struct toc_import *const import = &findings->import;
    ck_assert_uint_eq(import->rows_read, import->rows_used + import->rows_rejected +
                                             import->rows_screened + import->rows_held);
}

static const struct toc_event *event_of(const char *code)
{
    for (size_t i = 0; i < findings->events_len; i++) {
        if (strcmp(findings->events[i].code, code) == 0) {
            return &findings->events[i];
        }
    }
    ck_abort_msg("no event %s", code);
}

START_TEST(test_what_is_not_ours_leaves_nothing)
{
    read_text(HEADINGS PLAIN("SOMEBODY ELSE LTD", "07654321") PLAIN("ANOTHER LTD", "SC123456"));
    ck_assert_uint_eq(findings->import.rows_read, 2);
    ck_assert_uint_eq(findings->import.rows_screened, 2);
    ck_assert_uint_eq(findings->import.tallies_len, 1);
    ck_assert_str_eq(findings->import.tallies[0].reason, "not_ours");
    ck_assert_uint_eq(findings->import.tallies[0].rows, 2);
    ck_assert_uint_eq(findings->import.notes_len, 0);
    ck_assert_uint_eq(findings->facts_len, 0);
    ck_assert_uint_eq(findings->unlisted, 1); /* s1's number is not in this file */
    ck_assert_uint_eq(findings->suppliers, 0);
}
END_TEST

START_TEST(test_a_number_is_found)
{
    read_text(HEADINGS ROW("ACME SURFACING (YORKSHIRE) LIMITED", "01234567", "Active", "31/12/2026",
                           "42110 - Construction of roads and motorways", "ACME SURFACING LIMITED",
                           "01/06/2026"));
    ck_assert_uint_eq(findings->import.rows_used, 1);
    ck_assert_uint_eq(findings->facts_len, 1);
    const struct toc_fact *const fact = &findings->facts[0];
    ck_assert_str_eq(fact->supplier, "s1");
    ck_assert_ptr_null(fact->number); /* it is there already */
    ck_assert_str_eq(fact->name, "ACME SURFACING (YORKSHIRE) LIMITED");
    ck_assert_str_eq(fact->status, "Active");
    ck_assert_uint_eq(fact->sic_len, 1);
    ck_assert_str_eq(fact->sic[0], "42110");
    ck_assert_uint_eq(fact->former_len, 1);
    ck_assert_str_eq(fact->former[0], "ACME SURFACING LIMITED");
    ck_assert_uint_eq(findings->events_len, 0); /* due today is not late */
    ck_assert_uint_eq(findings->unlisted, 0);
}
END_TEST

START_TEST(test_one_current_name_fills_the_number)
{
    read_text(HEADINGS PLAIN("Beacon Care Ltd.", "7654321") /* the zero is back */
              ROW("OTHER LTD", "07654322", "Active", "", "", "BEACON CARE LTD", ""));
    ck_assert_uint_eq(findings->facts_len, 1);
    ck_assert_str_eq(findings->facts[0].supplier, "s2");
    ck_assert_str_eq(findings->facts[0].number, "GB-COH-07654321");
    ck_assert_uint_eq(findings->ambiguous_len, 0);
    ck_assert_uint_eq(findings->import.rows_used, 2);
}
END_TEST

START_TEST(test_several_current_names_fill_nothing)
{
    read_text(HEADINGS PLAIN("CALDER TREES LTD", "07654321")
                  PLAIN("CALDER TREES LIMITED", "SC123456")
                      ROW("CALDER TREES LTD", "07654321", "Liquidation", "", "", "", ""));
    ck_assert_uint_eq(findings->facts_len, 0);
    ck_assert_uint_eq(findings->events_len, 0); /* nobody knows whose liquidation it is */
    ck_assert_uint_eq(findings->ambiguous_len, 1);
    ck_assert_str_eq(findings->ambiguous[0].supplier, "s3");
    ck_assert_str_eq(findings->ambiguous[0].reason, "several_companies");
    ck_assert_uint_eq(findings->ambiguous[0].numbers_len, 2); /* each once */
    ck_assert_str_eq(findings->ambiguous[0].numbers[0], "GB-COH-07654321");
    ck_assert_str_eq(findings->ambiguous[0].numbers[1], "GB-COH-SC123456");
}
END_TEST

START_TEST(test_a_former_name_fills_nothing)
{
    read_text(
        HEADINGS ROW("TREES OF CALDER LTD", "07654321", "Active", "", "", "CALDER TREES LTD", ""));
    ck_assert_uint_eq(findings->facts_len, 0);
    ck_assert_uint_eq(findings->ambiguous_len, 1);
    ck_assert_str_eq(findings->ambiguous[0].reason, "former_name");
    ck_assert_str_eq(findings->ambiguous[0].numbers[0], "GB-COH-07654321");
}
END_TEST

START_TEST(test_a_supplier_with_another_number_is_left_alone)
{
    read_text(HEADINGS PLAIN("DALE HOSPICE LTD", "07654321")
                  PLAIN("ACME SURFACING LTD", "07654322"));
    ck_assert_uint_eq(findings->facts_len, 0);
    ck_assert_uint_eq(findings->ambiguous_len, 0);
    ck_assert_uint_eq(findings->import.rows_screened, 2);
}
END_TEST

START_TEST(test_more_companies_than_are_named)
{
    char text[8000];
    size_t len = (size_t)snprintf(text, sizeof text, "%s", HEADINGS);
    for (unsigned i = 0; i < TOC_AMBIGUOUS_NUMBERS_MAX + 2; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "CALDER TREES LTD,%08u,,,Active\n",
                                i + 1);
    }
    read_text(text);
    ck_assert_uint_eq(findings->ambiguous[0].numbers_len, TOC_AMBIGUOUS_NUMBERS_MAX);
    ck_assert_uint_eq(findings->import.rows_used, TOC_AMBIGUOUS_NUMBERS_MAX + 2);
}
END_TEST

START_TEST(test_overdue)
{
    read_text(HEADINGS ROW("ACME SURFACING LTD", "01234567", "Active", "31/05/2026", "", "",
                           "30/04/2026"));
    ck_assert_uint_eq(findings->events_len, 2);
    const struct toc_event *const accounts = &findings->events[0];
    ck_assert_str_eq(accounts->code, "F10");
    ck_assert_str_eq(accounts->supplier, "s1");
    ck_assert_str_eq(accounts->reference, "01234567 accounts 2026-05-31");
    ck_assert_str_eq(accounts->text, "accounts overdue since 2026-05-31");
    ck_assert_int_eq(accounts->day, toc_date_days(2026, 5, 31));
    ck_assert_uint_eq(accounts->severity, 2);
    ck_assert_str_eq(findings->events[1].reference, "01234567 confirmation 2026-04-30");
}
END_TEST

START_TEST(test_a_date_that_is_none)
{
    read_text(HEADINGS ROW("ACME SURFACING LTD", "01234567", "Active", "31/02/2026", "", "", ""));
    ck_assert_uint_eq(findings->events_len, 0);
    ck_assert_uint_eq(findings->import.notes_len, 1);
    ck_assert_str_eq(findings->import.notes[0].column, "Accounts.NextDueDate");
}
END_TEST

START_TEST(test_statuses)
{
    static const struct {
        const char *status;
        const char *code; /* NULL: no distress */
        unsigned severity;
    } rows[] = {
        {"Active", NULL, 0},
        {"", NULL, 0},
        {"Dissolved", NULL, 0},
        {"Active - Proposal to Strike off", "F12", 3},
        {"active-proposal-to-strike-off", "F12", 3},
        {"Liquidation", "F14", 4},
        {"creditors-voluntary-liquidation", "F14", 5},
        {"compulsory-liquidation", "F14", 5},
        {"members-voluntary-liquidation", NULL, 0},
        {"In Administration", "F14", 5},
        {"ADMINISTRATION ORDER", "F14", 5},
        {"In Administration/Administrative Receiver", "F14", 5},
        {"In Administration/Receiver Manager", "F14", 5},
        {"ADMINISTRATIVE RECEIVER", "F14", 5},
        {"RECEIVERSHIP", "F14", 5},
        {"RECEIVER MANAGER / ADMINISTRATIVE RECEIVER", "F14", 5},
        {"Live but Receiver Manager on at least one charge", "F14", 5},
        {"Voluntary Arrangement", "F16", 4},
        {"VOLUNTARY ARRANGEMENT / RECEIVER MANAGER", "F14", 5},
        {"voluntary-arrangement", "F16", 4},
        {"moratorium", "F15", 3},
        {"corporate-voluntary-arrangement-moratorium", "F15", 3},
        {"insolvency-proceedings", "F14", 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct toc_company_trouble trouble;
        const bool distress = toc_company_trouble(rows[i].status, &trouble);
        ck_assert_msg(distress == (rows[i].code != NULL), "%s", rows[i].status);
        if (distress) {
            ck_assert_msg(strcmp(trouble.code, rows[i].code) == 0, "%s", rows[i].status);
            ck_assert_msg(trouble.severity == rows[i].severity, "%s", rows[i].status);
        }
    }
}
END_TEST

START_TEST(test_a_status_is_an_event)
{
    read_text(HEADINGS ROW("BEACON CARE LTD", "07654321", "In Administration", "", "", "", ""));
    ck_assert_uint_eq(findings->events_len, 1);
    ck_assert_str_eq(event_of("F14")->supplier, "s2"); /* by its name */
    ck_assert_str_eq(event_of("F14")->reference, "07654321 administration");
    ck_assert_int_eq(event_of("F14")->day, toc_date_days(2026, 6, 1));
}
END_TEST

START_TEST(test_what_an_earlier_snapshot_said_is_cleared)
{
    const int32_t today = toc_date_days(2026, 6, 1);
    read_text(HEADINGS PLAIN("BEACON CARE LTD", "07654321")
                  ROW("ACME SURFACING LTD", "01234567", "Active", "31/05/2026", "", "", ""));
    ck_assert_uint_eq(findings->events_len, 1);
    json_t *const open = json_loads(
        "[{\"supplier\": \"s2\", \"code\": \"F12\", \"source\": \"companies_house\"},"
        " {\"supplier\": \"s2\", \"code\": \"F12\", \"source\": \"companies_house\"}," /* once */
        " {\"supplier\": \"s2\", \"code\": \"F13\", \"source\": \"gazette\"}," /* not ours */
        " {\"supplier\": \"s1\", \"code\": \"F10\", \"source\": \"companies_house\"}," /* it still
                                                                                          is */
        " {\"supplier\": \"s3\", \"code\": \"F10\", \"source\": \"companies_house\"}," /* not seen
                                                                                        */
        " {\"supplier\": \"s1\", \"code\": \"F14\", \"source\": \"companies_house\"}, 7]",
        0, NULL);
    ck_assert_ptr_nonnull(open);
    ck_assert_int_eq(toc_companies_clear(open, today, findings), TOC_OK);
    json_decref(open);
    ck_assert_uint_eq(findings->events_len, 3);
    ck_assert_str_eq(findings->events[1].supplier, "s2");
    ck_assert_str_eq(findings->events[1].code, "F18");
    ck_assert_str_eq(findings->events[1].clears, "F12");
    ck_assert_str_eq(findings->events[1].reference, "F12 cleared 2026-06-01");
    ck_assert_int_eq(findings->events[1].day, today);
    ck_assert_str_eq(findings->events[2].supplier, "s1");
    ck_assert_str_eq(findings->events[2].clears, "F14");
}
END_TEST

START_TEST(test_rows_that_are_wrong)
{
    read_text(HEADINGS "BEACON CARE LTD\n"
                       "BEACON CARE LTD,not a number,,,Active\n"
                       "SOMEBODY ELSE LTD,not a number,,,Active\n" HEADINGS
                       "\"BEACON CARE LTD\",\"07654321\",\"an open quote\n");
    ck_assert_uint_eq(findings->import.rows_rejected, 3);
    ck_assert_uint_eq(findings->import.rows_screened, 2);
    ck_assert_uint_eq(findings->facts_len, 0);
    ck_assert_str_eq(findings->import.tallies[1].reason, "heading");
    ck_assert_str_eq(findings->import.notes[1].column, "CompanyNumber");
}
END_TEST

START_TEST(test_files_that_are_none)
{
    ck_assert_int_eq(read_in_pieces("", 100), TOC_MALFORMED);
    ck_assert_int_eq(read_in_pieces("PK\x03\x04", 100), TOC_MALFORMED);
    ck_assert_int_eq(read_in_pieces("Name,Number\nACME LTD,01234567\n", 100), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "BasicCompanyData"));
    ck_assert_int_eq(read_in_pieces(HEADINGS, 100), TOC_OK); /* no rows */
}
END_TEST

START_TEST(test_pieces_make_no_difference)
{
    static const char text[] = HEADINGS PLAIN("Beacon Care Ltd", "07654321")
        ROW("ACME SURFACING LTD", "01234567", "Liquidation", "31/05/2026", "", "", "30/04/2026");
    for (size_t piece = 1; piece < 40; piece++) {
        ck_assert_int_eq(read_in_pieces(text, piece), TOC_OK);
        ck_assert_uint_eq(findings->facts_len, 2);
        ck_assert_uint_eq(findings->events_len, 3);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_companies");
    TCase *const tcase = tcase_create("import_companies");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_what_is_not_ours_leaves_nothing);
    tcase_add_test(tcase, test_a_number_is_found);
    tcase_add_test(tcase, test_one_current_name_fills_the_number);
    tcase_add_test(tcase, test_several_current_names_fill_nothing);
    tcase_add_test(tcase, test_a_former_name_fills_nothing);
    tcase_add_test(tcase, test_a_supplier_with_another_number_is_left_alone);
    tcase_add_test(tcase, test_more_companies_than_are_named);
    tcase_add_test(tcase, test_overdue);
    tcase_add_test(tcase, test_a_date_that_is_none);
    tcase_add_test(tcase, test_statuses);
    tcase_add_test(tcase, test_a_status_is_an_event);
    tcase_add_test(tcase, test_what_an_earlier_snapshot_said_is_cleared);
    tcase_add_test(tcase, test_rows_that_are_wrong);
    tcase_add_test(tcase, test_files_that_are_none);
    tcase_add_test(tcase, test_pieces_make_no_difference);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
