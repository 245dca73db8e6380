/* `supplier_facts`: what the company register says of the council's suppliers, found at home by the
 * command that has its file. */
#include "local_supplier.h"

#include "bounds.h"
#include "category.h"
#include "ensure.h"
#include "ident.h"
#include "record_exposure.h"

#include <stdlib.h>
#include <string.h>

#define FACTS_MAX 512 /* in one request */
#define ARENA_MAX ((size_t)4 * 1024 * 1024)
#define WORD_MAX 100    /* a status, a source */
#define SIC_CODES_MAX 8 /* of one company; the register's file has four */
#define FORMER_MAX 20
#define SIC_PER_DIVISION 1000 /* five digits */

struct counts {
    uint64_t filled, updated, unchanged;
    uint64_t unknown; /* no supplier of that id any more, or of that number */
};

/* ---- one company ---- */

static enum toc_result read_word(const json_t *json, const char *field, unsigned max,
                                 const char **ret_text, struct toc_why *why)
{
    const json_t *value = json_object_get(json, field);

    *ret_text = "";
    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (!json_is_string(value) ||
        (json_string_length(value) > 0 && !toc_ident_text(json_string_value(value), max))) {
        return toc_fail(why, TOC_INVALID, "%s: is not a text of at most %u bytes", field, max);
    }
    *ret_text = json_string_value(value);
    return TOC_OK;
}

/* "41201" and the like; the old lists have four digits. The first whose division exists counts. */
static enum toc_result read_sic(const json_t *json, char ret_sic[SIC_CODES_MAX * 6 + 1],
                                unsigned *ret_category, struct toc_why *why)
{
    const json_t *list = json_object_get(json, "sic");
    size_t at = 0;

    ret_sic[0] = '\0';
    *ret_category = 0;
    for (size_t i = 0; i < json_array_size(list) && i < SIC_CODES_MAX; i++) {
        const char *code = json_string_value(json_array_get(list, i));
        const size_t len = code == NULL ? 0 : strspn(code, "0123456789");
        if ((len != 4 && len != 5) || code[len] != '\0') {
            return toc_fail(why, TOC_INVALID, "sic: has something that is no code of 5 digits");
        }
        const unsigned long number = strtoul(code, NULL, 10);
        const struct toc_category category = {
            TOC_CATEGORY_SIC, (unsigned)(number / (len == 5 ? SIC_PER_DIVISION : 100))};
        if (*ret_category == 0 && len == 5 && toc_category_valid(category)) {
            *ret_category = toc_category_code(category);
        }
        if (i > 0) {
            ret_sic[at++] = ',';
        }
        memcpy(ret_sic + at, code, len + 1);
        at += len;
    }
    return TOC_OK;
}

static enum toc_result add_formers(struct toc_engine *engine, const char *key, const json_t *json,
                                   bool *changed, struct toc_why *why)
{
    const json_t *list = json_object_get(json, "former_names");

    for (size_t i = 0; i < json_array_size(list) && i < FORMER_MAX; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL || !toc_ident_text(name, TOC_NAME_LEN_MAX)) {
            return toc_fail(why, TOC_INVALID, "former_names: has one that is no name");
        }
        const enum toc_result result = toc_store_former_add(engine->store, key, name);
        *changed |= result == TOC_OK;
        TOC_ENSURE(result == TOC_OK || result == TOC_EXISTS, result);
    }
    return TOC_OK;
}

/* A number for a supplier that has none: for its folded name, so that it is found again. */
static enum toc_result fill_number(struct toc_engine *engine, const struct toc_supplier *supplier,
                                   const json_t *json, char key[TOC_SUPPLIER_KEY_MAX + 1],
                                   struct counts *counts, struct toc_why *why)
{
    static const char name[] = "name:";
    const char *text = json_string_value(json_object_get(json, "number"));
    struct toc_orgid numbers[TOC_ORGIDS_MAX];
    size_t len = 1;
    enum toc_result result;

    memcpy(key, supplier->key, strlen(supplier->key) + 1);
    if (text == NULL) {
        return TOC_OK;
    }
    if (!toc_exposure_number(text, &numbers[0]) &&
        (toc_orgid_parse(TOC_SCHEME_COH, text, numbers, &len, NULL) != TOC_OK || len != 1)) {
        return toc_fail(why, TOC_INVALID, "number: is not of a register");
    }
    if (strncmp(supplier->key, name, sizeof(name) - 1) != 0) {
        toc_supplier_key(numbers[0].scheme, numbers[0].id, "", key);
        return strcmp(key, supplier->key) == 0 ? TOC_OK : TOC_STALE;
    }
    result = toc_store_filled_put(engine->store, supplier->key + sizeof(name) - 1, &numbers[0]);
    counts->filled += result == TOC_OK;
    TOC_ENSURE(result == TOC_OK || result == TOC_EXISTS, result);
    toc_supplier_key(numbers[0].scheme, numbers[0].id, "", key);
    return TOC_OK;
}

static enum toc_result take_fact(struct toc_engine *engine, const json_t *json,
                                 struct toc_arena *arena, struct counts *counts,
                                 struct toc_why *why)
{
    const char *who = json_string_value(json_object_get(json, "supplier"));
    char key[TOC_SUPPLIER_KEY_MAX + 1];
    char sic[SIC_CODES_MAX * 6 + 1];
    struct toc_company company = {.sic = sic};
    struct toc_supplier supplier;
    const uint64_t filled = counts->filled;
    bool changed = false;
    enum toc_result result;

    if (who == NULL) {
        return toc_fail(why, TOC_INVALID, "supplier: is missing");
    }
    TOC_TRY(toc_local_supplier_find(engine, who, arena, &supplier, why));
    TOC_TRY(read_word(json, "name", TOC_NAME_LEN_MAX, &company.name, why));
    TOC_TRY(read_word(json, "company_status", WORD_MAX, &company.status, why));
    TOC_TRY(read_word(json, "source", WORD_MAX, &company.source, why));
    TOC_TRY(read_sic(json, sic, &company.category, why));
    TOC_TRY(fill_number(engine, &supplier, json, key, counts, why));
    TOC_TRY(add_formers(engine, key, json, &changed, why));
    result = toc_store_company_put(engine->store, key, &company);
    changed |= result == TOC_OK;
    TOC_ENSURE(result == TOC_OK || result == TOC_EXISTS, result);
    counts->updated += changed && counts->filled == filled;
    counts->unchanged += !changed && counts->filled == filled;
    return TOC_OK;
}

/* ---- the request ---- */

static enum toc_result take_facts(struct toc_engine *engine, const json_t *list,
                                  struct toc_arena *arena, struct counts *counts,
                                  struct toc_why *why)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        toc_arena_reset(arena);
        const enum toc_result result =
            take_fact(engine, json_array_get(list, i), arena, counts, why);
        if (result == TOC_NOTFOUND || result == TOC_STALE) {
            counts->unknown++; /* something was imported since the command asked for the keys */
        } else if (result != TOC_OK) {
            toc_why_prefix(why, "part 1: fact %zu", i);
            return result;
        }
    }
    return TOC_OK;
}

enum toc_result toc_local_supplier_facts(struct toc_engine *engine, const struct toc_local *local,
                                         struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = NULL;
    struct counts counts = {0};
    json_t *reply;
    enum toc_result result;
    int failed = 0;

    TOC_TRY(toc_local_list_part(local, FACTS_MAX, &list, why));
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_store_facts_begin(engine->store));
    result = toc_store_facts_end(engine->store, take_facts(engine, list, arena, &counts, why));
    TOC_TRY(result);
    if (counts.filled + counts.updated > 0) {
        toc_settle_changed(engine);
        TOC_TRY(toc_local_audit_add(
            engine, local, "supplier_facts", "%llu numbers filled in, %llu suppliers updated",
            (unsigned long long)counts.filled, (unsigned long long)counts.updated));
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "filled", json_integer((json_int_t)counts.filled));
    failed |= json_object_set_new(reply, "updated", json_integer((json_int_t)counts.updated));
    failed |= json_object_set_new(reply, "unchanged", json_integer((json_int_t)counts.unchanged));
    failed |= json_object_set_new(reply, "unknown", json_integer((json_int_t)counts.unknown));
    return toc_local_answer(engine, local, reply, failed);
}
