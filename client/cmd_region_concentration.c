/* region concentration: on how few suppliers each category of spend rests, in one financial year.
 */
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "listing.h"
#include "print_csv.h"
#include "region_words.h"
#include "supplier_words.h"
#include <inttypes.h>
#include <string.h>

enum { TOP_IN_CSV = 3 };

/* The one category that is asked for, and its row when it has come by. */
struct choice {
    char category[TOC_CATEGORY_TEXT_LEN + 1]; /* "": all */
    json_t *row;                              /* owned; NULL until then */
};

static void choice_done(struct choice *choice)
{
    toc_json_free(&choice->row);
}

static bool is_wanted(void *owner, const json_t *row)
{
    struct choice *const choice = owner;
    if (choice->category[0] == '\0') {
        return true;
    }
    if (strcmp(toc_field_text(row, "category"), choice->category) != 0) {
        return false;
    }
    if (choice->row == NULL) {
        choice->row = json_incref((json_t *)(uintptr_t)row);
    }
    return true;
}

/* A proportion of the daemon, which may be a whole number. */
static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *title_of(const json_t *row)
{
    const char *const label = toc_field_text(row, "label");
    return label[0] != '\0' ? label : toc_supplier_category(toc_field_text(row, "category"));
}

/* What the columns and the line about one category have in common. */
struct cells {
    char suppliers[TOC_POUNDS_TEXT_LEN + 1];
    char spend[TOC_POUNDS_TEXT_LEN + 1];
    char top[TOC_POUNDS_TEXT_LEN + 1];
    char index[16];
};

static void fill(const json_t *row, struct cells *ret_cells)
{
    toc_count_text(toc_field_number(row, "suppliers"), ret_cells->suppliers);
    toc_pounds_text(toc_field_number(row, "spend"), ret_cells->spend);
    toc_proportion_text(number_of(row, "top_3_share"), ret_cells->top);
    (void)snprintf(ret_cells->index, sizeof ret_cells->index, "%.2f", number_of(row, "herfindahl"));
}

static enum toc_result add_row(struct toc_table *table, const json_t *row)
{
    struct cells cells;
    char largest[320];
    char proportion[TOC_POUNDS_TEXT_LEN + 1];
    const json_t *const top = json_array_get(toc_field_array(row, "top"), 0);
    fill(row, &cells);
    toc_proportion_text(number_of(top, "share"), proportion);
    (void)snprintf(largest, sizeof largest, "%s%s%.250s", top == NULL ? "" : proportion,
                   top == NULL ? "" : " ", toc_field_text(top, "name"));
    const char *const texts[] = {toc_field_text(row, "category"),
                                 title_of(row),
                                 cells.suppliers,
                                 cells.spend,
                                 cells.top,
                                 cells.index,
                                 largest};
    return toc_table_add(table, texts);
}

static enum toc_result add_top(struct toc_table *table, const json_t *row)
{
    const json_t *const top = toc_field_array(row, "top");
    for (size_t i = 0; i < json_array_size(top); i++) {
        const json_t *const supplier = json_array_get(top, i);
        char proportion[TOC_POUNDS_TEXT_LEN + 1];
        toc_proportion_text(number_of(supplier, "share"), proportion);
        const char *const texts[] = {toc_field_text(supplier, "name"),
                                     toc_field_text(supplier, "id"), proportion};
        TOC_TRY(toc_table_add(table, texts));
    }
    return TOC_OK;
}

static void put_row(FILE *file, const json_t *row)
{
    char numbers[4 + TOP_IN_CSV][24];
    const char *cells[6 + 2 * TOP_IN_CSV] = {toc_field_text(row, "category"), title_of(row)};
    const json_t *const top = toc_field_array(row, "top");
    (void)snprintf(numbers[0], sizeof numbers[0], "%" PRId64, toc_field_number(row, "suppliers"));
    (void)snprintf(numbers[1], sizeof numbers[1], "%" PRId64, toc_field_number(row, "spend"));
    (void)snprintf(numbers[2], sizeof numbers[2], "%.4f", number_of(row, "top_3_share"));
    (void)snprintf(numbers[3], sizeof numbers[3], "%.4f", number_of(row, "herfindahl"));
    for (size_t i = 0; i < 4; i++) {
        cells[2 + i] = numbers[i];
    }
    for (size_t i = 0; i < TOP_IN_CSV; i++) {
        const json_t *const supplier = json_array_get(top, i);
        (void)snprintf(numbers[4 + i], sizeof numbers[4 + i], "%.4f", number_of(supplier, "share"));
        cells[6 + 2 * i] = toc_field_text(supplier, "name");
        cells[7 + 2 * i] = supplier == NULL ? "" : numbers[4 + i];
    }
    toc_csv_line(file, cells, sizeof cells / sizeof cells[0]);
}

static const char *const headings[] = {"category",    "label",        "suppliers", "spend",
                                       "top_3_share", "herfindahl",   "first",     "first_share",
                                       "second",      "second_share", "third",     "third_share"};
static const struct toc_column columns[] = {
    {.heading = "CODE"},
    {.heading = "CATEGORY", .shrinks = true},
    {.heading = "SUPPLIERS", .right = true},
    {.heading = "SPEND", .right = true},
    {.heading = "TOP 3", .right = true},
    {.heading = "INDEX", .right = true},
    {.heading = "LARGEST", .shrinks = true},
};
static const struct toc_listing_kind all_kind = {
    .request = "region_concentration",
    .key = "categories",
    .columns = columns,
    .columns_len = sizeof columns / sizeof columns[0],
    .headings = headings,
    .headings_len = sizeof headings / sizeof headings[0],
    .add = add_row,
    .put = put_row,
};
static const struct toc_column top_columns[] = {
    {.heading = "SUPPLIER", .shrinks = true},
    {.heading = "ID", .shrinks = true},
    {.heading = "OF SPEND", .right = true},
};
static const struct toc_listing_kind one_kind = {
    .request = "region_concentration",
    .key = "categories",
    .columns = top_columns,
    .columns_len = sizeof top_columns / sizeof top_columns[0],
    .headings = headings,
    .headings_len = sizeof headings / sizeof headings[0],
    .add = add_top,
    .put = put_row,
};

static void print_footer(struct toc_cli *cli, const struct toc_listed *listed,
                         const struct choice *choice)
{
    if (listed->rows == 0) {
        fputs(choice->category[0] == '\0' ? "Nothing is published yet.\n"
                                          : "Nothing is published in this category.\n",
              cli->out);
        return;
    }
    fputc('\n', cli->out);
    if (choice->row != NULL) {
        struct cells cells;
        char text[320];
        fill(choice->row, &cells);
        (void)snprintf(text, sizeof text,
                       "%.100s: %s suppliers, %s in all; the three largest have %s; index %s.",
                       title_of(choice->row), cells.suppliers, cells.spend, cells.top, cells.index);
        toc_text_wrap(cli->out, &cli->paper, 0, text);
    }
    toc_region_print_coverage(cli, listed->all);
    toc_text_wrap(cli->out, &cli->paper, 0,
                  "TOP 3: what the three largest have of the category's spend. INDEX "
                  "(Herfindahl): 1.00 is one supplier alone, 0.10 is like ten of one size. Codes "
                  "cpv say what was bought, sic what the supplier does: the two never add up.");
}

static int run(struct toc_cli *cli, const char *command, const struct toc_region_words *words,
               bool csv)
{
    TOC_AUTO(toc_json_free) json_t *fields = json_object();
    TOC_AUTO(toc_listed_done) struct toc_listed listed = {0};
    TOC_AUTO(choice_done) struct choice choice = {.row = NULL};
    struct toc_why why = {""};
    enum toc_result result = toc_region_fields(words, fields, choice.category, &why);
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, command, "%s", why.text);
    }
    if (result == TOC_OK) {
        const struct toc_listing listing = {
            .kind = choice.category[0] == '\0' ? &all_kind : &one_kind,
            .fields = json_incref(fields),
            .csv = csv,
            .wanted = is_wanted,
            .owner = &choice,
        };
        result = toc_listing_print(cli, &listing, &listed, &why);
    }
    if (result != TOC_OK) {
        return toc_supplier_fail(cli, result, &why);
    }
    if (!csv && !cli->json) {
        print_footer(cli, &listed, &choice);
    }
    return TOC_EXIT_DONE;
}

int toc_cmd_region_concentration(struct toc_cli *cli, int argc, char **argv)
{
    struct toc_region_words words = {0};
    bool csv = false;
    const struct toc_option options[] = {
        {.name = "year", .text = &words.year},
        {.name = "category", .text = &words.category},
        {.name = "csv", .flag = &csv},
    };
    static const struct toc_usage usage = {.command = "region concentration",
                                           .operands = "[--year Y] [--category C] [--csv]"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (csv && cli->json) {
        return toc_cli_misuse(cli, usage.command, "--csv and --json: one of them");
    }
    return run(cli, usage.command, &words, csv);
}
