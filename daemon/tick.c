/* tour 2/9: the loop. One turn: wait, begin, receive, finish (one commit), send. Nothing leaves
 * before the commit that stands behind it is on disk; while a large one is on its way there, the
 * next turn receives and decides. Next: engine.c, what a tick is from the inside. */
#include "tick.h"

#include "ensure.h"
#include "file.h"
#include "log.h"
#include "notify.h"
#include "telling.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PAUSE_MIN_MS 100 /* after a failed commit, doubling */
#define PAUSE_MAX_MS 2000
#define NOTIFY_ARENA_MAX ((size_t)8 * 1024 * 1024)

struct turn {
    bool stop, reload;
    unsigned failures; /* commits, in a row */
    bool durable;      /* the last of them, when it was looked at last */
    /* What the last commit lets us say, until it is durable. */
    const struct toc_out *outbox;
    size_t outbox_len;
};

enum toc_result toc_tick_roster_read(const char *path, struct toc_buf *buf, struct toc_why *why)
{
    const enum toc_result result = toc_file_read(path, TOC_ROSTER_FILE_MAX, buf, why);
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

void toc_tick_log_level(const char *name)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    enum toc_log_level level = TOC_LOG_INFO;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        level = strcmp(name, names[i]) == 0 ? (enum toc_log_level)i : level;
    }
    toc_log_level_set(level);
}

static void say(const struct toc_notice *notice)
{
    switch (notice->level) {
    case TOC_NOTICE_ERROR:
        toc_log(TOC_LOG_ERROR, notice->event, "%s", notice->text);
        return;
    case TOC_NOTICE_WARN:
        /* Peers can cause these at will. */
        toc_log_limited(TOC_LOG_WARN, notice->event, "%s", notice->text);
        return;
    case TOC_NOTICE_INFO:
        toc_log(TOC_LOG_INFO, notice->event, "%s", notice->text);
        return;
    }
    TOC_UNREACHABLE();
}

static void say_all(const struct toc_tick *tick)
{
    struct toc_notice notice;
    while (toc_net_notice(tick->net, &notice)) {
        say(&notice);
    }
    while (toc_engine_notice(tick->engine, &notice)) {
        say(&notice);
    }
}

static void read_signals(const struct toc_tick *tick, struct turn *turn)
{
    struct signalfd_siginfo info;
    while (read(tick->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        turn->reload |= info.ssi_signo == SIGHUP;
        turn->stop |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
    }
}

/* ---- reload: parse new, check whole, then change ---- */

static void free_conf(struct toc_conf **conf)
{
    free(*conf);
    *conf = NULL;
}

static enum toc_result take_conf(const struct toc_tick *tick, struct toc_conf **conf,
                                 struct toc_why *why)
{
    struct toc_conf *now = *conf;
    TOC_TRY(toc_conf_load((*tick->conf)->file, now, why));
    const char *fixed = toc_conf_fixed_change(*tick->conf, now);
    if (fixed != NULL) {
        return toc_fail(why, TOC_INVALID, "'%s' cannot change while the daemon runs: restart it",
                        fixed);
    }
    TOC_AUTO(toc_buf_done) struct toc_buf roster = {0};
    toc_buf_init(&roster, TOC_ROSTER_FILE_MAX);
    TOC_TRY(toc_tick_roster_read(now->roster, &roster, why));
    TOC_TRY(toc_engine_configure(tick->engine, now, toc_buf_bytes(&roster), why));
    /* From here the engine speaks of the new one, so the old one goes whatever else fails. */
    *conf = *tick->conf;
    *tick->conf = now;
    toc_tick_log_level(now->log_level);
    return toc_net_dial(tick->net, tick->engine, now, why);
}

/* Between _begin and _finish: a newer roster in the file is stored by this tick's commit. */
static void reload(const struct toc_tick *tick)
{
    struct toc_why why = {.text = "out of memory"};
    TOC_AUTO(free_conf) struct toc_conf *conf = calloc(1, sizeof *conf);
    const enum toc_result reloading = toc_notify_reloading();
    const enum toc_result result = conf == NULL ? TOC_NOMEM : take_conf(tick, &conf, &why);
    if (result == TOC_OK) {
        toc_log(TOC_LOG_INFO, "conf.reloaded", "file=%s", (*tick->conf)->file);
    } else {
        toc_log(TOC_LOG_ERROR, "conf.kept", "file=%s result=%s why=\"%s\"", (*tick->conf)->file,
                toc_result_name(result), why.text);
    }
    const enum toc_result ready = toc_notify("READY=1");
    /* Without a service manager there is nobody to tell. */
    (void)reloading;
    (void)ready;
}

/* ---- the roster file ---- */

/* Beside the store, so that a person and the command can read it, and a restored store starts from
 * it. The store's copy is the one that counts, so a failure is worth a line and no more. */
static enum toc_result save_roster(const struct toc_tick *tick, struct toc_why *why)
{
    const char *path = (*tick->conf)->roster;
    TOC_AUTO(toc_buf_done) struct toc_buf now = {0};
    TOC_AUTO(toc_buf_done) struct toc_buf was = {0};
    toc_buf_init(&now, TOC_ROSTER_FILE_MAX);
    toc_buf_init(&was, TOC_ROSTER_FILE_MAX);
    TOC_TRY(toc_engine_roster_file(tick->engine, &now));
    TOC_TRY(toc_tick_roster_read(path, &was, why));
    if (toc_bytes_equal(toc_buf_bytes(&now), toc_buf_bytes(&was))) {
        return TOC_OK;
    }
    TOC_TRY(toc_file_write(path, toc_buf_bytes(&now), 0644, why));
    toc_log(TOC_LOG_INFO, "roster.saved", "file=%s bytes=%zu", path, now.len);
    return TOC_OK;
}

static void roster_changed(const struct toc_tick *tick)
{
    struct toc_why why = {.text = "out of memory"};
    toc_net_roster_changed(tick->net, tick->engine);
    if (save_roster(tick, &why) != TOC_OK) {
        toc_log(TOC_LOG_WARN, "roster.unsaved", "file=%s why=\"%s\"", (*tick->conf)->roster,
                why.text);
    }
    /* Reading a long roster takes several times the memory that keeping it does. */
    toc_store_roster_release(tick->store);
    (void)malloc_trim(0);
}

/* ---- one turn ---- */

static void exchange_jobs(const struct toc_tick *tick)
{
    while (toc_worker_has_room(tick->worker)) {
        struct toc_job *job = toc_engine_job_take(tick->engine);
        if (job == NULL) {
            return;
        }
        TOC_ASSERT(toc_worker_give(tick->worker, &job) == TOC_OK);
    }
}

static void take_jobs(const struct toc_tick *tick)
{
    struct toc_job *job = toc_worker_take(tick->worker);
    while (job != NULL) {
        toc_engine_job_done(tick->engine, &job);
        job = toc_worker_take(tick->worker);
    }
}

/* ---- notify ---- */

/* `failed`: "" when all is well. */
static void notified(const struct toc_tick *tick, const char *failed)
{
    if (failed[0] != '\0') {
        toc_log_limited(TOC_LOG_WARN, "notify.failed", "program=%s why=\"%s\"",
                        (*tick->conf)->notify, failed);
    }
    if (toc_notify_done(tick->engine, failed[0] == '\0' ? NULL : failed) != TOC_OK) {
        toc_log(TOC_LOG_WARN, "notify.unsaved", "it will be run again for the same change");
    }
}

static void take_notified(const struct toc_tick *tick)
{
    char failed[TOC_NOTIFY_RUN_WORDS] = "";
    if (toc_notify_run_take(tick->notifier, toc_env_mono_ms(toc_env_real()), failed)) {
        notified(tick, failed);
    }
}

/* What is told is on disk already. */
static void run_notify(const struct toc_tick *tick)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const int64_t now_ms = toc_env_mono_ms(toc_env_real());
    struct toc_notify_program program = {.path = (*tick->conf)->notify,
                                         .conf_file = (*tick->conf)->file,
                                         .member = (*tick->conf)->member};
    struct toc_why why = {.text = ""};
    if (toc_notify_deadline(tick->engine) > now_ms || toc_notify_run_busy(tick->notifier) ||
        toc_arena_new(NOTIFY_ARENA_MAX, &arena) != TOC_OK ||
        toc_notify_next(tick->engine, arena, &program.document) != TOC_OK) {
        return;
    }
    if (toc_notify_run_start(tick->notifier, &program, now_ms, &why) != TOC_OK) {
        notified(tick, why.text[0] == '\0' ? "cannot be run" : why.text);
    }
}

/* ---- waiting ---- */

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static enum toc_result wait_for_world(const struct toc_tick *tick, struct turn *turn)
{
    int fds[TOC_NET_WAIT_FDS_MAX] = {tick->signals, toc_worker_fd(tick->worker)};
    bool ready[TOC_NET_WAIT_FDS_MAX] = {false};
    const int more[] = {toc_store_sync_fd(tick->store), toc_notify_run_fd(tick->notifier)};
    size_t len = 2;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (more[i] >= 0) {
            fds[len++] = more[i];
        }
    }
    const int64_t ours_ms =
        earliest(toc_engine_deadline(tick->engine), toc_net_deadline(tick->net));
    const int64_t notify_ms =
        earliest(toc_notify_deadline(tick->engine), toc_notify_run_deadline(tick->notifier));
    const enum toc_result result =
        toc_net_wait(tick->net, earliest(ours_ms, notify_ms), fds, len, ready);
    if (result != TOC_OK && result != TOC_AGAIN) {
        toc_log(TOC_LOG_ERROR, "net.failed", "result=%s", toc_result_name(result));
        return result;
    }
    read_signals(tick, turn);
    return TOC_OK;
}

/* A disk that is full for a moment must not end the daemon, and a loop that fails at full speed
 * helps nobody: so a pause that grows, which only a signal shortens. */
static enum toc_result failed(const struct toc_tick *tick, struct turn *turn,
                              const struct toc_why *why)
{
    turn->failures++;
    toc_log(TOC_LOG_ERROR, "store.failed", "in_a_row=%u limit=%d why=\"%s\"", turn->failures,
            TOC_TICK_FAILURES_MAX, why->text);
    if (turn->failures >= TOC_TICK_FAILURES_MAX) {
        return TOC_STORE;
    }
    int pause_ms = PAUSE_MIN_MS;
    for (unsigned i = 1; i < turn->failures && pause_ms < PAUSE_MAX_MS; i++) {
        pause_ms *= 2;
    }
    struct pollfd signals = {.fd = tick->signals, .events = POLLIN};
    (void)poll(&signals, 1, pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS);
    return TOC_OK;
}

/* A disk that failed after it took the data ends the daemon: nobody knows what it holds. */
static enum toc_result lost(const struct toc_tick *tick)
{
    toc_log(TOC_LOG_ERROR, "store.lost", "why=\"%s\"", toc_store_why(tick->store));
    return TOC_STORE;
}

/* Sends what waits for the disk, if it is there by now, or waits for it. */
static enum toc_result send_durable(const struct toc_tick *tick, struct turn *turn, bool wait)
{
    const enum toc_result result = toc_store_durable(tick->store, wait);
    if (result == TOC_STORE || result == TOC_NOMEM) {
        return lost(tick);
    }
    turn->durable = result == TOC_OK;
    if (turn->durable) {
        toc_net_send(tick->net, turn->outbox, turn->outbox_len);
        turn->outbox_len = 0;
    }
    return TOC_OK;
}

/* Once the commit is on disk, what was told of it, and then the program: nobody waits for this any
 * more, but it must not be run twice. */
static enum toc_result keep_told(const struct toc_tick *tick)
{
    if (toc_store_local_follow(tick->store) != TOC_OK) {
        return lost(tick);
    }
    run_notify(tick);
    return TOC_OK;
}

static enum toc_result run_turn(const struct toc_tick *tick, struct turn *turn)
{
    struct toc_why why = {.text = ""};
    TOC_TRY(wait_for_world(tick, turn));
    TOC_TRY(send_durable(tick, turn, false));
    toc_engine_begin(tick->engine);
    if (turn->reload) {
        reload(tick);
        turn->reload = false;
    }
    take_jobs(tick);
    take_notified(tick);
    toc_net_receive(tick->net, tick->engine);
    TOC_TRY(send_durable(tick, turn, true));
    const enum toc_result result = toc_engine_finish(tick->engine, &why);
    toc_net_release(tick->net);
    /* After a failure too: then it holds only the refusals for local users. */
    turn->outbox_len = toc_engine_outbox(tick->engine, &turn->outbox);
    TOC_TRY(send_durable(tick, turn, false));
    exchange_jobs(tick);
    if (result == TOC_OK && turn->durable) {
        TOC_TRY(keep_told(tick));
    }
    if (toc_engine_roster_changed(tick->engine)) {
        roster_changed(tick);
    }
    say_all(tick);
    if (result != TOC_OK) {
        return failed(tick, turn, &why);
    }
    turn->failures = 0;
    return TOC_OK;
}

enum toc_result toc_tick_run(const struct toc_tick *tick)
{
    struct turn turn = {0};
    while (!turn.stop) {
        TOC_TRY(run_turn(tick, &turn));
    }
    return send_durable(tick, &turn, true);
}
