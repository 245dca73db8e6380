#include "ident.h"
#include "bounds.h"
#include "utf8.h"
#include <string.h>

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A letter first, then letters, digits, '-' and, where allowed, single dots; no '-' or dot last. */
static bool is_name(const char *text, size_t len_max, bool dots)
{
    if (text == NULL || !is_lower(text[0])) {
        return false;
    }
    size_t len = 0;
    for (; text[len] != '\0'; len++) {
        const char c = text[len];
        if (len == len_max) {
            return false;
        }
        if (!is_lower(c) && !is_digit(c) && c != '-' && !(dots && c == '.')) {
            return false;
        }
        if (c == '.' && text[len - 1] == '.') {
            return false;
        }
    }
    return text[len - 1] != '-' && text[len - 1] != '.';
}

bool toc_ident_member(const char *text)
{
    return is_name(text, TOC_MEMBER_LEN_MAX, false);
}

bool toc_ident_group(const char *text)
{
    return is_name(text, TOC_GROUP_LEN_MAX, false);
}

bool toc_ident_stream(const char *text)
{
    return is_name(text, TOC_STREAM_LEN_MAX, true);
}

/* Controls, and what makes a terminal show a name other than it is: line and paragraph separators,
 * and the marks that turn the direction of writing. */
static bool is_deceptive(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x061c ||
           character == 0x200e || character == 0x200f ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

/* Eight bytes at a time: the high bit of each byte of the sum says whether that byte is outside
 * printable ASCII. Records are mostly such text, and every one is checked wherever it arrives. */
static size_t plain_len(const char *text, size_t len)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t at = 0;
    for (; len - at >= sizeof ones; at += sizeof ones) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        const uint64_t below = (word - ones * 0x20) & ~word;
        const uint64_t deleted = word + ones; /* 0x7f carries into the high bit */
        if (((word | below | deleted) & ones * 0x80) != 0) {
            break;
        }
    }
    while (at < len && text[at] >= 0x20 && text[at] < 0x7f) {
        at++; /* the last seven */
    }
    return at;
}

bool toc_ident_text(const char *text, unsigned len_max)
{
    if (text == NULL || text[0] == '\0') {
        return false;
    }
    const size_t len = strnlen(text, (size_t)len_max + 1);
    if (len > len_max) {
        return false;
    }
    const size_t plain = plain_len(text, len);
    struct toc_bytes rest = toc_bytes_of(text + plain, len - plain);
    uint32_t character;
    enum toc_result result;
    while ((result = toc_utf8_next(&rest, &character)) == TOC_OK) {
        if (is_deceptive(character)) {
            return false;
        }
    }
    return result == TOC_NOTFOUND;
}

bool toc_ident_gss(const char *text)
{
    if (text == NULL || text[0] == '\0' || strchr("EWSN", text[0]) == NULL) {
        return false;
    }
    for (size_t i = 1; i <= 8; i++) {
        if (!is_digit(text[i])) {
            return false;
        }
    }
    return text[9] == '\0';
}
