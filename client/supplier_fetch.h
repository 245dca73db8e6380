/* supplier_fetch: one supplier as this council has it, and as the group publishes it. */
#ifndef TOC_SUPPLIER_FETCH_H
#define TOC_SUPPLIER_FETCH_H

#include "cli.h"

/* Either may be missing, not both. Born zeroed. */
struct toc_supplier_shown {
    json_t *supplier;    /* owned; a reply of supplier_show; NULL: not among our suppliers */
    json_t *region;      /* owned; one of region_supplier, whole; NULL: nothing is published */
    struct toc_why note; /* why there is no region, where it is worth a word */
};
/* Scope cleanup. */
void toc_supplier_shown_done(struct toc_supplier_shown *shown);
/* SUPPLIER, as people type it. What the daemon says of it: TOC_NOTFOUND, TOC_CONFLICT ... */
enum toc_result toc_supplier_fetch(struct toc_cli *cli, const char *word,
                                   struct toc_supplier_shown *shown, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
