#include "wire_alloc.h"
#include "bounds.h"
#include "ensure.h"
#include "wire_canonical.h"
#include <string.h>

/* protobuf-c keeps the fields it has scanned in temporary tables, and frees them at the end of each
 * submessage. An arena cannot take anything back, so the tables are remembered here and handed out
 * again: a roster of a thousand members then needs one table, not a thousand. */
#define REUSE_MAX 16
#define REUSE_LEN_MIN 512

struct reusable {
    void *data;
    size_t len;
    bool idle;
};

struct capped {
    ProtobufCAllocator base;
    struct toc_arena *arena;
    bool failed;
    struct reusable tables[REUSE_MAX];
    size_t tables_len;
};

static void *reuse(struct capped *capped, size_t len)
{
    for (size_t i = 0; i < capped->tables_len; i++) {
        struct reusable *table = &capped->tables[i];
        if (table->idle && table->len >= len && table->len / 2 <= len) {
            table->idle = false;
            return table->data;
        }
    }
    return NULL;
}

static void *capped_alloc(void *data, size_t len)
{
    struct capped *capped = data;
    if (len < REUSE_LEN_MIN) {
        void *memory = toc_arena_get(capped->arena, len);
        capped->failed = capped->failed || memory == NULL;
        return memory;
    }
    void *memory = reuse(capped, len);
    if (memory != NULL) {
        return memory;
    }
    memory = toc_arena_get(capped->arena, len);
    if (memory == NULL) {
        capped->failed = true;
    } else if (capped->tables_len < REUSE_MAX) {
        capped->tables[capped->tables_len++] = (struct reusable){.data = memory, .len = len};
    }
    return memory;
}

static void capped_free(void *data, void *memory)
{
    struct capped *capped = data;
    for (size_t i = 0; i < capped->tables_len; i++) {
        if (capped->tables[i].data == memory) {
            capped->tables[i].idle = true;
            return;
        }
    }
}

/* A protobuf-c buffer that keeps nothing: it compares what is packed with what was read. */
struct comparer {
    ProtobufCBuffer base;
    struct toc_bytes left;
    bool same;
};

static void comparer_append(ProtobufCBuffer *buffer, size_t len, const uint8_t *data)
{
    struct comparer *comparer = (struct comparer *)buffer;
    if (!comparer->same || len > comparer->left.len ||
        (len > 0 && memcmp(comparer->left.data, data, len) != 0)) {
        comparer->same = false;
        return;
    }
    comparer->left = toc_bytes_of(comparer->left.data + len, comparer->left.len - len);
}

static bool is_canonical(const ProtobufCMessage *message, struct toc_bytes bytes)
{
    if (toc_wire_looks_canonical(message->descriptor, bytes)) {
        return true; /* a tenth of what packing costs */
    }
    struct comparer comparer = {.base = {.append = comparer_append}, .left = bytes, .same = true};
    (void)protobuf_c_message_pack_to_buffer(message, &comparer.base);
    return comparer.same && comparer.left.len == 0 && toc_wire_numbers_fit(message);
}

enum toc_result toc_wire_unpack(struct toc_arena *arena, const ProtobufCMessageDescriptor *type,
                                struct toc_bytes bytes, ProtobufCMessage **ret_message)
{
    TOC_ENSURE(bytes.len > 0, TOC_MALFORMED);
    TOC_ENSURE(bytes.len <= TOC_ROSTER_FILE_MAX, TOC_TOOBIG);
    struct capped capped = {.arena = arena};
    capped.base =
        (ProtobufCAllocator){.alloc = capped_alloc, .free = capped_free, .allocator_data = &capped};
    toc_arena_limit(arena, bytes.len * TOC_DECODE_FACTOR + TOC_DECODE_BASE);
    ProtobufCMessage *message =
        protobuf_c_message_unpack(type, &capped.base, bytes.len, bytes.data);
    toc_arena_limit(arena, SIZE_MAX);
    if (message == NULL) {
        return capped.failed ? TOC_NOMEM : TOC_MALFORMED;
    }
    TOC_ENSURE(is_canonical(message, bytes), TOC_MALFORMED);
    *ret_message = message;
    return TOC_OK;
}

enum toc_result toc_wire_pack(struct toc_arena *arena, const ProtobufCMessage *message,
                              size_t len_max, struct toc_bytes *ret_bytes)
{
    const size_t len = protobuf_c_message_get_packed_size(message);
    TOC_ENSURE(len <= len_max, TOC_TOOBIG);
    uint8_t *data = toc_arena_get(arena, len);
    TOC_ENSURE(data != NULL, TOC_NOMEM);
    const size_t packed = protobuf_c_message_pack(message, data);
    TOC_ASSERT(packed == len);
    *ret_bytes = toc_bytes_of(data, len);
    return TOC_OK;
}

char *toc_wire_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

ProtobufCBinaryData toc_wire_binary(const void *data, size_t len)
{
    return (ProtobufCBinaryData){.len = len, .data = (uint8_t *)(uintptr_t)data};
}

enum toc_result toc_wire_fixed(ProtobufCBinaryData field, void *ret_bytes, size_t len)
{
    TOC_ENSURE(field.len == len, TOC_MALFORMED);
    memcpy(ret_bytes, field.data, len);
    return TOC_OK;
}

struct toc_bytes toc_wire_bytes(ProtobufCBinaryData field)
{
    return toc_bytes_of(field.data, field.len);
}
