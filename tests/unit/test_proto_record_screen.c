#include "runner.h"
#include "screen.h"
#include <string.h>

struct row {
    const char *name;
    const char *scheme;
    const char *id;
    enum toc_screen screen;
};

static const struct row rows[] = {
    {"Acme Limited", "", "", TOC_SCREEN_KEEP},
    {"ACME LTD.", "", "", TOC_SCREEN_KEEP},
    {"Acme Limited (UK)", "", "", TOC_SCREEN_KEEP},
    {"Marstons holdings plc", "", "", TOC_SCREEN_KEEP},
    {"Smith & Jones LLP", "", "", TOC_SCREEN_KEEP},
    {"Cwmni Da Cyfyngedig", "", "", TOC_SCREEN_KEEP},
    {"Creating Enterprise C.I.C", "", "", TOC_SCREEN_KEEP},
    {"Redactive Publishing Ltd", "", "", TOC_SCREEN_KEEP},
    {"Senator International Limited Trading As The Senator Group", "", "", TOC_SCREEN_KEEP},
    {"Dr Example Limited", "", "", TOC_SCREEN_KEEP},
    {"Sense", "GB-CHC", "289868", TOC_SCREEN_KEEP},
    {"Somebody", "GB-COH", "01323955", TOC_SCREEN_KEEP},
    {"Somebody", "GB-COH", "1323955", TOC_SCREEN_KEEP}, /* a spreadsheet took the zero */
    {"Somebody", "gb-coh", "SC123456", TOC_SCREEN_KEEP},
    {"Limited", "", "", TOC_SCREEN_HOLD}, /* a suffix of nothing */
    {"Jane Example", "", "", TOC_SCREEN_HOLD},
    {"Example Council", "", "", TOC_SCREEN_HOLD},
    {"Somebody", "GB-CFS", "241738", TOC_SCREEN_HOLD},          /* a portal's own number */
    {"Somebody", "GB-PPON", "PABC-1234-DGHJ", TOC_SCREEN_HOLD}, /* sole traders have one too */
    {"Somebody", "GB-COH", "687687602", TOC_SCREEN_HOLD},       /* a VAT number */
    {"Somebody", "GB-COH", "00000000", TOC_SCREEN_HOLD},
    {"Somebody", "GB-COH", "0", TOC_SCREEN_HOLD},
    {"Somebody", "GB-COH", "Not available", TOC_SCREEN_HOLD},
    {"Mr J Example", "", "", TOC_SCREEN_DROP},
    {"MRS EXAMPLE", "", "", TOC_SCREEN_DROP},
    {"J Example t/a Example Paving", "", "", TOC_SCREEN_DROP},
    {"J Example T/A Example Paving Ltd", "", "", TOC_SCREEN_DROP}, /* the person trades */
    {"REDACTED PERSONAL DATA", "", "", TOC_SCREEN_DROP},
    {"Acme Limited", "GB-COH", "QQ123456C", TOC_SCREEN_DROP}, /* the shape of a NI number */
    {"Acme Limited", "", "qq123456c", TOC_SCREEN_DROP},
    {"", "", "", TOC_SCREEN_DROP},
    {"\xff\xfe", "", "", TOC_SCREEN_DROP},
};

START_TEST(test_rows)
{
    const struct row *const row = &rows[_i];
    ck_assert_msg(toc_screen_supplier(row->name, row->scheme, row->id) == row->screen,
                  "\"%s\" %s %s", row->name, row->scheme, row->id);
}
END_TEST

START_TEST(test_long_name_is_dropped)
{
    char name[2000];
    memset(name, 'a', sizeof name);
    memcpy(name + sizeof name - 5, " ltd", 5);
    ck_assert_int_eq(toc_screen_supplier(name, "", ""), TOC_SCREEN_DROP);
}
END_TEST

START_TEST(test_registry_id_lengths)
{
    ck_assert(!toc_screen_registry_id("GB-CHC", ""));
    ck_assert(!toc_screen_registry_id("GB-CHC", "1"));
    ck_assert(toc_screen_registry_id("GB-CHC", "12"));
    ck_assert(toc_screen_registry_id("XI-LEI", "12345678901234567890"));
    ck_assert(!toc_screen_registry_id("XI-LEI", "123456789012345678901"));
    ck_assert(!toc_screen_registry_id("GB-CHC", "12 34"));
    ck_assert(!toc_screen_registry_id("", "289868"));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("screen");
    TCase *const tcase = tcase_create("screen");
    tcase_add_loop_test(tcase, test_rows, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tcase, test_long_name_is_dropped);
    tcase_add_test(tcase, test_registry_id_lengths);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
