/* What a person calls a supplier, and how one is shown. */
#include "local_supplier.h"
#include "local_tokens.h"

#include "ensure.h"
#include "record_exposure.h"
#include "timetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 16 /* suppliers under one name that are told apart */
#define PENCE_IN_POUND 100

/* ---- finding one ---- */

static enum toc_result by_id(struct toc_engine *engine, const char *text, struct toc_arena *arena,
                             struct toc_supplier *ret_supplier)
{
    const char *digits = text + 1;
    const size_t len = strspn(digits, "0123456789");

    TOC_ENSURE(text[0] == 's' && len > 0 && len < 16 && digits[len] == '\0', TOC_NOTFOUND);
    return toc_store_supplier_get(engine->store, strtoll(digits, NULL, 10), arena, ret_supplier);
}

static enum toc_result by_key(struct toc_engine *engine, const char *key, struct toc_arena *arena,
                              struct toc_supplier *ret_supplier)
{
    int64_t id = 0;

    TOC_TRY(toc_store_supplier_of_key(engine->store, key, &id));
    return toc_store_supplier_get(engine->store, id, arena, ret_supplier);
}

/* With its register's code, or a company's alone, perhaps without its leading zeros. */
static enum toc_result by_number(struct toc_engine *engine, const char *text,
                                 struct toc_arena *arena, struct toc_supplier *ret_supplier)
{
    struct toc_orgid numbers[TOC_ORGIDS_MAX];
    char key[TOC_SUPPLIER_KEY_MAX + 1];
    size_t len = 0;

    if (toc_exposure_number(text, &numbers[0])) {
        len = 1;
    } else if (toc_orgid_parse(TOC_SCHEME_COH, text, numbers, &len, NULL) != TOC_OK || len != 1) {
        return TOC_NOTFOUND;
    }
    toc_supplier_key(numbers[0].scheme, numbers[0].id, "", key);
    return by_key(engine, key, arena, ret_supplier);
}

static enum toc_result name_choices(struct toc_engine *engine, struct toc_arena *arena,
                                    const int64_t *ids, size_t len, struct toc_why *why)
{
    char choices[300] = "";
    size_t at = 0;

    for (size_t i = 0; i < len && at < sizeof(choices) - 1; i++) {
        struct toc_supplier supplier;
        struct toc_orgid number;
        TOC_TRY(toc_store_supplier_get(engine->store, ids[i], arena, &supplier));
        const bool numbered = toc_supplier_key_number(supplier.key, &number);
        at +=
            (size_t)snprintf(choices + at, sizeof(choices) - at, "%ss%lld (%s)", i == 0 ? "" : ", ",
                             (long long)ids[i], numbered ? supplier.key : "without a number");
    }
    return toc_fail(why, TOC_CONFLICT, "more than one supplier is called that: say which: %s",
                    choices);
}

static enum toc_result by_name(struct toc_engine *engine, const char *text, struct toc_arena *arena,
                               struct toc_supplier *ret_supplier, struct toc_why *why)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    int64_t ids[NAMED_MAX];
    size_t len = 0;

    TOC_ENSURE(toc_name_fold(text, folded) == TOC_OK, TOC_NOTFOUND);
    TOC_TRY(toc_store_suppliers_of_fold(engine->store, folded, ids, NAMED_MAX, &len));
    TOC_ENSURE(len > 0, TOC_NOTFOUND);
    return len == 1 ? toc_store_supplier_get(engine->store, ids[0], arena, ret_supplier)
                    : name_choices(engine, arena, ids, len, why);
}

enum toc_result toc_local_supplier_find(struct toc_engine *engine, const char *text,
                                        struct toc_arena *arena, struct toc_supplier *ret_supplier,
                                        struct toc_why *why)
{
    enum toc_result result = by_id(engine, text, arena, ret_supplier);

    if (result == TOC_NOTFOUND) {
        result = by_number(engine, text, arena, ret_supplier);
    }
    if (result == TOC_NOTFOUND) {
        result = by_name(engine, text, arena, ret_supplier, why);
    }
    return result == TOC_NOTFOUND
               ? toc_fail(why, TOC_NOTFOUND,
                          "no supplier of this council has that id, number or whole name: see "
                          "`tocsin supplier list --search`")
               : result;
}

enum toc_result toc_local_supplier_get(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_arena *arena, struct toc_supplier *ret_supplier,
                                       struct toc_why *why)
{
    const char *text = NULL;

    TOC_TRY(toc_local_text(local, "supplier", &text, why));
    if (text == NULL) {
        return toc_fail(why, TOC_INVALID, "supplier: is missing");
    }
    return toc_local_supplier_find(engine, text, arena, ret_supplier, why);
}

enum toc_result toc_local_list_part(const struct toc_local *local, size_t max, json_t **ret_list,
                                    struct toc_why *why)
{
    json_error_t error;
    json_t *list;

    if (local->parts_len != 1) {
        return toc_fail(why, TOC_INVALID, "has %zu parts instead of one", local->parts_len);
    }
    list = json_loadb((const char *)local->parts[0].data, local->parts[0].len, 0, &error);
    if (!json_is_array(list)) {
        const bool parsed = list != NULL;
        json_decref(list);
        return toc_fail(why, TOC_MALFORMED, "part 1: is not a JSON array: %s",
                        parsed ? "it is something else" : error.text);
    }
    if (json_array_size(list) > max) {
        const size_t len = json_array_size(list);
        json_decref(list);
        return toc_fail(why, TOC_TOOBIG, "part 1: has %zu items, %zu are the most", len, max);
    }
    *ret_list = list;
    return TOC_OK;
}

/* ---- showing one ---- */

json_t *toc_local_supplier_id(int64_t id)
{
    char text[TOC_SUPPLIER_ID_LEN];

    (void)snprintf(text, sizeof(text), "s%lld", (long long)id);
    return id == 0 ? json_null() : json_string(text);
}

json_t *toc_local_number_json(const char *key)
{
    struct toc_orgid number;

    return toc_supplier_key_number(key, &number) ? json_string(key) : json_null();
}

json_t *toc_local_day(int32_t day)
{
    char text[TOC_DATE_TEXT_LEN + 1];

    if (day == 0 || day == INT32_MAX || day == INT32_MIN) {
        return json_null();
    }
    toc_date_text(day, text);
    return json_string(text);
}

json_t *toc_local_pounds(int64_t pence)
{
    const int64_t rest = pence % PENCE_IN_POUND;

    return json_integer(pence / PENCE_IN_POUND + (rest >= PENCE_IN_POUND / 2) -
                        (rest <= -PENCE_IN_POUND / 2));
}

static json_t *normalised(unsigned norm)
{
    static const char *const names[] = {"padded",  "case",  "punctuation", "prefix",
                                        "letters", "split", "unreplaced"};
    json_t *list = json_array();

    for (unsigned bit = 0; bit < sizeof names / sizeof names[0]; bit++) {
        if ((norm >> bit & 1) != 0) {
            (void)json_array_append_new(list, json_string(names[bit]));
        }
    }
    return list;
}

static json_t *parent_json(struct toc_engine *engine, struct toc_arena *arena, const char *key)
{
    struct toc_parent parent;
    int64_t id = 0;
    json_t *json;

    if (toc_store_parent_get(engine->store, key, arena, &parent) != TOC_OK) {
        return json_null();
    }
    if (toc_store_supplier_of_key(engine->store, parent.key, &id) != TOC_OK) {
        id = 0; /* no supplier of this council's */
    }
    json = json_pack("{s:s}", "name", parent.name);
    if (json != NULL) {
        (void)json_object_set_new(json, "number", toc_local_number_json(parent.key));
        (void)json_object_set_new(json, "id", toc_local_supplier_id(id));
    }
    return json;
}

json_t *toc_local_supplier_json(struct toc_engine *engine, struct toc_arena *arena,
                                const struct toc_supplier *supplier)
{
    const char *basis = toc_id_basis_name((enum toc_id_basis)supplier->basis);
    json_t *json =
        json_pack("{s:s, s:s?, s:s, s:I, s:b}", "name", supplier->name, "number_basis", basis,
                  "state", supplier->state == TOC_SUPPLIER_KEPT ? "kept" : "held", "events",
                  (json_int_t)supplier->events, "kept_by_hand", (int)supplier->by_hand);
    const char *token_state = "none";
    const char *token_reason = NULL;
    int failed = json == NULL;

    failed |= toc_tokens_of_supplier(engine, supplier, &token_state, &token_reason) != TOC_OK;
    failed |= json_object_set_new(json, "token_state", json_string(token_state));
    failed |= json_object_set_new(json, "token_reason",
                                  token_reason == NULL ? json_null() : json_string(token_reason));
    failed |= json_object_set_new(json, "id", toc_local_supplier_id(supplier->id));
    failed |= json_object_set_new(json, "number", toc_local_number_json(supplier->key));
    failed |= json_object_set_new(json, "normalised", normalised(supplier->norm));
    failed |= json_object_set_new(json, "spend", toc_local_pounds(supplier->pence));
    failed |= json_object_set_new(json, "last_paid", toc_local_day(supplier->last_day));
    failed |= json_object_set_new(json, "parent", parent_json(engine, arena, supplier->key));
    if (failed != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *toc_local_event_json(const struct toc_event *event, int64_t supplier, const char *name)
{
    static const char *const states[] = {[TOC_EVENT_PROPOSED] = "proposed",
                                         [TOC_EVENT_CLEARED] = "cleared",
                                         [TOC_EVENT_DISMISSED] = "dismissed"};
    json_t *json = json_pack(
        "{s:I, s:s?, s:s, s:s, s:s, s:i, s:s, s:s}", "id", (json_int_t)event->id, "name", name,
        "code", event->code, "source", event->source, "reference", event->reference, "severity",
        (int)event->severity, "text", event->text, "state", states[event->state]);

    if (json != NULL && (json_object_set_new(json, "supplier", toc_local_supplier_id(supplier)) |
                         json_object_set_new(json, "date", toc_local_day(event->day))) != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}
