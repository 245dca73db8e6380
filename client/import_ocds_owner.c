#include "import_ocds_owner.h"
#include "import_json.h"
#include <stdio.h>
#include <string.h>

/* At a character, not in one. */
static void cut(char *text, size_t len_max)
{
    size_t len = strlen(text);
    if (len > len_max) {
        for (len = len_max; len > 0 && ((unsigned char)text[len] & 0xc0U) == 0x80U; len--) {
        }
        text[len] = '\0';
    }
}

static enum toc_ocds_owner owner_of(const struct toc_import_self *self, const json_t *buyer,
                                    const json_t *party, char ret_key[TOC_OCDS_BUYER_KEY_MAX + 1],
                                    const char **ret_name)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    const char *name = toc_json_text(buyer, "name");
    name = name[0] == '\0' ? toc_json_text(party, "name") : name;
    const struct toc_buyer *known =
        toc_import_self_id(self, toc_json_text(party, "identifier.scheme"),
                           toc_json_text(party, "identifier.id"), toc_json_text(buyer, "id"));
    const json_t *const more = toc_json_at(party, "additionalIdentifiers");
    for (size_t i = 0; known == NULL && i < json_array_size(more); i++) {
        const json_t *const other = json_array_get(more, i);
        known = toc_import_self_id(self, toc_json_text(other, "scheme"), toc_json_text(other, "id"),
                                   "");
    }
    const bool named = toc_import_self_name(self, name, folded);
    if (known == NULL && !named) {
        return name[0] == '\0' && toc_json_text(buyer, "id")[0] == '\0' ? TOC_OCDS_OWNER_NONE
                                                                        : TOC_OCDS_OWNER_OTHER;
    }
    if (known != NULL) {
        (void)snprintf(ret_key, TOC_OCDS_BUYER_KEY_MAX + 1, "%s-%s", known->scheme, known->id);
    } else {
        cut(folded, TOC_OCDS_BUYER_KEY_MAX);
        memcpy(ret_key, folded, strlen(folded) + 1);
    }
    *ret_name = name[0] == '\0' ? self->member->name : name;
    return TOC_OCDS_OWNER_SELF;
}

static const json_t *party_with_id(const json_t *release, const char *id)
{
    const json_t *const parties = toc_json_at(release, "parties");
    for (size_t i = 0; id[0] != '\0' && i < json_array_size(parties); i++) {
        if (strcmp(toc_json_text(json_array_get(parties, i), "id"), id) == 0) {
            return json_array_get(parties, i);
        }
    }
    return NULL;
}

enum toc_ocds_owner toc_ocds_owner(const struct toc_import_self *self, const json_t *release,
                                   char ret_key[TOC_OCDS_BUYER_KEY_MAX + 1], const char **ret_name)
{
    const json_t *const buyer = toc_json_at(release, "buyer");
    const json_t *const party = party_with_id(release, toc_json_text(buyer, "id"));
    enum toc_ocds_owner owner = owner_of(self, buyer, party, ret_key, ret_name);
    const json_t *const parties = toc_json_at(release, "parties");
    if (json_is_object(buyer)) {
        return owner;
    }
    for (size_t i = 0; owner != TOC_OCDS_OWNER_SELF && i < json_array_size(parties); i++) {
        const json_t *const candidate = json_array_get(parties, i);
        if (toc_json_lists(candidate, "roles", "buyer")) {
            const enum toc_ocds_owner found =
                owner_of(self, candidate, candidate, ret_key, ret_name);
            owner = found == TOC_OCDS_OWNER_NONE ? owner : found;
        }
    }
    return owner;
}
