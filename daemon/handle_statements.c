/* Statements: heartbeats, receipts, closings, relayed verbatim. None of them moves a cursor. */
#include "engine_internal.h"

#include "ensure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct heard {
    struct toc_bytes bytes;
    struct toc_statement statement;
};

/* What a key says of how things stand counts as long as it is its member's. */
static bool speaks_still(const struct toc_engine *engine, const struct toc_member *author)
{
    const struct toc_member *now = toc_roster_member(toc_engine_roster(engine), author->id);

    return now != NULL &&
           memcmp(&now->sign_public, &author->sign_public, sizeof(now->sign_public)) == 0;
}

static enum toc_result verify(struct toc_engine *engine, const struct toc_signed *envelope,
                              const struct toc_statement *statement)
{
    const struct toc_roster *roster =
        toc_roster_chain_at(engine->rosters, statement->roster_version);
    const struct toc_member *author =
        roster == NULL ? NULL : toc_roster_member(roster, statement->author);

    TOC_ENSURE(author != NULL, TOC_AGAIN);
    switch (statement->kind) {
    case TOC_HEARTBEAT:
        TOC_ENSURE(strcmp(statement->author, statement->log.publisher) == 0, TOC_DENIED);
        TOC_ENSURE(speaks_still(engine, author), TOC_STALE);
        break;
    case TOC_RECEIPT:
        TOC_ENSURE(speaks_still(engine, author), TOC_STALE);
        TOC_ENSURE(toc_roster_in_audience(roster, statement->author, statement->log.publisher,
                                          statement->log.stream),
                   TOC_DENIED);
        break;
    case TOC_CLOSING:
        TOC_ENSURE(toc_member_has(author, TOC_ROLE_HUB), TOC_DENIED);
        break;
    }
    return toc_statement_verify(envelope, statement, &author->sign_public);
}

/* The head that a generation after the first goes on from, if that is there. */
static enum toc_result head_before(struct toc_engine *engine, const struct toc_log *log,
                                   uint64_t next_sequence, struct toc_hash *ret_head)
{
    struct toc_stored_batch stored;
    struct toc_batch first;
    uint64_t sequence;

    TOC_TRY(toc_apply_first_sequence(engine, log, &sequence));
    TOC_ENSURE(sequence == next_sequence, TOC_NOTFOUND);
    TOC_TRY(toc_store_batch_get(engine->store, log->row.id, sequence, engine->arena, &stored));
    TOC_TRY(toc_wire_batch_decode(engine->arena, stored.bytes, &first));
    *ret_head = first.header.previous_head;
    return TOC_OK;
}

enum toc_result toc_log_head_at(struct toc_engine *engine, const struct toc_log *log,
                                uint64_t next_sequence, struct toc_hash *ret_head)
{
    enum toc_result result;

    TOC_ENSURE(next_sequence <= log->row.chain.next_sequence, TOC_AGAIN);
    if (next_sequence == log->row.chain.next_sequence) {
        *ret_head = log->row.chain.head;
        return TOC_OK;
    }
    if (next_sequence == 1) {
        *ret_head = toc_head_start(&engine->group, &log->row.log);
        return TOC_OK;
    }
    result = toc_store_head_at(engine->store, log->row.id, next_sequence, ret_head);
    return result == TOC_NOTFOUND && log->row.log.generation > 1
               ? head_before(engine, log, next_sequence, ret_head)
               : result;
}

/* Does "at next_sequence the head is this" lie on the chain we hold? TOC_AGAIN: past what we hold.
 */
enum toc_result toc_log_on_chain(struct toc_engine *engine, const struct toc_log *log,
                                 uint64_t next_sequence, const struct toc_hash *head)
{
    struct toc_hash ours = toc_hash_zero;
    const enum toc_result result = toc_log_head_at(engine, log, next_sequence, &ours);

    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    return result == TOC_OK && toc_hash_equal(&ours, head) ? TOC_OK : TOC_CONFLICT;
}

static enum toc_result remember_heartbeat(struct toc_log *log, const struct heard *heard)
{
    uint8_t *copy = malloc(heard->bytes.len);

    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    memcpy(copy, heard->bytes.data, heard->bytes.len);
    free((void *)(uintptr_t)log->heartbeat.data);
    log->heartbeat = toc_bytes_of(copy, heard->bytes.len);
    log->heard_next = heard->statement.next_sequence;
    log->heard_head = heard->statement.head;
    log->heard_time_ms = heard->statement.time_ms;
    return TOC_OK;
}

/* What it tells of nobody has yet, and its publisher's disk may be put back before that: a hub that
 * starts again knows it still, and tells the publisher before it signs. */
static enum toc_result keep_heartbeat(struct toc_engine *engine, const struct toc_log *log,
                                      const struct heard *heard)
{
    if (log->row.id == 0 || !toc_engine_is_hub(engine, engine->me)) {
        return TOC_OK;
    }
    TOC_TRY(toc_engine_write(engine));
    return toc_store_statement_put(engine->store, log->row.id, &heard->statement, heard->bytes);
}

enum toc_result toc_statement_recall(struct toc_engine *engine, struct toc_log *log)
{
    struct toc_signed envelope;
    struct heard heard;

    if (log->row.id == 0 || log->row.state != TOC_LOG_OPEN || log->row.closed_next != 0 ||
        toc_store_statement_get(engine->store, log->row.id, TOC_HEARTBEAT, log->row.log.publisher,
                                engine->arena, &heard.bytes) != TOC_OK) {
        return TOC_OK;
    }
    TOC_TRY(toc_statement_read(engine->arena, heard.bytes, &envelope, &heard.statement));
    return heard.statement.next_sequence > log->row.chain.next_sequence &&
                   heard.statement.next_sequence > log->heard_next
               ? remember_heartbeat(log, &heard)
               : TOC_OK;
}

/* The bytes of the batch that a statement contradicts. */
static struct toc_bytes batch_before(struct toc_engine *engine, const struct toc_log *log,
                                     uint64_t next_sequence)
{
    struct toc_stored_batch stored;

    if (next_sequence > 1 && toc_store_batch_get(engine->store, log->row.id, next_sequence - 1,
                                                 engine->arena, &stored) == TOC_OK) {
        return stored.bytes;
    }
    return toc_bytes_of(NULL, 0);
}

enum toc_result toc_statement_spread(struct toc_engine *engine, const struct toc_session *from,
                                     const struct toc_log *log, struct toc_bytes bytes)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_STATEMENTS,
                                        .as.statements = {&bytes, 1}};

    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        if (session != from && session->link != 0 && session->open && !session->blocked &&
            toc_engine_may_carry(engine, session, log)) {
            TOC_TRY(toc_out_message(engine, session, &message));
        }
    }
    return TOC_OK;
}

/* Under the keys that this log is signed with. Those that were replaced before it began would stop
 * it by a word against it, and one that is closed is ended for good. Where nothing of it is here
 * yet, the keys that its publisher has now. */
static bool heartbeat_counts(struct toc_engine *engine, const struct toc_log *log,
                             const struct toc_statement *statement)
{
    const struct toc_member *member =
        toc_roster_member(toc_engine_roster(engine), statement->log.publisher);
    uint64_t since = toc_apply_begun(engine, log);

    if (since == 0 && member != NULL) {
        since = member->admitted_version;
    }
    return log->row.closed_next == 0 && statement->roster_version >= since;
}

static enum toc_result take_heartbeat(struct toc_engine *engine, struct toc_session *session,
                                      struct toc_log *log, const struct heard *heard)
{
    const struct toc_statement *statement = &heard->statement;
    /* Not newer: two hubs with two connections would pass it to each other for ever. */
    const bool newer =
        statement->next_sequence > log->heard_next ||
        (statement->next_sequence == log->heard_next && statement->time_ms > log->heard_time_ms);
    enum toc_result result;

    if (statement->next_sequence == log->heard_next &&
        !toc_hash_equal(&statement->head, &log->heard_head)) {
        return toc_apply_conflict(engine, log, "two heartbeats", log->heartbeat, heard->bytes);
    }
    result = toc_log_on_chain(engine, log, statement->next_sequence, &statement->head);
    if (result == TOC_CONFLICT) {
        return toc_apply_conflict(engine, log, "a heartbeat and a batch",
                                  batch_before(engine, log, statement->next_sequence),
                                  heard->bytes);
    }
    log->heard_mono = engine->now_mono;
    if (newer) {
        TOC_TRY(remember_heartbeat(log, heard));
        log->relay_due = toc_engine_is_hub(engine, engine->me);
        log->relay_from = session->link;
        engine->relay_due |= log->relay_due;
    }
    if (result == TOC_OK) {
        log->missed = 0;
        return TOC_OK;
    }
    log->missed++;
    if (newer && result == TOC_AGAIN) {
        TOC_TRY(keep_heartbeat(engine, log, heard));
    }
    if (log->own && statement->next_sequence > log->claimed_next) {
        log->claimed_next =
            statement->next_sequence; /* a copy of our key is at work, or we were restored */
    }
    return result == TOC_AGAIN ? toc_ask_missing(engine, log) : result;
}

/* The newest receipt of a reader that is held. One by a key that was replaced since is none: others
 * take it no more, and what the new key says is to take its place. */
static bool held_receipt(struct toc_engine *engine, const struct toc_log *log, const char *reader,
                         struct toc_statement *ret_statement)
{
    const struct toc_roster *roster;
    const struct toc_member *author;
    struct toc_signed envelope;
    struct toc_bytes held;

    if (log->row.id == 0 ||
        toc_store_statement_get(engine->store, log->row.id, TOC_RECEIPT, reader, engine->arena,
                                &held) != TOC_OK ||
        toc_statement_read(engine->arena, held, &envelope, ret_statement) != TOC_OK) {
        return false;
    }
    roster = toc_roster_chain_at(engine->rosters, ret_statement->roster_version);
    author = roster == NULL ? NULL : toc_roster_member(roster, reader);
    return author != NULL && speaks_still(engine, author);
}

/* Both are said again to every new session, a heartbeat by all who relayed it: one that says what
 * is known costs no signature. */
static bool says_nothing_new(struct toc_engine *engine, const struct toc_log *log,
                             const struct heard *heard)
{
    const struct toc_statement *statement = &heard->statement;
    struct toc_statement held;

    if (statement->kind == TOC_HEARTBEAT) {
        return toc_bytes_equal(heard->bytes, log->heartbeat);
    }
    return statement->kind == TOC_RECEIPT && held_receipt(engine, log, statement->author, &held) &&
           held.next_sequence == statement->next_sequence &&
           toc_hash_equal(&held.head, &statement->head);
}

enum toc_result toc_receipt_off_chain(struct toc_engine *engine, struct toc_log *log,
                                      const struct toc_statement *receipt, struct toc_bytes bytes)
{
    char about[192];

    engine->counters.conflicts++;
    toc_engine_note(engine, TOC_NOTICE_ERROR, "receipt.conflict",
                    "reader=%s publisher=%s stream=%s sequence=%llu", receipt->author,
                    log->row.log.publisher, log->row.log.stream,
                    (unsigned long long)receipt->next_sequence - 1);
    (void)snprintf(about, sizeof(about), "%s %s %u: a receipt by %s off the chain",
                   log->row.log.publisher, log->row.log.stream, log->row.log.generation,
                   receipt->author);
    TOC_TRY(toc_store_evidence_add(engine->store, about, engine->now_wall,
                                   batch_before(engine, log, receipt->next_sequence), bytes));
    log->receipts_grew = true; /* the publisher must see it, too */
    return TOC_OK;
}

/* A reader says how far it is. It cannot stop a log with its word alone: what does not fit is kept
 * and told, so that a hub that shows two views is seen. */
static enum toc_result take_receipt(struct toc_engine *engine, struct toc_log *log,
                                    const struct heard *heard)
{
    const struct toc_statement *statement = &heard->statement;
    const enum toc_result fits =
        toc_log_on_chain(engine, log, statement->next_sequence, &statement->head);
    struct toc_statement before;

    if (fits == TOC_CONFLICT) {
        TOC_TRY(toc_receipt_off_chain(engine, log, statement, heard->bytes));
        /* Kept as said, so that saying it again is no new evidence. */
        TOC_TRY(toc_store_statement_put(engine->store, log->row.id, statement, heard->bytes));
        return TOC_CONFLICT;
    }
    /* What it said off the chain is in nobody's way, once it is back on it. */
    if (held_receipt(engine, log, statement->author, &before) &&
        before.next_sequence >= statement->next_sequence &&
        toc_log_on_chain(engine, log, before.next_sequence, &before.head) != TOC_CONFLICT) {
        return TOC_STALE;
    }
    if (fits == TOC_AGAIN && statement->next_sequence > log->receipts_ahead) {
        log->receipts_ahead = statement->next_sequence;
    }
    TOC_TRY(toc_store_statement_put(engine->store, log->row.id, statement, heard->bytes));
    log->receipts_grew = true;
    return TOC_OK;
}

/* Where what is held before a closing ends. One that lies within a batch is of a hub that has
 * another history: none of that batch counts. TOC_INVALID: it lies before the generation. */
static enum toc_result end_within(struct toc_engine *engine, const struct toc_log *log,
                                  uint64_t closed_next, uint64_t *ret_end)
{
    struct toc_stored_batch batch;
    struct toc_hash head;
    enum toc_result result = toc_log_head_at(engine, log, closed_next, &head);
    uint64_t first = log->own ? log->row.chain.next_sequence : 1;

    if (log->row.chain.epoch != 0) {
        TOC_TRY(toc_apply_first_sequence(engine, log, &first));
    }
    TOC_ENSURE(log->row.log.generation == 1 || closed_next >= first, TOC_INVALID);
    if (result == TOC_OK || result == TOC_AGAIN) {
        *ret_end = closed_next;
        return TOC_OK;
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    TOC_TRY(
        toc_store_batch_get(engine->store, log->row.id, closed_next - 1, engine->arena, &batch));
    *ret_end = batch.first_sequence;
    return TOC_OK;
}

enum toc_result toc_statement_close(struct toc_engine *engine, struct toc_log *log,
                                    const struct toc_statement *closing, struct toc_bytes bytes)
{
    uint64_t end = 0;

    if (log->row.closed_next != 0 && (log->row.closed_next <= closing->next_sequence ||
                                      toc_log_pin(engine, &log->row.log) != NULL)) {
        return TOC_EXISTS;
    }
    TOC_TRY(end_within(engine, log, closing->next_sequence, &end));
    /* We go on from the end of what is ours; a reader waits for what the hub has up to its own. */
    log->row.closed_next = log->own ? end : closing->next_sequence;
    if (log->row.chain.next_sequence > end) {
        TOC_TRY(log->own ? toc_publish_requeue(engine, log, end) : TOC_OK);
        TOC_TRY(toc_apply_void(engine, log, end));
    }
    if (log->row.chain.next_sequence == log->row.closed_next) {
        log->row.state = TOC_LOG_ENDED;
        engine->more_to_apply = true; /* what waited for a key may wait in vain */
    }
    TOC_TRY(toc_engine_log_save(engine, log));
    return toc_store_statement_put(engine->store, log->row.id, closing, bytes);
}

/* What a member that is here signs with its keys is not ended by anybody's word. So the log began
 * under older ones; or, where nothing of it is here yet, or it is gone by now, the version named
 * took keys away: an older hub says nothing of one that it knew. */
static bool closing_counts(struct toc_engine *engine, const struct toc_log *log,
                           const struct toc_statement *closing)
{
    const char *const publisher = closing->log.publisher;
    const struct toc_member *const now = toc_roster_member(toc_engine_roster(engine), publisher);
    const uint64_t begun = toc_apply_begun(engine, log);
    const struct toc_roster *roster = toc_roster_chain_at(engine->rosters, closing->roster_version);
    const struct toc_member *const then =
        roster == NULL ? NULL : toc_roster_member(roster, publisher);

    if (begun >= closing->roster_version) {
        return false; /* of before its publisher came */
    }
    if (now == NULL && then == NULL) {
        return true;
    }
    if (then != NULL && then->admitted_version != closing->roster_version) {
        return false;
    }
    if (now != NULL && begun != 0) {
        return begun < now->admitted_version;
    }
    roster = toc_roster_chain_at(engine->rosters, closing->roster_version - 1);
    const struct toc_member *const before =
        roster == NULL ? NULL : toc_roster_member(roster, publisher);
    return before != NULL && (then == NULL || !toc_member_same_keys(before, then));
}

static enum toc_result take_closing(struct toc_engine *engine, struct toc_session *session,
                                    struct toc_log *log, const struct heard *heard)
{
    const struct toc_statement *closing = &heard->statement;

    TOC_ENSURE(closing_counts(engine, log, closing), TOC_DENIED);
    TOC_TRY(toc_statement_close(engine, log, closing, heard->bytes));
    return toc_engine_is_hub(engine, engine->me)
               ? toc_statement_spread(engine, session, log, heard->bytes)
               : TOC_OK;
}

static enum toc_result take(struct toc_engine *engine, struct toc_session *session,
                            struct toc_bytes bytes)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct heard heard = {.bytes = bytes};
    struct toc_signed envelope;
    struct toc_log *log;

    TOC_TRY(toc_statement_read(engine->arena, bytes, &envelope, &heard.statement));
    TOC_ENSURE(toc_hash_equal(&heard.statement.group, &engine->group), TOC_INVALID);
    TOC_ENSURE(toc_roster_may_carry(roster, engine->me, heard.statement.log.publisher,
                                    heard.statement.log.stream) ||
                   heard.statement.kind == TOC_CLOSING,
               TOC_DENIED);
    log = toc_engine_log(engine, &heard.statement.log);
    TOC_ENSURE(log != NULL, TOC_AGAIN); /* its Have comes first */
    if (log->row.state == TOC_LOG_STOPPED || says_nothing_new(engine, log, &heard) ||
        (heard.statement.kind == TOC_HEARTBEAT &&
         !heartbeat_counts(engine, log, &heard.statement))) {
        return TOC_STALE;
    }
    TOC_ENSURE(toc_engine_spend_verification(engine), TOC_AGAIN);
    TOC_TRY(verify(engine, &envelope, &heard.statement));
    switch (heard.statement.kind) {
    case TOC_HEARTBEAT:
        return take_heartbeat(engine, session, log, &heard);
    case TOC_RECEIPT:
        /* Even before its first batch: our own log may just be on its way back to us. */
        TOC_TRY(log->row.id == 0 ? toc_engine_log_save(engine, log) : toc_engine_write(engine));
        return take_receipt(engine, log, &heard);
    case TOC_CLOSING:
        TOC_TRY(toc_engine_write(engine));
        return take_closing(engine, session, log, &heard);
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_handle_statements(struct toc_engine *engine, struct toc_session *session,
                                      const struct toc_runs *statements)
{
    enum toc_result result = TOC_OK;

    TOC_ENSURE(session->open, TOC_DENIED);
    for (size_t i = 0; i < statements->items_len; i++) {
        const enum toc_result one = take(engine, session, statements->items[i]);
        if (one == TOC_STORE || one == TOC_NOMEM) {
            return one;
        }
        if (one != TOC_OK && one != TOC_EXISTS && one != TOC_STALE) {
            result = one;
        }
    }
    return result;
}
