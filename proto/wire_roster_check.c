#include "wire_roster_check.h"
#include "ensure.h"
#include "ident.h"
#include <string.h>

/* A stream's name, or the beginning of some followed by a '*'. */
static enum toc_result check_pattern(const char *pattern)
{
    TOC_ENSURE(pattern != NULL, TOC_INVALID);
    const size_t len = strnlen(pattern, TOC_STREAM_LEN_MAX + 1);
    TOC_ENSURE(len >= 1 && len <= TOC_STREAM_LEN_MAX, TOC_INVALID);
    char name[TOC_STREAM_LEN_MAX + 1] = {0};
    memcpy(name, pattern, len);
    if (name[len - 1] == '*') {
        name[len - 1] = 'a';
    }
    TOC_ENSURE(toc_ident_stream(name), TOC_INVALID);
    return TOC_OK;
}

static enum toc_result check_streams(const Tocsin__Roster *roster)
{
    TOC_ENSURE(roster->n_streams <= TOC_STREAMS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < roster->n_streams; i++) {
        const Tocsin__StreamRule *rule = roster->streams[i];
        TOC_TRY(check_pattern(rule->stream));
        TOC_TRY(toc_wire_check_roles(rule->publishers, rule->n_publishers));
        const int audience = (int)rule->audience;
        TOC_ENSURE(audience >= (int)TOC_AUDIENCE_GROUP, TOC_INVALID);
        TOC_ENSURE(audience <= (int)TOC_AUDIENCE_LIST, TOC_INVALID);
        if (audience == (int)TOC_AUDIENCE_LIST) {
            TOC_ENSURE(toc_ident_group(rule->list), TOC_INVALID);
        } else {
            TOC_ENSURE(rule->list[0] == '\0', TOC_INVALID);
        }
        const int history = (int)rule->history;
        TOC_ENSURE(history == (int)TOCSIN__HISTORY__HISTORY_ALL ||
                       history == (int)TOCSIN__HISTORY__HISTORY_FROM_ADMISSION,
                   TOC_INVALID);
        TOC_ENSURE(rule->retention_days <= TOC_RETENTION_DAYS_MAX, TOC_INVALID);
        for (size_t j = 0; j < i; j++) {
            TOC_ENSURE(strcmp(rule->stream, roster->streams[j]->stream) != 0, TOC_INVALID);
        }
    }
    return TOC_OK;
}

/* Member ids in strictly ascending byte order: sorted, and no two alike. */
static enum toc_result check_ids(char *const *ids, size_t ids_len)
{
    for (size_t i = 0; i < ids_len; i++) {
        TOC_ENSURE(toc_ident_member(ids[i]), TOC_INVALID);
        TOC_ENSURE(i == 0 || strcmp(ids[i - 1], ids[i]) < 0, TOC_INVALID);
    }
    return TOC_OK;
}

static enum toc_result check_lists(const Tocsin__Roster *roster)
{
    TOC_ENSURE(roster->n_lists <= TOC_LISTS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < roster->n_lists; i++) {
        const Tocsin__MemberList *list = roster->lists[i];
        TOC_ENSURE(toc_ident_group(list->name), TOC_INVALID);
        TOC_ENSURE(list->n_members <= TOC_MEMBERS_MAX, TOC_TOOBIG);
        TOC_TRY(check_ids(list->members, list->n_members));
        for (size_t j = 0; j < i; j++) {
            TOC_ENSURE(strcmp(list->name, roster->lists[j]->name) != 0, TOC_INVALID);
        }
    }
    return TOC_OK;
}

/* One pin a log. */
static enum toc_result check_pins(const Tocsin__Roster *roster)
{
    TOC_ENSURE(roster->n_pins <= TOC_CLOSINGS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < roster->n_pins; i++) {
        const Tocsin__Pin *pin = roster->pins[i];
        TOC_TRY(toc_wire_check_log(pin->publisher, pin->stream, pin->generation));
        TOC_ENSURE(toc_wire_is_sequence(pin->next_sequence), TOC_INVALID);
        TOC_TRY(toc_wire_check_hash(pin->head));
        for (size_t j = 0; j < i; j++) {
            const Tocsin__Pin *other = roster->pins[j];
            TOC_ENSURE(pin->generation != other->generation ||
                           strcmp(pin->publisher, other->publisher) != 0 ||
                           strcmp(pin->stream, other->stream) != 0,
                       TOC_INVALID);
        }
    }
    return TOC_OK;
}

/* Absent before the first; the order of holders is part of every token, so it is kept. */
static enum toc_result check_token_epoch(const Tocsin__TokenEpoch *epoch)
{
    if (epoch == NULL) {
        return TOC_OK;
    }
    TOC_ENSURE(epoch->epoch >= 1, TOC_INVALID);
    TOC_ENSURE(epoch->n_holders >= 1, TOC_INVALID);
    TOC_ENSURE(epoch->n_holders <= TOC_HOLDERS_MAX, TOC_TOOBIG);
    TOC_ENSURE(epoch->n_keys == epoch->n_holders, TOC_INVALID);
    for (size_t i = 0; i < epoch->n_holders; i++) {
        TOC_ENSURE(epoch->keys[i].len == TOC_OPRF_ELEMENT_LEN, TOC_MALFORMED);
        TOC_ENSURE(toc_ident_member(epoch->holders[i]), TOC_INVALID);
        for (size_t j = 0; j < i; j++) {
            TOC_ENSURE(strcmp(epoch->holders[i], epoch->holders[j]) != 0, TOC_INVALID);
        }
    }
    return TOC_OK;
}

/* Absent when every rule is the default: one roster has one encoding. */
static enum toc_result check_rules(const Tocsin__Rules *rules)
{
    if (rules == NULL) {
        return TOC_OK;
    }
    TOC_ENSURE(rules->name_at <= TOC_RULE_NAME_AT_MAX, TOC_INVALID);
    TOC_ENSURE(rules->window_minutes <= TOC_RULE_WINDOW_MINUTES_MAX, TOC_INVALID);
    TOC_ENSURE(rules->dispute_days <= TOC_RULE_DISPUTE_DAYS_MAX, TOC_INVALID);
    TOC_ENSURE(rules->quota_percent <= TOC_RULE_QUOTA_PERCENT_MAX, TOC_INVALID);
    TOC_ENSURE(rules->quota_plus <= TOC_RULE_QUOTA_PLUS_MAX, TOC_INVALID);
    TOC_ENSURE(rules->name_at + rules->window_minutes + rules->dispute_days + rules->quota_percent +
                       rules->quota_plus >
                   0,
               TOC_INVALID);
    return TOC_OK;
}

static enum toc_result check_signers(const Tocsin__Roster *roster)
{
    TOC_ENSURE(roster->n_signers <= TOC_SIGNERS_MAX, TOC_TOOBIG);
    TOC_ENSURE(roster->threshold >= 1, TOC_INVALID);
    TOC_ENSURE(roster->threshold <= roster->n_signers, TOC_INVALID);
    for (size_t i = 0; i < roster->n_signers; i++) {
        TOC_ENSURE(roster->signers[i].len == TOC_SIGN_PUBLIC_LEN, TOC_MALFORMED);
        for (size_t j = 0; j < i; j++) {
            TOC_ENSURE(
                memcmp(roster->signers[i].data, roster->signers[j].data, TOC_SIGN_PUBLIC_LEN) != 0,
                TOC_INVALID);
        }
    }
    return TOC_OK;
}

static enum toc_result check_members(const Tocsin__Roster *roster)
{
    TOC_ENSURE(roster->n_members >= 1, TOC_INVALID);
    TOC_ENSURE(roster->n_members <= TOC_MEMBERS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < roster->n_members; i++) {
        const Tocsin__Member *member = roster->members[i];
        TOC_TRY(toc_wire_check_member(member));
        TOC_ENSURE(member->admitted_version >= 1, TOC_INVALID);
        TOC_ENSURE(member->admitted_version <= roster->version, TOC_INVALID);
        TOC_ENSURE(i == 0 || strcmp(roster->members[i - 1]->id, member->id) < 0, TOC_INVALID);
    }
    return TOC_OK;
}

enum toc_result toc_wire_check_roster(const Tocsin__Roster *roster)
{
    TOC_ENSURE(roster->format == TOC_WIRE_ROSTER_FORMAT, TOC_INVALID);
    TOC_ENSURE(toc_ident_group(roster->group), TOC_INVALID);
    TOC_ENSURE(toc_wire_is_sequence(roster->version), TOC_INVALID);
    if (roster->version == 1) {
        TOC_ENSURE(roster->previous.len == 0, TOC_INVALID);
    } else {
        TOC_TRY(toc_wire_check_hash(roster->previous));
    }
    TOC_ENSURE(toc_wire_is_time(roster->issued_ms), TOC_INVALID);
    TOC_ENSURE(toc_wire_is_time(roster->expires_ms), TOC_INVALID);
    TOC_ENSURE(roster->expires_ms > roster->issued_ms, TOC_INVALID);
    TOC_ENSURE(roster->grace_days <= TOC_GRACE_DAYS_MAX, TOC_INVALID);
    TOC_TRY(check_signers(roster));
    TOC_TRY(check_members(roster));
    TOC_TRY(check_streams(roster));
    TOC_TRY(check_lists(roster));
    TOC_TRY(check_pins(roster));
    TOC_TRY(check_rules(roster->rules));
    return check_token_epoch(roster->token_epoch);
}
