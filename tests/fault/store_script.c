#include "store_script.h"
#include "ensure.h"
#include "store_fixture.h"
#include "store_settle.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

static struct toc_hash states[TOC_SCRIPT_STEPS + 1];

/* ---- the steps ---- */

static enum toc_result put_rows(struct toc_store *store, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i <= to; i++) {
        char key[300];
        (void)snprintf(key, sizeof key, "key %d%*s", (int)i, 200, "");
        TOC_TRY(toc_fixture_put(store, "framework", "hull", i, 1, i % 2 == 0 ? key : NULL));
    }
    return TOC_OK;
}

static enum toc_result save_log(struct toc_store *store, int64_t id, uint64_t next)
{
    struct toc_log_row row = {.id = id,
                              .log = {.publisher = "hull", .stream = "framework", .generation = 1},
                              .chain = {.next_sequence = next, .head = toc_fixture_hash(next)},
                              .applied_next = next};
    return toc_store_log_save(store, &row);
}

static enum toc_result begin_log(struct toc_store *store)
{
    TOC_TRY(toc_store_roster_add(store, 1, toc_bytes_text("roster")));
    TOC_TRY(save_log(store, 0, 1));
    struct toc_epoch_row epoch = {.epoch = 1, .first_sequence = 1, .has_key = true};
    epoch.key = toc_fixture_key(1);
    TOC_TRY(toc_store_epoch_add(store, 1, &epoch));
    return toc_store_wrap_add(store, 1, 1, "york", toc_bytes_text("wrap"));
}

static enum toc_result apply_batch(struct toc_store *store, uint64_t first, uint32_t count)
{
    static char text[20000];
    memset(text, 'b', sizeof text - 1);
    TOC_TRY(toc_fixture_batch(store, 1, first, count, 1, text));
    TOC_TRY(put_rows(store, first, first + count - 1));
    TOC_TRY(save_log(store, 1, first + count));
    TOC_TRY(toc_store_epoch_grew(store, 1, 1, 5));
    return toc_store_journal_add(store, 1, first, count);
}

static enum toc_result submit(struct toc_store *store)
{
    const struct toc_submission made = {.id = "one", .stream = "framework", .records = 2};
    TOC_TRY(toc_store_submission_add(store, &made, toc_bytes_text("records")));
    const struct toc_statement receipt = {.kind = TOC_RECEIPT, .author = "york"};
    TOC_TRY(toc_store_statement_put(store, 1, &receipt, toc_bytes_text("receipt")));
    return toc_store_evidence_add(store, "about", 1, toc_bytes_text("a"), toc_bytes_text("b"));
}

static enum toc_result correct(struct toc_store *store)
{
    TOC_TRY(toc_store_submission_signed(store, "one", 3));
    TOC_TRY(toc_fixture_drop(store, "framework", "hull", 3, NULL));
    TOC_TRY(put_rows(store, 41, 42));
    return toc_store_batches_void(store, 1, 41);
}

static enum toc_result retain(struct toc_store *store)
{
    TOC_TRY(toc_store_epoch_destroy(store, 1, 1));
    return toc_store_current_clear(store, "framework", "hull", 1, 20);
}

static enum toc_result change(struct toc_store *store, int step)
{
    TOC_TRY(toc_store_begin(store));
    enum toc_result result = TOC_OK;
    switch (step) {
    case 0:
        result = begin_log(store);
        break;
    case 1:
        result = apply_batch(store, 1, 40);
        break;
    case 2:
        result = submit(store);
        break;
    case 5:
        result = correct(store);
        break;
    case 6:
        result = retain(store);
        break;
    default:
        ck_abort_msg("no such step");
    }
    if (result != TOC_OK) {
        toc_store_rollback(store);
        return result;
    }
    return toc_store_commit(store);
}

static enum toc_result draft(struct toc_store *store)
{
    const struct toc_draft drafts[] = {
        {.stream = "framework", .key = "a", .source = "s", .record = toc_bytes_text("one")},
        {.stream = "framework", .key = "b", .source = "s", .record = toc_bytes_text("two")},
    };
    return toc_store_drafts_put(store, drafts, 2);
}

/* Three transactions, of which only the last can be seen. */
static enum toc_result import_file(struct toc_store *store)
{
    static const uint8_t cell[TOC_CELL_LEN] = {[4] = 0x46, [5] = 0x46, [12] = 1, [16] = 9};
    const struct toc_import_end end = {.time_ms = 3};
    struct toc_import import = {.kind = TOC_IMPORT_SPEND, .source = "payments", .file = "f"};
    struct toc_import_payee payee = {
        .name = "Acme Ltd", .fold = "acme ltd", .number = "", .screen = TOC_SCREEN_KEEP};
    struct toc_import_part part = {
        .payees = &payee, .payees_len = 1, .cells = toc_bytes_of(cell, sizeof cell)};
    struct toc_import_report report;
    TOC_TRY(toc_store_import_open(store, &import, 0, &part.import));
    TOC_TRY(toc_store_import_part(store, &part));
    TOC_TRY(toc_store_import_get(store, part.import, &import));
    return toc_store_import_close(store, &import, &end, &report);
}

static enum toc_result derive_supplier(struct toc_store *store)
{
    int64_t id = 0;
    TOC_TRY(toc_store_supplier_add(store, "name:acme ltd", &id));
    const struct toc_total total = {.year = 2019, .supplier = id, .pence = 9, .rows = 1};
    return toc_store_total_put(store, &total);
}

static enum toc_result settle(struct toc_store *store)
{
    TOC_TRY(toc_store_settle_begin(store));
    return toc_store_settle_end(store, derive_supplier(store));
}

static enum toc_result drop_supplier(struct toc_store *store)
{
    const struct toc_supplier supplier = {
        .id = 1, .key = "name:acme ltd", .name = "Acme Ltd", .fold = "acme ltd"};
    return toc_store_supplier_forget(store, &supplier);
}

static enum toc_result reopen(const char *folder, struct toc_store **store)
{
    toc_store_close(store);
    struct toc_why why = {""};
    const enum toc_result result = toc_store_open(folder, store, &why);
    ck_assert_msg(result == TOC_OK || why.text[0] != '\0', "failed without a word");
    return result;
}

enum toc_result toc_script_step(int step, const char *folder, struct toc_store **store)
{
    if (*store == NULL) {
        TOC_TRY(reopen(folder, store));
    }
    switch (step) {
    case 3:
        return draft(*store);
    case 4:
    case 8:
        return reopen(folder, store);
    case 7:
        return toc_store_truncate_wal(*store);
    case 9:
        return import_file(*store);
    case 10:
        return settle(*store);
    case 11:
        return drop_supplier(*store);
    default:
        return change(*store, step);
    }
}

/* ---- the state ---- */

static void add(struct toc_hash *state, const void *data, size_t len)
{
    const struct toc_bytes part = toc_bytes_of(data, len);
    *state = toc_digest("state", state, &part, 1);
}

static void add_suppliers(struct toc_hash *state, struct toc_store *store, struct toc_arena *arena)
{
    struct toc_import_live live[2];
    struct toc_supplier suppliers[2];
    struct toc_total totals[2];
    bool keep = true;
    size_t len = 0;
    ck_assert_int_eq(toc_store_imports(store, 0, live, 2, &len), TOC_OK);
    add(state, &len, sizeof len);
    if (len > 0) {
        add(state, &live[0].rows, sizeof live[0].rows);
    }
    ck_assert_int_eq(toc_store_suppliers(store, 0, arena, suppliers, 2, &len), TOC_OK);
    add(state, &len, sizeof len);
    ck_assert_int_eq(toc_store_totals_of(store, 1, totals, 2, &len), TOC_OK);
    add(state, &len, sizeof len);
    const uint8_t dropped = toc_store_decision_get(store, "name:acme ltd", &keep) == TOC_OK;
    add(state, &dropped, 1);
}

static enum toc_result add_log(void *context, const struct toc_log_row *row)
{
    add(context, &row->chain.next_sequence, sizeof row->chain.next_sequence);
    add(context, row->chain.head.bytes, sizeof row->chain.head.bytes);
    add(context, &row->applied_next, sizeof row->applied_next);
    return TOC_OK;
}

static void add_epoch(struct toc_hash *state, struct toc_store *store)
{
    struct toc_epoch_row row;
    if (toc_store_epoch_get(store, 1, 1, &row) == TOC_OK) {
        add(state, &row.batches, sizeof row.batches);
        add(state, &row.destroyed, sizeof row.destroyed);
        add(state, &row.has_key, sizeof row.has_key);
    }
}

struct toc_hash toc_script_state(struct toc_store *store)
{
    struct toc_hash state = toc_hash_zero;
    struct toc_arena *arena = NULL;
    ck_assert_int_eq(toc_arena_new(1 << 20, &arena), TOC_OK);
    ck_assert_int_eq(toc_store_logs(store, add_log, &state), TOC_OK);
    add_epoch(&state, store);
    const uint64_t numbers[] = {
        toc_store_roster_last(store),         toc_store_wraps_count(store, 1, NULL),
        toc_store_submissions_waiting(store), (uint64_t)toc_store_journal_last(store),
        toc_store_drafts_count(store),
    };
    add(&state, numbers, sizeof numbers);
    const struct toc_hash view = toc_fixture_rows(store);
    add(&state, view.bytes, sizeof view.bytes);
    struct toc_stored_batch batch;
    const uint8_t has_batch = toc_store_batch_get(store, 1, 1, arena, &batch) == TOC_OK;
    add(&state, &has_batch, 1);
    struct toc_submission submission;
    if (toc_store_submission_find(store, "one", &submission) == TOC_OK) {
        add(&state, &submission.first_sequence, sizeof submission.first_sequence);
    }
    struct toc_stored_statement statements[2];
    size_t len = 0;
    ck_assert_int_eq(toc_store_statements(store, 0, TOC_RECEIPT, arena, statements, 2, &len),
                     TOC_OK);
    add(&state, &len, sizeof len);
    struct toc_evidence evidence[2];
    ck_assert_int_eq(toc_store_evidence(store, 0, arena, evidence, 2, &len), TOC_OK);
    add(&state, &len, sizeof len);
    struct toc_current_row own;
    char key[300];
    (void)snprintf(key, sizeof key, "key 2%*s", 200, "");
    add_suppliers(&state, store, arena);
    const uint8_t has_own = toc_store_current_own(store, "framework", key, &own) == TOC_OK;
    add(&state, &has_own, 1);
    toc_arena_free(&arena);
    return state;
}

void toc_script_learn(const char *folder)
{
    struct toc_store *store = NULL;
    for (int step = 0; step < TOC_SCRIPT_STEPS; step++) {
        if (step == 0) {
            ck_assert_int_eq(reopen(folder, &store), TOC_OK);
            states[0] = toc_script_state(store);
        }
        const enum toc_result result = toc_script_step(step, folder, &store);
        ck_assert_msg(result == TOC_OK, "step %d: %s", step, toc_store_why(store));
        states[step + 1] = toc_script_state(store);
    }
    toc_store_close(&store);
    /* Steps 4, 7 and 8 change nothing that can be read; the others must. */
    for (int step = 0; step < TOC_SCRIPT_STEPS; step++) {
        const bool same = toc_hash_equal(&states[step], &states[step + 1]);
        ck_assert_int_eq(same, step == 4 || step == 7 || step == 8);
    }
}

struct toc_hash toc_script_before(int step)
{
    return states[step];
}

/* ---- a run ---- */

static int may_forget = -1;

void toc_script_power(void)
{
    may_forget = TOC_SCRIPT_SETTLES;
}

static bool state_is(struct toc_store *store, int step)
{
    const struct toc_hash state = toc_script_state(store);
    return toc_hash_equal(&state, &states[step]);
}

/* After a failure of `step`, with the fault gone. Returns the step to go on with. */
static int check(int step, const char *folder, struct toc_store **store, const char *what)
{
    /* A transaction of group.db or local.db that failed has left the state before it. */
    if (*store != NULL) {
        ck_assert_msg(state_is(*store, step), "%s: step %d failed and left a trace", what, step);
    }
    /* On disk it may be whole even so: the error can come after the last byte was written. */
    const enum toc_result result = reopen(folder, store);
    ck_assert_msg(result == TOC_OK, "%s: cannot be opened after step %d", what, step);
    if (state_is(*store, step)) {
        return step;
    }
    if (step == may_forget + 1 && state_is(*store, may_forget)) {
        return may_forget;
    }
    ck_assert_msg(state_is(*store, step + 1), "%s: step %d is half done", what, step);
    return step + 1;
}

bool toc_script_run(const char *folder, void (*heal)(void), const char *what)
{
    struct toc_store *store = NULL;
    bool failed = false;
    int step = 0;
    while (step < TOC_SCRIPT_STEPS) {
        const enum toc_result result = toc_script_step(step, folder, &store);
        if (result == TOC_OK) {
            step++;
            continue;
        }
        ck_assert_msg(result == TOC_STORE || result == TOC_NOMEM, "%s: step %d: %s", what, step,
                      toc_result_name(result));
        failed = true;
        heal();
        step = check(step, folder, &store, what);
    }
    heal();
    ck_assert_msg(state_is(store, TOC_SCRIPT_STEPS), "%s: another end", what);
    toc_store_close(&store);
    return failed;
}
