/* supplier show: what this council has on a supplier, and which others use it. */
#include "commands.h"
#include "ensure.h"
#include "supplier_fetch.h"
#include "supplier_print.h"
#include "supplier_uses_print.h"
#include "supplier_words.h"

static enum toc_result print_all(struct toc_cli *cli, const struct toc_supplier_shown *shown,
                                 struct toc_why *why)
{
    const struct toc_conf *conf;
    TOC_TRY(toc_cli_conf(cli, &conf, why));
    (void)toc_fail(why, TOC_NOMEM, "out of memory");
    if (shown->supplier != NULL) {
        TOC_TRY(toc_supplier_print_own(cli, shown->supplier));
    } else {
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING,
                       toc_field_text(shown->region, "name"));
        fputc('\n', cli->out);
        toc_supplier_print_line(cli, "number", toc_field_text(shown->region, "number"));
        toc_supplier_print_line(cli, "state", "not among our own suppliers");
    }
    toc_supplier_print_heading(cli, "Who else uses it");
    if (shown->note.text[0] != '\0') {
        toc_text_wrap(cli->out, &cli->paper, 0, shown->note.text);
        return TOC_OK;
    }
    return toc_uses_print(cli, shown->region, conf->member);
}

static int print_document(struct toc_cli *cli, const struct toc_supplier_shown *shown)
{
    json_t *const document =
        shown->supplier != NULL
            ? json_incref(shown->supplier)
            : json_pack("{s:n, s:s, s:O?}", "id", "name", toc_field_text(shown->region, "name"),
                        "number", json_object_get(shown->region, "number"));
    (void)json_object_set(document, "region", shown->region == NULL ? json_null() : shown->region);
    return toc_cli_document(cli, document);
}

int toc_cmd_supplier_show(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {
        .command = "supplier show", .operands_min = 1, .operands_max = 1, .operands = "SUPPLIER"};
    TOC_AUTO(toc_supplier_shown_done) struct toc_supplier_shown shown = {.supplier = NULL};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_supplier_fetch(cli, operands.items[0], &shown, &why);
    if (result == TOC_OK && cli->json) {
        return print_document(cli, &shown);
    }
    if (result == TOC_OK) {
        result = print_all(cli, &shown, &why);
    }
    if (result != TOC_OK) {
        toc_why_prefix(&why, "%.60s", operands.items[0]);
        return toc_supplier_fail(cli, result, &why);
    }
    return TOC_EXIT_DONE;
}
