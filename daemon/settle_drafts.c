/* The last phases: what the totals say is compared with what is published, and only what differs
 * is staged. Drafts of this stream are settle's alone. */
#include "settle_run.h"

#include "category.h"
#include "ensure.h"
#include "local_change.h"
#include "opened.h"
#include "record_exposure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 64
#define PAGE_MAX ((size_t)AT_ONCE * 4 * TOC_RECORD_LEN_MAX)
#define PENCE_IN_THOUSANDS 100000
#define SOURCE "settle"

/* What one slice does to the drafts. */
struct slice {
    struct toc_engine *engine;
    struct toc_settle *settle;
    struct toc_arena *arena;   /* what is kept until the slice ends */
    struct toc_arena *scratch; /* one record */
    struct toc_draft puts[AT_ONCE], drops[AT_ONCE];
    size_t puts_len, drops_len;
    bool counted; /* the drafts, in this slice */
};

static enum toc_result begin(struct toc_engine *engine, struct toc_settle *settle,
                             struct slice *slice)
{
    *slice = (struct slice){.engine = engine, .settle = settle};
    TOC_TRY(toc_arena_new(2 * PAGE_MAX, &slice->arena));
    return toc_arena_new(TOC_CHANGE_ARENA_MAX, &slice->scratch);
}

static void done_with(struct slice *slice)
{
    toc_arena_free(&slice->arena);
    toc_arena_free(&slice->scratch);
}

static enum toc_result finish(struct slice *slice)
{
    slice->settle->drafts += slice->puts_len;
    return toc_store_drafts_derive(slice->engine->store, slice->puts, slice->puts_len, slice->drops,
                                   slice->drops_len);
}

/* False when there is no room for one more: it waits, and the next time after a publish there is.
 * What only took the place of another draft was counted, too; so once more, when it matters. */
static bool has_room(struct slice *slice)
{
    struct toc_settle *settle = slice->settle;

    if (settle->drafts + slice->puts_len >= TOC_LOCAL_DRAFTS_MAX && !slice->counted) {
        settle->drafts = toc_store_drafts_count(slice->engine->store);
        slice->counted = true;
    }
    if (settle->drafts + slice->puts_len >= TOC_LOCAL_DRAFTS_MAX) {
        settle->waiting++;
        return false;
    }
    return true;
}

/* ---- from a total to a record ---- */

static bool may_publish(const struct toc_engine *engine)
{
    return toc_roster_may_publish(toc_engine_roster(engine), engine->me, TOC_SETTLE_STREAM);
}

static unsigned months_of(const struct toc_settle *settle, unsigned year)
{
    return year < TOC_EXPOSURE_YEAR_MIN || year > TOC_EXPOSURE_YEAR_MAX
               ? 0
               : toc_store_months_of(settle->months, year);
}

/* Half away from zero. */
static int64_t thousands(int64_t pence)
{
    const int64_t whole = pence / PENCE_IN_THOUSANDS;
    const int64_t rest = pence % PENCE_IN_THOUSANDS;
    const int64_t rounded =
        whole + (rest >= PENCE_IN_THOUSANDS / 2) - (rest <= -PENCE_IN_THOUSANDS / 2);

    return rounded > TOC_EXPOSURE_THOUSANDS_MAX    ? TOC_EXPOSURE_THOUSANDS_MAX
           : rounded < -TOC_EXPOSURE_THOUSANDS_MAX ? -TOC_EXPOSURE_THOUSANDS_MAX
                                                   : rounded;
}

static enum toc_result fill_exposure(struct slice *slice, const struct toc_supplier *supplier,
                                     const struct toc_total *total, struct toc_exposure *exposure)
{
    struct toc_orgid number;

    toc_exposure_init(exposure);
    exposure->name = supplier->name;
    if (toc_supplier_key_number(supplier->key, &number)) {
        exposure->scheme = toc_scheme_code(number.scheme);
        exposure->id = toc_arena_text(slice->scratch, toc_bytes_text(number.id));
        TOC_ENSURE(exposure->id != NULL, TOC_NOMEM);
        exposure->id_basis = (enum toc_id_basis)supplier->basis;
        exposure->norm = supplier->norm;
    }
    exposure->kept_by_hand = supplier->by_hand;
    TOC_ENSURE(toc_category_of_code(total->category, &exposure->category), TOC_INVALID);
    exposure->year = total->year;
    exposure->months = months_of(slice->settle, total->year);
    exposure->spend_thousands = thousands(total->pence);
    exposure->contracts = total->contracts;
    exposure->earliest_end_quarter = total->ends;
    exposure->route = (enum toc_route)total->route;
    return toc_exposure_derive(slice->scratch, exposure);
}

static enum toc_result copy_draft(struct toc_arena *arena, const char *key, struct toc_bytes record,
                                  struct toc_draft *ret_draft)
{
    *ret_draft = (struct toc_draft){.stream = TOC_SETTLE_STREAM,
                                    .key = toc_arena_text(arena, toc_bytes_text(key)),
                                    .source = SOURCE};
    TOC_ENSURE(ret_draft->key != NULL, TOC_NOMEM);
    return toc_arena_copy(arena, record, &ret_draft->record);
}

static enum toc_result sort_exposure(struct slice *slice, const struct toc_exposure *exposure)
{
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE, .as = {.exposure = exposure}};
    struct toc_draft draft;
    struct toc_change change;
    struct toc_bytes bytes;
    enum toc_result result;

    TOC_TRY(toc_wire_record_encode(slice->scratch, &record, &bytes));
    TOC_TRY(copy_draft(slice->arena, exposure->key, bytes, &draft));
    result = toc_change_of(slice->engine, slice->scratch, &draft, &change, NULL);
    if (result == TOC_INVALID) {
        slice->settle->refused++; /* the rules changed since it was kept: it does not leave */
        slice->drops[slice->drops_len++] = draft;
        return TOC_OK;
    }
    TOC_TRY(result);
    if (change.action == TOC_CHANGE_NONE) {
        slice->settle->unchanged++;
        slice->drops[slice->drops_len++] = draft;
    } else if (has_room(slice)) {
        slice->settle->staged++;
        slice->puts[slice->puts_len++] = draft;
    }
    return TOC_OK;
}

static enum toc_result keep_key(struct toc_settle *settle, const char *key)
{
    toc_arena_reset(settle->place);
    settle->after_key = toc_arena_text(settle->place, toc_bytes_text(key));
    return settle->after_key == NULL ? TOC_NOMEM : TOC_OK;
}

static enum toc_result take_totals(struct slice *slice, bool *ret_done)
{
    struct toc_settle *settle = slice->settle;
    struct toc_exposed list[AT_ONCE];
    struct toc_exposure exposure;
    size_t len = 0;

    TOC_TRY(toc_store_exposed(slice->engine->store, settle->after_key, &settle->after_total,
                              slice->arena, list, AT_ONCE, &len));
    for (size_t i = 0; i < len; i++) {
        toc_arena_reset(slice->scratch);
        if (months_of(settle, list[i].total.year) != 0) {
            TOC_TRY(fill_exposure(slice, &list[i].supplier, &list[i].total, &exposure));
            TOC_TRY(sort_exposure(slice, &exposure));
        }
    }
    TOC_TRY(finish(slice));
    *ret_done = len < AT_ONCE;
    if (*ret_done) {
        return TOC_OK;
    }
    settle->after_total = list[len - 1].total;
    settle->begun = true;
    return keep_key(settle, list[len - 1].supplier.key);
}

enum toc_result toc_settle_records(struct toc_engine *engine, struct toc_settle *settle,
                                   bool *ret_done, struct toc_why *why)
{
    struct slice slice;
    enum toc_result result;

    (void)why;
    if (!may_publish(engine)) {
        *ret_done = true; /* a body looks at its own suppliers all the same */
        return TOC_OK;
    }
    if (!settle->begun) {
        settle->drafts = toc_store_drafts_count(engine->store);
        settle->after_total = (struct toc_total){.year = 0};
    }
    result = begin(engine, settle, &slice);
    if (result == TOC_OK) {
        result = take_totals(&slice, ret_done);
    }
    done_with(&slice);
    return result;
}

/* ---- what no total stands for ---- */

/* "SUBJECT/CATEGORY/YEAR" has a total of a kept supplier. TOC_NOTFOUND: not, or it is no key. */
static enum toc_result derived(struct slice *slice, const char *key)
{
    char subject[TOC_SUPPLIER_KEY_MAX + TOC_CATEGORY_TEXT_LEN + 8];
    struct toc_category category;
    char *year_at, *category_at;
    unsigned year;

    TOC_ENSURE(strlen(key) < sizeof(subject), TOC_NOTFOUND);
    memcpy(subject, key, strlen(key) + 1);
    year_at = strrchr(subject, '/');
    TOC_ENSURE(year_at != NULL, TOC_NOTFOUND);
    *year_at = '\0';
    year = (unsigned)strtoul(year_at + 1, NULL, 10);
    category_at = strrchr(subject, '/');
    TOC_ENSURE(category_at != NULL, TOC_NOTFOUND);
    *category_at = '\0';
    if (months_of(slice->settle, year) == 0 ||
        toc_category_parse(category_at + 1, &category) != TOC_OK) {
        return TOC_NOTFOUND;
    }
    return toc_store_total_of_key(slice->engine->store, subject, toc_category_code(category), year);
}

/* A withdrawal stays: what it withdraws may wait to be signed. */
static enum toc_result take_drafts(struct slice *slice, bool *ret_done)
{
    struct toc_settle *settle = slice->settle;
    struct toc_draft drafts[AT_ONCE];
    size_t len = 0;

    TOC_TRY(toc_store_drafts(slice->engine->store, TOC_SETTLE_STREAM, settle->after_key,
                             slice->arena, drafts, AT_ONCE, &len));
    *ret_done = len < AT_ONCE;
    for (size_t i = 0; i < len; i++) {
        enum toc_result result;
        if (strcmp(drafts[i].stream, TOC_SETTLE_STREAM) != 0) {
            *ret_done = true;
            break;
        }
        TOC_TRY(keep_key(settle, drafts[i].key));
        result = drafts[i].withdraw ? TOC_OK : derived(slice, drafts[i].key);
        if (result == TOC_NOTFOUND) {
            slice->drops[slice->drops_len++] = drafts[i];
        } else {
            TOC_TRY(result);
        }
    }
    return finish(slice);
}

enum toc_result toc_settle_drafts(struct toc_engine *engine, struct toc_settle *settle,
                                  bool *ret_done, struct toc_why *why)
{
    struct slice slice;
    enum toc_result result = begin(engine, settle, &slice);

    (void)why;
    if (result == TOC_OK) {
        result = take_drafts(&slice, ret_done);
    }
    done_with(&slice);
    return result;
}

static enum toc_result check_published(struct slice *slice, const struct toc_current_row *row)
{
    struct toc_record record;
    struct toc_bytes bytes;
    const char *key;
    enum toc_result result;

    toc_arena_reset(slice->scratch);
    TOC_TRY(toc_opened_record(slice->engine->opened, row->log, row->sequence, &bytes));
    TOC_TRY(toc_wire_record_decode(slice->scratch, bytes, &record));
    key = record.type == TOC_RECORD_EXPOSURE ? toc_exposure_record_kind.key(&record) : "";
    result = derived(slice, key);
    if (result == TOC_NOTFOUND && !has_room(slice)) {
        return TOC_OK;
    }
    if (result == TOC_NOTFOUND) {
        struct toc_draft *put = &slice->puts[slice->puts_len++];
        TOC_TRY(copy_draft(slice->arena, key, bytes, put));
        put->withdraw = true;
        slice->settle->withdrawn++;
        return TOC_OK;
    }
    return result;
}

static enum toc_result take_published(struct slice *slice, bool *ret_done)
{
    struct toc_settle *settle = slice->settle;
    const char *me = slice->engine->me;
    struct toc_current_row rows[AT_ONCE];
    size_t len = 0;

    TOC_TRY(toc_store_current(slice->engine->store, TOC_SETTLE_STREAM, me, (uint64_t)settle->after,
                              rows, AT_ONCE, &len));
    *ret_done = len < AT_ONCE;
    for (size_t i = 0; i < len; i++) {
        if (strcmp(rows[i].publisher, me) != 0) {
            *ret_done = true;
            break;
        }
        settle->after = (int64_t)rows[i].sequence;
        TOC_TRY(check_published(slice, &rows[i]));
    }
    return finish(slice);
}

enum toc_result toc_settle_published(struct toc_engine *engine, struct toc_settle *settle,
                                     bool *ret_done, struct toc_why *why)
{
    struct slice slice;
    enum toc_result result;

    (void)why;
    if (!may_publish(engine)) {
        *ret_done = true;
        return TOC_OK;
    }
    result = begin(engine, settle, &slice);
    if (result == TOC_OK) {
        result = take_published(&slice, ret_done);
    }
    done_with(&slice);
    return result;
}
