/* alerting: what a hub does with flags. It keeps what they say (view_alert.c), learns a supplier's
 * name when enough members sent shares (alert_share.c), and at the end of each tick compares what
 * its alerts say with what they should say; where they differ it publishes the next revision, in
 * the transaction that applied what changed it. Rules: PROTOCOL.md 19. */
#ifndef TOC_ALERTING_H
#define TOC_ALERTING_H

#include "result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct toc_engine;
struct toc_flag;
struct toc_flag_subject;
struct toc_alert_token;

/* Alerts compared in one tick. */
#define TOC_ALERTING_LOOKS_MAX 128

/* What memory holds; zeroed, everything is looked at again. */
struct toc_alerting {
    bool quiet;      /* nothing is on the list of what to look at */
    bool spoke;      /* in this tick it could publish what it looked at */
    bool tidy;       /* flags were taken away: what they alone needed may go, too */
    bool closing;    /* a window ended: flags of earlier token epochs go */
    int64_t next_ms; /* wall clock: when to look without being told to */
    int64_t window;  /* the end of the window that was last begun */
    int64_t day;     /* the same of the day */
};

bool toc_alerting_is_hub(const struct toc_engine *engine);
/* At _finish, before records are signed. */
enum toc_result toc_alerting_finish(struct toc_engine *engine) TOC_MUST_CHECK;
int64_t toc_alerting_deadline(const struct toc_engine *engine); /* monotonic */

/* A member that succeeds another counts as one with it: the roster's own text, or `member`. */
const char *toc_alerting_council(const struct toc_engine *engine, const char *member);

/* alert_share.c: the share that came with one token of a flag. */
enum toc_result toc_alerting_share(struct toc_engine *engine, const char *publisher,
                                   uint64_t sequence, const struct toc_flag *flag,
                                   const struct toc_flag_subject *subject, bool fresh)
    TOC_MUST_CHECK;

#endif
