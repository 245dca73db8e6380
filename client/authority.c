#include "authority.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

#define COUNCIL TOC_ROLE_BIT(TOC_ROLE_COUNCIL)
#define BODY TOC_ROLE_BIT(TOC_ROLE_BODY)
#define HUB TOC_ROLE_BIT(TOC_ROLE_HUB)
#define HOLDER TOC_ROLE_BIT(TOC_ROLE_HOLDER)

/* `token.answer.*` is published by every kind of member that may be on the holders' list. */
const struct toc_stream_rule toc_authority_streams[] = {
    {.list = "",
     .stream = "framework",
     .publishers = COUNCIL | BODY,
     .audience = TOC_AUDIENCE_GROUP_AND_OBSERVERS},
    {.list = "", .stream = "exposure", .publishers = COUNCIL, .audience = TOC_AUDIENCE_GROUP},
    {.list = "", .stream = "pipeline", .publishers = COUNCIL, .audience = TOC_AUDIENCE_GROUP},
    {.list = "", .stream = "nomination", .publishers = COUNCIL, .audience = TOC_AUDIENCE_GROUP},
    {.list = "",
     .stream = "distress",
     .publishers = COUNCIL,
     .audience = TOC_AUDIENCE_HUBS,
     .confidential = true},
    {.list = "",
     .stream = "token.ask",
     .publishers = COUNCIL | BODY,
     .audience = TOC_AUDIENCE_HOLDERS,
     .confidential = true},
    {.list = "",
     .stream = "token.answer.*",
     .publishers = COUNCIL | HUB | HOLDER,
     .audience = TOC_AUDIENCE_NAMED_MEMBER,
     .confidential = true},
    {.list = "",
     .stream = "risk",
     .publishers = COUNCIL,
     .audience = TOC_AUDIENCE_HUBS,
     .confidential = true},
    {.list = "",
     .stream = "supply-chain",
     .publishers = COUNCIL,
     .audience = TOC_AUDIENCE_HUBS,
     .confidential = true},
    {.list = "",
     .stream = "benchmark",
     .publishers = COUNCIL,
     .audience = TOC_AUDIENCE_HUBS,
     .confidential = true},
    {.list = "",
     .stream = "maturity",
     .publishers = COUNCIL,
     .audience = TOC_AUDIENCE_HUBS,
     .confidential = true},
    {.list = "", .stream = "alert", .publishers = HUB, .audience = TOC_AUDIENCE_GROUP},
    {.list = "", .stream = "region", .publishers = HUB, .audience = TOC_AUDIENCE_GROUP},
};
const size_t toc_authority_streams_len =
    sizeof toc_authority_streams / sizeof toc_authority_streams[0];

/* A rule of rosters that is broken here is a decision that may not be taken. */
enum toc_result toc_authority_check(const struct toc_roster *was, const struct toc_roster *roster,
                                    struct toc_roster *ret_next, struct toc_why *why)
{
    const enum toc_result result = toc_roster_check(roster, was, why);
    if (result == TOC_INVALID) {
        return TOC_DENIED;
    }
    TOC_TRY(result);
    *ret_next = *roster;
    return TOC_OK;
}

enum toc_result toc_authority_no_memory(struct toc_why *why)
{
    return toc_fail(why, TOC_NOMEM, "out of memory");
}

enum toc_result toc_authority_no_member(const char *member, struct toc_why *why)
{
    return toc_fail(why, TOC_NOTFOUND, "%.40s: no such member: see 'tocsin group show'", member);
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const struct toc_member *)a)->id, ((const struct toc_member *)b)->id);
}

enum toc_result toc_authority_found(struct toc_arena *arena,
                                    const struct toc_authority_founding *founding,
                                    struct toc_roster *ret_first, struct toc_why *why)
{
    if (!toc_member_has(founding->hub, TOC_ROLE_HUB)) {
        return toc_fail(why, TOC_DENIED,
                        "%s: does not ask to be a hub: make its keys with --role hub",
                        founding->hub->id);
    }
    struct toc_member *const hub = toc_arena_zero(arena, 1, sizeof *hub);
    if (hub == NULL) {
        return toc_authority_no_memory(why);
    }
    *hub = *founding->hub;
    hub->succeeds = NULL;
    hub->succeeds_len = 0;
    hub->admitted_version = 1;
    const struct toc_stream_rule *const streams =
        founding->distress_to_group ? toc_authority_streams_open(arena) : toc_authority_streams;
    if (streams == NULL) {
        return toc_authority_no_memory(why);
    }
    const struct toc_roster first = {
        .group = founding->group,
        .version = 1,
        .issued_ms = founding->issued_ms,
        .expires_ms = founding->expires_ms,
        .grace_days = TOC_AUTHORITY_GRACE_DAYS,
        .threshold = founding->threshold,
        .signers = founding->signers,
        .signers_len = founding->signers_len,
        .members = hub,
        .members_len = 1,
        .streams = streams,
        .streams_len = toc_authority_streams_len,
    };
    return toc_authority_check(NULL, &first, ret_first, why);
}

struct toc_roster toc_authority_next(const struct toc_authority_step *step)
{
    struct toc_roster next = *step->now;
    next.version++;
    next.previous = step->now_hash;
    /* A signer's clock that was set back must not make time run backwards along the log. */
    next.issued_ms =
        step->issued_ms > step->now->issued_ms ? step->issued_ms : step->now->issued_ms;
    return next;
}

/* A copy with room for one more. */
static struct toc_member *copy_members(const struct toc_authority_step *step)
{
    const size_t len = step->now->members_len;
    struct toc_member *const members = toc_arena_zero(step->arena, len + 1, sizeof *members);
    if (members != NULL) {
        memcpy(members, step->now->members, len * sizeof *members);
    }
    return members;
}

static bool same_texts(const char *const *a, size_t a_len, const char *const *b, size_t b_len)
{
    bool same = a_len == b_len;
    for (size_t i = 0; same && i < a_len; i++) {
        same = strcmp(a[i], b[i]) == 0;
    }
    return same;
}

static bool same_entry(const struct toc_member *a, const struct toc_member *b)
{
    bool same = toc_member_same_keys(a, b) && strcmp(a->name, b->name) == 0 &&
                strcmp(a->gss, b->gss) == 0 && a->roles == b->roles &&
                toc_bytes_equal(toc_bytes_of(&a->curve_public, sizeof a->curve_public),
                                toc_bytes_of(&b->curve_public, sizeof b->curve_public)) &&
                toc_bytes_equal(toc_bytes_of(&a->curve_next_public, sizeof a->curve_next_public),
                                toc_bytes_of(&b->curve_next_public, sizeof b->curve_next_public)) &&
                toc_bytes_equal(toc_bytes_of(a->token_public, sizeof a->token_public),
                                toc_bytes_of(b->token_public, sizeof b->token_public)) &&
                same_texts(a->aliases, a->aliases_len, b->aliases, b->aliases_len) &&
                a->buyers_len == b->buyers_len;
    for (size_t i = 0; same && i < a->buyers_len; i++) {
        same = strcmp(a->buyers[i].scheme, b->buyers[i].scheme) == 0 &&
               strcmp(a->buyers[i].id, b->buyers[i].id) == 0;
    }
    return same;
}

static enum toc_result check_newcomer(const struct toc_roster *now,
                                      const struct toc_member *newcomer, struct toc_why *why)
{
    if (newcomer->succeeds_len > 0) {
        return toc_fail(why, TOC_DENIED,
                        "%s: its request says whom it succeeds, which signers decide: use "
                        "'tocsin group succeed'",
                        newcomer->id);
    }
    for (size_t i = 0; i < now->members_len; i++) {
        const struct toc_member *const member = &now->members[i];
        if (newcomer->gss[0] != '\0' && strcmp(member->gss, newcomer->gss) == 0 &&
            strcmp(member->id, newcomer->id) != 0) {
            return toc_fail(why, TOC_DENIED, "'%s' and '%s' both claim the code %s", member->id,
                            newcomer->id, newcomer->gss);
        }
        for (size_t j = 0; j < member->succeeds_len; j++) {
            if (strcmp(member->succeeds[j], newcomer->id) == 0) {
                return toc_fail(why, TOC_DENIED, "%s: was succeeded by '%s': choose another id",
                                newcomer->id, member->id);
            }
        }
    }
    return TOC_OK;
}

/* Puts `entry` where its id is, or at its place in the order. */
static enum toc_result put_member(const struct toc_authority_step *step,
                                  const struct toc_member *entry, struct toc_roster *next,
                                  struct toc_why *why)
{
    struct toc_member *const members = copy_members(step);
    if (members == NULL) {
        return toc_authority_no_memory(why);
    }
    const struct toc_member *const known = toc_roster_member(step->now, entry->id);
    if (known != NULL) {
        members[known - step->now->members] = *entry;
    } else if (next->members_len == TOC_MEMBERS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%s: a group has at most %d members", entry->id,
                        TOC_MEMBERS_MAX);
    } else {
        members[next->members_len++] = *entry;
        qsort(members, next->members_len, sizeof *members, compare_ids);
    }
    next->members = members;
    return TOC_OK;
}

enum toc_result toc_authority_admit(const struct toc_authority_step *step,
                                    const struct toc_member *newcomer, bool replace,
                                    struct toc_roster *ret_next, struct toc_why *why)
{
    const struct toc_member *const known = toc_roster_member(step->now, newcomer->id);
    struct toc_roster next = toc_authority_next(step);
    struct toc_member entry = *newcomer;
    TOC_TRY(check_newcomer(step->now, newcomer, why));
    entry.admitted_version = next.version;
    if (known != NULL) {
        if (same_entry(known, newcomer)) {
            return toc_fail(why, TOC_EXISTS,
                            "%s: is a member already, with the same keys and names", newcomer->id);
        }
        const bool same_keys = toc_member_same_keys(known, newcomer);
        if (!same_keys && !replace) {
            return toc_fail(why, TOC_DENIED,
                            "%s: is a member already, with other keys: check the fingerprint by "
                            "telephone, then say --replace",
                            newcomer->id);
        }
        entry.admitted_version = same_keys ? known->admitted_version : next.version;
        entry.succeeds = known->succeeds;
        entry.succeeds_len = known->succeeds_len;
    }
    TOC_TRY(put_member(step, &entry, &next, why));
    if (next.token_epoch == 0 && toc_member_has(&entry, TOC_ROLE_COUNCIL)) {
        TOC_TRY(
            toc_authority_open_tokens(step, toc_roster_member(&next, entry.id)->id, &next, why));
    }
    return toc_authority_check(step->now, &next, ret_next, why);
}

static enum toc_result leave_lists(const struct toc_authority_step *step, const char *gone,
                                   struct toc_roster *next, struct toc_why *why)
{
    struct toc_member_list *const lists =
        toc_arena_zero(step->arena, next->lists_len, sizeof *lists);
    if (lists == NULL && next->lists_len > 0) {
        return toc_authority_no_memory(why);
    }
    for (size_t i = 0; i < next->lists_len; i++) {
        const struct toc_member_list *const list = &next->lists[i];
        const char **const members =
            toc_arena_zero(step->arena, list->members_len, sizeof *members);
        if (members == NULL && list->members_len > 0) {
            return toc_authority_no_memory(why);
        }
        lists[i] = (struct toc_member_list){.name = list->name, .members = members};
        for (size_t j = 0; j < list->members_len; j++) {
            if (strcmp(list->members[j], gone) != 0) {
                members[lists[i].members_len++] = list->members[j];
            }
        }
    }
    next->lists = lists;
    return TOC_OK;
}

/* From `next` itself: its members array is ours. */
static enum toc_result take_out(const struct toc_authority_step *step, const char *gone,
                                struct toc_member *members, struct toc_roster *next,
                                struct toc_why *why)
{
    size_t at = 0;
    while (at < next->members_len && strcmp(members[at].id, gone) != 0) {
        at++;
    }
    if (at == next->members_len) {
        return toc_authority_no_member(gone, why);
    }
    if (next->members_len == 1) {
        return toc_fail(why, TOC_DENIED, "%s: is the last member of the group", gone);
    }
    next->members_len--;
    memmove(members + at, members + at + 1, (next->members_len - at) * sizeof *members);
    TOC_TRY(toc_authority_replace_holder(step, gone, next, why));
    return leave_lists(step, gone, next, why);
}

enum toc_result toc_authority_remove(const struct toc_authority_step *step, const char *member,
                                     struct toc_roster *ret_next, struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    struct toc_member *const members = copy_members(step);
    if (members == NULL) {
        return toc_authority_no_memory(why);
    }
    next.members = members;
    TOC_TRY(take_out(step, member, members, &next, why));
    return toc_authority_check(step->now, &next, ret_next, why);
}

/* Whom it succeeds already, those who leave now, and whom those had succeeded. */
static enum toc_result inherit(const struct toc_authority_step *step, struct toc_member *successor,
                               char *const *olds, size_t olds_len, struct toc_why *why)
{
    const char **const succeeds = toc_arena_zero(step->arena, TOC_SUCCEEDS_MAX, sizeof *succeeds);
    if (succeeds == NULL) {
        return toc_authority_no_memory(why);
    }
    size_t len = 0;
    for (size_t i = 0; i < successor->succeeds_len; i++) {
        succeeds[len++] = successor->succeeds[i];
    }
    for (size_t i = 0; i < olds_len; i++) {
        const struct toc_member *const old = toc_roster_member(step->now, olds[i]);
        if (old == NULL) {
            return toc_authority_no_member(olds[i], why);
        }
        if (len + 1 + old->succeeds_len > TOC_SUCCEEDS_MAX) {
            return toc_fail(why, TOC_TOOBIG, "%s: a member succeeds at most %d others",
                            successor->id, TOC_SUCCEEDS_MAX);
        }
        succeeds[len++] = old->id;
        for (size_t j = 0; j < old->succeeds_len; j++) {
            succeeds[len++] = old->succeeds[j];
        }
    }
    successor->succeeds = succeeds;
    successor->succeeds_len = len;
    return TOC_OK;
}

enum toc_result toc_authority_succeed(const struct toc_authority_step *step, const char *successor,
                                      char *const *olds, size_t olds_len,
                                      struct toc_roster *ret_next, struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    struct toc_member *const members = copy_members(step);
    if (members == NULL) {
        return toc_authority_no_memory(why);
    }
    next.members = members;
    const struct toc_member *const known = toc_roster_member(step->now, successor);
    if (known == NULL) {
        return toc_fail(why, TOC_NOTFOUND, "%.40s: no such member: admit the successor first",
                        successor);
    }
    for (size_t i = 0; i < olds_len; i++) {
        if (strcmp(olds[i], successor) == 0) {
            return toc_fail(why, TOC_DENIED, "%s: cannot succeed itself", successor);
        }
    }
    TOC_TRY(inherit(step, &members[known - step->now->members], olds, olds_len, why));
    for (size_t i = 0; i < olds_len; i++) {
        TOC_TRY(take_out(step, olds[i], members, &next, why));
    }
    return toc_authority_check(step->now, &next, ret_next, why);
}

enum toc_result toc_authority_renew(const struct toc_authority_step *step, int64_t expires_ms,
                                    struct toc_roster *ret_next, struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    next.expires_ms = expires_ms;
    return toc_authority_check(step->now, &next, ret_next, why);
}
