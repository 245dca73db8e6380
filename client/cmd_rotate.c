/* rotate: new keys for this member's logs, and the way on for a log that a conflict has stopped. */
#include "commands.h"
#include "ensure.h"
#include "ident.h"
#include <string.h>

struct log_words {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    char stream[TOC_STREAM_LEN_MAX + 1];
};

/* "PUBLISHER/STREAM". */
static enum toc_result parse_log(const char *text, struct log_words *ret_log)
{
    struct log_words log = {.publisher = ""};
    const char *const slash = strchr(text, '/');
    const size_t len = slash == NULL ? 0 : (size_t)(slash - text);
    TOC_ENSURE(len > 0 && len < sizeof log.publisher, TOC_INVALID);
    TOC_ENSURE(strlen(slash + 1) < sizeof log.stream, TOC_INVALID);
    memcpy(log.publisher, text, len);
    memcpy(log.stream, slash + 1, strlen(slash + 1) + 1);
    TOC_ENSURE(toc_ident_member(log.publisher) && toc_ident_stream(log.stream), TOC_INVALID);
    *ret_log = log;
    return TOC_OK;
}

int toc_cmd_rotate(struct toc_cli *cli, int argc, char **argv)
{
    const char *log = NULL;
    const struct toc_option options[] = {{.name = "log", .text = &log}};
    static const struct toc_usage usage = {.command = "rotate",
                                           .operands = "[--log PUBLISHER/STREAM]"};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct log_words words;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 1, &operands, &status)) {
        return status;
    }
    if (log != NULL && parse_log(log, &words) != TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "--log: '%.100s' is not PUBLISHER/STREAM", log);
    }
    json_t *const fields =
        log == NULL ? NULL
                    : json_pack("{s:s, s:s}", "publisher", words.publisher, "stream", words.stream);
    const enum toc_result result = toc_cli_call(cli, "rotate", fields, &reply, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    const json_t *const rotated = toc_field_array(reply.json, "rotated");
    for (size_t i = 0; i < json_array_size(rotated); i++) {
        const json_t *const item = json_array_get(rotated, i);
        fprintf(cli->out, "%s/%s: a new %s begins with the next batch (generation %lld)\n",
                toc_field_text(item, "publisher"), toc_field_text(item, "stream"),
                toc_field_text(item, "opened"), (long long)toc_field_number(item, "generation"));
    }
    if (json_array_size(rotated) == 0) {
        fputs("This member has no open log yet.\n", cli->out);
    }
    return TOC_EXIT_DONE;
}
