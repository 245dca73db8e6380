/* The local socket: which request is whose. Every request is answered exactly once, now or, when a
 * `want` waits, by a later tick. */
#include "local_request.h"

#include "ensure.h"
#include "ident.h"
#include "local_region.h"
#include "settle_run.h"
#include "timetext.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    const char *name;
    toc_local_function *answer;
    bool writes; /* to group.db, in the tick's transaction */
};

/* The one table of requests. */
static const struct request requests[] = {
    {"status", toc_local_status, false},
    {"submit", toc_local_submit, true},
    {"want", toc_local_want, false},
    {"list", toc_local_list, false},
    {"stage", toc_local_stage, false},
    {"unstage", toc_local_unstage, false},
    {"preview", toc_local_preview, false},
    {"publish", toc_local_publish, true},
    {"adopt", toc_local_adopt, true},
    {"rosters", toc_local_rosters, false},
    {"batches", toc_local_batches, false},
    {"evidence", toc_local_evidence, false},
    {"audit", toc_local_audit, false},
    {"rotate", toc_local_rotate, true},
    {"rebuild", toc_local_rebuild, true},
    {"region_suppliers", toc_local_region_suppliers, false},
    {"region_concentration", toc_local_region_concentration, false},
    {"region_supplier", toc_local_region_supplier, false},
    {"import_open", toc_local_import_open, false},
    {"import_rows", toc_local_import_rows, false},
    {"import_close", toc_local_import_close, false},
    {"import_cancel", toc_local_import_cancel, false},
    {"import_list", toc_local_import_list, false},
    {"contract_list", toc_local_contract_list, false},
    {"source_drop", toc_local_source_drop, false},
    {"settle", toc_local_settle, false},
    {"supplier_list", toc_local_supplier_list, false},
    {"supplier_show", toc_local_supplier_show, false},
    {"supplier_keys", toc_local_supplier_keys, false},
    {"supplier_decide", toc_local_supplier_decide, false},
    {"supplier_parent", toc_local_supplier_parent, false},
    {"supplier_facts", toc_local_supplier_facts, false},
    {"tokens", toc_local_tokens, false},
    {"tokens_confirm", toc_local_tokens_confirm, false},
    {"tokens_retry", toc_local_tokens_retry, false},
    {"event_add", toc_local_event_add, false},
    {"event_list", toc_local_event_list, false},
    {"event_dismiss", toc_local_event_dismiss, false},
    {"alert_list", toc_local_alert_list, false},
    {"alert_rules", toc_local_alert_rules, false},
    {"flag_raise", toc_local_flag_raise, true},
    {"flag_preview", toc_local_flag_preview, false},
    {"flag_approve", toc_local_flag_approve, true},
    {"flag_withdraw", toc_local_flag_withdraw, true},
    {"flag_clear", toc_local_flag_clear, true},
    {"flag_mitigate", toc_local_flag_mitigate, true},
    {"flag_list", toc_local_flag_list, false},
    {"flag_history", toc_local_flag_history, false},
    {"flag_dispute", toc_local_flag_dispute, true},
    {"flag_undispute", toc_local_flag_undispute, true},
    {"flag_confirm", toc_local_flag_confirm, true},
};

static const struct request *find_request(const char *name)
{
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (strcmp(requests[i].name, name) == 0) {
            return &requests[i];
        }
    }
    return NULL;
}

/* ---- answers ---- */

void toc_local_json_free(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

static int add_tag(const struct toc_local *local, json_t *reply)
{
    return local->tag == NULL ? 0 : json_object_set_new(reply, "tag", json_string(local->tag));
}

json_t *toc_local_reply(const struct toc_local *local)
{
    json_t *reply = json_pack("{s:b}", "ok", 1);

    if (reply != NULL && add_tag(local, reply) != 0) {
        toc_local_json_free(&reply);
    }
    return reply;
}

enum toc_result toc_local_answer(struct toc_engine *engine, const struct toc_local *local,
                                 json_t *reply, int failed)
{
    if (failed != 0 || reply == NULL) {
        json_decref(reply);
        return TOC_NOMEM;
    }
    return toc_out_local(engine, local->link, reply, NULL, 0);
}

static const char *words(const struct toc_engine *engine, enum toc_result result,
                         const struct toc_why *why)
{
    if (why != NULL && why->text[0] != '\0') {
        return why->text;
    }
    if (result == TOC_STORE) {
        return toc_store_why(engine->store);
    }
    if (result == TOC_NOMEM) {
        return "the daemon has not enough memory for this request: ask for less at a time";
    }
    return toc_result_name(result);
}

/* Words may have been cut in the middle of a character, which JSON cannot hold: how much is whole.
 */
static size_t whole_len(const char *text)
{
    const struct toc_bytes all = toc_bytes_text(text);
    struct toc_bytes rest = all;
    uint32_t character;

    while (toc_utf8_next(&rest, &character) == TOC_OK) {
    }
    return all.len - rest.len;
}

enum toc_result toc_local_fail(struct toc_engine *engine, const struct toc_local *local,
                               enum toc_result result, const struct toc_why *why)
{
    const char *text = words(engine, result, why);
    json_t *reply = json_pack("{s:b, s:s}", "ok", 0, "result", toc_result_name(result));
    int failed = reply == NULL;

    failed |= json_object_set_new(reply, "message", json_stringn(text, whole_len(text)));
    failed |= add_tag(local, reply);
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_audit_add(struct toc_engine *engine, const struct toc_local *local,
                                    const char *command, const char *format, ...)
{
    char detail[512];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    detail[whole_len(detail)] = '\0';
    return toc_store_audit_add(engine->store, engine->now_wall, local->user.uid, command, detail);
}

/* ---- fields ---- */

enum toc_result toc_local_text(const struct toc_local *local, const char *field,
                               const char **ret_text, struct toc_why *why)
{
    const json_t *value = json_object_get(local->request, field);

    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (!json_is_string(value)) {
        return toc_fail(why, TOC_INVALID, "%s: is not a text", field);
    }
    *ret_text = json_string_value(value);
    return TOC_OK;
}

enum toc_result toc_local_number(const struct toc_local *local, const char *field, int64_t min,
                                 int64_t max, int64_t *ret_number, struct toc_why *why)
{
    const json_t *value = json_object_get(local->request, field);
    int64_t number;

    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (!json_is_integer(value)) {
        return toc_fail(why, TOC_INVALID, "%s: is not a whole number", field);
    }
    number = json_integer_value(value);
    if (number < min || number > max) {
        return toc_fail(why, TOC_INVALID, "%s: is not between %lld and %lld", field, (long long)min,
                        (long long)max);
    }
    *ret_number = number;
    return TOC_OK;
}

enum toc_result toc_local_flag(const struct toc_local *local, const char *field, bool *ret_flag,
                               struct toc_why *why)
{
    const json_t *value = json_object_get(local->request, field);

    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (!json_is_boolean(value)) {
        return toc_fail(why, TOC_INVALID, "%s: is neither true nor false", field);
    }
    *ret_flag = json_is_true(value);
    return TOC_OK;
}

enum toc_result toc_local_stream(const struct toc_local *local, bool needed,
                                 const char **ret_stream, struct toc_why *why)
{
    const char *stream = NULL;

    TOC_TRY(toc_local_text(local, "stream", &stream, why));
    if (stream == NULL) {
        return needed ? toc_fail(why, TOC_INVALID, "stream: is missing") : TOC_OK;
    }
    if (!toc_ident_stream(stream)) {
        return toc_fail(why, TOC_INVALID, "stream: is not a stream's name");
    }
    *ret_stream = stream;
    return TOC_OK;
}

/* ---- JSON ---- */

json_t *toc_local_time(int64_t wall_ms)
{
    char text[TOC_TIME_TEXT_LEN + 1];

    if (wall_ms == 0) {
        return json_null();
    }
    toc_time_text(wall_ms, text);
    return json_string(text);
}

json_t *toc_local_hash(const struct toc_hash *hash)
{
    char text[2 * TOC_HASH_LEN + 1];

    toc_hex_encode(toc_bytes_of(hash->bytes, TOC_HASH_LEN), text);
    return json_string(text);
}

size_t toc_local_json_len(const json_t *json)
{
    return json_dumpb(json, NULL, 0, JSON_COMPACT);
}

/* ---- one request ---- */

static enum toc_result parse(struct toc_bytes part, struct toc_local *local, json_t **ret_request,
                             struct toc_why *why)
{
    json_error_t error;
    json_t *request;

    if (part.len > TOC_LOCAL_REQUEST_MAX) {
        return toc_fail(why, TOC_TOOBIG, "the request is longer than %d bytes",
                        TOC_LOCAL_REQUEST_MAX);
    }
    request = json_loadb((const char *)part.data, part.len, JSON_REJECT_DUPLICATES, &error);
    if (request == NULL && json_error_code(&error) == json_error_out_of_memory) {
        return TOC_NOMEM;
    }
    if (!json_is_object(request)) {
        json_decref(request);
        return toc_fail(why, TOC_MALFORMED, "the request is not a JSON object: %s",
                        request == NULL ? error.text : "it is something else");
    }
    *ret_request = request;
    local->request = request;
    TOC_TRY(toc_local_text(local, "tag", &local->tag, why));
    if (local->tag != NULL && strlen(local->tag) > TOC_LOCAL_TAG_MAX) {
        local->tag = NULL;
        return toc_fail(why, TOC_INVALID, "tag: is longer than %d bytes", TOC_LOCAL_TAG_MAX);
    }
    return TOC_OK;
}

static enum toc_result run(struct toc_engine *engine, const struct toc_local *local,
                           struct toc_why *why)
{
    const char *name = NULL;
    const struct request *request;
    enum toc_result result;

    TOC_TRY(toc_local_text(local, "request", &name, why));
    if (name == NULL) {
        return toc_fail(why, TOC_INVALID, "request: is missing");
    }
    request = find_request(name);
    if (request == NULL) {
        return toc_fail(why, TOC_NOTFOUND,
                        "request: this daemon knows no such request: is the command of another "
                        "version?");
    }
    if (request->writes) {
        TOC_TRY(toc_engine_write(engine));
    }
    result = request->answer(engine, local, why);
    if (request->writes && result == TOC_OK) {
        toc_settle_changed(engine); /* what is published is not what it was */
    }
    if (request->writes && (result == TOC_STORE || result == TOC_NOMEM)) {
        engine->store_failed = true; /* it may have been half done: the whole tick goes back */
    }
    return result;
}

enum toc_result toc_engine_local(struct toc_engine *engine, toc_link link,
                                 const struct toc_local_user *user, const struct toc_bytes *parts,
                                 size_t parts_len)
{
    TOC_AUTO(toc_local_json_free) json_t *request = NULL;
    struct toc_local local = {.link = link, .user = *user};
    struct toc_why why = {""};
    enum toc_result result;

    toc_sent_drafts_drop(engine);
    if (parts_len == 0) {
        result = toc_fail(&why, TOC_MALFORMED, "the request is empty");
    } else {
        local.parts = parts + 1;
        local.parts_len = parts_len - 1;
        result = parse(parts[0], &local, &request, &why);
    }
    if (result == TOC_OK) {
        result = run(engine, &local, &why);
    }
    return result == TOC_OK ? TOC_OK : toc_local_fail(engine, &local, result, &why);
}

/* ---- between ticks ---- */

struct toc_local_state *toc_local_state(struct toc_engine *engine)
{
    if (engine->local == NULL) {
        engine->local = calloc(1, sizeof(*engine->local));
    }
    return engine->local;
}

void toc_settle_changed(struct toc_engine *engine)
{
    struct toc_local_state *state = toc_local_state(engine);

    if (state != NULL) { /* without it nothing was derived either */
        state->changes++;
    }
}

void toc_local_finish(struct toc_engine *engine)
{
    if (engine->local == NULL) {
        return;
    }
    if (toc_sent_drafts_deadline(engine) <= engine->now_mono) {
        toc_sent_drafts_drop(engine);
    }
    engine->local->sent.ticks++;
}

enum toc_result toc_local_wake(struct toc_engine *engine)
{
    return engine->local == NULL ? TOC_OK : toc_waiters_wake(engine);
}

int64_t toc_local_deadline(const struct toc_engine *engine)
{
    int64_t sent_ms;
    int64_t waiters_ms;

    if (engine->local == NULL) {
        return INT64_MAX;
    }
    sent_ms = toc_sent_drafts_deadline(engine);
    waiters_ms = toc_waiters_deadline(engine);
    return sent_ms < waiters_ms ? sent_ms : waiters_ms;
}

void toc_local_forget(struct toc_engine *engine)
{
    if (engine->local == NULL) {
        return;
    }
    toc_waiters_forget(engine->local);
    toc_settle_free(&engine->local->settle);
    free(engine->local->sent.hashes);
    free(engine->local);
    engine->local = NULL;
}
