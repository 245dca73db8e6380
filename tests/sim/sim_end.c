/* How a history ends: everything is repaired, everybody comes back, and then all who are entitled
 * to a record have it, once, and its publisher knows. */
#include "sim.h"

#include "ensure.h"
#include "fixture_view.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define SETTLE_STEPS 6000
#define MANY 16 /* members: then every pair's rows are too many to compare */
#define SETTLE_MS ((int64_t)15 * 60 * 1000)

static char words[300];

/* ---- the views ---- */

void sim_rows(struct sim_node *node, const char *stream, const char *publisher,
              struct sim_rows *ret_rows)
{
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;
    struct toc_current_row page[32];
    char after[TOC_MEMBER_LEN_MAX + 1] = "";
    uint64_t sequence = 0;
    size_t len;

    *ret_rows = (struct sim_rows){.len = 0};
    ck_assert_int_eq(toc_opened_new(node->store, &opened), TOC_OK);
    do {
        ck_assert_int_eq(toc_store_current(node->store, stream, after, sequence, page, 32, &len),
                         TOC_OK);
        for (size_t i = 0; i < len; i++) {
            struct toc_bytes parts[] = {toc_bytes_of(&ret_rows->digest, sizeof(ret_rows->digest)),
                                        toc_bytes_of(&page[i].sequence, sizeof(page[i].sequence)),
                                        toc_bytes_of(NULL, 0)};
            if (publisher == NULL || strcmp(page[i].publisher, publisher) == 0) {
                ck_assert_int_eq(
                    toc_opened_record(opened, page[i].log, page[i].sequence, &parts[2]), TOC_OK);
                ret_rows->digest = toc_digest("rows", &toc_hash_zero, parts, 3);
                ret_rows->first_sequence =
                    ret_rows->len == 0 ? page[i].sequence : ret_rows->first_sequence;
                ret_rows->len++;
            }
            sequence = page[i].sequence;
            (void)snprintf(after, sizeof(after), "%s", page[i].publisher);
        }
    } while (len == 32);
}

static bool has_row(struct sim_node *node, struct toc_opened *opened,
                    const struct sim_submission *one, uint64_t first, unsigned record)
{
    char key[SIM_KEY_LEN];
    char held[TOC_FIXTURE_KEY_MAX];

    (void)snprintf(key, sizeof(key), "k%u.%u", one->number, record);
    return toc_fixture_named(opened, node->store, one->stream, one->node->member, first + record,
                             held) &&
           strncmp(held, key, strlen(key)) == 0;
}

/* A publisher that died before its wraps had left took the key with it: then readers wait in vain.
 */
static bool opens_all(struct sim_node *hub, const struct toc_log_row *row)
{
    for (uint32_t number = 1; number <= row->chain.epoch; number++) {
        struct toc_epoch_row epoch;
        if (toc_store_epoch_get(hub->store, row->id, number, &epoch) != TOC_OK || !epoch.has_key) {
            return false;
        }
    }
    return true;
}

/* A disk that lied took the only copy of a key: what was sealed with it nobody reads any more. */
static bool keys_are_lost(struct sim_node *publisher, const struct toc_log_id *log)
{
    struct toc_log_row row;

    return publisher->sim->losses > 0 && sim_log_row(publisher, log, &row) &&
           !opens_all(publisher, &row);
}

/* Every acknowledged record once, and nothing else. */
static const char *records_disagree(struct sim_node *node)
{
    const struct toc_roster *draft = toc_fixture_group_draft(node->sim->group);
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;
    struct toc_log_id frameworks = {.stream = "framework", .generation = 1};
    struct sim_rows rows;
    size_t expected = 0;

    ck_assert_int_eq(toc_opened_new(node->store, &opened), TOC_OK);
    memcpy(frameworks.publisher, node->member, sizeof frameworks.publisher);
    if (toc_roster_rule(draft, "framework")->retention_days > 0 ||
        keys_are_lost(node, &frameworks)) {
        return NULL;
    }
    for (struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        struct toc_submission known = {.first_sequence = one->first_sequence};
        char id[SIM_KEY_LEN];
        if (one->node != node || one->withdraws != 0 ||
            strcmp(one->stream, "exposure") == 0) { /* compared as a picture */
            continue;
        }
        (void)snprintf(id, sizeof(id), "s%u", one->number);
        if (toc_store_submission_find(node->store, id, &known) != TOC_OK) {
            known.first_sequence = one->first_sequence; /* its disk is older than the log */
        }
        for (unsigned i = 0; i < one->records; i++) {
            const bool withdrawn = i < 64 && (one->gone_from & (UINT64_C(1) << i)) != 0;
            const bool there = has_row(node, opened, one, known.first_sequence, i);
            if (one->excused) { /* a commit that failed may have kept it somewhere all the same */
                expected += there;
                continue;
            }
            if (there == withdrawn) {
                (void)snprintf(words, sizeof(words), "%s: k%u.%u at %llu is %s", node->member,
                               one->number, i, (unsigned long long)known.first_sequence + i,
                               withdrawn ? "there" : "missing");
                return words;
            }
            expected += withdrawn ? 0 : 1;
        }
    }
    sim_rows(node, "framework", node->member, &rows);
    if (rows.len != expected && !node->sim->void_allowed && !node->sim->forgot &&
        !node->sim->hooks.publishes) {
        (void)snprintf(words, sizeof(words), "%s: %zu records of its own, and %zu are right",
                       node->member, rows.len, expected);
        return words;
    }
    return NULL;
}

/* ---- the logs ---- */

static const char *say(const struct sim_node *node, const struct toc_log_row *row, const char *what,
                       uint64_t is, uint64_t should)
{
    (void)snprintf(words, sizeof(words), "%s: %s %s %u: %s %llu, should be %llu", node->member,
                   row->log.publisher, row->log.stream, row->log.generation, what,
                   (unsigned long long)is, (unsigned long long)should);
    return words;
}

static const char *receipt_missing(struct sim_node *publisher, const struct toc_log_row *row,
                                   const struct sim_node *reader)
{
    struct toc_statement statement = {.next_sequence = 0};
    struct toc_signed envelope;
    struct toc_bytes bytes;

    toc_arena_reset(publisher->sim->arena);
    if (toc_store_statement_get(publisher->store, row->id, TOC_RECEIPT, reader->member,
                                publisher->sim->arena, &bytes) == TOC_OK) {
        ck_assert_int_eq(toc_statement_read(publisher->sim->arena, bytes, &envelope, &statement),
                         TOC_OK);
    }
    if (statement.next_sequence == row->chain.next_sequence) {
        return NULL;
    }
    (void)snprintf(words, sizeof(words), "%s has a receipt of %s for %s %u to %llu, not %llu",
                   publisher->member, reader->member, row->log.stream, row->log.generation,
                   (unsigned long long)statement.next_sequence,
                   (unsigned long long)row->chain.next_sequence);
    return words;
}

static const char *reader_disagrees(struct sim_node *publisher, const struct toc_log_row *row,
                                    struct sim_node *reader)
{
    const struct toc_roster *draft = toc_fixture_group_draft(reader->sim->group);
    const struct toc_member *entry = toc_roster_member(draft, reader->member);
    const struct toc_stream_rule *rule = toc_roster_rule(draft, row->log.stream);
    struct toc_log_row held;
    struct sim_rows ours, theirs;

    if (!toc_roster_may_carry(draft, reader->member, row->log.publisher, row->log.stream)) {
        return NULL;
    }
    if (!sim_log_row(reader, &row->log, &held)) {
        return say(reader, row, "holds", 0, row->chain.next_sequence);
    }
    if (held.chain.next_sequence != row->chain.next_sequence ||
        !toc_hash_equal(&held.chain.head, &row->chain.head)) {
        return say(reader, row, "holds", held.chain.next_sequence, row->chain.next_sequence);
    }
    if (keys_are_lost(publisher, &row->log)) {
        return NULL;
    }
    if (held.applied_next != held.chain.next_sequence) {
        return say(reader, row, "applied", held.applied_next, held.chain.next_sequence);
    }
    if (!toc_roster_in_audience(draft, reader->member, row->log.publisher, row->log.stream) ||
        (rule->history_from_admission && entry->admitted_version > 1) || rule->retention_days > 0) {
        return NULL;
    }
    if (publisher->sim->nodes_len > MANY || reader->older) { /* of which it reads what it can */
        return row->state == TOC_LOG_OPEN ? receipt_missing(publisher, row, reader) : NULL;
    }
    sim_rows(publisher, row->log.stream, publisher->member, &ours);
    sim_rows(reader, row->log.stream, publisher->member, &theirs);
    if (ours.len != theirs.len || !toc_hash_equal(&ours.digest, &theirs.digest)) {
        return say(reader, row, "rows", theirs.len, ours.len);
    }
    return row->state == TOC_LOG_OPEN ? receipt_missing(publisher, row, reader) : NULL;
}

struct logs {
    struct toc_log_row rows[SIM_LOGS_MAX];
    size_t len;
};

static enum toc_result collect(void *context, const struct toc_log_row *row)
{
    struct logs *logs = context;

    ck_assert_uint_lt(logs->len, SIM_LOGS_MAX);
    logs->rows[logs->len++] = *row;
    return TOC_OK;
}

static const char *publisher_disagrees(struct sim_node *publisher)
{
    struct logs logs = {.len = 0};
    const char *reason = NULL;

    ck_assert_int_eq(toc_store_logs(publisher->store, collect, &logs), TOC_OK);
    for (size_t i = 0; i < logs.len && reason == NULL; i++) {
        if (strcmp(logs.rows[i].log.publisher, publisher->member) != 0 ||
            logs.rows[i].chain.epoch == 0) {
            continue;
        }
        for (size_t j = 0; j < publisher->sim->nodes_len && reason == NULL; j++) {
            struct sim_node *reader = &publisher->sim->nodes[j];
            if (reader != publisher && !reader->gone && !reader->asleep) {
                reason = reader_disagrees(publisher, &logs.rows[i], reader);
            }
        }
    }
    return reason == NULL ? records_disagree(publisher) : reason;
}

/* All who are left hold the same of a log whose publisher has left, and it has ended. One that the
 * hub never saw has no closing: whoever got it from its publisher keeps it. */
static const char *left_behind(struct sim *sim, const struct sim_node *gone)
{
    struct toc_log_id log = {.stream = "framework", .generation = 1};
    struct toc_log_row first = {.id = 0};
    const char *reason = NULL;

    memcpy(log.publisher, gone->member, sizeof(log.publisher));
    if (!sim_log_row(&sim->nodes[0], &log, &first)) {
        return NULL;
    }
    for (size_t i = 0; i < sim->nodes_len && reason == NULL; i++) {
        struct sim_node *node = &sim->nodes[i];
        struct toc_log_row row;
        if (node->gone || node->asleep || !sim_log_row(node, &log, &row)) {
            continue;
        }
        if (row.chain.next_sequence != first.chain.next_sequence) {
            reason = say(node, &row, "holds", row.chain.next_sequence, first.chain.next_sequence);
        } else if (row.applied_next != row.chain.next_sequence &&
                   opens_all(&sim->nodes[0], &first)) {
            reason = say(node, &row, "applied", row.applied_next, row.chain.next_sequence);
        } else if (row.state != TOC_LOG_ENDED) {
            reason = say(node, &row, "state", row.state, TOC_LOG_ENDED);
        }
    }
    return reason;
}

/* It left before the hub heard of its log, or had the key to all of it: whoever got that from it by
 * a line of their own keeps it, and nobody else takes it from them. */
static bool is_kept_by_some(struct sim *sim, const struct sim_node *publisher)
{
    struct toc_log_id log = {.stream = "framework", .generation = 1};
    struct toc_log_row row;

    memcpy(log.publisher, publisher->member, sizeof(log.publisher));
    return publisher->gone &&
           (!sim_log_row(&sim->nodes[0], &log, &row) || !opens_all(&sim->nodes[0], &row));
}

/* Whose frameworks they have differently; NULL: of nobody. */
static const char *say_whose(struct sim *sim, struct sim_node *one, struct sim_node *other)
{
    for (size_t i = 0; i < sim->nodes_len; i++) {
        struct sim_rows first, second;
        if (is_kept_by_some(sim, &sim->nodes[i])) {
            continue;
        }
        sim_rows(one, "framework", sim->nodes[i].member, &first);
        sim_rows(other, "framework", sim->nodes[i].member, &second);
        if (first.len != second.len || !toc_hash_equal(&first.digest, &second.digest)) {
            (void)snprintf(words, sizeof(words), "of %s %s has %zu frameworks, and %s has %zu",
                           sim->nodes[i].member, one->member, first.len, other->member, second.len);
            return words;
        }
    }
    return NULL;
}

/* All frameworks of everybody at once: who may read them all reads the same. */
static const char *views_disagree(struct sim *sim)
{
    const struct toc_roster *draft = toc_fixture_group_draft(sim->group);
    struct sim_node *first = NULL;
    struct sim_rows wanted = {.len = 0};

    for (size_t i = 0; i < sim->nodes_len; i++) {
        struct sim_node *const node = &sim->nodes[i];
        struct sim_rows rows;
        if (node->gone || node->asleep || toc_roster_member(draft, node->member) == NULL) {
            continue;
        }
        sim_rows(node, "framework", NULL, &rows);
        if (first == NULL) {
            first = node;
            wanted = rows;
        } else if (rows.len != wanted.len || !toc_hash_equal(&rows.digest, &wanted.digest)) {
            const char *const reason = say_whose(sim, first, node);
            if (reason != NULL) {
                return reason;
            }
        }
    }
    return NULL;
}

const char *sim_disagreement(struct sim *sim)
{
    const char *reason = NULL;

    for (const struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        if (one->asked != SIM_ACKNOWLEDGED && !one->node->gone && !one->node->asleep) {
            (void)snprintf(words, sizeof(words), "%s: s%u was never acknowledged",
                           one->node->member, one->number);
            return words;
        }
    }
    for (size_t i = 0; i < sim->nodes_len && reason == NULL; i++) {
        struct sim_node *node = &sim->nodes[i];
        if (node->gone) {
            reason = left_behind(sim, node);
            continue;
        }
        if (node->asleep) {
            continue;
        }
        if (toc_store_submissions_waiting(node->store) > 0) {
            (void)snprintf(words, sizeof(words), "%s: submissions wait", node->member);
            return words;
        }
        reason = publisher_disagrees(node);
    }
    return reason == NULL && sim->nodes_len > MANY ? views_disagree(sim) : reason;
}

/* ---- the end ---- */

void sim_heal(struct sim *sim)
{
    const int64_t until = sim->mono + SETTLE_MS;
    const char *reason = NULL;

    if (sim->failure[0] != '\0') {
        return;
    }
    sim->faults = sim_faults_none;
    sim->submit_chance = 0;
    for (size_t i = 0; i < sim->wires_len; i++) {
        sim->wires[i].cut_until = 0;
        sim->wires[i].stalled_until = 0;
    }
    for (size_t i = 0; i < sim->nodes_len; i++) {
        struct sim_node *node = &sim->nodes[i];
        node->wall_offset = 0;
        node->slow_until = 0;
        if (node->disk != NULL) {
            sim_disk_arm(node->disk, SIM_DISK_FINE, 0, 0);
        }
        if (node->engine == NULL && !node->asleep && !node->gone) {
            node->restart_mono = sim->mono;
        }
    }
    const unsigned steps = SETTLE_STEPS * (unsigned)(1 + sim->nodes_len / MANY);

    for (unsigned i = 0; i < steps && sim->mono < until; i++) {
        sim_step(sim);
        if (sim->failure[0] != '\0') {
            return;
        }
        if (i % 32 == 31) {
            reason = sim_disagreement(sim);
            if (reason == NULL) {
                break;
            }
        }
    }
    for (size_t i = 0; i < sim->nodes_len; i++) {
        sim_check_again(&sim->nodes[i]);
    }
    reason = sim_disagreement(sim);
    if (reason != NULL) {
        sim_fail(sim, "does not settle: %s", reason);
    }
}
