#include "fuzz.h"
#include "wire_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    struct toc_message first, second;
    struct toc_bytes bytes, again;
    if (toc_wire_message_decode(arena, toc_bytes_of(data, size), &first) == TOC_OK &&
        first.kind != TOC_MESSAGE_NEWER) {
        TOC_ASSERT(toc_wire_message_encode(arena, &first, &bytes) == TOC_OK);
        TOC_ASSERT(toc_wire_message_decode(arena, bytes, &second) == TOC_OK);
        TOC_ASSERT(toc_wire_message_encode(arena, &second, &again) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, again));
    }
    return 0;
}
