#include "import_framework.h"
#include "ensure.h"
#include "import_text.h"
#include "orgid.h"
#include "screen.h"
#include <string.h>

/* Lists of this length stay while longer ones can be shortened. */
enum { SUPPLIERS_SHORT = 20, LOTS_SHORT = 10 };

static bool is_there(const struct toc_supplier_list *list, const char *name, const char *id)
{
    for (size_t i = 0; i < list->len; i++) {
        if (strcmp(list->items[i].name, name) == 0 && strcmp(list->items[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

enum toc_result toc_supplier_list_add(struct toc_arena *arena, struct toc_supplier_list *list,
                                      const char *name, const char *scheme, const char *id,
                                      uint32_t *left_out)
{
    struct toc_framework_supplier supplier = {.scheme = "", .id = ""};
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t ids_len;
    if (toc_orgid_parse(toc_scheme_of(scheme), id, ids, &ids_len, NULL) == TOC_OK) {
        scheme = toc_scheme_code(ids[0].scheme);
        id = ids[0].id;
    }
    supplier.name = toc_import_text(arena, name, TOC_NAME_LEN_MAX);
    TOC_ENSURE(supplier.name != NULL, TOC_NOMEM);
    /* As it would travel: a name cut short may have lost what makes it a company's. */
    if (toc_screen_supplier(supplier.name, scheme, id) != TOC_SCREEN_KEEP) {
        (*left_out)++;
        return TOC_OK;
    }
    if (toc_screen_registry_id(scheme, id)) {
        supplier.scheme = toc_arena_text(arena, toc_bytes_text(scheme));
        supplier.id = toc_arena_text(arena, toc_bytes_text(id));
    }
    TOC_ENSURE(supplier.scheme != NULL && supplier.id != NULL, TOC_NOMEM);
    if (is_there(list, supplier.name, supplier.id)) {
        return TOC_OK;
    }
    if (list->len == TOC_FRAMEWORK_SUPPLIERS_MAX) {
        (*left_out)++;
        return TOC_OK;
    }
    TOC_TRY(toc_import_grow(arena, &list->items, list->len, &list->room, sizeof *list->items));
    list->items[list->len++] = supplier;
    return TOC_OK;
}

/* A framework whose lots may be shortened: the type itself only lends them. */
struct fitting {
    struct toc_framework framework;
    struct toc_framework_lot *lots;
};

/* The longest list of suppliers, of the whole or of a lot. */
static size_t *longest_suppliers(struct fitting *fitting)
{
    size_t *longest = &fitting->framework.suppliers_len;
    for (size_t i = 0; i < fitting->framework.lots_len; i++) {
        if (fitting->lots[i].suppliers_len > *longest) {
            longest = &fitting->lots[i].suppliers_len;
        }
    }
    return longest;
}

static void halve_suppliers(struct fitting *fitting, size_t *len)
{
    const size_t left = *len / 2;
    fitting->framework.suppliers_left_out += (uint32_t)(*len - left);
    *len = left;
}

static void keep_lots(struct fitting *fitting, size_t len)
{
    for (size_t i = len; i < fitting->framework.lots_len; i++) {
        fitting->framework.suppliers_left_out += (uint32_t)fitting->lots[i].suppliers_len;
    }
    fitting->framework.lots_left_out += (uint32_t)(fitting->framework.lots_len - len);
    fitting->framework.lots_len = len;
}

static size_t count_suppliers(const struct fitting *fitting)
{
    size_t count = fitting->framework.suppliers_len;
    for (size_t i = 0; i < fitting->framework.lots_len; i++) {
        count += fitting->lots[i].suppliers_len;
    }
    return count;
}

/* The limits that have nothing to do with bytes. */
static void clamp(struct fitting *fitting)
{
    struct toc_framework *const f = &fitting->framework;
    if (f->lots_len > TOC_FRAMEWORK_LOTS_MAX) {
        keep_lots(fitting, TOC_FRAMEWORK_LOTS_MAX);
    }
    f->cpv_len = f->cpv_len > TOC_FRAMEWORK_CPV_MAX ? TOC_FRAMEWORK_CPV_MAX : f->cpv_len;
    for (size_t i = 0; i < f->lots_len; i++) {
        if (fitting->lots[i].cpv_len > TOC_FRAMEWORK_CPV_MAX) {
            fitting->lots[i].cpv_len = TOC_FRAMEWORK_CPV_MAX;
        }
    }
    while (count_suppliers(fitting) > TOC_FRAMEWORK_SUPPLIERS_MAX) {
        halve_suppliers(fitting, longest_suppliers(fitting));
    }
}

static bool drop_lot_codes(struct fitting *fitting)
{
    bool dropped = false;
    for (size_t i = 0; i < fitting->framework.lots_len; i++) {
        dropped = dropped || fitting->lots[i].cpv_len > 1;
        fitting->lots[i].cpv_len = fitting->lots[i].cpv_len > 1 ? 1 : fitting->lots[i].cpv_len;
    }
    return dropped;
}

/* Takes something away, the least missed first; false when nothing is left to take. */
static bool shorten(struct fitting *fitting)
{
    size_t *const longest = longest_suppliers(fitting);
    if (*longest > SUPPLIERS_SHORT) {
        halve_suppliers(fitting, longest);
        return true;
    }
    if (drop_lot_codes(fitting)) {
        return true;
    }
    if (fitting->framework.lots_len > LOTS_SHORT) {
        keep_lots(fitting, fitting->framework.lots_len / 2);
        return true;
    }
    if (*longest > 0) {
        halve_suppliers(fitting, longest);
        return true;
    }
    return false;
}

static enum toc_result fit(struct fitting *fitting, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *scratch = NULL;
    TOC_TRY(toc_arena_new(16 * 1024 * 1024, &scratch));
    clamp(fitting);
    for (;;) {
        struct toc_bytes bytes;
        const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK,
                                          .as.framework = &fitting->framework};
        const enum toc_result result = toc_wire_record_encode(scratch, &record, &bytes);
        if (result != TOC_TOOBIG) {
            return result;
        }
        if (!shorten(fitting)) {
            return toc_fail(why, TOC_TOOBIG, "release: is over 16 KiB even without its lists");
        }
        toc_arena_reset(scratch);
    }
}

enum toc_result toc_import_framework_add(struct toc_import *import,
                                         const struct toc_framework *framework, struct toc_why *why)
{
    struct fitting fitting = {.framework = *framework};
    struct toc_framework *const kept = toc_arena_zero(import->arena, 1, sizeof *kept);
    fitting.lots = toc_arena_zero(import->arena, framework->lots_len, sizeof *fitting.lots);
    TOC_ENSURE(kept != NULL && fitting.lots != NULL, TOC_NOMEM);
    if (framework->lots_len > 0) {
        memcpy(fitting.lots, framework->lots, framework->lots_len * sizeof *fitting.lots);
    }
    fitting.framework.lots = fitting.lots;
    TOC_TRY(fit(&fitting, why));
    *kept = fitting.framework;
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK, .as.framework = kept};
    TOC_TRY(toc_framework_validate(&record, why));
    return toc_import_add(import, &record);
}
