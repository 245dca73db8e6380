#include "sealed.h"
#include "ensure.h"
#include "ident.h"
#include "wire_sealed.h"
#include <string.h>

static const char body_tag[] = "tocsin alert-body 1";
static const char detail_tag[] = "tocsin detail 1";
static const char name_tag[] = "tocsin name 1";

enum {
    LEN_PREFIX = 2,
    BOUND_MAX = 160, /* tag, group, two numbers, token, id */
};

/* ---- of one length: two bytes of length, the content, zeros ---- */

static enum toc_result pad(struct toc_bytes content, uint8_t *ret_plain, size_t plain_len)
{
    TOC_ENSURE(content.len + LEN_PREFIX <= plain_len, TOC_TOOBIG);
    memset(ret_plain, 0, plain_len);
    ret_plain[0] = (uint8_t)(content.len >> 8);
    ret_plain[1] = (uint8_t)content.len;
    memcpy(ret_plain + LEN_PREFIX, content.data, content.len);
    return TOC_OK;
}

/* What lies in the padding could say to one reader what another does not see. */
static enum toc_result unpad(const uint8_t *plain, size_t plain_len, struct toc_bytes *ret_content)
{
    const size_t len = (size_t)plain[0] << 8 | plain[1];
    TOC_ENSURE(len + LEN_PREFIX <= plain_len, TOC_MALFORMED);
    for (size_t i = len + LEN_PREFIX; i < plain_len; i++) {
        TOC_ENSURE(plain[i] == 0, TOC_MALFORMED);
    }
    *ret_content = toc_bytes_of(plain + LEN_PREFIX, len);
    return TOC_OK;
}

/* ---- what a sealed thing is bound to ---- */

struct bound {
    uint8_t bytes[BOUND_MAX];
    size_t len;
};

static void put(struct bound *bound, const void *bytes, size_t len)
{
    TOC_ASSERT(bound->len + len <= sizeof bound->bytes);
    memcpy(bound->bytes + bound->len, bytes, len);
    bound->len += len;
}

static void put_u32(struct bound *bound, uint32_t value)
{
    uint8_t bytes[4];
    toc_put_u32(bytes, value);
    put(bound, bytes, sizeof bytes);
}

static struct toc_bytes bind(struct bound *bound, const char *tag,
                             const struct toc_token_context *context, const struct toc_token *token)
{
    bound->len = 0;
    put(bound, tag, strlen(tag) + 1);
    put(bound, context->group.bytes, sizeof context->group.bytes);
    put_u32(bound, context->token_epoch);
    put(bound, token->bytes, sizeof token->bytes);
    return toc_bytes_of(bound->bytes, bound->len);
}

static struct toc_bytes bind_statement(struct bound *bound, const char *tag,
                                       const struct toc_token_context *context,
                                       const struct toc_token *token, const uint8_t *id,
                                       uint32_t revision)
{
    (void)bind(bound, tag, context, token);
    put(bound, id, TOC_FLAG_ID_LEN);
    put_u32(bound, revision);
    return toc_bytes_of(bound->bytes, bound->len);
}

/* ---- what an alert says ---- */

static enum toc_result check_body(const struct toc_alert_body *body)
{
    TOC_ENSURE(toc_event_of(body->event) != NULL, TOC_INVALID);
    TOC_ENSURE(toc_source_name(body->source) != NULL, TOC_INVALID);
    TOC_ENSURE(body->severity >= 1 && body->severity <= TOC_SEVERITY_MAX, TOC_INVALID);
    TOC_ENSURE(toc_flag_status_name(body->status) != NULL, TOC_INVALID);
    TOC_ENSURE(toc_clause_name(body->clause) != NULL, TOC_INVALID);
    TOC_ENSURE(toc_action_name(body->action) != NULL, TOC_INVALID);
    TOC_ENSURE(toc_reporters_name(body->reporters) != NULL, TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_body_seal(struct toc_arena *arena, const struct toc_token_context *context,
                              const struct toc_token_keys *keys, const struct toc_statement_of *of,
                              const struct toc_alert_body *body,
                              const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                              struct toc_sealed_body *ret_sealed)
{
    uint8_t plain[TOC_BODY_PLAIN_LEN];
    struct bound bound;
    struct toc_bytes content;
    TOC_TRY(check_body(body));
    TOC_TRY(toc_wire_alert_body_encode(arena, body, &content));
    TOC_TRY(pad(content, plain, sizeof plain));
    memcpy(ret_sealed->nonce, nonce, TOC_SEAL_NONCE_LEN);
    return toc_seal(keys->alert.bytes, nonce,
                    bind_statement(&bound, body_tag, context, &keys->token, of->id, of->revision),
                    toc_bytes_of(plain, sizeof plain), ret_sealed->sealed);
}

enum toc_result toc_body_open(struct toc_arena *arena, const struct toc_token_context *context,
                              const struct toc_token_key *alert, const struct toc_statement_of *of,
                              const struct toc_sealed_body *sealed, struct toc_alert_body *ret_body)
{
    const struct toc_token token = toc_token_of(context, alert);
    uint8_t plain[TOC_BODY_PLAIN_LEN];
    struct bound bound;
    struct toc_bytes content;
    struct toc_alert_body body;
    TOC_TRY(toc_open(alert->bytes, sealed->nonce,
                     bind_statement(&bound, body_tag, context, &token, of->id, of->revision),
                     toc_bytes_of(sealed->sealed, sizeof sealed->sealed), plain));
    TOC_TRY(unpad(plain, sizeof plain, &content));
    TOC_TRY(toc_wire_alert_body_decode(arena, content, &body));
    TOC_TRY(check_body(&body));
    *ret_body = body;
    return TOC_OK;
}

/* ---- what a reporter adds ---- */

static enum toc_result check_detail(const struct toc_detail *detail)
{
    TOC_ENSURE(detail->text[0] == '\0' || toc_ident_text(detail->text, TOC_DETAIL_TEXT_MAX),
               TOC_INVALID);
    TOC_ENSURE(detail->reference[0] == '\0' ||
                   toc_ident_text(detail->reference, TOC_DETAIL_REFERENCE_MAX),
               TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_detail_seal(struct toc_arena *arena, const struct toc_token_context *context,
                                const struct toc_token_keys *keys, const struct toc_detail *detail,
                                struct toc_sealed_detail *ret_sealed)
{
    uint8_t plain[TOC_DETAIL_PLAIN_LEN];
    struct bound bound;
    struct toc_bytes content;
    TOC_TRY(check_detail(detail));
    TOC_TRY(toc_wire_detail_encode(arena, detail, &content));
    TOC_TRY(pad(content, plain, sizeof plain));
    return toc_seal(keys->subject.bytes, ret_sealed->nonce,
                    bind_statement(&bound, detail_tag, context, &keys->token, ret_sealed->id,
                                   ret_sealed->revision),
                    toc_bytes_of(plain, sizeof plain), ret_sealed->sealed);
}

enum toc_result toc_detail_open(struct toc_arena *arena, const struct toc_token_context *context,
                                const struct toc_token_keys *keys,
                                const struct toc_sealed_detail *sealed,
                                struct toc_detail *ret_detail)
{
    uint8_t *const plain = toc_arena_get(arena, TOC_DETAIL_PLAIN_LEN);
    struct bound bound;
    struct toc_bytes content;
    struct toc_detail detail;
    TOC_ENSURE(plain != NULL, TOC_NOMEM);
    TOC_TRY(toc_open(
        keys->subject.bytes, sealed->nonce,
        bind_statement(&bound, detail_tag, context, &keys->token, sealed->id, sealed->revision),
        toc_bytes_of(sealed->sealed, sizeof sealed->sealed), plain));
    TOC_TRY(unpad(plain, TOC_DETAIL_PLAIN_LEN, &content));
    TOC_TRY(toc_wire_detail_decode(arena, content, &detail));
    TOC_TRY(check_detail(&detail));
    *ret_detail = detail;
    return TOC_OK;
}

/* ---- a supplier's name ---- */

enum toc_result toc_name_seal(const struct toc_token_context *context,
                              const struct toc_token *token, const struct toc_token_key *name_key,
                              const char *text, const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                              struct toc_sealed_name *ret_sealed)
{
    uint8_t plain[TOC_DETAIL_PLAIN_LEN];
    struct bound bound;
    TOC_ENSURE(toc_ident_text(text, TOC_DETAIL_PLAIN_LEN - LEN_PREFIX), TOC_INVALID);
    TOC_TRY(pad(toc_bytes_text(text), plain, sizeof plain));
    memcpy(ret_sealed->nonce, nonce, TOC_SEAL_NONCE_LEN);
    return toc_seal(name_key->bytes, nonce, bind(&bound, name_tag, context, token),
                    toc_bytes_of(plain, sizeof plain), ret_sealed->sealed);
}

enum toc_result toc_name_open(const struct toc_token_context *context,
                              const struct toc_token *token, const struct toc_token_key *name_key,
                              const struct toc_sealed_name *sealed, char *ret_text)
{
    uint8_t plain[TOC_DETAIL_PLAIN_LEN];
    char text[TOC_DETAIL_PLAIN_LEN];
    struct bound bound;
    struct toc_bytes content;
    TOC_TRY(toc_open(name_key->bytes, sealed->nonce, bind(&bound, name_tag, context, token),
                     toc_bytes_of(sealed->sealed, sizeof sealed->sealed), plain));
    TOC_TRY(unpad(plain, sizeof plain, &content));
    memcpy(text, content.data, content.len);
    text[content.len] = '\0';
    TOC_ENSURE(strlen(text) == content.len && toc_ident_text(text, TOC_DETAIL_PLAIN_LEN),
               TOC_MALFORMED);
    memcpy(ret_text, text, content.len + 1);
    return TOC_OK;
}
