#include "commands.h"
#include "fixture_local.h"
#include "runner.h"
#include <string.h>

#define AIRE                                                                                       \
    "{\"id\":\"s1\",\"name\":\"Aire Surfacing Limited\",\"number\":\"GB-COH-01234567\","           \
    "\"number_basis\":\"stated\",\"normalised\":[\"padded\"],\"state\":\"kept\","                  \
    "\"token_state\":\"none\",\"spend\":1234567,\"last_paid\":\"2015-12-30\",\"parent\":null,"     \
    "\"events\":2}"
#define CALDER                                                                                     \
    "{\"id\":\"s2\",\"name\":\"=Calder, Care\",\"number\":null,\"normalised\":[],"                 \
    "\"state\":\"held\",\"token_state\":\"none\",\"spend\":-900,\"last_paid\":\"2015-10-01\","     \
    "\"parent\":\"Calder Group\",\"events\":0}"

START_TEST(list_walks_all_pages)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list"),
                              "{\"ok\":true,\"suppliers\":[" AIRE "],\"after\":\"s1\"}",
                              "{\"ok\":true,\"suppliers\":[],\"after\":{\"x\":1}}",
                              "{\"ok\":true,\"suppliers\":[" CALDER "],\"after\":null}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_list\",\"limit\":500}");
    fake_asked(1, "{\"request\":\"supplier_list\",\"limit\":500,\"after\":\"s1\"}");
    fake_asked(2, "{\"request\":\"supplier_list\",\"limit\":500,\"after\":{\"x\":1}}");
    ck_assert_str_eq(
        fake_out, "ID  NAME                    NUMBER     STATE       SPEND  LAST PAID   EVENTS\n"
                  "s1  Aire Surfacing Limited  01234567~  kept   \xc2\xa3"
                  "1,234,567  2015-12-30       2\n"
                  "s2  =Calder, Care                      held        -\xc2\xa3"
                  "900  2015-10-01\n"
                  "\n"
                  "2 suppliers.\n"
                  "NUMBER: companies without GB-COH-; ~ put into form (a lost zero, spacing), + "
                  "filled in from the\n"
                  "company snapshot.\n");
    ck_assert_str_eq(fake_err, "");
}
END_TEST

START_TEST(list_as_json_is_one_document)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list,
                              FAKE_WORDS("list", "--json", "--held", "--search", "aire"),
                              "{\"ok\":true,\"suppliers\":[" AIRE "],\"after\":\"s1\"}",
                              "{\"ok\":true,\"suppliers\":[" CALDER "]}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_list\",\"limit\":500,\"state\":\"held\","
                  "\"search\":\"aire\"}");
    json_t *const document = json_loads(fake_out, JSON_REJECT_DUPLICATES, NULL);
    json_t *const expected = json_loads("{\"suppliers\":[" AIRE "," CALDER "]}", 0, NULL);
    ck_assert_msg(json_equal(document, expected) == 1, "%s", fake_out);
    json_decref(document);
    json_decref(expected);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list", "--json"),
                              "{\"ok\":true,\"suppliers\":[],\"after\":null}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "{\n  \"suppliers\": []\n}\n");
}
END_TEST

START_TEST(list_as_csv_is_safe_in_a_spreadsheet)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list", "--csv"),
                              "{\"ok\":true,\"suppliers\":[" AIRE "," CALDER "]}"),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "id,name,number,number_basis,normalised,state,spend,last_paid,"
                               "parent,events\r\n"
                               "s1,Aire Surfacing Limited,GB-COH-01234567,stated,padded,kept,"
                               "1234567,2015-12-30,,2\r\n"
                               "s2,\"'=Calder, Care\",,,,held,-900,2015-10-01,Calder Group,0\r\n");
}
END_TEST

START_TEST(list_of_nothing_says_what_to_do)
{
    static const char none[] = "{\"ok\":true,\"suppliers\":[],\"after\":null}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list"), none), TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "tocsin import spend FILE"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list", "--held"), none),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "No supplier waits for a decision.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list", "--search", "x"), none),
                     TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "No supplier fits.\n");
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list", "--held", "--search", "x"), none),
        TOC_EXIT_DONE);
    ck_assert_str_eq(fake_out, "No supplier fits.\n");
}
END_TEST

START_TEST(a_refusal_leaves_the_output_empty)
{
    static const char no[] = "{\"ok\":false,\"result\":\"denied\",\"message\":\"not today\"}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_list, FAKE_WORDS("list", "--json"), no),
                     TOC_EXIT_REFUSED);
    ck_assert_str_eq(fake_out, "");
    ck_assert_str_eq(fake_err, "tocsin: not today\n");
    ck_assert_int_eq(
        fake_run(toc_cmd_supplier_list, FAKE_WORDS("list", "--json", "--csv"), NULL, 0, NULL),
        TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_list, FAKE_WORDS("list", "x"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
}
END_TEST

#define SHOWN                                                                                      \
    "{\"ok\":true,\"tag\":\"1\",\"id\":\"s1\",\"name\":\"Aire Surfacing Limited\",\"number\":"     \
    "\"GB-COH-01234567\",\"number_basis\":\"stated\",\"normalised\":[\"padded\"],"                 \
    "\"state\":\"kept\",\"spend\":1234567,\"last_paid\":\"2015-12-30\","                           \
    "\"parent\":{\"name\":\"Aire Group plc\"},\"company\":{\"name\":\"AIRE SURFACING "             \
    "LIMITED\",\"status\":\"Active\",\"sic\":\"42\"},"                                             \
    "\"payees\":[{\"name\":\"Aire Surfacing Limited\"},{\"name\":\"AIRE SURFACING "                \
    "LTD\",\"number\":\"GB-COH-01234567\"},{\"name\":\"A.Surfacing\",\"number\":\"GB-CHC-"         \
    "1096511\"}],"                                                                                 \
    "\"former_names\":[\"Aire Tarmac Limited\"],"                                                  \
    "\"totals\":[{\"category\":\"cpv-45\",\"year\":2015,\"months\":[\"2015-10\",\"2015-11\","      \
    "\"2015-12\"],\"spend\":1234567}],"                                                            \
    "\"contracts\":[{\"reference\":\"L-1\",\"title\":\"Gritting\",\"end\":\"2017-03-31\","         \
    "\"value\":250000,\"route\":\"framework\"}],"                                                  \
    "\"events\":[{\"id\":1,\"code\":\"F12\",\"date\":\"2016-01-04\",\"text\":\"proposal to "       \
    "strike off\",\"source\":\"companies_house\",\"state\":\"proposed\"}],\"ambiguous\":[]}"
#define REGION                                                                                     \
    "{\"ok\":true,\"id\":\"GB-COH-01234567\",\"name\":\"Aire Surfacing Limited\",\"members\":["    \
    "{\"member\":\"leeds\",\"year\":2015,\"months\":[\"2015-10\",\"2015-11\",\"2015-12\"],"        \
    "\"category\":\"cpv-45\",\"spend\":1235000,\"contracts\":1,\"earliest_end\":\"2016-Q4\"},"     \
    "{\"member\":\"hull\",\"year\":2015,\"months\":[\"2015-10\"],\"category\":\"cpv-45\","         \
    "\"spend\":90000},"                                                                            \
    "{\"member\":\"york\",\"year\":2015,\"months\":[\"2015-10\"],\"category\":\"cpv-90\","         \
    "\"spend\":60000}],"                                                                           \
    "\"ambiguous_with\":[{\"id\":\"GB-COH-07654321\",\"name\":\"Aire Surfacing Limited\"}]}"

START_TEST(show_says_what_is_ours_and_who_else)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "aire surfacing"), SHOWN, REGION),
        TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_show\",\"supplier\":\"aire surfacing\"}");
    fake_asked(1, "{\"request\":\"region_supplier\",\"supplier\":\"GB-COH-01234567\"}");
    ck_assert_str_eq(
        fake_out,
        "Aire Surfacing Limited  (s1)\n"
        "  number        GB-COH-01234567, as stated in the files, put into form: padded\n"
        "  state         kept\n"
        "  parent        Aire Group plc\n"
        "  register      AIRE SURFACING LIMITED: Active, SIC 42\n"
        "  as written    AIRE SURFACING LTD; A.Surfacing (GB-CHC-1096511)\n"
        "  formerly      Aire Tarmac Limited\n"
        "  paid          \xc2\xa3"
        "1,234,567 in all, last on 2015-12-30\n"
        "\n"
        "Events found in public registers\n"
        "EVENT  CODE  SINCE       WHAT                    SOURCE           STATE\n"
        "    1  F12   2016-01-04  proposal to strike off  companies_house  proposed\n"
        "\n"
        "What we spent\n"
        "YEAR     CATEGORY           MONTHS        SPEND\n"
        "2015/16  Construction work  Oct-Dec  \xc2\xa3"
        "1,234,567\n"
        "\n"
        "Our contracts\n"
        "REFERENCE  TITLE     ENDS           VALUE  ROUTE\n"
        "L-1        Gritting  2017-03-31  \xc2\xa3"
        "250,000  framework\n"
        "\n"
        "Who else uses it\n"
        "2 other councils have published spend with it.\n"
        "YEAR     COUNCIL     MONTHS        SPEND   A MONTH  CONTRACTS  ENDS FROM\n"
        "2015/16  leeds (us)  Oct-Dec  \xc2\xa3"
        "1,235,000  \xc2\xa3"
        "411,666          1  2016-Q4\n"
        "2015/16  hull        Oct         \xc2\xa3"
        "90,000   \xc2\xa3"
        "90,000\n"
        "2015/16  york        Oct         \xc2\xa3"
        "60,000   \xc2\xa3"
        "60,000\n"
        "2015/16: the councils' data cover different months: compare A MONTH, not SPEND.\n"
        "The same name also stands for GB-COH-07654321, Aire Surfacing Limited, which is counted "
        "apart.\n");
}
END_TEST

START_TEST(show_before_anybody_published)
{
    static const char none[] = "{\"ok\":false,\"result\":\"notfound\",\"message\":\"nobody\"}";
    static const char held[] =
        "{\"ok\":true,\"id\":\"s2\",\"name\":\"Calder Care\",\"number\":null,\"state\":\"held\"}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "s2"), held, none),
                     TOC_EXIT_DONE);
    fake_asked(1, "{\"request\":\"region_supplier\",\"supplier\":\"Calder Care\"}");
    ck_assert_str_eq(
        fake_out,
        "Calder Care  (s2)\n"
        "  number        none stated: met with others by name\n"
        "  state         held: nothing of it leaves until you say supplier keep, or supplier drop\n"
        "  paid          \xc2\xa3"
        "0 in all\n"
        "\n"
        "Who else uses it\n"
        "No other council has published spend with it.\n");
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "--json", "s2"), held, none),
        TOC_EXIT_DONE);
    json_t *const document = json_loads(fake_out, 0, NULL);
    ck_assert(json_is_null(json_object_get(document, "region")));
    ck_assert_ptr_null(json_object_get(document, "ok"));
    json_decref(document);
}
END_TEST

START_TEST(show_what_only_others_have)
{
    static const char none[] =
        "{\"ok\":false,\"result\":\"notfound\",\"message\":\"no such supplier\"}";
    static const char more[] =
        "{\"ok\":true,\"id\":\"GB-COH-01234567\",\"name\":\"Aire Surfacing Limited\","
        "\"number\":\"GB-COH-01234567\",\"after\":\"hull 2015\",\"ambiguous_with\":[],\"members\":["
        "{\"member\":\"hull\",\"year\":2015,\"months\":[\"2015-10\"],\"spend\":90000}]}";
    static const char last[] =
        "{\"ok\":true,\"after\":null,\"members\":["
        "{\"member\":\"york\",\"year\":2015,\"months\":[\"2015-10\"],\"spend\":60000}]}";
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "01234567"), none, more, last),
        TOC_EXIT_DONE);
    fake_asked(1, "{\"request\":\"region_supplier\",\"supplier\":\"01234567\"}");
    fake_asked(2, "{\"request\":\"region_supplier\",\"supplier\":\"01234567\","
                  "\"after\":\"hull 2015\"}");
    ck_assert_ptr_nonnull(strstr(fake_out, "not among our own suppliers"));
    ck_assert_ptr_nonnull(strstr(fake_out, "2 other councils have published spend with it; we "
                                           "have not published ours."));
    ck_assert_ptr_nonnull(strstr(fake_out, "york"));
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "x"), none,
                              "{\"ok\":false,\"result\":\"notfound\",\"message\":\"nobody\"}"),
                     TOC_EXIT_FAILED);
    ck_assert_str_eq(fake_err, "tocsin: x: no such supplier\n");
}
END_TEST

START_TEST(show_a_name_of_several_companies)
{
    static const char own[] = "{\"ok\":true,\"id\":\"s2\",\"name\":\"Ridings Care\"}";
    static const char several[] =
        "{\"ok\":false,\"result\":\"invalid\",\"message\":\"several have this name\"}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "s2"), own, several),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "several have this name"));
    ck_assert_ptr_null(strstr(fake_out, "No other council"));
}
END_TEST

START_TEST(a_word_that_fits_several_is_a_wrong_use)
{
    static const char several[] =
        "{\"ok\":false,\"result\":\"conflict\",\"message\":\"fits s1 and s3\"}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_show, FAKE_WORDS("show", "Aire"), several),
                     TOC_EXIT_USAGE);
    ck_assert_str_eq(fake_err, "tocsin: Aire: fits s1 and s3\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_keep, FAKE_WORDS("keep", "Aire"), several),
                     TOC_EXIT_USAGE);
    ck_assert_str_eq(fake_out, "");
}
END_TEST

#define SETTLED "{\"ok\":true,\"done\":true,\"left\":0,\"staged\":3,\"withdrawn\":1}"

START_TEST(keep_several_and_settle)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_keep, FAKE_WORDS("keep", "s1", "s2"),
                              "{\"ok\":true,\"supplier\":\"s1\",\"state\":\"kept\",\"rows\":1}",
                              "{\"ok\":true,\"supplier\":\"s2\",\"state\":\"kept\",\"rows\":1200}",
                              SETTLED),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_decide\",\"supplier\":\"s1\",\"keep\":true}");
    fake_asked(2, "{\"request\":\"settle\"}");
    ck_assert_str_eq(fake_out, "2 suppliers kept: 1,201 payment rows count.\n"
                               "Drafts: 3 to add or replace, 1 to withdraw. Nothing has left yet: "
                               "see tocsin preview; tocsin publish\nsends it.\n");
}
END_TEST

START_TEST(one_name_that_fails_stops_no_other)
{
    static const char *const replies[] = {
        "{\"ok\":false,\"result\":\"notfound\",\"message\":\"no such supplier\"}",
        "{\"ok\":true,\"supplier\":\"s2\",\"state\":\"dropped\",\"rows\":1}",
        "{\"ok\":true,\"done\":true,\"left\":0,\"staged\":0,\"withdrawn\":0}"};
    ck_assert_int_eq(fake_run(toc_cmd_supplier_drop, FAKE_WORDS("drop", "-"), replies, 3,
                              "id,name\ns1,x\ns2,y\n"),
                     TOC_EXIT_PARTLY);
    fake_asked(1, "{\"request\":\"supplier_decide\",\"supplier\":\"s2\",\"keep\":false}");
    ck_assert_str_eq(fake_out, "1 supplier dropped: 1 payment row does not count.\n");
    ck_assert_str_eq(fake_err, "tocsin: s1: no such supplier\n");
    ck_assert_int_eq(
        fake_run(toc_cmd_supplier_drop, FAKE_WORDS("drop", "--json", "-"), replies, 3, "s1\ns2\n"),
        TOC_EXIT_PARTLY);
    json_t *const document = json_loads(fake_out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "failed")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "decided")), 1);
    json_decref(document);
}
END_TEST

START_TEST(a_failure_alone_has_its_own_status)
{
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_keep, FAKE_WORDS("keep", "s1"),
                 "{\"ok\":false,\"result\":\"notfound\",\"message\":\"no such supplier\"}"),
        TOC_EXIT_FAILED);
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_keep, FAKE_WORDS("keep", "s1", "s2"),
                              "{\"ok\":false,\"result\":\"denied\",\"message\":\"a person\"}",
                              "{\"ok\":false,\"result\":\"denied\",\"message\":\"a person\"}"),
                     TOC_EXIT_REFUSED);
    /* The disk is full: nothing more is tried. */
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_keep, FAKE_WORDS("keep", "s1", "s2"),
                              "{\"ok\":false,\"result\":\"store\",\"message\":\"disk\"}"),
                     TOC_EXIT_FAILED);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_keep, FAKE_WORDS("keep", "-"), NULL, 0, ""),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_keep, FAKE_WORDS("keep"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
}
END_TEST

START_TEST(parent_is_a_supplier_or_named)
{
    static const char done[] = "{\"ok\":true}";
    static const char none[] = "{\"ok\":false,\"result\":\"notfound\",\"message\":\"x\"}";
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_parent, FAKE_WORDS("parent", "s1", "Aire Group"),
                              "{\"ok\":true,\"id\":\"s7\"}", done),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_show\",\"supplier\":\"Aire Group\"}");
    fake_asked(1, "{\"request\":\"supplier_parent\",\"supplier\":\"s1\",\"parent\":\"s7\"}");
    ck_assert_str_eq(fake_out, "s1: the parent is Aire Group.\n");
    ck_assert_int_eq(
        FAKE_RUN(toc_cmd_supplier_parent, FAKE_WORDS("parent", "s1", "Aire Group"), none, done),
        TOC_EXIT_DONE);
    fake_asked(1, "{\"request\":\"supplier_parent\",\"supplier\":\"s1\","
                  "\"parent\":{\"name\":\"Aire Group\"}}");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_parent,
                              FAKE_WORDS("parent", "s1", "Aire Group", "--number", "01234567"),
                              done),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_parent\",\"supplier\":\"s1\","
                  "\"parent\":{\"name\":\"Aire Group\",\"number\":\"01234567\"}}");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_parent, FAKE_WORDS("parent", "s1", "--none"), done),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"supplier_parent\",\"supplier\":\"s1\"}");
    ck_assert_str_eq(fake_out, "s1: no parent.\n");
}
END_TEST

START_TEST(parent_says_one_thing_at_a_time)
{
    ck_assert_int_eq(fake_run(toc_cmd_supplier_parent, FAKE_WORDS("parent", "s1"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_parent, FAKE_WORDS("parent", "s1", "s2", "--none"),
                              NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_parent,
                              FAKE_WORDS("parent", "s1", "--none", "--number", "1"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
}
END_TEST

START_TEST(dismiss_events)
{
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_dismiss, FAKE_WORDS("dismiss", "7", "8"),
                              "{\"ok\":true}", "{\"ok\":true}"),
                     TOC_EXIT_DONE);
    fake_asked(0, "{\"request\":\"event_dismiss\",\"event\":7}");
    ck_assert_str_eq(fake_out, "2 events dismissed.\n");
    ck_assert_int_eq(FAKE_RUN(toc_cmd_supplier_dismiss, FAKE_WORDS("dismiss", "7"),
                              "{\"ok\":false,\"result\":\"notfound\",\"message\":\"no such\"}"),
                     TOC_EXIT_FAILED);
    ck_assert_str_eq(fake_err, "tocsin: 7: no such\n");
    ck_assert_int_eq(fake_run(toc_cmd_supplier_dismiss, FAKE_WORDS("dismiss", "s7"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_int_eq(fake_run(toc_cmd_supplier_dismiss, FAKE_WORDS("dismiss"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
}
END_TEST

START_TEST(the_command_names_its_parts)
{
    ck_assert_int_eq(fake_run(toc_cmd_supplier, FAKE_WORDS("supplier", "--help"), NULL, 0, NULL),
                     TOC_EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(fake_out, "tocsin supplier keep SUPPLIER... | -"));
    ck_assert_int_eq(fake_run(toc_cmd_supplier, FAKE_WORDS("supplier", "kep"), NULL, 0, NULL),
                     TOC_EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(fake_err, "did you mean 'supplier keep'"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_supplier");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, fake_setup, fake_teardown);
    tcase_add_test(all, list_walks_all_pages);
    tcase_add_test(all, list_as_json_is_one_document);
    tcase_add_test(all, list_as_csv_is_safe_in_a_spreadsheet);
    tcase_add_test(all, list_of_nothing_says_what_to_do);
    tcase_add_test(all, a_refusal_leaves_the_output_empty);
    tcase_add_test(all, show_says_what_is_ours_and_who_else);
    tcase_add_test(all, show_before_anybody_published);
    tcase_add_test(all, show_what_only_others_have);
    tcase_add_test(all, show_a_name_of_several_companies);
    tcase_add_test(all, a_word_that_fits_several_is_a_wrong_use);
    tcase_add_test(all, keep_several_and_settle);
    tcase_add_test(all, one_name_that_fails_stops_no_other);
    tcase_add_test(all, a_failure_alone_has_its_own_status);
    tcase_add_test(all, parent_is_a_supplier_or_named);
    tcase_add_test(all, parent_says_one_thing_at_a_time);
    tcase_add_test(all, dismiss_events);
    tcase_add_test(all, the_command_names_its_parts);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
