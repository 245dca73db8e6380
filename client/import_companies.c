#include "import_companies.h"
#include "csvfile.h"
#include "ensure.h"
#include "import_companies_end.h"
#include "import_text.h"
#include "orgid.h"
#include "suppliername.h"
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)1 << 30)

struct toc_companies {
    const struct toc_own *own;
    int32_t today;
    struct toc_csv *csv;
    struct toc_arena *arena;
    struct toc_findings findings;
    struct toc_company_match *matches; /* one a supplier */
    bool has_columns;
    size_t columns[TOC_COMPANY_COLUMNS];
    size_t columns_last; /* the last one that every row must reach */
    size_t not_ours;
    size_t headings; /* in between, where parts of the snapshot were joined */
};

enum { NO_COLUMN = TOC_CSV_CELLS_MAX, STATUS_LEN_MAX = 100 };

/* Without case and punctuation; some of the file's own begin with a space. */
static const char *const headings[TOC_COMPANY_COLUMNS] = {
    [TOC_COMPANY_NAME] = "companyname",
    [TOC_COMPANY_NUMBER] = "companynumber",
    [TOC_COMPANY_STATUS] = "companystatus",
    [TOC_COMPANY_ACCOUNTS_DUE] = "accountsnextduedate",
    [TOC_COMPANY_CONFIRMATION_DUE] = "confstmtnextduedate",
    [TOC_COMPANY_SIC] = "siccodesictext1",
    [TOC_COMPANY_SIC + 1] = "siccodesictext2",
    [TOC_COMPANY_SIC + 2] = "siccodesictext3",
    [TOC_COMPANY_SIC + 3] = "siccodesictext4",
    [TOC_COMPANY_FORMER] = "previousname1companyname",
    [TOC_COMPANY_FORMER + 1] = "previousname2companyname",
    [TOC_COMPANY_FORMER + 2] = "previousname3companyname",
    [TOC_COMPANY_FORMER + 3] = "previousname4companyname",
    [TOC_COMPANY_FORMER + 4] = "previousname5companyname",
    [TOC_COMPANY_FORMER + 5] = "previousname6companyname",
    [TOC_COMPANY_FORMER + 6] = "previousname7companyname",
    [TOC_COMPANY_FORMER + 7] = "previousname8companyname",
    [TOC_COMPANY_FORMER + 8] = "previousname9companyname",
    [TOC_COMPANY_FORMER + 9] = "previousname10companyname",
};

static enum toc_result read_headings(struct toc_companies *companies, const struct toc_csv_row *row,
                                     struct toc_why *why)
{
    for (size_t i = 0; i < TOC_COMPANY_COLUMNS; i++) {
        companies->columns[i] = NO_COLUMN;
        for (size_t j = 0; j < row->cells_len && companies->columns[i] == NO_COLUMN; j++) {
            char folded[TOC_CSV_HEADING_MAX + 1];
            toc_csv_heading_fold(row->cells[j], folded);
            if (strcmp(folded, headings[i]) == 0) {
                companies->columns[i] = j;
            }
        }
    }
    const size_t name = companies->columns[TOC_COMPANY_NAME];
    const size_t number = companies->columns[TOC_COMPANY_NUMBER];
    if (name == NO_COLUMN || number == NO_COLUMN) {
        return toc_fail(why, TOC_INVALID,
                        "row %zu: has no columns CompanyName and CompanyNumber; is it the snapshot "
                        "BasicCompanyData of Companies House?",
                        row->number);
    }
    companies->columns_last = name > number ? name : number;
    toc_csv_read_only(companies->csv, companies->columns, TOC_COMPANY_COLUMNS);
    companies->has_columns = true;
    return TOC_OK;
}

/* "" where the file or the row does not have it. */
static const char *cell(const struct toc_companies *companies, const struct toc_csv_row *row,
                        size_t column)
{
    const size_t place = companies->columns[column];
    return place < row->cells_len ? row->cells[place] : "";
}

static const char *keep_text(struct toc_companies *companies, const char *text)
{
    return toc_import_text(companies->arena, text, TOC_NAME_LEN_MAX);
}

/* The code before " - ": "62012 - Business and domestic software development". */
static enum toc_result keep_sic(struct toc_companies *companies, const char *text,
                                struct toc_company *company)
{
    enum { SIC_OLD_LEN = 4, SIC_LEN = 5 };
    const size_t len = strspn(text, "0123456789");
    if ((len == SIC_OLD_LEN || len == SIC_LEN) && (text[len] == ' ' || text[len] == '\0')) {
        const char *const code = toc_arena_text(companies->arena, toc_bytes_of(text, len));
        TOC_ENSURE(code != NULL, TOC_NOMEM);
        company->sic[company->sic_len++] = code;
    }
    return TOC_OK;
}

/* 0 where there is none. */
static enum toc_result read_due(struct toc_companies *companies, const struct toc_csv_row *row,
                                size_t column, const char *heading, uint32_t *ret_days)
{
    const char *const text = cell(companies, row, column);
    *ret_days = 0;
    if (toc_import_date(text, ret_days) == TOC_MALFORMED) {
        return toc_import_remark(&companies->findings.import, row->number, heading,
                                 "is no date: whether it is overdue is not known");
    }
    return TOC_OK;
}

static enum toc_result keep_company(struct toc_companies *companies, const struct toc_csv_row *row,
                                    const char *number, struct toc_company *ret_company)
{
    struct toc_company company = {
        .number = toc_arena_text(companies->arena, toc_bytes_text(number)),
        .name = keep_text(companies, cell(companies, row, TOC_COMPANY_NAME)),
        .status = toc_import_text(companies->arena, cell(companies, row, TOC_COMPANY_STATUS),
                                  STATUS_LEN_MAX),
    };
    TOC_ENSURE(company.number != NULL && company.name != NULL && company.status != NULL, TOC_NOMEM);
    for (size_t i = 0; i < TOC_FACT_SICS_MAX; i++) {
        TOC_TRY(keep_sic(companies, cell(companies, row, TOC_COMPANY_SIC + i), &company));
    }
    for (size_t i = 0; i < TOC_FACT_FORMER_MAX; i++) {
        const char *const text = cell(companies, row, TOC_COMPANY_FORMER + i);
        if (text[0] != '\0') {
            const char *const copy = keep_text(companies, text);
            TOC_ENSURE(copy != NULL, TOC_NOMEM);
            company.former[company.former_len] = copy;
            company.former_len += copy[0] == '\0' ? 0 : 1;
        }
    }
    TOC_TRY(read_due(companies, row, TOC_COMPANY_ACCOUNTS_DUE, "Accounts.NextDueDate",
                     &company.accounts_due));
    TOC_TRY(read_due(companies, row, TOC_COMPANY_CONFIRMATION_DUE, "ConfStmtNextDueDate",
                     &company.confirmation_due));
    *ret_company = company;
    return TOC_OK;
}

static enum toc_result note_number(struct toc_companies *companies, const char *number,
                                   const char **numbers, size_t *len)
{
    for (size_t i = 0; i < *len && i < TOC_AMBIGUOUS_NUMBERS_MAX; i++) {
        if (strcmp(numbers[i], number) == 0) {
            return TOC_OK;
        }
    }
    if (*len < TOC_AMBIGUOUS_NUMBERS_MAX) {
        numbers[*len] = toc_arena_text(companies->arena, toc_bytes_text(number));
        TOC_ENSURE(numbers[*len] != NULL, TOC_NOMEM);
    }
    (*len)++;
    return TOC_OK;
}

static enum toc_result match_number(struct toc_companies *companies, const struct toc_csv_row *row,
                                    const char *number, bool *matched)
{
    struct toc_own_search search = toc_own_by_number(companies->own, number);
    size_t place;
    while (toc_own_next(&search, &place)) {
        struct toc_company_match *const match = &companies->matches[place];
        if (!match->found) {
            TOC_TRY(keep_company(companies, row, number, &match->company));
            match->found = true;
        }
        *matched = true;
    }
    return TOC_OK;
}

/* `number` NULL: the row has none that is valid, and only whether it is ours is asked. */
static enum toc_result match_name(struct toc_companies *companies, const struct toc_csv_row *row,
                                  const char *name, const char *number, bool former, bool *matched)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    if (!toc_own_may_know(companies->own, name) || toc_name_fold(name, folded) != TOC_OK) {
        return TOC_OK;
    }
    struct toc_own_search search = toc_own_by_name(companies->own, folded);
    size_t place;
    while (toc_own_next(&search, &place)) {
        struct toc_company_match *const match = &companies->matches[place];
        if (toc_own_numbered(companies->own, place)) {
            continue; /* its number says which company it is */
        }
        *matched = true;
        if (number == NULL) {
            continue;
        }
        if (former) {
            TOC_TRY(note_number(companies, number, match->former, &match->former_len));
            continue;
        }
        if (match->current_len == 0) {
            TOC_TRY(keep_company(companies, row, number, &match->company));
        }
        TOC_TRY(note_number(companies, number, match->current, &match->current_len));
    }
    return TOC_OK;
}

/* The number in its normal form; false where it is none. The snapshot's own nearly always is. */
static bool read_number(const char *text, struct toc_orgid ids[TOC_ORGIDS_MAX])
{
    size_t len;
    return toc_orgid_parse(TOC_SCHEME_COH, text, ids, &len, NULL) == TOC_OK && len == 1;
}

static enum toc_result match_row(struct toc_companies *companies, const struct toc_csv_row *row)
{
    struct toc_import *const import = &companies->findings.import;
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    const char *const text = cell(companies, row, TOC_COMPANY_NUMBER);
    const char *const name = cell(companies, row, TOC_COMPANY_NAME);
    const char *const number = read_number(text, ids) ? ids[0].id : NULL;
    bool matched = false;
    if (number != NULL) {
        TOC_TRY(match_number(companies, row, number, &matched));
    } else if (strcmp(text, "CompanyNumber") == 0) {
        companies->headings++;
        return TOC_OK;
    }
    TOC_TRY(match_name(companies, row, name, number, false, &matched));
    for (size_t i = 0; i < TOC_FACT_FORMER_MAX; i++) {
        const char *const former = cell(companies, row, TOC_COMPANY_FORMER + i);
        if (former[0] != '\0') {
            TOC_TRY(match_name(companies, row, former, number, true, &matched));
        }
    }
    if (!matched) {
        companies->not_ours++;
        return TOC_OK;
    }
    return number != NULL ? toc_import_settle(import, row->number, TOC_IMPORT_USED, "", "")
                          : toc_import_settle(import, row->number, TOC_IMPORT_REJECTED,
                                              "CompanyNumber", "is not a company number");
}

static enum toc_result on_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    struct toc_companies *const companies = owner;
    enum toc_result result;
    if (!companies->has_columns) {
        return read_headings(companies, row, why);
    }
    if (row->open_quote || row->cells_len <= companies->columns_last) {
        result = toc_import_settle(
            &companies->findings.import, row->number, TOC_IMPORT_REJECTED, "",
            row->open_quote ? "the file ends in the middle of it" : "has too few cells");
    } else {
        result = match_row(companies, row);
    }
    return result == TOC_NOMEM ? toc_fail(why, result, "row %zu: no memory", row->number) : result;
}

enum toc_result toc_companies_new(const struct toc_own *own, int32_t today,
                                  struct toc_companies **ret_companies)
{
    TOC_AUTO(toc_companies_free) struct toc_companies *companies = calloc(1, sizeof *companies);
    TOC_ENSURE(companies != NULL, TOC_NOMEM);
    companies->own = own;
    companies->today = today;
    TOC_TRY(toc_arena_new(ARENA_MAX, &companies->arena));
    TOC_TRY(toc_csv_new(on_row, companies, &companies->csv));
    companies->matches = calloc(toc_own_len(own) + 1, sizeof *companies->matches);
    TOC_ENSURE(companies->matches != NULL, TOC_NOMEM);
    toc_import_init(&companies->findings.import, companies->arena);
    companies->findings.source = "companies_house";
    *ret_companies = toc_take(&companies);
    return TOC_OK;
}

void toc_companies_free(struct toc_companies **companies)
{
    if (companies == NULL || *companies == NULL) {
        return;
    }
    toc_csv_free(&(*companies)->csv);
    toc_arena_free(&(*companies)->arena);
    free((*companies)->matches);
    free(*companies);
    *companies = NULL;
}

enum toc_result toc_companies_feed(struct toc_companies *companies, struct toc_bytes bytes,
                                   struct toc_why *why)
{
    return toc_csv_feed(companies->csv, bytes, why);
}

enum toc_result toc_companies_end(struct toc_companies *companies, struct toc_why *why)
{
    TOC_TRY(toc_csv_end(companies->csv, why));
    toc_findings_screen(&companies->findings, TOC_SCREENED_NOT_OURS, companies->not_ours);
    toc_findings_screen(&companies->findings, "heading", companies->headings);
    const enum toc_result result = toc_companies_conclude(companies->own, companies->matches,
                                                          companies->today, &companies->findings);
    return result == TOC_OK ? TOC_OK : toc_fail(why, result, "out of memory");
}

size_t toc_companies_rows(const struct toc_companies *companies)
{
    return companies->findings.import.rows_read + companies->not_ours + companies->headings;
}

struct toc_findings *toc_companies_findings(struct toc_companies *companies)
{
    return &companies->findings;
}
