#include "roster.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

/* Queries only: adopting versions is roster_chain.c, the rules of a single one roster_check.c. */

static const char roster_tag[] = "tocsin roster 1";
static const char request_tag[] = "tocsin request 1";
static const char audience_tag[] = "tocsin audience 1";

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define WARN_DAYS 60

static int compare_member(const void *id, const void *member)
{
    return strcmp(id, ((const struct toc_member *)member)->id);
}

const struct toc_member *toc_roster_member(const struct toc_roster *roster, const char *id)
{
    if (roster->members_len == 0) {
        return NULL;
    }
    return bsearch(id, roster->members, roster->members_len, sizeof(roster->members[0]),
                   compare_member);
}

static bool key_is(const struct toc_box_public *key, const uint8_t bytes[TOC_BOX_KEY_LEN])
{
    return memcmp(key->bytes, bytes, TOC_BOX_KEY_LEN) == 0;
}

const struct toc_member *toc_roster_member_by_curve(const struct toc_roster *roster,
                                                    const uint8_t key[TOC_BOX_KEY_LEN])
{
    static const uint8_t none[TOC_BOX_KEY_LEN];

    if (memcmp(key, none, sizeof(none)) == 0) {
        return NULL;
    }
    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *member = &roster->members[i];
        if (key_is(&member->curve_public, key) || key_is(&member->curve_next_public, key)) {
            return member;
        }
    }
    return NULL;
}

bool toc_member_has(const struct toc_member *member, enum toc_role role)
{
    return (member->roles & TOC_ROLE_BIT(role)) != 0;
}

size_t toc_roster_hubs(const struct toc_roster *roster)
{
    size_t hubs = 0;

    for (size_t i = 0; i < roster->members_len; i++) {
        hubs += toc_member_has(&roster->members[i], TOC_ROLE_HUB) ? 1 : 0;
    }
    return hubs;
}

static bool rule_matches(const char *pattern, const char *stream)
{
    const size_t len = strlen(pattern);

    if (len > 0 && pattern[len - 1] == '*') {
        return strncmp(pattern, stream, len - 1) == 0 && stream[len - 1] != '\0';
    }
    return strcmp(pattern, stream) == 0;
}

const struct toc_stream_rule *toc_roster_rule(const struct toc_roster *roster, const char *stream)
{
    for (size_t i = 0; i < roster->streams_len; i++) {
        if (rule_matches(roster->streams[i].stream, stream)) {
            return &roster->streams[i];
        }
    }
    return NULL;
}

bool toc_roster_may_publish(const struct toc_roster *roster, const char *member, const char *stream)
{
    const struct toc_stream_rule *rule = toc_roster_rule(roster, stream);
    const struct toc_member *entry = toc_roster_member(roster, member);

    return rule != NULL && entry != NULL && (entry->roles & rule->publishers) != 0;
}

static bool is_holder(const struct toc_roster *roster, const struct toc_member *member)
{
    for (size_t i = 0; i < roster->holders_len; i++) {
        if (strcmp(roster->holders[i], member->id) == 0) {
            return true;
        }
    }
    return false;
}

static bool on_list(const struct toc_roster *roster, const char *name, const char *member)
{
    for (size_t i = 0; i < roster->lists_len; i++) {
        const struct toc_member_list *list = &roster->lists[i];
        if (strcmp(list->name, name) != 0) {
            continue;
        }
        for (size_t j = 0; j < list->members_len; j++) {
            if (strcmp(list->members[j], member) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* An observer who is nothing else. */
static bool only_observes(const struct toc_member *member)
{
    return member->roles == TOC_ROLE_BIT(TOC_ROLE_OBSERVER);
}

static bool in_audience(const struct toc_roster *roster, const struct toc_member *member,
                        const struct toc_stream_rule *rule, const char *publisher,
                        const char *stream)
{
    const char *last_part = strrchr(stream, '.');

    if (strcmp(member->id, publisher) == 0) {
        return true;
    }
    switch (rule->audience) {
    case TOC_AUDIENCE_GROUP:
        return !only_observes(member);
    case TOC_AUDIENCE_GROUP_AND_OBSERVERS:
        return true;
    case TOC_AUDIENCE_HUBS:
        return toc_member_has(member, TOC_ROLE_HUB);
    case TOC_AUDIENCE_HOLDERS:
        return is_holder(roster, member);
    case TOC_AUDIENCE_NAMED_MEMBER:
        return last_part != NULL && strcmp(last_part + 1, member->id) == 0;
    case TOC_AUDIENCE_LIST:
        return on_list(roster, rule->list, member->id);
    }
    TOC_UNREACHABLE();
}

bool toc_roster_in_audience(const struct toc_roster *roster, const char *member,
                            const char *publisher, const char *stream)
{
    const struct toc_stream_rule *rule = toc_roster_rule(roster, stream);
    const struct toc_member *entry = toc_roster_member(roster, member);

    return rule != NULL && entry != NULL && in_audience(roster, entry, rule, publisher, stream);
}

bool toc_roster_may_carry(const struct toc_roster *roster, const char *member,
                          const char *publisher, const char *stream)
{
    const struct toc_member *entry = toc_roster_member(roster, member);

    return entry != NULL && (toc_member_has(entry, TOC_ROLE_HUB) ||
                             toc_roster_in_audience(roster, member, publisher, stream));
}

bool toc_rule_on_feed(const struct toc_stream_rule *rule)
{
    return rule->audience == TOC_AUDIENCE_GROUP ||
           rule->audience == TOC_AUDIENCE_GROUP_AND_OBSERVERS;
}

struct toc_hash toc_roster_audience_hash(const struct toc_roster *roster,
                                         const struct toc_hash *group, const char *publisher,
                                         const char *stream)
{
    static const struct toc_bytes end = {(const uint8_t *)"", 1};
    struct toc_bytes parts[2 * TOC_MEMBERS_MAX];
    size_t len = 0;

    for (size_t i = 0; i < roster->members_len && i < TOC_MEMBERS_MAX; i++) {
        const char *id = roster->members[i].id;
        if (toc_roster_in_audience(roster, id, publisher, stream)) {
            parts[len++] = toc_bytes_text(id);
            parts[len++] = end;
        }
    }
    return toc_digest(audience_tag, group, parts, len);
}

bool toc_member_same_keys(const struct toc_member *a, const struct toc_member *b)
{
    return memcmp(&a->sign_public, &b->sign_public, sizeof(a->sign_public)) == 0 &&
           memcmp(&a->box_public, &b->box_public, sizeof(a->box_public)) == 0;
}

bool toc_roster_audience_shrank(const struct toc_roster *was, const struct toc_roster *now,
                                const char *publisher, const char *stream)
{
    for (size_t i = 0; i < was->members_len; i++) {
        const struct toc_member *before = &was->members[i];
        const struct toc_member *after = toc_roster_member(now, before->id);
        if (!toc_roster_in_audience(was, before->id, publisher, stream)) {
            continue;
        }
        if (after == NULL || !toc_member_same_keys(before, after) ||
            !toc_roster_in_audience(now, before->id, publisher, stream)) {
            return true;
        }
    }
    return false;
}

int64_t toc_roster_days_left(const struct toc_roster *roster, int64_t wall_ms)
{
    const int64_t left = roster->expires_ms - wall_ms;

    return left >= 0 ? left / DAY_MS : -((-left + DAY_MS - 1) / DAY_MS);
}

enum toc_validity toc_roster_validity(const struct toc_roster *roster, int64_t wall_ms)
{
    const int64_t left = roster->expires_ms - wall_ms;

    if (left > WARN_DAYS * DAY_MS) {
        return TOC_VALID;
    }
    if (left > 0) {
        return TOC_EXPIRES_SOON;
    }
    return -left < (int64_t)roster->grace_days * DAY_MS ? TOC_IN_GRACE : TOC_EXPIRED;
}

static const struct toc_hash *group_for(const struct toc_hash *group, uint64_t version)
{
    return version == 1 ? &toc_hash_zero : group;
}

struct toc_hash toc_roster_hash(const struct toc_hash *group, uint64_t version,
                                struct toc_bytes body)
{
    return toc_digest(roster_tag, group_for(group, version), &body, 1);
}

struct toc_signature toc_roster_sign(const struct toc_hash *group, uint64_t version,
                                     struct toc_bytes body, const struct toc_sign_secret *secret)
{
    return toc_sign(secret, roster_tag, group_for(group, version), body);
}

struct toc_hash toc_request_hash(struct toc_bytes body)
{
    return toc_digest(request_tag, &toc_hash_zero, &body, 1);
}

struct toc_signature toc_request_sign(struct toc_bytes body, const struct toc_sign_secret *secret)
{
    return toc_sign(secret, request_tag, &toc_hash_zero, body);
}

enum toc_result toc_request_check(const struct toc_request *request, struct toc_why *why)
{
    const struct toc_member *member = &request->member;

    if (!toc_sign_public_valid(&member->sign_public)) {
        return toc_fail(why, TOC_INVALID, "the signing key of '%s' is not a valid Ed25519 key",
                        member->id);
    }
    if (!toc_box_public_valid(&member->box_public) ||
        !toc_box_public_valid(&member->curve_public)) {
        return toc_fail(why, TOC_INVALID,
                        "a box or transport key of '%s' is not a valid X25519 key", member->id);
    }
    if (toc_sign_verify(&member->sign_public, request_tag, &toc_hash_zero, request->envelope.body,
                        &request->envelope.signature) != TOC_OK) {
        return toc_fail(why, TOC_BADSIG,
                        "the request of '%s' is not signed by the key in it: ask for it again",
                        member->id);
    }
    return TOC_OK;
}

static uint32_t or_default(uint32_t value, uint32_t usual)
{
    return value == 0 ? usual : value;
}

struct toc_rules toc_roster_rules(const struct toc_roster *roster)
{
    const struct toc_rules *const rules = &roster->rules;

    return (struct toc_rules){
        .name_at = or_default(rules->name_at, 3),
        .window_minutes = or_default(rules->window_minutes, 24 * 60),
        .dispute_days = or_default(rules->dispute_days, 10),
        .quota_percent = or_default(rules->quota_percent, 220),
        .quota_plus = or_default(rules->quota_plus, 200),
    };
}

const struct toc_element *toc_roster_holder_key(const struct toc_roster *roster, const char *member)
{
    for (size_t i = 0; i < roster->holders_len; i++) {
        if (strcmp(roster->holders[i], member) == 0) {
            return &roster->holder_keys[i];
        }
    }
    return NULL;
}
