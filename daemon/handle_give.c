/* Give, and the feed: wraps, then batches, verbatim from whoever holds them.
 *
 * A batch is decoded, put in its place on the log (cheap), and only then is its signature checked
 * (dear, and counted per tick). What cannot lie on one chain with what is held is evidence, if its
 * publisher really signed it; otherwise it is rubbish from the peer. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

#define CLOSINGS_MAX 8 /* one of each hub that there was; a group has two at most at a time */

/* The roster and key a batch must be checked with. NULL: not held, or no member then. */
static const struct toc_member *author_of(struct toc_engine *engine, uint64_t roster_version,
                                          const char *member)
{
    const struct toc_roster *roster = toc_roster_chain_at(engine->rosters, roster_version);

    return roster == NULL ? NULL : toc_roster_member(roster, member);
}

/* A key that was replaced before the log began says nothing about it, in another version of its
 * history as little as in this one. */
static enum toc_result verify(struct toc_engine *engine, const struct toc_log *log,
                              const struct toc_batch *batch, struct toc_hash *ret_head)
{
    const struct toc_batch_header *header = &batch->header;
    const struct toc_member *author =
        author_of(engine, header->roster_version, header->log.publisher);
    const struct toc_roster *roster = toc_roster_chain_at(engine->rosters, header->roster_version);

    if (author == NULL || roster == NULL ||
        !toc_roster_may_publish(roster, header->log.publisher, header->log.stream) ||
        header->roster_version < toc_apply_begun(engine, log)) {
        return TOC_DENIED;
    }
    *ret_head = toc_batch_head(batch);
    if (toc_batch_verify(batch, ret_head, &author->sign_public) != TOC_OK) {
        engine->counters.signatures_bad++;
        return TOC_BADSIG;
    }
    return TOC_OK;
}

/* The end that is beyond dispute: the roster's pin, or the head that the next generation goes on
 * from. */
static bool known_end(struct toc_engine *engine, const struct toc_log *log, uint64_t *ret_next,
                      struct toc_hash *ret_head)
{
    const struct toc_pin *pin = toc_log_pin(engine, &log->row.log);
    struct toc_log_id id = log->row.log;
    const struct toc_log *after;
    struct toc_stored_batch stored;
    struct toc_batch first;

    if (pin != NULL) {
        *ret_next = pin->next_sequence;
        *ret_head = pin->head;
        return true;
    }
    if (log->row.closed_next == 0) {
        return false;
    }
    id.generation++;
    after = toc_engine_log(engine, &id);
    if (after == NULL || after->row.id == 0 ||
        toc_apply_first_sequence(engine, after, ret_next) != TOC_OK ||
        toc_store_batch_get(engine->store, after->row.id, *ret_next, engine->arena, &stored) !=
            TOC_OK ||
        toc_wire_batch_decode(engine->arena, stored.bytes, &first) != TOC_OK) {
        return false;
    }
    *ret_head = first.header.previous_head;
    return true;
}

static bool ends_beyond_dispute(struct toc_engine *engine, const struct toc_log *log)
{
    struct toc_hash head;
    uint64_t next;

    return known_end(engine, log, &next, &head);
}

/* Two histories, and it is known which one stands: back one batch, and again from there, until what
 * comes follows what is held. */
static enum toc_result towards_the_end(struct toc_engine *engine, struct toc_log *log)
{
    TOC_TRY(toc_apply_step_back(engine, log));
    return TOC_AGAIN;
}

/* Begins before our end: a repeat, or a second version of history. */
static enum toc_result compare_held(struct toc_engine *engine, struct toc_log *log,
                                    const struct toc_batch *batch)
{
    struct toc_stored_batch held;
    struct toc_hash head;

    TOC_TRY(toc_store_batch_get(engine->store, log->row.id, batch->header.first_sequence,
                                engine->arena, &held));
    if (toc_bytes_equal(held.bytes, batch->bytes)) {
        return TOC_EXISTS;
    }
    head = toc_batch_head(batch);
    if (toc_hash_equal(&held.head, &head)) {
        return TOC_EXISTS;
    }
    TOC_ENSURE(toc_engine_spend_verification(engine), TOC_AGAIN);
    TOC_TRY(verify(engine, log, batch, &head));
    if (ends_beyond_dispute(engine, log)) {
        return towards_the_end(engine, log);
    }
    return toc_apply_conflict(engine, log, "two batches", held.bytes, batch->bytes);
}

/* Begins where we end, but names another head before it. */
static enum toc_result compare_fork(struct toc_engine *engine, struct toc_log *log,
                                    const struct toc_batch *batch)
{
    struct toc_stored_batch held = {.bytes = {NULL, 0}};
    struct toc_hash head;

    TOC_ENSURE(toc_engine_spend_verification(engine), TOC_AGAIN);
    TOC_TRY(verify(engine, log, batch, &head));
    if (ends_beyond_dispute(engine, log)) {
        return towards_the_end(engine, log);
    }
    if (log->row.chain.next_sequence > 1) {
        TOC_TRY(toc_store_batch_get(engine->store, log->row.id, log->row.chain.next_sequence - 1,
                                    engine->arena, &held));
    }
    return toc_apply_conflict(engine, log, "two batches", held.bytes, batch->bytes);
}

/* What its publisher said before must lie on the same chain as what it gives now. */
static enum toc_result heartbeat_fits(struct toc_engine *engine, struct toc_log *log,
                                      const struct toc_batch *batch, const struct toc_hash *head)
{
    const uint64_t end = batch->header.first_sequence + batch->header.count;

    if (log->heard_next <= batch->header.first_sequence || log->heard_next > end ||
        log->row.closed_next != 0) { /* its key is gone, and stops nothing any more */
        return TOC_OK;
    }
    if (log->heard_next == end && toc_hash_equal(&log->heard_head, head)) {
        return TOC_OK;
    }
    return toc_apply_conflict(engine, log, "a heartbeat and a batch", log->heartbeat, batch->bytes);
}

/* Everything before a known end is one history: the one that ends with its head. */
static bool leads_to_end(struct toc_engine *engine, const struct toc_log *log,
                         const struct toc_batch *batch, const struct toc_hash *head)
{
    const uint64_t end = batch->header.first_sequence + batch->header.count;
    struct toc_hash last;
    uint64_t next;

    return !known_end(engine, log, &next, &last) || end < next ||
           (end == next && toc_hash_equal(head, &last));
}

static enum toc_result take_next(struct toc_engine *engine, struct toc_session *session,
                                 struct toc_log *log, const struct toc_batch *batch)
{
    struct toc_hash head;

    TOC_ENSURE(toc_engine_spend_verification(engine), TOC_AGAIN);
    TOC_TRY(verify(engine, log, batch, &head));
    TOC_TRY(toc_batch_check_audience(
        &batch->header, toc_roster_chain_at(engine->rosters, batch->header.roster_version)));
    if (!leads_to_end(engine, log, batch, &head)) {
        /* Not asked for again at once: its giver has another history. The next heartbeat asks on.
         */
        TOC_TRY(toc_apply_step_back(engine, log));
        return TOC_STALE;
    }
    TOC_TRY(heartbeat_fits(engine, log, batch, &head));
    return toc_apply_store(engine, log, batch, &head, session, NULL);
}

/* Roster versions never fall, over generations either: not behind the batch that it goes on from,
 * and not behind a closing, whose version took away the key that signed what is closed. */
static bool follows_older(struct toc_engine *engine, const struct toc_batch_header *header)
{
    struct toc_log_id id = header->log;
    struct toc_stored_statement closings[CLOSINGS_MAX];
    struct toc_stored_batch stored;
    struct toc_batch last;
    const struct toc_log *older;
    size_t len = 0;

    id.generation--;
    older = toc_engine_log(engine, &id);
    if (older == NULL || older->row.id == 0) {
        return true;
    }
    if (header->roster_version < toc_apply_begun(engine, older)) {
        return false; /* it would take back all of it */
    }
    if (header->first_sequence > 1 &&
        toc_store_batch_get(engine->store, older->row.id, header->first_sequence - 1, engine->arena,
                            &stored) == TOC_OK &&
        toc_hash_equal(&stored.head, &header->previous_head) &&
        toc_wire_batch_decode(engine->arena, stored.bytes, &last) == TOC_OK &&
        last.header.roster_version > header->roster_version) {
        return false;
    }
    if (toc_store_statements(engine->store, older->row.id, TOC_CLOSING, engine->arena, closings,
                             CLOSINGS_MAX, &len) != TOC_OK) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        struct toc_signed envelope;
        struct toc_statement closing;
        if (toc_statement_read(engine->arena, closings[i].bytes, &envelope, &closing) != TOC_OK ||
            closing.roster_version > header->roster_version) {
            return false;
        }
    }
    return true;
}

/* The first batch of a later generation says which head it goes on from: verified first, because it
 * decides what becomes of the generation before. */
static enum toc_result open_generation(struct toc_engine *engine, struct toc_log *log,
                                       const struct toc_batch *batch)
{
    const struct toc_batch_header *header = &batch->header;
    struct toc_hash head;

    TOC_ENSURE(header->abandons_len > 0, TOC_INVALID);
    TOC_ENSURE(header->roster_version <= toc_roster_chain_version(engine->rosters), TOC_AGAIN);
    TOC_ENSURE(toc_engine_spend_verification(engine), TOC_AGAIN);
    TOC_TRY(verify(engine, log, batch, &head));
    TOC_ENSURE(follows_older(engine, header), TOC_INVALID);
    return toc_apply_generation(engine, log, header);
}

static enum toc_result place(struct toc_engine *engine, struct toc_session *session,
                             struct toc_log *log, const struct toc_batch *batch)
{
    if (log->row.log.generation > 1 && log->row.chain.epoch == 0) {
        TOC_TRY(open_generation(engine, log, batch));
        log = toc_engine_log(engine, &batch->header.log); /* the table may have moved */
        TOC_ASSERT(log != NULL);
    }
    if (log->row.closed_next != 0 && batch->header.first_sequence >= log->row.closed_next) {
        return TOC_STALE;
    }
    switch (toc_chain_place(&log->row.chain, &batch->header,
                            toc_roster_chain_version(engine->rosters))) {
    case TOC_PLACE_NEXT:
        return take_next(engine, session, log, batch);
    case TOC_PLACE_HELD:
        return compare_held(engine, log, batch);
    case TOC_PLACE_FORK:
        return compare_fork(engine, log, batch);
    case TOC_PLACE_GAP:
    case TOC_PLACE_ROSTER_AHEAD:
        return TOC_AGAIN;
    case TOC_PLACE_REFUSED:
        return TOC_INVALID;
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_handle_batch(struct toc_engine *engine, struct toc_session *session,
                                 struct toc_bytes bytes, const struct toc_log_id *expected)
{
    struct toc_batch batch;
    struct toc_log *log;
    enum toc_result result;

    TOC_TRY(toc_wire_batch_decode(engine->arena, bytes, &batch));
    TOC_ENSURE(toc_hash_equal(&batch.header.group, &engine->group), TOC_INVALID);
    TOC_ENSURE(expected == NULL || toc_log_id_compare(expected, &batch.header.log) == 0,
               TOC_INVALID);
    TOC_ENSURE(toc_roster_may_carry(toc_engine_roster(engine), engine->me,
                                    batch.header.log.publisher, batch.header.log.stream),
               TOC_DENIED);
    TOC_ENSURE(toc_engine_log_admissible(engine, session, &batch.header.log), TOC_DENIED);
    TOC_TRY(toc_engine_log_get(engine, &batch.header.log, &log));
    TOC_ENSURE(log->row.state == TOC_LOG_OPEN, TOC_STALE);
    TOC_TRY(toc_engine_write(engine));
    result = place(engine, session, log, &batch);
    if (result == TOC_OK || result == TOC_EXISTS) {
        log = toc_engine_log(engine, &batch.header.log);
        TOC_ASSERT(log != NULL);
        toc_give_peer_has(session, toc_engine_log_index(engine, log),
                          batch.header.first_sequence + batch.header.count);
    }
    return result;
}

static enum toc_result take_wraps(struct toc_engine *engine, const struct toc_session *session,
                                  const struct toc_give *give)
{
    struct toc_log *log;

    if (give->wraps_len == 0) {
        return TOC_OK;
    }
    TOC_ENSURE(toc_engine_log_admissible(engine, session, &give->log), TOC_DENIED);
    TOC_TRY(toc_engine_log_get(engine, &give->log, &log));
    TOC_TRY(toc_engine_write(engine));
    for (size_t i = 0; i < give->wraps_len; i++) {
        const enum toc_result result = toc_epoch_take_wrap(engine, log, give->wraps[i]);
        if (result == TOC_STORE || result == TOC_NOMEM) {
            return result;
        }
        engine->counters.frames_refused += result != TOC_OK && result != TOC_EXISTS ? 1 : 0;
        if (result == TOC_BADSIG) {
            break; /* nobody who is honest carries such a one: the rest is not looked at */
        }
    }
    return TOC_OK;
}

enum toc_result toc_handle_give(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_give *give)
{
    enum toc_result result = TOC_OK;
    struct toc_log *log;
    size_t bytes = 0;

    TOC_ENSURE(session->open, TOC_DENIED);
    TOC_ENSURE(toc_roster_may_carry(toc_engine_roster(engine), engine->me, give->log.publisher,
                                    give->log.stream),
               TOC_DENIED);
    TOC_TRY(take_wraps(engine, session, give));
    for (size_t i = 0; i < give->batches_len; i++) {
        const enum toc_result one = toc_handle_batch(engine, session, give->batches[i], &give->log);
        if (one == TOC_STORE || one == TOC_NOMEM) {
            return one;
        }
        if (one != TOC_OK && one != TOC_EXISTS) {
            result = one;
        }
        bytes += give->batches[i].len;
    }
    log = toc_engine_log(engine, &give->log);
    if (log != NULL && give->wraps_len > 0) {
        TOC_TRY(toc_apply_late_keys(engine, log));
        TOC_TRY(toc_apply_log(engine, log)); /* of an ended one, too: its keys may come last */
    }
    if (log == NULL || log->row.state != TOC_LOG_OPEN) {
        return result;
    }
    if (result == TOC_AGAIN) {
        TOC_TRY(toc_ask_want(engine, log, session,
                             0)); /* a gap, or no room in this tick: again from our end */
        return TOC_AGAIN;
    }
    TOC_TRY(toc_ask_received(engine, log, session, bytes));
    return result;
}
