/* Receipts: said by a reader for what it applied, to the publisher or by way of its hubs; and
 * passed on by a hub, as bundles of the newest of all readers. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

/* ---- bundles ---- */

enum toc_result toc_bundle_send(struct toc_engine *engine, struct toc_session *session,
                                struct toc_bundle *bundle)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_STATEMENTS,
                                        .as.statements = {bundle->items, bundle->len}};

    if (bundle->len == 0) {
        return TOC_OK;
    }
    bundle->len = 0;
    return toc_out_message(engine, session, &message);
}

enum toc_result toc_bundle_add(struct toc_engine *engine, struct toc_session *session,
                               struct toc_bundle *bundle, struct toc_bytes item)
{
    bundle->items[bundle->len++] = item;
    return bundle->len < TOC_STATEMENTS_MAX ? TOC_OK : toc_bundle_send(engine, session, bundle);
}

/* ---- what they say ---- */

uint64_t toc_receipt_next(struct toc_engine *engine, const struct toc_log *log,
                          const struct toc_statement *receipt)
{
    const uint64_t ours = log->row.chain.next_sequence;

    if (toc_log_on_chain(engine, log, receipt->next_sequence, &receipt->head) == TOC_CONFLICT) {
        return 1;
    }
    return receipt->next_sequence < ours ? receipt->next_sequence : ours;
}

enum toc_result toc_receipts_met(struct toc_engine *engine, struct toc_log *log, uint64_t before)
{
    struct toc_stored_statement *list;
    uint64_t ahead = 0;
    size_t len = 0;

    if (before >= log->receipts_ahead) {
        return TOC_OK;
    }
    list = toc_arena_zero(engine->arena, TOC_MEMBERS_MAX, sizeof(*list));
    TOC_ENSURE(list != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_statements(engine->store, log->row.id, TOC_RECEIPT, engine->arena, list,
                                 TOC_MEMBERS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_signed envelope;
        struct toc_statement receipt;
        if (list[i].next_sequence > log->row.chain.next_sequence) {
            ahead = list[i].next_sequence > ahead ? list[i].next_sequence : ahead;
        } else if (list[i].next_sequence > before) {
            TOC_TRY(toc_statement_read(engine->arena, list[i].bytes, &envelope, &receipt));
            if (toc_log_on_chain(engine, log, receipt.next_sequence, &receipt.head) ==
                TOC_CONFLICT) {
                TOC_TRY(toc_receipt_off_chain(engine, log, &receipt, list[i].bytes));
            }
        }
    }
    log->receipts_ahead = ahead;
    return TOC_OK;
}

/* ---- a reader's own ---- */

/* Into the bundle of the session with its publisher, or else those with the hubs. */
static enum toc_result receipt(struct toc_engine *engine, struct toc_log *log,
                               struct toc_bundle *bundles)
{
    struct toc_statement statement;
    struct toc_bytes bytes = {NULL, 0};
    struct toc_hash head;
    bool direct = false;

    if (log->row.applied_next == log->row.chain.next_sequence) {
        head = log->row.chain.head;
    } else if (toc_store_head_at(engine->store, log->row.id, log->row.applied_next, &head) !=
               TOC_OK) {
        return TOC_OK;
    }
    for (size_t pass = 0; pass < 2 && !direct; pass++) {
        for (size_t i = 0; i < engine->sessions_len; i++) {
            struct toc_session *session = &engine->sessions[i];
            const bool to_publisher = strcmp(session->member, log->row.log.publisher) == 0;
            if (session->link == 0 || !session->open ||
                (pass == 0 ? !to_publisher : !toc_engine_is_hub(engine, session->member))) {
                continue;
            }
            if (bytes.len == 0) {
                TOC_TRY(toc_statement_say(engine, log, TOC_RECEIPT, log->row.applied_next, &head,
                                          &statement, &bytes));
            }
            TOC_TRY(toc_bundle_add(engine, session, &bundles[i], bytes));
            direct |= to_publisher;
        }
    }
    if (bytes.len > 0) {
        log->receipt_due = false;
        log->receipt_urgent = false;
        log->receipt_mono = engine->now_mono;
    }
    return TOC_OK;
}

static int64_t receipt_time(const struct toc_engine *engine, const struct toc_log *log)
{
    return log->receipt_urgent ? engine->now_mono
                               : log->receipt_mono + (int64_t)engine->conf->receipt_s * 1000;
}

/* All that is due in one tick goes together: a member of a large group reads hundreds of logs. */
static enum toc_result receipts(struct toc_engine *engine, int64_t *deadline)
{
    struct toc_bundle *bundles = NULL;

    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        if (!log->receipt_due || log->own) {
            continue;
        }
        if (receipt_time(engine, log) <= engine->now_mono) {
            if (bundles == NULL) {
                bundles = toc_arena_zero(engine->arena, engine->sessions_len + 1, sizeof(*bundles));
                TOC_ENSURE(bundles != NULL, TOC_NOMEM);
            }
            TOC_TRY(receipt(engine, log, bundles));
        } else if (receipt_time(engine, log) < *deadline) {
            *deadline = receipt_time(engine, log);
        }
    }
    for (size_t i = 0; bundles != NULL && i < engine->sessions_len; i++) {
        TOC_TRY(toc_bundle_send(engine, &engine->sessions[i], &bundles[i]));
    }
    return TOC_OK;
}

/* ---- a hub passes receipts on: to the publisher, and of its own logs to all readers ---- */

static enum toc_result pass_on(struct toc_engine *engine, struct toc_log *log)
{
    struct toc_stored_statement *list =
        toc_arena_zero(engine->arena, TOC_MEMBERS_MAX, sizeof(*list));
    size_t len = 0;

    TOC_ENSURE(list != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_statements(engine->store, log->row.id, TOC_RECEIPT, engine->arena, list,
                                 TOC_MEMBERS_MAX, &len));
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        const bool wants = log->own ? toc_engine_may_carry(engine, session, log)
                                    : strcmp(session->member, log->row.log.publisher) == 0;
        struct toc_bundle bundle = {.len = 0};
        if (session->link == 0 || !session->open || session->blocked || !wants) {
            continue;
        }
        for (size_t j = 0; j < len; j++) {
            TOC_TRY(toc_bundle_add(engine, session, &bundle, list[j].bytes));
        }
        TOC_TRY(toc_bundle_send(engine, session, &bundle));
    }
    log->receipts_grew = false;
    log->bundled_mono = engine->now_mono;
    return TOC_OK;
}

static enum toc_result pass_receipts_on(struct toc_engine *engine, int64_t *deadline)
{
    if (!toc_engine_is_hub(engine, engine->me)) {
        return TOC_OK;
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        const int64_t when = log->bundled_mono + toc_heartbeat_interval_ms(engine);
        if (!log->receipts_grew) {
            continue;
        }
        if (when <= engine->now_mono || log->bundled_mono == 0) {
            TOC_TRY(pass_on(engine, log));
        } else if (when < *deadline) {
            *deadline = when;
        }
    }
    return TOC_OK;
}

enum toc_result toc_receipts_finish(struct toc_engine *engine, int64_t *deadline)
{
    TOC_TRY(receipts(engine, deadline));
    return pass_receipts_on(engine, deadline);
}
