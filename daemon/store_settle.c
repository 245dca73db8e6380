/* Pages for deriving the exposures: cells, covered days, payees. */
#include "store_settle.h"
#include "store_query.h"
#include "timetext.h"
#include <string.h>

enum toc_result toc_store_settle_begin(struct toc_store *store)
{
    return toc_db_begin(store, &store->local);
}

enum toc_result toc_store_settle_end(struct toc_store *store, enum toc_result result)
{
    return toc_db_end_lightly(store, &store->local, result);
}

/* ---- cells ---- */

enum toc_result toc_store_chunks(struct toc_store *store, int64_t after, int32_t first,
                                 int32_t last, struct toc_chunk *ret_chunks, size_t max,
                                 size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CELLS_PAGE,
                           "SELECT cells.id, import, first_day, last_day FROM cells"
                           " JOIN import ON import.id = import AND state = 2"
                           " WHERE cells.id > ?1 AND last_day >= ?2 AND first_day <= ?3"
                           " ORDER BY cells.id",
                           &query));
    toc_query_integer(&query, 1, after);
    toc_query_integer(&query, 2, first);
    toc_query_integer(&query, 3, last);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_chunks[len++] = (struct toc_chunk){.id = toc_query_get(&query, 0),
                                               .import = toc_query_get(&query, 1),
                                               .first_day = (int32_t)toc_query_get(&query, 2),
                                               .last_day = (int32_t)toc_query_get(&query, 3)};
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_chunk_get(struct toc_store *store, int64_t id,
                                    uint8_t ret_bytes[TOC_CHUNK_LEN_MAX], size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_bytes bytes;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CELLS_BYTES,
                           "SELECT bytes FROM cells WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_borrow(&query, 0, &bytes));
    if (bytes.len == 0 || bytes.len > TOC_CHUNK_LEN_MAX || bytes.len % TOC_CELL_LEN != 0) {
        return toc_store_damaged(store, &store->local);
    }
    memcpy(ret_bytes, bytes.data, bytes.len);
    *ret_len = bytes.len;
    return TOC_OK;
}

static enum toc_result drop_chunk(struct toc_store *store, int64_t id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CELLS_DROP,
                           "DELETE FROM cells WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    return toc_query_run(&query);
}

enum toc_result toc_store_chunk_put(struct toc_store *store, const struct toc_chunk *chunk,
                                    struct toc_bytes bytes)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    if (bytes.len == 0) {
        return drop_chunk(store, chunk->id);
    }
    TOC_TRY(toc_query_open(
        store, &store->local, TOC_SQL_CELLS_PUT,
        "UPDATE cells SET first_day = ?2, last_day = ?3, bytes = ?4 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, chunk->id);
    toc_query_integer(&query, 2, chunk->first_day);
    toc_query_integer(&query, 3, chunk->last_day);
    toc_query_blob(&query, 4, bytes);
    return toc_query_run(&query);
}

enum toc_result toc_store_chunk_days(struct toc_store *store, const struct toc_chunk *chunk,
                                     uint8_t ret_days[TOC_DAYS_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    enum toc_result result;

    memset(ret_days, 0, TOC_DAYS_LEN);
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CELLS_DAYS,
                           "SELECT day FROM covered WHERE import = ?1 AND day BETWEEN ?2 AND ?3",
                           &query));
    toc_query_integer(&query, 1, chunk->import);
    toc_query_integer(&query, 2, chunk->first_day);
    toc_query_integer(&query, 3, chunk->last_day);
    while ((result = toc_query_row(&query)) == TOC_OK) {
        const int64_t at = toc_query_get(&query, 0) - chunk->first_day;
        ret_days[at / 8] |= (uint8_t)(1U << at % 8);
    }
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

/* What the files have of one financial year, month by month from April. */
struct coverage {
    int64_t rows[TOC_STORE_MONTHS];
    int days[TOC_STORE_MONTHS];   /* covered */
    int length[TOC_STORE_MONTHS]; /* of the month; 0 when no day is covered */
};

/* A quarter's file has a few payments of the months before: they do not make those months known.
 * One counts whose every day is covered, or that has a quarter of the rows of the fullest. */
static unsigned months_known(const struct coverage *year)
{
    int64_t most = 0;
    unsigned months = 0;

    for (size_t i = 0; i < TOC_STORE_MONTHS; i++) {
        most = year->rows[i] > most ? year->rows[i] : most;
    }
    for (size_t i = 0; i < TOC_STORE_MONTHS; i++) {
        const bool whole = year->length[i] > 0 && year->days[i] == year->length[i];
        if (whole || (year->days[i] > 0 && year->rows[i] * TOC_STORE_MONTH_PART >= most)) {
            months |= 1U << i;
        }
    }
    return months;
}

static int days_of_month(int year, int month)
{
    const int32_t first = toc_date_days(year, month, 1);
    const int32_t next =
        month == 12 ? toc_date_days(year + 1, 1, 1) : toc_date_days(year, month + 1, 1);

    return (int)(next - first);
}

enum toc_result toc_store_months(struct toc_store *store, uint16_t ret_months[TOC_STORE_YEARS])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct coverage years[TOC_STORE_YEARS] = {0};
    enum toc_result result;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_COVERED_DAYS,
                           "SELECT day, sum(rows) FROM covered GROUP BY day", &query));
    while ((result = toc_query_row(&query)) == TOC_OK) {
        int year, month, of_month;
        toc_date_civil((int32_t)toc_query_get(&query, 0), &year, &month, &of_month);
        const unsigned at = (unsigned)(month >= 4 ? year : year - 1) - TOC_STORE_YEAR_MIN;
        if (at < TOC_STORE_YEARS) {
            const size_t i = (size_t)(month + 8) % TOC_STORE_MONTHS;
            years[at].rows[i] += toc_query_get(&query, 1);
            years[at].days[i]++;
            years[at].length[i] = days_of_month(year, month);
        }
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    for (size_t i = 0; i < TOC_STORE_YEARS; i++) {
        ret_months[i] = (uint16_t)months_known(&years[i]);
    }
    return TOC_OK;
}

unsigned toc_store_months_of(const uint16_t months[TOC_STORE_YEARS], unsigned year)
{
    return year - TOC_STORE_YEAR_MIN < TOC_STORE_YEARS ? months[year - TOC_STORE_YEAR_MIN] : 0;
}

/* ---- payees ---- */

enum toc_result toc_store_payee_ids(struct toc_store *store, int64_t after, uint32_t *ret_ids,
                                    size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_IDS,
                           "SELECT id FROM payee WHERE id > ?1 ORDER BY id", &query));
    toc_query_integer(&query, 1, after);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_ids[len++] = (uint32_t)toc_query_get(&query, 0);
    }
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result read_payee(const struct toc_query *query, struct toc_arena *arena,
                                  void *ret_row)
{
    struct toc_payee payee = {.id = toc_query_get(query, 0),
                              .scheme = (enum toc_scheme)toc_query_get(query, 3),
                              .norm = (unsigned)toc_query_get(query, 5),
                              .import = toc_query_get(query, 6),
                              .supplier = toc_query_get(query, 7)};

    TOC_TRY(toc_query_get_text(query, 1, arena, &payee.name));
    TOC_TRY(toc_query_get_text(query, 2, arena, &payee.fold));
    TOC_TRY(toc_query_get_text(query, 4, arena, &payee.number));
    *(struct toc_payee *)ret_row = payee;
    return TOC_OK;
}

static enum toc_result read_payees(struct toc_query *query, struct toc_arena *arena,
                                   struct toc_payee *ret_payees, size_t max, size_t *ret_len)
{
    return toc_query_page(query, arena, read_payee, ret_payees, sizeof(*ret_payees), max, ret_len);
}

enum toc_result toc_store_payee_get(struct toc_store *store, int64_t id, struct toc_arena *arena,
                                    struct toc_payee *ret_payee)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_GET,
                           "SELECT id, name, fold, scheme, number, norm, import, supplier"
                           " FROM payee WHERE id = ?1",
                           &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    return read_payee(&query, arena, ret_payee);
}

enum toc_result toc_store_payees(struct toc_store *store, const struct toc_payee *after,
                                 struct toc_arena *arena, struct toc_payee *ret_payees, size_t max,
                                 size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEES,
                           "SELECT id, name, fold, scheme, number, norm, import, supplier"
                           " FROM payee WHERE (fold, scheme, number, name) > (?1, ?2, ?3, ?4)"
                           " ORDER BY fold, scheme, number, name",
                           &query));
    toc_query_text(&query, 1, after == NULL ? "" : after->fold);
    toc_query_integer(&query, 2, after == NULL ? 0 : after->scheme);
    toc_query_text(&query, 3, after == NULL ? "" : after->number);
    toc_query_text(&query, 4, after == NULL ? "" : after->name);
    return read_payees(&query, arena, ret_payees, max, ret_len);
}

enum toc_result toc_store_payee_numbers(struct toc_store *store, const char *fold,
                                        bool (*each)(void *context, int64_t payee,
                                                     const struct toc_orgid *number),
                                        void *context)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    enum toc_result result;
    bool more = true;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_NUMBERS_EACH,
                           "SELECT id, scheme, number FROM payee WHERE fold = ?1 AND scheme > 0"
                           " ORDER BY scheme, number, name",
                           &query));
    toc_query_text(&query, 1, fold);
    while (more) {
        struct toc_orgid number = {.scheme = TOC_SCHEME_NONE};
        result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(result);
        number.scheme = (enum toc_scheme)toc_query_get(&query, 1);
        TOC_TRY(toc_query_get_name(&query, 2, number.id, sizeof(number.id)));
        more = each(context, toc_query_get(&query, 0), &number);
    }
    return TOC_OK;
}

enum toc_result toc_store_payees_of(struct toc_store *store, int64_t supplier,
                                    struct toc_arena *arena, struct toc_payee *ret_payees,
                                    size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEES_OF,
                           "SELECT id, name, fold, scheme, number, norm, import, supplier"
                           " FROM payee WHERE supplier = ?1 ORDER BY fold, scheme, number, name",
                           &query));
    toc_query_integer(&query, 1, supplier);
    return read_payees(&query, arena, ret_payees, max, ret_len);
}

enum toc_result toc_store_payee_move(struct toc_store *store, int64_t id, int64_t supplier)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_MOVE,
                           "UPDATE payee SET supplier = ?2 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    toc_query_integer(&query, 2, supplier);
    return toc_query_hit(&query);
}

enum toc_result toc_store_payee_drop(struct toc_store *store, int64_t id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_DROP,
                           "DELETE FROM payee WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    return toc_query_hit(&query);
}
