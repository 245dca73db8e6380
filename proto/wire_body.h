/* wire_body: which body of a record is whose: the one switch between protobuf-c's cases and our
 * types. Private to proto/wire_*.c. */
#ifndef TOC_WIRE_BODY_H
#define TOC_WIRE_BODY_H

#include "arena.h"
#include "record.pb-c.h"
#include "wire_record.h"

/* Sets type and body; no body is a withdrawal. What each body's reader returns. */
enum toc_result toc_wire_body_read(struct toc_arena *arena, const Tocsin__Record *message,
                                   struct toc_record *record) TOC_MUST_CHECK;
/* The body lies in the arena. */
enum toc_result toc_wire_body_write(struct toc_arena *arena, const struct toc_record *record,
                                    Tocsin__Record *message) TOC_MUST_CHECK;

#endif
