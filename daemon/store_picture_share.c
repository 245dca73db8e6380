/* A record in its supplier's rows: the table `share`, and what a record more or less changes. */
#include "store_picture_part.h"

static enum toc_result share_add(struct toc_store *store, int64_t subject,
                                 const struct toc_entry *entry)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARE_ADD,
                           "INSERT INTO share (subject, member, year, category, sequence, name,"
                           " spend, months, contracts, ends, route, id_basis)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                           &query));
    toc_query_integer(&query, 1, subject);
    toc_query_integer(&query, 2, entry->member);
    toc_query_integer(&query, 3, entry->year);
    toc_query_integer(&query, 4, entry->category);
    toc_query_integer(&query, 5, (int64_t)entry->sequence);
    toc_query_text(&query, 6, entry->name);
    toc_query_integer(&query, 7, entry->spend_thousands);
    toc_query_integer(&query, 8, entry->months);
    toc_query_integer(&query, 9, entry->contracts);
    toc_query_integer(&query, 10, entry->ends);
    toc_query_integer(&query, 11, entry->route);
    toc_query_integer(&query, 12, entry->id_basis);
    return toc_query_run(&query);
}

enum toc_result toc_entry_read(struct toc_store *store, int64_t subject, struct toc_entry *entry)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARE_GET,
                           "SELECT name, spend, months, contracts, ends, route, id_basis FROM share"
                           " WHERE subject = ?1 AND member = ?2 AND year = ?3 AND category = ?4"
                           " AND sequence = ?5",
                           &query));
    toc_query_integer(&query, 1, subject);
    toc_query_integer(&query, 2, entry->member);
    toc_query_integer(&query, 3, entry->year);
    toc_query_integer(&query, 4, entry->category);
    toc_query_integer(&query, 5, (int64_t)entry->sequence);
    const enum toc_result found = toc_query_row(&query);
    TOC_ENSURE(found != TOC_NOTFOUND, toc_store_damaged(store, &store->group));
    TOC_TRY(found);
    TOC_TRY(toc_query_get_name(&query, 0, entry->name, sizeof entry->name));
    entry->spend_thousands = toc_query_get(&query, 1);
    entry->months = (unsigned)toc_query_get(&query, 2);
    entry->contracts = (uint32_t)toc_query_get(&query, 3);
    entry->ends = (unsigned)toc_query_get(&query, 4);
    entry->route = (unsigned)toc_query_get(&query, 5);
    entry->id_basis = (unsigned)toc_query_get(&query, 6);
    return toc_name_fold(entry->name, entry->folded) == TOC_OK
               ? TOC_OK
               : toc_store_damaged(store, &store->group);
}

static enum toc_result share_drop(struct toc_store *store, int64_t subject,
                                  const struct toc_entry *entry)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARE_DROP,
                           "DELETE FROM share WHERE subject = ?1 AND member = ?2 AND year = ?3"
                           " AND category = ?4 AND sequence = ?5",
                           &query));
    toc_query_integer(&query, 1, subject);
    toc_query_integer(&query, 2, entry->member);
    toc_query_integer(&query, 3, entry->year);
    toc_query_integer(&query, 4, entry->category);
    toc_query_integer(&query, 5, (int64_t)entry->sequence);
    return toc_query_hit(&query);
}

/* Whether the member has other records of the supplier: in the year, and in the category. */
static enum toc_result share_others(struct toc_store *store, int64_t subject,
                                    const struct toc_entry *entry, bool *ret_year,
                                    bool *ret_category)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_SHARE_OTHERS,
        "SELECT EXISTS (SELECT 1 FROM share WHERE subject = ?1 AND member = ?2 AND year = ?3),"
        " EXISTS (SELECT 1 FROM share WHERE subject = ?1 AND member = ?2 AND year = ?3"
        " AND category = ?4)",
        &query));
    toc_query_integer(&query, 1, subject);
    toc_query_integer(&query, 2, entry->member);
    toc_query_integer(&query, 3, entry->year);
    toc_query_integer(&query, 4, entry->category);
    TOC_TRY(toc_query_row(&query));
    *ret_year = toc_query_get(&query, 0) != 0;
    *ret_category = toc_query_get(&query, 1) != 0;
    return TOC_OK;
}

/* The record is not among the shares at this moment: not yet, or no more. */
static enum toc_result change(struct toc_store *store, const struct toc_subject *subject,
                              const struct toc_entry *entry, int by, bool *ret_numbers)
{
    bool year = false;
    bool category = false;
    bool names = false;
    const struct toc_naming naming = {.subject = subject->id,
                                      .member = entry->member,
                                      .name = entry->name,
                                      .folded = entry->folded,
                                      .numbered = entry->id_basis != TOC_ID_NONE};
    struct toc_picture_change row = {.subject = subject,
                                     .year = entry->year,
                                     .category = TOC_PICTURE_ALL,
                                     .member = entry->member,
                                     .by = by,
                                     .numbered = naming.numbered,
                                     .spend_thousands = entry->spend_thousands};
    TOC_TRY(share_others(store, subject->id, entry, &year, &category));
    row.alone = !year;
    TOC_TRY(toc_picture_row_change(store, &row));
    row.category = entry->category;
    row.alone = !category;
    TOC_TRY(toc_picture_row_change(store, &row));
    TOC_TRY(toc_picture_count(store, TOC_COUNT_COVERAGE, entry->year, entry->member, entry->months,
                              by));
    TOC_TRY(toc_naming_change(store, &naming, by, &names, ret_numbers));
    return names ? toc_subject_settle(store, subject->id) : TOC_OK;
}

enum toc_result toc_entry_give(struct toc_store *store, const struct toc_subject *subject,
                               const struct toc_entry *entry, bool *ret_numbers)
{
    TOC_TRY(change(store, subject, entry, 1, ret_numbers));
    return share_add(store, subject->id, entry);
}

enum toc_result toc_entry_take(struct toc_store *store, const struct toc_subject *subject,
                               const struct toc_entry *entry, bool *ret_numbers)
{
    TOC_TRY(share_drop(store, subject->id, entry));
    return change(store, subject, entry, -1, ret_numbers);
}
