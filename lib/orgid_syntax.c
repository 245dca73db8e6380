#include "orgid_syntax.h"
#include "ensure.h"
#include <string.h>
#include <strings.h>

enum {
    COMPANY_LEN = 8,
    COMPANY_PREFIX_LEN = 2,
    LEI_LEN = 20,
    LEI_MODULUS = 97,
    PPON_LEN = 14,
    PPON_GROUP = 4,
    CHARITY_DIGITS_MIN = 6,
    CHARITY_DIGITS_MAX = 7,
    LINKED_DIGITS_MAX = 3,
    MUTUAL_DIGITS_MAX = 6,
    ODS_LEN_MIN = 3,
    ODS_LEN_MAX = 6, /* eight characters are a doctor's own code */
    VAT_LEN = 9,
    VAT_BRANCH_LEN = 12,
    VAT_SHORT_LEN = 5,
    BASE_TEN = 10,
};

/* Companies House: by the first character of a number, the second ones that follow it. */
static const char *company_seconds(char first)
{
    switch (first) {
    case 'A':
    case 'F':
    case 'P':
    case 'Z':
        return "C";
    case 'B':
        return "R";
    case 'C':
        return "ES";
    case 'E':
        return "NS";
    case 'G':
        return "ENS";
    case 'I':
        return "CP";
    case 'L':
        return "P";
    case 'N':
        return "ACFILOPRVZ";
    case 'O':
        return "CE";
    case 'R':
        return "0CS";
    case 'S':
        return "ACEFGILOPRZ";
    default:
        return "";
    }
}

bool toc_orgid_company_prefix(const char *id)
{
    return id[0] != '\0' && id[1] != '\0' && strchr(company_seconds(id[0]), id[1]) != NULL;
}

bool toc_orgid_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!toc_orgid_is_digit(text[i])) {
            return false;
        }
    }
    return true;
}

/* Societies and some partnerships end in letters: "IP28687R", "SP2219RS". */
static bool is_wide_company(const char *id)
{
    static const char *const prefixes[] = {"IP", "SP", "NP", "RS", "SO", "OC"};
    static const char *const tails[] = {"W", "S",  "R",  "Z",  "C",  "F",  "P",  "E",  "T",
                                        "B", "FI", "RS", "SA", "IP", "US", "EN", "AS", "CUS"};
    bool known = false;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        known = known || memcmp(prefixes[i], id, COMPANY_PREFIX_LEN) == 0;
    }
    const size_t digits = strspn(id + COMPANY_PREFIX_LEN, "0123456789");
    const char *const tail = id + COMPANY_PREFIX_LEN + digits;
    for (size_t i = 0; known && i < sizeof tails / sizeof tails[0]; i++) {
        if (strcmp(tails[i], tail) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_company(const char *id, size_t len)
{
    if (len != COMPANY_LEN) {
        return false;
    }
    const char *digits = id;
    if (!toc_orgid_is_digit(id[0])) {
        if (!toc_orgid_company_prefix(id)) {
            return false;
        }
        digits = id + COMPANY_PREFIX_LEN;
    }
    const size_t digits_len = len - (size_t)(digits - id);
    if (strspn(digits, "0") == digits_len) {
        return false;
    }
    return toc_orgid_digits(digits, digits_len) || (digits != id && is_wide_company(id));
}

/* ISO 7064, MOD 97-10: letters count as 10 to 35, and the whole leaves 1. */
static bool is_lei(const char *id, size_t len)
{
    unsigned rest = 0;
    if (len != LEI_LEN || !toc_orgid_digits(id + LEI_LEN - 2, 2)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (toc_orgid_is_digit(id[i])) {
            rest = (rest * BASE_TEN + (unsigned)(id[i] - '0')) % LEI_MODULUS;
        } else if (toc_orgid_is_capital(id[i])) {
            rest = (rest * BASE_TEN * BASE_TEN + (unsigned)(id[i] - 'A') + BASE_TEN) % LEI_MODULUS;
        } else {
            return false;
        }
    }
    return rest == 1;
}

/* "PNRX-3847-DWGL": no vowels, no 0. "C" at the end is an informal consortium, "B" is nothing. */
static bool is_ppon(const char *id, size_t len)
{
    static const char letters[] = "BCDGHJLMNPQRTVWXYZ";
    const char *const end = id + len;
    if (len != PPON_LEN || id[0] != 'P' || end[-1] == 'B' || id[PPON_GROUP] != '-' ||
        id[2 * PPON_GROUP + 1] != '-') {
        return false;
    }
    return strspn(id, letters) == PPON_GROUP &&
           strspn(id + PPON_GROUP + 1, "123456789") == PPON_GROUP &&
           strspn(end - PPON_GROUP, letters) == PPON_GROUP;
}

/* "1096511", or with the number of a linked charity: "312832-6". */
static bool is_charity(const char *id, size_t len)
{
    const size_t digits = strspn(id, "0123456789");
    if (digits < CHARITY_DIGITS_MIN || digits > CHARITY_DIGITS_MAX || id[0] == '0') {
        return false;
    }
    if (digits == len) {
        return true;
    }
    const size_t linked = len - digits - 1;
    return id[digits] == '-' && linked >= 1 && linked <= LINKED_DIGITS_MAX &&
           toc_orgid_digits(id + digits + 1, linked);
}

/* "SC042386". */
static bool is_scottish_charity(const char *id, size_t len)
{
    return len == 2 + CHARITY_DIGITS_MIN && memcmp(id, "SC", 2) == 0 &&
           toc_orgid_digits(id + 2, CHARITY_DIGITS_MIN) && strspn(id + 2, "0") != len - 2;
}

/* "235C", "31192R", "IP031455". */
static bool is_mutual(const char *id, size_t len)
{
    if (len == 2 + MUTUAL_DIGITS_MAX && memcmp(id, "IP", 2) == 0) {
        return toc_orgid_digits(id + 2, MUTUAL_DIGITS_MAX) && strspn(id + 2, "0") != len - 2;
    }
    const size_t digits = strspn(id, "0123456789");
    if (digits < 1 || digits > MUTUAL_DIGITS_MAX || strspn(id, "0") == digits) {
        return false;
    }
    return digits == len || (digits + 1 == len && toc_orgid_is_capital(id[digits]));
}

/* Trusts may be letters alone; anything longer has a digit. */
static bool is_ods(const char *id, size_t len)
{
    bool has_digit = false;
    for (size_t i = 0; i < len; i++) {
        if (!toc_orgid_is_digit(id[i]) && !toc_orgid_is_capital(id[i])) {
            return false;
        }
        has_digit = has_digit || toc_orgid_is_digit(id[i]);
    }
    return len >= ODS_LEN_MIN && len <= ODS_LEN_MAX && (len == ODS_LEN_MIN || has_digit);
}

/* Two series of numbers: the older one's weighted sum leaves 0 by 97, the newer one's 42 or 55. */
static bool is_vat_checked(const char *id)
{
    static const unsigned char weights[VAT_LEN] = {8, 7, 6, 5, 4, 3, 2, 10, 1};
    enum { OLDER_MODULUS = 97, NEWER_REST = 42, NEWEST_REST = 55 };
    unsigned sum = 0;
    for (size_t i = 0; i < VAT_LEN; i++) {
        sum += weights[i] * (unsigned)(id[i] - '0');
    }
    const unsigned rest = sum % OLDER_MODULUS;
    return strspn(id, "0") < VAT_LEN &&
           (rest == 0 || (id[0] != '0' && (rest == NEWER_REST || rest == NEWEST_REST)));
}

static bool is_vat(const char *id, size_t len)
{
    if (len == VAT_SHORT_LEN && toc_orgid_digits(id + 2, 3)) {
        return (memcmp(id, "GD", 2) == 0 && id[2] < '5') ||
               (memcmp(id, "HA", 2) == 0 && id[2] >= '5');
    }
    return (len == VAT_LEN || len == VAT_BRANCH_LEN) && toc_orgid_digits(id, len) &&
           is_vat_checked(id);
}

bool toc_orgid_valid(enum toc_scheme scheme, const char *id)
{
    const size_t len = strlen(id);
    switch (scheme) {
    case TOC_SCHEME_NONE:
        return false;
    case TOC_SCHEME_COH:
        return is_company(id, len);
    case TOC_SCHEME_LEI:
        return is_lei(id, len);
    case TOC_SCHEME_PPON:
        return is_ppon(id, len);
    case TOC_SCHEME_CHC:
        return is_charity(id, len);
    case TOC_SCHEME_SC:
        return is_scottish_charity(id, len);
    case TOC_SCHEME_NIC:
        return len == CHARITY_DIGITS_MIN && id[0] == '1' && toc_orgid_digits(id, len);
    case TOC_SCHEME_MPR:
        return is_mutual(id, len);
    case TOC_SCHEME_UKPRN:
        return len == COMPANY_LEN && id[0] == '1' && toc_orgid_digits(id, len);
    case TOC_SCHEME_NHS:
        return is_ods(id, len);
    case TOC_SCHEME_VAT:
        return is_vat(id, len);
    }
    return false; /* a number from the wire that is no scheme */
}

static const char *const codes[] = {
    [TOC_SCHEME_NONE] = "",        [TOC_SCHEME_COH] = "GB-COH", [TOC_SCHEME_LEI] = "XI-LEI",
    [TOC_SCHEME_PPON] = "GB-PPON", [TOC_SCHEME_CHC] = "GB-CHC", [TOC_SCHEME_SC] = "GB-SC",
    [TOC_SCHEME_NIC] = "GB-NIC",   [TOC_SCHEME_MPR] = "GB-MPR", [TOC_SCHEME_UKPRN] = "GB-UKPRN",
    [TOC_SCHEME_NHS] = "GB-NHS",   [TOC_SCHEME_VAT] = "VAT",
};

const char *toc_scheme_code(enum toc_scheme scheme)
{
    const size_t i = (size_t)scheme;
    return i < sizeof codes / sizeof codes[0] ? codes[i] : "";
}

enum toc_scheme toc_scheme_of(const char *code)
{
    for (size_t i = 1; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcasecmp(codes[i], code) == 0) {
            return (enum toc_scheme)i;
        }
    }
    return TOC_SCHEME_NONE;
}
