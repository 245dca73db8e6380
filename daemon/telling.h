/* telling: whom a council tells what of the alerts on its own suppliers. Whenever one may have
 * changed it is looked at again, and what differs from what was told last becomes a *change*, which
 * `want` shows and `notify` is run with. Nothing is told before the hub's last word is applied:
 * what was raised and withdrawn in the meantime never was. PROTOCOL.md 17.
 *
 * Part of engine_internal.h, which includes it for the state it keeps in memory. */
#ifndef TOC_TELLING_H
#define TOC_TELLING_H

#include "bytes.h"
#include "result.h"

#include <stdbool.h>
#include <stdint.h>

struct toc_engine;
struct toc_arena;
struct toc_alert_body;
struct toc_supplier;

#define TOC_NOTIFY_TRIES_MAX 20 /* of one change, over some nine hours */
#define TOC_NOTIFY_RUNS_MAX 20  /* an hour; the last of them sums up all that waits */
#define TOC_NOTIFY_HOUR_MS (INT64_C(3600) * 1000)

/* What memory holds; _begin fills it. */
struct toc_telling {
    bool due;       /* an alert may have to be told */
    bool waits;     /* some may not be told yet */
    bool told;      /* in this tick: somebody may wait for it */
    int64_t day_ms; /* wall clock: the end of the day, when flags to the group expire */
    /* `notify`: the changes that a run is about, by number; 0: none runs. */
    int64_t first, last;
    bool notify_look;  /* there may be something to run it with */
    int64_t notify_ms; /* wall clock: when to look without being told to; 0: never */
    char failed[100];  /* what became of the last run, if that was bad */
};

/* At the start. */
enum toc_result toc_telling_start(struct toc_engine *engine, struct toc_why *why) TOC_MUST_CHECK;
/* When a tick failed. */
void toc_telling_begin(struct toc_engine *engine);
/* At _finish, behind everything that applies records. */
enum toc_result toc_telling_finish(struct toc_engine *engine) TOC_MUST_CHECK;
/* The record under which an alert was met stands no longer. Nothing for other streams. */
enum toc_result toc_telling_dropped(struct toc_engine *engine, const char *stream,
                                    const char *publisher, uint64_t sequence) TOC_MUST_CHECK;

/* ---- telling_rules.c ---- */
/* Do the council's rules let `notify` be told of it? `key`: the subject's. */
enum toc_result toc_telling_wanted(struct toc_engine *engine, const char *key,
                                   const struct toc_alert_body *body, bool *ret_wanted)
    TOC_MUST_CHECK;
/* The own supplier that a subject's key stands for. TOC_NOTFOUND: none, or not one alone. */
enum toc_result toc_telling_supplier(struct toc_engine *engine, const char *key,
                                     struct toc_arena *arena, struct toc_supplier *ret_supplier)
    TOC_MUST_CHECK;

/* ---- local_notify.c: what `notify` is run with; between ticks ---- */
/* The document of the next run, one line, in the arena; that it begins is noted. TOC_NOTFOUND:
 * there is none now. */
enum toc_result toc_notify_next(struct toc_engine *engine, struct toc_arena *arena,
                                struct toc_bytes *ret_document) TOC_MUST_CHECK;
/* What became of that run; `failed` NULL: all is well, else what was bad, in a few words. */
enum toc_result toc_notify_done(struct toc_engine *engine, const char *failed) TOC_MUST_CHECK;
int64_t toc_notify_deadline(const struct toc_engine *engine); /* monotonic */

#endif
