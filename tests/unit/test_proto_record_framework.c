#include "record_framework.h"
#include "runner.h"
#include <string.h>

static struct toc_arena *arena;
static struct toc_why why;
static struct toc_framework framework;
static struct toc_record record;

static const uint32_t codes[] = {3000000, 99999999};
static const struct toc_framework_supplier suppliers[] = {
    {"Acme Ltd", "", ""},
    {"Beacon", "GB-COH", "01323955"},
};
static const enum toc_framework_user users[] = {TOC_FRAMEWORK_SCHOOLS, TOC_FRAMEWORK_POLICE};
static const char *const categories[] = {"works", "proclass:321400"};
static struct toc_framework_lot lots[2];

/* Every field says something. */
static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(16 * 1024 * 1024, &arena), TOC_OK);
    why.text[0] = '\0';
    lots[0] =
        (struct toc_framework_lot){"1", "North", codes, 2, suppliers, 2, TOC_FRAMEWORK_ACTIVE};
    lots[1] = (struct toc_framework_lot){.number = "2", .title = ""};
    framework = (struct toc_framework){
        .reference = "PEN-1",
        .ocid = "ocds-kuma6s-1",
        .notice_id = "FEB1",
        .title = "Fframwaith M\xc3\xb4n",
        .description = "Words",
        .parent = "PEN-0",
        .buyer = "Penmaen County Council",
        .buyer_restrictions = "Welsh councils",
        .source = "row 2",
        .kind = TOC_FRAMEWORK_CALL_OFF,
        .method = TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING,
        .direct_award_allowed = TOC_FRAMEWORK_YES,
        .fee = TOC_FRAMEWORK_SUPPLIER_LEVY,
        .status = TOC_FRAMEWORK_AWARDED,
        .lots = lots,
        .lots_len = 2,
        .cpv = codes,
        .cpv_len = 2,
        .suppliers = suppliers,
        .suppliers_len = 2,
        .open_to = users,
        .open_to_len = 2,
        .categories = categories,
        .categories_len = 2,
        .max_participants = 12,
        .period_start = 20179,
        .period_end = 21000,
        .period_months = 27,
        .last_extension_date = 21500,
        .value_max_pounds = 1250000,
        .inferred = TOC_FRAMEWORK_BIT(TOC_FIELD_KIND) | TOC_FRAMEWORK_BIT(TOC_FIELD_OPEN_TO),
        .lots_left_out = 3,
        .suppliers_left_out = 4,
    };
    record = (struct toc_record){.type = TOC_RECORD_FRAMEWORK, .as.framework = &framework};
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static void expect_invalid(const char *field)
{
    ck_assert_msg(toc_framework_validate(&record, &why) == TOC_INVALID, "%s", field);
    ck_assert_msg(strncmp(why.text, field, strlen(field)) == 0 && why.text[strlen(field)] == ':',
                  "%s, not %s", why.text, field);
}

START_TEST(test_wire_and_json_keep_everything)
{
    struct toc_bytes bytes;
    struct toc_bytes bytes_again;
    struct toc_record read;
    struct toc_record parsed;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &read, &why), TOC_OK);
    json_t *const first = toc_record_json(&record);
    json_t *const second = toc_record_json(&read);
    ck_assert(json_equal(first, second));
    ck_assert_int_eq(toc_framework_from_json(arena, first, &parsed, &why), TOC_OK);
    ck_assert_int_eq(toc_wire_record_encode(arena, &parsed, &bytes_again), TOC_OK);
    ck_assert(toc_bytes_equal(bytes, bytes_again));
    json_decref(first);
    json_decref(second);
}
END_TEST

START_TEST(test_json_is_what_the_manual_says)
{
    json_t *const json = toc_framework_to_json(&record);
    ck_assert_str_eq(json_string_value(json_object_get(json, "kind")), "call_off");
    ck_assert_str_eq(json_string_value(json_object_get(json, "period_start")), "2025-04-01");
    ck_assert(json_is_true(json_object_get(json, "direct_award_allowed")));
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(json, "cpv"), 0)),
                     "03000000");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(json, "open_to"), 1)),
                     "police");
    const json_t *const basis = json_object_get(json, "basis");
    ck_assert_uint_eq(json_array_size(json_object_get(basis, "stated")), 22);
    ck_assert_uint_eq(json_array_size(json_object_get(basis, "inferred")), 2);
    json_decref(json);
}
END_TEST

/* A field is in the basis exactly when it is in the record. */
START_TEST(test_small_record_prints_what_it_has)
{
    toc_framework_init(&framework);
    framework.reference = "r";
    framework.title = "t";
    framework.buyer = "b";
    framework.kind = TOC_FRAMEWORK_DPS;
    framework.inferred = TOC_FRAMEWORK_BIT(TOC_FIELD_CPV); /* there is none: not said */
    ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    json_t *const json = toc_framework_to_json(&record);
    ck_assert_uint_eq(json_object_size(json), 5);
    const json_t *const basis = json_object_get(json, "basis");
    ck_assert_uint_eq(json_array_size(json_object_get(basis, "stated")), 4);
    ck_assert_uint_eq(json_array_size(json_object_get(basis, "inferred")), 0);
    json_decref(json);
}
END_TEST

struct text_limit {
    const char *field;
    size_t offset;
    size_t len_max;
    bool required;
};

#define AT(member) offsetof(struct toc_framework, member)
static const struct text_limit limits[] = {
    {"reference", AT(reference), TOC_FRAMEWORK_REFERENCE_MAX, true},
    {"ocid", AT(ocid), TOC_FRAMEWORK_OCID_MAX, false},
    {"notice_id", AT(notice_id), TOC_FRAMEWORK_OCID_MAX, false},
    {"title", AT(title), TOC_FRAMEWORK_TITLE_MAX, true},
    {"description", AT(description), TOC_FRAMEWORK_DESCRIPTION_MAX, false},
    {"parent", AT(parent), TOC_FRAMEWORK_REFERENCE_MAX, false},
    {"buyer", AT(buyer), TOC_NAME_LEN_MAX, true},
    {"buyer_restrictions", AT(buyer_restrictions), TOC_FRAMEWORK_RESTRICTIONS_MAX, false},
    {"source", AT(source), TOC_FRAMEWORK_SOURCE_MAX, false},
};

START_TEST(test_texts)
{
    const struct text_limit *const limit = &limits[_i];
    const char **const at = (const char **)((char *)&framework + limit->offset);
    char text[1000];
    memset(text, 'x', sizeof text);
    text[limit->len_max] = '\0';
    *at = text;
    ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    text[limit->len_max] = 'x';
    text[limit->len_max + 1] = '\0';
    expect_invalid(limit->field);
    *at = "line\nend";
    expect_invalid(limit->field);
    *at = "\xc3";
    expect_invalid(limit->field);
    *at = "";
    if (limit->required) {
        expect_invalid(limit->field);
    } else {
        ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    }
}
END_TEST

START_TEST(test_enums_out_of_range)
{
    framework.kind = (enum toc_framework_kind)0;
    expect_invalid("kind");
    framework.kind = (enum toc_framework_kind)(TOC_FRAMEWORK_CALL_OFF + 1);
    expect_invalid("kind");
    framework.kind = TOC_FRAMEWORK_DPS;
    framework.method = (enum toc_framework_method)4;
    expect_invalid("method");
    framework.method = TOC_FRAMEWORK_METHOD_UNKNOWN;
    framework.direct_award_allowed = (enum toc_framework_answer)3;
    expect_invalid("direct_award_allowed");
    framework.direct_award_allowed = TOC_FRAMEWORK_NO;
    framework.fee = (enum toc_framework_fee)4;
    expect_invalid("fee");
    framework.fee = TOC_FRAMEWORK_FEE_UNKNOWN;
    framework.status = (enum toc_framework_status)6;
    expect_invalid("status");
    framework.status = TOC_FRAMEWORK_STATUS_UNKNOWN;
    lots[1].status = (enum toc_framework_status)6;
    expect_invalid("lots.status");
    lots[1].status = TOC_FRAMEWORK_STATUS_UNKNOWN;
    const enum toc_framework_user wrong[] = {(enum toc_framework_user)10};
    framework.open_to = wrong;
    framework.open_to_len = 1;
    expect_invalid("open_to");
}
END_TEST

START_TEST(test_numbers)
{
    framework.max_participants = TOC_FRAMEWORK_PARTICIPANTS_MAX;
    framework.period_months = TOC_FRAMEWORK_MONTHS_MAX;
    framework.value_max_pounds = TOC_FRAMEWORK_POUNDS_MAX;
    framework.period_end = framework.period_start;
    ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    framework.max_participants++;
    expect_invalid("max_participants");
    framework.max_participants = 0;
    framework.period_months++;
    expect_invalid("period_months");
    framework.period_months = 0;
    framework.value_max_pounds++;
    expect_invalid("value_max_pounds");
    framework.value_max_pounds = 0;
    framework.period_end--;
    expect_invalid("period_end");
    framework.period_end = 2932896;
    framework.last_extension_date = 2932896;
    ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    framework.last_extension_date++;
    expect_invalid("last_extension_date");
}
END_TEST

START_TEST(test_lists)
{
    static struct toc_framework_lot many[TOC_FRAMEWORK_LOTS_MAX + 1];
    static struct toc_framework_supplier named[TOC_FRAMEWORK_SUPPLIERS_MAX + 1];
    static uint32_t cpv[TOC_FRAMEWORK_CPV_MAX + 1];
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        many[i] = (struct toc_framework_lot){.number = "1", .title = ""};
    }
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        named[i] = suppliers[0];
    }
    for (size_t i = 0; i < sizeof cpv / sizeof cpv[0]; i++) {
        cpv[i] = 1000000;
    }
    framework.lots = many;
    framework.lots_len = TOC_FRAMEWORK_LOTS_MAX;
    framework.suppliers = named;
    framework.suppliers_len = TOC_FRAMEWORK_SUPPLIERS_MAX;
    framework.cpv = cpv;
    framework.cpv_len = TOC_FRAMEWORK_CPV_MAX;
    ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    framework.cpv_len++;
    expect_invalid("cpv");
    framework.cpv_len = 1;
    framework.lots_len++;
    expect_invalid("lots");
    framework.lots_len = 1;
    many[0].suppliers = named; /* the limit is for all lists together */
    many[0].suppliers_len = 1;
    expect_invalid("lots.suppliers");
    many[0].suppliers_len = 0;
    framework.suppliers_len++;
    expect_invalid("suppliers");
    framework.suppliers_len = 0;
    cpv[0] = 999999;
    expect_invalid("cpv");
    cpv[0] = 100000000;
    expect_invalid("cpv");
    cpv[0] = 1000000;
    many[0].number = "";
    expect_invalid("lots.number");
}
END_TEST

START_TEST(test_persons_do_not_travel)
{
    struct toc_framework_supplier person[] = {{"Jane Example", "", ""}};
    framework.suppliers = person;
    framework.suppliers_len = 1;
    expect_invalid("suppliers");
    person[0].scheme = "GB-CHC";
    expect_invalid("suppliers"); /* a scheme without an id */
    person[0].id = "289868";
    ck_assert_int_eq(toc_framework_validate(&record, &why), TOC_OK);
    person[0] = (struct toc_framework_supplier){"", "GB-CHC", "289868"};
    expect_invalid("suppliers");
}
END_TEST

struct json_case {
    const char *json;
    enum toc_result result;
    const char *field;
};

static const struct json_case json_cases[] = {
    {"{}", TOC_OK, ""},
    {"[]", TOC_MALFORMED, "framework"},
    {"{\"title\": \"t\", \"type\": \"framework\"}", TOC_OK, ""},
    {"{\"titel\": \"t\"}", TOC_INVALID, "titel"},
    {"{\"title\": 5}", TOC_INVALID, "title"},
    {"{\"title\": null}", TOC_INVALID, "title"},
    {"{\"kind\": \"club\"}", TOC_INVALID, "kind"},
    {"{\"kind\": \"dps\"}", TOC_OK, ""},
    {"{\"period_end\": \"2025-02-30\"}", TOC_INVALID, "period_end"},
    {"{\"period_end\": \"31/03/2025\"}", TOC_INVALID, "period_end"},
    {"{\"period_end\": \"1969-12-31\"}", TOC_INVALID, "period_end"},
    {"{\"value_max_pounds\": 1.5}", TOC_INVALID, "value_max_pounds"},
    {"{\"value_max_pounds\": -1}", TOC_INVALID, "value_max_pounds"},
    {"{\"max_participants\": 4294967296}", TOC_INVALID, "max_participants"},
    {"{\"direct_award_allowed\": \"yes\"}", TOC_INVALID, "direct_award_allowed"},
    {"{\"cpv\": [\"45000000\"]}", TOC_OK, ""},
    {"{\"cpv\": [45000000]}", TOC_INVALID, "cpv"},
    {"{\"cpv\": [\"45000000-7\"]}", TOC_INVALID, "cpv"},
    {"{\"cpv\": {}}", TOC_INVALID, "cpv"},
    {"{\"open_to\": [\"everyone\"]}", TOC_INVALID, "open_to"},
    {"{\"lots\": [{\"status\": 1}]}", TOC_INVALID, "lots.status"},
    {"{\"lots\": [{\"number\": 1}]}", TOC_INVALID, "lots.number"},
    {"{\"suppliers\": [{\"name\": 1}]}", TOC_INVALID, "suppliers"},
    {"{\"categories\": [1]}", TOC_INVALID, "categories"},
    {"{\"basis\": {\"inferred\": [\"kind\"]}}", TOC_OK, ""},
    {"{\"basis\": {}}", TOC_OK, ""},
    {"{\"basis\": []}", TOC_INVALID, "basis.inferred"},
    {"{\"basis\": {\"inferred\": [\"colour\"]}}", TOC_INVALID, "basis.inferred"},
    {"{\"basis\": {\"inferred\": [\"source\"]}}", TOC_INVALID, "basis.inferred"},
};

START_TEST(test_from_json)
{
    const struct json_case *const row = &json_cases[_i];
    struct toc_record parsed;
    json_t *const json = json_loads(row->json, 0, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_msg(toc_framework_from_json(arena, json, &parsed, &why) == row->result, "%s",
                  row->json);
    ck_assert_msg(strncmp(why.text, row->field, strlen(row->field)) == 0, "%s: %s", row->json,
                  why.text);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("record_framework");
    TCase *const tcase = tcase_create("record_framework");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_wire_and_json_keep_everything);
    tcase_add_test(tcase, test_json_is_what_the_manual_says);
    tcase_add_test(tcase, test_small_record_prints_what_it_has);
    tcase_add_loop_test(tcase, test_texts, 0, (int)(sizeof limits / sizeof limits[0]));
    tcase_add_test(tcase, test_enums_out_of_range);
    tcase_add_test(tcase, test_numbers);
    tcase_add_test(tcase, test_lists);
    tcase_add_test(tcase, test_persons_do_not_travel);
    tcase_add_loop_test(tcase, test_from_json, 0, (int)(sizeof json_cases / sizeof json_cases[0]));
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
