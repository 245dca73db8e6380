/* The kind whose releases become records at once, which wait as drafts: ocds. */
#include "ensure.h"
#include "framework_find.h"
#include "import_kind.h"
#include "import_ocds.h"
#include "import_report.h"
#include "import_whole.h"
#include "own_entry.h"
#include "record_framework.h"
#include "staging.h"
#include <string.h>

#define ARENA_MAX ((size_t)512 << 20)

struct job {
    const struct toc_import_words *words;
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_arena *arena;
    struct toc_import import;
    struct toc_staged staged;
};

static enum toc_result read_input(struct toc_cli *cli, struct job *job, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *roster = NULL;
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    const struct toc_member *self;
    toc_buf_init(&file, TOC_IMPORT_FILE_MAX);
    TOC_TRY(toc_own_entry(cli, &roster, &self, why));
    TOC_TRY(toc_import_whole(cli, job->words, &file, why));
    const enum toc_result result =
        toc_import_ocds(toc_buf_bytes(&file), self, job->arena, &job->import, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", job->words->file);
    }
    return result;
}

static void count_suppliers(json_t *seen, const struct toc_framework_supplier *suppliers,
                            size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const bool named = suppliers[i].id[0] == '\0';
        (void)json_object_set_new(seen, named ? suppliers[i].name : suppliers[i].id, json_true());
    }
}

/* Different ones, by number where there is one, else by name. */
static size_t suppliers_of(const struct toc_import *import)
{
    TOC_AUTO(toc_json_free) json_t *seen = json_object();
    for (size_t i = 0; i < import->records_len; i++) {
        if (import->records[i].type != TOC_RECORD_FRAMEWORK) {
            continue;
        }
        const struct toc_framework *const framework = import->records[i].as.framework;
        count_suppliers(seen, framework->suppliers, framework->suppliers_len);
        for (size_t j = 0; j < framework->lots_len; j++) {
            count_suppliers(seen, framework->lots[j].suppliers, framework->lots[j].suppliers_len);
        }
    }
    return json_object_size(seen);
}

static int print_json(struct toc_cli *cli, const struct job *job)
{
    json_t *const document = json_pack(
        "{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I}", "kind", job->words->kind, "file",
        job->words->file, "stream", job->stream, "dry_run", (int)job->words->dry_run, "suppliers",
        (json_int_t)suppliers_of(&job->import), "records", (json_int_t)job->import.records_len,
        "staged", (json_int_t)job->staged.staged, "unchanged", (json_int_t)job->staged.unchanged);
    return toc_import_report_document(cli, &job->import, document);
}

static void print_report(struct toc_cli *cli, const struct job *job)
{
    toc_import_report_print(cli, job->words, &job->import);
    if (job->words->dry_run) {
        fprintf(cli->out, "%zu records would be staged (--dry-run)\n", job->import.records_len);
    } else {
        fprintf(cli->out, "%llu staged, %llu published already without a change%s\n",
                (unsigned long long)job->staged.staged, (unsigned long long)job->staged.unchanged,
                job->staged.staged > 0 ? "\nSee them with 'tocsin preview', send them with "
                                         "'tocsin publish'"
                                       : "");
    }
}

static enum toc_result import(struct toc_cli *cli, struct job *job, struct toc_why *why)
{
    TOC_TRY(read_input(cli, job, why));
    TOC_TRY(toc_import_whole_rejects(job->words, &job->import, why));
    if (job->words->dry_run) {
        return TOC_OK;
    }
    const struct toc_staging staging = {.stream = job->stream,
                                        .source = job->words->file,
                                        .records = job->import.records,
                                        .records_len = job->import.records_len};
    return toc_staging_send(cli, &staging, &job->staged, why);
}

int toc_import_ocds_run(struct toc_cli *cli, const struct toc_import_words *words)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct job job = {.words = words};
    struct toc_why why = {"out of memory"};
    if (toc_framework_stream(words->list, job.stream, &why) != TOC_OK) {
        return toc_cli_misuse(cli, "import", "%s", why.text);
    }
    enum toc_result result = toc_arena_new(ARENA_MAX, &arena);
    if (result == TOC_OK) {
        job.arena = arena;
        result = import(cli, &job, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    int status = TOC_EXIT_DONE;
    if (cli->json) {
        status = print_json(cli, &job);
    } else {
        print_report(cli, &job);
    }
    return status == TOC_EXIT_DONE ? toc_import_report_exit(&job.import) : status;
}
