#include "roster.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

static const char roster_tag[] = "tocsin roster 1";

/* Batches name older versions; a reader that replays history meets them in order, so that a few
 * parsed ones are enough. */
#define OLDER_KEPT 4

struct held {
    struct toc_arena *arena; /* everything below lies in it */
    struct toc_signed_roster signed_roster;
    struct toc_hash hash;
};

struct toc_roster_chain {
    struct toc_roster_source source;
    struct held current; /* arena NULL while empty */
    struct held older[OLDER_KEPT];
    size_t older_next; /* round robin */
    struct toc_hash group;
};

static size_t parsed_max(struct toc_bytes bytes)
{
    return 2 * bytes.len + (size_t)TOC_DECODE_FACTOR * bytes.len * 2 + 4 * TOC_DECODE_BASE;
}

static void held_done(struct held *held)
{
    toc_arena_free(&held->arena);
    memset(held, 0, sizeof(*held));
}

static enum toc_result held_parse(struct toc_bytes bytes, struct held *ret_held)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct held held = {0};
    struct toc_bytes copy;

    TOC_ENSURE(bytes.len <= TOC_ROSTER_LEN_MAX, TOC_TOOBIG);
    TOC_TRY(toc_arena_new(parsed_max(bytes), &arena));
    TOC_TRY(toc_arena_copy(arena, bytes, &copy));
    TOC_TRY(toc_wire_signed_roster_decode(arena, copy, &held.signed_roster));
    held.arena = toc_take(&arena);
    *ret_held = held;
    return TOC_OK;
}

enum toc_result toc_roster_chain_new(const struct toc_roster_source *source,
                                     struct toc_roster_chain **ret_chain)
{
    struct toc_roster_chain *chain = calloc(1, sizeof(*chain));

    TOC_ENSURE(chain != NULL, TOC_NOMEM);
    chain->source = *source;
    *ret_chain = chain;
    return TOC_OK;
}

void toc_roster_chain_free(struct toc_roster_chain **chain)
{
    if (*chain == NULL) {
        return;
    }
    held_done(&(*chain)->current);
    for (size_t i = 0; i < OLDER_KEPT; i++) {
        held_done(&(*chain)->older[i]);
    }
    free(*chain);
    *chain = NULL;
}

const struct toc_roster *toc_roster_chain_current(const struct toc_roster_chain *chain)
{
    return chain->current.arena == NULL ? NULL : &chain->current.signed_roster.roster;
}

uint64_t toc_roster_chain_version(const struct toc_roster_chain *chain)
{
    return chain->current.arena == NULL ? 0 : chain->current.signed_roster.roster.version;
}

const struct toc_hash *toc_roster_chain_head(const struct toc_roster_chain *chain)
{
    return &chain->current.hash;
}

const struct toc_hash *toc_roster_chain_group(const struct toc_roster_chain *chain)
{
    return &chain->group;
}

static bool signer_listed(const struct toc_roster *roster, const struct toc_sign_public *signer)
{
    for (size_t i = 0; i < roster->signers_len; i++) {
        if (memcmp(&roster->signers[i], signer, sizeof(*signer)) == 0) {
            return true;
        }
    }
    return false;
}

static bool signer_repeated(const struct toc_signed_roster *signed_roster, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (memcmp(&signed_roster->signatures[i].signer, &signed_roster->signatures[at].signer,
                   sizeof(signed_roster->signatures[at].signer)) == 0) {
            return true;
        }
    }
    return false;
}

/* Valid signatures by distinct keys that `by` lists, against `by`'s threshold. */
static enum toc_result enough_signatures(const struct toc_signed_roster *signed_roster,
                                         const struct toc_roster *by, const struct toc_hash *group,
                                         struct toc_why *why)
{
    const struct toc_hash *under = signed_roster->roster.version == 1 ? &toc_hash_zero : group;
    uint32_t valid = 0;

    for (size_t i = 0; i < signed_roster->signatures_len; i++) {
        const struct toc_roster_signature *one = &signed_roster->signatures[i];
        if (!signer_listed(by, &one->signer) || signer_repeated(signed_roster, i)) {
            continue;
        }
        if (toc_sign_verify(&one->signer, roster_tag, under, signed_roster->body,
                            &one->signature) == TOC_OK) {
            valid++;
        }
    }
    if (valid < by->threshold) {
        return toc_fail(why, TOC_BADSIG,
                        "roster version %llu has %u valid signatures of the signers of version "
                        "%llu, and needs %u",
                        (unsigned long long)signed_roster->roster.version, valid,
                        (unsigned long long)by->version, by->threshold);
    }
    return TOC_OK;
}

static enum toc_result follows(const struct toc_roster_chain *chain, const struct held *next,
                               struct toc_why *why)
{
    const struct toc_roster *was = toc_roster_chain_current(chain);
    const struct toc_roster *now = &next->signed_roster.roster;

    if (was == NULL) {
        if (!toc_hash_equal(&now->previous, &toc_hash_zero)) {
            return toc_fail(why, TOC_INVALID, "roster version 1 names a version before it");
        }
    } else {
        if (!toc_hash_equal(&now->previous, &chain->current.hash)) {
            return toc_fail(why, TOC_INVALID,
                            "roster version %llu does not name the version before it",
                            (unsigned long long)now->version);
        }
        if (strcmp(was->group, now->group) != 0) {
            return toc_fail(why, TOC_INVALID, "roster version %llu is of group '%s', not '%s'",
                            (unsigned long long)now->version, now->group, was->group);
        }
        TOC_TRY(enough_signatures(&next->signed_roster, was, &chain->group, why));
    }
    TOC_TRY(enough_signatures(&next->signed_roster, now, &chain->group, why));
    return toc_roster_check(now, was, why);
}

/* A version that is held: the same, or evidence if another is as validly signed. */
static enum toc_result compare_held(struct toc_roster_chain *chain, const struct held *other,
                                    struct toc_why *why)
{
    const uint64_t version = other->signed_roster.roster.version;
    const struct toc_roster *before = NULL;
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_signed_roster ours;
    struct toc_bytes bytes;
    enum toc_result same;

    TOC_TRY(toc_arena_new(32 * (size_t)TOC_ROSTER_LEN_MAX, &arena));
    TOC_TRY(chain->source.fetch(chain->source.context, version, arena, &bytes));
    TOC_TRY(toc_wire_signed_roster_decode(arena, bytes, &ours));
    same = toc_bytes_equal(ours.body, other->signed_roster.body) ? TOC_EXISTS : TOC_CONFLICT;
    if (same == TOC_EXISTS) {
        return same;
    }
    if (version == 1) {
        /* Anybody can begin a group: that it exists proves nothing about ours. */
        return toc_fail(why, TOC_INVALID, "this roster begins another group");
    }
    before = toc_roster_chain_at(chain, version - 1);
    TOC_ENSURE(before != NULL, TOC_NOTFOUND);
    TOC_TRY(enough_signatures(&other->signed_roster, before, &chain->group, why));
    TOC_TRY(
        enough_signatures(&other->signed_roster, &other->signed_roster.roster, &chain->group, why));
    return toc_fail(why, TOC_CONFLICT,
                    "there are two different rosters of version %llu, both validly signed: ask the "
                    "signers which one stands",
                    (unsigned long long)version);
}

enum toc_result toc_roster_chain_adopt(struct toc_roster_chain *chain,
                                       struct toc_bytes signed_roster, struct toc_why *why)
{
    const uint64_t held_version = toc_roster_chain_version(chain);
    struct held next = {0};
    enum toc_result result = held_parse(signed_roster, &next);

    if (result != TOC_OK) {
        return toc_fail(why, result, "a roster does not parse");
    }
    if (next.signed_roster.roster.version <= held_version) {
        result = compare_held(chain, &next, why);
        held_done(&next);
        return result;
    }
    if (next.signed_roster.roster.version != held_version + 1) {
        result = toc_fail(why, TOC_AGAIN, "roster version %llu follows %llu, which is not held",
                          (unsigned long long)next.signed_roster.roster.version,
                          (unsigned long long)next.signed_roster.roster.version - 1);
        held_done(&next);
        return result;
    }
    result = follows(chain, &next, why);
    if (result != TOC_OK) {
        held_done(&next);
        return result;
    }
    next.hash =
        toc_roster_hash(&chain->group, next.signed_roster.roster.version, next.signed_roster.body);
    if (held_version == 0) {
        chain->group = next.hash;
    }
    held_done(&chain->current);
    chain->current = next;
    return TOC_OK;
}

enum toc_result toc_roster_chain_resume(struct toc_roster_chain *chain, struct toc_bytes first,
                                        struct toc_bytes newest, struct toc_why *why)
{
    struct held held = {0};
    enum toc_result result = held_parse(first, &held);

    if (result != TOC_OK || held.signed_roster.roster.version != 1) {
        held_done(&held);
        return result == TOC_NOMEM
                   ? result
                   : toc_fail(why, TOC_MALFORMED, "the stored roster of version 1 does not parse");
    }
    chain->group = toc_roster_hash(&toc_hash_zero, 1, held.signed_roster.body);
    held_done(&held);
    result = held_parse(newest, &held);
    if (result != TOC_OK) {
        return result == TOC_NOMEM
                   ? result
                   : toc_fail(why, TOC_MALFORMED, "the newest stored roster does not parse");
    }
    result = enough_signatures(&held.signed_roster, &held.signed_roster.roster, &chain->group, why);
    if (result == TOC_OK) {
        result = toc_roster_check(&held.signed_roster.roster, NULL, why);
    }
    if (result != TOC_OK) {
        held_done(&held);
        return result;
    }
    held.hash =
        toc_roster_hash(&chain->group, held.signed_roster.roster.version, held.signed_roster.body);
    held_done(&chain->current);
    chain->current = held;
    return TOC_OK;
}

const struct toc_roster *toc_roster_chain_at(struct toc_roster_chain *chain, uint64_t version)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct held *slot;
    struct toc_bytes bytes;
    struct held parsed;

    if (version == 0 || version > toc_roster_chain_version(chain)) {
        return NULL;
    }
    if (version == toc_roster_chain_version(chain)) {
        return toc_roster_chain_current(chain);
    }
    for (size_t i = 0; i < OLDER_KEPT; i++) {
        if (chain->older[i].arena != NULL &&
            chain->older[i].signed_roster.roster.version == version) {
            /* The one that was asked for last is not the next to go. */
            chain->older_next = chain->older_next == i ? (i + 1) % OLDER_KEPT : chain->older_next;
            return &chain->older[i].signed_roster.roster;
        }
    }
    if (toc_arena_new(2 * (size_t)TOC_ROSTER_LEN_MAX, &arena) != TOC_OK ||
        chain->source.fetch(chain->source.context, version, arena, &bytes) != TOC_OK ||
        held_parse(bytes, &parsed) != TOC_OK) {
        return NULL;
    }
    slot = &chain->older[chain->older_next];
    chain->older_next = (chain->older_next + 1) % OLDER_KEPT;
    held_done(slot);
    *slot = parsed;
    return &slot->signed_roster.roster;
}

enum toc_result toc_roster_file_begin(struct toc_bytes file, struct toc_bytes *ret_rest,
                                      struct toc_why *why)
{
    const struct toc_bytes magic = toc_bytes_text(TOC_ROSTER_FILE_MAGIC);

    if (file.len < magic.len || memcmp(file.data, magic.data, magic.len) != 0) {
        return toc_fail(why, TOC_MALFORMED, "this is not a roster file");
    }
    *ret_rest = toc_bytes_of(file.data + magic.len, file.len - magic.len);
    return TOC_OK;
}
