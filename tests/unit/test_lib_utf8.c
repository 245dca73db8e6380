#include "runner.h"
#include "utf8.h"
#include <string.h>

/* Every character there is goes there and back; everything between is no character. */
START_TEST(all_characters_round_trip)
{
    for (uint32_t character = 0; character <= 0x10ffff; character++) {
        char text[4] = {0};
        const size_t len = toc_utf8_put(character, text);
        struct toc_bytes rest = toc_bytes_of(text, len);
        uint32_t back = UINT32_MAX;
        const enum toc_result result = toc_utf8_next(&rest, &back);
        if (character >= 0xd800 && character <= 0xdfff) {
            ck_assert_int_eq(result, TOC_MALFORMED);
            continue;
        }
        if (result != TOC_OK || back != character || rest.len != 0) {
            ck_abort_msg("U+%04X", character);
        }
    }
}
END_TEST

START_TEST(cut_and_overlong_forms)
{
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x41",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xe2\x82\x41",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf0\x9f\x94",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "\xfe",
                                      "\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct toc_bytes rest = toc_bytes_text(bad[i]);
        uint32_t character = 7;
        ck_assert_int_eq(toc_utf8_next(&rest, &character), TOC_MALFORMED);
        ck_assert_uint_eq(character, 7);
        ck_assert_ptr_eq(rest.data, bad[i]);
    }
    struct toc_bytes none = toc_bytes_of(NULL, 0);
    uint32_t character;
    ck_assert_int_eq(toc_utf8_next(&none, &character), TOC_NOTFOUND);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tcase = tcase_create("utf8");
    tcase_add_test(tcase, all_characters_round_trip);
    tcase_add_test(tcase, cut_and_overlong_forms);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
