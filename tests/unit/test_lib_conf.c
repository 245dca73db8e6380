#include "conf.h"
#include "ensure.h"
#include "runner.h"
#include "scratch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST "member = \"leeds\"\nroster = \"yh.roster\"\n"

static char folder[PATH_MAX];
static struct toc_conf conf;
static struct toc_why why;

static void setup(void)
{
    char made[PATH_MAX];
    toc_scratch_new(made);
    ck_assert_ptr_nonnull(realpath(made, folder));
}

static void teardown(void)
{
    toc_scratch_remove(folder);
}

static enum toc_result load(const char *text)
{
    const char *const path = toc_scratch_file(folder, "tocsin.conf");
    toc_scratch_put(path, text);
    return toc_conf_load(path, &conf, &why);
}

static void check_refused(const char *text, enum toc_result result, const char *words)
{
    struct toc_conf before;
    memset(&conf, 0x5a, sizeof conf);
    memset(&before, 0x5a, sizeof before);
    why.text[0] = '\0';
    ck_assert_msg(load(text) == result, "%s: %s", text, why.text);
    ck_assert_msg(strstr(why.text, words) != NULL, "%s: %s", text, why.text);
    ck_assert_mem_eq(&conf, &before, sizeof conf);
}

static void check_path(const char *path, const char *name)
{
    ck_assert_str_eq(path, toc_scratch_file(folder, name));
}

START_TEST(defaults)
{
    ck_assert_msg(load(LEAST) == TOC_OK, "%s", why.text);
    ck_assert_str_eq(conf.member, "leeds");
    check_path(conf.file, "tocsin.conf");
    check_path(conf.key, "member.key");
    check_path(conf.roster, "yh.roster");
    check_path(conf.store, "store");
    check_path(conf.local, "tocsin.sock");
    ck_assert_str_eq(conf.notify, "");
    ck_assert_str_eq(conf.listen_session, "");
    ck_assert_str_eq(conf.listen_feed, "");
    ck_assert_uint_eq(conf.peers_len, 0);
    ck_assert_uint_eq(conf.heartbeat_s, 30);
    ck_assert_uint_eq(conf.receipt_s, 10);
    ck_assert_uint_eq(conf.submissions_max, 100000);
    ck_assert(conf.second_person);
    ck_assert_str_eq(conf.log_level, "info");
}
END_TEST

START_TEST(every_key)
{
    ck_assert_msg(
        load("# comment\nmember = \"leeds\"   key = \"k\"   roster = \"/r\"\n"
             "store = \"s\" local = \"l\" notify = \"/usr/lib/n\"\nheartbeat = 1\n"
             "receipt = 3600 submissions_max = 10000000 second_person = false log_level = "
             "\"debug\"\n"
             "listen { session = \"tcp://127.0.0.1:7001\" feed = \"tcp://[::1]:65535\" }\n"
             "peer spg { session = \"tcp://a-b.example:7101\" feed = \"tcp://x:1\" }\n"
             "peer york { session = \"tcp://*:7\" }\n") == TOC_OK,
        "%s", why.text);
    check_path(conf.key, "k");
    ck_assert_str_eq(conf.roster, "/r");
    ck_assert_str_eq(conf.notify, "/usr/lib/n");
    ck_assert_uint_eq(conf.heartbeat_s, 1);
    ck_assert_uint_eq(conf.receipt_s, 3600);
    ck_assert_uint_eq(conf.submissions_max, 10000000);
    ck_assert(!conf.second_person);
    ck_assert_str_eq(conf.log_level, "debug");
    ck_assert_str_eq(conf.listen_feed, "tcp://[::1]:65535");
    ck_assert_uint_eq(conf.peers_len, 2);
    ck_assert_str_eq(conf.peers[0].member, "spg");
    ck_assert_str_eq(conf.peers[0].feed, "tcp://x:1");
    ck_assert_str_eq(conf.peers[1].member, "york");
    ck_assert_str_eq(conf.peers[1].feed, "");
}
END_TEST

START_TEST(mistakes_name_file_and_line)
{
    check_refused(LEAST "colour = \"red\"\n", TOC_MALFORMED, "tocsin.conf:3: ");
    check_refused(LEAST "\n\npeer spg { color = 1 }\n", TOC_MALFORMED, "tocsin.conf:5: ");
    check_refused(LEAST "heartbeat = \"often\"\n", TOC_MALFORMED, "tocsin.conf:3: ");
    check_refused(LEAST "heartbeat = 1.5\n", TOC_MALFORMED, "tocsin.conf:3: ");
    check_refused(LEAST "heartbeat = 99999999999999999999\n", TOC_MALFORMED, "tocsin.conf:3: ");
    check_refused(LEAST "heartbeat = 0\n", TOC_MALFORMED, "tocsin.conf:3: 'heartbeat'");
    check_refused(LEAST "heartbeat = 3601\n", TOC_MALFORMED, "between 1 and 3600");
    check_refused(LEAST "receipt = -1\n", TOC_MALFORMED, "'receipt'");
    check_refused(LEAST "submissions_max = 10000001\n", TOC_MALFORMED, "'submissions_max'");
    check_refused(LEAST "second_person = 2\n", TOC_MALFORMED, "tocsin.conf:3: ");
    check_refused(LEAST "second_person = true second_person = true\n", TOC_MALFORMED, "twice");
    check_refused(LEAST "log_level = \"loud\"\n", TOC_MALFORMED, "tocsin.conf:3: 'log_level'");
    check_refused(LEAST "log_level = \"\"\n", TOC_MALFORMED, "is empty");
    check_refused(LEAST "key = \"\"\n", TOC_MALFORMED, "'key' is empty");
    check_refused(LEAST "key = \"a\\nb\"\n", TOC_MALFORMED, "control");
    check_refused("member = \"Leeds\"\nroster = \"r\"\n", TOC_MALFORMED, "tocsin.conf:1: 'member'");
    check_refused("member = \"abcdefghijklmnopqrstuvwxyz-12345\"\n", TOC_MALFORMED, "too long");
    check_refused(LEAST "peer {\n", TOC_MALFORMED, "tocsin.conf:3: ");
    check_refused("{", TOC_MALFORMED, "tocsin.conf:1: ");
}
END_TEST

/* libconfuse alone would take some of these. */
START_TEST(half_a_file_is_no_file)
{
    static const char *const cut[] = {"listen {\n",
                                      "listen {",
                                      "listen { session = \"tcp://a:1\"\n",
                                      "peer spg { session = \"tcp://a:1\"",
                                      "listen",
                                      "peer",
                                      "peer spg",
                                      "heartbeat =",
                                      "notify =",
                                      "notify",
                                      "notify = \"x",
                                      "notify = 'x",
                                      "/* comment",
                                      "}"};
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, LEAST "%s", cut[i]);
        check_refused(text, TOC_MALFORMED, "tocsin.conf:3: ");
    }
    check_refused(LEAST "end-of-file = true\n", TOC_MALFORMED, "tocsin.conf:");
    check_refused(LEAST "listen { end-of-file = true }\n", TOC_MALFORMED, "tocsin.conf:3: ");
    ck_assert_int_eq(load(LEAST "# no newline"), TOC_OK);
    ck_assert_int_eq(load(LEAST "// no newline"), TOC_OK);
    ck_assert_int_eq(load(LEAST "/* a\n\n comment */ notify = 'a\\\nb'"), TOC_OK);
}
END_TEST

START_TEST(nothing_is_said_twice)
{
    check_refused(LEAST "member = \"york\"\n", TOC_MALFORMED,
                  "tocsin.conf:3: 'member' is given twice");
    check_refused(LEAST "heartbeat = 5\nheartbeat = 5\n", TOC_MALFORMED, ":4: ");
    check_refused(LEAST "listen { }\nlisten { }\n", TOC_MALFORMED, ":4: ");
    check_refused(LEAST "listen { session = \"tcp://a:1\" session = \"tcp://a:2\" }\n",
                  TOC_MALFORMED, "given twice");
    check_refused(LEAST "peer a { session = \"tcp://a:1\" }\npeer a { session = \"tcp://a:1\" }\n",
                  TOC_MALFORMED, ":4: ");
    check_refused(LEAST "peer a { session = \"tcp://a:1\" feed = \"tcp://a:2\" feed = \"\" }\n",
                  TOC_MALFORMED, "'feed' is given twice");
}
END_TEST

START_TEST(addresses)
{
    static const char *const bad[] = {"127.0.0.1:7001",   "tcp://",
                                      "tcp://host",       "tcp://host:",
                                      "tcp://:1",         "tcp://host:0",
                                      "tcp://host:65536", "tcp://host:1x",
                                      "tcp://host:-1",    "ipc://host:1",
                                      "tcp://ho st:1",    "tcp://a;tcp://b:1",
                                      "tcp://a/b:1",      "tcp://host:99999999999999999999",
                                      "tcp://[::1:1",     "tcp://::1:1",
                                      "tcp://[a/b]:1",    "TCP://host:1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text, LEAST "listen { session = \"%s\" }\n", bad[i]);
        check_refused(text, TOC_MALFORMED, "tocsin.conf:3: 'session' is not an address");
    }
    char host[TOC_ENDPOINT_LEN_MAX + 2];
    char text[512];
    memset(host, 'h', sizeof host);
    host[TOC_ENDPOINT_LEN_MAX - 8] = '\0'; /* "tcp://" and ":1" are the other eight */
    (void)snprintf(text, sizeof text, LEAST "listen { session = \"tcp://%s:1\" }\n", host);
    ck_assert_int_eq(load(text), TOC_OK);
    (void)snprintf(text, sizeof text, LEAST "listen { session = \"tcp://%s:12\" }\n", host);
    check_refused(text, TOC_MALFORMED, "too long");
}
END_TEST

START_TEST(the_file_as_a_whole)
{
    check_refused("roster = \"r\"\n", TOC_INVALID, "'member' is missing");
    check_refused("member = \"leeds\"\n", TOC_INVALID, "'roster' is missing");
    check_refused("", TOC_INVALID, "'member' is missing");
    check_refused(LEAST "listen { feed = \"tcp://a:1\" }\n", TOC_INVALID, "no session");
    check_refused(LEAST "peer leeds { session = \"tcp://a:1\" }\n", TOC_INVALID, "itself");
    check_refused(LEAST "peer Spg { session = \"tcp://a:1\" }\n", TOC_MALFORMED, "member id");
    check_refused(LEAST "peer spg { feed = \"tcp://a:1\" }\n", TOC_MALFORMED, "no session address");
    check_refused(LEAST "peer spg { }\n", TOC_MALFORMED, ":3: ");
}
END_TEST

START_TEST(peers_up_to_the_bound)
{
    char text[8192] = LEAST;
    for (int i = 0; i <= TOC_PEERS_MAX; i++) {
        if (i == TOC_PEERS_MAX) {
            ck_assert_msg(load(text) == TOC_OK, "%s", why.text);
            ck_assert_uint_eq(conf.peers_len, TOC_PEERS_MAX);
        }
        const size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "peer p%d { session = \"tcp://h:%d\" }\n", i,
                       i + 1);
    }
    check_refused(text, TOC_MALFORMED, "more than 64 peers");
}
END_TEST

START_TEST(the_local_path_fits_a_socket)
{
    char name[128];
    char text[512];
    const size_t folder_len = strlen(folder);
    memset(name, 's', sizeof name);
    name[100 - folder_len - 1] = '\0';
    (void)snprintf(text, sizeof text, LEAST "local = \"%s\"\n", name);
    ck_assert_msg(load(text) == TOC_OK, "%s", why.text);
    ck_assert_uint_eq(strlen(conf.local), 100);
    (void)snprintf(text, sizeof text, LEAST "local = \"%ss\"\n", name);
    check_refused(text, TOC_INVALID, "'local'");
}
END_TEST

START_TEST(files_that_are_none)
{
    ck_assert_int_eq(toc_conf_load(toc_scratch_file(folder, "no.conf"), &conf, &why), TOC_NOTFOUND);
    ck_assert_int_eq(toc_conf_load(toc_scratch_file(folder, "no/a.conf"), &conf, &why),
                     TOC_NOTFOUND);
    ck_assert_int_eq(toc_conf_load(folder, &conf, &why), TOC_IO);
    const char *const path = toc_scratch_file(folder, "tocsin.conf");
    toc_scratch_put(path, LEAST);
    FILE *const file = fopen(path, "ae");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fputc('\0', file), '\0');
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(toc_conf_load(path, &conf, &why), TOC_MALFORMED);
}
END_TEST

START_TEST(size_up_to_the_bound)
{
    char *const text = malloc(TOC_CONF_LEN_MAX + 2);
    ck_assert_ptr_nonnull(text);
    memset(text, '\n', TOC_CONF_LEN_MAX + 1);
    memcpy(text, LEAST, strlen(LEAST));
    text[TOC_CONF_LEN_MAX] = '\0';
    ck_assert_msg(load(text) == TOC_OK, "%s", why.text);
    text[TOC_CONF_LEN_MAX] = '\n';
    text[TOC_CONF_LEN_MAX + 1] = '\0';
    ck_assert_int_eq(load(text), TOC_TOOBIG);
    free(text);
}
END_TEST

START_TEST(relative_names_survive_a_change_of_folder)
{
    toc_scratch_put(toc_scratch_file(folder, "tocsin.conf"), LEAST);
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(toc_conf_load("tocsin.conf", &conf, &why), TOC_OK);
    check_path(conf.file, "tocsin.conf");
    check_path(conf.store, "store");
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

/* Prints, loads what was printed, and compares everything but the file's own name. */
static void check_print(void)
{
    static struct toc_conf back;
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, TOC_CONF_LEN_MAX);
    ck_assert_int_eq(toc_conf_print(&conf, &buf), TOC_OK);
    ck_assert_int_eq(toc_buf_append(&buf, toc_bytes_of("", 1)), TOC_OK);
    const char *const path = toc_scratch_file(folder, "printed.conf");
    toc_scratch_put(path, (const char *)buf.data);
    ck_assert_msg(toc_conf_load(path, &back, &why) == TOC_OK, "%s\n%s", why.text, buf.data);
    memcpy(back.file, conf.file, sizeof back.file);
    ck_assert_mem_eq(&back, &conf, sizeof conf);
}

START_TEST(what_is_printed_parses_to_the_same)
{
    ck_assert_int_eq(load(LEAST), TOC_OK);
    check_print();
    ck_assert_int_eq(load(LEAST "notify = \"a \\\\ \\\" \\${HOME} $x ' # // /* b\"\n"
                                "heartbeat = 7 receipt = 8 submissions_max = 9 second_person = no\n"
                                "log_level = \"warn\"\n"
                                "listen { session = \"tcp://h:1\" feed = \"tcp://h:2\" }\n"
                                "peer spg { session = \"tcp://h:3\" }\n"
                                "peer york { session = \"tcp://h:4\" feed = \"tcp://h:5\" }\n"),
                     TOC_OK);
    check_path(conf.notify, "a \\ \" ${HOME} $x ' # // /* b");
    check_print();
}
END_TEST

START_TEST(print_into_a_small_buffer)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, 100);
    ck_assert_int_eq(load(LEAST), TOC_OK);
    ck_assert_int_eq(toc_conf_print(&conf, &buf), TOC_TOOBIG);
}
END_TEST

START_TEST(the_shipped_example_is_good_and_complete)
{
    const char *const example = TOC_SOURCE_DIR "/conf/tocsin.conf";
    char text[16 * 1024];
    (void)snprintf(text, sizeof text, "%s", toc_scratch_text(example));
    static const char *const keys[] = {"\nmember = ",
                                       "\nkey = ",
                                       "\nroster = ",
                                       "\nstore = ",
                                       "\nlocal = ",
                                       "\nnotify = ",
                                       "\nheartbeat = ",
                                       "\nreceipt = ",
                                       "\nsubmissions_max = ",
                                       "\nsecond_person = ",
                                       "\nlog_level = ",
                                       "\nlisten {\n    session = ",
                                       "\npeer spg {\n    session = ",
                                       "\n    feed = "};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        ck_assert_msg(strstr(text, keys[i]) != NULL, "%s", keys[i]);
    }
    /* Loaded from here, since the tree's own path may be too long for the socket. */
    ck_assert_msg(load(text) == TOC_OK, "%s", why.text);
    static struct toc_conf example_conf;
    example_conf = conf;
    ck_assert_int_eq(load("member = \"leeds\" roster = \"yh-spg.roster\"\n"), TOC_OK);
    memset(example_conf.peers, 0, sizeof example_conf.peers);
    example_conf.peers_len = 0;
    ck_assert_mem_eq(&example_conf, &conf, sizeof conf);
}
END_TEST

static const char *change(const char *text)
{
    static struct toc_conf was;
    ck_assert_int_eq(load(LEAST "listen { session = \"tcp://h:1\" }\n"), TOC_OK);
    was = conf;
    ck_assert_msg(load(text) == TOC_OK, "%s", why.text);
    return toc_conf_fixed_change(&was, &conf);
}

START_TEST(what_cannot_change_while_running)
{
#define LISTENING "listen { session = \"tcp://h:1\" }\n"
    ck_assert_ptr_null(change(LEAST LISTENING));
    ck_assert_ptr_null(change("member = \"leeds\" roster = \"other\" heartbeat = 5 notify = \"x\"\n"
                              "log_level = \"debug\" receipt = 2 submissions_max = 5\n"
                              "peer spg { session = \"tcp://h:9\" }\n" LISTENING));
    ck_assert_str_eq(change("member = \"york\" roster = \"yh.roster\"\n" LISTENING), "member");
    ck_assert_str_eq(change(LEAST "key = \"x\"\n" LISTENING), "key");
    ck_assert_str_eq(change(LEAST "store = \"x\"\n" LISTENING), "store");
    ck_assert_str_eq(change(LEAST "local = \"x\"\n" LISTENING), "local");
    ck_assert_str_eq(change(LEAST), "listen");
    ck_assert_str_eq(change(LEAST "listen { session = \"tcp://h:1\" feed = \"tcp://h:2\" }\n"),
                     "listen");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("conf");
    TCase *tcase = tcase_create("conf");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, defaults);
    tcase_add_test(tcase, every_key);
    tcase_add_test(tcase, mistakes_name_file_and_line);
    tcase_add_test(tcase, half_a_file_is_no_file);
    tcase_add_test(tcase, nothing_is_said_twice);
    tcase_add_test(tcase, addresses);
    tcase_add_test(tcase, the_file_as_a_whole);
    tcase_add_test(tcase, peers_up_to_the_bound);
    tcase_add_test(tcase, the_local_path_fits_a_socket);
    tcase_add_test(tcase, files_that_are_none);
    tcase_add_test(tcase, size_up_to_the_bound);
    tcase_add_test(tcase, relative_names_survive_a_change_of_folder);
    tcase_add_test(tcase, what_is_printed_parses_to_the_same);
    tcase_add_test(tcase, print_into_a_small_buffer);
    tcase_add_test(tcase, the_shipped_example_is_good_and_complete);
    tcase_add_test(tcase, what_cannot_change_while_running);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
