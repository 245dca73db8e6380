#include "fixture_group.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOON INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MEMBERS_MAX 400
#define VERSIONS_MAX 64
#define SIGNERS_MAX 5
#define ARENA_MAX ((size_t)64 * 1024 * 1024)
#define FILE_MAX ((size_t)32 * 1024 * 1024)

/* Who signs, and how many of them have to. */
struct signers {
    struct toc_sign_public publics[SIGNERS_MAX];
    struct toc_sign_secret secrets[SIGNERS_MAX];
    size_t len;
    uint32_t threshold;
};

struct toc_fixture_group {
    uint64_t seed;
    uint64_t drawn; /* random numbers so far */
    uint64_t keys_made;
    int64_t wall_ms, mono_ms;
    struct toc_env env;
    struct toc_arena *arena;
    struct signers signers, before; /* of the draft; of the last version that was signed */
    struct toc_roster draft;
    struct toc_member members[MEMBERS_MAX];
    struct toc_member_keys *keys[MEMBERS_MAX]; /* beside members; engines borrow them */
    struct toc_stream_rule rules[TOC_STREAMS_MAX];
    const char *holders[TOC_HOLDERS_MAX];
    struct toc_element holder_keys[TOC_HOLDERS_MAX];
    struct toc_hash group; /* zero before version 1 */
    struct toc_bytes signed_rosters[VERSIONS_MAX];
    struct toc_buf file;
};

static const struct toc_stream_rule usual_rules[] = {
    {.stream = "framework",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_BODY),
     .audience = TOC_AUDIENCE_GROUP_AND_OBSERVERS,
     .list = ""},
    {.stream = "distress",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
     .audience = TOC_AUDIENCE_HUBS,
     .list = "",
     .confidential = true},
    {.stream = "region",
     .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
     .audience = TOC_AUDIENCE_GROUP,
     .list = ""},
};

/* ---- clock and randomness ---- */

static int64_t wall_ms(void *context)
{
    return ((const struct toc_fixture_group *)context)->wall_ms;
}

static int64_t mono_ms(void *context)
{
    return ((const struct toc_fixture_group *)context)->mono_ms;
}

/* SplitMix64: plenty for nonces that no enemy sees. */
static uint64_t draw(struct toc_fixture_group *group)
{
    uint64_t z = group->seed + UINT64_C(0x9e3779b97f4a7c15) * ++group->drawn;

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void fill_random(void *context, void *ret_bytes, size_t len)
{
    uint8_t *at = ret_bytes;

    while (len > 0) {
        const uint64_t word = draw(context);
        const size_t take = len < sizeof(word) ? len : sizeof(word);
        memcpy(at, &word, take);
        at += take;
        len -= take;
    }
}

const struct toc_env *toc_fixture_group_env(const struct toc_fixture_group *group)
{
    return &group->env;
}

void toc_fixture_group_advance(struct toc_fixture_group *group, int64_t ms)
{
    group->wall_ms += ms;
    group->mono_ms += ms;
}

int64_t toc_fixture_group_wall(const struct toc_fixture_group *group)
{
    return group->wall_ms;
}

/* ---- the group ---- */

/* Keys have their own seeds, so that they do not depend on what was drawn before. */
static void key_seed(struct toc_fixture_group *group, uint8_t ret_seed[32])
{
    const uint64_t words[2] = {group->seed, ++group->keys_made};
    const struct toc_hash hash = toc_digest_plain(toc_bytes_of(words, sizeof(words)));

    memcpy(ret_seed, hash.bytes, 32);
}

void toc_fixture_group_signers(struct toc_fixture_group *group, size_t len, uint32_t threshold)
{
    uint8_t bytes[32];

    ck_assert_uint_le(len, SIGNERS_MAX);
    for (size_t i = 0; i < len; i++) {
        key_seed(group, bytes);
        toc_sign_keypair_from(bytes, &group->signers.publics[i], &group->signers.secrets[i]);
    }
    group->signers.len = len;
    group->signers.threshold = threshold;
    group->draft.signers_len = len;
    group->draft.threshold = threshold;
}

struct toc_fixture_group *toc_fixture_group_new(uint64_t seed)
{
    struct toc_fixture_group *group = calloc(1, sizeof(*group));

    ck_assert_ptr_nonnull(group);
    group->seed = seed;
    group->wall_ms = NOON;
    group->mono_ms = 1000;
    group->env = (struct toc_env){wall_ms, mono_ms, fill_random, group};
    ck_assert_int_eq(toc_arena_new(ARENA_MAX, &group->arena), TOC_OK);
    toc_buf_init(&group->file, FILE_MAX);
    memcpy(group->rules, usual_rules, sizeof(usual_rules));
    group->draft = (struct toc_roster){
        .group = "test-group",
        .expires_ms = NOON + 365 * DAY_MS,
        .grace_days = 30,
        .signers = group->signers.publics,
        .members = group->members,
        .streams = group->rules,
        .streams_len = sizeof usual_rules / sizeof usual_rules[0],
        .holders = group->holders,
        .holder_keys = group->holder_keys,
    };
    toc_fixture_group_signers(group, 1, 1);
    return group;
}

void toc_fixture_group_free(struct toc_fixture_group **group)
{
    if (*group == NULL) {
        return;
    }
    toc_arena_free(&(*group)->arena);
    toc_buf_done(&(*group)->file);
    free(*group);
    *group = NULL;
}

static size_t place_of(const struct toc_fixture_group *group, const char *member)
{
    size_t at = 0;

    while (at < group->draft.members_len && strcmp(group->members[at].id, member) < 0) {
        at++;
    }
    return at;
}

static size_t index_of(const struct toc_fixture_group *group, const char *member)
{
    const size_t at = place_of(group, member);

    ck_assert_msg(at < group->draft.members_len && strcmp(group->members[at].id, member) == 0,
                  "no member '%s'", member);
    return at;
}

static void give_keys(struct toc_fixture_group *group, size_t at)
{
    struct toc_member *member = &group->members[at];
    struct toc_member_keys *keys = toc_arena_zero(group->arena, 1, sizeof(*keys));
    uint8_t seed[32];

    ck_assert_ptr_nonnull(keys);
    group->keys[at] = keys;
    toc_member_keys_new(member->id, keys);
    key_seed(group, seed);
    toc_sign_keypair_from(seed, &keys->sign_public, &keys->sign_secret);
    key_seed(group, seed);
    toc_box_keypair_from(seed, &keys->box_public, &keys->box_secret);
    key_seed(group, seed);
    toc_box_keypair_from(seed, &keys->curve_public, &keys->curve_secret);
    memset(&keys->curve_next_public, 0, sizeof(keys->curve_next_public));
    member->curve_public = keys->curve_public;
    member->curve_next_public = keys->curve_next_public;
    member->sign_public = keys->sign_public;
    member->box_public = keys->box_public;
    memcpy(member->token_public, keys->token_public, sizeof(member->token_public));
    member->admitted_version = group->draft.version + 1;
}

void toc_fixture_group_add(struct toc_fixture_group *group, const char *member, toc_roles roles)
{
    const size_t at = place_of(group, member);
    const size_t behind = group->draft.members_len - at;
    char name[TOC_NAME_LEN_MAX];

    ck_assert_uint_lt(group->draft.members_len, MEMBERS_MAX);
    ck_assert_uint_le(strlen(member), TOC_MEMBER_LEN_MAX);
    memmove(&group->members[at + 1], &group->members[at], behind * sizeof(group->members[0]));
    memmove(&group->keys[at + 1], &group->keys[at], behind * sizeof(group->keys[0]));
    group->draft.members_len++;
    (void)snprintf(name, sizeof(name), "%s City Council", member);
    group->members[at] = (struct toc_member){
        .name = toc_arena_text(group->arena, toc_bytes_text(name)), .gss = "", .roles = roles};
    memcpy(group->members[at].id, member, strlen(member) + 1);
    ck_assert_ptr_nonnull(group->members[at].name);
    give_keys(group, at);
}

void toc_fixture_group_remove(struct toc_fixture_group *group, const char *member)
{
    const size_t at = index_of(group, member);
    const size_t behind = group->draft.members_len - at - 1;

    memmove(&group->members[at], &group->members[at + 1], behind * sizeof(group->members[0]));
    memmove(&group->keys[at], &group->keys[at + 1], behind * sizeof(group->keys[0]));
    group->draft.members_len--;
}

void toc_fixture_group_rekey(struct toc_fixture_group *group, const char *member)
{
    give_keys(group, index_of(group, member));
}

void toc_fixture_group_rule(struct toc_fixture_group *group, const struct toc_stream_rule *rule)
{
    size_t at = 0;

    while (at < group->draft.streams_len && strcmp(group->rules[at].stream, rule->stream) != 0) {
        at++;
    }
    ck_assert_uint_lt(at, TOC_STREAMS_MAX);
    group->draft.streams_len += at == group->draft.streams_len;
    group->rules[at] = *rule;
}

void toc_fixture_group_expires(struct toc_fixture_group *group, int64_t expires_ms,
                               uint32_t grace_days)
{
    group->draft.expires_ms = expires_ms;
    group->draft.grace_days = grace_days;
}

void toc_fixture_group_holder(struct toc_fixture_group *group, const char *member)
{
    group->draft.holders_len = member == NULL ? 0 : 1;
    group->draft.token_epoch = member == NULL ? 0 : 1;
    if (member != NULL) {
        const struct toc_member *const holder = toc_roster_member(&group->draft, member);
        group->holders[0] = toc_arena_text(group->arena, toc_bytes_text(member));
        ck_assert_ptr_nonnull(holder);
        memcpy(group->holder_keys[0].bytes, holder->token_public[0], TOC_TOKEN_KEY_LEN);
    }
}

struct toc_roster *toc_fixture_group_draft(struct toc_fixture_group *group)
{
    return &group->draft;
}

void toc_fixture_group_tokens(struct toc_fixture_group *group, const char *const *holders,
                              size_t len)
{
    ck_assert_uint_le(len, TOC_HOLDERS_MAX);
    group->draft.holders_len = len;
    group->draft.token_epoch++;
    for (size_t i = 0; i < len; i++) {
        const struct toc_member *const holder = toc_roster_member(&group->draft, holders[i]);
        ck_assert_ptr_nonnull(holder);
        group->holders[i] = holders[i];
        memcpy(group->holder_keys[i].bytes, holder->token_public[group->draft.token_epoch % 2],
               TOC_TOKEN_KEY_LEN);
    }
}

/* The last ones of a set, as many as it takes. A key that is of both sets signs once. */
static size_t sign_by(const struct toc_fixture_group *group, const struct signers *by,
                      uint64_t version, struct toc_bytes body,
                      struct toc_roster_signature *signatures, size_t len)
{
    for (size_t i = by->len - by->threshold; i < by->len; i++) {
        bool has_signed = false;
        for (size_t j = 0; j < len; j++) {
            has_signed |=
                memcmp(&signatures[j].signer, &by->publics[i], sizeof signatures[j].signer) == 0;
        }
        if (!has_signed) {
            signatures[len].signer = by->publics[i];
            signatures[len++].signature =
                toc_roster_sign(&group->group, version, body, &by->secrets[i]);
        }
    }
    return len;
}

/* Returns its hash. */
static struct toc_hash sign(struct toc_fixture_group *group, const struct toc_roster *roster,
                            struct toc_bytes *ret_signed)
{
    struct toc_roster_signature signatures[2 * SIGNERS_MAX];
    struct toc_bytes body;
    size_t len;

    ck_assert_int_eq(toc_wire_roster_encode(group->arena, roster, &body), TOC_OK);
    len = sign_by(group, &group->before, roster->version, body, signatures, 0);
    len = sign_by(group, &group->signers, roster->version, body, signatures, len);
    ck_assert_int_eq(toc_wire_signed_roster_encode(group->arena, body, signatures, len, ret_signed),
                     TOC_OK);
    return toc_roster_hash(&group->group, roster->version, body);
}

struct toc_bytes toc_fixture_group_sign_other(struct toc_fixture_group *group)
{
    struct toc_roster other = group->draft;
    struct toc_signed_roster held;
    struct toc_bytes bytes;

    ck_assert_uint_ge(other.version, 2);
    ck_assert_int_eq(
        toc_wire_signed_roster_decode(group->arena, group->signed_rosters[other.version], &held),
        TOC_OK);
    other.previous = held.roster.previous;
    (void)sign(group, &other, &bytes);
    return bytes;
}

uint64_t toc_fixture_group_sign(struct toc_fixture_group *group)
{
    struct toc_roster *draft = &group->draft;
    struct toc_hash hash;

    draft->version++;
    draft->issued_ms = group->wall_ms;
    ck_assert_uint_lt(draft->version, VERSIONS_MAX);
    hash = sign(group, draft, &group->signed_rosters[draft->version]);
    draft->previous = hash;
    group->before = group->signers;
    if (draft->version == 1) {
        group->group = hash;
    }
    return draft->version;
}

const struct toc_member_keys *toc_fixture_group_keys(const struct toc_fixture_group *group,
                                                     const char *member)
{
    return group->keys[index_of(group, member)];
}

struct toc_bytes toc_fixture_group_roster(const struct toc_fixture_group *group, uint64_t version)
{
    ck_assert_uint_ge(version, 1);
    ck_assert_uint_le(version, group->draft.version);
    return group->signed_rosters[version];
}

struct toc_bytes toc_fixture_group_file(struct toc_fixture_group *group, uint64_t version)
{
    toc_buf_clear(&group->file);
    ck_assert_int_eq(toc_buf_append_text(&group->file, TOC_ROSTER_FILE_MAGIC), TOC_OK);
    for (uint64_t i = 1; i <= version; i++) {
        ck_assert_int_eq(toc_list_append(&group->file, toc_fixture_group_roster(group, i)), TOC_OK);
    }
    return toc_buf_bytes(&group->file);
}
