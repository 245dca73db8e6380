#include "wire_token.h"
#include "ensure.h"
#include "wire_alloc.h"

enum toc_result toc_wire_elements_read(struct toc_arena *arena, const ProtobufCBinaryData *fields,
                                       size_t len, size_t max,
                                       const struct toc_element **ret_elements)
{
    TOC_ENSURE(len <= max, TOC_TOOBIG);
    struct toc_element *const elements = toc_arena_zero(arena, len, sizeof *elements);
    TOC_ENSURE(elements != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(toc_wire_fixed(fields[i], elements[i].bytes, sizeof elements[i].bytes));
    }
    *ret_elements = elements;
    return TOC_OK;
}

enum toc_result toc_wire_elements_write(struct toc_arena *arena, const struct toc_element *elements,
                                        size_t len, size_t max, ProtobufCBinaryData **ret_fields)
{
    TOC_ENSURE(len <= max, TOC_TOOBIG);
    ProtobufCBinaryData *const fields = toc_arena_zero(arena, len, sizeof *fields);
    TOC_ENSURE(fields != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        fields[i] = toc_wire_binary(elements[i].bytes, sizeof elements[i].bytes);
    }
    *ret_fields = fields;
    return TOC_OK;
}

enum toc_result toc_wire_ask_read(struct toc_arena *arena, const Tocsin__TokenAsk *message,
                                  struct toc_token_ask *ret_ask)
{
    struct toc_token_ask ask = {
        .token_epoch = message->token_epoch,
        .exposure_sequence = message->exposure_sequence,
        .elements_len = message->n_elements,
    };
    TOC_ENSURE(ask.exposure_sequence <= TOC_SEQUENCE_MAX, TOC_INVALID);
    TOC_TRY(toc_wire_fixed(message->id, ask.id, sizeof ask.id));
    TOC_TRY(toc_wire_elements_read(arena, message->elements, message->n_elements,
                                   TOC_OPRF_BATCH_MAX, &ask.elements));
    *ret_ask = ask;
    return TOC_OK;
}

enum toc_result toc_wire_ask_write(struct toc_arena *arena, const struct toc_token_ask *ask,
                                   Tocsin__TokenAsk *ret_message)
{
    tocsin__token_ask__init(ret_message);
    ret_message->id = toc_wire_binary(ask->id, sizeof ask->id);
    ret_message->token_epoch = ask->token_epoch;
    ret_message->exposure_sequence = ask->exposure_sequence;
    ret_message->n_elements = ask->elements_len;
    return toc_wire_elements_write(arena, ask->elements, ask->elements_len, TOC_OPRF_BATCH_MAX,
                                   &ret_message->elements);
}

enum toc_result toc_wire_answer_read(struct toc_arena *arena, const Tocsin__TokenAnswer *message,
                                     struct toc_token_answer *ret_answer)
{
    struct toc_token_answer answer = {
        .token_epoch = message->token_epoch,
        .elements_len = message->n_elements,
        .refusal = (enum toc_token_refusal)message->refusal,
        .used = message->used,
        .limit = message->limit,
    };
    TOC_TRY(toc_wire_fixed(message->ask, answer.ask, sizeof answer.ask));
    TOC_TRY(toc_wire_elements_read(arena, message->elements, message->n_elements,
                                   TOC_OPRF_BATCH_MAX, &answer.elements));
    if (answer.elements_len > 0) {
        TOC_TRY(toc_wire_fixed(message->proof_c, answer.proof.c.bytes, TOC_OPRF_SCALAR_LEN));
        TOC_TRY(toc_wire_fixed(message->proof_s, answer.proof.s.bytes, TOC_OPRF_SCALAR_LEN));
    } else {
        TOC_ENSURE(message->proof_c.len + message->proof_s.len == 0, TOC_MALFORMED);
    }
    *ret_answer = answer;
    return TOC_OK;
}

enum toc_result toc_wire_answer_write(struct toc_arena *arena,
                                      const struct toc_token_answer *answer,
                                      Tocsin__TokenAnswer *ret_message)
{
    tocsin__token_answer__init(ret_message);
    ret_message->ask = toc_wire_binary(answer->ask, sizeof answer->ask);
    ret_message->token_epoch = answer->token_epoch;
    ret_message->n_elements = answer->elements_len;
    ret_message->refusal = (Tocsin__TokenRefusal)answer->refusal;
    ret_message->used = answer->used;
    ret_message->limit = answer->limit;
    if (answer->elements_len > 0) {
        ret_message->proof_c = toc_wire_binary(answer->proof.c.bytes, TOC_OPRF_SCALAR_LEN);
        ret_message->proof_s = toc_wire_binary(answer->proof.s.bytes, TOC_OPRF_SCALAR_LEN);
    }
    return toc_wire_elements_write(arena, answer->elements, answer->elements_len,
                                   TOC_OPRF_BATCH_MAX, &ret_message->elements);
}
