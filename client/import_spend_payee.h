/* import_spend_payee: who a payment went to, from the cells that say so, and whether the daemon may
 * hear of it. Decided once for each spelling in a file. Persons never leave the command; nor does a
 * VAT number, which may be a sole trader's. */
#ifndef TOC_IMPORT_SPEND_PAYEE_H
#define TOC_IMPORT_SPEND_PAYEE_H

#include "arena.h"
#include "orgid.h"

#define TOC_SPEND_NAME_MAX 200       /* of a cleaned name; a longer one ends in an ellipsis */
#define TOC_SPEND_NAME_CELL_MAX 1000 /* of a cell; a longer one is a mistake of the file */

enum toc_spend_verdict {
    TOC_SPEND_SEND = 1, /* an organisation, or a person must decide: the daemon keeps those apart */
    TOC_SPEND_PERSON = 2,             /* a person, a person trading as, carers and clients */
    TOC_SPEND_REDACTED = 3,           /* a sentinel such as REDACTED PERSONAL DATA */
    TOC_SPEND_NATIONAL_INSURANCE = 4, /* a value of that shape among the cells */
    TOC_SPEND_NO_NAME = 5,            /* empty, or a word that stands for nothing */
    TOC_SPEND_BAD_NAME = 6,           /* too long, or without a letter */
};

/* As they are in the row; "" where there is none. */
struct toc_spend_payee_cells {
    const char *name;
    const char *company;
    const char *charity;
    const char *vat;
};

struct toc_spend_payee {
    enum toc_spend_verdict verdict;
    const char *name;       /* cleaned, in the arena; only when it is to be sent */
    struct toc_orgid orgid; /* scheme NONE: no number */
    bool bad_company;       /* the cell has something that is no company number; passed over */
    bool bad_charity;
};

/* TOC_NOMEM. */
enum toc_result toc_spend_judge(struct toc_arena *arena, const struct toc_spend_payee_cells *cells,
                                struct toc_spend_payee *ret_payee) TOC_MUST_CHECK;

#endif
