/* import_buyer: whether what a file says is a member's own. Names are compared folded and freed of
 * "the" (suppliername.h) with the member's name and aliases, ids with those of its roster entry. */
#ifndef TOC_IMPORT_BUYER_H
#define TOC_IMPORT_BUYER_H

#include "suppliername.h"
#include "wire_roster.h"

struct toc_import_self {
    const struct toc_member *member;
    const char **names; /* folded */
    size_t names_len;
};

/* Borrows the member; the rest lies in the arena. TOC_NOMEM, TOC_INVALID (no name folds). */
enum toc_result toc_import_self_init(struct toc_arena *arena, const struct toc_member *member,
                                     struct toc_import_self *ret_self) TOC_MUST_CHECK;
/* ret_folded is what the name folds to (empty when it does not); may be NULL. */
bool toc_import_self_name(const struct toc_import_self *self, const char *name,
                          char ret_folded[TOC_FOLD_LEN_MAX + 1]);
/* The member's buyer id that equals scheme and id, or that `joined` ("GB-LAE-DER") spells; NULL for
 * none. Any argument may be empty. */
const struct toc_buyer *toc_import_self_id(const struct toc_import_self *self, const char *scheme,
                                           const char *id, const char *joined);

#endif
