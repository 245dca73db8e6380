#include "file.h"
#include "import_ocds.h"
#include "record_framework.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

#define ANGLESEY "Isle of Anglesey County Council"
#define WALES "wales_excerpt.json"
#define FINDER "contracts_finder_excerpt.json"

static struct toc_arena *arena;
static struct toc_import import;
static struct toc_why why;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(64 * 1024 * 1024, &arena), TOC_OK);
    why.text[0] = '\0';
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static struct toc_member member_named(const char *name)
{
    return (struct toc_member){.id = "self", .name = name, .gss = ""};
}

static enum toc_result import_text(const char *text, const struct toc_member *self)
{
    const enum toc_result result =
        toc_import_ocds(toc_bytes_text(text), self, arena, &import, &why);
    if (result == TOC_OK) {
        ck_assert_uint_eq(import.rows_read, import.rows_used + import.rows_rejected +
                                                import.rows_screened + import.rows_held);
    }
    return result;
}

static void import_file(const char *name, const struct toc_member *self)
{
    char path[1024];
    struct toc_buf buf;
    (void)snprintf(path, sizeof path, "%s/tests/data/ocds/%s", TOC_SOURCE_DIR, name);
    toc_buf_init(&buf, TOC_IMPORT_FILE_MAX);
    ck_assert_msg(toc_file_read(path, TOC_IMPORT_FILE_MAX, &buf, &why) == TOC_OK, "%s", why.text);
    ck_assert_msg(toc_import_ocds(toc_buf_bytes(&buf), self, arena, &import, &why) == TOC_OK, "%s",
                  why.text);
    toc_buf_done(&buf); /* the result borrows nothing from it */
    ck_assert_uint_eq(import.rows_read, import.rows_used + import.rows_rejected +
                                            import.rows_screened + import.rows_held);
}

static const struct toc_framework *framework_at(size_t i)
{
    ck_assert_uint_lt(i, import.records_len);
    return import.records[i].as.framework;
}

static size_t screened_for(const char *reason)
{
    for (size_t i = 0; i < import.tallies_len; i++) {
        if (strcmp(import.tallies[i].reason, reason) == 0) {
            return import.tallies[i].rows;
        }
    }
    return 0;
}

static bool is_inferred(const struct toc_framework *framework, enum toc_framework_field field)
{
    return (framework->inferred & TOC_FRAMEWORK_BIT(field)) != 0;
}

struct council {
    const char *name;
    size_t used;
    size_t not_frameworks;
};
static const struct council councils[] = {
    {ANGLESEY, 3, 2},
    {"THE ISLE OF ANGLESEY COUNTY COUNCIL", 3, 2},
    {"Carmarthenshire County Council", 2, 0},
    {"City & County of Swansea", 2, 3},
    {"City and County of Swansea", 2, 3},
    {"Swansea Council", 0, 0},
};

START_TEST(test_three_welsh_councils)
{
    const struct council *const council = &councils[_i];
    const struct toc_member self = member_named(council->name);
    import_file(WALES, &self);
    ck_assert_uint_eq(import.rows_read, 21);
    ck_assert_uint_eq(import.rows_used, council->used);
    ck_assert_uint_eq(import.records_len, council->used);
    ck_assert_uint_eq(import.rows_rejected, 0);
    ck_assert_uint_eq(screened_for(TOC_SCREENED_NO_FRAMEWORK), council->not_frameworks);
    ck_assert_uint_eq(screened_for(TOC_SCREENED_OTHER_BUYER),
                      21 - council->used - council->not_frameworks);
}
END_TEST

START_TEST(test_an_alias_brings_the_other_name)
{
    static const char *const aliases[] = {
        "Legal, Democratic and Business Intelligence, Swansea Council,"};
    struct toc_member self = member_named("City & County of Swansea");
    self.aliases = aliases;
    self.aliases_len = 1;
    import_file(WALES, &self);
    ck_assert_uint_eq(import.rows_used, 2);
    ck_assert_uint_eq(screened_for(TOC_SCREENED_NO_FRAMEWORK), 4);
}
END_TEST

START_TEST(test_a_market_by_its_title)
{
    const struct toc_member self = member_named(ANGLESEY);
    import_file(WALES, &self);
    const struct toc_framework *const market = framework_at(2);
    ck_assert_str_eq(market->reference, "ocds-kuma6s-148346|isle of anglesey county council");
    ck_assert_int_eq(market->kind, TOC_FRAMEWORK_DPS);
    ck_assert(is_inferred(market, TOC_FIELD_KIND));
    ck_assert_int_eq(market->status, TOC_FRAMEWORK_ACTIVE);
    ck_assert_uint_eq(market->max_participants, 0); /* 7.9e28 is none */
    ck_assert_uint_eq(market->period_months, 48);
    ck_assert(is_inferred(market, TOC_FIELD_PERIOD_MONTHS));
    ck_assert_uint_eq(market->period_end, 0);
    ck_assert_uint_eq(market->lots_len, 2);
    ck_assert_str_eq(market->notice_id, "FEB497904");
    const struct toc_framework *const framework = framework_at(0);
    ck_assert_int_eq(framework->kind, TOC_FRAMEWORK_FRAMEWORK);
    ck_assert(!is_inferred(framework, TOC_FIELD_KIND));
    ck_assert_uint_eq(framework->max_participants, 1);
    ck_assert_uint_eq(framework->lots_len, 0); /* one lot without a title is no lot */
    ck_assert_uint_eq(framework->cpv_len, 7);
}
END_TEST

START_TEST(test_periods_with_dates)
{
    const struct toc_member self = member_named("City & County of Swansea");
    import_file(WALES, &self);
    const struct toc_framework *const works = framework_at(1);
    ck_assert_str_eq(works->title, "Framework for Capital Building Works");
    ck_assert_uint_eq(works->period_start, 20241); /* 2025-06-02 */
    ck_assert_uint_eq(works->period_end, 20970);   /* 2027-06-01 */
    ck_assert_uint_eq(works->period_months, 0);
    ck_assert(!is_inferred(works, TOC_FIELD_PERIOD_END));
    ck_assert_uint_eq(works->max_participants, 66);
    ck_assert_uint_eq(works->lots_len, 11);
    ck_assert_uint_eq(works->value_max_pounds, 0);
    /* Cut at a character, with an ellipsis. */
    ck_assert_uint_le(strlen(works->description), TOC_FRAMEWORK_DESCRIPTION_MAX);
    ck_assert_str_eq(works->description + strlen(works->description) - 3, "\xe2\x80\xa6");
}
END_TEST

START_TEST(test_call_off_from_free_text_and_buyer_by_id)
{
    static const struct toc_buyer buyers[] = {{"GB-LAE", "DER"}};
    struct toc_member self = member_named("Derby");
    self.buyers = buyers;
    self.buyers_len = 1;
    import_file(FINDER, &self);
    ck_assert_uint_eq(import.rows_used, 1);
    const struct toc_framework *const call_off = framework_at(0);
    ck_assert_str_eq(call_off->reference,
                     "ocds-b5fd17-6e414ecd-9105-4a6d-a3ab-621c3440ffe1|GB-LAE-DER");
    ck_assert_int_eq(call_off->kind, TOC_FRAMEWORK_CALL_OFF);
    ck_assert(is_inferred(call_off, TOC_FIELD_KIND));
    ck_assert_str_eq(call_off->parent, "");
    ck_assert_int_eq(call_off->status, TOC_FRAMEWORK_AWARDED);
    ck_assert_uint_eq(call_off->suppliers_len, 1);
    ck_assert_str_eq(call_off->suppliers[0].scheme, "GB-COH");
    ck_assert_str_eq(call_off->suppliers[0].id, "01323955");
    ck_assert_uint_eq(call_off->value_max_pounds, 1500000);
}
END_TEST

START_TEST(test_framework_by_title_alone)
{
    const struct toc_member self = member_named("North Yorkshire Council");
    import_file(FINDER, &self);
    ck_assert_uint_eq(import.rows_used, 1);
    ck_assert_str_eq(framework_at(0)->buyer, "The North Yorkshire Council");
    ck_assert(is_inferred(framework_at(0), TOC_FIELD_KIND));
}
END_TEST

/* The tender said call-off, the award a little later something else: the later one counts. */
START_TEST(test_the_later_release_corrects)
{
    const struct toc_member self = member_named("Bath and North East Somerset Council");
    import_file(FINDER, &self);
    ck_assert_uint_eq(import.rows_used, 0);
    ck_assert_uint_eq(screened_for(TOC_SCREENED_NO_FRAMEWORK), 2);
}
END_TEST

START_TEST(test_standard_examples)
{
    static const struct toc_buyer buyers[] = {{"GB-NHS", "YA7"}};
    struct toc_member self = member_named("NHS National Services Scotland");
    self.buyers = buyers;
    self.buyers_len = 1;
    import_file("frameworks_closed_single_first_stage.json", &self);
    ck_assert_int_eq(framework_at(0)->kind, TOC_FRAMEWORK_FRAMEWORK);
    ck_assert(!is_inferred(framework_at(0), TOC_FIELD_KIND));
    ck_assert_uint_eq(framework_at(0)->period_months, 24);
    ck_assert_uint_eq(framework_at(0)->value_max_pounds, 1120000);
    import_file("frameworks_closed_single_award.json", &self);
    ck_assert_int_eq(framework_at(0)->kind, TOC_FRAMEWORK_CALL_OFF);
    ck_assert(!is_inferred(framework_at(0), TOC_FIELD_KIND));
    ck_assert_str_eq(framework_at(0)->parent, "ocds-r6ebe6-9af22e2f-5307-4e98-bff6-1ebffbff343d");
    ck_assert_str_eq(framework_at(0)->title,
                     "Storage and Distribution of Seasonal Influenza Vaccine");
    ck_assert(is_inferred(framework_at(0), TOC_FIELD_TITLE));
    ck_assert_uint_eq(framework_at(0)->suppliers_len, 0); /* "Movianto UK" has no suffix */
    ck_assert_uint_eq(framework_at(0)->suppliers_left_out, 1);
    import_file("frameworks_closed_single_supplier.json", &self);
    ck_assert_uint_eq(screened_for(TOC_SCREENED_NO_BUYER), 1);
}
END_TEST

/* A release of ours, with what the test adds. */
#define RELEASE(ocid, id_and_date, buyer, rest)                                                    \
    "{\"ocid\": \"" ocid "\", " id_and_date " \"tag\": [\"tender\"], \"buyer\": " buyer            \
    ", \"tender\": {\"techniques\": {\"hasFrameworkAgreement\": true}, \"title\": \"T\"" rest "}}"
#define OURS "{\"name\": \"Penmaen Council\"}"
#define THEIRS "{\"name\": \"Other Council\"}"
#define AT(time) "\"id\": \"r\", \"date\": \"" time "\","

START_TEST(test_every_wrapping)
{
    static const struct {
        const char *json;
        size_t read;
        size_t used;
    } rows[] = {
        {RELEASE("o1", "", OURS, ""), 1, 1},
        {"\xef\xbb\xbf" RELEASE("o1", "", OURS, ""), 1, 1},
        {"[" RELEASE("o1", "", OURS, "") "," RELEASE("o2", "", OURS, "") "]", 2, 2},
        {"{\"releases\": [" RELEASE("o1", "", OURS, "") "]}", 1, 1},
        {"[{\"releases\": [" RELEASE("o1", "", OURS, "") "]}, " RELEASE("o2", "", OURS, "") "]", 2,
         2},
        {"{\"records\": [{\"ocid\": \"o1\", \"compiledRelease\": " RELEASE("o1", "", OURS,
                                                                           "") "}]}",
         1, 1},
        {"{\"ocid\": \"o1\", \"releases\": [" RELEASE("o1", "", OURS, "") "]}", 1, 1},
        {"{\"records\": [{\"ocid\": \"o1\", \"releases\": [" RELEASE(
             "o1", AT("2025-01-01T00:00:00Z"), OURS,
             "") ", " RELEASE("o1", AT("2025-02-01T00:00:00Z"), OURS, "") "]}]}",
         2, 2},
        {"{\"records\": [{\"ocid\": \"o1\", \"releases\": [{\"url\": \"https://example.org\"}]}]}",
         1, 0},
        {"{\"records\": [{\"ocid\": \"o1\"}]}", 1, 0},
        {"{\"releases\": []}", 0, 0},
        {"{\"records\": []}", 0, 0},
        {"[]", 0, 0},
        {"[5, {}]", 2, 0},
        {"{\"releases\": [5, null, {\"ocid\": 5}, {\"ocid\": \"\"}, {\"ocid\": \"a\\nb\"}]}", 5, 0},
    };
    const struct toc_member self = member_named("The Penmaen Council");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(import_text(rows[i].json, &self) == TOC_OK, "%s", rows[i].json);
        ck_assert_msg(import.rows_read == rows[i].read && import.rows_used == rows[i].used, "%s",
                      rows[i].json);
    }
}
END_TEST

START_TEST(test_broken_files)
{
    static const struct {
        const char *json;
        const char *words;
    } rows[] = {
        {"", "empty"},
        {"\xef\xbb\xbf", "empty"},
        {"{\"releases\": [", "ends in the middle"},
        {"{\n \"releases\": oops\n}", "line 2"},
        {"{\"a\": \"caf\xe9\"}", "UTF-8"},
        {"\"text\"", "JSON"},
        {"{}", "holds no releases"},
        {"{\"uri\": 1}", "holds no releases"},
        {"PK\x03\x04", "line 1"},
        {"{\"ocid\": \"o\"} trailing", "line 1"},
    };
    const struct toc_member self = member_named("Penmaen Council");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(import_text(rows[i].json, &self) == TOC_MALFORMED, "%s", rows[i].json);
        ck_assert_msg(strstr(why.text, rows[i].words) != NULL, "%s: %s", rows[i].json, why.text);
    }
    static char deep[10000];
    memset(deep, '[', sizeof deep - 1);
    ck_assert_int_eq(import_text(deep, &self), TOC_MALFORMED);
    const struct toc_member nameless = member_named("...");
    ck_assert_int_eq(import_text("[]", &nameless), TOC_INVALID);
    const struct toc_bytes huge = {(const uint8_t *)"", (size_t)TOC_IMPORT_FILE_MAX + 1};
    ck_assert_int_eq(toc_import_ocds(huge, &self, arena, &import, &why), TOC_TOOBIG);
}
END_TEST

/* One ocid, two buyers, as Find a Tender does it: two processes, and only ours is taken. */
START_TEST(test_an_ocid_names_no_process)
{
    static const struct toc_buyer buyers[] = {{"GB-PLA", "PEN"}};
    const char *const json =
        "[" RELEASE("o1", AT("2025-01-01"), OURS, ", \"description\": \"ours\"") "," RELEASE(
            "o1", AT("2025-02-01"), THEIRS,
            ", \"description\": \"theirs\"") "," RELEASE("o1", AT("2025-03-01"),
                                                         "{\"id\": \"GB-PLA-PEN\"}",
                                                         "") ","
                                                             "{\"ocid\": \"o1\", \"id\": "
                                                             "\"nobody\", \"tender\": {}}]";
    struct toc_member self = member_named("Penmaen Council");
    self.buyers = buyers;
    self.buyers_len = 1;
    ck_assert_int_eq(import_text(json, &self), TOC_OK);
    ck_assert_uint_eq(import.records_len, 2);
    ck_assert_str_eq(framework_at(0)->reference, "o1|GB-PLA-PEN");
    ck_assert_str_eq(framework_at(0)->buyer, "Penmaen Council");
    ck_assert_str_eq(framework_at(1)->reference, "o1|penmaen council");
    ck_assert_str_eq(framework_at(1)->description, "ours");
    ck_assert_uint_eq(screened_for(TOC_SCREENED_OTHER_BUYER), 1);
    ck_assert_uint_eq(import.rows_rejected, 1); /* it could be ours, and could be theirs */
}
END_TEST

/* The award comes first in the file, names no buyer and repeats nothing: it is put over the tender.
 */
START_TEST(test_merging)
{
    const char *const json =
        "[{\"ocid\": \"o1\", \"id\": \"r2\", \"date\": \"2025-06-01T00:00:00+01:00\", \"tag\": "
        "[\"award\"], \"tender\": {\"status\": \"complete\", \"description\": null, \"lots\": "
        "[{\"id\": \"2\", \"status\": \"cancelled\"}]}, \"awards\": [{\"id\": \"1\", "
        "\"relatedLots\": [\"1\"], \"suppliers\": [{\"name\": \"Acme Ltd\"}, {\"name\": \"Jane "
        "Example\"}]}, {\"id\": \"2\", \"suppliers\": [{\"name\": \"Wide Ltd\"}]}, {\"id\": \"3\", "
        "\"status\": \"cancelled\", \"suppliers\": [{\"name\": \"Gone Ltd\"}]}]}," RELEASE(
            "o1", "\"id\": \"r1\", \"date\": \"2025-01-01T00:00:00Z\",", OURS,
            ", \"status\": \"active\", \"description\": \"d\", \"lots\": [{\"id\": \"1\", "
            "\"title\": "
            "\"North\"}, {\"id\": \"2\", \"title\": \"South\"}]") "]";
    const struct toc_member self = member_named("Penmaen Council");
    ck_assert_int_eq(import_text(json, &self), TOC_OK);
    ck_assert_uint_eq(import.rows_used, 2);
    ck_assert_uint_eq(import.records_len, 1);
    const struct toc_framework *const framework = framework_at(0);
    ck_assert_str_eq(framework->source, "r2");
    ck_assert_str_eq(framework->title, "T");
    ck_assert_str_eq(framework->description, "");
    ck_assert_int_eq(framework->kind, TOC_FRAMEWORK_FRAMEWORK);
    ck_assert_int_eq(framework->status, TOC_FRAMEWORK_AWARDED);
    ck_assert_uint_eq(framework->lots_len, 2);
    ck_assert_str_eq(framework->lots[1].title, "South");
    ck_assert_int_eq(framework->lots[1].status, TOC_FRAMEWORK_CANCELLED);
    ck_assert_uint_eq(framework->lots[0].suppliers_len, 1);
    ck_assert_uint_eq(framework->suppliers_len, 1);
    ck_assert_str_eq(framework->suppliers[0].name, "Wide Ltd");
    ck_assert_uint_eq(framework->suppliers_left_out, 1);
    ck_assert_uint_eq(import.notes_len, 1);
    ck_assert_int_eq(import.notes[0].fate, TOC_IMPORT_USED);
}
END_TEST

START_TEST(test_a_release_without_id)
{
    const struct toc_member self = member_named("Penmaen Council");
    ck_assert_int_eq(
        import_text(RELEASE("ocds-x-1", "\"date\": \"2025-01-01T00:00:00Z\",", OURS, ""), &self),
        TOC_OK);
    ck_assert_str_eq(framework_at(0)->source, "ocds-x-1-2025-01-01T00:00:00Z");
}
END_TEST

START_TEST(test_no_person_leaves)
{
    const char *const json =
        "{\"ocid\": \"o1\", \"buyer\": " OURS ", \"tender\": {\"title\": \"Taxi framework\"}, "
        "\"parties\": [{\"id\": \"s1\", \"name\": \"Solo Ltd\", \"details\": {\"scale\": "
        "\"selfEmployed\"}, \"contactPoint\": {\"name\": \"A Person\"}}, {\"id\": \"s2\", "
        "\"name\": "
        "\"Charity\", \"identifier\": {\"scheme\": \"GB-CHC\", \"id\": \"289868\"}}], \"awards\": "
        "[{\"suppliers\": [{\"id\": \"s1\", \"name\": \"Solo Ltd\"}, {\"id\": \"s2\"}, {\"id\": "
        "\"GB-COH-01323955\", \"name\": \"Somebody\"}, {\"name\": \"Mr Jack Example\"}]}]}";
    const struct toc_member self = member_named("Penmaen Council");
    ck_assert_int_eq(import_text(json, &self), TOC_OK);
    const struct toc_framework *const framework = framework_at(0);
    ck_assert_uint_eq(framework->suppliers_len, 2);
    ck_assert_str_eq(framework->suppliers[0].name, "Charity");
    ck_assert_str_eq(framework->suppliers[1].id, "01323955");
    ck_assert_uint_eq(framework->suppliers_left_out, 2);
}
END_TEST

struct kind_row {
    const char *tender; /* what is in the tender */
    enum toc_framework_kind kind;
    bool inferred;
};
static const struct kind_row kind_rows[] = {
    {"\"title\": \"Roads\"", (enum toc_framework_kind)0, false},
    {"\"title\": \"Roads Framework\"", TOC_FRAMEWORK_FRAMEWORK, true},
    {"\"title\": \"Frameworking of pictures\"", (enum toc_framework_kind)0, false},
    {"\"title\": \"Fframwaith Ffyrdd\"", TOC_FRAMEWORK_FRAMEWORK, true},
    {"\"title\": \"System Brynu Ddynamig\"", TOC_FRAMEWORK_DPS, true},
    {"\"title\": \"Taxis (DPS)\"", TOC_FRAMEWORK_DPS, true},
    {"\"title\": \"Dynamic Market for Care\"", TOC_FRAMEWORK_DYNAMIC_MARKET, true},
    {"\"title\": \"Open Framework: Care\"", TOC_FRAMEWORK_OPEN_FRAMEWORK, true},
    {"\"title\": \"A framework\", \"techniques\": {\"hasFrameworkAgreement\": false}",
     (enum toc_framework_kind)0, false},
    {"\"title\": \"X\", \"techniques\": {\"frameworkAgreement\": {}}", TOC_FRAMEWORK_FRAMEWORK,
     false},
    {"\"title\": \"X\", \"techniques\": {\"hasDynamicPurchasingSystem\": true}", TOC_FRAMEWORK_DPS,
     false},
    {"\"title\": \"X\", \"techniques\": {\"hasFrameworkAgreement\": true, \"frameworkAgreement\": "
     "{\"isOpenFrameworkScheme\": true}}",
     TOC_FRAMEWORK_OPEN_FRAMEWORK, false},
    {"\"title\": \"X\", \"procurementMethodDetails\": \"Call-off from a framework agreement\"",
     TOC_FRAMEWORK_CALL_OFF, true},
    {"\"title\": \"X\", \"procurementMethodDetails\": \"Other - Direct Award from a Framework "
     "Contract\"",
     TOC_FRAMEWORK_CALL_OFF, true},
    {"\"title\": \"X\", \"procurementMethodDetails\": \"Other - Further Competition - Framework\"",
     TOC_FRAMEWORK_CALL_OFF, true},
    {"\"title\": \"X\", \"procurementMethodDetails\": \"Open procedure\"",
     (enum toc_framework_kind)0, false},
};

START_TEST(test_kinds)
{
    char json[1000];
    const struct toc_member self = member_named("Penmaen Council");
    (void)snprintf(json, sizeof json, "{\"ocid\": \"o\", \"buyer\": " OURS ", \"tender\": {%s}}",
                   kind_rows[_i].tender);
    ck_assert_int_eq(import_text(json, &self), TOC_OK);
    if (kind_rows[_i].kind == 0) {
        ck_assert_uint_eq(screened_for(TOC_SCREENED_NO_FRAMEWORK), 1);
        return;
    }
    ck_assert_msg(framework_at(0)->kind == kind_rows[_i].kind, "%s", json);
    ck_assert_msg(is_inferred(framework_at(0), TOC_FIELD_KIND) == kind_rows[_i].inferred, "%s",
                  json);
}
END_TEST

struct field_row {
    const char *tender;
    uint32_t start;
    uint32_t end;
    uint32_t months;
};
/* 20179 is 2025-04-01. */
static const struct field_row periods[] = {
    {"", 0, 0, 0},
    {", \"contractPeriod\": {\"durationInDays\": 1440}", 0, 0, 48},
    {", \"contractPeriod\": {\"durationInDays\": 1461}", 0, 0, 48},
    {", \"contractPeriod\": {\"durationInDays\": 365}", 0, 0, 12},
    {", \"contractPeriod\": {\"durationInDays\": 1}", 0, 0, 0},
    {", \"contractPeriod\": {\"durationInDays\": -5}", 0, 0, 0},
    {", \"contractPeriod\": {\"durationInDays\": 1e300}", 0, 0, 0},
    {", \"contractPeriod\": {\"startDate\": \"2025-04-01T00:00:00+01:00\", \"durationInDays\": "
     "720}",
     20179, 20908, 24},
    {", \"contractPeriod\": {\"startDate\": \"2025-04-01T00:00:00+01:00\", \"endDate\": "
     "\"2027-03-31T23:59:59+01:00\"}",
     20179, 20908, 0},
    {", \"contractPeriod\": {\"startDate\": \"2027-04-01\", \"endDate\": \"2025-04-01\"}", 0, 0, 0},
    {", \"contractPeriod\": {\"startDate\": \"soon\", \"endDate\": \"2025-04-01\"}", 0, 20179, 0},
    {", \"lots\": [{\"contractPeriod\": {\"startDate\": \"2025-04-02\", \"endDate\": "
     "\"2026-01-01\"}}, {\"contractPeriod\": {\"startDate\": \"2025-04-01\", \"endDate\": "
     "\"2025-04-05\"}}]",
     20179, 20454, 0},
};

START_TEST(test_periods)
{
    char json[1000];
    const struct toc_member self = member_named("Penmaen Council");
    (void)snprintf(json, sizeof json,
                   "{\"ocid\": \"o\", \"buyer\": " OURS
                   ", \"tender\": {\"title\": \"A framework\"%s}}",
                   periods[_i].tender);
    ck_assert_int_eq(import_text(json, &self), TOC_OK);
    ck_assert_uint_eq(framework_at(0)->period_start, periods[_i].start);
    ck_assert_uint_eq(framework_at(0)->period_end, periods[_i].end);
    ck_assert_uint_eq(framework_at(0)->period_months, periods[_i].months);
}
END_TEST

START_TEST(test_method_money_and_users)
{
    const struct toc_member self = member_named("Penmaen Council");
    const char *const json =
        RELEASE("o", "", OURS,
                ", \"value\": {\"amount\": 0.01, \"currency\": \"GBP\"}, \"participationFees\": "
                "[{\"type\": "
                "[\"document\"]}, {\"relativeValueProportion\": 0.01}], \"techniques\": "
                "{\"hasFrameworkAgreement\": true, \"frameworkAgreement\": {\"method\": "
                "\"withAndWithoutReopeningCompetition\", \"maximumParticipants\": 100001, "
                "\"buyerCategories\": \"Welsh councils\", \"value\": {\"amount\": 99.9}}}");
    ck_assert_int_eq(import_text(json, &self), TOC_OK);
    const struct toc_framework *const framework = framework_at(0);
    ck_assert_int_eq(framework->method, TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING);
    ck_assert(!is_inferred(framework, TOC_FIELD_METHOD));
    ck_assert_int_eq(framework->direct_award_allowed, TOC_FRAMEWORK_YES);
    ck_assert(is_inferred(framework, TOC_FIELD_DIRECT_AWARD));
    ck_assert_uint_eq(framework->max_participants, 0);
    ck_assert_uint_eq(framework->value_max_pounds, 99);
    ck_assert_int_eq(framework->fee, TOC_FRAMEWORK_SUPPLIER_LEVY);
    ck_assert_str_eq(framework->buyer_restrictions, "Welsh councils");
    ck_assert_int_eq(framework->open_to[0], TOC_FRAMEWORK_NAMED);
    ck_assert(!is_inferred(framework, TOC_FIELD_OPEN_TO));
    ck_assert_int_eq(import_text(RELEASE("o", "", OURS,
                                         ", \"value\": {\"amount\": 5000, "
                                         "\"currency\": \"EUR\"}"),
                                 &self),
                     TOC_OK);
    ck_assert_uint_eq(framework_at(0)->value_max_pounds, 0);
    ck_assert_int_eq(framework_at(0)->open_to[0], TOC_FRAMEWORK_OWNER_ONLY);
    ck_assert(is_inferred(framework_at(0), TOC_FIELD_OPEN_TO));
}
END_TEST

START_TEST(test_a_framework_without_a_title_is_rejected)
{
    const struct toc_member self = member_named("Penmaen Council");
    ck_assert_int_eq(
        import_text("{\"ocid\": \"o\", \"buyer\": " OURS
                    ", \"tender\": {\"techniques\": {\"hasFrameworkAgreement\": true}}}",
                    &self),
        TOC_OK);
    ck_assert_uint_eq(import.rows_rejected, 1);
    ck_assert_str_eq(import.notes[0].column, "title");
    ck_assert_uint_eq(import.notes[0].row, 1);
    ck_assert_uint_eq(import.records_len, 0);
}
END_TEST

START_TEST(test_no_memory)
{
    const struct toc_member self = member_named("Penmaen Council");
    struct toc_arena *tiny = NULL;
    ck_assert_int_eq(toc_arena_new(600, &tiny), TOC_OK);
    ck_assert_int_eq(
        toc_import_ocds(toc_bytes_text(RELEASE("o", "", OURS, "")), &self, tiny, &import, &why),
        TOC_NOMEM);
    toc_arena_free(&tiny);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_ocds");
    TCase *const tcase = tcase_create("import_ocds");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_three_welsh_councils, 0,
                        (int)(sizeof councils / sizeof councils[0]));
    tcase_add_test(tcase, test_an_alias_brings_the_other_name);
    tcase_add_test(tcase, test_a_market_by_its_title);
    tcase_add_test(tcase, test_periods_with_dates);
    tcase_add_test(tcase, test_call_off_from_free_text_and_buyer_by_id);
    tcase_add_test(tcase, test_framework_by_title_alone);
    tcase_add_test(tcase, test_the_later_release_corrects);
    tcase_add_test(tcase, test_standard_examples);
    tcase_add_test(tcase, test_every_wrapping);
    tcase_add_test(tcase, test_broken_files);
    tcase_add_test(tcase, test_an_ocid_names_no_process);
    tcase_add_test(tcase, test_merging);
    tcase_add_test(tcase, test_a_release_without_id);
    tcase_add_test(tcase, test_no_person_leaves);
    tcase_add_loop_test(tcase, test_kinds, 0, (int)(sizeof kind_rows / sizeof kind_rows[0]));
    tcase_add_loop_test(tcase, test_periods, 0, (int)(sizeof periods / sizeof periods[0]));
    tcase_add_test(tcase, test_method_money_and_users);
    tcase_add_test(tcase, test_a_framework_without_a_title_is_rejected);
    tcase_add_test(tcase, test_no_memory);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
