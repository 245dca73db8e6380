#include "record_framework.h"
#include "ensure.h"
#include "ident.h"
#include "screen.h"

enum { DAY_LAST = 2932896 }; /* 9999-12-31 */

void toc_framework_init(struct toc_framework *framework)
{
    *framework = (struct toc_framework){
        .reference = "",
        .ocid = "",
        .notice_id = "",
        .title = "",
        .description = "",
        .parent = "",
        .buyer = "",
        .buyer_restrictions = "",
        .source = "",
    };
}

static enum toc_result check_text(const char *text, unsigned len_max, bool required,
                                  const char *field, struct toc_why *why)
{
    if (text[0] == '\0' && !required) {
        return TOC_OK;
    }
    if (!toc_ident_text(text, len_max)) {
        return toc_fail(why, TOC_INVALID, "%s: %s", field,
                        text[0] == '\0' ? "is missing"
                                        : "is too long, not UTF-8, or has control characters");
    }
    return TOC_OK;
}

static enum toc_result check_number(uint64_t value, uint64_t max, const char *field,
                                    struct toc_why *why)
{
    return value <= max ? TOC_OK : toc_fail(why, TOC_INVALID, "%s: is out of range", field);
}

static enum toc_result check_texts(const struct toc_framework *f, struct toc_why *why)
{
    const struct {
        const char *text;
        unsigned len_max;
        bool required;
        const char *field;
    } rows[] = {
        {f->reference, TOC_FRAMEWORK_REFERENCE_MAX, true, "reference"},
        {f->ocid, TOC_FRAMEWORK_OCID_MAX, false, "ocid"},
        {f->notice_id, TOC_FRAMEWORK_OCID_MAX, false, "notice_id"},
        {f->title, TOC_FRAMEWORK_TITLE_MAX, true, "title"},
        {f->description, TOC_FRAMEWORK_DESCRIPTION_MAX, false, "description"},
        {f->parent, TOC_FRAMEWORK_REFERENCE_MAX, false, "parent"},
        {f->buyer, TOC_NAME_LEN_MAX, true, "buyer"},
        {f->buyer_restrictions, TOC_FRAMEWORK_RESTRICTIONS_MAX, false, "buyer_restrictions"},
        {f->source, TOC_FRAMEWORK_SOURCE_MAX, false, "source"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOC_TRY(check_text(rows[i].text, rows[i].len_max, rows[i].required, rows[i].field, why));
    }
    return TOC_OK;
}

/* Enums come from the wire as any number: a later version's value is not known here. */
static enum toc_result check_numbers(const struct toc_framework *f, struct toc_why *why)
{
    const struct {
        uint64_t value;
        uint64_t max;
        const char *field;
    } rows[] = {
        {f->kind, TOC_FRAMEWORK_CALL_OFF, "kind"},
        {f->method, TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING, "method"},
        {f->direct_award_allowed, TOC_FRAMEWORK_YES, "direct_award_allowed"},
        {f->fee, TOC_FRAMEWORK_BUYER_FEE, "fee"},
        {f->status, TOC_FRAMEWORK_EXPIRED, "status"},
        {f->max_participants, TOC_FRAMEWORK_PARTICIPANTS_MAX, "max_participants"},
        {f->period_start, DAY_LAST, "period_start"},
        {f->period_end, DAY_LAST, "period_end"},
        {f->period_months, TOC_FRAMEWORK_MONTHS_MAX, "period_months"},
        {f->last_extension_date, DAY_LAST, "last_extension_date"},
        {f->value_max_pounds, TOC_FRAMEWORK_POUNDS_MAX, "value_max_pounds"},
        {f->lots_len, TOC_FRAMEWORK_LOTS_MAX, "lots"},
        {f->open_to_len, TOC_FRAMEWORK_USERS_MAX, "open_to"},
        {f->categories_len, TOC_FRAMEWORK_CATEGORIES_MAX, "categories"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOC_TRY(check_number(rows[i].value, rows[i].max, rows[i].field, why));
    }
    if (f->kind < TOC_FRAMEWORK_FRAMEWORK) {
        return toc_fail(why, TOC_INVALID, "kind: is missing");
    }
    if (f->period_end != 0 && f->period_start > f->period_end) {
        return toc_fail(why, TOC_INVALID, "period_end: is before period_start");
    }
    return TOC_OK;
}

static enum toc_result check_cpv(const uint32_t *cpv, size_t len, const char *field,
                                 struct toc_why *why)
{
    TOC_TRY(check_number(len, TOC_FRAMEWORK_CPV_MAX, field, why));
    for (size_t i = 0; i < len; i++) {
        if (cpv[i] < 1000000 || cpv[i] > 99999999) {
            return toc_fail(why, TOC_INVALID, "%s: a code is not eight digits", field);
        }
    }
    return TOC_OK;
}

static enum toc_result check_supplier(const struct toc_framework_supplier *supplier,
                                      const char *field, struct toc_why *why)
{
    TOC_TRY(check_text(supplier->name, TOC_NAME_LEN_MAX, true, field, why));
    TOC_TRY(check_text(supplier->scheme, TOC_FRAMEWORK_ID_MAX, false, field, why));
    TOC_TRY(check_text(supplier->id, TOC_FRAMEWORK_ID_MAX, false, field, why));
    if ((supplier->scheme[0] == '\0') != (supplier->id[0] == '\0')) {
        return toc_fail(why, TOC_INVALID, "%s: scheme and id go together", field);
    }
    if (toc_screen_supplier(supplier->name, supplier->scheme, supplier->id) != TOC_SCREEN_KEEP) {
        return toc_fail(why, TOC_INVALID,
                        "%s: one has neither a register's number nor a corporate suffix, and may "
                        "be a person",
                        field);
    }
    return TOC_OK;
}

/* Counts into *total: the limit is for the whole record. */
static enum toc_result check_suppliers(const struct toc_framework_supplier *suppliers, size_t len,
                                       size_t *total, const char *field, struct toc_why *why)
{
    *total += len;
    TOC_TRY(check_number(*total, TOC_FRAMEWORK_SUPPLIERS_MAX, field, why));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(check_supplier(&suppliers[i], field, why));
    }
    return TOC_OK;
}

static enum toc_result check_lots(const struct toc_framework *f, struct toc_why *why)
{
    size_t total = 0;
    TOC_TRY(check_suppliers(f->suppliers, f->suppliers_len, &total, "suppliers", why));
    for (size_t i = 0; i < f->lots_len; i++) {
        const struct toc_framework_lot *const lot = &f->lots[i];
        TOC_TRY(check_text(lot->number, TOC_FRAMEWORK_LOT_NUMBER_MAX, true, "lots.number", why));
        TOC_TRY(check_text(lot->title, TOC_FRAMEWORK_LOT_TITLE_MAX, false, "lots.title", why));
        TOC_TRY(check_cpv(lot->cpv, lot->cpv_len, "lots.cpv", why));
        TOC_TRY(check_number(lot->status, TOC_FRAMEWORK_EXPIRED, "lots.status", why));
        TOC_TRY(check_suppliers(lot->suppliers, lot->suppliers_len, &total, "lots.suppliers", why));
    }
    return TOC_OK;
}

static enum toc_result check_lists(const struct toc_framework *f, struct toc_why *why)
{
    TOC_TRY(check_cpv(f->cpv, f->cpv_len, "cpv", why));
    for (size_t i = 0; i < f->open_to_len; i++) {
        if (f->open_to[i] < TOC_FRAMEWORK_OWNER_ONLY || f->open_to[i] > TOC_FRAMEWORK_VCSE) {
            return toc_fail(why, TOC_INVALID, "open_to: is not known");
        }
    }
    for (size_t i = 0; i < f->categories_len; i++) {
        TOC_TRY(check_text(f->categories[i], TOC_FRAMEWORK_CATEGORY_MAX, true, "categories", why));
    }
    return TOC_OK;
}

enum toc_result toc_framework_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_framework *const framework = record->as.framework;
    TOC_TRY(check_texts(framework, why));
    TOC_TRY(check_numbers(framework, why));
    TOC_TRY(check_lists(framework, why));
    return check_lots(framework, why);
}

static const char *framework_key(const struct toc_record *record)
{
    return record->as.framework->reference;
}

const struct toc_record_kind toc_framework_record_kind = {
    .type = TOC_RECORD_FRAMEWORK,
    .name = "framework",
    .stream = "framework",
    .validate = toc_framework_validate,
    .to_json = toc_framework_to_json,
    .from_json = toc_framework_from_json,
    .key = framework_key,
};
