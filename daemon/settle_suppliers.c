/* Payees to suppliers: by number, or by folded name where one number at most is known for it. */
#include "settle_run.h"

#include "ensure.h"
#include "record_exposure.h"
#include "store_facts.h"

#include <string.h>

#define PAYEES_AT_ONCE 256
#define SUPPLIERS_AT_ONCE 256
#define PAGE_MAX ((size_t)1024 * 1024)

/* ---- who a payee is ---- */

struct joining {
    const struct toc_settle *settle;
    struct toc_orgid number;
    unsigned numbers; /* 0, 1, or 2 for more */
};

static bool join_number(void *context, int64_t id, const struct toc_orgid *number)
{
    struct joining *joining = context;
    const struct toc_settle_payee *payee = toc_settle_payee_of(joining->settle, (uint32_t)id);

    if (payee == NULL || payee->rows == 0) {
        return true;
    }
    if (joining->numbers == 0) {
        joining->number = *number;
        joining->numbers = 1;
    } else if (number->scheme != joining->number.scheme ||
               strcmp(number->id, joining->number.id) != 0) {
        joining->numbers = 2;
    }
    return joining->numbers < 2;
}

struct identity {
    struct toc_orgid number; /* TOC_SCHEME_NONE: known by its name */
    enum toc_id_basis basis;
    char key[TOC_SUPPLIER_KEY_MAX + 1];
};

/* A name alone is that of the one number known for it: stated in the files, or else filled in from
 * a register. With two it is nobody's, and stands alone. */
static enum toc_result identify(struct toc_engine *engine, const struct toc_settle *settle,
                                const struct toc_payee *payee, struct identity *ret_identity)
{
    struct joining joining = {.settle = settle};
    enum toc_result filled = TOC_NOTFOUND;

    if (payee->scheme != TOC_SCHEME_NONE) {
        joining.number.scheme = payee->scheme;
        memcpy(joining.number.id, payee->number, strlen(payee->number) + 1);
        joining.numbers = 1;
    } else {
        TOC_TRY(toc_store_payee_numbers(engine->store, payee->fold, join_number, &joining));
    }
    if (joining.numbers == 0) {
        filled = toc_store_filled_get(engine->store, payee->fold, &joining.number);
        if (filled != TOC_OK && filled != TOC_NOTFOUND) {
            return filled;
        }
    }
    if (joining.numbers == 2) {
        joining.number.scheme = TOC_SCHEME_NONE;
    }
    ret_identity->number = joining.number;
    ret_identity->basis =
        joining.numbers == 1 ? TOC_ID_STATED : (filled == TOC_OK ? TOC_ID_FILLED : TOC_ID_NONE);
    toc_supplier_key(joining.number.scheme, joining.number.id, payee->fold, ret_identity->key);
    return TOC_OK;
}

/* ---- its supplier ---- */

static enum toc_result supplier_at(struct toc_engine *engine, struct toc_settle *settle,
                                   const char *key, uint32_t *ret_at)
{
    int64_t id = 0;
    enum toc_result result = toc_store_supplier_of_key(engine->store, key, &id);

    if (result == TOC_NOTFOUND) {
        result = toc_store_supplier_add(engine->store, key, &id);
    }
    TOC_TRY(result);
    if (toc_idmap_get(&settle->supplier_at, (uint32_t)id, ret_at) == TOC_OK) {
        return TOC_OK;
    }
    TOC_TRY(toc_settle_grow((void **)&settle->suppliers, sizeof(*settle->suppliers),
                            settle->suppliers_len, &settle->suppliers_room));
    TOC_TRY(toc_idmap_put(&settle->supplier_at, (uint32_t)id, (uint32_t)settle->suppliers_len));
    *ret_at = (uint32_t)settle->suppliers_len;
    settle->suppliers[settle->suppliers_len++] = (struct toc_settle_supplier){.id = (uint32_t)id};
    return TOC_OK;
}

/* Its name is the spelling with most rows, of those that need nobody's decision if there are any;
 * of equals the first in the order of payees. */
static void add_spelling(struct toc_settle_supplier *supplier, const struct toc_settle_payee *payee,
                         bool kept)
{
    if (supplier->best == 0 || (kept && !supplier->best_kept) ||
        (kept == supplier->best_kept && payee->rows > supplier->best_rows)) {
        supplier->best = payee->id;
        supplier->best_rows = payee->rows;
        supplier->best_kept = kept;
    }
}

static void add_basis(struct toc_settle_supplier *supplier, const struct toc_payee *payee,
                      enum toc_id_basis basis)
{
    if (supplier->basis == TOC_ID_NONE || basis == TOC_ID_STATED) {
        supplier->basis = (uint8_t)basis;
    }
    if (payee->scheme != TOC_SCHEME_NONE) {
        supplier->norm = supplier->has_norm ? (uint8_t)toc_norm_better(supplier->norm, payee->norm)
                                            : (uint8_t)payee->norm;
        supplier->has_norm = true;
    }
}

/* What no row that counts speaks of any more is forgotten, unless a file that is being loaded
 * does. */
static enum toc_result forget(struct toc_engine *engine, const struct toc_payee *payee)
{
    struct toc_import import;
    const enum toc_result result = toc_store_import_get(engine->store, payee->import, &import);

    if (result == TOC_OK && import.state == TOC_IMPORT_LOADING) {
        return payee->supplier == 0 ? TOC_OK : toc_store_payee_move(engine->store, payee->id, 0);
    }
    return result == TOC_OK || result == TOC_NOTFOUND
               ? toc_store_payee_drop(engine->store, payee->id)
               : result;
}

static enum toc_result resolve(struct toc_engine *engine, struct toc_settle *settle,
                               const struct toc_payee *payee)
{
    struct toc_settle_payee *known = toc_settle_payee_of(settle, (uint32_t)payee->id);
    struct identity identity;
    enum toc_screen screen;
    uint32_t at = 0;

    if (known == NULL) {
        return TOC_OK; /* of a file that is being loaded */
    }
    if (known->rows == 0) {
        return forget(engine, payee);
    }
    TOC_TRY(identify(engine, settle, payee, &identity));
    screen = toc_screen_supplier(payee->name, toc_scheme_code(identity.number.scheme),
                                 identity.number.id);
    if (screen == TOC_SCREEN_DROP) {
        return toc_store_payee_drop(engine->store, payee->id); /* a later version's rule */
    }
    TOC_TRY(supplier_at(engine, settle, identity.key, &at));
    known->supplier = at + 1;
    add_spelling(&settle->suppliers[at], known, screen == TOC_SCREEN_KEEP);
    add_basis(&settle->suppliers[at], payee, identity.basis);
    return payee->supplier == settle->suppliers[at].id
               ? TOC_OK
               : toc_store_payee_move(engine->store, payee->id, settle->suppliers[at].id);
}

static enum toc_result keep_place(struct toc_settle *settle, const struct toc_payee *last)
{
    toc_arena_reset(settle->place);
    settle->after_payee = *last;
    settle->after_payee.fold = toc_arena_text(settle->place, toc_bytes_text(last->fold));
    settle->after_payee.number = toc_arena_text(settle->place, toc_bytes_text(last->number));
    settle->after_payee.name = toc_arena_text(settle->place, toc_bytes_text(last->name));
    settle->begun = true;
    return settle->after_payee.fold != NULL && settle->after_payee.number != NULL &&
                   settle->after_payee.name != NULL
               ? TOC_OK
               : TOC_NOMEM;
}

enum toc_result toc_settle_resolve(struct toc_engine *engine, struct toc_settle *settle,
                                   bool *ret_done, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_payee payees[PAYEES_AT_ONCE];
    size_t len = 0;

    (void)why;
    TOC_TRY(toc_arena_new(PAGE_MAX, &arena));
    TOC_TRY(toc_store_payees(engine->store, settle->begun ? &settle->after_payee : NULL, arena,
                             payees, PAYEES_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(resolve(engine, settle, &payees[i]));
    }
    *ret_done = len < PAYEES_AT_ONCE;
    return *ret_done ? TOC_OK : keep_place(settle, &payees[len - 1]);
}

/* ---- the rows of suppliers ---- */

static enum toc_result describe(struct toc_engine *engine, struct toc_arena *arena,
                                const struct toc_settle_supplier *known,
                                struct toc_supplier *supplier)
{
    struct toc_payee payee;
    bool keep = false;
    enum toc_result result;

    TOC_TRY(toc_store_payee_get(engine->store, known->best, arena, &payee));
    result = toc_store_company_category(engine->store, supplier->key, &supplier->category);
    if (result == TOC_NOTFOUND) {
        supplier->category = 0;
        result = TOC_OK;
    }
    TOC_TRY(result);
    if (!known->best_kept) {
        result = toc_store_decision_get(engine->store, supplier->key, &keep);
        if (result != TOC_OK && result != TOC_NOTFOUND) {
            return result;
        }
    }
    supplier->name = payee.name;
    supplier->fold = payee.fold;
    supplier->basis = known->basis;
    supplier->norm = known->norm;
    supplier->by_hand = keep;
    supplier->state = known->best_kept || keep ? TOC_SUPPLIER_KEPT : TOC_SUPPLIER_HELD;
    return TOC_OK;
}

static bool same_row(const struct toc_supplier *one, const struct toc_supplier *other)
{
    return strcmp(one->name, other->name) == 0 && strcmp(one->fold, other->fold) == 0 &&
           one->basis == other->basis && one->norm == other->norm && one->state == other->state &&
           one->by_hand == other->by_hand && one->category == other->category;
}

static enum toc_result save_supplier(struct toc_engine *engine, struct toc_settle *settle,
                                     struct toc_arena *arena, const struct toc_supplier *row)
{
    struct toc_supplier supplier = *row;
    uint32_t at = 0;

    if (toc_idmap_get(&settle->supplier_at, (uint32_t)row->id, &at) != TOC_OK) {
        TOC_TRY(toc_store_facts_follow(engine->store, row));
        return toc_store_supplier_drop(engine->store, row->id);
    }
    TOC_TRY(describe(engine, arena, &settle->suppliers[at], &supplier));
    settle->suppliers[at].category = (uint16_t)supplier.category;
    return same_row(&supplier, row) ? TOC_OK : toc_store_supplier_save(engine->store, &supplier);
}

enum toc_result toc_settle_suppliers(struct toc_engine *engine, struct toc_settle *settle,
                                     bool *ret_done, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_supplier rows[SUPPLIERS_AT_ONCE];
    size_t len = 0;

    (void)why;
    TOC_TRY(toc_arena_new(PAGE_MAX, &arena));
    TOC_TRY(
        toc_store_suppliers(engine->store, settle->after, arena, rows, SUPPLIERS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(save_supplier(engine, settle, arena, &rows[i]));
        settle->after = rows[i].id;
    }
    *ret_done = len < SUPPLIERS_AT_ONCE;
    return TOC_OK;
}

/* `after` counts them: they are in no order. */
enum toc_result toc_settle_sums(struct toc_engine *engine, struct toc_settle *settle,
                                bool *ret_done, struct toc_why *why)
{
    const size_t from = (size_t)settle->after;
    size_t at = from;

    (void)why;
    for (; at < settle->suppliers_len && at < from + SUPPLIERS_AT_ONCE; at++) {
        const struct toc_settle_supplier *one = &settle->suppliers[at];
        TOC_TRY(
            toc_store_supplier_sums(engine->store, one->id, one->pence, one->rows, one->last_day));
    }
    settle->after = (int64_t)at;
    *ret_done = at == settle->suppliers_len;
    return TOC_OK;
}
