/* lone_settle: a council's daemon that may publish exposures, settled until it is done. What the
 * tests of what is derived from files share. */
#ifndef TOC_LONE_SETTLE_H
#define TOC_LONE_SETTLE_H

#include "lone_import.h"

static inline void set_up_council(void)
{
    static const struct toc_stream_rule exposure = {.stream = "exposure",
                                                    .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                                    .audience = TOC_AUDIENCE_GROUP,
                                                    .list = ""};

    group = toc_fixture_group_new(7);
    toc_fixture_group_rule(group, &exposure);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(group);
    toc_fixture_daemon_start(group, "leeds", &daemon_);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
}

/* Until done; a new reference to the last reply. */
static inline json_t *settle(void)
{
    int64_t left = 100;

    for (int slices = 0; slices < 100000; slices++) {
        json_t *reply = asked("{\"request\":\"settle\"}");
        const int64_t now = toc_fixture_number(reply, "left");
        ck_assert_int_le(now, left);
        left = now;
        if (json_is_true(json_object_get(reply, "done"))) {
            ck_assert_int_eq(now, 0);
            return reply;
        }
        json_decref(reply);
    }
    ck_abort_msg("it does not end");
    return NULL;
}

static inline void settled(int64_t staged, int64_t withdrawn, int64_t unchanged)
{
    json_t *reply = settle();

    ck_assert_int_eq(toc_fixture_number(reply, "staged"), staged);
    ck_assert_int_eq(toc_fixture_number(reply, "withdrawn"), withdrawn);
    ck_assert_int_eq(toc_fixture_number(reply, "unchanged"), unchanged);
    ck_assert_int_eq(toc_fixture_number(reply, "refused"), 0);
    json_decref(reply);
}

/* What a preview shows: "KEY SPEND MONTHS;" each, with the action before it unless it is an add.
 * In a static buffer. */
static inline const char *shown(void)
{
    static char text[16384];
    json_t *reply = asked("{\"request\":\"preview\",\"stream\":\"exposure\",\"limit\":500}");
    const size_t len = toc_fixture_length(reply, "records");
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < len; i++) {
        const json_t *one = toc_fixture_item(reply, "records", i);
        const json_t *record = json_object_get(one, "record");
        const char *action = toc_fixture_text(one, "action");
        const bool gone = strcmp(action, "withdraw") == 0;
        const int64_t spend = gone ? 0 : toc_fixture_number(record, "spend");
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s%s %lld %zu;",
                               strcmp(action, "add") == 0 ? "" : action,
                               strcmp(action, "add") == 0 ? "" : " ", toc_fixture_text(one, "key"),
                               (long long)spend, gone ? 0 : toc_fixture_length(record, "months"));
        ck_assert_uint_lt(at, sizeof(text));
    }
    json_decref(reply);
    return text;
}

static inline void publish_all(int64_t published)
{
    json_t *reply = asked("{\"request\":\"publish\"}");

    ck_assert_int_eq(toc_fixture_number(reply, "published"), published);
    json_decref(reply);
    json_decref(toc_fixture_daemon_tick(&daemon_));
}

#endif
