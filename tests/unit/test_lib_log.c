#include "log.h"
#include "runner.h"
#include "timetext.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int pipe_fds[2];
static int saved_stderr;
static char captured[16 * 1024];

/* Standard error goes into a pipe for the length of a test. */
static void setup(void)
{
    ck_assert_int_eq(pipe2(pipe_fds, O_NONBLOCK), 0);
    saved_stderr = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(pipe_fds[1], STDERR_FILENO), 0);
    ck_assert_int_eq(setenv("JOURNAL_STREAM", "8:1", 1), 0);
    toc_log_level_set(TOC_LOG_INFO);
}

static void teardown(void)
{
    ck_assert_int_ge(dup2(saved_stderr, STDERR_FILENO), 0);
    (void)close(saved_stderr);
    (void)close(pipe_fds[0]);
    (void)close(pipe_fds[1]);
}

static const char *capture(void)
{
    const ssize_t len = read(pipe_fds[0], captured, sizeof captured - 1);
    captured[len > 0 ? len : 0] = '\0';
    return captured;
}

START_TEST(journal_lines_have_a_priority_and_no_time)
{
    toc_log_level_set(TOC_LOG_DEBUG);
    toc_log(TOC_LOG_ERROR, "a.b", "key=%d", 1);
    toc_log(TOC_LOG_WARN, "a.b", "key=%s", "x");
    toc_log(TOC_LOG_INFO, "a.b", "%s", "");
    toc_log(TOC_LOG_DEBUG, "a.b", "key=2");
    ck_assert_str_eq(capture(), "<3>error a.b key=1\n<4>warn a.b key=x\n<6>info a.b \n"
                                "<7>debug a.b key=2\n");
}
END_TEST

START_TEST(other_lines_have_a_time)
{
    ck_assert_int_eq(unsetenv("JOURNAL_STREAM"), 0);
    toc_log(TOC_LOG_INFO, "daemon.ready", "member=leeds");
    char time[TOC_TIME_TEXT_LEN + 1] = "";
    const char *const line = capture();
    ck_assert_uint_gt(strlen(line), TOC_TIME_TEXT_LEN);
    memcpy(time, line, TOC_TIME_TEXT_LEN);
    int64_t wall_ms;
    ck_assert_int_eq(toc_time_parse(time, &wall_ms), TOC_OK);
    ck_assert_str_eq(line + TOC_TIME_TEXT_LEN, " info daemon.ready member=leeds\n");
}
END_TEST

START_TEST(levels_filter)
{
    toc_log(TOC_LOG_DEBUG, "a", "x=1");
    toc_log_level_set(TOC_LOG_ERROR);
    toc_log(TOC_LOG_WARN, "a", "x=1");
    toc_log(TOC_LOG_ERROR, "a", "x=1");
    ck_assert_str_eq(capture(), "<3>error a x=1\n");
}
END_TEST

START_TEST(one_event_is_one_line)
{
    toc_log(TOC_LOG_INFO, "a", "x=%s", "1\n<3>error forged\x1b[2J\t\x7f");
    ck_assert_str_eq(capture(), "<6>info a x=1?<3>error forged?[2J??\n");
    char text[5000];
    memset(text, 'z', sizeof text);
    text[sizeof text - 1] = '\0';
    toc_log(TOC_LOG_INFO, "a", "x=%s", text);
    const char *const line = capture();
    ck_assert_uint_lt(strlen(line), sizeof text);
    ck_assert_int_eq(line[strlen(line) - 1], '\n');
    ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
    toc_log(TOC_LOG_INFO, text, "x=1");
    ck_assert_int_eq(capture()[strlen(captured) - 1], '\n');
}
END_TEST

START_TEST(limited_lines_stop_and_filtered_ones_do_not_count)
{
    for (int i = 0; i < 20; i++) {
        toc_log_limited(TOC_LOG_DEBUG, "a", "i=%d", i);
    }
    for (int i = 0; i < 20; i++) {
        toc_log_limited(TOC_LOG_WARN, "a", "i=%d", i);
    }
    ck_assert_str_eq(capture(), "<4>warn a i=0\n<4>warn a i=1\n<4>warn a i=2\n<4>warn a i=3\n"
                                "<4>warn a i=4\n");
}
END_TEST

START_TEST(errno_survives_and_a_closed_log_is_no_matter)
{
    errno = ENOSPC;
    toc_log(TOC_LOG_INFO, "a", "x=1");
    ck_assert_int_eq(errno, ENOSPC);
    (void)close(STDERR_FILENO);
    toc_log(TOC_LOG_INFO, "a", "x=1");
    ck_assert_int_eq(errno, ENOSPC);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tcase = tcase_create("log");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, journal_lines_have_a_priority_and_no_time);
    tcase_add_test(tcase, other_lines_have_a_time);
    tcase_add_test(tcase, levels_filter);
    tcase_add_test(tcase, one_event_is_one_line);
    tcase_add_test(tcase, limited_lines_stop_and_filtered_ones_do_not_count);
    tcase_add_test(tcase, errno_survives_and_a_closed_log_is_no_matter);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
