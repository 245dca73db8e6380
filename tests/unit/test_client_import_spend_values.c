#include "import_spend_category.h"
#include "import_spend_date.h"
#include "import_spend_payee.h"
#include "runner.h"
#include "timetext.h"
#include <string.h>

static struct toc_arena *arena;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(1024 * 1024, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

struct date {
    const char *text;
    int year; /* of what has none; 0: there is none */
    const char *day;
    bool period;
    enum toc_result result;
};
static const struct date dates[] = {
    {"14-Jan-2011", 0, "2011-01-14", false, TOC_OK},
    {"26-May-11", 0, "2011-05-26", false, TOC_OK},
    {"24/12/2010", 0, "2010-12-24", false, TOC_OK},
    {"4/2/10", 0, "2010-02-04", false, TOC_OK},
    {"2020-12-31", 0, "2020-12-31", false, TOC_OK},
    {"2020-12-31 00:00:00", 0, "2020-12-31", false, TOC_OK},
    {"20181231", 0, "2018-12-31", false, TOC_OK},
    {"2010-12", 0, "2010-12-01", true, TOC_OK},
    {"201012", 0, "2010-12-01", true, TOC_OK},
    {"12/2010", 0, "2010-12-01", true, TOC_OK},
    {"Dec-10", 0, "2010-12-01", true, TOC_OK},
    {"December 2010", 0, "2010-12-01", true, TOC_OK},
    {"July 2010-September 2010", 0, "2010-07-01", true, TOC_OK},
    {"P01", 2018, "2018-04-01", true, TOC_OK},
    {"P03", 2018, "2018-06-01", true, TOC_OK},
    {"P10", 2018, "2019-01-01", true, TOC_OK},
    {"P12", 2018, "2019-03-01", true, TOC_OK},
    {"P13", 2018, "2019-03-01", true, TOC_OK},
    {"Period 3 2016/17", 2018, "2016-06-01", true, TOC_OK},
    {"2016/17 P3", 0, "2016-06-01", true, TOC_OK},
    {"2016 P03", 0, "2016-06-01", true, TOC_OK},
    {"Q1", 2018, "2018-04-01", true, TOC_OK},
    {"Q4 2018-19", 0, "2019-01-01", true, TOC_OK},
    {"Quarter 2 (2018)", 0, "2018-07-01", true, TOC_OK},
    {"P03", 0, "", false, TOC_STALE},
    {"Q1", 0, "", false, TOC_STALE},
    {"", 0, "", false, TOC_NOTFOUND},
    {"N/A", 2018, "", false, TOC_NOTFOUND},
    {"P00", 2018, "", false, TOC_MALFORMED},
    {"P14", 2018, "", false, TOC_MALFORMED},
    {"Q5", 2018, "", false, TOC_MALFORMED},
    {"Q0 2018", 2018, "", false, TOC_MALFORMED},
    {"13/2010", 0, "", false, TOC_MALFORMED},
    {"2010-00", 0, "", false, TOC_MALFORMED},
    {"31/11/2010", 0, "", false, TOC_MALFORMED},
    {"20181131", 0, "", false, TOC_MALFORMED},
    {"20180230", 0, "", false, TOC_MALFORMED},
    {"12/31/2010", 0, "", false, TOC_MALFORMED},
    {"2018", 0, "", false, TOC_MALFORMED},
    {"Smarch 2018", 0, "", false, TOC_MALFORMED},
    {"July 2010-September", 0, "", false, TOC_MALFORMED},
    {"Mr J Smith", 2018, "", false, TOC_MALFORMED},
    {"P 3 4 5 6 7 8 9 10 11", 2018, "", false, TOC_MALFORMED},
    {"99999999999999", 2018, "", false, TOC_MALFORMED},
};

START_TEST(test_date)
{
    const struct date *const date = &dates[_i];
    int32_t day = 0;
    bool period = false;
    char text[TOC_DATE_TEXT_LEN + 1];
    const enum toc_result result = toc_spend_date(date->text, date->year, &day, &period);
    ck_assert_msg(result == date->result, "%s: %d", date->text, (int)result);
    if (result == TOC_OK) {
        toc_date_text(day, text);
        ck_assert_msg(strcmp(text, date->day) == 0, "%s: %s", date->text, text);
        ck_assert_msg(period == date->period, "%s", date->text);
    }
}
END_TEST

START_TEST(test_financial_year)
{
    ck_assert_int_eq(toc_spend_financial_year(toc_date_days(2016, 3, 31)), 2015);
    ck_assert_int_eq(toc_spend_financial_year(toc_date_days(2016, 4, 1)), 2016);
}
END_TEST

START_TEST(test_category)
{
    static const struct {
        const char *cpv;
        const char *proclass;
        const char *text;
    } rows[] = {
        {"45210000", "", "cpv-45"},
        {"79110000-8", "", "cpv-79"},
        {"03000000", "", "cpv-03"},
        {"3000000", "", "cpv-03"}, /* the zero is lost */
        {"45210000;85000000", "", "cpv-45"},
        {"45210000", "410000", "cpv-45"},
        {"", "410000", "cpv-85"},
        {"", "281000", "cpv-79"},
        {"N/A", "140000", "cpv-18"},
        {"", "Clothing", "cpv-18"},
        {"", "Social Community Care", "cpv-85"},
        {"", "Works - Construction, Repair & Maintenance", "cpv-45"},
        {"", "130000", "unknown"}, /* goods and services */
        {"", "150000", "unknown"}, /* its digits begin three levels */
        {"", "Unclassified Non Trade", "unknown"},
        {"", "Cloth", "unknown"}, /* too short to be sure */
        {"", "28", "unknown"},
        {"", "2810000", "unknown"},
        {"", "", "unknown"},
        {"99999999", "", "unknown"},
        {"00000000", "", "unknown"},
        {"construction", "", "unknown"},
        {"452100000", "", "unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[TOC_CATEGORY_TEXT_LEN + 1];
        toc_category_text(toc_spend_category(rows[i].cpv, rows[i].proclass), text);
        ck_assert_msg(strcmp(text, rows[i].text) == 0, "%s/%s: %s", rows[i].cpv, rows[i].proclass,
                      text);
    }
}
END_TEST

static char long_name[TOC_SPEND_NAME_CELL_MAX + 2];

struct payee {
    struct toc_spend_payee_cells cells;
    enum toc_spend_verdict verdict;
    const char *name;
    const char *number;
    bool bad_company;
    bool bad_charity;
};
/* Nobody real. */
static const struct payee payees[] = {
    {{"Care Unique Ltd", "", "", ""}, TOC_SPEND_SEND, "Care Unique Ltd", "", false, false},
    {{" Care \t Unique  Ltd ", "1203270", "", ""},
     TOC_SPEND_SEND,
     "Care Unique Ltd",
     "01203270",
     false,
     false},
    {{"A Trust", "N/A", "1N/A96511", ""}, TOC_SPEND_SEND, "A Trust", "1096511", false, false},
    {{"A Trust Ltd", "01203270", "1096511", ""},
     TOC_SPEND_SEND,
     "A Trust Ltd",
     "01203270",
     false,
     false},
    {{"A Trust", "687687602", "Awaiting", ""}, TOC_SPEND_SEND, "A Trust", "", true, false},
    {{"A Trust", "", "words", ""}, TOC_SPEND_SEND, "A Trust", "", false, true},
    {{"Redactive Publishing Ltd", "", "", ""},
     TOC_SPEND_SEND,
     "Redactive Publishing Ltd",
     "",
     false,
     false},
    {{"Mr Alan Sample", "", "", ""}, TOC_SPEND_PERSON, NULL, "", false, false},
    {{"MRS A SAMPLE", "", "", ""}, TOC_SPEND_PERSON, NULL, "", false, false},
    {{"Alan Sample T/A Sample Roofing", "", "", ""}, TOC_SPEND_PERSON, NULL, "", false, false},
    {{"Foster Carer Payments", "", "", ""}, TOC_SPEND_PERSON, NULL, "", false, false},
    {{"REDACTED PERSONAL DATA", "", "", ""}, TOC_SPEND_REDACTED, NULL, "", false, false},
    {{"REDACTED  - PERSONAL DATA", "", "", ""}, TOC_SPEND_REDACTED, NULL, "", false, false},
    {{"REDACTED COMMERICAL CONFIDENTIALITY", "", "", ""},
     TOC_SPEND_REDACTED,
     NULL,
     "",
     false,
     false},
    {{"DETAILS REDACTED", "01203270", "", ""}, TOC_SPEND_REDACTED, NULL, "", false, false},
    {{"Redacted", "", "", ""}, TOC_SPEND_REDACTED, NULL, "", false, false},
    {{"A Trust Ltd", "QQ123456C", "", ""}, TOC_SPEND_NATIONAL_INSURANCE, NULL, "", false, false},
    {{"A Trust Ltd", "", "qq 12 34 56 c", ""},
     TOC_SPEND_NATIONAL_INSURANCE,
     NULL,
     "",
     false,
     false},
    {{"A Trust Ltd", "", "", "QQ123456C"}, TOC_SPEND_NATIONAL_INSURANCE, NULL, "", false, false},
    {{"A Sample QQ123456C", "", "", ""}, TOC_SPEND_NATIONAL_INSURANCE, NULL, "", false, false},
    {{"", "", "", ""}, TOC_SPEND_NO_NAME, NULL, "", false, false},
    {{"", "01203270", "", ""}, TOC_SPEND_NO_NAME, NULL, "", false, false},
    {{"N/A", "", "", ""}, TOC_SPEND_NO_NAME, NULL, "", false, false},
    {{"Not yet available", "", "", ""}, TOC_SPEND_NO_NAME, NULL, "", false, false},
    {{"...!", "", "", ""}, TOC_SPEND_NO_NAME, NULL, "", false, false},
    {{long_name, "", "", ""}, TOC_SPEND_BAD_NAME, NULL, "", false, false},
};

START_TEST(test_payee)
{
    const struct payee *const expected = &payees[_i];
    struct toc_spend_payee payee;
    memset(long_name, 'x', sizeof long_name - 1);
    ck_assert_int_eq(toc_spend_judge(arena, &expected->cells, &payee), TOC_OK);
    ck_assert_msg(payee.verdict == expected->verdict, "%s: %d", expected->cells.name,
                  (int)payee.verdict);
    if (payee.verdict == TOC_SPEND_SEND) {
        ck_assert_str_eq(payee.name, expected->name);
        ck_assert_str_eq(payee.orgid.id, expected->number);
        ck_assert_int_eq(payee.orgid.scheme == TOC_SCHEME_NONE, expected->number[0] == '\0');
        ck_assert(payee.bad_company == expected->bad_company);
        ck_assert(payee.bad_charity == expected->bad_charity);
    }
}
END_TEST

START_TEST(test_longest_name)
{
    struct toc_spend_payee payee;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[TOC_SPEND_NAME_CELL_MAX] = '\0';
    const struct toc_spend_payee_cells cells = {long_name, "01203270", "", ""};
    ck_assert_int_eq(toc_spend_judge(arena, &cells, &payee), TOC_OK);
    ck_assert_int_eq(payee.verdict, TOC_SPEND_BAD_NAME); /* a fold has 400 bytes at most */
    memcpy(long_name + 390, " Ltd", 5);
    ck_assert_int_eq(toc_spend_judge(arena, &cells, &payee), TOC_OK);
    ck_assert_int_eq(payee.verdict, TOC_SPEND_SEND);
    ck_assert_uint_eq(strlen(payee.name), TOC_SPEND_NAME_MAX);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_spend_values");
    TCase *const tcase = tcase_create("import_spend_values");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_date, 0, (int)(sizeof dates / sizeof dates[0]));
    tcase_add_test(tcase, test_financial_year);
    tcase_add_test(tcase, test_category);
    tcase_add_loop_test(tcase, test_payee, 0, (int)(sizeof payees / sizeof payees[0]));
    tcase_add_test(tcase, test_longest_name);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
