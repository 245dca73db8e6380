#include "fuzz.h"
#include "wire_roster.h"

static struct toc_bytes encode(struct toc_arena *arena, const struct toc_request *request)
{
    struct toc_bytes body, bytes;
    TOC_ASSERT(toc_wire_request_encode(arena, request->time_ms, &request->member, &body) == TOC_OK);
    TOC_ASSERT(toc_wire_signed_encode(arena, body, &request->envelope.signature, &bytes) == TOC_OK);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    struct toc_request first, second;
    if (toc_wire_request_decode(arena, toc_bytes_of(data, size), &first) == TOC_OK) {
        const struct toc_bytes bytes = encode(arena, &first);
        TOC_ASSERT(toc_wire_request_decode(arena, bytes, &second) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, encode(arena, &second)));
    }
    return 0;
}
