#include "export_ocds.h"
#include "catalogue.h"
#include "ensure.h"
#include "file.h"
#include "framework_find.h"
#include "ocds_package.h"
#include "own_contracts.h"
#include "own_entry.h"
#include "record_json.h"
#include <stdlib.h>
#include <string.h>

enum { WANT_LIMIT = 1000 };

/* Sequence to time, of this member's own records. */
static int remember_times(const json_t *records, const char *self, json_t *times)
{
    int failed = 0;
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *const item = json_array_get(records, i);
        if (strcmp(toc_field_text(item, "publisher"), self) == 0) {
            char sequence[24];
            (void)snprintf(sequence, sizeof sequence, "%lld",
                           (long long)toc_field_number(item, "sequence"));
            failed |=
                json_object_set_new(times, sequence, json_string(toc_field_text(item, "time")));
        }
    }
    return failed;
}

/* When each framework was published: what stands does not say it, the journal does. */
static enum toc_result fetch_times(struct toc_cli *cli, const char *self, json_t *times,
                                   struct toc_why *why)
{
    int64_t cursor = 0;
    for (bool more = true; more;) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "want",
                             json_pack("{s:I, s:[s], s:i}", "cursor", (json_int_t)cursor, "streams",
                                       TOC_FRAMEWORK_STREAM, "limit", WANT_LIMIT),
                             &reply, why));
        const json_t *const records = toc_field_array(reply.json, "records");
        const int64_t next = toc_field_number(reply.json, "cursor");
        if (remember_times(records, self, times) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        /* A page may be empty and yet not the last. */
        more = next > cursor;
        cursor = next;
    }
    return TOC_OK;
}

/* The group's own stream alone: a sub-group's is not for the public. */
static enum toc_result fetch_frameworks(struct toc_cli *cli, const char *self,
                                        json_t **ret_frameworks, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *frameworks = NULL;
    TOC_AUTO(toc_json_free) json_t *times = json_object();
    const struct toc_catalogue_filter filter = {.stream = TOC_FRAMEWORK_STREAM, .publisher = self};
    TOC_TRY(toc_catalogue_fetch(cli, &filter, &frameworks, why));
    TOC_TRY(fetch_times(cli, self, times, why));
    for (size_t i = 0; i < json_array_size(frameworks); i++) {
        json_t *const framework = json_array_get(frameworks, i);
        char sequence[24];
        (void)snprintf(sequence, sizeof sequence, "%lld",
                       (long long)toc_field_number(framework, "sequence"));
        json_t *const time = json_object_get(times, sequence);
        if (time == NULL || json_object_set(framework, "time", time) != 0) {
            return toc_fail(why, TOC_AGAIN, "record %s: was published just now: try again",
                            sequence);
        }
    }
    *ret_frameworks = toc_take(&frameworks);
    return TOC_OK;
}

static const char *time_of_source(const json_t *imports, const char *source)
{
    for (size_t i = 0; i < json_array_size(imports); i++) {
        const json_t *const item = json_array_get(imports, i);
        if (strcmp(toc_field_text(item, "kind"), "contracts") == 0 &&
            strcmp(toc_field_text(item, "source"), source) == 0) {
            return toc_field_text(item, "time");
        }
    }
    return "";
}

static enum toc_result fetch_contracts(struct toc_cli *cli, json_t **ret_contracts,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    TOC_AUTO(toc_json_free) json_t *contracts = NULL;
    const struct toc_own_contracts_filter filter = {.supplier = NULL};
    size_t seen;
    TOC_TRY(toc_own_contracts_fetch(cli, &filter, &contracts, &seen, why));
    TOC_TRY(toc_cli_call(cli, "import_list", NULL, &reply, why));
    for (size_t i = 0; i < json_array_size(contracts); i++) {
        json_t *const contract = json_array_get(contracts, i);
        const char *const time = time_of_source(toc_field_array(reply.json, "imports"),
                                                toc_field_text(contract, "source"));
        if (time[0] == '\0') {
            return toc_fail(why, TOC_AGAIN, "the contracts were imported anew just now: try again");
        }
        if (json_object_set_new(contract, "time", json_string(time)) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    *ret_contracts = toc_take(&contracts);
    return TOC_OK;
}

static enum toc_result build(struct toc_cli *cli, const char *prefix, json_t **ret_package,
                             struct toc_ocds_counts *ret_counts, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *roster = NULL;
    TOC_AUTO(toc_json_free) json_t *frameworks = NULL;
    TOC_AUTO(toc_json_free) json_t *contracts = NULL;
    struct toc_ocds_source source = {.prefix = prefix == NULL ? TOC_OCDS_PREFIX : prefix};
    TOC_TRY(toc_own_entry(cli, &roster, &source.self, why));
    source.group = toc_roster_file_current(roster)->group;
    TOC_TRY(fetch_frameworks(cli, source.self->id, &frameworks, why));
    TOC_TRY(fetch_contracts(cli, &contracts, why));
    source.frameworks = frameworks;
    source.contracts = contracts;
    const enum toc_result result = toc_ocds_package(&source, ret_package, ret_counts);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, result,
                        "nothing to write: no framework of yours is published, and no contract is "
                        "kept: tocsin import contracts FILE");
    }
    return result == TOC_OK ? TOC_OK : toc_fail(why, result, "out of memory");
}

static enum toc_result write_file(const char *path, const json_t *package, struct toc_why *why)
{
    char *const text = toc_json_dumps(package, JSON_INDENT(2));
    if (text == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    const enum toc_result result = toc_file_create(path, toc_bytes_text(text), 0644, why);
    free(text);
    return result;
}

static int report(struct toc_cli *cli, const char *path, const struct toc_ocds_counts *counts)
{
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:s, s:I, s:I, s:I, s:I}", "file", path,
                                               "releases", (json_int_t)counts->releases,
                                               "frameworks", (json_int_t)counts->frameworks,
                                               "contracts", (json_int_t)counts->contracts,
                                               "left_out", (json_int_t)counts->left_out));
    }
    fprintf(cli->out, "%s: %zu releases of %zu frameworks and %zu contracts\n", path,
            counts->releases, counts->frameworks, counts->contracts);
    if (counts->left_out > 0) {
        fprintf(cli->out,
                "%zu rows of the register were left out: their supplier is, or may be, a person\n",
                counts->left_out);
    }
    return TOC_EXIT_DONE;
}

int toc_export_ocds(struct toc_cli *cli, const char *path, const char *prefix)
{
    TOC_AUTO(toc_json_free) json_t *package = NULL;
    struct toc_ocds_counts counts = {.releases = 0};
    struct toc_why why = {""};
    if (prefix != NULL && !toc_ocds_prefix_valid(prefix)) {
        return toc_cli_misuse(cli, "export",
                              "--ocid-prefix: '%.40s' is not 'ocds-' and six letters or digits",
                              prefix);
    }
    enum toc_result result = build(cli, prefix, &package, &counts, &why);
    if (result == TOC_OK && strcmp(path, "-") == 0) {
        result = toc_json_print(cli->out, package);
        return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
    }
    if (result == TOC_OK) {
        result = write_file(path, package, &why);
    }
    return result == TOC_OK ? report(cli, path, &counts) : toc_cli_fail(cli, result, &why);
}
