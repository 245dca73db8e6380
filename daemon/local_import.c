/* `import_open`, `import_close`, `import_cancel`, `import_list`, `source_drop`: what files hold
 * comes in parts (local_import_rows.c) and counts from one moment on. Derived from it:
 * local_settle.c.
 */
#include "local_import.h"

#include "ensure.h"
#include "ident.h"
#include "store_cell.h"
#include "timetext.h"

#include <string.h>

#define IDLE_MS (INT64_C(3600) * 1000) /* a client that said nothing for so long is not there */
#define COVERS_DAYS_MAX 3700           /* ten years */
#define LIST_AT_ONCE 32

/* ---- fields ---- */

enum toc_result toc_local_import_kind(const struct toc_local *local, enum toc_import_kind *ret_kind,
                                      struct toc_why *why)
{
    const char *kind = NULL;

    TOC_TRY(toc_local_text(local, "kind", &kind, why));
    if (kind != NULL && strcmp(kind, "spend") == 0) {
        *ret_kind = TOC_IMPORT_SPEND;
        return TOC_OK;
    }
    if (kind != NULL && strcmp(kind, "contracts") == 0) {
        *ret_kind = TOC_IMPORT_CONTRACTS;
        return TOC_OK;
    }
    return toc_fail(why, TOC_INVALID, "kind: is neither 'spend' nor 'contracts'");
}

static const char *kind_name(enum toc_import_kind kind)
{
    return kind == TOC_IMPORT_SPEND ? "spend" : "contracts";
}

static enum toc_result read_source(const struct toc_local *local, const char **ret_source,
                                   struct toc_why *why)
{
    const char *source = NULL;
    size_t len;

    TOC_TRY(toc_local_text(local, "source", &source, why));
    len = source == NULL ? 0 : strspn(source, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (len == 0 || len > TOC_IMPORT_SOURCE_MAX || source[len] != '\0') {
        return toc_fail(why, TOC_INVALID,
                        "source: is not 1 to %d of small letters, digits and '-', such as "
                        "'payments'",
                        TOC_IMPORT_SOURCE_MAX);
    }
    *ret_source = source;
    return TOC_OK;
}

static enum toc_result read_hash(const struct toc_local *local, bool *ret_has,
                                 struct toc_hash *ret_hash, struct toc_why *why)
{
    const char *text = NULL;

    TOC_TRY(toc_local_text(local, "hash", &text, why));
    if (text == NULL) {
        return TOC_OK;
    }
    if (toc_hex_decode(text, ret_hash->bytes, TOC_HASH_LEN) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "hash: is not %d hexadecimal digits", 2 * TOC_HASH_LEN);
    }
    *ret_has = true;
    return TOC_OK;
}

enum toc_result toc_local_import_get(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_import *ret_import, struct toc_why *why)
{
    int64_t id = 0;
    enum toc_result result;

    TOC_TRY(toc_local_number(local, "import", 1, INT64_MAX, &id, why));
    if (id == 0) {
        return toc_fail(why, TOC_INVALID, "import: is missing");
    }
    result = toc_store_import_get(engine->store, id, ret_import);
    if (result == TOC_NOTFOUND || (result == TOC_OK && ret_import->state != TOC_IMPORT_LOADING)) {
        return toc_fail(why, TOC_NOTFOUND,
                        "import %lld is not open: the daemon was started anew, or another import "
                        "of the same source began: import the file again",
                        (long long)id);
    }
    return result;
}

/* ---- import_open ---- */

static enum toc_result read_open(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_import *import, struct toc_why *why)
{
    const char *source = NULL;
    const char *file = NULL;

    TOC_TRY(toc_local_import_kind(local, &import->kind, why));
    TOC_TRY(read_source(local, &source, why));
    TOC_TRY(toc_local_text(local, "file", &file, why));
    if (file == NULL || !toc_ident_text(file, TOC_IMPORT_FILE_MAX)) {
        return toc_fail(why, TOC_INVALID,
                        "file: is not a name of 1 to %d bytes without control characters",
                        TOC_IMPORT_FILE_MAX);
    }
    TOC_TRY(read_hash(local, &import->has_hash, &import->hash, why));
    memcpy(import->source, source, strlen(source) + 1);
    memcpy(import->file, file, strlen(file) + 1);
    import->time_ms = engine->now_wall;
    import->uid = local->user.uid;
    return TOC_OK;
}

static enum toc_result answer_open(struct toc_engine *engine, const struct toc_local *local,
                                   int64_t id)
{
    json_t *reply = toc_local_reply(local);
    int failed = 0;

    failed |= json_object_set_new(reply, "import", id == 0 ? json_null() : json_integer(id));
    failed |= json_object_set_new(reply, "same", json_boolean(id == 0));
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_import_open(struct toc_engine *engine, const struct toc_local *local,
                                      struct toc_why *why)
{
    struct toc_import import = {.id = 0};
    enum toc_result result = TOC_NOTFOUND;
    int64_t id = 0;

    TOC_TRY(read_open(engine, local, &import, why));
    if (import.has_hash) {
        result = toc_store_import_same(engine->store, import.kind, import.source, &import.hash);
    }
    if (result == TOC_OK) {
        return answer_open(engine, local, 0);
    }
    if (result != TOC_NOTFOUND) {
        return result;
    }
    result = toc_store_import_open(engine->store, &import, engine->now_wall - IDLE_MS, &id);
    if (result == TOC_TOOBIG) {
        return toc_fail(why, TOC_TOOBIG,
                        "%d imports are open already: let one of them end, and import this file "
                        "again",
                        TOC_IMPORTS_OPEN_MAX);
    }
    TOC_TRY(result);
    return answer_open(engine, local, id);
}

/* ---- import_close and import_cancel ---- */

static enum toc_result read_covered_day(const json_t *covers, const char *field, int32_t *ret_day,
                                        struct toc_why *why)
{
    const char *text = json_string_value(json_object_get(covers, field));

    if (text == NULL || toc_date_parse(text, ret_day) != TOC_OK || *ret_day < TOC_CELL_DAY_MIN ||
        *ret_day > TOC_CELL_DAY_MAX) {
        return toc_fail(why, TOC_INVALID,
                        "covers: '%s' is not a date from 1995 to 2100 "
                        "(yyyy-mm-dd)",
                        field);
    }
    return TOC_OK;
}

static enum toc_result read_covers(const struct toc_local *local, struct toc_import_end *end,
                                   struct toc_why *why)
{
    const json_t *covers = json_object_get(local->request, "covers");

    if (covers == NULL || json_is_null(covers)) {
        return TOC_OK;
    }
    TOC_TRY(read_covered_day(covers, "from", &end->from, why));
    TOC_TRY(read_covered_day(covers, "to", &end->to, why));
    if (end->to < end->from || end->to - end->from >= COVERS_DAYS_MAX) {
        return toc_fail(why, TOC_INVALID,
                        "covers: does not run from a date to a later one, at most %d days",
                        COVERS_DAYS_MAX);
    }
    end->covers = true;
    return TOC_OK;
}

/* Days that the file has rows of, whatever became of them: a payment that was redacted since must
 * not stay as it was. */
static enum toc_result read_days(const struct toc_local *local, struct toc_import_end *end,
                                 struct toc_why *why)
{
    if (local->parts_len == 0) {
        return TOC_OK;
    }
    const struct toc_bytes days = local->parts[0];
    if (local->parts_len > 1 || days.len % TOC_DAY_LEN != 0 ||
        days.len / TOC_DAY_LEN > TOC_CELL_DAY_MAX - TOC_CELL_DAY_MIN + 1) {
        return toc_fail(why, TOC_INVALID, "part 1: is not days of 4 bytes, each once");
    }
    for (size_t at = 0; at < days.len; at += TOC_DAY_LEN) {
        const int32_t day = toc_day_get(days.data + at);
        if (day < TOC_CELL_DAY_MIN || day > TOC_CELL_DAY_MAX) {
            return toc_fail(why, TOC_INVALID, "part 1: day %zu: is not from 1995 to 2100",
                            at / TOC_DAY_LEN);
        }
    }
    end->days = days;
    return TOC_OK;
}

static json_t *date_text(bool is_one, int32_t day)
{
    char text[TOC_DATE_TEXT_LEN + 1];

    if (!is_one) {
        return json_null();
    }
    toc_date_text(day, text);
    return json_string(text);
}

static enum toc_result answer_close(struct toc_engine *engine, const struct toc_local *local,
                                    const struct toc_import *import, const char *state,
                                    const struct toc_import_report *report)
{
    json_t *reply = toc_local_reply(local);
    const bool dates = report->dates > 0;
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"dates", report->dates},
        {"dates_replaced", report->dates_replaced},
        {"rows_replaced", report->rows_replaced},
        {"dates_kept", report->dates_kept},
        {"suppliers", import->suppliers},
        {"suppliers_held", import->held},
        {"suppliers_new", import->fresh},
    };
    int failed = json_object_set_new(reply, "state", json_string(state));

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        failed |=
            json_object_set_new(reply, numbers[i].name, json_integer((json_int_t)numbers[i].value));
    }
    failed |= json_object_set_new(reply, "first_date", date_text(dates, report->first_date));
    failed |= json_object_set_new(reply, "last_date", date_text(dates, report->last_date));
    return toc_local_answer(engine, local, reply, failed);
}

static enum toc_result audit_close(struct toc_engine *engine, const struct toc_local *local,
                                   const struct toc_import *import,
                                   const struct toc_import_report *report)
{
    return toc_local_audit_add(engine, local, "import",
                               "%s %s: %llu rows of %llu suppliers (%llu held), %llu dates "
                               "(%llu replaced), from %s",
                               kind_name(import->kind), import->source,
                               (unsigned long long)import->rows,
                               (unsigned long long)import->suppliers,
                               (unsigned long long)import->held, (unsigned long long)report->dates,
                               (unsigned long long)report->dates_replaced, import->file);
}

enum toc_result toc_local_import_close(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    struct toc_import import;
    struct toc_import_report report;
    struct toc_import_end end = {.time_ms = engine->now_wall};
    struct toc_hash hash;
    bool has_hash = false;
    int64_t rows_read = 0;
    int64_t rows_used = 0;
    const char *state;

    TOC_TRY(toc_local_import_get(engine, local, &import, why));
    TOC_TRY(read_hash(local, &has_hash, &hash, why));
    TOC_TRY(read_covers(local, &end, why));
    TOC_TRY(read_days(local, &end, why));
    TOC_TRY(toc_local_flag(local, "dry_run", &end.dry_run, why));
    TOC_TRY(toc_local_number(local, "rows_read", 0, INT64_MAX, &rows_read, why));
    TOC_TRY(toc_local_number(local, "rows_used", 0, INT64_MAX, &rows_used, why));
    if (rows_used > rows_read) {
        return toc_fail(why, TOC_INVALID, "rows_used: is more than rows_read");
    }
    end.hash = has_hash ? &hash : NULL;
    TOC_TRY(toc_store_import_close(engine->store, &import, &end, &report));
    state = report.same ? "same" : (end.dry_run ? "dry_run" : "live");
    if (!report.same && !end.dry_run) {
        toc_settle_changed(engine); /* first: the rows count from here, whatever else fails */
        TOC_TRY(audit_close(engine, local, &import, &report));
    }
    return answer_close(engine, local, &import, state, &report);
}

enum toc_result toc_local_import_cancel(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    struct toc_import import;

    TOC_TRY(toc_local_import_get(engine, local, &import, why));
    TOC_TRY(toc_store_import_drop(engine->store, import.id));
    return toc_local_answer(engine, local, toc_local_reply(local), 0);
}

/* ---- import_list and source_drop ---- */

static int list_one(json_t *list, const struct toc_import_live *live)
{
    const bool spend = live->import.kind == TOC_IMPORT_SPEND;
    json_t *one = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "source", live->import.source, "kind",
                            kind_name(live->import.kind), "file", live->import.file, "uid",
                            (json_int_t)live->import.uid, "dates", (json_int_t)live->dates, "rows",
                            (json_int_t)live->rows);
    int failed = json_object_set_new(one, "time", toc_local_time(live->import.time_ms));

    failed |= json_object_set_new(one, "first_date", date_text(spend, live->first_date));
    failed |= json_object_set_new(one, "last_date", date_text(spend, live->last_date));
    failed |= json_object_set_new(one, "pence", spend ? json_integer(live->pence) : json_null());
    return failed | json_array_append_new(list, one);
}

enum toc_result toc_local_import_list(struct toc_engine *engine, const struct toc_local *local,
                                      struct toc_why *why)
{
    struct toc_import_live live[LIST_AT_ONCE];
    TOC_AUTO(toc_local_json_free) json_t *list = json_array();
    size_t len = LIST_AT_ONCE;
    int64_t after = 0;
    json_t *reply;
    int failed = list == NULL;

    (void)why;
    while (len == LIST_AT_ONCE && json_array_size(list) < TOC_IMPORT_LIST_MAX) {
        TOC_TRY(toc_store_imports(engine->store, after, live, LIST_AT_ONCE, &len));
        for (size_t i = 0; i < len; i++) {
            failed |= list_one(list, &live[i]);
            after = live[i].import.id;
        }
    }
    reply = toc_local_reply(local);
    failed |= json_object_set(reply, "imports", list);
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_source_drop(struct toc_engine *engine, const struct toc_local *local,
                                      struct toc_why *why)
{
    enum toc_import_kind kind = TOC_IMPORT_SPEND;
    const char *source = NULL;
    uint64_t dates = 0;
    uint64_t rows = 0;
    enum toc_result result;
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_local_import_kind(local, &kind, why));
    TOC_TRY(read_source(local, &source, why));
    result = toc_store_source_drop(engine->store, kind, source, &dates, &rows);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_NOTFOUND,
                        "source: nothing of '%s' is held: `tocsin import list` names the sources",
                        source);
    }
    TOC_TRY(result);
    toc_settle_changed(engine);
    TOC_TRY(toc_local_audit_add(engine, local, "source_drop", "%s %s: %llu rows, %llu dates",
                                kind_name(kind), source, (unsigned long long)rows,
                                (unsigned long long)dates));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "dates", json_integer((json_int_t)dates));
    failed |= json_object_set_new(reply, "rows", json_integer((json_int_t)rows));
    return toc_local_answer(engine, local, reply, failed);
}
