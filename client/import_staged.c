/* The kinds whose rows become records at once, which wait as drafts: contracts and ocds. */
#include "ensure.h"
#include "file.h"
#include "framework_find.h"
#include "import_framework_csv.h"
#include "import_kind.h"
#include "import_ocds.h"
#include "import_rejects.h"
#include "import_report.h"
#include "own_entry.h"
#include "record_framework.h"
#include "staging.h"
#include <string.h>

#define ARENA_MAX ((size_t)512 << 20)

typedef enum toc_result (*reader_f)(struct toc_bytes file, const struct toc_member *self,
                                    struct toc_arena *arena, struct toc_import *ret_import,
                                    struct toc_why *why);

struct job {
    const struct toc_import_words *words;
    char stream[TOC_STREAM_LEN_MAX + 1];
    reader_f read;
    struct toc_arena *arena;
    struct toc_import import;
    struct toc_staged staged;
};

static enum toc_result read_stream(FILE *in, struct toc_buf *buf, struct toc_why *why)
{
    uint8_t chunk[64 * 1024];
    size_t len;
    while ((len = fread(chunk, 1, sizeof chunk, in)) > 0) {
        const enum toc_result result = toc_buf_append(buf, toc_bytes_of(chunk, len));
        if (result != TOC_OK) {
            return toc_fail(why, result, "standard input: larger than %d bytes",
                            TOC_IMPORT_FILE_MAX);
        }
    }
    return ferror(in) == 0 ? TOC_OK : toc_fail(why, TOC_IO, "standard input: cannot be read");
}

static enum toc_result read_input(struct toc_cli *cli, struct job *job, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *roster = NULL;
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    const struct toc_member *self;
    toc_buf_init(&file, TOC_IMPORT_FILE_MAX);
    TOC_TRY(toc_own_entry(cli, &roster, &self, why));
    if (strcmp(job->words->file, "-") == 0) {
        TOC_TRY(read_stream(cli->in, &file, why));
    } else {
        TOC_TRY(toc_file_read(job->words->file, TOC_IMPORT_FILE_MAX, &file, why));
    }
    const enum toc_result result =
        job->read(toc_buf_bytes(&file), self, job->arena, &job->import, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", job->words->file);
    }
    return result;
}

static enum toc_result write_rejects(const char *path, const struct toc_import *import,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_rejects_close) struct toc_rejects *rejects = NULL;
    TOC_TRY(toc_rejects_open(path, &rejects, why));
    for (size_t i = 0; i < import->notes_len; i++) {
        const struct toc_import_note *const item = &import->notes[i];
        if (item->fate == TOC_IMPORT_REJECTED || item->fate == TOC_IMPORT_HELD) {
            toc_rejects_add(rejects, item->row, toc_import_fate_name(item->fate), item->column,
                            item->reason);
        }
    }
    return toc_rejects_finish(rejects, why);
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
    const enum toc_result result =
        document == NULL ? TOC_NOMEM : toc_import_report_json(&job->import, document);
    if (result != TOC_OK) {
        struct toc_why why = {"out of memory"};
        json_decref(document);
        return toc_cli_fail(cli, result, &why);
    }
    return toc_cli_document(cli, document);
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
    if (job->words->rejects != NULL) {
        TOC_TRY(write_rejects(job->words->rejects, &job->import, why));
    }
    if (job->words->dry_run) {
        return TOC_OK;
    }
    const struct toc_staging staging = {.stream = job->stream,
                                        .source = job->words->file,
                                        .records = job->import.records,
                                        .records_len = job->import.records_len};
    return toc_staging_send(cli, &staging, &job->staged, why);
}

static int run(struct toc_cli *cli, const struct toc_import_words *words, reader_f read)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct job job = {.words = words, .read = read};
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

int toc_import_contracts_run(struct toc_cli *cli, const struct toc_import_words *words)
{
    return run(cli, words, toc_import_framework_csv);
}

int toc_import_ocds_run(struct toc_cli *cli, const struct toc_import_words *words)
{
    return run(cli, words, toc_import_ocds);
}
