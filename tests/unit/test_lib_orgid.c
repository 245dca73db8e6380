/* Identifiers: each register's syntax at its edges, and what real files write instead. */
#include "orgid.h"
#include "runner.h"
#include <string.h>

enum {
    P = TOC_NORM_PADDED,
    C = TOC_NORM_CASE,
    U = TOC_NORM_PUNCTUATION,
    X = TOC_NORM_PREFIX,
    L = TOC_NORM_LETTERS,
    S = TOC_NORM_SPLIT,
    N = TOC_NORM_UNREPLACED,
};

struct one {
    enum toc_scheme scheme;
    const char *text;
    enum toc_scheme read;
    const char *id;
    unsigned norm;
};

static const struct one ones[] = {
    {TOC_SCHEME_COH, "09506232", TOC_SCHEME_COH, "09506232", 0},
    {TOC_SCHEME_COH, "SC123456", TOC_SCHEME_COH, "SC123456", 0},
    {TOC_SCHEME_COH, "  09506232\t", TOC_SCHEME_COH, "09506232", 0},
    {TOC_SCHEME_COH, "6853960", TOC_SCHEME_COH, "06853960", P},
    {TOC_SCHEME_COH, "1", TOC_SCHEME_COH, "00000001", P},
    {TOC_SCHEME_COH, "21625", TOC_SCHEME_COH, "00021625", P},
    {TOC_SCHEME_COH, "OC37865", TOC_SCHEME_COH, "OC037865", P},
    {TOC_SCHEME_COH, "IP3443", TOC_SCHEME_COH, "IP003443", P},
    {TOC_SCHEME_COH, "NI383", TOC_SCHEME_COH, "NI000383", P},
    {TOC_SCHEME_COH, "SC01996", TOC_SCHEME_COH, "SC001996", P},
    {TOC_SCHEME_COH, "SC1", TOC_SCHEME_COH, "SC000001", P},
    {TOC_SCHEME_COH, "R012345", TOC_SCHEME_COH, "R0012345", P},
    {TOC_SCHEME_COH, "IP28687R", TOC_SCHEME_COH, "IP28687R", 0},
    {TOC_SCHEME_COH, "SP2219RS", TOC_SCHEME_COH, "SP2219RS", 0},
    {TOC_SCHEME_COH, "RS007123", TOC_SCHEME_COH, "RS007123", 0},
    {TOC_SCHEME_COH, "RS123CUS", TOC_SCHEME_COH, "RS123CUS", 0},
    {TOC_SCHEME_COH, "CE012345", TOC_SCHEME_COH, "CE012345", 0},
    {TOC_SCHEME_COH, "BR007985", TOC_SCHEME_COH, "BR007985", 0},
    {TOC_SCHEME_COH, "sc123456", TOC_SCHEME_COH, "SC123456", C},
    {TOC_SCHEME_COH, "SC 123 456", TOC_SCHEME_COH, "SC123456", U},
    {TOC_SCHEME_COH, "0950-6232", TOC_SCHEME_COH, "09506232", U},
    {TOC_SCHEME_COH, "0950.6232.", TOC_SCHEME_COH, "09506232", U},
    {TOC_SCHEME_COH, "0950_6232", TOC_SCHEME_COH, "09506232", U},
    {TOC_SCHEME_COH, "GB-COH-09506232", TOC_SCHEME_COH, "09506232", X},
    {TOC_SCHEME_COH, "gb-coh:9506232", TOC_SCHEME_COH, "09506232", X | P | C},
    {TOC_SCHEME_COH, "CRN 09506232", TOC_SCHEME_COH, "09506232", X},
    {TOC_SCHEME_COH, "CRN09506232", TOC_SCHEME_COH, "09506232", X},
    {TOC_SCHEME_COH, "No. 09506232", TOC_SCHEME_COH, "09506232", X | C},
    {TOC_SCHEME_COH, "NO 9506232", TOC_SCHEME_COH, "09506232", X | P},
    {TOC_SCHEME_COH, "No.654321", TOC_SCHEME_COH, "00654321", X | P | C},
    {TOC_SCHEME_COH, "NO123456", TOC_SCHEME_COH, "NO123456", 0}, /* a credit union, N. Ireland */
    {TOC_SCHEME_COH, "NIO32979", TOC_SCHEME_COH, "NI032979", L},
    {TOC_SCHEME_COH, "O9506232", TOC_SCHEME_COH, "09506232", L},
    {TOC_SCHEME_COH, "0950623l", TOC_SCHEME_COH, "09506231", L | C},
    {TOC_SCHEME_COH, "I2345", TOC_SCHEME_COH, NULL, 0}, /* four digits and a letter: a guess */
    {TOC_SCHEME_COH, "RO012345", TOC_SCHEME_COH, "R0012345", L},
    {TOC_SCHEME_COH,
     "\xef\xbc\x90"
     "9506232",
     TOC_SCHEME_COH, "09506232", 0}, /* a wide 0 */
    {TOC_SCHEME_COH,
     "SC\xc2\xa0"
     "123456",
     TOC_SCHEME_COH, "SC123456", U},
    {TOC_SCHEME_COH,
     "0950\xe2\x80\x93"
     "6232",
     TOC_SCHEME_COH, "09506232", U},
    {TOC_SCHEME_COH, "1N/A96511", TOC_SCHEME_COH, "01096511", N | P},
    {TOC_SCHEME_COH, "687687602", TOC_SCHEME_COH, NULL, 0}, /* VAT in the wrong column */
    {TOC_SCHEME_COH, "123456789012", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "00000000", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "0", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "SC000000", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "SC", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "SC1234567", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "XX123456", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "0123456A", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "IRELAND 338614", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "OIL", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH,
     "\xc3\x89"
     "9506232",
     TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_COH, "\xff", TOC_SCHEME_COH, NULL, 0},
    {TOC_SCHEME_LEI, "213800WAVVOPS85N2205", TOC_SCHEME_LEI, "213800WAVVOPS85N2205", 0},
    {TOC_SCHEME_LEI, "XI-LEI-213800wavvops85n2205", TOC_SCHEME_LEI, "213800WAVVOPS85N2205", X | C},
    {TOC_SCHEME_LEI, "2138 00WA VVOP S85N 2205", TOC_SCHEME_LEI, "213800WAVVOPS85N2205", U},
    {TOC_SCHEME_LEI, "213800WAVVOPS85N2206", TOC_SCHEME_LEI, NULL, 0},
    {TOC_SCHEME_LEI, "213800WAVVOPS85N220", TOC_SCHEME_LEI, NULL, 0},
    {TOC_SCHEME_LEI, "213800WAVVOPS85N22050", TOC_SCHEME_LEI, NULL, 0},
    {TOC_SCHEME_PPON, "PNRX-3847-DWGL", TOC_SCHEME_PPON, "PNRX-3847-DWGL", 0},
    {TOC_SCHEME_PPON, "PNRX-3847-DWGC", TOC_SCHEME_PPON, "PNRX-3847-DWGC", 0}, /* a consortium */
    {TOC_SCHEME_PPON, "GB-PPON:PNRX-3847-DWGL", TOC_SCHEME_PPON, "PNRX-3847-DWGL", X},
    {TOC_SCHEME_PPON, "GB-PPON-pnrx-3847-dwgl", TOC_SCHEME_PPON, "PNRX-3847-DWGL", X | C},
    {TOC_SCHEME_PPON, "PNRX3847DWGL", TOC_SCHEME_PPON, "PNRX-3847-DWGL", U},
    {TOC_SCHEME_PPON, "PNRX-3840-DWGL", TOC_SCHEME_PPON, NULL, 0},
    {TOC_SCHEME_PPON, "PNRX-3847-DWGB", TOC_SCHEME_PPON, NULL, 0},
    {TOC_SCHEME_PPON, "PNRA-3847-DWGL", TOC_SCHEME_PPON, NULL, 0},
    {TOC_SCHEME_PPON, "BNRX-3847-DWGL", TOC_SCHEME_PPON, NULL, 0},
    {TOC_SCHEME_PPON, "PNRX-3847-DWG", TOC_SCHEME_PPON, NULL, 0},
    {TOC_SCHEME_CHC, "279417", TOC_SCHEME_CHC, "279417", 0},
    {TOC_SCHEME_CHC, "1090095", TOC_SCHEME_CHC, "1090095", 0},
    {TOC_SCHEME_CHC, "312832-6", TOC_SCHEME_CHC, "312832-6", 0},
    {TOC_SCHEME_CHC, "312832 - 123", TOC_SCHEME_CHC, "312832-123", U},
    {TOC_SCHEME_CHC, "312832-1234", TOC_SCHEME_CHC, NULL, 0},
    {TOC_SCHEME_CHC, "GB-CHC-1090095", TOC_SCHEME_CHC, "1090095", X},
    {TOC_SCHEME_CHC, "1N/A96511", TOC_SCHEME_CHC, "1096511", N},
    {TOC_SCHEME_CHC, "1N/AN/A6511", TOC_SCHEME_CHC, "1006511", N},
    {TOC_SCHEME_CHC, "N/A096511", TOC_SCHEME_CHC, NULL, 0},
    {TOC_SCHEME_CHC, "109651N/A", TOC_SCHEME_CHC, NULL, 0},
    {TOC_SCHEME_CHC, "SC042386", TOC_SCHEME_SC, "SC042386", 0},
    {TOC_SCHEME_CHC, "SC-042386", TOC_SCHEME_SC, "SC042386", U},
    {TOC_SCHEME_CHC, "SC01996", TOC_SCHEME_SC, NULL, 0}, /* five digits: said, not repaired */
    {TOC_SCHEME_CHC, "NIC100019", TOC_SCHEME_NIC, "100019", X},
    {TOC_SCHEME_CHC, "31192R", TOC_SCHEME_MPR, "31192R", 0},
    {TOC_SCHEME_CHC, "IP031455", TOC_SCHEME_MPR, "IP031455", 0},
    {TOC_SCHEME_CHC, "12345", TOC_SCHEME_CHC, NULL, 0},
    {TOC_SCHEME_CHC, "12345678", TOC_SCHEME_CHC, NULL, 0},
    {TOC_SCHEME_CHC, "0312832", TOC_SCHEME_CHC, NULL, 0},
    {TOC_SCHEME_SC, "SC042386", TOC_SCHEME_SC, "SC042386", 0},
    {TOC_SCHEME_SC, "042386", TOC_SCHEME_SC, NULL, 0},
    {TOC_SCHEME_SC, "SC000000", TOC_SCHEME_SC, NULL, 0},
    {TOC_SCHEME_NIC, "100019", TOC_SCHEME_NIC, "100019", 0},
    {TOC_SCHEME_NIC, "GB-NIC-NIC100019", TOC_SCHEME_NIC, "100019", X},
    {TOC_SCHEME_NIC, "200019", TOC_SCHEME_NIC, NULL, 0},
    {TOC_SCHEME_MPR, "235C", TOC_SCHEME_MPR, "235C", 0},
    {TOC_SCHEME_MPR, "235c", TOC_SCHEME_MPR, "235C", C},
    {TOC_SCHEME_MPR, "123456A", TOC_SCHEME_MPR, "123456A", 0},
    {TOC_SCHEME_MPR, "1234567", TOC_SCHEME_MPR, NULL, 0},
    {TOC_SCHEME_MPR, "IP31455", TOC_SCHEME_MPR, NULL, 0},
    {TOC_SCHEME_UKPRN, "10000346", TOC_SCHEME_UKPRN, "10000346", 0},
    {TOC_SCHEME_UKPRN, "20000346", TOC_SCHEME_UKPRN, NULL, 0},
    {TOC_SCHEME_UKPRN, "1000034", TOC_SCHEME_UKPRN, NULL, 0},
    {TOC_SCHEME_NHS, "01F", TOC_SCHEME_NHS, "01F", 0},
    {TOC_SCHEME_NHS, "7A1A5", TOC_SCHEME_NHS, "7A1A5", 0},
    {TOC_SCHEME_NHS, "RAX", TOC_SCHEME_NHS, "RAX", 0},
    {TOC_SCHEME_NHS, "a81001", TOC_SCHEME_NHS, "A81001", C},
    {TOC_SCHEME_NHS, "TRUST", TOC_SCHEME_NHS, NULL, 0},
    {TOC_SCHEME_NHS, "G0102005", TOC_SCHEME_NHS, NULL, 0}, /* a doctor's own code */
    {TOC_SCHEME_NHS, "1A", TOC_SCHEME_NHS, NULL, 0},
    {TOC_SCHEME_VAT, "980780684", TOC_SCHEME_VAT, "980780684", 0},
    {TOC_SCHEME_VAT, "GB 980 7806 84", TOC_SCHEME_VAT, "980780684", X | U},
    {TOC_SCHEME_VAT, "980780684001", TOC_SCHEME_VAT, "980780684001", 0},
    {TOC_SCHEME_VAT, "XI980780684", TOC_SCHEME_VAT, "980780684", X},
    {TOC_SCHEME_VAT, "GD499", TOC_SCHEME_VAT, "GD499", 0},
    {TOC_SCHEME_VAT, "GD500", TOC_SCHEME_VAT, NULL, 0},
    {TOC_SCHEME_VAT, "HA500", TOC_SCHEME_VAT, "HA500", 0},
    {TOC_SCHEME_VAT, "HA499", TOC_SCHEME_VAT, NULL, 0},
    {TOC_SCHEME_VAT, "802311781", TOC_SCHEME_VAT, NULL, 0},
    {TOC_SCHEME_VAT, "000000000", TOC_SCHEME_VAT, NULL, 0},
    {TOC_SCHEME_NONE, "09506232", TOC_SCHEME_NONE, NULL, 0},
};

START_TEST(test_one)
{
    const struct one *const row = &ones[_i];
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t len = 7;
    struct toc_why why = {""};
    const enum toc_result result = toc_orgid_parse(row->scheme, row->text, ids, &len, &why);
    if (row->id == NULL) {
        ck_assert_msg(result == TOC_MALFORMED, "\"%s\": %s", row->text, toc_result_name(result));
        ck_assert_msg(why.text[0] != '\0', "\"%s\" says why", row->text);
        ck_assert_uint_eq(len, 7);
        return;
    }
    ck_assert_msg(result == TOC_OK, "\"%s\": %s", row->text, why.text);
    ck_assert_uint_eq(len, 1);
    ck_assert_str_eq(ids[0].id, row->id);
    ck_assert_int_eq(ids[0].scheme, row->read);
    ck_assert_msg(ids[0].norm == row->norm, "\"%s\": %u not %u", row->text, ids[0].norm, row->norm);
    ck_assert(toc_orgid_valid(ids[0].scheme, ids[0].id));
    /* What is normal is read as it is. */
    ck_assert_int_eq(toc_orgid_parse(ids[0].scheme, row->id, ids, &len, NULL), TOC_OK);
    ck_assert_uint_eq(ids[0].norm, 0);
    ck_assert_str_eq(ids[0].id, row->id);
}
END_TEST

START_TEST(test_every_company_register)
{
    static const char *const prefixes[] = {
        "AC", "ZC", "FC", "GE", "LP", "OC", "SE", "SA", "SZ", "SF", "GS", "SL", "SO", "SC",
        "ES", "NA", "NZ", "NF", "GN", "NL", "NC", "R0", "NI", "EN", "IP", "SP", "IC", "SI",
        "NP", "NV", "RC", "SR", "NR", "NO", "CE", "CS", "SG", "RS", "BR", "OE", "PC"};
    size_t known = 0;
    for (int a = '0'; a <= 'Z'; a++) {
        for (int b = '0'; b <= 'Z'; b++) {
            char id[9] = {(char)a, (char)b, '0', '1', '2', '3', '4', '5', '\0'};
            const bool digits = a <= '9' && b <= '9';
            bool listed = digits;
            for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
                listed = listed || memcmp(prefixes[i], id, 2) == 0;
            }
            ck_assert_msg(toc_orgid_valid(TOC_SCHEME_COH, id) == listed, "%s", id);
            known += listed && !digits ? 1 : 0;
        }
    }
    ck_assert_uint_eq(known, sizeof prefixes / sizeof prefixes[0]);
}
END_TEST

START_TEST(test_valid_is_strict)
{
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, ""));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "9506232"));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "sc123456"));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "SC 12345"));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "09506232 "));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "095062320"));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "SC12345R")); /* Scottish companies end in digits */
    ck_assert(!toc_orgid_valid(TOC_SCHEME_COH, "IP28687Q"));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_PPON, "PNRX3847DWGL"));
    ck_assert(!toc_orgid_valid(TOC_SCHEME_VAT, "GB980780684"));
    ck_assert(!toc_orgid_valid((enum toc_scheme)77, "09506232"));
}
END_TEST

START_TEST(test_nothing_there)
{
    static const char *const cells[] = {"",
                                        " ",
                                        "\t",
                                        "-",
                                        "N/A",
                                        "n/a",
                                        "NA",
                                        "N.A.",
                                        "none",
                                        "Nil",
                                        "Awaiting",
                                        "EXEMPT",
                                        "ONETIME",
                                        "18",
                                        "tbc",
                                        "(blank)",
                                        "Redacted",
                                        "Not yet available",
                                        "NOT APPLICABLE",
                                        "\xc2\xa0",
                                        "unknown",
                                        "Various",
                                        "tbc / NA",
                                        "; ,"};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        for (unsigned scheme = TOC_SCHEME_COH; scheme <= TOC_SCHEME_VAT; scheme++) {
            struct toc_orgid ids[TOC_ORGIDS_MAX];
            size_t len = 7;
            ck_assert_msg(toc_orgid_parse((enum toc_scheme)scheme, cells[i], ids, &len, NULL) ==
                              TOC_NOTFOUND,
                          "\"%s\" as %s", cells[i], toc_scheme_code((enum toc_scheme)scheme));
            ck_assert_uint_eq(len, 7);
        }
    }
}
END_TEST

START_TEST(test_several_in_a_cell)
{
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t len;
    struct toc_why why;
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, "21625 + SC3765", ids, &len, &why), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_str_eq(ids[0].id, "00021625");
    ck_assert_str_eq(ids[1].id, "SC003765");
    ck_assert_uint_eq(ids[0].norm, P | S);
    ck_assert_uint_eq(ids[1].norm, P | S);
    ck_assert_int_eq(
        toc_orgid_parse(TOC_SCHEME_COH, "00000001/00000002,00000003;00000004", ids, &len, &why),
        TOC_OK);
    ck_assert_uint_eq(len, TOC_ORGIDS_MAX);
    ck_assert_str_eq(ids[3].id, "00000004");
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, "1,2,3,4,5", ids, &len, &why), TOC_MALFORMED);
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, "1,2,3,4,4", ids, &len, &why), TOC_OK);
    ck_assert_uint_eq(len, 4);
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, "12345678, tbc", ids, &len, &why), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, "12345678, some", ids, &len, &why),
                     TOC_MALFORMED);
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_CHC, "1090095 / SC042386", ids, &len, &why),
                     TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_int_eq(ids[0].scheme, TOC_SCHEME_CHC);
    ck_assert_int_eq(ids[1].scheme, TOC_SCHEME_SC);
}
END_TEST

START_TEST(test_personal_numbers_are_denied)
{
    static const char *const cells[] = {"QQ123456C",
                                        "qq123456c",
                                        "QQ 12 34 56 C",
                                        "AB-123456-D",
                                        "AB12 3456A",
                                        "SC123456A",
                                        "01234567, AB123456C",
                                        "NI: AB123456C",
                                        ("\xef\xbc\xa1"
                                         "B123456C")};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        for (unsigned scheme = TOC_SCHEME_COH; scheme <= TOC_SCHEME_VAT; scheme++) {
            struct toc_orgid ids[TOC_ORGIDS_MAX];
            size_t len;
            struct toc_why why;
            ck_assert_msg(toc_orgid_parse((enum toc_scheme)scheme, cells[i], ids, &len, &why) ==
                              TOC_DENIED,
                          "\"%s\"", cells[i]);
            ck_assert_ptr_null(strstr(why.text, "123456"));
        }
    }
}
END_TEST

START_TEST(test_national_insurance_shape)
{
    ck_assert(toc_national_insurance("QQ123456C"));
    ck_assert(toc_national_insurance("ab 12 34 56 d"));
    ck_assert(!toc_national_insurance(""));
    ck_assert(!toc_national_insurance("QQ123456"));
    ck_assert(!toc_national_insurance("QQ123456E"));
    ck_assert(!toc_national_insurance("QQ1234567C"));
    ck_assert(!toc_national_insurance("QQ123456CC"));
    ck_assert(!toc_national_insurance("Q1123456C"));
    ck_assert(!toc_national_insurance("see QQ123456C"));
    ck_assert(toc_national_insurance_within("QQ123456C"));
    ck_assert(toc_national_insurance_within("refund to AB123456C, March"));
    ck_assert(toc_national_insurance_within("refund (AB 12 34 56 C)"));
    ck_assert(toc_national_insurance_within("A AB123456C"));
    ck_assert(!toc_national_insurance_within(""));
    ck_assert(!toc_national_insurance_within("Acme Ltd"));
    ck_assert(!toc_national_insurance_within("PO 123456 A"));
    ck_assert(!toc_national_insurance_within("XAB123456C"));
    ck_assert(!toc_national_insurance_within("AB123456CX"));
    ck_assert(!toc_national_insurance_within("AB123456C7"));
    ck_assert(!toc_national_insurance_within("AB12345C"));
}
END_TEST

START_TEST(test_length_at_the_edge)
{
    char text[TOC_ORGID_CELL_MAX + 20];
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t len;
    memset(text, ' ', sizeof text);
    memcpy(text, "SC", 2);
    memcpy(text + TOC_ORGID_CELL_MAX - 6, "123456", 7);
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, text, ids, &len, NULL), TOC_OK);
    ck_assert_str_eq(ids[0].id, "SC123456");
    memset(text, ' ', sizeof text);
    memcpy(text, "SC", 2);
    memcpy(text + TOC_ORGID_CELL_MAX - 5, "123456", 7);
    ck_assert_int_eq(toc_orgid_parse(TOC_SCHEME_COH, text, ids, &len, NULL), TOC_MALFORMED);
}
END_TEST

START_TEST(test_codes)
{
    for (unsigned i = TOC_SCHEME_COH; i <= TOC_SCHEME_VAT; i++) {
        const char *const code = toc_scheme_code((enum toc_scheme)i);
        ck_assert(code[0] != '\0');
        ck_assert_int_eq(toc_scheme_of(code), i);
    }
    ck_assert_str_eq(toc_scheme_code(TOC_SCHEME_COH), "GB-COH");
    ck_assert_str_eq(toc_scheme_code(TOC_SCHEME_NONE), "");
    ck_assert_str_eq(toc_scheme_code((enum toc_scheme)77), "");
    ck_assert_int_eq(toc_scheme_of("gb-chc"), TOC_SCHEME_CHC);
    ck_assert_int_eq(toc_scheme_of(""), TOC_SCHEME_NONE);
    ck_assert_int_eq(toc_scheme_of("GB-CFS"), TOC_SCHEME_NONE);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("orgid");
    TCase *const tcase = tcase_create("orgid");
    tcase_add_loop_test(tcase, test_one, 0, (int)(sizeof ones / sizeof ones[0]));
    tcase_add_test(tcase, test_every_company_register);
    tcase_add_test(tcase, test_valid_is_strict);
    tcase_add_test(tcase, test_nothing_there);
    tcase_add_test(tcase, test_several_in_a_cell);
    tcase_add_test(tcase, test_personal_numbers_are_denied);
    tcase_add_test(tcase, test_national_insurance_shape);
    tcase_add_test(tcase, test_length_at_the_edge);
    tcase_add_test(tcase, test_codes);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
