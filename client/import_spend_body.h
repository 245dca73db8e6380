/* import_spend_body: whose rows a spend file has. Some files are published for several bodies (a
 * council and the combined authority it keeps the books of), and a column says which row is whose:
 * then an officer is told, and can keep one body's. */
#ifndef TOC_IMPORT_SPEND_BODY_H
#define TOC_IMPORT_SPEND_BODY_H

#include "import_spend_read.h"

/* When the headings are known. TOC_INVALID: a body is wanted, and is no name or no column says
 * whose rows they are. */
enum toc_result toc_spend_body_begin(struct toc_spend_reading *reading, struct toc_why *why)
    TOC_MUST_CHECK;
/* Counts the row for its body, and says whether it is wanted. */
bool toc_spend_body_wants(struct toc_spend_reading *reading, const struct toc_csv_row *row);
/* After the last row: remarks on several bodies. TOC_INVALID: none of the one that is wanted. */
enum toc_result toc_spend_body_end(struct toc_spend_reading *reading, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
