/* seal: door to OpenSSL for AES-256-GCM. GCM does not commit to its key: whoever opens must have
 * checked the key against its commitment first (PROTOCOL.md, "epochs"). */
#ifndef TOC_SEAL_H
#define TOC_SEAL_H

#include "bytes.h"

#define TOC_SEAL_KEY_LEN 32
#define TOC_SEAL_NONCE_LEN 12
#define TOC_SEAL_TAG_LEN 16

/* Output is plain.len + TOC_SEAL_TAG_LEN bytes: ciphertext, then tag. */
enum toc_result toc_seal(const uint8_t key[TOC_SEAL_KEY_LEN],
                         const uint8_t nonce[TOC_SEAL_NONCE_LEN], struct toc_bytes associated,
                         struct toc_bytes plain, uint8_t *ret_sealed) TOC_MUST_CHECK;
/* Output is sealed.len - TOC_SEAL_TAG_LEN bytes. TOC_BADSIG when anything was changed;
 * ret_plain is then wiped. */
enum toc_result toc_open(const uint8_t key[TOC_SEAL_KEY_LEN],
                         const uint8_t nonce[TOC_SEAL_NONCE_LEN], struct toc_bytes associated,
                         struct toc_bytes sealed, uint8_t *ret_plain) TOC_MUST_CHECK;

#endif
