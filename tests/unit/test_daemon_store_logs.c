/* Rosters, logs, batches, epochs, wraps, statements, evidence. */
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include <stdio.h>
#include <string.h>

static char folder[PATH_MAX];
static struct toc_store *store;
static struct toc_arena *arena;

static void setup(void)
{
    toc_scratch_new(folder);
    store = toc_fixture_store(folder);
    ck_assert_int_eq(toc_arena_new(64 << 20, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_store_close(&store);
    toc_arena_free(&arena);
    toc_scratch_remove(folder);
}

static void reopen(void)
{
    toc_store_close(&store);
    store = toc_fixture_store(folder);
}

static bool holds(struct toc_bytes bytes, const char *text)
{
    return toc_bytes_equal(bytes, toc_bytes_text(text));
}

START_TEST(rosters)
{
    struct toc_bytes bytes = {0};
    ck_assert_uint_eq(toc_store_roster_last(store), 0);
    ck_assert_int_eq(toc_store_roster_get(store, 1, arena, &bytes), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_roster_get(store, UINT64_MAX, arena, &bytes), TOC_NOTFOUND);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 0, toc_bytes_text("zero")), TOC_INVALID);
    ck_assert_int_eq(toc_store_roster_add(store, UINT64_MAX, toc_bytes_text("max")), TOC_INVALID);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("other")), TOC_EXISTS);
    ck_assert_int_eq(toc_store_roster_add(store, 2, toc_bytes_of(NULL, 0)), TOC_OK);
    ck_assert_int_eq(toc_store_roster_add(store, INT64_MAX, toc_bytes_text("last")), TOC_OK);
    toc_fixture_commit(store);
    reopen();
    ck_assert_uint_eq(toc_store_roster_last(store), INT64_MAX);
    ck_assert_int_eq(toc_store_roster_get(store, 1, arena, &bytes), TOC_OK);
    ck_assert(holds(bytes, "one"));
    ck_assert_int_eq(toc_store_roster_get(store, 2, arena, &bytes), TOC_OK);
    ck_assert_uint_eq(bytes.len, 0);
}
END_TEST

struct seen {
    struct toc_log_row rows[8];
    size_t len;
    size_t stop_at;
};

static enum toc_result see(void *context, const struct toc_log_row *row)
{
    struct seen *const seen = context;
    seen->rows[seen->len++] = *row;
    return seen->len == seen->stop_at ? TOC_AGAIN : TOC_OK;
}

START_TEST(logs)
{
    struct toc_log_row row = {
        .log = {.publisher = "york", .stream = "framework", .generation = UINT32_MAX},
        .chain = {.next_sequence = UINT64_MAX,
                  .head = toc_fixture_hash(9),
                  .roster_version = UINT64_MAX,
                  .epoch = UINT32_MAX},
        .applied_next = UINT64_MAX - 1,
        .closed_next = UINT64_MAX - 2,
        .state = TOC_LOG_ENDED,
        .invalid_records = UINT64_MAX - 3,
    };
    toc_fixture_begin(store);
    const int64_t hull = toc_fixture_log(store, "hull", "framework");
    (void)toc_fixture_log(store, "hull", "exposure");
    ck_assert_int_eq(toc_store_log_save(store, &row), TOC_OK);
    struct toc_log_row again = row;
    again.id = 0;
    ck_assert_int_eq(toc_store_log_save(store, &again), TOC_EXISTS);
    ck_assert_int_eq(again.id, 0);
    again.id = 4711;
    ck_assert_int_eq(toc_store_log_save(store, &again), TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    struct seen seen = {.len = 0};
    ck_assert_int_eq(toc_store_logs(store, see, &seen), TOC_OK);
    ck_assert_uint_eq(seen.len, 3);
    ck_assert_str_eq(seen.rows[0].log.stream, "exposure");
    ck_assert_int_eq(seen.rows[1].id, hull);
    const struct toc_log_row *const read = &seen.rows[2];
    ck_assert_int_eq(read->id, row.id);
    ck_assert_str_eq(read->log.publisher, "york");
    ck_assert_uint_eq(read->log.generation, UINT32_MAX);
    ck_assert_uint_eq(read->chain.next_sequence, UINT64_MAX);
    ck_assert(toc_hash_equal(&read->chain.head, &row.chain.head));
    ck_assert_uint_eq(read->chain.roster_version, UINT64_MAX);
    ck_assert_uint_eq(read->chain.epoch, UINT32_MAX);
    ck_assert_uint_eq(read->applied_next, UINT64_MAX - 1);
    ck_assert_uint_eq(read->closed_next, UINT64_MAX - 2);
    ck_assert_uint_eq(read->invalid_records, UINT64_MAX - 3);
    ck_assert_int_eq(read->state, TOC_LOG_ENDED);

    row.state = TOC_LOG_STOPPED;
    row.applied_next = 5;
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_log_save(store, &row), TOC_OK);
    toc_fixture_commit(store);
    reopen();
    seen = (struct seen){.stop_at = 3};
    ck_assert_int_eq(toc_store_logs(store, see, &seen), TOC_AGAIN);
    ck_assert_int_eq(seen.rows[2].state, TOC_LOG_STOPPED);
    ck_assert_uint_eq(seen.rows[2].applied_next, 5);
    /* A walk that was broken off leaves the next one whole. */
    seen = (struct seen){.stop_at = 1};
    ck_assert_int_eq(toc_store_logs(store, see, &seen), TOC_AGAIN);
    seen = (struct seen){.len = 0};
    ck_assert_int_eq(toc_store_logs(store, see, &seen), TOC_OK);
    ck_assert_uint_eq(seen.len, 3);
}
END_TEST

START_TEST(batches)
{
    static char longest[TOC_BATCH_LEN_MAX + 1];
    memset(longest, 'b', sizeof longest - 1);
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    const int64_t other = toc_fixture_log(store, "york", "framework");
    ck_assert_int_eq(toc_fixture_batch(store, log, 1, 3, 1, "one"), TOC_OK);
    ck_assert_int_eq(toc_fixture_batch(store, log, 4, TOC_BATCH_RECORDS_MAX, 1, longest), TOC_OK);
    ck_assert_int_eq(toc_fixture_batch(store, log, 516, 1, 2, "three"), TOC_OK);
    ck_assert_int_eq(toc_fixture_batch(store, other, 516, 1, 7, "other"), TOC_OK);
    ck_assert_int_eq(toc_fixture_batch(store, log, 4, 1, 1, "again"), TOC_EXISTS);
    ck_assert_int_eq(toc_fixture_batch(store, 4711, 4, 1, 1, "no log"), TOC_NOTFOUND);
    ck_assert_int_eq(toc_fixture_batch(store, log, 600, 0, 1, "none"), TOC_INVALID);
    ck_assert_int_eq(toc_fixture_batch(store, log, UINT64_MAX, 1, 1, "x"), TOC_INVALID);
    ck_assert_int_eq(toc_fixture_batch(store, log, INT64_MAX, 1, 1, "x"), TOC_INVALID);
    toc_fixture_commit(store);
    reopen();
    struct toc_stored_batch batch;
    static const struct {
        uint64_t sequence;
        uint64_t first;
    } found[] = {{1, 1}, {3, 1}, {4, 4}, {515, 4}, {516, 516}};
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        ck_assert_int_eq(toc_store_batch_get(store, log, found[i].sequence, arena, &batch), TOC_OK);
        ck_assert_uint_eq(batch.first_sequence, found[i].first);
    }
    ck_assert(holds(batch.bytes, "three"));
    ck_assert_uint_eq(batch.count, 1);
    ck_assert_uint_eq(batch.epoch, 2);
    ck_assert_int_eq(toc_store_batch_get(store, log, 515, arena, &batch), TOC_OK);
    ck_assert(holds(batch.bytes, longest));
    const struct toc_hash head = toc_fixture_hash(4);
    ck_assert(toc_hash_equal(&batch.head, &head));
    static const uint64_t missing[] = {0, 517, INT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        ck_assert_int_eq(toc_store_batch_get(store, log, missing[i], arena, &batch), TOC_NOTFOUND);
    }
    ck_assert_int_eq(toc_store_batch_get(store, other, 1, arena, &batch), TOC_NOTFOUND);
    struct toc_hash at;
    ck_assert_int_eq(toc_store_head_at(store, log, 516, &at), TOC_OK);
    ck_assert(toc_hash_equal(&at, &head));
    static const uint64_t between[] = {0, 1, 3, 5, 518, UINT64_MAX};
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++) {
        ck_assert_int_eq(toc_store_head_at(store, log, between[i], &at), TOC_NOTFOUND);
    }
    struct toc_arena *small = NULL;
    ck_assert_int_eq(toc_arena_new(1024, &small), TOC_OK);
    ck_assert_int_eq(toc_store_batch_get(store, log, 4, small, &batch), TOC_NOMEM);
    toc_arena_free(&small);
}
END_TEST

static struct toc_epoch_row epoch_row(uint32_t epoch, uint64_t first, int64_t last_ms)
{
    return (struct toc_epoch_row){.epoch = epoch,
                                  .first_sequence = first,
                                  .roster_version = 7,
                                  .commitment = toc_fixture_hash(epoch),
                                  .audience_hash = toc_fixture_hash(first),
                                  .opened_ms = last_ms - 5,
                                  .last_ms = last_ms,
                                  .batches = 1};
}

static void add_epoch(int64_t log, struct toc_epoch_row row)
{
    ck_assert_int_eq(toc_store_epoch_add(store, log, &row), TOC_OK);
}

START_TEST(epochs)
{
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    struct toc_epoch_row row = epoch_row(1, 1, 1000);
    add_epoch(log, row);
    ck_assert_int_eq(toc_store_epoch_add(store, log, &row), TOC_EXISTS);
    ck_assert_int_eq(toc_store_epoch_add(store, 4711, &row), TOC_NOTFOUND);
    row.epoch = 2;
    row.has_key = true;
    row.key = toc_fixture_key(2);
    add_epoch(log, row);
    const struct toc_epoch_key key = toc_fixture_key(1);
    ck_assert_int_eq(toc_store_epoch_key(store, log, 1, &key), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_key(store, log, 3, &key), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_epoch_grew(store, log, 1, 3000), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_grew(store, log, 1, 2000), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_grew(store, log, 3, 2000), TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    struct toc_epoch_row read;
    ck_assert_int_eq(toc_store_epoch_get(store, log, 3, &read), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_epoch_get(store, log, 1, &read), TOC_OK);
    ck_assert(read.has_key && !read.destroyed);
    ck_assert(toc_bytes_equal_secret(read.key.bytes, key.bytes, sizeof key.bytes));
    ck_assert_uint_eq(read.batches, 3);
    ck_assert_int_eq(read.last_ms, 3000);
    ck_assert_int_eq(read.opened_ms, 995);
    ck_assert_uint_eq(read.roster_version, 7);
    const struct toc_hash commitment = toc_fixture_hash(1);
    ck_assert(toc_hash_equal(&read.commitment, &commitment));

    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_wrap_add(store, log, 1, "york", toc_bytes_text("wrap")), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_destroy(store, log, 1), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_destroy(store, log, 3), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_epoch_key(store, log, 1, &key), TOC_STALE);
    ck_assert_int_eq(toc_store_wrap_add(store, log, 1, "york", toc_bytes_text("wrap")), TOC_STALE);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(toc_store_epoch_get(store, log, 1, &read), TOC_OK);
    ck_assert(!read.has_key && read.destroyed);
    ck_assert(!toc_store_wrap_held(store, log, 1, "york"));
    ck_assert_int_eq(toc_store_epoch_get(store, log, 2, &read), TOC_OK);
    ck_assert(read.has_key && !read.destroyed);
}
END_TEST

START_TEST(epochs_before)
{
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    for (uint32_t i = 1; i <= 4; i++) {
        add_epoch(log, epoch_row(i, i, 1000 * (int64_t)i));
    }
    ck_assert_int_eq(toc_store_epoch_destroy(store, log, 2), TOC_OK);
    toc_fixture_commit(store);
    uint32_t old[4] = {0};
    size_t len = 99;
    ck_assert_int_eq(toc_store_epochs_before(store, log, 1000, old, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(toc_store_epochs_before(store, log, 4000, old, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_uint_eq(old[0], 1);
    ck_assert_uint_eq(old[1], 3);
    ck_assert_int_eq(toc_store_epochs_before(store, log, 9000, old, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 3);
    ck_assert_uint_eq(old[2], 4);
    ck_assert_int_eq(toc_store_epochs_before(store, log, 9000, old, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(toc_store_epochs_before(store, log + 1, 9000, old, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(voiding)
{
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    const int64_t other = toc_fixture_log(store, "york", "framework");
    for (uint32_t i = 0; i < 6; i++) {
        ck_assert_int_eq(toc_fixture_batch(store, log, 1 + i * 10, 10, i / 2 + 1, "b"), TOC_OK);
        ck_assert_int_eq(toc_fixture_batch(store, other, 1 + i * 10, 10, i / 2 + 1, "b"), TOC_OK);
    }
    for (uint32_t i = 1; i <= 3; i++) {
        struct toc_epoch_row row = epoch_row(i, 1 + (i - 1) * 20, 1000);
        row.batches = 2;
        add_epoch(log, row);
        add_epoch(other, row);
        ck_assert_int_eq(toc_store_wrap_add(store, log, i, "york", toc_bytes_text("w")), TOC_OK);
        ck_assert_int_eq(toc_store_wrap_add(store, other, i, "hull", toc_bytes_text("w")), TOC_OK);
    }
    ck_assert_int_eq(toc_store_batches_void(store, log, 61), TOC_OK);
    ck_assert_int_eq(toc_store_batches_void(store, log, UINT64_MAX), TOC_OK);
    struct toc_stored_batch batch;
    ck_assert_int_eq(toc_store_batch_get(store, log, 60, arena, &batch), TOC_OK);
    /* 35 lies in the batch 31 to 40, the second of epoch 2. */
    ck_assert_int_eq(toc_store_batches_void(store, log, 35), TOC_OK);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(toc_store_batch_get(store, log, 30, arena, &batch), TOC_OK);
    ck_assert_int_eq(toc_store_batch_get(store, log, 31, arena, &batch), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_batch_get(store, other, 60, arena, &batch), TOC_OK);
    struct toc_epoch_row row;
    ck_assert_int_eq(toc_store_epoch_get(store, log, 2, &row), TOC_OK);
    ck_assert_uint_eq(row.batches, 1);
    ck_assert_int_eq(toc_store_epoch_get(store, log, 1, &row), TOC_OK);
    ck_assert_uint_eq(row.batches, 2);
    ck_assert_int_eq(toc_store_epoch_get(store, log, 3, &row), TOC_NOTFOUND);
    ck_assert(toc_store_wrap_held(store, log, 2, "york"));
    ck_assert(!toc_store_wrap_held(store, log, 3, "york"));
    ck_assert_uint_eq(toc_store_wraps_count(store, other, NULL), 3);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_batches_void(store, log, 0), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_get(store, log, 1, &row), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_batch_get(store, log, 1, arena, &batch), TOC_NOTFOUND);
    ck_assert_uint_eq(toc_store_wraps_count(store, log, NULL), 0);
    toc_fixture_commit(store);
}
END_TEST

START_TEST(wraps)
{
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    const int64_t other = toc_fixture_log(store, "york", "framework");
    char text[32];
    for (uint32_t i = 1; i <= 3; i++) {
        (void)snprintf(text, sizeof text, "leeds %u", i);
        ck_assert_int_eq(toc_store_wrap_add(store, log, i, "leeds", toc_bytes_text(text)), TOC_OK);
        (void)snprintf(text, sizeof text, "york %u", i);
        ck_assert_int_eq(toc_store_wrap_add(store, log, i, "york", toc_bytes_text(text)), TOC_OK);
    }
    ck_assert_int_eq(toc_store_wrap_add(store, log, 1, "leeds", toc_bytes_text("x")), TOC_EXISTS);
    ck_assert_int_eq(toc_store_wrap_add(store, 4711, 1, "leeds", toc_bytes_text("x")),
                     TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    struct toc_bytes list[8];
    size_t len = 99;
    int64_t after = 0;
    ck_assert_int_eq(toc_store_wraps(store, log, "leeds", 0, arena, list, 2, &len, &after), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert(holds(list[0], "leeds 1") && holds(list[1], "leeds 2"));
    ck_assert_int_eq(toc_store_wraps(store, log, "leeds", after, arena, list, 2, &len, &after),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert(holds(list[0], "leeds 3"));
    const int64_t last = after;
    ck_assert_int_eq(toc_store_wraps(store, log, "leeds", after, arena, list, 2, &len, &after),
                     TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(after, last);
    ck_assert_int_eq(toc_store_wraps(store, log, NULL, 0, arena, list, 8, &len, &after), TOC_OK);
    ck_assert_uint_eq(len, 6);
    ck_assert(holds(list[5], "york 3"));
    ck_assert_uint_eq(toc_store_wraps_count(store, log, "york"), 3);
    ck_assert_uint_eq(toc_store_wraps_count(store, log, NULL), 6);
    ck_assert_uint_eq(toc_store_wraps_count(store, other, NULL), 0);
    ck_assert(toc_store_wrap_held(store, log, 2, "york"));
    ck_assert(!toc_store_wrap_held(store, other, 2, "york"));

    /* The newest goes, the log is swept, another comes: a reader's counter must not pass it over.
     */
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_wrap_drop(store, log, 3, "york"), TOC_OK);
    ck_assert_int_eq(toc_store_wrap_drop(store, log, 3, "york"), TOC_OK);
    add_epoch(log, epoch_row(1, 1, 1000));
    ck_assert_int_eq(toc_store_epoch_destroy(store, log, 1), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_wrap_add(store, log, 4, "york", toc_bytes_text("york 4")), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_int_eq(toc_store_wraps(store, log, "york", after, arena, list, 8, &len, &after),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert(holds(list[0], "york 4"));
}
END_TEST

static void put_statement(int64_t log, enum toc_statement_kind kind, const char *author,
                          uint64_t next, const char *text)
{
    struct toc_statement statement = {.kind = kind, .next_sequence = next};
    (void)snprintf(statement.author, sizeof statement.author, "%s", author);
    ck_assert_int_eq(toc_store_statement_put(store, log, &statement, toc_bytes_text(text)), TOC_OK);
}

START_TEST(statements)
{
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    const int64_t other = toc_fixture_log(store, "york", "framework");
    put_statement(log, TOC_RECEIPT, "leeds", 5, "old");
    put_statement(log, TOC_RECEIPT, "leeds", UINT64_MAX, "new");
    put_statement(log, TOC_RECEIPT, "bradford", 4, "b");
    put_statement(log, TOC_HEARTBEAT, "hull", 6, "h");
    put_statement(other, TOC_RECEIPT, "leeds", 7, "o");
    const struct toc_statement nowhere = {.kind = TOC_RECEIPT, .author = "leeds"};
    ck_assert_int_eq(toc_store_statement_put(store, 4711, &nowhere, toc_bytes_text("x")),
                     TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    struct toc_bytes bytes;
    ck_assert_int_eq(toc_store_statement_get(store, log, TOC_RECEIPT, "leeds", arena, &bytes),
                     TOC_OK);
    ck_assert(holds(bytes, "new"));
    ck_assert_int_eq(toc_store_statement_get(store, log, TOC_CLOSING, "leeds", arena, &bytes),
                     TOC_NOTFOUND);
    struct toc_stored_statement list[4];
    size_t len = 99;
    ck_assert_int_eq(toc_store_statements(store, log, TOC_RECEIPT, arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_str_eq(list[0].author, "bradford");
    ck_assert_uint_eq(list[1].next_sequence, UINT64_MAX);
    ck_assert_int_eq(toc_store_statements(store, 0, TOC_RECEIPT, arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 3);
    ck_assert_int_eq(list[2].log, other);
    ck_assert(holds(list[2].bytes, "o"));
    ck_assert_int_eq(toc_store_statements(store, 0, TOC_RECEIPT, arena, list, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(toc_store_statements(store, 0, TOC_CLOSING, arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(evidence)
{
    struct toc_evidence list[4];
    size_t len = 99;
    ck_assert_int_eq(toc_store_evidence(store, 0, arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_evidence_add(store, "leeds framework 1: two batches at 17", 5,
                                            toc_bytes_text("one"), toc_bytes_text("other")),
                     TOC_OK);
    ck_assert_int_eq(
        toc_store_evidence_add(store, "second", 6, toc_bytes_text("x"), toc_bytes_of(NULL, 0)),
        TOC_OK);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(toc_store_evidence(store, 0, arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_str_eq(list[0].about, "leeds framework 1: two batches at 17");
    ck_assert_int_eq(list[0].time_ms, 5);
    ck_assert(holds(list[0].one, "one") && holds(list[0].other, "other"));
    ck_assert_int_lt(list[0].id, list[1].id);
    ck_assert_int_eq(toc_store_evidence(store, 0, arena, list, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    /* A liar that changes its lie each time fills one case, and no other. */
    toc_fixture_begin(store);
    for (int i = 0; i < 40; i++) {
        const uint8_t lie = (uint8_t)i;
        ck_assert_int_eq(
            toc_store_evidence_add(store, "case", 7, toc_bytes_of(&lie, 1), toc_bytes_of(&lie, 1)),
            TOC_OK);
    }
    ck_assert_int_eq(
        toc_store_evidence_add(store, "other", 7, toc_bytes_text("a"), toc_bytes_text("b")),
        TOC_OK);
    toc_fixture_commit(store);
    struct toc_evidence all[64];
    ck_assert_int_eq(toc_store_evidence(store, 0, arena, all, 64, &len), TOC_OK);
    ck_assert_uint_eq(len, 2 + 16 + 1);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon/store_logs");
    TCase *const tests = tcase_create("logs");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, rosters);
    tcase_add_test(tests, logs);
    tcase_add_test(tests, batches);
    tcase_add_test(tests, epochs);
    tcase_add_test(tests, epochs_before);
    tcase_add_test(tests, voiding);
    tcase_add_test(tests, wraps);
    tcase_add_test(tests, statements);
    tcase_add_test(tests, evidence);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
