/* Settle: from files to the drafts of exposures. */
#include "lone_settle.h"

static const struct paid first_year[] = {
    {"Acme Limited", "GB-COH-01234567", "2019-04-01", 1260000, 45},
    {"ACME LTD", NULL, "2019-05-31", 40000, 45},
    {"Acme Limited", "GB-COH-01234567", "2020-03-31", -100, 71},
    {"Beta plc", NULL, "2019-04-30", 49999, 0},
    {"Jo Bloggs", NULL, "2019-04-02", 70000, 0},
};

START_TEST(files_to_drafts)
{
    import_rows("payments", first_year, COUNT(first_year));
    settled(3, 0, 0);
    ck_assert_str_eq(shown(), "GB-COH-01234567/cpv-45/2019 13000 3;"
                              "GB-COH-01234567/cpv-71/2019 0 3;"
                              "name:beta plc/unknown/2019 0 3;");
    settled(3, 0, 0); /* nothing changed, and it says the same */
    publish_all(3);
    settled(0, 0, 3);
    ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(rounding)
{
    static const struct {
        int64_t pence;
        const char *shows;
    } cases[] = {
        {0, " 0 1;"},          {49999, " 0 1;"},       {50000, " 1000 1;"},
        {149999, " 1000 1;"},  {150000, " 2000 1;"},   {-49999, " 0 1;"},
        {-50000, " -1000 1;"}, {-150000, " -2000 1;"}, {99999999, " 1000000 1;"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct paid row = {"Acme Ltd", NULL, "2000-04-01", cases[i].pence, 45};
        char expected[100];
        import_rows("payments", &row, 1);
        json_decref(settle());
        (void)snprintf(expected, sizeof(expected), "name:acme ltd/cpv-45/2000%s", cases[i].shows);
        ck_assert_str_eq(shown(), expected);
    }
}
END_TEST

/* A corrected quarter, overlapping files of two sources, a source that goes. */
START_TEST(corrections_reach_the_drafts)
{
    static const struct paid corrected[] = {
        {"Acme Limited", "GB-COH-01234567", "2019-04-01", 900000, 45},
        {"Gamma Ltd", NULL, "2019-04-30", 100000, 45},
    };
    static const struct paid cards[] = {
        {"Acme Limited", "GB-COH-01234567", "2019-04-01", 100000, 45}};
    int64_t import;

    import_rows("payments", first_year, COUNT(first_year));
    settled(3, 0, 0);
    publish_all(3);
    import_rows("cards", cards, COUNT(cards));
    settled(1, 0, 2);
    ck_assert_str_eq(shown(), "replace GB-COH-01234567/cpv-45/2019 14000 3;");
    import = open_spend("payments");
    (void)send_rows(import, 0, corrected, COUNT(corrected));
    check_state(close_import(import, ",\"covers\":{\"from\":\"2019-04-01\",\"to\":\"2019-06-30\"}"),
                "live");
    settled(3, 1, 0);
    ck_assert_str_eq(shown(), "replace GB-COH-01234567/cpv-45/2019 10000 4;"
                              "replace GB-COH-01234567/cpv-71/2019 0 4;"
                              "withdraw name:beta plc/unknown/2019 0 0;"
                              "name:gamma ltd/cpv-45/2019 1000 4;");
    publish_all(4);
    json_decref(asked("{\"request\":\"source_drop\",\"kind\":\"spend\",\"source\":\"payments\"}"));
    settled(1, 2, 0);
    ck_assert_str_eq(shown(), "replace GB-COH-01234567/cpv-45/2019 1000 1;"
                              "withdraw GB-COH-01234567/cpv-71/2019 0 0;"
                              "withdraw name:gamma ltd/cpv-45/2019 0 0;");
    /* It comes back before that was published: nothing is withdrawn. */
    import = open_spend("payments");
    (void)send_rows(import, 0, corrected, COUNT(corrected));
    check_state(close_import(import, ",\"covers\":{\"from\":\"2019-04-01\",\"to\":\"2019-06-30\"}"),
                "live");
    settled(2, 1, 0);
    ck_assert_str_eq(shown(), "replace GB-COH-01234567/cpv-45/2019 10000 3;"
                              "withdraw GB-COH-01234567/cpv-71/2019 0 0;"
                              "replace name:gamma ltd/cpv-45/2019 1000 3;");
    publish_all(3);
    settled(0, 0, 2);
}
END_TEST

/* A quarter's file has a few payments of the months before. */
START_TEST(a_stray_day_makes_no_month_known)
{
    struct paid rows[9];
    int64_t import;

    for (size_t i = 0; i < COUNT(rows); i++) {
        rows[i] = (struct paid){"Acme Ltd", NULL, i < 8 ? "2019-07-01" : "2019-06-28", 1000, 45};
    }
    import_rows("payments", rows, 9); /* eight and one: an eighth */
    json_decref(settle());
    ck_assert_str_eq(shown(), "name:acme ltd/cpv-45/2019 0 1;");
    import_rows("payments", rows + 4, 5); /* four and one: a quarter */
    json_decref(settle());
    ck_assert_str_eq(shown(), "name:acme ltd/cpv-45/2019 0 2;");
    import = open_spend("payments"); /* the file says that it has all of June */
    (void)send_rows(import, 0, rows, 9);
    check_state(close_import(import, ",\"covers\":{\"from\":\"2019-06-01\",\"to\":\"2019-06-30\"}"),
                "live");
    json_decref(settle());
    ck_assert_str_eq(shown(), "name:acme ltd/cpv-45/2019 0 2;");
    /* All but a day of it, and nothing from before. */
    json_decref(asked("{\"request\":\"source_drop\",\"kind\":\"spend\",\"source\":\"payments\"}"));
    import = open_spend("payments");
    (void)send_rows(import, 0, rows, 9);
    check_state(close_import(import, ",\"covers\":{\"from\":\"2019-06-02\",\"to\":\"2019-06-30\"}"),
                "live");
    json_decref(settle());
    ck_assert_str_eq(shown(), "name:acme ltd/cpv-45/2019 0 1;");
}
END_TEST

/* ---- contracts ---- */

static void import_contracts(const char *list)
{
    static const char payees[] = "[{\"name\":\"Acme Ltd\",\"scheme\":\"GB-COH\",\"id\":"
                                 "\"01234567\"},{\"name\":\"Omega Ltd\"}]";
    const struct toc_bytes parts[] = {toc_bytes_text(payees), toc_bytes_text(list)};
    char request[120];
    json_t *reply = asked("{\"request\":\"import_open\",\"kind\":\"contracts\",\"source\":"
                          "\"register\",\"file\":\"r.csv\"}");
    const int64_t import = toc_fixture_number(reply, "import");

    json_decref(reply);
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":0}", (long long)import);
    reply = ask(request, parts, 2);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s",
                  toc_fixture_text(reply, "message"));
    json_decref(reply);
    check_state(close_import(import, ""), "live");
}

/* "KEY CONTRACTS END ROUTE;" of each draft, in a static buffer. */
static const char *contracts_shown(void)
{
    static char text[4096];
    json_t *reply = asked("{\"request\":\"preview\",\"stream\":\"exposure\"}");
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < toc_fixture_length(reply, "records"); i++) {
        const json_t *one = toc_fixture_item(reply, "records", i);
        const json_t *record = json_object_get(one, "record");
        at += (size_t)snprintf(
            text + at, sizeof(text) - at, "%s %lld %s %s;", toc_fixture_text(one, "key"),
            (long long)toc_fixture_number(record, "contracts"),
            toc_fixture_text(record, "earliest_end"), toc_fixture_text(record, "route"));
    }
    json_decref(reply);
    return text;
}

/* One in its own category, one in the largest, one that ran out, one whose supplier was paid
 * nothing. */
START_TEST(contracts_count_once)
{
    import_rows("payments", first_year, COUNT(first_year));
    import_contracts("[{\"reference\":\"a\",\"title\":\"t\",\"payee\":0,\"cpv\":71000000,\"start\":"
                     "\"2019-04-01\",\"end\":"
                     "\"2021-03-31\",\"route\":\"open\"},"
                     "{\"reference\":\"b\",\"title\":\"t\",\"payee\":0,\"start\":\"2010-04-01\","
                     "\"end\":\"2020-06-30\","
                     "\"route\":\"framework\"},"
                     "{\"reference\":\"c\",\"title\":\"t\",\"payee\":0,\"cpv\":99000000,\"end\":"
                     "\"2019-12-31\",\"route\":"
                     "\"direct\"},"
                     "{\"reference\":\"d\",\"title\":\"t\",\"payee\":0,\"start\":\"2010-04-01\","
                     "\"end\":\"2019-03-31\"},"
                     "{\"reference\":\"e\",\"title\":\"t\",\"payee\":1,\"cpv\":45200000}]");
    settled(4, 0, 0);
    ck_assert_str_eq(contracts_shown(), "GB-COH-01234567/cpv-45/2019 2 2019-Q4 ;"
                                        "GB-COH-01234567/cpv-71/2019 1 2021-Q1 open;"
                                        "name:beta plc/unknown/2019 0  ;"
                                        "name:omega ltd/cpv-45/2019 1  ;");
    publish_all(4);
    /* The register's next file is all of it. */
    import_contracts(
        "[{\"reference\":\"b\",\"title\":\"t\",\"payee\":0,\"start\":\"2010-04-01\",\"end\":"
        "\"2020-06-30\",\"route\":\"framework\"}]");
    settled(2, 1, 1);
}
END_TEST

/* ---- who is who ---- */

static const struct paid named[] = {{"Delta Ltd", NULL, "2019-04-01", 100000, 45}};
static const struct paid numbered[] = {
    {"DELTA LIMITED", "GB-COH-00000001", "2019-05-01", 200000, 45}};
static const struct paid other_number[] = {
    {"Delta Ltd", "GB-COH-00000002", "2019-06-01", 400000, 45}};
static const struct paid other_name[] = {
    {"Epsilon Ltd", "GB-COH-00000001", "2019-07-01", 800000, 45}};
static const struct paid *const files[] = {named, numbered, other_number, other_name};

/* The files of `mask`, in the order of the digits of `order`; what the drafts then are. */
static const char *in_order(unsigned mask, const char *order)
{
    for (; *order != '\0'; order++) {
        const unsigned at = (unsigned)(*order - '0');
        char source[3] = {'s', *order, '\0'};
        if ((mask >> at & 1) != 0) {
            import_rows(source, files[at], 1);
            json_decref(settle());
        }
    }
    return shown();
}

static void all_orders(unsigned mask, const char *expected)
{
    static const char *const orders[] = {"0123", "3210", "1032", "2301", "0321", "1203"};

    for (size_t i = 0; i < COUNT(orders); i++) {
        tear_down();
        set_up_council();
        ck_assert_str_eq(in_order(mask, orders[i]), expected);
    }
}

START_TEST(a_number_that_comes_later)
{
    all_orders(1 | 2, "GB-COH-00000001/cpv-45/2019 3000 2;");
}
END_TEST

START_TEST(two_numbers_for_a_name)
{
    all_orders(1 | 2 | 4, "GB-COH-00000001/cpv-45/2019 2000 3;GB-COH-00000002/cpv-45/2019 4000 3;"
                          "name:delta ltd/cpv-45/2019 1000 3;");
}
END_TEST

START_TEST(one_number_under_two_names)
{
    all_orders(1 | 2 | 8, "GB-COH-00000001/cpv-45/2019 11000 3;");
    all_orders(15, "GB-COH-00000001/cpv-45/2019 10000 4;GB-COH-00000002/cpv-45/2019 4000 4;"
                   "name:delta ltd/cpv-45/2019 1000 4;");
}
END_TEST

/* The file that made a number known goes: the name stands alone again. */
START_TEST(a_number_that_goes)
{
    (void)in_order(3, "01");
    publish_all(1);
    json_decref(asked("{\"request\":\"source_drop\",\"kind\":\"spend\",\"source\":\"s1\"}"));
    json_decref(settle());
    ck_assert_str_eq(shown(), "withdraw GB-COH-00000001/cpv-45/2019 0 0;"
                              "name:delta ltd/cpv-45/2019 1000 1;");
}
END_TEST

/* ---- slices ---- */

/* What changes meanwhile is seen; what was begun leaves nothing behind. */
START_TEST(begins_again)
{
    for (int slices = 0; slices < 14; slices++) {
        static const struct paid more[] = {{"Zeta Ltd", NULL, "2019-08-01", 500000, 45}};
        tear_down();
        set_up_council();
        import_rows("payments", first_year, COUNT(first_year));
        for (int i = 0; i < slices; i++) {
            json_decref(asked("{\"request\":\"settle\"}"));
        }
        if (slices % 2 == 0) {
            toc_fixture_daemon_restart(group, &daemon_); /* what was in memory is gone */
        }
        import_rows("more", more, COUNT(more));
        json_decref(settle());
        ck_assert_str_eq(shown(), "GB-COH-01234567/cpv-45/2019 13000 4;"
                                  "GB-COH-01234567/cpv-71/2019 0 4;"
                                  "name:beta plc/unknown/2019 0 4;"
                                  "name:zeta ltd/cpv-45/2019 5000 4;");
    }
}
END_TEST

/* A dry run and a file that is being loaded leave the drafts alone. */
START_TEST(only_what_is_live)
{
    static const struct paid more[] = {{"Zeta Ltd", NULL, "2019-08-01", 500000, 45}};
    int64_t import;

    import_rows("payments", named, COUNT(named));
    import = open_spend("dry");
    (void)send_rows(import, 0, numbered, COUNT(numbered));
    check_state(close_import(import, ",\"dry_run\":true"), "dry_run");
    import = open_spend("more");
    (void)send_rows(import, 0, more, COUNT(more));
    settled(1, 0, 0);
    ck_assert_str_eq(shown(), "name:delta ltd/cpv-45/2019 1000 1;");
    check_state(close_import(import, ""), "live"); /* its payees are still there */
    settled(2, 0, 0);
}
END_TEST

/* There is room for one more draft: the others wait for a publish, and nothing fails. */
START_TEST(more_than_there_is_room_for)
{
    enum { DRAFTS_MAX = 65536 };
    static struct toc_draft drafts[1000];
    static char keys[1000][16];
    for (int done = 0; done < DRAFTS_MAX - 1; done += (int)COUNT(drafts)) {
        const int left = DRAFTS_MAX - 1 - done;
        const int len = left < (int)COUNT(drafts) ? left : (int)COUNT(drafts);
        for (int i = 0; i < len; i++) {
            (void)snprintf(keys[i], sizeof(keys[i]), "k%d", done + i);
            drafts[i] = (struct toc_draft){
                .stream = "framework", .key = keys[i], .source = "", .withdraw = true};
        }
        ck_assert_int_eq(toc_store_drafts_put(daemon_.store, drafts, (size_t)len), TOC_OK);
    }
    import_rows("payments", first_year, COUNT(first_year));
    json_t *reply = settle();
    ck_assert_int_eq(toc_fixture_number(reply, "staged"), 1);
    ck_assert_int_eq(toc_fixture_number(reply, "waiting"), 2);
    json_decref(reply);
    json_decref(asked("{\"request\":\"unstage\",\"stream\":\"framework\"}"));
    reply = settle();
    ck_assert_int_eq(toc_fixture_number(reply, "staged"), 3);
    ck_assert_int_eq(toc_fixture_number(reply, "waiting"), 0);
    json_decref(reply);
}
END_TEST

/* More than one slice of each phase. */
START_TEST(many)
{
    static struct paid rows[3000];
    static char names[3000][24];
    const int64_t import = open_spend("payments");

    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)snprintf(names[i], sizeof(names[i]), "Company %zu Ltd", i);
        rows[i] =
            (struct paid){names[i], NULL, i % 2 == 0 ? "2018-04-01" : "2019-04-01", 100000, 45};
    }
    for (int part = 0; part < 20; part++) {
        (void)send_rows(import, part, rows, COUNT(rows));
    }
    check_state(close_import(import, ""), "live");
    settled(3000, 0, 0);
    json_t *reply = asked("{\"request\":\"preview\",\"stream\":\"exposure\",\"limit\":1}");
    ck_assert_int_eq(toc_fixture_number(reply, "total"), 3000);
    ck_assert_int_eq(toc_fixture_number(
                         json_object_get(toc_fixture_item(reply, "records", 0), "record"), "spend"),
                     20000);
    json_decref(reply);
    publish_all(3000);
    import_rows("more", numbered, 1);
    settled(1, 0, 3000); /* one row does not make its month known beside one that has thousands */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_settle");
    TCase *files_case = tcase_create("files");
    TCase *who = tcase_create("who");
    TCase *slices = tcase_create("slices");

    tcase_add_test(files_case, files_to_drafts);
    tcase_add_test(files_case, rounding);
    tcase_add_test(files_case, corrections_reach_the_drafts);
    tcase_add_test(files_case, contracts_count_once);
    tcase_add_test(files_case, a_stray_day_makes_no_month_known);
    tcase_add_test(who, a_number_that_comes_later);
    tcase_add_test(who, two_numbers_for_a_name);
    tcase_add_test(who, one_number_under_two_names);
    tcase_add_test(who, a_number_that_goes);
    tcase_add_test(slices, begins_again);
    tcase_add_test(slices, only_what_is_live);
    tcase_add_test(slices, more_than_there_is_room_for);
    tcase_add_test(slices, many);
    tcase_add_checked_fixture(files_case, set_up_council, tear_down);
    tcase_add_checked_fixture(who, set_up_council, tear_down);
    tcase_add_checked_fixture(slices, set_up_council, tear_down);
    tcase_set_timeout(slices, 120);
    suite_add_tcase(suite, files_case);
    suite_add_tcase(suite, who);
    suite_add_tcase(suite, slices);
    return toc_test_main(suite);
}
