/* `list` with the streams of sub-groups, a page at a time. */
#include "fixture_ask.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

static struct toc_fixture_group *group;
static struct toc_fixture_daemon daemon_;
static struct toc_arena *arena;

static void submit(const char *stream, const char *reference)
{
    const struct toc_bytes part = toc_fixture_framework(arena, reference, "Highways", 0);
    char request[160];
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"submit\",\"stream\":\"%s\",\"id\":\"%s\"}", stream, reference);
    json_t *reply = toc_fixture_daemon_ask(&daemon_, request, &part, 1);
    ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
    json_decref(reply);
}

static void set_up(void)
{
    static const char *const streams[] = {"framework.schools", "framework.highways"};
    group = toc_fixture_group_new(7);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        const struct toc_stream_rule rule = {.stream = streams[i],
                                             .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                             .audience = TOC_AUDIENCE_GROUP,
                                             .list = ""};
        toc_fixture_group_rule(group, &rule);
    }
    (void)toc_fixture_group_sign(group);
    toc_fixture_daemon_start(group, "leeds", &daemon_);
    ck_assert_int_eq(toc_arena_new((size_t)16 * 1024 * 1024, &arena), TOC_OK);
    submit("framework.schools", "S-1");
    submit("framework", "F-1");
    submit("framework", "F-2");
    submit("framework.highways", "H-1");
}

static void tear_down(void)
{
    toc_fixture_daemon_stop(&daemon_);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

static void lists(const char *request, const char *const *keys, size_t keys_len)
{
    json_t *reply = toc_fixture_asked(&daemon_, request);
    ck_assert_uint_eq(toc_fixture_length(reply, "records"), keys_len);
    for (size_t i = 0; i < keys_len; i++) {
        ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "records", i), "key"), keys[i]);
    }
    json_decref(reply);
}

START_TEST(one_stream_alone)
{
    lists("{\"request\":\"list\",\"stream\":\"framework\"}", (const char *const[]){"F-1", "F-2"},
          2);
    lists("{\"request\":\"list\",\"stream\":\"framework.highways\",\"sub_streams\":true}",
          (const char *const[]){"H-1"}, 1);
}
END_TEST

START_TEST(with_those_of_sub_groups)
{
    const char *const keys[] = {"F-1", "F-2", "H-1", "S-1"};
    lists("{\"request\":\"list\",\"stream\":\"framework\",\"sub_streams\":true}", keys, 4);
    lists("{\"request\":\"list\",\"stream\":\"framework\",\"sub_streams\":true,"
          "\"publisher\":\"leeds\"}",
          keys, 4);
    lists("{\"request\":\"list\",\"stream\":\"framework\",\"sub_streams\":true,"
          "\"publisher\":\"york\"}",
          NULL, 0);
}
END_TEST

START_TEST(page_by_page)
{
    static const char *const names[] = {"framework/F-1", "framework/F-2", "framework.highways/H-1",
                                        "framework.schools/S-1"};
    json_t *fields = json_pack("{s:s, s:s, s:b, s:i}", "request", "list", "stream", "framework",
                               "sub_streams", 1, "limit", 1);
    for (size_t i = 0; i < 4; i++) {
        char *request = json_dumps(fields, 0);
        json_t *reply = toc_fixture_asked(&daemon_, request);
        const json_t *one = toc_fixture_item(reply, "records", 0);
        char name[64];
        ck_assert_uint_eq(toc_fixture_length(reply, "records"), 1);
        (void)snprintf(name, sizeof name, "%s/%s", toc_fixture_text(one, "stream"),
                       toc_fixture_text(one, "key"));
        ck_assert_str_eq(name, names[i]);
        ck_assert_int_eq(json_is_null(json_object_get(reply, "after")), i == 3);
        ck_assert_int_eq(json_object_set(fields, "after", json_object_get(reply, "after")), 0);
        free(request);
        json_decref(reply);
    }
    json_decref(fields);
}
END_TEST

START_TEST(refuses)
{
    toc_fixture_refused(&daemon_,
                        "{\"request\":\"list\",\"stream\":\"framework\",\"sub_streams\":1}", NULL,
                        0, "invalid", "sub_streams");
    toc_fixture_refused(&daemon_,
                        "{\"request\":\"list\",\"stream\":\"framework\",\"after\":{\"stream\":"
                        "\"framework.schools\",\"publisher\":\"leeds\",\"sequence\":1}}",
                        NULL, 0, "invalid", "after");
    toc_fixture_refused(&daemon_,
                        "{\"request\":\"list\",\"stream\":\"framework\",\"sub_streams\":true,"
                        "\"after\":{\"stream\":\"frameworks.x\",\"publisher\":\"leeds\","
                        "\"sequence\":1}}",
                        NULL, 0, "invalid", "after");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_local_list");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, one_stream_alone);
    tcase_add_test(all, with_those_of_sub_groups);
    tcase_add_test(all, page_by_page);
    tcase_add_test(all, refuses);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
