/* tick: the loop. It waits for the world, hands what came to the engine, commits once, and only
 * then sends; it also reloads the configuration, keeps the roster file up to date, and writes the
 * log. It decides nothing about what a frame means. One thread, for the life of the process. */
#ifndef TOC_TICK_H
#define TOC_TICK_H

#include "net.h"
#include "notify_run.h"
#include "worker.h"

/* So many commits may fail in a row, over about a quarter of a minute, before the daemon gives up.
 */
#define TOC_TICK_FAILURES_MAX 10

struct toc_tick {
    struct toc_net *net; /* borrowed, all of them */
    struct toc_engine *engine;
    struct toc_store *store;
    struct toc_worker *worker;
    struct toc_notify_run *notifier;
    struct toc_conf **conf; /* heap; replaced by a reload, freed by the caller at the end */
    int signals;            /* a signalfd of SIGTERM, SIGINT and SIGHUP */
};

/* Until SIGTERM or SIGINT: TOC_OK. TOC_STORE after too many failed commits, TOC_IO when the sockets
 * cannot be waited for; both are logged. */
enum toc_result toc_tick_run(const struct toc_tick *tick) TOC_MUST_CHECK;
/* Reads the roster file, at most what one may have; a missing one is empty. */
enum toc_result toc_tick_roster_read(const char *path, struct toc_buf *buf, struct toc_why *why)
    TOC_MUST_CHECK;
/* The level a configuration names; info for a word it does not know. */
void toc_tick_log_level(const char *name);

#endif
