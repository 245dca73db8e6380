#include "log_limit.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

static struct toc_log_limit limit;

static void setup(void)
{
    memset(&limit, 0, sizeof limit);
}

static void teardown(void)
{
}

START_TEST(five_a_minute_then_a_count)
{
    unsigned left_out = 9;
    for (int i = 0; i < 5; i++) {
        ck_assert(toc_log_limit_pass(&limit, "peer.denied", 1000 + i, &left_out));
        ck_assert_uint_eq(left_out, 0);
    }
    for (int i = 0; i < 7; i++) {
        ck_assert(!toc_log_limit_pass(&limit, "peer.denied", 60999, &left_out));
    }
    ck_assert(toc_log_limit_pass(&limit, "peer.denied", 61000, &left_out));
    ck_assert_uint_eq(left_out, 7);
    ck_assert(toc_log_limit_pass(&limit, "peer.denied", 61001, &left_out));
    ck_assert_uint_eq(left_out, 0);
}
END_TEST

START_TEST(events_are_counted_apart)
{
    unsigned left_out;
    for (int i = 0; i < 6; i++) {
        (void)toc_log_limit_pass(&limit, "a", 0, &left_out);
    }
    ck_assert(!toc_log_limit_pass(&limit, "a", 0, &left_out));
    ck_assert(toc_log_limit_pass(&limit, "b", 0, &left_out));
}
END_TEST

START_TEST(a_full_table_forgets_the_oldest)
{
    unsigned left_out;
    char event[16];
    for (int i = 0; i < TOC_LOG_EVENTS_MAX; i++) {
        (void)snprintf(event, sizeof event, "event.%d", i);
        for (int line = 0; line < TOC_LOG_LINES_PER_MINUTE; line++) {
            ck_assert(toc_log_limit_pass(&limit, event, i, &left_out));
        }
    }
    ck_assert(toc_log_limit_pass(&limit, "one.more", 100, &left_out));
    ck_assert(!toc_log_limit_pass(&limit, "event.1", 100, &left_out));
    ck_assert(toc_log_limit_pass(&limit, "event.0", 100, &left_out));
}
END_TEST

START_TEST(long_event_names_are_cut)
{
    unsigned left_out;
    char event[100];
    memset(event, 'e', sizeof event);
    event[99] = '\0';
    for (int i = 0; i < TOC_LOG_LINES_PER_MINUTE; i++) {
        ck_assert(toc_log_limit_pass(&limit, event, 0, &left_out));
    }
    ck_assert(!toc_log_limit_pass(&limit, event, 0, &left_out));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log_limit");
    TCase *tcase = tcase_create("log_limit");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, five_a_minute_then_a_count);
    tcase_add_test(tcase, events_are_counted_apart);
    tcase_add_test(tcase, a_full_table_forgets_the_oldest);
    tcase_add_test(tcase, long_event_names_are_cut);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
