/* box: door to libsodium for X25519 keys and sealed boxes (crypto_box_seal): anyone can seal to a
 * public key, only its owner opens, and the sealer leaves no key behind. CURVE (transport) keys are
 * the same kind of pair. */
#ifndef TOC_BOX_H
#define TOC_BOX_H

#include "bytes.h"

#define TOC_BOX_KEY_LEN 32
#define TOC_BOX_OVERHEAD 48

struct toc_box_public {
    uint8_t bytes[TOC_BOX_KEY_LEN];
};
struct toc_box_secret {
    uint8_t bytes[TOC_BOX_KEY_LEN]; /* wipe after use */
};

void toc_box_keypair(struct toc_box_public *ret_public, struct toc_box_secret *ret_secret);
void toc_box_keypair_from(const uint8_t seed[32], struct toc_box_public *ret_public,
                          struct toc_box_secret *ret_secret);
/* The public half of a secret one. */
void toc_box_public_of(const struct toc_box_secret *secret, struct toc_box_public *ret_public);
/* Not small-order. */
bool toc_box_public_valid(const struct toc_box_public *key);
/* Output is plain.len + TOC_BOX_OVERHEAD. TOC_INVALID on a key that is no key. */
enum toc_result toc_box_seal(const struct toc_box_public *to, struct toc_bytes plain,
                             uint8_t *ret_sealed) TOC_MUST_CHECK;
/* Output is sealed.len - TOC_BOX_OVERHEAD. TOC_BADSIG when it does not open. */
enum toc_result toc_box_open(const struct toc_box_public *public_key,
                             const struct toc_box_secret *secret, struct toc_bytes sealed,
                             uint8_t *ret_plain) TOC_MUST_CHECK;

#endif
