/* arena: memory with one end. Decoded messages and intents live in the tick's arena and go with it.
 * A cap bounds what input can make us allocate: beyond it every allocation fails with NULL. */
#ifndef TOC_ARENA_H
#define TOC_ARENA_H

#include "bytes.h"

struct toc_arena;

/* len_max bounds the sum of all allocations between resets. TOC_NOMEM. */
enum toc_result toc_arena_new(size_t len_max, struct toc_arena **ret_arena) TOC_MUST_CHECK;
void toc_arena_free(struct toc_arena **arena);
/* Everything handed out is gone, and a limit is lifted; memory is kept for reuse up to one block.
 */
void toc_arena_reset(struct toc_arena *arena);

/* 16-byte aligned; NULL over the cap or out of memory. _zero clears. A length of 0 is fine. */
void *toc_arena_get(struct toc_arena *arena, size_t len);
void *toc_arena_zero(struct toc_arena *arena, size_t count, size_t size);
/* Copies; *ret_copy untouched on failure. */
enum toc_result toc_arena_copy(struct toc_arena *arena, struct toc_bytes bytes,
                               struct toc_bytes *ret_copy) TOC_MUST_CHECK;
/* NUL-terminated copy, or NULL. */
char *toc_arena_text(struct toc_arena *arena, struct toc_bytes bytes);
size_t toc_arena_used(const struct toc_arena *arena);
/* From now on at most `len` more bytes (but never over len_max); SIZE_MAX lifts it. The decoders
 * set it around one message. */
void toc_arena_limit(struct toc_arena *arena, size_t len);

#endif
