/* A new token epoch: flags of the one before stop counting at the end of the window, so what is
 * open of this council's is said again under its supplier's new tokens, as the next revision. It
 * goes when they are there. What somebody disputes is not repeated: a new state would be taken for
 * the answer, which is a person's to give. */
#include "flagging.h"

#include "alert_state.h"
#include "ensure.h"
#include "flag_shown.h"

#include <string.h>

#define PAGE 32
#define REVISIONS_MAX 64 /* of one alert, the newest: a closed one was withdrawn once */

/* A run of revisions that say "disputed". */
struct run {
    bool ended;
    int64_t since_ms, until_ms;
};

/* The last one, if it began after the flag was signed: else it is against others. TOC_NOTFOUND:
 * there was none. What a token epoch closed is as it was until then. */
static enum toc_result last_dispute(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    uint64_t sequence, struct run *ret_run)
{
    struct toc_alert_met met[REVISIONS_MAX];
    struct run run = {.ended = false};
    bool found = false;
    bool closed = true;
    bool later = true; /* than the flag */
    size_t len;

    TOC_TRY(
        toc_store_alerts_met(engine->store, mine->publisher, mine->id, met, REVISIONS_MAX, &len));
    for (size_t i = 0; i < len && (later || found); i++) {
        struct toc_alert_read read;
        const enum toc_result result =
            toc_flag_alert_at(engine, mine, met[i].sequence, engine->arena, &read);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        closed &= read.body.status == TOC_FLAG_WITHDRAWN;
        if (read.body.status == TOC_FLAG_DISPUTED) {
            later = met[i].own_next > sequence;
            found = true;
            run.since_ms = met[i].seen_ms;
        } else if (found) {
            break;
        } else {
            later = met[i].own_next > sequence;
            run.ended = !closed;
            run.until_ms = met[i].seen_ms;
        }
    }
    *ret_run = run;
    return found && later ? TOC_OK : TOC_NOTFOUND;
}

/* It is, or the hub gave the flag up for want of an answer: others may be in the alert, so that it
 * went on. */
static enum toc_result was_disputed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    uint64_t sequence, const struct toc_alert_mine *mine,
                                    bool *ret_disputed)
{
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));
    struct run run;
    const enum toc_result result = last_dispute(engine, mine, sequence, &run);

    *ret_disputed = false;
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    *ret_disputed =
        !run.ended || (flag->source != TOC_SOURCE_PUBLIC_REGISTER &&
                       run.until_ms >= toc_alert_answer_until(run.since_ms, rules.dispute_days));
    return TOC_OK;
}

static enum toc_result is_disputed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   uint64_t sequence, bool *ret_disputed)
{
    struct toc_flag_alert *const alerts =
        toc_arena_zero(engine->arena, TOC_FLAG_ALERTS_MAX, sizeof(*alerts));
    size_t len;

    TOC_ENSURE(alerts != NULL, TOC_NOMEM);
    *ret_disputed = false;
    TOC_TRY(toc_flag_alerts(engine, flag, engine->arena, alerts, &len));
    for (size_t i = 0; i < len && !*ret_disputed; i++) {
        TOC_TRY(was_disputed(engine, flag, sequence, &alerts[i].mine, ret_disputed));
    }
    return TOC_OK;
}

/* `ret_epoch` 0: it cannot be read any more. */
static enum toc_result epoch_of(struct toc_engine *engine, uint64_t sequence, uint32_t *ret_epoch)
{
    struct toc_record record;
    struct toc_bytes bytes;
    int64_t log;

    *ret_epoch = 0;
    const enum toc_result found =
        toc_alert_mine_log(engine, engine->me, "distress", sequence, &log);
    TOC_ENSURE(found != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(found);
    if (toc_opened_record(engine->opened, log, sequence, &bytes) != TOC_OK) {
        return TOC_OK; /* retention destroyed its key */
    }
    TOC_TRY(toc_record_read(engine->arena, "distress", bytes, &record, NULL));
    *ret_epoch = record.type == TOC_RECORD_FLAG ? record.as.flag->token_epoch : 0;
    return TOC_OK;
}

/* `ret_later`: it is not signed yet, so that nobody knows. */
static enum toc_result is_closed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 bool *ret_closed, bool *ret_later)
{
    uint64_t sequence = 0;
    uint64_t withdrawn;
    uint32_t epoch;
    bool disputed;

    *ret_closed = false;
    if (flag->status == TOC_FLAG_CLEARED || flag->key[0] == '\0' ||
        flag->expires_quarter < toc_alert_quarter(engine->now_wall)) {
        return TOC_OK;
    }
    enum toc_result result = toc_flag_sequence(engine, flag->id, 0, &withdrawn);
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    result = toc_flag_sequence(engine, flag->id, flag->revision, &sequence);
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    *ret_later |= sequence == 0;
    TOC_ENSURE(sequence > 0, TOC_OK);
    TOC_TRY(epoch_of(engine, sequence, &epoch));
    TOC_ENSURE(epoch > 0 && epoch < toc_engine_roster(engine)->token_epoch, TOC_OK);
    TOC_TRY(is_disputed(engine, flag, sequence, &disputed));
    *ret_closed = !disputed;
    return TOC_OK;
}

enum toc_result toc_flag_raise_again(struct toc_engine *engine)
{
    struct toc_own_flag *const flags = toc_arena_zero(engine->arena, PAGE, sizeof(*flags));
    bool later = false;
    int64_t after = 0;
    size_t len = PAGE;

    TOC_ENSURE(flags != NULL, TOC_NOMEM);
    if (engine->tokens.raised_again == toc_engine_roster(engine)->token_epoch) {
        return TOC_OK;
    }
    while (len == PAGE) {
        TOC_TRY(toc_store_flags(engine->store, TOC_OWN_FLAG_SENT, after, engine->arena, flags, PAGE,
                                &len));
        for (size_t i = 0; i < len; i++) {
            bool closed;
            TOC_TRY(is_closed(engine, &flags[i], &closed, &later));
            if (closed) {
                flags[i].revision++;
                flags[i].state = TOC_OWN_FLAG_GOING;
                TOC_TRY(toc_store_flag_save(engine->store, &flags[i]));
            }
        }
        after = len > 0 ? flags[len - 1].number : after;
    }
    engine->tokens.raised_again = later ? 0 : toc_engine_roster(engine)->token_epoch;
    engine->tokens.look |= later;
    return TOC_OK;
}
