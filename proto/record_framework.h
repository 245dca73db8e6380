/* record_framework: a framework, dynamic market, corporate contract or call-off, as a plain struct;
 * its rules, its JSON, its key. Texts are never NULL: empty means not known, as 0 does in numbers
 * and enums. Enum values are those of framework.proto. Everything is borrowed from an arena. */
#ifndef TOC_RECORD_FRAMEWORK_H
#define TOC_RECORD_FRAMEWORK_H

#include "records.h"

#define TOC_FRAMEWORK_REFERENCE_MAX 300
#define TOC_FRAMEWORK_OCID_MAX 100
#define TOC_FRAMEWORK_TITLE_MAX 300
#define TOC_FRAMEWORK_DESCRIPTION_MAX 500
#define TOC_FRAMEWORK_RESTRICTIONS_MAX 300
#define TOC_FRAMEWORK_SOURCE_MAX 200
#define TOC_FRAMEWORK_LOTS_MAX 200
#define TOC_FRAMEWORK_LOT_NUMBER_MAX 40
#define TOC_FRAMEWORK_LOT_TITLE_MAX 200
#define TOC_FRAMEWORK_CPV_MAX 128
#define TOC_FRAMEWORK_SUPPLIERS_MAX 500 /* in one list */
#define TOC_FRAMEWORK_ID_MAX 40
#define TOC_FRAMEWORK_CATEGORIES_MAX 16
#define TOC_FRAMEWORK_CATEGORY_MAX 32
#define TOC_FRAMEWORK_USERS_MAX 9
#define TOC_FRAMEWORK_PARTICIPANTS_MAX 100000 /* Sell2Wales writes 7.9e28 for "no limit" */
#define TOC_FRAMEWORK_MONTHS_MAX 1200
#define TOC_FRAMEWORK_POUNDS_MAX 1000000000000ULL /* above it a figure is a mistake */

enum toc_framework_kind {
    TOC_FRAMEWORK_FRAMEWORK = 1,
    TOC_FRAMEWORK_OPEN_FRAMEWORK = 2,
    TOC_FRAMEWORK_DPS = 3,
    TOC_FRAMEWORK_DYNAMIC_MARKET = 4,
    TOC_FRAMEWORK_CORPORATE_CONTRACT = 5,
    TOC_FRAMEWORK_JOINT_CONTRACT = 6,
    TOC_FRAMEWORK_CALL_OFF = 7,
};
enum toc_framework_method {
    TOC_FRAMEWORK_METHOD_UNKNOWN = 0,
    TOC_FRAMEWORK_WITH_REOPENING = 1,
    TOC_FRAMEWORK_WITHOUT_REOPENING = 2,
    TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING = 3,
};
enum toc_framework_answer {
    TOC_FRAMEWORK_ANSWER_UNKNOWN = 0,
    TOC_FRAMEWORK_NO = 1,
    TOC_FRAMEWORK_YES = 2,
};
enum toc_framework_user {
    TOC_FRAMEWORK_OWNER_ONLY = 1,
    TOC_FRAMEWORK_NAMED = 2,
    TOC_FRAMEWORK_REGION = 3,
    TOC_FRAMEWORK_LA_ENGLAND = 4,
    TOC_FRAMEWORK_UK_PUBLIC = 5,
    TOC_FRAMEWORK_SCHOOLS = 6,
    TOC_FRAMEWORK_POLICE = 7,
    TOC_FRAMEWORK_FIRE = 8,
    TOC_FRAMEWORK_VCSE = 9,
};
enum toc_framework_fee {
    TOC_FRAMEWORK_FEE_UNKNOWN = 0,
    TOC_FRAMEWORK_FEE_NONE = 1,
    TOC_FRAMEWORK_SUPPLIER_LEVY = 2,
    TOC_FRAMEWORK_BUYER_FEE = 3,
};
enum toc_framework_status {
    TOC_FRAMEWORK_STATUS_UNKNOWN = 0,
    TOC_FRAMEWORK_UPCOMING = 1,
    TOC_FRAMEWORK_ACTIVE = 2,
    TOC_FRAMEWORK_AWARDED = 3,
    TOC_FRAMEWORK_CANCELLED = 4,
    TOC_FRAMEWORK_EXPIRED = 5,
};

/* A field's number in framework.proto; TOC_FRAMEWORK_BIT makes the set of inferred ones. */
enum toc_framework_field {
    TOC_FIELD_REFERENCE = 1,
    TOC_FIELD_OCID = 2,
    TOC_FIELD_NOTICE_ID = 3,
    TOC_FIELD_TITLE = 4,
    TOC_FIELD_DESCRIPTION = 5,
    TOC_FIELD_KIND = 6,
    TOC_FIELD_PARENT = 7,
    TOC_FIELD_BUYER = 8,
    TOC_FIELD_LOTS = 9,
    TOC_FIELD_CPV = 10,
    TOC_FIELD_SUPPLIERS = 11,
    TOC_FIELD_METHOD = 12,
    TOC_FIELD_DIRECT_AWARD = 13,
    TOC_FIELD_MAX_PARTICIPANTS = 14,
    TOC_FIELD_OPEN_TO = 15,
    TOC_FIELD_BUYER_RESTRICTIONS = 16,
    TOC_FIELD_PERIOD_START = 17,
    TOC_FIELD_PERIOD_END = 18,
    TOC_FIELD_PERIOD_MONTHS = 19,
    TOC_FIELD_LAST_EXTENSION = 20,
    TOC_FIELD_VALUE_MAX = 21,
    TOC_FIELD_FEE = 22,
    TOC_FIELD_STATUS = 23,
    TOC_FIELD_CATEGORIES = 24,
    TOC_FIELD_LAST = 24, /* later ones are about the record, not the framework */
};
#define TOC_FRAMEWORK_BIT(field) (1U << (unsigned)(field))

struct toc_framework_supplier {
    const char *name;
    const char *scheme;
    const char *id;
};
struct toc_framework_lot {
    const char *number;
    const char *title;
    const uint32_t *cpv;
    size_t cpv_len;
    const struct toc_framework_supplier *suppliers;
    size_t suppliers_len;
    enum toc_framework_status status;
};
struct toc_framework {
    const char *reference;
    const char *ocid;
    const char *notice_id;
    const char *title;
    const char *description;
    const char *parent;
    const char *buyer;
    const char *buyer_restrictions;
    const char *source;
    enum toc_framework_kind kind;
    enum toc_framework_method method;
    enum toc_framework_answer direct_award_allowed;
    enum toc_framework_fee fee;
    enum toc_framework_status status;
    const struct toc_framework_lot *lots;
    size_t lots_len;
    const uint32_t *cpv;
    size_t cpv_len;
    const struct toc_framework_supplier *suppliers;
    size_t suppliers_len;
    const enum toc_framework_user *open_to;
    size_t open_to_len;
    const char *const *categories;
    size_t categories_len;
    uint32_t max_participants;
    uint32_t period_start; /* days since 1970-01-01 */
    uint32_t period_end;
    uint32_t period_months;
    uint32_t last_extension_date;
    uint64_t value_max_pounds;
    uint32_t inferred; /* TOC_FRAMEWORK_BITs */
    uint32_t lots_left_out;
    uint32_t suppliers_left_out;
};

/* All texts empty, all lists empty. */
void toc_framework_init(struct toc_framework *framework);

extern const struct toc_record_kind toc_framework_record_kind;
/* The members of that kind (record_framework_json.c has the two of JSON). */
enum toc_result toc_framework_validate(const struct toc_record *record, struct toc_why *why);
json_t *toc_framework_to_json(const struct toc_record *record);
enum toc_result toc_framework_from_json(struct toc_arena *arena, const json_t *json,
                                        struct toc_record *ret_record, struct toc_why *why);

#endif
