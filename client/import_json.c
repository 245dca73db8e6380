#include "import_json.h"
#include <string.h>

enum { STEP_LEN_MAX = 64 };

const json_t *toc_json_at(const json_t *json, const char *path)
{
    while (json != NULL && *path != '\0') {
        char step[STEP_LEN_MAX];
        const size_t len = strcspn(path, ".");
        if (len >= sizeof step) {
            return NULL;
        }
        memcpy(step, path, len);
        step[len] = '\0';
        json = json_object_get(json, step);
        path += len + (path[len] == '.' ? 1 : 0);
    }
    return json;
}

const char *toc_json_text(const json_t *json, const char *path)
{
    const char *const text = json_string_value(toc_json_at(json, path));
    return text == NULL ? "" : text;
}

size_t toc_json_len(const json_t *json, const char *path)
{
    return json_array_size(toc_json_at(json, path));
}

bool toc_json_true(const json_t *json, const char *path)
{
    return json_is_true(toc_json_at(json, path));
}

bool toc_json_lists(const json_t *json, const char *path, const char *text)
{
    const json_t *const list = toc_json_at(json, path);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *const item = json_string_value(json_array_get(list, i));
        if (item != NULL && strcmp(item, text) == 0) {
            return true;
        }
    }
    return false;
}

double toc_json_number(const json_t *json, const char *path)
{
    const json_t *const value = toc_json_at(json, path);
    const double number = json_number_value(value);
    return json_is_number(value) && number >= 0 ? number : -1;
}
