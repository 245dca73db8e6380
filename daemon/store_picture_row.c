/* The rows pages walk: a supplier in a year, and in each category of it. Who shares it lies in the
 * row as a rising list of members' numbers, two bytes each, least significant first. */
#include "store_picture_part.h"
#include <string.h>

enum { MEMBERS_MAX = UINT16_MAX, MEMBER_LEN = 2 };

struct row {
    bool held;
    int64_t spend_thousands;
    int64_t records;
    int64_t nameless; /* records without a number */
    size_t councils;
    uint8_t members[MEMBERS_MAX * MEMBER_LEN];
};

static enum toc_result read_row(struct toc_store *store, const struct toc_picture_change *change,
                                struct row *row)
{
    struct toc_bytes members;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_GET,
                           "SELECT spend, records, nameless, members FROM picture"
                           " WHERE subject = ?1 AND year = ?2 AND category = ?3",
                           &query));
    toc_query_integer(&query, 1, change->subject->id);
    toc_query_integer(&query, 2, change->year);
    toc_query_integer(&query, 3, change->category);
    const enum toc_result found = toc_query_row(&query);
    row->held = found == TOC_OK;
    if (found == TOC_NOTFOUND) {
        row->spend_thousands = row->records = row->nameless = 0;
        row->councils = 0;
        return TOC_OK;
    }
    TOC_TRY(found);
    row->spend_thousands = toc_query_get(&query, 0);
    row->records = toc_query_get(&query, 1);
    row->nameless = toc_query_get(&query, 2);
    TOC_TRY(toc_query_borrow(&query, 3, &members));
    if (members.len > sizeof row->members || members.len % MEMBER_LEN != 0) {
        return toc_store_damaged(store, &store->group);
    }
    memcpy(row->members, members.data, members.len);
    row->councils = members.len / MEMBER_LEN;
    return TOC_OK;
}

static int64_t member_at(const struct row *row, size_t at)
{
    return row->members[at * MEMBER_LEN] | row->members[at * MEMBER_LEN + 1] << 8;
}

/* Where the member is in the list, or would be. */
static size_t place_of(const struct row *row, int64_t member)
{
    size_t from = 0;
    size_t to = row->councils;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (member_at(row, middle) < member) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static void member_joins(struct row *row, int64_t member)
{
    const size_t at = place_of(row, member);
    uint8_t *const place = row->members + at * MEMBER_LEN;
    memmove(place + MEMBER_LEN, place, (row->councils - at) * MEMBER_LEN);
    place[0] = (uint8_t)member;
    place[1] = (uint8_t)(member >> 8);
    row->councils++;
}

static void member_leaves(struct row *row, int64_t member)
{
    const size_t at = place_of(row, member);
    uint8_t *const place = row->members + at * MEMBER_LEN;
    TOC_ASSERT(at < row->councils && member_at(row, at) == member);
    memmove(place, place + MEMBER_LEN, (row->councils - at - 1) * MEMBER_LEN);
    row->councils--;
}

static enum toc_result write_row(struct toc_store *store, const struct toc_picture_change *change,
                                 const struct row *row)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (row->records == 0) {
        TOC_TRY(toc_query_open(
            store, &store->group, TOC_SQL_PICTURE_DROP,
            "DELETE FROM picture WHERE subject = ?1 AND year = ?2 AND category = ?3", &query));
    } else if (row->held) {
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_UPDATE,
                               "UPDATE picture SET councils = ?4, spend = ?5, records = ?6,"
                               " nameless = ?7, members = ?8"
                               " WHERE subject = ?1 AND year = ?2 AND category = ?3",
                               &query));
    } else {
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_ADD,
                               "INSERT INTO picture (subject, year, category, councils, spend,"
                               " records, nameless, members, tie)"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                               &query));
        toc_query_integer(&query, 9, change->subject->tie);
    }
    toc_query_integer(&query, 1, change->subject->id);
    toc_query_integer(&query, 2, change->year);
    toc_query_integer(&query, 3, change->category);
    if (row->records != 0) {
        toc_query_integer(&query, 4, (int64_t)row->councils);
        toc_query_integer(&query, 5, row->spend_thousands);
        toc_query_integer(&query, 6, row->records);
        toc_query_integer(&query, 7, row->nameless);
        toc_query_blob(&query, 8, toc_bytes_of(row->members, row->councils * MEMBER_LEN));
    }
    return toc_query_run(&query);
}

/* ---- what is counted and summed ---- */

static enum toc_result count_councils(struct toc_store *store,
                                      const struct toc_picture_change *change, size_t before,
                                      size_t after)
{
    if (before == after) {
        return TOC_OK;
    }
    if (before > 0) {
        TOC_TRY(toc_picture_count(store, TOC_COUNT_SUPPLIERS, change->year, change->category,
                                  (int64_t)before, -1));
    }
    if (after > 0) {
        TOC_TRY(toc_picture_count(store, TOC_COUNT_SUPPLIERS, change->year, change->category,
                                  (int64_t)after, 1));
    }
    if (change->category == TOC_PICTURE_ALL && change->subject->ambiguous &&
        (before == 0 || after == 0)) {
        return toc_picture_count(store, TOC_COUNT_AMBIGUOUS, change->year, 0, 0, change->by);
    }
    return TOC_OK;
}

static enum toc_result count_spend(struct toc_store *store, const struct toc_picture_change *change,
                                   int64_t spend, int sign)
{
    const int64_t counted = spend > TOC_SPEND_COUNTED_MAX ? TOC_SPEND_COUNTED_MAX : spend;
    const int64_t high = counted >> TOC_SQUARE_BITS;
    const int64_t low = counted & ((1 << TOC_SQUARE_BITS) - 1);
    const int64_t parts[] = {high * high, high * low, low * low};
    if (counted <= 0) {
        return TOC_OK;
    }
    TOC_TRY(toc_picture_count(store, TOC_COUNT_SPEND, change->year, change->category, 0,
                              sign * counted));
    for (int i = 0; i < 3; i++) {
        TOC_TRY(toc_picture_count(store, TOC_COUNT_SQUARES, change->year, change->category, i,
                                  sign * parts[i]));
    }
    return TOC_OK;
}

enum toc_result toc_picture_row_change(struct toc_store *store,
                                       const struct toc_picture_change *change)
{
    static struct row row; /* too large for a stack, and the store has one thread */
    TOC_TRY(read_row(store, change, &row));
    const size_t councils = row.councils;
    const int64_t spend = row.spend_thousands;
    row.spend_thousands += change->by * change->spend_thousands;
    row.records += change->by;
    row.nameless += change->numbered ? 0 : change->by;
    if (change->alone && change->by > 0) {
        TOC_ENSURE(row.councils < MEMBERS_MAX, TOC_TOOBIG);
        member_joins(&row, change->member);
    } else if (change->alone) {
        member_leaves(&row, change->member);
    }
    TOC_TRY(write_row(store, change, &row));
    TOC_TRY(count_councils(store, change, councils, row.councils));
    if (change->category == TOC_PICTURE_ALL) {
        return TOC_OK;
    }
    TOC_TRY(count_spend(store, change, spend, -1));
    return count_spend(store, change, row.spend_thousands, 1);
}
