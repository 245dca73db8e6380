/* wire_roster: bytes of rosters and requests to validated plain structs and back. Shape and limits
 * only; what a roster means, and whether it may follow another, is roster.h. A decoded roster owns
 * nothing: everything lies in the arena, which must outlive it. */
#ifndef TOC_WIRE_ROSTER_H
#define TOC_WIRE_ROSTER_H

#include "box.h"
#include "keyfile.h"
#include "oprf.h"
#include "roster_rules.h"
#include "wire_batch.h"

enum toc_role {
    TOC_ROLE_COUNCIL = 1,
    TOC_ROLE_BODY = 2,
    TOC_ROLE_HUB = 3,
    TOC_ROLE_HOLDER = 4,
    TOC_ROLE_OBSERVER = 5,
};
/* A set of roles: bit 1 << role. */
typedef uint32_t toc_roles;
#define TOC_ROLE_BIT(role) ((toc_roles)1U << (role))
const char *toc_role_name(enum toc_role role);
enum toc_result toc_role_parse(const char *text, enum toc_role *ret_role) TOC_MUST_CHECK;

struct toc_buyer {
    const char *scheme; /* org-id.guide code, such as GB-LAE */
    const char *id;
};

struct toc_member {
    char id[TOC_MEMBER_LEN_MAX + 1];
    const char *name;
    const char *gss; /* empty: none */
    toc_roles roles;
    struct toc_box_public curve_public;
    struct toc_box_public curve_next_public; /* zero: none */
    struct toc_sign_public sign_public;
    struct toc_box_public box_public;
    uint8_t token_public[TOC_TOKEN_KEYS][TOC_TOKEN_KEY_LEN];
    const struct toc_buyer *buyers;
    size_t buyers_len;
    const char *const *aliases;
    size_t aliases_len;
    const char *const *succeeds;
    size_t succeeds_len;
    uint64_t admitted_version; /* the roster version that brought these keys; 0 in a request */
};

struct toc_request {
    struct toc_signed envelope;
    int64_t time_ms;
    struct toc_member member;
};
enum toc_result toc_wire_request_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                        struct toc_request *ret_request) TOC_MUST_CHECK;
/* Body only; keys.h signs and envelopes it. */
enum toc_result toc_wire_request_encode(struct toc_arena *arena, int64_t time_ms,
                                        const struct toc_member *member, struct toc_bytes *ret_body)
    TOC_MUST_CHECK;

enum toc_audience {
    TOC_AUDIENCE_GROUP = 1,
    TOC_AUDIENCE_GROUP_AND_OBSERVERS = 2,
    TOC_AUDIENCE_HUBS = 3,
    TOC_AUDIENCE_HOLDERS = 4,
    TOC_AUDIENCE_NAMED_MEMBER = 5,
    TOC_AUDIENCE_LIST = 6,
};

struct toc_stream_rule {
    const char *stream; /* a trailing '*' matches any rest */
    toc_roles publishers;
    enum toc_audience audience;
    const char *list; /* for TOC_AUDIENCE_LIST */
    bool history_from_admission;
    uint32_t retention_days; /* 0: for ever */
    bool confidential;
};

struct toc_member_list {
    const char *name;
    const char *const *members;
    size_t members_len;
};

struct toc_pin {
    struct toc_log_id log;
    uint64_t next_sequence;
    struct toc_hash head;
};

struct toc_roster {
    const char *group;
    uint64_t version;         /* from 1 */
    struct toc_hash previous; /* zero in version 1 */
    int64_t issued_ms;
    int64_t expires_ms;
    uint32_t grace_days;
    uint32_t threshold;
    const struct toc_sign_public *signers;
    size_t signers_len;
    const struct toc_member *members; /* sorted by id, no two alike */
    size_t members_len;
    const struct toc_stream_rule *streams;
    size_t streams_len;
    const struct toc_member_list *lists;
    size_t lists_len;
    const struct toc_pin *pins;
    size_t pins_len;
    uint32_t token_epoch; /* 0: none yet */
    const char *const *holders;
    const struct toc_element *holder_keys; /* of this token epoch, as many and in this order */
    size_t holders_len;
    struct toc_rules rules; /* as written; toc_roster_rules fills in the defaults */
};

struct toc_roster_signature {
    struct toc_sign_public signer;
    struct toc_signature signature;
};

struct toc_signed_roster {
    struct toc_bytes bytes;
    struct toc_bytes body;
    const struct toc_roster_signature *signatures;
    size_t signatures_len; /* at most 2 * TOC_SIGNERS_MAX */
    struct toc_roster roster;
};
enum toc_result toc_wire_signed_roster_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                              struct toc_signed_roster *ret_roster) TOC_MUST_CHECK;
enum toc_result toc_wire_roster_encode(struct toc_arena *arena, const struct toc_roster *roster,
                                       struct toc_bytes *ret_body) TOC_MUST_CHECK;
enum toc_result toc_wire_signed_roster_encode(struct toc_arena *arena, struct toc_bytes body,
                                              const struct toc_roster_signature *signatures,
                                              size_t signatures_len, struct toc_bytes *ret_bytes)
    TOC_MUST_CHECK;

#endif
