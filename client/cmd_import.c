#include "commands.h"
#include "ensure.h"
#include "file.h"
#include "framework_find.h"
#include "import_framework_csv.h"
#include "import_ocds.h"
#include "own_entry.h"
#include "record_framework.h"
#include "staging.h"
#include <string.h>

#define ARENA_MAX ((size_t)512 << 20)

enum { REASONS_SHOWN = 5 };

struct words {
    const char *kind;
    const char *file;
    const char *rejects;
    const char *list; /* a sub-group's; NULL: for the whole group */
    char stream[TOC_STREAM_LEN_MAX + 1];
    bool dry_run;
    bool template;
};

/* One entry a kind of file. */
static const struct kind {
    const char *name;
    enum toc_result (*read)(struct toc_bytes file, const struct toc_member *self,
                            struct toc_arena *arena, struct toc_import *ret_import,
                            struct toc_why *why);
    const char *(*template)(void);
} kinds[] = {
    {"contracts", toc_import_framework_csv, toc_import_framework_csv_template},
    {"ocds", toc_import_ocds, NULL},
};

static const struct kind *kind_called(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

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

static enum toc_result read_input(struct toc_cli *cli, const struct words *words,
                                  const struct kind *kind, struct toc_arena *arena,
                                  struct toc_import *ret_import, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *roster = NULL;
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    const struct toc_member *self;
    toc_buf_init(&file, TOC_IMPORT_FILE_MAX);
    TOC_TRY(toc_own_entry(cli, &roster, &self, why));
    if (strcmp(words->file, "-") == 0) {
        TOC_TRY(read_stream(cli->in, &file, why));
    } else {
        TOC_TRY(toc_file_read(words->file, TOC_IMPORT_FILE_MAX, &file, why));
    }
    const enum toc_result result = kind->read(toc_buf_bytes(&file), self, arena, ret_import, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", words->file);
    }
    return result;
}

/* A CSV cell: always in quotes, quotes doubled. */
static enum toc_result append_cell(struct toc_buf *buf, const char *text)
{
    TOC_TRY(toc_buf_append_text(buf, "\""));
    for (const char *at = text; *at != '\0'; at++) {
        TOC_TRY(toc_buf_append(buf, toc_bytes_of(at, 1)));
        if (*at == '"') {
            TOC_TRY(toc_buf_append(buf, toc_bytes_of(at, 1)));
        }
    }
    return toc_buf_append_text(buf, "\"");
}

static const char *fate_name(enum toc_import_fate fate)
{
    switch (fate) {
    case TOC_IMPORT_USED:
        return "used";
    case TOC_IMPORT_REJECTED:
        return "rejected";
    case TOC_IMPORT_SCREENED:
        return "screened";
    case TOC_IMPORT_HELD:
        return "held";
    }
    TOC_UNREACHABLE();
    return "";
}

static enum toc_result write_rejects(const char *path, const struct toc_import *import,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf text;
    toc_buf_init(&text, TOC_IMPORT_FILE_MAX);
    TOC_TRY(toc_buf_append_text(&text, "row,fate,column,reason\r\n"));
    for (size_t i = 0; i < import->notes_len; i++) {
        const struct toc_import_note *const item = &import->notes[i];
        char row[32];
        if (item->fate != TOC_IMPORT_REJECTED && item->fate != TOC_IMPORT_HELD) {
            continue;
        }
        (void)snprintf(row, sizeof row, "%zu,%s,", item->row, fate_name(item->fate));
        TOC_TRY(toc_buf_append_text(&text, row));
        TOC_TRY(append_cell(&text, item->column));
        TOC_TRY(toc_buf_append_text(&text, ","));
        TOC_TRY(append_cell(&text, item->reason));
        TOC_TRY(toc_buf_append_text(&text, "\r\n"));
    }
    return toc_file_write(path, toc_buf_bytes(&text), 0644, why);
}

static json_t *notes_json(const struct toc_import *import, enum toc_import_fate fate)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < import->notes_len; i++) {
        const struct toc_import_note *const item = &import->notes[i];
        if (item->fate == fate) {
            (void)json_array_append_new(list,
                                        json_pack("{s:I, s:s, s:s}", "row", (json_int_t)item->row,
                                                  "column", item->column, "reason", item->reason));
        }
    }
    return list;
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

static json_t *report_json(const struct words *words, const struct toc_import *import,
                           const struct toc_staged *staged)
{
    json_t *const screened = json_array();
    for (size_t i = 0; i < import->tallies_len; i++) {
        (void)json_array_append_new(screened,
                                    json_pack("{s:s, s:I}", "reason", import->tallies[i].reason,
                                              "rows", (json_int_t)import->tallies[i].rows));
    }
    return json_pack(
        "{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, "
        "s:I}",
        "kind", words->kind, "file", words->file, "stream", words->stream, "dry_run",
        (int)words->dry_run, "rows_read", (json_int_t)import->rows_read, "rows_used",
        (json_int_t)import->rows_used, "rows_rejected", (json_int_t)import->rows_rejected,
        "rows_screened", (json_int_t)import->rows_screened, "rows_held",
        (json_int_t)import->rows_held, "suppliers", (json_int_t)suppliers_of(import), "records",
        (json_int_t)import->records_len, "staged", (json_int_t)staged->staged, "unchanged",
        (json_int_t)staged->unchanged, "rejected", notes_json(import, TOC_IMPORT_REJECTED), "held",
        notes_json(import, TOC_IMPORT_HELD), "screened", screened, "remarks",
        notes_json(import, TOC_IMPORT_USED), "notes_left_out", (json_int_t)import->notes_left_out);
}

static void print_notes(struct toc_cli *cli, const struct toc_import *import,
                        const struct words *words)
{
    size_t shown = 0;
    size_t all = 0;
    for (size_t i = 0; i < import->notes_len; i++) {
        const struct toc_import_note *const item = &import->notes[i];
        if (item->fate != TOC_IMPORT_REJECTED && item->fate != TOC_IMPORT_HELD) {
            continue;
        }
        all++;
        if (shown == REASONS_SHOWN) {
            continue;
        }
        shown++;
        fprintf(cli->out, "  row %zu %s: ", item->row, fate_name(item->fate));
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_WARN, item->column);
        fputs(item->column[0] == '\0' ? "" : ": ", cli->out);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, item->reason);
        fputc('\n', cli->out);
    }
    if (all > shown) {
        fprintf(cli->out, "  and %zu more: see %s\n", all - shown,
                words->rejects == NULL ? "them with --rejects FILE" : words->rejects);
    }
}

static void print_report(struct toc_cli *cli, const struct words *words,
                         const struct toc_import *import, const struct toc_staged *staged)
{
    fprintf(cli->out, "%s: %zu rows read: %zu used, %zu rejected, %zu screened, %zu held\n",
            strcmp(words->file, "-") == 0 ? "standard input" : words->file, import->rows_read,
            import->rows_used, import->rows_rejected, import->rows_screened, import->rows_held);
    for (size_t i = 0; i < import->tallies_len; i++) {
        fprintf(cli->out, "  screened: %zu %s\n", import->tallies[i].rows,
                import->tallies[i].reason);
    }
    print_notes(cli, import, words);
    if (words->dry_run) {
        fprintf(cli->out, "%zu records would be staged (--dry-run)\n", import->records_len);
    } else {
        fprintf(cli->out, "%llu staged, %llu published already without a change%s\n",
                (unsigned long long)staged->staged, (unsigned long long)staged->unchanged,
                staged->staged > 0 ? "\nSee them with 'tocsin preview', send them with "
                                     "'tocsin publish'"
                                   : "");
    }
}

static int import(struct toc_cli *cli, const struct words *words, const struct kind *kind)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_import import;
    struct toc_staged staged = {0};
    struct toc_why why = {"out of memory"};
    enum toc_result result = toc_arena_new(ARENA_MAX, &arena);
    if (result == TOC_OK) {
        result = read_input(cli, words, kind, arena, &import, &why);
    }
    if (result == TOC_OK && words->rejects != NULL) {
        result = write_rejects(words->rejects, &import, &why);
    }
    if (result == TOC_OK && !words->dry_run) {
        const struct toc_staging staging = {.stream = words->stream,
                                            .source = words->file,
                                            .records = import.records,
                                            .records_len = import.records_len};
        result = toc_staging_send(cli, &staging, &staged, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    int status = TOC_EXIT_DONE;
    if (cli->json) {
        status = toc_cli_document(cli, report_json(words, &import, &staged));
    } else {
        print_report(cli, words, &import, &staged);
    }
    /* Other buyers' rows in a portal's file are nobody's mistake. */
    const bool partly = import.rows_rejected > 0 || import.rows_held > 0;
    return status == TOC_EXIT_DONE && partly ? TOC_EXIT_PARTLY : status;
}

int toc_cmd_import(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    const struct toc_option options[] = {
        {.name = "dry-run", .flag = &words.dry_run},
        {.name = "rejects", .text = &words.rejects},
        {.name = "list", .text = &words.list},
        {.name = "template", .flag = &words.template},
    };
    static const struct toc_usage usage = {
        .command = "import",
        .operands_min = 1,
        .operands_max = 2,
        .operands = "contracts|ocds FILE [--list NAME] [--dry-run] [--rejects FILE] [--template]",
    };
    struct toc_operands operands;
    struct toc_why why;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    words.kind = operands.items[0];
    const struct kind *const kind = kind_called(words.kind);
    if (kind == NULL) {
        return toc_cli_misuse(cli, usage.command, "'%.40s' is not contracts or ocds", words.kind);
    }
    if (words.template) {
        if (kind->template == NULL) {
            return toc_cli_misuse(cli, usage.command, "%s: has no columns, so no template",
                                  kind->name);
        }
        fputs(kind->template(), cli->out);
        return TOC_EXIT_DONE;
    }
    if (operands.len < 2) {
        return toc_cli_misuse(cli, usage.command, "FILE is missing ('-' is standard input)");
    }
    if (toc_framework_stream(words.list, words.stream, &why) != TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    words.file = operands.items[1];
    return import(cli, &words, kind);
}
