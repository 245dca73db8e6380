#include "asking_internal.h"

#include "ensure.h"

#include <stdio.h>
#include <string.h>

#define ASKS "token.ask"
#define NEVER_MIND UINT32_MAX /* tries: it was nobody's fault */

/* ---- inputs ---- */

enum toc_result toc_asking_input(const char *key, uint8_t ret_input[TOC_TOKEN_INPUT_MAX],
                                 size_t *ret_len)
{
    struct toc_orgid number;

    if (strncmp(key, "name:", 5) == 0) {
        return toc_token_input(TOC_TOKEN_NAME, "", key + 5, ret_input, ret_len);
    }
    TOC_ENSURE(toc_supplier_key_number(key, &number), TOC_INVALID);
    return toc_token_input(TOC_TOKEN_ID, toc_scheme_code(number.scheme), number.id, ret_input,
                           ret_len);
}

enum toc_result toc_asking_inputs(struct toc_token_job *job, struct toc_bytes keys)
{
    for (size_t i = 0; i < job->len; i++) {
        uint8_t input[TOC_TOKEN_INPUT_MAX];
        char key[TOC_SUPPLIER_KEY_MAX + 1];
        struct toc_bytes item;
        size_t len;
        TOC_TRY(toc_list_next(&keys, TOC_SUPPLIER_KEY_MAX, &item));
        memcpy(key, item.data, item.len);
        key[item.len] = '\0';
        TOC_TRY(toc_asking_input(key, input, &len));
        TOC_TRY(toc_token_job_input(job, i, toc_bytes_of(input, len)));
    }
    return TOC_OK;
}

/* ---- whether ---- */

static void holders_text(const struct toc_roster *roster, char ret_text[TOC_CONFIRMED_LEN_MAX + 1])
{
    size_t at = 0;

    ret_text[0] = '\0';
    for (size_t i = 0; i < roster->holders_len && i < TOC_HOLDERS_MAX; i++) {
        at += (size_t)snprintf(ret_text + at, TOC_CONFIRMED_LEN_MAX + 1 - at, "%s ",
                               roster->holders[i]);
    }
}

/* The first list a member meets is the one it joined under: nobody is asked about that. */
enum toc_result toc_asking_confirmed(struct toc_engine *engine, bool *ret_confirmed)
{
    char was[TOC_CONFIRMED_LEN_MAX + 1];
    char now[TOC_CONFIRMED_LEN_MAX + 1];

    TOC_TRY(toc_store_confirmed_get(engine->store, was));
    holders_text(toc_engine_roster(engine), now);
    *ret_confirmed = was[0] == '\0' || strcmp(was, now) == 0;
    return TOC_OK;
}

enum toc_result toc_asking_confirm(struct toc_engine *engine)
{
    char was[TOC_CONFIRMED_LEN_MAX + 1];
    char now[TOC_CONFIRMED_LEN_MAX + 1];

    TOC_TRY(toc_store_confirmed_get(engine->store, was));
    holders_text(toc_engine_roster(engine), now);
    if (strcmp(was, now) == 0) {
        return TOC_OK;
    }
    engine->tokens.look = true;
    engine->tokens.lacking = true;
    return toc_store_confirmed_put(engine->store, now);
}

static bool is_asker(const struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_member *self = toc_roster_member(roster, engine->me);

    return self != NULL &&
           (toc_member_has(self, TOC_ROLE_COUNCIL) || toc_member_has(self, TOC_ROLE_BODY)) &&
           toc_roster_may_publish(roster, engine->me, ASKS);
}

/* Holders count exposures: what is not published yet would only be refused. */
static enum toc_result is_published(struct toc_engine *engine, bool *ret_published)
{
    struct toc_draft draft;
    size_t len;

    *ret_published = toc_store_submissions_waiting(engine->store) == 0;
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        *ret_published &= !log->own || log->row.state == TOC_LOG_ENDED ||
                          strcmp(log->row.log.stream, "exposure") != 0 ||
                          log->row.applied_next >= log->row.chain.next_sequence;
    }
    TOC_TRY(toc_store_drafts(engine->store, "exposure", NULL, engine->arena, &draft, 1, &len));
    *ret_published &= len == 0 || strcmp(draft.stream, "exposure") != 0;
    return TOC_OK;
}

/* What no holder refuses: of the one that has answered most. */
static enum toc_result inputs_left(struct toc_engine *engine, const struct toc_own_ask *asks,
                                   size_t len, uint64_t *ret_left)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    uint64_t quota;
    uint64_t most = 0;

    TOC_TRY(toc_holding_quota(engine, engine->me, &quota));
    for (size_t i = 0; i < roster->holders_len; i++) {
        uint64_t used;
        TOC_TRY(toc_store_answers_used(engine->store, engine->me, roster->holders[i],
                                       roster->token_epoch, &used));
        for (size_t j = 0; j < len; j++) {
            struct toc_answer_row answer;
            const enum toc_result found = toc_store_answer_get(
                engine->store, engine->me, asks[j].id, roster->holders[i], &answer);
            used += found == TOC_NOTFOUND ? asks[j].inputs : 0;
        }
        most = used > most ? used : most;
    }
    *ret_left = quota > most ? quota - most : 0;
    return TOC_OK;
}

static enum toc_result state_of(struct toc_engine *engine, const struct toc_own_ask *asks,
                                size_t len, enum toc_asking_state *ret_state, uint64_t *ret_left)
{
    bool yes;

    *ret_left = 0;
    *ret_state = TOC_ASKING_NO_HOLDERS;
    TOC_ENSURE(toc_engine_roster(engine)->holders_len > 0, TOC_OK);
    *ret_state = TOC_ASKING_NOT_ITS_ROLE;
    TOC_ENSURE(is_asker(engine), TOC_OK);
    *ret_state = TOC_ASKING_UNCONFIRMED;
    TOC_TRY(toc_asking_confirmed(engine, &yes));
    TOC_ENSURE(yes, TOC_OK);
    *ret_state = TOC_ASKING_UNPUBLISHED;
    TOC_TRY(is_published(engine, &yes));
    TOC_ENSURE(yes, TOC_OK);
    TOC_TRY(inputs_left(engine, asks, len, ret_left));
    *ret_state = *ret_left == 0 ? TOC_ASKING_OVER_QUOTA : TOC_ASKING_ASKS;
    return TOC_OK;
}

enum toc_result toc_asking_state(struct toc_engine *engine, enum toc_asking_state *ret_state)
{
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    uint64_t left;
    size_t len;

    TOC_TRY(toc_store_own_asks(engine->store, engine->arena, asks, TOC_ASKS_OPEN_MAX, &len));
    return state_of(engine, asks, len, ret_state, &left);
}

/* ---- sending ---- */

/* What it asked before a crash is not stored twice: the id of the submission is the ask's. */
static enum toc_result send(struct toc_engine *engine, const struct toc_own_ask *own)
{
    struct toc_token_ask ask = {.token_epoch = own->token_epoch,
                                .exposure_sequence = own->exposure_sequence,
                                .elements = own->elements,
                                .elements_len = own->inputs};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ASK, .as.token_ask = &ask};
    char id[5 + 2 * TOC_ASK_ID_LEN] = "ask-";
    struct toc_bytes bytes;
    struct toc_why why = {""};
    uint64_t sequence;
    enum toc_result result;

    memcpy(ask.id, own->id, sizeof(ask.id));
    toc_hex_encode(toc_bytes_of(own->id, sizeof(own->id)), id + 4);
    TOC_TRY(toc_wire_record_encode(engine->arena, &record, &bytes));
    result = toc_publish_submit(engine, ASKS, id, &bytes, 1, NULL, &sequence, &why);
    if (result == TOC_NOMEM || result == TOC_STORE) {
        return result;
    }
    if (result != TOC_OK && result != TOC_EXISTS) {
        engine->tokens.sent = false; /* again when something has changed */
        toc_engine_note(engine, TOC_NOTICE_WARN, "token.unasked", "%s", why.text);
    }
    return TOC_OK;
}

/* ---- blinding ---- */

static struct toc_own_ask ask_of(const struct toc_engine *engine, const struct toc_token_job *job)
{
    struct toc_own_ask ask = {
        .token_epoch = job->token_epoch,
        .exposure_sequence = toc_holding_exposed_next(engine, engine->me) - 1,
        .inputs = job->len,
        .keys = job->keys,
        .blinds = job->blinds,
        .elements = job->blinded,
    };

    memcpy(ask.id, job->ask, sizeof(ask.id));
    return ask;
}

static void blinded(struct toc_engine *engine, struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;
    const struct toc_own_ask ask = ask_of(engine, job);
    enum toc_result result;

    engine->tokens.look = true;
    if (!engine->tokens.blinding || job->result != TOC_OK ||
        job->token_epoch != toc_engine_roster(engine)->token_epoch) {
        engine->tokens.blinding = false;
        return;
    }
    engine->tokens.blinding = false;
    result = toc_store_own_ask_add(engine->store, &ask);
    if (result == TOC_OK) {
        result = send(engine, &ask);
    }
    engine->store_failed |= result == TOC_STORE || result == TOC_NOMEM;
}

static const struct toc_job_kind blind_kind = {
    .run = toc_token_job_blind, .done = blinded, .free = toc_token_job_free};

static enum toc_result list_keys(struct toc_engine *engine, const char *const *keys, size_t len,
                                 struct toc_bytes *ret_list)
{
    size_t bytes = 0;
    uint8_t *list;
    uint8_t *end;

    for (size_t i = 0; i < len; i++) {
        bytes += strlen(keys[i]) + 4;
    }
    list = toc_arena_get(engine->arena, bytes);
    TOC_ENSURE(list != NULL, TOC_NOMEM);
    end = list;
    for (size_t i = 0; i < len; i++) {
        end = toc_list_put(end, toc_bytes_text(keys[i]));
    }
    *ret_list = toc_bytes_of(list, bytes);
    return TOC_OK;
}

static enum toc_result blind(struct toc_engine *engine, const char *const *keys, size_t len)
{
    struct toc_token_job *job;
    struct toc_bytes list;
    enum toc_result result;

    TOC_TRY(list_keys(engine, keys, len, &list));
    TOC_TRY(toc_token_job_new(&blind_kind, len, &job));
    result = toc_asking_inputs(job, list);
    result = result == TOC_OK ? toc_arena_copy(job->arena, list, &job->keys) : result;
    if (result != TOC_OK) {
        toc_token_job_free(&job->base);
        return result;
    }
    toc_env_random(engine->env, job->ask, sizeof(job->ask));
    job->token_epoch = toc_engine_roster(engine)->token_epoch;
    for (size_t i = 0; i < len; i++) {
        toc_holding_scalar(engine, &job->blinds[i]);
    }
    engine->tokens.blinding = true;
    toc_job_queue(engine, &job->base);
    return TOC_OK;
}

/* Those of the next subjects that can be asked about; `ret_good` is 0 only when nobody lacks
 * anything. What was looked through before is looked at again only after all the rest. */
static enum toc_result next_lacking(struct toc_engine *engine, uint64_t max, const char **ret_keys,
                                    size_t *ret_good)
{
    struct toc_subject_place *const place = &engine->tokens.place;
    const uint32_t token_epoch = toc_engine_roster(engine)->token_epoch;
    bool begins = place->supplier == 0 && place->name[0] == '\0';
    size_t good = 0;

    while (good == 0) {
        size_t len;
        TOC_TRY(toc_store_subjects_lacking(engine->store, token_epoch, engine->arena, place,
                                           ret_keys, max, &len));
        for (size_t i = 0; i < len; i++) {
            uint8_t input[TOC_TOKEN_INPUT_MAX];
            size_t input_len;
            ret_keys[good] = ret_keys[i];
            good += toc_asking_input(ret_keys[i], input, &input_len) == TOC_OK;
        }
        if (len == 0) {
            *place = (struct toc_subject_place){.supplier = 0};
            if (begins) {
                break;
            }
            begins = true;
        }
    }
    *ret_good = good;
    return TOC_OK;
}

static enum toc_result ask_more(struct toc_engine *engine, const struct toc_own_ask *asks,
                                size_t asks_len)
{
    const char *keys[TOC_OPRF_BATCH_MAX];
    enum toc_asking_state state;
    uint64_t left;
    size_t good;

    if (!engine->tokens.lacking || engine->tokens.blinding || asks_len == TOC_ASKS_OPEN_MAX) {
        return TOC_OK;
    }
    TOC_TRY(state_of(engine, asks, asks_len, &state, &left));
    if (state != TOC_ASKING_ASKS) {
        return TOC_OK;
    }
    TOC_TRY(
        next_lacking(engine, left < TOC_OPRF_BATCH_MAX ? left : TOC_OPRF_BATCH_MAX, keys, &good));
    engine->tokens.lacking = good > 0;
    if (good == 0) {
        return TOC_OK;
    }
    TOC_TRY(toc_asking_confirm(engine)); /* the first list of all */
    return blind(engine, keys, good);
}

/* ---- the tick ---- */

/* Those of another token epoch are nobody's any more. */
static enum toc_result drop_old(struct toc_engine *engine, struct toc_own_ask *asks, size_t *len)
{
    size_t kept = 0;

    for (size_t i = 0; i < *len; i++) {
        if (asks[i].token_epoch == toc_engine_roster(engine)->token_epoch) {
            asks[kept++] = asks[i];
            continue;
        }
        engine->tokens.lacking = true;
        TOC_TRY(toc_store_own_ask_failed(engine->store, &asks[i], NEVER_MIND));
    }
    *len = kept;
    return TOC_OK;
}

static enum toc_result send_again(struct toc_engine *engine, const struct toc_own_ask *asks,
                                  size_t len)
{
    bool confirmed;

    if (engine->tokens.sent || len == 0) {
        return TOC_OK;
    }
    TOC_TRY(toc_asking_confirmed(engine, &confirmed));
    if (!confirmed || !is_asker(engine)) {
        return TOC_OK;
    }
    engine->tokens.sent = true;
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(send(engine, &asks[i]));
    }
    return TOC_OK;
}

enum toc_result toc_asking_finish(struct toc_engine *engine)
{
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    size_t len;
    size_t open = 0;

    TOC_TRY(toc_store_own_asks(engine->store, engine->arena, asks, TOC_ASKS_OPEN_MAX, &len));
    TOC_TRY(drop_old(engine, asks, &len));
    TOC_TRY(send_again(engine, asks, len));
    for (size_t i = 0; i < len; i++) {
        bool over = false;
        TOC_TRY(toc_asking_answers(engine, &asks[i], &over));
        if (!over) {
            asks[open++] = asks[i];
        }
    }
    return ask_more(engine, asks, open);
}
