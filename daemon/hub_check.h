/* hub_check: whether a hub's alerts say what this member's flags say, and nothing that no flag can
 * have brought. A hub alone reads flags, so it could keep one back or make one up; a reporter can
 * prove some of that to itself. What can be told, and what cannot: PROTOCOL.md 19.
 *
 * Part of engine_internal.h: the state in memory. Looks at a slice of flags and of alerts a
 * heartbeat interval. A doubt is told once two of the hub's words, one after the other, allow it:
 * what is under way must not look like a lie. */
#ifndef TOC_HUB_CHECK_H
#define TOC_HUB_CHECK_H

#include "bounds.h"
#include "record_flag.h"

#define TOC_HUB_DOUBTS_MAX 64 /* more are counted */

struct toc_engine;

enum toc_hub_doubt_kind {
    TOC_HUB_HIDES = 1,   /* a flag that it has had long enough: no alert says it */
    TOC_HUB_STALE = 2,   /* an alert says what a flag said before it was changed or withdrawn */
    TOC_HUB_INVENTS = 3, /* an alert that no flag can have brought */
};
struct toc_hub_doubt {
    enum toc_hub_doubt_kind kind;
    uint8_t id[TOC_FLAG_ID_LEN]; /* of the flag; of an invented alert */
    char hub[TOC_MEMBER_LEN_MAX + 1];
    int64_t since_ms; /* by one's own clock: when it was seen first */
    int64_t word_ms;  /* by the hub's: what it had said then */
    bool sure;
};
struct toc_hub_check {
    int64_t next_mono;
    int64_t after_flag, after_alert; /* the numbers that the last slice ended with */
    struct toc_hub_doubt doubts[TOC_HUB_DOUBTS_MAX];
    size_t len;
};

/* In each tick; does nothing until an interval is over. */
enum toc_result toc_hub_check_finish(struct toc_engine *engine) TOC_MUST_CHECK;

#endif
