#include "print_json.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

void toc_json_free(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

static enum toc_result print(FILE *file, const json_t *json, size_t flags)
{
    TOC_ENSURE(json != NULL, TOC_NOMEM);
    if (json_dumpf(json, file, flags) != 0 || fputc('\n', file) == EOF) {
        return TOC_IO;
    }
    return TOC_OK;
}

enum toc_result toc_json_print(FILE *file, const json_t *json)
{
    return print(file, json, JSON_INDENT(2));
}

enum toc_result toc_json_print_line(FILE *file, const json_t *json)
{
    TOC_TRY(print(file, json, JSON_COMPACT));
    /* A line is of use at once to whoever reads the pipe. */
    return fflush(file) == 0 ? TOC_OK : TOC_IO;
}

const char *toc_field_text(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

int64_t toc_field_number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool toc_field_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

const json_t *toc_field_array(const json_t *object, const char *key)
{
    const json_t *const array = json_object_get(object, key);
    return json_is_array(array) ? array : NULL;
}

void toc_json_join(const json_t *array, char *ret_text, size_t room)
{
    static const char cut[] = "...";
    TOC_ASSERT(room > sizeof cut);
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *const text = json_string_value(json_array_get(array, i));
        const size_t len = text == NULL ? 0 : strlen(text);
        if (len == 0) {
            continue;
        }
        if (used + 2 + len + sizeof cut > room) {
            memcpy(ret_text + used, cut, sizeof cut);
            return;
        }
        if (used > 0) {
            memcpy(ret_text + used, ", ", 2);
            used += 2;
        }
        memcpy(ret_text + used, text, len + 1);
        used += len;
    }
}
