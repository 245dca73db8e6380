/* local_import: what the files of imports and of what is derived from them share. Private to
 * local_*.c. */
#ifndef TOC_LOCAL_IMPORT_H
#define TOC_LOCAL_IMPORT_H

#include "local_request.h"
#include "store_import.h"

#define TOC_IMPORT_LIST_MAX 2000 /* in one reply of `import_list` */

enum toc_result toc_local_import_kind(const struct toc_local *local, enum toc_import_kind *ret_kind,
                                      struct toc_why *why) TOC_MUST_CHECK;
/* The import that a request names, which is loading. */
enum toc_result toc_local_import_get(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_import *ret_import, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
