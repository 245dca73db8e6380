/* `tocsin import companies` and `import gazette`: what they ask the daemon, send it, and print. */
#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include "scratch.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define KEYS_1                                                                                     \
    "{\"ok\":true,\"suppliers\":[{\"id\":\"s1\",\"folds\":[\"acme surfacing ltd\"],"               \
    "\"number\":\"GB-COH-01234567\",\"state\":\"kept\"}],\"after\":\"s1\"}"
#define KEYS_2                                                                                     \
    "{\"ok\":true,\"suppliers\":[{\"id\":\"s2\",\"folds\":[\"beacon care\",\"beacon care ltd\"],"  \
    "\"number\":null,\"state\":\"held\"},{\"id\":\"s3\",\"folds\":[\"dale hospice\"],"             \
    "\"number\":\"GB-CHC-279417\",\"state\":\"kept\"}],\"after\":null}"
#define NO_EVENTS "{\"ok\":true,\"events\":[],\"after\":null}"
#define SETTLED                                                                                    \
    "{\"ok\":true,\"done\":true,\"left\":0,\"staged\":0,\"withdrawn\":0,\"unchanged\":0,"          \
    "\"suppliers\":2}"

static const char snapshot[] =
    "CompanyName, CompanyNumber,CompanyStatus,Accounts.NextDueDate,SICCode.SicText_1\n"
    "ACME SURFACING LIMITED,01234567,Active,31/12/2015,42110 - Construction of roads\n"
    "BEACON CARE LTD,07654321,Active,,None Supplied\n"
    "SOMEBODY ELSE LTD,07654322,Active,,\n";

static char folder[PATH_MAX];
static char path[PATH_MAX];

static void setup(void)
{
    fake_setup();
    toc_scratch_new(folder);
}

static void teardown(void)
{
    toc_scratch_remove(folder);
    fake_teardown();
}

static void write_file(const char *text)
{
    (void)snprintf(path, sizeof path, "%s", toc_scratch_file(folder, "file"));
    toc_scratch_put(path, text);
}

/* The part of the i-th request is this JSON. */
static void sent(size_t i, const char *expected)
{
    json_t *const part = json_loads(fake_part(i), JSON_REJECT_DUPLICATES, NULL);
    json_t *const wanted = json_loads(expected, 0, NULL);
    ck_assert_msg(wanted != NULL && json_equal(part, wanted) == 1, "%s", fake_part(i));
    json_decref(part);
    json_decref(wanted);
}

START_TEST(companies_are_sent)
{
    write_file(snapshot);
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_import, FAKE_WORDS("import", "companies", path), KEYS_1, KEYS_2, NO_EVENTS,
                 "{\"ok\":true,\"filled\":1,\"updated\":1,\"unchanged\":0,\"unknown\":0}",
                 "{\"ok\":true,\"added\":1,\"known\":0,\"cleared\":0,\"unknown\":0}", SETTLED),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_keys\",\"limit\":1024}");
    fake_asked(1, "{\"request\":\"supplier_keys\",\"limit\":1024,\"after\":\"s1\"}");
    fake_asked(2, "{\"request\":\"event_list\",\"state\":\"proposed\",\"limit\":500}");
    fake_asked(3, "{\"request\":\"supplier_facts\"}");
    fake_asked(4, "{\"request\":\"event_add\"}");
    fake_asked(5, "{\"request\":\"settle\"}");
    sent(3, "[{\"supplier\":\"s1\",\"name\":\"ACME SURFACING LIMITED\",\"sic\":[\"42110\"],"
            "\"former_names\":[],\"company_status\":\"Active\",\"source\":\"companies_house\"},"
            "{\"supplier\":\"s2\",\"number\":\"GB-COH-07654321\",\"name\":\"BEACON CARE LTD\","
            "\"sic\":[],\"former_names\":[],\"company_status\":\"Active\","
            "\"source\":\"companies_house\"}]");
    sent(4, "[{\"supplier\":\"s1\",\"code\":\"F10\",\"source\":\"companies_house\","
            "\"reference\":\"01234567 accounts 2015-12-31\",\"date\":\"2015-12-31\","
            "\"severity\":2,\"text\":\"accounts overdue since 2015-12-31\"}]");
    ck_assert_msg(strstr(fake_out,
                         "3 rows read: 2 used, 0 rejected, 1 screened, 0 held\n"
                         "  screened: 1 not_ours\n"
                         "2 of your suppliers are in it\n"
                         "1 company numbers found by name\n"
                         "1 events to look at, 1 of them new; 0 cleared\n"
                         "  s1 F10 2015-12-31: accounts overdue since 2015-12-31\n") != NULL,
                  "%s", fake_out);
    ck_assert_str_eq(fake_err, "");
}
END_TEST

START_TEST(a_dry_run_sends_nothing)
{
    write_file(snapshot);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_import,
                              FAKE_WORDS("import", "companies", path, "--dry-run", "--json"),
                              KEYS_1, KEYS_2, NO_EVENTS),
                     TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(document);
    ck_assert_int_eq(toc_field_number(document, "rows_read"), 3);
    ck_assert_int_eq(toc_field_number(document, "rows_used"), 2);
    ck_assert_int_eq(toc_field_number(document, "rows_screened"), 1);
    ck_assert_int_eq(toc_field_number(document, "filled"), 1);
    ck_assert_int_eq(toc_field_number(document, "suppliers"), 2);
    ck_assert(toc_field_true(document, "dry_run"));
    ck_assert_uint_eq(json_array_size(toc_field_array(document, "events")), 1);
    json_decref(document);
}
END_TEST

START_TEST(notices_are_sent)
{
    write_file("notice_code,company_name,company_number,date,notice_id\n"
               "2450,Beacon Care,,20/05/2026,4100001\n2503,Jane Example,,20/05/2026,4100002\n"
               "x,Beacon Care,,20/05/2026,4100003\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_import, FAKE_WORDS("import", "gazette", path), KEYS_1, KEYS_2,
                              "{\"ok\":true,\"added\":1,\"known\":0,\"cleared\":0,\"unknown\":0}",
                              SETTLED),
                     TOC_EXIT_PARTLY);
    fake_asked(2, "{\"request\":\"event_add\"}");
    sent(2, "[{\"supplier\":\"s2\",\"code\":\"F13\",\"source\":\"gazette\","
            "\"reference\":\"4100001\",\"date\":\"2026-05-20\",\"severity\":4,"
            "\"text\":\"petition to wind it up; it may be dismissed\"}]");
    ck_assert_ptr_nonnull(strstr(fake_out, "3 rows read: 1 used, 1 rejected, 1 screened, 0 held"));
    ck_assert_ptr_nonnull(strstr(fake_out, "s2 F13 2026-05-20: petition to wind it up"));
    ck_assert_ptr_null(strstr(fake_out, "Jane"));
}
END_TEST

START_TEST(what_goes_wrong_is_said_in_a_line)
{
    write_file("no,columns\n1,2\n");
    ck_assert_int_ne(FAKE_RUN(toc_cmd_import, FAKE_WORDS("import", "companies", path), KEYS_2),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_err, "BasicCompanyData"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_import, FAKE_WORDS("import", "companies", path),
                              "{\"ok\":true,\"suppliers\":[{\"folds\":[]}],\"after\":null}"),
                     TOC_EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(fake_err, "supplier_keys"));
    (void)snprintf(path, sizeof path, "%s", toc_scratch_file(folder, "none"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_import, FAKE_WORDS("import", "companies", path), KEYS_2),
                     TOC_EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(fake_err, "none"));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_registers");
    TCase *const tcase = tcase_create("import_registers");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, companies_are_sent);
    tcase_add_test(tcase, a_dry_run_sends_nothing);
    tcase_add_test(tcase, notices_are_sent);
    tcase_add_test(tcase, what_goes_wrong_is_said_in_a_line);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
