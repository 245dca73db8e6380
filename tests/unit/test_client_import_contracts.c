#include "file.h"
#include "import_contracts_send.h"
#include "record_framework.h"
#include "runner.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct toc_arena *arena;
static struct toc_contracts contracts;
#define import contracts.import
static struct toc_why why;
static const struct toc_member self = {
    .id = "penmaen", .name = "Penmaen County Council", .gss = "W06000099"};

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(64 * 1024 * 1024, &arena), TOC_OK);
    why.text[0] = '\0';
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static void check_sum(void)
{
    ck_assert_uint_eq(import.rows_read, import.rows_used + import.rows_rejected +
                                            import.rows_screened + import.rows_held);
}

/* Read, with all rows in doubt held. */
static enum toc_result read_bytes(struct toc_bytes bytes)
{
    const enum toc_result result = toc_contracts_read(bytes, &self, NULL, arena, &contracts, &why);
    return result == TOC_OK ? toc_contracts_decide(&contracts, NULL) : result;
}

static enum toc_result import_text(const char *text)
{
    return read_bytes(toc_bytes_text(text));
}

static void import_file(const char *name)
{
    char path[1024];
    struct toc_buf buf;
    (void)snprintf(path, sizeof path, "%s/tests/data/csv/%s", TOC_SOURCE_DIR, name);
    toc_buf_init(&buf, TOC_IMPORT_FILE_MAX);
    ck_assert_msg(toc_file_read(path, TOC_IMPORT_FILE_MAX, &buf, &why) == TOC_OK, "%s", why.text);
    ck_assert_msg(read_bytes(toc_buf_bytes(&buf)) == TOC_OK, "%s", why.text);
    toc_buf_done(&buf);
    check_sum();
}

static const struct toc_contract *contract_at(size_t i)
{
    ck_assert_uint_lt(i, contracts.len);
    return &contracts.items[i];
}

static const struct toc_payee *payee_of(size_t i)
{
    const size_t place = contract_at(i)->payee;
    ck_assert_uint_lt(place, contracts.payees_len);
    return &contracts.payees[place].payee;
}

static const struct toc_framework *framework_at(size_t i)
{
    ck_assert_uint_lt(i, import.records_len);
    return import.records[i].as.framework;
}

START_TEST(test_the_official_columns)
{
    import_file("register_lga.csv");
    ck_assert_uint_eq(import.rows_read, 6);
    ck_assert_uint_eq(import.rows_used, 5);
    ck_assert_uint_eq(import.rows_screened, 1);
    ck_assert_uint_eq(import.records_len, 2);
    const struct toc_framework *const surfacing = framework_at(0);
    ck_assert_str_eq(surfacing->reference, "PEN-001");
    ck_assert_str_eq(surfacing->description, "Surfacing, patching and surface dressing");
    ck_assert_int_eq(surfacing->kind, TOC_FRAMEWORK_FRAMEWORK);
    ck_assert_uint_eq(surfacing->period_start, 20179); /* 2025-04-01 */
    ck_assert_uint_eq(surfacing->value_max_pounds, 1250000);
    ck_assert_uint_eq(surfacing->cpv_len, 1);
    ck_assert_uint_eq(surfacing->cpv[0], 45233220);
    ck_assert_str_eq(surfacing->categories[0], "proclass:321400");
    ck_assert_uint_eq(surfacing->suppliers_len, 2);
    ck_assert_str_eq(surfacing->suppliers[0].id, "01234567");
    ck_assert_uint_eq(surfacing->suppliers_left_out, 1);
    ck_assert_str_eq(surfacing->source, "row 2");
    ck_assert_uint_eq(surfacing->inferred, TOC_FRAMEWORK_BIT(TOC_FIELD_OPEN_TO));
    const struct toc_framework *const transport = framework_at(1);
    ck_assert_int_eq(transport->kind, TOC_FRAMEWORK_DPS);
    ck_assert_uint_eq(transport->value_max_pounds, 0);
    ck_assert_uint_gt(transport->last_extension_date, transport->period_end);
    ck_assert_uint_eq(transport->suppliers_left_out, 0); /* "Various" is nobody */
    ck_assert_uint_eq(import.tallies_len, 1);
    ck_assert_str_eq(import.tallies[0].reason, TOC_SCREENED_OTHER_BUYER);
    /* The paving person has no contract of his own. */
    ck_assert_uint_eq(contracts.len, 4);
    ck_assert_uint_eq(contracts.payees_len, 3);
    ck_assert_str_eq(payee_of(0)->name, "Acme Surfacing Limited");
    ck_assert_int_eq(payee_of(0)->id.scheme, TOC_SCHEME_COH);
    ck_assert_str_eq(payee_of(1)->name, "Beacon Roads plc");
    ck_assert_int_eq(payee_of(1)->id.scheme, TOC_SCHEME_NONE);
    ck_assert_uint_eq(contract_at(2)->payee, TOC_CONTRACT_NO_PAYEE);
    ck_assert_str_eq(contract_at(2)->type, "dps");
    ck_assert_str_eq(contract_at(2)->route, "dps");
    ck_assert_int_eq(contract_at(2)->value, 0);
    const struct toc_contract *const cleaning = contract_at(3);
    ck_assert_str_eq(cleaning->reference, "PEN-003");
    ck_assert_str_eq(cleaning->type, "single_award");
    ck_assert_str_eq(cleaning->route, "");
    ck_assert_int_eq(cleaning->value, 40000);
    ck_assert_uint_eq(cleaning->end, 20543); /* 2026-03-31 */
    ck_assert_int_eq(cleaning->sme, TOC_CONTRACT_YES);
    ck_assert_int_eq(cleaning->vcse, TOC_CONTRACT_UNANSWERED);
    ck_assert_uint_eq(contract_at(0)->review, 21458); /* 2028-10-01 */
}
END_TEST

/* No name, address or person of the register is anywhere in what would leave. */
START_TEST(test_contacts_stay_at_home)
{
    import_file("register_lga.csv");
    for (size_t i = 0; i < import.records_len; i++) {
        json_t *const json = toc_record_json(&import.records[i]);
        char *const text = json_dumps(json, 0);
        ck_assert_ptr_null(strstr(text, "Person"));
        ck_assert_ptr_null(strstr(text, "example.org"));
        ck_assert_ptr_null(strstr(text, "Paving"));
        free(text);
        json_decref(json);
    }
    struct toc_contracts_part part;
    ck_assert_int_eq(toc_contracts_part(&contracts, 0, &part), TOC_OK);
    ck_assert_int_eq(toc_buf_append(&part.contracts_text, toc_buf_bytes(&part.payees_text)),
                     TOC_OK);
    ck_assert_int_eq(toc_buf_append(&part.contracts_text, toc_bytes_of("", 1)), TOC_OK);
    const char *const sent = (const char *)part.contracts_text.data;
    ck_assert_ptr_nonnull(strstr(sent, "Beacon"));
    ck_assert_ptr_null(strstr(sent, "Person"));
    ck_assert_ptr_null(strstr(sent, "example.org"));
    ck_assert_ptr_null(strstr(sent, "Paving"));
    toc_contracts_part_done(&part);
}
END_TEST

struct reject {
    size_t row;
    const char *column;
    const char *words;
};

START_TEST(test_a_messy_register)
{
    static const struct reject rejects[] = {
        {5, "ContractValue", "negative"},       {6, "StartDate", "not a date"},
        {7, "ContractReference", "missing"},    {8, "ContractReference", "row 4"},
        {10, "EndDate", "before StartDate"},    {11, "", "more cells"},
        {12, "ContractValue", "not an amount"}, {14, "", "inside a quoted cell"},
    };
    import_file("register_messy.csv");
    ck_assert_uint_eq(import.rows_read, 11);
    ck_assert_uint_eq(import.rows_used, 3);
    ck_assert_uint_eq(import.rows_rejected, sizeof rejects / sizeof rejects[0]);
    size_t seen = 0;
    for (size_t i = 0; i < import.notes_len; i++) {
        const struct toc_import_note *const note = &import.notes[i];
        if (note->fate == TOC_IMPORT_REJECTED) {
            ck_assert_uint_eq(note->row, rejects[seen].row);
            ck_assert_str_eq(note->column, rejects[seen].column);
            ck_assert_msg(strstr(note->reason, rejects[seen].words) != NULL, "%s", note->reason);
            seen++;
        }
    }
    ck_assert_uint_eq(seen, sizeof rejects / sizeof rejects[0]);
    const struct toc_framework *const kiosk = framework_at(0);
    ck_assert_str_eq(kiosk->title, "Caf\xc3\xa9 and \xe2\x80\x9ckiosk\xe2\x80\x9d framework");
    ck_assert_uint_eq(kiosk->value_max_pounds, 1616);
    ck_assert_uint_eq(kiosk->period_start, 20179);
    ck_assert_uint_eq(kiosk->period_end, 20908); /* 2027-03-31 */
    ck_assert_str_eq(kiosk->suppliers[0].name, "Caff\xc3\xa9 Ltd");
    ck_assert_str_eq(kiosk->buyer, self.name);
    ck_assert((kiosk->inferred & TOC_FRAMEWORK_BIT(TOC_FIELD_BUYER)) != 0);
    ck_assert_uint_eq(framework_at(1)->period_end, 0); /* "ongoing" */
}
END_TEST

struct text_case {
    const char *text;
    enum toc_result result;
    const char *words;
};
static const struct text_case text_cases[] = {
    {"", TOC_MALFORMED, "empty"},
    {"\n\n", TOC_MALFORMED, "empty"},
    {"ContractReference,ContractTitle,ContractType\n", TOC_OK, ""},
    {"ContractReference,ContractTitle,ContractType", TOC_OK, ""},
    {"ContractReference,ContractType\n", TOC_INVALID, "ContractTitle"},
    {"Contract Id,Contract Description\n", TOC_OK, ""},
    {"a,b\n1,2\n", TOC_INVALID, "headings"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n"
     "26\n27\n28\n29\n30\nContractReference,ContractTitle,ContractType\n",
     TOC_INVALID, "30 rows"},
    {"PK\x03\x04", TOC_MALFORMED, ".xlsx"},
};

START_TEST(test_whole_files)
{
    const struct text_case *const row = &text_cases[_i];
    ck_assert_msg(import_text(row->text) == row->result, "%s", row->text);
    ck_assert_msg(strstr(why.text, row->words) != NULL, "%s", why.text);
    if (row->result == TOC_OK) {
        ck_assert_uint_eq(import.rows_read, 0);
        ck_assert_uint_eq(import.records_len, 0);
    }
}
END_TEST

START_TEST(test_a_file_cut_between_cells)
{
    ck_assert_int_eq(import_text("ContractReference,ContractTitle,ContractType,EndDate\n"
                                 "A,B,Framework agreement,31/03/2027\n"
                                 "C,D,Framework agreement"),
                     TOC_OK);
    check_sum();
    ck_assert_uint_eq(import.rows_used, 1);
    ck_assert_uint_eq(import.rows_rejected, 1);
    ck_assert_uint_eq(import.notes[0].row, 3);
    /* Whole but for the last line end: used. */
    ck_assert_int_eq(import_text("ContractReference,ContractTitle,ContractType\n"
                                 "C,D,Framework agreement"),
                     TOC_OK);
    ck_assert_uint_eq(import.rows_used, 1);
}
END_TEST

START_TEST(test_who_may_use_it)
{
    const char *const head = "ContractReference,ContractTitle,ContractType,OpenTo\n";
    char text[500];
    (void)snprintf(text, sizeof text, "%sA,B,Framework,schools; police\nC,D,DPS,everyone\n", head);
    ck_assert_int_eq(import_text(text), TOC_OK);
    ck_assert_uint_eq(import.rows_used, 1);
    ck_assert_uint_eq(import.rows_rejected, 1);
    ck_assert_str_eq(import.notes[0].column, "OpenTo");
    ck_assert_uint_eq(framework_at(0)->open_to_len, 2);
    ck_assert_int_eq(framework_at(0)->open_to[1], TOC_FRAMEWORK_POLICE);
    ck_assert_uint_eq(framework_at(0)->inferred & TOC_FRAMEWORK_BIT(TOC_FIELD_OPEN_TO), 0);
}
END_TEST

START_TEST(test_own_body)
{
    static const struct {
        const char *body;
        const char *code;
        size_t used;
    } rows[] = {
        {"", "", 1},
        {"The Penmaen County Council", "", 1},
        {"Penmaen", "http://statistics.data.gov.uk/id/statistical-geography/W06000099", 1},
        {"Penmaen", "", 0},
        {"Penmaen", "W06000098", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[500];
        (void)snprintf(text, sizeof text,
                       "Organisation name,Organisation code,ContractReference,ContractTitle,"
                       "ContractType\n%s,%s,A,B,Framework agreement\n",
                       rows[i].body, rows[i].code);
        ck_assert_int_eq(import_text(text), TOC_OK);
        ck_assert_uint_eq(import.rows_used, rows[i].used);
        ck_assert_uint_eq(import.rows_screened, 1 - rows[i].used);
    }
}
END_TEST

START_TEST(test_the_template_is_read_back)
{
    char text[3000];
    (void)snprintf(
        text, sizeof text,
        "%s,R,,T,Framework agreement,Roads,D,45000000,,01/04/2025,31/03/2027,,1 year,5000,"
        "Acme Ltd,,289868,true,false,Published invitation to tender,named\r\n",
        toc_contracts_template());
    ck_assert_int_eq(import_text(text), TOC_OK);
    ck_assert_uint_eq(import.rows_used, 1);
    ck_assert_str_eq(framework_at(0)->suppliers[0].scheme, "GB-CHC");
    ck_assert_str_eq(contract_at(0)->unit, "Roads");
    ck_assert_str_eq(contract_at(0)->route, "open");
    ck_assert_int_eq(contract_at(0)->vcse, TOC_CONTRACT_NO);
    ck_assert_uint_eq(contract_at(0)->extension, 21274); /* 2028-03-31 */
}
END_TEST

START_TEST(test_limits)
{
    const struct toc_bytes huge = {(const uint8_t *)"", (size_t)TOC_IMPORT_FILE_MAX + 1};
    ck_assert_int_eq(read_bytes(huge), TOC_TOOBIG);
    struct toc_arena *tiny = NULL;
    ck_assert_int_eq(toc_arena_new(256, &tiny), TOC_OK);
    ck_assert_int_eq(toc_contracts_read(
                         toc_bytes_text("ContractReference,ContractTitle,ContractType\nA,B,DPS\n"),
                         &self, NULL, tiny, &contracts, &why),
                     TOC_NOMEM);
    toc_arena_free(&tiny);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_contracts");
    TCase *const tcase = tcase_create("import_contracts");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_the_official_columns);
    tcase_add_test(tcase, test_contacts_stay_at_home);
    tcase_add_test(tcase, test_a_messy_register);
    tcase_add_loop_test(tcase, test_whole_files, 0,
                        (int)(sizeof text_cases / sizeof text_cases[0]));
    tcase_add_test(tcase, test_a_file_cut_between_cells);
    tcase_add_test(tcase, test_who_may_use_it);
    tcase_add_test(tcase, test_own_body);
    tcase_add_test(tcase, test_the_template_is_read_back);
    tcase_add_test(tcase, test_limits);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
