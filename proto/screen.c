#include "screen.h"
#include "suppliername.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { ID_LEN_MIN = 2, ID_LEN_MAX = 20, COH_LEN = 8 };

/* Registers whose entries are never a natural person's own number. */
static const char *const registers[] = {
    "GB-COH",  "GB-CHC",  "GB-SC",  "GB-NIC", "GB-MPR",  "GB-UKPRN", "GB-NHS",
    "XI-LEI",  "GB-LAE",  "GB-LAS", "GB-PLA", "GB-LANI", "GB-GOR",   "GB-EDU",
    "GB-SHPE", "GB-CASC", "GG-RCE", "JE-FSC", "IM-CR",
};

/* In the folded form of suppliername.h, anywhere but first: "fold ltd", "fold limited (uk)". */
static const char *const suffixes[] = {
    "ltd", "limited", "plc", "llp",  "cic", "cio",  "scio",  "cyf",          "cyfyngedig",
    "ccc", "cbc",     "inc", "corp", "llc", "gmbh", "unltd", "incorporated",
};
/* Too short to mean anything but at the end. */
static const char *const last_suffixes[] = {"lp", "bv", "nv", "ag", "sa", "srl", "spa", "pty"};

static const char *const titles[] = {"mr",  "mrs",  "ms",        "miss", "mx",
                                     "dr",  "prof", "professor", "rev",  "reverend",
                                     "sir", "dame", "lady",      "lord"};

static const char *const redactions[] = {"redacted",         "redaction",  "personal data",
                                         "name withheld",    "individual", "sole trader",
                                         "various suppliers"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool is_in(const char *word, size_t len, const char *const *list, size_t list_len)
{
    for (size_t i = 0; i < list_len; i++) {
        if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_upper_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Two letters, six digits, A to D: what a spreadsheet column of company numbers must not hold. */
static bool is_national_insurance(const char *id, size_t len)
{
    if (len != 9 || !is_upper_letter((char)toupper((unsigned char)id[0])) ||
        !is_upper_letter((char)toupper((unsigned char)id[1])) ||
        strchr("ABCD", toupper((unsigned char)id[8])) == NULL) {
        return false;
    }
    return strspn(id + 2, "0123456789") == 6;
}

/* 8 characters, or digits that lost their leading zeros; not all zeros. */
static bool is_company_number(const char *id, size_t len)
{
    const size_t digits = strspn(id, "0123456789");
    if (digits == len) {
        return len <= COH_LEN && strspn(id, "0") != len;
    }
    return len == COH_LEN && digits == 0;
}

bool toc_screen_registry_id(const char *scheme, const char *id)
{
    const size_t len = strlen(id);
    bool is_register = false;
    for (size_t i = 0; i < COUNT(registers); i++) {
        is_register = is_register || strcasecmp(registers[i], scheme) == 0;
    }
    if (!is_register || len < ID_LEN_MIN || len > ID_LEN_MAX || is_national_insurance(id, len)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)id[i]) && id[i] != '-') {
            return false;
        }
    }
    return strcasecmp(scheme, "GB-COH") != 0 || is_company_number(id, len);
}

/* The trade name after "t/a" says nothing about who trades: only what stands before it counts. */
static size_t principal_len(const char *folded)
{
    static const char *const marks[] = {" t a ", " ta ", " trading as "};
    size_t len = strlen(folded);
    for (size_t i = 0; i < COUNT(marks); i++) {
        const char *const at = strstr(folded, marks[i]);
        if (at != NULL && (size_t)(at - folded) < len) {
            len = (size_t)(at - folded);
        }
    }
    return len;
}

static bool has_suffix(const char *folded, size_t len)
{
    size_t start = 0;
    while (start < len) {
        const size_t left = len - start;
        const char *const space = memchr(folded + start, ' ', left);
        const size_t word_len = space == NULL ? left : (size_t)(space - (folded + start));
        const bool last = start + word_len == len;
        if (start > 0 &&
            (is_in(folded + start, word_len, suffixes, COUNT(suffixes)) ||
             (last && is_in(folded + start, word_len, last_suffixes, COUNT(last_suffixes))))) {
            return true;
        }
        start += word_len + 1;
    }
    return false;
}

static bool is_personal(const char *folded, size_t principal)
{
    const size_t first = strcspn(folded, " ");
    if (is_in(folded, first, titles, COUNT(titles)) || principal != strlen(folded)) {
        return true;
    }
    for (size_t i = 0; i < COUNT(redactions); i++) {
        if (strstr(folded, redactions[i]) != NULL) {
            return true;
        }
    }
    return false;
}

enum toc_screen toc_screen_supplier(const char *name, const char *scheme, const char *id)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    if (is_national_insurance(id, strlen(id)) || toc_name_fold(name, folded) != TOC_OK) {
        return TOC_SCREEN_DROP;
    }
    const size_t principal = principal_len(folded);
    if (toc_screen_registry_id(scheme, id) || has_suffix(folded, principal)) {
        return TOC_SCREEN_KEEP;
    }
    return is_personal(folded, principal) ? TOC_SCREEN_DROP : TOC_SCREEN_HOLD;
}
