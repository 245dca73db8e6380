/* tour 1/9: start here. main() builds what lives as long as the process, in this order:
 * configuration, keys, store, engine, sockets, the proof that strangers are kept out, the worker;
 * runs the loop until it is told to stop; and takes everything down in reverse. Next: tick.c. */
#include "ensure.h"
#include "file.h"
#include "log.h"
#include "notify.h"
#include "tick.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define VERSION "0.1.0"
#define DEFAULT_CONF "/etc/tocsin/tocsin.conf"
#define HEAP_KEPT (4 * 1024 * 1024)
#define HEAPS_MAX 2 /* of malloc: one for the tick, one for everything behind the sockets */

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3 };

struct options {
    const char *file;
    bool check, print_config, alone, version, help;
};

/* Everything of the process's life. No other file sees it. */
struct daemon {
    struct toc_conf *conf;
    struct toc_member_keys keys;
    struct toc_store *store;
    bool checkpointer;
    struct toc_engine *engine;
    struct toc_net *net;
    struct toc_worker *worker;
    struct toc_notify_run *notifier;
    int signals;
};

static const char usage[] =
    "usage: tocsind [-c FILE] [--check | --print-config] [--alone]\n"
    "\n"
    "  -c FILE         the configuration (default: $TOCSIN_CONF, else " DEFAULT_CONF ")\n"
    "  --check         check the configuration, key and roster files, and exit\n"
    "  --print-config  print the configuration as understood, and exit\n"
    "  --alone         sign without waiting for the hub to confirm the own log, this once\n"
    "  --version, --help\n"
    "\n"
    "SIGTERM stops it; SIGHUP makes it read the configuration and the roster file again.\n";

static enum toc_result parse(int argc, char **argv, struct options *ret_options)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"check", no_argument, NULL, 'k'},
                                          {"print-config", no_argument, NULL, 'p'},
                                          {"alone", no_argument, NULL, 'a'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *named = getenv("TOCSIN_CONF");
    struct options options = {.file = named != NULL && named[0] != '\0' ? named : DEFAULT_CONF};
    int option = 0;
    while ((option = getopt_long(argc, argv, "c:h", known, NULL)) != -1) {
        options.file = option == 'c' ? optarg : options.file;
        options.check |= option == 'k';
        options.print_config |= option == 'p';
        options.alone |= option == 'a';
        options.version |= option == 'v';
        options.help |= option == 'h';
        TOC_ENSURE(option != '?', TOC_INVALID);
    }
    TOC_ENSURE(optind == argc, TOC_INVALID);
    *ret_options = options;
    return TOC_OK;
}

/* One line: what, where, what to do. */
static int complain(enum toc_result result, const struct toc_why *why)
{
    const char *const without = result == TOC_NOMEM ? "out of memory" : toc_result_name(result);
    const char *const cure =
        result == TOC_NOMEM ? ": free some on this machine and start it again" : "";
    (void)fprintf(stderr, "tocsind: %s%s\n", why->text[0] != '\0' ? why->text : without, cure);
    return result == TOC_DENIED ? EXIT_REFUSED : EXIT_FAILED;
}

static enum toc_result read_conf(struct daemon *daemon, const char *file, struct toc_why *why)
{
    daemon->conf = calloc(1, sizeof *daemon->conf);
    TOC_ENSURE(daemon->conf != NULL, TOC_NOMEM);
    return toc_conf_load(file, daemon->conf, why);
}

static enum toc_result read_keys(struct daemon *daemon, struct toc_why *why)
{
    const struct toc_conf *conf = daemon->conf;
    TOC_TRY(toc_member_keys_load(conf->key, &daemon->keys, why));
    if (strcmp(daemon->keys.member, conf->member) != 0) {
        return toc_fail(why, TOC_INVALID,
                        "%s: the key of member '%s', but the configuration says member \"%s\": "
                        "correct one of them",
                        conf->key, daemon->keys.member, conf->member);
    }
    return TOC_OK;
}

static enum toc_result print_conf(const struct daemon *daemon, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf text = {0};
    toc_buf_init(&text, TOC_CONF_LEN_MAX);
    TOC_TRY(toc_conf_print(daemon->conf, &text));
    if (fwrite(text.data, 1, text.len, stdout) != text.len || fflush(stdout) != 0) {
        return toc_fail(why, TOC_IO, "printing the configuration: %s", strerror(errno));
    }
    return TOC_OK;
}

/* Every roster in the file, adopted in memory: a file that passes here is one the daemon can start
 * with. A file that is missing is fine once the store holds the roster, which this does not open.
 */
static enum toc_result no_roster(void *context, uint64_t version, struct toc_arena *arena,
                                 struct toc_bytes *ret_bytes)
{
    (void)context;
    (void)version;
    (void)arena;
    (void)ret_bytes;
    return TOC_NOTFOUND;
}

static enum toc_result check_roster(const struct toc_conf *conf, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf file = {0};
    TOC_AUTO(toc_roster_chain_free) struct toc_roster_chain *chain = NULL;
    const struct toc_roster_source source = {.fetch = no_roster};
    toc_buf_init(&file, TOC_ROSTER_FILE_MAX);
    TOC_TRY(toc_file_read(conf->roster, TOC_ROSTER_FILE_MAX, &file, why));
    TOC_TRY(toc_roster_chain_new(&source, &chain));
    struct toc_bytes rest;
    struct toc_bytes item;
    enum toc_result result = toc_roster_file_begin(toc_buf_bytes(&file), &rest, why);
    while (result == TOC_OK) {
        result = toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item);
        if (result == TOC_OK) {
            result = toc_roster_chain_adopt(chain, item, why);
        }
    }
    if (result != TOC_NOTFOUND || toc_roster_chain_version(chain) == 0) {
        toc_why_prefix(why, "roster %s", conf->roster);
        return result == TOC_NOTFOUND ? TOC_MALFORMED : result;
    }
    return TOC_OK;
}

static int check(struct daemon *daemon)
{
    struct toc_why why = {.text = ""};
    enum toc_result result = read_keys(daemon, &why);
    result = result == TOC_OK ? check_roster(daemon->conf, &why) : result;
    if (result != TOC_OK) {
        return complain(result, &why);
    }
    (void)printf("%s: configuration, key and roster are good\n", daemon->conf->file);
    return EXIT_DONE;
}

/* Signals come through the descriptor alone, in every thread started after this. Many members mean
 * many descriptors, so the soft limit is raised to what the system allows. */
static enum toc_result prepare_process(struct daemon *daemon, struct toc_why *why)
{
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    TOC_ASSERT(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    TOC_ASSERT(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    daemon->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (daemon->signals < 0) {
        return toc_fail(why, TOC_IO, "signals: %s", strerror(errno));
    }
    /* Each thread would get a heap of its own, and with hundreds of members they stay large. */
    (void)mallopt(M_ARENA_MAX, HEAPS_MAX);
    /* What one tick gives back the next one takes: not by way of the kernel, page by page. */
    (void)mallopt(M_MMAP_THRESHOLD, HEAP_KEPT);
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    return TOC_OK;
}

static enum toc_result start_engine(struct daemon *daemon, bool alone, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf roster = {0};
    toc_buf_init(&roster, TOC_ROSTER_FILE_MAX);
    TOC_TRY(toc_tick_roster_read(daemon->conf->roster, &roster, why));
    const struct toc_engine_setup setup = {
        .conf = daemon->conf,
        .keys = &daemon->keys,
        .store = daemon->store,
        .env = toc_env_real(),
        .alone = alone,
    };
    const enum toc_result result =
        toc_engine_new(&setup, toc_buf_bytes(&roster), &daemon->engine, why);
    if (result == TOC_STORE && why->text[0] == '\0') {
        return toc_fail(why, result, "%s", toc_store_why(daemon->store));
    }
    return result;
}

/* The dialled links are made in a tick of their own, so that what they say first is committed like
 * anything else. */
static enum toc_result start_dialling(struct daemon *daemon, struct toc_why *why)
{
    toc_engine_begin(daemon->engine);
    const enum toc_result result = toc_net_dial(daemon->net, daemon->engine, daemon->conf, why);
    const enum toc_result finished = toc_engine_finish(daemon->engine, why);
    const struct toc_out *outbox = NULL;
    const size_t len = toc_engine_outbox(daemon->engine, &outbox);
    toc_net_send(daemon->net, outbox, len);
    return result != TOC_OK ? result : finished;
}

static enum toc_result start(struct daemon *daemon, bool alone, struct toc_why *why)
{
    TOC_TRY(read_keys(daemon, why));
    TOC_TRY(prepare_process(daemon, why));
    TOC_TRY(toc_store_open(daemon->conf->store, &daemon->store, why));
    TOC_TRY(start_engine(daemon, alone, why));
    const struct toc_net_setup setup = {
        .conf = daemon->conf, .keys = &daemon->keys, .env = toc_env_real()};
    TOC_TRY(toc_net_open(&setup, &daemon->net, why));
    TOC_TRY(toc_net_prove(daemon->net, daemon->engine, why));
    TOC_TRY(toc_store_checkpointer_start(daemon->store, why));
    daemon->checkpointer = true;
    TOC_TRY(toc_worker_new(&daemon->worker, why));
    TOC_TRY(toc_notify_run_new(&(struct toc_notify_limits){0}, &daemon->notifier));
    TOC_TRY(start_dialling(daemon, why));
    return toc_store_syncer_start(daemon->store, why);
}

static void stop(struct daemon *daemon)
{
    toc_notify_run_free(&daemon->notifier);
    toc_worker_free(&daemon->worker);
    toc_net_close(&daemon->net);
    if (daemon->checkpointer) {
        toc_store_checkpointer_stop(daemon->store);
    }
    toc_engine_free(&daemon->engine);
    toc_store_close(&daemon->store);
    toc_member_keys_wipe(&daemon->keys);
    if (daemon->signals >= 0) {
        (void)close(daemon->signals);
    }
    free(daemon->conf);
}

static const char *shown(const struct toc_net *net, enum toc_domain domain)
{
    const char *endpoint = toc_net_endpoint(net, domain);
    return endpoint == NULL ? "none" : endpoint;
}

/* Without a service manager there is nobody to tell, which is no failure. */
static void tell(const char *state)
{
    const enum toc_result told = toc_notify(state);
    (void)told;
}

static int run(struct daemon *daemon)
{
    tell("READY=1");
    toc_log(TOC_LOG_INFO, "daemon.ready",
            "member=%s version=" VERSION " session=%s feed=%s local=%s", daemon->conf->member,
            shown(daemon->net, TOC_DOMAIN_SESSION), shown(daemon->net, TOC_DOMAIN_FEED),
            daemon->conf->local);
    const struct toc_tick tick = {.net = daemon->net,
                                  .store = daemon->store,
                                  .engine = daemon->engine,
                                  .worker = daemon->worker,
                                  .notifier = daemon->notifier,
                                  .conf = &daemon->conf,
                                  .signals = daemon->signals};
    const enum toc_result result = toc_tick_run(&tick);
    tell("STOPPING=1");
    toc_log(result == TOC_OK ? TOC_LOG_INFO : TOC_LOG_ERROR, "daemon.stopped",
            "member=%s result=%s", daemon->conf->member, toc_result_name(result));
    return result == TOC_OK ? EXIT_DONE : EXIT_FAILED;
}

static int act(struct daemon *daemon, const struct options *options)
{
    struct toc_why why = {.text = ""};
    enum toc_result result = read_conf(daemon, options->file, &why);
    if (result != TOC_OK) {
        return complain(result, &why);
    }
    toc_tick_log_level(daemon->conf->log_level);
    if (options->check) {
        return check(daemon);
    }
    if (options->print_config) {
        result = print_conf(daemon, &why);
        return result == TOC_OK ? EXIT_DONE : complain(result, &why);
    }
    result = start(daemon, options->alone, &why);
    return result == TOC_OK ? run(daemon) : complain(result, &why);
}

int main(int argc, char **argv)
{
    struct options options;
    if (parse(argc, argv, &options) != TOC_OK) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (options.help || options.version) {
        (void)fputs(options.help ? usage : "tocsind " VERSION "\n", stdout);
        return EXIT_DONE;
    }
    struct daemon daemon = {.signals = -1};
    const int status = act(&daemon, &options);
    stop(&daemon);
    return status;
}
