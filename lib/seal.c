#include "seal.h"
#include "ensure.h"
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

static EVP_CIPHER *aes_gcm;

static void fetch(void)
{
    aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    TOC_ASSERT(aes_gcm != NULL);
}

/* A context ready to seal (1) or open (0), the associated data taken in; NULL when OpenSSL could
 * not allocate. */
static EVP_CIPHER_CTX *begin(int sealing, const uint8_t *key, const uint8_t *nonce,
                             struct toc_bytes associated)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    TOC_ASSERT(pthread_once(&once, fetch) == 0);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) {
        return NULL;
    }
    int len;
    /* The cipher's nonce length is 12 unless told otherwise: TOC_SEAL_NONCE_LEN. */
    if (EVP_CipherInit_ex2(context, aes_gcm, key, nonce, sealing, NULL) != 1 ||
        (associated.len > 0 &&
         EVP_CipherUpdate(context, NULL, &len, associated.data, (int)associated.len) != 1)) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    return context;
}

static bool sizes_fit(struct toc_bytes associated, struct toc_bytes body)
{
    return associated.len <= INT_MAX && body.len <= INT_MAX - TOC_SEAL_TAG_LEN;
}

enum toc_result toc_seal(const uint8_t key[TOC_SEAL_KEY_LEN],
                         const uint8_t nonce[TOC_SEAL_NONCE_LEN], struct toc_bytes associated,
                         struct toc_bytes plain, uint8_t *ret_sealed)
{
    TOC_ENSURE(sizes_fit(associated, plain), TOC_TOOBIG);
    EVP_CIPHER_CTX *const context = begin(1, key, nonce, associated);
    TOC_ENSURE(context != NULL, TOC_NOMEM);
    int len = 0;
    int tail = 0;
    const bool sealed = (plain.len == 0 || EVP_EncryptUpdate(context, ret_sealed, &len, plain.data,
                                                             (int)plain.len) == 1) &&
                        EVP_EncryptFinal_ex(context, ret_sealed + len, &tail) == 1 &&
                        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TOC_SEAL_TAG_LEN,
                                            ret_sealed + plain.len) == 1;
    EVP_CIPHER_CTX_free(context);
    return sealed ? TOC_OK : TOC_NOMEM;
}

enum toc_result toc_open(const uint8_t key[TOC_SEAL_KEY_LEN],
                         const uint8_t nonce[TOC_SEAL_NONCE_LEN], struct toc_bytes associated,
                         struct toc_bytes sealed, uint8_t *ret_plain)
{
    TOC_ENSURE(sealed.len >= TOC_SEAL_TAG_LEN, TOC_BADSIG);
    TOC_ENSURE(sizes_fit(associated, sealed), TOC_TOOBIG);
    EVP_CIPHER_CTX *const context = begin(0, key, nonce, associated);
    TOC_ENSURE(context != NULL, TOC_NOMEM);
    const size_t plain_len = sealed.len - TOC_SEAL_TAG_LEN;
    uint8_t tag[TOC_SEAL_TAG_LEN];
    uint8_t none[1]; /* the final call of GCM writes nothing, but wants somewhere to write it */
    memcpy(tag, sealed.data + plain_len, sizeof tag);
    int len = 0;
    const bool opened =
        (plain_len == 0 ||
         EVP_DecryptUpdate(context, ret_plain, &len, sealed.data, (int)plain_len) == 1) &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TOC_SEAL_TAG_LEN, tag) == 1 &&
        EVP_DecryptFinal_ex(context, none, &len) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!opened) {
        /* GCM decrypts before it knows: nobody may use what did not verify. */
        toc_bytes_wipe(ret_plain, plain_len);
        return TOC_BADSIG;
    }
    return TOC_OK;
}
