/* region alerts: what the hub says about suppliers in trouble, as far as this member has them. At
 * the hub, all of them. */
#include "commands.h"
#include "ensure.h"
#include "flag_words.h"
#include "listing.h"
#include "print_csv.h"
#include "timetext.h"
#include <string.h>

/* What reporters told whoever has the supplier; printed behind the table. */
struct told {
    json_t *rows; /* owned; those of which more is to be said */
};

static void told_done(struct told *told)
{
    toc_json_free(&told->rows);
}

/* It is a company of this supplier's that is in trouble; of the hub's rows, and of a member's. */
static bool of_parent(const json_t *row)
{
    return toc_field_true(row, "of_parent") ||
           strcmp(toc_field_text(row, "relation"), "parent") == 0;
}

static bool is_wanted(void *owner, const json_t *row)
{
    struct told *const told = owner;
    if (json_array_size(toc_field_array(row, "details")) > 0 ||
        toc_field_text(row, "warning")[0] != '\0' || of_parent(row)) {
        (void)json_array_append(told->rows, (json_t *)(uintptr_t)row);
    }
    return true;
}

/* At the hub a supplier has no name until enough members flagged it. */
static const char *name_of(const json_t *row)
{
    const char *const name = toc_field_text(row, "name");
    return name[0] != '\0' ? name : "(not named)";
}

static enum toc_result add_row(struct toc_table *table, const json_t *row)
{
    char event[TOC_EVENT_WORDS_LEN + 1];
    char severity[24];
    char status[64];
    char since[TOC_DATE_TEXT_LEN + 1]; /* of a time, the day */
    char alert[TOC_FLAG_SHORT_LEN + 1];
    (void)snprintf(severity, sizeof severity, "%lld", (long long)toc_field_number(row, "severity"));
    toc_flag_event_words(toc_field_text(row, "event"), event);
    toc_flag_status_words(row, toc_field_text(row, "status"), status, sizeof status);
    if (strcmp(toc_field_text(row, "status"), "disputed") == 0 &&
        toc_field_true(row, "disputed_here")) {
        (void)snprintf(status + strlen(status), sizeof status - strlen(status), " by us");
    }
    (void)snprintf(since, sizeof since, "%s", toc_field_text(row, "since"));
    (void)snprintf(alert, sizeof alert, "%s", toc_field_text(row, "alert"));
    const char *const cells[] = {alert,
                                 name_of(row),
                                 event,
                                 severity,
                                 status,
                                 toc_field_text(row, "reporters"),
                                 toc_field_text(row, "expires"),
                                 since};
    return toc_table_add(table, cells);
}

static void put_row(FILE *file, const json_t *row)
{
    char severity[24];
    (void)snprintf(severity, sizeof severity, "%lld", (long long)toc_field_number(row, "severity"));
    const char *const cells[] = {
        toc_field_text(row, "alert"),
        toc_field_text(row, "supplier"),
        toc_field_text(row, "name"),
        toc_field_text(row, "event"),
        severity,
        toc_field_text(row, "status"),
        toc_field_text(row, "reporters"),
        toc_field_text(row, "since"),
        toc_field_text(row, "expires"),
        toc_field_true(row, "exercise") ? "yes" : "no",
    };
    toc_csv_line(file, cells, sizeof cells / sizeof cells[0]);
}

static const struct toc_column columns[] = {
    {.heading = "ALERT"},
    {.heading = "SUPPLIER", .shrinks = true},
    {.heading = "EVENT", .shrinks = true},
    {.heading = "SEV", .right = true},
    {.heading = "STATUS"},
    {.heading = "REPORTERS"},
    {.heading = "EXPIRES"},
    {.heading = "SINCE"},
};
static const char *const headings[] = {"alert",  "supplier",  "name",  "event",   "severity",
                                       "status", "reporters", "since", "expires", "exercise"};
static const struct toc_listing_kind kind = {
    .request = "alert_list",
    .page = TOC_FLAG_PAGE,
    .key = "alerts",
    .columns = columns,
    .columns_len = sizeof columns / sizeof columns[0],
    .spare = 2,
    .headings = headings,
    .headings_len = sizeof headings / sizeof headings[0],
    .add = add_row,
    .put = put_row,
};

static void print_details(struct toc_cli *cli, const json_t *row)
{
    const json_t *const details = toc_field_array(row, "details");
    if (of_parent(row)) {
        char line[400];
        (void)snprintf(line, sizeof line, "%.200s, %.8s: said of a company whose parent it is.",
                       name_of(row), toc_field_text(row, "event"));
        toc_text_wrap(cli->out, &cli->paper, 2, line);
    }
    for (size_t i = 0; i < json_array_size(details); i++) {
        const json_t *const detail = json_array_get(details, i);
        const char *const reference = toc_field_text(detail, "reference");
        const char *const date = toc_field_text(detail, "event_date");
        char line[600];
        (void)snprintf(line, sizeof line, "%.200s, %.8s: a reporter says: %.200s%s%.60s%s%.20s",
                       name_of(row), toc_field_text(row, "event"), toc_field_text(detail, "text"),
                       reference[0] == '\0' ? "" : "; reference ", reference,
                       date[0] == '\0' ? "" : "; date ", date);
        toc_text_wrap(cli->out, &cli->paper, 2, line);
    }
    if (toc_field_text(row, "warning")[0] != '\0') {
        char line[600];
        (void)snprintf(line, sizeof line, "%.200s, %.8s: WARNING: %.300s", name_of(row),
                       toc_field_text(row, "event"), toc_field_text(row, "warning"));
        toc_text_wrap(cli->out, &cli->paper, 2, line);
    }
}

static void print_footer(struct toc_cli *cli, const struct told *told, uint64_t rows)
{
    if (rows == 0) {
        fputs("No alert on a supplier of ours.\n", cli->out);
        return;
    }
    if (json_array_size(told->rows) > 0) {
        fputc('\n', cli->out);
    }
    for (size_t i = 0; i < json_array_size(told->rows); i++) {
        print_details(cli, json_array_get(told->rows, i));
    }
    fputc('\n', cli->out);
    toc_text_wrap(cli->out, &cli->paper, 0,
                  "An alert is no exclusion decision. Expired is not cleared.");
}

int toc_cmd_region_alerts(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(told_done) struct told told = {.rows = NULL};
    TOC_AUTO(toc_listed_done) struct toc_listed listed = {0};
    bool csv = false;
    const struct toc_option options[] = {{.name = "csv", .flag = &csv}};
    static const struct toc_usage usage = {.command = "region alerts", .operands = "[--csv]"};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 1, &operands, &status)) {
        return status;
    }
    if (csv && cli->json) {
        return toc_cli_misuse(cli, usage.command, "--csv and --json: one of them");
    }
    told.rows = json_array();
    const struct toc_listing listing = {.kind = &kind,
                                        .fields = json_object(),
                                        .csv = csv,
                                        .wanted = cli->json ? NULL : is_wanted,
                                        .owner = &told};
    const enum toc_result result = toc_listing_print(cli, &listing, &listed, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (!csv && !cli->json) {
        print_footer(cli, &told, listed.rows);
    }
    return TOC_EXIT_DONE;
}
