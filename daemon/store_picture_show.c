/* One supplier of the picture: what councils call it, and who spends what with it. */
#include "store_picture_show.h"
#include "store_picture_part.h"
#include <string.h>

enum toc_result toc_store_picture_names(struct toc_store *store, const char *subject,
                                        struct toc_arena *arena, struct toc_picture_name *ret_names,
                                        size_t *ret_len)
{
    struct toc_subject found;
    size_t len = 0;
    TOC_TRY(toc_subject_find(store, subject, &found));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_TITLES,
                           "SELECT name, councils FROM title WHERE subject = ?1"
                           " ORDER BY councils DESC, name LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, found.id);
    toc_query_integer(&query, 2, TOC_PICTURE_NAMES_MAX);
    for (; len < TOC_PICTURE_NAMES_MAX; len++) {
        const enum toc_result row = toc_query_row(&query);
        if (row == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(row);
        TOC_TRY(toc_query_get_text(&query, 0, arena, &ret_names[len].name));
        ret_names[len].councils = (uint32_t)toc_query_get(&query, 1);
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_picture_numbers(struct toc_store *store, const char *folded,
                                          struct toc_arena *arena, const char **ret_subjects,
                                          size_t max, size_t *ret_len)
{
    size_t len = 0;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_LINK_KEYS,
                           "SELECT s.key FROM link AS l CROSS JOIN subject AS s"
                           " ON s.id = l.subject WHERE l.fold = ?1 ORDER BY s.key LIMIT ?2",
                           &query));
    toc_query_text(&query, 1, folded);
    toc_query_integer(&query, 2, (int64_t)max);
    for (; len < max; len++) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        TOC_TRY(toc_query_get_text(&query, 0, arena, &ret_subjects[len]));
    }
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result read_record(const struct toc_query *query, struct toc_arena *arena,
                                   struct toc_picture_record *ret_record)
{
    struct toc_picture_record record = {
        .year = (unsigned)toc_query_get(query, 1),
        .category = (unsigned)toc_query_get(query, 2),
        .sequence = (uint64_t)toc_query_get(query, 3),
        .spend_thousands = toc_query_get(query, 5),
        .months = (unsigned)toc_query_get(query, 6),
        .contracts = (uint32_t)toc_query_get(query, 7),
        .earliest_end_quarter = (unsigned)toc_query_get(query, 8),
        .route = (enum toc_route)toc_query_get(query, 9),
        .id_basis = (enum toc_id_basis)toc_query_get(query, 10),
    };
    TOC_TRY(toc_query_get_text(query, 0, arena, &record.publisher));
    TOC_TRY(toc_query_get_text(query, 4, arena, &record.name));
    *ret_record = record;
    return TOC_OK;
}

enum toc_result toc_store_picture_records(struct toc_store *store, const char *subject,
                                          unsigned first_year, unsigned last_year,
                                          const struct toc_picture_place *after,
                                          struct toc_arena *arena,
                                          struct toc_picture_record *ret_records, size_t max,
                                          size_t *ret_len)
{
    struct toc_subject found;
    size_t len = 0;
    TOC_TRY(toc_subject_find(store, subject, &found));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARES,
                           "SELECT x.publisher, r.year, r.category, r.sequence, r.name, r.spend,"
                           " r.months, r.contracts, r.ends, r.route, r.id_basis"
                           " FROM sharer AS x CROSS JOIN share AS r"
                           " ON r.subject = ?1 AND r.member = x.id AND r.year BETWEEN ?2 AND ?3"
                           " WHERE x.publisher >= ?4"
                           " AND (x.publisher, r.year, r.category, r.sequence) > (?4, ?5, ?6, ?7)"
                           " ORDER BY x.publisher, r.year, r.category, r.sequence LIMIT ?8",
                           &query));
    toc_query_integer(&query, 1, found.id);
    toc_query_integer(&query, 2, first_year);
    toc_query_integer(&query, 3, last_year);
    toc_query_text(&query, 4, after->publisher);
    toc_query_integer(&query, 5, after->year);
    toc_query_integer(&query, 6, after->category);
    toc_query_integer(&query, 7, toc_storable(after->sequence) ? (int64_t)after->sequence : 0);
    toc_query_integer(&query, 8, (int64_t)max);
    for (; len < max; len++) {
        const enum toc_result row = toc_query_row(&query);
        if (row == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(row);
        TOC_TRY(read_record(&query, arena, &ret_records[len]));
    }
    *ret_len = len;
    return TOC_OK;
}
