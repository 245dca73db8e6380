/* `import_rows`: one part of a file, payees and what they were paid, or their contracts. Everything
 * is checked before anything is stored. */
#include "local_contract.h"
#include "local_import.h"

#include "bounds.h"
#include "ensure.h"
#include "ident.h"
#include "suppliername.h"

#include <string.h>

#define NORM_MAX 127 /* every bit of enum toc_orgid_norm */
#define BASIS_MAX 2  /* CPV or SIC; 0 is not known */
#define DIVISION_MAX 99
/* What is made of the list: 4,096 names, folded. */
#define PART_ARENA_MAX ((size_t)8 * 1024 * 1024)

/* ---- payees ---- */

static enum toc_result read_number(const json_t *json, struct toc_import_payee *payee,
                                   struct toc_why *why)
{
    const char *scheme = json_string_value(json_object_get(json, "scheme"));
    const char *id = json_string_value(json_object_get(json, "id"));
    const json_t *norm = json_object_get(json, "norm");
    const json_int_t bits = json_integer_value(norm);

    payee->number = "";
    if (scheme == NULL && id == NULL) {
        return TOC_OK;
    }
    payee->scheme = scheme == NULL ? TOC_SCHEME_NONE : toc_scheme_of(scheme);
    if (payee->scheme == TOC_SCHEME_NONE || payee->scheme == TOC_SCHEME_VAT || id == NULL ||
        !toc_orgid_valid(payee->scheme, id)) {
        return toc_fail(why, TOC_INVALID, "scheme and id: are not a number of a register");
    }
    if (norm != NULL && (!json_is_integer(norm) || bits < 0 || bits > NORM_MAX)) {
        return toc_fail(why, TOC_INVALID, "norm: is not 0 to %d", NORM_MAX);
    }
    payee->number = id;
    payee->norm = (unsigned)bits;
    return TOC_OK;
}

static enum toc_result read_payee(struct toc_arena *arena, const json_t *json,
                                  struct toc_import_payee *payee, struct toc_why *why)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    const json_t *rows = json_object_get(json, "rows");

    payee->name = json_string_value(json_object_get(json, "name"));
    if (payee->name == NULL || !toc_ident_text(payee->name, TOC_NAME_LEN_MAX) ||
        toc_name_fold(payee->name, folded) != TOC_OK) {
        return toc_fail(why, TOC_INVALID,
                        "name: is not 1 to %d bytes with a letter or digit, without control "
                        "characters",
                        TOC_NAME_LEN_MAX);
    }
    if (rows != NULL && (!json_is_integer(rows) || json_integer_value(rows) < 0)) {
        return toc_fail(why, TOC_INVALID, "rows: is not a whole number");
    }
    TOC_TRY(read_number(json, payee, why));
    payee->rows = (uint64_t)json_integer_value(rows);
    payee->fold = toc_arena_text(arena, toc_bytes_text(folded));
    TOC_ENSURE(payee->fold != NULL, TOC_NOMEM);
    payee->screen = toc_screen_supplier(payee->name, toc_scheme_code(payee->scheme), payee->number);
    return TOC_OK;
}

/* The texts stay in `list`. */
static enum toc_result read_payees(struct toc_arena *arena, const json_t *list,
                                   struct toc_import_part *part, struct toc_why *why)
{
    const size_t len = json_array_size(list);

    if (len > TOC_IMPORT_PAYEES_MAX) {
        return toc_fail(why, TOC_TOOBIG, "part 1: has %zu payees, %d are the most", len,
                        TOC_IMPORT_PAYEES_MAX);
    }
    part->payees = toc_arena_zero(arena, len, sizeof(*part->payees));
    TOC_ENSURE(part->payees != NULL, TOC_NOMEM);
    part->payees_len = len;
    for (size_t i = 0; i < len; i++) {
        const enum toc_result result =
            read_payee(arena, json_array_get(list, i), &part->payees[i], why);
        if (result != TOC_OK) {
            toc_why_prefix(why, "part 1: payee %zu", i);
            return result;
        }
    }
    return TOC_OK;
}

/* ---- cells ---- */

static const char *what_is_wrong(const uint8_t *at, size_t payees)
{
    const struct toc_cell cell = toc_cell_get(at);

    if (cell.payee >= payees) {
        return "its payee is not in part 1";
    }
    if (cell.day < TOC_CELL_DAY_MIN || cell.day > TOC_CELL_DAY_MAX) {
        return "its day is not from 1995 to 2100";
    }
    if (at[9] != 0 || cell.basis > BASIS_MAX || cell.division > DIVISION_MAX ||
        (cell.basis == 0) != (cell.division == 0)) {
        return "its category is none";
    }
    if (cell.rows == 0 || cell.rows > TOC_CELL_ROWS_MAX) {
        return "it has no rows, or too many";
    }
    if (cell.pence > TOC_CELL_PENCE_MAX || cell.pence < -TOC_CELL_PENCE_MAX) {
        return "its sum is more than ten thousand million pounds";
    }
    return NULL;
}

static enum toc_result check_cells(struct toc_bytes cells, size_t payees, struct toc_why *why)
{
    if (cells.len % TOC_CELL_LEN != 0) {
        return toc_fail(why, TOC_MALFORMED, "part 2: is not a whole number of cells of %d bytes",
                        TOC_CELL_LEN);
    }
    if (cells.len > (size_t)TOC_IMPORT_PAYEES_MAX * TOC_CELL_LEN) {
        return toc_fail(why, TOC_TOOBIG, "part 2: has %zu cells, %d are the most",
                        cells.len / TOC_CELL_LEN, TOC_IMPORT_PAYEES_MAX);
    }
    for (size_t at = 0; at < cells.len; at += TOC_CELL_LEN) {
        const char *wrong = what_is_wrong(cells.data + at, payees);
        if (wrong != NULL) {
            return toc_fail(why, TOC_INVALID, "part 2: cell %zu: %s", at / TOC_CELL_LEN, wrong);
        }
    }
    return TOC_OK;
}

static enum toc_result read_cells(struct toc_bytes bytes, struct toc_import_part *part,
                                  struct toc_why *why)
{
    TOC_TRY(check_cells(bytes, part->payees_len, why));
    part->cells = bytes;
    return TOC_OK;
}

static enum toc_result read_contracts(struct toc_arena *arena, struct toc_bytes bytes,
                                      const struct toc_import *import, struct toc_import_part *part,
                                      json_t **ret_list, struct toc_why *why)
{
    TOC_TRY(toc_local_contracts_read(arena, bytes, part, ret_list, why));
    if (import->rows + part->contracts_len > TOC_STORE_CONTRACTS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%d contracts are the most in one file",
                        TOC_STORE_CONTRACTS_MAX);
    }
    return TOC_OK;
}

/* ---- the request ---- */

/* Parts come in order; the last one may come again, when its answer was lost. */
static enum toc_result read_place(const struct toc_local *local, const struct toc_import *import,
                                  struct toc_import_part *part, struct toc_why *why)
{
    int64_t number = -1;

    TOC_TRY(toc_local_number(local, "number", 0, TOC_IMPORT_PARTS_MAX - 1, &number, why));
    if (number < 0) {
        return toc_fail(why, TOC_INVALID, "number: is missing");
    }
    if (number != import->parts && number + 1 != import->parts) {
        return toc_fail(why, TOC_INVALID, "number: %lld is next, this is %lld",
                        (long long)import->parts, (long long)number);
    }
    part->number = number;
    part->repeat = number != import->parts;
    return TOC_OK;
}

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              const struct toc_import_part *part)
{
    char fates[TOC_IMPORT_PAYEES_MAX];
    json_t *reply = toc_local_reply(local);

    for (size_t i = 0; i < part->payees_len; i++) {
        fates[i] = part->payees[i].fate;
    }
    return toc_local_answer(
        engine, local, reply,
        json_object_set_new(reply, "fates", json_stringn(fates, part->payees_len)));
}

static enum toc_result store_part(struct toc_engine *engine, const struct toc_import_part *part,
                                  struct toc_why *why)
{
    const enum toc_result result = toc_store_import_part(engine->store, part);

    return result == TOC_TOOBIG
               ? toc_fail(why, TOC_TOOBIG,
                          "%d spellings of suppliers are the most: is one column too many taken "
                          "for the name?",
                          TOC_STORE_PAYEES_MAX)
               : result;
}

enum toc_result toc_local_import_rows(struct toc_engine *engine, const struct toc_local *local,
                                      struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *list = NULL;
    TOC_AUTO(toc_local_json_free) json_t *contracts = NULL;
    struct toc_import import;
    struct toc_import_part part = {.time_ms = engine->now_wall};
    json_error_t error;

    TOC_TRY(toc_local_import_get(engine, local, &import, why));
    TOC_TRY(read_place(local, &import, &part, why));
    if (local->parts_len != 2) {
        return toc_fail(why, TOC_INVALID, "has %zu parts: payees and what they were paid are two",
                        local->parts_len);
    }
    list = json_loadb((const char *)local->parts[0].data, local->parts[0].len, 0, &error);
    if (!json_is_array(list)) {
        return toc_fail(why, TOC_MALFORMED, "part 1: is not a JSON array: %s",
                        list == NULL ? error.text : "it is something else");
    }
    TOC_TRY(toc_arena_new(PART_ARENA_MAX, &arena));
    TOC_TRY(read_payees(arena, list, &part, why));
    part.import = import.id;
    TOC_TRY(import.kind == TOC_IMPORT_SPEND
                ? read_cells(local->parts[1], &part, why)
                : read_contracts(arena, local->parts[1], &import, &part, &contracts, why));
    TOC_TRY(store_part(engine, &part, why));
    return answer(engine, local, &part);
}
