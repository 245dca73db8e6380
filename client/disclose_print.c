/* What is held on one supplier, for the officer who answers a request, and for the file. */
#include "disclose.h"

#include "ensure.h"
#include "figures.h"
#include "flag_words.h"
#include "supplier_print.h"
#include "supplier_uses_print.h"
#include "supplier_words.h"
#include <string.h>

enum { WORDS_MAX = 512 };

static void print_none(struct toc_cli *cli, const char *text)
{
    fprintf(cli->out, "  %s\n", text);
}

/* "spg, york; not yet: hull" */
static void told_words(const json_t *told, char *ret_text, size_t room)
{
    json_t *const applied = json_array();
    json_t *const missing = json_array();
    char yes[WORDS_MAX];
    char no[WORDS_MAX];
    for (size_t i = 0; i < json_array_size(told); i++) {
        const json_t *const one = json_array_get(told, i);
        (void)json_array_append(toc_field_true(one, "applied") ? applied : missing,
                                json_object_get(one, "member"));
    }
    toc_json_join(applied, yes, sizeof yes);
    toc_json_join(missing, no, sizeof no);
    (void)snprintf(ret_text, room, "%.200s%s%.200s", yes[0] == '\0' ? "nobody yet" : yes,
                   no[0] == '\0' ? "" : "; not yet: ", no);
    json_decref(applied);
    json_decref(missing);
}

static enum toc_result print_published(struct toc_cli *cli, const json_t *rows)
{
    static const struct toc_column columns[] = {
        {.heading = "YEAR"},
        {.heading = "CATEGORY", .shrinks = true},
        {.heading = "SPEND", .right = true},
        {.heading = "RECORD", .right = true},
        {.heading = "HAVE IT", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *const row = json_array_get(rows, i);
        char year[TOC_YEAR_TEXT_LEN + 1];
        char spend[TOC_POUNDS_TEXT_LEN + 1];
        char record[24];
        char told[WORDS_MAX];
        toc_year_text((unsigned)toc_field_number(row, "year"), year);
        toc_pounds_text(toc_field_number(row, "spend"), spend);
        (void)snprintf(record, sizeof record, "%lld", (long long)toc_field_number(row, "sequence"));
        told_words(toc_field_array(row, "told"), told, sizeof told);
        const char *const cells[] = {year, toc_supplier_category(toc_field_text(row, "category")),
                                     spend, record, told};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_supplier_print_heading(cli, "What we published on it");
    if (toc_table_rows(table) == 0) {
        print_none(cli, "nothing that stands");
    } else {
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

/* Each step, by whom, and what the hub made of it. */
static void print_history(struct toc_cli *cli, const json_t *history)
{
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *const entry = json_array_get(history, i);
        const bool by_hub = strcmp(toc_field_text(entry, "what"), "alert") == 0;
        const char *const more = toc_field_text(entry, by_hub ? "status" : "text");
        char text[WORDS_MAX];
        char by[32] = "";
        if (json_is_integer(json_object_get(entry, "by"))) {
            (void)snprintf(by, sizeof by, " by user %lld",
                           (long long)toc_field_number(entry, "by"));
        }
        (void)snprintf(text, sizeof text, "%.30s  %s%s%s%.200s", toc_field_text(entry, "time"),
                       by_hub ? "the hub's alert" : toc_field_text(entry, "what"), by,
                       more[0] == '\0' ? "" : ": ", more);
        toc_text_wrap(cli->out, &cli->paper, 4, text);
    }
}

static void print_flag(struct toc_cli *cli, const json_t *flag)
{
    char event[TOC_EVENT_WORDS_LEN + 1];
    char text[WORDS_MAX];
    toc_flag_event_words(toc_field_text(flag, "event"), event);
    fprintf(cli->out, "  %.8s  %s, severity %lld, %s: %s, %s\n", toc_field_text(flag, "flag"),
            event, (long long)toc_field_number(flag, "severity"),
            toc_field_text(flag, "source_class"), toc_field_text(flag, "status"),
            toc_field_text(flag, "state"));
    toc_supplier_print_line(cli, "holds until", toc_field_text(flag, "expires"));
    toc_supplier_print_line(cli, "says", toc_field_text(flag, "text"));
    toc_supplier_print_line(cli, "reference", toc_field_text(flag, "reference"));
    told_words(toc_field_array(flag, "applied"), text, sizeof text);
    toc_supplier_print_line(cli, "know of it", text);
    toc_supplier_print_line(cli, "warning", toc_field_text(flag, "warning"));
    print_history(cli, toc_field_array(flag, "history"));
}

static void print_alert(struct toc_cli *cli, const json_t *alert)
{
    char event[TOC_EVENT_WORDS_LEN + 1];
    char own[WORDS_MAX];
    const json_t *const details = toc_field_array(alert, "details");
    toc_flag_event_words(toc_field_text(alert, "event"), event);
    fprintf(cli->out, "  %.8s  %s, severity %lld, %s: %s, reporters %s, since %.10s, from %s\n",
            toc_field_text(alert, "alert"), event, (long long)toc_field_number(alert, "severity"),
            toc_field_text(alert, "source"), toc_field_text(alert, "status"),
            toc_field_text(alert, "reporters"), toc_field_text(alert, "since"),
            toc_field_text(alert, "publisher"));
    for (size_t i = 0; i < json_array_size(details); i++) {
        toc_supplier_print_line(cli, "says", toc_field_text(json_array_get(details, i), "text"));
    }
    toc_json_join(toc_field_array(alert, "own_flags"), own, sizeof own);
    toc_supplier_print_line(cli, "may carry ours", own);
    toc_supplier_print_line(cli, "warning", toc_field_text(alert, "warning"));
}

static void print_rows(struct toc_cli *cli, const char *heading, const json_t *rows,
                       const char *none, void (*print)(struct toc_cli *cli, const json_t *row))
{
    toc_supplier_print_heading(cli, heading);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        print(cli, json_array_get(rows, i));
    }
    if (json_array_size(rows) == 0) {
        print_none(cli, none);
    }
}

static void print_audit(struct toc_cli *cli, const json_t *row)
{
    char text[WORDS_MAX];
    (void)snprintf(text, sizeof text, "%.30s  user %lld  %.60s  %.300s",
                   toc_field_text(row, "time"), (long long)toc_field_number(row, "uid"),
                   toc_field_text(row, "command"), toc_field_text(row, "detail"));
    toc_text_wrap(cli->out, &cli->paper, 2, text);
}

static void print_sentence(struct toc_cli *cli, const json_t *row)
{
    toc_text_wrap(cli->out, &cli->paper, 2, json_string_value(row));
}

static void print_point(struct toc_cli *cli, const json_t *row)
{
    char text[2 * WORDS_MAX];
    const char *const part = toc_field_text(row, "part");
    (void)snprintf(text, sizeof text, "%s%s%s: %s", part, part[0] == '\0' ? "" : ", ",
                   toc_field_text(row, "law"), toc_field_text(row, "why"));
    toc_text_wrap(cli->out, &cli->paper, 2, text);
}

enum toc_result toc_disclose_print(struct toc_cli *cli, const json_t *document)
{
    const json_t *const supplier = json_object_get(document, "supplier");
    const json_t *const region = json_object_get(document, "region");
    fprintf(cli->out, "What %s holds on \"%s\", %s\n\n", toc_field_text(document, "member"),
            toc_field_text(document, "asked"), toc_field_text(document, "made"));
    if (json_is_object(supplier)) {
        TOC_TRY(toc_supplier_print_own(cli, supplier));
    } else {
        print_none(cli, "It is not among our own suppliers.");
    }
    TOC_TRY(print_published(cli, toc_field_array(document, "published")));
    toc_supplier_print_heading(cli, "What the group published on it, and is held here");
    TOC_TRY(toc_uses_print(cli, json_is_object(region) ? region : NULL,
                           toc_field_text(document, "member")));
    print_rows(cli, "Flags that we raised", toc_field_array(document, "flags"), "none", print_flag);
    print_rows(cli, "Alerts that we hold", toc_field_array(document, "alerts"), "none",
               print_alert);
    print_rows(cli, "What was done here about it", toc_field_array(document, "audit"),
               "nothing in the audit trail", print_audit);
    print_rows(cli, "What is held and not shown", toc_field_array(document, "not_shown"), "nothing",
               print_sentence);
    print_rows(cli, "To consider before any of it is given out",
               toc_field_array(document, "consider"), "nothing", print_point);
    fputs("\nThis lists what is held. It is no advice, and withholds nothing by itself: see "
          "docs/freedom-of-information.md.\n",
          cli->out);
    return TOC_OK;
}
