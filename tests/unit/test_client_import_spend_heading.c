#include "ensure.h"
#include "import_spend_heading.h"
#include "import_spend_map.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

enum { ROW_LEN_MAX = 4096 };

static struct toc_spend_headings headings;

static enum toc_result on_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    (void)why;
    bool *const found = owner;
    *found = *found || toc_spend_headings_read(row, NULL, &headings);
    return TOC_OK;
}

/* The file's text, and the headings expected for supplier, amount, date, company, charity, VAT
 * number, CPV, ProClass, supplier id; "" where there is none. */
struct known {
    const char *text;
    const char *expected[TOC_SPEND_BODY];
};

/* Each header of DOMAIN.md 6.1 and 6.2, as published. */
static const struct known known[] = {
    {"OrganisationLabel,OrganisationURI,OrganisationalUnit,ServiceCategoryLabel,ServiceCategoryURI,"
     "BeneficiaryName,BeneficiaryOtherID,CompaniesHouseRegistrationNumber,CharityCommissionNumber,"
     "VCSEGrant,PaymentDate,TransactionNumber,Amount,IrrecoverableVATAmount,Purpose,"
     "CategoryInternalName,CPVLabel,CPVCode,ProclassLabel,ProclassCode,CardTransaction,ContractRef",
     {"BeneficiaryName", "Amount", "PaymentDate", "CompaniesHouseRegistrationNumber",
      "CharityCommissionNumber", "", "CPVCode", "ProclassCode", "BeneficiaryOtherID"}},
    {"Organisation name,Organisation code,Directorate / service where expenditure occurred,Service "
     "category label,Service category URI,Supplier (beneficiary) name,Local supplier (beneficiary) "
     "internal reference,Supplier registered company number,Supplier registered charity "
     "number,VCSE grant,Date,Transaction number,Net Amount,Irrecoverable VAT,Purpose of spend "
     "(summary),Procurement classification: Council's procurement category name,Procurement "
     "classification: CPV label,Procurement classification: CPV code,Procurement classification: "
     "Proclass label,Procurement classification: Proclass code,Card Transaction,Contract reference",
     {"Supplier (beneficiary) name", "Net Amount", "Date", "Supplier registered company number",
      "Supplier registered charity number", "", "Procurement classification: CPV code",
      "Procurement classification: Proclass code",
      "Local supplier (beneficiary) internal reference"}},
    /* Leeds */
    {"Body,Body name,Service label,Service divison label,Expenditure category,Detailed expenses "
     "type,Detailed expense code,Date paid,Transaction number,Net amount,Capital or "
     "revenue,Supplier name",
     {"Supplier name", "Net amount", "Date paid", "", "", "", "", "", ""}},
    {"Body,BodyName,ServiceLabel,ServiceDivisionLabel,ExpenditureCategory,DetailedExpenditureType,"
     "DetailedExpenditureCode,DatePaid,TransactionNumber,NetAmount,CapitalOrRevenue,SupplierName,,,"
     ",,,,,,,,,,,,,,",
     {"SupplierName", "NetAmount", "DatePaid", "", "", "", "", "", ""}},
    /* Wakefield, and what its headings drifted to */
    {"Organisation Name,Organisation Code,Effective Date,Directorate,Service (Sercop),Sercop "
     "URI,Supplier Name,Supplier ID,Company Registration,Charity Registration,VCSE Grant,Payment "
     "Date,Transaction Number,Seq No,Net Amount,Irrecoverable VAT,Purpose of "
     "Spend,Type,Procurement Classification,Class Code,Procurement Classification,Class "
     "Code,Thomson Classification,Thomson Desc.,Contract",
     {"Supplier Name", "Net Amount", "Payment Date", "Company Registration", "Charity Registration",
      "", "", "", "Supplier ID"}},
    {"Supplier Name,Company Registraation Number,Payment Date,Amount",
     {"Supplier Name", "Amount", "Payment Date", "Company Registraation Number", "", "", "", "",
      ""}},
    {"Supplier Name,Comp. reg. no,Payment Date,Amount",
     {"Supplier Name", "Amount", "Payment Date", "Comp. reg. no", "", "", "", "", ""}},
    /* Calderdale */
    {"Body,Body Name,Date,Transaction number,Invoice Number,Amount,Supplier Name,Supplier ID,VAT "
     "Registration Number,Expense Area,Expense Type,Expense Code,BVACOP,Proclass,Extended "
     "Description,SOURCE,SUBSOURCE",
     {"Supplier Name", "Amount", "Date", "", "", "VAT Registration Number", "", "Proclass",
      "Supplier ID"}},
    {"Body,Body Name,Date,Transaction number,Invoice Number,Net Amount,Supplier(Beneficiary) "
     "Name,Supplier Registered Company Number,Supplier Registered Charity Number,Supplier ID,VAT "
     "Registration Number,Expense Area,Procurement Classification: Council's Procurement Category "
     "Name,Expense Code,BVACOP,Proclass,Voluntary Community and Social Enterprise Supplier",
     {"Supplier(Beneficiary) Name", "Net Amount", "Date", "Supplier Registered Company Number",
      "Supplier Registered Charity Number", "VAT Registration Number", "", "Proclass",
      "Supplier ID"}},
    /* Sheffield */
    {"Business Unit Description,Expense Code,Expense Code Description,GL Date,Document No.,Invoice "
     "No.,Invoiced Value,Supplier Name,Address Book No.,Proclass Details Level 1,Thomson "
     "Classification Description",
     {"Supplier Name", "Invoiced Value", "GL Date", "", "", "", "", "Proclass Details Level 1",
      "Address Book No."}},
    {"Body Name,Portfolio,GL Date,Document No.,Value,Supplier,Category,Category "
     "Description,Supplier No",
     {"Supplier", "Value", "GL Date", "", "", "", "", "", "Supplier No"}},
    /* Bradford, Harrogate, Oxford */
    {"Service Code,Service Label,Expenditure code,Expenditure category,Payment date,Transaction "
     "Number,Net Amount,Supplier Number,Supplier Name",
     {"Supplier Name", "Net Amount", "Payment date", "", "", "", "", "", "Supplier Number"}},
    {"Body Name,Expenditure Category,Capital/ Revenue,Service Label,Service Code,Expenditure "
     "Code,Payment Date,Supplier Name,Transaction No.,Net Amount,Narrative",
     {"Supplier Name", "Net Amount", "Payment Date", "", "", "", "", "", ""}},
    {"Body Name,Body Name(T),Service Label(T),Payment Date(T),Supplier Name(T),Transaction "
     "No.,Net Amount(T)",
     {"Supplier Name(T)", "Net Amount(T)", "Payment Date(T)", "", "", "", "", "", ""}},
    {"Supplier Name(T),Supplier Name,Net Amount,Payment Date",
     {"Supplier Name", "Net Amount", "Payment Date", "", "", "", "", "", ""}},
    {"Client,Service Area,Expenditure Catergory,Expenditure Code,Paid Date,Trans No,Amount,Type of "
     "Expenditure,Supplier ID,Supplier Name",
     {"Supplier Name", "Amount", "Paid Date", "", "", "", "", "", "Supplier ID"}},
    /* Darlington: the query first */
    {"SELECT dir.name AS Directotate\n,service.name AS Service\n,supplier.name AS "
     "Supplier\nFROM ledger\n\nWHERE amount > 500\n,,Directotate,Service,Supplier,Invoice Line "
     "Value (net of VAT),Account",
     {"Supplier", "Invoice Line Value (net of VAT)", "", "", "", "", "", "", ""}},
    /* Salford, Newcastle, Manchester, North Tyneside, Gateshead */
    {"Authority Name,Date of Payment,SAP Document Number,Gross,VAT,Net,Supplier "
     "Name,Directorate,G/L description.",
     {"Supplier Name", "Net", "Date of Payment", "", "", "", "", "", ""}},
    {"Date,Supplier Name,Internal Ref,Cap/Rev,Cost Centre,Cost Centre Name,Total (excludes VAT)",
     {"Supplier Name", "Total (excludes VAT)", "Date", "", "", "", "", "", ""}},
    {"Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net "
     "Amount,Supplier Name",
     {"Supplier Name", "Net Amount", "Invoice Payment Date", "", "", "", "", "", ""}},
    {"Strgrpcc(T),Cipfsubj(T),Cipfsubs(T),TransNo,Seq no,Period,Supplier ID(T),Amount,Updated",
     {"Supplier ID(T)", "Amount", "Period", "", "", "", "", "", "Supplier ID(T)"}},
    {"Payment Date,Transaction Number,Net Amount,Supplier (Beneficiary) Name,Local Supplier "
     "Internal Reference,SeRCOP Expenditure Category",
     {"Supplier (Beneficiary) Name", "Net Amount", "Payment Date", "", "", "", "", "",
      "Local Supplier Internal Reference"}},
    /* GLA, TfL */
    {"Vendor ID,Vendor Name,Cost Element,Expenditure Account Code Description,Document "
     "No,Amount,Clearing Date",
     {"Vendor Name", "Amount", "Clearing Date", "", "", "", "", "", "Vendor ID"}},
    {"Entity,Vendor Name,Expenditure Account,Document Number,Clearing Date,Amount,Merchant "
     "Category",
     {"Vendor Name", "Amount", "Clearing Date", "", "", "", "", "", ""}},
    /* The files of the regional example */
    {"Organisational Unit,Payment Date,Amount,Beneficiary Name",
     {"Beneficiary Name", "Amount", "Payment Date", "", "", "", "", "", ""}},
    {"Payment Date,Amount,Organisational Unit,Beneficiary Name,Company Number,Charity Number",
     {"Beneficiary Name", "Amount", "Payment Date", "Company Number", "Charity Number", "", "", "",
      ""}},
};
/* Whose rows they are, of each of those. */
static const char *const bodies[] = {"OrganisationLabel",
                                     "Organisation name",
                                     "Body name",
                                     "BodyName",
                                     "Organisation Name",
                                     "",
                                     "",
                                     "Body Name",
                                     "Body Name",
                                     "",
                                     "Body Name",
                                     "",
                                     "Body Name",
                                     "Body Name",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "Body Name",
                                     "",
                                     "",
                                     "",
                                     "",
                                     "",
                                     ""};

static bool read_text(const char *text)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    struct toc_why why;
    bool found = false;
    ck_assert_int_eq(toc_csv_new(on_row, &found, &csv), TOC_OK);
    ck_assert_int_eq(toc_csv_feed(csv, toc_bytes_text(text), &why), TOC_OK);
    ck_assert_int_eq(toc_csv_end(csv, &why), TOC_OK);
    return found;
}

START_TEST(test_known)
{
    ck_assert_msg(read_text(known[_i].text), "%s", known[_i].text);
    for (unsigned field = 0; field < TOC_SPEND_BODY; field++) {
        ck_assert_str_eq(headings.columns[field].heading, known[_i].expected[field]);
    }
    ck_assert_str_eq(headings.columns[TOC_SPEND_BODY].heading, bodies[_i]);
}
END_TEST

START_TEST(test_no_headings)
{
    static const char *const texts[] = {
        "Contract Reference,Title,Start Date",
        "Supplier Name,Payment Date",
        "Payment Date,Net Amount",
        "Supplier ID,Amount", /* a number names nobody */
        "CARE UNIQUE LTD,728.00,2015-10-30",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_msg(!read_text(texts[i]), "%s", texts[i]);
    }
}
END_TEST

static struct toc_csv_row row_of(const char *const *cells, size_t len)
{
    return (struct toc_csv_row){.number = 1, .cells = cells, .cells_len = len};
}

START_TEST(test_twins)
{
    static const char *const names[] = {"Supplier",   "Net Amount", "Net Amount",
                                        "Net Amount", "Net Amount", "Net Amount"};
    static const char *const values[] = {"A Ltd", "", "12.00", "13.00", "", "14.00"};
    static const char *const last[] = {"A Ltd", "", "", "", "", "14.00"};
    const struct toc_csv_row row = row_of(names, 6);
    const struct toc_csv_row first = row_of(values, 6);
    const struct toc_csv_row ragged = row_of(values, 2);
    const struct toc_csv_row fifth = row_of(last, 6);
    ck_assert(toc_spend_headings_read(&row, NULL, &headings));
    ck_assert_uint_eq(headings.columns[TOC_SPEND_AMOUNT].len, TOC_SPEND_TWINS_MAX);
    ck_assert_str_eq(toc_spend_cell(&headings, &first, TOC_SPEND_AMOUNT), "12.00");
    ck_assert_str_eq(toc_spend_cell(&headings, &ragged, TOC_SPEND_AMOUNT), "");
    ck_assert_str_eq(toc_spend_cell(&headings, &fifth, TOC_SPEND_AMOUNT), "");
    ck_assert_str_eq(toc_spend_cell(&headings, &first, TOC_SPEND_DATE), "");
    ck_assert_str_eq(toc_spend_heading_of(&headings, TOC_SPEND_AMOUNT), "Net Amount");
    ck_assert_str_eq(toc_spend_heading_of(&headings, TOC_SPEND_DATE), "date");
}
END_TEST

static enum toc_result parse(const char *text, struct toc_spend_map *map, struct toc_why *why)
{
    why->text[0] = '\0';
    return toc_spend_map_parse(toc_bytes_text(text), map, why);
}

START_TEST(test_map)
{
    static const char *const names[] = {"Who", "How much", "How much", "Payment Date", "When"};
    static const char *const values[] = {"A Ltd", "1", "2", "1/2/2018", "3/4/2018"};
    const struct toc_csv_row row = row_of(names, 5);
    const struct toc_csv_row first = row_of(values, 5);
    struct toc_spend_map map;
    struct toc_why why;
    ck_assert_int_eq(parse("\xef\xbb\xbf# ours\r\nsupplier = Who\r\n\r\n amount=how MUCH #2\n"
                           "date = When",
                           &map, &why),
                     TOC_OK);
    ck_assert(toc_spend_headings_read(&row, &map, &headings));
    ck_assert_str_eq(toc_spend_cell(&headings, &first, TOC_SPEND_SUPPLIER), "A Ltd");
    ck_assert_str_eq(toc_spend_cell(&headings, &first, TOC_SPEND_AMOUNT), "2");
    ck_assert_str_eq(toc_spend_cell(&headings, &first, TOC_SPEND_DATE), "3/4/2018");
    /* What it does not name is recognised as ever; what it names must be there. */
    ck_assert_int_eq(parse("supplier = Who\namount = How much\n", &map, &why), TOC_OK);
    ck_assert(toc_spend_headings_read(&row, &map, &headings));
    ck_assert_str_eq(toc_spend_cell(&headings, &first, TOC_SPEND_DATE), "1/2/2018");
    ck_assert_int_eq(parse("supplier = Who\namount = How much #3\n", &map, &why), TOC_OK);
    ck_assert(!toc_spend_headings_read(&row, &map, &headings));
}
END_TEST

START_TEST(test_bad_maps)
{
    static const struct {
        const char *text;
        const char *word;
    } rows[] = {
        {"", "names no field"},
        {"# nothing\n", "names no field"},
        {"supplier Who\n", "line 1: is not of the form"},
        {"\nsuplier = Who\n", "line 2: 'suplier' is no field; the fields are supplier, amount"},
        {"supplier = Who\nsupplier = What\n", "line 2: supplier is there twice"},
        {"supplier = ...\n", "no letters"},
        {"supplier =\n", "no letters"},
    };
    struct toc_spend_map map;
    struct toc_why why;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(parse(rows[i].text, &map, &why), TOC_INVALID);
        ck_assert_msg(strstr(why.text, rows[i].word) != NULL, "%s", why.text);
    }
    ck_assert_int_eq(toc_spend_map_parse(toc_bytes_of("supplier = a\0b", 14), &map, &why),
                     TOC_INVALID);
}
END_TEST

START_TEST(test_map_limits)
{
    static char text[TOC_SPEND_MAP_LEN_MAX + 1];
    struct toc_spend_map map;
    struct toc_why why;
    memset(text, '\n', sizeof text);
    memcpy(text, "supplier = Who", 14);
    ck_assert_int_eq(toc_spend_map_parse(toc_bytes_of(text, sizeof text - 1), &map, &why), TOC_OK);
    ck_assert_int_eq(toc_spend_map_parse(toc_bytes_of(text, sizeof text), &map, &why), TOC_TOOBIG);
    memset(text, '#', 302);
    text[300] = '\n';
    memcpy(text + 301, "supplier = Who", 14);
    ck_assert_int_eq(toc_spend_map_parse(toc_bytes_of(text, 400), &map, &why), TOC_OK);
    text[300] = '#';
    text[301] = '\n';
    ck_assert_int_eq(toc_spend_map_parse(toc_bytes_of(text, 400), &map, &why), TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_spend_heading");
    TCase *const tcase = tcase_create("import_spend_heading");
    tcase_add_loop_test(tcase, test_known, 0, (int)(sizeof known / sizeof known[0]));
    tcase_add_test(tcase, test_no_headings);
    tcase_add_test(tcase, test_twins);
    tcase_add_test(tcase, test_map);
    tcase_add_test(tcase, test_bad_maps);
    tcase_add_test(tcase, test_map_limits);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
