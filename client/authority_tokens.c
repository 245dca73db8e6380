/* Token epochs: who holds the keys that make tokens, and which keys; and the group's rules. */
#include "authority.h"
#include "ensure.h"
#include <string.h>

static bool is_listed(const char *const *ids, size_t ids_len, const char *id)
{
    for (size_t i = 0; i < ids_len; i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* Of two pairs in its entry: the one of the token epoch before was `token_public[0]` or [1], and
 * the other is fresh. NULL when it is not: then an old answer would be as good as a new one. */
static const uint8_t *fresh_key(const struct toc_roster *was, const struct toc_member *member)
{
    const struct toc_element *const used = toc_roster_holder_key(was, member->id);
    if (used == NULL || memcmp(used->bytes, member->token_public[0], TOC_TOKEN_KEY_LEN) == 0) {
        return member->token_public[used == NULL ? 0 : 1];
    }
    return memcmp(used->bytes, member->token_public[1], TOC_TOKEN_KEY_LEN) == 0
               ? NULL
               : member->token_public[0];
}

/* The next token epoch, under these holders. `strict`: one without a fresh key is refused; else it
 * goes on with the one it has, since nothing may stand in the way of a removal. */
static enum toc_result begin_tokens(const struct toc_authority_step *step,
                                    const char *const *holders, size_t holders_len, bool strict,
                                    struct toc_roster *next, struct toc_why *why)
{
    struct toc_element *const keys = toc_arena_zero(step->arena, holders_len, sizeof *keys);
    if (keys == NULL) {
        return toc_authority_no_memory(why);
    }
    for (size_t i = 0; i < holders_len; i++) {
        const struct toc_member *const member = toc_roster_member(next, holders[i]);
        if (member == NULL) {
            return toc_authority_no_member(holders[i], why);
        }
        const uint8_t *const key = fresh_key(step->now, member);
        if (key == NULL && strict) {
            return toc_fail(why, TOC_DENIED,
                            "%s: has used both of its token keys: it makes new keys with "
                            "'tocsin key new', and its request is admitted with --replace first",
                            member->id);
        }
        memcpy(keys[i].bytes, key != NULL ? key : member->token_public[1], sizeof keys[i].bytes);
    }
    next->holders = holders;
    next->holder_keys = keys;
    next->holders_len = holders_len;
    next->token_epoch++;
    return TOC_OK;
}

/* (hub, council), in the order in which their answers will be put together. */
enum toc_result toc_authority_open_tokens(const struct toc_authority_step *step,
                                          const char *council, struct toc_roster *next,
                                          struct toc_why *why)
{
    const char **const holders = toc_arena_zero(step->arena, 2, sizeof *holders);
    if (holders == NULL) {
        return toc_authority_no_memory(why);
    }
    size_t len = 0;
    for (size_t i = 0; i < next->members_len && len == 0; i++) {
        if (toc_member_has(&next->members[i], TOC_ROLE_HUB)) {
            holders[len++] = next->members[i].id;
        }
    }
    holders[len++] = council;
    return begin_tokens(step, holders, len, true, next, why);
}

/* The council that has been a member longest and holds no key yet. */
static const char *next_holder(const struct toc_roster *roster, const char *const *holders,
                               size_t holders_len)
{
    const struct toc_member *found = NULL;
    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *const member = &roster->members[i];
        if (toc_member_has(member, TOC_ROLE_COUNCIL) &&
            !is_listed(holders, holders_len, member->id) &&
            (found == NULL || member->admitted_version < found->admitted_version)) {
            found = member;
        }
    }
    return found == NULL ? NULL : found->id;
}

/* Without its keys the old tokens can no longer be made, so the next token epoch begins. */
enum toc_result toc_authority_replace_holder(const struct toc_authority_step *step,
                                             const char *gone, struct toc_roster *next,
                                             struct toc_why *why)
{
    if (!is_listed(next->holders, next->holders_len, gone)) {
        return TOC_OK;
    }
    const char **const holders = toc_arena_zero(step->arena, next->holders_len, sizeof *holders);
    if (holders == NULL) {
        return toc_authority_no_memory(why);
    }
    size_t len = 0;
    for (size_t i = 0; i < next->holders_len; i++) {
        if (strcmp(next->holders[i], gone) != 0) {
            holders[len++] = next->holders[i];
        }
    }
    const char *const council = next_holder(next, holders, len);
    if (council != NULL) {
        holders[len++] = council;
    }
    if (len == 0) {
        return toc_fail(why, TOC_DENIED,
                        "%s: is the last holder of token keys, and no council could be the next",
                        gone);
    }
    return begin_tokens(step, holders, len, false, next, why);
}

/* Those who hold now, or those named, each once. */
static enum toc_result choose_holders(const struct toc_authority_step *step, char *const *named,
                                      size_t named_len, const char *const **ret_holders,
                                      size_t *ret_len, struct toc_why *why)
{
    const bool same = named_len == 0;
    const size_t len = same ? step->now->holders_len : named_len;
    if (len == 0) {
        return toc_fail(why, TOC_DENIED, "nobody holds token keys yet: name them with --holders");
    }
    if (len > TOC_HOLDERS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "--holders: at most %d, since all must answer",
                        TOC_HOLDERS_MAX);
    }
    const char **const holders = toc_arena_zero(step->arena, len, sizeof *holders);
    if (holders == NULL) {
        return toc_authority_no_memory(why);
    }
    for (size_t i = 0; i < len; i++) {
        const char *const id = same ? step->now->holders[i] : named[i];
        const struct toc_member *const member = toc_roster_member(step->now, id);
        if (member == NULL) {
            return toc_authority_no_member(id, why);
        }
        if (is_listed(holders, i, id)) {
            return toc_fail(why, TOC_INVALID, "%s: is named twice", id);
        }
        holders[i] = member->id;
    }
    *ret_holders = holders;
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_authority_rotate_tokens(const struct toc_authority_step *step,
                                            char *const *named, size_t named_len,
                                            struct toc_roster *ret_next, struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    const char *const *holders = NULL;
    size_t len = 0;
    TOC_TRY(choose_holders(step, named, named_len, &holders, &len, why));
    TOC_TRY(begin_tokens(step, holders, len, true, &next, why));
    return toc_authority_check(step->now, &next, ret_next, why);
}

enum toc_result toc_authority_rules(const struct toc_authority_step *step,
                                    const struct toc_rules *rules, struct toc_roster *ret_next,
                                    struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    if (memcmp(&next.rules, rules, sizeof *rules) == 0) {
        return toc_fail(why, TOC_EXISTS, "these are the rules already: see 'tocsin group show'");
    }
    next.rules = *rules;
    return toc_authority_check(step->now, &next, ret_next, why);
}
