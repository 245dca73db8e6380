#include "import_text.h"
#include "csvfile.h"
#include "ensure.h"
#include "timetext.h"
#include "utf8.h"
#include <string.h>
#include <strings.h>

enum { CPV_DIGITS = 8, CPV_MIN = 1000000, BASE_TEN = 10 };

static const char ellipsis[] = "\xe2\x80\xa6";
static const int64_t pounds_max = 1000000000000; /* the state's whole budget is about that */

/* As ident.h refuses them: controls, and marks that hide or reorder text. */
static bool is_gap(uint32_t c)
{
    return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202f) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/* Writes at most len_max bytes; returns how many, and whether that was all. */
static size_t clean(const char *text, size_t len_max, char *at, bool *ret_whole)
{
    struct toc_bytes rest = toc_bytes_text(text);
    uint32_t character;
    size_t len = 0;
    bool gap = false;
    *ret_whole = true;
    while (toc_utf8_next(&rest, &character) == TOC_OK) {
        if (is_gap(character)) {
            gap = true;
            continue;
        }
        char encoded[4];
        const size_t encoded_len = toc_utf8_put(character, encoded);
        const size_t space = gap && len > 0 ? 1 : 0;
        if (len + space + encoded_len > len_max) {
            *ret_whole = false;
            return len;
        }
        if (space > 0) {
            at[len++] = ' ';
        }
        memcpy(at + len, encoded, encoded_len);
        len += encoded_len;
        gap = false;
    }
    return len;
}

const char *toc_import_text(struct toc_arena *arena, const char *text, size_t len_max)
{
    const size_t text_len = strlen(text);
    const size_t room = text_len < len_max ? text_len : len_max;
    char *const copy = toc_arena_get(arena, room + sizeof ellipsis);
    if (copy == NULL) {
        return NULL;
    }
    bool whole;
    size_t len = clean(text, len_max, copy, &whole);
    if (!whole) {
        const size_t ellipsis_len = sizeof ellipsis - 1;
        TOC_ASSERT(len_max > ellipsis_len);
        len = clean(text, len_max - ellipsis_len, copy, &whole);
        memcpy(copy + len, ellipsis, ellipsis_len);
        len += ellipsis_len;
    }
    copy[len] = '\0';
    return copy;
}

bool toc_import_blank(const char *text)
{
    static const char *const blanks[] = {
        "",
        "na",
        "none",
        "nil",
        "null",
        "tbc",
        "tba",
        "unknown",
        "notknown",
        "notgiven",
        "notheld",
        "awaiting",
        "notapplicable",
        "notyetavailable",
        "notavailable",
        "tobeconfirmed",
        "various",
        "redacted",
        "notset",
        "nodata",
        "exempt",
    };
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(text, folded);
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        if (strcmp(folded, blanks[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Signs and spaces off the front: a pound sign is two bytes of UTF-8. */
static const char *skip_currency(const char *text, bool *negative)
{
    for (;;) {
        if (*text == ' ' || *text == '+') {
            text++;
        } else if (*text == '-' || *text == '(') {
            *negative = true;
            text++;
        } else if (strncmp(text, "\xc2\xa3", 2) == 0) {
            text += 2;
        } else if (strncmp(text, "GBP", 3) == 0) {
            text += 3;
        } else {
            return text;
        }
    }
}

enum toc_result toc_import_pounds(const char *text, int64_t *ret_pounds)
{
    TOC_ENSURE(!toc_import_blank(text), TOC_NOTFOUND);
    bool negative = false;
    int64_t pounds = 0;
    text = skip_currency(text, &negative);
    const size_t digits = strspn(text, "0123456789");
    TOC_ENSURE(digits > 0 || *text == '.', TOC_MALFORMED);
    for (; (*text >= '0' && *text <= '9') || *text == ','; text++) {
        if (*text != ',') {
            pounds = pounds * BASE_TEN + (*text - '0');
        }
        TOC_ENSURE(pounds <= pounds_max, TOC_TOOBIG);
    }
    if (*text == '.') {
        text++;
        text += strspn(text, "0123456789");
    }
    text += strspn(text, ") ");
    TOC_ENSURE(*text == '\0', TOC_MALFORMED);
    *ret_pounds = negative ? -pounds : pounds;
    return TOC_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whole pounds off the front of *text: digits, or groups of three after the first comma. */
static enum toc_result take_pounds(const char **text, int64_t *ret_pounds)
{
    const char *at = *text;
    int64_t pounds = 0;
    size_t group = 0; /* digits since the start or the last comma */
    bool grouped = false;
    for (; is_digit(*at) || *at == ','; at++) {
        if (*at == ',') {
            TOC_ENSURE(group > 0 && group <= 3 && (!grouped || group == 3), TOC_MALFORMED);
            grouped = true;
            group = 0;
            continue;
        }
        pounds = pounds * BASE_TEN + (*at - '0');
        TOC_ENSURE(pounds <= pounds_max, TOC_TOOBIG);
        group++;
    }
    TOC_ENSURE(!grouped || group == 3, TOC_MALFORMED);
    *text = at;
    *ret_pounds = pounds;
    return TOC_OK;
}

/* ".5" is fifty pence; the third decimal rounds. */
static int64_t take_decimals(const char **text)
{
    const char *const digits = *text;
    size_t len = 0;
    while (is_digit(digits[len])) {
        len++;
    }
    const int64_t tens = len > 0 ? digits[0] - '0' : 0;
    const int64_t ones = len > 1 ? digits[1] - '0' : 0;
    const int64_t up = len > 2 && digits[2] >= '5' ? 1 : 0;
    *text += len;
    return tens * BASE_TEN + ones + up;
}

/* What may follow the digits: brackets, SAP's minus, a bookkeeper's CR and DR. */
static bool take_amount_end(const char *text, bool *negative)
{
    text += strspn(text, ") ");
    if (*text == '-' && !*negative) {
        *negative = true;
        text++;
    } else if (strncasecmp(text, "CR", 2) == 0 && !*negative) {
        *negative = true;
        text += 2;
    } else if (strncasecmp(text, "DR", 2) == 0) {
        text += 2;
    }
    text += strspn(text, " ");
    return *text == '\0';
}

enum toc_result toc_import_pence(const char *text, int64_t *ret_pence)
{
    bool negative = false;
    int64_t pounds;
    int64_t pence = 0;
    if (!is_digit(text[0])) { /* the words for nothing take time, and rows come by the million */
        TOC_ENSURE(!toc_import_blank(text), TOC_NOTFOUND);
        text = skip_currency(text, &negative);
    }
    TOC_ENSURE(is_digit(text[0]) || (text[0] == '.' && is_digit(text[1])), TOC_MALFORMED);
    TOC_TRY(take_pounds(&text, &pounds));
    if (*text == '.') {
        text++;
        pence = take_decimals(&text);
    }
    TOC_ENSURE(take_amount_end(text, &negative), TOC_MALFORMED);
    pence += pounds * 100;
    *ret_pence = negative ? -pence : pence;
    return TOC_OK;
}

enum toc_result toc_import_date(const char *text, uint32_t *ret_days)
{
    static const char *const endless[] = {"ongoing",   "rolling",    "openended",
                                          "noenddate", "indefinite", "evergreen"};
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(text, folded);
    TOC_ENSURE(!toc_import_blank(text), TOC_NOTFOUND);
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++) {
        TOC_ENSURE(strcmp(folded, endless[i]) != 0, TOC_NOTFOUND);
    }
    int32_t days;
    if (toc_date_parse(text, &days) != TOC_OK) {
        TOC_TRY(toc_date_parse_uk(text, &days));
    }
    TOC_ENSURE(days > 0, TOC_NOTFOUND);
    *ret_days = (uint32_t)days;
    return TOC_OK;
}

bool toc_import_cpv(const char *text, uint32_t *ret_code)
{
    uint32_t code = 0;
    for (size_t i = 0; i < CPV_DIGITS; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        code = code * BASE_TEN + (uint32_t)(text[i] - '0');
    }
    const char *const rest = text + CPV_DIGITS;
    const bool check_digit =
        (rest[0] == '-' || rest[0] == ' ') && rest[1] >= '0' && rest[1] <= '9' && rest[2] == '\0';
    if ((rest[0] != '\0' && !check_digit) || code < CPV_MIN) {
        return false;
    }
    *ret_code = code;
    return true;
}
