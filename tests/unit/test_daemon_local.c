/* The local socket without a socket: requests in, replies out, one tick each. */
#include "lone_daemon.h"

/* ---- requests that are none ---- */

START_TEST(malformed)
{
    refused("", "malformed", "not a JSON object");
    refused("{", "malformed", "not a JSON object");
    refused("[]", "malformed", "not a JSON object");
    refused("{\"request\":\"status\",\"request\":\"audit\"}", "malformed", "not a JSON object");
    refused("{}", "invalid", "request: is missing");
    refused("{\"request\":7}", "invalid", "request: is not a text");
    refused("{\"request\":\"statuss\"}", "notfound", "knows no such request");
    refused("{\"request\":\"status\",\"tag\":7}", "invalid", "tag: is not a text");
}
END_TEST

START_TEST(no_part_at_all)
{
    const struct toc_local_user user = {.uid = 1, .gid = 1};
    const struct toc_out *out;
    struct toc_why why;

    toc_engine_begin(daemon_.engine);
    ck_assert_int_eq(toc_engine_local(daemon_.engine, 3, &user, NULL, 0), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(daemon_.engine, &why), TOC_OK);
    ck_assert_uint_eq(toc_engine_outbox(daemon_.engine, &out), 1);
    ck_assert_uint_eq(out[0].link, 3);
    ck_assert_ptr_nonnull(memmem(out[0].parts[0].data, out[0].parts[0].len, "malformed", 9));
}
END_TEST

START_TEST(too_long_a_request)
{
    const size_t len = (size_t)64 * 1024;
    char *request = malloc(len + 2);

    ck_assert_ptr_nonnull(request);
    (void)snprintf(request, len, "{\"request\":\"status\"}");
    memset(request + 20, ' ', len - 20);
    request[len] = '\0';
    json_decref(asked(request));
    request[len] = ' ';
    request[len + 1] = '\0';
    refused(request, "toobig", "longer than 65536 bytes");
    free(request);
}
END_TEST

START_TEST(tag_comes_back)
{
    char request[128], tag[66];
    json_t *reply = asked("{\"request\":\"audit\",\"tag\":\"a 1\"}");

    ck_assert_str_eq(toc_fixture_text(reply, "tag"), "a 1");
    json_decref(reply);
    reply = ask("{\"request\":\"nothing\",\"tag\":\"a 2\"}", NULL, 0);
    ck_assert_str_eq(toc_fixture_text(reply, "tag"), "a 2");
    json_decref(reply);
    memset(tag, 'x', sizeof(tag));
    tag[65] = '\0';
    (void)snprintf(request, sizeof(request), "{\"request\":\"audit\",\"tag\":\"%s\"}", tag);
    refused(request, "invalid", "tag: is longer than 64");
    (void)snprintf(request, sizeof(request), "{\"request\":\"audit\",\"tag\":\"%s\"}", tag + 1);
    json_decref(asked(request));
}
END_TEST

/* ---- submit ---- */

static const char *const submit =
    "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"one\"}";

START_TEST(submit_and_repeat)
{
    const struct toc_bytes parts[] = {framework("F1", 0), framework("F2", 0)};

    for (int turn = 0; turn < 2; turn++) {
        json_t *reply = ask(submit, parts, 2);
        ck_assert(json_is_true(json_object_get(reply, "ok")));
        ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
        ck_assert_int_eq(toc_fixture_number(reply, "first_sequence"), 1);
        ck_assert_int_eq(toc_fixture_number(reply, "records"), 2);
        ck_assert_int_eq(json_is_true(json_object_get(reply, "repeated")), turn == 1);
        json_decref(reply);
        toc_fixture_daemon_restart(group, &daemon_);
    }
    json_t *status = asked("{\"request\":\"status\"}");
    const json_t *log = json_array_get(json_object_get(status, "logs"), 0);
    ck_assert_int_eq(toc_fixture_number(log, "next_sequence"), 3);
    json_decref(status);
}
END_TEST

START_TEST(submit_refuses)
{
    const struct toc_bytes good = framework("F1", 0);
    static const uint8_t long_bytes[TOC_RECORD_LEN_MAX + 1];
    struct toc_bytes parts[TOC_BATCH_RECORDS_MAX + 1];

    refused(submit, "invalid", "1 to 512 records");
    for (size_t i = 0; i < TOC_BATCH_RECORDS_MAX + 1; i++) {
        parts[i] = good;
    }
    refused_with(submit, parts, TOC_BATCH_RECORDS_MAX + 1, "toobig", "1 to 512 records");
    parts[1] = toc_bytes_of(long_bytes, sizeof(long_bytes));
    refused_with(submit, parts, 2, "toobig", "part 2: is longer than 16384 bytes");
    parts[1] = toc_bytes_text("no record");
    refused_with(submit, parts, 2, "malformed", "part 2: ");
    parts[1] = framework("", 0);
    refused_with(submit, parts, 2, "invalid", "part 2: reference");
    refused_with("{\"request\":\"submit\",\"id\":\"x\"}", parts, 1, "invalid",
                 "stream: is missing");
    refused_with("{\"request\":\"submit\",\"stream\":\"Frame\",\"id\":\"x\"}", parts, 1, "invalid",
                 "stream: is not");
    refused_with("{\"request\":\"submit\",\"stream\":3,\"id\":\"x\"}", parts, 1, "invalid",
                 "stream: is not a text");
    refused_with("{\"request\":\"submit\",\"stream\":\"framework\"}", parts, 1, "invalid", "id: ");
    refused_with("{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"a b\"}", parts, 1,
                 "invalid", "id: ");
    refused_with("{\"request\":\"submit\",\"stream\":\"region\",\"id\":\"x\"}", parts, 1, "invalid",
                 "part 1: type");
}
END_TEST

/* The records as a list in one part. */
START_TEST(submit_list)
{
    static const char request[] =
        "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"list\",\"list\":true}";
    static const uint8_t long_bytes[TOC_RECORD_LEN_MAX + 1];
    const struct toc_bytes good = framework("F1", 0);
    struct toc_bytes parts[2];
    struct toc_buf list;
    json_t *reply;

    toc_buf_init(&list, (size_t)64 * 1024 * 1024);
    parts[0] = toc_buf_bytes(&list);
    parts[1] = parts[0];
    refused_with(request, parts, 0, "invalid", "list: a list is one part, this has 0");
    refused_with(request, parts, 2, "invalid", "list: a list is one part, this has 2");
    refused_with(request, parts, 1, "invalid", "1 to 512 records");
    for (size_t i = 0; i < TOC_BATCH_RECORDS_MAX; i++) {
        ck_assert_int_eq(toc_list_append(&list, good), TOC_OK);
    }
    parts[0] = toc_bytes_of(list.data, list.len - 1);
    refused_with(request, parts, 1, "malformed", "list: record 512 is cut");
    parts[0] = toc_buf_bytes(&list);
    reply = ask(request, parts, 1);
    ck_assert_int_eq(toc_fixture_number(reply, "records"), TOC_BATCH_RECORDS_MAX);
    json_decref(reply);
    ck_assert_int_eq(toc_list_append(&list, good), TOC_OK);
    parts[0] = toc_buf_bytes(&list);
    refused_with(request, parts, 1, "toobig", "list: has more than 512 records");
    toc_buf_clear(&list);
    ck_assert_int_eq(toc_list_append(&list, good), TOC_OK);
    ck_assert_int_eq(toc_list_append(&list, toc_bytes_of(long_bytes, sizeof(long_bytes))), TOC_OK);
    parts[0] = toc_buf_bytes(&list);
    refused_with(request, parts, 1, "malformed", "list: record 2 is cut, or longer");
    toc_buf_clear(&list);
    ck_assert_int_eq(toc_list_append(&list, good), TOC_OK);
    ck_assert_int_eq(toc_list_append(&list, toc_bytes_text("no record")), TOC_OK);
    parts[0] = toc_buf_bytes(&list);
    refused_with(request, parts, 1, "malformed", "part 2: ");
    toc_buf_done(&list);
}
END_TEST

START_TEST(submit_id_at_its_limit)
{
    const struct toc_bytes part = framework("F1", 0);
    char request[200], id[66];

    memset(id, 'x', sizeof(id));
    id[65] = '\0';
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"%s\"}", id);
    refused_with(request, &part, 1, "invalid", "id: ");
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"%s\"}", id + 1);
    json_t *reply = ask(request, &part, 1);
    ck_assert(json_is_true(json_object_get(reply, "ok")));
    json_decref(reply);
}
END_TEST

/* With a hub that has not been heard nothing is signed, and nothing is lost. */
START_TEST(submit_unproven)
{
    const struct toc_bytes part = framework("F1", 0);

    toc_fixture_daemon_stop(&daemon_);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    (void)toc_fixture_group_sign(group);
    toc_fixture_daemon_start(group, "leeds", &daemon_);
    for (int turn = 0; turn < 2; turn++) {
        json_t *reply = ask(submit, &part, 1);
        ck_assert_str_eq(toc_fixture_text(reply, "state"), "unproven");
        ck_assert(json_is_null(json_object_get(reply, "first_sequence")));
        ck_assert_int_eq(json_is_true(json_object_get(reply, "repeated")), turn == 1);
        json_decref(reply);
        toc_fixture_daemon_restart(group, &daemon_);
    }
    json_t *status = asked("{\"request\":\"status\"}");
    ck_assert_int_eq(toc_fixture_number(status, "waiting"), 1);
    ck_assert_uint_ge(toc_fixture_length(status, "warnings"), 1);
    json_decref(status);
}
END_TEST

/* ---- list ---- */

START_TEST(list_in_pages)
{
    json_t *after = json_null();
    unsigned seen = 0;

    submit_numbered(0, 5);
    while (seen < 5) {
        json_t *request = json_pack("{s:s, s:s, s:i, s:o}", "request", "list", "stream",
                                    "framework", "limit", 2, "after", after);
        char *words = json_dumps(request, 0);
        json_t *reply = asked(words);
        const json_t *records = json_object_get(reply, "records");
        for (size_t i = 0; i < json_array_size(records); i++) {
            const json_t *one = json_array_get(records, i);
            char key[8];
            (void)snprintf(key, sizeof(key), "F%04u", seen++);
            ck_assert_str_eq(toc_fixture_text(one, "key"), key);
            ck_assert_str_eq(toc_fixture_text(one, "publisher"), "leeds");
            ck_assert_int_eq(toc_fixture_number(one, "sequence"), (int64_t)seen);
            ck_assert_str_eq(toc_fixture_text(json_object_get(one, "record"), "title"), "Highways");
        }
        after = json_deep_copy(json_object_get(reply, "after"));
        ck_assert_int_eq(json_is_null(after), seen == 5);
        json_decref(reply);
        json_decref(request);
        free(words);
    }
}
END_TEST

START_TEST(list_filters)
{
    submit_numbered(0, 3); /* end on days 20000, 20001 and 20002: 2024-10-04 is the first */
    json_t *reply =
        asked("{\"request\":\"list\",\"stream\":\"framework\",\"ends_before\":\"2024-10-05\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1);
    json_decref(reply);
    reply = asked("{\"request\":\"list\",\"stream\":\"framework\",\"publisher\":\"leeds\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 3);
    json_decref(reply);
    reply = asked("{\"request\":\"list\",\"stream\":\"framework\",\"publisher\":\"hull\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 0);
    ck_assert(json_is_null(json_object_get(reply, "after")));
    json_decref(reply);
    reply = asked("{\"request\":\"list\",\"stream\":\"region\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 0);
    json_decref(reply);
}
END_TEST

START_TEST(list_refuses)
{
    refused("{\"request\":\"list\"}", "invalid", "stream: is missing");
    refused("{\"request\":\"list\",\"stream\":\"framework\",\"limit\":501}", "invalid", "limit: ");
    refused("{\"request\":\"list\",\"stream\":\"framework\",\"ends_before\":\"05/10/2024\"}",
            "invalid", "ends_before: ");
    refused("{\"request\":\"list\",\"stream\":\"framework\",\"publisher\":\"Le\"}", "invalid",
            "publisher: ");
    refused("{\"request\":\"list\",\"stream\":\"framework\",\"after\":{\"publisher\":\"a\"}}",
            "invalid", "after: ");
    refused("{\"request\":\"list\",\"stream\":\"framework\",\"after\":[]}", "invalid", "after: ");
}
END_TEST

/* ---- status ---- */

START_TEST(status_says_what_there_is)
{
    submit_numbered(0, 2);
    json_t *status = asked("{\"request\":\"status\"}");
    const json_t *log = json_array_get(json_object_get(status, "logs"), 0);
    const json_t *applied = json_array_get(json_object_get(log, "applied"), 0);

    ck_assert_str_eq(toc_fixture_text(status, "member"), "leeds");
    ck_assert_str_eq(toc_fixture_text(status, "group"), "test-group");
    ck_assert_uint_eq(strlen(toc_fixture_text(status, "group_fingerprint")), 49);
    ck_assert_int_eq(toc_fixture_number(status, "roster_version"), 1);
    ck_assert_str_eq(toc_fixture_text(status, "roster_state"), "valid");
    ck_assert_str_eq(toc_fixture_text(status, "roster_expires"), "2027-01-31T12:00:00Z");
    ck_assert(json_is_null(json_object_get(status, "holder_note")));
    ck_assert_uint_eq(toc_fixture_length(status, "logs"), 1);
    ck_assert_str_eq(toc_fixture_text(log, "state"), "open");
    ck_assert_int_eq(toc_fixture_number(log, "next_sequence"), 3);
    ck_assert_int_eq(toc_fixture_number(log, "applied_here"), 2);
    ck_assert_uint_eq(strlen(toc_fixture_text(log, "head")), 64);
    ck_assert_uint_eq(toc_fixture_length(log, "applied"), 1);
    ck_assert_str_eq(toc_fixture_text(applied, "member"), "leeds");
    ck_assert_int_eq(toc_fixture_number(applied, "sequence"), 2);
    ck_assert_int_eq(toc_fixture_number(status, "drafts"), 0);
    ck_assert_int_eq(toc_fixture_number(status, "evidence"), 0);
    ck_assert_uint_eq(toc_fixture_length(status, "peers"), 0);
    ck_assert_uint_eq(toc_fixture_length(status, "members"), 0);
    ck_assert_uint_eq(toc_fixture_length(status, "warnings"), 0);
    ck_assert_int_eq(toc_fixture_number(json_object_get(status, "counters"), "records_applied"), 2);
    json_decref(status);
}
END_TEST

static const char *const no_words = "";

static void warns_at(int64_t days_left, const char *state, const char *words)
{
    const int64_t day = INT64_C(24) * 3600 * 1000;
    const int64_t expires = INT64_C(1769860800000) + 365 * day;

    toc_fixture_group_advance(group, expires - days_left * day - toc_fixture_group_wall(group));
    json_t *status = asked("{\"request\":\"status\"}");
    const json_t *warnings = json_object_get(status, "warnings");
    ck_assert_str_eq(toc_fixture_text(status, "roster_state"), state);
    ck_assert_uint_eq(json_array_size(warnings), words == no_words ? 0 : 1);
    if (words != no_words) {
        const char *said = json_string_value(json_array_get(warnings, 0));
        ck_assert_msg(strstr(said, words) != NULL, "%lld days: %s", (long long)days_left, said);
    }
    json_decref(status);
}

START_TEST(status_warns_of_expiry)
{
    warns_at(61, "valid", no_words);
    warns_at(59, "expires_soon", "within two months");
    warns_at(29, "expires_soon", "within a month");
    warns_at(6, "expires_soon", "in 6 days");
    warns_at(-1, "in_grace", "in its grace");
    warns_at(-31, "expired", "no logs are exchanged");
}
END_TEST

START_TEST(status_names_silent_peers_and_the_one_holder)
{
    toc_fixture_daemon_stop(&daemon_);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_holder(group, "spg");
    (void)toc_fixture_group_sign(group);
    toc_fixture_daemon_start(group, "leeds", &daemon_);
    daemon_.conf.peers_len = 1;
    (void)snprintf(daemon_.conf.peers[0].member, sizeof(daemon_.conf.peers[0].member), "spg");
    (void)snprintf(daemon_.conf.peers[0].session, sizeof(daemon_.conf.peers[0].session),
                   "tcp://127.0.0.1:7101");
    toc_engine_begin(daemon_.engine);
    ck_assert_int_eq(toc_engine_link_dial(daemon_.engine, 5, "spg"), TOC_OK);
    toc_engine_link_state(daemon_.engine, 5, TOC_PEER_WRONG_SERVER_KEY);
    ck_assert_int_eq(toc_engine_finish(daemon_.engine, NULL), TOC_OK);
    json_t *status = asked("{\"request\":\"status\"}");
    const json_t *peer = json_array_get(json_object_get(status, "peers"), 0);
    const json_t *member = json_array_get(json_object_get(status, "members"), 0);
    ck_assert_uint_eq(toc_fixture_length(status, "peers"), 1);
    ck_assert_str_eq(toc_fixture_text(peer, "member"), "spg");
    ck_assert_str_eq(toc_fixture_text(peer, "state"), "wrong_server_key");
    ck_assert_str_eq(toc_fixture_text(peer, "address"), "tcp://127.0.0.1:7101");
    ck_assert(json_is_true(json_object_get(peer, "dialled")));
    ck_assert_uint_eq(toc_fixture_length(status, "members"), 1);
    ck_assert_str_eq(toc_fixture_text(member, "member"), "spg");
    ck_assert(json_is_null(json_object_get(member, "heard")));
    ck_assert_ptr_nonnull(
        strstr(toc_fixture_text(status, "holder_note"), "could look suppliers up"));
    char *words = json_dumps(json_object_get(status, "warnings"), 0);
    ck_assert_ptr_nonnull(strstr(words, "Peer spg is wrong_server_key"));
    ck_assert_ptr_nonnull(strstr(words, "could look suppliers up"));
    ck_assert_ptr_nonnull(strstr(words, "Nothing is signed until the hub"));
    free(words);
    json_decref(status);
}
END_TEST

static void add_cases(Suite *suite)
{
    TCase *requests = tcase_create("requests");
    TCase *submitting = tcase_create("submit");
    TCase *listing = tcase_create("list");
    TCase *status = tcase_create("status");
    TCase *const cases[] = {requests, submitting, listing, status};

    tcase_add_test(requests, malformed);
    tcase_add_test(requests, no_part_at_all);
    tcase_add_test(requests, too_long_a_request);
    tcase_add_test(requests, tag_comes_back);
    tcase_add_test(submitting, submit_and_repeat);
    tcase_add_test(submitting, submit_refuses);
    tcase_add_test(submitting, submit_list);
    tcase_add_test(submitting, submit_id_at_its_limit);
    tcase_add_test(submitting, submit_unproven);
    tcase_add_test(listing, list_in_pages);
    tcase_add_test(listing, list_filters);
    tcase_add_test(listing, list_refuses);
    tcase_add_test(status, status_says_what_there_is);
    tcase_add_test(status, status_warns_of_expiry);
    tcase_add_test(status, status_names_silent_peers_and_the_one_holder);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tcase_add_checked_fixture(cases[i], set_up, tear_down);
        suite_add_tcase(suite, cases[i]);
    }
}

int main(void)
{
    Suite *suite = suite_create("daemon_local");

    add_cases(suite);
    return toc_test_main(suite);
}
