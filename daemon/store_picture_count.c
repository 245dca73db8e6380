/* Counts and sums of the picture. Many records of one transaction change the same few, so changes
 * wait in memory and are written together. */
#include "store_picture_part.h"
#include <string.h>

static uint64_t place_of(const struct toc_count_change *change)
{
    uint64_t hash = (uint64_t)change->kind;
    hash = hash * 0x9e3779b97f4a7c15U + (uint64_t)change->year;
    hash = hash * 0x9e3779b97f4a7c15U + (uint64_t)change->a;
    hash = hash * 0x9e3779b97f4a7c15U + (uint64_t)change->b;
    return (hash ^ hash >> 32) % TOC_COUNTS_WAITING;
}

static bool same_count(const struct toc_count_change *one, const struct toc_count_change *other)
{
    return one->kind == other->kind && one->year == other->year && one->a == other->a &&
           one->b == other->b;
}

enum toc_result toc_picture_count(struct toc_store *store, enum toc_picture_count kind,
                                  unsigned year, int64_t a, int64_t b, int64_t by)
{
    TOC_ASSERT(store->changing);
    if (by == 0) {
        return TOC_OK;
    }
    if (store->counts.len >= TOC_COUNTS_WAITING / 4 * 3) {
        TOC_TRY(toc_picture_counts_flush(store));
    }
    const struct toc_count_change change = {.kind = (int)kind, .year = (int)year, .a = a, .b = b};
    uint64_t at = place_of(&change);
    while (store->counts.changes[at].kind != 0 &&
           !same_count(&store->counts.changes[at], &change)) {
        at = (at + 1) % TOC_COUNTS_WAITING;
    }
    struct toc_count_change *const place = &store->counts.changes[at];
    if (place->kind == 0) {
        *place = change;
        store->counts.len++;
    }
    place->by += by;
    return TOC_OK;
}

void toc_picture_counts_forget(struct toc_store *store)
{
    store->counts.sharer.id = 0;
    if (store->counts.len > 0) {
        memset(&store->counts, 0, sizeof store->counts);
    }
}

static enum toc_result drop_zero(struct toc_store *store, const struct toc_count_change *change)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_DROP,
                           "DELETE FROM picture_count"
                           " WHERE kind = ?1 AND year = ?2 AND a = ?3 AND b = ?4",
                           &query));
    toc_query_integer(&query, 1, change->kind);
    toc_query_integer(&query, 2, change->year);
    toc_query_integer(&query, 3, change->a);
    toc_query_integer(&query, 4, change->b);
    return toc_query_run(&query);
}

static enum toc_result write_change(struct toc_store *store, const struct toc_count_change *change)
{
    int64_t now = 0;
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_PUT,
                               "INSERT INTO picture_count (kind, year, a, b, n)"
                               " VALUES (?1, ?2, ?3, ?4, ?5)"
                               " ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n",
                               &query));
        toc_query_integer(&query, 1, change->kind);
        toc_query_integer(&query, 2, change->year);
        toc_query_integer(&query, 3, change->a);
        toc_query_integer(&query, 4, change->b);
        toc_query_integer(&query, 5, change->by);
        TOC_TRY(toc_query_change(&query));
        now = toc_query_get(&query, 0);
    }
    return now == 0 ? drop_zero(store, change) : TOC_OK;
}

enum toc_result toc_picture_counts_flush(struct toc_store *store)
{
    for (size_t i = 0; store->counts.len > 0 && i < TOC_COUNTS_WAITING; i++) {
        const struct toc_count_change *const change = &store->counts.changes[i];
        if (change->kind != 0 && change->by != 0) {
            TOC_TRY(write_change(store, change));
        }
    }
    toc_picture_counts_forget(store);
    return TOC_OK;
}
