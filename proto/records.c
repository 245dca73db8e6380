#include "records.h"
#include "ensure.h"
#include "ident.h"
#include "record_alert.h"
#include "record_exposure.h"
#include "record_flag.h"
#include "record_framework.h"
#include "record_token.h"
#include <stdio.h>
#include <string.h>

static enum toc_result withdrawal_validate(const struct toc_record *record, struct toc_why *why)
{
    if (record->withdraws.sequence == 0) {
        return toc_fail(why, TOC_INVALID, "withdraws: names no record");
    }
    return TOC_OK;
}

static const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* Empty names are left out: they mean the record's own. */
static json_t *reference_json(const struct toc_reference *reference)
{
    json_t *const json = json_pack("{s:I}", "sequence", (json_int_t)reference->sequence);
    if (json != NULL && reference->publisher[0] != '\0') {
        (void)json_object_set_new(json, "publisher", json_string(reference->publisher));
    }
    if (json != NULL && reference->stream[0] != '\0') {
        (void)json_object_set_new(json, "stream", json_string(reference->stream));
    }
    return json;
}

static json_t *withdrawal_to_json(const struct toc_record *record)
{
    (void)record; /* toc_record_json prints all there is */
    return json_object();
}

static enum toc_result reference_from_json(const json_t *json, struct toc_reference *ret_reference,
                                           struct toc_why *why)
{
    const json_t *const sequence = json_object_get(json, "sequence");
    const json_t *const publisher = json_object_get(json, "publisher");
    const json_t *const stream = json_object_get(json, "stream");
    struct toc_reference reference = {.sequence = 0};
    if (!json_is_integer(sequence) || json_integer_value(sequence) < 1) {
        return toc_fail(why, TOC_INVALID,
                        "withdraws: sequence is missing or not a positive number");
    }
    reference.sequence = (uint64_t)json_integer_value(sequence);
    if (publisher != NULL) {
        if (!toc_ident_member(json_string_value(publisher))) {
            return toc_fail(why, TOC_INVALID, "withdraws: publisher is not a member id");
        }
        memcpy(reference.publisher, json_string_value(publisher), json_string_length(publisher));
    }
    if (stream != NULL) {
        if (!toc_ident_stream(json_string_value(stream))) {
            return toc_fail(why, TOC_INVALID, "withdraws: stream is not a stream's name");
        }
        memcpy(reference.stream, json_string_value(stream), json_string_length(stream));
    }
    *ret_reference = reference;
    return TOC_OK;
}

static enum toc_result withdrawal_from_json(struct toc_arena *arena, const json_t *json,
                                            struct toc_record *ret_record, struct toc_why *why)
{
    struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL};
    if (!json_is_object(json)) {
        return toc_fail(why, TOC_MALFORMED, "withdrawal: is not an object");
    }
    TOC_TRY(reference_from_json(json_object_get(json, "withdraws"), &record.withdraws, why));
    const json_t *const reason = json_object_get(json, "reason");
    if (reason != NULL && !json_is_string(reason)) {
        return toc_fail(why, TOC_INVALID, "reason: is not a text");
    }
    const char *const text = reason == NULL ? "" : json_string_value(reason);
    if (text[0] != '\0' && !toc_ident_text(text, TOC_REASON_LEN_MAX)) {
        return toc_fail(why, TOC_INVALID, "reason: is too long or has control characters");
    }
    record.reason = toc_arena_text(arena, toc_bytes_text(text));
    TOC_ENSURE(record.reason != NULL, TOC_NOMEM);
    *ret_record = record;
    return TOC_OK;
}

static const char *withdrawal_key(const struct toc_record *record)
{
    (void)record; /* it is named by what it withdraws, and replaces nothing */
    return "";
}

static const struct toc_record_kind withdrawal_record_kind = {
    .type = TOC_RECORD_WITHDRAWAL,
    .name = "withdrawal",
    .stream = "",
    .validate = withdrawal_validate,
    .to_json = withdrawal_to_json,
    .from_json = withdrawal_from_json,
    .key = withdrawal_key,
};

/* The table. The withdrawal comes first and belongs to every stream. */
static const struct toc_record_kind *const kinds[] = {
    &withdrawal_record_kind,    &toc_framework_record_kind,    &toc_exposure_record_kind,
    &toc_token_ask_record_kind, &toc_token_answer_record_kind, &toc_flag_record_kind,
    &toc_dispute_record_kind,   &toc_alert_record_kind,
};

const struct toc_record_kind *toc_record_kind_of(enum toc_record_type type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i]->type == type) {
            return kinds[i];
        }
    }
    return NULL;
}

void toc_records_reading(char ret_text[TOC_READING_LEN_MAX + 1])
{
    size_t len = 0;

    for (size_t i = 1; i < sizeof kinds / sizeof kinds[0]; i++) {
        const int more = snprintf(ret_text + len, TOC_READING_LEN_MAX + 1 - len, "%s%u.%u",
                                  i > 1 ? " " : "", (unsigned)kinds[i]->type, kinds[i]->edition);
        TOC_ASSERT(more > 0 && (size_t)more <= TOC_READING_LEN_MAX - len);
        len += (size_t)more;
    }
}

/* A number without a sign and not too long to count; moves *at behind it. */
static bool take_number(const char **at, unsigned *ret_number)
{
    const size_t digits = strspn(*at, "0123456789");
    unsigned number = 0;

    for (size_t i = 0; i < digits && digits <= 9; i++) {
        number = number * 10 + (unsigned)((*at)[i] - '0');
    }
    *at += digits;
    *ret_number = number;
    return digits > 0 && digits <= 9;
}

bool toc_records_reads(const char *reading)
{
    const char *at = reading;
    bool more = true;

    while (more) {
        const struct toc_record_kind *kind;
        unsigned type;
        unsigned edition;
        if (!take_number(&at, &type) || *at++ != '.' || !take_number(&at, &edition)) {
            return false;
        }
        kind = toc_record_kind_of((enum toc_record_type)type);
        if (kind == NULL || edition > kind->edition || (*at != '\0' && *at != ' ')) {
            return false;
        }
        more = *at++ == ' ';
    }
    return true;
}

/* A kind travels on its stream, and on a sub-group's of it: `framework` and
 * `framework.adults-health`. */
static bool travels_on(const struct toc_record_kind *kind, const char *stream)
{
    const size_t len = strlen(kind->stream);

    return strncmp(kind->stream, stream, len) == 0 && (stream[len] == '\0' || stream[len] == '.');
}

const struct toc_record_kind *toc_record_kind_for_stream(const char *stream)
{
    for (size_t i = 1; stream != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (travels_on(kinds[i], stream)) {
            return kinds[i];
        }
    }
    return NULL;
}

/* A withdrawal acts inside its own stream, so that an audience never learns of another's records.
 */
static enum toc_result check_stream(const struct toc_record_kind *kind, const char *stream,
                                    const struct toc_record *record, struct toc_why *why)
{
    const struct toc_reference *const references[] = {&record->supersedes, &record->withdraws};
    if (kind->type != TOC_RECORD_WITHDRAWAL && !travels_on(kind, stream)) {
        return toc_fail(why, TOC_INVALID, "type: %s does not belong in this stream", kind->name);
    }
    for (size_t i = 0; i < 2; i++) {
        if (references[i]->stream[0] != '\0' && strcmp(references[i]->stream, stream) != 0) {
            return toc_fail(why, TOC_INVALID, "%s: names another stream",
                            i == 0 ? "supersedes" : "withdraws");
        }
    }
    return TOC_OK;
}

/* A withdrawal names the record that has a token, so that it is held to the same: no text of people
 * goes along. */
static enum toc_result check_reason(const char *stream, const struct toc_record *record,
                                    struct toc_why *why)
{
    const struct toc_record_kind *const kind = toc_record_kind_for_stream(stream);

    if (kind != NULL && kind->by_daemon && text_or_empty(record->reason)[0] != '\0') {
        return toc_fail(why, TOC_INVALID, "reason: nobody gives one on this stream");
    }
    return TOC_OK;
}

enum toc_result toc_record_read(struct toc_arena *arena, const char *stream, struct toc_bytes bytes,
                                struct toc_record *ret_record, struct toc_why *why)
{
    struct toc_record record;
    const enum toc_result result = toc_wire_record_decode(arena, bytes, &record);
    if (result != TOC_OK) {
        return toc_fail(why, result, "record: its bytes are not a record this version knows");
    }
    const struct toc_record_kind *const kind = toc_record_kind_of(record.type);
    TOC_ASSERT(kind != NULL);
    TOC_TRY(check_stream(kind, stream, &record, why));
    TOC_TRY(check_reason(stream, &record, why));
    TOC_TRY(kind->validate(&record, why));
    *ret_record = record;
    return TOC_OK;
}

json_t *toc_record_hex(const void *bytes, size_t len)
{
    char text[2 * TOC_HASH_LEN + 1];
    TOC_ASSERT(len <= TOC_HASH_LEN);
    toc_hex_encode(toc_bytes_of(bytes, len), text);
    return json_string(text);
}

bool toc_record_corrects(const struct toc_record *record)
{
    switch (record->type) {
    case TOC_RECORD_WITHDRAWAL:
    case TOC_RECORD_DISPUTE:
        return true;
    case TOC_RECORD_FLAG:
        return !record->as.flag->to_group && record->as.flag->status == TOC_FLAG_CLEARED;
    case TOC_RECORD_FRAMEWORK:
    case TOC_RECORD_EXPOSURE:
    case TOC_RECORD_TOKEN_ASK:
    case TOC_RECORD_TOKEN_ANSWER:
    case TOC_RECORD_ALERT:
        break;
    }
    return false;
}

json_t *toc_record_json(const struct toc_record *record)
{
    const struct toc_record_kind *const kind = toc_record_kind_of(record->type);
    TOC_ASSERT(kind != NULL);
    json_t *const json = json_pack("{s:s}", "type", kind->name);
    json_t *const own = kind->to_json(record);
    int failed = json == NULL || own == NULL;
    if (!failed && record->supersedes.sequence > 0) {
        failed |= json_object_set_new(json, "supersedes", reference_json(&record->supersedes));
    }
    if (!failed && record->withdraws.sequence > 0) {
        failed |= json_object_set_new(json, "withdraws", reference_json(&record->withdraws));
        failed |= json_object_set_new(json, "reason", json_string(text_or_empty(record->reason)));
    }
    failed |= !failed && json_object_update(json, own) != 0;
    json_decref(own);
    if (failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}
