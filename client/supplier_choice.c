#include "supplier_choice.h"
#include "csvfile.h"
#include "ensure.h"
#include <string.h>

/* A list while it is read. */
struct reading {
    json_t *names; /* borrowed */
    json_t *seen;  /* an object whose keys are the names */
    bool begun;
    bool headed;
    size_t column; /* of the ids */
};

static enum toc_result add(struct reading *reading, const char *name, struct toc_why *why)
{
    if (name[0] == '\0' || json_object_get(reading->seen, name) != NULL) {
        return TOC_OK;
    }
    if (json_array_size(reading->names) == TOC_CHOICE_MAX) {
        return toc_fail(why, TOC_TOOBIG, "more than %d suppliers at once: divide the list",
                        TOC_CHOICE_MAX);
    }
    if (json_array_append_new(reading->names, json_string(name)) != 0 ||
        json_object_set_new(reading->seen, name, json_true()) != 0) {
        return toc_fail(why, TOC_INVALID, "%.60s: is no UTF-8 text", name);
    }
    return TOC_OK;
}

/* Whether the first row names the columns, and which of them has the ids. */
static bool find_heading(struct reading *reading, const struct toc_csv_row *row)
{
    for (size_t i = 0; i < row->cells_len; i++) {
        char folded[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(row->cells[i], folded);
        if (strcmp(folded, "id") == 0) {
            reading->column = i;
            return true;
        }
    }
    return false;
}

static bool is_empty_beyond(const struct toc_csv_row *row, size_t first)
{
    for (size_t i = first; i < row->cells_len; i++) {
        if (row->cells[i][0] != '\0') {
            return false;
        }
    }
    return true;
}

static enum toc_result take_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    struct reading *const reading = owner;
    if (row->open_quote) {
        return toc_fail(why, TOC_MALFORMED, "line %zu: a quote is not closed", row->number);
    }
    if (!reading->begun) {
        reading->begun = true;
        reading->headed = find_heading(reading, row);
        if (reading->headed) {
            return TOC_OK;
        }
    }
    /* "Smith, Jones & Co" without quotes must not become somebody called Smith. */
    if (!reading->headed && !is_empty_beyond(row, 1)) {
        return toc_fail(why, TOC_MALFORMED,
                        "line %zu: has several cells: put a name with a comma in quotes, or give "
                        "the columns names, one of them 'id'",
                        row->number);
    }
    if (reading->column >= row->cells_len) {
        return TOC_OK;
    }
    return add(reading, row->cells[reading->column], why);
}

static enum toc_result read_list(struct reading *reading, FILE *in, struct toc_why *why)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    char chunk[16384];
    size_t total = 0;
    size_t len;
    if (toc_csv_new(take_row, reading, &csv) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    while ((len = fread(chunk, 1, sizeof chunk, in)) > 0) {
        total += len;
        if (total > TOC_CHOICE_LEN_MAX) {
            return toc_fail(why, TOC_TOOBIG, "is over %d MiB: divide the list",
                            TOC_CHOICE_LEN_MAX / (1024 * 1024));
        }
        TOC_TRY(toc_csv_feed(csv, toc_bytes_of(chunk, len), why));
    }
    if (ferror(in) != 0) {
        return toc_fail(why, TOC_IO, "cannot be read");
    }
    if (total == 0) {
        return TOC_OK;
    }
    return toc_csv_end(csv, why);
}

enum toc_result toc_supplier_choice(const struct toc_operands *words, FILE *in, json_t **ret_names,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *names = json_array();
    TOC_AUTO(toc_json_free) json_t *seen = json_object();
    bool listed = false;
    if (names == NULL || seen == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < words->len; i++) {
        struct reading reading = {.names = names, .seen = seen};
        if (strcmp(words->items[i], "-") != 0) {
            TOC_TRY(add(&reading, words->items[i], why));
            continue;
        }
        if (listed) {
            return toc_fail(why, TOC_INVALID, "'-' can be given once only");
        }
        listed = true;
        const enum toc_result result = read_list(&reading, in, why);
        if (result != TOC_OK) {
            toc_why_prefix(why, "standard input");
            return result;
        }
    }
    if (json_array_size(names) == 0) {
        return toc_fail(why, TOC_INVALID, "no supplier is named%s",
                        listed ? " on standard input" : "");
    }
    *ret_names = toc_take(&names);
    return TOC_OK;
}
