/* SIGKILL between any two system calls of a publish: the process is stepped from call to call and
 * killed at the first, the second, ... The drafts of a publish leave all together or not at all;
 * what was acknowledged is there; and whoever publishes again sends nothing twice. */
#include "engine_internal.h"
#include "ensure.h"
#include "fixture_group.h"
#include "runner.h"
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAFTS 3 /* in one publish */
#define KILLS_MAX 2000

static struct toc_fixture_group *group;
static struct toc_arena *arena;
static char folder[PATH_MAX];

static void set_up(void)
{
    toc_scratch_new(folder);
    group = toc_fixture_group_new(77);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
}

static void tear_down(void)
{
    toc_arena_free(&arena);
    toc_fixture_group_free(&group);
    toc_scratch_remove(folder);
}

/* ---- the process that dies ---- */

struct process {
    struct toc_conf conf;
    struct toc_store *store;
    struct toc_engine *engine;
};

static void start(struct process *it)
{
    struct toc_why why = {""};

    memset(it, 0, sizeof *it);
    it->conf = (struct toc_conf){.heartbeat_s = 30, .receipt_s = 10, .submissions_max = 100000};
    (void)snprintf(it->conf.member, sizeof it->conf.member, "leeds");
    ck_assert_msg(toc_store_open(folder, &it->store, &why) == TOC_OK, "%s", why.text);
    const struct toc_engine_setup setup = {.conf = &it->conf,
                                           .keys = toc_fixture_group_keys(group, "leeds"),
                                           .store = it->store,
                                           .env = toc_fixture_group_env(group),
                                           .alone = true};
    ck_assert_msg(toc_engine_new(&setup, toc_fixture_group_file(group, 1), &it->engine, &why) ==
                      TOC_OK,
                  "%s", why.text);
}

static void stop(struct process *it)
{
    toc_engine_free(&it->engine);
    toc_store_close(&it->store);
}

static bool ask(struct process *it, const char *request, struct toc_bytes record)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    const struct toc_bytes parts[2] = {toc_bytes_text(request), record};
    const struct toc_out *out;
    struct toc_why why = {""};
    bool ok = false;

    toc_engine_begin(it->engine);
    ck_assert_int_eq(
        toc_engine_local(it->engine, 1, &user, parts, record.len > 0 ? (size_t)2 : (size_t)1),
        TOC_OK);
    ck_assert_int_eq(toc_engine_finish(it->engine, &why), TOC_OK);
    for (size_t i = 0; i < toc_engine_outbox(it->engine, &out); i++) {
        if (out[i].kind == TOC_OUT_LOCAL && out[i].link == 1) {
            json_t *reply =
                json_loadb((const char *)out[i].parts[0].data, out[i].parts[0].len, 0, NULL);
            ok = json_is_true(json_object_get(reply, "ok"));
            json_decref(reply);
        }
    }
    return ok;
}

static void stage(struct process *it, int round)
{
    for (int i = 0; i < DRAFTS; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "d%d.%d", round, i);
        toc_arena_reset(arena);
        ck_assert(ask(it,
                      "{\"request\":\"stage\",\"stream\":\"framework\",\"source\":\"test\","
                      "\"withdraw\":false}",
                      toc_fixture_framework(arena, key, "Highways", 20000)));
    }
}

/* Never returns. From the stop on its system calls are counted. */
static void child(int round, int acknowledge)
{
    static const char idle[] = "{\"request\":\"status\"}";
    struct process it;

    start(&it);
    stage(&it, round);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
        _exit(2);
    }
    (void)raise(SIGSTOP);
    if (!ask(&it, "{\"request\":\"publish\"}", toc_bytes_of(NULL, 0))) {
        _exit(3);
    }
    if (write(acknowledge, "a", 1) != 1) {
        _exit(4);
    }
    (void)ask(&it, idle, toc_bytes_of(NULL, 0)); /* the drafts go a tick later */
    _exit(0);
}

/* Lets the child pass `calls` stops at entries and exits of system calls, and kills it. Returns its
 * status. */
static int step_and_kill(pid_t process, int calls)
{
    int status = 0;

    ck_assert_int_eq(waitpid(process, &status, 0), process);
    for (int i = 0; i < calls && WIFSTOPPED(status); i++) {
        const bool real = WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP;
        const long signal_on = real ? WSTOPSIG(status) : 0;
        ck_assert_int_eq((int)ptrace(PTRACE_SYSCALL, process, NULL, signal_on), 0);
        ck_assert_int_eq(waitpid(process, &status, 0), process);
    }
    if (WIFSTOPPED(status)) {
        ck_assert_int_eq(kill(process, SIGKILL), 0);
        ck_assert_int_eq(waitpid(process, &status, 0), process);
    }
    return status;
}

/* ---- what is left ---- */

/* Reads the log from its first batch on and counts how often each draft is in it. */
static void count(struct process *it, unsigned (*ret_times)[DRAFTS], int rounds)
{
    const struct toc_log_id id = {.publisher = "leeds", .stream = "framework", .generation = 1};
    struct toc_log *log = toc_engine_log(it->engine, &id);
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;
    uint64_t last = 0;

    memset(ret_times, 0, sizeof(*ret_times) * (size_t)(rounds + 1));
    if (log == NULL) {
        return;
    }
    ck_assert_int_eq(toc_opened_new(it->store, &opened), TOC_OK);
    for (uint64_t sequence = 1; sequence < log->row.chain.next_sequence; sequence++) {
        struct toc_record record;
        struct toc_bytes bytes;
        int round = 0;
        int draft = 0;
        toc_arena_reset(arena);
        ck_assert_int_eq(toc_opened_record(opened, log->row.id, sequence, &bytes), TOC_OK);
        ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &record, NULL), TOC_OK);
        ck_assert_int_eq(
            sscanf(toc_record_kind_of(record.type)->key(&record), "d%d.%d", &round, &draft), 2);
        ck_assert(round >= 0 && round <= rounds && draft >= 0 && draft < DRAFTS);
        ret_times[round][draft]++;
        last = sequence;
    }
    ck_assert_uint_eq(last + 1, log->row.chain.next_sequence);
}

static void check(int round, bool acknowledged, unsigned (*times)[DRAFTS])
{
    struct process it;

    start(&it);
    count(&it, times, round);
    stop(&it);
    for (int i = 0; i <= round; i++) {
        for (int j = 0; j < DRAFTS; j++) {
            ck_assert_msg(times[i][j] <= 1, "kill %d: d%d.%d was sent %u times", round, i, j,
                          times[i][j]);
            ck_assert_msg(times[i][j] == times[i][0], "kill %d: d%d is half there", round, i);
        }
    }
    ck_assert_msg(!acknowledged || times[round][0] == 1, "kill %d: acknowledged, and not there",
                  round);
}

START_TEST(between_any_two_calls)
{
    const char *const text = getenv("TOC_FAULT_STRIDE"); /* 1: every call */
    const int stride = text == NULL ? 9 : (int)strtol(text, NULL, 10);
    static unsigned times[KILLS_MAX + 1][DRAFTS];
    bool over = false;
    int round = 0;

    for (; !over && round < KILLS_MAX; round++) {
        int acknowledge[2];
        char byte;
        ck_assert_int_eq(pipe(acknowledge), 0);
        const pid_t process = fork();
        ck_assert_int_ge(process, 0);
        if (process == 0) {
            child(round, acknowledge[1]);
        }
        const int status = step_and_kill(process, round * stride);
        over = WIFEXITED(status);
        ck_assert_msg(!over || WEXITSTATUS(status) == 0, "exit status %d", WEXITSTATUS(status));
        (void)close(acknowledge[1]);
        const bool heard = read(acknowledge[0], &byte, 1) == 1;
        (void)close(acknowledge[0]);
        check(round, heard, times);
    }
    ck_assert(over);
    ck_assert_int_gt(round, 10);
    for (int i = 0; i < round; i++) {
        ck_assert_uint_eq(times[i][0], 1); /* whoever came later sent what was left */
    }
    (void)printf("killed at %d places\n", round - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault/engine_kill");
    TCase *tcase = tcase_create("kill");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 1200);
    tcase_add_test(tcase, between_any_two_calls);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
