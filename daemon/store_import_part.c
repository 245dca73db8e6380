/* One part of an import: its payees are found or made, its cells stored as they came, and its days
 * added up. What is gone is deleted here too, a piece for each piece that comes. */
#include "store_import.h"
#include "store_query.h"
#include "store_supplier.h"
#include <string.h>

#define DAYS_SLOTS 8192 /* twice as many as a part has cells */
#define TRASH_CELLS "4" /* of up to 96 KiB */

/* ---- payees ---- */

/* Exactly one number is known for the name: then it is that supplier's. */
static enum toc_result one_number(struct toc_store *store, const char *fold, bool *ret_one)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_NUMBERS,
                           "SELECT count(*) FROM (SELECT DISTINCT scheme, number FROM payee"
                           " WHERE fold = ?1 AND scheme > 0 LIMIT 2)",
                           &query));
    toc_query_text(&query, 1, fold);
    TOC_TRY(toc_query_row(&query));
    *ret_one = toc_query_get(&query, 0) == 1;
    return TOC_OK;
}

static enum toc_result choose_fate(struct toc_store *store, struct toc_import_payee *payee)
{
    char key[TOC_SUPPLIER_KEY_MAX + 1];
    bool keep = false;
    enum toc_result decided;

    toc_supplier_key(payee->scheme, payee->number, payee->fold, key);
    decided = toc_store_decision_get(store, key, &keep);

    if (decided != TOC_NOTFOUND) {
        TOC_TRY(decided);
        payee->fate = keep ? 'k' : 'd';
        return TOC_OK;
    }
    if (payee->screen == TOC_SCREEN_HOLD && payee->scheme == TOC_SCHEME_NONE) {
        TOC_TRY(one_number(store, payee->fold, &keep));
    } else {
        keep = payee->screen == TOC_SCREEN_KEEP;
    }
    payee->fate = keep ? 'k' : 'h';
    return TOC_OK;
}

/* TOC_NOTFOUND when it is new. */
static enum toc_result find_payee(struct toc_store *store, struct toc_import_payee *payee,
                                  int64_t *ret_import, unsigned *ret_norm)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_FIND,
                           "SELECT id, import, norm FROM payee WHERE fold = ?1 AND scheme = ?2"
                           " AND number = ?3 AND name = ?4",
                           &query));
    toc_query_text(&query, 1, payee->fold);
    toc_query_integer(&query, 2, payee->scheme);
    toc_query_text(&query, 3, payee->number);
    toc_query_text(&query, 4, payee->name);
    TOC_TRY(toc_query_row(&query));
    payee->id = toc_query_get(&query, 0);
    *ret_import = toc_query_get(&query, 1);
    *ret_norm = (unsigned)toc_query_get(&query, 2);
    return TOC_OK;
}

static enum toc_result add_payee(struct toc_store *store, struct toc_import_payee *payee,
                                 int64_t import)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_ADD,
                           "INSERT INTO payee (name, fold, scheme, number, norm, screen, import,"
                           " supplier) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                           &query));
    toc_query_text(&query, 1, payee->name);
    toc_query_text(&query, 2, payee->fold);
    toc_query_integer(&query, 3, payee->scheme);
    toc_query_text(&query, 4, payee->number);
    toc_query_integer(&query, 5, payee->norm);
    toc_query_integer(&query, 6, payee->screen);
    toc_query_integer(&query, 7, import);
    TOC_TRY(toc_query_run(&query));
    payee->id = sqlite3_last_insert_rowid(store->local.handle);
    return payee->id <= UINT32_MAX ? TOC_OK : TOC_TOOBIG;
}

static enum toc_result touch_payee(struct toc_store *store, const struct toc_import_payee *payee,
                                   int64_t import, unsigned norm)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEE_TOUCH,
                           "UPDATE payee SET import = ?2, norm = ?3, screen = ?4 WHERE id = ?1",
                           &query));
    toc_query_integer(&query, 1, payee->id);
    toc_query_integer(&query, 2, import);
    toc_query_integer(&query, 3, norm);
    toc_query_integer(&query, 4, payee->screen);
    return toc_query_hit(&query);
}

struct counts {
    int64_t suppliers, held, fresh, rows;
    int64_t payees; /* new ones */
};

/* Whether this import, and any before it, has spoken of the same organisation under another
 * spelling: its number says which, or else its folded name. */
static enum toc_result count_supplier(struct toc_store *store, const struct toc_import_payee *payee,
                                      int64_t import, struct counts *counts)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const bool named = payee->scheme == TOC_SCHEME_NONE;
    const char *const text =
        named ? "SELECT ifnull(max(import = ?1), 0), ifnull(max(supplier <> 0), 0) FROM payee"
                " WHERE fold = ?2 AND scheme = 0"
              : "SELECT ifnull(max(import = ?1), 0), ifnull(max(supplier <> 0), 0) FROM payee"
                " WHERE scheme = ?3 AND number = ?2 AND scheme > 0";
    TOC_TRY(toc_query_open(store, &store->local,
                           named ? TOC_SQL_PAYEE_KNOWN_NAME : TOC_SQL_PAYEE_KNOWN_NUMBER, text,
                           &query));
    toc_query_integer(&query, 1, import);
    toc_query_text(&query, 2, named ? payee->fold : payee->number);
    if (!named) {
        toc_query_integer(&query, 3, payee->scheme);
    }
    TOC_TRY(toc_query_row(&query));
    if (toc_query_get(&query, 0) == 0) {
        counts->suppliers++;
        counts->held += payee->fate == 'h';
        counts->fresh += toc_query_get(&query, 1) == 0;
    }
    return TOC_OK;
}

static enum toc_result take_payee(struct toc_store *store, struct toc_import_payee *payee,
                                  int64_t import, struct counts *counts)
{
    int64_t last_import = 0;
    unsigned norm = 0;
    enum toc_result found;

    payee->id = 0;
    payee->fate = 'd';
    if (payee->screen == TOC_SCREEN_DROP) {
        return TOC_OK;
    }
    TOC_TRY(choose_fate(store, payee));
    if (payee->fate == 'd') {
        return TOC_OK;
    }
    found = find_payee(store, payee, &last_import, &norm);
    if (found == TOC_OK && last_import == import && toc_norm_better(norm, payee->norm) == norm) {
        return TOC_OK;
    }
    if (found != TOC_OK && found != TOC_NOTFOUND) {
        return found;
    }
    if (found == TOC_NOTFOUND || last_import != import) {
        TOC_TRY(count_supplier(store, payee, import, counts));
    }
    if (found == TOC_OK) {
        return touch_payee(store, payee, import, toc_norm_better(norm, payee->norm));
    }
    counts->payees++;
    return add_payee(store, payee, import);
}

/* ---- cells ---- */

struct day_sum {
    int32_t day; /* 0: an empty place; no payment is of 1970 */
    int64_t rows;
    int64_t pence;
};

static void add_day(struct day_sum *days, const struct toc_cell *cell)
{
    size_t at = (uint32_t)cell->day * 2654435761U >> 19;

    while (days[at].day != 0 && days[at].day != cell->day) {
        at = (at + 1) % DAYS_SLOTS;
    }
    days[at].day = cell->day;
    days[at].rows += cell->rows;
    days[at].pence += cell->pence;
}

static enum toc_result put_day(struct toc_store *store, int64_t import, const struct day_sum *sum)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_DAY_ADD,
                           "INSERT INTO import_day (import, day, rows, pence)"
                           " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (import, day) DO UPDATE SET"
                           " rows = rows + excluded.rows, pence = pence + excluded.pence",
                           &query));
    toc_query_integer(&query, 1, import);
    toc_query_integer(&query, 2, sum->day);
    toc_query_integer(&query, 3, sum->rows);
    toc_query_integer(&query, 4, sum->pence);
    return toc_query_run(&query);
}

static enum toc_result put_cells(struct toc_store *store, const struct toc_import_part *part,
                                 struct toc_bytes bytes, int32_t first, int32_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CELLS_ADD,
                           "INSERT INTO cells (import, number, first_day, last_day, bytes)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_integer(&query, 1, part->import);
    toc_query_integer(&query, 2, part->number);
    toc_query_integer(&query, 3, first);
    toc_query_integer(&query, 4, last);
    toc_query_blob(&query, 5, bytes);
    return toc_query_run(&query);
}

struct packing {
    struct day_sum days[DAYS_SLOTS];
    uint8_t bytes[TOC_IMPORT_PAYEES_MAX * TOC_CELL_LEN];
};

/* A day is covered even if all of its rows were dropped: the file spoke of it. */
static enum toc_result take_cells(struct toc_store *store, const struct toc_import_part *part,
                                  struct packing *packing, struct counts *counts)
{
    size_t len = 0;
    int32_t first = INT32_MAX;
    int32_t last = INT32_MIN;

    for (size_t at = 0; at < part->cells.len; at += TOC_CELL_LEN) {
        struct toc_cell cell = toc_cell_get(part->cells.data + at);
        const struct toc_import_payee *payee = &part->payees[cell.payee];
        if (payee->id == 0) {
            cell.rows = 0;
            cell.pence = 0;
        } else {
            memcpy(packing->bytes + len, part->cells.data + at, TOC_CELL_LEN);
            toc_cell_set_payee(packing->bytes + len, (uint32_t)payee->id);
            len += TOC_CELL_LEN;
            first = cell.day < first ? cell.day : first;
            last = cell.day > last ? cell.day : last;
        }
        add_day(packing->days, &cell);
        counts->rows += cell.rows;
    }
    for (size_t i = 0; i < DAYS_SLOTS; i++) {
        if (packing->days[i].day != 0) {
            TOC_TRY(put_day(store, part->import, &packing->days[i]));
        }
    }
    return len == 0 ? TOC_OK
                    : put_cells(store, part, toc_bytes_of(packing->bytes, len), first, last);
}

/* A contract of somebody who was dropped is not kept: its title may name them. */
static enum toc_result take_contracts(struct toc_store *store, const struct toc_import_part *part,
                                      struct counts *counts)
{
    for (size_t i = 0; i < part->contracts_len; i++) {
        struct toc_contract_row row = part->contracts[i];
        if (row.payee > 0) {
            row.payee = part->payees[row.payee - 1].id;
            if (row.payee == 0) {
                continue;
            }
        }
        TOC_TRY(toc_store_contract_put(store, part->import, &row));
        counts->rows++;
    }
    return TOC_OK;
}

/* TOC_TOOBIG: more new payees than there is room for. */
static enum toc_result grow_import(struct toc_store *store, const struct toc_import_part *part,
                                   const struct counts *counts)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    enum toc_result result;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_IMPORT_GREW,
                           "UPDATE import SET parts = parts + 1, time_ms = ?2, room = room - ?3,"
                           " suppliers = suppliers + ?4, held = held + ?5, fresh = fresh + ?6,"
                           " rows = rows + ?7 WHERE id = ?1 AND room >= ?3",
                           &query));
    toc_query_integer(&query, 1, part->import);
    toc_query_integer(&query, 2, part->time_ms);
    toc_query_integer(&query, 3, counts->payees);
    toc_query_integer(&query, 4, counts->suppliers);
    toc_query_integer(&query, 5, counts->held);
    toc_query_integer(&query, 6, counts->fresh);
    toc_query_integer(&query, 7, counts->rows);
    result = toc_query_hit(&query);
    return result == TOC_NOTFOUND ? TOC_TOOBIG : result;
}

static enum toc_result take_part(struct toc_store *store, const struct toc_import_part *part,
                                 struct packing *packing)
{
    struct counts counts = {0};

    for (size_t i = 0; i < part->payees_len; i++) {
        TOC_TRY(take_payee(store, &part->payees[i], part->import, &counts));
    }
    if (part->repeat) {
        return TOC_OK;
    }
    TOC_TRY(take_cells(store, part, packing, &counts));
    TOC_TRY(take_contracts(store, part, &counts));
    return grow_import(store, part, &counts);
}

enum toc_result toc_store_import_part(struct toc_store *store, const struct toc_import_part *part)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct packing *packing;
    bool more;

    TOC_TRY(toc_arena_new(sizeof(*packing) + 64, &arena));
    packing = toc_arena_zero(arena, 1, sizeof(*packing));
    TOC_ENSURE(packing != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_import_tidy(store, &more));
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end_lightly(store, &store->local, take_part(store, part, packing));
}

/* ---- what is gone ---- */

static enum toc_result run_simple(struct toc_store *store, enum toc_sql sql, const char *text,
                                  bool *ret_hit)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, sql, text, &query));
    const enum toc_result result = toc_query_hit(&query);
    *ret_hit = result == TOC_OK;
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

static enum toc_result tidy(struct toc_store *store, bool *ret_more)
{
    bool hit;

    TOC_TRY(run_simple(store, TOC_SQL_TRASH_CELLS,
                       "DELETE FROM cells WHERE id IN (SELECT cells.id FROM import JOIN cells"
                       " ON cells.import = import.id WHERE state = 3 LIMIT " TRASH_CELLS ")",
                       ret_more));
    if (*ret_more) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_contracts_tidy(store, ret_more));
    if (*ret_more) {
        return TOC_OK;
    }
    TOC_TRY(run_simple(store, TOC_SQL_TRASH_DAYS,
                       "DELETE FROM import_day WHERE import IN"
                       " (SELECT id FROM import WHERE state = 3 LIMIT 1)",
                       &hit));
    return run_simple(store, TOC_SQL_TRASH_IMPORTS,
                      "DELETE FROM import WHERE id IN"
                      " (SELECT id FROM import WHERE state = 3 LIMIT 1)",
                      ret_more);
}

enum toc_result toc_store_import_tidy(struct toc_store *store, bool *ret_more)
{
    bool more = false;

    TOC_TRY(toc_db_begin(store, &store->local));
    TOC_TRY(toc_db_end_lightly(store, &store->local, tidy(store, &more)));
    *ret_more = more;
    return TOC_OK;
}
