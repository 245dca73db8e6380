#include "import_framework_row.h"
#include "ensure.h"
#include "framework_fields.h"
#include "import_text.h"
#include <stdio.h>
#include <string.h>

enum { CATEGORIES = 1, WORD_LEN_MAX = 40, HEADINGS_MIN = 2 };

/* Folded (toc_csv_heading_fold): the schema's name, its title, and what registers write. */
static const struct {
    const char *name; /* as this program writes it */
    const char *headings[5];
    bool required;
} columns[TOC_REGISTER_COLUMNS] = {
    [TOC_REGISTER_BODY] = {"OrganisationLabel", {"organisationlabel", "organisationname"}, false},
    [TOC_REGISTER_BODY_CODE] = {"OrganisationURI", {"organisationuri", "organisationcode"}, false},
    [TOC_REGISTER_REFERENCE] = {"ContractReference",
                                {"contractreference", "contractreferencenumberid",
                                 "contractreferencenumber", "contractnumber", "contractid"},
                                true},
    [TOC_REGISTER_OCID] = {"OpenContractingID", {"opencontractingid", "ocid"}, false},
    [TOC_REGISTER_TITLE] = {"ContractTitle",
                            {"contracttitle", "titleoftheagreement", "titleofagreement"},
                            true},
    [TOC_REGISTER_TYPE] = {"ContractType", {"contracttype", "typeofcontract"}, true},
    [TOC_REGISTER_DESCRIPTION] = {"Description",
                                  {"description", "descriptionofgoodsandservices",
                                   "descriptionofgoodsandorservices", "contractdescription"},
                                  false},
    [TOC_REGISTER_CPV] = {"CPVCode", {"cpvcode", "procurementclassificationcpvcode"}, false},
    [TOC_REGISTER_PROCLASS] = {"ProclassCode",
                               {"proclasscode", "procurementclassificationproclasscode"},
                               false},
    [TOC_REGISTER_START] = {"StartDate", {"startdate", "contractstartdate"}, false},
    [TOC_REGISTER_END] = {"EndDate", {"enddate", "contractenddate"}, false},
    [TOC_REGISTER_EXTENSION] = {"LastExtensionDate",
                                {"lastextensiondate", "extensionperiod"},
                                false},
    [TOC_REGISTER_VALUE] = {"ContractValue", {"contractvalue", "valueofthecontract"}, false},
    [TOC_REGISTER_SUPPLIER] = {"SupplierName", {"suppliername"}, false},
    [TOC_REGISTER_COMPANY] = {"CompaniesHouseRegistrationNumber",
                              {"companieshouseregistrationnumber",
                               "supplierregisteredcompanynumber"},
                              false},
    [TOC_REGISTER_CHARITY] = {"CharityCommissionNumber",
                              {"charitycommissionnumber", "supplierregisteredcharitynumber"},
                              false},
    [TOC_REGISTER_OPEN_TO] = {"OpenTo", {"opento", "whomayuseit"}, false},
};

static bool is_heading(enum toc_register_column column, const char *folded)
{
    for (size_t i = 0; i < sizeof columns[column].headings / sizeof columns[column].headings[0];
         i++) {
        if (columns[column].headings[i] != NULL &&
            strcmp(columns[column].headings[i], folded) == 0) {
            return true;
        }
    }
    return false;
}

/* Of two columns with one heading the first counts. */
static size_t find_columns(const struct toc_csv_row *row, size_t places[TOC_REGISTER_COLUMNS])
{
    size_t found = 0;
    memset(places, 0, TOC_REGISTER_COLUMNS * sizeof *places);
    for (size_t i = 0; i < row->cells_len; i++) {
        char folded[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(row->cells[i], folded);
        for (enum toc_register_column column = 0; column < TOC_REGISTER_COLUMNS; column++) {
            if (places[column] == 0 && is_heading(column, folded)) {
                places[column] = i + 1;
                found++;
            }
        }
    }
    return found;
}

enum toc_result toc_register_headings(const struct toc_csv_row *row,
                                      struct toc_register_headings *ret_headings,
                                      struct toc_why *why)
{
    struct toc_register_headings headings = {.len = row->cells_len};
    TOC_ENSURE(find_columns(row, headings.places) >= HEADINGS_MIN, TOC_NOTFOUND);
    for (enum toc_register_column column = 0; column < TOC_REGISTER_COLUMNS; column++) {
        if (columns[column].required && headings.places[column] == 0) {
            return toc_fail(why, TOC_INVALID, "row %zu: there is no column %s", row->number,
                            columns[column].name);
        }
    }
    *ret_headings = headings;
    return TOC_OK;
}

/* Empty where the register has no such column, the row is short, or the cell says nothing. */
const char *toc_register_cell(const struct toc_register_row *row, enum toc_register_column column)
{
    const size_t place = row->headings->places[column];
    if (place == 0 || place > row->csv->cells_len || toc_import_blank(row->csv->cells[place - 1])) {
        return "";
    }
    return row->csv->cells[place - 1];
}

enum toc_framework_kind toc_register_kind(const struct toc_register_row *row)
{
    const char *const type = toc_register_cell(row, TOC_REGISTER_TYPE);
    static const struct {
        const char *folded;
        enum toc_framework_kind kind;
    } rows[] = {
        {"frameworkagreement", TOC_FRAMEWORK_FRAMEWORK},
        {"framework", TOC_FRAMEWORK_FRAMEWORK},
        {"openframework", TOC_FRAMEWORK_OPEN_FRAMEWORK},
        {"dynamicpurchasingsystem", TOC_FRAMEWORK_DPS},
        {"dps", TOC_FRAMEWORK_DPS},
        {"dynamicmarket", TOC_FRAMEWORK_DYNAMIC_MARKET},
    };
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(type, folded);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].folded, folded) == 0) {
            return rows[i].kind;
        }
    }
    return (enum toc_framework_kind)0;
}

/* A register without the column, or with the code alone, is taken to be the member's own. */
bool toc_register_is_own(const struct toc_register_row *row)
{
    const char *const name = toc_register_cell(row, TOC_REGISTER_BODY);
    const char *const code = toc_register_cell(row, TOC_REGISTER_BODY_CODE);
    const char *const gss = row->self->member->gss;
    const bool coded = gss != NULL && gss[0] != '\0' && strstr(code, gss) != NULL;
    return name[0] == '\0' || coded || toc_import_self_name(row->self, name, NULL) ||
           toc_import_self_id(row->self, "", "", code) != NULL;
}

static enum toc_result read_text(const struct toc_register_row *row,
                                 enum toc_register_column column, size_t len_max,
                                 const char **ret_text)
{
    const char *const text = toc_import_text(row->arena, toc_register_cell(row, column), len_max);
    TOC_ENSURE(text != NULL, TOC_NOMEM);
    *ret_text = text;
    return TOC_OK;
}

/* Blank is not wrong. */
static enum toc_result read_date(const struct toc_register_row *row,
                                 enum toc_register_column column, uint32_t *ret_days,
                                 struct toc_why *why)
{
    const enum toc_result result = toc_import_date(toc_register_cell(row, column), ret_days);
    if (result != TOC_OK && result != TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, "%s: is not a date (dd/mm/yyyy)", columns[column].name);
    }
    return TOC_OK;
}

static enum toc_result read_value(const struct toc_register_row *row,
                                  struct toc_framework *framework, struct toc_why *why)
{
    int64_t pounds = 0;
    const enum toc_result result =
        toc_import_pounds(toc_register_cell(row, TOC_REGISTER_VALUE), &pounds);
    if (result != TOC_OK && result != TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, "ContractValue: is not an amount");
    }
    if (pounds < 0) {
        return toc_fail(why, TOC_INVALID, "ContractValue: is negative");
    }
    framework->value_max_pounds = (uint64_t)pounds;
    return TOC_OK;
}

/* Every code in the cell ("71000000, 45000000-7"); a register's other scribbles are passed over. */
static enum toc_result read_cpv(const struct toc_register_row *row, struct toc_framework *framework)
{
    uint32_t *const cpv = toc_arena_zero(row->arena, TOC_FRAMEWORK_CPV_MAX, sizeof *cpv);
    TOC_ENSURE(cpv != NULL, TOC_NOMEM);
    const char *text = toc_register_cell(row, TOC_REGISTER_CPV);
    while (*text != '\0' && framework->cpv_len < TOC_FRAMEWORK_CPV_MAX) {
        char word[WORD_LEN_MAX];
        const size_t len = strcspn(text, ",; |/");
        if (len < sizeof word) {
            memcpy(word, text, len);
            word[len] = '\0';
            framework->cpv_len += toc_import_cpv(word, &cpv[framework->cpv_len]) ? 1 : 0;
        }
        text += len + (text[len] == '\0' ? 0 : 1);
    }
    framework->cpv = cpv;
    return TOC_OK;
}

static enum toc_result read_category(const struct toc_register_row *row,
                                     struct toc_framework *framework)
{
    const char *const code = toc_register_cell(row, TOC_REGISTER_PROCLASS);
    if (strlen(code) != 6 || strspn(code, "0123456789") != 6) {
        return TOC_OK;
    }
    char text[sizeof "proclass:123456"];
    (void)snprintf(text, sizeof text, "proclass:%.6s", code);
    const char **const categories = toc_arena_zero(row->arena, CATEGORIES, sizeof *categories);
    TOC_ENSURE(categories != NULL, TOC_NOMEM);
    categories[0] = toc_arena_text(row->arena, toc_bytes_text(text));
    TOC_ENSURE(categories[0] != NULL, TOC_NOMEM);
    framework->categories = categories;
    framework->categories_len = CATEGORIES;
    return TOC_OK;
}

/* "schools; police": our own column, of our own words. Without it, the buyer alone, by inference.
 */
static enum toc_result read_users(const struct toc_register_row *row,
                                  struct toc_framework *framework, struct toc_why *why)
{
    enum toc_framework_user *const users =
        toc_arena_zero(row->arena, TOC_FRAMEWORK_USERS_MAX, sizeof *users);
    TOC_ENSURE(users != NULL, TOC_NOMEM);
    const char *text = toc_register_cell(row, TOC_REGISTER_OPEN_TO);
    framework->open_to = users;
    if (text[0] == '\0') {
        users[0] = TOC_FRAMEWORK_OWNER_ONLY;
        framework->open_to_len = 1;
        framework->inferred |= TOC_FRAMEWORK_BIT(TOC_FIELD_OPEN_TO);
        return TOC_OK;
    }
    while (*text != '\0') {
        char word[WORD_LEN_MAX] = "";
        const size_t len = strcspn(text, ",; ");
        memcpy(word, text, len < sizeof word ? len : 0);
        const unsigned value = toc_framework_value_of(&toc_framework_user_names, word);
        if (len > 0 && (value == 0 || framework->open_to_len == TOC_FRAMEWORK_USERS_MAX)) {
            return toc_fail(why, TOC_INVALID,
                            "OpenTo: is not a list of owner_only, named, region, "
                            "la_england, uk_public, schools, police, fire, vcse");
        }
        if (len > 0) {
            users[framework->open_to_len++] = (enum toc_framework_user)value;
        }
        text += len + (text[len] == '\0' ? 0 : 1);
    }
    return TOC_OK;
}

static enum toc_result read_texts(const struct toc_register_row *row, struct toc_framework *f)
{
    char source[sizeof "row 18446744073709551615"];
    (void)snprintf(source, sizeof source, "row %zu", row->csv->number);
    TOC_TRY(read_text(row, TOC_REGISTER_REFERENCE, TOC_FRAMEWORK_REFERENCE_MAX, &f->reference));
    TOC_TRY(read_text(row, TOC_REGISTER_TITLE, TOC_FRAMEWORK_TITLE_MAX, &f->title));
    TOC_TRY(
        read_text(row, TOC_REGISTER_DESCRIPTION, TOC_FRAMEWORK_DESCRIPTION_MAX, &f->description));
    TOC_TRY(read_text(row, TOC_REGISTER_OCID, TOC_FRAMEWORK_OCID_MAX, &f->ocid));
    TOC_TRY(read_text(row, TOC_REGISTER_BODY, TOC_NAME_LEN_MAX, &f->buyer));
    if (f->buyer[0] == '\0') {
        f->buyer = toc_arena_text(row->arena, toc_bytes_text(row->self->member->name));
        TOC_ENSURE(f->buyer != NULL, TOC_NOMEM);
        f->inferred |= TOC_FRAMEWORK_BIT(TOC_FIELD_BUYER);
    }
    f->source = toc_arena_text(row->arena, toc_bytes_text(source));
    return f->source == NULL ? TOC_NOMEM : TOC_OK;
}

/* All of a row but its supplier. TOC_INVALID with "column: reason". */
enum toc_result toc_register_read(const struct toc_register_row *row,
                                  struct toc_framework *ret_framework, struct toc_why *why)
{
    struct toc_framework framework;
    toc_framework_init(&framework);
    framework.kind = toc_register_kind(row);
    TOC_TRY(read_texts(row, &framework));
    if (framework.reference[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "ContractReference: is missing");
    }
    if (framework.title[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "ContractTitle: is missing");
    }
    TOC_TRY(read_date(row, TOC_REGISTER_START, &framework.period_start, why));
    TOC_TRY(read_date(row, TOC_REGISTER_END, &framework.period_end, why));
    TOC_TRY(read_date(row, TOC_REGISTER_EXTENSION, &framework.last_extension_date, why));
    if (framework.period_end != 0 && framework.period_end < framework.period_start) {
        return toc_fail(why, TOC_INVALID, "EndDate: is before StartDate");
    }
    TOC_TRY(read_value(row, &framework, why));
    TOC_TRY(read_cpv(row, &framework));
    TOC_TRY(read_category(row, &framework));
    TOC_TRY(read_users(row, &framework, why));
    *ret_framework = framework;
    return TOC_OK;
}
