/* `stage` and `unstage`: drafts wait in local.db, where nobody outside sees them, until `publish`.
 */
#include "local_change.h"

#include "ensure.h"

#include <string.h>

#define SOURCE_LEN_MAX 300
#define DROP_AT_ONCE 256

struct staging {
    struct toc_draft drafts[TOC_BATCH_RECORDS_MAX];
    size_t len;
    struct toc_draft settled[TOC_BATCH_RECORDS_MAX]; /* say what is published already */
    size_t settled_len;
};

static enum toc_result may_stage(struct toc_engine *engine, const struct toc_local *local,
                                 const char *stream, struct toc_why *why)
{
    if (toc_record_kind_for_stream(stream) == NULL) {
        return toc_fail(why, TOC_INVALID, "stream: this version knows no records of '%s'", stream);
    }
    if (!toc_roster_may_publish(toc_engine_roster(engine), engine->me, stream)) {
        return toc_fail(why, TOC_DENIED, "the roster does not let '%s' publish on '%s'", engine->me,
                        stream);
    }
    if (local->parts_len == 0 || local->parts_len > TOC_BATCH_RECORDS_MAX) {
        return toc_fail(why, local->parts_len == 0 ? TOC_INVALID : TOC_TOOBIG,
                        "one message stages 1 to %d records, this one has %zu",
                        TOC_BATCH_RECORDS_MAX, local->parts_len);
    }
    if (toc_store_drafts_count(engine->store) + local->parts_len > TOC_LOCAL_DRAFTS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%d drafts are the most: publish or unstage some first",
                        TOC_LOCAL_DRAFTS_MAX);
    }
    return TOC_OK;
}

static enum toc_result draft_of(struct toc_arena *arena, const char *stream, struct toc_bytes part,
                                struct toc_draft *ret_draft, struct toc_why *why)
{
    struct toc_record record;

    if (part.len > TOC_RECORD_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG, "is longer than %d bytes", TOC_RECORD_LEN_MAX);
    }
    TOC_TRY(toc_record_read(arena, stream, part, &record, why));
    if (record.type == TOC_RECORD_WITHDRAWAL || record.supersedes.sequence != 0) {
        return toc_fail(why, TOC_INVALID,
                        "corrects a record by its sequence: stage the record itself, `publish` "
                        "finds what it replaces");
    }
    ret_draft->key =
        toc_arena_text(arena, toc_bytes_text(toc_record_kind_of(record.type)->key(&record)));
    TOC_ENSURE(ret_draft->key != NULL, TOC_NOMEM);
    if (ret_draft->key[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "has no key: a later one could not replace it");
    }
    ret_draft->stream = stream;
    ret_draft->record = part;
    return TOC_OK;
}

/* A withdrawal stays in any case: what it withdraws may wait to be signed. */
static enum toc_result sort_draft(struct toc_engine *engine, struct toc_arena *scratch,
                                  struct staging *staging, const struct toc_draft *draft,
                                  struct toc_why *why)
{
    struct toc_change change;

    toc_arena_reset(scratch);
    TOC_TRY(toc_change_of(engine, scratch, draft, &change, why));
    if (change.action == TOC_CHANGE_NONE && !draft->withdraw) {
        staging->settled[staging->settled_len++] = *draft;
    } else {
        staging->drafts[staging->len++] = *draft;
    }
    return TOC_OK;
}

static enum toc_result sort_parts(struct toc_engine *engine, const struct toc_local *local,
                                  const struct toc_draft *like, struct toc_arena *arena,
                                  struct staging *staging, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *scratch = NULL;

    TOC_TRY(toc_arena_new(TOC_CHANGE_ARENA_MAX, &scratch));
    for (size_t i = 0; i < local->parts_len; i++) {
        struct toc_draft draft = *like;
        enum toc_result result = draft_of(scratch, like->stream, local->parts[i], &draft, why);
        if (result == TOC_OK) {
            draft.key = toc_arena_text(arena, toc_bytes_text(draft.key));
            result =
                draft.key == NULL ? TOC_NOMEM : sort_draft(engine, scratch, staging, &draft, why);
        }
        if (result != TOC_OK) {
            toc_why_prefix(why, "part %zu", i + 1);
            return result;
        }
        toc_arena_reset(scratch);
    }
    return TOC_OK;
}

static enum toc_result answer_staged(struct toc_engine *engine, const struct toc_local *local,
                                     const struct staging *staging)
{
    json_t *reply = toc_local_reply(local);
    int failed = 0;

    failed |= json_object_set_new(reply, "staged", json_integer((json_int_t)staging->len));
    failed |=
        json_object_set_new(reply, "unchanged", json_integer((json_int_t)staging->settled_len));
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_stage(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_draft like = {.source = ""};
    struct staging *staging;

    TOC_TRY(toc_local_stream(local, true, &like.stream, why));
    TOC_TRY(toc_local_text(local, "source", &like.source, why));
    TOC_TRY(toc_local_flag(local, "withdraw", &like.withdraw, why));
    if (strlen(like.source) > SOURCE_LEN_MAX) {
        return toc_fail(why, TOC_TOOBIG, "source: is longer than %d bytes", SOURCE_LEN_MAX);
    }
    TOC_TRY(may_stage(engine, local, like.stream, why));
    TOC_TRY(toc_arena_new(sizeof(*staging) + TOC_BATCH_RECORDS_MAX * TOC_RECORD_LEN_MAX, &arena));
    staging = toc_arena_zero(arena, 1, sizeof(*staging));
    TOC_ENSURE(staging != NULL, TOC_NOMEM);
    TOC_TRY(sort_parts(engine, local, &like, arena, staging, why));
    /* What says again what is published takes back an earlier draft that said otherwise. */
    TOC_TRY(toc_store_drafts_drop(engine->store, staging->settled, staging->settled_len));
    TOC_TRY(toc_store_drafts_put(engine->store, staging->drafts, staging->len));
    toc_settle_changed(engine);
    TOC_TRY(toc_local_audit_add(engine, local, "stage", "%s: %zu%s, %zu unchanged, from %s",
                                like.stream, staging->len, like.withdraw ? " to withdraw" : "",
                                staging->settled_len, like.source));
    return answer_staged(engine, local, staging);
}

/* ---- unstage ---- */

static enum toc_result drop_all(struct toc_engine *engine, const char *stream,
                                uint64_t *ret_dropped)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_draft drafts[DROP_AT_ONCE];
    uint64_t dropped = 0;
    size_t len = DROP_AT_ONCE;

    TOC_TRY(toc_arena_new((size_t)DROP_AT_ONCE * 4 * TOC_RECORD_LEN_MAX, &arena));
    while (len == DROP_AT_ONCE) {
        size_t its = 0;
        toc_arena_reset(arena);
        TOC_TRY(toc_store_drafts(engine->store, stream, "", arena, drafts, DROP_AT_ONCE, &len));
        while (its < len && strcmp(drafts[its].stream, stream) == 0) {
            its++;
        }
        TOC_TRY(toc_store_drafts_drop(engine->store, drafts, its));
        dropped += its;
        len = its;
    }
    *ret_dropped = dropped;
    return TOC_OK;
}

enum toc_result toc_local_unstage(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_why *why)
{
    const char *stream = NULL;
    const char *key = NULL;
    uint64_t dropped = 0;
    enum toc_result result;
    json_t *reply;
    int failed;

    TOC_TRY(toc_local_stream(local, true, &stream, why));
    TOC_TRY(toc_local_text(local, "key", &key, why));
    if (key == NULL) {
        result = drop_all(engine, stream, &dropped);
    } else {
        result = toc_store_draft_drop(engine->store, stream, key);
        dropped = result == TOC_OK ? 1 : 0;
        result = result == TOC_NOTFOUND ? TOC_OK : result;
    }
    TOC_TRY(result);
    toc_settle_changed(engine);
    TOC_TRY(toc_local_audit_add(engine, local, "unstage", "%s: %llu dropped%s%s", stream,
                                (unsigned long long)dropped, key == NULL ? "" : ": ",
                                key == NULL ? "" : key));
    reply = toc_local_reply(local);
    failed = json_object_set_new(reply, "dropped", json_integer((json_int_t)dropped));
    return toc_local_answer(engine, local, reply, failed);
}
