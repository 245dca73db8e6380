/* The hub's alerts: what they say against what they should say, and the next revision where that
 * differs. What is due together goes in a random order. */
#include "alert_state.h"
#include "alerting_part.h"
#include "record_alert.h"

#include "ensure.h"

#include <stdio.h>
#include <string.h>

/* A cluster has few events; each may come to two alerts that became one. */
#define PLANS_MAX TOC_BATCH_RECORDS_MAX

/* A revision to be published. */
struct plan {
    uint8_t id[TOC_FLAG_ID_LEN];
    uint32_t revision;
    uint64_t supersedes;
    const struct toc_alert_token *tokens;
    size_t tokens_len;
    struct toc_alert_said said;
};
struct plans {
    struct plan list[PLANS_MAX];
    size_t len;
    struct toc_token done[TOC_ALERTING_LOOKS_MAX];
    size_t done_len;
};

/* ---- who counts ---- */

bool toc_alerting_is_hub(const struct toc_engine *engine)
{
    const struct toc_member *self = toc_roster_member(toc_engine_roster(engine), engine->me);

    return self != NULL && toc_member_has(self, TOC_ROLE_HUB);
}

const char *toc_alerting_council(const struct toc_engine *engine, const char *member)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    for (size_t i = 0; i < roster->members_len; i++) {
        const struct toc_member *const it = &roster->members[i];
        for (size_t j = 0; j < it->succeeds_len; j++) {
            if (strcmp(it->succeeds[j], member) == 0) {
                return it->id;
            }
        }
    }
    return member;
}

/* ---- what to say ---- */

static bool same_detail(const struct toc_sealed_detail *now, const struct toc_alert_body *was)
{
    if (now == NULL || !was->has_detail) {
        return now == NULL && !was->has_detail;
    }
    return now->revision == was->detail.revision &&
           memcmp(now->id, was->detail.id, sizeof now->id) == 0;
}

static bool says_it(const struct toc_alert_opened *was, const struct toc_alert_said *said,
                    const struct toc_alert_token *tokens, size_t tokens_len)
{
    const struct toc_alert_body *const a = &said->body;
    const struct toc_alert_body *const b = &was->body;

    if (a->source != b->source || a->severity != b->severity || a->status != b->status ||
        a->expires_quarter != b->expires_quarter || a->clause != b->clause ||
        a->action != b->action || a->reporters != b->reporters || a->named != b->named ||
        tokens_len != was->sent->parts_len) {
        return false;
    }
    for (size_t i = 0; i < tokens_len; i++) {
        size_t at = 0;
        while (at < tokens_len &&
               memcmp(was->tokens[at].token.bytes, tokens[i].token.bytes, TOC_TOKEN_LEN) != 0) {
            at++;
        }
        if (at == tokens_len || !same_detail(said->details[i], &was->bodies[at])) {
            return false;
        }
    }
    return true;
}

static void add_plan(struct toc_engine *engine, struct plans *plans,
                     const struct toc_alert_opened *was, const struct toc_alert_token *tokens,
                     size_t tokens_len, const struct toc_alert_said *said)
{
    struct plan *const plan = &plans->list[plans->len];

    if (plans->len == PLANS_MAX || (was != NULL && says_it(was, said, tokens, tokens_len))) {
        return;
    }
    *plan = (struct plan){.revision = 1, .tokens = tokens, .tokens_len = tokens_len, .said = *said};
    if (was != NULL) {
        memcpy(plan->id, was->sent->id, sizeof plan->id);
        plan->revision = was->sent->revision + 1;
        plan->supersedes = was->sent->sequence;
    } else {
        toc_env_random(engine->env, plan->id, sizeof plan->id);
    }
    plans->len++;
}

/* What was said of a supplier is taken back: none of its flags counts, or another alert says it. */
static void add_withdrawal(struct toc_engine *engine, struct plans *plans,
                           const struct toc_alert_opened *was, const struct toc_alert_token *tokens,
                           size_t tokens_len)
{
    struct toc_alert_said said = {.body = was->body};

    said.body.has_detail = false;
    said.body.status = TOC_FLAG_WITHDRAWN;
    said.body.reporters = TOC_REPORTERS_UNDER_3;
    add_plan(engine, plans, was, tokens, tokens_len, &said);
}

/* Flags of an earlier token epoch are closed at a window's end, and stay so. */
static bool is_closed(const struct toc_engine *engine, const struct toc_alert_cluster *cluster,
                      const struct toc_alert_opened *was)
{
    return cluster->tokens[0].token_epoch < toc_engine_roster(engine)->token_epoch &&
           (engine->alerts.closing || was == NULL || was->body.status == TOC_FLAG_WITHDRAWN);
}

static bool about(const struct toc_alert_opened *alert, unsigned event, bool of_parent)
{
    return alert->body.event == event && alert->body.of_parent == of_parent;
}

/* One alert an event: with a number rather than without, and the lowest id. */
static const struct toc_alert_opened *first_of(const struct toc_alert_subject *subject,
                                               unsigned event, bool of_parent)
{
    const struct toc_alert_opened *first = NULL;

    for (size_t i = 0; i < subject->alerts_len; i++) {
        const struct toc_alert_opened *const alert = &subject->alerts[i];
        if (about(alert, event, of_parent) &&
            (first == NULL || (alert->has_id && !first->has_id) ||
             (alert->has_id == first->has_id &&
              memcmp(alert->sent->id, first->sent->id, TOC_FLAG_ID_LEN) < 0))) {
            first = alert;
        }
    }
    return first;
}

static enum toc_result look_at_event(struct toc_engine *engine,
                                     const struct toc_alert_subject *subject, unsigned event,
                                     bool of_parent, struct plans *plans)
{
    const struct toc_alert_cluster *const cluster = &subject->cluster;
    const struct toc_alert_opened *const was = first_of(subject, event, of_parent);
    struct toc_alert_said said;

    TOC_TRY(toc_alert_compose(engine, subject, event, of_parent, was, &said));
    for (size_t i = 0; i < subject->alerts_len; i++) {
        const struct toc_alert_opened *const alert = &subject->alerts[i];
        if (alert != was && about(alert, event, of_parent)) {
            add_withdrawal(engine, plans, alert, alert->tokens, alert->sent->parts_len);
        }
    }
    if (was != NULL && (is_closed(engine, cluster, was) || !said.anything)) {
        add_withdrawal(engine, plans, was, cluster->tokens, cluster->len);
    } else if (!is_closed(engine, cluster, was) &&
               (was != NULL || said.body.status < TOC_FLAG_CLEARED ||
                said.body.status == TOC_FLAG_DISPUTED)) {
        add_plan(engine, plans, was, cluster->tokens, cluster->len, &said);
    }
    return TOC_OK;
}

/* An event is looked at once: where it comes first, among flags and then alerts. */
static enum toc_result look_at_all(struct toc_engine *engine,
                                   const struct toc_alert_subject *subject, struct plans *plans)
{
    const size_t len = subject->voices_len + subject->alerts_len;
    bool seen[2][128] = {{false}};

    for (size_t i = 0; i < len; i++) {
        const bool of_flag = i < subject->voices_len;
        const size_t at = i - subject->voices_len;
        const unsigned event =
            of_flag ? subject->voices[i].flag->event : subject->alerts[at].body.event;
        const bool of_parent =
            of_flag ? subject->voices[i].flag->of_parent : subject->alerts[at].body.of_parent;
        if (event < 128 && !seen[of_parent][event]) {
            seen[of_parent][event] = true;
            TOC_TRY(look_at_event(engine, subject, event, of_parent, plans));
        }
    }
    return TOC_OK;
}

static enum toc_result look_at(struct toc_engine *engine, const struct toc_token *token,
                               struct plans *plans)
{
    struct toc_alert_cluster *const cluster = toc_arena_zero(engine->arena, 1, sizeof *cluster);
    struct toc_alert_subject *subject;

    TOC_ENSURE(cluster != NULL, TOC_NOMEM);
    const enum toc_result known = toc_alert_cluster_of(engine, token, cluster);
    if (known != TOC_OK) {
        return known == TOC_NOTFOUND ? TOC_OK : known;
    }
    for (size_t i = 0; i < plans->done_len; i++) {
        if (memcmp(plans->done[i].bytes, cluster->tokens[0].token.bytes, TOC_TOKEN_LEN) == 0) {
            return TOC_OK;
        }
    }
    plans->done[plans->done_len++] = cluster->tokens[0].token;
    if (cluster->ambiguous) {
        toc_engine_note(engine, TOC_NOTICE_WARN, "alert.ambiguous",
                        "flags give one name with two different numbers: it joins neither");
    }
    TOC_TRY(toc_alert_find(engine, cluster, &subject));
    return look_at_all(engine, subject, plans);
}

/* ---- publishing ---- */

static enum toc_result seal_part(struct toc_engine *engine, const struct plan *plan, size_t at,
                                 struct toc_alert_part *part)
{
    const struct toc_alert_token *const token = &plan->tokens[at];
    const struct toc_token_context context = {.group = engine->group,
                                              .purpose = token->purpose,
                                              .kind = token->kind,
                                              .token_epoch = token->token_epoch};
    const struct toc_token_keys keys = {.token = token->token, .alert = token->alert};
    const struct toc_statement_of of = {plan->id, plan->revision};
    struct toc_alert_body body = plan->said.body;
    uint8_t nonce[TOC_SEAL_NONCE_LEN];

    body.has_detail = plan->said.details[at] != NULL;
    if (body.has_detail) {
        body.detail = *plan->said.details[at];
    }
    part->kind = token->kind;
    part->token = token->token;
    toc_env_random(engine->env, nonce, sizeof nonce);
    return toc_body_seal(engine->arena, &context, &keys, &of, &body, nonce, &part->body);
}

static enum toc_result write_plan(struct toc_engine *engine, const struct plan *plan,
                                  struct toc_bytes *ret_bytes)
{
    struct toc_alert_part *const parts =
        toc_arena_zero(engine->arena, plan->tokens_len, sizeof *parts);
    struct toc_alert alert = {.revision = plan->revision,
                              .purpose = plan->tokens[0].purpose,
                              .token_epoch = plan->tokens[0].token_epoch,
                              .parts = parts,
                              .parts_len = plan->tokens_len};
    const struct toc_record record = {
        .type = TOC_RECORD_ALERT, .supersedes = {.sequence = plan->supersedes}, .as.alert = &alert};

    TOC_ENSURE(parts != NULL, TOC_NOMEM);
    memcpy(alert.id, plan->id, sizeof alert.id);
    for (size_t i = 0; i < plan->tokens_len; i++) {
        TOC_TRY(seal_part(engine, plan, i, &parts[i]));
    }
    return toc_wire_record_encode(engine->arena, &record, ret_bytes);
}

/* So that the order says nothing about the order in which flags came, or about tokens. */
static void shuffle(struct toc_engine *engine, struct plans *plans)
{
    for (size_t i = plans->len; i > 1; i--) {
        uint64_t word;
        toc_env_random(engine->env, &word, sizeof word);
        const size_t other = (size_t)(word % i);
        const struct plan plan = plans->list[i - 1];
        plans->list[i - 1] = plans->list[other];
        plans->list[other] = plan;
    }
}

static enum toc_result publish(struct toc_engine *engine, struct plans *plans)
{
    struct toc_bytes *const records =
        toc_arena_zero(engine->arena, plans->len + 1, sizeof *records);
    uint8_t random[16];
    char id[sizeof "alert." + 2 * sizeof random];
    uint64_t first;
    struct toc_why why = {""};

    TOC_ENSURE(records != NULL, TOC_NOMEM);
    if (plans->len == 0) {
        return TOC_OK;
    }
    toc_store_hurry(engine->store); /* a flag touches forty pages, and people wait for it */
    shuffle(engine, plans);
    for (size_t i = 0; i < plans->len; i++) {
        TOC_TRY(write_plan(engine, &plans->list[i], &records[i]));
    }
    toc_env_random(engine->env, random, sizeof random);
    memcpy(id, "alert.", sizeof "alert.");
    toc_hex_encode(toc_bytes_of(random, sizeof random), id + sizeof "alert." - 1);
    return toc_publish_submit(engine, toc_alert_record_kind.stream, id, records, plans->len, NULL,
                              &first, &why);
}

/* ---- the tick ---- */

/* Nothing is taken off the list that could not be said. */
static bool may_speak(struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_log *log;

    return toc_publish_proven(engine) &&
           toc_roster_validity(roster, engine->now_wall) < TOC_IN_GRACE &&
           toc_roster_may_publish(roster, engine->me, toc_alert_record_kind.stream) &&
           toc_publish_log(engine, toc_alert_record_kind.stream, &log) == TOC_OK;
}

static enum toc_result ring(struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_alerting *const alerts = &engine->alerts;
    const int64_t window =
        toc_alert_window_end(engine->now_wall, toc_roster_rules(roster).window_minutes);
    const int64_t day = toc_alert_day_end(engine->now_wall);
    const enum toc_result any = toc_store_alert_any(engine->store);
    int64_t waits;

    TOC_ENSURE(any == TOC_OK || any == TOC_NOTFOUND, any);
    alerts->next_ms = window < day ? window : day;
    if (any == TOC_OK) {
        TOC_TRY(toc_engine_write(engine));
        TOC_TRY(toc_store_alert_show(engine->store, engine->now_wall));
        /* At a start no window has ended: what is to close does so at the end of this one. */
        if (alerts->window != 0 && alerts->window != window) {
            alerts->closing = true;
            TOC_TRY(toc_store_alert_look_epochs(engine->store, roster->token_epoch));
        }
        if (alerts->day != day) {
            TOC_TRY(toc_store_alert_look_all(engine->store));
        }
        if (toc_store_alert_waits(engine->store, &waits) == TOC_OK && waits < alerts->next_ms) {
            alerts->next_ms = waits;
        }
        alerts->quiet = false;
    }
    alerts->window = window;
    alerts->day = day;
    return TOC_OK;
}

static enum toc_result look(struct toc_engine *engine)
{
    struct plans *const plans = toc_arena_zero(engine->arena, 1, sizeof *plans);
    enum toc_result found = TOC_OK;

    TOC_ENSURE(plans != NULL, TOC_NOMEM);
    TOC_TRY(toc_engine_write(engine));
    /* A cluster may take many plans: stop while there is room for the largest. */
    for (size_t i = 0; i < TOC_ALERTING_LOOKS_MAX && plans->len < PLANS_MAX / 2; i++) {
        struct toc_token token;
        found = toc_store_alert_look_next(engine->store, &token);
        if (found != TOC_OK) {
            break;
        }
        TOC_TRY(look_at(engine, &token, plans));
    }
    TOC_ENSURE(found == TOC_OK || found == TOC_NOTFOUND, found);
    if (found == TOC_NOTFOUND) {
        if (engine->alerts.closing || engine->alerts.tidy) {
            TOC_TRY(toc_store_alert_tidy(engine->store, toc_engine_roster(engine)->token_epoch));
            engine->alerts.tidy = false;
        }
        engine->alerts.quiet = true;
        engine->alerts.closing = false;
    }
    return publish(engine, plans);
}

enum toc_result toc_alerting_finish(struct toc_engine *engine)
{
    if (!toc_alerting_is_hub(engine)) {
        return TOC_OK;
    }
    if (engine->now_wall >= engine->alerts.next_ms) {
        TOC_TRY(ring(engine));
    }
    engine->alerts.spoke = false;
    if (engine->alerts.quiet || toc_store_alert_any(engine->store) != TOC_OK ||
        !may_speak(engine)) {
        return TOC_OK;
    }
    engine->alerts.spoke = true;
    return look(engine);
}

int64_t toc_alerting_deadline(const struct toc_engine *engine)
{
    const struct toc_alerting *const alerts = &engine->alerts;

    if (!toc_alerting_is_hub(engine) || alerts->next_ms == 0) {
        return INT64_MAX;
    }
    if (alerts->spoke && !alerts->quiet) {
        return engine->now_mono; /* more to look at than one tick takes */
    }
    return engine->now_mono + (alerts->next_ms - engine->now_wall);
}
