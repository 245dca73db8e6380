#include "runner.h"
#include "wire_raw.h"
#include "wire_session.h"

#define ARENA_LEN (16 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct raw raw, outer;
static struct toc_arena *arena;
static const uint8_t hash[64] = {1};
static const uint8_t filler[TOC_FRAME_LEN_MAX + 1] = {7};

static void setup(void)
{
    arena = raw_arena(ARENA_LEN);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static enum toc_result decode(unsigned kind, struct toc_bytes inner)
{
    struct toc_message message;
    toc_arena_reset(arena);
    return toc_wire_message_decode(arena, raw_wrap(&outer, kind, inner), &message);
}

static enum toc_result encode(const struct toc_message *message)
{
    struct toc_bytes frame;
    toc_arena_reset(arena);
    return toc_wire_message_encode(arena, message, &frame);
}

static struct toc_message round_trip(const struct toc_message *message)
{
    struct toc_bytes frame, again;
    struct toc_message decoded = {0};
    ck_assert_int_eq(toc_wire_message_encode(arena, message, &frame), TOC_OK);
    ck_assert_int_eq(toc_wire_message_decode(arena, frame, &decoded), TOC_OK);
    ck_assert_int_eq(toc_wire_message_encode(arena, &decoded, &again), TOC_OK);
    ck_assert(toc_bytes_equal(frame, again));
    ck_assert_int_eq(decoded.kind, message->kind);
    for (size_t len = 0; len < frame.len; len++) {
        struct toc_message cut;
        ck_assert_int_ne(toc_wire_message_decode(arena, toc_bytes_of(frame.data, len), &cut),
                         TOC_OK);
    }
    return decoded;
}

static const struct raw_field hello_fields[] = {
    RAW_U(1, 1),        RAW_B(2, hash, 32),     RAW_T(3, "leeds"), RAW_U(4, 2),
    RAW_B(5, hash, 32), RAW_T(6, "tocsin 0.1"), RAW_U(7, 1),
};
#define SIXTY "123456789 123456789 123456789 123456789 123456789 1234567890"
static const struct raw_change hello_changes[] = {
    RAW_DROP(1, TOC_INVALID),
    {RAW_U(1, 2), TOC_OK, false}, /* a later protocol: the handler refuses it, by name */
    RAW_DROP(2, TOC_MALFORMED),
    {RAW_B(2, hash, 31), TOC_MALFORMED, false},
    RAW_DROP(3, TOC_INVALID),
    {RAW_T(3, "leeds\0"), TOC_MALFORMED, false},
    RAW_DROP(4, TOC_INVALID),
    {RAW_U(4, TOC_SEQUENCE_MAX + 1), TOC_INVALID, false},
    RAW_DROP(5, TOC_MALFORMED),
    {RAW_B(5, hash, 33), TOC_MALFORMED, false},
    RAW_DROP(6, TOC_OK),
    {RAW_T(6, SIXTY "1234"), TOC_OK, false},
    {RAW_T(6, SIXTY "12345"), TOC_TOOBIG, false},
    {RAW_T(6, "caf\xc3\xa9"), TOC_INVALID, false},
    {RAW_T(6, "a\nb"), TOC_INVALID, false},
    RAW_DROP(7, TOC_OK),
};

START_TEST(hello)
{
    struct toc_message message = {
        .kind = TOC_MESSAGE_HELLO,
        .as.hello = {.protocol = 1,
                     .group = {{1}},
                     .member = "leeds",
                     .roster_version = 2,
                     .roster_hash = {{3}},
                     .software = "tocsin 0.1",
                     .answer = true},
    };
    const struct toc_message got = round_trip(&message);
    ck_assert_str_eq(got.as.hello.member, "leeds");
    ck_assert_str_eq(got.as.hello.software, "tocsin 0.1");
    ck_assert_uint_eq(got.as.hello.roster_hash.bytes[0], 3);
    ck_assert(got.as.hello.answer);
    for (size_t i = 0; i < COUNT(hello_changes); i++) {
        ck_assert_msg(decode(1, raw_message(&raw, hello_fields, COUNT(hello_fields),
                                            &hello_changes[i])) == hello_changes[i].expect,
                      "change %zu", i);
    }
    message.as.hello.software = NULL; /* as empty */
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.hello.protocol = 0;
    ck_assert_int_eq(encode(&message), TOC_INVALID);
}
END_TEST

static const struct raw_field want_fields[] = {
    RAW_T(1, "leeds"), RAW_T(2, "framework"),    RAW_U(3, 1), RAW_U(4, 5),
    RAW_U(5, 9),       RAW_U(6, TOC_CREDIT_MAX), RAW_U(7, 1), RAW_U(8, 3),
};
static const struct raw_change want_changes[] = {
    RAW_DROP(1, TOC_INVALID),
    {RAW_T(1, "-leeds"), TOC_INVALID, false},
    RAW_DROP(2, TOC_INVALID),
    RAW_DROP(3, TOC_INVALID),
    RAW_DROP(4, TOC_INVALID),
    {RAW_U(4, 8), TOC_OK, false},
    {RAW_U(4, 9), TOC_OK, false}, /* nothing begins before 9: wraps only */
    {RAW_U(4, TOC_SEQUENCE_MAX + 1), TOC_INVALID, false},
    RAW_DROP(5, TOC_OK),
    {RAW_U(5, TOC_SEQUENCE_MAX), TOC_OK, false},
    {RAW_U(5, TOC_SEQUENCE_MAX + 1), TOC_INVALID, false},
    RAW_DROP(6, TOC_OK),
    {RAW_U(6, TOC_CREDIT_MAX + 1), TOC_TOOBIG, false},
    RAW_DROP(7, TOC_OK),
    RAW_DROP(8, TOC_OK),
};

START_TEST(want)
{
    const struct toc_message message = {
        .kind = TOC_MESSAGE_WANT,
        .as.want = {.log = {.publisher = "leeds", .stream = "framework", .generation = 1},
                    .from_sequence = 5,
                    .credit = 70000,
                    .more = true,
                    .wraps_held = 2},
    };
    const struct toc_message got = round_trip(&message);
    ck_assert_int_eq(toc_log_id_compare(&got.as.want.log, &message.as.want.log), 0);
    ck_assert_uint_eq(got.as.want.from_sequence, 5);
    ck_assert_uint_eq(got.as.want.until_sequence, 0);
    ck_assert_uint_eq(got.as.want.credit, 70000);
    ck_assert(got.as.want.more);
    ck_assert_uint_eq(got.as.want.wraps_held, 2);
    ck_assert_int_eq(decode(4, raw_message(&raw, want_fields, COUNT(want_fields), NULL)), TOC_OK);
    for (size_t i = 0; i < COUNT(want_changes); i++) {
        ck_assert_msg(decode(4, raw_message(&raw, want_fields, COUNT(want_fields),
                                            &want_changes[i])) == want_changes[i].expect,
                      "change %zu", i);
    }
}
END_TEST

static const struct raw_field head_fields[] = {
    RAW_T(1, "leeds"), RAW_T(2, "framework"), RAW_U(3, 1), RAW_U(4, 5), RAW_B(5, hash, 32),
};
static const struct raw_change head_changes[] = {
    RAW_DROP(1, TOC_INVALID),
    RAW_DROP(2, TOC_INVALID),
    {RAW_T(2, "framework."), TOC_INVALID, false},
    RAW_DROP(3, TOC_INVALID),
    RAW_DROP(4, TOC_INVALID),
    RAW_DROP(5, TOC_MALFORMED),
    {RAW_B(5, hash, 31), TOC_MALFORMED, false},
};

START_TEST(have)
{
    static struct toc_log_head heads[TOC_HAVE_HEADS_MAX + 1];
    for (size_t i = 0; i < COUNT(heads); i++) {
        heads[i] = (struct toc_log_head){
            .log = {.publisher = "leeds", .stream = "framework", .generation = (uint32_t)i + 1},
            .next_sequence = i + 1,
            .head = {{2}}};
    }
    struct toc_message message = {.kind = TOC_MESSAGE_HAVE,
                                  .as.have = {.heads = heads, .heads_len = 3, .complete = true}};
    const struct toc_message got = round_trip(&message);
    ck_assert_uint_eq(got.as.have.heads_len, 3);
    ck_assert(got.as.have.complete);
    ck_assert_uint_eq(got.as.have.heads[2].next_sequence, 3);
    ck_assert_uint_eq(got.as.have.heads[2].log.generation, 3);
    message.as.have.heads_len = 0; /* nothing at all is something to say */
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.have.complete = false;
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.have.heads_len = TOC_HAVE_HEADS_MAX;
    struct toc_bytes frame;
    struct toc_message full;
    ck_assert_int_eq(toc_wire_message_encode(arena, &message, &frame), TOC_OK);
    ck_assert_int_eq(toc_wire_message_decode(arena, frame, &full), TOC_OK);
    ck_assert_uint_eq(full.as.have.heads_len, TOC_HAVE_HEADS_MAX);
    message.as.have.heads_len++;
    ck_assert_int_eq(encode(&message), TOC_TOOBIG);
    static struct raw head;
    for (size_t i = 0; i < COUNT(head_changes); i++) {
        raw_message(&head, head_fields, COUNT(head_fields), &head_changes[i]);
        ck_assert_msg(decode(3, raw_wrap(&raw, 1, raw_bytes(&head))) == head_changes[i].expect,
                      "change %zu", i);
    }
    heads[0].next_sequence = 0;
    message.as.have.heads_len = 1;
    ck_assert_int_eq(encode(&message), TOC_INVALID);
}
END_TEST

/* `count` items of `len` bytes as a list: rosters, wraps, batches, statements. */
static const struct toc_bytes *items(size_t count, size_t len)
{
    static struct toc_bytes list[TOC_GIVE_WRAPS_MAX + 1];
    ck_assert_uint_le(count, COUNT(list));
    for (size_t i = 0; i < count; i++) {
        list[i] = toc_bytes_of(filler, len);
    }
    return list;
}

START_TEST(give)
{
    const struct toc_log_id log = {.publisher = "leeds", .stream = "framework", .generation = 1};
    struct toc_message message = {.kind = TOC_MESSAGE_GIVE,
                                  .as.give = {.log = log,
                                              .wraps = items(2, 20),
                                              .wraps_len = 2,
                                              .batches = items(3, 20),
                                              .batches_len = 3}};
    const struct toc_message got = round_trip(&message);
    ck_assert_uint_eq(got.as.give.wraps_len, 2);
    ck_assert_uint_eq(got.as.give.batches_len, 3);
    ck_assert(toc_bytes_equal(got.as.give.batches[2], toc_bytes_of(filler, 20)));
    const struct {
        size_t wraps, wrap_len, batches, batch_len;
        enum toc_result expect;
    } cases[] = {
        {0, 1, 0, 1, TOC_INVALID},
        {TOC_GIVE_WRAPS_MAX, 1, 0, 1, TOC_OK},
        {TOC_GIVE_WRAPS_MAX + 1, 1, 0, 1, TOC_TOOBIG},
        {0, 1, TOC_GIVE_BATCHES_MAX, 1, TOC_OK},
        {0, 1, TOC_GIVE_BATCHES_MAX + 1, 1, TOC_TOOBIG},
        {1, TOC_SIGNED_LEN_MAX, 0, 1, TOC_OK},
        {1, TOC_SIGNED_LEN_MAX + 1, 0, 1, TOC_TOOBIG},
        {0, 1, 1, TOC_BATCH_LEN_MAX, TOC_OK},
        {0, 1, 1, TOC_BATCH_LEN_MAX + 1, TOC_TOOBIG},
        {1, 0, 0, 1, TOC_MALFORMED},
        {0, 1, 1, 0, TOC_MALFORMED},
        {0, 1, 15, TOC_BATCH_LEN_MAX, TOC_OK},
        {0, 1, 16, TOC_BATCH_LEN_MAX, TOC_TOOBIG}, /* over the frame */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct toc_bytes wraps[TOC_GIVE_WRAPS_MAX + 1];
        memcpy(wraps, items(cases[i].wraps, cases[i].wrap_len), cases[i].wraps * sizeof wraps[0]);
        message.as.give = (struct toc_give){.log = log,
                                            .wraps = wraps,
                                            .wraps_len = cases[i].wraps,
                                            .batches = items(cases[i].batches, cases[i].batch_len),
                                            .batches_len = cases[i].batches};
        ck_assert_msg(encode(&message) == cases[i].expect, "case %zu", i);
        raw.len = 0;
        raw_put(&raw, "\x0a\x05leeds\x12\x01x\x18\x01", 12);
        for (size_t j = 0; j < cases[i].wraps; j++) {
            const struct raw_field field = RAW_B(4, filler, cases[i].wrap_len);
            raw_field(&raw, &field);
        }
        for (size_t j = 0; j < cases[i].batches; j++) {
            const struct raw_field field = RAW_B(5, filler, cases[i].batch_len);
            raw_field(&raw, &field);
        }
        ck_assert_msg(decode(5, raw_bytes(&raw)) == cases[i].expect, "decoding case %zu", i);
    }
    message.as.give = (struct toc_give){
        .log = {.publisher = "leeds", .stream = "framework"}, .wraps = items(1, 1), .wraps_len = 1};
    ck_assert_int_eq(encode(&message), TOC_INVALID); /* generation 0 */
}
END_TEST

START_TEST(runs)
{
    struct toc_message message = {.kind = TOC_MESSAGE_STATEMENTS,
                                  .as.statements = {.items = items(3, 9), .items_len = 3}};
    struct toc_message got = round_trip(&message);
    ck_assert_uint_eq(got.as.statements.items_len, 3);
    message.as.statements.items_len = 0;
    ck_assert_int_eq(encode(&message), TOC_INVALID);
    message.as.statements = (struct toc_runs){items(TOC_STATEMENTS_MAX, 400), TOC_STATEMENTS_MAX};
    struct toc_bytes frame;
    ck_assert_int_eq(toc_wire_message_encode(arena, &message, &frame), TOC_OK);
    ck_assert_int_eq(toc_wire_message_decode(arena, frame, &got), TOC_OK);
    message.as.statements =
        (struct toc_runs){items(TOC_STATEMENTS_MAX + 1, 9), TOC_STATEMENTS_MAX + 1};
    ck_assert_int_eq(encode(&message), TOC_TOOBIG);
    message.as.statements = (struct toc_runs){items(1, TOC_SIGNED_LEN_MAX), 1};
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.statements = (struct toc_runs){items(1, TOC_SIGNED_LEN_MAX + 1), 1};
    ck_assert_int_eq(encode(&message), TOC_TOOBIG);
    message.as.statements = (struct toc_runs){items(1, 0), 1};
    ck_assert_int_eq(encode(&message), TOC_MALFORMED);

    message.kind = TOC_MESSAGE_ROSTERS;
    message.as.rosters = (struct toc_runs){items(2, 300), 2};
    got = round_trip(&message);
    ck_assert_uint_eq(got.as.rosters.items_len, 2);
    message.as.rosters = (struct toc_runs){items(1, TOC_ROSTER_LEN_MAX), 1};
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.rosters = (struct toc_runs){items(1, TOC_ROSTER_LEN_MAX + 1), 1};
    ck_assert_int_eq(encode(&message), TOC_TOOBIG);
    message.as.rosters = (struct toc_runs){items(TOC_ROSTERS_MAX, 9), TOC_ROSTERS_MAX};
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.rosters = (struct toc_runs){items(TOC_ROSTERS_MAX + 1, 9), TOC_ROSTERS_MAX + 1};
    ck_assert_int_eq(encode(&message), TOC_TOOBIG);
    message.as.rosters.items_len = 0;
    ck_assert_int_eq(encode(&message), TOC_INVALID);
}
END_TEST

START_TEST(refusal)
{
    static char about[TOC_ABOUT_LEN_MAX + 2];
    struct toc_message message = {.kind = TOC_MESSAGE_REFUSAL,
                                  .as.refusal = {.code = TOC_DENIED, .about = "no such log"}};
    const struct toc_message got = round_trip(&message);
    ck_assert_uint_eq(got.as.refusal.code, TOC_DENIED);
    ck_assert_str_eq(got.as.refusal.about, "no such log");
    message.as.refusal.about = NULL;
    ck_assert_int_eq(encode(&message), TOC_OK);
    memset(about, 'x', TOC_ABOUT_LEN_MAX);
    message.as.refusal.about = about;
    ck_assert_int_eq(encode(&message), TOC_OK);
    about[TOC_ABOUT_LEN_MAX] = 'x';
    ck_assert_int_eq(encode(&message), TOC_TOOBIG);
    message.as.refusal.about = "\x1b[2J";
    ck_assert_int_eq(encode(&message), TOC_INVALID);
    message.as.refusal = (struct toc_refusal){.code = 99, .about = ""}; /* of a newer version */
    ck_assert_int_eq(encode(&message), TOC_OK);
    message.as.refusal.code = 0;
    ck_assert_int_eq(encode(&message), TOC_INVALID);
}
END_TEST

START_TEST(frames)
{
    struct toc_message message = {.kind = TOC_MESSAGE_GIVE};
    ck_assert_int_eq(toc_wire_message_decode(arena, toc_bytes_of(NULL, 0), &message),
                     TOC_MALFORMED);
    ck_assert_int_eq(
        toc_wire_message_decode(arena, toc_bytes_of(filler, TOC_FRAME_LEN_MAX + 1), &message),
        TOC_TOOBIG);
    ck_assert_int_eq(decode(8, toc_bytes_of(NULL, 0)), TOC_INVALID); /* never given to a kind */
    raw_message(&raw, want_fields, COUNT(want_fields), NULL);
    raw_wrap(&outer, 4, raw_bytes(&raw));
    raw_put(&outer, "\x1a\x00", 2); /* two kinds in one frame */
    ck_assert_int_eq(toc_wire_message_decode(arena, raw_bytes(&outer), &message), TOC_MALFORMED);
    ck_assert_int_eq(message.kind, TOC_MESSAGE_GIVE); /* untouched */
    message.kind = (enum toc_message_kind)8;
    ck_assert_int_eq(encode(&message), TOC_INVALID);
}
END_TEST

/* From number 16 on: of all that it says, the stamps are read. */
START_TEST(a_kind_of_a_newer_version)
{
    static const char *const nothing[] = {"\x70\x05", "\x80\x01\x07", "\x6a\x01x"};
    struct toc_message message = {.kind = TOC_MESSAGE_GIVE};

    ck_assert_int_eq(decode(16, toc_bytes_of(NULL, 0)), TOC_OK);
    ck_assert_int_eq(decode(1000, toc_bytes_of("news", 4)), TOC_OK);
    /* stamp = 5, seen = 6, field 20 = "new" */
    ck_assert_int_eq(toc_wire_message_decode(
                         arena, toc_bytes_of("\x70\x05\x78\x06\xa2\x01\x03new", 10), &message),
                     TOC_OK);
    ck_assert_int_eq(message.kind, TOC_MESSAGE_NEWER);
    ck_assert_uint_eq(message.stamp, 5);
    ck_assert_uint_eq(message.seen, 6);
    ck_assert_int_eq(encode(&message), TOC_INVALID);
    /* A known kind with a field more stays what it is; a stamp, a number or field 13 is no kind. */
    ck_assert_int_eq(
        toc_wire_message_decode(arena, toc_bytes_of("\x1a\x00\xa2\x01\x03new", 8), &message),
        TOC_OK);
    ck_assert_int_eq(message.kind, TOC_MESSAGE_HAVE);
    for (size_t i = 0; i < COUNT(nothing); i++) {
        ck_assert_int_eq(
            toc_wire_message_decode(arena, toc_bytes_of(nothing[i], strlen(nothing[i])), &message),
            TOC_INVALID);
    }
}
END_TEST

/* Of any kind, up to the largest number; 0 is left out, and so has one form. */
START_TEST(stamps)
{
    static const uint64_t pairs[][2] = {{1, UINT64_MAX}, {UINT64_MAX, 0}, {0, 1}, {0, 0}};
    struct toc_message got;

    for (size_t i = 0; i < COUNT(pairs); i++) {
        const struct toc_message message = {
            .kind = TOC_MESSAGE_HAVE, .stamp = pairs[i][0], .seen = pairs[i][1]};
        struct toc_bytes frame;
        ck_assert_int_eq(toc_wire_message_encode(arena, &message, &frame), TOC_OK);
        ck_assert_int_eq(toc_wire_message_decode(arena, frame, &got), TOC_OK);
        ck_assert_uint_eq(got.stamp, pairs[i][0]);
        ck_assert_uint_eq(got.seen, pairs[i][1]);
    }
    raw_wrap(&outer, 3, toc_bytes_of(NULL, 0));
    raw_put(&outer, "\x70\x00", 2); /* a stamp of 0 */
    ck_assert_int_eq(toc_wire_message_decode(arena, raw_bytes(&outer), &got), TOC_MALFORMED);
    raw_wrap(&outer, 3, toc_bytes_of(NULL, 0));
    raw_put(&outer, "\x78\x01\x70\x01", 4); /* in the wrong order */
    ck_assert_int_eq(toc_wire_message_decode(arena, raw_bytes(&outer), &got), TOC_MALFORMED);
    raw_wrap(&outer, 3, toc_bytes_of(NULL, 0));
    raw_put(&outer, "\x70\x01\x70\x02", 4); /* twice */
    ck_assert_int_eq(toc_wire_message_decode(arena, raw_bytes(&outer), &got), TOC_MALFORMED);
    raw_wrap(&outer, 3, toc_bytes_of(NULL, 0));
    raw_put(&outer, "\x70\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11); /* over 64 bits */
    ck_assert_int_eq(toc_wire_message_decode(arena, raw_bytes(&outer), &got), TOC_MALFORMED);
    outer.len = 0;
    raw_put(&outer, "\x70\x01", 2); /* and no kind */
    ck_assert_int_eq(toc_wire_message_decode(arena, raw_bytes(&outer), &got), TOC_INVALID);
}
END_TEST

/* The trap: a frame of two-byte empty submessages, each worth a hundred times its size to a decoder
 * that trusts it. Refused, and never more memory than the cap. */
START_TEST(hostile_empty_heads)
{
    raw.len = 0;
    while (raw.len + 16 <= TOC_FRAME_LEN_MAX - 8) {
        raw_put(&raw, "\x0a\x00\x0a\x00\x0a\x00\x0a\x00\x0a\x00\x0a\x00\x0a\x00\x0a\x00", 16);
    }
    struct toc_arena *big = raw_arena(512 * 1024 * 1024);
    struct toc_message message;
    const struct toc_bytes frame = raw_wrap(&outer, 3, raw_bytes(&raw));
    ck_assert_int_eq(toc_wire_message_decode(big, frame, &message), TOC_NOMEM);
    ck_assert_uint_le(toc_arena_used(big), TOC_DECODE_FACTOR * frame.len + TOC_DECODE_BASE);
    void *after = toc_arena_get(big, 64 * 1024 * 1024); /* the cap is lifted again */
    ck_assert_ptr_nonnull(after);
    toc_arena_free(&big);
}
END_TEST

START_TEST(hostile_unknown_fields)
{
    raw.len = 0;
    while (raw.len + 8 <= TOC_FRAME_LEN_MAX - 8) {
        raw_put(&raw, "\x52\x00\x52\x00\x52\x00\x52\x00", 8);
    }
    ck_assert_int_eq(decode(3, raw_bytes(&raw)), TOC_NOMEM);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("proto/wire_session");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, hello);
    tcase_add_test(tests, want);
    tcase_add_test(tests, have);
    tcase_add_test(tests, give);
    tcase_add_test(tests, runs);
    tcase_add_test(tests, refusal);
    tcase_add_test(tests, frames);
    tcase_add_test(tests, a_kind_of_a_newer_version);
    tcase_add_test(tests, stamps);
    tcase_add_test(tests, hostile_empty_heads);
    tcase_add_test(tests, hostile_unknown_fields);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
