/* Part 2 of `import_rows` for contracts: a JSON array, checked field by field. */
#include "local_contract.h"

#include "ensure.h"
#include "ident.h"
#include "timetext.h"

#include <string.h>

#define CPV_MIN 1000000
#define CPV_MAX 99999999
#define POUNDS_MAX INT64_C(1000000000000)

static enum toc_result wrong(struct toc_why *why, const char *field, const char *what)
{
    return toc_fail(why, TOC_INVALID, "%s: is not %s", field, what);
}

/* NULL, absent or a text. */
static enum toc_result read_text(const json_t *json, const char *field, unsigned len_max,
                                 const char **ret_text, struct toc_why *why)
{
    const json_t *value = json_object_get(json, field);
    const char *text = json_string_value(value);

    *ret_text = "";
    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (text == NULL || !toc_ident_text(text, len_max)) {
        return toc_fail(why, TOC_INVALID,
                        "%s: is not a text of 1 to %u bytes without control characters", field,
                        len_max);
    }
    *ret_text = text;
    return TOC_OK;
}

static enum toc_result read_texts(const json_t *json, struct toc_contract_row *row,
                                  struct toc_why *why)
{
    const struct {
        const char *field;
        unsigned len_max;
        const char **text;
    } texts[] = {
        {"reference", TOC_CONTRACT_REFERENCE_MAX, &row->reference},
        {"title", TOC_CONTRACT_TITLE_MAX, &row->title},
        {"unit", TOC_CONTRACT_UNIT_MAX, &row->unit},
        {"description", TOC_CONTRACT_DESCRIPTION_MAX, &row->description},
        {"ocid", TOC_CONTRACT_OCID_MAX, &row->ocid},
        {"process", TOC_CONTRACT_PROCESS_MAX, &row->process},
        {"type", TOC_CONTRACT_PROCESS_MAX, &row->type},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TOC_TRY(read_text(json, texts[i].field, texts[i].len_max, texts[i].text, why));
    }
    return row->title[0] == '\0' ? toc_fail(why, TOC_INVALID, "title: is missing") : TOC_OK;
}

static enum toc_result check_type(const char *type, struct toc_why *why)
{
    static const char *const types[] = {"",    "single_award", "multiple_award", "framework",
                                        "dps", "grant",        "other"};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i], type) == 0) {
            return TOC_OK;
        }
    }
    return wrong(why, "type", "single_award, multiple_award, framework, dps, grant or other");
}

static enum toc_result read_route(const json_t *json, enum toc_route *ret_route,
                                  struct toc_why *why)
{
    const char *text = NULL;

    TOC_TRY(read_text(json, "route", TOC_CONTRACT_PROCESS_MAX, &text, why));
    if (text[0] == '\0') {
        return TOC_OK;
    }
    for (enum toc_route route = TOC_ROUTE_FRAMEWORK; route <= TOC_ROUTE_WAIVER; route++) {
        if (strcmp(text, toc_route_name(route)) == 0) {
            *ret_route = route;
            return TOC_OK;
        }
    }
    return wrong(why, "route", "framework, dps, open, direct, quote or waiver");
}

static enum toc_result read_day(const json_t *json, const char *field, int32_t *ret_day,
                                struct toc_why *why)
{
    const json_t *value = json_object_get(json, field);
    const char *text = json_string_value(value);

    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (text == NULL || toc_date_parse(text, ret_day) != TOC_OK || *ret_day <= 0) {
        return wrong(why, field, "a date such as 2027-03-31, after 1970");
    }
    return TOC_OK;
}

static enum toc_result read_flag(const json_t *json, const char *field,
                                 enum toc_contract_flag *ret_flag, struct toc_why *why)
{
    const json_t *value = json_object_get(json, field);

    if (value == NULL || json_is_null(value)) {
        return TOC_OK;
    }
    if (!json_is_boolean(value)) {
        return wrong(why, field, "true, false or null");
    }
    *ret_flag = json_is_true(value) ? TOC_CONTRACT_TRUE : TOC_CONTRACT_FALSE;
    return TOC_OK;
}

static enum toc_result read_numbers(const json_t *json, size_t payees, struct toc_contract_row *row,
                                    struct toc_why *why)
{
    const json_t *payee = json_object_get(json, "payee");
    const json_t *cpv = json_object_get(json, "cpv");
    const json_t *value = json_object_get(json, "value");
    const json_int_t code = json_integer_value(cpv);

    if (payee != NULL && !json_is_null(payee)) {
        if (!json_is_integer(payee) || json_integer_value(payee) < 0 ||
            (uint64_t)json_integer_value(payee) >= payees) {
            return wrong(why, "payee", "null or the place of one in part 1");
        }
        row->payee = json_integer_value(payee) + 1;
    }
    if (cpv != NULL && !json_is_null(cpv) &&
        (!json_is_integer(cpv) || (code != 0 && (code < CPV_MIN || code > CPV_MAX)))) {
        return wrong(why, "cpv", "a code of 8 digits, or 0");
    }
    row->cpv = (unsigned)code;
    row->value = -1;
    if (value != NULL && !json_is_null(value)) {
        if (!json_is_integer(value) || json_integer_value(value) < 0 ||
            json_integer_value(value) > POUNDS_MAX) {
            return wrong(why, "value", "whole pounds from 0 to a million million");
        }
        row->value = json_integer_value(value);
    }
    return TOC_OK;
}

static enum toc_result read_row(const json_t *json, size_t payees, struct toc_contract_row *row,
                                struct toc_why *why)
{
    TOC_TRY(read_texts(json, row, why));
    TOC_TRY(check_type(row->type, why));
    TOC_TRY(read_route(json, &row->route, why));
    TOC_TRY(read_numbers(json, payees, row, why));
    TOC_TRY(read_day(json, "start", &row->start, why));
    TOC_TRY(read_day(json, "end", &row->end, why));
    TOC_TRY(read_day(json, "review", &row->review, why));
    TOC_TRY(read_day(json, "extension", &row->extension, why));
    TOC_TRY(read_flag(json, "sme", &row->sme, why));
    TOC_TRY(read_flag(json, "vcse", &row->vcse, why));
    if (row->end != 0 && row->end < row->start) {
        return toc_fail(why, TOC_INVALID, "end: is before start");
    }
    return TOC_OK;
}

enum toc_result toc_local_contracts_read(struct toc_arena *arena, struct toc_bytes bytes,
                                         struct toc_import_part *part, json_t **ret_list,
                                         struct toc_why *why)
{
    json_error_t error;
    TOC_AUTO(toc_local_json_free)
    json_t *list = json_loadb((const char *)bytes.data, bytes.len, 0, &error);
    const size_t len = json_array_size(list);

    if (!json_is_array(list)) {
        return toc_fail(why, TOC_MALFORMED, "part 2: is not a JSON array: %s",
                        list == NULL ? error.text : "it is something else");
    }
    if (len > TOC_IMPORT_CONTRACTS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "part 2: has %zu contracts, %d are the most", len,
                        TOC_IMPORT_CONTRACTS_MAX);
    }
    struct toc_contract_row *rows = toc_arena_zero(arena, len, sizeof(*rows));
    TOC_ENSURE(rows != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        const enum toc_result result =
            read_row(json_array_get(list, i), part->payees_len, &rows[i], why);
        if (result != TOC_OK) {
            toc_why_prefix(why, "part 2: contract %zu", i);
            return result;
        }
    }
    part->contracts = rows;
    part->contracts_len = len;
    *ret_list = toc_take(&list);
    return TOC_OK;
}
