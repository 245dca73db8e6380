#include "bytes.h"
#include "ensure.h"
#include "runner.h"
#include <signal.h>
#include <string.h>

START_TEST(equal_compares_length_and_content)
{
    ck_assert(toc_bytes_equal(toc_bytes_text("abc"), toc_bytes_of("abcd", 3)));
    ck_assert(!toc_bytes_equal(toc_bytes_text("abc"), toc_bytes_text("abcd")));
    ck_assert(!toc_bytes_equal(toc_bytes_text("abc"), toc_bytes_text("abd")));
    ck_assert(toc_bytes_equal(toc_bytes_of(NULL, 0), toc_bytes_text("")));
    ck_assert_uint_eq(toc_bytes_text(NULL).len, 0);
}
END_TEST

START_TEST(no_data_with_a_length_is_our_mistake)
{
    (void)toc_bytes_of(NULL, 1);
}
END_TEST

START_TEST(secret_compare)
{
    const uint8_t a[] = {1, 2, 0x80};
    uint8_t b[] = {1, 2, 0x80};
    ck_assert(toc_bytes_equal_secret(a, b, sizeof a));
    for (size_t i = 0; i < sizeof b; i++) {
        b[i] ^= 0x80;
        ck_assert(!toc_bytes_equal_secret(a, b, sizeof a));
        b[i] ^= 0x80;
    }
    ck_assert(toc_bytes_equal_secret(NULL, NULL, 0));
}
END_TEST

START_TEST(wipe_clears)
{
    uint8_t bytes[] = {1, 2, 3};
    toc_bytes_wipe(bytes, 2);
    ck_assert_int_eq(bytes[0] | bytes[1], 0);
    ck_assert_int_eq(bytes[2], 3);
    toc_bytes_wipe(NULL, 0);
}
END_TEST

START_TEST(hex_both_ways)
{
    const uint8_t bytes[] = {0x00, 0x9a, 0xff};
    char text[7];
    toc_hex_encode(toc_bytes_of(bytes, 3), text);
    ck_assert_str_eq(text, "009aff");
    uint8_t back[3];
    ck_assert_int_eq(toc_hex_decode("009AfF", back, 3), TOC_OK);
    ck_assert_mem_eq(back, bytes, 3);
    toc_hex_encode(toc_bytes_of(NULL, 0), text);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(toc_hex_decode("", back, 0), TOC_OK);
}
END_TEST

START_TEST(hex_refuses_and_leaves_the_output)
{
    static const char *const bad[] = {"",       "00",      "0011",   "001122 ", "00112233",
                                      "0011g2", "00112/",  "00112:", "00112@",  "00112G",
                                      "00112`", " 001122", "0x1122", "001 22"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t out[3] = {7, 7, 7};
        ck_assert_int_eq(toc_hex_decode(bad[i], out, 3), TOC_MALFORMED);
        ck_assert_mem_eq(out, "\7\7\7", 3);
    }
    uint8_t out[1] = {0};
    ck_assert_int_eq(toc_hex_decode(NULL, out, 1), TOC_MALFORMED);
    ck_assert_int_eq(toc_hex_decode("00", out, SIZE_MAX / 2 + 2), TOC_MALFORMED);
}
END_TEST

START_TEST(buffer_grows_to_its_maximum_and_no_further)
{
    struct toc_buf buf;
    toc_buf_init(&buf, 1000);
    for (unsigned i = 0; i < 250; i++) {
        ck_assert_int_eq(toc_buf_append_u32(&buf, i), TOC_OK);
    }
    ck_assert_uint_eq(buf.len, 1000);
    ck_assert_int_eq(toc_buf_append(&buf, toc_bytes_of("x", 1)), TOC_TOOBIG);
    ck_assert_int_eq(toc_buf_append_u32(&buf, 1), TOC_TOOBIG);
    uint8_t *at;
    ck_assert_int_eq(toc_buf_extend(&buf, SIZE_MAX, &at), TOC_TOOBIG);
    ck_assert_int_eq(toc_buf_append(&buf, toc_bytes_of(NULL, 0)), TOC_OK);
    ck_assert_uint_eq(buf.len, 1000);
    ck_assert_mem_eq(buf.data + 996, "\0\0\0\xf9", 4);
    toc_buf_clear(&buf);
    ck_assert_uint_eq(toc_buf_bytes(&buf).len, 0);
    ck_assert_int_eq(toc_buf_append_text(&buf, "again"), TOC_OK);
    ck_assert(toc_bytes_equal(toc_buf_bytes(&buf), toc_bytes_text("again")));
    toc_buf_done(&buf);
    ck_assert_ptr_null(buf.data);
    toc_buf_done(&buf);
    toc_buf_done(NULL);
}
END_TEST

START_TEST(buffer_of_small_and_no_maximum)
{
    struct toc_buf buf;
    toc_buf_init(&buf, 3);
    ck_assert_int_eq(toc_buf_append_text(&buf, "abcd"), TOC_TOOBIG);
    ck_assert_uint_eq(buf.len, 0);
    ck_assert_int_eq(toc_buf_append_text(&buf, "abc"), TOC_OK);
    toc_buf_done(&buf);
    toc_buf_init(&buf, 0);
    ck_assert_int_eq(toc_buf_append_text(&buf, ""), TOC_OK);
    ck_assert_int_eq(toc_buf_append_text(&buf, "a"), TOC_TOOBIG);
    toc_buf_done(&buf);
}
END_TEST

START_TEST(u32_is_big_endian)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, 16);
    ck_assert_int_eq(toc_buf_append_u32(&buf, 0x01020304U), TOC_OK);
    ck_assert_int_eq(toc_buf_append_u32(&buf, UINT32_MAX), TOC_OK);
    ck_assert_mem_eq(buf.data, "\1\2\3\4\xff\xff\xff\xff", 8);
}
END_TEST

START_TEST(list_round_trip)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, 64);
    ck_assert_int_eq(toc_list_append(&buf, toc_bytes_text("one")), TOC_OK);
    ck_assert_int_eq(toc_list_append(&buf, toc_bytes_of(NULL, 0)), TOC_OK);
    ck_assert_int_eq(toc_list_append(&buf, toc_bytes_text("three")), TOC_OK);
    struct toc_bytes rest = toc_buf_bytes(&buf);
    struct toc_bytes item;
    ck_assert_int_eq(toc_list_next(&rest, 5, &item), TOC_OK);
    ck_assert(toc_bytes_equal(item, toc_bytes_text("one")));
    ck_assert_int_eq(toc_list_next(&rest, 5, &item), TOC_OK);
    ck_assert_uint_eq(item.len, 0);
    ck_assert_int_eq(toc_list_next(&rest, 5, &item), TOC_OK);
    ck_assert(toc_bytes_equal(item, toc_bytes_text("three")));
    ck_assert_int_eq(toc_list_next(&rest, 5, &item), TOC_NOTFOUND);
}
END_TEST

START_TEST(list_append_is_whole_or_not_at_all)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, 6);
    ck_assert_int_eq(toc_list_append(&buf, toc_bytes_text("abc")), TOC_TOOBIG);
    ck_assert_uint_eq(buf.len, 0);
    ck_assert_int_eq(toc_list_append(&buf, toc_bytes_text("ab")), TOC_OK);
}
END_TEST

START_TEST(list_refuses_cut_and_large_items)
{
    static const uint8_t two[] = {0, 0, 0, 2, 'a', 'b'};
    static const uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, 'a'};
    for (size_t len = 1; len < sizeof two; len++) {
        struct toc_bytes rest = toc_bytes_of(two, len);
        struct toc_bytes item = toc_bytes_of(NULL, 0);
        ck_assert_int_eq(toc_list_next(&rest, 2, &item), TOC_MALFORMED);
        ck_assert_ptr_null(item.data);
        ck_assert_uint_eq(rest.len, len);
    }
    struct toc_bytes rest = toc_bytes_of(two, sizeof two);
    struct toc_bytes item;
    ck_assert_int_eq(toc_list_next(&rest, 1, &item), TOC_TOOBIG);
    ck_assert_int_eq(toc_list_next(&rest, 2, &item), TOC_OK);
    rest = toc_bytes_of(huge, sizeof huge);
    ck_assert_int_eq(toc_list_next(&rest, 100, &item), TOC_TOOBIG);
    ck_assert_int_eq(toc_list_next(&rest, SIZE_MAX, &item), TOC_MALFORMED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tcase = tcase_create("bytes");
    tcase_add_test(tcase, equal_compares_length_and_content);
    tcase_add_test_raise_signal(tcase, no_data_with_a_length_is_our_mistake, SIGABRT);
    tcase_add_test(tcase, secret_compare);
    tcase_add_test(tcase, wipe_clears);
    tcase_add_test(tcase, hex_both_ways);
    tcase_add_test(tcase, hex_refuses_and_leaves_the_output);
    tcase_add_test(tcase, buffer_grows_to_its_maximum_and_no_further);
    tcase_add_test(tcase, buffer_of_small_and_no_maximum);
    tcase_add_test(tcase, u32_is_big_endian);
    tcase_add_test(tcase, list_round_trip);
    tcase_add_test(tcase, list_append_is_whole_or_not_at_all);
    tcase_add_test(tcase, list_refuses_cut_and_large_items);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
