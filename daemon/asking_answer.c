/* asking.h, the answers: verified on the worker, kept until all holders' are there. */
#include "asking_internal.h"

#include "ensure.h"
#include "flagging.h"
#include "token.h"

#include <string.h>

static const enum toc_purpose purposes[] = {TOC_PURPOSE_PUBLIC, TOC_PURPOSE_DISTRESS,
                                            TOC_PURPOSE_EXERCISE};

/* ---- what goes wrong ---- */

/* Both sides' signed batches are in the logs: the ask in the own, the answer in the holder's. */
static enum toc_result blame(struct toc_engine *engine, const struct toc_own_ask *ask,
                             const struct toc_answer_row *row, unsigned fault)
{
    struct toc_holder_fault about = {.token_epoch = ask->token_epoch,
                                     .fault = fault,
                                     .sequence = row->sequence,
                                     .time_ms = engine->now_wall};

    memcpy(about.holder, row->holder, sizeof(about.holder));
    engine->tokens.answers_bad++;
    engine->tokens.lacking = true;
    engine->tokens.look = true;
    toc_engine_note(engine, TOC_NOTICE_WARN, "token.bad",
                    "holder=%s stream=token.answer.%s sequence=%llu %s", row->holder, engine->me,
                    (unsigned long long)row->sequence,
                    fault == TOC_FAULT_PROOF ? "its proof does not verify"
                                             : "it has not as many elements as were asked");
    TOC_TRY(toc_store_holder_fault(engine->store, &about));
    return toc_store_own_ask_failed(engine->store, ask, TOC_ASK_TRIES);
}

static enum toc_result refused(struct toc_engine *engine, const struct toc_own_ask *ask,
                               const struct toc_answer_row *row,
                               const struct toc_token_answer *answer)
{
    const bool again = answer->refusal == TOC_TOKEN_OTHER_EPOCH;
    struct toc_holder_fault about = {.token_epoch = ask->token_epoch,
                                     .fault = answer->refusal,
                                     .sequence = row->sequence,
                                     .used = answer->used,
                                     .limit = answer->limit,
                                     .time_ms = engine->now_wall};

    memcpy(about.holder, row->holder, sizeof(about.holder));
    engine->tokens.lacking |= again;
    TOC_TRY(toc_store_holder_fault(engine->store, &about));
    return toc_store_own_ask_failed(engine->store, ask, again ? UINT32_MAX : 1);
}

/* ---- what goes right ---- */

static void unblinded(struct toc_engine *engine, struct toc_job *base);

static const struct toc_job_kind unblind_kind = {
    .run = toc_token_job_unblind, .done = unblinded, .free = toc_token_job_free};

static enum toc_result find_ask(struct toc_engine *engine, const uint8_t id[TOC_ASK_ID_LEN],
                                struct toc_own_ask *ret_ask)
{
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    size_t len;

    TOC_TRY(toc_store_own_asks(engine->store, engine->arena, asks, TOC_ASKS_OPEN_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        if (memcmp(asks[i].id, id, TOC_ASK_ID_LEN) == 0) {
            *ret_ask = asks[i];
            return TOC_OK;
        }
    }
    return TOC_NOTFOUND;
}

static enum toc_result take_up(struct toc_engine *engine, const struct toc_token_job *job)
{
    struct toc_own_ask ask;
    struct toc_answer_row row;

    TOC_TRY(find_ask(engine, job->ask, &ask));
    if (job->result == TOC_OK) {
        return toc_store_own_output_put(engine->store, job->ask, job->member, job->outputs,
                                        job->len);
    }
    TOC_ENSURE(job->result != TOC_NOMEM, TOC_OK); /* looked at again */
    TOC_TRY(toc_store_answer_get(engine->store, engine->me, job->ask, job->member, &row));
    return blame(engine, &ask, &row, TOC_FAULT_PROOF);
}

static void unblinded(struct toc_engine *engine, struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;
    struct toc_token_flight *flight =
        toc_token_flight_of(engine->tokens.unblinding, TOC_UNBLINDING_MAX, job->member, job->ask);
    const enum toc_result result = take_up(engine, job);

    engine->tokens.look = true;
    if (flight != NULL) {
        flight->flies = false;
    }
    engine->store_failed |= result == TOC_STORE || result == TOC_NOMEM;
}

static enum toc_result fill(struct toc_engine *engine, const struct toc_own_ask *ask,
                            const struct toc_token_answer *answer, const char *holder,
                            struct toc_token_job *job)
{
    const struct toc_element *key = toc_roster_holder_key(toc_engine_roster(engine), holder);

    TOC_ENSURE(key != NULL, TOC_NOTFOUND);
    TOC_TRY(toc_asking_inputs(job, ask->keys));
    memcpy(job->ask, ask->id, sizeof(job->ask));
    memcpy(job->member, holder, strlen(holder) + 1);
    memcpy(job->blinds, ask->blinds, ask->inputs * sizeof(ask->blinds[0]));
    memcpy(job->blinded, ask->elements, ask->inputs * sizeof(ask->elements[0]));
    memcpy(job->evaluated, answer->elements, ask->inputs * sizeof(answer->elements[0]));
    job->proof = answer->proof;
    job->public = *key;
    job->token_epoch = ask->token_epoch;
    return TOC_OK;
}

static enum toc_result unblind(struct toc_engine *engine, const struct toc_own_ask *ask,
                               const struct toc_token_answer *answer, const char *holder,
                               struct toc_token_flight *flight)
{
    struct toc_token_job *job;
    enum toc_result result;

    TOC_TRY(toc_token_job_new(&unblind_kind, ask->inputs, &job));
    result = fill(engine, ask, answer, holder, job);
    if (result != TOC_OK) {
        toc_token_job_free(&job->base);
        return result;
    }
    *flight = (struct toc_token_flight){.flies = true};
    memcpy(flight->member, job->member, sizeof(flight->member));
    memcpy(flight->ask, job->ask, sizeof(flight->ask));
    toc_job_queue(engine, &job->base);
    return TOC_OK;
}

static enum toc_result read_answer(struct toc_engine *engine, const struct toc_answer_row *row,
                                   const struct toc_token_answer **ret_answer)
{
    struct toc_record record;
    struct toc_bytes bytes;

    TOC_TRY(toc_opened_record(engine->opened, row->log, row->sequence, &bytes));
    TOC_TRY(toc_record_read(engine->arena, "token.answer", bytes, &record, NULL));
    TOC_ENSURE(record.type == TOC_RECORD_TOKEN_ANSWER, TOC_INVALID);
    *ret_answer = record.as.token_answer;
    return TOC_OK;
}

/* One holder's. `ret_over`: the ask came to nothing by it. */
static enum toc_result look_at(struct toc_engine *engine, const struct toc_own_ask *ask,
                               const char *holder, bool *ret_over)
{
    const struct toc_token_answer *answer;
    struct toc_token_flight *flight;
    struct toc_answer_row row;
    enum toc_result result;

    if (toc_token_flight_of(engine->tokens.unblinding, TOC_UNBLINDING_MAX, holder, ask->id) !=
        NULL) {
        return TOC_OK;
    }
    result = toc_store_answer_get(engine->store, engine->me, ask->id, holder, &row);
    if (result == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(result);
    TOC_TRY(read_answer(engine, &row, &answer));
    *ret_over = true;
    if (answer->refusal != TOC_TOKEN_REFUSAL_NONE) {
        return refused(engine, ask, &row, answer);
    }
    if (answer->elements_len != ask->inputs) {
        return blame(engine, ask, &row, TOC_FAULT_LENGTH);
    }
    *ret_over = false;
    flight = toc_token_flight_free(engine->tokens.unblinding, TOC_UNBLINDING_MAX);
    return flight == NULL ? TOC_OK : unblind(engine, ask, answer, holder, flight);
}

/* ---- all holders ---- */

static enum toc_result derive(struct toc_engine *engine, const struct toc_own_ask *ask,
                              const struct toc_oprf_output *outputs, const char *key,
                              struct toc_subject_made *made)
{
    const size_t holders = toc_engine_roster(engine)->holders_len;
    struct toc_token_context context = {.group = engine->group,
                                        .kind = strncmp(key, "name:", 5) == 0 ? TOC_TOKEN_NAME
                                                                              : TOC_TOKEN_ID,
                                        .token_epoch = ask->token_epoch};

    made->key = key;
    made->outputs = toc_bytes_of(outputs, holders * sizeof(outputs[0]));
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        struct toc_token_keys keys;
        context.purpose = purposes[i];
        TOC_TRY(toc_token_derive(&context, outputs, holders, &keys));
        made->purposes[i] = purposes[i];
        made->tokens[i] = keys.token;
        toc_bytes_wipe(&keys, sizeof(keys));
    }
    return TOC_OK;
}

/* `all` has one subject's outputs after the other's, in the order of the holders. */
static enum toc_result gather(struct toc_engine *engine, const struct toc_own_ask *ask,
                              struct toc_oprf_output *all)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_oprf_output outputs[TOC_OPRF_BATCH_MAX];
    enum toc_result result = TOC_OK;

    for (size_t i = 0; i < roster->holders_len && result == TOC_OK; i++) {
        result = toc_store_own_output_get(engine->store, ask->id, roster->holders[i], ask->inputs,
                                          outputs);
        for (size_t j = 0; j < ask->inputs && result == TOC_OK; j++) {
            all[j * roster->holders_len + i] = outputs[j];
        }
    }
    toc_bytes_wipe(outputs, sizeof(outputs));
    return result;
}

static enum toc_result make(struct toc_engine *engine, const struct toc_own_ask *ask,
                            struct toc_oprf_output *all)
{
    const size_t holders = toc_engine_roster(engine)->holders_len;
    struct toc_subject_made made[TOC_OPRF_BATCH_MAX];
    struct toc_bytes rest = ask->keys;

    TOC_TRY(gather(engine, ask, all));
    for (size_t i = 0; i < ask->inputs; i++) {
        struct toc_bytes item;
        const char *key;
        TOC_TRY(toc_list_next(&rest, TOC_SUPPLIER_KEY_MAX, &item));
        key = toc_arena_text(engine->arena, item);
        TOC_ENSURE(key != NULL, TOC_NOMEM);
        TOC_TRY(derive(engine, ask, &all[i * holders], key, &made[i]));
    }
    return toc_store_own_ask_made(engine->store, ask, made);
}

enum toc_result toc_asking_answers(struct toc_engine *engine, const struct toc_own_ask *ask,
                                   bool *ret_over)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const size_t all_len = ask->inputs * roster->holders_len;
    struct toc_oprf_output *all;
    size_t have = 0;
    enum toc_result result;

    for (size_t i = 0; i < roster->holders_len && !*ret_over; i++) {
        result =
            toc_store_own_output_get(engine->store, ask->id, roster->holders[i], ask->inputs, NULL);
        have += result == TOC_OK;
        if (result == TOC_NOTFOUND) {
            result = look_at(engine, ask, roster->holders[i], ret_over);
        }
        TOC_TRY(result);
    }
    if (*ret_over || have < roster->holders_len) {
        return TOC_OK;
    }
    all = toc_arena_zero(engine->arena, all_len, sizeof(*all));
    TOC_ENSURE(all != NULL, TOC_NOMEM);
    result = make(engine, ask, all);
    toc_bytes_wipe(all, all_len * sizeof(*all));
    *ret_over = result == TOC_OK;
    toc_alert_mine_begin(engine); /* alerts may be about what has tokens now */
    return result;
}
