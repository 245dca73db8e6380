/* timetext: RFC 3339 in UTC, both ways, and the civil dates of council files. */
#ifndef TOC_TIMETEXT_H
#define TOC_TIMETEXT_H

#include "result.h"
#include <stdbool.h>
#include <stdint.h>

#define TOC_TIME_TEXT_LEN 20 /* 2026-01-31T12:00:00Z */
#define TOC_DATE_TEXT_LEN 10 /* 2026-01-31 */

/* Milliseconds since 1970 to text, whole seconds; ret_text has TOC_TIME_TEXT_LEN + 1. */
void toc_time_text(int64_t wall_ms, char *ret_text);
/* RFC 3339 with any offset, or a date alone (midnight UTC). TOC_MALFORMED. */
enum toc_result toc_time_parse(const char *text, int64_t *ret_wall_ms) TOC_MUST_CHECK;

/* Days since 1970-01-01 (may be negative). Proleptic Gregorian, years 1 to 9999. */
enum toc_result toc_date_parse(const char *text, int32_t *ret_days)
    TOC_MUST_CHECK; /* yyyy-mm-dd exactly */
/* Also dd/mm/yyyy, d/m/yy (20yy), dd-Mon-yyyy, dd-Mon-yy, dd Month yyyy, and a trailing time is
 * ignored. Never mm/dd. */
enum toc_result toc_date_parse_uk(const char *text, int32_t *ret_days) TOC_MUST_CHECK;
void toc_date_text(int32_t days, char *ret_text); /* TOC_DATE_TEXT_LEN + 1 */
void toc_date_civil(int32_t days, int *ret_year, int *ret_month, int *ret_day);
int32_t toc_date_days(int year, int month, int day);
/* The same day `months` later; the last day of a shorter month. */
int32_t toc_date_add_months(int32_t days, int months);

#endif
