#include "runner.h"
#include "wire_raw.h"
#include "wire_roster.h"
#include <stdio.h>

#define ARENA_LEN (16 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct raw raw, inner, outer;
static struct toc_arena *arena;

static void setup(void)
{
    arena = raw_arena(ARENA_LEN);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static const char *const two_names[] = {"Leeds CC", "City of Leeds"};
static const char *const two_ids[] = {"harrogate", "craven"};
static const char *const many[TOC_ALIASES_MAX + 1] = {"never read"};
static const char *const sorted_ids[] = {"leeds", "spg"};
static const struct toc_buyer buyers[] = {{"GB-LAE", "LDS"}, {"GB-PPON", "PABC-1234-DEFG"}};

static struct toc_member example_member(const char *id, uint8_t key)
{
    struct toc_member member = {
        .name = "Leeds City Council",
        .gss = "E08000035",
        .roles = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_HOLDER),
        .curve_public = {{key, 1}},
        .curve_next_public = {{key, 2}},
        .sign_public = {{key, 3}},
        .box_public = {{key, 4}},
        .token_public = {{key, 5}, {key, 6}},
        .buyers = buyers,
        .buyers_len = 2,
        .aliases = two_names,
        .aliases_len = 2,
        .succeeds = two_ids,
        .succeeds_len = 2,
        .admitted_version = 2,
    };
    snprintf(member.id, sizeof member.id, "%s", id);
    return member;
}

static struct toc_member members[TOC_MEMBERS_MAX + 1];
static struct toc_sign_public signers[TOC_SIGNERS_MAX + 1];
static struct toc_stream_rule rules[TOC_STREAMS_MAX + 1];
static struct toc_member_list lists[TOC_LISTS_MAX + 1];
static struct toc_pin pins[TOC_CLOSINGS_MAX + 1];
static char names[TOC_MEMBERS_MAX + 1][16];

static const struct toc_element token_keys[TOC_HOLDERS_MAX] = {{{8}}, {{9}}};

static struct toc_roster example_roster(void)
{
    members[0] = example_member("leeds", 1);
    members[1] = example_member("spg", 2);
    signers[0] = (struct toc_sign_public){{1}};
    signers[1] = (struct toc_sign_public){{2}};
    rules[0] = (struct toc_stream_rule){.stream = "framework",
                                        .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) |
                                                      TOC_ROLE_BIT(TOC_ROLE_BODY),
                                        .audience = TOC_AUDIENCE_GROUP_AND_OBSERVERS,
                                        .list = ""};
    rules[1] = (struct toc_stream_rule){.stream = "project.*",
                                        .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                        .audience = TOC_AUDIENCE_LIST,
                                        .list = "adults-health",
                                        .history_from_admission = true,
                                        .retention_days = 365,
                                        .confidential = true};
    lists[0] = (struct toc_member_list){"adults-health", sorted_ids, 2};
    pins[0] = (struct toc_pin){.log = {.publisher = "york", .stream = "framework", .generation = 1},
                               .next_sequence = 9,
                               .head = {{8}}};
    return (struct toc_roster){
        .group = "yh-spg",
        .version = 2,
        .previous = {{7}},
        .issued_ms = 1800000000000,
        .expires_ms = 1831536000000,
        .grace_days = 30,
        .threshold = 2,
        .signers = signers,
        .signers_len = 2,
        .members = members,
        .members_len = 2,
        .streams = rules,
        .streams_len = 2,
        .lists = lists,
        .lists_len = 1,
        .pins = pins,
        .pins_len = 1,
        .token_epoch = 1,
        .holders = two_ids,
        .holder_keys = token_keys,
        .holders_len = 2,
        .rules = {.name_at = 4, .window_minutes = 60},
    };
}

static enum toc_result encode(const struct toc_roster *roster)
{
    struct toc_bytes body;
    toc_arena_reset(arena);
    return toc_wire_roster_encode(arena, roster, &body);
}

static enum toc_result decode_body(struct toc_bytes body)
{
    struct toc_signed_roster decoded;
    toc_arena_reset(arena);
    return toc_wire_signed_roster_decode(arena, raw_wrap(&outer, 1, body), &decoded);
}

START_TEST(round_trip)
{
    const struct toc_roster roster = example_roster();
    const struct toc_roster_signature signatures[] = {{{{1}}, {{1}}}, {{{2}}, {{2}}}};
    struct toc_bytes body, bytes, again;
    struct toc_signed_roster decoded;
    ck_assert_int_eq(toc_wire_roster_encode(arena, &roster, &body), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, signatures, 2, &bytes), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_roster_decode(arena, bytes, &decoded), TOC_OK);
    ck_assert(toc_bytes_equal(decoded.body, body));
    ck_assert(toc_bytes_equal(decoded.bytes, bytes));
    ck_assert_uint_eq(decoded.signatures_len, 2);
    ck_assert_uint_eq(decoded.signatures[1].signer.bytes[0], 2);
    const struct toc_roster *got = &decoded.roster;
    ck_assert_str_eq(got->group, "yh-spg");
    ck_assert_uint_eq(got->version, 2);
    ck_assert_uint_eq(got->previous.bytes[0], 7);
    ck_assert_uint_eq(got->threshold, 2);
    ck_assert_uint_eq(got->grace_days, 30);
    ck_assert_str_eq(got->members[1].id, "spg");
    ck_assert_str_eq(got->members[0].name, "Leeds City Council");
    ck_assert_str_eq(got->members[0].gss, "E08000035");
    ck_assert_uint_eq(got->members[0].roles, members[0].roles);
    ck_assert_uint_eq(got->members[0].curve_next_public.bytes[1], 2);
    ck_assert_uint_eq(got->members[0].token_public[1][1], 6);
    ck_assert_str_eq(got->members[0].buyers[1].id, "PABC-1234-DEFG");
    ck_assert_str_eq(got->members[0].aliases[1], "City of Leeds");
    ck_assert_str_eq(got->members[0].succeeds[0], "harrogate");
    ck_assert_uint_eq(got->members[0].admitted_version, 2);
    ck_assert_str_eq(got->streams[1].stream, "project.*");
    ck_assert_int_eq(got->streams[1].audience, TOC_AUDIENCE_LIST);
    ck_assert(got->streams[1].history_from_admission && got->streams[1].confidential);
    ck_assert_uint_eq(got->streams[1].retention_days, 365);
    ck_assert_str_eq(got->lists[0].members[1], "spg");
    ck_assert_uint_eq(got->pins[0].next_sequence, 9);
    ck_assert_uint_eq(got->token_epoch, 1);
    ck_assert_str_eq(got->holders[0], "harrogate"); /* holders keep their order */
    ck_assert_uint_eq(got->holder_keys[1].bytes[0], 9);
    ck_assert_uint_eq(got->rules.name_at, 4);
    ck_assert_uint_eq(got->rules.quota_plus, 0); /* as written */
    ck_assert_int_eq(toc_wire_roster_encode(arena, got, &again), TOC_OK);
    ck_assert(toc_bytes_equal(body, again));
}
END_TEST

START_TEST(first_version)
{
    struct toc_roster roster = example_roster();
    roster.version = 1;
    members[0].admitted_version = members[1].admitted_version = 1;
    ck_assert_int_eq(encode(&roster), TOC_INVALID); /* it names a version before the first */
    roster.previous = toc_hash_zero;
    ck_assert_int_eq(encode(&roster), TOC_OK);
    members[1].admitted_version = 2; /* admitted in the future */
    ck_assert_int_eq(encode(&roster), TOC_INVALID);
    members[1].admitted_version = 0;
    ck_assert_int_eq(encode(&roster), TOC_INVALID);
}
END_TEST

/* One change a time to a roster that is right. */
#define SPOILT(expect, ...)                                                                        \
    do {                                                                                           \
        struct toc_roster r = example_roster();                                                    \
        struct toc_member *m = &members[0];                                                        \
        ck_assert_int_eq(encode(&r), TOC_OK);                                                      \
        __VA_ARGS__;                                                                               \
        ck_assert_int_eq(m == NULL ? TOC_OK : encode(&r), expect);                                 \
    } while (0)
#define IDS(...) ((const char *const[]){__VA_ARGS__})

START_TEST(each_rule_of_a_roster)
{
    SPOILT(TOC_INVALID, r.group = "");
    SPOILT(TOC_INVALID, r.group = "Yh");
    SPOILT(TOC_INVALID, r.version = 0);
    SPOILT(TOC_INVALID, r.version = TOC_SEQUENCE_MAX + 1);
    SPOILT(TOC_INVALID, r.issued_ms = 0);
    SPOILT(TOC_INVALID, r.expires_ms = r.issued_ms);
    SPOILT(TOC_INVALID, r.expires_ms = TOC_TIME_MS_MAX + 1);
    SPOILT(TOC_INVALID, r.grace_days = TOC_GRACE_DAYS_MAX + 1);
    SPOILT(TOC_INVALID, r.threshold = 0);
    SPOILT(TOC_INVALID, r.threshold = 3);
    SPOILT(TOC_INVALID, r.signers_len = 0);
    SPOILT(TOC_INVALID, signers[1] = signers[0]);
    SPOILT(TOC_INVALID, r.members_len = 0);
    SPOILT(TOC_INVALID, members[0] = example_member("spg", 1));
    SPOILT(TOC_INVALID, members[0] = example_member("york", 1));
    SPOILT(TOC_INVALID, r.token_epoch = 0);
    SPOILT(TOC_INVALID, r.holders_len = 0);
    SPOILT(TOC_INVALID, r.holders = IDS("york", "york"));
    SPOILT(TOC_INVALID, r.holders = IDS("york", "York"));
    SPOILT(TOC_OK, r.rules.name_at = TOC_RULE_NAME_AT_MAX);
    SPOILT(TOC_INVALID, r.rules.name_at = TOC_RULE_NAME_AT_MAX + 1);
    SPOILT(TOC_OK, r.rules.window_minutes = TOC_RULE_WINDOW_MINUTES_MAX);
    SPOILT(TOC_INVALID, r.rules.window_minutes = TOC_RULE_WINDOW_MINUTES_MAX + 1);
    SPOILT(TOC_OK, r.rules.dispute_days = TOC_RULE_DISPUTE_DAYS_MAX);
    SPOILT(TOC_INVALID, r.rules.dispute_days = TOC_RULE_DISPUTE_DAYS_MAX + 1);
    SPOILT(TOC_OK, r.rules.quota_percent = TOC_RULE_QUOTA_PERCENT_MAX);
    SPOILT(TOC_INVALID, r.rules.quota_percent = TOC_RULE_QUOTA_PERCENT_MAX + 1);
    SPOILT(TOC_OK, r.rules.quota_plus = TOC_RULE_QUOTA_PLUS_MAX);
    SPOILT(TOC_INVALID, r.rules.quota_plus = TOC_RULE_QUOTA_PLUS_MAX + 1);
    SPOILT(TOC_INVALID, lists[0].name = "Adults");
    SPOILT(TOC_INVALID, lists[0].members = two_ids);
    SPOILT(TOC_INVALID, lists[1] = lists[0]; r.lists_len = 2);
    SPOILT(TOC_INVALID, pins[0].log.generation = 0);
    SPOILT(TOC_INVALID, pins[0].next_sequence = 0);
    SPOILT(TOC_INVALID, pins[1] = pins[0]; r.pins_len = 2);
    SPOILT(TOC_TOOBIG, r.holders = many; r.holders_len = TOC_HOLDERS_MAX + 1);
    SPOILT(TOC_OK, rules[0].stream = "*");
}
END_TEST

START_TEST(each_rule_of_a_stream)
{
    SPOILT(TOC_INVALID, rules[0].stream = "");
    SPOILT(TOC_INVALID, rules[0].stream = "pro*ject");
    SPOILT(TOC_INVALID, rules[0].stream = "project..*");
    SPOILT(TOC_INVALID, rules[0].stream = rules[1].stream);
    SPOILT(TOC_INVALID, rules[0].publishers = 0);
    SPOILT(TOC_INVALID, rules[0].publishers = TOC_ROLE_BIT(6));
    SPOILT(TOC_INVALID, rules[0].publishers = 1);
    SPOILT(TOC_INVALID, rules[0].audience = (enum toc_audience)0);
    SPOILT(TOC_INVALID, rules[0].audience = (enum toc_audience)7);
    SPOILT(TOC_INVALID, rules[0].list = "adults-health");
    SPOILT(TOC_INVALID, rules[1].list = "");
    SPOILT(TOC_INVALID, rules[1].retention_days = TOC_RETENTION_DAYS_MAX + 1);
}
END_TEST

START_TEST(each_rule_of_a_member)
{
    static const struct toc_buyer no_scheme[] = {{"", "1"}, {"a", "b"}};
    static const struct toc_buyer no_id[] = {{"GB", ""}, {"a", "b"}};
    SPOILT(TOC_INVALID, m->id[0] = '\0');
    SPOILT(TOC_INVALID, m->name = "");
    SPOILT(TOC_INVALID, m->name = "Leeds\nCouncil");
    SPOILT(TOC_INVALID, m->name = "Leeds \xc3");
    SPOILT(TOC_INVALID, m->gss = "E0800003");
    SPOILT(TOC_INVALID, m->roles = 0);
    SPOILT(TOC_INVALID, m->roles |= 1U << 9);
    SPOILT(TOC_INVALID, m->curve_public = (struct toc_box_public){{0}});
    SPOILT(TOC_INVALID, m->sign_public = (struct toc_sign_public){{0}});
    SPOILT(TOC_INVALID, m->box_public = (struct toc_box_public){{0}});
    SPOILT(TOC_INVALID, m->buyers = no_scheme);
    SPOILT(TOC_INVALID, m->buyers = no_id);
    SPOILT(TOC_INVALID, m->aliases = IDS("a", ""));
    SPOILT(TOC_INVALID, m->succeeds = IDS("craven", "craven"));
    SPOILT(TOC_INVALID, m->succeeds = IDS("craven", "leeds"));
    SPOILT(TOC_INVALID, m->succeeds = IDS("craven", "Leeds"));
    SPOILT(TOC_TOOBIG, m->buyers_len = TOC_BUYERS_MAX + 1);
    SPOILT(TOC_TOOBIG, m->aliases = many; m->aliases_len = TOC_ALIASES_MAX + 1);
    SPOILT(TOC_TOOBIG, m->succeeds = many; m->succeeds_len = TOC_SUCCEEDS_MAX + 1);
}
END_TEST

START_TEST(text_lengths)
{
    static char text[TOC_NAME_LEN_MAX + 2];
    struct toc_roster roster = example_roster();
    memset(text, 'x', TOC_NAME_LEN_MAX);
    members[0].name = text;
    ck_assert_int_eq(encode(&roster), TOC_OK);
    text[TOC_NAME_LEN_MAX] = 'x';
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
    members[0].name = "Leeds";
    const struct toc_buyer buyer = {text, "1"};
    members[0].buyers = &buyer;
    members[0].buyers_len = 1;
    text[TOC_BUYER_SCHEME_LEN_MAX] = '\0';
    ck_assert_int_eq(encode(&roster), TOC_OK);
    text[TOC_BUYER_SCHEME_LEN_MAX] = 'x';
    text[TOC_BUYER_SCHEME_LEN_MAX + 1] = '\0';
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
    const struct toc_buyer by_id = {"GB-LAE", text};
    members[0].buyers = &by_id;
    text[TOC_BUYER_SCHEME_LEN_MAX + 1] = 'x';
    text[TOC_BUYER_ID_LEN_MAX] = '\0';
    ck_assert_int_eq(encode(&roster), TOC_OK);
    text[TOC_BUYER_ID_LEN_MAX] = 'x';
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
}
END_TEST

/* Each table at its bound, and one over. */
START_TEST(counts)
{
    struct toc_roster roster = example_roster();
    for (uint8_t i = 0; i <= TOC_SIGNERS_MAX; i++) {
        signers[i].bytes[0] = i;
    }
    roster.signers_len = TOC_SIGNERS_MAX;
    ck_assert_int_eq(encode(&roster), TOC_OK);
    roster.signers_len++;
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
    roster = example_roster();
    for (int i = 0; i <= TOC_STREAMS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "s%03d", i);
        rules[i] = rules[0];
        rules[i].stream = names[i];
    }
    roster.streams_len = TOC_STREAMS_MAX;
    ck_assert_int_eq(encode(&roster), TOC_OK);
    roster.streams_len++;
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
    roster = example_roster();
    for (int i = 0; i <= TOC_LISTS_MAX; i++) {
        lists[i] = (struct toc_member_list){names[i], sorted_ids, 2};
    }
    roster.lists_len = TOC_LISTS_MAX;
    ck_assert_int_eq(encode(&roster), TOC_OK);
    roster.lists_len++;
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
    roster = example_roster();
    for (uint32_t i = 0; i <= TOC_CLOSINGS_MAX; i++) {
        pins[i] = pins[0];
        pins[i].log.generation = i + 1;
    }
    roster.pins_len = TOC_CLOSINGS_MAX;
    ck_assert_int_eq(encode(&roster), TOC_OK);
    roster.pins_len++;
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
}
END_TEST

/* A whole country of members, with names as long as real ones: fits the frame and the decoding cap,
 * which only the reuse of protobuf-c's tables makes possible. */
START_TEST(thousand_members)
{
    struct toc_roster roster = example_roster();
    struct toc_bytes body;
    static const char *const ids[] = {"north-somerset"};
    for (int i = 0; i <= TOC_MEMBERS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "member-%04d", i);
        members[i] = example_member(names[i], (uint8_t)(i + 1));
        members[i].curve_public.bytes[2] = 1;
        members[i].sign_public.bytes[2] = 1;
        members[i].box_public.bytes[2] = 1;
        members[i].aliases_len = 1;
        members[i].succeeds = ids;
        members[i].succeeds_len = 1;
    }
    roster.members_len = TOC_MEMBERS_MAX;
    for (int i = 0; i < 8; i++) {
        lists[i] = (struct toc_member_list){names[i], (const char *const *)NULL, 0};
    }
    roster.lists_len = 8;
    ck_assert_int_eq(toc_wire_roster_encode(arena, &roster, &body), TOC_OK);
    ck_assert_uint_lt(body.len, TOC_ROSTER_LEN_MAX);
    struct toc_bytes whole = raw_wrap(&outer, 1, body);
    struct toc_signed_roster decoded;
    struct toc_arena *other = raw_arena(16 * (size_t)TOC_ROSTER_LEN_MAX);
    ck_assert_int_eq(toc_wire_signed_roster_decode(other, whole, &decoded), TOC_OK);
    ck_assert_uint_eq(decoded.roster.members_len, TOC_MEMBERS_MAX);
    ck_assert_str_eq(decoded.roster.members[999].id, "member-0999");
    toc_arena_free(&other);
    roster.members_len++;
    ck_assert_int_eq(encode(&roster), TOC_TOOBIG);
}
END_TEST

static const uint8_t key[64] = {1};
static const struct raw_field member_fields[] = {
    RAW_T(1, "leeds"), RAW_T(2, "Leeds"), RAW_T(3, "E08000035"), RAW_T(4, "\x01\x04"),
    RAW_B(5, key, 32), RAW_B(6, key, 32), RAW_B(7, key, 32),     RAW_B(8, key, 32),
    RAW_B(9, key, 32), RAW_B(9, key, 32), RAW_U(13, 1),
};
static const struct raw_change member_changes[] = {
    RAW_DROP(1, TOC_INVALID),
    {RAW_T(1, "leeds\0"), TOC_MALFORMED, false},
    {RAW_T(1, "abcdefghijabcdefghijabcdefghija"), TOC_OK, false},
    {RAW_T(1, "abcdefghijabcdefghijabcdefghijab"), TOC_INVALID, false},
    RAW_DROP(2, TOC_INVALID),
    {RAW_T(2, "Le\0ds"), TOC_MALFORMED, false},
    RAW_DROP(3, TOC_OK),
    RAW_DROP(4, TOC_INVALID),
    {RAW_T(4, "\x04\x01"), TOC_INVALID, false},                /* not ascending */
    {RAW_T(4, "\x01\x01"), TOC_INVALID, false},                /* twice */
    {RAW_T(4, "\x06"), TOC_INVALID, false},                    /* no such role */
    {RAW_T(4, "\x01\x02\x03\x04\x05\x06"), TOC_TOOBIG, false}, /* more than there are */
    {RAW_U(4, 1), TOC_MALFORMED, false},                       /* not packed */
    RAW_DROP(5, TOC_MALFORMED),
    {RAW_B(5, key, 31), TOC_MALFORMED, false},
    RAW_DROP(6, TOC_OK),
    {RAW_B(6, key, 33), TOC_MALFORMED, false},
    {RAW_B(6, key + 1, 32), TOC_INVALID, false}, /* all zero */
    RAW_DROP(7, TOC_MALFORMED),
    {RAW_B(7, key, 33), TOC_MALFORMED, false},
    RAW_DROP(8, TOC_MALFORMED),
    {RAW_B(8, key, 31), TOC_MALFORMED, false},
    RAW_DROP(9, TOC_MALFORMED),
    {RAW_B(9, key, 31), TOC_MALFORMED, false},
    RAW_DROP(13, TOC_INVALID),
    {RAW_U(13, 2), TOC_INVALID, false},
};

static struct toc_bytes roster_of(struct toc_bytes member, const struct raw_change *change)
{
    const struct raw_field fields[] = {
        RAW_U(1, 1), RAW_T(2, "yh-spg"), RAW_U(3, 1),       RAW_U(5, 1),
        RAW_U(6, 2), RAW_U(8, 1),        RAW_B(9, key, 32), RAW_B(10, member.data, member.len),
    };
    return raw_message(&inner, fields, COUNT(fields), change);
}

START_TEST(member_by_hand)
{
    const struct raw_change *change = &member_changes[_i];
    struct toc_bytes member = raw_message(&raw, member_fields, COUNT(member_fields), NULL);
    ck_assert_int_eq(decode_body(roster_of(member, NULL)), TOC_OK);
    member = raw_message(&raw, member_fields, COUNT(member_fields), change);
    ck_assert_int_eq(decode_body(roster_of(member, NULL)), change->expect);
}
END_TEST

START_TEST(roster_by_hand)
{
    static const struct raw_change changes[] = {
        RAW_DROP(1, TOC_INVALID),
        {RAW_U(1, 2), TOC_INVALID, false},
        RAW_DROP(2, TOC_INVALID),
        RAW_DROP(3, TOC_INVALID),
        {RAW_U(3, 2), TOC_MALFORMED, false}, /* no hash of the version before */
        RAW_DROP(5, TOC_INVALID),
        RAW_DROP(6, TOC_INVALID),
        RAW_DROP(8, TOC_INVALID),
        RAW_DROP(9, TOC_INVALID),
        {RAW_B(9, key, 31), TOC_MALFORMED, false},
        RAW_DROP(10, TOC_INVALID),
    };
    const struct toc_bytes member = raw_message(&raw, member_fields, COUNT(member_fields), NULL);
    for (size_t i = 0; i < COUNT(changes); i++) {
        ck_assert_msg(decode_body(roster_of(member, &changes[i])) == changes[i].expect,
                      "change %zu", i);
    }
    struct raw_field history = RAW_T(11, "\x0a\x01x\x12\x01\x01\x18\x01\x28\x02");
    roster_of(member, NULL);
    raw_field(&inner, &history);
    ck_assert_int_eq(decode_body(raw_bytes(&inner)), TOC_INVALID); /* history 2 */
    const struct raw_field empty_epoch = RAW_B(14, key, 0);
    roster_of(member, NULL);
    raw_field(&inner, &empty_epoch);
    ck_assert_int_eq(decode_body(raw_bytes(&inner)), TOC_INVALID);
}
END_TEST

START_TEST(envelope)
{
    struct toc_roster_signature signatures[2 * TOC_SIGNERS_MAX + 1] = {{{{0}}, {{0}}}};
    struct toc_bytes body, bytes;
    struct toc_signed_roster decoded;
    const struct toc_roster roster = example_roster();
    ck_assert_int_eq(toc_wire_roster_encode(arena, &roster, &body), TOC_OK);
    for (size_t i = 0; i < COUNT(signatures); i++) {
        signatures[i].signer.bytes[0] = (uint8_t)i;
    }
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, signatures, 0, &bytes), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_roster_decode(arena, bytes, &decoded), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, signatures, 32, &bytes), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_roster_decode(arena, bytes, &decoded), TOC_OK);
    ck_assert_uint_eq(decoded.signatures_len, 32);
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, signatures, 33, &bytes),
                     TOC_TOOBIG);
    signatures[1] = signatures[0];
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, signatures, 2, &bytes),
                     TOC_INVALID);
    ck_assert_int_eq(toc_wire_signed_roster_decode(
                         arena, toc_bytes_of(outer.data, TOC_ROSTER_LEN_MAX + 1), &decoded),
                     TOC_TOOBIG);
    ck_assert_int_eq(toc_wire_signed_roster_decode(arena, toc_bytes_of(NULL, 0), &decoded),
                     TOC_MALFORMED);
}
END_TEST

/* Half a million empty members in a frame of a megabyte: refused, within the cap. */
START_TEST(hostile_members)
{
    raw.len = 0;
    while (raw.len + 8 <= TOC_ROSTER_LEN_MAX - 64) {
        raw_put(&raw, "\x52\x00\x52\x00\x52\x00\x52\x00", 8);
    }
    struct toc_arena *big = raw_arena(256 * 1024 * 1024);
    struct toc_signed_roster decoded;
    const struct toc_bytes whole = raw_wrap(&outer, 1, raw_bytes(&raw));
    ck_assert_int_eq(toc_wire_signed_roster_decode(big, whole, &decoded), TOC_NOMEM);
    ck_assert_uint_le(toc_arena_used(big),
                      (2 * TOC_DECODE_FACTOR) * whole.len + 2 * TOC_DECODE_BASE);
    toc_arena_free(&big);
}
END_TEST

START_TEST(requests)
{
    struct toc_member member = example_member("leeds", 1);
    struct toc_bytes body, bytes, again;
    struct toc_request request;
    const struct toc_signature signature = {{3}};
    ck_assert_int_eq(toc_wire_request_encode(arena, 5, &member, &body), TOC_INVALID);
    member.admitted_version = 0;
    ck_assert_int_eq(toc_wire_request_encode(arena, 0, &member, &body), TOC_INVALID);
    ck_assert_int_eq(toc_wire_request_encode(arena, 5, &member, &body), TOC_OK);
    ck_assert_int_eq(toc_wire_signed_encode(arena, body, &signature, &bytes), TOC_OK);
    ck_assert_int_eq(toc_wire_request_decode(arena, bytes, &request), TOC_OK);
    ck_assert_int_eq(request.time_ms, 5);
    ck_assert_str_eq(request.member.id, "leeds");
    ck_assert(toc_bytes_equal(request.envelope.body, body));
    ck_assert_int_eq(toc_wire_request_encode(arena, 5, &request.member, &again), TOC_OK);
    ck_assert(toc_bytes_equal(body, again));
    for (size_t len = 0; len < bytes.len; len += 7) {
        ck_assert_int_ne(toc_wire_request_decode(arena, toc_bytes_of(bytes.data, len), &request),
                         TOC_OK);
    }
    static const struct raw_field fields[] = {RAW_U(1, 1), RAW_U(2, 9)};
    raw_wrap(&outer, 1, raw_message(&raw, fields, 2, NULL));
    const struct raw_field sign = RAW_B(2, key, 64);
    raw_field(&outer, &sign);
    ck_assert_int_eq(toc_wire_request_decode(arena, raw_bytes(&outer), &request), TOC_MALFORMED);
    static const struct raw_change format = {RAW_U(1, 2), TOC_INVALID, false};
    raw_wrap(&outer, 1, raw_message(&raw, fields, 2, &format));
    raw_field(&outer, &sign);
    ck_assert_int_eq(toc_wire_request_decode(arena, raw_bytes(&outer), &request), TOC_INVALID);
}
END_TEST

START_TEST(role_names)
{
    enum toc_role role = TOC_ROLE_HUB;
    for (int i = TOC_ROLE_COUNCIL; i <= (int)TOC_ROLE_OBSERVER; i++) {
        ck_assert_int_eq(toc_role_parse(toc_role_name((enum toc_role)i), &role), TOC_OK);
        ck_assert_int_eq((int)role, i);
    }
    ck_assert_str_eq(toc_role_name(TOC_ROLE_HOLDER), "holder");
    ck_assert_int_eq(toc_role_parse("Hub", &role), TOC_INVALID);
    ck_assert_int_eq(toc_role_parse("", &role), TOC_INVALID);
    ck_assert_int_eq(toc_role_parse(NULL, &role), TOC_INVALID);
    ck_assert_int_eq(role, TOC_ROLE_OBSERVER); /* untouched */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("proto/wire_roster");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, round_trip);
    tcase_add_test(tests, first_version);
    tcase_add_test(tests, each_rule_of_a_roster);
    tcase_add_test(tests, each_rule_of_a_stream);
    tcase_add_test(tests, each_rule_of_a_member);
    tcase_add_test(tests, text_lengths);
    tcase_add_test(tests, counts);
    tcase_add_test(tests, thousand_members);
    tcase_add_loop_test(tests, member_by_hand, 0, (int)COUNT(member_changes));
    tcase_add_test(tests, roster_by_hand);
    tcase_add_test(tests, envelope);
    tcase_add_test(tests, hostile_members);
    tcase_add_test(tests, requests);
    tcase_add_test(tests, role_names);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
