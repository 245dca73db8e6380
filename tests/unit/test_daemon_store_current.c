/* The current-records view: rows, chunks, pages, own keys, clearing, the digest. */
#include "runner.h"
#include "scratch.h"
#include "store_chunk.h"
#include "store_fixture.h"
#include <stdio.h>
#include <stdlib.h>
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

static void put(const char *stream, const char *publisher, uint64_t sequence, const char *key,
                const char *record, bool own)
{
    const enum toc_result result =
        toc_fixture_put(store, stream, publisher, sequence, key, record, own);
    ck_assert_msg(result == TOC_OK, "%s: %s", toc_result_name(result), toc_store_why(store));
}

static void expect(const char *publisher, uint64_t sequence, const char *key, const char *record)
{
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_get(store, "framework", publisher, sequence, arena, &row),
                     TOC_OK);
    ck_assert_str_eq(row.stream, "framework");
    ck_assert_str_eq(row.publisher, publisher);
    ck_assert_uint_eq(row.sequence, sequence);
    ck_assert_str_eq(row.key, key);
    ck_assert_int_eq(row.ends, (int32_t)sequence);
    ck_assert(toc_bytes_equal(row.record, toc_bytes_text(record)));
}

static enum toc_result get(const char *publisher, uint64_t sequence)
{
    struct toc_current_row row;
    return toc_store_current_get(store, "framework", publisher, sequence, arena, &row);
}

START_TEST(one_by_one)
{
    toc_fixture_begin(store);
    put("framework", "leeds", 5, "five", "record 5", false);
    put("framework", "leeds", 7, "seven", "record 7", false);
    put("framework", "leeds", 6, "six", "record 6", false);
    put("framework", "leeds", 1, "", "", false);
    put("framework", "york", 6, "york's", "y", false);
    put("framework", "leeds", 6, "six", "record 6, again", false);
    expect("leeds", 6, "six", "record 6, again");
    toc_fixture_commit(store);
    reopen();
    expect("leeds", 1, "", "");
    expect("leeds", 5, "five", "record 5");
    expect("leeds", 6, "six", "record 6, again");
    expect("leeds", 7, "seven", "record 7");
    expect("york", 6, "york's", "y");
    ck_assert_int_eq(get("leeds", 2), TOC_NOTFOUND);
    ck_assert_int_eq(get("leeds", 8), TOC_NOTFOUND);
    ck_assert_int_eq(get("leeds", 0), TOC_NOTFOUND);
    ck_assert_int_eq(get("leeds", UINT64_MAX), TOC_NOTFOUND);
    ck_assert_int_eq(get("hull", 6), TOC_NOTFOUND);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_current_drop(store, "framework", "leeds", 6), TOC_OK);
    ck_assert_int_eq(toc_store_current_drop(store, "framework", "leeds", 6), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_current_drop(store, "framework", "hull", 6), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_current_drop(store, "framework", "leeds", UINT64_MAX), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_current_drop(store, "exposure", "leeds", 5), TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(get("leeds", 6), TOC_NOTFOUND);
    expect("leeds", 7, "seven", "record 7");
}
END_TEST

START_TEST(limits)
{
    static char record[TOC_RECORD_LEN_MAX + 2];
    static char key[TOC_CHUNK_KEY_LEN_MAX + 2];
    memset(record, 'r', sizeof record - 2);
    memset(key, 'k', sizeof key - 2);
    toc_fixture_begin(store);
    put("framework", "leeds", INT64_MAX, key, record, true);
    put("framework", "leeds", 1, key, record, true);
    expect("leeds", 1, key, record);
    const struct toc_current_row large = {.stream = "framework",
                                          .publisher = "leeds",
                                          .sequence = (uint64_t)INT64_MAX + 1,
                                          .key = "k"};
    ck_assert_int_eq(toc_store_current_put(store, &large, false), TOC_INVALID);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 0, "k", "r", false), TOC_INVALID);
    record[sizeof record - 2] = 'r';
    key[sizeof key - 2] = 'k';
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 2, "k", record, false),
                     TOC_TOOBIG);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 2, key, "r", false), TOC_TOOBIG);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "a-name-longer-than-thirty-one-letters", 2,
                                     "k", "r", false),
                     TOC_TOOBIG);
    toc_fixture_commit(store);
    reopen();
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_get(store, "framework", "leeds", INT64_MAX, arena, &row),
                     TOC_OK);
    ck_assert_uint_eq(row.record.len, TOC_RECORD_LEN_MAX);
    ck_assert_uint_eq(strlen(row.key), TOC_CHUNK_KEY_LEN_MAX);
    ck_assert_int_eq(get("leeds", 2), TOC_NOTFOUND);
}
END_TEST

START_TEST(own_keys)
{
    struct toc_current_row row;
    toc_fixture_begin(store);
    put("framework", "leeds", 1, "a", "one", true);
    put("framework", "leeds", 2, "b", "two", true);
    put("framework", "york", 9, "a", "york's a", false);
    put("exposure", "leeds", 3, "a", "three", true);
    put("framework", "leeds", 4, "a", "four", true);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(toc_store_current_own(store, "framework", "a", arena, &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 4);
    ck_assert_str_eq(row.publisher, "leeds");
    ck_assert_int_eq(toc_store_current_own(store, "exposure", "a", arena, &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 3);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "c", arena, &row), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_current_own(store, "pipeline", "a", arena, &row), TOC_NOTFOUND);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_current_drop(store, "framework", "leeds", 4), TOC_OK);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "a", arena, &row), TOC_OK);
    ck_assert_uint_eq(row.sequence, 1);
    /* Put again under another key: the old key is no way to it any more. */
    put("framework", "leeds", 1, "z", "one", true);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "a", arena, &row), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "z", arena, &row), TOC_OK);
    ck_assert_int_eq(toc_store_current_clear(store, "framework", "leeds", 1, 1), TOC_OK);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "z", arena, &row), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "b", arena, &row), TOC_OK);
    toc_fixture_commit(store);
}
END_TEST

START_TEST(pages)
{
    toc_fixture_begin(store);
    static const char *const publishers[] = {"york", "hull", "leeds"};
    for (size_t p = 0; p < 3; p++) {
        for (uint64_t i = 1; i <= 100; i++) {
            char key[32];
            (void)snprintf(key, sizeof key, "%s %d", publishers[p], (int)i);
            put("framework", publishers[p], i * 2, key, "a record of a length that fills pages",
                false);
        }
    }
    put("exposure", "hull", 1, "not this", "x", false);
    struct toc_current_row page[7];
    char publisher[32] = "";
    uint64_t sequence = 0;
    size_t total = 0;
    size_t len = sizeof page / sizeof page[0];
    while (len == sizeof page / sizeof page[0]) {
        ck_assert_int_eq(toc_store_current(store, "framework", publisher, sequence, arena, page,
                                           sizeof page / sizeof page[0], &len),
                         TOC_OK);
        for (size_t i = 0; i < len; i++) {
            static const char *const order[] = {"hull", "leeds", "york"};
            ck_assert_str_eq(page[i].publisher, order[total / 100]);
            ck_assert_uint_eq(page[i].sequence, (total % 100 + 1) * 2);
            char key[32];
            (void)snprintf(key, sizeof key, "%s %d", page[i].publisher, (int)(total % 100 + 1));
            ck_assert_str_eq(page[i].key, key);
            total++;
        }
        if (len > 0) {
            (void)snprintf(publisher, sizeof publisher, "%s", page[len - 1].publisher);
            sequence = page[len - 1].sequence;
        }
    }
    ck_assert_uint_eq(total, 300);
    toc_fixture_commit(store);
    /* Between two rows, behind the last, after a publisher that has none. */
    ck_assert_int_eq(toc_store_current(store, "framework", "hull", 3, arena, page, 1, &len),
                     TOC_OK);
    ck_assert_uint_eq(page[0].sequence, 4);
    ck_assert_int_eq(
        toc_store_current(store, "framework", "york", UINT64_MAX, arena, page, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(toc_store_current(store, "framework", "kirklees", 0, arena, page, 1, &len),
                     TOC_OK);
    ck_assert_str_eq(page[0].publisher, "leeds");
    ck_assert_int_eq(toc_store_current(store, "pipeline", "", 0, arena, page, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(toc_store_current(store, "framework", "", 0, arena, page, 0, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
}
END_TEST

/* The same rows, whichever way they came to be there, have the same digest; others have not. */
START_TEST(digests)
{
    struct toc_hash before;
    struct toc_hash there;
    struct toc_hash here;
    ck_assert_int_eq(toc_store_current_digest(store, &before), TOC_OK);
    struct toc_store *other = toc_fixture_store(NULL);
    toc_fixture_begin(store);
    toc_fixture_begin(other);
    for (uint64_t i = 1; i <= 300; i++) {
        put("framework", "leeds", i, "key", "a record that takes some room in its chunk", true);
        put("framework", "hull", i, "key", "a record that takes some room in its chunk", false);
    }
    for (uint64_t i = 300; i >= 1; i--) {
        ck_assert_int_eq(toc_fixture_put(other, "framework", "hull", i, "key",
                                         "a record that takes some room in its chunk", true),
                         TOC_OK);
    }
    for (uint64_t i = 1; i <= 300; i++) {
        ck_assert_int_eq(toc_fixture_put(other, "framework", "leeds", i, "key",
                                         "a record that takes some room in its chunk", false),
                         TOC_OK);
    }
    ck_assert_int_eq(toc_store_current_digest(store, &here), TOC_OK);
    ck_assert_int_eq(toc_store_current_digest(other, &there), TOC_OK);
    ck_assert(toc_hash_equal(&here, &there));
    ck_assert(!toc_hash_equal(&here, &before));
    ck_assert_int_eq(toc_fixture_put(other, "framework", "leeds", 7, "ke", "ya record", false),
                     TOC_OK);
    ck_assert_int_eq(toc_store_current_digest(other, &there), TOC_OK);
    ck_assert(!toc_hash_equal(&here, &there));
    put("framework", "leeds", 7, "key", "a record", true);
    ck_assert_int_eq(toc_store_current_digest(store, &here), TOC_OK);
    ck_assert(!toc_hash_equal(&here, &there));
    toc_fixture_commit(other);
    toc_fixture_commit(store);
    ck_assert_int_eq(toc_store_current_digest(store, &there), TOC_OK);
    ck_assert(toc_hash_equal(&here, &there));
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_current_clear(store, NULL, NULL, 0, 0), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_int_eq(toc_store_current_digest(store, &here), TOC_OK);
    ck_assert(toc_hash_equal(&here, &before));
    toc_store_close(&other);
}
END_TEST

/* ---- against a plain table, at random ---- */

enum { SOURCES = 3, SEQUENCES = 120 };
struct model {
    unsigned version[SOURCES][SEQUENCES + 1]; /* 0: no row */
};
static const char *const names[SOURCES] = {"hull", "leeds", "york"};

static unsigned random_below(unsigned *state, unsigned below)
{
    *state = *state * 1103515245U + 12345U;
    return (*state >> 8) % below;
}

/* Of very different lengths, so that chunks fill up unevenly. */
static void record_of(unsigned version, char ret_record[4200])
{
    static const int lengths[] = {1, 30, 200, 900, 4100};
    const int len = lengths[version % 5];
    memset(ret_record, 'a' + (int)(version % 26), (size_t)len);
    ret_record[len] = '\0';
}

static void compare(const struct model *model)
{
    for (int s = 0; s < SOURCES; s++) {
        for (unsigned i = 1; i <= SEQUENCES; i++) {
            struct toc_current_row row;
            const enum toc_result result =
                toc_store_current_get(store, "framework", names[s], i, arena, &row);
            if (model->version[s][i] == 0) {
                ck_assert_int_eq(result, TOC_NOTFOUND);
                continue;
            }
            ck_assert_int_eq(result, TOC_OK);
            char record[4200];
            record_of(model->version[s][i], record);
            ck_assert(toc_bytes_equal(row.record, toc_bytes_text(record)));
            char key[32];
            (void)snprintf(key, sizeof key, "%d/%u", s, i);
            ck_assert_str_eq(row.key, key);
            if (s == 0) {
                ck_assert_int_eq(toc_store_current_own(store, "framework", key, arena, &row),
                                 TOC_OK);
                ck_assert_uint_eq(row.sequence, i);
            }
        }
        toc_arena_reset(arena);
    }
    static struct toc_current_row rows[SOURCES * SEQUENCES + 1];
    size_t len;
    ck_assert_int_eq(toc_store_current(store, "framework", "", 0, arena, rows,
                                       sizeof rows / sizeof rows[0], &len),
                     TOC_OK);
    size_t at = 0;
    for (int s = 0; s < SOURCES; s++) {
        for (unsigned i = 1; i <= SEQUENCES; i++) {
            if (model->version[s][i] != 0) {
                ck_assert_uint_lt(at, len);
                ck_assert_str_eq(rows[at].publisher, names[s]);
                ck_assert_uint_eq(rows[at].sequence, i);
                at++;
            }
        }
    }
    ck_assert_uint_eq(at, len);
    toc_arena_reset(arena);
}

static void step(struct model *model, unsigned *state, unsigned *version)
{
    const int s = (int)random_below(state, SOURCES);
    const unsigned i = 1 + random_below(state, SEQUENCES);
    const unsigned what = random_below(state, 100);
    if (what < 60) {
        /* A run in order, as logs come. */
        const unsigned run = 1 + random_below(state, 12);
        for (unsigned j = i; j < i + run && j <= SEQUENCES; j++) {
            char key[32];
            char record[4200];
            (void)snprintf(key, sizeof key, "%d/%u", s, j);
            record_of(++*version, record);
            put("framework", names[s], j, key, record, s == 0);
            model->version[s][j] = *version;
        }
    } else if (what < 85) {
        const enum toc_result expected = model->version[s][i] != 0 ? TOC_OK : TOC_NOTFOUND;
        ck_assert_int_eq(toc_store_current_drop(store, "framework", names[s], i), expected);
        model->version[s][i] = 0;
    } else if (what < 95) {
        const unsigned last = i + random_below(state, 40);
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
    for (int round = 0; round < 40; round++) {
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
    const struct toc_chunk_row row = {.sequence = UINT64_MAX,
                                      .ends = INT32_MIN,
                                      .own = true,
                                      .key = toc_bytes_text("key"),
                                      .record = toc_bytes_text("record")};
    ck_assert_int_eq(toc_chunk_append(&rows, &row), TOC_OK);
    ck_assert_uint_eq(rows.len, toc_chunk_row_len(&row));
    struct toc_chunk_row read;
    struct toc_bytes rest = toc_buf_bytes(&rows);
    ck_assert_int_eq(toc_chunk_next(&rest, &read), TOC_OK);
    ck_assert_uint_eq(read.sequence, UINT64_MAX);
    ck_assert_int_eq(read.ends, INT32_MIN);
    ck_assert(read.own);
    ck_assert(toc_bytes_equal(read.key, row.key) && toc_bytes_equal(read.record, row.record));
    ck_assert_int_eq(toc_chunk_next(&rest, &read), TOC_NOTFOUND);
    for (size_t len = 1; len < rows.len; len++) {
        rest = toc_bytes_of(rows.data, len);
        ck_assert_int_eq(toc_chunk_next(&rest, &read), TOC_MALFORMED);
    }
    rows.data[12] = 2;
    rest = toc_buf_bytes(&rows);
    ck_assert_int_eq(toc_chunk_next(&rest, &read), TOC_MALFORMED);
    rows.data[12] = 0;
    memset(rows.data + 13, 0xff, 8); /* lengths whose sum must not wrap */
    rest = toc_buf_bytes(&rows);
    ck_assert_int_eq(toc_chunk_next(&rest, &read), TOC_MALFORMED);
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
    tcase_add_test(tests, digests);
    tcase_add_loop_test(tests, at_random, 0, 8);
    tcase_add_test(tests, chunk_bytes);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
