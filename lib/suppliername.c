#include "suppliername.h"
#include "cp1252.h"
#include "ensure.h"
#include "suppliersuffix.h"
#include "utf8.h"
#include <string.h>

enum { LATIN_FIRST = 0xc0, LATIN_LAST = 0xff, ASCII_LAST = 0x7f };

enum { FORM_LEN_MAX = 31 };

struct form {
    char form[FORM_LEN_MAX + 1]; /* in the row itself: looked at for every other word */
    size_t form_len;
    const char *folded;
    size_t folded_len;
};

#define FORM_ROW(form, folded) {form, sizeof form - 1, folded, sizeof folded - 1},
#define LETTERS_ROW(letters) letters,
static const struct form words[] = {TOC_SUPPLIER_WORDS(FORM_ROW)};
static const struct form phrases[] = {TOC_SUPPLIER_PHRASES(FORM_ROW)};
static const char *const letter_forms[] = {TOC_SUPPLIER_LETTERS(LETTERS_ROW)};
#undef FORM_ROW
#undef LETTERS_ROW

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* What most names consist of: the letter or digit it becomes, 0 for a gap, and two signs that are
 * more than one character or none. */
#define AND '&'
#define DROPPED '\''
static const char ascii[ASCII_LAST + 1] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',      ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a',      ['B'] = 'b',
    ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g',      ['H'] = 'h',
    ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm',      ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's',      ['T'] = 't',
    ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',      ['Z'] = 'z',
    ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e',      ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k',      ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q',      ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w',      ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z', ['&'] = AND, ['+'] = AND, ['\''] = DROPPED, ['`'] = DROPPED,
};

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

/* What a character beyond ASCII folds to; "" for a gap. `ret_other` has room for those of other
 * alphabets, which stay what they are. */
static const char *fold_character(uint32_t character, char ret_other[5])
{
    if (character < LATIN_FIRST) {
        return "";
    }
    if (character <= LATIN_LAST) {
        return latin[character - LATIN_FIRST];
    }
    if ((character >= 0x2000 && character <= 0x20cf) || character == 0x2122 ||
        character == 0x3000) {
        return ""; /* dashes, quotes, spaces of other widths, money, marks of trade */
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

static inline enum toc_result put(struct folding *folding, char c)
{
    if (folding->gap && folding->len > 0) {
        TOC_ENSURE(folding->len < TOC_FOLD_LEN_MAX, TOC_TOOBIG);
        folding->text[folding->len++] = ' ';
    }
    TOC_ENSURE(folding->len < TOC_FOLD_LEN_MAX, TOC_TOOBIG);
    folding->text[folding->len++] = c;
    folding->gap = false;
    return TOC_OK;
}

/* "" is a gap. */
static enum toc_result put_text(struct folding *folding, const char *text)
{
    folding->gap = folding->gap || text[0] == '\0';
    for (; *text != '\0'; text++) {
        TOC_TRY(put(folding, *text));
    }
    return TOC_OK;
}

static enum toc_result put_word(struct folding *folding, const char *word)
{
    folding->gap = true;
    TOC_TRY(put_text(folding, word));
    folding->gap = true;
    return TOC_OK;
}

static bool is_alnum(uint8_t c)
{
    return c <= ASCII_LAST && ascii[c] != '\0' && ascii[c] != AND && ascii[c] != DROPPED;
}

/* "T/A" and "t/as" at the front, as a word of its own: how long it is, or 0. */
static size_t trading_as_len(struct toc_bytes rest)
{
    const uint8_t *const at = rest.data;
    if (rest.len < 3 || (at[1] != '/' && at[1] != '\\') || (at[2] != 'a' && at[2] != 'A')) {
        return 0;
    }
    const size_t len = rest.len > 3 && (at[3] == 's' || at[3] == 'S') ? 4 : 3;
    return len < rest.len && (is_alnum(at[len]) || at[len] > ASCII_LAST) ? 0 : len;
}

/* One character that is no plain letter or digit, and "t/a". */
static enum toc_result fold_other(struct folding *folding, struct toc_bytes *rest)
{
    uint32_t character;
    TOC_TRY(toc_utf8_next(rest, &character));
    (void)toc_cp1252_mend(character, rest, &character);
    const bool cut = character == 0xc2 && rest->len == 0; /* half of a space encoded twice */
    if (cut || is_dropped(character)) {
        return TOC_OK;
    }
    if (character <= ASCII_LAST) {
        return put_word(folding, "and"); /* the other sign has gone already */
    }
    char other[5];
    return put_text(folding, fold_character(character, other));
}

/* A run of plain letters, digits and gaps: all there is in most names. What is going on is kept in
 * registers until the run ends. */
static enum toc_result fold_plain(struct folding *folding, struct toc_bytes *rest)
{
    const uint8_t *at = rest->data;
    const uint8_t *const end = at + rest->len;
    size_t len = folding->len;
    bool gap = folding->gap || len == 0;
    for (; at < end && *at <= ASCII_LAST; at++) {
        const char c = ascii[*at];
        if (c == AND || c == DROPPED ||
            (c == 't' && gap && trading_as_len(toc_bytes_of(at, (size_t)(end - at))) > 0)) {
            break;
        }
        if (c == '\0') {
            gap = true;
            continue;
        }
        TOC_ENSURE(len + 2 <= TOC_FOLD_LEN_MAX || (len < TOC_FOLD_LEN_MAX && (!gap || len == 0)),
                   TOC_TOOBIG);
        if (gap && len > 0) {
            folding->text[len++] = ' ';
        }
        folding->text[len++] = c;
        gap = false;
    }
    folding->len = len;
    folding->gap = gap;
    *rest = toc_bytes_of(at, (size_t)(end - at));
    return TOC_OK;
}

static enum toc_result fold_words(const char *name, struct folding *folding)
{
    struct toc_bytes rest = toc_bytes_text(name);
    for (;;) {
        TOC_TRY(fold_plain(folding, &rest));
        if (rest.len == 0) {
            break;
        }
        if (*rest.data == 't' || *rest.data == 'T') {
            const size_t len = trading_as_len(rest);
            TOC_TRY(put_word(folding, "ta"));
            rest = toc_bytes_of(rest.data + len, rest.len - len);
        } else {
            TOC_TRY(fold_other(folding, &rest));
        }
    }
    folding->text[folding->len] = '\0';
    return TOC_OK;
}

/* Of the word that starts at `at`. Words are short: a loop is quicker than a call. */
static inline size_t word_len(const struct folding *folding, size_t at)
{
    size_t end = at;
    while (end < folding->len && folding->text[end] != ' ') {
        end++;
    }
    return end - at;
}

/* Takes `len` bytes out at `at`, and puts `text_len` of them (no more) there. */
static void replace(struct folding *folding, size_t at, size_t len, const char *text,
                    size_t text_len)
{
    char *const place = folding->text + at;
    memcpy(place, text, text_len);
    memmove(place + text_len, place + len, folding->len - at - len + 1);
    folding->len -= len - text_len;
}

static bool is_the(const char *word, size_t len)
{
    return len == 3 && memcmp(word, "the", 3) == 0;
}

/* At the start and the end ("Award Scheme Ltd (The)"), or everywhere; never the last word left. */
static void drop_the(struct folding *folding, bool everywhere)
{
    for (size_t at = 0; at < folding->len;) {
        const size_t len = word_len(folding, at);
        const bool last = at + len == folding->len;
        if (is_the(folding->text + at, len) && (everywhere || at == 0 || last) &&
            len < folding->len) {
            const size_t from = last ? at - 1 : at;
            replace(folding, from, len + 1, "", 0);
            at = last && !everywhere ? 0 : at;
            continue;
        }
        at += len + 1;
    }
}

/* How many letters stand alone from here on. */
static size_t letters_from(const char *text)
{
    size_t count = 0;
    while (text[0] >= 'a' && text[0] <= 'z' && (text[1] == ' ' || text[1] == '\0')) {
        count++;
        if (text[1] == '\0') {
            break;
        }
        text += 2;
    }
    return count;
}

/* How many of the letters at the end of a name are a legal form ("b q p l c": 3). */
static size_t form_letters(const char *letters, size_t count)
{
    for (size_t i = 0; i < COUNT(letter_forms); i++) {
        const size_t len = strlen(letter_forms[i]);
        bool same = len <= count;
        for (size_t j = 0; same && j < len; j++) {
            same = letters[2 * (count - len + j)] == letter_forms[i][j];
        }
        if (same) {
            return len;
        }
    }
    return 0;
}

static void join(struct folding *folding, size_t at, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        replace(folding, at + i, 1, "", 0);
    }
}

/* "a d simpson" and "ad simpson" are one; so are "b o c" and "boc". */
static void join_letters(struct folding *folding)
{
    for (size_t at = 0; at < folding->len;) {
        const size_t count = letters_from(folding->text + at);
        if (count > 1) {
            const bool last = at + 2 * count - 1 == folding->len;
            const size_t form = last ? form_letters(folding->text + at, count) : 0;
            join(folding, at + 2 * (count - form), form);
            join(folding, at, count - form);
        }
        at += word_len(folding, at) + 1;
    }
}

/* The longest form that starts here as whole words, or NULL. */
static const struct form *form_at(const struct form *forms, size_t forms_len, const char *text)
{
    const struct form *best = NULL;
    for (size_t i = 0; i < forms_len; i++) {
        const struct form *const form = &forms[i];
        if (form->form[0] == text[0] && form->form[1] == text[1] &&
            (best == NULL || best->form_len < form->form_len) &&
            strncmp(text, form->form, form->form_len) == 0 &&
            (text[form->form_len] == ' ' || text[form->form_len] == '\0')) {
            best = form;
        }
    }
    return best;
}

/* The bit of a word's first letter; 0 for another character. */
static inline uint32_t start_bit(char c)
{
    return c >= 'a' && c <= 'z' ? UINT32_C(1) << (unsigned)(c - 'a') : 0;
}

/* No short form is longer than what it stands for, so the text only shrinks. `starts` are the first
 * letters of the forms: most words begin with none of them. */
static bool shorten(struct folding *folding, const struct form *forms, size_t forms_len,
                    uint32_t starts)
{
    bool changed = false;
    for (size_t at = 0; at < folding->len; at += word_len(folding, at) + 1) {
        if ((starts & start_bit(folding->text[at])) == 0) {
            continue;
        }
        const struct form *const form = form_at(forms, forms_len, folding->text + at);
        if (form != NULL) {
            replace(folding, at, form->form_len, form->folded, form->folded_len);
            changed = true;
        }
    }
    return changed;
}

/* One bit a letter: the compiler counts them together. */
#define START_BIT(form, folded) | start_bit((form)[0])

static void shorten_all(struct folding *folding)
{
    const uint32_t word_starts = 0 TOC_SUPPLIER_WORDS(START_BIT);
    const uint32_t phrase_starts = 0 TOC_SUPPLIER_PHRASES(START_BIT);
    (void)shorten(folding, words, COUNT(words), word_starts);
    while (shorten(folding, phrases, COUNT(phrases), phrase_starts)) {
        /* "scottish charitable inc organisation" takes two */
    }
}

/* Whether a rule may make something else of a word, whatever stands beside it. */
static bool may_change(const char *word, size_t len)
{
    if (len < 2 || is_the(word, len) || form_at(words, COUNT(words), word) != NULL) {
        return true;
    }
    for (size_t i = 0; i < COUNT(phrases); i++) {
        const char *const form = phrases[i].form;
        if (form[0] == word[0] && strncmp(form, word, len) == 0 && form[len] == ' ') {
            return true;
        }
    }
    return false;
}

/* One plain word, folded, off the front of *text; 0 when it is not plain. NUL behind it. */
static size_t take_word(const char **text, char *ret_word, size_t room)
{
    const uint8_t *at = (const uint8_t *)*text;
    size_t len = 0;
    while (*at != '\0' && *at <= ASCII_LAST && ascii[*at] == '\0') {
        at++;
    }
    for (; is_alnum(*at) && len < room; at++) {
        ret_word[len++] = ascii[*at];
    }
    ret_word[len] = '\0';
    const bool ends = *at <= ASCII_LAST && !is_alnum(*at) && ascii[*at] != DROPPED;
    *text = (const char *)at;
    return ends && !may_change(ret_word, len) ? len : 0;
}

size_t toc_name_front(const char *name, char ret_front[TOC_NAME_FRONT_MAX + 1])
{
    enum { WORD_MAX = TOC_NAME_FRONT_MAX / 2 - 1 };
    const size_t first = take_word(&name, ret_front, WORD_MAX);
    const size_t second = first == 0 ? 0 : take_word(&name, ret_front + first + 1, WORD_MAX);
    ret_front[first] = ' ';
    return second == 0 ? 0 : first + 1 + second;
}

static enum toc_result fold(const char *name, bool buyer, char *ret_folded)
{
    TOC_ENSURE(name != NULL, TOC_INVALID);
    struct folding folding;
    folding.len = 0;
    folding.gap = false;
    TOC_TRY(fold_words(name, &folding));
    drop_the(&folding, buyer);
    TOC_ENSURE(folding.len > 0, TOC_INVALID);
    join_letters(&folding);
    shorten_all(&folding);
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
