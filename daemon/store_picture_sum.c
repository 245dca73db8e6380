/* What the picture counts: who covers which months, which years there are, how many suppliers, and
 * how a category's spend lies with them. */
#include "store_picture_part.h"
#include "store_picture_show.h"

/* What waits in memory must be seen, too. */
static enum toc_result ready(struct toc_store *store)
{
    return store->counts.len > 0 ? toc_picture_counts_flush(store) : TOC_OK;
}

enum toc_result toc_store_picture_members(struct toc_store *store, unsigned year,
                                          struct toc_arena *arena,
                                          struct toc_picture_member **ret_members, size_t *ret_len)
{
    struct toc_picture_member *const members =
        toc_arena_zero(arena, TOC_MEMBERS_MAX, sizeof *members);
    size_t len = 0;
    TOC_ENSURE(members != NULL, TOC_NOMEM);
    TOC_TRY(ready(store));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_MEMBERS,
                           "SELECT c.a, s.publisher, c.b FROM picture_count AS c"
                           " CROSS JOIN sharer AS s ON s.id = c.a"
                           " WHERE c.kind = ?1 AND c.year = ?2 ORDER BY s.publisher",
                           &query));
    toc_query_integer(&query, 1, TOC_COUNT_COVERAGE);
    toc_query_integer(&query, 2, year);
    for (;;) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        const uint32_t id = (uint32_t)toc_query_get(&query, 0);
        const unsigned months = (unsigned)toc_query_get(&query, 2);
        if (len > 0 && members[len - 1].id == id) {
            members[len - 1].months |= months;
        } else if (len < TOC_MEMBERS_MAX) {
            members[len] = (struct toc_picture_member){.id = id, .months = months};
            TOC_TRY(toc_query_get_text(&query, 1, arena, &members[len].publisher));
            len++;
        }
    }
    *ret_members = members;
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_picture_years(struct toc_store *store, struct toc_picture_year *ret_years,
                                        size_t max, size_t *ret_len)
{
    size_t len = 0;
    TOC_TRY(ready(store));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_YEARS,
                           "SELECT year, count(DISTINCT a) FROM picture_count WHERE kind = ?1"
                           " GROUP BY year ORDER BY year",
                           &query));
    toc_query_integer(&query, 1, TOC_COUNT_COVERAGE);
    for (; len < max; len++) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        ret_years[len] = (struct toc_picture_year){.year = (unsigned)toc_query_get(&query, 0),
                                                   .members = (uint32_t)toc_query_get(&query, 1)};
    }
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result sum(struct toc_store *store, enum toc_picture_count kind, unsigned year,
                           int64_t a_first, int64_t b_first, int64_t b_last, int64_t *ret_sum)
{
    TOC_TRY(ready(store));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_SUM,
                           "SELECT coalesce(sum(n), 0) FROM picture_count"
                           " WHERE kind = ?1 AND year = ?2 AND a = ?3 AND b BETWEEN ?4 AND ?5",
                           &query));
    toc_query_integer(&query, 1, kind);
    toc_query_integer(&query, 2, year);
    toc_query_integer(&query, 3, a_first);
    toc_query_integer(&query, 4, b_first);
    toc_query_integer(&query, 5, b_last);
    TOC_TRY(toc_query_row(&query));
    *ret_sum = toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_picture_total(struct toc_store *store, unsigned year, unsigned category,
                                        uint32_t councils_min, uint64_t *ret_total)
{
    int64_t total;
    TOC_TRY(sum(store, TOC_COUNT_SUPPLIERS, year, category, councils_min, UINT32_MAX, &total));
    *ret_total = (uint64_t)total;
    return TOC_OK;
}

enum toc_result toc_store_picture_ambiguous(struct toc_store *store, unsigned year,
                                            uint64_t *ret_ambiguous)
{
    int64_t ambiguous;
    TOC_TRY(sum(store, TOC_COUNT_AMBIGUOUS, year, 0, 0, 0, &ambiguous));
    *ret_ambiguous = (uint64_t)ambiguous;
    return TOC_OK;
}

/* ---- categories ---- */

static enum toc_result read_top(struct toc_store *store, unsigned year, struct toc_arena *arena,
                                struct toc_picture_category *category)
{
    size_t len = 0;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_TOP,
                           "SELECT s.key, s.name, p.spend"
                           " FROM picture AS p CROSS JOIN subject AS s ON s.id = p.subject"
                           " WHERE p.year = ?1 AND p.category = ?2 AND p.spend > 0"
                           " ORDER BY p.spend DESC, p.tie DESC LIMIT ?3",
                           &query));
    toc_query_integer(&query, 1, year);
    toc_query_integer(&query, 2, category->category);
    toc_query_integer(&query, 3, TOC_PICTURE_TOP);
    for (; len < TOC_PICTURE_TOP; len++) {
        struct toc_picture_share *const share = &category->top[len];
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        TOC_TRY(toc_query_get_text(&query, 0, arena, &share->subject));
        TOC_TRY(toc_query_get_text(&query, 1, arena, &share->name));
        share->spend_thousands = toc_query_get(&query, 2);
    }
    category->top_len = len;
    return TOC_OK;
}

static enum toc_result read_sums(struct toc_store *store, unsigned year,
                                 struct toc_picture_category *category)
{
    const double radix = (double)(1 << TOC_SQUARE_BITS);
    int64_t part[3];
    TOC_TRY(
        sum(store, TOC_COUNT_SPEND, year, category->category, 0, 0, &category->spend_thousands));
    for (int i = 0; i < 3; i++) {
        TOC_TRY(sum(store, TOC_COUNT_SQUARES, year, category->category, i, i, &part[i]));
    }
    const double total = (double)category->spend_thousands;
    const double squares =
        ((double)part[0] * radix + 2 * (double)part[1]) * radix + (double)part[2];
    category->herfindahl = total > 0 ? squares / (total * total) : 0;
    return TOC_OK;
}

static enum toc_result list_categories(struct toc_store *store, unsigned year, int after,
                                       struct toc_picture_category *ret_list, size_t max,
                                       size_t *ret_len)
{
    size_t len = 0;
    TOC_TRY(ready(store));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_CATEGORIES,
                           "SELECT a, sum(n) FROM picture_count WHERE kind = ?1 AND year = ?2"
                           " AND a > ?3 AND a < ?4 GROUP BY a ORDER BY a",
                           &query));
    toc_query_integer(&query, 1, TOC_COUNT_SUPPLIERS);
    toc_query_integer(&query, 2, year);
    toc_query_integer(&query, 3, after);
    toc_query_integer(&query, 4, TOC_PICTURE_ALL);
    for (; len < max; len++) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        ret_list[len] =
            (struct toc_picture_category){.category = (unsigned)toc_query_get(&query, 0),
                                          .suppliers = (uint64_t)toc_query_get(&query, 1)};
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_picture_categories(struct toc_store *store, unsigned year, int after,
                                             struct toc_arena *arena,
                                             struct toc_picture_category *ret_list, size_t max,
                                             size_t *ret_len)
{
    size_t len;
    TOC_TRY(list_categories(store, year, after, ret_list, max, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(read_sums(store, year, &ret_list[i]));
        TOC_TRY(read_top(store, year, arena, &ret_list[i]));
    }
    *ret_len = len;
    return TOC_OK;
}
