/* The cheap look at a message's bytes never says yes where packing it again says no. */
#include "framework.pb-c.h"
#include "record.pb-c.h"
#include "record_framework.h"
#include "runner.h"
#include "wire_canonical.h"
#include <stdlib.h>
#include <string.h>

static struct toc_arena *arena;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(16 * 1024 * 1024, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static bool looks(const void *data, size_t len)
{
    return toc_wire_looks_canonical(&tocsin__record__descriptor, toc_bytes_of(data, len));
}
#define LOOKS(...) looks((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* Record: supersedes 1, withdraws 2 (publisher 1, stream 2, sequence 3), reason 3, framework 16
 * (reference 1, cpv 12 packed and so on). */
START_TEST(by_hand)
{
    ck_assert(LOOKS(0x12, 0x02, 0x18, 0x07, 0x1a, 0x02, 'n', 'o'));
    ck_assert(LOOKS(0x12, 0x00));                                    /* an empty message is there */
    ck_assert(!LOOKS(0x1a, 0x02, 'n', 'o', 0x12, 0x02, 0x18, 0x07)); /* order */
    ck_assert(!LOOKS(0x1a, 0x01, 'n', 0x1a, 0x01, 'o'));             /* twice */
    ck_assert(!LOOKS(0x1a, 0x00));                                   /* a default, said */
    ck_assert(!LOOKS(0x12, 0x02, 0x18, 0x00));                       /* the same, inside */
    ck_assert(!LOOKS(0x12, 0x03, 0x18, 0x87, 0x00));                 /* a longer varint */
    ck_assert(!LOOKS(0x92, 0x00, 0x02, 0x18, 0x07));                 /* a longer tag */
    ck_assert(!LOOKS(0x12, 0x82, 0x00, 0x18, 0x07));                 /* a longer length */
    ck_assert(!LOOKS(0x1a, 0x02, 'n', 0x00));                        /* NUL in a text */
    ck_assert(!LOOKS(0x1a, 0x03, 'n', 'o'));                         /* cut */
    ck_assert(!LOOKS(0x18, 0x07));                                   /* another wire type */
    ck_assert(!LOOKS(0x12, 0x02, 0x18, 0x07, 0xfa, 0x3f, 0x01, 'x')); /* an unknown field */
    ck_assert(!LOOKS(0x12, 0x0b, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                     0x02)); /* over 64 bits */
}
END_TEST

/* A withdrawal, and behind it or inside its reference a field that nobody knows. */
START_TEST(numbers_of_unknown_fields)
{
    static const struct {
        uint8_t number[5]; /* as a varint with wire type 0 */
        enum toc_result result;
    } cases[] = {{{0xf8, 0xff, 0xff, 0xff, 0x0f}, TOC_OK},         /* 2^29 - 1 */
                 {{0x80, 0x80, 0x80, 0x80, 0x10}, TOC_MALFORMED},  /* 2^29 */
                 {{0xf8, 0xff, 0xff, 0xff, 0x7f}, TOC_MALFORMED}}; /* 2^32 - 1 */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t behind[] = {0x12, 0x02, 0x18, 0x07, 0, 0, 0, 0, 0, 0x01};
        uint8_t inside[] = {0x12, 0x08, 0x18, 0x07, 0, 0, 0, 0, 0, 0x01};
        struct toc_record record;
        memcpy(behind + 4, cases[i].number, 5);
        memcpy(inside + 4, cases[i].number, 5);
        ck_assert_int_eq(
            toc_wire_record_decode(arena, toc_bytes_of(behind, sizeof behind), &record),
            cases[i].result);
        ck_assert_int_eq(
            toc_wire_record_decode(arena, toc_bytes_of(inside, sizeof inside), &record),
            cases[i].result);
    }
    /* Inside what is repeated, and inside one of several: a framework's lot. */
    uint8_t lot[] = {0x82, 0x01, 0x08, 0x4a, 0x06, 0x80, 0x80, 0x80, 0x80, 0x10, 0x01};
    struct toc_record record;
    ck_assert_int_eq(toc_wire_record_decode(arena, toc_bytes_of(lot, sizeof lot), &record),
                     TOC_MALFORMED);
    lot[9] = 0x0f; /* a number that fits: what is wrong now is only that a lot needs a number */
    ck_assert_int_ne(toc_wire_record_decode(arena, toc_bytes_of(lot, sizeof lot), &record),
                     TOC_MALFORMED);
}
END_TEST

/* Everything a framework can hold, so that every kind of field is met. */
static struct toc_bytes rich_framework(void)
{
    static const uint32_t cpv[] = {45000000, 45200000, 1000000};
    static const char *const categories[] = {"highways", "works"};
    static const enum toc_framework_user open_to[] = {TOC_FRAMEWORK_OWNER_ONLY, TOC_FRAMEWORK_VCSE};
    static const struct toc_framework_supplier suppliers[] = {
        {.name = "A Limited", .scheme = "GB-COH", .id = "01234567"},
        {.name = "B plc", .scheme = "", .id = ""}};
    static const struct toc_framework_lot lots[] = {{.number = "1",
                                                     .title = "North",
                                                     .cpv = cpv,
                                                     .cpv_len = 2,
                                                     .suppliers = suppliers,
                                                     .suppliers_len = 2},
                                                    {.number = "2", .title = ""}};
    struct toc_framework framework;
    struct toc_bytes bytes;
    toc_framework_init(&framework);
    framework.reference = "DN-1";
    framework.title = "Highways \xc2\xa3";
    framework.buyer = "Leeds";
    framework.kind = TOC_FRAMEWORK_DPS;
    framework.period_start = 20000;
    framework.period_end = 21000;
    framework.value_max_pounds = UINT64_C(5000000000);
    framework.cpv = cpv;
    framework.cpv_len = 3;
    framework.categories = categories;
    framework.categories_len = 2;
    framework.open_to = open_to;
    framework.open_to_len = 2;
    framework.suppliers = suppliers;
    framework.suppliers_len = 2;
    framework.lots = lots;
    framework.lots_len = 2;
    framework.inferred = TOC_FRAMEWORK_BIT(1) | TOC_FRAMEWORK_BIT(4);
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK,
                                      .supersedes = {.sequence = 300, .publisher = "leeds"},
                                      .as.framework = &framework};
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    return bytes;
}

static bool packs_the_same(const uint8_t *data, size_t len)
{
    static uint8_t packed[2 * TOC_RECORD_LEN_MAX];
    Tocsin__Record *const message = tocsin__record__unpack(NULL, len, data);
    if (message == NULL) {
        return false;
    }
    const size_t size = tocsin__record__get_packed_size(message);
    ck_assert_uint_le(size, sizeof packed);
    const bool same = size == len && tocsin__record__pack(message, packed) == len &&
                      memcmp(packed, data, len) == 0;
    tocsin__record__free_unpacked(message, NULL);
    return same;
}

/* One to three bytes changed, left out or put in, two hundred thousand times. */
START_TEST(mutations)
{
    const struct toc_bytes good = rich_framework();
    static uint8_t data[TOC_RECORD_LEN_MAX];
    unsigned state = 12345U + (unsigned)_i;
    unsigned yes = 0;
    ck_assert(looks(good.data, good.len));
    ck_assert(packs_the_same(good.data, good.len));
    for (unsigned round = 0; round < 50000; round++) {
        size_t len = good.len;
        memcpy(data, good.data, len);
        for (unsigned i = 0; i <= round % 3; i++) {
            state = state * 1103515245U + 12345U;
            const size_t at = (state >> 8) % len;
            const unsigned what = (state >> 4) % 4;
            if (what == 0) {
                memmove(data + at, data + at + 1, len - at - 1);
                len--;
            } else if (what == 1) {
                memmove(data + at + 1, data + at, len - at);
                data[at] = (uint8_t)(state >> 24);
                len++;
            } else {
                const unsigned byte = what == 2 ? state >> 24 : data[at] ^ 1U << state % 8;
                data[at] = (uint8_t)byte;
            }
        }
        const bool seen = looks(data, len);
        ck_assert_msg(!seen || packs_the_same(data, len), "round %u", round);
        yes += seen ? 1 : 0;
    }
    ck_assert_uint_gt(yes, 1000); /* it does say yes to what is changed and still in form */
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("proto/wire_canonical");
    TCase *const tests = tcase_create("canonical");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, by_hand);
    tcase_add_test(tests, numbers_of_unknown_fields);
    tcase_add_loop_test(tests, mutations, 0, 4);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
