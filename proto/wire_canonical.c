#include "wire_canonical.h"
#include <string.h>

#define DEPTH_MAX 8
#define WIRE_VARINT 0
#define WIRE_BYTES 2
#define FIELD_NUMBER_MAX ((1U << 29) - 1)

struct scan {
    const uint8_t *at;
    const uint8_t *end;
};

/* In as few bytes as the value needs. */
static bool read_varint(struct scan *scan, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; scan->at < scan->end && shift < 64; shift += 7) {
        const uint8_t byte = *scan->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            /* The tenth byte has room for one bit. */
            return (byte != 0 || shift == 0) && (shift < 63 || byte == 1);
        }
    }
    return false;
}

/* A value that the field's type can hold, and that is packed as the same varint. */
static bool value_fits(ProtobufCType type, uint64_t value)
{
    switch (type) {
    case PROTOBUF_C_TYPE_UINT32:
        return value <= UINT32_MAX;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_ENUM:
        return value <= INT32_MAX;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        return true;
    case PROTOBUF_C_TYPE_BOOL:
        return value <= 1;
    default:
        return false; /* none of our messages has one */
    }
}

static bool is_repeated(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

static bool scan_scalar(const ProtobufCFieldDescriptor *field, struct scan *scan)
{
    uint64_t value;
    /* Left out when it is 0; repeated ones are packed. */
    return !is_repeated(field) && read_varint(scan, &value) && value != 0 &&
           value_fits(field->type, value);
}

static bool scan_packed(const ProtobufCFieldDescriptor *field, struct scan scan)
{
    if (!is_repeated(field) || scan.at == scan.end) {
        return false;
    }
    while (scan.at < scan.end) {
        uint64_t value;
        if (!read_varint(&scan, &value) || !value_fits(field->type, value)) {
            return false;
        }
    }
    return true;
}

static bool scan_message(const ProtobufCMessageDescriptor *type, struct scan scan, unsigned depth);

static bool scan_bytes(const ProtobufCFieldDescriptor *field, struct scan *scan, unsigned depth)
{
    uint64_t len;
    if (!read_varint(scan, &len) || len > (uint64_t)(scan->end - scan->at)) {
        return false;
    }
    const struct scan inner = {scan->at, scan->at + len};
    scan->at = inner.end;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return (len > 0 || is_repeated(field)) && (len == 0 || memchr(inner.at, 0, len) == NULL);
    case PROTOBUF_C_TYPE_BYTES:
        return len > 0 || is_repeated(field);
    case PROTOBUF_C_TYPE_MESSAGE:
        return depth > 0 && scan_message((const ProtobufCMessageDescriptor *)field->descriptor,
                                         inner, depth - 1);
    default:
        return scan_packed(field, inner);
    }
}

/* Fields ascend, each once but for repeated ones that are not packed, and of what excludes each
 * other one is there at most. */
static bool scan_message(const ProtobufCMessageDescriptor *type, struct scan scan, unsigned depth)
{
    unsigned next = 0; /* the first field that may still come */
    bool one_of = false;
    while (scan.at < scan.end) {
        uint64_t tag;
        if (!read_varint(&scan, &tag)) {
            return false;
        }
        while (next < type->n_fields && type->fields[next].id < tag >> 3) {
            next++;
        }
        if (next == type->n_fields || type->fields[next].id != tag >> 3) {
            return false;
        }
        const ProtobufCFieldDescriptor *const field = &type->fields[next];
        const bool excludes = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        const bool plain = field->label == PROTOBUF_C_LABEL_NONE || is_repeated(field);
        if (!plain || (excludes && one_of)) {
            return false;
        }
        one_of = one_of || excludes;
        const bool many = is_repeated(field) && (field->type == PROTOBUF_C_TYPE_STRING ||
                                                 field->type == PROTOBUF_C_TYPE_BYTES ||
                                                 field->type == PROTOBUF_C_TYPE_MESSAGE);
        next += many ? 0 : 1;
        const unsigned wire = (unsigned)(tag & 7);
        if (!(wire == WIRE_BYTES    ? scan_bytes(field, &scan, depth)
              : wire == WIRE_VARINT ? scan_scalar(field, &scan)
                                    : false)) {
            return false;
        }
    }
    return true;
}

static bool inside_fits(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *const base = (const uint8_t *)message;
    ProtobufCMessage *const *items = NULL;
    ProtobufCMessage *one = NULL;
    size_t count = 0;
    if (is_repeated(field)) {
        memcpy(&items, base + field->offset, sizeof items);
        memcpy(&count, base + field->quantifier_offset, sizeof count);
    } else {
        uint32_t chosen = field->id;
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            memcpy(&chosen, base + field->quantifier_offset, sizeof chosen);
        }
        if (chosen == field->id) {
            memcpy(&one, base + field->offset, sizeof one);
        }
        items = &one;
        count = one != NULL ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (!toc_wire_numbers_fit(items[i])) {
            return false;
        }
    }
    return true;
}

bool toc_wire_numbers_fit(const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        if (message->unknown_fields[i].tag > FIELD_NUMBER_MAX) {
            return false;
        }
    }
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *const field = &message->descriptor->fields[i];
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && !inside_fits(message, field)) {
            return false;
        }
    }
    return true;
}

bool toc_wire_looks_canonical(const ProtobufCMessageDescriptor *type, struct toc_bytes bytes)
{
    const struct scan scan = {bytes.data, bytes.data + bytes.len};
    return scan_message(type, scan, DEPTH_MAX);
}
