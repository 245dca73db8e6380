#include "digest.h"
#include "ensure.h"
#include "runner.h"
#include <string.h>

static void check_hex(const void *bytes, size_t len, const char *expected)
{
    char text[512];
    toc_hex_encode(toc_bytes_of(bytes, len), text);
    ck_assert_str_eq(text, expected);
}

START_TEST(plain_sha256)
{
    struct toc_hash hash = toc_digest_plain(toc_bytes_text("abc"));
    check_hex(hash.bytes, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash = toc_digest_plain(toc_bytes_of(NULL, 0));
    check_hex(hash.bytes, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

/* sha256sum of: "tag", a NUL, the bytes 0 to 31, "abc". */
START_TEST(a_stream_is_the_same_hash)
{
    static const char text[] = "a file that comes in pieces";
    const struct toc_bytes whole = toc_bytes_of(text, sizeof text);
    const struct toc_hash expected = toc_digest_plain(whole);
    for (size_t step = 1; step <= sizeof text; step++) {
        TOC_AUTO(toc_digest_stream_free) struct toc_digest_stream *stream = NULL;
        ck_assert_int_eq(toc_digest_stream_new(&stream), TOC_OK);
        for (size_t at = 0; at < sizeof text; at += step) {
            const size_t len = sizeof text - at < step ? sizeof text - at : step;
            toc_digest_stream_add(stream, toc_bytes_of(text + at, len));
        }
        const struct toc_hash hash = toc_digest_stream_end(stream);
        ck_assert(toc_hash_equal(&hash, &expected));
    }
    TOC_AUTO(toc_digest_stream_free) struct toc_digest_stream *empty = NULL;
    ck_assert_int_eq(toc_digest_stream_new(&empty), TOC_OK);
    const struct toc_hash nothing = toc_digest_plain(toc_bytes_of(NULL, 0));
    const struct toc_hash hash = toc_digest_stream_end(empty);
    ck_assert(toc_hash_equal(&hash, &nothing));
}
END_TEST

START_TEST(tagged_layout)
{
    struct toc_hash group;
    for (size_t i = 0; i < sizeof group.bytes; i++) {
        group.bytes[i] = (uint8_t)i;
    }
    const struct toc_bytes parts[] = {toc_bytes_text("ab"), toc_bytes_of(NULL, 0),
                                      toc_bytes_text("c")};
    const struct toc_hash hash = toc_digest("tag", &group, parts, 3);
    check_hex(hash.bytes, 32, "c9389a0cca73375a58c017e7845ea3adb8fd6a6b0dc8c64a0be8e43b39ecfe47");
}
END_TEST

START_TEST(tag_group_and_content_all_count)
{
    const struct toc_bytes part = toc_bytes_text("x");
    struct toc_hash other = toc_hash_zero;
    other.bytes[31] = 1;
    const struct toc_hash a = toc_digest("t", &toc_hash_zero, &part, 1);
    const struct toc_hash again = toc_digest("t", &toc_hash_zero, &part, 1);
    const struct toc_hash b = toc_digest("u", &toc_hash_zero, &part, 1);
    const struct toc_hash c = toc_digest("t", &other, &part, 1);
    const struct toc_hash d = toc_digest("t", &toc_hash_zero, NULL, 0);
    ck_assert(toc_hash_equal(&a, &again));
    ck_assert(!toc_hash_equal(&a, &b));
    ck_assert(!toc_hash_equal(&a, &c));
    ck_assert(!toc_hash_equal(&a, &d));
    other.bytes[31] = 0;
    ck_assert(toc_hash_equal(&other, &toc_hash_zero));
}
END_TEST

START_TEST(fingerprint_is_ten_groups_of_four)
{
    struct toc_hash hash;
    for (size_t i = 0; i < sizeof hash.bytes; i++) {
        hash.bytes[i] = (uint8_t)(0x10 + i);
    }
    char text[TOC_FINGERPRINT_LEN + 1];
    toc_fingerprint(&hash, text);
    ck_assert_uint_eq(strlen(text), TOC_FINGERPRINT_LEN);
    ck_assert_str_eq(text, "1011 1213 1415 1617 1819 1a1b 1c1d 1e1f 2021 2223");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tcase = tcase_create("digest");
    tcase_add_test(tcase, plain_sha256);
    tcase_add_test(tcase, a_stream_is_the_same_hash);
    tcase_add_test(tcase, tagged_layout);
    tcase_add_test(tcase, tag_group_and_content_all_count);
    tcase_add_test(tcase, fingerprint_is_ten_groups_of_four);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
