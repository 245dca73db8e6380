/* import_spend_map: the file of `--map`, for headings that are not recognised: lines of
 * "our_field = Their Heading", "#" before a remark. "Their Heading #2" is the second column of that
 * name. An example is in conf/maps. */
#ifndef TOC_IMPORT_SPEND_MAP_H
#define TOC_IMPORT_SPEND_MAP_H

#include "bytes.h"
#include "import_spend_heading.h"

#define TOC_SPEND_MAP_LEN_MAX (64 * 1024)

/* TOC_INVALID, with the line that is wrong and what would be right. */
enum toc_result toc_spend_map_parse(struct toc_bytes text, struct toc_spend_map *ret_map,
                                    struct toc_why *why) TOC_MUST_CHECK;

#endif
