/* wire_raw: protobuf messages written by hand, so that a test can send what our encoders never
 * would. A message is a table of fields; a change replaces or drops one of them. */
#ifndef TOC_WIRE_RAW_H
#define TOC_WIRE_RAW_H

#include "arena.h"
#include <check.h>
#include <string.h>

struct raw {
    size_t len;
    uint8_t data[2 * 1024 * 1024];
};

struct raw_field {
    unsigned number;
    bool is_bytes;
    uint64_t value;
    const void *data;
    size_t len;
};
#define RAW_U(number, value)                                                                       \
    {                                                                                              \
        number, false, value, NULL, 0                                                              \
    }
#define RAW_B(number, data, len)                                                                   \
    {                                                                                              \
        number, true, 0, data, len                                                                 \
    }
#define RAW_T(number, text)                                                                        \
    {                                                                                              \
        number, true, 0, text, sizeof(text) - 1                                                    \
    }

struct raw_change {
    struct raw_field field;
    enum toc_result expect;
    bool drop;
};
#define RAW_DROP(number, expect)                                                                   \
    {                                                                                              \
        RAW_U(number, 0), expect, true                                                             \
    }

static inline void raw_put(struct raw *raw, const void *data, size_t len)
{
    ck_assert_uint_le(len, sizeof raw->data - raw->len);
    if (len > 0) {
        memcpy(raw->data + raw->len, data, len);
    }
    raw->len += len;
}

static inline void raw_varint(struct raw *raw, uint64_t value)
{
    while (value >= 0x80) {
        const uint8_t low = (uint8_t)(value | 0x80);
        raw_put(raw, &low, 1);
        value >>= 7;
    }
    const uint8_t last = (uint8_t)value;
    raw_put(raw, &last, 1);
}

static inline void raw_field(struct raw *raw, const struct raw_field *field)
{
    raw_varint(raw, (uint64_t)field->number << 3 | (field->is_bytes ? 2 : 0));
    raw_varint(raw, field->is_bytes ? field->len : field->value);
    raw_put(raw, field->data, field->len);
}

static inline struct toc_bytes raw_bytes(const struct raw *raw)
{
    return toc_bytes_of(raw->data, raw->len);
}

/* The table as a message, with one field changed; NULL for none. */
static inline struct toc_bytes raw_message(struct raw *raw, const struct raw_field *fields,
                                           size_t fields_len, const struct raw_change *change)
{
    raw->len = 0;
    for (size_t i = 0; i < fields_len; i++) {
        if (change == NULL || change->field.number != fields[i].number) {
            raw_field(raw, &fields[i]);
        } else if (!change->drop) {
            raw_field(raw, &change->field);
        }
    }
    return raw_bytes(raw);
}

/* The same message in a field of another one. */
static inline struct toc_bytes raw_wrap(struct raw *raw, unsigned number, struct toc_bytes inner)
{
    const struct raw_field field = RAW_B(number, inner.data, inner.len);
    raw->len = 0;
    raw_field(raw, &field);
    return raw_bytes(raw);
}

static inline struct toc_arena *raw_arena(size_t len_max)
{
    struct toc_arena *arena = NULL;
    ck_assert_int_eq(toc_arena_new(len_max, &arena), TOC_OK);
    return arena;
}

#endif
