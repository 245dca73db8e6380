/* import_companies: the snapshot of the register of companies (BasicCompanyData, DOMAIN.md 2.1), as
 * a stream: 5.5 million rows go by, and only what concerns the council's own suppliers is kept.
 * Pure: bytes in, findings out. A number is filled in where exactly one company of the file has a
 * supplier's name today, and the supplier has none; a former name, or several companies, are for a
 * person to look at. */
#ifndef TOC_IMPORT_COMPANIES_H
#define TOC_IMPORT_COMPANIES_H

#include "import_findings.h"
#include "own_suppliers.h"

struct toc_companies;

/* `own` must outlive it. `today`, days since 1970, is what a date is overdue by. TOC_NOMEM. */
enum toc_result toc_companies_new(const struct toc_own *own, int32_t today,
                                  struct toc_companies **ret_companies) TOC_MUST_CHECK;
void toc_companies_free(struct toc_companies **companies);
/* Any amount at a time. As toc_csv_feed; TOC_INVALID without the columns of a name and a number. */
enum toc_result toc_companies_feed(struct toc_companies *companies, struct toc_bytes bytes,
                                   struct toc_why *why) TOC_MUST_CHECK;
/* The file is over. As toc_csv_end. */
enum toc_result toc_companies_end(struct toc_companies *companies, struct toc_why *why)
    TOC_MUST_CHECK;
size_t toc_companies_rows(const struct toc_companies *companies);
/* After _end; lives as long as `companies`. */
struct toc_findings *toc_companies_findings(struct toc_companies *companies);

#endif
