#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "listing.h"
#include "print_csv.h"
#include "supplier_words.h"
#include <inttypes.h>

static enum toc_result add_row(struct toc_table *table, const json_t *row)
{
    char number[TOC_NUMBER_TEXT_LEN + 1];
    char spend[TOC_POUNDS_TEXT_LEN + 1];
    char events[TOC_POUNDS_TEXT_LEN + 1] = "";
    const int64_t events_len = toc_supplier_count_of(json_object_get(row, "events"));
    toc_supplier_number_text(row, number);
    toc_pounds_text(toc_field_number(row, "spend"), spend);
    if (events_len > 0) {
        toc_count_text(events_len, events);
    }
    const char *const cells[] = {toc_field_text(row, "id"),
                                 toc_field_text(row, "name"),
                                 number,
                                 toc_field_text(row, "state"),
                                 spend,
                                 toc_field_text(row, "last_paid"),
                                 events};
    return toc_table_add(table, cells);
}

static void put_row(FILE *file, const json_t *row)
{
    char normalised[160];
    char spend[24];
    char events[24];
    toc_json_join(toc_field_array(row, "normalised"), normalised, sizeof normalised);
    (void)snprintf(spend, sizeof spend, "%" PRId64, toc_field_number(row, "spend"));
    (void)snprintf(events, sizeof events, "%" PRId64,
                   toc_supplier_count_of(json_object_get(row, "events")));
    const char *const cells[] = {toc_field_text(row, "id"),
                                 toc_field_text(row, "name"),
                                 toc_field_text(row, "number"),
                                 toc_field_text(row, "number_basis"),
                                 normalised,
                                 toc_field_text(row, "state"),
                                 spend,
                                 toc_field_text(row, "last_paid"),
                                 toc_supplier_name_of(json_object_get(row, "parent")),
                                 events};
    toc_csv_line(file, cells, sizeof cells / sizeof cells[0]);
}

static const struct toc_column columns[] = {
    {.heading = "ID"},
    {.heading = "NAME", .shrinks = true},
    {.heading = "NUMBER"},
    {.heading = "STATE", .coloured = true},
    {.heading = "SPEND", .right = true},
    {.heading = "LAST PAID"},
    {.heading = "EVENTS", .right = true},
};
static const char *const headings[] = {"id",    "name",  "number",    "number_basis", "normalised",
                                       "state", "spend", "last_paid", "parent",       "events"};
static const struct toc_listing_kind kind = {
    .request = "supplier_list",
    .key = "suppliers",
    .columns = columns,
    .columns_len = sizeof columns / sizeof columns[0],
    .headings = headings,
    .headings_len = sizeof headings / sizeof headings[0],
    .add = add_row,
    .put = put_row,
};

static void print_footer(struct toc_cli *cli, uint64_t rows, bool held, bool filtered)
{
    char text[320];
    char count[TOC_POUNDS_TEXT_LEN + 1];
    toc_count_text((int64_t)rows, count);
    if (rows == 0 && !held && !filtered) {
        fputs("There are no suppliers yet: tocsin import spend FILE\n", cli->out);
        return;
    }
    if (rows == 0) {
        fputs(held && !filtered ? "No supplier waits for a decision.\n" : "No supplier fits.\n",
              cli->out);
        return;
    }
    fputc('\n', cli->out);
    (void)snprintf(text, sizeof text, "%s supplier%s%s.", count, rows == 1 ? "" : "s",
                   held ? (rows == 1 ? " waits for a decision" : " wait for a decision") : "");
    toc_text_wrap(cli->out, &cli->paper, 0, text);
    toc_text_wrap(cli->out, &cli->paper, 0,
                  held ? "Neither number nor corporate ending says that these are organisations. "
                         "Say it: tocsin supplier keep SUPPLIER..., or tocsin supplier drop "
                         "SUPPLIER... for persons. Many at once: tocsin supplier list --held --csv "
                         "into a spreadsheet, take out the rows of persons, and then tocsin "
                         "supplier keep - < FILE."
                       : "NUMBER: companies without GB-COH-; ~ put into form (a lost zero, "
                         "spacing), + filled in from the company snapshot.");
}

int toc_cmd_supplier_list(struct toc_cli *cli, int argc, char **argv)
{
    bool held = false;
    const char *search = NULL;
    struct toc_listing listing = {.kind = &kind};
    const struct toc_option options[] = {
        {.name = "held", .flag = &held},
        {.name = "search", .text = &search},
        {.name = "csv", .flag = &listing.csv},
    };
    static const struct toc_usage usage = {.command = "supplier list",
                                           .operands = "[--held] [--search TEXT] [--csv]"};
    TOC_AUTO(toc_listed_done) struct toc_listed listed = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (listing.csv && cli->json) {
        return toc_cli_misuse(cli, usage.command, "--csv and --json: one of them");
    }
    listing.fields = json_pack("{s:s*, s:s*}", "state", held ? "held" : NULL, "search", search);
    if (listing.fields == NULL) {
        return toc_cli_misuse(cli, usage.command, "--search: is no UTF-8 text");
    }
    const enum toc_result result = toc_listing_print(cli, &listing, &listed, &why);
    if (result != TOC_OK) {
        return toc_supplier_fail(cli, result, &why);
    }
    if (!listing.csv && !cli->json) {
        print_footer(cli, listed.rows, held, search != NULL);
    }
    return TOC_EXIT_DONE;
}
