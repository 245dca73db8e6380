#include "commands.h"
#include "ensure.h"

/* A million records take a while. */
enum { TIMEOUT_MS = 30 * 60 * 1000 };

int toc_cmd_rebuild(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "rebuild", .operands = ""};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_local *local;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_cli_local(cli, &local, &why);
    if (result == TOC_OK) {
        const struct toc_call call = {.request = "rebuild", .timeout_ms = TIMEOUT_MS};
        result = toc_local_call(local, &call, &reply, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    fprintf(cli->out, "%lld records, made anew from the logs\nDigest: %s\n",
            (long long)toc_field_number(reply.json, "records"),
            toc_field_text(reply.json, "digest"));
    return TOC_EXIT_DONE;
}
