/* What an alert should say, from the flags that count in it, and what was said against them. */
#include "alert_state.h"
#include "alerting_part.h"
#include "store_share.h"

#include "ensure.h"

#include <string.h>

/* More are not told apart: the alert says "5 or more", and the hub "64". */
enum { COUNCILS_MAX = 64 };

struct composing {
    struct toc_alert_tally tally;
    unsigned quarter;
    bool live; /* the flags that count are live ones */
    const char *councils[COUNCILS_MAX];
    size_t councils_len;
    int64_t newest;
    int64_t newest_detail[TOC_ALERT_PARTS_MAX];
};

/* ---- disputes ---- */

enum standing { UNDISPUTED, DISPUTED, LAPSED };

/* A dispute that came after the flag is answered by its reporter, in time. */
static bool answered(struct toc_engine *engine, const struct toc_alert_voice *voice,
                     const struct toc_alert_answer *dispute, int64_t until,
                     const struct toc_alert_answer *confirmations, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct toc_alert_answer *const it = &confirmations[i];
        if (it->number > dispute->number && it->seen_ms < until &&
            strcmp(toc_alerting_council(engine, it->publisher), voice->council) == 0) {
            return true;
        }
    }
    return false;
}

/* What was said against an alert of the subject's. Against one that another took the place of it
 * goes on counting for the flags that name the token it shows. */
struct objection {
    struct toc_alert_answer dispute;
    size_t token; /* of the cluster's */
    bool of_this; /* against the alert that goes on */
};
struct objections {
    struct objection *list;
    size_t len;
};

static bool concerns(const struct objection *objection, const struct toc_alert_voice *voice)
{
    return objection->dispute.number > voice->flag->seen.number &&
           (objection->of_this || voice->details[objection->token] != NULL);
}

static enum toc_result standing_of(struct toc_engine *engine, const struct toc_alert_voice *voice,
                                   const struct objections *objections, enum standing *ret_standing)
{
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));
    const bool for_ever = voice->flag->source == TOC_SOURCE_PUBLIC_REGISTER;
    struct toc_alert_answer *confirmations;
    size_t len;

    *ret_standing = UNDISPUTED;
    TOC_TRY(toc_store_alert_answers(engine->store, true, voice->flag->id, engine->arena,
                                    &confirmations, &len));
    for (size_t i = 0; i < objections->len; i++) {
        const struct toc_alert_answer *const dispute = &objections->list[i].dispute;
        const int64_t until =
            for_ever ? INT64_MAX : toc_alert_answer_until(dispute->seen_ms, rules.dispute_days);
        if (!concerns(&objections->list[i], voice) ||
            answered(engine, voice, dispute, until, confirmations, len)) {
            continue;
        }
        if (engine->now_wall >= until) {
            *ret_standing = LAPSED;
            return TOC_OK;
        }
        *ret_standing = DISPUTED;
    }
    return TOC_OK;
}

/* Who shows a key of this supplier may dispute; an alert's id alone shows nothing. */
static enum toc_result object(struct toc_engine *engine, const struct toc_alert_cluster *cluster,
                              const struct toc_alert_opened *alert, bool of_this,
                              struct objections *objections)
{
    struct toc_alert_answer *disputes;
    struct objection *list;
    size_t len;

    TOC_TRY(toc_store_alert_answers(engine->store, false, alert->sent->id, engine->arena, &disputes,
                                    &len));
    list = toc_arena_zero(engine->arena, objections->len + len + 1, sizeof *list);
    TOC_ENSURE(list != NULL, TOC_NOMEM);
    for (size_t i = 0; i < objections->len; i++) {
        list[i] = objections->list[i];
    }
    objections->list = list;
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < cluster->len; j++) {
            if (memcmp(disputes[i].token.bytes, cluster->tokens[j].token.bytes, TOC_TOKEN_LEN) ==
                0) {
                list[objections->len++] =
                    (struct objection){.dispute = disputes[i], .token = j, .of_this = of_this};
                break;
            }
        }
    }
    return TOC_OK;
}

static enum toc_result objections_to(struct toc_engine *engine,
                                     const struct toc_alert_subject *subject,
                                     const struct toc_alert_body *about,
                                     const struct toc_alert_opened *was,
                                     struct objections *ret_objections)
{
    *ret_objections = (struct objections){.len = 0};
    for (size_t i = 0; i < subject->alerts_len; i++) {
        const struct toc_alert_opened *const alert = &subject->alerts[i];
        if (alert->body.event == about->event && alert->body.of_parent == about->of_parent) {
            TOC_TRY(
                object(engine, &subject->cluster, alert,
                       was != NULL && memcmp(alert->sent->id, was->sent->id, TOC_FLAG_ID_LEN) == 0,
                       ret_objections));
        }
    }
    return TOC_OK;
}

/* ---- counting ---- */

static bool is_live(const struct toc_alert_flag *flag, unsigned quarter)
{
    return flag->status != TOC_FLAG_CLEARED && flag->expires_quarter >= quarter;
}

static void count_flag(struct composing *it, const struct toc_alert_flag *flag)
{
    if (flag->status == TOC_FLAG_CLEARED) {
        it->tally.cleared++;
    } else if (!is_live(flag, it->quarter)) {
        it->tally.expired++;
    } else if (flag->status == TOC_FLAG_MITIGATED) {
        it->tally.mitigated++;
    } else {
        it->tally.raised++;
    }
}

static void count_council(struct composing *it, const char *council)
{
    for (size_t i = 0; i < it->councils_len; i++) {
        if (strcmp(it->councils[i], council) == 0) {
            return;
        }
    }
    if (it->councils_len < COUNCILS_MAX) {
        it->councils[it->councils_len++] = council;
    }
}

static void merge(struct composing *it, const struct toc_alert_voice *voice,
                  struct toc_alert_said *said)
{
    const struct toc_alert_flag *const flag = voice->flag;
    struct toc_alert_body *const body = &said->body;

    count_council(it, voice->council);
    body->severity = flag->severity > body->severity ? flag->severity : body->severity;
    if (flag->expires_quarter > body->expires_quarter) {
        body->expires_quarter = flag->expires_quarter;
    }
    if (!said->anything || flag->source < body->source) {
        body->source = flag->source; /* the most public */
    }
    if (flag->seen.number > it->newest) {
        it->newest = flag->seen.number;
        body->clause = flag->clause;
        body->action = flag->action;
    }
    for (size_t i = 0; i < TOC_ALERT_PARTS_MAX; i++) {
        if (voice->details[i] != NULL && flag->seen.number > it->newest_detail[i]) {
            it->newest_detail[i] = flag->seen.number;
            said->details[i] = voice->details[i];
        }
    }
    said->anything = true;
}

static enum toc_result is_named(struct toc_engine *engine, const struct toc_alert_cluster *cluster,
                                bool *ret_named)
{
    *ret_named = false;
    for (size_t i = 0; i < cluster->len && !*ret_named; i++) {
        char name[TOC_DETAIL_PLAIN_LEN];
        bool may_be_said;
        const enum toc_result found =
            toc_store_share_name(engine->store, &cluster->tokens[i].token, name, &may_be_said);
        TOC_ENSURE(found == TOC_OK || found == TOC_NOTFOUND, found);
        *ret_named = found == TOC_OK && may_be_said;
    }
    return TOC_OK;
}

/* Which of the subject's flags count: of this event, and not given up for want of an answer. */
static enum toc_result choose(struct toc_engine *engine, const struct toc_alert_subject *subject,
                              const struct toc_alert_body *about,
                              const struct toc_alert_opened *was, struct composing *it,
                              bool *ret_counts)
{
    struct objections objections;

    TOC_TRY(objections_to(engine, subject, about, was, &objections));
    for (size_t i = 0; i < subject->voices_len; i++) {
        const struct toc_alert_voice *const voice = &subject->voices[i];
        enum standing standing;
        ret_counts[i] = false;
        if (voice->flag->event != about->event || voice->flag->of_parent != about->of_parent) {
            continue;
        }
        TOC_TRY(standing_of(engine, voice, &objections, &standing));
        if (standing == LAPSED) {
            continue;
        }
        ret_counts[i] = true;
        count_flag(it, voice->flag);
        it->tally.disputed |= standing == DISPUTED && is_live(voice->flag, it->quarter);
    }
    return TOC_OK;
}

enum toc_result toc_alert_compose(struct toc_engine *engine,
                                  const struct toc_alert_subject *subject, unsigned event,
                                  bool of_parent, const struct toc_alert_opened *was,
                                  struct toc_alert_said *ret_said)
{
    struct composing it = {.quarter = toc_alert_quarter(engine->now_wall)};
    struct toc_alert_said said = {.body = {.event = event, .of_parent = of_parent}};
    bool *const counts = toc_arena_zero(engine->arena, subject->voices_len + 1, sizeof *counts);

    TOC_ENSURE(counts != NULL, TOC_NOMEM);
    TOC_TRY(choose(engine, subject, &said.body, was, &it, counts));
    it.live = it.tally.raised + it.tally.mitigated > 0;
    for (size_t i = 0; i < subject->voices_len; i++) {
        if (counts[i] && (!it.live || is_live(subject->voices[i].flag, it.quarter))) {
            merge(&it, &subject->voices[i], &said);
        }
    }
    if (!said.anything && was != NULL) {
        said.body = was->body; /* withdrawn: what it last said, without the details */
        said.body.has_detail = false;
    }
    it.tally.councils = (unsigned)it.councils_len;
    said.councils = (unsigned)it.councils_len;
    said.body.status = toc_alert_status(&it.tally);
    said.body.reporters = toc_reporters_of(said.councils);
    TOC_TRY(is_named(engine, &subject->cluster, &said.body.named));
    *ret_said = said;
    return TOC_OK;
}
