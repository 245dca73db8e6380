/* Sub-groups: a list of members, and a stream of theirs beside the group's own. */
#include "authority.h"
#include "ensure.h"
#include "ident.h"
#include "records.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "framework.NAME" of "framework". Only a stream whose records this version knows: on any other
 * nobody could publish. */
static enum toc_result name_stream(const struct toc_authority_step *step,
                                   const struct toc_authority_list *list, char **ret_stream,
                                   struct toc_why *why)
{
    const struct toc_record_kind *const kind = toc_record_kind_for_stream(list->stream);
    char stream[TOC_STREAM_LEN_MAX + 1];
    if (!toc_ident_group(list->name)) {
        return toc_fail(why, TOC_INVALID,
                        "'%.60s' is no name for a list: 1 to 31 of a-z, 0-9 and '-', beginning "
                        "with a letter",
                        list->name);
    }
    if (kind == NULL || strcmp(kind->stream, list->stream) != 0) {
        return toc_fail(why, TOC_INVALID, "--stream: this version knows no records of '%.60s'",
                        list->stream);
    }
    (void)snprintf(stream, sizeof stream, "%s.%s", list->stream, list->name);
    *ret_stream = toc_arena_text(step->arena, toc_bytes_text(stream));
    return *ret_stream == NULL ? toc_authority_no_memory(why) : TOC_OK;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order that travels, each once, and each a member. */
static enum toc_result sort_members(const struct toc_authority_step *step,
                                    const struct toc_authority_list *list,
                                    struct toc_member_list *ret_list, struct toc_why *why)
{
    const char **const members = toc_arena_zero(step->arena, list->members_len, sizeof *members);
    if (members == NULL) {
        return toc_authority_no_memory(why);
    }
    for (size_t i = 0; i < list->members_len; i++) {
        const struct toc_member *const member = toc_roster_member(step->now, list->members[i]);
        if (member == NULL) {
            return toc_fail(why, TOC_NOTFOUND, "%.40s: no such member: see 'tocsin group show'",
                            list->members[i]);
        }
        members[i] = member->id;
    }
    qsort(members, list->members_len, sizeof *members, compare_texts);
    for (size_t i = 1; i < list->members_len; i++) {
        if (strcmp(members[i - 1], members[i]) == 0) {
            return toc_fail(why, TOC_INVALID, "%s: is named twice", members[i]);
        }
    }
    *ret_list = (struct toc_member_list){
        .name = toc_arena_text(step->arena, toc_bytes_text(list->name)),
        .members = members,
        .members_len = list->members_len,
    };
    return ret_list->name == NULL ? toc_authority_no_memory(why) : TOC_OK;
}

static const struct toc_member_list *find_list(const struct toc_roster *roster, const char *name)
{
    for (size_t i = 0; i < roster->lists_len; i++) {
        if (strcmp(roster->lists[i].name, name) == 0) {
            return &roster->lists[i];
        }
    }
    return NULL;
}

static bool same_members(const struct toc_member_list *a, const struct toc_member_list *b)
{
    bool same = a->members_len == b->members_len;
    for (size_t i = 0; same && i < a->members_len; i++) {
        same = strcmp(a->members[i], b->members[i]) == 0;
    }
    return same;
}

/* ---- with members ---- */

static enum toc_result put_list(const struct toc_authority_step *step,
                                const struct toc_member_list *list, struct toc_roster *next,
                                struct toc_why *why)
{
    const struct toc_member_list *const known = find_list(step->now, list->name);
    const size_t len = next->lists_len;
    struct toc_member_list *const lists = toc_arena_zero(step->arena, len + 1, sizeof *lists);
    if (lists == NULL) {
        return toc_authority_no_memory(why);
    }
    if (len > 0) {
        memcpy(lists, next->lists, len * sizeof *lists);
    }
    if (known != NULL) {
        lists[known - step->now->lists] = *list;
    } else if (len == TOC_LISTS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "a roster has at most %d lists", TOC_LISTS_MAX);
    } else {
        lists[next->lists_len++] = *list;
    }
    next->lists = lists;
    return TOC_OK;
}

/* The sub-stream is published by whoever publishes the stream. The first rule that fits a stream
 * counts, so an older pattern may be in the way. */
static enum toc_result put_rule(const struct toc_authority_step *step, const char *stream,
                                const struct toc_authority_list *list, struct toc_roster *next,
                                struct toc_why *why)
{
    const struct toc_stream_rule *const whole = toc_roster_rule(step->now, list->stream);
    const struct toc_stream_rule *const known = toc_roster_rule(step->now, stream);
    const size_t len = next->streams_len;
    if (whole == NULL) {
        return toc_fail(why, TOC_NOTFOUND, "the roster has no stream '%s'", list->stream);
    }
    if (known != NULL) {
        const bool ours = strcmp(known->stream, stream) == 0 &&
                          known->audience == TOC_AUDIENCE_LIST &&
                          strcmp(known->list, list->name) == 0;
        return ours ? TOC_OK
                    : toc_fail(why, TOC_DENIED, "the roster gives '%s' to others by its rule '%s'",
                               stream, known->stream);
    }
    if (len == TOC_STREAMS_MAX) {
        return toc_fail(why, TOC_TOOBIG, "a roster has at most %d streams", TOC_STREAMS_MAX);
    }
    struct toc_stream_rule *const rules = toc_arena_zero(step->arena, len + 1, sizeof *rules);
    if (rules == NULL) {
        return toc_authority_no_memory(why);
    }
    memcpy(rules, next->streams, len * sizeof *rules);
    rules[len] = *whole;
    rules[len].stream = stream;
    rules[len].audience = TOC_AUDIENCE_LIST;
    rules[len].list = find_list(next, list->name)->name;
    next->streams = rules;
    next->streams_len = len + 1;
    return TOC_OK;
}

static enum toc_result set_list(const struct toc_authority_step *step, const char *stream,
                                const struct toc_authority_list *list, struct toc_roster *next,
                                struct toc_why *why)
{
    const struct toc_member_list *const known = find_list(step->now, list->name);
    struct toc_member_list sorted = {.name = list->name};
    TOC_TRY(sort_members(step, list, &sorted, why));
    TOC_TRY(put_list(step, &sorted, next, why));
    TOC_TRY(put_rule(step, stream, list, next, why));
    if (known != NULL && same_members(known, &sorted) &&
        next->streams_len == step->now->streams_len) {
        return toc_fail(why, TOC_EXISTS, "%s: has these members already", list->name);
    }
    return TOC_OK;
}

/* ---- without ---- */

static enum toc_result drop_rule(const struct toc_authority_step *step, const char *stream,
                                 struct toc_roster *next, struct toc_why *why)
{
    struct toc_stream_rule *const rules =
        toc_arena_zero(step->arena, next->streams_len, sizeof *rules);
    size_t len = 0;
    if (rules == NULL) {
        return toc_authority_no_memory(why);
    }
    for (size_t i = 0; i < next->streams_len; i++) {
        if (strcmp(next->streams[i].stream, stream) != 0) {
            rules[len++] = next->streams[i];
        }
    }
    if (len == next->streams_len) {
        return toc_fail(why, TOC_NOTFOUND,
                        "%s: no such stream: name the members of a new list, or see 'tocsin group "
                        "show'",
                        stream);
    }
    next->streams = rules;
    next->streams_len = len;
    return TOC_OK;
}

static bool is_read_by(const struct toc_roster *roster, const char *name)
{
    for (size_t i = 0; i < roster->streams_len; i++) {
        if (roster->streams[i].audience == TOC_AUDIENCE_LIST &&
            strcmp(roster->streams[i].list, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum toc_result drop_list(const struct toc_authority_step *step, const char *stream,
                                 const struct toc_authority_list *list, struct toc_roster *next,
                                 struct toc_why *why)
{
    TOC_TRY(drop_rule(step, stream, next, why));
    if (is_read_by(next, list->name)) {
        return TOC_OK;
    }
    struct toc_member_list *const lists =
        toc_arena_zero(step->arena, next->lists_len + 1, sizeof *lists);
    size_t len = 0;
    if (lists == NULL) {
        return toc_authority_no_memory(why);
    }
    for (size_t i = 0; i < next->lists_len; i++) {
        if (strcmp(next->lists[i].name, list->name) != 0) {
            lists[len++] = next->lists[i];
        }
    }
    next->lists = lists;
    next->lists_len = len;
    return TOC_OK;
}

enum toc_result toc_authority_list(const struct toc_authority_step *step,
                                   const struct toc_authority_list *list,
                                   struct toc_roster *ret_next, struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    char *stream = NULL;
    TOC_TRY(name_stream(step, list, &stream, why));
    TOC_TRY(list->members_len > 0 ? set_list(step, stream, list, &next, why)
                                  : drop_list(step, stream, list, &next, why));
    return toc_authority_check(step->now, &next, ret_next, why);
}
