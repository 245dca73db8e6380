/* wire_alloc: how every decoder and encoder of this folder meets protobuf-c. Private to
 * proto/wire_*.c; nothing else may include it.
 *
 * Three things are done here once, for all messages:
 *  - memory: what is unpacked lives in the caller's arena, under a cap in proportion to the input
 *    (TOC_DECODE_FACTOR, TOC_DECODE_BASE), because two-byte empty submessages would otherwise grow
 *    to a hundred times their size;
 *  - canonical form: only the bytes our own encoder would have made are accepted (fields ascending
 *    and once, no explicit defaults, minimal varints, no NUL inside a string, unknown fields last),
 *    so that no two readers can understand one signed message differently;
 *  - results: TOC_NOMEM over the cap, TOC_MALFORMED for anything that does not parse. */
#ifndef TOC_WIRE_ALLOC_H
#define TOC_WIRE_ALLOC_H

#include "arena.h"
#include <protobuf-c/protobuf-c.h>

/* The message lives in the arena; it is never freed by protobuf-c. TOC_MALFORMED also for no bytes
 * at all. Any limit on the arena is lifted when this returns. */
enum toc_result toc_wire_unpack(struct toc_arena *arena, const ProtobufCMessageDescriptor *type,
                                struct toc_bytes bytes, ProtobufCMessage **ret_message)
    TOC_MUST_CHECK;

/* Deterministic. The bytes live in the arena. TOC_TOOBIG over len_max. */
enum toc_result toc_wire_pack(struct toc_arena *arena, const ProtobufCMessage *message,
                              size_t len_max, struct toc_bytes *ret_bytes) TOC_MUST_CHECK;

/* protobuf-c's structs have no const: what these hand out is only ever read. */
char *toc_wire_text(const char *text);
ProtobufCBinaryData toc_wire_binary(const void *data, size_t len);

/* Copies a field of exactly len bytes; TOC_MALFORMED for any other length. */
enum toc_result toc_wire_fixed(ProtobufCBinaryData field, void *ret_bytes, size_t len)
    TOC_MUST_CHECK;
struct toc_bytes toc_wire_bytes(ProtobufCBinaryData field);

#endif
