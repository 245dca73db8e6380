#include "ensure.h"
#include "import_report.h"
#include "import_spend.h"

/* Of the daemon's answer; 0 where there was nothing to do, so that a program finds them always. */
static const char *const counts[] = {"dates",     "dates_replaced", "rows_replaced", "dates_kept",
                                     "suppliers", "suppliers_held", "suppliers_new"};
static const char *const dates[] = {"first_date", "last_date"};

static long long number(const struct toc_spend_run *run, const char *key)
{
    return (long long)toc_field_number(run->closed.json, key);
}

static const char *state_of(const struct toc_spend_run *run)
{
    if (run->same) {
        return "same";
    }
    return run->words->dry_run ? "dry_run" : "live";
}

static enum toc_result put(json_t *document, const char *key, json_t *value)
{
    return json_object_set_new(document, key, value) == 0 ? TOC_OK : TOC_NOMEM;
}

static int print_json(const struct toc_spend_run *run)
{
    const struct toc_import_words *const words = run->words;
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I}", "kind", words->kind, "file",
                  words->file, "source", run->source, "state", state_of(run), "dry_run",
                  (int)words->dry_run, "staged", (json_int_t)run->settled.staged, "withdrawn",
                  (json_int_t)run->settled.withdrawn, "unchanged",
                  (json_int_t)run->settled.unchanged, "refused", (json_int_t)run->settled.refused);
    enum toc_result result = document == NULL ? TOC_NOMEM : TOC_OK;
    for (size_t i = 0; result == TOC_OK && i < sizeof counts / sizeof counts[0]; i++) {
        result = put(document, counts[i], json_integer(number(run, counts[i])));
    }
    for (size_t i = 0; result == TOC_OK && i < sizeof dates / sizeof dates[0]; i++) {
        json_t *const day = json_object_get(run->closed.json, dates[i]);
        result = put(document, dates[i], day == NULL ? json_null() : json_incref(day));
    }
    if (result != TOC_OK) {
        json_decref(document);
        document = NULL;
    }
    return toc_import_report_document(run->cli, &run->import, document);
}

static void print_remarks(const struct toc_spend_run *run)
{
    for (size_t i = 0; i < run->import.notes_len; i++) {
        const struct toc_import_note *const note = &run->import.notes[i];
        if (note->fate == TOC_IMPORT_USED) {
            fputs("  ", run->cli->out);
            toc_text_print(run->cli->out, &run->cli->paper, TOC_STYLE_WARN, note->column);
            fputs(": ", run->cli->out);
            toc_text_print(run->cli->out, &run->cli->paper, TOC_STYLE_PLAIN, note->reason);
            fprintf(run->cli->out, ", from row %zu\n", note->row);
        }
    }
}

/* "1 supplier", "2 suppliers" */
static const char *s_of(long long count)
{
    return count == 1 ? "" : "s";
}

static void print_live(const struct toc_spend_run *run)
{
    FILE *const out = run->cli->out;
    const bool dry = run->words->dry_run;
    if (number(run, "dates") == 0) {
        fputs("No row of it counts: nothing was replaced.\n", out);
        return;
    }
    const long long all = number(run, "dates");
    const long long replaced = number(run, "rows_replaced");
    const long long kept = number(run, "dates_kept");
    const long long suppliers = number(run, "suppliers");
    fprintf(out, "source '%s': %lld date%s from %s to %s %s\n", run->source, all, s_of(all),
            toc_field_text(run->closed.json, "first_date"),
            toc_field_text(run->closed.json, "last_date"),
            dry        ? "would count (--dry-run)"
            : all == 1 ? "counts now"
                       : "count now");
    if (number(run, "dates_replaced") > 0) {
        fprintf(out, "  there already: %lld of these dates; %lld row%s of them %s replaced\n",
                number(run, "dates_replaced"), replaced, s_of(replaced),
                dry             ? "would be"
                : replaced == 1 ? "was"
                                : "were");
    }
    if (kept > 0) {
        fprintf(out,
                "  not in the file: %lld date%s in between, left as before (to replace %s too: "
                "--covers FROM,TO)\n",
                kept, s_of(kept), kept == 1 ? "it" : "them");
    }
    fprintf(out, "  %lld supplier%s: %lld new, %lld held\n", suppliers, s_of(suppliers),
            number(run, "suppliers_new"), number(run, "suppliers_held"));
}

static void print_next(const struct toc_spend_run *run)
{
    FILE *const out = run->cli->out;
    if (number(run, "suppliers_held") > 0) {
        fputs("Held suppliers go nowhere until 'tocsin supplier keep' or 'drop': see them with "
              "'tocsin supplier list --held'\n",
              out);
    }
    if (run->settled.refused > 0) {
        fprintf(out, "Not drafted: %llu of suppliers that may not be named any more\n",
                (unsigned long long)run->settled.refused);
    }
    const unsigned long long withdrawn = run->settled.withdrawn;
    const unsigned long long drafts = run->settled.staged + withdrawn;
    if (drafts > 0) {
        fprintf(out, "%llu %s staged", drafts, drafts == 1 ? "draft" : "drafts");
        if (withdrawn > 0) {
            fprintf(out, ", of which %llu %s", withdrawn,
                    withdrawn == 1 ? "withdraws" : "withdraw");
        }
        fputs(". See them with 'tocsin preview', send them with 'tocsin publish'\n", out);
    }
}

int toc_spend_report(const struct toc_spend_run *run)
{
    int status = TOC_EXIT_DONE;
    if (run->cli->json) {
        status = print_json(run);
    } else if (run->same) {
        fprintf(run->cli->out,
                "%s: nothing to do: all of its dates in source '%s' came from this same file\n",
                toc_import_file_name(run->words), run->source);
    } else {
        toc_import_report_print(run->cli, run->words, &run->import);
        print_remarks(run);
        print_live(run);
        print_next(run);
    }
    if (status != TOC_EXIT_DONE || run->same) {
        return status;
    }
    return toc_import_report_exit(&run->import);
}
