/* Taking back: what a closing, a pin or a later generation says does not count is forgotten, and
 * the publisher's view is derived anew from what stands. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

static bool same_source(const struct toc_log *a, const struct toc_log *b)
{
    return strcmp(a->row.log.publisher, b->row.log.publisher) == 0 &&
           strcmp(a->row.log.stream, b->row.log.stream) == 0;
}

bool toc_apply_waits_for_older(struct toc_engine *engine, const struct toc_log *log)
{
    for (size_t i = 0; log->row.log.generation > 1 && i < engine->logs_len; i++) {
        const struct toc_log *older = &engine->logs[i];
        if (same_source(older, log) && older->row.log.generation < log->row.log.generation &&
            older->row.closed_next != 0 && older->row.applied_next < older->row.closed_next) {
            return true;
        }
    }
    return false;
}

static enum toc_result view_stored(struct toc_engine *engine, struct toc_log *log,
                                   const struct toc_batch *batch, struct toc_bytes plain,
                                   uint64_t *records)
{
    const struct toc_roster *roster =
        toc_roster_chain_at(engine->rosters, batch->header.roster_version);
    const bool grace = roster != NULL && batch->header.time_ms > roster->expires_ms;
    uint64_t sequence = batch->header.first_sequence;

    engine->applying_version = batch->header.roster_version;
    for (uint32_t i = 0; i < batch->header.count; i++, sequence++) {
        struct toc_bytes bytes;
        enum toc_result result = toc_list_next(&plain, TOC_RECORD_LEN_MAX, &bytes);
        if (result == TOC_OK && sequence < log->row.applied_next) {
            result = toc_view_record(engine, log, sequence, bytes, NULL, grace, NULL);
            *records += result == TOC_OK ? 1 : 0;
            log->row.invalid_records += result == TOC_OK ? 0 : 1;
        }
        if (result == TOC_STORE || result == TOC_NOMEM) {
            return result;
        }
    }
    return TOC_OK;
}

/* What was not openable when it came counted whole. */
static enum toc_result view_batch(struct toc_engine *engine, struct toc_log *log,
                                  const struct toc_batch *batch, const struct toc_epoch_key *key,
                                  uint64_t *records)
{
    struct toc_bytes plain;
    const enum toc_result result = toc_batch_open(engine->scratch, batch, key, &plain);

    TOC_ENSURE(result != TOC_NOMEM, result);
    if (result != TOC_OK) {
        log->row.invalid_records += batch->header.count;
        return TOC_OK;
    }
    return view_stored(engine, log, batch, plain, records);
}

/* The epoch that this generation begins with; without its key, which nobody asks for here. */
static enum toc_result first_epoch(struct toc_engine *engine, const struct toc_log *log,
                                   struct toc_epoch_row *ret_first)
{
    TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, 1, ret_first));
    toc_bytes_wipe(&ret_first->key, sizeof(ret_first->key));
    return TOC_OK;
}

enum toc_result toc_apply_first_sequence(struct toc_engine *engine, const struct toc_log *log,
                                         uint64_t *ret_sequence)
{
    struct toc_epoch_row first;

    TOC_TRY(first_epoch(engine, log, &first));
    *ret_sequence = first.first_sequence;
    return TOC_OK;
}

uint64_t toc_apply_begun(struct toc_engine *engine, const struct toc_log *log)
{
    struct toc_epoch_row first = {.epoch = 0};
    const bool begun =
        log->row.id != 0 && log->row.chain.epoch != 0 && first_epoch(engine, log, &first) == TOC_OK;

    return begun ? first.roster_version : 0;
}

/* Applies again, without moving the cursor or telling, what was applied before, and counts anew
 * what is passed over of it. */
static enum toc_result derive_log(struct toc_engine *engine, struct toc_log *log, uint64_t *records)
{
    const uint64_t invalid = log->row.invalid_records;
    uint64_t sequence = 0;
    enum toc_result found = toc_apply_first_sequence(engine, log, &sequence);

    log->row.invalid_records = 0;
    while (found == TOC_OK && sequence < log->row.applied_next) {
        struct toc_stored_batch stored;
        struct toc_epoch_row epoch;
        struct toc_batch batch;
        toc_arena_reset(engine->scratch);
        TOC_TRY(
            toc_store_batch_get(engine->store, log->row.id, sequence, engine->scratch, &stored));
        TOC_TRY(toc_wire_batch_decode(engine->scratch, stored.bytes, &batch));
        TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, batch.header.epoch, &epoch));
        if (epoch.has_key) {
            TOC_TRY(view_batch(engine, log, &batch, &epoch.key, records));
        }
        sequence = batch.header.first_sequence + batch.header.count;
    }
    TOC_ENSURE(found == TOC_OK || found == TOC_NOTFOUND, found);
    return log->row.invalid_records == invalid ? TOC_OK : toc_engine_log_save(engine, log);
}

enum toc_result toc_apply_stream_anew(struct toc_engine *engine, const char *stream,
                                      uint64_t *records)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log_id *const id = &engine->logs[i].row.log;
        if (strcmp(id->stream, stream) == 0) {
            TOC_TRY(toc_view_clear(engine, stream, id->publisher, 1, UINT64_MAX >> 1));
        }
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[engine->logs_sorted[i]];
        if (strcmp(log->row.log.stream, stream) == 0 && log->row.id != 0) {
            TOC_TRY(derive_log(engine, log, records));
        }
    }
    return TOC_OK;
}

/* Every generation of one publisher's stream, oldest first: logs_sorted is in that order. Where
 * there are successors, their whole stream: what they corrected may stand again. */
static enum toc_result derive_source(struct toc_engine *engine, const struct toc_log *of)
{
    const struct toc_log_id id = of->row.log;
    uint64_t records = 0;

    if (engine->corrected) {
        return toc_apply_stream_anew(engine, id.stream, &records);
    }
    TOC_TRY(toc_view_clear(engine, id.stream, id.publisher, 1, UINT64_MAX >> 1));
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[engine->logs_sorted[i]];
        if (strcmp(log->row.log.publisher, id.publisher) == 0 &&
            strcmp(log->row.log.stream, id.stream) == 0 && log->row.id != 0) {
            TOC_TRY(derive_log(engine, log, &records));
        }
    }
    return TOC_OK;
}

enum toc_result toc_apply_late_keys(struct toc_engine *engine, struct toc_log *log)
{
    if (!log->key_came_late) {
        return TOC_OK;
    }
    log->key_came_late = false;
    return derive_source(engine, log);
}

enum toc_result toc_apply_rebuild(struct toc_engine *engine, uint64_t *ret_records)
{
    uint64_t records = 0;

    TOC_TRY(toc_engine_write(engine));
    TOC_TRY(toc_view_clear(engine, NULL, NULL, 0, 0));
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[engine->logs_sorted[i]];
        if (log->row.id != 0) {
            TOC_TRY(derive_log(engine, log, &records));
        }
    }
    *ret_records = records;
    return TOC_OK;
}

/* `head`: of what stands before `next_sequence`. */
static enum toc_result chain_back_to(struct toc_engine *engine, struct toc_log *log,
                                     uint64_t next_sequence, const struct toc_hash *head)
{
    struct toc_chain *chain = &log->row.chain;
    struct toc_stored_batch last;
    struct toc_batch batch;
    enum toc_result result;

    *chain = (struct toc_chain){.next_sequence = next_sequence, .head = *head};
    if (next_sequence == 1) {
        return TOC_OK;
    }
    result =
        toc_store_batch_get(engine->store, log->row.id, next_sequence - 1, engine->arena, &last);
    if (result == TOC_NOTFOUND) {
        return TOC_OK; /* where its generation begins */
    }
    TOC_TRY(result);
    TOC_TRY(toc_wire_batch_decode(engine->arena, last.bytes, &batch));
    toc_chain_advance(chain, &batch.header, &last.head);
    return TOC_OK;
}

enum toc_result toc_apply_void(struct toc_engine *engine, struct toc_log *log,
                               uint64_t next_sequence)
{
    struct toc_hash head;
    const enum toc_result found = toc_log_head_at(engine, log, next_sequence, &head);

    TOC_ENSURE(found != TOC_NOTFOUND, TOC_INVALID); /* within a batch: nothing was changed */
    TOC_TRY(found);
    TOC_TRY(toc_engine_write(engine));
    TOC_TRY(toc_store_batches_void(engine->store, log->row.id, next_sequence));
    toc_opened_forget(engine->opened);
    TOC_TRY(chain_back_to(engine, log, next_sequence, &head));
    if (log->row.applied_next > next_sequence) {
        log->row.applied_next = next_sequence;
        TOC_TRY(derive_source(engine, log));
    }
    log->heard_next = 0;
    log->waiting_key = false;
    toc_engine_note(engine, TOC_NOTICE_WARN, "log.voided",
                    "publisher=%s stream=%s generation=%u from=%llu", log->row.log.publisher,
                    log->row.log.stream, log->row.log.generation,
                    (unsigned long long)next_sequence);
    return toc_engine_log_save(engine, log);
}

/* Does our copy run through this head? */
static bool runs_through(struct toc_engine *engine, const struct toc_log *log,
                         uint64_t next_sequence, const struct toc_hash *head)
{
    return toc_log_on_chain(engine, log, next_sequence, head) == TOC_OK;
}

enum toc_result toc_apply_end(struct toc_engine *engine, struct toc_log *older,
                              uint64_t next_sequence, const struct toc_hash *head)
{
    const bool same = runs_through(engine, older, next_sequence, head);

    older->row.closed_next = next_sequence;
    if (same) {
        older->row.state = TOC_LOG_ENDED;
        if (older->row.chain.next_sequence > next_sequence) {
            return toc_apply_void(engine, older, next_sequence);
        }
        return toc_engine_log_save(engine, older);
    }
    older->row.state = TOC_LOG_OPEN;
    if (older->row.id != 0 && older->row.chain.next_sequence > 1) {
        TOC_TRY(toc_apply_void(engine, older, 1));
    }
    return toc_ask_missing(engine, older);
}

/* What is held may lead to the pin, so it stays: who gave it to us may be gone. If it does not,
 * that shows when the rest comes. */
static enum toc_result wait_for_pin(struct toc_engine *engine, struct toc_log *log,
                                    const struct toc_pin *pin)
{
    log->row.closed_next = pin->next_sequence;
    log->row.state = TOC_LOG_OPEN;
    log->heard_next = 0;
    TOC_TRY(toc_engine_log_save(engine, log));
    return toc_ask_missing(engine, log);
}

/* Forgets the batch that holds `sequence`, and what follows it. */
static enum toc_result forget_from(struct toc_engine *engine, struct toc_log *log,
                                   uint64_t sequence)
{
    struct toc_stored_batch batch;

    TOC_TRY(toc_store_batch_get(engine->store, log->row.id, sequence, engine->arena, &batch));
    return toc_apply_void(engine, log, batch.first_sequence);
}

static enum toc_result apply_pin(struct toc_engine *engine, struct toc_log *log,
                                 const struct toc_pin *pin)
{
    const bool moved = log->row.closed_next != pin->next_sequence;
    const bool short_of_it = log->row.chain.next_sequence < pin->next_sequence;

    TOC_TRY(toc_engine_write(engine));
    if (short_of_it) {
        return moved ? wait_for_pin(engine, log, pin) : TOC_OK;
    }
    if (pin->next_sequence == 1 || runs_through(engine, log, pin->next_sequence, &pin->head)) {
        return moved ? toc_apply_end(engine, log, pin->next_sequence, &pin->head) : TOC_OK;
    }
    /* Another history; a closing may have ended it at the same place. */
    TOC_TRY(forget_from(engine, log, pin->next_sequence - 1));
    return wait_for_pin(engine, log, pin);
}

enum toc_result toc_apply_step_back(struct toc_engine *engine, struct toc_log *log)
{
    if (log->row.id == 0 || log->row.chain.next_sequence == 1) {
        return TOC_OK;
    }
    return forget_from(engine, log, log->row.chain.next_sequence - 1);
}

enum toc_result toc_apply_pins(struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    for (size_t i = 0; i < roster->pins_len; i++) {
        const struct toc_pin *pin = &roster->pins[i];
        struct toc_log *log = toc_engine_log(engine, &pin->log);
        if (log != NULL && log->row.id != 0) {
            TOC_TRY(apply_pin(engine, log, pin));
        }
    }
    return TOC_OK;
}

enum toc_result toc_apply_generation(struct toc_engine *engine, struct toc_log *log,
                                     const struct toc_batch_header *header)
{
    const struct toc_log_id id = header->log;
    const struct toc_abandoned *stands = NULL;
    struct toc_log_id older_id = id;
    struct toc_log *older;

    for (size_t i = 0; i < header->abandons_len; i++) {
        stands = header->abandons[i].stands ? &header->abandons[i] : stands;
    }
    TOC_ENSURE(stands != NULL && stands->generation + 1 == id.generation &&
                   header->first_sequence == stands->next_sequence &&
                   toc_hash_equal(&header->previous_head, &stands->head),
               TOC_INVALID);
    log->row.chain =
        (struct toc_chain){.next_sequence = stands->next_sequence, .head = stands->head};
    log->row.applied_next = stands->next_sequence;
    older_id.generation = stands->generation;
    TOC_TRY(toc_engine_log_get(engine, &older_id, &older));
    TOC_TRY(toc_engine_log_save(engine, older));
    return toc_apply_end(engine, older, stands->next_sequence, &stands->head);
}
