#include "import_buyer.h"
#include "ensure.h"
#include <string.h>
#include <strings.h>

static enum toc_result add_name(struct toc_arena *arena, const char *name,
                                struct toc_import_self *self)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    if (toc_name_fold_buyer(name, folded) != TOC_OK) {
        return TOC_OK; /* a name of nothing but signs matches nothing */
    }
    const char *const copy = toc_arena_text(arena, toc_bytes_text(folded));
    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    self->names[self->names_len++] = copy;
    return TOC_OK;
}

enum toc_result toc_import_self_init(struct toc_arena *arena, const struct toc_member *member,
                                     struct toc_import_self *ret_self)
{
    struct toc_import_self self = {.member = member};
    self.names = toc_arena_zero(arena, member->aliases_len + 1, sizeof *self.names);
    TOC_ENSURE(self.names != NULL, TOC_NOMEM);
    TOC_TRY(add_name(arena, member->name, &self));
    for (size_t i = 0; i < member->aliases_len; i++) {
        TOC_TRY(add_name(arena, member->aliases[i], &self));
    }
    TOC_ENSURE(self.names_len > 0, TOC_INVALID);
    *ret_self = self;
    return TOC_OK;
}

bool toc_import_self_name(const struct toc_import_self *self, const char *name,
                          char ret_folded[TOC_FOLD_LEN_MAX + 1])
{
    char folded[TOC_FOLD_LEN_MAX + 1] = "";
    bool found = false;
    if (toc_name_fold_buyer(name, folded) == TOC_OK) {
        for (size_t i = 0; i < self->names_len; i++) {
            found = found || strcmp(self->names[i], folded) == 0;
        }
    }
    if (ret_folded != NULL) {
        memcpy(ret_folded, folded, strlen(folded) + 1);
    }
    return found;
}

/* "GB-LAE-DER" is scheme GB-LAE and id DER; "GB-LAE:DER" is seen too. */
static bool spells(const struct toc_buyer *buyer, const char *joined)
{
    const size_t scheme_len = strlen(buyer->scheme);
    return strncasecmp(joined, buyer->scheme, scheme_len) == 0 &&
           (joined[scheme_len] == '-' || joined[scheme_len] == ':') &&
           strcasecmp(joined + scheme_len + 1, buyer->id) == 0;
}

const struct toc_buyer *toc_import_self_id(const struct toc_import_self *self, const char *scheme,
                                           const char *id, const char *joined)
{
    for (size_t i = 0; i < self->member->buyers_len; i++) {
        const struct toc_buyer *const buyer = &self->member->buyers[i];
        const bool equal = strcasecmp(buyer->scheme, scheme) == 0 && strcasecmp(buyer->id, id) == 0;
        if (equal || spells(buyer, joined)) {
            return buyer;
        }
    }
    return NULL;
}
