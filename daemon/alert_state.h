/* alert_state: what a hub's alert says, from the flags that count in it. Pure functions.
 * Rules: PROTOCOL.md 19. */
#ifndef TOC_ALERT_STATE_H
#define TOC_ALERT_STATE_H

#include "event.h"
#include <stdint.h>

/* Flags of one alert, by what has become of them. */
struct toc_alert_tally {
    unsigned raised;    /* live: not expired, not cleared */
    unsigned mitigated; /* live */
    unsigned cleared;
    unsigned expired;  /* without having been cleared */
    unsigned councils; /* different ones with live flags */
    bool disputed;     /* somebody disputes, and its reporter has not answered, a live one */
};
enum toc_flag_status toc_alert_status(const struct toc_alert_tally *tally);

/* The end of the window that `now_ms` lies in: windows of this many minutes follow each other from
 * 1970-01-01T00:00Z. */
int64_t toc_alert_window_end(int64_t now_ms, uint32_t minutes);
/* The end (UTC) of the last of `days` working days after the day of `seen_ms`: Monday to Friday.
 * Bank holidays are not known, and count. */
int64_t toc_alert_answer_until(int64_t seen_ms, uint32_t days);
int64_t toc_alert_day_end(int64_t now_ms);
/* year * 4 + quarter - 1 */
unsigned toc_alert_quarter(int64_t now_ms);

#endif
