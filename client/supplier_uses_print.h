/* supplier_uses_print: who uses one supplier, in words and a table for people who decide on it. */
#ifndef TOC_SUPPLIER_USES_PRINT_H
#define TOC_SUPPLIER_USES_PRINT_H

#include "cli.h"

/* `region` is a reply of region_supplier, NULL when there is none; `own` is this member's id.
 * TOC_NOMEM. */
enum toc_result toc_uses_print(struct toc_cli *cli, const json_t *region, const char *own)
    TOC_MUST_CHECK;

#endif
