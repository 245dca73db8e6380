#include "import_contracts.h"
#include "ensure.h"
#include "import_framework_set.h"
#include "print_json.h"
#include <stdio.h>
#include <string.h>

enum {
    HEADING_ROWS_MAX =
        30, /* some registers begin with a title, a date, or the query they came from */
    FEED_LEN = 64 * 1024,
    KEY_LEN_MAX = 2 * TOC_NAME_LEN_MAX,
};

struct work {
    struct toc_contracts *contracts;
    struct toc_import_self self;
    const struct toc_register_map *map;
    struct toc_register_headings headings;
    bool has_headings;
    size_t rows_before;
    struct toc_framework_set frameworks;
    json_t *places; /* of payees, by number and name */
};

static enum toc_result settle(struct work *work, const struct toc_csv_row *row,
                              enum toc_import_fate fate, const char *column, const char *reason)
{
    return toc_import_settle(&work->contracts->import, row->number, fate, column, reason);
}

static enum toc_result find_payee(struct work *work, const struct toc_payee *payee,
                                  size_t *ret_place)
{
    struct toc_contracts *const all = work->contracts;
    char key[KEY_LEN_MAX];
    (void)snprintf(key, sizeof key, "%d %s %s", (int)payee->id.scheme, payee->id.id, payee->name);
    const json_t *const known = json_object_get(work->places, key);
    if (known != NULL) {
        *ret_place = (size_t)json_integer_value(known);
        return TOC_OK;
    }
    TOC_TRY(toc_import_grow(all->import.arena, &all->payees, all->payees_len, &all->payees_room,
                            sizeof *all->payees));
    TOC_ENSURE(json_object_set_new(work->places, key, json_integer((json_int_t)all->payees_len)) ==
                   0,
               TOC_NOMEM);
    *ret_place = all->payees_len;
    all->payees[all->payees_len++] = (struct toc_contract_payee){.payee = *payee};
    return TOC_OK;
}

static enum toc_result add(struct work *work, const struct toc_contract *contract,
                           const struct toc_payee *payee)
{
    struct toc_contracts *const all = work->contracts;
    struct toc_contract item = *contract;
    if (payee != NULL) {
        TOC_TRY(find_payee(work, payee, &item.payee));
        all->payees[item.payee].rows++;
    }
    TOC_TRY(
        toc_import_grow(all->import.arena, &all->items, all->len, &all->room, sizeof *all->items));
    all->items[all->len++] = item;
    return TOC_OK;
}

static enum toc_result remark(struct work *work, const struct toc_csv_row *row,
                              enum toc_register_column column, const char *reason)
{
    return toc_import_remark(&work->contracts->import, row->number,
                             toc_register_column_name(column), reason);
}

static enum toc_result add_remarks(struct work *work, const struct toc_csv_row *row,
                                   const struct toc_contract_remarks *remarks,
                                   const struct toc_row_payees *payees)
{
    if (remarks->review) {
        TOC_TRY(remark(work, row, TOC_REGISTER_REVIEW, "is not a date and was left out"));
    }
    if (remarks->extension) {
        TOC_TRY(remark(work, row, TOC_REGISTER_EXTENSION,
                       "is neither a date nor a period such as '2 x 12 months' and was left out"));
    }
    if (payees->ignored != NULL) {
        TOC_TRY(remark(work, row,
                       payees->ignored_charity ? TOC_REGISTER_CHARITY : TOC_REGISTER_COMPANY,
                       payees->ignored));
    }
    return payees->left_out == 0 ? TOC_OK
                                 : remark(work, row, TOC_REGISTER_SUPPLIER,
                                          "a supplier was left out: it may be a person");
}

static enum toc_result doubt(struct work *work, size_t row, size_t first)
{
    struct toc_contracts *const all = work->contracts;
    TOC_TRY(toc_import_grow(all->import.arena, &all->doubts, all->doubts_len, &all->doubts_room,
                            sizeof *all->doubts));
    all->doubts[all->doubts_len++] =
        (struct toc_contract_doubt){.row = row, .first = first, .len = all->len - first};
    return TOC_OK;
}

/* Every supplier that is left, or none at all where the register names none. */
static enum toc_result use(struct work *work, const struct toc_csv_row *row,
                           const struct toc_contract *contract,
                           const struct toc_contract_remarks *remarks,
                           const struct toc_row_payees *payees)
{
    const size_t first = work->contracts->len;
    bool held = false;
    for (size_t i = 0; i < payees->len; i++) {
        TOC_TRY(add(work, contract, &payees->items[i]));
        held = held || payees->items[i].held;
    }
    if (payees->len == 0 && payees->left_out == 0) {
        TOC_TRY(add(work, contract, NULL));
    }
    TOC_TRY(add_remarks(work, row, remarks, payees));
    return held ? doubt(work, row->number, first) : settle(work, row, TOC_IMPORT_USED, "", "");
}

static enum toc_result take_contract(struct work *work, const struct toc_register_row *row)
{
    struct toc_import *const import = &work->contracts->import;
    struct toc_contract contract;
    struct toc_contract_remarks remarks;
    struct toc_row_payees payees;
    struct toc_why why = {.text = ""};
    TOC_TRY(toc_payees_read(row->arena, toc_register_cell(row, TOC_REGISTER_SUPPLIER),
                            toc_register_cell(row, TOC_REGISTER_COMPANY),
                            toc_register_cell(row, TOC_REGISTER_CHARITY), &payees));
    enum toc_result result = toc_contract_read(row, &contract, &remarks, &why);
    if (result == TOC_DENIED || payees.national_insurance) {
        return settle(work, row->csv, TOC_IMPORT_SCREENED, "", TOC_SCREENED_NATIONAL_INSURANCE);
    }
    const bool framework = toc_register_kind(row) != 0;
    /* What a framework's row says of the framework holds whoever is left out of it. */
    if (result == TOC_OK && payees.len == 0 && payees.left_out > 0 && !framework) {
        return settle(work, row->csv, TOC_IMPORT_SCREENED,
                      toc_register_column_name(TOC_REGISTER_SUPPLIER), TOC_SCREENED_PERSON);
    }
    if (result == TOC_OK && framework) {
        result = toc_framework_set_take(&work->frameworks, row, &payees, &why);
    }
    if (result == TOC_INVALID) {
        return toc_import_reject_why(import, row->csv->number, &why);
    }
    TOC_TRY(result);
    return use(work, row->csv, &contract, &remarks, &payees);
}

static bool has_more(const struct work *work, const struct toc_csv_row *row)
{
    for (size_t i = work->headings.len; i < row->cells_len; i++) {
        if (row->cells[i][0] != '\0') {
            return true;
        }
    }
    return false;
}

static enum toc_result take_data(struct work *work, const struct toc_csv_row *csv)
{
    const struct toc_register_row row = {.arena = work->contracts->import.arena,
                                         .self = &work->self,
                                         .headings = &work->headings,
                                         .csv = csv};
    if (csv->open_quote) {
        return settle(work, csv, TOC_IMPORT_REJECTED, "", "the file ends inside a quoted cell");
    }
    if (csv->cut && csv->cells_len < work->headings.len) {
        return settle(work, csv, TOC_IMPORT_REJECTED, "",
                      "the file ends in the middle of this row");
    }
    if (has_more(work, csv)) {
        return settle(work, csv, TOC_IMPORT_REJECTED, "", "has more cells than there are headings");
    }
    if (!toc_register_is_own(&row)) {
        return settle(work, csv, TOC_IMPORT_SCREENED, "OrganisationLabel",
                      TOC_SCREENED_OTHER_BUYER);
    }
    return take_contract(work, &row);
}

static const char *map_words(const struct work *work)
{
    return work->map == NULL ? ": name the file's own with --map" : ", and all that the map names";
}

static enum toc_result on_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    struct work *const work = owner;
    if (work->has_headings) {
        return take_data(work, row);
    }
    const enum toc_result result = toc_register_headings(row, work->map, &work->headings, why);
    work->has_headings = result == TOC_OK;
    work->rows_before++;
    if (result == TOC_NOTFOUND && work->rows_before < HEADING_ROWS_MAX) {
        return TOC_OK;
    }
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, "no column headings in the first %d rows%s",
                        HEADING_ROWS_MAX, map_words(work));
    }
    return result;
}

static enum toc_result read_all(struct toc_bytes file, struct work *work, struct toc_why *why)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    TOC_TRY(toc_csv_new(on_row, work, &csv));
    while (file.len > 0) {
        const size_t len = file.len < FEED_LEN ? file.len : FEED_LEN;
        TOC_TRY(toc_csv_feed(csv, toc_bytes_of(file.data, len), why));
        file = toc_bytes_of(file.data + len, file.len - len);
    }
    TOC_TRY(toc_csv_end(csv, why));
    if (!work->has_headings) {
        return toc_fail(why, TOC_INVALID,
                        "no column headings; a ContractTitle or a Description is needed%s",
                        map_words(work));
    }
    return TOC_OK;
}

enum toc_result toc_contracts_read(struct toc_bytes file, const struct toc_member *self,
                                   const struct toc_register_map *map, struct toc_arena *arena,
                                   struct toc_contracts *ret_contracts, struct toc_why *why)
{
    if (file.len > TOC_IMPORT_FILE_MAX) {
        return toc_fail(why, TOC_TOOBIG, "the file is over 256 MiB");
    }
    TOC_AUTO(toc_json_free) json_t *places = json_object();
    struct toc_contracts contracts = {.len = 0};
    struct work work = {.contracts = &contracts, .map = map, .places = places};
    TOC_ENSURE(places != NULL, TOC_NOMEM);
    toc_import_init(&contracts.import, arena);
    TOC_TRY(toc_import_self_init(arena, self, &work.self));
    TOC_TRY(read_all(file, &work, why));
    TOC_TRY(toc_framework_set_end(&work.frameworks, &contracts.import, why));
    *ret_contracts = contracts;
    return TOC_OK;
}
