#include "import_ocds.h"
#include "ocds_package.h"
#include "record_framework.h"
#include "runner.h"
#include <stdlib.h>
#include <string.h>

static const struct toc_buyer buyers[] = {{"GB-LAE", "LDS"}};
static const char *const aliases[] = {"City of Leeds"};
static const struct toc_member leeds = {.id = "leeds",
                                        .name = "Leeds City Council",
                                        .gss = "E08000035",
                                        .buyers = buyers,
                                        .buyers_len = 1,
                                        .aliases = aliases,
                                        .aliases_len = 1};
static struct toc_ocds_counts counts;
static json_t *package;

static json_t *loaded(const char *text)
{
    json_error_t error;
    json_t *const json = json_loads(text, 0, &error);
    ck_assert_msg(json != NULL, "%s at %d", error.text, error.position);
    return json;
}

static enum toc_result make(const char *frameworks, const char *contracts)
{
    json_t *const lists[] = {loaded(frameworks), loaded(contracts)};
    const struct toc_ocds_source source = {.self = &leeds,
                                           .group = "yh-spg",
                                           .prefix = TOC_OCDS_PREFIX,
                                           .frameworks = lists[0],
                                           .contracts = lists[1]};
    json_decref(package);
    package = NULL;
    const enum toc_result result = toc_ocds_package(&source, &package, &counts);
    json_decref(lists[0]);
    json_decref(lists[1]);
    return result;
}

static void teardown(void)
{
    json_decref(package);
    package = NULL;
}

static json_t *release_at(size_t i)
{
    json_t *const releases = json_object_get(package, "releases");
    ck_assert_uint_lt(i, json_array_size(releases));
    return json_array_get(releases, i);
}

static const char *text_of(const json_t *json, const char *key)
{
    const char *const text = json_string_value(json_object_get(json, key));
    return text == NULL ? "" : text;
}

#define FRAMEWORK                                                                                  \
    "{\"sequence\":7,\"time\":\"2026-02-01T10:00:00Z\",\"reference\":\"ocds-h6vhtk-02874c|GB-LAE-" \
    "LDS\",\"ocid\":\"ocds-h6vhtk-02874c\",\"kind\":\"framework\",\"title\":\"Surfacing "          \
    "framework\",\"buyer\":\"City of Leeds\",\"status\":\"awarded\",\"description\":\"Roads\","    \
    "\"open_to\":[\"owner_only\"],\"period_start\":\"2025-04-01\",\"period_end\":\"2029-03-31\","  \
    "\"last_extension_date\":\"2031-03-31\",\"value_max_pounds\":1250000,\"method\":"              \
    "\"with_reopening_competition\",\"direct_award_allowed\":false,\"max_participants\":12,"       \
    "\"categories\":[\"works\"],\"cpv\":[\"45233220\"],\"lots\":[{\"number\":\"1\",\"title\":"     \
    "\"North\",\"status\":\"awarded\",\"cpv\":[\"45233222\"],\"suppliers\":[{\"name\":\"Acme "     \
    "Ltd\",\"scheme\":\"GB-COH\",\"id\":\"01234567\"}]},{\"number\":\"2\",\"title\":\"South\"}],"  \
    "\"suppliers\":[{\"name\":\"Beacon plc\"}],\"basis\":{\"stated\":[],\"inferred\":[]}}"

#define CONTRACT(more)                                                                             \
    "{\"id\":\"c1\",\"source\":\"register\",\"time\":\"2026-03-01T10:00:00Z\",\"reference\":"      \
    "\"R1\",\"title\":\"Cleaning\",\"description\":\"Offices\",\"cpv\":90910000,\"start\":"        \
    "\"2025-04-01\",\"end\":\"2027-03-31\",\"extension\":\"2028-03-31\",\"value\":40000,"          \
    "\"type\":\"single_award\",\"process\":\"Invitation to quote\",\"route\":\"quote\"" more "}"
#define ACME                                                                                       \
    ",\"supplier\":\"s1\",\"name\":\"Acme Ltd\",\"number\":\"GB-COH-01234567\",\"state\":\"kept\""

START_TEST(test_a_framework_keeps_what_it_came_with)
{
    ck_assert_int_eq(make("[" FRAMEWORK "]", "[]"), TOC_OK);
    ck_assert_str_eq(text_of(package, "version"), "1.1");
    ck_assert_str_eq(text_of(package, "uri"), "urn:tocsin:yh-spg:leeds:ocds");
    ck_assert_str_eq(text_of(package, "publishedDate"), "2026-02-01T10:00:00Z");
    const json_t *const release = release_at(0);
    ck_assert_str_eq(text_of(release, "ocid"), "ocds-h6vhtk-02874c");
    ck_assert_str_eq(text_of(release, "date"), "2026-02-01T10:00:00Z");
    ck_assert_str_eq(text_of(json_object_get(release, "buyer"), "id"), "GB-LAE-LDS");
    json_t *const tags = loaded("[\"tender\",\"award\"]");
    ck_assert(json_equal(json_object_get(release, "tag"), tags));
    json_decref(tags);
    ck_assert_uint_eq(counts.releases, 1);
    ck_assert_uint_eq(counts.frameworks, 1);

    /* What goes out comes back the same. */
    struct toc_arena *arena = NULL;
    struct toc_import import;
    struct toc_why why = {""};
    char *const text = json_dumps(package, 0);
    ck_assert_int_eq(toc_arena_new(64 * 1024 * 1024, &arena), TOC_OK);
    ck_assert_msg(toc_import_ocds(toc_bytes_text(text), &leeds, arena, &import, &why) == TOC_OK,
                  "%s", why.text);
    free(text);
    ck_assert_uint_eq(import.records_len, 1);
    const struct toc_framework *const back = import.records[0].as.framework;
    ck_assert_str_eq(back->ocid, "ocds-h6vhtk-02874c");
    ck_assert_str_eq(back->reference, "ocds-h6vhtk-02874c|GB-LAE-LDS");
    ck_assert_int_eq(back->kind, TOC_FRAMEWORK_FRAMEWORK);
    ck_assert_int_eq(back->status, TOC_FRAMEWORK_AWARDED);
    ck_assert_int_eq(back->method, TOC_FRAMEWORK_WITH_REOPENING);
    ck_assert_uint_eq(back->max_participants, 12);
    ck_assert_uint_eq(back->value_max_pounds, 1250000);
    ck_assert_uint_eq(back->period_start, 20179);
    ck_assert_uint_eq(back->period_end, 21639); /* 2029-03-31 */
    ck_assert_uint_eq(back->cpv_len, 0);        /* of a lot's items alone, where there are lots */
    ck_assert_uint_eq(back->lots_len, 2);
    ck_assert_uint_eq(back->lots[0].cpv[0], 45233222);
    ck_assert_str_eq(back->lots[0].suppliers[0].id, "01234567");
    ck_assert_str_eq(back->suppliers[0].name, "Beacon plc");
    ck_assert_str_eq(back->categories[0], "works");
    toc_arena_free(&arena);
}
END_TEST

START_TEST(test_a_contract)
{
    ck_assert_int_eq(make("[]", "[" CONTRACT(ACME) "]"), TOC_OK);
    const json_t *const release = release_at(0);
    const json_t *const tender = json_object_get(release, "tender");
    const json_t *const award = json_array_get(json_object_get(release, "awards"), 0);
    const json_t *const contract = json_array_get(json_object_get(release, "contracts"), 0);
    ck_assert_int_eq(strncmp(text_of(release, "ocid"), "ocds-tocsin-leeds-", 18), 0);
    ck_assert_str_eq(text_of(tender, "procurementMethod"), "limited");
    ck_assert_str_eq(text_of(tender, "procurementMethodDetails"), "Invitation to quote");
    ck_assert_str_eq(text_of(contract, "id"), "R1");
    ck_assert_str_eq(text_of(contract, "awardID"), text_of(award, "id"));
    json_t *const wanted = loaded("{\"startDate\":\"2025-04-01T00:00:00Z\",\"endDate\":"
                                  "\"2027-03-31T23:59:59Z\",\"maxExtentDate\":"
                                  "\"2028-03-31T23:59:59Z\"}");
    ck_assert(json_equal(json_object_get(contract, "period"), wanted));
    json_decref(wanted);
    ck_assert_uint_eq(json_array_size(json_object_get(release, "parties")), 2);
    ck_assert_str_eq(text_of(json_array_get(json_object_get(award, "suppliers"), 0), "id"),
                     "GB-COH-01234567");
}
END_TEST

/* A person's contract stays whole: its title may name them. */
START_TEST(test_persons_stay)
{
    static const struct {
        const char *more;
        bool goes;
    } rows[] = {
        {ACME, true},
        {"", true},
        {",\"supplier\":null,\"name\":null", true},
        {",\"supplier\":\"s1\",\"name\":\"Example Farm\",\"state\":\"kept\"", true},
        {",\"supplier\":\"s1\",\"name\":\"Example Farm\",\"state\":\"held\"", false},
        {",\"supplier\":\"s1\",\"name\":\"Acme Ltd\",\"state\":\"dropped\"", false},
        {",\"supplier\":\"s1\",\"name\":\"Mr J Example\",\"state\":\"kept\"", false},
        {",\"supplier\":\"s1\",\"name\":\"Acme Ltd\"", true},
        {",\"supplier\":\"s1\",\"name\":\"Example Farm\"", false},
        {",\"supplier\":\"s1\"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[1500];
        char filler[] = CONTRACT("");
        filler[strlen(filler) - 1] = '\0';
        (void)snprintf(text, sizeof text, "[%s%s}]", filler, rows[i].more);
        const enum toc_result result = make("[]", text);
        ck_assert_msg(result == (rows[i].goes ? TOC_OK : TOC_NOTFOUND), "%s", rows[i].more);
    }
    ck_assert_int_eq(
        make("[]",
             "[" CONTRACT(ACME) ","
                                "{\"reference\":\"R2\",\"title\":\"Lessons of J "
                                "Example\",\"supplier\":\"s2\","
                                "\"name\":\"J "
                                "Example\",\"state\":\"held\",\"time\":\"2026-03-01T10:00:00Z\"}]"),
        TOC_OK);
    ck_assert_uint_eq(counts.left_out, 1);
    ck_assert_uint_eq(counts.contracts, 1);
    char *const text = json_dumps(package, 0);
    ck_assert_ptr_null(strstr(text, "J Example"));
    free(text);
}
END_TEST

START_TEST(test_one_ocid_of_two_buyers)
{
    static const char other[] =
        "{\"sequence\":8,\"time\":\"2026-02-02T10:00:00Z\",\"reference\":\"X\",\"ocid\":"
        "\"ocds-h6vhtk-02874c\",\"kind\":\"framework\",\"title\":\"Theirs\",\"buyer\":\"York "
        "Council\"}";
    char text[3000];
    (void)snprintf(text, sizeof text, "[%s,%s]", FRAMEWORK, other);
    ck_assert_int_eq(make(text, "[]"), TOC_OK);
    ck_assert_uint_eq(counts.releases, 2);
    ck_assert_str_eq(text_of(release_at(0), "ocid"), text_of(release_at(1), "ocid"));
    ck_assert_str_ne(text_of(release_at(0), "id"), text_of(release_at(1), "id"));
    ck_assert_str_eq(text_of(json_object_get(release_at(1), "buyer"), "name"), "York Council");
    /* Another body's party does not get this member's number. */
    ck_assert_int_eq(strncmp(text_of(json_object_get(release_at(1), "buyer"), "id"), "name-", 5),
                     0);
}
END_TEST

START_TEST(test_rows_of_one_contract_are_one)
{
    ck_assert_int_eq(make("[]", "[" CONTRACT(ACME) "," CONTRACT(
                                    ",\"supplier\":\"s2\",\"name\":\"Beacon "
                                    "plc\",\"state\":\"kept\"") ","
                                                                "{\"reference\":\"R1\",\"title\":"
                                                                "\"Another part\",\"time\":"
                                                                "\"2026-03-01T10:00:00Z\"}]"),
                     TOC_OK);
    ck_assert_uint_eq(counts.releases, 1);
    ck_assert_uint_eq(counts.contracts, 2);
    const json_t *const awards = json_object_get(release_at(0), "awards");
    ck_assert_uint_eq(json_array_size(awards), 2);
    size_t suppliers = 0;
    for (size_t i = 0; i < 2; i++) {
        suppliers += json_array_size(json_object_get(json_array_get(awards, i), "suppliers"));
    }
    ck_assert_uint_eq(suppliers, 2);
    ck_assert_str_ne(text_of(json_array_get(awards, 0), "id"),
                     text_of(json_array_get(awards, 1), "id"));
}
END_TEST

/* The register's row of a framework adds nothing to its record, and its value is not there twice.
 */
START_TEST(test_a_framework_and_its_rows)
{
    static const char framework[] =
        "[{\"sequence\":1,\"time\":\"2026-02-01T10:00:00Z\",\"reference\":\"R1\",\"kind\":"
        "\"framework\",\"title\":\"T\",\"suppliers\":[{\"name\":\"Acme Ltd\"}]}]";
    static const char row[] =
        "[{\"reference\":\"R1\",\"title\":\"T\",\"type\":\"framework\",\"value\":5,\"time\":"
        "\"2026-03-01T10:00:00Z\"" ACME "}]";
    ck_assert_int_eq(make(framework, row), TOC_OK);
    ck_assert_uint_eq(counts.releases, 1);
    ck_assert_uint_eq(counts.contracts, 0);
    ck_assert_ptr_null(json_object_get(release_at(0), "contracts"));
    /* While only the register knows of it, the row speaks. */
    ck_assert_int_eq(make("[]", row), TOC_OK);
    ck_assert_uint_eq(counts.contracts, 1);
}
END_TEST

START_TEST(test_the_same_bytes)
{
    ck_assert_int_eq(make("[" FRAMEWORK "]", "[" CONTRACT(ACME) "," CONTRACT("") "]"), TOC_OK);
    char *const first = json_dumps(package, 0);
    /* The order of the rows does not matter. */
    ck_assert_int_eq(make("[" FRAMEWORK "]", "[" CONTRACT("") "," CONTRACT(ACME) "]"), TOC_OK);
    char *const second = json_dumps(package, 0);
    ck_assert_str_eq(first, second);
    free(first);
    free(second);
}
END_TEST

START_TEST(test_edges)
{
    ck_assert_int_eq(make("[]", "[]"), TOC_NOTFOUND);
    ck_assert(toc_ocds_prefix_valid("ocds-b5fd17"));
    ck_assert(toc_ocds_prefix_valid(TOC_OCDS_PREFIX));
    ck_assert(!toc_ocds_prefix_valid(""));
    ck_assert(!toc_ocds_prefix_valid("ocds-b5fd1"));
    ck_assert(!toc_ocds_prefix_valid("ocds-b5fd177"));
    ck_assert(!toc_ocds_prefix_valid("ocds-B5FD17"));
    ck_assert(!toc_ocds_prefix_valid("odcs-b5fd17"));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("ocds_package");
    TCase *const tcase = tcase_create("ocds_package");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, test_a_framework_keeps_what_it_came_with);
    tcase_add_test(tcase, test_a_contract);
    tcase_add_test(tcase, test_persons_stay);
    tcase_add_test(tcase, test_one_ocid_of_two_buyers);
    tcase_add_test(tcase, test_rows_of_one_contract_are_one);
    tcase_add_test(tcase, test_a_framework_and_its_rows);
    tcase_add_test(tcase, test_the_same_bytes);
    tcase_add_test(tcase, test_edges);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
