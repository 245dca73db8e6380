/* One process to one release: which of its rows say what. */
#include "ensure.h"
#include "ocds_write.h"
#include "print_json.h"
#include "record_json.h"
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 24 };

static bool is_framework_row(const json_t *contract)
{
    const char *const type = toc_field_text(contract, "type");
    return strcmp(type, "framework") == 0 || strcmp(type, "dps") == 0;
}

/* Rows that differ in nothing but their supplier are one contract: a register has a row for each.
 */
static bool is_same_contract(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"reference", "title", "start",       "end",
                                       "extension", "value", "description", "cpv"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *const left = json_object_get(a, keys[i]);
        const json_t *const right = json_object_get(b, keys[i]);
        if (!(left == NULL && right == NULL) && !json_equal(left, right)) {
            return false;
        }
    }
    return true;
}

static int compare_rows(const void *a, const void *b)
{
    static const char *const keys[] = {"reference", "title",  "start", "end",
                                       "extension", "number", "name",  "id"};
    const json_t *const left = *(json_t *const *)a;
    const json_t *const right = *(json_t *const *)b;
    int order = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && order == 0; i++) {
        order = strcmp(toc_field_text(left, keys[i]), toc_field_text(right, keys[i]));
    }
    return order;
}

/* One group of rows after the other, each into the release. Takes from `left`, an array of rows. */
static int add_groups(struct toc_ocds_release *release, json_t **rows, size_t len,
                      struct toc_ocds_counts *counts)
{
    int failed = 0;
    for (size_t i = 0; i < len; i++) {
        json_t *const group = json_array();
        if (rows[i] == NULL) {
            json_decref(group);
            continue;
        }
        const json_t *const first = rows[i];
        for (size_t j = i; j < len; j++) {
            if (rows[j] != NULL && is_same_contract(first, rows[j])) {
                failed |= json_array_append(group, rows[j]);
                rows[j] = NULL;
            }
        }
        failed |= toc_ocds_contract(release, group);
        counts->contracts++;
        json_decref(group);
    }
    return failed;
}

static int add_contracts(struct toc_ocds_release *release, const json_t *process,
                         struct toc_ocds_counts *counts)
{
    const json_t *const all = toc_field_array(process, "contracts");
    const bool framework = json_object_get(process, "framework") != NULL;
    json_t **const rows = calloc(json_array_size(all) + 1, sizeof(json_t *));
    size_t len = 0;
    if (rows == NULL) {
        return -1;
    }
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *const row = json_array_get(all, i);
        /* The framework's own record has said it, with its suppliers. */
        if (!framework || !is_framework_row(row)) {
            rows[len++] = row;
        }
    }
    qsort(rows, len, sizeof(json_t *), compare_rows);
    const int failed = add_groups(release, rows, len, counts);
    free(rows);
    return failed;
}

static json_t *tags_of(const json_t *release, bool framework)
{
    json_t *const tags = json_array();
    int failed = framework ? json_array_append_new(tags, json_string("tender")) : 0;
    if (json_object_get(release, "awards") != NULL) {
        failed |= json_array_append_new(tags, json_string("award"));
    }
    if (json_object_get(release, "contracts") != NULL) {
        failed |= json_array_append_new(tags, json_string("contract"));
    }
    if (failed) {
        json_decref(tags);
        return NULL;
    }
    return tags;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(toc_field_text(*(json_t *const *)a, "id"),
                  toc_field_text(*(json_t *const *)b, "id"));
}

/* The buyer and the suppliers, by id. */
static int set_parties(struct toc_ocds_release *release)
{
    const size_t len = json_object_size(release->parties);
    json_t **const items = calloc(len + 1, sizeof(json_t *));
    json_t *const list = json_array();
    const char *key;
    json_t *one;
    size_t at = 0;
    int failed = items == NULL || list == NULL;
    json_object_foreach(release->parties, key, one)
    {
        if (!failed) {
            items[at++] = one;
        }
    }
    if (!failed) {
        qsort(items, at, sizeof(json_t *), by_id);
    }
    for (size_t i = 0; i < at; i++) {
        failed |= json_array_append(list, items[i]);
    }
    free(items);
    return json_object_set_new(release->json, "parties", list) | failed;
}

/* What it says, so that another release of the process has another id. */
static int set_id(json_t *release)
{
    char id[sizeof "tocsin-" + ID_DIGITS] = "tocsin-";
    char *const text = toc_json_dumps(release, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL) {
        return -1;
    }
    toc_ocds_hash(text, ID_DIGITS, id + strlen(id));
    free(text);
    return json_object_set_new(release, "id", json_string(id));
}

static int fill_release(struct toc_ocds_release *release, const struct toc_member *self,
                        const json_t *process, struct toc_ocds_counts *counts)
{
    const json_t *const framework = json_object_get(process, "framework");
    const bool own = toc_field_true(process, "own");
    int failed = json_object_set_new(
        release->json, "buyer",
        toc_ocds_buyer(release, own ? self : NULL, toc_field_text(process, "buyer")));
    if (framework != NULL) {
        failed |= toc_ocds_framework(release, framework);
    }
    failed |= add_contracts(release, process, counts);
    failed |= json_object_set_new(release->json, "tag", tags_of(release->json, framework != NULL));
    failed |= set_parties(release);
    return set_id(release->json) | failed;
}

enum toc_result toc_ocds_release_add(const struct toc_member *self, const json_t *process,
                                     json_t *releases, struct toc_ocds_counts *counts)
{
    TOC_AUTO(toc_json_free) json_t *parties = json_object();
    TOC_AUTO(toc_json_free) json_t *awards = json_object();
    TOC_AUTO(toc_json_free)
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "ocid", toc_field_text(process, "ocid"),
                             "id", "", "date", toc_field_text(process, "time"), "initiationType",
                             "tender", "language", "en");
    struct toc_ocds_release release = {.json = json, .parties = parties, .awards = awards};
    TOC_ENSURE(json != NULL && parties != NULL && awards != NULL, TOC_NOMEM);
    TOC_ENSURE(fill_release(&release, self, process, counts) == 0, TOC_NOMEM);
    TOC_ENSURE(json_array_append(releases, json) == 0, TOC_NOMEM);
    counts->releases++;
    return TOC_OK;
}
