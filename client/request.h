/* request: the file with which an organisation asks to be a member: its name, roles, buyer ids and
 * public keys, signed by itself. It holds no secret; what makes it trustworthy is its fingerprint,
 * read out over the telephone. */
#ifndef TOC_REQUEST_H
#define TOC_REQUEST_H

#include "roster.h"

/* The public halves of `keys`, for a member whose other fields the caller fills. */
void toc_request_keys(const struct toc_member_keys *keys, struct toc_member *member);
/* Signs and writes; never overwrites (TOC_EXISTS). TOC_INVALID for a field out of its rules. */
enum toc_result toc_request_save(const char *path, const struct toc_member *member, int64_t time_ms,
                                 const struct toc_sign_secret *secret, struct toc_hash *ret_hash,
                                 struct toc_why *why) TOC_MUST_CHECK;
/* Reads into the arena and checks the signature and the keys. */
enum toc_result toc_request_load(const char *path, struct toc_arena *arena,
                                 struct toc_request *ret_request, struct toc_hash *ret_hash,
                                 struct toc_why *why) TOC_MUST_CHECK;

#endif
