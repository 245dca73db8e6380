/* The first phases: which payees there are, and which have rows that count. */
#include "settle_run.h"

#include "category.h"
#include "ensure.h"
#include "store_contract.h"

#include <string.h>

#define PAYEES_AT_ONCE 4096
#define CONTRACTS_AT_ONCE 2048
#define CHUNKS_AT_ONCE 8
#define CPV_PER_DIVISION 1000000

enum toc_result toc_settle_payees(struct toc_engine *engine, struct toc_settle *settle,
                                  bool *ret_done, struct toc_why *why)
{
    uint32_t ids[PAYEES_AT_ONCE];
    size_t len = 0;

    (void)why;
    TOC_TRY(toc_store_payee_ids(engine->store, settle->after, ids, PAYEES_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(toc_settle_grow((void **)&settle->payees, sizeof(*settle->payees),
                                settle->payees_len, &settle->payees_room));
        TOC_TRY(toc_idmap_put(&settle->payee_at, ids[i], (uint32_t)settle->payees_len));
        settle->payees[settle->payees_len++] = (struct toc_settle_payee){.id = ids[i]};
        settle->after = ids[i];
    }
    *ret_done = len < PAYEES_AT_ONCE;
    return TOC_OK;
}

/* The first two digits of a code are its division. */
static uint16_t category_of(unsigned cpv)
{
    const struct toc_category category = {TOC_CATEGORY_CPV, cpv / CPV_PER_DIVISION};

    return cpv != 0 && toc_category_valid(category) ? (uint16_t)toc_category_code(category) : 0;
}

enum toc_result toc_settle_contracts(struct toc_engine *engine, struct toc_settle *settle,
                                     bool *ret_done, struct toc_why *why)
{
    struct toc_contract_term terms[CONTRACTS_AT_ONCE];
    size_t len = 0;

    (void)why;
    TOC_TRY(toc_store_contract_terms(engine->store, settle->after, terms, CONTRACTS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_settle_payee *payee = toc_settle_payee_of(settle, (uint32_t)terms[i].payee);
        settle->after = terms[i].id;
        if (payee == NULL) {
            continue;
        }
        payee->rows++;
        TOC_TRY(toc_settle_grow((void **)&settle->contracts, sizeof(*settle->contracts),
                                settle->contracts_len, &settle->contracts_room));
        settle->contracts[settle->contracts_len++] =
            (struct toc_settle_contract){.payee = payee->id,
                                         .starts = terms[i].start,
                                         .ends = terms[i].end == 0 ? INT32_MAX : terms[i].end,
                                         .category = category_of(terms[i].cpv),
                                         .route = (uint8_t)terms[i].route};
    }
    *ret_done = len < CONTRACTS_AT_ONCE;
    return TOC_OK;
}

/* ---- rows that count ---- */

static enum toc_result find_years(struct toc_engine *engine, struct toc_settle *settle)
{
    TOC_TRY(toc_store_months(engine->store, settle->months));
    for (unsigned at = 0; at < TOC_STORE_YEARS; at++) {
        const unsigned year = TOC_STORE_YEAR_MIN + at;
        if (settle->months[at] != 0) {
            settle->year_first = settle->year_last == 0 ? year : settle->year_first;
            settle->year_last = year;
        }
    }
    settle->year = settle->year_first;
    return toc_store_totals_outside(engine->store, settle->year_first, settle->year_last);
}

static void add_rows(struct toc_settle_payee *payee, uint32_t rows)
{
    payee->rows = rows > UINT32_MAX - payee->rows ? UINT32_MAX : payee->rows + rows;
}

/* Counts the rows of those cells whose day is their import's and whose payee is there; the others
 * go. */
static enum toc_result count_chunk(struct toc_engine *engine, struct toc_settle *settle,
                                   struct toc_chunk *chunk)
{
    size_t len = 0;
    size_t kept = 0;
    int32_t first = INT32_MAX;
    int32_t last = INT32_MIN;

    TOC_TRY(toc_store_chunk_get(engine->store, chunk->id, settle->bytes, &len));
    TOC_TRY(toc_store_chunk_days(engine->store, chunk, settle->days));
    for (size_t at = 0; at < len; at += TOC_CELL_LEN) {
        const struct toc_cell cell = toc_cell_get(settle->bytes + at);
        const int32_t day = cell.day - chunk->first_day;
        struct toc_settle_payee *payee = toc_settle_payee_of(settle, cell.payee);
        if (payee == NULL || day < 0 || cell.day > chunk->last_day ||
            (settle->days[day / 8] >> day % 8 & 1) == 0) {
            continue;
        }
        add_rows(payee, cell.rows);
        if (kept != at) {
            memcpy(settle->bytes + kept, settle->bytes + at, TOC_CELL_LEN);
        }
        kept += TOC_CELL_LEN;
        first = cell.day < first ? cell.day : first;
        last = cell.day > last ? cell.day : last;
    }
    if (kept == len) {
        return TOC_OK;
    }
    chunk->first_day = first;
    chunk->last_day = last;
    return toc_store_chunk_put(engine->store, chunk, toc_bytes_of(settle->bytes, kept));
}

enum toc_result toc_settle_count(struct toc_engine *engine, struct toc_settle *settle,
                                 bool *ret_done, struct toc_why *why)
{
    struct toc_chunk chunks[CHUNKS_AT_ONCE];
    size_t len = 0;

    (void)why;
    TOC_TRY(toc_store_chunks(engine->store, settle->after, INT32_MIN, INT32_MAX, chunks,
                             CHUNKS_AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(count_chunk(engine, settle, &chunks[i]));
        settle->after = chunks[i].id;
    }
    *ret_done = len < CHUNKS_AT_ONCE;
    return *ret_done ? find_years(engine, settle) : TOC_OK;
}
