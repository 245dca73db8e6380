/* The subcommands that draft: add and withdraw. What they draft waits for publish. */
#include "commands.h"
#include "ensure.h"
#include "file.h"
#include "framework_find.h"
#include "own_entry.h"
#include "record_framework.h"
#include "staging.h"
#include <string.h>

#define RECORD_FILE_MAX ((size_t)1 << 20)

struct words {
    const char *from; /* a file with the record's JSON; "-" for standard input */
    const char *reference, *title, *kind, *description, *buyer, *status, *method, *fee;
    const char *start, *end, *last_extension, *restrictions, *ocid, *notice, *parent;
    const char *list; /* a sub-group's, NULL: the group's own stream */
    struct toc_texts open_to, cpv, categories;
    uint64_t value, months;
    bool dry_run;
};

static enum toc_result read_file(struct toc_cli *cli, const char *path, json_t **ret_json,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf text;
    json_error_t error;
    toc_buf_init(&text, RECORD_FILE_MAX);
    if (strcmp(path, "-") == 0) {
        char chunk[4096];
        size_t len;
        while ((len = fread(chunk, 1, sizeof chunk, cli->in)) > 0) {
            TOC_TRY(toc_buf_append(&text, toc_bytes_of(chunk, len)));
        }
    } else {
        TOC_TRY(toc_file_read(path, RECORD_FILE_MAX, &text, why));
    }
    json_t *const json =
        json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        json_decref(json);
        return toc_fail(why, TOC_MALFORMED, "%s:%d: %s", path, error.line < 1 ? 1 : error.line,
                        error.text[0] == '\0' ? "is no JSON object" : error.text);
    }
    *ret_json = json;
    return TOC_OK;
}

static void set_list(json_t *json, const char *key, const struct toc_texts *texts)
{
    if (texts->len == 0) {
        return;
    }
    json_t *const list = json_array();
    for (size_t i = 0; i < texts->len; i++) {
        (void)json_array_append_new(list, json_string(texts->items[i]));
    }
    (void)json_object_set_new(json, key, list);
}

/* The options lie over what the file says. */
static void set_fields(const struct words *words, json_t *json)
{
    const struct {
        const char *key;
        const char *value;
    } texts[] = {
        {"reference", words->reference}, {"title", words->title},
        {"kind", words->kind},           {"description", words->description},
        {"buyer", words->buyer},         {"status", words->status},
        {"method", words->method},       {"fee", words->fee},
        {"period_start", words->start},  {"period_end", words->end},
        {"ocid", words->ocid},           {"last_extension_date", words->last_extension},
        {"notice_id", words->notice},    {"buyer_restrictions", words->restrictions},
        {"parent", words->parent},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].value != NULL) {
            (void)json_object_set_new(json, texts[i].key, json_string(texts[i].value));
        }
    }
    set_list(json, "open_to", &words->open_to);
    set_list(json, "cpv", &words->cpv);
    set_list(json, "categories", &words->categories);
    if (words->value > 0) {
        (void)json_object_set_new(json, "value_max_pounds", json_integer((json_int_t)words->value));
    }
    if (words->months > 0) {
        (void)json_object_set_new(json, "period_months", json_integer((json_int_t)words->months));
    }
}

/* Without what the log says of a record: a draft has no place in it yet. */
static enum toc_result record_of(json_t *json, struct toc_arena *arena,
                                 struct toc_record *ret_record, struct toc_why *why)
{
    static const char *const foreign[] = {"publisher",  "sequence",  "key",   "stream",
                                          "supersedes", "withdraws", "reason"};
    struct toc_record record;
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        (void)json_object_del(json, foreign[i]);
    }
    TOC_TRY(toc_framework_from_json(arena, json, &record, why));
    TOC_TRY(toc_framework_validate(&record, why));
    *ret_record = record;
    return TOC_OK;
}

/* Where a draft goes, and what it does there. */
struct aim {
    const char *stream;
    bool withdraw;
    bool dry_run;
};

static enum toc_result draft(struct toc_cli *cli, json_t *json, const struct aim *aim,
                             struct toc_staged *ret_staged, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_record record;
    TOC_TRY(toc_arena_new(4 * RECORD_FILE_MAX, &arena));
    TOC_TRY(record_of(json, arena, &record, why));
    if (aim->dry_run) {
        *ret_staged = (struct toc_staged){0};
        return TOC_OK;
    }
    const struct toc_staging staging = {
        .stream = aim->stream,
        .source = aim->withdraw ? "framework withdraw" : "framework add",
        .withdraw = aim->withdraw,
        .records = &record,
        .records_len = 1,
    };
    return toc_staging_send(cli, &staging, ret_staged, why);
}

static int report(struct toc_cli *cli, const json_t *json, const struct toc_staged *staged)
{
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:s, s:I, s:I}", "reference",
                                               toc_field_text(json, "reference"), "staged",
                                               (json_int_t)staged->staged, "unchanged",
                                               (json_int_t)staged->unchanged));
    }
    if (staged->staged > 0) {
        fputs("Drafted. See it with 'tocsin preview', send it with 'tocsin publish'.\n", cli->out);
    } else {
        fputs("Nothing drafted: it is as it was.\n", cli->out);
    }
    return TOC_EXIT_DONE;
}

/* A framework that breaks a rule was typed wrong: usage, unless it came from a file. */
static int add(struct toc_cli *cli, const struct words *words, const char *stream)
{
    TOC_AUTO(toc_json_free) json_t *json = NULL;
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *roster = NULL;
    const struct toc_member *self;
    struct toc_staged staged;
    struct toc_why why = {""};
    enum toc_result result = TOC_OK;
    if (words->from != NULL) {
        result = read_file(cli, words->from, &json, &why);
    } else {
        json = json_object();
    }
    if (result == TOC_OK) {
        result = toc_own_entry(cli, &roster, &self, &why);
    }
    if (result == TOC_OK) {
        set_fields(words, json);
        if (toc_field_text(json, "buyer")[0] == '\0') {
            (void)json_object_set_new(json, "buyer", json_string(self->name));
        }
        const struct aim aim = {.stream = stream, .dry_run = words->dry_run};
        result = draft(cli, json, &aim, &staged, &why);
    }
    if (result == TOC_INVALID && words->from == NULL) {
        return toc_cli_misuse(cli, "framework add", "%s", why.text);
    }
    return result == TOC_OK ? report(cli, json, &staged) : toc_cli_fail(cli, result, &why);
}

int toc_cmd_framework_add(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    const struct toc_option options[] = {
        {.name = "from", .text = &words.from},
        {.name = "reference", .text = &words.reference},
        {.name = "title", .text = &words.title},
        {.name = "kind", .text = &words.kind},
        {.name = "description", .text = &words.description},
        {.name = "buyer", .text = &words.buyer},
        {.name = "status", .text = &words.status},
        {.name = "method", .text = &words.method},
        {.name = "fee", .text = &words.fee},
        {.name = "start", .text = &words.start},
        {.name = "end", .text = &words.end},
        {.name = "last-extension", .text = &words.last_extension},
        {.name = "restrictions", .text = &words.restrictions},
        {.name = "ocid", .text = &words.ocid},
        {.name = "notice", .text = &words.notice},
        {.name = "parent", .text = &words.parent},
        {.name = "open-to", .texts = &words.open_to},
        {.name = "cpv", .texts = &words.cpv},
        {.name = "category", .texts = &words.categories},
        {.name = "value", .number = &words.value, .number_max = TOC_FRAMEWORK_POUNDS_MAX},
        {.name = "months", .number = &words.months, .number_max = TOC_FRAMEWORK_MONTHS_MAX},
        {.name = "list", .text = &words.list},
        {.name = "dry-run", .flag = &words.dry_run},
    };
    static const struct toc_usage usage = {
        .command = "framework add",
        .operands = "--reference R --title T --kind K [FIELD]... [--list NAME] | --from FILE",
    };
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_operands operands;
    struct toc_why why;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (words.from == NULL &&
        (words.reference == NULL || words.title == NULL || words.kind == NULL)) {
        return toc_cli_misuse(cli, usage.command,
                              "--reference, --title and --kind are needed, or --from FILE");
    }
    if (words.kind != NULL && !toc_framework_kind_known(words.kind)) {
        return toc_cli_misuse(cli, usage.command, "--kind: '%.40s' is no kind of framework",
                              words.kind);
    }
    if (toc_framework_stream(words.list, stream, &why) != TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    return add(cli, &words, stream);
}

int toc_cmd_framework_withdraw(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "framework withdraw",
                                           .operands_min = 1,
                                           .operands_max = 1,
                                           .operands = "FRAMEWORK"};
    TOC_AUTO(toc_json_free) json_t *record = NULL;
    const struct toc_conf *conf;
    struct toc_staged staged;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_cli_conf(cli, &conf, &why);
    if (result == TOC_OK) {
        result = toc_framework_find(cli, operands.items[0], conf->member, &record, &why);
        if (result == TOC_CONFLICT) {
            (void)toc_cli_fail(cli, result, &why);
            return TOC_EXIT_USAGE;
        }
    }
    if (result == TOC_OK) {
        /* On the stream that it stands on. */
        char stream[TOC_STREAM_LEN_MAX + 1];
        (void)snprintf(stream, sizeof stream, "%s", toc_field_text(record, "stream"));
        const struct aim aim = {.stream = stream, .withdraw = true};
        result = draft(cli, record, &aim, &staged, &why);
    }
    return result == TOC_OK ? report(cli, record, &staged) : toc_cli_fail(cli, result, &why);
}
