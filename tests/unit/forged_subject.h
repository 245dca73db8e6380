/* forged_subject: one token of a supplier in a flag, with its share and detail, from made-up
 * outputs of holders. */
#ifndef TOC_FORGED_SUBJECT_H
#define TOC_FORGED_SUBJECT_H

#include "alert_world.h"

/* What a council says. 0 and NULL stand for the usual. */
struct say {
    unsigned id, name;           /* numbers of made-up suppliers; 0: without */
    unsigned parent;             /* a number */
    unsigned flag;               /* 1: of the flag's id */
    unsigned event;              /* 20 */
    enum toc_source source;      /* observation */
    unsigned severity;           /* 3 */
    enum toc_flag_status status; /* raised */
    unsigned expires;            /* the next quarter but one */
    enum toc_purpose purpose;    /* distress */
    uint32_t epoch;              /* 1 */
    uint64_t supersedes;
    bool may_identify;
    bool lie;    /* the share is none */
    bool misfit; /* the token is another's */
    uint32_t k;  /* 3 */
};

static inline struct toc_token_context context_of(const struct say *say, enum toc_token_kind kind)
{
    return (struct toc_token_context){.group = engine_of("spg")->group,
                                      .purpose =
                                          say->purpose == 0 ? TOC_PURPOSE_DISTRESS : say->purpose,
                                      .kind = kind,
                                      .token_epoch = say->epoch == 0 ? 1 : say->epoch};
}

static inline struct toc_oprf_output output_of(unsigned supplier)
{
    struct toc_oprf_output output;
    memset(output.bytes, (int)supplier, sizeof output.bytes);
    return output;
}

static inline struct toc_token_keys keys_of(const struct say *say, enum toc_token_kind kind,
                                            unsigned supplier)
{
    const struct toc_token_context context = context_of(say, kind);
    const struct toc_oprf_output output = output_of(supplier);
    struct toc_token_keys keys;
    ck_assert_int_eq(toc_token_derive(&context, &output, 1, &keys), TOC_OK);
    return keys;
}

static inline void share_of(const char *who, const struct say *say,
                            const struct toc_token_context *context, unsigned supplier,
                            struct toc_flag_subject *subject)
{
    const size_t k = say->k == 0 ? 3 : say->k;
    const struct toc_oprf_output output = output_of(supplier);
    const struct toc_scalar place = toc_token_place(&context->group, who);
    struct toc_scalar coefficients[TOC_SHARING_MAX];
    struct toc_element *const commitments = toc_arena_zero(arena, k, sizeof *commitments);
    const uint8_t nonce[TOC_SEAL_NONCE_LEN] = {9};

    ck_assert_int_eq(toc_token_coefficients(context, &output, 1, k, coefficients), TOC_OK);
    ck_assert_int_eq(toc_sharing_point(coefficients, k, &place, &subject->share), TOC_OK);
    ck_assert_int_eq(toc_sharing_commit(coefficients, k, commitments), TOC_OK);
    subject->commitments = commitments;
    subject->commitments_len = k;
    subject->share.bytes[0] ^= say->lie;
    const struct toc_token_key key = toc_token_name_key(context, &coefficients[0]);
    ck_assert_int_eq(toc_name_seal(context, &subject->token, &key, "Careful Ltd (01234567)", nonce,
                                   &subject->name),
                     TOC_OK);
}

static inline struct toc_flag_subject subject_of(const char *who, const struct say *say,
                                                 enum toc_token_kind kind, unsigned supplier,
                                                 bool of_parent)
{
    const struct toc_token_context context = context_of(say, kind);
    const struct toc_token_keys keys = keys_of(say, kind, supplier);
    const struct toc_detail detail = {.text = who, .reference = ""};
    struct toc_flag_subject subject = {
        .of_parent = of_parent, .kind = kind, .token = keys.token, .alert = keys.alert};

    subject.detail.id[0] = (uint8_t)who[0];
    subject.detail.id[1] = (uint8_t)++submissions;
    subject.detail.revision = 1;
    ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &detail, &subject.detail), TOC_OK);
    share_of(who, say, &context, supplier, &subject);
    subject.token.bytes[3] ^= say->misfit;
    return subject;
}

#endif
