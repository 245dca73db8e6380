/* Totals by (year, supplier, category). */
#include "store_query.h"
#include "store_settle.h"

/* A missing end is a number that no row has. */
enum toc_result toc_store_totals_drop(struct toc_store *store, unsigned year,
                                      const struct toc_total *after, const struct toc_total *before)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOTALS_DROP,
                           "DELETE FROM total WHERE year = ?1 AND (supplier, category) > (?2, ?3)"
                           " AND (supplier, category) < (?4, ?5)",
                           &query));
    toc_query_integer(&query, 1, year);
    toc_query_integer(&query, 2, after == NULL ? -1 : after->supplier);
    toc_query_integer(&query, 3, after == NULL ? 0 : after->category);
    toc_query_integer(&query, 4, before == NULL ? INT64_MAX : before->supplier);
    toc_query_integer(&query, 5, before == NULL ? 0 : before->category);
    return toc_query_run(&query);
}

enum toc_result toc_store_totals_outside(struct toc_store *store, unsigned first, unsigned last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOTALS_OUTSIDE,
                           "DELETE FROM total WHERE year < ?1 OR year > ?2", &query));
    toc_query_integer(&query, 1, first);
    toc_query_integer(&query, 2, last);
    return toc_query_run(&query);
}

enum toc_result toc_store_total_put(struct toc_store *store, const struct toc_total *total)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_TOTAL_PUT,
        "INSERT INTO total (year, supplier, category, pence, rows, contracts, ends, route)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET pence = ?4,"
        " rows = ?5, contracts = ?6, ends = ?7, route = ?8 WHERE pence <> ?4 OR rows <> ?5"
        " OR contracts <> ?6 OR ends <> ?7 OR route <> ?8",
        &query));
    toc_query_integer(&query, 1, total->year);
    toc_query_integer(&query, 2, total->supplier);
    toc_query_integer(&query, 3, total->category);
    toc_query_integer(&query, 4, total->pence);
    toc_query_integer(&query, 5, (int64_t)total->rows);
    toc_query_integer(&query, 6, total->contracts);
    toc_query_integer(&query, 7, total->ends);
    toc_query_integer(&query, 8, total->route);
    return toc_query_run(&query);
}

static enum toc_result read_totals(struct toc_query *query, struct toc_total *ret_totals,
                                   size_t max, size_t *ret_len)
{
    size_t len = 0;

    while (len < max) {
        const enum toc_result result = toc_query_row(query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_totals[len++] = (struct toc_total){.year = (unsigned)toc_query_get(query, 0),
                                               .supplier = toc_query_get(query, 1),
                                               .category = (unsigned)toc_query_get(query, 2),
                                               .pence = toc_query_get(query, 3),
                                               .rows = (uint64_t)toc_query_get(query, 4),
                                               .contracts = (uint32_t)toc_query_get(query, 5),
                                               .ends = (unsigned)toc_query_get(query, 6),
                                               .route = (unsigned)toc_query_get(query, 7)};
    }
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result read_exposed(const struct toc_query *query, struct toc_arena *arena,
                                    void *ret_row)
{
    struct toc_exposed exposed = {.total = {.year = (unsigned)toc_query_get(query, 0),
                                            .supplier = toc_query_get(query, 1),
                                            .category = (unsigned)toc_query_get(query, 2),
                                            .pence = toc_query_get(query, 3),
                                            .rows = (uint64_t)toc_query_get(query, 4),
                                            .contracts = (uint32_t)toc_query_get(query, 5),
                                            .ends = (unsigned)toc_query_get(query, 6),
                                            .route = (unsigned)toc_query_get(query, 7)},
                                  .supplier = {.id = toc_query_get(query, 1),
                                               .basis = (unsigned)toc_query_get(query, 10),
                                               .norm = (unsigned)toc_query_get(query, 11),
                                               .by_hand = toc_query_get(query, 12) != 0,
                                               .state = TOC_SUPPLIER_KEPT,
                                               .fold = ""}};

    TOC_TRY(toc_query_get_text(query, 8, arena, &exposed.supplier.key));
    TOC_TRY(toc_query_get_text(query, 9, arena, &exposed.supplier.name));
    *(struct toc_exposed *)ret_row = exposed;
    return TOC_OK;
}

enum toc_result toc_store_exposed(struct toc_store *store, const char *after_key,
                                  const struct toc_total *after, struct toc_arena *arena,
                                  struct toc_exposed *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_TOTALS,
        "SELECT year, supplier, total.category, total.pence, total.rows, contracts, ends, route,"
        " key, name, basis, norm, by_hand"
        " FROM supplier CROSS JOIN total ON supplier = supplier.id WHERE key >= ?1"
        " AND (key > ?1 OR (year, total.category) > (?2, ?3)) AND state = 1"
        " ORDER BY key, year, total.category",
        &query));
    toc_query_text(&query, 1, after_key);
    toc_query_integer(&query, 2, after->year);
    toc_query_integer(&query, 3, after->category);
    return toc_query_page(&query, arena, read_exposed, ret_list, sizeof(*ret_list), max, ret_len);
}

enum toc_result toc_store_totals_of(struct toc_store *store, int64_t supplier,
                                    struct toc_total *ret_totals, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOTALS_OF,
                           "SELECT year, supplier, category, pence, rows, contracts, ends, route"
                           " FROM total WHERE supplier = ?1 ORDER BY year DESC, category",
                           &query));
    toc_query_integer(&query, 1, supplier);
    return read_totals(&query, ret_totals, max, ret_len);
}

enum toc_result toc_store_total_of_key(struct toc_store *store, const char *key, unsigned category,
                                       unsigned year)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOTAL_OF_KEY,
                           "SELECT 1 FROM supplier JOIN total ON supplier = supplier.id"
                           " WHERE key = ?1 AND state = 1 AND total.category = ?2 AND year = ?3",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, category);
    toc_query_integer(&query, 3, year);
    return toc_query_row(&query);
}
