/* What flags, disputes and alerts change at a hub. Nothing is published here: tokens are noted, and
 * alerting.c looks at them at the end of the tick. */
#include "alert_state.h"
#include "engine_internal.h"
#include "store_alert.h"
#include "store_share.h"

#include "ensure.h"

#include <string.h>

/* Asked of every record there is, so the type comes before the roster. */
static bool concerns(const struct toc_engine *engine, const struct toc_record *record)
{
    return (record->type == TOC_RECORD_FLAG || record->type == TOC_RECORD_DISPUTE ||
            record->type == TOC_RECORD_ALERT) &&
           toc_alerting_is_hub(engine);
}

static bool fits(const struct toc_engine *engine, enum toc_purpose purpose, uint32_t token_epoch,
                 enum toc_token_kind kind, const struct toc_token_key *alert,
                 const struct toc_token *token)
{
    const struct toc_token_context context = {
        .group = engine->group, .purpose = purpose, .kind = kind, .token_epoch = token_epoch};
    const struct toc_token made = toc_token_of(&context, alert);

    return toc_bytes_equal_secret(made.bytes, token->bytes, sizeof made.bytes);
}

static enum toc_result check_flag(struct toc_engine *engine, const struct toc_flag *flag,
                                  struct toc_why *why)
{
    const struct toc_roster *made = toc_roster_chain_at(engine->rosters, engine->applying_version);

    if (flag->to_group) {
        return TOC_OK;
    }
    if (made != NULL && flag->token_epoch > made->token_epoch) {
        return toc_fail(why, TOC_INVALID, "a flag of a token epoch that is not open");
    }
    for (size_t i = 0; i < flag->subjects_len; i++) {
        const struct toc_flag_subject *const subject = &flag->subjects[i];
        if (!fits(engine, flag->purpose, flag->token_epoch, subject->kind, &subject->alert,
                  &subject->token)) {
            return toc_fail(why, TOC_INVALID, "a token and an alert key that do not fit");
        }
    }
    return TOC_OK;
}

enum toc_result toc_view_alert_check(struct toc_engine *engine, const struct toc_record *record,
                                     struct toc_why *why)
{
    if (!concerns(engine, record)) {
        return TOC_OK;
    }
    if (record->type == TOC_RECORD_FLAG) {
        return check_flag(engine, record->as.flag, why);
    }
    if (record->type == TOC_RECORD_DISPUTE && !record->as.dispute->confirms) {
        const struct toc_dispute *const dispute = record->as.dispute;
        if (!fits(engine, dispute->purpose, dispute->token_epoch, dispute->kind, &dispute->alert,
                  &dispute->token)) {
            return toc_fail(why, TOC_INVALID, "a token and an alert key that do not fit");
        }
    }
    return TOC_OK;
}

/* Notes when it was met; the window that it waits for was decided when it came. */
static enum toc_result note_seen(struct toc_engine *engine, const struct toc_log *log,
                                 uint64_t sequence, int64_t shows_ms, int64_t *ret_shows_ms)
{
    const bool fresh = sequence >= log->row.applied_next;
    /* Met before, and not noted: then it shows. */
    const struct toc_alert_seen seen = {.seen_ms = engine->now_wall,
                                        .shows_ms = fresh ? shows_ms : 0};

    engine->alerts.quiet = false;
    TOC_TRY(toc_store_alert_seen(engine->store, log->row.log.publisher, sequence, fresh, &seen));
    TOC_TRY(toc_store_alert_shows(engine->store, log->row.log.publisher, sequence, ret_shows_ms));
    if (*ret_shows_ms != 0 && *ret_shows_ms < engine->alerts.next_ms) {
        engine->alerts.next_ms = *ret_shows_ms;
    }
    return TOC_OK;
}

static enum toc_result end_flag(struct toc_engine *engine, const struct toc_log *log,
                                const struct toc_reference *target, int64_t until_ms)
{
    const char *publisher =
        target->publisher[0] == '\0' ? log->row.log.publisher : target->publisher;
    uint8_t id[TOC_FLAG_ID_LEN];
    const enum toc_result found =
        toc_store_alert_flag_id(engine->store, publisher, target->sequence, id);

    if (found != TOC_OK) {
        return found == TOC_NOTFOUND ? TOC_OK : found;
    }
    return toc_store_alert_flag_end(engine->store, publisher, id, target->sequence + 1, until_ms);
}

static enum toc_result put_flag(struct toc_engine *engine, const struct toc_log *log,
                                uint64_t sequence, const struct toc_record *record)
{
    const struct toc_flag *const flag = record->as.flag;
    const char *const publisher = log->row.log.publisher;
    const bool fresh = sequence >= log->row.applied_next;
    const bool at_once = toc_source_is_public(flag->source) || flag->may_identify ||
                         flag->status == TOC_FLAG_CLEARED;
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));
    int64_t shows_ms;

    if (flag->to_group) {
        return TOC_OK;
    }
    TOC_TRY(note_seen(engine, log, sequence,
                      at_once ? 0 : toc_alert_window_end(engine->now_wall, rules.window_minutes),
                      &shows_ms));
    if (record->supersedes.sequence != 0) {
        TOC_TRY(end_flag(engine, log, &record->supersedes, shows_ms));
    }
    TOC_TRY(toc_store_alert_flag_end(engine->store, publisher, flag->id, sequence, shows_ms));
    TOC_TRY(toc_store_alert_flag_put(engine->store, publisher, sequence, flag));
    for (size_t i = 0; i < flag->subjects_len; i++) {
        TOC_TRY(toc_alerting_share(engine, publisher, sequence, flag, &flag->subjects[i], fresh));
    }
    return TOC_OK;
}

enum toc_result toc_view_alert_put(struct toc_engine *engine, const struct toc_log *log,
                                   uint64_t sequence, const struct toc_record *record)
{
    int64_t shows_ms;

    if (!concerns(engine, record)) {
        return TOC_OK;
    }
    switch (record->type) {
    case TOC_RECORD_FLAG:
        return put_flag(engine, log, sequence, record);
    case TOC_RECORD_DISPUTE:
        TOC_TRY(note_seen(engine, log, sequence, 0, &shows_ms));
        return toc_store_alert_dispute_put(engine->store, log->row.log.publisher, sequence,
                                           record->as.dispute);
    case TOC_RECORD_ALERT:
        return strcmp(log->row.log.publisher, engine->me) == 0
                   ? toc_store_alert_put(engine->store, sequence, record->as.alert)
                   : TOC_OK;
    case TOC_RECORD_WITHDRAWAL:
    case TOC_RECORD_FRAMEWORK:
    case TOC_RECORD_EXPOSURE:
    case TOC_RECORD_TOKEN_ASK:
    case TOC_RECORD_TOKEN_ANSWER:
        break;
    }
    return TOC_OK;
}

enum toc_result toc_view_alert_withdrawn(struct toc_engine *engine, const struct toc_log *log,
                                         const struct toc_reference *target)
{
    const char *publisher =
        target->publisher[0] == '\0' ? log->row.log.publisher : target->publisher;

    if (!toc_alerting_is_hub(engine) ||
        toc_record_kind_for_stream(log->row.log.stream) != &toc_flag_record_kind) {
        return TOC_OK;
    }
    engine->alerts.quiet = false;
    TOC_TRY(end_flag(engine, log, target, 0));
    return toc_store_alert_dispute_drop(engine->store, publisher, target->sequence);
}

enum toc_result toc_view_alert_clear(struct toc_engine *engine, const char *stream,
                                     const char *publisher, uint64_t first_sequence,
                                     uint64_t last_sequence)
{
    const bool alerts = stream != NULL && strcmp(stream, toc_alert_record_kind.stream) == 0;
    const bool distress = stream != NULL && strcmp(stream, toc_flag_record_kind.stream) == 0;

    if (!toc_alerting_is_hub(engine) || (stream != NULL && !alerts && !distress) ||
        (alerts && strcmp(publisher, engine->me) != 0)) {
        return TOC_OK;
    }
    engine->alerts.quiet = false;
    engine->alerts.tidy = true;
    if (!alerts) {
        TOC_TRY(toc_store_share_clear(engine->store, publisher, first_sequence, last_sequence));
    }
    return toc_store_alert_clear(engine->store, alerts, publisher, first_sequence, last_sequence);
}
