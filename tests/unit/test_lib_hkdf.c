#include "ensure.h"
#include "hkdf.h"
#include "runner.h"

static void check_hex(const void *bytes, size_t len, const char *expected)
{
    char text[512];
    toc_hex_encode(toc_bytes_of(bytes, len), text);
    ck_assert_str_eq(text, expected);
}

static struct toc_bytes from_hex(const char *text, uint8_t *room)
{
    const size_t len = strlen(text) / 2;
    ck_assert_int_eq(toc_hex_decode(text, room, len), TOC_OK);
    return toc_bytes_of(room, len);
}

/* RFC 5869, appendix A, case 2: all inputs longer than a block, and more than two blocks of output.
 */
START_TEST(a_long_vector)
{
    uint8_t input[80];
    uint8_t salt[80];
    uint8_t info[80];
    uint8_t key[82];
    for (size_t i = 0; i < 80; i++) {
        input[i] = (uint8_t)i;
        salt[i] = (uint8_t)(0x60 + i);
        info[i] = (uint8_t)(0xb0 + i);
    }
    ck_assert_int_eq(toc_hkdf(toc_bytes_of(salt, 80), toc_bytes_of(input, 80),
                              toc_bytes_of(info, 80), key, sizeof key),
                     TOC_OK);
    check_hex(
        key, sizeof key,
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
        "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
}
END_TEST

/* RFC 5869, appendix A, cases 1 and 3. */
START_TEST(vectors)
{
    uint8_t input_room[22];
    uint8_t salt_room[13];
    uint8_t info_room[10];
    uint8_t key[42];
    const struct toc_bytes input =
        from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", input_room);
    const struct toc_bytes salt = from_hex("000102030405060708090a0b0c", salt_room);
    const struct toc_bytes info = from_hex("f0f1f2f3f4f5f6f7f8f9", info_room);
    ck_assert_int_eq(toc_hkdf(salt, input, info, key, 42), TOC_OK);
    check_hex(
        key, 42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    const struct toc_bytes none = toc_bytes_of(NULL, 0);
    ck_assert_int_eq(toc_hkdf(none, input, none, key, 42), TOC_OK);
    check_hex(
        key, 42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}
END_TEST

START_TEST(limits)
{
    static uint8_t key[TOC_HKDF_LEN_MAX + 1];
    static uint8_t info[TOC_HKDF_INFO_MAX + 1];
    const struct toc_bytes none = toc_bytes_of(NULL, 0);
    const struct toc_bytes input = toc_bytes_text("input");
    ck_assert_int_eq(toc_hkdf(none, input, none, key, TOC_HKDF_LEN_MAX), TOC_OK);
    ck_assert_int_eq(toc_hkdf(none, input, none, key, TOC_HKDF_LEN_MAX + 1), TOC_TOOBIG);
    const struct toc_bytes most = toc_bytes_of(info, TOC_HKDF_INFO_MAX);
    const struct toc_bytes more = toc_bytes_of(info, TOC_HKDF_INFO_MAX + 1);
    ck_assert_int_eq(toc_hkdf(none, input, most, key, 32), TOC_OK);
    ck_assert_int_eq(toc_hkdf(none, input, more, key, 32), TOC_TOOBIG);
    ck_assert_int_eq(toc_hkdf(none, none, none, key, 32), TOC_OK);
    key[0] = 7;
    ck_assert_int_eq(toc_hkdf(none, input, none, key, 0), TOC_OK);
    ck_assert_int_eq(key[0], 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hkdf");
    TCase *tcase = tcase_create("hkdf");
    tcase_add_test(tcase, vectors);
    tcase_add_test(tcase, a_long_vector);
    tcase_add_test(tcase, limits);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
