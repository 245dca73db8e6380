#include "box.h"
#include "ensure.h"
#include <sodium.h>

_Static_assert(TOC_BOX_KEY_LEN == crypto_box_PUBLICKEYBYTES, "X25519 public key");
_Static_assert(TOC_BOX_KEY_LEN == crypto_box_SECRETKEYBYTES, "X25519 secret key");
_Static_assert(TOC_BOX_OVERHEAD == crypto_box_SEALBYTES, "ephemeral key and tag");

/* Cheap once done; picks the fast implementations and opens the random source. */
static void ready(void)
{
    TOC_ASSERT(sodium_init() >= 0);
}

void toc_box_keypair(struct toc_box_public *ret_public, struct toc_box_secret *ret_secret)
{
    ready();
    TOC_ASSERT(crypto_box_keypair(ret_public->bytes, ret_secret->bytes) == 0);
}

void toc_box_keypair_from(const uint8_t seed[32], struct toc_box_public *ret_public,
                          struct toc_box_secret *ret_secret)
{
    ready();
    TOC_ASSERT(crypto_box_seed_keypair(ret_public->bytes, ret_secret->bytes, seed) == 0);
}

void toc_box_public_of(const struct toc_box_secret *secret, struct toc_box_public *ret_public)
{
    ready();
    TOC_ASSERT(crypto_scalarmult_base(ret_public->bytes, secret->bytes) == 0);
}

bool toc_box_public_valid(const struct toc_box_public *key)
{
    ready();
    /* Any scalar will do: clamping makes it a multiple of 8, which takes every small-order point to
     * zero, and libsodium refuses zero. */
    static const uint8_t scalar[crypto_scalarmult_SCALARBYTES] = {1};
    uint8_t product[crypto_scalarmult_BYTES];
    return crypto_scalarmult(product, scalar, key->bytes) == 0;
}

enum toc_result toc_box_seal(const struct toc_box_public *to, struct toc_bytes plain,
                             uint8_t *ret_sealed)
{
    ready();
    TOC_ENSURE(toc_box_public_valid(to), TOC_INVALID);
    TOC_ENSURE(plain.len <= crypto_box_MESSAGEBYTES_MAX - TOC_BOX_OVERHEAD, TOC_TOOBIG);
    TOC_ENSURE(crypto_box_seal(ret_sealed, plain.data, plain.len, to->bytes) == 0, TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_box_open(const struct toc_box_public *public_key,
                             const struct toc_box_secret *secret, struct toc_bytes sealed,
                             uint8_t *ret_plain)
{
    ready();
    TOC_ENSURE(sealed.len >= TOC_BOX_OVERHEAD, TOC_BADSIG);
    TOC_ENSURE(crypto_box_seal_open(ret_plain, sealed.data, sealed.len, public_key->bytes,
                                    secret->bytes) == 0,
               TOC_BADSIG);
    return TOC_OK;
}
