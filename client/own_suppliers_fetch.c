/* The daemon's answers to supplier_keys, page by page. */
#include "ensure.h"
#include "orgid.h"
#include "own_suppliers.h"
#include <string.h>

enum { PAGE = 1024, PAGES_MAX = TOC_OWN_MAX / PAGE + 1 };

static enum toc_result add_one(struct toc_own *own, const json_t *json)
{
    static const char company[] = "GB-COH-";
    const char *number = toc_field_text(json, "number");
    const bool numbered = number[0] != '\0';
    number = strncmp(number, company, sizeof company - 1) == 0 ? number + sizeof company - 1 : "";
    TOC_ENSURE(toc_field_text(json, "id")[0] != '\0', TOC_MALFORMED);
    TOC_TRY(toc_own_add(own, toc_field_text(json, "id"),
                        toc_orgid_valid(TOC_SCHEME_COH, number) ? number : "", numbered));
    const json_t *const folds = toc_field_array(json, "folds");
    for (size_t i = 0; i < json_array_size(folds); i++) {
        const char *const fold = json_string_value(json_array_get(folds, i));
        TOC_ENSURE(fold != NULL, TOC_MALFORMED);
        TOC_TRY(toc_own_add_name(own, fold));
    }
    return TOC_OK;
}

static enum toc_result add_page(struct toc_own *own, const json_t *reply, struct toc_why *why)
{
    const json_t *const suppliers = toc_field_array(reply, "suppliers");
    for (size_t i = 0; i < json_array_size(suppliers); i++) {
        const enum toc_result result = add_one(own, json_array_get(suppliers, i));
        if (result != TOC_OK) {
            return toc_fail(why, result, "supplier_keys: %s", toc_result_name(result));
        }
    }
    return TOC_OK;
}

enum toc_result toc_own_fetch(struct toc_cli *cli, struct toc_own **ret_own, struct toc_why *why)
{
    TOC_AUTO(toc_own_free) struct toc_own *own = NULL;
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    if (toc_own_new(&own) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    for (size_t page = 0; page < PAGES_MAX; page++) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        json_t *const fields = json_pack("{s:i, s:O*}", "limit", (int)PAGE, "after", after);
        TOC_TRY(toc_cli_call(cli, "supplier_keys", fields, &reply, why));
        TOC_TRY(add_page(own, reply.json, why));
        toc_json_free(&after);
        after = json_incref(json_object_get(reply.json, "after"));
        if (after == NULL || json_is_null(after)) {
            *ret_own = toc_take(&own);
            return TOC_OK;
        }
    }
    return toc_fail(why, TOC_MALFORMED, "supplier_keys: the list does not end");
}
