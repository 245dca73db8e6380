/* A second opinion of what a hub has to say, and of what councils have to see. It was written from
 * PROTOCOL.md 19 and shares no code with the daemon. */
#include "sim_flags.h"

#include "engine_internal.h"
#include "flagging.h"
#include "store_flag.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MINE_MAX 64

/* ---- what counts ---- */

static bool same_flag(const struct sim_told *one, const struct sim_told *other)
{
    return one->by == other->by && memcmp(one->id, other->id, sizeof one->id) == 0;
}

/* The state of a flag that shows now: its newest that need not wait any more, unless it was
 * withdrawn. */
static bool shows(const struct sim_flags *flags, const struct sim_told *flag, int64_t now)
{
    if (flag->type != TOC_RECORD_FLAG || flag->shows_ms > now) {
        return false;
    }
    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const other = &flags->told[i];
        if (other->type == TOC_RECORD_FLAG && other->number > flag->number &&
            same_flag(other, flag) && other->shows_ms <= now) {
            return false;
        }
    }
    return !sim_flags_withdrawn(flags, flag->by, flag->id, UINT64_MAX);
}

/* The end of the last of so many working days after the day it came. 1970-01-01 was a Thursday. */
static int64_t answer_until(int64_t seen_ms)
{
    int64_t day = seen_ms / DAY_MS;

    for (unsigned left = SIM_DISPUTE_DAYS; left > 0;) {
        const int64_t weekday = (++day + 4) % 7; /* 0: Sunday */
        left -= weekday >= 1 && weekday <= 5;
    }
    return (day + 1) * DAY_MS;
}

static unsigned quarter_of(int64_t now)
{
    /* 2026 and 2027 are enough for a scenario: days from 2026-01-01. */
    static const int ends[] = {90, 181, 273, 365, 455, 546, 638, 730};
    const int64_t day = now / DAY_MS - 20454;
    unsigned quarter = 0;

    while (quarter < 8 && day >= ends[quarter]) {
        quarter++;
    }
    return 2026 * 4 + quarter;
}

static bool taken_back(const struct sim_flags *flags, const struct sim_told *dispute)
{
    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const it = &flags->told[i];
        if (it->by == dispute->by && it->type == TOC_RECORD_WITHDRAWAL &&
            it->withdraws == dispute->sequence) {
            return true;
        }
    }
    return false;
}

static bool answered(const struct sim_flags *flags, const struct sim_told *flag,
                     const struct sim_told *dispute, int64_t until)
{
    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const it = &flags->told[i];
        if (it->type == TOC_RECORD_DISPUTE && it->confirms && it->number > dispute->number &&
            it->seen_ms < until && same_flag(it, flag) && !taken_back(flags, it)) {
            return true;
        }
    }
    return false;
}

enum standing { UNDISPUTED, DISPUTED, LAPSED };

static enum standing standing_of(const struct sim_flags *flags, const struct sim_told *flag,
                                 const struct sim_shown *alert, unsigned kinds, int64_t now)
{
    enum standing standing = UNDISPUTED;

    for (size_t i = 0; i < flags->told_len && alert != NULL; i++) {
        const struct sim_told *const it = &flags->told[i];
        const int64_t until =
            flag->source == TOC_SOURCE_PUBLIC_REGISTER ? INT64_MAX : answer_until(it->seen_ms);
        if (it->type != TOC_RECORD_DISPUTE || it->confirms || it->number < flag->number ||
            memcmp(it->id, alert->id, sizeof it->id) != 0 || it->purpose != alert->purpose ||
            it->supplier != alert->supplier || (it->kinds & kinds) == 0 || taken_back(flags, it) ||
            answered(flags, flag, it, until)) {
            continue;
        }
        if (now >= until) {
            return LAPSED;
        }
        standing = DISPUTED;
    }
    return standing;
}

/* ---- one alert ---- */

struct cluster {
    unsigned supplier, kinds;
    enum toc_purpose purpose;
};

static bool counts_in(const struct sim_flags *flags, const struct sim_told *flag,
                      const struct cluster *cluster, unsigned event, int64_t now)
{
    return flag->type == TOC_RECORD_FLAG && flag->supplier == cluster->supplier &&
           flag->purpose == cluster->purpose && (flag->kinds & cluster->kinds) != 0 &&
           flag->event == event && shows(flags, flag, now);
}

struct expected {
    bool anything;
    struct toc_alert_body body;
};

static enum toc_flag_status status_of(const unsigned *by_status, bool disputed, unsigned councils)
{
    if (disputed) {
        return TOC_FLAG_DISPUTED;
    }
    if (by_status[TOC_FLAG_RAISED] > 0) {
        return councils > 1 ? TOC_FLAG_CORROBORATED : TOC_FLAG_RAISED;
    }
    if (by_status[TOC_FLAG_MITIGATED] > 0) {
        return TOC_FLAG_MITIGATED;
    }
    if (by_status[TOC_FLAG_EXPIRED] > 0) {
        return TOC_FLAG_EXPIRED;
    }
    return by_status[TOC_FLAG_CLEARED] > 0 ? TOC_FLAG_CLEARED : TOC_FLAG_WITHDRAWN;
}

static void expect(const struct sim_flags *flags, const struct cluster *cluster, unsigned event,
                   const struct sim_shown *alert, int64_t now, struct expected *ret_expected)
{
    struct expected live = {.anything = false};
    struct expected all = {.anything = false};
    unsigned by_status[TOC_FLAG_EXPIRED + 1] = {0};
    unsigned councils[2] = {0}; /* bits: of live flags, of all */
    bool disputed = false;

    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const it = &flags->told[i];
        enum standing standing;
        bool is_live;
        if (!counts_in(flags, it, cluster, event, now)) {
            continue;
        }
        standing = standing_of(flags, it, alert, cluster->kinds, now);
        if (standing == LAPSED) {
            continue;
        }
        is_live = it->status != TOC_FLAG_CLEARED && it->expires_quarter >= quarter_of(now);
        by_status[is_live || it->status == TOC_FLAG_CLEARED ? it->status : TOC_FLAG_EXPIRED]++;
        disputed |= is_live && standing == DISPUTED;
        for (unsigned j = 0; j < 2; j++) {
            struct expected *const to = j == 0 ? &live : &all;
            if (j == 0 && !is_live) {
                continue;
            }
            councils[j] |= 1U << (it->by - flags->sim->nodes);
            if (it->severity > to->body.severity) {
                to->body.severity = it->severity;
            }
            if (it->expires_quarter > to->body.expires_quarter) {
                to->body.expires_quarter = it->expires_quarter;
            }
            if (!to->anything || it->source < to->body.source) {
                to->body.source = it->source;
            }
            to->anything = true;
        }
    }
    *ret_expected = live.anything ? live : all;
    const int who = __builtin_popcount(councils[live.anything ? 0 : 1]);
    ret_expected->body.status = status_of(by_status, disputed, (unsigned)who);
    ret_expected->body.reporters = who >= 5   ? TOC_REPORTERS_5_UP
                                   : who >= 3 ? TOC_REPORTERS_3_TO_4
                                              : TOC_REPORTERS_UNDER_3;
}

/* Is it the newest revision of an alert of this cluster and event? */
static bool is_of(const struct sim_flags *flags, const struct sim_shown *shown,
                  const struct cluster *cluster, unsigned event)
{
    return shown->supplier == cluster->supplier && shown->purpose == cluster->purpose &&
           (shown->kinds & cluster->kinds) != 0 && shown->body.event == event &&
           sim_flags_newest(flags, shown->by, shown->id, UINT64_MAX) == shown;
}

/* Of alerts that became one, the one that goes on: with a number, and of the lowest id. */
static bool goes_before(const struct sim_shown *one, const struct sim_shown *other)
{
    const bool one_id = (one->kinds & 1) != 0;
    const bool other_id = (other->kinds & 1) != 0;

    return one_id != other_id ? one_id : memcmp(one->id, other->id, sizeof one->id) < 0;
}

static void wrong(struct sim_flags *flags, const struct cluster *cluster, unsigned event,
                  const struct sim_shown *alert, const struct expected *expected)
{
    const struct toc_alert_body none = {.severity = 0};
    const struct toc_alert_body *const is = alert == NULL ? &none : &alert->body;
    const struct toc_alert_body *const should = &expected->body;

    sim_fail(
        flags->sim,
        "supplier %u/%u purpose %u F%02u: the hub says status %u severity %u source %u expires "
        "%u reporters %u, and should %s %u %u %u %u %u",
        cluster->supplier, cluster->kinds, cluster->purpose, event, is->status, is->severity,
        is->source, is->expires_quarter, is->reporters,
        expected->anything ? "say" : "say nothing, not", should->status, should->severity,
        should->source, should->expires_quarter, should->reporters);
}

static void check_event(struct sim_flags *flags, const struct cluster *cluster, unsigned event,
                        int64_t now)
{
    const struct sim_shown *alert = NULL;
    struct expected expected;
    unsigned standing = 0;

    for (size_t i = 0; i < flags->shown_len; i++) {
        const struct sim_shown *const it = &flags->shown[i];
        if (!is_of(flags, it, cluster, event)) {
            continue;
        }
        standing += it->body.status != TOC_FLAG_WITHDRAWN;
        alert = alert == NULL || goes_before(it, alert) ? it : alert;
    }
    expect(flags, cluster, event, alert, now, &expected);
    if (standing > 1) {
        sim_fail(flags->sim, "supplier %u purpose %u F%02u: %u alerts stand", cluster->supplier,
                 cluster->purpose, event, standing);
    } else if (!expected.anything) {
        if (standing > 0) {
            wrong(flags, cluster, event, alert, &expected);
        }
    } else if (alert == NULL) {
        /* What was over before anybody was told of it is never told. */
        if (expected.body.status < TOC_FLAG_CLEARED || expected.body.status == TOC_FLAG_DISPUTED) {
            wrong(flags, cluster, event, alert, &expected);
        }
    } else if (alert->kinds != cluster->kinds || alert->body.status != expected.body.status ||
               alert->body.severity != expected.body.severity ||
               alert->body.source != expected.body.source ||
               alert->body.expires_quarter != expected.body.expires_quarter ||
               alert->body.reporters != expected.body.reporters) {
        wrong(flags, cluster, event, alert, &expected);
    }
}

/* A number and a name that one flag gave together belong together; others stand alone. */
static void check_supplier(struct sim_flags *flags, unsigned supplier, enum toc_purpose purpose,
                           int64_t now)
{
    static const unsigned events[] = {5, 13, 20};
    bool linked = false;
    unsigned kinds = 0;

    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const it = &flags->told[i];
        if (it->type == TOC_RECORD_FLAG && it->supplier == supplier && it->purpose == purpose) {
            linked |= it->kinds == 3;
            kinds |= it->kinds;
        }
    }
    for (unsigned kind = 1; kind <= 2 && flags->sim->failure[0] == '\0'; kind++) {
        const struct cluster cluster = {supplier, linked ? 3 : kind, purpose};
        if ((kinds & kind) == 0 || (linked && kind == 2)) {
            continue;
        }
        for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
            check_event(flags, &cluster, events[i], now);
        }
    }
}

void sim_flags_check_hub(struct sim_flags *flags, struct sim_node *hub)
{
    const int64_t now = toc_fixture_group_wall(flags->sim->group) + hub->wall_offset;
    const struct toc_engine *const engine = hub->engine;

    if (engine == NULL || !engine->alerts.quiet || engine->alerts.next_ms <= now ||
        engine->reload_due ||
        (flags->checked_told == flags->told_len && flags->checked_shown == flags->shown_len &&
         flags->checked_next == engine->alerts.next_ms)) {
        return;
    }
    flags->checked_told = flags->told_len;
    flags->checked_shown = flags->shown_len;
    flags->checked_next = engine->alerts.next_ms;
    flags->compared++;
    for (unsigned i = 0; i < SIM_SUPPLIERS * SIM_PURPOSES; i++) {
        check_supplier(flags, i / SIM_PURPOSES, (enum toc_purpose)(i % SIM_PURPOSES + 1), now);
    }
}

/* ---- readers ---- */

static uint64_t applied_by(struct sim_node *node, const struct sim_node *by, const char *stream)
{
    struct toc_log_id log = {.generation = 1};
    struct toc_log_row row;

    memcpy(log.publisher, by->member, sizeof log.publisher);
    (void)snprintf(log.stream, sizeof log.stream, "%s", stream);
    return sim_log_row(node, &log, &row) ? row.applied_next : 0;
}

static bool knows_it(const struct sim_flags *flags, const struct sim_node *node,
                     const struct sim_shown *shown)
{
    return (flags->knows[node - flags->sim->nodes][shown->supplier] & shown->kinds) != 0;
}

/* Nobody says of a flag to the group that its time is over: who reads it has to see that. */
static enum toc_flag_status status_now(const struct sim_flags *flags, const struct sim_node *node,
                                       const struct sim_shown *shown)
{
    const int64_t now = toc_fixture_group_wall(flags->sim->group) + node->wall_offset;

    return flags->to_group && shown->body.status != TOC_FLAG_CLEARED &&
                   shown->body.expires_quarter < quarter_of(now)
               ? TOC_FLAG_EXPIRED
               : shown->body.status;
}

/* What its list has to hold of this statement, the newest that it has applied. */
static void check_mine(struct sim_flags *flags, struct sim_node *node,
                       const struct sim_shown *shown, uint64_t applied,
                       const struct toc_alert_mine *mine, size_t len)
{
    const bool gone = sim_flags_withdrawn(flags, shown->by, shown->id, applied);

    for (size_t i = 0; i < len; i++) {
        struct toc_alert_read read;
        if (memcmp(mine[i].id, shown->id, sizeof shown->id) != 0 ||
            mine[i].sequence >= applied) { /* noted, and then the commit failed: it comes again */
            if (memcmp(mine[i].id, shown->id, sizeof shown->id) == 0) {
                return;
            }
            continue;
        }
        if (toc_alert_mine_read(node->engine, &mine[i], flags->sim->arena, &read) != TOC_OK) {
            if (!gone) {
                sim_fail(flags->sim, "%s cannot read what it has applied", node->member);
            }
        } else if (gone || read.revision != shown->revision ||
                   read.body.status != status_now(flags, node, shown) ||
                   read.body.severity != shown->body.severity || read.warning != NULL) {
            sim_fail(flags->sim, "%s sees revision %u, status %u%s%s, and has applied %s %u, %u",
                     node->member, read.revision, read.body.status,
                     read.warning == NULL ? "" : ": ", read.warning == NULL ? "" : read.warning,
                     gone ? "a withdrawal of" : "revision", shown->revision, shown->body.status);
        }
        return;
    }
    if (!gone) {
        sim_fail(flags->sim, "%s has the supplier, and does not see an alert that it has applied",
                 node->member);
    }
}

void sim_flags_check_reader(struct sim_flags *flags, struct sim_node *node)
{
    struct toc_alert_mine mine[MINE_MAX];
    size_t len;

    if (node->engine == NULL || node->engine->tokens.matching || node->engine->reload_due ||
        strcmp(node->member, "spg") == 0) {
        return;
    }
    toc_arena_reset(flags->sim->arena);
    SIM_MUST(flags->sim, toc_store_alerts_mine(node->store, 0, flags->sim->arena, mine, MINE_MAX,
                                               &len) == TOC_OK &&
                             len < MINE_MAX);
    for (size_t i = 0; i < flags->sim->nodes_len && flags->sim->failure[0] == '\0'; i++) {
        const struct sim_node *const by = &flags->sim->nodes[i];
        const uint64_t applied =
            by == node ? 0 : applied_by(node, by, flags->to_group ? "distress" : "alert");
        for (size_t j = 0; j < flags->shown_len && applied > 0; j++) {
            const struct sim_shown *const shown = &flags->shown[j];
            if (shown->by == by && shown->sequence < applied && knows_it(flags, node, shown) &&
                sim_flags_newest(flags, by, shown->id, applied) == shown) {
                check_mine(flags, node, shown, applied, mine, len);
            }
        }
    }
}

/* ---- the lists that people see ---- */

static void check_listed(struct sim_flags *flags, const struct sim_node *node,
                         const struct sim_shown *shown, const json_t *alerts)
{
    const char *const should = toc_flag_status_name(status_now(flags, node, shown));
    char id[2 * TOC_FLAG_ID_LEN + 1];
    const json_t *alert;
    size_t i;

    toc_hex_encode(toc_bytes_of(shown->id, sizeof shown->id), id);
    json_array_foreach(alerts, i, alert)
    {
        const char *const status = json_string_value(json_object_get(alert, "status"));
        const char *const reporters = json_string_value(json_object_get(alert, "reporters"));
        if (strcmp(json_string_value(json_object_get(alert, "alert")), id) != 0) {
            continue;
        }
        if (strcmp(status, should) != 0 ||
            strcmp(reporters, toc_reporters_name(shown->body.reporters)) != 0 ||
            json_integer_value(json_object_get(alert, "severity")) !=
                (json_int_t)shown->body.severity) {
            sim_fail(flags->sim, "%s lists %s as %s of %s, which is %s", node->member, id, status,
                     reporters, should);
        }
        return;
    }
    sim_fail(flags->sim, "%s does not list %s", node->member, id);
}

void sim_flags_check_lists(struct sim_flags *flags)
{
    for (size_t i = 0; i < flags->sim->nodes_len && flags->sim->failure[0] == '\0'; i++) {
        struct sim_node *const node = &flags->sim->nodes[i];
        const bool hub = strcmp(node->member, "spg") == 0;
        json_t *reply = sim_ask(node, "{\"request\":\"alert_list\",\"limit\":100}");
        const json_t *const alerts = json_object_get(reply, "alerts");
        size_t wanted = 0;
        SIM_MUST(flags->sim, json_is_array(alerts));
        for (size_t j = 0; j < flags->shown_len; j++) {
            const struct sim_shown *const shown = &flags->shown[j];
            if (shown->by != node && (hub ? flags->to_group : !knows_it(flags, node, shown))) {
                continue;
            }
            if ((shown->by == node && !hub) ||
                sim_flags_newest(flags, shown->by, shown->id, UINT64_MAX) != shown ||
                sim_flags_withdrawn(flags, shown->by, shown->id, UINT64_MAX)) {
                continue;
            }
            check_listed(flags, node, shown, alerts);
            wanted++;
        }
        if (json_array_size(alerts) != wanted) {
            sim_fail(flags->sim, "%s lists %zu alerts, and %zu are right", node->member,
                     json_array_size(alerts), wanted);
        }
        json_decref(reply);
    }
}
