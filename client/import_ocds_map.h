/* import_ocds_map: one release, whole or merged, to one framework. import_ocds.c decides which. */
#ifndef TOC_IMPORT_OCDS_MAP_H
#define TOC_IMPORT_OCDS_MAP_H

#include "arena.h"
#include "record_framework.h"
#include <jansson.h>

/* What a release is, and how that is known. */
struct toc_ocds_kind {
    enum toc_framework_kind kind; /* 0: none of ours */
    bool inferred;                /* from words in a title, not from a field */
    const char *parent;           /* of a call-off, or empty; borrowed from the release */
};
struct toc_ocds_kind toc_ocds_kind_of(const json_t *release);

/* Fills everything but reference and buyer. Texts are copied. TOC_NOMEM. */
enum toc_result toc_ocds_map(struct toc_arena *arena, const json_t *release,
                             const struct toc_ocds_kind *kind, struct toc_framework *framework)
    TOC_MUST_CHECK;
/* Lots, codes and suppliers: import_ocds_lots.c. */
enum toc_result toc_ocds_map_lots(struct toc_arena *arena, const json_t *release,
                                  struct toc_framework *framework) TOC_MUST_CHECK;
/* Period: import_ocds_period.c. */
void toc_ocds_map_period(const json_t *release, struct toc_framework *framework);

/* Puts `later` over `target`: objects key by key, lists of things with ids by id, all else
 * replaced, null removes. import_ocds_merge.c. TOC_NOMEM. */
enum toc_result toc_ocds_merge(json_t *target, const json_t *later) TOC_MUST_CHECK;

#endif
