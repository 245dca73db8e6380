/* flag history: every state of a flag, who brought it about and when, and who has applied the
 * newest. */
#include "commands.h"
#include "ensure.h"
#include "flag_words.h"
#include "supplier_words.h"
#include <string.h>

/* ---- what became of it ---- */

static void detail_of(const json_t *entry, char *ret_text, size_t room)
{
    const long long sequence = (long long)toc_field_number(entry, "sequence");
    const char *const text = toc_field_text(entry, "text");
    char record[64] = "";
    if (sequence > 0) {
        (void)snprintf(record, sizeof record, "%s%.32srecord %lld", text[0] == '\0' ? "" : "; ",
                       toc_field_text(entry, "publisher")[0] == '\0' ? "our " : "", sequence);
    }
    if (strcmp(toc_field_text(entry, "what"), "alert") == 0) {
        (void)snprintf(
            ret_text, room, "%.20s, severity %lld, %.20s reporters, %.32s's record %lld",
            toc_field_text(entry, "status"), (long long)toc_field_number(entry, "severity"),
            toc_field_text(entry, "reporters"), toc_field_text(entry, "publisher"), sequence);
        return;
    }
    (void)snprintf(ret_text, room, "%.200s%s", text, record);
}

static enum toc_result print_history(struct toc_cli *cli, const json_t *reply)
{
    static const struct toc_column columns[] = {
        {.heading = "TIME"},
        {.heading = "WHAT"},
        {.heading = "BY UID", .right = true},
        {.heading = "DETAIL", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    const json_t *const history = toc_field_array(reply, "history");
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *const entry = json_array_get(history, i);
        char uid[24] = "";
        char detail[320];
        if (json_is_integer(json_object_get(entry, "by"))) {
            (void)snprintf(uid, sizeof uid, "%lld", (long long)toc_field_number(entry, "by"));
        }
        detail_of(entry, detail, sizeof detail);
        const char *const cells[] = {toc_field_text(entry, "time"), toc_field_text(entry, "what"),
                                     uid, detail};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    return TOC_OK;
}

/* ---- who has applied it ---- */

static void print_missing(struct toc_cli *cli, const json_t *applied)
{
    const size_t all = json_array_size(applied);
    char line[1200];
    size_t missing = 0;
    size_t at = 0;
    line[0] = '\0';
    for (size_t i = 0; i < all; i++) {
        const json_t *const row = json_array_get(applied, i);
        if (toc_field_true(row, "applied")) {
            continue;
        }
        if (at < sizeof line) {
            at += (size_t)snprintf(line + at, sizeof line - at, "%s%.64s", missing == 0 ? "" : ", ",
                                   toc_field_text(row, "member"));
        }
        missing++;
    }
    if (missing == 0) {
        fprintf(cli->out, "All %zu members that are told have applied it.\n", all);
    } else {
        fprintf(cli->out, "%zu of %zu members have not applied it yet: ", missing, all);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, line);
        fputc('\n', cli->out);
    }
}

static enum toc_result print_applied(struct toc_cli *cli, const json_t *reply)
{
    static const struct toc_column columns[] = {{.heading = "MEMBER"}, {.heading = "APPLIED"}};
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    const json_t *const applied = toc_field_array(reply, "applied");
    if (json_array_size(applied) == 0) {
        fputs("Nothing of it was signed yet, so nobody has seen it.\n", cli->out);
        return TOC_OK;
    }
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(applied); i++) {
        const json_t *const row = json_array_get(applied, i);
        const char *const cells[] = {toc_field_text(row, "member"),
                                     toc_field_true(row, "applied") ? "yes" : "not yet"};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    print_missing(cli, applied);
    return TOC_OK;
}

static enum toc_result print(struct toc_cli *cli, const json_t *reply)
{
    const char *const state = toc_field_text(reply, "state");
    const char *const status = toc_field_text(reply, "status");
    char event[TOC_EVENT_WORDS_LEN + 1];
    char words[64];
    char line[500];
    toc_flag_event_words(toc_field_text(reply, "event"), event);
    toc_flag_status_words(reply, strcmp(state, "sent") == 0 ? status : state, words, sizeof words);
    (void)snprintf(line, sizeof line, "Flag %.*s: %.200s, %s, severity %lld: %s",
                   TOC_FLAG_SHORT_LEN, toc_field_text(reply, "flag"), toc_field_text(reply, "name"),
                   event, (long long)toc_field_number(reply, "severity"), words);
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING, line);
    fputs("\n\n", cli->out);
    TOC_TRY(print_history(cli, reply));
    fputc('\n', cli->out);
    return print_applied(cli, reply);
}

int toc_cmd_flag_history(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    static const struct toc_usage usage = {
        .command = "flag history", .operands_min = 1, .operands_max = 1, .operands = "FLAG"};
    char flag[TOC_FLAG_TEXT_LEN + 1];
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_flag_find(cli, operands.items[0], flag, &why);
    if (result == TOC_OK) {
        result = toc_cli_call(cli, "flag_history", json_pack("{s:s}", "flag", flag), &reply, &why);
    }
    if (result == TOC_OK && cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    if (result == TOC_OK) {
        result = print(cli, reply.json);
    }
    return result == TOC_OK ? TOC_EXIT_DONE : toc_supplier_fail(cli, result, &why);
}
