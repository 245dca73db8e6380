/* Drafts, preview and publish: requests in, replies out. */
#include "engine_internal.h"
#include "lone_daemon.h"
#include "record_framework.h"

static void set_up_unproven(void)
{
    start(true);
}

static void stage(const char *reference, const char *title, bool withdraw, int64_t staged,
                  int64_t unchanged)
{
    const struct toc_bytes part = toc_fixture_framework(arena, reference, title, 21000);
    char request[160];
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"stage\",\"stream\":\"framework\",\"source\":\"test.csv\","
                   "\"withdraw\":%s}",
                   withdraw ? "true" : "false");
    json_t *reply = ask(request, &part, 1);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s",
                  toc_fixture_text(reply, "message"));
    ck_assert_int_eq(toc_fixture_number(reply, "staged"), staged);
    ck_assert_int_eq(toc_fixture_number(reply, "unchanged"), unchanged);
    json_decref(reply);
}

/* Returns the digest, in a static buffer. */
static const char *preview(int64_t total, const char *action)
{
    static char digest[65];
    json_t *reply = asked("{\"request\":\"preview\"}");

    ck_assert_int_eq(toc_fixture_number(reply, "total"), total);
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), (size_t)total);
    if (total > 0) {
        ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "records", 0), "action"), action);
    }
    ck_assert_uint_eq(strlen(toc_fixture_text(reply, "digest")), 64);
    (void)snprintf(digest, sizeof(digest), "%s", toc_fixture_text(reply, "digest"));
    json_decref(reply);
    return digest;
}

static json_t *publish(const char *expect)
{
    char request[160];

    (void)snprintf(request, sizeof(request), "{\"request\":\"publish\",\"expect\":\"%s\"}", expect);
    return asked(request);
}

static void publish_all(int64_t published)
{
    json_t *reply = asked("{\"request\":\"publish\"}");

    ck_assert_int_eq(toc_fixture_number(reply, "published"), published);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
    json_decref(reply);
}

static int64_t drafts(void)
{
    json_t *status = asked("{\"request\":\"status\"}");
    const int64_t count = toc_fixture_number(status, "drafts");

    json_decref(status);
    return count;
}

static size_t current(const char *title)
{
    json_t *reply = asked("{\"request\":\"list\",\"stream\":\"framework\"}");
    const size_t count = toc_fixture_length(reply, "records");

    if (count > 0 && title != NULL) {
        ck_assert_str_eq(
            toc_fixture_text(json_object_get(toc_fixture_item(reply, "records", 0), "record"),
                             "title"),
            title);
    }
    json_decref(reply);
    return count;
}

/* ---- stage ---- */

START_TEST(stage_refuses)
{
    const struct toc_bytes good = toc_fixture_framework(arena, "F1", "Roads", 0);
    const struct toc_record withdrawal = {.type = TOC_RECORD_WITHDRAWAL,
                                          .withdraws = {.sequence = 1}};
    struct toc_bytes parts[513];
    const char *request = "{\"request\":\"stage\",\"stream\":\"framework\"}";

    for (size_t i = 0; i < 513; i++) {
        parts[i] = good;
    }
    refused_with(request, parts, 513, "toobig", "1 to 512");
    refused(request, "invalid", "1 to 512");
    refused_with("{\"request\":\"stage\"}", parts, 1, "invalid", "stream: is missing");
    refused_with("{\"request\":\"stage\",\"stream\":\"nonsense\"}", parts, 1, "invalid",
                 "knows no records");
    refused_with("{\"request\":\"stage\",\"stream\":\"framework\",\"withdraw\":\"yes\"}", parts, 1,
                 "invalid", "withdraw: is neither");
    parts[1] = toc_bytes_text("rubbish");
    refused_with(request, parts, 2, "malformed", "part 2: ");
    ck_assert_int_eq(toc_wire_record_encode(arena, &withdrawal, &parts[1]), TOC_OK);
    refused_with(request, parts, 2, "invalid", "part 2: corrects a record");
    ck_assert_int_eq(drafts(), 0); /* all or none */
}
END_TEST

START_TEST(stage_refuses_who_may_not_publish)
{
    const struct toc_bytes part = toc_fixture_framework(arena, "F1", "Roads", 0);

    toc_fixture_daemon_stop(&daemon_);
    toc_fixture_daemon_start(group, "spg", &daemon_);
    refused_with("{\"request\":\"stage\",\"stream\":\"framework\"}", &part, 1, "denied",
                 "does not let 'spg' publish");
}
END_TEST

START_TEST(stage_replaces_and_unstage_drops)
{
    stage("F1", "Roads", false, 1, 0);
    stage("F1", "Roads and bridges", false, 1, 0);
    stage("F2", "Parks", false, 1, 0);
    stage("F3", "Schools", false, 1, 0);
    ck_assert_int_eq(drafts(), 3);
    json_t *reply = asked("{\"request\":\"unstage\",\"stream\":\"framework\",\"key\":\"F2\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "dropped"), 1);
    json_decref(reply);
    reply = asked("{\"request\":\"unstage\",\"stream\":\"framework\",\"key\":\"F2\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "dropped"), 0);
    json_decref(reply);
    reply = asked("{\"request\":\"unstage\",\"stream\":\"framework\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "dropped"), 2);
    json_decref(reply);
    (void)preview(0, NULL);
    refused("{\"request\":\"unstage\"}", "invalid", "stream: is missing");
    refused("{\"request\":\"unstage\",\"stream\":\"framework\",\"key\":1}", "invalid", "key: ");
}
END_TEST

/* ---- preview and publish ---- */

START_TEST(add_replace_withdraw)
{
    char first[65];

    stage("F1", "Roads", false, 1, 0);
    (void)snprintf(first, sizeof(first), "%s", preview(1, "add"));
    json_t *reply = publish(first);
    ck_assert_int_eq(toc_fixture_number(reply, "published"), 1);
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "records", 0), "sequence"), 1);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "records", 0), "key"), "F1");
    json_decref(reply);
    ck_assert_int_eq(drafts(), 0);
    ck_assert_uint_eq(current("Roads"), 1);

    stage("F1", "Roads", false, 0, 1);
    stage("F1", "Roads and bridges", false, 1, 0);
    ck_assert_str_ne(preview(1, "replace"), first);
    publish_all(1);
    ck_assert_uint_eq(current("Roads and bridges"), 1);

    stage("F1", "Roads and bridges", true, 1, 0);
    (void)preview(1, "withdraw");
    publish_all(1);
    ck_assert_uint_eq(current(NULL), 0);
    ck_assert_int_eq(drafts(), 0);

    /* What was withdrawn can be published again, with the digest of the first time. */
    stage("F1", "Roads", false, 1, 0);
    ck_assert_str_eq(preview(1, "add"), first);
    publish_all(1);
    ck_assert_uint_eq(current("Roads"), 1);
}
END_TEST

/* What is published under a key is known again, whatever it replaced; saying it again takes back a
 * draft that said otherwise. */
START_TEST(published_content_is_no_change)
{
    stage("F1", "Roads", false, 1, 0);
    publish_all(1);
    stage("F1", "Roads and bridges", false, 1, 0);
    publish_all(1);
    stage("F1", "Roads and bridges", false, 0, 1);
    ck_assert_int_eq(drafts(), 0);
    stage("F1", "Roads", false, 1, 0);
    stage("F1", "Roads and bridges", false, 0, 1);
    ck_assert_int_eq(drafts(), 0);
}
END_TEST

/* The digest is what a person decides about: the same change has the same one, whichever sequence
 * it corrects. */
START_TEST(digest_has_no_sequences)
{
    char digests[2][2][65];

    for (int turn = 0; turn < 2; turn++) {
        stage("F1", "Roads", false, 1, 0);
        publish_all(1);
        stage("F1", "Roads and bridges", false, 1, 0);
        (void)snprintf(digests[turn][0], 65, "%s", preview(1, "replace"));
        publish_all(1);
        stage("F1", "Roads and bridges", true, 1, 0);
        (void)snprintf(digests[turn][1], 65, "%s", preview(1, "withdraw"));
        publish_all(1);
    }
    ck_assert_str_eq(digests[0][0], digests[1][0]);
    ck_assert_str_eq(digests[0][1], digests[1][1]);
    ck_assert_str_ne(digests[0][0], digests[0][1]);
}
END_TEST

/* A draft that was staged before its like was published has nothing to do, and goes. */
START_TEST(nothing_to_do)
{
    const struct toc_bytes part = toc_fixture_framework(arena, "F1", "Roads", 21000);

    stage("F1", "Roads", false, 1, 0);
    json_decref(ask("{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"x\"}", &part, 1));
    (void)preview(0, NULL);
    ck_assert_int_eq(drafts(), 1);
    publish_all(0);
    json_decref(toc_fixture_daemon_tick(&daemon_));
    ck_assert_int_eq(drafts(), 0);
    /* A withdrawal of what nobody published, too. */
    stage("F7", "Roads", true, 1, 0);
    publish_all(0);
    ck_assert_int_eq(drafts(), 0);
}
END_TEST

START_TEST(what_is_sent_is_what_was_shown)
{
    char digest[65];

    stage("F1", "Roads", false, 1, 0);
    (void)snprintf(digest, sizeof(digest), "%s", preview(1, "add"));
    stage("F2", "Parks", false, 1, 0);
    char request[160];
    (void)snprintf(request, sizeof(request), "{\"request\":\"publish\",\"expect\":\"%s\"}", digest);
    refused(request, "denied", "preview");
    ck_assert_uint_eq(current(NULL), 0);
    ck_assert_int_eq(drafts(), 2);
    refused("{\"request\":\"publish\",\"expect\":\"12\"}", "invalid", "expect: ");
    json_decref(asked("{\"request\":\"unstage\",\"stream\":\"framework\",\"key\":\"F2\"}"));
    json_t *reply = publish(digest);
    ck_assert_int_eq(toc_fixture_number(reply, "published"), 1);
    json_decref(reply);
}
END_TEST

/* The digest is over recipients as well. */
START_TEST(digest_follows_the_audience)
{
    char before[65];

    stage("F1", "Roads", false, 1, 0);
    (void)snprintf(before, sizeof(before), "%s", preview(1, "add"));
    toc_fixture_group_add(group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    const struct toc_bytes file = toc_fixture_group_file(group, toc_fixture_group_sign(group));
    json_t *reply = ask("{\"request\":\"adopt\"}", &file, 1);
    ck_assert_int_eq(toc_fixture_number(reply, "roster_version"), 2);
    ck_assert_int_eq(toc_fixture_number(reply, "adopted"), 1);
    json_decref(reply);
    ck_assert_str_ne(preview(1, "add"), before);
    reply = asked("{\"request\":\"preview\",\"stream\":\"framework\"}");
    const json_t *recipients = toc_fixture_item(reply, "recipients", 0);
    ck_assert_str_eq(toc_fixture_text(recipients, "stream"), "framework");
    ck_assert_uint_eq(toc_fixture_length(recipients, "members"), 1);
    ck_assert_str_eq(json_string_value(toc_fixture_item(recipients, "members", 0)), "york");
    json_decref(reply);
}
END_TEST

static void stage_many(unsigned count)
{
    for (unsigned at = 0; at < count; at += 512) {
        struct toc_bytes parts[512];
        const unsigned len = count - at < 512 ? count - at : 512;
        for (unsigned i = 0; i < len; i++) {
            char *reference = toc_arena_get(arena, 16);
            (void)snprintf(reference, 16, "F%05u", at + i);
            parts[i] = toc_fixture_framework(arena, reference, "Roads", 0);
        }
        json_t *reply = ask("{\"request\":\"stage\",\"stream\":\"framework\"}", parts, len);
        ck_assert_int_eq(toc_fixture_number(reply, "staged"), len);
        json_decref(reply);
    }
}

START_TEST(preview_in_pages)
{
    json_t *after = NULL;
    char digest[65] = "";
    unsigned seen = 0, pages = 0;

    stage_many(150);
    do {
        json_t *request = json_pack("{s:s, s:i}", "request", "preview", "limit", 60);
        if (after != NULL) {
            json_object_set_new(request, "after", after);
        }
        char *words = json_dumps(request, 0);
        json_t *reply = asked(words);
        ck_assert_int_eq(toc_fixture_number(reply, "total"), 150);
        if (digest[0] != '\0') {
            ck_assert_str_eq(toc_fixture_text(reply, "digest"), digest);
        }
        (void)snprintf(digest, sizeof(digest), "%s", toc_fixture_text(reply, "digest"));
        for (size_t i = 0; i < toc_fixture_length(reply, "records"); i++) {
            char key[16];
            (void)snprintf(key, sizeof(key), "F%05u", seen++);
            ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "records", i), "key"), key);
        }
        after = json_incref(json_object_get(reply, "after"));
        json_decref(reply);
        json_decref(request);
        free(words);
        pages++;
    } while (!json_is_null(after));
    ck_assert_uint_eq(seen, 150);
    ck_assert_uint_eq(pages, 3);
    json_decref(publish(digest));
    refused("{\"request\":\"preview\",\"after\":\"x\"}", "invalid", "after: ");
    refused("{\"request\":\"preview\",\"after\":7}", "invalid", "after: ");
    refused("{\"request\":\"preview\",\"limit\":501}", "invalid", "limit: ");
}
END_TEST

/* More than one submission, one tick, in order; the reply names the first thousand. */
START_TEST(publish_many)
{
    stage_many(1300);
    json_t *reply = asked("{\"request\":\"publish\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "published"), 1300);
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1000);
    for (size_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "records", i), "sequence"),
                         (int64_t)i + 1);
    }
    json_decref(reply);
    json_decref(toc_fixture_daemon_tick(&daemon_));
    json_t *status = asked("{\"request\":\"status\"}");
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(status, "logs", 0), "next_sequence"),
                     1301);
    ck_assert_int_eq(toc_fixture_number(status, "drafts"), 0);
    json_decref(status);
    publish_all(0);
}
END_TEST

/* A draft staged anew between the publish and the tick that drops drafts is another draft. */
START_TEST(newer_draft_stays)
{
    const struct toc_local_user user = {.uid = 1, .gid = 1};
    const struct toc_bytes request = toc_bytes_text("{\"request\":\"publish\"}");
    const struct toc_bytes parts[] = {
        toc_bytes_text("{\"request\":\"stage\",\"stream\":\"framework\"}"),
        toc_fixture_framework(arena, "F1", "Roads and bridges", 21000)};

    stage("F1", "Roads", false, 1, 0);
    toc_engine_begin(daemon_.engine);
    ck_assert_int_eq(toc_engine_local(daemon_.engine, 1, &user, &request, 1), TOC_OK);
    ck_assert_int_eq(toc_engine_local(daemon_.engine, 1, &user, parts, 2), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(daemon_.engine, NULL), TOC_OK);
    ck_assert_int_eq(drafts(), 1);
    (void)preview(1, "replace");
}
END_TEST

/* The disk did not follow: what was to be sent is still a draft, even after a later request. */
START_TEST(drafts_survive_a_failed_commit)
{
    const struct toc_local_user user = {.uid = 1, .gid = 1};
    const struct toc_bytes request = toc_bytes_text("{\"request\":\"publish\"}");
    struct toc_why why = {""};

    stage("F1", "Roads", false, 1, 0);
    toc_engine_begin(daemon_.engine);
    ck_assert_int_eq(toc_engine_local(daemon_.engine, 1, &user, &request, 1), TOC_OK);
    ck_assert_int_eq(toc_engine_local(daemon_.engine, 1, &user, &request, 1), TOC_OK);
    daemon_.engine->store_failed = true;
    ck_assert_int_ne(toc_engine_finish(daemon_.engine, &why), TOC_OK);
    ck_assert_int_eq(drafts(), 1);
    ck_assert_uint_eq(current(NULL), 0);
    publish_all(1);
    ck_assert_uint_eq(current("Roads"), 1);
    ck_assert_int_eq(drafts(), 0);
}
END_TEST

/* Until the hub has spoken what is published waits; the drafts are gone, and nothing is sent twice.
 */
START_TEST(unproven)
{
    char digest[65];

    stage("F1", "Roads", false, 1, 0);
    (void)snprintf(digest, sizeof(digest), "%s", preview(1, "add"));
    json_t *reply = publish(digest);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "unproven");
    ck_assert(json_is_null(json_object_get(toc_fixture_item(reply, "records", 0), "sequence")));
    json_decref(reply);
    ck_assert_int_eq(drafts(), 0);
    stage("F1", "Roads and bridges", false, 1, 0);
    refused("{\"request\":\"publish\"}", "again", "still wait for the hub");
    ck_assert_int_eq(drafts(), 1);
    /* A withdrawal of what waits is kept until it can name it. */
    stage("F1", "Roads and bridges", true, 1, 0);
    reply = asked("{\"request\":\"publish\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "published"), 0);
    json_decref(reply);
    json_decref(toc_fixture_daemon_tick(&daemon_));
    ck_assert_int_eq(drafts(), 1);
}
END_TEST

/* A crash after the commit and before the drafts were dropped: publishing again sends nothing
 * again. */
START_TEST(crash_before_the_drafts_go)
{
    stage("F1", "Roads", false, 1, 0);
    for (int turn = 0; turn < 3; turn++) {
        json_t *reply = asked("{\"request\":\"publish\"}");
        ck_assert_int_eq(toc_fixture_number(reply, "published"), 1);
        json_decref(reply);
        toc_fixture_daemon_restart(group, &daemon_);
        json_t *want = ask("{\"request\":\"preview\"}", NULL, 0);
        ck_assert_int_eq(toc_fixture_number(want, "total"),
                         1); /* nothing in memory says that it went */
        json_decref(want);
    }
    json_t *status = asked("{\"request\":\"status\"}");
    ck_assert_int_eq(toc_fixture_number(status, "waiting"), 1);
    json_decref(status);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_publish");
    TCase *staging = tcase_create("stage");
    TCase *publishing = tcase_create("publish");
    TCase *waiting = tcase_create("unproven");

    tcase_add_test(staging, stage_refuses);
    tcase_add_test(staging, stage_replaces_and_unstage_drops);
    tcase_add_test(publishing, add_replace_withdraw);
    tcase_add_test(publishing, published_content_is_no_change);
    tcase_add_test(publishing, digest_has_no_sequences);
    tcase_add_test(publishing, nothing_to_do);
    tcase_add_test(publishing, what_is_sent_is_what_was_shown);
    tcase_add_test(publishing, digest_follows_the_audience);
    tcase_add_test(publishing, preview_in_pages);
    tcase_add_test(publishing, publish_many);
    tcase_add_test(publishing, newer_draft_stays);
    tcase_add_test(publishing, drafts_survive_a_failed_commit);
    tcase_add_test(waiting, stage_refuses_who_may_not_publish);
    tcase_add_test(waiting, unproven);
    tcase_add_test(waiting, crash_before_the_drafts_go);
    tcase_add_checked_fixture(staging, set_up, tear_down);
    tcase_add_checked_fixture(publishing, set_up, tear_down);
    tcase_add_checked_fixture(waiting, set_up_unproven, tear_down);
    suite_add_tcase(suite, staging);
    suite_add_tcase(suite, publishing);
    suite_add_tcase(suite, waiting);
    return toc_test_main(suite);
}
