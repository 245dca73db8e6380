/* import_framework_csv: frameworks from a contracts register in the columns of the Local Government
 * Association's schema, under their short names ("ContractReference") or their titles ("Contract
 * Reference number / ID"), in any order, case and spacing. A register has a row for each supplier
 * of a contract: rows with the same reference and title are one framework. */
#ifndef TOC_IMPORT_FRAMEWORK_CSV_H
#define TOC_IMPORT_FRAMEWORK_CSV_H

#include "import_result.h"
#include "wire_roster.h"

/* TOC_MALFORMED (no CSV file, or empty), TOC_INVALID (no row of headings, or one that is needed is
 * not there), TOC_TOOBIG, TOC_NOMEM. The result lies in the arena and borrows nothing from the
 * file. */
enum toc_result toc_import_framework_csv(struct toc_bytes file, const struct toc_member *self,
                                         struct toc_arena *arena, struct toc_import *ret_import,
                                         struct toc_why *why) TOC_MUST_CHECK;

/* The headings, one line with its end: what `--template` prints. */
const char *toc_import_framework_csv_template(void);

#endif
