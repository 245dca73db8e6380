/* supplier show: what this council has on a supplier, and which others use it. */
#include "commands.h"
#include "ensure.h"
#include "figures.h"
#include "supplier_uses_print.h"
#include "supplier_words.h"
#include <string.h>

enum { LABEL_COLUMNS = 16, LIST_LEN_MAX = 4096 };

/* "label   text", the text wrapped behind the label. */
static void print_line(struct toc_cli *cli, const char *label, const char *text)
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

static void print_heading(struct toc_cli *cli, const char *text)
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
    print_line(cli, "register", text);
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
    print_line(cli, "number", number[0] == '\0' ? "none stated: met with others by name" : text);
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
    print_line(cli, "state",
               strcmp(state, "held") == 0
                   ? "held: nothing of it leaves until you say supplier keep, or supplier drop"
                   : state);
    print_line(cli, "parent", toc_supplier_name_of(json_object_get(supplier, "parent")));
    print_company(cli, json_object_get(supplier, "company"));
    join_names(toc_field_array(supplier, "payees"), name, number, list, sizeof list);
    print_line(cli, "as written", list);
    join_names(toc_field_array(supplier, "former_names"), name, number, list, sizeof list);
    print_line(cli, "formerly", list);
    join_names(toc_field_array(supplier, "ambiguous"), "", "", list, sizeof list);
    print_line(cli, "or else", list);
    toc_pounds_text(toc_field_number(supplier, "spend"), spend);
    (void)snprintf(list, sizeof list, "%s in all%s%.20s", spend,
                   paid[0] == '\0' ? "" : ", last on ", paid);
    print_line(cli, "paid", list);
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
        print_heading(cli, "Events found in public registers");
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
        print_heading(cli, "What we spent");
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
        print_heading(cli, "Our contracts");
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

/* Adds a page of `members` to what there is, and says whether another follows. */
static enum toc_result take_page(json_t **region, json_t *reply, json_t **ret_after)
{
    json_t *const after = json_object_get(reply, "after");
    *ret_after = after == NULL || json_is_null(after) ? NULL : json_incref(after);
    if (*region == NULL) {
        static const char *const ours[] = {"ok", "tag", "after"};
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
            (void)json_object_del(reply, ours[i]);
        }
        *region = json_incref(reply);
        return TOC_OK;
    }
    return json_array_extend(json_object_get(*region, "members"),
                             json_object_get(reply, "members")) == 0
               ? TOC_OK
               : TOC_NOMEM;
}

/* What the group has published on it. TOC_NOTFOUND: nothing. */
static enum toc_result fetch_region(struct toc_cli *cli, const char *word, json_t **ret_region,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *region = NULL;
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    do {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "region_supplier",
                             json_pack("{s:s, s:O*}", "supplier", word, "after", after), &reply,
                             why));
        toc_json_free(&after);
        if (take_page(&region, reply.json, &after) != TOC_OK) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    } while (after != NULL);
    *ret_region = toc_take(&region);
    return TOC_OK;
}

/* Ours, and what the group has on it; either may be missing, not both. */
struct shown {
    json_t *supplier;    /* owned; NULL: not among our suppliers */
    json_t *region;      /* owned; NULL: nothing is published */
    struct toc_why note; /* why there is no region, where it is worth a word */
};

static void shown_done(struct shown *shown)
{
    toc_json_free(&shown->supplier);
    toc_json_free(&shown->region);
}

static enum toc_result fetch(struct toc_cli *cli, const char *word, struct shown *shown,
                             struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_why region_why = {""};
    const enum toc_result own =
        toc_cli_call(cli, "supplier_show", json_pack("{s:s}", "supplier", word), &reply, why);
    if (own != TOC_OK && own != TOC_NOTFOUND) {
        return own;
    }
    if (own == TOC_OK) {
        (void)json_object_del(reply.json, "ok");
        (void)json_object_del(reply.json, "tag");
        shown->supplier = json_incref(reply.json);
        const char *const number = toc_field_text(reply.json, "number");
        word = number[0] != '\0' ? number : toc_field_text(reply.json, "name");
    }
    const enum toc_result region = fetch_region(cli, word, &shown->region, &region_why);
    if (region == TOC_OK) {
        return TOC_OK;
    }
    if (own == TOC_NOTFOUND) {
        /* What is wrong with the word is better said by who knows our own suppliers. */
        *why = region == TOC_NOTFOUND ? *why : region_why;
        return region;
    }
    if (region == TOC_INVALID || region == TOC_CONFLICT) {
        shown->note = region_why;
        return TOC_OK;
    }
    *why = region_why;
    return region == TOC_NOTFOUND ? TOC_OK : region;
}

static enum toc_result print_own(struct toc_cli *cli, const json_t *supplier)
{
    print_head(cli, supplier);
    TOC_TRY(print_events(cli, toc_field_array(supplier, "events")));
    TOC_TRY(print_totals(cli, toc_field_array(supplier, "totals")));
    return print_contracts(cli, toc_field_array(supplier, "contracts"));
}

static enum toc_result print_all(struct toc_cli *cli, const struct shown *shown,
                                 struct toc_why *why)
{
    const struct toc_conf *conf;
    TOC_TRY(toc_cli_conf(cli, &conf, why));
    (void)toc_fail(why, TOC_NOMEM, "out of memory");
    if (shown->supplier != NULL) {
        TOC_TRY(print_own(cli, shown->supplier));
    } else {
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING,
                       toc_field_text(shown->region, "name"));
        fputc('\n', cli->out);
        print_line(cli, "number", toc_field_text(shown->region, "number"));
        print_line(cli, "state", "not among our own suppliers");
    }
    print_heading(cli, "Who else uses it");
    if (shown->note.text[0] != '\0') {
        toc_text_wrap(cli->out, &cli->paper, 0, shown->note.text);
        return TOC_OK;
    }
    return toc_uses_print(cli, shown->region, conf->member);
}

static int print_document(struct toc_cli *cli, const struct shown *shown)
{
    json_t *const document =
        shown->supplier != NULL
            ? json_incref(shown->supplier)
            : json_pack("{s:n, s:s, s:O?}", "id", "name", toc_field_text(shown->region, "name"),
                        "number", json_object_get(shown->region, "number"));
    (void)json_object_set(document, "region", shown->region == NULL ? json_null() : shown->region);
    return toc_cli_document(cli, document);
}

int toc_cmd_supplier_show(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {
        .command = "supplier show", .operands_min = 1, .operands_max = 1, .operands = "SUPPLIER"};
    TOC_AUTO(shown_done) struct shown shown = {.supplier = NULL};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    enum toc_result result = fetch(cli, operands.items[0], &shown, &why);
    if (result == TOC_OK && cli->json) {
        return print_document(cli, &shown);
    }
    if (result == TOC_OK) {
        result = print_all(cli, &shown, &why);
    }
    if (result != TOC_OK) {
        toc_why_prefix(&why, "%.60s", operands.items[0]);
        return toc_supplier_fail(cli, result, &why);
    }
    return TOC_EXIT_DONE;
}
