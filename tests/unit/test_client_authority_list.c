#include "authority.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */
#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* One group of four under way: each version lives as long as the arena. */
static struct toc_arena *arena;
static struct toc_sign_public signer;
static struct toc_roster now;
static struct toc_why why;

static struct toc_member member(const char *id, toc_roles roles)
{
    struct toc_member_keys keys;
    struct toc_member entry = {.gss = "", .roles = roles};
    toc_member_keys_new(id, &keys);
    memcpy(entry.id, keys.member, sizeof entry.id);
    entry.name = toc_arena_text(arena, toc_bytes_text(id));
    entry.curve_public = keys.curve_public;
    entry.sign_public = keys.sign_public;
    entry.box_public = keys.box_public;
    memcpy(entry.token_public, keys.token_public, sizeof entry.token_public);
    toc_member_keys_wipe(&keys);
    return entry;
}

static struct toc_authority_step step(void)
{
    return (struct toc_authority_step){
        .arena = arena, .now = &now, .now_hash = {{7}}, .issued_ms = NOW + 1};
}

/* The next version, if it is allowed; it must also travel. */
static enum toc_result set_on(const char *stream, const char *name, char *const *members,
                              size_t members_len)
{
    const struct toc_authority_step at = step();
    const struct toc_authority_list list = {
        .name = name, .stream = stream, .members = members, .members_len = members_len};
    struct toc_roster next;
    struct toc_bytes body;
    why.text[0] = '\0';
    const enum toc_result result = toc_authority_list(&at, &list, &next, &why);
    if (result != TOC_OK) {
        ck_assert_str_ne(why.text, "");
        return result;
    }
    ck_assert_uint_eq(next.version, now.version + 1);
    now = next;
    ck_assert_int_eq(toc_wire_roster_encode(arena, &now, &body), TOC_OK);
    return TOC_OK;
}

static enum toc_result set(const char *name, char *const *members, size_t members_len)
{
    return set_on("framework", name, members, members_len);
}

static char leeds[] = "leeds";
static char york[] = "york";
static char hub[] = "spg";
static char nobody[] = "atlantis";

static void setup(void)
{
    struct toc_sign_secret secret;
    const char *const councils[] = {"hull", "leeds", "york"};
    ck_assert_int_eq(toc_arena_new((size_t)64 << 20, &arena), TOC_OK);
    const struct toc_member first = member("spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_sign_keypair(&signer, &secret);
    const struct toc_authority_founding founding = {
        .group = "test-group",
        .hub = &first,
        .signers = &signer,
        .signers_len = 1,
        .threshold = 1,
        .issued_ms = NOW,
        .expires_ms = NOW + 365 * DAY_MS,
    };
    ck_assert_int_eq(toc_authority_found(arena, &founding, &now, &why), TOC_OK);
    for (size_t i = 0; i < 3; i++) {
        const struct toc_authority_step at = step();
        const struct toc_member entry = member(councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
        struct toc_roster next;
        ck_assert_int_eq(toc_authority_admit(&at, &entry, false, &next, &why), TOC_OK);
        now = next;
    }
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

START_TEST(a_list_brings_a_stream)
{
    char *const members[] = {york, leeds};
    ck_assert_int_eq(set("highways", members, 2), TOC_OK);
    ck_assert_uint_eq(now.lists_len, 1);
    ck_assert_str_eq(now.lists[0].name, "highways");
    ck_assert_str_eq(now.lists[0].members[0], "leeds");
    ck_assert_str_eq(now.lists[0].members[1], "york");
    ck_assert(toc_roster_may_publish(&now, "leeds", "framework.highways"));
    ck_assert(!toc_roster_may_publish(&now, "spg", "framework.highways"));
    ck_assert(toc_roster_in_audience(&now, "york", "leeds", "framework.highways"));
    ck_assert(!toc_roster_in_audience(&now, "hull", "leeds", "framework.highways"));
    ck_assert(!toc_roster_in_audience(&now, "spg", "leeds", "framework.highways"));
    ck_assert(toc_roster_may_carry(&now, "spg", "leeds", "framework.highways"));
    ck_assert(!toc_rule_on_feed(toc_roster_rule(&now, "framework.highways")));
    /* The group's own stream is as it was. */
    ck_assert(toc_roster_in_audience(&now, "hull", "leeds", "framework"));
}
END_TEST

START_TEST(a_list_is_what_was_said_last)
{
    char *const first[] = {leeds, york};
    char *const second[] = {leeds, hub};
    const size_t streams = now.streams_len;
    ck_assert_int_eq(set("highways", first, 2), TOC_OK);
    ck_assert_int_eq(set("highways", first, 2), TOC_EXISTS);
    ck_assert_int_eq(set("highways", second, 2), TOC_OK);
    ck_assert_uint_eq(now.lists_len, 1);
    ck_assert_uint_eq(now.streams_len, streams + 1);
    ck_assert(toc_roster_in_audience(&now, "spg", "leeds", "framework.highways"));
    ck_assert(!toc_roster_in_audience(&now, "york", "leeds", "framework.highways"));
}
END_TEST

START_TEST(without_members_it_ends)
{
    char *const members[] = {leeds};
    const size_t streams = now.streams_len;
    ck_assert_int_eq(set("highways", NULL, 0), TOC_NOTFOUND);
    ck_assert_int_eq(set("highways", members, 1), TOC_OK);
    ck_assert_int_eq(set("schools", members, 1), TOC_OK);
    ck_assert_int_eq(set("highways", NULL, 0), TOC_OK);
    ck_assert_uint_eq(now.lists_len, 1);
    ck_assert_str_eq(now.lists[0].name, "schools");
    ck_assert_uint_eq(now.streams_len, streams + 1);
    ck_assert_ptr_null(toc_roster_rule(&now, "framework.highways"));
}
END_TEST

START_TEST(a_list_that_is_read_elsewhere_stays)
{
    char *const members[] = {leeds};
    static struct toc_stream_rule rules[TOC_STREAMS_MAX];
    ck_assert_int_eq(set("highways", members, 1), TOC_OK);
    memcpy(rules, now.streams, now.streams_len * sizeof *rules);
    rules[now.streams_len] = rules[now.streams_len - 1];
    rules[now.streams_len].stream = "pipeline.highways";
    now.streams = rules;
    now.streams_len++;
    ck_assert_int_eq(set("highways", NULL, 0), TOC_OK);
    ck_assert_uint_eq(now.lists_len, 1);
    ck_assert_ptr_null(toc_roster_rule(&now, "framework.highways"));
}
END_TEST

START_TEST(words_that_are_wrong)
{
    char *const unknown[] = {leeds, nobody};
    char *const twice[] = {leeds, leeds};
    char *const members[] = {leeds};
    char long_name[TOC_GROUP_LEN_MAX + 2];
    ck_assert_int_eq(set("highways", unknown, 2), TOC_NOTFOUND);
    ck_assert_int_eq(set("highways", twice, 2), TOC_INVALID);
    ck_assert_int_eq(set("", members, 1), TOC_INVALID);
    ck_assert_int_eq(set("High ways", members, 1), TOC_INVALID);
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    ck_assert_int_eq(set(long_name, members, 1), TOC_INVALID);
    long_name[TOC_GROUP_LEN_MAX] = '\0';
    ck_assert_int_eq(set(long_name, members, 1), TOC_OK);
    ck_assert_int_eq(set_on("risk", "highways", members, 1), TOC_INVALID); /* no records yet */
    ck_assert_int_eq(set_on("framework.x", "highways", members, 1), TOC_INVALID);
    ck_assert_int_eq(set_on("", "highways", members, 1), TOC_INVALID);
}
END_TEST

START_TEST(an_older_rule_in_the_way)
{
    char *const members[] = {leeds};
    static struct toc_stream_rule rules[TOC_STREAMS_MAX];
    memcpy(rules + 1, now.streams, now.streams_len * sizeof *rules);
    rules[0] = rules[1];
    rules[0].stream = "framework.*";
    now.streams = rules;
    now.streams_len++;
    ck_assert_int_eq(set("highways", members, 1), TOC_DENIED);
}
END_TEST

START_TEST(limits)
{
    char *const members[] = {leeds};
    char name[16];
    for (unsigned i = 0; i < TOC_LISTS_MAX; i++) {
        (void)snprintf(name, sizeof name, "list%u", i);
        ck_assert_int_eq(set(name, members, 1), TOC_OK);
    }
    ck_assert_int_eq(set("one-more", members, 1), TOC_TOOBIG);
    ck_assert_int_eq(set("list0", NULL, 0), TOC_OK);
    ck_assert_int_eq(set("one-more", members, 1), TOC_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_authority_list");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_list_brings_a_stream);
    tcase_add_test(all, a_list_is_what_was_said_last);
    tcase_add_test(all, without_members_it_ends);
    tcase_add_test(all, a_list_that_is_read_elsewhere_stays);
    tcase_add_test(all, words_that_are_wrong);
    tcase_add_test(all, an_older_rule_in_the_way);
    tcase_add_test(all, limits);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
