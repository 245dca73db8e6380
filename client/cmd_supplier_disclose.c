/* supplier disclose: everything that is held on one supplier. */
#include "commands.h"
#include "disclose.h"
#include "supplier_words.h"

int toc_cmd_supplier_disclose(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "supplier disclose",
                                           .operands_min = 1,
                                           .operands_max = 1,
                                           .operands = "SUPPLIER"};
    json_t *document = NULL;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_disclose_gather(cli, operands.items[0], &document, &why);
    if (result == TOC_OK && cli->json) {
        return toc_cli_document(cli, document);
    }
    if (result == TOC_OK) {
        result = toc_disclose_print(cli, document);
        if (result == TOC_NOMEM) {
            (void)toc_fail(&why, TOC_NOMEM, "out of memory");
        }
    }
    toc_json_free(&document);
    if (result != TOC_OK) {
        toc_why_prefix(&why, "%.60s", operands.items[0]);
        return toc_supplier_fail(cli, result, &why);
    }
    return TOC_EXIT_DONE;
}
