/* import_payee: the suppliers that one row of a register names, screened (screen.h): persons are
 * counted and gone, the others come with their number in normal form. */
#ifndef TOC_IMPORT_PAYEE_H
#define TOC_IMPORT_PAYEE_H

#include "arena.h"
#include "orgid.h"

#define TOC_ROW_PAYEES_MAX 64 /* in one cell: a list of a framework's suppliers */

struct toc_payee {
    const char *name;
    struct toc_orgid id; /* scheme TOC_SCHEME_NONE: without a number */
    bool held;           /* nothing says whether it is a person: an officer decides */
};

struct toc_row_payees {
    struct toc_payee items[TOC_ROW_PAYEES_MAX];
    size_t len;
    size_t left_out;         /* persons, redactions, and what is over the limit */
    bool national_insurance; /* a value of that shape is among the cells: drop the row */
    const char *ignored;     /* why a number was not used, for a remark; NULL: none was ignored */
    bool ignored_charity;    /* it is the charity number's cell */
};

/* What the cells say: name, company number, charity number; none NULL, each may be empty. "A Ltd;
 * B plc" is two: parts between semicolons, bars and line ends are suppliers of their own; parts
 * between commas and spaced slashes only where each is an organisation by its name ("Smith, Jones &
 * Co Ltd" is one), and one of them that is a person makes the whole a person. A cell with as many
 * numbers as there are parts numbers them in order. TOC_NOMEM; texts lie in the arena. */
enum toc_result toc_payees_read(struct toc_arena *arena, const char *name, const char *company,
                                const char *charity, struct toc_row_payees *ret_payees)
    TOC_MUST_CHECK;

#endif
