/* alert: what this council wants to be told of. What there is shows `region alerts`. */
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include <string.h>

enum { SEVERITY_MAX = 5, MONTHS_MAX = 600, LIST_LEN_MAX = 400 };
#define POUNDS_MAX UINT64_C(1000000000000)
#define NOT_GIVEN UINT64_MAX

static int cmd_rules(struct toc_cli *cli, int argc, char **argv);

static const struct toc_command commands[] = {
    {"rules", cmd_rules,
     "[--event CODE]... [--severity-min N] [--category C]... [--exposure-min POUNDS] "
     "[--ends-within MONTHS] [--reset]",
     "says of which alerts the program 'notify' is told"},
};

int toc_cmd_alert(struct toc_cli *cli, int argc, char **argv)
{
    return toc_cli_dispatch(cli, "alert", commands, sizeof commands / sizeof commands[0], argc,
                            argv);
}

/* What was given, word for word; the daemon knows what there is. "any" empties the list. */
static void set_list(json_t *fields, const char *key, const struct toc_texts *texts)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < texts->len; i++) {
        if (strcmp(texts->items[i], "any") != 0) {
            (void)json_array_append_new(list, json_string(texts->items[i]));
        }
    }
    if (texts->len > 0) {
        (void)json_object_set_new(fields, key, list);
    } else {
        json_decref(list);
    }
}

static void set_number(json_t *fields, const char *key, uint64_t number)
{
    if (number != NOT_GIVEN) {
        (void)json_object_set_new(fields, key, json_integer((json_int_t)number));
    }
}

static void print_rules(struct toc_cli *cli, const json_t *rules)
{
    char events[LIST_LEN_MAX + 1];
    char categories[LIST_LEN_MAX + 1];
    char pounds[TOC_POUNDS_TEXT_LEN + 1];
    const long long months = (long long)toc_field_number(rules, "ends_within_months");
    toc_json_join(toc_field_array(rules, "events"), events, sizeof events);
    toc_json_join(toc_field_array(rules, "categories"), categories, sizeof categories);
    toc_pounds_text(toc_field_number(rules, "exposure_min"), pounds);
    fprintf(cli->out,
            "The program 'notify' is told of alerts on suppliers of ours where all of this "
            "holds:\n"
            "  event        %s\n"
            "  severity     %lld or more\n"
            "  category     %s\n"
            "  paid to it   %s or more\n",
            events[0] == '\0' ? "any" : events, (long long)toc_field_number(rules, "severity_min"),
            categories[0] == '\0' ? "any" : categories, pounds);
    if (months > 0) {
        fprintf(cli->out, "  contract     one ends within %lld months\n", months);
    } else {
        fputs("  contract     any, or none\n", cli->out);
    }
    toc_text_wrap(cli->out, &cli->paper, 0,
                  toc_field_true(rules, "notify")
                      ? "'tocsin region alerts' shows all of them, whatever the rules."
                      : "No program is configured ('notify' in the configuration), so nobody is "
                        "told. 'tocsin region alerts' shows all of them.");
}

static int cmd_rules(struct toc_cli *cli, int argc, char **argv)
{
    struct toc_texts events = {.len = 0};
    struct toc_texts categories = {.len = 0};
    uint64_t severity = NOT_GIVEN;
    uint64_t pounds = NOT_GIVEN;
    uint64_t months = NOT_GIVEN;
    bool reset = false;
    const struct toc_option options[] = {
        {.name = "event", .texts = &events},
        {.name = "category", .texts = &categories},
        {.name = "severity-min", .number = &severity, .number_max = SEVERITY_MAX},
        {.name = "exposure-min", .number = &pounds, .number_max = POUNDS_MAX},
        {.name = "ends-within", .number = &months, .number_max = MONTHS_MAX},
        {.name = "reset", .flag = &reset},
    };
    static const struct toc_usage usage = {
        .command = "alert rules",
        .operands = "[--event CODE]... [--severity-min N] [--category C]... "
                    "[--exposure-min POUNDS] [--ends-within MONTHS] [--reset]",
    };
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (severity == 0) {
        return toc_cli_misuse(cli, usage.command, "--severity-min: is 1 to 5");
    }
    json_t *const fields = json_object();
    set_list(fields, "events", &events);
    set_list(fields, "categories", &categories);
    set_number(fields, "severity_min", severity);
    set_number(fields, "exposure_min", pounds);
    set_number(fields, "ends_within_months", months);
    if (reset) {
        (void)json_object_set_new(fields, "reset", json_true());
    }
    const enum toc_result result = toc_cli_call(cli, "alert_rules", fields, &reply, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_answer(cli, reply.json);
    }
    print_rules(cli, reply.json);
    return TOC_EXIT_DONE;
}
