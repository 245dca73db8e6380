/* log_limit: how many lines of one event may be written in a minute. Plain state and a clock passed
 * in; whoever shares one between threads locks it. */
#ifndef TOC_LOG_LIMIT_H
#define TOC_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#define TOC_LOG_EVENT_LEN_MAX 47
#define TOC_LOG_EVENTS_MAX                                                                         \
    64 /* events counted apart; beyond it the one begun longest ago is forgotten */
#define TOC_LOG_LINES_PER_MINUTE 5

struct toc_log_limit {
    struct {
        char event[TOC_LOG_EVENT_LEN_MAX + 1]; /* empty: unused */
        int64_t since_ms;
        unsigned lines;
        unsigned left_out;
    } events[TOC_LOG_EVENTS_MAX];
};

/* May a line of this event be written now? If so, *ret_left_out is how many were not since the last
 * one that was. */
bool toc_log_limit_pass(struct toc_log_limit *limit, const char *event, int64_t now_ms,
                        unsigned *ret_left_out);

#endif
