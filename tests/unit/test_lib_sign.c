#include "runner.h"
#include "sign.h"
#include <stdlib.h>
#include <string.h>

static struct toc_sign_public public_key;
static struct toc_sign_secret secret;
static struct toc_hash group;

/* The key pair of RFC 8032, 7.1, test 1. */
static void setup(void)
{
    uint8_t seed[32];
    ck_assert_int_eq(
        toc_hex_decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", seed,
                       32),
        TOC_OK);
    toc_sign_keypair_from(seed, &public_key, &secret);
    for (size_t i = 0; i < sizeof group.bytes; i++) {
        group.bytes[i] = (uint8_t)i;
    }
}

static void teardown(void)
{
}

static void check_hex(const void *bytes, size_t len, const char *expected)
{
    char text[256];
    toc_hex_encode(toc_bytes_of(bytes, len), text);
    ck_assert_str_eq(text, expected);
}

START_TEST(seed_gives_the_pair_and_back)
{
    uint8_t seed[32];
    check_hex(public_key.bytes, 32,
              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    toc_sign_seed_of(&secret, seed);
    check_hex(seed, 32, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
}
END_TEST

/* Made with `openssl pkeyutl -sign -rawin` over "tocsin-test", a NUL, the bytes 0 to 31, "hello".
 */
START_TEST(signature_covers_tag_nul_group_message)
{
    const struct toc_signature signature =
        toc_sign(&secret, "tocsin-test", &group, toc_bytes_text("hello"));
    check_hex(signature.bytes, 64,
              "9640107bef5836cb0d83a049d2a5c906293ad48b8cb31cf409631ca93770bccc"
              "69b194de6a34b2d7c1058ef00d9d4755d321358b75eb6eaf010db7e72db70807");
}
END_TEST

START_TEST(verify_refuses_any_change)
{
    const struct toc_bytes message = toc_bytes_text("hello");
    struct toc_signature signature = toc_sign(&secret, "t", &group, message);
    ck_assert_int_eq(toc_sign_verify(&public_key, "t", &group, message, &signature), TOC_OK);
    ck_assert_int_eq(toc_sign_verify(&public_key, "u", &group, message, &signature), TOC_BADSIG);
    ck_assert_int_eq(toc_sign_verify(&public_key, "t", &toc_hash_zero, message, &signature),
                     TOC_BADSIG);
    ck_assert_int_eq(toc_sign_verify(&public_key, "t", &group, toc_bytes_text("hellp"), &signature),
                     TOC_BADSIG);
    ck_assert_int_eq(toc_sign_verify(&public_key, "t", &group, toc_bytes_of(NULL, 0), &signature),
                     TOC_BADSIG);
    for (size_t bit = 0; bit < sizeof signature.bytes * 8; bit++) {
        signature.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        ck_assert_int_eq(toc_sign_verify(&public_key, "t", &group, message, &signature),
                         TOC_BADSIG);
        signature.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    struct toc_sign_public other;
    struct toc_sign_secret other_secret;
    toc_sign_keypair(&other, &other_secret);
    ck_assert_int_eq(toc_sign_verify(&other, "t", &group, message, &signature), TOC_BADSIG);
}
END_TEST

START_TEST(messages_empty_and_longer_than_the_stack_buffer)
{
    static const size_t lengths[] = {0, 2048 - 34, 2048 - 33, 768 * 1024};
    uint8_t *const message = calloc(1, 768 * 1024);
    ck_assert_ptr_nonnull(message);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const struct toc_bytes bytes = toc_bytes_of(message, lengths[i]);
        const struct toc_signature signature = toc_sign(&secret, "t", &group, bytes);
        ck_assert_int_eq(toc_sign_verify(&public_key, "t", &group, bytes, &signature), TOC_OK);
        if (lengths[i] > 0) {
            message[lengths[i] - 1] ^= 1;
            ck_assert_int_eq(toc_sign_verify(&public_key, "t", &group, bytes, &signature),
                             TOC_BADSIG);
            message[lengths[i] - 1] ^= 1;
        }
    }
    free(message);
}
END_TEST

START_TEST(fresh_pairs_are_valid_and_differ)
{
    struct toc_sign_public a;
    struct toc_sign_public b;
    struct toc_sign_secret ignored;
    toc_sign_keypair(&a, &ignored);
    toc_sign_keypair(&b, &ignored);
    ck_assert(toc_sign_public_valid(&a));
    ck_assert_mem_ne(a.bytes, b.bytes, sizeof a.bytes);
}
END_TEST

/* Keys for which a signature of nothing at all, or of everything, could verify elsewhere. */
START_TEST(small_order_and_non_canonical_keys_are_refused)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    const struct toc_signature zero = {{0}};
    struct toc_signature identity = {{1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct toc_sign_public key;
        ck_assert_int_eq(toc_hex_decode(bad[i], key.bytes, sizeof key.bytes), TOC_OK);
        ck_assert_msg(!toc_sign_public_valid(&key), "%s", bad[i]);
        ck_assert_int_eq(toc_sign_verify(&key, "t", &group, toc_bytes_text("m"), &zero),
                         TOC_BADSIG);
        ck_assert_int_eq(toc_sign_verify(&key, "t", &group, toc_bytes_text("m"), &identity),
                         TOC_BADSIG);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sign");
    TCase *tcase = tcase_create("sign");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, seed_gives_the_pair_and_back);
    tcase_add_test(tcase, signature_covers_tag_nul_group_message);
    tcase_add_test(tcase, verify_refuses_any_change);
    tcase_add_test(tcase, messages_empty_and_longer_than_the_stack_buffer);
    tcase_add_test(tcase, fresh_pairs_are_valid_and_differ);
    tcase_add_test(tcase, small_order_and_non_canonical_keys_are_refused);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
