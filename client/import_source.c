#include "import_source.h"
#include "ensure.h"
#include "figures.h"
#include "settle.h"
#include <stdio.h>
#include <string.h>

enum { PENCE = 100, QUESTION_LEN = 200 };

static enum toc_result add_row(struct toc_table *table, const json_t *import)
{
    char dates[64] = "";
    char rows[TOC_POUNDS_TEXT_LEN + 1];
    char pounds[TOC_POUNDS_TEXT_LEN + 1] = "";
    toc_count_text(toc_field_number(import, "rows"), rows);
    if (toc_field_text(import, "first_date")[0] != '\0') {
        (void)snprintf(dates, sizeof dates, "%s to %s", toc_field_text(import, "first_date"),
                       toc_field_text(import, "last_date"));
        toc_pounds_text(toc_field_number(import, "pence") / PENCE, pounds);
    }
    const char *const cells[] = {toc_field_text(import, "kind"),
                                 toc_field_text(import, "source"),
                                 toc_field_text(import, "file"),
                                 dates,
                                 rows,
                                 pounds,
                                 toc_field_text(import, "time")};
    return toc_table_add(table, cells);
}

static enum toc_result print_list(struct toc_cli *cli, const json_t *imports)
{
    static const struct toc_column columns[] = {
        {.heading = "KIND"},
        {.heading = "SOURCE"},
        {.heading = "FILE", .shrinks = true},
        {.heading = "DATES THAT COUNT"},
        {.heading = "ROWS", .right = true},
        {.heading = "SUM", .right = true},
        {.heading = "READ"},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(imports); i++) {
        TOC_TRY(add_row(table, json_array_get(imports, i)));
    }
    if (toc_table_rows(table) == 0) {
        fputs("Nothing was imported yet: 'tocsin import spend FILE'\n", cli->out);
    } else {
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

int toc_import_list(struct toc_cli *cli)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_why why = {"out of memory"};
    enum toc_result result = toc_cli_call(cli, "import_list", NULL, &reply, &why);
    if (result == TOC_OK && cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    if (result == TOC_OK) {
        result = print_list(cli, toc_field_array(reply.json, "imports"));
    }
    return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
}

static enum toc_result withdraw(struct toc_cli *cli, const char *kind, const char *source,
                                struct toc_reply *reply, struct toc_settled *settled,
                                struct toc_why *why)
{
    char question[QUESTION_LEN];
    (void)snprintf(question, sizeof question,
                   "All that the files of %s source '%.64s' said is taken back. Go on?", kind,
                   source);
    if (!toc_cli_confirm(cli, question)) {
        return toc_fail(why, TOC_DENIED, "%.64s: not withdrawn: nothing was changed", source);
    }
    TOC_TRY(toc_cli_call(cli, "source_drop",
                         json_pack("{s:s, s:s}", "kind", kind, "source", source), reply, why));
    return toc_settle(cli, settled, why);
}

int toc_import_withdraw(struct toc_cli *cli, const char *kind, const char *source)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_settled settled = {0};
    struct toc_why why = {"out of memory"};
    if (strcmp(kind, "spend") != 0 && strcmp(kind, "contracts") != 0) {
        return toc_cli_misuse(cli, "import withdraw", "'%.40s' is not spend or contracts", kind);
    }
    if (source == NULL) {
        source = strcmp(kind, "spend") == 0 ? "payments" : "register";
    }
    const enum toc_result result = withdraw(cli, kind, source, &reply, &settled, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        (void)json_object_set_new(reply.json, "staged", json_integer((json_int_t)settled.staged));
        (void)json_object_set_new(reply.json, "withdrawn",
                                  json_integer((json_int_t)settled.withdrawn));
        return toc_cli_answer(cli, reply.json);
    }
    fprintf(cli->out,
            "%s source '%s': %lld rows taken back\nDrafts: %llu to add or replace, %llu to "
            "withdraw. Nothing has left yet: see tocsin preview; tocsin publish sends it.\n",
            kind, source, (long long)toc_field_number(reply.json, "rows"),
            (unsigned long long)settled.staged, (unsigned long long)settled.withdrawn);
    return TOC_EXIT_DONE;
}
