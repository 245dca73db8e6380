#include "log_limit.h"
#include <limits.h>
#include <stddef.h>
#include <string.h>

enum { WINDOW_MS = 60 * 1000 };

/* The event's place, or the one to use for it: an unused one, else the one begun longest ago. */
static size_t place_of(const struct toc_log_limit *limit, const char *name)
{
    size_t best = 0;
    for (size_t i = 0; i < TOC_LOG_EVENTS_MAX; i++) {
        if (strcmp(limit->events[i].event, name) == 0) {
            return i;
        }
        const bool best_unused = limit->events[best].event[0] == '\0';
        const bool unused = limit->events[i].event[0] == '\0';
        if (!best_unused && (unused || limit->events[i].since_ms < limit->events[best].since_ms)) {
            best = i;
        }
    }
    return best;
}

bool toc_log_limit_pass(struct toc_log_limit *limit, const char *event, int64_t now_ms,
                        unsigned *ret_left_out)
{
    char name[TOC_LOG_EVENT_LEN_MAX + 1] = "";
    memcpy(name, event, strnlen(event, TOC_LOG_EVENT_LEN_MAX));
    const size_t i = place_of(limit, name);
    if (strcmp(limit->events[i].event, name) != 0) {
        memset(&limit->events[i], 0, sizeof limit->events[i]);
        memcpy(limit->events[i].event, name, sizeof name);
        limit->events[i].since_ms = now_ms;
    }
    if (now_ms - limit->events[i].since_ms >= WINDOW_MS) {
        limit->events[i].since_ms = now_ms;
        limit->events[i].lines = 0;
    }
    if (limit->events[i].lines >= TOC_LOG_LINES_PER_MINUTE) {
        if (limit->events[i].left_out < UINT_MAX) {
            limit->events[i].left_out++;
        }
        return false;
    }
    limit->events[i].lines++;
    *ret_left_out = limit->events[i].left_out;
    limit->events[i].left_out = 0;
    return true;
}
