#include "arena.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, BLOCK_LEN = 64 * 1024 };

struct block {
    struct block *next;
    size_t len;
    size_t used;
    _Alignas(ALIGNMENT) uint8_t bytes[];
};

struct toc_arena {
    struct block *blocks; /* the first is the one being filled */
    size_t used;          /* over all blocks, in aligned bytes */
    size_t len_max;
    size_t limit; /* never over len_max */
};

enum toc_result toc_arena_new(size_t len_max, struct toc_arena **ret_arena)
{
    struct toc_arena *const arena = calloc(1, sizeof *arena);
    TOC_ENSURE(arena != NULL, TOC_NOMEM);
    arena->len_max = len_max;
    arena->limit = len_max;
    *ret_arena = arena;
    return TOC_OK;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *const next = block->next;
        free(block);
        block = next;
    }
}

void toc_arena_free(struct toc_arena **arena)
{
    if (arena == NULL || *arena == NULL) {
        return;
    }
    free_blocks((*arena)->blocks);
    free(*arena);
    *arena = NULL;
}

void toc_arena_reset(struct toc_arena *arena)
{
    struct block *kept = NULL;
    struct block *block = arena->blocks;
    while (block != NULL) {
        struct block *const next = block->next;
        if (kept == NULL && block->len == BLOCK_LEN) {
            kept = block;
        } else {
            free(block);
        }
        block = next;
    }
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
    }
    arena->blocks = kept;
    arena->used = 0;
    arena->limit = arena->len_max;
}

static struct block *block_new(size_t len)
{
    if (len > SIZE_MAX - sizeof(struct block)) {
        return NULL;
    }
    struct block *const block = malloc(sizeof *block + len);
    if (block != NULL) {
        block->next = NULL;
        block->len = len;
        block->used = 0;
    }
    return block;
}

/* A block with room for len aligned bytes, or NULL. One that is larger than a whole block gets its
 * own, behind the one being filled, so that it wastes nothing. */
static struct block *block_for(struct toc_arena *arena, size_t len)
{
    struct block *const first = arena->blocks;
    if (first != NULL && first->len - first->used >= len) {
        return first;
    }
    struct block *const block = block_new(len > BLOCK_LEN ? len : BLOCK_LEN);
    if (block == NULL) {
        return NULL;
    }
    if (first != NULL && len > BLOCK_LEN) {
        block->next = first->next;
        first->next = block;
    } else {
        block->next = first;
        arena->blocks = block;
    }
    return block;
}

void *toc_arena_get(struct toc_arena *arena, size_t len)
{
    static _Alignas(ALIGNMENT) uint8_t nothing[ALIGNMENT];
    if (len == 0) {
        return nothing;
    }
    if (len > SIZE_MAX - (ALIGNMENT - 1)) {
        return NULL;
    }
    const size_t aligned = (len + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (arena->used > arena->limit || aligned > arena->limit - arena->used) {
        return NULL;
    }
    struct block *const block = block_for(arena, aligned);
    if (block == NULL) {
        return NULL;
    }
    void *const at = block->bytes + block->used;
    block->used += aligned;
    arena->used += aligned;
    return at;
}

void *toc_arena_zero(struct toc_arena *arena, size_t count, size_t size)
{
    size_t len;
    if (__builtin_mul_overflow(count, size, &len)) {
        return NULL;
    }
    void *const at = toc_arena_get(arena, len);
    if (at != NULL && len > 0) {
        memset(at, 0, len);
    }
    return at;
}

enum toc_result toc_arena_copy(struct toc_arena *arena, struct toc_bytes bytes,
                               struct toc_bytes *ret_copy)
{
    void *const at = toc_arena_get(arena, bytes.len);
    TOC_ENSURE(at != NULL, TOC_NOMEM);
    if (bytes.len > 0) {
        memcpy(at, bytes.data, bytes.len);
    }
    *ret_copy = toc_bytes_of(at, bytes.len);
    return TOC_OK;
}

char *toc_arena_text(struct toc_arena *arena, struct toc_bytes bytes)
{
    if (bytes.len == SIZE_MAX) {
        return NULL;
    }
    char *const text = toc_arena_get(arena, bytes.len + 1);
    if (text == NULL) {
        return NULL;
    }
    if (bytes.len > 0) {
        memcpy(text, bytes.data, bytes.len);
    }
    text[bytes.len] = '\0';
    return text;
}

size_t toc_arena_used(const struct toc_arena *arena)
{
    return arena->used;
}

void toc_arena_limit(struct toc_arena *arena, size_t len)
{
    const size_t left = arena->len_max - arena->used;
    arena->limit = len < left ? arena->used + len : arena->len_max;
}
