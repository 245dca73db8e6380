#include "record_framework.h"
#include "runner.h"
#include <string.h>

static struct toc_arena *arena;
static struct toc_why why;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(16 * 1024 * 1024, &arena), TOC_OK);
    why.text[0] = '\0';
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static struct toc_record small_framework(struct toc_framework *framework)
{
    toc_framework_init(framework);
    framework->reference = "r";
    framework->title = "t";
    framework->buyer = "b";
    framework->kind = TOC_FRAMEWORK_DPS;
    return (struct toc_record){.type = TOC_RECORD_FRAMEWORK, .as.framework = framework};
}

/* Field 16, a message; reference 1, title 4, kind 6, buyer 8. */
static const uint8_t golden_framework[] = {0x82, 0x01, 0x0b, 0x0a, 0x01, 'r',  0x22,
                                           0x01, 't',  0x30, 0x03, 0x42, 0x01, 'b'};
/* Withdraws 2 {sequence 3: 7}, reason 3. */
static const uint8_t golden_withdrawal[] = {0x12, 0x02, 0x18, 0x07, 0x1a, 0x02, 'n', 'o'};

START_TEST(test_golden_framework)
{
    struct toc_framework framework;
    const struct toc_record record = small_framework(&framework);
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert(toc_bytes_equal(bytes, toc_bytes_of(golden_framework, sizeof golden_framework)));
    struct toc_record again;
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &again, &why), TOC_OK);
    ck_assert_int_eq(again.type, TOC_RECORD_FRAMEWORK);
    ck_assert_str_eq(toc_record_kind_of(again.type)->key(&again), "r");
    ck_assert_str_eq(again.reason, "");
}
END_TEST

START_TEST(test_golden_withdrawal)
{
    const struct toc_record record = {
        .type = TOC_RECORD_WITHDRAWAL, .withdraws = {.sequence = 7}, .reason = "no"};
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert(toc_bytes_equal(bytes, toc_bytes_of(golden_withdrawal, sizeof golden_withdrawal)));
    struct toc_record again;
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &again, &why), TOC_OK);
    ck_assert_int_eq(again.type, TOC_RECORD_WITHDRAWAL);
    ck_assert_uint_eq(again.withdraws.sequence, 7);
    ck_assert_str_eq(again.reason, "no");
}
END_TEST

START_TEST(test_every_cut_and_every_flip_is_safe)
{
    uint8_t copy[sizeof golden_framework];
    struct toc_record record;
    for (size_t len = 0; len < sizeof golden_framework; len++) {
        ck_assert_int_ne(
            toc_wire_record_decode(arena, toc_bytes_of(golden_framework, len), &record), TOC_OK);
    }
    for (size_t bit = 0; bit < 8 * sizeof copy; bit++) {
        memcpy(copy, golden_framework, sizeof copy);
        copy[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        struct toc_bytes again;
        if (toc_record_read(arena, "framework", toc_bytes_of(copy, sizeof copy), &record, &why) ==
            TOC_OK) {
            ck_assert_int_eq(toc_wire_record_encode(arena, &record, &again), TOC_OK);
        }
    }
}
END_TEST

START_TEST(test_empty_record_is_malformed_and_no_body_invalid)
{
    static const uint8_t reference_only[] = {0x0a, 0x02, 0x18, 0x07};
    static const uint8_t unknown_body[] = {0x92, 0x06, 0x00}; /* field 98 */
    struct toc_record record;
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(NULL, 0), &record), TOC_MALFORMED);
    ck_assert_int_eq(
        toc_wire_record_decode(arena, toc_bytes_of(reference_only, sizeof reference_only), &record),
        TOC_INVALID);
    ck_assert_int_eq(
        toc_wire_record_decode(arena, toc_bytes_of(unknown_body, sizeof unknown_body), &record),
        TOC_INVALID);
}
END_TEST

START_TEST(test_both_references_or_a_body_with_a_withdrawal)
{
    static const uint8_t both[] = {0x0a, 0x02, 0x18, 0x01, 0x12, 0x02, 0x18, 0x02};
    static const uint8_t with_body[] = {0x12, 0x02, 0x18, 0x07, 0x82, 0x01, 0x00};
    static const uint8_t nothing[] = {0x12, 0x00}; /* withdraws sequence 0 */
    struct toc_record record;
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(both, sizeof both), &record),
                     TOC_INVALID);
    ck_assert_int_eq(
        toc_wire_record_decode(arena, toc_bytes_of(with_body, sizeof with_body), &record),
        TOC_INVALID);
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(nothing, sizeof nothing), &record),
                     TOC_INVALID);
    const struct toc_record written = {
        .type = TOC_RECORD_WITHDRAWAL, .withdraws = {.sequence = 1}, .supersedes = {.sequence = 2}};
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &written, &bytes), TOC_INVALID);
}
END_TEST

START_TEST(test_reason_length)
{
    char reason[TOC_REASON_LEN_MAX + 2];
    memset(reason, 'x', sizeof reason);
    reason[TOC_REASON_LEN_MAX + 1] = '\0';
    struct toc_record record = {
        .type = TOC_RECORD_WITHDRAWAL, .withdraws = {.sequence = 1}, .reason = reason};
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_INVALID);
    reason[TOC_REASON_LEN_MAX] = '\0';
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    record.reason = NULL;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    record.reason = "bell \a";
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_INVALID);
}
END_TEST

START_TEST(test_reference_names_and_range)
{
    struct toc_framework framework;
    struct toc_record record = small_framework(&framework);
    struct toc_bytes bytes;
    record.supersedes = (struct toc_reference){"leeds", "framework", 9};
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    struct toc_record again;
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &again, &why), TOC_OK);
    ck_assert_str_eq(again.supersedes.publisher, "leeds");
    ck_assert_str_eq(again.supersedes.stream, "framework");
    ck_assert_uint_eq(again.supersedes.sequence, 9);
    record.supersedes = (struct toc_reference){"Leeds", "", 9};
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_INVALID);
    record.supersedes = (struct toc_reference){"", "", TOC_SEQUENCE_MAX + 1};
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_INVALID);
    record.supersedes.sequence = TOC_SEQUENCE_MAX;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
}
END_TEST

START_TEST(test_streams)
{
    const struct toc_record withdrawal = {.type = TOC_RECORD_WITHDRAWAL,
                                          .withdraws = {"", "distress", 7}};
    struct toc_framework framework;
    const struct toc_record record = small_framework(&framework);
    struct toc_record again;
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, "pipeline", bytes, &again, &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "does not belong"));
    ck_assert_int_eq(toc_wire_record_encode(arena, &withdrawal, &bytes), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &again, &why), TOC_INVALID);
    ck_assert_int_eq(toc_record_read(arena, "distress", bytes, &again, &why), TOC_OK);
    ck_assert_str_eq(toc_record_kind_for_stream("framework")->name, "framework");
    ck_assert_ptr_null(toc_record_kind_for_stream("pipeline"));
    ck_assert_ptr_null(toc_record_kind_for_stream(""));
    ck_assert_ptr_null(toc_record_kind_for_stream(NULL));
    ck_assert_ptr_null(toc_record_kind_of((enum toc_record_type)99));
}
END_TEST

START_TEST(test_reading_names_every_kind)
{
    static const char *const others[] = {
        "",       "16",        "16.",          ".0",           "16.0 ", " 16.0",
        "16.0 x", "16.-1",     "16.0,17.0",    "16.0  17.0",   "15.0",  "99.0",
        "16.1",   "16.0 23.0", "4294967312.0", "16.4294967296"};
    char reading[TOC_READING_LEN_MAX + 1];

    toc_records_reading(reading);
    ck_assert_str_eq(reading, "16.0 17.0 18.0 19.0 20.0 21.0 22.0");
    ck_assert(toc_records_reads(reading));
    ck_assert(toc_records_reads("16.0"));
    ck_assert(toc_records_reads("22.0 16.0")); /* an older program's */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_msg(!toc_records_reads(others[i]), "'%s'", others[i]);
    }
}
END_TEST

START_TEST(test_size_limit)
{
    static uint8_t big[TOC_RECORD_LEN_MAX + 1];
    struct toc_record record;
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(big, sizeof big), &record),
                     TOC_TOOBIG);
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(big, sizeof big - 1), &record),
                     TOC_MALFORMED);
    struct toc_framework framework;
    const struct toc_record written = small_framework(&framework);
    struct toc_bytes bytes;
    char text[TOC_RECORD_LEN_MAX + 1];
    /* Exactly the limit, then one over: tags and lengths take four bytes more than in the small
     * one. */
    const size_t rest = sizeof golden_framework + 4;
    memset(text, 'x', sizeof text);
    text[TOC_RECORD_LEN_MAX - rest] = '\0';
    framework.description = text;
    ck_assert_int_eq(toc_wire_record_encode(arena, &written, &bytes), TOC_OK);
    ck_assert_uint_eq(bytes.len, TOC_RECORD_LEN_MAX);
    text[TOC_RECORD_LEN_MAX - rest] = 'x';
    text[TOC_RECORD_LEN_MAX - rest + 1] = '\0';
    ck_assert_int_eq(toc_wire_record_encode(arena, &written, &bytes), TOC_TOOBIG);
}
END_TEST

/* Two-byte empty lots: the cap on decoding, not the machine's memory, ends it. */
START_TEST(test_empty_lots_do_not_grow_memory)
{
    uint8_t bomb[TOC_RECORD_LEN_MAX];
    const size_t body = (sizeof bomb - 4) / 2 * 2;
    bomb[0] = 0x82;
    bomb[1] = 0x01;
    bomb[2] = (uint8_t)(0x80U | (body & 0x7fU));
    bomb[3] = (uint8_t)(body >> 7);
    for (size_t i = 0; i < body; i += 2) {
        bomb[4 + i] = 0x4a; /* field 9: a lot */
        bomb[5 + i] = 0x00;
    }
    struct toc_record record;
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(bomb, 4 + body), &record),
                     TOC_NOMEM);
    ck_assert_uint_lt(toc_arena_used(arena), 256 * 1024);
}
END_TEST

START_TEST(test_no_memory)
{
    struct toc_framework framework;
    const struct toc_record record = small_framework(&framework);
    struct toc_arena *tiny = NULL;
    struct toc_bytes bytes;
    struct toc_record again;
    ck_assert_int_eq(toc_arena_new(16, &tiny), TOC_OK);
    ck_assert_int_eq(toc_wire_record_encode(tiny, &record, &bytes), TOC_NOMEM);
    toc_arena_reset(tiny);
    ck_assert_int_eq(toc_wire_record_decode(
                         tiny, toc_bytes_of(golden_framework, sizeof golden_framework), &again),
                     TOC_NOMEM);
    toc_arena_free(&tiny);
}
END_TEST

START_TEST(test_withdrawal_json)
{
    const struct toc_record record = {
        .type = TOC_RECORD_WITHDRAWAL, .withdraws = {"leeds", "framework", 7}, .reason = "twice"};
    const struct toc_record_kind *const kind = toc_record_kind_of(TOC_RECORD_WITHDRAWAL);
    json_t *const json = toc_record_json(&record);
    ck_assert_str_eq(json_string_value(json_object_get(json, "type")), "withdrawal");
    struct toc_record again;
    ck_assert_int_eq(kind->from_json(arena, json, &again, &why), TOC_OK);
    ck_assert_uint_eq(again.withdraws.sequence, 7);
    ck_assert_str_eq(again.withdraws.publisher, "leeds");
    ck_assert_str_eq(again.reason, "twice");
    static const char *const wrong[] = {
        "{}",
        "{\"withdraws\": 7}",
        "{\"withdraws\": {\"sequence\": 0}}",
        "{\"withdraws\": {\"sequence\": -1}}",
        "{\"withdraws\": {\"sequence\": 1, \"publisher\": 5}}",
        "{\"withdraws\": {\"sequence\": 1, \"publisher\": \"No\"}}",
        "{\"withdraws\": {\"sequence\": 1, \"stream\": \"..\"}}",
        "{\"withdraws\": {\"sequence\": 1}, \"reason\": 5}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        json_t *const bad = json_loads(wrong[i], 0, NULL);
        ck_assert_msg(kind->from_json(arena, bad, &again, &why) == TOC_INVALID, "%s", wrong[i]);
        json_decref(bad);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("record_wire");
    TCase *const tcase = tcase_create("record_wire");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_golden_framework);
    tcase_add_test(tcase, test_golden_withdrawal);
    tcase_add_test(tcase, test_every_cut_and_every_flip_is_safe);
    tcase_add_test(tcase, test_empty_record_is_malformed_and_no_body_invalid);
    tcase_add_test(tcase, test_both_references_or_a_body_with_a_withdrawal);
    tcase_add_test(tcase, test_reason_length);
    tcase_add_test(tcase, test_reference_names_and_range);
    tcase_add_test(tcase, test_streams);
    tcase_add_test(tcase, test_reading_names_every_kind);
    tcase_add_test(tcase, test_size_limit);
    tcase_add_test(tcase, test_empty_lots_do_not_grow_memory);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_test(tcase, test_withdrawal_json);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
