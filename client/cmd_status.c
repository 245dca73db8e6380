#include "commands.h"
#include "ensure.h"
#include <string.h>

/* A number of a reply as text; "" for null or absent. */
static const char *number_text(const json_t *object, const char *key, char ret_text[24])
{
    ret_text[0] = '\0';
    if (json_is_integer(json_object_get(object, key))) {
        (void)snprintf(ret_text, 24, "%lld", (long long)toc_field_number(object, key));
    }
    return ret_text;
}

static enum toc_result print_peers(struct toc_cli *cli, const json_t *peers)
{
    static const struct toc_column columns[] = {
        {.heading = "PEER"},
        {.heading = "STATE", .coloured = true},
        {.heading = "SINCE"},
        {.heading = "ADDRESS", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *const peer = json_array_get(peers, i);
        const char *const address = toc_field_text(peer, "address");
        const char *const cells[] = {toc_field_text(peer, "member"), toc_field_text(peer, "state"),
                                     toc_field_text(peer, "since"),
                                     address[0] == '\0' ? "(it dialled)" : address};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        fputc('\n', cli->out);
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

static enum toc_result print_members(struct toc_cli *cli, const json_t *members)
{
    static const struct toc_column columns[] = {
        {.heading = "MEMBER"},
        {.heading = "LAST HEARD", .coloured = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *const member = json_array_get(members, i);
        const char *const heard = toc_field_text(member, "heard");
        const char *const cells[] = {toc_field_text(member, "member"),
                                     heard[0] == '\0' ? "never" : heard};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        fputc('\n', cli->out);
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

/* "york 12, hull 9 of 14": only who has not applied everything, for that is what one looks for. */
static void behind_text(const json_t *log, char *ret_text, size_t room)
{
    const json_t *const applied = toc_field_array(log, "applied");
    const int64_t last = toc_field_number(log, "next_sequence") - 1;
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < json_array_size(applied); i++) {
        const json_t *const one = json_array_get(applied, i);
        const int64_t sequence = toc_field_number(one, "sequence");
        if (sequence >= last || used + 1 >= room) {
            continue;
        }
        const int len = snprintf(ret_text + used, room - used, "%s%s %lld", used == 0 ? "" : ", ",
                                 toc_field_text(one, "member"), (long long)sequence);
        used += len < 0 ? 0 : (size_t)len;
    }
    if (json_array_size(applied) > 0 && ret_text[0] == '\0') {
        (void)snprintf(ret_text, room, "none of %zu", json_array_size(applied));
    }
}

static enum toc_result print_logs(struct toc_cli *cli, const json_t *logs)
{
    static const struct toc_column columns[] = {
        {.heading = "PUBLISHER"},
        {.heading = "STREAM", .shrinks = true},
        {.heading = "LAST", .right = true},
        {.heading = "HERE", .right = true},
        {.heading = "STATE", .coloured = true},
        {.heading = "HEAD", .shrinks = true},
        {.heading = "BEHIND", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(logs); i++) {
        const json_t *const log = json_array_get(logs, i);
        char last[24];
        char here[24];
        char head[13] = "";
        char behind[160];
        const char *const whole = toc_field_text(log, "head");
        (void)snprintf(last, sizeof last, "%lld",
                       (long long)toc_field_number(log, "next_sequence") - 1);
        memcpy(head, whole, strnlen(whole, sizeof head - 1));
        behind_text(log, behind, sizeof behind);
        const char *const cells[] = {toc_field_text(log, "publisher"),
                                     toc_field_text(log, "stream"),
                                     last,
                                     number_text(log, "applied_here", here),
                                     toc_field_text(log, "state"),
                                     head,
                                     behind};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        fputc('\n', cli->out);
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

static void print_head(struct toc_cli *cli, const json_t *status)
{
    const char *const state = toc_field_text(status, "roster_state");
    fprintf(cli->out, "%s in group %s, roster version %lld (", toc_field_text(status, "member"),
            toc_field_text(status, "group"), (long long)toc_field_number(status, "roster_version"));
    toc_text_print(cli->out, &cli->paper, toc_style_of(state), state);
    fprintf(cli->out, ", until %s)\n", toc_field_text(status, "roster_expires"));
    const char *const note = toc_field_text(status, "holder_note");
    if (note[0] != '\0') {
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, note);
        fputc('\n', cli->out);
    }
    fprintf(cli->out, "Drafts: %lld   waiting to be signed: %lld   evidence: %lld\n",
            (long long)toc_field_number(status, "drafts"),
            (long long)toc_field_number(status, "waiting"),
            (long long)toc_field_number(status, "evidence"));
    const json_t *const warnings = toc_field_array(status, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *const text = json_string_value(json_array_get(warnings, i));
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_WARN, text == NULL ? "" : text);
        fputc('\n', cli->out);
    }
}

int toc_cmd_status(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "status", .operands = ""};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_cli_call(cli, "status", NULL, &reply, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    print_head(cli, reply.json);
    result = print_peers(cli, toc_field_array(reply.json, "peers"));
    if (result == TOC_OK) {
        result = print_members(cli, toc_field_array(reply.json, "members"));
    }
    if (result == TOC_OK) {
        result = print_logs(cli, toc_field_array(reply.json, "logs"));
    }
    return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
}
