/* What `notify` is run with: one change a run, in their order. One that another overtook before it
 * was told is left out; when too many came in an hour, one run sums up all that wait. */
#include "local_told.h"

#include "ensure.h"
#include "record_json.h"
#include "timetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 128           /* waiting ones that are looked at, and that a summary names */
#define RETRY_MS 1000      /* after the first failure, doubling */
#define RETRY_DOUBLINGS 12 /* up to an hour */
#define HEADSTRONG_TRIES 5 /* so often the others wait for one that fails */

struct waiting {
    struct toc_change *list;
    size_t len;
};

/* ---- which are left out ---- */

static bool has_ended(enum toc_flag_status status)
{
    return status == TOC_FLAG_CLEARED || status == TOC_FLAG_WITHDRAWN || status == TOC_FLAG_EXPIRED;
}

/* Nobody was told yet, and there is more to come; or nothing of what ended was ever told. */
static enum toc_result is_moot(struct toc_engine *engine, const struct toc_change *change,
                               bool *ret_moot)
{
    bool later = false;
    bool begun = false;

    *ret_moot = false;
    if (change->tries > 0) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_notify_around(engine->store, change, &later, &begun));
    *ret_moot = later || (has_ended(change->status) && !begun);
    return TOC_OK;
}

static enum toc_result leave_out(struct toc_engine *engine, struct toc_change *change)
{
    change->notify = TOC_NOTIFY_MOOT;
    return toc_store_notify_save(engine->store, change);
}

static enum toc_result find_waiting(struct toc_engine *engine, struct toc_arena *arena,
                                    struct waiting *waiting)
{
    size_t len = 0;
    size_t kept = 0;

    waiting->list = toc_arena_zero(arena, PAGE, sizeof(*waiting->list));
    TOC_ENSURE(waiting->list != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_notify_waiting(engine->store, arena, waiting->list, PAGE, &len));
    for (size_t i = 0; i < len; i++) {
        bool moot = false;
        TOC_TRY(is_moot(engine, &waiting->list[i], &moot));
        if (moot) {
            TOC_TRY(leave_out(engine, &waiting->list[i]));
        } else {
            waiting->list[kept++] = waiting->list[i];
        }
    }
    waiting->len = kept;
    return TOC_OK;
}

/* ---- when ---- */

static int64_t pause_ms(unsigned tries)
{
    return (int64_t)RETRY_MS << (tries < RETRY_DOUBLINGS ? tries : RETRY_DOUBLINGS);
}

/* A clock that was put back does not make anybody wait for longer than it ever would. */
static bool is_due(const struct toc_engine *engine, const struct toc_change *change)
{
    return change->next_ms <= engine->now_wall ||
           change->next_ms > engine->now_wall + pause_ms(RETRY_DOUBLINGS);
}

static bool waits_for_its_own(const struct waiting *waiting, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (memcmp(waiting->list[i].id, waiting->list[at].id, TOC_FLAG_ID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* The first that may go. NULL: none may; *ret_next_ms says when to look again. */
static struct toc_change *choose(const struct toc_engine *engine, const struct waiting *waiting,
                                 int64_t *ret_next_ms)
{
    for (size_t i = 0; i < waiting->len; i++) {
        struct toc_change *const change = &waiting->list[i];
        if (is_due(engine, change)) {
            if (!waits_for_its_own(waiting, i)) {
                return change;
            }
            continue;
        }
        *ret_next_ms =
            *ret_next_ms == 0 || change->next_ms < *ret_next_ms ? change->next_ms : *ret_next_ms;
        if (change->tries < HEADSTRONG_TRIES) {
            return NULL;
        }
    }
    return NULL;
}

/* ---- documents ---- */

static json_t *head(const struct toc_engine *engine, const char *kind)
{
    return json_pack("{s:s, s:s, s:s}", "kind", kind, "member", engine->me, "group",
                     toc_engine_roster(engine)->group);
}

static enum toc_result print(json_t *json, struct toc_arena *arena, struct toc_bytes *ret_document)
{
    char *text = toc_json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    const size_t len = text == NULL ? 0 : strlen(text);
    char *copy = text == NULL ? NULL : toc_arena_get(arena, len + 1);

    if (copy == NULL) {
        free(text);
        return TOC_NOMEM;
    }
    memcpy(copy, text, len);
    copy[len] = '\n';
    free(text);
    *ret_document = toc_bytes_of((const uint8_t *)copy, len + 1);
    return TOC_OK;
}

static enum toc_result one_document(struct toc_engine *engine, const struct toc_change *change,
                                    struct toc_arena *arena, struct toc_bytes *ret_document)
{
    TOC_AUTO(toc_local_json_free) json_t *document = head(engine, "alert");
    TOC_AUTO(toc_local_json_free) json_t *json = NULL;

    TOC_TRY(toc_local_change_json(engine, change, arena, &json));
    if (document == NULL || json_object_update(document, json) != 0 ||
        json_object_set_new(document, "attempt", json_integer((json_int_t)change->tries + 1)) !=
            0) {
        return TOC_NOMEM;
    }
    return print(document, arena, ret_document);
}

/* What can be read of them; the others count all the same. */
static enum toc_result summary(struct toc_engine *engine, const struct waiting *waiting,
                               struct toc_arena *arena, struct toc_bytes *ret_document)
{
    TOC_AUTO(toc_local_json_free) json_t *document = head(engine, "summary");
    json_t *list = json_array();
    char name[64];
    int failed = document == NULL || list == NULL;

    (void)snprintf(name, sizeof(name), "summary-%lld-%lld", (long long)waiting->list[0].number,
                   (long long)waiting->list[waiting->len - 1].number);
    failed |= json_object_set_new(document, "change", json_string(name));
    failed |= json_object_set_new(document, "count", json_integer((json_int_t)waiting->len));
    failed |= json_object_set_new(document, "attempt",
                                  json_integer((json_int_t)waiting->list[0].tries + 1));
    failed |= json_object_set_new(document, "alerts", list);
    TOC_ENSURE(failed == 0, TOC_NOMEM);
    for (size_t i = 0; i < waiting->len; i++) {
        json_t *json = NULL;
        const enum toc_result result =
            toc_local_change_json(engine, &waiting->list[i], arena, &json);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        if (result == TOC_OK && json_array_append_new(list, json) != 0) {
            return TOC_NOMEM;
        }
    }
    return print(document, arena, ret_document);
}

/* ---- the next run ---- */

/* Before it runs, so that a crash in between is no forgotten try. */
static enum toc_result begin(struct toc_engine *engine, struct toc_change *list, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        list[i].next_ms = engine->now_wall + pause_ms(list[i].tries);
        list[i].tries++;
        TOC_TRY(toc_store_notify_save(engine->store, &list[i]));
    }
    engine->telling.first = list[0].number;
    engine->telling.last = list[len - 1].number;
    return toc_store_notify_ran(engine->store, engine->now_wall,
                                engine->now_wall - TOC_NOTIFY_HOUR_MS);
}

static enum toc_result prepare_one(struct toc_engine *engine, const struct waiting *waiting,
                                   struct toc_arena *arena, struct toc_bytes *ret_document)
{
    struct toc_change *const change = choose(engine, waiting, &engine->telling.notify_ms);

    TOC_ENSURE(change != NULL, TOC_NOTFOUND);
    const enum toc_result result = one_document(engine, change, arena, ret_document);
    if (result == TOC_NOTFOUND) { /* nothing can be said of it any more */
        TOC_TRY(leave_out(engine, change));
        engine->telling.notify_look = true;
        return result;
    }
    TOC_TRY(result);
    return begin(engine, change, 1);
}

static enum toc_result prepare(struct toc_engine *engine, const struct waiting *waiting,
                               struct toc_arena *arena, struct toc_bytes *ret_document)
{
    uint64_t runs = 0;
    int64_t first_ms = 0;

    TOC_ENSURE(waiting->len > 0, TOC_NOTFOUND);
    TOC_TRY(toc_store_notify_runs(engine->store, engine->now_wall - TOC_NOTIFY_HOUR_MS, &runs,
                                  &first_ms));
    if (runs >= TOC_NOTIFY_RUNS_MAX) {
        const int64_t next_ms = first_ms + TOC_NOTIFY_HOUR_MS;
        const int64_t last_ms = engine->now_wall + TOC_NOTIFY_HOUR_MS; /* the clock went back */
        engine->telling.notify_ms = next_ms < last_ms ? next_ms : last_ms;
        return TOC_NOTFOUND;
    }
    if (runs + 1 < TOC_NOTIFY_RUNS_MAX || waiting->len == 1) {
        return prepare_one(engine, waiting, arena, ret_document);
    }
    if (!is_due(engine, &waiting->list[0])) {
        engine->telling.notify_ms = waiting->list[0].next_ms;
        return TOC_NOTFOUND;
    }
    TOC_TRY(summary(engine, waiting, arena, ret_document));
    return begin(engine, waiting->list, waiting->len);
}

enum toc_result toc_notify_next(struct toc_engine *engine, struct toc_arena *arena,
                                struct toc_bytes *ret_document)
{
    struct toc_telling *const telling = &engine->telling;
    struct waiting waiting = {.len = 0};
    const bool due = telling->notify_ms != 0 && telling->notify_ms <= engine->now_wall;

    if (telling->first != 0 || engine->conf->notify[0] == '\0' || !(telling->notify_look || due)) {
        return TOC_NOTFOUND;
    }
    telling->notify_look = false;
    telling->notify_ms = 0;
    enum toc_result result = find_waiting(engine, arena, &waiting);
    if (result == TOC_OK) {
        result = prepare(engine, &waiting, arena, ret_document);
    }
    if (result != TOC_OK && result != TOC_NOTFOUND) {
        telling->notify_ms = engine->now_wall + RETRY_MS;
    }
    return result;
}

enum toc_result toc_notify_done(struct toc_engine *engine, const char *failed)
{
    struct toc_telling *const telling = &engine->telling;
    const int64_t first = telling->first;
    const int64_t last = telling->last;

    telling->first = 0;
    telling->last = 0;
    telling->notify_look = true;
    (void)snprintf(telling->failed, sizeof(telling->failed), "%s", failed == NULL ? "" : failed);
    return toc_store_notify_ended(engine->store, first, last, failed == NULL, TOC_NOTIFY_TRIES_MAX);
}

/* ---- what an operator has to know ---- */

static enum toc_result say(json_t *warnings, const char *text)
{
    return json_array_append_new(warnings, json_string(text)) == 0 ? TOC_OK : TOC_NOMEM;
}

enum toc_result toc_notify_warn(struct toc_engine *engine, json_t *warnings)
{
    const struct toc_telling *const telling = &engine->telling;
    uint64_t waiting = 0;
    uint64_t given_up = 0;
    char text[500];

    TOC_TRY(toc_store_notify_count(engine->store, TOC_NOTIFY_WAITS, &waiting));
    TOC_TRY(toc_store_notify_count(engine->store, TOC_NOTIFY_GIVEN_UP, &given_up));
    if (telling->failed[0] != '\0' && waiting > 0) {
        (void)snprintf(
            text, sizeof(text),
            "The program '%.200s' %s; %llu changes of alerts wait for it: mend it; it is "
            "tried again by itself.",
            engine->conf->notify, telling->failed, (unsigned long long)waiting);
        TOC_TRY(say(warnings, text));
    }
    if (given_up > 0) {
        (void)snprintf(text, sizeof(text),
                       "Nobody was told of %llu changes of alerts: the program of 'notify' failed "
                       "%d times for each: see `tocsin watch --stream alert --from start`.",
                       (unsigned long long)given_up, TOC_NOTIFY_TRIES_MAX);
        TOC_TRY(say(warnings, text));
    }
    return TOC_OK;
}

int64_t toc_notify_deadline(const struct toc_engine *engine)
{
    const struct toc_telling *const telling = &engine->telling;

    if (telling->first != 0 || engine->conf->notify[0] == '\0') {
        return INT64_MAX;
    }
    if (telling->notify_look) {
        return engine->now_mono;
    }
    return telling->notify_ms == 0 ? INT64_MAX
                                   : engine->now_mono + (telling->notify_ms - engine->now_wall);
}
