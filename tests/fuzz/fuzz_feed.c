#include "fuzz.h"
#include "wire_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    const struct toc_bytes frame = toc_bytes_of(data, size);
    struct toc_feed feed;
    struct toc_bytes again;
    if (toc_wire_feed_decode(frame, &feed) == TOC_OK) {
        TOC_ASSERT(toc_wire_feed_encode(arena, &feed, &again) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(frame, again));
    }
    return 0;
}
