/* orgid: identifiers of organisations, as files write them, in one normal form. The syntax of each
 * register is that of DOMAIN.md 1: company numbers 1.2, PPON 1.3, VAT 1.4; what cells hold besides
 * is 6.3. What is done to a text is recorded; a digit is never repaired or guessed, since company
 * and charity numbers have no check digit. Pure functions; no allocation. */
#ifndef TOC_ORGID_H
#define TOC_ORGID_H

#include "result.h"
#include <stdbool.h>

#define TOC_ORGID_LEN_MAX 40
#define TOC_ORGIDS_MAX 4       /* in one cell: "21625 + SC3765" */
#define TOC_ORGID_CELL_MAX 200 /* bytes of a cell that are looked at; a longer one is no number */

/* In the order in which they join two records (DOMAIN.md 1.5). VAT never travels: a sole trader's
 * is personal data. */
enum toc_scheme {
    TOC_SCHEME_NONE = 0,
    TOC_SCHEME_COH = 1,
    TOC_SCHEME_LEI = 2,
    TOC_SCHEME_PPON = 3,
    TOC_SCHEME_CHC = 4,
    TOC_SCHEME_SC = 5,
    TOC_SCHEME_NIC = 6,
    TOC_SCHEME_MPR = 7,
    TOC_SCHEME_UKPRN = 8,
    TOC_SCHEME_NHS = 9,
    TOC_SCHEME_VAT = 10,
};

/* Bits: what was done to the text as written. Spaces around it do not count. */
enum toc_orgid_norm {
    TOC_NORM_PADDED = 1,      /* leading zeros that a spreadsheet took away */
    TOC_NORM_CASE = 2,        /* letters made capital */
    TOC_NORM_PUNCTUATION = 4, /* spaces, dots, dashes inside it removed, or the usual ones put in */
    TOC_NORM_PREFIX = 8,      /* "GB-COH-", "CRN", "No." before it removed */
    TOC_NORM_LETTERS = 16,    /* O and I or L where a digit must be: 0 and 1 */
    TOC_NORM_SPLIT = 32,      /* one of several in the cell */
    TOC_NORM_UNREPLACED = 64, /* 1N/A96511 was 1096511 before somebody replaced every 0 */
};

struct toc_orgid {
    enum toc_scheme scheme;
    char id[TOC_ORGID_LEN_MAX + 1];
    unsigned norm;
};

/* All identifiers, each once, in one cell of a column for `scheme`. A charity column also gives
 * what Scotland, Northern Ireland and the mutuals' register write into it. TOC_NOTFOUND: blank, or
 * a word that stands for nothing (6.3). TOC_DENIED: a National Insurance number is in it: the
 * caller drops the row. TOC_MALFORMED: something else, and `why` says what, without the text. */
enum toc_result toc_orgid_parse(enum toc_scheme scheme, const char *text,
                                struct toc_orgid ret_ids[TOC_ORGIDS_MAX], size_t *ret_len,
                                struct toc_why *why) TOC_MUST_CHECK;
/* Strict: is `id` in the normal form already? For records that travel. */
bool toc_orgid_valid(enum toc_scheme scheme, const char *id);

/* "GB-COH", "XI-LEI", "GB-PPON", "GB-CHC", "GB-SC", "GB-NIC", "GB-MPR", "GB-UKPRN", "GB-NHS",
 * "VAT"; "" for none. The other way in any case of letters; TOC_SCHEME_NONE when unknown. */
const char *toc_scheme_code(enum toc_scheme scheme);
enum toc_scheme toc_scheme_of(const char *code);

/* Two letters, six digits, one of A to D, in any case. The whole text, but for spaces and dashes in
 * it; or a word, or words, of a longer text (free text, names). */
bool toc_national_insurance(const char *text);
bool toc_national_insurance_within(const char *text);

#endif
