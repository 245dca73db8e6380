/* Envelopes, wraps and statements: an input is tried as each of them, and an envelope's body too.
 */
#include "fuzz.h"
#include "wire_batch.h"

static void try_wrap(struct toc_arena *arena, struct toc_bytes body)
{
    struct toc_wrap_body first, second;
    struct toc_bytes bytes, again;
    if (toc_wire_wrap_decode(arena, body, &first) == TOC_OK) {
        TOC_ASSERT(toc_wire_wrap_encode(arena, &first, &bytes) == TOC_OK);
        TOC_ASSERT(toc_wire_wrap_decode(arena, bytes, &second) == TOC_OK);
        TOC_ASSERT(toc_wire_wrap_encode(arena, &second, &again) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, again));
    }
}

static void try_statement(struct toc_arena *arena, struct toc_bytes body)
{
    struct toc_statement first, second;
    struct toc_bytes bytes, again;
    if (toc_wire_statement_decode(arena, body, &first) == TOC_OK) {
        TOC_ASSERT(toc_wire_statement_encode(arena, &first, &bytes) == TOC_OK);
        TOC_ASSERT(toc_wire_statement_decode(arena, bytes, &second) == TOC_OK);
        TOC_ASSERT(toc_wire_statement_encode(arena, &second, &again) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, again));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    const struct toc_bytes input = toc_bytes_of(data, size);
    struct toc_signed first, second;
    struct toc_bytes bytes, again;
    try_wrap(arena, input);
    try_statement(arena, input);
    if (toc_wire_signed_decode(arena, input, &first) == TOC_OK) {
        try_wrap(arena, first.body);
        try_statement(arena, first.body);
        TOC_ASSERT(toc_wire_signed_encode(arena, first.body, &first.signature, &bytes) == TOC_OK);
        TOC_ASSERT(toc_wire_signed_decode(arena, bytes, &second) == TOC_OK);
        TOC_ASSERT(toc_wire_signed_encode(arena, second.body, &second.signature, &again) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, again));
    }
    return 0;
}
