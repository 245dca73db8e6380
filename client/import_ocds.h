/* import_ocds: frameworks, dynamic markets and call-offs from Open Contracting data: release
 * packages, record packages, single releases and records, and lists of any of them.
 *
 * A row is one release. Only the member's own are used; the releases of one process of one buyer
 * are merged, the later over the earlier, into one record. An ocid alone names no process: Find a
 * Tender gives one ocid to several buyers. */
#ifndef TOC_IMPORT_OCDS_H
#define TOC_IMPORT_OCDS_H

#include "import_result.h"
#include "wire_roster.h"

/* The file is UTF-8, with or without its mark. TOC_MALFORMED (no JSON, with line and column; or
 * JSON that holds no releases), TOC_TOOBIG, TOC_NOMEM, TOC_INVALID (the member has no name to go
 * by). The result lies in the arena and borrows nothing from the file. */
enum toc_result toc_import_ocds(struct toc_bytes file, const struct toc_member *self,
                                struct toc_arena *arena, struct toc_import *ret_import,
                                struct toc_why *why) TOC_MUST_CHECK;

#endif
