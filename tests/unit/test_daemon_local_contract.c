/* Contracts registers over the local socket: what a part may hold, what a file leaves behind. */
#include "lone_import.h"
#include "store_contract.h"
#include "store_import.h"

static int64_t open_contracts(const char *source)
{
    char request[200];

    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_open\",\"kind\":\"contracts\",\"source\":\"%s\","
                   "\"file\":\"register.csv\"}",
                   source);
    json_t *reply = asked(request);
    const int64_t import = toc_fixture_number(reply, "import");
    json_decref(reply);
    return import;
}

static json_t *send(int64_t import, int number, const char *payees, const char *contracts)
{
    char request[120];
    const struct toc_bytes parts[] = {toc_bytes_text(payees), toc_bytes_text(contracts)};

    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":%d}", (long long)import,
                   number);
    return ask(request, parts, 2);
}

static void sent(int64_t import, int number, const char *payees, const char *contracts,
                 const char *fates)
{
    json_t *reply = send(import, number, payees, contracts);

    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s",
                  toc_fixture_text(reply, "message"));
    ck_assert_str_eq(toc_fixture_text(reply, "fates"), fates);
    json_decref(reply);
}

static void import_register(const char *source, const char *payees, const char *contracts,
                            const char *fates)
{
    const int64_t import = open_contracts(source);

    sent(import, 0, payees, contracts, fates);
    check_state(close_import(import, ""), "live");
}

#define ACME "{\"name\":\"Acme Ltd\",\"scheme\":\"GB-COH\",\"id\":\"01234567\",\"norm\":0}"
#define FARM "{\"name\":\"Example Farm\",\"rows\":1}"
#define PERSON "{\"name\":\"Mr J Example\"}"
#define WHOLE                                                                                      \
    "{\"payee\":0,\"reference\":\"R1\",\"title\":\"Cleaning\",\"unit\":\"Estates\","               \
    "\"description\":\"Offices\",\"ocid\":\"ocds-h6vhtk-012345\",\"cpv\":90910000,\"start\":"      \
    "\"2025-04-01\",\"end\":\"2027-03-31\",\"review\":\"2026-10-01\",\"extension\":"               \
    "\"2028-03-31\",\"value\":40000,\"type\":\"single_award\",\"process\":\"Invitation to "        \
    "quote\",\"route\":\"quote\",\"sme\":true,\"vcse\":false}"

static json_t *listed(const char *fields, size_t len)
{
    char request[300];

    (void)snprintf(request, sizeof(request), "{\"request\":\"contract_list\"%s}", fields);
    json_t *reply = asked(request);
    ck_assert_uint_eq(toc_fixture_length(reply, "contracts"), len);
    return reply;
}

START_TEST(what_came_goes)
{
    json_t *wanted = json_loads(WHOLE, 0, NULL);

    import_register("register", "[" ACME "]", "[" WHOLE ",{\"title\":\"Bare\",\"payee\":null}]",
                    "k");
    json_t *reply = listed("", 2);
    const json_t *one = toc_fixture_item(reply, "contracts", 0);
    const char *key;
    json_t *value;
    json_object_del(wanted, "payee");
    json_object_foreach(wanted, key, value)
    {
        ck_assert_msg(json_equal(json_object_get(one, key), value), "%s", key);
    }
    ck_assert_str_eq(toc_fixture_text(one, "name"), "Acme Ltd");
    ck_assert_str_eq(toc_fixture_text(one, "number"), "GB-COH-01234567");
    ck_assert_str_eq(toc_fixture_text(one, "state"), "kept");
    ck_assert_str_eq(toc_fixture_text(one, "source"), "register");
    ck_assert_uint_eq(toc_fixture_length(one, "missing"), 0);
    one = toc_fixture_item(reply, "contracts", 1);
    ck_assert(json_is_null(json_object_get(one, "name")));
    ck_assert(json_is_null(json_object_get(one, "value")));
    ck_assert(json_is_null(json_object_get(one, "end")));
    ck_assert_uint_eq(toc_fixture_length(one, "missing"), 11);
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
    json_decref(wanted);
}
END_TEST

/* A new file of a source takes the place of the whole of the old; another source's stays. */
START_TEST(a_source_is_replaced)
{
    import_register("register", "[" ACME "]", "[" WHOLE ",{\"title\":\"Old\"}]", "k");
    import_register("grants", "[]", "[{\"title\":\"Grant\"}]", "");
    const int64_t import = open_contracts("register");
    sent(import, 0, "[]", "[{\"title\":\"New\"}]", "");
    json_decref(listed("", 3)); /* invisible until it is closed */
    json_t *reply = close_import(import, ",\"dry_run\":true");
    ck_assert_int_eq(toc_fixture_number(reply, "rows_replaced"), 2);
    check_state(reply, "dry_run");
    json_decref(listed("", 3));
    const int64_t again = open_contracts("register");
    sent(again, 0, "[]", "[{\"title\":\"New\"}]", "");
    reply = close_import(again, "");
    ck_assert_int_eq(toc_fixture_number(reply, "rows_replaced"), 2);
    check_state(reply, "live");
    reply = listed("", 2);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "contracts", 0), "title"), "Grant");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "contracts", 1), "title"), "New");
    json_decref(reply);
    json_decref(asked("{\"request\":\"source_drop\",\"kind\":\"contracts\","
                      "\"source\":\"register\"}"));
    json_decref(listed("", 1));
}
END_TEST

/* A part that comes again is stored once. */
START_TEST(a_repeat)
{
    const int64_t import = open_contracts("register");

    sent(import, 0, "[" ACME "]", "[" WHOLE "]", "k");
    sent(import, 0, "[" ACME "]", "[" WHOLE "]", "k");
    sent(import, 1, "[]", "[]", "");
    check_state(close_import(import, ""), "live");
    json_decref(listed("", 1));
}
END_TEST

START_TEST(persons_are_not_stored)
{
    import_register("register", "[" PERSON "," FARM "]",
                    "[{\"title\":\"Lessons of J Example\",\"payee\":0},"
                    "{\"title\":\"Eggs\",\"payee\":1}]",
                    "dh");
    json_t *reply = listed("", 1);
    const json_t *one = toc_fixture_item(reply, "contracts", 0);
    ck_assert_str_eq(toc_fixture_text(one, "title"), "Eggs");
    ck_assert_str_eq(toc_fixture_text(one, "state"), "held");
    json_decref(reply);
}
END_TEST

START_TEST(filters_and_pages)
{
    char contracts[20000] = "[" WHOLE;
    size_t len = strlen(contracts);

    for (int i = 0; i < 150; i++) {
        len += (size_t)snprintf(contracts + len, sizeof(contracts) - len,
                                ",{\"title\":\"T%d\",\"end\":\"2027-%02d-01\"}", i, 1 + i % 12);
    }
    contracts[len] = ']';
    import_register("register", "[" ACME "]", contracts, "k");
    json_t *reply = listed("", 100);
    char fields[60];
    (void)snprintf(fields, sizeof(fields), ",\"after\":%lld",
                   (long long)toc_fixture_number(reply, "after"));
    json_decref(reply);
    reply = listed(fields, 51);
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
    json_decref(listed(",\"limit\":500,\"incomplete\":true", 150));
    json_decref(listed(",\"limit\":500,\"ends_before\":\"2027-02-01\"", 13));
    json_decref(listed(",\"limit\":500,\"ends_before\":\"2027-01-01\"", 0));
    refused("{\"request\":\"contract_list\",\"limit\":501}", "invalid", "limit: ");
    refused("{\"request\":\"contract_list\",\"limit\":0}", "invalid", "limit: ");
    refused("{\"request\":\"contract_list\",\"after\":-1}", "invalid", "after: ");
    refused("{\"request\":\"contract_list\",\"ends_before\":\"soon\"}", "invalid", "ends_before: ");
}
END_TEST

START_TEST(of_one_supplier)
{
    static const struct {
        const char *supplier;
        size_t len;
    } rows[] = {
        {"GB-COH-01234567", 1}, {"01234567", 1}, {"acme limited", 1}, {"Example Farm", 1},
        {"GB-CHC-289868", 0},   {"07654321", 0}, {"s1", 0},           {"Example", 0},
        {"GB-COH-", 0},         {"sample", 0},   {"1234567", 0},
    };
    char fields[80];

    import_register("register", "[" ACME "," FARM "]",
                    "[" WHOLE ",{\"title\":\"Eggs\",\"payee\":1}]", "kh");
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)snprintf(fields, sizeof(fields), ",\"supplier\":\"%s\"", rows[i].supplier);
        json_decref(listed(fields, rows[i].len));
    }
    refused("{\"request\":\"contract_list\",\"supplier\":\"...\"}", "invalid", "supplier: ");
    refused("{\"request\":\"contract_list\",\"supplier\":7}", "invalid", "supplier: ");
}
END_TEST

struct refusal {
    const char *contracts;
    const char *result;
    const char *words;
};
static const struct refusal refusals[] = {
    {"", "malformed", "part 2: is not a JSON array"},
    {"{}", "malformed", "part 2: is not a JSON array"},
    {"[7]", "invalid", "contract 0: title: is missing"},
    {"[{\"title\":\"T\"},{}]", "invalid", "contract 1: title: is missing"},
    {"[{\"title\":\"\"}]", "invalid", "title: "},
    {"[{\"title\":\"a\\u0007\"}]", "invalid", "title: "},
    {"[{\"title\":\"T\",\"reference\":5}]", "invalid", "reference: "},
    {"[{\"title\":\"T\",\"payee\":1}]", "invalid", "payee: "},
    {"[{\"title\":\"T\",\"payee\":-1}]", "invalid", "payee: "},
    {"[{\"title\":\"T\",\"payee\":\"0\"}]", "invalid", "payee: "},
    {"[{\"title\":\"T\",\"cpv\":999999}]", "invalid", "cpv: "},
    {"[{\"title\":\"T\",\"cpv\":100000000}]", "invalid", "cpv: "},
    {"[{\"title\":\"T\",\"value\":-1}]", "invalid", "value: "},
    {"[{\"title\":\"T\",\"value\":1000000000001}]", "invalid", "value: "},
    {"[{\"title\":\"T\",\"value\":1.5}]", "invalid", "value: "},
    {"[{\"title\":\"T\",\"start\":\"01/04/2025\"}]", "invalid", "start: "},
    {"[{\"title\":\"T\",\"end\":\"1970-01-01\"}]", "invalid", "end: "},
    {"[{\"title\":\"T\",\"start\":\"2027-01-02\",\"end\":\"2027-01-01\"}]", "invalid", "before"},
    {"[{\"title\":\"T\",\"type\":\"lease\"}]", "invalid", "type: "},
    {"[{\"title\":\"T\",\"route\":\"unknown\"}]", "invalid", "route: "},
    {"[{\"title\":\"T\",\"sme\":\"yes\"}]", "invalid", "sme: "},
};

START_TEST(parts_refused)
{
    const struct refusal *row = &refusals[_i];
    const int64_t import = open_contracts("register");
    json_t *reply = send(import, 0, "[" ACME "]", row->contracts);

    ck_assert_str_eq(toc_fixture_text(reply, "result"), row->result);
    ck_assert_msg(strstr(toc_fixture_text(reply, "message"), row->words) != NULL, "%s",
                  toc_fixture_text(reply, "message"));
    json_decref(reply);
    /* Nothing of it was stored, and the part may come again, mended. */
    sent(import, 0, "[" ACME "]", "[" WHOLE "]", "k");
    check_state(close_import(import, ""), "live");
    json_decref(listed("", 1));
}
END_TEST

static void many(char *text, size_t room, int rows)
{
    size_t len = (size_t)snprintf(text, room, "[");

    for (int i = 0; i < rows; i++) {
        len += (size_t)snprintf(text + len, room - len, "%s{\"title\":\"T\"}", i == 0 ? "" : ",");
    }
    (void)snprintf(text + len, room - len, "]");
}

START_TEST(limits)
{
    static char text[TOC_IMPORT_CONTRACTS_MAX * 20];
    char title[2 * TOC_CONTRACT_TITLE_MAX];
    int64_t import = open_contracts("register");

    many(text, sizeof(text), TOC_IMPORT_CONTRACTS_MAX + 1);
    json_t *reply = send(import, 0, "[]", text);
    ck_assert_str_eq(toc_fixture_text(reply, "result"), "toobig");
    json_decref(reply);
    many(text, sizeof(text), TOC_IMPORT_CONTRACTS_MAX);
    sent(import, 0, "[]", text, "");
    (void)snprintf(title, sizeof(title), "[{\"title\":\"%0*d\"}]", TOC_CONTRACT_TITLE_MAX, 7);
    sent(import, 1, "[]", title, "");
    (void)snprintf(title, sizeof(title), "[{\"title\":\"%0*d\"}]", TOC_CONTRACT_TITLE_MAX + 1, 7);
    reply = send(import, 2, "[]", title);
    ck_assert_str_eq(toc_fixture_text(reply, "result"), "invalid");
    json_decref(reply);
    check_state(close_import(import, ""), "live");
}
END_TEST

/* What is gone is deleted piece by piece, with every part that comes. */
START_TEST(the_old_is_deleted)
{
    static char text[TOC_IMPORT_CONTRACTS_MAX * 20];
    bool more = true;
    int turns = 0;

    many(text, sizeof(text), TOC_IMPORT_CONTRACTS_MAX);
    for (int i = 0; i < 4; i++) {
        const int64_t import = open_contracts("register");
        for (int part = 0; part < 3; part++) {
            sent(import, part, "[]", text, "");
        }
        check_state(close_import(import, ""), "live");
    }
    for (; more; turns++) {
        ck_assert_int_eq(toc_store_import_tidy(daemon_.store, &more), TOC_OK);
        ck_assert_int_lt(turns, 20);
    }
    json_decref(listed(",\"limit\":500", 500));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_contract");
    TCase *tcase = tcase_create("contracts");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, what_came_goes);
    tcase_add_test(tcase, a_source_is_replaced);
    tcase_add_test(tcase, a_repeat);
    tcase_add_test(tcase, persons_are_not_stored);
    tcase_add_test(tcase, filters_and_pages);
    tcase_add_test(tcase, of_one_supplier);
    tcase_add_loop_test(tcase, parts_refused, 0, (int)(sizeof(refusals) / sizeof(refusals[0])));
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, the_old_is_deleted);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
