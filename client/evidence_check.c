#include "evidence_check.h"
#include "batch.h"
#include "ensure.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum what { NOTHING, BATCH, STATEMENT, ROSTER };

/* One half of a pair, read. Of batch and statement the one that `what` names. */
struct half {
    enum what what;
    struct toc_bytes bytes;
    struct toc_batch batch;
    struct toc_hash head; /* after the batch */
    struct toc_signed envelope;
    struct toc_statement statement;
    uint64_t version; /* of the roster */
};

/* The three are told apart by what they parse as: none is another's valid form. */
static enum toc_result read_half(struct toc_arena *arena, struct toc_bytes bytes,
                                 struct half *ret_half, struct toc_why *why)
{
    struct toc_signed_roster signed_roster;
    ret_half->bytes = bytes;
    ret_half->what = NOTHING;
    if (bytes.len == 0) {
        return TOC_OK;
    }
    if (toc_wire_batch_decode(arena, bytes, &ret_half->batch) == TOC_OK) {
        ret_half->what = BATCH;
        ret_half->head = toc_batch_head(&ret_half->batch);
    } else if (toc_statement_read(arena, bytes, &ret_half->envelope, &ret_half->statement) ==
               TOC_OK) {
        ret_half->what = STATEMENT;
    } else if (toc_wire_signed_roster_decode(arena, bytes, &signed_roster) == TOC_OK) {
        ret_half->what = ROSTER;
        ret_half->version = signed_roster.roster.version;
    } else {
        return toc_fail(why, TOC_MALFORMED, "it is neither batch, statement nor roster");
    }
    return TOC_OK;
}

static const struct toc_log_id *log_of(const struct half *half)
{
    return half->what == BATCH ? &half->batch.header.log : &half->statement.log;
}

/* ---- signatures ---- */

static enum toc_result check_signature(struct toc_roster_chain *chain, const struct half *half,
                                       struct toc_why *why)
{
    const bool batch = half->what == BATCH;
    const struct toc_hash *const group = batch ? &half->batch.header.group : &half->statement.group;
    const uint64_t version =
        batch ? half->batch.header.roster_version : half->statement.roster_version;
    const char *const id = batch ? half->batch.header.log.publisher : half->statement.author;
    const struct toc_roster *const roster = toc_roster_chain_at(chain, version);
    if (!toc_hash_equal(group, toc_roster_chain_group(chain))) {
        return toc_fail(why, TOC_BADSIG, "it is of another group");
    }
    const struct toc_member *const author = roster == NULL ? NULL : toc_roster_member(roster, id);
    if (author == NULL) {
        return toc_fail(why, TOC_BADSIG, "'%s' is no member under roster version %" PRIu64, id,
                        version);
    }
    const enum toc_result result =
        batch ? toc_batch_verify(&half->batch, &half->head, &author->sign_public)
              : toc_statement_verify(&half->envelope, &half->statement, &author->sign_public);
    if (result != TOC_OK) {
        return toc_fail(why, TOC_BADSIG, "the signature of '%s' does not verify", id);
    }
    return TOC_OK;
}

/* ---- what cannot both be true ---- */

static bool batches_differ(const struct half *one, const struct half *other, uint64_t *ret_where)
{
    const struct toc_batch_header *const a = &one->batch.header;
    const struct toc_batch_header *const b = &other->batch.header;
    const uint64_t later =
        a->first_sequence > b->first_sequence ? a->first_sequence : b->first_sequence;
    const uint64_t a_next = a->first_sequence + a->count;
    const uint64_t b_next = b->first_sequence + b->count;
    *ret_where = later;
    if (a_next == b->first_sequence) {
        return !toc_hash_equal(&b->previous_head, &one->head);
    }
    if (b_next == a->first_sequence) {
        return !toc_hash_equal(&a->previous_head, &other->head);
    }
    return later < a_next && later < b_next && !toc_hash_equal(&one->head, &other->head);
}

/* "Before next_sequence the head is this", against a batch. */
static bool word_differs(const struct toc_statement *word, const struct half *batch)
{
    const struct toc_batch_header *const header = &batch->batch.header;
    const uint64_t next = header->first_sequence + header->count;
    if (word->next_sequence == next) {
        return !toc_hash_equal(&word->head, &batch->head);
    }
    if (word->next_sequence == header->first_sequence) {
        return !toc_hash_equal(&word->head, &header->previous_head);
    }
    return word->next_sequence > header->first_sequence && word->next_sequence < next;
}

/* Alone it contradicts itself only where everybody knows the head: before a first batch. */
static bool begins_nowhere(const struct half *half, const struct toc_hash *group)
{
    const struct toc_hash start = toc_head_start(group, log_of(half));
    const struct toc_batch_header *const header = &half->batch.header;
    if (log_of(half)->generation != 1) {
        return false;
    }
    return half->what == BATCH
               ? header->first_sequence == 1 && !toc_hash_equal(&header->previous_head, &start)
               : half->statement.next_sequence == 1 &&
                     !toc_hash_equal(&half->statement.head, &start);
}

static bool is_word_of_publisher(const struct half *half)
{
    return half->what == STATEMENT && half->statement.kind == TOC_HEARTBEAT &&
           strcmp(half->statement.author, half->statement.log.publisher) == 0;
}

static bool is_receipt(const struct half *half)
{
    return half->what == STATEMENT && half->statement.kind == TOC_RECEIPT;
}

/* `one` is a batch or nothing, or both are statements. */
static bool contradict(const struct half *one, const struct half *other,
                       const struct toc_hash *group, struct toc_contradiction *found)
{
    const struct toc_statement *const word = &other->statement;
    if (one->what == BATCH && other->what == BATCH) {
        found->kind = TOC_TWO_BATCHES;
        return batches_differ(one, other, &found->sequence);
    }
    found->sequence =
        other->what == BATCH ? other->batch.header.first_sequence : word->next_sequence;
    if (one->what == NOTHING) {
        found->kind = is_receipt(other) ? TOC_OTHER_RECEIPT : TOC_NO_BEGINNING;
        return (other->what == BATCH || is_receipt(other) || is_word_of_publisher(other)) &&
               begins_nowhere(other, group);
    }
    if (one->what == BATCH) {
        found->kind = is_receipt(other) ? TOC_OTHER_RECEIPT : TOC_HEARTBEAT_AND_BATCH;
        return (is_receipt(other) || is_word_of_publisher(other)) && word_differs(word, one);
    }
    found->kind = TOC_TWO_HEARTBEATS;
    return is_word_of_publisher(one) && is_word_of_publisher(other) &&
           one->statement.next_sequence == word->next_sequence &&
           !toc_hash_equal(&one->statement.head, &word->head);
}

/* One is the roster that the group goes by, the other is another of that version. Neither can be
 * adopted: the version is held. */
static enum toc_result check_rosters(struct toc_roster_chain *chain, const struct half *one,
                                     const struct half *other, struct toc_contradiction *ret_found,
                                     struct toc_why *why)
{
    struct toc_why ignored = {""};
    if (one->version != other->version || one->version > toc_roster_chain_version(chain)) {
        return toc_fail(why, TOC_INVALID, "they are no two rosters of one version of this group");
    }
    const enum toc_result first = toc_roster_chain_adopt(chain, one->bytes, &ignored);
    const enum toc_result second = toc_roster_chain_adopt(chain, other->bytes, why);
    if (first == TOC_EXISTS && second == TOC_CONFLICT) {
        *ret_found = (struct toc_contradiction){.kind = TOC_TWO_ROSTERS, .sequence = one->version};
        return TOC_OK;
    }
    return first != TOC_EXISTS || second != TOC_EXISTS
               ? toc_fail(why, TOC_BADSIG, "they are not signed by enough signers")
               : toc_fail(why, TOC_INVALID, "they say the same");
}

static enum toc_result check_pair(struct toc_roster_chain *chain, struct half *halves,
                                  struct toc_contradiction *ret_found, struct toc_why *why)
{
    /* What is alone, and a batch beside a statement, have their places. */
    const bool swapped =
        halves[1].what == NOTHING || (halves[0].what == STATEMENT && halves[1].what == BATCH);
    const struct half *const one = &halves[swapped ? 1 : 0];
    const struct half *const other = &halves[swapped ? 0 : 1];
    struct toc_contradiction found = {.kind = TOC_TWO_BATCHES};
    if (other->what == NOTHING) {
        return toc_fail(why, TOC_MALFORMED, "there is nothing in it");
    }
    if (one->what == ROSTER && other->what == ROSTER) {
        return check_rosters(chain, one, other, ret_found, why);
    }
    if (one->what == ROSTER || other->what == ROSTER ||
        (one->what != NOTHING && toc_log_id_compare(log_of(one), log_of(other)) != 0)) {
        return toc_fail(why, TOC_INVALID, "its halves are not about the same log");
    }
    TOC_TRY(one->what == NOTHING ? TOC_OK : check_signature(chain, one, why));
    TOC_TRY(check_signature(chain, other, why));
    if (!contradict(one, other, toc_roster_chain_group(chain), &found)) {
        return toc_fail(why, TOC_INVALID, "both of its halves can be true");
    }
    found.log = *log_of(other);
    const char *const member = is_receipt(other) ? other->statement.author : found.log.publisher;
    memcpy(found.member, member, strlen(member) + 1);
    *ret_found = found;
    return TOC_OK;
}

enum toc_result toc_evidence_check(struct toc_roster_file *rosters, struct toc_bytes one,
                                   struct toc_bytes other, struct toc_contradiction *ret_found,
                                   struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct half halves[2] = {{.what = NOTHING}, {.what = NOTHING}};
    if (toc_roster_chain_version(toc_roster_file_chain(rosters)) == 0) {
        return toc_fail(why, TOC_MALFORMED, "there is no roster to check it with");
    }
    if (toc_arena_new(32 * (size_t)TOC_ROSTER_LEN_MAX, &arena) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(read_half(arena, one, &halves[0], why));
    TOC_TRY(read_half(arena, other, &halves[1], why));
    return check_pair(toc_roster_file_chain(rosters), halves, ret_found, why);
}

/* ---- in words ---- */

const char *toc_contradiction_name(enum toc_contradiction_kind kind)
{
    switch (kind) {
    case TOC_TWO_BATCHES:
        return "two_batches";
    case TOC_NO_BEGINNING:
        return "no_beginning";
    case TOC_TWO_HEARTBEATS:
        return "two_heartbeats";
    case TOC_HEARTBEAT_AND_BATCH:
        return "heartbeat_and_batch";
    case TOC_OTHER_RECEIPT:
        return "receipt";
    case TOC_TWO_ROSTERS:
        return "two_rosters";
    }
    TOC_UNREACHABLE();
    return "";
}

void toc_contradiction_text(const struct toc_contradiction *found,
                            char ret_text[TOC_CONTRADICTION_TEXT_MAX])
{
    const char *const publisher = found->log.publisher;
    const char *const stream = found->log.stream;
    const size_t room = TOC_CONTRADICTION_TEXT_MAX;
    switch (found->kind) {
    case TOC_TWO_BATCHES:
        (void)snprintf(ret_text, room,
                       "%s signed two histories of %s/%s that part at record %" PRIu64,
                       found->member, publisher, stream, found->sequence);
        return;
    case TOC_NO_BEGINNING:
        (void)snprintf(ret_text, room, "%s signed a beginning of %s/%s that is none", found->member,
                       publisher, stream);
        return;
    case TOC_TWO_HEARTBEATS:
        (void)snprintf(ret_text, room, "%s signed two ends of %s/%s before record %" PRIu64,
                       found->member, publisher, stream, found->sequence);
        return;
    case TOC_HEARTBEAT_AND_BATCH:
        (void)snprintf(ret_text, room,
                       "%s signed an end of %s/%s before record %" PRIu64
                       " and a batch that contradicts it",
                       found->member, publisher, stream, found->sequence);
        return;
    case TOC_OTHER_RECEIPT:
        (void)snprintf(ret_text, room,
                       "%s signed that it read another %s/%s before record %" PRIu64
                       " than %s signed: it was given another, or says so",
                       found->member, publisher, stream, found->sequence, publisher);
        return;
    case TOC_TWO_ROSTERS:
        (void)snprintf(ret_text, room, "the signers signed two rosters of version %" PRIu64,
                       found->sequence);
        return;
    }
    TOC_UNREACHABLE();
}
