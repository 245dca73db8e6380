#include "runner.h"
#include "wire_feed.h"
#include <stdio.h>
#include <string.h>

static struct toc_arena *arena;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(4096, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static const char whole[] = "leeds\0framework\0batch";

START_TEST(round_trip)
{
    const struct toc_bytes frame = toc_bytes_of(whole, sizeof whole - 1);
    struct toc_feed feed;
    ck_assert_int_eq(toc_wire_feed_decode(frame, &feed), TOC_OK);
    ck_assert_str_eq(feed.publisher, "leeds");
    ck_assert_str_eq(feed.stream, "framework");
    ck_assert(toc_bytes_equal(feed.batch, toc_bytes_text("batch")));
    struct toc_bytes again;
    ck_assert_int_eq(toc_wire_feed_encode(arena, &feed, &again), TOC_OK);
    ck_assert(toc_bytes_equal(frame, again));
}
END_TEST

/* Cut anywhere before its batch it is none. */
START_TEST(cut_short)
{
    const size_t names_len = sizeof "leeds\0framework";
    struct toc_feed feed;
    for (size_t len = 0; len <= names_len; len++) {
        ck_assert_int_eq(toc_wire_feed_decode(toc_bytes_of(whole, len), &feed), TOC_MALFORMED);
    }
    ck_assert_int_eq(toc_wire_feed_decode(toc_bytes_of(whole, names_len + 1), &feed), TOC_OK);
}
END_TEST

static enum toc_result decode(size_t publisher_len, size_t stream_len)
{
    char frame[256];
    const int len = snprintf(
        frame, sizeof frame, "%.*s%c%.*s%cx", (int)publisher_len,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, (int)stream_len,
        "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss", 0);
    struct toc_feed feed;
    return toc_wire_feed_decode(toc_bytes_of(frame, (size_t)len), &feed);
}

START_TEST(lengths_of_names)
{
    ck_assert_int_eq(decode(TOC_MEMBER_LEN_MAX, TOC_STREAM_LEN_MAX), TOC_OK);
    ck_assert_int_eq(decode(TOC_MEMBER_LEN_MAX + 1, TOC_STREAM_LEN_MAX), TOC_MALFORMED);
    ck_assert_int_eq(decode(TOC_MEMBER_LEN_MAX, TOC_STREAM_LEN_MAX + 1), TOC_MALFORMED);
    ck_assert_int_eq(decode(0, 1), TOC_INVALID);
    ck_assert_int_eq(decode(1, 0), TOC_INVALID);
}
END_TEST

START_TEST(encoder_checks_the_same)
{
    static const struct {
        struct toc_feed feed;
        enum toc_result result;
    } all[] = {
        {{"Leeds", "framework", {(const uint8_t *)"x", 1}}, TOC_INVALID},
        {{"leeds", "framework.", {(const uint8_t *)"x", 1}}, TOC_INVALID},
        {{"leeds", "framework", {NULL, 0}}, TOC_MALFORMED},
        {{"leeds", "framework", {(const uint8_t *)whole, sizeof whole}}, TOC_OK},
    };
    struct toc_bytes frame;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        ck_assert_int_eq(toc_wire_feed_encode(arena, &all[i].feed, &frame), all[i].result);
    }
    static const uint8_t much[8192];
    const struct toc_feed large = {"leeds", "framework", {much, sizeof much}};
    ck_assert_int_eq(toc_wire_feed_encode(arena, &large, &frame), TOC_NOMEM);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("proto wire feed");
    TCase *tcase = tcase_create("feed");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, round_trip);
    tcase_add_test(tcase, cut_short);
    tcase_add_test(tcase, lengths_of_names);
    tcase_add_test(tcase, encoder_checks_the_same);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
