#include "orgid.h"
#include "ensure.h"
#include "orgid_syntax.h"
#include <string.h>

enum {
    COMPANY_LEN = 8,
    COMPANY_DIGITS = 6,  /* after a prefix */
    REAL_DIGITS_MIN = 5, /* before an O in a word is taken for a digit */
    PPON_PLAIN_LEN = 12,
    PPON_GROUP = 4,
};

static void drop_front(struct toc_orgid_plain *piece, size_t len)
{
    len += strspn(piece->text + len, " .:#-");
    memmove(piece->text, piece->text + len, piece->len - len + 1);
    piece->len -= len;
    piece->norm |= TOC_NORM_PREFIX;
}

/* "GB-COH-", "CRN", and "No." unless it may be the register of that name ("NO123456" is a credit
 * union of Northern Ireland). */
static void drop_prefix(enum toc_scheme scheme, struct toc_orgid_plain *piece)
{
    const char *const code = toc_scheme_code(scheme);
    const size_t len = strlen(code);
    const bool coded = strncmp(piece->text, code, len) == 0;
    if (coded && (piece->text[len] == '-' || piece->text[len] == ':' || piece->text[len] == ' ')) {
        drop_front(piece, len);
    }
    if (scheme == TOC_SCHEME_VAT &&
        (strncmp(piece->text, "GB", 2) == 0 || strncmp(piece->text, "XI", 2) == 0)) {
        drop_front(piece, 2);
    }
    if (scheme != TOC_SCHEME_COH) {
        return;
    }
    if (strncmp(piece->text, "CRN", 3) == 0) {
        drop_front(piece, 3);
        return;
    }
    if (strncmp(piece->text, "NO", 2) == 0) {
        const size_t after = 2 + strspn(piece->text + 2, " ");
        const bool said = piece->text[2] != '\0' && strchr(".:#", piece->text[2]) != NULL;
        if (said || piece->len - after > COMPANY_DIGITS) {
            drop_front(piece, 2);
        }
    }
}

/* Out with spaces, dots, dashes and low lines (all but `kept`). */
static void drop_punctuation(struct toc_orgid_plain *piece, char kept)
{
    size_t len = 0;
    for (size_t i = 0; i < piece->len; i++) {
        const char c = piece->text[i];
        if (c != kept && (c == ' ' || c == '.' || c == '-' || c == '_' || c == ':')) {
            piece->norm |= TOC_NORM_PUNCTUATION;
        } else {
            piece->text[len++] = c;
        }
    }
    piece->text[len] = '\0';
    piece->len = len;
}

/* O, I and L where all else is digits. False, and nothing changed, where it is not. */
static bool mend_letters(char *digits, size_t len, size_t real_min, unsigned *norm)
{
    size_t real = 0;
    for (size_t i = 0; i < len; i++) {
        if (!toc_orgid_is_digit(digits[i]) && strchr("OIL", digits[i]) == NULL) {
            return false;
        }
        real += toc_orgid_is_digit(digits[i]) ? 1 : 0;
    }
    if (real < real_min) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!toc_orgid_is_digit(digits[i])) {
            digits[i] = digits[i] == 'O' ? '0' : '1';
            *norm |= TOC_NORM_LETTERS;
        }
    }
    return true;
}

/* Zeros in front of the digits that start at `from`, until there are `digits` of them. */
static void pad(struct toc_orgid_plain *piece, size_t from, size_t digits)
{
    const size_t there = piece->len - from;
    if (there == 0 || there >= digits) {
        return;
    }
    const size_t zeros = digits - there;
    memmove(piece->text + from + zeros, piece->text + from, there + 1);
    memset(piece->text + from, '0', zeros);
    piece->len += zeros;
    piece->norm |= TOC_NORM_PADDED;
}

static void mend_company(struct toc_orgid_plain *piece)
{
    if (piece->len > COMPANY_LEN || toc_orgid_valid(TOC_SCHEME_COH, piece->text)) {
        return;
    }
    if (piece->len > 2 && memcmp(piece->text, "RO", 2) == 0) {
        piece->text[1] = '0'; /* no register is called RO, and R0 is one */
        piece->norm |= TOC_NORM_LETTERS;
    }
    if (!toc_orgid_is_digit(piece->text[0]) && toc_orgid_company_prefix(piece->text)) {
        if (mend_letters(piece->text + 2, piece->len - 2, 1, &piece->norm)) {
            pad(piece, 2, COMPANY_DIGITS);
        }
    } else if (toc_orgid_digits(piece->text, piece->len) ||
               mend_letters(piece->text, piece->len, REAL_DIGITS_MIN, &piece->norm)) {
        pad(piece, 0, COMPANY_LEN);
    }
}

static void mend_ppon(struct toc_orgid_plain *piece)
{
    if (piece->len != PPON_PLAIN_LEN) {
        return;
    }
    memmove(piece->text + 2 * PPON_GROUP + 2, piece->text + 2 * PPON_GROUP, PPON_GROUP + 1);
    memmove(piece->text + PPON_GROUP + 1, piece->text + PPON_GROUP, PPON_GROUP);
    piece->text[PPON_GROUP] = '-';
    piece->text[2 * PPON_GROUP + 1] = '-';
    piece->len += 2;
}

/* What a charity's column holds besides the register of England and Wales. */
static enum toc_scheme charity_scheme(struct toc_orgid_plain *piece)
{
    if (toc_orgid_valid(TOC_SCHEME_CHC, piece->text) ||
        (piece->len > 0 && toc_orgid_digits(piece->text, piece->len))) {
        return TOC_SCHEME_CHC;
    }
    if (strncmp(piece->text, "NIC", 3) == 0) {
        return TOC_SCHEME_NIC;
    }
    return strncmp(piece->text, "SC", 2) == 0 ? TOC_SCHEME_SC : TOC_SCHEME_MPR;
}

/* The piece in the form of its register, if that can be done at all; which register it is. */
static enum toc_scheme normalise(enum toc_scheme scheme, struct toc_orgid_plain *piece)
{
    drop_prefix(scheme, piece);
    if (scheme == TOC_SCHEME_PPON) {
        const struct toc_orgid_plain written = *piece;
        drop_punctuation(piece, '\0');
        mend_ppon(piece);
        piece->norm =
            written.norm | (strcmp(written.text, piece->text) == 0 ? 0U : TOC_NORM_PUNCTUATION);
        return scheme;
    }
    drop_punctuation(piece, scheme == TOC_SCHEME_CHC ? '-' : '\0');
    if (scheme == TOC_SCHEME_COH) {
        mend_company(piece);
    }
    if (scheme == TOC_SCHEME_CHC) {
        if (!toc_orgid_is_digit(piece->text[0])) {
            drop_punctuation(piece, '\0'); /* only a number's own dash means something */
        }
        scheme = charity_scheme(piece);
    }
    if (scheme == TOC_SCHEME_NIC && strncmp(piece->text, "NIC", 3) == 0) {
        drop_front(piece, 3);
    }
    return scheme;
}

static const char *expected(enum toc_scheme scheme)
{
    switch (scheme) {
    case TOC_SCHEME_COH:
        return "is not a company number (8 digits, or two letters of a register and 6 digits)";
    case TOC_SCHEME_LEI:
        return "is not an LEI (20 letters and digits, the last two of which check the others)";
    case TOC_SCHEME_PPON:
        return "is not a PPON (such as PNRX-3847-DWGL)";
    case TOC_SCHEME_CHC:
        return "is not a charity number (6 or 7 digits)";
    case TOC_SCHEME_SC:
        return "is not a Scottish charity number (SC and 6 digits)";
    case TOC_SCHEME_NIC:
        return "is not a charity number of Northern Ireland (6 digits, the first a 1)";
    case TOC_SCHEME_MPR:
        return "is not a number of the mutuals' register";
    case TOC_SCHEME_UKPRN:
        return "is not a UKPRN (8 digits, the first a 1)";
    case TOC_SCHEME_NHS:
        return "is not an NHS organisation code";
    case TOC_SCHEME_VAT:
        return "is not a VAT number (9 digits that check)";
    case TOC_SCHEME_NONE:
        break;
    }
    return "is of no known register";
}

static enum toc_result refuse(enum toc_scheme scheme, const struct toc_orgid_plain *piece,
                              struct toc_why *why)
{
    enum { VAT_DIGITS = 9 };
    if (scheme == TOC_SCHEME_COH && piece->len >= VAT_DIGITS &&
        toc_orgid_digits(piece->text, piece->len)) {
        return toc_fail(why, TOC_MALFORMED, "has %zu digits, and a company number 8%s", piece->len,
                        piece->len == VAT_DIGITS ? "; it may be a VAT number" : "");
    }
    if (piece->len > 0 && strspn(piece->text, "0") == piece->len) {
        return toc_fail(why, TOC_MALFORMED, "is nothing but zeros");
    }
    return toc_fail(why, TOC_MALFORMED, "%s", expected(scheme));
}

/* The identifiers of one cell while it is read. */
struct found {
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t len;
};

static enum toc_result add_piece(enum toc_scheme scheme, struct toc_orgid_plain *piece,
                                 struct found *found, struct toc_why *why)
{
    const enum toc_scheme read = normalise(scheme, piece);
    if (!toc_orgid_valid(read, piece->text)) {
        return refuse(scheme, piece, why);
    }
    for (size_t i = 0; i < found->len; i++) {
        if (found->ids[i].scheme == read && strcmp(found->ids[i].id, piece->text) == 0) {
            return TOC_OK;
        }
    }
    if (found->len == TOC_ORGIDS_MAX) {
        return toc_fail(why, TOC_MALFORMED, "has more than %d numbers", TOC_ORGIDS_MAX);
    }
    struct toc_orgid *const id = &found->ids[found->len++];
    id->scheme = read;
    id->norm = piece->norm;
    memcpy(id->id, piece->text, piece->len + 1);
    return TOC_OK;
}

static enum toc_result split(enum toc_scheme scheme, const struct toc_orgid_plain *cell,
                             struct found *found, struct toc_why *why)
{
    static const char separators[] = "+/,;";
    const bool several = strpbrk(cell->text, separators) != NULL;
    for (const char *at = cell->text; *at != '\0';) {
        struct toc_orgid_plain piece = {.norm = cell->norm | (several ? TOC_NORM_SPLIT : 0U)};
        size_t len = strcspn(at, separators);
        const char *const next = at + len + (at[len] == '\0' ? 0 : 1);
        while (len > 0 && *at == ' ') {
            at++;
            len--;
        }
        while (len > 0 && at[len - 1] == ' ') {
            len--;
        }
        memcpy(piece.text, at, len);
        piece.text[len] = '\0';
        piece.len = len;
        if (!several || !toc_orgid_stands_for_nothing(&piece)) {
            TOC_TRY(add_piece(scheme, &piece, found, why));
        }
        at = next;
    }
    return TOC_OK;
}

static enum toc_result hand_over(const struct found *found, struct toc_orgid *ret_ids,
                                 size_t *ret_len)
{
    memcpy(ret_ids, found->ids, found->len * sizeof found->ids[0]);
    *ret_len = found->len;
    return TOC_OK;
}

/* Most cells are in the normal form already. Some words that stand for nothing look like it. */
static bool is_normal(enum toc_scheme scheme, const char *text)
{
    return scheme != TOC_SCHEME_NHS && strnlen(text, TOC_ORGID_LEN_MAX + 1) <= TOC_ORGID_LEN_MAX &&
           toc_orgid_valid(scheme, text) && strcmp(text, "18") != 0;
}

enum toc_result toc_orgid_parse(enum toc_scheme scheme, const char *text,
                                struct toc_orgid ret_ids[TOC_ORGIDS_MAX], size_t *ret_len,
                                struct toc_why *why)
{
    if (is_normal(scheme, text)) {
        ret_ids[0].scheme = scheme;
        ret_ids[0].norm = 0;
        memcpy(ret_ids[0].id, text, strlen(text) + 1);
        *ret_len = 1;
        return TOC_OK;
    }
    struct toc_orgid_plain cell;
    struct found found = {.len = 0};
    if (toc_national_insurance_within(text)) {
        return toc_fail(why, TOC_DENIED, "has the shape of a National Insurance number");
    }
    if (toc_orgid_read(text, &cell) != TOC_OK) {
        return toc_fail(why, TOC_MALFORMED, "%s", expected(scheme));
    }
    if (toc_national_insurance_within(cell.text)) {
        return toc_fail(why, TOC_DENIED, "has the shape of a National Insurance number");
    }
    if (toc_orgid_stands_for_nothing(&cell)) {
        return toc_fail(why, TOC_NOTFOUND, "is blank, or stands for nothing");
    }
    toc_orgid_put_zeros_back(&cell);
    TOC_TRY(split(scheme, &cell, &found, why));
    if (found.len == 0) {
        return toc_fail(why, TOC_NOTFOUND, "is blank, or stands for nothing");
    }
    return hand_over(&found, ret_ids, ret_len);
}
