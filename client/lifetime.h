/* lifetime: how long a roster is to live, as a person says it: a number of days, or a time. */
#ifndef TOC_LIFETIME_H
#define TOC_LIFETIME_H

#include "timetext.h"

#define TOC_LIFETIME_DAYS_MAX 3650

struct toc_lifetime {
    uint64_t days;
    const char *expires; /* RFC 3339; wins over days; NULL: days */
};

/* The end, for a life that begins at `from_ms`. TOC_INVALID when it is no time, or not after it. */
enum toc_result toc_lifetime_end(const struct toc_lifetime *life, int64_t from_ms,
                                 int64_t *ret_end_ms, struct toc_why *why) TOC_MUST_CHECK;

#endif
