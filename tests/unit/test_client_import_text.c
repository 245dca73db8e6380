#include "import_buyer.h"
#include "import_framework.h"
#include "import_text.h"
#include "runner.h"
#include <string.h>

static struct toc_arena *arena;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(16 * 1024 * 1024, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

START_TEST(test_text)
{
    ck_assert_str_eq(toc_import_text(arena, "", 10), "");
    ck_assert_str_eq(toc_import_text(arena, " a \r\n\t b ", 10), "a b");
    ck_assert_str_eq(toc_import_text(arena, "1234567890", 10), "1234567890");
    ck_assert_str_eq(toc_import_text(arena, "12345678901", 10), "1234567\xe2\x80\xa6");
    ck_assert_str_eq(toc_import_text(arena, "1234567890   ", 10), "1234567890");
    /* A character of two bytes does not fit the seventh place alone. */
    ck_assert_str_eq(toc_import_text(arena,
                                     "123456\xc3\xa9"
                                     "890",
                                     10),
                     "123456\xe2\x80\xa6");
    /* Marks that turn the direction of writing, and a control of Latin-1. */
    ck_assert_str_eq(toc_import_text(arena,
                                     "a\xe2\x80\xae"
                                     "b\xc2\x80"
                                     "c",
                                     10),
                     "a b c");
}
END_TEST

START_TEST(test_blank)
{
    static const char *const blank[] = {"",    " ",   "N/A",   "n.a.", "-",
                                        "TBC", "Nil", "None.", "TBA",  "Not yet available"};
    static const char *const full[] = {"0", "Nile", "NA1", "A", "18"};
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++) {
        ck_assert_msg(toc_import_blank(blank[i]), "%s", blank[i]);
    }
    for (size_t i = 0; i < sizeof full / sizeof full[0]; i++) {
        ck_assert_msg(!toc_import_blank(full[i]), "%s", full[i]);
    }
}
END_TEST

struct amount {
    const char *text;
    enum toc_result result;
    int64_t pounds;
};
static const struct amount amounts[] = {
    {"1616.23 ", TOC_OK, 1616},
    {" 5,616.65 ", TOC_OK, 5616},
    {"528", TOC_OK, 528},
    {"-1069.32", TOC_OK, -1069},
    {"(35,942,967.00)", TOC_OK, -35942967},
    {"\xc2\xa3"
     "1,250,000",
     TOC_OK, 1250000},
    {"-\xc2\xa3"
     "20",
     TOC_OK, -20},
    {"GBP 10", TOC_OK, 10},
    {".50", TOC_OK, 0},
    {"0", TOC_OK, 0},
    {"1000000000000", TOC_OK, 1000000000000},
    {"1000000000001", TOC_TOOBIG, 0},
    {"99999999999999999999999999", TOC_TOOBIG, 0},
    {"", TOC_NOTFOUND, 0},
    {"Nil", TOC_NOTFOUND, 0},
    {"about 5m", TOC_MALFORMED, 0},
    {"1.2m", TOC_MALFORMED, 0},
    {"REDACTED PERSONAL DATA", TOC_MALFORMED, 0},
    {"1.2.3", TOC_MALFORMED, 0},
    {"\xc2", TOC_NOTFOUND, 0},
    {"5\xc2", TOC_MALFORMED, 0},
};

static const struct amount pence_amounts[] = {
    {"", TOC_NOTFOUND, 7},
    {"N/A", TOC_NOTFOUND, 7},
    {"Nil", TOC_NOTFOUND, 7},
    {"0", TOC_OK, 0},
    {"0.00", TOC_OK, 0},
    {"528", TOC_OK, 52800},
    {"1616.23 ", TOC_OK, 161623},
    {" 5,616.65 ", TOC_OK, 561665},
    {"2,142.73", TOC_OK, 214273},
    {"-1069.32", TOC_OK, -106932},
    {"(35,942,967.00)", TOC_OK, -3594296700},
    {"\xc2\xa3"
     "12.5",
     TOC_OK, 1250},
    {"-\xc2\xa3"
     "12.05",
     TOC_OK, -1205},
    {"GBP 12", TOC_OK, 1200},
    {".05", TOC_OK, 5},
    {"12.", TOC_OK, 1200},
    {"123.45-", TOC_OK, -12345},
    {"123.45 CR", TOC_OK, -12345},
    {"123.45DR", TOC_OK, 12345},
    {"1.005", TOC_OK, 101},
    {"-1.005", TOC_OK, -101},
    {"1.004999", TOC_OK, 100},
    {"1234.5600000001", TOC_OK, 123456},
    {"0.999", TOC_OK, 100},
    {"1000000000000", TOC_OK, 100000000000000},
    {"1000000000001", TOC_TOOBIG, 7},
    {"99999999999999999999999", TOC_TOOBIG, 7},
    {"1,23", TOC_MALFORMED, 7},
    {"1,2345", TOC_MALFORMED, 7},
    {"1234,567", TOC_MALFORMED, 7},
    {",123", TOC_MALFORMED, 7},
    {"1,,234", TOC_MALFORMED, 7},
    {"1.2.3", TOC_MALFORMED, 7},
    {"1.2E+05", TOC_MALFORMED, 7},
    {"-5-", TOC_MALFORMED, 7},
    {"-", TOC_NOTFOUND, 7},
    {".", TOC_NOTFOUND, 7},
    {"(.)x", TOC_MALFORMED, 7},
    {"12 Main Street", TOC_MALFORMED, 7},
    {"REDACTED PERSONAL DATA", TOC_MALFORMED, 7},
};

START_TEST(test_pence)
{
    const struct amount *const amount = &pence_amounts[_i];
    int64_t pence = 7;
    ck_assert_msg(toc_import_pence(amount->text, &pence) == amount->result, "%s", amount->text);
    ck_assert_msg(pence == amount->pounds, "%s", amount->text);
}
END_TEST

START_TEST(test_pounds)
{
    int64_t pounds = 0;
    ck_assert_msg(toc_import_pounds(amounts[_i].text, &pounds) == amounts[_i].result, "%s",
                  amounts[_i].text);
    ck_assert_int_eq(pounds, amounts[_i].pounds);
}
END_TEST

START_TEST(test_date)
{
    uint32_t days = 7;
    ck_assert_int_eq(toc_import_date("", &days), TOC_NOTFOUND);
    ck_assert_int_eq(toc_import_date("Ongoing", &days), TOC_NOTFOUND);
    ck_assert_int_eq(toc_import_date("01/01/1900", &days), TOC_NOTFOUND);
    ck_assert_int_eq(toc_import_date("01/01/1970", &days), TOC_NOTFOUND);
    ck_assert_int_eq(toc_import_date("13/13/2025", &days), TOC_MALFORMED);
    ck_assert_uint_eq(days, 7);
    ck_assert_int_eq(toc_import_date("02/01/1970", &days), TOC_OK);
    ck_assert_uint_eq(days, 1);
    ck_assert_int_eq(toc_import_date("2025-04-01", &days), TOC_OK);
    ck_assert_uint_eq(days, 20179);
    ck_assert_int_eq(toc_import_date("01/04/2025 00:00", &days), TOC_OK);
    ck_assert_uint_eq(days, 20179);
}
END_TEST

START_TEST(test_cpv)
{
    uint32_t code = 7;
    static const char *const wrong[] = {"",           "4500000",     "450000000", "45000000-",
                                        "45000000-x", "45000000-77", "x5000000",  "00000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(!toc_import_cpv(wrong[i], &code), "%s", wrong[i]);
    }
    ck_assert_uint_eq(code, 7);
    ck_assert(toc_import_cpv("03000000", &code));
    ck_assert_uint_eq(code, 3000000);
    ck_assert(toc_import_cpv("45000000-7", &code));
    ck_assert_uint_eq(code, 45000000);
}
END_TEST

START_TEST(test_self)
{
    static const struct toc_buyer buyers[] = {{"GB-LAE", "NYE"}};
    static const char *const aliases[] = {"Harrogate Borough Council", "!!"};
    const struct toc_member member = {.id = "ny",
                                      .name = "North Yorkshire Council",
                                      .gss = "",
                                      .buyers = buyers,
                                      .buyers_len = 1,
                                      .aliases = aliases,
                                      .aliases_len = 2};
    struct toc_import_self self;
    char folded[TOC_FOLD_LEN_MAX + 1];
    ck_assert_int_eq(toc_import_self_init(arena, &member, &self), TOC_OK);
    ck_assert(toc_import_self_name(&self, "THE North  Yorkshire Council", folded));
    ck_assert_str_eq(folded, "north yorkshire council");
    ck_assert(toc_import_self_name(&self, "harrogate borough council", NULL));
    ck_assert(!toc_import_self_name(&self, "Yorkshire Council", NULL));
    ck_assert(!toc_import_self_name(&self, "", folded));
    ck_assert_str_eq(folded, "");
    ck_assert_ptr_eq(toc_import_self_id(&self, "gb-lae", "nye", ""), &buyers[0]);
    ck_assert_ptr_eq(toc_import_self_id(&self, "", "", "GB-LAE-NYE"), &buyers[0]);
    ck_assert_ptr_null(toc_import_self_id(&self, "GB-LAE", "NYK", "GB-LAE-NYE2"));
    ck_assert_ptr_null(toc_import_self_id(&self, "", "NYE", "GB-LAE"));
    ck_assert_ptr_null(toc_import_self_id(&self, "", "", ""));
    const struct toc_member nameless = {.id = "x", .name = "--", .gss = ""};
    ck_assert_int_eq(toc_import_self_init(arena, &nameless, &self), TOC_INVALID);
}
END_TEST

/* 200 lots, each with long titles, codes and suppliers: far over 16 KiB. */
START_TEST(test_a_huge_framework_is_shortened_and_says_so)
{
    enum { LOTS = 250, SUPPLIERS = 40, CODES = 200 };
    static struct toc_framework_lot lots[LOTS];
    static struct toc_framework_supplier suppliers[SUPPLIERS];
    static uint32_t codes[CODES];
    static char title[TOC_FRAMEWORK_LOT_TITLE_MAX + 1];
    struct toc_import import;
    struct toc_framework framework;
    struct toc_why why;
    memset(title, 'x', TOC_FRAMEWORK_LOT_TITLE_MAX);
    for (size_t i = 0; i < CODES; i++) {
        codes[i] = 45000000 + (uint32_t)i;
    }
    for (size_t i = 0; i < SUPPLIERS; i++) {
        suppliers[i] = (struct toc_framework_supplier){"A Company With Quite A Name Ltd", "", ""};
    }
    for (size_t i = 0; i < LOTS; i++) {
        lots[i] = (struct toc_framework_lot){"1", title, codes, CODES, suppliers, SUPPLIERS, 0};
    }
    toc_framework_init(&framework);
    framework.reference = framework.title = framework.buyer = "x";
    framework.kind = TOC_FRAMEWORK_FRAMEWORK;
    framework.lots = lots;
    framework.lots_len = LOTS;
    framework.cpv = codes;
    framework.cpv_len = CODES;
    framework.lots_left_out = 1; /* by whoever made it */
    toc_import_init(&import, arena);
    ck_assert_int_eq(toc_import_framework_add(&import, &framework, &why), TOC_OK);
    ck_assert_uint_eq(import.records_len, 1);
    const struct toc_framework *const kept = import.records[0].as.framework;
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_wire_record_encode(arena, &import.records[0], &bytes), TOC_OK);
    struct toc_record read;
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &read, &why), TOC_OK);
    ck_assert_uint_ge(kept->lots_len, 10);
    ck_assert_uint_eq(kept->lots_len + kept->lots_left_out, LOTS + 1);
    size_t named = kept->suppliers_len;
    for (size_t i = 0; i < kept->lots_len; i++) {
        named += kept->lots[i].suppliers_len;
    }
    ck_assert_uint_eq(named + kept->suppliers_left_out, (size_t)LOTS * SUPPLIERS);
    ck_assert_uint_eq(lots[0].suppliers_len, SUPPLIERS); /* the caller's is as it was */
}
END_TEST

START_TEST(test_supplier_list)
{
    struct toc_supplier_list list = {.len = 0};
    uint32_t left_out = 0;
    const struct row {
        const char *name;
        const char *scheme;
        const char *id;
        size_t len;
        uint32_t left_out;
    } rows[] = {
        {"Acme Ltd", "", "", 1, 0},
        {" Acme  Ltd", "", "", 1, 0}, /* the same */
        {"Acme Ltd", "GB-COH", "01323955", 2, 0},
        {"Jane Example", "", "", 2, 1},
        {"Acme Ltd", "GB-CFS", "5", 2, 1}, /* the portal's id is dropped: again the first */
        {"Acme Ltd", "GB-COH", "QQ123456C", 2, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(toc_supplier_list_add(arena, &list, rows[i].name, rows[i].scheme,
                                               rows[i].id, &left_out),
                         TOC_OK);
        ck_assert_uint_eq(list.len, rows[i].len);
        ck_assert_uint_eq(left_out, rows[i].left_out);
    }
    ck_assert_str_eq(list.items[0].scheme, "");
    ck_assert_str_eq(list.items[1].id, "01323955");
}
END_TEST

START_TEST(test_counts_add_up)
{
    struct toc_import import;
    const struct toc_why why = {.text = "EndDate: is before: StartDate"};
    toc_import_init(&import, arena);
    ck_assert_int_eq(toc_import_settle(&import, 1, TOC_IMPORT_USED, "", ""), TOC_OK);
    ck_assert_int_eq(toc_import_settle(&import, 2, TOC_IMPORT_SCREENED, "c", "why"), TOC_OK);
    ck_assert_int_eq(toc_import_settle(&import, 3, TOC_IMPORT_SCREENED, "c", "why"), TOC_OK);
    ck_assert_int_eq(toc_import_settle(&import, 4, TOC_IMPORT_HELD, "c", "who"), TOC_OK);
    ck_assert_int_eq(toc_import_reject_why(&import, 5, &why), TOC_OK);
    ck_assert_int_eq(toc_import_remark(&import, 1, "c", "remark"), TOC_OK);
    ck_assert_uint_eq(import.rows_read, 5);
    ck_assert_uint_eq(
        import.rows_used + import.rows_rejected + import.rows_screened + import.rows_held, 5);
    ck_assert_uint_eq(import.tallies_len, 1);
    ck_assert_uint_eq(import.tallies[0].rows, 2);
    ck_assert_uint_eq(import.notes_len, 5);
    ck_assert_str_eq(import.notes[3].column, "EndDate");
    ck_assert_str_eq(import.notes[3].reason, "is before: StartDate");
    for (size_t i = import.notes_len; i < TOC_IMPORT_NOTES_MAX + 3; i++) {
        ck_assert_int_eq(toc_import_remark(&import, 1, "", ""), TOC_OK);
    }
    ck_assert_uint_eq(import.notes_len, TOC_IMPORT_NOTES_MAX);
    ck_assert_uint_eq(import.notes_left_out, 3);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_text");
    TCase *const tcase = tcase_create("import_text");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_text);
    tcase_add_test(tcase, test_blank);
    tcase_add_loop_test(tcase, test_pence, 0,
                        (int)(sizeof pence_amounts / sizeof pence_amounts[0]));
    tcase_add_loop_test(tcase, test_pounds, 0, (int)(sizeof amounts / sizeof amounts[0]));
    tcase_add_test(tcase, test_date);
    tcase_add_test(tcase, test_cpv);
    tcase_add_test(tcase, test_self);
    tcase_add_test(tcase, test_a_huge_framework_is_shortened_and_says_so);
    tcase_add_test(tcase, test_supplier_list);
    tcase_add_test(tcase, test_counts_add_up);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
