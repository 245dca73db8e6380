/* keyfile: the secret halves of one member, in one 0600 file, and the signer's file. Text, one
 * `name = hex` a line after a first line "tocsin-member-key 1", so that a person can see what it
 * is. Unknown lines are an error: a key file from a newer version must not be half understood. */
#ifndef TOC_KEYFILE_H
#define TOC_KEYFILE_H

#include "bounds.h"
#include "box.h"
#include "sign.h"

/* VOPRF keys of a token epoch (RFC 9497 scalar, 32 bytes little-endian) are kept from the start, so
 * that every request carries their public halves. */
#define TOC_TOKEN_KEY_LEN 32
#define TOC_TOKEN_KEYS 2 /* this token epoch and the next */

struct toc_member_keys {
    char member[TOC_MEMBER_LEN_MAX + 1];
    struct toc_box_public curve_public;
    struct toc_box_secret curve_secret;
    struct toc_box_public curve_next_public; /* zero when there is none */
    struct toc_box_secret curve_next_secret;
    struct toc_sign_public sign_public;
    struct toc_sign_secret sign_secret;
    struct toc_box_public box_public;
    struct toc_box_secret box_secret;
    uint8_t token_secret[TOC_TOKEN_KEYS][TOC_TOKEN_KEY_LEN];
    uint8_t token_public[TOC_TOKEN_KEYS][TOC_TOKEN_KEY_LEN]; /* ristretto255 elements */
};

/* Fresh keys for everything. */
void toc_member_keys_new(const char *member, struct toc_member_keys *ret_keys);
/* Never overwrites (TOC_EXISTS). Mode 0600. */
enum toc_result toc_member_keys_save(const char *path, const struct toc_member_keys *keys,
                                     struct toc_why *why) TOC_MUST_CHECK;
/* TOC_DENIED when others can read the file; TOC_MALFORMED names the line. Public halves are
 * derived. */
enum toc_result toc_member_keys_load(const char *path, struct toc_member_keys *ret_keys,
                                     struct toc_why *why) TOC_MUST_CHECK;
void toc_member_keys_wipe(struct toc_member_keys *keys);

/* The key that signs rosters. Same rules; first line "tocsin-signer-key 1". */
struct toc_signer_key {
    struct toc_sign_public public_key;
    struct toc_sign_secret secret;
};
enum toc_result toc_signer_key_save(const char *path, const struct toc_signer_key *key,
                                    struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_signer_key_load(const char *path, struct toc_signer_key *ret_key,
                                    struct toc_why *why) TOC_MUST_CHECK;

#endif
