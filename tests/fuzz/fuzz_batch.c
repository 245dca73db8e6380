#include "fuzz.h"
#include "wire_batch.h"

static struct toc_bytes encode(struct toc_arena *arena, const struct toc_batch *batch)
{
    struct toc_bytes header, bytes;
    TOC_ASSERT(toc_wire_batch_header_encode(arena, &batch->header, &header) == TOC_OK);
    TOC_ASSERT(toc_wire_batch_encode(arena, header, batch->sealed, &batch->signature, &bytes) ==
               TOC_OK);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    struct toc_batch first, second;
    if (toc_wire_batch_decode(arena, toc_bytes_of(data, size), &first) == TOC_OK) {
        const struct toc_bytes bytes = encode(arena, &first);
        TOC_ASSERT(toc_wire_batch_decode(arena, bytes, &second) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, encode(arena, &second)));
    }
    return 0;
}
