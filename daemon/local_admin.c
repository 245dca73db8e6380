/* What an operator does and asks: adopt a roster, rotate a log, rebuild the views, read the audit.
 */
#include "local_request.h"

#include "ensure.h"
#include "ident.h"
#include "store_picture.h"

#include <string.h>

#define AUDIT_ROWS 200
#define AUDIT_ARENA_MAX ((size_t)1024 * 1024)

enum toc_result toc_local_adopt(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_why *why)
{
    const uint64_t before = toc_roster_chain_version(engine->rosters);
    unsigned adopted = 0;
    uint64_t version;
    enum toc_result result;
    json_t *reply;
    int failed = 0;

    if (local->parts_len != 1) {
        return toc_fail(why, TOC_INVALID, "adopt takes one part, the roster file; this has %zu",
                        local->parts_len);
    }
    result = toc_roster_take_file(engine, local->parts[0], &adopted, why);
    version = toc_roster_chain_version(engine->rosters);
    if (result != TOC_OK) {
        if (version > before) {
            toc_why_prefix(why, "adopted up to version %llu, then", (unsigned long long)version);
        }
        return result;
    }
    TOC_TRY(toc_local_audit_add(engine, local, "adopt", "%u adopted, now version %llu", adopted,
                                (unsigned long long)version));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "roster_version", json_integer((json_int_t)version));
    failed |= json_object_set_new(reply, "adopted", json_integer((json_int_t)adopted));
    return toc_local_answer(engine, local, reply, failed);
}

/* ---- rotate ---- */

/* The newest generation of an own stream; NULL when there is none. */
static const struct toc_log *own_log(const struct toc_engine *engine, const char *stream)
{
    const struct toc_log *newest = NULL;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->own && log->row.id != 0 && strcmp(log->row.log.stream, stream) == 0 &&
            (newest == NULL || log->row.log.generation > newest->row.log.generation)) {
            newest = log;
        }
    }
    return newest;
}

static enum toc_result rotate_one(struct toc_engine *engine, const struct toc_local *local,
                                  const char *name, json_t *rotated, struct toc_why *why)
{
    const struct toc_log *log = own_log(engine, name);
    char stream[TOC_STREAM_LEN_MAX + 1];
    const char *opened;
    uint32_t generation;
    json_t *one;

    if (log == NULL) {
        return toc_fail(why, TOC_NOTFOUND, "nothing was ever published on '%s'", name);
    }
    /* Logs may move in memory while the next generation is made. */
    memcpy(stream, log->row.log.stream, sizeof(stream));
    generation = log->row.log.generation;
    TOC_TRY(toc_publish_rotate(engine, stream, why));
    log = own_log(engine, stream);
    TOC_ASSERT(log != NULL);
    opened = log->row.log.generation == generation ? "epoch" : "generation";
    generation = log->row.log.generation;
    TOC_TRY(toc_local_audit_add(engine, local, "rotate", "%s/%s: a new %s, generation %u",
                                engine->me, stream, opened, generation));
    one = json_pack("{s:s, s:s, s:s, s:I}", "publisher", engine->me, "stream", stream, "opened",
                    opened, "generation", (json_int_t)generation);
    return json_array_append_new(rotated, one) == 0 ? TOC_OK : TOC_NOMEM;
}

/* Without a stream: every own log that is open. */
static enum toc_result rotate_all(struct toc_engine *engine, const struct toc_local *local,
                                  json_t *rotated, struct toc_why *why)
{
    const size_t logs_len = engine->logs_len;

    for (size_t i = 0; i < logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->own && log->row.id != 0 && log->row.state == TOC_LOG_OPEN) {
            TOC_TRY(rotate_one(engine, local, log->row.log.stream, rotated, why));
        }
    }
    return TOC_OK;
}

enum toc_result toc_local_rotate(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *rotated = json_array();
    const char *publisher = NULL;
    const char *stream = NULL;
    json_t *reply;
    int failed;

    TOC_TRY(toc_local_stream(local, false, &stream, why));
    TOC_TRY(toc_local_text(local, "publisher", &publisher, why));
    if (publisher != NULL && strcmp(publisher, engine->me) != 0) {
        return toc_fail(why, TOC_DENIED,
                        "publisher: only its publisher rotates a log, and this daemon is '%s'",
                        engine->me);
    }
    TOC_ENSURE(rotated != NULL, TOC_NOMEM);
    TOC_TRY(stream != NULL ? rotate_one(engine, local, stream, rotated, why)
                           : rotate_all(engine, local, rotated, why));
    reply = toc_local_reply(local);
    failed = json_object_set_new(reply, "rotated", toc_take(&rotated));
    return toc_local_answer(engine, local, reply, failed);
}

/* ---- rebuild, audit ---- */

enum toc_result toc_local_rebuild(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_why *why)
{
    struct toc_hash digest;
    uint64_t records = 0;
    enum toc_result result = toc_apply_rebuild(engine, &records);
    json_t *reply;
    int failed = 0;

    if (result == TOC_OK) {
        result = toc_opened_digest(engine->opened, &digest);
    }
    if (result == TOC_OK) {
        result = toc_store_picture_digest(engine->store, &digest, &digest);
    }
    if (result != TOC_OK) {
        engine->store_failed = true; /* half a view is none: the tick goes back */
        return toc_fail(why, result, "the views stay as they were: %s", toc_result_name(result));
    }
    TOC_TRY(
        toc_local_audit_add(engine, local, "rebuild", "%llu records", (unsigned long long)records));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "records", json_integer((json_int_t)records));
    failed |= json_object_set_new(reply, "digest", toc_local_hash(&digest));
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_audit(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *audit = json_array();
    struct toc_audit rows[AUDIT_ROWS];
    int64_t before = 0;
    size_t len = 0;
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_local_number(local, "before", 1, INT64_MAX, &before, why));
    TOC_TRY(toc_arena_new(AUDIT_ARENA_MAX, &arena));
    TOC_TRY(toc_store_audit(engine->store, before, arena, rows, AUDIT_ROWS, &len));
    for (size_t i = 0; i < len; i++) {
        json_t *one = json_pack("{s:I, s:I, s:s, s:s}", "id", (json_int_t)rows[i].id, "uid",
                                (json_int_t)rows[i].uid, "command", rows[i].command, "detail",
                                rows[i].detail);
        failed |= json_object_set_new(one, "time", toc_local_time(rows[i].time_ms));
        failed |= json_array_append_new(audit, one);
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "audit", toc_take(&audit));
    return toc_local_answer(engine, local, reply, failed);
}
