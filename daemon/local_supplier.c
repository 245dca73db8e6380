/* `supplier_list`, `supplier_show`, `supplier_keys`: the council's own suppliers, as settled last.
 */
#include "local_supplier.h"
#include "local_contract.h"

#include "category.h"
#include "ensure.h"
#include "record_exposure.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define ROWS_AT_ONCE 64
#define ROWS_SEEN_MAX 4096 /* by one request: a search finds little among many */
#define LIST_USUAL 100
#define LIST_MAX 500
#define KEYS_MAX 4096
#define KEYS_AT_ONCE 1024 /* a reply may hold less than was asked for */
#define SHOWN_MAX 1000    /* totals, payees, contracts, events, each */

/* ---- supplier_list ---- */

struct listing {
    unsigned state; /* 0: all */
    const char *search;
    char folded[TOC_FOLD_LEN_MAX + 1]; /* of `search`; "": nothing is left of it */
    int64_t limit;
    const char *after_fold;
    int64_t after;
    json_t *rows;
    size_t seen;
    size_t len; /* as JSON */
    bool more;
};

static enum toc_result read_state(const struct toc_local *local, unsigned *ret_state,
                                  struct toc_why *why)
{
    const char *state = NULL;

    TOC_TRY(toc_local_text(local, "state", &state, why));
    if (state == NULL) {
        return TOC_OK;
    }
    *ret_state = strcmp(state, "kept") == 0   ? TOC_SUPPLIER_KEPT
                 : strcmp(state, "held") == 0 ? TOC_SUPPLIER_HELD
                                              : 0;
    return *ret_state != 0 ? TOC_OK
                           : toc_fail(why, TOC_INVALID, "state: is neither 'kept' nor 'held'");
}

/* ID ' ' FOLDED NAME of the last row. */
static enum toc_result read_after(const struct toc_local *local, struct listing *listing,
                                  struct toc_why *why)
{
    const char *after = NULL;
    char *end = NULL;

    TOC_TRY(toc_local_text(local, "after", &after, why));
    if (after == NULL) {
        return TOC_OK;
    }
    listing->after = strtoll(after, &end, 10);
    if (end == after || *end != ' ' || listing->after < 0) {
        return toc_fail(why, TOC_INVALID, "after: is not what a list gave");
    }
    listing->after_fold = end + 1;
    return TOC_OK;
}

static json_t *after_json(const struct toc_supplier *last)
{
    return json_sprintf("%lld %s", (long long)last->id, last->fold);
}

static bool wanted(const struct listing *listing, const struct toc_supplier *supplier)
{
    if (listing->state != 0 && supplier->state != listing->state) {
        return false;
    }
    return listing->search == NULL ||
           (listing->folded[0] != '\0' && strstr(supplier->fold, listing->folded) != NULL) ||
           (strncmp(supplier->key, "name:", 5) != 0 &&
            strstr(supplier->key, listing->search) != NULL);
}

static enum toc_result list_page(struct toc_engine *engine, struct listing *listing,
                                 struct toc_arena *arena, json_t **ret_after, bool *ret_end)
{
    struct toc_supplier rows[ROWS_AT_ONCE];
    size_t len = 0;

    TOC_TRY(toc_store_suppliers_by_name(engine->store, listing->after_fold, listing->after, arena,
                                        rows, ROWS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        json_t *one;
        if ((int64_t)json_array_size(listing->rows) >= listing->limit ||
            listing->seen >= ROWS_SEEN_MAX || listing->len >= TOC_LOCAL_REPLY_MAX) {
            listing->more = true;
            *ret_end = true;
            return TOC_OK;
        }
        listing->seen++;
        listing->after_fold = rows[i].fold;
        listing->after = rows[i].id;
        json_decref(*ret_after);
        *ret_after = after_json(&rows[i]);
        if (!wanted(listing, &rows[i])) {
            continue;
        }
        one = toc_local_supplier_json(engine, arena, &rows[i]);
        listing->len += one == NULL ? 0 : toc_local_json_len(one);
        TOC_ENSURE(json_array_append_new(listing->rows, one) == 0, TOC_NOMEM);
    }
    *ret_end = len < ROWS_AT_ONCE;
    return TOC_OK;
}

enum toc_result toc_local_supplier_list(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *rows = json_array();
    TOC_AUTO(toc_local_json_free) json_t *after = NULL;
    struct listing listing = {.limit = LIST_USUAL, .after_fold = "", .rows = rows};
    json_t *reply;
    bool end = false;
    int failed;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(read_state(local, &listing.state, why));
    TOC_TRY(toc_local_text(local, "search", &listing.search, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIST_MAX, &listing.limit, why));
    TOC_TRY(read_after(local, &listing, why));
    if (listing.search != NULL && toc_name_fold(listing.search, listing.folded) != TOC_OK) {
        listing.folded[0] = '\0';
    }
    while (!end) {
        TOC_TRY(list_page(engine, &listing, arena, &after, &end));
    }
    reply = toc_local_reply(local);
    failed = json_object_set(reply, "suppliers", rows);
    failed |= listing.more ? json_object_set(reply, "after", after)
                           : json_object_set_new(reply, "after", json_null());
    return toc_local_answer(engine, local, reply, failed);
}

/* ---- supplier_show ---- */

static json_t *months_json(unsigned year, unsigned months)
{
    json_t *list = json_array();

    for (unsigned month = 0; month < TOC_EXPOSURE_MONTHS; month++) {
        if ((months >> month & 1) != 0) {
            char text[TOC_EXPOSURE_QUARTER_LEN + 1];
            toc_exposure_month_text(year, month, text);
            (void)json_array_append_new(list, json_string(text));
        }
    }
    return list;
}

static enum toc_result add_totals(struct toc_engine *engine, const struct toc_supplier *supplier,
                                  json_t *reply)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    uint16_t months[TOC_STORE_YEARS] = {0};
    json_t *list = json_array();
    struct toc_total *totals;
    size_t len = 0;
    int failed = json_object_set_new(reply, "totals", list);

    TOC_TRY(toc_arena_new(SHOWN_MAX * sizeof(*totals) + 64, &arena));
    totals = toc_arena_zero(arena, SHOWN_MAX, sizeof(*totals));
    TOC_ENSURE(totals != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_months(engine->store, months));
    TOC_TRY(toc_store_totals_of(engine->store, supplier->id, totals, SHOWN_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        char category[TOC_CATEGORY_TEXT_LEN + 1];
        struct toc_category of = {.basis = TOC_CATEGORY_UNKNOWN};
        (void)toc_category_of_code(totals[i].category, &of);
        toc_category_text(of, category);
        json_t *one =
            json_pack("{s:s, s:I}", "category", category, "year", (json_int_t)totals[i].year);
        failed |= json_object_set_new(
            one, "months",
            months_json(totals[i].year, toc_store_months_of(months, totals[i].year)));
        failed |= json_object_set_new(one, "spend", toc_local_pounds(totals[i].pence));
        failed |= json_object_set_new(one, "rows", json_integer((json_int_t)totals[i].rows));
        failed |=
            json_object_set_new(one, "contracts", json_integer((json_int_t)totals[i].contracts));
        failed |= json_array_append_new(list, one);
    }
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

/* Every spelling; and of the names that have no number of their own, the other suppliers they could
 * be. */
static enum toc_result add_payees(struct toc_engine *engine, const struct toc_supplier *supplier,
                                  struct toc_arena *arena, json_t *reply)
{
    json_t *payees = json_array();
    json_t *ambiguous = json_array();
    struct toc_payee *rows = toc_arena_zero(arena, SHOWN_MAX, sizeof(*rows));
    size_t len = 0;
    int failed = json_object_set_new(reply, "payees", payees) |
                 json_object_set_new(reply, "ambiguous", ambiguous);

    TOC_ENSURE(rows != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_payees_of(engine->store, supplier->id, arena, rows, SHOWN_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        char key[TOC_SUPPLIER_KEY_MAX + 1];
        toc_supplier_key(rows[i].scheme, rows[i].number, rows[i].fold, key);
        json_t *one = json_pack("{s:s}", "name", rows[i].name);
        failed |= json_object_set_new(one, "number", toc_local_number_json(key));
        failed |= json_array_append_new(payees, one);
    }
    if (strncmp(supplier->key, "name:", 5) == 0) {
        int64_t ids[ROWS_AT_ONCE];
        TOC_TRY(
            toc_store_suppliers_of_fold(engine->store, supplier->key + 5, ids, ROWS_AT_ONCE, &len));
        for (size_t i = 0; i < len; i++) {
            struct toc_supplier other;
            if (ids[i] != supplier->id) {
                TOC_TRY(toc_store_supplier_get(engine->store, ids[i], arena, &other));
                failed |= json_array_append_new(ambiguous,
                                                toc_local_supplier_json(engine, arena, &other));
            }
        }
    }
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result add_facts(struct toc_engine *engine, const struct toc_supplier *supplier,
                                 struct toc_arena *arena, json_t *reply)
{
    const char *names[ROWS_AT_ONCE];
    struct toc_event *events = toc_arena_zero(arena, SHOWN_MAX, sizeof(*events));
    struct toc_company company;
    json_t *formers = json_array();
    json_t *list = json_array();
    size_t len = 0;
    int failed = json_object_set_new(reply, "former_names", formers);

    failed |= json_object_set_new(reply, "events", list);
    TOC_ENSURE(events != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_formers(engine->store, supplier->key, arena, names, ROWS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        failed |= json_array_append_new(formers, json_string(names[i]));
    }
    TOC_TRY(toc_store_events_of(engine->store, supplier->key, arena, events, SHOWN_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        failed |= json_array_append_new(
            list, toc_local_event_json(&events[i], supplier->id, supplier->name));
    }
    const enum toc_result result =
        toc_store_company_get(engine->store, supplier->key, arena, &company);
    if (result == TOC_OK) {
        failed |= json_object_set_new(reply, "company",
                                      json_pack("{s:s, s:s, s:s, s:s}", "name", company.name,
                                                "status", company.status, "sic", company.sic,
                                                "source", company.source));
    }
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result add_contracts(struct toc_engine *engine, const struct toc_supplier *supplier,
                                     struct toc_arena *arena, json_t *reply)
{
    struct toc_contract_row *rows = toc_arena_zero(arena, SHOWN_MAX, sizeof(*rows));
    json_t *list = json_array();
    size_t len = 0;
    int failed = json_object_set_new(reply, "contracts", list);

    TOC_ENSURE(rows != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_contracts_of(engine->store, supplier->id, arena, rows, SHOWN_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        failed |= json_array_append_new(list, toc_local_contract_json(&rows[i]));
    }
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result fill(struct toc_engine *engine, const struct toc_supplier *supplier,
                            struct toc_arena *arena, json_t *reply)
{
    TOC_AUTO(toc_local_json_free) json_t *row = toc_local_supplier_json(engine, arena, supplier);

    TOC_ENSURE(row != NULL && json_object_update(reply, row) == 0, TOC_NOMEM);
    TOC_TRY(add_payees(engine, supplier, arena, reply));
    TOC_TRY(add_totals(engine, supplier, reply));
    TOC_TRY(add_contracts(engine, supplier, arena, reply));
    return add_facts(engine, supplier, arena, reply);
}

enum toc_result toc_local_supplier_show(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_supplier supplier;
    json_t *reply;
    enum toc_result result;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_supplier_get(engine, local, arena, &supplier, why));
    reply = toc_local_reply(local);
    result = reply == NULL ? TOC_NOMEM : fill(engine, &supplier, arena, reply);
    if (result != TOC_OK) {
        json_decref(reply);
        return result;
    }
    return toc_local_answer(engine, local, reply, 0);
}

/* ---- supplier_keys ---- */

static int add_key(struct toc_arena *arena, struct toc_engine *engine,
                   const struct toc_supplier *supplier, json_t *list)
{
    struct toc_payee rows[ROWS_AT_ONCE];
    const char *last = "";
    json_t *folds = json_array();
    json_t *one = json_pack("{s:s, s:o}", "state",
                            supplier->state == TOC_SUPPLIER_KEPT ? "kept" : "held", "folds", folds);
    size_t len = 0;
    int failed = one == NULL || toc_store_payees_of(engine->store, supplier->id, arena, rows,
                                                    ROWS_AT_ONCE, &len) != TOC_OK;

    for (size_t i = 0; i < len; i++) {
        if (strcmp(rows[i].fold, last) != 0) {
            failed |= json_array_append_new(folds, json_string(rows[i].fold));
            last = rows[i].fold;
        }
    }
    failed |= json_object_set_new(one, "id", toc_local_supplier_id(supplier->id));
    failed |= json_object_set_new(one, "number", toc_local_number_json(supplier->key));
    return failed | json_array_append_new(list, one);
}

enum toc_result toc_local_supplier_keys(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = json_array();
    struct toc_supplier rows[ROWS_AT_ONCE];
    int64_t after = 0;
    int64_t limit = KEYS_MAX;
    size_t len = ROWS_AT_ONCE;
    json_t *reply;
    int failed = list == NULL;

    TOC_TRY(toc_local_number(local, "after", 0, INT64_MAX, &after, why));
    TOC_TRY(toc_local_number(local, "limit", 1, KEYS_MAX, &limit, why));
    limit = limit > KEYS_AT_ONCE ? KEYS_AT_ONCE : limit;
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    while (len == ROWS_AT_ONCE && (int64_t)json_array_size(list) < limit) {
        const int64_t room = limit - (int64_t)json_array_size(list);
        toc_arena_reset(arena);
        TOC_TRY(toc_store_suppliers(engine->store, after, arena, rows,
                                    room < ROWS_AT_ONCE ? (size_t)room : ROWS_AT_ONCE, &len));
        for (size_t i = 0; i < len; i++) {
            failed |= add_key(arena, engine, &rows[i], list);
            after = rows[i].id;
        }
        len = room < ROWS_AT_ONCE ? 0 : len;
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(
        reply, "after", (int64_t)json_array_size(list) < limit ? json_null() : json_integer(after));
    failed |= json_object_set(reply, "suppliers", list);
    return toc_local_answer(engine, local, reply, failed);
}
