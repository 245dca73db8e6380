/* Imports over the local socket: opened, sent in parts, closed; what each file leaves behind. */
#include "lone_import.h"
#include "store_import.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OPEN "{\"request\":\"import_open\",\"kind\":\"spend\",\"source\":\"payments\","

static const struct paid april[] = {
    {"Acme Limited", "GB-COH-01234567", "2019-04-01", 100000, 45},
    {"ACME LTD", NULL, "2019-04-02", 5000, 45},
    {"Jo Bloggs", NULL, "2019-04-02", 700, 0},
};

/* dates, rows and pence of the only live import; how many there are. */
static size_t live(int64_t *ret_dates, int64_t *ret_rows, int64_t *ret_pence)
{
    json_t *reply = asked("{\"request\":\"import_list\"}");
    const size_t len = toc_fixture_length(reply, "imports");

    *ret_dates = *ret_rows = *ret_pence = 0;
    for (size_t i = 0; i < len; i++) {
        const json_t *one = toc_fixture_item(reply, "imports", i);
        *ret_dates += toc_fixture_number(one, "dates");
        *ret_rows += toc_fixture_number(one, "rows");
        *ret_pence += toc_fixture_number(one, "pence");
    }
    json_decref(reply);
    return len;
}

static void check_live(size_t imports, int64_t dates, int64_t rows, int64_t pence)
{
    int64_t is_dates, is_rows, is_pence;

    ck_assert_uint_eq(live(&is_dates, &is_rows, &is_pence), imports);
    ck_assert_int_eq(is_dates, dates);
    ck_assert_int_eq(is_rows, rows);
    ck_assert_int_eq(is_pence, pence);
}

START_TEST(one_file)
{
    const int64_t import = open_spend("payments");

    ck_assert_str_eq(send_rows(import, 0, april, COUNT(april)), "kkh");
    check_live(0, 0, 0, 0); /* invisible until it is closed */
    json_t *reply =
        close_import(import, ",\"rows_read\":9,\"rows_used\":3,\"hash\":\"" HASH_A "\"");
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "live");
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 2);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_replaced"), 0);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_kept"), 0);
    ck_assert_str_eq(toc_fixture_text(reply, "first_date"), "2019-04-01");
    ck_assert_str_eq(toc_fixture_text(reply, "last_date"), "2019-04-02");
    ck_assert_int_eq(toc_fixture_number(reply, "suppliers"), 3);
    ck_assert_int_eq(toc_fixture_number(reply, "suppliers_held"), 1);
    ck_assert_int_eq(toc_fixture_number(reply, "suppliers_new"), 3);
    json_decref(reply);
    check_live(1, 2, 3, 105700);
    refused("{\"request\":\"import_rows\",\"import\":1,\"number\":1}", "notfound", "is not open");
}
END_TEST

/* The same file is nothing to do, whether its hash is known before or after; unless another file
 * has taken one of its days. */
START_TEST(same_file)
{
    json_t *reply;
    int64_t import = open_spend("payments");

    (void)send_rows(import, 0, april, COUNT(april));
    check_state(close_import(import, ",\"hash\":\"" HASH_A "\""), "live");
    reply = asked(OPEN "\"file\":\"again.csv\",\"hash\":\"" HASH_A "\"}");
    ck_assert(json_is_true(json_object_get(reply, "same")));
    ck_assert(json_is_null(json_object_get(reply, "import")));
    json_decref(reply);
    import = open_spend("payments");
    (void)send_rows(import, 0, april, COUNT(april));
    check_state(close_import(import, ",\"hash\":\"" HASH_A "\""), "same");
    check_live(1, 2, 3, 105700);
    reply = asked("{\"request\":\"import_open\",\"kind\":\"spend\",\"source\":\"cards\",\"file\":"
                  "\"f\",\"hash\":\"" HASH_A "\"}");
    ck_assert(json_is_false(json_object_get(reply, "same"))); /* another source's */
    json_decref(reply);
    import_rows("payments", april, 1);
    check_live(2, 2, 3, 105700);
    reply = asked(OPEN "\"file\":\"again.csv\",\"hash\":\"" HASH_A "\"}");
    ck_assert(json_is_false(json_object_get(reply, "same")));
    json_decref(reply);
}
END_TEST

/* A file replaces the days it has, of its own source only, and leaves those it does not have. */
START_TEST(days_are_replaced)
{
    static const struct paid corrected[] = {
        {"Acme Limited", "GB-COH-01234567", "2019-04-01", 90000, 45},
        {"Beta Limited", NULL, "2019-04-03", 1000, 45},
    };
    int64_t import;

    import_rows("payments", april, COUNT(april));
    import_rows("cards", april, 1);
    import = open_spend("payments");
    (void)send_rows(import, 0, corrected, COUNT(corrected));
    json_t *reply = close_import(import, "");
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 2);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_replaced"), 1);
    ck_assert_int_eq(toc_fixture_number(reply, "rows_replaced"), 1);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_kept"), 1);
    json_decref(reply);
    check_live(3, 4, 5, 5700 + 100000 + 90000 + 1000);
    /* What covers a whole quarter takes even the days it has no row for. */
    import = open_spend("payments");
    (void)send_rows(import, 0, corrected, COUNT(corrected));
    reply = close_import(import, ",\"covers\":{\"from\":\"2019-04-01\",\"to\":\"2019-06-30\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 91);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_replaced"), 3);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_kept"), 0);
    json_decref(reply);
    check_live(2, 92, 3, 100000 + 91000);
}
END_TEST

/* A day whose rows were all redacted since is a day of the file, though no cell tells of it. */
START_TEST(days_without_cells)
{
    uint8_t days[12] = {0};
    const struct toc_bytes part = toc_bytes_of(days, 8);
    char request[100];

    import_rows("payments", april, COUNT(april));
    const int64_t import = open_spend("payments");
    (void)send_rows(import, 0, april, 1);
    for (unsigned i = 0; i < 4; i++) {
        days[i] = (uint8_t)((uint32_t)day_of("2019-04-02") >> 8 * i);
        days[4 + i] = (uint8_t)((uint32_t)day_of("2100-12-31") >> 8 * i);
        days[8 + i] = (uint8_t)((uint32_t)(day_of("2100-12-31") + 1) >> 8 * i);
    }
    (void)snprintf(request, sizeof(request), "{\"request\":\"import_close\",\"import\":%lld}",
                   (long long)import);
    const struct toc_bytes bad[] = {toc_bytes_of(days, 12), toc_bytes_of(days, 7)};
    refused_with(request, &bad[0], 1, "invalid", "part 1: day 2: is not from 1995 to 2100");
    refused_with(request, &bad[1], 1, "invalid", "part 1: is not days");
    refused_with(request, bad, 2, "invalid", "part 1: is not days");
    json_t *reply = ask(request, &part, 1);
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 3);
    ck_assert_int_eq(toc_fixture_number(reply, "dates_replaced"), 2);
    json_decref(reply);
    check_live(1, 3, 1, april[0].pence);
}
END_TEST

START_TEST(dry_run_and_cancel)
{
    int64_t import = open_spend("payments");

    (void)send_rows(import, 0, april, COUNT(april));
    json_t *reply = close_import(import, ",\"dry_run\":true");
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 2);
    check_state(reply, "dry_run");
    check_live(0, 0, 0, 0);
    import = open_spend("payments");
    (void)send_rows(import, 0, april, COUNT(april));
    char request[100];
    (void)snprintf(request, sizeof(request), "{\"request\":\"import_cancel\",\"import\":%lld}",
                   (long long)import);
    json_decref(asked(request));
    refused(request, "notfound", "is not open");
    check_live(0, 0, 0, 0);
    import = open_spend("payments"); /* a file without a row that counts replaces nothing */
    reply = close_import(import, "");
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 0);
    ck_assert(json_is_null(json_object_get(reply, "first_date")));
    json_decref(reply);
    check_live(0, 0, 0, 0);
}
END_TEST

/* An answer was lost: the same part again is answered and not stored again. */
START_TEST(parts_in_order)
{
    const int64_t import = open_spend("payments");
    char request[100];

    ck_assert_str_eq(send_rows(import, 0, april, COUNT(april)), "kkh");
    ck_assert_str_eq(send_rows(import, 0, april, COUNT(april)), "kkh");
    ck_assert_str_eq(send_rows(import, 1, april, 1), "k");
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":0}", (long long)import);
    refused(request, "invalid", "number: 2 is next");
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":3}", (long long)import);
    refused(request, "invalid", "number: 2 is next");
    check_state(close_import(import, ""), "live");
    check_live(1, 2, 4, 205700);
}
END_TEST

/* Who opens a source again has lost the first; eight at a time. */
START_TEST(open_imports_are_bounded)
{
    const int64_t first = open_spend("payments");
    char name[16], request[100];

    ck_assert_int_ne(open_spend("payments"), first);
    (void)snprintf(request, sizeof(request), "{\"request\":\"import_cancel\",\"import\":%lld}",
                   (long long)first);
    refused(request, "notfound", "another import of the same source began");
    for (int i = 1; i < TOC_IMPORTS_OPEN_MAX; i++) {
        (void)snprintf(name, sizeof(name), "s%d", i);
        (void)open_spend(name);
    }
    refused(OPEN "\"source\":\"ninth\",\"file\":\"f\"}", "malformed", "duplicate");
    refused("{\"request\":\"import_open\",\"kind\":\"spend\",\"source\":\"ninth\",\"file\":\"f\"}",
            "toobig", "8 imports are open");
    toc_fixture_group_advance(group, 3601 * 1000);
    (void)open_spend("ninth"); /* nobody has spoken for an hour */
}
END_TEST

START_TEST(sources_drop)
{
    import_rows("payments", april, COUNT(april));
    import_rows("cards", april, 1);
    json_t *reply =
        asked("{\"request\":\"source_drop\",\"kind\":\"spend\",\"source\":\"payments\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "dates"), 2);
    ck_assert_int_eq(toc_fixture_number(reply, "rows"), 3);
    json_decref(reply);
    check_live(1, 1, 1, 100000);
    refused("{\"request\":\"source_drop\",\"kind\":\"spend\",\"source\":\"payments\"}", "notfound",
            "nothing of 'payments' is held");
    reply = asked("{\"request\":\"audit\"}");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "audit", 0), "command"),
                     "source_drop");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "audit", 1), "command"), "import");
    ck_assert_ptr_null(
        strstr(toc_fixture_text(toc_fixture_item(reply, "audit", 1), "detail"), "Acme"));
    json_decref(reply);
}
END_TEST

START_TEST(open_refuses)
{
    refused("{\"request\":\"import_open\",\"source\":\"a\",\"file\":\"f\"}", "invalid", "kind: ");
    refused("{\"request\":\"import_open\",\"kind\":\"risk\"}", "invalid", "kind: ");
    refused("{\"request\":\"import_open\",\"kind\":\"spend\",\"file\":\"f\"}", "invalid",
            "source: ");
    refused("{\"request\":\"import_open\",\"kind\":\"spend\",\"source\":\"Pay\",\"file\":\"f\"}",
            "invalid", "source: ");
    refused("{\"request\":\"import_open\",\"kind\":\"spend\",\"source\":\"a234567890123456789012345"
            "678901234567890123456789012345678901234x\",\"file\":\"f\"}",
            "invalid", "source: ");
    refused(OPEN "\"file\":\"\"}", "invalid", "file: ");
    refused(OPEN "\"file\":\"f\",\"hash\":\"12\"}", "invalid", "hash: ");
    refused("{\"request\":\"import_close\"}", "invalid", "import: is missing");
    refused("{\"request\":\"import_close\",\"import\":77}", "notfound", "is not open");
    const int64_t import = open_spend("payments");
    char request[200];
    static const char *const wrong[][2] = {
        {"\"rows_read\":1,\"rows_used\":2", "rows_used: "},
        {"\"covers\":{\"from\":\"2019-04-01\"}", "covers: 'to'"},
        {"\"covers\":{\"from\":\"2019-04-02\",\"to\":\"2019-04-01\"}", "covers: does not run"},
        {"\"covers\":{\"from\":\"2000-01-01\",\"to\":\"2019-04-01\"}", "covers: does not run"},
        {"\"covers\":{\"from\":\"1994-12-31\",\"to\":\"1995-01-01\"}", "covers: 'from'"},
        {"\"hash\":7", "hash: is not a text"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"import_close\",\"import\":%lld,%s}", (long long)import,
                       wrong[i][0]);
        refused(request, "invalid", wrong[i][1]);
    }
}
END_TEST

/* ---- what a part may hold ---- */

static void rows_refused(int64_t import, const char *payees, struct toc_bytes cells,
                         const char *result, const char *words)
{
    char request[100];
    const struct toc_bytes parts[] = {toc_bytes_text(payees), cells};

    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":0}", (long long)import);
    refused_with(request, parts, 2, result, words);
}

START_TEST(payees_refused)
{
    const int64_t import = open_spend("payments");
    const struct toc_bytes none = toc_bytes_of(NULL, 0);

    rows_refused(import, "{}", none, "malformed", "part 1: is not a JSON array");
    rows_refused(import, "[", none, "malformed", "part 1: ");
    rows_refused(import, "[7]", none, "invalid", "part 1: payee 0: name: ");
    rows_refused(import, "[{\"name\":\"A Ltd\"},{\"name\":\"...\"}]", none, "invalid", "payee 1: ");
    rows_refused(import, "[{\"name\":\"A\\u0007 Ltd\"}]", none, "invalid", "name: ");
    rows_refused(import, "[{\"name\":\"A\",\"scheme\":\"GB-COH\"}]", none, "invalid", "scheme and");
    rows_refused(import, "[{\"name\":\"A\",\"id\":\"01234567\"}]", none, "invalid", "scheme and");
    rows_refused(import, "[{\"name\":\"A\",\"scheme\":\"GB-COH\",\"id\":\"1234567\"}]", none,
                 "invalid", "scheme and");
    rows_refused(import, "[{\"name\":\"A\",\"scheme\":\"VAT\",\"id\":\"123456789\"}]", none,
                 "invalid", "scheme and");
    rows_refused(import,
                 "[{\"name\":\"A\",\"scheme\":\"GB-COH\",\"id\":\"01234567\",\"norm\":128}]", none,
                 "invalid", "norm: ");
    rows_refused(import, "[{\"name\":\"A\",\"rows\":-1}]", none, "invalid", "rows: ");
    char *text = calloc(1, (size_t)300 * 1024);
    ck_assert_ptr_nonnull(text);
    for (int i = 0; i <= TOC_IMPORT_PAYEES_MAX; i++) {
        memcpy(text + strlen(text), i == 0 ? "[{\"name\":\"A\"}" : ",{\"name\":\"A\"}", 14);
    }
    text[strlen(text)] = ']';
    rows_refused(import, text, none, "toobig", "4097 payees");
    free(text);
}
END_TEST

START_TEST(cells_refused)
{
    static uint8_t cells[(TOC_IMPORT_PAYEES_MAX + 1) * 24];
    const int64_t import = open_spend("payments");
    const char *payees = "[{\"name\":\"A Ltd\"}]";
    static const struct {
        unsigned at;
        uint8_t value;
        const char *words;
    } wrong[] = {
        {0, 1, "its payee"},
        {6, 9, "its day"},
        {8, 3, "its category"},
        {8, 0, "its category"},
        {9, 1, "its category"},
        {10, 0, "its category"},
        {11, 1, "its category"},
        {12, 0, "no rows"},
        {15, 99, "no rows, or too many"},
        {21, 1, ""},
        {22, 1, "its sum"},
        {23, 255, "its sum"},
    };
    const struct paid good = {"A Ltd", NULL, "2019-04-01", 100, 45};

    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (wrong[i].words[0] != '\0') {
            put_cell(cells, 0, &good);
            cells[wrong[i].at] = wrong[i].value;
            rows_refused(import, payees, toc_bytes_of(cells, 24), "invalid", wrong[i].words);
        }
    }
    rows_refused(import, payees, toc_bytes_of(cells, 23), "malformed", "whole number of cells");
    for (size_t i = 0; i <= TOC_IMPORT_PAYEES_MAX; i++) {
        put_cell(cells + 24 * i, 0, &good);
    }
    rows_refused(import, payees, toc_bytes_of(cells, sizeof(cells)), "toobig", "4097 cells");
    char request[100];
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":0}", (long long)import);
    refused(request, "invalid", "has 0 parts");
    const struct toc_bytes parts[] = {toc_bytes_text(payees),
                                      toc_bytes_of(cells, (size_t)TOC_IMPORT_PAYEES_MAX * 24)};
    json_t *reply = ask(request, parts, 2);
    ck_assert_str_eq(toc_fixture_text(reply, "fates"), "k");
    json_decref(reply);
    check_state(close_import(import, ""), "live");
    check_live(1, 1, TOC_IMPORT_PAYEES_MAX, TOC_IMPORT_PAYEES_MAX * INT64_C(100));
}
END_TEST

/* Who is a person is not stored even if a client sends one; the day is covered all the same. */
START_TEST(persons_are_not_stored)
{
    static const struct paid rows[] = {
        {"Mr J Smith", NULL, "2019-04-01", 100, 0},
        {"Acme Ltd", NULL, "2019-04-02", 200, 0},
    };
    const int64_t import = open_spend("payments");

    ck_assert_str_eq(send_rows(import, 0, rows, COUNT(rows)), "dk");
    json_t *reply = close_import(import, "");
    ck_assert_int_eq(toc_fixture_number(reply, "suppliers"), 1);
    json_decref(reply);
    check_live(1, 2, 1, 200);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_import");
    TCase *files = tcase_create("files");
    TCase *parts = tcase_create("parts");

    tcase_add_test(files, one_file);
    tcase_add_test(files, same_file);
    tcase_add_test(files, days_are_replaced);
    tcase_add_test(files, days_without_cells);
    tcase_add_test(files, dry_run_and_cancel);
    tcase_add_test(files, open_imports_are_bounded);
    tcase_add_test(files, sources_drop);
    tcase_add_test(files, open_refuses);
    tcase_add_test(parts, parts_in_order);
    tcase_add_test(parts, payees_refused);
    tcase_add_test(parts, cells_refused);
    tcase_add_test(parts, persons_are_not_stored);
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_checked_fixture(parts, set_up, tear_down);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, parts);
    return toc_test_main(suite);
}
