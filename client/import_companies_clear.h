/* import_companies_clear: what an earlier snapshot of the register of companies was worried about
 * and this one no longer is: accounts that have come in, a strike-off that was stopped. */
#ifndef TOC_IMPORT_COMPANIES_CLEAR_H
#define TOC_IMPORT_COMPANIES_CLEAR_H

#include "import_findings.h"

/* `open` is an array of the daemon's events (event_list). For each of the snapshot's own that
 * stands open, of a supplier that was found in this snapshot, and that this one does not propose
 * again in any form, an F18 that clears its code, once a supplier and code. TOC_NOMEM. */
enum toc_result toc_companies_clear(const json_t *open, int32_t today,
                                    struct toc_findings *findings) TOC_MUST_CHECK;
/* Asks the daemon for what is open, and does it. As toc_local_call. */
enum toc_result toc_companies_clear_open(struct toc_cli *cli, int32_t today,
                                         struct toc_findings *findings, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
