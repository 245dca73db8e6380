#include "sign.h"
#include "ensure.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_STACK_LEN = 2048 };

/* tag, NUL, group hash, message: in one piece, as Ed25519 wants it. Short ones stay on the stack.
 */
struct signed_message {
    uint8_t stack[MESSAGE_STACK_LEN];
    uint8_t *heap;
    const uint8_t *data;
    size_t len;
};

static bool message_init(struct signed_message *signed_message, const char *tag,
                         const struct toc_hash *group, struct toc_bytes message)
{
    const size_t tag_len = strlen(tag) + 1;
    const size_t len = tag_len + TOC_HASH_LEN + message.len;
    signed_message->heap = NULL;
    uint8_t *at = signed_message->stack;
    if (len > sizeof signed_message->stack) {
        signed_message->heap = malloc(len);
        if (signed_message->heap == NULL) {
            return false;
        }
        at = signed_message->heap;
    }
    signed_message->data = at;
    signed_message->len = len;
    memcpy(at, tag, tag_len);
    memcpy(at + tag_len, group->bytes, TOC_HASH_LEN);
    if (message.len > 0) {
        memcpy(at + tag_len + TOC_HASH_LEN, message.data, message.len);
    }
    return true;
}

static void message_done(struct signed_message *signed_message)
{
    free(signed_message->heap);
}

void toc_sign_keypair(struct toc_sign_public *ret_public, struct toc_sign_secret *ret_secret)
{
    TOC_ASSERT(sodium_init() >= 0);
    TOC_ASSERT(crypto_sign_keypair(ret_public->bytes, ret_secret->bytes) == 0);
}

void toc_sign_keypair_from(const uint8_t seed[32], struct toc_sign_public *ret_public,
                           struct toc_sign_secret *ret_secret)
{
    TOC_ASSERT(crypto_sign_seed_keypair(ret_public->bytes, ret_secret->bytes, seed) == 0);
}

void toc_sign_seed_of(const struct toc_sign_secret *secret, uint8_t ret_seed[32])
{
    TOC_ASSERT(crypto_sign_ed25519_sk_to_seed(ret_seed, secret->bytes) == 0);
}

bool toc_sign_public_valid(const struct toc_sign_public *key)
{
    return crypto_core_ed25519_is_valid_point(key->bytes) == 1;
}

struct toc_signature toc_sign(const struct toc_sign_secret *secret, const char *tag,
                              const struct toc_hash *group, struct toc_bytes message)
{
    TOC_AUTO(message_done) struct signed_message signed_message;
    TOC_ASSERT(message_init(&signed_message, tag, group, message));
    struct toc_signature signature;
    TOC_ASSERT(crypto_sign_detached(signature.bytes, NULL, signed_message.data, signed_message.len,
                                    secret->bytes) == 0);
    return signature;
}

enum toc_result toc_sign_verify(const struct toc_sign_public *key, const char *tag,
                                const struct toc_hash *group, struct toc_bytes message,
                                const struct toc_signature *signature)
{
    TOC_AUTO(message_done) struct signed_message signed_message;
    TOC_ENSURE(message_init(&signed_message, tag, group, message), TOC_NOMEM);
    TOC_ENSURE(crypto_sign_verify_detached(signature->bytes, signed_message.data,
                                           signed_message.len, key->bytes) == 0,
               TOC_BADSIG);
    return TOC_OK;
}
