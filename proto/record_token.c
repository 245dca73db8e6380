#include "record_token.h"
#include "ensure.h"

const char *toc_token_refusal_name(enum toc_token_refusal refusal)
{
    switch (refusal) {
    case TOC_TOKEN_REFUSAL_NONE:
        return NULL;
    case TOC_TOKEN_OVER_QUOTA:
        return "over_quota";
    case TOC_TOKEN_OTHER_EPOCH:
        return "other_epoch";
    case TOC_TOKEN_NOT_ENTITLED:
        return "not_entitled";
    case TOC_TOKEN_CHANGED:
        return "changed";
    }
    return NULL;
}

/* Whether each is an element is for the worker to find out: it is arithmetic. */
static enum toc_result ask_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_token_ask *const ask = record->as.token_ask;
    if (ask->token_epoch == 0) {
        return toc_fail(why, TOC_INVALID, "token_epoch: is 0");
    }
    if (ask->elements_len == 0 || ask->elements_len > TOC_OPRF_BATCH_MAX) {
        return toc_fail(why, TOC_INVALID, "elements: are not 1 to %d", TOC_OPRF_BATCH_MAX);
    }
    return TOC_OK;
}

static enum toc_result answer_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_token_answer *const answer = record->as.token_answer;
    const bool refused = answer->refusal != TOC_TOKEN_REFUSAL_NONE;
    if (answer->token_epoch == 0) {
        return toc_fail(why, TOC_INVALID, "token_epoch: is 0");
    }
    if (refused && toc_token_refusal_name(answer->refusal) == NULL) {
        return toc_fail(why, TOC_INVALID, "refusal: is none of the list");
    }
    if (refused != (answer->elements_len == 0) || answer->elements_len > TOC_OPRF_BATCH_MAX) {
        return toc_fail(why, TOC_INVALID, "elements: go with an answer, not with a refusal");
    }
    return TOC_OK;
}

/* Elements say nothing to a person: how many there are. */
static json_t *ask_to_json(const struct toc_record *record)
{
    const struct toc_token_ask *const ask = record->as.token_ask;
    return json_pack("{s:o, s:I, s:I, s:I}", "ask", toc_record_hex(ask->id, sizeof ask->id),
                     "token_epoch", (json_int_t)ask->token_epoch, "exposure_sequence",
                     (json_int_t)ask->exposure_sequence, "inputs", (json_int_t)ask->elements_len);
}

static json_t *answer_to_json(const struct toc_record *record)
{
    const struct toc_token_answer *const answer = record->as.token_answer;
    return json_pack("{s:o, s:I, s:I, s:s?, s:I, s:I}", "ask",
                     toc_record_hex(answer->ask, sizeof answer->ask), "token_epoch",
                     (json_int_t)answer->token_epoch, "inputs", (json_int_t)answer->elements_len,
                     "refusal", toc_token_refusal_name(answer->refusal), "used",
                     (json_int_t)answer->used, "limit", (json_int_t)answer->limit);
}

static enum toc_result not_by_hand(struct toc_arena *arena, const json_t *json,
                                   struct toc_record *ret_record, struct toc_why *why)
{
    (void)arena;
    (void)json;
    (void)ret_record;
    return toc_fail(why, TOC_DENIED, "type: records about tokens are made by the daemon alone");
}

/* Every ask and every answer is a thing of its own. */
static const char *no_key(const struct toc_record *record)
{
    (void)record;
    return "";
}

const struct toc_record_kind toc_token_ask_record_kind = {
    .type = TOC_RECORD_TOKEN_ASK,
    .name = "token_ask",
    .stream = "token.ask",
    .by_daemon = true,
    .validate = ask_validate,
    .to_json = ask_to_json,
    .from_json = not_by_hand,
    .key = no_key,
};

const struct toc_record_kind toc_token_answer_record_kind = {
    .type = TOC_RECORD_TOKEN_ANSWER,
    .name = "token_answer",
    .stream = "token.answer",
    .by_daemon = true,
    .validate = answer_validate,
    .to_json = answer_to_json,
    .from_json = not_by_hand,
    .key = no_key,
};
