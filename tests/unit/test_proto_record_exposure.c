#include "record_exposure.h"
#include "runner.h"
#include "timetext.h"
#include <string.h>

static struct toc_arena *arena;
static struct toc_why why;
static struct toc_exposure exposure;
static struct toc_record record;

/* Every field says something. */
static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(16 * 1024 * 1024, &arena), TOC_OK);
    why.text[0] = '\0';
    exposure = (struct toc_exposure){
        .name = "Aire Surfacing Limited",
        .scheme = "GB-COH",
        .id = "01234567",
        .norm = TOC_NORM_PADDED | TOC_NORM_UNREPLACED,
        .id_basis = TOC_ID_FILLED,
        .kept_by_hand = true,
        .category = {TOC_CATEGORY_CPV, 45},
        .year = 2015,
        .months = 0x801, /* April and March */
        .spend_thousands = -12,
        .contracts = 3,
        .earliest_end_quarter = 2017 * 4 + 2,
        .route = TOC_ROUTE_DPS,
    };
    ck_assert_int_eq(toc_exposure_derive(arena, &exposure), TOC_OK);
    record = (struct toc_record){.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static void by_name_alone(const char *name)
{
    exposure.name = name;
    exposure.scheme = "";
    exposure.id = "";
    exposure.norm = 0;
    exposure.id_basis = TOC_ID_NONE;
    exposure.kept_by_hand = false;
    ck_assert_int_eq(toc_exposure_derive(arena, &exposure), TOC_OK);
}

static void expect_valid(void)
{
    ck_assert_msg(toc_exposure_validate(&record, &why) == TOC_OK, "%s", why.text);
}

static void expect_invalid(const char *field)
{
    const size_t len = strlen(field);
    ck_assert_msg(toc_exposure_validate(&record, &why) == TOC_INVALID, "%s", field);
    ck_assert_msg(strncmp(why.text, field, len) == 0 && why.text[len] == ':', "%s, not %s",
                  why.text, field);
}

START_TEST(test_wire_and_json_keep_everything)
{
    struct toc_bytes bytes;
    struct toc_bytes again;
    struct toc_record read;
    struct toc_record parsed;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert_msg(toc_record_read(arena, "exposure", bytes, &read, &why) == TOC_OK, "%s", why.text);
    json_t *const first = toc_record_json(&record);
    json_t *const second = toc_record_json(&read);
    ck_assert(json_equal(first, second));
    ck_assert_msg(toc_exposure_from_json(arena, first, &parsed, &why) == TOC_OK, "%s", why.text);
    ck_assert_int_eq(toc_wire_record_encode(arena, &parsed, &again), TOC_OK);
    ck_assert(toc_bytes_equal(bytes, again));
    ck_assert_str_eq(read.as.exposure->key, "GB-COH-01234567/cpv-45/2015");
    ck_assert_str_eq(parsed.as.exposure->key, read.as.exposure->key);
    json_decref(first);
    json_decref(second);
}
END_TEST

static void expect_json(const char *text)
{
    json_t *const expected = json_loads(text, 0, NULL);
    json_t *const json = toc_record_json(&record);
    ck_assert_ptr_nonnull(expected);
    ck_assert_msg(json_equal(json, expected), "%s", json_dumps(json, 0));
    json_decref(json);
    json_decref(expected);
}

START_TEST(test_json_is_what_the_manual_says)
{
    expect_json("{\"type\":\"exposure\",\"name\":\"Aire Surfacing Limited\","
                "\"number\":\"GB-COH-01234567\",\"number_basis\":\"filled\","
                "\"normalised\":[\"padded\",\"unreplaced\"],\"kept_by_hand\":true,"
                "\"category\":\"cpv-45\",\"year\":2015,\"months\":[\"2015-04\",\"2016-03\"],"
                "\"spend\":-12000,\"contracts\":3,\"earliest_end\":\"2017-Q3\",\"route\":\"dps\"}");
    by_name_alone("Ouse Roads LLP");
    exposure.category = (struct toc_category){TOC_CATEGORY_UNKNOWN, 0};
    exposure.earliest_end_quarter = 0;
    exposure.route = TOC_ROUTE_UNKNOWN;
    exposure.contracts = 0;
    exposure.months = 0x100;
    expect_valid();
    expect_json("{\"type\":\"exposure\",\"name\":\"Ouse Roads LLP\",\"number\":null,"
                "\"number_basis\":null,\"normalised\":[],\"kept_by_hand\":false,"
                "\"category\":\"unknown\",\"year\":2015,\"months\":[\"2015-12\"],\"spend\":-12000,"
                "\"contracts\":0,\"earliest_end\":null,\"route\":null}");
}
END_TEST

START_TEST(test_keys)
{
    by_name_alone("The AIRE & Calder   Surfacing, Limited");
    ck_assert_str_eq(exposure.folded, "aire and calder surfacing ltd");
    ck_assert_str_eq(exposure.subject, "name:aire and calder surfacing ltd");
    ck_assert_str_eq(exposure.key, "name:aire and calder surfacing ltd/cpv-45/2015");
    by_name_alone("!!!");
    ck_assert_str_eq(exposure.folded, "");
    expect_invalid("name");
}
END_TEST

START_TEST(test_names)
{
    char name[TOC_NAME_LEN_MAX + 2];
    memset(name, 'a', sizeof name);
    memcpy(name + sizeof name - 1 - 4, " ltd", 5);
    by_name_alone(name + 1);
    ck_assert_uint_eq(strlen(exposure.name), TOC_NAME_LEN_MAX);
    expect_valid();
    by_name_alone(name);
    expect_invalid("name");
    by_name_alone("");
    expect_invalid("name");
    by_name_alone("Aire\nLtd");
    expect_invalid("name");
}
END_TEST

/* Screening: every outcome, with and without an officer's hand. */
START_TEST(test_persons_do_not_travel)
{
    by_name_alone("Aberwen Quarries"); /* nothing says which */
    expect_invalid("name");
    exposure.kept_by_hand = true;
    expect_valid();
    static const char *const never[] = {"Mrs A Jones", "Redacted Personal Data",
                                        "J Smith t/a Roofs", "Payroll AB123456C Ltd",
                                        "AB 12 34 56 C plc"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        by_name_alone(never[i]);
        exposure.kept_by_hand = true;
        expect_invalid("name");
    }
}
END_TEST

START_TEST(test_numbers)
{
    static const char *const wrong[][2] = {
        {"GB-COH", "1234567"},  {"GB-COH", "012345678"}, {"GB-COH", "00000000"},
        {"gb-coh", "01234567"}, {"VAT", "123456782"},    {"GB-XYZ", "01234567"},
        {"", "01234567"},       {"GB-COH", ""},          {"GB-COH", "AB123456C"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        exposure.scheme = wrong[i][0];
        exposure.id = wrong[i][1];
        expect_invalid("number");
    }
    exposure.scheme = "GB-COH";
    exposure.id = "SC123456";
    expect_valid();
    exposure.id_basis = TOC_ID_NONE;
    expect_invalid("number_basis");
    exposure.id_basis = (enum toc_id_basis)3;
    expect_invalid("number_basis");
    exposure.id_basis = TOC_ID_STATED;
    exposure.norm = TOC_EXPOSURE_NORM_ALL;
    expect_valid();
    exposure.norm = TOC_EXPOSURE_NORM_ALL + 1;
    expect_invalid("normalised");
    by_name_alone("Aire Ltd");
    exposure.norm = 1;
    expect_invalid("number");
    by_name_alone("Aire Ltd");
    exposure.id_basis = TOC_ID_STATED;
    expect_invalid("number");
}
END_TEST

static void edge(unsigned *field, unsigned min, unsigned max, const char *name)
{
    const unsigned was = *field;
    *field = min;
    expect_valid();
    *field = max;
    expect_valid();
    *field = max + 1;
    expect_invalid(name);
    *field = min - 1;
    expect_invalid(name);
    *field = was;
}

START_TEST(test_edges)
{
    edge(&exposure.year, TOC_EXPOSURE_YEAR_MIN, TOC_EXPOSURE_YEAR_MAX, "year");
    edge(&exposure.months, 1, TOC_EXPOSURE_MONTHS_ALL, "months");
    edge(&exposure.earliest_end_quarter, 2000 * 4, 2200 * 4 + 3, "earliest_end");
    exposure.contracts = TOC_EXPOSURE_CONTRACTS_MAX;
    expect_valid();
    exposure.contracts++;
    expect_invalid("contracts");
    exposure.contracts = 0;
    for (int64_t sign = -1; sign <= 1; sign += 2) {
        exposure.spend_thousands = sign * TOC_EXPOSURE_THOUSANDS_MAX;
        expect_valid();
        exposure.spend_thousands += sign;
        expect_invalid("spend");
    }
    exposure.spend_thousands = 0;
    exposure.route = TOC_ROUTE_WAIVER;
    expect_valid();
    exposure.route = (enum toc_route)(TOC_ROUTE_WAIVER + 1);
    expect_invalid("route");
    exposure.route = TOC_ROUTE_UNKNOWN;
    exposure.category = (struct toc_category){TOC_CATEGORY_CPV, 46};
    expect_invalid("category");
    exposure.category = (struct toc_category){TOC_CATEGORY_UNKNOWN, 45};
    expect_invalid("category");
}
END_TEST

START_TEST(test_ends)
{
    char text[TOC_DATE_TEXT_LEN + 1];
    static const char *const days[] = {"2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"};
    for (unsigned i = 0; i < 4; i++) {
        exposure.earliest_end_quarter = 2017 * 4 + i;
        toc_date_text(toc_exposure_ends(&exposure), text);
        ck_assert_str_eq(text, days[i]);
    }
    exposure.earliest_end_quarter = 0;
    ck_assert_int_eq(toc_exposure_ends(&exposure), INT32_MAX);
}
END_TEST

/* A type belongs to its stream. */
START_TEST(test_streams)
{
    struct toc_bytes bytes;
    struct toc_record read;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, "exposure.north", bytes, &read, &why), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &read, &why), TOC_INVALID);
    ck_assert_int_eq(toc_record_read(arena, "exposures", bytes, &read, &why), TOC_INVALID);
    ck_assert_ptr_eq(toc_record_kind_for_stream("exposure"), &toc_exposure_record_kind);
}
END_TEST

#define BASE "\"name\":\"A Ltd\",\"category\":\"cpv-45\",\"year\":2015"
#define FULL BASE ",\"months\":[\"2015-04\"],\"spend\":1000"

struct json_case {
    const char *json;
    enum toc_result result;
    const char *field;
};

static const struct json_case json_cases[] = {
    {"{" FULL "}", TOC_OK, ""},
    {"{" FULL ",\"number\":null,\"number_basis\":null,\"earliest_end\":null,\"route\":null}",
     TOC_OK, ""},
    {"[]", TOC_MALFORMED, "exposure"},
    {"{}", TOC_INVALID, "name"},
    {"{" BASE ",\"spend\":1000}", TOC_INVALID, "months"},
    {"{" BASE ",\"months\":[\"2015-04\"]}", TOC_INVALID, "spend"},
    {"{" FULL ",\"colour\":1}", TOC_INVALID, "colour"},
    {"{" BASE ",\"months\":[\"2015-03\"],\"spend\":0}", TOC_INVALID, "months"},
    {"{" BASE ",\"months\":[\"2016-04\"],\"spend\":0}", TOC_INVALID, "months"},
    {"{" BASE ",\"months\":[4],\"spend\":0}", TOC_INVALID, "months"},
    {"{" BASE ",\"months\":\"2015-04\",\"spend\":0}", TOC_INVALID, "months"},
    {"{" BASE ",\"months\":[\"2015-04\"],\"spend\":1}", TOC_INVALID, "spend"},
    {"{" BASE ",\"months\":[\"2015-04\"],\"spend\":1.0}", TOC_INVALID, "spend"},
    {"{" BASE ",\"months\":[\"2015-04\"],\"spend\":1000000000001000}", TOC_INVALID, "spend"},
    {"{\"name\":7,\"category\":\"cpv-45\",\"year\":2015,\"months\":[],\"spend\":0}", TOC_INVALID,
     "name"},
    {"{\"name\":\"A Ltd\",\"category\":\"cpv-46\",\"year\":2015,\"months\":[],\"spend\":0}",
     TOC_INVALID, "category"},
    {"{\"name\":\"A Ltd\",\"category\":45,\"year\":2015,\"months\":[],\"spend\":0}", TOC_INVALID,
     "category"},
    {"{\"name\":\"A Ltd\",\"category\":\"cpv-45\",\"year\":1999,\"months\":[],\"spend\":0}",
     TOC_INVALID, "year"},
    {"{" FULL ",\"number\":\"01234567\"}", TOC_INVALID, "number"},
    {"{" FULL ",\"number\":\"GB-COH-1234567\"}", TOC_INVALID, "number"},
    {"{" FULL ",\"number\":\"VAT-123456782\"}", TOC_INVALID, "number"},
    {"{" FULL ",\"number\":1234567}", TOC_INVALID, "number"},
    {"{" FULL ",\"number_basis\":\"guessed\"}", TOC_INVALID, "number_basis"},
    {"{" FULL ",\"normalised\":[\"padded\",\"polished\"]}", TOC_INVALID, "normalised"},
    {"{" FULL ",\"normalised\":\"padded\"}", TOC_INVALID, "normalised"},
    {"{" FULL ",\"kept_by_hand\":\"yes\"}", TOC_INVALID, "kept_by_hand"},
    {"{" FULL ",\"contracts\":-1}", TOC_INVALID, "contracts"},
    {"{" FULL ",\"contracts\":1000001}", TOC_INVALID, "contracts"},
    {"{" FULL ",\"earliest_end\":\"2017-Q5\"}", TOC_INVALID, "earliest_end"},
    {"{" FULL ",\"earliest_end\":\"2017-Q11\"}", TOC_INVALID, "earliest_end"},
    {"{" FULL ",\"earliest_end\":\"201-Q11\"}", TOC_INVALID, "earliest_end"},
    {"{" FULL ",\"earliest_end\":2017}", TOC_INVALID, "earliest_end"},
    {"{" FULL ",\"route\":\"friend\"}", TOC_INVALID, "route"},
};

START_TEST(test_from_json)
{
    const struct json_case *const row = &json_cases[_i];
    struct toc_record parsed;
    json_t *const json = json_loads(row->json, 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_msg(toc_exposure_from_json(arena, json, &parsed, &why) == row->result, "%s: %s",
                  row->json, why.text);
    ck_assert_msg(strncmp(why.text, row->field, strlen(row->field)) == 0, "%s: %s", row->json,
                  why.text);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("record_exposure");
    TCase *const tcase = tcase_create("record_exposure");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_wire_and_json_keep_everything);
    tcase_add_test(tcase, test_json_is_what_the_manual_says);
    tcase_add_test(tcase, test_keys);
    tcase_add_test(tcase, test_names);
    tcase_add_test(tcase, test_persons_do_not_travel);
    tcase_add_test(tcase, test_numbers);
    tcase_add_test(tcase, test_edges);
    tcase_add_test(tcase, test_ends);
    tcase_add_test(tcase, test_streams);
    tcase_add_loop_test(tcase, test_from_json, 0, (int)(sizeof json_cases / sizeof json_cases[0]));
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
