/* The subcommands that change a flag of one's own: approve, withdraw, clear, mitigate, confirm. */
#include "commands.h"
#include "ensure.h"
#include "flag_words.h"
#include "supplier_words.h"
#include "wire_record.h"
#include <string.h>

static int change(struct toc_cli *cli, const char *request, const char *word, const char *reason)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    char flag[TOC_FLAG_TEXT_LEN + 1];
    struct toc_why why = {""};
    enum toc_result result = toc_flag_find(cli, word, flag, &why);
    if (result == TOC_OK) {
        result = toc_cli_call(
            cli, request, json_pack("{s:s, s:s*}", "flag", flag, "reason", reason), &reply, &why);
    }
    return result == TOC_OK ? toc_flag_say(cli, flag, reply.json)
                            : toc_supplier_fail(cli, result, &why);
}

static int change_plain(struct toc_cli *cli, int argc, char **argv, const char *command,
                        const char *request)
{
    const struct toc_usage usage = {
        .command = command, .operands_min = 1, .operands_max = 1, .operands = "FLAG"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    return change(cli, request, operands.items[0], NULL);
}

int toc_cmd_flag_approve(struct toc_cli *cli, int argc, char **argv)
{
    return change_plain(cli, argc, argv, "flag approve", "flag_approve");
}

int toc_cmd_flag_clear(struct toc_cli *cli, int argc, char **argv)
{
    return change_plain(cli, argc, argv, "flag clear", "flag_clear");
}

int toc_cmd_flag_mitigate(struct toc_cli *cli, int argc, char **argv)
{
    return change_plain(cli, argc, argv, "flag mitigate", "flag_mitigate");
}

int toc_cmd_flag_confirm(struct toc_cli *cli, int argc, char **argv)
{
    return change_plain(cli, argc, argv, "flag confirm", "flag_confirm");
}

int toc_cmd_flag_withdraw(struct toc_cli *cli, int argc, char **argv)
{
    const char *reason = NULL;
    const struct toc_option options[] = {{.name = "reason", .text = &reason}};
    static const struct toc_usage usage = {.command = "flag withdraw",
                                           .operands_min = 1,
                                           .operands_max = 1,
                                           .operands = "FLAG --reason TEXT"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 1, &operands, &status)) {
        return status;
    }
    /* Whoever was warned sees it taken back, and has to know why. */
    if (reason == NULL || reason[0] == '\0' || strlen(reason) > TOC_REASON_LEN_MAX) {
        return toc_cli_misuse(cli, usage.command, "--reason TEXT is needed, of at most %d bytes",
                              TOC_REASON_LEN_MAX);
    }
    return change(cli, "flag_withdraw", operands.items[0], reason);
}
