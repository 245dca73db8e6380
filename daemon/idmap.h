/* idmap: small numbers by the ids of rows: where in an array something lies. Grows by doubling, on
 * the heap; nothing is taken out. */
#ifndef TOC_IDMAP_H
#define TOC_IDMAP_H

#include "result.h"

#include <stdint.h>

struct toc_idmap {
    uint32_t *slots; /* pairs of id and value; id 0: empty */
    size_t room;     /* pairs, a power of two */
    size_t len;
};

/* Fine on a zeroed one, which is an empty map. */
void toc_idmap_done(struct toc_idmap *map);
/* `id` is not 0. Replaces. TOC_NOMEM. */
enum toc_result toc_idmap_put(struct toc_idmap *map, uint32_t id, uint32_t value) TOC_MUST_CHECK;
/* TOC_NOTFOUND. */
enum toc_result toc_idmap_get(const struct toc_idmap *map, uint32_t id, uint32_t *ret_value)
    TOC_MUST_CHECK;

#endif
