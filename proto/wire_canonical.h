/* wire_canonical: is a message in canonical form, by one look at its bytes? Private to wire_alloc.c
 * and its test.
 *
 * A cheap yes for what our own encoder makes; false means only that packing it again must tell. */
#ifndef TOC_WIRE_CANONICAL_H
#define TOC_WIRE_CANONICAL_H

#include "bytes.h"
#include <protobuf-c/protobuf-c.h>

/* `bytes` were unpacked as `type` without an error. True: packing what was unpacked gives the same
 * bytes. */
bool toc_wire_looks_canonical(const ProtobufCMessageDescriptor *type, struct toc_bytes bytes);

/* Are all fields that the reader does not know, of the message and of those inside it, of a number
 * that protobuf has? protobuf-c takes 32 bits, where other libraries refuse more than 29: bytes
 * that only some members can read would set one group's histories apart. */
bool toc_wire_numbers_fit(const ProtobufCMessage *message);

#endif
