/* What an operator and an auditor ask for: requests in, replies out. */
#include "engine_internal.h"
#include "lone_daemon.h"

static void stage(const char *reference, const char *title)
{
    const struct toc_bytes part = toc_fixture_framework(arena, reference, title, 21000);
    json_t *reply = ask("{\"request\":\"stage\",\"stream\":\"framework\"}", &part, 1);

    ck_assert_int_eq(toc_fixture_number(reply, "staged"), 1);
    json_decref(reply);
}

static void publish_all(int64_t published)
{
    json_t *reply = asked("{\"request\":\"publish\"}");

    ck_assert_int_eq(toc_fixture_number(reply, "published"), published);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
    json_decref(reply);
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

START_TEST(audit_names_who_did_what)
{
    stage("F1", "Roads");
    publish_all(1);
    json_decref(asked("{\"request\":\"unstage\",\"stream\":\"framework\"}"));
    json_decref(asked("{\"request\":\"rebuild\"}"));
    json_decref(asked("{\"request\":\"rotate\",\"stream\":\"framework\"}"));
    json_t *reply = asked("{\"request\":\"audit\"}");
    const char *const commands[] = {"rotate", "rebuild", "unstage", "publish", "stage"};
    ck_assert_uint_eq(toc_fixture_length(reply, "audit"), 5);
    for (size_t i = 0; i < 5; i++) {
        const json_t *row = toc_fixture_item(reply, "audit", i);
        ck_assert_str_eq(toc_fixture_text(row, "command"), commands[i]);
        ck_assert_int_eq(toc_fixture_number(row, "uid"), 1000);
        ck_assert_str_eq(toc_fixture_text(row, "time"), "2026-01-31T12:00:00Z");
    }
    const int64_t third = toc_fixture_number(toc_fixture_item(reply, "audit", 2), "id");
    json_decref(reply);
    char request[64];
    (void)snprintf(request, sizeof(request), "{\"request\":\"audit\",\"before\":%lld}",
                   (long long)third);
    reply = asked(request);
    ck_assert_uint_eq(toc_fixture_length(reply, "audit"), 2);
    json_decref(reply);
    refused("{\"request\":\"audit\",\"before\":0}", "invalid", "before: ");
}
END_TEST

START_TEST(rotate_opens_an_epoch)
{
    refused("{\"request\":\"rotate\",\"stream\":\"framework\"}", "notfound", "ever published");
    refused("{\"request\":\"rotate\",\"publisher\":\"hull\",\"stream\":\"framework\"}", "denied",
            "this daemon is 'leeds'");
    stage("F1", "Roads");
    publish_all(1);
    json_t *reply = asked("{\"request\":\"rotate\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "rotated"), 1);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "rotated", 0), "opened"), "epoch");
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "rotated", 0), "generation"), 1);
    json_decref(reply);
    stage("F2", "Parks");
    publish_all(1);
    ck_assert_uint_eq(current(NULL), 2);
}
END_TEST

/* A later generation goes on counting, and is exported from wherever it begins. */
START_TEST(rotate_opens_a_generation)
{
    const struct toc_bytes *parts;

    stage("F1", "Roads");
    publish_all(1);
    daemon_.engine->logs[0].row.state = TOC_LOG_STOPPED;
    json_t *reply = asked("{\"request\":\"rotate\",\"stream\":\"framework\"}");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "rotated", 0), "opened"),
                     "generation");
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "rotated", 0), "generation"), 2);
    json_decref(reply);
    stage("F2", "Parks");
    publish_all(1);
    reply = asked("{\"request\":\"batches\",\"publisher\":\"leeds\",\"stream\":\"framework\","
                  "\"generation\":2}");
    ck_assert_uint_eq(toc_fixture_daemon_parts(&daemon_, &parts), 1);
    ck_assert_int_eq(toc_fixture_number(reply, "next_sequence"), 3);
    json_decref(reply);
}
END_TEST

START_TEST(rebuild_changes_nothing)
{
    stage("F1", "Roads");
    publish_all(1);
    json_t *first = asked("{\"request\":\"rebuild\"}");
    json_t *second = asked("{\"request\":\"rebuild\"}");
    ck_assert_int_eq(toc_fixture_number(first, "records"), 1);
    ck_assert_uint_eq(strlen(toc_fixture_text(first, "digest")), 64);
    ck_assert_str_eq(toc_fixture_text(first, "digest"), toc_fixture_text(second, "digest"));
    json_decref(first);
    json_decref(second);
    ck_assert_uint_eq(current("Roads"), 1);
}
END_TEST

START_TEST(adopt_refuses)
{
    const struct toc_bytes parts[] = {toc_bytes_text("rubbish"), toc_bytes_text("more")};

    refused("{\"request\":\"adopt\"}", "invalid", "takes one part");
    refused_with("{\"request\":\"adopt\"}", parts, 2, "invalid", "takes one part");
    refused_with("{\"request\":\"adopt\"}", parts, 1, "malformed", "");
    /* Held already is no mistake. */
    const struct toc_bytes file = toc_fixture_group_file(group, 1);
    json_t *reply = ask("{\"request\":\"adopt\"}", &file, 1);
    ck_assert_int_eq(toc_fixture_number(reply, "adopted"), 0);
    json_decref(reply);
}
END_TEST

START_TEST(exports_the_bytes_that_travelled)
{
    const struct toc_bytes *parts;
    struct toc_batch batch;

    stage("F1", "Roads");
    publish_all(1);
    stage("F2", "Parks");
    publish_all(1);
    json_t *reply = asked("{\"request\":\"rosters\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "last_version"), 1);
    ck_assert_uint_eq(toc_fixture_daemon_parts(&daemon_, &parts), 1);
    ck_assert(toc_bytes_equal(parts[0], toc_fixture_group_roster(group, 1)));
    json_decref(reply);
    reply = asked("{\"request\":\"rosters\",\"from\":2}");
    ck_assert_uint_eq(toc_fixture_daemon_parts(&daemon_, &parts), 0);
    json_decref(reply);
    reply = asked("{\"request\":\"batches\",\"publisher\":\"leeds\",\"stream\":\"framework\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "next_sequence"), 3);
    ck_assert_uint_eq(toc_fixture_daemon_parts(&daemon_, &parts), 2);
    ck_assert_int_eq(toc_wire_batch_decode(arena, parts[1], &batch), TOC_OK);
    ck_assert_uint_eq(batch.header.first_sequence, 2);
    json_decref(reply);
    reply = asked("{\"request\":\"batches\",\"publisher\":\"leeds\",\"stream\":\"framework\","
                  "\"generation\":1,\"from\":3}");
    ck_assert_int_eq(toc_fixture_number(reply, "next_sequence"), 3);
    ck_assert_uint_eq(toc_fixture_daemon_parts(&daemon_, &parts), 0);
    json_decref(reply);
    reply = asked("{\"request\":\"evidence\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "evidence"), 0);
    json_decref(reply);
    refused("{\"request\":\"batches\",\"publisher\":\"leeds\",\"stream\":\"framework\","
            "\"generation\":2}",
            "notfound", "generation 2");
    refused("{\"request\":\"batches\",\"publisher\":\"\",\"stream\":\"framework\"}", "invalid",
            "publisher: ");
    refused("{\"request\":\"batches\",\"publisher\":\"leeds\",\"stream\":\"framework\","
            "\"generation\":0}",
            "invalid", "generation: ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_admin");
    TCase *admin = tcase_create("admin");

    tcase_add_test(admin, audit_names_who_did_what);
    tcase_add_test(admin, rotate_opens_an_epoch);
    tcase_add_test(admin, rotate_opens_a_generation);
    tcase_add_test(admin, rebuild_changes_nothing);
    tcase_add_test(admin, adopt_refuses);
    tcase_add_test(admin, exports_the_bytes_that_travelled);
    tcase_add_checked_fixture(admin, set_up, tear_down);
    suite_add_tcase(suite, admin);
    return toc_test_main(suite);
}
