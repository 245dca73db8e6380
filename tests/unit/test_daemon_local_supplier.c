/* Suppliers over the local socket: listed, shown, kept and dropped; what registers say of them. */
#include "lone_settle.h"

static const struct paid rows[] = {
    {"Acme Limited", "GB-COH-01234567", "2019-04-01", 1260000, 45},
    {"ACME LTD", NULL, "2019-05-31", 40050, 45},
    {"Beta plc", NULL, "2019-04-30", 49999, 0},
    {"Jo Bloggs", NULL, "2019-04-02", 70000, 0},
};

static void set_up_suppliers(void)
{
    set_up_council();
    import_rows("payments", rows, COUNT(rows));
    json_decref(settle());
}

/* The request with one part. */
static json_t *ask_list(const char *request, const char *list)
{
    const struct toc_bytes part = toc_bytes_text(list);
    json_t *reply = ask(request, &part, 1);

    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s",
                  toc_fixture_text(reply, "message"));
    return reply;
}

/* Names of a list, each with ';', in a static buffer. */
static const char *names(json_t *reply, const char *list)
{
    static char text[4096];

    text[0] = '\0';
    for (size_t i = 0; i < toc_fixture_length(reply, list); i++) {
        const size_t at = strlen(text);
        (void)snprintf(text + at, sizeof(text) - at, "%s;",
                       toc_fixture_text(toc_fixture_item(reply, list, i), "name"));
    }
    json_decref(reply);
    return text;
}

static json_t *show(const char *supplier)
{
    char request[200];

    (void)snprintf(request, sizeof(request), "{\"request\":\"supplier_show\",\"supplier\":\"%s\"}",
                   supplier);
    return asked(request);
}

static json_t *decide(const char *supplier, bool keep)
{
    char request[200];

    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"supplier_decide\",\"supplier\":\"%s\",\"keep\":%s}", supplier,
                   keep ? "true" : "false");
    return asked(request);
}

/* ---- listing and showing ---- */

START_TEST(listed)
{
    json_t *reply = asked("{\"request\":\"supplier_list\"}");
    const json_t *acme = toc_fixture_item(reply, "suppliers", 0);

    ck_assert_str_eq(toc_fixture_text(acme, "name"), "ACME LTD");
    ck_assert_str_eq(toc_fixture_text(acme, "number"), "GB-COH-01234567");
    ck_assert_str_eq(toc_fixture_text(acme, "number_basis"), "stated");
    ck_assert_str_eq(toc_fixture_text(acme, "state"), "kept");
    ck_assert_str_eq(toc_fixture_text(acme, "token_state"), "none");
    ck_assert_int_eq(toc_fixture_number(acme, "spend"), 13001); /* 13,000.50 */
    ck_assert_str_eq(toc_fixture_text(acme, "last_paid"), "2019-05-31");
    ck_assert_int_eq(toc_fixture_number(acme, "events"), 0);
    ck_assert(json_is_null(json_object_get(acme, "parent")));
    ck_assert(json_is_null(json_object_get(reply, "after")));
    ck_assert_str_eq(names(reply, "suppliers"), "ACME LTD;Beta plc;Jo Bloggs;");
    ck_assert_str_eq(
        names(asked("{\"request\":\"supplier_list\",\"state\":\"held\"}"), "suppliers"),
        "Jo Bloggs;");
    ck_assert_str_eq(
        names(asked("{\"request\":\"supplier_list\",\"search\":\"BETA\"}"), "suppliers"),
        "Beta plc;");
    ck_assert_str_eq(
        names(asked("{\"request\":\"supplier_list\",\"search\":\"0123\"}"), "suppliers"),
        "ACME LTD;");
    ck_assert_str_eq(names(asked("{\"request\":\"supplier_list\",\"search\":\"!\"}"), "suppliers"),
                     "");
    refused("{\"request\":\"supplier_list\",\"state\":\"lost\"}", "invalid", "state: ");
    refused("{\"request\":\"supplier_list\",\"limit\":501}", "invalid", "limit: ");
    refused("{\"request\":\"supplier_list\",\"after\":\"x\"}", "invalid", "after: ");
}
END_TEST

START_TEST(listed_in_pages)
{
    char request[300] = "{\"request\":\"supplier_list\",\"limit\":1}";
    static const char *const expected[] = {"ACME LTD;", "Beta plc;", "Jo Bloggs;"};

    for (size_t i = 0; i < COUNT(expected); i++) {
        json_t *reply = asked(request);
        const char *after = toc_fixture_text(reply, "after");
        ck_assert_int_eq(after[0] == '\0', i + 1 == COUNT(expected));
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"supplier_list\",\"limit\":1,\"after\":\"%s\"}", after);
        ck_assert_str_eq(names(reply, "suppliers"), expected[i]);
    }
}
END_TEST

START_TEST(shown_whole)
{
    json_t *reply = show("acme ltd.");
    const json_t *total = toc_fixture_item(reply, "totals", 0);

    ck_assert_uint_eq(toc_fixture_length(reply, "payees"), 2);
    ck_assert_uint_eq(toc_fixture_length(reply, "totals"), 1);
    ck_assert_str_eq(toc_fixture_text(total, "category"), "cpv-45");
    ck_assert_int_eq(toc_fixture_number(total, "year"), 2019);
    ck_assert_int_eq(toc_fixture_number(total, "spend"), 13001);
    ck_assert_uint_eq(toc_fixture_length(total, "months"), 2);
    ck_assert_uint_eq(toc_fixture_length(reply, "contracts"), 0);
    ck_assert_uint_eq(toc_fixture_length(reply, "events"), 0);
    ck_assert_uint_eq(toc_fixture_length(reply, "former_names"), 0);
    ck_assert_uint_eq(toc_fixture_length(reply, "ambiguous"), 0);
    json_decref(reply);
}
END_TEST

START_TEST(found_by_what_people_say)
{
    static const char *const ways[] = {"s1",      "GB-COH-01234567", "01234567",
                                       "1234567", "Acme Limited",    "  ACME  ltd. "};
    static const struct paid second[] = {{"Acme Ltd", "GB-COH-07654321", "2019-06-01", 100, 45}};
    char id[24];

    json_t *reply = asked("{\"request\":\"supplier_list\"}");
    (void)snprintf(id, sizeof(id), "%s",
                   toc_fixture_text(toc_fixture_item(reply, "suppliers", 0), "id"));
    json_decref(reply);
    for (size_t i = 0; i < COUNT(ways); i++) {
        reply = show(i == 0 ? id : ways[i]);
        ck_assert_str_eq(toc_fixture_text(reply, "id"), id);
        json_decref(reply);
    }
    refused("{\"request\":\"supplier_show\",\"supplier\":\"Nobody Ltd\"}", "notfound",
            "no supplier");
    refused("{\"request\":\"supplier_show\",\"supplier\":\"s999\"}", "notfound", "no supplier");
    refused("{\"request\":\"supplier_show\"}", "invalid", "supplier: is missing");
    import_rows("more", second, 1);
    json_decref(settle());
    refused("{\"request\":\"supplier_show\",\"supplier\":\"Acme Ltd\"}", "conflict",
            "GB-COH-07654321");
    reply = asked("{\"request\":\"supplier_list\",\"search\":\"acme\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "suppliers"), 3); /* two numbers, and neither */
    json_decref(reply);
}
END_TEST

START_TEST(keys)
{
    json_t *reply = asked("{\"request\":\"supplier_keys\"}");

    ck_assert_uint_eq(toc_fixture_length(reply, "suppliers"), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *one = toc_fixture_item(reply, "suppliers", i);
        const char *fold = json_string_value(json_array_get(json_object_get(one, "folds"), 0));
        ck_assert_uint_eq(toc_fixture_length(one, "folds"), 1);
        ck_assert_int_eq(json_is_null(json_object_get(one, "number")),
                         strcmp(fold, "acme ltd") != 0);
    }
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
    reply = asked("{\"request\":\"supplier_keys\",\"limit\":2}");
    ck_assert_uint_eq(toc_fixture_length(reply, "suppliers"), 2);
    ck_assert(json_is_integer(json_object_get(reply, "after")));
    json_decref(reply);
}
END_TEST

/* ---- decisions ---- */

START_TEST(kept_then_dropped)
{
    json_t *reply = decide("Jo Bloggs", true);
    int64_t import;

    ck_assert_str_eq(toc_fixture_text(reply, "state"), "kept");
    ck_assert_int_eq(toc_fixture_number(reply, "rows"), 1);
    json_decref(reply);
    json_decref(settle());
    ck_assert_ptr_nonnull(strstr(shown(), "name:jo bloggs/unknown/2019 1000 2;"));
    publish_all(3);
    reply = decide("Jo Bloggs", false);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "dropped");
    json_decref(reply);
    json_decref(settle());
    ck_assert_str_eq(shown(), "withdraw name:jo bloggs/unknown/2019 0 0;");
    refused("{\"request\":\"supplier_show\",\"supplier\":\"Jo Bloggs\"}", "notfound", "");
    /* Remembered without the name, and under every spelling. */
    import = open_spend("payments");
    ck_assert_str_eq(send_rows(import, 0, rows, COUNT(rows)), "kkkd");
    check_state(close_import(import, ""), "live");
    json_decref(settle());
    ck_assert_str_eq(names(asked("{\"request\":\"supplier_list\"}"), "suppliers"),
                     "ACME LTD;Beta plc;");
    reply = asked("{\"request\":\"audit\"}");
    for (size_t i = 0; i < toc_fixture_length(reply, "audit"); i++) {
        ck_assert_ptr_null(
            strstr(toc_fixture_text(toc_fixture_item(reply, "audit", i), "detail"), "Bloggs"));
    }
    json_decref(reply);
}
END_TEST

/* Taken back: the file is not "the same" any more, and its rows come again, kept. */
START_TEST(a_drop_is_taken_back)
{
    static const char hash[] =
        ",\"hash\":"
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"";
    int64_t import = open_spend("payments");

    (void)send_rows(import, 0, rows, COUNT(rows));
    check_state(close_import(import, hash), "live");
    json_decref(settle());
    json_decref(decide("Jo Bloggs", false));
    json_t *reply = decide("JO BLOGGS", true);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "kept");
    ck_assert_int_eq(toc_fixture_number(reply, "rows"), 0);
    json_decref(reply);
    import = open_spend("payments");
    ck_assert_str_eq(send_rows(import, 0, rows, COUNT(rows)), "kkkk");
    check_state(close_import(import, hash), "live");
    json_decref(settle());
    ck_assert_ptr_nonnull(strstr(shown(), "name:jo bloggs/unknown/2019"));
    refused("{\"request\":\"supplier_decide\",\"supplier\":\"Nobody\",\"keep\":true}", "notfound",
            "no supplier");
    refused("{\"request\":\"supplier_decide\",\"supplier\":\"Acme\"}", "invalid", "keep: ");
}
END_TEST

/* With its number goes its name, but not a name that is another's too. */
START_TEST(a_number_is_dropped)
{
    json_decref(decide("01234567", false));
    json_decref(settle());
    const int64_t import = open_spend("payments");
    ck_assert_str_eq(send_rows(import, 0, rows, COUNT(rows)), "ddkh");
    check_state(close_import(import, ""), "live");
}
END_TEST

START_TEST(parents)
{
    json_decref(asked("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\",\"parent\":"
                      "\"Acme Ltd\"}"));
    json_t *reply = show("Beta plc");
    ck_assert_str_eq(toc_fixture_text(json_object_get(reply, "parent"), "number"),
                     "GB-COH-01234567");
    json_decref(reply);
    json_decref(asked("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\",\"parent\":"
                      "{\"name\":\"Holdings SE\",\"number\":\"SE000001\"}}"));
    reply = show("Beta plc");
    ck_assert_str_eq(toc_fixture_text(json_object_get(reply, "parent"), "name"), "Holdings SE");
    json_decref(reply);
    json_decref(asked("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\"}"));
    reply = show("Beta plc");
    ck_assert(json_is_null(json_object_get(reply, "parent")));
    json_decref(reply);
    refused("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\",\"parent\":\"beta PLC\"}",
            "invalid", "itself");
    refused("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\",\"parent\":{}}", "invalid",
            "parent: ");
    refused("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\",\"parent\":{\"name\":\"X\","
            "\"number\":\"nine\"}}",
            "invalid", "parent: its number");
}
END_TEST

/* ---- what registers say ---- */

#define FACTS "{\"request\":\"supplier_facts\"}"

static void facts(const char *list, int64_t filled, int64_t updated, int64_t unchanged)
{
    json_t *reply = ask_list(FACTS, list);

    ck_assert_int_eq(toc_fixture_number(reply, "filled"), filled);
    ck_assert_int_eq(toc_fixture_number(reply, "updated"), updated);
    ck_assert_int_eq(toc_fixture_number(reply, "unchanged"), unchanged);
    json_decref(reply);
    json_decref(settle());
}

/* A number found for a name: its records move to it, and what was said of the name follows. */
START_TEST(a_number_is_filled_in)
{
    static const char beta[] =
        "[{\"supplier\":\"Beta plc\",\"number\":\"GB-COH-00000009\",\"name\":\"BETA PLC\",\"sic\":"
        "[\"41201\",\"62020\"],\"former_names\":[\"ALPHA PLC\"],\"company_status\":\"Active\","
        "\"source\":\"snapshot\"}]";

    publish_all(2);
    json_decref(asked("{\"request\":\"supplier_parent\",\"supplier\":\"Beta plc\",\"parent\":"
                      "\"Acme Ltd\"}"));
    facts(beta, 1, 0, 0);
    ck_assert_str_eq(shown(), "GB-COH-00000009/sic-41/2019 0 2;"
                              "withdraw name:beta plc/unknown/2019 0 0;");
    facts(beta, 0, 0, 1);
    json_t *reply = show("GB-COH-00000009");
    ck_assert_str_eq(toc_fixture_text(reply, "number_basis"), "filled");
    ck_assert_uint_eq(toc_fixture_length(reply, "former_names"), 1);
    ck_assert_str_eq(toc_fixture_text(json_object_get(reply, "company"), "status"), "Active");
    ck_assert_str_eq(toc_fixture_text(json_object_get(reply, "parent"), "name"), "ACME LTD");
    json_decref(reply);
    facts("[{\"supplier\":\"Beta plc\",\"company_status\":\"Liquidation\"}]", 0, 1, 0);
}
END_TEST

/* A number that a file states wins against one that was found. */
START_TEST(stated_before_filled)
{
    static const struct paid stated[] = {{"Beta plc", "GB-COH-00000008", "2019-06-01", 100, 45}};

    facts("[{\"supplier\":\"Beta plc\",\"number\":\"00000009\"}]", 1, 0, 0);
    import_rows("more", stated, 1);
    json_decref(settle());
    ck_assert_ptr_null(strstr(shown(), "GB-COH-00000009"));
    ck_assert_ptr_nonnull(strstr(shown(), "GB-COH-00000008/cpv-45/2019"));
    ck_assert_ptr_nonnull(strstr(shown(), "GB-COH-00000008/unknown/2019"));
}
END_TEST

START_TEST(facts_refused)
{
    static const char *const wrong[][2] = {
        {"[{}]", "fact 0: supplier: is missing"},
        {"[{\"supplier\":\"Beta plc\",\"number\":\"x\"}]", "number: "},
        {"[{\"supplier\":\"Beta plc\",\"sic\":[\"x\"]}]", "sic: "},
        {"[{\"supplier\":\"Beta plc\",\"former_names\":[7]}]", "former_names: "},
        {"[{\"supplier\":\"Beta plc\",\"company_status\":7}]", "company_status: "},
    };
    static char many[513 * 3 + 2];
    struct toc_bytes part = toc_bytes_text("{}");
    json_t *reply;

    for (size_t i = 0; i < COUNT(wrong); i++) {
        part = toc_bytes_text(wrong[i][0]);
        refused_with(FACTS, &part, 1, "invalid", wrong[i][1]);
    }
    refused(FACTS, "invalid", "0 parts");
    part = toc_bytes_text("{}");
    refused_with(FACTS, &part, 1, "malformed", "JSON array");
    for (size_t i = 0; i < 513; i++) {
        memcpy(many + strlen(many), i == 0 ? "[{}" : ",{}", 3);
    }
    many[strlen(many)] = ']';
    part = toc_bytes_text(many);
    refused_with(FACTS, &part, 1, "toobig", "513 items");
    /* Of a supplier that is not there any more. */
    reply = ask_list(FACTS, "[{\"supplier\":\"s99\"},{\"supplier\":\"01234567\",\"number\":"
                            "\"00000009\"}]");
    ck_assert_int_eq(toc_fixture_number(reply, "unknown"), 2);
    json_decref(reply);
}
END_TEST

/* ---- events ---- */

#define EVENT(code, date, more)                                                                    \
    "[{\"supplier\":\"01234567\",\"code\":\"" code                                                 \
    "\",\"source\":\"gazette\",\"reference\":\"" code date "\",\"date\":\"" date                   \
    "\",\"severity\":4,\"text\":\"Petition to wind up\"" more "}]"

static void event(const char *list, int64_t added, int64_t known, int64_t cleared)
{
    json_t *reply = ask_list("{\"request\":\"event_add\"}", list);

    ck_assert_int_eq(toc_fixture_number(reply, "added"), added);
    ck_assert_int_eq(toc_fixture_number(reply, "known"), known);
    ck_assert_int_eq(toc_fixture_number(reply, "cleared"), cleared);
    json_decref(reply);
}

static size_t count_events(const char *state)
{
    char request[100];
    (void)snprintf(request, sizeof(request), "{\"request\":\"event_list\",\"state\":\"%s\"}",
                   state);
    json_t *reply = asked(request);
    const size_t len = toc_fixture_length(reply, "events");

    json_decref(reply);
    return len;
}

START_TEST(cleared_in_both_orders)
{
    for (int order = 0; order < 2; order++) {
        tear_down();
        set_up_suppliers();
        if (order == 0) {
            event(EVENT("F13", "2019-04-01", ""), 1, 0, 0);
            event(EVENT("F17", "2019-05-01", ",\"clears\":\"F13\""), 1, 0, 1);
        } else {
            event(EVENT("F17", "2019-05-01", ",\"clears\":\"F13\""), 1, 0, 0);
            event(EVENT("F13", "2019-04-01", ""), 1, 0, 0);
        }
        event(EVENT("F13", "2019-06-01", ""), 1, 0, 0); /* later than what cleared */
        event(EVENT("F14", "2019-04-01", ""), 1, 0, 0);
        ck_assert_uint_eq(count_events("proposed"), 2);
        ck_assert_uint_eq(count_events("cleared"), 2);
        json_t *reply = asked("{\"request\":\"supplier_list\",\"search\":\"acme\"}");
        ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "suppliers", 0), "events"), 2);
        json_decref(reply);
    }
}
END_TEST

START_TEST(events_listed_and_dismissed)
{
    event(EVENT("F13", "2019-04-01", ""), 1, 0, 0);
    event(EVENT("F13", "2019-04-01", ""), 0, 1, 0);
    event(EVENT("F14", "2019-04-01", ""), 1, 0, 0);
    json_t *reply = asked("{\"request\":\"event_list\",\"limit\":1}");
    const json_t *one = toc_fixture_item(reply, "events", 0);
    ck_assert_str_eq(toc_fixture_text(one, "name"), "ACME LTD");
    ck_assert_str_eq(toc_fixture_text(one, "code"), "F13");
    ck_assert_str_eq(toc_fixture_text(one, "date"), "2019-04-01");
    ck_assert_str_eq(toc_fixture_text(one, "state"), "proposed");
    ck_assert_int_eq(toc_fixture_number(reply, "after"), 1);
    json_decref(reply);
    json_decref(asked("{\"request\":\"event_dismiss\",\"event\":1}"));
    ck_assert_uint_eq(count_events("dismissed"), 1);
    ck_assert_uint_eq(count_events("proposed"), 1);
    refused("{\"request\":\"event_dismiss\",\"event\":9}", "notfound", "no event 9");
    refused("{\"request\":\"event_dismiss\"}", "invalid", "event: is missing");
    refused("{\"request\":\"event_list\",\"state\":\"x\"}", "invalid", "state: ");
}
END_TEST

START_TEST(events_refused)
{
    static const char good[] = "\"supplier\":\"01234567\",\"code\":\"F13\",\"source\":\"gazette\","
                               "\"reference\":\"r\",\"date\":\"2019-04-01\",\"severity\":4,"
                               "\"text\":\"t\"";
    static const struct {
        const char *from, *to, *words;
    } wrong[] = {
        {"\"F13\"", "\"F1\"", "code: "},
        {"\"F13\"", "\"F1x\"", "code: "},
        {"\"gazette\"", "\"press\"", "source: "},
        {"\"r\"", "\"\"", "reference: "},
        {"\"t\"", "\"\"", "text: "},
        {"2019-04-01", "2019-04-31", "date: "},
        {":4", ":0", "severity: "},
        {":4", ":6", "severity: "},
        {":4", ":4,\"clears\":\"x\"", "clears: "},
        {"\"supplier\"", "\"x\"", "supplier: "},
    };

    for (size_t i = 0; i < COUNT(wrong); i++) {
        char list[400];
        const char *at = strstr(good, wrong[i].from);
        ck_assert_ptr_nonnull(at);
        (void)snprintf(list, sizeof(list), "[{%.*s%s%s}]", (int)(at - good), good, wrong[i].to,
                       at + strlen(wrong[i].from));
        const struct toc_bytes part = toc_bytes_text(list);
        refused_with("{\"request\":\"event_add\"}", &part, 1, "invalid", wrong[i].words);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_supplier");
    TCase *list = tcase_create("list");
    TCase *decisions = tcase_create("decisions");
    TCase *registers = tcase_create("registers");

    tcase_add_test(list, listed);
    tcase_add_test(list, listed_in_pages);
    tcase_add_test(list, shown_whole);
    tcase_add_test(list, found_by_what_people_say);
    tcase_add_test(list, keys);
    tcase_add_test(decisions, kept_then_dropped);
    tcase_add_test(decisions, a_drop_is_taken_back);
    tcase_add_test(decisions, a_number_is_dropped);
    tcase_add_test(decisions, parents);
    tcase_add_test(registers, a_number_is_filled_in);
    tcase_add_test(registers, stated_before_filled);
    tcase_add_test(registers, facts_refused);
    tcase_add_test(registers, cleared_in_both_orders);
    tcase_add_test(registers, events_listed_and_dismissed);
    tcase_add_test(registers, events_refused);
    tcase_add_checked_fixture(list, set_up_suppliers, tear_down);
    tcase_add_checked_fixture(decisions, set_up_suppliers, tear_down);
    tcase_add_checked_fixture(registers, set_up_suppliers, tear_down);
    suite_add_tcase(suite, list);
    suite_add_tcase(suite, decisions);
    suite_add_tcase(suite, registers);
    return toc_test_main(suite);
}
