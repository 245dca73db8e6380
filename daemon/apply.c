/* tour 8/9: a verified batch becomes history, and history becomes views. The cursor moves in the
 * transaction that applies the record. Next: view.c, what a record changes. */
#include "engine_internal.h"

#include "ensure.h"
#include "record_exposure.h"

#include <stdio.h>
#include <string.h>

static bool in_audience(const struct toc_engine *engine, const struct toc_log *log)
{
    return toc_roster_in_audience(toc_engine_roster(engine), engine->me, log->row.log.publisher,
                                  log->row.log.stream);
}

static enum toc_result store_epoch(struct toc_engine *engine, const struct toc_log *log,
                                   const struct toc_batch_header *header,
                                   const struct toc_epoch_key *key)
{
    struct toc_epoch_row row = {.epoch = header->epoch,
                                .first_sequence = header->first_sequence,
                                .roster_version = header->roster_version,
                                .commitment = header->commitment,
                                .audience_hash = header->audience_hash,
                                .opened_ms = header->time_ms,
                                .last_ms = header->time_ms,
                                .has_key = key != NULL};
    enum toc_result result;

    if (key != NULL) {
        row.key = *key;
    }
    result = toc_store_epoch_add(engine->store, log->row.id, &row);
    toc_bytes_wipe(&row.key, sizeof(row.key));
    return result;
}

enum toc_result toc_apply_store(struct toc_engine *engine, struct toc_log *log,
                                const struct toc_batch *batch, const struct toc_hash *head,
                                struct toc_session *from, const struct toc_epoch_key *key)
{
    const struct toc_stream_rule *rule =
        toc_roster_rule(toc_engine_roster(engine), log->row.log.stream);
    const bool is_new = log->row.chain.epoch == 0; /* its first batch: nobody was offered it yet */

    TOC_TRY(toc_engine_log_save(engine, log));
    TOC_TRY(toc_store_batch_add(engine->store, log->row.id, batch, head));
    if (batch->header.opens_epoch) {
        TOC_TRY(store_epoch(engine, log, &batch->header, key));
    }
    TOC_TRY(toc_store_epoch_grew(engine->store, log->row.id, batch->header.epoch,
                                 batch->header.time_ms));
    toc_chain_advance(&log->row.chain, &batch->header, head);
    TOC_TRY(toc_receipts_met(engine, log, batch->header.first_sequence));
    if (batch->header.opens_epoch) {
        TOC_TRY(toc_epoch_opened(engine, log, batch->header.epoch));
    }
    if (log->row.closed_next != 0 && log->row.chain.next_sequence >= log->row.closed_next) {
        log->row.state = TOC_LOG_ENDED;
        engine->more_to_apply = true; /* the generation that goes on from it */
    }
    log->grew = true;
    log->advanced = true;
    log->heard_mono = engine->now_mono;
    log->missed = 0;
    engine->counters.batches_stored++;
    if (rule != NULL && toc_rule_on_feed(rule) && engine->conf->listen_feed[0] != '\0') {
        TOC_TRY(toc_out_feed(engine, log, batch->bytes));
    }
    if (from != NULL) {
        engine->taken += batch->bytes.len;
        toc_give_peer_has(from, toc_engine_log_index(engine, log), log->row.chain.next_sequence);
    }
    toc_arena_reset(engine->scratch);
    TOC_TRY(toc_apply_batch(engine, log, batch));
    TOC_TRY(toc_engine_log_save(engine, log));
    return is_new ? toc_ask_offer_log(engine, log) : TOC_OK;
}

/* Why a batch is not opened here. */
enum reading { READ_IT, PASS_OVER, WAIT_FOR_KEY };

/* A publisher that left wraps no more; but a hub in the audience holds every key (the publisher
 * wraps for it before it gives the batch), and wraps for whoever lacks it. */
static bool key_may_come(const struct toc_engine *engine, const struct toc_log *log)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    if (toc_roster_member(roster, log->row.log.publisher) != NULL) {
        return true;
    }
    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *member = &roster->members[i];
        if (toc_member_has(member, TOC_ROLE_HUB) && strcmp(member->id, engine->me) != 0 &&
            toc_roster_in_audience(roster, member->id, log->row.log.publisher,
                                   log->row.log.stream)) {
            return true;
        }
    }
    /* A relay may still bring a wrap that was made in time: until the closing is reached. */
    return log->row.state != TOC_LOG_ENDED && toc_roster_hubs(roster) > 0;
}

static enum reading may_read(struct toc_engine *engine, const struct toc_log *log,
                             const struct toc_epoch_row *epoch)
{
    if (epoch->has_key) {
        return READ_IT;
    }
    if (epoch->destroyed || !in_audience(engine, log) ||
        !toc_epoch_grants(engine, log, epoch, engine->me)) {
        return PASS_OVER;
    }
    return key_may_come(engine, log) ? WAIT_FOR_KEY : PASS_OVER;
}

/* In the grace after expiry publishers sign only corrections; others made in it are passed over. */
static bool made_in_grace(struct toc_engine *engine, const struct toc_batch_header *header)
{
    const struct toc_roster *roster = toc_roster_chain_at(engine->rosters, header->roster_version);

    return roster != NULL && header->time_ms > roster->expires_ms;
}

static enum toc_result apply_records(struct toc_engine *engine, struct toc_log *log,
                                     const struct toc_batch_header *header, struct toc_bytes plain)
{
    const bool grace = made_in_grace(engine, header);
    engine->applying_version = header->roster_version;
    uint64_t sequence = header->first_sequence;
    const uint64_t end = header->first_sequence + header->count;

    for (size_t i = 0; sequence < end; i++, sequence++) {
        const struct toc_record *known = engine->known == NULL ? NULL : engine->known[i];
        struct toc_bytes bytes;
        struct toc_why why = {""};
        enum toc_result result = toc_list_next(&plain, TOC_RECORD_LEN_MAX, &bytes);
        if (result == TOC_OK && sequence >= log->row.applied_next) {
            result = toc_view_record(engine, log, sequence, bytes, known, grace, &why);
        }
        if (result == TOC_STORE || result == TOC_NOMEM) {
            return result;
        }
        if (result != TOC_OK) {
            log->row.invalid_records++;
            engine->counters.records_invalid++;
            toc_engine_note(engine, TOC_NOTICE_WARN, "record.invalid",
                            "publisher=%s stream=%s sequence=%llu %s", log->row.log.publisher,
                            log->row.log.stream, (unsigned long long)sequence, why.text);
        } else {
            engine->counters.records_applied++;
        }
    }
    return TOC_OK;
}

static enum toc_result open_and_apply(struct toc_engine *engine, struct toc_log *log,
                                      const struct toc_batch *batch,
                                      const struct toc_epoch_row *epoch)
{
    const uint64_t end = batch->header.first_sequence + batch->header.count;
    struct toc_bytes plain = engine->known_plain;
    const enum toc_result result =
        plain.len > 0 ? TOC_OK : toc_batch_open(engine->scratch, batch, &epoch->key, &plain);

    if (result == TOC_NOMEM) {
        return result;
    }
    if (result == TOC_OK) {
        TOC_TRY(apply_records(engine, log, &batch->header, plain));
    } else {
        /* Signed by its publisher and not openable under the key it committed to: its own fault. */
        log->row.invalid_records += batch->header.count;
        engine->counters.records_invalid += batch->header.count;
        toc_engine_note(engine, TOC_NOTICE_WARN, "batch.unreadable",
                        "publisher=%s stream=%s sequence=%llu", log->row.log.publisher,
                        log->row.log.stream, (unsigned long long)batch->header.first_sequence);
    }
    TOC_TRY(toc_store_journal_add(engine->store, log->row.id, batch->header.first_sequence,
                                  batch->header.count));
    engine->journal_grew = true;
    log->row.applied_next = end;
    log->receipt_due = true;
    toc_tokens_applied(engine, log);
    return TOC_OK;
}

enum toc_result toc_apply_batch(struct toc_engine *engine, struct toc_log *log,
                                const struct toc_batch *batch)
{
    const uint64_t end = batch->header.first_sequence + batch->header.count;
    struct toc_epoch_row epoch;

    if (log->row.applied_next < batch->header.first_sequence || log->row.applied_next >= end ||
        toc_apply_waits_for_older(engine, log)) {
        return TOC_OK; /* an earlier one waits, or this one is done */
    }
    TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, batch->header.epoch, &epoch));
    log->waiting_key = false;
    switch (may_read(engine, log, &epoch)) {
    case READ_IT:
        return open_and_apply(engine, log, batch, &epoch);
    case PASS_OVER:
        log->row.applied_next = end;
        return TOC_OK;
    case WAIT_FOR_KEY:
        log->waiting_key = true;
        return TOC_OK;
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_apply_joined(struct toc_engine *engine, struct toc_log *log)
{
    uint64_t next = log->row.applied_next;

    /* Back to the newest epoch that was read: nothing is applied twice. */
    for (uint32_t number = log->row.chain.epoch; number >= 1; number--) {
        struct toc_epoch_row epoch;
        TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, number, &epoch));
        toc_bytes_wipe(&epoch.key, sizeof(epoch.key));
        if (epoch.has_key || epoch.destroyed) {
            break;
        }
        next = epoch.first_sequence < next ? epoch.first_sequence : next;
    }
    if (next == log->row.applied_next) {
        return TOC_OK;
    }
    log->row.applied_next = next;
    return toc_engine_log_save(engine, log);
}

/* An exposure changes the regional picture, some twenty rows in as many places, where another
 * record changes one: a full batch of them counts for nine. */
static void spend_applications(struct toc_engine *engine, const struct toc_log *log,
                               const struct toc_batch *batch)
{
    const bool exposures = strcmp(log->row.log.stream, toc_exposure_record_kind.stream) == 0;
    const unsigned cost =
        1 + (exposures ? batch->header.count / TOC_TICK_EXPOSURES_AS_ONE_BATCH : 0);

    engine->applications -= cost < engine->applications ? cost : engine->applications;
}

enum toc_result toc_apply_log(struct toc_engine *engine, struct toc_log *log)
{
    uint64_t was = log->row.applied_next;

    if (log->row.id == 0 || log->row.state == TOC_LOG_STOPPED ||
        log->row.applied_next >= log->row.chain.next_sequence) {
        return TOC_OK;
    }
    TOC_TRY(toc_engine_write(engine));
    while (log->row.applied_next < log->row.chain.next_sequence && engine->applications > 0) {
        struct toc_stored_batch stored;
        struct toc_batch batch;
        const uint64_t before = log->row.applied_next;
        toc_arena_reset(engine->scratch);
        TOC_TRY(toc_store_batch_get(engine->store, log->row.id, before, engine->scratch, &stored));
        TOC_TRY(toc_wire_batch_decode(engine->scratch, stored.bytes, &batch));
        TOC_TRY(toc_apply_batch(engine, log, &batch));
        if (log->row.applied_next == before) {
            break; /* it waits for a key or an older generation */
        }
        spend_applications(engine, log, &batch);
    }
    if (log->row.applied_next == was) {
        return TOC_OK;
    }
    engine->more_to_apply |=
        log->row.closed_next != 0 && log->row.applied_next >= log->row.closed_next;
    return toc_engine_log_save(engine, log);
}

enum toc_result toc_apply_read(struct toc_engine *engine, struct toc_log *log,
                               uint64_t first_sequence, uint32_t count,
                               enum toc_result (*each)(void *context, const struct toc_log *log,
                                                       uint64_t sequence, int64_t time_ms,
                                                       const struct toc_record *record),
                               void *context)
{
    struct toc_stored_batch stored;
    struct toc_epoch_row epoch;
    struct toc_batch batch;
    struct toc_bytes plain;

    toc_arena_reset(engine->scratch);
    TOC_TRY(
        toc_store_batch_get(engine->store, log->row.id, first_sequence, engine->scratch, &stored));
    TOC_TRY(toc_wire_batch_decode(engine->scratch, stored.bytes, &batch));
    TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, batch.header.epoch, &epoch));
    if (!epoch.has_key) {
        return TOC_NOTFOUND; /* retention destroyed it */
    }
    TOC_TRY(toc_batch_open(engine->scratch, &batch, &epoch.key, &plain));
    for (uint64_t sequence = batch.header.first_sequence;
         sequence < batch.header.first_sequence + batch.header.count; sequence++) {
        struct toc_record record;
        struct toc_bytes bytes;
        TOC_TRY(toc_list_next(&plain, TOC_RECORD_LEN_MAX, &bytes));
        if (sequence < first_sequence || sequence >= first_sequence + count ||
            toc_record_read(engine->scratch, log->row.log.stream, bytes, &record, NULL) != TOC_OK) {
            continue;
        }
        TOC_TRY(each(context, log, sequence, batch.header.time_ms, &record));
    }
    return TOC_OK;
}
