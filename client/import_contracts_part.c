/* One message of contracts: JSON within the limits of a request. */
#include "ensure.h"
#include "import_contracts_send.h"
#include "record_json.h"
#include "timetext.h"
#include <stdlib.h>

void toc_contracts_part_done(struct toc_contracts_part *part)
{
    toc_buf_done(&part->payees_text);
    toc_buf_done(&part->contracts_text);
}

static json_t *text_json(const char *text)
{
    return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *date_json(uint32_t days)
{
    char text[TOC_DATE_TEXT_LEN + 1];
    toc_date_text((int32_t)days, text);
    return days == 0 ? json_null() : json_string(text);
}

static json_t *answer_json(enum toc_contract_answer answer)
{
    return answer == TOC_CONTRACT_UNANSWERED ? json_null()
                                             : json_boolean(answer == TOC_CONTRACT_YES);
}

static json_t *contract_json(const struct toc_contract *contract, json_t *payee)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "payee", payee, "reference", text_json(contract->reference), "title",
        text_json(contract->title), "unit", text_json(contract->unit), "description",
        text_json(contract->description), "ocid", text_json(contract->ocid), "cpv",
        (json_int_t)contract->cpv, "start", date_json(contract->start), "end",
        date_json(contract->end), "review", date_json(contract->review), "extension",
        date_json(contract->extension), "value",
        contract->value < 0 ? json_null() : json_integer((json_int_t)contract->value), "type",
        text_json(contract->type), "process", text_json(contract->process), "route",
        text_json(contract->route), "sme", answer_json(contract->sme), "vcse",
        answer_json(contract->vcse));
}

static json_t *payee_json(const struct toc_payee *payee, size_t rows)
{
    json_t *const json = json_pack("{s:s, s:I}", "name", payee->name, "rows", (json_int_t)rows);
    if (payee->id.scheme != TOC_SCHEME_NONE) {
        int failed =
            json_object_set_new(json, "scheme", json_string(toc_scheme_code(payee->id.scheme)));
        failed |= json_object_set_new(json, "id", json_string(payee->id.id));
        failed |= json_object_set_new(json, "norm", json_integer((json_int_t)payee->id.norm));
        if (failed) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

/* Gives the JSON back to jansson. */
static enum toc_result append_json(struct toc_buf *buf, json_t *json)
{
    char *const text = json == NULL ? NULL : toc_json_dumps(json, JSON_COMPACT);
    enum toc_result result = text == NULL ? TOC_NOMEM : TOC_OK;
    if (result == TOC_OK) {
        result = toc_buf_append_text(buf, buf->len == 0 ? "[" : ",");
    }
    if (result == TOC_OK) {
        result = toc_buf_append_text(buf, text);
    }
    free(text);
    json_decref(json);
    return result;
}

static size_t place_of(struct toc_contracts_part *part, size_t payee)
{
    size_t place = 0;
    while (place < part->payees_len && part->payees[place] != payee) {
        place++;
    }
    if (place == part->payees_len) {
        part->payees[part->payees_len++] = payee;
    }
    return place;
}

static enum toc_result append_payees(const struct toc_contracts *contracts, size_t from,
                                     struct toc_contracts_part *part)
{
    for (size_t i = 0; i < part->payees_len; i++) {
        size_t rows = 0;
        for (size_t j = 0; j < part->contracts_len; j++) {
            rows += contracts->items[from + j].payee == part->payees[i] ? 1 : 0;
        }
        const struct toc_payee *const payee = &contracts->payees[part->payees[i]].payee;
        TOC_TRY(append_json(&part->payees_text, payee_json(payee, rows)));
    }
    TOC_TRY(toc_buf_append_text(&part->payees_text, part->payees_len == 0 ? "[]" : "]"));
    return toc_buf_append_text(&part->contracts_text, part->contracts_len == 0 ? "[]" : "]");
}

static enum toc_result fill(const struct toc_contracts *contracts, size_t from,
                            struct toc_contracts_part *part)
{
    while (from + part->contracts_len < contracts->len &&
           part->contracts_len < TOC_CONTRACTS_ROWS_MAX &&
           part->contracts_text.len < TOC_CONTRACTS_LEN_MAX) {
        const struct toc_contract *const contract = &contracts->items[from + part->contracts_len];
        json_t *const payee = contract->payee == TOC_CONTRACT_NO_PAYEE
                                  ? json_null()
                                  : json_integer((json_int_t)place_of(part, contract->payee));
        TOC_TRY(append_json(&part->contracts_text, contract_json(contract, payee)));
        part->contracts_len++;
    }
    return append_payees(contracts, from, part);
}

enum toc_result toc_contracts_part(const struct toc_contracts *contracts, size_t from,
                                   struct toc_contracts_part *ret_part)
{
    struct toc_contracts_part part = {.payees_len = 0};
    toc_buf_init(&part.payees_text, 2 * (size_t)TOC_CONTRACTS_LEN_MAX);
    toc_buf_init(&part.contracts_text, 2 * (size_t)TOC_CONTRACTS_LEN_MAX);
    const enum toc_result result = fill(contracts, from, &part);
    if (result != TOC_OK) {
        toc_contracts_part_done(&part);
        return result;
    }
    *ret_part = part;
    return TOC_OK;
}
