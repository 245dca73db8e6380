/* The rules one roster must keep by itself, whoever signed it. */
#include "ensure.h"
#include "ident.h"
#include "roster.h"
#include "suppliername.h"

#include <stdlib.h>
#include <string.h>

static enum toc_result check_roles(const struct toc_member *member, struct toc_why *why)
{
    if (member->roles == 0) {
        return toc_fail(why, TOC_INVALID, "member '%s' has no role", member->id);
    }
    if (toc_member_has(member, TOC_ROLE_HUB) &&
        (toc_member_has(member, TOC_ROLE_COUNCIL) || toc_member_has(member, TOC_ROLE_BODY))) {
        return toc_fail(why, TOC_INVALID,
                        "member '%s' is a hub and a council or body: a host council runs two "
                        "members with two keys",
                        member->id);
    }
    if (toc_member_has(member, TOC_ROLE_OBSERVER) &&
        member->roles != TOC_ROLE_BIT(TOC_ROLE_OBSERVER)) {
        return toc_fail(why, TOC_INVALID, "member '%s' observes and has another role", member->id);
    }
    return TOC_OK;
}

static bool has_next(const struct toc_member *member)
{
    static const struct toc_box_public none;

    return memcmp(&member->curve_next_public, &none, sizeof(none)) != 0;
}

/* A member that the version before had with the same keys: they were looked at then, and each costs
 * a multiplication on its curve. Without this a chain of n versions costs n * n of them. */
static bool keys_known(const struct toc_roster *was, const struct toc_member *member)
{
    const struct toc_member *before = was == NULL ? NULL : toc_roster_member(was, member->id);

    return before != NULL && toc_member_same_keys(before, member) &&
           memcmp(&before->curve_public, &member->curve_public, sizeof(before->curve_public)) ==
               0 &&
           memcmp(&before->curve_next_public, &member->curve_next_public,
                  sizeof(before->curve_next_public)) == 0;
}

static enum toc_result check_keys(const struct toc_member *member, struct toc_why *why)
{
    if (!toc_sign_public_valid(&member->sign_public)) {
        return toc_fail(why, TOC_INVALID, "the signing key of '%s' is not a valid Ed25519 key",
                        member->id);
    }
    if (!toc_box_public_valid(&member->box_public) ||
        !toc_box_public_valid(&member->curve_public) ||
        (has_next(member) && !toc_box_public_valid(&member->curve_next_public))) {
        return toc_fail(why, TOC_INVALID,
                        "a box or transport key of '%s' is not a valid X25519 key", member->id);
    }
    return TOC_OK;
}

/* One claim on being some organisation, and whose it is. */
struct claim {
    const char *owner;
    char text[TOC_FOLD_LEN_MAX + 1];
};

static int compare_claims(const void *left, const void *right)
{
    return strcmp(((const struct claim *)left)->text, ((const struct claim *)right)->text);
}

static void claim_name(const char *owner, const char *name, struct claim *claims, size_t *len)
{
    if (toc_name_fold_buyer(name, claims[*len].text) == TOC_OK) {
        claims[(*len)++].owner = owner;
    }
}

static void claim_buyer(const char *owner, const struct toc_buyer *buyer, struct claim *claims,
                        size_t *len)
{
    const struct toc_bytes scheme = toc_bytes_text(buyer->scheme);
    const struct toc_bytes id = toc_bytes_text(buyer->id);
    char *at = claims[*len].text;

    /* "#" cannot be in a folded name, so that an id never meets a name. */
    if (scheme.len + id.len + 2 <= TOC_FOLD_LEN_MAX) {
        at[0] = '#';
        memcpy(at + 1, scheme.data, scheme.len);
        at[1 + scheme.len] = ':';
        memcpy(at + 2 + scheme.len, id.data, id.len);
        at[2 + scheme.len + id.len] = '\0';
        claims[(*len)++].owner = owner;
    }
}

static void claim_all(const struct toc_member *member, struct claim *claims, size_t *len)
{
    claim_name(member->id, member->name, claims, len);
    for (size_t i = 0; i < member->aliases_len; i++) {
        claim_name(member->id, member->aliases[i], claims, len);
    }
    for (size_t i = 0; i < member->buyers_len; i++) {
        claim_buyer(member->id, &member->buyers[i], claims, len);
    }
}

static size_t claims_count(const struct toc_roster *roster)
{
    size_t count = 0;

    for (size_t i = 0; i < roster->members_len; i++) {
        count += 1 + roster->members[i].aliases_len + roster->members[i].buyers_len;
    }
    return count;
}

/* An organisation's releases are its own: nobody else may claim its name or number. A hub and a
 * council of one host may share a name, since a hub publishes no frameworks. */
static enum toc_result check_claims(const struct toc_roster *roster, struct toc_why *why)
{
    struct claim *claims = calloc(claims_count(roster) + 1, sizeof(*claims));
    enum toc_result result = TOC_OK;
    size_t len = 0;

    TOC_ENSURE(claims != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->members_len; i++) {
        if (!toc_member_has(&roster->members[i], TOC_ROLE_HUB)) {
            claim_all(&roster->members[i], claims, &len);
        }
    }
    qsort(claims, len, sizeof(*claims), compare_claims);
    for (size_t i = 1; i < len && result == TOC_OK; i++) {
        if (strcmp(claims[i].text, claims[i - 1].text) == 0 &&
            strcmp(claims[i].owner, claims[i - 1].owner) != 0) {
            result = toc_fail(why, TOC_INVALID, "'%s' and '%s' both claim \"%s\"",
                              claims[i - 1].owner, claims[i].owner, claims[i].text);
        }
    }
    free(claims);
    return result;
}

static bool keys_clash(const struct toc_member *a, const struct toc_member *b)
{
    return memcmp(&a->sign_public, &b->sign_public, sizeof(a->sign_public)) == 0 ||
           memcmp(&a->box_public, &b->box_public, sizeof(a->box_public)) == 0 ||
           memcmp(&a->curve_public, &b->curve_public, sizeof(a->curve_public)) == 0 ||
           memcmp(&a->curve_public, &b->curve_next_public, sizeof(a->curve_public)) == 0 ||
           memcmp(&a->curve_next_public, &b->curve_public, sizeof(a->curve_public)) == 0 ||
           (has_next(a) &&
            memcmp(&a->curve_next_public, &b->curve_next_public, sizeof(a->curve_public)) == 0);
}

/* Of two members whose keys are known it is known, too, that they differ. */
static enum toc_result check_unique_keys(const struct toc_roster *roster,
                                         const struct toc_roster *was, struct toc_why *why)
{
    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *one = &roster->members[i];
        const size_t others = keys_known(was, one) ? 0 : roster->members_len;
        for (size_t j = 0; j < others; j++) {
            if (j != i && keys_clash(one, &roster->members[j])) {
                return toc_fail(why, TOC_INVALID, "'%s' and '%s' have the same key", one->id,
                                roster->members[j].id);
            }
        }
    }
    return TOC_OK;
}

static enum toc_result check_references(const struct toc_roster *roster, struct toc_why *why)
{
    for (size_t i = 0; i < roster->holders_len; i++) {
        if (toc_roster_member(roster, roster->holders[i]) == NULL) {
            return toc_fail(why, TOC_INVALID, "holder '%s' is no member", roster->holders[i]);
        }
        if (!toc_element_valid(&roster->holder_keys[i])) {
            return toc_fail(why, TOC_INVALID, "holder '%s' has no valid token key",
                            roster->holders[i]);
        }
    }
    for (size_t i = 0; i < roster->lists_len; i++) {
        for (size_t j = 0; j < roster->lists[i].members_len; j++) {
            if (toc_roster_member(roster, roster->lists[i].members[j]) == NULL) {
                return toc_fail(why, TOC_INVALID, "'%s' on list '%s' is no member",
                                roster->lists[i].members[j], roster->lists[i].name);
            }
        }
    }
    for (size_t i = 0; i < roster->members_len; i++) {
        for (size_t j = 0; j < roster->members[i].succeeds_len; j++) {
            if (toc_roster_member(roster, roster->members[i].succeeds[j]) != NULL) {
                return toc_fail(why, TOC_INVALID, "'%s' succeeds '%s', who is still a member",
                                roster->members[i].id, roster->members[i].succeeds[j]);
            }
        }
    }
    return TOC_OK;
}

enum toc_result toc_roster_check(const struct toc_roster *roster, const struct toc_roster *was,
                                 struct toc_why *why)
{
    if (roster->threshold == 0 || roster->threshold > roster->signers_len) {
        return toc_fail(why, TOC_INVALID, "%u of %zu signers is no threshold", roster->threshold,
                        roster->signers_len);
    }
    if (roster->expires_ms <= roster->issued_ms) {
        return toc_fail(why, TOC_INVALID, "the roster expires before it was issued");
    }
    if (toc_roster_hubs(roster) > 2) {
        return toc_fail(why, TOC_INVALID, "a group has at most two hubs");
    }
    for (size_t i = 0; i < roster->signers_len; i++) {
        if (!toc_sign_public_valid(&roster->signers[i])) {
            return toc_fail(why, TOC_INVALID, "signer %zu is not a valid Ed25519 key", i + 1);
        }
    }
    for (size_t i = 0; i < roster->members_len; i++) {
        TOC_TRY(check_roles(&roster->members[i], why));
        if (!keys_known(was, &roster->members[i])) {
            TOC_TRY(check_keys(&roster->members[i], why));
        }
    }
    TOC_TRY(check_unique_keys(roster, was, why));
    TOC_TRY(check_references(roster, why));
    return check_claims(roster, why);
}
