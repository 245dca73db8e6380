/* What an auditor takes away: rosters, batches and evidence, as the very bytes that travelled. Each
 * reply is about one frame of the session's size; the reader asks on. */
#include "local_request.h"

#include "ensure.h"
#include "ident.h"

#include <string.h>

#define REPLY_LEN_MAX ((size_t)TOC_FRAME_LEN_MAX)
#define REPLY_PARTS_MAX 1000

struct parts {
    struct toc_bytes *list;
    size_t len;
    size_t bytes;
};

static enum toc_result parts_new(struct toc_engine *engine, struct parts *ret_parts)
{
    *ret_parts = (struct parts){
        .list = toc_arena_zero(engine->arena, REPLY_PARTS_MAX, sizeof(*ret_parts->list))};
    return ret_parts->list == NULL ? TOC_NOMEM : TOC_OK;
}

/* False: no room for it any more. The first always has. */
static bool parts_add(struct parts *parts, struct toc_bytes part)
{
    if (parts->len == REPLY_PARTS_MAX ||
        (parts->len > 0 && parts->bytes + part.len > REPLY_LEN_MAX)) {
        return false;
    }
    parts->list[parts->len++] = part;
    parts->bytes += part.len;
    return true;
}

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              json_t *reply, int failed, const struct parts *parts)
{
    if (failed != 0 || reply == NULL) {
        json_decref(reply);
        return TOC_NOMEM;
    }
    return toc_out_local(engine, local->link, reply, parts->list, parts->len);
}

enum toc_result toc_local_rosters(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_why *why)
{
    const uint64_t last = toc_roster_chain_version(engine->rosters);
    struct parts parts;
    int64_t from = 1;
    json_t *reply;
    int failed;

    TOC_TRY(toc_local_number(local, "from", 1, INT64_MAX, &from, why));
    TOC_TRY(parts_new(engine, &parts));
    for (uint64_t version = (uint64_t)from; version <= last; version++) {
        struct toc_bytes bytes;
        TOC_TRY(toc_store_roster_get(engine->store, version, engine->arena, &bytes));
        if (!parts_add(&parts, bytes)) {
            break;
        }
    }
    reply = toc_local_reply(local);
    failed = json_object_set_new(reply, "last_version", json_integer((json_int_t)last));
    return answer(engine, local, reply, failed, &parts);
}

/* ---- batches ---- */

static enum toc_result read_log(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_log **ret_log, struct toc_why *why)
{
    struct toc_log_id id = {.generation = 1};
    const char *publisher = NULL;
    const char *stream = NULL;
    int64_t generation = 1;

    TOC_TRY(toc_local_stream(local, true, &stream, why));
    TOC_TRY(toc_local_text(local, "publisher", &publisher, why));
    TOC_TRY(toc_local_number(local, "generation", 1, UINT32_MAX, &generation, why));
    if (publisher == NULL || !toc_ident_member(publisher)) {
        return toc_fail(why, TOC_INVALID, "publisher: is not a member's id");
    }
    memcpy(id.publisher, publisher, strlen(publisher) + 1);
    memcpy(id.stream, stream, strlen(stream) + 1);
    id.generation = (uint32_t)generation;
    *ret_log = toc_engine_log(engine, &id);
    if (*ret_log == NULL || (*ret_log)->row.id == 0) {
        return toc_fail(why, TOC_NOTFOUND, "this daemon holds no log %s/%s of generation %u",
                        publisher, stream, id.generation);
    }
    return TOC_OK;
}

/* A later generation goes on counting from the one it abandons, so its first batch, which opens its
 * first epoch, may begin anywhere. */
static uint64_t begins_at(struct toc_engine *engine, const struct toc_log *log)
{
    struct toc_epoch_row epoch;

    if (toc_store_epoch_get(engine->store, log->row.id, 1, &epoch) != TOC_OK) {
        return 1;
    }
    return epoch.first_sequence;
}

enum toc_result toc_local_batches(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_why *why)
{
    struct toc_log *log = NULL;
    struct parts parts;
    int64_t from = 1;
    uint64_t next;
    json_t *reply;
    int failed;

    TOC_TRY(read_log(engine, local, &log, why));
    TOC_TRY(toc_local_number(local, "from", 1, (int64_t)TOC_SEQUENCE_MAX, &from, why));
    TOC_TRY(parts_new(engine, &parts));
    next = begins_at(engine, log);
    next = (uint64_t)from > next ? (uint64_t)from : next;
    while (next < log->row.chain.next_sequence) {
        struct toc_stored_batch stored;
        TOC_TRY(toc_store_batch_get(engine->store, log->row.id, next, engine->arena, &stored));
        if (!parts_add(&parts, stored.bytes)) {
            break;
        }
        next = stored.first_sequence + stored.count;
    }
    reply = toc_local_reply(local);
    failed = json_object_set_new(reply, "next_sequence", json_integer((json_int_t)next));
    return answer(engine, local, reply, failed, &parts);
}

/* ---- evidence ---- */

/* Both halves of a pair, or neither. */
static bool pair_add(struct parts *parts, const struct toc_evidence *row)
{
    if (parts->len + 2 > REPLY_PARTS_MAX ||
        (parts->len > 0 && parts->bytes + row->one.len + row->other.len > REPLY_LEN_MAX)) {
        return false;
    }
    parts->list[parts->len++] = row->one;
    parts->list[parts->len++] = row->other;
    parts->bytes += row->one.len + row->other.len;
    return true;
}

enum toc_result toc_local_evidence(struct toc_engine *engine, const struct toc_local *local,
                                   struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *evidence = json_array();
    struct parts parts;
    int64_t from = 1;
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_local_number(local, "from", 1, INT64_MAX, &from, why));
    TOC_TRY(parts_new(engine, &parts));
    for (;;) {
        struct toc_evidence row;
        size_t len = 0;
        TOC_TRY(toc_store_evidence(engine->store, from - 1, engine->arena, &row, 1, &len));
        if (len == 0 || !pair_add(&parts, &row)) {
            break;
        }
        json_t *one = json_pack("{s:I, s:s}", "id", (json_int_t)row.id, "about", row.about);
        failed |= json_object_set_new(one, "time", toc_local_time(row.time_ms));
        failed |= json_array_append_new(evidence, one);
        from = row.id + 1;
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "evidence", toc_take(&evidence));
    return answer(engine, local, reply, failed, &parts);
}
