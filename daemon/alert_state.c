#include "alert_state.h"

#include "timetext.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum toc_flag_status toc_alert_status(const struct toc_alert_tally *tally)
{
    if (tally->raised + tally->mitigated > 0 && tally->disputed) {
        return TOC_FLAG_DISPUTED;
    }
    if (tally->raised > 0) {
        return tally->councils > 1 ? TOC_FLAG_CORROBORATED : TOC_FLAG_RAISED;
    }
    if (tally->mitigated > 0) {
        return TOC_FLAG_MITIGATED;
    }
    if (tally->expired > 0) {
        return TOC_FLAG_EXPIRED; /* one of them was never cleared */
    }
    return tally->cleared > 0 ? TOC_FLAG_CLEARED : TOC_FLAG_WITHDRAWN;
}

int64_t toc_alert_window_end(int64_t now_ms, uint32_t minutes)
{
    const int64_t window = (int64_t)minutes * 60 * 1000;

    return (now_ms / window + 1) * window;
}

int64_t toc_alert_day_end(int64_t now_ms)
{
    return (now_ms / DAY_MS + 1) * DAY_MS;
}

/* 1970-01-01 was a Thursday. */
static bool is_working_day(int64_t day)
{
    const int64_t weekday = (day + 3) % 7; /* 0: Monday */

    return weekday < 5;
}

int64_t toc_alert_answer_until(int64_t seen_ms, uint32_t days)
{
    int64_t day = seen_ms / DAY_MS;

    for (uint32_t left = days; left > 0;) {
        day++;
        left -= is_working_day(day) ? 1 : 0;
    }
    return (day + 1) * DAY_MS;
}

unsigned toc_alert_quarter(int64_t now_ms)
{
    int year;
    int month;
    int day;

    toc_date_civil((int32_t)(now_ms / DAY_MS), &year, &month, &day);
    return (unsigned)year * 4 + (unsigned)(month - 1) / 3;
}
