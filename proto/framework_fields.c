#include "framework_fields.h"
#include "ensure.h"
#include <stddef.h>
#include <string.h>

#define NAMES(list)                                                                                \
    {                                                                                              \
        list, sizeof(list) / sizeof((list)[0])                                                     \
    }

static const char *const kinds[] = {
    [TOC_FRAMEWORK_FRAMEWORK] = "framework",
    [TOC_FRAMEWORK_OPEN_FRAMEWORK] = "open_framework",
    [TOC_FRAMEWORK_DPS] = "dps",
    [TOC_FRAMEWORK_DYNAMIC_MARKET] = "dynamic_market",
    [TOC_FRAMEWORK_CORPORATE_CONTRACT] = "corporate_contract",
    [TOC_FRAMEWORK_JOINT_CONTRACT] = "joint_contract",
    [TOC_FRAMEWORK_CALL_OFF] = "call_off",
};
static const char *const methods[] = {
    [TOC_FRAMEWORK_WITH_REOPENING] = "with_reopening_competition",
    [TOC_FRAMEWORK_WITHOUT_REOPENING] = "without_reopening_competition",
    [TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING] = "with_and_without_reopening_competition",
};
static const char *const fees[] = {
    [TOC_FRAMEWORK_FEE_NONE] = "none",
    [TOC_FRAMEWORK_SUPPLIER_LEVY] = "supplier_levy",
    [TOC_FRAMEWORK_BUYER_FEE] = "buyer_fee",
};
static const char *const statuses[] = {
    [TOC_FRAMEWORK_UPCOMING] = "upcoming", [TOC_FRAMEWORK_ACTIVE] = "active",
    [TOC_FRAMEWORK_AWARDED] = "awarded",   [TOC_FRAMEWORK_CANCELLED] = "cancelled",
    [TOC_FRAMEWORK_EXPIRED] = "expired",
};
static const char *const users[] = {
    [TOC_FRAMEWORK_OWNER_ONLY] = "owner_only",
    [TOC_FRAMEWORK_NAMED] = "named",
    [TOC_FRAMEWORK_REGION] = "region",
    [TOC_FRAMEWORK_LA_ENGLAND] = "la_england",
    [TOC_FRAMEWORK_UK_PUBLIC] = "uk_public",
    [TOC_FRAMEWORK_SCHOOLS] = "schools",
    [TOC_FRAMEWORK_POLICE] = "police",
    [TOC_FRAMEWORK_FIRE] = "fire",
    [TOC_FRAMEWORK_VCSE] = "vcse",
};

const struct toc_framework_names toc_framework_kind_names = NAMES(kinds);
const struct toc_framework_names toc_framework_status_names = NAMES(statuses);
const struct toc_framework_names toc_framework_user_names = NAMES(users);
static const struct toc_framework_names method_names = NAMES(methods);
static const struct toc_framework_names fee_names = NAMES(fees);

#define AT(member) offsetof(struct toc_framework, member)

/* In the order a person reads them. */
const struct toc_framework_row toc_framework_rows[] = {
    {"reference", TOC_FIELD_REFERENCE, TOC_SHAPE_TEXT, AT(reference), NULL},
    {"kind", TOC_FIELD_KIND, TOC_SHAPE_CHOICE, AT(kind), &toc_framework_kind_names},
    {"title", TOC_FIELD_TITLE, TOC_SHAPE_TEXT, AT(title), NULL},
    {"buyer", TOC_FIELD_BUYER, TOC_SHAPE_TEXT, AT(buyer), NULL},
    {"status", TOC_FIELD_STATUS, TOC_SHAPE_CHOICE, AT(status), &toc_framework_status_names},
    {"description", TOC_FIELD_DESCRIPTION, TOC_SHAPE_TEXT, AT(description), NULL},
    {"ocid", TOC_FIELD_OCID, TOC_SHAPE_TEXT, AT(ocid), NULL},
    {"notice_id", TOC_FIELD_NOTICE_ID, TOC_SHAPE_TEXT, AT(notice_id), NULL},
    {"parent", TOC_FIELD_PARENT, TOC_SHAPE_TEXT, AT(parent), NULL},
    {"open_to", TOC_FIELD_OPEN_TO, TOC_SHAPE_LIST, AT(open_to_len), NULL},
    {"buyer_restrictions", TOC_FIELD_BUYER_RESTRICTIONS, TOC_SHAPE_TEXT, AT(buyer_restrictions),
     NULL},
    {"period_start", TOC_FIELD_PERIOD_START, TOC_SHAPE_DATE, AT(period_start), NULL},
    {"period_end", TOC_FIELD_PERIOD_END, TOC_SHAPE_DATE, AT(period_end), NULL},
    {"period_months", TOC_FIELD_PERIOD_MONTHS, TOC_SHAPE_COUNT, AT(period_months), NULL},
    {"last_extension_date", TOC_FIELD_LAST_EXTENSION, TOC_SHAPE_DATE, AT(last_extension_date),
     NULL},
    {"value_max_pounds", TOC_FIELD_VALUE_MAX, TOC_SHAPE_POUNDS, AT(value_max_pounds), NULL},
    {"method", TOC_FIELD_METHOD, TOC_SHAPE_CHOICE, AT(method), &method_names},
    {"direct_award_allowed", TOC_FIELD_DIRECT_AWARD, TOC_SHAPE_ANSWER, AT(direct_award_allowed),
     NULL},
    {"max_participants", TOC_FIELD_MAX_PARTICIPANTS, TOC_SHAPE_COUNT, AT(max_participants), NULL},
    {"fee", TOC_FIELD_FEE, TOC_SHAPE_CHOICE, AT(fee), &fee_names},
    {"categories", TOC_FIELD_CATEGORIES, TOC_SHAPE_LIST, AT(categories_len), NULL},
    {"cpv", TOC_FIELD_CPV, TOC_SHAPE_LIST, AT(cpv_len), NULL},
    {"lots", TOC_FIELD_LOTS, TOC_SHAPE_LIST, AT(lots_len), NULL},
    {"suppliers", TOC_FIELD_SUPPLIERS, TOC_SHAPE_LIST, AT(suppliers_len), NULL},
    {"lots_left_out", 0, TOC_SHAPE_COUNT, AT(lots_left_out), NULL},
    {"suppliers_left_out", 0, TOC_SHAPE_COUNT, AT(suppliers_left_out), NULL},
    {"source", 0, TOC_SHAPE_TEXT, AT(source), NULL},
};
const size_t toc_framework_rows_len = sizeof toc_framework_rows / sizeof toc_framework_rows[0];

const char *toc_framework_name_of(const struct toc_framework_names *names, unsigned value)
{
    return value < names->len ? names->names[value] : NULL;
}

unsigned toc_framework_value_of(const struct toc_framework_names *names, const char *name)
{
    for (unsigned i = 1; name != NULL && i < names->len; i++) {
        if (names->names[i] != NULL && strcmp(names->names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

bool toc_framework_has(const struct toc_framework *framework, const struct toc_framework_row *row)
{
    const void *const at = (const char *)framework + row->offset;
    switch (row->shape) {
    case TOC_SHAPE_TEXT:
        return (*(const char *const *)at)[0] != '\0';
    case TOC_SHAPE_CHOICE:
    case TOC_SHAPE_ANSWER:
    case TOC_SHAPE_COUNT:
    case TOC_SHAPE_DATE:
        return *(const uint32_t *)at != 0;
    case TOC_SHAPE_POUNDS:
        return *(const uint64_t *)at != 0;
    case TOC_SHAPE_LIST:
        return *(const size_t *)at != 0;
    }
    TOC_UNREACHABLE();
    return false;
}
