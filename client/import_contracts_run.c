/* `tocsin import contracts`: the file, the daemon, the drafts of frameworks, and the report. */
#include "digest.h"
#include "ensure.h"
#include "file.h"
#include "framework_find.h"
#include "import_contracts_send.h"
#include "import_report.h"
#include "import_whole.h"
#include "own_entry.h"
#include "settle.h"
#include "staging.h"
#include <string.h>

#define ARENA_MAX ((size_t)512 << 20)

struct job {
    const struct toc_import_words *words;
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_arena *arena;
    struct toc_register_map map;
    struct toc_contracts contracts;
    char hash[2 * TOC_HASH_LEN + 1];
    struct toc_contracts_sent sent;
    struct toc_staged staged;
    struct toc_settled settled;
};

/* The same file read otherwise is not the same: the hash is of both. */
static enum toc_result read_map(struct job *job, struct toc_hash *hash, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf text;
    toc_buf_init(&text, TOC_MAP_LEN_MAX + 1);
    TOC_TRY(toc_file_read(job->words->map, TOC_MAP_LEN_MAX, &text, why));
    const enum toc_result result = toc_register_map_parse(toc_buf_bytes(&text), &job->map, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "--map: %s", job->words->map);
        return result;
    }
    const struct toc_bytes parts[] = {toc_bytes_of(hash->bytes, sizeof hash->bytes),
                                      toc_buf_bytes(&text)};
    *hash = toc_digest("tocsin import 1", &toc_hash_zero, parts, sizeof parts / sizeof parts[0]);
    return TOC_OK;
}

static enum toc_result read_input(struct toc_cli *cli, struct job *job, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *roster = NULL;
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    const struct toc_member *self;
    toc_buf_init(&file, TOC_IMPORT_FILE_MAX);
    TOC_TRY(toc_own_entry(cli, &roster, &self, why));
    TOC_TRY(toc_import_whole(cli, job->words, &file, why));
    struct toc_hash hash = toc_digest_plain(toc_buf_bytes(&file));
    if (job->words->map != NULL) {
        TOC_TRY(read_map(job, &hash, why));
    }
    toc_hex_encode(toc_bytes_of(hash.bytes, sizeof hash.bytes), job->hash);
    const enum toc_result result =
        toc_contracts_read(toc_buf_bytes(&file), self, job->words->map == NULL ? NULL : &job->map,
                           job->arena, &job->contracts, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", toc_import_file_name(job->words));
    }
    return result;
}

static enum toc_result import(struct toc_cli *cli, struct job *job, struct toc_why *why)
{
    struct toc_import *const read = &job->contracts.import;
    TOC_TRY(read_input(cli, job, why));
    TOC_TRY(toc_contracts_send(cli, job->words, &job->contracts, job->hash, &job->sent, why));
    TOC_TRY(toc_import_whole_rejects(job->words, read, why));
    if (job->words->dry_run) {
        return TOC_OK;
    }
    const struct toc_staging staging = {.stream = job->stream,
                                        .source = job->words->file,
                                        .records = read->records,
                                        .records_len = read->records_len};
    TOC_TRY(toc_staging_send(cli, &staging, &job->staged, why));
    return toc_settle(cli, &job->settled, why);
}

static const char *source_of(const struct job *job)
{
    return job->words->source == NULL ? TOC_CONTRACTS_SOURCE : job->words->source;
}

static int print_json(struct toc_cli *cli, const struct job *job)
{
    json_t *const document = json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "kind",
        job->words->kind, "file", job->words->file, "source", source_of(job), "stream", job->stream,
        "dry_run", (int)job->words->dry_run, "state", job->sent.state, "contracts",
        (json_int_t)job->contracts.len, "rows_replaced", (json_int_t)job->sent.replaced,
        "suppliers", (json_int_t)job->sent.suppliers, "suppliers_held",
        (json_int_t)job->sent.suppliers_held, "suppliers_new", (json_int_t)job->sent.suppliers_new,
        "records", (json_int_t)job->contracts.import.records_len, "staged",
        (json_int_t)job->staged.staged, "unchanged", (json_int_t)job->staged.unchanged);
    return toc_import_report_document(cli, &job->contracts.import, document);
}

static void print_kept(struct toc_cli *cli, const struct job *job)
{
    if (strcmp(job->sent.state, "same") == 0) {
        fprintf(cli->out, "nothing to do: '%s' is this file already\n", source_of(job));
        return;
    }
    fprintf(cli->out, "%zu contracts with %llu suppliers %s '%s'", job->contracts.len,
            (unsigned long long)job->sent.suppliers,
            job->words->dry_run ? "would be kept as" : "are kept as", source_of(job));
    if (job->sent.replaced > 0) {
        fprintf(cli->out, ", in place of %llu", (unsigned long long)job->sent.replaced);
    }
    fputs(job->words->dry_run ? " (--dry-run)\n" : "\n", cli->out);
}

static void print_report(struct toc_cli *cli, const struct job *job)
{
    const size_t frameworks = job->contracts.import.records_len;
    const uint64_t waiting = job->staged.staged + job->settled.staged + job->settled.withdrawn;
    toc_import_report_print(cli, job->words, &job->contracts.import);
    print_kept(cli, job);
    if (job->words->dry_run) {
        fprintf(cli->out, "%zu frameworks would be staged\n", frameworks);
        return;
    }
    if (frameworks > 0) {
        fprintf(cli->out, "%llu framework%s staged, %llu published already without a change\n",
                (unsigned long long)job->staged.staged, job->staged.staged == 1 ? "" : "s",
                (unsigned long long)job->staged.unchanged);
    }
    if (waiting > 0) {
        fputs("See what would leave with 'tocsin preview', send it with 'tocsin publish'\n",
              cli->out);
    }
}

int toc_import_contracts_run(struct toc_cli *cli, const struct toc_import_words *words)
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
    return status == TOC_EXIT_DONE ? toc_import_report_exit(&job.contracts.import) : status;
}
