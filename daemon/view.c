/* tour 9/9: what a record changes here. One row stands for every record that is neither superseded
 * nor withdrawn; its key (stream, publisher, sequence) does not depend on when it came. The row
 * says where the record lies, and `list` reads it there (opened.c). */
#include "engine_internal.h"

#include "ensure.h"
#include "record_exposure.h"
#include "record_framework.h"
#include "store_corrected.h"

#include <string.h>

/* Only the author, or a member that succeeds it, may correct a record. By the roster that it did so
 * under: the successor may be succeeded, too, and what it did stays done. */
static bool may_correct(const struct toc_engine *engine, const char *author, const char *publisher)
{
    const struct toc_roster *roster;
    const struct toc_member *member;

    if (strcmp(author, publisher) == 0) {
        return true;
    }
    roster = toc_roster_chain_at(engine->rosters, engine->applying_version);
    member = roster == NULL ? NULL : toc_roster_member(roster, author);
    for (size_t i = 0; member != NULL && i < member->succeeds_len; i++) {
        if (strcmp(member->succeeds[i], publisher) == 0) {
            return true;
        }
    }
    return false;
}

static enum toc_result drop_row(struct toc_engine *engine, const char *stream,
                                const char *publisher, uint64_t sequence)
{
    struct toc_current_row row;

    TOC_TRY(toc_store_current_get(engine->store, stream, publisher, sequence, &row));
    TOC_TRY(toc_view_picture_drop(engine, stream, publisher, sequence));
    TOC_TRY(toc_telling_dropped(engine, stream, publisher, sequence));
    return strcmp(publisher, engine->me) == 0 ? toc_own_drop(engine, &row)
                                              : toc_store_current_drop(engine->store, &row, NULL);
}

static enum toc_result drop_target(struct toc_engine *engine, const struct toc_log *log,
                                   uint64_t sequence, const struct toc_reference *target,
                                   struct toc_why *why)
{
    const char *publisher =
        target->publisher[0] == '\0' ? log->row.log.publisher : target->publisher;
    const char *stream = target->stream[0] == '\0' ? log->row.log.stream : target->stream;
    const bool same_log = strcmp(publisher, log->row.log.publisher) == 0;
    enum toc_result result;

    if (strcmp(stream, log->row.log.stream) != 0 ||
        !may_correct(engine, log->row.log.publisher, publisher)) {
        return toc_fail(why, TOC_DENIED, "corrects a record that is not its publisher's");
    }
    if (same_log && target->sequence >= sequence) {
        return toc_fail(why, TOC_INVALID, "corrects a record that comes later");
    }
    if (!same_log) {
        const struct toc_correction correction = {stream, publisher, target->sequence,
                                                  log->row.log.publisher, sequence};
        engine->corrected = true;
        TOC_TRY(toc_store_corrected_add(engine->store, &correction));
    }
    /* Withdrawn before, passed over here, or gone with its keys: then there is nothing to correct.
     */
    result = drop_row(engine, stream, publisher, target->sequence);
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

static int32_t ends_of(const struct toc_record *record)
{
    switch (record->type) {
    case TOC_RECORD_FRAMEWORK:
        return record->as.framework->period_end == 0 ? INT32_MAX
                                                     : (int32_t)record->as.framework->period_end;
    case TOC_RECORD_EXPOSURE:
        return toc_exposure_ends(record->as.exposure);
    case TOC_RECORD_WITHDRAWAL:
    case TOC_RECORD_TOKEN_ASK:
    case TOC_RECORD_TOKEN_ANSWER:
    case TOC_RECORD_FLAG:
    case TOC_RECORD_DISPUTE:
    case TOC_RECORD_ALERT:
        break;
    }
    return INT32_MAX;
}

/* Did a successor correct it before it came? Who may be succeeded is no member any more. */
static enum toc_result find_correction(struct toc_engine *engine, const struct toc_log *log,
                                       uint64_t sequence)
{
    TOC_ENSURE(engine->corrected, TOC_NOTFOUND);
    TOC_ENSURE(toc_roster_member(toc_engine_roster(engine), log->row.log.publisher) == NULL,
               TOC_NOTFOUND);
    return toc_store_corrected_get(engine->store, log->row.log.stream, log->row.log.publisher,
                                   sequence);
}

static enum toc_result put(struct toc_engine *engine, const struct toc_log *log, uint64_t sequence,
                           const struct toc_record *record)
{
    struct toc_current_row row = {.stream = log->row.log.stream,
                                  .sequence = sequence,
                                  .log = log->row.id,
                                  .ends = ends_of(record)};

    const enum toc_result corrected = find_correction(engine, log, sequence);
    TOC_ENSURE(corrected == TOC_NOTFOUND, corrected);
    memcpy(row.publisher, log->row.log.publisher, sizeof(row.publisher));
    TOC_TRY(toc_view_picture_put(engine, log, sequence, record));
    TOC_TRY(toc_view_token_put(engine, log, sequence, record));
    TOC_TRY(toc_view_alert_put(engine, log, sequence, record));
    TOC_TRY(toc_view_alert_mine(engine, log, sequence, record));
    return toc_store_current_put(engine->store, &row, NULL); /* own.c names it later */
}

enum toc_result toc_view_record(struct toc_engine *engine, struct toc_log *log, uint64_t sequence,
                                struct toc_bytes bytes, const struct toc_record *known, bool grace,
                                struct toc_why *why)
{
    struct toc_record read;
    const struct toc_record *record = known;

    if (known == NULL) {
        TOC_TRY(toc_record_read(engine->scratch, log->row.log.stream, bytes, &read, why));
        record = &read;
    }
    if (grace && !toc_record_corrects(record)) {
        return toc_fail(why, TOC_STALE, "made after its roster expired");
    }
    TOC_TRY(toc_view_alert_check(engine, record, why));
    if (record->withdraws.sequence != 0) {
        log->receipt_urgent = true;
        TOC_TRY(drop_target(engine, log, sequence, &record->withdraws, why));
        return toc_view_alert_withdrawn(engine, log, &record->withdraws);
    }
    log->receipt_urgent |= record->type == TOC_RECORD_DISPUTE;
    if (record->supersedes.sequence != 0) {
        TOC_TRY(drop_target(engine, log, sequence, &record->supersedes, why));
    }
    return put(engine, log, sequence, record);
}
