/* flag raise: a warning about one of one's own suppliers. On a terminal it first shows what would
 * be said, to whom, and what each of them can work out, and asks. */
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "flag_words.h"
#include "sealed.h"
#include "supplier_words.h"
#include "timetext.h"
#include <string.h>

struct words {
    const char *event, *source, *expires, *clause, *action, *text, *reference, *date, *embargo;
    uint64_t severity; /* 0: the event's usual one */
    bool may_identify, exercise, parent, yes;
};

static enum toc_result check_names(const struct words *words, struct toc_why *why)
{
    enum toc_source source;
    enum toc_clause clause;
    enum toc_action action;
    int32_t day;
    if (words->event == NULL || words->source == NULL) {
        return toc_fail(why, TOC_INVALID, "--event and --source are needed");
    }
    if (toc_event_parse(words->event) == NULL) {
        return toc_fail(why, TOC_INVALID, "--event: '%.20s' is no event: F01 to F30, F90, F91",
                        words->event);
    }
    if (toc_source_parse(words->source, &source) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--source: '%.40s' is none of %s, %s, %s, %s",
                        words->source, toc_source_name(TOC_SOURCE_PUBLIC_REGISTER),
                        toc_source_name(TOC_SOURCE_PUBLIC_ANNOUNCEMENT),
                        toc_source_name(TOC_SOURCE_SUPPLIER_NOTICE),
                        toc_source_name(TOC_SOURCE_OBSERVATION));
    }
    if (words->clause != NULL && toc_clause_parse(words->clause, &clause) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--clause: '%.40s' is none: see tocsin(1)",
                        words->clause);
    }
    if (words->action != NULL && toc_action_parse(words->action, &action) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--action: '%.40s' is none: see tocsin(1)",
                        words->action);
    }
    if (words->date != NULL && toc_date_parse(words->date, &day) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--date: '%.40s' is no date such as 2026-03-31",
                        words->date);
    }
    if (words->embargo != NULL && toc_date_parse(words->embargo, &day) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--embargo-until: '%.40s' is no date such as 2027-03-31",
                        words->embargo);
    }
    return TOC_OK;
}

/* "2027-Q1" */
static bool is_quarter(const char *text)
{
    static const char digits[] = "0123456789";
    return strlen(text) == 7 && strspn(text, digits) == 4 && text[4] == '-' &&
           (text[5] == 'Q' || text[5] == 'q') && text[6] >= '1' && text[6] <= '4';
}

static enum toc_result check(const struct words *words, struct toc_why *why)
{
    TOC_TRY(check_names(words, why));
    if (words->expires != NULL && !is_quarter(words->expires)) {
        return toc_fail(why, TOC_INVALID, "--expires: '%.40s' is no quarter such as 2027-Q1",
                        words->expires);
    }
    if (words->text != NULL && strlen(words->text) > TOC_DETAIL_TEXT_MAX) {
        return toc_fail(why, TOC_TOOBIG, "--text: is longer than %d bytes", TOC_DETAIL_TEXT_MAX);
    }
    if (words->reference != NULL && strlen(words->reference) > TOC_DETAIL_REFERENCE_MAX) {
        return toc_fail(why, TOC_TOOBIG, "--reference: is longer than %d bytes",
                        TOC_DETAIL_REFERENCE_MAX);
    }
    return TOC_OK;
}

static uint64_t severity_of(const struct words *words)
{
    return words->severity > 0 ? words->severity : toc_event_parse(words->event)->severity;
}

/* The same for the preview and for the flag itself. NULL: not UTF-8, or no memory. */
static json_t *fields_of(const struct words *words, const char *supplier)
{
    const uint64_t severity = severity_of(words);
    char code[TOC_EVENT_TEXT_LEN + 1];
    char quarter[8] = "";
    toc_event_text(toc_event_parse(words->event)->code, code);
    if (words->expires != NULL) {
        (void)snprintf(quarter, sizeof quarter, "%.4s-Q%c", words->expires, words->expires[6]);
    }
    return json_pack(
        "{s:s, s:s, s:I, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:b, s:b, s:o*, s:s*}",
        "supplier", supplier, "event", code, "severity", (json_int_t)severity, "source_class",
        words->source, "expires", words->expires == NULL ? NULL : quarter, "clause", words->clause,
        "action", words->action, "text", words->text, "reference", words->reference, "event_date",
        words->date, "may_identify", (int)words->may_identify, "exercise", (int)words->exercise,
        "parent", words->parent ? json_true() : NULL, "embargo_until", words->embargo);
}

static void print_others(struct toc_cli *cli, const json_t *preview)
{
    const json_t *const others = json_object_get(preview, "other_councils");
    const long long count = (long long)json_integer_value(others);
    if (!json_is_integer(others)) {
        return;
    }
    if (count == 0) {
        fputs("  used by    no other council that publishes its payments\n", cli->err);
    } else {
        fprintf(cli->err,
                "  used by    %lld other council%s: whoever is warned knows that it was one of "
                "those that use it\n",
                count, count == 1 ? "" : "s");
    }
}

/* On standard error, where the question is. */
static void print_preview(struct toc_cli *cli, const struct words *words, const json_t *preview)
{
    char number[TOC_NUMBER_TEXT_LEN + 1];
    char pounds[TOC_POUNDS_TEXT_LEN + 1];
    char event[TOC_EVENT_WORDS_LEN + 1];
    char members[400];
    toc_supplier_number_text(preview, number);
    toc_pounds_text(toc_field_number(preview, "spend"), pounds);
    toc_flag_event_words(words->event, event);
    toc_json_join(toc_field_array(preview, "recipients"), members, sizeof members);
    fputs(words->exercise ? "EXERCISE\n" : "", cli->err);
    toc_text_print(cli->err, &cli->paper, TOC_STYLE_HEADING, toc_field_text(preview, "name"));
    fprintf(cli->err,
            "%s%s\n  we paid    %s\n  event      %s\n  severity   %llu of %d\n"
            "  source     %s\n  sent to    ",
            number[0] == '\0' ? "" : "  ", number, pounds, event,
            (unsigned long long)severity_of(words), TOC_SEVERITY_MAX, words->source);
    toc_text_print(cli->err, &cli->paper, TOC_STYLE_PLAIN, members);
    fputc('\n', cli->err);
    if (toc_field_text(preview, "parent")[0] != '\0') {
        fputs("  and of     ", cli->err);
        toc_text_print(cli->err, &cli->paper, TOC_STYLE_PLAIN, toc_field_text(preview, "parent"));
        fputs(", its parent\n", cli->err);
    }
    if (words->embargo != NULL) {
        fprintf(cli->err, "  embargo    until %s\n", words->embargo);
    }
    print_others(cli, preview);
    const json_t *const learns = toc_field_array(preview, "learns");
    for (size_t i = 0; i < json_array_size(learns); i++) {
        const char *const sentence = json_string_value(json_array_get(learns, i));
        toc_text_wrap(cli->err, &cli->paper, 2, sentence == NULL ? "" : sentence);
    }
    if (toc_field_true(preview, "second_person")) {
        fputs("It waits until somebody else here approves it.\n", cli->err);
    }
    fputs("This is not an exclusion decision.\n", cli->err);
}

/* Whether it is to go. */
static enum toc_result ask(struct toc_cli *cli, const struct words *words, const char *supplier,
                           bool *ret_go, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply preview = {0};
    TOC_TRY(toc_cli_call(cli, "flag_preview", fields_of(words, supplier), &preview, why));
    print_preview(cli, words, preview.json);
    *ret_go = toc_cli_confirm(cli, "Raise this flag?");
    return TOC_OK;
}

static int raise_flag(struct toc_cli *cli, const struct words *words, const char *supplier)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    TOC_AUTO(toc_json_free) json_t *fields = fields_of(words, supplier);
    struct toc_why why = {""};
    bool go = true;
    if (fields == NULL) {
        return toc_cli_misuse(cli, "flag raise", "a word is no UTF-8 text");
    }
    enum toc_result result =
        cli->asks && !words->yes ? ask(cli, words, supplier, &go, &why) : TOC_OK;
    if (result == TOC_OK && !go) {
        result = toc_fail(&why, TOC_DENIED, "nothing was sent");
    }
    if (result == TOC_OK) {
        result = toc_cli_call(cli, "flag_raise", json_incref(fields), &reply, &why);
    }
    return result == TOC_OK ? toc_flag_say(cli, toc_field_text(reply.json, "flag"), reply.json)
                            : toc_supplier_fail(cli, result, &why);
}

int toc_cmd_flag_raise(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    const struct toc_option options[] = {
        {.name = "event", .text = &words.event},
        {.name = "severity", .number = &words.severity, .number_max = TOC_SEVERITY_MAX},
        {.name = "source", .text = &words.source},
        {.name = "expires", .text = &words.expires},
        {.name = "clause", .text = &words.clause},
        {.name = "action", .text = &words.action},
        {.name = "text", .text = &words.text},
        {.name = "reference", .text = &words.reference},
        {.name = "date", .text = &words.date},
        {.name = "may-identify", .flag = &words.may_identify},
        {.name = "exercise", .flag = &words.exercise},
        {.name = "parent", .flag = &words.parent},
        {.name = "embargo-until", .text = &words.embargo},
        {.name = "yes", .flag = &words.yes},
    };
    static const struct toc_usage usage = {
        .command = "flag raise",
        .operands_min = 1,
        .operands_max = 1,
        .operands = "SUPPLIER --event CODE --source CLASS [--severity N] [--expires QUARTER] "
                    "[--clause C] [--action A] [--text T] [--reference R] [--date DATE] "
                    "[--may-identify] [--exercise] [--parent] [--embargo-until DATE] [--yes]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (check(&words, &why) != TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    return raise_flag(cli, &words, operands.items[0]);
}
