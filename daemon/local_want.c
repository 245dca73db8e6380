/* `want` on the local socket: records in the order in which this member applied them, from a cursor
 * on; and, behind a cursor of their own, changes of alerts on own suppliers (local_told.c). With
 * nothing to give it waits, and _finish answers it when the journal has grown.
 *
 * A cursor is opaque to clients. It is a journal position times CURSOR_ROW and how much of that row
 * was given, so that a reader may stop after any record and loses none. */
#include "local_request.h"

#include "ensure.h"
#include "ident.h"
#include "local_told.h"

#include <stdlib.h>
#include <string.h>

#define CURSOR_ROW 1024 /* over TOC_BATCH_RECORDS_MAX */
#define WHOLE_ROW (CURSOR_ROW - 1)
#define CURSOR_MAX ((int64_t)TOC_SEQUENCE_MAX)
#define LIMIT_MAX 1000
#define LIMIT_USUAL 256
#define WAIT_MAX_MS 60000
#define STREAMS_MAX 64
#define ROWS_AT_ONCE 64

/* What one tick spends on all `want`s: rows looked at, and rows opened. */
#define ROWS_SEEN_MAX 4096
#define ROWS_OPENED_MAX 512

struct page {
    struct toc_engine *engine;
    const struct toc_local *local;
    json_t *records;
    size_t len; /* of the records as JSON */
    int64_t cursor;
    int64_t alerts; /* the same, of changes of alerts; -1: they are not asked for */
    int64_t limit;
    /* the row under way */
    int64_t position;
    uint64_t first_sequence;
    uint64_t from_sequence;
    bool full;
    bool behind;
    unsigned rows_seen, rows_opened;
};

bool toc_local_wants_stream(const struct toc_local *local, const char *stream)
{
    const json_t *streams = json_object_get(local->request, "streams");
    const json_t *name;
    size_t i;

    if (streams == NULL || json_is_null(streams)) {
        return true;
    }
    json_array_foreach(streams, i, name)
    {
        if (strcmp(json_string_value(name), stream) == 0) {
            return true;
        }
    }
    return false;
}

static enum toc_result check_streams(const struct toc_local *local, struct toc_why *why)
{
    const json_t *streams = json_object_get(local->request, "streams");
    const json_t *name;
    size_t i;

    if (streams == NULL || json_is_null(streams)) {
        return TOC_OK;
    }
    if (!json_is_array(streams) || json_array_size(streams) > STREAMS_MAX) {
        return toc_fail(why, TOC_INVALID, "streams: is not a list of at most %d streams",
                        STREAMS_MAX);
    }
    json_array_foreach(streams, i, name)
    {
        if (!json_is_string(name) || !toc_ident_stream(json_string_value(name))) {
            return toc_fail(why, TOC_INVALID, "streams: %zu is not a stream's name", i + 1);
        }
    }
    return TOC_OK;
}

/* ---- one page ---- */

static enum toc_result give_record(void *context, const struct toc_log *log, uint64_t sequence,
                                   int64_t time_ms, const struct toc_record *record)
{
    struct page *page = context;
    json_t *one;
    int failed = 0;

    if (sequence < page->from_sequence ||
        (page->alerts >= 0 &&
         toc_local_is_told(page->engine, page->local, log->row.log.publisher, record))) {
        return TOC_OK;
    }
    if ((int64_t)json_array_size(page->records) >= page->limit ||
        page->len >= TOC_LOCAL_REPLY_MAX) {
        page->full = true;
        return TOC_AGAIN; /* ends the walk; the cursor stays behind the last one given */
    }
    page->cursor = page->position * CURSOR_ROW + (int64_t)(sequence - page->first_sequence) + 1;
    one = json_pack("{s:s, s:s, s:I, s:I}", "stream", log->row.log.stream, "publisher",
                    log->row.log.publisher, "sequence", (json_int_t)sequence, "cursor",
                    (json_int_t)page->cursor);
    failed |= json_object_set_new(one, "time", toc_local_time(time_ms));
    failed |= json_object_set_new(one, "record", toc_record_json(record));
    page->len += one == NULL ? 0 : toc_local_json_len(one);
    failed |= json_array_append_new(page->records, one);
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static struct toc_log *log_of_row(struct toc_engine *engine, int64_t id)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        if (engine->logs[i].row.id == id) {
            return &engine->logs[i];
        }
    }
    return NULL;
}

static enum toc_result give_row(struct toc_engine *engine, struct page *page,
                                const struct toc_journal_row *row)
{
    struct toc_log *log = log_of_row(engine, row->log);
    const int64_t given =
        page->cursor / CURSOR_ROW == row->position ? page->cursor % CURSOR_ROW : 0;
    enum toc_result result;

    page->rows_seen++;
    if (log != NULL && toc_local_wants_stream(page->local, log->row.log.stream)) {
        page->rows_opened++;
        page->position = row->position;
        page->first_sequence = row->first_sequence;
        page->from_sequence = row->first_sequence + (uint64_t)given;
        result = toc_apply_read(engine, log, row->first_sequence, row->count, give_record, page);
        /* A row whose keys retention destroyed, or whose batches were taken back, is passed over.
         */
        if (result != TOC_OK && result != TOC_NOTFOUND) {
            return result == TOC_AGAIN && page->full ? TOC_OK : result;
        }
    }
    page->cursor = row->position * CURSOR_ROW + WHOLE_ROW;
    return TOC_OK;
}

static enum toc_result fill(struct toc_engine *engine, struct page *page)
{
    struct toc_journal_row rows[ROWS_AT_ONCE];
    size_t len = ROWS_AT_ONCE;

    while (len == ROWS_AT_ONCE) {
        const int64_t position = page->cursor / CURSOR_ROW;
        const bool done = page->cursor % CURSOR_ROW == WHOLE_ROW;
        TOC_TRY(toc_store_journal(engine->store, done ? position : position - 1, rows, ROWS_AT_ONCE,
                                  &len));
        for (size_t i = 0; i < len; i++) {
            if (page->rows_seen >= ROWS_SEEN_MAX || page->rows_opened >= ROWS_OPENED_MAX) {
                page->behind = true;
                return TOC_OK;
            }
            TOC_TRY(give_row(engine, page, &rows[i]));
            if (page->full) {
                return TOC_OK;
            }
        }
    }
    return TOC_OK;
}

/* Takes both lists. */
static enum toc_result answer(struct toc_engine *engine, const struct page *page, json_t **records,
                              json_t **told)
{
    json_t *reply = toc_local_reply(page->local);
    int failed = 0;

    failed |= json_object_set_new(reply, "cursor", json_integer(page->cursor));
    failed |= json_object_set_new(reply, "records", toc_take(records));
    if (page->alerts >= 0) {
        failed |= json_object_set_new(reply, "alerts_cursor", json_integer(page->alerts));
        failed |= json_object_set_new(reply, "alerts", toc_take(told));
    }
    return toc_local_answer(engine, page->local, reply, failed);
}

static enum toc_result fill_told(struct toc_engine *engine, struct page *page, json_t *told)
{
    if (page->alerts < 0) {
        return TOC_OK;
    }
    return toc_local_add_told(engine, page->local, (size_t)page->limit, &page->alerts, told);
}

/* ---- waiting ---- */

static void waiter_free(struct toc_waiter *waiter)
{
    json_decref(waiter->request);
    free(waiter);
}

static enum toc_result waiter_add(struct toc_engine *engine, const struct page *page,
                                  int64_t wait_ms, struct toc_why *why)
{
    struct toc_local_state *state = toc_local_state(engine);
    struct toc_waiter **end;
    struct toc_waiter *waiter;

    TOC_ENSURE(state != NULL, TOC_NOMEM);
    if (state->waiters_len >= TOC_LOCAL_WAITERS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%d programs wait for records already: end one of them",
                        TOC_LOCAL_WAITERS_MAX);
    }
    waiter = calloc(1, sizeof(*waiter));
    TOC_ENSURE(waiter != NULL, TOC_NOMEM);
    waiter->request = json_deep_copy(page->local->request);
    if (waiter->request == NULL) {
        free(waiter);
        return TOC_NOMEM;
    }
    waiter->local.link = page->local->link;
    waiter->local.user = page->local->user;
    waiter->local.request = waiter->request;
    waiter->local.tag = json_string_value(json_object_get(waiter->request, "tag"));
    waiter->cursor = page->cursor;
    waiter->alerts = page->alerts;
    waiter->limit = page->limit;
    waiter->until_mono = engine->now_mono + wait_ms;
    waiter->behind = page->behind;
    for (end = &state->waiters; *end != NULL; end = &(*end)->next) {
    }
    *end = waiter;
    state->waiters_len++;
    return TOC_OK;
}

/* As `cursor`, but absent means: none at all; -1 from now on. */
static enum toc_result read_alerts(struct toc_engine *engine, const struct toc_local *local,
                                   int64_t *ret_alerts, struct toc_why *why)
{
    const int64_t last = toc_store_changes_last(engine->store);
    int64_t alerts = -2;

    TOC_TRY(toc_local_number(local, "alerts", -1, CURSOR_MAX, &alerts, why));
    if (alerts > last) {
        return toc_fail(why, TOC_STALE,
                        "alerts: is ahead of what this daemon has told: its store was restored or "
                        "replaced; follow from the start again");
    }
    *ret_alerts = alerts == -1 ? last : alerts == -2 ? -1 : alerts;
    return TOC_OK;
}

enum toc_result toc_local_want(struct toc_engine *engine, const struct toc_local *local,
                               struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *records = json_array();
    TOC_AUTO(toc_local_json_free) json_t *told = json_array();
    const int64_t last = toc_store_journal_last(engine->store);
    struct page page = {.engine = engine, .local = local, .limit = LIMIT_USUAL, .alerts = -1};
    int64_t wait_ms = 0;

    page.cursor = last * CURSOR_ROW + WHOLE_ROW;
    TOC_TRY(toc_local_number(local, "cursor", 0, CURSOR_MAX, &page.cursor, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIMIT_MAX, &page.limit, why));
    TOC_TRY(toc_local_number(local, "wait_ms", 0, WAIT_MAX_MS, &wait_ms, why));
    TOC_TRY(read_alerts(engine, local, &page.alerts, why));
    TOC_TRY(check_streams(local, why));
    if (page.cursor / CURSOR_ROW > last) {
        return toc_fail(why, TOC_STALE,
                        "cursor: is ahead of what this daemon has applied: its store was restored "
                        "or replaced; follow from the start again");
    }
    TOC_ENSURE(records != NULL && told != NULL, TOC_NOMEM);
    page.records = records;
    TOC_TRY(fill(engine, &page));
    TOC_TRY(fill_told(engine, &page, told));
    if (json_array_size(records) + json_array_size(told) == 0 && (wait_ms > 0 || page.behind)) {
        return waiter_add(engine, &page, wait_ms, why);
    }
    return answer(engine, &page, &records, &told);
}

/* Looks again for one that waits; `*ret_done` when it was answered. */
static enum toc_result look_again(struct toc_engine *engine, struct toc_waiter *waiter,
                                  struct page *spent, bool *ret_done)
{
    TOC_AUTO(toc_local_json_free) json_t *records = json_array();
    TOC_AUTO(toc_local_json_free) json_t *told = json_array();
    struct page page = {.engine = engine,
                        .local = &waiter->local,
                        .records = records,
                        .cursor = waiter->cursor,
                        .alerts = waiter->alerts,
                        .limit = waiter->limit,
                        .rows_seen = spent->rows_seen,
                        .rows_opened = spent->rows_opened};
    enum toc_result result;

    TOC_ENSURE(records != NULL && told != NULL, TOC_NOMEM);
    result = fill(engine, &page);
    spent->rows_seen = page.rows_seen;
    spent->rows_opened = page.rows_opened;
    TOC_TRY(result);
    TOC_TRY(fill_told(engine, &page, told));
    waiter->cursor = page.cursor;
    waiter->alerts = page.alerts;
    waiter->behind = page.behind;
    if (json_array_size(records) + json_array_size(told) == 0 &&
        (page.behind || engine->now_mono < waiter->until_mono)) {
        return TOC_OK;
    }
    *ret_done = true;
    return answer(engine, &page, &records, &told);
}

enum toc_result toc_waiters_wake(struct toc_engine *engine)
{
    struct toc_local_state *state = engine->local;
    struct page spent = {.limit = 0};
    struct toc_waiter **at = &state->waiters;

    while (*at != NULL) {
        struct toc_waiter *waiter = *at;
        bool done = false;
        if (engine->journal_grew || engine->telling.told || waiter->behind ||
            engine->now_mono >= waiter->until_mono) {
            enum toc_result result = TOC_OK;
            if (toc_out_has_room(engine)) {
                result = look_again(engine, waiter, &spent, &done);
            } else {
                waiter->behind = true;
            }
            if (result != TOC_OK) {
                done = toc_local_fail(engine, &waiter->local, result, NULL) == TOC_OK;
            }
        }
        if (done) {
            *at = waiter->next;
            state->waiters_len--;
            waiter_free(waiter);
        } else {
            at = &waiter->next;
        }
    }
    return TOC_OK;
}

int64_t toc_waiters_deadline(const struct toc_engine *engine)
{
    int64_t deadline = INT64_MAX;

    for (const struct toc_waiter *waiter = engine->local->waiters; waiter != NULL;
         waiter = waiter->next) {
        const int64_t its = waiter->behind ? engine->now_mono : waiter->until_mono;
        deadline = its < deadline ? its : deadline;
    }
    return deadline;
}

void toc_waiters_forget(struct toc_local_state *state)
{
    while (state->waiters != NULL) {
        struct toc_waiter *waiter = state->waiters;
        state->waiters = waiter->next;
        waiter_free(waiter);
    }
    state->waiters_len = 0;
}
