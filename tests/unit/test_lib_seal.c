#include "runner.h"
#include "seal.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t key[TOC_SEAL_KEY_LEN];
static const uint8_t nonce[TOC_SEAL_NONCE_LEN];
static const struct toc_bytes none;

static void check_hex(const void *bytes, size_t len, const char *expected)
{
    char text[256];
    toc_hex_encode(toc_bytes_of(bytes, len), text);
    ck_assert_str_eq(text, expected);
}

/* The AES-256-GCM test cases 13 and 14 of the GCM specification. */
START_TEST(vectors)
{
    const uint8_t zeros[16] = {0};
    uint8_t sealed[32];
    ck_assert_int_eq(toc_seal(key, nonce, none, none, sealed), TOC_OK);
    check_hex(sealed, 16, "530f8afbc74536b9a963b4f1c4cb738b");
    ck_assert_int_eq(toc_seal(key, nonce, none, toc_bytes_of(zeros, 16), sealed), TOC_OK);
    check_hex(sealed, 32, "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}
END_TEST

START_TEST(round_trip_and_every_changed_bit)
{
    const struct toc_bytes plain = toc_bytes_text("the bell");
    const struct toc_bytes associated = toc_bytes_text("header");
    uint8_t sealed[8 + TOC_SEAL_TAG_LEN];
    uint8_t back[8];
    const struct toc_bytes body = toc_bytes_of(sealed, sizeof sealed);
    ck_assert_int_eq(toc_seal(key, nonce, associated, plain, sealed), TOC_OK);
    ck_assert_int_eq(toc_open(key, nonce, associated, body, back), TOC_OK);
    ck_assert_mem_eq(back, plain.data, 8);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        ck_assert_int_eq(toc_open(key, nonce, associated, body, back), TOC_BADSIG);
        ck_assert_mem_eq(back, "\0\0\0\0\0\0\0\0", 8);
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    ck_assert_int_eq(toc_open(key, nonce, associated, body, back), TOC_OK);
}
END_TEST

START_TEST(key_nonce_and_associated_data_bind)
{
    const struct toc_bytes plain = toc_bytes_text("x");
    uint8_t sealed[1 + TOC_SEAL_TAG_LEN];
    uint8_t back[1];
    const struct toc_bytes body = toc_bytes_of(sealed, sizeof sealed);
    ck_assert_int_eq(toc_seal(key, nonce, toc_bytes_text("a"), plain, sealed), TOC_OK);
    uint8_t other_key[TOC_SEAL_KEY_LEN] = {0};
    uint8_t other_nonce[TOC_SEAL_NONCE_LEN] = {0};
    other_key[31] = 1;
    other_nonce[11] = 1;
    ck_assert_int_eq(toc_open(other_key, nonce, toc_bytes_text("a"), body, back), TOC_BADSIG);
    ck_assert_int_eq(toc_open(key, other_nonce, toc_bytes_text("a"), body, back), TOC_BADSIG);
    ck_assert_int_eq(toc_open(key, nonce, toc_bytes_text("b"), body, back), TOC_BADSIG);
    ck_assert_int_eq(toc_open(key, nonce, none, body, back), TOC_BADSIG);
}
END_TEST

START_TEST(short_and_empty_bodies)
{
    uint8_t sealed[TOC_SEAL_TAG_LEN];
    uint8_t back[1] = {7};
    ck_assert_int_eq(toc_open(key, nonce, none, none, back), TOC_BADSIG);
    ck_assert_int_eq(toc_seal(key, nonce, none, none, sealed), TOC_OK);
    ck_assert_int_eq(toc_open(key, nonce, none, toc_bytes_of(sealed, 15), back), TOC_BADSIG);
    ck_assert_int_eq(toc_open(key, nonce, none, toc_bytes_of(sealed, 16), back), TOC_OK);
    ck_assert_int_eq(back[0], 7);
}
END_TEST

START_TEST(lengths_that_openssl_could_not_take)
{
    const struct toc_bytes absurd = {.data = key, .len = (size_t)INT_MAX + 1};
    uint8_t out[TOC_SEAL_TAG_LEN] = {7};
    ck_assert_int_eq(toc_seal(key, nonce, none, absurd, out), TOC_TOOBIG);
    ck_assert_int_eq(toc_seal(key, nonce, absurd, none, out), TOC_TOOBIG);
    ck_assert_int_eq(toc_open(key, nonce, none, absurd, out), TOC_TOOBIG);
    ck_assert_int_eq(out[0], 7);
}
END_TEST

START_TEST(a_whole_batch)
{
    const size_t len = 64 * 1024;
    uint8_t *const plain = calloc(1, len);
    uint8_t *const sealed = malloc(len + TOC_SEAL_TAG_LEN);
    uint8_t *const back = malloc(len);
    ck_assert(plain != NULL && sealed != NULL && back != NULL);
    plain[len - 1] = 9;
    ck_assert_int_eq(toc_seal(key, nonce, none, toc_bytes_of(plain, len), sealed), TOC_OK);
    ck_assert_int_eq(toc_open(key, nonce, none, toc_bytes_of(sealed, len + TOC_SEAL_TAG_LEN), back),
                     TOC_OK);
    ck_assert_mem_eq(plain, back, len);
    free(plain);
    free(sealed);
    free(back);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("seal");
    TCase *tcase = tcase_create("seal");
    tcase_add_test(tcase, vectors);
    tcase_add_test(tcase, round_trip_and_every_changed_bit);
    tcase_add_test(tcase, key_nonce_and_associated_data_bind);
    tcase_add_test(tcase, short_and_empty_bodies);
    tcase_add_test(tcase, lengths_that_openssl_could_not_take);
    tcase_add_test(tcase, a_whole_batch);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
