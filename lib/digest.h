/* digest: door to OpenSSL for SHA-256. Every hash of the protocol starts with a
 * tag, a NUL, and the 32-byte group hash (all zero before there is a group). */
#ifndef TOC_DIGEST_H
#define TOC_DIGEST_H

#include "bytes.h"

#define TOC_HASH_LEN 32

struct toc_hash {
    uint8_t bytes[TOC_HASH_LEN];
};

/* SHA-256(tag, 0x00, group, parts...). A part is hashed as it is: give lengths where two parts
 * could be read as one. Aborts only if OpenSSL cannot allocate. */
struct toc_hash toc_digest(const char *tag, const struct toc_hash *group,
                           const struct toc_bytes *parts, size_t parts_len);
/* Plain SHA-256, for fingerprints of files. */
struct toc_hash toc_digest_plain(struct toc_bytes bytes);
/* Plain SHA-256 of what comes in pieces: a file that memory does not hold. _new: TOC_NOMEM. */
struct toc_digest_stream;
enum toc_result toc_digest_stream_new(struct toc_digest_stream **ret_stream) TOC_MUST_CHECK;
void toc_digest_stream_free(struct toc_digest_stream **stream);
void toc_digest_stream_add(struct toc_digest_stream *stream, struct toc_bytes bytes);
/* Once; afterwards only _free may follow. */
struct toc_hash toc_digest_stream_end(struct toc_digest_stream *stream);
bool toc_hash_equal(const struct toc_hash *a, const struct toc_hash *b);
extern const struct toc_hash toc_hash_zero;

/* A fingerprint two people can read out on the telephone: the first 20 bytes as ten groups of four
 * hexadecimal digits. ret_text has room for TOC_FINGERPRINT_LEN + 1. */
#define TOC_FINGERPRINT_LEN 49
void toc_fingerprint(const struct toc_hash *hash, char *ret_text);

#endif
