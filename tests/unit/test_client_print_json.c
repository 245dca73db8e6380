#include "print_json.h"
#include "runner.h"
#include <stdlib.h>

START_TEST(absent_fields_are_empty)
{
    json_t *json = json_pack("{s:s, s:i, s:b, s:n, s:[s]}", "text", "t", "number", 7, "flag", 1,
                             "none", "list", "x");
    ck_assert_str_eq(toc_field_text(json, "text"), "t");
    ck_assert_str_eq(toc_field_text(json, "number"), "");
    ck_assert_str_eq(toc_field_text(json, "none"), "");
    ck_assert_str_eq(toc_field_text(json, "absent"), "");
    ck_assert_str_eq(toc_field_text(NULL, "text"), "");
    ck_assert_int_eq(toc_field_number(json, "number"), 7);
    ck_assert_int_eq(toc_field_number(json, "text"), 0);
    ck_assert(toc_field_true(json, "flag"));
    ck_assert(!toc_field_true(json, "number"));
    ck_assert_uint_eq(json_array_size(toc_field_array(json, "list")), 1);
    ck_assert_ptr_null(toc_field_array(json, "text"));
    toc_json_free(&json);
    ck_assert_ptr_null(json);
    toc_json_free(&json);
}
END_TEST

START_TEST(a_list_is_joined_and_cut)
{
    char text[16];
    json_t *json = json_pack("[s, s, i, s]", "hub", "council", 7, "");
    toc_json_join(json, text, sizeof text);
    ck_assert_str_eq(text, "hub, council");
    ck_assert_int_eq(json_array_append_new(json, json_string("observer")), 0);
    toc_json_join(json, text, sizeof text);
    ck_assert_str_eq(text, "hub, council...");
    toc_json_join(NULL, text, sizeof text);
    ck_assert_str_eq(text, "");
    json_decref(json);
}
END_TEST

START_TEST(a_document_ends_in_a_newline_and_a_line_is_one)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    json_t *json = json_pack("{s:s}", "a", "b\nc");
    ck_assert_int_eq(toc_json_print(file, json), TOC_OK);
    ck_assert_int_eq(toc_json_print_line(file, json), TOC_OK);
    ck_assert_int_eq(toc_json_print(file, NULL), TOC_NOMEM);
    (void)fclose(file);
    ck_assert_str_eq(text, "{\n  \"a\": \"b\\nc\"\n}\n{\"a\":\"b\\nc\"}\n");
    free(text);
    json_decref(json);
}
END_TEST

START_TEST(a_full_disk_is_noticed)
{
    FILE *file = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(file);
    json_t *json = json_pack("{s:s}", "a", "b");
    ck_assert_int_eq(toc_json_print_line(file, json), TOC_IO);
    json_decref(json);
    (void)fclose(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_print_json");
    TCase *all = tcase_create("all");
    tcase_add_test(all, absent_fields_are_empty);
    tcase_add_test(all, a_list_is_joined_and_cut);
    tcase_add_test(all, a_document_ends_in_a_newline_and_a_line_is_one);
    tcase_add_test(all, a_full_disk_is_noticed);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
