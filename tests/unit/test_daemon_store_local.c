/* Submissions and the journal; local.db: drafts and the audit. */
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

static struct toc_submission submission(const char *id, const char *stream, uint32_t records,
                                        uint64_t first)
{
    struct toc_submission made = {.records = records, .first_sequence = first, .time_ms = 77};
    (void)snprintf(made.id, sizeof made.id, "%s", id);
    (void)snprintf(made.stream, sizeof made.stream, "%s", stream);
    return made;
}

static enum toc_result submit(const char *id, const char *stream, uint32_t records, uint64_t first,
                              const char *text)
{
    const struct toc_submission made = submission(id, stream, records, first);
    return toc_store_submission_add(store, &made,
                                    text != NULL ? toc_bytes_text(text) : toc_bytes_of(NULL, 0));
}

START_TEST(submissions)
{
    struct toc_submission read;
    struct toc_bytes records;
    char stream[TOC_STREAM_LEN_MAX + 1];
    char longest[65];
    memset(longest, 'i', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_int_eq(toc_store_submission_stream(store, NULL, stream), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_submission_find(store, "one", &read), TOC_NOTFOUND);
    toc_fixture_begin(store);
    ck_assert_int_eq(submit("signed", "framework", 3, 17, NULL), TOC_OK);
    ck_assert_int_eq(submit("one", "framework", 2, 0, "records one"), TOC_OK);
    ck_assert_int_eq(submit(longest, "framework", 4, 0, "records two"), TOC_OK);
    ck_assert_int_eq(submit("three", "exposure", 8, 0, "records three"), TOC_OK);
    ck_assert_int_eq(submit("one", "framework", 2, 0, "records again"), TOC_EXISTS);
    ck_assert_int_eq(submit("signed", "exposure", 2, 0, "records again"), TOC_EXISTS);
    ck_assert_int_eq(submit("", "framework", 2, 0, "x"), TOC_INVALID);
    ck_assert_int_eq(submit("none", "framework", 0, 0, "x"), TOC_INVALID);
    toc_fixture_commit(store);
    reopen();
    ck_assert_uint_eq(toc_store_submissions_waiting(store), 14);
    ck_assert_int_eq(toc_store_submission_find(store, "signed", &read), TOC_OK);
    ck_assert_uint_eq(read.first_sequence, 17);
    ck_assert_uint_eq(read.records, 3);
    ck_assert_int_eq(read.time_ms, 77);
    ck_assert_int_eq(toc_store_submission_stream(store, NULL, stream), TOC_OK);
    ck_assert_str_eq(stream, "exposure");
    ck_assert_int_eq(toc_store_submission_stream(store, "exposure", stream), TOC_OK);
    ck_assert_str_eq(stream, "framework");
    ck_assert_int_eq(toc_store_submission_stream(store, "framework", stream), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_submission_next(store, "pipeline", arena, &read, &records),
                     TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_submission_next(store, "framework", arena, &read, &records), TOC_OK);
    ck_assert_str_eq(read.id, "one");
    ck_assert(toc_bytes_equal(records, toc_bytes_text("records one")));
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_submission_signed(store, "one", 20), TOC_OK);
    ck_assert_int_eq(toc_store_submission_signed(store, "one", 20), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_submission_signed(store, "unheard of", 20), TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(toc_store_submission_find(store, "one", &read), TOC_OK);
    ck_assert_uint_eq(read.first_sequence, 20);
    ck_assert_int_eq(toc_store_submission_next(store, "framework", arena, &read, &records), TOC_OK);
    ck_assert_str_eq(read.id, longest);
    ck_assert_uint_eq(toc_store_submissions_waiting(store), 12);
}
END_TEST

START_TEST(journal)
{
    struct toc_journal_row rows[4];
    size_t len = 99;
    ck_assert_int_eq(toc_store_journal_last(store), 0);
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    for (uint32_t i = 1; i <= 5; i++) {
        ck_assert_int_eq(toc_store_journal_add(store, log, i * 100, i), TOC_OK);
    }
    ck_assert_int_eq(toc_store_journal_add(store, 4711, 1, 1), TOC_NOTFOUND);
    toc_fixture_commit(store);
    reopen();
    ck_assert_int_eq(toc_store_journal(store, 0, rows, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 4);
    ck_assert_int_eq(rows[3].log, log);
    ck_assert_uint_eq(rows[3].first_sequence, 400);
    ck_assert_uint_eq(rows[3].count, 4);
    ck_assert_int_eq(toc_store_journal(store, rows[3].position, rows, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(rows[0].position, toc_store_journal_last(store));
    ck_assert_int_eq(toc_store_journal(store, rows[0].position, rows, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(drafts)
{
    const struct toc_draft made[] = {
        {.stream = "framework", .key = "b", .source = "f.csv", .record = toc_bytes_text("fb")},
        {.stream = "exposure", .key = "z", .source = "e.csv", .record = toc_bytes_text("ez")},
        {.stream = "framework", .key = "a", .source = "f.csv", .withdraw = true},
        {.stream = "framework", .key = "b", .source = "g.csv", .record = toc_bytes_text("new")},
    };
    ck_assert_uint_eq(toc_store_drafts_count(store), 0);
    ck_assert_int_eq(toc_store_drafts_put(store, NULL, 0), TOC_OK);
    ck_assert_int_eq(toc_store_drafts_put(store, made, 4), TOC_OK);
    reopen();
    ck_assert_uint_eq(toc_store_drafts_count(store), 3);
    struct toc_draft list[4];
    size_t len = 99;
    ck_assert_int_eq(toc_store_drafts(store, NULL, NULL, arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 3);
    ck_assert_str_eq(list[0].stream, "exposure");
    ck_assert_str_eq(list[1].key, "a");
    ck_assert(list[1].withdraw && !list[2].withdraw);
    ck_assert_str_eq(list[2].source, "g.csv");
    ck_assert(toc_bytes_equal(list[2].record, toc_bytes_text("new")));
    ck_assert_int_eq(toc_store_drafts(store, "framework", "", arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 2);
    ck_assert_int_eq(toc_store_drafts(store, "exposure", "z", arena, list, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_str_eq(list[0].key, "a");
    ck_assert_int_eq(toc_store_drafts(store, "framework", "b", arena, list, 4, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(toc_store_draft_drop(store, "framework", "a"), TOC_OK);
    ck_assert_int_eq(toc_store_draft_drop(store, "framework", "a"), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_drafts_drop(store, made, 4), TOC_OK);
    ck_assert_int_eq(toc_store_drafts_drop(store, made, 4), TOC_OK);
    ck_assert_uint_eq(toc_store_drafts_count(store), 0);
}
END_TEST

/* Drafts are independent of the group's transaction, in both directions. */
START_TEST(drafts_beside_a_transaction)
{
    const struct toc_draft draft = {.stream = "framework", .key = "b", .source = "f.csv"};
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
    ck_assert_int_eq(toc_store_drafts_put(store, &draft, 1), TOC_OK);
    ck_assert_int_eq(toc_store_audit_add(store, 1, 2, "publish", ""), TOC_OK);
    toc_store_rollback(store);
    reopen();
    ck_assert_uint_eq(toc_store_drafts_count(store), 1);
    ck_assert_uint_eq(toc_store_roster_last(store), 0);
}
END_TEST

START_TEST(audit)
{
    struct toc_audit list[3];
    size_t len = 99;
    ck_assert_int_eq(toc_store_audit(store, 0, arena, list, 3, &len), TOC_OK);
    ck_assert_uint_eq(len, 0);
    for (int i = 1; i <= 4; i++) {
        char detail[32];
        (void)snprintf(detail, sizeof detail, "detail %d", i);
        ck_assert_int_eq(toc_store_audit_add(store, i * 1000, UINT32_MAX, "flag raise", detail),
                         TOC_OK);
    }
    reopen();
    ck_assert_int_eq(toc_store_audit(store, 0, arena, list, 3, &len), TOC_OK);
    ck_assert_uint_eq(len, 3);
    ck_assert_str_eq(list[0].detail, "detail 4");
    ck_assert_str_eq(list[0].command, "flag raise");
    ck_assert_uint_eq(list[0].uid, UINT32_MAX);
    ck_assert_int_eq(list[0].time_ms, 4000);
    ck_assert_int_eq(toc_store_audit(store, list[2].id, arena, list, 3, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_str_eq(list[0].detail, "detail 1");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon/store_local");
    TCase *const tests = tcase_create("local");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, submissions);
    tcase_add_test(tests, journal);
    tcase_add_test(tests, drafts);
    tcase_add_test(tests, drafts_beside_a_transaction);
    tcase_add_test(tests, audit);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
