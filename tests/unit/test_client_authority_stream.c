#include "authority.h"
#include "bounds.h"
#include "runner.h"
#include <string.h>

#define NOW INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */
#define YEAR_MS (INT64_C(365) * 24 * 3600 * 1000)

static struct toc_arena *arena;
static struct toc_roster now;
static struct toc_why why;

static void found(bool distress_to_group)
{
    struct toc_member_keys keys;
    struct toc_sign_public signer;
    struct toc_sign_secret secret;
    struct toc_member hub = {.name = "Hub", .gss = "", .roles = TOC_ROLE_BIT(TOC_ROLE_HUB)};
    toc_member_keys_new("spg", &keys);
    memcpy(hub.id, keys.member, sizeof hub.id);
    hub.curve_public = keys.curve_public;
    hub.sign_public = keys.sign_public;
    hub.box_public = keys.box_public;
    memcpy(hub.token_public, keys.token_public, sizeof hub.token_public);
    toc_member_keys_wipe(&keys);
    toc_sign_keypair(&signer, &secret);
    struct toc_sign_public *const signers = toc_arena_zero(arena, 1, sizeof *signers);
    *signers = signer;
    const struct toc_authority_founding founding = {
        .group = "test-group",
        .hub = &hub,
        .signers = signers,
        .signers_len = 1,
        .threshold = 1,
        .issued_ms = NOW,
        .expires_ms = NOW + YEAR_MS,
        .distress_to_group = distress_to_group,
    };
    ck_assert_int_eq(toc_authority_found(arena, &founding, &now, &why), TOC_OK);
}

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new((size_t)16 << 20, &arena), TOC_OK);
    found(false);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

/* The next version, if it is allowed; it must also travel. */
static enum toc_result set(const char *stream, const uint32_t *days, const bool *from_admission)
{
    const struct toc_authority_step step = {
        .arena = arena, .now = &now, .now_hash = {{7}}, .issued_ms = NOW + 1};
    const struct toc_authority_stream change = {
        .stream = stream, .retention_days = days, .from_admission = from_admission};
    struct toc_roster next = now;
    struct toc_bytes body;
    why.text[0] = '\0';
    const enum toc_result result = toc_authority_stream(&step, &change, &next, &why);
    if (result == TOC_OK) {
        ck_assert_uint_eq(next.version, now.version + 1);
        now = next;
        ck_assert_int_eq(toc_wire_roster_encode(arena, &now, &body), TOC_OK);
    } else {
        ck_assert_uint_eq(next.version, now.version);
        ck_assert_str_ne(why.text, "");
    }
    return result;
}

static const struct toc_stream_rule *rule(const char *stream)
{
    return toc_roster_rule(&now, stream);
}

START_TEST(a_new_group_keeps_everything)
{
    for (size_t i = 0; i < now.streams_len; i++) {
        ck_assert_uint_eq(now.streams[i].retention_days, 0);
        ck_assert(!now.streams[i].history_from_admission);
    }
}
END_TEST

START_TEST(one_stream_changes_and_no_other)
{
    const uint32_t days = 400;
    const bool from_admission = true;
    ck_assert_int_eq(set("exposure", &days, NULL), TOC_OK);
    ck_assert_uint_eq(rule("exposure")->retention_days, 400);
    ck_assert(!rule("exposure")->history_from_admission);
    ck_assert_int_eq(set("exposure", NULL, &from_admission), TOC_OK);
    ck_assert_uint_eq(rule("exposure")->retention_days, 400);
    ck_assert(rule("exposure")->history_from_admission);
    ck_assert_int_eq(rule("exposure")->audience, TOC_AUDIENCE_GROUP);
    for (size_t i = 0; i < now.streams_len; i++) {
        if (strcmp(now.streams[i].stream, "exposure") != 0) {
            ck_assert_uint_eq(now.streams[i].retention_days, 0);
            ck_assert(!now.streams[i].history_from_admission);
        }
    }
    /* The table of new groups is nobody's to change. */
    for (size_t i = 0; i < toc_authority_streams_len; i++) {
        ck_assert_uint_eq(toc_authority_streams[i].retention_days, 0);
    }
}
END_TEST

START_TEST(both_ways_and_back)
{
    const uint32_t days[] = {30, 0};
    const bool from_admission[] = {true, false};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(set("token.answer.*", &days[i], &from_admission[i]), TOC_OK);
        ck_assert_uint_eq(rule("token.answer.york")->retention_days, days[i]);
        ck_assert(rule("token.answer.york")->history_from_admission == from_admission[i]);
    }
}
END_TEST

START_TEST(what_is_refused)
{
    const uint32_t most = TOC_RETENTION_DAYS_MAX;
    const uint32_t more = TOC_RETENTION_DAYS_MAX + 1;
    const uint32_t none = 0;
    const bool all = false;
    ck_assert_int_eq(set("exposures", &most, NULL), TOC_NOTFOUND);
    ck_assert_int_eq(set("", &most, NULL), TOC_NOTFOUND);
    /* By a pattern's own name, since it speaks for more than one stream. */
    ck_assert_int_eq(set("token.answer.york", &most, NULL), TOC_NOTFOUND);
    ck_assert_int_eq(set("alert", &more, NULL), TOC_INVALID);
    ck_assert_int_eq(set("alert", &none, &all), TOC_EXISTS);
    ck_assert_int_eq(set("alert", NULL, NULL), TOC_EXISTS);
    ck_assert_int_eq(set("alert", &most, NULL), TOC_OK);
    ck_assert_int_eq(set("alert", &most, NULL), TOC_EXISTS);
}
END_TEST

START_TEST(flags_go_to_the_hub_or_to_everybody)
{
    ck_assert_int_eq(rule("distress")->audience, TOC_AUDIENCE_HUBS);
    const size_t streams = now.streams_len;
    found(true);
    ck_assert_uint_eq(now.streams_len, streams);
    ck_assert_int_eq(rule("distress")->audience, TOC_AUDIENCE_GROUP);
    ck_assert_uint_eq(rule("distress")->publishers, TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    ck_assert(rule("distress")->confidential);
    /* Nothing else opens with it. */
    ck_assert_int_eq(rule("risk")->audience, TOC_AUDIENCE_HUBS);
    ck_assert_int_eq(rule("token.ask")->audience, TOC_AUDIENCE_HOLDERS);
    ck_assert_int_eq(rule("exposure")->audience, TOC_AUDIENCE_GROUP);
    found(false);
    ck_assert_int_eq(rule("distress")->audience, TOC_AUDIENCE_HUBS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_authority_stream");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_new_group_keeps_everything);
    tcase_add_test(all, one_stream_changes_and_no_other);
    tcase_add_test(all, both_ways_and_back);
    tcase_add_test(all, what_is_refused);
    tcase_add_test(all, flags_go_to_the_hub_or_to_everybody);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
