/* import_framework_set: the frameworks of a contracts register. A register has a row for each
 * supplier of a contract: rows with the same reference and title are one framework. */
#ifndef TOC_IMPORT_FRAMEWORK_SET_H
#define TOC_IMPORT_FRAMEWORK_SET_H

#include "import_framework_row.h"
#include "import_payee.h"
#include "import_result.h"

struct toc_framework_draft; /* a framework while rows of it may still come */

struct toc_framework_set {
    struct toc_framework_draft *drafts;
    size_t len;
    size_t room;
};

/* Adds a row of kind framework, with those of the row's suppliers that may be named (the others
 * are counted as left out). TOC_INVALID with "column: reason" when the row cannot be used; nothing
 * is added then. TOC_NOMEM. The set lies in the row's arena. */
enum toc_result toc_framework_set_take(struct toc_framework_set *set,
                                       const struct toc_register_row *row,
                                       const struct toc_row_payees *payees, struct toc_why *why)
    TOC_MUST_CHECK;

/* Makes the records: lists are shortened to fit, so that this cannot fail on input that _take took.
 * TOC_NOMEM. */
enum toc_result toc_framework_set_end(struct toc_framework_set *set, struct toc_import *import,
                                      struct toc_why *why) TOC_MUST_CHECK;

#endif
