#include "wire_roster.h"
#include "ensure.h"
#include "wire_roster_check.h"
#include <string.h>

#define SIGNATURES_MAX (2 * TOC_SIGNERS_MAX) /* every old signer and every new one */

/* ---- out of an unpacked roster ---- */

static enum toc_result take_members(struct toc_arena *arena, const Tocsin__Roster *roster,
                                    struct toc_roster *ret_roster)
{
    struct toc_member *members = toc_arena_zero(arena, roster->n_members, sizeof *members);
    TOC_ENSURE(members != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->n_members; i++) {
        TOC_TRY(toc_wire_take_member(arena, roster->members[i], &members[i]));
    }
    ret_roster->members = members;
    ret_roster->members_len = roster->n_members;
    return TOC_OK;
}

static enum toc_result take_streams(struct toc_arena *arena, const Tocsin__Roster *roster,
                                    struct toc_roster *ret_roster)
{
    struct toc_stream_rule *rules = toc_arena_zero(arena, roster->n_streams, sizeof *rules);
    struct toc_member_list *lists = toc_arena_zero(arena, roster->n_lists, sizeof *lists);
    TOC_ENSURE(rules != NULL && lists != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->n_streams; i++) {
        const Tocsin__StreamRule *rule = roster->streams[i];
        rules[i] = (struct toc_stream_rule){
            .stream = rule->stream,
            .publishers = toc_wire_take_roles(rule->publishers, rule->n_publishers),
            .audience = (enum toc_audience)rule->audience,
            .list = rule->list,
            .history_from_admission = rule->history == TOCSIN__HISTORY__HISTORY_FROM_ADMISSION,
            .retention_days = rule->retention_days,
            .confidential = rule->confidential,
        };
    }
    for (size_t i = 0; i < roster->n_lists; i++) {
        lists[i] = (struct toc_member_list){
            .name = roster->lists[i]->name,
            .members = (const char *const *)roster->lists[i]->members,
            .members_len = roster->lists[i]->n_members,
        };
    }
    ret_roster->streams = rules;
    ret_roster->streams_len = roster->n_streams;
    ret_roster->lists = lists;
    ret_roster->lists_len = roster->n_lists;
    return TOC_OK;
}

static enum toc_result take_keys_and_pins(struct toc_arena *arena, const Tocsin__Roster *roster,
                                          struct toc_roster *ret_roster)
{
    struct toc_sign_public *signers = toc_arena_zero(arena, roster->n_signers, sizeof *signers);
    struct toc_pin *pins = toc_arena_zero(arena, roster->n_pins, sizeof *pins);
    TOC_ENSURE(signers != NULL && pins != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->n_signers; i++) {
        memcpy(signers[i].bytes, roster->signers[i].data, TOC_SIGN_PUBLIC_LEN);
    }
    for (size_t i = 0; i < roster->n_pins; i++) {
        const Tocsin__Pin *pin = roster->pins[i];
        toc_wire_take_log(pin->publisher, pin->stream, pin->generation, &pins[i].log);
        pins[i].next_sequence = pin->next_sequence;
        toc_wire_take_hash(pin->head, &pins[i].head);
    }
    ret_roster->signers = signers;
    ret_roster->signers_len = roster->n_signers;
    ret_roster->pins = pins;
    ret_roster->pins_len = roster->n_pins;
    return TOC_OK;
}

static enum toc_result take_tokens(struct toc_arena *arena, const Tocsin__TokenEpoch *epoch,
                                   struct toc_roster *ret_roster)
{
    if (epoch == NULL) {
        return TOC_OK;
    }
    struct toc_element *keys = toc_arena_zero(arena, epoch->n_keys, sizeof *keys);
    TOC_ENSURE(keys != NULL, TOC_NOMEM);
    for (size_t i = 0; i < epoch->n_keys; i++) {
        memcpy(keys[i].bytes, epoch->keys[i].data, sizeof keys[i].bytes);
    }
    ret_roster->token_epoch = epoch->epoch;
    ret_roster->holders = (const char *const *)epoch->holders;
    ret_roster->holders_len = epoch->n_holders;
    ret_roster->holder_keys = keys;
    return TOC_OK;
}

static void take_rules(const Tocsin__Rules *rules, struct toc_rules *ret_rules)
{
    if (rules != NULL) {
        *ret_rules = (struct toc_rules){.name_at = rules->name_at,
                                        .window_minutes = rules->window_minutes,
                                        .dispute_days = rules->dispute_days,
                                        .quota_percent = rules->quota_percent,
                                        .quota_plus = rules->quota_plus};
    }
}

static enum toc_result decode_roster(struct toc_arena *arena, struct toc_bytes body,
                                     struct toc_roster *ret_roster)
{
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__roster__descriptor, body, &message));
    const Tocsin__Roster *unpacked = (const Tocsin__Roster *)message;
    TOC_TRY(toc_wire_check_roster(unpacked));
    struct toc_roster roster = {
        .group = unpacked->group,
        .version = unpacked->version,
        .issued_ms = unpacked->issued_ms,
        .expires_ms = unpacked->expires_ms,
        .grace_days = unpacked->grace_days,
        .threshold = unpacked->threshold,
    };
    if (unpacked->version > 1) {
        toc_wire_take_hash(unpacked->previous, &roster.previous);
    }
    TOC_TRY(take_members(arena, unpacked, &roster));
    TOC_TRY(take_streams(arena, unpacked, &roster));
    TOC_TRY(take_keys_and_pins(arena, unpacked, &roster));
    TOC_TRY(take_tokens(arena, unpacked->token_epoch, &roster));
    take_rules(unpacked->rules, &roster.rules);
    *ret_roster = roster;
    return TOC_OK;
}

/* ---- into a roster to be packed ---- */

static enum toc_result give_members(struct toc_arena *arena, const struct toc_roster *roster,
                                    Tocsin__Roster *message)
{
    TOC_ENSURE(roster->members_len <= TOC_MEMBERS_MAX, TOC_TOOBIG);
    message->members = toc_arena_zero(arena, roster->members_len, sizeof *message->members);
    Tocsin__Member *members = toc_arena_zero(arena, roster->members_len, sizeof *members);
    TOC_ENSURE(message->members != NULL && members != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->members_len; i++) {
        TOC_TRY(toc_wire_give_member(arena, &roster->members[i], &members[i]));
        message->members[i] = &members[i];
    }
    message->n_members = roster->members_len;
    return TOC_OK;
}

static enum toc_result give_rule(struct toc_arena *arena, const struct toc_stream_rule *rule,
                                 Tocsin__StreamRule *message)
{
    tocsin__stream_rule__init(message);
    message->stream = toc_wire_text(rule->stream);
    message->publishers = toc_arena_zero(arena, TOC_ROLES_MAX, sizeof *message->publishers);
    TOC_ENSURE(message->publishers != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_give_roles(rule->publishers, message->publishers, &message->n_publishers));
    message->audience = (Tocsin__Audience)rule->audience;
    message->list = toc_wire_text(rule->list != NULL ? rule->list : "");
    message->history = rule->history_from_admission ? TOCSIN__HISTORY__HISTORY_FROM_ADMISSION
                                                    : TOCSIN__HISTORY__HISTORY_ALL;
    message->retention_days = rule->retention_days;
    message->confidential = rule->confidential;
    return TOC_OK;
}

static enum toc_result give_streams(struct toc_arena *arena, const struct toc_roster *roster,
                                    Tocsin__Roster *message)
{
    TOC_ENSURE(roster->streams_len <= TOC_STREAMS_MAX, TOC_TOOBIG);
    message->streams = toc_arena_zero(arena, roster->streams_len, sizeof *message->streams);
    Tocsin__StreamRule *rules = toc_arena_zero(arena, roster->streams_len, sizeof *rules);
    TOC_ENSURE(message->streams != NULL && rules != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->streams_len; i++) {
        TOC_TRY(give_rule(arena, &roster->streams[i], &rules[i]));
        message->streams[i] = &rules[i];
    }
    message->n_streams = roster->streams_len;
    return TOC_OK;
}

static enum toc_result give_lists(struct toc_arena *arena, const struct toc_roster *roster,
                                  Tocsin__Roster *message)
{
    TOC_ENSURE(roster->lists_len <= TOC_LISTS_MAX, TOC_TOOBIG);
    message->lists = toc_arena_zero(arena, roster->lists_len, sizeof *message->lists);
    Tocsin__MemberList *lists = toc_arena_zero(arena, roster->lists_len, sizeof *lists);
    TOC_ENSURE(message->lists != NULL && lists != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->lists_len; i++) {
        tocsin__member_list__init(&lists[i]);
        lists[i].name = toc_wire_text(roster->lists[i].name);
        lists[i].members = (char **)(uintptr_t)roster->lists[i].members;
        lists[i].n_members = roster->lists[i].members_len;
        message->lists[i] = &lists[i];
    }
    message->n_lists = roster->lists_len;
    return TOC_OK;
}

static enum toc_result give_keys_and_pins(struct toc_arena *arena, const struct toc_roster *roster,
                                          Tocsin__Roster *message)
{
    TOC_ENSURE(roster->signers_len <= TOC_SIGNERS_MAX, TOC_TOOBIG);
    TOC_ENSURE(roster->pins_len <= TOC_CLOSINGS_MAX, TOC_TOOBIG);
    message->signers = toc_arena_zero(arena, roster->signers_len, sizeof *message->signers);
    message->pins = toc_arena_zero(arena, roster->pins_len, sizeof *message->pins);
    Tocsin__Pin *pins = toc_arena_zero(arena, roster->pins_len, sizeof *pins);
    TOC_ENSURE(message->signers != NULL && message->pins != NULL && pins != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->signers_len; i++) {
        message->signers[i] = toc_wire_binary(roster->signers[i].bytes, TOC_SIGN_PUBLIC_LEN);
    }
    for (size_t i = 0; i < roster->pins_len; i++) {
        const struct toc_pin *pin = &roster->pins[i];
        tocsin__pin__init(&pins[i]);
        pins[i].publisher = toc_wire_text(pin->log.publisher);
        pins[i].stream = toc_wire_text(pin->log.stream);
        pins[i].generation = pin->log.generation;
        pins[i].next_sequence = pin->next_sequence;
        pins[i].head = toc_wire_give_hash(&pin->head);
        message->pins[i] = &pins[i];
    }
    message->n_signers = roster->signers_len;
    message->n_pins = roster->pins_len;
    return TOC_OK;
}

static enum toc_result give_tokens(struct toc_arena *arena, const struct toc_roster *roster,
                                   Tocsin__TokenEpoch *epoch, Tocsin__Roster *message)
{
    tocsin__token_epoch__init(epoch);
    if (roster->token_epoch == 0 && roster->holders_len == 0) {
        return TOC_OK;
    }
    TOC_ENSURE(roster->holders_len <= TOC_HOLDERS_MAX, TOC_TOOBIG);
    epoch->keys = toc_arena_zero(arena, roster->holders_len, sizeof *epoch->keys);
    TOC_ENSURE(epoch->keys != NULL, TOC_NOMEM);
    for (size_t i = 0; i < roster->holders_len; i++) {
        epoch->keys[i] = toc_wire_binary(roster->holder_keys[i].bytes, TOC_OPRF_ELEMENT_LEN);
    }
    epoch->n_keys = roster->holders_len;
    epoch->epoch = roster->token_epoch;
    epoch->holders = (char **)(uintptr_t)roster->holders;
    epoch->n_holders = roster->holders_len;
    message->token_epoch = epoch;
    return TOC_OK;
}

static void give_rules(const struct toc_rules *rules, Tocsin__Rules *into, Tocsin__Roster *message)
{
    tocsin__rules__init(into);
    into->name_at = rules->name_at;
    into->window_minutes = rules->window_minutes;
    into->dispute_days = rules->dispute_days;
    into->quota_percent = rules->quota_percent;
    into->quota_plus = rules->quota_plus;
    if (rules->name_at + rules->window_minutes + rules->dispute_days + rules->quota_percent +
            rules->quota_plus >
        0) {
        message->rules = into;
    }
}

enum toc_result toc_wire_roster_encode(struct toc_arena *arena, const struct toc_roster *roster,
                                       struct toc_bytes *ret_body)
{
    Tocsin__Roster message;
    tocsin__roster__init(&message);
    message.format = TOC_WIRE_ROSTER_FORMAT;
    message.group = toc_wire_text(roster->group);
    message.version = roster->version;
    if (roster->version > 1 || !toc_hash_equal(&roster->previous, &toc_hash_zero)) {
        message.previous = toc_wire_give_hash(&roster->previous);
    }
    message.issued_ms = roster->issued_ms;
    message.expires_ms = roster->expires_ms;
    message.grace_days = roster->grace_days;
    message.threshold = roster->threshold;
    TOC_TRY(give_members(arena, roster, &message));
    TOC_TRY(give_streams(arena, roster, &message));
    TOC_TRY(give_lists(arena, roster, &message));
    TOC_TRY(give_keys_and_pins(arena, roster, &message));
    Tocsin__TokenEpoch epoch;
    Tocsin__Rules rules;
    TOC_TRY(give_tokens(arena, roster, &epoch, &message));
    give_rules(&roster->rules, &rules, &message);
    TOC_TRY(toc_wire_check_roster(&message));
    return toc_wire_pack(arena, &message.base, TOC_ROSTER_LEN_MAX, ret_body);
}

/* ---- the envelope ---- */

/* A signer signs once: a threshold counts keys, and two signatures of one key are no two keys. */
static enum toc_result check_signatures(const Tocsin__SignedRoster *envelope)
{
    TOC_ENSURE(envelope->body.len > 0, TOC_MALFORMED);
    TOC_ENSURE(envelope->n_signatures <= SIGNATURES_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < envelope->n_signatures; i++) {
        const Tocsin__RosterSignature *signature = envelope->signatures[i];
        TOC_ENSURE(signature->signer.len == TOC_SIGN_PUBLIC_LEN, TOC_MALFORMED);
        TOC_ENSURE(signature->signature.len == TOC_SIGNATURE_LEN, TOC_MALFORMED);
        for (size_t j = 0; j < i; j++) {
            const Tocsin__RosterSignature *other = envelope->signatures[j];
            TOC_ENSURE(memcmp(signature->signer.data, other->signer.data, TOC_SIGN_PUBLIC_LEN) != 0,
                       TOC_INVALID);
        }
    }
    return TOC_OK;
}

enum toc_result toc_wire_signed_roster_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                              struct toc_signed_roster *ret_roster)
{
    TOC_ENSURE(bytes.len <= TOC_ROSTER_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__signed_roster__descriptor, bytes, &message));
    const Tocsin__SignedRoster *unpacked = (const Tocsin__SignedRoster *)message;
    TOC_TRY(check_signatures(unpacked));
    struct toc_roster_signature *signatures =
        toc_arena_zero(arena, unpacked->n_signatures, sizeof *signatures);
    TOC_ENSURE(signatures != NULL, TOC_NOMEM);
    for (size_t i = 0; i < unpacked->n_signatures; i++) {
        const Tocsin__RosterSignature *signature = unpacked->signatures[i];
        memcpy(signatures[i].signer.bytes, signature->signer.data, TOC_SIGN_PUBLIC_LEN);
        memcpy(signatures[i].signature.bytes, signature->signature.data, TOC_SIGNATURE_LEN);
    }
    struct toc_signed_roster signed_roster = {
        .bytes = bytes,
        .body = toc_wire_bytes(unpacked->body),
        .signatures = signatures,
        .signatures_len = unpacked->n_signatures,
    };
    TOC_TRY(decode_roster(arena, signed_roster.body, &signed_roster.roster));
    *ret_roster = signed_roster;
    return TOC_OK;
}

enum toc_result toc_wire_signed_roster_encode(struct toc_arena *arena, struct toc_bytes body,
                                              const struct toc_roster_signature *signatures,
                                              size_t signatures_len, struct toc_bytes *ret_bytes)
{
    TOC_ENSURE(signatures_len <= SIGNATURES_MAX, TOC_TOOBIG);
    Tocsin__RosterSignature items[SIGNATURES_MAX];
    Tocsin__RosterSignature *pointers[SIGNATURES_MAX];
    for (size_t i = 0; i < signatures_len; i++) {
        tocsin__roster_signature__init(&items[i]);
        items[i].signer = toc_wire_binary(signatures[i].signer.bytes, TOC_SIGN_PUBLIC_LEN);
        items[i].signature = toc_wire_binary(signatures[i].signature.bytes, TOC_SIGNATURE_LEN);
        pointers[i] = &items[i];
    }
    Tocsin__SignedRoster message;
    tocsin__signed_roster__init(&message);
    message.body = toc_wire_binary(body.data, body.len);
    message.signatures = pointers;
    message.n_signatures = signatures_len;
    TOC_TRY(check_signatures(&message));
    return toc_wire_pack(arena, &message.base, TOC_ROSTER_LEN_MAX, ret_bytes);
}
