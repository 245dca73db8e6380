/* wire_exposure: the body of an exposure record, between protobuf-c's struct and ours. Private to
 * proto/wire_*.c. Texts are borrowed; what is derived is made in the arena. */
#ifndef TOC_WIRE_EXPOSURE_H
#define TOC_WIRE_EXPOSURE_H

#include "arena.h"
#include "exposure.pb-c.h"
#include "record_exposure.h"

/* TOC_NOMEM. Enums are taken as they are: toc_exposure_validate knows which exist. */
enum toc_result toc_wire_exposure_read(struct toc_arena *arena, const Tocsin__Exposure *message,
                                       struct toc_exposure *ret_exposure) TOC_MUST_CHECK;
void toc_wire_exposure_write(const struct toc_exposure *exposure, Tocsin__Exposure *ret_message);

#endif
