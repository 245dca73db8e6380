/* wire_flag: the bodies of flags, disputes and alerts, between protobuf-c's structs and ours.
 * Private to proto/wire_*.c. Lists lie in the arena. Enums are taken as they are: the validators
 * know which exist. */
#ifndef TOC_WIRE_FLAG_H
#define TOC_WIRE_FLAG_H

#include "alert.pb-c.h"
#include "arena.h"
#include "flag.pb-c.h"
#include "record_alert.h"
#include "record_flag.h"

/* TOC_MALFORMED for a length that is not its field's, TOC_INVALID, TOC_TOOBIG, TOC_NOMEM. */
enum toc_result toc_wire_flag_read(struct toc_arena *arena, const Tocsin__Flag *message,
                                   struct toc_flag *ret_flag) TOC_MUST_CHECK;
enum toc_result toc_wire_flag_write(struct toc_arena *arena, const struct toc_flag *flag,
                                    Tocsin__Flag *ret_message) TOC_MUST_CHECK;
enum toc_result toc_wire_dispute_read(const Tocsin__Dispute *message,
                                      struct toc_dispute *ret_dispute) TOC_MUST_CHECK;
void toc_wire_dispute_write(const struct toc_dispute *dispute, Tocsin__Dispute *ret_message);
enum toc_result toc_wire_alert_read(struct toc_arena *arena, const Tocsin__Alert *message,
                                    struct toc_alert *ret_alert) TOC_MUST_CHECK;
enum toc_result toc_wire_alert_write(struct toc_arena *arena, const struct toc_alert *alert,
                                     Tocsin__Alert *ret_message) TOC_MUST_CHECK;

#endif
