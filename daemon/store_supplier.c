/* Suppliers as derived, and the decisions that people made about them. */
#include "store_supplier.h"
#include "store_query.h"
#include <stdio.h>
#include <string.h>

/* ---- keys ---- */

void toc_supplier_key(enum toc_scheme scheme, const char *number, const char *fold, char *ret_key)
{
    const bool named = scheme == TOC_SCHEME_NONE;

    (void)snprintf(ret_key, TOC_SUPPLIER_KEY_MAX + 1, "%s%c%s",
                   named ? "name" : toc_scheme_code(scheme), named ? ':' : '-',
                   named ? fold : number);
}

bool toc_supplier_key_number(const char *key, struct toc_orgid *ret_number)
{
    for (int scheme = TOC_SCHEME_COH; scheme < TOC_SCHEME_VAT; scheme++) {
        const char *const code = toc_scheme_code((enum toc_scheme)scheme);
        const size_t len = strlen(code);
        if (strncmp(key, code, len) == 0 && key[len] == '-' &&
            strlen(key + len + 1) <= TOC_ORGID_LEN_MAX) {
            *ret_number = (struct toc_orgid){.scheme = (enum toc_scheme)scheme};
            memcpy(ret_number->id, key + len + 1, strlen(key + len + 1) + 1);
            return true;
        }
    }
    return false;
}

unsigned toc_norm_better(unsigned one, unsigned other)
{
    const unsigned doubtful =
        TOC_NORM_PADDED | TOC_NORM_LETTERS | TOC_NORM_SPLIT | TOC_NORM_UNREPLACED;
    const unsigned one_rank = (one & doubtful) << 8 | one;
    const unsigned other_rank = (other & doubtful) << 8 | other;

    return one_rank <= other_rank ? one : other;
}

/* ---- rows ---- */

#define COLUMNS                                                                                    \
    "SELECT id, key, name, fold, basis, norm, state, by_hand, category, pence, rows, last_day,"    \
    " (SELECT count(*) FROM event WHERE event.key = supplier.key AND event.state = 1)"             \
    " FROM supplier "

static enum toc_result read_supplier(const struct toc_query *query, struct toc_arena *arena,
                                     void *ret_row)
{
    struct toc_supplier supplier = {
        .id = toc_query_get(query, 0),
        .basis = (unsigned)toc_query_get(query, 4),
        .norm = (unsigned)toc_query_get(query, 5),
        .state = (enum toc_supplier_state)toc_query_get(query, 6),
        .by_hand = toc_query_get(query, 7) != 0,
        .category = (unsigned)toc_query_get(query, 8),
        .pence = toc_query_get(query, 9),
        .rows = (uint64_t)toc_query_get(query, 10),
        .last_day = (int32_t)toc_query_get(query, 11),
        .events = (uint64_t)toc_query_get(query, 12),
    };

    TOC_TRY(toc_query_get_text(query, 1, arena, &supplier.key));
    TOC_TRY(toc_query_get_text(query, 2, arena, &supplier.name));
    TOC_TRY(toc_query_get_text(query, 3, arena, &supplier.fold));
    *(struct toc_supplier *)ret_row = supplier;
    return TOC_OK;
}

static enum toc_result read_suppliers(struct toc_query *query, struct toc_arena *arena,
                                      struct toc_supplier *ret_list, size_t max, size_t *ret_len)
{
    return toc_query_page(query, arena, read_supplier, ret_list, sizeof(*ret_list), max, ret_len);
}

enum toc_result toc_store_supplier_get(struct toc_store *store, int64_t id, struct toc_arena *arena,
                                       struct toc_supplier *ret_supplier)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_GET, COLUMNS "WHERE id = ?1",
                           &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    return read_supplier(&query, arena, ret_supplier);
}

enum toc_result toc_store_supplier_of_key(struct toc_store *store, const char *key, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_OF_KEY,
                           "SELECT id FROM supplier WHERE key = ?1", &query));
    toc_query_text(&query, 1, key);
    TOC_TRY(toc_query_row(&query));
    *ret_id = toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_suppliers(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                    struct toc_supplier *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIERS,
                           COLUMNS "WHERE id > ?1 ORDER BY id", &query));
    toc_query_integer(&query, 1, after);
    return read_suppliers(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_suppliers_by_name(struct toc_store *store, const char *after_fold,
                                            int64_t after, struct toc_arena *arena,
                                            struct toc_supplier *ret_list, size_t max,
                                            size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIERS_BY_NAME,
                           COLUMNS "WHERE (fold, id) > (?1, ?2) ORDER BY fold, id", &query));
    toc_query_text(&query, 1, after_fold);
    toc_query_integer(&query, 2, after);
    return read_suppliers(&query, arena, ret_list, max, ret_len);
}

enum toc_result toc_store_suppliers_of_fold(struct toc_store *store, const char *fold,
                                            int64_t *ret_ids, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIERS_OF_FOLD,
                           "SELECT DISTINCT supplier FROM payee WHERE fold = ?1 AND supplier > 0"
                           " ORDER BY supplier",
                           &query));
    toc_query_text(&query, 1, fold);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        ret_ids[len++] = toc_query_get(&query, 0);
    }
    *ret_len = len;
    return TOC_OK;
}

/* ---- changes ---- */

enum toc_result toc_store_supplier_add(struct toc_store *store, const char *key, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_ADD,
                           "INSERT INTO supplier (key, name, fold, basis, norm, state, by_hand,"
                           " category, pence, rows, last_day)"
                           " VALUES (?1, '', '', 0, 0, 2, 0, 0, 0, 0, 0)",
                           &query));
    toc_query_text(&query, 1, key);
    TOC_TRY(toc_query_run(&query));
    *ret_id = sqlite3_last_insert_rowid(store->local.handle);
    return *ret_id <= UINT32_MAX ? TOC_OK : TOC_TOOBIG;
}

enum toc_result toc_store_supplier_save(struct toc_store *store,
                                        const struct toc_supplier *supplier)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_SAVE,
                           "UPDATE supplier SET name = ?2, fold = ?3, basis = ?4, norm = ?5,"
                           " state = ?6, by_hand = ?7, category = ?8 WHERE id = ?1",
                           &query));
    toc_query_integer(&query, 1, supplier->id);
    toc_query_text(&query, 2, supplier->name);
    toc_query_text(&query, 3, supplier->fold);
    toc_query_integer(&query, 4, supplier->basis);
    toc_query_integer(&query, 5, supplier->norm);
    toc_query_integer(&query, 6, supplier->state);
    toc_query_integer(&query, 7, supplier->by_hand);
    toc_query_integer(&query, 8, supplier->category);
    return toc_query_hit(&query);
}

enum toc_result toc_store_supplier_sums(struct toc_store *store, int64_t id, int64_t pence,
                                        uint64_t rows, int32_t last_day)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_SUMS,
                           "UPDATE supplier SET pence = ?2, rows = ?3, last_day = ?4"
                           " WHERE id = ?1 AND (pence <> ?2 OR rows <> ?3 OR last_day <> ?4)",
                           &query));
    toc_query_integer(&query, 1, id);
    toc_query_integer(&query, 2, pence);
    toc_query_integer(&query, 3, (int64_t)rows);
    toc_query_integer(&query, 4, last_day);
    return toc_query_run(&query);
}

enum toc_result toc_store_supplier_drop(struct toc_store *store, int64_t id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_DROP,
                           "DELETE FROM supplier WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    return toc_query_hit(&query);
}

/* ---- decisions ---- */

static struct toc_hash decision_hash(const char *key)
{
    const struct toc_bytes part = toc_bytes_text(key);

    return toc_digest("tocsin decision 1", &toc_hash_zero, &part, 1);
}

enum toc_result toc_store_decision_get(struct toc_store *store, const char *key, bool *ret_keep)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const struct toc_hash hash = decision_hash(key);
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_DECISION_GET,
                           "SELECT keep FROM decision WHERE hash = ?1", &query));
    toc_query_hash(&query, 1, &hash);
    TOC_TRY(toc_query_row(&query));
    *ret_keep = toc_query_get(&query, 0) != 0;
    return TOC_OK;
}

enum toc_result toc_store_decision_put(struct toc_store *store, const char *key, bool keep)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const struct toc_hash hash = decision_hash(key);
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_DECISION_PUT,
                           "INSERT OR REPLACE INTO decision (hash, keep) VALUES (?1, ?2)", &query));
    toc_query_hash(&query, 1, &hash);
    toc_query_integer(&query, 2, keep);
    return toc_query_run(&query);
}
