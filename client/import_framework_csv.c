#include "import_framework_csv.h"
#include "ensure.h"
#include "import_framework.h"
#include "import_framework_row.h"
#include "import_text.h"
#include <stdio.h>
#include <string.h>

enum {
    HEADING_ROWS_MAX =
        30, /* some registers begin with a title, a date, or the query they came from */
    FEED_LEN = 64 * 1024,
};

/* A framework while rows of it may still come. */
struct draft {
    struct toc_framework framework;
    struct toc_supplier_list suppliers;
    size_t row;
};

struct work {
    struct toc_import *import;
    struct toc_import_self self;
    struct toc_register_headings headings;
    bool has_headings;
    size_t rows_before;
    struct draft *drafts;
    size_t drafts_len;
    size_t drafts_room;
};

static enum toc_result add_supplier(struct work *work, struct draft *draft,
                                    const struct toc_register_row *row)
{
    const char *const name = toc_register_cell(row, TOC_REGISTER_SUPPLIER);
    const char *const company = toc_register_cell(row, TOC_REGISTER_COMPANY);
    const char *const charity = toc_register_cell(row, TOC_REGISTER_CHARITY);
    const bool is_company = !toc_import_blank(company);
    if (name[0] == '\0') {
        return TOC_OK;
    }
    const uint32_t before = draft->framework.suppliers_left_out;
    TOC_TRY(toc_supplier_list_add(row->arena, &draft->suppliers, name,
                                  is_company ? "GB-COH" : "GB-CHC", is_company ? company : charity,
                                  &draft->framework.suppliers_left_out));
    if (draft->framework.suppliers_left_out == before) {
        return TOC_OK;
    }
    return toc_import_remark(work->import, row->csv->number, "SupplierName",
                             "the supplier was left out: it may be a person");
}

static struct draft *find_draft(struct work *work, const char *reference)
{
    for (size_t i = 0; i < work->drafts_len; i++) {
        if (strcmp(work->drafts[i].framework.reference, reference) == 0) {
            return &work->drafts[i];
        }
    }
    return NULL;
}

/* Another row of a framework adds its supplier; a title of its own makes it something else. */
static enum toc_result join(struct work *work, struct draft *draft,
                            const struct toc_framework *framework,
                            const struct toc_register_row *row)
{
    if (strcmp(draft->framework.title, framework->title) != 0) {
        char reason[80];
        (void)snprintf(reason, sizeof reason, "row %zu has this reference with another title",
                       draft->row);
        return toc_import_settle(work->import, row->csv->number, TOC_IMPORT_REJECTED,
                                 "ContractReference", reason);
    }
    TOC_TRY(add_supplier(work, draft, row));
    return toc_import_settle(work->import, row->csv->number, TOC_IMPORT_USED, "", "");
}

static enum toc_result begin(struct work *work, const struct toc_framework *framework,
                             const struct toc_register_row *row)
{
    TOC_TRY(toc_import_grow(row->arena, &work->drafts, work->drafts_len, &work->drafts_room,
                            sizeof *work->drafts));
    struct draft *const draft = &work->drafts[work->drafts_len++];
    *draft = (struct draft){.framework = *framework, .row = row->csv->number};
    TOC_TRY(add_supplier(work, draft, row));
    return toc_import_settle(work->import, row->csv->number, TOC_IMPORT_USED, "", "");
}

static enum toc_result take_framework(struct work *work, const struct toc_register_row *row)
{
    struct toc_framework framework;
    struct toc_why why = {.text = ""};
    enum toc_result result = toc_register_read(row, &framework, &why);
    if (result == TOC_OK) {
        const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK, .as.framework = &framework};
        result = toc_framework_validate(&record, &why);
    }
    if (result == TOC_INVALID) {
        return toc_import_reject_why(work->import, row->csv->number, &why);
    }
    TOC_TRY(result);
    struct draft *const draft = find_draft(work, framework.reference);
    return draft == NULL ? begin(work, &framework, row) : join(work, draft, &framework, row);
}

static enum toc_result settle(struct work *work, const struct toc_csv_row *row,
                              enum toc_import_fate fate, const char *column, const char *reason)
{
    return toc_import_settle(work->import, row->number, fate, column, reason);
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
    const struct toc_register_row row = {
        .arena = work->import->arena, .self = &work->self, .headings = &work->headings, .csv = csv};
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
    if (toc_register_kind(&row) == 0) {
        return settle(work, csv, TOC_IMPORT_SCREENED, "ContractType", TOC_SCREENED_NOT_A_FRAMEWORK);
    }
    if (!toc_register_is_own(&row)) {
        return settle(work, csv, TOC_IMPORT_SCREENED, "OrganisationLabel",
                      TOC_SCREENED_OTHER_BUYER);
    }
    return take_framework(work, &row);
}

static enum toc_result on_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    struct work *const work = owner;
    if (work->has_headings) {
        return take_data(work, row);
    }
    const enum toc_result result = toc_register_headings(row, &work->headings, why);
    work->has_headings = result == TOC_OK;
    work->rows_before++;
    if (result == TOC_NOTFOUND && work->rows_before < HEADING_ROWS_MAX) {
        return TOC_OK;
    }
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, "no column headings in the first %d rows",
                        HEADING_ROWS_MAX);
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
                        "no column headings; ContractReference, ContractTitle and ContractType "
                        "are needed");
    }
    return TOC_OK;
}

/* Rows were checked one by one; lists are shortened to fit, so that adding cannot fail on input. */
static enum toc_result add_all(struct work *work, struct toc_why *why)
{
    for (size_t i = 0; i < work->drafts_len; i++) {
        struct draft *const draft = &work->drafts[i];
        draft->framework.suppliers = draft->suppliers.items;
        draft->framework.suppliers_len = draft->suppliers.len;
        TOC_TRY(toc_import_framework_add(work->import, &draft->framework, why));
    }
    return TOC_OK;
}

enum toc_result toc_import_framework_csv(struct toc_bytes file, const struct toc_member *self,
                                         struct toc_arena *arena, struct toc_import *ret_import,
                                         struct toc_why *why)
{
    if (file.len > TOC_IMPORT_FILE_MAX) {
        return toc_fail(why, TOC_TOOBIG, "the file is over 256 MiB");
    }
    struct toc_import import;
    toc_import_init(&import, arena);
    struct work work = {.import = &import};
    TOC_TRY(toc_import_self_init(arena, self, &work.self));
    TOC_TRY(read_all(file, &work, why));
    TOC_TRY(add_all(&work, why));
    *ret_import = import;
    return TOC_OK;
}

const char *toc_import_framework_csv_template(void)
{
    return "ContractReference,ContractTitle,ContractType,Description,OpenContractingID,CPVCode,"
           "ProclassCode,StartDate,EndDate,LastExtensionDate,ContractValue,SupplierName,"
           "CompaniesHouseRegistrationNumber,CharityCommissionNumber,OpenTo\r\n";
}
