#include "import_report.h"
#include "ensure.h"
#include <string.h>

enum { REASONS_SHOWN = 5 };

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

static json_t *tallies_json(const struct toc_import *import)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < import->tallies_len; i++) {
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:I}", "reason", import->tallies[i].reason,
                                              "rows", (json_int_t)import->tallies[i].rows));
    }
    return list;
}

static enum toc_result add_counts(const struct toc_import *import, json_t *document)
{
    TOC_AUTO(toc_json_free)
    json_t *counts = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:I}", "rows_read",
        (json_int_t)import->rows_read, "rows_used", (json_int_t)import->rows_used, "rows_rejected",
        (json_int_t)import->rows_rejected, "rows_screened", (json_int_t)import->rows_screened,
        "rows_held", (json_int_t)import->rows_held, "rejected",
        notes_json(import, TOC_IMPORT_REJECTED), "held", notes_json(import, TOC_IMPORT_HELD),
        "screened", tallies_json(import), "remarks", notes_json(import, TOC_IMPORT_USED),
        "notes_left_out", (json_int_t)import->notes_left_out);
    TOC_ENSURE(counts != NULL && json_object_update(document, counts) == 0, TOC_NOMEM);
    return TOC_OK;
}

int toc_import_report_document(struct toc_cli *cli, const struct toc_import *import,
                               json_t *document)
{
    const enum toc_result result = document == NULL ? TOC_NOMEM : add_counts(import, document);
    if (result != TOC_OK) {
        const struct toc_why why = {"out of memory"};
        json_decref(document);
        return toc_cli_fail(cli, result, &why);
    }
    return toc_cli_document(cli, document);
}

static void print_notes(struct toc_cli *cli, const struct toc_import_words *words,
                        const struct toc_import *import)
{
    size_t shown = 0;
    size_t all = import->notes_left_out;
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
        fprintf(cli->out, "  row %zu %s: ", item->row, toc_import_fate_name(item->fate));
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

void toc_import_report_print(struct toc_cli *cli, const struct toc_import_words *words,
                             const struct toc_import *import)
{
    fprintf(cli->out, "%s: %zu rows read: %zu used, %zu rejected, %zu screened, %zu held\n",
            toc_import_file_name(words), import->rows_read, import->rows_used,
            import->rows_rejected, import->rows_screened, import->rows_held);
    for (size_t i = 0; i < import->tallies_len; i++) {
        fprintf(cli->out, "  screened: %zu %s\n", import->tallies[i].rows,
                import->tallies[i].reason);
    }
    print_notes(cli, words, import);
}

int toc_import_report_exit(const struct toc_import *import)
{
    /* What was screened is nobody's mistake. */
    return import->rows_rejected > 0 || import->rows_held > 0 ? TOC_EXIT_PARTLY : TOC_EXIT_DONE;
}

const char *toc_import_file_name(const struct toc_import_words *words)
{
    return strcmp(words->file, "-") == 0 ? "standard input" : words->file;
}
