/* Invariant 8, over the table of record types: no record carries both a token and a text that
 * somebody who lacks the supplier can read. Every type is here because it is in record.proto. */
#include "record.pb-c.h"
#include "record_alert.h"
#include "record_exposure.h"
#include "record_flag.h"
#include "record_framework.h"
#include "record_token.h"
#include "runner.h"
#include "wire_raw.h"
#include <ctype.h>

#define BODY_FIRST 16 /* of record.proto */

static struct toc_arena *arena;
static struct toc_element elements[2];

static void setup(void)
{
    arena = raw_arena((size_t)16 << 20);
    memset(elements, 0xa5, sizeof elements);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

/* ---- a record of each type that has tokens, as full as it gets ---- */

static struct toc_flag_subject subject(uint8_t number)
{
    struct toc_flag_subject one;
    memset(&one, 0xa5, sizeof one);
    one.of_parent = false;
    one.kind = TOC_TOKEN_ID;
    one.token.bytes[0] = number;
    one.commitments = elements;
    one.commitments_len = 2;
    return one;
}

static struct toc_record flag_record(bool to_group)
{
    struct toc_flag_subject *const subjects = toc_arena_zero(arena, 2, sizeof *subjects);
    struct toc_flag *const flag = toc_arena_zero(arena, 1, sizeof *flag);
    subjects[0] = subject(1);
    subjects[1] = subject(2);
    *flag = (struct toc_flag){.id = {0xa5},
                              .revision = 1,
                              .purpose = TOC_PURPOSE_DISTRESS,
                              .token_epoch = 1,
                              .subjects = subjects,
                              .subjects_len = 2,
                              .to_group = to_group,
                              .event = to_group ? 0 : 20,
                              .source = TOC_SOURCE_OBSERVATION,
                              .severity = 3,
                              .status = TOC_FLAG_RAISED,
                              .expires_quarter = 2027 * 4,
                              .may_identify = true};
    return (struct toc_record){.type = TOC_RECORD_FLAG, .as.flag = flag};
}

static struct toc_record alert_record(void)
{
    struct toc_alert_part *const parts = toc_arena_zero(arena, 2, sizeof *parts);
    struct toc_alert *const alert = toc_arena_zero(arena, 1, sizeof *alert);
    memset(parts, 0xa5, 2 * sizeof *parts);
    parts[0].kind = TOC_TOKEN_ID;
    parts[1].kind = TOC_TOKEN_NAME;
    parts[1].token.bytes[0] = 2;
    *alert = (struct toc_alert){.id = {0xa5},
                                .revision = 2,
                                .purpose = TOC_PURPOSE_PUBLIC,
                                .token_epoch = 1,
                                .parts = parts,
                                .parts_len = 2};
    return (struct toc_record){.type = TOC_RECORD_ALERT, .as.alert = alert};
}

static struct toc_record dispute_record(void)
{
    struct toc_dispute *const dispute = toc_arena_zero(arena, 1, sizeof *dispute);
    memset(dispute, 0xa5, sizeof *dispute);
    dispute->confirms = false;
    dispute->purpose = TOC_PURPOSE_DISTRESS;
    dispute->token_epoch = 1;
    dispute->kind = TOC_TOKEN_NAME;
    return (struct toc_record){.type = TOC_RECORD_DISPUTE, .as.dispute = dispute};
}

static struct toc_record token_record(enum toc_record_type type)
{
    struct toc_token_ask *const ask = toc_arena_zero(arena, 1, sizeof *ask);
    struct toc_token_answer *const answer = toc_arena_zero(arena, 1, sizeof *answer);
    *ask = (struct toc_token_ask){.id = {0xa5},
                                  .token_epoch = 1,
                                  .exposure_sequence = 7,
                                  .elements = elements,
                                  .elements_len = 2};
    *answer = (struct toc_token_answer){
        .ask = {0xa5}, .token_epoch = 1, .elements = elements, .elements_len = 2};
    memset(&answer->proof, 0x0a, sizeof answer->proof);
    return type == TOC_RECORD_TOKEN_ASK
               ? (struct toc_record){.type = type, .as.token_ask = ask}
               : (struct toc_record){.type = type, .as.token_answer = answer};
}

/* False for a type of public facts. No default: the compiler asks what a new type is. */
static bool sample(enum toc_record_type type, bool to_group, struct toc_record *ret_record)
{
    switch (type) {
    case TOC_RECORD_WITHDRAWAL:
    case TOC_RECORD_FRAMEWORK:
    case TOC_RECORD_EXPOSURE:
        return false;
    case TOC_RECORD_TOKEN_ASK:
    case TOC_RECORD_TOKEN_ANSWER:
        *ret_record = token_record(type);
        return true;
    case TOC_RECORD_FLAG:
        *ret_record = flag_record(to_group);
        return true;
    case TOC_RECORD_DISPUTE:
        *ret_record = dispute_record();
        return true;
    case TOC_RECORD_ALERT:
        *ret_record = alert_record();
        return true;
    }
    ck_abort_msg("type %d: neither public nor with tokens", (int)type);
}

/* ---- what record.proto says ---- */

static bool reaches_text(const ProtobufCMessageDescriptor *message)
{
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *const field = &message->fields[i];
        if (field->type == PROTOBUF_C_TYPE_STRING ||
            (field->type == PROTOBUF_C_TYPE_MESSAGE && reaches_text(field->descriptor))) {
            return true;
        }
    }
    return false;
}

static bool reaches_bytes(const ProtobufCMessageDescriptor *message)
{
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *const field = &message->fields[i];
        if (field->type == PROTOBUF_C_TYPE_BYTES ||
            (field->type == PROTOBUF_C_TYPE_MESSAGE && reaches_bytes(field->descriptor))) {
            return true;
        }
    }
    return false;
}

/* A token is bytes, and nothing public is. */
START_TEST(no_type_has_both)
{
    const ProtobufCMessageDescriptor *const record = &tocsin__record__descriptor;
    unsigned bodies = 0;
    for (unsigned i = 0; i < record->n_fields; i++) {
        const ProtobufCFieldDescriptor *const field = &record->fields[i];
        struct toc_record it;
        if (field->id < BODY_FIRST) {
            continue;
        }
        bodies++;
        const enum toc_record_type type = (enum toc_record_type)field->id;
        ck_assert_msg(toc_record_kind_of(type) != NULL, "%s: not in the table", field->name);
        const bool with_token = sample(type, false, &it);
        ck_assert_msg(reaches_bytes(field->descriptor) == with_token, "%s", field->name);
        ck_assert_msg(reaches_text(field->descriptor) != with_token, "%s", field->name);
    }
    ck_assert_uint_ge(bodies, 7);
}
END_TEST

/* ---- that no field has room for a text ---- */

struct change {
    unsigned leaf; /* which one, counted from 0 */
    int by;        /* 1: a byte more; -1: a byte less */
    unsigned seen; /* leaves so far */
};

static uint64_t take_varint(struct toc_bytes *bytes)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        ck_assert_uint_gt(bytes->len, 0);
        const uint8_t byte = bytes->data[0];
        *bytes = toc_bytes_of(bytes->data + 1, bytes->len - 1);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
}

static struct raw *new_raw(void)
{
    struct raw *const raw = toc_arena_zero(arena, 1, sizeof *raw);
    ck_assert_ptr_nonnull(raw);
    return raw;
}

/* The message again, with one of its fields of bytes longer or shorter. */
static void copy(struct raw *raw, struct toc_bytes in, const ProtobufCMessageDescriptor *message,
                 struct change *change, struct raw *const *spare)
{
    static const uint8_t more[1] = {'A'};
    while (in.len > 0) {
        const uint64_t key = take_varint(&in);
        const uint64_t value = take_varint(&in);
        const ProtobufCFieldDescriptor *const field =
            protobuf_c_message_descriptor_get_field(message, (unsigned)(key >> 3));
        ck_assert_ptr_nonnull(field);
        raw_varint(raw, key);
        if ((key & 7) != 2) {
            raw_varint(raw, value);
            continue;
        }
        const struct toc_bytes inner = toc_bytes_of(in.data, (size_t)value);
        in = toc_bytes_of(in.data + value, in.len - (size_t)value);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            spare[0]->len = 0;
            copy(spare[0], inner, field->descriptor, change, spare + 1);
            raw_varint(raw, spare[0]->len);
            raw_put(raw, spare[0]->data, spare[0]->len);
            continue;
        }
        const bool is_it = change->seen++ == change->leaf;
        const size_t added = is_it && change->by > 0 ? 1 : 0;
        const size_t cut = is_it && change->by < 0 ? 1 : 0;
        raw_varint(raw, inner.len + added - cut);
        raw_put(raw, inner.data, inner.len - cut);
        raw_put(raw, more, added);
    }
}

static void check_room(const struct toc_record *record, const char *stream)
{
    struct raw *const spare[] = {new_raw(), new_raw(), new_raw(), new_raw()};
    struct change change = {.leaf = 0, .by = 0};
    struct toc_record back;
    struct toc_bytes bytes;
    struct toc_why why = {""};

    ck_assert_int_eq(toc_wire_record_encode(arena, record, &bytes), TOC_OK);
    copy(spare[0], bytes, &tocsin__record__descriptor, &change, spare + 1);
    ck_assert(toc_bytes_equal(raw_bytes(spare[0]), bytes));
    ck_assert_msg(toc_record_read(arena, stream, bytes, &back, &why) == TOC_OK, "%s", why.text);
    const unsigned leaves = change.seen;
    ck_assert_uint_ge(leaves, 3);
    for (unsigned i = 0; i < 2 * leaves; i++) {
        change = (struct change){.leaf = i / 2, .by = i % 2 == 0 ? 1 : -1};
        spare[0]->len = 0;
        copy(spare[0], bytes, &tocsin__record__descriptor, &change, spare + 1);
        ck_assert_msg(toc_record_read(arena, stream, raw_bytes(spare[0]), &back, &why) != TOC_OK,
                      "%s: field of bytes %u may be longer or shorter", stream, i / 2);
    }
}

static const struct with_tokens {
    const char *stream;
    enum toc_record_type type;
    bool to_group;
} with_tokens[] = {
    {"token.ask", TOC_RECORD_TOKEN_ASK, false},
    {"token.answer.york", TOC_RECORD_TOKEN_ANSWER, false},
    {"distress", TOC_RECORD_FLAG, false},
    {"distress", TOC_RECORD_FLAG, true},
    {"distress", TOC_RECORD_DISPUTE, false},
    {"alert", TOC_RECORD_ALERT, false},
};
enum { WITH_TOKENS = sizeof with_tokens / sizeof with_tokens[0] };

/* Every field of bytes has its one length, so that no text fits where a key belongs. */
START_TEST(no_field_has_room_for_a_name)
{
    struct toc_record record;
    ck_assert(sample(with_tokens[_i].type, with_tokens[_i].to_group, &record));
    check_room(&record, with_tokens[_i].stream);
}
END_TEST

START_TEST(all_types_with_tokens_are_tried)
{
    for (unsigned type = 0; type < 256; type++) {
        bool tried = false;
        struct toc_record record;
        for (size_t i = 0; i < WITH_TOKENS; i++) {
            tried |= with_tokens[i].type == type;
        }
        if (toc_record_kind_of((enum toc_record_type)type) != NULL) {
            ck_assert_msg(sample((enum toc_record_type)type, false, &record) == tried, "%u", type);
        }
    }
}
END_TEST

/* A reason is a text, too: a withdrawal alone has one. */
START_TEST(no_reason_goes_along)
{
    static const char name[] = "Aire Surfacing Limited";
    const struct raw_field reason = RAW_T(3, name);
    struct toc_record record;
    struct toc_record back;
    struct toc_bytes bytes;
    struct raw *const raw = new_raw();

    ck_assert(sample(with_tokens[_i].type, with_tokens[_i].to_group, &record));
    record.reason = name;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_INVALID);
    record.reason = NULL;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    raw_field(raw, &reason);
    raw_put(raw, bytes.data, bytes.len);
    ck_assert_int_eq(toc_record_read(arena, with_tokens[_i].stream, raw_bytes(raw), &back, NULL),
                     TOC_INVALID);
}
END_TEST

/* It names the record that has a token. */
START_TEST(a_withdrawal_gives_no_reason)
{
    const struct toc_record silent = {.type = TOC_RECORD_WITHDRAWAL, .withdraws = {.sequence = 1}};
    struct toc_record talking = silent;
    struct toc_record back;
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_wire_record_encode(arena, &silent, &bytes), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, with_tokens[_i].stream, bytes, &back, NULL), TOC_OK);
    talking.reason = "Aire Surfacing Limited paid";
    ck_assert_int_eq(toc_wire_record_encode(arena, &talking, &bytes), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, "exposure", bytes, &back, NULL), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, with_tokens[_i].stream, bytes, &back, NULL),
                     TOC_INVALID);
}
END_TEST

/* ---- what is printed ---- */

static void check_words(const json_t *json)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_string(json)) {
        for (const char *at = json_string_value(json); *at != '\0'; at++) {
            ck_assert_msg(strchr("_-FQ", *at) != NULL || islower((unsigned char)*at) != 0 ||
                              isdigit((unsigned char)*at) != 0,
                          "%s", json_string_value(json));
        }
    }
    json_array_foreach(json, i, value)
    {
        check_words(value);
    }
    json_object_foreach((json_t *)(uintptr_t)json, key, value)
    {
        check_words(value);
    }
}

/* Ids, words of a vocabulary, an event, a quarter: what a program is shown beside a token. */
START_TEST(what_is_shown_has_no_words_of_people)
{
    struct toc_record record;
    ck_assert(sample(with_tokens[_i].type, with_tokens[_i].to_group, &record));
    json_t *const json = toc_record_json(&record);
    ck_assert_ptr_nonnull(json);
    check_words(json);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("token and name in one record");
    TCase *const cases = tcase_create("all");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, no_type_has_both);
    tcase_add_test(cases, all_types_with_tokens_are_tried);
    tcase_add_loop_test(cases, no_field_has_room_for_a_name, 0, WITH_TOKENS);
    tcase_add_loop_test(cases, no_reason_goes_along, 0, WITH_TOKENS);
    tcase_add_loop_test(cases, a_withdrawal_gives_no_reason, 0, WITH_TOKENS);
    tcase_add_loop_test(cases, what_is_shown_has_no_words_of_people, 0, WITH_TOKENS);
    suite_add_tcase(suite, cases);
    return toc_test_main(suite);
}
