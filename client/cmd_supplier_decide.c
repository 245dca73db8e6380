/* supplier keep and supplier drop: an officer says what neither number nor corporate ending says:
 * whether a name is an organisation. Remembered, and what follows from it is staged at once. */
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "settle.h"
#include "supplier_choice.h"
#include "supplier_words.h"

/* What is said of failures on a terminal before they are only counted. */
enum { FAILURES_SHOWN = 20 };

struct decision {
    bool keep;
    json_t *decided; /* {supplier, state, rows}; owned */
    json_t *failed;  /* {supplier, reason}; owned */
    int64_t rows;
    enum toc_result last; /* of the failures */
};

static void decision_done(struct decision *decision)
{
    json_decref(decision->decided);
    json_decref(decision->failed);
}

/* One failed name does not stop the others; a daemon that went away does. */
static bool is_fatal(enum toc_result result)
{
    return result == TOC_AGAIN || result == TOC_TIMEOUT || result == TOC_NOMEM ||
           result == TOC_STORE || result == TOC_IO;
}

static enum toc_result decide_one(struct toc_cli *cli, struct decision *decision, const char *name,
                                  struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    TOC_TRY(toc_cli_call(cli, "supplier_decide",
                         json_pack("{s:s, s:b}", "supplier", name, "keep", (int)decision->keep),
                         &reply, why));
    decision->rows += toc_field_number(reply.json, "rows");
    json_t *const row =
        json_pack("{s:O?, s:s, s:I}", "supplier", json_object_get(reply.json, "supplier"), "state",
                  toc_field_text(reply.json, "state"), "rows",
                  (json_int_t)toc_field_number(reply.json, "rows"));
    if (json_array_append_new(decision->decided, row) != 0) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    return TOC_OK;
}

static void show_progress(struct toc_cli *cli, size_t done, size_t all)
{
    if (cli->asks && all > 100 && (done % 100 == 0 || done == all)) {
        fprintf(cli->err, "\r%zu of %zu%s", done, all, done == all ? "\n" : "");
        (void)fflush(cli->err);
    }
}

static enum toc_result decide_all(struct toc_cli *cli, struct decision *decision,
                                  const json_t *names, struct toc_why *why)
{
    const size_t len = json_array_size(names);
    for (size_t i = 0; i < len; i++) {
        const char *const name = json_string_value(json_array_get(names, i));
        const enum toc_result result = decide_one(cli, decision, name, why);
        show_progress(cli, i + 1, len);
        if (is_fatal(result)) {
            return result;
        }
        if (result != TOC_OK) {
            decision->last = result;
            toc_why_prefix(why, "%.60s", name);
            (void)json_array_append_new(
                decision->failed, json_pack("{s:s, s:s}", "supplier", name, "reason", why->text));
        }
    }
    return TOC_OK;
}

static void print_failures(struct toc_cli *cli, const struct decision *decision)
{
    const size_t len = json_array_size(decision->failed);
    for (size_t i = 0; i < len && i < FAILURES_SHOWN; i++) {
        struct toc_why why;
        (void)toc_fail(&why, decision->last, "%s",
                       toc_field_text(json_array_get(decision->failed, i), "reason"));
        (void)toc_cli_fail(cli, decision->last, &why);
    }
    if (len > FAILURES_SHOWN) {
        fprintf(cli->err, "tocsin: and %zu more\n", len - FAILURES_SHOWN);
    }
}

static void print_decided(struct toc_cli *cli, const struct decision *decision,
                          const struct toc_settled *settled)
{
    const size_t len = json_array_size(decision->decided);
    char text[320];
    char rows[TOC_POUNDS_TEXT_LEN + 1];
    toc_count_text(decision->rows, rows);
    (void)snprintf(text, sizeof text, "%zu supplier%s %s: %s payment row%s %s.", len,
                   len == 1 ? "" : "s", decision->keep ? "kept" : "dropped", rows,
                   decision->rows == 1 ? "" : "s",
                   decision->keep ? (decision->rows == 1 ? "counts" : "count")
                                  : (decision->rows == 1 ? "does not count" : "do not count"));
    toc_text_wrap(cli->out, &cli->paper, 0, text);
    if (settled->staged + settled->withdrawn > 0) {
        (void)snprintf(text, sizeof text,
                       "Drafts: %llu to add or replace, %llu to withdraw. Nothing has left yet: "
                       "see tocsin preview; tocsin publish sends it.",
                       (unsigned long long)settled->staged, (unsigned long long)settled->withdrawn);
        toc_text_wrap(cli->out, &cli->paper, 0, text);
    }
}

static int report(struct toc_cli *cli, const struct decision *decision,
                  const struct toc_settled *settled)
{
    const size_t failed = json_array_size(decision->failed);
    int status = TOC_EXIT_DONE;
    if (cli->json) {
        status = toc_cli_document(cli, json_pack("{s:O, s:O, s:I, s:I, s:I}", "decided",
                                                 decision->decided, "failed", decision->failed,
                                                 "rows", (json_int_t)decision->rows, "staged",
                                                 (json_int_t)settled->staged, "withdrawn",
                                                 (json_int_t)settled->withdrawn));
    } else if (json_array_size(decision->decided) > 0) {
        print_decided(cli, decision, settled);
    }
    print_failures(cli, decision);
    if (failed == 0 || status != TOC_EXIT_DONE) {
        return status;
    }
    if (json_array_size(decision->decided) > 0) {
        return TOC_EXIT_PARTLY;
    }
    return toc_supplier_exit_of(decision->last);
}

static int run(struct toc_cli *cli, const struct toc_usage *usage, bool keep, int argc, char **argv)
{
    TOC_AUTO(toc_json_free) json_t *names = NULL;
    TOC_AUTO(decision_done)
    struct decision decision = {.keep = keep, .decided = json_array(), .failed = json_array()};
    struct toc_operands operands;
    struct toc_settled settled = {0};
    struct toc_why why = {"out of memory"};
    int status;
    if (!toc_cli_parse(cli, usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_supplier_choice(&operands, cli->in, &names, &why);
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, usage->command, "%s", why.text);
    }
    if (result == TOC_OK) {
        result = decide_all(cli, &decision, names, &why);
    }
    if (result == TOC_OK && json_array_size(decision.decided) > 0) {
        result = toc_settle(cli, &settled, &why);
    }
    return result == TOC_OK ? report(cli, &decision, &settled) : toc_cli_fail(cli, result, &why);
}

int toc_cmd_supplier_keep(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "supplier keep",
                                           .operands_min = 1,
                                           .operands_max = SIZE_MAX,
                                           .operands = "SUPPLIER... | -"};
    return run(cli, &usage, true, argc, argv);
}

int toc_cmd_supplier_drop(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "supplier drop",
                                           .operands_min = 1,
                                           .operands_max = SIZE_MAX,
                                           .operands = "SUPPLIER... | -"};
    return run(cli, &usage, false, argc, argv);
}
