#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include <string.h>

#define REST                                                                                       \
    "\"year\":2015,\"years\":[2014,2015],\"coverage\":["                                           \
    "{\"member\":\"hull\",\"months\":[\"2015-10\",\"2015-11\",\"2015-12\"]},"                      \
    "{\"member\":\"leeds\",\"months\":[\"2015-04\",\"2015-05\",\"2015-06\",\"2015-07\","           \
    "\"2015-08\",\"2015-09\",\"2015-10\",\"2015-11\",\"2015-12\",\"2016-01\",\"2016-02\","         \
    "\"2016-03\"]},"                                                                               \
    "{\"member\":\"york\",\"months\":[\"2015-10\",\"2015-11\",\"2015-12\"]}],"                     \
    "\"total\":2,\"ambiguous\":1"
#define AIRE                                                                                       \
    "{\"id\":\"GB-COH-01234567\",\"name\":\"Aire Surfacing Limited\",\"number\":"                  \
    "\"GB-COH-01234567\",\"councils\":3,\"spend\":12345000,\"categories\":[\"cpv-45\","            \
    "\"cpv-90\"],\"matched_on\":\"both\",\"months_differ\":true}"
#define CALDER                                                                                     \
    "{\"id\":\"name:calder care\",\"name\":\"@Calder Care\",\"number\":null,\"councils\":1,"       \
    "\"spend\":-2000,\"categories\":[],\"matched_on\":\"name\",\"months_differ\":false,"           \
    "\"ambiguous\":true}"
#define BOTH "{\"ok\":true,\"suppliers\":[" AIRE "," CALDER "],\"after\":null," REST "}"
#define FIRST "{\"ok\":true,\"suppliers\":[" AIRE "],\"after\":\"x\"," REST "}"
#define SECOND "{\"ok\":true,\"suppliers\":[" CALDER "],\"after\":null," REST "}"

START_TEST(suppliers_table)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers"), FIRST, SECOND),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"region_suppliers\",\"limit\":50}");
    fake_asked(1, "{\"request\":\"region_suppliers\",\"limit\":49,\"after\":\"x\"}");
    ck_assert_str_eq(fake_out,
                     "SUPPLIER                NUMBER    COUNCILS        SPEND     CATEGORIES\n"
                     "Aire Surfacing Limited  01234567         3  \xc2\xa3"
                     "12,345,000  *  Construction work; Sewage, refuse, clea\xe2\x80\xa6"
                     "\n"
                     "@Calder Care            by name?         1      -\xc2\xa3"
                     "2,000\n"
                     "\n"
                     "2 suppliers.\n"
                     "Financial year 2015/16. Payments are known for Oct-Dec of hull, york; for "
                     "the whole year of leeds.\n"
                     "Other years: --year 2014/15.\n"
                     "* its councils' data cover different months: sums do not compare. NUMBER: "
                     "companies without GB-COH-.\n"
                     "Each council's figures are rounded to \xc2\xa3"
                     "1,000.\n"
                     "1 name without a number met two numbers, and is counted apart (by name?).\n");
}
END_TEST

START_TEST(suppliers_cut_say_how_to_see_more)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers", "--limit", "1"), FIRST),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"region_suppliers\",\"limit\":1}");
    ck_assert_ptr_nonnull(strstr(fake_out, "1 of 2 suppliers: --limit N or --all shows more."));
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers", "--all"), FIRST, SECOND),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"region_suppliers\",\"limit\":500}");
    ck_assert_ptr_nonnull(strstr(fake_out, "2 suppliers."));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers", "--limit", "1"),
                              "{\"ok\":true,\"suppliers\":[" AIRE "],\"after\":\"x\"}"),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "The first 1: --limit N or --all shows more."));
}
END_TEST

START_TEST(suppliers_filters_are_asked_for)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_suppliers,
                 FAKE_WORDS("suppliers", "--year", "2014/15", "--category", "45", "--councils", "2",
                            "--mine", "--search", "aire", "--sort", "spend", "--limit", "700"),
                 "{\"ok\":true,\"suppliers\":[],\"after\":null}"),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"region_suppliers\",\"year\":2014,\"category\":\"cpv-45\","
                  "\"councils_min\":2,\"member\":\"leeds\",\"search\":\"aire\",\"sort\":\"spend\","
                  "\"limit\":500}");
    ck_assert_str_eq(fake_out, "No supplier fits.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_suppliers,
                              FAKE_WORDS("suppliers", "--member", "york", "--category", "sic-41"),
                              "{\"ok\":true,\"suppliers\":[],\"after\":null}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"region_suppliers\",\"category\":\"sic-41\",\"member\":\"york\","
                  "\"limit\":50}");
}
END_TEST

START_TEST(suppliers_as_json_are_all_of_them)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers", "--json"), FIRST, SECOND),
        TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, JSON_REJECT_DUPLICATES, NULL);
    json_t *const expected = json_loads("{\"suppliers\":[" AIRE "," CALDER "]," REST "}", 0, NULL);
    ck_assert_msg(json_equal(document, expected) == 1, "%s", fake_out);
    json_decref(document);
    json_decref(expected);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_suppliers,
                              FAKE_WORDS("suppliers", "--json", "--limit", "1"), FIRST),
                     TOC_EXIT_DONE);
    json_t *const cut = json_loads(fake_out, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(cut, "suppliers")), 1);
    json_decref(cut);
}
END_TEST

START_TEST(suppliers_as_csv)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers", "--csv"), FIRST, SECOND),
        TOC_EXIT_DONE);
    ck_assert_str_eq(
        fake_out,
        "id,name,number,matched_on,councils,spend,months_differ,categories,category_titles\r\n"
        "GB-COH-01234567,Aire Surfacing Limited,GB-COH-01234567,both,3,12345000,true,\"cpv-45, "
        "cpv-90\",\"Construction work; Sewage, refuse, cleaning and environment\"\r\n"
        "name:calder care,'@Calder Care,,name,1,-2000,false,,\r\n");
}
END_TEST

START_TEST(what_the_daemon_cannot_search_is_a_wrong_use)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_suppliers, FAKE_WORDS("suppliers", "--search", "!"),
                              "{\"ok\":false,\"result\":\"invalid\",\"message\":\"search: x\"}"),
                     TOC_EXIT_USAGE);
    ck_assert_str_eq(fake_err, "tocsin: search: x\n");
}
END_TEST

START_TEST(suppliers_words_that_do_not_fit)
{
    static const char *const words[][6] = {
        {"suppliers", "--sort", "size"},
        {"suppliers", "--mine", "--member", "york"},
        {"suppliers", "--all", "--limit", "5"},
        {"suppliers", "--limit", "0"},
        {"suppliers", "--limit", "-1"},
        {"suppliers", "--csv", "--json"},
        {"suppliers", "--year", "2015/17"},
        {"suppliers", "--year", ""},
        {"suppliers", "--category", "roads"},
        {"suppliers", "--category", "cpv-01"},
        {"suppliers", "--category", "4"},
        {"suppliers", "--category", "045"},
        {"suppliers", "--councils", "2000"},
        {"suppliers", "--search", "\xff"},
        {"suppliers", "more"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ck_assert_msg(fake_run(toc_cmd_region_suppliers, words[i], NULL, 0, NULL) == TOC_EXIT_USAGE,
                      "%s %s", words[i][1], words[i][2]);
        ck_assert_str_eq(fake_out, "");
        ck_assert_ptr_nonnull(strstr(fake_err, "see 'tocsin help region suppliers'"));
    }
}
END_TEST

#define BUILDING                                                                                   \
    "{\"category\":\"cpv-45\",\"label\":\"Construction work\",\"suppliers\":1200,"                 \
    "\"spend\":98765000,\"top\":[{\"id\":\"GB-COH-01234567\",\"name\":\"Aire Surfacing Limited\"," \
    "\"share\":0.5},{\"id\":\"name:calder works\",\"name\":\"Calder Works\",\"share\":0.004}],"    \
    "\"top_3_share\":0.504,\"herfindahl\":0.2501}"
#define NONE                                                                                       \
    "{\"category\":\"unknown\",\"suppliers\":0,\"spend\":-1000,\"top\":[],"                        \
    "\"top_3_share\":0,\"herfindahl\":0}"

START_TEST(concentration_table)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_region_concentration, FAKE_WORDS("concentration", "--year", "2015/16"),
                 "{\"ok\":true,\"categories\":[" BUILDING "],\"after\":\"cpv-45\",\"year\":2015}",
                 "{\"ok\":true,\"categories\":[" NONE "],\"after\":null,\"year\":2015}"),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"region_concentration\",\"year\":2015,\"limit\":500}");
    ck_assert_str_eq(fake_out,
                     "CODE     CATEGORY           SUPPLIERS        SPEND  TOP 3  INDEX  LARGEST\n"
                     "cpv-45   Construction work      1,200  \xc2\xa3"
                     "98,765,000    50%   0.25  50% Aire Surfacing Limited\n"
                     "unknown  Not known                  0      -\xc2\xa3"
                     "1,000     0%   0.00\n"
                     "\n"
                     "Financial year 2015/16.\n"
                     "TOP 3: what the three largest have of the category's spend. INDEX "
                     "(Herfindahl): 1.00 is one supplier\n"
                     "alone, 0.10 is like ten of one size. Codes cpv say what was bought, sic what "
                     "the supplier does: the\n"
                     "two never add up.\n");
}
END_TEST

START_TEST(concentration_of_one_category)
{
    static const char reply[] =
        "{\"ok\":true,\"categories\":[" NONE "," BUILDING "],\"after\":null,\"year\":2015}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_concentration,
                              FAKE_WORDS("concentration", "--category", "cpv-45"), reply),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "SUPPLIER                ID                 OF SPEND\n"
                               "Aire Surfacing Limited  GB-COH-01234567         50%\n"
                               "Calder Works            name:calder works       <1%\n"
                               "\n"
                               "Construction work: 1,200 suppliers, \xc2\xa3"
                               "98,765,000 in all; the three largest have 50%; index 0.25.\n"
                               "Financial year 2015/16.\n"
                               "TOP 3: what the three largest have of the category's spend. INDEX "
                               "(Herfindahl): 1.00 is one supplier\n"
                               "alone, 0.10 is like ten of one size. Codes cpv say what was "
                               "bought, sic what the supplier does: the\n"
                               "two never add up.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_concentration,
                              FAKE_WORDS("concentration", "--category", "cpv-90"), reply),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "Nothing is published in this category.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_concentration,
                              FAKE_WORDS("concentration", "--category", "45", "--json"), reply),
                     TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "categories")), 1);
    json_decref(document);
}
END_TEST

START_TEST(concentration_as_csv)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_region_concentration, FAKE_WORDS("concentration", "--csv"),
                              "{\"ok\":true,\"categories\":[" BUILDING "," NONE "],\"year\":2015}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "category,label,suppliers,spend,top_3_share,herfindahl,first,first_"
                               "share,second,second_share,third,third_share\r\n"
                               "cpv-45,Construction work,1200,98765000,0.5040,0.2501,Aire "
                               "Surfacing Limited,0.5000,Calder Works,0.0040,,\r\n"
                               "unknown,Not known,0,-1000,0.0000,0.0000,,,,,,\r\n");
}
END_TEST

START_TEST(concentration_words_that_do_not_fit)
{
    ck_assert_int_eq(fake_run(toc_cmd_region_concentration,
                              FAKE_WORDS("concentration", "--csv", "--json"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_region_concentration,
                              FAKE_WORDS("concentration", "--year", "x"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(fake_err, "2015/16"));
}
END_TEST

START_TEST(region_alone_says_what_there_is)
{
    ck_assert_int_eq(fake_run(toc_cmd_region, FAKE_WORDS("region"), NULL, 0, NULL), TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "tocsin region suppliers"));
    ck_assert_ptr_nonnull(strstr(fake_out, "tocsin region concentration"));
    ck_assert_int_eq(fake_run(toc_cmd_region, FAKE_WORDS("region", "x"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_region");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, fake_setup, fake_teardown);
    tcase_add_test(all, suppliers_table);
    tcase_add_test(all, suppliers_cut_say_how_to_see_more);
    tcase_add_test(all, suppliers_filters_are_asked_for);
    tcase_add_test(all, suppliers_as_json_are_all_of_them);
    tcase_add_test(all, suppliers_as_csv);
    tcase_add_test(all, what_the_daemon_cannot_search_is_a_wrong_use);
    tcase_add_test(all, suppliers_words_that_do_not_fit);
    tcase_add_test(all, concentration_table);
    tcase_add_test(all, concentration_of_one_category);
    tcase_add_test(all, concentration_as_csv);
    tcase_add_test(all, concentration_words_that_do_not_fit);
    tcase_add_test(all, region_alone_says_what_there_is);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
