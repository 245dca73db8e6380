/* Records of every stream: decoding and the field's own rules. What was read must also have a JSON
 * form, since `watch` prints whatever is stored. */
#include "fuzz.h"
#include "records.h"

static void one_stream(const char *stream, const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    struct toc_record first, second;
    struct toc_bytes bytes, again;
    struct toc_why why;
    if (toc_record_read(arena, stream, toc_bytes_of(data, size), &first, &why) == TOC_OK) {
        json_t *json = toc_record_json(&first);
        TOC_ASSERT(json != NULL);
        json_decref(json);
        TOC_ASSERT(toc_wire_record_encode(arena, &first, &bytes) == TOC_OK);
        TOC_ASSERT(toc_record_read(arena, stream, bytes, &second, &why) == TOC_OK);
        TOC_ASSERT(toc_wire_record_encode(arena, &second, &again) == TOC_OK);
        TOC_ASSERT(toc_bytes_equal(bytes, again));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    one_stream("framework", data, size);
    one_stream("exposure", data, size);
    one_stream("token.ask", data, size);
    one_stream("token.answer.leeds", data, size);
    one_stream("distress", data, size);
    one_stream("alert", data, size);
    return 0;
}
