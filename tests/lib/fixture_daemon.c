/* fixture_group.h, the second half: engines on stores in memory. */
#include "fixture_group.h"

#include "record_framework.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define LOCAL_LINK 900 /* no session has it */

static void open_engine(struct toc_fixture_group *group, const struct toc_member_keys *keys,
                        struct toc_fixture_daemon *at)
{
    const struct toc_engine_setup setup = {
        .conf = &at->conf, .keys = keys, .store = at->store, .env = toc_fixture_group_env(group)};
    const uint64_t version = toc_fixture_group_draft(group)->version;
    struct toc_why why = {""};
    const enum toc_result result =
        toc_engine_new(&setup, toc_fixture_group_file(group, version), &at->engine, &why);

    ck_assert_msg(result == TOC_OK, "%s: %s: %s", keys->member, toc_result_name(result), why.text);
}

void toc_fixture_daemon_start(struct toc_fixture_group *group, const char *member,
                              struct toc_fixture_daemon *ret_daemon)
{
    struct toc_why why = {""};

    *ret_daemon = (struct toc_fixture_daemon){
        .conf = {.heartbeat_s = 30, .receipt_s = 10, .submissions_max = 100000}};
    (void)snprintf(ret_daemon->conf.member, sizeof(ret_daemon->conf.member), "%s", member);
    ck_assert_msg(toc_store_open(NULL, &ret_daemon->store, &why) == TOC_OK, "%s", why.text);
    open_engine(group, toc_fixture_group_keys(group, member), ret_daemon);
}

void toc_fixture_daemon_restart(struct toc_fixture_group *group, struct toc_fixture_daemon *at)
{
    toc_engine_free(&at->engine);
    open_engine(group, toc_fixture_group_keys(group, at->conf.member), at);
}

void toc_fixture_daemon_stop(struct toc_fixture_daemon *at)
{
    toc_engine_free(&at->engine);
    toc_store_close(&at->store);
}

static const struct toc_out *last_reply(const struct toc_fixture_daemon *at)
{
    const struct toc_out *out;
    const size_t len = toc_engine_outbox(at->engine, &out);

    for (size_t i = len; i > 0; i--) {
        if (out[i - 1].kind == TOC_OUT_LOCAL) {
            ck_assert_uint_eq(out[i - 1].link, LOCAL_LINK);
            return &out[i - 1];
        }
    }
    return NULL;
}

static json_t *finish(struct toc_fixture_daemon *at)
{
    const struct toc_out *reply;
    struct toc_why why = {""};
    json_t *json;

    ck_assert_msg(toc_engine_finish(at->engine, &why) == TOC_OK, "%s", why.text);
    reply = last_reply(at);
    if (reply == NULL) {
        return NULL;
    }
    ck_assert_uint_ge(reply->parts_len, 1);
    json = json_loadb((const char *)reply->parts[0].data, reply->parts[0].len, 0, NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

json_t *toc_fixture_daemon_ask(struct toc_fixture_daemon *at, const char *request,
                               const struct toc_bytes *parts, size_t parts_len)
{
    const struct toc_local_user user = {.uid = at->uid == 0 ? 1000 : at->uid, .gid = 1000};
    struct toc_bytes all[TOC_BATCH_RECORDS_MAX + 2];

    ck_assert_uint_lt(parts_len, sizeof all / sizeof all[0]);
    all[0] = toc_bytes_text(request);
    for (size_t i = 0; i < parts_len; i++) {
        all[i + 1] = parts[i];
    }
    toc_engine_begin(at->engine);
    ck_assert_int_eq(toc_engine_local(at->engine, LOCAL_LINK, &user, all, parts_len + 1), TOC_OK);
    return finish(at);
}

json_t *toc_fixture_daemon_tick(struct toc_fixture_daemon *at)
{
    toc_engine_begin(at->engine);
    return finish(at);
}

size_t toc_fixture_daemon_parts(const struct toc_fixture_daemon *at,
                                const struct toc_bytes **ret_parts)
{
    const struct toc_out *reply = last_reply(at);

    ck_assert_ptr_nonnull(reply);
    *ret_parts = reply->parts + 1;
    return reply->parts_len - 1;
}

struct toc_bytes toc_fixture_framework(struct toc_arena *arena, const char *reference,
                                       const char *title, uint32_t ends)
{
    struct toc_framework framework;
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK,
                                      .as = {.framework = &framework}};
    struct toc_bytes bytes;

    toc_framework_init(&framework);
    framework.reference = reference;
    framework.title = title;
    framework.buyer = "Test City Council";
    framework.kind = TOC_FRAMEWORK_FRAMEWORK;
    framework.status = TOC_FRAMEWORK_ACTIVE;
    framework.period_end = ends;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    return bytes;
}
