/* supplier dismiss: what a register announced of a supplier is known, and needs nothing more. It
 * stays in what `supplier show` shows, and is not listed as pending any more. */
#include "commands.h"
#include "ensure.h"
#include "supplier_words.h"

static enum toc_result dismiss(struct toc_cli *cli, const char *word, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    uint64_t event;
    if (toc_args_number(word, INT64_MAX, &event) != TOC_OK) {
        return toc_fail(why, TOC_INVALID,
                        "%.40s: is no number of an event: see 'tocsin supplier show'", word);
    }
    const enum toc_result result = toc_cli_call(
        cli, "event_dismiss", json_pack("{s:I}", "event", (json_int_t)event), &reply, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%.40s", word);
    }
    return result;
}

int toc_cmd_supplier_dismiss(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "supplier dismiss",
                                           .operands_min = 1,
                                           .operands_max = SIZE_MAX,
                                           .operands = "EVENT..."};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    for (size_t i = 0; i < operands.len; i++) {
        const enum toc_result result = dismiss(cli, operands.items[i], &why);
        if (result != TOC_OK) {
            return toc_supplier_fail(cli, result, &why);
        }
    }
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:I}", "dismissed", (json_int_t)operands.len));
    }
    fprintf(cli->out, "%zu event%s dismissed.\n", operands.len, operands.len == 1 ? "" : "s");
    return TOC_EXIT_DONE;
}
