/* import_spend_map: the file of `--map` (import_map.h) for the fields of a spend file. */
#ifndef TOC_IMPORT_SPEND_MAP_H
#define TOC_IMPORT_SPEND_MAP_H

#include "bytes.h"
#include "import_spend_heading.h"

#define TOC_SPEND_MAP_LEN_MAX TOC_MAP_LEN_MAX

/* As toc_map_parse. */
enum toc_result toc_spend_map_parse(struct toc_bytes text, struct toc_spend_map *ret_map,
                                    struct toc_why *why) TOC_MUST_CHECK;

#endif
