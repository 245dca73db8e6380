/* The current-records view: rows, chunks, pages, own keys, clearing. */
#include "runner.h"
#include "scratch.h"
#include "store_chunk.h"
#include "store_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[PATH_MAX];
static struct toc_store *store;

static void setup(void)
{
    toc_scratch_new(folder);
    store = toc_fixture_store(folder);
}

static void teardown(void)
{
    toc_store_close(&store);
    toc_scratch_remove(folder);
}

static void reopen(void)
{
    toc_store_close(&store);
    store = toc_fixture_store(folder);
}

static void put(const char *stream, const char *publisher, uint64_t sequence, int64_t log,
                const char *own_key)
{
    const enum toc_result result =
        toc_fixture_put(store, stream, publisher, sequence, log, own_key);
    ck_assert_msg(result == TOC_OK, "%s: %s", toc_result_name(result), toc_store_why(store));
}

static void expect(const char *publisher, uint64_t sequence, int64_t log)
{
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_get(store, "framework", publisher, sequence, &row), TOC_OK);
    ck_assert_str_eq(row.stream, "framework");
    ck_assert_str_eq(row.publisher, publisher);
    ck_assert_uint_eq(row.sequence, sequence);
    ck_assert_int_eq(row.log, log);
    ck_assert_int_eq(row.ends, (int32_t)sequence);
}

static enum toc_result get(const char *publisher, uint64_t sequence)
{
    struct toc_current_row row;
    return toc_store_current_get(store, "framework", publisher, sequence, &row);
}

static enum toc_result drop(const char *stream, const char *publisher, uint64_t sequence)
{
    return toc_fixture_drop(store, stream, publisher, sequence, NULL);
}

START_TEST(one_by_one)
{
    toc_fixture_begin(store);
    put("framework", "leeds", 5, 1, NULL);
    put("framework", "leeds", 7, 1, NULL);
    put("framework", "leeds", 6, 1, NULL);
    put("framework", "leeds", 1, 1, NULL);
    put("framework", "york", 6, 2, NULL);
    put("framework", "leeds", 6, 3, NULL); /* put again, from another generation */
    expect("leeds", 6, 3);
    toc_fixture_commit(store);
    reopen();
    expect("leeds", 1, 1);
    expect("leeds", 5, 1);
    expect("leeds", 6, 3);
    expect("leeds", 7, 1);
    expect("york", 6, 2);
    ck_assert_int_eq(get("leeds", 2), TOC_NOTFOUND);
    ck_assert_int_eq(get("leeds", 8), TOC_NOTFOUND);
    ck_assert_int_eq(get("leeds", 0), TOC_NOTFOUND);
    ck_assert_int_eq(get("leeds", UINT64_MAX), TOC_NOTFOUND);
    ck_assert_int_eq(get("hull", 6), TOC_NOTFOUND);
    toc_fixture_begin(store);
    ck_assert_int_eq(drop("framework", "leeds", 6), TOC_OK);
    ck_assert_int_eq(drop("framework", "leeds", 6), TOC_NOTFOUND);
    ck_assert_int_eq(drop("framework", "hull", 6), TOC_NOTFOUND);
    ck_assert_int_eq(drop("framework", "leeds", UINT64_MAX), TOC_NOTFOUND);
    ck_assert_int_eq(drop("exposure", "leeds", 5), TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(get("leeds", 6), TOC_NOTFOUND);
    expect("leeds", 7, 1);
}
END_TEST

START_TEST(limits)
{
    static char key[TOC_RECORD_LEN_MAX + 2];
    memset(key, 'k', sizeof key - 2);
    toc_fixture_begin(store);
    put("framework", "leeds", INT64_MAX, INT64_MAX, key);
    /* Further apart than a chunk can say, either way. */
    put("framework", "leeds", 1, 1, NULL);
    put("framework", "leeds", (uint64_t)UINT32_MAX + 1, 1, NULL);
    put("framework", "leeds", (uint64_t)UINT32_MAX + 2, 1, NULL);
    expect("leeds", 1, 1);
    const struct toc_current_row large = {
        .stream = "framework", .publisher = "leeds", .sequence = (uint64_t)INT64_MAX + 1};
    ck_assert_int_eq(toc_store_current_put(store, &large, NULL), TOC_INVALID);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 0, 1, NULL), TOC_INVALID);
    key[sizeof key - 2] = 'k';
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 2, 1, key), TOC_TOOBIG);
    toc_fixture_commit(store);
    reopen();
    expect("leeds", INT64_MAX, INT64_MAX);
    expect("leeds", (uint64_t)UINT32_MAX + 1, 1);
    expect("leeds", (uint64_t)UINT32_MAX + 2, 1);
    ck_assert_int_eq(get("leeds", 2), TOC_NOTFOUND);
    key[sizeof key - 2] = '\0';
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_own(store, "framework", key, &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, INT64_MAX);
}
END_TEST

static void own_is(const char *stream, const char *key, uint64_t sequence)
{
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_own(store, stream, key, &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, sequence);
    ck_assert_str_eq(row.publisher, "leeds");
}

static bool has_own(const char *stream, const char *key)
{
    struct toc_current_row row;
    const enum toc_result result = toc_store_current_own(store, stream, key, &row);
    ck_assert(result == TOC_OK || result == TOC_NOTFOUND);
    return result == TOC_OK;
}

START_TEST(own_keys)
{
    toc_fixture_begin(store);
    put("framework", "leeds", 1, 1, "a");
    put("framework", "leeds", 2, 1, "b");
    put("framework", "york", 9, 2, NULL);
    put("exposure", "leeds", 3, 3, "a");
    put("framework", "leeds", 4, 1, "a");
    put("framework", "leeds", 5, 1, "");
    toc_fixture_commit(store);
    reopen();
    own_is("framework", "a", 4);
    own_is("exposure", "a", 3);
    own_is("framework", "", 5);
    ck_assert(!has_own("framework", "c"));
    ck_assert(!has_own("pipeline", "a"));
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_fixture_drop(store, "framework", "leeds", 4, "a"), TOC_OK);
    own_is("framework", "a", 1);
    /* Put again under another key: the old key is no way to it any more. */
    put("framework", "leeds", 1, 1, "z");
    ck_assert(!has_own("framework", "a"));
    own_is("framework", "z", 1);
    ck_assert_int_eq(toc_store_current_clear(store, "framework", "leeds", 1, 1), TOC_OK);
    ck_assert(!has_own("framework", "z"));
    own_is("framework", "b", 2);
    toc_fixture_commit(store);
}
END_TEST

START_TEST(pages)
{
    enum { EACH = 1000 }; /* more than a chunk holds */
    toc_fixture_begin(store);
    static const char *const publishers[] = {"york", "hull", "leeds"};
    for (size_t p = 0; p < 3; p++) {
        for (uint64_t i = 1; i <= EACH; i++) {
            put("framework", publishers[p], i * 2, 1 + (int64_t)p, NULL);
        }
    }
    put("exposure", "hull", 1, 9, NULL);
    struct toc_current_row page[7];
    struct toc_current_row last = {.publisher = ""};
    size_t total = 0;
    size_t len = sizeof page / sizeof page[0];
    while (len == sizeof page / sizeof page[0]) {
        ck_assert_int_eq(toc_store_current(store, "framework", last.publisher, last.sequence, page,
                                           sizeof page / sizeof page[0], &len),
                         TOC_OK);
        for (size_t i = 0; i < len; i++) {
            static const char *const order[] = {"hull", "leeds", "york"};
            static const int64_t logs[] = {2, 3, 1};
            ck_assert_str_eq(page[i].publisher, order[total / EACH]);
            ck_assert_int_eq(page[i].log, logs[total / EACH]);
            ck_assert_uint_eq(page[i].sequence, (total % EACH + 1) * 2);
            last = page[i];
            total++;
        }
    }
    ck_assert_uint_eq(total, 3 * EACH);
    toc_fixture_commit(store);
    /* Between two rows, behind the last, after a publisher that has none. */
    ck_assert_int_eq(toc_store_current(store, "framework", "hull", 3, page, 1, &len), TOC_OK);
    ck_assert_uint_eq(page[0].sequence, 4);
    ck_assert_int_eq(toc_store_current(store, "framework", "york", UINT64_MAX, page, 1, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(toc_store_current(store, "framework", "kirklees", 0, page, 1, &len), TOC_OK);
    ck_assert_str_eq(page[0].publisher, "leeds");
    ck_assert_int_eq(toc_store_current(store, "pipeline", "", 0, page, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(toc_store_current(store, "framework", "", 0, page, 0, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    char stream[TOC_STREAM_LEN_MAX + 1] = "";
    ck_assert_int_eq(toc_store_current_stream(store, stream, stream), TOC_OK);
    ck_assert_str_eq(stream, "exposure");
    ck_assert_int_eq(toc_store_current_stream(store, stream, stream), TOC_OK);
    ck_assert_str_eq(stream, "framework");
    ck_assert_int_eq(toc_store_current_stream(store, stream, stream), TOC_NOTFOUND);
}
END_TEST

/* Whichever way the rows came to be there, they are the same rows. */
START_TEST(any_order)
{
    const struct toc_hash before = toc_fixture_rows(store);
    struct toc_store *other = toc_fixture_store(NULL);
    toc_fixture_begin(store);
    toc_fixture_begin(other);
    for (uint64_t i = 1; i <= 1200; i++) {
        put("framework", "leeds", i, 1, "key");
        put("framework", "hull", i, 2, NULL);
    }
    for (uint64_t i = 1200; i >= 1; i--) {
        ck_assert_int_eq(toc_fixture_put(other, "framework", "hull", i, 2, "key"), TOC_OK);
    }
    for (uint64_t i = 1; i <= 1200; i++) {
        ck_assert_int_eq(toc_fixture_put(other, "framework", "leeds", i, 1, NULL), TOC_OK);
    }
    struct toc_hash here = toc_fixture_rows(store);
    struct toc_hash there = toc_fixture_rows(other);
    ck_assert(toc_hash_equal(&here, &there));
    ck_assert(!toc_hash_equal(&here, &before));
    ck_assert_int_eq(toc_fixture_put(other, "framework", "leeds", 7, 3, NULL), TOC_OK);
    there = toc_fixture_rows(other);
    ck_assert(!toc_hash_equal(&here, &there));
    put("framework", "leeds", 7, 3, "key");
    toc_fixture_commit(other);
    toc_fixture_commit(store);
    here = toc_fixture_rows(store);
    ck_assert(toc_hash_equal(&here, &there));
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_current_clear(store, NULL, NULL, 0, 0), TOC_OK);
    toc_fixture_commit(store);
    here = toc_fixture_rows(store);
    ck_assert(toc_hash_equal(&here, &before));
    toc_store_close(&other);
}
END_TEST

/* ---- against a plain table, at random ---- */

enum { SOURCES = 3, SEQUENCES = 1100 };
struct model {
    unsigned version[SOURCES][SEQUENCES + 1]; /* 0: no row */
};
static const char *const names[SOURCES] = {"hull", "leeds", "york"};

static unsigned random_below(unsigned *state, unsigned below)
{
    *state = *state * 1103515245U + 12345U;
    return (*state >> 8) % below;
}

/* Seldom another generation. */
static int64_t log_of(unsigned version)
{
    return 1 + version / 400 % 3;
}

static void name_key(char ret_key[32], int source, unsigned sequence)
{
    (void)snprintf(ret_key, 32, "%d/%u", source, sequence);
}

static void compare(const struct model *model)
{
    for (int s = 0; s < SOURCES; s++) {
        for (unsigned i = 1; i <= SEQUENCES; i++) {
            struct toc_current_row row;
            char key[32];
            const enum toc_result result =
                toc_store_current_get(store, "framework", names[s], i, &row);
            name_key(key, s, i);
            if (s == 0 && i % 16 == 0) {
                ck_assert_int_eq(has_own("framework", key), model->version[s][i] != 0);
            }
            if (model->version[s][i] == 0) {
                ck_assert_int_eq(result, TOC_NOTFOUND);
                continue;
            }
            ck_assert_int_eq(result, TOC_OK);
            ck_assert_int_eq(row.log, log_of(model->version[s][i]));
            ck_assert_int_eq(row.ends, (int32_t)i);
        }
    }
    static struct toc_current_row rows[SOURCES * SEQUENCES + 1];
    size_t len;
    ck_assert_int_eq(
        toc_store_current(store, "framework", "", 0, rows, sizeof rows / sizeof rows[0], &len),
        TOC_OK);
    size_t at = 0;
    for (int s = 0; s < SOURCES; s++) {
        for (unsigned i = 1; i <= SEQUENCES; i++) {
            if (model->version[s][i] != 0) {
                ck_assert_uint_lt(at, len);
                ck_assert_str_eq(rows[at].publisher, names[s]);
                ck_assert_uint_eq(rows[at].sequence, i);
                ck_assert_int_eq(rows[at].log, log_of(model->version[s][i]));
                at++;
            }
        }
    }
    ck_assert_uint_eq(at, len);
}

/* A run in order, as logs come. */
static void put_run(struct model *model, int s, unsigned first, unsigned len, unsigned *version)
{
    for (unsigned i = first; i < first + len && i <= SEQUENCES; i++) {
        char key[32];
        name_key(key, s, i);
        ++*version;
        put("framework", names[s], i, log_of(*version), s == 0 ? key : NULL);
        model->version[s][i] = *version;
    }
}

static void step(struct model *model, unsigned *state, unsigned *version)
{
    const int s = (int)random_below(state, SOURCES);
    const unsigned i = 1 + random_below(state, SEQUENCES);
    const unsigned what = random_below(state, 100);
    if (what < 50) {
        put_run(model, s, i, 1 + random_below(state, what < 10 ? 700 : 12), version);
    } else if (what < 85) {
        const enum toc_result expected = model->version[s][i] != 0 ? TOC_OK : TOC_NOTFOUND;
        char key[32];
        name_key(key, s, i);
        ck_assert_int_eq(toc_fixture_drop(store, "framework", names[s], i, s == 0 ? key : NULL),
                         expected);
        model->version[s][i] = 0;
    } else if (what < 95) {
        const unsigned last = i + random_below(state, 400);
        ck_assert_int_eq(toc_store_current_clear(store, "framework", names[s], i, last), TOC_OK);
        for (unsigned j = i; j <= last && j <= SEQUENCES; j++) {
            model->version[s][j] = 0;
        }
    } else {
        (void)get(names[s], i);
    }
}

START_TEST(at_random)
{
    static struct model model;
    static struct model committed;
    memset(&model, 0, sizeof model);
    unsigned state = 7919U * (unsigned)(_i + 1);
    unsigned version = 0;
    for (int round = 0; round < 30; round++) {
        committed = model;
        toc_fixture_begin(store);
        const unsigned steps = random_below(&state, 25);
        for (unsigned i = 0; i < steps; i++) {
            step(&model, &state, &version);
        }
        if (round % 10 == 0) {
            compare(&model);
        }
        if (random_below(&state, 4) == 0) {
            toc_store_rollback(store);
            model = committed;
        } else {
            toc_fixture_commit(store);
        }
        if (round % 10 == 5) {
            reopen();
        }
        compare(&model);
    }
}
END_TEST

/* ---- the bytes of a chunk ---- */

START_TEST(chunk_bytes)
{
    struct toc_buf rows;
    toc_chunk_init(&rows);
    const struct toc_chunk_row first = {.sequence = 7, .ends = INT32_MIN};
    const struct toc_chunk_row last = {.sequence = 5 + (uint64_t)UINT32_MAX, .ends = INT32_MAX};
    const struct toc_chunk_row far = {.sequence = 6 + (uint64_t)UINT32_MAX};
    const struct toc_chunk_row before = {.sequence = 4};
    ck_assert_int_eq(toc_chunk_append(&rows, 5, &first), TOC_OK);
    ck_assert_int_eq(toc_chunk_append(&rows, 5, &far), TOC_TOOBIG);
    ck_assert_int_eq(toc_chunk_append(&rows, 5, &before), TOC_TOOBIG);
    ck_assert_int_eq(toc_chunk_append(&rows, 5, &last), TOC_OK);
    const struct toc_bytes bytes = toc_buf_bytes(&rows);
    ck_assert_uint_eq(bytes.len, 2 * TOC_CHUNK_ROW_LEN);
    ck_assert_uint_eq(toc_chunk_len(bytes), 2);
    ck_assert(toc_chunk_valid(bytes));
    ck_assert_uint_eq(toc_chunk_at(bytes, 5, 0).sequence, 7);
    ck_assert_int_eq(toc_chunk_at(bytes, 5, 0).ends, INT32_MIN);
    ck_assert_uint_eq(toc_chunk_at(bytes, 5, 1).sequence, last.sequence);
    ck_assert_int_eq(toc_chunk_at(bytes, 5, 1).ends, INT32_MAX);
    ck_assert_uint_eq(toc_chunk_from(bytes, 5, 0), 0);
    ck_assert_uint_eq(toc_chunk_from(bytes, 5, 7), 0);
    ck_assert_uint_eq(toc_chunk_from(bytes, 5, 8), 1);
    ck_assert_uint_eq(toc_chunk_from(bytes, 5, UINT64_MAX), 2);
    ck_assert_uint_eq(toc_chunk_from(toc_bytes_of(NULL, 0), 5, 1), 0);
    /* What is read may be anything. */
    ck_assert(toc_chunk_valid(toc_bytes_of(NULL, 0)));
    for (size_t len = 1; len < bytes.len; len++) {
        ck_assert_int_eq(toc_chunk_valid(toc_bytes_of(bytes.data, len)), len == TOC_CHUNK_ROW_LEN);
    }
    memcpy(rows.data, rows.data + TOC_CHUNK_ROW_LEN, TOC_CHUNK_ROW_LEN);
    ck_assert(!toc_chunk_valid(toc_buf_bytes(&rows)));
    toc_buf_done(&rows);
}
END_TEST

START_TEST(chunk_is_full)
{
    struct toc_buf rows;
    toc_chunk_init(&rows);
    for (uint64_t i = 1; i <= TOC_CHUNK_ROWS_MAX; i++) {
        const struct toc_chunk_row row = {.sequence = i};
        ck_assert(toc_chunk_fits(&rows, 1, i));
        ck_assert_int_eq(toc_chunk_append(&rows, 1, &row), TOC_OK);
    }
    const struct toc_chunk_row more = {.sequence = TOC_CHUNK_ROWS_MAX + 1};
    ck_assert(!toc_chunk_fits(&rows, 1, more.sequence));
    ck_assert_int_eq(toc_chunk_append(&rows, 1, &more), TOC_TOOBIG);
    ck_assert(toc_chunk_valid(toc_buf_bytes(&rows)));
    static const uint8_t long_one[(TOC_CHUNK_ROWS_MAX + 1) * TOC_CHUNK_ROW_LEN];
    ck_assert(!toc_chunk_valid(toc_bytes_of(long_one, sizeof long_one)));
    toc_buf_done(&rows);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon/store_current");
    TCase *const tests = tcase_create("current");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, one_by_one);
    tcase_add_test(tests, limits);
    tcase_add_test(tests, own_keys);
    tcase_add_test(tests, pages);
    tcase_add_test(tests, any_order);
    tcase_add_loop_test(tests, at_random, 0, 4);
    tcase_add_test(tests, chunk_bytes);
    tcase_add_test(tests, chunk_is_full);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
