/* tour 4/9: a record arrives. It is validated for its stream, and queued under the client's own id:
 * the same id again is acknowledged and not stored again. Next: publish.c, which signs it. */
#include "local_request.h"

#include "ensure.h"

#include <string.h>

#define SUBMISSION_ID_MAX 64
#define SCRATCH_MAX ((size_t)1024 * 1024) /* one record, decoded */
#define KEPT_MAX                                                                                   \
    ((size_t)16 * 1024 * 1024) /* of the tick's arena, for records until they are applied */

static bool id_valid(const char *id)
{
    const size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-");

    return len > 0 && len <= SUBMISSION_ID_MAX && id[len] == '\0';
}

static enum toc_result read_id(const struct toc_local *local, const char **ret_id,
                               struct toc_why *why)
{
    const char *id = NULL;

    TOC_TRY(toc_local_text(local, "id", &id, why));
    if (id == NULL || !id_valid(id)) {
        return toc_fail(why, TOC_INVALID, "id: is not 1 to %d of letters, digits, '.', '_' and '-'",
                        SUBMISSION_ID_MAX);
    }
    *ret_id = id;
    return TOC_OK;
}

/* Into the tick's arena as long as there is plenty of it, else only to be checked. */
static enum toc_result read_record(struct toc_engine *engine, struct toc_arena *scratch,
                                   const char *stream, struct toc_bytes bytes,
                                   const struct toc_record **ret_known, struct toc_why *why)
{
    const bool keep = toc_arena_used(engine->arena) < KEPT_MAX;
    struct toc_record record;
    struct toc_record *known;

    if (bytes.len > TOC_RECORD_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG, "is longer than %d bytes", TOC_RECORD_LEN_MAX);
    }
    toc_arena_reset(scratch);
    TOC_TRY(toc_record_read(keep ? engine->arena : scratch, stream, bytes, &record, why));
    if (toc_record_kind_of(record.type)->by_daemon) {
        return toc_fail(why, TOC_DENIED, "type: %s is made by the daemon alone",
                        toc_record_kind_of(record.type)->name);
    }
    known = keep ? toc_arena_get(engine->arena, sizeof(*known)) : NULL;
    if (known != NULL) {
        *known = record;
    }
    *ret_known = known;
    return TOC_OK;
}

/* The records as the parts, or as one part that is a list of them: a message of 512 parts costs
 * both sides more than what it carries. */
static enum toc_result split(struct toc_engine *engine, const struct toc_local *local,
                             const struct toc_bytes **ret_records, size_t *ret_len,
                             struct toc_why *why)
{
    struct toc_bytes *records;
    struct toc_bytes rest;
    bool list = false;
    size_t len = 0;

    TOC_TRY(toc_local_flag(local, "list", &list, why));
    if (!list) {
        *ret_records = local->parts;
        *ret_len = local->parts_len;
        return TOC_OK;
    }
    if (local->parts_len != 1) {
        return toc_fail(why, TOC_INVALID, "list: a list is one part, this has %zu",
                        local->parts_len);
    }
    records = toc_arena_zero(engine->arena, TOC_BATCH_RECORDS_MAX, sizeof(*records));
    TOC_ENSURE(records != NULL, TOC_NOMEM);
    rest = local->parts[0];
    while (rest.len > 0) {
        if (len == TOC_BATCH_RECORDS_MAX) {
            return toc_fail(why, TOC_TOOBIG, "list: has more than %d records",
                            TOC_BATCH_RECORDS_MAX);
        }
        if (toc_list_next(&rest, TOC_RECORD_LEN_MAX, &records[len]) != TOC_OK) {
            return toc_fail(why, TOC_MALFORMED, "list: record %zu is cut, or longer than %d bytes",
                            len + 1, TOC_RECORD_LEN_MAX);
        }
        len++;
    }
    *ret_records = records;
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result read_records(struct toc_engine *engine, const char *stream,
                                    const struct toc_bytes *records, size_t len,
                                    const struct toc_record **ret_known, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *scratch = NULL;

    if (len == 0 || len > TOC_BATCH_RECORDS_MAX) {
        return toc_fail(why, len == 0 ? TOC_INVALID : TOC_TOOBIG,
                        "a submission has 1 to %d records, this one has %zu", TOC_BATCH_RECORDS_MAX,
                        len);
    }
    TOC_TRY(toc_arena_new(SCRATCH_MAX, &scratch));
    for (size_t i = 0; i < len; i++) {
        const enum toc_result result =
            read_record(engine, scratch, stream, records[i], &ret_known[i], why);
        if (result != TOC_OK) {
            toc_why_prefix(why, "part %zu", i + 1);
            return result;
        }
    }
    return TOC_OK;
}

/* A repeat is answered with what the first one was given. */
static void find_first(struct toc_engine *engine, const char *id, uint64_t *ret_first_sequence,
                       size_t *ret_records)
{
    struct toc_submission known;

    if (toc_store_submission_find(engine->store, id, &known) == TOC_OK) {
        *ret_first_sequence = known.first_sequence;
        *ret_records = known.records;
    }
}

enum toc_result toc_local_submit(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_why *why)
{
    const char *stream = NULL;
    const char *id = NULL;
    uint64_t first = 0;
    const struct toc_bytes *bytes = NULL;
    size_t records = 0;
    const struct toc_record **known;
    enum toc_result result;
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_local_stream(local, true, &stream, why));
    TOC_TRY(read_id(local, &id, why));
    TOC_TRY(split(engine, local, &bytes, &records, why));
    known = toc_arena_zero(engine->arena, TOC_BATCH_RECORDS_MAX, sizeof(*known));
    TOC_ENSURE(known != NULL, TOC_NOMEM);
    TOC_TRY(read_records(engine, stream, bytes, records, known, why));
    result = toc_publish_submit(engine, stream, id, bytes, records, known, &first, why);
    if (result != TOC_OK && result != TOC_EXISTS) {
        return result;
    }
    if (result == TOC_EXISTS) {
        find_first(engine, id, &first, &records);
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "state", json_string(first > 0 ? "stored" : "unproven"));
    failed |= json_object_set_new(reply, "first_sequence",
                                  first > 0 ? json_integer((json_int_t)first) : json_null());
    failed |= json_object_set_new(reply, "records", json_integer((json_int_t)records));
    failed |= json_object_set_new(reply, "repeated", json_boolean(result == TOC_EXISTS));
    return toc_local_answer(engine, local, reply, failed);
}
