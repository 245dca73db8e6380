/* The invariants that a member's committed store must keep, looked at after every tick. Only what
 * is new since the last look is read. */
#include "sim.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GENERATIONS_MAX 8 /* of a log, in one history */

/* ---- one history ---- */

static size_t bucket(const struct toc_log_id *log, uint64_t first_sequence)
{
    uint64_t hash = first_sequence * UINT64_C(0x9e3779b97f4a7c15) + log->generation;

    for (const char *at = log->publisher; *at != '\0'; at++) {
        hash = hash * 31 + (uint8_t)*at;
    }
    return (size_t)(hash >> 32) % 256;
}

/* A commit that failed is back, in the place of what was signed afterwards, went out, and was never
 * really written: a conflict, and what its operator rotates away. */
static void comes_back(struct sim_node *node, const struct toc_log_id *log, uint64_t from)
{
    node->sim->forks = node->sim->void_allowed = true;
    for (struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        one->excused |= one->node == node && strcmp(one->stream, log->stream) == 0 &&
                        one->first_sequence >= from;
    }
}

static void truth_check(struct sim_node *node, const struct toc_log_id *log,
                        const struct toc_stored_batch *batch)
{
    struct sim *sim = node->sim;
    struct sim_truth **at = &sim->truth[bucket(log, batch->first_sequence)];
    struct sim_truth *one = *at;

    while (one != NULL && (one->first_sequence != batch->first_sequence ||
                           toc_log_id_compare(&one->log, log) != 0)) {
        one = one->next;
    }
    if (one != NULL) {
        if (sim->forks || toc_hash_equal(&one->head, &batch->head)) {
            return;
        }
        if (node->put_back && node->failed && strcmp(node->member, log->publisher) == 0) {
            comes_back(node, log, batch->first_sequence);
        } else {
            sim_fail(sim, "%s: %s %s %u: two batches at %llu", node->member, log->publisher,
                     log->stream, log->generation, (unsigned long long)batch->first_sequence);
        }
        return;
    }
    one = calloc(1, sizeof(*one));
    ck_assert_ptr_nonnull(one);
    *one = (struct sim_truth){*at, *log, batch->first_sequence,
                              batch->first_sequence + batch->count, batch->head};
    *at = one;
    sim->batches++;
}

static bool held_elsewhere(const struct sim_node *node, const struct sim_truth *truth)
{
    for (size_t i = 0; i < node->sim->nodes_len; i++) {
        struct sim_node *other = &node->sim->nodes[i];
        const struct sim_seen *seen = other == node ? NULL : sim_seen(other, &truth->log);
        if (seen != NULL && seen->next_sequence >= truth->next_sequence) {
            return true;
        }
    }
    return false;
}

/* Does anybody hold what the submission became, in any generation? */
static bool became(const struct sim_submission *one)
{
    struct sim_truth wanted = {.next_sequence = one->first_sequence + one->records};

    memcpy(wanted.log.publisher, one->node->member, sizeof(wanted.log.publisher));
    memcpy(wanted.log.stream, one->stream, strlen(one->stream) + 1);
    for (wanted.log.generation = 1; wanted.log.generation <= GENERATIONS_MAX;
         wanted.log.generation++) {
        if (one->first_sequence != 0 && held_elsewhere(one->node, &wanted)) {
            return true;
        }
    }
    return false;
}

/* The clients learn in time where their records went: a disk that is put back forgets the ids, and
 * who asked again then would have its records stored twice. */
void sim_check_before_restore(struct sim_node *node)
{
    for (struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        struct toc_submission known;
        char id[SIM_KEY_LEN];
        (void)snprintf(id, sizeof(id), "s%u", one->number);
        if (one->node == node && toc_store_submission_find(node->store, id, &known) == TOC_OK) {
            node->unanswered -= one->asked != SIM_ACKNOWLEDGED;
            one->asked = SIM_ACKNOWLEDGED;
            one->first_sequence = known.first_sequence;
        }
    }
}

void sim_check_restored(struct sim_node *node)
{
    struct sim *sim = node->sim;

    for (struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        struct toc_submission known;
        char id[SIM_KEY_LEN];
        (void)snprintf(id, sizeof(id), "s%u", one->number);
        if (one->node == node && one->asked == SIM_ACKNOWLEDGED && !became(one) &&
            (toc_store_submission_find(node->store, id, &known) != TOC_OK ||
             /* A commit that failed may have reached the disk all the same. */
             (one->first_sequence != 0 && known.first_sequence != one->first_sequence))) {
            one->excused = true;
        }
    }
    for (size_t i = 0; i < sizeof sim->truth / sizeof sim->truth[0]; i++) {
        struct sim_truth **at = &sim->truth[i];
        while (*at != NULL) {
            struct sim_truth *one = *at;
            if (strcmp(one->log.publisher, node->member) == 0 && !held_elsewhere(node, one)) {
                *at = one->next;
                free(one);
            } else {
                at = &one->next;
            }
        }
    }
    node->seen_len = 0;
    node->journal_position = 0;
}

/* What a publisher and all who had it have lost, one after the other, is no more. */
void sim_check_lost(struct sim *sim)
{
    for (struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        struct toc_submission known;
        char id[SIM_KEY_LEN];
        (void)snprintf(id, sizeof(id), "s%u", one->number);
        one->excused |= one->asked == SIM_ACKNOWLEDGED && !became(one) &&
                        toc_store_submission_find(one->node->store, id, &known) != TOC_OK;
    }
    for (size_t i = 0; i < sizeof sim->truth / sizeof sim->truth[0]; i++) {
        struct sim_truth **at = &sim->truth[i];
        while (*at != NULL) {
            struct sim_truth *one = *at;
            struct sim_node *const publisher = sim_node(sim, one->log.publisher);
            const struct sim_seen *seen = sim_seen(publisher, &one->log);
            if (!held_elsewhere(publisher, one) &&
                (seen == NULL || seen->next_sequence < one->next_sequence)) {
                *at = one->next;
                free(one);
            } else {
                at = &one->next;
            }
        }
    }
}

/* ---- rows ---- */

struct rows {
    struct toc_log_row rows[SIM_LOGS_MAX];
    size_t len;
};

static enum toc_result collect(void *context, const struct toc_log_row *row)
{
    struct rows *rows = context;

    if (rows->len == SIM_LOGS_MAX) {
        return TOC_TOOBIG;
    }
    rows->rows[rows->len++] = *row;
    return TOC_OK;
}

bool sim_log_row(struct sim_node *node, const struct toc_log_id *log, struct toc_log_row *ret_row)
{
    struct rows rows = {.len = 0};

    SIM_MUST(node->sim, toc_store_logs(node->store, collect, &rows) == TOC_OK);
    for (size_t i = 0; i < rows.len; i++) {
        if (toc_log_id_compare(&rows.rows[i].log, log) == 0) {
            *ret_row = rows.rows[i];
            return true;
        }
    }
    return false;
}

struct sim_seen *sim_seen(struct sim_node *node, const struct toc_log_id *log)
{
    for (size_t i = 0; i < node->seen_len; i++) {
        if (toc_log_id_compare(&node->seen[i].log, log) == 0) {
            return &node->seen[i];
        }
    }
    return NULL;
}

/* Rows come in the order of last time, but for logs that are new. */
static struct sim_seen *seen_get(struct sim_node *node, const struct toc_log_row *row, size_t at)
{
    struct sim_seen *seen =
        at < node->seen_len && toc_log_id_compare(&node->seen[at].log, &row->log) == 0
            ? &node->seen[at]
            : sim_seen(node, &row->log);

    if (seen == NULL) {
        const size_t to = at < node->seen_len ? at : node->seen_len;
        ck_assert_uint_lt(node->seen_len, SIM_LOGS_MAX);
        seen = &node->seen[to];
        memmove(seen + 1, seen, (node->seen_len - to) * sizeof *seen);
        node->seen_len++;
        *seen = (struct sim_seen){.log = row->log};
    }
    return seen;
}

/* ---- a log: dense, chained, one history (invariant 2) ---- */

static void chain_restarts(struct sim_node *node, const struct toc_log_row *row,
                           struct sim_seen *seen)
{
    if (seen->next_sequence != 0 && !node->sim->void_allowed) {
        sim_fail(node->sim, "%s: %s %s: %llu was held and %llu is", node->member,
                 row->log.publisher, row->log.stream, (unsigned long long)seen->next_sequence,
                 (unsigned long long)row->chain.next_sequence);
    }
    seen->next_sequence = 0;
    seen->epoch = 0;
}

/* Where the first batch of this generation begins; 0: there is none yet. */
static uint64_t begins(struct sim_node *node, const struct toc_log_row *row)
{
    struct toc_epoch_row first;

    return toc_store_epoch_get(node->store, row->id, 1, &first) == TOC_OK ? first.first_sequence
                                                                          : 0;
}

/* What is sealed by who knows that a member has left, it cannot open (invariant 5). */
static void check_left(struct sim_node *node, const struct toc_batch_header *header)
{
    for (size_t i = 0; i < node->sim->nodes_len; i++) {
        struct sim_node *const gone = &node->sim->nodes[i];
        struct toc_epoch_row epoch;
        struct toc_log_row row;
        if (gone->gone && header->roster_version >= gone->gone_version &&
            sim_log_row(gone, &header->log, &row) &&
            toc_store_epoch_get(gone->store, row.id, header->epoch, &epoch) == TOC_OK &&
            epoch.has_key) {
            sim_fail(node->sim, "%s has left, and can open what %s sealed since", gone->member,
                     header->log.publisher);
        }
    }
}

static bool check_batch(struct sim_node *node, const struct toc_log_row *row, struct sim_seen *seen)
{
    struct sim *sim = node->sim;
    struct toc_stored_batch stored;
    struct toc_batch batch;
    struct toc_hash head;

    toc_arena_reset(sim->arena);
    if (toc_store_batch_get(node->store, row->id, seen->next_sequence, sim->arena, &stored) !=
            TOC_OK ||
        stored.first_sequence != seen->next_sequence ||
        toc_wire_batch_decode(sim->arena, stored.bytes, &batch) != TOC_OK) {
        sim_fail(sim, "%s: %s %s: no batch begins at %llu", node->member, row->log.publisher,
                 row->log.stream, (unsigned long long)seen->next_sequence);
        return false;
    }
    head = toc_batch_head(&batch);
    if (!toc_hash_equal(&head, &stored.head) || batch.header.count != stored.count ||
        batch.header.first_sequence != stored.first_sequence ||
        toc_log_id_compare(&batch.header.log, &row->log) != 0 ||
        (seen->next_sequence != begins(node, row) &&
         !toc_hash_equal(&batch.header.previous_head, &seen->head))) {
        sim_fail(sim, "%s: %s %s: the batch at %llu is not on the chain", node->member,
                 row->log.publisher, row->log.stream, (unsigned long long)seen->next_sequence);
        return false;
    }
    truth_check(node, &row->log, &stored);
    check_left(node, &batch.header);
    seen->head = head;
    seen->next_sequence = stored.first_sequence + stored.count;
    return true;
}

static void check_chain(struct sim_node *node, const struct toc_log_row *row, struct sim_seen *seen)
{
    const uint64_t first = begins(node, row);

    if (seen->next_sequence > row->chain.next_sequence ||
        (seen->next_sequence != 0 && first == 0)) {
        chain_restarts(node, row, seen);
    }
    if (first == 0) {
        return;
    }
    if (seen->next_sequence == 0) {
        seen->next_sequence = first;
        seen->head = toc_hash_zero;
        if (row->log.generation == 1 && first != 1) {
            sim_fail(node->sim, "%s: %s %s begins at %llu", node->member, row->log.publisher,
                     row->log.stream, (unsigned long long)first);
        }
    }
    while (seen->next_sequence < row->chain.next_sequence) {
        if (!check_batch(node, row, seen)) {
            return;
        }
    }
    if (seen->next_sequence != row->chain.next_sequence ||
        !toc_hash_equal(&seen->head, &row->chain.head)) {
        if (node->sim->void_allowed && seen->next_sequence == row->chain.next_sequence) {
            chain_restarts(node, row, seen); /* another history of the same length */
            return;
        }
        sim_fail(node->sim, "%s: %s %s: its row does not speak of its last batch", node->member,
                 row->log.publisher, row->log.stream);
    }
}

/* ---- the cursor (invariant 3) ---- */

static void check_cursor(struct sim_node *node, const struct toc_log_row *row,
                         struct sim_seen *seen)
{
    if (row->applied_next > row->chain.next_sequence) {
        sim_fail(node->sim, "%s: %s %s: applied what is not held", node->member, row->log.publisher,
                 row->log.stream);
    }
    if (row->applied_next < seen->applied_next) {
        if (!node->sim->void_allowed) {
            sim_fail(node->sim, "%s: %s %s: the cursor fell from %llu to %llu", node->member,
                     row->log.publisher, row->log.stream, (unsigned long long)seen->applied_next,
                     (unsigned long long)row->applied_next);
        }
        seen->journal_next = row->applied_next;
    }
    seen->applied_next = row->applied_next;
    seen->state = row->state;
    if (row->state == TOC_LOG_STOPPED && !node->sim->forks) {
        sim_fail(node->sim, "%s: %s %s is stopped", node->member, row->log.publisher,
                 row->log.stream);
    }
    /* On distress the clients withdraw what never was: stored, counted, passed over. So is what an
     * older program does not understand. */
    if (row->invalid_records > 0 && !node->older && strcmp(row->log.stream, "distress") != 0) {
        sim_fail(node->sim, "%s: %s %s: %llu invalid records", node->member, row->log.publisher,
                 row->log.stream, (unsigned long long)row->invalid_records);
    }
}

static const struct toc_log_row *row_of(const struct rows *rows, int64_t id)
{
    for (size_t i = 0; i < rows->len; i++) {
        if (rows->rows[i].id == id) {
            return &rows->rows[i];
        }
    }
    return NULL;
}

/* Every range once, in order, and none that the cursor has not passed. */
static void check_journal(struct sim_node *node, const struct rows *rows)
{
    struct toc_journal_row journal[64];
    size_t len = 0;

    do {
        SIM_MUST(node->sim, toc_store_journal(node->store, node->journal_position, journal, 64,
                                              &len) == TOC_OK);
        for (size_t i = 0; i < len; i++) {
            const struct toc_log_row *row = row_of(rows, journal[i].log);
            struct sim_seen *seen = row == NULL ? NULL : sim_seen(node, &row->log);
            node->journal_position = journal[i].position;
            if (seen == NULL) {
                sim_fail(node->sim, "%s: the journal names no log", node->member);
                return;
            }
            if (journal[i].first_sequence < seen->journal_next && !node->sim->void_allowed) {
                sim_fail(node->sim, "%s: %s %s: %llu was applied twice", node->member,
                         row->log.publisher, row->log.stream,
                         (unsigned long long)journal[i].first_sequence);
            }
            seen->journal_next = journal[i].first_sequence + journal[i].count;
            if (seen->journal_next > row->applied_next && !node->sim->void_allowed) {
                sim_fail(node->sim, "%s: %s %s: the journal is ahead of the cursor", node->member,
                         row->log.publisher, row->log.stream);
            }
        }
    } while (len == 64);
}

/* ---- who can open what (invariant 5) ---- */

static bool entitled(struct sim_node *node, const struct toc_log_row *row,
                     const struct toc_epoch_row *epoch)
{
    const struct toc_roster *draft = toc_fixture_group_draft(node->sim->group);
    const struct toc_stream_rule *rule = toc_roster_rule(draft, row->log.stream);
    const struct toc_member *member = toc_roster_member(draft, node->member);

    if (node->gone) {
        return epoch->roster_version < node->gone_version;
    }
    if (strcmp(row->log.publisher, node->member) == 0) {
        return true;
    }
    return rule != NULL && member != NULL &&
           toc_roster_in_audience(draft, node->member, row->log.publisher, row->log.stream) &&
           (!rule->history_from_admission || epoch->roster_version >= member->admitted_version);
}

/* Where something changed that bears on them; now and then all the same. */
static bool keys_may_differ(const struct sim_node *node, const struct toc_log_row *row,
                            struct sim_seen *seen)
{
    const uint64_t version = toc_fixture_group_draft(node->sim->group)->version;
    const bool may =
        seen->epoch != row->chain.epoch || seen->roster != version || ++seen->looks % 16 == 0;

    seen->epoch = row->chain.epoch;
    seen->roster = version;
    return may;
}

static void check_keys(struct sim_node *node, const struct toc_log_row *row)
{
    const struct toc_roster *draft = toc_fixture_group_draft(node->sim->group);
    const struct toc_member *member = toc_roster_member(draft, node->member);
    const bool hub = member != NULL && toc_member_has(member, TOC_ROLE_HUB);

    for (uint32_t number = 1; number <= row->chain.epoch; number++) {
        struct toc_epoch_row epoch;
        if (toc_store_epoch_get(node->store, row->id, number, &epoch) != TOC_OK) {
            sim_fail(node->sim, "%s: %s %s: epoch %u is missing", node->member, row->log.publisher,
                     row->log.stream, number);
            return;
        }
        if (epoch.has_key && !entitled(node, row, &epoch)) {
            sim_fail(node->sim, "%s has the key of %s %s epoch %u", node->member,
                     row->log.publisher, row->log.stream, number);
        }
    }
    if (!hub && !node->gone && strcmp(row->log.publisher, node->member) != 0 &&
        toc_store_wraps_count(node->store, row->id, NULL) !=
            toc_store_wraps_count(node->store, row->id, node->member)) {
        sim_fail(node->sim, "%s was given wraps of others", node->member);
    }
    if (!hub && !node->gone && member != NULL &&
        !toc_roster_may_carry(draft, node->member, row->log.publisher, row->log.stream)) {
        sim_fail(node->sim, "%s holds %s %s", node->member, row->log.publisher, row->log.stream);
    }
}

/* ---- what was acknowledged stays (invariant 1) ---- */

static void check_acknowledged(struct sim_node *node)
{
    for (const struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        struct toc_submission known = {.id = ""};
        char id[SIM_KEY_LEN];
        if (one->node != node || one->asked != SIM_ACKNOWLEDGED || one->excused ||
            (one->number + node->sim->steps) % 16 != 0) {
            continue;
        }
        (void)snprintf(id, sizeof(id), "s%u", one->number);
        if (toc_store_submission_find(node->store, id, &known) != TOC_OK && !became(one)) {
            sim_fail(node->sim, "%s: s%u was acknowledged and is gone", node->member, one->number);
        } else if (known.id[0] != '\0' && one->first_sequence != 0 &&
                   known.first_sequence != one->first_sequence) {
            sim_fail(node->sim, "%s: s%u moved from %llu to %llu", node->member, one->number,
                     (unsigned long long)one->first_sequence,
                     (unsigned long long)known.first_sequence);
        }
    }
}

/* A hub that knows gives nothing more, on a connection that stayed open either. What was under way
 * then arrives, however long the member sleeps before it reads. */
static void check_silence(struct sim_node *node, const struct toc_log_row *row,
                          const struct sim_seen *seen)
{
    if (node->gone && node->sim->mono > node->gone_mono + 5000 &&
        node->heard_due > node->gone_mono + 5000 && seen->next_sequence != 0 &&
        row->chain.next_sequence > seen->next_sequence &&
        strcmp(row->log.publisher, node->member) != 0) {
        sim_fail(node->sim, "%s is no member and was given %s %s", node->member, row->log.publisher,
                 row->log.stream);
    }
}

void sim_check_again(struct sim_node *node)
{
    struct rows rows = {.len = 0};

    SIM_MUST(node->sim, toc_store_logs(node->store, collect, &rows) == TOC_OK);
    for (size_t i = 0; i < rows.len && node->sim->failure[0] == '\0'; i++) {
        struct sim_seen *seen = seen_get(node, &rows.rows[i], i);
        seen->next_sequence = 0;
        check_chain(node, &rows.rows[i], seen);
        check_cursor(node, &rows.rows[i], seen);
        check_keys(node, &rows.rows[i]);
    }
    check_journal(node, &rows);
}

void sim_check_store(struct sim_node *node)
{
    struct rows rows = {.len = 0};

    SIM_MUST(node->sim, toc_store_logs(node->store, collect, &rows) == TOC_OK);
    for (size_t i = 0; i < rows.len && node->sim->failure[0] == '\0'; i++) {
        const struct toc_log_row *row = &rows.rows[i];
        struct sim_seen *seen = seen_get(node, row, i);
        check_silence(node, row, seen);
        check_chain(node, row, seen);
        check_cursor(node, row, seen);
        if (keys_may_differ(node, row, seen)) {
            check_keys(node, row);
        }
    }
    check_journal(node, &rows);
    check_acknowledged(node);
}
