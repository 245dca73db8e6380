/* The registers of DOMAIN 6.1 and 6.2 by their headings, and what their cells mean. */
#include "file.h"
#include "import_contracts_send.h"
#include "runner.h"
#include "timetext.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct toc_arena *arena;
static struct toc_contracts contracts;
static struct toc_why why;
static const struct toc_member self = {
    .id = "penmaen", .name = "Penmaen County Council", .gss = "W06000099"};

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(256 * 1024 * 1024, &arena), TOC_OK);
    why.text[0] = '\0';
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static void read_text(const char *text)
{
    const enum toc_result result =
        toc_contracts_read(toc_bytes_text(text), &self, NULL, arena, &contracts, &why);
    ck_assert_msg(result == TOC_OK, "%s", why.text);
}

static void read_mapped(const char *map_text, const char *text, enum toc_result wanted)
{
    static struct toc_register_map map;
    const enum toc_result parsed = toc_register_map_parse(toc_bytes_text(map_text), &map, &why);
    ck_assert_msg(parsed == TOC_OK, "%s", why.text);
    ck_assert_int_eq(toc_contracts_read(toc_bytes_text(text), &self, &map, arena, &contracts, &why),
                     wanted);
}

static void decide(const char *fates)
{
    ck_assert_int_eq(toc_contracts_decide(&contracts, fates), TOC_OK);
    const struct toc_import *const import = &contracts.import;
    ck_assert_uint_eq(import->rows_read, import->rows_used + import->rows_rejected +
                                             import->rows_screened + import->rows_held);
}

static uint32_t days(int year, int month, int day)
{
    return (uint32_t)toc_date_days(year, month, day);
}

struct register_case {
    const char *text;
    const char *reference;
    const char *title;
    const char *unit;
    const char *supplier; /* NULL: none */
    int64_t value;
    int start, end, extension; /* years; 0: none */
};
static const struct register_case registers[] = {
    /* Birmingham: descriptions, no titles; the value as it was, and as it is. */
    {"Contract Id,Contract Description,Vendor,Product Category,Directorate,Validity Period Start,"
     "Validity Period End,Contract Status,Original Contract Value,Extended Contract Value\n"
     "B1,Road salt,Acme Ltd,Salt,Highways,01/04/2024,31/03/2026,Active,\"100,000.00\","
     "\"150,000.00\"\n",
     "B1", "Road salt", "Highways", "Acme Ltd", 150000, 2024, 2026, 0},
    /* Leicester, September 2018: each value again in $ and EUR, here before the pounds. */
    {"Contract number,Title of agreement,Contract description,Department,Contract value ($),"
     "Contract value (\xe2\x82\xac),Contract value,Annual contract value,Contract value excl "
     "variations,Contract value EUR,Start date\n"
     "L1,Catering,School meals,Education,130,110,100,50,90,111,14-Jan-2017\n",
     "L1", "Catering", "Education", NULL, 100, 2017, 0, 0},
    /* The NHS register: no references, no suppliers. */
    {"CONTRACT_TITLE,MAXIMUM_CONTRACT_END_DATE,CONTRACT_AWARD_VALUE,PRIMARY_PROCUREMENT_CATEGORY,"
     "CONTRACT_EXTENDABLE,CONTRACT_EXTENDED,CONTRACT_CURRENT_END_DATE\n"
     "Cleaning,2029-03-31,500000,Facilities,Y,N,2027-03-31\n",
     "", "Cleaning", "", NULL, 500000, 0, 2027, 2029},
    /* The printed schema, version 1.3, its rows numbered as Norfolk numbers them. */
    {"1 Organisation name,2. Organisation code,4 Contract Reference number / ID,6 Title of the "
     "Agreement,8 Directorate/service responsible,17. Contract start date,18 End date,20 Last "
     "extension date,21 Contract value,23 Supplier name,38 Tender process type\n"
     "Penmaen County Council,W06000099,N1,Taxis,Transport,1/4/25,31 March 2027,2 x 12 months,"
     "\xc2\xa3"
     "12.50,Cabs LLP,Invitation to tender\n",
     "N1", "Taxis", "Transport", "Cabs LLP", 12, 2025, 2027, 2029},
    /* The schema's own titles. */
    {"Contract Reference number / ID,Title of the Agreement,Local authority directorate/service "
     "responsible,Contract start date,End date,Extension Period,Contract value,Supplier name\n"
     "T1,Bins,Waste,01/04/2025,31/03/2027,1+1 years,9,Bins plc\n",
     "T1", "Bins", "Waste", "Bins plc", 9, 2025, 2027, 2029},
};

static int year_of(uint32_t date)
{
    int year;
    int month;
    int day;
    toc_date_civil((int32_t)date, &year, &month, &day);
    return date == 0 ? 0 : year;
}

START_TEST(test_published_registers)
{
    const struct register_case *const row = &registers[_i];
    read_text(row->text);
    decide(NULL);
    ck_assert_uint_eq(contracts.import.rows_used, 1);
    ck_assert_uint_eq(contracts.len, 1);
    const struct toc_contract *const contract = &contracts.items[0];
    ck_assert_str_eq(contract->reference, row->reference);
    ck_assert_str_eq(contract->title, row->title);
    ck_assert_str_eq(contract->unit, row->unit);
    ck_assert_int_eq(contract->value, row->value);
    ck_assert_int_eq(year_of(contract->start), row->start);
    ck_assert_int_eq(year_of(contract->end), row->end);
    ck_assert_int_eq(year_of(contract->extension), row->extension);
    if (row->supplier == NULL) {
        ck_assert_uint_eq(contract->payee, TOC_CONTRACT_NO_PAYEE);
    } else {
        ck_assert_str_eq(contracts.payees[contract->payee].payee.name, row->supplier);
    }
}
END_TEST

START_TEST(test_how_far_it_may_be_extended)
{
    static const struct {
        const char *text;
        int month, year; /* of a contract that ends on 31 March 2027; 0: nothing */
        bool remark;
    } rows[] = {
        {"31/03/2030", 3, 2030, false},
        {"12 months", 3, 2028, false},
        {"18 Months", 9, 2028, false},
        {"2 years", 3, 2029, false},
        {"1+1+1 years", 3, 2030, false},
        {"2 x 12 months", 3, 2029, false},
        {"1 year + 6 months", 9, 2028, false},
        {"", 0, 0, false},
        {"N/A", 0, 0, false},
        {"by agreement", 0, 0, true},
        {"2", 0, 0, true},
        {"9999 years", 0, 0, true},
        {"601 months", 0, 0, true},
        {"0 months", 0, 0, true},
        {"12 months or so + more", 0, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];
        (void)snprintf(text, sizeof text,
                       "ContractTitle,EndDate,LastExtensionDate\nT,31/03/2027,%s\n", rows[i].text);
        read_text(text);
        decide(NULL);
        ck_assert_uint_eq(contracts.import.rows_used, 1);
        ck_assert_msg(contracts.import.notes_len == (rows[i].remark ? 1 : 0), "%s", rows[i].text);
        const uint32_t last = contracts.items[0].extension;
        const uint32_t first = rows[i].year == 0 ? 0 : days(rows[i].year, rows[i].month, 1);
        ck_assert_msg(last >= first && last < first + (first == 0 ? 1U : 31U), "%s", rows[i].text);
    }
}
END_TEST

START_TEST(test_how_it_was_bought)
{
    static const struct {
        const char *type;
        const char *process;
        const char *route;
    } rows[] = {
        {"", "", ""},
        {"Single award contract", "Invitation to quote", "quote"},
        {"Single award contract", "Published invitation to tender", "open"},
        {"", "Invitation to tender", "open"},
        {"", "Request for Quotations", "quote"},
        {"", "Direct call-off from a framework", "framework"},
        {"", "Dynamic Purchasing System", "dps"},
        {"", "Direct award", "direct"},
        {"", "Waiver of contract procedure rules", "waiver"},
        {"", "Other", ""},
        {"Framework agreement", "", "framework"},
        {"Framework agreement", "Invitation to tender", "open"},
        {"Dynamic purchasing system", "", "dps"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];
        (void)snprintf(text, sizeof text,
                       "ContractReference,ContractTitle,ContractType,ProcessType\nR,T,%s,%s\n",
                       rows[i].type, rows[i].process);
        read_text(text);
        ck_assert_uint_eq(contracts.len, 1);
        ck_assert_str_eq(contracts.items[0].route, rows[i].route);
        ck_assert_str_eq(contracts.items[0].process, rows[i].process);
    }
}
END_TEST

START_TEST(test_one_row_with_several_suppliers)
{
    read_text("ContractReference,ContractTitle,SupplierName,CompaniesHouseRegistrationNumber\n"
              "R,T,Acme Ltd; Beacon plc,01234567 / 07654321\n"
              "S,U,Acme Ltd,1234567\n");
    decide(NULL);
    ck_assert_uint_eq(contracts.import.rows_used, 2);
    ck_assert_uint_eq(contracts.len, 3);
    ck_assert_str_eq(contracts.items[0].reference, contracts.items[1].reference);
    /* One supplier, whether its number had its zero or not. */
    ck_assert_uint_eq(contracts.payees_len, 2);
    ck_assert_uint_eq(contracts.payees[0].rows, 2);
    ck_assert_uint_eq(contracts.items[2].payee, 0);
}
END_TEST

START_TEST(test_persons_and_their_numbers_stay)
{
    read_text("ContractReference,ContractTitle,SupplierName,CompaniesHouseRegistrationNumber,"
              "ContactName,ContactEmail\n"
              "R,T,Mrs J Example,,A Person,a@example.org\n"
              "S,T,Acme Ltd,AB123456C,A Person,a@example.org\n"
              "U,Care of AB 12 34 56 C,Acme Ltd,,A Person,a@example.org\n");
    decide(NULL);
    ck_assert_uint_eq(contracts.len, 0);
    ck_assert_uint_eq(contracts.payees_len, 0);
    ck_assert_uint_eq(contracts.import.rows_screened, 3);
    ck_assert_uint_eq(contracts.import.tallies_len, 2);
    ck_assert_str_eq(contracts.import.tallies[0].reason, TOC_SCREENED_PERSON);
    ck_assert_uint_eq(contracts.import.tallies[0].rows, 1);
    ck_assert_str_eq(contracts.import.tallies[1].reason, TOC_SCREENED_NATIONAL_INSURANCE);
}
END_TEST

START_TEST(test_maps)
{
    static const char text[] = "Corporate contracts,,,,\n"
                               "Ref,What,Who,Who,Description\n"
                               "R1,Meals,Procurement,Acme Ltd,Of schools\n";
    read_mapped("ContractTitle = What\nsuppliername = Who #2\n", text, TOC_OK);
    ck_assert_uint_eq(contracts.len, 1);
    ck_assert_str_eq(contracts.items[0].title, "Meals");
    ck_assert_str_eq(contracts.items[0].description, "Of schools"); /* known as ever */
    ck_assert_str_eq(contracts.payees[0].payee.name, "Acme Ltd");
    read_mapped("SupplierName = Who\n", text, TOC_OK); /* two columns: the description's title */
    ck_assert_str_eq(contracts.items[0].title, "Of schools");
    read_mapped("ContractTitle = What\nSupplierName = Who #3\n", text, TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "the map"));
    struct toc_register_map map;
    ck_assert_int_eq(toc_register_map_parse(toc_bytes_text("ContactName = Who\n"), &map, &why),
                     TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "line 1: 'ContactName' is no field"));
}
END_TEST

/* The example is read as it says. */
START_TEST(test_the_example_map)
{
    struct toc_buf buf;
    toc_buf_init(&buf, TOC_MAP_LEN_MAX + 1);
    ck_assert_msg(toc_file_read(TOC_SOURCE_DIR "/conf/maps/contracts.map", TOC_MAP_LEN_MAX, &buf,
                                &why) == TOC_OK,
                  "%s", why.text);
    ck_assert_int_eq(toc_buf_append(&buf, toc_bytes_of("", 1)), TOC_OK);
    read_mapped((const char *)buf.data,
                "Corporate contracts,,,,,\n"
                "Ref,What,Who,CH No.,Ends,Worth\n"
                "C-17,School meals,Sample Catering Ltd,01234567,31/03/2031,250000\n",
                TOC_OK);
    toc_buf_done(&buf);
    decide(NULL);
    ck_assert_uint_eq(contracts.import.rows_used, 1);
    ck_assert_str_eq(contracts.items[0].reference, "C-17");
    ck_assert_int_eq(contracts.items[0].value, 250000);
    ck_assert_str_eq(contracts.payees[0].payee.id.id, "01234567");
}
END_TEST

START_TEST(test_rows_in_doubt)
{
    static const struct {
        const char *fates; /* of the three names */
        size_t used, held, screened;
    } rows[] = {
        {NULL, 1, 2, 0}, {"khh", 1, 2, 0}, {"kkk", 3, 0, 0}, {"khd", 1, 1, 1}, {"kdd", 1, 0, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_text("ContractTitle,SupplierName\n"
                  "A,Example Farm\n"
                  "B,Acme Ltd\n"
                  "C,Example Nursery\n"
                  ",Acme Ltd\n");
        ck_assert_uint_eq(contracts.payees_len, 3);
        char fates[] = "...";
        for (size_t j = 0; rows[i].fates != NULL && j < 3; j++) {
            fates[j] = rows[i].fates[j == 0 ? 1 : (j == 1 ? 0 : 2)];
        }
        decide(rows[i].fates == NULL ? NULL : fates);
        ck_assert_uint_eq(contracts.import.rows_used, rows[i].used);
        ck_assert_uint_eq(contracts.import.rows_held, rows[i].held);
        ck_assert_uint_eq(contracts.import.rows_screened, rows[i].screened);
        ck_assert_uint_eq(contracts.import.rows_rejected, 1);
        for (size_t j = 1; j < contracts.import.notes_len; j++) {
            ck_assert_uint_gt(contracts.import.notes[j].row, contracts.import.notes[j - 1].row);
        }
    }
}
END_TEST

/* Whatever the size, a message keeps to both limits, and all contracts arrive, once, in order. */
START_TEST(test_messages)
{
    const size_t rows = 2 * TOC_CONTRACTS_ROWS_MAX + 1;
    const size_t room = rows * 1200;
    char *const text = malloc(room);
    ck_assert_ptr_nonnull(text);
    size_t len = (size_t)snprintf(text, room, "ContractTitle,Description,SupplierName\n");
    for (size_t i = 0; i < rows; i++) {
        len += (size_t)snprintf(text + len, room - len, "T%zu,%0*d,Acme %zu Ltd\n", i,
                                i < 100 ? 10 : 499, 0, i % 7);
    }
    read_text(text);
    free(text);
    ck_assert_uint_eq(contracts.len, rows);
    size_t done = 0;
    while (done < contracts.len) {
        struct toc_contracts_part part;
        ck_assert_int_eq(toc_contracts_part(&contracts, done, &part), TOC_OK);
        ck_assert_uint_le(part.contracts_len, TOC_CONTRACTS_ROWS_MAX);
        ck_assert_uint_le(part.contracts_text.len, TOC_CONTRACTS_LEN_MAX + 4096);
        json_error_t error;
        json_t *const sent =
            json_loadb((const char *)part.contracts_text.data, part.contracts_text.len, 0, &error);
        json_t *const payees =
            json_loadb((const char *)part.payees_text.data, part.payees_text.len, 0, &error);
        ck_assert_uint_eq(json_array_size(sent), part.contracts_len);
        ck_assert_uint_eq(json_array_size(payees), part.contracts_len < 7 ? part.contracts_len : 7);
        for (size_t i = 0; i < json_array_size(sent); i++) {
            const json_t *const item = json_array_get(sent, i);
            char title[20];
            char name[20];
            (void)snprintf(title, sizeof title, "T%zu", done + i);
            (void)snprintf(name, sizeof name, "Acme %zu Ltd", (done + i) % 7);
            ck_assert_str_eq(json_string_value(json_object_get(item, "title")), title);
            const size_t place = (size_t)json_integer_value(json_object_get(item, "payee"));
            ck_assert_str_eq(
                json_string_value(json_object_get(json_array_get(payees, place), "name")), name);
        }
        json_decref(sent);
        json_decref(payees);
        done += part.contracts_len;
        toc_contracts_part_done(&part);
    }
}
END_TEST

START_TEST(test_a_message_in_full)
{
    read_text("ContractReference,OpenContractingID,ContractTitle,ContractType,OrganisationalUnit,"
              "Description,CPVCode,StartDate,EndDate,ReviewDate,LastExtensionDate,ContractValue,"
              "SupplierName,CompaniesHouseRegistrationNumber,SMESupplier,VCSESupplier,ProcessType\n"
              "R,ocds-h6vhtk-012345,T,Other,U,D,45233220-7,01/04/2025,31/03/2027,01/01/2027,"
              "31/03/2028,5.99,Acme Ltd,1234567,yes,no,Invitation to quote\n"
              ",,T2,,,,,,,,,,,,,,\n");
    struct toc_contracts_part part;
    ck_assert_int_eq(toc_contracts_part(&contracts, 0, &part), TOC_OK);
    ck_assert_int_eq(toc_buf_append(&part.contracts_text, toc_bytes_of("", 1)), TOC_OK);
    ck_assert_int_eq(toc_buf_append(&part.payees_text, toc_bytes_of("", 1)), TOC_OK);
    ck_assert_str_eq(
        (const char *)part.contracts_text.data,
        "[{\"payee\":0,\"reference\":\"R\",\"title\":\"T\",\"unit\":\"U\",\"description\":\"D\","
        "\"ocid\":\"ocds-h6vhtk-012345\",\"cpv\":45233220,\"start\":\"2025-04-01\","
        "\"end\":\"2027-03-31\",\"review\":\"2027-01-01\",\"extension\":\"2028-03-31\","
        "\"value\":5,\"type\":\"other\",\"process\":\"Invitation to quote\",\"route\":\"quote\","
        "\"sme\":true,\"vcse\":false},"
        "{\"payee\":null,\"reference\":null,\"title\":\"T2\",\"unit\":null,\"description\":null,"
        "\"ocid\":null,\"cpv\":0,\"start\":null,\"end\":null,\"review\":null,\"extension\":null,"
        "\"value\":null,\"type\":null,\"process\":null,\"route\":null,\"sme\":null,"
        "\"vcse\":null}]");
    ck_assert_str_eq((const char *)part.payees_text.data,
                     "[{\"name\":\"Acme Ltd\",\"rows\":1,\"scheme\":\"GB-COH\","
                     "\"id\":\"01234567\",\"norm\":1}]");
    toc_contracts_part_done(&part);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_register");
    TCase *const tcase = tcase_create("import_register");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_published_registers, 0,
                        (int)(sizeof registers / sizeof registers[0]));
    tcase_add_test(tcase, test_how_far_it_may_be_extended);
    tcase_add_test(tcase, test_how_it_was_bought);
    tcase_add_test(tcase, test_one_row_with_several_suppliers);
    tcase_add_test(tcase, test_persons_and_their_numbers_stay);
    tcase_add_test(tcase, test_maps);
    tcase_add_test(tcase, test_the_example_map);
    tcase_add_test(tcase, test_rows_in_doubt);
    tcase_add_test(tcase, test_messages);
    tcase_add_test(tcase, test_a_message_in_full);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
