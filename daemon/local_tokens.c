/* `tokens`, `tokens_confirm`, `tokens_retry`: how far this member's tokens are, and what a person
 * decides about it. Counts and holders only: no token is ever shown beside a name. */
#include "local_tokens.h"

#include "asking.h"
#include "ensure.h"
#include "holding.h"
#include "local_supplier.h"
#include "store_token.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

static const char *state_name(enum toc_asking_state state)
{
    switch (state) {
    case TOC_ASKING_ASKS:
        return "asks";
    case TOC_ASKING_NO_HOLDERS:
        return "no_holders";
    case TOC_ASKING_NOT_ITS_ROLE:
        return "not_its_role";
    case TOC_ASKING_UNCONFIRMED:
        return "unconfirmed";
    case TOC_ASKING_UNPUBLISHED:
        return "unpublished";
    case TOC_ASKING_OVER_QUOTA:
        return "over_quota";
    }
    TOC_UNREACHABLE();
}

static const char *fault_name(unsigned fault)
{
    return fault == TOC_FAULT_PROOF    ? "proof"
           : fault == TOC_FAULT_LENGTH ? "length"
                                       : toc_token_refusal_name((enum toc_token_refusal)fault);
}

static json_t *fault_json(const struct toc_engine *engine, const struct toc_holder_fault *fault)
{
    json_t *json =
        json_pack("{s:s?, s:I, s:I, s:I, s:I}", "what", fault_name(fault->fault), "times",
                  (json_int_t)fault->count, "sequence", (json_int_t)fault->sequence, "used",
                  (json_int_t)fault->used, "limit", (json_int_t)fault->limit);
    int failed = json_object_set_new(json, "stream", json_sprintf("token.answer.%s", engine->me));

    failed |= json_object_set_new(json, "time", toc_local_time(fault->time_ms));
    if (failed != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

/* Asks that are open and that it has not answered. */
static enum toc_result count_open(struct toc_engine *engine, const char *holder,
                                  const struct toc_own_ask *asks, size_t len, uint64_t *ret_open)
{
    uint64_t open = 0;

    for (size_t i = 0; i < len; i++) {
        struct toc_answer_row answer;
        const enum toc_result result =
            toc_store_answer_get(engine->store, engine->me, asks[i].id, holder, &answer);
        open += result == TOC_NOTFOUND;
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    }
    *ret_open = open;
    return TOC_OK;
}

static enum toc_result add_holders(struct toc_engine *engine, json_t *reply)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_holder_fault faults[TOC_HOLDERS_MAX];
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    json_t *list = json_array();
    size_t faults_len;
    size_t len;
    int failed = json_object_set_new(reply, "holders", list);

    TOC_TRY(toc_store_holder_faults(engine->store, roster->token_epoch, faults, TOC_HOLDERS_MAX,
                                    &faults_len));
    TOC_TRY(toc_store_own_asks(engine->store, engine->arena, asks, TOC_ASKS_OPEN_MAX, &len));
    for (size_t i = 0; i < roster->holders_len; i++) {
        json_t *fault = json_null();
        uint64_t open;
        uint64_t used;
        TOC_TRY(count_open(engine, roster->holders[i], asks, len, &open));
        TOC_TRY(toc_store_answers_used(engine->store, engine->me, roster->holders[i],
                                       roster->token_epoch, &used));
        for (size_t j = 0; j < faults_len; j++) {
            if (strcmp(faults[j].holder, roster->holders[i]) == 0) {
                fault = fault_json(engine, &faults[j]);
            }
        }
        failed |= json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:o}", "member", roster->holders[i], "outstanding",
                            (json_int_t)open, "used", (json_int_t)used, "fault", fault));
    }
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result fill(struct toc_engine *engine, json_t *reply)
{
    const uint32_t token_epoch = toc_engine_roster(engine)->token_epoch;
    struct toc_subject_counts counts;
    enum toc_asking_state state;
    struct toc_hash digest;
    uint64_t quota;
    int failed;

    TOC_TRY(toc_asking_state(engine, &state));
    TOC_TRY(toc_holding_quota(engine, engine->me, &quota));
    TOC_TRY(toc_store_subject_counts(engine->store, token_epoch, &counts));
    TOC_TRY(toc_store_tokens_digest(engine->store, token_epoch, &digest));
    failed = json_object_set_new(reply, "token_epoch", json_integer((json_int_t)token_epoch));
    failed |= json_object_set_new(reply, "state", json_string(state_name(state)));
    failed |=
        json_object_set_new(reply, "confirmed", json_boolean(state != TOC_ASKING_UNCONFIRMED));
    failed |= json_object_set_new(reply, "lacking", json_integer((json_int_t)counts.lacking));
    failed |= json_object_set_new(reply, "waiting", json_integer((json_int_t)counts.waiting));
    failed |= json_object_set_new(reply, "ready", json_integer((json_int_t)counts.ready));
    failed |= json_object_set_new(reply, "refused", json_integer((json_int_t)counts.refused));
    failed |= json_object_set_new(reply, "quota", json_integer((json_int_t)quota));
    failed |= json_object_set_new(reply, "digest", toc_local_hash(&digest));
    TOC_ENSURE(failed == 0, TOC_NOMEM);
    return add_holders(engine, reply);
}

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local)
{
    json_t *reply = toc_local_reply(local);
    const enum toc_result result = reply == NULL ? TOC_NOMEM : fill(engine, reply);

    if (result != TOC_OK) {
        json_decref(reply);
        return result;
    }
    return toc_local_answer(engine, local, reply, 0);
}

enum toc_result toc_local_tokens(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_why *why)
{
    (void)why;
    return answer(engine, local);
}

enum toc_result toc_local_tokens_confirm(struct toc_engine *engine, const struct toc_local *local,
                                         struct toc_why *why)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    if (roster->holders_len == 0) {
        return toc_fail(why, TOC_NOTFOUND,
                        "the group has no holders of token keys yet: there is nobody to agree to");
    }
    TOC_TRY(toc_asking_confirm(engine));
    TOC_TRY(toc_local_audit_add(engine, local, "tokens_confirm", "token epoch %u, %zu holders",
                                roster->token_epoch, roster->holders_len));
    return answer(engine, local);
}

enum toc_result toc_local_tokens_retry(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    const uint32_t token_epoch = toc_engine_roster(engine)->token_epoch;
    uint64_t len;

    (void)why;
    TOC_TRY(toc_store_subjects_retry(engine->store, token_epoch, &len));
    toc_tokens_begin(engine);
    TOC_TRY(toc_local_audit_add(engine, local, "tokens_retry", "token epoch %u, %llu refused",
                                token_epoch, (unsigned long long)len));
    return answer(engine, local);
}

/* ---- one supplier ---- */

/* Numbers and names are asked for apart: a supplier is as far as the one of them that lags. */
enum toc_result toc_tokens_of_supplier(struct toc_engine *engine,
                                       const struct toc_supplier *supplier, const char **ret_state,
                                       const char **ret_reason)
{
    const uint32_t token_epoch = toc_engine_roster(engine)->token_epoch;
    char name[TOC_SUPPLIER_KEY_MAX + 1];
    const char *const keys[] = {supplier->key, name};
    size_t of[4] = {0};

    (void)snprintf(name, sizeof(name), "name:%s", supplier->fold);
    for (size_t i = 0; i < 2; i++) {
        enum toc_subject_state state = TOC_SUBJECT_NONE;
        const enum toc_result result =
            supplier->fold[0] == '\0' && i == 1
                ? TOC_NOTFOUND
                : toc_store_subject_get(engine->store, keys[i], token_epoch, NULL, &state, NULL);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        of[supplier->fold[0] == '\0' && i == 1 ? TOC_SUBJECT_READY : state]++;
    }
    *ret_reason = of[TOC_SUBJECT_REFUSED] > 0 ? "refused" : NULL;
    *ret_state = of[TOC_SUBJECT_REFUSED] + of[TOC_SUBJECT_NONE] > 0 ? "none"
                 : of[TOC_SUBJECT_WAITS] > 0                        ? "waiting"
                                                                    : "ready";
    return TOC_OK;
}

/* ---- warnings ---- */

static json_t *fault_text(const struct toc_engine *engine, const struct toc_holder_fault *fault)
{
    if (fault->fault == TOC_TOKEN_OVER_QUOTA) {
        return json_sprintf(
            "Holder %s refused to make tokens: %u inputs are made and %u is the limit. More "
            "published suppliers raise it, or the signer does (`tocsin group rules --quota`); then "
            "`tocsin supplier tokens --retry`.",
            fault->holder, fault->used, fault->limit);
    }
    if (fault->fault < TOC_FAULT_PROOF) {
        return json_sprintf("Holder %s refused to make tokens (%s): ask the signer, then `tocsin "
                            "supplier tokens --retry`.",
                            fault->holder, fault_name(fault->fault));
    }
    return json_sprintf(
        "Holder %s answered wrongly %llu times when asked for tokens, last in record %llu of its "
        "log token.answer.%s (%s): ask it why, then `tocsin supplier tokens --retry`.",
        fault->holder, (unsigned long long)fault->count, (unsigned long long)fault->sequence,
        engine->me,
        fault->fault == TOC_FAULT_PROOF ? "its proof does not verify"
                                        : "not as many as were asked");
}

static enum toc_result warn_asker(struct toc_engine *engine, json_t *list, int *failed)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_holder_fault faults[TOC_HOLDERS_MAX];
    bool confirmed;
    size_t len;

    TOC_TRY(toc_asking_confirmed(engine, &confirmed));
    if (!confirmed) {
        *failed |= json_array_append_new(
            list, json_string("Others hold the token keys now (`tocsin supplier tokens` names "
                              "them): they are asked nothing until somebody here agrees with "
                              "`tocsin supplier tokens --confirm`."));
    }
    TOC_TRY(
        toc_store_holder_faults(engine->store, roster->token_epoch, faults, TOC_HOLDERS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        *failed |= json_array_append_new(list, fault_text(engine, &faults[i]));
    }
    return TOC_OK;
}

enum toc_result toc_tokens_warn(struct toc_engine *engine, json_t *list)
{
    int failed = 0;

    if (toc_engine_roster(engine)->holders_len == 0) {
        return TOC_OK;
    }
    if (toc_holding_no_secret(engine)) {
        failed |= json_array_append_new(
            list, json_string("The roster names a token key of this member that its key file does "
                              "not have, so nobody gets tokens: put the key file back, or have the "
                              "signer run `tocsin group rotate-tokens`."));
    }
    TOC_TRY(warn_asker(engine, list, &failed));
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

/* ---- before publishing ---- */

enum toc_result toc_tokens_preview(struct toc_engine *engine, json_t **ret_tokens)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    struct toc_subject_counts counts;
    enum toc_asking_state state;
    json_t *holders;

    TOC_TRY(toc_asking_state(engine, &state));
    TOC_TRY(toc_store_subject_counts(engine->store, roster->token_epoch, &counts));
    if ((state != TOC_ASKING_ASKS && state != TOC_ASKING_UNPUBLISHED) || counts.lacking == 0) {
        *ret_tokens = json_null();
        return TOC_OK;
    }
    holders = json_array();
    for (size_t i = 0; i < roster->holders_len; i++) {
        if (json_array_append_new(holders, json_string(roster->holders[i])) != 0) {
            json_decref(holders);
            return TOC_NOMEM;
        }
    }
    *ret_tokens = json_pack("{s:I, s:o}", "inputs", (json_int_t)counts.lacking, "holders", holders);
    return *ret_tokens == NULL ? TOC_NOMEM : TOC_OK;
}
