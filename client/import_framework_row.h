/* import_framework_row: one row of a contracts register to a framework: what its cells may hold.
 * import_framework_set.c puts rows together. */
#ifndef TOC_IMPORT_FRAMEWORK_ROW_H
#define TOC_IMPORT_FRAMEWORK_ROW_H

#include "import_register.h"

/* All of a row but its supplier, in the arena. TOC_INVALID with "column: reason", TOC_NOMEM. */
enum toc_result toc_register_read(const struct toc_register_row *row,
                                  struct toc_framework *ret_framework, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
