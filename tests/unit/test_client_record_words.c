#include "record_words.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

static const char *words(const char *json, char *text)
{
    json_t *const record = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(record);
    toc_record_words(record, text);
    json_decref(record);
    return text;
}

START_TEST(each_kind_says_what_it_is)
{
    char text[TOC_RECORD_WORDS_LEN + 1];
    ck_assert_str_eq(words("{\"type\": \"framework\", \"title\": \"Grounds maintenance\"}", text),
                     "Grounds maintenance");
    ck_assert_str_eq(words("{\"type\": \"framework\"}", text), "framework");
    ck_assert_str_eq(words("{}", text), "");
    ck_assert_str_eq(words("{\"type\": \"exposure\", \"name\": \"Acme Ltd\", \"year\": 2015, "
                           "\"months\": [\"2015-10\", \"2015-11\", \"2016-01\"], "
                           "\"spend\": -12000, \"category\": \"cpv-45\"}",
                           text),
                     "-\xc2\xa3"
                     "12,000, 2015/16 (Oct-Nov, Jan): Acme Ltd");
}
END_TEST

START_TEST(the_longest_name_fits)
{
    char json[512];
    char name[201];
    char text[TOC_RECORD_WORDS_LEN + 1];
    memset(name, 'a', 200);
    name[200] = '\0';
    (void)snprintf(json, sizeof json,
                   "{\"type\": \"exposure\", \"name\": \"%s\", \"year\": 2018, "
                   "\"months\": [\"2018-04\", \"2018-06\", \"2018-08\", \"2018-10\", \"2018-12\"], "
                   "\"spend\": -999999999000}",
                   name);
    (void)words(json, text);
    ck_assert_ptr_nonnull(strstr(text, "-\xc2\xa3"
                                       "999,999,999,000, 2018/19 ("));
    ck_assert_ptr_nonnull(strstr(text, name));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_record_words");
    TCase *all = tcase_create("all");
    tcase_add_test(all, each_kind_says_what_it_is);
    tcase_add_test(all, the_longest_name_fits);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
