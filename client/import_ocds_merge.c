#include "ensure.h"
#include "import_json.h"
#include "import_ocds_map.h"
#include <string.h>

/* The lists that OCDS merges by the ids of their items; every other list is replaced whole. */
static bool merges_by_id(const char *key)
{
    static const char *const keys[] = {"parties", "lots",      "items",
                                       "awards",  "contracts", "relatedProcesses"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *item_with_id(const json_t *list, const json_t *id)
{
    for (size_t i = 0; id != NULL && i < json_array_size(list); i++) {
        json_t *const item = json_array_get(list, i);
        if (json_equal(json_object_get(item, "id"), id)) {
            return item;
        }
    }
    return NULL;
}

static enum toc_result merge_list(json_t *target, const json_t *later)
{
    for (size_t i = 0; i < json_array_size(later); i++) {
        const json_t *const item = json_array_get(later, i);
        json_t *const same = item_with_id(target, json_object_get(item, "id"));
        if (json_is_object(same) && json_is_object(item)) {
            TOC_TRY(toc_ocds_merge(same, item));
        } else {
            TOC_ENSURE(json_array_append_new(target, json_deep_copy(item)) == 0, TOC_NOMEM);
        }
    }
    return TOC_OK;
}

static enum toc_result merge_key(json_t *target, const char *key, const json_t *later)
{
    json_t *const old = json_object_get(target, key);
    if (json_is_null(later)) {
        (void)json_object_del(target, key);
        return TOC_OK;
    }
    if (json_is_object(old) && json_is_object(later)) {
        return toc_ocds_merge(old, later);
    }
    if (json_is_array(old) && json_is_array(later) && merges_by_id(key)) {
        return merge_list(old, later);
    }
    TOC_ENSURE(json_object_set_new(target, key, json_deep_copy(later)) == 0, TOC_NOMEM);
    return TOC_OK;
}

enum toc_result toc_ocds_merge(json_t *target, const json_t *later)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)later, key, value)
    {
        TOC_TRY(merge_key(target, key, value));
    }
    return TOC_OK;
}
