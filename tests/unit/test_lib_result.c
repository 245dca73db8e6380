#include "ensure.h"
#include "runner.h"
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

START_TEST(names_are_stable_and_different)
{
    ck_assert_str_eq(toc_result_name(TOC_OK), "ok");
    ck_assert_str_eq(toc_result_name(TOC_DENIED), "denied");
    ck_assert_str_eq(toc_result_name(TOC_CONFLICT), "conflict");
    ck_assert_str_eq(toc_result_name((enum toc_result)(TOC_CONFLICT + 1)), "unknown");
    for (int a = TOC_OK; a <= TOC_CONFLICT; a++) {
        for (int b = a + 1; b <= TOC_CONFLICT + 1; b++) {
            ck_assert_str_ne(toc_result_name((enum toc_result)a),
                             toc_result_name((enum toc_result)b));
        }
    }
}
END_TEST

START_TEST(numbers_are_append_only)
{
    ck_assert_int_eq(TOC_NOMEM, 1);
    ck_assert_int_eq(TOC_BADSIG, 6);
    ck_assert_int_eq(TOC_AGAIN, 10);
    ck_assert_int_eq(TOC_CONFLICT, 14);
}
END_TEST

START_TEST(fail_explains_and_returns)
{
    struct toc_why why;
    ck_assert_int_eq(toc_fail(&why, TOC_IO, "%s: %d", "disk", 7), TOC_IO);
    ck_assert_str_eq(why.text, "disk: 7");
    ck_assert_int_eq(toc_fail(&why, TOC_IO, "again: %s", why.text), TOC_IO);
    ck_assert_str_eq(why.text, "again: disk: 7");
    ck_assert_int_eq(toc_fail(NULL, TOC_STALE, "unheard"), TOC_STALE);
}
END_TEST

START_TEST(prefix_goes_in_front)
{
    struct toc_why why;
    (void)toc_fail(&why, TOC_IO, "denied");
    toc_why_prefix(&why, "peer '%s'", "x");
    toc_why_prefix(&why, "loading");
    ck_assert_str_eq(why.text, "loading: peer 'x': denied");
    toc_why_prefix(NULL, "nobody");
}
END_TEST

START_TEST(long_texts_are_cut_not_overrun)
{
    char text[2 * TOC_WHY_MAX];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct toc_why why;
    (void)toc_fail(&why, TOC_IO, "%s", text);
    ck_assert_uint_eq(strlen(why.text), TOC_WHY_MAX - 1);
    toc_why_prefix(&why, "front");
    ck_assert_uint_eq(strlen(why.text), TOC_WHY_MAX - 1);
    ck_assert(strncmp(why.text, "front: aaa", 10) == 0);
    toc_why_prefix(&why, "%s", text);
    ck_assert_uint_eq(strlen(why.text), TOC_WHY_MAX - 1);
    ck_assert_int_eq(why.text[0], 'a');
}
END_TEST

static enum toc_result climb(enum toc_result result, int *steps)
{
    TOC_TRY(result);
    (*steps)++;
    return TOC_OK;
}

static enum toc_result guard(bool condition, int *steps)
{
    TOC_ENSURE(condition, TOC_TOOBIG);
    (*steps)++;
    return TOC_OK;
}

START_TEST(try_and_ensure_climb)
{
    int steps = 0;
    ck_assert_int_eq(climb(TOC_STALE, &steps), TOC_STALE);
    ck_assert_int_eq(guard(false, &steps), TOC_TOOBIG);
    ck_assert_int_eq(steps, 0);
    ck_assert_int_eq(climb(TOC_OK, &steps), TOC_OK);
    ck_assert_int_eq(guard(true, &steps), TOC_OK);
    ck_assert_int_eq(steps, 2);
}
END_TEST

START_TEST(assert_aborts)
{
    TOC_ASSERT(1 + 1 == 3);
}
END_TEST

START_TEST(assert_passes)
{
    TOC_ASSERT(1 + 1 == 2);
}
END_TEST

static int freed;

static void free_text(char **text)
{
    if (*text != NULL) {
        freed++;
        free(*text);
    }
}

static char *make_text(bool keep)
{
    TOC_AUTO(free_text) char *text = strdup("kept");
    return keep ? toc_take(&text) : NULL;
}

START_TEST(cleanup_spares_what_was_taken)
{
    ck_assert_ptr_null(make_text(false));
    ck_assert_int_eq(freed, 1);
    char *text = make_text(true);
    ck_assert_int_eq(freed, 1);
    ck_assert_str_eq(text, "kept");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("result");
    TCase *tcase = tcase_create("result");
    tcase_add_test(tcase, names_are_stable_and_different);
    tcase_add_test(tcase, numbers_are_append_only);
    tcase_add_test(tcase, fail_explains_and_returns);
    tcase_add_test(tcase, prefix_goes_in_front);
    tcase_add_test(tcase, long_texts_are_cut_not_overrun);
    tcase_add_test(tcase, try_and_ensure_climb);
    tcase_add_test_raise_signal(tcase, assert_aborts, SIGABRT);
    tcase_add_test(tcase, assert_passes);
    tcase_add_test(tcase, cleanup_spares_what_was_taken);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
