#include "token.h"
#include "ensure.h"
#include "hkdf.h"
#include "suppliername.h"
#include <stdio.h>
#include <string.h>

static const char info_tag[] = "tocsin token-key 1";
static const char token_tag[] = "tocsin token 1";
static const char place_tag[] = "tocsin place 1";
static const char name_key_tag[] = "tocsin name-key 1";

enum {
    INPUT_VERSION = 1,
    WHAT_MAX = 24, /* "coefficients-16" */
    INFO_MAX = 128,
};

const char *toc_purpose_name(enum toc_purpose purpose)
{
    switch (purpose) {
    case TOC_PURPOSE_PUBLIC:
        return "public";
    case TOC_PURPOSE_DISTRESS:
        return "distress";
    case TOC_PURPOSE_EXERCISE:
        return "exercise";
    case TOC_PURPOSE_RISK:
        return "risk";
    case TOC_PURPOSE_LINK:
        return "link";
    }
    return NULL;
}

const char *toc_token_kind_name(enum toc_token_kind kind)
{
    switch (kind) {
    case TOC_TOKEN_ID:
        return "id";
    case TOC_TOKEN_NAME:
        return "name";
    }
    return NULL;
}

enum toc_result toc_token_input(enum toc_token_kind kind, const char *scheme, const char *text,
                                uint8_t ret_input[TOC_TOKEN_INPUT_MAX], size_t *ret_len)
{
    const char *const kind_name = toc_token_kind_name(kind);
    char fold[16];
    char head[64];
    TOC_ENSURE(kind_name != NULL && text[0] != '\0' && strcmp(scheme, "VAT") != 0, TOC_INVALID);
    TOC_ENSURE((kind == TOC_TOKEN_ID) == (scheme[0] != '\0'), TOC_INVALID);
    /* Which folding made a name is part of what it is. */
    (void)snprintf(fold, sizeof fold, "fold-%d", TOC_FOLD_VERSION);
    const int head_len = snprintf(head, sizeof head, "%d%c%s%c%s", INPUT_VERSION, 0, kind_name, 0,
                                  kind == TOC_TOKEN_ID ? scheme : fold);
    TOC_ENSURE(head_len > 0 && (size_t)head_len < sizeof head, TOC_TOOBIG);
    const size_t text_len = strlen(text);
    TOC_ENSURE((size_t)head_len + 1 + text_len <= TOC_TOKEN_INPUT_MAX, TOC_TOOBIG);
    memcpy(ret_input, head, (size_t)head_len + 1); /* its NUL is the last separator */
    memcpy(ret_input + head_len + 1, text, text_len);
    *ret_len = (size_t)head_len + 1 + text_len;
    return TOC_OK;
}

/* tag, what, purpose, kind, each with a NUL after it, and the token epoch. */
static size_t info_of(const struct toc_token_context *context, const char *what,
                      uint8_t ret_info[INFO_MAX])
{
    const int len =
        snprintf((char *)ret_info, INFO_MAX - 4, "%s%c%s%c%s%c%s%c", info_tag, 0, what, 0,
                 toc_purpose_name(context->purpose), 0, toc_token_kind_name(context->kind), 0);
    TOC_ASSERT(len > 0 && len < INFO_MAX - 4);
    toc_put_u32(ret_info + len, context->token_epoch);
    return (size_t)len + 4;
}

static bool is_context(const struct toc_token_context *context)
{
    return toc_purpose_name(context->purpose) != NULL && toc_token_kind_name(context->kind) != NULL;
}

static enum toc_result derive(const struct toc_token_context *context,
                              const struct toc_oprf_output *outputs, size_t outputs_len,
                              const char *what, uint8_t *ret_key, size_t len)
{
    uint8_t info[INFO_MAX];
    TOC_ENSURE(is_context(context), TOC_INVALID);
    TOC_ENSURE(outputs_len > 0 && outputs_len <= TOC_TOKEN_OUTPUTS_MAX, TOC_INVALID);
    return toc_hkdf(toc_bytes_of(context->group.bytes, TOC_HASH_LEN),
                    toc_bytes_of(outputs, outputs_len * sizeof outputs[0]),
                    toc_bytes_of(info, info_of(context, what, info)), ret_key, len);
}

struct toc_token toc_token_of(const struct toc_token_context *context,
                              const struct toc_token_key *alert)
{
    uint8_t epoch[4];
    struct toc_token token;
    toc_put_u32(epoch, context->token_epoch);
    TOC_ASSERT(is_context(context));
    const struct toc_bytes parts[] = {
        toc_bytes_text(toc_purpose_name(context->purpose)),
        toc_bytes_of("", 1),
        toc_bytes_text(toc_token_kind_name(context->kind)),
        toc_bytes_of("", 1),
        toc_bytes_of(epoch, sizeof epoch),
        toc_bytes_of(alert->bytes, sizeof alert->bytes),
    };
    const struct toc_hash hash =
        toc_digest(token_tag, &context->group, parts, sizeof parts / sizeof parts[0]);
    memcpy(token.bytes, hash.bytes, sizeof token.bytes);
    return token;
}

enum toc_result toc_token_derive(const struct toc_token_context *context,
                                 const struct toc_oprf_output *outputs, size_t outputs_len,
                                 struct toc_token_keys *ret_keys)
{
    struct toc_token_keys keys = {0};
    TOC_TRY(
        derive(context, outputs, outputs_len, "alert", keys.alert.bytes, sizeof keys.alert.bytes));
    TOC_TRY(derive(context, outputs, outputs_len, "subject", keys.subject.bytes,
                   sizeof keys.subject.bytes));
    keys.token = toc_token_of(context, &keys.alert);
    *ret_keys = keys;
    toc_bytes_wipe(&keys, sizeof keys);
    return TOC_OK;
}

enum toc_result toc_token_coefficients(const struct toc_token_context *context,
                                       const struct toc_oprf_output *outputs, size_t outputs_len,
                                       size_t k, struct toc_scalar *ret_coefficients)
{
    uint8_t wide[TOC_SHARING_MAX][TOC_OPRF_WIDE_LEN];
    char what[WHAT_MAX];
    TOC_ENSURE(k > 0 && k <= TOC_SHARING_MAX, TOC_INVALID);
    (void)snprintf(what, sizeof what, "coefficients-%zu", k);
    TOC_TRY(derive(context, outputs, outputs_len, what, wide[0], k * sizeof wide[0]));
    enum toc_result result = TOC_OK;
    for (size_t i = 0; i < k && result == TOC_OK; i++) {
        result = toc_scalar_from(wide[i], &ret_coefficients[i]);
    }
    toc_bytes_wipe(wide, sizeof wide);
    return result;
}

/* 256 bits reduced are enough here: a place must be different for each member, not secret. */
struct toc_scalar toc_token_place(const struct toc_hash *group, const char *member)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN] = {0};
    struct toc_scalar place = {{1}};
    const struct toc_bytes part = toc_bytes_text(member);
    const struct toc_hash hash = toc_digest(place_tag, group, &part, 1);
    memcpy(wide, hash.bytes, sizeof hash.bytes);
    const enum toc_result result = toc_scalar_from(wide, &place);
    TOC_ASSERT(result == TOC_OK);
    return place;
}

struct toc_token_key toc_token_name_key(const struct toc_token_context *context,
                                        const struct toc_scalar *constant)
{
    struct toc_token_key key;
    const struct toc_bytes part = toc_bytes_of(constant->bytes, sizeof constant->bytes);
    const struct toc_hash hash = toc_digest(name_key_tag, &context->group, &part, 1);
    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}
