/* Which alerts `notify` is told of: the council's own rules, all of which have to hold. What they
 * ask about a supplier that is not known alone does not count against it. */
#include "telling.h"

#include "category.h"
#include "engine_internal.h"
#include "ensure.h"
#include "store_contract.h"
#include "store_settle.h"
#include "store_telling.h"
#include "timetext.h"

#include <string.h>

#define ARENA_MAX ((size_t)2 * 1024 * 1024)
#define TOTALS_MAX 400
#define CONTRACTS_MAX 200 /* in order of their ends: those that matter come first */
#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum toc_result toc_telling_supplier(struct toc_engine *engine, const char *key,
                                     struct toc_arena *arena, struct toc_supplier *ret_supplier)
{
    int64_t ids[2];
    int64_t id = 0;
    size_t len = 0;
    enum toc_result result = toc_store_supplier_of_key(engine->store, key, &id);

    if (result == TOC_NOTFOUND && strncmp(key, "name:", 5) == 0) {
        TOC_TRY(toc_store_suppliers_of_fold(engine->store, key + 5, ids, 2, &len));
        result = len == 1 ? TOC_OK : TOC_NOTFOUND;
        id = len == 1 ? ids[0] : 0;
    }
    TOC_TRY(result);
    return toc_store_supplier_get(engine->store, id, arena, ret_supplier);
}

/* Is the word in the list, whose words have a comma between them? An empty list has them all. */
static bool in_list(const char *list, const char *word)
{
    const size_t len = strlen(word);

    for (const char *at = list; *at != '\0';) {
        const char *end = strchr(at, ',');
        const size_t at_len = end == NULL ? strlen(at) : (size_t)(end - at);
        if (at_len == len && memcmp(at, word, len) == 0) {
            return true;
        }
        at += at_len + (end == NULL ? 0 : 1);
    }
    return list[0] == '\0';
}

static bool category_in(const char *list, unsigned code)
{
    struct toc_category category;
    char text[TOC_CATEGORY_TEXT_LEN + 1];

    if (!toc_category_of_code(code, &category)) {
        return false;
    }
    toc_category_text(category, text);
    return in_list(list, text);
}

static enum toc_result check_categories(struct toc_engine *engine, const char *list,
                                        const struct toc_supplier *supplier,
                                        struct toc_arena *arena, bool *ret_fits)
{
    struct toc_total *const totals = toc_arena_zero(arena, TOTALS_MAX, sizeof(*totals));
    size_t len = 0;

    TOC_ENSURE(totals != NULL, TOC_NOMEM);
    *ret_fits = category_in(list, supplier->category);
    if (*ret_fits) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_totals_of(engine->store, supplier->id, totals, TOTALS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        *ret_fits |= category_in(list, totals[i].category);
    }
    return TOC_OK;
}

static enum toc_result check_ends(struct toc_engine *engine, unsigned months,
                                  const struct toc_supplier *supplier, struct toc_arena *arena,
                                  bool *ret_fits)
{
    const int32_t today = (int32_t)(engine->now_wall / DAY_MS);
    const int32_t until = toc_date_add_months(today, (int)months);
    struct toc_contract_row *const rows = toc_arena_zero(arena, CONTRACTS_MAX, sizeof(*rows));
    size_t len = 0;

    TOC_ENSURE(rows != NULL, TOC_NOMEM);
    *ret_fits = false;
    TOC_TRY(toc_store_contracts_of(engine->store, supplier->id, arena, rows, CONTRACTS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        *ret_fits |= rows[i].end >= today && rows[i].end <= until;
    }
    return TOC_OK;
}

static enum toc_result check_supplier(struct toc_engine *engine,
                                      const struct toc_alert_rules *rules,
                                      const struct toc_supplier *supplier, struct toc_arena *arena,
                                      bool *ret_wanted)
{
    bool categories = true;
    bool ends = true;

    if (rules->categories[0] != '\0') {
        TOC_TRY(check_categories(engine, rules->categories, supplier, arena, &categories));
    }
    if (rules->ends_within > 0) {
        TOC_TRY(check_ends(engine, rules->ends_within, supplier, arena, &ends));
    }
    *ret_wanted = categories && ends && supplier->pence >= rules->exposure_min * 100;
    return TOC_OK;
}

enum toc_result toc_telling_wanted(struct toc_engine *engine, const char *key,
                                   const struct toc_alert_body *body, bool *ret_wanted)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    char event[TOC_EVENT_TEXT_LEN + 1];
    struct toc_alert_rules rules;
    struct toc_supplier supplier;

    TOC_TRY(toc_store_rules_get(engine->store, &rules));
    toc_event_text(body->event, event);
    if (body->severity < rules.severity_min || !in_list(rules.events, event)) {
        *ret_wanted = false;
        return TOC_OK;
    }
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    const enum toc_result result = toc_telling_supplier(engine, key, arena, &supplier);
    if (result == TOC_NOTFOUND) {
        *ret_wanted = true;
        return TOC_OK;
    }
    TOC_TRY(result);
    return check_supplier(engine, &rules, &supplier, arena, ret_wanted);
}
