/* One financial year after the other: its cells summed by supplier and category, its contracts
 * added, and the totals written where they differ. */
#include "settle_run.h"

#include "category.h"
#include "ensure.h"
#include "record_exposure.h"
#include "timetext.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS_AT_ONCE 16
#define TOTALS_AT_ONCE 1024
#define ROOM_FIRST 4096

static int64_t add_safely(int64_t one, int64_t other)
{
    int64_t sum;

    if (__builtin_add_overflow(one, other, &sum)) {
        return other > 0 ? INT64_MAX : INT64_MIN;
    }
    return sum;
}

/* ---- the table of one year ---- */

static struct toc_settle_total *find_total(const struct toc_settle *settle, uint32_t supplier,
                                           unsigned category)
{
    const uint64_t mixed = ((uint64_t)supplier << 16 | category) * 0x9e3779b97f4a7c15U;
    size_t at = (size_t)(mixed >> 32) & (settle->totals_room - 1);

    while (settle->totals[at].supplier != 0 &&
           (settle->totals[at].supplier != supplier || settle->totals[at].category != category)) {
        at = (at + 1) & (settle->totals_room - 1);
    }
    return &settle->totals[at];
}

static enum toc_result grow_totals(struct toc_settle *settle)
{
    const size_t old_room = settle->totals_room;
    struct toc_settle_total *const old = settle->totals;
    const size_t room = old_room == 0 ? ROOM_FIRST : 2 * old_room;
    struct toc_settle_total *const bigger = calloc(room, sizeof(*bigger));

    TOC_ENSURE(bigger != NULL, TOC_NOMEM);
    settle->totals = bigger;
    settle->totals_room = room;
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].supplier != 0) {
            *find_total(settle, old[i].supplier, old[i].category) = old[i];
        }
    }
    free(old);
    return TOC_OK;
}

static enum toc_result total_of(struct toc_settle *settle, uint32_t supplier, unsigned category,
                                struct toc_settle_total **ret_total)
{
    struct toc_settle_total *total;

    if (4 * settle->totals_len >= 3 * settle->totals_room) {
        TOC_TRY(grow_totals(settle));
    }
    total = find_total(settle, supplier, category);
    settle->totals_len += total->supplier == 0;
    total->supplier = supplier;
    total->category = (uint16_t)category;
    *ret_total = total;
    return TOC_OK;
}

static void clear_totals(struct toc_settle *settle)
{
    if (settle->totals_room > 0) {
        memset(settle->totals, 0, settle->totals_room * sizeof(*settle->totals));
    }
    settle->totals_len = 0;
}

/* ---- cells ---- */

static enum toc_result add_cell(struct toc_settle *settle, const struct toc_cell *cell)
{
    const struct toc_settle_payee *payee = toc_settle_payee_of(settle, cell->payee);
    const struct toc_category category = {(enum toc_category_basis)cell->basis, cell->division};
    struct toc_settle_supplier *supplier;
    struct toc_settle_total *total;
    unsigned code;

    if (payee == NULL || payee->supplier == 0 || !toc_category_valid(category)) {
        return TOC_OK;
    }
    supplier = &settle->suppliers[payee->supplier - 1];
    code = toc_category_code(category);
    /* What the supplier does stands in where no file says what was bought. */
    TOC_TRY(total_of(settle, payee->supplier, code != 0 ? code : supplier->category, &total));
    total->pence = add_safely(total->pence, cell->pence);
    total->rows += cell->rows;
    supplier->pence = add_safely(supplier->pence, cell->pence);
    supplier->rows += cell->rows;
    supplier->last_day = cell->day > supplier->last_day ? cell->day : supplier->last_day;
    return TOC_OK;
}

/* ---- contracts ---- */

static unsigned quarter_of(int32_t day)
{
    int year, month, of_month;

    toc_date_civil(day, &year, &month, &of_month);
    return year >= TOC_EXPOSURE_YEAR_MIN && year <= TOC_EXPOSURE_END_YEAR_MAX
               ? (unsigned)year * 4 + (unsigned)(month - 1) / 3
               : 0;
}

static void add_contract(struct toc_settle_total *total, const struct toc_settle_contract *contract)
{
    const unsigned ends = contract->ends == INT32_MAX ? 0 : quarter_of(contract->ends);

    if (total->contracts == 0) {
        total->route = contract->route;
    } else if (total->route != contract->route) {
        total->mixed = true;
    }
    total->contracts += total->contracts < TOC_EXPOSURE_CONTRACTS_MAX;
    if (ends != 0 && (total->ends == 0 || ends < total->ends)) {
        total->ends = ends;
    }
}

static int compare_contracts(const void *left, const void *right)
{
    const struct toc_settle_contract *one = left;
    const struct toc_settle_contract *other = right;

    return (one->supplier > other->supplier) - (one->supplier < other->supplier);
}

/* Of one supplier that has contracts running in the year: the category it was paid most in, the
 * lower one of equals; its contract's own when it was paid nothing. */
struct largest {
    uint32_t supplier;
    unsigned category;
    int64_t pence;
};

static int compare_largest(const void *key, const void *item)
{
    const uint32_t supplier = *(const uint32_t *)key;
    const struct largest *one = item;

    return (supplier > one->supplier) - (supplier < one->supplier);
}

static void find_largest(const struct toc_settle *settle, struct largest *list, size_t len)
{
    for (size_t i = 0; i < settle->totals_room; i++) {
        const struct toc_settle_total *total = &settle->totals[i];
        struct largest *one = total->supplier == 0 ? NULL
                                                   : bsearch(&total->supplier, list, len,
                                                             sizeof(*list), compare_largest);
        if (one != NULL && (one->category == UINT32_MAX || total->pence > one->pence ||
                            (total->pence == one->pence && total->category < one->category))) {
            one->category = total->category;
            one->pence = total->pence;
        }
    }
}

static bool runs_in(const struct toc_settle_contract *contract, int32_t first, int32_t last)
{
    return contract->supplier != 0 && contract->starts <= last && contract->ends >= first;
}

/* A contract belongs to the total of its own category; where there is none, to the largest of its
 * supplier's; where nothing was paid, to a total of nothing, since having it matters. */
static enum toc_result place_contract(struct toc_settle *settle,
                                      const struct toc_settle_contract *contract,
                                      const struct largest *largest)
{
    struct toc_settle_total *total = NULL;
    unsigned category = contract->category;

    if (largest->category != UINT32_MAX &&
        find_total(settle, contract->supplier, category)->supplier == 0) {
        category = largest->category;
    }
    TOC_TRY(total_of(settle, contract->supplier, category, &total));
    add_contract(total, contract);
    return TOC_OK;
}

static enum toc_result place_contracts(struct toc_settle *settle, int32_t first, int32_t last,
                                       struct largest *list)
{
    size_t len = 0;

    for (size_t i = 0; i < settle->contracts_len; i++) {
        const struct toc_settle_contract *one = &settle->contracts[i];
        if (runs_in(one, first, last) && (len == 0 || list[len - 1].supplier != one->supplier)) {
            list[len++] = (struct largest){.supplier = one->supplier, .category = UINT32_MAX};
        }
    }
    find_largest(settle, list, len);
    for (size_t i = 0, at = 0; i < settle->contracts_len; i++) {
        const struct toc_settle_contract *one = &settle->contracts[i];
        if (runs_in(one, first, last)) {
            while (list[at].supplier != one->supplier) {
                at++;
            }
            TOC_TRY(place_contract(settle, one, &list[at]));
        }
    }
    return TOC_OK;
}

static enum toc_result add_contracts(struct toc_settle *settle, int32_t first, int32_t last)
{
    struct largest *list;
    enum toc_result result;

    if (settle->contracts_len == 0) {
        return TOC_OK;
    }
    for (size_t i = 0; i < settle->contracts_len; i++) {
        const struct toc_settle_payee *payee =
            toc_settle_payee_of(settle, settle->contracts[i].payee);
        settle->contracts[i].supplier = payee == NULL ? 0 : payee->supplier;
    }
    qsort(settle->contracts, settle->contracts_len, sizeof(*settle->contracts), compare_contracts);
    if (settle->totals_room == 0) {
        TOC_TRY(grow_totals(settle));
    }
    list = calloc(settle->contracts_len, sizeof(*list));
    TOC_ENSURE(list != NULL, TOC_NOMEM);
    result = place_contracts(settle, first, last, list);
    free(list);
    return result;
}

/* ---- the two phases ---- */

static int compare_totals(const void *left, const void *right, void *context)
{
    const struct toc_settle *sorting = context;
    const struct toc_settle_total *one = left;
    const struct toc_settle_total *other = right;
    const uint32_t one_id = sorting->suppliers[one->supplier - 1].id;
    const uint32_t other_id = sorting->suppliers[other->supplier - 1].id;

    return one_id != other_id
               ? (one_id > other_id) - (one_id < other_id)
               : (one->category > other->category) - (one->category < other->category);
}

/* The table becomes a list in the order of the store's rows. */
static void sort_totals(struct toc_settle *settle)
{
    size_t len = 0;

    for (size_t i = 0; i < settle->totals_room; i++) {
        if (settle->totals[i].supplier != 0) {
            settle->totals[len++] = settle->totals[i];
        }
    }
    if (len > 0) {
        qsort_r(settle->totals, len, sizeof(*settle->totals), compare_totals, settle);
    }
    settle->total_at = 0;
}

enum toc_result toc_settle_sum(struct toc_engine *engine, struct toc_settle *settle, bool *ret_done,
                               struct toc_why *why)
{
    const int32_t first = toc_date_days((int)settle->year, 4, 1);
    const int32_t last = toc_date_days((int)settle->year + 1, 3, 31);
    struct toc_chunk chunks[CHUNKS_AT_ONCE];
    size_t len = 0;

    (void)why;
    if (settle->after == 0) {
        clear_totals(settle);
    }
    TOC_TRY(
        toc_store_chunks(engine->store, settle->after, first, last, chunks, CHUNKS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        size_t bytes = 0;
        TOC_TRY(toc_store_chunk_get(engine->store, chunks[i].id, settle->bytes, &bytes));
        for (size_t at = 0; at < bytes; at += TOC_CELL_LEN) {
            const struct toc_cell cell = toc_cell_get(settle->bytes + at);
            if (cell.day >= first && cell.day <= last) {
                TOC_TRY(add_cell(settle, &cell));
            }
        }
        settle->after = chunks[i].id;
    }
    *ret_done = len < CHUNKS_AT_ONCE;
    if (*ret_done) {
        if (toc_store_months_of(settle->months, settle->year) != 0) {
            TOC_TRY(add_contracts(settle, first, last));
        }
        sort_totals(settle);
    }
    return TOC_OK;
}

static struct toc_total row_of(const struct toc_settle *settle, size_t at)
{
    const struct toc_settle_total *total = &settle->totals[at];

    return (struct toc_total){.year = settle->year,
                              .supplier = settle->suppliers[total->supplier - 1].id,
                              .category = total->category,
                              .pence = total->pence,
                              .rows = total->rows,
                              .contracts = total->contracts,
                              .ends = total->ends,
                              .route = total->mixed ? TOC_ROUTE_UNKNOWN : total->route};
}

enum toc_result toc_settle_write(struct toc_engine *engine, struct toc_settle *settle,
                                 bool *ret_done, struct toc_why *why)
{
    const size_t from = settle->total_at;

    (void)why;
    while (settle->total_at < settle->totals_len && settle->total_at < from + TOTALS_AT_ONCE) {
        const struct toc_total row = row_of(settle, settle->total_at);
        TOC_TRY(toc_store_totals_drop(engine->store, settle->year,
                                      settle->begun ? &settle->after_total : NULL, &row));
        TOC_TRY(toc_store_total_put(engine->store, &row));
        settle->after_total = row;
        settle->begun = true;
        settle->total_at++;
    }
    *ret_done = settle->total_at == settle->totals_len;
    return *ret_done ? toc_store_totals_drop(engine->store, settle->year,
                                             settle->begun ? &settle->after_total : NULL, NULL)
                     : TOC_OK;
}
