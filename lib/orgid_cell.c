#include "ensure.h"
#include "orgid_syntax.h"
#include "utf8.h"
#include <string.h>

/* The letter, digit or sign in ASCII: other widths, as NFKC has them; dashes and spaces of all
 * kinds. NUL for what is no part of any number. */
static char plain_character(uint32_t character)
{
    enum { WIDE_FIRST = 0xff01, WIDE_LAST = 0xff5e, WIDE_OFFSET = 0xfee0, PRINTABLE_LAST = 0x7e };
    if (character >= WIDE_FIRST && character <= WIDE_LAST) {
        return (char)(character - WIDE_OFFSET);
    }
    if (character > ' ' && character <= PRINTABLE_LAST) {
        return (char)character;
    }
    if (character <= ' ' || character == 0xa0 || character == 0x3000 ||
        (character >= 0x2000 && character <= 0x200b) || character == 0xfeff) {
        return ' ';
    }
    return character >= 0x2010 && character <= 0x2015 ? '-' : '\0';
}

enum toc_result toc_orgid_read(const char *text, struct toc_orgid_plain *ret_plain)
{
    struct toc_bytes rest = toc_bytes_text(text);
    uint32_t character;
    enum toc_result result;
    size_t len = 0;
    ret_plain->norm = 0;
    while ((result = toc_utf8_next(&rest, &character)) == TOC_OK) {
        char c = plain_character(character);
        TOC_ENSURE(c != '\0', TOC_MALFORMED);
        if (c == ' ' && len == 0) {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c = (char)(c - 'a' + 'A');
            ret_plain->norm |= TOC_NORM_CASE;
        }
        TOC_ENSURE(len < TOC_ORGID_CELL_MAX, TOC_TOOBIG);
        ret_plain->text[len++] = c;
    }
    TOC_ENSURE(result == TOC_NOTFOUND, TOC_MALFORMED);
    while (len > 0 && ret_plain->text[len - 1] == ' ') {
        len--;
    }
    ret_plain->text[len] = '\0';
    ret_plain->len = len;
    return TOC_OK;
}

bool toc_orgid_stands_for_nothing(const struct toc_orgid_plain *plain)
{
    static const char *const words[] = {
        "",        "NA",       "NONE",    "NIL",   "NULL",          "TBC",
        "TBA",     "UNKNOWN",  "EXEMPT",  "18",    "NOTKNOWN",      "AWAITING",
        "ONETIME", "REDACTED", "NOTHELD", "NOID",  "NOTGIVEN",      "NOTAVAILABLE",
        "NODATA",  "NOTSET",   "VARIOUS", "BLANK", "NOTAPPLICABLE", "NOTYETAVAILABLE",
    };
    enum { WORD_MAX = 16 };
    char word[WORD_MAX + 1];
    size_t len = 0;
    for (size_t i = 0; i < plain->len; i++) {
        const char c = plain->text[i];
        if (toc_orgid_is_digit(c) || toc_orgid_is_capital(c)) {
            if (len == WORD_MAX) {
                return false;
            }
            word[len++] = c;
        }
    }
    word[len] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (word[0] == words[i][0] && strcmp(word, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

void toc_orgid_put_zeros_back(struct toc_orgid_plain *plain)
{
    static const char mark[] = "N/A";
    enum { MARK_LEN = sizeof mark - 1 };
    size_t kept = 0;
    for (size_t at = 0; at < plain->len;) {
        size_t marks = 0;
        while (strncmp(plain->text + at + marks * MARK_LEN, mark, MARK_LEN) == 0) {
            marks++;
        }
        const size_t end = at + marks * MARK_LEN;
        if (marks > 0 && kept > 0 && toc_orgid_is_digit(plain->text[kept - 1]) &&
            toc_orgid_is_digit(plain->text[end])) {
            memset(plain->text + kept, '0', marks);
            kept += marks;
            at = end;
            plain->norm |= TOC_NORM_UNREPLACED;
            continue;
        }
        plain->text[kept++] = plain->text[at++];
    }
    plain->text[kept] = '\0';
    plain->len = kept;
}
