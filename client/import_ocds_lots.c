#include "ensure.h"
#include "import_framework.h"
#include "import_json.h"
#include "import_ocds_map.h"
#include "import_text.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct codes {
    uint32_t *items;
    size_t len;
    size_t room;
};

static enum toc_result add_code(struct toc_arena *arena, struct codes *codes, const json_t *json)
{
    uint32_t code;
    if (strcasecmp(toc_json_text(json, "scheme"), "CPV") != 0 ||
        !toc_import_cpv(toc_json_text(json, "id"), &code)) {
        return TOC_OK;
    }
    for (size_t i = 0; i < codes->len; i++) {
        if (codes->items[i] == code) {
            return TOC_OK;
        }
    }
    TOC_TRY(toc_import_grow(arena, &codes->items, codes->len, &codes->room, sizeof code));
    codes->items[codes->len++] = code;
    return TOC_OK;
}

/* The classification of a tender or an item, and the additional ones. */
static enum toc_result add_codes(struct toc_arena *arena, struct codes *codes, const json_t *json)
{
    TOC_TRY(add_code(arena, codes, toc_json_at(json, "classification")));
    const json_t *const more = toc_json_at(json, "additionalClassifications");
    for (size_t i = 0; i < json_array_size(more) && codes->len < TOC_FRAMEWORK_CPV_MAX; i++) {
        TOC_TRY(add_code(arena, codes, json_array_get(more, i)));
    }
    return TOC_OK;
}

/* Of the items of one lot; of every item when lot is NULL. */
static enum toc_result add_item_codes(struct toc_arena *arena, const json_t *release,
                                      const char *lot, struct codes *codes)
{
    const json_t *const items = toc_json_at(release, "tender.items");
    for (size_t i = 0; i < json_array_size(items) && codes->len < TOC_FRAMEWORK_CPV_MAX; i++) {
        const json_t *const item = json_array_get(items, i);
        if (lot == NULL || strcmp(toc_json_text(item, "relatedLot"), lot) == 0) {
            TOC_TRY(add_codes(arena, codes, item));
        }
    }
    return TOC_OK;
}

static const json_t *party_of(const json_t *release, const char *id)
{
    const json_t *const parties = toc_json_at(release, "parties");
    for (size_t i = 0; id[0] != '\0' && i < json_array_size(parties); i++) {
        const json_t *const party = json_array_get(parties, i);
        if (strcmp(toc_json_text(party, "id"), id) == 0) {
            return party;
        }
    }
    return NULL;
}

/* A party's id can spell a register's: GB-COH-09506232. */
static enum toc_result add_supplier(struct toc_arena *arena, const json_t *release,
                                    const json_t *json, struct toc_supplier_list *list,
                                    uint32_t *left_out)
{
    const char *const joined = toc_json_text(json, "id");
    const json_t *const party = party_of(release, joined);
    const char *scheme = toc_json_text(party, "identifier.scheme");
    const char *id = toc_json_text(party, "identifier.id");
    const char *name = toc_json_text(json, "name");
    name = name[0] == '\0' ? toc_json_text(party, "name") : name;
    if (id[0] == '\0' && strncmp(joined, "GB-COH-", 7) == 0) {
        scheme = "GB-COH";
        id = joined + 7;
    }
    if (strcmp(toc_json_text(party, "details.scale"), "selfEmployed") == 0) {
        (*left_out)++;
        return TOC_OK;
    }
    return toc_supplier_list_add(arena, list, name, scheme, id, left_out);
}

static bool is_award_dead(const json_t *award)
{
    const char *const status = toc_json_text(award, "status");
    return strcmp(status, "cancelled") == 0 || strcmp(status, "unsuccessful") == 0;
}

/* Whether this award belongs under this lot; lot NULL: under the whole. */
static bool is_award_for(const json_t *award, const char *lot)
{
    if (lot == NULL) {
        return toc_json_len(award, "relatedLots") == 0;
    }
    return toc_json_lists(award, "relatedLots", lot);
}

/* all: whatever the lots (there is only one). */
static enum toc_result add_suppliers(struct toc_arena *arena, const json_t *release,
                                     const char *lot, bool all, struct toc_supplier_list *list,
                                     uint32_t *left_out)
{
    const json_t *const awards = toc_json_at(release, "awards");
    for (size_t i = 0; i < json_array_size(awards); i++) {
        const json_t *const award = json_array_get(awards, i);
        const json_t *const suppliers = toc_json_at(award, "suppliers");
        if (is_award_dead(award) || (!all && !is_award_for(award, lot))) {
            continue;
        }
        for (size_t j = 0; j < json_array_size(suppliers); j++) {
            TOC_TRY(add_supplier(arena, release, json_array_get(suppliers, j), list, left_out));
        }
    }
    return TOC_OK;
}

static enum toc_framework_status lot_status(const char *status)
{
    static const struct {
        const char *ocds;
        enum toc_framework_status ours;
    } rows[] = {
        {"planning", TOC_FRAMEWORK_UPCOMING},   {"planned", TOC_FRAMEWORK_UPCOMING},
        {"active", TOC_FRAMEWORK_ACTIVE},       {"complete", TOC_FRAMEWORK_AWARDED},
        {"cancelled", TOC_FRAMEWORK_CANCELLED}, {"unsuccessful", TOC_FRAMEWORK_CANCELLED},
        {"withdrawn", TOC_FRAMEWORK_CANCELLED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].ocds, status) == 0) {
            return rows[i].ours;
        }
    }
    return TOC_FRAMEWORK_STATUS_UNKNOWN;
}

static enum toc_result map_lot(struct toc_arena *arena, const json_t *release, const json_t *json,
                               size_t place, struct toc_framework_lot *ret_lot, uint32_t *left_out)
{
    struct codes codes = {.len = 0};
    struct toc_supplier_list suppliers = {.len = 0};
    char placed[sizeof "4294967295"];
    const char *const id = toc_json_text(json, "id");
    (void)snprintf(placed, sizeof placed, "%u", (unsigned)place);
    struct toc_framework_lot lot = {.status = lot_status(toc_json_text(json, "status"))};
    lot.number = toc_import_text(arena, id[0] == '\0' ? placed : id, TOC_FRAMEWORK_LOT_NUMBER_MAX);
    lot.title = toc_import_text(arena, toc_json_text(json, "title"), TOC_FRAMEWORK_LOT_TITLE_MAX);
    TOC_ENSURE(lot.number != NULL && lot.title != NULL, TOC_NOMEM);
    if (id[0] != '\0') {
        TOC_TRY(add_item_codes(arena, release, id, &codes));
        TOC_TRY(add_suppliers(arena, release, id, false, &suppliers, left_out));
    }
    lot.cpv = codes.items;
    lot.cpv_len = codes.len;
    lot.suppliers = suppliers.items;
    lot.suppliers_len = suppliers.len;
    *ret_lot = lot;
    return TOC_OK;
}

/* Portals write a contract without lots as one lot without a title. */
static bool has_lots(const json_t *lots)
{
    return json_array_size(lots) > 1 || toc_json_text(json_array_get(lots, 0), "title")[0] != '\0';
}

enum toc_result toc_ocds_map_lots(struct toc_arena *arena, const json_t *release,
                                  struct toc_framework *framework)
{
    const json_t *const list = toc_json_at(release, "tender.lots");
    const bool lotted = has_lots(list);
    const size_t len = !lotted ? 0 : json_array_size(list);
    const size_t kept = len > TOC_FRAMEWORK_LOTS_MAX ? TOC_FRAMEWORK_LOTS_MAX : len;
    struct toc_framework_lot *const lots = toc_arena_zero(arena, kept, sizeof *lots);
    struct codes codes = {.len = 0};
    struct toc_supplier_list suppliers = {.len = 0};
    TOC_ENSURE(lots != NULL, TOC_NOMEM);
    TOC_TRY(add_codes(arena, &codes, toc_json_at(release, "tender")));
    if (!lotted) {
        TOC_TRY(add_item_codes(arena, release, NULL, &codes));
    }
    TOC_TRY(
        add_suppliers(arena, release, NULL, !lotted, &suppliers, &framework->suppliers_left_out));
    for (size_t i = 0; i < kept; i++) {
        TOC_TRY(map_lot(arena, release, json_array_get(list, i), i + 1, &lots[i],
                        &framework->suppliers_left_out));
    }
    framework->lots = lots;
    framework->lots_len = kept;
    framework->lots_left_out = (uint32_t)(len - kept);
    framework->cpv = codes.items;
    framework->cpv_len = codes.len;
    framework->suppliers = suppliers.items;
    framework->suppliers_len = suppliers.len;
    return TOC_OK;
}
