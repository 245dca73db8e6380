/* supplier parent: which company stands behind a supplier. Another of one's own suppliers, or one
 * that is named with its number. */
#include "commands.h"
#include "ensure.h"
#include "supplier_words.h"

struct words {
    const char *supplier;
    const char *parent; /* NULL: none any more */
    const char *number;
};

/* The parent as the request wants it: the id of a supplier, or what is said of one that is none. */
static enum toc_result find_parent(struct toc_cli *cli, const struct words *words,
                                   json_t **ret_parent, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    enum toc_result result = TOC_NOTFOUND;
    if (words->number == NULL) {
        result = toc_cli_call(cli, "supplier_show", json_pack("{s:s}", "supplier", words->parent),
                              &reply, why);
    }
    json_t *parent = NULL;
    if (result == TOC_OK) {
        parent = json_string(toc_field_text(reply.json, "id"));
    } else if (result == TOC_NOTFOUND) {
        parent = json_pack("{s:s, s:s*}", "name", words->parent, "number", words->number);
    } else {
        toc_why_prefix(why, "%.60s", words->parent);
        return result;
    }
    if (parent == NULL) {
        return toc_fail(why, TOC_INVALID, "%.60s: is no UTF-8 text", words->parent);
    }
    *ret_parent = parent;
    return TOC_OK;
}

static enum toc_result change(struct toc_cli *cli, const struct words *words, json_t **ret_answer,
                              struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    json_t *parent = NULL;
    if (words->parent != NULL) {
        TOC_TRY(find_parent(cli, words, &parent, why));
    }
    const enum toc_result result = toc_cli_call(
        cli, "supplier_parent",
        json_pack("{s:s, s:o*}", "supplier", words->supplier, "parent", parent), &reply, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%.60s", words->supplier);
        return result;
    }
    *ret_answer = json_incref(reply.json);
    return TOC_OK;
}

int toc_cmd_supplier_parent(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    bool none = false;
    const struct toc_option options[] = {
        {.name = "none", .flag = &none},
        {.name = "number", .text = &words.number},
    };
    static const struct toc_usage usage = {
        .command = "supplier parent",
        .operands_min = 1,
        .operands_max = 2,
        .operands = "SUPPLIER PARENT [--number N] | SUPPLIER --none",
    };
    TOC_AUTO(toc_json_free) json_t *answer = NULL;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (none != (operands.len == 1) || (none && words.number != NULL)) {
        return toc_cli_misuse(cli, usage.command,
                              none ? "--none: and no PARENT besides"
                                   : "PARENT, or --none, is missing");
    }
    words.supplier = operands.items[0];
    words.parent = none ? NULL : operands.items[1];
    const enum toc_result result = change(cli, &words, &answer, &why);
    if (result != TOC_OK) {
        return toc_supplier_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, answer);
    }
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, words.supplier);
    if (none) {
        fputs(": no parent.\n", cli->out);
        return TOC_EXIT_DONE;
    }
    fputs(": the parent is ", cli->out);
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, words.parent);
    fputs(".\n", cli->out);
    return TOC_EXIT_DONE;
}
