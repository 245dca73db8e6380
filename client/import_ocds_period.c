#include "import_json.h"
#include "import_ocds_map.h"
#include "timetext.h"
#include <string.h>

enum {
    PORTAL_MONTH_DAYS = 30,  /* Sell2Wales and Find a Tender write 24 months as 720 days */
    DAYS_OF_16_MONTHS = 487, /* a mean month has 30.4375 */
    DURATION_MAX = TOC_FRAMEWORK_MONTHS_MAX * 31,
};

struct period {
    uint32_t start;
    uint32_t end;
    double duration_days; /* the longest; 0 when none is given */
};

/* The date as it stands: 2025-04-01T00:00:00+01:00 is the first of April, whatever it is in UTC. */
static uint32_t date_of(const json_t *period, const char *key)
{
    const char *const text = toc_json_text(period, key);
    char date[TOC_DATE_TEXT_LEN + 1];
    int32_t days;
    if (strlen(text) < TOC_DATE_TEXT_LEN) {
        return 0;
    }
    memcpy(date, text, TOC_DATE_TEXT_LEN);
    date[TOC_DATE_TEXT_LEN] = '\0';
    return toc_date_parse(date, &days) == TOC_OK && days > 0 ? (uint32_t)days : 0;
}

static void widen(struct period *period, const json_t *json)
{
    const uint32_t start = date_of(json, "startDate");
    const uint32_t end = date_of(json, "endDate");
    const double duration = toc_json_number(json, "durationInDays");
    if (start != 0 && (period->start == 0 || start < period->start)) {
        period->start = start;
    }
    if (end > period->end) {
        period->end = end;
    }
    if (duration > period->duration_days) {
        period->duration_days = duration;
    }
}

static bool says_something(const struct period *period)
{
    return period->start != 0 || period->end != 0 || period->duration_days > 0;
}

static struct period period_of_list(const json_t *release, const char *list, const char *path)
{
    struct period period = {.start = 0};
    const json_t *const items = toc_json_at(release, list);
    for (size_t i = 0; i < json_array_size(items); i++) {
        widen(&period, toc_json_at(json_array_get(items, i), path));
    }
    return period;
}

/* The first place that says anything. */
static struct period period_of(const json_t *release)
{
    struct period period = {.start = 0};
    widen(&period, toc_json_at(release, "tender.contractPeriod"));
    if (!says_something(&period)) {
        period = period_of_list(release, "tender.lots", "contractPeriod");
    }
    if (!says_something(&period)) {
        period = period_of_list(release, "awards", "contractPeriod");
    }
    if (!says_something(&period)) {
        period = period_of_list(release, "contracts", "period");
    }
    return period;
}

static uint32_t months_of(double duration_days)
{
    if (duration_days < 1 || duration_days > DURATION_MAX) {
        return 0;
    }
    const uint32_t days = (uint32_t)duration_days;
    if (days % PORTAL_MONTH_DAYS == 0) {
        return days / PORTAL_MONTH_DAYS;
    }
    const uint32_t months = (days * 16 + DAYS_OF_16_MONTHS / 2) / DAYS_OF_16_MONTHS;
    return months;
}

void toc_ocds_map_period(const json_t *release, struct toc_framework *framework)
{
    const struct period period = period_of(release);
    uint32_t months = months_of(period.duration_days);
    months = months > TOC_FRAMEWORK_MONTHS_MAX ? 0 : months;
    const bool in_order = period.end == 0 || period.start <= period.end;
    framework->period_start = in_order ? period.start : 0;
    framework->period_end = in_order ? period.end : 0;
    if (framework->period_end != 0 || months == 0) {
        return;
    }
    framework->period_months = months;
    framework->inferred |= TOC_FRAMEWORK_BIT(TOC_FIELD_PERIOD_MONTHS);
    if (framework->period_start != 0) {
        framework->period_end =
            (uint32_t)toc_date_add_months((int32_t)framework->period_start, (int)months) - 1;
        framework->inferred |= TOC_FRAMEWORK_BIT(TOC_FIELD_PERIOD_END);
    }
}
