/* How many suppliers a member exposes: counted once, and again after its records changed. */
#include "store_picture_part.h"
#include <string.h>

static struct toc_exposed_count *place_of(struct toc_store *store, int64_t member)
{
    return &store->exposed[(uint64_t)member % TOC_EXPOSED_KEPT];
}

void toc_exposed_changed(struct toc_store *store, int64_t member)
{
    struct toc_exposed_count *const place = place_of(store, member);
    if (place->member == member) {
        place->member = 0;
    }
}

void toc_exposed_forget(struct toc_store *store)
{
    memset(store->exposed, 0, sizeof store->exposed);
}

static enum toc_result count(struct toc_store *store, int64_t member, uint64_t *ret_suppliers)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUPPLIERS_EXPOSED,
                           "SELECT count(DISTINCT subject) FROM exposure WHERE member = ?1",
                           &query));
    toc_query_integer(&query, 1, member);
    TOC_TRY(toc_query_row(&query));
    *ret_suppliers = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_suppliers_exposed(struct toc_store *store, const char *publisher,
                                            uint64_t *ret_suppliers)
{
    int64_t member;
    const enum toc_result found = toc_picture_member_id(store, publisher, false, &member);
    if (found == TOC_NOTFOUND) {
        *ret_suppliers = 0;
        return TOC_OK;
    }
    TOC_TRY(found);
    struct toc_exposed_count *const place = place_of(store, member);
    if (place->member != member) {
        TOC_TRY(count(store, member, &place->suppliers));
        place->member = member;
    }
    *ret_suppliers = place->suppliers;
    return TOC_OK;
}
