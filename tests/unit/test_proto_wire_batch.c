#include "runner.h"
#include "wire_batch.h"
#include "wire_raw.h"

#define ARENA_LEN (4 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const uint8_t filler[TOC_BATCH_LEN_MAX] = {7, 7, 7};
static struct raw raw, outer;
static struct toc_arena *arena;

static void setup(void)
{
    arena = raw_arena(ARENA_LEN);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static struct toc_batch_header example_header(void)
{
    struct toc_batch_header header = {
        .log = {.publisher = "leeds", .stream = "framework", .generation = 2},
        .roster_version = 3,
        .first_sequence = 41,
        .count = 2,
        .time_ms = 1800000000000,
        .epoch = 1,
        .opens_epoch = true,
        .abandons_len = 1,
        .abandons = {{.generation = 1, .next_sequence = 41, .head = {{9}}, .stands = true}},
        .nonce = {1, 2, 3},
    };
    header.group.bytes[0] = 1;
    header.previous_head.bytes[31] = 2;
    header.commitment.bytes[5] = 3;
    header.audience_hash.bytes[6] = 4;
    return header;
}

static enum toc_result encode_header(const struct toc_batch_header *header)
{
    struct toc_bytes bytes;
    return toc_wire_batch_header_encode(arena, header, &bytes);
}

static struct toc_bytes example_batch(size_t sealed_len)
{
    const struct toc_batch_header header = example_header();
    const struct toc_signature signature = {{5}};
    struct toc_bytes header_bytes;
    struct toc_bytes bytes = {0};
    ck_assert_int_eq(toc_wire_batch_header_encode(arena, &header, &header_bytes), TOC_OK);
    ck_assert_int_eq(toc_wire_batch_encode(arena, header_bytes, toc_bytes_of(filler, sealed_len),
                                           &signature, &bytes),
                     TOC_OK);
    return bytes;
}

START_TEST(batch_round_trip)
{
    const struct toc_batch_header header = example_header();
    const struct toc_bytes bytes = example_batch(64);
    struct toc_batch batch;
    ck_assert_int_eq(toc_wire_batch_decode(arena, bytes, &batch), TOC_OK);
    ck_assert(toc_bytes_equal(batch.bytes, bytes));
    ck_assert(toc_bytes_equal(batch.sealed, toc_bytes_of(filler, 64)));
    ck_assert_uint_eq(batch.signature.bytes[0], 5);
    ck_assert_mem_eq(&batch.header.group, &header.group, TOC_HASH_LEN);
    ck_assert_int_eq(toc_log_id_compare(&batch.header.log, &header.log), 0);
    ck_assert_uint_eq(batch.header.roster_version, 3);
    ck_assert_uint_eq(batch.header.first_sequence, 41);
    ck_assert_uint_eq(batch.header.count, 2);
    ck_assert_mem_eq(&batch.header.previous_head, &header.previous_head, TOC_HASH_LEN);
    ck_assert_int_eq(batch.header.time_ms, header.time_ms);
    ck_assert_uint_eq(batch.header.epoch, 1);
    ck_assert(batch.header.opens_epoch);
    ck_assert_mem_eq(&batch.header.commitment, &header.commitment, TOC_HASH_LEN);
    ck_assert_mem_eq(&batch.header.audience_hash, &header.audience_hash, TOC_HASH_LEN);
    ck_assert_uint_eq(batch.header.abandons_len, 1);
    ck_assert_uint_eq(batch.header.abandons[0].generation, 1);
    ck_assert_uint_eq(batch.header.abandons[0].next_sequence, 41);
    ck_assert_uint_eq(batch.header.abandons[0].head.bytes[0], 9);
    ck_assert(batch.header.abandons[0].stands);
    ck_assert_mem_eq(batch.header.nonce, header.nonce, 12);
}
END_TEST

/* The header of example_header, by hand: one field a row. */
static const uint8_t group[32] = {1}, hash[32] = {2}, nonce[12] = {1, 2, 3}, signature[64] = {5};
static const uint8_t bytes31[31] = {1}, bytes33[33] = {1};
static const uint8_t abandoned[] = {0x08, 1, 0x10, 41, 0x1a, 32, 9, 0, 0, 0, 0,    0, 0, 0,
                                    0,    0, 0,    0,  0,    0,  0, 0, 0, 0, 0,    0, 0, 0,
                                    0,    0, 0,    0,  0,    0,  0, 0, 0, 0, 0x20, 1};
static const struct raw_field header_fields[] = {
    RAW_U(1, 1),          RAW_B(2, group, 32),
    RAW_T(3, "leeds"),    RAW_T(4, "framework"),
    RAW_U(5, 2),          RAW_U(6, 3),
    RAW_U(7, 41),         RAW_U(8, 2),
    RAW_B(9, hash, 32),   RAW_U(10, 1800),
    RAW_U(11, 1),         RAW_B(12, hash, 32),
    RAW_B(13, hash, 32),  RAW_B(14, abandoned, sizeof abandoned),
    RAW_B(15, nonce, 12),
};

static const struct raw_change header_changes[] = {
    RAW_DROP(1, TOC_INVALID),
    {RAW_U(1, 2), TOC_INVALID, false},
    RAW_DROP(2, TOC_MALFORMED),
    {RAW_B(2, bytes31, 31), TOC_MALFORMED, false},
    {RAW_B(2, bytes33, 33), TOC_MALFORMED, false},
    RAW_DROP(3, TOC_INVALID),
    {RAW_T(3, "abcdefghijabcdefghijabcdefghija"), TOC_OK, false},
    {RAW_T(3, "abcdefghijabcdefghijabcdefghijab"), TOC_INVALID, false},
    {RAW_T(3, "Leeds"), TOC_INVALID, false},
    {RAW_T(3, "leeds\0x"), TOC_MALFORMED, false},
    {RAW_T(3, "leeds\xff"), TOC_INVALID, false},
    RAW_DROP(4, TOC_INVALID),
    {RAW_T(4, "frame..work"), TOC_INVALID, false},
    {RAW_T(4, "framework\0"), TOC_MALFORMED, false},
    RAW_DROP(5, TOC_INVALID),
    {RAW_U(5, 1), TOC_INVALID, false}, /* it would abandon itself */
    {RAW_U(5, UINT32_MAX), TOC_OK, false},
    RAW_DROP(6, TOC_INVALID),
    {RAW_U(6, TOC_SEQUENCE_MAX), TOC_OK, false},
    {RAW_U(6, TOC_SEQUENCE_MAX + 1), TOC_INVALID, false},
    RAW_DROP(7, TOC_INVALID),
    {RAW_U(7, TOC_SEQUENCE_MAX - 2), TOC_OK, false},
    {RAW_U(7, TOC_SEQUENCE_MAX - 1), TOC_INVALID, false}, /* the end is over it */
    {RAW_U(7, UINT64_MAX), TOC_INVALID, false},
    RAW_DROP(8, TOC_INVALID),
    {RAW_U(8, TOC_BATCH_RECORDS_MAX), TOC_OK, false},
    {RAW_U(8, TOC_BATCH_RECORDS_MAX + 1), TOC_TOOBIG, false},
    RAW_DROP(9, TOC_MALFORMED),
    {RAW_B(9, bytes31, 31), TOC_MALFORMED, false},
    RAW_DROP(10, TOC_INVALID),
    {RAW_U(10, TOC_TIME_MS_MAX), TOC_OK, false},
    {RAW_U(10, TOC_TIME_MS_MAX + 1), TOC_INVALID, false},
    {RAW_U(10, UINT64_MAX), TOC_INVALID, false}, /* negative */
    RAW_DROP(11, TOC_INVALID),
    RAW_DROP(12, TOC_MALFORMED),
    RAW_DROP(13, TOC_MALFORMED),
    {RAW_B(12, bytes33, 33), TOC_MALFORMED, false},
    {RAW_B(13, bytes31, 31), TOC_MALFORMED, false},
    RAW_DROP(14, TOC_OK),
    {RAW_B(14, abandoned, sizeof abandoned - 2), TOC_INVALID, false}, /* none stands */
    {RAW_B(14, abandoned, 4), TOC_MALFORMED, false},                  /* no head */
    {RAW_B(14, abandoned + 2, sizeof abandoned - 2), TOC_INVALID, false},
    RAW_DROP(15, TOC_MALFORMED),
    {RAW_B(15, nonce, 11), TOC_MALFORMED, false},
    {RAW_T(15, "thirteenbytes"), TOC_MALFORMED, false},
};

static enum toc_result decode_with(struct toc_bytes header, size_t sealed_len, size_t signature_len)
{
    const struct raw_field fields[] = {RAW_B(1, header.data, header.len),
                                       RAW_B(2, filler, sealed_len),
                                       RAW_B(3, signature, signature_len)};
    struct toc_batch batch;
    toc_arena_reset(arena);
    return toc_wire_batch_decode(arena, raw_message(&outer, fields, 3, NULL), &batch);
}

START_TEST(header_fields_one_by_one)
{
    const struct raw_change *change = &header_changes[_i];
    ck_assert_int_eq(
        decode_with(raw_message(&raw, header_fields, COUNT(header_fields), NULL), 4096, 64),
        TOC_OK);
    ck_assert_int_eq(
        decode_with(raw_message(&raw, header_fields, COUNT(header_fields), change), 4096, 64),
        change->expect);
}
END_TEST

START_TEST(epoch_fields_together)
{
    static const struct raw_field plain[] = {
        RAW_U(1, 1),        RAW_B(2, group, 32), RAW_T(3, "leeds"), RAW_T(4, "framework"),
        RAW_U(5, 1),        RAW_U(6, 3),         RAW_U(7, 41),      RAW_U(8, 2),
        RAW_B(9, hash, 32), RAW_U(10, 1),        RAW_U(11, 1),      RAW_B(15, nonce, 12),
    };
    ck_assert_int_eq(decode_with(raw_message(&raw, plain, COUNT(plain), NULL), 64, 64), TOC_OK);
    struct toc_batch_header header = example_header();
    header.opens_epoch = false; /* a generation that begins opens an epoch */
    ck_assert_int_eq(encode_header(&header), TOC_INVALID);
}
END_TEST

START_TEST(batch_sizes)
{
    const struct toc_bytes header = raw_message(&raw, header_fields, COUNT(header_fields), NULL);
    ck_assert_int_eq(decode_with(header, 16 + 2 * 4, 64), TOC_OK);
    ck_assert_int_eq(decode_with(header, 16 + 2 * 4 - 1, 64), TOC_MALFORMED);
    ck_assert_int_eq(decode_with(header, TOC_BATCH_SEALED_MAX, 64), TOC_OK);
    ck_assert_int_eq(decode_with(header, TOC_BATCH_SEALED_MAX + 1, 64), TOC_TOOBIG);
    ck_assert_int_eq(decode_with(header, 64, 63), TOC_MALFORMED);
    ck_assert_int_eq(decode_with(toc_bytes_of(NULL, 0), 64, 64), TOC_MALFORMED);
    ck_assert_int_eq(decode_with(toc_bytes_of(filler, TOC_BATCH_HEADER_MAX + 1), 64, 64),
                     TOC_TOOBIG);
    struct toc_batch batch;
    ck_assert_int_eq(toc_wire_batch_decode(arena, toc_bytes_of(filler, sizeof filler), &batch),
                     TOC_MALFORMED);
    ck_assert_int_eq(
        toc_wire_batch_decode(arena, toc_bytes_of(raw.data, sizeof filler + 1), &batch),
        TOC_TOOBIG);
    ck_assert_int_eq(toc_wire_batch_decode(arena, toc_bytes_of(NULL, 0), &batch), TOC_MALFORMED);
}
END_TEST

/* A header filled up with an unknown field to exactly the limit, and one byte over. */
START_TEST(header_size_edge)
{
    struct toc_bytes header = raw_message(&raw, header_fields, COUNT(header_fields), NULL);
    const size_t room = TOC_BATCH_HEADER_MAX - header.len - 4; /* tag of two bytes, length of two */
    const struct raw_field unknown = RAW_B(100, filler, room);
    raw_field(&raw, &unknown);
    ck_assert_uint_eq(raw.len, TOC_BATCH_HEADER_MAX);
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_OK);
    raw_message(&raw, header_fields, COUNT(header_fields), NULL);
    const struct raw_field longer = RAW_B(100, filler, room + 1);
    raw_field(&raw, &longer);
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_TOOBIG);
}
END_TEST

START_TEST(only_canonical_bytes)
{
    static const struct raw_field swapped[] = {RAW_B(3, signature, 64), RAW_B(1, filler, 10),
                                               RAW_B(2, filler, 10)};
    const struct raw_field explicit_zero = RAW_U(5, 0);
    const struct raw_field again = RAW_U(5, 2);
    struct toc_batch batch;
    ck_assert_int_eq(toc_wire_batch_decode(arena, raw_message(&outer, swapped, 3, NULL), &batch),
                     TOC_MALFORMED);
    raw_message(&raw, header_fields, COUNT(header_fields), NULL);
    raw_field(&raw, &again);
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_MALFORMED);
    raw_message(&raw, header_fields, COUNT(header_fields), &(struct raw_change)RAW_DROP(5, TOC_OK));
    raw_field(&raw, &explicit_zero);
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_MALFORMED);
    raw_message(&raw, header_fields, COUNT(header_fields), NULL);
    raw_put(&raw, "\xf8\x07\x80\x00", 4); /* unknown field 127, zero in two bytes: kept as it is */
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_OK);
    raw.len = 0;
    raw_put(&raw, "\x08\x81\x00", 3); /* format 1 in two bytes */
    for (size_t i = 1; i < COUNT(header_fields); i++) {
        raw_field(&raw, &header_fields[i]);
    }
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_MALFORMED);
}
END_TEST

START_TEST(every_cut_is_refused)
{
    const struct toc_bytes bytes = example_batch(64);
    struct toc_arena *small = raw_arena(ARENA_LEN);
    struct toc_batch batch = {.header = {.count = 77}};
    for (size_t len = 0; len < bytes.len; len++) {
        toc_arena_reset(small);
        ck_assert_int_ne(toc_wire_batch_decode(small, toc_bytes_of(bytes.data, len), &batch),
                         TOC_OK);
    }
    ck_assert_uint_eq(batch.header.count, 77); /* untouched */
    toc_arena_free(&small);
}
END_TEST

/* With every smaller arena: out of memory, never anything else. */
START_TEST(every_arena_size)
{
    const struct toc_bytes bytes = example_batch(64);
    enum toc_result result = TOC_NOMEM;
    size_t failures = 0;
    for (size_t len = 0; len < 8192 && result != TOC_OK; len += 16) {
        struct toc_arena *small = raw_arena(len);
        struct toc_batch batch;
        result = toc_wire_batch_decode(small, bytes, &batch);
        ck_assert(result == TOC_OK || result == TOC_NOMEM);
        failures += result == TOC_NOMEM ? 1 : 0;
        toc_arena_free(&small);
    }
    ck_assert_int_eq(result, TOC_OK);
    ck_assert_uint_gt(failures, 10);
}
END_TEST

/* Two-byte empty submessages: a header of them is over the decoding cap or the count, and takes no
 * more memory than the cap on the way. */
START_TEST(hostile_abandons)
{
    raw.len = 0;
    while (raw.len + 2 <= TOC_BATCH_HEADER_MAX) {
        raw_put(&raw, "\x72\x00", 2);
    }
    ck_assert_int_eq(decode_with(raw_bytes(&raw), 64, 64), TOC_NOMEM);
    ck_assert_uint_le(toc_arena_used(arena), 2 * TOC_DECODE_BASE + 8 * TOC_BATCH_HEADER_MAX);
}
END_TEST

START_TEST(encoder_checks_the_same)
{
    struct toc_batch_header header = example_header();
    ck_assert_int_eq(encode_header(&header), TOC_OK);
    header.count = 0;
    ck_assert_int_eq(encode_header(&header), TOC_INVALID);
    header.count = TOC_BATCH_RECORDS_MAX + 1;
    ck_assert_int_eq(encode_header(&header), TOC_TOOBIG);
    header = example_header();
    memcpy(header.log.stream, "Bad", sizeof "Bad");
    ck_assert_int_eq(encode_header(&header), TOC_INVALID);
    header = example_header();
    header.abandons_len = TOC_ABANDONED_MAX + 1;
    ck_assert_int_eq(encode_header(&header), TOC_TOOBIG);
    for (size_t i = 0; i < TOC_ABANDONED_MAX; i++) {
        header.abandons[i] = (struct toc_abandoned){.generation = 1, .next_sequence = 9};
    }
    header.abandons_len = TOC_ABANDONED_MAX;
    ck_assert_int_eq(encode_header(&header), TOC_INVALID); /* none stands */
    header.abandons[7].stands = true;
    ck_assert_int_eq(encode_header(&header), TOC_OK);
    header.abandons[6].stands = true;
    ck_assert_int_eq(encode_header(&header), TOC_INVALID); /* two stand */
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_batch_encode(arena, toc_bytes_of(filler, 9), toc_bytes_of(filler, 64),
                                           &(struct toc_signature){{0}}, &bytes),
                     TOC_MALFORMED);
}
END_TEST

START_TEST(log_ids)
{
    struct toc_log_id a = {.publisher = "hull", .stream = "framework", .generation = 1};
    struct toc_log_id b = a;
    ck_assert(toc_log_id_valid(&a));
    ck_assert_int_eq(toc_log_id_compare(&a, &b), 0);
    b.generation = 2;
    ck_assert_int_lt(toc_log_id_compare(&a, &b), 0);
    memcpy(b.stream, "alert", sizeof "alert");
    ck_assert_int_gt(toc_log_id_compare(&a, &b), 0);
    memcpy(b.publisher, "leeds", sizeof "leeds");
    ck_assert_int_lt(toc_log_id_compare(&a, &b), 0);
    a.generation = 0;
    ck_assert(!toc_log_id_valid(&a));
    a = (struct toc_log_id){.publisher = "", .stream = "framework", .generation = 1};
    ck_assert(!toc_log_id_valid(&a));
    a = (struct toc_log_id){.publisher = "hull", .stream = "", .generation = 1};
    ck_assert(!toc_log_id_valid(&a));
}
END_TEST

START_TEST(signed_envelope)
{
    const struct toc_signature made = {{6}};
    struct toc_bytes bytes;
    struct toc_signed envelope;
    ck_assert_int_eq(toc_wire_signed_encode(arena, toc_bytes_of(NULL, 0), &made, &bytes),
                     TOC_MALFORMED);
    ck_assert_int_eq(toc_wire_signed_encode(arena, toc_bytes_of(filler, 5), &made, &bytes), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_decode(arena, bytes, &envelope), TOC_OK);
    ck_assert(toc_bytes_equal(envelope.body, toc_bytes_of(filler, 5)));
    ck_assert(toc_bytes_equal(envelope.bytes, bytes));
    ck_assert_mem_eq(&envelope.signature, &made, sizeof made);
    static const struct raw_field fields[] = {RAW_B(1, filler, 5), RAW_B(2, signature, 64)};
    static const struct raw_change changes[] = {
        RAW_DROP(1, TOC_MALFORMED),
        RAW_DROP(2, TOC_MALFORMED),
        {RAW_B(2, signature, 63), TOC_MALFORMED, false},
        {RAW_B(1, filler, TOC_REQUEST_LEN_MAX - 70), TOC_OK, false},
        {RAW_B(1, filler, TOC_REQUEST_LEN_MAX - 69), TOC_TOOBIG, false},
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        ck_assert_int_eq(
            toc_wire_signed_decode(arena, raw_message(&raw, fields, 2, &changes[i]), &envelope),
            changes[i].expect);
    }
    ck_assert_int_eq(toc_wire_signed_encode(arena, toc_bytes_of(filler, TOC_REQUEST_LEN_MAX - 69),
                                            &made, &bytes),
                     TOC_TOOBIG);
}
END_TEST

static const struct raw_field wrap_fields[] = {
    RAW_B(1, group, 32), RAW_T(2, "leeds"), RAW_T(3, "framework"),
    RAW_U(4, 1),         RAW_U(5, 1),       RAW_T(6, "hull"),
    RAW_T(7, "spg"),     RAW_U(8, 2),       RAW_B(9, filler, 112),
};
static const struct raw_change wrap_changes[] = {
    RAW_DROP(1, TOC_MALFORMED),
    RAW_DROP(2, TOC_INVALID),
    {RAW_T(2, "l.eeds"), TOC_INVALID, false},
    RAW_DROP(3, TOC_INVALID),
    RAW_DROP(4, TOC_INVALID),
    RAW_DROP(5, TOC_INVALID),
    RAW_DROP(6, TOC_INVALID),
    {RAW_T(6, "hull\0"), TOC_MALFORMED, false},
    RAW_DROP(7, TOC_INVALID),
    RAW_DROP(8, TOC_INVALID),
    RAW_DROP(9, TOC_MALFORMED),
    {RAW_B(9, filler, 111), TOC_MALFORMED, false},
    {RAW_B(9, filler, 113), TOC_MALFORMED, false},
};

START_TEST(wraps)
{
    struct toc_wrap_body wrap;
    struct toc_bytes again;
    const struct toc_bytes body = raw_message(&raw, wrap_fields, COUNT(wrap_fields), NULL);
    ck_assert_int_eq(toc_wire_wrap_decode(arena, body, &wrap), TOC_OK);
    ck_assert_str_eq(wrap.member, "hull");
    ck_assert_str_eq(wrap.sealer, "spg");
    ck_assert_uint_eq(wrap.roster_version, 2);
    ck_assert_int_eq(toc_wire_wrap_encode(arena, &wrap, &again), TOC_OK);
    ck_assert(toc_bytes_equal(body, again));
    for (size_t i = 0; i < COUNT(wrap_changes); i++) {
        const struct toc_bytes changed =
            raw_message(&raw, wrap_fields, COUNT(wrap_fields), &wrap_changes[i]);
        ck_assert_int_eq(toc_wire_wrap_decode(arena, changed, &wrap), wrap_changes[i].expect);
    }
    ck_assert_int_eq(
        toc_wire_wrap_decode(arena, toc_bytes_of(filler, TOC_SIGNED_LEN_MAX + 1), &wrap),
        TOC_TOOBIG);
    wrap.epoch = 0;
    ck_assert_int_eq(toc_wire_wrap_encode(arena, &wrap, &again), TOC_INVALID);
}
END_TEST

static const struct raw_field statement_fields[] = {
    RAW_U(1, 1), RAW_B(2, group, 32), RAW_T(3, "leeds"),  RAW_T(4, "leeds"), RAW_T(5, "framework"),
    RAW_U(6, 1), RAW_U(7, 43),        RAW_B(8, hash, 32), RAW_U(9, 2),       RAW_U(10, 1800),
};
static const struct raw_change statement_changes[] = {
    RAW_DROP(1, TOC_INVALID),
    {RAW_U(1, 2), TOC_OK, false},
    {RAW_U(1, 3), TOC_OK, false},
    {RAW_U(1, 4), TOC_INVALID, false},
    RAW_DROP(2, TOC_MALFORMED),
    RAW_DROP(3, TOC_INVALID),
    {RAW_T(3, "hull"), TOC_INVALID, false}, /* a heartbeat for another's log */
    RAW_DROP(4, TOC_INVALID),
    RAW_DROP(5, TOC_INVALID),
    RAW_DROP(6, TOC_INVALID),
    RAW_DROP(7, TOC_INVALID),
    {RAW_U(7, TOC_SEQUENCE_MAX + 1), TOC_INVALID, false},
    RAW_DROP(8, TOC_MALFORMED),
    {RAW_B(8, bytes33, 33), TOC_MALFORMED, false},
    RAW_DROP(9, TOC_INVALID),
    RAW_DROP(10, TOC_INVALID),
};

START_TEST(statements)
{
    struct toc_statement statement;
    struct toc_bytes again;
    const struct toc_bytes body =
        raw_message(&raw, statement_fields, COUNT(statement_fields), NULL);
    ck_assert_int_eq(toc_wire_statement_decode(arena, body, &statement), TOC_OK);
    ck_assert_int_eq(statement.kind, TOC_HEARTBEAT);
    ck_assert_uint_eq(statement.next_sequence, 43);
    ck_assert_int_eq(toc_wire_statement_encode(arena, &statement, &again), TOC_OK);
    ck_assert(toc_bytes_equal(body, again));
    for (size_t i = 0; i < COUNT(statement_changes); i++) {
        const struct toc_bytes changed =
            raw_message(&raw, statement_fields, COUNT(statement_fields), &statement_changes[i]);
        ck_assert_int_eq(toc_wire_statement_decode(arena, changed, &statement),
                         statement_changes[i].expect);
    }
    ck_assert_int_eq(
        toc_wire_statement_decode(arena, toc_bytes_of(filler, TOC_SIGNED_LEN_MAX + 1), &statement),
        TOC_TOOBIG);
    statement.next_sequence = 0;
    ck_assert_int_eq(toc_wire_statement_encode(arena, &statement, &again), TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("proto/wire_batch");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, batch_round_trip);
    tcase_add_loop_test(tests, header_fields_one_by_one, 0, (int)COUNT(header_changes));
    tcase_add_test(tests, epoch_fields_together);
    tcase_add_test(tests, batch_sizes);
    tcase_add_test(tests, header_size_edge);
    tcase_add_test(tests, only_canonical_bytes);
    tcase_add_test(tests, every_cut_is_refused);
    tcase_add_test(tests, every_arena_size);
    tcase_add_test(tests, hostile_abandons);
    tcase_add_test(tests, encoder_checks_the_same);
    tcase_add_test(tests, log_ids);
    tcase_add_test(tests, signed_envelope);
    tcase_add_test(tests, wraps);
    tcase_add_test(tests, statements);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
