/* Drafts compared with what is published. */
#include "local_change.h"

#include "ensure.h"
#include "record_json.h"

#include <stdlib.h>
#include <string.h>

#define DRAFTS_AT_ONCE 64

const char *toc_change_action_name(enum toc_change_action action)
{
    switch (action) {
    case TOC_CHANGE_NONE:
        return "none";
    case TOC_CHANGE_ADD:
        return "add";
    case TOC_CHANGE_REPLACE:
        return "replace";
    case TOC_CHANGE_WITHDRAW:
        return "withdraw";
    }
    TOC_UNREACHABLE();
    return "";
}

/* The record as its publisher means it, whatever it corrected. */
static enum toc_result content_of(struct toc_arena *arena, const struct toc_record *record,
                                  struct toc_bytes *ret_content)
{
    struct toc_record bare = *record;

    memset(&bare.supersedes, 0, sizeof(bare.supersedes));
    memset(&bare.withdraws, 0, sizeof(bare.withdraws));
    return toc_wire_record_encode(arena, &bare, ret_content);
}

static enum toc_result same_content(struct toc_arena *arena, const struct toc_record *draft,
                                    struct toc_bytes published, bool *ret_same)
{
    struct toc_record record;
    struct toc_bytes ours, theirs;

    TOC_TRY(toc_wire_record_decode(arena, published, &record));
    TOC_TRY(content_of(arena, &record, &theirs));
    TOC_TRY(content_of(arena, draft, &ours));
    *ret_same = toc_bytes_equal(ours, theirs);
    return TOC_OK;
}

enum toc_result toc_change_of(struct toc_engine *engine, struct toc_arena *arena,
                              const struct toc_draft *draft, struct toc_change *ret_change,
                              struct toc_why *why)
{
    struct toc_change change = {.draft = draft};
    struct toc_current_row published;
    const enum toc_result found = toc_own_find(engine, draft->stream, draft->key, &published);
    struct toc_bytes bytes;
    bool same = false;

    if (found != TOC_OK && found != TOC_NOTFOUND) {
        return found;
    }
    if (draft->withdraw) {
        change.action = found == TOC_OK ? TOC_CHANGE_WITHDRAW : TOC_CHANGE_NONE;
        change.record.type = TOC_RECORD_WITHDRAWAL;
        change.record.withdraws.sequence = found == TOC_OK ? published.sequence : 0;
        *ret_change = change;
        return TOC_OK;
    }
    TOC_TRY(toc_record_read(arena, draft->stream, draft->record, &change.record, why));
    change.action = TOC_CHANGE_ADD;
    if (found == TOC_OK) {
        TOC_TRY(toc_opened_record(engine->opened, published.log, published.sequence, &bytes));
        TOC_TRY(same_content(arena, &change.record, bytes, &same));
        change.action = same ? TOC_CHANGE_NONE : TOC_CHANGE_REPLACE;
        change.record.supersedes.sequence = same ? 0 : published.sequence;
    }
    *ret_change = change;
    return TOC_OK;
}

enum toc_result toc_change_hash(const struct toc_change *change, struct toc_hash *ret_hash)
{
    TOC_AUTO(toc_local_json_free) json_t *fields = toc_record_json(&change->record);
    const char *action = toc_change_action_name(change->action);
    struct toc_bytes parts[4];
    char *text;

    TOC_ENSURE(fields != NULL, TOC_NOMEM);
    (void)json_object_del(fields, "supersedes");
    (void)json_object_del(fields, "withdraws");
    text = toc_json_dumps(fields, JSON_SORT_KEYS | JSON_COMPACT);
    TOC_ENSURE(text != NULL, TOC_NOMEM);
    /* With their NULs: no two parts can be read as one. */
    parts[0] = toc_bytes_of(action, strlen(action) + 1);
    parts[1] = toc_bytes_of(change->draft->stream, strlen(change->draft->stream) + 1);
    parts[2] = toc_bytes_of(change->draft->key, strlen(change->draft->key) + 1);
    parts[3] = toc_bytes_text(text);
    *ret_hash = toc_digest("tocsin preview-record 1", &toc_hash_zero, parts, 4);
    free(text);
    return TOC_OK;
}

struct toc_hash toc_draft_hash(const struct toc_draft *draft)
{
    const struct toc_bytes parts[] = {
        toc_bytes_of(draft->stream, strlen(draft->stream) + 1),
        toc_bytes_of(draft->key, strlen(draft->key) + 1),
        toc_bytes_text(draft->withdraw ? "withdraw " : "publish "),
        draft->record,
    };

    return toc_digest("tocsin draft 1", &toc_hash_zero, parts, sizeof parts / sizeof parts[0]);
}

/* ---- all of them ---- */

struct place {
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_buf key; /* NUL-terminated */
};

static enum toc_result place_at(struct place *place, const char *stream, const char *key)
{
    TOC_ENSURE(strlen(stream) < sizeof(place->stream), TOC_INVALID);
    memcpy(place->stream, stream, strlen(stream) + 1);
    toc_buf_clear(&place->key);
    return toc_buf_append(&place->key, toc_bytes_of(key, strlen(key) + 1));
}

static enum toc_result walk_page(struct toc_engine *engine, const struct toc_walk *walk,
                                 struct toc_arena *page, struct toc_arena *scratch,
                                 struct place *place, bool *ret_more, struct toc_why *why)
{
    struct toc_draft drafts[DRAFTS_AT_ONCE];
    size_t len = 0;

    toc_arena_reset(page);
    TOC_TRY(toc_store_drafts(engine->store, place->stream, (const char *)place->key.data, page,
                             drafts, DRAFTS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_change change;
        if (walk->stream != NULL && strcmp(drafts[i].stream, walk->stream) != 0) {
            *ret_more = false;
            return TOC_OK;
        }
        toc_arena_reset(scratch);
        TOC_TRY(toc_change_of(engine, scratch, &drafts[i], &change, why));
        TOC_TRY(walk->each(walk->context, scratch, &change, why));
    }
    *ret_more = len == DRAFTS_AT_ONCE;
    return len == 0 ? TOC_OK : place_at(place, drafts[len - 1].stream, drafts[len - 1].key);
}

enum toc_result toc_changes_walk(struct toc_engine *engine, const struct toc_walk *walk,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *page = NULL;
    TOC_AUTO(toc_arena_free) struct toc_arena *scratch = NULL;
    struct place place = {.stream = ""};
    const char *stream = walk->after_stream != NULL ? walk->after_stream : walk->stream;
    enum toc_result result;
    bool more = true;

    TOC_TRY(toc_arena_new(DRAFTS_AT_ONCE * TOC_CHANGE_ARENA_MAX, &page));
    TOC_TRY(toc_arena_new(TOC_CHANGE_ARENA_MAX, &scratch));
    toc_buf_init(&place.key, TOC_RECORD_LEN_MAX + 1);
    result = place_at(&place, stream == NULL ? "" : stream,
                      walk->after_key == NULL ? "" : walk->after_key);
    while (result == TOC_OK && more) {
        result = walk_page(engine, walk, page, scratch, &place, &more, why);
    }
    toc_buf_done(&place.key);
    return result;
}
