/* register: what the targets of the importers of public registers share: own suppliers, and what
 * must be so of whatever came out. */
#ifndef TOC_FUZZ_REGISTER_H
#define TOC_FUZZ_REGISTER_H

#include "fuzz.h"
#include "import_findings.h"
#include "own_suppliers.h"

/* A few, with and without numbers; made once. */
const struct toc_own *toc_fuzz_own(void);
/* The counts add up, and each finding is about one of them and could be kept. */
void toc_fuzz_findings_check(const struct toc_findings *findings);

#endif
