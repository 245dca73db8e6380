/* `preview`: exactly what would leave, and to whom. */
#include "local_preview.h"
#include "local_status.h"
#include "local_tokens.h"

#include "ensure.h"
#include "ident.h"
#include "record_json.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST_TAG "tocsin preview 1"
#define REFERENCE_LEN_MAX 32 /* what naming the replaced record adds */
#define LIMIT_MAX 500
#define LIMIT_USUAL 100

/* ---- the digest ---- */

bool toc_is_recipient(const struct toc_engine *engine, const struct toc_member *member,
                      const char *stream)
{
    return strcmp(member->id, engine->me) != 0 &&
           toc_roster_in_audience(toc_engine_roster(engine), member->id, engine->me, stream);
}

static void extend(struct toc_hash *digest, struct toc_bytes more)
{
    const struct toc_bytes parts[] = {toc_bytes_of(digest->bytes, TOC_HASH_LEN), more};

    *digest = toc_digest(DIGEST_TAG, &toc_hash_zero, parts, 2);
}

void toc_tally_begin(struct toc_engine *engine, struct toc_tally *ret_tally)
{
    *ret_tally = (struct toc_tally){.engine = engine};
    ret_tally->digest = toc_digest(DIGEST_TAG, &toc_hash_zero, NULL, 0);
}

/* Members are sorted by id in the roster; each id ends in its NUL. */
static void begin_stream(struct toc_tally *tally, const char *stream)
{
    const struct toc_roster *roster = toc_engine_roster(tally->engine);
    const size_t len = strlen(stream) + 1;

    TOC_ASSERT(len <= sizeof(tally->stream));
    memcpy(tally->stream, stream, len);
    extend(&tally->digest, toc_bytes_of(stream, len));
    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *member = &roster->members[i];
        if (toc_is_recipient(tally->engine, member, stream)) {
            extend(&tally->digest, toc_bytes_of(member->id, strlen(member->id) + 1));
        }
    }
}

enum toc_result toc_tally_add(struct toc_tally *tally, const struct toc_change *change)
{
    struct toc_hash hash;

    TOC_TRY(toc_change_hash(change, &hash));
    if (strcmp(tally->stream, change->draft->stream) != 0) {
        begin_stream(tally, change->draft->stream);
    }
    extend(&tally->digest, toc_bytes_of(hash.bytes, TOC_HASH_LEN));
    tally->total++;
    tally->corrections += change->action == TOC_CHANGE_WITHDRAW;
    tally->bytes += change->draft->record.len + REFERENCE_LEN_MAX;
    return TOC_OK;
}

/* ---- one page ---- */

struct preview {
    struct toc_tally tally;
    bool later; /* not the first page: digest and total were worked out for that one */
    char digest[2 * TOC_HASH_LEN + 1];
    char shown[TOC_STREAM_LEN_MAX + 1]; /* the stream whose recipients were named last */
    json_t *recipients;
    json_t *records;
    json_t *after; /* NULL: the page is not full */
    int64_t limit;
    size_t len; /* of the records as JSON */
};

static enum toc_result name_recipients(struct preview *preview, const char *stream)
{
    const struct toc_engine *engine = preview->tally.engine;
    const struct toc_roster *roster = toc_engine_roster(engine);
    json_t *members = json_array();
    int failed = 0;

    if (strcmp(preview->shown, stream) == 0) {
        json_decref(members);
        return TOC_OK;
    }
    memcpy(preview->shown, stream, strlen(stream) + 1);
    for (size_t i = 0; i < roster->members_len; i++) {
        if (toc_is_recipient(engine, &roster->members[i], stream)) {
            failed |= json_array_append_new(members, json_string(roster->members[i].id));
        }
    }
    failed |= json_array_append_new(preview->recipients,
                                    json_pack("{s:s, s:o}", "stream", stream, "members", members));
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result show(struct preview *preview, const struct toc_change *change)
{
    json_t *one = json_pack("{s:s, s:s, s:s}", "stream", change->draft->stream, "action",
                            toc_change_action_name(change->action), "key", change->draft->key);
    int failed = 0;

    failed |= json_object_set_new(one, "record", toc_record_json(&change->record));
    preview->len += one == NULL ? 0 : toc_local_json_len(one);
    failed |= json_array_append_new(preview->records, one);
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static bool page_full(const struct preview *preview)
{
    return (int64_t)json_array_size(preview->records) >= preview->limit ||
           preview->len >= TOC_LOCAL_REPLY_MAX;
}

/* The token of the next page: digest, total, stream and key. The first two are worked out once,
 * since a page at the end of a long list would cost as much as the whole. */
static enum toc_result mark_page_end(struct preview *preview)
{
    const json_t *last = json_array_get(preview->records, json_array_size(preview->records) - 1);

    preview->after = json_pack("[s, s]", json_string_value(json_object_get(last, "stream")),
                               json_string_value(json_object_get(last, "key")));
    return preview->after == NULL ? TOC_NOMEM : TOC_OK;
}

static enum toc_result preview_one(void *context, struct toc_arena *arena,
                                   const struct toc_change *change, struct toc_why *why)
{
    struct preview *preview = context;

    (void)arena;
    (void)why;
    if (change->action == TOC_CHANGE_NONE) {
        return TOC_OK;
    }
    if (page_full(preview) && preview->after == NULL) {
        TOC_TRY(mark_page_end(preview));
    }
    if (preview->after != NULL && preview->later) {
        return TOC_AGAIN; /* the rest is for the page after */
    }
    TOC_TRY(name_recipients(preview, change->draft->stream));
    if (!preview->later) {
        TOC_TRY(toc_tally_add(&preview->tally, change));
    }
    return preview->after == NULL ? show(preview, change) : TOC_OK;
}

static bool token_fits(const json_t *token)
{
    const char *digest = json_string_value(json_array_get(token, 0));
    const json_t *total = json_array_get(token, 1);
    const char *stream = json_string_value(json_array_get(token, 2));
    const char *key = json_string_value(json_array_get(token, 3));
    uint8_t hash[TOC_HASH_LEN];

    return digest != NULL && toc_hex_decode(digest, hash, sizeof(hash)) == TOC_OK &&
           json_is_integer(total) && json_integer_value(total) >= 0 && stream != NULL &&
           toc_ident_stream(stream) && key != NULL && strlen(key) <= TOC_RECORD_LEN_MAX;
}

/* The token, as the reply before had it. `*ret_token` is what the walk borrows from. */
static enum toc_result read_after(const struct toc_local *local, struct preview *preview,
                                  struct toc_walk *walk, json_t **ret_token, struct toc_why *why)
{
    const char *after = NULL;
    json_t *token;

    TOC_TRY(toc_local_text(local, "after", &after, why));
    if (after == NULL) {
        return TOC_OK;
    }
    token = json_loads(after, 0, NULL);
    if (!token_fits(token)) {
        json_decref(token);
        return toc_fail(why, TOC_INVALID, "after: is not what a preview gave");
    }
    *ret_token = token;
    preview->later = true;
    memcpy(preview->digest, json_string_value(json_array_get(token, 0)), sizeof(preview->digest));
    preview->tally.total = (uint64_t)json_integer_value(json_array_get(token, 1));
    walk->after_stream = json_string_value(json_array_get(token, 2));
    walk->after_key = json_string_value(json_array_get(token, 3));
    return TOC_OK;
}

/* NULL without memory. */
static json_t *token_text(const struct preview *preview)
{
    json_t *token = json_pack("[s, I, O, O]", preview->digest, (json_int_t)preview->tally.total,
                              json_array_get(preview->after, 0), json_array_get(preview->after, 1));
    char *text = token == NULL ? NULL : toc_json_dumps(token, JSON_COMPACT);
    json_t *string = text == NULL ? NULL : json_string(text);

    json_decref(token);
    free(text);
    return string;
}

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              struct preview *preview)
{
    const char *note = toc_holder_note(engine);
    json_t *reply = toc_local_reply(local);
    json_t *tokens = NULL;
    int failed = reply == NULL || toc_tokens_preview(engine, &tokens) != TOC_OK;

    failed |= json_object_set_new(reply, "tokens", tokens);
    if (!preview->later) {
        toc_hex_encode(toc_bytes_of(preview->tally.digest.bytes, TOC_HASH_LEN), preview->digest);
    }
    failed |= json_object_set_new(reply, "digest", json_string(preview->digest));
    failed |= json_object_set_new(reply, "total", json_integer((json_int_t)preview->tally.total));
    failed |= json_object_set(reply, "recipients", preview->recipients);
    failed |= json_object_set(reply, "records", preview->records);
    failed |=
        json_object_set_new(reply, "holder_note", note == NULL ? json_null() : json_string(note));
    failed |= json_object_set_new(reply, "after",
                                  preview->after == NULL ? json_null() : token_text(preview));
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_preview(struct toc_engine *engine, const struct toc_local *local,
                                  struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *token = NULL;
    struct preview preview = {.limit = LIMIT_USUAL};
    struct toc_walk walk = {.each = preview_one, .context = &preview};
    enum toc_result result;

    toc_tally_begin(engine, &preview.tally);
    TOC_TRY(toc_local_stream(local, false, &walk.stream, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIMIT_MAX, &preview.limit, why));
    TOC_TRY(read_after(local, &preview, &walk, &token, why));
    preview.recipients = json_array();
    preview.records = json_array();
    result = preview.recipients == NULL || preview.records == NULL
                 ? TOC_NOMEM
                 : toc_changes_walk(engine, &walk, why);
    if (result == TOC_OK || (result == TOC_AGAIN && preview.after != NULL)) {
        result = answer(engine, local, &preview);
    }
    json_decref(preview.recipients);
    json_decref(preview.records);
    json_decref(preview.after);
    return result;
}
