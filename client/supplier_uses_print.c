#include "supplier_uses_print.h"
#include "ensure.h"
#include "figures.h"
#include "supplier_uses.h"
#include "supplier_words.h"
#include <string.h>

static bool is_own(const struct toc_use *use, const char *own)
{
    return strcmp(use->member, own) == 0;
}

static bool uses_own(const struct toc_uses *uses, const char *own)
{
    for (size_t i = 0; i < uses->len; i++) {
        if (is_own(&uses->items[i], own)) {
            return true;
        }
    }
    return false;
}

/* One sentence for who reads no table. */
static void print_summary(struct toc_cli *cli, const struct toc_uses *uses, const char *own)
{
    char text[160];
    const bool mine = uses_own(uses, own);
    const size_t others = toc_uses_members(uses) - (mine ? 1 : 0);
    if (others == 0) {
        (void)snprintf(text, sizeof text, "No other council has published spend with it.");
    } else {
        (void)snprintf(text, sizeof text, "%zu other council%s %s published spend with it%s.",
                       others, others == 1 ? "" : "s", others == 1 ? "has" : "have",
                       mine ? "" : "; we have not published ours");
    }
    toc_text_wrap(cli->out, &cli->paper, 0, text);
}

static enum toc_result add_use(struct toc_table *table, const struct toc_use *use, const char *own)
{
    char year[TOC_YEAR_TEXT_LEN + 1];
    char member[80];
    char months[TOC_MONTHS_TEXT_LEN + 1];
    char spend[TOC_POUNDS_TEXT_LEN + 1];
    char a_month[TOC_POUNDS_TEXT_LEN + 1];
    char contracts[TOC_POUNDS_TEXT_LEN + 1] = "";
    toc_year_text(use->year, year);
    (void)snprintf(member, sizeof member, "%.60s%s", use->member, is_own(use, own) ? " (us)" : "");
    toc_months_text(use->months, months);
    toc_pounds_text(use->spend, spend);
    toc_pounds_text(toc_use_a_month(use), a_month);
    if (use->contracts > 0) {
        toc_count_text(use->contracts, contracts);
    }
    const char *const cells[] = {year,    member,    months,           spend,
                                 a_month, contracts, use->earliest_end};
    return toc_table_add(table, cells);
}

/* Years in which sums must not be set side by side as they are. */
static void print_differences(struct toc_cli *cli, const struct toc_uses *uses)
{
    for (size_t i = 0; i < uses->len; i++) {
        const unsigned year = uses->items[i].year;
        const bool first = i == 0 || uses->items[i - 1].year != year;
        char text[160];
        char name[TOC_YEAR_TEXT_LEN + 1];
        if (!first || toc_uses_comparable(uses, year)) {
            continue;
        }
        toc_year_text(year, name);
        (void)snprintf(text, sizeof text,
                       "%s: the councils' data cover different months: compare A MONTH, not SPEND.",
                       name);
        toc_text_wrap(cli->out, &cli->paper, 0, text);
    }
}

static void print_ambiguous(struct toc_cli *cli, const json_t *others)
{
    for (size_t i = 0; i < json_array_size(others); i++) {
        const json_t *const other = json_array_get(others, i);
        const char *const id = toc_field_text(other, "id");
        char text[400];
        (void)snprintf(text, sizeof text,
                       "The same name also stands for %.80s%s%.200s, which is counted apart.",
                       id[0] != '\0' ? id : toc_supplier_name_of(other),
                       id[0] != '\0' && toc_supplier_name_of(other)[0] != '\0' ? ", " : "",
                       id[0] != '\0' ? toc_supplier_name_of(other) : "");
        toc_text_wrap(cli->out, &cli->paper, 0, text);
    }
}

enum toc_result toc_uses_print(struct toc_cli *cli, const json_t *region, const char *own)
{
    static const struct toc_column columns[] = {
        {.heading = "YEAR"},
        {.heading = "COUNCIL", .shrinks = true},
        {.heading = "MONTHS", .shrinks = true},
        {.heading = "SPEND", .right = true},
        {.heading = "A MONTH", .right = true},
        {.heading = "CONTRACTS", .right = true},
        {.heading = "ENDS FROM"},
    };
    TOC_AUTO(toc_uses_done) struct toc_uses uses = {0};
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_uses_of(toc_field_array(region, "members"), &uses));
    print_summary(cli, &uses, own);
    if (uses.len > 0) {
        TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
        for (size_t i = 0; i < uses.len; i++) {
            TOC_TRY(add_use(table, &uses.items[i], own));
        }
        toc_table_print(table, cli->out, &cli->paper);
        print_differences(cli, &uses);
    }
    print_ambiguous(cli, toc_field_array(region, "ambiguous_with"));
    return TOC_OK;
}
