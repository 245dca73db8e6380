#include "own_contracts.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

enum { PAGE = 500 };

bool toc_own_contracts_wanted(const json_t *contract, const struct toc_own_contracts_filter *filter)
{
    const char *const end = toc_field_text(contract, "end");
    if (filter->incomplete && json_array_size(toc_field_array(contract, "missing")) == 0) {
        return false;
    }
    if (filter->from[0] == '\0') {
        return true;
    }
    return end[0] != '\0' && strcmp(end, filter->from) >= 0 && strcmp(end, filter->until) <= 0;
}

static enum toc_result page(struct toc_cli *cli, const struct toc_own_contracts_filter *filter,
                            json_t **after, json_t *contracts, size_t *seen, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    json_t *const fields = json_pack("{s:i, s:s*, s:O*}", "limit", PAGE, "supplier",
                                     filter->supplier, "after", *after);
    if (fields == NULL) {
        return toc_fail(why, TOC_INVALID, "--supplier: is no UTF-8 text");
    }
    TOC_TRY(toc_cli_call(cli, "contract_list", fields, &reply, why));
    const json_t *const rows = toc_field_array(reply.json, "contracts");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *const row = json_array_get(rows, i);
        if (toc_own_contracts_wanted(row, filter) && json_array_append(contracts, row) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    *seen += json_array_size(rows);
    toc_json_free(after);
    json_t *const next = json_object_get(reply.json, "after");
    /* A page may be empty and yet not the last: a filter passes over many rows. */
    *after = next == NULL || json_is_null(next) ? NULL : json_incref(next);
    return TOC_OK;
}

enum toc_result toc_own_contracts_fetch(struct toc_cli *cli,
                                        const struct toc_own_contracts_filter *filter,
                                        json_t **ret_contracts, size_t *ret_seen,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *contracts = json_array();
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    size_t seen = 0;
    do {
        TOC_TRY(page(cli, filter, &after, contracts, &seen, why));
    } while (after != NULL);
    if (toc_own_contracts_sort(&contracts) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    *ret_contracts = toc_take(&contracts);
    *ret_seen = seen;
    return TOC_OK;
}

static int compare_contracts(const void *a, const void *b)
{
    static const char *const keys[] = {"end", "reference", "title", "id"};
    const json_t *const left = *(json_t *const *)a;
    const json_t *const right = *(json_t *const *)b;
    const bool ends[] = {toc_field_text(left, "end")[0] != '\0',
                         toc_field_text(right, "end")[0] != '\0'};
    int order = ends[0] == ends[1] ? 0 : (ends[0] ? -1 : 1);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && order == 0; i++) {
        order = strcmp(toc_field_text(left, keys[i]), toc_field_text(right, keys[i]));
    }
    return order;
}

/* Most contracts first; then by name, so that the order is the same every time. */
static int compare_gaps(const void *a, const void *b)
{
    const json_t *const left = *(json_t *const *)a;
    const json_t *const right = *(json_t *const *)b;
    const int64_t counts[] = {toc_field_number(left, "contracts"),
                              toc_field_number(right, "contracts")};
    return counts[0] != counts[1]
               ? (counts[0] > counts[1] ? -1 : 1)
               : strcmp(toc_field_text(left, "field"), toc_field_text(right, "field"));
}

static enum toc_result sort_array(json_t **array, int (*compare)(const void *, const void *))
{
    const size_t len = json_array_size(*array);
    json_t **const items = calloc(len + 1, sizeof(json_t *));
    json_t *sorted = json_array();
    int failed = items == NULL || sorted == NULL;
    for (size_t i = 0; i < len && !failed; i++) {
        items[i] = json_array_get(*array, i);
    }
    if (!failed) {
        qsort(items, len, sizeof(json_t *), compare);
    }
    for (size_t i = 0; i < len && !failed; i++) {
        failed = json_array_append(sorted, items[i]);
    }
    free(items);
    if (failed) {
        json_decref(sorted);
        return TOC_NOMEM;
    }
    json_decref(*array);
    *array = sorted;
    return TOC_OK;
}

enum toc_result toc_own_contracts_sort(json_t **contracts)
{
    return sort_array(contracts, compare_contracts);
}

static int count_missing(const json_t *contract, json_t *counts)
{
    const json_t *const missing = toc_field_array(contract, "missing");
    int failed = 0;
    for (size_t i = 0; i < json_array_size(missing); i++) {
        const char *const field = json_string_value(json_array_get(missing, i));
        if (field != NULL) {
            const json_int_t so_far = json_integer_value(json_object_get(counts, field));
            failed |= json_object_set_new(counts, field, json_integer(so_far + 1));
        }
    }
    return failed;
}

json_t *toc_own_contracts_gaps(const json_t *contracts)
{
    TOC_AUTO(toc_json_free) json_t *counts = json_object();
    json_t *gaps = json_array();
    int failed = counts == NULL;
    const char *field;
    json_t *count;
    for (size_t i = 0; i < json_array_size(contracts); i++) {
        failed |= count_missing(json_array_get(contracts, i), counts);
    }
    json_object_foreach(counts, field, count)
    {
        failed |= json_array_append_new(
            gaps, json_pack("{s:s, s:O}", "field", field, "contracts", count));
    }
    if (failed || sort_array(&gaps, compare_gaps) != TOC_OK) {
        json_decref(gaps);
        return NULL;
    }
    return gaps;
}
