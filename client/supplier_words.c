#include "supplier_words.h"
#include "category.h"
#include <string.h>

#define COMPANY_PREFIX "GB-COH-"

bool toc_supplier_normalised(const json_t *supplier)
{
    return json_array_size(toc_field_array(supplier, "normalised")) > 0;
}

bool toc_supplier_filled(const json_t *supplier)
{
    return strcmp(toc_field_text(supplier, "number_basis"), "filled") == 0;
}

void toc_supplier_number_text(const json_t *supplier, char *ret_text)
{
    const char *number = toc_field_text(supplier, "number");
    if (strncmp(number, COMPANY_PREFIX, strlen(COMPANY_PREFIX)) == 0) {
        number += strlen(COMPANY_PREFIX);
    }
    (void)snprintf(ret_text, TOC_NUMBER_TEXT_LEN + 1, "%.60s%s%s", number,
                   number[0] != '\0' && toc_supplier_normalised(supplier) ? "~" : "",
                   number[0] != '\0' && toc_supplier_filled(supplier) ? "+" : "");
}

const char *toc_supplier_name_of(const json_t *value)
{
    const char *const text = json_string_value(value);
    return text != NULL ? text : toc_field_text(value, "name");
}

int64_t toc_supplier_count_of(const json_t *value)
{
    return json_is_array(value) ? (int64_t)json_array_size(value) : json_integer_value(value);
}

int toc_supplier_exit_of(enum toc_result result)
{
    return result == TOC_CONFLICT || result == TOC_INVALID ? TOC_EXIT_USAGE
                                                           : toc_cli_exit_of(result);
}

int toc_supplier_fail(struct toc_cli *cli, enum toc_result result, const struct toc_why *why)
{
    (void)toc_cli_fail(cli, result, why);
    return toc_supplier_exit_of(result);
}

const char *toc_supplier_category(const char *category)
{
    struct toc_category parsed;
    if (toc_category_parse(category, &parsed) != TOC_OK) {
        return category;
    }
    const char *const label = toc_category_label(parsed);
    return label == NULL ? category : label;
}
