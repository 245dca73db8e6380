/* tour 5/9: from submissions to a batch. However many arrive in a tick, they are sealed and signed
 * together and committed once. Nothing is signed before the hub has shown us our own heads: a
 * restored disk must not sign history twice. Next: batch.c (proto), sealing; then the commit in
 * engine.c. */
#include "engine_internal.h"

#include "ensure.h"
#include "ident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One submission of this tick: its records are a list in the tick's arena. */
struct item {
    struct toc_submission submission;
    struct toc_bytes records;
    const struct toc_record *const *known; /* as they were read, in the arena; or NULL */
    bool stored;                           /* it waited in the store, unsigned */
};

struct toc_submission_queue {
    struct item *items;
    size_t len, room;
};

/* ---- proof ---- */

static bool proven_by(const struct toc_engine *engine, const char *member)
{
    for (size_t i = 0; i < engine->provers_len; i++) {
        if (strcmp(engine->provers[i].member, member) == 0) {
            return true;
        }
    }
    return false;
}

static bool enough_provers(const struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_member *self = toc_roster_member(roster, engine->me);
    size_t hubs = 0;

    if (roster->members_len == 1) {
        return true;
    }
    if (self != NULL && toc_member_has(self, TOC_ROLE_HUB)) {
        return engine->provers_len > 0;
    }
    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *member = &roster->members[i];
        if (!toc_member_has(member, TOC_ROLE_HUB)) {
            continue;
        }
        hubs++;
        if (!proven_by(engine, member->id)) {
            return false;
        }
    }
    return hubs > 0 || engine->provers_len > 0;
}

bool toc_publish_proven(const struct toc_engine *engine)
{
    if (!engine->alone && !enough_provers(engine)) {
        return false;
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->own && log->row.state == TOC_LOG_OPEN && log->row.closed_next == 0 &&
            (log->row.chain.next_sequence < log->claimed_next || toc_ask_word_counts(log))) {
            return false; /* the rest is on its way back */
        }
    }
    return true;
}

/* Records that wait unsigned; counted in the store once, then kept. */
static uint64_t waiting(struct toc_engine *engine)
{
    if (!engine->waiting_known) {
        engine->waiting = toc_store_submissions_waiting(engine->store);
        engine->waiting_known = true;
    }
    return engine->waiting;
}

/* ---- the log to write to ---- */

static struct toc_log *newest_own(struct toc_engine *engine, const char *stream)
{
    struct toc_log *newest = NULL;

    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        if (log->own && strcmp(log->row.log.stream, stream) == 0 &&
            (newest == NULL || log->row.log.generation > newest->row.log.generation)) {
            newest = log;
        }
    }
    return newest;
}

/* What we hold of the stopped generation stands, and the next one counts on from it. */
static enum toc_result next_generation(struct toc_engine *engine, struct toc_log *stopped)
{
    struct toc_log_id id = stopped->row.log;
    const struct toc_chain stands = {.next_sequence = stopped->row.chain.next_sequence,
                                     .head = stopped->row.chain.head};
    struct toc_log *next;

    TOC_TRY(toc_engine_write(engine));
    stopped->row.state = TOC_LOG_ENDED;
    stopped->row.closed_next = stands.next_sequence;
    TOC_TRY(toc_engine_log_save(engine, stopped));
    id.generation++;
    TOC_TRY(toc_engine_log_get(engine, &id, &next));
    next->row.chain = stands;
    next->row.applied_next = stands.next_sequence;
    return toc_engine_log_save(engine, next);
}

enum toc_result toc_publish_log(struct toc_engine *engine, const char *stream,
                                struct toc_log **ret_log)
{
    struct toc_log_id id = {.generation = 1};
    struct toc_log *newest = newest_own(engine, stream);

    if (newest == NULL) {
        memcpy(id.publisher, engine->me, strlen(engine->me) + 1);
        memcpy(id.stream, stream, strlen(stream) + 1);
        TOC_TRY(toc_engine_log_get(engine, &id, &newest));
    }
    if (newest->row.state == TOC_LOG_ENDED) {
        /* Our key was replaced, and the hub has closed what the old one signed: count on from
         * there. */
        TOC_TRY(next_generation(engine, newest));
        newest = newest_own(engine, stream);
    }
    TOC_ENSURE(newest->row.state == TOC_LOG_OPEN, TOC_CONFLICT);
    *ret_log = newest;
    return TOC_OK;
}

/* A batch of ours that a closing cuts off was acknowledged to somebody: its records wait again. */
static enum toc_result requeue_batch(struct toc_engine *engine, const struct toc_log *log,
                                     const struct toc_batch *batch)
{
    const struct toc_batch_header *header = &batch->header;
    const struct toc_hash name = toc_digest_plain(toc_bytes_text(log->row.log.stream));
    struct toc_submission submission = {.records = header->count, .time_ms = engine->now_wall};
    struct toc_epoch_row epoch;
    struct toc_bytes plain;

    TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, header->epoch, &epoch));
    if (!epoch.has_key || toc_batch_open(engine->scratch, batch, &epoch.key, &plain) != TOC_OK) {
        return TOC_OK; /* retention has taken it: there is nothing left to say again */
    }
    (void)snprintf(submission.id, sizeof(submission.id), "again-%02x%02x%02x%02x-%u-%llu",
                   name.bytes[0], name.bytes[1], name.bytes[2], name.bytes[3],
                   log->row.log.generation, (unsigned long long)header->first_sequence);
    memcpy(submission.stream, log->row.log.stream, sizeof(submission.stream));
    engine->waiting = waiting(engine) + submission.records;
    return toc_store_submission_again(engine->store, &submission, plain);
}

enum toc_result toc_publish_requeue(struct toc_engine *engine, const struct toc_log *log,
                                    uint64_t first_sequence)
{
    uint64_t next = log->row.chain.next_sequence;

    /* The last one first: each goes before all that wait. */
    while (next > first_sequence) {
        struct toc_stored_batch stored;
        struct toc_batch batch;
        toc_arena_reset(engine->scratch);
        TOC_TRY(
            toc_store_batch_get(engine->store, log->row.id, next - 1, engine->scratch, &stored));
        TOC_TRY(toc_wire_batch_decode(engine->scratch, stored.bytes, &batch));
        TOC_TRY(requeue_batch(engine, log, &batch));
        next = stored.first_sequence;
    }
    return TOC_OK;
}

/* We once said that we had more, and everybody who had to has shown us less: the disk was put back
 * to before it, and it never arrived anywhere. */
static bool tail_is_lost(const struct toc_engine *engine, const struct toc_log *log)
{
    const uint64_t next = log->row.chain.next_sequence;

    return log->claimed_next > next && log->offered_next <= next && !toc_ask_word_counts(log) &&
           enough_provers(engine);
}

enum toc_result toc_publish_rotate(struct toc_engine *engine, const char *stream,
                                   struct toc_why *why)
{
    struct toc_log *log = newest_own(engine, stream);

    if (log == NULL) {
        return toc_fail(why, TOC_NOTFOUND, "nothing was ever published on '%s'", stream);
    }
    if (log->row.state == TOC_LOG_OPEN && !tail_is_lost(engine, log)) {
        log->force_epoch = true;
        return TOC_OK;
    }
    return next_generation(engine, log);
}

/* ---- taking submissions ---- */

static enum toc_result may_submit(struct toc_engine *engine, const char *stream,
                                  const struct toc_bytes *records, size_t records_len,
                                  struct toc_why *why)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const enum toc_validity validity = toc_roster_validity(roster, engine->now_wall);

    if (!toc_roster_may_publish(roster, engine->me, stream)) {
        return toc_fail(why, TOC_DENIED, "the roster does not let '%s' publish on '%s'", engine->me,
                        stream);
    }
    if (validity == TOC_EXPIRED) {
        return toc_fail(why, TOC_DENIED,
                        "the roster has expired: ask the group's signer for a renewal");
    }
    for (size_t i = 0; validity == TOC_IN_GRACE && i < records_len; i++) {
        struct toc_record record;
        TOC_TRY(toc_record_read(engine->arena, stream, records[i], &record, why));
        if (!toc_record_corrects(&record)) {
            return toc_fail(why, TOC_DENIED,
                            "the roster has expired and is in its grace: only withdrawals, "
                            "disputes and clears are signed until the group's signer renews it");
        }
    }
    return TOC_OK;
}

static enum toc_result queue_add(struct toc_engine *engine, const struct item *item)
{
    struct toc_submission_queue *queue = engine->queue;

    if (queue == NULL) {
        queue = calloc(1, sizeof(*queue));
        TOC_ENSURE(queue != NULL, TOC_NOMEM);
        engine->queue = queue;
    }
    if (queue->len == queue->room) {
        const size_t room = queue->room == 0 ? 64 : 2 * queue->room;
        struct item *more = realloc(queue->items, room * sizeof(*more));
        TOC_ENSURE(more != NULL, TOC_NOMEM);
        queue->items = more;
        queue->room = room;
    }
    queue->items[queue->len++] = *item;
    engine->submitted += item->records.len;
    return TOC_OK;
}

/* What this stream's log will have reached when everything queued before is signed. */
static uint64_t next_after_queue(const struct toc_engine *engine, const struct toc_log *log)
{
    uint64_t next = log->row.chain.next_sequence;

    for (size_t i = 0; engine->queue != NULL && i < engine->queue->len; i++) {
        const struct item *item = &engine->queue->items[i];
        next += strcmp(item->submission.stream, log->row.log.stream) == 0 ? item->submission.records
                                                                          : 0;
    }
    return next;
}

static const struct item *queued(const struct toc_engine *engine, const char *id)
{
    for (size_t i = 0; engine->queue != NULL && i < engine->queue->len; i++) {
        if (strcmp(engine->queue->items[i].submission.id, id) == 0) {
            return &engine->queue->items[i];
        }
    }
    return NULL;
}

bool toc_publish_is_queued(const struct toc_engine *engine, const char *id)
{
    return queued(engine, id) != NULL;
}

static enum toc_result known_already(struct toc_engine *engine, const char *id,
                                     uint64_t *ret_first_sequence)
{
    const struct item *const waits = queued(engine, id);
    struct toc_submission known;
    enum toc_result result = toc_store_submission_find(engine->store, id, &known);

    if (result == TOC_OK) {
        *ret_first_sequence = known.first_sequence;
        return TOC_EXISTS;
    }
    if (waits != NULL) {
        *ret_first_sequence = waits->submission.first_sequence;
        return TOC_EXISTS;
    }
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

static enum toc_result pack(struct toc_engine *engine, const struct toc_bytes *records,
                            size_t records_len, struct toc_bytes *ret_list)
{
    size_t len = 0;
    uint8_t *list;
    uint8_t *end;

    for (size_t i = 0; i < records_len; i++) {
        len += records[i].len + 4;
    }
    list = toc_arena_get(engine->arena, len);
    TOC_ENSURE(list != NULL, TOC_NOMEM);
    end = list;
    for (size_t i = 0; i < records_len; i++) {
        end = toc_list_put(end, records[i]);
    }
    *ret_list = toc_bytes_of(list, len);
    return TOC_OK;
}

enum toc_result toc_publish_submit(struct toc_engine *engine, const char *stream, const char *id,
                                   const struct toc_bytes *records, size_t records_len,
                                   const struct toc_record *const *known,
                                   uint64_t *ret_first_sequence, struct toc_why *why)
{
    struct item item = {
        .submission = {.records = (uint32_t)records_len, .time_ms = engine->now_wall},
        .known = known};
    struct toc_log *log;

    TOC_ENSURE(records_len > 0 && records_len <= TOC_BATCH_RECORDS_MAX, TOC_TOOBIG);
    TOC_ENSURE(strlen(id) < sizeof(item.submission.id) && toc_ident_stream(stream), TOC_INVALID);
    TOC_TRY(known_already(engine, id, ret_first_sequence));
    TOC_TRY(may_submit(engine, stream, records, records_len, why));
    if (toc_publish_log(engine, stream, &log) != TOC_OK) {
        return toc_fail(why, TOC_DENIED,
                        "the log '%s' was stopped by a conflict: see `tocsin status`, then `tocsin "
                        "rotate --log %s`",
                        stream, stream);
    }
    if (!toc_publish_proven(engine) &&
        waiting(engine) + records_len > engine->conf->submissions_max) {
        return toc_fail(why, TOC_TOOBIG,
                        "%u records wait for the hub already (submissions_max): connect to the hub",
                        engine->conf->submissions_max);
    }
    TOC_TRY(toc_engine_write(engine));
    memcpy(item.submission.id, id, strlen(id) + 1);
    memcpy(item.submission.stream, stream, strlen(stream) + 1);
    TOC_TRY(pack(engine, records, records_len, &item.records));
    item.submission.first_sequence =
        toc_publish_proven(engine) && waiting(engine) == 0 ? next_after_queue(engine, log) : 0;
    TOC_TRY(queue_add(engine, &item));
    *ret_first_sequence = item.submission.first_sequence;
    return TOC_OK;
}

void toc_publish_clear(struct toc_engine *engine)
{
    if (engine->queue != NULL) {
        free(engine->queue->items);
        free(engine->queue);
        engine->queue = NULL;
    }
}

/* ---- signing ---- */

/* What goes into the batch that is being filled. */
struct filling {
    struct toc_log *log;
    struct toc_buf plain;
    uint32_t count;
    const struct toc_record *known[TOC_BATCH_RECORDS_MAX];
};

static enum toc_result name_abandoned(struct toc_engine *engine, const struct toc_log *log,
                                      struct toc_batch_header *header)
{
    struct toc_log_id older_id = log->row.log;
    const struct toc_log *older;

    if (log->row.log.generation == 1 || log->row.chain.epoch != 0) {
        return TOC_OK; /* not the first batch of a later generation */
    }
    older_id.generation--;
    older = toc_engine_log(engine, &older_id);
    TOC_ENSURE(older != NULL, TOC_NOTFOUND);
    header->abandons[0] = (struct toc_abandoned){.generation = older_id.generation,
                                                 .next_sequence = older->row.chain.next_sequence,
                                                 .head = older->row.chain.head,
                                                 .stands = true};
    header->abandons_len = 1;
    return TOC_OK;
}

static enum toc_result choose_key(struct toc_engine *engine, struct toc_log *log,
                                  struct toc_batch_header *header, struct toc_epoch_key *ret_key)
{
    struct toc_epoch_row epoch;

    if (toc_epoch_is_over(engine, log)) {
        return toc_epoch_open(engine, log, header, ret_key);
    }
    TOC_TRY(toc_store_epoch_get(engine->store, log->row.id, log->row.chain.epoch, &epoch));
    header->epoch = epoch.epoch;
    *ret_key = epoch.key;
    return TOC_OK;
}

static enum toc_result sign_filled(struct toc_engine *engine, struct filling *filling)
{
    struct toc_log *log = filling->log;
    struct toc_batch_header header = {.group = engine->group,
                                      .log = log->row.log,
                                      .roster_version = toc_roster_chain_version(engine->rosters),
                                      .first_sequence = log->row.chain.next_sequence,
                                      .count = filling->count,
                                      .previous_head = log->row.chain.head,
                                      .time_ms = engine->now_wall};
    struct toc_epoch_key key;
    struct toc_batch batch;
    struct toc_hash head;
    enum toc_result result;

    if (filling->count == 0) {
        return TOC_OK;
    }
    TOC_TRY(name_abandoned(engine, log, &header));
    TOC_TRY(choose_key(engine, log, &header, &key));
    toc_env_random(engine->env, header.nonce, sizeof(header.nonce));
    result = toc_batch_make(engine->arena, &header, &key, &engine->keys->sign_secret,
                            toc_buf_bytes(&filling->plain), &batch, &head);
    if (result == TOC_OK) {
        log->force_epoch = false;
        log->spoke_mono = engine->now_mono;
        log->spoke = true;
        engine->known = filling->known;
        engine->known_plain = toc_buf_bytes(&filling->plain);
        result = toc_apply_store(engine, log, &batch, &head, NULL, &key);
        engine->known = NULL;
        engine->known_plain = toc_bytes_of(NULL, 0);
    }
    if (result == TOC_OK && header.opens_epoch) {
        result = toc_epoch_wrap_first(engine, log, header.epoch);
    }
    if (result == TOC_OK && header.opens_epoch) {
        result = toc_epoch_wrap_missing(engine, log, header.epoch, 0);
    }
    toc_bytes_wipe(&key, sizeof(key));
    toc_buf_clear(&filling->plain);
    filling->count = 0;
    return result;
}

static enum toc_result fill(struct toc_engine *engine, struct filling *filling,
                            struct toc_bytes record, const struct toc_record *known)
{
    if (filling->count == TOC_BATCH_RECORDS_MAX ||
        filling->plain.len + record.len + 4 > TOC_BATCH_PLAIN_MAX) {
        TOC_TRY(sign_filled(engine, filling));
    }
    TOC_TRY(toc_list_append(&filling->plain, record));
    filling->known[filling->count++] = known;
    return TOC_OK;
}

static enum toc_result sign_item(struct toc_engine *engine, struct filling *filling,
                                 struct item *item)
{
    const struct toc_submission *submission = &item->submission;
    const uint64_t first = filling->log->row.chain.next_sequence + filling->count;
    struct toc_bytes rest = item->records;
    struct toc_submission done = *submission;
    struct toc_bytes record;
    enum toc_result result;

    for (size_t i = 0; (result = toc_list_next(&rest, TOC_RECORD_LEN_MAX, &record)) == TOC_OK;
         i++) {
        TOC_TRY(fill(engine, filling, record, item->known == NULL ? NULL : item->known[i]));
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    if (item->stored) {
        engine->waiting -= submission->records;
        return toc_store_submission_signed(engine->store, submission->id, first);
    }
    /* What the client was promised in its reply. Our own log can have moved in this very tick if a
     * copy of our key is at work: then the tick fails, and the client is told so. */
    TOC_ENSURE(submission->first_sequence == first, TOC_AGAIN);
    done.first_sequence = first;
    return toc_store_submission_add(engine->store, &done, toc_bytes_of(NULL, 0));
}

/* Everything of one stream that waited, then everything of this tick. */
static enum toc_result sign_waiting(struct toc_engine *engine, struct filling *filling,
                                    const char *stream)
{
    struct item item = {.stored = true};
    size_t records = 0;

    while (records < TOC_TICK_RECORDS_MAX) {
        const enum toc_result result = toc_store_submission_next(
            engine->store, stream, engine->arena, &item.submission, &item.records);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(sign_item(engine, filling, &item));
        records += item.submission.records;
    }
    engine->more_to_sign |= records >= TOC_TICK_RECORDS_MAX;
    return sign_filled(engine, filling);
}

static enum toc_result sign_stream(struct toc_engine *engine, const char *stream, bool waiting)
{
    struct filling filling = {0};
    enum toc_result result = TOC_CONFLICT;

    /* The roster may have changed since it was taken, and under this one no reader would take it,
     * nor ever what came behind it. */
    if (toc_roster_may_publish(toc_engine_roster(engine), engine->me, stream)) {
        result = toc_publish_log(engine, stream, &filling.log);
    }
    if (result == TOC_CONFLICT) {
        /* Stopped: what waits stays; what was promised a sequence in this tick fails with it. */
        return waiting ? TOC_OK : TOC_AGAIN;
    }
    TOC_TRY(result);
    TOC_TRY(toc_engine_write(engine));
    toc_buf_init(&filling.plain, TOC_BATCH_PLAIN_MAX);
    if (waiting) {
        result = sign_waiting(engine, &filling, stream);
    }
    for (size_t i = 0; !waiting && i < engine->queue->len && result == TOC_OK; i++) {
        struct item *item = &engine->queue->items[i];
        if (strcmp(item->submission.stream, stream) == 0 && item->submission.first_sequence != 0) {
            result = sign_item(engine, &filling, item);
        }
    }
    if (result == TOC_OK) {
        result = sign_filled(engine, &filling);
    }
    toc_buf_done(&filling.plain);
    return result;
}

static bool seen_before(const struct toc_submission_queue *queue, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(queue->items[i].submission.stream, queue->items[at].submission.stream) == 0) {
            return true;
        }
    }
    return false;
}

/* Unsigned until the hub has spoken: acknowledged, so on disk. */
static enum toc_result keep_unsigned(struct toc_engine *engine)
{
    for (size_t i = 0; engine->queue != NULL && i < engine->queue->len; i++) {
        const struct item *item = &engine->queue->items[i];
        if (item->submission.first_sequence == 0) {
            TOC_TRY(toc_engine_write(engine));
            TOC_TRY(toc_store_submission_add(engine->store, &item->submission, item->records));
            engine->waiting = waiting(engine) + item->submission.records;
        }
    }
    return TOC_OK;
}

enum toc_result toc_publish_finish(struct toc_engine *engine)
{
    char stream[TOC_STREAM_LEN_MAX + 1] = "";

    engine->more_to_sign = false;
    for (size_t i = 0; engine->queue != NULL && i < engine->queue->len; i++) {
        if (!seen_before(engine->queue, i)) {
            TOC_TRY(sign_stream(engine, engine->queue->items[i].submission.stream, false));
        }
    }
    TOC_TRY(keep_unsigned(engine));
    if (!toc_publish_proven(engine) || waiting(engine) == 0 ||
        toc_roster_validity(toc_engine_roster(engine), engine->now_wall) >= TOC_IN_GRACE) {
        return TOC_OK;
    }
    while (toc_store_submission_stream(engine->store, stream[0] == '\0' ? NULL : stream, stream) ==
           TOC_OK) {
        TOC_TRY(sign_stream(engine, stream, true));
    }
    return TOC_OK;
}
