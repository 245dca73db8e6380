/* flag list: one's own flags, sent or not. */
#include "commands.h"
#include "ensure.h"
#include "flag_words.h"
#include "listing.h"
#include "print_csv.h"
#include <string.h>

/* What it waits for, or, of what is sent, how things stand. */
static const char *standing(const json_t *row)
{
    const char *const state = toc_field_text(row, "state");
    const char *const status = toc_field_text(row, "status");
    if (toc_field_text(row, "warning")[0] != '\0') {
        return "hub differs"; /* `status` says how, and what to do */
    }
    if (strcmp(state, "sent") != 0 || status[0] == '\0') {
        return state;
    }
    return toc_field_true(row, "disputed") ? "disputed" : status;
}

static enum toc_result add_row(struct toc_table *table, const json_t *row)
{
    char flag[TOC_FLAG_SHORT_LEN + 1];
    char event[TOC_EVENT_WORDS_LEN + 1];
    char severity[24];
    char state[64];
    (void)snprintf(flag, sizeof flag, "%s", toc_field_text(row, "flag"));
    (void)snprintf(severity, sizeof severity, "%lld", (long long)toc_field_number(row, "severity"));
    toc_flag_event_words(toc_field_text(row, "event"), event);
    toc_flag_status_words(row, standing(row), state, sizeof state);
    const char *const cells[] = {flag,  toc_field_text(row, "name"),   event, severity,
                                 state, toc_field_text(row, "expires")};
    return toc_table_add(table, cells);
}

static void put_row(FILE *file, const json_t *row)
{
    char severity[24];
    (void)snprintf(severity, sizeof severity, "%lld", (long long)toc_field_number(row, "severity"));
    const char *const cells[] = {
        toc_field_text(row, "flag"),
        toc_field_text(row, "supplier"),
        toc_field_text(row, "name"),
        toc_field_text(row, "event"),
        severity,
        toc_field_text(row, "source_class"),
        toc_field_text(row, "state"),
        toc_field_text(row, "status"),
        toc_field_text(row, "expires"),
        toc_field_true(row, "exercise") ? "yes" : "no",
    };
    toc_csv_line(file, cells, sizeof cells / sizeof cells[0]);
}

static const struct toc_column columns[] = {
    {.heading = "FLAG"},
    {.heading = "SUPPLIER", .shrinks = true},
    {.heading = "EVENT", .shrinks = true},
    {.heading = "SEV", .right = true},
    {.heading = "STATE"},
    {.heading = "EXPIRES"},
};
static const char *const headings[] = {"flag",         "supplier", "name",   "event",   "severity",
                                       "source_class", "state",    "status", "expires", "exercise"};
static const struct toc_listing_kind kind = {
    .request = "flag_list",
    .page = TOC_FLAG_PAGE,
    .key = "flags",
    .columns = columns,
    .columns_len = sizeof columns / sizeof columns[0],
    .headings = headings,
    .headings_len = sizeof headings / sizeof headings[0],
    .add = add_row,
    .put = put_row,
};

/* Those of which more is to be said, printed behind the table. */
static bool is_wanted(void *owner, const json_t *row)
{
    if (toc_field_text(row, "waits_for")[0] != '\0' || toc_field_true(row, "disputed")) {
        (void)json_array_append(owner, (json_t *)(uintptr_t)row);
    }
    return true;
}

static void print_more(struct toc_cli *cli, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *const row = json_array_get(rows, i);
        const char *const waits_for = toc_field_text(row, "waits_for");
        const char *const answer_by = toc_field_text(row, "answer_by");
        char line[600];
        (void)snprintf(line, sizeof line, "%.*s: %s%.400s", TOC_FLAG_SHORT_LEN,
                       toc_field_text(row, "flag"), waits_for[0] == '\0' ? "" : "waits for ",
                       waits_for[0] == '\0'
                           ? "disputed: confirm it, withdraw it or say how it is now"
                           : waits_for);
        if (waits_for[0] == '\0' && answer_by[0] != '\0') {
            (void)snprintf(line + strlen(line), sizeof line - strlen(line), ", by %.20s",
                           answer_by);
        }
        fputs(i == 0 ? "\n" : "", cli->out);
        toc_text_wrap(cli->out, &cli->paper, 2, line);
    }
}

int toc_cmd_flag_list(struct toc_cli *cli, int argc, char **argv)
{
    bool csv = false;
    const struct toc_option options[] = {{.name = "csv", .flag = &csv}};
    static const struct toc_usage usage = {.command = "flag list", .operands = "[--csv]"};
    TOC_AUTO(toc_listed_done) struct toc_listed listed = {0};
    TOC_AUTO(toc_json_free) json_t *more = json_array();
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 1, &operands, &status)) {
        return status;
    }
    if (csv && cli->json) {
        return toc_cli_misuse(cli, usage.command, "--csv and --json: one of them");
    }
    const struct toc_listing listing = {.kind = &kind,
                                        .fields = json_object(),
                                        .csv = csv,
                                        .wanted = cli->json || csv ? NULL : is_wanted,
                                        .owner = more};
    const enum toc_result result = toc_listing_print(cli, &listing, &listed, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (!csv && !cli->json && listed.rows == 0) {
        fputs("No flag was raised here.\n", cli->out);
    }
    print_more(cli, more);
    return TOC_EXIT_DONE;
}
