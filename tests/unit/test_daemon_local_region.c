/* The regional picture over the local socket. */
#include "fixture_ask.h"
#include "runner.h"
#include "store_fixture.h"
#include "store_picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_daemon daemon_;
static struct toc_arena *arena;

static void set_up(void)
{
    static const struct toc_stream_rule rule = {.stream = "exposure",
                                                .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                .audience = TOC_AUDIENCE_GROUP,
                                                .list = ""};
    static const struct toc_stream_rule part = {.stream = "exposure.north",
                                                .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                .audience = TOC_AUDIENCE_GROUP,
                                                .list = ""};
    group = toc_fixture_group_new(7);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_rule(group, &rule);
    toc_fixture_group_rule(group, &part);
    (void)toc_fixture_group_sign(group);
    toc_fixture_daemon_start(group, "leeds", &daemon_);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
}

static void tear_down(void)
{
    toc_fixture_daemon_stop(&daemon_);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- what there is ---- */

struct fact {
    const char *publisher;
    const char *name;
    const char *number; /* NULL: none */
    unsigned category;
    unsigned year;
    unsigned months;
    int64_t spend_thousands;
};

static struct toc_exposure exposure_of(const struct fact *fact)
{
    struct toc_exposure exposure;
    toc_exposure_init(&exposure);
    exposure.name = fact->name;
    if (fact->number != NULL) {
        exposure.scheme = "GB-COH";
        exposure.id = fact->number;
        exposure.id_basis = TOC_ID_FILLED;
    }
    exposure.year = fact->year;
    exposure.months = fact->months;
    exposure.spend_thousands = fact->spend_thousands;
    exposure.contracts = 2;
    exposure.earliest_end_quarter = 2017 * 4 + 2;
    exposure.route = TOC_ROUTE_OPEN;
    ck_assert(toc_category_of_code(fact->category, &exposure.category));
    ck_assert_int_eq(toc_exposure_derive(arena, &exposure), TOC_OK);
    return exposure;
}

/* As if the others' logs had come. */
static void know(const struct fact *facts, size_t len)
{
    toc_fixture_begin(daemon_.store);
    for (size_t i = 0; i < len; i++) {
        const struct toc_exposure exposure = exposure_of(&facts[i]);
        ck_assert_int_eq(toc_store_picture_put(daemon_.store, facts[i].publisher, i + 1, &exposure),
                         TOC_OK);
    }
    toc_fixture_commit(daemon_.store);
}

static const struct fact story[] = {
    {"hull", "Acme Ltd", "01234567", 145, 2015, 0xfff, 100},
    {"york", "Acme Ltd", NULL, 145, 2015, 0xf00, 50},
    {"selby", "Acme Limited", "01234567", 172, 2015, 0xfff, 10},
    {"hull", "Bolt plc", "07654321", 145, 2015, 0xfff, 300},
    {"selby", "Bolt plc", "07654321", 145, 2015, 0xfff, -400},
    {"york", "Crane LLP", NULL, 145, 2015, 0xf00, 0},
    {"hull", "Dyke Ltd", "00000001", 0, 2015, 0xfff, 7},
    {"selby", "Dyke Ltd", "00000002", 0, 2015, 0xfff, 8},
    {"york", "Dyke Ltd", NULL, 0, 2015, 0xf00, 9},
    {"hull", "Acme Ltd", "01234567", 145, 2014, 0xfff, 90},
};
#define KNOW_STORY() know(story, sizeof story / sizeof story[0])

static json_t *asked(const char *request)
{
    return toc_fixture_asked(&daemon_, request);
}

static const json_t *supplier_of(const json_t *reply, const char *id)
{
    for (size_t i = 0; i < toc_fixture_length(reply, "suppliers"); i++) {
        const json_t *one = toc_fixture_item(reply, "suppliers", i);
        if (strcmp(toc_fixture_text(one, "id"), id) == 0) {
            return one;
        }
    }
    ck_abort_msg("%s is not there", id);
    return NULL;
}

static void expect(const json_t *json, const char *text)
{
    json_t *expected = json_loads(text, JSON_DECODE_ANY, NULL);
    char *shown = json_dumps(json, JSON_ENCODE_ANY);
    ck_assert_ptr_nonnull(expected);
    ck_assert_msg(json_equal(json, expected), "%s, not %s", shown, text);
    free(shown);
    json_decref(expected);
}

/* ---- region_suppliers ---- */

START_TEST(nothing_yet)
{
    json_t *reply = asked("{\"request\":\"region_suppliers\"}");
    ck_assert(json_is_null(json_object_get(reply, "year")));
    ck_assert(json_is_null(json_object_get(reply, "after")));
    ck_assert_uint_eq(toc_fixture_length(reply, "suppliers"), 0);
    expect(json_object_get(reply, "total"), "0");
    json_decref(reply);
    reply = asked("{\"request\":\"region_concentration\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "categories"), 0);
    json_decref(reply);
}
END_TEST

START_TEST(the_year_most_cover)
{
    KNOW_STORY();
    json_t *reply = asked("{\"request\":\"region_suppliers\"}");
    expect(json_object_get(reply, "year"), "2015");
    expect(json_object_get(reply, "years"), "[2014, 2015]");
    expect(json_object_get(reply, "total"), "6");
    expect(json_object_get(reply, "ambiguous"), "1");
    ck_assert_uint_eq(toc_fixture_length(reply, "coverage"), 3);
    expect(toc_fixture_item(reply, "coverage", 2),
           "{\"member\":\"york\",\"months\":[\"2015-12\",\"2016-01\",\"2016-02\",\"2016-03\"]}");
    json_decref(reply);
    reply = asked("{\"request\":\"region_suppliers\",\"year\":2014}");
    expect(json_object_get(reply, "total"), "1");
    expect(json_object_get(reply, "ambiguous"), "0");
    json_decref(reply);
}
END_TEST

/* Of two years that as many cover, the later. */
START_TEST(the_later_of_equals)
{
    static const struct fact facts[] = {
        {"hull", "Acme Ltd", NULL, 145, 2012, 0xfff, 1},
        {"york", "Acme Ltd", NULL, 145, 2013, 0xfff, 1},
    };
    know(facts, 2);
    json_t *reply = asked("{\"request\":\"region_suppliers\"}");
    expect(json_object_get(reply, "year"), "2013");
    json_decref(reply);
}
END_TEST

START_TEST(rows_say_what_is_known)
{
    KNOW_STORY();
    json_t *reply = asked("{\"request\":\"region_suppliers\"}");
    expect(toc_fixture_item(reply, "suppliers", 0),
           "{\"id\":\"GB-COH-01234567\",\"name\":\"Acme Ltd\",\"number\":\"GB-COH-01234567\","
           "\"councils\":3,\"spend\":160000,\"categories\":[\"cpv-45\",\"cpv-72\"],"
           "\"matched_on\":\"both\",\"months_differ\":true,\"ambiguous\":false}");
    expect(supplier_of(reply, "GB-COH-07654321"),
           "{\"id\":\"GB-COH-07654321\",\"name\":\"Bolt plc\",\"number\":\"GB-COH-07654321\","
           "\"councils\":2,\"spend\":-100000,\"categories\":[\"cpv-45\"],"
           "\"matched_on\":\"number\",\"months_differ\":false,\"ambiguous\":false}");
    expect(supplier_of(reply, "name:dyke ltd"),
           "{\"id\":\"name:dyke ltd\",\"name\":\"Dyke Ltd\",\"number\":null,\"councils\":1,"
           "\"spend\":9000,\"categories\":[\"unknown\"],\"matched_on\":\"name\","
           "\"months_differ\":false,\"ambiguous\":true}");
    json_decref(reply);
}
END_TEST

static void expect_ids(const char *request, const char *ids)
{
    json_t *reply = asked(request);
    char found[400] = "";
    for (size_t i = 0; i < toc_fixture_length(reply, "suppliers"); i++) {
        const json_t *one = toc_fixture_item(reply, "suppliers", i);
        ck_assert_uint_lt(strlen(found), sizeof found - 60);
        (void)snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s",
                       i == 0 ? "" : " ",
                       strrchr(toc_fixture_text(one, "id"), '-') != NULL
                           ? strrchr(toc_fixture_text(one, "id"), '-') + 1
                           : toc_fixture_text(one, "id"));
    }
    ck_assert_str_eq(found, ids);
    json_decref(reply);
}

#define SUPPLIERS "{\"request\":\"region_suppliers\""

START_TEST(filters)
{
    KNOW_STORY();
    expect_ids(SUPPLIERS ",\"councils_min\":2}", "01234567 07654321");
    expect_ids(SUPPLIERS ",\"councils_min\":4}", "");
    expect_ids(SUPPLIERS ",\"category\":\"cpv-72\"}", "01234567");
    expect_ids(SUPPLIERS ",\"category\":\"cpv-71\"}", "");
    expect_ids(SUPPLIERS ",\"category\":\"unknown\",\"sort\":\"spend\"}",
               "name:dyke ltd 00000002 00000001");
    expect_ids(SUPPLIERS ",\"member\":\"york\",\"sort\":\"name\"}",
               "01234567 name:crane llp name:dyke ltd");
    expect_ids(SUPPLIERS ",\"member\":\"nobody\"}", "");
    expect_ids(SUPPLIERS ",\"search\":\"CRANE\"}", "name:crane llp");
    expect_ids(SUPPLIERS ",\"search\":\"rane\"}", "name:crane llp");
    expect_ids(SUPPLIERS ",\"search\":\"GB-COH-07654321\"}", "07654321");
    expect_ids(SUPPLIERS ",\"search\":\"7654321\"}", "07654321");
    expect_ids(SUPPLIERS ",\"search\":\"7654321\",\"member\":\"york\"}", "");
    expect_ids(SUPPLIERS ",\"search\":\"7654321\",\"member\":\"selby\"}", "07654321");
    expect_ids(SUPPLIERS ",\"search\":\"99999999\"}", "");
    expect_ids(SUPPLIERS ",\"sort\":\"spend\",\"limit\":2}", "01234567 name:dyke ltd");
    json_t *reply = asked(SUPPLIERS ",\"search\":\"crane\"}");
    ck_assert(json_is_null(json_object_get(reply, "total"))); /* not counted */
    json_decref(reply);
    reply = asked(SUPPLIERS ",\"councils_min\":2}");
    expect(json_object_get(reply, "total"), "2");
    json_decref(reply);
}
END_TEST

/* 700 suppliers, some alike in all that an order looks at. */
static void know_many(void)
{
    char names[700][24];
    toc_fixture_begin(daemon_.store);
    for (unsigned i = 0; i < 700; i++) {
        (void)snprintf(names[i], sizeof names[i], "Firm %u Ltd", i * 7919 % 700);
        const struct fact fact = {.name = names[i],
                                  .category = 145,
                                  .year = 2015,
                                  .months = 0xfff,
                                  .spend_thousands = i % 9};
        const struct toc_exposure exposure = exposure_of(&fact);
        for (unsigned member = 0; member <= i % 3; member++) {
            static const char *const members[] = {"hull", "york", "selby"};
            ck_assert_int_eq(
                toc_store_picture_put(daemon_.store, members[member], i + 1, &exposure), TOC_OK);
        }
    }
    toc_fixture_commit(daemon_.store);
}

/* Every row once, page by page. */
static unsigned count_pages(const char *fields, int limit)
{
    json_t *asking = json_loads(fields, 0, NULL);
    json_t *seen = json_object();
    bool more = true;
    ck_assert_int_eq(json_object_set_new(asking, "limit", json_integer(limit)), 0);
    while (more) {
        char *request = json_dumps(asking, 0);
        json_t *reply = asked(request);
        const json_t *after = json_object_get(reply, "after");
        const size_t len = toc_fixture_length(reply, "suppliers");
        ck_assert_uint_le(len, (size_t)limit);
        for (size_t i = 0; i < len; i++) {
            const char *id = toc_fixture_text(toc_fixture_item(reply, "suppliers", i), "id");
            ck_assert_msg(json_object_get(seen, id) == NULL, "%s twice", id);
            ck_assert_int_eq(json_object_set_new(seen, id, json_true()), 0);
        }
        more = !json_is_null(after);
        ck_assert_int_eq(json_object_set(asking, "after", (json_t *)(uintptr_t)after), 0);
        free(request);
        json_decref(reply);
    }
    const unsigned count = (unsigned)json_object_size(seen);
    json_decref(asking);
    json_decref(seen);
    return count;
}

START_TEST(pages_are_complete_and_without_repeats)
{
    know_many();
    static const char *const sorts[] = {"councils", "spend", "name"};
    for (size_t i = 0; i < 3; i++) {
        char fields[200];
        (void)snprintf(fields, sizeof fields, SUPPLIERS ",\"sort\":\"%s\"}", sorts[i]);
        ck_assert_uint_eq(count_pages(fields, 500), 700);
        ck_assert_uint_eq(count_pages(fields, 49), 700);
        (void)snprintf(fields, sizeof fields, SUPPLIERS ",\"sort\":\"%s\",\"member\":\"york\"}",
                       sorts[i]);
        ck_assert_uint_eq(count_pages(fields, 50), 466);
        (void)snprintf(fields, sizeof fields,
                       SUPPLIERS ",\"sort\":\"%s\",\"search\":\"irm 1\",\"councils_min\":2}",
                       sorts[i]);
        ck_assert_uint_gt(count_pages(fields, 50), 50);
    }
}
END_TEST

/* A place stays good when its row goes. */
START_TEST(pages_go_on_after_what_is_gone)
{
    KNOW_STORY();
    json_t *first = asked(SUPPLIERS ",\"limit\":2,\"sort\":\"councils\"}");
    toc_fixture_begin(daemon_.store);
    ck_assert_int_eq(toc_store_picture_drop(daemon_.store, "hull", 4), TOC_OK);
    ck_assert_int_eq(toc_store_picture_drop(daemon_.store, "selby", 5), TOC_OK);
    toc_fixture_commit(daemon_.store);
    char request[200];
    (void)snprintf(request, sizeof request, SUPPLIERS ",\"after\":\"%s\"}",
                   toc_fixture_text(first, "after"));
    json_t *second = asked(request);
    ck_assert_uint_eq(toc_fixture_length(second, "suppliers"), 4);
    json_decref(first);
    json_decref(second);
}
END_TEST

static void refused(const char *fields, const char *result, const char *words)
{
    char request[1000];
    (void)snprintf(request, sizeof request, "{\"request\":%s}", fields);
    toc_fixture_refused(&daemon_, request, NULL, 0, result, words);
}

START_TEST(refuses)
{
    KNOW_STORY();
    refused("\"region_suppliers\",\"year\":1999", "invalid", "year");
    refused("\"region_suppliers\",\"year\":2101", "invalid", "year");
    refused("\"region_suppliers\",\"category\":\"cpv-46\"", "invalid", "category");
    refused("\"region_suppliers\",\"councils_min\":0", "invalid", "councils_min");
    refused("\"region_suppliers\",\"councils_min\":1001", "invalid", "councils_min");
    refused("\"region_suppliers\",\"member\":\"No One\"", "invalid", "member");
    refused("\"region_suppliers\",\"search\":\"!!\"", "invalid", "search");
    refused("\"region_suppliers\",\"search\":\"\"", "invalid", "search");
    refused("\"region_suppliers\",\"sort\":\"colour\"", "invalid", "sort");
    refused("\"region_suppliers\",\"limit\":0", "invalid", "limit");
    refused("\"region_suppliers\",\"limit\":501", "invalid", "limit");
    refused("\"region_suppliers\",\"after\":\"x\"", "invalid", "after");
    refused("\"region_suppliers\",\"after\":\"1.2\"", "invalid", "after");
    refused("\"region_suppliers\",\"after\":\"1.2.zz\"", "invalid", "after");
    refused("\"region_suppliers\",\"after\":\"99999999999999999999.1.1\"", "invalid", "after");
    refused("\"region_suppliers\",\"sort\":\"name\",\"after\":\"no slash\"", "invalid", "after");
    refused("\"region_suppliers\",\"after\":7", "invalid", "after");
    refused("\"region_concentration\",\"after\":\"cpv\"", "invalid", "after");
    refused("\"region_concentration\",\"limit\":501", "invalid", "limit");
    refused("\"region_supplier\"", "invalid", "supplier");
    refused("\"region_supplier\",\"supplier\":\"Nobody Ltd\"", "notfound", "supplier");
    refused("\"region_supplier\",\"supplier\":\"!\"", "notfound", "supplier");
    refused("\"region_supplier\",\"supplier\":\"acme ltd\",\"year\":1", "invalid", "year");
    refused("\"region_supplier\",\"supplier\":\"acme ltd\",\"after\":\"x\"", "invalid", "after");
    char long_search[300];
    char name[TOC_NAME_LEN_MAX + 2];
    memset(name, 'a', sizeof name);
    name[TOC_NAME_LEN_MAX + 1] = '\0';
    (void)snprintf(long_search, sizeof long_search, "\"region_suppliers\",\"search\":\"%s\"", name);
    refused(long_search, "invalid", "search");
    (void)snprintf(long_search, sizeof long_search, SUPPLIERS ",\"search\":\"%s\"}", name + 1);
    expect_ids(long_search, "");
}
END_TEST

/* ---- region_concentration ---- */

START_TEST(concentration)
{
    KNOW_STORY();
    json_t *reply = asked("{\"request\":\"region_concentration\",\"limit\":2}");
    expect(json_object_get(reply, "year"), "2015");
    expect(json_object_get(reply, "after"), "\"cpv-45\"");
    const json_t *unknown = toc_fixture_item(reply, "categories", 0);
    ck_assert_str_eq(toc_fixture_text(unknown, "category"), "unknown");
    expect(json_object_get(unknown, "suppliers"), "3");
    expect(json_object_get(unknown, "spend"), "24000");
    ck_assert_double_eq_tol(json_real_value(json_object_get(unknown, "herfindahl")),
                            (49.0 + 64 + 81) / (24 * 24), 1e-12);
    ck_assert_double_eq_tol(json_real_value(json_object_get(unknown, "top_3_share")), 1, 1e-12);
    /* Bolt's credits outweigh: it has no share, and counts as a supplier. */
    const json_t *works = toc_fixture_item(reply, "categories", 1);
    ck_assert_str_eq(toc_fixture_text(works, "label"), "Construction work");
    expect(json_object_get(works, "suppliers"), "3");
    expect(json_object_get(works, "spend"), "150000");
    expect(json_object_get(works, "top"),
           "[{\"id\":\"GB-COH-01234567\",\"name\":\"Acme Ltd\",\"share\":1.0}]");
    json_decref(reply);
    reply = asked("{\"request\":\"region_concentration\",\"limit\":2,\"after\":\"cpv-45\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "categories"), 1);
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
}
END_TEST

/* ---- region_supplier ---- */

START_TEST(one_supplier)
{
    static const char *const words[] = {"GB-COH-01234567", "1234567", "01234567", "acme limited",
                                        "name:acme ltd"};
    KNOW_STORY();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char request[200];
        (void)snprintf(request, sizeof request,
                       "{\"request\":\"region_supplier\",\"supplier\":\"%s\"}", words[i]);
        json_t *reply = asked(request);
        ck_assert_str_eq(toc_fixture_text(reply, "id"), "GB-COH-01234567");
        expect(json_object_get(reply, "names"), "[\"Acme Ltd\", \"Acme Limited\"]");
        ck_assert_uint_eq(toc_fixture_length(reply, "members"), 4);
        expect(toc_fixture_item(reply, "members", 0),
               "{\"member\":\"hull\",\"year\":2014,\"months\":[\"2014-04\",\"2014-05\","
               "\"2014-06\",\"2014-07\",\"2014-08\",\"2014-09\",\"2014-10\",\"2014-11\","
               "\"2014-12\",\"2015-01\",\"2015-02\",\"2015-03\"],\"category\":\"cpv-45\","
               "\"name\":\"Acme Ltd\",\"spend\":90000,\"contracts\":2,\"earliest_end\":\"2017-Q3\","
               "\"route\":\"open\",\"number_basis\":\"filled\",\"sequence\":10}");
        ck_assert(
            json_is_null(json_object_get(toc_fixture_item(reply, "members", 3), "number_basis")));
        ck_assert_uint_eq(toc_fixture_length(reply, "ambiguous_with"), 0);
        json_decref(reply);
    }
    json_t *reply = asked("{\"request\":\"region_supplier\",\"supplier\":\"Acme Ltd\","
                          "\"year\":2015,\"after\":\"hull 2015 cpv-45 1\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "members"), 2);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "members", 0), "member"), "selby");
    json_decref(reply);
}
END_TEST

START_TEST(a_name_that_several_have)
{
    KNOW_STORY();
    json_t *reply = asked("{\"request\":\"region_supplier\",\"supplier\":\"DYKE LIMITED\"}");
    ck_assert_str_eq(toc_fixture_text(reply, "id"), "name:dyke ltd");
    expect(json_object_get(reply, "ambiguous_with"),
           "[{\"id\":\"GB-COH-00000001\",\"name\":\"Dyke Ltd\"},"
           "{\"id\":\"GB-COH-00000002\",\"name\":\"Dyke Ltd\"}]");
    json_decref(reply);
    toc_fixture_begin(daemon_.store);
    ck_assert_int_eq(toc_store_picture_drop(daemon_.store, "york", 9), TOC_OK);
    toc_fixture_commit(daemon_.store);
    refused("\"region_supplier\",\"supplier\":\"Dyke Ltd\"", "conflict", "GB-COH-00000002");
}
END_TEST

/* More records than one reply holds. */
START_TEST(one_supplier_page_by_page)
{
    const struct fact fact = {"", "Acme Ltd", NULL, 145, 2015, 0xfff, 1};
    const struct toc_exposure exposure = exposure_of(&fact);
    toc_fixture_begin(daemon_.store);
    for (unsigned i = 0; i < 501; i++) {
        ck_assert_int_eq(
            toc_store_picture_put(daemon_.store, i < 300 ? "hull" : "york", i + 1, &exposure),
            TOC_OK);
    }
    toc_fixture_commit(daemon_.store);
    json_t *reply = asked("{\"request\":\"region_supplier\",\"supplier\":\"acme ltd\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "members"), 500);
    char request[200];
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"region_supplier\",\"supplier\":\"acme ltd\",\"after\":\"%s\"}",
                   toc_fixture_text(reply, "after"));
    json_decref(reply);
    reply = asked(request);
    ck_assert_uint_eq(toc_fixture_length(reply, "members"), 1);
    expect(json_object_get(toc_fixture_item(reply, "members", 0), "sequence"), "501");
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
}
END_TEST

/* ---- from records ---- */

static void submit(const char *stream, const char *id, const struct fact *fact, uint64_t supersedes)
{
    const struct toc_exposure exposure = exposure_of(fact);
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE,
                                      .supersedes = {.sequence = supersedes},
                                      .as.exposure = &exposure};
    struct toc_bytes bytes;
    char request[160];
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"submit\",\"stream\":\"%s\",\"id\":\"%s\"}", stream, id);
    json_t *reply = toc_fixture_daemon_ask(&daemon_, request, &bytes, 1);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
    json_decref(reply);
}

static void withdraw(uint64_t sequence)
{
    const struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL,
                                      .withdraws = {.sequence = sequence}};
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    json_t *reply = toc_fixture_daemon_ask(
        &daemon_, "{\"request\":\"submit\",\"stream\":\"exposure\",\"id\":\"w\"}", &bytes, 1);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
    json_decref(reply);
}

static void expect_spend(const char *spend)
{
    json_t *reply = asked(SUPPLIERS "}");
    ck_assert_uint_eq(toc_fixture_length(reply, "suppliers"), spend == NULL ? 0 : 1);
    if (spend != NULL) {
        expect(json_object_get(toc_fixture_item(reply, "suppliers", 0), "spend"), spend);
    }
    json_decref(reply);
}

START_TEST(records_make_the_picture)
{
    struct fact fact = {"leeds", "Acme Ltd", "01234567", 145, 2015, 0xfff, 5};
    submit("exposure", "a", &fact, 0);
    expect_spend("5000");
    fact.spend_thousands = 6;
    submit("exposure", "b", &fact, 1);
    expect_spend("6000");
    fact.name = "Bolt plc";
    submit("exposure.north", "c", &fact, 0); /* a sub-group's: not the region's */
    expect_spend("6000");
    json_t *first = asked("{\"request\":\"rebuild\"}");
    expect_spend("6000");
    json_t *second = asked("{\"request\":\"rebuild\"}");
    ck_assert_str_eq(toc_fixture_text(first, "digest"), toc_fixture_text(second, "digest"));
    json_decref(first);
    withdraw(2);
    expect_spend(NULL);
    first = asked("{\"request\":\"rebuild\"}");
    ck_assert_str_ne(toc_fixture_text(first, "digest"), toc_fixture_text(second, "digest"));
    expect_spend(NULL);
    json_decref(first);
    json_decref(second);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_region");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, nothing_yet);
    tcase_add_test(all, the_year_most_cover);
    tcase_add_test(all, the_later_of_equals);
    tcase_add_test(all, rows_say_what_is_known);
    tcase_add_test(all, filters);
    tcase_add_test(all, pages_are_complete_and_without_repeats);
    tcase_add_test(all, pages_go_on_after_what_is_gone);
    tcase_add_test(all, refuses);
    tcase_add_test(all, concentration);
    tcase_add_test(all, one_supplier);
    tcase_add_test(all, a_name_that_several_have);
    tcase_add_test(all, one_supplier_page_by_page);
    tcase_add_test(all, records_make_the_picture);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
