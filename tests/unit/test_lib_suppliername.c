#include "runner.h"
#include "suppliername.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct vector {
    const char *name;
    const char *folded;
};

/* tests/vectors/names-1.tsv, which other implementations read too. */
enum { VECTORS_MIN = 200, LINE_MAX_LEN = 1000 };

/* The next vector, or false at the end of the file. */
static bool next_vector(FILE *file, char line[LINE_MAX_LEN], struct vector *ret_vector)
{
    while (fgets(line, LINE_MAX_LEN, file) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        char *const tab = strchr(line, '\t');
        ck_assert_msg(tab != NULL && strchr(tab, '\n') != NULL, "%s", line);
        *tab = '\0';
        tab[strcspn(tab + 1, "\n") + 1] = '\0';
        *ret_vector = (struct vector){.name = line, .folded = tab + 1};
        return true;
    }
    return false;
}

START_TEST(fold_vectors)
{
    FILE *const file = fopen(TOC_SOURCE_DIR "/tests/vectors/names-1.tsv", "r");
    ck_assert_ptr_nonnull(file);
    char line[LINE_MAX_LEN];
    struct vector vector;
    size_t count = 0;
    while (next_vector(file, line, &vector)) {
        char folded[TOC_FOLD_LEN_MAX + 1] = "";
        char twice[TOC_FOLD_LEN_MAX + 1] = "";
        ck_assert_msg(toc_name_fold(vector.name, folded) == TOC_OK, "%s", vector.name);
        ck_assert_msg(strcmp(folded, vector.folded) == 0, "%s: %s, not %s", vector.name, folded,
                      vector.folded);
        ck_assert_int_eq(toc_name_fold(folded, twice), TOC_OK);
        ck_assert_str_eq(twice, folded);
        count++;
    }
    (void)fclose(file);
    ck_assert_uint_ge(count, VECTORS_MIN);
}
END_TEST

START_TEST(a_front_is_how_the_folded_name_begins)
{
    FILE *const file = fopen(TOC_SOURCE_DIR "/tests/vectors/names-1.tsv", "r");
    ck_assert_ptr_nonnull(file);
    char line[LINE_MAX_LEN];
    struct vector vector;
    size_t told = 0;
    while (next_vector(file, line, &vector)) {
        char front[TOC_NAME_FRONT_MAX + 1];
        const size_t len = toc_name_front(vector.name, front);
        if (len > 0) {
            ck_assert_uint_eq(strlen(front), len);
            ck_assert_msg(strncmp(front, vector.folded, len) == 0, "%s", vector.name);
            ck_assert_msg(vector.folded[len] == ' ' || vector.folded[len] == '\0', "%s",
                          vector.name);
            told++;
        }
    }
    (void)fclose(file);
    ck_assert_uint_ge(told, 90);
}
END_TEST

START_TEST(fronts_that_cannot_be_told)
{
    static const char *const names[] = {
        "",
        "Acme",
        "A D Simpson Ltd",
        "The Acme Group",
        "Acme The",
        "Acme Limited",
        "Limited Acme",
        "Acme's Group",
        "Acme Group's",
        "Acm\xc3\xa9 Group",
        "Acme Group\xc3\xa9",
        "& Acme Group",
        "Co op Acme",
        "Acme Public Ltd Co",
        "Acme Community Ltd",
        "Scottish Acme",
        "Acme `Group",
        "\xff",
        "T/A Acme",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char front[TOC_NAME_FRONT_MAX + 1];
        ck_assert_msg(toc_name_front(names[i], front) == 0, "%s", names[i]);
    }
    char name[200];
    char front[TOC_NAME_FRONT_MAX + 1];
    memset(name, 'a', sizeof name);
    memcpy(name + 31, " bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 33);
    ck_assert_uint_eq(toc_name_front(name, front), TOC_NAME_FRONT_MAX - 1);
    memcpy(name + 31, "a bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 34);
    ck_assert_uint_eq(toc_name_front(name, front), 0); /* a word of 32 */
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
        {"Council for the the the Dales", "council for dales"},
        {"A the B Council", "ab council"},
        {"The", "the"}, /* never the last word */
        {"The the", "the"},
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
    ck_assert_int_eq(toc_name_fold_buyer("\xe2\x80\x99 -", folded), TOC_INVALID);
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
    tcase_add_test(tcase, a_front_is_how_the_folded_name_begins);
    tcase_add_test(tcase, fronts_that_cannot_be_told);
    tcase_add_test(tcase, buyers_lose_the);
    tcase_add_test(tcase, what_cannot_be_folded);
    tcase_add_test(tcase, lengths_at_the_edge);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
