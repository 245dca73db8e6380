/* The sections of a release: a framework's, and a contract's. */
#include "ocds_write.h"
#include "print_json.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct word {
    const char *ours;
    const char *ocds;
};

static const char *word_of(const struct word *words, size_t len, const char *ours)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(words[i].ours, ours) == 0) {
            return words[i].ocds;
        }
    }
    return "";
}

static const struct word statuses[] = {
    {"upcoming", "planned"},    {"active", "active"},    {"awarded", "complete"},
    {"cancelled", "cancelled"}, {"expired", "complete"},
};
static const struct word methods[] = {
    {"with_reopening_competition", "withReopeningCompetition"},
    {"without_reopening_competition", "withoutReopeningCompetition"},
    {"with_and_without_reopening_competition", "withAndWithoutReopeningCompetition"},
};
static const struct word routes[] = {
    {"open", "open"},     {"framework", "selective"}, {"dps", "selective"},
    {"quote", "limited"}, {"direct", "direct"},       {"waiver", "direct"},
};
#define WORD(list, text) word_of(list, sizeof(list) / sizeof((list)[0]), text)

/* One item a code: OCDS has no codes but those of things that are bought. */
static int add_items(json_t *items, const json_t *codes, const char *lot)
{
    int failed = 0;
    for (size_t i = 0; i < json_array_size(codes); i++) {
        const char *const code = json_string_value(json_array_get(codes, i));
        char id[TOC_OCDS_ID_LEN + 1];
        if (code == NULL) {
            continue;
        }
        (void)snprintf(id, sizeof id, "%s%s%s", lot, lot[0] == '\0' ? "" : "-", code);
        json_t *const item = json_pack("{s:s, s:{s:s, s:s}}", "id", id, "classification", "scheme",
                                       "CPV", "id", code);
        failed |= toc_ocds_text(item, "relatedLot", lot);
        failed |= json_array_append_new(items, item);
    }
    return failed;
}

/* An id that no other award of the release has: what it is for, and a number if need be. */
static void award_id(const struct toc_ocds_release *release, const char *stem,
                     char ret_id[TOC_OCDS_ID_LEN + 1])
{
    (void)snprintf(ret_id, TOC_OCDS_ID_LEN + 1, "%.300s", stem);
    for (unsigned i = 2; json_object_get(release->awards, ret_id) != NULL; i++) {
        (void)snprintf(ret_id, TOC_OCDS_ID_LEN + 1, "%.300s-%u", stem, i);
    }
}

/* Puts the award into the release. Takes `award`. */
static int add_award(struct toc_ocds_release *release, const char *id, json_t *award)
{
    json_t *awards = json_object_get(release->json, "awards");
    int failed = award == NULL || json_object_set_new(release->awards, id, json_true());
    if (awards == NULL) {
        awards = json_array();
        failed |= json_object_set_new(release->json, "awards", awards);
    }
    return json_array_append_new(awards, award) | failed;
}

static int add_supplier_award(struct toc_ocds_release *release, const char *stem, const char *lot,
                              const json_t *suppliers)
{
    char id[TOC_OCDS_ID_LEN + 1];
    json_t *const list = json_array();
    int failed = list == NULL;
    if (json_array_size(suppliers) == 0) {
        json_decref(list);
        return failed;
    }
    for (size_t i = 0; i < json_array_size(suppliers); i++) {
        const json_t *const supplier = json_array_get(suppliers, i);
        failed |=
            json_array_append_new(list, toc_ocds_supplier(release, toc_field_text(supplier, "name"),
                                                          toc_field_text(supplier, "scheme"),
                                                          toc_field_text(supplier, "id")));
    }
    award_id(release, stem, id);
    json_t *const award =
        json_pack("{s:s, s:s, s:o}", "id", id, "status", "active", "suppliers", list);
    if (lot[0] != '\0') {
        failed |= json_object_set_new(award, "relatedLots", json_pack("[s]", lot));
    }
    return add_award(release, id, award) | failed;
}

static int add_lots(struct toc_ocds_release *release, json_t *tender, json_t *items,
                    const json_t *lots)
{
    json_t *const list = json_array();
    int failed = 0;
    for (size_t i = 0; i < json_array_size(lots); i++) {
        const json_t *const lot = json_array_get(lots, i);
        const char *const number = toc_field_text(lot, "number");
        char stem[TOC_OCDS_ID_LEN + 1];
        json_t *const one = json_pack("{s:s}", "id", number);
        failed |= toc_ocds_text(one, "title", toc_field_text(lot, "title"));
        failed |= toc_ocds_text(one, "status", WORD(statuses, toc_field_text(lot, "status")));
        failed |= json_array_append_new(list, one);
        failed |= add_items(items, toc_field_array(lot, "cpv"), number);
        (void)snprintf(stem, sizeof stem, "lot-%.300s", number);
        failed |= add_supplier_award(release, stem, number, toc_field_array(lot, "suppliers"));
    }
    return toc_ocds_part(tender, "lots", list) | failed;
}

/* What those who may use it are called, where the record has no words of its own. */
static void users_text(const json_t *framework, char *ret_text, size_t room)
{
    const json_t *const users = toc_field_array(framework, "open_to");
    const char *const own = json_string_value(json_array_get(users, 0));
    (void)snprintf(ret_text, room, "%s", toc_field_text(framework, "buyer_restrictions"));
    if (ret_text[0] == '\0' && own != NULL && strcmp(own, "owner_only") != 0) {
        toc_json_join(users, ret_text, room);
    }
}

static int add_techniques(json_t *tender, const json_t *framework)
{
    const char *const kind = toc_field_text(framework, "kind");
    const bool open = strcmp(kind, "open_framework") == 0;
    char users[600];
    if (strcmp(kind, "dps") == 0 || strcmp(kind, "dynamic_market") == 0) {
        return json_object_set_new(tender, "techniques",
                                   json_pack("{s:b}", "hasDynamicPurchasingSystem", 1));
    }
    if (!open && strcmp(kind, "framework") != 0) {
        return 0;
    }
    json_t *const agreement = json_object();
    const int64_t most = toc_field_number(framework, "max_participants");
    int failed =
        toc_ocds_text(agreement, "method", WORD(methods, toc_field_text(framework, "method")));
    users_text(framework, users, sizeof users);
    failed |= toc_ocds_text(agreement, "buyerCategories", users);
    if (open) {
        failed |= json_object_set_new(agreement, "isOpenFrameworkScheme", json_true());
    }
    if (most > 0) {
        failed |= json_object_set_new(agreement, "maximumParticipants", json_integer(most));
    }
    json_t *const techniques = json_pack("{s:b}", "hasFrameworkAgreement", 1);
    failed |= toc_ocds_part(techniques, "frameworkAgreement", agreement);
    return json_object_set_new(tender, "techniques", techniques) | failed;
}

/* The notice's number, or the reference; an imported one begins with the ocid, which is there. */
static const char *tender_id(const json_t *framework)
{
    const char *const notice = toc_field_text(framework, "notice_id");
    const char *const ocid = toc_field_text(framework, "ocid");
    const char *const reference = toc_field_text(framework, "reference");
    if (notice[0] != '\0') {
        return notice;
    }
    return ocid[0] != '\0' && strncmp(reference, ocid, strlen(ocid)) == 0 ? ocid : reference;
}

static int add_category(json_t *tender, const json_t *framework)
{
    const json_t *const categories = toc_field_array(framework, "categories");
    const char *const first = json_string_value(json_array_get(categories, 0));
    const bool known =
        first != NULL && (strcmp(first, "goods") == 0 || strcmp(first, "works") == 0 ||
                          strcmp(first, "services") == 0);
    return known ? toc_ocds_text(tender, "mainProcurementCategory", first) : 0;
}

static int add_parent(struct toc_ocds_release *release, const json_t *framework)
{
    const char *const parent = toc_field_text(framework, "parent");
    const bool is_ocid = strncmp(parent, "ocds-", strlen("ocds-")) == 0;
    if (parent[0] == '\0') {
        return 0;
    }
    json_t *const process = json_pack("{s:s, s:[s], s:s}", "id", "1", "relationship", "framework",
                                      "identifier", parent);
    int failed = is_ocid ? toc_ocds_text(process, "scheme", "ocid") : 0;
    json_t *const list = json_array();
    failed |= json_array_append_new(list, process);
    return json_object_set_new(release->json, "relatedProcesses", list) | failed;
}

int toc_ocds_framework(struct toc_ocds_release *release, const json_t *framework)
{
    json_t *const tender = json_pack("{s:s}", "id", tender_id(framework));
    json_t *const items = json_array();
    const int64_t pounds = toc_field_number(framework, "value_max_pounds");
    int failed = toc_ocds_text(tender, "title", toc_field_text(framework, "title"));
    failed |= toc_ocds_text(tender, "description", toc_field_text(framework, "description"));
    failed |= toc_ocds_text(tender, "status", WORD(statuses, toc_field_text(framework, "status")));
    failed |= add_category(tender, framework);
    failed |= add_items(items, toc_field_array(framework, "cpv"), "");
    failed |= add_lots(release, tender, items, toc_field_array(framework, "lots"));
    failed |= toc_ocds_part(tender, "items", items);
    if (pounds > 0) {
        failed |= json_object_set_new(tender, "value", toc_ocds_value(pounds));
    }
    failed |= toc_ocds_part(tender, "contractPeriod",
                            toc_ocds_period(toc_field_text(framework, "period_start"),
                                            toc_field_text(framework, "period_end"),
                                            toc_field_text(framework, "last_extension_date")));
    failed |= add_techniques(tender, framework);
    failed |= json_object_set_new(release->json, "tender", tender);
    failed |= add_supplier_award(release, "suppliers", "", toc_field_array(framework, "suppliers"));
    return add_parent(release, framework) | failed;
}

/* Of a register's row alone: how it was bought. */
static int add_tender(struct toc_ocds_release *release, const json_t *contract)
{
    const char *const reference = toc_field_text(contract, "reference");
    if (json_object_get(release->json, "tender") != NULL) {
        return 0;
    }
    json_t *const tender = json_pack(
        "{s:s}", "id", reference[0] != '\0' ? reference : toc_field_text(release->json, "ocid"));
    int failed = toc_ocds_text(tender, "title", toc_field_text(contract, "title"));
    failed |= toc_ocds_text(tender, "description", toc_field_text(contract, "description"));
    failed |=
        toc_ocds_text(tender, "procurementMethod", WORD(routes, toc_field_text(contract, "route")));
    failed |=
        toc_ocds_text(tender, "procurementMethodDetails", toc_field_text(contract, "process"));
    return json_object_set_new(release->json, "tender", tender) | failed;
}

static json_t *period_of(const json_t *contract)
{
    return toc_ocds_period(toc_field_text(contract, "start"), toc_field_text(contract, "end"),
                           toc_field_text(contract, "extension"));
}

static int set_common(json_t *object, const json_t *contract, const char *period_key)
{
    const json_t *const value = json_object_get(contract, "value");
    int failed = toc_ocds_text(object, "title", toc_field_text(contract, "title"));
    if (json_is_integer(value)) {
        failed |= json_object_set_new(object, "value", toc_ocds_value(json_integer_value(value)));
    }
    return toc_ocds_part(object, period_key, period_of(contract)) | failed;
}

/* A number as supplier_list gives it: "GB-COH-01234567" is GB-COH and 01234567. */
static void split_number(const char *number, char *ret_scheme, size_t room, const char **ret_id)
{
    const char *const first = strchr(number, '-');
    const char *const second = first == NULL ? NULL : strchr(first + 1, '-');
    const size_t len = second == NULL ? 0 : (size_t)(second - number);
    (void)snprintf(ret_scheme, room, "%.*s", (int)len, number);
    *ret_id = second == NULL ? "" : second + 1;
}

static int set_suppliers(struct toc_ocds_release *release, json_t *award, const json_t *rows)
{
    json_t *const list = json_array();
    int failed = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *const row = json_array_get(rows, i);
        const char *const name = toc_field_text(row, "name");
        char scheme[16];
        const char *id;
        split_number(toc_field_text(row, "number"), scheme, sizeof scheme, &id);
        if (name[0] != '\0') {
            failed |= json_array_append_new(list, toc_ocds_supplier(release, name, scheme, id));
        }
    }
    return toc_ocds_part(award, "suppliers", list) | failed;
}

static int set_items(json_t *object, const json_t *contract)
{
    const int64_t cpv = toc_field_number(contract, "cpv");
    char code[24];
    if (cpv <= 0) {
        return 0;
    }
    (void)snprintf(code, sizeof code, "%08" PRId64, cpv);
    json_t *const items = json_array();
    json_t *const codes = json_pack("[s]", code);
    const int failed = add_items(items, codes, "");
    json_decref(codes);
    return toc_ocds_part(object, "items", items) | failed;
}

int toc_ocds_contract(struct toc_ocds_release *release, const json_t *rows)
{
    const json_t *const contract = json_array_get(rows, 0);
    const char *const reference = toc_field_text(contract, "reference");
    char id[TOC_OCDS_ID_LEN + 1];
    json_t *contracts = json_object_get(release->json, "contracts");
    int failed = add_tender(release, contract);
    award_id(release, reference[0] == '\0' ? "contract" : reference, id);
    json_t *const award = json_pack("{s:s, s:s}", "id", id, "status", "active");
    failed |= set_common(award, contract, "contractPeriod");
    failed |= set_suppliers(release, award, rows);
    failed |= add_award(release, id, award);
    json_t *const one = json_pack("{s:s, s:s}", "id", id, "awardID", id);
    failed |= toc_ocds_text(one, "description", toc_field_text(contract, "description"));
    failed |= set_common(one, contract, "period");
    failed |= set_items(one, contract);
    if (contracts == NULL) {
        contracts = json_array();
        failed |= json_object_set_new(release->json, "contracts", contracts);
    }
    return json_array_append_new(contracts, one) | failed;
}
