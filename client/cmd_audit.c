#include "commands.h"
#include "ensure.h"

static enum toc_result print_audit(struct toc_cli *cli, const json_t *entries)
{
    static const struct toc_column columns[] = {
        {.heading = "ID", .right = true},       {.heading = "TIME"},
        {.heading = "UID", .right = true},      {.heading = "COMMAND"},
        {.heading = "DETAIL", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *const entry = json_array_get(entries, i);
        char id[24];
        char uid[24];
        (void)snprintf(id, sizeof id, "%lld", (long long)toc_field_number(entry, "id"));
        (void)snprintf(uid, sizeof uid, "%lld", (long long)toc_field_number(entry, "uid"));
        const char *const cells[] = {id, toc_field_text(entry, "time"), uid,
                                     toc_field_text(entry, "command"),
                                     toc_field_text(entry, "detail")};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    return TOC_OK;
}

int toc_cmd_audit(struct toc_cli *cli, int argc, char **argv)
{
    uint64_t before = 0;
    const struct toc_option options[] = {
        {.name = "before", .number = &before, .number_max = INT64_MAX},
    };
    static const struct toc_usage usage = {.command = "audit", .operands = "[--before ID]"};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 1, &operands, &status)) {
        return status;
    }
    json_t *const fields = before == 0 ? NULL : json_pack("{s:I}", "before", (json_int_t)before);
    enum toc_result result = toc_cli_call(cli, "audit", fields, &reply, &why);
    if (result == TOC_OK && cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    if (result == TOC_OK) {
        result = print_audit(cli, toc_field_array(reply.json, "audit"));
    }
    return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
}
