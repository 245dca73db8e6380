/* importing: what the targets of the importers share: the member whose file it is, and what must
 * be so of whatever came out. */
#ifndef TOC_FUZZ_IMPORTING_H
#define TOC_FUZZ_IMPORTING_H

#include "fuzz.h"
#include "import_result.h"
#include "wire_roster.h"

/* Leeds, by name, alias and number. */
const struct toc_member *toc_fuzz_member(void);
/* The counts add up, and each record is one that any member would take. */
void toc_fuzz_import_check(struct toc_arena *arena, const struct toc_import *import);

#endif
