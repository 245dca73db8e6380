#include "import_register.h"
#include "ensure.h"
#include "import_text.h"
#include <string.h>

enum { HEADINGS_MIN = 2, HEADINGS_EACH = 6, WORD_LEN_MAX = 40 };

/* Folded (toc_csv_heading_fold): the schema's name, its title, its printed title (version 1.3), and
 * what the registers of DOMAIN 6.2 write. */
static const struct {
    const char *name; /* as this program writes it */
    const char *headings[HEADINGS_EACH];
} columns[TOC_REGISTER_COLUMNS] = {
    [TOC_REGISTER_BODY] = {"OrganisationLabel", {"organisationlabel", "organisationname"}},
    [TOC_REGISTER_BODY_CODE] = {"OrganisationURI", {"organisationuri", "organisationcode"}},
    [TOC_REGISTER_REFERENCE] = {"ContractReference",
                                {"contractreference", "contractreferencenumberid",
                                 "contractreferencenumber", "contractnumber", "contractid",
                                 "referencenumber"}},
    [TOC_REGISTER_OCID] = {"OpenContractingID", {"opencontractingid", "ocid"}},
    [TOC_REGISTER_TITLE] = {"ContractTitle",
                            {"contracttitle", "titleoftheagreement", "titleofagreement",
                             "contractname"}},
    [TOC_REGISTER_TYPE] = {"ContractType", {"contracttype", "typeofcontract"}},
    [TOC_REGISTER_UNIT] = {"OrganisationalUnit",
                           {"organisationalunit", "localauthoritydirectorateserviceresponsible",
                            "directorateserviceresponsible", "directorate", "department",
                            "localauthoritydepartmentresponsible"}},
    [TOC_REGISTER_DESCRIPTION] = {"Description",
                                  {"description", "descriptionofgoodsandservices",
                                   "descriptionofgoodsandorservices",
                                   "descriptionofthegoodsandorservicesbeingprovided",
                                   "contractdescription"}},
    [TOC_REGISTER_CPV] = {"CPVCode",
                          {"cpvcode", "procurementclassificationcpvcode", "cpv", "cpvcodes"}},
    [TOC_REGISTER_PROCLASS] = {"ProclassCode",
                               {"proclasscode", "procurementclassificationproclasscode"}},
    [TOC_REGISTER_START] = {"StartDate", {"startdate", "contractstartdate", "validityperiodstart"}},
    [TOC_REGISTER_END] = {"EndDate",
                          {"enddate", "contractenddate", "validityperiodend",
                           "contractcurrentenddate", "currentenddate"}},
    [TOC_REGISTER_REVIEW] = {"ReviewDate", {"reviewdate", "contractreviewdate"}},
    [TOC_REGISTER_EXTENSION] = {"LastExtensionDate",
                                {"lastextensiondate", "extensionperiod", "maximumcontractenddate",
                                 "maximumenddate"}},
    [TOC_REGISTER_VALUE] = {"ContractValue",
                            {"contractvalue", "valueofthecontract", "originalcontractvalue",
                             "contractawardvalue", "totalcontractvalue"}},
    [TOC_REGISTER_VALUE_EXTENDED] = {"ExtendedContractValue", {"extendedcontractvalue"}},
    [TOC_REGISTER_SUPPLIER] = {"SupplierName",
                               {"suppliername", "vendor", "vendorname", "supplier", "contractor",
                                "awardedsupplier"}},
    [TOC_REGISTER_COMPANY] = {"CompaniesHouseRegistrationNumber",
                              {"companieshouseregistrationnumber",
                               "supplierregisteredcompanynumber", "companyregistration",
                               "companyregistrationnumber", "registeredcompanynumber"}},
    [TOC_REGISTER_CHARITY] = {"CharityCommissionNumber",
                              {"charitycommissionnumber", "supplierregisteredcharitynumber",
                               "charityregistration", "registeredcharitynumber"}},
    [TOC_REGISTER_SME] = {"SMESupplier", {"smesupplier", "sme", "supplierissme"}},
    [TOC_REGISTER_VCSE] = {"VCSESupplier",
                           {"vcsesupplier", "vcse",
                            "voluntarycommunityandsocialenterprisesupplier"}},
    [TOC_REGISTER_PROCESS] = {"ProcessType",
                              {"processtype", "tendertype", "tenderprocesstype",
                               "procurementroute"}},
    [TOC_REGISTER_OPEN_TO] = {"OpenTo", {"opento", "whomayuseit"}},
};

const char *toc_register_column_name(enum toc_register_column column)
{
    return columns[column].name;
}

/* "Contract value ($)" and "Contract value EUR" stand beside the pounds in Leicester's register;
 * folding would make the first of them the same heading. */
static bool is_foreign(const char *heading)
{
    return strchr(heading, '$') != NULL || strstr(heading, "\xe2\x82\xac") != NULL;
}

/* The printed schema numbers its rows, and some registers keep the number: "4. Title of ...". */
static bool is_heading(enum toc_register_column column, const char *folded)
{
    const char *const unnumbered = folded + strspn(folded, "0123456789");
    for (size_t i = 0; i < HEADINGS_EACH && columns[column].headings[i] != NULL; i++) {
        const char *const known = columns[column].headings[i];
        if (strcmp(known, folded) == 0 || strcmp(known, unnumbered) == 0) {
            return true;
        }
    }
    return false;
}

/* Of two columns with one heading the first counts. */
static size_t find_known(const struct toc_csv_row *row, enum toc_register_column column)
{
    for (size_t i = 0; i < row->cells_len; i++) {
        char folded[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(row->cells[i], folded);
        if (is_heading(column, folded) && !is_foreign(row->cells[i])) {
            return i + 1;
        }
    }
    return 0;
}

static size_t find_chosen(const struct toc_csv_row *row, const struct toc_map_choice *choice)
{
    size_t met = 0;
    for (size_t i = 0; i < row->cells_len; i++) {
        char folded[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(row->cells[i], folded);
        met += strcmp(folded, choice->heading) == 0 ? 1 : 0;
        if (met > 0 && met >= choice->nth && strcmp(folded, choice->heading) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static const char *name_of(unsigned column)
{
    return columns[column].name;
}

enum toc_result toc_register_map_parse(struct toc_bytes text, struct toc_register_map *ret_map,
                                       struct toc_why *why)
{
    return toc_map_parse(text, name_of, TOC_REGISTER_COLUMNS, ret_map->choices, why);
}

/* TOC_NOTFOUND: a heading that the map names is not there. */
static enum toc_result find_columns(const struct toc_csv_row *row,
                                    const struct toc_register_map *map,
                                    size_t places[TOC_REGISTER_COLUMNS], size_t *ret_found)
{
    *ret_found = 0;
    for (unsigned column = 0; column < TOC_REGISTER_COLUMNS; column++) {
        const bool chosen = map != NULL && map->choices[column].heading[0] != '\0';
        places[column] = chosen ? find_chosen(row, &map->choices[column])
                                : find_known(row, (enum toc_register_column)column);
        TOC_ENSURE(!chosen || places[column] > 0, TOC_NOTFOUND);
        *ret_found += places[column] > 0 ? 1 : 0;
    }
    return TOC_OK;
}

enum toc_result toc_register_headings(const struct toc_csv_row *row,
                                      const struct toc_register_map *map,
                                      struct toc_register_headings *ret_headings,
                                      struct toc_why *why)
{
    struct toc_register_headings headings = {.len = row->cells_len};
    size_t found;
    TOC_TRY(find_columns(row, map, headings.places, &found));
    TOC_ENSURE(found >= HEADINGS_MIN, TOC_NOTFOUND);
    if (headings.places[TOC_REGISTER_TITLE] == 0 &&
        headings.places[TOC_REGISTER_DESCRIPTION] == 0) {
        return toc_fail(why, TOC_INVALID, "row %zu: there is no column %s", row->number,
                        columns[TOC_REGISTER_TITLE].name);
    }
    *ret_headings = headings;
    return TOC_OK;
}

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

enum toc_result toc_register_text(const struct toc_register_row *row,
                                  enum toc_register_column column, size_t len_max,
                                  const char **ret_text)
{
    const char *const text = toc_import_text(row->arena, toc_register_cell(row, column), len_max);
    TOC_ENSURE(text != NULL, TOC_NOMEM);
    *ret_text = text;
    return TOC_OK;
}

enum toc_result toc_register_date(const struct toc_register_row *row,
                                  enum toc_register_column column, uint32_t *ret_days,
                                  struct toc_why *why)
{
    uint32_t days = 0;
    const enum toc_result result = toc_import_date(toc_register_cell(row, column), &days);
    if (result != TOC_OK && result != TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, "%s: is not a date (dd/mm/yyyy)", columns[column].name);
    }
    *ret_days = days;
    return TOC_OK;
}

enum toc_result toc_register_value(const struct toc_register_row *row, bool *ret_given,
                                   int64_t *ret_pounds, struct toc_why *why)
{
    const char *const extended = toc_register_cell(row, TOC_REGISTER_VALUE_EXTENDED);
    const enum toc_register_column column =
        extended[0] == '\0' ? TOC_REGISTER_VALUE : TOC_REGISTER_VALUE_EXTENDED;
    int64_t pounds = 0;
    const enum toc_result result = toc_import_pounds(toc_register_cell(row, column), &pounds);
    if (result != TOC_OK && result != TOC_NOTFOUND) {
        return toc_fail(why, TOC_INVALID, "%s: is not an amount", columns[column].name);
    }
    if (pounds < 0) {
        return toc_fail(why, TOC_INVALID, "%s: is negative", columns[column].name);
    }
    *ret_given = result == TOC_OK;
    *ret_pounds = pounds;
    return TOC_OK;
}

size_t toc_register_cpv(const struct toc_register_row *row, uint32_t *ret_cpv, size_t max)
{
    const char *text = toc_register_cell(row, TOC_REGISTER_CPV);
    size_t found = 0;
    while (*text != '\0' && found < max) {
        char word[WORD_LEN_MAX];
        const size_t len = strcspn(text, ",; |/");
        if (len < sizeof word) {
            memcpy(word, text, len);
            word[len] = '\0';
            found += toc_import_cpv(word, &ret_cpv[found]) ? 1 : 0;
        }
        text += len + (text[len] == '\0' ? 0 : 1);
    }
    return found;
}
