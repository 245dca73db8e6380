#include "suppliername.h"
#include "ensure.h"
#include "suppliersuffix.h"
#include "utf8.h"
#include <string.h>

enum { LATIN_FIRST = 0xc0, LATIN_LAST = 0xff };

struct suffix {
    const char *form;
    const char *folded;
};

#define SUFFIX_ROW(form, folded) {form, folded},
static const struct suffix suffixes[] = {TOC_SUPPLIER_SUFFIXES(SUFFIX_ROW)};
#undef SUFFIX_ROW

/* Latin-1 letters without their accents; "" is no letter (the signs for times and divided by). */
static const char *const latin[LATIN_LAST - LATIN_FIRST + 1] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",
};

/* Welsh puts accents on w and y, which Latin-1 does not have. */
static const char *welsh(uint32_t character)
{
    if (character == 0x174 || character == 0x175 || (character >= 0x1e80 && character <= 0x1e85)) {
        return "w";
    }
    if ((character >= 0x176 && character <= 0x178) || character == 0x1ef2 || character == 0x1ef3) {
        return "y";
    }
    return NULL;
}

/* Written or not without a difference: apostrophes ("Sainsbury's", "Sainsburys"), accents that
 * stand alone, and what cannot be seen. */
static bool is_dropped(uint32_t character)
{
    return character == '\'' || character == '`' || character == 0xad || character == 0xb4 ||
           character == 0x2bc || (character >= 0x300 && character <= 0x36f) ||
           (character >= 0x200b && character <= 0x200f) || character == 0x2018 ||
           character == 0x2019 || character == 0x2032 || character == 0xfeff;
}

/* What a character folds to; "" for a gap. `ret_other` has room for the characters of other
 * alphabets, which stay what they are. */
static const char *fold_character(uint32_t character, char ret_other[5])
{
    static const char *const and_word = " and ";
    if (character == '&' || character == '+') {
        return and_word;
    }
    if (character >= 'A' && character <= 'Z') {
        character = character - 'A' + 'a';
    }
    if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')) {
        ret_other[0] = (char)character;
        ret_other[1] = '\0';
        return ret_other;
    }
    if (character < LATIN_FIRST) {
        return "";
    }
    if (character <= LATIN_LAST) {
        return latin[character - LATIN_FIRST];
    }
    if ((character >= 0x2000 && character <= 0x206f) || character == 0x3000) {
        return ""; /* dashes, quotes and spaces of other widths */
    }
    const char *const letter = welsh(character);
    if (letter != NULL) {
        return letter;
    }
    ret_other[toc_utf8_put(character, ret_other)] = '\0';
    return ret_other;
}

/* A name while it is built: words with one space between them. */
struct folding {
    char text[TOC_FOLD_LEN_MAX + 1];
    size_t len;
    bool gap;
};

static enum toc_result put_text(struct folding *folding, const char *text)
{
    if (text[0] == '\0') {
        folding->gap = true;
    }
    for (; *text != '\0'; text++) {
        if (*text == ' ') {
            folding->gap = true;
            continue;
        }
        const bool space = folding->gap && folding->len > 0;
        TOC_ENSURE(folding->len + (space ? 2 : 1) <= TOC_FOLD_LEN_MAX, TOC_TOOBIG);
        if (space) {
            folding->text[folding->len++] = ' ';
        }
        folding->text[folding->len++] = *text;
        folding->gap = false;
    }
    return TOC_OK;
}

static enum toc_result fold_words(const char *name, struct folding *folding)
{
    struct toc_bytes rest = toc_bytes_text(name);
    uint32_t character;
    enum toc_result result;
    while ((result = toc_utf8_next(&rest, &character)) == TOC_OK) {
        if (!is_dropped(character)) {
            char other[5];
            TOC_TRY(put_text(folding, fold_character(character, other)));
        }
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    folding->text[folding->len] = '\0';
    return TOC_OK;
}

/* The longest legal form that the first `len` bytes end in as whole words, or NULL. */
static const struct suffix *suffix_at_end(const char *text, size_t len)
{
    const struct suffix *best = NULL;
    size_t best_len = 0;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        const size_t form_len = strlen(suffixes[i].form);
        if (form_len <= best_len || form_len > len ||
            memcmp(text + len - form_len, suffixes[i].form, form_len) != 0) {
            continue;
        }
        if (form_len == len || text[len - form_len - 1] == ' ') {
            best = &suffixes[i];
            best_len = form_len;
        }
    }
    return best;
}

/* From the end, one legal form after the other: "smith and company limited" is a "co ltd". No short
 * form is longer than what it stands for, so the text only shrinks. */
static void fold_suffixes(struct folding *folding)
{
    size_t end = folding->len;
    const struct suffix *suffix;
    while (end > 0 && (suffix = suffix_at_end(folding->text, end)) != NULL) {
        const size_t start = end - strlen(suffix->form);
        const size_t folded_len = strlen(suffix->folded);
        memmove(folding->text + start + folded_len, folding->text + end, folding->len - end + 1);
        memcpy(folding->text + start, suffix->folded, folded_len);
        folding->len -= end - start - folded_len;
        end = start > 0 ? start - 1 : 0;
    }
}

static void drop_the(struct folding *folding)
{
    size_t kept = 0;
    for (size_t at = 0; at < folding->len;) {
        const char *const word = folding->text + at;
        const size_t len = strcspn(word, " ");
        if (len != 3 || memcmp(word, "the", 3) != 0) {
            if (kept > 0) {
                folding->text[kept++] = ' ';
            }
            memmove(folding->text + kept, word, len);
            kept += len;
        }
        at += len + 1;
    }
    folding->text[kept] = '\0';
    folding->len = kept;
}

static enum toc_result fold(const char *name, bool buyer, char *ret_folded)
{
    TOC_ENSURE(name != NULL, TOC_INVALID);
    struct folding folding = {.len = 0};
    TOC_TRY(fold_words(name, &folding));
    if (buyer) {
        drop_the(&folding);
    }
    TOC_ENSURE(folding.len > 0, TOC_INVALID);
    fold_suffixes(&folding);
    memcpy(ret_folded, folding.text, folding.len + 1);
    return TOC_OK;
}

enum toc_result toc_name_fold(const char *name, char ret_folded[TOC_FOLD_LEN_MAX + 1])
{
    return fold(name, false, ret_folded);
}

enum toc_result toc_name_fold_buyer(const char *name, char ret_folded[TOC_FOLD_LEN_MAX + 1])
{
    return fold(name, true, ret_folded);
}
