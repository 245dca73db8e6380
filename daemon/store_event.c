/* Events that registers announced of the council's suppliers: proposals, until somebody flags or
 * dismisses them, or a later event clears them. */
#include "store_facts.h"
#include "store_query.h"

#define COLUMNS                                                                                    \
    "SELECT id, key, code, source, reference, day, severity, text, clears, state FROM event "

/* A clearing event is itself nothing to act on. */
static enum toc_result add(struct toc_store *store, const struct toc_event *event)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_EVENT_ADD,
        "INSERT INTO event (key, code, source, reference, day, severity, text, clears, state)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, CASE WHEN ?8 <> '' OR EXISTS"
        " (SELECT 1 FROM event WHERE key = ?1 AND clears = ?2 AND day >= ?5) THEN 2 ELSE 1 END)",
        &query));
    toc_query_text(&query, 1, event->key);
    toc_query_text(&query, 2, event->code);
    toc_query_text(&query, 3, event->source);
    toc_query_text(&query, 4, event->reference);
    toc_query_integer(&query, 5, event->day);
    toc_query_integer(&query, 6, event->severity);
    toc_query_text(&query, 7, event->text);
    toc_query_text(&query, 8, event->clears);
    return toc_query_run(&query);
}

static enum toc_result clear(struct toc_store *store, const struct toc_event *event,
                             uint64_t *ret_cleared)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_EVENT_CLEAR,
                           "UPDATE event SET state = 2 WHERE key = ?1 AND code = ?2 AND day <= ?3"
                           " AND state = 1",
                           &query));
    toc_query_text(&query, 1, event->key);
    toc_query_text(&query, 2, event->clears);
    toc_query_integer(&query, 3, event->day);
    TOC_TRY(toc_query_run(&query));
    *ret_cleared = (uint64_t)sqlite3_changes(store->local.handle);
    return TOC_OK;
}

enum toc_result toc_store_event_add(struct toc_store *store, const struct toc_event *event,
                                    uint64_t *ret_cleared)
{
    *ret_cleared = 0;
    TOC_TRY(add(store, event));
    return event->clears[0] == '\0' ? TOC_OK : clear(store, event, ret_cleared);
}

static enum toc_result read_event(const struct toc_query *query, struct toc_arena *arena,
                                  void *ret_row)
{
    struct toc_event event = {.id = toc_query_get(query, 0),
                              .day = (int32_t)toc_query_get(query, 5),
                              .severity = (unsigned)toc_query_get(query, 6),
                              .state = (enum toc_event_state)toc_query_get(query, 9)};

    TOC_TRY(toc_query_get_text(query, 1, arena, &event.key));
    TOC_TRY(toc_query_get_text(query, 2, arena, &event.code));
    TOC_TRY(toc_query_get_text(query, 3, arena, &event.source));
    TOC_TRY(toc_query_get_text(query, 4, arena, &event.reference));
    TOC_TRY(toc_query_get_text(query, 7, arena, &event.text));
    TOC_TRY(toc_query_get_text(query, 8, arena, &event.clears));
    *(struct toc_event *)ret_row = event;
    return TOC_OK;
}

static enum toc_result read_events(struct toc_query *query, struct toc_arena *arena,
                                   struct toc_event *ret_list, size_t max, size_t *ret_len)
{
    return toc_query_page(query, arena, read_event, ret_list, sizeof(*ret_list), max, ret_len);
}

enum toc_result toc_store_events(struct toc_store *store, unsigned state, int64_t after,
                                 struct toc_arena *arena, struct toc_event *ret_list, size_t max,
                                 size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, state == 0 ? TOC_SQL_EVENTS : TOC_SQL_EVENTS_STATE,
                           state == 0 ? COLUMNS "WHERE id > ?1 ORDER BY id"
                                      : COLUMNS "WHERE state = ?2 AND id > ?1 ORDER BY id",
                           &query));
    toc_query_integer(&query, 1, after);
    if (state != 0) {
        toc_query_integer(&query, 2, state);
    }
    return read_events(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_events_of(struct toc_store *store, const char *key,
                                    struct toc_arena *arena, struct toc_event *ret_list, size_t max,
                                    size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_EVENTS_OF,
                           COLUMNS "WHERE key = ?1 ORDER BY day DESC, id DESC", &query));
    toc_query_text(&query, 1, key);
    return read_events(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_event_dismiss(struct toc_store *store, int64_t id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_EVENT_DISMISS,
                           "UPDATE event SET state = 3 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    return toc_query_hit(&query);
}
