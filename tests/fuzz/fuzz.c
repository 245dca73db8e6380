#include "fuzz.h"

struct toc_arena *toc_fuzz_arena(void)
{
    static struct toc_arena *arena;
    if (arena == NULL) {
        TOC_ASSERT(toc_arena_new(64 * 1024 * 1024, &arena) == TOC_OK);
    }
    toc_arena_reset(arena);
    return arena;
}
