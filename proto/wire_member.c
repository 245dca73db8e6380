#include "wire_member.h"
#include "ensure.h"
#include "ident.h"
#include <string.h>

#define REQUEST_FORMAT 1
#define ROLE_LAST TOC_ROLE_OBSERVER

static const char *const role_names[] = {
    [TOC_ROLE_COUNCIL] = "council", [TOC_ROLE_BODY] = "body",         [TOC_ROLE_HUB] = "hub",
    [TOC_ROLE_HOLDER] = "holder",   [TOC_ROLE_OBSERVER] = "observer",
};

const char *toc_role_name(enum toc_role role)
{
    TOC_ASSERT(role >= TOC_ROLE_COUNCIL && role <= ROLE_LAST);
    return role_names[role];
}

enum toc_result toc_role_parse(const char *text, enum toc_role *ret_role)
{
    TOC_ENSURE(text != NULL, TOC_INVALID);
    for (int role = TOC_ROLE_COUNCIL; role <= (int)ROLE_LAST; role++) {
        if (strcmp(role_names[role], text) == 0) {
            *ret_role = (enum toc_role)role;
            return TOC_OK;
        }
    }
    return TOC_INVALID;
}

/* ---- roles ---- */

enum toc_result toc_wire_check_roles(const Tocsin__Role *roles, size_t roles_len)
{
    TOC_ENSURE(roles_len >= 1, TOC_INVALID);
    TOC_ENSURE(roles_len <= TOC_ROLES_MAX, TOC_TOOBIG);
    int last = 0;
    for (size_t i = 0; i < roles_len; i++) {
        const int role = (int)roles[i];
        TOC_ENSURE(role > last && role <= (int)ROLE_LAST, TOC_INVALID);
        last = role;
    }
    return TOC_OK;
}

toc_roles toc_wire_take_roles(const Tocsin__Role *roles, size_t roles_len)
{
    toc_roles set = 0;
    for (size_t i = 0; i < roles_len; i++) {
        set |= TOC_ROLE_BIT(roles[i]);
    }
    return set;
}

enum toc_result toc_wire_give_roles(toc_roles roles, Tocsin__Role *ret_roles, size_t *ret_len)
{
    size_t len = 0;
    for (int role = TOC_ROLE_COUNCIL; role <= (int)ROLE_LAST; role++) {
        if ((roles & TOC_ROLE_BIT(role)) != 0) {
            ret_roles[len++] = (Tocsin__Role)role;
            roles &= ~TOC_ROLE_BIT(role);
        }
    }
    TOC_ENSURE(roles == 0, TOC_INVALID);
    *ret_len = len;
    return TOC_OK;
}

/* ---- keys ---- */

static bool is_zero(const uint8_t *bytes, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= bytes[i];
    }
    return any == 0;
}

/* Zero is how a struct says "no key", so no key may be zero. */
static enum toc_result check_key(ProtobufCBinaryData key)
{
    TOC_ENSURE(key.len == TOC_BOX_KEY_LEN, TOC_MALFORMED);
    TOC_ENSURE(!is_zero(key.data, key.len), TOC_INVALID);
    return TOC_OK;
}

static enum toc_result check_keys(const Tocsin__Member *member)
{
    TOC_TRY(check_key(member->curve_public));
    if (member->curve_next_public.len > 0) {
        TOC_TRY(check_key(member->curve_next_public));
    }
    TOC_TRY(check_key(member->sign_public));
    TOC_TRY(check_key(member->box_public));
    TOC_ENSURE(member->n_token_public == TOC_TOKEN_KEYS, TOC_MALFORMED);
    for (size_t i = 0; i < member->n_token_public; i++) {
        TOC_ENSURE(member->token_public[i].len == TOC_TOKEN_KEY_LEN, TOC_MALFORMED);
    }
    return TOC_OK;
}

static void take_keys(const Tocsin__Member *member, struct toc_member *ret_member)
{
    memcpy(ret_member->curve_public.bytes, member->curve_public.data, TOC_BOX_KEY_LEN);
    if (member->curve_next_public.len > 0) {
        memcpy(ret_member->curve_next_public.bytes, member->curve_next_public.data,
               TOC_BOX_KEY_LEN);
    }
    memcpy(ret_member->sign_public.bytes, member->sign_public.data, TOC_SIGN_PUBLIC_LEN);
    memcpy(ret_member->box_public.bytes, member->box_public.data, TOC_BOX_KEY_LEN);
    for (size_t i = 0; i < TOC_TOKEN_KEYS; i++) {
        memcpy(ret_member->token_public[i], member->token_public[i].data, TOC_TOKEN_KEY_LEN);
    }
}

static enum toc_result give_keys(struct toc_arena *arena, const struct toc_member *member,
                                 Tocsin__Member *message)
{
    message->curve_public = toc_wire_binary(member->curve_public.bytes, TOC_BOX_KEY_LEN);
    if (!is_zero(member->curve_next_public.bytes, TOC_BOX_KEY_LEN)) {
        message->curve_next_public =
            toc_wire_binary(member->curve_next_public.bytes, TOC_BOX_KEY_LEN);
    }
    message->sign_public = toc_wire_binary(member->sign_public.bytes, TOC_SIGN_PUBLIC_LEN);
    message->box_public = toc_wire_binary(member->box_public.bytes, TOC_BOX_KEY_LEN);
    message->token_public = toc_arena_zero(arena, TOC_TOKEN_KEYS, sizeof *message->token_public);
    TOC_ENSURE(message->token_public != NULL, TOC_NOMEM);
    message->n_token_public = TOC_TOKEN_KEYS;
    for (size_t i = 0; i < TOC_TOKEN_KEYS; i++) {
        message->token_public[i] = toc_wire_binary(member->token_public[i], TOC_TOKEN_KEY_LEN);
    }
    return TOC_OK;
}

/* ---- the rest of a member ---- */

static enum toc_result check_names(const Tocsin__Member *member)
{
    TOC_ENSURE(member->n_buyers <= TOC_BUYERS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < member->n_buyers; i++) {
        TOC_TRY(toc_wire_check_text(member->buyers[i]->scheme, TOC_BUYER_SCHEME_LEN_MAX));
        TOC_TRY(toc_wire_check_text(member->buyers[i]->id, TOC_BUYER_ID_LEN_MAX));
    }
    TOC_ENSURE(member->n_aliases <= TOC_ALIASES_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < member->n_aliases; i++) {
        TOC_TRY(toc_wire_check_text(member->aliases[i], TOC_NAME_LEN_MAX));
    }
    TOC_ENSURE(member->n_succeeds <= TOC_SUCCEEDS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < member->n_succeeds; i++) {
        TOC_ENSURE(toc_ident_member(member->succeeds[i]), TOC_INVALID);
        TOC_ENSURE(strcmp(member->succeeds[i], member->id) != 0, TOC_INVALID);
        for (size_t j = 0; j < i; j++) {
            TOC_ENSURE(strcmp(member->succeeds[i], member->succeeds[j]) != 0, TOC_INVALID);
        }
    }
    return TOC_OK;
}

enum toc_result toc_wire_check_member(const Tocsin__Member *member)
{
    TOC_ENSURE(toc_ident_member(member->id), TOC_INVALID);
    TOC_TRY(toc_wire_check_text(member->name, TOC_NAME_LEN_MAX));
    TOC_ENSURE(member->gss[0] == '\0' || toc_ident_gss(member->gss), TOC_INVALID);
    TOC_TRY(toc_wire_check_roles(member->roles, member->n_roles));
    TOC_TRY(check_keys(member));
    return check_names(member);
}

enum toc_result toc_wire_take_member(struct toc_arena *arena, const Tocsin__Member *member,
                                     struct toc_member *ret_member)
{
    struct toc_buyer *buyers = toc_arena_zero(arena, member->n_buyers, sizeof *buyers);
    TOC_ENSURE(buyers != NULL, TOC_NOMEM);
    for (size_t i = 0; i < member->n_buyers; i++) {
        buyers[i].scheme = member->buyers[i]->scheme;
        buyers[i].id = member->buyers[i]->id;
    }
    *ret_member = (struct toc_member){
        .name = member->name,
        .gss = member->gss,
        .roles = toc_wire_take_roles(member->roles, member->n_roles),
        .buyers = buyers,
        .buyers_len = member->n_buyers,
        .aliases = (const char *const *)member->aliases,
        .aliases_len = member->n_aliases,
        .succeeds = (const char *const *)member->succeeds,
        .succeeds_len = member->n_succeeds,
        .admitted_version = member->admitted_version,
    };
    toc_wire_take_name(member->id, ret_member->id);
    take_keys(member, ret_member);
    return TOC_OK;
}

static enum toc_result give_buyers(struct toc_arena *arena, const struct toc_member *member,
                                   Tocsin__Member *message)
{
    TOC_ENSURE(member->buyers_len <= TOC_BUYERS_MAX, TOC_TOOBIG);
    message->buyers = toc_arena_zero(arena, member->buyers_len, sizeof *message->buyers);
    Tocsin__Buyer *buyers = toc_arena_zero(arena, member->buyers_len, sizeof *buyers);
    TOC_ENSURE(message->buyers != NULL && buyers != NULL, TOC_NOMEM);
    for (size_t i = 0; i < member->buyers_len; i++) {
        tocsin__buyer__init(&buyers[i]);
        buyers[i].scheme = toc_wire_text(member->buyers[i].scheme);
        buyers[i].id = toc_wire_text(member->buyers[i].id);
        message->buyers[i] = &buyers[i];
    }
    message->n_buyers = member->buyers_len;
    return TOC_OK;
}

enum toc_result toc_wire_give_member(struct toc_arena *arena, const struct toc_member *member,
                                     Tocsin__Member *ret_member)
{
    Tocsin__Member message;
    tocsin__member__init(&message);
    message.id = toc_wire_text(member->id);
    message.name = toc_wire_text(member->name);
    message.gss = toc_wire_text(member->gss != NULL ? member->gss : "");
    message.roles = toc_arena_zero(arena, TOC_ROLES_MAX, sizeof *message.roles);
    TOC_ENSURE(message.roles != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_give_roles(member->roles, message.roles, &message.n_roles));
    TOC_TRY(give_keys(arena, member, &message));
    TOC_TRY(give_buyers(arena, member, &message));
    message.aliases = (char **)(uintptr_t)member->aliases;
    message.n_aliases = member->aliases_len;
    message.succeeds = (char **)(uintptr_t)member->succeeds;
    message.n_succeeds = member->succeeds_len;
    message.admitted_version = member->admitted_version;
    *ret_member = message;
    return TOC_OK;
}

/* ---- requests ---- */

static enum toc_result check_request(const Tocsin__RequestBody *request)
{
    TOC_ENSURE(request->format == REQUEST_FORMAT, TOC_INVALID);
    TOC_ENSURE(toc_wire_is_time(request->time_ms), TOC_INVALID);
    TOC_ENSURE(request->member != NULL, TOC_MALFORMED);
    TOC_TRY(toc_wire_check_member(request->member));
    /* Versions are the roster's to give. */
    TOC_ENSURE(request->member->admitted_version == 0, TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_wire_request_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                        struct toc_request *ret_request)
{
    struct toc_request request = {0};
    TOC_TRY(toc_wire_signed_decode(arena, bytes, &request.envelope));
    ProtobufCMessage *message;
    TOC_TRY(
        toc_wire_unpack(arena, &tocsin__request_body__descriptor, request.envelope.body, &message));
    const Tocsin__RequestBody *unpacked = (const Tocsin__RequestBody *)message;
    TOC_TRY(check_request(unpacked));
    request.time_ms = unpacked->time_ms;
    TOC_TRY(toc_wire_take_member(arena, unpacked->member, &request.member));
    *ret_request = request;
    return TOC_OK;
}

enum toc_result toc_wire_request_encode(struct toc_arena *arena, int64_t time_ms,
                                        const struct toc_member *member, struct toc_bytes *ret_body)
{
    Tocsin__Member inner;
    TOC_TRY(toc_wire_give_member(arena, member, &inner));
    Tocsin__RequestBody message;
    tocsin__request_body__init(&message);
    message.format = REQUEST_FORMAT;
    message.time_ms = time_ms;
    message.member = &inner;
    TOC_TRY(check_request(&message));
    return toc_wire_pack(arena, &message.base, TOC_REQUEST_LEN_MAX, ret_body);
}
