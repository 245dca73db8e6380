/* Following the records over the local socket: pages, cursors, and waiting. */
#include "lone_daemon.h"

static const char *const submit =
    "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"one\"}";

START_TEST(want_in_pages)
{
    int64_t cursor = 0;

    submit_numbered(0, 7);
    for (unsigned at = 0; at < 7; at += 3) {
        char request[128];
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"want\",\"cursor\":%lld,\"limit\":3}", (long long)cursor);
        json_t *reply = asked(request);
        ck_assert_uint_eq(toc_fixture_length(reply, "records"), at == 6 ? 1 : 3);
        const json_t *first = json_array_get(json_object_get(reply, "records"), 0);
        ck_assert_int_eq(toc_fixture_number(first, "sequence"), (int64_t)at + 1);
        ck_assert_str_eq(toc_fixture_text(first, "stream"), "framework");
        ck_assert_str_eq(toc_fixture_text(first, "publisher"), "leeds");
        ck_assert_str_eq(toc_fixture_text(first, "time"), "2026-01-31T12:00:00Z");
        ck_assert_str_eq(toc_fixture_text(json_object_get(first, "record"), "type"), "framework");
        cursor = toc_fixture_number(reply, "cursor");
        json_decref(reply);
    }
}
END_TEST

/* One batch of many records: any limit, and any record's own cursor, loses none and repeats none.
 */
START_TEST(want_inside_a_batch)
{
    struct toc_bytes parts[10];
    int64_t cursor = 0;

    for (unsigned i = 0; i < 10; i++) {
        char *reference = toc_arena_get(arena, 16);
        (void)snprintf(reference, 16, "F%u", i);
        parts[i] = framework(reference, 0);
    }
    json_decref(ask(submit, parts, 10));
    for (unsigned i = 0; i < 10; i++) {
        char request[128];
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"want\",\"cursor\":%lld,\"limit\":2}", (long long)cursor);
        json_t *reply = asked(request);
        const json_t *first = json_array_get(json_object_get(reply, "records"), 0);
        ck_assert_int_eq(toc_fixture_number(first, "sequence"), (int64_t)i + 1);
        cursor = toc_fixture_number(
            first, "cursor"); /* not the reply's: every second is asked for twice */
        json_decref(reply);
    }
    char request[128];
    (void)snprintf(request, sizeof(request), "{\"request\":\"want\",\"cursor\":%lld}",
                   (long long)cursor);
    json_t *reply = asked(request);
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 0);
    json_decref(reply);
}
END_TEST

START_TEST(want_from_now_waits)
{
    const struct toc_bytes part = framework("F9", 0);

    submit_numbered(0, 1);
    ck_assert_ptr_null(ask("{\"request\":\"want\",\"wait_ms\":5000,\"tag\":\"w\"}", NULL, 0));
    ck_assert_int_le(toc_engine_deadline(daemon_.engine), 1000 + 5000);
    ck_assert_ptr_null(toc_fixture_daemon_tick(&daemon_));
    /* The reply to the submission, then the one that waited, in one tick. */
    json_t *reply = ask(submit, &part, 1);
    ck_assert_str_eq(toc_fixture_text(reply, "tag"), "w");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1);
    ck_assert_int_eq(
        toc_fixture_number(json_array_get(json_object_get(reply, "records"), 0), "sequence"), 2);
    json_decref(reply);
    /* It is answered once. */
    toc_fixture_group_advance(group, 60000);
    ck_assert_ptr_null(toc_fixture_daemon_tick(&daemon_));
}
END_TEST

START_TEST(want_times_out)
{
    submit_numbered(0, 1);
    ck_assert_ptr_null(ask("{\"request\":\"want\",\"wait_ms\":5000}", NULL, 0));
    toc_fixture_group_advance(group, 4999);
    ck_assert_ptr_null(toc_fixture_daemon_tick(&daemon_));
    toc_fixture_group_advance(group, 1);
    json_t *reply = toc_fixture_daemon_tick(&daemon_);
    ck_assert_ptr_nonnull(reply);
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 0);
    const int64_t cursor = toc_fixture_number(reply, "cursor");
    json_decref(reply);
    /* Where it ended, the next one goes on. */
    submit_numbered(1, 1);
    char request[128];
    (void)snprintf(request, sizeof(request), "{\"request\":\"want\",\"cursor\":%lld}",
                   (long long)cursor);
    reply = asked(request);
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1);
    json_decref(reply);
}
END_TEST

START_TEST(want_by_stream)
{
    submit_numbered(0, 2);
    json_t *reply = asked("{\"request\":\"want\",\"cursor\":0,\"streams\":[\"region\"]}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 0);
    json_decref(reply);
    reply = asked("{\"request\":\"want\",\"cursor\":0,\"streams\":[\"region\",\"framework\"]}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 2);
    json_decref(reply);
}
END_TEST

START_TEST(want_refuses)
{
    refused("{\"request\":\"want\",\"cursor\":-1}", "invalid", "cursor: ");
    refused("{\"request\":\"want\",\"cursor\":1.5}", "invalid", "cursor: is not a whole number");
    refused("{\"request\":\"want\",\"limit\":0}", "invalid", "limit: is not between 1 and 1000");
    refused("{\"request\":\"want\",\"limit\":1001}", "invalid", "limit: ");
    refused("{\"request\":\"want\",\"wait_ms\":60001}", "invalid", "wait_ms: ");
    refused("{\"request\":\"want\",\"streams\":\"framework\"}", "invalid", "streams: ");
    refused("{\"request\":\"want\",\"streams\":[\"framework\",8]}", "invalid", "streams: 2");
    refused("{\"request\":\"want\",\"cursor\":1048576}", "stale", "from the start again");
}
END_TEST

START_TEST(want_has_a_limit_of_waiters)
{
    for (int i = 0; i < 256; i++) {
        ck_assert_ptr_null(ask("{\"request\":\"want\",\"wait_ms\":60000}", NULL, 0));
    }
    refused("{\"request\":\"want\",\"wait_ms\":60000}", "toobig", "256 programs wait");
    /* One record answers them all, and there is room again. */
    const struct toc_bytes part = framework("F1", 0);
    const struct toc_out *out;
    json_decref(ask(submit, &part, 1));
    ck_assert_uint_ge(toc_engine_outbox(daemon_.engine, &out), 257);
    ck_assert_ptr_null(ask("{\"request\":\"want\",\"wait_ms\":60000}", NULL, 0));
}
END_TEST

/* What retention destroyed is passed over, and what came after it still arrives. */
START_TEST(want_passes_over_what_is_gone)
{
    submit_numbered(0, 2);
    json_decref(asked("{\"request\":\"rotate\"}"));
    submit_numbered(2, 1);
    ck_assert_int_eq(toc_store_begin(daemon_.store), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_destroy(daemon_.store, 1, 1), TOC_OK);
    ck_assert_int_eq(toc_store_commit(daemon_.store), TOC_OK);
    json_t *reply = asked("{\"request\":\"want\",\"cursor\":0}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1);
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "records", 0), "sequence"), 3);
    json_decref(reply);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_want");
    TCase *wanting = tcase_create("want");

    tcase_add_test(wanting, want_in_pages);
    tcase_add_test(wanting, want_inside_a_batch);
    tcase_add_test(wanting, want_from_now_waits);
    tcase_add_test(wanting, want_times_out);
    tcase_add_test(wanting, want_by_stream);
    tcase_add_test(wanting, want_refuses);
    tcase_add_test(wanting, want_has_a_limit_of_waiters);
    tcase_add_test(wanting, want_passes_over_what_is_gone);
    tcase_add_checked_fixture(wanting, set_up, tear_down);
    suite_add_tcase(suite, wanting);
    return toc_test_main(suite);
}
