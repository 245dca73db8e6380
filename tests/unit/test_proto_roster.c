/* roster.c and roster_chain.c: who may do what, as truth tables, and which roster may follow which.
 */
#include "roster.h"

#include "fixture_group.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400000)

static struct toc_fixture_group *group;
static struct toc_roster *roster;

/* One member of every role, and the publisher. */
static const char *const everybody[] = {"audit", "fire", "keys", "leeds", "spg", "york"};
#define MEMBERS (sizeof everybody / sizeof everybody[0])

static void setup(void)
{
    static const toc_roles roles[MEMBERS] = {
        TOC_ROLE_BIT(TOC_ROLE_OBSERVER), TOC_ROLE_BIT(TOC_ROLE_BODY),
        TOC_ROLE_BIT(TOC_ROLE_HOLDER),   TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
        TOC_ROLE_BIT(TOC_ROLE_HUB),      TOC_ROLE_BIT(TOC_ROLE_COUNCIL)};
    static const char *const pair[] = {"audit", "leeds"};
    static const struct toc_member_list list = {"pair", pair, 2};
    static const char *const holders[] = {"keys", "spg"};
    static struct toc_element keys[2];

    group = toc_fixture_group_new(1);
    for (size_t i = 0; i < MEMBERS; i++) {
        toc_fixture_group_add(group, everybody[i], roles[i]);
    }
    roster = toc_fixture_group_draft(group);
    roster->lists = &list;
    roster->lists_len = 1;
    for (size_t i = 0; i < 2; i++) {
        memcpy(keys[i].bytes, toc_roster_member(roster, holders[i])->token_public[0],
               sizeof keys[i].bytes);
    }
    roster->holders = holders;
    roster->holder_keys = keys;
    roster->holders_len = 2;
}

static void teardown(void)
{
    toc_fixture_group_free(&group);
}

static void rule(const char *stream, toc_roles publishers, enum toc_audience audience)
{
    const struct toc_stream_rule one = {
        .stream = stream, .publishers = publishers, .audience = audience, .list = "pair"};

    toc_fixture_group_rule(group, &one);
}

/* "0" or "1" for each of `everybody`, in that order. */
static void row(const char *what, const char *stream, const char *expected,
                bool (*may)(const struct toc_roster *, const char *member, const char *stream))
{
    for (size_t i = 0; i < MEMBERS; i++) {
        ck_assert_msg(may(roster, everybody[i], stream) == (expected[i] == '1'),
                      "%s: %s on %s should be %c", what, everybody[i], stream, expected[i]);
    }
    ck_assert(!may(roster, "nobody", stream));
    ck_assert(!may(roster, "", stream));
}

static bool reads(const struct toc_roster *of, const char *member, const char *stream)
{
    return toc_roster_in_audience(of, member, "york", stream);
}

static bool carries(const struct toc_roster *of, const char *member, const char *stream)
{
    return toc_roster_may_carry(of, member, "york", stream);
}

/*                     a f k l s y
 *                     u i e e p o
 *                     d r y e g r
 *                     i e s d   k
 *                     t     s        */
START_TEST(who_may_publish)
{
    rule("p0", 0, TOC_AUDIENCE_GROUP);
    rule("p1", TOC_ROLE_BIT(TOC_ROLE_COUNCIL), TOC_AUDIENCE_GROUP);
    rule("p2", TOC_ROLE_BIT(TOC_ROLE_BODY), TOC_AUDIENCE_GROUP);
    rule("p3", TOC_ROLE_BIT(TOC_ROLE_HUB), TOC_AUDIENCE_GROUP);
    rule("p4", TOC_ROLE_BIT(TOC_ROLE_HOLDER), TOC_AUDIENCE_GROUP);
    rule("p5", TOC_ROLE_BIT(TOC_ROLE_OBSERVER), TOC_AUDIENCE_GROUP);
    rule("p6", TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_BODY), TOC_AUDIENCE_HUBS);
    row("no role", "p0", "000000", toc_roster_may_publish);
    row("council", "p1", "000101", toc_roster_may_publish);
    row("body", "p2", "010000", toc_roster_may_publish);
    row("hub", "p3", "000010", toc_roster_may_publish);
    row("holder", "p4", "001000", toc_roster_may_publish);
    row("observer", "p5", "100000", toc_roster_may_publish);
    row("council or body", "p6", "010101", toc_roster_may_publish);
    row("unknown stream", "nowhere", "000000", toc_roster_may_publish);
}
END_TEST

START_TEST(who_may_read)
{
    const toc_roles all = TOC_ROLE_BIT(TOC_ROLE_COUNCIL);

    rule("a1", all, TOC_AUDIENCE_GROUP);
    rule("a2", all, TOC_AUDIENCE_GROUP_AND_OBSERVERS);
    rule("a3", all, TOC_AUDIENCE_HUBS);
    rule("a4", all, TOC_AUDIENCE_HOLDERS);
    rule("a5.*", all, TOC_AUDIENCE_NAMED_MEMBER);
    rule("a6", all, TOC_AUDIENCE_LIST);
    row("group", "a1", "011111", reads);
    row("group and observers", "a2", "111111", reads);
    row("hubs", "a3", "000011", reads);
    row("holders", "a4", "001011", reads);
    row("named", "a5.leeds", "000101", reads);
    row("named", "a5.audit", "100001", reads);
    row("a member's name is a whole part", "a5.xleeds", "000001", reads);
    row("list", "a6", "100101", reads);
    row("unknown stream", "nowhere", "000000", reads);
}
END_TEST

START_TEST(who_may_carry)
{
    const toc_roles all = TOC_ROLE_BIT(TOC_ROLE_COUNCIL);

    rule("a1", all, TOC_AUDIENCE_GROUP);
    rule("a2", all, TOC_AUDIENCE_GROUP_AND_OBSERVERS);
    rule("a3", all, TOC_AUDIENCE_HUBS);
    rule("a4", all, TOC_AUDIENCE_HOLDERS);
    rule("a5.*", all, TOC_AUDIENCE_NAMED_MEMBER);
    rule("a6", all, TOC_AUDIENCE_LIST);
    row("group", "a1", "011111", carries);
    row("group and observers", "a2", "111111", carries);
    row("hubs", "a3", "000011", carries);
    row("holders", "a4", "001011", carries);
    row("named", "a5.leeds", "000111", carries);
    row("list", "a6", "100111", carries);
    ck_assert(!toc_roster_may_carry(roster, "leeds", "york", "nowhere"));
}
END_TEST

START_TEST(which_rule_applies)
{
    const struct toc_stream_rule *found;

    rule("project.*", TOC_ROLE_BIT(TOC_ROLE_COUNCIL), TOC_AUDIENCE_LIST);
    found = toc_roster_rule(roster, "project.ab");
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found->stream, "project.*");
    ck_assert_ptr_null(toc_roster_rule(roster, "project."));
    ck_assert_ptr_null(toc_roster_rule(roster, "project"));
    ck_assert_ptr_null(toc_roster_rule(roster, "projects.ab"));
    ck_assert_ptr_null(toc_roster_rule(roster, "frameworks"));
    ck_assert_ptr_null(toc_roster_rule(roster, ""));
    found = toc_roster_rule(roster, "framework");
    ck_assert_ptr_nonnull(found);
    ck_assert(toc_rule_on_feed(found));
    ck_assert(!toc_rule_on_feed(toc_roster_rule(roster, "distress")));
    ck_assert(toc_rule_on_feed(toc_roster_rule(roster, "region")));
}
END_TEST

START_TEST(members_by_id_and_by_key)
{
    const struct toc_member *york = toc_roster_member(roster, "york");
    struct toc_member *changed = &((struct toc_member *)(uintptr_t)roster->members)[5];
    const uint8_t none[TOC_BOX_KEY_LEN] = {0};
    const uint8_t other[TOC_BOX_KEY_LEN] = {7};

    ck_assert_ptr_nonnull(york);
    ck_assert_ptr_eq(toc_roster_member_by_curve(roster, york->curve_public.bytes), york);
    ck_assert_ptr_null(toc_roster_member_by_curve(roster, other));
    /* Nobody has a next key: no key at all must find nobody. */
    ck_assert_ptr_null(toc_roster_member_by_curve(roster, none));
    changed->curve_next_public.bytes[0] = 7;
    ck_assert_ptr_eq(toc_roster_member_by_curve(roster, other), york);
    ck_assert_ptr_null(toc_roster_member(roster, "yor"));
    ck_assert_ptr_null(toc_roster_member(roster, "yorks"));
    ck_assert_ptr_null(toc_roster_member(&(struct toc_roster){.members_len = 0}, "york"));
    ck_assert_uint_eq(toc_roster_hubs(roster), 1);
}
END_TEST

START_TEST(validity_day_by_day)
{
    const struct toc_roster one = {.expires_ms = 1000 * DAY, .grace_days = 30};
    static const struct {
        int64_t at;
        enum toc_validity validity;
        int64_t days;
    } rows[] = {
        {0, TOC_VALID, 1000},
        {940 * DAY - 1, TOC_VALID, 60},
        {940 * DAY, TOC_EXPIRES_SOON, 60},
        {1000 * DAY - 1, TOC_EXPIRES_SOON, 0},
        {1000 * DAY, TOC_IN_GRACE, 0},
        {1000 * DAY + 1, TOC_IN_GRACE, -1},
        {1030 * DAY - 1, TOC_IN_GRACE, -30},
        {1030 * DAY, TOC_EXPIRED, -30},
        {5000 * DAY, TOC_EXPIRED, -4000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(toc_roster_validity(&one, rows[i].at) == rows[i].validity, "row %zu", i);
        ck_assert_int_eq(toc_roster_days_left(&one, rows[i].at), rows[i].days);
    }
    ck_assert_int_eq(toc_roster_validity(&(struct toc_roster){.expires_ms = 5}, 5), TOC_EXPIRED);
}
END_TEST

/* ---- audiences over time ---- */

START_TEST(an_audience_shrinks)
{
    struct toc_member was_members[MEMBERS];
    struct toc_roster was = *roster;

    memcpy(was_members, roster->members, sizeof(was_members));
    was.members = was_members;
    ck_assert(!toc_roster_audience_shrank(&was, roster, "york", "framework"));
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    ck_assert(!toc_roster_audience_shrank(&was, roster, "york", "framework"));
    toc_fixture_group_rekey(group, "fire");
    ck_assert(toc_roster_audience_shrank(&was, roster, "york", "framework"));
    /* A body never read distress: what it loses there is nothing. */
    ck_assert(!toc_roster_audience_shrank(&was, roster, "york", "distress"));
    toc_fixture_group_remove(group, "spg");
    ck_assert(toc_roster_audience_shrank(&was, roster, "york", "distress"));
}
END_TEST

START_TEST(the_audience_is_hashed)
{
    const struct toc_hash id = {{1}};
    const struct toc_hash other = {{2}};
    const struct toc_hash one = toc_roster_audience_hash(roster, &id, "york", "framework");
    struct toc_hash two = toc_roster_audience_hash(roster, &id, "leeds", "framework");

    ck_assert(toc_hash_equal(&one, &two)); /* the publisher is in the group anyway */
    two = toc_roster_audience_hash(roster, &other, "york", "framework");
    ck_assert(!toc_hash_equal(&one, &two));
    two = toc_roster_audience_hash(roster, &id, "york", "region"); /* without the observer */
    ck_assert(!toc_hash_equal(&one, &two));
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    two = toc_roster_audience_hash(roster, &id, "york", "framework");
    ck_assert(!toc_hash_equal(&one, &two));
}
END_TEST

START_TEST(the_same_keys)
{
    struct toc_member one = roster->members[0];
    struct toc_member two = one;

    ck_assert(toc_member_same_keys(&one, &two));
    two.curve_public.bytes[0] ^= 1; /* transport is not what anybody is */
    ck_assert(toc_member_same_keys(&one, &two));
    two.box_public.bytes[0] ^= 1;
    ck_assert(!toc_member_same_keys(&one, &two));
    two = one;
    two.sign_public.bytes[0] ^= 1;
    ck_assert(!toc_member_same_keys(&one, &two));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("roster");
    TCase *tcase = tcase_create("policy");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, who_may_publish);
    tcase_add_test(tcase, who_may_read);
    tcase_add_test(tcase, who_may_carry);
    tcase_add_test(tcase, which_rule_applies);
    tcase_add_test(tcase, members_by_id_and_by_key);
    tcase_add_test(tcase, validity_day_by_day);
    tcase_add_test(tcase, an_audience_shrinks);
    tcase_add_test(tcase, the_audience_is_hashed);
    tcase_add_test(tcase, the_same_keys);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
