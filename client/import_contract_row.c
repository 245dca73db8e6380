#include "import_contract_row.h"
#include "ensure.h"
#include "import_text.h"
#include "orgid.h"
#include <string.h>

/* Folded words and the code they stand for. */
struct word {
    const char *folded;
    const char *code;
};

/* The schema's pattern, and what registers shorten it to. */
static const struct word types[] = {
    {"singleawardcontract", "single_award"},
    {"singleaward", "single_award"},
    {"singlesupplier", "single_award"},
    {"multipleawardcontract", "multiple_award"},
    {"multipleaward", "multiple_award"},
    {"frameworkagreement", "framework"},
    {"framework", "framework"},
    {"openframework", "framework"},
    {"dynamicpurchasingsystem", "dps"},
    {"dps", "dps"},
    {"dynamicmarket", "dps"},
    {"grantagreement", "grant"},
    {"grant", "grant"},
    {"other", "other"},
};

/* Parts of a folded process type, the first that fits: "Direct call-off from a framework" is by the
 * framework. */
static const struct word routes[] = {
    {"dynamic", "dps"},       {"dps", "dps"},       {"framework", "framework"},
    {"calloff", "framework"}, {"waiver", "waiver"}, {"exemption", "waiver"},
    {"exception", "waiver"},  {"direct", "direct"}, {"singletender", "direct"},
    {"quot", "quote"},        {"rfq", "quote"},     {"tender", "open"},
    {"itt", "open"},          {"open", "open"},     {"competition", "open"},
};

static const char *code_of(const struct word *words, size_t len, bool parts, const char *text)
{
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(text, folded);
    for (size_t i = 0; i < len; i++) {
        const bool fits =
            parts ? strstr(folded, words[i].folded) != NULL : strcmp(folded, words[i].folded) == 0;
        if (fits) {
            return words[i].code;
        }
    }
    return "";
}

/* How it was bought. Where nothing says so, what is bought under a framework came by it. */
static const char *route_of(const struct toc_contract *contract)
{
    const char *const route =
        code_of(routes, sizeof routes / sizeof routes[0], true, contract->process);
    const bool by_itself =
        strcmp(contract->type, "framework") == 0 || strcmp(contract->type, "dps") == 0;
    return route[0] == '\0' && by_itself ? contract->type : route;
}

static enum toc_contract_answer answer_of(const char *text)
{
    static const struct {
        const char *folded;
        enum toc_contract_answer answer;
    } rows[] = {
        {"true", TOC_CONTRACT_YES}, {"yes", TOC_CONTRACT_YES}, {"y", TOC_CONTRACT_YES},
        {"1", TOC_CONTRACT_YES},    {"sme", TOC_CONTRACT_YES}, {"vcse", TOC_CONTRACT_YES},
        {"false", TOC_CONTRACT_NO}, {"no", TOC_CONTRACT_NO},   {"n", TOC_CONTRACT_NO},
        {"0", TOC_CONTRACT_NO},
    };
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(text, folded);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].folded, folded) == 0) {
            return rows[i].answer;
        }
    }
    return TOC_CONTRACT_UNANSWERED;
}

static enum toc_result read_texts(const struct toc_register_row *row, struct toc_contract *contract)
{
    const struct {
        enum toc_register_column column;
        size_t len_max;
        const char **text;
    } texts[] = {
        {TOC_REGISTER_REFERENCE, TOC_FRAMEWORK_REFERENCE_MAX, &contract->reference},
        {TOC_REGISTER_TITLE, TOC_FRAMEWORK_TITLE_MAX, &contract->title},
        {TOC_REGISTER_UNIT, TOC_CONTRACT_UNIT_MAX, &contract->unit},
        {TOC_REGISTER_DESCRIPTION, TOC_FRAMEWORK_DESCRIPTION_MAX, &contract->description},
        {TOC_REGISTER_OCID, TOC_FRAMEWORK_OCID_MAX, &contract->ocid},
        {TOC_REGISTER_PROCESS, TOC_CONTRACT_PROCESS_MAX, &contract->process},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (toc_national_insurance_within(toc_register_cell(row, texts[i].column))) {
            return TOC_DENIED;
        }
        TOC_TRY(toc_register_text(row, texts[i].column, texts[i].len_max, texts[i].text));
    }
    /* Birmingham's register has descriptions and no titles. */
    if (contract->title[0] == '\0') {
        TOC_TRY(toc_register_text(row, TOC_REGISTER_DESCRIPTION, TOC_FRAMEWORK_TITLE_MAX,
                                  &contract->title));
    }
    return TOC_OK;
}

static enum toc_result read_dates(const struct toc_register_row *row, struct toc_contract *contract,
                                  struct toc_contract_remarks *remarks, struct toc_why *why)
{
    struct toc_why unread;
    bool understood;
    TOC_TRY(toc_register_date(row, TOC_REGISTER_START, &contract->start, why));
    TOC_TRY(toc_register_date(row, TOC_REGISTER_END, &contract->end, why));
    if (contract->end != 0 && contract->end < contract->start) {
        return toc_fail(why, TOC_INVALID, "EndDate: is before StartDate");
    }
    /* Reviews are "annual" and extensions "to be agreed" in many a register. */
    remarks->review =
        toc_register_date(row, TOC_REGISTER_REVIEW, &contract->review, &unread) != TOC_OK;
    contract->extension = toc_register_extension(row, contract->end, &understood);
    remarks->extension = !understood;
    return TOC_OK;
}

enum toc_result toc_contract_read(const struct toc_register_row *row,
                                  struct toc_contract *ret_contract,
                                  struct toc_contract_remarks *ret_remarks, struct toc_why *why)
{
    struct toc_contract contract = {.row = row->csv->number, .payee = TOC_CONTRACT_NO_PAYEE};
    struct toc_contract_remarks remarks = {.review = false};
    bool given;
    TOC_TRY(read_texts(row, &contract));
    if (contract.title[0] == '\0') {
        return toc_fail(why, TOC_INVALID, "ContractTitle: is missing");
    }
    TOC_TRY(read_dates(row, &contract, &remarks, why));
    TOC_TRY(toc_register_value(row, &given, &contract.value, why));
    contract.value = given ? contract.value : -1;
    (void)toc_register_cpv(row, &contract.cpv, 1);
    contract.type = code_of(types, sizeof types / sizeof types[0], false,
                            toc_register_cell(row, TOC_REGISTER_TYPE));
    contract.route = route_of(&contract);
    contract.sme = answer_of(toc_register_cell(row, TOC_REGISTER_SME));
    contract.vcse = answer_of(toc_register_cell(row, TOC_REGISTER_VCSE));
    *ret_contract = contract;
    *ret_remarks = remarks;
    return TOC_OK;
}
