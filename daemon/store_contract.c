#include "store_contract.h"
#include "store_query.h"

#define TRASH_CONTRACTS "1000"

enum toc_result toc_store_contract_put(struct toc_store *store, int64_t import,
                                       const struct toc_contract_row *row)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const char *const texts[] = {row->reference, row->title,   row->unit, row->description,
                                 row->ocid,      row->process, row->type};
    const int64_t numbers[] = {row->route,     row->cpv,   row->start, row->end, row->review,
                               row->extension, row->value, row->sme,   row->vcse};
    int at = 3;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONTRACT_ADD,
                           "INSERT INTO contract (import, payee, reference, title, unit,"
                           " description, ocid, process, type, route, cpv, start_day, end_day,"
                           " review_day, extension_day, value, sme, vcse) VALUES (?1, ?2, ?3, ?4,"
                           " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                           &query));
    toc_query_integer(&query, 1, import);
    toc_query_integer(&query, 2, row->payee);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        toc_query_text(&query, at++, texts[i]);
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        toc_query_integer(&query, at++, numbers[i]);
    }
    return toc_query_run(&query);
}

static enum toc_result read_texts(const struct toc_query *query, struct toc_arena *arena,
                                  struct toc_contract_row *row)
{
    const char **const texts[] = {&row->reference, &row->title,   &row->unit, &row->description,
                                  &row->ocid,      &row->process, &row->type, &row->source,
                                  &row->name,      &row->number};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TOC_TRY(toc_query_get_text(query, (int)i, arena, texts[i]));
    }
    return TOC_OK;
}

static void read_numbers(const struct toc_query *query, struct toc_contract_row *row)
{
    row->id = toc_query_get(query, 10);
    row->payee = toc_query_get(query, 11);
    row->route = (enum toc_route)toc_query_get(query, 12);
    row->cpv = (unsigned)toc_query_get(query, 13);
    row->start = (int32_t)toc_query_get(query, 14);
    row->end = (int32_t)toc_query_get(query, 15);
    row->review = (int32_t)toc_query_get(query, 16);
    row->extension = (int32_t)toc_query_get(query, 17);
    row->value = toc_query_get(query, 18);
    row->sme = (enum toc_contract_flag)toc_query_get(query, 19);
    row->vcse = (enum toc_contract_flag)toc_query_get(query, 20);
    row->scheme = (enum toc_scheme)toc_query_get(query, 21);
    row->supplier = toc_query_get(query, 22);
    row->held = toc_query_get(query, 23) != 0;
}

/* Held: as the supplier was settled last; until then, as its name and number say. */
#define COLUMNS                                                                                    \
    "SELECT reference, title, unit, description, ocid, process, type, source,"                     \
    " ifnull(payee.name, ''), ifnull(payee.number, ''), contract.id, payee, route, cpv,"           \
    " start_day, end_day, review_day, extension_day, value, sme, vcse,"                            \
    " ifnull(payee.scheme, 0), ifnull(payee.supplier, 0),"                                         \
    " ifnull(supplier.state = 2, ifnull(payee.screen <> 1, 0))"                                    \
    " FROM contract JOIN import ON import.id = contract.import LEFT JOIN payee"                    \
    " ON payee.id = contract.payee LEFT JOIN supplier ON supplier.id = payee.supplier"             \
    " WHERE import.state = 2"

static enum toc_result read_rows(struct toc_query *query, struct toc_arena *arena,
                                 struct toc_contract_row *ret_rows, size_t max, size_t *ret_len)
{
    size_t len = 0;

    while (len < max) {
        const enum toc_result result = toc_query_row(query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(read_texts(query, arena, &ret_rows[len]));
        read_numbers(query, &ret_rows[len]);
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

/* A payee that is not there any more was dropped since, and its contracts with it. */
enum toc_result toc_store_contracts(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                    struct toc_contract_row *ret_rows, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONTRACTS,
                           COLUMNS " AND contract.id > ?1 AND (contract.payee = 0 OR"
                                   " payee.id IS NOT NULL) ORDER BY contract.id",
                           &query));
    toc_query_integer(&query, 1, after);
    return read_rows(&query, arena, ret_rows, max, ret_len);
}

enum toc_result toc_store_contracts_of(struct toc_store *store, int64_t supplier,
                                       struct toc_arena *arena, struct toc_contract_row *ret_rows,
                                       size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONTRACTS_OF,
                           COLUMNS " AND contract.payee IN (SELECT id FROM payee"
                                   " WHERE supplier = ?1) ORDER BY end_day = 0, end_day,"
                                   " contract.id",
                           &query));
    toc_query_integer(&query, 1, supplier);
    return read_rows(&query, arena, ret_rows, max, ret_len);
}

enum toc_result toc_store_contract_terms(struct toc_store *store, int64_t after,
                                         struct toc_contract_term *ret_terms, size_t max,
                                         size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONTRACT_TERMS,
                           "SELECT contract.id, payee, start_day, end_day, cpv, route FROM contract"
                           " JOIN import ON import.id = import AND state = 2"
                           " WHERE contract.id > ?1 AND payee > 0 ORDER BY contract.id",
                           &query));
    toc_query_integer(&query, 1, after);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_terms[len++] = (struct toc_contract_term){
            .id = toc_query_get(&query, 0),
            .payee = toc_query_get(&query, 1),
            .start = (int32_t)toc_query_get(&query, 2),
            .end = (int32_t)toc_query_get(&query, 3),
            .cpv = (unsigned)toc_query_get(&query, 4),
            .route = (enum toc_route)toc_query_get(&query, 5),
        };
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_contracts_forget(struct toc_store *store, int64_t payee)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONTRACTS_FORGET,
                           "DELETE FROM contract WHERE payee = ?1", &query));
    toc_query_integer(&query, 1, payee);
    return toc_query_run(&query);
}

enum toc_result toc_store_contracts_count(struct toc_store *store, const char *source,
                                          uint64_t *ret_count)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONTRACTS_COUNT,
                           "SELECT ifnull(sum(rows), 0) FROM import WHERE state = 2 AND kind = 2"
                           " AND source = ?1",
                           &query));
    toc_query_text(&query, 1, source);
    TOC_TRY(toc_query_row(&query));
    *ret_count = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_contracts_tidy(struct toc_store *store, bool *ret_more)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TRASH_CONTRACTS,
                           "DELETE FROM contract WHERE id IN (SELECT contract.id FROM import"
                           " JOIN contract ON contract.import = import.id WHERE state = 3"
                           " LIMIT " TRASH_CONTRACTS ")",
                           &query));
    const enum toc_result result = toc_query_hit(&query);
    *ret_more = result == TOC_OK;
    return result == TOC_NOTFOUND ? TOC_OK : result;
}
