#include "ensure.h"
#include "framework_fields.h"
#include "timetext.h"
#include <inttypes.h>
#include <stdio.h>

/* Each of these returns a new reference, or NULL without memory; jansson's setters take NULL for a
 * failure and say so, which is how it climbs. */

static json_t *cpv_json(const uint32_t *cpv, size_t len)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < len; i++) {
        char text[sizeof "4294967295"];
        (void)snprintf(text, sizeof text, "%08" PRIu32, cpv[i]);
        if (json_array_append_new(list, json_string(text)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *suppliers_json(const struct toc_framework_supplier *suppliers, size_t len)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < len; i++) {
        json_t *const item = json_pack("{s:s}", "name", suppliers[i].name);
        int failed = json_array_append_new(list, item);
        if (!failed && suppliers[i].id[0] != '\0') {
            failed |= json_object_set_new(item, "scheme", json_string(suppliers[i].scheme));
            failed |= json_object_set_new(item, "id", json_string(suppliers[i].id));
        }
        if (failed) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *lot_json(const struct toc_framework_lot *lot)
{
    json_t *const json = json_pack("{s:s}", "number", lot->number);
    int failed = json == NULL;
    if (lot->title[0] != '\0') {
        failed |= json_object_set_new(json, "title", json_string(lot->title));
    }
    const char *const status = toc_framework_name_of(&toc_framework_status_names, lot->status);
    if (status != NULL) {
        failed |= json_object_set_new(json, "status", json_string(status));
    }
    if (lot->cpv_len > 0) {
        failed |= json_object_set_new(json, "cpv", cpv_json(lot->cpv, lot->cpv_len));
    }
    if (lot->suppliers_len > 0) {
        failed |= json_object_set_new(json, "suppliers",
                                      suppliers_json(lot->suppliers, lot->suppliers_len));
    }
    if (failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static json_t *lots_json(const struct toc_framework *framework)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < framework->lots_len; i++) {
        if (json_array_append_new(list, lot_json(&framework->lots[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *users_json(const struct toc_framework *framework)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < framework->open_to_len; i++) {
        const char *const name =
            toc_framework_name_of(&toc_framework_user_names, framework->open_to[i]);
        if (name != NULL && json_array_append_new(list, json_string(name)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *texts_json(const char *const *texts, size_t len)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < len; i++) {
        if (json_array_append_new(list, json_string(texts[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *list_json(const struct toc_framework *framework, enum toc_framework_field field)
{
    if (field == TOC_FIELD_OPEN_TO) {
        return users_json(framework);
    }
    if (field == TOC_FIELD_CATEGORIES) {
        return texts_json(framework->categories, framework->categories_len);
    }
    if (field == TOC_FIELD_CPV) {
        return cpv_json(framework->cpv, framework->cpv_len);
    }
    if (field == TOC_FIELD_LOTS) {
        return lots_json(framework);
    }
    TOC_ASSERT(field == TOC_FIELD_SUPPLIERS);
    return suppliers_json(framework->suppliers, framework->suppliers_len);
}

static json_t *date_json(uint32_t days)
{
    char text[TOC_DATE_TEXT_LEN + 1];
    toc_date_text((int32_t)days, text);
    return json_string(text);
}

static json_t *field_json(const struct toc_framework *framework,
                          const struct toc_framework_row *row)
{
    const void *const at = (const char *)framework + row->offset;
    switch (row->shape) {
    case TOC_SHAPE_TEXT:
        return json_string(*(const char *const *)at);
    case TOC_SHAPE_CHOICE:
        return json_string(toc_framework_name_of(row->names, *(const uint32_t *)at));
    case TOC_SHAPE_ANSWER:
        return json_boolean(*(const uint32_t *)at == TOC_FRAMEWORK_YES);
    case TOC_SHAPE_COUNT:
        return json_integer((json_int_t) * (const uint32_t *)at);
    case TOC_SHAPE_DATE:
        return date_json(*(const uint32_t *)at);
    case TOC_SHAPE_POUNDS:
        return json_integer((json_int_t) * (const uint64_t *)at);
    case TOC_SHAPE_LIST:
        return list_json(framework, row->field);
    }
    TOC_UNREACHABLE();
    return NULL;
}

/* {"stated": [...], "inferred": [...]}: every field that says anything is in one of them. */
static json_t *basis_json(const struct toc_framework *framework)
{
    json_t *const stated = json_array();
    json_t *const inferred = json_array();
    int failed = 0;
    for (size_t i = 0; i < toc_framework_rows_len; i++) {
        const struct toc_framework_row *const row = &toc_framework_rows[i];
        if (row->field == 0 || !toc_framework_has(framework, row)) {
            continue;
        }
        const bool is_inferred = (framework->inferred & TOC_FRAMEWORK_BIT(row->field)) != 0;
        failed |= json_array_append_new(is_inferred ? inferred : stated, json_string(row->key));
    }
    json_t *const basis = json_pack("{s:o, s:o}", "stated", stated, "inferred", inferred);
    if (failed) {
        json_decref(basis);
        return NULL;
    }
    return basis;
}

json_t *toc_framework_to_json(const struct toc_record *record)
{
    const struct toc_framework *const framework = record->as.framework;
    json_t *const json = json_object();
    int failed = json == NULL;
    for (size_t i = 0; i < toc_framework_rows_len; i++) {
        const struct toc_framework_row *const row = &toc_framework_rows[i];
        if (toc_framework_has(framework, row)) {
            failed |= json_object_set_new(json, row->key, field_json(framework, row));
        }
    }
    failed |= json_object_set_new(json, "basis", basis_json(framework));
    if (failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}
