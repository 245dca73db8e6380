#include "flag_shown.h"

#include "alert_state.h"
#include "ensure.h"
#include "store_supplier.h"
#include "wire_batch.h"

#include <stdio.h>
#include <string.h>

#define REVISIONS_MAX 64 /* of one alert that are looked at, the newest */

enum toc_result toc_flag_alert_at(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                  uint64_t sequence, struct toc_arena *arena,
                                  struct toc_alert_read *ret_read)
{
    struct toc_alert_mine past = *mine;

    past.sequence = sequence;
    return toc_alert_mine_past(engine, &past, arena, ret_read);
}

/* ---- which alerts ---- */

bool toc_flag_is_shown_by(const struct toc_own_flag *flag, const struct toc_alert_mine *mine,
                          const struct toc_alert_read *read)
{
    const bool same_supplier =
        strcmp(mine->key, flag->key) == 0 ||
        (strncmp(mine->key, "name:", 5) == 0 && strcmp(mine->key + 5, flag->fold) == 0);

    return same_supplier && read->purpose == flag->purpose && read->body.event == flag->event &&
           !read->body.of_parent;
}

/* The next of the supplier's alerts, if it is about the flag. */
static enum toc_result take_alert(struct toc_engine *engine, const struct toc_own_flag *flag,
                                  const struct toc_alert_mine *mine, struct toc_arena *arena,
                                  struct toc_flag_alert *alerts, size_t *len)
{
    struct toc_flag_alert alert = {.mine = *mine};
    enum toc_result result;

    TOC_ENSURE(strcmp(mine->stream, "alert") == 0, TOC_OK);
    result = mine->ended ? toc_alert_mine_past(engine, mine, arena, &alert.read)
                         : toc_alert_mine_read(engine, mine, arena, &alert.read);
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    if (!toc_flag_is_shown_by(flag, mine, &alert.read)) {
        return TOC_OK;
    }
    /* The newest to the front; the oldest of too many is left out. */
    *len = *len < TOC_FLAG_ALERTS_MAX ? *len + 1 : *len;
    memmove(&alerts[1], &alerts[0], (*len - 1) * sizeof(alerts[0]));
    alerts[0] = alert;
    return TOC_OK;
}

enum toc_result toc_flag_alerts(struct toc_engine *engine, const struct toc_own_flag *flag,
                                struct toc_arena *arena,
                                struct toc_flag_alert ret_alerts[TOC_FLAG_ALERTS_MAX],
                                size_t *ret_len)
{
    enum { PAGE = 32 };
    char name[TOC_SUPPLIER_KEY_MAX + 1];
    const char *const keys[2] = {flag->key, flag->fold[0] == '\0' ? NULL : name};
    struct toc_alert_mine mine[PAGE];
    int64_t after = 0;
    size_t len = PAGE;

    *ret_len = 0;
    (void)snprintf(name, sizeof(name), "name:%s", flag->fold);
    while (len == PAGE) {
        TOC_TRY(
            toc_store_alerts_mine_of(engine->store, NULL, keys, after, arena, mine, PAGE, &len));
        for (size_t i = 0; i < len; i++) {
            TOC_TRY(take_alert(engine, flag, &mine[i], arena, ret_alerts, ret_len));
            after = mine[i].number;
        }
    }
    return TOC_OK;
}

/* ---- disputes ---- */

/* The time of the batch in which its publisher said it: the hub counts from when the dispute came,
 * and says so at once. */
static enum toc_result time_of(struct toc_engine *engine, const struct toc_alert_mine *mine,
                               uint64_t sequence, struct toc_arena *arena, int64_t *ret_ms)
{
    struct toc_stored_batch stored;
    struct toc_batch batch;
    int64_t log;

    TOC_TRY(toc_alert_mine_log(engine, mine->publisher, mine->stream, sequence, &log));
    TOC_TRY(toc_store_batch_get(engine->store, log, sequence, arena, &stored));
    TOC_TRY(toc_wire_batch_decode(arena, stored.bytes, &batch));
    *ret_ms = batch.header.time_ms;
    return TOC_OK;
}

/* The first of the revisions, up to the newest, that are all disputed. */
static enum toc_result disputed_since(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                      struct toc_arena *arena, int64_t *ret_ms)
{
    struct toc_alert_met met[REVISIONS_MAX];
    uint64_t first = mine->sequence;
    size_t len;

    TOC_TRY(
        toc_store_alerts_met(engine->store, mine->publisher, mine->id, met, REVISIONS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_alert_read read;
        const enum toc_result result =
            toc_flag_alert_at(engine, mine, met[i].sequence, arena, &read);
        if (result == TOC_NOTFOUND || (result == TOC_OK && read.body.status != TOC_FLAG_DISPUTED)) {
            break;
        }
        TOC_TRY(result);
        first = met[i].sequence;
    }
    return time_of(engine, mine, first, arena, ret_ms);
}

enum toc_result toc_flag_dispute_of(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    const struct toc_flag_alert *alerts, size_t len,
                                    struct toc_arena *arena, struct toc_flag_dispute *ret_dispute)
{
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));
    struct toc_flag_dispute dispute = {.disputed = false};

    for (size_t i = 0; i < len; i++) {
        int64_t since = 0;
        if (alerts[i].mine.ended || alerts[i].read.body.status != TOC_FLAG_DISPUTED) {
            continue;
        }
        const enum toc_result result = disputed_since(engine, &alerts[i].mine, arena, &since);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        if (!dispute.disputed || since < dispute.since_ms) {
            dispute.since_ms = since;
        }
        dispute.disputed = true;
    }
    if (dispute.disputed && dispute.since_ms > 0 && flag->source != TOC_SOURCE_PUBLIC_REGISTER) {
        dispute.until_ms = toc_alert_answer_until(dispute.since_ms, rules.dispute_days);
    }
    *ret_dispute = dispute;
    return TOC_OK;
}

/* ---- since when ---- */

/* Is the newest detail that the alert shows one of this flag's? */
static enum toc_result shows_our_detail(struct toc_engine *engine, const struct toc_own_flag *flag,
                                        const struct toc_alert_read *read, struct toc_arena *arena,
                                        bool *ret_ours)
{
    struct toc_record record;
    struct toc_bytes bytes;
    enum toc_result opened;
    uint64_t sequence;
    int64_t log;

    *ret_ours = false;
    TOC_TRY(toc_flag_sequence(engine, flag->id, flag->revision, &sequence));
    TOC_TRY(toc_alert_mine_log(engine, engine->me, "distress", sequence, &log));
    opened = toc_opened_record(engine->opened, log, sequence, &bytes);
    TOC_ENSURE(opened != TOC_STORE, TOC_OK); /* retention took it, and what it said */
    TOC_TRY(opened);
    TOC_TRY(toc_record_read(arena, "distress", bytes, &record, NULL));
    TOC_ENSURE(record.type == TOC_RECORD_FLAG, TOC_NOTFOUND);
    for (size_t i = 0; i < record.as.flag->subjects_len && read->body.has_detail; i++) {
        *ret_ours |= memcmp(record.as.flag->subjects[i].detail.id, read->body.detail.id,
                            sizeof(read->body.detail.id)) == 0;
    }
    return TOC_OK;
}

static bool says_no_less(const struct toc_own_flag *flag, const struct toc_alert_body *body)
{
    switch (body->status) {
    case TOC_FLAG_RAISED:
    case TOC_FLAG_CORROBORATED:
    case TOC_FLAG_MITIGATED:
    case TOC_FLAG_DISPUTED:
        return body->severity >= flag->severity && body->source <= flag->source &&
               body->expires_quarter >= flag->expires_quarter;
    case TOC_FLAG_CLEARED:
    case TOC_FLAG_WITHDRAWN:
    case TOC_FLAG_EXPIRED:
        break;
    }
    return false;
}

static enum toc_result shows(struct toc_engine *engine, const struct toc_own_flag *flag,
                             bool withdrawn, const struct toc_alert_read *read,
                             struct toc_arena *arena, bool *ret_shows)
{
    bool ours = false;

    if (!withdrawn) {
        *ret_shows = flag->status != TOC_FLAG_RAISED || says_no_less(flag, &read->body);
        return TOC_OK;
    }
    TOC_TRY(shows_our_detail(engine, flag, read, arena, &ours));
    *ret_shows = !ours;
    return TOC_OK;
}

enum toc_result toc_flag_shown_since(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     uint64_t signed_as, bool withdrawn,
                                     const struct toc_flag_alert *alert, struct toc_arena *arena,
                                     uint64_t *ret_sequence)
{
    struct toc_alert_met met[REVISIONS_MAX];
    uint64_t since = 0;
    size_t len;

    TOC_TRY(toc_store_alerts_met(engine->store, alert->mine.publisher, alert->mine.id, met,
                                 REVISIONS_MAX, &len));
    for (size_t i = 0; i < len && met[i].own_next > signed_as; i++) { /* from the newest back */
        struct toc_alert_read read;
        bool yes = false;
        enum toc_result result =
            toc_flag_alert_at(engine, &alert->mine, met[i].sequence, arena, &read);
        if (result == TOC_OK) {
            result = shows(engine, flag, withdrawn, &read, arena, &yes);
        }
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        since = result == TOC_OK && yes ? met[i].sequence : since;
    }
    *ret_sequence = since;
    return since > 0 ? TOC_OK : TOC_NOTFOUND;
}
