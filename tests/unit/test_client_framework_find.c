#include "ensure.h"
#include "framework_find.h"
#include "runner.h"
#include <string.h>

static bool means(const char *stream, const char *word)
{
    TOC_AUTO(toc_json_free)
    json_t *record = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s}", "stream", stream, "publisher",
                               "leeds", "sequence", 12, "reference", "R-1", "key", "R-1", "ocid",
                               "ocds-1", "title", "Grounds maintenance");
    ck_assert_ptr_nonnull(record);
    return toc_framework_is(record, word);
}

START_TEST(by_any_of_its_names)
{
    ck_assert(means("framework", "leeds/12"));
    ck_assert(means("framework", "R-1"));
    ck_assert(means("framework", "ocds-1"));
    ck_assert(means("framework", "grounds MAINTENANCE"));
    ck_assert(!means("framework", "leeds/1"));
    ck_assert(!means("framework", "leeds/highways/12"));
    ck_assert(!means("framework", "Grounds"));
    ck_assert(!means("framework", "")); /* it has no notice id, and that is no name */
}
END_TEST

START_TEST(a_sub_groups_has_its_list_in_its_name)
{
    ck_assert(means("framework.highways", "leeds/highways/12"));
    ck_assert(!means("framework.highways", "leeds/12"));
    ck_assert(means("framework.highways", "R-1"));
}
END_TEST

START_TEST(the_stream_of_a_list)
{
    char stream[TOC_STREAM_LEN_MAX + 1];
    char longest[TOC_GROUP_LEN_MAX + 2];
    struct toc_why why = {""};
    ck_assert_int_eq(toc_framework_stream(NULL, stream, &why), TOC_OK);
    ck_assert_str_eq(stream, "framework");
    ck_assert_int_eq(toc_framework_stream("adults-health", stream, &why), TOC_OK);
    ck_assert_str_eq(stream, "framework.adults-health");
    ck_assert_int_eq(toc_framework_stream("", stream, &why), TOC_INVALID);
    ck_assert_int_eq(toc_framework_stream("a.b", stream, &why), TOC_INVALID);
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_int_eq(toc_framework_stream(longest, stream, &why), TOC_INVALID);
    longest[TOC_GROUP_LEN_MAX] = '\0';
    ck_assert_int_eq(toc_framework_stream(longest, stream, &why), TOC_OK);
    ck_assert_str_eq(stream + strlen("framework."), longest);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_framework_find");
    TCase *all = tcase_create("all");
    tcase_add_test(all, by_any_of_its_names);
    tcase_add_test(all, a_sub_groups_has_its_list_in_its_name);
    tcase_add_test(all, the_stream_of_a_list);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
