/* suppliername: folding of organisation names, so that "The North Yorkshire Council" and "NORTH
 * YORKSHIRE COUNCIL" meet. The folding is a versioned table in PROTOCOL.md; this is version 1. */
#ifndef TOC_SUPPLIERNAME_H
#define TOC_SUPPLIERNAME_H

#include "bounds.h"
#include "result.h"

#define TOC_FOLD_VERSION 1
#define TOC_FOLD_LEN_MAX 400

/* Lower-cases (ASCII, Latin-1 and Welsh letters, accents dropped; other alphabets stay as they
 * are),
 * "&" and "+" become "and", apostrophes go, every other run of punctuation and space is one space;
 * a "the" at either end goes, initials are joined ("b o c ltd" is "boc ltd"), and legal forms get
 * one short form (suppliersuffix.h). Input is UTF-8; characters encoded twice are mended. Folding
 * twice changes nothing. About 0.3 microseconds for a name. TOC_MALFORMED for bad UTF-8,
 * TOC_INVALID when nothing is left (or no name given), TOC_TOOBIG when it has more than
 * TOC_FOLD_LEN_MAX bytes before words are shortened. */
enum toc_result toc_name_fold(const char *name, char ret_folded[TOC_FOLD_LEN_MAX + 1])
    TOC_MUST_CHECK;
/* As above, and every "the" goes: for buyers, whose names vary by it. */
enum toc_result toc_name_fold_buyer(const char *name, char ret_folded[TOC_FOLD_LEN_MAX + 1])
    TOC_MUST_CHECK;

#define TOC_NAME_FRONT_MAX 64
/* The first two words of the folded name, where they can be told without folding it: plain words
 * that no rule changes. Returns their length, 0 where they cannot. For passing over names by the
 * million: what does not begin so need not be folded to know that it is another. */
size_t toc_name_front(const char *name, char ret_front[TOC_NAME_FRONT_MAX + 1]);

#endif
