#include "cp1252.h"
#include "runner.h"
#include "utf8.h"

START_TEST(test_bytes)
{
    ck_assert_int_eq(toc_cp1252_byte('A'), 'A');
    ck_assert_int_eq(toc_cp1252_byte(0x7f), 0x7f);
    ck_assert_int_eq(toc_cp1252_byte(0x20ac), 0x80);
    ck_assert_int_eq(toc_cp1252_byte(0x2019), 0x92);
    ck_assert_int_eq(toc_cp1252_byte(0x0178), 0x9f);
    ck_assert_int_eq(toc_cp1252_byte(0x81), 0x81); /* no character there */
    ck_assert_int_eq(toc_cp1252_byte(0x80), -1);   /* the euro is */
    ck_assert_int_eq(toc_cp1252_byte(0xa0), 0xa0);
    ck_assert_int_eq(toc_cp1252_byte(0xff), 0xff);
    ck_assert_int_eq(toc_cp1252_byte(0x100), -1);
    ck_assert_int_eq(toc_cp1252_byte(0x175), -1);
}
END_TEST

/* What the first character of a text becomes, and how many bytes are left. */
static uint32_t mended(const char *text, size_t *ret_left)
{
    struct toc_bytes rest = toc_bytes_text(text);
    uint32_t first;
    ck_assert_int_eq(toc_utf8_next(&rest, &first), TOC_OK);
    uint32_t character = 0;
    const size_t before = rest.len;
    const bool mends = toc_cp1252_mend(first, &rest, &character);
    ck_assert(mends == (character != 0));
    ck_assert(mends || rest.len == before);
    *ret_left = rest.len;
    return character;
}

START_TEST(test_mend)
{
    static const struct {
        const char *text;
        uint32_t character;
        size_t left;
    } rows[] = {
        {"\u00c3\u00a9x", 0xe9, 1},         /* e acute */
        {"\u00c3\u2030", 0xc9, 0},          /* E acute */
        {"\u00c2\u00a0", 0xa0, 0},          /* a space that does not break */
        {"\u00c5\u00b5", 0x175, 0},         /* w circumflex */
        {"\u00e2\u20ac\u2122s", 0x2019, 1}, /* an apostrophe */
        {"\u00e2\u20ac\u201c", 0x2013, 0},  /* a dash */
        {"\u00e2\u201a\u00ac", 0x20ac, 0},  /* the euro */
        {"\u00e2\u201e\u00a2", 0, 5},       /* U+2122: not of these */
        {"\u00c3", 0, 0},                   /* nothing behind it */
        {"\u00c3a", 0, 1},
        {"\u00c3\u00e9", 0, 2}, /* no continuation */
        {"\u00e2\u20ac", 0, 3},
        {"\u00e2gre", 0, 3},
        {"\u00c1\u00a9", 0, 2}, /* would be overlong */
        {"\u00c6\u00a9", 0, 2},
        {"a", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t left;
        ck_assert_msg(mended(rows[i].text, &left) == rows[i].character, "%s", rows[i].text);
        ck_assert_msg(left == rows[i].left, "%s: %zu", rows[i].text, left);
    }
}
END_TEST

START_TEST(test_bad_utf8_behind_it_is_left)
{
    size_t left;
    ck_assert_uint_eq(mended("\xc3\x83\xff", &left), 0);
    ck_assert_uint_eq(left, 1);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("cp1252");
    TCase *const tcase = tcase_create("cp1252");
    tcase_add_test(tcase, test_bytes);
    tcase_add_test(tcase, test_mend);
    tcase_add_test(tcase, test_bad_utf8_behind_it_is_left);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
