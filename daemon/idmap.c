#include "idmap.h"

#include "ensure.h"

#include <stdlib.h>

#define ROOM_FIRST 1024
#define MULTIPLIER 2654435761U /* Knuth's: ids that follow each other lie apart */

void toc_idmap_done(struct toc_idmap *map)
{
    free(map->slots);
    *map = (struct toc_idmap){.slots = NULL};
}

/* The pair of the id, or the empty one where it belongs. */
static uint32_t *find(const struct toc_idmap *map, uint32_t id)
{
    size_t at = id * MULTIPLIER & (map->room - 1);

    while (map->slots[2 * at] != 0 && map->slots[2 * at] != id) {
        at = (at + 1) & (map->room - 1);
    }
    return &map->slots[2 * at];
}

static enum toc_result grow(struct toc_idmap *map)
{
    const size_t room = map->room == 0 ? ROOM_FIRST : 2 * map->room;
    struct toc_idmap bigger = {.slots = calloc(room, 2 * sizeof(uint32_t)), .room = room};

    TOC_ENSURE(bigger.slots != NULL, TOC_NOMEM);
    bigger.len = map->len;
    for (size_t i = 0; i < map->room; i++) {
        if (map->slots[2 * i] != 0) {
            uint32_t *const pair = find(&bigger, map->slots[2 * i]);
            pair[0] = map->slots[2 * i];
            pair[1] = map->slots[2 * i + 1];
        }
    }
    free(map->slots);
    *map = bigger;
    return TOC_OK;
}

enum toc_result toc_idmap_put(struct toc_idmap *map, uint32_t id, uint32_t value)
{
    uint32_t *pair;

    TOC_ASSERT(id != 0);
    if (4 * map->len >= 3 * map->room) {
        TOC_TRY(grow(map));
    }
    pair = find(map, id);
    map->len += pair[0] == 0;
    pair[0] = id;
    pair[1] = value;
    return TOC_OK;
}

enum toc_result toc_idmap_get(const struct toc_idmap *map, uint32_t id, uint32_t *ret_value)
{
    const uint32_t *pair;

    TOC_ENSURE(map->room > 0 && id != 0, TOC_NOTFOUND);
    pair = find(map, id);
    TOC_ENSURE(pair[0] == id, TOC_NOTFOUND);
    *ret_value = pair[1];
    return TOC_OK;
}
