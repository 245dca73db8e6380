/* sign: door to libsodium for Ed25519. libsodium refuses small-order and non-canonical keys and
 * signatures, which OpenSSL accepts. What is signed starts with a tag, a NUL and the group hash. */
#ifndef TOC_SIGN_H
#define TOC_SIGN_H

#include "digest.h"

#define TOC_SIGN_PUBLIC_LEN 32
#define TOC_SIGN_SECRET_LEN 64
#define TOC_SIGNATURE_LEN 64

struct toc_sign_public {
    uint8_t bytes[TOC_SIGN_PUBLIC_LEN];
};
struct toc_sign_secret {
    uint8_t bytes[TOC_SIGN_SECRET_LEN]; /* wipe after use */
};
struct toc_signature {
    uint8_t bytes[TOC_SIGNATURE_LEN];
};

void toc_sign_keypair(struct toc_sign_public *ret_public, struct toc_sign_secret *ret_secret);
/* From a 32-byte seed, for vectors and the simulation. */
void toc_sign_keypair_from(const uint8_t seed[32], struct toc_sign_public *ret_public,
                           struct toc_sign_secret *ret_secret);
/* The seed it came from: what a key file keeps. */
void toc_sign_seed_of(const struct toc_sign_secret *secret, uint8_t ret_seed[32]);
/* A point of the prime-order group in canonical form: the only keys `admit` takes. */
bool toc_sign_public_valid(const struct toc_sign_public *key);
struct toc_signature toc_sign(const struct toc_sign_secret *secret, const char *tag,
                              const struct toc_hash *group, struct toc_bytes message);
/* TOC_BADSIG unless it verifies. */
enum toc_result toc_sign_verify(const struct toc_sign_public *key, const char *tag,
                                const struct toc_hash *group, struct toc_bytes message,
                                const struct toc_signature *signature) TOC_MUST_CHECK;

#endif
