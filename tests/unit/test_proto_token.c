#include "runner.h"
#include "token.h"
#include <string.h>

static struct toc_token_context context;
static struct toc_oprf_output outputs[TOC_TOKEN_OUTPUTS_MAX + 1];

static void setup(void)
{
    context = (struct toc_token_context){
        .purpose = TOC_PURPOSE_DISTRESS, .kind = TOC_TOKEN_ID, .token_epoch = 1};
    memset(context.group.bytes, 7, sizeof context.group.bytes);
    for (size_t i = 0; i <= TOC_TOKEN_OUTPUTS_MAX; i++) {
        memset(outputs[i].bytes, (int)i + 1, sizeof outputs[i].bytes);
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

START_TEST(an_input_is_version_kind_scheme_and_normal_form)
{
    uint8_t input[TOC_TOKEN_INPUT_MAX];
    size_t len;
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_ID, "GB-COH", "01234567", input, &len), TOC_OK);
    ck_assert_uint_eq(len, 20);
    ck_assert_mem_eq(input, "1\0id\0GB-COH\00001234567", 20);
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_NAME, "", "care unique ltd", input, &len), TOC_OK);
    ck_assert_uint_eq(len, 29);
    ck_assert_mem_eq(input, "1\0name\0fold-1\0care unique ltd", 29);
}
END_TEST

START_TEST(what_is_no_input)
{
    uint8_t input[TOC_TOKEN_INPUT_MAX];
    char text[TOC_TOKEN_INPUT_MAX + 1];
    size_t len = 99;
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_ID, "VAT", "123456789", input, &len), TOC_INVALID);
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_ID, "", "01234567", input, &len), TOC_INVALID);
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_ID, "GB-COH", "", input, &len), TOC_INVALID);
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_NAME, "GB-COH", "x", input, &len), TOC_INVALID);
    ck_assert_int_eq(toc_token_input((enum toc_token_kind)3, "", "x", input, &len), TOC_INVALID);
    memset(text, 'a', sizeof text - 1);
    text[TOC_TOKEN_INPUT_MAX] = '\0';
    text[TOC_TOKEN_INPUT_MAX - 14] = '\0';
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_NAME, "", text, input, &len), TOC_OK);
    ck_assert_uint_eq(len, TOC_TOKEN_INPUT_MAX);
    text[TOC_TOKEN_INPUT_MAX - 14] = 'a';
    text[TOC_TOKEN_INPUT_MAX - 13] = '\0';
    ck_assert_int_eq(toc_token_input(TOC_TOKEN_NAME, "", text, input, &len), TOC_TOOBIG);
}
END_TEST

/* Golden: made by an independent program from the words of PROTOCOL.md (Python's hashlib, hmac). */
START_TEST(the_keys_are_these)
{
    struct toc_token_keys keys;
    ck_assert_int_eq(toc_token_derive(&context, outputs, 2, &keys), TOC_OK);
    check_hex(keys.alert.bytes, sizeof keys.alert.bytes,
              "862e1751a49bd934b7e7e1bae3127133fc7fc3837ad260b8b6914e3f263a838c");
    check_hex(keys.subject.bytes, sizeof keys.subject.bytes,
              "67528c57aa14308f7ee913cec3f8a6eedd2ef89953ed15118605fd1a998d9ce2");
    check_hex(keys.token.bytes, sizeof keys.token.bytes, "450f6efe9cba1308db3917310a707a6b");
    const struct toc_token again = toc_token_of(&context, &keys.alert);
    ck_assert_mem_eq(again.bytes, keys.token.bytes, sizeof again.bytes);
}
END_TEST

START_TEST(the_place_and_the_coefficients_are_these)
{
    struct toc_scalar coefficients[3];
    ck_assert_int_eq(toc_token_coefficients(&context, outputs, 2, 3, coefficients), TOC_OK);
    check_hex(coefficients[0].bytes, sizeof coefficients[0].bytes,
              "6b91f75a4dd86520da36af4c6b1f3cd13f7b68a555cdb51bc05cba804344df0b");
    check_hex(coefficients[2].bytes, sizeof coefficients[2].bytes,
              "f897cc54c93d1cf4006ed27758a6e46c3bae8889dda56cc3b0357342ea6f4e05");
    const struct toc_scalar place = toc_token_place(&context.group, "leeds");
    check_hex(place.bytes, sizeof place.bytes,
              "d1e5f66916c0e5e15b4f560f99416ac25472822763957d48cb7d052d9d71f80c");
    const struct toc_token_key key = toc_token_name_key(&context, &coefficients[0]);
    check_hex(key.bytes, sizeof key.bytes,
              "5ea92e96b2470002d159c0c03e41cd374ac60723c1669034054a3c46f10c0f83");
}
END_TEST

static void check_differs(const struct toc_token_context *other, const struct toc_oprf_output *made,
                          size_t made_len)
{
    struct toc_token_keys one;
    struct toc_token_keys two;
    ck_assert_int_eq(toc_token_derive(&context, outputs, 2, &one), TOC_OK);
    ck_assert_int_eq(toc_token_derive(other, made, made_len, &two), TOC_OK);
    ck_assert_mem_ne(one.token.bytes, two.token.bytes, sizeof one.token.bytes);
    ck_assert_mem_ne(one.alert.bytes, two.alert.bytes, sizeof one.alert.bytes);
    ck_assert_mem_ne(one.subject.bytes, two.subject.bytes, sizeof one.subject.bytes);
    /* An alert key under another context is another token: a pair that does not fit is seen. */
    const struct toc_token token = toc_token_of(other, &one.alert);
    if (other != &context) {
        ck_assert_mem_ne(token.bytes, one.token.bytes, sizeof token.bytes);
    }
}

START_TEST(everything_counts)
{
    struct toc_token_context other = context;
    other.purpose = TOC_PURPOSE_PUBLIC;
    check_differs(&other, outputs, 2);
    other = context;
    other.kind = TOC_TOKEN_NAME;
    check_differs(&other, outputs, 2);
    other = context;
    other.token_epoch = 2;
    check_differs(&other, outputs, 2);
    other = context;
    other.group.bytes[0] ^= 1;
    check_differs(&other, outputs, 2);
    const struct toc_oprf_output swapped[] = {outputs[1], outputs[0]};
    check_differs(&context, swapped, 2);
    check_differs(&context, outputs, 1);
    check_differs(&context, outputs, 3);
}
END_TEST

START_TEST(the_number_of_reporters_to_name_is_part_of_the_shares)
{
    struct toc_scalar three[3];
    struct toc_scalar four[4];
    ck_assert_int_eq(toc_token_coefficients(&context, outputs, 2, 3, three), TOC_OK);
    ck_assert_int_eq(toc_token_coefficients(&context, outputs, 2, 4, four), TOC_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_mem_ne(three[i].bytes, four[i].bytes, sizeof three[i].bytes);
    }
}
END_TEST

START_TEST(limits)
{
    struct toc_token_keys keys;
    struct toc_scalar coefficients[TOC_SHARING_MAX];
    struct toc_token_context wrong = context;
    ck_assert_int_eq(toc_token_derive(&context, outputs, 0, &keys), TOC_INVALID);
    ck_assert_int_eq(toc_token_derive(&context, outputs, TOC_TOKEN_OUTPUTS_MAX, &keys), TOC_OK);
    ck_assert_int_eq(toc_token_derive(&context, outputs, TOC_TOKEN_OUTPUTS_MAX + 1, &keys),
                     TOC_INVALID);
    ck_assert_int_eq(toc_token_coefficients(&context, outputs, 2, 0, coefficients), TOC_INVALID);
    ck_assert_int_eq(toc_token_coefficients(&context, outputs, 2, TOC_SHARING_MAX, coefficients),
                     TOC_OK);
    ck_assert_int_eq(
        toc_token_coefficients(&context, outputs, 2, TOC_SHARING_MAX + 1, coefficients),
        TOC_INVALID);
    wrong.purpose = (enum toc_purpose)6;
    ck_assert_int_eq(toc_token_derive(&wrong, outputs, 2, &keys), TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("token");
    TCase *const cases = tcase_create("all");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, an_input_is_version_kind_scheme_and_normal_form);
    tcase_add_test(cases, what_is_no_input);
    tcase_add_test(cases, the_keys_are_these);
    tcase_add_test(cases, the_place_and_the_coefficients_are_these);
    tcase_add_test(cases, everything_counts);
    tcase_add_test(cases, the_number_of_reporters_to_name_is_part_of_the_shares);
    tcase_add_test(cases, limits);
    suite_add_tcase(suite, cases);
    return toc_test_main(suite);
}
