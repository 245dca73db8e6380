#include "screen.h"
#include "orgid.h"
#include "screen_words.h"
#include "suppliername.h"
#include <string.h>
#include <strings.h>

enum { ID_LEN_MIN = 2, ID_LEN_MAX = 20 };

/* Registers of organisations whose numbers have no one syntax (orgid.h has the others). */
static const char *const plain_registers[] = {
    "GB-LAE",  "GB-LAS",  "GB-PLA", "GB-LANI", "GB-GOR", "GB-EDU",
    "GB-SHPE", "GB-CASC", "GG-RCE", "JE-FSC",  "IM-CR",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool is_plain_id(const char *id)
{
    static const char allowed[] = "0123456789-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const size_t len = strlen(id);
    return len >= ID_LEN_MIN && len <= ID_LEN_MAX && strspn(id, allowed) == len;
}

bool toc_screen_registry_id(const char *scheme, const char *id)
{
    if (toc_national_insurance_within(id)) {
        return false;
    }
    const enum toc_scheme known = toc_scheme_of(scheme);
    if (known != TOC_SCHEME_NONE) {
        return known != TOC_SCHEME_VAT && known != TOC_SCHEME_PPON && toc_orgid_valid(known, id);
    }
    for (size_t i = 0; i < COUNT(plain_registers); i++) {
        if (strcasecmp(plain_registers[i], scheme) == 0) {
            return is_plain_id(id);
        }
    }
    return false;
}

/* What the words of a name, or of a part of it, say. */
struct findings {
    size_t words;
    size_t said[TOC_WORD_FILLER + 1]; /* how many of each kind */
    bool title_first;
    bool suffix; /* behind another word */
};

static void count_words(const char *folded, size_t len, struct findings *ret_findings)
{
    struct findings found = {.words = 0};
    for (size_t start = 0; start < len;) {
        const char *const space = memchr(folded + start, ' ', len - start);
        const size_t word_len = space == NULL ? len - start : (size_t)(space - folded) - start;
        const bool last = start + word_len == len;
        const enum toc_screen_word kind = toc_screen_word(folded + start, word_len);
        found.said[kind]++;
        found.title_first = found.title_first || (start == 0 && kind == TOC_WORD_TITLE);
        found.suffix = found.suffix ||
                       (start > 0 && (kind == TOC_WORD_SUFFIX || (kind == TOC_WORD_LAST && last)));
        found.words++;
        start += word_len + 1;
    }
    *ret_findings = found;
}

/* The trade name after "t/a" says nothing about who trades: only what stands before it counts. */
static size_t principal_len(const char *folded)
{
    static const char *const marks[] = {" ta ", " trading as "};
    size_t len = strlen(folded);
    for (size_t i = 0; i < COUNT(marks); i++) {
        const char *const at = strstr(folded, marks[i]);
        if (at != NULL && (size_t)(at - folded) < len) {
            len = (size_t)(at - folded);
        }
    }
    return len;
}

/* As whole words, one or several of them. */
static bool holds_phrase(const char *folded)
{
    static const char *const phrases[] = {"sole trader",     "sole proprietor", "personal data",
                                          "foster carer",    "direct payment",  "service user",
                                          "various supplier"};
    for (size_t i = 0; i < COUNT(phrases); i++) {
        const char *const at = strstr(folded, phrases[i]);
        if (at == NULL || (at != folded && at[-1] != ' ')) {
            continue;
        }
        const char *end = at + strlen(phrases[i]);
        end += *end == 's' ? 1 : 0;
        if (*end == ' ' || *end == '\0') {
            return true;
        }
    }
    return false;
}

/* Words that stand for people, and nothing else that would be a name: "Foster Carer Payments". */
static bool is_nobody(const struct findings *whole)
{
    const size_t nobody = whole->said[TOC_WORD_NOBODY];
    return nobody > 0 && nobody + whole->said[TOC_WORD_FILLER] == whole->words;
}

/* Neither number nor suffix: is it a person, or nobody, rather than nothing certain? */
static bool is_personal(const char *folded, const struct findings *whole,
                        const struct findings *principal)
{
    if (whole->said[TOC_WORD_PERSON] > 0 || is_nobody(whole) || holds_phrase(folded)) {
        return true;
    }
    const bool trades = principal->words != whole->words;
    return (trades || whole->title_first) && principal->said[TOC_WORD_ORGANISATION] == 0;
}

enum toc_screen toc_screen_supplier(const char *name, const char *scheme, const char *id)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    if (toc_national_insurance_within(id) || toc_national_insurance_within(name) ||
        toc_name_fold(name, folded) != TOC_OK) {
        return TOC_SCREEN_DROP;
    }
    struct findings whole;
    struct findings principal;
    count_words(folded, strlen(folded), &whole);
    count_words(folded, principal_len(folded), &principal);
    if (whole.said[TOC_WORD_REDACTED] > 0) {
        return TOC_SCREEN_DROP;
    }
    if (principal.suffix || toc_screen_registry_id(scheme, id)) {
        return TOC_SCREEN_KEEP;
    }
    return is_personal(folded, &whole, &principal) ? TOC_SCREEN_DROP : TOC_SCREEN_HOLD;
}
