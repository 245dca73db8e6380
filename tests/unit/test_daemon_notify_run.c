/* notify_run: one process at a time, without a shell, our descriptors or our environment; what it
 * ends with is told once, and one that hangs is ended. */
#include "notify_run.h"

#include "ensure.h"
#include "env.h"
#include "file.h"
#include "runner.h"
#include "scratch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static char folder[PATH_MAX];
static struct toc_notify_run *notifier;

static int64_t now_ms(void)
{
    return toc_env_mono_ms(toc_env_real());
}

static void set_up(void)
{
    toc_scratch_new(folder);
    ck_assert_int_eq(toc_notify_run_new(&(struct toc_notify_limits){.stop_ms = 100}, &notifier),
                     TOC_OK);
}

static void tear_down(void)
{
    toc_notify_run_free(&notifier);
    ck_assert_ptr_null(notifier);
    toc_notify_run_free(&notifier); /* NULL is fine */
    toc_scratch_remove(folder);
}

static const char *in_folder(const char *name)
{
    static char path[PATH_MAX + 32];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A script of the shell, in which F is the folder. */
static struct toc_notify_program script(const char *text)
{
    static char path[PATH_MAX + 32];
    (void)snprintf(path, sizeof path, "%s", in_folder("script"));
    FILE *const file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file, "#!/bin/sh\nF='%s'\n%s\n", folder, text), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0700), 0);
    return (struct toc_notify_program){.path = path,
                                       .conf_file = "/etc/tocsin/tocsin.conf",
                                       .member = "york",
                                       .document = toc_bytes_text("{\"kind\":\"alert\"}\n")};
}

static void start(const struct toc_notify_program *program)
{
    struct toc_why why = {""};
    ck_assert_msg(toc_notify_run_start(notifier, program, now_ms(), &why) == TOC_OK, "%s",
                  why.text);
    ck_assert(toc_notify_run_busy(notifier));
}

/* Looks when its descriptor or its deadline says so. */
static const char *ended(void)
{
    static char failed[TOC_NOTIFY_RUN_WORDS];
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (!toc_notify_run_take(notifier, now_ms(), failed)) {
        struct pollfd end = {.fd = toc_notify_run_fd(notifier), .events = POLLIN};
        const int64_t left_ms = toc_notify_run_deadline(notifier) - now_ms();
        ck_assert_int_ge(end.fd, 0);
        ck_assert_msg(now_ms() < until_ms, "it does not end");
        (void)poll(&end, 1, left_ms < 0 ? 0 : left_ms < 1000 ? (int)left_ms : 1000);
    }
    ck_assert(!toc_notify_run_busy(notifier));
    ck_assert_int_eq(toc_notify_run_fd(notifier), -1);
    ck_assert(!toc_notify_run_take(notifier, now_ms(), failed)); /* once */
    return failed;
}

static const char *written(const char *name)
{
    static char text[8192];
    TOC_AUTO(toc_buf_done) struct toc_buf buf = {0};
    struct toc_why why = {""};
    toc_buf_init(&buf, sizeof text - 1);
    ck_assert_msg(toc_file_read(in_folder(name), sizeof text - 1, &buf, &why) == TOC_OK, "%s",
                  why.text);
    if (buf.len > 0) {
        memcpy(text, buf.data, buf.len);
    }
    text[buf.len] = '\0';
    return text;
}

START_TEST(reads_its_document)
{
    const struct toc_notify_program program = script("cat > \"$F/got\"");
    start(&program);
    ck_assert_str_eq(ended(), "");
    ck_assert_str_eq(written("got"), "{\"kind\":\"alert\"}\n");
    start(&program); /* and again */
    ck_assert_str_eq(ended(), "");
}
END_TEST

/* More than a pipe holds, and nobody reads it. */
START_TEST(need_not_read)
{
    struct toc_notify_program program = script("exit 0");
    const size_t len = (size_t)4 * 1024 * 1024;
    uint8_t *const large = calloc(1, len);
    ck_assert_ptr_nonnull(large);
    program.document = toc_bytes_of(large, len);
    start(&program);
    free(large);
    ck_assert_str_eq(ended(), "");
    program = script("wc -c > \"$F/got\"");
    program.document = toc_bytes_of(NULL, 0);
    start(&program);
    ck_assert_str_eq(ended(), "");
    ck_assert_int_eq(strtol(written("got"), NULL, 10), 0);
}
END_TEST

START_TEST(has_nothing_of_ours)
{
    const int ours = open("/dev/null", O_RDONLY); /* not closed by exec of itself */
    ck_assert_int_ge(ours, 3);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", "/run/x", 1), 0);
    ck_assert_int_eq(setenv("SECRET", "x", 1), 0);
    ck_assert(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    sigset_t blocked;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    const struct toc_notify_program program =
        script("env > \"$F/env\"; pwd > \"$F/pwd\"\n"
               "for fd in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$fd ] && echo $fd; done "
               "> \"$F/fds\"\n"
               "grep -E '^Sig(Blk|Ign)' /proc/self/status > \"$F/signals\"");
    start(&program);
    ck_assert_str_eq(ended(), "");
    ck_assert_ptr_null(strstr(written("env"), "NOTIFY_SOCKET"));
    ck_assert_ptr_null(strstr(written("env"), "SECRET"));
    ck_assert_ptr_nonnull(strstr(written("env"), "TOCSIN_MEMBER=york\n"));
    ck_assert_ptr_nonnull(strstr(written("env"), "TOCSIN_CONF=/etc/tocsin/tocsin.conf\n"));
    ck_assert_str_eq(written("pwd"), "/\n");
    unsigned long long blocked_now = 1;
    unsigned long long ignored = 1;
    ck_assert_int_eq(
        sscanf(written("signals"), "SigBlk: %llx SigIgn: %llx", &blocked_now, &ignored), 2);
    ck_assert_uint_eq(blocked_now, 0);
    ck_assert_uint_eq(ignored & (1ull << (SIGPIPE - 1)), 0);
    ck_assert_str_eq(written("fds"), "");
    (void)close(ours);
}
END_TEST

START_TEST(how_it_failed)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"exit 7", "ended with exit status 7"},
        {"kill -9 $$", "was ended by signal 9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct toc_notify_program program = script(cases[i].text);
        start(&program);
        ck_assert_str_eq(ended(), cases[i].words);
    }
    struct toc_notify_program program = script("exit 0");
    program.path = "/nonexistent/program";
    struct toc_why why = {""};
    ck_assert_int_eq(toc_notify_run_start(notifier, &program, now_ms(), &why), TOC_IO);
    ck_assert_ptr_nonnull(strstr(why.text, "cannot be run: No such file"));
    ck_assert(!toc_notify_run_busy(notifier));
    ck_assert_int_eq(toc_notify_run_deadline(notifier), INT64_MAX);
}
END_TEST

START_TEST(one_at_a_time)
{
    const struct toc_notify_program program = script("exec sleep 1000");
    struct toc_why why = {""};
    start(&program);
    ck_assert_int_eq(toc_notify_run_start(notifier, &program, now_ms(), &why), TOC_EXISTS);
    char failed[TOC_NOTIFY_RUN_WORDS];
    ck_assert(!toc_notify_run_take(notifier, now_ms(), failed)); /* does not wait for it */
}
END_TEST

/* Also what it started, and one that will not hear. */
START_TEST(one_that_hangs_is_ended)
{
    static const char *const texts[] = {"sleep 1000", "trap '' TERM; sleep 1000; sleep 1000"};
    toc_notify_run_free(&notifier);
    ck_assert_int_eq(
        toc_notify_run_new(&(struct toc_notify_limits){.run_ms = 50, .grace_ms = 50}, &notifier),
        TOC_OK);
    for (size_t i = 0; i < 2; i++) {
        const struct toc_notify_program program = script(texts[i]);
        start(&program);
        ck_assert_ptr_nonnull(strstr(ended(), "did not end within"));
    }
}
END_TEST

START_TEST(ends_with_the_daemon)
{
    const struct toc_notify_program program =
        script("echo $$ > \"$F/pid.tmp\"; mv \"$F/pid.tmp\" \"$F/pid\"; cat > /dev/null\n"
               "exec sleep 1000");
    start(&program);
    const int64_t until_ms = now_ms() + PATIENCE_MS;
    while (access(in_folder("pid"), R_OK) != 0) {
        ck_assert_int_lt(now_ms(), until_ms);
        (void)poll(NULL, 0, 5);
    }
    const pid_t pid = (pid_t)strtol(written("pid"), NULL, 10);
    ck_assert_int_gt(pid, 1);
    toc_notify_run_free(&notifier);
    ck_assert_int_eq(kill(pid, 0), -1); /* reaped: nobody of that number */
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon notify_run");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, reads_its_document);
    tcase_add_test(all, need_not_read);
    tcase_add_test(all, has_nothing_of_ours);
    tcase_add_test(all, how_it_failed);
    tcase_add_test(all, one_at_a_time);
    tcase_add_test(all, one_that_hangs_is_ended);
    tcase_add_test(all, ends_with_the_daemon);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
