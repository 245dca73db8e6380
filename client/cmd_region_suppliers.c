/* region suppliers: which suppliers councils share, of one financial year. */
#include "bounds.h"
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "listing.h"
#include "print_csv.h"
#include "region_words.h"
#include "supplier_words.h"
#include <inttypes.h>
#include <string.h>

enum { ROWS_SHOWN = 50, ROWS_MAX = 10000000, COUNCILS_MAX = TOC_MEMBERS_MAX, TITLES_LEN_MAX = 400 };

struct words {
    struct toc_region_words region;
    uint64_t councils; /* 0: not given */
    const char *member;
    const char *search;
    const char *sort;
    uint64_t limit; /* UINT64_MAX: not given */
    bool mine;
    bool all;
    bool csv;
};

static enum toc_result add_row(struct toc_table *table, const json_t *row)
{
    char councils[TOC_POUNDS_TEXT_LEN + 1];
    char spend[TOC_POUNDS_TEXT_LEN + 1];
    char titles[TITLES_LEN_MAX];
    toc_count_text(toc_field_number(row, "councils"), councils);
    toc_pounds_text(toc_field_number(row, "spend"), spend);
    toc_region_titles(toc_field_array(row, "categories"), titles, sizeof titles);
    const char *const cells[] = {toc_field_text(row, "name"),
                                 toc_region_number(row),
                                 councils,
                                 spend,
                                 toc_field_true(row, "months_differ") ? "*" : "",
                                 titles};
    return toc_table_add(table, cells);
}

static void put_row(FILE *file, const json_t *row)
{
    char councils[24];
    char spend[24];
    char codes[TITLES_LEN_MAX];
    char titles[TITLES_LEN_MAX];
    (void)snprintf(councils, sizeof councils, "%" PRId64, toc_field_number(row, "councils"));
    (void)snprintf(spend, sizeof spend, "%" PRId64, toc_field_number(row, "spend"));
    toc_json_join(toc_field_array(row, "categories"), codes, sizeof codes);
    toc_region_titles(toc_field_array(row, "categories"), titles, sizeof titles);
    const char *const cells[] = {toc_field_text(row, "id"),
                                 toc_field_text(row, "name"),
                                 toc_field_text(row, "number"),
                                 toc_field_text(row, "matched_on"),
                                 councils,
                                 spend,
                                 toc_field_true(row, "months_differ") ? "true" : "false",
                                 codes,
                                 titles};
    toc_csv_line(file, cells, sizeof cells / sizeof cells[0]);
}

static const struct toc_column columns[] = {
    {.heading = "SUPPLIER", .shrinks = true},
    {.heading = "NUMBER"},
    {.heading = "COUNCILS", .right = true},
    {.heading = "SPEND", .right = true},
    {.heading = ""},
    {.heading = "CATEGORIES", .shrinks = true},
};
static const char *const headings[] = {
    "id",    "name",          "number",     "matched_on",     "councils",
    "spend", "months_differ", "categories", "category_titles"};
static const struct toc_listing_kind kind = {
    .request = "region_suppliers",
    .key = "suppliers",
    .columns = columns,
    .columns_len = sizeof columns / sizeof columns[0],
    .headings = headings,
    .headings_len = sizeof headings / sizeof headings[0],
    .add = add_row,
    .put = put_row,
};

static void print_shown(struct toc_cli *cli, const struct toc_listed *listed)
{
    char text[200];
    char rows[TOC_POUNDS_TEXT_LEN + 1];
    char total[TOC_POUNDS_TEXT_LEN + 1];
    toc_count_text((int64_t)listed->rows, rows);
    toc_count_text(toc_field_number(listed->all, "total"), total);
    if (!listed->more) {
        (void)snprintf(text, sizeof text, "%s supplier%s.", rows, listed->rows == 1 ? "" : "s");
    } else if (json_is_integer(json_object_get(listed->all, "total"))) {
        (void)snprintf(text, sizeof text, "%s of %s suppliers: --limit N or --all shows more.",
                       rows, total);
    } else {
        (void)snprintf(text, sizeof text, "The first %s: --limit N or --all shows more.", rows);
    }
    toc_text_wrap(cli->out, &cli->paper, 0, text);
}

static void print_footer(struct toc_cli *cli, const struct toc_listed *listed)
{
    char text[240];
    const int64_t ambiguous = toc_field_number(listed->all, "ambiguous");
    if (listed->rows == 0) {
        fputs(json_is_null(json_object_get(listed->all, "year")) ? "Nothing is published yet.\n"
                                                                 : "No supplier fits.\n",
              cli->out);
    } else {
        fputc('\n', cli->out);
        print_shown(cli, listed);
    }
    toc_region_print_coverage(cli, listed->all);
    if (listed->rows > 0) {
        toc_text_wrap(cli->out, &cli->paper, 0,
                      "* its councils' data cover different months: sums do not compare. NUMBER: "
                      "companies without GB-COH-. Each council's figures are rounded to "
                      "\xc2\xa3"
                      "1,000.");
    }
    if (ambiguous > 0) {
        (void)snprintf(text, sizeof text,
                       "%" PRId64
                       " name%s without a number met two numbers, and %s counted apart (by "
                       "name?).",
                       ambiguous, ambiguous == 1 ? "" : "s", ambiguous == 1 ? "is" : "are");
        toc_text_wrap(cli->out, &cli->paper, 0, text);
    }
}

static enum toc_result fields_of(struct toc_cli *cli, const struct words *words,
                                 json_t **ret_fields, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *fields = json_object();
    char category[TOC_CATEGORY_TEXT_LEN + 1];
    const char *member = words->member;
    int failed = fields == NULL;
    TOC_TRY(toc_region_fields(&words->region, fields, category, why));
    if (words->mine) {
        const struct toc_conf *conf;
        TOC_TRY(toc_cli_conf(cli, &conf, why));
        member = conf->member;
    }
    if (words->councils > 0) {
        failed |=
            json_object_set_new(fields, "councils_min", json_integer((json_int_t)words->councils));
    }
    const char *const texts[][2] = {
        {"member", member}, {"search", words->search}, {"sort", words->sort}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i][1] != NULL) {
            failed |= json_object_set_new(fields, texts[i][0], json_string(texts[i][1]));
        }
    }
    if (failed != 0) {
        return toc_fail(why, TOC_INVALID, "--search: is no UTF-8 text");
    }
    *ret_fields = toc_take(&fields);
    return TOC_OK;
}

/* NULL when the words fit together. */
static const char *misused(const struct toc_cli *cli, const struct words *words)
{
    static const char *const sorts[] = {"councils", "spend", "name"};
    size_t sort = 0;
    while (words->sort != NULL && sort < 3 && strcmp(words->sort, sorts[sort]) != 0) {
        sort++;
    }
    if (sort == 3) {
        return "--sort: is councils, spend or name";
    }
    if (words->mine && words->member != NULL) {
        return "--mine and --member: one of them";
    }
    if (words->all && words->limit != UINT64_MAX) {
        return "--all and --limit: one of them";
    }
    if (words->limit == 0) {
        return "--limit: 1 or more; --all shows all";
    }
    return words->csv && cli->json ? "--csv and --json: one of them" : NULL;
}

static int run(struct toc_cli *cli, const char *command, const struct words *words)
{
    TOC_AUTO(toc_listed_done) struct toc_listed listed = {0};
    struct toc_listing listing = {.kind = &kind, .csv = words->csv};
    struct toc_why why = {""};
    /* Who reads a table wants the top of it; who asks for a document or a file wants it whole. */
    const bool table = !words->csv && !cli->json;
    listing.rows_max = words->limit != UINT64_MAX ? words->limit : 0;
    if (table && !words->all && words->limit == UINT64_MAX) {
        listing.rows_max = ROWS_SHOWN;
    }
    enum toc_result result = fields_of(cli, words, &listing.fields, &why);
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, command, "%s", why.text);
    }
    if (result == TOC_OK) {
        result = toc_listing_print(cli, &listing, &listed, &why);
    }
    if (result != TOC_OK) {
        return toc_supplier_fail(cli, result, &why);
    }
    if (table) {
        print_footer(cli, &listed);
    }
    return TOC_EXIT_DONE;
}

int toc_cmd_region_suppliers(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {.limit = UINT64_MAX};
    const struct toc_option options[] = {
        {.name = "year", .text = &words.region.year},
        {.name = "category", .text = &words.region.category},
        {.name = "councils", .number = &words.councils, .number_max = COUNCILS_MAX},
        {.name = "member", .text = &words.member},
        {.name = "mine", .flag = &words.mine},
        {.name = "search", .text = &words.search},
        {.name = "sort", .text = &words.sort},
        {.name = "limit", .number = &words.limit, .number_max = ROWS_MAX},
        {.name = "all", .flag = &words.all},
        {.name = "csv", .flag = &words.csv},
    };
    static const struct toc_usage usage = {
        .command = "region suppliers",
        .operands = "[--year Y] [--category C] [--councils N] [--member M | --mine] [--search T] "
                    "[--sort councils|spend|name] [--limit N | --all] [--csv]",
    };
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    const char *const wrong = misused(cli, &words);
    return wrong != NULL ? toc_cli_misuse(cli, usage.command, "%s", wrong)
                         : run(cli, usage.command, &words);
}
