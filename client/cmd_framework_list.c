/* The subcommands that read the catalogue: list, show, expiring. */
#include "catalogue.h"
#include "commands.h"
#include "ensure.h"
#include "framework_find.h"
#include "record_json.h"
#include "timetext.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum { MONTHS_DEFAULT = 6, MONTHS_MAX = 600 };

struct words {
    const char *publisher;
    const char *kind;
    const char *text;
    const char *sort;
    bool open;
    uint64_t months;
    char from[TOC_DATE_TEXT_LEN + 1]; /* empty: any end */
    char until[TOC_DATE_TEXT_LEN + 1];
};

/* ASCII letters of either case are the same; the rest is compared as it is. */
static bool contains(const char *text, const char *part)
{
    const size_t len = strlen(part);
    for (; *text != '\0'; text++) {
        if (strncasecmp(text, part, len) == 0) {
            return true;
        }
    }
    return len == 0;
}

/* Open to more than its owner: somebody else may use it. */
static bool is_open(const json_t *record)
{
    const json_t *const users = toc_field_array(record, "open_to");
    for (size_t i = 0; i < json_array_size(users); i++) {
        const char *const user = json_string_value(json_array_get(users, i));
        if (user != NULL && strcmp(user, "owner_only") != 0) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const json_t *record, const struct words *words)
{
    const char *const ends = toc_field_text(record, "period_end");
    if (words->kind != NULL && strcmp(toc_field_text(record, "kind"), words->kind) != 0) {
        return false;
    }
    if (words->text != NULL && !contains(toc_field_text(record, "title"), words->text) &&
        !contains(toc_field_text(record, "description"), words->text)) {
        return false;
    }
    if (words->from[0] != '\0' &&
        (ends[0] == '\0' || strcmp(ends, words->from) < 0 || strcmp(ends, words->until) > 0)) {
        return false;
    }
    return !words->open || is_open(record);
}

/* By end; what has none comes last; then by title, so that the order is the same every time. */
static int compare_ends(const void *a, const void *b)
{
    const json_t *const left = *(json_t *const *)a;
    const json_t *const right = *(json_t *const *)b;
    const char *const ends[] = {toc_field_text(left, "period_end"),
                                toc_field_text(right, "period_end")};
    if ((ends[0][0] == '\0') != (ends[1][0] == '\0')) {
        return ends[0][0] == '\0' ? 1 : -1;
    }
    const int order = strcmp(ends[0], ends[1]);
    return order != 0 ? order
                      : strcmp(toc_field_text(left, "title"), toc_field_text(right, "title"));
}

static enum toc_result sort_records(json_t **records)
{
    const size_t len = json_array_size(*records);
    json_t **const items = calloc(len + 1, sizeof(json_t *));
    json_t *const sorted = json_array();
    int failed = items == NULL || sorted == NULL;
    for (size_t i = 0; i < len && !failed; i++) {
        items[i] = json_array_get(*records, i);
    }
    if (!failed) {
        qsort(items, len, sizeof(json_t *), compare_ends);
    }
    for (size_t i = 0; i < len && !failed; i++) {
        failed = json_array_append(sorted, items[i]);
    }
    free(items);
    if (failed) {
        json_decref(sorted);
        return TOC_NOMEM;
    }
    json_decref(*records);
    *records = sorted;
    return TOC_OK;
}

static enum toc_result fetch(struct toc_cli *cli, const struct words *words, json_t **ret_wanted,
                             struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *records = NULL;
    TOC_AUTO(toc_json_free) json_t *wanted = json_array();
    const struct toc_catalogue_filter filter = {
        .stream = TOC_FRAMEWORK_STREAM, .sub_streams = true, .publisher = words->publisher};
    TOC_TRY(toc_catalogue_fetch(cli, &filter, &records, why));
    for (size_t i = 0; i < json_array_size(records); i++) {
        json_t *const record = json_array_get(records, i);
        if (is_wanted(record, words) && json_array_append(wanted, record) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    if (words->sort != NULL && sort_records(&wanted) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    *ret_wanted = toc_take(&wanted);
    return TOC_OK;
}

/* A date, or how long it lasts from a start that is not known. */
static void ends_text(const json_t *record, char *ret_text, size_t room)
{
    const char *const ends = toc_field_text(record, "period_end");
    const long long months = (long long)toc_field_number(record, "period_months");
    if (ends[0] == '\0' && months > 0) {
        (void)snprintf(ret_text, room, "%lld months", months);
    } else {
        (void)snprintf(ret_text, room, "%.20s", ends);
    }
}

/* The list of a sub-group's stream; "" for the group's own. */
static const char *list_of(const json_t *record)
{
    const char *const dot = strchr(toc_field_text(record, "stream"), '.');
    return dot == NULL ? "" : dot + 1;
}

static bool has_lists(const json_t *records)
{
    for (size_t i = 0; i < json_array_size(records); i++) {
        if (list_of(json_array_get(records, i))[0] != '\0') {
            return true;
        }
    }
    return false;
}

static enum toc_result print_table(struct toc_cli *cli, const json_t *records)
{
    static const struct toc_column columns[] = {
        {.heading = "PUBLISHER"},
        {.heading = "TITLE", .shrinks = true},
        {.heading = "KIND", .shrinks = true},
        {.heading = "LOTS", .right = true},
        {.heading = "ENDS"},
        {.heading = "OPEN TO", .shrinks = true},
        {.heading = "LIST"},
    };
    /* The last column is for those few who are on a list. */
    const size_t columns_len = sizeof columns / sizeof columns[0] - (has_lists(records) ? 0 : 1);
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, columns_len, &table));
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *const record = json_array_get(records, i);
        char lots[24] = "";
        char users[160];
        char ends[32];
        const size_t lots_len = json_array_size(toc_field_array(record, "lots"));
        if (lots_len > 0) {
            (void)snprintf(lots, sizeof lots, "%zu", lots_len);
        }
        toc_json_join(toc_field_array(record, "open_to"), users, sizeof users);
        ends_text(record, ends, sizeof ends);
        const char *const cells[] = {toc_field_text(record, "publisher"),
                                     toc_field_text(record, "title"),
                                     toc_field_text(record, "kind"),
                                     lots,
                                     ends,
                                     users,
                                     list_of(record)};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        toc_table_print(table, cli->out, &cli->paper);
    } else {
        fputs("No framework fits.\n", cli->out);
    }
    return TOC_OK;
}

static int run_list(struct toc_cli *cli, const struct words *words)
{
    TOC_AUTO(toc_json_free) json_t *records = NULL;
    struct toc_why why = {"out of memory"};
    enum toc_result result = fetch(cli, words, &records, &why);
    if (result == TOC_OK && cli->json) {
        return toc_cli_document(cli, json_pack("{s:O}", "frameworks", records));
    }
    if (result == TOC_OK) {
        result = print_table(cli, records);
    }
    return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
}

int toc_cmd_framework_list(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    const struct toc_option options[] = {
        {.name = "publisher", .text = &words.publisher}, {.name = "kind", .text = &words.kind},
        {.name = "text", .text = &words.text},           {.name = "sort", .text = &words.sort},
        {.name = "open", .flag = &words.open},
    };
    static const struct toc_usage usage = {
        .command = "framework list",
        .operands = "[--publisher M] [--kind K] [--open] [--text T] [--sort ends]",
    };
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (words.sort != NULL && strcmp(words.sort, "ends") != 0) {
        return toc_cli_misuse(cli, usage.command, "--sort: '%.40s' is not 'ends'", words.sort);
    }
    if (words.kind != NULL && !toc_framework_kind_known(words.kind)) {
        return toc_cli_misuse(cli, usage.command, "--kind: '%.40s' is no kind of framework",
                              words.kind);
    }
    return run_list(cli, &words);
}

int toc_cmd_framework_expiring(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {.months = MONTHS_DEFAULT, .sort = "ends"};
    const struct toc_option options[] = {
        {.name = "months", .number = &words.months, .number_max = MONTHS_MAX},
        {.name = "publisher", .text = &words.publisher},
    };
    static const struct toc_usage usage = {.command = "framework expiring",
                                           .operands = "[--months N] [--publisher M]"};
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    const int32_t today = (int32_t)(toc_env_wall_ms(cli->env) / DAY_MS);
    toc_date_text(today, words.from);
    toc_date_text(toc_date_add_months(today, (int)words.months), words.until);
    return run_list(cli, &words);
}

static void print_field(struct toc_cli *cli, const char *key, const json_t *value,
                        const json_t *inferred)
{
    char label[32];
    bool guessed = false;
    for (size_t i = 0; i < json_array_size(inferred); i++) {
        const char *const name = json_string_value(json_array_get(inferred, i));
        guessed = guessed || (name != NULL && strcmp(name, key) == 0);
    }
    (void)snprintf(label, sizeof label, "%-22s", key);
    toc_text_print(cli->out, &cli->paper, TOC_STYLE_HEADING, label);
    if (json_is_string(value)) {
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, json_string_value(value));
    } else if (json_is_string(json_array_get(value, 0))) {
        char list[1024];
        toc_json_join(value, list, sizeof list);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, list);
    } else {
        char *const text = toc_json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, text == NULL ? "" : text);
        free(text);
    }
    fputs(guessed ? " (inferred)\n" : "\n", cli->out);
}

static void print_lots(struct toc_cli *cli, const json_t *lots)
{
    for (size_t i = 0; i < json_array_size(lots); i++) {
        const json_t *const lot = json_array_get(lots, i);
        fputs("  lot ", cli->out);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, toc_field_text(lot, "number"));
        fputs(": ", cli->out);
        toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN, toc_field_text(lot, "title"));
        fputc('\n', cli->out);
        const json_t *const suppliers = toc_field_array(lot, "suppliers");
        for (size_t j = 0; j < json_array_size(suppliers); j++) {
            fputs("      ", cli->out);
            toc_text_print(cli->out, &cli->paper, TOC_STYLE_PLAIN,
                           toc_field_text(json_array_get(suppliers, j), "name"));
            fputc('\n', cli->out);
        }
    }
}

int toc_cmd_framework_show(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {
        .command = "framework show", .operands_min = 1, .operands_max = 1, .operands = "FRAMEWORK"};
    TOC_AUTO(toc_json_free) json_t *record = NULL;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    const enum toc_result result = toc_framework_find(cli, operands.items[0], NULL, &record, &why);
    if (result == TOC_CONFLICT) {
        (void)toc_cli_fail(cli, result, &why);
        return TOC_EXIT_USAGE;
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_document(cli, json_incref(record));
    }
    const json_t *const inferred = toc_field_array(json_object_get(record, "basis"), "inferred");
    const char *key;
    json_t *value;
    json_object_foreach(record, key, value)
    {
        if (strcmp(key, "basis") != 0 && strcmp(key, "lots") != 0) {
            print_field(cli, key, value, inferred);
        }
    }
    print_lots(cli, toc_field_array(record, "lots"));
    return TOC_EXIT_DONE;
}
