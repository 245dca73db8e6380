/* wire_sealed: what lies inside a seal of flags and alerts, bytes to plain structs and back. Shape
 * only; what may be said is sealed.c's business. Texts lie in the arena. */
#ifndef TOC_WIRE_SEALED_H
#define TOC_WIRE_SEALED_H

#include "sealed.h"

/* TOC_TOOBIG, TOC_NOMEM. */
enum toc_result toc_wire_alert_body_encode(struct toc_arena *arena,
                                           const struct toc_alert_body *body,
                                           struct toc_bytes *ret_bytes) TOC_MUST_CHECK;
enum toc_result toc_wire_alert_body_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                           struct toc_alert_body *ret_body) TOC_MUST_CHECK;
enum toc_result toc_wire_detail_encode(struct toc_arena *arena, const struct toc_detail *detail,
                                       struct toc_bytes *ret_bytes) TOC_MUST_CHECK;
enum toc_result toc_wire_detail_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                       struct toc_detail *ret_detail) TOC_MUST_CHECK;

#endif
