/* fuzz: what every fuzz target shares. A target decodes what it is given; when that succeeds, the
 * result must encode, decode again, and encode to the same bytes. TOC_ASSERT stops on anything
 * else, and the sanitizers see the rest. */
#ifndef TOC_FUZZ_H
#define TOC_FUZZ_H

#include "arena.h"
#include "ensure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One arena for the life of the program, empty again at each call. */
struct toc_arena *toc_fuzz_arena(void);

#endif
