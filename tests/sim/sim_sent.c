/* Nothing is sent before it is on disk (invariant 1): every frame of an outbox is taken apart and
 * compared with the store that was just committed. And nothing goes to those who may not have it
 * (invariant 5). */
#include "sim.h"

#include "engine_internal.h"

#include <string.h>

struct looked {
    struct sim_node *node;
    const char *to; /* NULL: the feed, or nobody that is known */
};

static void wrong(const struct looked *at, const struct toc_log_id *log, const char *what)
{
    sim_fail(at->node->sim, "%s sends %s: %s of %s %s %u that is not on its disk", at->node->member,
             at->to == NULL ? "" : at->to, what, log->publisher, log->stream, log->generation);
}

/* Kept as one side of a conflict: whoever stops a log tells everybody both. */
static bool is_evidence(const struct looked *at, struct toc_bytes bytes)
{
    struct toc_evidence kept[64];
    size_t len = 0;

    if (toc_store_evidence(at->node->store, 0, at->node->sim->arena, kept,
                           sizeof(kept) / sizeof(kept[0]), &len) != TOC_OK) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (toc_bytes_equal(kept[i].one, bytes) || toc_bytes_equal(kept[i].other, bytes)) {
            return true;
        }
    }
    return false;
}

static void check_batch(const struct looked *at, struct toc_bytes bytes)
{
    struct toc_arena *arena = at->node->sim->arena;
    struct toc_stored_batch stored;
    struct toc_log_row row;
    struct toc_batch batch;

    if (toc_wire_batch_decode(arena, bytes, &batch) != TOC_OK) {
        sim_fail(at->node->sim, "%s sends a batch that does not parse", at->node->member);
        return;
    }
    if ((!sim_log_row(at->node, &batch.header.log, &row) ||
         toc_store_batch_get(at->node->store, row.id, batch.header.first_sequence, arena,
                             &stored) != TOC_OK ||
         !toc_bytes_equal(stored.bytes, bytes)) &&
        !is_evidence(at, bytes)) {
        wrong(at, &batch.header.log, "a batch");
    }
}

/* "At next_sequence the head is this." */
static bool holds(const struct looked *at, const struct toc_log_id *log, uint64_t next_sequence,
                  const struct toc_hash *head)
{
    struct toc_log_row row;
    struct toc_hash held;

    if (!sim_log_row(at->node, log, &row)) {
        return false;
    }
    if (row.chain.next_sequence == next_sequence) {
        return toc_hash_equal(&row.chain.head, head);
    }
    if (next_sequence == 1) {
        const struct toc_hash start = toc_head_start(&at->node->engine->group, log);
        return toc_hash_equal(&start, head);
    }
    return toc_store_head_at(at->node->store, row.id, next_sequence, &held) == TOC_OK &&
           toc_hash_equal(&held, head);
}

/* A member's own word about itself; what it passes on is not its to answer for. */
static void check_statement(const struct looked *at, struct toc_bytes bytes)
{
    struct toc_statement statement;
    struct toc_signed envelope;
    struct toc_log_row row;

    if (toc_statement_read(at->node->sim->arena, bytes, &envelope, &statement) != TOC_OK) {
        sim_fail(at->node->sim, "%s sends a statement that does not parse", at->node->member);
        return;
    }
    if (strcmp(statement.author, at->node->member) != 0 || is_evidence(at, bytes)) {
        return;
    }
    /* A stopped or later voided log may have been spoken of while it was whole. */
    if (!holds(at, &statement.log, statement.next_sequence, &statement.head) &&
        !at->node->sim->void_allowed) {
        wrong(at, &statement.log, "a statement");
    }
    if (statement.kind == TOC_RECEIPT && sim_log_row(at->node, &statement.log, &row) &&
        row.applied_next < statement.next_sequence && !at->node->sim->void_allowed) {
        wrong(at, &statement.log, "a receipt");
    }
}

static void check_visible(const struct looked *at, const struct toc_log_id *log)
{
    const struct toc_roster *draft = toc_fixture_group_draft(at->node->sim->group);

    if (at->to != NULL && toc_roster_member(draft, at->to) != NULL &&
        !toc_roster_may_carry(draft, at->to, log->publisher, log->stream)) {
        sim_fail(at->node->sim, "%s names %s %s to %s", at->node->member, log->publisher,
                 log->stream, at->to);
    }
}

static void trace(const struct looked *at, const struct toc_message *message)
{
    static const char *const names[] = {"?",    "hello", "rosters",    "have",
                                        "want", "give",  "statements", "refusal"};
    const char *to = at->to == NULL ? "nobody" : at->to;

    switch (message->kind) {
    case TOC_MESSAGE_HELLO:
        sim_trace(at->node, "-> %s hello version=%llu answer=%d", to,
                  (unsigned long long)message->as.hello.roster_version, message->as.hello.answer);
        return;
    case TOC_MESSAGE_HAVE:
        sim_trace(at->node, "-> %s have heads=%zu complete=%d", to, message->as.have.heads_len,
                  message->as.have.complete);
        for (size_t i = 0; i < message->as.have.heads_len; i++) {
            const struct toc_log_head *head = &message->as.have.heads[i];
            sim_trace(at->node, "       %s %s %u to %llu", head->log.publisher, head->log.stream,
                      head->log.generation, (unsigned long long)head->next_sequence);
        }
        return;
    case TOC_MESSAGE_WANT:
        sim_trace(at->node, "-> %s want %s %s %u from=%llu until=%llu credit=%u more=%d wraps=%u",
                  to, message->as.want.log.publisher, message->as.want.log.stream,
                  message->as.want.log.generation,
                  (unsigned long long)message->as.want.from_sequence,
                  (unsigned long long)message->as.want.until_sequence, message->as.want.credit,
                  message->as.want.more, message->as.want.wraps_held);
        return;
    case TOC_MESSAGE_GIVE:
        sim_trace(at->node, "-> %s give %s %s %u wraps=%zu batches=%zu", to,
                  message->as.give.log.publisher, message->as.give.log.stream,
                  message->as.give.log.generation, message->as.give.wraps_len,
                  message->as.give.batches_len);
        return;
    case TOC_MESSAGE_NEWER:
    case TOC_MESSAGE_STATEMENTS:
    case TOC_MESSAGE_ROSTERS:
    case TOC_MESSAGE_REFUSAL:
        sim_trace(at->node, "-> %s %s", to, names[message->kind]);
        return;
    }
}

static bool is_newest_key(const struct sim *sim, const struct toc_wrap_body *wrap)
{
    const struct toc_member *const member =
        toc_roster_member(toc_fixture_group_draft(sim->group), wrap->member);

    return member != NULL && wrap->roster_version >= member->admitted_version;
}

static void check_give(const struct looked *at, const struct toc_give *give)
{
    check_visible(at, &give->log);
    for (size_t i = 0; i < give->batches_len; i++) {
        check_batch(at, give->batches[i]);
    }
    for (size_t i = 0; i < give->wraps_len; i++) {
        struct toc_signed envelope;
        struct toc_wrap_body wrap;
        struct toc_epoch_row epoch;
        struct toc_log_row row;
        if (toc_wire_signed_decode(at->node->sim->arena, give->wraps[i], &envelope) != TOC_OK ||
            toc_wire_wrap_decode(at->node->sim->arena, envelope.body, &wrap) != TOC_OK) {
            sim_fail(at->node->sim, "%s sends a wrap that does not parse", at->node->member);
            return;
        }
        /* One for a member that has left, or for its old key, may have been dropped later in the
         * same tick. */
        if (!is_newest_key(at->node->sim, &wrap)) {
            continue;
        }
        if (!sim_log_row(at->node, &give->log, &row)) {
            wrong(at, &give->log, "a wrap");
            return;
        }
        if (toc_store_epoch_get(at->node->store, row.id, wrap.epoch, &epoch) == TOC_OK &&
            epoch.destroyed) {
            continue; /* as may one that retention destroyed */
        }
        if (!toc_store_wrap_held(at->node->store, row.id, wrap.epoch, wrap.member)) {
            wrong(at, &give->log, "a wrap");
        }
    }
}

static void check_message(const struct looked *at, const struct toc_message *message)
{
    trace(at, message);
    switch (message->kind) {
    case TOC_MESSAGE_HELLO:
        if (message->as.hello.roster_version > toc_store_roster_last(at->node->store)) {
            sim_fail(at->node->sim, "%s says it has a roster that it has not", at->node->member);
        }
        return;
    case TOC_MESSAGE_HAVE:
        for (size_t i = 0; i < message->as.have.heads_len; i++) {
            const struct toc_log_head *head = &message->as.have.heads[i];
            check_visible(at, &head->log);
            if (!holds(at, &head->log, head->next_sequence, &head->head) &&
                !at->node->sim->void_allowed) {
                wrong(at, &head->log, "a head");
            }
        }
        return;
    case TOC_MESSAGE_GIVE:
        check_give(at, &message->as.give);
        return;
    case TOC_MESSAGE_STATEMENTS:
        for (size_t i = 0; i < message->as.statements.items_len; i++) {
            check_statement(at, message->as.statements.items[i]);
        }
        return;
    case TOC_MESSAGE_NEWER:
    case TOC_MESSAGE_WANT:
    case TOC_MESSAGE_ROSTERS:
    case TOC_MESSAGE_REFUSAL:
        return;
    }
}

static const char *receiver(const struct sim_node *node, toc_link link)
{
    for (size_t i = 0; i < node->sim->wires_len; i++) {
        const struct sim_wire *wire = &node->sim->wires[i];
        if (wire->server == node && wire->server_link == link) {
            return wire->dialler->member;
        }
        if (wire->dialler == node && wire->dial_link == link) {
            return wire->server->member;
        }
    }
    return NULL;
}

static void check_reply(struct sim_node *node, const struct toc_out *out)
{
    json_t *reply = json_loadb((const char *)out->parts[0].data, out->parts[0].len, 0, NULL);
    const char *tag = json_string_value(json_object_get(reply, "tag"));
    struct toc_submission known;
    char id[SIM_KEY_LEN + 8];

    if (tag != NULL && json_is_true(json_object_get(reply, "ok"))) {
        (void)snprintf(id, sizeof(id), "s%.20s", tag);
        if (toc_store_submission_find(node->store, id, &known) != TOC_OK) {
            sim_fail(node->sim, "%s acknowledges %s, which is not on its disk", node->member, id);
        }
    }
    json_decref(reply);
}

static void check_feed(struct sim_node *node, struct toc_bytes frame)
{
    struct toc_feed feed;
    if (toc_wire_feed_decode(frame, &feed) != TOC_OK) {
        sim_fail(node->sim, "%s sends a frame on the feed that does not decode", node->member);
    } else {
        check_batch(&(struct looked){node, NULL}, feed.batch);
    }
}

void sim_check_sent(struct sim_node *node, const struct toc_out *out, size_t len)
{
    for (size_t i = 0; i < len && node->sim->failure[0] == '\0'; i++) {
        const struct looked at = {node, receiver(node, out[i].link)};
        struct toc_message message;
        toc_arena_reset(node->sim->arena);
        if (node->sim->hooks.sent != NULL) {
            node->sim->hooks.sent(node, &out[i]);
        }
        if (out[i].kind == TOC_OUT_FEED) {
            check_feed(node, out[i].parts[0]);
        } else if (out[i].kind == TOC_OUT_LOCAL) {
            check_reply(node, &out[i]);
        } else if (toc_wire_message_decode(node->sim->arena, out[i].parts[0], &message) != TOC_OK) {
            sim_fail(node->sim, "%s sends a frame that does not decode", node->member);
        } else {
            check_message(&at, &message);
        }
    }
}
