/* Own records by name. A publisher finds what it published under a key, to replace or withdraw it.
 * The index of names follows behind: it is brought up to date when somebody asks, and a bounded
 * piece at a time when nothing was to do for a while, so that a submission does not pay for it. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

#define ROWS_AT_ONCE 64
#define RECORD_ARENA_MAX ((size_t)1024 * 1024)
/* So far it may lie behind before an idle tick moves it on, and by so much. */
#define BEHIND_MAX 4096
#define IDLE_ROWS 2048
#define IDLE_AFTER_MS 2000

static enum toc_result name_of(struct toc_engine *engine, struct toc_arena *arena,
                               const struct toc_current_row *row, const char **ret_key)
{
    struct toc_record record;
    struct toc_bytes bytes;

    TOC_TRY(toc_opened_record(engine->opened, row->log, row->sequence, &bytes));
    TOC_TRY(toc_record_read(arena, row->stream, bytes, &record, NULL));
    *ret_key = toc_record_kind_of(record.type)->key(&record);
    return TOC_OK;
}

static enum toc_result name_rows(struct toc_engine *engine, struct toc_arena *arena,
                                 const struct toc_current_row *rows, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const char *key;
        toc_arena_reset(arena);
        TOC_TRY(name_of(engine, arena, &rows[i], &key));
        TOC_TRY(toc_store_current_name(engine->store, &rows[i], key));
    }
    return TOC_OK;
}

/* Up to `end`, at most so many rows. */
static enum toc_result catch_up(struct toc_engine *engine, const char *stream, uint64_t next,
                                uint64_t end, size_t rows_max)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_current_row rows[ROWS_AT_ONCE];
    size_t done = 0;

    TOC_TRY(toc_engine_write(engine));
    TOC_TRY(toc_arena_new(RECORD_ARENA_MAX, &arena));
    while (next < end && done < rows_max) {
        size_t len = 0;
        size_t own = 0;
        TOC_TRY(toc_store_current(engine->store, stream, engine->me, next - 1, rows, ROWS_AT_ONCE,
                                  &len));
        while (own < len && strcmp(rows[own].publisher, engine->me) == 0) {
            own++; /* rows of the members that follow by name come next */
        }
        TOC_TRY(name_rows(engine, arena, rows, own));
        done += own;
        next = own < ROWS_AT_ONCE ? end : rows[own - 1].sequence + 1;
    }
    return toc_store_named_set(engine->store, stream, engine->me, next);
}

/* What this member has published and applied on a stream, all generations together. */
static uint64_t applied_next(const struct toc_engine *engine, const char *stream)
{
    uint64_t next = 1;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->own && log->row.id != 0 && strcmp(log->row.log.stream, stream) == 0 &&
            log->row.applied_next > next) {
            next = log->row.applied_next;
        }
    }
    return next;
}

enum toc_result toc_own_find(struct toc_engine *engine, const char *stream, const char *key,
                             struct toc_current_row *ret_row)
{
    const uint64_t end = applied_next(engine, stream);
    uint64_t next;

    TOC_TRY(toc_store_named_next(engine->store, stream, engine->me, &next));
    if (next < end) {
        TOC_TRY(catch_up(engine, stream, next, end, SIZE_MAX));
    }
    return toc_store_current_own(engine->store, stream, key, ret_row);
}

enum toc_result toc_own_drop(struct toc_engine *engine, const struct toc_current_row *row)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const char *key = NULL;
    uint64_t next;

    TOC_TRY(toc_store_named_next(engine->store, row->stream, engine->me, &next));
    if (row->sequence < next) {
        TOC_TRY(toc_arena_new(RECORD_ARENA_MAX, &arena));
        TOC_TRY(name_of(engine, arena, row, &key));
    }
    return toc_store_current_drop(engine->store, row, key);
}

enum toc_result toc_own_finish(struct toc_engine *engine)
{
    bool more = false;

    if (engine->queue != NULL || engine->taken > 0) {
        engine->naming_mono = engine->now_mono + IDLE_AFTER_MS;
    }
    if (engine->now_mono < engine->naming_mono) {
        return TOC_OK;
    }
    for (size_t i = 0; i < engine->logs_len && !more; i++) {
        const struct toc_log *log = &engine->logs[i];
        const uint64_t end = log->row.applied_next;
        uint64_t next;
        if (!log->own || log->row.id == 0 || end <= BEHIND_MAX) {
            continue;
        }
        TOC_TRY(toc_store_named_next(engine->store, log->row.log.stream, engine->me, &next));
        if (next + BEHIND_MAX < end) {
            more = true;
            TOC_TRY(catch_up(engine, log->row.log.stream, next, end, IDLE_ROWS));
        }
    }
    engine->naming_mono = more ? engine->now_mono : INT64_MAX;
    return TOC_OK;
}
