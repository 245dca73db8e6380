#include "import_spend_heading.h"
#include "ensure.h"
#include <string.h>

/* Folded headings of one field, the best first. */
static const char *const suppliers[] = {
    "suppliername",
    "beneficiaryname",
    "supplierbeneficiaryname",
    "suppliersbeneficiaryname",
    "beneficiarysuppliername",
    "merchantname",
    "vendorname",
    "payeename",
    "creditorname",
    "nameofsupplier",
    "suppliernames",
    "contractorname",
    "recipientname",
    "supplieridt",
    "supplier",
    "beneficiary",
    "vendor",
    "payee",
    "creditor",
    "merchant",
    "recipient",
    "paidto",
    NULL,
};
static const char *const amounts[] = {
    "netamount",
    "amountnet",
    "netvalue",
    "net",
    "netamountgbp",
    "nettamount",
    "netpaid",
    "netspend",
    "netamountpaid",
    "amountexcludingvat",
    "amountexvat",
    "amountexclvat",
    "amountnetofvat",
    "invoicelinevaluenetofvat",
    "invoicevaluenetofvat",
    "valueexcludingvat",
    "valueexvat",
    "totalexcludesvat",
    "totalexcludingvat",
    "totalexvat",
    "lineamountnet",
    "amount",
    "amountgbp",
    "amountpaid",
    "paymentamount",
    "transactionamount",
    "lineamount",
    "invoicedvalue",
    "invoicevalue",
    "invoiceamount",
    "invoicelinevalue",
    "value",
    "valuegbp",
    "spend",
    "amountspent",
    "totalamount",
    "total",
    "grossamount",
    "gross",
    "grossvalue",
    "amountincludingvat",
    "totalincludingvat",
    NULL,
};
static const char *const dates[] = {
    "paymentdate",
    "datepaid",
    "paiddate",
    "dateofpayment",
    "invoicepaymentdate",
    "datepayment",
    "paymentdateddmmyyyy",
    "dateinvoicepaid",
    "clearingdate",
    "datecleared",
    "paydate",
    "date",
    "transactiondate",
    "gldate",
    "ledgerdate",
    "postingdate",
    "postdate",
    "dateposted",
    "accountingdate",
    "perioddate",
    "paymentperiod",
    "paymentmonth",
    "month",
    "period",
    "accountingperiod",
    "fiscalperiod",
    "quarter",
    "invoicedate",
    "effectivedate",
    NULL,
};
static const char *const companies[] = {
    "companieshouseregistrationnumber",
    "supplierregisteredcompanynumber",
    "companyregistrationnumber",
    "companyregistraationnumber",
    "companyregistration",
    "suppliercompanyregistrationnumber",
    "companieshousenumber",
    "registeredcompanynumber",
    "companynumber",
    "suppliercompanynumber",
    "companyregnumber",
    "companyregno",
    "compregno",
    "companyno",
    "companyreg",
    "companieshouseno",
    "crn",
    NULL,
};
static const char *const charities[] = {
    "charitycommissionnumber",
    "supplierregisteredcharitynumber",
    "charityregistrationnumber",
    "charityregistration",
    "registeredcharitynumber",
    "suppliercharitynumber",
    "charitynumber",
    "charityregno",
    "charregno",
    "charityno",
    NULL,
};
static const char *const vats[] = {
    "vatregistrationnumber",
    "suppliervatregistrationnumber",
    "suppliervatnumber",
    "vatnumber",
    "vatregno",
    "vatno",
    NULL,
};
/* The council's own number of the supplier. */
static const char *const locals[] = {
    "supplierid",
    "suppliernumber",
    "supplierno",
    "supplierref",
    "supplierreference",
    "localsupplierinternalreference",
    "localsupplierbeneficiaryinternalreference",
    "beneficiaryotherid",
    "beneficiaryid",
    "vendorid",
    "vendorno",
    "vendornumber",
    "creditorno",
    "creditornumber",
    "creditorid",
    "payeeid",
    "addressbookno",
    NULL,
};
static const char *const bodies[] = {
    "bodyname",          "body",         "organisationname",
    "organisationlabel", "organisation", "publishername",
    "publisherlabel",    "payingbody",   NULL,
};
static const char *const cpvs[] = {
    "cpvcode", "procurementclassificationcpvcode", "cpvcodes",
    "cpv",     "commonprocurementvocabulary",      NULL,
};
static const char *const proclasses[] = {
    "proclasscode",
    "procurementclassificationproclasscode",
    "proclass",
    "proclassdetailslevel1",
    "proclasslevel1",
    "proclasslabel",
    "procurementclassificationproclasslabel",
    NULL,
};

static const struct {
    const char *name;
    const char *const *headings;
} fields[TOC_SPEND_FIELDS] = {
    [TOC_SPEND_SUPPLIER] = {"supplier", suppliers},
    [TOC_SPEND_AMOUNT] = {"amount", amounts},
    [TOC_SPEND_DATE] = {"date", dates},
    [TOC_SPEND_COMPANY] = {"company", companies},
    [TOC_SPEND_CHARITY] = {"charity", charities},
    [TOC_SPEND_VAT] = {"vat_number", vats},
    [TOC_SPEND_CPV] = {"cpv", cpvs},
    [TOC_SPEND_PROCLASS] = {"proclass", proclasses},
    [TOC_SPEND_LOCAL] = {"supplier_id", locals},
    [TOC_SPEND_BODY] = {"body", bodies},
};

const char *toc_spend_field_name(enum toc_spend_field field)
{
    return fields[field].name;
}

/* "Supplier Name (T)" is the text beside a code, in what some ledgers print: it is the heading
 * without the mark. */
static void drop_text_mark(const char *heading, char *folded)
{
    const size_t len = strlen(heading);
    const size_t folded_len = strlen(folded);
    if (len > 3 && strcmp(heading + len - 3, "(T)") == 0 && folded_len > 1) {
        folded[folded_len - 1] = '\0';
    }
}

/* Where the heading stands among those of the field, from 1; 0: it is none of them. */
static size_t rank_of(enum toc_spend_field field, const char *heading, const char *folded)
{
    char unmarked[TOC_CSV_HEADING_MAX + 1];
    memcpy(unmarked, folded, strlen(folded) + 1);
    drop_text_mark(heading, unmarked);
    const char *const *const known = fields[field].headings;
    size_t unmarked_rank = 0;
    size_t i = 0;
    for (; known[i] != NULL; i++) {
        if (strcmp(known[i], folded) == 0) {
            return i + 1;
        }
        if (strcmp(known[i], unmarked) == 0) {
            unmarked_rank = i + 1;
        }
    }
    /* A marked one comes after every plain one. */
    return unmarked_rank == 0 ? 0 : unmarked_rank + i;
}

static void keep_heading(const char *heading, char ret_heading[TOC_CSV_HEADING_MAX + 1])
{
    size_t len = strlen(heading);
    if (len > TOC_CSV_HEADING_MAX) {
        len = TOC_CSV_HEADING_MAX;
        while (len > 0 && ((unsigned char)heading[len] & 0xc0U) == 0x80) {
            len--;
        }
    }
    memcpy(ret_heading, heading, len);
    ret_heading[len] = '\0';
}

static void add_place(struct toc_spend_column *column, const struct toc_csv_row *row, size_t at)
{
    if (column->len == 0) {
        keep_heading(row->cells[at], column->heading);
    }
    if (column->len < TOC_SPEND_TWINS_MAX) {
        column->at[column->len++] = at;
    }
}

static struct toc_spend_column find_known(const struct toc_csv_row *row, enum toc_spend_field field)
{
    struct toc_spend_column column = {.len = 0};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < row->cells_len; i++) {
        char folded[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(row->cells[i], folded);
        const size_t rank = rank_of(field, row->cells[i], folded);
        if (rank == 0 || rank > best) {
            continue;
        }
        if (rank < best) {
            best = rank;
            column.len = 0;
        }
        add_place(&column, row, i);
    }
    return column;
}

static struct toc_spend_column find_chosen(const struct toc_csv_row *row,
                                           const struct toc_map_choice *choice)
{
    struct toc_spend_column column = {.len = 0};
    size_t met = 0;
    for (size_t i = 0; i < row->cells_len; i++) {
        char folded[TOC_CSV_HEADING_MAX + 1];
        toc_csv_heading_fold(row->cells[i], folded);
        if (strcmp(folded, choice->heading) == 0) {
            met++;
            if (choice->nth == 0 || choice->nth == met) {
                add_place(&column, row, i);
            }
        }
    }
    return column;
}

bool toc_spend_headings_read(const struct toc_csv_row *row, const struct toc_spend_map *map,
                             struct toc_spend_headings *ret_headings)
{
    struct toc_spend_headings headings = {.cells_len = row->cells_len};
    for (unsigned field = 0; field < TOC_SPEND_FIELDS; field++) {
        const struct toc_map_choice *const choice = map == NULL ? NULL : &map->choices[field];
        if (choice == NULL || choice->heading[0] == '\0') {
            headings.columns[field] = find_known(row, (enum toc_spend_field)field);
            continue;
        }
        headings.columns[field] = find_chosen(row, choice);
        TOC_ENSURE(headings.columns[field].len > 0, false);
    }
    const struct toc_spend_column *const supplier = &headings.columns[TOC_SPEND_SUPPLIER];
    const struct toc_spend_column *const amount = &headings.columns[TOC_SPEND_AMOUNT];
    TOC_ENSURE(supplier->len > 0 && amount->len > 0 && supplier->at[0] != amount->at[0], false);
    *ret_headings = headings;
    return true;
}

const char *toc_spend_cell(const struct toc_spend_headings *headings, const struct toc_csv_row *row,
                           enum toc_spend_field field)
{
    const struct toc_spend_column *const column = &headings->columns[field];
    for (size_t i = 0; i < column->len; i++) {
        if (column->at[i] < row->cells_len && row->cells[column->at[i]][0] != '\0') {
            return row->cells[column->at[i]];
        }
    }
    return "";
}

const char *toc_spend_heading_of(const struct toc_spend_headings *headings,
                                 enum toc_spend_field field)
{
    const struct toc_spend_column *const column = &headings->columns[field];
    return column->len > 0 ? column->heading : toc_spend_field_name(field);
}
