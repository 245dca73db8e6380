/* What this council has on one supplier, for people to read. */
#include "supplier_print.h"

#include "ensure.h"
#include "figures.h"
#include "supplier_words.h"
#include <string.h>

enum { LABEL_COLUMNS = 16, LIST_LEN_MAX = 4096 };

/* "label   text", the text wrapped behind the label. */
void toc_supplier_print_line(struct toc_cli *cli, const char *label, const char *text)
{
    char whole[LIST_LEN_MAX + LABEL_COLUMNS + 8];
    if (text[0] == '\0') {
        return;
    }
    fprintf(cli->out, "  %-*s", LABEL_COLUMNS - 2, label);
    (void)snprintf(whole, sizeof whole, "%s", text);
    if (toc_text_width(whole) + LABEL_COLUMNS <= cli->paper.columns) {
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, whole);
        fputc('\n', cli->out);
        return;
    }
    fputc('\n', cli->out);
    toc_text_wrap(cli->out, &cli->paper, 4, whole);
}

void toc_supplier_print_heading(struct toc_cli *cli, const char *text)
{
    fputc('\n', cli->out);
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING, text);
    fputc('\n', cli->out);
}

/* Joined with "; ", because names have commas, each with its number unless that is `number`; what
 * is `name` and says no more is left out. */
static void join_names(const json_t *items, const char *name, const char *number, char *ret_text,
                       size_t room)
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *const item = json_array_get(items, i);
        const char *const its = toc_supplier_name_of(item);
        const char *const stated = toc_field_text(item, "number");
        const char *const other = strcmp(stated, number) == 0 ? "" : stated;
        if (its[0] == '\0' || (strcmp(its, name) == 0 && other[0] == '\0')) {
            continue;
        }
        if (used + strlen(its) + strlen(other) + 32 > room) {
            (void)snprintf(ret_text + used, room - used, "; and %zu more",
                           json_array_size(items) - i);
            return;
        }
        used +=
            (size_t)snprintf(ret_text + used, room - used, "%s%s%s%s%s", used > 0 ? "; " : "", its,
                             other[0] == '\0' ? "" : " (", other, other[0] == '\0' ? "" : ")");
    }
}

/* What the company snapshot says of it. */
static void print_company(struct toc_cli *cli, const json_t *company)
{
    char text[480];
    const char *const status = toc_field_text(company, "status");
    const char *const sic = toc_field_text(company, "sic");
    (void)snprintf(text, sizeof text, "%.200s%s%.120s%s%.40s", toc_field_text(company, "name"),
                   status[0] == '\0' ? "" : ": ", status, sic[0] == '\0' ? "" : ", SIC ", sic);
    toc_supplier_print_line(cli, "register", text);
}

static void print_number(struct toc_cli *cli, const json_t *supplier)
{
    char text[320];
    char normalised[160];
    const char *const number = toc_field_text(supplier, "number");
    toc_json_join(toc_field_array(supplier, "normalised"), normalised, sizeof normalised);
    (void)snprintf(text, sizeof text, "%.60s, %s%s%s", number,
                   toc_supplier_filled(supplier) ? "filled in: the one current company of that name"
                                                 : "as stated in the files",
                   normalised[0] == '\0' ? "" : ", put into form: ", normalised);
    toc_supplier_print_line(cli, "number",
                            number[0] == '\0' ? "none stated: met with others by name" : text);
}

static void print_head(struct toc_cli *cli, const json_t *supplier)
{
    char list[LIST_LEN_MAX];
    char spend[TOC_POUNDS_TEXT_LEN + 1];
    const char *const name = toc_field_text(supplier, "name");
    const char *const number = toc_field_text(supplier, "number");
    const char *const paid = toc_field_text(supplier, "last_paid");
    const char *const state = toc_field_text(supplier, "state");
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING, name);
    fprintf(cli->out, "  (%s)\n", toc_field_text(supplier, "id"));
    print_number(cli, supplier);
    toc_supplier_print_line(
        cli, "state",
        strcmp(state, "held") == 0
            ? "held: nothing of it leaves until you say supplier keep, or supplier drop"
            : state);
    toc_supplier_print_line(cli, "parent",
                            toc_supplier_name_of(json_object_get(supplier, "parent")));
    print_company(cli, json_object_get(supplier, "company"));
    join_names(toc_field_array(supplier, "payees"), name, number, list, sizeof list);
    toc_supplier_print_line(cli, "as written", list);
    join_names(toc_field_array(supplier, "former_names"), name, number, list, sizeof list);
    toc_supplier_print_line(cli, "formerly", list);
    join_names(toc_field_array(supplier, "ambiguous"), "", "", list, sizeof list);
    toc_supplier_print_line(cli, "or else", list);
    toc_pounds_text(toc_field_number(supplier, "spend"), spend);
    (void)snprintf(list, sizeof list, "%s in all%s%.20s", spend,
                   paid[0] == '\0' ? "" : ", last on ", paid);
    toc_supplier_print_line(cli, "paid", list);
}

static enum toc_result print_events(struct toc_cli *cli, const json_t *events)
{
    static const struct toc_column columns[] = {
        {.heading = "EVENT", .right = true},
        {.heading = "CODE"},
        {.heading = "SINCE"},
        {.heading = "WHAT", .shrinks = true},
        {.heading = "SOURCE"},
        {.heading = "STATE", .coloured = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *const event = json_array_get(events, i);
        char id[24];
        (void)snprintf(id, sizeof id, "%lld", (long long)toc_field_number(event, "id"));
        const char *const cells[] = {id,
                                     toc_field_text(event, "code"),
                                     toc_field_text(event, "date"),
                                     toc_field_text(event, "text"),
                                     toc_field_text(event, "source"),
                                     toc_field_text(event, "state")};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        toc_supplier_print_heading(cli, "Events found in public registers");
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

static enum toc_result print_totals(struct toc_cli *cli, const json_t *totals)
{
    static const struct toc_column columns[] = {
        {.heading = "YEAR"},
        {.heading = "CATEGORY", .shrinks = true},
        {.heading = "MONTHS", .shrinks = true},
        {.heading = "SPEND", .right = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(totals); i++) {
        const json_t *const total = json_array_get(totals, i);
        const unsigned number = (unsigned)toc_field_number(total, "year");
        char year[TOC_YEAR_TEXT_LEN + 1];
        char months[TOC_MONTHS_TEXT_LEN + 1];
        char spend[TOC_POUNDS_TEXT_LEN + 1];
        toc_year_text(number, year);
        toc_months_text(toc_months_of(toc_field_array(total, "months"), number), months);
        toc_pounds_text(toc_field_number(total, "spend"), spend);
        const char *const cells[] = {year, toc_supplier_category(toc_field_text(total, "category")),
                                     months, spend};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        toc_supplier_print_heading(cli, "What we spent");
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

static enum toc_result print_contracts(struct toc_cli *cli, const json_t *contracts)
{
    static const struct toc_column columns[] = {
        {.heading = "REFERENCE", .shrinks = true},
        {.heading = "TITLE", .shrinks = true},
        {.heading = "ENDS"},
        {.heading = "VALUE", .right = true},
        {.heading = "ROUTE"},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(contracts); i++) {
        const json_t *const contract = json_array_get(contracts, i);
        char value[TOC_POUNDS_TEXT_LEN + 1] = "";
        if (json_is_integer(json_object_get(contract, "value"))) {
            toc_pounds_text(toc_field_number(contract, "value"), value);
        }
        const char *const cells[] = {
            toc_field_text(contract, "reference"), toc_field_text(contract, "title"),
            toc_field_text(contract, "end"), value, toc_field_text(contract, "route")};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        toc_supplier_print_heading(cli, "Our contracts");
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

enum toc_result toc_supplier_print_own(struct toc_cli *cli, const json_t *supplier)
{
    print_head(cli, supplier);
    TOC_TRY(print_events(cli, toc_field_array(supplier, "events")));
    TOC_TRY(print_totals(cli, toc_field_array(supplier, "totals")));
    return print_contracts(cli, toc_field_array(supplier, "contracts"));
}
