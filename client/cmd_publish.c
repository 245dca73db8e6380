/* preview and publish: exactly what would leave, to whom; then it does. */
#include "commands.h"
#include "ensure.h"
#include "record_words.h"
#include "settle.h"
#include <string.h>
#include <unistd.h>

enum { PAGE = 200, DIGEST_LEN = 64 };

/* On a terminal; a pipe and --json have all of them. */
#define SHOWN_MAX 100

/* A request for one stream, or all. */
static json_t *stream_field(const char *stream)
{
    json_t *const fields = json_object();
    if (stream != NULL) {
        (void)json_object_set_new(fields, "stream", json_string(stream));
    }
    return fields;
}

/* What was imported, kept and dropped since is in the drafts before they are looked at. */
static enum toc_result settle(struct toc_cli *cli, const char *stream, struct toc_why *why)
{
    struct toc_settled settled;
    const bool wanted = stream == NULL || strcmp(stream, "exposure") == 0;
    return wanted ? toc_settle(cli, &settled, why) : TOC_OK;
}

/* All pages as one document; the digest is the same on each, or something changed meanwhile. */
static enum toc_result fetch(struct toc_cli *cli, const char *stream, json_t **ret_preview,
                             struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *whole = NULL;
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    do {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        json_t *const fields = stream_field(stream);
        (void)json_object_set_new(fields, "limit", json_integer(PAGE));
        if (after != NULL) {
            (void)json_object_set(fields, "after", after);
        }
        TOC_TRY(toc_cli_call(cli, "preview", fields, &reply, why));
        toc_json_free(&after);
        json_t *const next = json_object_get(reply.json, "after");
        after = json_is_null(next) ? NULL : json_incref(next);
        if (whole == NULL) {
            whole = json_incref(reply.json);
            (void)json_object_del(whole, "after");
            continue;
        }
        if (strcmp(toc_field_text(whole, "digest"), toc_field_text(reply.json, "digest")) != 0) {
            return toc_fail(why, TOC_STALE, "drafts changed while they were read: try again");
        }
        if (json_array_extend(json_object_get(whole, "records"),
                              json_object_get(reply.json, "records")) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    } while (after != NULL);
    *ret_preview = toc_take(&whole);
    return TOC_OK;
}

/* What is beyond the first, by stream and action: drafts come in order of stream. */
static void print_rest(struct toc_cli *cli, const json_t *records, size_t shown)
{
    const size_t len = json_array_size(records);
    fprintf(cli->out, "... and %zu more (--all, or a pipe, shows them):\n", len - shown);
    for (size_t i = shown; i < len;) {
        const json_t *const first = json_array_get(records, i);
        size_t counts[3] = {0};
        static const char *const actions[] = {"add", "replace", "withdraw"};
        for (; i < len && strcmp(toc_field_text(json_array_get(records, i), "stream"),
                                 toc_field_text(first, "stream")) == 0;
             i++) {
            for (size_t j = 0; j < 3; j++) {
                counts[j] +=
                    strcmp(toc_field_text(json_array_get(records, i), "action"), actions[j]) == 0
                        ? 1
                        : 0;
            }
        }
        fprintf(cli->out, "  %s: %zu to add, %zu to replace, %zu to withdraw\n",
                toc_field_text(first, "stream"), counts[0], counts[1], counts[2]);
    }
}

static enum toc_result print_records(struct toc_cli *cli, const json_t *records, bool all)
{
    static const struct toc_column columns[] = {
        {.heading = "STREAM"},
        {.heading = "ACTION"},
        {.heading = "KEY", .shrinks = true},
        {.heading = "WHAT", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    const size_t len = json_array_size(records);
    const size_t shown = all || len <= SHOWN_MAX || isatty(fileno(cli->out)) == 0 ? len : SHOWN_MAX;
    for (size_t i = 0; i < shown; i++) {
        const json_t *const item = json_array_get(records, i);
        char words[TOC_RECORD_WORDS_LEN + 1];
        toc_record_words(json_object_get(item, "record"), words);
        const char *const cells[] = {toc_field_text(item, "stream"), toc_field_text(item, "action"),
                                     toc_field_text(item, "key"), words};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    if (shown < len) {
        print_rest(cli, records, shown);
    }
    return TOC_OK;
}

static void print_recipients(struct toc_cli *cli, const json_t *recipients)
{
    for (size_t i = 0; i < json_array_size(recipients); i++) {
        const json_t *const item = json_array_get(recipients, i);
        const json_t *const members = toc_field_array(item, "members");
        fprintf(cli->out, "%s goes to %zu members:", toc_field_text(item, "stream"),
                json_array_size(members));
        for (size_t j = 0; j < json_array_size(members); j++) {
            const char *const member = json_string_value(json_array_get(members, j));
            fprintf(cli->out, "%s %s", j == 0 ? "" : ",", member == NULL ? "?" : member);
        }
        fputc('\n', cli->out);
    }
}

/* What follows from publishing: the holders see neither who it is about nor whether they have met
 * it before. */
static void print_tokens(struct toc_cli *cli, const json_t *tokens)
{
    const json_t *const holders = toc_field_array(tokens, "holders");
    const long long inputs = (long long)toc_field_number(tokens, "inputs");
    if (inputs == 0) {
        return;
    }
    fprintf(cli->out, "For tokens, %lld blinded %s will be asked of", inputs,
            inputs == 1 ? "input" : "inputs");
    for (size_t i = 0; i < json_array_size(holders); i++) {
        fputs(i == 0 ? " " : i + 1 == json_array_size(holders) ? " and " : ", ", cli->out);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN,
                       json_string_value(json_array_get(holders, i)));
    }
    fputs(".\n", cli->out);
}

int toc_cmd_preview(struct toc_cli *cli, int argc, char **argv)
{
    const char *stream = NULL;
    bool all = false;
    const struct toc_option options[] = {{.name = "stream", .text = &stream},
                                         {.name = "all", .flag = &all}};
    static const struct toc_usage usage = {.command = "preview",
                                           .operands = "[--stream S] [--all]"};
    TOC_AUTO(toc_json_free) json_t *preview = NULL;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    enum toc_result result = settle(cli, stream, &why);
    if (result == TOC_OK) {
        result = fetch(cli, stream, &preview, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, preview);
    }
    const long long total = (long long)toc_field_number(preview, "total");
    if (total == 0) {
        fputs("Nothing waits to be published.\n", cli->out);
        return TOC_EXIT_DONE;
    }
    result = print_records(cli, toc_field_array(preview, "records"), all);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    fprintf(cli->out, "\n%lld %s would leave.\n", total, total == 1 ? "record" : "records");
    print_recipients(cli, toc_field_array(preview, "recipients"));
    print_tokens(cli, json_object_get(preview, "tokens"));
    const char *const note = toc_field_text(preview, "holder_note");
    if (note[0] != '\0') {
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, note);
        fputc('\n', cli->out);
    }
    fprintf(cli->out, "To send exactly these: tocsin publish --expect %s\n",
            toc_field_text(preview, "digest"));
    return TOC_EXIT_DONE;
}

static void print_published(struct toc_cli *cli, const json_t *reply)
{
    const long long published = (long long)toc_field_number(reply, "published");
    const char *const state = toc_field_text(reply, "state");
    if (published == 0) {
        fputs("Nothing waited to be published.\n", cli->out);
        return;
    }
    fprintf(cli->out, "%lld %s published (%s)\n", published, published == 1 ? "record" : "records",
            state);
    if (strcmp(state, "unproven") == 0) {
        fputs("They are kept, and are signed and sent once the hub has shown what it holds of "
              "this member's logs.\n",
              cli->out);
    }
}

int toc_cmd_publish(struct toc_cli *cli, int argc, char **argv)
{
    const char *stream = NULL;
    const char *expect = NULL;
    const struct toc_option options[] = {{.name = "stream", .text = &stream},
                                         {.name = "expect", .text = &expect}};
    static const struct toc_usage usage = {.command = "publish",
                                           .operands = "[--stream S] [--expect DIGEST]"};
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (expect != NULL && strspn(expect, "0123456789abcdefABCDEF") != DIGEST_LEN) {
        return toc_cli_misuse(cli, usage.command,
                              "--expect: '%.80s' is not the digest that preview shows", expect);
    }
    enum toc_result result = settle(cli, stream, &why);
    if (result == TOC_OK) {
        json_t *const fields = stream_field(stream);
        if (expect != NULL) {
            (void)json_object_set_new(fields, "expect", json_string(expect));
        }
        result = toc_cli_call(cli, "publish", fields, &reply, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    print_published(cli, reply.json);
    return TOC_EXIT_DONE;
}
