/* supplier tokens: how far the pseudonyms are that flags need, and what a person decides about
 * them: to ask other holders, and to ask again. */
#include "commands.h"
#include "ensure.h"
#include <string.h>

/* What comes of each state, and what to do. */
static const char *state_words(const char *state)
{
    static const struct {
        const char *state, *words;
    } all[] = {
        {"no_holders", "The group makes no tokens yet: it has no holders."},
        {"not_its_role", "This member is neither council nor body: it needs no tokens."},
        {"unconfirmed", "Nothing is asked of these holders until somebody here agrees: 'tocsin "
                        "supplier tokens --confirm'."},
        {"unpublished", "Nothing is asked while exposures wait: 'tocsin publish' sends them."},
        {"over_quota", "No more is asked in this token epoch: more published suppliers raise the "
                       "quota, or the signer does with 'tocsin group rules --quota'."},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].state, state) == 0) {
            return all[i].words;
        }
    }
    return NULL;
}

static void print_holders(struct toc_cli *cli, const json_t *holders)
{
    for (size_t i = 0; i < json_array_size(holders); i++) {
        const json_t *const one = json_array_get(holders, i);
        const json_t *const fault = json_object_get(one, "fault");
        fprintf(cli->out, "  %-12s answered %lld, %lld asks are open",
                toc_field_text(one, "member"), (long long)toc_field_number(one, "used"),
                (long long)toc_field_number(one, "outstanding"));
        if (json_is_object(fault)) {
            fputs("; ", cli->out);
            toc_text_print(cli->out, &cli->paper, TOC_STYLE_BAD, toc_field_text(fault, "what"));
        }
        fputc('\n', cli->out);
    }
}

static void print_tokens(struct toc_cli *cli, const json_t *reply)
{
    const char *const words = state_words(toc_field_text(reply, "state"));
    const json_t *const holders = toc_field_array(reply, "holders");

    fprintf(cli->out,
            "Token epoch %lld: %lld names and numbers are ready, %lld wait for holders, "
            "%lld are not asked for, %lld were refused.\n",
            (long long)toc_field_number(reply, "token_epoch"),
            (long long)toc_field_number(reply, "ready"),
            (long long)toc_field_number(reply, "waiting"),
            (long long)toc_field_number(reply, "lacking"),
            (long long)toc_field_number(reply, "refused"));
    if (json_array_size(holders) > 0) {
        fprintf(cli->out, "Holders, of a quota of %lld:\n",
                (long long)toc_field_number(reply, "quota"));
        print_holders(cli, holders);
    }
    if (words != NULL) {
        toc_text_wrap(cli->out, &cli->paper, 0, words);
    }
    if (toc_field_number(reply, "refused") > 0) {
        toc_text_wrap(cli->out, &cli->paper, 0,
                      "What was refused stays so until 'tocsin supplier tokens --retry'; 'tocsin "
                      "status' says why.");
    }
}

int toc_cmd_supplier_tokens(struct toc_cli *cli, int argc, char **argv)
{
    bool confirm = false;
    bool retry = false;
    const struct toc_option options[] = {
        {.name = "confirm", .flag = &confirm},
        {.name = "retry", .flag = &retry},
    };
    static const struct toc_usage usage = {.command = "supplier tokens",
                                           .operands = "[--confirm | --retry]"};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (confirm && retry) {
        return toc_cli_misuse(cli, usage.command, "--confirm, --retry: not both at once");
    }
    const enum toc_result result = toc_cli_call(cli,
                                                confirm ? "tokens_confirm"
                                                : retry ? "tokens_retry"
                                                        : "tokens",
                                                NULL, &reply, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    print_tokens(cli, reply.json);
    return TOC_EXIT_DONE;
}
