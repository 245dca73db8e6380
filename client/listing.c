#include "listing.h"
#include "ensure.h"
#include "print_csv.h"

/* One run: what has been printed so far. */
struct run {
    struct toc_cli *cli;
    const struct toc_listing *listing;
    struct toc_table *table; /* NULL unless a table is printed */
    struct toc_listed listed;
};

static void run_done(struct run *run)
{
    toc_table_free(&run->table);
    toc_listed_done(&run->listed);
}

void toc_listed_done(struct toc_listed *listed)
{
    toc_json_free(&listed->all);
}

static bool is_json(const struct run *run)
{
    return run->cli->json;
}

/* {"KEY": [ and, when all rows are out, what else the first reply says. */
static void open_document(const struct run *run)
{
    fprintf(run->cli->out, "{\n  \"%s\": [", run->listing->kind->key);
}

static enum toc_result put_json(FILE *file, const json_t *json)
{
    return json_dumpf(json, file, JSON_COMPACT | JSON_ENCODE_ANY) == 0 ? TOC_OK : TOC_IO;
}

static enum toc_result close_document(const struct run *run)
{
    FILE *const out = run->cli->out;
    const char *key;
    json_t *value;
    fputs(run->listed.rows == 0 ? "]" : "\n  ]", out);
    json_object_foreach(run->listed.all, key, value)
    {
        TOC_AUTO(toc_json_free) json_t *name = json_string(key);
        TOC_ENSURE(name != NULL, TOC_NOMEM);
        fputs(",\n  ", out);
        TOC_TRY(put_json(out, name));
        fputs(": ", out);
        TOC_TRY(put_json(out, value));
    }
    return fputs("\n}\n", out) == EOF ? TOC_IO : TOC_OK;
}

/* What the first reply says of all its pages. */
static enum toc_result keep_rest(struct run *run, const json_t *reply)
{
    static const char *const ours[] = {"ok", "tag", "after"};
    json_t *const rest = json_copy((json_t *)(uintptr_t)reply);
    TOC_ENSURE(rest != NULL, TOC_NOMEM);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        (void)json_object_del(rest, ours[i]);
    }
    (void)json_object_del(rest, run->listing->kind->key);
    run->listed.all = rest;
    return TOC_OK;
}

static enum toc_result begin(struct run *run, const json_t *reply)
{
    const struct toc_listing_kind *const kind = run->listing->kind;
    TOC_TRY(keep_rest(run, reply));
    if (is_json(run)) {
        open_document(run);
    } else if (run->listing->csv) {
        toc_csv_line(run->cli->out, kind->headings, kind->headings_len);
    } else {
        const bool is_wide = run->cli->paper.columns >= TOC_LISTING_WIDE;
        const size_t len = kind->columns_len - (is_wide ? 0 : kind->spare);
        TOC_TRY(toc_table_new(kind->columns, len, &run->table));
    }
    return TOC_OK;
}

static enum toc_result put_row(struct run *run, const json_t *row)
{
    FILE *const out = run->cli->out;
    if (is_json(run)) {
        fputs(run->listed.rows == 0 ? "\n    " : ",\n    ", out);
        TOC_TRY(put_json(out, row));
    } else if (run->listing->csv) {
        run->listing->kind->put(out, row);
    } else {
        TOC_TRY(run->listing->kind->add(run->table, row));
    }
    run->listed.rows++;
    return TOC_OK;
}

static bool is_full(const struct run *run)
{
    return run->listing->rows_max > 0 && run->listed.rows == run->listing->rows_max;
}

static enum toc_result put_rows(struct run *run, const json_t *rows)
{
    const struct toc_listing *const listing = run->listing;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *const row = json_array_get(rows, i);
        if (listing->wanted != NULL && !listing->wanted(listing->owner, row)) {
            continue;
        }
        if (is_full(run)) {
            run->listed.more = true;
            return TOC_OK;
        }
        TOC_TRY(put_row(run, row));
    }
    return TOC_OK;
}

static enum toc_result finish(struct run *run)
{
    if (is_json(run)) {
        return close_document(run);
    }
    if (run->table != NULL && toc_table_rows(run->table) > 0) {
        toc_table_print(run->table, run->cli->out, &run->cli->paper);
    }
    return TOC_OK;
}

/* No more rows than are wanted, while all of them are. */
static json_int_t page_of(const struct run *run)
{
    const uint64_t left = run->listing->rows_max - run->listed.rows;
    const bool few = run->listing->rows_max > 0 && run->listing->wanted == NULL;
    const unsigned page =
        run->listing->kind->page > 0 ? run->listing->kind->page : TOC_LISTING_PAGE;
    return few && left < page ? (json_int_t)left : (json_int_t)page;
}

/* *after: of the page before, NULL for the first; of this one, NULL for the last. */
static enum toc_result page(struct run *run, json_t *fields, json_t **after, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    const struct toc_listing_kind *const kind = run->listing->kind;
    json_t *const asked = json_copy(fields);
    if (asked == NULL || json_object_set_new(asked, "limit", json_integer(page_of(run))) != 0 ||
        (*after != NULL && json_object_set(asked, "after", *after) != 0)) {
        json_decref(asked);
        return TOC_NOMEM;
    }
    TOC_TRY(toc_cli_call(run->cli, kind->request, asked, &reply, why));
    if (run->listed.all == NULL) {
        TOC_TRY(begin(run, reply.json));
    }
    TOC_TRY(put_rows(run, toc_field_array(reply.json, kind->key)));
    toc_json_free(after);
    json_t *const next = json_object_get(reply.json, "after");
    /* A page may be empty and yet not the last: a filter passes over many rows. */
    *after = next == NULL || json_is_null(next) ? NULL : json_incref(next);
    return TOC_OK;
}

static enum toc_result print_pages(struct run *run, json_t *fields, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    TOC_ENSURE(fields != NULL, TOC_NOMEM);
    do {
        TOC_TRY(page(run, fields, &after, why));
    } while (after != NULL && !run->listed.more && (run->listing->wanted != NULL || !is_full(run)));
    run->listed.more = run->listed.more || after != NULL;
    return finish(run);
}

enum toc_result toc_listing_print(struct toc_cli *cli, const struct toc_listing *listing,
                                  struct toc_listed *ret_listed, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *fields = listing->fields;
    TOC_AUTO(run_done) struct run run = {.cli = cli, .listing = listing};
    why->text[0] = '\0';
    const enum toc_result result = print_pages(&run, fields, why);
    if (result != TOC_OK && why->text[0] == '\0') {
        return toc_fail(why, result, "output: cannot be written: %s", toc_result_name(result));
    }
    TOC_TRY(result);
    *ret_listed = run.listed;
    run.listed.all = NULL;
    return TOC_OK;
}
