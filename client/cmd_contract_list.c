/* The subcommands of `tocsin contract`: list, expiring, incomplete. */
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "own_contracts.h"
#include "print_csv.h"
#include "supplier_words.h"
#include "timetext.h"
#include <inttypes.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum { MONTHS_DEFAULT = 6, MONTHS_MAX = 600, ROUTE_COLUMNS = 100, REVIEW_COLUMNS = 120 };

struct words {
    struct toc_own_contracts_filter filter;
    bool csv;
};

/* Its name; of a register without suppliers, nothing. */
static const char *supplier_of(const json_t *contract)
{
    return toc_field_text(contract, "name");
}

static void value_text(const json_t *contract, char *ret_text, size_t room)
{
    const json_t *const value = json_object_get(contract, "value");
    ret_text[0] = '\0';
    if (json_is_integer(value)) {
        (void)snprintf(ret_text, room, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
}

static const char *answer_text(const json_t *contract, const char *key)
{
    const json_t *const answer = json_object_get(contract, key);
    return json_is_true(answer) ? "true" : (json_is_false(answer) ? "false" : "");
}

static void put_row(FILE *file, const json_t *contract)
{
    char value[32];
    char cpv[24] = "";
    char missing[512];
    const int64_t code = toc_field_number(contract, "cpv");
    value_text(contract, value, sizeof value);
    if (code > 0) {
        (void)snprintf(cpv, sizeof cpv, "%08" PRId64, code);
    }
    toc_json_join(toc_field_array(contract, "missing"), missing, sizeof missing);
    const char *const cells[] = {toc_field_text(contract, "id"),
                                 toc_field_text(contract, "source"),
                                 toc_field_text(contract, "reference"),
                                 toc_field_text(contract, "title"),
                                 toc_field_text(contract, "supplier"),
                                 supplier_of(contract),
                                 toc_field_text(contract, "number"),
                                 toc_field_text(contract, "unit"),
                                 toc_field_text(contract, "description"),
                                 cpv,
                                 toc_field_text(contract, "start"),
                                 toc_field_text(contract, "end"),
                                 toc_field_text(contract, "review"),
                                 toc_field_text(contract, "extension"),
                                 value,
                                 toc_field_text(contract, "type"),
                                 toc_field_text(contract, "process"),
                                 toc_field_text(contract, "route"),
                                 answer_text(contract, "sme"),
                                 answer_text(contract, "vcse"),
                                 toc_field_text(contract, "ocid"),
                                 missing};
    toc_csv_line(file, cells, sizeof cells / sizeof cells[0]);
}

static void print_csv(FILE *file, const json_t *contracts)
{
    static const char *const headings[] = {
        "id",          "source", "reference", "title", "supplier", "name",      "number", "unit",
        "description", "cpv",    "start",     "end",   "review",   "extension", "value",  "type",
        "process",     "route",  "sme",       "vcse",  "ocid",     "missing"};
    toc_csv_line(file, headings, sizeof headings / sizeof headings[0]);
    for (size_t i = 0; i < json_array_size(contracts); i++) {
        put_row(file, json_array_get(contracts, i));
    }
}

/* The last two columns are for paper that has room for them; CSV and JSON have them always. */
static enum toc_result print_table(struct toc_cli *cli, const json_t *contracts)
{
    static const struct toc_column columns[] = {
        {.heading = "ENDS"},
        {.heading = "EXTENDS TO"},
        {.heading = "REFERENCE", .shrinks = true},
        {.heading = "TITLE", .shrinks = true},
        {.heading = "SUPPLIER", .shrinks = true},
        {.heading = "VALUE", .right = true},
        {.heading = "ROUTE"},
        {.heading = "REVIEW"},
    };
    const size_t all = sizeof columns / sizeof columns[0];
    const size_t narrow = (cli->paper.columns < ROUTE_COLUMNS ? 1U : 0U) +
                          (cli->paper.columns < REVIEW_COLUMNS ? 1U : 0U);
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, all - narrow, &table));
    for (size_t i = 0; i < json_array_size(contracts); i++) {
        const json_t *const contract = json_array_get(contracts, i);
        char value[TOC_POUNDS_TEXT_LEN + 1] = "";
        if (json_is_integer(json_object_get(contract, "value"))) {
            toc_pounds_text(toc_field_number(contract, "value"), value);
        }
        const char *const cells[] = {toc_field_text(contract, "end"),
                                     toc_field_text(contract, "extension"),
                                     toc_field_text(contract, "reference"),
                                     toc_field_text(contract, "title"),
                                     supplier_of(contract),
                                     value,
                                     toc_field_text(contract, "route"),
                                     toc_field_text(contract, "review")};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    return TOC_OK;
}

static enum toc_result print_incomplete(struct toc_cli *cli, const json_t *contracts)
{
    static const struct toc_column columns[] = {
        {.heading = "REFERENCE", .shrinks = true},
        {.heading = "TITLE", .shrinks = true},
        {.heading = "SUPPLIER", .shrinks = true},
        {.heading = "MISSING", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(contracts); i++) {
        const json_t *const contract = json_array_get(contracts, i);
        char missing[512];
        toc_json_join(toc_field_array(contract, "missing"), missing, sizeof missing);
        const char *const cells[] = {toc_field_text(contract, "reference"),
                                     toc_field_text(contract, "title"), supplier_of(contract),
                                     missing};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    return TOC_OK;
}

static enum toc_result print_gaps(struct toc_cli *cli, const json_t *gaps)
{
    static const struct toc_column columns[] = {
        {.heading = "FIELD"},
        {.heading = "CONTRACTS WITHOUT IT", .right = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(gaps); i++) {
        const json_t *const gap = json_array_get(gaps, i);
        char count[TOC_POUNDS_TEXT_LEN + 1];
        toc_count_text(toc_field_number(gap, "contracts"), count);
        const char *const cells[] = {toc_field_text(gap, "field"), count};
        TOC_TRY(toc_table_add(table, cells));
    }
    fputc('\n', cli->out);
    toc_table_print(table, cli->out, &cli->paper);
    return TOC_OK;
}

/* "12 of 310 contracts". */
static void print_count(struct toc_cli *cli, size_t shown, size_t seen, const char *what)
{
    char counts[2][TOC_POUNDS_TEXT_LEN + 1];
    toc_count_text((int64_t)shown, counts[0]);
    toc_count_text((int64_t)seen, counts[1]);
    fprintf(cli->out, "\n%s of %s contracts %s.\n", counts[0], counts[1], what);
}

static enum toc_result print_text(struct toc_cli *cli, const struct words *words,
                                  const json_t *contracts, const json_t *gaps, size_t seen)
{
    const size_t len = json_array_size(contracts);
    if (seen == 0) {
        fputs(words->filter.supplier == NULL
                  ? "There are no contracts yet: tocsin import contracts FILE\n"
                  : "This supplier has no contract.\n",
              cli->out);
        return TOC_OK;
    }
    if (len > 0) {
        TOC_TRY(words->filter.incomplete ? print_incomplete(cli, contracts)
                                         : print_table(cli, contracts));
    }
    if (words->filter.incomplete && len > 0) {
        TOC_TRY(print_gaps(cli, gaps));
    }
    if (words->filter.incomplete || words->filter.from[0] != '\0') {
        char what[64] = "lack something that the schema requires";
        if (!words->filter.incomplete) {
            (void)snprintf(what, sizeof what, "end from %s to %s", words->filter.from,
                           words->filter.until);
        }
        print_count(cli, len, seen, what);
    }
    return TOC_OK;
}

static int print_json(struct toc_cli *cli, const struct words *words, json_t *contracts,
                      json_t *gaps, size_t seen)
{
    const bool dated = words->filter.from[0] != '\0';
    return toc_cli_document(cli,
                            json_pack("{s:O, s:O*, s:I, s:s*, s:s*}", "contracts", contracts,
                                      "fields", words->filter.incomplete ? gaps : NULL, "of",
                                      (json_int_t)seen, "from", dated ? words->filter.from : NULL,
                                      "until", dated ? words->filter.until : NULL));
}

static int run(struct toc_cli *cli, const char *command, const struct words *words)
{
    TOC_AUTO(toc_json_free) json_t *contracts = NULL;
    TOC_AUTO(toc_json_free) json_t *gaps = NULL;
    struct toc_why why = {"out of memory"};
    size_t seen = 0;
    if (words->csv && cli->json) {
        return toc_cli_misuse(cli, command, "--csv and --json: one of them");
    }
    enum toc_result result = toc_own_contracts_fetch(cli, &words->filter, &contracts, &seen, &why);
    if (result == TOC_OK) {
        gaps = toc_own_contracts_gaps(contracts);
        result = gaps == NULL ? TOC_NOMEM : TOC_OK;
    }
    if (result == TOC_OK && cli->json) {
        return print_json(cli, words, contracts, gaps, seen);
    }
    if (result == TOC_OK && words->csv) {
        print_csv(cli->out, contracts);
    } else if (result == TOC_OK) {
        result = print_text(cli, words, contracts, gaps, seen);
    }
    return result == TOC_OK ? TOC_EXIT_DONE : toc_supplier_fail(cli, result, &why);
}

int toc_cmd_contract_list(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {.csv = false};
    const struct toc_option options[] = {{.name = "supplier", .text = &words.filter.supplier},
                                         {.name = "csv", .flag = &words.csv}};
    static const struct toc_usage usage = {.command = "contract list",
                                           .operands = "[--supplier SUPPLIER] [--csv]"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    return run(cli, usage.command, &words);
}

int toc_cmd_contract_expiring(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {.csv = false};
    uint64_t months = MONTHS_DEFAULT;
    const struct toc_option options[] = {
        {.name = "months", .number = &months, .number_max = MONTHS_MAX},
        {.name = "supplier", .text = &words.filter.supplier},
        {.name = "csv", .flag = &words.csv}};
    static const struct toc_usage usage = {
        .command = "contract expiring", .operands = "[--months N] [--supplier SUPPLIER] [--csv]"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    const int32_t today = (int32_t)(toc_env_wall_ms(cli->env) / DAY_MS);
    toc_date_text(today, words.filter.from);
    toc_date_text(toc_date_add_months(today, (int)months), words.filter.until);
    return run(cli, usage.command, &words);
}

int toc_cmd_contract_incomplete(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {.filter = {.incomplete = true}};
    const struct toc_option options[] = {{.name = "supplier", .text = &words.filter.supplier},
                                         {.name = "csv", .flag = &words.csv}};
    static const struct toc_usage usage = {.command = "contract incomplete",
                                           .operands = "[--supplier SUPPLIER] [--csv]"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    return run(cli, usage.command, &words);
}
