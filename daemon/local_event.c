/* `event_add`, `event_list`, `event_dismiss`: what registers announced of the council's suppliers.
 * Proposals: nothing of them leaves until somebody raises a flag. */
#include "local_supplier.h"

#include "ensure.h"
#include "ident.h"
#include "timetext.h"

#include <string.h>

#define EVENTS_MAX 512 /* in one request */
#define ARENA_MAX ((size_t)4 * 1024 * 1024)
#define REFERENCE_MAX 200
#define TEXT_MAX 500
#define SEVERITY_MAX 5
#define LIST_USUAL 100
#define LIST_MAX 500

struct counts {
    uint64_t added, known, cleared;
    uint64_t unknown; /* no supplier of that id any more */
};

/* "F10": the codes of distress events, F and two digits. */
static bool is_code(const char *text)
{
    return text != NULL && text[0] == 'F' && strlen(text) == 3 &&
           strspn(text + 1, "0123456789") == 2;
}

static const char *text_of(const json_t *json, const char *field)
{
    return json_string_value(json_object_get(json, field));
}

/* NULL when it is whole. */
static const char *read_event(const json_t *json, struct toc_event *event)
{
    const char *date = text_of(json, "date");
    const char *clears = text_of(json, "clears");
    const json_t *severity = json_object_get(json, "severity");

    event->code = text_of(json, "code");
    event->source = text_of(json, "source");
    event->reference = text_of(json, "reference");
    event->text = text_of(json, "text");
    event->clears = clears == NULL ? "" : clears;
    event->severity = (unsigned)json_integer_value(severity);
    if (!is_code(event->code)) {
        return "code: is not F and two digits";
    }
    if (event->source == NULL ||
        (strcmp(event->source, "companies_house") != 0 && strcmp(event->source, "gazette") != 0)) {
        return "source: is neither 'companies_house' nor 'gazette'";
    }
    if (event->reference == NULL || !toc_ident_text(event->reference, REFERENCE_MAX)) {
        return "reference: is missing, too long, or has control characters";
    }
    if (event->text == NULL || !toc_ident_text(event->text, TEXT_MAX)) {
        return "text: is missing, too long, or has control characters";
    }
    if (date == NULL || toc_date_parse(date, &event->day) != TOC_OK) {
        return "date: is not a date (yyyy-mm-dd)";
    }
    if (!json_is_integer(severity) || json_integer_value(severity) < 1 ||
        json_integer_value(severity) > SEVERITY_MAX) {
        return "severity: is not 1 to 5";
    }
    return clears == NULL || is_code(clears) ? NULL : "clears: is not F and two digits";
}

static enum toc_result take_event(struct toc_engine *engine, const json_t *json,
                                  struct toc_arena *arena, struct counts *counts,
                                  struct toc_why *why)
{
    const char *who = text_of(json, "supplier");
    struct toc_event event = {.id = 0};
    const char *wrong = read_event(json, &event);
    struct toc_supplier supplier;
    uint64_t cleared = 0;
    enum toc_result result;

    if (wrong != NULL) {
        return toc_fail(why, TOC_INVALID, "%s", wrong);
    }
    if (who == NULL) {
        return toc_fail(why, TOC_INVALID, "supplier: is missing");
    }
    TOC_TRY(toc_local_supplier_find(engine, who, arena, &supplier, why));
    event.key = supplier.key;
    result = toc_store_event_add(engine->store, &event, &cleared);
    counts->added += result == TOC_OK;
    counts->known += result == TOC_EXISTS;
    counts->cleared += cleared;
    return result == TOC_EXISTS ? TOC_OK : result;
}

static enum toc_result take_events(struct toc_engine *engine, const json_t *list,
                                   struct toc_arena *arena, struct counts *counts,
                                   struct toc_why *why)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        toc_arena_reset(arena);
        const enum toc_result result =
            take_event(engine, json_array_get(list, i), arena, counts, why);
        if (result == TOC_NOTFOUND) {
            counts->unknown++; /* something was imported since the command asked for the keys */
        } else if (result != TOC_OK) {
            toc_why_prefix(why, "part 1: event %zu", i);
            return result;
        }
    }
    return TOC_OK;
}

enum toc_result toc_local_event_add(struct toc_engine *engine, const struct toc_local *local,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = NULL;
    struct counts counts = {0};
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_local_list_part(local, EVENTS_MAX, &list, why));
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_store_facts_begin(engine->store));
    TOC_TRY(toc_store_facts_end(engine->store, take_events(engine, list, arena, &counts, why)));
    if (counts.added > 0) {
        TOC_TRY(toc_local_audit_add(engine, local, "event_add", "%llu events, %llu cleared",
                                    (unsigned long long)counts.added,
                                    (unsigned long long)counts.cleared));
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "added", json_integer((json_int_t)counts.added));
    failed |= json_object_set_new(reply, "known", json_integer((json_int_t)counts.known));
    failed |= json_object_set_new(reply, "cleared", json_integer((json_int_t)counts.cleared));
    failed |= json_object_set_new(reply, "unknown", json_integer((json_int_t)counts.unknown));
    return toc_local_answer(engine, local, reply, failed);
}

/* ---- event_list ---- */

static enum toc_result read_state(const struct toc_local *local, unsigned *ret_state,
                                  struct toc_why *why)
{
    static const char *const states[] = {[TOC_EVENT_PROPOSED] = "proposed",
                                         [TOC_EVENT_CLEARED] = "cleared",
                                         [TOC_EVENT_DISMISSED] = "dismissed"};
    const char *state = NULL;

    TOC_TRY(toc_local_text(local, "state", &state, why));
    for (unsigned i = TOC_EVENT_PROPOSED; state != NULL && i <= TOC_EVENT_DISMISSED; i++) {
        if (strcmp(states[i], state) == 0) {
            *ret_state = i;
            return TOC_OK;
        }
    }
    return state == NULL
               ? TOC_OK
               : toc_fail(why, TOC_INVALID, "state: is none of 'proposed', 'cleared', 'dismissed'");
}

static enum toc_result list_event(struct toc_engine *engine, struct toc_arena *arena,
                                  const struct toc_event *event, json_t *list)
{
    struct toc_supplier supplier = {.id = 0};
    int64_t id = 0;
    enum toc_result result = toc_store_supplier_of_key(engine->store, event->key, &id);

    if (result == TOC_OK) {
        result = toc_store_supplier_get(engine->store, id, arena, &supplier);
    }
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    return json_array_append_new(list, toc_local_event_json(event, supplier.id, supplier.name)) == 0
               ? TOC_OK
               : TOC_NOMEM;
}

enum toc_result toc_local_event_list(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = json_array();
    struct toc_event *events;
    unsigned state = 0;
    int64_t after = 0;
    int64_t limit = LIST_USUAL;
    size_t len = 0;
    json_t *reply;
    int failed = list == NULL;

    TOC_TRY(read_state(local, &state, why));
    TOC_TRY(toc_local_number(local, "after", 0, INT64_MAX, &after, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIST_MAX, &limit, why));
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    events = toc_arena_zero(arena, (size_t)limit, sizeof(*events));
    TOC_ENSURE(events != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_events(engine->store, state, after, arena, events, (size_t)limit, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(list_event(engine, arena, &events[i], list));
    }
    reply = toc_local_reply(local);
    failed |= json_object_set(reply, "events", list);
    failed |= json_object_set_new(
        reply, "after", len == (size_t)limit ? json_integer(events[len - 1].id) : json_null());
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_event_dismiss(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    int64_t event = 0;
    enum toc_result result;

    TOC_TRY(toc_local_number(local, "event", 1, INT64_MAX, &event, why));
    if (event == 0) {
        return toc_fail(why, TOC_INVALID, "event: is missing");
    }
    result = toc_store_event_dismiss(engine->store, event);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_NOTFOUND, "event: there is no event %lld", (long long)event);
    }
    TOC_TRY(result);
    TOC_TRY(toc_local_audit_add(engine, local, "event_dismiss", "%lld", (long long)event));
    return toc_local_answer(engine, local, toc_local_reply(local), 0);
}
