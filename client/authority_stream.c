/* What the members agreed on about one stream: how long it is kept, and what newcomers read. */
#include "authority.h"
#include "bounds.h"
#include "ensure.h"
#include <string.h>

static struct toc_stream_rule *copy_rules(struct toc_arena *arena,
                                          const struct toc_stream_rule *rules, size_t len)
{
    struct toc_stream_rule *const copy = toc_arena_zero(arena, len, sizeof *copy);
    if (copy != NULL) {
        memcpy(copy, rules, len * sizeof *copy);
    }
    return copy;
}

/* By its own name: a pattern is named as it stands, so that nobody changes more than was meant. */
static struct toc_stream_rule *find_rule(struct toc_stream_rule *rules, size_t len,
                                         const char *stream)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(rules[i].stream, stream) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

const struct toc_stream_rule *toc_authority_streams_open(struct toc_arena *arena)
{
    struct toc_stream_rule *const rules =
        copy_rules(arena, toc_authority_streams, toc_authority_streams_len);
    if (rules != NULL) {
        find_rule(rules, toc_authority_streams_len, "distress")->audience = TOC_AUDIENCE_GROUP;
    }
    return rules;
}

enum toc_result toc_authority_stream(const struct toc_authority_step *step,
                                     const struct toc_authority_stream *change,
                                     struct toc_roster *ret_next, struct toc_why *why)
{
    struct toc_roster next = toc_authority_next(step);
    struct toc_stream_rule *const rules =
        copy_rules(step->arena, step->now->streams, step->now->streams_len);
    if (rules == NULL) {
        return toc_authority_no_memory(why);
    }
    struct toc_stream_rule *const rule = find_rule(rules, step->now->streams_len, change->stream);
    if (rule == NULL) {
        return toc_fail(why, TOC_NOTFOUND, "%.60s: no such stream: see 'tocsin group show'",
                        change->stream);
    }
    const struct toc_stream_rule was = *rule;
    if (change->retention_days != NULL) {
        if (*change->retention_days > TOC_RETENTION_DAYS_MAX) {
            return toc_fail(why, TOC_INVALID, "--retention: at most %d days, and 0 for ever",
                            TOC_RETENTION_DAYS_MAX);
        }
        rule->retention_days = *change->retention_days;
    }
    if (change->from_admission != NULL) {
        rule->history_from_admission = *change->from_admission;
    }
    if (rule->retention_days == was.retention_days &&
        rule->history_from_admission == was.history_from_admission) {
        return toc_fail(why, TOC_EXISTS, "%s: is kept like this already: see 'tocsin group show'",
                        was.stream);
    }
    next.streams = rules;
    return toc_authority_check(step->now, &next, ret_next, why);
}
