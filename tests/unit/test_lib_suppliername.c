#include "runner.h"
#include "suppliername.h"
#include <string.h>

struct vector {
    const char *name;
    const char *folded;
};

/* The vectors of PROTOCOL.md, folding version 1. */
static const struct vector vectors[] = {
    {"Acme Limited", "acme ltd"},
    {"ACME LTD", "acme ltd"},
    {"Acme Ltd.", "acme ltd"},
    {"  Acme,  Ltd. ", "acme ltd"},
    {"Acme L.T.D.", "acme ltd"},
    {"Acme Private Limited Company", "acme ltd"},
    {"Acme", "acme"},
    {"Acme Public Limited Company", "acme plc"},
    {"ACME PLC", "acme plc"},
    {"Acme P.L.C.", "acme plc"},
    {"Acme p l c", "acme plc"},
    {"Acme Limited Liability Partnership", "acme llp"},
    {"Acme LLP", "acme llp"},
    {"Acme L.L.P", "acme llp"},
    {"Acme Limited Partnership", "acme lp"},
    {"Acme Community Interest Company", "acme cic"},
    {"Acme C.I.C.", "acme cic"},
    {"Acme (CIC)", "acme cic"},
    {"Acme Charitable Incorporated Organisation", "acme cio"},
    {"Scottish Charitable Incorporated Organisation", "scio"},
    {"Acme Incorporated", "acme inc"},
    {"Acme Corporation", "acme corp"},
    {"Acme Unlimited", "acme unltd"},
    {"Acme LLC", "acme llc"},
    {"Smith & Company Limited", "smith and co ltd"},
    {"Smith and Co. Ltd", "smith and co ltd"},
    {"Smith+Jones", "smith and jones"},
    {"Marks&Spencer P.L.C", "marks and spencer plc"},
    {"Cwmni Da Cyf", "cwmni da ltd"},
    {"Cwmni Da Cyfyngedig", "cwmni da ltd"},
    {"D\xc5\xb5r Cymru Cyfyngedig", "dwr cymru ltd"},
    {"T\xc5\xb7 Gobaith", "ty gobaith"},
    {"Cyngor Sir Ynys M\xc3\xb4n", "cyngor sir ynys mon"},
    {"Banc Cymru Cwmni Cyfyngedig Cyhoeddus", "banc cymru plc"},
    {"Antur Cwmni Buddiant Cymunedol", "antur cic"},
    {"Caerphilly CBC", "caerphilly cbc"},
    {"Sainsbury's Supermarkets Ltd", "sainsburys supermarkets ltd"},
    {"Sainsbury\xe2\x80\x99s Supermarkets Limited", "sainsburys supermarkets ltd"},
    {"Nestl\xc3\xa9 UK", "nestle uk"},
    {"Nestle\xcc\x81 UK", "nestle uk"},
    {"\xc3\x86ther Stra\xc3\x9f"
     "e \xc3\x98\xc3\xbe",
     "aether strasse oth"},
    {"\xc3\x80\xc3\x81\xc3\x82\xc3\x83\xc3\x84\xc3\x85\xc3\x87\xc3\x91", "aaaaaacn"},
    {"A\xc2\xa0"
     "B \xe2\x80\x93 C",
     "a b c"},
    {"\xef\xbb\xbf"
     "Bom",
     "bom"},
    {"2 x 4 \xc3\x97 6", "2 x 4 6"},
    {"The North Yorkshire Council", "the north yorkshire council"},
    {"Limited Editions Ltd", "limited editions ltd"},
    {"Unlimited Potential", "unlimited potential"},
    {"Company of Cooks", "company of cooks"},
    {"Coltd", "coltd"},
    {"Limited", "ltd"},
    {"Foo/Bar-Baz_Qux", "foo bar baz qux"},
    {"3M United Kingdom PLC", "3m united kingdom plc"},
    {"\xd0\x9c\xd0\x98\xd0\xa0 Ltd", "\xd0\x9c\xd0\x98\xd0\xa0 ltd"},
};

enum { VECTORS = sizeof vectors / sizeof vectors[0] };

_Static_assert(VECTORS >= 40, "as many as PROTOCOL.md promises");

START_TEST(fold_vectors)
{
    for (size_t i = 0; i < VECTORS; i++) {
        char folded[TOC_FOLD_LEN_MAX + 1] = "";
        ck_assert_msg(toc_name_fold(vectors[i].name, folded) == TOC_OK, "%s", vectors[i].name);
        ck_assert_str_eq(folded, vectors[i].folded);
    }
}
END_TEST

START_TEST(folding_twice_changes_nothing)
{
    for (size_t i = 0; i < VECTORS; i++) {
        char once[TOC_FOLD_LEN_MAX + 1];
        char twice[TOC_FOLD_LEN_MAX + 1];
        ck_assert_int_eq(toc_name_fold(vectors[i].name, once), TOC_OK);
        ck_assert_int_eq(toc_name_fold(once, twice), TOC_OK);
        ck_assert_str_eq(once, twice);
    }
}
END_TEST

START_TEST(buyers_lose_the)
{
    static const struct vector buyers[] = {
        {"The North Yorkshire Council", "north yorkshire council"},
        {"NORTH YORKSHIRE COUNCIL", "north yorkshire council"},
        {"North Yorkshire Council (The)", "north yorkshire council"},
        {"The Council of the City of Wakefield", "council of city of wakefield"},
        {"Theatre of the North Limited", "theatre of north ltd"},
        {"Bathe Council", "bathe council"},
    };
    for (size_t i = 0; i < sizeof buyers / sizeof buyers[0]; i++) {
        char folded[TOC_FOLD_LEN_MAX + 1];
        ck_assert_int_eq(toc_name_fold_buyer(buyers[i].name, folded), TOC_OK);
        ck_assert_str_eq(folded, buyers[i].folded);
    }
}
END_TEST

START_TEST(what_cannot_be_folded)
{
    char folded[TOC_FOLD_LEN_MAX + 1] = "kept";
    ck_assert_int_eq(toc_name_fold("", folded), TOC_INVALID);
    ck_assert_int_eq(toc_name_fold(" - ./ ", folded), TOC_INVALID);
    ck_assert_int_eq(toc_name_fold("'", folded), TOC_INVALID);
    ck_assert_int_eq(toc_name_fold(NULL, folded), TOC_INVALID);
    ck_assert_int_eq(toc_name_fold_buyer("The", folded), TOC_INVALID);
    ck_assert_int_eq(toc_name_fold("Acme \xe9 Ltd", folded), TOC_MALFORMED);
    ck_assert_int_eq(toc_name_fold("Acme \xc3", folded), TOC_MALFORMED);
    ck_assert_int_eq(toc_name_fold_buyer("\xed\xa0\x80", folded), TOC_MALFORMED);
    ck_assert_str_eq(folded, "kept");
}
END_TEST

START_TEST(lengths_at_the_edge)
{
    char name[TOC_FOLD_LEN_MAX + 2];
    char folded[TOC_FOLD_LEN_MAX + 1] = "kept";
    memset(name, 'A', sizeof name);
    name[TOC_FOLD_LEN_MAX + 1] = '\0';
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_TOOBIG);
    ck_assert_str_eq(folded, "kept");
    name[TOC_FOLD_LEN_MAX] = '\0';
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_OK);
    ck_assert_uint_eq(strlen(folded), TOC_FOLD_LEN_MAX);
    /* A character that grows, and one with a space before it, at the very end. */
    memcpy(name + TOC_FOLD_LEN_MAX - 2, "\xc3\x9f", 2);
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_OK);
    memcpy(name + TOC_FOLD_LEN_MAX - 1, "&", 1);
    name[TOC_FOLD_LEN_MAX - 2] = 'A';
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_TOOBIG);
    memset(name, '&', sizeof name);
    name[TOC_FOLD_LEN_MAX] = '\0';
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_TOOBIG);
    name[100] = '\0';
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_OK);
    ck_assert_uint_eq(strlen(folded), 100 * 4 - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("suppliername");
    TCase *tcase = tcase_create("suppliername");
    tcase_add_test(tcase, fold_vectors);
    tcase_add_test(tcase, folding_twice_changes_nothing);
    tcase_add_test(tcase, buyers_lose_the);
    tcase_add_test(tcase, what_cannot_be_folded);
    tcase_add_test(tcase, lengths_at_the_edge);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
