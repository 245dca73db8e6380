/* hkdf: RFC 5869 with SHA-256, a door to libsodium. */
#ifndef TOC_HKDF_H
#define TOC_HKDF_H

#include "bytes.h"

#define TOC_HKDF_LEN_MAX (255 * 32) /* RFC 5869, 2.3 */
#define TOC_HKDF_INFO_MAX 1024

/* `len` bytes of `ret_key` from the secret `input`. TOC_TOOBIG over TOC_HKDF_LEN_MAX of output or
 * TOC_HKDF_INFO_MAX of info. Without a salt 32 zeros are taken. */
enum toc_result toc_hkdf(struct toc_bytes salt, struct toc_bytes input, struct toc_bytes info,
                         uint8_t *ret_key, size_t len) TOC_MUST_CHECK;

#endif
