/* wire_framework: the body of a framework record, between protobuf-c's struct and ours. Private to
 * proto/wire_*.c. Texts and numbers are borrowed, lists are laid out anew in the arena. */
#ifndef TOC_WIRE_FRAMEWORK_H
#define TOC_WIRE_FRAMEWORK_H

#include "arena.h"
#include "framework.pb-c.h"
#include "record_framework.h"

/* TOC_NOMEM. Enums are taken as they are: toc_framework_validate knows which exist. */
enum toc_result toc_wire_framework_read(struct toc_arena *arena, const Tocsin__Framework *message,
                                        struct toc_framework *ret_framework) TOC_MUST_CHECK;
enum toc_result toc_wire_framework_write(struct toc_arena *arena,
                                         const struct toc_framework *framework,
                                         Tocsin__Framework *ret_message) TOC_MUST_CHECK;

#endif
