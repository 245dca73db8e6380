/* What an officer decided: kept in the same transaction as what comes of it. */
#include "store_forget.h"
#include "store_query.h"
#include "store_settle.h"
#include <string.h>

static enum toc_result keep(struct toc_store *store, const struct toc_supplier *supplier)
{
    struct toc_supplier kept = *supplier;

    /* By hand only where that was needed: what a number or suffix keeps is kept by that. */
    kept.by_hand = supplier->by_hand || supplier->state == TOC_SUPPLIER_HELD;
    kept.state = TOC_SUPPLIER_KEPT;
    TOC_TRY(toc_store_decision_put(store, supplier->key, true));
    return toc_store_supplier_save(store, &kept);
}

enum toc_result toc_store_supplier_keep(struct toc_store *store,
                                        const struct toc_supplier *supplier)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end(store, &store->local, keep(store, supplier));
}

/* A name that is this number's alone is dropped with it; with two numbers it is not. `decide`: and
 * rows that have it are not taken again. */
static enum toc_result drop_name(struct toc_store *store, const char *fold, bool decide)
{
    char key[TOC_SUPPLIER_KEY_MAX + 1];
    int64_t ids[2];
    size_t len = 0;

    TOC_TRY(toc_store_suppliers_of_fold(store, fold, ids, 2, &len));
    if (len > 1) {
        return TOC_OK;
    }
    toc_supplier_key(TOC_SCHEME_NONE, "", fold, key);
    if (decide) {
        TOC_TRY(toc_store_decision_put(store, key, false));
    }
    return toc_store_key_forget(store, key);
}

static enum toc_result drop_payees(struct toc_store *store, int64_t supplier)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PAYEES_TRASH,
                           "DELETE FROM payee WHERE supplier = ?1", &query));
    toc_query_integer(&query, 1, supplier);
    return toc_query_run(&query);
}

static enum toc_result forget(struct toc_store *store, const struct toc_supplier *supplier)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    enum { SPELLINGS_MAX = 1000 };
    struct toc_payee *payees;
    size_t len = 0;

    TOC_TRY(toc_arena_new((size_t)2 * 1024 * 1024, &arena));
    payees = toc_arena_zero(arena, SPELLINGS_MAX, sizeof(*payees));
    TOC_ENSURE(payees != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_payees_of(store, supplier->id, arena, payees, SPELLINGS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(drop_name(store, payees[i].fold, true));
        TOC_TRY(toc_store_contracts_forget(store, payees[i].id));
    }
    if (supplier->fold[0] != '\0') {
        TOC_TRY(drop_name(store, supplier->fold, false));
    }
    TOC_TRY(toc_store_decision_put(store, supplier->key, false));
    TOC_TRY(toc_store_key_forget(store, supplier->key));
    TOC_TRY(toc_store_names_note(store));
    TOC_TRY(drop_payees(store, supplier->id));
    return toc_store_supplier_drop(store, supplier->id);
}

enum toc_result toc_store_supplier_forget(struct toc_store *store,
                                          const struct toc_supplier *supplier)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end(store, &store->local, forget(store, supplier));
}

static enum toc_result undrop(struct toc_store *store, const char *key)
{
    TOC_TRY(toc_store_decision_put(store, key, true));
    return toc_query_simple(store, &store->local, TOC_SQL_IMPORTS_UNHASH,
                            "UPDATE import SET hash = x'' WHERE state = 2");
}

enum toc_result toc_store_supplier_undrop(struct toc_store *store, const char *key)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end(store, &store->local, undrop(store, key));
}
