/* HKDF on libsodium's HMAC-SHA-256. OpenSSL's looks HMAC and SHA-256 up by their names each time,
 * 4 us, and a flag derives some keys at each who has its supplier. */
#include "hkdf.h"
#include "ensure.h"
#include <sodium.h>
#include <string.h>

enum { HASH_LEN = crypto_auth_hmacsha256_BYTES };

static void begin(crypto_auth_hmacsha256_state *state, const uint8_t *key, size_t len)
{
    (void)crypto_auth_hmacsha256_init(state, key, len); /* it cannot fail */
}

static void add(crypto_auth_hmacsha256_state *state, struct toc_bytes bytes)
{
    if (bytes.len > 0) {
        (void)crypto_auth_hmacsha256_update(state, bytes.data, bytes.len);
    }
}

/* RFC 5869, 2.2: a salt that is not given is as many zeros as a hash has bytes. */
static void extract(struct toc_bytes salt, struct toc_bytes input, uint8_t ret_key[HASH_LEN])
{
    static const uint8_t none[HASH_LEN];
    crypto_auth_hmacsha256_state state;
    begin(&state, salt.len > 0 ? salt.data : none, salt.len > 0 ? salt.len : sizeof none);
    add(&state, input);
    (void)crypto_auth_hmacsha256_final(&state, ret_key);
    sodium_memzero(&state, sizeof state);
}

enum toc_result toc_hkdf(struct toc_bytes salt, struct toc_bytes input, struct toc_bytes info,
                         uint8_t *ret_key, size_t len)
{
    crypto_auth_hmacsha256_state state;
    uint8_t key[HASH_LEN];
    uint8_t block[HASH_LEN];
    TOC_ENSURE(len <= TOC_HKDF_LEN_MAX && info.len <= TOC_HKDF_INFO_MAX, TOC_TOOBIG);
    extract(salt, input, key);
    for (size_t done = 0; done < len; done += sizeof block) {
        const uint8_t number = (uint8_t)(done / sizeof block + 1);
        begin(&state, key, sizeof key);
        add(&state, toc_bytes_of(block, done > 0 ? sizeof block : 0));
        add(&state, info);
        add(&state, toc_bytes_of(&number, 1));
        (void)crypto_auth_hmacsha256_final(&state, block);
        memcpy(ret_key + done, block, len - done < sizeof block ? len - done : sizeof block);
    }
    sodium_memzero(&state, sizeof state);
    sodium_memzero(key, sizeof key);
    sodium_memzero(block, sizeof block);
    return TOC_OK;
}
