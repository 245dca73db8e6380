/* token: a subject's pseudonym, and the keys that come with it. All of it is derived from what the
 * holders made together (oprf.h), so that nobody can look subjects up in bulk: the token names, the
 * alert key opens what the hub writes, the subject key what councils write to each other, and the
 * coefficients share the subject's name (sharing.h). Pure functions; PROTOCOL.md, "Tokens".
 *
 * Whoever has an alert key can compute its token; nobody gets from a token, or from an alert key,
 * to anything else here. */
#ifndef TOC_TOKEN_H
#define TOC_TOKEN_H

#include "digest.h"
#include "seal.h"
#include "sharing.h"

#define TOC_TOKEN_LEN 16
#define TOC_TOKEN_INPUT_MAX TOC_OPRF_INPUT_MAX
#define TOC_TOKEN_OUTPUTS_MAX 16 /* holders of a token epoch: TOC_HOLDERS_MAX */

/* What a token may be used for: tokens of two purposes are joined only by who has the subject. */
enum toc_purpose {
    TOC_PURPOSE_PUBLIC = 1,   /* flags whose source is a public register or announcement */
    TOC_PURPOSE_DISTRESS = 2, /* the other flags */
    TOC_PURPOSE_EXERCISE = 3, /* drills */
    TOC_PURPOSE_RISK = 4,
    TOC_PURPOSE_LINK = 5,
};
enum toc_token_kind {
    TOC_TOKEN_ID = 1,   /* of a registry number */
    TOC_TOKEN_NAME = 2, /* of a folded corporate name */
};

struct toc_token {
    uint8_t bytes[TOC_TOKEN_LEN];
};
struct toc_token_key {
    uint8_t bytes[TOC_SEAL_KEY_LEN]; /* secret: wipe after use */
};
/* What a council that has the subject holds for one purpose. */
struct toc_token_keys {
    struct toc_token token;
    struct toc_token_key alert;   /* goes to the hub with a flag */
    struct toc_token_key subject; /* never leaves councils */
};
/* Of whom: everything below depends on all of it. */
struct toc_token_context {
    struct toc_hash group;
    enum toc_purpose purpose;
    enum toc_token_kind kind;
    uint32_t token_epoch;
};

/* "public", "distress", ...; "id", "name". NULL for no value of the enum. */
const char *toc_purpose_name(enum toc_purpose purpose);
const char *toc_token_kind_name(enum toc_token_kind kind);

/* What the holders are asked about: version, kind, scheme, normal form. `scheme` is a register's
 * code of orgid.h for an id, and empty for a name; `text` the normal form, or the folded name.
 * VAT numbers never. TOC_INVALID, TOC_TOOBIG; ret_input has room for TOC_TOKEN_INPUT_MAX. */
enum toc_result toc_token_input(enum toc_token_kind kind, const char *scheme, const char *text,
                                uint8_t ret_input[TOC_TOKEN_INPUT_MAX], size_t *ret_len)
    TOC_MUST_CHECK;

/* From the holders' outputs, in the order of the roster. TOC_INVALID for none or too many. */
enum toc_result toc_token_derive(const struct toc_token_context *context,
                                 const struct toc_oprf_output *outputs, size_t outputs_len,
                                 struct toc_token_keys *ret_keys) TOC_MUST_CHECK;
/* The token that goes with an alert key: how the hub refuses a pair that does not fit. */
struct toc_token toc_token_of(const struct toc_token_context *context,
                              const struct toc_token_key *alert);

/* Naming at k: the k coefficients of the subject's polynomial. TOC_INVALID unless k is 1 to
 * TOC_SHARING_MAX. */
enum toc_result toc_token_coefficients(const struct toc_token_context *context,
                                       const struct toc_oprf_output *outputs, size_t outputs_len,
                                       size_t k, struct toc_scalar *ret_coefficients)
    TOC_MUST_CHECK;
/* Where a member's point lies. A successor uses the id of the first it succeeds. */
struct toc_scalar toc_token_place(const struct toc_hash *group, const char *member);
/* The key that the subject's name is sealed under. */
struct toc_token_key toc_token_name_key(const struct toc_token_context *context,
                                        const struct toc_scalar *constant);

#endif
