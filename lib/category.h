/* category: what kind of thing money was spent on, at the level at which councils exchange it: a
 * division (two digits) of CPV, what was bought, or of SIC 2007, what the supplier does. The two
 * are never added up. Syntax and divisions: PROTOCOL.md 12.3. */
#ifndef TOC_CATEGORY_H
#define TOC_CATEGORY_H

#include "result.h"
#include <stdbool.h>

#define TOC_CATEGORY_TEXT_LEN 7 /* "unknown"; "cpv-45" */

/* The values travel. */
enum toc_category_basis {
    TOC_CATEGORY_UNKNOWN = 0,
    TOC_CATEGORY_CPV = 1, /* Common Procurement Vocabulary 2008 */
    TOC_CATEGORY_SIC = 2, /* Standard Industrial Classification 2007 */
};

struct toc_category {
    enum toc_category_basis basis;
    unsigned division; /* 1 to 99; 0 when the basis is unknown */
};

/* A division that exists, or unknown with division 0. */
bool toc_category_valid(struct toc_category category);
/* "cpv-45", "sic-01", "unknown". For a valid one; ret_text has TOC_CATEGORY_TEXT_LEN + 1. */
void toc_category_text(struct toc_category category, char *ret_text);
/* That form alone, in small letters. TOC_MALFORMED, TOC_INVALID for a division there is none of. */
enum toc_result toc_category_parse(const char *text, struct toc_category *ret_category)
    TOC_MUST_CHECK;
/* A short English title: "Construction work"; "Not known". NULL for one that is not valid. */
const char *toc_category_label(struct toc_category category);
/* Every category in one number, 0 (unknown) to TOC_CATEGORY_CODE_MAX, in the order of the texts'
 * meaning: unknown, CPV by division, SIC by division. For stores and sorting; it does not travel.
 */
#define TOC_CATEGORY_CODE_MAX 299
unsigned toc_category_code(struct toc_category category);
/* False for a number that stands for none. */
bool toc_category_of_code(unsigned code, struct toc_category *ret_category);

#endif
