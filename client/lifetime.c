#include "lifetime.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum toc_result toc_lifetime_end(const struct toc_lifetime *life, int64_t from_ms,
                                 int64_t *ret_end_ms, struct toc_why *why)
{
    int64_t end_ms = 0;
    if (life->expires == NULL) {
        if (life->days == 0 || life->days > TOC_LIFETIME_DAYS_MAX) {
            return toc_fail(why, TOC_INVALID, "--days: a roster lives 1 to %d days",
                            TOC_LIFETIME_DAYS_MAX);
        }
        end_ms = from_ms + (int64_t)life->days * DAY_MS;
    } else if (toc_time_parse(life->expires, &end_ms) != TOC_OK) {
        return toc_fail(why, TOC_INVALID,
                        "--expires: '%.40s' is no time such as 2027-03-31T00:00:00Z",
                        life->expires);
    }
    if (end_ms <= from_ms) {
        return toc_fail(why, TOC_INVALID, "--expires: %.40s is past", life->expires);
    }
    *ret_end_ms = end_ms;
    return TOC_OK;
}
