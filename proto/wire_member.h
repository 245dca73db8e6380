/* wire_member: one member of a roster or a request, between protobuf-c's form and ours. Private to
 * proto/wire_*.c. */
#ifndef TOC_WIRE_MEMBER_H
#define TOC_WIRE_MEMBER_H

#include "roster.pb-c.h"
#include "wire_field.h"
#include "wire_roster.h"

/* A set of roles is a list in ascending order; empty and unknown ones are TOC_INVALID. */
enum toc_result toc_wire_check_roles(const Tocsin__Role *roles, size_t roles_len) TOC_MUST_CHECK;
toc_roles toc_wire_take_roles(const Tocsin__Role *roles, size_t roles_len);
/* ret_roles has room for TOC_ROLES_MAX; a bit that is no role is TOC_INVALID. */
enum toc_result toc_wire_give_roles(toc_roles roles, Tocsin__Role *ret_roles, size_t *ret_len)
    TOC_MUST_CHECK;

/* Every limit but the one on admitted_version, which roster and request see differently. */
enum toc_result toc_wire_check_member(const Tocsin__Member *member) TOC_MUST_CHECK;
/* Borrows texts from the unpacked member; TOC_NOMEM. */
enum toc_result toc_wire_take_member(struct toc_arena *arena, const Tocsin__Member *member,
                                     struct toc_member *ret_member) TOC_MUST_CHECK;
/* Borrows from `member`; tables lie in the arena. TOC_NOMEM, TOC_TOOBIG, TOC_INVALID. */
enum toc_result toc_wire_give_member(struct toc_arena *arena, const struct toc_member *member,
                                     Tocsin__Member *ret_member) TOC_MUST_CHECK;

#endif
