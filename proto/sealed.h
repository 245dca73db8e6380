/* sealed: the small sealed things inside flags and alerts, each of one length whatever it says, so
 * that its length tells nothing: what an alert says, what a reporter adds, and a supplier's name.
 * The sizes and what each is bound to are in PROTOCOL.md 19. */
#ifndef TOC_SEALED_H
#define TOC_SEALED_H

#include "arena.h"
#include "event.h"
#include "token.h"

#define TOC_FLAG_ID_LEN 16
#define TOC_BODY_PLAIN_LEN 512
#define TOC_BODY_SEALED_LEN (TOC_BODY_PLAIN_LEN + TOC_SEAL_TAG_LEN)
#define TOC_DETAIL_PLAIN_LEN 256 /* a name has the same */
#define TOC_DETAIL_SEALED_LEN (TOC_DETAIL_PLAIN_LEN + TOC_SEAL_TAG_LEN)
#define TOC_DETAIL_TEXT_MAX 160
#define TOC_DETAIL_REFERENCE_MAX 40

struct toc_sealed_detail {
    uint8_t id[TOC_FLAG_ID_LEN];
    uint32_t revision;
    uint8_t nonce[TOC_SEAL_NONCE_LEN];
    uint8_t sealed[TOC_DETAIL_SEALED_LEN];
};
struct toc_sealed_name {
    uint8_t nonce[TOC_SEAL_NONCE_LEN];
    uint8_t sealed[TOC_DETAIL_SEALED_LEN];
};
struct toc_sealed_body {
    uint8_t nonce[TOC_SEAL_NONCE_LEN];
    uint8_t sealed[TOC_BODY_SEALED_LEN];
};

/* What is said about a supplier to those who have it. */
struct toc_alert_body {
    unsigned event;
    enum toc_source source;
    unsigned severity;
    enum toc_flag_status status;
    unsigned expires_quarter; /* year * 4 + quarter - 1 */
    enum toc_clause clause;
    enum toc_action action;
    enum toc_reporters reporters;
    bool named;     /* the hub has learnt the name from k flags */
    bool of_parent; /* the token is of the supplier's parent */
    bool has_detail;
    struct toc_sealed_detail detail;
};
/* What a reporter adds. Texts are never NULL. */
struct toc_detail {
    const char *text;      /* at most TOC_DETAIL_TEXT_MAX bytes */
    const char *reference; /* of a notice or case, at most TOC_DETAIL_REFERENCE_MAX */
    uint32_t event_date;   /* days since 1970; 0: not known */
};
/* Whose statement it is: an alert's id and revision, or a flag's. */
struct toc_statement_of {
    const uint8_t *id; /* TOC_FLAG_ID_LEN */
    uint32_t revision;
};

/* TOC_INVALID for a body that keeps no rule of PROTOCOL.md 19; the nonce is in `ret_sealed`. */
enum toc_result toc_body_seal(struct toc_arena *arena, const struct toc_token_context *context,
                              const struct toc_token_keys *keys, const struct toc_statement_of *of,
                              const struct toc_alert_body *body,
                              const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                              struct toc_sealed_body *ret_sealed) TOC_MUST_CHECK;
/* TOC_BADSIG: another key, another alert, or changed. TOC_MALFORMED, TOC_INVALID: sealed by one who
 * keeps no rules. */
enum toc_result toc_body_open(struct toc_arena *arena, const struct toc_token_context *context,
                              const struct toc_token_key *alert, const struct toc_statement_of *of,
                              const struct toc_sealed_body *sealed, struct toc_alert_body *ret_body)
    TOC_MUST_CHECK;

/* ret_sealed comes with id, revision and nonce filled in. */
enum toc_result toc_detail_seal(struct toc_arena *arena, const struct toc_token_context *context,
                                const struct toc_token_keys *keys, const struct toc_detail *detail,
                                struct toc_sealed_detail *ret_sealed) TOC_MUST_CHECK;
enum toc_result toc_detail_open(struct toc_arena *arena, const struct toc_token_context *context,
                                const struct toc_token_keys *keys,
                                const struct toc_sealed_detail *sealed,
                                struct toc_detail *ret_detail) TOC_MUST_CHECK;

/* A supplier's name, and its number after it, under the name key. Text of at most
 * TOC_DETAIL_PLAIN_LEN - 2 bytes; ret_text has room for TOC_DETAIL_PLAIN_LEN. */
enum toc_result toc_name_seal(const struct toc_token_context *context,
                              const struct toc_token *token, const struct toc_token_key *name_key,
                              const char *text, const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                              struct toc_sealed_name *ret_sealed) TOC_MUST_CHECK;
enum toc_result toc_name_open(const struct toc_token_context *context,
                              const struct toc_token *token, const struct toc_token_key *name_key,
                              const struct toc_sealed_name *sealed, char *ret_text) TOC_MUST_CHECK;

#endif
