#include "ensure.h"
#include "framework_fields.h"
#include "timetext.h"
#include <string.h>

enum { CPV_DIGITS = 8, BASE_TEN = 10, LIST_LEN_MAX = 4096 };

/* What every reader below needs: where to put things, and how to say what is wrong. */
struct parse {
    struct toc_arena *arena;
    struct toc_why *why;
};

static enum toc_result wrong(const struct parse *parse, const char *key, const char *expected)
{
    return toc_fail(parse->why, TOC_INVALID, "%s: is not %s", key, expected);
}

static enum toc_result parse_text(const struct parse *parse, const char *key, const json_t *json,
                                  const char **ret_text)
{
    if (!json_is_string(json)) {
        return wrong(parse, key, "a text");
    }
    const char *const text = toc_arena_text(
        parse->arena, toc_bytes_of(json_string_value(json), json_string_length(json)));
    TOC_ENSURE(text != NULL, TOC_NOMEM);
    *ret_text = text;
    return TOC_OK;
}

/* An absent one is empty. */
static enum toc_result parse_member_text(const struct parse *parse, const char *key,
                                         const json_t *object, const char *name,
                                         const char **ret_text)
{
    const json_t *const json = json_object_get(object, name);
    if (json == NULL) {
        *ret_text = "";
        return TOC_OK;
    }
    return parse_text(parse, key, json, ret_text);
}

static enum toc_result parse_choice(const struct parse *parse, const char *key,
                                    const struct toc_framework_names *names, const json_t *json,
                                    uint32_t *ret_value)
{
    const unsigned value = toc_framework_value_of(names, json_string_value(json));
    if (value == 0) {
        return wrong(parse, key, "one of its values");
    }
    *ret_value = value;
    return TOC_OK;
}

static enum toc_result parse_count(const struct parse *parse, const char *key, const json_t *json,
                                   uint64_t max, uint64_t *ret_value)
{
    const json_int_t value = json_integer_value(json);
    if (!json_is_integer(json) || value < 0 || (uint64_t)value > max) {
        return wrong(parse, key, "a whole number in range");
    }
    *ret_value = (uint64_t)value;
    return TOC_OK;
}

static enum toc_result parse_date(const struct parse *parse, const char *key, const json_t *json,
                                  uint32_t *ret_days)
{
    int32_t days;
    if (!json_is_string(json) || toc_date_parse(json_string_value(json), &days) != TOC_OK ||
        days <= 0) {
        return wrong(parse, key, "a date (yyyy-mm-dd) after 1970");
    }
    *ret_days = (uint32_t)days;
    return TOC_OK;
}

static enum toc_result check_list(const struct parse *parse, const char *key, const json_t *json)
{
    if (!json_is_array(json) || json_array_size(json) > LIST_LEN_MAX) {
        return wrong(parse, key, "a list, or is too long");
    }
    return TOC_OK;
}

static bool parse_cpv_code(const char *text, uint32_t *ret_code)
{
    if (text == NULL || strlen(text) != CPV_DIGITS || strspn(text, "0123456789") != CPV_DIGITS) {
        return false;
    }
    uint32_t code = 0;
    for (size_t i = 0; i < CPV_DIGITS; i++) {
        code = code * BASE_TEN + (uint32_t)(text[i] - '0');
    }
    *ret_code = code;
    return true;
}

static enum toc_result parse_cpv(const struct parse *parse, const char *key, const json_t *json,
                                 const uint32_t **ret_cpv, size_t *ret_len)
{
    TOC_TRY(check_list(parse, key, json));
    const size_t len = json_array_size(json);
    uint32_t *const cpv = toc_arena_zero(parse->arena, len, sizeof *cpv);
    TOC_ENSURE(cpv != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        if (!parse_cpv_code(json_string_value(json_array_get(json, i)), &cpv[i])) {
            return wrong(parse, key, "a list of codes of eight digits");
        }
    }
    *ret_cpv = cpv;
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result parse_suppliers(const struct parse *parse, const char *key,
                                       const json_t *json,
                                       const struct toc_framework_supplier **ret_suppliers,
                                       size_t *ret_len)
{
    TOC_TRY(check_list(parse, key, json));
    const size_t len = json_array_size(json);
    struct toc_framework_supplier *const suppliers =
        toc_arena_zero(parse->arena, len, sizeof *suppliers);
    TOC_ENSURE(suppliers != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        const json_t *const item = json_array_get(json, i);
        TOC_TRY(parse_member_text(parse, key, item, "name", &suppliers[i].name));
        TOC_TRY(parse_member_text(parse, key, item, "scheme", &suppliers[i].scheme));
        TOC_TRY(parse_member_text(parse, key, item, "id", &suppliers[i].id));
    }
    *ret_suppliers = suppliers;
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result parse_lot(const struct parse *parse, const json_t *json,
                                 struct toc_framework_lot *ret_lot)
{
    struct toc_framework_lot lot = {.status = TOC_FRAMEWORK_STATUS_UNKNOWN};
    const json_t *const status = json_object_get(json, "status");
    const json_t *const cpv = json_object_get(json, "cpv");
    const json_t *const suppliers = json_object_get(json, "suppliers");
    uint32_t value = 0;
    TOC_TRY(parse_member_text(parse, "lots.number", json, "number", &lot.number));
    TOC_TRY(parse_member_text(parse, "lots.title", json, "title", &lot.title));
    if (status != NULL) {
        TOC_TRY(parse_choice(parse, "lots.status", &toc_framework_status_names, status, &value));
        lot.status = (enum toc_framework_status)value;
    }
    if (cpv != NULL) {
        TOC_TRY(parse_cpv(parse, "lots.cpv", cpv, &lot.cpv, &lot.cpv_len));
    }
    if (suppliers != NULL) {
        TOC_TRY(parse_suppliers(parse, "lots.suppliers", suppliers, &lot.suppliers,
                                &lot.suppliers_len));
    }
    *ret_lot = lot;
    return TOC_OK;
}

static enum toc_result parse_lots(const struct parse *parse, const json_t *json,
                                  struct toc_framework *framework)
{
    TOC_TRY(check_list(parse, "lots", json));
    const size_t len = json_array_size(json);
    struct toc_framework_lot *const lots = toc_arena_zero(parse->arena, len, sizeof *lots);
    TOC_ENSURE(lots != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(parse_lot(parse, json_array_get(json, i), &lots[i]));
    }
    framework->lots = lots;
    framework->lots_len = len;
    return TOC_OK;
}

static enum toc_result parse_users(const struct parse *parse, const json_t *json,
                                   struct toc_framework *framework)
{
    TOC_TRY(check_list(parse, "open_to", json));
    const size_t len = json_array_size(json);
    enum toc_framework_user *const users = toc_arena_zero(parse->arena, len, sizeof *users);
    TOC_ENSURE(users != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        uint32_t value = 0;
        TOC_TRY(parse_choice(parse, "open_to", &toc_framework_user_names, json_array_get(json, i),
                             &value));
        users[i] = (enum toc_framework_user)value;
    }
    framework->open_to = users;
    framework->open_to_len = len;
    return TOC_OK;
}

static enum toc_result parse_categories(const struct parse *parse, const json_t *json,
                                        struct toc_framework *framework)
{
    TOC_TRY(check_list(parse, "categories", json));
    const size_t len = json_array_size(json);
    const char **const categories = toc_arena_zero(parse->arena, len, sizeof *categories);
    TOC_ENSURE(categories != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(parse_text(parse, "categories", json_array_get(json, i), &categories[i]));
    }
    framework->categories = categories;
    framework->categories_len = len;
    return TOC_OK;
}

static enum toc_result parse_list(const struct parse *parse, enum toc_framework_field field,
                                  const json_t *json, struct toc_framework *framework)
{
    if (field == TOC_FIELD_OPEN_TO) {
        return parse_users(parse, json, framework);
    }
    if (field == TOC_FIELD_CATEGORIES) {
        return parse_categories(parse, json, framework);
    }
    if (field == TOC_FIELD_CPV) {
        return parse_cpv(parse, "cpv", json, &framework->cpv, &framework->cpv_len);
    }
    if (field == TOC_FIELD_LOTS) {
        return parse_lots(parse, json, framework);
    }
    TOC_ASSERT(field == TOC_FIELD_SUPPLIERS);
    return parse_suppliers(parse, "suppliers", json, &framework->suppliers,
                           &framework->suppliers_len);
}

static enum toc_result parse_field(const struct parse *parse, const struct toc_framework_row *row,
                                   const json_t *json, struct toc_framework *framework)
{
    void *const at = (char *)framework + row->offset;
    uint64_t count = 0;
    switch (row->shape) {
    case TOC_SHAPE_TEXT:
        return parse_text(parse, row->key, json, at);
    case TOC_SHAPE_CHOICE:
        return parse_choice(parse, row->key, row->names, json, at);
    case TOC_SHAPE_ANSWER:
        if (!json_is_boolean(json)) {
            return wrong(parse, row->key, "true or false");
        }
        *(uint32_t *)at = json_is_true(json) ? TOC_FRAMEWORK_YES : TOC_FRAMEWORK_NO;
        return TOC_OK;
    case TOC_SHAPE_COUNT:
        TOC_TRY(parse_count(parse, row->key, json, UINT32_MAX, &count));
        *(uint32_t *)at = (uint32_t)count;
        return TOC_OK;
    case TOC_SHAPE_DATE:
        return parse_date(parse, row->key, json, at);
    case TOC_SHAPE_POUNDS:
        return parse_count(parse, row->key, json, TOC_FRAMEWORK_POUNDS_MAX, at);
    case TOC_SHAPE_LIST:
        return parse_list(parse, row->field, json, framework);
    }
    TOC_UNREACHABLE();
    return TOC_INVALID;
}

static const struct toc_framework_row *row_of(const char *key)
{
    for (size_t i = 0; i < toc_framework_rows_len; i++) {
        if (key != NULL && strcmp(toc_framework_rows[i].key, key) == 0) {
            return &toc_framework_rows[i];
        }
    }
    return NULL;
}

/* Only "inferred" says anything: what is in no list is stated. */
static enum toc_result parse_basis(const struct parse *parse, const json_t *json,
                                   struct toc_framework *framework)
{
    const json_t *const list = json_object_get(json, "inferred");
    if (list == NULL && json_is_object(json)) {
        return TOC_OK;
    }
    TOC_TRY(check_list(parse, "basis.inferred", list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct toc_framework_row *const row =
            row_of(json_string_value(json_array_get(list, i)));
        if (row == NULL || row->field == 0) {
            return wrong(parse, "basis.inferred", "a list of fields");
        }
        framework->inferred |= TOC_FRAMEWORK_BIT(row->field);
    }
    return TOC_OK;
}

/* "type" is what toc_record_json adds; a misspelt key is told, not passed over. */
static enum toc_result parse_key(const struct parse *parse, const char *key, const json_t *json,
                                 struct toc_framework *framework)
{
    const struct toc_framework_row *const row = row_of(key);
    if (row != NULL) {
        return parse_field(parse, row, json, framework);
    }
    if (strcmp(key, "basis") == 0) {
        return parse_basis(parse, json, framework);
    }
    if (strcmp(key, "type") == 0) {
        return TOC_OK;
    }
    return toc_fail(parse->why, TOC_INVALID, "%.40s: is not a field of a framework", key);
}

enum toc_result toc_framework_from_json(struct toc_arena *arena, const json_t *json,
                                        struct toc_record *ret_record, struct toc_why *why)
{
    if (!json_is_object(json)) {
        return toc_fail(why, TOC_MALFORMED, "framework: is not an object");
    }
    struct toc_framework *const framework = toc_arena_zero(arena, 1, sizeof *framework);
    TOC_ENSURE(framework != NULL, TOC_NOMEM);
    toc_framework_init(framework);
    const struct parse parse = {.arena = arena, .why = why};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, key, value)
    {
        TOC_TRY(parse_key(&parse, key, value, framework));
    }
    *ret_record = (struct toc_record){.type = TOC_RECORD_FRAMEWORK, .as.framework = framework};
    return TOC_OK;
}
