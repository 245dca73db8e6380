/* How an import of a public register's file ends: sending, and telling. */
#include "ensure.h"
#include "import_findings.h"
#include "import_whole.h"
#include "settle.h"
#include "timetext.h"

enum { SHOWN = 10 };

static json_t *events_json(const struct toc_findings *findings)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < findings->events_len; i++) {
        const struct toc_event *const event = &findings->events[i];
        char date[TOC_DATE_TEXT_LEN + 1];
        toc_date_text(event->day, date);
        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:s?}", "supplier", event->supplier, "code",
                      event->code, "date", date, "reference", event->reference, "severity",
                      (int)event->severity, "text", event->text, "clears", event->clears));
    }
    return list;
}

static json_t *ambiguous_json(const struct toc_findings *findings)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < findings->ambiguous_len; i++) {
        const struct toc_ambiguous *const item = &findings->ambiguous[i];
        json_t *const numbers = json_array();
        for (size_t j = 0; j < item->numbers_len; j++) {
            (void)json_array_append_new(numbers, json_string(item->numbers[j]));
        }
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "supplier", item->supplier,
                                                    "reason", item->reason, "numbers", numbers));
    }
    return list;
}

static size_t numbers_to_fill(const struct toc_findings *findings)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->facts_len; i++) {
        count += findings->facts[i].number != NULL ? 1 : 0;
    }
    return count;
}

static int print_json(struct toc_cli *cli, const struct toc_import_words *words,
                      const struct toc_findings *findings, const struct toc_findings_sent *sent)
{
    const json_int_t filled =
        words->dry_run ? (json_int_t)numbers_to_fill(findings) : (json_int_t)sent->filled;
    json_t *const document = json_pack(
        "{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "kind", words->kind,
        "file", words->file, "source", findings->source, "dry_run", (int)words->dry_run,
        "suppliers", (json_int_t)findings->suppliers, "filled", filled, "updated",
        (json_int_t)sent->updated, "numbers_unlisted", (json_int_t)findings->unlisted,
        "events_added", (json_int_t)sent->added, "events_known", (json_int_t)sent->known,
        "events_cleared", (json_int_t)sent->cleared, "events", events_json(findings), "ambiguous",
        ambiguous_json(findings));
    return toc_import_report_document(cli, &findings->import, document);
}

static void print_events(struct toc_cli *cli, const struct toc_findings *findings)
{
    for (size_t i = 0; i < findings->events_len && i < SHOWN; i++) {
        const struct toc_event *const event = &findings->events[i];
        char date[TOC_DATE_TEXT_LEN + 1];
        toc_date_text(event->day, date);
        fprintf(cli->out, "  %s %s %s: ", event->supplier, event->code, date);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_WARN, event->text);
        fputc('\n', cli->out);
    }
    if (findings->events_len > SHOWN) {
        fprintf(cli->out, "  and %zu more\n", findings->events_len - SHOWN);
    }
}

static void print_ambiguous(struct toc_cli *cli, const struct toc_findings *findings)
{
    for (size_t i = 0; i < findings->ambiguous_len && i < SHOWN; i++) {
        const struct toc_ambiguous *const item = &findings->ambiguous[i];
        fprintf(cli->out, "  %s may be", item->supplier);
        for (size_t j = 0; j < item->numbers_len; j++) {
            fprintf(cli->out, "%s %s", j == 0 ? "" : ",", item->numbers[j]);
        }
        fputc('\n', cli->out);
    }
    if (findings->ambiguous_len > SHOWN) {
        fprintf(cli->out, "  and %zu more\n", findings->ambiguous_len - SHOWN);
    }
}

static void print_report(struct toc_cli *cli, const struct toc_import_words *words,
                         const struct toc_findings *findings, const struct toc_findings_sent *sent)
{
    toc_import_report_print(cli, words, &findings->import);
    fprintf(cli->out, "%zu of your suppliers are in it\n", findings->suppliers);
    if (numbers_to_fill(findings) > 0) {
        fprintf(cli->out, "%zu company numbers %s\n", numbers_to_fill(findings),
                words->dry_run ? "would be filled in" : "found by name");
    }
    if (findings->unlisted > 0) {
        fprintf(cli->out, "%zu of your company numbers are not in it\n", findings->unlisted);
    }
    if (findings->ambiguous_len > 0) {
        fprintf(cli->out,
                "%zu names fit several companies, or a former name; no number was filled in\n",
                findings->ambiguous_len);
        print_ambiguous(cli, findings);
    }
    if (findings->events_len == 0) {
        return;
    }
    if (words->dry_run) {
        fprintf(cli->out, "%zu events to look at (--dry-run: not kept)\n", findings->events_len);
    } else {
        fprintf(cli->out, "%zu events to look at, %llu of them new; %llu cleared\n",
                findings->events_len, (unsigned long long)sent->added,
                (unsigned long long)sent->cleared);
    }
    print_events(cli, findings);
}

static enum toc_result send(struct toc_cli *cli, const struct toc_import_words *words,
                            const struct toc_findings *findings, struct toc_findings_sent *sent,
                            struct toc_why *why)
{
    struct toc_settled settled;
    TOC_TRY(toc_import_whole_rejects(words, &findings->import, why));
    if (words->dry_run) {
        return TOC_OK;
    }
    TOC_TRY(toc_findings_send(cli, findings, sent, why));
    return toc_settle(cli, &settled, why);
}

int toc_findings_finish(struct toc_cli *cli, const struct toc_import_words *words,
                        const struct toc_findings *findings)
{
    struct toc_findings_sent sent = {0};
    struct toc_why why = {"out of memory"};
    const enum toc_result result = send(cli, words, findings, &sent, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    int status = TOC_EXIT_DONE;
    if (cli->json) {
        status = print_json(cli, words, findings, &sent);
    } else {
        print_report(cli, words, findings, &sent);
    }
    return status == TOC_EXIT_DONE ? toc_import_report_exit(&findings->import) : status;
}
