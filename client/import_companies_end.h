/* import_companies_end: what was seen of each own supplier while the snapshot went by, and what it
 * comes to. Only for import_companies*.c. */
#ifndef TOC_IMPORT_COMPANIES_END_H
#define TOC_IMPORT_COMPANIES_END_H

#include "import_findings.h"
#include "own_suppliers.h"

enum toc_company_column {
    TOC_COMPANY_NAME,
    TOC_COMPANY_NUMBER,
    TOC_COMPANY_STATUS,
    TOC_COMPANY_ACCOUNTS_DUE,
    TOC_COMPANY_CONFIRMATION_DUE,
    TOC_COMPANY_SIC,                                          /* and the three behind it */
    TOC_COMPANY_FORMER = TOC_COMPANY_SIC + TOC_FACT_SICS_MAX, /* and the nine behind it */
    TOC_COMPANY_COLUMNS = TOC_COMPANY_FORMER + TOC_FACT_FORMER_MAX,
};

struct toc_company {
    const char *number;
    const char *name;
    const char *status;
    const char *sic[TOC_FACT_SICS_MAX];
    size_t sic_len;
    const char *former[TOC_FACT_FORMER_MAX];
    size_t former_len;
    uint32_t accounts_due; /* days since 1970; 0: the file does not say */
    uint32_t confirmation_due;
};

struct toc_company_match {
    bool found;                 /* by number */
    struct toc_company company; /* by number, else the first that has its name */
    const char *current[TOC_AMBIGUOUS_NUMBERS_MAX]; /* companies that have its name today */
    size_t current_len;                             /* may be more than are kept */
    const char *former[TOC_AMBIGUOUS_NUMBERS_MAX];
    size_t former_len;
};

/* `matches` has one for each of `own`. TOC_NOMEM. */
enum toc_result toc_companies_conclude(const struct toc_own *own,
                                       const struct toc_company_match *matches, int32_t today,
                                       struct toc_findings *findings) TOC_MUST_CHECK;

#endif
