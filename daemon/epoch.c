/* Epochs: the life of a log key. A key is committed to on the log, wrapped beside it, and destroyed
 * when its records' time is up. */
#include "engine_internal.h"

#include "ensure.h"
#include "job_wrap.h"

#include <string.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static const struct toc_stream_rule *rule_of(const struct toc_engine *engine,
                                             const struct toc_log *log)
{
    return toc_roster_rule(toc_engine_roster(engine), log->row.log.stream);
}

/* Newcomers that may not read back need an epoch of their own to start from. */
static bool newcomers_start_here(const struct toc_engine *engine, const struct toc_log *log,
                                 const struct toc_epoch_row *epoch)
{
    const struct toc_stream_rule *rule = rule_of(engine, log);
    struct toc_hash audience;

    if (rule == NULL || !rule->history_from_admission) {
        return false;
    }
    audience = toc_roster_audience_hash(toc_engine_roster(engine), &engine->group,
                                        log->row.log.publisher, log->row.log.stream);
    return !toc_hash_equal(&audience, &epoch->audience_hash);
}

/* It would last, and its key be kept, until that time has come. */
static bool of_a_clock_ahead(const struct toc_engine *engine, const struct toc_epoch_row *epoch)
{
    return epoch->opened_ms > engine->now_wall + DAY_MS ||
           epoch->last_ms > engine->now_wall + DAY_MS;
}

/* Readers destroy the key of an epoch by the age of its newest batch: one that has rested for half
 * that time is not written to again, so that nobody's clock makes them miss a record. */
static bool retention_nears(const struct toc_engine *engine, const struct toc_log *log,
                            const struct toc_epoch_row *epoch)
{
    const struct toc_stream_rule *rule = rule_of(engine, log);

    return rule != NULL && rule->retention_days != 0 &&
           engine->now_wall - epoch->last_ms >= (int64_t)rule->retention_days * DAY_MS / 2;
}

/* At any version since the epoch was opened: who came after that has its key too. Each step from
 * one version to the next is looked at once. */
static bool somebody_left(const struct toc_engine *engine, struct toc_log *log,
                          const struct toc_epoch_row *epoch)
{
    const uint64_t newest = toc_engine_roster(engine)->version;

    if (log->stayed_until < epoch->roster_version) {
        log->stayed_until = epoch->roster_version;
    }
    while (log->stayed_until < newest) {
        const struct toc_roster *was = toc_roster_chain_at(engine->rosters, log->stayed_until);
        const struct toc_roster *then = toc_roster_chain_at(engine->rosters, log->stayed_until + 1);
        if (was == NULL || then == NULL ||
            toc_roster_audience_shrank(was, then, log->row.log.publisher, log->row.log.stream)) {
            return true;
        }
        log->stayed_until++;
    }
    return false;
}

bool toc_epoch_is_over(struct toc_engine *engine, struct toc_log *log)
{
    struct toc_epoch_row epoch;

    if (log->row.chain.epoch == 0 || log->force_epoch ||
        toc_store_epoch_get(engine->store, log->row.id, log->row.chain.epoch, &epoch) != TOC_OK ||
        !epoch.has_key) {
        return true;
    }
    if (epoch.batches >= TOC_EPOCH_BATCHES_MAX ||
        engine->now_wall - epoch.opened_ms >= (int64_t)TOC_EPOCH_AGE_MAX_S * 1000) {
        return true;
    }
    if (of_a_clock_ahead(engine, &epoch) || retention_nears(engine, log, &epoch)) {
        return true;
    }
    if (epoch.roster_version == toc_engine_roster(engine)->version) {
        return false;
    }
    return somebody_left(engine, log, &epoch) || newcomers_start_here(engine, log, &epoch);
}

enum toc_result toc_epoch_open(struct toc_engine *engine, const struct toc_log *log,
                               struct toc_batch_header *header, struct toc_epoch_key *ret_key)
{
    struct toc_epoch_key key;

    toc_env_random(engine->env, key.bytes, sizeof(key.bytes));
    header->epoch = log->row.chain.epoch + 1;
    header->opens_epoch = true;
    header->commitment = toc_commitment(&engine->group, &log->row.log, header->epoch, &key);
    header->audience_hash = toc_roster_audience_hash(toc_engine_roster(engine), &engine->group,
                                                     log->row.log.publisher, log->row.log.stream);
    *ret_key = key;
    toc_bytes_wipe(&key, sizeof(key));
    return TOC_OK;
}

bool toc_epoch_grants(const struct toc_engine *engine, const struct toc_log *log,
                      const struct toc_epoch_row *epoch, const char *member)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_stream_rule *rule = rule_of(engine, log);
    const struct toc_member *entry = toc_roster_member(roster, member);

    if (rule == NULL || entry == NULL ||
        !toc_roster_in_audience(roster, member, log->row.log.publisher, log->row.log.stream)) {
        return false;
    }
    return !rule->history_from_admission || strcmp(member, log->row.log.publisher) == 0 ||
           epoch->roster_version >= entry->admitted_version;
}

static bool wraps_for_others(const struct toc_engine *engine, const struct toc_log *log)
{
    const struct toc_member *self = toc_roster_member(toc_engine_roster(engine), engine->me);

    return log->own || (self != NULL && toc_member_has(self, TOC_ROLE_HUB));
}

/* The publisher itself, whose disk may be put back to before the epoch, and the hubs of the
 * audience, which wrap for everybody once the publisher has left. */
static bool keeps_the_key(const struct toc_log *log, const struct toc_member *member)
{
    return toc_member_has(member, TOC_ROLE_HUB) || strcmp(member->id, log->row.log.publisher) == 0;
}

enum toc_result toc_epoch_wrap_first(struct toc_engine *engine, const struct toc_log *log,
                                     uint32_t number)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_epoch_row epoch;
    enum toc_result result = toc_store_epoch_get(engine->store, log->row.id, number, &epoch);

    for (size_t i = 0; i < roster->members_len && result == TOC_OK; i++) {
        const struct toc_member *member = &roster->members[i];
        struct toc_bytes wrap;
        /* Its key is a moment old: what is there is of another, that a disk which was put back has
         * forgotten, or a lie. */
        result = toc_store_wrap_drop(engine->store, log->row.id, number, member->id);
        if (result != TOC_OK || !keeps_the_key(log, member) ||
            !toc_epoch_grants(engine, log, &epoch, member->id)) {
            continue;
        }
        result =
            toc_wrap_make(engine->arena, &engine->group, &log->row.log, number, &epoch.key, member,
                          engine->me, &engine->keys->sign_secret, roster->version, &wrap);
        if (result == TOC_OK) {
            result = toc_store_wrap_add(engine->store, log->row.id, number, member->id, wrap);
        }
    }
    toc_bytes_wipe(&epoch.key, sizeof(epoch.key));
    return result;
}

static enum toc_result wrap_epoch(struct toc_engine *engine, const struct toc_log *log,
                                  const struct toc_epoch_row *epoch, uint64_t since)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_wrap_job *job = NULL;

    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *member = &roster->members[i];
        if (member->admitted_version < since || !toc_epoch_grants(engine, log, epoch, member->id) ||
            toc_store_wrap_held(engine->store, log->row.id, epoch->epoch, member->id)) {
            continue;
        }
        if (job == NULL) {
            TOC_TRY(toc_wrap_job_new(engine, &log->row.log, epoch, &job));
        }
        TOC_TRY(toc_wrap_job_add(job, member));
    }
    return TOC_OK;
}

enum toc_result toc_epoch_wrap_missing(struct toc_engine *engine, struct toc_log *log,
                                       uint32_t first, uint64_t since)
{
    if (log->row.id == 0 || !wraps_for_others(engine, log)) {
        return TOC_OK;
    }
    for (uint32_t number = first; number <= log->row.chain.epoch; number++) {
        struct toc_epoch_row epoch;
        TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, number, &epoch));
        if (epoch.has_key && !epoch.destroyed) {
            TOC_TRY(wrap_epoch(engine, log, &epoch, since));
        }
        toc_bytes_wipe(&epoch.key, sizeof(epoch.key));
    }
    return TOC_OK;
}

enum toc_result toc_epoch_wrap_lost(struct toc_engine *engine, struct toc_log *log)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    uint64_t readers = 0;

    for (size_t i = 0; i < roster->members_len; i++) {
        readers += toc_roster_in_audience(roster, roster->members[i].id, log->row.log.publisher,
                                          log->row.log.stream)
                       ? 1
                       : 0;
    }
    /* Counted first: a hub of 300 members has tens of thousands of wraps, and lacks none. */
    if (log->own || (log->row.id != 0 && toc_store_wraps_count(engine->store, log->row.id, NULL) <
                                             readers * log->row.chain.epoch)) {
        return toc_epoch_wrap_missing(engine, log, 1, 0);
    }
    return TOC_OK;
}

/* Does the publisher, with the keys that opened the epoch, wrap for its readers still? Else a hub
 * does, for all of them; as long as it does, only for whoever came since. */
static uint64_t wrapped_until(const struct toc_engine *engine, const struct toc_log *log,
                              const struct toc_epoch_row *epoch)
{
    const struct toc_member *const publisher =
        toc_roster_member(toc_engine_roster(engine), log->row.log.publisher);

    return publisher == NULL || publisher->admitted_version > epoch->roster_version
               ? 0
               : epoch->roster_version;
}

/* The key of an epoch that was passed over, and is due by now: what followed has been applied, and
 * may correct what is in it, so that the view is derived anew once all of its like have come. Who
 * follows on the local socket is given its records now. */
static enum toc_result came_late(struct toc_engine *engine, struct toc_log *log,
                                 const struct toc_epoch_row *epoch)
{
    uint64_t sequence = epoch->first_sequence;

    if (!toc_epoch_grants(engine, log, epoch, engine->me)) {
        return TOC_OK;
    }
    while (sequence < log->row.applied_next) {
        struct toc_stored_batch batch;
        toc_arena_reset(engine->scratch);
        TOC_TRY(toc_store_batch_get(engine->store, log->row.id, sequence, engine->scratch, &batch));
        if (batch.epoch != epoch->epoch) {
            break;
        }
        TOC_TRY(toc_store_journal_add(engine->store, log->row.id, sequence, batch.count));
        sequence = batch.first_sequence + batch.count;
        log->key_came_late = true;
        engine->journal_grew = true;
    }
    return TOC_OK;
}

static enum toc_result open_mine(struct toc_engine *engine, struct toc_log *log,
                                 const struct toc_wrap_body *wrap)
{
    struct toc_epoch_row epoch;
    struct toc_epoch_key key;
    enum toc_result result;

    result = toc_store_epoch_get(engine->store, log->row.id, wrap->epoch, &epoch);
    if (result == TOC_NOTFOUND) {
        return TOC_OK; /* its batch comes next; opened then */
    }
    TOC_TRY(result);
    if (epoch.has_key || epoch.destroyed) {
        return TOC_OK;
    }
    TOC_TRY(toc_wrap_open(wrap, &engine->keys->box_public, &engine->keys->box_secret,
                          &epoch.commitment, &key));
    result = toc_store_epoch_key(engine->store, log->row.id, wrap->epoch, &key);
    toc_bytes_wipe(&key, sizeof(key));
    TOC_TRY(result);
    TOC_TRY(came_late(engine, log, &epoch));
    return toc_epoch_wrap_missing(engine, log, wrap->epoch, wrapped_until(engine, log, &epoch) + 1);
}

/* A wrap made for a key the member no longer has is of no use to it. */
static bool wrap_is_due(const struct toc_engine *engine, const struct toc_log *log,
                        const struct toc_wrap_body *wrap)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_member *member = toc_roster_member(roster, wrap->member);

    return member != NULL && wrap->roster_version >= member->admitted_version &&
           wrap->epoch <= log->row.chain.epoch + TOC_EPOCHS_AHEAD_MAX &&
           toc_roster_in_audience(roster, wrap->member, log->row.log.publisher,
                                  log->row.log.stream);
}

/* Does its sealer have the keys still that it signed with, and the office? */
static bool sealer_is_here(const struct toc_engine *engine, const struct toc_wrap_body *wrap)
{
    const struct toc_member *const sealer =
        toc_roster_member(toc_engine_roster(engine), wrap->sealer);

    return sealer != NULL && sealer->admitted_version <= wrap->roster_version &&
           (toc_member_has(sealer, TOC_ROLE_HUB) || strcmp(wrap->sealer, wrap->log.publisher) == 0);
}

/* There is room for one. Who has a key that is gone could fill it with rubbish for epochs to come,
 * and the member would wait for ever: so what a sealer that is here made takes its place. */
static enum toc_result may_take_place(struct toc_engine *engine, const struct toc_log *log,
                                      const struct toc_wrap_body *wrap, bool *ret_replaces)
{
    struct toc_signed envelope;
    struct toc_wrap_body held;
    struct toc_bytes bytes;
    enum toc_result result = TOC_NOTFOUND;

    *ret_replaces = false;
    if (log->row.id != 0) {
        result = toc_store_wrap_get(engine->store, log->row.id, wrap->epoch, wrap->member,
                                    engine->arena, &bytes);
    }
    if (result == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(result);
    TOC_TRY(toc_wire_signed_decode(engine->arena, bytes, &envelope));
    TOC_TRY(toc_wire_wrap_decode(engine->arena, envelope.body, &held));
    TOC_ENSURE(sealer_is_here(engine, wrap) && !sealer_is_here(engine, &held), TOC_EXISTS);
    *ret_replaces = true;
    return TOC_OK;
}

enum toc_result toc_epoch_take_wrap(struct toc_engine *engine, struct toc_log *log,
                                    struct toc_bytes bytes)
{
    const struct toc_roster *roster;
    struct toc_wrap_body wrap;
    struct toc_signed envelope;
    bool replaces;

    TOC_TRY(toc_wire_signed_decode(engine->arena, bytes, &envelope));
    TOC_TRY(toc_wire_wrap_decode(engine->arena, envelope.body, &wrap));
    TOC_ENSURE(toc_log_id_compare(&wrap.log, &log->row.log) == 0, TOC_INVALID);
    TOC_ENSURE(wrap_is_due(engine, log, &wrap), TOC_DENIED);
    TOC_TRY(may_take_place(engine, log, &wrap, &replaces));
    roster = toc_roster_chain_at(engine->rosters, wrap.roster_version);
    TOC_ENSURE(roster != NULL, TOC_AGAIN);
    engine->wraps_left -= engine->wraps_left > 0 ? 1 : 0;
    TOC_TRY(toc_wrap_read(engine->arena, &engine->group, roster, bytes, &wrap));
    if (log->row.id == 0) {
        TOC_TRY(toc_engine_log_save(engine, log));
    }
    if (strcmp(wrap.member, engine->me) == 0) {
        const enum toc_result result = open_mine(engine, log, &wrap);
        TOC_TRY(result == TOC_BADSIG ? TOC_INVALID
                                     : result); /* its sealer's fault, not the giver's */
    }
    if (replaces) {
        TOC_TRY(toc_store_wrap_drop(engine->store, log->row.id, wrap.epoch, wrap.member));
    }
    TOC_TRY(toc_store_wrap_add(engine->store, log->row.id, wrap.epoch, wrap.member, bytes));
    log->advanced = true;
    return TOC_OK;
}

enum toc_result toc_epoch_opened(struct toc_engine *engine, struct toc_log *log, uint32_t number)
{
    struct toc_bytes bytes[1];
    size_t len = 0;
    int64_t after = 0;

    for (;;) {
        struct toc_signed envelope;
        struct toc_wrap_body wrap;
        TOC_TRY(toc_store_wraps(engine->store, log->row.id, engine->me, after, engine->arena, bytes,
                                1, &len, &after));
        if (len == 0) {
            return TOC_OK;
        }
        TOC_TRY(toc_wire_signed_decode(engine->arena, bytes[0], &envelope));
        TOC_TRY(toc_wire_wrap_decode(engine->arena, envelope.body, &wrap));
        if (wrap.epoch != number) {
            continue;
        }
        if (open_mine(engine, log, &wrap) == TOC_BADSIG) {
            /* It does not fit the commitment: room for one that does. */
            return toc_store_wrap_drop(engine->store, log->row.id, number, engine->me);
        }
    }
}

/* ---- retention ---- */

#define RETENTION_EVERY_MS ((int64_t)60 * 1000)
#define RETENTION_BATCH 16

static enum toc_result destroy(struct toc_engine *engine, const struct toc_log *log,
                               uint32_t number)
{
    struct toc_epoch_row epoch;
    struct toc_epoch_row after;
    uint64_t last = log->row.chain.next_sequence - 1;

    TOC_TRY(toc_engine_write(engine));
    TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, number, &epoch));
    if (toc_store_epoch_get(engine->store, log->row.id, number + 1, &after) == TOC_OK) {
        last = after.first_sequence - 1;
    }
    TOC_TRY(toc_store_epoch_destroy(engine->store, log->row.id, number));
    engine->truncate_wal = true;
    engine->more_to_apply = true; /* what waited for this key waits no more */
    return toc_view_clear(engine, log->row.log.stream, log->row.log.publisher, epoch.first_sequence,
                          last);
}

/* Where the newest roster has no rule for the stream any more, that which the log's last batch was
 * made under: what was to be destroyed is not kept for ever because the stream is gone. 0: kept. */
static uint32_t retention_days(const struct toc_engine *engine, const struct toc_log *log)
{
    const struct toc_stream_rule *rule = rule_of(engine, log);

    if (rule == NULL) {
        const struct toc_roster *const then =
            toc_roster_chain_at(engine->rosters, log->row.chain.roster_version);
        rule = then == NULL ? NULL : toc_roster_rule(then, log->row.log.stream);
    }
    return rule == NULL ? 0 : rule->retention_days;
}

enum toc_result toc_epoch_retention(struct toc_engine *engine)
{
    if (engine->now_mono < engine->retention_mono) {
        return TOC_OK;
    }
    engine->retention_mono = engine->now_mono + RETENTION_EVERY_MS;
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        const uint32_t days = log->row.id == 0 ? 0 : retention_days(engine, log);
        uint32_t numbers[RETENTION_BATCH];
        size_t len = 0;
        if (days == 0) {
            continue;
        }
        TOC_TRY(toc_store_epochs_before(engine->store, log->row.id,
                                        engine->now_wall - (int64_t)days * DAY_MS, numbers,
                                        RETENTION_BATCH, &len));
        for (size_t j = 0; j < len; j++) {
            TOC_TRY(destroy(engine, log, numbers[j]));
        }
    }
    return TOC_OK;
}
