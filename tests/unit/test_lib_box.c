#include "box.h"
#include "runner.h"
#include <string.h>

static struct toc_box_public public_key;
static struct toc_box_secret secret;

static void setup(void)
{
    toc_box_keypair(&public_key, &secret);
}

static void teardown(void)
{
}

/* The public half of the bytes 1 to 32, by `openssl pkey`. */
START_TEST(public_half_is_x25519)
{
    struct toc_box_secret known;
    for (size_t i = 0; i < sizeof known.bytes; i++) {
        known.bytes[i] = (uint8_t)(i + 1);
    }
    struct toc_box_public derived;
    char text[65];
    toc_box_public_of(&known, &derived);
    toc_hex_encode(toc_bytes_of(derived.bytes, 32), text);
    ck_assert_str_eq(text, "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c");
}
END_TEST

START_TEST(pairs_fit_and_differ)
{
    struct toc_box_public derived;
    toc_box_public_of(&secret, &derived);
    ck_assert_mem_eq(derived.bytes, public_key.bytes, 32);
    ck_assert(toc_box_public_valid(&public_key));
    const uint8_t seed[32] = {1};
    struct toc_box_public a;
    struct toc_box_public b;
    struct toc_box_secret a_secret;
    struct toc_box_secret b_secret;
    toc_box_keypair_from(seed, &a, &a_secret);
    toc_box_keypair_from(seed, &b, &b_secret);
    ck_assert_mem_eq(a.bytes, b.bytes, 32);
    ck_assert_mem_ne(a.bytes, public_key.bytes, 32);
    toc_box_public_of(&a_secret, &derived);
    ck_assert_mem_eq(a.bytes, derived.bytes, 32);
}
END_TEST

START_TEST(only_the_owner_opens)
{
    const struct toc_bytes plain = toc_bytes_text("epoch key");
    uint8_t sealed[9 + TOC_BOX_OVERHEAD];
    uint8_t back[9] = {0};
    const struct toc_bytes body = toc_bytes_of(sealed, sizeof sealed);
    ck_assert_int_eq(toc_box_seal(&public_key, plain, sealed), TOC_OK);
    ck_assert_int_eq(toc_box_open(&public_key, &secret, body, back), TOC_OK);
    ck_assert_mem_eq(back, plain.data, 9);
    struct toc_box_public other;
    struct toc_box_secret other_secret;
    toc_box_keypair(&other, &other_secret);
    memset(back, 0, sizeof back);
    ck_assert_int_eq(toc_box_open(&other, &other_secret, body, back), TOC_BADSIG);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        /* The top bit of an X25519 key is ignored, but the nonce is a hash of the key's bytes. */
        ck_assert_int_eq(toc_box_open(&public_key, &secret, body, back), TOC_BADSIG);
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    ck_assert_mem_eq(back, "\0\0\0\0\0\0\0\0\0", 9);
}
END_TEST

START_TEST(empty_and_short)
{
    uint8_t sealed[TOC_BOX_OVERHEAD];
    uint8_t back[1] = {7};
    ck_assert_int_eq(toc_box_seal(&public_key, toc_bytes_of(NULL, 0), sealed), TOC_OK);
    ck_assert_int_eq(
        toc_box_open(&public_key, &secret, toc_bytes_of(sealed, TOC_BOX_OVERHEAD), back), TOC_OK);
    ck_assert_int_eq(
        toc_box_open(&public_key, &secret, toc_bytes_of(sealed, TOC_BOX_OVERHEAD - 1), back),
        TOC_BADSIG);
    ck_assert_int_eq(toc_box_open(&public_key, &secret, toc_bytes_of(NULL, 0), back), TOC_BADSIG);
    ck_assert_int_eq(back[0], 7);
}
END_TEST

/* libsodium's own list of X25519 keys whose shared secret everybody knows. */
START_TEST(small_order_keys_are_no_keys)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct toc_box_public key;
        uint8_t sealed[1 + TOC_BOX_OVERHEAD] = {7};
        ck_assert_int_eq(toc_hex_decode(bad[i], key.bytes, sizeof key.bytes), TOC_OK);
        ck_assert_msg(!toc_box_public_valid(&key), "%s", bad[i]);
        ck_assert_int_eq(toc_box_seal(&key, toc_bytes_text("x"), sealed), TOC_INVALID);
        ck_assert_int_eq(sealed[0], 7);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("box");
    TCase *tcase = tcase_create("box");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, public_half_is_x25519);
    tcase_add_test(tcase, pairs_fit_and_differ);
    tcase_add_test(tcase, only_the_owner_opens);
    tcase_add_test(tcase, empty_and_short);
    tcase_add_test(tcase, small_order_keys_are_no_keys);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
