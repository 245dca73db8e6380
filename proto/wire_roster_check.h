/* wire_roster_check: shape and limits of a roster, for decoder and encoder alike. Private to
 * proto/wire_*.c. What a roster means is roster.h's business. */
#ifndef TOC_WIRE_ROSTER_CHECK_H
#define TOC_WIRE_ROSTER_CHECK_H

#include "wire_member.h"

#define TOC_WIRE_ROSTER_FORMAT 1

/* TOC_MALFORMED, TOC_TOOBIG, TOC_INVALID. */
enum toc_result toc_wire_check_roster(const Tocsin__Roster *roster) TOC_MUST_CHECK;

#endif
