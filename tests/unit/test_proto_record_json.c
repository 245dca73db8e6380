/* Text of a document, with every allocation failing in turn: whole, or none. */
#include "record_json.h"
#include "runner.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long calls;
static long at; /* 0: never */

void *__real_realloc(void *old, size_t len);
void *__wrap_realloc(void *old, size_t len);

static bool fails_now(void)
{
    return ++calls == at;
}

void *__wrap_realloc(void *old, size_t len)
{
    return fails_now() ? NULL : __real_realloc(old, len);
}

static void *jansson_malloc(size_t len)
{
    return fails_now() ? NULL : malloc(len);
}

/* Keys and values that end wherever the text grows. */
static json_t *document(void)
{
    json_t *const all = json_object();

    for (int i = 0; i < 200; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "key%.*s", i % 17, "-----------------");
        (void)snprintf(key + strlen(key), sizeof key - strlen(key), "%d", i);
        ck_assert_int_eq(json_object_set_new(all, key, json_pack("[i, s]", i, key)), 0);
    }
    return all;
}

START_TEST(as_jansson_writes_it)
{
    static const size_t flags[] = {JSON_COMPACT, JSON_INDENT(2), JSON_SORT_KEYS | JSON_COMPACT};
    json_t *const all = document();

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        char *const ours = toc_json_dumps(all, flags[i]);
        char *const theirs = json_dumps(all, flags[i]);
        ck_assert_ptr_nonnull(ours);
        ck_assert_str_eq(ours, theirs);
        free(ours);
        free(theirs);
    }
    json_decref(all);
}
END_TEST

START_TEST(small_and_none)
{
    json_t *const empty = json_object();
    json_t *const text = json_string("a");
    char *made = toc_json_dumps(empty, JSON_COMPACT);

    ck_assert_str_eq(made, "{}");
    free(made);
    ck_assert_ptr_null(toc_json_dumps(NULL, JSON_COMPACT));
    ck_assert_ptr_null(toc_json_dumps(text, JSON_COMPACT)); /* no document */
    made = toc_json_dumps(text, JSON_COMPACT | JSON_ENCODE_ANY);
    ck_assert_str_eq(made, "\"a\"");
    free(made);
    json_decref(text);
    json_decref(empty);
}
END_TEST

START_TEST(whole_or_none)
{
    json_t *const all = document();
    char *const good = toc_json_dumps(all, JSON_COMPACT);
    bool reached = true;
    unsigned none = 0;

    json_set_alloc_funcs(jansson_malloc, free);
    for (long i = 1; reached; i++) {
        at = i;
        calls = 0;
        char *const made = toc_json_dumps(all, JSON_COMPACT);
        reached = calls >= i;
        at = 0;
        ck_assert(made == NULL ? reached : strcmp(made, good) == 0);
        none += made == NULL;
        free(made);
    }
    json_set_alloc_funcs(malloc, free);
    ck_assert_uint_ge(none, 2);
    free(good);
    json_decref(all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record_json");
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, as_jansson_writes_it);
    tcase_add_test(tcase, small_and_none);
    tcase_add_test(tcase, whole_or_none);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
