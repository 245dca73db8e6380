/* `publish`: sends what `preview` showed, all of it in one tick or nothing. The
 * drafts go a tick later (local_sent.c). */
#include "local_preview.h"

#include "ensure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_RECORDS_MAX 1000 /* named one by one in the reply; the rest is only counted */
#define PUBLISH_LEN_MAX ((size_t)16 * 1024 * 1024) /* the tick's arena holds it three times */
#define CHUNK_ARENA_MAX ((size_t)4 * TOC_BATCH_RECORDS_MAX * TOC_RECORD_LEN_MAX)
#define SUBMISSION_ID_LEN 40

/* ---- first walk: what is there to do ---- */

struct counting {
    struct toc_tally tally;
    struct toc_buf sent; /* hashes of the drafts that are done with it */
    bool waiting;        /* of this member's records some wait to be signed */
};

static enum toc_result count_one(void *context, struct toc_arena *arena,
                                 const struct toc_change *change, struct toc_why *why)
{
    struct counting *counting = context;
    const struct toc_hash hash = toc_draft_hash(change->draft);

    (void)arena;
    (void)why;
    if (change->action != TOC_CHANGE_NONE) {
        TOC_TRY(toc_tally_add(&counting->tally, change));
    } else if (change->draft->withdraw && counting->waiting) {
        return TOC_OK; /* what it withdraws may be among those that wait */
    }
    return toc_buf_append(&counting->sent, toc_bytes_of(hash.bytes, TOC_HASH_LEN));
}

static enum toc_result check_expected(const struct toc_local *local, const struct toc_tally *tally,
                                      struct toc_why *why)
{
    const char *expect = NULL;
    struct toc_hash hash;

    TOC_TRY(toc_local_text(local, "expect", &expect, why));
    if (expect == NULL) {
        return TOC_OK;
    }
    if (toc_hex_decode(expect, hash.bytes, TOC_HASH_LEN) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "expect: is not a digest of %d hexadecimal digits",
                        2 * TOC_HASH_LEN);
    }
    if (!toc_hash_equal(&hash, &tally->digest)) {
        return toc_fail(why, TOC_DENIED,
                        "what would be sent, or to whom, is not what that preview showed: look at "
                        "`tocsin preview` again");
    }
    return TOC_OK;
}

/* What would only be found out after half of it was queued. */
static enum toc_result check_possible(struct toc_engine *engine, const struct toc_tally *tally,
                                      struct toc_why *why)
{
    const enum toc_validity validity =
        toc_roster_validity(toc_engine_roster(engine), engine->now_wall);

    if (tally->bytes > PUBLISH_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG,
                        "%llu records of %zu bytes are more than one publish takes: unstage some, "
                        "publish, and stage them again",
                        (unsigned long long)tally->total, tally->bytes);
    }
    if (validity == TOC_IN_GRACE && tally->corrections < tally->total) {
        return toc_fail(why, TOC_DENIED,
                        "the roster has expired and is in its grace: only withdrawals are signed "
                        "until the group's signer renews it");
    }
    if (!toc_publish_proven(engine) && tally->total > engine->conf->submissions_max) {
        return toc_fail(why, TOC_TOOBIG,
                        "%llu records are more than may wait for the hub (submissions_max): "
                        "connect to the hub",
                        (unsigned long long)tally->total);
    }
    return TOC_OK;
}

/* ---- second walk: submitting it ---- */

struct sending {
    struct toc_engine *engine;
    const struct toc_local *local;
    struct toc_arena *chunk_arena;
    struct toc_hash seed; /* of the ids */
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_bytes chunk[TOC_BATCH_RECORDS_MAX];
    size_t chunk_len;
    unsigned chunks;
    size_t named_from; /* index of the chunk's first record in `records` */
    json_t *records;
    uint64_t published;
    bool unproven;
    char id[SUBMISSION_ID_LEN + 1]; /* of the last chunk */
};

/* The same drafts, not staged again since, have the same ids: published twice, because a crash came
 * before they were dropped, they are sent once. */
static enum toc_result seed_of(struct toc_engine *engine, const struct toc_hash *digest,
                               struct toc_hash *ret_seed)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_audit rows[16];
    size_t len = sizeof rows / sizeof rows[0];
    int64_t staging = 0;
    int64_t before = 0;

    TOC_TRY(toc_arena_new((size_t)64 * 1024, &arena));
    while (staging == 0 && len == sizeof rows / sizeof rows[0]) {
        toc_arena_reset(arena);
        TOC_TRY(toc_store_audit(engine->store, before, arena, rows, sizeof rows / sizeof rows[0],
                                &len));
        for (size_t i = 0; i < len && staging == 0; i++) {
            before = rows[i].id;
            staging = strcmp(rows[i].command, "stage") == 0 ? rows[i].id : 0;
        }
    }
    const struct toc_bytes parts[] = {toc_bytes_of(digest->bytes, TOC_HASH_LEN),
                                      toc_bytes_of(&staging, sizeof(staging))};
    *ret_seed = toc_digest("tocsin publish 1", &toc_hash_zero, parts, 2);
    return TOC_OK;
}

static void name_chunk(struct sending *sending)
{
    const struct toc_bytes parts[] = {toc_bytes_of(sending->seed.bytes, TOC_HASH_LEN),
                                      toc_bytes_of(&sending->chunks, sizeof(sending->chunks))};
    const struct toc_hash hash = toc_digest("tocsin publish-chunk 1", &toc_hash_zero, parts, 2);
    char hex[2 * TOC_HASH_LEN + 1];

    toc_hex_encode(toc_bytes_of(hash.bytes, TOC_HASH_LEN), hex);
    (void)snprintf(sending->id, sizeof(sending->id), "publish-%.32s", hex);
    sending->chunks++;
}

static bool stream_waits(struct toc_engine *engine, const char *stream)
{
    char waiting[TOC_STREAM_LEN_MAX + 1] = "";
    const char *after = NULL;

    while (toc_store_submission_stream(engine->store, after, waiting) == TOC_OK) {
        if (strcmp(waiting, stream) == 0) {
            return true;
        }
        after = waiting;
    }
    return false;
}

static enum toc_result name_sequences(struct sending *sending, uint64_t first)
{
    int failed = 0;

    for (size_t i = 0; i < sending->chunk_len; i++) {
        json_t *one = json_array_get(sending->records, sending->named_from + i);
        if (one == NULL) {
            break; /* over REPLY_RECORDS_MAX */
        }
        failed |= json_object_set_new(one, "sequence",
                                      first == 0 ? json_null()
                                                 : json_integer((json_int_t)first + (json_int_t)i));
    }
    sending->named_from = json_array_size(sending->records);
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result send_chunk(struct sending *sending, struct toc_why *why)
{
    struct toc_engine *engine = sending->engine;
    struct toc_submission known;
    uint64_t first = 0;
    enum toc_result result;

    if (sending->chunk_len == 0) {
        return TOC_OK;
    }
    name_chunk(sending);
    if (toc_store_submission_find(engine->store, sending->id, &known) != TOC_OK &&
        stream_waits(engine, sending->stream)) {
        /* A change of what waits could not name it yet: it has no sequence. */
        return toc_fail(why, TOC_AGAIN,
                        "records of '%s' published before still wait for the hub; these stay as "
                        "drafts: publish again when `tocsin status` shows nothing unproven",
                        sending->stream);
    }
    result = toc_publish_submit(engine, sending->stream, sending->id, sending->chunk,
                                sending->chunk_len, NULL, &first, why);
    if (result != TOC_OK && result != TOC_EXISTS) {
        return result;
    }
    TOC_TRY(name_sequences(sending, first));
    sending->unproven |= first == 0;
    sending->published += sending->chunk_len;
    sending->chunk_len = 0;
    toc_arena_reset(sending->chunk_arena);
    return TOC_OK;
}

static enum toc_result name_record(struct sending *sending, const struct toc_change *change)
{
    json_t *one;

    if (json_array_size(sending->records) >= REPLY_RECORDS_MAX) {
        return TOC_OK;
    }
    one = json_pack("{s:s, s:s, s:s}", "stream", change->draft->stream, "key", change->draft->key,
                    "action", toc_change_action_name(change->action));
    return json_array_append_new(sending->records, one) == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result send_one(void *context, struct toc_arena *arena,
                                const struct toc_change *change, struct toc_why *why)
{
    struct sending *sending = context;
    struct toc_bytes bytes;

    if (change->action == TOC_CHANGE_NONE) {
        return TOC_OK;
    }
    if (sending->chunk_len == TOC_BATCH_RECORDS_MAX ||
        strcmp(sending->stream, change->draft->stream) != 0) {
        TOC_TRY(send_chunk(sending, why));
        memcpy(sending->stream, change->draft->stream, strlen(change->draft->stream) + 1);
    }
    TOC_TRY(toc_wire_record_encode(arena, &change->record, &bytes));
    if (bytes.len > TOC_RECORD_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%s: %s: is longer than %d bytes with what it replaces",
                        change->draft->stream, change->draft->key, TOC_RECORD_LEN_MAX);
    }
    TOC_TRY(toc_arena_copy(sending->chunk_arena, bytes, &sending->chunk[sending->chunk_len]));
    sending->chunk_len++;
    return name_record(sending, change);
}

static enum toc_result send_all(struct toc_engine *engine, const char *stream,
                                const struct toc_hash *digest, struct sending *sending,
                                struct toc_why *why)
{
    const struct toc_walk walk = {.stream = stream, .each = send_one, .context = sending};
    enum toc_result result;

    TOC_TRY(seed_of(engine, digest, &sending->seed));
    result = toc_changes_walk(engine, &walk, why);
    if (result == TOC_OK) {
        result = send_chunk(sending, why);
    }
    if (result != TOC_OK && sending->published > 0) {
        engine->store_failed = true; /* all or nothing: the tick goes back */
    }
    return result;
}

/* ---- the request ---- */

static enum toc_result answer(struct toc_engine *engine, const struct sending *sending)
{
    json_t *reply = toc_local_reply(sending->local);
    int failed = 0;

    failed |= json_object_set_new(reply, "published", json_integer((json_int_t)sending->published));
    failed |= json_object_set(reply, "records", sending->records);
    failed |=
        json_object_set_new(reply, "state", json_string(sending->unproven ? "unproven" : "stored"));
    return toc_local_answer(engine, sending->local, reply, failed);
}

static enum toc_result publish(struct toc_engine *engine, const char *stream,
                               struct counting *counting, struct sending *sending,
                               struct toc_why *why)
{
    const struct toc_walk walk = {.stream = stream, .each = count_one, .context = counting};
    const struct toc_tally *tally = &counting->tally;
    char digest[2 * TOC_HASH_LEN + 1];

    TOC_TRY(toc_changes_walk(engine, &walk, why));
    TOC_TRY(check_expected(sending->local, tally, why));
    TOC_TRY(check_possible(engine, tally, why));
    TOC_TRY(send_all(engine, stream, &tally->digest, sending, why));
    TOC_ASSERT(sending->published == tally->total);
    TOC_TRY(toc_sent_drafts_keep(engine, &counting->sent, sending->id));
    toc_hex_encode(toc_bytes_of(tally->digest.bytes, TOC_HASH_LEN), digest);
    TOC_TRY(toc_local_audit_add(engine, sending->local, "publish", "%s: %llu records%s, digest %s",
                                stream == NULL ? "all streams" : stream,
                                (unsigned long long)tally->total,
                                sending->unproven ? " (unproven)" : "", digest));
    return answer(engine, sending);
}

enum toc_result toc_local_publish(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *chunk_arena = NULL;
    struct counting counting = {.waiting = toc_store_submissions_waiting(engine->store) > 0};
    struct sending *sending;
    const char *stream = NULL;
    enum toc_result result;

    TOC_TRY(toc_local_stream(local, false, &stream, why));
    TOC_TRY(toc_arena_new(CHUNK_ARENA_MAX, &chunk_arena));
    sending = toc_arena_zero(engine->arena, 1, sizeof(*sending));
    TOC_ENSURE(sending != NULL, TOC_NOMEM);
    sending->engine = engine;
    sending->local = local;
    sending->chunk_arena = chunk_arena;
    sending->records = json_array();
    TOC_ENSURE(sending->records != NULL, TOC_NOMEM);
    toc_tally_begin(engine, &counting.tally);
    toc_buf_init(&counting.sent, TOC_LOCAL_DRAFTS_MAX * (size_t)TOC_HASH_LEN);
    result = publish(engine, stream, &counting, sending, why);
    toc_buf_done(&counting.sent);
    json_decref(sending->records);
    return result;
}
