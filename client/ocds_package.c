#include "ocds_package.h"
#include "ensure.h"
#include "import_buyer.h"
#include "ocds_write.h"
#include "print_json.h"
#include "screen.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)1 << 20)

enum { TAIL_DIGITS = 16, OCID_LEN_MAX = 300, KEY_LEN_MAX = 1024 };

struct work {
    const struct toc_ocds_source *source;
    struct toc_import_self self;
    json_t *processes; /* by ocid and buyer: {ocid, buyer, own, framework, contracts[], time} */
    struct toc_ocds_counts counts;
};

bool toc_ocds_prefix_valid(const char *prefix)
{
    const size_t head = strlen("ocds-");
    return strlen(prefix) == TOC_OCDS_PREFIX_LEN && strncmp(prefix, "ocds-", head) == 0 &&
           strspn(prefix + head, "abcdefghijklmnopqrstuvwxyz0123456789") ==
               TOC_OCDS_PREFIX_LEN - head;
}

/* The process's own, or one made from what names it here: the same for every row of it, and at
 * every export. */
static void ocid_of(const struct work *work, const json_t *row, char ret_ocid[OCID_LEN_MAX + 1])
{
    const char *const ocid = toc_field_text(row, "ocid");
    const char *const reference = toc_field_text(row, "reference");
    char stem[KEY_LEN_MAX];
    char tail[TAIL_DIGITS + 1];
    if (strncmp(ocid, "ocds-", strlen("ocds-")) == 0) {
        (void)snprintf(ret_ocid, OCID_LEN_MAX + 1, "%.300s", ocid);
        return;
    }
    if (reference[0] != '\0') {
        (void)snprintf(stem, sizeof stem, "reference\n%s", reference);
    } else {
        (void)snprintf(stem, sizeof stem, "title\n%s\n%s", toc_field_text(row, "title"),
                       toc_field_text(row, "start"));
    }
    toc_ocds_hash(stem, TAIL_DIGITS, tail);
    (void)snprintf(ret_ocid, OCID_LEN_MAX + 1, "%s-%s-%s", work->source->prefix,
                   work->source->self->id, tail);
}

/* An ocid alone names no process: a portal gives one to several buyers. `buyer` "": this member. */
static json_t *process_of(struct work *work, const json_t *row, const char *buyer)
{
    char ocid[OCID_LEN_MAX + 1];
    char folded[TOC_FOLD_LEN_MAX + 1] = "";
    char key[KEY_LEN_MAX];
    ocid_of(work, row, ocid);
    const bool own = buyer[0] == '\0' || toc_import_self_name(&work->self, buyer, folded);
    (void)snprintf(key, sizeof key, "%s\n%s", ocid, own ? "" : folded);
    json_t *process = json_object_get(work->processes, key);
    if (process == NULL) {
        process = json_pack("{s:s, s:s, s:b, s:[], s:s}", "ocid", ocid, "buyer",
                            own ? work->source->self->name : buyer, "own", (int)own, "contracts",
                            "time", "");
        if (json_object_set_new(work->processes, key, process) != 0) {
            return NULL;
        }
    }
    const char *const time = toc_field_text(row, "time");
    if (strcmp(time, toc_field_text(process, "time")) > 0 &&
        json_object_set_new(process, "time", json_string(time)) != 0) {
        return NULL;
    }
    return process;
}

/* Of two records of one process the later stands. */
static enum toc_result take_framework(struct work *work, json_t *framework)
{
    json_t *const process = process_of(work, framework, toc_field_text(framework, "buyer"));
    TOC_ENSURE(process != NULL, TOC_NOMEM);
    const json_t *const before = json_object_get(process, "framework");
    const int order = strcmp(toc_field_text(framework, "time"), toc_field_text(before, "time"));
    const bool later = order > 0 || (order == 0 && toc_field_number(framework, "sequence") >
                                                       toc_field_number(before, "sequence"));
    TOC_ENSURE(before != NULL && !later ? true
                                        : json_object_set(process, "framework", framework) == 0,
               TOC_NOMEM);
    work->counts.frameworks += before == NULL ? 1 : 0;
    return TOC_OK;
}

/* Whether the contract may be told: it names nobody, or an organisation. */
static bool is_public(const json_t *contract)
{
    const char *const name = toc_field_text(contract, "name");
    const char *const state = toc_field_text(contract, "state");
    const char *const number = toc_field_text(contract, "number");
    char scheme[16] = "";
    const char *id = "";
    const char *const first = strchr(number, '-');
    const char *const second = first == NULL ? NULL : strchr(first + 1, '-');
    if (second != NULL) {
        (void)snprintf(scheme, sizeof scheme, "%.*s", (int)(second - number), number);
        id = second + 1;
    }
    if (name[0] == '\0') {
        return toc_field_text(contract, "supplier")[0] == '\0';
    }
    const enum toc_screen screen = toc_screen_supplier(name, scheme, id);
    return state[0] == '\0' ? screen == TOC_SCREEN_KEEP
                            : strcmp(state, "kept") == 0 && screen != TOC_SCREEN_DROP;
}

static enum toc_result take_contract(struct work *work, json_t *contract)
{
    if (!is_public(contract)) {
        work->counts.left_out++;
        return TOC_OK;
    }
    json_t *const process = process_of(work, contract, "");
    TOC_ENSURE(process != NULL, TOC_NOMEM);
    TOC_ENSURE(json_array_append(json_object_get(process, "contracts"), contract) == 0, TOC_NOMEM);
    return TOC_OK;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum toc_result add_releases(struct work *work, json_t *releases, const char **ret_last)
{
    const size_t len = json_object_size(work->processes);
    const char **const keys = calloc(len + 1, sizeof *keys);
    enum toc_result result = keys == NULL ? TOC_NOMEM : TOC_OK;
    const char *key;
    json_t *process;
    size_t at = 0;
    TOC_TRY(result);
    json_object_foreach(work->processes, key, process)
    {
        keys[at++] = key;
    }
    qsort(keys, at, sizeof *keys, compare_keys);
    for (size_t i = 0; i < at && result == TOC_OK; i++) {
        process = json_object_get(work->processes, keys[i]);
        const char *const time = toc_field_text(process, "time");
        *ret_last = strcmp(time, *ret_last) > 0 ? time : *ret_last;
        result = toc_ocds_release_add(work->source->self, process, releases, &work->counts);
    }
    free(keys);
    return result;
}

static json_t *package_of(const struct work *work, json_t *releases, const char *last)
{
    static const char extensions[] =
        "https://raw.githubusercontent.com/open-contracting-extensions/";
    const struct toc_member *const self = work->source->self;
    char uri[200];
    char lots[200];
    char techniques[200];
    (void)snprintf(uri, sizeof uri, "urn:tocsin:%.60s:%.60s:ocds", work->source->group, self->id);
    (void)snprintf(lots, sizeof lots, "%socds_lots_extension/v1.1.5/extension.json", extensions);
    (void)snprintf(techniques, sizeof techniques,
                   "%socds_techniques_extension/master/extension.json", extensions);
    json_t *const publisher = json_pack("{s:s}", "name", self->name);
    int failed = publisher == NULL;
    if (self->buyers_len > 0) {
        failed |= toc_ocds_text(publisher, "scheme", self->buyers[0].scheme);
        failed |= toc_ocds_text(publisher, "uid", self->buyers[0].id);
    }
    json_t *const package = json_pack("{s:s, s:s, s:s, s:o, s:[s, s], s:O}", "version", "1.1",
                                      "uri", uri, "publishedDate", last, "publisher", publisher,
                                      "extensions", lots, techniques, "releases", releases);
    if (failed) {
        json_decref(package);
        return NULL;
    }
    return package;
}

static enum toc_result take_all(struct work *work)
{
    const struct toc_ocds_source *const source = work->source;
    for (size_t i = 0; i < json_array_size(source->frameworks); i++) {
        TOC_TRY(take_framework(work, json_array_get(source->frameworks, i)));
    }
    for (size_t i = 0; i < json_array_size(source->contracts); i++) {
        TOC_TRY(take_contract(work, json_array_get(source->contracts, i)));
    }
    return json_object_size(work->processes) == 0 ? TOC_NOTFOUND : TOC_OK;
}

enum toc_result toc_ocds_package(const struct toc_ocds_source *source, json_t **ret_package,
                                 struct toc_ocds_counts *ret_counts)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_json_free) json_t *processes = json_object();
    TOC_AUTO(toc_json_free) json_t *releases = json_array();
    struct work work = {.source = source, .processes = processes};
    const char *last = "";
    TOC_ENSURE(processes != NULL && releases != NULL, TOC_NOMEM);
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_import_self_init(arena, source->self, &work.self));
    TOC_TRY(take_all(&work));
    TOC_TRY(add_releases(&work, releases, &last));
    json_t *const package = package_of(&work, releases, last);
    TOC_ENSURE(package != NULL, TOC_NOMEM);
    *ret_package = package;
    *ret_counts = work.counts;
    return TOC_OK;
}
