#include "holding.h"

#include "ensure.h"
#include "job_token.h"
#include "oprf.h"
#include "store_picture.h"
#include "store_token.h"

#include <stdio.h>
#include <string.h>

/* ---- what asking and holding share ---- */

void toc_holding_scalar(struct toc_engine *engine, struct toc_scalar *ret_scalar)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN];

    do {
        toc_env_random(engine->env, wide, sizeof(wide));
    } while (toc_scalar_from(wide, ret_scalar) != TOC_OK);
    toc_bytes_wipe(wide, sizeof(wide));
}

struct toc_token_flight *toc_token_flight_of(struct toc_token_flight *flights, size_t len,
                                             const char *member, const uint8_t ask[TOC_ASK_ID_LEN])
{
    for (size_t i = 0; i < len; i++) {
        if (flights[i].flies && strcmp(flights[i].member, member) == 0 &&
            memcmp(flights[i].ask, ask, TOC_ASK_ID_LEN) == 0) {
            return &flights[i];
        }
    }
    return NULL;
}

struct toc_token_flight *toc_token_flight_free(struct toc_token_flight *flights, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!flights[i].flies) {
            return &flights[i];
        }
    }
    return NULL;
}

uint64_t toc_holding_exposed_next(const struct toc_engine *engine, const char *member)
{
    uint64_t next = 1;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log_row *row = &engine->logs[i].row;
        if (strcmp(row->log.publisher, member) == 0 && strcmp(row->log.stream, "exposure") == 0 &&
            row->applied_next > next) {
            next = row->applied_next;
        }
    }
    return next;
}

enum toc_result toc_holding_quota(struct toc_engine *engine, const char *asker, uint64_t *ret_quota)
{
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));
    uint64_t suppliers;

    TOC_TRY(toc_store_suppliers_exposed(engine->store, asker, &suppliers));
    *ret_quota = suppliers * rules.quota_percent / 100 + rules.quota_plus;
    return TOC_OK;
}

/* ---- saying it ---- */

/* Asker and ask make one answer, however often it is made. */
static void name_answer(const struct toc_ask_row *ask, bool changed, char ret_id[65])
{
    const char *what = changed ? "changed" : "answer";
    uint8_t bytes[TOC_MEMBER_LEN_MAX + TOC_ASK_ID_LEN];
    const size_t len = strlen(ask->publisher);
    char hex[2 * TOC_ASK_ID_LEN + 1];
    struct toc_hash hash;

    memcpy(bytes, ask->id, TOC_ASK_ID_LEN);
    memcpy(bytes + TOC_ASK_ID_LEN, ask->publisher, len);
    hash = toc_digest_plain(toc_bytes_of(bytes, TOC_ASK_ID_LEN + len));
    toc_hex_encode(toc_bytes_of(hash.bytes, TOC_ASK_ID_LEN), hex);
    (void)snprintf(ret_id, 65, "%s-%s", what, hex);
}

/* What cannot be said now (the roster is in its grace, the log is stopped) is found again. */
static enum toc_result say(struct toc_engine *engine, const struct toc_ask_row *ask,
                           const struct toc_token_answer *answer)
{
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ANSWER, .as.token_answer = answer};
    char stream[TOC_STREAM_LEN_MAX + 1];
    struct toc_bytes bytes;
    struct toc_why why = {""};
    uint64_t sequence;
    char id[65];
    enum toc_result result;

    name_answer(ask, answer->refusal == TOC_TOKEN_CHANGED, id);
    (void)snprintf(stream, sizeof(stream), "token.answer.%s", ask->publisher);
    TOC_TRY(toc_wire_record_encode(engine->arena, &record, &bytes));
    TOC_TRY(toc_engine_write(engine));
    result = toc_publish_submit(engine, stream, id, &bytes, 1, NULL, &sequence, &why);
    if (result == TOC_NOMEM || result == TOC_STORE) {
        return result;
    }
    if (result != TOC_OK && result != TOC_EXISTS) {
        toc_engine_note(engine, TOC_NOTICE_WARN, "token.unanswered", "asker=%s %s", ask->publisher,
                        why.text);
        return TOC_AGAIN;
    }
    return toc_store_ask_settle(engine->store, ask->publisher, ask->id);
}

static enum toc_result refuse(struct toc_engine *engine, const struct toc_ask_row *ask,
                              enum toc_token_refusal refusal, uint64_t used, uint64_t limit)
{
    struct toc_token_answer answer = {.token_epoch = ask->token_epoch,
                                      .refusal = refusal,
                                      .used = used > UINT32_MAX ? UINT32_MAX : (uint32_t)used,
                                      .limit = limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit};

    memcpy(answer.ask, ask->id, sizeof(answer.ask));
    engine->tokens.asks_refused++;
    toc_engine_note(engine, TOC_NOTICE_INFO, "token.refused", "asker=%s refusal=%s", ask->publisher,
                    toc_token_refusal_name(refusal));
    return say(engine, ask, &answer);
}

/* ---- the work ---- */

/* The own secret that goes with the key of the roster; NULL: this holder does not have it. */
static const uint8_t *secret_of(const struct toc_engine *engine)
{
    const struct toc_element *key = toc_roster_holder_key(toc_engine_roster(engine), engine->me);

    for (size_t i = 0; i < TOC_TOKEN_KEYS && key != NULL; i++) {
        if (memcmp(engine->keys->token_public[i], key->bytes, TOC_TOKEN_KEY_LEN) == 0) {
            return engine->keys->token_secret[i];
        }
    }
    return NULL;
}

static void done(struct toc_engine *engine, struct toc_job *base);

static const struct toc_job_kind evaluate_kind = {
    .run = toc_token_job_evaluate, .done = done, .free = toc_token_job_free};

static struct toc_token_answer answer_of(const struct toc_token_job *job)
{
    struct toc_token_answer answer = {.token_epoch = job->token_epoch,
                                      .elements = job->evaluated,
                                      .elements_len = job->len,
                                      .proof = job->proof};

    memcpy(answer.ask, job->ask, sizeof(answer.ask));
    return answer;
}

/* The roster may have changed while the worker worked: then nobody wants it. */
static bool is_current(const struct toc_engine *engine, const struct toc_token_job *job)
{
    const uint8_t *secret = secret_of(engine);

    return toc_engine_roster(engine)->token_epoch == job->token_epoch && secret != NULL &&
           toc_bytes_equal_secret(secret, job->key.bytes, TOC_TOKEN_KEY_LEN);
}

/* Queued in this tick, which signs it at its end: the store does not count it yet. */
static bool is_said_now(const struct toc_engine *engine, const struct toc_token_flight *said)
{
    struct toc_ask_row ask = {.log = 0};
    char id[65];

    memcpy(ask.publisher, said->member, sizeof(ask.publisher));
    memcpy(ask.id, said->ask, sizeof(ask.id));
    name_answer(&ask, false, id);
    return said->flies && toc_publish_is_queued(engine, id);
}

static void note_said(struct toc_engine *engine, const struct toc_token_job *job)
{
    for (size_t i = 0; i < TOC_EVALUATING_MAX; i++) {
        struct toc_token_flight *const said = &engine->tokens.said[i];
        if (!is_said_now(engine, said)) {
            *said = (struct toc_token_flight){.flies = true, .inputs = (uint32_t)job->len};
            memcpy(said->member, job->member, sizeof(said->member));
            memcpy(said->ask, job->ask, sizeof(said->ask));
            return;
        }
    }
}

static void done(struct toc_engine *engine, struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;
    const struct toc_token_answer answer = answer_of(job);
    struct toc_token_flight *flight =
        toc_token_flight_of(engine->tokens.evaluating, TOC_EVALUATING_MAX, job->member, job->ask);
    struct toc_ask_row ask = {.token_epoch = job->token_epoch};
    enum toc_result result = TOC_OK;

    engine->tokens.look = true;
    if (flight != NULL) {
        flight->flies = false;
    }
    memcpy(ask.publisher, job->member, sizeof(ask.publisher));
    memcpy(ask.id, job->ask, sizeof(ask.id));
    if (!is_current(engine, job)) {
        return;
    }
    if (job->result == TOC_OK) {
        result = say(engine, &ask, &answer);
        note_said(engine, job);
        engine->tokens.inputs_answered += result == TOC_OK ? job->len : 0;
    } else if (job->result == TOC_INVALID) {
        /* What it blinded is no element: nothing can be said to that, and it will not get better.
         */
        toc_engine_note(engine, TOC_NOTICE_WARN, "token.invalid", "asker=%s", job->member);
        result = toc_engine_write(engine);
        result =
            result == TOC_OK ? toc_store_ask_settle(engine->store, ask.publisher, ask.id) : result;
    }
    engine->store_failed |= result == TOC_STORE || result == TOC_NOMEM;
}

static enum toc_result read_ask(struct toc_engine *engine, const struct toc_ask_row *row,
                                const struct toc_token_ask **ret_ask)
{
    struct toc_record record;
    struct toc_bytes bytes;

    TOC_TRY(toc_opened_record(engine->opened, row->log, row->sequence, &bytes));
    TOC_TRY(toc_record_read(engine->arena, "token.ask", bytes, &record, NULL));
    TOC_ENSURE(record.type == TOC_RECORD_TOKEN_ASK, TOC_INVALID);
    *ret_ask = record.as.token_ask;
    return TOC_OK;
}

static enum toc_result evaluate(struct toc_engine *engine, const struct toc_ask_row *row,
                                struct toc_token_flight *flight)
{
    const struct toc_token_ask *ask;
    struct toc_token_job *job;

    TOC_TRY(read_ask(engine, row, &ask));
    TOC_TRY(toc_token_job_new(&evaluate_kind, ask->elements_len, &job));
    memcpy(job->ask, ask->id, sizeof(job->ask));
    memcpy(job->member, row->publisher, sizeof(job->member));
    memcpy(job->blinded, ask->elements, ask->elements_len * sizeof(ask->elements[0]));
    memcpy(job->key.bytes, secret_of(engine), sizeof(job->key.bytes));
    job->token_epoch = row->token_epoch;
    toc_holding_scalar(engine, &job->nonce);
    *flight = (struct toc_token_flight){.flies = true, .inputs = row->inputs};
    memcpy(flight->member, row->publisher, sizeof(flight->member));
    memcpy(flight->ask, row->id, sizeof(flight->ask));
    toc_job_queue(engine, &job->base);
    return TOC_OK;
}

/* ---- which ---- */

static enum toc_result used_by(struct toc_engine *engine, const struct toc_ask_row *ask,
                               uint64_t *ret_used)
{
    uint64_t used;

    TOC_TRY(
        toc_store_answers_used(engine->store, ask->publisher, engine->me, ask->token_epoch, &used));
    for (size_t i = 0; i < TOC_EVALUATING_MAX; i++) {
        const struct toc_token_flight *flight = &engine->tokens.evaluating[i];
        const struct toc_token_flight *said = &engine->tokens.said[i];
        used += flight->flies && strcmp(flight->member, ask->publisher) == 0 ? flight->inputs : 0;
        used += strcmp(said->member, ask->publisher) == 0 && is_said_now(engine, said)
                    ? said->inputs
                    : 0;
    }
    *ret_used = used;
    return TOC_OK;
}

/* TOC_AGAIN: it waits. */
static enum toc_result take(struct toc_engine *engine, const struct toc_ask_row *ask,
                            enum toc_ask_wait wait, struct toc_token_flight *flight)
{
    const struct toc_member *asker = toc_roster_member(toc_engine_roster(engine), ask->publisher);
    uint64_t used;
    uint64_t quota;

    TOC_ENSURE(asker != NULL, TOC_AGAIN); /* it left: there is nobody to answer */
    if (wait == TOC_ASK_REFUSE_CHANGED) {
        return refuse(engine, ask, TOC_TOKEN_CHANGED, 0, 0);
    }
    if (!toc_member_has(asker, TOC_ROLE_COUNCIL) && !toc_member_has(asker, TOC_ROLE_BODY)) {
        return refuse(engine, ask, TOC_TOKEN_NOT_ENTITLED, 0, 0);
    }
    if (ask->exposure_sequence >= toc_holding_exposed_next(engine, ask->publisher)) {
        TOC_ENSURE(ask->exposure_sequence == 0, TOC_AGAIN);
    }
    TOC_TRY(used_by(engine, ask, &used));
    TOC_TRY(toc_holding_quota(engine, ask->publisher, &quota));
    if (used + ask->inputs > quota) {
        return refuse(engine, ask, TOC_TOKEN_OVER_QUOTA, used, quota);
    }
    TOC_ENSURE(flight != NULL, TOC_AGAIN);
    return evaluate(engine, ask, flight);
}

/* The first ask of one asker that is not with the worker yet. */
static enum toc_result first_of(struct toc_engine *engine, const char *after_publisher,
                                uint64_t after_sequence, struct toc_ask_row *ret_ask,
                                enum toc_ask_wait *ret_wait)
{
    const uint32_t token_epoch = toc_engine_roster(engine)->token_epoch;

    TOC_TRY(toc_store_ask_next(engine->store, token_epoch, after_publisher, after_sequence, ret_ask,
                               ret_wait));
    while (toc_token_flight_of(engine->tokens.evaluating, TOC_EVALUATING_MAX, ret_ask->publisher,
                               ret_ask->id) != NULL) {
        TOC_TRY(toc_store_ask_next(engine->store, token_epoch, ret_ask->publisher,
                                   ret_ask->sequence, ret_ask, ret_wait));
    }
    return TOC_OK;
}

/* One turn around all askers, beginning behind the one that was served last. TOC_NOTFOUND: nobody
 * has anything that can be taken. */
static enum toc_result take_next(struct toc_engine *engine, struct toc_token_flight *flight)
{
    char after[TOC_MEMBER_LEN_MAX + 1];
    bool wrapped = false;

    memcpy(after, engine->tokens.served, sizeof(after));
    for (;;) {
        struct toc_ask_row ask;
        enum toc_ask_wait wait;
        enum toc_result result = first_of(engine, after, UINT64_MAX, &ask, &wait);
        if (result == TOC_NOTFOUND && !wrapped) {
            wrapped = true;
            after[0] = '\0';
            continue;
        }
        TOC_TRY(result);
        if (wrapped && strcmp(ask.publisher, engine->tokens.served) > 0) {
            return TOC_NOTFOUND;
        }
        result = take(engine, &ask, wait, flight);
        if (result != TOC_AGAIN) {
            memcpy(engine->tokens.served, ask.publisher, sizeof(ask.publisher));
            return result;
        }
        memcpy(after, ask.publisher, sizeof(after));
    }
}

bool toc_holding_no_secret(const struct toc_engine *engine)
{
    return toc_roster_holder_key(toc_engine_roster(engine), engine->me) != NULL &&
           secret_of(engine) == NULL;
}

enum toc_result toc_holding_finish(struct toc_engine *engine)
{
    if (secret_of(engine) == NULL) {
        return TOC_OK;
    }
    for (unsigned taken = 0; taken < TOC_TOKEN_REFUSALS; taken++) {
        struct toc_token_flight *flight =
            toc_token_flight_free(engine->tokens.evaluating, TOC_EVALUATING_MAX);
        enum toc_result result;
        if (flight == NULL) {
            return TOC_OK; /* a job that ends looks again */
        }
        result = take_next(engine, flight);
        if (result == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(result);
    }
    engine->tokens.look = true;
    return TOC_OK;
}
