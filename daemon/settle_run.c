/* Deriving the exposures: phase by phase, slice by slice. */
#include "settle_run.h"

#include "ensure.h"
#include "timetext.h"

#include <stdlib.h>
#include <string.h>

#define PLACE_MAX ((size_t)64 * 1024) /* two names, folded, or a key */
#define ROOM_FIRST 256

enum toc_result toc_settle_new(struct toc_settle **ret_settle)
{
    TOC_AUTO(toc_settle_free) struct toc_settle *settle = calloc(1, sizeof(*settle));

    TOC_ENSURE(settle != NULL, TOC_NOMEM);
    TOC_TRY(toc_arena_new(PLACE_MAX, &settle->place));
    settle->after_key = "";
    *ret_settle = toc_take(&settle);
    return TOC_OK;
}

/* What it found is remembered, what it knew is not. */
static void let_go(struct toc_settle *settle)
{
    toc_idmap_done(&settle->payee_at);
    toc_idmap_done(&settle->supplier_at);
    free(settle->payees);
    free(settle->suppliers);
    free(settle->contracts);
    free(settle->totals);
    settle->payees = NULL;
    settle->suppliers = NULL;
    settle->contracts = NULL;
    settle->totals = NULL;
}

void toc_settle_free(struct toc_settle **settle)
{
    if (settle == NULL || *settle == NULL) {
        return;
    }
    let_go(*settle);
    toc_arena_free(&(*settle)->place);
    free(*settle);
    *settle = NULL;
}

enum toc_result toc_settle_grow(void **list, size_t size, size_t len, size_t *room)
{
    const size_t more = *room == 0 ? ROOM_FIRST : 2 * *room;
    void *bigger;

    if (len < *room) {
        return TOC_OK;
    }
    bigger = realloc(*list, more * size);
    TOC_ENSURE(bigger != NULL, TOC_NOMEM);
    *list = bigger;
    *room = more;
    return TOC_OK;
}

struct toc_settle_payee *toc_settle_payee_of(const struct toc_settle *settle, uint32_t id)
{
    uint32_t at = 0;

    return toc_idmap_get(&settle->payee_at, id, &at) == TOC_OK ? &settle->payees[at] : NULL;
}

/* ---- the phases ---- */

static enum toc_result tidy(struct toc_engine *engine, struct toc_settle *settle, bool *ret_done,
                            struct toc_why *why)
{
    bool more = false;

    (void)settle;
    (void)why;
    TOC_TRY(toc_store_import_tidy(engine->store, &more));
    *ret_done = !more;
    return TOC_OK;
}

static const struct {
    toc_settle_step *step;
    unsigned left; /* percent, when the phase begins */
    bool writes;   /* its step writes rows, which the slice's transaction holds together */
} phases[] = {
    [TOC_SETTLE_TIDY] = {tidy, 100, false},
    [TOC_SETTLE_PAYEES] = {toc_settle_payees, 97, false},
    [TOC_SETTLE_CONTRACTS] = {toc_settle_contracts, 95, false},
    [TOC_SETTLE_COUNT] = {toc_settle_count, 94, true},
    [TOC_SETTLE_RESOLVE] = {toc_settle_resolve, 85, true},
    [TOC_SETTLE_SUPPLIERS] = {toc_settle_suppliers, 72, true},
    [TOC_SETTLE_SUM] = {toc_settle_sum, 65, false},
    [TOC_SETTLE_WRITE] = {toc_settle_write, 65, true},
    [TOC_SETTLE_SUMS] = {toc_settle_sums, 42, true},
    [TOC_SETTLE_RECORDS] = {toc_settle_records, 40, false},
    [TOC_SETTLE_DRAFTS] = {toc_settle_drafts, 12, false},
    [TOC_SETTLE_PUBLISHED] = {toc_settle_published, 10, false},
    [TOC_SETTLE_DONE] = {NULL, 0, false},
};

unsigned toc_settle_left(const struct toc_settle *settle)
{
    const bool by_year = settle->phase == TOC_SETTLE_SUM || settle->phase == TOC_SETTLE_WRITE;
    const unsigned left = phases[settle->phase].left;
    const unsigned years = settle->year_last - settle->year_first + 1;

    if (!by_year) {
        return left;
    }
    return left -
           (left - phases[TOC_SETTLE_SUMS].left) * (settle->year - settle->year_first) / years;
}

static void next_phase(struct toc_settle *settle)
{
    if (settle->phase == TOC_SETTLE_WRITE && settle->year < settle->year_last) {
        settle->year++;
        settle->phase = TOC_SETTLE_SUM;
    } else if (settle->phase == TOC_SETTLE_SUPPLIERS && settle->year_last == 0) {
        settle->phase = TOC_SETTLE_SUMS; /* there is no year */
    } else {
        settle->phase++;
    }
    settle->after = 0;
    settle->begun = false;
    settle->after_key = "";
    toc_arena_reset(settle->place);
    if (settle->phase == TOC_SETTLE_DONE) {
        let_go(settle);
    }
}

enum toc_result toc_settle_slice(struct toc_engine *engine, struct toc_settle *settle,
                                 struct toc_why *why)
{
    const bool writes = phases[settle->phase].writes;
    enum toc_result result;
    bool done = false;

    if (settle->phase == TOC_SETTLE_DONE) {
        return TOC_OK;
    }
    if (writes) {
        TOC_TRY(toc_store_settle_begin(engine->store));
    }
    result = phases[settle->phase].step(engine, settle, &done, why);
    if (writes) {
        result = toc_store_settle_end(engine->store, result);
    }
    TOC_TRY(result);
    if (done) {
        next_phase(settle);
    }
    return TOC_OK;
}
