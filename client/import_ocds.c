#include "import_ocds.h"
#include "ensure.h"
#include "ident.h"
#include "import_framework.h"
#include "import_json.h"
#include "import_ocds_map.h"
#include "import_ocds_owner.h"
#include "import_text.h"
#include "timetext.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A release of ours: one row of a process. */
struct own {
    const json_t *release; /* borrowed from the document */
    const char *buyer_key; /* NULL: it names no buyer, and waits for the others of its process */
    const char *buyer_name;
    const char *reference;
    int64_t date_ms;
    size_t row;
};

struct work {
    struct toc_import *import;
    struct toc_import_self self;
    struct own *owns;
    size_t owns_len;
    size_t owns_room;
    json_t *own_keys; /* ocid to buyer key; null when there are two */
    json_t *others;   /* ocids that another buyer's release has too */
    size_t rows;
};

static enum toc_result remember_own(struct work *work, const char *ocid, const char *buyer_key)
{
    const char *const before = json_string_value(json_object_get(work->own_keys, ocid));
    const bool first = json_object_get(work->own_keys, ocid) == NULL;
    json_t *value = json_null();
    if (first || (before != NULL && strcmp(before, buyer_key) == 0)) {
        value = json_string(buyer_key);
    }
    TOC_ENSURE(json_object_set_new(work->own_keys, ocid, value) == 0, TOC_NOMEM);
    return TOC_OK;
}

static enum toc_result keep_own(struct work *work, const json_t *release, const char *buyer_key,
                                const char *buyer_name)
{
    struct toc_arena *const arena = work->import->arena;
    TOC_TRY(
        toc_import_grow(arena, &work->owns, work->owns_len, &work->owns_room, sizeof *work->owns));
    struct own own = {.release = release, .buyer_name = buyer_name, .row = work->rows};
    if (buyer_key != NULL) {
        own.buyer_key = toc_arena_text(arena, toc_bytes_text(buyer_key));
        TOC_ENSURE(own.buyer_key != NULL, TOC_NOMEM);
    }
    if (toc_time_parse(toc_json_text(release, "date"), &own.date_ms) != TOC_OK) {
        own.date_ms = INT64_MIN; /* before all that have a date */
    }
    work->owns[work->owns_len++] = own;
    return TOC_OK;
}

static enum toc_result reject(struct work *work, size_t row, const char *column, const char *reason)
{
    return toc_import_settle(work->import, row, TOC_IMPORT_REJECTED, column, reason);
}

static enum toc_result take_release(struct work *work, const json_t *release)
{
    char key[TOC_OCDS_BUYER_KEY_MAX + 1];
    const char *name = NULL;
    const char *const ocid = toc_json_text(release, "ocid");
    work->rows++;
    if (!json_is_object(release)) {
        return reject(work, work->rows, "", "is not an object");
    }
    if (!toc_ident_text(ocid, TOC_FRAMEWORK_OCID_MAX)) {
        const bool linked = toc_json_text(release, "url")[0] != '\0';
        return reject(work, work->rows, "ocid",
                      linked ? "only links to a release; download the release itself"
                             : "is missing or is no ocid");
    }
    switch (toc_ocds_owner(&work->self, release, key, &name)) {
    case TOC_OCDS_OWNER_SELF:
        TOC_TRY(remember_own(work, ocid, key));
        return keep_own(work, release, key, name);
    case TOC_OCDS_OWNER_NONE:
        return keep_own(work, release, NULL, NULL);
    case TOC_OCDS_OWNER_OTHER:
        TOC_ENSURE(json_object_set_new(work->others, ocid, json_true()) == 0, TOC_NOMEM);
        return toc_import_settle(work->import, work->rows, TOC_IMPORT_SCREENED, "buyer",
                                 TOC_SCREENED_OTHER_BUYER);
    }
    TOC_UNREACHABLE();
    return TOC_INVALID;
}

static enum toc_result walk_list(struct work *work, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        TOC_TRY(take_release(work, json_array_get(list, i)));
    }
    return TOC_OK;
}

/* The compiled release stands for all of a record's; without it they are merged here. */
static enum toc_result walk_record(struct work *work, const json_t *record)
{
    const json_t *const compiled = json_object_get(record, "compiledRelease");
    if (json_is_object(compiled)) {
        return take_release(work, compiled);
    }
    const json_t *const releases = json_object_get(record, "releases");
    if (json_array_size(releases) > 0) {
        return walk_list(work, releases);
    }
    work->rows++;
    return reject(work, work->rows, "compiledRelease", "the record holds no release");
}

/* TOC_NOTFOUND for an object that is none of these. */
static enum toc_result walk_object(struct work *work, const json_t *json)
{
    const json_t *const records = json_object_get(json, "records");
    const bool has_ocid = json_object_get(json, "ocid") != NULL;
    const json_t *const releases = json_object_get(json, "releases");
    if (json_is_array(records)) {
        for (size_t i = 0; i < json_array_size(records); i++) {
            TOC_TRY(walk_record(work, json_array_get(records, i)));
        }
        return TOC_OK;
    }
    if (json_object_get(json, "compiledRelease") != NULL || (has_ocid && json_is_array(releases))) {
        return walk_record(work, json);
    }
    if (json_is_array(releases)) {
        return walk_list(work, releases);
    }
    return has_ocid ? take_release(work, json) : TOC_NOTFOUND;
}

static enum toc_result walk(struct work *work, const json_t *document)
{
    if (!json_is_array(document)) {
        return walk_object(work, document);
    }
    for (size_t i = 0; i < json_array_size(document); i++) {
        const enum toc_result result = walk_object(work, json_array_get(document, i));
        if (result == TOC_NOTFOUND) {
            TOC_TRY(take_release(work, json_array_get(document, i)));
        } else {
            TOC_TRY(result);
        }
    }
    return TOC_OK;
}

/* A release without a buyer is screened where nothing says that it is ours, and told where its
 * process has several buyers and it could be. */
static enum toc_result settle_nameless(struct work *work, const struct own *own, const char *ocid)
{
    if (json_object_get(work->own_keys, ocid) == NULL) {
        return toc_import_settle(work->import, own->row, TOC_IMPORT_SCREENED, "buyer",
                                 TOC_SCREENED_NO_BUYER);
    }
    return reject(work, own->row, "buyer", "is missing, and the process has several buyers");
}

/* A later release of a process often leaves out the buyer. It is ours when all the others are. */
static enum toc_result name_the_nameless(struct work *work)
{
    size_t kept = 0;
    for (size_t i = 0; i < work->owns_len; i++) {
        struct own own = work->owns[i];
        const char *const ocid = toc_json_text(own.release, "ocid");
        if (own.buyer_key == NULL && json_object_get(work->others, ocid) == NULL) {
            own.buyer_key = json_string_value(json_object_get(work->own_keys, ocid));
        }
        if (own.buyer_key == NULL) {
            TOC_TRY(settle_nameless(work, &own, ocid));
            continue;
        }
        char reference[TOC_FRAMEWORK_REFERENCE_MAX + 1];
        (void)snprintf(reference, sizeof reference, "%s|%s", ocid, own.buyer_key);
        own.reference = toc_arena_text(work->import->arena, toc_bytes_text(reference));
        TOC_ENSURE(own.reference != NULL, TOC_NOMEM);
        work->owns[kept++] = own;
    }
    work->owns_len = kept;
    return TOC_OK;
}

static int compare_owns(const void *a, const void *b)
{
    const struct own *const x = a;
    const struct own *const y = b;
    const int by_reference = strcmp(x->reference, y->reference);
    if (by_reference != 0) {
        return by_reference;
    }
    if (x->date_ms != y->date_ms) {
        return x->date_ms < y->date_ms ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row ? 1 : 0;
}

static enum toc_result settle_all(struct work *work, const struct own *owns, size_t len,
                                  enum toc_import_fate fate, const char *column, const char *reason)
{
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(toc_import_settle(work->import, owns[i].row, fate, column, reason));
    }
    return TOC_OK;
}

/* The last release's id; Public Contracts Scotland gives none. */
static enum toc_result set_source(struct toc_arena *arena, const json_t *release,
                                  struct toc_framework *framework)
{
    char source[TOC_FRAMEWORK_SOURCE_MAX + 1];
    const char *const id = toc_json_text(release, "id");
    if (id[0] == '\0') {
        (void)snprintf(source, sizeof source, "%.*s-%.40s", TOC_FRAMEWORK_OCID_MAX,
                       toc_json_text(release, "ocid"), toc_json_text(release, "date"));
    }
    framework->source =
        toc_import_text(arena, id[0] == '\0' ? source : id, TOC_FRAMEWORK_SOURCE_MAX);
    return framework->source == NULL ? TOC_NOMEM : TOC_OK;
}

static const char *buyer_name_of(const struct own *owns, size_t len, const char *fallback)
{
    for (size_t i = len; i > 0; i--) {
        if (owns[i - 1].buyer_name != NULL) {
            return owns[i - 1].buyer_name;
        }
    }
    return fallback;
}

static enum toc_result use_process(struct work *work, const struct own *owns, size_t len,
                                   const json_t *merged, const struct toc_ocds_kind *kind)
{
    struct toc_arena *const arena = work->import->arena;
    struct toc_framework framework;
    struct toc_why why = {.text = ""};
    toc_framework_init(&framework);
    framework.reference = owns[0].reference;
    framework.buyer =
        toc_import_text(arena, buyer_name_of(owns, len, work->self.member->name), TOC_NAME_LEN_MAX);
    TOC_ENSURE(framework.buyer != NULL, TOC_NOMEM);
    TOC_TRY(toc_ocds_map(arena, merged, kind, &framework));
    TOC_TRY(set_source(arena, owns[len - 1].release, &framework));
    const enum toc_result result = toc_import_framework_add(work->import, &framework, &why);
    if (result == TOC_INVALID || result == TOC_TOOBIG) {
        for (size_t i = 0; i < len; i++) {
            TOC_TRY(toc_import_reject_why(work->import, owns[i].row, &why));
        }
        return TOC_OK;
    }
    TOC_TRY(result);
    if (framework.suppliers_left_out > 0) {
        TOC_TRY(toc_import_remark(work->import, owns[len - 1].row, "awards.suppliers",
                                  "suppliers were left out that may be persons"));
    }
    return settle_all(work, owns, len, TOC_IMPORT_USED, "", "");
}

static void json_free(json_t **json)
{
    json_decref(*json);
}

/* One process: its releases, oldest first. */
static enum toc_result take_process(struct work *work, const struct own *owns, size_t len)
{
    TOC_AUTO(json_free) json_t *merged = json_deep_copy(owns[0].release);
    TOC_ENSURE(merged != NULL, TOC_NOMEM);
    for (size_t i = 1; i < len; i++) {
        TOC_TRY(toc_ocds_merge(merged, owns[i].release));
    }
    const struct toc_ocds_kind kind = toc_ocds_kind_of(merged);
    if (kind.kind == 0) {
        return settle_all(work, owns, len, TOC_IMPORT_SCREENED, "tender",
                          TOC_SCREENED_NO_FRAMEWORK);
    }
    return use_process(work, owns, len, merged, &kind);
}

static enum toc_result take_processes(struct work *work)
{
    TOC_TRY(name_the_nameless(work));
    if (work->owns_len > 0) {
        qsort(work->owns, work->owns_len, sizeof *work->owns, compare_owns);
    }
    for (size_t start = 0; start < work->owns_len;) {
        size_t len = 1;
        while (start + len < work->owns_len &&
               strcmp(work->owns[start].reference, work->owns[start + len].reference) == 0) {
            len++;
        }
        TOC_TRY(take_process(work, &work->owns[start], len));
        start += len;
    }
    return TOC_OK;
}

/* jansson's own words quote the file, which may hold names: ours do not. */
static enum toc_result parse(struct toc_bytes file, json_t **ret_document, struct toc_why *why)
{
    json_error_t error;
    if (file.len >= 3 && memcmp(file.data, "\xef\xbb\xbf", 3) == 0) {
        file = toc_bytes_of(file.data + 3, file.len - 3);
    }
    if (file.len == 0) {
        return toc_fail(why, TOC_MALFORMED, "the file is empty");
    }
    json_t *const document = json_loadb((const char *)file.data, file.len, 0, &error);
    if (document != NULL) {
        *ret_document = document;
        return TOC_OK;
    }
    const enum json_error_code code = json_error_code(&error);
    if (code == json_error_out_of_memory) {
        return TOC_NOMEM;
    }
    return toc_fail(why, TOC_MALFORMED, "line %d, column %d: %s", error.line, error.column,
                    code == json_error_invalid_utf8             ? "is not UTF-8"
                    : code == json_error_premature_end_of_input ? "the file ends in the middle"
                    : code == json_error_stack_overflow         ? "is nested too deeply"
                                                                : "is not JSON");
}

static void work_done(struct work *work)
{
    json_decref(work->own_keys);
    json_decref(work->others);
}

enum toc_result toc_import_ocds(struct toc_bytes file, const struct toc_member *self,
                                struct toc_arena *arena, struct toc_import *ret_import,
                                struct toc_why *why)
{
    if (file.len > TOC_IMPORT_FILE_MAX) {
        return toc_fail(why, TOC_TOOBIG, "the file is over 256 MiB");
    }
    TOC_AUTO(json_free) json_t *document = NULL;
    TOC_TRY(parse(file, &document, why));
    struct toc_import import;
    toc_import_init(&import, arena);
    TOC_AUTO(work_done)
    struct work work = {.import = &import, .own_keys = json_object(), .others = json_object()};
    TOC_ENSURE(work.own_keys != NULL && work.others != NULL, TOC_NOMEM);
    TOC_TRY(toc_import_self_init(arena, self, &work.self));
    const enum toc_result result = walk(&work, document);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_MALFORMED,
                        "the file is JSON but holds no releases, records or release");
    }
    TOC_TRY(result);
    TOC_TRY(take_processes(&work));
    *ret_import = import;
    return TOC_OK;
}
